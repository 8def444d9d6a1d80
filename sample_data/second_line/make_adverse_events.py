"""Write `adverse_events.csv`: adverse events of the bundled synthetic cohort, a row for each.

No row describes a patient. The numbers of patients by arm, with any grade and with grade 3-4, are
those of Chon et al., Clin Mol Hepatol 2024;30:345-359, Table 5; who had which event, every date and
the exact grade are drawn at random. The last two events, ascites and encephalopathy, are invented:
the printed events of grade 3-4 are fewer than the patients who had one.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from pathlib import Path

FOLDER = Path(__file__).parent
SEED = 2024
ARMS = ("lenvatinib", "sorafenib")
WITH_ANY = (32, 75)  # patients with an event, by arm
WITH_SEVERE = (14, 33)  # patients with an event of grade 3-4
# Patients with any grade and with grade 3-4: lenvatinib, sorafenib.
EVENTS = {
    "AST elevation": ((20, 4), (45, 2)),
    "Total bilirubin elevation": ((16, 2), (47, 2)),
    "Thrombocytopenia": ((20, 0), (19, 1)),
    "ALT elevation": ((15, 2), (22, 1)),
    "Diarrhoea": ((16, 1), (20, 0)),
    "Anorexia": ((16, 1), (17, 1)),
    "Proteinuria": ((23, 12), (3, 1)),
    "Fatigue": ((6, 1), (16, 1)),
    "Hypertension": ((17, 0), (5, 0)),
    "Nausea": ((10, 0), (11, 1)),
    "Anaemia": ((10, 0), (8, 0)),
    "Rash": ((4, 1), (13, 4)),
    "Hand-foot syndrome": ((2, 0), (17, 4)),
    "Hypothyroidism": ((14, 0), (1, 0)),
    "Pruritus": ((4, 0), (6, 1)),
    "Oral mucositis": ((6, 0), (6, 0)),
    "Neutropenia": ((4, 0), (5, 0)),
    "Vomiting": ((1, 0), (6, 1)),
    "Gastrointestinal bleeding": ((3, 3), (3, 2)),
    "Constipation": ((3, 0), (1, 0)),
    "Headache": ((1, 0), (2, 0)),
    "Chest pain": ((0, 0), (2, 0)),
    "Arthralgia": ((2, 0), (0, 0)),
    "Ascites": ((2, 1), (12, 9)),
    "Hepatic encephalopathy": ((0, 0), (6, 5)),
}


def drawn(patients: list[str], number: int, rng: random.Random) -> list[str]:
    """Some of the patients."""
    return sorted(patients, key=lambda _: rng.random())[:number]


def events_of_arm(arm: int, patients: list[str], rng: random.Random) -> dict[tuple[str, str], int]:
    """The highest grade of each patient and event."""
    affected = drawn(patients, WITH_ANY[arm], rng)
    severe = affected[: WITH_SEVERE[arm]]
    while True:
        grades: dict[tuple[str, str], int] = {}
        burden = Counter(dict.fromkeys(severe, 0))  # events of grade 3-4
        for event, of_arms in EVENTS.items():
            any_grade, high = of_arms[arm]
            worst = sorted(drawn(severe, len(severe), rng), key=lambda p: burden[p])[:high]
            burden.update(worst)
            milder = drawn([p for p in affected if p not in worst], any_grade - high, rng)
            grades |= {(p, event): 4 if rng.random() < 0.1 else 3 for p in worst}
            grades |= {(p, event): 1 if rng.random() < 0.6 else 2 for p in milder}
        if {patient for patient, _ in grades} == set(affected):
            return grades


def main() -> None:
    """Write the file beside the cohort: in the order of the patients, milder episodes as well."""
    rng = random.Random(SEED)
    with (FOLDER / "cohort.csv").open(newline="", encoding="utf-8") as file:
        cohort = list(csv.DictReader(file))
    grades: dict[tuple[str, str], int] = {}
    for arm, name in enumerate(ARMS):
        patients = [row["patient_id"] for row in cohort if row["second_line"] == name]
        grades |= events_of_arm(arm, patients, rng)
    days = {row["patient_id"]: float(row["os_months"]) * 30.4375 for row in cohort}
    rows = []
    for (patient, event), grade in grades.items():
        episodes = [grade, *([rng.randint(1, grade)] if rng.random() < 0.15 else [])]
        latest = max(2, int(min(days[patient], 180)))
        rows += [(patient, event, g, rng.randint(1, latest)) for g in episodes]
    rows.sort(key=lambda row: (row[0], row[3], row[1], row[2]))
    with (FOLDER / "adverse_events.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["patient_id", "adverse_event", "grade", "day"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
