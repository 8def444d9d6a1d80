"""Options of `hcc2l adverse`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from hcc2l.errors import UsageError
from hcc2l.specs.options import AnalysisSpec, option
from hcc2l.specs.rules import Excludes, Needs

Sort = Literal["frequency", "listed"]

_EVENTS = "Adverse events"
_TABLE = "Groups and table"


@dataclass(frozen=True, kw_only=True)
class AdverseSpec(AnalysisSpec):
    """Adverse events: numbers of patients by event and grade, compared between groups."""

    example = "--events adverse_events.csv --by second_line"
    optional_tables: ClassVar[Mapping[str, str]] = {"reasons": "--reasons COL"}
    rules = (
        Excludes(
            "--events", "--variables", rivals=True,
            message="--events is a file of adverse events; it cannot be combined with columns of "
            "the cohort (-x).",
            hint="Use either --events or -x.",
        ),
        *(
            Needs(
                name, ("--events",),
                message=f"{name} names a column of the file of adverse events, but there is none.",
                hint="Add --events FILE.",
            )
            for name in ("--id", "--term", "--grade")
        ),
        Needs("--total", ("--by",), hint="Without --by the table is that of all patients."),
    )  # fmt: skip

    events: str | None = option(
        None, "A file with a row for each adverse event: patient, term, grade.",
        metavar="FILE", panel=_EVENTS,
    )  # fmt: skip
    id: str | None = option(
        None, "Its column of patients (default: recognised by its name).",
        metavar="NAME", panel=_EVENTS,
    )  # fmt: skip
    term: str | None = option(
        None, "Its column of events (default: recognised by its name).",
        metavar="NAME", panel=_EVENTS,
    )  # fmt: skip
    grade: str | None = option(
        None, "Its column of grades (default: recognised by its name).",
        metavar="NAME", panel=_EVENTS,
    )  # fmt: skip
    variables: Sequence[str] = option(
        (), "Instead of a file: columns of the cohort, one for each event, with grades (0 to 5) or "
        "no and yes.",
        metavar="COL[,COL…]", panel=_EVENTS, short="-x",
    )  # fmt: skip
    documented: str | None = option(
        None, "The patients whose adverse events were documented, if not all; the others do not "
        "count.",
        metavar="COL[=VALUE]", panel=_EVENTS,
    )  # fmt: skip
    by: str | None = option(
        None, "Groups: a column, a cut (afp@400, afp@median) or a comparison ('ecog==2').",
        metavar="TERM", panel=_TABLE,
    )  # fmt: skip
    bands: Sequence[str] = option(
        (), "Grades that are counted together: any, 3-4, 3-5, 5 (default: any,3-4; any alone where "
        "there are no grades).",
        metavar="BAND[,BAND…]", panel=_TABLE,
    )  # fmt: skip
    sort: Sort = option(
        "frequency", "Order of the events: by frequency in all patients, or as listed in the file "
        "or in -x.",
        metavar="ORDER", panel=_TABLE,
    )  # fmt: skip
    total: bool = option(False, "Add all patients as a further group.", panel=_TABLE)
    reasons: str | None = option(
        None, "Add a table of this column of the cohort: the reasons for stopping treatment.",
        metavar="COL", panel=_TABLE,
    )  # fmt: skip

    def require(self) -> None:
        """Refuse an analysis without adverse events."""
        if not self.events and not self.variables:
            raise UsageError(
                "No adverse events were given.",
                where="--events",
                hint="Use --events FILE, a file with a row for each adverse event, or -x COL,… for "
                "columns of the cohort.",
            )
