"""The columns of a document's table by their headers, and the rows of reference levels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hcc2l.errors import UsageError
from hcc2l.house_styles import written_in
from hcc2l.render import render_file, render_report
from hcc2l.render.grid import Bold, Grid, document_grids, grid
from hcc2l.render.options import RenderOptions
from hcc2l.render.page import text_width
from hcc2l.report import Column, Report, Table
from tests.conftest import Run
from tests.render.handmade import ACROSS, BASELINE, GROUPS, MODELS, REPORT


def chosen(report: Report, table: str, columns: str) -> Grid:
    (content,) = document_grids(report, RenderOptions(table=table, columns=columns))
    return content


@pytest.mark.parametrize(
    ("columns", "headers"),
    [
        ("p", ["p"]),
        ("P, N", ["p", "n"]),
        ("median, months (95% ci),n", ["Median, months (95% CI)", "n"]),
        ("n,Median, months (95% CI),p", ["n", "Median, months (95% CI)", "p"]),
        ("p,p", ["p"]),
        ("Child-Pugh,p", ["p"]),
    ],
)
def test_columns_stand_as_asked_for_after_those_that_name_the_rows(
    columns: str, headers: list[str]
) -> None:
    assert list(chosen(REPORT, "groups", columns).headers) == ["Child-Pugh", *headers]


@pytest.mark.parametrize(
    ("columns", "headers"),
    [
        ("p,hr (95% ci)", ["Alone: p", "Alone: HR (95% CI)", "A_1 & others: p",
                           "A_1 & others: HR (95% CI)"]),
        ("a_1 & others: p,n", ["A_1 & others: p", "n"]),
        ("A_1 & others: p,Alone: p,Alone: HR (95% CI)",
         ["A_1 & others: p", "Alone: p", "Alone: HR (95% CI)"]),
    ],
)  # fmt: skip
def test_columns_of_a_heading_stay_together(columns: str, headers: list[str]) -> None:
    content = chosen(ACROSS, "regression", columns)
    assert list(content.full_headers) == ["Variable", "Level", *headers]
    assert sum(heading.columns for heading in content.headings[0]) == len(content.headers)


def test_cells_follow_their_columns() -> None:
    content = chosen(ACROSS, "regression", "p,n")
    assert content.rows[1] == ("", "female", "0.012", "0.049", "40")
    assert content.right == (False, False, True, True, True)


def test_footnotes_of_columns_that_are_not_shown_are_left_out() -> None:
    report = replace(REPORT, tables=(BASELINE,))
    assert chosen(report, "rows", "n").footnotes == ("n: patients.",)
    assert len(chosen(report, "rows", "p").footnotes) == 2
    assert "NE" in " ".join(chosen(REPORT, "groups", "median, months (95% CI)").footnotes)
    assert "NE" not in " ".join(chosen(REPORT, "groups", "n").footnotes)


@pytest.mark.parametrize("path", ["x.docx", "x.xlsx", "x.md", "x.html", "x.tex"])
def test_an_unknown_column_is_refused_with_those_of_the_table(path: str) -> None:
    with pytest.raises(UsageError, match="There is no column 'hr' in this table") as raised:
        render_file(REPORT, path, table="groups", columns="n,HR")
    assert raised.value.hint == "Its columns are: n; Median, months (95% CI); p."


@pytest.mark.parametrize("path", ["x.docx", "x.xlsx", "x.md"])
def test_columns_of_several_tables_are_refused(path: str) -> None:
    with pytest.raises(UsageError, match="holds 2 tables") as raised:
        render_file(REPORT, path, columns="n")
    assert raised.value.hint == "Add --table with one of: groups, rmst_differences."


def test_columns_have_the_letter_of_the_journal() -> None:
    with written_in("jama"):
        assert chosen(REPORT, "groups", "p").headers == ("Child-Pugh", "P")


def test_columns_need_a_document(run: Run) -> None:
    for more in ([], ["--json"], ["--format", "csv"]):
        outcome = run("cox", "-x", "child_pugh", "--columns", "n", *more)
        assert outcome.status == 2
        assert "--columns" in outcome.err


@pytest.mark.parametrize(
    ("shown", "levels"),
    [("show", ["male", "female", ""]), ("hide", ["female", ""]),
     ("fold", ["female (vs. male)", ""])],
)  # fmt: skip
def test_a_reference_has_a_row_or_is_named_in_the_others(shown: str, levels: list[str]) -> None:
    content = grid(MODELS, reference_rows=shown)
    assert [row[1] for row in content.rows] == levels
    assert [row[0] for row in content.rows if row[0]] == ["sex", "age"]


def test_a_level_that_another_variable_has_as_reference_stays() -> None:
    row = dict(MODELS.rows[2]) | {"term": "partner", "level": "male"}
    content = grid(replace(MODELS, rows=(*MODELS.rows, row)), reference_rows="fold")
    assert [r[1] for r in content.rows] == ["female (vs. male)", "", "male"]


def test_a_table_without_levels_has_no_reference_to_fold() -> None:
    assert grid(GROUPS, reference_rows="fold") == grid(GROUPS)
    ratio = replace(GROUPS, columns=(Column("Group", ("group",)), Column("p", ("p",))))
    assert grid(ratio, reference_rows="hide") == grid(ratio)


def test_references_are_folded_on_the_terminal_and_numbers_for_scripts_remain(run: Run) -> None:
    words = ("cox", "-x", "child_pugh", "--reference-rows", "fold")
    assert "B (vs. A)" in run(*words).out
    assert "reference" not in run(*words).out
    plain, folded = (
        run(*line, "--format", "csv").out for line in (words[:3], words)
    )  # fmt: skip
    assert plain == folded


def test_a_choice_of_columns_does_not_change_raw_numbers() -> None:
    whole = render_report(REPORT, "csv", table="groups")
    assert render_report(REPORT, "csv", table="groups", columns="n") == whole


def test_a_stacked_key_is_a_heading_above_its_rows() -> None:
    *naming, model = MODELS.columns
    columns = (*naming, replace(model, across=()), *model.across)
    content = grid(replace(MODELS, columns=columns, stacked="model"))
    assert content.headers == ("Variable", "Level", "n", "HR (95% CI)", "p")
    assert content.rows == (
        ("Alone", "", "", "", ""),
        ("sex", "male", "60", "reference", "–"), ("", "female", "40", "1.50 (1.10–2.00)", "0.012"),
        ("age", "", "100", "1.20 (0.90–1.60)", "0.300"),
        ("A_1 & others", "", "", "", ""),
        ("sex", "male", "50", "reference", "–"), ("", "female", "35", "1.40 (1.00–1.90)", "0.049"),
    )  # fmt: skip
    assert content.indents == (0, 1, 1, 1, 0, 1, 1)


def test_a_small_p_is_bold_before_it_is_rounded_and_a_footnote_says_so() -> None:
    rows = tuple({"group": f"{p}", "p": p} for p in (0.04996, 0.05, 0.0501, None, 1e-9))
    table = Table("t", "T", ("group", "p"), rows, (Column("G", ("group",)), Column("p", ("p",))))
    content = grid(table, bold_p=True)
    assert [isinstance(row[1], Bold) for row in content.rows] == [True, False, False, False, True]
    assert not any(isinstance(row[0], Bold) for row in content.rows)
    assert content.footnotes == ("Bold: p < 0.05.",)
    assert grid(table).footnotes == ()
    large = replace(table, rows=rows[1:3])
    assert grid(large, bold_p=True) == grid(large)


def test_bold_needs_a_document(run: Run) -> None:
    for more in ([], ["--json"], ["--format", "csv"]):
        outcome = run("cox", "-x", "child_pugh", "--bold-p", *more)
        assert outcome.status == 2
        assert "--bold-p" in outcome.err
    assert "**\\<0.001**" in run("cox", "-x", "child_pugh", "--bold-p", "--format", "md").out


def test_a_bold_number_is_wider() -> None:
    assert text_width(Bold("0.012"), 9) > text_width("0.012", 9)
