"""`hcc2l psmatch` as a user relies on it: the treatment, invariance, notes, files, bad input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.figures import draw
from hcc2l.report import LoveFigure, Report
from tests.analyses.psmatch.cohorts import (
    LALONDE,
    MIXED,
    SECOND_LINE,
    SMALL,
    WORKERS,
    matched,
    psmatch,
    small,
)
from tests.conftest import Run, Write
from tests.reports import codes, note, rows_of


def test_imbalance_is_named() -> None:
    text = note(psmatch(), "imbalance")
    assert "Lymph node metastasis (0.177)" in text
    assert "imbalance" not in codes(psmatch(covariates=["age"]))


def test_many_lost_are_described() -> None:
    text = note(psmatch(treat="sorafenib"), "treated-lost")
    assert "51 of 86" in text
    assert "Child-Pugh class A" in text
    assert "treated-lost" not in codes(psmatch())


def test_more_treated_than_controls_are_matched_as_far_as_they_can_be() -> None:
    report = psmatch(treat="sorafenib", caliper="none")
    assert matched(report) == (40, 40)
    assert "more-treated-than-controls" in codes(report)
    assert "more-treated-than-controls" not in codes(psmatch(treat="sorafenib", replace=True))


def test_a_covariate_known_only_later_is_noted() -> None:
    report = psmatch(covariates=["age", "dose_reduction"])
    assert "dose_reduction" in note(report, "covariate-after-start")
    assert "covariate-after-start" not in codes(psmatch())


def test_too_many_covariates_are_noted() -> None:
    assert "5.7 per parameter, fewer than 10" in note(psmatch(), "few-treated-per-covariate")
    assert "few-treated-per-covariate" not in codes(psmatch(covariates=["age"]))


def test_tied_scores_and_the_order_of_rows_are_noted() -> None:
    report = psmatch(covariates=["sex"], order="data")
    text = "126 patients have the same score as another patient. Ties were broken by"
    assert f"{text} the order of the ids." in note(report, "tied-scores")
    assert report.provenance.settings["tied_scores"] == 126
    assert "order-of-rows" in codes(report)
    assert "tied-scores" not in codes(psmatch())


def test_a_level_that_one_treatment_alone_has_is_noted(write: Write) -> None:
    rows = [*MIXED, *(("a", float(i), "w") for i in range(6))]
    report = small(write, rows)
    assert "level w" in note(report, "coefficient-infinite")
    assert "coefficient-infinite" not in codes(small(write, MIXED))


def test_a_column_that_follows_from_another_is_noted(write: Write) -> None:
    report = small(write, MIXED, covariates=["x", "x>=5", "x<5"])
    assert "x<5" in note(report, "column-dropped")


def test_scores_that_do_not_overlap_are_noted(write: Write) -> None:
    rows = [("ab"[i < 20], float(i), "u") for i in range(40)]
    rows[18:22] = [("a", 18.0, "u"), ("b", 19.0, "u"), ("a", 20.0, "u"), ("b", 21.0, "u")]
    report = small(write, rows, covariates=["x"], caliper=1.0)
    assert "no-overlap" in codes(report)
    assert "no-overlap" not in codes(small(write, MIXED))


def test_few_patients_who_dominate_the_weighted_result_are_noted(write: Write) -> None:
    rows = [("ab"[i < 40], float(i), "u") for i in range(80)]
    rows[2], rows[70] = ("a", 2.0, "u"), ("b", 70.0, "u")
    options = {"covariates": ["x"], "caliper": "none", "weighting": "iptw", "estimand": "ate"}
    assert "extreme-weights" in codes(small(write, rows, **options))
    assert "extreme-weights" not in codes(psmatch(weighting="overlap"))


def test_a_hazard_ratio_that_does_not_exist_is_not_shown(write: Write) -> None:
    lines = ["drug,age,t,d"]
    lines += [f"{'ab'[i % 3 == 0]},{50 + i * 7 % 20},{i % 9 + 1},1" for i in range(30)]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="drug=b", covariates=["age"], time="t", event="d")
    (row,) = rows_of(report, "effects", model="cox-strata")
    assert row["hr"] is row["std_err"] is row["e_value"] is None
    assert "Time to d, matched, Cox, stratified by pair" in note(report, "effect-not-estimable")
    assert "effect-not-estimable" not in codes(psmatch())


def test_a_cohort_without_endpoints_is_matched_all_the_same() -> None:
    report = hcc2l.psmatch(LALONDE, **WORKERS)
    assert "no-endpoint" in codes(report)
    assert "survival" not in [t.name for t in report.tables]


def test_an_endpoint_that_cannot_be_read_is_skipped_and_named(write: Write) -> None:
    lines = ["arm,age,os_months,death,pfs_months,progression"]
    lines += [f"{'ab'[i % 2]},{40 + i * 7 % 30},{i + 1},{i % 2},{i},maybe" for i in range(30)]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="arm=a", covariates=["age"])
    assert "pfs" in note(report, "endpoint-skipped")
    assert {row["endpoint"] for row in report.table("survival").rows} == {"os"}


@pytest.mark.parametrize(
    ("options", "idle"),
    [
        ({"estimand": "ate"}, "--estimand"),
        ({"weighting": "overlap", "estimand": "ate"}, "--estimand"),
        ({"stabilised": False}, "--no-stabilised"),
        ({"weighting": "iptw", "stabilised": False}, "--no-stabilised"),
        ({"truncate": 0.1}, "--truncate"),
        ({"method": "optimal", "ratio": 2}, "--ratio"),
        ({"method": "optimal", "replace": True}, "--replace"),
    ],
    ids=str,
)
def test_an_option_without_effect_changes_nothing_and_is_noted(options: Any, idle: str) -> None:
    report = psmatch(**options)
    assert f"{idle} has no effect without " in note(report, "option-without-effect")
    name = idle.removeprefix("--no-").removeprefix("--")
    plain = psmatch(**{key: v for key, v in options.items() if key != name})
    assert "option-without-effect" not in codes(plain)
    assert [t.rows for t in plain.tables] == [t.rows for t in report.tables]
    assert plain.provenance.footer == report.provenance.footer


def test_the_command_line_overrides_the_dictionary(run: Run, write: Write) -> None:
    write("cohort.csv", SECOND_LINE.read_text())
    defaults = 'weighting = "iptw"\nestimand = "ate"\ntruncate = 0.05\nratio = 2\n'
    write("hcc2l.toml", f'treatment = "second_line"\n[psmatch]\n{defaults}')
    words = ("cohort.csv", "--treat", "lenvatinib", "-x", "age,sex", "--json")
    result = run("psmatch", *words, "--weighting", "none", "--method", "optimal").json
    assert {row["sample"] for row in result["tables"]["overlap"]} == {"before", "after"}
    assert result["settings"]["estimand"] is None
    assert result["settings"]["ratio"] == result["tables"]["matching"][0]["ratio"] == 1


def test_the_truncated_weights_are_counted() -> None:
    """Those that were changed, by their values before."""
    raw, cut = (psmatch(weighting="iptw", truncate=q).table("scores").rows for q in (None, 0.3))
    pairs = [(a["weight"], b["weight"]) for a, b in zip(raw, cut, strict=True)]
    raised, lowered = sum(b > a for a, b in pairs), sum(b < a for a, b in pairs)
    text = note(psmatch(weighting="iptw", truncate=0.3), "weights-truncated")
    assert 0 < lowered < sum(b == max(w for _, w in pairs) for _, b in pairs)  # the treated have 1
    assert f"{raised} raised and {lowered} lowered" in text


def test_imbalance_is_answered_with_ways_not_yet_used() -> None:
    text = note(psmatch(method="optimal", doubly_robust=True, weighting="overlap"), "imbalance")
    assert "Try a narrower caliper or --exact." in text
    text = note(psmatch(exact=["sex"], ratio=2, caliper=1), "imbalance")
    assert (
        "Try a narrower caliper or --weighting overlap, or adjust for the covariates "
        "(--doubly-robust)." in text
    )
    report = psmatch(weighting="iptw", truncate=0.2, smd="att")
    texts = [n.text for n in report.notes if n.code == "imbalance"]
    assert "--weighting" not in texts[0]
    assert texts[1].endswith(
        "Try --weighting overlap, or adjust for the covariates (--doubly-robust)."
    )


def test_a_difference_without_a_standard_deviation_is_neither_balanced_nor_drawn(
    write: Write,
) -> None:
    rows = [("ab"[i % 2], 1.0 if i % 2 == 0 else float(i % 5), "uv"[i % 3 > 0]) for i in range(40)]
    report = small(write, rows, smd="att", caliper="none")
    assert "because the standard deviation is 0: X." in note(report, "imbalance")
    (row,) = rows_of(report, "balance", variable="x")
    assert row["smd_before"] is row["smd_after"] is None
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, LoveFigure)
    assert b"NE" in draw(figure, "svg")
    assert figure.x_label.endswith("NE: not estimable")


def test_a_constant_covariate_has_no_difference_and_is_no_parameter(write: Write) -> None:
    lines = ["drug,x,same,time,status"]
    lines += [f"{'ab'[i % 2]},{i * 7 % 10},0.1,{i % 11 + 1},{i % 3 > 0:d}" for i in range(18)]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="drug=a", covariates=["x", "same"], caliper="none")
    (row,) = rows_of(report, "balance", variable="same")
    assert row["smd_before"] == row["smd_after"] == 0
    assert row["variance_ratio_before"] is row["variance_ratio_after"] is None
    text = "9 patients for 1 parameter of the propensity model (9.0 per parameter"
    assert text in note(report, "few-treated-per-covariate")


def test_why_an_adjusted_hazard_ratio_does_not_exist(write: Write) -> None:
    """A dropped column is no parameter; fewer events than parameters are the reason given."""
    lines = ["drug,x,y,z,z2,time,status"]
    for i in range(40):
        z = i * 11 % 7
        lines.append(f"{'ab'[i % 2]},{i * 7 % 10},{i * 3 % 8},{z},{2 * z},{i * 17 % 29},{i < 4:d}")
    path = write("c.csv", "\n".join(lines))
    options = {"treat": "drug=a", "doubly_robust": True, "caliper": "none"}
    report = hcc2l.psmatch(path, covariates=["x", "z", "z2"], **options)
    (row,) = rows_of(report, "effects", model="cox-adjusted", sample="before")
    assert row["hr"] is not None
    report = hcc2l.psmatch(path, covariates=["x", "y", "z", "x>=5"], **options)
    (row,) = rows_of(report, "effects", model="cox-adjusted", sample="before")
    assert row["hr"] is None
    few = (
        "Survival, all patients, Cox, adjusted for the covariates; "
        "Survival, matched, Cox, adjusted for the covariates (there are fewer events than"
    )
    assert few in note(report, "effect-not-estimable")


def test_an_effect_without_any_error_is_not_estimable(write: Write) -> None:
    """Everybody dies at time 0: no risk differs, and the robust standard error is 0."""
    lines = ["drug,x,time,status", *(f"{'ab'[i % 2]},{i * 7 % 10},0,1" for i in range(40))]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="drug=a", covariates=["x"], caliper="none")
    (row,) = rows_of(report, "effects", sample="after", model="cox-cluster")
    assert row["hr"] is row["p"] is None
    assert "the robust standard error is 0" in note(report, "effect-not-estimable")


def test_a_level_of_one_treatment_alone_makes_the_caliper_wide(write: Write) -> None:
    rows = [*MIXED, *(("a", float(i), "w") for i in range(6))]
    assert "--distance propensity" in note(small(write, rows), "coefficient-infinite")
    other = note(small(write, rows, distance="propensity"), "coefficient-infinite")
    assert "caliper" not in other


@pytest.mark.filterwarnings("error")
def test_extreme_scores_raise_no_warning(write: Write) -> None:
    rows = [("ab"[i < 40], i * 1000.0 + (i == 39) * 3000, "u") for i in range(80)]
    assert small(write, rows, covariates=["x"], caliper="none").table("pairs").rows


def test_ids_stand_in_the_order_of_their_numbers(write: Write) -> None:
    """9-12 before 10-1, though both have four characters: the first takes the first control."""
    rows = ["10-1,a", "9-12,a", "11-1,b", "9-13,b"]
    lines = ["id,drug,x", *(f"{row},1" for row in rows), "12-1,a,2", "12-2,b,2"]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="drug=a", covariates=["x"], caliper="none")
    assert [row["treated"] for row in report.table("pairs").rows] == ["9-12", "10-1", "12-1"]


def crossing(**options: Any) -> Report:
    """500 patients whose hazards cross: sorafenib is better at first, lenvatinib later."""
    options = {"treat": "arm=lenvatinib", "covariates": ["age"]} | options
    return hcc2l.psmatch(SMALL / "crossing.csv", **options)


def test_the_test_of_proportional_hazards_agrees_with_r() -> None:
    """R's cox.zph(coxph(Surv(os_months, death) ~ lenvatinib)), of all and of the saved patients."""
    rows = {row["sample"]: row for row in crossing().table("ph_tests").rows}
    for sample, statistic in (("before", 239.283024478460), ("after", 178.391995260218)):
        assert rows[sample]["statistic"] == pytest.approx(statistic, rel=1e-8)
    rows = {r["sample"]: r for r in psmatch(endpoint="os").table("ph_tests").rows}
    for sample, model, statistic, p in (
        ("before", "cox", 3.740631394680376, 0.053104374720761),
        ("after", "cox-cluster", 1.056879887038090, 0.303927890608244),
    ):
        row = rows[sample]
        assert (row["endpoint"], row["model"], row["df"]) == ("os", model, 1)
        assert row["statistic"] == pytest.approx(statistic, rel=1e-8)
        assert row["p"] == pytest.approx(p, rel=1e-7)


