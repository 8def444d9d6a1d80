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
