"""The results of the ROC curves, group by group, whatever the kind of outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.roc.bootstrap import Optimism
from hcc2l.analyses.roc.comparisons import GroupDifference, MarkerDifference, group_differences
from hcc2l.analyses.roc.curves import MarkerCurve
from hcc2l.analyses.roc.data import Patients
from hcc2l.design import Mask
from hcc2l.errors import AnalysisError


@dataclass(frozen=True)
class Groups:
    """The groups that can be analysed, each with its rows, and the names of the others."""

    analysed: tuple[tuple[str, Mask], ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class GroupCurves:
    """The curves of one group.

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

    name: str
    n: int
    positives: int
    negatives: int
    markers: tuple[MarkerCurve, ...]
    optimism: tuple[Optimism, ...]
    differences: tuple[MarkerDifference, ...]


@dataclass(frozen=True)
class Curves:
    """The curves of all groups, and with `--compare` the differences between groups."""

    groups: tuple[GroupCurves, ...]
    between_groups: tuple[GroupDifference, ...]

    @property
    def markers(self) -> list[MarkerCurve]:
        """The curves of every group."""
        return [marker for group in self.groups for marker in group.markers]

    @property
    def validated(self) -> bool:
        """Whether the optimism of the chosen cut-offs was estimated."""
        return any(group.optimism for group in self.groups)

    @property
    def between_markers(self) -> list[MarkerDifference]:
        """Differences between markers in every group."""
        return [difference for group in self.groups for difference in group.differences]


def analysable_groups(patients: Patients, *conditions: Callable[[Mask], bool]) -> Groups:
    """The groups whose rows meet all conditions; all patients, unconditionally, without `--by`.

    Raises
    ------
    AnalysisError
        No group does.
    """
    if patients.group is None:
        return Groups(tuple(patients.groups), ())
    analysed, skipped = [], []
    for name, rows in patients.groups:
        if _varies(patients, rows) and all(condition(rows) for condition in conditions):
            analysed.append((name, rows))
        else:
            skipped.append(name)
    if not analysed:
        raise AnalysisError(
            "No group can be analysed: each needs patients with and without the outcome, "
            "variation in every marker and, for maxstat, events and an admissible cut-point.",
            where="--by", hint="Remove --by, or choose larger groups.",
        )  # fmt: skip
    return Groups(tuple(analysed), tuple(skipped))


def compared(patients: Patients, groups: Sequence[GroupCurves], *, normal: bool) -> Curves:
    """The curves of all groups, compared between groups if asked; `normal` as there."""
    of_groups = [group.markers for group in groups] if patients.spec.compare else []
    return Curves(tuple(groups), tuple(group_differences(of_groups, normal=normal)))


def _varies(patients: Patients, rows: Mask) -> bool:
    return all(np.ptp(marker.values[rows]) > 0 for marker in patients.markers.values())
