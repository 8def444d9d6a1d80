"""What holds of the adverse events of any file."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

import hcc2l
from hcc2l.report import Report

PATIENTS = 8
TERMS = ("Rash", "Fatigue", "Diarrhoea")
Entry = tuple[int, str, int]  # patient, term, grade; -1 for a grade that is not known
ENTRIES = st.lists(
    st.tuples(st.integers(0, PATIENTS - 1), st.sampled_from(TERMS), st.integers(-1, 5)),
    min_size=1,
    max_size=20,
).filter(lambda entries: any(grade for _, _, grade in entries))  # fmt: skip


def analysed(entries: list[Entry], bands: tuple[str, ...]) -> Report:
    with TemporaryDirectory() as folder:
        cohort, events = Path(folder) / "c.csv", Path(folder) / "ae.csv"
        rows = "".join(f"p{i},{'AB'[i % 2]}\n" for i in range(PATIENTS))
        cohort.write_text(f"id,arm\n{rows}")
        cells = "".join(f"p{p},{t},{'' if g < 0 else g}\n" for p, t, g in entries)
        events.write_text(f"id,term,grade\n{cells}")
        given_bands = bands if any(grade > 0 for *_, grade in entries) else ("any",)
        return hcc2l.adverse(cohort, events=str(events), by="arm", bands=given_bands, total=True)


def highest(entries: list[Entry]) -> dict[str, dict[int, int]]:
    """The highest grade of every event of every patient, 0 if no grade is known; done simply."""
    grades: dict[str, dict[int, int]] = defaultdict(dict)
    for patient, term, grade in entries:
        if grade != 0:
            for event in (term, "any event"):
                grades[event][patient] = max(grade, grades[event].get(patient, 0), 0)
    return grades


@settings(max_examples=40)
@given(ENTRIES)
def test_every_patient_counts_once_an_event_at_the_highest_grade(entries: list[Entry]) -> None:
    expected = highest(entries)
    for row in analysed(entries, ("any", "1-2", "3-4", "5")).table("events").rows:
        ends = {"any": (0, 5), "1-2": (1, 2), "3-4": (3, 4), "5": (5, 5)}[str(row["band"])]
        of_group = {"A": {0}, "B": {1}, "all": {0, 1}}[str(row["group"])]
        patients = [
            patient
            for patient, grade in expected[str(row["adverse_event"])].items()
            if ends[0] <= grade <= ends[1] and patient % 2 in of_group
        ]
        assert row["count"] == len(patients)


@settings(max_examples=25)
@given(ENTRIES)
def test_a_band_has_no_more_patients_than_any_and_no_event_more_than_any_event(
    entries: list[Entry],
) -> None:
    rows = analysed(entries, ("any", "3-5")).table("events").rows
    counts = {(r["adverse_event"], r["band"], r["group"]): int(str(r["count"])) for r in rows}
    for (event, band, group), count in counts.items():
        assert count <= counts[event, "any", group]
        assert count <= counts["any event", band, group]


@settings(max_examples=25)
@given(ENTRIES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_irrelevant(entries: list[Entry], random: Random) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)
    first, second = (analysed(some, ("any", "3-4")) for some in (entries, shuffled))
    assert first.table("events").rows == second.table("events").rows
    assert first.table("tests").rows == second.table("tests").rows
