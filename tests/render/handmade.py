"""A report made by hand, with everything a renderer can meet, and tables that lay groups across."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hcc2l.report import Column, Excluded, Note, Outline, Provenance, Report, Table, Value

GOLDEN = Path(__file__).parent / "golden"  # the report in every text format
GROUPS = Table(
    name="groups",
    title="Patients & events",
    keys=("group", "n", "events", "median", "lower", "upper", "p"),
    rows=(
        {"group": "=A_1 <b>", "n": 55, "events": 38, "median": 7.4333, "lower": 6.6448,
         "upper": 13.6, "p": 0.0064},
        {"group": "B | 50%", "n": 26, "events": 19, "median": 4.25, "lower": 3.1, "upper": None,
         "p": 0.00004},
        {"group": "-C", "n": 3, "events": 0, "median": None, "lower": None, "upper": None,
         "p": None},
    ),
    columns=(
        Column("Child-Pugh", ("group",)),
        Column("n", ("n",)),
        Column("Median, months (95% CI)", ("median", "lower", "upper"), form="interval"),
        Column("p", ("p",)),
    ),
    footnotes=("Follow-up is short.",),
)  # fmt: skip
DIFFERENCES = Table(
    name="rmst_differences",
    title="Differences",
    keys=("group_a", "group_b", "estimate", "lower", "upper"),
    rows=({"group_a": "A", "group_b": "B", "estimate": -1.5, "lower": -3.25, "upper": 0.25},),
    columns=(
        Column("Group", ("group_b",)),
        Column("minus", ("group_a",), labels={"A": "Class A"}),
        Column("Difference", ("estimate", "lower", "upper"), form="interval"),
    ),
)
MACHINE = Table("quantiles", "Quantiles", ("group", "estimate"), ({"group": "A", "estimate": 0.1},))
REPORT = Report(
    title="Overall survival — 100% hand-made & <small>",
    provenance=Provenance(
        command="km",
        version="1.2.3",
        source="cohort.csv",
        sha256="ab" * 32,
        synthetic=False,
        rows=86,
        analysed=84,
        excluded=(Excluded("death missing", 2, ("P07", "P31")),),
        settings={"by": "child_pugh", "at": [6.0, 12.0], "tau": None},
        footer=("cohort.csv; 86 rows read, 2 excluded, 84 analysed.", "Kaplan–Meier; hcc2l 1.2.3."),
        argv=("km", "cohort.csv"),
    ),
    tables=(GROUPS, DIFFERENCES, MACHINE),
    notes=(
        Note("info", "rows-left-out", "2 rows excluded: death missing.", which="P07, P31"),
        Note("warning", "few-events", "Fewer than 10 events in: -C (0)."),
    ),
    methods="Survival was estimated by the Kaplan–Meier method.",
    references=("Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-481.",),
    show_methods=True,
)
OUTLINE = Outline(
    "All: split by A_1 & <b>",
    (Outline("x ≤5%", (Outline("deep one"), Outline("deep two"))), Outline("x >5%")),
    title="Tree",
)
WITH_OUTLINE = replace(REPORT, outline=OUTLINE)

MODELS = Table(
    name="regression",
    title="Hazard ratios",
    keys=("term", "level", "model", "n", "hr", "lower", "upper", "p"),
    rows=tuple(
        {"term": term, "level": level, "model": model, "n": n, "hr": hr, "lower": lower,
         "upper": upper, "p": p}
        for term, level, model, n, hr, lower, upper, p in (
            ("sex", "male", "uni", 60, 1.0, None, None, None),
            ("sex", "male", "multi", 50, 1.0, None, None, None),
            ("sex", "female", "uni", 40, 1.5, 1.1, 2.0, 0.012),
            ("sex", "female", "multi", 35, 1.4, 1.0, 1.9, 0.049),
            ("age", None, "uni", 100, 1.2, 0.9, 1.6, 0.3),
        )
    ),
    columns=(
        Column("Variable", ("term",)), Column("Level", ("level",)), Column("n", ("n",)),
        Column("Model", ("model",), labels={"uni": "Alone", "multi": "A_1 & others"}, across=(
            Column("HR (95% CI)", ("hr", "lower", "upper", "n"), form="effect"),
            Column("p", ("p",)),
        )),
    ),
)  # fmt: skip
"""Two models side by side; age is in the first alone."""
SAMPLES = Table(
    name="baseline",
    title="Before and after",
    keys=("variable", "sample", "group", "n", "count", "percent", "smd"),
    rows=tuple(
        {"variable": variable, "sample": sample, "group": group, "n": n, "count": count,
         "percent": None if count is None else count / n, "smd": smd}
        for variable, sample, group, n, count, smd in (
            ("sex", "before", "new", 40, 10, 0.2), ("sex", "before", "old", 80, 60, 0.2),
            ("sex", "after", "new", 30, 9, 0.1), ("sex", "after", "old", 30, 12, 0.1),
            ("sex", "weighted", None, 1, None, 0.0),
        )
    ),
    columns=(
        Column("Variable", ("variable",)),
        Column("Sample", ("sample",), labels={"before": "All", "after": "Matched"}, across=(
            Column("Group", ("group", "n"), form="size", labels={"new": "New"}, across=(
                Column("", ("count", "percent"), form="summary"),
            )),
            Column("SMD", ("smd",)),
        )),
    ),
)  # fmt: skip
"""Two groups within each of two samples; the last sample has a difference alone."""
ACROSS = replace(REPORT, tables=(MODELS, SAMPLES))


def table(rows: list[tuple[Value, ...]], *columns: str, **options: object) -> Table:
    """A table of plain columns."""
    return Table(
        "effects", "Effects", columns, tuple(dict(zip(columns, row, strict=True)) for row in rows),
        tuple(Column(key.title(), (key,)) for key in columns), **options,  # type: ignore[arg-type]  # fields of Table
    )  # fmt: skip


BASELINE = Table(
    name="rows",
    title="Baseline",
    keys=("variable", "level", "parent", "n", "test", "p"),
    rows=(
        {"variable": "Age", "level": None, "parent": None, "n": 9, "test": "t", "p": 0.5},
        {"variable": "Child-Pugh", "level": None, "parent": None, "n": 9, "test": "χ²", "p": 0.04},
        {"variable": "A", "level": "A", "parent": None, "n": 6, "test": None, "p": None},
        {"variable": "A5", "level": "A5", "parent": "A", "n": 4, "test": None, "p": None},
        {"variable": "Sex", "level": None, "parent": None, "n": 9, "test": "χ²", "p": 0.3},
        {"variable": "Site", "level": None, "parent": None, "n": 9, "test": "trend", "p": None},
    ),
    columns=(
        Column("Variable", ("variable",), indent=("level", "parent")),
        Column("n", ("n",)),
        Column("p", ("p",), mark="test", labels={"t": "Student's t", "χ²": "χ²"}),
    ),
    footnotes=("n: patients.",),
)
