"""Harrell's concordance of a risk score with survival, with R's standard error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.influence import Influenced
from hcc2l.stats.risk_sets import (
    DistinctTimes,
    Floats,
    Ints,
    Times,
    distinct_times,
    look_up,
    risk_sets,
    time_tolerance,
)

_CELLS = 1 << 14  # cells of a table that are looked at at once


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
        time of an event outlives it; two events at one time are not comparable. With entries (of
        `DistinctTimes`) the later row must have entered before the earlier time.

    Notes
    -----
    Harrell et al., JAMA 1982;247:2543–2546; Therneau and Watson, R's survival vignette
    "Concordance". Pairs are counted in O(n log n).
    """
    n = event.size
    w = np.ones(n) if weights is None else weights.astype(np.float64)
    distinct = distinct_times(time)
    later_than = 2 * distinct.index + ~event  # censored after events of the same time
    rank = _ranks(score)
    if (
        distinct.entered is None
        and strata is None
        and cluster is None
        and _few_cells(later_than, rank)
    ):
        return _by_cells(later_than, rank, weights)
    group = np.zeros(n, dtype=np.int64) if strata is None else strata
    if distinct.entered is None:
        later = _compare(group, -later_than, rank, w, np.ones(n, dtype=np.bool_))
        earlier = _compare(group, later_than, rank, w, event)
    else:
        later, earlier = _together(group, later_than, distinct.entered, rank, w, event)
    below, equal, above = (np.where(event, part, 0.0) for part in later)
    good = below + equal / 2 + earlier[2] + earlier[1] / 2
    total = below + equal + above + sum(earlier)
    concordant, tied, discordant = (float(w @ part) for part in (below, equal, above))
    return _estimate((concordant, discordant, tied), good, total, w, cluster)


def _estimate(
    pairs: tuple[float, float, float], good: Floats, total: Floats, weights: Floats,
    cluster: Ints | None = None,
) -> Concordance:  # fmt: skip
    """From the pairs, and from the share of each row, or cell, in the concordant and in all."""
    concordant, discordant, tied = pairs
    number = concordant + tied + discordant
    if number == 0:
        return Concordance(float("nan"), float("nan"), 0.0, 0.0, 0.0)
    share = (concordant + tied / 2) / number
    influence = weights * (good - share * total) / number
    if cluster is not None:
        influence = np.bincount(cluster, weights=influence).astype(np.float64)
    return Concordance(share, float(np.sqrt(np.sum(influence**2))), concordant, discordant, tied)


def _ranks(score: Floats) -> Ints:
    """The place of each score among the distinct ones, shape (n,)."""
    distinct = np.unique(score)
    if distinct.size < score.size // 8:  # a look-up is faster than sorting every row
        return look_up(score, distinct)
    return np.unique(score, return_inverse=True)[1].astype(np.int64)


def _few_cells(key: Ints, rank: Ints) -> bool:
    """Whether the table of times by scores has few cells, beside the rows."""
    cells = (int(key.max(initial=0)) + 1) * (int(rank.max(initial=0)) + 1)
    return cells <= 8 * key.size


def _by_cells(key: Ints, rank: Ints, weights: Floats | None) -> Concordance:
    """The concordance from the table of times, events and censorings apart, by scores."""
    times, scores = int(key.max()) // 2 + 1, int(rank.max()) + 1
    cell, size = key * scores + rank, 2 * times * scores
    table = np.bincount(cell, weights, size).reshape(times, 2, scores).astype(np.float64)
    squares: Floats = table
    if weights is not None:
        squares = np.bincount(cell, weights**2, size).reshape(table.shape).astype(np.float64)
    concordant = tied = number = 0.0
    for block in _blocks(table):
        below = np.cumsum(block.later, axis=1) - block.later
        concordant += float((block.events * below).sum())
        tied += float((block.events * block.later).sum())
        number += float(block.events.sum(axis=1) @ block.later.sum(axis=1))
    if number == 0:
        return Concordance(float("nan"), float("nan"), 0.0, 0.0, 0.0)
    share = (concordant + tied / 2) / number
    variance = 0.0
    for block in _blocks(table):
        below, equal, total = np.cumsum(block.later, axis=1), block.later, block.later.sum(axis=1)
        good = below - equal / 2  # of the pairs with later rows
        for kind, dead in enumerate((block.died - block.events, block.died)):
            earlier = dead.sum(axis=1)
            influence = earlier[:, None] - np.cumsum(dead, axis=1) + dead / 2
            if kind == 0:
                influence += good
                earlier = earlier + total
            influence -= share * earlier[:, None]
            influence *= influence
            influence *= squares[block.rows, kind]
            variance += float(influence.sum())
    std_err = float(np.sqrt(variance)) / number
    return Concordance(share, std_err, concordant, number - concordant - tied, tied)


