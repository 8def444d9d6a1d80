"""`--entry` of km and cox: every case of R, rows of one patient, and what is refused."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import hcc2l
from hcc2l.errors import InputError, UsageError
from hcc2l.report import Report
from tests.conftest import Write
from tests.reference import cases
from tests.reports import codes, note, rows_of

CURVES = [case for case in cases.load("entry") if case["arguments"]["kind"] == "km_entry"]
MODELS = [case for case in cases.load("entry") if case["arguments"]["kind"] == "cox_counting"]


def cohort_of(case: dict[str, Any], write: Write, *ids: str) -> hcc2l.Cohort:
    lines = [*ids]
    for column, declared in case["arguments"]["variables"].items():
        lines.append(f'[columns."{column}"]')
        if "levels" in declared:
            lines.append(f"levels = {json.dumps(declared['levels'])}")
    config = write("hcc2l.toml", "\n".join(lines))
    return hcc2l.read_cohort(cases.FOLDER / case["dataset"], config=config)


def event_of(case: dict[str, Any]) -> str:
    return f"{case['arguments']['event']}={case['arguments']['event_value']}"


def agrees(row: Any, expected: Any, names: dict[str, str], relative: float = 1e-6) -> None:
    for key, name in names.items():
        assert cases.agrees(row[key], expected[name], relative), (key, row[key], expected[name])


@pytest.mark.parametrize("case", CURVES, ids=cases.name)
def test_curves_are_those_of_r(case: dict[str, Any], write: Write) -> None:
    arguments, expected = case["arguments"], case["expected"]
    case["arguments"].setdefault("variables", {})
    cohort = cohort_of(case, write)
    options: dict[str, Any] = {
        "entry": arguments["entry"], "time": arguments["time"], "event": event_of(case),
        "by": arguments.get("group"), "from_": arguments.get("from"), "at": arguments["times"],
        "tau": arguments.get("tau"), "curve": bool(arguments.get("curve")),
    }  # fmt: skip
    limits = {"estimate": "estimate", "lower": "lower", "upper": "upper"}
    for scale in ("log", "log-log", "plain"):
        report = hcc2l.km(cohort, **options, conf_type=scale)
        for wanted in expected["groups"]:
            (row,) = rows_of(report, "groups", group=wanted["level"])
            assert (row["n"], row["events"]) == (wanted["n_rows"], wanted["events"])
            for quartile in wanted["quartiles"][scale]:
                (found,) = rows_of(
                    report, "quantiles", group=wanted["level"], quantile=quartile["p"]
                )
                agrees(found, quartile, limits)
            for at in wanted["survival"]:
                (found,) = rows_of(report, "survival", group=wanted["level"], time=at["time"])
                assert found["n_risk"] == at["n_risk"]
                agrees(found, at, {"estimate": "surv", "std_err": "std_err"})
                agrees(found, at["ci"][scale], {"lower": "lower", "upper": "upper"})
            if "rmst" in wanted:
                (found,) = rows_of(report, "rmst", group=wanted["level"])
                agrees(found, wanted["rmst"], {"estimate": "rmst", "std_err": "se"})
        if scale == "log":
            for wanted in expected["groups"]:
                (row,) = rows_of(report, "groups", group=wanted["level"])
                names = ("follow_up", "follow_up_lower", "follow_up_upper")
                reverse = dict(zip(names, ("median", "lower", "upper"), strict=True))
                agrees(row, wanted["reverse_km"], reverse)
                for at in wanted.get("curve", ()):
                    (found,) = rows_of(report, "curve", group=wanted["level"], time=at["time"])
                    assert (found["n_risk"], found["n_event"]) == (at["n_risk"], at["n_event"])
                    agrees(found, at, {"estimate": "surv", "lower": "lower", "upper": "upper"})
            if "tests" in expected:
                (row,) = rows_of(report, "tests", test="logrank")
                agrees(row, expected["tests"]["logrank"], {"statistic": "chisq", "p": "p"})


@pytest.mark.parametrize("case", MODELS, ids=cases.name)
def test_models_are_those_of_r(case: dict[str, Any], write: Write) -> None:
    arguments, expected = case["arguments"], case["expected"]
    report = hcc2l.cox(
        cohort_of(case, write), entry=arguments["start"], time=arguments["stop"],
        event=event_of(case), covariates=arguments["covariates"], multivariable=True,
        **{k: arguments[k] for k in ("ties", "strata", "weights", "cluster") if k in arguments},
    )  # fmt: skip
    names = {"coef": "coef", "std_err": "se", "hr": "hr", "lower": "lower", "upper": "upper",
             "statistic": "z", "p": "p"}  # fmt: skip
    if "cluster" in arguments:
        names["robust_std_err"] = "robust_se"
    for row, wanted in zip(report.table("terms").rows, expected["coefficients"], strict=True):
        agrees(row, wanted, names)
    (row,) = report.table("models").rows
    assert row["n"] == expected.get("n_subjects", expected["n_rows"])
    assert row["events"] == expected["events"]
    agrees(row, expected, {"loglik": "loglik", "loglik_null": "loglik_null", "aic": "aic"})
    for name in ("lr", "wald", "score"):
        agrees(row, expected[name], {f"{name}_statistic": "stat", f"{name}_p": "p"})
    agrees(row, expected["concordance"], {"concordance": "c", "concordance_std_err": "se"})
    tests = {t["term"]: t for t in report.table("ph_tests").rows}
    for wanted in expected["zph"]["km"]:
        agrees(tests[wanted["term"]], wanted, {"statistic": "chisq", "p": "p"})
    assert report.provenance.analysed == expected["n_rows"]


# One row a patient: ten patients, six of whom enter late.
TEN = """patient_id,entry,os_months,death,arm,age
P01,0,4,1,a,60
P02,0,6,0,a,52
P03,1,3,1,a,71
P04,2,5,1,a,66
P05,2,9,0,a,49
P06,0,8,1,b,58
P07,4,7,0,b,63
P08,5,9,1,b,70
P09,0,11,1,b,44
P10,1,12,0,b,55
"""
# The same follow-up in rows; P09 is not under observation from 5 to 6.
CUT = TEN.replace("P02,0,6,0", "P02,0,2.5,0,a,52\nP02,2.5,6,0")
CUT = CUT.replace("P08,5,9,1", "P08,8,9,1,b,70\nP08,5,8,0")
GAP = CUT.replace("P09,0,11,1", "P09,0,5,0,b,44\nP09,6,11,1")


def outcome(report: Report) -> list[Any]:
    rounded = [
        {k: round(v, 9) if isinstance(v, float) else v for k, v in row.items()}
        for table in report.tables
        for row in table.rows
    ]
    return [rounded, [f.n_risk for f in getattr(report.draw(), "at_risk", ())]]


def test_follow_up_in_rows_is_follow_up(write: Write) -> None:
    whole, cut = write("whole.csv", TEN), write("cut.csv", CUT)
    options: dict[str, Any] = {"entry": "entry", "by": "arm", "at": [3, 6], "tau": 8,
                               "curve": True, "hr": True, "given": [2]}  # fmt: skip
    assert outcome(hcc2l.km(whole, **options)) == outcome(hcc2l.km(cut, **options))
    options = {"entry": "entry", "covariates": ["arm", "age"], "cluster": "patient_id"}
    assert outcome(hcc2l.cox(whole, **options)) == outcome(hcc2l.cox(cut, **options))


def test_rows_of_patients_are_counted_and_gaps_told(write: Write) -> None:
    path = write("gap.csv", GAP)
    for report in (
        hcc2l.km(path, entry="entry", at=[5.5]),
        hcc2l.cox(path, entry="entry", covariates=["age"]),
    ):
        assert note(report, "rows-of-patients") == (
            "13 rows belong to 10 patients; n counts patients, not rows."
        )
        assert note(report, "follow-up-gaps") == (
            "1 patient has a gap between the rows, during which the patient is not at risk."
        )
        assert note(report, "delayed-entry").startswith("6 of 10 patients come under observation")
        assert "the follow-up of 10 patients consists of 13 rows." in report.methods
    report = hcc2l.km(path, entry="entry", at=[5.5])
    assert report.table("groups").rows[0]["n"] == 10
    assert report.table("survival").rows[0]["n_risk"] == 6  # of seven, P09 is away
    assert report.table("survival").footnotes[-1].startswith("At risk: under observation")


def test_observed_follow_up_is_that_of_patients(write: Write) -> None:
    (row,) = hcc2l.km(write("gap.csv", GAP), entry="entry").table("groups").rows
    assert (row["observed_min"], row["observed_median"], row["observed_max"]) == (3, 7.5, 12)


def test_a_patient_who_changes_group_leaves_one_and_enters_the_other(write: Write) -> None:
    path = write("change.csv", CUT.replace("P02,2.5,6,0,a", "P02,2.5,6,0,b"))
    report = hcc2l.km(path, entry="entry", by="arm", at=[2, 6])
    assert report.table("groups").column("n") == (5, 6)
    at_risk = [row["n_risk"] for row in report.table("survival").rows]
    assert at_risk == [3, 1, 3, 6]  # P02 is in a at 2, in b at 6


def test_a_curve_that_reaches_0_at_the_end_is_not_one_of_small_risk_sets(write: Write) -> None:
    path = write("end.csv", TEN.replace("P10,1,12,0", "P10,1,12,1"))
    assert "small-risk-sets" not in codes(hcc2l.km(path, entry="entry"))


def test_overlapping_rows_of_a_patient_are_refused_with_the_rows_named(write: Write) -> None:
    path = write("overlap.csv", CUT.replace("P02,2.5,6", "P02,2,6"))
    for analyse in (hcc2l.km, lambda c, **o: hcc2l.cox(c, covariates=["age"], **o)):
        with pytest.raises(InputError) as error:
            analyse(path, entry="entry")
        assert str(error.value.message) == (
            "1 row of 1 patient overlaps the row before:\n  line 3 (P02) and line 4: 0–2.5 and 2–6"
        )


def test_a_row_that_ends_by_its_entry_is_excluded_and_counted(write: Write) -> None:
    path = write("late.csv", TEN.replace("P05,2,9", "P05,9,9").replace("P04,2,", "P04,,"))
    report = hcc2l.km(path, entry="entry")
    assert [(e.reason, e.rows, e.which) for e in report.provenance.excluded] == [
        ("entry missing", 1, ("P04",)),
        ("entry (entry) not before the end of follow-up", 1, ("P05",)),
    ]
    assert report.provenance.analysed == 8


def test_an_entry_before_time_0_is_one_from_the_beginning(write: Write) -> None:
    early = write("early.csv", TEN.replace(",0,", ",-3,", 1))
    found = hcc2l.km(early, entry="entry", at=[3])
    assert found.table("survival").rows == hcc2l.km(
        write("ten.csv", TEN), entry="entry", at=[3]
    ).table("survival").rows  # fmt: skip


def test_infinite_entries_are_from_the_beginning_or_too_late(workplace: Path) -> None:
    path = workplace / "infinite.parquet"
    times = [3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    entries = [-math.inf, 0.0, 1.0, math.inf, 2.0, 0.0]
    frame = pd.DataFrame({"entry": entries, "time": times, "death": [1, 0, 1, 1, 0, 1]})
    frame.to_parquet(path)
    report = hcc2l.km(path, entry="entry", at=[2])
    assert report.table("survival").rows[0]["n_risk"] == 4
    assert [e.rows for e in report.provenance.excluded] == [1]


def test_dates_of_entry_count_from_the_start(write: Write) -> None:
    rows = "id,start,seen,last,death\n" + "".join(
        f"{i},2020-01-01,2020-0{1 + i % 3}-01,2020-{4 + i % 5:02}-01,{i % 2}\n" for i in range(9)
    )
    options: dict[str, Any] = {"start": "start", "end": "last", "event": "death", "at": [120]}
    found = hcc2l.km(write("dates.csv", rows), entry="seen", time_unit="days", **options)
    days = "id,entry,time,death\n" + "".join(
        f"{i},{(0, 31, 60)[i % 3]},{(91, 121, 152, 182, 213)[i % 5]},{i % 2}\n" for i in range(9)
    )
    expected = hcc2l.km(write("days.csv", days), entry="entry", at=[120])
    assert found.table("survival").rows == expected.table("survival").rows
    assert found.table("groups").rows == expected.table("groups").rows


def test_dates_need_an_endpoint_of_dates(write: Write) -> None:
    path = write("mixed.csv", "time,death,seen\n" + "4,1,2020-01-01\n5,0,2020-02-01\n" * 3)
    with pytest.raises(UsageError, match="seen has dates, but the times of the endpoint, time"):
        hcc2l.km(path, entry="seen")


def test_an_entry_is_in_the_unit_of_its_name_or_of_the_times(write: Write) -> None:
    days = TEN.replace("entry", "entry_days").splitlines()
    cells = [line.split(",") for line in days[1:]]
    rows = [[c[0], str(float(c[1]) * 30.4375), *c[2:]] for c in cells]
    path = write("unit.csv", "\n".join([days[0], *map(",".join, rows)]))
    found = hcc2l.km(path, entry="entry_days", at=[3, 6])
    expected = hcc2l.km(write("ten.csv", TEN), entry="entry", at=[3, 6])
    assert found.table("survival").rows == expected.table("survival").rows
    converted = hcc2l.km(write("ten.csv", TEN), entry="entry", time_unit="days", at=[91.3125])
    assert converted.table("survival").rows[0]["n_risk"] == 8


def test_rows_after_an_event_are_refused_by_km_and_warned_of_by_cox(write: Write) -> None:
    path = write("again.csv", CUT.replace("P02,0,2.5,0", "P02,0,2.5,1"))
    with pytest.raises(InputError, match=r"1 patient is observed after the event:\n  line 3 \(P02"):
        hcc2l.km(path, entry="entry")
    report = hcc2l.cox(path, entry="entry", covariates=["age"])
    assert "1 patient is at risk again after an event." in note(report, "events-repeated")
    assert "add --cluster patient_id" in note(report, "events-repeated")
    clustered = hcc2l.cox(path, entry="entry", covariates=["age"], cluster="patient_id")
    assert "--cluster" not in note(clustered, "events-repeated")


def test_a_robust_variance_over_rows_of_patients_is_warned_of(write: Write) -> None:
    path = write("cut.csv", CUT)
    options: dict[str, Any] = {"entry": "entry", "covariates": ["age"], "robust": True}
    assert "--cluster patient_id" in note(hcc2l.cox(path, **options), "robust-by-rows")
    assert "robust-by-rows" not in codes(hcc2l.cox(path, **options, cluster="patient_id"))
    assert "robust-by-rows" not in codes(hcc2l.cox(write("ten.csv", TEN), **options))


def test_small_first_risk_sets_are_warned_of_until_enough_have_entered(write: Write) -> None:
    case = CURVES[0]
    cohort = cohort_of(case, write)
    options: dict[str, Any] = {"entry": "ageentry", "time": "age", "event": "death", "by": "gender"}
    text = note(hcc2l.km(cohort, **options), "small-risk-sets")
    assert "(1: 2 at risk at the first event, at 777; S is 0 from 781 on" in text
    assert "--from T, with T of 781 or later." in text
    assert "small-risk-sets" not in codes(hcc2l.km(cohort, **options, from_=850))


def test_from_a_time_the_curve_is_conditional_on_it(write: Write) -> None:
    path = write("ten.csv", TEN)
    report = hcc2l.km(path, from_=3.5, at=[6, 9])
    given = hcc2l.km(path, given=[3.5], at=[6, 9])
    for row, wanted in zip(
        report.table("survival").rows, given.table("conditional").rows, strict=True
    ):
        for key in ("estimate", "std_err", "lower", "upper"):
            assert row[key] == pytest.approx(wanted[key], rel=1e-12)
    assert [(e.reason, e.rows) for e in report.provenance.excluded] == [
        ("event by the start of the curves, 3.5 months", 1)
    ]
    assert report.provenance.settings["from"] == 3.5


def test_from_is_a_key_of_the_dictionary(write: Write) -> None:
    cohort = hcc2l.read_cohort(
        write("ten.csv", TEN), config=write("hcc2l.toml", "[km]\nfrom = 3.5")
    )
    assert hcc2l.km(cohort).provenance.settings["from"] == 3.5


def test_rows_of_patients_without_entry_are_refused_with_the_options_that_take_them() -> None:
    with pytest.raises(InputError) as error:
        hcc2l.km(cases.FOLDER / "data/heart.csv", time="stop", event="event")
    assert "analyse the intervals (km, cox): --entry start --time stop" in str(error.value.hint)


def test_from_and_given_are_two_ways_to_one_number(write: Write) -> None:
    with pytest.raises(UsageError, match="conditional survival already"):
        hcc2l.km(write("ten.csv", TEN), from_=3, given=[3], at=[6])


def test_conditional_survival_of_late_entrants_is_the_ratio_of_their_curve(write: Write) -> None:
    path = write("ten.csv", TEN)
    (row,) = hcc2l.km(path, entry="entry", given=[4], at=[9]).table("conditional").rows
    at = hcc2l.km(path, entry="entry", at=[4, 9]).table("survival").column("estimate")
    assert row["estimate"] == pytest.approx(at[1] / at[0], rel=1e-12)
    assert row["n_risk"] == 7  # alive after 4 and entered by then; not P08, who enters at 5


def test_numbers_at_risk_in_the_figure_rise(write: Write) -> None:
    figure: Any = hcc2l.km(write("ten.csv", TEN), entry="entry", xticks=[2]).draw()
    assert figure.at_risk_heading == "Number at risk (delayed entry: it can rise)"
    later = write("later.csv", re.sub(r"(P\d\d),0,", r"\1,0.5,", TEN))
    assert hcc2l.km(later, entry="entry", xticks=[2]).draw().at_risk[0].n_risk[0] == 0
    assert figure.at_risk[0].n_risk == (4, 6, 7, 7, 5, 2, 1)  # at 0 those who enter then


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("km", {"competing": "arm=b"}), ("km", {"parametric": "best"}), ("km", {"landmark": 3}),
        ("km", {"weights": "age"}), ("km", {"by": "arm", "nph": True}), ("cox", {"firth": True}),
        ("cox", {"landmark": 3}), ("cox", {"performance": True}),
        ("cox", {"adjusted_curves": "arm"}),
    ],
)  # fmt: skip
def test_what_needs_follow_up_from_time_0_is_refused(
    command: str, options: dict[str, Any], write: Write
) -> None:
    path = write("ten.csv", TEN)
    more = {"covariates": ["arm", "age"]} if command == "cox" else {}
    with pytest.raises(UsageError, match=r"cannot be combined with .*: .*time 0"):
        getattr(hcc2l, command)(path, entry="entry", **more, **options)
