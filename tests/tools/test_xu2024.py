"""The generator of the synthetic twin of Xu 2024: quick targets, margins, plausible patients."""

import csv
import importlib
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from hcc2l.stats.cox import cox
from hcc2l.stats.kaplan_meier import kaplan_meier, quantiles

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools" / "twins"))
xu = importlib.import_module("xu2024")
PAPER = xu.published()


def _start(seed=1):
    return xu.start(PAPER, np.random.default_rng(seed))


@pytest.mark.parametrize("coarse", [1, 120])  # with deaths and censorings on one day
@pytest.mark.parametrize("seed", range(5))
def test_medians_of_several_groups_are_those_of_the_package(seed, coarse):
    state, rng = _start(seed), np.random.default_rng(seed)
    if coarse > 1:
        for time, event in xu.COLUMNS.values():
            state[time] = state[time] // coarse * coarse
            state[event] = rng.integers(0, 2, state[event].size)
    for target in xu.curves(PAPER, xu.FACTORS):
        found = np.reshape(target.found(state), (-1, 3))
        for (column, code), three in zip(target.groups, found, strict=True):
            rows = state[column] == code
            days, happened = state[target.time][rows], state[target.event][rows] == 1
            curve = kaplan_meier(days / xu.DAYS_PER_MONTH, happened)
            wanted = quantiles(curve, (0.5,), "log-log", 0.95)[0]
            np.testing.assert_allclose(
                np.where(np.isinf(three), np.nan, three),
                [wanted.estimate, wanted.lower, wanted.upper],
            )


@pytest.mark.parametrize("kind", ["Univariable", "Multivariable"])
def test_one_step_from_the_estimate_stays_there(kind):
    """The targets of hazard ratios are exact where the printed one is reached."""
    state, names = _start(), ("ecog", "afp_cat400", "hbv")
    x = np.column_stack([state[name] for name in names]).astype(float)
    days, happened = state["os"].astype(float), state["death"] == 1

    def fit(columns):
        return cox(days, happened, x[:, columns], ties="breslow")

    fits = [fit([0, 1, 2])] if kind == "Multivariable" else [fit([i]) for i in range(3)]
    beta = np.concatenate([one.coef for one in fits])
    std_err = np.concatenate([one.std_err for one in fits])
    wanted = tuple(w for b in beta for w in (xu.within(np.exp(b), 0.01), None, None, None))
    target = getattr(xu, kind)("", wanted, "os", "death", names)
    expected = np.exp([beta, beta - 1.959964 * std_err, beta + 1.959964 * std_err]).T
    np.testing.assert_allclose(np.reshape(target.found(state), (3, 4))[:, :3], expected, rtol=1e-5)


def test_the_start_has_the_printed_counts_and_keeps_the_rules():
    state = _start()
    for row in PAPER["baseline"]:
        name = row["variable"]
        if xu.COVARIATES.get(name) == row["level"]:
            for arm, code in xu.ARMS.items():
                here = state[name][state["treatment"] == code].sum()
                assert here == row["values"][arm]["n"], (name, arm)
    assert all(rule.holds(state) for rule in xu.RULES)


def _row(state, **codes):
    """The first patient with these codes."""
    here = np.logical_and.reduce([state[name] == code for name, code in codes.items()])
    return int(np.flatnonzero(here)[0])


@pytest.mark.parametrize(
    ("codes", "column", "value"),
    [
        ({"course": xu.BOTH}, "pfs", xu.TWO_CYCLES - 1),
        ({"course": xu.BOTH}, "os", xu.LAST_DAY + 1),
        ({"course": xu.DEATH_ALONE}, "pfs", xu.TWO_CYCLES),
        ({"course": xu.PROGRESSION_ALONE}, "os", xu.CLOSED - 1),
        ({"bclc": 0}, "extrahepatic_spread", 1),
        ({"bclc": 0}, "portal_vein_tumor_thrombus", 1),
        ({"bclc": 0}, "ecog", 1),
        ({"cirrhosis": 0}, "child_pugh_class", 1),
    ],
)
def test_a_patient_who_cannot_be_breaks_one_rule(codes, column, value):
    state = _start()
    row = _row(state, **codes)
    if column == "os":
        state["pfs"][row] = xu.TWO_CYCLES
    state[column][row] = value
    assert [rule.holds(state) for rule in xu.RULES].count(False) == 1


def test_progression_on_the_day_of_death_is_refused():
    state = _start()
    row = _row(state, course=xu.BOTH)
    state["pfs"][row] = state["os"][row]
    assert not all(rule.holds(state) for rule in xu.RULES)


