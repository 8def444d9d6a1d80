"""The precision of a median survival time."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.specs import SizeSpec
from hcc2l.specs.size import MOST
from hcc2l.stats import sample_size as stats


@dataclass(frozen=True)
class Precision:
    """A median with its limits, and the events that give them.

    Attributes
    ----------
    exact
        The events before rounding; None if they were given.
    """

    median: float
    lower: float
    upper: float
    events: int
    exact: float | None


def precision(spec: SizeSpec) -> Precision:
    """The limits with the events given, or the events for the limits wanted.

    Raises
    ------
    UsageError
        No study is as large as needed.
    """
    assert spec.median is not None
    exact = None
    events = spec.events
    if spec.factor is not None:
        exact = stats.events_for_median(spec.factor, spec.conf_level)
        if not exact <= MOST:
            raise UsageError(
                "More than a billion events would be needed.",
                where="--factor", hint="Give a factor such as 1.25.",
            )  # fmt: skip
        events = stats.rounded_up(exact)
    assert events is not None
    lower, upper = stats.median_limits(spec.median, events, spec.conf_level)
    return Precision(spec.median, lower, upper, events, exact)
