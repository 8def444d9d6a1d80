"""What is estimated of each variable in each group: quartiles, differences, tests, shifts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from hcc2l.analyses.change.data import ChangeData, Classes, Numbers, Pair
from hcc2l.design import Floats, Mask
from hcc2l.stats.counts import contingency, mcnemar, mcnemar_exact
from hcc2l.stats.matched_counts import matched_counts
from hcc2l.stats.means import MeanDifference, paired_difference, paired_t
from hcc2l.stats.ranks import (
    PseudoMedian,
    kruskal_wallis,
    mann_whitney,
    pseudo_median,
    signed_rank,
)
from hcc2l.stats.test import Test

Quartiles = tuple[float, float, float]  # median first


@dataclass(frozen=True)
class NumberChange:
    """The change of a number in a group.

    Attributes
    ----------
    values
        Of the patients of the group.
    difference, mean
        Of after less before.
    unchanged
        Patients with the same value before and after.
    tests
        Of before less after, as R's ``wilcox.test(before, after, paired = TRUE)``; the one that
        readers see is the first.
    """

    values: Numbers
    before: Quartiles
    after: Quartiles
    difference: PseudoMedian
    mean: MeanDifference
    unchanged: int
    tests: tuple[Test, ...]


@dataclass(frozen=True)
class ClassChange:
    """The change of classes in a group.

    Attributes
    ----------
    counts
        Patients with each level before (rows) and after (columns), shape (levels, levels).
    tests
        The one that readers see is the first.
    """

    levels: tuple[str, ...]
    counts: Floats
    tests: tuple[Test, ...]

    @property
    def discordant(self) -> int:
        """Patients who changed their class."""
        return int(self.counts.sum() - np.trace(self.counts))


@dataclass(frozen=True)
class Change:
    """The change of a variable in a group of n patients; nothing is estimated if there are none."""

    pair: Pair
    group: str
    n: int
    numbers: NumberChange | None
    classes: ClassChange | None


def changes(data: ChangeData) -> list[Change]:
    """Every variable in every group."""
    return [
        _change(pair, group, pair.group == code, data.spec.conf_level)
        for pair in data.pairs
        for code, group in enumerate(data.groups)
    ]


def between_groups(data: ChangeData) -> Iterator[tuple[Pair, Test]]:
    """The test of the changes of each number between the groups, if there are several."""
    if data.group is None or len(data.groups) < 2:
        return
    for pair in data.pairs:
        if pair.numbers:
            change = pair.numbers.change
            parts = [change[pair.group == code] for code in range(len(data.groups))]
            yield pair, mann_whitney(parts) if len(parts) == 2 else kruskal_wallis(parts)


def _change(pair: Pair, group: str, rows: Mask, conf_level: float) -> Change:
    numbers, classes = (pair.numbers, pair.classes) if rows.any() else (None, None)
    return Change(
        pair, group, int(rows.sum()),
        _of_numbers(numbers, rows, conf_level) if numbers else None,
        _of_classes(classes, rows) if classes else None,
    )  # fmt: skip


def _of_numbers(numbers: Numbers, rows: Mask, conf_level: float) -> NumberChange:
    values = Numbers(numbers.before[rows], numbers.after[rows])
    change = values.change
    spread = np.full(change.size, change[0]) if values.is_constant else change
    return NumberChange(
        values=values,
        before=_quartiles(values.before),
        after=_quartiles(values.after),
        difference=pseudo_median(change, conf_level),
        mean=paired_difference(spread, conf_level),
        unchanged=int((change == 0).sum()),
        tests=(
            signed_rank(-change),
            signed_rank(-change, corrected=False),
            paired_t(-spread),
        ),
    )


def _of_classes(classes: Classes, rows: Mask) -> ClassChange:
    before, after, k = classes.before[rows], classes.after[rows], len(classes.levels)
    counts = contingency(before, k, after, k)
    return ClassChange(classes.levels, counts, tuple(_class_tests(counts)))


def _class_tests(counts: Floats) -> Iterator[Test]:
    """McNemar's tests of two classes, Stuart and Maxwell's of more."""
    if counts.shape[0] <= 2:
        only_before, only_after = int(counts[-1, 0]), int(counts[0, -1])
        yield mcnemar(only_before, only_after)
        yield mcnemar(only_before, only_after, corrected=False)
        yield mcnemar_exact(only_before, only_after)
    else:
        yield _stuart_maxwell(counts)


def _stuart_maxwell(counts: Floats) -> Test:
    k, n = counts.shape[0], int(counts.sum())
    before, after = np.divmod(np.repeat(np.arange(k * k), counts.ravel().astype(np.int64)), k)
    patients = np.tile(np.arange(n), 2)
    test = matched_counts(np.concatenate([before, after]), k, np.repeat([True, False], n), patients)
    return replace(test, name="stuart-maxwell")


def _quartiles(values: Floats) -> Quartiles:
    """Median and quartiles, type 7 (R's default)."""
    q1, median, q3 = (float(q) for q in np.quantile(values, (0.25, 0.5, 0.75)))
    return median, q1, q3
