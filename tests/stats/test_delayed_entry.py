"""Rows at risk in (entry, time]: as R has them, into whatever rows follow-up is cut."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats.baseline import prediction
from hcc2l.stats.concordance import concordance
from hcc2l.stats.cox import cox, monotone
from hcc2l.stats.kaplan_meier import (
    confidence_limits,
    kaplan_meier,
    quantiles,
    restricted_mean,
    survival_at,
)
from hcc2l.stats.logrank import logrank
from hcc2l.stats.partial_likelihood import ordered
from hcc2l.stats.proportional_hazards import proportional_hazards
from hcc2l.stats.risk_sets import DistinctTimes, distinct_times, risk_sets
from tests.reference import cases

CURVES = [case for case in cases.load("entry") if case["arguments"]["kind"] == "km_entry"]
MODELS = [case for case in cases.load("entry") if case["arguments"]["kind"] == "cox_counting"]


def rows_of(case: dict[str, Any]) -> tuple[list[dict[str, str]], DistinctTimes, Any]:
    """The rows of a case that are at risk, their times with entries, and their events."""
    arguments = dict(case["arguments"])
    start = arguments.get("start") or arguments["entry"]
    arguments["time"] = arguments.get("stop") or arguments["time"]
    named = [arguments.get(k) for k in ("strata", "weights", "cluster")]
    named += [start, *arguments.get("covariates", ())]
    rows = cases.rows_of({**case, "arguments": arguments})
    rows = [r for r in rows if all(r[k] not in ("", "NA") for k in named if k)]
    beginning = float(arguments.get("from", -np.inf))
    rows = [r for r in rows if float(r[start]) < float(r[arguments["time"]])]
    rows = [r for r in rows if float(r[arguments["time"]]) > beginning]
    time, event = cases.time_event({**case, "arguments": arguments}, rows)
    entry = np.maximum(np.array([float(r[start]) for r in rows]), beginning)
    return rows, distinct_times(time, entry), event


def same(found: float, expected: float | None) -> bool:
    return cases.agrees(found, expected, 1e-8)


@pytest.mark.parametrize("case", CURVES, ids=cases.name)
def test_curves_are_those_of_r(case: dict[str, Any]) -> None:
    arguments, expected = case["arguments"], case["expected"]
    rows, times, event = rows_of(case)
    assert (event.size, event.sum()) == (expected["n"], expected["events"])
    column = arguments.get("group")
    group = cases.codes(case, rows, column) if column else np.zeros(event.size, dtype=int)
    for code, wanted in enumerate(expected["groups"]):
        inside = np.flatnonzero(group == code)
        curve = kaplan_meier(times.take(inside), event[inside])
        for scale, quartiles in wanted["quartiles"].items():
            found = quantiles(curve, (0.25, 0.5, 0.75), scale, 0.95)
            for one, other in zip(found, quartiles, strict=True):
                assert same(one.estimate, other["estimate"])
                assert same(one.lower, other["lower"])
                assert same(one.upper, other["upper"])
        for scale in ("log", "log-log", "plain"):
            found_at = survival_at(curve, arguments["times"], scale, 0.95)
            for at, other in zip(found_at, wanted["survival"], strict=True):
                assert at.n_risk == other["n_risk"]
                assert same(at.survival.estimate, other["surv"])
                assert same(at.survival.std_err, other["std_err"])
                if 0 < at.survival.estimate < 1:
                    assert same(at.survival.lower, other["ci"][scale]["lower"])
                    assert same(at.survival.upper, other["ci"][scale]["upper"])
        if "rmst" in wanted:
            mean = restricted_mean(times.take(inside), event[inside], arguments["tau"], 0.95)
            assert same(mean.estimate, wanted["rmst"]["rmst"])
            assert same(mean.std_err, wanted["rmst"]["se"])
        follow_up = quantiles(
            kaplan_meier(times.take(inside), ~event[inside]), (0.5,), "log", 0.95
        )[0]  # fmt: skip
        reverse = wanted["reverse_km"]
        assert same(follow_up.estimate, reverse["median"])
        assert same(follow_up.lower, reverse["lower"])
        assert same(follow_up.upper, reverse["upper"])
    if "tests" in expected:
        test, wanted = logrank(times, event, group, 2), expected["tests"]["logrank"]
        np.testing.assert_allclose(test.observed, wanted["observed"], rtol=1e-8)
        np.testing.assert_allclose(test.expected, wanted["expected"], rtol=1e-8)
        assert same(test.variance[0, 0], wanted["variance_first"])
        assert same(test.statistic, wanted["chisq"])
        assert same(test.p, wanted["p"])


@pytest.mark.parametrize("case", MODELS, ids=cases.name)
def test_models_are_those_of_r(case: dict[str, Any]) -> None:
    arguments, expected = case["arguments"], case["expected"]
    rows, times, event = rows_of(case)
    columns, terms = [], []
    for name in arguments["covariates"]:
        levels = arguments["variables"][name].get("levels", [None])
        for level in levels[1:] or [None]:
            columns.append([float(r[name]) if level is None else r[name] == level for r in rows])
            terms.append(name)
    x = np.array(columns, dtype=np.float64).T
    strata, cluster = (
        np.unique([r[arguments[k]] for r in rows], return_inverse=True)[1]
        if arguments.get(k) else None
        for k in ("strata", "cluster")
    )  # fmt: skip
    column = arguments.get("weights")
    weights = np.array([float(r[column]) for r in rows]) if column else None
    options: dict[str, Any] = {"strata": strata, "weights": weights}
    ties = arguments.get("ties", "efron")
    fit = cox(times, event, x, ties=ties, cluster=cluster, **options)
    assert (fit.n, fit.events) == (expected["n_rows"], expected["events"])
    coefficients = expected["coefficients"]
    np.testing.assert_allclose(fit.coef, [c["coef"] for c in coefficients], rtol=1e-6)
    np.testing.assert_allclose(fit.std_err, [c["se"] for c in coefficients], rtol=1e-6)
    if fit.robust_std_err is not None:
        robust = [c["robust_se"] for c in coefficients]
        np.testing.assert_allclose(fit.robust_std_err, robust, rtol=1e-6)
        assert fit.robust_score == pytest.approx(expected["robust_score"]["stat"], rel=1e-6)
    for found, name in ((fit.lr, "lr"), (fit.wald, "wald"), (fit.score, "score")):
        assert found == pytest.approx(expected[name]["stat"], rel=1e-6)
    assert fit.loglik_null == pytest.approx(expected["loglik_null"], rel=1e-8)
    assert fit.loglik == pytest.approx(expected["loglik"], rel=1e-8)
    rank, wanted = expected["concordance"], concordance(
        times, event, fit.linear_predictor, cluster=cluster, **options
    )  # fmt: skip
    assert wanted.concordance == pytest.approx(rank["c"], rel=1e-8)
    assert wanted.std_err == pytest.approx(rank["se"], rel=1e-8)
    pairs = (wanted.concordant, wanted.discordant, wanted.tied)
    assert pairs == pytest.approx((rank["concordant"], rank["discordant"], rank["tied_x"]))
    for transform, tests in expected["zph"].items():
        found = proportional_hazards(
            times, event, x, fit.coef, fit.dropped, terms, transform=transform, ties=ties, **options
        )
        statistics = [test["chisq"] for test in tests]
        np.testing.assert_allclose([t.statistic for t in found], statistics, rtol=1e-6)
    if "baseline" in expected:
        predicted = prediction(times, event, x, fit.coef, fit.variance, ties=ties, **options)
        at = np.array([b["time"] for b in expected["baseline"]])
        hazard = predicted.strata[0].at(at)[0] * predicted.relative_hazard(np.zeros_like(x[:1]))
        wanted_hazard = [b["cumhaz_zero"] for b in expected["baseline"]]
        np.testing.assert_allclose(hazard, wanted_hazard, rtol=1e-6)


class Patients:
    """Patients who enter late, and the same patients with their follow-up cut into rows."""

    def __init__(self, seed: int, n: int = 40) -> None:
        random = np.random.default_rng(seed)
        self.entry = np.round(random.exponential(3, n) * (random.random(n) < 0.6), 1)
        self.time = self.entry + np.round(random.exponential(6, n), 1) + 0.1
        self.event = random.random(n) < 0.7
        self.group, self.strata = random.integers(0, 2, n), random.integers(0, 2, n)
        self.x = np.column_stack([random.normal(size=n), self.group])
        self.weights = random.integers(1, 4, n).astype(np.float64)
        self.patient = np.arange(n)

    def cut(self, *times: float) -> Patients:
        """Each row as two rows at each time within it; the first has no event."""
        rows = self
        for time in times:
            inside = (rows.entry < time) & (time < rows.time)
            new = object.__new__(Patients)
            for name, values in vars(rows).items():
                setattr(new, name, np.concatenate((values, values[inside])))
            first = np.flatnonzero(inside)
            new.event[first] = False
            new.time[first], new.entry[rows.time.size :] = time, time
            rows = new
        return rows

    @property
    def times(self) -> DistinctTimes:
        return distinct_times(self.time, self.entry)


def analysed(rows: Patients, ties: str = "efron") -> dict[str, Any]:
    """Everything that does not depend on the rows into which follow-up is cut."""
    curve = kaplan_meier(rows.times, rows.event)
    options: dict[str, Any] = {"strata": rows.strata, "weights": rows.weights}
    fit = cox(rows.times, rows.event, rows.x, ties=ties, cluster=rows.patient, **options)
    rank = concordance(
        rows.times, rows.event, rows.x[:, 0], cluster=rows.patient, strata=rows.strata
    )  # fmt: skip
    zph = proportional_hazards(
        rows.times, rows.event, rows.x, fit.coef, fit.dropped, ("x", "group"), ties=ties, **options
    )
    stratified = logrank(rows.times, rows.event, rows.group, 2, strata=rows.strata)
    happens = curve.n_event > 0
    return {
        "survival": curve.survival[happens], "std_err": curve.std_err_log[happens],
        "at_risk": [curve.at_risk(t) for t in (1.0, 2.5, 5.0, 9.0)],
        "observed": stratified.observed, "expected": stratified.expected,
        "variance": stratified.variance, "coef": fit.coef, "model": fit.variance,
        "robust": fit.robust_variance, "loglik": fit.loglik, "c": rank.concordance,
        "c_std_err": rank.std_err, "zph": [test.statistic for test in zph],
    }  # fmt: skip


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from(["efron", "breslow"]))
def test_cutting_the_follow_up_of_patients_into_rows_changes_nothing(seed: int, ties: str) -> None:
    patients = Patients(seed)
    cuts = np.round(np.random.default_rng(seed).exponential(5, 3), 1).tolist()
    whole, cut = analysed(patients, ties), analysed(patients.cut(*cuts), ties)
    for key, value in whole.items():
        np.testing.assert_allclose(cut[key], value, rtol=1e-7, atol=1e-9, err_msg=key)


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_entry_at_0_is_no_entry(seed: int) -> None:
    patients = Patients(seed)
    patients.entry = np.zeros_like(patients.entry)
    late = analysed(patients)
    Patients.times, times = property(lambda rows: distinct_times(rows.time)), Patients.times
    try:
        never = analysed(patients)
    finally:
        Patients.times = times
    for key, value in never.items():
        np.testing.assert_allclose(late[key], value, rtol=1e-8, atol=1e-12, err_msg=key)


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_risk_sets_are_the_rows_under_observation_counted_one_by_one(seed: int) -> None:
    p = Patients(seed)
    for weights in (None, p.weights, p.weights / 7):
        sets = risk_sets(p.times, p.event, p.group, 2, weights)
        w = np.ones(p.time.size) if weights is None else weights
        for t, at_risk in zip(sets.times, sets.at_risk, strict=True):
            under = (p.entry < t - 1e-6) & (p.time > t - 1e-6)
            counted = [float(w[under & (p.group == k)].sum()) for k in (0, 1)]
            np.testing.assert_allclose(at_risk, counted, rtol=1e-12, atol=0)


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_pairs_are_those_at_risk_together_counted_one_by_one(seed: int) -> None:
    p = Patients(seed)
    score = np.round(p.x[:, 0])
    found = concordance(p.times, p.event, score, weights=p.weights, strata=p.strata)
    sums = [0.0, 0.0, 0.0]
    for i in np.flatnonzero(p.event):
        longer = (p.time > p.time[i] + 1e-6) | ((abs(p.time - p.time[i]) < 1e-6) & ~p.event)
        partner = longer & (p.entry < p.time[i] - 1e-6) & (p.strata == p.strata[i])
        for k, lies in enumerate((score < score[i], score > score[i], score == score[i])):
            sums[k] += p.weights[i] * p.weights[partner & lies].sum()
    assert [found.concordant, found.discordant, found.tied] == pytest.approx(sums, rel=1e-12)


def test_once_all_at_risk_have_died_the_curve_is_0_for_ever() -> None:
    curve = kaplan_meier(
        distinct_times(np.array([2.0, 5, 6]), np.array([0.0, 3, 3])), np.array([True, True, False])
    )
    assert curve.survival.tolist() == [0, 0, 0]
    assert curve.n_risk.tolist() == [1, 2, 1]
    lower, upper = confidence_limits(curve.survival, curve.std_err_log, "log", 0.95)
    assert np.isnan([*lower, *upper, *curve.std_err]).all()


def test_entry_at_the_time_of_a_death_is_too_late_for_it() -> None:
    """Also when the two differ by rounding only: 0.1 + 0.2 is 0.3."""
    times = distinct_times(np.array([0.1 + 0.2, 1.0, 1.0]), np.array([0.0, 0.0, 0.3]))
    assert kaplan_meier(times, np.array([True, False, False])).n_risk.tolist() == [2, 2]


def test_a_curve_with_fractional_weights_is_refused() -> None:
    times, event = distinct_times(np.array([1.0, 2.0]), np.zeros(2)), np.array([True, False])
    with pytest.raises(ValueError, match="robust variance"):
        kaplan_meier(times, event, np.array([0.5, 1.0]))
    with pytest.raises(ValueError, match="robust variance"):
        logrank(times, event, np.array([0, 1]), 2, case_weights=np.array([0.5, 1.0]))


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_a_ratio_is_infinite_where_each_death_has_the_largest_value_at_risk(seed: int) -> None:
    """By every pair of a death and a row at risk with it, one covariate at a time."""
    p = Patients(seed, n=6)
    x = np.sign(np.round(p.x[:, :1]))
    differences = np.array(
        [x[i, 0] - x[j, 0] for i in np.flatnonzero(p.event) for j in range(6)
         if p.entry[j] < p.time[i] - 1e-6 and p.time[j] > p.time[i] - 1e-6]
    )  # fmt: skip
    expected = differences.any() and ((differences >= 0).all() or (differences <= 0).all())
    found = monotone(ordered(p.times, p.event, x, "efron", None, None))
    assert found.tolist() == [bool(expected)]
