"""Conditional inference trees as in R's `party::ctree`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.association import NO_VARIANCE, Association, Covariate, Scores, associate, moments
from hcc2l.stats.risk_sets import Floats, Ints, Times, risk_sets

Mask = NDArray[np.bool_]
ROUNDING, ROUNDING_OF_1 = 1e-12, 1e-15  # relative, and of a criterion, which is 1 at most


@dataclass(frozen=True)
class Growth:
    """Stopping rules and test; the defaults are those of R's ``ctree_control``.

    Attributes
    ----------
    alpha
        A node is split when the smallest adjusted p is below this (1 - ``mincriterion``).
    min_split
        Fewest rows of a node that is split, and fewest known values of a covariate that is tested.
    min_bucket
        Fewest rows with a known value on either side of a cut.
    max_depth
        Levels of splits; None for no limit.
    statistic
        ``quad``: the quadratic form; ``max``: the largest standardised component.
    bonferroni
        Whether p is adjusted for the number of covariates tested in a node.
    """

    alpha: float = 0.05
    min_split: int = 20
    min_bucket: int = 7
    max_depth: int | None = None
    statistic: Literal["quad", "max"] = "quad"
    bonferroni: bool = True


@dataclass(frozen=True)
class Split:
    """The division of a node.

    Attributes
    ----------
    covariate
        Index of the covariate.
    cutpoint
        Values (numeric) or level indices from 0 (ordered) up to this go left; NaN for a factor.
    left_levels
        Indices of the levels that go left, of an ordered or unordered factor.
    statistic
        The standardised two-sample statistic at the cut.
    missing_left
        Whether rows without a value go left: with the larger child; at equal size right.
    """

    covariate: int
    cutpoint: float
    left_levels: frozenset[int]
    statistic: float
    missing_left: bool

    def goes_left(self, kind: str, values: Floats) -> Mask:
        """Which rows go left, shape (n,); values are coded as in `Covariate`."""
        absent = np.isnan(values)
        if kind == "factor":
            side = np.zeros(values.size, dtype=np.bool_)
            known = values[~absent].astype(np.intp)
            table = np.zeros(max(known.max(initial=0), *self.left_levels, 0) + 1, dtype=np.bool_)
            table[list(self.left_levels)] = True
            side[~absent] = table[known]
        else:
            side = values <= self.cutpoint
        return np.asarray(np.where(absent, self.missing_left, side), dtype=np.bool_)


@dataclass(frozen=True)
class Node:
    """A node, numbered depth first from 1, left before right, as R prints them.

    Attributes
    ----------
    n, n_missing
        Numbers of rows, and of rows without a value of the covariate of the split.
    associations
        The test of each covariate, in their order.
    split, left, right
        The split and the numbers of its children; None in a terminal node.
    """

    number: int
    parent: int | None
    depth: int
    n: int
    n_missing: int
    associations: tuple[Association, ...]
    split: Split | None
    left: int | None
    right: int | None

    def ranked(self) -> list[int]:
        """Indices of the covariates by criterion, then statistic, then order."""
        remaining = list(range(len(self.associations)))
        order = []
        while remaining:
            best = remaining[_best([self.associations[j] for j in remaining])]
            remaining.remove(best)
            order.append(best)
        return order


@dataclass(frozen=True)
class Tree:
    """A fitted tree.

    Attributes
    ----------
    kinds
        The kind of each covariate.
    nodes
        In the order of their numbers.
    leaf
        Shape (n,): number of the terminal node of each training row.
    """

    kinds: tuple[str, ...]
    nodes: tuple[Node, ...]
    leaf: Ints

    @property
    def leaves(self) -> tuple[Node, ...]:
        """The terminal nodes."""
        return tuple(node for node in self.nodes if node.split is None)

    def rows(self, number: int) -> Mask:
        """Which training rows are in a node: those of its leaves, whose numbers follow its own."""
        last, i = number, number - 1
        while self.nodes[i].split is not None:
            right = self.nodes[i].right
            assert right is not None
            last, i = right, right - 1
        return np.asarray((self.leaf >= number) & (self.leaf <= last))

    def path(self, number: int) -> Iterator[tuple[Split, bool]]:
        """The splits from the root to a node, each with whether the node lies on its left."""
        steps = []
        node = self.nodes[number - 1]
        while node.parent is not None:
            above = self.nodes[node.parent - 1]
            assert above.split is not None
            steps.append((above.split, above.left == node.number))
            node = above
        return reversed(steps)

    def assign(self, values: Sequence[Floats]) -> Ints:
        """Terminal nodes of new rows, shape (m,); missing values go as in the training rows.

        Parameters
        ----------
        values
            Values of each covariate, shape (m,), coded as in training.
        """
        leaf = np.ones(values[0].size, dtype=np.int64)
        for node in self.nodes:  # a parent comes before its children
            if node.split is None:
                continue
            rows = np.flatnonzero(leaf == node.number)
            j = node.split.covariate
            left = node.split.goes_left(self.kinds[j], values[j][rows])
            assert node.left is not None
            assert node.right is not None
            leaf[rows] = np.where(left, node.left, node.right)
        return leaf


def logrank_scores(time: Times, event: Mask) -> Floats:
    """Log-rank scores, shape (n,): the Nelson-Aalen estimate at a row's time, minus its event.

    High for rows that survived longer than expected. Censored rows are at risk at their own time.
    As R's ``coin::logrank_trafo``.
    """
    sets = risk_sets(time, event)
    hazard: Floats = np.cumsum(sets.events[:, 0] / sets.at_risk[:, 0], dtype=np.float64)
    return hazard[sets.index] - event


def grow(score: Floats, covariates: Sequence[Covariate], growth: Growth) -> Tree:
    """The tree of a response on covariates.

    Parameters
    ----------
    score
        Shape (n,), n >= 1: the response, `logrank_scores` for survival; it is not recomputed in
        the nodes.
    covariates
        At least one.

    Notes
    -----
    Hothorn, Hornik and Zeileis, J Comput Graph Stat 2006;15:651–674; R's ``party::ctree`` without
    surrogate splits. Memory is that of the covariates and a few vectors of length n; each level
    of the tree costs one sort of the rows.
    """
    covariates = tuple(covariates)
    incomplete = [bool(np.isnan(c.values).any()) for c in covariates]
    leaf = np.zeros(score.size, dtype=np.int64)
    nodes: list[Node] = []
    children: dict[tuple[int, bool], int] = {}
    waiting: list[tuple[Ints, int | None, bool, int]] = [(np.arange(score.size), None, True, 1)]
    while waiting:
        rows, parent, is_left, depth = waiting.pop()
        number = len(nodes) + 1
        if parent is not None:
            children[parent, is_left] = number
        tests = _associations(score, covariates, incomplete, rows, growth)
        split = None
        if growth.max_depth is None or depth <= growth.max_depth:
            tests, split = _choose(score, covariates, tests, rows, growth)
        missing = 0
        if split is None:
            leaf[rows] = number
        else:
            values = covariates[split.covariate].values[rows]
            missing = int(np.isnan(values).sum())
            left = split.goes_left(covariates[split.covariate].kind, values)
            waiting.append((rows[~left], number, False, depth + 1))
            waiting.append((rows[left], number, True, depth + 1))
        nodes.append(Node(number, parent, depth, rows.size, missing, tests, split, None, None))
    linked = tuple(
        Node(n.number, n.parent, n.depth, n.n, n.n_missing, n.associations, n.split,
             children.get((n.number, True)), children.get((n.number, False)))
        for n in nodes
    )  # fmt: skip
    return Tree(tuple(c.kind for c in covariates), linked, leaf)


def _associations(
    score: Floats,
    covariates: Sequence[Covariate],
    incomplete: Sequence[bool],
    rows: Ints,
    growth: Growth,
) -> tuple[Association, ...]:
    """The test of every covariate in a node, p adjusted for their number."""
    if rows.size < growth.min_split:
        return (Association(),) * len(covariates)
    all_scores = moments(score[rows])
    tests: list[Association] = []
    for covariate, gaps in zip(covariates, incomplete, strict=True):
        values, scores = covariate.values[rows], all_scores
        if gaps:
            known = ~np.isnan(values)
            if not known.all():
                values, scores = values[known], moments(score[rows[known]])
        if values.size < growth.min_split:
            tests.append(Association())
        else:
            tests.append(associate(covariate, values, scores, growth.statistic))
    tested = sum(test.tested for test in tests)
    return tuple(test.adjusted(tested if growth.bonferroni else 1) for test in tests)


def _best(tests: Sequence[Association]) -> int:
    """Index of the largest criterion; of equal ones the largest statistic, then the first.

    Equal up to rounding: covariates that divide the rows alike differ by it alone.
    """
    top = max(a.criterion for a in tests) - ROUNDING_OF_1
    high = max(a.statistic for a in tests if a.criterion >= top) * (1 - ROUNDING)
    return next(j for j, a in enumerate(tests) if a.criterion >= top and a.statistic >= high)


def _choose(
    score: Floats,
    covariates: Sequence[Covariate],
    tests: tuple[Association, ...],
    rows: Ints,
    growth: Growth,
) -> tuple[tuple[Association, ...], Split | None]:
    """The split by the best covariate, or by the second best if the best cannot be cut."""
    for _ in range(2):
        best = _best(tests)
        if not tests[best].criterion > 1 - growth.alpha:
            return tests, None
        split = _split(score, covariates[best], best, rows, growth)
        if split is not None:
            return tests, split
        tests = tuple(a.uncuttable() if j == best else a for j, a in enumerate(tests))
    return tests, None


def _split(
    score: Floats, covariate: Covariate, place: int, rows: Ints, growth: Growth
) -> Split | None:
    values = covariate.values[rows]
    known = ~np.isnan(values)
    values, scores = values[known], moments(score[rows[known]])
    if covariate.kind == "factor":
        ranks = _ranks(values.astype(np.intp), scores, covariate.levels)
        cut = best_cut(ranks[values.astype(np.intp)], scores, growth.min_bucket)
        if cut is None:
            return None
        levels = frozenset(np.flatnonzero(ranks > cut[0]).tolist())
        on_left = int(np.isin(values, list(levels)).sum())
        return Split(place, float("nan"), levels, cut[1], 2 * on_left > values.size)
    cut = best_cut(values, scores, growth.min_bucket)
    if cut is None:
        return None
    levels = frozenset(range(int(cut[0]) + 1)) if covariate.kind == "ordered" else frozenset()
    on_left = int((values <= cut[0]).sum())
    return Split(place, cut[0], levels, cut[1], 2 * on_left > values.size)


def _ranks(codes: NDArray[np.intp], scores: Scores, levels: int) -> Floats:
    """Ranks of the levels by standardised sum of scores, 0 for an absent level; ties share one."""
    n = codes.size
    count = np.bincount(codes, minlength=levels)
    total = np.bincount(codes, weights=scores.values, minlength=levels)
    variance = scores.variance * (n * count - count**2) / (n - 1)
    z = np.zeros(levels)
    varies = variance > NO_VARIANCE
    z[varies] = (total - scores.mean * count)[varies] / np.sqrt(variance[varies])
    return np.asarray((z[None, :] < z[:, None]).sum(axis=1) + 1, dtype=np.float64)


def best_cut(values: Floats, scores: Scores, min_bucket: int) -> tuple[float, float] | None:
    """The cut-point "up to this observed value" with the largest statistic, and that statistic.

    Of equal statistics, the cut whose last row comes first in the data. None if no cut leaves
    enough rows on both sides, or the means are equal at every cut.
    """
    n = values.size
    order = np.argsort(values, kind="stable")
    sorted_values = values[order]
    last = np.flatnonzero(sorted_values[1:] != sorted_values[:-1])  # of each run of ties
    m = last + 1
    low, high = max(min_bucket, 0.01 * n + 1), min(n - min_bucket, 0.99 * n - 1)
    inside = (m >= low) & (m <= high)
    last, m = last[inside], m[inside]
    if last.size == 0:
        return None
    gap = np.abs(np.cumsum(scores.values[order])[last] - m * scores.mean)
    statistic = gap / np.sqrt(scores.variance * (n * m - m.astype(np.float64) ** 2) / (n - 1))
    if statistic.max() <= NO_VARIANCE:  # the means are equal at every cut
        return None
    top = np.flatnonzero(statistic >= statistic.max() * (1 - ROUNDING))
    i = top[np.argmin(order[last[top]])]
    return float(sorted_values[last[i]]), float(statistic[i])
