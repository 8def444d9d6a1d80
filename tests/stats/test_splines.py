"""Restricted cubic splines, case by case as R has them, and what holds of every spline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats.cox import cox
from hcc2l.stats.logistic import logistic
from hcc2l.stats.splines import basis, default_knots, relative
from tests.reference import cases

SPLINES = [c for c in cases.load("spline") if c["arguments"]["transform"] == "rcs"]


def rows_of(case: dict[str, Any]) -> list[dict[str, str]]:
    arguments = case["arguments"]
    needed = [arguments["x"], *arguments["adjust"]]
    needed += [arguments[key] for key in ("time", "event", "outcome") if key in arguments]
    return [r for r in cases._file(case["dataset"]) if all(r[column] for column in needed)]


def design(case: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Rows, values of the marker, and the columns of the adjusting factors."""
    rows = rows_of(case)
    levels = case["arguments"]["variables"]
    others = [
        [float(r[name] == level) for r in rows]
        for name in case["arguments"]["adjust"]
        for level in levels[name]["levels"][1:]
    ]
    return rows, np.array([float(r[case["arguments"]["x"]]) for r in rows]), np.array(others).T


def knots_of(case: dict[str, Any], values: Any) -> Any:
    given = case["arguments"].get("knots")
    return np.array(given, float) if given else default_knots(values, case["arguments"]["nk"])


@pytest.fixture(params=SPLINES, ids=cases.name)
def case(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_knots_and_basis_are_those_of_hmisc(case: Any) -> None:
    _, values, _ = design(case)
    knots, expected = knots_of(case, values), case["expected"]
    np.testing.assert_allclose(knots, expected["knots"], rtol=1e-8)
    at = np.array([float(row["x"]) for row in expected["basis"]])
    columns = [row["columns"] for row in expected["basis"]]
    np.testing.assert_allclose(basis(at, knots), columns, rtol=1e-8, atol=1e-12)


def test_fits_and_curves_are_those_of_r(case: Any) -> None:
    rows, values, others = design(case)
    arguments, expected = case["arguments"], case["expected"]
    knots = knots_of(case, values)
    columns = basis(values, knots)
    x = np.column_stack([columns, others])
    if arguments["model"] == "cox":
        time, event = cases.time_event(case, rows)
        fit: Any = cox(time, event, x, ties=arguments.get("ties", "efron"))
        coef, variance = fit.coef, fit.variance
    else:
        outcome = np.array([r[arguments["outcome"]] == "1" for r in rows])
        fit = logistic(outcome, x)
        coef, variance = fit.coef[1:], fit.variance[1:, 1:]
    assert fit.loglik == pytest.approx(expected["loglik"], rel=1e-8)
    named = [row for row in expected["coefficients"] if row["term"] != "(Intercept)"]
    np.testing.assert_allclose(coef, [row["coef"] for row in named], rtol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(variance)), [r["se"] for r in named], rtol=1e-6)
    wanted = expected["relative"]
    at = np.array([float(row["x"]) for row in wanted["values"]])
    q = columns.shape[1]
    (reference,) = basis(np.array([float(wanted["reference"])]), knots)
    found = relative(basis(at, knots), reference, coef[:q], variance[:q, :q])
    for key, found_values in {
        "log_ratio": found.log_ratio, "se": found.std_err, "ratio": found.ratio,
        "lower": found.limits(0.95)[0], "upper": found.limits(0.95)[1],
    }.items():  # fmt: skip
        np.testing.assert_allclose(
            found_values, [row[key] for row in wanted["values"]], rtol=1e-6, atol=1e-12
        )


ascending = st.lists(
    st.integers(-1000, 1000), min_size=3, max_size=7, unique=True
).map(lambda numbers: np.array(sorted(numbers), float))  # fmt: skip


@settings(max_examples=40)
@given(ascending, st.floats(0.1, 100), st.floats(0.1, 100))
def test_a_spline_is_a_straight_line_beyond_the_outer_knots(
    knots: Any, near: float, far: float
) -> None:
    for end, sign in ((knots[0], -1), (knots[-1], 1)):
        at = end + sign * np.array([0.0, near, near + far])
        first, second, third = basis(at, knots)
        slope, further = (second - first) / near, (third - second) / far
        np.testing.assert_allclose(slope, further, rtol=1e-6, atol=1e-6 * np.abs(slope).max())


@settings(max_examples=40)
@given(ascending, st.lists(st.floats(-5, 5), min_size=6, max_size=6), st.integers(0, 20),
       st.integers(0, 20))  # fmt: skip
def test_another_reference_only_shifts_the_log_curve(
    knots: Any, coef: list[float], one: int, other: int
) -> None:
    at = np.linspace(knots[0] - 10, knots[-1] + 10, 21)
    columns = basis(at, knots)
    beta = np.array(coef[: columns.shape[1]])
    variance = np.eye(beta.size)
    first, second = (relative(columns, columns[i], beta, variance) for i in (one, other))
    assert first.ratio[one] == 1.0
    assert first.std_err[one] == 0.0
    shift = first.log_ratio - second.log_ratio
    np.testing.assert_allclose(shift, shift[0], atol=1e-9 * (1 + np.abs(first.log_ratio).max()))


def test_a_value_that_most_patients_share_leaves_too_few_knots() -> None:
    assert default_knots(np.array([0.0] * 50 + [1.0, 2.0]), 4).size < 3


def test_knots_ascend_and_lie_within_the_values() -> None:
    random = np.random.default_rng(1)
    for _ in range(200):
        values = np.round(random.lognormal(1, 2, random.integers(20, 200)), random.integers(0, 3))
        knots = default_knots(values, int(random.integers(3, 6)))
        assert (np.diff(knots) > 0).all()
        assert values.min() <= knots.min()
        assert knots.max() <= values.max()


def test_below_a_hundred_values_the_outer_knots_are_the_fifth_ones() -> None:
    """R: rcspline.eval(1:99, nk = 4, knots.only = TRUE), and 1:100."""
    few, many = (np.arange(1.0, n + 1) for n in (99, 100))
    np.testing.assert_allclose(default_knots(few, 4), [5, 35.3, 64.7, 95])
    np.testing.assert_allclose(default_knots(many, 4), [5.95, 35.65, 65.35, 95.05])
