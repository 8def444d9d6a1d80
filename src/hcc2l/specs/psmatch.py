"""Options of `hcc2l psmatch`."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.specs.options import AnalysisSpec, between, one_of

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
class PsmatchSpec(AnalysisSpec):
    """Options of `hcc2l psmatch`; names and values as on the command line.

    Attributes
    ----------
    treat
        ``LEVEL``, ``COL`` or ``COL=LEVEL``: who is treated.
    control
        The level that is compared with, where there are more than two.
    covariates
        Terms of the propensity score.
    propensity
        ``logistic`` regression, or ``boosted`` regression trees.
    method, order, ratio, replace
        How controls are chosen.
    distance
        What is matched on: the ``logit`` of the propensity, or the ``propensity``.
    caliper, caliper_scale
        The largest distance of a match, in standard deviations (``sd``) of the distance or as it
        stands (``raw``); no limit when None.
    exact
        Terms that matched patients must have in common.
    smd
        Divide differences by the ``pooled`` standard deviation, or by the treated's (``att``).
    weighting, estimand, stabilised, truncate
        Weights from the score beside the matching: what for, and cut at which quantiles.
    doubly_robust
        Also adjust the effects for the covariates.
    endpoint
        Endpoints of the outcomes; every one of the cohort when empty.
    time, event
        An endpoint said on the spot.
    which
        What the figure shows.
    seed
        Of the random order and of boosting.
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
    time: str | None = None
    event: str | None = None
    which: str = one_of(PICTURES, "love")
    seed: int = 1

    @staticmethod
    def exclusive() -> tuple[tuple[str, ...], ...]:
        """Endpoints of the dictionary, or one said on the spot."""
        return ("endpoint", "time"), ("endpoint", "event")

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.caliper, str):  # `none`, as it is typed and as a dictionary says it
            object.__setattr__(self, "caliper", None)
        if self.treat is None:
            raise UsageError(
                "Who is treated was not said.",
                where="--treat",
                hint="Name the level of the treatment: --treat lenvatinib.",
            )
        if not self.covariates:
            raise UsageError(
                "A propensity score needs covariates.",
                where="-x",
                hint="Name what the choice of treatment may have depended on, -x "
                "age,sex,child_pugh, or once and for all in hcc2l.toml: [psmatch] covariates = "
                '["age", "sex"].',
            )
        if self.endpoint and (self.time is not None or self.event is not None):
            raise UsageError(
                "--time and --event say another endpoint than --endpoint.",
                where="--endpoint",
                hint="Leave one of the two out.",
            )

    @property
    def controls_each(self) -> int:
        """Controls for each treated patient, at most; optimal matching makes pairs."""
        return 1 if self.method == "optimal" else self.ratio

    @property
    def reuses(self) -> bool:
        """Whether a control may serve several treated patients; never in optimal matching."""
        return self.replace and self.method == "nearest"

    @property
    def without_effect(self) -> dict[str, str]:
        """Options that were given and change nothing, and what they belong to."""
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
