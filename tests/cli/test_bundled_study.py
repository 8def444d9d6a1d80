"""`hcc2l report --study`: a bundled study with the published numbers beside ours."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.cli.test_sample import mini
from tests.conftest import Run

__all__ = ["mini"]
pytestmark = pytest.mark.usefixtures("mini")


def test_a_terminal_shows_the_tables_with_the_published_numbers(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    done = run("report", "--study", "mini", "--quiet")
    assert (done.status, done.err) == (0, "")
    headings = [
        line for line in done.out.splitlines()
        if re.match("Table|Figure|Published|Items", line) and "continued" not in line
    ]  # fmt: skip
    assert headings == [
        "Table 1. Patients", "Published and reproduced (Table 1)",
        "Table 2. Overall survival", "Published and reproduced (Table 2)",
        "Figure 1. Overall survival by treatment", "Published and reproduced (Figure 1)",
        "Published and reproduced", "Items without a table or figure", "Items by kind",
    ]  # fmt: skip
    assert "14/17 (82.4%)" in done.out
    assert "Kaplan EL" not in done.out  # the methods are for documents
    assert "The patients are synthetic." in done.out
    assert max(map(len, done.out.splitlines())) <= 100


def test_json_gains_the_ledger(run: Run) -> None:
    whole = run("report", "--study", "mini", "--json").json
    assert list(whole) == ["schema", "command", "study", "entries", "ledger"]
    verdicts = {item["id"]: item["verdict"] for item in whole["ledger"]}
    assert verdicts == {
        "mini.baseline.sex.male": "contradicted by the paper",
        "mini.baseline.age": "as printed",
        "mini.fu.median": "as printed",
        "mini.km.os.all": "missed",
        "mini.km.os.lenvatinib": "within the stated bound",
        "mini.km.os.sorafenib": "within the stated bound",
        "mini.km.os.female": "cannot",
        "mini.logrank.treatment": "contradicted by the paper",
        "mini.logrank.sex": "outside",
        "mini.text.arms": "as printed",
        "mini.tab.table_1": "contradicted by the paper",
        "mini.tab.table_2": "missed",
        "mini.fig.figure_1": "contradicted by the paper",
        "mini.fig.graphical_abstract": "outside",
    }
    (age,) = (item for item in whole["ledger"] if item["id"] == "mini.baseline.age")
    assert age["kind"] == "baseline"
    assert age["published"] == age["reproduced"] == {
        "values.LEN.median": 59, "values.LEN.q1": 53, "values.LEN.q3": 68,
    }  # fmt: skip
    assert whole["entries"][0]["report"]["cohort"]["synthetic"]


def test_a_document_holds_the_comparison_without_counting_it(run: Run, workplace: Path) -> None:
    done = run("report", "--study", "mini", "--quiet", "--out", "paper.md")
    assert done.out.splitlines()[2:5] == [
        "Table 1. Patients", "Published and reproduced (Table 1)", "Table 2. Overall survival",
    ]  # fmt: skip
    text = (workplace / "paper.md").read_text("utf-8")
    assert "**Published and reproduced (Table 1)**" in text
    assert text.index("The patients are synthetic") < text.index("**Table 1. Patients**")


def test_a_study_that_was_written_by_sample_gives_the_same_numbers(run: Run) -> None:
    assert run("sample", "mini", "--into", "here").status == 0
    mine = run("report", "here/study.toml", "--json").json
    bundled = run("report", "--study", "mini", "--json").json
    tables = [[entry["report"]["tables"] for entry in whole["entries"]]
              for whole in (mine, bundled)]  # fmt: skip
    assert tables[0] == tables[1]
    assert "ledger" not in mine


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--study", "mimi"), "--study: There is no bundled study 'mimi'."),
        (("study.toml", "--study", "mini"), "--study runs a bundled study"),
        (("--study", "mini", "--init", "cohort.csv"), "--study runs a bundled study"),
    ],
)
def test_a_study_that_is_not_there_or_not_alone_is_refused(
    run: Run, words: tuple[str, ...], error: str
) -> None:
    done = run("report", *words)
    assert done.status == 2
    assert error in done.err


def test_the_bundled_files_are_not_overwritten(
    run: Run, mini: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(mini, workplace / "samples" / "mini"))
    monkeypatch.setattr("hcc2l.samples.sample_folder", lambda: copy.parent)
    done = run("report", "--study", "mini", "--out", copy / "published.json")
    assert (done.status, "overwrite a file of mini" in done.err) == (2, True)
    assert (copy / "published.json").read_bytes() == (mini / "published.json").read_bytes()
