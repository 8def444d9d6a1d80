"""Restricted cubic splines: knots, basis, and the ratio along the curve of a marker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.tails import normal_quantile

Floats = NDArray[np.float64]

FEWEST_KNOTS = 3
_FREQUENT = 0.05  # the share of patients at which a value counts as heavily tied
_FEW_VALUES = 100  # below which the outer knots are the fifth smallest and fifth largest value
_FIFTH = 4


def default_knots(values: Floats, count: int) -> Floats:
    """The knots that Hmisc's ``rcspline.eval`` chooses, ascending.

    Parameters
    ----------
    values
        Shape (n,), without missing values.
    count
        How many are asked for, at least 3.

    Returns
    -------
    knots
        At most `count`, and fewer where values are heavily tied; with fewer than `FEWEST_KNOTS` of
        them there is no spline.

    Notes
    -----
    Quantiles (R's type 7) at equally spaced probabilities: 0.10 to 0.90 for 3 knots, 0.05 to 0.95
    for 4 to 6, 0.025 to 0.975 for more (Harrell, Regression Modeling Strategies, section 2.4.6).
    """
    distinct, frequency = np.unique(values, return_counts=True)
    if distinct.size - 2 <= count:
        return distinct[1:-1]
    outer = 0.10 if count == 3 else 0.05 if count <= 6 else 0.025
    inner, first, last = _ends_apart(values, distinct, frequency / values.size)
    asked = count - first.size - last.size
    if asked == 1:
        return np.concatenate([first, [np.median(inner)], last])
    knots = np.quantile(inner, np.linspace(0.5 if asked == 2 else outer, 1 - outer, asked))
    if np.unique(knots).size < min(asked, FEWEST_KNOTS):
        knots = _spread(inner, first, last, asked, outer)
    if inner.size < _FEW_VALUES:
        ascending = np.sort(inner)
        if not first.size and inner.size > _FIFTH:
            knots[0] = ascending[_FIFTH]
        if not last.size and inner.size > _FIFTH:
            knots[asked - 1] = ascending[-1 - _FIFTH]
    return np.unique(np.concatenate([first, knots, last]))


def _ends_apart(values: Floats, distinct: Floats, share: Floats) -> tuple[Floats, Floats, Floats]:
    """The values between tied ends, and the first and the last knot where an end is tied.

    Zeros of a marker, or its detection limit, would otherwise take the outer knots.
    """
    inner, none = values, np.zeros(0)
    first = last = none
    if share[1:-1].max() < _FREQUENT:
        if share[0] >= _FREQUENT:
            first = distinct[1:2]
            inner = inner[inner > first]
        if share[-1] >= _FREQUENT:
            last = inner[inner < inner.max()].max(keepdims=True)
            inner = inner[inner < last]
    return inner, first, last


def _spread(inner: Floats, first: Floats, last: Floats, asked: int, outer: float) -> Floats:
    """Twice as many quantiles, of which enough may differ; else the ends and one between."""
    knots = np.quantile(inner, np.linspace(outer, 1 - outer, 2 * asked))
    if first.size and np.unique(knots).size < FEWEST_KNOTS:
        middle = (first + last) / 2 if last.size else np.median(inner, keepdims=True)
        end = last if last.size else np.quantile(inner, [1 - outer])
        knots = np.sort(np.concatenate([first, middle, end]))
    return knots


def basis(values: Floats, knots: Floats) -> Floats:
    """The columns of a restricted cubic spline: linear below the first and above the last knot.

    Parameters
    ----------
    values
        Shape (n,).
    knots
        Shape (k,), ascending, k at least 3.

    Returns
    -------
    columns
        Shape (n, k - 1): the value itself, then k - 2 cubic terms divided by the squared distance
        of the outer knots, so that all have the unit of the value.

    Notes
    -----
    Devlin and Weeks 1986; as Hmisc's ``rcspline.eval(norm = 2)``.
    """
    last, before = knots[-1], knots[-2]

    def cubed(knot: float) -> Floats:
        return np.asarray(np.maximum(values - knot, 0.0) ** 3)

    columns = [values]
    for knot in knots[:-2]:
        tail = ((last - knot) * cubed(before) - (before - knot) * cubed(last)) / (last - before)
        columns.append((cubed(knot) - tail) / (last - knots[0]) ** 2)
    return np.column_stack(columns)


@dataclass(frozen=True)
class Relative:
    """Log ratios of some values of a marker against a reference value; shape (m,).

    Attributes
    ----------
    std_err
        0 at the reference.
    """

    log_ratio: Floats
    std_err: Floats

    @property
    def ratio(self) -> Floats:
        """The ratios; infinite beyond the range of floats."""
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(self.log_ratio))

    def limits(self, conf_level: float) -> tuple[Floats, Floats]:
        """Lower and upper Wald limits of the ratios, point by point."""
        margin = normal_quantile(conf_level) * self.std_err
        with np.errstate(over="ignore"):
            return np.exp(self.log_ratio - margin), np.exp(self.log_ratio + margin)


def relative(columns: Floats, reference: Floats, coef: Floats, variance: Floats) -> Relative:
    """The ratios of rows of a design matrix against a reference row.

    Parameters
    ----------
    columns
        Shape (m, q).
    reference
        Shape (q,).
    coef, variance
        Shape (q,) and (q, q), of a fitted model.
    """
    distance = columns - reference
    squares = np.einsum("ij,jk,ik->i", distance, variance, distance)
    return Relative(distance @ coef, np.sqrt(np.maximum(squares, 0.0)))


def density(values: Floats, at: Floats) -> Floats:
    """The density of some values by a Gaussian kernel, shape of `at`; 0 where all are equal.

    The bandwidth is that of R's ``bw.nrd0`` (Silverman, Density Estimation 1986, equation 3.31).
    """
    quartiles = np.quantile(values, [0.25, 0.75])
    spread = values.std(ddof=1) if values.size > 1 else 0.0
    narrow = float(min(spread, np.diff(quartiles)[0] / 1.34)) or float(spread)
    if narrow == 0:
        return np.zeros(at.size)
    width = 0.9 * narrow * values.size**-0.2
    distinct, frequency = np.unique(values, return_counts=True)
    kernels = np.exp(-0.5 * ((at[:, None] - distinct) / width) ** 2)
    return np.asarray(kernels @ frequency / (values.size * width * np.sqrt(2 * np.pi)))
