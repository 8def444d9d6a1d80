"""The models of a Cox analysis: their rows, terms and fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from hcc2l import design
from hcc2l.analyses.accounting import refuse_no_rows, rows_where
from hcc2l.analyses.cox.brier import integrated_brier_score
from hcc2l.analyses.cox.causes import Causes
from hcc2l.analyses.cox.frailty import Centres, centres_of, frailty_model
from hcc2l.analyses.entry import DelayedEntry, delayed_entry
from hcc2l.analyses.outcome import Outcome, from_landmark, survival_outcome
from hcc2l.analyses.regression.models import (
    Model,
    penalised,
    refuse_unfit,
    varying_covariates,
)
from hcc2l.analyses.regression.monotone import empty_group, extreme_values, groups_of, one_sided
from hcc2l.cohort import Cohort
from hcc2l.design import Factor, Floats, Ints, Mask, RowAccount
from hcc2l.design.model import (
    ModelColumn,
    ModelMatrix,
    ModelTerm,
    group_term,
    model_matrix,
    model_term,
    refuse_own,
)
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.report import Value, finite
from hcc2l.specs import CoxSpec
from hcc2l.specs.exposures import exposure_columns
from hcc2l.stats import cox as estimator
from hcc2l.stats.baseline import Prediction, prediction
from hcc2l.stats.concordance import Concordance, concordance, uno_concordance
from hcc2l.stats.firth import firth_cox
from hcc2l.stats.partial_likelihood import Ordered, Ties, ordered_rows
from hcc2l.stats.risk_sets import Times, distinct_times, fractional
from hcc2l.terms import Assignment, Parser, Term

if TYPE_CHECKING:
    from hcc2l.analyses.cox.changes import Changes


@dataclass(frozen=True)
class CoxData:
    """The outcome and other columns of all models, shape (n,) over the rows of the cohort.

    `rows` are those complete but for the covariates; `within` are the terms of the subgroups. With
    a competing event `event` is that of the endpoint alone, and `causes` has both. `entry` is None
    where every row is at risk from time 0, `patient` where each is a patient. Where covariates
    change, a patient has several rows, and `patient` is the row of the cohort.
    """

    spec: CoxSpec
    outcome: Outcome
    time: Floats
    event: Mask
    strata: Ints | None
    cluster: Ints | None
    weights: Floats | None
    rows: Mask
    labels: dict[str, str]
    within: dict[str, ModelTerm]
    columns: dict[str, str]
    constant: tuple[ModelTerm, ...]
    ratio: str = "hr"
    centres: Centres | None = None
    entry: Floats | None = None
    patient: Ints | None = None
    delayed: DelayedEntry | None = None
    causes: Causes | None = None
    changes: Changes | None = None
    _latest: dict[bytes, Ordered] = field(default_factory=dict, repr=False)

    def fit(
        self,
        terms: Sequence[ModelTerm],
        rows: Mask,
        name: str,
        kind: str,
        subgroup: str | None = None,
        matrix: ModelMatrix | None = None,
    ) -> Model:
        """Fit the model of some terms on some rows.

        Raises
        ------
        AnalysisError
            No row, no event, a covariate with one level, or more parameters than events.
        """
        matrix = matrix or model_matrix(terms, rows)
        refuse_unfit(self, terms, rows, matrix, name)
        if self.spec.firth:
            return self._firth(tuple(terms), rows, matrix, name, kind, subgroup)
        if self.centres is not None:
            return frailty_model(
                self, self.centres, tuple(terms), rows, matrix, name, kind, subgroup
            )
        cluster = None
        if self.cluster is not None:
            cluster = np.unique(self.cluster[rows], return_inverse=True)[1]
        weights = None if self.weights is None else self.weights[rows]
        in_order = self.ordered(rows).with_covariates(matrix.x)
        robust = self.spec.robust or cluster is not None
        robust = robust or (weights is not None and fractional(weights))
        fit = estimator.cox_ordered(in_order, matrix.x, cluster, robust)

        @cache
        def describe() -> dict[str, Value]:
            rank = concordance(
                self.ordered(rows).distinct, self.event[rows], fit.linear_predictor,
                strata=self.strata_of(rows), weights=weights, cluster=cluster,
            )  # fmt: skip
            return self._details(fit.wald, fit.score, rank)

        variance = fit.variance if fit.robust_variance is None else fit.robust_variance
        return Model(
            name=name, kind=kind, subgroup=subgroup, terms=tuple(terms), rows=rows, matrix=matrix,
            coef=fit.coef, std_err=fit.std_err, robust_std_err=fit.robust_std_err,
            variance=variance, dropped=fit.dropped, infinite=fit.infinite,
            unreached=~(fit.estimable | fit.dropped | fit.infinite), df=fit.df,
            n=self.patients_among(rows), events=fit.events, loglik_null=fit.loglik_null,
            loglik=fit.loglik, aic=fit.aic,
            describe=describe, loglik_without=(
                None if len(terms) == 1 else partial(estimator.loglik_without, in_order, fit)
            ),
        )  # fmt: skip

    def ordered(self, rows: Mask) -> Ordered:
        """Some rows in the order of time, without covariates; those of the latest are kept."""
        key = rows.tobytes()
        if key not in self._latest:
            self._latest.clear()
            self._latest[key] = ordered_rows(
                self.times(rows), self.event[rows], self.ties, self.strata_of(rows),
                None if self.weights is None else self.weights[rows],
            )  # fmt: skip
        return self._latest[key]

    def times(self, rows: Mask) -> Times:
        """The times of some rows, with their entries where they enter late."""
        if self.entry is None:
            return self.time[rows]
        return distinct_times(self.time[rows], self.entry[rows])

    def patients_among(self, rows: Mask) -> int:
        """How many patients some rows belong to."""
        if self.patient is None:
            return int(rows.sum())
        return np.unique(self.patient[rows]).size

    def _firth(
        self, terms: tuple[ModelTerm, ...], rows: Mask, matrix: ModelMatrix, name: str, kind: str,
        subgroup: str | None,
    ) -> Model:  # fmt: skip
        time, event, strata = self.time[rows], self.event[rows], self.strata_of(rows)
        fit = firth_cox(time, event, matrix.x, ties=self.ties, strata=strata)

        @cache
        def describe() -> dict[str, Value]:
            rank = concordance(time, event, fit.linear_predictor, strata=strata)
            return self._details(None, None, rank)

        return penalised(
            fit, self.spec.conf_level, event, name=name, kind=kind, subgroup=subgroup, terms=terms,
            rows=rows, matrix=matrix, describe=describe,
        )  # fmt: skip

    def _details(
        self, wald: float | None, score: float | None, rank: Concordance
    ) -> dict[str, Value]:
        return {
            "wald_statistic": wald, "score_statistic": score, "ties": self.spec.ties,
            "concordance": finite(rank.concordance), "concordance_std_err": finite(rank.std_err),
        }  # fmt: skip

    def resampled(self, rows: Ints) -> CoxData:
        """The data of some rows of the cohort, which may repeat."""
        return replace(
            self,
            time=self.time[rows],
            event=self.event[rows],
            strata=None if self.strata is None else self.strata[rows],
            cluster=None if self.cluster is None else self.cluster[rows],
            weights=None if self.weights is None else self.weights[rows],
            entry=None if self.entry is None else self.entry[rows],
            patient=None if self.patient is None else self.patient[rows],
            rows=np.ones(rows.size, dtype=np.bool_),
            _latest={},
        )

    def why_infinite(self, model: Model, column: ModelColumn) -> str:
        """Why the likelihood is monotone in a coefficient, as a clause."""
        rows = model.rows
        term = next((t for t in model.terms if t.text == column.term), None)
        groups = groups_of(term, column, rows)
        reason = empty_group(groups, self.event, all_too=False)
        if reason is None and len(model.terms) == 1 and term is not None:
            time, event, strata = self.time[rows], self.event[rows], self.strata_of(rows)
            inside = {name: group[rows] for name, group in groups.items()}
            if inside:
                reason = one_sided(inside, time, event, strata)
            elif term.values is not None:
                reason = extreme_values(term.values[rows], time, event, strata, term.label)
        return reason or (
            "for some linear combination of the covariates, every event occurred in a patient with "
            "the highest value among those then at risk"
        )

    def discrimination(self, rows: Mask, score: Floats) -> float:
        """Harrell's concordance of a linear predictor, within strata."""
        weights = None if self.weights is None else self.weights[rows]
        return concordance(
            self.times(rows), self.event[rows], score, strata=self.strata_of(rows), weights=weights
        ).concordance

    def calibration_slope(self, rows: Mask, score: Floats) -> float:
        """Coefficient of a linear predictor as the only covariate."""
        weights = None if self.weights is None else self.weights[rows]
        fit = estimator.cox(
            self.times(rows), self.event[rows], score[:, None], ties=self.ties,
            strata=self.strata_of(rows), weights=weights, robust=False,
        )  # fmt: skip
        return float(fit.coef[0])

    def measures(self, model: Model) -> dict[str, float | None]:
        """Harrell's and Uno's C, the integrated Brier score, and the calibration slope."""
        rows, predict = model.rows, self.prediction(model)
        time, event, strata = self.time[rows], self.event[rows], self.strata_of(rows)
        score = np.log(predict.relative_hazard(model.matrix.x))
        harrell = self.discrimination(rows, score)
        measures: dict[str, float | None] = {"harrell_c": finite(harrell)}
        if self.weights is None:  # neither of these has case weights
            at = np.unique(time[event & (time < time.max())])
            codes = np.zeros(time.size, dtype=np.int64) if strata is None else strata
            survival = predict.survival(model.matrix.x, codes, at)
            measures["uno_c"] = finite(uno_concordance(time, event, score, strata=strata))
            measures["integrated_brier_score"] = integrated_brier_score(time, event, survival, at)
        return measures | {"calibration_slope": finite(self.calibration_slope(rows, score))}

    def prediction(self, model: Model) -> Prediction:
        """Predictions of a model, with the robust variance where the model has one."""
        rows = model.rows
        return prediction(
            self.times(rows), self.event[rows], model.matrix.x, model.coef, model.variance,
            ties=self.ties, strata=self.strata_of(rows),
            weights=None if self.weights is None else self.weights[rows],
        )  # fmt: skip

    def strata_of(self, rows: Mask) -> Ints | None:
        """Codes of the strata of some rows."""
        if self.strata is None:
            return None
        return np.unique(self.strata[rows], return_inverse=True)[1].astype(np.int64)

    @property
    def ties(self) -> Ties:
        """The method for tied event times, as `stats` names it."""
        return "breslow" if self.spec.ties == "breslow" else "efron"


