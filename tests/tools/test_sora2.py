"""The twin of SORA-2: its patients are plausible, and its search replays."""

import csv
import json
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import hcc2l

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "sample_data" / "sora2"


@pytest.fixture(scope="module")
def rows():
    with (FOLDER / "cohort.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def sora2(monkeypatch):
    """The generator, which imports the search beside it."""
    monkeypatch.syspath_prepend(str(ROOT / "tools" / "twins"))
    import sora2

    yield sora2
    for name in ("sora2", "search"):
        sys.modules.pop(name, None)


def _day(cell):
    return date.fromisoformat(cell) if cell else None


def test_nothing_in_the_cohort_is_an_error_or_a_warning():
    report = hcc2l.check(str(FOLDER / "cohort.csv"), strict=True)
    assert [
        row["finding"] for row in report.table("findings").rows if row["severity"] != "note"
    ] == []


def test_ids_are_made_up_and_different(rows):
    assert [row["patient_id"] for row in rows] == [f"S2-{n:03d}" for n in range(1, 82)]


def test_nothing_happens_after_death_or_last_contact(rows):
    for row in rows:
        start, last = _day(row["start_2l"]), _day(row["last_contact"])
        for name in ("progression_date", "end_2l", "third_line_date", "death_date"):
            day = _day(row[name])
            assert day is None or start <= day <= last, (row["patient_id"], name)
        assert row["death_date"] in ("", row["last_contact"])
        assert (row["vital_status"] == "dead") == bool(row["death_date"])


def test_response_and_the_reason_for_stopping_agree_with_the_course(rows):
    for row in rows:
        if row["response"] == "PD" or row["stop_reason"] == "progression":
            assert row["progression_date"], row["patient_id"]
        if row["stop_reason"] == "death":
            assert row["end_2l"] == row["death_date"] != "", row["patient_id"]
        assert bool(row["stop_reason"]) == bool(row["end_2l"])
        assert (row["later_therapy"] == "yes") == bool(row["third_line_date"])
        assert row["third_line"] != row["first_line"]


def test_scores_classes_and_stages_agree(rows):
    for row in rows:
        score = row["child_pugh_score"]
        assert row["child_pugh"] == {"": ""}.get(score, "A" if score in ("5", "6") else "B")
        if score == "5":
            assert (row["ascites"], row["encephalopathy"]) == ("no", "no")
        if row["bclc"] in ("A", "B"):
            assert (row["macrovascular_invasion"], row["extrahepatic_spread"]) == ("no", "no")
        if row["main_portal_vein"] == "yes":
            assert row["macrovascular_invasion"] == "yes"


def test_the_search_replays_and_keeps_the_printed_counts(sora2):
    published = json.loads((FOLDER / "published.json").read_text(encoding="utf-8"))
    found = [sora2.search(published, np.random.default_rng(1), effort=0.002) for _ in range(2)]
    for name, margin in sora2.MARGINS.items():
        np.testing.assert_array_equal(found[0][name], found[1][name])
        codes, counts = np.unique(found[0][name], return_counts=True)
        assert {c: n for c, n in zip(codes, counts, strict=True) if c >= 0} == margin
    assert int(found[0]["death"].sum()) == 57
    assert int(found[0]["os_days"].max()) == 959
