"""The bundled synthetic studies hold no row of a real patient."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STUDIES = sorted(path.parent for path in (ROOT / "sample_data").glob("*/published.json"))
REAL = json.loads((ROOT / "tests/reference/real_rows.json").read_text(encoding="utf-8"))
SECOND_LINE = {
    "ecog": "ecog_2l",
    "size": "tumor_size_2l_cm",
    "afp": "afp_2l",
}  # where both are given

each_study = pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)


def _rows(study: Path) -> list[dict[str, str]]:
    with (study / "cohort.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(cell: str) -> str:
    """As the real data are written: `95` for 95.0, `0.5` for .50."""
    return f"{float(cell):.10g}" if cell.replace(".", "", 1).isdigit() else cell


def _values(row: dict[str, str]) -> dict[str, str]:
    """What real data sets tell of a patient too: empty where this cohort does not."""
    found = {name: row.get(name, "") for name in ("age", "sex", "ecog", "afp")}
    found["size"] = row.get("tumor_size_cm", "")
    found |= {name: row[column] for name, column in SECOND_LINE.items() if row.get(column)}
    if found["size"]:
        found["size"] = f"{10 * float(found['size']):.0f}"  # mm
    seen, begin = row["death_date"] or row["last_contact"], row["start_2l"]
    if begin and seen:
        found["days"] = str((date.fromisoformat(seen) - date.fromisoformat(begin)).days)
    found["death"] = str(int(row["death_date"] != ""))
    return {name: _number(value) for name, value in found.items()}


def _fingerprint(row: dict[str, str], values: list[str]) -> str:
    """As `tests/reference/make_real_rows.py` makes it."""
    found = _values(row)
    return hashlib.sha256("|".join(found.get(v, "") for v in values).encode()).hexdigest()[:12]


@each_study
@pytest.mark.parametrize("real", REAL)
def test_rows_are_not_those_of_real_patients(study: Path, real: str) -> None:
    """None is of Coimbra; of other diseases, a few may have the same day, age, sex and ECOG."""
    known, rows = set(REAL[real]["hashes"]), _rows(study)
    alike = [r["patient_id"] for r in rows if _fingerprint(r, REAL[real]["values"]) in known]
    assert len(alike) <= (0 if real == "coimbra" else len(rows) // 50), alike


@pytest.mark.parametrize(
    ("real", "row"),
    [
        ("lung", {"age": "74", "sex": "male", "ecog": "1", "death_date": "2021-11-03"}),
        ("veteran", {"age": "69", "sex": "male", "ecog": "2", "death_date": "2021-03-14"}),
        (
            "gbsg2",
            {"age": "70", "sex": "female", "tumor_size_cm": "2.1", "death_date": "2025-12-20"},
        ),
        ("coimbra", {"age": "77", "sex": "male", "ecog": "0", "afp": "2440.0", "death_date": ""}),
    ],
)
def test_a_row_of_a_real_patient_would_be_noticed(real: str, row: dict[str, str]) -> None:
    """The first patients of each file, as a cohort of ours would write them."""
    row = {"start_2l": "2021-01-01", "last_contact": "", **row}
    assert _fingerprint(row, REAL[real]["values"]) in REAL[real]["hashes"]
    row["age"] = "99"
    assert _fingerprint(row, REAL[real]["values"]) not in REAL[real]["hashes"]
