"""Cohorts for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Write
from tests.design.cohorts import FROM_DATES, TERMS


@pytest.fixture(autouse=True)
def _in_an_empty_folder(workplace: Path) -> None:
    """Every test here writes its cohort into a folder of its own."""


@pytest.fixture
def dated(write: Write) -> Path:
    write("hcc2l.toml", FROM_DATES)
    return write(
        "c.csv",
        "id,start,progressed,died,seen\n"
        "a,2020-01-01,2020-02-01,2020-03-01,2020-03-01\n"
        "b,2020-01-01,,2020-03-01,2020-03-01\n"
        "c,2020-01-01,2020-02-01,,2020-04-01\n"
        "d,2020-01-01,,,2020-04-01\n"
        "e,,2020-02-01,2020-03-01,2020-03-01\n"
        "f,2020-01-01,,,\n"
        "g,2020-01-01,,2020-01-01,2020-01-01\n",
    )


@pytest.fixture
def terms(write: Write) -> Path:
    return write("terms.csv", TERMS)
