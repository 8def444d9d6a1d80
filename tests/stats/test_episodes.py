"""Follow-up cut into rows: every row as R's `tmerge` has it, and properties of cutting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats.episodes import episodes, timing
from tests.reference import cases


def cohort(case_id: str) -> tuple[dict[str, Any], Any, Any, Any, list[str]]:
    """Expected values; follow-up, event, begin of the exposure and id of the rows R analysed."""
    case = cases.case("exposures", case_id)
    arguments = case["arguments"]
    needed = (*arguments["covariates"], arguments["event"])
    rows = [r for r in cases.rows_of_file(case) if all(r[c] not in ("", "NA") for c in needed)]
    stop, begins = cases.exposure_times(arguments, rows)
    kept = stop > 0
    event = np.array([r[arguments["event"]] == str(arguments["event_value"]) for r in rows])
    ids = [r[arguments["subject"]] for r, keep in zip(rows, kept, strict=True) if keep]
    return case["expected"], stop[kept], event[kept], begins[kept], ids


@pytest.mark.parametrize("case_id", cases.ids("exposures"))
def test_the_rows_are_those_of_tmerge(case_id: str) -> None:
    expected, stop, event, begins, ids = cohort(case_id)
    when, patients = timing(begins, np.zeros(stop.size), stop), np.arange(stop.size)
    kinds = expected["exposure"]
    assert kinds["never_recorded"] == np.isnan(begins).sum()
    assert kinds["at_or_before_start"] == when.before.sum()
    for kind in ("during", "at_end", "after_end"):
        assert kinds[kind] == getattr(when, kind).sum()
    rows = episodes(np.zeros(stop.size), stop, patients, begins)
    exposed, happens = rows.begun(begins), rows.last & event[rows.patient]
    long = expected["long"]
    assert (rows.start.size, exposed.sum()) == (long["n_rows"], long["exposed_rows"])
    length = rows.stop - rows.start
    for level, inside in (("unexposed", ~exposed), ("exposed", exposed)):
        assert length[inside].sum() == pytest.approx(long["person_time"][level], rel=1e-12)
        assert happens[inside].sum() == long["events"][level]
    found = [
        (ids[p], start, stop, e, x)
        for p, start, stop, e, x in zip(
            rows.patient, rows.start, rows.stop, happens, exposed, strict=True
        )
    ][: len(long["rows"])]
    for ours, r in zip(found, long["rows"], strict=True):
        assert ours[0] == str(r["id"])
        assert ours[1:] == (
            pytest.approx(r["start"], rel=1e-12), pytest.approx(r["stop"], rel=1e-12), r["event"],
            r["exposed"],
        )  # fmt: skip


TIMES = st.integers(-5, 40)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 30)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 7), TIMES), max_size=20),
)
def test_follow_up_is_parted_and_nothing_is_lost(
    follow_up: list[tuple[int, int]], changes: list[tuple[int, int]]
) -> None:
    start = np.array([float(a) for a, _ in follow_up])
    stop = start + [b for _, b in follow_up]
    changes = [(p, t) for p, t in changes if p < start.size]
    patient = np.array([p for p, _ in changes], dtype=np.int64)
    time = np.array([float(t) for _, t in changes])
    rows = episodes(start, stop, patient, time)
    assert (rows.start < rows.stop).all()
    assert rows.last.sum() == start.size
    for p in range(start.size):
        own = rows.patient == p
        inside = {t for q, t in changes if q == p and start[p] < t < stop[p]}
        assert rows.start[own].tolist() == [start[p], *sorted(inside)]
        assert rows.stop[own].tolist() == [*sorted(inside), stop[p]]
    slow = [
        max(
            ((t, i) for i, (q, t) in enumerate(changes) if q == p and t <= s),
            default=(0, -1),
        )[1]
        for p, s in zip(rows.patient, rows.start, strict=True)
    ]
    assert rows.latest(patient, time).tolist() == slow


def test_an_exposure_counts_after_its_time_and_never_at_it() -> None:
    stop, begins = np.array([10.0, 10.0, 10.0]), np.array([4.0, 10.0, np.nan])
    rows = episodes(np.zeros(3), stop, np.arange(3), begins)
    assert rows.start.tolist() == [0, 4, 0, 0]
    assert rows.begun(begins).tolist() == [False, True, False, False]


def test_times_that_differ_by_rounding_are_one_time() -> None:
    begins = np.array([4.0 + 1e-12, 10.0 - 1e-12, 1e-12])
    rows = episodes(np.zeros(3), np.full(3, 10.0), np.array([0, 1, 2, 0]), np.append(begins, 4.0))
    assert rows.patient.tolist() == [0, 0, 1, 2]
    assert rows.begun(begins).tolist() == [False, True, False, True]
    when = timing(begins, np.zeros(3), np.full(3, 10.0))
    assert (when.during.tolist(), when.at_end.tolist()) == (
        [True, False, False],
        [False, True, False],
    )
    assert when.before.tolist() == [False, False, True]
