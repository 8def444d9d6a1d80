"""Cohorts, and what is picked from their reports, for the tests of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import hcc2l
from hcc2l.report import Report
from tests.conftest import DATA

SECOND_LINE = DATA / "second_line" / "cohort.csv"


def km(folder: Path, text: str, **options: Any) -> Report:
    path = folder / "cohort.csv"
    path.write_text(text)
    return hcc2l.km(path, **options)
