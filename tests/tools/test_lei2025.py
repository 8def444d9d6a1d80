"""The twin of Lei 2025: quick targets, rules, and what its rows must keep."""

import csv
import hashlib
import importlib
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "sample_data" / "lei2025"
sys.path.insert(0, str(ROOT / "tools" / "twins"))
lei = importlib.import_module("lei2025")
search = importlib.import_module("search")

NOTHING = (search.printed(1.0),)


def _start(seed=1):
    return lei.second_line(np.random.default_rng(seed))


@pytest.fixture(scope="module")
def patients():
    with (FOLDER / "cohort.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("seed", range(4))
def test_curves_together_are_those_of_the_search_one_by_one(seed):
    state = _start(seed)
    target = lei.survival_figures().target()
    found = target.found(state)
    for value, among in zip(found, target.groups, strict=False):
        one = search.Median("", (*NOTHING, None, None), "os", "death", among=among)
        assert value == pytest.approx(one.found(state)[0])
    for value, test in zip(found[len(target.groups) :], target.tests, strict=False):
        one = search.LogRank("", NOTHING, "os", "death", test.column, (0, 1), among=test.among)
        assert value == pytest.approx(one.found(state)[0])


def test_a_hazard_ratio_is_exact_where_it_is_as_printed():
    state = _start()
    exact = search.FactorCox("", NOTHING, "os", "death", "tki", (0, 1)).found(state)
    wanted = (*(search.Printed(value, 0.001) for value in exact), None)
    target = lei.Curves("", wanted, "os", "death", models=("tki",))
    assert target.found(state)[:3] == pytest.approx(exact)
    assert target.error(state) == (0.0, 0.0, 0.0, 0.0)


def test_an_error_of_a_p_value_grows_with_its_logarithm():
    state = _start()
    test = lei.Comparison("tki")
    p = search.LogRank("", NOTHING, "os", "death", "tki", (0, 1)).found(state)[0]
    errors = []
    for factor in (10, 100):
        wanted = (search.Printed(p * factor, 0.0),)
        errors += lei.Curves("", wanted, "os", "death", tests=(test,)).error(state)
    assert errors == pytest.approx([0.5 * np.log(10), 0.5 * np.log(100)])


def test_scans_may_stop_long_before_death_only():
    state = {name: np.array([value]) for name, value in
             {"os": 400, "death": 1, "pfs": 300, "progressed": 0}.items()}  # fmt: skip
    assert lei.ScansStop(100).holds(state)
    assert not lei.ScansStop(101).holds(state)
    assert lei.ScansStop(101).holds(state | {"progressed": np.array([1])})
    assert lei.ScansStop(101).holds(state | {"death": np.array([0])})


def test_the_search_replays():
    first, again = (lei.survival_after_sorafenib(effort=0.0005) for _ in range(2))
    assert all(np.array_equal(first[name], again[name]) for name in first)


def test_a_cohort_of_few_iterations_has_the_counts_of_table_1():
    patients = lei.patients_from(_start(), effort=0.001)
    for group in ("primary", "secondary"):
        of_group = [one for one in patients if one["resistance"] == group]
        for variable, above in {"afp": 400, "alt": 40, "ast": 40, "age": 50}.items():
            name = "afp_cat400" if variable == "afp" else f"{variable}_cat40"
            item = lei.item("baseline", f"baseline.{'age' if variable == 'age' else name}")
            n = item["values"][group]["n"]
            assert sum(float(one[variable]) > above for one in of_group) == n


def test_regimens_and_drugs_have_the_published_counts():
    state = _start()
    for (primary, tki), n in lei.REGIMENS.items():
        assert np.sum((state["primary"] == primary) & (state["tki"] == tki)) == n
    for name, n in {**lei.OF_TKI, **lei.OF_COMBINATION}.items():
        assert np.sum(state["drug"] == lei.DRUGS.index(name)) == n


def test_the_cohort_is_the_one_of_the_checksum(patients):
    stated, name = (FOLDER / "SHA256SUMS").read_text(encoding="utf-8").split()
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == stated
    assert len(patients) == 424
    assert len({one["patient_id"] for one in patients}) == 424


def _days(one, column, since):
    end, start = (date.fromisoformat(one[name]) for name in (column, since))
    return (end - start).days


def test_resistance_is_primary_up_to_three_months(patients):
    for one in patients:
        days = _days(one, "progression_1l", "start_1l")
        assert (days <= 91) == (one["resistance"] == "primary")


def test_events_have_an_order(patients):
    for one in patients:
        assert _days(one, "last_contact", "progression_1l") >= 0
        assert one["death_date"] in ("", one["last_contact"])
        assert one["start_1l"] >= "2019-01-01"
        assert one["last_contact"] <= "2023-11-30"
        if one["second_line"] == "yes":
            assert _days(one, "start_2l", "progression_1l") > 0
            assert _days(one, "pfs_2l_date", "start_2l") > 0
            assert _days(one, "last_contact", "pfs_2l_date") >= 0
            assert one["progression_2l"] in ("", one["pfs_2l_date"])


def test_no_second_line_means_no_values_of_it(patients):
    of_second = [name for name in patients[0] if name.endswith(("_2l", "_2l_cm"))]
    for one in patients:
        if one["second_line"] == "no":
            assert not any(one[name] for name in [*of_second, "regimen", "drug"])


@pytest.mark.parametrize("after", ["", "_2l"])
def test_stages_and_scores_agree_with_their_parts(patients, after):
    for one in patients:
        if not one[f"bclc{after}"]:
            continue
        spread = "yes" in (one[f"vascular_invasion{after}"], one[f"extrahepatic_metastasis{after}"])
        stage = (
            "C"
            if spread or one[f"ecog{after}"] != "0"
            else ("B" if one[f"tumor_number{after}"] == "multiple" else "A")
        )
        assert one[f"bclc{after}"] == stage
        assert one[f"child_pugh{after}"] == (
            "A" if int(one[f"child_pugh_score{after}"]) <= 6 else "B"
        )


@pytest.mark.parametrize(
    "column", ["vascular_invasion", "extrahepatic_metastasis", "portal_hypertension"]
)
def test_what_grows_is_there_later_too(patients, column):
    assert all(one[f"{column}_2l"] == "yes" for one in patients
               if one[column] == "yes" and one["second_line"] == "yes")  # fmt: skip
