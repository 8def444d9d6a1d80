"""Options of `hcc2l roc`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.specs.options import ENDPOINT_OPTIONS, SurvivalSpec, between, one_of

CRITERIA = ("youden", "topleft", "maxstat")
DIRECTIONS = ("auto", "higher", "lower")
INTERVALS = ("wilson", "clopper-pearson")
FIGURES = ("roc", "thresholds", "maxstat")
SAMPLES_WITH_AT = 1000  # the interval of a time-dependent area is that of the bootstrap
_PARTIAL = re.compile(r"(sensitivity|specificity)=(0?\.\d+|0)")


@dataclass(frozen=True, kw_only=True)
class RocSpec(SurvivalSpec):
    """Options of `hcc2l roc`, in addition to those of every survival analysis.

    Attributes
    ----------
    marker
        Columns or terms; empty for those of AFP, ALT and PNI that are in the cohort.
    outcome
        ``COL`` or ``COL=VALUE``.
    at
        Instead of `outcome`: the event of the endpoint by this time.
    within
        The outcome is known only after this time; patients without it who were censored before, by
        the endpoint, are excluded.
    combine
        ``A+B``: the fitted probability of a logistic model with these markers.
    compare
        Whether differences in area between markers, and between groups, are tested.
    by
        A term; every analysis is done within each of its groups.
    criterion
        ``youden``, ``topleft``, or ``maxstat``: the maximally selected log-rank statistic.
    direction
        Whether ``higher`` or ``lower`` values indicate the outcome; ``auto``: by the medians.
    at_cut
        ``MARKER=V[,V...]``: given cut-offs, evaluated beside the chosen one.
    observed
        Whether the cut-off is shown as an observed value as well.
    partial
        ``specificity=0.8`` or ``sensitivity=0.8``: the area at or above it alone.
    ci
        Confidence interval of proportions.
    boot, seed
        Number of bootstrap samples (None: 1000 with `at`, otherwise 0) and their seed.
    min_prop
        Smallest share of patients on either side of a cut-point, for ``maxstat``.
    curve
        Whether every operating point is given.
    which
        ``roc``, ``thresholds`` or ``maxstat``: the figure; None for that of the criterion.
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
        """Options that exclude each other: also, an outcome is a column or a time."""
        return *SurvivalSpec.exclusive(), ("outcome", "at"), ("within", "at")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.outcome is not None and self.at is not None:
            raise UsageError(
                "--outcome and --at both define the outcome.",
                where="--at",
                hint="Give one of them; if the outcome is known only after a time, use --within T.",
            )
        if self.outcome is None and self.at is None and self.criterion != "maxstat":
            raise UsageError(
                "A ROC analysis needs an outcome.",
                where="--outcome",
                hint="Use --outcome primary_resistance, --outcome response=PD, or a time of a "
                "survival endpoint: --at 12.",
            )
        if self.within is not None and self.outcome is None:
            raise UsageError(
                "--within needs --outcome.",
                where="--within",
                hint="Add --outcome COL; with --at, remove --within.",
            )
        if self.partial is not None and not _PARTIAL.fullmatch(self.partial):
            raise UsageError(
                f"{self.partial!r} does not define a partial area.",
                where="--partial",
                hint="Write specificity=0.8 or sensitivity=0.9.",
            )
        self._refuse_undrawn()
        self._refuse_unused()

    @property
    def has_curve(self) -> bool:
        """Whether there is an outcome, and so a ROC curve."""
        return self.outcome is not None or self.at is not None

    @property
    def samples(self) -> int:
        """Number of bootstrap samples as resolved."""
        if self.boot is None:
            return SAMPLES_WITH_AT if self.at is not None else 0
        return int(self.boot)

    @property
    def figure(self) -> str:
        """The figure as resolved."""
        return self.which or ("roc" if self.has_curve else "maxstat")

    @property
    def without_effect(self) -> dict[str, str]:
        """Options that were given and have no effect, and the options that they belong to."""
        maxstat = self.criterion == "maxstat"
        timed = self.at is not None or self.within is not None or maxstat
        endpoint = "--at, --within or --criterion maxstat"
        options = {
            "--endpoint": (self.endpoint != "os" and not timed, endpoint),
            **{
                "--" + name.replace("_", "-"): (bool(getattr(self, name)) and not timed, endpoint)
                for name in ENDPOINT_OPTIONS
            },
            "--min-prop": (self.min_prop != 0.1 and not maxstat, "--criterion maxstat"),
            "--direction": (self.direction != "auto" and not self.has_curve, "--outcome or --at"),
            "--observed": (self.observed and not self.has_curve, "--outcome or --at"),
            "--ci": (self.ci != "wilson" and self.outcome is None, "--outcome"),
        }
        return {option: to for option, (idle, to) in options.items() if idle}

    def _refuse_undrawn(self) -> None:
        if self.which == "maxstat" and self.criterion != "maxstat":
            raise UsageError(
                "There is no maximally selected statistic to plot.",
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
        """UsageError for options that cannot be combined."""
        if self.combine and self.at is not None:
            raise UsageError(
                "Markers are combined by logistic regression, which needs --outcome.",
                where="--combine",
                hint="For a survival endpoint use hcc2l cox.",
            )
        if self.compare and self.at is not None and not self.samples:
            raise UsageError(
                "Time-dependent AUCs cannot be compared without the bootstrap.",
                where="--boot 0",
                hint="Remove --boot 0 or --compare.",
            )
        if self.combine and self.criterion == "maxstat":
            raise UsageError(
                "maxstat selects cut-points of markers, not of combinations.",
                where="--combine",
                hint="Remove --combine or --criterion.",
            )
        if self.has_curve:
            return
        for name in ("combine", "compare", "at_cut", "partial"):
            if getattr(self, name):
                option = "--" + name.replace("_", "-")
                raise UsageError(
                    f"{option} needs an outcome.",
                    where=option,
                    hint=f"Add --outcome COL or --at T, or remove {option}.",
                )