def test_the_weighted_test_of_proportional_hazards_agrees_with_r() -> None:
    """R: cox.zph of coxph(…, weights = weight, cluster = pair) and (…, robust = TRUE)."""
    (sets,) = rows_of(crossing(ratio=2), "ph_tests", sample="after")
    assert sets["statistic"] == pytest.approx(206.539499418132, rel=1e-8)
    (overlap,) = rows_of(crossing(weighting="overlap"), "ph_tests", sample="weighted")
    assert overlap["model"] == "cox"
    assert overlap["statistic"] == pytest.approx(110.885234768935, rel=1e-8)


def test_crossing_hazards_are_noted_with_both_samples() -> None:
    text = note(crossing(), "hazards-not-proportional")
    assert "hazard ratio of lenvatinib versus sorafenib changes with time" in text
    assert "(all patients p < 0.001; matched patients p < 0.001)" in text
    assert "weighted patients p < 0.001" in note(
        crossing(weighting="iptw"), "hazards-not-proportional"
    )
    assert "hazards-not-proportional" not in codes(psmatch())
    hrs = {row["model"]: row["hr"] for row in rows_of(crossing(), "effects", sample="after")}
    assert hrs["cox-strata"] < 1 < hrs["cox-cluster"]  # what the note is there for


def test_a_treatment_known_only_later_is_noted_as_immortal_time(tmp_path: Path) -> None:
    (tmp_path / "hcc2l.toml").write_text('[columns.arm]\nrole = "post-baseline"\n')
    (tmp_path / "c.csv").write_text((SMALL / "crossing.csv").read_text())
    report = hcc2l.psmatch(tmp_path / "c.csv", treat="arm=lenvatinib", covariates=["age"])
    assert "immortal-time bias" in note(report, "immortal-time")
    assert "covariate-after-start" not in codes(report)
    assert "immortal-time" not in codes(crossing())


