"""Options of `hcc2l cox` and `hcc2l logistic`."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.specs.options import AnalysisSpec, SurvivalSpec, between, one_of

FORESTS = ("univariable", "multivariable", "both", "subgroups")
INTERVALS = ("wald", "profile")
TIES = ("efron", "breslow")
STEPWISE = ("aic", "lr", "wald")
PH_TRANSFORMS = ("km", "identity", "rank", "log")


@dataclass(frozen=True, kw_only=True)
class RegressionSpec(AnalysisSpec):
    """What every regression can be told.

    Attributes
    ----------
    covariates
        Terms of the model.
    univariable, multivariable
        Which models; both when neither is said.
    select
        Terms whose univariable p (overall Wald) is below this enter the multivariable model.
    stepwise
        Backward elimination by ``aic``, or by the p of the ``lr`` or ``wald`` test of a term.
    stay
        A term stays while its p is below this (``lr``, ``wald``).
    interaction
        ``A:B``: a likelihood-ratio test of their product, added to the model of both.
    which
        What the forest plot shows; the last kind of model that was fitted when left out.
    """

    covariates: tuple[str, ...] = ()
    univariable: bool = False
    multivariable: bool = False
    select: float | None = between(0.0, 1.0, None)
    stepwise: str | None = one_of(STEPWISE, None)
    stay: float = between(0.0, 1.0, 0.05)
    interaction: tuple[str, ...] = ()
    which: str | None = one_of(FORESTS, None)

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
                "--select and --stepwise are two ways to choose the same model.",
                where="--select",
                hint="Leave one of the two out.",
            )
        self._refuse_undrawn()

    @property
    def has_subgroups(self) -> bool:
        """Whether an effect in subgroups is asked for."""
        return False

    @property
    def models(self) -> tuple[bool, bool]:
        """Whether the univariable and the multivariable models are asked for."""
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
        }
        if not fitted[self.which]:
            raise UsageError(
                f"The models of --which {self.which} are not asked for.",
                where="--which",
                hint="Add --subgroups TERM --within A,B (Cox regression)."
                if self.which == "subgroups"
                else "Leave out --univariable or --multivariable to have both.",
            )


@dataclass(frozen=True, kw_only=True)
class CoxSpec(SurvivalSpec, RegressionSpec):
    """Options of `hcc2l cox`, beside those of every regression; names as on the command line.

    Attributes
    ----------
    ties
        ``efron`` or ``breslow``.
    strata, cluster, weights
        Terms or columns of the model; rows missing any of them are left out.
    robust
        Robust (sandwich) variance.
    subgroups, within
        The effect of the first term within each level of the others, with interaction tests.
    landmark
        Count time from here; rows with shorter time are left out.
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
    landmark: float | None = None
    ph_transform: str = one_of(PH_TRANSFORMS, "km")

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.subgroups is None) != (not self.within):
            raise UsageError(
                "A subgroup analysis needs --subgroups TERM and --within A,B.",
                where="--subgroups",
                hint="Such as --subgroups treatment --within sex,child_pugh.",
            )

    @property
    def has_subgroups(self) -> bool:
        """Whether an effect in subgroups is asked for."""
        return self.subgroups is not None


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
