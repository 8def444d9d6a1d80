"""Endpoints that must be asked for, and columns that rival for one."""

from __future__ import annotations

from shlex import quote

import numpy as np

from hcc2l.analyses.check.data import Found, FoundEndpoint
from hcc2l.analyses.check.finding import (
    Finding,
    Findings,
)
from hcc2l.number_format import number_text
from hcc2l.wording import listed


def endpoints(found: Found) -> Findings:
    """Endpoints that must be asked for, or cannot be computed; times without a unit."""
    for endpoint in found.endpoints:
        if endpoint.problem:
            yield Finding(
                "warning", "endpoint-unclear", endpoint.columns[-1] if endpoint.columns else None,
                (), f"{endpoint.label} cannot be computed: {endpoint.problem}",
                endpoint.options or endpoint.hint,
            )  # fmt: skip
        elif endpoint.source == "proposed":
            yield Finding(
                "note", "endpoint-proposed", None, (),
                f"{endpoint.label} can be computed from {listed(endpoint.columns)}.",
                endpoint.options,
            )  # fmt: skip
        if endpoint.unit is None:
            yield Finding(
                "warning", "unit-unknown", endpoint.columns[0], (),
                "Neither the name nor the dictionary states the unit of this time.",
                _time_unit(found, endpoint),
            )  # fmt: skip


def _time_unit(found: Found, endpoint: FoundEndpoint) -> str:
    values = found.column(endpoint.columns[0]).numbers
    longest = 0.0 if values is None or np.isnan(values).all() else float(np.nanmax(values))
    guess = "days" if longest > 200 else "months"
    hint = (
        f" The longest is {number_text(longest)}, which suggests {guess}."
        if guess == "days"
        else ""
    )
    return (
        f'--unit {guess}, or in the dictionary [endpoints.{endpoint.name}] unit = "{guess}".{hint}'
    )


def no_endpoint(found: Found) -> Findings:
    """A cohort without any endpoint."""
    if not found.endpoints:
        dates = [c.name for c in found.columns if c.days is not None]
        named = f" Dates: {listed(dates)}." if dates else ""
        yield Finding(
            "note", "no-endpoint", None, (), f"No survival endpoint was found.{named}",
            "--time COLUMN --event COLUMN[=VALUE], or --start COLUMN --end COLUMN --event "
            "COLUMN=VALUE.",
        )  # fmt: skip


def rival_columns(found: Found) -> Findings:
    """Two columns that could both be the time or the event."""
    for code in ("os_time", "death", "pfs_time", "start_date", "death_date", "last_contact"):
        columns = found.all_of(code)
        if len(columns) > 1 and columns[0].field is not None:
            names = [column.name for column in columns]
            options = {"os_time": "--time", "pfs_time": "--time", "death": "--event"}
            option = options.get(code, "--start" if code == "start_date" else "--end")
            yield Finding(
                "warning", "rival-columns", names[0], (),
                f"{listed(names)} could each be the {columns[0].field.label}.",
                " or ".join(f"{option} {quote(name)}" for name in names),
            )  # fmt: skip