def test_hazard_ratios_without_a_finite_estimate_are_not_shown() -> None:
    """Once 22,102 with p 2e-104, and 0.55 with a model-based standard error of 22,997."""
    few = hcc2l.psmatch(
        SMALL / "few_scores.csv", treat="arm=new", time="time", event="ev=1",
        covariates=["x0", "x1"], distance="propensity", caliper=0.1, weighting="overlap",
    )  # fmt: skip
    for row in rows_of(few, "effects"):
        assert (row["hr"] is None) == (row["sample"] != "before")
        assert (row["p"] is None) == (row["e_value"] is None) == (row["hr"] is None)
    (overlap,) = (row for row in few.table("effects").rows if row["sample"] == "weighted")
    assert overlap["robust_std_err"] is overlap["lower"] is overlap["e_value_limit"] is None
    assert "Cox (the likelihood is monotone" in note(few, "effect-not-estimable")
    two = hcc2l.psmatch(
        SMALL / "two_pairs.csv", treat="arm=new", time="time", event="ev=1", order="smallest",
        covariates=["x0", "x1", "x2", "x3"], replace=True, caliper=0.05, caliper_scale="raw",
        weighting="iptw", doubly_robust=True,
    )  # fmt: skip
    absent = [(r["sample"], r["model"]) for r in rows_of(two, "effects", hr=None)]
    assert absent == [("after", "cox-adjusted")]
    assert "matched, Cox, adjusted for the covariates (" in note(two, "effect-not-estimable")


