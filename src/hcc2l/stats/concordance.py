"""Harrell's concordance of a risk score with survival, with R's standard error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import (
    DistinctTimes,
    Floats,
    Ints,
    Times,
    distinct_times,
    risk_sets,
)


@dataclass(frozen=True)
class Concordance:
    """Concordance, NaN when no pair can be compared.

    Attributes
    ----------
    concordance
        Share of comparable pairs in which the higher score has the earlier event; ties count half.
    std_err
        Infinitesimal jackknife, R's ``concordance(fit)``.
    concordant, discordant, tied
        (Weighted) numbers of comparable pairs; `tied` in the score.
    """

    concordance: float
    std_err: float
    concordant: float
    discordant: float
    tied: float


def concordance(
    time: Times,
    event: NDArray[np.bool_],
    score: Floats,
    *,
    strata: Ints | None = None,
    weights: Floats | None = None,
    cluster: Ints | None = None,
) -> Concordance:
    """Concordance of a score (higher = earlier event) with survival, within strata.

    Parameters
    ----------
    time, event, score
        Shape (n,). A pair is comparable when the earlier time is an event; a row censored at the
        time of an event outlives it; two events at one time are not comparable.

    Notes
    -----
    Harrell et al., JAMA 1982;247:2543–2546; Therneau and Watson, R's survival vignette
    "Concordance". Pairs are counted in O(n log n).
    """
    n = event.size
    w = np.ones(n) if weights is None else weights.astype(np.float64)
    group = np.zeros(n, dtype=np.int64) if strata is None else strata
    later_than = 2 * distinct_times(time).index + ~event  # censored after events of the same time
    rank = np.unique(score, return_inverse=True)[1].astype(np.int64)
    later = _compare(group, -later_than, rank, w, np.ones(n, dtype=np.bool_))
    earlier = _compare(group, later_than, rank, w, event)
    below, equal, above = (np.where(event, part, 0.0) for part in later)
    concordant, tied, discordant = (float(w @ part) for part in (below, equal, above))
    pairs = concordant + tied + discordant
    if pairs == 0:
        return Concordance(float("nan"), float("nan"), 0.0, 0.0, 0.0)
    share = (concordant + tied / 2) / pairs
    good = below + equal / 2 + earlier[2] + earlier[1] / 2
    total = below + equal + above + sum(earlier)
    influence = w * (good - share * total) / pairs
    if cluster is not None:
        influence = np.bincount(cluster, weights=influence).astype(np.float64)
    return Concordance(
        share, float(np.sqrt(np.sum(influence**2))), concordant, discordant, tied
    )  # fmt: skip


def uno_concordance(
    time: Times, event: NDArray[np.bool_], score: Floats, *, strata: Ints | None = None
) -> float:
    """Concordance weighted by the inverse probability of censoring: Uno's C.

    Pairs count by 1/G(t-)^2, G the Kaplan-Meier curve of censoring within the stratum, events
    before censorings of the same time. R's ``concordance(fit, timewt = "n/G2")``; Uno et al., Stat
    Med 2011;30:1105–1117. NaN when no pair can be compared. Parameters as of `concordance`.
    """
    distinct, n = distinct_times(time), event.size
    group = np.zeros(n, dtype=np.int64) if strata is None else strata
    rank = np.unique(score, return_inverse=True)[1].astype(np.int64)
    later_than = 2 * distinct.index + ~event
    later = _compare(group, -later_than, rank, np.ones(n), np.ones(n, dtype=np.bool_))
    weight = np.zeros(n)
    for code in np.unique(group):
        rows = group == code
        weight[rows] = _uncensored(distinct.take(rows), event[rows]) ** -2.0
    below, equal, above = (float(weight[event] @ part[event]) for part in later)
    pairs = below + equal + above
    return (below + equal / 2) / pairs if pairs > 0 else float("nan")


def _uncensored(time: DistinctTimes, event: NDArray[np.bool_]) -> Floats:
    """Each row's probability of not being censored before its time, shape (n,)."""
    sets = risk_sets(time, ~event)
    censored = sets.events[:, 0]
    deaths = np.bincount(sets.index[event], minlength=sets.times.size)
    at_risk = sets.at_risk[:, 0] - deaths  # events of the same time have left
    stay = 1.0 - np.divide(censored, at_risk, out=np.zeros_like(censored), where=at_risk > 0)
    before = np.concatenate(([1.0], np.cumprod(stay)[:-1]))
    return np.asarray(before[sets.index], dtype=np.float64)


def _compare(
    group: Ints, key: Ints, rank: Ints, weights: Floats, counted: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """Per row, the weight of counted rows of its group with a smaller key, by their rank.

    Returns weights of those whose rank is below, equal to, and above the row's own; shape (n,).
    """
    order = np.lexsort((key, group))
    items = order[counted[order]]
    item_key, item_group = key[items], group[items]
    span = int(key.max() - key.min()) + 1
    place = item_group * span + (item_key - key.min())
    begin = np.searchsorted(item_group, group, side="left")
    end = np.searchsorted(place, group * span + (key - key.min()), side="left")
    below, equal, total = _ranked(rank[items], weights[items], begin, end, rank)
    return below, equal, total - below - equal


def _ranked(
    ranks: Ints, weights: Floats, begin: Ints, end: Ints, query: Ints
) -> tuple[Floats, Floats, Floats]:
    """Weight of the items begin ... end - 1 whose rank is below, equal to the query, and of all.

    A wavelet matrix: one bit of the rank at a time, items with 0 moved stably before those with 1.
    """
    running = np.concatenate(([0.0], np.cumsum(weights)))
    total = running[end] - running[begin]
    below = np.zeros(query.size)
    begin, end = begin.copy(), end.copy()
    for bit in reversed(range(max(1, int(query.max(initial=0)).bit_length()))):
        one = (ranks >> bit) & 1 == 1
        zeros = np.concatenate(([0], np.cumsum(~one)))
        zero_weight = np.concatenate(([0.0], np.cumsum(np.where(one, 0.0, weights))))
        high = (query >> bit) & 1 == 1
        below += np.where(high, zero_weight[end] - zero_weight[begin], 0.0)
        count = zeros[-1]
        begin = np.where(high, count + begin - zeros[begin], zeros[begin])
        end = np.where(high, count + end - zeros[end], zeros[end])
        order = np.argsort(one, kind="stable")
        ranks, weights = ranks[order], weights[order]
    running = np.concatenate(([0.0], np.cumsum(weights)))
    return below, running[end] - running[begin], total
