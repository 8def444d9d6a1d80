"""What the reports of a study know about the items of a reporting checklist.

Each function is an answer: where the document says it, or what it is; empty if no report knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from hcc2l.numerals import number
from hcc2l.report import Report, Row, Table, told
from hcc2l.wording import in_sentence, listed


@dataclass(frozen=True)
class Answered:
    """A report with the tables or figures of the document that show it.

    Attributes
    ----------
    tables
        The names of the tables printed there; none of a figure.
    """

    places: tuple[str, ...]
    report: Report
    tables: tuple[str, ...] = ()


Shown = Sequence[Answered]
Answer = Callable[[Shown], str]


def by_hand(shown: Shown) -> str:  # noqa: ARG001 - the form of an answer
    """Nothing: a person has to write it."""
    return ""


def methods(shown: Shown) -> str:
    """The section of the document that says what was done."""
    return "Methods" if any(one.report.methods for one in shown) else ""


def endpoints(shown: Shown) -> str:
    """The endpoints with the columns that they are read from."""
    found: dict[str, None] = {}
    for one in shown:
        settings = one.report.provenance.settings
        if settings.get("label") and settings.get("time"):
            found[f"{settings['label']} ({settings['time']}, {settings['event']})"] = None
    return f"Outcomes: {listed(list(found))}" if found else ""


def matched(shown: Shown) -> str:
    """How many patients were matched, and to how many."""
    for one in shown:
        for row in _rows(one, "matching"):
            pairs = f"{row['n_matched_treated']} and {row['n_matched_control']} patients matched"
            return f"1:{row['ratio']} matching, {pairs}; {_named(one.places)}"
    return ""


def participants(shown: Shown) -> str:
    """Patients read in the cohort, and the fewest and the most that were analysed."""
    whole = [one.report.provenance for one in shown]
    if not whole:
        return ""
    analysed = [provenance.analysed for provenance in whole]
    least, most = min(analysed), max(analysed)
    numbers = str(most) if least == most else f"{least} to {most}"
    known = [p.rows for p in whole if p.rows is not None]
    read = f"{max(known)} rows read; " if len(known) == len(whole) else ""
    return f"{read}{numbers} analysed, by analysis; Reproducibility"


def exclusions(shown: Shown) -> str:
    """Why rows were excluded for other reasons than missing values."""
    return _reasons(shown, missing=False)


def missing(shown: Shown) -> str:
    """By variable, as Table 1 counts them, else as they were excluded from an analysis."""
    for one in shown:
        if one.report.provenance.command == "table1":
            counts: dict[str, dict[str, int]] = {}
            for row in _rows(one, "rows"):
                if told(row["missing"]) is not None:
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
            if excluded.told and excluded.reason.endswith(" missing") == missing:
                reasons[excluded.reason] = max(excluded.rows, reasons.get(excluded.reason, 0))
    return "; ".join(f"{reason}: {rows}" for reason, rows in reasons.items())


def missing_handled(shown: Shown) -> str:
    """What happened to patients with a missing value, and where values were imputed."""
    imputed = _named_of(one for one in shown if _table(one.report, "imputation"))
    return _together(
        f"Multiple imputation: {imputed}" if imputed else "",
        "Patients with a missing value were excluded from that analysis"
        if _reasons(shown, missing=True)
        else "",
    )


def planned_size(shown: Shown) -> str:
    """The calculations of sample size, else what a model or a validation says of its size."""
    planned = _where(shown, lambda report: report.provenance.command == "size")
    if planned:
        return f"Sample size: {planned}"
    return "; ".join(
        dict.fromkeys(
            f"{note.text} ({_named(one.places)})"
            for one in shown
            for note in one.report.notes
            if note.code in ("few-events-per-parameter", "few-events-to-validate")
        )
    )


def flow(shown: Shown) -> str:
    """The flow diagrams and tables of `flow`."""
    return _where(shown, lambda report: report.provenance.command == "flow")


def characteristics(shown: Shown) -> str:
    """The tables of baseline characteristics."""
    return _where(shown, lambda report: report.provenance.command in ("table1", "psmatch"))


def follow_up(shown: Shown) -> str:
    """Median follow-up of every group."""
    found = _by_endpoint(shown, "follow_up", lambda row: number(float(str(row["follow_up"])), 2))
    return f"Median follow-up. {found}" if found else ""


def events(shown: Shown) -> str:
    """Events and patients of every group."""
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


def estimates(shown: Shown) -> str:
    """The regression models."""
    return _where(shown, lambda report: report.provenance.command in ("cox", "logistic"))


def absolute(shown: Shown) -> str:
    """Survival at given times, which a matched comparison's table of that name has no column of."""
    tables = ((one, _table(one.report, "survival")) for one in shown if "survival" in one.tables)
    return _named_of(one for one, table in tables if table and "time" in table.keys)


