"""Characteristics of the patients by group: the report of `hcc2l table1`."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from hcc2l.report import Note, Report
from hcc2l.specs import Table1Spec

if TYPE_CHECKING:
    from hcc2l.analyses.table1.pooled import PooledCharacteristics


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
    pooled, more = _pooled(cohort, spec)
    if pooled is None:
        data = prepare(cohort, spec)
        characteristics, comparisons = describe(data), compare(data)
    else:
        data = pooled.sets[0]
        characteristics, comparisons = pooled.described, pooled.compared
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
    footer = conventions(data, comparisons)
    if pooled is not None:
        from hcc2l.analyses.imputation import imputation_table
        from hcc2l.analyses.imputed import pooling_sentences

        tables += [pooled.estimates, imputation_table(pooled.imputed)]
        sentences, cited = pooling_sentences(pooled.imputed, cohort)
        text, references = " ".join([text, *sentences]), (*references, *cited)
        footer.append(f"means over {pooled.imputed.sets} imputed data sets, Rubin's rules")
    return Report(
        title=f"{title(data)} — {cohort.title}",
        provenance=provenance("table1", cohort, data.account, settings, footer),
        tables=tuple(tables),
        notes=(
            *reading_notes(cohort),
            *account_notes(data.account),
            *table1_notes(data, comparisons),
            *more,
        ),
        methods=text,
        references=references,
        show_methods=spec.methods,
    )


def _pooled(cohort: Cohort, spec: Table1Spec) -> tuple[PooledCharacteristics | None, list[Note]]:
    """The characteristics in imputed data sets, where the options ask for them, with notes."""
    if not spec.imputes:
        return None, []
    from hcc2l.analyses.imputation import imputation_notes
    from hcc2l.analyses.imputed import nothing_imputed
    from hcc2l.analyses.table1.pooled import pooled_characteristics

    pooled = pooled_characteristics(cohort, spec)
    notes = nothing_imputed() if pooled is None else imputation_notes(pooled.imputed)
    return pooled, notes
