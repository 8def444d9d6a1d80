"""The matched patients where the hazard ratio may change with time: the panel of `km --nph`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hcc2l.analyses.km.data import KmData
from hcc2l.analyses.km.methods import panel_sentences, restricted_mean_sentence
from hcc2l.analyses.km.notes import panel_note
from hcc2l.analyses.km.nph import nph_tables
from hcc2l.analyses.km.tables import restricted_means
from hcc2l.analyses.periods import period_notes
from hcc2l.analyses.psmatch.data import MatchData, TimeToEvent
from hcc2l.design import Factor
from hcc2l.errors import UsageError
from hcc2l.report import Column, Note, Row, Table, finite
from hcc2l.specs import KmSpec

_BETWEEN = {"rmst_differences": "minus", "rmst_ratios": "divided by"}
_STACKED = ("nph_tests", "piecewise")  # whose first column is a text
_FOOTNOTE = "In the matched patients, as two independent groups."


def with_panel(data: MatchData, tables: Sequence[Table]) -> list[Table]:
    """The tables of the outcomes and those of the panel; the interaction stands in `tests`.

    Raises
    ------
    UsageError
        A time of `--split` is not between two events of an endpoint.
    """
    found: dict[str, list[tuple[TimeToEvent, Table]]] = defaultdict(list)
    interactions: list[Row] = []
    for outcome, matched in _matched(data):
        try:
            panel, periods = nph_tables(matched)
        except UsageError as error:
            raise UsageError(
                f"{outcome.endpoint.label}, matched patients: {error.message}",
                where=error.where,
                hint=error.hint,
            ) from None
        assert matched.tau is not None
        for table in (*restricted_means(matched, matched.tau), *panel):
            found[table.name].append((outcome, table))
        if periods:
            interactions.append(
                {"endpoint": outcome.name, "sample": "after", "test": "time-interaction",
                 "statistic": finite(periods.statistic), "df": periods.df,
                 "p": finite(periods.p)}
            )  # fmt: skip
    order = [outcome.name for outcome in data.outcomes]
    widened = [
        replace(table, rows=tuple(sorted((*table.rows, *interactions),
                                         key=lambda row: order.index(str(row["endpoint"])))))
        if table.name == "tests" else table
        for table in tables
    ]  # fmt: skip
    return widened + [_joined(data, parts) for parts in found.values()]


def _matched(data: MatchData) -> list[tuple[TimeToEvent, KmData]]:
    """Each endpoint of the matched patients, controls first; none without events or a group."""
    after = next(sample for sample in data.samples if sample.name == "after")
    found = []
    for outcome in data.outcomes:
        inside = outcome.known & after.inside
        codes = data.treated[inside].astype(np.int64)
        event = outcome.event[inside]
        if event.any() and np.unique(codes).size == 2:
            t = data.treatment
            groups = Factor(t.column, t.column, t.label, (t.control, t.treated), codes, (0, 1))
            found.append(
                (outcome, KmData(_options(data), outcome.endpoint, None, outcome.time[inside],
                                 event.astype(np.int64), groups, None, None))
            )  # fmt: skip
    return found


def _options(data: MatchData) -> KmSpec:
    spec = data.spec
    return KmSpec(
        by=data.treatment.column, nph=True, split=spec.split, tau=spec.tau, at=spec.at,
        conf_level=spec.conf_level,
    )  # fmt: skip


def _joined(data: MatchData, parts: Sequence[tuple[TimeToEvent, Table]]) -> Table:
    """One table of all endpoints; the two groups, which are the same in all, are in its title."""
    first = parts[0][1]
    rows = tuple({"endpoint": o.name, **row} for o, table in parts for row in table.rows)
    labels = {outcome.name: outcome.endpoint.label for outcome, _ in parts}
    columns = [Column("Endpoint", ("endpoint",), labels=labels)]
    title, t = first.title, data.treatment
    if "tau" in first.keys:  # beside the endpoint, as it may differ
        columns.append(Column("To", ("tau",)))
        title = title.partition(" to ")[0]
    if first.name in _BETWEEN:
        title += f", {t.treated} {_BETWEEN[first.name]} {t.control}"
    columns += [c for c in first.columns if not {"group_a", "group_b"} & set(c.keys)]
    footnotes = dict.fromkeys(note for _, table in parts for note in table.footnotes)
    stacked = first.name in _STACKED and len(parts) > 1
    return replace(
        first, title=f"{title}, after matching", keys=tuple(rows[0]), rows=rows,
        columns=tuple(columns), footnotes=(*footnotes, _FOOTNOTE),
        stacked="endpoint" if stacked else "",
    )  # fmt: skip


def panel_notes(data: MatchData, tables: Sequence[Table]) -> list[Note]:
    """What the panel is worth when it was chosen by its results; periods without a ratio."""
    return [*panel_note(_options(data)), *period_notes(tables)] if data.outcomes else []


def panel_methods(data: MatchData, tables: Sequence[Table]) -> tuple[list[str], list[str]]:
    """How the matched patients were compared, and what that cites."""
    matched = [panel for _, panel in _matched(data)]
    if not matched:
        return [], []
    results = {table.name: table.rows for table in tables}
    cited: list[str] = []
    sentences = panel_sentences(matched[0], results, cited)
    if len({panel.tau for panel in matched}) == 1:
        sentences += restricted_mean_sentence(matched[0], results, cited)
    else:
        every: list[str] = []
        (sentence,) = restricted_mean_sentence(matched[0], results, every)
        cited += every
        sentences.append(_to_the_shorter_follow_up(sentence))
    return [
        *sentences,
        "These analyses were of the matched patients, as two independent groups.",
    ], (cited)


def _to_the_shorter_follow_up(sentence: str) -> str:
    """The sentence on restricted means where each endpoint has its own time."""
    _, _, rest = sentence.partition(" was computed")
    return f"Restricted mean survival time to the end of the shorter follow-up was computed{rest}"
