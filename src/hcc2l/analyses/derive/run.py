"""The report of `hcc2l derive`: scores and derived columns, described and saved."""

from __future__ import annotations

import numpy as np

from hcc2l.analyses.accounting import account_notes, provenance, refuse_no_rows
from hcc2l.analyses.cautions import reading_notes
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.analyses.derive.tables import columns_table, values_table
from hcc2l.cohort import Cohort
from hcc2l.design import RowAccount, apply_conditions
from hcc2l.errors import UsageError, did_you_mean
from hcc2l.report import Report
from hcc2l.scores import all_scores, score_named
from hcc2l.specs import DeriveSpec
from hcc2l.terms import Parser


def run(cohort: Cohort, spec: DeriveSpec) -> Report:
    """The report on the columns that are added; `save` gives the cohort with them.

    Raises
    ------
    UsageError
        A name is that of no score and no derived column, or of a column of the cohort; or a part
        has no column.
    InputError
        The cells of a part are wrong.
    AnalysisError
        No rows are left to describe.
    """
    names = list(dict.fromkeys(_computable(cohort, name) for name in spec.add))
    account = RowAccount(cohort)
    apply_conditions(cohort, account, Parser(cohort.nameable).conditions(spec.where))
    refuse_no_rows(account)
    columns = [cohort.column(name) for name in names]
    return Report(
        title=f"Columns added — {cohort.title}",
        provenance=provenance("derive", cohort, account, spec.settings() | {"add": names}, []),
        tables=(
            columns_table(cohort, columns, account.keep),
            values_table(cohort, columns, account.keep),
        ),
        notes=(*reading_notes(cohort), *account_notes(account)),
        save=lambda: _saved(cohort, names),
        methods=" ".join(opening_sentences(cohort)),
        references=tuple(score_references(cohort)),
        show_methods=spec.methods,
    )


def _computable(cohort: Cohort, text: str) -> str:
    """The derived column or the score of that name, whatever its capitals.

    Raises
    ------
    UsageError
        There is neither, or the cohort has a column of that name.
    """
    name, score = text.strip(), score_named(text)
    if name not in cohort.dictionary.derived and score is not None:
        name = score.name
    taken = [column for column in cohort.names if column.casefold() == name.casefold()]
    if taken:
        raise UsageError(
            f"The cohort already has a column {taken[0]!r}, which is never overwritten.",
            where="--add",
            hint="Omit it, or give the new column another name in hcc2l.toml: [derived.NAME] with "
            "score or another key.",
        )
    if name in cohort.nameable or score is not None:
        return name
    known = [*cohort.dictionary.derived, *all_scores()]
    near = did_you_mean(name, [*known, *cohort.names], listed=0)
    raise UsageError(
        f"{name!r} is neither a score nor a column of [derived] in hcc2l.toml.",
        where="--add",
        hint=near or f"Choose from: {', '.join(known)}.",
    )


def _saved(cohort: Cohort, names: list[str]) -> str:
    """All rows of the cohort with the columns that are added, as CSV."""
    columns = {name: cohort.column(name) for name in names}
    cells = {
        name: [column.text(row) for row in range(cohort.rows)] for name, column in columns.items()
    }
    return cohort.to_csv(cells, np.ones(cohort.rows, dtype=np.bool_))
