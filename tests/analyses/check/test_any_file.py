"""Whatever stands in the cells, `check` answers, and the dictionary that it writes can be read."""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hcc2l
from hcc2l.dictionary import load_dictionary
from hcc2l.errors import InputError
from tests.analyses.check.cohorts import HEADER

NAMES = st.sampled_from([*HEADER.split(","), "AFP (ng/ml)", "Bemerkung", "x", "[y]", 'q"uote', "1"])
CELLS = st.sampled_from([
    "", "0", "1", "2", "5", "-9", "999", "68", "3.8", "3,8", "1,118", "<4", "12.5*", "n.d.", "A5",
    "B7", "yes", "Yes", "N", "ja", "HBV; HCV", "2020-03-05", "2020-02-31", "03/04/2020",
    "13/04/2020", "05.06.2020", "43954", "1e308", "-0", "³²", "٣", "７４", "\t", "[bold]x[/bold]",
    "=1+1", "\\", '"', "\x7f", "a\nb", "é", "사망", "P01", "p01 ",
])  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> str:
    names = draw(st.lists(NAMES, min_size=2, max_size=7, unique=True))
    pools = [draw(st.lists(CELLS, min_size=1, max_size=5)) for _ in names]
    rows = draw(st.integers(1, 20))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(names)
    for i in range(rows):
        writer.writerow(pool[(7 * i + j) % len(pool)] for j, pool in enumerate(pools))
    return text.getvalue()


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=files())
def test_any_file_is_checked(text: str, tmp_path: Path) -> None:
    path = tmp_path / "cohort.csv"
    path.write_text(text, encoding="utf-8")
    try:
        cohort = hcc2l.read_cohort(path, sep=";")
    except InputError:  # no cell is filled
        return
    report = hcc2l.check(cohort)
    shown: Any = hcc2l.render_report(report, width=80)
    assert shown.startswith(report.title)
    written = tmp_path / "written.toml"
    written.write_text(report.save() if report.save else "", encoding="utf-8")
    tomllib.loads(written.read_text(encoding="utf-8"))
    load_dictionary(written)
    again = hcc2l.check(hcc2l.read_cohort(path, sep=";", config=written))
    assert again.table("columns") == report.table("columns")
