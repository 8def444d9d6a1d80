"""Events, power or detectable hazard ratio of a comparison of two groups."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.specs import SizeSpec
from hcc2l.specs.size import MOST
from hcc2l.stats import sample_size as stats


@dataclass(frozen=True)
class Comparison:
    """What a log-rank test of two groups detects.

    Attributes
    ----------
    exact
        The events before rounding; None if they were given.
    n
        Patients, where the probability of the event was given.
    """

    hr: float
    power: float
    events: int
    exact: float | None = None
    n: int | None = None


def comparisons(spec: SizeSpec) -> list[Comparison]:
    """The comparison that was asked for; the detectable hazard ratio is one below 1 and one above.

    Raises
    ------
    UsageError
        No study is as large as needed.
    """
    design = {"share": spec.share, "alpha": spec.alpha, "one_sided": spec.one_sided}
    if spec.hr is None:
        assert spec.events is not None
        assert spec.power is not None
        ratios = stats.detectable_hr(spec.events, spec.power, **design)  # type: ignore[arg-type]
        return [Comparison(hr, spec.power, spec.events) for hr in ratios]
    if spec.power is None:
        assert spec.events is not None
        power = stats.power_to_detect(spec.hr, spec.events, **design)  # type: ignore[arg-type]
        return [Comparison(spec.hr, power, spec.events)]
    exact = stats.events_to_detect(spec.hr, spec.power, **design)  # type: ignore[arg-type]
    if not exact <= MOST:
        raise UsageError(
            "More than a billion events would be needed.",
            where="--hr", hint="Give a hazard ratio that differs from 1 by what matters.",
        )  # fmt: skip
    events = stats.rounded_up(exact)
    n = None
    if spec.event_probability is not None:
        n = stats.rounded_up(events / spec.event_probability)
    return [Comparison(spec.hr, spec.power, events, exact, n)]
