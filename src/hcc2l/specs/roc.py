"""Options of `hcc2l roc`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from hcc2l.errors import UsageError
from hcc2l.specs.loops import LoopOptions, loop_rules
from hcc2l.specs.options import MOST_SAMPLES, RANDOM, SurvivalSpec, option, seed_option
from hcc2l.specs.rules import Excludes, Needs, NoEffect

Criterion = Literal["youden", "topleft", "maxstat"]
Direction = Literal["auto", "higher", "lower"]
Interval = Literal["wilson", "clopper-pearson"]
Picture = Literal["roc", "thresholds", "maxstat"]
SAMPLES_WITH_AT = 1000  # the interval of a time-dependent area is that of the bootstrap

_OUTCOME = "Outcome"
_CUTOFF = "Markers and cut-offs"
_PARTIAL = re.compile(r"(sensitivity|specificity)=(0?\.\d+|0)")
_WITH_CURVE = ("--outcome", "--at")
_WITH_TIME = ("--at", "--within", "--criterion maxstat")
_OF_ENDPOINT = (
    "--endpoint", "--time", "--event", "--start", "--end", "--censor", "--unit", "--time-unit",
    "--label",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RocSpec(SurvivalSpec, LoopOptions):
    """ROC curves and cut-offs of AFP, ALT, PNI and other markers, with internal validation."""

    example = "--outcome primary_resistance --marker afp,pni --compare"
    optional_tables: ClassVar[Mapping[str, str]] = {
        "partial": "--partial specificity=0.8",
        "comparisons": "--compare",
        "optimism": "--boot 200",
        "maxstat": "--criterion maxstat",
        "curve": "--curve",
    }
    rules = (
        *SurvivalSpec.rules,
        Excludes(
            "--at", "--outcome", rivals=True,
            message="--outcome and --at both define the outcome.",
            hint="Give one of them; if the outcome is known only after a time, use --within T.",
        ),
        Needs(
            "--within", ("--outcome",), hint="Add --outcome COL; with --at, remove --within."
        ),
        Excludes("--within", "--at", rivals=True),
        Needs(
            "--which maxstat", ("--criterion maxstat",),
            message="There is no maximally selected statistic to plot.",
            hint="Add --criterion maxstat.",
        ),
        *(
            Needs(
                which, _WITH_CURVE,
                message="There is no ROC curve without an outcome.",
                hint="Add --outcome COL or --at T.",
            )
            for which in ("--which roc", "--which thresholds")
        ),
        Excludes(
            "--combine", "--at",
            message="Markers are combined by logistic regression, which needs --outcome.",
            hint="For a survival endpoint use hcc2l cox.",
        ),
        Excludes(
            "--available-cases", "--compare",
            message="Markers evaluated in different patients cannot be compared.",
            hint="Remove --available-cases: all markers are then evaluated in the same patients.",
        ),
        Excludes(
            "--available-cases", "--combine",
            message="A combination is evaluated in the patients with all of its markers.",
            hint="Remove --available-cases or --combine.",
        ),
        Excludes(
            "--compare", "--at --boot 0",
            message="Time-dependent AUCs cannot be compared without the bootstrap.",
            hint="Remove --boot 0 or --compare.",
        ),
        Excludes(
            "--combine", "--criterion maxstat",
            message="maxstat selects cut-points of markers, not of combinations.",
            hint="Remove --combine or --criterion.",
        ),
        *(
            Needs(
                name, _WITH_CURVE,
                message=f"{name} needs an outcome.",
                hint=f"Add --outcome COL or --at T, or remove {name}.",
            )
            for name in ("--combine", "--compare", "--at-cut", "--partial")
        ),
        *(NoEffect(name, _WITH_TIME) for name in _OF_ENDPOINT),
        NoEffect("--min-prop", ("--criterion maxstat",)),
        NoEffect("--direction", _WITH_CURVE),
        NoEffect("--observed", _WITH_CURVE),
        NoEffect("--ci", ("--outcome",)),
        *loop_rules("--boot", "--at"),
    )  # fmt: skip

    marker: Sequence[str] = option(
        (), "Markers (default: AFP, ALT and PNI, where available). PNI is computed from albumin "
        "and lymphocytes.",
        metavar="COL[,COL…]", panel=_CUTOFF,
    )  # fmt: skip
    available_cases: bool = option(
        False, "Evaluate each marker in all patients in whom it is known, instead of in those with "
        "all markers.",
        panel=_CUTOFF,
    )  # fmt: skip
    outcome: str | None = option(
        None, "The outcome, such as primary_resistance or response=PD.",
        metavar="COL[=VALUE]", panel=_OUTCOME, place=-1,
    )  # fmt: skip
    at: float | None = option(
        None, "Instead of --outcome: the event of the endpoint by time T (time-dependent ROC).",
        metavar="T", panel=_OUTCOME, ends=False,
    )  # fmt: skip
    within: float | None = option(
        None, "The outcome is known only after time T: exclude patients without it who were "
        "censored before T.",
        metavar="T", panel=_OUTCOME, ends=False,
    )  # fmt: skip
    combine: Sequence[str] = option(
        (), "Combine markers by logistic regression.", metavar="A+B", panel=_CUTOFF
    )
    compare: bool = option(
        False, "Test differences in AUC between markers, and between groups.", panel=_CUTOFF
    )
    by: str | None = option(
        None, "Analyse each group separately: child_pugh, age@65.", metavar="TERM", panel=_CUTOFF
    )
    criterion: Criterion = option(
        "youden", "How the cut-off is chosen: youden, topleft, or maxstat (survival).",
        metavar="RULE", panel=_CUTOFF,
    )  # fmt: skip
    direction: Direction = option(
        "auto", "Values that indicate the outcome: auto (by medians), higher or lower.",
        metavar="WHICH", panel=_CUTOFF,
    )  # fmt: skip
    at_cut: Sequence[str] = option(
        (), "Evaluate these cut-offs as well: afp=20,400.",
        metavar="MARKER=V[,V…]", panel=_CUTOFF, commas=False,
    )  # fmt: skip
    observed: bool = option(False, "Also show the cut-off as an observed value.", panel=_CUTOFF)
    partial: str | None = option(
        None, "Partial AUC at or above specificity=0.8 or sensitivity=0.9.",
        metavar="WHERE", panel=_CUTOFF,
    )  # fmt: skip
    ci: Interval = option(
        "wilson", "Confidence intervals of proportions: wilson or clopper-pearson.",
        metavar="TYPE", panel=_CUTOFF,
    )  # fmt: skip
    boot: int | None = option(
        None, "Number of bootstrap samples (default: 1000 with --at, otherwise 0).",
        metavar="N", panel=RANDOM, high=MOST_SAMPLES,
    )  # fmt: skip
    seed: int = seed_option()
    min_prop: float = option(
        0.1, "maxstat: smallest share of patients on either side.",
        metavar="P", panel=_CUTOFF, low=0.001, high=0.5, ends=False,
    )  # fmt: skip
    curve: bool = option(False, "Add every operating point, for JSON and CSV.", panel=_CUTOFF)
    which: Picture | None = option(
        None, "The figure of --plot: roc, thresholds (sensitivity and specificity against the "
        "cut-off), or maxstat.",
        metavar="FIGURE", panel=_CUTOFF,
    )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.partial is not None and not _PARTIAL.fullmatch(self.partial):
            raise UsageError(
                f"{self.partial!r} does not define a partial area.",
                where="--partial",
                hint="Write specificity=0.8 or sensitivity=0.9.",
            )

    def require(self) -> None:
        """Refuse a ROC analysis without an outcome."""
        if not self.has_curve and self.criterion != "maxstat":
            raise UsageError(
                "A ROC analysis needs an outcome.",
                where="--outcome",
                hint="Use --outcome primary_resistance, --outcome response=PD, or a time of a "
                "survival endpoint: --at 12.",
            )

    @property
    def has_curve(self) -> bool:
        """Whether there is an outcome, and so a ROC curve."""
        return self.outcome is not None or self.at is not None

    @property
    def samples(self) -> int:
        """Number of bootstrap samples as resolved."""
        if self.boot is None:
            return SAMPLES_WITH_AT if self.at is not None else 0
        return int(self.boot)

    @property
    def figure(self) -> str:
        """The figure as resolved."""
        return self.which or ("roc" if self.has_curve else "maxstat")