def test_a_seed_replays_and_the_search_keeps_margins_and_rules():
    def first_steps():
        rng = np.random.default_rng(7)
        return xu.annealed(_start(), [(xu.in_the_end(PAPER), xu.ALL_MOVES, 150, 3.0)], rng)

    once, again, before = first_steps(), first_steps(), _start()
    assert all(np.array_equal(once[name], again[name]) for name in once)
    assert any(not np.array_equal(once[name], before[name]) for name in once)
    for name in xu.COVARIATES:
        for code in xu.ARMS.values():
            arm = once["treatment"] == code
            assert once[name][arm].sum() == before[name][arm].sum()
    assert all(rule.holds(once) for rule in xu.RULES)


def _count(rows, arm, column, value):
    return sum(row["treatment"] == arm and row[column] == value for row in rows)


def test_the_rest_has_the_printed_counts_whatever_was_found():
    rows = xu.patients(_start(), PAPER, np.random.default_rng(3))
    for arm in xu.ARMS:
        for row in PAPER["response"]:
            name = {"RECIST 1.1": "recist", "mRECIST": "mrecist"}[row["criteria"]]
            if row["category"] in ("CR", "PR", "SD", "PD"):
                found = _count(rows, arm, name, row["category"])
                assert found == row["values"][arm]["n"], (arm, name, row["category"])
        for row in PAPER["therapy"]:
            if row.get("level") in xu.REGIMENS:
                found = _count(rows, arm, "subsequent_regimen", xu.REGIMENS[row["level"]])
                assert found == row["values"][arm]["n"], (arm, row["level"])
        ecog = {r["level"]: r["values"][arm]["n"] for r in PAPER["baseline"] if "ecog" in r["id"]}
        assert {level: _count(rows, arm, "ecog", int(level)) for level in ecog} == ecog
    cohort = [{"patient_id": str(n), **row} for n, row in enumerate(rows)]
    events = xu.adverse_events(cohort, PAPER, np.random.default_rng(3))
    arm_of = {row["patient_id"]: row["treatment"] for row in cohort}
    for row in PAPER["adverse_events"]:
        for arm in xu.ARMS if row.get("event") in xu.EVENTS else ():
            here = [
                e for e in events
                if e["adverse_event"] == xu.EVENTS[row["event"]] and arm_of[e["patient_id"]] == arm
            ]  # fmt: skip
            severe = sum(event["grade"] >= 3 for event in here)
            assert len(here) == row["any_grade"][arm]["n"]
            assert severe == (row["grade_ge3"][arm]["n"] or 0)


@pytest.mark.parametrize("class_b", [True, False])
def test_the_parts_of_a_child_pugh_score_add_up_to_it(class_b):
    rng = np.random.default_rng(5)
    for _ in range(200):
        row = xu.liver_function(class_b, rng)
        worse = (
            (float(row["bilirubin"]) > 34.2) + (float(row["albumin"]) < 35)
            + (float(row["inr"]) > 1.7) + (row["ascites"] != "none")
            + (row["encephalopathy"] != "none")
        )  # fmt: skip
        assert row["child_pugh_score"] == 5 + worse
        assert (row["child_pugh_score"] > 6) == class_b == (row["child_pugh"] == "B")


def test_afp_and_age_stay_on_their_side_of_the_cut():
    rng = np.random.default_rng(5)
    for side in (True, False):
        assert {float(xu.afp(side, rng)) >= 400 for _ in range(300)} == {side}
        assert {xu.age(side, rng) < 50 for _ in range(300)} == {side}


def _rows(name):
    with (xu.STUDY / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_patients_are_plausible():
    for row in _rows("cohort.csv"):
        dates = [
            row["start_2l"],
            row["progression_date"],
            row["third_line_date"],
            row["death_date"],
        ]
        assert all(a < b for a, b in pairwise(filter(None, dates))), row["patient_id"]
        assert row["last_contact"] == row["death_date"] or not row["death_date"]
        assert row["start_2l"] >= "2018-06-01"
        assert row["last_contact"] <= "2023-01-01"
        assert (row["child_pugh"] == "B") == (int(row["child_pugh_score"]) >= 7)
        assert row["child_pugh"] == "A" or row["cirrhosis"] == "yes"
        advanced = row["ecog"] == "2" or "yes" in (
            row["extrahepatic_spread"], row["portal_vein_tumor_thrombus"])  # fmt: skip
        assert row["bclc"] == "C" or not advanced
        assert (row["pd1_inhibitor"] != "") == (row["treatment"] == "LP")
        assert row["recist"] != "PD" or (row["progression"] == "1" and float(row["pfs_months"]) < 5)
        assert (row["third_line_date"] != "") == (row["subsequent_therapy"] == "yes")


def test_adverse_events_happen_on_treatment():
    patients = {row["patient_id"]: row for row in _rows("cohort.csv")}
    events = _rows("adverse_events.csv")
    for event in events:
        row = patients[event["patient_id"]]
        assert 0 < int(event["day"]) <= float(row["pfs_months"]) * xu.DAYS_PER_MONTH + 1
        assert row["treatment"] == "LP" or not event["adverse_event"].startswith("ICI")
    once = {(event["patient_id"], event["adverse_event"]) for event in events}
    assert len(once) == len(events)
