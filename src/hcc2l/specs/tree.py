"""Options of `hcc2l tree`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from hcc2l.errors import UsageError
from hcc2l.specs.figure import FIGURE, TimeAxisOptions
from hcc2l.specs.loops import LoopOptions, loop_rules
from hcc2l.specs.options import RANDOM, SurvivalSpec, option, seed_option

Statistic = Literal["quad", "max"]
Adjustment = Literal["bonferroni", "none"]
MissingRule = Literal["majority", "drop"]

_TREE = "Tree"


@dataclass(frozen=True, kw_only=True)
class TreeSpec(SurvivalSpec, TimeAxisOptions, LoopOptions):
    """Conditional inference survival tree: splits, rules, a curve in each leaf."""

    example = "-x afp,child_pugh,ecog --plot tree.pdf"
    saves = True
    optional_tables: ClassVar[Mapping[str, str]] = {
        "assignments": "--assignments",
        "stability": "--boot 200",
        "importance": "--forest",
    }
    rules = (*SurvivalSpec.rules, *loop_rules("--boot", "--forest"))

    covariates: Sequence[str] = option(
        (), "Candidates for the splits: columns or cuts (afp@400).",
        metavar="TERM[,TERM…]", panel=_TREE, short="-x",
    )  # fmt: skip
    alpha: float = option(
        0.05, "Split if the adjusted p is below P.", metavar="P", panel=_TREE, high=1.0, ends=False
    )
    min_split: int = option(
        20, "Fewest patients in a node that is split.", metavar="N", panel=_TREE, low=1
    )
    min_bucket: int = option(
        7, "Fewest patients on either side of a split.", metavar="N", panel=_TREE, low=1
    )
    max_depth: int | None = option(
        None, "At most N levels of splits.", metavar="N", panel=_TREE, low=1
    )
    statistic: Statistic = option(
        "quad", "Test statistic: quad (quadratic form) or max.",
        metavar="TYPE", panel=_TREE,
    )  # fmt: skip
    adjust: Adjustment = option(
        "bonferroni", "Adjust p for the number of candidates: bonferroni or none.",
        metavar="METHOD", panel=_TREE,
    )  # fmt: skip
    missing: MissingRule = option(
        "majority", "Patients with a missing value go with the larger side (majority) or are "
        "excluded (drop).",
        metavar="RULE", panel=_TREE,
    )  # fmt: skip
    assignments: bool = option(
        False, "Add the leaf of every patient as a table, for JSON and CSV.", panel=_TREE
    )
    boot: int = option(0, "Bootstrap samples; 0 for none.", metavar="N", panel=RANDOM)
    seed: int = seed_option()
    forest: bool = option(
        False, "Add the variable importance of a random survival forest.", panel=_TREE
    )

    at_risk: bool = option(False, "Numbers at risk below the curves of the leaves.", panel=FIGURE)

    def require(self) -> None:
        """Refuse a tree without candidates."""
        if not self.covariates:
            raise UsageError(
                "A tree needs candidates to split by.",
                where="-x",
                hint="Add -x afp,child_pugh,ecog.",
            )
