"""The report of `hcc2l size`, which reads no cohort."""

from __future__ import annotations

from importlib.metadata import version

from hcc2l.analyses.size.median import precision
from hcc2l.analyses.size.methods import (
    Paragraph,
    comparison_methods,
    model_methods,
    precision_methods,
)
from hcc2l.analyses.size.model import model_plan
from hcc2l.analyses.size.notes import median_note, model_notes
from hcc2l.analyses.size.tables import comparison_table, model_tables, precision_table
from hcc2l.analyses.size.two_groups import comparisons
from hcc2l.report import Note, Provenance, Report, Table
from hcc2l.specs import SizeSpec


def run(spec: SizeSpec) -> Report:
    """The sample size that the options ask for.

    Raises
    ------
    UsageError
        No study could be as the options describe it.
    """
    if spec.median is not None:
        median = precision(spec)
        tables = [precision_table(spec, median)]
        return _report(spec, tables, [median_note()], precision_methods(spec, median))
    if spec.parameters is None and spec.n is None:
        groups = comparisons(spec)
        tables = [comparison_table(spec, groups)]
        return _report(spec, tables, [], comparison_methods(spec, groups))
    plan = model_plan(spec)
    return _report(spec, model_tables(plan), model_notes(plan), model_methods(plan))


def _report(spec: SizeSpec, tables: list[Table], notes: list[Note], methods: Paragraph) -> Report:
    text, cited = methods
    release = version("hcc2l")
    return Report(
        title=f"Sample size: {tables[0].title[:1].lower()}{tables[0].title[1:]}",
        provenance=Provenance(
            command="size",
            version=release,
            source=None,
            sha256="",
            synthetic=False,
            rows=None,
            analysed=0,
            excluded=(),
            settings=spec.settings(),
            footer=(f"hcc2l {release}.",),
        ),
        tables=tuple(tables),
        notes=tuple(notes),
        methods=text,
        references=cited,
        show_methods=spec.methods,
    )
