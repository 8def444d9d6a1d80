"""The options of each analysis, with their defaults, checked when they are made.

A spec holds what decides the numbers. How they are shown (format, digits, files) is not in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields

from hcc2l.errors import UsageError, did_you_mean

CONF_TYPES = ("log", "log-log", "plain", "logit", "arcsin")
TESTS = ("logrank", "peto", "gehan", "tarone-ware", "fh")
ADJUSTMENTS = ("holm", "bh", "bonferroni", "none")
PARAMETRIC = ("exponential", "weibull", "lognormal", "loglogistic", "best")
FORESTS = ("univariable", "multivariable", "both", "subgroups")
INTERVALS = ("wald", "profile")
TIES = ("efron", "breslow")
STEPWISE = ("aic", "lr", "wald")
PH_TRANSFORMS = ("km", "identity", "rank", "log")
CHOICES = {
    "conf_type": CONF_TYPES,
    "test": TESTS,
    "adjust": ADJUSTMENTS,
    "ci": INTERVALS,
    "parametric": PARAMETRIC,
    "ph_transform": PH_TRANSFORMS,
    "stepwise": STEPWISE,
    "ties": TIES,
    "which": FORESTS,
}
RANGES = {
    "conf_level": (0.0, 1.0),
    "select": (0.0, 1.0),
    "stay": (0.0, 1.0),
}  # every other number is at least 0
OPEN_RANGES = ("conf_level", "tau")  # the ends themselves are excluded


@dataclass(frozen=True, kw_only=True)
class AnalysisSpec:
    """What every analysis can be told.

    Attributes
    ----------
    where
        Conditions that a row must meet.
    cut
        ``COL=V[,V...]``: cut-points for a number.
    ref
        ``COL=LEVEL``: reference levels.
    conf_level
        Confidence level, between 0 and 1.
    methods
        Give the paragraph for a manuscript.
    """

    where: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    ref: tuple[str, ...] = ()
    conf_level: float = 0.95
    methods: bool = False

    def __post_init__(self) -> None:
        for f in fields(self):
            value = getattr(self, f.name)
            if str(f.type).startswith("tuple"):
                value = _as_tuple(value)
                object.__setattr__(self, f.name, value)
            problem = option_problem(type(self), f.name, value)
            if problem:
                message, hint = problem
                raise UsageError(message, where="--" + f.name.replace("_", "-"), hint=hint)

    def settings(self) -> dict[str, object]:
        """Every option as resolved, for the provenance."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}


@dataclass(frozen=True, kw_only=True)
class SurvivalSpec(AnalysisSpec):
    """What every analysis of a survival endpoint can be told.

    Attributes
    ----------
    endpoint
        Name of an endpoint of the dictionary.
    time, event
        An endpoint said on the spot: a column of times, and ``COL`` or ``COL=VALUE``. One of them
        alone replaces that part of `endpoint`.
    """

    endpoint: str = "os"
    time: str | None = None
    event: str | None = None


