"""Duration of response: from the response to the event of the endpoint."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hcc2l.cohort import Cohort
from hcc2l.design import Endpoint, Floats, Mask, resolve_endpoint
from hcc2l.design.dates import looks_like_dates
from hcc2l.design.endpoints import converted
from hcc2l.dictionary import unit_from_name
from hcc2l.errors import InputError, UsageError, quoted_list
from hcc2l.specs import ResponseSpec
from hcc2l.terms import known_column


@dataclass(frozen=True)
class Duration:
    """Times from the response of the patients analysed, shape (n,).

    Attributes
    ----------
    column
        The column of the date of response, or of the time to it.
    time
        NaN where it is not known; of patients without a response it has no meaning.
    event
        Whether the response ended.
    """

    endpoint: Endpoint
    column: str
    time: Floats
    event: Mask

    @property
    def known(self) -> Mask:
        """Whether the duration is known, perhaps as censored."""
        return np.asarray(~np.isnan(self.time))


def read_duration(
    cohort: Cohort, spec: ResponseSpec, keep: Mask, responders: Mask
) -> Duration | None:
    """The durations of response; None without `--duration-start`.

    Parameters
    ----------
    keep, responders
        Shape (n,) over all rows: the patients analysed, and those of them with CR or PR, whose
        cells alone are read.

    Raises
    ------
    UsageError
        The start is a date and the endpoint is not from dates, or there is no such endpoint.
    InputError
        A response is later than the end of follow-up.
    """
    if spec.duration_start is None:
        return None
    name = known_column(spec.duration_start, cohort.nameable, "--duration-start")
    column = cohort.column(name)
    if column.kind == "date" or looks_like_dates(column):
        _refuse_times(cohort, spec, name)
        endpoint = resolve_endpoint(cohort, replace(spec, start=name), responders)
        time = endpoint.time
    else:
        endpoint = resolve_endpoint(cohort, spec, responders)
        time = _since(cohort, endpoint, name, responders)
    known = np.where(endpoint.event < 0, np.nan, time)
    return Duration(endpoint, name, known[keep], (endpoint.event == 1)[keep])


def _refuse_times(cohort: Cohort, spec: ResponseSpec, name: str) -> None:
    """UsageError where a date of response would have to be compared with a time."""
    named = cohort.endpoints().get(spec.endpoint)
    if spec.time is None and (spec.end or (named is not None and named.start is not None)):
        return
    times = spec.time or (named.time if named else None)
    raise UsageError(
        f"{name} is a date, but the endpoint {'is' if times else 'has'} "
        + (f"a column of times, {times}." if times else "no dates."),
        where="--duration-start",
        hint="Give the endpoint by its dates: --end PROGRESSION_DATE --end DEATH_DATE --censor "
        "LAST_CONTACT; or name a column with the time from time 0 to the response.",
    )


def _since(cohort: Cohort, endpoint: Endpoint, name: str, responders: Mask) -> Floats:
    """Times since a response that is itself a time since time 0, in the endpoint's unit."""
    start = cohort.numbers(name, responders)
    unit = cohort.unit(name) or unit_from_name(name)
    if unit and endpoint.unit and unit != endpoint.unit:
        start = converted(start, unit, endpoint.unit, name)
    time = np.round(endpoint.time - start, 9)  # 4.1 - 3 is 1.1, not 1.0999999999999996
    bad = np.flatnonzero(responders & ((time < 0) | (start < 0)))
    if bad.size:
        rows = quoted_list(cohort.row_name(int(i)) for i in bad)
        raise InputError(
            f"{bad.size} row{'s have' if bad.size > 1 else ' has'} a response before time 0 or "
            f"after the end of follow-up: {rows}.",
            where=f"{cohort.source.name}, column {name}",
            hint="Correct the cells, or exclude these rows with --where.",
        )
    return np.asarray(time)
