"""Adverse events as published: from the counts, the percentages and the p-values again.

Chon et al., Clin Mol Hepatol 2024;30:345-359, Table 5 and Results (lenvatinib, sorafenib);
SORA-2, Table 3 (grade 3 and higher in 69 of 81 patients); Xu et al. 2024, Table 4 (lenvatinib plus
a PD-1 inhibitor, regorafenib).
"""

from __future__ import annotations

from pathlib import Path

import pytest

import hcc2l
from hcc2l.report import Report
from tests.conftest import DATA, Write
from tests.reports import rows_of

Counts = tuple[int, int]  # patients with the event in either group


def published(write: Write, sizes: Counts, events: dict[str, tuple[Counts, Counts]]) -> Report:
    """The report on patients with these counts of any grade and of grade 3 and higher."""
    cohort = [(f"{'AB'[g]}{i}", "AB"[g]) for g in (0, 1) for i in range(sizes[g])]
    rows = [
        f"{'AB'[g]}{i},{event},{3 if i < severe[g] else 1}"
        for event, (any_grade, severe) in events.items()
        for g in (0, 1)
        for i in range(any_grade[g])
    ]
    write("cohort.csv", "id,arm\n" + "".join(f"{i},{arm}\n" for i, arm in cohort))
    write("events.csv", "id,term,grade\n" + "\n".join(rows) + "\n")
    return hcc2l.adverse("cohort.csv", events="events.csv", by="arm", bands=["any", "3-5"])


CHON = {
    "Hand-foot syndrome": ((2, 17), (0, 4)),
    "Hypertension": ((17, 5), (0, 0)),
    "Thrombocytopenia": ((20, 19), (0, 1)),
    "Anaemia": ((10, 8), (0, 0)),
    "Anorexia": ((16, 17), (1, 1)),
    "Proteinuria": ((23, 3), (12, 1)),
    "Hypothyroidism": ((14, 1), (0, 0)),
    "Any": ((32, 75), (14, 33)),
}


def p(report: Report, event: str, band: str = "any") -> float:
    (row,) = rows_of(report, "tests", adverse_event=event, band=band)
    return float(row["p"])


def test_the_p_values_of_chon(write: Write) -> None:
    report = published(write, (40, 86), CHON)
    assert round(p(report, "Hand-foot syndrome"), 3) == 0.031  # as printed
    printed_below = ("Hypertension", "Thrombocytopenia", "Anaemia", "Anorexia", "Proteinuria")
    assert all(p(report, event) < 0.05 for event in (*printed_below, "Hypothyroidism"))


def test_two_p_values_of_chon_contradict_the_counts(write: Write) -> None:
    report = published(write, (40, 86), CHON)
    assert p(report, "Any") == pytest.approx(0.2925, abs=5e-4)  # printed: 0.282
    assert p(report, "Any", "3-5") == pytest.approx(0.716, abs=5e-4)  # printed: 0.145


@pytest.mark.parametrize(
    ("event", "band", "percent"),
    [
        ("Hypertension", "any", (42.5, 5.8)), ("Hand-foot syndrome", "3-5", (0.0, 4.7)),
        ("Proteinuria", "3-5", (30.0, 1.2)), ("Any", "any", (80.0, 87.2)),
    ],
)  # fmt: skip
def test_the_percentages_of_chon(
    write: Write, event: str, band: str, percent: tuple[float, float]
) -> None:
    rows = rows_of(published(write, (40, 86), CHON), "events", adverse_event=event, band=band)
    assert tuple(round(100 * row["percent"], 1) for row in rows) == percent


def test_the_percentages_of_xu(write: Write) -> None:
    events = {
        "hypertension": ((17, 5), (0, 0)),
        "hand-foot skin reaction": ((15, 12), (4, 4)),
        "elevated AST": ((5, 4), (1, 2)),
    }
    report = published(write, (41, 27), events)
    shares = {
        (row["adverse_event"], row["band"], row["group"]): round(100 * row["percent"], 1)
        for row in report.table("events").rows
    }
    assert shares["hypertension", "any", "A"] == 41.5
    assert shares["hypertension", "any", "B"] == 18.5
    assert shares["hand-foot skin reaction", "any", "B"] == 44.4  # the text prints 44.0
    assert shares["hand-foot skin reaction", "3-5", "B"] == 14.8
    assert shares["elevated AST", "3-5", "B"] == 7.4


def test_the_denominator_of_sora_2_is_the_patients_documented(write: Write) -> None:
    rows = [f"P{i},{'yes' if i < 69 else 'no'}" for i in range(81)]
    write("cohort.csv", "id,documented\n" + "\n".join(rows) + "\n")
    counts = {"hand-foot skin reaction": 10, "liver dysfunction": 9, "diarrhea": 8, "fatigue": 5}
    events = [f"P{i},{event},3" for event, n in counts.items() for i in range(n)]
    events += [f"P{i},other,3" for i in range(10, 41)]
    write("events.csv", "id,term,grade\n" + "\n".join(events) + "\n")
    report = hcc2l.adverse(
        "cohort.csv", events="events.csv", documented="documented", bands=["3-5"]
    )
    shares = {r["adverse_event"]: round(100 * r["percent"], 1) for r in report.table("events").rows}
    assert shares["any event"] == 59.4
    assert shares["hand-foot skin reaction"] == 14.5  # Table 3 prints 14.4
    assert (shares["liver dysfunction"], shares["diarrhea"], shares["fatigue"]) == (13.0, 11.6, 7.2)


def test_the_bundled_events_have_the_counts_of_chon() -> None:
    folder = Path(DATA).parents[2] / "sample_data" / "chon2024"
    report = hcc2l.adverse(
        folder / "cohort.csv", events="adverse_events.csv", by="second_line", total=True
    )
    counts = {
        (row["adverse_event"], row["band"]): row["count"]
        for row in report.table("events").rows
        if row["group"] == "all"
    }
    assert (counts["any event", "any"], counts["any event", "3-4"]) == (107, 47)
    assert (counts["AST elevation", "any"], counts["AST elevation", "3-4"]) == (65, 6)
    assert (counts["Proteinuria", "any"], counts["Proteinuria", "3-4"]) == (26, 13)
