"""The twin of TOG 2025: joint counts are built, the search replays, patients are plausible."""

import csv
import hashlib
import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from hcc2l.scores.child_pugh import child_pugh_points

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools" / "twins"))
twin = importlib.import_module("tog2025")  # the generator, which is no part of the package
COHORT = ROOT / "sample_data" / "tog2025" / "cohort.csv"


@pytest.fixture(scope="module")
def patients():
    with COHORT.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbers(patients, column):
    return np.array([float(patient[column]) for patient in patients])


def test_the_counts_of_table_3_are_built():
    state = twin.skeleton(np.random.default_rng(1))
    sorafenib = state["drug"] == 0
    for column, (controlled, uncontrolled, others) in twin.COUNTS.items():
        groups = (sorafenib & (state["controlled"] == 1), sorafenib & (state["controlled"] == 0))
        found = [state[column][rows].sum() for rows in (*groups, ~sorafenib)]
        assert found == [controlled, uncontrolled, others]
    assert state["death"].sum() == 40


def test_moves_of_groups_keep_the_counts_of_table_3():
    rng = np.random.default_rng(2)
    state = twin.skeleton(rng)
    state["os_days"][0], state["os_days"][41:54] = twin.AFP_LOW[0], 320  # a day to be handed on
    state["death"][0] = 1
    moves = [move for move, _ in twin.survival_moves(state)["groups"]]
    for number in range(1500):
        change = moves[number % len(moves)].propose(state, rng)
        for column, values in zip(change.columns, change.values, strict=True) if change else ():
            state[column][change.rows] = values
    for column in twin.COUNTS.keys() - {"spread"}:  # of which Table 3 has no row
        found = [state[column][state["stratum"] == stratum].sum() for stratum in (0, 1)]
        assert tuple(found) == twin.COUNTS[column][:2]


def test_the_first_steps_of_the_search_replay():
    items, stages = twin.published(), [twin.Stage(what, 20, 3.0) for what in ("days", "both")]
    first, second = (
        twin.survival(twin.skeleton(np.random.default_rng(1)), items, 1, stages) for _ in range(2)
    )
    for column, values in first.items():
        np.testing.assert_array_equal(values, second[column])


def test_p_values_are_those_of_wald():
    state = twin.skeleton(np.random.default_rng(1))
    model = twin.FactorCox("", (), "os_days", "death", "afp_200", (0, 1))
    ratio, lower, upper, p = twin.WithP("", (), model).found(state)
    assert lower < ratio < upper
    assert (p < 0.05) == (not lower < 1 < upper)


def test_the_file_is_the_one_of_the_checksum():
    listed = (COHORT.parent / "SHA256SUMS").read_text(encoding="utf-8").split()
    assert listed == [hashlib.sha256(COHORT.read_bytes()).hexdigest(), "cohort.csv"]


def test_points_of_the_child_pugh_score_follow_from_their_parts(patients):
    grade = np.array([0.0 if p["encephalopathy"] == "none" else 1.0 for p in patients])
    ascites = np.array([0.0 if p["ascites"] == "none" else 1.0 for p in patients])
    bilirubin, albumin, inr = (numbers(patients, c) for c in ("bilirubin", "albumin", "inr"))
    none = np.full(len(patients), np.nan)
    points = child_pugh_points(bilirubin, albumin / 10, inr, none, ascites, grade)
    np.testing.assert_array_equal(points, numbers(patients, "child_pugh_score"))
    assert [p["child_pugh"] for p in patients] == ["A" if x < 7 else "B" for x in points]


def test_nobody_progresses_after_death_or_responds_and_progresses_at_once(patients):
    for patient in patients:
        assert patient["start_2l"] < patient["last_contact"] <= "2024-06-30"
        if patient["progression_date"]:
            assert patient["progression_date"] < patient["last_contact"]
        if patient["response"] == "PD":
            assert patient["progression"] == "1"
            assert float(patient["pfs_months"]) < 4.2
        elif patient["progression"] == "1":
            assert float(patient["pfs_months"]) > 2.6
        if patient["death"] == "1":
            assert patient["progression"] == "1"


def test_spread_and_stage_agree(patients):
    for patient in patients:
        spread = patient["extrahepatic_spread"] == "yes"
        assert spread == (patient["extrahepatic_site"] != "none")
        assert not spread or patient["bclc"] == "C"
