"""The table inside a sheet: what stands above, below, between and beside the patients."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from hcc2l import km, read_cohort
from hcc2l.cohort import Cohort
from hcc2l.errors import InputError, UsageError
from tests.conftest import Run, Write
from tests.readers.test_delimited import LARGE, SMALL, set_large

pytestmark = pytest.mark.usefixtures("workplace")

Sheet = openpyxl.worksheet.worksheet.Worksheet
HEADER = ["patient_id", "arm", "os_months", "death", "afp"]
PATIENTS = [[f"P{i:03}", "ab"[i % 2], 1.5 * i, i % 2, 10.5 * i] for i in range(1, 9)]


def book(rows: Sequence[Sequence[object]], change: Callable[[Sheet], None] | None = None) -> Path:
    """A workbook of one sheet, changed after its rows were written."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    workbook.save("c.xlsx")
    return Path("c.xlsx")


def said(cohort: Cohort) -> str:
    """What was inferred when the file was read."""
    return " | ".join(cohort.source.remarks)


def ids(cohort: Cohort) -> list[str]:
    """The ids of all rows."""
    return list(cohort.column(cohort.names[0]).values)


ALL = [str(row[0]) for row in PATIENTS]


# ---------------------------------------------------------------- above the patients


@pytest.mark.parametrize(
    "above",
    [
        [["Second line, 31 March 2024"]],
        [["Title"], ["Made by", "the study office"], [None]],
        [["Title"], [None], ["Patient", None, "Outcome"]],
    ],
    ids=["a title", "a title, a line and a blank row", "a band of groups"],
)
def test_rows_above_the_header_are_left_out_and_named(above: list[list[object]]) -> None:
    cohort = read_cohort(book([*above, HEADER, *PATIENTS]))
    assert cohort.names == tuple(HEADER)
    assert ids(cohort) == ALL
    assert f"the header was found in row {len(above) + 1}" in said(cohort)
    assert repr(above[0][0]) in said(cohort)


def test_a_title_above_a_text_is_left_out_and_rows_keep_their_lines(write: Write) -> None:
    text = "Export of 2024\n\nid;time;status\np1;1,5;1\np2;2,5;0\np3;x;0\n"
    cohort = read_cohort(write("c.csv", text))
    assert cohort.names == ("id", "time", "status")
    assert cohort.row_place(2) == "line 6"
    assert "line 3" in said(cohort)


def test_a_text_that_begins_with_its_header_is_read_without_a_word(write: Write) -> None:
    assert read_cohort(write("c.csv", "id,time\np1,1\np2,2\n")).source.remarks == ()


def test_the_header_can_be_given(run: Run, write: Write) -> None:
    path = write("c.csv", "x,y,z\nid,time,status\np1,1,1\np2,2,0\n")
    assert read_cohort(path, header=2).names == ("id", "time", "status")
    result = run("km", path, "--header", "2", "--time", "time", "--event", "status", "--json")
    assert result.json["cohort"]["rows"] == 2


@pytest.mark.parametrize("header", ["9", "0", "two", "1,2,3"])
def test_a_header_that_cannot_be_is_refused(header: str, write: Write) -> None:
    with pytest.raises(UsageError) as caught:
        read_cohort(write("c.csv", "id,time\np1,1\n"), header=header)
    assert "--header" in str(caught.value.where)


def test_two_header_lines_below_a_title_are_found() -> None:
    top = ["ID", "Baseline", None, None, "Outcome", None]
    below = [None, "AFP", "Arm", "Age", "OS", "Death"]
    rows = [[f"P{i}", 10.5 * i, "ab"[i % 2], 60 + i, 1.5 * i, i % 2] for i in range(1, 9)]
    cohort = read_cohort(book([["Title"], [None], top, below, *rows]))
    assert cohort.names == (
        "ID", "Baseline AFP", "Baseline Arm", "Baseline Age", "Outcome OS", "Outcome Death",
    )  # fmt: skip
    assert ids(cohort) == [f"P{i}" for i in range(1, 9)]


def test_a_unit_above_a_group_of_names_is_that_of_its_columns() -> None:
    band = ["Patient", None, "Outcome (months)", None, "Laboratory"]
    cohort = read_cohort(book([["Title (days)"], band, HEADER, *PATIENTS]))
    assert cohort.names == tuple(HEADER)
    assert [cohort.unit(name) for name in HEADER] == [None, None, "months", "months", None]


