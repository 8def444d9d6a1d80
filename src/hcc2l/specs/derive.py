"""Options of `hcc2l derive`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.specs.options import CohortSpec, methods_option, option


@dataclass(frozen=True, kw_only=True)
class DeriveSpec(CohortSpec):
    """Add scores and derived columns to the cohort, and describe them."""

    example = "--add nlr,malbi_grade --save with_scores.csv"
    plots = False
    saves = True

    add: Sequence[str] = option(
        (), "Scores (albi, nlr, meld) and derived columns of hcc2l.toml.",
        metavar="NAME[,NAME…]", panel="Columns",
    )  # fmt: skip
    methods: bool = methods_option()

    def require(self) -> None:
        """Refuse to add nothing."""
        if not self.add:
            raise UsageError(
                "There is no column to add.", where="--add", hint="Write --add albi,albi_grade."
            )
