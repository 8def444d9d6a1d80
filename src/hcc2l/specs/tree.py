"""Options of `hcc2l tree`."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.specs.options import SurvivalSpec, between, one_of

STATISTICS = ("quad", "max")
ADJUSTMENTS = ("bonferroni", "none")
MISSING = ("majority", "drop")


@dataclass(frozen=True, kw_only=True)
class TreeSpec(SurvivalSpec):
    """Options of `hcc2l tree`; names and values as on the command line.

    Attributes
    ----------
    covariates
        The candidates: terms that a node can be split by.
    alpha
        A node is split when the smallest adjusted p is below this.
    min_split
        Patients that a node must have to be split.
    min_bucket
        Patients with a known value that either side of a split must have.
    max_depth
        Levels of splits; no limit when None.
    statistic
        ``quad`` (quadratic form) or ``max`` (largest standardised component).
    adjust
        Adjustment of p for the number of candidates: ``bonferroni`` or ``none``.
    missing
        Patients without a candidate's value go with the larger side of its split (``majority``),
        or whoever lacks any candidate is left out (``drop``).
    assignments
        Give the leaf of every patient as a table.
    boot, seed
        Bootstrap samples for the stability table, and the seed of every random number.
    forest
        Give the variable importance of a random survival forest beside the tree.
    """

    covariates: tuple[str, ...] = ()
    alpha: float = between(0.0, 1.0, 0.05, ends=False)
    min_split: int = between(1, math.inf, 20)
    min_bucket: int = between(1, math.inf, 7)
    max_depth: int | None = between(1, math.inf, None)
    statistic: str = one_of(STATISTICS, "quad")
    adjust: str = one_of(ADJUSTMENTS, "bonferroni")
    missing: str = one_of(MISSING, "majority")
    assignments: bool = False
    boot: int = 0
    seed: int = 1
    forest: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.covariates:
            raise UsageError(
                "A tree needs candidates to split by.",
                where="-x",
                hint="Name them: -x afp,child_pugh,ecog.",
            )