def test_names_that_repeat_below_groups_are_joined_with_them() -> None:
    top = ["Patient", None, "Baseline", None, "Week 8", "Outcome (months)", None]
    names = ["ID", "Arm", "Age", "AFP", "AFP", "OS", "Death"]
    rows = [[f"P{i}", "ab"[i % 2], 60 + i, 10.5 * i, 2.5 * i, 1.5 * i, i % 2] for i in range(1, 9)]
    cohort = read_cohort(book([top, names, *rows]))
    assert cohort.names == ("ID", "Arm", "Age", "Baseline AFP", "Week 8 AFP", "OS", "Death")
    assert cohort.rows == 8
    assert cohort.unit("OS") == "months"
    assert "rows 1 and 2 are the header" in said(cohort)


def test_a_second_line_that_completes_the_header_is_part_of_it() -> None:
    top = ["ID", "Arm", "AFP", None, "OS months"]
    below = [None, None, "baseline", "week 8", None]
    rows = [[f"P{i}", "ab"[i % 2], 10.5 * i, 2.5 * i, 1.5 * i] for i in range(1, 9)]
    cohort = read_cohort(book([top, below, *rows]))
    assert cohort.names == ("ID", "Arm", "AFP baseline", "AFP week 8", "OS months")
    assert cohort.rows == 8


def test_a_row_of_units_is_no_patient() -> None:
    units = [None, None, "months", "0 = alive, 1 = dead", "ng/ml"]
    cohort = read_cohort(book([HEADER, units, *PATIENTS]))
    assert ids(cohort) == ALL
    assert cohort.column("afp").kind == "number"
    assert cohort.unit("afp") == "ng/ml"
    assert "row 2 holds units" in said(cohort)


@pytest.mark.parametrize(
    "first", [[None, "a", None, 1, "unknown"], [None, "a", "NA", "NA", "m"], [None, "a", "x", "y"]]
)
def test_a_first_patient_without_an_id_is_no_row_of_units(first: list[object]) -> None:
    assert read_cohort(book([HEADER, first, *PATIENTS])).rows == 9


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("OS (Monate)", "months"), ("Survie [jours]", "days"), ("AFP, ng/mL", "ng/mL"),
        ("전체생존기간(개월)", "months"), ("Child-Pugh (A/B)", None), ("Died, cause", None),
    ],
)  # fmt: skip
def test_the_unit_in_a_name_is_known(name: str, unit: str | None) -> None:
    rows = [[f"P{i}", 1.5 * i] for i in range(1, 4)]
    assert read_cohort(book([["id", name], *rows])).unit(name) == unit


def test_line_breaks_and_double_blanks_in_names_are_one_blank() -> None:
    cohort = read_cohort(book([["id", "Bilirubin\n(mg/dl) ", "OS\u00a0 months"], ["p", 1, 2]]))
    assert cohort.names == ("id", "Bilirubin (mg/dl)", "OS months")


def test_labels_that_redcap_repeats_are_numbered_and_told(write: Write) -> None:
    text = "Record ID,AFP,Complete?,AFP,Complete?,OS\n1,5,Complete,7,Complete,2.5\n"
    cohort = read_cohort(write("c.csv", text))
    assert cohort.names == ("Record ID", "AFP 1", "Complete?", "AFP 2", "Complete? 2", "OS")
    assert "names that repeat were numbered: 'AFP 1', 'AFP 2', 'Complete? 2'" in said(cohort)
    with pytest.raises(UsageError, match="no column 'AFP'") as caught:
        cohort.column("AFP")
    assert "AFP 1" in str(caught.value.hint)


def test_redcap_may_repeat_complete(write: Write) -> None:
    text = "Record ID,Complete?,Time,Complete?\n1,Complete,2.5,Complete\n"
    assert read_cohort(write("c.csv", text)).names[1::2] == ("Complete?", "Complete? 2")


# ---------------------------------------------------------------- among and below the patients


