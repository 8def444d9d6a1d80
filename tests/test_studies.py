"""The bundled studies: committed cohorts, and the ledger that their pages state."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from hcc2l import samples
from hcc2l.cli.report import run_study
from hcc2l.compose.bundled import Compared, compared_study
from hcc2l.compose.study import Entry, read_study
from hcc2l.compose.verdicts import Verdict
from tests.conftest import Run

ROOT = Path(__file__).parents[1]
DATA = ROOT / "sample_data"
MINI = Path(__file__).parent / "reference" / "samples"
SUMS = sorted(DATA.glob("*/SHA256SUMS"))
STUDIES = samples.ledger_names()
_QUICK = ("table1", "response", "adverse", "flow")
_MOST = 3  # entries of each study that are run every time


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """`tools/ledger.py`, which no package holds."""
    spec = importlib.util.spec_from_file_location("ledger_tool", ROOT / "tools" / "ledger.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compared(name: str, only: set[str] | None = None) -> Compared:
    study, done = run_study(samples.study_file(name), only)
    assert [one.failure for one in done if one.failure] == []
    found = compared_study(study, done)
    assert found is not None
    return found


@pytest.mark.parametrize("sums", SUMS, ids=lambda path: path.parent.name)
def test_the_committed_files_are_those_that_were_made(sums: Path) -> None:
    listed = dict(line.split()[::-1] for line in sums.read_text("utf-8").splitlines())
    assert set(listed) == {path.name for path in sums.parent.glob("*.csv")}
    for name, expected in listed.items():
        assert hashlib.sha256((sums.parent / name).read_bytes()).hexdigest() == expected, name


def quick(entry: Entry) -> bool:
    """Whether an entry takes a moment, and needs no cohort that another one saves."""
    return (
        entry.kind == "table"
        and not entry.cohort
        and len(entry.runs) == 1
        and entry.runs[0][0] in _QUICK
    )


@pytest.mark.parametrize("name", STUDIES)
def test_items_of_the_quick_entries_are_reached_as_their_page_states(
    name: str, tool: ModuleType
) -> None:
    study = read_study(samples.study_file(name))
    only = {entry.id for entry in study.entries if quick(entry)}
    only = set(sorted(only)[:_MOST])
    stated = tool.stated(tool.page_of(name))
    found = [one for one in compared(name, only).items if one.entry in only and one.values]
    lost = {
        one.item.short_id: one.why
        for one in found
        if stated.get(one.item.short_id, Verdict.NONE).reached and not one.verdict.reached
    }
    assert {item: why for item, why in lost.items() if "could not be made" not in why} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_the_whole_ledger_is_that_of_the_page(name: str, tool: ModuleType) -> None:
    found = compared(name)
    assert [one.item.id for one in found.items if one.verdict is Verdict.NONE] == []
    assert {one.item.short_id: one.verdict for one in found.items} == tool.stated(
        tool.page_of(name)
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_check_finds_nothing_doubtful(name: str, run: Run) -> None:
    done = run("check", samples.folder_of(name) / "cohort.csv", "--strict", "--quiet")
    assert done.status == 0, done.out


def test_make_ledger_keeps_a_page_and_tells_what_is_lost(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("hcc2l.samples.sample_folder", lambda: MINI)
    monkeypatch.setattr(tool, "DOCS", tmp_path)
    page = tmp_path / "studies" / "mini.md"
    page.parent.mkdir()
    page.write_text("# Mini\n\n<!-- ledger -->\nold\n<!-- /ledger -->\n\nThe end.\n", "utf-8")
    assert tool.main([]) == 0
    text = page.read_text("utf-8")
    assert text.startswith("# Mini\n\n<!-- ledger -->\n\n**Items by kind**")
    assert text.endswith("\n<!-- /ledger -->\n\nThe end.\n")
    assert "old" not in text
    assert "[Mini 2020](studies/mini.md)" in (tmp_path / "studies.md").read_text("utf-8")
    found = tool.compared("mini")
    assert tool.stated(page) == {one.item.short_id: one.verdict for one in found.items}

    worse = replace(found, items=tuple(replace(j, verdict=Verdict.MISSED) for j in found.items))
    monkeypatch.setattr(tool, "compared", lambda _: worse)
    capsys.readouterr()
    assert tool.main(["mini"]) == 1
    told = capsys.readouterr().out
    assert "mini lost: mini.baseline.sex.male, mini.baseline.age," in told
    assert "mini.km.os.all," not in told.partition("mini lost:")[2]  # missed before
    assert page.read_text("utf-8") == text

    unknown = replace(found, items=tuple(replace(j, verdict=Verdict.NONE) for j in found.items))
    monkeypatch.setattr(tool, "compared", lambda _: unknown)
    assert tool.main(["mini"]) == 1