@dataclass(frozen=True)
class _Named:
    """What the options of a model name; None where an option was not given."""

    effect: tuple[Term, ...]
    covariates: tuple[Term, ...]
    within: tuple[Term, ...]
    stratum: Term | None
    weight: Term | None
    clustered: Term | None
    shared: Term | None
    competing: Assignment | None
    censoring: Term | None

    @classmethod
    def of(cls, parser: Parser, spec: CoxSpec) -> _Named:
        return cls(
            parser.terms([spec.subgroups] if spec.subgroups else [], "--subgroups"),
            parser.terms(spec.covariates, "-x"), parser.terms(spec.within, "--within"),
            parser.term(spec.strata, "--strata"), parser.term(spec.weights, "--weights"),
            parser.term(spec.cluster, "--cluster"), parser.term(spec.frailty, "--frailty"),
            parser.assignment(spec.competing, "--competing"),
            parser.term(spec.censoring_group, "--censoring-group"),
        )  # fmt: skip

    @property
    def columns(self) -> list[str]:
        """The columns that are needed."""
        single = (self.stratum, self.weight, self.clustered, self.shared, self.competing,
                  self.censoring)  # fmt: skip
        every = (*self.effect, *self.covariates, *self.within, *(one for one in single if one))
        return [one.column for one in every]


