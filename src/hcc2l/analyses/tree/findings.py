"""What the notes of a tree remark on, as candidates, tests and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hcc2l.analyses.tree.data import Candidate, TreeData
from hcc2l.design import Factor

NEARLY = 10.0  # largest ratio of the second-best p to the best that is nearly a tie


@dataclass(frozen=True)
class Tested:
    """A candidate with its p, adjusted as the options ask."""

    candidate: Candidate
    p: float


@dataclass(frozen=True)
class Unsplit:
    """Why the root was not split, and the candidate with the smallest p."""

    reason: Literal["few-patients", "one-time", "nothing-tested", "no-cut", "no-small-p"]
    best: Tested


def why_not_split(data: TreeData) -> Unsplit:
    """Why a tree is a single node."""
    tests, spec = data.tree.nodes[0].associations, data.spec
    place = min(range(len(tests)), key=lambda j: (tests[j].p_adjusted, -tests[j].df))
    best = Tested(data.candidates[place], tests[place].p_adjusted)
    if data.time.size < spec.min_split:
        return Unsplit("few-patients", best)
    if np.ptp(data.time) == 0:
        return Unsplit("one-time", best)
    if not any(test.df for test in tests):
        return Unsplit("nothing-tested", best)
    return Unsplit("no-cut" if best.p < spec.alpha else "no-small-p", best)


def constant_candidates(data: TreeData) -> list[Candidate]:
    """Candidates with the same value in all patients."""
    pairs = zip(data.candidates, data.covariates, strict=True)
    return [c for c, x in pairs if np.nanmin(x.values) == np.nanmax(x.values)]


@dataclass(frozen=True)
class Untested:
    """Candidates that vary and were not tested at the root.

    Attributes
    ----------
    rare
        Known in fewer patients than a split needs, with their number.
    tiny
        Numbers whose values are too close together to be told apart.
    """

    rare: tuple[tuple[Candidate, int], ...]
    tiny: tuple[Candidate, ...]


def untested_candidates(data: TreeData) -> Untested:
    """Candidates that were not tested at a root where a split was possible."""
    if data.time.size < data.spec.min_split or np.ptp(data.time) == 0:
        return Untested((), ())
    rare, tiny = [], []
    tests = data.tree.nodes[0].associations
    for candidate, covariate, test in zip(data.candidates, data.covariates, tests, strict=True):
        known = covariate.values[~np.isnan(covariate.values)]
        if known.size < data.spec.min_split:
            rare.append((candidate, known.size))
        elif not test.df and covariate.kind == "numeric" and np.ptp(known) > 0:
            tiny.append(candidate)
    return Untested(tuple(rare), tuple(tiny))


def near_tie(data: TreeData) -> tuple[Tested, Tested] | None:
    """The two best candidates of the root, if the second could as well have been the first."""
    root = data.tree.nodes[0]
    first, *others = root.ranked()
    if not others:
        return None
    best, second = root.associations[first], root.associations[others[0]]
    if second.p_adjusted >= data.spec.alpha or second.p > NEARLY * best.p:
        return None
    return (
        Tested(data.candidates[first], best.p_adjusted),
        Tested(data.candidates[others[0]], second.p_adjusted),
    )


def missing_at_splits(data: TreeData) -> int:
    """Number of values missing at a split, over all splits."""
    return sum(node.n_missing for node in data.tree.nodes)


def leaf_groups(data: TreeData) -> Factor:
    """The leaves as groups of the patients."""
    leaves = np.unique(data.tree.leaf)
    names = tuple(f"node {leaf}" for leaf in leaves)
    codes = np.searchsorted(leaves, data.tree.leaf).astype(np.int64)
    return Factor("node", "node", "Leaf", names, codes, tuple(range(leaves.size)))