@dataclass(frozen=True)
class _Block:
    """Some times of the table of times by scores, each array of shape (times, scores).

    Attributes
    ----------
    rows
        Which times.
    events, died
        Events at each time, and up to and including it.
    later
        Rows that outlive an event at each time.
    """

    rows: slice
    events: Floats
    died: Floats
    later: Floats


def _blocks(table: Floats) -> Iterator[_Block]:
    """The table of times, events and censorings, and scores, in parts that fit a cache."""
    times, _, scores = table.shape
    left, died = table.sum(axis=(0, 1)), np.zeros(scores)
    step = max(1, _CELLS // scores)
    for start in range(0, times, step):
        rows = slice(start, start + step)
        events, censored = table[rows, 0], table[rows, 1]
        dead = np.cumsum(events, axis=0)
        later = left - dead - np.cumsum(censored, axis=0) + censored
        yield _Block(rows, events, dead + died, later)
        died = died + dead[-1]
        left = later[-1] - censored[-1]


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
    rank = _ranks(score)
    later_than = 2 * distinct.index + ~event
    later = _compare(group, -later_than, rank, np.ones(n), np.ones(n, dtype=np.bool_))
    weight = np.zeros(n)
    for code in np.unique(group):
        rows = group == code
        weight[rows] = _uncensored(distinct.take(rows), event[rows]) ** -2.0
    below, equal, above = (float(weight[event] @ part[event]) for part in later)
    pairs = below + equal + above
    return (below + equal / 2) / pairs if pairs > 0 else float("nan")


@dataclass(frozen=True)
class WeightedPairs(Influenced):
    """A concordance with the (weighted) numbers of comparable pairs; `tied` in the score."""

    concordant: float
    discordant: float
    tied: float


def concordance_until(
    time: Times, event: NDArray[np.bool_], score: Floats, horizon: float = np.inf, *,
    uno: bool = False,
) -> WeightedPairs:  # fmt: skip
    """Concordance of the pairs whose earlier time, an event, is at most `horizon`.

    R's ``concordance(Surv(time, event) ~ score, reverse = TRUE, ymax = horizon)``, with the
    infinitesimal jackknife; with `uno` pairs have the weights of `uno_concordance`, which are taken
    as known (``timewt = "n/G2"``). NaN when no pair can be compared.
    """
    distinct, n = distinct_times(time), event.size
    by_then = distinct.times <= horizon + time_tolerance(distinct.times)
    counted = event & by_then[distinct.index]
    weight = counted.astype(np.float64)
    if uno:
        weight[counted] *= _uncensored(distinct, event)[counted] ** -2.0
    group, rank = np.zeros(n, dtype=np.int64), _ranks(score)
    later_than = 2 * distinct.index + ~counted
    later = _compare(group, -later_than, rank, np.ones(n), np.ones(n, dtype=np.bool_))
    earlier = _compare(group, later_than, rank, weight, counted)
    below, equal, above = (weight * part for part in later)
    concordant, tied, discordant = (float(part.sum()) for part in (below, equal, above))
    pairs = concordant + tied + discordant
    if pairs == 0:
        return WeightedPairs(np.nan, np.full(n, np.nan), 0.0, 0.0, 0.0)
    share = (concordant + tied / 2) / pairs
    good = below + equal / 2 + earlier[2] + earlier[1] / 2
    total = below + equal + above + sum(earlier)
    influence = (good - share * total) / pairs
    return WeightedPairs(share, influence, concordant, discordant, tied)


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
) -> Parts:
    """Per row, the weight of counted rows of its group with a smaller key, by their rank.

    Returns weights of those whose rank is below, equal to, and above the row's own; shape (n,).
    """
    # Groups stand in opposite orders, so that no row of one counts for a row of another.
    place = (group.max(initial=0) - group) * (np.ptp(key) + 1) + key - key.min()
    level = group * (int(rank.max()) + 1) + rank
    n, counts = key.size, np.where(counted, weights, 0.0)
    by_place = np.argsort(place * (int(level.max()) + 1) - level)
    position = np.empty(n, dtype=np.int64)
    position[by_place] = np.arange(n)
    by_level = np.argsort(level * n - position)
    below, equal, total = np.empty(n), np.empty(n), np.empty(n)
    below[by_level] = _dominated(position[by_level], counts[by_level])
    backwards = by_level[::-1]
    equal[backwards] = _before(level[backwards], place[backwards], counts[backwards])
    total[by_place] = _before(group[by_place], place[by_place], counts[by_place])
    return below, equal, total - below - equal


