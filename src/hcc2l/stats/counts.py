"""Tests of counts: chi-square, Fisher's exact test of any table, trend, McNemar."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from hcc2l.errors import AnalysisError
from hcc2l.stats.risk_sets import Floats, Ints
from hcc2l.stats.tails import chi_square_tail, normal_quantile, normal_tail
from hcc2l.stats.test import Test

SMALL_EXPECTED = 5.0
MOST_PARTS = 30_000_000  # partial tables that an exact test may handle: some five seconds
_EQUALLY_PROBABLE = math.log1p(1e-7)


@dataclass(frozen=True)
class OddsRatio:
    """An odds ratio with its confidence limits; NaN where it does not exist."""

    estimate: float
    lower: float
    upper: float


def contingency(codes: Ints, levels: int, groups: Ints, number: int) -> Floats:
    """Patients of each level (rows) in each group (columns), shape (levels, number).

    Parameters
    ----------
    codes, groups
        Shape (n,): from 0; rows with a code of -1 do not count.
    """
    known = (codes >= 0) & (groups >= 0)
    cells = np.bincount(codes[known] * number + groups[known], minlength=levels * number)
    return cells.reshape(levels, number).astype(np.float64)


def independent_counts(table: Floats) -> Test:
    """The usual test of a table of counts: chi-square, or Fisher's exact test if small and 2 x 2.

    Without continuity correction. Small: an expected count below 5. Empty rows and columns do not
    count. R's ``chisq.test(correct = FALSE)`` and ``fisher.test``.
    """
    table = without_empty(table)
    if table.shape == (2, 2) and (expected_counts(table) < SMALL_EXPECTED).any():
        return fisher_exact(table)
    return chi_square(table)


def expected_counts(table: Floats) -> Floats:
    """The counts expected without association, shape as `table`; rows and columns are not empty."""
    return np.asarray(np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum())


def without_empty(table: Floats) -> Floats:
    """The table without rows and columns that have no patients."""
    kept = table[table.sum(axis=1) > 0]
    return np.asarray(kept[:, kept.sum(axis=0) > 0])


def chi_square(table: Floats, *, yates: bool = False) -> Test:
    """Pearson's chi-square test; R's ``chisq.test``. Empty rows and columns do not count.

    Yates' correction is for 2 x 2 tables: every difference is reduced by 0.5, and by no more than
    itself.
    """
    name = "chi-square-yates" if yates else "chi-square"
    table = without_empty(table)
    if min(table.shape) < 2:
        return Test(name, math.nan, 0, math.nan)
    expected = expected_counts(table)
    gap = np.abs(table - expected)
    if yates and table.shape == (2, 2):
        gap = gap - min(0.5, float(gap.min()))
    statistic = float((gap**2 / expected).sum())
    df = (table.shape[0] - 1) * (table.shape[1] - 1)
    return Test(name, statistic, df, chi_square_tail(df, statistic))


def trend(events: Floats, totals: Floats, scores: Floats | None = None) -> Test:
    """Chi-square test for a trend in proportions; R's ``prop.trend.test``.

    Parameters
    ----------
    events, totals
        Shape (k,), the groups in order.
    scores
        Shape (k,); 1, 2, 3 … when None.
    """
    kept = totals > 0
    x = np.arange(1.0, totals.size + 1) if scores is None else scores
    e, n, x = events[kept], totals[kept], x[kept]
    share = e.sum() / n.sum() if n.size else 0.0
    centred = x - (n @ x) / n.sum() if n.size else x
    variance = share * (1 - share) * float(n @ centred**2)
    if not variance > 0:
        return Test("trend", math.nan, 1, math.nan)
    statistic = float(e @ centred) ** 2 / variance
    return Test("trend", statistic, 1, chi_square_tail(1, statistic))


def mcnemar(only_first: int, only_second: int, *, corrected: bool = True) -> Test:
    """McNemar's test of discordant pairs; R's ``mcnemar.test``. p is 1 without any."""
    name = "mcnemar" if corrected else "mcnemar-uncorrected"
    discordant = only_first + only_second
    if not discordant:
        return Test(name, 0.0, 1, 1.0)
    gap = max(abs(only_first - only_second) - corrected, 0)
    statistic = gap**2 / discordant
    return Test(name, statistic, 1, chi_square_tail(1, statistic))


def mcnemar_exact(only_first: int, only_second: int) -> Test:
    """The exact McNemar test: the sign test of discordant pairs; R's ``binom.test``."""
    n, few = only_first + only_second, min(only_first, only_second)
    tail = sum(math.comb(n, k) for k in range(few + 1)) / 2**n
    return Test("mcnemar-exact", math.nan, 0, min(1.0, 2 * tail))


def odds_ratio(table: Floats, conf_level: float) -> OddsRatio:
    """The odds ratio ad / bc of a 2 x 2 table with Woolf's limits; NaN where a count is 0."""
    (a, b), (c, d) = table.tolist()
    if not min(a, b, c, d) > 0:
        return OddsRatio(math.nan, math.nan, math.nan)
    log = math.log(a * d / (b * c))
    half = normal_quantile(conf_level) * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return OddsRatio(math.exp(log), math.exp(log - half), math.exp(log + half))


def odds_ratio_p(table: Floats) -> float:
    """The p of Wald's test that the odds ratio of a 2 x 2 table is 1; NaN where a count is 0.

    It agrees with Woolf's limits, and with a logistic regression on the one factor.
    """
    (a, b), (c, d) = table.tolist()
    if not min(a, b, c, d) > 0:
        return math.nan
    log = math.log(a * d / (b * c))
    return 2 * normal_tail(abs(log) / math.sqrt(1 / a + 1 / b + 1 / c + 1 / d))