@pytest.mark.parametrize(
    "below",
    [
        [["Mean", None, 6.75, 0.5, 47.25]],
        [["Total", None, None, 4]],
        [[None], ["Summe", "n = 8"], ["* values before treatment"]],
        [[None], ["Data cut-off: 31 March 2024"]],
        [[None, None, None, None, "n = 8"]],
    ],
    ids=["means", "a total", "a sum and a footnote", "a date", "a count under a column"],
)
def test_totals_and_footnotes_are_no_patients_and_are_named(below: list[list[object]]) -> None:
    cohort = read_cohort(book([HEADER, *PATIENTS, *below]))
    assert ids(cohort) == ALL
    first = next(cell for row in below for cell in row if cell is not None)
    assert repr(first) in said(cohort)


def test_headers_that_printed_pages_repeat_are_no_patients(write: Write) -> None:
    cohort = read_cohort(book([HEADER, *PATIENTS[:4], HEADER, *PATIENTS[4:], HEADER]))
    assert ids(cohort) == ALL
    assert "rows 6 ('patient_id'), 11 ('patient_id') repeat the header" in said(cohort)
    cohort = read_cohort(write("c.csv", "id;time\np1;1\nid;time\np2;2\n"))
    assert (cohort.rows, cohort.row_place(1)) == (2, "line 4")


def test_a_last_patient_with_an_id_alone_is_a_patient() -> None:
    cohort = read_cohort(book([HEADER, *PATIENTS, ["P009"]]))
    assert cohort.rows == 9
    assert not said(cohort)


def test_a_short_last_row_with_an_id_is_an_error_not_a_footnote(write: Write) -> None:
    rows = "".join(f"P{i},1,{i}\n" for i in range(1, 9))
    with pytest.raises(InputError, match="line 10"):
        read_cohort(write("c.csv", f"id,status,time\n{rows}P9,1\n"))


def test_headings_between_the_rows_are_no_patients(write: Write) -> None:
    rows = [HEADER, ["Arm A (n=4)"], *PATIENTS[:4], [None], ["Arm B (n=5)"], *PATIENTS[4:]]
    path = book(rows)
    cohort = read_cohort(path)
    assert ids(cohort) == ALL
    assert "sections" in said(cohort)
    assert "'Arm B' says n = 5, but 4 rows follow" in said(cohort)
    write("hcc2l.toml", '[rows]\nsections = "group"\n')
    groups = read_cohort(path).column("group").values.tolist()
    assert groups == ["Arm A"] * 4 + ["Arm B"] * 4