def test_differences_from_means_of_controls_that_are_rounding_are_ties() -> None:
    """R's wilcox.test(round(x - mean of controls, 9), exact = FALSE) in these matched sets."""
    report = hcc2l.psmatch(
        SMALL / "sets_of_four.csv", treat="arm=new", time="time", event="ev=1", ratio=3,
        covariates=["x0", "x1", "x2"], caliper=0.5,
    )  # fmt: skip
    for variable, p in (("x1", 0.659016075941622), ("x2", 0.322634771233746)):
        (row,) = rows_of(report, "balance", variable=variable)
        assert row["p_after"] == pytest.approx(p, rel=1e-8)


def test_a_difference_equal_to_the_limit_is_balanced(monkeypatch: pytest.MonkeyPatch) -> None:
    largest = max(abs(r["smd_after"]) for r in rows_of(psmatch(), "balance"))
    limit = "hcc2l.analyses.psmatch.findings.LARGE_DIFFERENCE"
    monkeypatch.setattr(limit, largest)
    assert "imbalance" not in codes(psmatch())
    monkeypatch.setattr(limit, np.nextafter(largest, 0))
    assert "imbalance" in codes(psmatch())


@pytest.mark.parametrize(("lost", "noted"), [(4, False), (5, True)])
def test_more_than_a_fifth_of_the_treated_must_be_lost(
    lost: int, noted: bool, write: Write
) -> None:
    """20 treated, of whom 4 or 5 have a level that no control has."""
    rows = [("a", float(i), "w" if i < lost else "u") for i in range(20)]
    rows += [("b", float(i) + 0.5, "u") for i in range(25)]
    report = small(write, rows, covariates=["x"], exact=["level"], caliper="none")
    assert matched(report)[0] == 20 - lost
    assert ("treated-lost" in codes(report)) == noted
    if noted:
        assert "5 of 20 treated patients (25%) have no match (no control in the stratum: 5)." in (
            note(report, "treated-lost")
        )


