"""Options of `hcc2l table1`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hcc2l.errors import UsageError
from hcc2l.specs.imputation import IMPUTING, ImputationOptions
from hcc2l.specs.loops import loop_rules
from hcc2l.specs.options import cut_option, methods_option, option, ref_option
from hcc2l.specs.rules import Excludes, Needs, NoEffect

Adjustment = Literal["holm", "bh", "bonferroni", "none"]
Spread = Literal["pooled", "att", "none"]
MissingRow = Literal["show", "hide"]
Denominator = Literal["known", "all"]

STATISTICS = ("median-iqr", "median-range", "mean-sd")
TESTS = (
    "student", "welch", "mann-whitney", "mann-whitney-uncorrected", "anova", "welch-anova",
    "kruskal-wallis", "chi-square", "chi-square-yates", "fisher", "trend", "wilcoxon", "paired-t",
    "mcnemar", "stuart-maxwell",
)  # fmt: skip
QUANTILE_TYPES = (2, 6, 7)

_TABLE = "Table"
_COMPARISON = "Comparison of the groups"


@dataclass(frozen=True, kw_only=True)
class Table1Spec(ImputationOptions):
    """Baseline characteristics by group: the first table of a paper."""

    example = "--by second_line --total --smd pooled"
    plots = False
    rules = (
        *ImputationOptions.rules,
        *loop_rules("--impute"),
        *(
            Excludes(imputing, other)
            for imputing in IMPUTING
            for other in ("--weights", "--pair", "--test", "--adjust")
        ),
        Needs("--pair", ("--by",)),
        Excludes(
            "--weights", "--pair",
            message="--weights cannot be combined with --pair: tests within pairs take every "
            "patient once.",
        ),
        Excludes(
            "--weights", "--test",
            message="--weights cannot be combined with --test: these tests take every patient "
            "once.",
            hint="Omit --test, and judge the balance by --smd pooled.",
        ),
        NoEffect("--test", ("--by",)),
        NoEffect("--adjust", ("--by",)),
        NoEffect("--smd", ("--by",)),
        NoEffect("--total", ("--by",)),
    )  # fmt: skip

    by: str | None = option(
        None, "Groups side by side: a column, a cut (afp@400) or a comparison.",
        metavar="TERM", panel=_TABLE,
    )  # fmt: skip
    covariates: Sequence[str] = option(
        (), "What is described: columns, cuts (afp@400), levels below levels "
        "(child_pugh/child_pugh_score), a share of those with another variable (main_pvt%mvi). "
        "Default: every baseline column.",
        metavar="TERM[,TERM…]", panel=_TABLE, short="-x",
    )  # fmt: skip
    statistic: Sequence[str] = option(
        (), "How numbers are described: median-iqr (default), median-range or mean-sd; several "
        "give several lines.",
        metavar="[TERM=]NAME", panel=_TABLE, commas=True,
    )  # fmt: skip
    quantile_type: int = option(
        7, "Definition of quartiles: 7 (R), 2 (SAS) or 6 (SPSS).",
        metavar="TYPE", panel=_TABLE, low=2, high=7,
    )  # fmt: skip
    missing: MissingRow = option(
        "show", "Missing values as a line (show), or not (hide).", metavar="RULE", panel=_TABLE
    )
    denominator: Denominator = option(
        "known", "Percentages of patients with a known value (known), or of all.",
        metavar="WHOM", panel=_TABLE,
    )  # fmt: skip
    total: bool = option(False, "Add a column of all patients.", panel=_TABLE)
    test: Sequence[str] = option(
        (), f"auto (default), none, or one of {', '.join(TESTS)}; TERM=NAME for one variable.",
        metavar="[TERM=]NAME", panel=_COMPARISON,
    )  # fmt: skip
    adjust: Adjustment = option(
        "none", "Adjust p for the number of tests: holm, bh, bonferroni or none.",
        metavar="METHOD", panel=_COMPARISON,
    )  # fmt: skip
    smd: Spread = option(
        "none", "Add standardised mean differences: in pooled SD, or in that of the second group "
        "(att).",
        metavar="SD", panel=_COMPARISON,
    )  # fmt: skip
    pair: str | None = option(
        None, "The column of matched pairs or sets, as psmatch saves it; tests are within them.",
        metavar="COL", panel=_COMPARISON,
    )  # fmt: skip
    weights: str | None = option(
        None, "The column of weights, such as psmatch saves; without tests.",
        metavar="COL", panel=_COMPARISON,
    )  # fmt: skip
    cut: Sequence[str] = cut_option()
    ref: Sequence[str] = ref_option()
    methods: bool = methods_option()

    def require(self) -> None:
        """Refuse another definition of quartiles."""
        if self.quantile_type not in QUANTILE_TYPES:
            raise UsageError(
                f"There is no quantile type {self.quantile_type} here.",
                where="--quantile-type",
                hint="Use 7 (as R), 2 (as SAS) or 6 (as SPSS).",
            )
