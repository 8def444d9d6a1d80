"""The cohort, the models and the runs of the tests of `validate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hcc2l
from hcc2l.report import Report, Row
from tests.reference import cases

HCC = cases.FOLDER / "data" / "val_hcc424.csv"
ENDPOINT: dict[str, Any] = {"time": "os_months", "event": "death", "unit": "months"}
PAPER: dict[str, Any] = {
    "type": "cox",
    "unit": "months",
    "terms": [{"term": "lp1", "coef": 1.0}],
    "baseline": {"time": [6, 12], "survival": [0.7, 0.45]},
}


def validated(path: Path | str = HCC, **options: Any) -> Report:
    return hcc2l.validate(path, **(ENDPOINT | options))


def model_file(folder: Path, name: str = "paper", **keys: Any) -> str:
    path = folder / f"{name}.json"
    path.write_text(json.dumps(PAPER | keys), encoding="utf-8")
    return str(path)


def saved(folder: Path, name: str, report: Report) -> str:
    assert report.save is not None
    path = folder / f"{name}.json"
    path.write_text(report.save(), encoding="utf-8")
    return str(path)


def measured(report: Report, score: str) -> dict[Any, Row]:
    rows = report.table("performance").rows
    return {(row["measure"], row["time"]): row for row in rows if row["score"] == score}


def codes(report: Report) -> list[str]:
    return [note.code for note in report.notes]


def note(report: Report, code: str) -> str:
    return next(n.text for n in report.notes if n.code == code)
