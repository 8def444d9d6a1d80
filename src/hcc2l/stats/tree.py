"""The conditional-inference survival tree, as R's `party::ctree` grows it."""

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
    """When a node is split; the defaults are those of R's ``ctree_control``.

    Attributes
    ----------
    alpha
        A node is split when the smallest adjusted p is below this (1 - ``mincriterion``).
    min_split
        Rows that a node must have to be split, and a covariate to be tested.
    min_bucket
        Rows with a known value that either side of a cut must have.
    max_depth
        Levels of splits; no limit when None.
    statistic
        ``quad``: the quadratic form; ``max``: the largest standardised component.
    bonferroni
        Whether p is adjusted for the number of covariates tested in the node.
    """

    alpha: float = 0.05
    min_split: int = 20
    min_bucket: int = 7
    max_depth: int | None = None
    statistic: Literal["quad", "max"] = "quad"
    bonferroni: bool = True


@dataclass(frozen=True)
class Split:
    """How a node is divided.

    Attributes
    ----------
    covariate
        Its place among the covariates.
    cutpoint
        Rows with a value (numeric) or a place of the level from 0 (ordered) up to this go left;
        NaN for a factor.
    left_levels
        Places of the levels that go left, of an ordered or unordered factor.
    statistic
        The standardised two-sample statistic at the cut.
    missing_left
        Whether rows without a value go left: with the larger child; a tie goes right.
    """

    covariate: int
    cutpoint: float
    left_levels: frozenset[int]
    statistic: float
    missing_left: bool

    def goes_left(self, kind: str, values: Floats) -> Mask:
        """Which rows go left; values as those of `Covariate`."""
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
    """A node; numbers count depth first from 1, left before right, as R prints them.

    Attributes
    ----------
    n, n_missing
        Rows, and how many of them have no value of the split's covariate.
    associations
        The test of each covariate, in their order.
    split
        None when the node is terminal, as are its children then.
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
        """Places of the covariates by criterion, then statistic, then order: the first is tried."""
        left = list(range(len(self.associations)))
        order = []
        while left:
            best = left[_best([self.associations[j] for j in left])]
            left.remove(best)
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
        Shape (n,): the terminal node of each row that it was grown on.
    """

    kinds: tuple[str, ...]
    nodes: tuple[Node, ...]
    leaf: Ints

    @property
    def leaves(self) -> tuple[Node, ...]:
        """The terminal nodes."""
        return tuple(node for node in self.nodes if node.split is None)

    def rows(self, number: int) -> Mask:
        """Which rows are in a node: those of the leaves under it, whose numbers follow its own."""
        last, i = number, number - 1
        while self.nodes[i].split is not None:
            right = self.nodes[i].right
            assert right is not None
            last, i = right, right - 1
        return np.asarray((self.leaf >= number) & (self.leaf <= last))

    def path(self, number: int) -> Iterator[tuple[Split, bool]]:
        """The splits from the root to a node, each with whether the node is on its left."""
        steps = []
        node = self.nodes[number - 1]
        while node.parent is not None:
            above = self.nodes[node.parent - 1]
            assert above.split is not None
            steps.append((above.split, above.left == node.number))
            node = above
        return reversed(steps)

    def assign(self, values: Sequence[Floats]) -> Ints:
        """The terminal node of new rows, shape (m,); a missing value goes as in the training rows.

        Parameters
        ----------
        values
            Of each covariate, shape (m,), coded as those that the tree was grown on.
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
    """Log-rank scores, shape (n,): Nelson-Aalen at one's time, minus 1 for an event.

    High for those who lived longer than expected. Censored rows are at risk at their own time.
    ``coin::logrank_trafo``.
    """
    sets = risk_sets(time, event)
    hazard: Floats = np.cumsum(sets.events[:, 0] / sets.at_risk[:, 0], dtype=np.float64)
    return hazard[sets.index] - event


def grow(score: Floats, covariates: Sequence[Covariate], growth: Growth) -> Tree:
    """Grow a tree.

    Parameters
    ----------
    score
        Shape (n,), n >= 1: the response, `logrank_scores` for survival; computed once, not anew in
        every node.
    covariates
        At least one.

    Notes
    -----
    Hothorn, Hornik and Zeileis, J Comput Graph Stat 2006;15:651-674; R's ``party::ctree`` without
    surrogate splits. Memory is that of the covariates and a few vectors of length n; a level of
    the tree costs a sort of the rows by one covariate in every node.
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
        found = _associations(score, covariates, incomplete, rows, growth)
        split = None
        if growth.max_depth is None or depth <= growth.max_depth:
            found, split = _choose(score, covariates, found, rows, growth)
        missing = 0
        if split is None:
            leaf[rows] = number
        else:
            values = covariates[split.covariate].values[rows]
            missing = int(np.isnan(values).sum())
            left = split.goes_left(covariates[split.covariate].kind, values)
            waiting.append((rows[~left], number, False, depth + 1))
            waiting.append((rows[left], number, True, depth + 1))
        nodes.append(Node(number, parent, depth, rows.size, missing, found, split, None, None))
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
    """The test of every covariate in a node, p adjusted for how many there are."""
    if rows.size < growth.min_split:
        return (Association(),) * len(covariates)
    everybody = moments(score[rows])
    found: list[Association] = []
    for covariate, gaps in zip(covariates, incomplete, strict=True):
        values, own = covariate.values[rows], everybody
        if gaps:
            known = ~np.isnan(values)
            if not known.all():
                values, own = values[known], moments(score[rows[known]])
        if values.size < growth.min_split:
            found.append(Association())
        else:
            found.append(associate(covariate, values, own, growth.statistic))
    tested = sum(a.tested for a in found)
    return tuple(a.adjusted(tested if growth.bonferroni else 1) for a in found)


