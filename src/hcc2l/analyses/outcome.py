"""Times and events of an endpoint: the rows that have both, from time 0 or a landmark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.accounting import refuse_no_rows
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

_BY_LANDMARK = "by the landmark"


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
    """
    endpoint = resolve_endpoint(cohort, spec, account.keep)
    if competing is not None:
        known = endpoint.event >= 0
        endpoint = add_competing(cohort, endpoint, competing, account.keep)
        account.drop(known & (endpoint.event < 0), f"{competing.column} missing")
    if len(endpoint.columns) == 2:
        account.drop(np.isnan(endpoint.time), f"{endpoint.columns[0]} missing")
        account.drop(endpoint.event < 0, f"{endpoint.columns[1]} missing")
    else:
        account.drop(np.isnan(endpoint.time), f"date missing ({', '.join(endpoint.columns)})")
    refuse_no_rows(account)
    return Outcome(endpoint, account)


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
