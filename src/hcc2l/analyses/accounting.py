"""The rows of an analysis, read, excluded and analysed, and its provenance."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from importlib.metadata import version

import numpy as np

from hcc2l.cohort import Cohort
from hcc2l.design import (
    Ints,
    Mask,
    RowAccount,
    apply_conditions,
)
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.levels import natural_order
from hcc2l.report import Note, Provenance
from hcc2l.terms import Condition, Term
from hcc2l.vocabulary import column_named


def rows_where(
    cohort: Cohort,
    conditions: Iterable[Condition],
    cluster: Term | None = None,
    *,
    intervals: bool = False,
) -> RowAccount:
    """The rows that meet every condition, one per patient unless `cluster` is the id.

    With `intervals` a patient may have several rows, of follow-up from an entry to a time.

    Raises
    ------
    AnalysisError
        No rows remain.
    InputError
        A patient has more than one row.
    """
    account = RowAccount(cohort)
    apply_conditions(cohort, account, conditions)
    refuse_no_rows(account)
    cohort.check_ids(account.keep, cluster=cluster.column if cluster else None, intervals=intervals)
    return account


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


def known_id_column(cohort: Cohort, where: str) -> str:
    """The column that identifies the patients, for data of theirs in another file.

    Raises
    ------
    UsageError
        It is not known; the hint names a likely one.
    """
    name = cohort.id_column
    if name is not None and name in cohort.names:
        return name
    likely = column_named(cohort.names, "patient_id")
    line = f"id = {json.dumps(likely or 'COLUMN', ensure_ascii=False)}"
    raise UsageError(
        "It is not known which column of the cohort identifies the patients.",
        where=where,
        hint=f"{f'If it is {likely}, write' if likely else 'Write'} at the top of hcc2l.toml, "
        f"beside the cohort: {line}.",
    )


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
        abbreviations=cohort.dictionary.abbreviations,
    )


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
