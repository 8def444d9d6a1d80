"""The tables of `hcc2l adverse`: events by grade and group, their tests, reasons for stopping."""

from __future__ import annotations

from collections.abc import Iterator

from hcc2l.analyses.adverse.data import ALL, AdverseData, Reasons
from hcc2l.analyses.test_names import TEST_LABELS
from hcc2l.report import Column, Row, Table, Value, finite
from hcc2l.wording import counted

NONE_STATED = "None stated"


def adverse_tables(data: AdverseData) -> list[Table]:
    """The tables of the report, in its order."""
    tests = [_tests_table(data)] if data.patients.compared else []
    reasons = [_reasons_table(data, data.reasons)] if data.reasons else []
    return [_events_table(data), *reasons, *tests]


def _events_table(data: AdverseData) -> Table:
    """Patients with each event, any event first, by group and band."""
    rows = tuple(_event_rows(data))
    labels = {band.name: band.label if data.graded else "n (%)" for band in data.bands}
    share = Column("", ("count", "percent"), form="summary")
    bands = Column("Grade", ("band",), labels=labels, across=(share,))
    columns = [Column("Adverse event", ("label",)), _groups_column(data, bands)]
    if data.patients.compared:
        p = Column("p", ("p",), mark="test", labels=TEST_LABELS)
        several = Column("Grade", ("band",), labels=labels, across=(p,))
        columns.append(several if len(data.bands) > 1 else p)
    return Table(
        "events", "Adverse events", tuple(rows[0]), rows, tuple(columns),
        tuple(_events_footnotes(data)),
    )  # fmt: skip


def _groups_column(data: AdverseData, inside: Column) -> Column:
    """What is repeated under each group, whose heading has the number of its patients."""
    all_patients = "Total" if data.patients.compared else "All patients"
    return Column(
        "Group", ("group", "n"), form="size", labels={ALL: all_patients}, across=(inside,)
    )


def _event_rows(data: AdverseData) -> Iterator[Row]:
    for event in data.events:
        for band in data.bands:
            test = data.test(event, band) if data.patients.compared else None
            for group in data.columns:
                inside = event.known & data.patients.inside(group)
                n, count = int(inside.sum()), int((inside & event.within(band)).sum())
                yield {
                    "adverse_event": event.name, "label": event.label, "band": band.name,
                    "group": group, "n": n, "count": count, "percent": count / n if n else None,
                    "test": test.name if test else None, "p": finite(test.p) if test else None,
                }  # fmt: skip


def _events_footnotes(data: AdverseData) -> Iterator[str]:
    yield "Patients (%), each counted once per event" + (
        ", at the highest grade." if data.graded else "."
    )
    n = data.patients.codes.size
    if n < data.rows:
        yield f"Adverse events were documented in {n} of {data.rows} patients."
    if data.reading.file:
        without = int((~data.events[0].present).sum())
        yield (
            f"{counted(without, 'patient')} without an entry in {data.reading.file} "
            f"{'was' if without == 1 else 'were'} counted as having no adverse event."
        )
    if any(not event.known.all() for event in data.events):
        yield "Percentages are of the patients with a value."


def _tests_table(data: AdverseData) -> Table:
    """The test of each event and band; for JSON and CSV, as readers have p beside the events."""
    rows = []
    for event in data.events:
        for band in data.bands:
            test = data.test(event, band)
            statistic = finite(test.statistic)
            rows.append({
                "adverse_event": event.name, "band": band.name, "test": test.name,
                "statistic": statistic, "df": test.df if statistic is not None else None,
                "p": finite(test.p),
            })  # fmt: skip
    return Table("tests", "Comparison of the groups", tuple(rows[0]), tuple(rows))


def _reasons_table(data: AdverseData, reasons: Reasons) -> Table:
    """Patients with each reason for stopping, by group, and those for whom none is stated."""
    patients = reasons.patients
    test = reasons.test if patients.compared else None
    codes = [*range(len(reasons.levels)), *([-1] if (reasons.codes < 0).any() else [])]
    rows: list[Row] = []
    for code in codes:
        level = reasons.levels[code] if code >= 0 else None
        first = test if code == codes[0] else None  # p is that of the whole table
        compared = {"test": first.name if first else None, "p": finite(first.p) if first else None}
        rows += [
            {"reason": level, "label": level or NONE_STATED,
             **_share(reasons, code, group), **compared}
            for group in data.columns
        ]  # fmt: skip
    share = Column("", ("count", "percent"), form="summary")
    columns = [Column(reasons.label, ("label",)), _groups_column(data, share)]
    footnotes = []
    if test:
        columns.append(Column("p", ("p",), mark="test", labels=TEST_LABELS))
        footnotes += ["Comparison of the reasons that are stated."] if codes[-1] < 0 else []
    return Table(
        "reasons", "Reasons for stopping treatment", tuple(rows[0]), tuple(rows), tuple(columns),
        tuple(footnotes),
    )  # fmt: skip


def _share(reasons: Reasons, code: int, group: str) -> dict[str, Value]:
    inside = reasons.patients.inside(group)
    n, count = int(inside.sum()), int((inside & (reasons.codes == code)).sum())
    return {"group": group, "n": n, "count": count, "percent": count / n}
