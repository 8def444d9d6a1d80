"""How a cohort is understood: columns, endpoints, scores, and what is doubtful."""

from __future__ import annotations

from dataclasses import replace

from hcc2l.analyses.accounting import account_notes, provenance, refuse_no_rows
from hcc2l.analyses.check.data import find
from hcc2l.analyses.check.draft import dictionary_text
from hcc2l.analyses.check.endpoints import find_endpoints
from hcc2l.analyses.check.findings import findings
from hcc2l.analyses.check.scores import find_scores
from hcc2l.analyses.check.tables import check_tables
from hcc2l.cohort import Cohort
from hcc2l.design import RowAccount, apply_conditions
from hcc2l.report import Note, Report
from hcc2l.specs import CheckSpec
from hcc2l.terms import Parser


def run(cohort: Cohort, spec: CheckSpec) -> Report:
    """The report of a cohort, as it is understood before any analysis.

    Raises
    ------
    UsageError
        A condition names something that is not in the cohort.
    AnalysisError
        No rows remain.
    """
    account = RowAccount(cohort)  # patients may repeat here
    apply_conditions(cohort, account, Parser(cohort.nameable).conditions(spec.where))
    refuse_no_rows(account)
    found = find(cohort, account.keep)
    found = replace(found, endpoints=find_endpoints(found, spec.conf_level))
    doubtful = findings(found)
    serious = any(finding.severity != "note" for finding in doubtful)
    ci = f"({100 * spec.conf_level:g}% CI)"
    return Report(
        title=f"{found.n} rows, {len(cohort.names)} columns — {cohort.title}",
        provenance=provenance("check", cohort, account, spec.settings(), ()),
        tables=check_tables(found, find_scores(found), doubtful, ci),
        notes=(*_reading_notes(cohort), *account_notes(account)),
        save=lambda: dictionary_text(found, doubtful),
        status=int(spec.strict and serious),
    )


def _reading_notes(cohort: Cohort) -> list[Note]:
    """How the file was read; what was inferred in its cells is among the findings."""
    file, remarks = cohort.source.file, cohort.source.remarks
    return [Note("info", "reading", f"{file}: {remark}.") for remark in remarks]
