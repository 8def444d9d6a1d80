"""Differences between areas under ROC curves, and their tests."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hcc2l.analyses.roc.curves import MarkerCurve
from hcc2l.design import Mask
from hcc2l.stats import roc
from hcc2l.stats.multiplicity import adjust
from hcc2l.stats.roc_bootstrap import Resampled
from hcc2l.stats.tails import normal_tail


@dataclass(frozen=True)
class MarkerDifference:
    """The area of one marker minus that of another, in the same patients of a group."""

    group: str
    marker_a: str
    marker_b: str
    test: roc.AreaTest


@dataclass(frozen=True)
class GroupDifference:
    """The area of a marker in group b minus that in group a."""

    marker: str
    group_a: str
    group_b: str
    test: roc.AreaTest


def delong_differences(
    positive: Mask, markers: Sequence[MarkerCurve]
) -> Iterator[MarkerDifference]:
    """Every pair of markers by DeLong's test for paired curves; `positive` has shape (n,)."""
    placements = [roc.placements(m.values, positive, higher=m.higher) for m in markers]
    for (a, of_a), (b, of_b) in combinations(zip(markers, placements, strict=True), 2):
        yield MarkerDifference(a.group, a.name, b.name, roc.compare_paired(of_a, of_b))


def bootstrap_differences(
    markers: Sequence[MarkerCurve], samples: Sequence[Resampled]
) -> Iterator[MarkerDifference]:
    """Every pair of markers by their common bootstrap samples, each in one direction."""
    for (a, of_a), (b, of_b) in combinations(zip(markers, samples, strict=True), 2):
        std_err = float(np.nanstd(of_a.auc - of_b.auc, ddof=1))
        test = _z_test(a.area.auc - b.area.auc, std_err)
        yield MarkerDifference(a.group, a.name, b.name, test)


def _z_test(difference: float, std_err: float) -> roc.AreaTest:
    if not std_err > 0:
        return roc.AreaTest(difference, std_err, math.nan, math.inf, math.nan)
    z = difference / std_err
    return roc.AreaTest(difference, std_err, z, math.inf, 2 * normal_tail(abs(z)))


def group_differences(
    groups: Sequence[Sequence[MarkerCurve]], *, normal: bool
) -> Iterator[GroupDifference]:
    """Every marker in every pair of groups, given as the curves of each.

    With `normal` by z, as for bootstrapped standard errors, otherwise by t.
    """
    for group_a, group_b in combinations(groups, 2):
        for a, b in zip(group_a, group_b, strict=True):
            sizes = b.values.size, a.values.size
            test = roc.compare_unpaired(b.area, a.area, sizes, normal=normal)
            yield GroupDifference(a.name, a.group, b.group, test)


def holm(differences: Iterable[MarkerDifference | GroupDifference]) -> list[float]:
    """P of each difference, adjusted by the method of Holm; NaN where there is none."""
    p: list[float] = adjust(np.array([d.test.p for d in differences]), "holm").tolist()
    return p
