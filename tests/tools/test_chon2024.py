"""The twin of Chon 2024: its patients are plausible, its files whole, and its search replays."""

import csv
import hashlib
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import hcc2l

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "sample_data" / "chon2024"


def _read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def rows():
    return _read(FOLDER / "cohort.csv")


@pytest.fixture
def chon2024(monkeypatch):
    """The generator, which imports the search beside it, with a few steps of each stage."""
    monkeypatch.syspath_prepend(str(ROOT / "tools" / "twins"))
    import chon2024

    for stage in (
        "NUMBER",
        "ARRANGEMENT",
        "PAIR",
        "OUTCOME",
        "THIRD_LINE",
        "ASSIGNMENT",
        "RELABEL",
        "MATCHING",
    ):
        monkeypatch.setattr(chon2024, f"{stage}_STEPS", 40)
    yield chon2024
    for name in ("chon2024", "search"):
        sys.modules.pop(name, None)


def _day(cell):
    return date.fromisoformat(cell) if cell else None


def test_the_files_are_those_of_the_checksums():
    lines = (FOLDER / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest
    assert len(lines) == 2


def test_nothing_in_the_cohort_is_an_error_or_a_warning():
    report = hcc2l.check(str(FOLDER / "cohort.csv"), strict=True)
    assert [
        row["finding"] for row in report.table("findings").rows if row["severity"] != "note"
    ] == []


def test_it_has_every_column_of_the_cohort_that_it_replaced(rows):
    default = _read(ROOT / "tests" / "reference" / "data" / "second_line" / "cohort.csv")
    assert [name for name in default[0] if name not in rows[0]] == []


def test_a_pair_is_one_patient_of_each_treatment(rows):
    pairs = Counter(
        (row["matched_pair"], row["second_line"]) for row in rows if row["matched_pair"]
    )
    wanted = {(str(n), drug): 1 for n in range(1, 37) for drug in ("lenvatinib", "sorafenib")}
    assert pairs == wanted
    assert all((row["matched"] == "yes") == bool(row["matched_pair"]) for row in rows)


def test_nothing_happens_after_death_or_last_contact(rows):
    for row in rows:
        start, last = _day(row["start_2l"]), _day(row["last_contact"])
        for name in ("progression_date", "death_date"):
            day = _day(row[name])
            assert day is None or start <= day <= last, (row["patient_id"], name)
        assert row["death_date"] in ("", row["last_contact"])
        assert (row["death"] == "1") == bool(row["death_date"])
        assert (row["progression"] == "1") == bool(row["progression_date"])


def test_a_third_line_follows_a_progression(rows):
    for row in rows:
        assert (row["subsequent_therapy"] == "yes") == bool(row["subsequent_drug"])
        assert row["subsequent_drug"] != row["second_line"]
        if row["subsequent_drug"]:
            progressed = _day(row["progression_date"])
            assert (_day(row["last_contact"]) - progressed).days >= 28, row["patient_id"]


def test_responses_agree_with_the_course_and_with_each_other(rows):
    order = ("CR", "PR", "SD", "PD")
    for row in rows:
        if row["response"] == "PD":
            assert row["progression_date"], row["patient_id"]
        if row["response"] == "NE":
            assert row["response_mrecist"] == "NE"
        else:
            one, other = order.index(row["response"]), order.index(row["response_mrecist"])
            assert abs(one - other) <= 1, row["patient_id"]


def test_scores_classes_and_stages_agree(rows):
    for row in rows:
        score = row["child_pugh_score"]
        assert row["child_pugh"] == ("A" if score in ("5", "6") else "B")
        if score == "5":
            assert (row["ascites"], row["encephalopathy"]) == ("none", "none")
        advanced = "yes" in (row["macrovascular_invasion"], row["extrahepatic_spread"])
        assert (row["bclc"] == "C") == (advanced or row["ecog"] != "0"), row["patient_id"]
        if row["lymph_node"] == "yes":
            assert row["extrahepatic_spread"] == "yes"


def test_adverse_events_are_of_patients_of_the_cohort_while_they_were_seen(rows):
    seen = {row["patient_id"]: float(row["os_months"]) * 30.4375 + 1 for row in rows}
    for event in _read(FOLDER / "adverse_events.csv"):
        assert 1 <= int(event["day"]) <= seen[event["patient_id"]]
        assert event["grade"] in ("1", "2", "3", "4")


def test_the_search_replays_and_keeps_the_printed_counts(chon2024):
    published = chon2024.Published(FOLDER / "published.json")
    found = [chon2024.build(published) for _ in range(2)]
    for name in found[0]:
        np.testing.assert_array_equal(found[0][name], found[1][name])
    for flag, item in chon2024.FLAGS.items():
        counts = np.bincount(found[0]["stratum"][found[0][flag] == 1], minlength=4)
        assert counts.tolist() == published.strata(item), flag
    assert (found[0]["death"].sum(), found[0]["progression"].sum()) == (81, 107)