@dataclass(frozen=True, kw_only=True)
class KmSpec(SurvivalSpec):
    """Options of `hcc2l km`; names and values as on the command line.

    Attributes
    ----------
    by
        Grouping term; one group when None.
    conf_type
        Interval of S(t) and of its quantiles.
    at
        Times for S(t) or the cumulative incidence.
    tau
        Restriction time of the restricted mean survival time.
    test
        Tests of equal survival.
    rho, gamma
        Exponents of the Fleming-Harrington weight.
    strata
        Term to stratify the log-rank test by.
    trend
        Test for a trend over the groups in level order.
    pairwise, adjust
        Log-rank test of every pair of groups, and how to adjust its p.
    landmark
        Count time from here; rows with shorter time are left out.
    weights
        Column of case weights.
    competing
        ``COL=VALUE``: the competing event.
    parametric
        Parametric models to fit beside the curve.
    curve
        Give the whole curve as a table.
    cumulative_events
        Show cumulative events below the number at risk in the figure.
    """

    by: str | None = None
    conf_type: str = "log"
    at: tuple[float, ...] = ()
    tau: float | None = None
    test: tuple[str, ...] = ("logrank",)
    rho: float = 0.0
    gamma: float = 0.0
    strata: str | None = None
    trend: bool = False
    pairwise: bool = False
    adjust: str = "holm"
    landmark: float | None = None
    weights: str | None = None
    competing: str | None = None
    parametric: tuple[str, ...] = ()
    curve: bool = False
    cumulative_events: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._refuse_contradictions()

    def _refuse_contradictions(self) -> None:
        for option, given in {
            "--trend": self.trend,
            "--pairwise": self.pairwise,
            "--strata": self.strata is not None,
        }.items():
            if given and self.by is None:
                raise UsageError(
                    f"{option} compares groups, and no groups were asked for.",
                    where=option,
                    hint="Add --by with a grouping column.",
                )
        if (self.rho or self.gamma) and "fh" not in self.test:
            raise UsageError(
                "--rho and --gamma are the exponents of the Fleming-Harrington test, "
                "which was not asked for.",
                where="--rho/--gamma",
                hint="Add --test fh.",
            )
        if self.competing is not None:
            clash = {
                "--weights": self.weights is not None,
                "--tau": self.tau is not None,
                "--parametric": bool(self.parametric),
            }
            for option, given in clash.items():
                if given:
                    raise UsageError(
                        f"{option} is not defined together with --competing.",
                        where=option,
                        hint="Leave one of the two out.",
                    )
        if self.weights is not None and self.parametric:
            raise UsageError(
                "Parametric models are fitted without case weights.",
                where="--parametric",
                hint="Leave out --weights or --parametric.",
            )


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
    select: float | None = None
    stepwise: str | None = None
    stay: float = 0.05
    interaction: tuple[str, ...] = ()
    which: str | None = None

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

    ties: str = "efron"
    strata: str | None = None
    cluster: str | None = None
    weights: str | None = None
    robust: bool = False
    subgroups: str | None = None
    within: tuple[str, ...] = ()
    landmark: float | None = None
    ph_transform: str = "km"

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
    ci: str = "wald"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.outcome is None:
            raise UsageError(
                "A logistic regression needs an outcome.",
                where="--outcome",
                hint="Name it: --outcome primary_resistance, or --outcome response=PD.",
            )


SPECS: dict[str, type[AnalysisSpec]] = {"cox": CoxSpec, "km": KmSpec, "logistic": LogisticSpec}


def check_names(command: str, options: Iterable[str]) -> None:
    """Refuse options that a command has not, suggesting the nearest."""
    known = SPECS[command].__dataclass_fields__
    for name in options:
        if name not in known:
            raise UsageError(
                f"{command} has no option {name!r}.", hint=did_you_mean(name, sorted(known))
            )


def option_problem(spec: type[AnalysisSpec], name: str, value: object) -> tuple[str, str] | None:
    """What is wrong with one option's value, and what to do; None when nothing is."""
    kind = str(spec.__dataclass_fields__[name].type)
    if value is None and kind.endswith("None"):
        return None
    if kind.startswith("tuple"):
        items = _as_tuple(value)
        kind = "float" if "float" in kind else "str"
    else:
        items = (value,)
    for item in items:
        problem = _item_problem(name, kind.partition(" ")[0], item)
        if problem:
            return problem
    return None


def _item_problem(name: str, kind: str, value: object) -> tuple[str, str] | None:
    if kind == "bool":
        return (
            None
            if isinstance(value, bool)
            else (f"{value!r} is not true or false.", "Write true or false.")
        )
    if kind == "str":
        if not isinstance(value, str):
            return f"{value!r} is not a text.", "Put it in quotation marks."
        if name in CHOICES and value not in CHOICES[name]:
            return f"{value!r} is not a choice.", did_you_mean(value, CHOICES[name])
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return f"{value!r} is not a number.", "Give a number such as 12 or 6.5."
    low, high = RANGES.get(name, (0.0, math.inf))
    if name in OPEN_RANGES and not low < value < high:
        between = f"above {low:g}" if high == math.inf else f"between {low:g} and {high:g}"
        return f"{value:g} is out of range.", f"Give a number {between}."
    if not low <= value <= high:
        upto = "" if high == math.inf else f" and at most {high:g}"
        return f"{value:g} is out of range.", f"Give a number of at least {low:g}{upto}."
    return None


def _as_tuple(value: object) -> tuple[object, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        return (value,)
    return tuple(value)
