"""Small cohorts for `check`: twelve patients without a fault, and the same with one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import hcc2l
from hcc2l.report import Report

HEADER = (
    "patient_id,treatment,start_date,progression_date,death_date,last_contact,os_months,death,age,"
    "sex,ecog,child_pugh,albumin,bilirubin,lymphocytes,afp"
)
_ROWS = """\
P01,lenvatinib,2020-01-10,2020-03-01,2020-07-10,2020-07-10,5.98,1,61,male,0,A,36.1,0.8,1.2,12.5
P02,sorafenib,2020-02-11,2020-05-01,,2021-02-11,12.02,0,58,male,1,A,38.4,1.1,1.6,400
P03,lenvatinib,2020-03-05,,2020-09-05,2020-09-05,6.05,1,70,female,0,A,33.0,0.9,0.9,8.1
P04,sorafenib,2020-03-20,2020-06-20,2020-08-20,2020-08-20,5.03,1,66,male,1,B,31.2,2.4,1.1,2210
P05,lenvatinib,2020-04-02,2020-08-02,,2021-04-02,11.99,0,54,male,0,A,41.7,0.6,1.9,3.4
P06,sorafenib,2020-05-14,2020-07-01,2020-10-14,2020-10-14,5.03,1,73,female,2,B,29.5,1.9,0.8,95
P07,lenvatinib,2020-06-01,,,2021-06-01,11.99,0,49,male,0,A,39.9,0.7,2.1,17
P08,sorafenib,2020-06-22,2020-09-22,2020-12-22,2020-12-22,6.01,1,68,male,1,A,35.5,1.0,1.3,5100
P09,lenvatinib,2020-07-15,2020-11-01,2021-03-15,2021-03-15,7.98,1,63,male,1,A,34.8,1.3,1.0,61
P10,sorafenib,2020-08-03,2020-10-03,2020-11-03,2020-11-03,3.02,1,77,male,1,B,30.6,2.8,0.7,940
P11,lenvatinib,2020-09-09,2021-01-09,2021-04-09,2021-04-09,6.97,1,59,female,0,A,37.2,0.9,1.4,28
P12,sorafenib,2020-10-01,2020-12-01,2021-03-01,2021-03-01,4.96,1,65,male,1,A,36.6,1.2,1.5,310
"""


def patients(**changed: dict[int, str]) -> str:
    """The cohort as CSV text; `changed` gives the cells of a column by patient, from 1."""
    names = HEADER.split(",")
    rows = [line.split(",") for line in _ROWS.splitlines()]
    for name, cells in changed.items():
        for patient, cell in cells.items():
            rows[patient - 1][names.index(name)] = cell
    return "\n".join([HEADER, *(",".join(row) for row in rows)]) + "\n"


def checked(folder: Path, text: str, dictionary: str = "", **options: Any) -> Report:
    """The check of a cohort in CSV, last changed on 1 July 2022."""
    path = folder / "cohort.csv"
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1656633600, 1656633600))
    if dictionary:
        (folder / "hcc2l.toml").write_text(dictionary, encoding="utf-8")
    return hcc2l.check(path, **options)


def found(report: Report, code: str) -> Any:
    """The finding of that code, of which there is one."""
    (row,) = [row for row in report.table("findings").rows if row["code"] == code]
    return row


def found_codes(report: Report, *severities: str) -> list[object]:
    """The codes of the findings, of some severities only if these are given."""
    rows = report.table("findings").rows
    return [row["code"] for row in rows if not severities or row["severity"] in severities]


def column(report: Report, name: str) -> Any:
    """What was found on one column."""
    (row,) = [row for row in report.table("columns").rows if row["name"] == name]
    return row
