"""The public Python functions: their signatures, help and names (their types: `typed_api.py`)."""

from __future__ import annotations

import inspect
import pydoc
import subprocess
import sys
from dataclasses import fields
from typing import Any

import pytest

import hcc2l
from hcc2l import errors
from hcc2l.cohort import Cohort
from hcc2l.report import Note, Provenance, Report, Table
from hcc2l.specs import SPECS
from hcc2l.specs.options import options_of
from tests.conftest import DATA


@pytest.mark.parametrize("command", SPECS)
def test_every_command_is_a_function_with_its_options_in_the_signature(command: str) -> None:
    signature = inspect.signature(getattr(hcc2l, command))
    cohort, *options = signature.parameters.values()
    assert (cohort.name, cohort.default) == ("cohort", None)
    assert {o.name: o.default for o in options} == {
        f.name: f.default for f in fields(SPECS[command])
    }
    assert all(option.kind is inspect.Parameter.KEYWORD_ONLY for option in options)
    assert signature.return_annotation == "Report"


@pytest.mark.parametrize("command", SPECS)
def test_help_of_a_function_describes_every_option(command: str) -> None:
    text = pydoc.plain(pydoc.render_doc(getattr(hcc2l, command)))
    words = " ".join(text.split())
    assert f"function {command} in module hcc2l.api" in text
    assert str(SPECS[command].__doc__) in text
    for name, option in options_of(SPECS[command]).items():
        assert f" {name} {' '.join(option.declared.help.split())}" in words


def test_the_function_of_a_tree_that_assigns_patients_takes_the_options_of_tree() -> None:
    tree, fit = (inspect.signature(f).parameters for f in (hcc2l.tree, hcc2l.fit_tree))
    assert list(fit) == list(tree)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cohort", Cohort), ("Report", Report), ("Table", Table), ("Note", Note),
        ("Provenance", Provenance), ("Hcc2lError", errors.Hcc2lError),
        ("UsageError", errors.UsageError), ("InputError", errors.InputError),
        ("AnalysisError", errors.AnalysisError),
    ],
)  # fmt: skip
def test_what_a_user_holds_is_exported(name: str, value: object) -> None:
    assert getattr(hcc2l, name) is value
    assert name in dir(hcc2l)


def test_every_command_and_no_other_name_can_be_imported() -> None:
    names: dict[str, Any] = {}
    exec("from hcc2l import *", names)
    assert set(SPECS) <= set(names)
    assert set(names) - {"__builtins__"} == set(dir(hcc2l)) - {"__version__"}
    with pytest.raises(AttributeError, match="has no attribute 'nosuch'"):
        _ = hcc2l.nosuch  # type: ignore[attr-defined]


def test_importing_a_module_of_the_package_imports_no_other() -> None:
    code = "import sys, hcc2l; from hcc2l import wording; print('hcc2l.api' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_an_option_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(hcc2l.UsageError, match="no option 'byy' in km") as caught:
        hcc2l.km(DATA / "hcc81.csv", byy="child_pugh")  # type: ignore[call-arg]
    assert caught.value.hint == "Did you mean 'by'?"


def test_one_value_or_a_list_of_them_is_the_same() -> None:
    assert hcc2l.km(DATA / "hcc81.csv", at=[6]) == hcc2l.km(DATA / "hcc81.csv", at=6)  # type: ignore[arg-type]
