"""Options of `hcc2l psmatch`."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.specs.options import ENDPOINT_OPTIONS, EndpointSpec, SurvivalSpec, between, one_of

METHODS = ("nearest", "optimal")
DISTANCES = ("logit", "propensity")
CALIPER_SCALES = ("sd", "raw")
ORDERS = ("largest", "smallest", "data", "random")
WEIGHTINGS = ("none", "iptw", "overlap")
ESTIMANDS = ("att", "ate")
PROPENSITIES = ("logistic", "boosted")
SMDS = ("pooled", "att")
PICTURES = ("love", "scores", "survival")


@dataclass(frozen=True, kw_only=True)
class PsmatchSpec(EndpointSpec):
    """Options of `hcc2l psmatch`; names and values as on the command line.

    Attributes
    ----------
    treat
        ``LEVEL``, ``COL`` or ``COL=LEVEL``: the treated group.
    control
        The level of the control group; needed if there are more than two levels.
    covariates
        Terms of the propensity score.
    propensity
        ``logistic`` regression, or ``boosted`` regression trees.
    method, order, ratio, replace
        How controls are chosen.
    distance
        Scale of the matching: the ``logit`` of the propensity score or the ``propensity`` itself.
    caliper, caliper_scale
        The largest permitted distance, in standard deviations of the distance over all patients
        (``sd``) or in its own units (``raw``); None for no limit.
    exact
        Terms on which patients are matched exactly.
    smd
        Divide differences by the ``pooled`` standard deviation or that of the treated (``att``).
    weighting, estimand, stabilised, truncate
        Additional analysis by weighting: type, target population, and truncation quantile.
    doubly_robust
        Also adjust the hazard ratios for the covariates.
    endpoint
        Endpoints to compare; empty for all endpoints of the cohort.
    which
        The figure: ``love``, ``scores`` or ``survival``.
    seed
        Seed of the random order and of boosting.
    """

    treat: str | None = None
    control: str | None = None
    covariates: tuple[str, ...] = ()
    propensity: str = one_of(PROPENSITIES, "logistic")
    method: str = one_of(METHODS, "nearest")
    distance: str = one_of(DISTANCES, "logit")
    caliper: float | None = between(0.0, math.inf, 0.2, ends=False, words=("none",))
    caliper_scale: str = one_of(CALIPER_SCALES, "sd")
    ratio: int = between(1, math.inf, 1)
    replace: bool = False
    order: str = one_of(ORDERS, "largest")
    exact: tuple[str, ...] = ()
    smd: str = one_of(SMDS, "pooled")
    weighting: str = one_of(WEIGHTINGS, "none")
    estimand: str | None = one_of(ESTIMANDS, None)
    stabilised: bool = True
    truncate: float | None = between(0.0, 0.5, None, ends=False)
    doubly_robust: bool = False
    endpoint: tuple[str, ...] = ()
    which: str = one_of(PICTURES, "love")
    seed: int = 1

    @staticmethod
    def exclusive() -> tuple[tuple[str, ...], ...]:
        """Options that exclude each other: also, endpoints of the dictionary, or one given here."""
        given = ("time", "event", "start", "end", "censor")
        return *EndpointSpec.exclusive(), *(("endpoint", name) for name in given)

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.caliper, str):  # `none`, on the command line or in a dictionary
            object.__setattr__(self, "caliper", None)
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
        if self.endpoint and self.gives_endpoint:
            columns = "--start and --end" if self.gives_dates else "--time and --event"
            raise UsageError(
                f"--endpoint cannot be combined with {columns}.",
                where="--endpoint",
                hint=f"Use either --endpoint or {columns}.",
            )

    def survival(self, endpoint: str = "os") -> SurvivalSpec:
        """The options of one endpoint: the one given by its columns, else the named one."""
        options = {name: getattr(self, name) for name in ENDPOINT_OPTIONS}
        return SurvivalSpec(endpoint=endpoint, **options)

    @property
    def controls_each(self) -> int:
        """Maximum number of controls per treated patient; 1 in optimal matching."""
        return 1 if self.method == "optimal" else self.ratio

    @property
    def reuses(self) -> bool:
        """Whether controls can be matched repeatedly; never in optimal matching."""
        return self.replace and self.method == "nearest"

    @property
    def without_effect(self) -> dict[str, str]:
        """Options that were given without effect, and the option each one needs."""
        iptw, optimal = self.weighting == "iptw", self.method == "optimal"
        options = {
            "--estimand": (self.estimand is not None and not iptw, "--weighting iptw"),
            "--no-stabilised": (
                not self.stabilised and not (iptw and self.estimand == "ate"),
                "--weighting iptw --estimand ate",
            ),
            "--truncate": (
                self.truncate is not None and self.weighting == "none",
                "--weighting iptw or --weighting overlap",
            ),
            "--ratio": (self.ratio > 1 and optimal, "--method nearest"),
            "--replace": (self.replace and optimal, "--method nearest"),
        }
        return {option: to for option, (idle, to) in options.items() if idle}
