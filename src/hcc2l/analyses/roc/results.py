"""The results of the ROC curves, set by set, whatever the kind of outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.roc.bootstrap import Optimism
from hcc2l.analyses.roc.comparisons import GroupDifference, MarkerDifference, group_differences
from hcc2l.analyses.roc.curves import MarkerCurve
from hcc2l.analyses.roc.data import AnalysisSet, Patients
from hcc2l.errors import AnalysisError
from hcc2l.wording import listed


@dataclass(frozen=True)
class AnalysisSets:
    """The sets that can be analysed, and the names of the others: `c`, or `ALT in c`."""

    analysed: tuple[AnalysisSet, ...]
    skipped: tuple[str, ...]

    @property
    def groups(self) -> list[str]:
        """The groups analysed."""
        return list(dict.fromkeys(subset.group for subset in self.analysed))

    def patients_with(self, marker: str) -> int:
        """Number of patients in whom a marker is evaluated."""
        return sum(int(subset.rows.sum()) for subset in self.analysed if marker in subset.markers)


@dataclass(frozen=True)
class SetCurves:
    """The curves of the markers that are evaluated in the same patients of a group.

    Attributes
    ----------
    n, positives, negatives
        Patients, and those in either class.
    markers
        One by one, then the combinations.
    optimism
        Of each of them; empty without bootstrap, or if no ROC criterion chose the cut-offs.
    differences
        Between all pairs, with `--compare`.
    """

    group: str
    n: int
    positives: int
    negatives: int
    markers: tuple[MarkerCurve, ...]
    optimism: tuple[Optimism, ...]
    differences: tuple[MarkerDifference, ...]


@dataclass(frozen=True)
class Curves:
    """The curves of all sets, and with `--compare` the differences between groups."""

    sets: tuple[SetCurves, ...]
    between_groups: tuple[GroupDifference, ...]

    @property
    def markers(self) -> list[MarkerCurve]:
        """The curves of every set."""
        return [marker for subset in self.sets for marker in subset.markers]

    @property
    def validated(self) -> bool:
        """Whether the optimism of the chosen cut-offs was estimated."""
        return any(subset.optimism for subset in self.sets)

    @property
    def between_markers(self) -> list[MarkerDifference]:
        """Differences between markers in every group."""
        return [difference for subset in self.sets for difference in subset.differences]


def analysable_sets(patients: Patients, *conditions: Callable[[AnalysisSet], bool]) -> AnalysisSets:
    """The sets that meet all conditions; without `--by` all, unconditionally.

    Raises
    ------
    AnalysisError
        None does.
    """
    if patients.group is None:
        return AnalysisSets(tuple(patients.sets), ())
    analysed, skipped = [], []
    for subset in patients.sets:
        if _varies(patients, subset) and all(condition(subset) for condition in conditions):
            analysed.append(subset)
        else:
            skipped.append(_name(patients, subset))
    if not analysed:
        raise AnalysisError(
            "No group can be analysed: each needs patients with and without the outcome, "
            "variation in every marker and, for maxstat, events and an admissible cut-point.",
            where="--by", hint="Remove --by, or choose larger groups.",
        )  # fmt: skip
    return AnalysisSets(tuple(analysed), tuple(skipped))


def compared(patients: Patients, sets: Sequence[SetCurves], *, normal: bool) -> Curves:
    """The curves of all sets, compared between groups if asked; `normal` as there."""
    of_groups = [subset.markers for subset in sets] if patients.spec.compare else []
    return Curves(tuple(sets), tuple(group_differences(of_groups, normal=normal)))


def _varies(patients: Patients, subset: AnalysisSet) -> bool:
    values = (patients.markers[name].values[subset.rows] for name in subset.markers)
    return bool(subset.rows.any()) and all(np.ptp(of_marker) > 0 for of_marker in values)


def _name(patients: Patients, subset: AnalysisSet) -> str:
    if not patients.differ_by_marker:
        return subset.group
    return listed([patients.curve_name(subset.group, name) for name in subset.markers])
