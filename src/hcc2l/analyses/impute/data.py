"""What `hcc2l impute` imputes: the patients with a known outcome, and the columns of its terms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hcc2l import design
from hcc2l.analyses.accounting import refuse_no_rows, rows_where
from hcc2l.analyses.contradictions import refuse_contradictions
from hcc2l.cohort import Cohort
from hcc2l.design import Endpoint, Floats, Mask, RowAccount
from hcc2l.design.imputation import Imputations, imputation_model, impute, survival_predictors
from hcc2l.design.model import usable_column
from hcc2l.specs import ImputeSpec
from hcc2l.terms import Parser, Term


@dataclass(frozen=True)
class ImputeData:
    """The imputed cohort; `account` keeps the rows whose gaps are filled."""

    spec: ImputeSpec
    account: RowAccount
    terms: tuple[Term, ...]
    endpoints: tuple[Endpoint, ...]
    imputed: Imputations


def prepare(cohort: Cohort, spec: ImputeSpec) -> ImputeData:
    """The cohort, imputed.

    Raises
    ------
    UsageError
        A term or an endpoint is not in the cohort, or a term is an id, a date or an outcome.
    InputError
        Cells cannot be read.
    AnalysisError
        No rows remain, or a column has no value.
    """
    parser = Parser(cohort.nameable)
    terms = parser.terms(spec.covariates, "-x")
    cohort.load([cohort.id_column or "", *(term.column for term in terms)])
    account = rows_where(cohort, parser.conditions(spec.where))
    endpoints = _endpoints(cohort, spec, account)
    for endpoint in endpoints:
        account.drop(~_known(endpoint), f"{' or '.join(endpoint.columns)} missing")
    refuse_no_rows(account)
    used = [name for endpoint in endpoints for name in endpoint.columns]
    for term in terms:
        usable_column(cohort, term, used)
    outcomes: dict[str, Floats] = {}
    for endpoint in endpoints:
        outcomes |= survival_predictors(endpoint, account.keep)
    model = imputation_model(cohort, terms, account.keep, outcomes)
    imputed = impute(cohort, model, sets=spec.impute, seed=spec.seed, workers=spec.workers)
    return ImputeData(spec, account, terms, tuple(endpoints), imputed)


def _endpoints(cohort: Cohort, spec: ImputeSpec, account: RowAccount) -> list[Endpoint]:
    """The endpoints given; else overall survival, or the first that the cohort has."""
    names = spec.endpoints or sorted(cohort.endpoints(), key=lambda name: name != "os")[:1]
    endpoints = [design.resolve_endpoint(cohort, spec.survival(n), account.keep) for n in names]
    if endpoints:
        refuse_contradictions(cohort, account.keep)
    return endpoints


def _known(endpoint: Endpoint) -> Mask:
    return np.asarray(~np.isnan(endpoint.time) & (endpoint.event >= 0))
