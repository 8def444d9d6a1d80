"""The STROBE checklist of a cohort study, filled with what the runs of the study know.

The items are those of `references.VON_ELM_2007` for cohort studies, in words of our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hcc2l import references
from hcc2l.numerals import number
from hcc2l.render.grid import Grid
from hcc2l.report import Report, Row, Table
from hcc2l.wording import in_sentence, listed

TO_BE_WRITTEN = "to be written"
SOURCE = f"STROBE checklist for cohort studies, abridged from {references.VON_ELM_2007}."


@dataclass(frozen=True)
class Answered:
    """A report with the tables or figures of the document that show it."""

    places: tuple[str, ...]
    report: Report


Shown = Sequence[Answered]
_Answer = Callable[[Shown], str]


def strobe(shown: Shown) -> Grid:
    """The checklist: item, recommendation, and where it is answered or what the answer is."""
    rows = tuple(
        (
            item,
            f"{topic}: {in_sentence(recommendation)}" if topic else recommendation,
            answer(shown) or TO_BE_WRITTEN,
        )
        for item, topic, recommendation, answer in _ITEMS
    )
    return Grid(
        title="STROBE checklist",
        headings=(),
        headers=("Item", "Recommendation", "Where or what"),
        right=(False,) * 3,
        rows=rows,
        footnotes=(SOURCE,),
        indents=(0,) * len(rows),
    )


def _by_hand(shown: Shown) -> str:  # noqa: ARG001 - the form of an answer
    return ""


def _methods(shown: Shown) -> str:
    return "Methods" if any(one.report.methods for one in shown) else ""


def _endpoints(shown: Shown) -> str:
    """The endpoints with the columns that they are read from."""
    found: dict[str, None] = {}
    for one in shown:
        settings = one.report.provenance.settings
        if settings.get("label") and settings.get("time"):
            found[f"{settings['label']} ({settings['time']}, {settings['event']})"] = None
    return f"Outcomes: {listed(list(found))}" if found else ""


def _matched(shown: Shown) -> str:
    for one in shown:
        for row in _rows(one, "matching"):
            pairs = f"{row['n_matched_treated']} and {row['n_matched_control']} patients matched"
            return f"1:{row['ratio']} matching, {pairs}; {_named(one.places)}"
    return ""


def _participants(shown: Shown) -> str:
    """Patients read in the cohort, and the fewest and the most that were analysed."""
    whole = [one.report.provenance for one in shown]
    if not whole:
        return ""
    analysed = [provenance.analysed for provenance in whole]
    least, most = min(analysed), max(analysed)
    numbers = str(most) if least == most else f"{least} to {most}"
    return (
        f"{max(p.rows for p in whole)} rows read; {numbers} analysed, by analysis; Reproducibility"
    )


def _exclusions(shown: Shown) -> str:
    return _reasons(shown, missing=False)


def _missing(shown: Shown) -> str:
    """By variable, as Table 1 counts them, else as they were excluded from an analysis."""
    for one in shown:
        if one.report.provenance.command == "table1":
            counts: dict[str, dict[str, int]] = {}
            for row in _rows(one, "rows"):
                groups = counts.setdefault(str(row["variable"]), {})
                groups[str(row["group"])] = int(str(row["missing"]))
            missing = {name: of.get("all", sum(of.values())) for name, of in counts.items()}
            return "; ".join(f"{name}: {count}" for name, count in missing.items() if count)
    return _reasons(shown, missing=True)


def _reasons(shown: Shown, *, missing: bool) -> str:
    """Why rows were excluded from an analysis, for missing values or for other reasons."""
    reasons: dict[str, int] = {}
    for one in shown:
        for excluded in one.report.provenance.excluded:
            if excluded.reason.endswith(" missing") == missing:
                reasons[excluded.reason] = max(excluded.rows, reasons.get(excluded.reason, 0))
    return "; ".join(f"{reason}: {rows}" for reason, rows in reasons.items())


def _complete_cases(shown: Shown) -> str:
    if not _reasons(shown, missing=True):
        return ""
    return "Patients with a missing value were excluded from that analysis"


def _flow(shown: Shown) -> str:
    return _where(shown, lambda report: report.provenance.command == "flow")


def _characteristics(shown: Shown) -> str:
    return _where(shown, lambda report: report.provenance.command in ("table1", "psmatch"))


def _follow_up(shown: Shown) -> str:
    """Median follow-up of every group."""
    found = _by_endpoint(shown, "follow_up", lambda row: number(float(str(row["follow_up"])), 2))
    return f"Median follow-up. {found}" if found else ""


def _events(shown: Shown) -> str:
    found = _by_endpoint(shown, "events", lambda row: f"{row['events']}/{row['n']}")
    return f"Events. {found}" if found else ""


def _by_endpoint(shown: Shown, key: str, write: Callable[[Row], str]) -> str:
    """A number of every group, for each endpoint in the whole cohort."""
    found: dict[str, str] = {}
    for one in shown:
        rows = [row for row in _rows(one, "groups") if row.get(key) is not None]
        settings = one.report.provenance.settings
        if rows:
            groups = ", ".join(f"{row['group']} {write(row)}" for row in rows)
            unit = f" {settings['time_unit']}" if key == "follow_up" else ""
            found.setdefault(str(settings.get("label")), f"{groups}{unit} ({_named(one.places)})")
    return "; ".join(f"{label}: {text}" for label, text in found.items())


def _estimates(shown: Shown) -> str:
    return _where(shown, lambda report: report.provenance.command in ("cox", "logistic"))


def _absolute(shown: Shown) -> str:
    """Survival at given times, which a matched comparison's table of that name has no column of."""
    tables = ((one, _table(one.report, "survival")) for one in shown)
    at_times = [one for one, table in tables if table and "time" in table.keys]
    return _named([place for one in at_times for place in one.places])


