"""Covariates measured at visits: as `tmerge(tdc)` and `coxph` have them, and wrong files."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
from hcc2l.errors import Hcc2lError, InputError, UsageError
from tests.conftest import Run, Write
from tests.reference import cases

HCC = cases.FOLDER / "data" / "hcc424t.csv"
VISITS = str(cases.FOLDER / "data" / "hcc_visits.csv")
R = cases.load("visits")
ENDPOINT = {"time": "os_months", "event": "death", "multivariable": True}


def agrees(report: Any, expected: dict[str, Any]) -> None:
    rows = report.table("terms").rows
    assert [row["coef"] for row in rows] == pytest.approx(expected["coef"], rel=1e-6)
    assert [row["std_err"] for row in rows] == pytest.approx(expected["se"], rel=1e-6)
    (model,) = report.table("models").rows
    assert (model["n"], model["events"]) == (expected["n"], expected["events"])
    assert model["loglik"] == pytest.approx(expected["loglik"], rel=1e-6)
    assert report.provenance.analysed == expected["n"]


def without_afp(write: Write) -> Any:
    lines = [line.split(",") for line in HCC.read_text().splitlines()]
    at = lines[0].index("afp")
    return write("cohort.csv", "\n".join(",".join(c[:at] + c[at + 1 :]) for c in lines))


def test_values_of_the_visits_alone_are_those_of_r(write: Write) -> None:
    report = hcc2l.cox(
        without_afp(write), visits=VISITS, covariates=["afp@log2", "age", "treatment"], **ENDPOINT
    )
    agrees(report, R["visits_only"])


def test_the_value_of_the_cohort_holds_until_the_first_visit() -> None:
    agrees(
        hcc2l.cox(HCC, visits=VISITS, covariates=["afp@log2", "age"], **ENDPOINT),
        R["with_baseline"],
    )


def test_groups_change_at_visits_beside_an_exposure(write: Write) -> None:
    config = write("hcc2l.toml", '[columns.albi_grade]\ntype = "factor"\n')
    cohort = hcc2l.read_cohort(HCC, config=config)
    report = hcc2l.cox(
        cohort, visits=VISITS, when="progressed=prog_time",
        covariates=["progressed", "albi_grade", "age"], **ENDPOINT,
    )  # fmt: skip
    agrees(report, R["grade_and_progression"])


COHORT = "id,time,death,age\n" + "".join(
    f"P{i:02d},{5 + i % 9},{int(i % 3 > 0)},{40 + 7 * i % 30}\n" for i in range(30)
)


def visits(rows: str, header: str = "id,visit_time,afp") -> str:
    return f"{header}\n{rows}"


GOOD = "".join(f"P{i:02d},{t},{10 + (i * 13 + t * 7) % 90}\n" for i in range(30) for t in (0, 2, 4))


def fitted(write: Write, text: str, **more: Any) -> Any:
    path = write("cohort.csv", COHORT)
    write("visits.csv", text)
    options = {"time": "time", "event": "death", "covariates": ["afp"], "multivariable": True}
    return hcc2l.cox(path, **(options | {"visits": "visits.csv"} | more))


def test_the_order_of_visits_and_repeated_visits_change_nothing(write: Write) -> None:
    plain = fitted(write, visits(GOOD)).table("terms").rows
    lines = GOOD.splitlines(keepends=True)
    assert fitted(write, visits("".join(reversed(lines)))).table("terms").rows == plain
    assert fitted(write, visits("".join([*lines, *lines[:5]]))).table("terms").rows == plain


def test_visits_after_the_end_change_nothing(write: Write) -> None:
    late = "".join(f"P{i:02d},40,9999\n" for i in range(30))
    plain = fitted(write, visits(GOOD)).table("terms").rows
    assert fitted(write, visits(GOOD + late)).table("terms").rows == plain


def test_who_is_not_known_from_time_0_counts_later_and_is_said(write: Write) -> None:
    report = fitted(write, visits(GOOD.replace("P07,0,", "P07,1,")))
    note = next(n for n in report.notes if n.code == "visits-begin-later")
    assert "not known from time 0 in 1 patient, who counts from the first visit" in note.text
    assert "last visit carried forward" in report.methods
    assert not any(n.code == "visits-begin-later" for n in fitted(write, visits(GOOD)).notes)


def test_dates_of_visits_are_times_since_time_0(write: Write) -> None:
    days = {t: f"2020-0{1 + t // 31}-{1 + t:02d}" for t in range(20)}
    cohort = "id,start,last,death\n" + "".join(
        f"P{i:02d},2020-01-01,{days[5 + i % 9]},{int(i % 3 > 0)}\n" for i in range(30)
    )
    path = write("dated.csv", cohort)
    dated = "".join(
        ",".join([p, days[int(t)], v]) for p, t, v in (r.split(",") for r in GOOD.splitlines(True))
    )
    write("visits.csv", visits(dated, "id,seen,afp"))
    report = hcc2l.cox(
        path, start="start", end=["last"], event="death", unit="days", visits="visits.csv",
        covariates=["afp"], multivariable=True,
    )  # fmt: skip
    ours, theirs = report.table("terms").rows, fitted(write, visits(GOOD)).table("terms").rows
    assert ours[0]["coef"] == pytest.approx(theirs[0]["coef"], rel=1e-9)


def test_a_score_is_computed_from_its_parts_at_visits(write: Write) -> None:
    rows = "".join(
        f"P{i:02d},{t},{0.5 + (i + t) % 4},{28 + (i * 3 + t) % 15}\n"
        for i in range(30)
        for t in (0, 2, 4)
    )
    report = fitted(
        write,
        visits(rows, "id,visit_time,bilirubin,albumin"),
        covariates=["albi"],
        univariable=True,
    )
    assert report.table("terms").rows[0]["n"] == 30


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "another's patients": (visits(GOOD + "X99,1,5\n"), {}, "'X99' (line 92)"),
    "no id": (visits(GOOD + ",1,5\n"), {}, "no id"),
    "two values": (visits(GOOD + "P03,2,1\n"), {}, "different values of afp"),
    "no time": (visits(GOOD + "P03,,1\n"), {}, "1 visit has no date or time"),
    "no time column": (visits(GOOD, "id,weight,afp"), {}, "visit_date"),
    "no patients": (visits(GOOD, "who,visit_time,afp"), {}, "no column of patients"),
    "no covariate": (visits(GOOD), {"covariates": ["age"]}, "No covariate is a column"),
    "median": (visits(GOOD), {"covariates": ["afp@median"]}, "no fixed cut-point"),
    "empty": ("", {}, "empty"),
    "not there": (visits(GOOD), {"visits": "absent.csv"}, "absent.csv"),
    "the cohort": (visits(GOOD), {"visits": "cohort.csv"}, "same table"),
    "--firth": (visits(GOOD), {"firth": True}, "Omit --firth"),
    "other groups": (
        visits(GOOD.replace(",10\n", ",ten\n"), "id,visit_time,age"), {"covariates": ["age"]}, "age"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_refused_with_what_is_wrong(case: str, write: Write) -> None:
    text, more, message = WRONG[case]
    with pytest.raises(Hcc2lError) as error:
        fitted(write, text, **more)
    assert message in f"{error.value.where} {error.value} {error.value.hint}"
    assert isinstance(error.value, (InputError, UsageError))


def test_no_output_replaces_the_file_of_visits(write: Write, run: Run) -> None:
    write("cohort.csv", COHORT)
    path = write("visits.csv", visits(GOOD))
    found = run(
        "cox", "cohort.csv", "--time", "time", "--event", "death", "--visits", "visits.csv",
        "-x", "afp", "--out", "visits.csv",
    )  # fmt: skip
    assert found.status == 2
    assert "the file of visits" in found.err
    assert path.read_text() == visits(GOOD)
