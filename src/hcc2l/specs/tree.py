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
        A node is split if the smallest adjusted p is below this.
    min_split
        Fewest patients in a node that is split.
    min_bucket
        Fewest patients with a known value on either side of a split.
    max_depth
        Levels of splits; None for no limit.
    statistic
        ``quad`` (quadratic form) or ``max`` (largest standardised component).
    adjust
        Adjustment of p for the number of candidates: ``bonferroni`` or ``none``.
    missing
        ``majority``: at a split, patients with a missing value go with the larger side; ``drop``:
        patients with a missing value of any candidate are excluded.
    assignments
        Whether the leaf of every patient is given as a table.
    boot, seed
        Number of bootstrap samples of the stability table, and the seed of all random numbers.
    forest
        Whether the variable importance of a random survival forest is given.
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
                hint="Add -x afp,child_pugh,ecog.",
            )
