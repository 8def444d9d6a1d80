"""Options of `hcc2l km`."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.specs.options import SurvivalSpec, between, one_of

CONF_TYPES = ("log", "log-log", "plain", "logit", "arcsin")
TESTS = ("logrank", "peto", "gehan", "tarone-ware", "fh")
ADJUSTMENTS = ("holm", "bh", "bonferroni", "none")
PARAMETRIC = ("exponential", "weibull", "lognormal", "loglogistic", "best")


@dataclass(frozen=True, kw_only=True)
class KmSpec(SurvivalSpec):
    """Options of `hcc2l km`; names and values as on the command line.

    Attributes
    ----------
    by
        Grouping term; None for a single group.
    conf_type
        Interval of S(t) and of its quantiles.
    at
        Times for S(t) or the cumulative incidence.
    tau
        Restriction time of the restricted mean survival time.
    test
        Tests of equal survival.
    rho, gamma
        Exponents of the Fleming–Harrington weight.
    strata
        Term that stratifies a further log-rank test.
    trend
        Whether to test for a trend across the groups in level order.
    pairwise, adjust
        Log-rank test of each pair of groups, and the adjustment of the p-values.
    landmark
        Time from which survival is counted; rows with times up to it are excluded.
    weights
        Column of case weights.
    competing
        ``COL=VALUE``: the competing event.
    parametric
        Parametric models to fit to each group.
    curve
        Whether to give the whole curve as a table.
    cumulative_events
        Whether the figure shows cumulative events below the numbers at risk.
    """

    by: str | None = None
    conf_type: str = one_of(CONF_TYPES, "log")
    at: tuple[float, ...] = ()
    tau: float | None = between(0.0, math.inf, None, ends=False)
    test: tuple[str, ...] = one_of(TESTS, ("logrank",))
    rho: float = 0.0
    gamma: float = 0.0
    strata: str | None = None
    trend: bool = False
    pairwise: bool = False
    adjust: str = one_of(ADJUSTMENTS, "holm")
    landmark: float | None = None
    weights: str | None = None
    competing: str | None = None
    parametric: tuple[str, ...] = one_of(PARAMETRIC, ())
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
                    f"{option} compares groups, but no groups were given.",
                    where=option,
                    hint="Add --by with a grouping column.",
                )
        if (self.rho or self.gamma) and "fh" not in self.test:
            raise UsageError(
                "--rho and --gamma are exponents of the Fleming–Harrington test, which was not "
                "requested.",
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
                        f"{option} cannot be combined with --competing.",
                        where=option,
                        hint="Omit one of the two.",
                    )
        if self.weights is not None and self.parametric:
            raise UsageError(
                "Parametric models do not take case weights.",
                where="--parametric",
                hint="Omit --weights or --parametric.",
            )
