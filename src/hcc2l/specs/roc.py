"""Options of `hcc2l roc`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.specs.options import SurvivalSpec, between, one_of

CRITERIA = ("youden", "topleft", "maxstat")
DIRECTIONS = ("auto", "higher", "lower")
INTERVALS = ("wilson", "clopper-pearson")
FIGURES = ("roc", "thresholds", "maxstat")
SAMPLES_WITH_AT = 1000  # a time-dependent area has no other interval
_PARTIAL = re.compile(r"(sensitivity|specificity)=(0?\.\d+|0)")


@dataclass(frozen=True, kw_only=True)
class RocSpec(SurvivalSpec):
    """Options of `hcc2l roc`, beside those of every survival analysis.

    Attributes
    ----------
    marker
        Columns (or terms) to be judged; those of AFP, ALT and PNI at hand when left out.
    outcome
        ``COL`` or ``COL=VALUE``.
    at
        Instead of an outcome: who has the event of the endpoint by this time.
    within
        The outcome is known only after this time: who has it not and was censored before, by the
        endpoint, is left out.
    combine
        ``A+B``: the fitted probability of a logistic model of these markers.
    compare
        Test differences of areas: of the markers, and of the groups.
    by
        A term: everything within each of its groups.
    criterion
        ``youden``, ``topleft``, or ``maxstat``: the maximally selected log-rank statistic.
    direction
        Whether high values go with the outcome: ``auto`` takes the medians' word.
    at_cut
        ``MARKER=V[,V...]``: fixed cut-offs to be judged beside the found one.
    observed
        Show the cut-off as an observed value, too.
    partial
        ``specificity=0.8`` or ``sensitivity=0.8``: the area above it alone.
    ci
        Interval of proportions.
    boot, seed
        Bootstrap samples; None for none without `at`, and 1000 with it.
    min_prop
        Smallest share of patients on either side of a cut-point, for ``maxstat``.
    curve
        Give every operating point.
    which
        What the figure shows.
    """

    marker: tuple[str, ...] = ()
    outcome: str | None = None
    at: float | None = between(0.0, float("inf"), None, ends=False)
    within: float | None = between(0.0, float("inf"), None, ends=False)
    combine: tuple[str, ...] = ()
    compare: bool = False
    by: str | None = None
    criterion: str = one_of(CRITERIA, "youden")
    direction: str = one_of(DIRECTIONS, "auto")
    at_cut: tuple[str, ...] = ()
    observed: bool = False
    partial: str | None = None
    ci: str = one_of(INTERVALS, "wilson")
    boot: int | None = None
    seed: int = 1
    min_prop: float = between(0.0, 0.5, 0.1, ends=False)
    curve: bool = False
    which: str | None = one_of(FIGURES, None)

    @staticmethod
    def exclusive() -> tuple[tuple[str, ...], ...]:
        """An outcome is a column, or a time."""
        return ("outcome", "at"), ("within", "at")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.outcome is not None and self.at is not None:
            raise UsageError(
                "--outcome and --at are two ways to say who has the outcome.",
                where="--at",
                hint="Leave one out; if the outcome is defined by a time, say --within T.",
            )
        if self.outcome is None and self.at is None and self.criterion != "maxstat":
            raise UsageError(
                "A ROC analysis needs an outcome.",
                where="--outcome",
                hint="Name it: --outcome primary_resistance, or --outcome response=PD; or a time "
                "of a survival endpoint: --at 12.",
            )
        if self.within is not None and self.outcome is None:
            raise UsageError(
                "--within says by when the outcome of --outcome is known.",
                where="--within",
                hint="Name the outcome; with --at nothing else is needed.",
            )
        if self.partial is not None and not _PARTIAL.fullmatch(self.partial):
            raise UsageError(
                f"{self.partial!r} is not a part of the curve.",
                where="--partial",
                hint="Write specificity=0.8 or sensitivity=0.9: the area above it.",
            )
        self._refuse_undrawn()
        self._refuse_unused()

    @property
    def has_curve(self) -> bool:
        """Whether there is an outcome, and so a ROC curve."""
        return self.outcome is not None or self.at is not None

    @property
    def samples(self) -> int:
        """Bootstrap samples as resolved."""
        if self.boot is None:
            return SAMPLES_WITH_AT if self.at is not None else 0
        return int(self.boot)

    @property
    def figure(self) -> str:
        """What the figure shows, as resolved."""
        return self.which or ("roc" if self.has_curve else "maxstat")

    def _refuse_undrawn(self) -> None:
        if self.which == "maxstat" and self.criterion != "maxstat":
            raise UsageError(
                "There is no maximally selected statistic to draw.",
                where="--which",
                hint="Add --criterion maxstat.",
            )
        if self.which in ("roc", "thresholds") and not self.has_curve:
            raise UsageError(
                "There is no ROC curve without an outcome.",
                where="--which",
                hint="Add --outcome COL or --at T.",
            )

    def _refuse_unused(self) -> None:
        """Refuse options that would do nothing here."""
        if self.combine and self.at is not None:
            raise UsageError(
                "Markers are combined by logistic regression, which needs --outcome.",
                where="--combine",
                hint="For a survival endpoint, see hcc2l cox.",
            )
        if self.compare and self.at is not None and not self.samples:
            raise UsageError(
                "Time-dependent areas are compared by the bootstrap.",
                where="--boot 0",
                hint="Leave out --boot, or --compare.",
            )
        if self.combine and self.criterion == "maxstat":
            raise UsageError(
                "maxstat chooses cut-points of markers, not of combinations.",
                where="--combine",
                hint="Leave out --combine or --criterion.",
            )
        if self.boot and self.criterion == "maxstat" and self.at is None:
            raise UsageError(
                "The bootstrap judges cut-offs of youden or topleft.",
                where="--boot",
                hint="The p of maxstat already pays for the search; leave out --boot.",
            )
        if self.has_curve:
            return
        for name in ("combine", "compare", "at_cut", "partial", "boot"):
            if getattr(self, name):
                raise UsageError(
                    "This needs an outcome.",
                    where="--" + name.replace("_", "-"),
                    hint="Add --outcome COL or --at T, or leave it out.",
                )
