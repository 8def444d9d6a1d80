"""Options of `hcc2l cox` and `hcc2l logistic`."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.specs.options import AnalysisSpec, SurvivalSpec, between, one_of

FORESTS = ("univariable", "multivariable", "both", "subgroups", "adjusted")
INTERVALS = ("wald", "profile")
TIES = ("efron", "breslow")
STEPWISE = ("aic", "lr", "wald")
PH_TRANSFORMS = ("km", "identity", "rank", "log")


@dataclass(frozen=True, kw_only=True)
class RegressionSpec(AnalysisSpec):
    """Options of every regression.

    Attributes
    ----------
    covariates
        Terms of the model.
    univariable, multivariable
        Which models to fit; both by default.
    select
        Terms whose univariable p (overall Wald) is below this enter the multivariable model.
    stepwise
        Backward elimination by ``aic``, or by the p of the ``lr`` or ``wald`` test of a term.
    stay
        A term stays while its p is below this (``lr``, ``wald``); default 0.05.
    interaction
        ``A:B``: a likelihood-ratio test of their product, added to the model of both.
    firth
        Firth's penalised likelihood, with profile limits and likelihood-ratio p.
    performance
        Whether to measure how well the multivariable model predicts.
    boot, seed
        Bootstrap samples for the correction of optimism, default 200, and their seed.
    which
        What the figure shows; by default the last kind of model that was fitted.
    """

    covariates: tuple[str, ...] = ()
    univariable: bool = False
    multivariable: bool = False
    select: float | None = between(0.0, 1.0, None)
    stepwise: str | None = one_of(STEPWISE, None)
    stay: float | None = between(0.0, 1.0, None)
    interaction: tuple[str, ...] = ()
    firth: bool = False
    performance: bool = False
    boot: int | None = None
    seed: int = 1
    which: str | None = one_of(FORESTS, None)

    @staticmethod
    def exclusive() -> tuple[tuple[str, ...], ...]:
        """Options that exclude each other: two ways to select covariates."""
        return (("select", "stepwise"),)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.covariates and not self.has_subgroups:
            raise UsageError(
                "A model needs covariates.",
                where="-x",
                hint="Name them: -x age,sex,child_pugh,afp@400.",
            )
        if self.select is not None and self.stepwise is not None:
            raise UsageError(
                "--select and --stepwise cannot be combined: each selects the covariates.",
                where="--select",
                hint="Drop one of the two.",
            )
        if self.firth and self.stepwise in ("aic", "wald"):
            raise UsageError(
                f"--stepwise {self.stepwise} cannot be combined with --firth, which tests by the "
                "penalised likelihood ratio.",
                where="--stepwise",
                hint="Use --stepwise lr.",
            )
        self._refuse_undrawn()

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
        """Options that were given without effect, and what they need."""
        needed = {}
        if self.stay is not None and self.stepwise not in ("lr", "wald"):
            needed["--stay"] = "--stepwise lr or --stepwise wald"
        for option in ("select", "stepwise"):
            chosen = getattr(self, option) is not None
            if chosen and not (self.models[1] and self.covariates):
                needed[f"--{option}"] = "a multivariable model"
        if self.boot is not None and not self.performance:
            needed["--boot"] = "--performance"
        return needed

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

    def _refuse_undrawn(self) -> None:
        """Refuse a forest plot of models that are not fitted."""
        fitted = {
            None: True,
            "univariable": self.models[0],
            "multivariable": self.models[1],
            "both": all(self.models),
            "subgroups": self.has_subgroups,
            "adjusted": self.has_adjusted_curves,
        }
        hints = {
            "subgroups": "Add --subgroups TERM --within A,B (Cox regression).",
            "adjusted": "Add --adjusted-curves TERM (Cox regression).",
        }
        if not fitted[self.which]:
            raise UsageError(
                f"There is nothing to draw for --which {self.which}.",
                where="--which",
                hint=hints.get(
                    self.which or "", "Drop --univariable or --multivariable to fit both."
                ),
            )


@dataclass(frozen=True, kw_only=True)
class CoxSpec(SurvivalSpec, RegressionSpec):
    """Options of `hcc2l cox`, beside those of every regression; names as on the command line.

    Attributes
    ----------
    ties
        ``efron`` or ``breslow``.
    strata, cluster, weights
        Terms or columns of the model; rows with a missing value are excluded.
    robust
        Robust (sandwich) variance.
    subgroups, within
        The effect of the first term within each level of the others, with interaction tests.
    adjusted_curves
        Survival by the levels of this term of the multivariable model, averaged over the cohort.
    landmark
        Count time from here; rows with no longer time are excluded.
    ph_transform
        Time scale of the test of proportional hazards.
    """

    ties: str = one_of(TIES, "efron")
    strata: str | None = None
    cluster: str | None = None
    weights: str | None = None
    robust: bool = False
    subgroups: str | None = None
    within: tuple[str, ...] = ()
    adjusted_curves: str | None = None
    landmark: float | None = None
    ph_transform: str = one_of(PH_TRANSFORMS, "km")

    @staticmethod
    def exclusive() -> tuple[tuple[str, ...], ...]:
        """Options that exclude each other: those of the endpoint and of the regression."""
        return *SurvivalSpec.exclusive(), *RegressionSpec.exclusive()

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.subgroups is None) != (not self.within):
            raise UsageError(
                "A subgroup analysis needs --subgroups TERM and --within A,B.",
                where="--subgroups",
                hint="For example: --subgroups treatment --within sex,child_pugh.",
            )
        if self.subgroups in self.within:
            raise UsageError(
                f"{self.subgroups!r} cannot be analysed within its own levels.",
                where="--within",
                hint="Name other terms.",
            )
        for option in ("weights", "cluster", "robust"):
            if self.firth and getattr(self, option):
                raise UsageError(
                    f"--firth cannot be combined with --{option}.",
                    where="--firth",
                    hint="Drop one of the two.",
                )

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
    """Options of `hcc2l logistic`, beside those of every regression.

    Attributes
    ----------
    outcome
        ``COL`` or ``COL=VALUE``: the outcome.
    ci
        ``wald`` or ``profile`` confidence limits.
    """

    outcome: str | None = None
    ci: str = one_of(INTERVALS, "wald")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.outcome is None:
            raise UsageError(
                "A logistic regression needs an outcome.",
                where="--outcome",
                hint="Name it: --outcome primary_resistance, or --outcome response=PD.",
            )
