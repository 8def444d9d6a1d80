"""Endpoints, terms, levels, conditions, and the account of every row."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l import read_cohort
from hcc2l.design import RowAccount
from hcc2l.errors import AnalysisError
from tests.conftest import Run, Write
from tests.design.cohorts import counts, excluded, km

LINE = st.tuples(
    st.sampled_from(["", "0", "1", "2.5", "7"]),
    st.sampled_from(["", "0", "1"]),
    st.sampled_from(["", "x", "y", "z"]),
    st.sampled_from(["", "17", "18", "65", "NA"]),
    st.sampled_from(["", "0.5", "1", "2"]),
)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(LINE, max_size=12),
    by=st.sampled_from([None, "arm", "age@18", "age==18"]),
    where=st.sets(st.sampled_from(["age>=18", "arm in x,y", "age missing", "arm present"])),
    landmark=st.sampled_from([None, 1.0]),
    weighted=st.booleans(),
)
def test_rows_read_are_rows_analysed_and_rows_excluded(
    lines: list[tuple[str, ...]],
    by: str | None,
    where: set[str],
    landmark: float | None,
    weighted: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    sure = [("3", "1", "x", "18", "1"), ("4", "0", "y", "17", "1"), ("5", "1", "y", "40", "2")]
    rows = [*lines, *sure]
    path = tmp_path_factory.getbasetemp() / "account.csv"
    text = [f"p{i}," + ",".join(cells) for i, cells in enumerate(rows)]
    path.write_text("patient_id,time,status,arm,age,w\n" + "\n".join(text) + "\n")
    options = {"by": by, "where": sorted(where), "landmark": landmark}
    try:
        report = km(path, **options, weights="w" if weighted else None)
    except AnalysisError:
        return  # no rows, no events, or a single group
    provenance = report.provenance
    assert provenance.rows == len(rows)
    assert provenance.rows == provenance.analysed + sum(e.rows for e in provenance.excluded)
    assert provenance.analysed == sum(counts(report).values())  # type: ignore[arg-type]  # counts, in this case
    named = [name for e in provenance.excluded for name in e.which]
    assert len(named) == len(set(named))
    assert all(e.rows > 0 for e in provenance.excluded)


def test_footer_and_json_account_for_all_rows(cohort_csv: Path, run: Run) -> None:
    analysed = run("km", cohort_csv, "--by", "child_pugh", "--json").json["analysed"]
    excluded_rows = sum(e["rows"] for e in analysed["excluded"])
    footer = f"40 rows read, {excluded_rows} excluded"
    for format_ in ("table", "md", "html", "tex"):
        printed = run("km", cohort_csv, "--by", "child_pugh", "--format", format_).out
        printed = " ".join(printed.split())
        assert footer in printed
        assert f"{analysed['rows']} analysed" in printed


def test_a_row_is_excluded_for_its_first_reason_only(write: Write) -> None:
    report = km(write("c.csv", "id,time,status,arm\na,1,1,x\nb,,,\nc,2,0,y\nd,3,1,\n"), by="arm")
    assert {reason: n for reason, (n, _) in excluded(report).items()} == {
        "time missing": 1,
        "arm missing": 1,
    }


def test_an_account_that_goes_on_from_another_leaves_it_as_it_was(terms: Path) -> None:
    first = RowAccount(read_cohort(terms))
    everyone = first.analysed
    further = first.copy()
    further.drop(further.keep.copy(), "left")
    assert (further.analysed, [e.reason for e in further.excluded]) == (0, ["left"])
    assert (first.analysed, first.excluded) == (everyone, [])