def _best(found: Sequence[Association]) -> int:
    """The place of the largest criterion; of equal ones the largest statistic, then the first.

    Equal means equal but for rounding: covariates that divide the rows alike differ by it alone.
    """
    top = max(a.criterion for a in found) - ROUNDING_OF_1
    high = max(a.statistic for a in found if a.criterion >= top) * (1 - ROUNDING)
    return next(j for j, a in enumerate(found) if a.criterion >= top and a.statistic >= high)


def _choose(
    score: Floats,
    covariates: Sequence[Covariate],
    found: tuple[Association, ...],
    rows: Ints,
    growth: Growth,
) -> tuple[tuple[Association, ...], Split | None]:
    """The split by the best covariate, or by the second best when the best cannot be cut."""
    for _ in range(2):
        best = _best(found)
        if not found[best].criterion > 1 - growth.alpha:
            return found, None
        split = _split(score, covariates[best], best, rows, growth)
        if split is not None:
            return found, split
        found = tuple(a.uncuttable() if j == best else a for j, a in enumerate(found))
    return found, None


def _split(
    score: Floats, covariate: Covariate, place: int, rows: Ints, growth: Growth
) -> Split | None:
    values = covariate.values[rows]
    known = ~np.isnan(values)
    values, own = values[known], moments(score[rows[known]])
    if covariate.kind == "factor":
        ranks = _ranks(values.astype(np.intp), own, covariate.levels)
        cut = best_cut(ranks[values.astype(np.intp)], own, growth.min_bucket)
        if cut is None:
            return None
        levels = frozenset(np.flatnonzero(ranks > cut[0]).tolist())
        on_left = int(np.isin(values, list(levels)).sum())
        return Split(place, float("nan"), levels, cut[1], 2 * on_left > values.size)
    cut = best_cut(values, own, growth.min_bucket)
    if cut is None:
        return None
    levels = frozenset(range(int(cut[0]) + 1)) if covariate.kind == "ordered" else frozenset()
    on_left = int((values <= cut[0]).sum())
    return Split(place, cut[0], levels, cut[1], 2 * on_left > values.size)


def _ranks(codes: NDArray[np.intp], own: Scores, levels: int) -> Floats:
    """Each level's rank by its standardised sum of scores; ties share, an absent level counts 0."""
    n = codes.size
    count = np.bincount(codes, minlength=levels)
    total = np.bincount(codes, weights=own.values, minlength=levels)
    variance = own.variance * (n * count - count**2) / (n - 1)
    z = np.zeros(levels)
    sure = variance > NO_VARIANCE
    z[sure] = (total - own.mean * count)[sure] / np.sqrt(variance[sure])
    return np.asarray((z[None, :] < z[:, None]).sum(axis=1) + 1, dtype=np.float64)


def best_cut(values: Floats, own: Scores, min_bucket: int) -> tuple[float, float] | None:
    """The observed value, and its statistic, that best divides the scores at "up to this value".

    Equal statistics are decided by the cut whose last row comes first in the data. None when no
    cut leaves enough rows on both sides, or none makes a difference.
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
    gap = np.abs(np.cumsum(own.values[order])[last] - m * own.mean)
    statistic = gap / np.sqrt(own.variance * (n * m - m.astype(np.float64) ** 2) / (n - 1))
    if statistic.max() <= NO_VARIANCE:  # every cut leaves equal means
        return None
    top = np.flatnonzero(statistic >= statistic.max() * (1 - ROUNDING))
    i = top[np.argmin(order[last[top]])]
    return float(sorted_values[last[i]]), float(statistic[i])
