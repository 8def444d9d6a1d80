"""Characteristics of the patients by group: the report of `hcc2l table1`."""

from __future__ import annotations

from hcc2l.analyses.accounting import account_notes, provenance
from hcc2l.analyses.cautions import reading_notes
from hcc2l.analyses.table1.characteristics import characteristics_table
from hcc2l.analyses.table1.comparisons import compare
from hcc2l.analyses.table1.data import prepare
from hcc2l.analyses.table1.labels import title
from hcc2l.analyses.table1.methods import conventions, methods
from hcc2l.analyses.table1.notes import table1_notes
from hcc2l.analyses.table1.results import describe
from hcc2l.analyses.table1.tables import rows_table, smd_table, tests_table
from hcc2l.cohort import Cohort
from hcc2l.report import Report
from hcc2l.specs import Table1Spec


def run(cohort: Cohort, spec: Table1Spec) -> Report:
    """The report on the characteristics of a cohort.

    Raises
    ------
    UsageError
        An option names a column that is not in the cohort, or one that cannot be described; or a
        test does not fit its variable.
    InputError
        Cells of the cohort cannot be read.
    AnalysisError
        No rows remain, there is a single group, or an exact test would take too long.
    """
    data = prepare(cohort, spec)
    characteristics, comparisons = describe(data), compare(data)
    settings = spec.settings() | {"covariates": [variable.text for variable in data.variables]}
    tables = [
        rows_table(characteristics),
        characteristics_table(data, characteristics, comparisons),
    ]
    if comparisons:
        tables.append(tests_table(data, comparisons))
    if comparisons and spec.smd != "none":
        tables.append(smd_table(data, comparisons))
    text, references = methods(data, cohort, comparisons)
    return Report(
        title=f"{title(data)} — {cohort.title}",
        provenance=provenance(
            "table1", cohort, data.account, settings, conventions(data, comparisons)
        ),
        tables=tuple(tables),
        notes=(
            *reading_notes(cohort),
            *account_notes(data.account),
            *table1_notes(data, comparisons),
        ),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )
