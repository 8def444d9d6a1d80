"""The rows of an analysis: read, excluded, analysed; and the notes that every analysis shares."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from hcc2l.cohort import Cohort
from hcc2l.design import (
    Endpoint,
    Factor,
    Floats,
    Ints,
    Mask,
    RowAccount,
    add_competing,
    apply_conditions,
    resolve_endpoint,
)
from hcc2l.design.levels import natural_order
from hcc2l.errors import AnalysisError, quoted_list
from hcc2l.number_format import NumberFormat
from hcc2l.report import Note, Provenance
from hcc2l.specs import SurvivalSpec
from hcc2l.stats.risk_sets import time_tolerance

FEW_EVENTS = 10
FEW_PATIENTS = 5


@dataclass(frozen=True)
class Outcome:
    """Times and events of the rows that have both; shape (n,) over all rows of the cohort."""

    endpoint: Endpoint
    account: RowAccount
    competing_name: str | None = None


def survival_outcome(cohort: Cohort, spec: SurvivalSpec, competing: str | None = None) -> Outcome:
    """Times and events under the conditions of `--where`; rows without either are excluded.

    Raises
    ------
    AnalysisError
        No rows remain.
    """
    account = RowAccount(cohort)
    apply_conditions(cohort, account, spec.where)
    refuse_no_rows(account)
    cohort.check_ids(account.keep, cluster=getattr(spec, "cluster", None))
    endpoint = resolve_endpoint(cohort, spec, account.keep)
    name = None
    if competing is not None:
        known = endpoint.event >= 0
        endpoint, name = add_competing(cohort, endpoint, competing, account.keep)
        column = name.partition("=")[0]
        account.drop(known & (endpoint.event < 0), f"{column} missing")
    if len(endpoint.columns) == 2:
        account.drop(np.isnan(endpoint.time), f"{endpoint.columns[0]} missing")
        account.drop(endpoint.event < 0, f"{endpoint.columns[1]} missing")
    else:
        account.drop(np.isnan(endpoint.time), f"date missing ({', '.join(endpoint.columns)})")
    refuse_no_rows(account)
    return Outcome(endpoint, account, name)


def refuse_no_rows(account: RowAccount) -> None:
    """AnalysisError, with the reasons, when every row was excluded."""
    if account.analysed == 0:
        reasons = ", ".join(f"{e.reason} ({e.rows})" for e in account.excluded)
        raise AnalysisError(
            "No rows remain to be analysed.",
            where=account.cohort.source.name,
            hint=f"Excluded: {reasons}.",
        )


def rows_in_order_of_ids(cohort: Cohort, keep: Mask) -> Ints:
    """Indices of the kept rows by id, or in file order when there are no ids.

    Random draws use this order, so that they do not depend on the order of the file.
    """
    rows = np.flatnonzero(keep)
    if cohort.id_column is None or cohort.id_column not in cohort.names:
        return rows
    column = cohort.column(cohort.id_column)
    texts = [column.text(int(i)) for i in rows]
    if len({re.sub(r"\d", "0", text) for text in texts}) == 1:  # P001, P002: as texts go
        return rows[sorted(range(rows.size), key=texts.__getitem__)]
    rank = {text: i for i, text in enumerate(natural_order(dict.fromkeys(texts)))}
    return rows[np.argsort([rank[text] for text in texts], kind="stable")]


def from_landmark(
    account: RowAccount, time: Floats, event: Ints, landmark: float, unit: str
) -> Floats:
    """Times counted from the landmark; rows not at risk after it are excluded."""
    early = time <= landmark + time_tolerance(time[account.keep])
    account.drop(early & (event > 0), f"event by the landmark, {landmark:g} {unit}".strip())
    account.drop(early & (event == 0), f"censored by the landmark, {landmark:g} {unit}".strip())
    if account.analysed == 0:
        raise AnalysisError(
            f"No patient is at risk after the landmark of {landmark:g} {unit}.".replace(" .", "."),
            where="--landmark",
            hint="Choose an earlier landmark.",
        )
    return np.round(time - landmark, 12)  # 4.1 - 3 is 1.1, not 1.0999999999999996


def provenance(
    command: str,
    cohort: Cohort,
    account: RowAccount,
    settings: dict[str, object],
    conventions: Sequence[str],
) -> Provenance:
    """The provenance, with the footer that people read."""
    release = version("hcc2l")
    excluded = "; ".join(f"{e.reason}: {e.rows}" for e in account.excluded)
    rows = f"{cohort.rows} rows read, {cohort.rows - account.analysed} excluded"
    rows += f" ({excluded})" if excluded else ""
    file = f"{cohort.source.file}, SHA-256 {cohort.source.sha256[:12]}"
    return Provenance(
        command=command,
        version=release,
        source=cohort.source.file,
        sha256=cohort.source.sha256,
        synthetic=cohort.source.synthetic,
        rows=cohort.rows,
        analysed=account.analysed,
        excluded=tuple(account.excluded),
        settings=settings,
        footer=(
            f"{file}; {rows}, {account.analysed} analysed.",
            "; ".join([*conventions, f"hcc2l {release}"]) + ".",
        ),
    )


def row_notes(cohort: Cohort, outcome: Outcome) -> list[Note]:
    """Notes on reading, the endpoint and excluded rows."""
    notes = reading_notes(cohort, outcome.endpoint.event_name)
    return notes + endpoint_notes(outcome.endpoint) + account_notes(outcome.account)


def endpoint_notes(endpoint: Endpoint) -> list[Note]:
    """Notes on how the endpoint was recognised and which values count as censored."""
    notes = []
    if endpoint.recognised:
        notes.append(
            Note(
                "info",
                "endpoint-recognised",
                f"{endpoint.label} was recognised by the column names {endpoint.described}.",
            )
        )
    if endpoint.other_values:
        notes.append(
            Note(
                "warning",
                "event-values",
                f"{endpoint.columns[-1]} also has the values "
                f"{quoted_list(endpoint.other_values)}; patients with any of these are treated as "
                "censored. If one of them is a competing event, use hcc2l km --competing.",
            )
        )
    return notes


def reading_notes(cohort: Cohort, event: str = "") -> list[Note]:
    """Notes on what was inferred when the cohort was read.

    `event` is a column of events whose words are understood in capitals or not.
    """
    notes = [Note("info", "reading", f"{cohort.source.file}: {r}.") for r in cohort.source.remarks]
    notes += [_number_format_note(name, form) for name, form in cohort.number_formats().items()]
    if cohort.dictionary.id is None and cohort.id_column is not None:
        text = f"Patients are identified by the column {cohort.id_column}, recognised by its name."
        notes.append(Note("info", "id-recognised", text))
    for name, limits in cohort.limits().items():
        kinds = quoted_list(dict.fromkeys(limits.values()))
        count = "1 cell is a detection limit"
        if len(limits) > 1:
            count = f"{len(limits)} cells are detection limits"
        text = f"{name}: {count} ({kinds}); the limit itself is used as the value."
        notes.append(Note("info", "detection-limits", text))
    for name, cells in cohort.mixed().items():
        text = (
            f"{name} is treated as a grouping variable because it contains "
            f"{quoted_list(map(repr, cells))} as well as numbers. Correct the cells, declare a "
            "code for missing values (--na), or, if groups are intended, set "
            f'type = "factor" for {name} in hcc2l.toml.'
        )
        notes.append(Note("warning", "numbers-as-groups", text))
    for name, spellings in cohort.similar_levels(event).items():
        notes += [_similar_levels_note(name, rows) for rows in spellings]
    absent = cohort.dictionary_columns_absent()
    if absent:
        notes.append(Note("info", "dictionary-columns", absent.strip()))
    return notes


def _number_format_note(name: str, form: NumberFormat) -> Note:
    """A warning that signs among the digits of a column were read against the plain form."""
    first = form.examples[0]
    sign = "comma" if form.decimal == "," else "point"
    meaning = f"decimal {sign}s, unlike the rest of the file"
    if form.grouped:
        meaning = f"thousands separators, because the decimal sign of the column is the {sign}"
    cells = f"{form.cells} cell{'s' if form.cells > 1 else ''} ({quoted_list(form.examples)})"
    text = (
        f"{name}: the {'points' if (form.decimal == ',') == form.grouped else 'commas'} in {cells} "
        f"were read as {meaning}; {first} is {form.plain_cell(first)}. If that is wrong, correct "
        "the cells or use --decimal."
    )
    return Note("warning", "number-format", text)


def _similar_levels_note(name: str, rows: Mapping[str, int]) -> Note:
    """A warning that levels of a column may be spellings of one."""
    levels = [f"{level!r} ({count})" for level, count in rows.items()]
    rarer = sorted(rows, key=lambda level: -rows[level])[1:]
    codes = ", ".join(f'"{level}"' for level in rarer)
    text = (
        f"{name}: {', '.join(levels[:-1])} and {levels[-1]} differ only in capitals, blanks or "
        "accents but are treated as different levels. Correct the cells if they are one level, or "
        f"exclude these rows with missing = [{codes}] for {name} in hcc2l.toml."
    )
    return Note("warning", "similar-levels", text)


def account_notes(account: RowAccount) -> list[Note]:
    """Notes on the rows that were excluded, by id or line."""
    notes = []
    for excluded in account.excluded:
        if excluded.reason.startswith("not where"):
            continue
        more = ", …" if excluded.rows > len(excluded.which) else ""
        notes.append(
            Note(
                "info",
                "rows-left-out",
                f"{excluded.rows} row{'s' if excluded.rows > 1 else ''} excluded: "
                f"{excluded.reason}.",
                which=f"{', '.join(excluded.which)}{more}",
            )
        )
    return notes


def post_baseline_note(cohort: Cohort, factor: Factor, landmark: float | None) -> list[Note]:
    """A warning of immortal time where groups are known only after time zero."""
    if landmark or not cohort.known_after_start(factor.column):
        return []
    return [
        Note(
            "warning",
            "immortal-time",
            f"{factor.label} is determined only after time 0, and patients must survive long "
            "enough for it to be observed, so the groups are not comparable from time 0 "
            "(immortal-time bias). Compare them from a landmark at which it is known "
            f'(--landmark T), or, if it was known at baseline, set role = "baseline" for '
            f"{factor.column} in hcc2l.toml.",
        )
    ]


def group_size_notes(factor: Factor, event: Mask) -> list[Note]:
    """Warnings of groups with few patients or few events."""
    tiny: list[str] = []
    few: list[str] = []
    for code, level in enumerate(factor.levels):
        rows = factor.codes == code
        n, d = int(rows.sum()), int(event[rows].sum())
        if n < FEW_PATIENTS:
            tiny.append(f"{level} ({n})")
        elif d < FEW_EVENTS:
            few.append(f"{level} ({d})")
    notes = []
    if tiny:
        notes.append(
            Note(
                "warning",
                "tiny-group",
                f"Fewer than {FEW_PATIENTS} patients in: {', '.join(tiny)}. Their curves and any "
                "test that involves them are unreliable; describe these patients individually.",
            )
        )
    if few:
        notes.append(
            Note(
                "warning",
                "few-events",
                f"Fewer than {FEW_EVENTS} events in: {', '.join(few)}. Medians and p-values for "
                "these groups are unstable; report the numbers of events and interpret with "
                "caution.",
            )
        )
    return notes
