"""Options of `hcc2l impute`, and those of multiple imputation in other commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from hcc2l.errors import UsageError
from hcc2l.specs.loops import LoopOptions, loop_rules
from hcc2l.specs.options import CohortSpec, SurvivalSpec, methods_option, option
from hcc2l.specs.rules import Excludes

IMPUTATION = "Imputation"
MOST_SETS = 1000
NumberOfSets = int | Literal["auto"]


def impute_option(default: NumberOfSets | None) -> Any:
    """The number of imputations; other commands impute only where it is given (None)."""
    return option(
        default, "Number of imputations, or auto: the percentage of incomplete rows, at least 20.",
        metavar="M|auto", panel=IMPUTATION, low=2, high=MOST_SETS, words=("auto",),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ImputeSpec(CohortSpec, LoopOptions):
    """Fill the gaps of covariates several times by chained equations, and save the sets."""

    example = "-x age,child_pugh,afp,nlr --save imputed.csv"
    saves = True
    rules = (
        *(
            Excludes(
                "--endpoint", other, rivals=True,
                message="--endpoint cannot be combined with --time and --event.",
                hint="Use either --endpoint or --time and --event.",
            )
            for other in ("--time", "--event")
        ),
        *loop_rules(),
    )  # fmt: skip

    covariates: Sequence[str] = option(
        (), "Every covariate of the analyses to come, with the treatment: columns, scores.",
        metavar="TERM[,TERM…]", panel=IMPUTATION, short="-x",
    )  # fmt: skip
    impute: NumberOfSets = impute_option("auto")
    seed: int = option(
        1, "Seed of the random number generator.", metavar="N", panel=IMPUTATION, low=0
    )
    endpoint: Sequence[str] = option(
        (), "Endpoints that predict missing values (default: os, else the first of the cohort).",
        metavar="NAME[,NAME…]", panel=IMPUTATION,
    )  # fmt: skip
    time: str | None = option(
        None, "The column of times, for an endpoint given on the command line.",
        metavar="COL", panel=IMPUTATION,
    )  # fmt: skip
    event: str | None = option(
        None, "The event of that endpoint: a column such as death, or a value, status=2.",
        metavar="COL[=VALUE]", panel=IMPUTATION,
    )  # fmt: skip
    methods: bool = methods_option()

    def require(self) -> None:
        """Refuse an imputation without covariates."""
        if not self.covariates:
            raise UsageError(
                "No covariates were given.",
                where="-x",
                hint="Name every covariate of the analyses to come, and the treatment: -x "
                "age,child_pugh,afp,second_line.",
            )

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The endpoints given, by name; that of `time` and `event` is `os`."""
        return ("os",) if self.time or self.event else tuple(self.endpoint)

    def survival(self, endpoint: str) -> SurvivalSpec:
        """The options of one endpoint: the one given by its columns, else the named one."""
        return SurvivalSpec(endpoint=endpoint, time=self.time, event=self.event)
