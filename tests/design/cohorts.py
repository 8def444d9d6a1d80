"""Cohorts, and what is picked from their reports, for the tests of this folder."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import hcc2l
from hcc2l import read_cohort
from hcc2l.cohort import Cohort
from hcc2l.design import Endpoint, resolve_endpoint
from hcc2l.report import Report
from hcc2l.specs import KmSpec


def km(path: Path | str, **options: Any) -> Report:
    return hcc2l.km(path, **options)


def groups(report: Report) -> tuple[object, ...]:
    return report.table("groups").column("group")


def counts(report: Report) -> dict[object, object]:
    """Patients of each group."""
    return {row["group"]: row["n"] for row in report.table("groups").rows}


def only(report: Report, key: str) -> object:
    """The one value of a report on a single group."""
    (value,) = report.table("groups").column(key)
    return value


def excluded(report: Report) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Number and names of the excluded rows, by reason."""
    return {e.reason: (e.rows, e.which) for e in report.provenance.excluded}


def cells(records: list[dict[str, str]], name: str) -> list[float]:
    return [float(r[name]) for r in records if r[name]]


FROM_DATES = """
[endpoints.os]
start = "start"
end = ["died"]
censor = "seen"
[endpoints.pfs]
start = "start"
end = ["progressed", "died"]
censor = "seen"
"""


def endpoint(path: Path, name: str = "os") -> tuple[list[float | None], list[int]]:
    """Times (None where unknown) and events (-1 where unknown), row by row."""
    resolved = resolve_endpoint(read_cohort(path), KmSpec(endpoint=name))
    times = [None if t != t else t for t in resolved.time.tolist()]
    return times, resolved.event.tolist()


TERMS = """\
patient_id,time,status,afp,ecog,child_pugh,grade,stage,tnm,etiology,ever
p1,1,1,100,0,B,2,II,T10,viral,1
p2,2,1,200,1,A,10,IV,T2,Alcohol,1
p3,3,0,400,2,C,1,I,T1,nash,1
p4,4,1,400.5,1,A,2,IX,T2,viral,1
p5,5,0,399.5,2,B,10,III,T1,nash,1
p6,6,1,1000,0,A,1,V,T10,Alcohol,1
p7,7,1,,1,B,2,I,T1,viral,1
"""


def read(text: str, dictionary: str = "") -> Cohort:
    """A cohort from the text of its file, where no fixture can be used."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.csv"
        path.write_text(text, encoding="utf-8")
        path.with_name("hcc2l.toml").write_text(dictionary, encoding="utf-8")
        cohort = read_cohort(path)
        cohort.load(cohort.names)
        return cohort


def chosen(text: str, dictionary: str = "", **options: Any) -> Endpoint:
    """The endpoint of `KmSpec(**options)` in a cohort given as text."""
    return resolve_endpoint(read(text, dictionary), KmSpec(**options))


SEEN = """\
id,start,seen,status,arm
a,2020-01-01,2020-03-01,dead,x
b,2020-01-01,2020-04-01,alive,y
c,2020-01-01,2020-01-01,dead,x
d,,2020-04-01,dead,y
e,2020-01-01,,alive,x
f,2020-01-01,2020-05-01,,y
"""
DATES = """\
id,start,progressed,died,seen,status
a,2020-01-01,2020-02-01,2020-03-01,2020-03-01,2
b,2020-01-01,,2020-03-01,2020-03-01,2
c,2020-01-01,2020-02-01,,2020-04-01,1
d,2020-01-01,,,2020-04-01,1
"""
