"""A report made by hand, with everything a renderer can meet."""

from __future__ import annotations

from hcc2l.report import Column, Excluded, Note, Provenance, Report, Table

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