def subgroups(shown: Shown) -> str:
    """The tables of subgroups and interactions."""
    return _named_of(one for one in shown if {"interactions", "subgroups"} & set(one.tables))


def other(shown: Shown) -> str:
    """Survival trees, ROC curves and matched comparisons."""
    return _where(shown, lambda report: report.provenance.command in ("tree", "roc", "psmatch"))


def candidates(shown: Shown) -> str:
    """Every variable that a model, a tree or a curve was given, as it was given."""
    terms = dict.fromkeys(term for one in shown for term in _given(one))
    return f"Variables examined: {', '.join(terms)}" if terms else ""


def coding(shown: Shown) -> str:
    """The variables that were grouped, scaled or transformed."""
    coded = dict.fromkeys(term for one in shown for term in _given(one) if "@" in term)
    return f"Coded as {', '.join(coded)}" if coded else ""


def design(shown: Shown) -> str:
    """Matching and median follow-up."""
    return _together(matched(shown), follow_up(shown))


def flow_and_events(shown: Shown) -> str:
    """The flow of patients, with numbers and events."""
    return _together(flow(shown), participants(shown), events(shown))


def characteristics_and_missing(shown: Shown) -> str:
    """The tables of baseline characteristics, and missing values by variable."""
    unknown = missing(shown)
    return _together(characteristics(shown), f"Missing values: {unknown}" if unknown else "")


def methods_and_missing(shown: Shown) -> str:
    """The methods, and what happened to patients with a missing value."""
    handled = missing_handled(shown)
    return _together(methods(shown), in_sentence(handled) if handled else "")


def by_marker(shown: Shown) -> str:
    """Tables that compare groups made from a number, such as `afp@400`."""
    return _where(
        shown,
        lambda report: (
            report.provenance.command == "table1"
            and "@" in str(report.provenance.settings.get("by"))
        ),
    )


def univariable(shown: Shown) -> str:
    """Univariable models, and curves that compare groups."""
    return _where(
        [one for one in shown if _shows_effects(one)],
        lambda report: (
            "univariable" in _kinds(report)
            or (report.provenance.command == "km" and bool(report.provenance.settings.get("by")))
        ),
    )


def multivariable(shown: Shown) -> str:
    """The multivariable models."""
    models = [one for one in shown if _shows_effects(one)]
    return _where(models, lambda report: "multivariable" in _kinds(report))


def unselected(shown: Shown) -> str:
    """Multivariable models whose variables were not chosen by their p-values."""

    def chosen(one: Answered) -> bool:
        settings = one.report.provenance.settings
        return settings.get("select") is not None or settings.get("stepwise") is not None

    return multivariable([one for one in shown if not chosen(one)])


def further(shown: Shown) -> str:
    """Checks of assumptions, subgroups, resampling, and analyses from a landmark."""
    tables = {"ph_tests", "subgroups", "interactions", "performance", "optimism", "stability"}
    return _named_of(
        one
        for one in shown
        if tables & set(one.tables) or one.report.provenance.settings.get("landmark") is not None
    )


def model_sizes(shown: Shown) -> str:
    """Patients and events of each multivariable model."""
    sizes = (
        f"{row['n']} patients, {row['events']} events ({_named(one.places)})"
        for one in shown
        for row in _rows(one, "models")
        if row["kind"] == "multivariable"
    )
    return "; ".join(dict.fromkeys(sizes))


def full_model(shown: Shown) -> str:
    """The tables with the effects of all predictors."""
    found = multivariable(shown)
    return f"Effects of all predictors: {found}" if found else ""


