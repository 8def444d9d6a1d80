"""`cox --split T --interaction-with-time TERM`: hazard ratios by period, as R has them."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.report import Report
from tests.conftest import Run, Write
from tests.reference import cases

VETERAN = cases.FOLDER / "data" / "veteran.csv"
HCC = cases.FOLDER / "data" / "hcc81.csv"


def by_period(**options: object) -> Report:
    given = {"time": "time", "event": "status=1", "covariates": ["trt==2", "karno"],
             "split": [90], "interaction_with_time": "trt==2", "multivariable": True}  # fmt: skip
    return hcc2l.cox(VETERAN, **(given | options))  # type: ignore[arg-type]


def of_case(case: dict[str, Any]) -> Report:
    """The command of a case; groups coded by numbers are compared with their first level."""
    a = case["arguments"]
    names = {}
    for name, declared in a["variables"].items():
        coded = declared["type"] == "factor" and declared["levels"][0] == "1"
        names[name] = f"{name}=={declared['levels'][1]}" if coded else name
    optional = {key: a[key] for key in ("entry", "cluster") if key in a}
    reference = {"ref": ["celltype=squamous"]} if "celltype" in a["covariates"] else {}
    return hcc2l.cox(
        cases.FOLDER / case["dataset"], time=a["time"], event=f"{a['event']}={a['event_value']}",
        covariates=[names[name] for name in a["covariates"]], split=a["cuts"], multivariable=True,
        interaction_with_time=names[a["term"]], **optional, **reference,
    )  # fmt: skip


@pytest.mark.parametrize("case_id", cases.ids("cox_split"))
def test_hazard_ratios_by_period_are_those_of_r(case_id: str) -> None:
    case = cases.case("cox_split", case_id)
    report, expected = of_case(case), case["expected"]
    found = {
        (f"{case['arguments']['term']}{row['level']}", row["start"]): row
        for row in report.table("piecewise").rows
    }
    assert len(found) == len(expected["piecewise"])
    for wanted in expected["piecewise"]:
        column = wanted["column"]
        if (column, wanted["start"]) not in found:  # a number, or a group coded by a number
            (column,) = {name for name, _ in found}
        row = found[column, wanted["start"]]
        assert (row["end"], row["events"]) == (wanted["end"], wanted["events"])
        for key in ("hr", "lower", "upper", "p"):
            assert row[key] == pytest.approx(wanted[key], rel=1e-6)
    tests = {row["test"]: row for row in report.table("time_interaction").rows}
    assert set(tests) == {"wald"} | ({"likelihood-ratio"} if "lr" in expected else set())
    for name, key in (("wald", "wald"), ("likelihood-ratio", "lr")):
        if key in expected:
            for value, wanted in expected[key].items():
                assert tests[name][value] == pytest.approx(wanted, rel=1e-6)


def test_two_groups_alone_have_the_answer_of_km() -> None:
    options: dict[str, Any] = {"time": "os_months", "event": "death", "split": [6]}
    ours = hcc2l.cox(HCC, covariates=["child_pugh"], interaction_with_time="child_pugh", **options)
    theirs = hcc2l.km(HCC, by="child_pugh", nph=True, **options)
    for row, other in zip(
        ours.table("piecewise").rows, theirs.table("piecewise").rows, strict=True
    ):
        for key in ("start", "end", "events", "period"):
            assert row[key] == other[key]
        for key in ("hr", "lower", "upper", "p"):
            assert row[key] == pytest.approx(other[key], rel=1e-8)
    (test,) = [r for r in theirs.table("tests").rows if r["test"] == "time-interaction"]
    ours_lr = ours.table("time_interaction").rows[0]
    assert ours_lr["test"] == "likelihood-ratio"
    assert ours_lr["p"] == pytest.approx(test["p"], rel=1e-8)


def cohort(write: Write, later: int = 0) -> Any:
    """40 patients, some with an event at the earliest time."""
    rows = "".join(
        f"p{i},{i % 9 + later},{int(i % 4 > 0)},{i * 7 % 5},{i % 2}\n" for i in range(40)
    )
    return write(f"from_{later}.csv", f"id,time,status,karno,trt\n{rows}")


SMALL: dict[str, Any] = {"time": "time", "event": "status", "covariates": ["karno", "trt"],
                         "interaction_with_time": "karno", "multivariable": True}  # fmt: skip


def test_an_event_at_time_0_counts_in_the_first_period(write: Write) -> None:
    early = hcc2l.cox(cohort(write), split=[4], **SMALL).table("piecewise")
    later = hcc2l.cox(cohort(write, 1), split=[5], **SMALL).table("piecewise")
    for row, same in zip(early.rows, later.rows, strict=True):
        assert row["events"] == same["events"]
        assert row["hr"] == pytest.approx(same["hr"], rel=1e-9)


def test_a_robust_variance_is_that_of_patients_and_not_of_their_rows(write: Write) -> None:
    path = cohort(write)
    robust = hcc2l.cox(path, split=[2, 4], robust=True, **SMALL).table("piecewise")
    clustered = hcc2l.cox(path, split=[2, 4], cluster="id", **SMALL).table("piecewise")
    for row, same in zip(robust.rows, clustered.rows, strict=True):
        assert row["lower"] == pytest.approx(same["lower"], rel=1e-9)


def test_a_period_without_a_hazard_ratio_is_named(write: Write) -> None:
    """The only event up to 3 is in group a, so that its period has no finite hazard ratio."""
    rows = "3,1,a\n6,1,a\n6,1,b\n9,1,b\n12,0,a\n14,1,b\n15,1,a\n16,0,b\n"
    path = write("few.csv", f"os_months,death,g\n{rows}")
    report = hcc2l.cox(path, covariates=["g"], split=[3], interaction_with_time="g")
    first, second = report.table("piecewise").rows
    assert (first["hr"], first["p"]) == (None, None)
    assert second["hr"] is not None
    assert {row["p"] for row in report.table("time_interaction").rows} == {None}
    assert "0–3" in next(n.text for n in report.notes if n.code == "period-not-estimable")
    assert "which was tested" not in report.methods


def test_the_choice_of_the_times_belongs_to_the_protocol() -> None:
    report = by_period()
    assert "chosen-after-looking" in {note.code for note in report.notes}
    assert "before and after 90" in report.methods
    assert "the likelihood ratio and Wald's test" in report.methods


def test_the_note_of_changing_hazards_names_the_command_until_it_was_run() -> None:
    def advice(**options: object) -> str:
        return " ".join(
            n.text
            for n in by_period(covariates=["karno", "trt==2"], **options).notes
            if n.code == "hazards-not-proportional"
        )

    command = "--split T --interaction-with-time karno"
    assert command in advice()
    assert command not in advice(interaction_with_time="karno")


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"interaction_with_time": "age"}, UsageError, "'age' is not among the covariates"),
        ({"split": [5000]}, UsageError, "5000 has no event on one of its sides"),
        ({"covariates": ["karno@rcs3"], "interaction_with_time": "karno@rcs3"}, UsageError,
         "is a spline"),
        ({"select": 0.0001}, AnalysisError, "trt==2 is not in the multivariable model"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(
    options: dict[str, object], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        by_period(**options)


@pytest.mark.parametrize(
    "words", [("--split", "6"), ("--interaction-with-time", "afp"), ("--firth",)]
)
def test_each_option_needs_the_other(run: Run, words: tuple[str, ...]) -> None:
    more = ("--split", "6", "--interaction-with-time", "afp") if words == ("--firth",) else ()
    done = run("cox", "-x", "afp", *words, *more)
    assert done.status == 2
    assert "--interaction-with-time" in done.err
