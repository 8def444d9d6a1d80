"""Times and events of an endpoint: the rows that have both, from time 0 or a landmark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.accounting import refuse_no_rows
from hcc2l.analyses.contradictions import refuse_contradictions
from hcc2l.cohort import Cohort
from hcc2l.design import (
    Endpoint,
    Floats,
    Ints,
    RowAccount,
    add_competing,
    resolve_endpoint,
)
from hcc2l.errors import AnalysisError
from hcc2l.specs import SurvivalSpec
from hcc2l.stats.risk_sets import time_tolerance
from hcc2l.terms import Assignment
from hcc2l.wording import in_sentence, listed

_BY_LANDMARK = "by the landmark"
_UNIT_WORDS = {"months": "months of 30.4375 days", "years": "years of 365.25 days"}


@dataclass(frozen=True)
class Outcome:
    """Times and events of the rows that have both; shape (n,) over all rows of the cohort."""

    endpoint: Endpoint
    account: RowAccount


def survival_outcome(
    cohort: Cohort, spec: SurvivalSpec, account: RowAccount, competing: Assignment | None = None
) -> Outcome:
    """Times and events of the rows of `account`, from which those without either are excluded.

    Raises
    ------
    AnalysisError
        No rows remain.
    InputError
        Dates, times and events of a row contradict each other.
    """
    endpoint = resolve_endpoint(cohort, spec, account.keep)
    refuse_contradictions(cohort, account.keep)
    if competing is not None:
        known = endpoint.event >= 0
        endpoint = add_competing(cohort, endpoint, competing, account.keep)
        account.drop(known & (endpoint.event < 0), f"{competing.column} missing")
    reason = f"{endpoint.time_columns[0]} missing"
    if endpoint.from_dates:
        reason = f"date missing ({', '.join(endpoint.time_columns)})"
    account.drop(np.isnan(endpoint.time), reason)
    account.drop(endpoint.event < 0, f"{endpoint.event_column} missing")
    refuse_no_rows(account)
    return Outcome(endpoint, account)


def computed_sentences(endpoint: Endpoint, cohort: Cohort) -> list[str]:
    """How the times were computed, for the methods paragraph; empty if the file has them."""
    label, unit = endpoint.label, _UNIT_WORDS.get(endpoint.unit or "", endpoint.unit)
    if not endpoint.from_dates:
        before = endpoint.file_unit
        if before is None:
            return []
        before = _UNIT_WORDS.get(before, before)
        return [f"{label} was converted from {before} to {unit}."]
    start, *dates = [in_sentence(cohort.label(name)) for name in endpoint.time_columns]
    measured = f"{label} was measured in {unit} from {start} to"
    if endpoint.event_column is not None:
        event = in_sentence(cohort.label(endpoint.event_column))
        value = endpoint.event_name.removeprefix(endpoint.event_column).removeprefix("=")
        return [
            f"{measured} {dates[0]}, with {event}{f' = {value}' if value else ''} as the event."
        ]
    *ends, censor = dates
    first = ends[0]
    if len(ends) > 1:
        first = f"the {'earlier' if len(ends) == 2 else 'earliest'} of {listed(ends)}"
    return [f"{measured} {first}, or to {censor} in patients without an event."]


def from_landmark(
    account: RowAccount, time: Floats, event: Ints, landmark: float, unit: str
) -> Floats:
    """Times counted from the landmark; rows not at risk after it are excluded."""
    early = time <= landmark + time_tolerance(time[account.keep])
    account.drop(early & (event > 0), f"event {_BY_LANDMARK}, {landmark:g} {unit}".strip())
    account.drop(early & (event == 0), f"censored {_BY_LANDMARK}, {landmark:g} {unit}".strip())
    if account.analysed == 0:
        raise AnalysisError(
            f"No patient is at risk after the landmark of {landmark:g} {unit}.".replace(" .", "."),
            where="--landmark",
            hint="Choose an earlier landmark.",
        )
    return np.round(time - landmark, 12)  # 4.1 - 3 is 1.1, not 1.0999999999999996


def excludes_by_landmark(account: RowAccount) -> bool:
    """Whether patients were excluded because they were not followed beyond the landmark."""
    return any(_BY_LANDMARK in excluded.reason for excluded in account.excluded)
