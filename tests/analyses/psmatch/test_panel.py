"""`psmatch --nph`: the panel of `km --nph` in the matched patients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import UsageError
from hcc2l.report import Report
from tests.conftest import Run, Write

TREATED: dict[str, Any] = {"treat": "lenvatinib", "covariates": ["age", "child_pugh"]}
NAMES = ("rmst", "rmst_differences", "nph_tests", "rmst_ratios", "milestones", "piecewise")


def matched(**options: Any) -> Report:
    return hcc2l.psmatch(**(TREATED | {"endpoint": ["os"], "nph": True} | options))


def test_the_panel_is_that_of_km_in_the_patients_saved(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "matched.csv"
    assert run("psmatch", "--treat", "lenvatinib", "-x", "age,child_pugh", "--endpoint", "os",
               "--save", str(path)).status == 0  # fmt: skip
    options: dict[str, Any] = {"at": [6, 12], "split": [6], "tau": 18}
    ours = matched(**options)
    theirs = hcc2l.km(path, by="second_line", nph=True, ref=["second_line=sorafenib"], **options)
    for name in NAMES:
        for row, other in zip(ours.table(name).rows, theirs.table(name).rows, strict=True):
            assert row["endpoint"] == "os"
            for key, value in other.items():
                same = pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
                assert row[key] == same, (name, key)
    found = [row for row in ours.table("tests").rows if row["test"] == "time-interaction"]
    (wanted,) = [r for r in theirs.table("tests").rows if r["test"] == "time-interaction"]
    assert [(row["sample"], row["p"]) for row in found] == [
        ("after", pytest.approx(wanted["p"], rel=1e-9))
    ]


def test_every_endpoint_has_its_panel_and_its_own_restriction() -> None:
    report = matched(endpoint=["os", "pfs"], split=[3])
    taus = {row["endpoint"]: row["tau"] for row in report.table("rmst_ratios").rows}
    assert len(set(taus.values())) == len(taus) == 2
    assert [r["endpoint"] for r in report.table("piecewise").rows] == ["os"] * 2 + ["pfs"] * 2
    order = [row["endpoint"] for row in report.table("tests").rows]
    assert order == sorted(order)
    assert "to the end of the shorter follow-up" in report.methods
    assert "to 12 months" in matched(endpoint=["os", "pfs"], tau=12).methods


def test_the_note_of_changing_hazards_names_the_panel_until_it_was_run() -> None:
    def advice(**options: Any) -> str:
        notes = matched(**options).notes
        return next(n.text for n in notes if n.code == "hazards-not-proportional")

    assert "--nph --split T" in advice(nph=False)
    assert "--nph" not in advice()
    assert "km --tau" in advice(nph=False, ratio=2)


@pytest.mark.slow
def test_what_was_chosen_after_looking_is_a_note_of_the_panel_alone() -> None:
    assert "chosen-after-looking" in {note.code for note in matched().notes}
    plain = matched(nph=False)
    assert "chosen-after-looking" not in {note.code for note in plain.notes}
    assert "MaxCombo" not in plain.methods
    assert "MaxCombo" in matched().methods


def test_a_time_without_events_names_the_endpoint() -> None:
    with pytest.raises(UsageError, match="Overall survival, matched patients: 500 has no event"):
        matched(split=[500])


@pytest.mark.parametrize(
    "words", [("--split", "6"), ("--tau", "6"), ("--at", "6"), ("--nph", "--ratio", "2"),
              ("--nph", "--replace"), ("--nph", "--impute", "5")]
)  # fmt: skip
def test_options_that_do_not_fit_are_refused(run: Run, words: tuple[str, ...]) -> None:
    done = run("psmatch", "--treat", "lenvatinib", "-x", "age", *words)
    assert done.status == 2
    assert "--nph" in done.err


@pytest.mark.slow
def test_without_events_after_matching_there_is_no_panel(write: Write) -> None:
    rows = "".join(f"{5 + i % 7},{int(i < 2)},{'ab'[i % 2]},{i * 7 % 11}\n" for i in range(2, 30))
    path = write("quiet.csv", f"os_months,death,arm,age\n99,1,b,500\n{rows}")
    report = hcc2l.psmatch(path, treat="arm=a", covariates=["age"], nph=True)
    assert "nph_tests" not in {table.name for table in report.tables}
    assert "MaxCombo" not in report.methods