def _subgroups(shown: Shown) -> str:
    return _where(
        shown, lambda report: any(_table(report, name) for name in ("interactions", "subgroups"))
    )


def _other(shown: Shown) -> str:
    return _where(shown, lambda report: report.provenance.command in ("tree", "roc", "psmatch"))


def _where(shown: Shown, holds: Callable[[Report], bool]) -> str:
    return _named([place for one in shown if holds(one.report) for place in one.places])


def _named(places: Sequence[str]) -> str:
    """`Table 1, Figure 2`."""
    return ", ".join(dict.fromkeys(places))


def _rows(one: Answered, name: str) -> Iterator[Row]:
    table = _table(one.report, name)
    yield from table.rows if table else ()


def _table(report: Report, name: str) -> Table | None:
    return next((t for t in report.tables if t.name == name and t.rows), None)


_ITEMS: tuple[tuple[str, str, str, _Answer], ...] = (
    ("1a", "Title", "Name the design in the title or the abstract", _by_hand),
    ("1b", "Abstract", "Summarise what was done and what was found", _by_hand),
    ("2", "Background", "Explain the scientific background and the rationale", _by_hand),
    ("3", "Objectives", "State aims and prespecified hypotheses", _by_hand),
    ("4", "Design", "Present the design early in the paper", _by_hand),
    ("5", "Setting", "Describe setting, places, and dates of recruitment and follow-up", _by_hand),
    ("6a", "Participants", "Give eligibility, sources and selection, and how patients were "
     "followed up", _by_hand),
    ("6b", "Matching", "Give the matching criteria and the numbers exposed and unexposed",
     _matched),
    ("7", "Variables", "Define outcomes, exposures, confounders and effect modifiers",
     _endpoints),
    ("8", "Measurement", "Give the source and the method of measuring each variable", _by_hand),
    ("9", "Bias", "Describe how potential bias was addressed", _by_hand),
    ("10", "Study size", "Explain how the size of the study was arrived at", _by_hand),
    ("11", "Quantitative variables", "Explain how numbers were handled and grouped", _by_hand),
    ("12a", "Statistical methods", "Describe all methods, including control of confounding",
     _methods),
    ("12b", "", "Describe the analysis of subgroups and interactions", _subgroups),
    ("12c", "", "Explain how missing data were addressed", _complete_cases),
    ("12d", "", "Explain how loss to follow-up was addressed", _by_hand),
    ("12e", "", "Describe sensitivity analyses", _by_hand),
    ("13a", "Participants", "Report the numbers at each stage", _participants),
    ("13b", "", "Give the reasons for exclusion at each stage", _exclusions),
    ("13c", "", "Consider a flow diagram", _flow),
    ("14a", "Descriptive data", "Describe the patients, exposures and potential confounders",
     _characteristics),
    ("14b", "", "Give the number with missing data for each variable", _missing),
    ("14c", "", "Summarise the follow-up time", _follow_up),
    ("15", "Outcome data", "Report the numbers of outcome events over time", _events),
    ("16a", "Main results", "Give unadjusted and adjusted estimates with their precision, and "
     "the confounders adjusted for", _estimates),
    ("16b", "", "Report the boundaries of categories made from numbers", _by_hand),
    ("16c", "", "Translate relative into absolute risk, where relevant", _absolute),
    ("17", "Other analyses", "Report other analyses: subgroups, interactions, sensitivity",
     _other),
    ("18", "Key results", "Summarise the results with reference to the objectives", _by_hand),
    ("19", "Limitations", "Discuss bias and imprecision, their direction and size", _by_hand),
    ("20", "Interpretation", "Interpret cautiously, in view of similar studies", _by_hand),
    ("21", "Generalisability", "Discuss the external validity", _by_hand),
    ("22", "Funding", "Give the source of funding and the role of the funders", _by_hand),
)  # fmt: skip
