"""The published JSON schema: it is that of the glossary, and it refuses what is not promised."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import Run
from tests.schema import PUBLISHED, validate


def test_the_published_schema_is_that_of_the_program() -> None:
    from tools.schema import text

    assert PUBLISHED.read_text(encoding="utf-8") == text(), "run: python tools/schema.py"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json.loads(PUBLISHED.read_text(encoding="utf-8")))


@pytest.fixture
def output(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = run("km", "--by", "child_pugh", "--at", "6", "--json", "--methods").json
    validate(found)
    return found


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("schema",), "hcc2l/2"),
        (("command", "name"), "coxx"),
        (("cohort", "sha256"), "abc"),
        (("analysed", "rows"), -1),
        (("tables", "tests", 0, "p"), 1.2),
        (("tables", "groups", 0, "median"), "NaN"),
        (("tables", "groups", 0, "new_key"), 1),
        (("notes",), None),
    ],
)
def test_what_is_not_promised_is_refused(
    output: dict[str, Any], path: tuple[Any, ...], wrong: object
) -> None:
    changed = copy.deepcopy(output)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = wrong
    with pytest.raises(AssertionError):
        validate(changed)


def test_a_study_is_valid(run: Run, workplace: Any) -> None:
    (workplace / "study.toml").write_text(
        '[[table]]\nrun = "km --by child_pugh"\n[[table]]\nrun = "km --where \'age>200\'"\n'
    )
    found = json.loads(run("report", "study.toml", "--json").out)
    validate(found)
    assert [entry["report"] is None for entry in found["entries"]] == [False, True]
