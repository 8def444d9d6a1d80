"""Small numbers of patients suppressed in a report, so that no patient in it can be recognised.

Counts below the limit are hidden (primary suppression), and further counts so that no hidden one
follows from a sum (complementary suppression), as statistical offices do: Hundepool A, et al.
Statistical Disclosure Control. Wiley, 2012. What is computed from a hidden count is hidden too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from hcc2l.errors import AnalysisError, UsageError
from hcc2l.glossary import GLOSSARY
from hcc2l.report import (
    Excluded,
    Figure,
    ForestFigure,
    Note,
    Report,
    Row,
    SplineFigure,
    Suppressed,
    SurvivalFigure,
    SurvivalPanels,
    Table,
    Value,
)
from hcc2l.wording import listed

NO_PATIENTS = frozenset({
    "any_count", "clusters", "decimals", "depth", "distinct", "imputation", "iteration", "knot",
    "left", "m", "node", "pair", "parent", "rank", "root_count", "row", "samples", "set", "step",
    "right",
})  # fmt: skip
"""Counts of the glossary that number or count something else than patients."""
OF_ONE_PATIENT = frozenset({"id", "pair", "row", "treated"})
"""Keys of the tables that have a row for each patient."""
STEPWISE = frozenset({"best_change", "curve", "coordinates", "thresholds"})
"""Tables with a row for each value or event, which tell of single patients."""
NAMING = (
    "variable", "term", "level", "group", "rate", "adverse_event", "band", "model", "subgroup",
    "sample", "marker", "outcome", "endpoint", "cause", "stage", "node", "time", "period",
    "threshold", "criterion", "analysis", "group_a", "group_b", "score",
)  # fmt: skip
"""Keys that say whom a count counts."""
SUBJECT = ("variable", "adverse_event", "band", "rate")
"""Keys that say what is compared: a test of hidden counts could be solved for them."""
ADDING_UP = (
    ("cr", "pr", "sd", "pd", "ne", "known"), ("known", "ne", "evaluable"),
    ("tp", "fn", "positives"), ("tp", "fp", "tn", "fn", "n"), ("n", "missing", "denominator"),
)  # fmt: skip
"""Counts of one row of which the last is the sum, or from which it can be told."""
RATES = {"CR": ("cr",), "PR": ("pr",), "SD": ("sd",), "PD": ("pd",), "NE": ("ne",),
         "ORR": ("cr", "pr"), "DCR": ("cr", "pr", "sd")}  # fmt: skip
_COUNTED = re.compile(r"\d.*exclu|exclu.*\d|\bn = \d|\d patients")
_COMPARED = ("p", "statistic", "p_adjusted", "smd")
_SETTINGS = ("time", "given", "landmark", "tau", "start", "end", "quantile", "decimals")
_NOT_OF_THE_NUMBERS = ("missing", "n_missing", "denominator", "known", "excluded")

CellId = tuple[int, int, str]  # table, row, key


def suppress(report: Report, least: int) -> Report:
    """The report without counts of patients from 1 to `least` − 1 and what would tell them.

    Tables with a row for each patient or event are omitted. The figure and the saved cohort are
    replaced by an error where they would tell the counts. A limit of 1 hides nothing.

    Raises
    ------
    UsageError
        The report is one of `check`, which describes single rows.
    """
    if least <= 1:
        return report
    if report.provenance.command == "check":
        raise UsageError(
            "check lists single rows and values, for those who hold the data.",
            where="--min-cell",
            hint="Omit it, or add --min-cell 1 where the dictionary has min_cell.",
        )
    out = [table for table in report.tables if _of_patients(table)]
    tables = [table for table in report.tables if table not in out]
    cells = _counts(tables)
    hidden = {cell for cell, n in cells.items() if _is_small(n, least)}
    small = frozenset(hidden)
    flows = [i for i, table in enumerate(tables) if _is_flow(table)]
    _complete(hidden, cells, _sums(tables, cells, report.provenance.analysed), flows)
    excluded, rows = _exclusions(report, least)
    if any(key == "n" and cells[i, j, key] == rows for i, j, key in hidden):
        rows = None
    lost = excluded != report.provenance.excluded or rows != report.provenance.rows
    shown = tuple(
        replace(table, rows=tuple(_rows(table, i, tables, hidden, small, least)))
        for i, table in enumerate(tables)
    )
    provenance = replace(
        report.provenance,
        rows=rows,
        excluded=excluded,
        settings={**report.provenance.settings, "min_cell": least},
        footer=_footer(report, excluded, rows) if lost else report.provenance.footer,
    )
    told = [_without_small(n, least, hidden=bool(hidden), lost=lost) for n in report.notes]
    anything = bool(hidden or out or lost)
    return replace(
        report,
        tables=tuple(replace(t, footnotes=_texts(t.footnotes, least)) for t in shown),
        provenance=provenance,
        notes=(*told, *([_note(len(small), len(hidden), out, least)] if anything else [])),
        outline=None if hidden else report.outline,
        methods=_methods(report.methods, least, lost=bool(hidden) or lost),
        draw=_drawn(report.draw, least, hidden=bool(hidden)),
        save=None if report.save is None else partial(_refuse_saving, report.provenance.command),
    )


def _of_patients(table: Table) -> bool:
    return table.name in STEPWISE or bool(OF_ONE_PATIENT & set(table.keys))


def _is_flow(table: Table) -> bool:
    return {"step", "excluded"} <= set(table.keys)


def _is_small(n: float, least: int) -> bool:
    """Whether there are patients, but fewer than the limit; with weights, a sum."""
    return 0 < n < least


def _counts(tables: Sequence[Table]) -> dict[CellId, float]:
    """Every number of patients in the tables."""
    found: dict[CellId, float] = {}
    for i, table in enumerate(tables):
        keys = [key for key in table.keys if _counts_patients(table, key)]
        for j, row in enumerate(table.rows):
            for key in keys:
                value = row[key]
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    found[i, j, key] = value
    return found


def _counts_patients(table: Table, key: str) -> bool:
    """Whether a key holds a count: by the glossary, or in this table (SD, stable disease)."""
    if key == "sd":
        return "cr" in table.keys
    return key == "denominator" or (GLOSSARY[key].kind == "count" and key not in NO_PATIENTS)


def _sums(tables: Sequence[Table], cells: dict[CellId, float], analysed: int) -> list[list[CellId]]:
    """Sets of counts in which any one follows from the others."""
    sums = [*_same(tables, cells), *_rates(tables, cells)]
    for i, table in enumerate(tables):
        for parts in ADDING_UP:
            if set(parts) <= set(table.keys):
                sums += [[(i, j, key) for key in parts] for j in range(len(table.rows))]
        if _is_flow(table):
            sums += _flow(i, table)
            continue
        for key in {key for at, _, key in cells if at == i}:
            sums += _across(i, table, key, cells, analysed)
    known = ([cell for cell in line if cell in cells] for line in sums)
    return [line for line in known if len(line) > 1]


def _named(row: Row, *but: str) -> tuple[tuple[str, Value], ...]:
    """Whom the counts of a row count, apart from some keys."""
    return tuple((key, row[key]) for key in NAMING if key not in but and row.get(key) is not None)


def _same(tables: Sequence[Table], cells: dict[CellId, float]) -> Iterator[list[CellId]]:
    """The same count in several tables."""
    found: dict[object, list[CellId]] = defaultdict(list)
    for cell, n in cells.items():
        found[cell[2], n, _named(tables[cell[0]].rows[cell[1]])].append(cell)
    for several in found.values():  # each with the next, so that one hidden hides them all
        yield from ([a, b] for a, b in pairwise(several))


def _rates(tables: Sequence[Table], cells: dict[CellId, float]) -> Iterator[list[CellId]]:
    """A rate of response with the responses that it counts, from their own table."""
    responses = {
        (row["variable"], row["group"]): (i, j)
        for i, table in enumerate(tables) if "cr" in table.keys
        for j, row in enumerate(table.rows)
    }  # fmt: skip
    for i, j, key in cells:
        row = tables[i].rows[j]
        place = responses.get((row.get("variable"), row.get("group")))
        if key == "count" and place and row.get("rate") in RATES:
            yield [(i, j, key), *((*place, part) for part in RATES[str(row["rate"])])]
        if key == "n" and place and row.get("denominator") in ("evaluable", "known"):
            yield [(i, j, key), (*place, str(row["denominator"]))]


def _across(
    i: int, table: Table, key: str, cells: dict[CellId, float], analysed: int
) -> Iterator[list[CellId]]:
    """A count over the groups or periods with that of all, over levels with their missing."""
    rows = [j for j in range(len(table.rows)) if (i, j, key) in cells]
    for over in ("group", "level", "band", "period"):
        lines: dict[object, list[int]] = defaultdict(list)
        for j in rows:
            row = table.rows[j]
            if row.get(over) is not None:
                lines[_named(row, over), str(row.get("denominator"))].append(j)
        for line in lines.values():
            values = [cells[i, j, key] for j in line]
            with_total = len(line) > 2 and max(values) * 2 == sum(values)
            of_all = over == "group" and key == "n" and sum(values) == analysed
            of_levels = over == "level" and (key != "n" or len(set(values)) > 1)
            of_periods = over == "period"  # whose events add up to those of the patients
            if with_total or of_all or of_levels or of_periods:
                missing = [(i, line[0], "missing")] if over == "level" else []
                yield [*((i, j, key) for j in line), *missing]


def _flow(i: int, table: Table) -> Iterator[list[CellId]]:
    """Each box with those who leave it and the boxes below; arms with the box above."""
    boxes: dict[Value, list[int]] = defaultdict(list)
    leaving: dict[Value, list[int]] = defaultdict(list)
    for j, row in enumerate(table.rows):
        (boxes if row["n"] is not None else leaving)[row["step"]].append(j)
    steps = list(boxes)
    for step, below in pairwise(steps):
        counts = [(i, j, "n") for j in (*boxes[step], *boxes[below])]
        yield [*counts, *((i, j, "excluded") for j in leaving[step])]


def _complete(
    hidden: set[CellId],
    cells: dict[CellId, float],
    sums: Sequence[Sequence[CellId]],
    flows: Iterable[int],
) -> None:
    """Hide more counts until every sum lacks none of its counts, or two."""
    changed = True
    while changed:
        changed = False
        for line in sums:
            shown = [cell for cell in line if cell not in hidden]
            if len(shown) == len(line) - 1 and shown:
                hidden.add(min(shown, key=lambda cell: _loss(cell, cells, flows)))
                changed = True


def _loss(
    cell: CellId, cells: dict[CellId, float], flows: Iterable[int]
) -> tuple[bool, bool, float]:
    """What is hidden last: zeros, then boxes of a flow from below, then large counts."""
    table, row, key = cell
    box = table in flows and key == "n"
    return cells[cell] == 0, box, row if box else cells[cell]


def _rows(
    table: Table,
    i: int,
    tables: Sequence[Table],
    hidden: set[CellId],
    small: frozenset[CellId],
    least: int,
) -> Iterator[Row]:
    """The rows of a table, with what is hidden and what is computed from it."""
    subjects = {_subject(tables[at].rows[j]) for at, j, _ in hidden}
    unknown = {  # of whom a number of missing values is hidden, which percentages would tell
        _named(tables[at].rows[j], "level") for at, j, key in hidden if key in _NOT_OF_THE_NUMBERS
    }
    few_patients = {_named(tables[at].rows[j]) for at, j, key in small if key == "n"} - {
        ()
    }  # groups that are small themselves, in whatever table
    counting = any(_counts_patients(table, key) for key in table.keys if key != "denominator")
    for j, row in enumerate(table.rows):
        mine = {key for key in table.keys if (i, j, key) in hidden}
        few = {key for key in mine if (i, j, key) in small} - set(_NOT_OF_THE_NUMBERS)
        out = {key: Suppressed(f"<{least}" if (i, j, key) in small else "–") for key in mine}
        names = set(_named(row))
        if any(names.issuperset(group) for group in few_patients):
            few.add("n")
        compared = _subject(row) in subjects - {()}
        for key in table.keys:
            value = row[key]
            if key in mine or isinstance(value, (bool, str, tuple)) or value is None:
                continue
            if (
                (few and _is_derived(key))
                or (mine - set(_NOT_OF_THE_NUMBERS) and _is_share(table, key))
                or (_named(row, "level") in unknown and key == "percent")
                or (compared and (key in _COMPARED or (not counting and _is_derived(key))))
            ):
                out[key] = Suppressed("–")
        yield {**row, **out}


def _subject(row: Row) -> tuple[Value, ...]:
    return tuple(row[key] for key in SUBJECT if row.get(key) is not None)


def _is_derived(key: str) -> bool:
    """Whether a number is estimated in the patients of its row."""
    return GLOSSARY[key].kind not in ("text", "count", "degrees") and key not in _SETTINGS


def _is_share(table: Table, key: str) -> bool:
    """Whether a number is a proportion of patients, or its interval."""
    if GLOSSARY[key].kind == "probability":
        return key not in _SETTINGS
    return "count" in table.keys and key in ("estimate", "lower", "upper", *_COMPARED)


def _exclusions(report: Report, least: int) -> tuple[tuple[Excluded, ...], int | None]:
    """The exclusions, and the rows read as far as they do not tell a small number excluded."""
    given = report.provenance.excluded
    counts = [e.rows for e in given]
    if not any(_is_small(n, least) for n in counts):
        return given, report.provenance.rows
    told = len(given) > 1 and not _is_small(sum(counts), least)
    rows = report.provenance.rows if told else None
    return tuple(replace(e, told=False, which=()) for e in given), rows


def _footer(report: Report, excluded: Iterable[Excluded], rows: int | None) -> tuple[str, ...]:
    """The footer with the rows read and excluded as far as they are told."""
    reasons = "; ".join(f"{e.reason}: {e.rows}" if e.told else e.reason for e in excluded)
    read = "" if rows is None else f"{rows} rows read, "
    counts = re.compile(r"\d+ rows read, \d+ excluded.*?, (?=\d+ analysed\.$)")
    return tuple(
        counts.sub(lambda _: f"{read}some excluded ({reasons}), ", line)
        for line in report.provenance.footer
    )


def _text(text: str, least: int) -> str:
    """A sentence in which small numbers of patients are `fewer than 5`."""
    few = "|".join(str(n) for n in range(1, least))
    number = rf"(?<![\d.,–−/-])(?:{few})(?![\d.,]\d|[%–/])"
    whom = r"(?= (?:of \d+ |further |other |more )?(?:patient|row|event|value|control|pair|death))"
    text = re.sub(rf"\b[Nn] ?= ?(?:{few})\b", f"n<{least}", text)
    text = re.sub(rf"(?<=[\w)]: ){number}(?=[);,.]|$)", f"<{least}", text)
    text = re.sub(rf"(?<=\(){number}(?=\))", f"<{least}", text)
    return re.sub(number + whom, f"fewer than {least}", text)


def _texts(texts: Iterable[str], least: int) -> tuple[str, ...]:
    return tuple(_text(text, least) for text in texts)


def _without_small(note: Note, least: int, *, hidden: bool, lost: bool) -> Note:
    """A note without small numbers, and without the ids of patients."""
    text = _text(note.text, least)
    if hidden:  # percentages would tell counts
        text = re.sub(r" \([^()]*\d%[^()]*\)", "", text)
    if lost and note.code == "rows-left-out":
        text = re.sub(r"^(?:\d+|fewer than \d+) rows? excluded", "Rows excluded", text)
    if text != note.text:
        text = text[:1].upper() + text[1:]
    return replace(note, text=text, which="")


def _methods(text: str, least: int, *, lost: bool) -> str:
    """The methods, without the sentences that count patients where some numbers are hidden."""
    sentences = re.split(r"(?<=\.) (?=[A-Z])", text)
    kept = [s for s in sentences if not (lost and _COUNTED.search(s))]
    return _text(" ".join(kept), least)


def _note(small: int, hidden: int, out: Sequence[Table], least: int) -> Note:
    more = hidden - small
    counts = f"1 count below {least} was" if small == 1 else f"{small} counts below {least} were"
    text = f"{counts} suppressed, with the numbers computed from "
    text += "it" if small == 1 else "such counts"
    if more:
        others = "1 other" if more == 1 else f"{more} others"
        text += f", and {others} from which suppressed counts could be subtracted"
    text += ", because so few patients might be recognised."
    if out:
        names = listed([repr(table.name) for table in out], "and")
        text += f" Omitted, because rows are single patients or events: {names}."
    return Note("info", "small-counts", f"{text} Merge rare levels to show more.")


def _drawn(
    draw: Callable[[], Figure] | None, least: int, *, hidden: bool
) -> Callable[[], Figure] | None:
    return None if draw is None else partial(_draw, draw, least, hidden)


def _draw(draw: Callable[[], Figure], least: int, hidden: bool) -> Figure:
    """The figure without small numbers at risk.

    Raises
    ------
    AnalysisError
        It draws counts that are hidden, or single patients.
    """
    figure = draw()
    panels = figure.panels if isinstance(figure, SurvivalPanels) else (figure,)
    groups = [a for p in panels if isinstance(p, SurvivalFigure) for a in p.at_risk]
    few = any(_is_small(n, least) for group in groups for n in group.n_risk[:1])
    if isinstance(figure, SurvivalFigure) and not few:
        return _survival(figure, least)
    if isinstance(figure, SurvivalPanels) and not few:
        return replace(figure, panels=tuple(_survival(p, least) for p in figure.panels))
    if isinstance(figure, SplineFigure):
        return replace(figure, patients=())
    if isinstance(figure, ForestFigure) and hidden:
        rows = tuple(
            replace(row, n=None, events=None, reference_n=None, reference_events=None)
            for row in figure.rows
        )
        return replace(figure, rows=rows)
    if (
        hidden
        or few
        or type(figure).__name__ in ("ChangeFigure", "WaterfallFigure", "ThresholdsFigure")
    ):
        raise AnalysisError(
            "The figure shows single patients, or counts that are suppressed.",
            where="--plot",
            hint="Omit --plot, merge rare levels, or add --min-cell 1 to see it yourself.",
        )
    return figure


def _survival(figure: SurvivalFigure, least: int) -> SurvivalFigure:
    """Curves without marks of single censored patients; small numbers at risk as `<5`."""
    return replace(figure, small_below=least, censor_marks=False)


def _refuse_saving(command: str) -> str:
    model = command in ("cox", "logistic")
    raise UsageError(
        "A saved model has the time of each event." if model
        else "A saved cohort has a row for each patient.",
        where="--save-model" if model else "--save",
        hint="Add --min-cell 1 to save it for your own use.",
    )  # fmt: skip
