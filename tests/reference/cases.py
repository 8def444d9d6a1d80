"""R's frozen values, case by case, with the rows that each case analyses."""

from __future__ import annotations

import csv
import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent


@cache
def load(name: str) -> Any:
    """A file of frozen values."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def ids(name: str) -> list[str]:
    return [case["id"] for case in load(name)]


def case(name: str, case_id: str) -> dict[str, Any]:
    return next(c for c in load(name) if c["id"] == case_id)


@cache
def _file(dataset: str) -> list[dict[str, str]]:
    with (FOLDER / dataset).open(newline="") as file:
        return list(csv.DictReader(file))


def table(name: str) -> list[dict[str, str]]:
    """The rows of a file of `data`."""
    return _file(f"data/{name}.csv")


def rows_of(case: dict[str, Any]) -> list[dict[str, str]]:
    """The rows that R analysed: filter applied, missing values and undeclared levels left out."""
    arguments = case["arguments"]
    rows = _file(case["dataset"])
    for column, values in (arguments.get("filter") or {}).items():
        rows = [r for r in rows if r[column] in {str(v) for v in values}]
    for column, declared in (arguments.get("variables") or {}).items():
        if "levels" in declared:
            rows = [r for r in rows if r[column] in declared["levels"]]
    return [r for r in rows if r[arguments["time"]] and r[arguments["event"]]]


def csv_rows(case: dict[str, Any]) -> list[dict[str, str]]:
    """All rows of a case's file."""
    return _file(case["dataset"])


def time_event(case: dict[str, Any], rows: list[dict[str, str]]) -> tuple[Any, Any]:
    """Times and events of the rows, shape (n,)."""
    arguments = case["arguments"]
    time = np.array([float(r[arguments["time"]]) for r in rows])
    event = np.array([r[arguments["event"]] == str(arguments["event_value"]) for r in rows])
    return time, event


def codes(case: dict[str, Any], rows: list[dict[str, str]], column: str) -> Any:
    """Level indices of a factor, shape (n,)."""
    levels = case["arguments"]["variables"][column]["levels"]
    return np.array([levels.index(r[column]) for r in rows])


def agrees(found: float | None, expected: float | None, relative: float = 1e-8) -> bool:
    """Whether a value is R's; R's NA agrees with None, NaN and infinity."""
    if expected is None:
        return found is None or not math.isfinite(found)
    return found is not None and math.isclose(
        found, float(expected), rel_tol=relative, abs_tol=1e-12
    )


def of_kind(file: str, kind: str) -> list[dict[str, Any]]:
    """The cases of a file whose arguments have that kind."""
    return [case for case in load(file) if case["arguments"]["kind"] == kind]


def name(case: dict[str, Any]) -> str:
    """The id of a case, for pytest."""
    return str(case["id"])


def rows_of_file(case: dict[str, Any]) -> list[dict[str, str]]:
    """All rows of a case's file."""
    return _file(case["dataset"])


def exposure_times(arguments: dict[str, Any], rows: list[dict[str, str]]) -> tuple[Any, Any]:
    """End of follow-up, and when the exposure begins, NaN for never; from dates or times."""
    dates = arguments.get("dates")
    if not dates:
        return _numbers(rows, arguments["time"]), _numbers(rows, arguments["exposure_time"])
    unit = 30.4375 if arguments["unit"] == "months" else 1.0
    start, end, begins = (
        np.array([r[dates[key]] or "NaT" for r in rows], dtype="datetime64[D]")
        for key in ("start", "end", "exposure")
    )
    day = np.timedelta64(1, "D")
    return (end - start) / day / unit, (begins - start) / day / unit


def _numbers(rows: list[dict[str, str]], column: str) -> Any:
    return np.array([float(r[column]) if r[column] not in ("", "NA") else np.nan for r in rows])
