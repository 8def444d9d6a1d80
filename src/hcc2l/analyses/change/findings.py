"""What is remarkable in a comparison of before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.change.data import ChangeData, Pair
from hcc2l.analyses.change.results import Change
from hcc2l.cohort import Cohort
from hcc2l.stats.ranks import mann_whitney

FEW_CHANGED = 6  # with fewer, no exact signed-rank test can reach 0.05
FEW_DISCORDANT = 25  # McNemar's chi-square approximation
MANY_UNCHANGED = 0.5
FEW_LOST = 5
MANY_LOST = 0.2
DIFFERENT = 0.1  # of the probability that one of two patients has the higher value, from one half


@dataclass(frozen=True)
class Lost:
    """Patients with a value before who have none after.

    Attributes
    ----------
    known
        Patients with a value before.
    median, median_analysed
        Their median before, and that of the patients analysed; None of classes.
    """

    pair: Pair
    n: int
    known: int
    median: float | None
    median_analysed: float | None


def lost_later(data: ChangeData) -> Iterator[Lost]:
    """Variables that many patients, or patients with other values before, do not have later."""
    for pair in data.pairs:
        lost, analysed = pair.before_alone.size, pair.before_analysed
        if lost < FEW_LOST:
            continue
        higher = mann_whitney((pair.before_alone, analysed)).statistic / (lost * pair.n)
        known = lost + pair.n
        if lost / known < MANY_LOST and abs(higher - 0.5) < DIFFERENT:
            continue
        medians = [float(np.median(v)) for v in (pair.before_alone, analysed)]
        yield Lost(pair, lost, known, *(medians if pair.numbers else (None, None)))


def swapped(data: ChangeData, cohort: Cohort) -> Iterator[Pair]:
    """Pairs whose column before is known only after time 0, and that after at time 0."""
    for pair in data.pairs:
        before, after = (cohort.known_after_start(name) for name in pair.columns)
        if before and not after:
            yield pair


def selected_by_before(data: ChangeData) -> Iterator[Pair]:
    """Pairs whose values before decided which patients are analysed, or in which group."""
    chosen = {c.column for c in data.conditions if c.operator not in ("missing", "present")}
    if data.group:
        chosen.add(data.group.column)
    for pair in data.pairs:
        if pair.numbers and pair.columns[0] in chosen:
            yield pair


def mostly_unchanged(found: Sequence[Change]) -> Iterator[Change]:
    """Changes of numbers that half of the patients do not have."""
    for change in found:
        if change.numbers and change.numbers.unchanged >= MANY_UNCHANGED * change.n:
            yield change


def few_changed(found: Sequence[Change]) -> Iterator[tuple[Change, int]]:
    """Numbers that too few patients changed for a signed-rank test, with how many did."""
    for change in found:
        changed = change.n - change.numbers.unchanged if change.numbers else 0
        if change.pair.numbers and changed < FEW_CHANGED and (changed or not change.n):
            yield change, changed


def few_discordant(found: Sequence[Change]) -> Iterator[tuple[Change, int, float]]:
    """Two classes that too few patients change for McNemar's approximation; how many, exact p."""
    for change in found:
        classes = change.classes
        if classes and len(classes.levels) == 2 and 0 < classes.discordant < FEW_DISCORDANT:
            (exact,) = (test for test in classes.tests if test.name == "mcnemar-exact")
            yield change, classes.discordant, exact.p
