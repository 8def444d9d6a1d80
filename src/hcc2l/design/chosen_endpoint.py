"""Which endpoint the options ask for: one of the cohort, one given by its columns, or parts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hcc2l.cohort import Cohort
from hcc2l.design.proposed_endpoint import date_columns, how_to_define
from hcc2l.dictionary import EndpointEntry, endpoint_name, endpoint_problem
from hcc2l.errors import UsageError, did_you_mean
from hcc2l.specs import SurvivalSpec
from hcc2l.terms import known_column

_DATES = ("start", "end", "censor")


@dataclass(frozen=True)
class ChosenEndpoint:
    """An endpoint to be read from the cohort.

    Attributes
    ----------
    place
        Stands before the name of a part in messages: ``--`` or ``hcc2l.toml, endpoints.os.``.
    """

    entry: EndpointEntry
    place: str


def chosen_endpoint(cohort: Cohort, spec: SurvivalSpec) -> ChosenEndpoint:
    """The endpoint that the options ask for; its dates are columns of the cohort.

    Raises
    ------
    UsageError
        There is no such endpoint, its parts do not fit together, or a date is no column.
    """
    named = cohort.endpoints().get(spec.endpoint)
    if spec.gives_endpoint:
        chosen = ChosenEndpoint(_given(spec, named), "--")
    elif named is None:
        raise UsageError(
            f"There is no endpoint {spec.endpoint!r} in this cohort.",
            where="--endpoint",
            hint=f"{cohort.hidden_endpoint()} {_hint(cohort, spec.endpoint)}".strip(),
        )
    elif named.recognised:
        chosen = ChosenEndpoint(named, "recognised ")
    else:
        label = named.label or endpoint_name(named.name)
        place = f"hcc2l.toml, endpoints.{named.name}."
        chosen = ChosenEndpoint(replace(named, label=label), place)
    entry, place = chosen.entry, chosen.place
    entry = replace(entry, unit=spec.unit or entry.unit, label=spec.label or entry.label)
    return ChosenEndpoint(_with_known_dates(cohort, entry, place), place)


def _given(spec: SurvivalSpec, named: EndpointEntry | None) -> EndpointEntry:
    """The endpoint of the options; what they leave out is that of the named endpoint."""
    from_dates = named is not None and named.start is not None
    if spec.gives_dates or (from_dates and spec.time is None):
        return _given_dates(spec, named if from_dates else None)
    time = spec.time or (named.time if named else None)
    event = spec.event or (named.event if named else None)
    if time is None or event is None:
        absent, given = ("--event", "--time") if event is None else ("--time", "--event")
        raise UsageError(
            f"This option needs {absent} as well.",
            where=given,
            hint="Give both: --time COLUMN --event COLUMN.",
        )
    if named is not None and named.time == time:
        return replace(named, event=event, recognised=False, label=None)
    return EndpointEntry("custom", time, event)


def _given_dates(spec: SurvivalSpec, named: EndpointEntry | None) -> EndpointEntry:
    """The endpoint of the dates given; what they leave out is that of `named`, if from dates."""
    parts = {name: getattr(spec, name) for name in (*_DATES, "event") if getattr(spec, name)}
    complete = {"start", "end"} <= set(parts) and ("censor" in parts or "event" in parts)
    if named is None or complete:
        return EndpointEntry("custom", **parts)
    name = "custom" if spec.gives_dates else named.name
    return replace(named, **parts, name=name, label=None)


def _with_known_dates(cohort: Cohort, entry: EndpointEntry, place: str) -> EndpointEntry:
    """The same endpoint, its columns of dates by their names in the cohort."""

    def known(name: str, part: str) -> str:
        return known_column(name, cohort.nameable, f"{place}{part}")

    ends = [name for text in entry.end for name in _split(text, cohort)]
    entry = replace(
        entry,
        start=known(entry.start, "start") if entry.start else None,
        end=tuple(known(name, "end") for name in ends),
        censor=known(entry.censor, "censor") if entry.censor else None,
    )
    problem = endpoint_problem(entry, place if place == "--" else "")
    if problem:
        part, sentence = problem
        part = part or next((name for name in _DATES if getattr(entry, name)), "end")
        raise UsageError(
            sentence[0].upper() + sentence[1:],
            where=f"{place}{part}",
            hint="Give a start, a last date and the status at that date: --start COL --end COL "
            "--event COL=VALUE; or a start, dates of events and a last date: --start COL --end "
            "COL[,COL] --censor COL.",
        )
    return entry


def _split(text: str, cohort: Cohort) -> list[str]:
    """``a,b`` as two columns, unless one column is called that."""
    if text.strip() in cohort.nameable:
        return [text]
    return [part.strip() for part in text.split(",") if part.strip()]


def _hint(cohort: Cohort, name: str) -> str:
    """The endpoints there are, and how to define this one unless its name is just misspelt."""
    endpoints = cohort.endpoints()
    near = did_you_mean(name, endpoints, listed=9) if endpoints else ""
    dates = [] if near.startswith("Did you mean") else date_columns(cohort)
    return f"{near} {how_to_define(cohort, name, dates)}".strip()
