"""Options of analyses that are repeated in imputed data sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hcc2l.specs.impute import IMPUTATION, NumberOfSets, impute_option
from hcc2l.specs.loops import LoopOptions
from hcc2l.specs.options import CohortSpec, option
from hcc2l.specs.rules import Excludes, Rule

IMPUTING = ("--impute", "--imputations")


@dataclass(frozen=True, kw_only=True)
class ImputationOptions(CohortSpec, LoopOptions):
    """How missing values are imputed, how often, and on how many processes."""

    rules: ClassVar[tuple[Rule, ...]] = (
        Excludes("--impute", "--imputations", rivals=True),
    )  # fmt: skip

    impute: NumberOfSets | None = impute_option(None)
    imputations: str | None = option(
        None, "A file of imputed data sets, numbered by its column .imp (0: with the gaps).",
        metavar="FILE", panel=IMPUTATION,
    )  # fmt: skip
    seed: int = option(1, "Seed of the random number generator.", metavar="N", panel=IMPUTATION)

    @property
    def imputes(self) -> bool:
        """Whether the analysis is repeated in imputed data sets."""
        return self.impute is not None or self.imputations is not None
