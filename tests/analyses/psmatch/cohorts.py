"""Cohorts, and what is picked from their reports, for the tests of this folder."""

from __future__ import annotations

from typing import Any

import hcc2l
from hcc2l.report import Report
from tests.conftest import DATA, Write

SECOND_LINE = DATA / "second_line" / "cohort.csv"


SMALL = DATA / "psmatch"


LALONDE = DATA / "lalonde.csv"


WORKERS: dict[str, Any] = {
    "treat": "treat", "covariates": ["age", "educ", "race", "married", "re74"],
}  # fmt: skip


def psmatch(**options: Any) -> Report:
    return hcc2l.psmatch(SECOND_LINE, **({"treat": "lenvatinib"} | options))


def matched(report: Report) -> tuple[int, int]:
    (row,) = report.table("matching").rows
    return row["n_matched_treated"], row["n_matched_control"]


def small(write: Write, rows: list[tuple[str, float, str]], **options: Any) -> Report:
    lines = ["drug,x,level,time,status"]
    lines += [f"{d},{x},{g},{i % 11 + 1},{i % 3 > 0:d}" for i, (d, x, g) in enumerate(rows)]
    path = write("small.csv", "\n".join(lines))
    return hcc2l.psmatch(path, treat="drug=a", **({"covariates": ["x", "level"]} | options))


MIXED = [("ab"[i % 2], float(i * 7 % 10), "uv"[i * 3 % 7 > 3]) for i in range(40)]
