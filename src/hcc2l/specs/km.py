"""Options of `hcc2l km`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from hcc2l.specs.exposures import KM_RULES, when_option
from hcc2l.specs.figure import FIGURE, SurvivalFigureOptions
from hcc2l.specs.imputation import IMPUTING, ImputationOptions
from hcc2l.specs.loops import loop_rules
from hcc2l.specs.options import SurvivalSpec, entry_option, option
from hcc2l.specs.rules import Excludes, Needs

ConfType = Literal["log", "log-log", "plain", "logit", "arcsin"]
Test = Literal["logrank", "peto", "gehan", "tarone-ware", "fh"]
Adjustment = Literal["holm", "bh", "bonferroni", "none"]
Family = Literal["exponential", "weibull", "lognormal", "loglogistic", "best"]

_COMPARISON = "Comparison of groups"
_KM = "Kaplan–Meier"
_FROM_TIME_0 = {  # what --entry and --from exclude, and why
    "--competing": "cumulative incidences are estimated in patients followed from time 0",
    "--parametric": "parametric models are fitted to patients followed from time 0",
    "--nph": "its tests and measures compare patients followed from time 0",
    "--weights": "weighted curves have a variance for patients followed from time 0 only",
    "--landmark": "a landmark counts time anew, in patients followed from time 0",
}
_NOT_POOLED = (
    "--given", "--tau", "--test peto", "--test gehan", "--test tarone-ware", "--test fh",
    "--strata", "--trend", "--pairwise", "--nph", "--landmark", "--weights", "--competing",
    "--parametric", "--curve", "--cumulative-events", "--hr", "--conf-type",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class KmSpec(SurvivalSpec, ImputationOptions, SurvivalFigureOptions):
    """Kaplan–Meier analysis: medians, survival at given times, log-rank tests, numbers at risk."""

    example = "--by child_pugh --at 6,12 --plot km.pdf"
    optional_tables: ClassVar[Mapping[str, str]] = {
        "survival": "--at 6,12",
        "conditional": "--given 6 --at 12",
        "rmst": "--tau 12",
        "pairwise": "--pairwise",
        "hazard_ratios": "--hr",
        "parametric": "--parametric best",
        "nph_tests": "--nph",
        "rmst_ratios": "--nph",
        "milestones": "--nph --at 6,12",
        "piecewise": "--nph --split 6",
        "curve": "--curve",
    }
    rules = (
        *SurvivalSpec.rules,
        *ImputationOptions.rules,
        *loop_rules("--impute"),
        *(
            Needs(
                imputing, ("--by",),
                message=f"{imputing} imputes the groups, and no groups were given.",
                hint="Add --by with a grouping column.",
            )
            for imputing in IMPUTING
        ),
        *(Excludes(imputing, other) for imputing in IMPUTING for other in _NOT_POOLED),
        *(
            Needs(
                name, ("--by",),
                message=f"{name} compares groups, but no groups were given.",
                hint="Add --by with a grouping column.",
            )
            for name in ("--trend", "--pairwise", "--strata", "--hr", "--nph")
        ),
        Needs(
            "--split", ("--nph",),
            message="--split divides the time of the panel of --nph, which was not requested.",
            hint="Add --nph.",
        ),
        *(
            Needs(
                name, ("--test fh",),
                message=f"{name} is an exponent of the Fleming–Harrington test, which was not "
                "requested.",
                hint="Add --test fh.",
            )
            for name in ("--rho", "--gamma")
        ),
        Needs(
            "--given", ("--at",),
            message="--given asks how many of those alive at T survive to later times, which were "
            "not given.",
            hint="Add the later times: --given 6 --at 12,18.",
        ),
        Excludes("--given", "--competing"),
        *(
            Excludes(option, other, message=f"{option} cannot be combined with {other}: {why}.")
            for option in ("--entry", "--from")
            for other, why in _FROM_TIME_0.items()
        ),
        Excludes(
            "--from", "--given",
            message="--from T begins the curves at T, so that they are conditional survival "
            "already.",
            hint="Omit --given.",
        ),
        Excludes("--nph", "--competing"),
        Excludes("--nph", "--weights"),
        Excludes("--tau", "--competing"),
        Excludes("--parametric", "--competing"),
        Excludes("--hr", "--competing"),
        *(
            Excludes(
                show, "--competing",
                message="With a competing event the figure shows cumulative incidences.",
                hint="Omit --show.",
            )
            for show in ("--show risk", "--show hazard")
        ),
        Excludes(
            "--parametric", "--weights",
            message="Parametric models do not take case weights.",
            hint="Omit --weights or --parametric.",
        ),
        *KM_RULES,
    )  # fmt: skip

    by: str | None = option(
        None, "Groups: a column, a cut (afp@400, afp@median) or a comparison ('ecog==2').",
        metavar="TERM", panel=_COMPARISON,
    )  # fmt: skip
    conf_type: ConfType = option(
        "log", "Scale of confidence intervals: log, log-log, plain, logit or arcsin.",
        metavar="TYPE", panel=_KM, place=1,
    )  # fmt: skip
    at: Sequence[float] = option(
        (), "Survival, or cumulative incidence, at these times.", metavar="T[,T…]", panel=_KM
    )
    given: Sequence[float] = option(
        (), "Conditional survival: of those event-free at T, how many still are at the times of "
        "--at.",
        metavar="T[,T…]", panel=_KM, ends=False,
    )  # fmt: skip
    tau: float | None = option(
        None, "Restricted mean survival time to T, with differences between groups.",
        metavar="T", panel=_KM, ends=False,
    )  # fmt: skip
    test: Sequence[Test] = option(
        ("logrank",), "logrank (default), peto, gehan, tarone-ware or fh.",
        metavar="TEST", panel=_COMPARISON,
    )  # fmt: skip
    rho: float = option(0.0, "Exponent ρ of --test fh.", metavar="X", panel=_COMPARISON, place=1)
    gamma: float = option(0.0, "Exponent γ of --test fh.", metavar="X", panel=_COMPARISON, place=1)
    strata: str | None = option(
        None, "Add a log-rank test stratified by this term.", metavar="TERM", panel=_COMPARISON
    )
    trend: bool = option(
        False, "Add a test for trend across the groups in level order.", panel=_COMPARISON
    )
    pairwise: bool = option(False, "Add a log-rank test of each pair of groups.", panel=_COMPARISON)
    adjust: Adjustment = option(
        "holm", "Adjustment of pairwise p-values: holm, bh, bonferroni or none.",
        metavar="METHOD", panel=_COMPARISON,
    )  # fmt: skip
    nph: bool = option(
        False, "Two groups whose hazard ratio may change with time: weighted log-rank tests, "
        "MaxCombo, restricted means, and differences at the times of --at.",
        panel=_COMPARISON,
    )  # fmt: skip
    split: Sequence[float] = option(
        (), "With --nph: hazard ratios before and after T, with a test that they are equal.",
        metavar="T[,T…]", panel=_COMPARISON, ends=False,
    )  # fmt: skip
    landmark: float | None = option(
        None, "Count time from T; patients with an event or censored by T are excluded.",
        metavar="T", panel=_KM,
    )  # fmt: skip
    entry: str | None = entry_option(_KM)
    from_: float | None = option(
        None, "Begin the curves at T, with those who are still event-free then; the time scale "
        "stays.",
        metavar="T", panel=_KM, ends=False,
    )  # fmt: skip
    when: Sequence[str] = when_option()
    weights: str | None = option(
        None, "Column of case weights; fractional weights give robust variances.",
        metavar="COL", panel=_KM,
    )  # fmt: skip
    competing: str | None = option(
        None, "Competing event, for cumulative incidence and Gray's test.",
        metavar="COL[=VALUE]", panel=_KM,
    )  # fmt: skip
    parametric: Sequence[Family] = option(
        (), "exponential, weibull, lognormal, loglogistic or best (by AIC).",
        metavar="MODEL", panel=_KM,
    )  # fmt: skip
    curve: bool = option(False, "Add the whole curve as a table, for JSON and CSV.", panel=_KM)
    cumulative_events: bool = option(
        False, "Show cumulative events below the numbers at risk in the figure.", panel=FIGURE
    )
    hr: bool = option(
        False, "Hazard ratios to the first group, unadjusted; in the figure with the medians.",
        panel=FIGURE,
    )  # fmt: skip
