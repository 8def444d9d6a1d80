"""Regression of the subdistribution hazard, case by case as R has it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats.cox import cox
from hcc2l.stats.fine_gray import FineGrayFit, fine_gray
from tests.reference import cases

few = settings(max_examples=20)
REGRESSIONS = cases.of_kind("competing_regression", "regression")
CASES = [(c["id"], i) for c in REGRESSIONS for i in range(len(c["expected"]["fine_gray"]))]
UNWEIGHTED = [c for c in CASES if not c[0].endswith("_weights")]
# With groups of censoring, R's expansion has wrong weights and is no reference.
UNGROUPED = [c for c in CASES if not c[0].endswith("_cengroup")]


def design(case: dict[str, Any], rows: list[dict[str, str]]) -> Any:
    """Covariates as R codes them, shape (n, p)."""
    columns = []
    for name in case["arguments"]["covariates"]:
        levels = case["arguments"]["variables"][name].get("levels")
        if levels is None:
            columns.append([float(row[name]) for row in rows])
        else:
            columns += [[float(row[name] == level) for row in rows] for level in levels[1:]]
    return np.array(columns).T


@cache
def analysed(case_id: str) -> tuple[dict[str, Any], Any, Any, Any, dict[str, Any]]:
    """The case; times, causes (1 and 2), covariates, and the other columns of its arguments."""
    case = cases.case("competing_regression", case_id)
    arguments, rows = case["arguments"], cases.rows_of(case)
    rows = [r for r in rows if all(r[name] for name in arguments["covariates"])]
    time = np.array([float(r[arguments["time"]]) for r in rows])
    causes = [str(c) for c in (arguments["censor_value"], *arguments["causes"])]
    cause = np.array([causes.index(r[arguments["event"]]) for r in rows])
    more: dict[str, Any] = {}
    if "cengroup" in arguments:
        texts = [r[arguments["cengroup"]] for r in rows]
        more["censoring_group"] = np.unique(texts, return_inverse=True)[1]
    if "weights" in arguments:
        more["weights"] = np.array([float(r[arguments["weights"]]) for r in rows])
    return case, time, cause, design(case, rows), more


def expected_of(case_id: str, i: int) -> tuple[dict[str, Any], int]:
    """R's values of the i-th cause, and its code."""
    case = analysed(case_id)[0]
    expected = case["expected"]["fine_gray"][i]
    return expected, 1 + [str(c) for c in case["arguments"]["causes"]].index(expected["cause"])


def assert_coefficients(fit: FineGrayFit, rows: list[dict[str, Any]], se: str = "se") -> None:
    np.testing.assert_allclose(fit.coef, [r["coef"] for r in rows], rtol=1e-6)
    np.testing.assert_allclose(fit.std_err, [r[se] for r in rows], rtol=1e-6)
    assert fit.estimable.all()


@pytest.mark.parametrize(("case_id", "i"), UNWEIGHTED)
def test_coefficients_and_standard_errors_are_those_of_crr(case_id: str, i: int) -> None:
    case, time, cause, x, more = analysed(case_id)
    expected, of = expected_of(case_id, i)
    fit, crr = fine_gray(time, cause, x, of, **more), expected["crr"]
    assert_coefficients(fit, crr["coefficients"])
    assert (fit.loglik_null, fit.loglik) == pytest.approx(
        (crr["loglik_null"], crr["loglik"]), rel=1e-8
    )
    newdata = case["arguments"]["newdata"]
    count = len(crr["predicted"])
    rows = [
        {k: str(v[j] if isinstance(v, list) else v) for k, v in newdata.items()}
        for j in range(count)
    ]
    found = fit.incidence(design(case, rows), np.array(case["arguments"]["times"], dtype=float))
    wanted = [[point["cif"] for point in row["cif"]] for row in crr["predicted"]]
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


@pytest.mark.parametrize(("case_id", "i"), UNGROUPED)
def test_with_weights_or_clusters_they_are_those_of_finegray_and_coxph(
    case_id: str, i: int
) -> None:
    _, time, cause, x, more = analysed(case_id)
    expected, of = expected_of(case_id, i)
    fit = fine_gray(time, cause, x, of, **more, cluster=np.arange(time.size))
    assert_coefficients(fit, expected["finegray_coxph"]["breslow"]["coefficients"], "robust_se")


def tied() -> dict[str, Any]:
    """Rows with tied times, times of 0, and a group whose follow-up ends before the others'."""
    rows = cases.table("competing_tied")
    column = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    column |= {name: column[name].astype(int) for name in ("cause", "group", "cluster")}
    return column | {"x": np.column_stack([column[name] for name in ("x1", "x2", "x3")])}


