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


@dataclass(frozen=True, kw_only=True)
class AnalysisSpec:
    """What every survival analysis can be told.

    Attributes
    ----------
    endpoint
        Name of an endpoint of the dictionary.
    time, event
        An endpoint said on the spot: a column of times, and ``COL`` or ``COL=VALUE``. One of them
        alone replaces that part of `endpoint`.
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

    endpoint: str = "os"
    time: str | None = None
    event: str | None = None
    where: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    ref: tuple[str, ...] = ()
    conf_level: float = 0.95
    methods: bool = False

    def __post_init__(self) -> None:
        for f in fields(self):
            if str(f.type).startswith("tuple"):
                object.__setattr__(self, f.name, _as_tuple(getattr(self, f.name)))
        if not 0.0 < float(self.conf_level) < 1.0:
            raise UsageError(
                f"{self.conf_level:g} is not a confidence level.",
                where="--conf-level",
                hint="Give a number between 0 and 1, such as 0.95.",
            )

    def settings(self) -> dict[str, object]:
        """Every option as resolved, for the provenance."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}


@dataclass(frozen=True, kw_only=True)
class KmSpec(AnalysisSpec):
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
        _choice("--conf-type", self.conf_type, CONF_TYPES)
        _choice("--adjust", self.adjust, ADJUSTMENTS)
        for test in self.test:
            _choice("--test", test, TESTS)
        for family in self.parametric:
            _choice("--parametric", family, PARAMETRIC)
        for t in self.at:
            _number("--at", t, minimum=0.0)
        if self.tau is not None:
            _number("--tau", self.tau, minimum=0.0, open_end=True)
        if self.landmark is not None:
            _number("--landmark", self.landmark, minimum=0.0)
        _number("--rho", self.rho, minimum=0.0)
        _number("--gamma", self.gamma, minimum=0.0)
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


SPECS: dict[str, type[AnalysisSpec]] = {"km": KmSpec}


def check_names(command: str, options: Iterable[str]) -> None:
    """Refuse options that a command has not, suggesting the nearest."""
    known = SPECS[command].__dataclass_fields__
    for name in options:
        if name not in known:
            raise UsageError(
                f"{command} has no option {name!r}.", hint=did_you_mean(name, sorted(known))
            )


def _as_tuple(value: object) -> tuple[object, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        return (value,)
    return tuple(value)


def _choice(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UsageError(
            f"{value!r} is not a choice.", where=option, hint=did_you_mean(value, known)
        )


def _number(option: str, value: object, *, minimum: float, open_end: bool = False) -> None:
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if good and (float(value) > minimum or (not open_end and float(value) == minimum)):  # type: ignore[arg-type]
        return
    bound = "above" if open_end else "of at least"
    raise UsageError(f"{value!r} is not a number {bound} {minimum:g}.", where=option)
