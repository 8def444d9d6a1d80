"""Endpoints that must be asked for, and columns that rival for one."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from hcc2l.analyses.check.data import Found
from hcc2l.analyses.check.endpoints import likely_unit
from hcc2l.analyses.check.finding import (
    Finding,
    Findings,
)
from hcc2l.wording import listed

_LINE = 64  # characters that fit beside the other columns of a screen of 80


def endpoints(found: Found) -> Findings:
    """Endpoints that must be asked for, or cannot be computed; times without a unit."""
    for endpoint in found.endpoints:
        if endpoint.problem:
            yield Finding(
                "warning", "endpoint-unclear", None, (),
                f"{endpoint.label} cannot be computed: {endpoint.problem}", endpoint.hint,
                _over_lines(endpoint.options),
            )  # fmt: skip
        elif endpoint.source == "proposed":
            yield Finding(
                "note", "endpoint-proposed", None, (),
                f"{endpoint.label} can be computed from {_sentence(endpoint.columns)}", "",
                _over_lines(endpoint.options),
            )  # fmt: skip
        if endpoint.unit is None:
            time = found.column(endpoint.columns[0])
            unit = time.unit or likely_unit(time)
            why = f", but its label says {unit}" if time.unit else f"; its values look like {unit}"
            yield Finding(
                "warning", "unit-unknown", time.name, (),
                f"No unit is stated for this time{why}.", "", f"--unit {unit}",
            )  # fmt: skip


def _sentence(columns: Sequence[str]) -> str:
    """Columns at the end of a sentence; one may end in a question mark."""
    names = listed(columns)
    return names if names[-1] in "?!." else f"{names}."


def _over_lines(options: Sequence[str]) -> str:
    """Options on one line, or on several where a shell would have to wrap them."""
    together = " ".join(options)
    return together if len(together) <= _LINE else " \\\n  ".join(options)


def no_endpoint(found: Found) -> Findings:
    """A cohort without any endpoint."""
    if not found.endpoints and not any(rival_columns(found)):
        dates = [c.name for c in found.columns if c.days is not None]
        named = f" Dates: {listed(dates)}." if dates else ""
        yield Finding(
            "note", "no-endpoint", None, (), f"No survival endpoint was found.{named}",
            "Name one with --time COLUMN --event COLUMN[=VALUE], or --start COLUMN --end COLUMN "
            "--event COLUMN=VALUE.",
        )  # fmt: skip


def rival_columns(found: Found) -> Findings:
    """Two columns that could both be the time or the event, unless each has its endpoint."""
    stated = {name for e in found.endpoints if e.source == "dictionary" for name in e.columns}
    for code in ("os_time", "death", "pfs_time", "start_date", "death_date", "last_contact"):
        columns = found.all_of(code)
        names = [column.name for column in columns]
        if len(columns) > 1 and columns[0].known is not None and not stated.issuperset(names):
            options = {"os_time": "--time", "pfs_time": "--time", "death": "--event"}
            option = options.get(code, "--start" if code == "start_date" else "--end")
            yield Finding(
                "warning", "rival-columns", None, (),
                f"{listed(names)} could each be the {columns[0].known.label}.", "Name the one:",
                " or ".join(f"{option} {quote(name)}" for name in names),
            )  # fmt: skip
