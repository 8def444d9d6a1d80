"""Options of `hcc2l cox` and `hcc2l logistic`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from hcc2l.errors import UsageError
from hcc2l.specs.exposures import COX_RULES, when_option
from hcc2l.specs.figure import SURVIVAL_FIGURE, SurvivalFigureOptions
from hcc2l.specs.imputation import IMPUTING, ImputationOptions
from hcc2l.specs.impute import IMPUTATION
from hcc2l.specs.loops import loop_rules
from hcc2l.specs.options import (
    MOST_SAMPLES,
    OUTPUT,
    RANDOM,
    AnalysisSpec,
    SurvivalSpec,
    drop_constant_option,
    entry_option,
    option,
)
from hcc2l.specs.rules import Excludes, Needs, NoEffect

Forest = Literal["univariable", "multivariable", "both", "spline"]
CoxFigure = Literal[
    "univariable", "multivariable", "both", "subgroups", "adjusted", "centres", "spline"
]
Interval = Literal["wald", "profile"]
Ties = Literal["efron", "breslow"]
Stepwise = Literal["aic", "lr", "wald"]
Layout = Literal["beside", "stacked"]
Transform = Literal["km", "identity", "rank", "log"]

_MODEL = "Model"
_SELECTION = "Variable selection"
_EFFECTS = "Interactions and subgroups"
_FROM_TIME_0 = {  # what --entry excludes, and why
    "--firth": "the penalised likelihood is that of patients followed from time 0",
    "--landmark": "a landmark counts time anew, in patients followed from time 0",
    "--performance": "its measures and samples take each row for a patient followed from time 0",
    "--adjusted-curves": "they are averages over patients followed from time 0",
    "--competing": "incidences are estimated in patients followed from time 0",
}
_COMPETING = "Competing events"


@dataclass(frozen=True, kw_only=True)
class RegressionSpec(AnalysisSpec, ImputationOptions):
    """Options of every regression."""

    references = True
    optional_tables: ClassVar[Mapping[str, str]] = {
        "selection": "--select 0.2",
        "performance": "--performance",
    }
    rules = (
        *ImputationOptions.rules,
        Needs(
            "--shift", ("--impute", "--imputations"),
            message="--shift changes imputed values, and nothing is imputed.",
            hint="Add --impute 20.",
        ),
        *(
            Excludes(imputing, other)
            for imputing in IMPUTING
            for other in ("--interaction", "--stepwise aic", "--stepwise lr", "--firth",
                          "--performance", "--save-model")
        ),
        Excludes(
            "--select", "--stepwise", rivals=True,
            message="--select and --stepwise cannot be combined: each selects the covariates.",
        ),
        *(
            Excludes(
                stepwise, "--firth",
                message=f"{stepwise} cannot be combined with --firth, which tests by the "
                "penalised likelihood ratio.",
                hint="Use --stepwise lr.",
            )
            for stepwise in ("--stepwise aic", "--stepwise wald")
        ),
        NoEffect("--stay", ("--stepwise lr", "--stepwise wald")),
    )  # fmt: skip

    covariates: Sequence[str] = option(
        (), "Covariates: columns, cuts (afp@400), comparisons ('ecog==2').",
        metavar="TERM[,TERM…]", panel=_MODEL, short="-x",
    )  # fmt: skip
    univariable: bool = option(False, "Fit the univariable models only.", panel=_MODEL)
    multivariable: bool = option(False, "Fit the multivariable model only.", panel=_MODEL)
    select: float | None = option(
        None, "Enter covariates with univariable p < P into the multivariable model.",
        metavar="P", panel=_SELECTION, high=1.0,
    )  # fmt: skip
    stepwise: Stepwise | None = option(
        None, "Backward elimination by aic, or by the p-value of the lr or wald test.",
        metavar="BY", panel=_SELECTION,
    )  # fmt: skip
    stay: float | None = option(
        None, "Keep a covariate while its p < P, with lr or wald (default: 0.05).",
        metavar="P", panel=_SELECTION, high=1.0,
    )  # fmt: skip
    interaction: Sequence[str] = option(
        (), "Test the interaction of two covariates.", metavar="A:B", panel=_EFFECTS
    )
    layout: Layout = option(
        "beside", "Univariable and multivariable ratios in the table displayed: beside or stacked.",
        metavar="NAME", panel=_MODEL, place=1,
    )  # fmt: skip
    drop_constant: bool = drop_constant_option(_MODEL)
    shift: Sequence[str] = option(
        (), "Sensitivity: also analyse with this number added to the imputed values of a column.",
        metavar="COL=D", panel=IMPUTATION,
    )  # fmt: skip
    firth: bool = option(
        False, "Firth's penalised likelihood, for separation and few events.",
        panel=_MODEL, place=1,
    )  # fmt: skip
    performance: bool = option(
        False, "Predictive performance of the multivariable model, corrected for optimism.",
        panel=RANDOM,
    )  # fmt: skip
    boot: int | None = option(
        None, "Bootstrap samples for --performance; 0 for none (default: 200).",
        metavar="N", panel=RANDOM, high=MOST_SAMPLES,
    )  # fmt: skip
    save_model: str | None = option(
        None, "Save the multivariable model as .json, for validate in other patients.",
        metavar="FILE", panel=OUTPUT, in_dictionary=False,
    )  # fmt: skip
    which: CoxFigure | None = option(
        None, "The figure: univariable, multivariable, both, subgroups, adjusted, centres or "
        "spline.",
        metavar="MODELS", panel=_EFFECTS, place=1,
    )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        univariable, multivariable = self.models
        fitted = {
            "univariable": univariable,
            "multivariable": multivariable,
            "both": univariable and multivariable,
        }
        if not fitted.get(self.which or "", True):
            raise UsageError(
                f"There is nothing to draw for --which {self.which}.",
                where="--which",
                hint="Drop --univariable or --multivariable to fit both.",
            )

    def require(self) -> None:
        """Refuse a model without covariates."""
        if not self.covariates and not self.has_subgroups:
            raise UsageError(
                "A model needs covariates.",
                where="-x",
                hint="Name them: -x age,sex,child_pugh,afp@400.",
            )

    @property
    def stays_below(self) -> float:
        """The p below which a term stays in an elimination."""
        return 0.05 if self.stay is None else self.stay

    @property
    def samples(self) -> int:
        """Bootstrap samples of the performance."""
        return 200 if self.boot is None else self.boot

    @property
    def without_effect(self) -> dict[str, str]:
        """Options that were given and have no effect, and what each would need."""
        idle = super().without_effect
        if not (self.models[1] and self.covariates):
            chosen = {"--select": self.select, "--stepwise": self.stepwise}
            needed = "a multivariable model"
            idle |= {name: needed for name, value in chosen.items() if value is not None}
        return idle

    @property
    def has_subgroups(self) -> bool:
        """Whether subgroups were requested."""
        return False

    @property
    def has_adjusted_curves(self) -> bool:
        """Whether adjusted survival curves were requested."""
        return False

    @property
    def models(self) -> tuple[bool, bool]:
        """Whether univariable and multivariable models were requested."""
        neither = not self.univariable and not self.multivariable
        return self.univariable or neither, self.multivariable or neither


@dataclass(frozen=True, kw_only=True)
class CoxSpec(SurvivalSpec, RegressionSpec, SurvivalFigureOptions):
    """Cox regression: univariable and multivariable hazard ratios, checks, forest plot."""

    example = "-x age@per10,child_pugh,afp@400 --plot forest.pdf"
    optional_tables: ClassVar[Mapping[str, str]] = {
        **RegressionSpec.optional_tables,
        "subgroups": "--subgroups TERM --within A,B",
        "adjusted": "--adjusted-curves TERM",
        "adjusted_curve": "--adjusted-curves TERM",
        "frailty": "--frailty COL",
        "centres": "--frailty COL",
        "piecewise": "--split 6 --interaction-with-time TERM",
        "time_interaction": "--split 6 --interaction-with-time TERM",
        "competing_terms": "--event status=1 --competing status=2",
        "adjusted_incidence": "--event status=1 --competing status=2 --adjusted-incidence TERM "
        "--at 6,12",
    }
    rules = (
        *SurvivalSpec.rules,
        *RegressionSpec.rules,
        NoEffect("--boot", ("--performance", "--adjusted-incidence")),
        *loop_rules("--performance", "--adjusted-incidence", "--impute"),
        *(
            Needs(
                one, (other,),
                message="A subgroup analysis needs --subgroups TERM and --within A,B.",
                hint="For example: --subgroups treatment --within sex,child_pugh.",
            )
            for one, other in (("--subgroups", "--within"), ("--within", "--subgroups"))
        ),
        *(Excludes("--firth", other) for other in ("--weights", "--cluster", "--robust")),
        *(
            Excludes("--frailty", other)
            for other in (
                "--firth", "--weights", "--cluster", "--robust", "--adjusted-curves",
                "--performance", "--entry", "--competing",
            )
        ),
        Needs(
            "--which centres", ("--frailty",),
            message="There is nothing to draw for --which centres.",
            hint="Add --frailty COL.",
        ),
        *(
            Excludes("--entry", other, message=f"--entry cannot be combined with {other}: {why}.")
            for other, why in _FROM_TIME_0.items()
        ),
        *(
            Excludes(imputing, other)
            for imputing in IMPUTING
            for other in (
                "--subgroups", "--adjusted-curves", "--entry", "--frailty", "--competing",
            )
        ),
        *(
            Excludes("--save-model", other)
            for other in ("--frailty", "--entry", "--competing")
        ),
        Excludes(
            "--save-model", "--strata",
            message="A stratified model has a baseline of its own in each stratum; it cannot be "
            "saved.",
            hint="Use the stratum as a covariate, or omit --save-model.",
        ),
        Excludes(
            "--save-model", "--landmark",
            message="Times of a model from a landmark are not those of the endpoint; it cannot be "
            "saved.",
            hint="Omit one of the two.",
        ),
        Needs(
            "--which subgroups", ("--subgroups",),
            message="There is nothing to draw for --which subgroups.",
            hint="Add --subgroups TERM --within A,B.",
        ),
        *(NoEffect(name, ("--adjusted-curves", "--adjusted-incidence"))
          for name in SURVIVAL_FIGURE),
        Excludes(
            "--show hazard", "--adjusted-curves",
            message="Adjusted curves are averages of survival, not of the hazard.",
            hint="Use --show risk, or omit --show.",
        ),
        Needs(
            "--which adjusted", ("--adjusted-curves", "--adjusted-incidence"),
            message="There is nothing to draw for --which adjusted.",
            hint="Add --adjusted-curves TERM.",
        ),
        Needs(
            "--censoring-group", ("--competing",),
            message="--censoring-group is for Fine and Gray's model, which was not requested.",
            hint="Add --competing with the competing event.",
        ),
        Needs(
            "--adjusted-incidence", ("--competing --at",),
            message="An adjusted cumulative incidence needs a competing event and times.",
            hint="For example: --competing death --adjusted-incidence treatment --at 6,12.",
        ),
        Needs(
            "--at", ("--adjusted-incidence",),
            message="--at gives the times of adjusted incidences, which were not requested.",
            hint="Add --competing COL and --adjusted-incidence TERM.",
        ),
        *(Excludes("--competing", other) for other in ("--firth", "--strata", "--performance")),
        Excludes(
            "--competing", "--univariable",
            message="The models of competing events are multivariable.",
            hint="Omit --univariable, or give one covariate: -x treatment.",
        ),
        Excludes(
            "--competing", "--subgroups",
            message="--competing cannot be combined with --subgroups.",
            hint="Select each subgroup with --where.",
        ),
        Excludes(
            "--competing", "--adjusted-curves",
            message="With a competing event, survival curves would treat that event as censoring.",
            hint="Use --adjusted-incidence TERM --at T.",
        ),
        *(
            Excludes(
                show, "--adjusted-incidence",
                message="With a competing event the figure shows cumulative incidences.",
                hint="Omit --show.",
            )
            for show in ("--show risk", "--show hazard")
        ),
        Needs(
            "--split", ("--interaction-with-time",),
            message="--split divides the time of the hazard ratio of a term, which was not named.",
            hint="Name it: --interaction-with-time TERM.",
        ),
        Needs(
            "--interaction-with-time", ("--split",),
            message="Hazard ratios by period need the times between the periods.",
            hint="Give them: --split 6.",
        ),
        *(
            Excludes("--interaction-with-time", other)
            for other in ("--firth", "--frailty", "--competing", *IMPUTING)
        ),
        Excludes(
            "--interaction-with-time", "--univariable",
            message="Hazard ratios by period are those of the multivariable model.",
            hint="Omit --univariable, or give one covariate: -x treatment.",
        ),
        *COX_RULES,
    )  # fmt: skip

    ties: Ties = option(
        "efron", "Tied event times: efron or breslow.",
        metavar="METHOD", panel=_MODEL,
    )  # fmt: skip
    strata: str | None = option(
        None, "Stratify the baseline hazard by this term.", metavar="TERM", panel=_MODEL
    )
    cluster: str | None = option(
        None, "Robust variance, clustered on this column.", metavar="COL", panel=_MODEL
    )
    frailty: str | None = option(
        None, "Gamma frailty, shared by the patients with one value of this column.",
        metavar="COL", panel=_MODEL,
    )  # fmt: skip
    weights: str | None = option(
        None, "Column of case weights; fractional weights give robust variances.",
        metavar="COL", panel=_MODEL,
    )  # fmt: skip
    robust: bool = option(False, "Robust (sandwich) variance.", panel=_MODEL)
    entry: str | None = entry_option(_MODEL)
    subgroups: str | None = option(
        None, "Hazard ratio of this term in the subgroups defined by --within.",
        metavar="TERM", panel=_EFFECTS,
    )  # fmt: skip
    within: Sequence[str] = option(
        (), "Terms whose levels define the subgroups.", metavar="TERM[,TERM…]", panel=_EFFECTS
    )
    split: Sequence[float] = option(
        (), "Hazard ratios before and after T of the term of --interaction-with-time.",
        metavar="T[,T…]", panel=_EFFECTS, ends=False,
    )  # fmt: skip
    interaction_with_time: str | None = option(
        None, "Hazard ratio of this covariate in the periods of --split, with a test that they "
        "are equal.",
        metavar="TERM", panel=_EFFECTS,
    )  # fmt: skip
    adjusted_curves: str | None = option(
        None, "Survival by the levels of this covariate, adjusted for the others.",
        metavar="TERM", panel=_EFFECTS,
    )  # fmt: skip
    landmark: Sequence[float] = option(
        (), "Count time from T; patients with an event or censored by T are excluded. With an "
        "exposure that begins later: the landmark analyses that stand beside.",
        metavar="T[,T…]", panel=_MODEL,
    )  # fmt: skip
    when: Sequence[str] = when_option()
    visits: str | None = option(
        None, "A file with a row for each visit: patient, date or time, and covariates that change "
        "from visit to visit.",
        metavar="FILE", panel=_MODEL,
    )  # fmt: skip
    ph_transform: Transform = option(
        "km", "Time scale of the test of proportional hazards: km, identity, rank or log.",
        metavar="SCALE", panel=_MODEL,
    )  # fmt: skip
    competing: str | None = option(
        None, "Competing event: cause-specific hazard ratios and Fine–Gray's side by side.",
        metavar="COL[=VALUE]", panel=_COMPETING,
    )  # fmt: skip
    censoring_group: str | None = option(
        None, "Estimate the distribution of censoring of Fine–Gray's model within these groups.",
        metavar="COL", panel=_COMPETING,
    )  # fmt: skip
    adjusted_incidence: str | None = option(
        None, "Cumulative incidence of each cause by the levels of this covariate, adjusted for "
        "the others.",
        metavar="TERM", panel=_COMPETING,
    )  # fmt: skip
    boot: int | None = option(
        None, "Bootstrap samples for --performance or --adjusted-incidence; 0 for none (default: "
        "200).",
        metavar="N", panel=RANDOM, high=MOST_SAMPLES,
    )  # fmt: skip
    at: Sequence[float] = option(
        (), "Times of --adjusted-incidence.", metavar="T[,T…]", panel=_COMPETING, ends=False
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.subgroups in self.within:
            raise UsageError(
                f"{self.subgroups!r} cannot be analysed within its own levels.",
                where="--within",
                hint="Name other terms.",
            )

    @property
    def since(self) -> float | None:
        """The landmark from which time is counted; None where it is counted from time 0.

        Covariates that change keep their own times: landmark analyses then stand beside.
        """
        return self.landmark[0] if self.landmark and not self.changing else None

    @property
    def changing(self) -> bool:
        """Whether covariates change with time: exposures that begin later, values at visits."""
        return bool(self.when or self.visits)

    def settings(self) -> dict[str, object]:
        """Every option with its value; one landmark is a number."""
        landmark = self.landmark[0] if len(self.landmark) == 1 else list(self.landmark) or None
        return super().settings() | {"landmark": landmark}

    @property
    def has_subgroups(self) -> bool:
        """Whether subgroups were requested."""
        return self.subgroups is not None

    @property
    def has_adjusted_curves(self) -> bool:
        """Whether adjusted survival curves were requested."""
        return self.adjusted_curves is not None


@dataclass(frozen=True, kw_only=True)
class LogisticSpec(RegressionSpec):
    """Logistic regression: univariable and multivariable odds ratios, checks, forest plot."""

    rules = (
        *RegressionSpec.rules,
        *(Excludes(imputing, "--ci profile") for imputing in IMPUTING),
        NoEffect("--boot", ("--performance",)),
        *loop_rules("--performance", "--impute"),
    )

    example = "--outcome primary_resistance -x age,child_pugh,afp@400"
    outcome: str | None = option(
        None, "The outcome, such as primary_resistance or response=PD.",
        metavar="COL[=VALUE]", panel=_MODEL, place=-1,
    )  # fmt: skip
    ci: Interval = option(
        "wald", "Confidence limits: wald or profile.",
        metavar="TYPE", panel=_MODEL,
    )  # fmt: skip

    which: Forest | None = option(
        None, "Models in the figure: univariable, multivariable, both or spline.",
        metavar="MODELS", panel=_EFFECTS, place=1,
    )  # fmt: skip

    def require(self) -> None:
        """Refuse a model without covariates or outcome."""
        super().require()
        if self.outcome is None:
            raise UsageError(
                "A logistic regression needs an outcome.",
                where="--outcome",
                hint="Name it: --outcome primary_resistance, or --outcome response=PD.",
            )