def assert_fit(fit: FineGrayFit, expected: dict[str, Any]) -> None:
    np.testing.assert_allclose(fit.coef, expected["coef"], rtol=1e-6)
    np.testing.assert_allclose(fit.std_err, expected["se"], rtol=1e-6)


def test_ties_and_times_of_0_are_those_of_r() -> None:
    d, expected = tied(), cases.load("fine_gray_tied")
    assert_fit(fine_gray(d["time"], d["cause"], d["x"]), expected["crr"])
    grouped = fine_gray(d["time"], d["cause"], d["x"], censoring_group=d["group"])
    assert_fit(grouped, expected["cengroup"])
    later = d["time"] > 0  # finegray refuses a time of 0
    weighted = fine_gray(
        d["time"][later], d["cause"][later], d["x"][later],
        weights=d["w"][later], cluster=d["cluster"][later],
    )  # fmt: skip
    assert_fit(weighted, expected["weighted"])


def cohort(seed: int, n: int = 60) -> tuple[Any, Any, Any]:
    random = np.random.default_rng(seed)
    x = np.column_stack([random.normal(size=n), random.integers(0, 2, n)])
    time = np.round(random.exponential(10, n), 1) + 0.1
    return time, random.choice([0, 1, 1, 2], n), x


@few
@given(st.integers(0, 10_000))
def test_without_a_competing_event_it_is_coxs_model(seed: int) -> None:
    time, cause, x = cohort(seed)
    fit, plain = fine_gray(time, np.minimum(cause, 1), x), cox(time, cause > 0, x, ties="breslow")
    np.testing.assert_allclose(fit.coef, plain.coef, rtol=1e-6, atol=1e-9)
    assert fit.loglik == pytest.approx(plain.loglik, rel=1e-9)


@few
@given(st.integers(0, 10_000))
def test_without_censoring_a_competing_event_never_leaves_the_risk_set(seed: int) -> None:
    time, cause, x = cohort(seed)
    cause = np.where(cause == 0, 1, cause)
    fit = fine_gray(time, cause, x)
    for_ever = cox(np.where(cause == 2, 1e6, time), cause == 1, x, ties="breslow")
    np.testing.assert_allclose(fit.coef, for_ever.coef, rtol=1e-6, atol=1e-9)


@few
@given(st.integers(0, 10_000))
def test_the_order_of_rows_and_the_scale_of_time_do_not_matter(seed: int) -> None:
    time, cause, x = cohort(seed)
    order = np.random.default_rng(seed).permutation(time.size)
    first, second = fine_gray(time, cause, x), fine_gray(time[order] ** 2, cause[order], x[order])
    np.testing.assert_allclose(second.coef, first.coef, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(second.std_err, first.std_err, rtol=1e-6)


@few
@given(st.integers(0, 10_000))
def test_whole_weights_are_repeated_rows_of_one_cluster(seed: int) -> None:
    """Where nobody is censored, since the weights do not enter the distribution of censoring."""
    time, cause, x = cohort(seed)
    cause = np.where(cause == 0, 2, cause)
    weights = np.random.default_rng(seed).integers(1, 4, time.size)
    again = np.repeat(np.arange(time.size), weights)
    fit = fine_gray(time, cause, x, weights=weights.astype(float))
    rows = fine_gray(time[again], cause[again], x[again], cluster=again)
    np.testing.assert_allclose(fit.coef, rows.coef, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(fit.std_err, rows.std_err, rtol=1e-6)


def test_a_group_that_never_had_the_event_has_no_finite_ratio() -> None:
    time, cause, x = cohort(1)
    cause = np.where((x[:, 1] == 1) & (cause == 1), 2, cause)
    fit = fine_gray(time, cause, x)
    assert fit.infinite.tolist() == [False, True]
    assert not fit.unreached.any()


def test_a_combination_of_other_covariates_is_dropped() -> None:
    time, cause, x = cohort(2)
    fit = fine_gray(time, cause, np.column_stack([x, x[:, 0] + x[:, 1]]))
    assert fit.dropped.tolist() == [False, False, True]
    assert np.isnan(fit.coef[2])
    np.testing.assert_allclose(fit.coef[:2], fine_gray(time, cause, x).coef, rtol=1e-9)


def test_groups_of_censoring_matter_only_where_censoring_differs() -> None:
    time, cause, x = cohort(3)
    group = x[:, 1].astype(int)
    plain = fine_gray(time, cause, x).coef
    assert not np.allclose(fine_gray(time, cause, x, censoring_group=group).coef, plain, rtol=1e-6)
    same = fine_gray(time, cause, x, censoring_group=np.zeros(time.size, dtype=int))
    np.testing.assert_allclose(same.coef, plain, rtol=1e-12)
