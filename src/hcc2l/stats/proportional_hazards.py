"""The score test of proportional hazards, R's `cox.zph` of survival 3 and later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.kaplan_meier import kaplan_meier
from hcc2l.stats.linear_algebra import independent, inverse, quadratic
from hcc2l.stats.partial_likelihood import Ordered, Ties, information, ordered, state_at
from hcc2l.stats.risk_sets import DistinctTimes, Floats, Ints, Times
from hcc2l.stats.tails import chi_square_tail

Transform = Literal["km", "identity", "rank", "log"]


@dataclass(frozen=True)
class HazardsTest:
    """Score test of one term's coefficient against a change over time; `GLOBAL` is joint."""

    term: str
    statistic: float
    df: int
    p: float


def proportional_hazards(
    time: Times,
    event: NDArray[np.bool_],
    x: Floats,
    coef: Floats,
    dropped: NDArray[np.bool_],
    terms: Sequence[str],
    *,
    transform: Transform = "km",
    ties: Ties = "efron",
    strata: Ints | None = None,
    weights: Floats | None = None,
) -> list[HazardsTest]:
    """Tests of every term of a fitted model, then of all terms jointly.

    The model is extended by x g(t); the score test of the added coefficients at 0 is
    ``u' (I22 - I21 I11^-1 I12)^-1 u`` (Grambsch and Therneau, Biometrika 1994;81:515–526, without
    their approximation of the information).

    Parameters
    ----------
    time
        Shape (n,); as `DistinctTimes`, rows may have an entry.
    coef, dropped
        Shape (p,): of the fitted model.
    terms
        Length p: the term of each column; a factor is one term with several columns.
    transform
        g: ``km`` 1 - S(t-), ``identity`` t, ``rank`` of t, ``log`` t.
    """
    data = ordered(time, event, x, ties, strata, weights)
    return hazards_tests(data, event, coef, dropped, terms, transform)


def hazards_tests(
    data: Ordered, event: NDArray[np.bool_], coef: Floats, dropped: NDArray[np.bool_],
    terms: Sequence[str], transform: Transform,
) -> list[HazardsTest]:  # fmt: skip
    """The tests of rows in the order of time; `event` in their original order."""
    distinct, keep = data.distinct, ~dropped
    data = data.columns(keep)
    state = state_at(data, coef[keep] * data.scale)
    g = _transformed(distinct, event, transform)
    per_slot = np.zeros(data.last.size)
    per_slot[data.slot] = g[data.order]
    per_slot -= float(g[event].mean())
    g_term = per_slot[data.term_slot]
    observed = data.x[:, data.event] @ (data.weights[data.event] * g_term)
    weight = data.term_weight * g_term / state.total
    expected = state.s1 @ data.per_slot(weight)
    score = observed - (expected - state.d1 @ data.per_slot(weight * data.term_share))
    plain_information = information(data, state)
    plain = inverse(plain_information)
    mixed = information(data, state, g_term)
    variance = information(data, state, g_term**2) - mixed @ plain @ mixed
    kept_terms = [t for t, k in zip(terms, keep, strict=True) if k]
    result: list[HazardsTest] = []
    if not kept_terms:
        return result
    for name in [*dict.fromkeys(kept_terms), "GLOBAL"]:
        use = np.array([name in (t, "GLOBAL") for t in kept_terms])
        block, df = variance[np.ix_(use, use)], int(use.sum())
        # Not estimable with one event or one time of events, where R stops; in any unit of time.
        scale = np.diag(plain_information)[use] * float(np.abs(g).max()) ** 2
        estimable = independent(block, scale).all()
        statistic = quadratic(block, score[use]) if estimable else float("nan")
        result.append(HazardsTest(name, statistic, df, chi_square_tail(df, statistic)))
    return result


def _transformed(times: DistinctTimes, event: NDArray[np.bool_], transform: Transform) -> Floats:
    """The scale g at each row's time, shape (n,); unweighted whatever the weights, as in R."""
    time = times.times[times.index]
    if transform == "identity":
        return time
    if transform == "log":
        return np.asarray(np.log(time), dtype=np.float64)
    if transform == "rank":  # average ranks
        count = np.bincount(times.index)
        return np.asarray((np.cumsum(count) - (count - 1) / 2)[times.index], dtype=np.float64)
    curve = kaplan_meier(times, event, None, robust=False)
    before = np.concatenate(([1.0], curve.survival[:-1]))
    return np.asarray(1.0 - before[times.index], dtype=np.float64)