@pytest.mark.parametrize(("beyond", "noted"), [(4, False), (5, True)])
def test_more_than_a_fifth_of_the_treated_must_be_without_overlap(
    beyond: int, noted: bool, write: Write
) -> None:
    rows = [("a", 50.0 + i if i < beyond else float(i), "u") for i in range(20)]
    rows += [("b", float(i), "u") for i in range(21)]
    report = small(write, rows, covariates=["x"], caliper="none")
    (row,) = rows_of(report, "overlap", sample="before", group="a")
    assert row["outside"] == beyond
    assert ("no-overlap" in codes(report)) == noted


@pytest.mark.parametrize(("size", "noted"), [(20, False), (19, True)])
def test_ten_patients_per_parameter_are_enough(size: int, noted: bool, write: Write) -> None:
    rows = [("a", float(i * 7 % 10), "uv"[i % 2]) for i in range(size)]
    rows += [("b", float(i * 3 % 10), "uv"[i % 3 > 0]) for i in range(40)]
    report = small(write, rows, caliper="none")
    assert ("few-treated-per-covariate" in codes(report)) == noted


@pytest.mark.parametrize(("controls", "noted"), [(12, False), (11, True)])
def test_as_many_controls_as_treated_are_enough(controls: int, noted: bool, write: Write) -> None:
    rows = [("a", float(i * 7 % 10), "u") for i in range(12)]
    rows += [("b", float(i * 3 % 10), "u") for i in range(controls)]
    report = small(write, rows, covariates=["x"], caliper="none")
    assert ("more-treated-than-controls" in codes(report)) == noted


def test_words_of_an_event_may_differ_in_capitals(write: Write) -> None:
    died = ["yes", "Yes", "no", "NO"]
    rows = [f"{'ab'[i % 2]},{i * 7 % 10},{'uvV'[i % 3]},{i % 11 + 1},{died[i % 4]}"
            for i in range(40)]  # fmt: skip
    path = write("spelled.csv", "\n".join(["drug,x,level,os_months,death", *rows]) + "\n")
    report = hcc2l.psmatch(path, treat="drug=a", covariates=["x", "level"], endpoint=["os"])
    assert note(report, "similar-levels").startswith("level: ")


def test_a_constant_covariate_is_dropped_on_request() -> None:
    report = psmatch(covariates=["sex", "age"], where=["sex==male"], drop_constant=True)
    assert note(report, "constant-dropped").startswith("sex has the same value in all patients")
    assert {row["variable"] for row in report.table("balance").rows} == {"age"}
    kept = psmatch(covariates=["sex", "age"], where=["sex==male"])
    assert "constant-dropped" not in codes(kept)
    assert {row["variable"] for row in kept.table("balance").rows} == {"sex", "age"}
    assert rows_of(kept, "pairs") == rows_of(report, "pairs")
