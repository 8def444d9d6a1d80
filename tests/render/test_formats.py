"""What all formats have in common, and how a report is written to a file."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

import hcc2l
from hcc2l.errors import UsageError
from hcc2l.formats import FILE_FORMATS, FORMATS, TEXT_FORMATS
from hcc2l.glossary import GLOSSARY
from hcc2l.render import render_file, render_report
from hcc2l.report import Note
from tests.render.handmade import REPORT

SOURCE = Path(hcc2l.__file__).parent / "render"


def content(name: str) -> bytes:
    """The hand-made report in a format."""
    if name in FILE_FORMATS:
        return render_file(REPORT, f"x.{name}")
    return render_report(REPORT, name).encode()


def test_every_renderer_is_registered() -> None:
    modules = {f"hcc2l.render.{path.stem}" for path in SOURCE.glob("to_*.py")}
    assert {described.renderer for described in FORMATS.values()} == modules


def test_every_renderer_has_its_tests() -> None:
    here = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_to_*.py")}
    assert here == {path.stem for path in SOURCE.glob("to_*.py")}


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_report_gives_the_same_bytes(name: str) -> None:
    assert content(name) == content(name)


@pytest.mark.parametrize("name", [n for n in FORMATS if n not in ("json", "csv", "xlsx", "pdf")])
def test_documents_do_not_name_patients(name: str) -> None:
    made = content(name)
    if name not in TEXT_FORMATS:
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            made = b"".join(archive.read(part) for part in archive.namelist())
    assert b"P07" not in made


@pytest.mark.parametrize("name", FILE_FORMATS)
def test_a_report_is_written_to_a_file_by_its_ending(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"report.{name.upper()}"
    hcc2l.write_report(REPORT, path)
    assert path.read_bytes() == content(name)


def test_a_file_of_text_holds_what_is_printed() -> None:
    for name in TEXT_FORMATS:
        if name in FILE_FORMATS:
            assert content(name).decode() == render_report(REPORT, name)


@pytest.mark.parametrize("name", ["md", "html", "tex", "docx", "xlsx"])
def test_a_document_holds_the_tables_asked_for_in_that_order(name: str) -> None:
    made = render_file(REPORT, f"x.{name}", table="rmst_differences,groups")
    one = render_file(REPORT, f"x.{name}", table="groups")
    if name not in TEXT_FORMATS:
        made, one = text_of(made), text_of(one)
    assert 0 <= made.find(b"Differences") < made.find(b"Patients")
    assert b"Differences" not in one


def text_of(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(part) for part in archive.namelist())


def test_a_table_without_a_presentation_is_in_no_document() -> None:
    with pytest.raises(UsageError, match="'quantiles' is for JSON, CSV and Excel only"):
        render_report(REPORT, "md", table="quantiles")
    assert load_workbook(io.BytesIO(render_file(REPORT, "x.xlsx", table="quantiles"))).sheetnames
    with pytest.raises(UsageError, match="no table 'group'") as refused:
        render_report(REPORT, "md", table="groups,group")
    assert "groups" in str(refused.value.hint)


def test_csv_holds_one_table() -> None:
    with pytest.raises(UsageError, match="CSV holds one table"):
        render_report(REPORT, "csv", table="groups,rmst_differences")


def test_notes_of_documents_speak_of_no_option() -> None:
    """What to type is for the person at the terminal; what is wrong is for every reader."""
    notes = (
        Note("warning", "a", "The result is optimistic. Use --boot 1000 for corrected estimates."),
        Note("warning", "b", "Use --firth."),
        Note("info", "c", "2 rows (death missing) are excluded. They are few."),
    )
    report = replace(REPORT, notes=notes)
    for name in ("md", "html", "tex"):
        made = render_report(report, name)
        assert "The result is optimistic." in made
        assert "They are few." in made
        assert "--boot" not in made.replace("booktabs", "")
        assert "firth" not in made
    assert "--boot 1000" in render_report(report, "json")


def test_an_unknown_format_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'md'"):
        render_report(REPORT, "mdd")


@pytest.mark.parametrize("name", ["docx", "xlsx", "pdf"])
def test_a_format_that_is_no_text_is_refused_with_the_way_to_write_it(name: str) -> None:
    with pytest.raises(UsageError, match=rf'write_report\(report, "report.{name}"\)'):
        render_report(REPORT, name)


@pytest.mark.parametrize("name", ["x", "x.doc", "x.table", "x.png"])
def test_an_unknown_ending_is_refused_with_those_known(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(".json .csv .md .html .tex .docx .xlsx")):
        hcc2l.write_report(REPORT, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_every_key_of_the_report_is_in_the_glossary() -> None:
    for table in REPORT.tables:
        assert set(table.keys) <= set(GLOSSARY)