def prepare(cohort: Cohort, spec: CoxSpec) -> tuple[CoxData, dict[str, ModelTerm]]:
    """The data and terms of the models; rows without outcome, strata or weight are excluded.

    The covariates of the data's options are those that `--drop-constant` keeps.
    """
    if spec.changing:
        from hcc2l.analyses.cox.changes import read_changes, visits_and_parser

        visits, parser = visits_and_parser(cohort, spec)
    else:
        parser = Parser(cohort.nameable, spec.cut, spec.ref)
    named = _Named.of(parser, spec)
    stratum, weight, clustered = named.stratum, named.weight, named.clustered
    competing, censoring = named.competing, named.censoring
    cohort.load([*design.endpoint_columns(cohort, spec), cohort.id_column or "",
                 spec.entry or "", *named.columns, *exposure_columns(spec.when)])  # fmt: skip
    rows = rows_where(
        cohort, parser.conditions(spec.where), clustered, intervals=spec.entry is not None
    )
    outcome = survival_outcome(cohort, spec, rows, competing)
    account, endpoint = outcome.account, outcome.endpoint
    time = endpoint.time
    if spec.since is not None:
        time = from_landmark(account, time, endpoint.event, spec.since, endpoint.unit or "")
    delayed = delayed_entry(cohort, spec.entry, outcome) if spec.entry is not None else None
    changes = None
    if spec.changing:
        changes = read_changes(cohort, spec, outcome, named.covariates, visits)
    elif len(spec.landmark) > 1:
        raise UsageError(
            "Several landmarks were given, but no exposure that begins later.",
            where="--landmark",
            hint="Give one landmark, or an exposure: --when NAME=COL -x NAME.",
        )
    strata = _strata(cohort, stratum, outcome) if stratum else None
    cluster = _cluster(cohort, clustered, account) if clustered else None
    weights = design.weights(cohort, weight, account) if weight else None
    centres = None
    if named.shared:
        if named.shared.column in {term.column for term in named.covariates}:
            raise UsageError(
                f"{named.shared.column} is a covariate, so its levels cannot share a frailty too.",
                where="--frailty",
                hint="Remove it from -x.",
            )
        centres = centres_of(cohort, named.shared, account, endpoint.columns)
    censored_by = _strata(cohort, censoring, outcome) if censoring else None
    refuse_no_rows(account)
    event = endpoint.event == 1
    _refuse_no_event(event, outcome)
    own = (*endpoint.columns, *([competing.column] if competing else []))
    terms = {
        term.text: model_term(cohort, term, account.keep, own)
        for term in (*named.effect, *named.covariates)
        if changes is None or term.text not in changes.texts
    }
    groups = {term.text: group_term(cohort, term, account.keep, own) for term in named.within}
    labelled = (weight, clustered, named.shared, censoring)
    labels = {t.text: cohort.label(t.column) for t in labelled if t}
    labels |= {t: term.label for t, term in {**groups, **terms}.items()}
    if stratum and strata:
        labels[stratum.text] = strata.label
    data = CoxData(
        spec,
        outcome,
        time,
        event,
        strata.codes if strata else None,
        cluster,
        weights,
        account.keep,
        labels,
        groups,
        {},
        (),
        centres=centres,
        entry=delayed.time if delayed else None,
        patient=delayed.patient if delayed else None,
        delayed=delayed,
        causes=Causes(endpoint.event, (endpoint.event_name, competing.name), censored_by)
        if competing
        else None,
    )
    if changes is not None:
        data, terms = changes.over_time(data, terms)
    spec, constant = varying_covariates(spec, terms, data.rows)
    columns = {t: term.column for t, term in terms.items() if term not in constant}
    return replace(data, spec=spec, constant=constant, columns=columns), terms


def _refuse_no_event(event: Mask, outcome: Outcome) -> None:
    if not event[outcome.account.keep].any():
        raise AnalysisError(
            f"None of the {outcome.account.analysed} patients had the event: all are censored.",
            where=outcome.endpoint.described,
            hint="Check which value is the event: --event COL=VALUE.",
        )


def _strata(cohort: Cohort, term: Term, outcome: Outcome) -> Factor:
    """The strata; rows without one are excluded."""
    refuse_own(term.column, term.where, outcome.endpoint.columns)
    return design.strata(cohort, term, outcome.account)


def _cluster(cohort: Cohort, term: Term, account: RowAccount) -> Ints:
    """Codes of the clusters: patients, pairs or centres, of any number."""
    if term.knots is not None:
        term.refuse_scale("Clusters are the values of a column")
    column = cohort.column(term.column)
    account.drop_missing(column.missing, term.column)
    texts = [column.text(i) for i in range(cohort.rows)]
    return np.unique(texts, return_inverse=True)[1].astype(np.int64)
