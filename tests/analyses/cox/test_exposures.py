"""Exposures that begin later in `cox`: every case as R has it, and what is said of them."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, Hcc2lError, UsageError
from tests.conftest import Write
from tests.reference import cases

CASES = cases.ids("exposures")


def options(arguments: dict[str, Any]) -> dict[str, Any]:
    """The options of a case of the reference."""
    dates = arguments.get("dates")
    endpoint = {"time": arguments.get("time"), "event": arguments["event"]}
    begins = arguments.get("exposure_time")
    if dates:
        endpoint |= {"start": dates["start"], "end": [dates["end"]], "unit": arguments["unit"]}
        begins = dates["exposure"]
    factors = {
        name: declared["levels"]
        for name, declared in arguments["variables"].items()
        if "levels" in declared
    }
    terms = [
        f"{name}=={factors[name][1]}" if name in factors else name
        for name in arguments["covariates"]
    ]
    return {**endpoint, "when": f"exposed={begins}", "covariates": ["exposed", *terms],
            "landmark": arguments["landmarks"], "multivariable": True}  # fmt: skip


@pytest.fixture(scope="module", params=CASES)
def analysed(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Any]:
    case = cases.case("exposures", request.param)
    found = hcc2l.cox(cases.FOLDER / case["dataset"], **options(case["arguments"]))
    return case["expected"], found


def row_of(expected: dict[str, Any]) -> dict[str, Any]:
    return next(c for c in expected["coefficients"] if c["variable"] == "exposed")


def test_the_time_dependent_model_is_that_of_r(analysed: Any) -> None:
    expected, report = analysed
    r = expected["time_dependent"]
    terms = report.table("terms").rows
    assert len(terms) == len(r["coefficients"])
    for ours, theirs in zip(terms, r["coefficients"], strict=True):
        for key in ("coef", "hr", "lower", "upper", "p"):
            assert ours[key] == pytest.approx(theirs[key], rel=1e-6)
        assert ours["std_err"] == pytest.approx(theirs["se"], rel=1e-6)
    (model,) = report.table("models").rows
    assert (model["n"], model["events"]) == (expected["n"], expected["events"])
    for ours, theirs in (("lr", "lr"), ("wald", "wald"), ("score", "score")):
        assert model[f"{ours}_statistic"] == pytest.approx(r[theirs]["stat"], rel=1e-6)
    for key in ("loglik_null", "loglik", "aic"):
        assert model[key] == pytest.approx(r[key], rel=1e-6)
    assert model["concordance"] == pytest.approx(r["concordance"]["c"], rel=1e-6)
    assert model["concordance_std_err"] == pytest.approx(r["concordance"]["se"], rel=1e-6)
    tests = report.table("ph_tests").rows
    for ours, theirs in zip(tests, r["zph"]["km"], strict=True):
        assert ours["statistic"] == pytest.approx(theirs["chisq"], rel=1e-6)


def test_naive_landmark_and_time_dependent_analyses_stand_beside_each_other(analysed: Any) -> None:
    expected, report = analysed
    naive, *landmarks, over_time = report.table("exposures").rows
    assert [row["analysis"] for row in report.table("exposures").rows] == [
        "naive", *["landmark"] * len(expected["landmark"]), "time-dependent"
    ]  # fmt: skip
    both = [(naive, expected["naive"]), *zip(landmarks, expected["landmark"], strict=True)]
    for ours, theirs in both:
        assert ours["n"] == theirs["n_rows"]
        assert (ours["exposed"], ours["events"]) == (theirs["exposed"], theirs["events"])
        assert ours["landmark"] == theirs.get("landmark")
        for key in ("hr", "lower", "upper", "p"):
            assert ours[key] == pytest.approx(row_of(theirs)[key], rel=1e-6)
    r = expected["time_dependent"]
    assert over_time["exposed"] == expected["long"]["exposed_rows"]
    for key in ("hr", "lower", "upper", "p"):
        assert over_time[key] == pytest.approx(row_of(r)[key], rel=1e-6)


@pytest.mark.parametrize(
    "case_id",
    [c["id"] for c in cases.load("exposures") if "time_dependent_breslow" in c["expected"]],
)
def test_breslow_ties_are_those_of_r(case_id: str) -> None:
    case = cases.case("exposures", case_id)
    path = cases.FOLDER / case["dataset"]
    report = hcc2l.cox(path, **options(case["arguments"]), ties="breslow")
    r = row_of(case["expected"]["time_dependent_breslow"])
    row = report.table("terms").rows[0]
    assert row["coef"] == pytest.approx(r["coef"], rel=1e-6)
    assert row["std_err"] == pytest.approx(r["se"], rel=1e-6)


HCC = cases.FOLDER / "data" / "hcc424t.csv"
TINY = cases.FOLDER / "data" / "tiny_tdc.csv"
TIMES = {"time": "time", "event": "death"}


def tiny(**more: Any) -> Any:
    given = {**TIMES, "when": "drug=exposed_at", "covariates": ["drug"], "multivariable": True}
    return hcc2l.cox(TINY, **(given | more))


def note(report: Any, code: str) -> Any:
    return next(n for n in report.notes if n.code == code)


def test_patients_are_counted_once_and_follow_up_is_split() -> None:
    report = tiny()
    (model,) = report.table("models").rows
    assert (model["n"], report.provenance.analysed) == (23, 23)
    rows = {row["level"]: row for row in report.table("regression").rows}
    assert (rows["unexposed"]["n"], rows["exposed"]["n"]) == (20, 12)
    assert (rows["unexposed"]["events"], rows["exposed"]["events"]) == (8, 7)
    (left_out,) = report.provenance.excluded
    assert (left_out.reason, left_out.which) == ("no follow-up after time 0", ("P12",))


def test_when_an_exposure_begins_beside_follow_up_is_said_with_the_patients() -> None:
    before, late = note(tiny(), "exposure-before-start"), note(tiny(), "exposure-at-end")
    assert "at or before time 0 in 3 patients, who count as exposed" in before.text
    assert before.which == "P06, P11, P18"
    assert "at the end of follow-up in 4 patients and after the end of follow-up in 2" in late.text
    assert (late.level, late.which) == ("warning", "P04, P05, P07, P10, P13, P22")


def test_an_exposure_is_no_effect_and_naive_analyses_are_explained() -> None:
    report = tiny(landmark=[3, 6])
    assert "association and not the effect" in note(report, "exposure-not-causal").text
    table = report.table("exposures")
    # The 9 exposed during follow-up and the 4 at its end waited 4+4+8+8+3+7+6+10.5+5+9+8+2+1.
    assert "13 patients had to survive 76 units of time in all" in " ".join(table.footnotes)
    assert "as if it had been known at time 0" in report.methods
    assert "from landmarks at 3 and 6" in report.methods
    assert not any(n.code == "immortal-time" for n in report.notes)


def test_the_dictionary_names_an_exposure_for_any_command(write: Write) -> None:
    write("cohort.csv", TINY.read_text())
    config = write("hcc2l.toml", '[exposures.drug]\nstart = "exposed_at"\n')
    cohort = hcc2l.read_cohort(config.parent / "cohort.csv")
    report = hcc2l.cox(cohort, **TIMES, covariates=["drug"], multivariable=True)
    assert report.table("terms").rows == tiny().table("terms").rows
    assert report.provenance.settings["when"] == ["drug=exposed_at"]
    plain = hcc2l.cox(cohort, **TIMES, covariates=["age"], multivariable=True)
    assert plain.provenance.settings["when"] == []
    with pytest.raises(
        AnalysisError, match="only one level"
    ):  # --when wins: nobody lives that long
        hcc2l.cox(cohort, **TIMES, covariates=["drug"], when="drug=age")


def test_an_exposure_that_nobody_gets_is_as_none(write: Write) -> None:
    path = write("rows.csv", TINY.read_text())
    rows = path.read_text().replace(",death,", ",death,never,").splitlines()
    lines = [rows[0], *(",".join([*r.split(",")[:3], "", *r.split(",")[3:]]) for r in rows[1:])]
    path.write_text("\n".join(lines))
    options = {**TIMES, "multivariable": True, "where": ["time>0"]}
    with_it = hcc2l.cox(
        path, **options, when="drug=never", covariates=["drug", "age"], drop_constant=True
    )
    without = hcc2l.cox(path, **options, covariates=["age"])
    assert with_it.table("terms").rows == without.table("terms").rows
    assert with_it.table("models").rows == without.table("models").rows
    with pytest.raises(AnalysisError, match="only one level"):
        hcc2l.cox(path, **options, when="drug=never", covariates=["drug", "age"])


def test_several_exposures_at_once_have_their_own_rows(write: Write) -> None:
    text = TINY.read_text().splitlines()
    second = ["switch", *(str(i % 7 + 0.5) if i % 3 else "" for i in range(1, len(text)))]
    path = write("two.csv", "\n".join(f"{a},{b}" for a, b in zip(text, second, strict=True)))
    report = hcc2l.cox(
        path, **TIMES, when=["drug=exposed_at", "other=switch"], covariates=["drug", "other"],
        multivariable=True, landmark=[3],
    )  # fmt: skip
    found = [(row["term"], row["analysis"]) for row in report.table("exposures").rows]
    assert found == [
        (term, name) for term in ("drug", "other")
        for name in ("naive", "landmark", "time-dependent")
    ]  # fmt: skip
    assert len([n for n in report.notes if n.code == "exposure-not-causal"]) == 2


def test_a_landmark_with_nobody_exposed_has_no_hazard_ratio() -> None:
    rows = tiny(landmark=[15]).table("exposures").rows
    assert (rows[1]["analysis"], rows[1]["hr"]) == ("landmark", None)


def test_weights_make_the_rows_of_a_patient_one_cluster(write: Write) -> None:
    text = TINY.read_text().splitlines()
    weights = ["w", *(str(0.5 + i % 4 / 4) for i in range(1, len(text)))]
    path = write("w.csv", "\n".join(f"{a},{b}" for a, b in zip(text, weights, strict=True)))
    options = {**TIMES, "when": "drug=exposed_at", "covariates": ["drug"], "weights": "w"}
    robust = hcc2l.cox(path, **options, multivariable=True).table("terms").rows[0]
    clustered = hcc2l.cox(path, **options, multivariable=True, cluster="id").table("terms").rows[0]
    assert robust["robust_std_err"] == pytest.approx(clustered["robust_std_err"], rel=1e-12)


def test_splitting_leaves_a_model_of_other_covariates_as_it_is() -> None:
    split = tiny(covariates=["drug", "age"], univariable=True, multivariable=False)
    plain = hcc2l.cox(TINY, **TIMES, covariates=["age"], univariable=True, where="time>0")
    ours, theirs = split.table("terms").rows[1], plain.table("terms").rows[0]
    for key in ("n", "events", "coef", "std_err"):
        assert ours[key] == pytest.approx(theirs[key], rel=1e-9)


def test_times_are_converted_to_the_unit_of_the_endpoint(write: Write) -> None:
    text = TINY.read_text().replace("time,", "os_months,").replace("exposed_at", "drug_days")
    lines = text.splitlines()
    cells = [line.split(",") for line in lines]
    rows = [[*c[:3], str(float(c[3]) * 30.4375) if c[3] else "", *c[4:]] for c in cells[1:]]
    path = write("days.csv", "\n".join(",".join(r) for r in [cells[0], *rows]))
    found = hcc2l.cox(path, event="death", time="os_months", when="drug=drug_days",
                      covariates=["drug"], multivariable=True)  # fmt: skip
    assert found.table("terms").rows[0]["coef"] == pytest.approx(
        tiny().table("terms").rows[0]["coef"], rel=1e-9
    )
    shown = hcc2l.cox(path, event="death", time="os_months", when="drug=drug_days",
                      covariates=["drug"], multivariable=True, time_unit="weeks")  # fmt: skip
    assert shown.table("terms").rows[0]["coef"] == pytest.approx(
        found.table("terms").rows[0]["coef"], rel=1e-9
    )


REFUSED = {
    "no column": ({"when": "drug=exposed"}, "no column 'exposed'"),
    "no equals sign": ({"when": "drug"}, "does not name an exposure"),
    "twice": ({"when": ["drug=exposed_at", "drug=age"]}, "given twice"),
    "not a term": ({"covariates": ["age"]}, "exposure drug is not used"),
    "whether and not when": ({"when": "drug=death_"}, "whether there was an exposure, not when"),
    "outcome": ({"when": "drug=time"}, "part of the outcome"),
    "cut": ({"covariates": ["drug@3"]}, "levels unexposed and exposed"),
    "reference": ({"ref": ["drug=exposed"]}, "--ref or --cut"),
    "date without a start": ({"when": "drug=day"}, "the date at time 0 is not known"),
    "words": ({"when": "drug=words"}, "holds later: it says whether"),
    "several landmarks, no exposure": (
        {"when": [], "covariates": ["age"], "landmark": [3, 6]}, "Several landmarks"
    ),
    **{
        f"--{name}": ({name: value}, f"Omit --{name.replace('_', '-')}")
        for name, value in {
            "firth": True, "performance": True, "adjusted_curves": "drug"
        }.items()
    },
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused(case: str, write: Write) -> None:
    more, message = REFUSED[case]
    text = TINY.read_text().splitlines()
    extra = ["death_,day,words", *("1,2020-01-31,later" for _ in text[1:])]
    path = write("more.csv", "\n".join(f"{a},{b}" for a, b in zip(text, extra, strict=True)))
    given = {**TIMES, "when": "drug=exposed_at", "covariates": ["drug"], "multivariable": True}
    with pytest.raises(Hcc2lError) as error:
        hcc2l.cox(path, **(given | more))
    assert message in f"{error.value} {error.value.hint}"


def test_an_option_that_the_dictionary_makes_senseless_is_refused_too(write: Write) -> None:
    write("cohort.csv", TINY.read_text())
    config = write("hcc2l.toml", '[exposures.drug]\nstart = "exposed_at"\n')
    with pytest.raises(UsageError, match="predicts nothing at time 0"):
        hcc2l.cox(config.parent / "cohort.csv", **TIMES, covariates=["drug"], performance=True)


def test_a_name_that_is_a_column_too_is_the_exposure_and_said() -> None:
    report = tiny(when="age=exposed_at", covariates=["age"])
    assert "age is also a column of the cohort" in note(report, "exposure-is-column").text
    assert report.table("terms").rows[0]["level"] == "exposed"


def test_whether_there_was_an_exposure_does_not_say_when_it_began() -> None:
    with pytest.raises(UsageError, match="holds no, yes: it says whether") as refused:
        hcc2l.cox(when="later=subsequent_therapy", covariates="later")
    assert "--landmark T" in refused.value.hint


def test_an_infinite_time_is_refused(write: Write) -> None:
    path = write("inf.csv", TINY.read_text().replace("P01,10,1,4,", "P01,10,1,1e400,"))
    with pytest.raises(Hcc2lError):
        hcc2l.cox(path, **TIMES, when="drug=exposed_at", covariates=["drug"])


def test_the_analyses_are_those_of_the_multivariable_model_where_there_is_one() -> None:
    both = tiny(covariates=["drug", "age"], multivariable=False).table("exposures").rows
    assert both == tiny(covariates=["drug", "age"]).table("exposures").rows
    alone = tiny(covariates=["drug", "age"], multivariable=False, univariable=True)
    assert alone.table("exposures").rows == tiny().table("exposures").rows


def test_fixed_analyses_have_the_values_of_visits_that_are_known_then(write: Write) -> None:
    lines = [line.split(",") for line in TINY.read_text().splitlines()]
    value = {(c[0], t): 3 + (7 * i + 5 * t) % 11 for i, c in enumerate(lines) for t in (0, 2, 5)}
    rows = [f"{p},{t},{v}" for (p, t), v in value.items() if p != "id"]
    write("visits.csv", "\n".join(["id,visit_time,afp", *rows]))
    path = write("tiny.csv", TINY.read_text())
    report = hcc2l.cox(
        path, **TIMES, when="drug=exposed_at", visits="visits.csv", covariates=["drug", "afp"],
        multivariable=True, landmark=[3],
    )  # fmt: skip
    naive, landmark, _ = report.table("exposures").rows

    def fixed(known: float, since: float) -> Any:
        """The analysis of one row a patient: exposed by `known`, the value of a visit then."""
        wide = ["id,time,death,ever,afp"]
        for c in lines[1:]:
            time, begins = float(c[1]), float(c[3] or "inf")
            last = max(t for t in (0, 2, 5) if t <= since)
            ever = int(begins <= min(known, time))
            if time > since:
                wide.append(f"{c[0]},{time - since},{c[2]},{ever},{value[c[0], last]}")
        table = hcc2l.cox(
            write("wide.csv", "\n".join(wide)), **TIMES, covariates=["ever", "afp"],
            multivariable=True,
        ).table("terms")  # fmt: skip
        return table.rows[0]

    for ours, theirs in ((naive, fixed(99, 0)), (landmark, fixed(3, 3))):
        for key in ("n", "events", "hr", "lower", "p"):
            assert ours[key] == pytest.approx(theirs[key], rel=1e-9)


def test_a_hazard_ratio_that_changes_calls_for_landmarks() -> None:
    case = cases.case("exposures", "td_hcc424_progression")
    report = hcc2l.cox(HCC, **options(case["arguments"]))
    exposed, child_pugh = (n.text for n in report.notes if n.code == "hazards-not-proportional")
    assert exposed.endswith("or report the landmark analyses beside it (--landmark T).")
    assert "only an average. Stratify by it (--strata) or estimate" in child_pugh