def test_merged_cells_are_filled_down_in_their_range_only() -> None:
    rows = [["arm", "patient_id", "os_months"], *([None, f"P{i}", 1.5 * i] for i in range(1, 9))]
    rows[1][0], rows[5][0] = "a", "b"

    def merge(sheet: Sheet) -> None:
        sheet.merge_cells("A2:A5")
        sheet.merge_cells("A6:A8")

    cohort = read_cohort(book(rows, merge))
    assert cohort.column("arm").values.tolist() == [*"aaaabbb", None]
    assert "merged cells of arm were filled down: 'a' (3 rows), 'b' (2 rows)" in said(cohort)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_blank_columns_and_row_numbers_are_left_out(
    size: int, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_large(monkeypatch, size)
    rows = "".join(f"{i},P{i},,{i}.5,\n" for i in range(1, 9))
    cohort = read_cohort(write("c.csv", f",id,,time,\n{rows}"))
    assert cohort.names == ("id", "time")
    assert "numbers the rows" in said(cohort)


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize(("first", "left_out"), [(1, True), (0, True), (2, False)])
def test_row_numbers_are_left_out_only_if_they_count_the_rows(
    first: int, left_out: bool, size: int, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_large(monkeypatch, size)
    rows = "".join(f'"{i + first}","P{i}",{i}.5\n' for i in range(8))
    cohort = read_cohort(write("c.csv", f'"","id","time"\n{rows}'))
    assert cohort.names == (("id", "time") if left_out else ("column_1", "id", "time"))
    assert cohort.column("time").values[0] == 0.5


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_titles_and_notes_are_found_in_long_texts_too(
    size: int, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_large(monkeypatch, size)
    rows = "".join(f"P{i},{i}.5,1\n" for i in range(1, 9))
    cohort = read_cohort(write("c.csv", f"Export,,\nid,time,status\n{rows}Total,,8\n"))
    assert cohort.names == ("id", "time", "status")
    assert cohort.rows == 8


# ---------------------------------------------------------------- hidden, broken, several sheets


def test_hidden_rows_and_columns_are_read_and_named() -> None:
    def hide(sheet: Sheet) -> None:
        sheet.column_dimensions["E"].hidden = True
        for i, row in enumerate(PATIENTS, start=2):
            sheet.row_dimensions[i].hidden = row[1] == "b"

    cohort = read_cohort(book([HEADER, *PATIENTS], hide))
    assert cohort.rows == 8
    assert "column E (afp) is hidden" in said(cohort)
    assert "4 rows are hidden" in said(cohort)
    assert "in which arm is 'b'" in said(cohort)


def test_hidden_rows_that_no_column_separates_are_named_without_a_condition() -> None:
    def hide(sheet: Sheet) -> None:
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True

    rows = [[row[0], row[1], "x"] for row in PATIENTS]
    cohort = read_cohort(book([["id", "arm", "site"], *rows], hide))
    assert "(rows 3, 4)" in said(cohort)
    assert "site" not in said(cohort)
    assert "arm" not in said(cohort)


def test_an_endpoint_in_hidden_columns_beside_visible_ones_is_asked_for() -> None:
    names = [*HEADER, "OS 2024 (months)", "Death 2024"]
    rows = [[*row, 2.5 * i, 1] for i, row in enumerate(PATIENTS, start=1)]

    def hide(sheet: Sheet) -> None:
        sheet.column_dimensions["C"].hidden = sheet.column_dimensions["D"].hidden = True

    with pytest.raises(UsageError) as caught:
        km(book([names, *rows], hide))
    assert "os_months and death are hidden" in str(caught.value.hint)
    assert "Death 2024" in str(caught.value.hint)


def test_an_endpoint_in_hidden_columns_is_used_where_there_is_no_other() -> None:
    def hide(sheet: Sheet) -> None:
        sheet.column_dimensions["C"].hidden = True

    rows = [[r[0], r[1], r[2], r[3], r[4]] for r in PATIENTS]
    names = ["patient_id", "arm", "os_months", "dead_or_alive", "afp"]
    assert "os" not in read_cohort(book([names, *rows], hide)).endpoints()
    assert "os" in read_cohort(book([["nr", "arm", "time", "death", "afp"], *rows])).endpoints()


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A"])
def test_an_error_of_a_workbook_is_not_an_empty_cell(error: str, write: Write) -> None:
    def break_cell(sheet: Sheet) -> None:
        sheet["E4"] = error
        sheet["E4"].data_type = "e"

    path = book([HEADER, *PATIENTS], break_cell)
    cohort = read_cohort(path)
    assert cohort.column("os_months").kind == "number"
    with pytest.raises(InputError, match=error) as caught:
        cohort.column("afp")
    assert "row 4" in str(caught.value)
    write("hcc2l.toml", f'[columns.afp]\nmissing = ["{error}"]\n')
    assert read_cohort(path).column("afp").missing.sum() == 1


def test_a_formula_without_its_result_is_an_error_that_names_the_cell() -> None:
    def compute(sheet: Sheet) -> None:
        sheet["E4"] = "=2*C4"  # openpyxl stores no result

    with pytest.raises(InputError, match=r"formula .* \(row 4\)"):
        read_cohort(book([HEADER, *PATIENTS], compute)).column("afp")


def sheets(**contents: Sequence[Sequence[object]]) -> Path:
    """A workbook of several sheets."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in contents.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    workbook.save("c.xlsx")
    return Path("c.xlsx")


def test_the_sheet_with_ids_and_an_outcome_is_read() -> None:
    codes = [["Variable", "Code", "Meaning"], ["arm", 1, "a"], ["arm", 2, "b"]]
    cohort = read_cohort(sheets(Info=[["Study", "x"]], Codes=codes, Data=[HEADER, *PATIENTS]))
    assert ids(cohort) == ALL
    assert "only the sheet 'Data' was read, not 'Info', 'Codes'" in said(cohort)


def test_a_hidden_sheet_is_no_rival_of_a_visible_one() -> None:
    workbook = openpyxl.load_workbook(sheets(New=[HEADER, *PATIENTS], Old=[HEADER, *PATIENTS[:4]]))
    workbook["Old"].sheet_state = "hidden"
    workbook.save("c.xlsx")
    assert read_cohort("c.xlsx").rows == 8


def test_two_sheets_that_may_be_the_cohort_are_asked_about() -> None:
    path = sheets(Old=[HEADER, *PATIENTS[:4]], New=[HEADER, *PATIENTS])
    with pytest.raises(UsageError, match="2 sheets may be the cohort: 'Old', 'New'") as caught:
        read_cohort(path)
    assert "--sheet" in str(caught.value.hint)
    assert read_cohort(path, sheet="New").rows == 8


def test_a_web_page_named_as_a_workbook_is_read_and_said(write: Write) -> None:
    cells = [HEADER, *PATIENTS]
    rows = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in cells)
    page = f"<!DOCTYPE html><html><body><table>{rows}</table></body></html>"
    cohort = read_cohort(write("report.xls", page))
    assert ids(cohort) == ALL
    assert cohort.column("afp").values[1] == 21.0
    assert "web page" in said(cohort)


def test_a_web_page_with_two_tables_is_refused_with_a_remedy(write: Write) -> None:
    table = "<table><tr><td>id</td><td>x</td></tr><tr><td>1</td><td>2</td></tr></table>"
    with pytest.raises(InputError, match="2 tables") as caught:
        read_cohort(write("report.xls", f"<html><body>{table}{table}</body></html>"))
    assert "save" in str(caught.value.hint)


def open_document(path: str, body: str) -> Path:
    """A minimal .ods workbook with one sheet."""
    spaces = " ".join(
        f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{key}:1.0"'
        for key in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body>'
        f'<office:spreadsheet><table:table table:name="S">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return Path(path)


def test_merged_cells_and_hidden_rows_of_an_open_document_are_known() -> None:
    def cell(text: object, more: str = "") -> str:
        value = f"<text:p>{text}</text:p>"
        return f'<table:table-cell office:value-type="string"{more}>{value}</table:table-cell>'

    covered = "<table:covered-table-cell/>"
    rows = [cell("arm") + cell("id") + cell("time")]
    for i in range(1, 9):
        down = ' table:number-rows-spanned="4"'
        rows.append(
            (cell("ab"[i // 5], down) if i in (1, 5) else covered) + cell(f"P{i}") + cell(i)
        )
    hidden = ' table:visibility="filter"'
    body = "<table:table-column/><table:table-column/>"
    body += '<table:table-column table:visibility="collapse"/>'
    body += "".join(
        f"<table:table-row{hidden * (i == 8)}>{row}</table:table-row>" for i, row in enumerate(rows)
    )
    cohort = read_cohort(open_document("c.ods", body))
    assert cohort.column("arm").values.tolist() == [*"aaaabbbb"]
    assert "column C (time) is hidden" in said(cohort)
    assert "(row 9)" in said(cohort)


@pytest.mark.parametrize(
    "line", ["Source: study office", "Cut-off;31 March 2024", "* outside laboratory;;;"]
)
def test_notes_below_a_text_are_left_out_whatever_their_width(line: str, write: Write) -> None:
    rows = "".join(f"P{i};{i};1;a\n" for i in range(1, 9))
    cohort = read_cohort(write("c.csv", f"id;time;status;arm\n{rows}\n{line}\n"))
    assert cohort.rows == 8
    assert line.partition(";")[0] in said(cohort)


def test_a_last_row_of_numbers_without_an_id_is_a_patient(write: Write) -> None:
    rows = "".join(f"P{i},{i},1,a,1,2,3,4\n" for i in range(1, 9))
    path = write("c.csv", f"id,time,status,arm,u,v,w,x\n{rows},9,1,,,,,\n")
    assert read_cohort(path).rows == 9


def test_a_text_named_as_a_workbook_is_read_and_said(write: Write) -> None:
    cohort = read_cohort(write("c.xls", "id\ttime\nP1\t1\nP2\t2\n"))
    assert cohort.names == ("id", "time")
    assert "this is a text, not a workbook" in said(cohort)
