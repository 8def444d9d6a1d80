"""Every score: its formula and its classes, against frozen values and at the edges."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hcc2l import scores
from hcc2l.errors import InputError
from hcc2l.scores import all_scores, score_named
from hcc2l.scores.afp_response import afp_change
from hcc2l.scores.compute import Computed, Part, absent_part, choose_parts, compute
from hcc2l.scores.laboratory import ANALYTES, Graded, Measured, is_measured, measured
from hcc2l.scores.meld import meld3_sum, meld_na_sum, meld_sum
from hcc2l.scores.score import Edge, Score, place
from tests.reference import cases

# What a key of the frozen values is called here, by family.
NAMES = {
    "albi": {"score": "albi", "grade": "albi_grade", "modified_grade": "malbi_grade"},
    "child_pugh": {"points": "child_pugh_points", "class": "child_pugh_class"},
    "meld": {"meld": "meld", "meld_na": "meld_na", "meld3": "meld3"},
    "ratios": {name: name for name in ("nlr", "plr", "lmr", "sii", "pni")},
    "crafity": {"score": "crafity", "group": "crafity_group"},
    "afp_response": {"response": "afp_response"},
    "fibrosis": {name: name for name in ("apri", "apri_class", "fib4", "fib4_class")},
    "bclc": {"stage": "bclc_stage"},
}


def parts_of(inputs: dict[str, Any]) -> dict[str, Part]:
    """The one patient of a case, as a cohort would hold it."""
    parts = {}
    for analyte, given in inputs.items():
        value, unit = (given["value"], given["unit"]) if isinstance(given, dict) else (given, None)
        if is_measured(analyte):
            unit = unit or measured(analyte).units[0].name
            cells: Any = np.array([float(value)])
        else:  # a grade of 1 alone might be one point, for none
            cells = [f"grade {value}" if analyte == "encephalopathy" else str(value)]
        parts[analyte] = Part(analyte, analyte, cells, unit)
    return parts


def computed(name: str, parts: dict[str, Part]) -> Computed:
    score = all_scores()[name]
    columns = {analyte: analyte for analyte in parts}
    assert absent_part(score, columns) is None
    needed = choose_parts(score, columns)
    return compute(score, {n: parts[n] for n in needed}, "cohort.csv", lambda row: f"row {row}")


def shown(name: str, parts: dict[str, Part]) -> Any:
    """A score of one patient: a number, the level of a class, or None."""
    (value,) = computed(name, parts).values.tolist()
    levels = all_scores()[name].levels
    if np.isnan(value):
        return None
    return levels[int(value)] if levels else value


@pytest.mark.parametrize("case_id", [c for c in cases.ids("scores") if not c.startswith("conv_")])
def test_every_score_is_as_its_authors_defined_it(case_id: str) -> None:
    case = cases.case("scores", case_id)
    arguments, expected = case["arguments"], case["expected"]
    parts = parts_of(arguments["inputs"])
    for key, name in NAMES[arguments["score"]].items():
        if key not in expected:
            continue
        value = expected[key]
        if isinstance(value, bool):
            value = "yes" if value else "no"
        found = shown(name, parts)
        assert found == (pytest.approx(value, abs=1e-8) if isinstance(value, float) else value)


@pytest.mark.parametrize(
    ("key", "total", "without"),
    [("meld_raw", meld_sum, ("sodium", "albumin", "sex")),
     ("meld_na_raw", meld_na_sum, ("albumin", "sex")), ("meld3_raw", meld3_sum, ())],
)  # fmt: skip
def test_meld_before_rounding(key: str, total: Any, without: tuple[str, ...]) -> None:
    for case in cases.load("scores"):
        if key not in case["expected"]:
            continue
        given = case["arguments"]["inputs"]
        values = {name: _in_mg(given[name]) for name in given if name not in without}
        values["dialysis"] = np.array([float(given.get("dialysis", False))])
        if "sex" in values:
            values["sex"] = np.array([float(given["sex"] == "female")])
        assert total(**values)[0] == pytest.approx(case["expected"][key], abs=1e-8)


def _in_mg(given: Any) -> Any:
    """A value in the unit of the formula: mg/dL, g/dL, or as it is."""
    if not isinstance(given, dict):
        return np.array([given if isinstance(given, (int, float)) else np.nan], dtype=np.float64)
    per_unit = {"umol/L": {"bilirubin": 17.1, "creatinine": 88.4}, "g/L": {None: 10.0}}
    divisor = per_unit.get(given["unit"], {}).get(given.get("analyte"), 1.0)
    return np.array([given["value"] / divisor])


def test_the_change_of_afp_is_a_share_of_the_baseline() -> None:
    for case in cases.load("scores"):
        if case["arguments"]["score"] == "afp_response":
            given = case["arguments"]["inputs"]
            change = afp_change(*(np.array([float(given[k]["value"])]) for k in given))[0]
            assert (None if np.isnan(change) else change) == pytest.approx(
                case["expected"]["change"], abs=1e-8
            )


@pytest.mark.parametrize("case_id", [c for c in cases.ids("scores") if c.startswith("conv_")])
def test_units_are_converted(case_id: str) -> None:
    case = cases.case("scores", case_id)
    given = case["arguments"]["inputs"]
    analyte = given.get("analyte") or case_id.removeprefix("conv_")
    source, target = (measured(analyte).unit(given[key]) for key in ("from", "to"))
    assert source is not None
    assert target is not None
    found = given["value"] * source.factor / target.factor
    assert found == pytest.approx(case["expected"]["value"], abs=1e-8)


def test_a_value_within_rounding_of_an_edge_equals_it() -> None:
    edges = (Edge(2.0, "above"), Edge(3.0, "below"))
    values = np.array([2.0 - 1e-12, 2.0 - 1e-6, 3.0 + 1e-12, 3.0 + 1e-6, np.nan])
    assert place(values, edges).tolist()[:4] == [1.0, 0.0, 1.0, 2.0]
    assert np.isnan(place(values, edges)[4])


def test_pni_is_onoderas() -> None:
    albumin, lymphocytes = np.array([3.5, 4.2, np.nan]), np.array([1100.0, 2000.0, 1000.0])
    parts = {
        "albumin": Part("albumin", "Albumin", albumin),
        "lymphocytes": Part("lymphocytes", "Lymphocytes", lymphocytes),
    }
    found = computed("pni", parts)
    in_his_units = 10 * albumin + 0.005 * lymphocytes
    assert found.values[:2].tolist() == pytest.approx(in_his_units[:2].tolist())
    assert np.isnan(found.values[2])


def test_equal_indices_tie() -> None:
    albumin, lymphocytes = np.array([33.6, 34.1]), np.array([2.0, 1.9])
    found = all_scores()["pni"].compute({"albumin": albumin, "lymphocytes": lymphocytes})
    assert found[0] == found[1] == 43.6


def test_inr_counts_before_the_prothrombin_time_and_one_of_them_suffices() -> None:
    points = all_scores()["child_pugh_points"]
    both = {name: name for name in points.parts}
    assert "pt_prolonged_s" not in choose_parts(points, both)
    without = {name: name for name in points.parts if name != "inr"}
    assert "pt_prolonged_s" in choose_parts(points, without)
    neither = {name: name for name in without if name != "pt_prolonged_s"}
    assert absent_part(points, without) is None
    assert absent_part(points, neither) == "inr"


def test_a_missing_part_gives_a_missing_score() -> None:
    for score in all_scores().values():
        for missing in set(score.parts) - set(score.optional) - set(score.either):
            parts = {n: np.array([1.0]) for n in score.parts if n not in score.optional}
            assert np.isnan(score.compute(parts | {missing: np.array([np.nan])}))[0], score.name
        if score.either:
            unknown = {name: np.array([np.nan]) for name in score.either}
            assert np.isnan(score.compute({n: np.array([1.0]) for n in score.parts} | unknown))[0]


@pytest.mark.parametrize("name", sorted(all_scores()))
def test_what_a_score_says_of_itself_holds_together(name: str) -> None:
    score = all_scores()[name]
    assert score_named(name.upper()) is score
    assert score.source.endswith(".")
    assert len(score.edges) in (0, len(score.levels) - 1)
    assert [e.value for e in score.edges] == sorted(e.value for e in score.edges)
    for analyte, unit in score.parts.items():
        if isinstance(ANALYTES[analyte], Measured):
            assert not unit or measured(analyte).unit(unit) is not None
        else:
            assert unit == ""


def test_every_file_of_the_room_is_found_and_no_name_twice() -> None:
    files = {path.stem for path in Path(scores.__file__).parent.glob("*.py")}
    modules = [import_module(f"hcc2l.scores.{name}") for name in files - {"__init__"}]
    names = [score.name for module in modules for score in getattr(module, "SCORES", ())]
    assert sorted(names) == sorted(all_scores())


def test_a_class_says_its_edges() -> None:
    words = all_scores()["malbi_grade"].expression
    assert words.startswith("1 (ALBI ≤−2.6), 2a (<−2.27), 2b (≤−1.39), 3 (above); ALBI = ")


@pytest.mark.parametrize(
    ("analyte", "cells", "grades"),
    [
        ("ascites", ["None", "mild", "moderate", "severe", ""], [0, 1, 2, 3, None]),
        ("ascites", ["0", "2", "1", "3"], [0, 2, 1, 3]),
        ("ascites", ["0", "0"], [0, 0]),
        ("encephalopathy", ["none", "Grade 2", "III", "1-2", "0"], [0, 2, 3, 1, 0]),
        ("child_pugh", ["A", "b8", "A6", "Class C"], [0, 1, 0, 2]),
        ("sex", ["F", "male", "Woman"], [1, 0, 1]),
        ("vascular_invasion", ["no", "1", "True"], [0, 1, 1]),
    ],
)
def test_grades_are_read_from_words_and_numbers(
    analyte: str, cells: list[str], grades: list[float | None]
) -> None:
    found = grades_of(analyte, cells)
    assert [None if np.isnan(v) else v for v in found] == grades


@pytest.mark.parametrize(
    ("analyte", "cells", "says"),
    [
        ("ascites", ["none", "a little"], "'a little' is not a grade of ascites"),
        ("ascites", ["0", "1", "1"], "grades, or no and yes"),
        ("ascites", ["1", "2", "1"], "points, of which 1 means none"),
        ("encephalopathy", ["1", "3"], "points, of which 1 means none"),
        ("sex", ["1", "2"], "Write female or male"),
    ],
)
def test_a_doubtful_grade_is_refused(analyte: str, cells: list[str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        grades_of(analyte, cells)


def grades_of(analyte: str, cells: list[str]) -> list[float]:
    """Grades as a score reads them, through one that does nothing else."""
    assert isinstance(ANALYTES[analyte], Graded)
    score = Score("x", "X", "x", {analyte: ""}, lambda **parts: parts[analyte], "", ".", None)
    parts = {analyte: Part(analyte, analyte, cells)}
    found: list[float] = compute(score, parts, "c.csv", lambda i: f"row {i}").values.tolist()
    return found
