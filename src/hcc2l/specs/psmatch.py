"""Options of `hcc2l psmatch`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from hcc2l.errors import UsageError
from hcc2l.specs.figure import SURVIVAL_FIGURE, SurvivalFigureOptions
from hcc2l.specs.imputation import IMPUTING, ImputationOptions
from hcc2l.specs.loops import loop_rules
from hcc2l.specs.options import (
    EndpointSpec,
    SurvivalSpec,
    drop_constant_option,
    option,
    options_of,
)
from hcc2l.specs.rules import Excludes, Needs, NoEffect

Method = Literal["nearest", "optimal"]
Scale = Literal["logit", "propensity"]
Unit = Literal["sd", "raw"]
Order = Literal["largest", "smallest", "data", "random"]
Weighting = Literal["none", "iptw", "overlap"]
Estimand = Literal["att", "ate"]
ScoreModel = Literal["logistic", "boosted"]
Denominator = Literal["pooled", "att"]
Picture = Literal["love", "scores", "survival"]

_TREATMENT = "Treatment and score"
_MATCHING = "Matching and balance"
_WEIGHTING = "Weighting"
_OUTCOMES = "Outcomes and figure"


@dataclass(frozen=True, kw_only=True)
class PsmatchSpec(EndpointSpec, ImputationOptions, SurvivalFigureOptions):
    """Compare two treatments in matched patients: propensity score, balance, outcomes."""

    example = "--treat lenvatinib -x age,child_pugh,afp@log2"
    optional_tables: ClassVar[Mapping[str, str]] = {
        "nph_tests": "--nph",
        "rmst": "--nph",
        "rmst_differences": "--nph",
        "rmst_ratios": "--nph",
        "milestones": "--nph --at 6,12",
        "piecewise": "--nph --split 6",
    }
    saves = True
    rules = (
        *EndpointSpec.rules,
        *ImputationOptions.rules,
        *loop_rules("--impute"),
        *(
            Excludes(imputing, other)
            for imputing in IMPUTING
            for other in ("--which scores", "--which survival", "--nph")
        ),
        *(
            Needs(
                name, ("--nph",),
                message=f"{name} belongs to the panel of --nph, which was not requested.",
                hint="Add --nph.",
            )
            for name in ("--split", "--tau", "--at")
        ),
        *(
            Excludes(
                "--nph", other,
                message="The panel compares matched patients who count alike, and with "
                f"{other} they have weights.",
                hint=f"Omit {other}, or --nph.",
            )
            for other in ("--ratio", "--replace")
        ),
        *(
            Excludes(
                "--endpoint", other, rivals=True,
                message=f"--endpoint cannot be combined with {columns}.",
                hint=f"Use either --endpoint or {columns}.",
            )
            for columns, others in (
                ("--start and --end", ("--start", "--end", "--censor")),
                ("--time and --event", ("--time", "--event")),
            )
            for other in others
        ),
        NoEffect("--estimand", ("--weighting iptw",)),
        NoEffect("--no-stabilised", ("--weighting iptw --estimand ate",)),
        NoEffect("--truncate", ("--weighting iptw", "--weighting overlap")),
        NoEffect("--ratio", ("--method nearest",)),
        NoEffect("--replace", ("--method nearest",)),
        *(NoEffect(name, ("--which survival",)) for name in SURVIVAL_FIGURE),
    )  # fmt: skip

    treat: str | None = option(
        None, "The treated group: a level of the treatment, a column with two values, or both.",
        metavar="LEVEL|COL|COL=LEVEL", panel=_TREATMENT,
    )  # fmt: skip
    control: str | None = option(
        None, "The control group, if the treatment has more than two levels.",
        metavar="LEVEL", panel=_TREATMENT,
    )  # fmt: skip
    covariates: Sequence[str] = option(
        (), "Covariates of the score: columns, cuts (afp@400), comparisons.",
        metavar="TERM[,TERM…]", panel=_TREATMENT, short="-x",
    )  # fmt: skip
    drop_constant: bool = drop_constant_option(_TREATMENT)
    propensity: ScoreModel = option(
        "logistic", "Model of the score: logistic regression, or boosted (regression trees).",
        metavar="MODEL", panel=_TREATMENT,
    )  # fmt: skip
    method: Method = option(
        "nearest", "nearest (greedy) or optimal (smallest total distance).",
        metavar="METHOD", panel=_MATCHING,
    )  # fmt: skip
    distance: Scale = option(
        "logit", "Match on the logit of the propensity score, or on the score itself (propensity).",
        metavar="SCALE", panel=_MATCHING,
    )  # fmt: skip
    caliper: float | None = option(
        0.2, "The largest permitted distance within a match, or none.",
        metavar="C", panel=_MATCHING, ends=False, words=("none",),
    )  # fmt: skip
    caliper_scale: Unit = option(
        "sd", "Unit of the caliper: SD of the distance in all patients (sd), or raw.",
        metavar="UNIT", panel=_MATCHING,
    )  # fmt: skip
    ratio: int = option(
        1, "Maximum number of controls per treated patient.", metavar="K", panel=_MATCHING, low=1,
        high=1000,
    )  # fmt: skip
    replace: bool = option(
        False, "Match with replacement: controls can be matched to several treated patients.",
        panel=_MATCHING,
    )  # fmt: skip
    order: Order = option(
        "largest", "Order of the treated: largest or smallest score first, data (as in the file), "
        "or random.",
        metavar="ORDER", panel=_MATCHING,
    )  # fmt: skip
    exact: Sequence[str] = option(
        (), "Match exactly on these terms.", metavar="TERM[,TERM…]", panel=_MATCHING
    )
    smd: Denominator = option(
        "pooled", "SD for standardised differences: pooled, or that of the treated (att).",
        metavar="SD", panel=_MATCHING,
    )  # fmt: skip
    weighting: Weighting = option(
        "none", "Also analyse all patients weighted by the score: iptw or overlap.",
        metavar="WEIGHTS", panel=_WEIGHTING,
    )  # fmt: skip
    estimand: Estimand | None = option(
        None, "With iptw: effect in the treated (att, default) or in all patients (ate).",
        metavar="ESTIMAND", panel=_WEIGHTING,
    )  # fmt: skip
    stabilised: bool = option(
        True, "With ate: multiply weights by the proportion of patients in the same group.",
        panel=_WEIGHTING,
    )  # fmt: skip
    truncate: float | None = option(
        None, "Truncate the weights at their quantiles Q and 1 - Q.",
        metavar="Q", panel=_WEIGHTING, high=0.5, ends=False,
    )  # fmt: skip
    doubly_robust: bool = option(
        False, "Also adjust the hazard ratios for the covariates.", panel=_OUTCOMES
    )
    nph: bool = option(
        False, "Matched patients, where the hazard ratio may change with time: weighted log-rank "
        "tests, MaxCombo, restricted means, and differences at the times of --at.",
        panel=_OUTCOMES,
    )  # fmt: skip
    split: Sequence[float] = option(
        (), "With --nph: hazard ratios before and after T, with a test that they are equal.",
        metavar="T[,T…]", panel=_OUTCOMES, ends=False,
    )  # fmt: skip
    tau: float | None = option(
        None, "With --nph: restrict mean survival times to T (default: to where both groups "
        "reach).",
        metavar="T", panel=_OUTCOMES, ends=False,
    )  # fmt: skip
    at: Sequence[float] = option(
        (), "With --nph: differences in survival at these times.",
        metavar="T[,T…]", panel=_OUTCOMES,
    )  # fmt: skip
    endpoint: Sequence[str] = option(
        (), "Endpoints (default: all endpoints of the cohort).",
        metavar="NAME[,NAME…]", panel=_OUTCOMES, place=1,
    )  # fmt: skip
    which: Picture = option(
        "love", "Figure: love (love plot), scores or survival.",
        metavar="PICTURE", panel=_OUTCOMES,
    )  # fmt: skip
    seed: int = option(
        1, "Seed of the random order, of boosting and of imputation.", metavar="N",
        panel=_MATCHING, place=1,
    )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.caliper, str):  # `none`, on the command line or in a dictionary
            object.__setattr__(self, "caliper", None)

    def require(self) -> None:
        """Refuse a comparison without a treatment or covariates."""
        if self.treat is None:
            raise UsageError(
                "No treatment was given.",
                where="--treat",
                hint="Use --treat LEVEL, for example --treat lenvatinib.",
            )
        if not self.covariates:
            raise UsageError(
                "No covariates were given for the propensity score.",
                where="-x",
                hint="Name what the choice of treatment may have depended on, for example -x "
                "age,sex,child_pugh, or set the default in hcc2l.toml: [psmatch] covariates = "
                '["age", "sex"].',
            )

    def survival(self, endpoint: str) -> SurvivalSpec:
        """The options of one endpoint: the one given by its columns, else the named one."""
        shared = {name: getattr(self, name) for name in options_of(EndpointSpec)}
        return SurvivalSpec(endpoint=endpoint, **shared)

    @property
    def controls_each(self) -> int:
        """Maximum number of controls per treated patient; 1 in optimal matching."""
        return 1 if self.method == "optimal" else self.ratio

    @property
    def reuses(self) -> bool:
        """Whether controls can be matched repeatedly; never in optimal matching."""
        return self.replace and self.method == "nearest"
