"""ROC curves of markers: their areas, cut-offs and operating points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hcc2l.analyses.roc.cutoffs import Choose, Cutoff, Limits, given
from hcc2l.analyses.roc.data import Classes
from hcc2l.design import Floats
from hcc2l.stats import roc
from hcc2l.stats.logistic import LogisticFit


@dataclass(frozen=True)
class MarkerCurve:
    """The ROC curve of a marker, or of a combination of markers, in one group.

    Attributes
    ----------
    values
        Shape (n,) over the patients of the group.
    higher
        Whether high values are positive.
    limits
        Of the area; NaN where there are none.
    cutoffs
        All that tie for the best, then those that were given.
    rate_limits
        Limits of the rates at each of the cut-offs, by rate; those without limits are absent.
    model
        The logistic model of a combination; None for a marker.
    """

    group: str
    name: str
    values: Floats
    higher: bool
    curve: roc.RocCurve
    area: roc.Area
    limits: Limits
    cutoffs: tuple[Cutoff, ...]
    rate_limits: tuple[Mapping[str, Limits], ...]
    model: LogisticFit | None = None

    @property
    def n(self) -> int:
        """Number of patients."""
        return int(self.values.size)

    @property
    def chosen(self) -> list[Cutoff]:
        """The cut-offs that a ROC criterion chose."""
        return [cut for cut in self.cutoffs if cut.criterion not in ("fixed", "maxstat")]


def cutoffs_of(
    group: str, marker: str, curve: roc.RocCurve, choose: Choose, classes: Classes
) -> tuple[Cutoff, ...]:
    """The chosen cut-offs of a marker, then those of `--at-cut`."""
    return (*choose(group, marker, curve), *given(curve, classes.fixed.get(marker, ())))
