"""A score stands wherever a column does, in every command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.analyses.tree.data import prepare
from hcc2l.errors import InputError, UsageError
from hcc2l.scores import all_scores
from hcc2l.specs import TreeSpec
from tests.analyses.roc.cohorts import cohort
from tests.conftest import Run
from tests.reports import codes, note, rows_of


def records(n: int = 80, seed: int = 3) -> list[dict[str, Any]]:
    """Synthetic patients with every part of every score."""
    rng = np.random.default_rng(seed)

    def positive(median: float, digits: int = 2, spread: float = 0.4) -> float:
        return float(np.round(median * np.exp(rng.normal(0, spread)), digits))

    return [
        {
            "patient_id": f"P{i:03}", "arm": ("A", "B")[i % 2],
            "os_months": positive(10, 1), "death": int(rng.random() < 0.7), "pd": int(i % 3 == 0),
            "bilirubin": positive(1), "albumin": float(np.round(rng.normal(3.6, 0.4), 1)),
            "inr": positive(1.2, spread=0.1), "creatinine": positive(1), "sodium": 130 + i % 12,
            "sex": ("f", "m")[i % 3 > 0], "ascites": ("none", "none", "mild", "moderate")[i % 4],
            "encephalopathy": (0, 0, 0, 1)[i % 4], "neutrophils": positive(4),
            "lymphocytes": positive(1.2), "monocytes": positive(0.5), "platelets": positive(130, 0),
            "afp": positive(120, 1), "afp_week8": positive(90, 1), "crp": positive(8, 1),
            "age": 50 + i % 30, "ast": positive(50, 0), "alt": positive(45, 0), "ast_uln": 40,
            "nodules": 1 + i % 5, "largest_cm": positive(3, 1), "ecog": i % 2,
            "vascular_invasion": ("no", "yes")[i % 5 == 0], "extrahepatic": "no",
        }
        for i in range(n)
    ]  # fmt: skip


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    return cohort(tmp_path, records())


@pytest.mark.parametrize("name", sorted(all_scores()))
def test_every_score_groups_survival(name: str, parts: Path) -> None:
    levels = all_scores()[name].levels
    report = hcc2l.km(parts, by=name if levels else f"{name}@median")
    groups = [row["group"] for row in report.table("groups").rows]
    assert len(groups) > 1
    if levels:
        assert groups == [level for level in levels if level in groups]
    assert "score-computed" in codes(report)


def test_a_score_is_a_covariate_as_the_column_would_be(tmp_path: Path) -> None:
    patients = records()
    for row in patients:
        row["ratio"] = round(row["neutrophils"] / row["lymphocytes"], 9)
    path = cohort(tmp_path, patients)
    of_score, of_column = (
        hcc2l.cox(path, covariates=[name]).table("terms").rows for name in ("nlr", "ratio")
    )
    assert [r["hr"] for r in of_score] == pytest.approx([r["hr"] for r in of_column])


def test_a_class_is_a_factor_with_its_levels_in_order(parts: Path) -> None:
    terms = rows_of(hcc2l.logistic(parts, outcome="pd", covariates=["malbi_grade"]), "terms",
                    model="multivariable")  # fmt: skip
    levels = [row["level"] for row in terms]
    assert levels == sorted(levels)
    assert set(levels) <= {"1", "2a", "2b", "3"}
    (candidate,) = prepare(
        hcc2l.read_cohort(parts), TreeSpec(covariates=("malbi_grade",))
    ).candidates
    assert candidate.kind == "ordered"


def test_where_selects_by_a_score(parts: Path) -> None:
    kept = hcc2l.km(parts, where=["albi_grade==2", "pni>=40"]).provenance.analysed
    of_grade = hcc2l.km(parts, where=["albi_grade==2"]).provenance.analysed
    of_class = hcc2l.km(parts, where=["child_pugh_class in A,B"]).provenance.analysed
    assert 0 < kept < of_grade < of_class <= 80


def test_a_class_is_not_compared_as_a_number(parts: Path) -> None:
    with pytest.raises(UsageError, match=r"child_pugh_class is a class \(A, B, C\), not a number"):
        hcc2l.km(parts, where=["child_pugh_class>=2"])


def test_scores_match_and_mark(parts: Path) -> None:
    matched = hcc2l.psmatch(parts, treat="arm=B", covariates=["nlr", "age"], exact=["albi_grade"])
    assert codes(matched).count("score-computed") == 2
    marked = hcc2l.roc(parts, outcome="pd", marker=["PNI", "albi_grade", "nlr@3"])
    assert [r["marker"] for r in marked.table("markers").rows] == ["PNI", "albi_grade", "nlr@3"]


def test_without_a_marker_pni_is_computed(parts: Path) -> None:
    report = hcc2l.roc(parts, outcome="pd")
    assert [r["marker"] for r in report.table("markers").rows] == ["afp", "alt", "pni"]


def test_a_column_of_that_name_wins(tmp_path: Path) -> None:
    patients = [row | {"ALBI_Grade": "12"[i % 2]} for i, row in enumerate(records())]
    report = hcc2l.km(cohort(tmp_path, patients), by="albi_grade")
    assert [row["n"] for row in report.table("groups").rows] == [40, 40]
    assert "score-computed" not in codes(report)


def test_a_missing_part_is_counted_as_a_missing_score(tmp_path: Path) -> None:
    patients = records()
    patients[4]["bilirubin"] = patients[9]["albumin"] = ""
    report = hcc2l.km(cohort(tmp_path, patients), by="albi_grade")
    (excluded,) = report.provenance.excluded
    assert (excluded.reason, excluded.rows) == ("albi_grade missing (no bilirubin or albumin)", 2)


def test_an_absent_part_is_named(tmp_path: Path) -> None:
    patients = [{k: v for k, v in row.items() if k != "inr"} for row in records()]
    with pytest.raises(UsageError, match="no column 'meld'") as refused:
        hcc2l.cox(cohort(tmp_path, patients), covariates=["meld"])
    assert "computed from bilirubin, creatinine and inr, but there is no column 'inr'" in str(
        refused.value
    )


def test_the_dictionary_names_a_part(tmp_path: Path) -> None:
    patients = [{("x7" if k == "inr" else k): v for k, v in row.items()} for row in records()]
    path = cohort(tmp_path, patients, '[columns.x7]\npart = "inr"\n')
    assert "bilirubin (mg/dL), creatinine (mg/dL) and x7" in note(
        hcc2l.cox(path, covariates=["meld"]), "score-computed"
    )
    both = [row | {"x7": 1.0} for row in records()]
    path = cohort(tmp_path, both, '[columns.x7]\npart = "inr"\n')
    assert "and x7" in note(hcc2l.cox(path, covariates=["meld"]), "score-computed")
    (path.parent / "hcc2l.toml").write_text('[columns.x7]\npart = "in"\n')
    with pytest.raises(UsageError, match="'in' is not a part"):
        hcc2l.cox(path, covariates=["meld"])


def test_units_are_converted_and_named(tmp_path: Path) -> None:
    patients = records()
    american = hcc2l.cox(cohort(tmp_path, patients), covariates=["albi"])
    for row in patients:
        row["bilirubin"] = round(row["bilirubin"] * 17.1, 6)
        row["albumin"] = round(row["albumin"] * 10, 6)
    european = hcc2l.cox(cohort(tmp_path, patients), covariates=["albi"])
    assert "bilirubin (mg/dL) and albumin (g/dL)" in note(american, "score-computed")
    assert "bilirubin (µmol/L) and albumin (g/L)" in note(european, "score-computed")
    first, second = (r.table("terms").rows[0]["hr"] for r in (american, european))
    assert first == pytest.approx(second, rel=1e-7)


def test_a_value_in_another_unit_is_refused_with_its_cell(tmp_path: Path) -> None:
    patients = records()
    patients[6]["bilirubin"] = 68
    with pytest.raises(InputError, match=r"1 value is in µmol/L.*mg/dL: .*P006"):
        hcc2l.km(cohort(tmp_path, patients), by="albi_grade")


def test_a_word_in_a_part_is_refused_with_the_way_out(tmp_path: Path) -> None:
    patients = [row | {"nodules": ("single", "multiple")[i % 2]} for i, row in enumerate(records())]
    with pytest.raises(InputError, match="'single' is not a number") as refused:
        hcc2l.km(cohort(tmp_path, patients), by="bclc_stage")
    assert "BCLC stage is computed from this column" in str(refused.value)
    assert 'part = "nodules"' in str(refused.value)


def test_a_zero_and_a_wrongly_declared_unit_are_noted(tmp_path: Path) -> None:
    patients = records()
    patients[3]["lymphocytes"] = 0
    path = cohort(tmp_path, patients, '[columns.albumin]\nunit = "g/L"\n')
    report = hcc2l.cox(path, covariates=["pni"])
    assert note(report, "zeros").startswith("Lymphocytes: 1 of 80 values is 0")
    assert "is g/L, but the values look like g/dL" in note(report, "units")
    ratio = hcc2l.cox(path, covariates=["nlr"])
    (excluded,) = ratio.provenance.excluded
    assert excluded.rows == 1


def test_the_stage_uses_the_class_recorded_or_else_computes_it(tmp_path: Path) -> None:
    patients = records()
    computed = hcc2l.km(cohort(tmp_path, patients), by="bclc_stage")
    assert codes(computed).count("score-computed") == 2
    recorded = [row | {"child_pugh": "A5"} for row in patients]
    report = hcc2l.km(cohort(tmp_path, recorded), by="bclc_stage")
    assert "child_pugh," in note(report, "score-computed")


def test_what_is_known_later_makes_a_score_known_later(parts: Path) -> None:
    assert "immortal-time" in codes(hcc2l.km(parts, by="afp_response"))
    assert "immortal-time" not in codes(hcc2l.km(parts, by="albi_grade"))


def test_a_part_of_the_outcome_makes_no_marker(parts: Path) -> None:
    with pytest.raises(UsageError, match="ascites is part of the outcome"):
        hcc2l.roc(parts, outcome="ascites=none", marker="child_pugh_points")
    with pytest.raises(UsageError, match="ascites is part of the outcome"):
        hcc2l.logistic(parts, outcome="ascites=none", covariates=["child_pugh_class"])


def test_a_low_afp_and_a_short_prothrombin_time_are_no_error(tmp_path: Path) -> None:
    patients = [row | {"pt_prolonged_s": i % 9 - 1.5} for i, row in enumerate(records())]
    patients[2]["afp"] = 0.3
    for row in patients:
        del row["inr"]
    path = cohort(tmp_path, patients)
    assert hcc2l.km(path, by="crafity_group").provenance.analysed == 80
    assert hcc2l.km(path, by="child_pugh_class").provenance.analysed == 80


def test_the_methods_give_the_formula_and_its_source(parts: Path) -> None:
    report = hcc2l.km(parts, by="malbi_grade")
    assert "The mALBI grade was assigned as 1 (ALBI ≤−2.6)" in report.methods
    assert [r.partition(" ")[0] for r in report.references[:2]] == ["Johnson", "Hiraoka"]


def test_an_analysis_tells_nothing_of_the_one_before(parts: Path) -> None:
    patients = hcc2l.read_cohort(parts)
    assert "score-computed" in codes(hcc2l.km(patients, by="albi_grade"))
    second = hcc2l.km(patients, by="arm")
    assert "score-computed" not in codes(second)
    assert "ALBI" not in second.methods
    assert "score-computed" in codes(hcc2l.km(patients, by="albi_grade"))


def test_the_command_line_takes_a_score_in_any_case(parts: Path, run: Run) -> None:
    outcome = run("km", parts, "--by", "ALBI_Grade", "--json")
    assert outcome.json["settings"]["by"] == "ALBI_Grade"
    assert any("ALBI grade = 1" in line for line in outcome.messages("note"))