def performance(shown: Shown) -> str:
    """Discrimination and calibration of models, and areas under ROC curves."""
    return _named_of(
        one
        for one in shown
        if "performance" in one.tables or one.report.provenance.command in ("roc", "validate")
    )


def performance_in_parts(shown: Shown) -> str:
    """Performance, and which of it shows calibration and clinical utility."""
    calibrated, useful = (
        _named_of(one for one in _validations(shown) if _shows(one, table, figure))
        for table, figure in (("calibration", "calibration"), ("net_benefit", "decision"))
    )
    return _together(
        performance(shown), f"calibration: {calibrated}" if calibrated else "",
        f"clinical utility: {useful}" if useful else "",
    )  # fmt: skip


def _shows(one: Answered, table: str, figure: str) -> bool:
    """Whether a validation's printed tables, or its figure, show this."""
    if one.tables:
        return table in one.tables
    which = one.report.provenance.settings.get("which") or "calibration"
    return which == figure and _table(one.report, table) is not None


def performance_measures(shown: Shown) -> str:
    """The methods, and the tables of performance."""
    found = performance(shown)
    return f"Methods; {found}" if found else ""


def evaluations(shown: Shown) -> str:
    """The patients in whom scores and models were validated, and whether models were made there."""
    sizes = []
    for one in _validations(shown):
        here = any(note.code == "made-in-these-patients" for note in one.report.notes)
        whose = ", in whom the model was made" if here else ""
        patients = f"{one.report.provenance.analysed} patients{whose}"
        sizes.append(f"Evaluated in {patients} ({_named(one.places)})")
    return "; ".join(dict.fromkeys(sizes))


def predictions(shown: Shown) -> str:
    """The model files, and the columns, that the predictions of a validation come from."""
    found: dict[str, None] = {}
    for one in _validations(shown):
        for key, words in (("model", "by the model file {}"), ("risk", "in column {}")):
            given = one.report.provenance.settings.get(key)
            names = given if isinstance(given, (list, tuple)) else ()
            found |= dict.fromkeys(words.format(str(name).rpartition("/")[2]) for name in names)
    return f"Predicted {listed(list(found))}" if found else ""


def recalibrated(shown: Shown) -> str:
    """The tables of recalibrated models."""
    return _named_of(one for one in shown if "recalibration" in one.tables)


def _validations(shown: Shown) -> Iterator[Answered]:
    return (one for one in shown if one.report.provenance.command == "validate")


def commands(shown: Shown) -> str:
    """Where the document lists what is needed to run everything again."""
    return "Version and command lines: Reproducibility" if shown else ""


def _given(one: Answered) -> Iterator[str]:
    """The covariates of a model or a tree, and the markers of ROC curves."""
    settings = one.report.provenance.settings
    if one.report.provenance.command in ("cox", "logistic", "tree", "roc"):
        for key in ("covariates", "marker"):
            terms = settings.get(key)
            yield from map(str, terms if isinstance(terms, (list, tuple)) else ())


def _kinds(report: Report) -> set[str]:
    """Whether a regression has univariable and multivariable models."""
    table = _table(report, "models")
    return {str(row.get("kind")) for row in table.rows} if table else set()


def _together(*answers: str) -> str:
    return "; ".join(filter(None, answers))


def _where(shown: Shown, holds: Callable[[Report], bool]) -> str:
    return _named_of(one for one in shown if holds(one.report))


def _named_of(shown: Iterable[Answered]) -> str:
    return _named([place for one in shown for place in one.places])


def _shows_effects(one: Answered) -> bool:
    """Whether the effects of a model are printed or drawn, and not another table of it alone."""
    command = one.report.provenance.command
    return command not in ("cox", "logistic") or not one.tables or "regression" in one.tables


def _named(places: Sequence[str]) -> str:
    """`Table 1, Figure 2`."""
    return ", ".join(dict.fromkeys(places))


def _rows(one: Answered, name: str) -> Iterator[Row]:
    table = _table(one.report, name)
    yield from table.rows if table else ()


def _table(report: Report, name: str) -> Table | None:
    return next((t for t in report.tables if t.name == name and t.rows), None)
