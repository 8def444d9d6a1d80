"""Tables of several runs as one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hcc2l.compose.merge import beside, stacked
from hcc2l.render.grid import Grid, Heading

FIRST = Grid(
    "Hazard ratios", ((Heading("", 2), Heading("Univariable", 2)),),
    ("Variable", "Level", "HR", "p"), (False, False, True, True),
    (
        ("Age", "", "1.10", "0.020"), ("Child-Pugh", "A", "reference", "–"),
        ("", "B", "2.40", "0.001"),
    ),
    ("HR: hazard ratio.",), indents=(0, 0, 0),
)  # fmt: skip
SECOND = replace(
    FIRST, headings=(),
    rows=(
        ("Child-Pugh", "A", "reference", "–"), ("", "B", "1.70", "0.018"),
        ("AFP", "", "1.05", "0.3"),
    ),
    footnotes=("HR: hazard ratio.", "AFP: per doubling."),
)  # fmt: skip


def test_lines_of_one_name_are_one_line() -> None:
    merged = beside([FIRST, SECOND], ["OS", "PFS"], "Both")
    assert merged.rows == (
        ("Age", "", "1.10", "0.020", "–", "–"),
        ("Child-Pugh", "A", "reference", "–", "reference", "–"),
        ("", "B", "2.40", "0.001", "1.70", "0.018"),
        ("AFP", "", "–", "–", "1.05", "0.3"),
    )
    assert merged.headers == ("Variable", "Level", "HR", "p", "HR", "p")
    assert merged.right == (False, False, True, True, True, True)
    assert (merged.title, merged.indents) == ("Both", (0, 0, 0, 0))


def test_the_names_of_the_runs_span_their_columns() -> None:
    merged = beside([FIRST, SECOND], ["OS", "PFS"], "")
    assert merged.headings == (
        (Heading("", 2), Heading("OS", 2), Heading("PFS", 2)),
        (Heading("", 2), Heading("Univariable", 2), Heading("", 2)),
    )
    twice = beside([FIRST, FIRST], ["OS", "PFS"], "")
    assert twice.headings[1] == (
        Heading("", 2),
        Heading("Univariable", 2),
        Heading("Univariable", 2),
    )


def test_a_footnote_is_printed_once() -> None:
    merged = beside([FIRST, SECOND], ["OS", "PFS"], "")
    assert merged.footnotes == ("HR: hazard ratio.", "AFP: per doubling.")
    assert stacked([FIRST, SECOND], ["OS", "PFS"], "").footnotes == merged.footnotes


def test_footnotes_that_differ_name_their_run() -> None:
    first = replace(FIRST, footnotes=("Model: 118 patients.", "HR: hazard ratio."))
    second = replace(FIRST, footnotes=("Model: 90 patients.", "HR: hazard ratio.", "A, b; C, d."))
    expected = (
        "Model (overall survival): 118 patients.", "HR: hazard ratio.", "Model (PFS): 90 patients.",
        "A, b; C, d.",
    )  # fmt: skip
    labels = ["Overall survival", "PFS"]
    assert beside([first, second], labels, "").footnotes == expected
    assert stacked([first, second], labels, "").footnotes == expected


def test_stacked_tables_stand_below_their_names() -> None:
    merged = stacked([FIRST, SECOND], ["OS", "PFS"], "Both")
    assert [row[0] for row in merged.rows] == [
        "OS", "Age", "Child-Pugh", "", "PFS", "Child-Pugh", "", "AFP",
    ]  # fmt: skip
    assert merged.indents == (0, 1, 1, 1, 0, 1, 1, 1)
    assert merged.rows[0] == ("OS", "", "", "")


def test_only_the_name_of_the_first_column_may_differ() -> None:
    other = replace(SECOND, headers=("Marker", *SECOND.headers[1:]))
    assert stacked([FIRST, other], ["A", "B"], "").headers == ("", "Level", "HR", "p")
    assert stacked([FIRST, SECOND], ["A", "B"], "").headers == FIRST.headers
    with pytest.raises(ValueError, match="columns differ"):
        stacked([FIRST, replace(SECOND, headers=("Variable", "Level", "OR", "p"))], ["A", "B"], "")


def test_a_level_belongs_to_its_variable() -> None:
    """A name that stands once for several lines names each of them."""
    rows = (("Sex", "no", "1", "–"), ("", "yes", "1.2", "0.1"), ("Ascites", "no", "1", "–"))
    first = replace(FIRST, rows=(*rows, ("", "yes", "3.4", "0.2")), indents=(0,) * 4)
    second = replace(FIRST, rows=(*rows[2:], ("", "yes", "5.6", "0.3")), indents=(0,) * 2)
    merged = beside([first, second], ["OS", "PFS"], "")
    assert [row[2::2] for row in merged.rows] == [
        ("1", "–"), ("1.2", "–"), ("1", "1"), ("3.4", "5.6"),
    ]  # fmt: skip


def test_levels_of_one_name_stay_under_their_variables() -> None:
    """As `Missing` does in a baseline table, and a variable in stacked models."""
    rows = (("AFP", "9"), ("Missing", "2"), ("ALT", "8"), ("Missing", "3"))
    table = Grid("", (), ("Variable", "n"), (False, True), rows, (), indents=(0, 1, 0, 1))
    other = replace(table, rows=(("ALT", "7"), ("Missing", "4")), indents=(0, 1))
    merged = beside([table, other], ["OS", "PFS"], "")
    assert merged.rows == (
        ("AFP", "9", "–"), ("Missing", "2", "–"), ("ALT", "8", "7"), ("Missing", "3", "4")
    )  # fmt: skip
    assert merged.indents == (0, 1, 0, 1)
