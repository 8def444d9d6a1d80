"""The score test of proportional hazards, R's `cox.zph` of survival 3 and later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.kaplan_meier import kaplan_meier
from hcc2l.stats.linear_algebra import independent, inverse, quadratic
from hcc2l.stats.partial_likelihood import Ties, information, ordered, state_at
from hcc2l.stats.risk_sets import Floats, Ints, Times, distinct_times
from hcc2l.stats.tails import chi_square_tail

Transform = Literal["km", "identity", "rank", "log"]


@dataclass(frozen=True)
class HazardsTest:
    """Test that a term's coefficient does not change with time; `GLOBAL` is joint."""

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
    """Test every term of a fitted model, then all together.

    The model is extended by x g(t); the score test of the added coefficients at 0 is
    ``u' (I22 - I21 I11^-1 I12)^-1 u`` (Grambsch and Therneau, Biometrika 1994;81:515-526, without
    their approximation of the information).

    Parameters
    ----------
    coef, dropped
        Shape (p,): of the fitted model.
    terms
        Length p: the term of each column; a factor is one term with several columns.
    transform
        g: ``km`` 1 - S(t-), ``identity`` t, ``rank`` of t, ``log`` t.
    """
    distinct = distinct_times(time)
    keep = ~dropped
    data = ordered(distinct, event, x, ties, strata, weights).columns(keep)
    state = state_at(data, coef[keep] * data.scale)
    g = _transformed(distinct, event, transform, weights)
    per_slot = np.zeros(data.last.size)
    per_slot[data.slot] = g[data.order]
    per_slot -= float(g[event].mean())
    g_term = per_slot[data.term_slot]
    own = data.dead_x @ (data.weights[data.event] * g_term)
    weight = data.term_weight * g_term / state.total
    expected = state.s1 @ data.per_slot(weight)
    score = own - (expected - state.d1 @ data.per_slot(weight * data.term_share))
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
        own_variance, df = variance[np.ix_(use, use)], int(use.sum())
        # With one event, or one time, nothing can be told: R stops. Whatever the unit of time.
        scale = np.diag(plain_information)[use] * float(np.abs(g).max()) ** 2
        known = independent(own_variance, scale).all()
        statistic = quadratic(own_variance, score[use]) if known else float("nan")
        result.append(HazardsTest(name, statistic, df, chi_square_tail(df, statistic)))
    return result


def _transformed(
    distinct: Times, event: NDArray[np.bool_], transform: Transform, weights: Floats | None
) -> Floats:
    """G of each row's time, shape (n,)."""
    known = distinct_times(distinct)
    time = known.times[known.index]
    if transform == "identity":
        return time
    if transform == "log":
        return np.asarray(np.log(time), dtype=np.float64)
    if transform == "rank":  # average ranks
        count = np.bincount(known.index)
        return np.asarray((np.cumsum(count) - (count - 1) / 2)[known.index], dtype=np.float64)
    curve = kaplan_meier(known, event, weights, robust=False)
    before = np.concatenate(([1.0], curve.survival[:-1]))
    return np.asarray(1.0 - before[known.index], dtype=np.float64)
