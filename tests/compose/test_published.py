"""The published numbers: values with their digits, signs and what to believe instead."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hcc2l.compose.published import Item, Printed, read_published
from hcc2l.errors import UsageError
from tests.conftest import Write


def item(write: Write, kind: str = "km", **record: Any) -> Item:
    text = json.dumps({"study": "s", "meta": {"short": "S"}, kind: [{"id": "s.x", **record}]})
    (read,) = read_published(write("published.json", text)).items
    return read


def test_a_number_keeps_the_digits_it_is_printed_with(write: Write) -> None:
    path = write(
        "published.json",
        '{"study": "s", "meta": {"short": "S"}, "km": [{"id": "x", "median": 13.60, "n": 21.0}]}',
    )
    (read,) = read_published(path).items
    assert [str(value.number) for value in read.values] == ["13.60", "21.0"]


def test_values_of_groups_are_found_by_their_path(write: Write) -> None:
    read = item(write, values={"A": {"n": 3, "pct": 7.5}, "B": {"n": 5, "pct": None}})
    assert [(v.path, v.group, v.field) for v in read.values] == [
        ("values.A.n", "A", "n"), ("values.A.pct", "A", "pct"), ("values.B.n", "B", "n"),
    ]  # fmt: skip
    assert read.groups == ["A", "B"]


@pytest.mark.parametrize(
    ("record", "path", "sign"),
    [
        ({"p": 0.001, "p_op": "<"}, "p", "<"),
        ({"p": 0.02, "p_op": "="}, "p", "="),
        ({"p_matched": {"value": 0.05, "op": "<", "note": "…"}}, "p_matched", "<"),
    ],
)
def test_a_p_value_has_a_sign(write: Write, record: dict[str, Any], path: str, sign: str) -> None:
    (value,) = item(write, **record).values
    assert (value.path, value.field, value.sign) == (path, "p", sign)


def test_a_limit_that_was_not_reached_is_a_value_and_one_not_reported_is_none(write: Write) -> None:
    limits = {"ci_low": 6.6, "ci_high": None}
    not_reached = item(write, **limits, ci_high_status="not_estimable")
    assert [(v.path, v.number) for v in not_reached.values] == [
        ("ci_low", Decimal("6.6")), ("ci_high", None),
    ]  # fmt: skip
    not_reported = item(write, **limits, ci_high_status="not_reported")
    assert [value.path for value in not_reported.values] == ["ci_low"]


def test_what_to_believe_replaces_a_value_by_the_end_of_its_path(write: Write) -> None:
    read = item(
        write,
        values={"A": {"pct": 50.6}, "B": {"pct": 29.0}},
        median=2.5,
        trust={"A": {"pct": 50.7}, "median": None, "better": "A", "total": 33},
    )
    assert read.values == (
        Printed("values.A.pct", Decimal("50.6"), trust=Decimal("50.7")),
        Printed("values.B.pct", Decimal("29.0")),
        Printed("median", Decimal("2.5"), withdrawn=True),
    )


def test_what_is_no_result_is_no_value(write: Write) -> None:
    read = item(write, ci_level=0.95, node=3, doubt=True, groups=["a", "b"], text="12", n=None)
    assert read.values == ()
    assert read.outside


@pytest.mark.parametrize(("content", "outside"), [("image only", True), ("KM OS", False)])
def test_a_figure_is_outside_only_if_nothing_else_is_known_of_it(
    write: Write, content: str, outside: bool
) -> None:
    assert item(write, "figures", content=content).outside == outside


@pytest.mark.parametrize("text", ["[]", "{", '{"study": "s"}', '{"study": 1, "meta": [], "km": 3}'])
def test_a_file_that_holds_no_items_is_refused(write: Write, text: str) -> None:
    with pytest.raises(UsageError, match="published numbers cannot be read"):
        read_published(write("published.json", text))


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_published(Path("nowhere.json"))
