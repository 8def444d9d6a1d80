"""Imputed data sets pooled, case by case as R has it (`mice`, and its formulas elsewhere)."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

import numpy as np
import pytest

from hcc2l.stats.concordance import concordance
from hcc2l.stats.cox import cox_ordered
from hcc2l.stats.kaplan_meier import kaplan_meier
from hcc2l.stats.logistic import logistic
from hcc2l.stats.logrank import logrank
from hcc2l.stats.partial_likelihood import ordered_rows, state_at
from hcc2l.stats.pooling import (
    FTest,
    likelihood_test,
    pooled_concordance,
    pooled_median,
    pooled_survival,
    pooled_variance,
    rubin,
    statistics_test,
    wald_test,
)
from tests.reference import cases

Sets = list[list[dict[str, str]]]


@cache
def imputed_sets(dataset: str) -> Sets:
    """The rows of each completed set, in their order."""
    with (cases.FOLDER / dataset).open(newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = sorted({int(row[".imp"]) for row in rows} - {0})
    return [[row for row in rows if row[".imp"] == str(i)] for i in numbers]


def columns(case: dict[str, Any], rows: list[dict[str, str]], names: list[str]) -> Any:
    """Covariates as R codes them, shape (n, p), and the variable of each column."""
    parts, variables = [], []
    for name in names:
        declared = case["arguments"]["variables"][name]
        if declared["type"] == "numeric":
            parts.append(np.array([float(row[name]) for row in rows]))
            variables.append(name)
        else:
            code = cases.codes(case, rows, name)
            parts += [code == j for j in range(1, len(declared["levels"]))]
            variables += [name] * (len(declared["levels"]) - 1)
    return np.column_stack(parts).astype(float), np.array(variables)


class Fits:
    """The model of a case in every set, and its likelihood without some columns."""

    def __init__(self, case: dict[str, Any]) -> None:
        arguments = case["arguments"]
        self.case, self.cox = case, arguments["kind"] == "cox"
        self.sets = imputed_sets(case["dataset"])
        self.x = [columns(case, rows, arguments["covariates"])[0] for rows in self.sets]
        self.variables = columns(case, self.sets[0], arguments["covariates"])[1]
        event = arguments["event"], str(arguments["event_value"])
        self.event = [np.array([row[event[0]] == event[1] for row in rows]) for rows in self.sets]
        if self.cox:
            self.time = [
                np.array([float(r[arguments["time"]]) for r in rows]) for rows in self.sets
            ]
            self.rows = [
                ordered_rows(t, e, "efron", None, None)
                for t, e in zip(self.time, self.event, strict=True)
            ]
        else:
            self.variables = np.array(["(Intercept)", *self.variables])
        self.fits = [self.fit(i, np.ones(x.shape[1], dtype=bool)) for i, x in enumerate(self.x)]
        self.coef = np.array([fit.coef for fit in self.fits])
        self.variance = np.array([fit.variance for fit in self.fits])

    def fit(self, i: int, keep: Any) -> Any:
        x = self.x[i][:, keep]
        if self.cox:
            return cox_ordered(self.rows[i].with_covariates(x), x, None, False)
        return logistic(self.event[i], x, tolerance=1e-14)

    def loglik(self, i: int, coef: Any, keep: Any) -> float:
        """The log-likelihood of set i at given coefficients of some columns."""
        x = self.x[i][:, keep]
        if self.cox:
            data = self.rows[i].with_covariates(x)
            return state_at(data, coef * data.scale).loglik
        eta = coef[0] + x @ coef[1:]
        return float((eta * self.event[i] - np.logaddexp(0.0, eta)).sum())

    @property
    def df_complete(self) -> float:
        known = self.event[0].sum() if self.cox else self.event[0].size
        return float(max(known - self.coef.shape[1], 1))


def model_cases() -> list[Any]:
    chosen = [c for c in cases.load("pooling") if c["arguments"]["kind"] in ("cox", "logistic")]
    return [pytest.param(c, id=c["id"]) for c in chosen]


@cache
def fits_of(case_id: str) -> Fits:
    return Fits(cases.case("pooling", case_id))


@pytest.mark.parametrize("case", model_cases())
def test_coefficients_are_pooled_as_by_mice(case: dict[str, Any]) -> None:
    fits = fits_of(case["id"])
    pooled = rubin(fits.coef, np.diagonal(fits.variance, axis1=1, axis2=2), fits.df_complete)
    lower, upper = pooled.limits(0.95)
    found = {
        "estimate": pooled.estimate, "ubar": pooled.within, "b": pooled.between,
        "se": pooled.std_err, "df": pooled.df, "statistic": pooled.statistic, "p": pooled.p,
        "lower": lower, "upper": upper, "riv": pooled.relative_increase,
        "lambda": pooled.share, "fmi": pooled.missing_information,
    }  # fmt: skip
    expected = case["expected"]["coefficients"]
    assert fits.df_complete == expected[0]["dfcom"]
    for name, values in found.items():
        np.testing.assert_allclose(values, [row[name] for row in expected], rtol=1e-6, err_msg=name)
    total = np.diag(pooled_variance(fits.coef, fits.variance))
    np.testing.assert_allclose(total, [row["t"] for row in expected], rtol=1e-6)


def agree(test: FTest, expected: dict[str, Any], name: str) -> None:
    found = [test.f, test.k, test.df, test.p, test.increase]
    wanted = [expected[key] for key in ("f", "df1", "df2", "p", "riv")]
    np.testing.assert_allclose(found, [float(v) for v in wanted], rtol=1e-6, err_msg=name)


@pytest.mark.parametrize("case", model_cases())
def test_terms_are_tested_by_d1_d2_and_d3(case: dict[str, Any]) -> None:
    fits = fits_of(case["id"])
    m = len(fits.sets)
    for test in case["expected"].get("tests", []):
        of_test = np.isin(fits.variables, test["variables"])
        k, coef = test["k"], fits.coef[:, of_test]
        variance = fits.variance[:, of_test][:, :, of_test]
        if k * (m - 1) > 4 and k > 1:
            agree(wald_test(coef, variance, fits.df_complete), test["d1"], "d1")
        if k > 1:
            agree(wald_test(coef, variance), test["d1_dfcom_infinite"], "d1, infinite")
        walds = [c @ np.linalg.solve(v, c) for c, v in zip(coef, variance, strict=True)]
        agree(statistics_test(np.array(walds), k), test["d2_wald"], "d2 of Wald")
        keep = ~of_test if fits.cox else ~of_test[1:]
        smaller = [fits.fit(i, keep) for i in range(m)]
        own = np.array([2 * (f.loglik - s.loglik) for f, s in zip(fits.fits, smaller, strict=True)])
        agree(statistics_test(own, k), test["d2_likelihood"], "d2 of the likelihood ratio")
        everything = np.ones(fits.x[0].shape[1], dtype=bool)
        mean, mean_smaller = fits.coef.mean(axis=0), np.mean([s.coef for s in smaller], axis=0)
        held = [
            2 * (fits.loglik(i, mean, everything) - fits.loglik(i, mean_smaller, keep))
            for i in range(m)
        ]
        agree(likelihood_test(own, np.array(held), k), test["d3"], "d3")


def test_one_coefficient_is_tested_by_its_t() -> None:
    fits = fits_of("cox_hcc81_m5")
    one = np.flatnonzero(fits.variables == "child_pugh")
    pooled = rubin(fits.coef, np.diagonal(fits.variance, axis1=1, axis2=2), fits.df_complete)
    test = wald_test(fits.coef[:, one], fits.variance[:, one][:, :, one], fits.df_complete)
    assert test.p == pytest.approx(float(pooled.p[one[0]]), rel=1e-9)
    assert test.p < 0.001  # Reiter's formula would say 0.013


@pytest.mark.parametrize("case", [p for p in model_cases() if "c_index" in p.values[0]["expected"]])
def test_concordance_is_pooled_on_the_logit_scale(case: dict[str, Any]) -> None:
    fits, expected = fits_of(case["id"]), case["expected"]["c_index"]
    found = [
        concordance(t, e, f.linear_predictor)
        for t, e, f in zip(fits.time, fits.event, fits.fits, strict=True)
    ]
    pooled = pooled_concordance(
        np.array([c.concordance for c in found]), np.array([c.std_err for c in found]), 0.95
    )
    wanted = [expected[key] for key in ("c", "lower", "upper")]
    np.testing.assert_allclose(pooled, wanted, rtol=1e-6)


@pytest.mark.parametrize(
    "case", [c for c in cases.load("pooling") if c["arguments"]["kind"] == "km"], ids=cases.name
)
def test_curves_medians_and_the_log_rank_test_are_pooled(case: dict[str, Any]) -> None:
    arguments = case["arguments"]
    sets = imputed_sets(case["dataset"])
    time_event = [cases.time_event(case, rows) for rows in sets]
    codes = [cases.codes(case, rows, arguments["group"]) for rows in sets]
    expected = case["expected"]["logrank_d2"]
    tests = [
        logrank(t, e, g, expected["k"] + 1).statistic
        for (t, e), g in zip(time_event, codes, strict=True)
    ]
    agree(statistics_test(np.array(tests), expected["k"]), expected, "log-rank")
    for code, group in enumerate(case["expected"]["groups"]):
        curves = [kaplan_meier(t[g == code], e[g == code])
                  for (t, e), g in zip(time_event, codes, strict=True)]  # fmt: skip

        def at(times: Any, curves: Any = curves) -> Any:
            last = [np.searchsorted(c.time, times, side="right") for c in curves]
            s = [np.append(1.0, c.survival)[i] for c, i in zip(curves, last, strict=True)]
            se = [np.append(0.0, c.std_err)[i] for c, i in zip(curves, last, strict=True)]
            return pooled_survival(np.array(s), np.array(se), 0.95)

        for wanted in group["survival"]:
            curve = at(np.array(wanted["time"], dtype=float))
            found = [curve.estimate[0], curve.lower[0], curve.upper[0]]
            for value, key in zip(found, ("surv", "lower", "upper"), strict=True):
                assert cases.agrees(float(value), wanted[key], 1e-6), key
        times = np.unique(np.concatenate([c.time[c.n_event > 0] for c in curves]))
        for value, key in zip(
            pooled_median(times, at(times)), ("median", "median_lower", "median_upper"), strict=True
        ):
            assert cases.agrees(value, group[key]), key