Parts = tuple[Floats, Floats, Floats]  # by score: below, equal, above


def _together(
    group: Ints, key: Ints, entered: Ints, rank: Ints, weights: Floats, event: NDArray[np.bool_]
) -> tuple[Parts, Parts]:
    """What `_compare` counts of rows later than an event, and of events before a row, at risk then.

    A late entry stands as a row of its own: it takes away from those later than an event who enter
    after it, and from the events before a row those before its entry.
    """
    n, late = key.size, np.flatnonzero(entered > 0)
    row = np.concatenate((np.arange(n), late))
    keys = np.concatenate((key, 2 * entered[late]))
    own, never = np.ones(n, dtype=np.bool_), np.zeros(late.size, dtype=np.bool_)
    signed = np.concatenate((weights, -weights[late]))
    every, happens = np.concatenate((own, ~never)), np.concatenate((event, never))
    later = _compare(group[row], -keys, rank[row], signed, every)
    before = _compare(group[row], keys, rank[row], weights[row], happens)

    def less(part: Floats) -> Floats:
        result = part[:n].copy()
        result[late] -= part[n:]
        return result

    a, b, c = (part[:n] for part in later)
    return (a, b, c), (less(before[0]), less(before[1]), less(before[2]))


def _before(part: Ints, key: Ints, weights: Floats) -> Floats:
    """The weight of the rows of the same part with another key that stand before, shape (n,).

    Rows of one part stand together, and in them rows of one key.
    """
    before = np.cumsum(weights) - weights
    new_part = np.concatenate(([True], part[1:] != part[:-1]))
    new_key = new_part | np.concatenate(([True], key[1:] != key[:-1]))
    return np.asarray(_at_start(before, new_key) - _at_start(before, new_part), dtype=np.float64)


def _at_start(values: Floats, new: NDArray[np.bool_]) -> Floats:
    """Of each row, the value at the beginning of its run."""
    starts = np.flatnonzero(new)
    return np.repeat(values[starts], np.diff(starts, append=values.size))


def _dominated(position: Ints, weights: Floats) -> Floats:
    """Per row, the weight of the rows before it whose position is smaller, shape (n,).

    `position` is a permutation. One bit of it at a time, from the highest: rows of the same higher
    bits stand together in a block whose place follows from them, those with 0 are counted for those
    with 1 after them, and the block is parted by the bit.
    """
    n = position.size
    if not np.any(weights % 1) and np.abs(weights).sum() < 2**31:  # whole numbers, half as long
        weights = weights.astype(np.int32)
    alike = bool(np.all(weights == 1))
    kind = np.int32 if n < 2**31 else np.int64
    rest: NDArray[Any] = position.astype(kind)
    place, count = np.arange(n, dtype=kind), np.zeros_like(weights)
    for bit in reversed(range(max(1, (n - 1).bit_length()))):
        one = rest & (1 << bit) != 0
        start = rest >> (bit + 1) << (bit + 1)
        zeros = place - np.cumsum(one, dtype=kind) + one - (start >> 1)  # before it in its block
        if alike:
            count += zeros * one
        else:
            passed = np.cumsum(weights * ~one, dtype=weights.dtype)
            before_block = np.concatenate((passed[:1] * 0, passed))[start]
            count += (passed - before_block) * one
        new = np.where(one, place - zeros + (1 << bit), start + zeros)
        rest, count = _moved(rest, new), _moved(count, new)
        weights = weights if alike else _moved(weights, new)
    return count[position].astype(np.float64)


def _moved(values: NDArray[Any], to: Ints) -> NDArray[Any]:
    result = np.empty_like(values)
    result[to] = values
    return result