def fisher_exact(table: Floats) -> Test:
    """Fisher's exact test of any table; R's ``fisher.test``. Empty rows and columns do not count.

    p is the sum of the probabilities of all tables with the same margins that are no more probable
    than the observed one, within a relative 1e-7.

    Raises
    ------
    AnalysisError
        The table is too large for an exact test.

    Notes
    -----
    The network algorithm of Mehta and Patel (J Am Stat Assoc 1983;78:427–434): the table is filled
    row by row; what counts for the rest is the margin that remains, a node. Partial tables that
    reach a node with the same probability are one. Where every completion, or none, is as
    improbable as the table observed, they are counted at once.
    """
    table = without_empty(table)
    if min(table.shape) < 2:
        return Test("fisher", math.nan, 0, math.nan)
    if table.shape == (2, 2):
        return Test("fisher", math.nan, 0, _fisher_2_by_2(table))
    stages, margin = _stages(table)
    factorial = np.array([math.lgamma(k + 1) for k in range(int(table.sum()) + 1)])
    observed = -float(factorial[table.astype(np.int64)].sum()) + _EQUALLY_PROBABLE
    everything = _completions(stages, margin, factorial)
    nodes = {tuple(margin): (np.zeros(1), np.ones(1))}
    total, parts_made = 0.0, 0
    for i, filled in enumerate(stages):
        rest = stages[i + 1 :]
        reached: dict[tuple[int, ...], list[tuple[Floats, Floats]]] = {}
        for node, (past, count) in nodes.items():
            for cells in _rows_of(filled, node):
                left = tuple(sorted(n - x for n, x in zip(node, cells, strict=True)))
                step = float(factorial[list(cells)].sum())
                reached.setdefault(left, []).append((past - step, count))
                parts_made += past.size + 20  # an empty step takes the time of about twenty
                if parts_made > MOST_PARTS:
                    raise AnalysisError(
                        f"An exact test of a {table.shape[0]} x {table.shape[1]} table with "
                        f"{table.sum():.0f} patients takes too long.",
                        hint="Use the chi-square test.",
                    )
        nodes = {}
        for node, parts in reached.items():
            past, count = _merged(parts)
            most, least = _bounds(rest, node, factorial)
            surely = past + most <= observed
            weight = np.exp(past[surely] + _completions(rest, node, factorial) - everything)
            total += float(count[surely] @ weight)
            open_ = ~surely & (past + least <= observed)
            if open_.any():
                nodes[node] = (past[open_], count[open_])
    return Test("fisher", math.nan, 0, min(1.0, total))


def _fisher_2_by_2(table: Floats) -> float:
    """All 2 x 2 tables with the same margins at once."""
    (a, b), (c, d) = table.astype(np.int64).tolist()
    first, second, column = a + b, c + d, a + c
    possible = np.arange(max(0, column - second), min(first, column) + 1)
    logs = [_log_choose(first, k) + _log_choose(second, column - k) for k in possible.tolist()]
    weights = np.exp(np.array(logs) - max(logs))
    observed = weights[a - possible[0]]
    return min(1.0, float(weights[weights <= observed * (1 + 1e-7)].sum() / weights.sum()))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _stages(table: Floats) -> tuple[list[int], list[int]]:
    """The totals that are filled one after the other, and the margin that they fill, shorter."""
    counts = without_empty(table).astype(np.int64)
    if counts.shape[0] < counts.shape[1]:
        counts = counts.T
    return sorted(counts.sum(axis=1).tolist(), reverse=True), sorted(counts.sum(axis=0).tolist())


def _rows_of(total: int, caps: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Every row of counts with a total, none above its cap."""
    if len(caps) == 1:
        if total <= caps[0]:
            yield (total,)
        return
    for x in range(max(0, total - sum(caps[1:])), min(total, caps[0]) + 1):
        for rest in _rows_of(total - x, caps[1:]):
            yield (x, *rest)


def _completions(rows: list[int], columns: tuple[int, ...] | list[int], factorial: Floats) -> float:
    """Log of the sum over all tables with these margins of the product of 1 / n_ij!."""
    margins = float(factorial[rows].sum() + factorial[list(columns)].sum())
    return float(factorial[sum(columns)]) - margins


def _merged(parts: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Partial tables of one node; those with the same probability are counted together."""
    past = np.concatenate([p for p, _ in parts])
    count = np.concatenate([c for _, c in parts])
    _, first, index = np.unique(np.round(past, 9), return_index=True, return_inverse=True)
    return past[first], np.asarray(np.bincount(index, weights=count), dtype=np.float64)


def _bounds(rows: list[int], columns: tuple[int, ...], factorial: Floats) -> tuple[float, float]:
    """Bounds from above and below of the log of 1 / n_ij! over all tables with these margins.

    Above: for any a and b the sum over cells of -log n! + (a_i + b_j) n, each cell at its own
    largest, less the sum of a and b times the margins. Below: n_i1! n_i2! … is at most n_i.!.
    """
    used = [c for c in columns if c]
    if not rows or not used:
        return 0.0, 0.0
    n = sum(used)
    most = 0.0
    for r, c in product(rows, used):
        slope = math.log(r * c / n)
        cell = min(int(math.exp(slope) + 1e-12), r, c)
        most += slope * cell - float(factorial[cell])
    most -= sum(r * math.log(r) for r in rows) + sum(c * math.log(c) for c in used)
    most += n * math.log(n)
    least = max(-float(factorial[rows].sum()), -float(factorial[used].sum()))
    return most, least
