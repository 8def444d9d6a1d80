"""Hazards that differ between centres: the model with a frailty, its tables and its forest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from hcc2l.analyses.regression.models import Model
from hcc2l.cohort import Cohort
from hcc2l.design import Ints, Mask, RowAccount
from hcc2l.design.model import ModelMatrix, ModelTerm, refuse_own
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.levels import distinct, natural_order
from hcc2l.numerals import confidence
from hcc2l.report import Column, ForestFigure, ForestRow, Row, Table, Value, finite
from hcc2l.stats import cox as estimator
from hcc2l.stats.concordance import concordance
from hcc2l.stats.frailty import FrailtyFit, gamma_frailty
from hcc2l.stats.linear_algebra import quadratic
from hcc2l.stats.tails import normal_quantile
from hcc2l.terms import Term

if TYPE_CHECKING:
    from hcc2l.analyses.cox.data import CoxData

MOST_CENTRES = 500  # each is a parameter of the fit
_OPTION = "--frailty"


@dataclass(frozen=True)
class Centres:
    """The centres of a cohort; `codes`, shape (n,), are -1 where none is known.

    Attributes
    ----------
    without_covariates
        Of rows, the log-likelihood of the frailty alone, to which models are compared.
    """

    column: str
    names: tuple[str, ...]
    codes: Ints
    without_covariates: dict[bytes, float] = field(default_factory=dict, repr=False)


def centres_of(cohort: Cohort, term: Term, account: RowAccount, own: Sequence[str]) -> Centres:
    """The centres that share a frailty; rows without one are excluded.

    Raises
    ------
    UsageError
        The column belongs to the outcome, or has more centres than can be fitted.
    AnalysisError
        There is only one centre.
    """
    refuse_own(term.column, term.where, own)
    column = cohort.column(term.column)
    account.drop_missing(column.missing, term.column)
    texts, codes = distinct(column)
    present = np.unique(codes[account.keep])
    names = natural_order(texts[code] for code in present.tolist())
    if len(names) == 1:
        raise AnalysisError(
            f"All patients belong to one centre, {names[0]}.",
            where=f"{_OPTION} {term.column}",
            hint=f"Omit {_OPTION}, or name the column of the centres.",
        )
    if len(names) > MOST_CENTRES:
        raise UsageError(
            f"{term.column} has {len(names)} values, and at most {MOST_CENTRES} centres can share "
            "a frailty.",
            where=_OPTION,
            hint=f"Use --cluster {term.column}, or name the column of the centres.",
        )
    place = np.full(len(texts) + 1, -1, dtype=np.int64)  # the last is that of a missing code
    place[[texts.index(name) for name in names]] = np.arange(len(names))
    return Centres(term.column, names, place[codes])


def frailty_model(
    data: CoxData, centres: Centres, terms: tuple[ModelTerm, ...], rows: Mask,
    matrix: ModelMatrix, name: str, kind: str, subgroup: str | None,
) -> Model:  # fmt: skip
    """The model of some terms with a frailty of the centres.

    Raises
    ------
    AnalysisError
        A coefficient has no finite estimate.
    """
    ordered, present = data.ordered(rows), centres.codes[rows]
    found, codes = np.unique(present, return_inverse=True)
    plain = estimator.cox_ordered(ordered.with_covariates(matrix.x), matrix.x, None, False)
    if (plain.infinite | plain.unreached).any():
        at = int(np.argmax(plain.infinite | plain.unreached))
        raise AnalysisError(
            f"The hazard ratio of {matrix.columns[at].term} has no finite estimate, and the "
            "frailty of the centres cannot be estimated beside it.",
            where=f"model {name!r}",
            hint=f"Merge its levels or drop it, or omit {_OPTION} and use --firth.",
        )
    fit = gamma_frailty(ordered, matrix.x, codes, plain)
    key = rows.tobytes()
    if key not in centres.without_covariates:
        none = matrix.x[:, :0]
        alone = estimator.cox_ordered(ordered.with_covariates(none), none, None, False)
        centres.without_covariates[key] = gamma_frailty(ordered, none, codes, alone).loglik

    @cache
    def describe() -> dict[str, Value]:
        estimable = ~plain.dropped
        score = matrix.x[:, estimable] @ fit.coef[estimable]
        rank = concordance(ordered.distinct, data.event[rows], score, strata=data.strata_of(rows))
        wald = quadratic(fit.variance[np.ix_(estimable, estimable)], fit.coef[estimable])
        return {
            "wald_statistic": wald, "score_statistic": None, "ties": data.spec.ties,
            "concordance": finite(rank.concordance), "concordance_std_err": finite(rank.std_err),
        }  # fmt: skip

    none_of = np.zeros(fit.coef.size, dtype=np.bool_)
    return Model(
        name=name, kind=kind, subgroup=subgroup, terms=terms, rows=rows, matrix=matrix,
        coef=fit.coef, std_err=np.sqrt(np.diag(fit.variance)), robust_std_err=None,
        variance=fit.variance, dropped=plain.dropped, infinite=none_of, unreached=none_of,
        df=plain.df, n=plain.n, events=plain.events,
        loglik_null=centres.without_covariates[key], loglik=fit.loglik,
        aic=-2.0 * fit.loglik + 2.0 * (plain.df + 1), describe=describe,
        frailty=fit, centres=found,
    )  # fmt: skip


def frailty_tables(data: CoxData, model: Model | None) -> list[Table]:
    """The variance between centres with its test, and the frailty of each, of the tested model."""
    centres = data.centres
    if centres is None or model is None or model.frailty is None or model.centres is None:
        return []
    fit, label = model.frailty, data.labels[centres.column]
    row: Row = {
        "variable": centres.column, "model": model.name, "clusters": fit.events.size,
        "theta": fit.theta, "statistic": fit.statistic, "df": 1, "p": fit.p,
    }  # fmt: skip
    columns = (
        Column("Variable", ("variable",), labels=data.labels), Column("Centres", ("clusters",)),
        Column("Variance", ("theta",), decimals=3), Column("χ²", ("statistic",)),
        Column("p", ("p",)),
    )  # fmt: skip
    title = f"Differences between centres ({label}): gamma frailty"
    variance = Table("frailty", title, tuple(row), (row,), columns)
    rows = tuple(_centre_rows(data, centres, model, fit))
    interval = f"Frailty ({confidence(data.spec.conf_level)})"
    shown = (
        Column(label, ("group",)), Column("n", ("n",)), Column("Events", ("events",)),
        Column(interval, ("frailty", "lower", "upper", "n"), form="effect"),
    )  # fmt: skip
    note = "Frailty: hazard relative to the average centre, after adjustment for the covariates."
    alike = fit.theta == 0  # a note says so
    return [
        variance,
        Table("centres", "Centres", tuple(rows[0]), rows, () if alike else shown, (note,)),
    ]


def _centre_rows(data: CoxData, centres: Centres, model: Model, fit: FrailtyFit) -> list[Row]:
    """Patients, events and frailty of each centre in the order of their names."""
    z = normal_quantile(data.spec.conf_level)
    log, std_err = fit.log_frailty, fit.log_frailty_std_err
    assert model.centres is not None
    return [
        {"group": centres.names[code],
         "n": int((centres.codes[model.rows] == code).sum()), "events": int(fit.events[i]),
         "frailty": finite(np.exp(log[i])), "lower": finite(np.exp(log[i] - z * std_err[i])),
         "upper": finite(np.exp(log[i] + z * std_err[i]))}
        for i, code in enumerate(model.centres.tolist())
    ]  # fmt: skip


def centres_figure(data: CoxData, table: Table | None) -> ForestFigure:
    """The forest of the centres' frailties; `table` is None where no model was tested.

    Raises
    ------
    AnalysisError
        There is no model whose centres could be drawn, or the variance between them is 0.
    """
    if table is None:
        raise AnalysisError(
            "There is no multivariable model whose centres could be drawn.",
            where="--which centres", hint="Omit --which.",
        )  # fmt: skip
    if not table.columns:
        raise AnalysisError(
            "The hazards do not differ between the centres: there is nothing to draw.",
            where="--which centres",
            hint="Omit --which.",
        )
    ci = confidence(data.spec.conf_level)
    assert data.centres is not None
    rows = zip(
        map(str, table.column("group")), table.numbers("n"), table.numbers("events"),
        table.numbers("frailty"), table.numbers("lower"), table.numbers("upper"), strict=True,
    )  # fmt: skip
    return ForestFigure(
        rows=tuple(
            ForestRow(0, name, name, None, int(n or 0), int(events or 0),
                      ratio=frailty, lower=lower, upper=upper)
            for name, n, events, frailty, lower, upper in rows
        ),
        titles=("Frailty",), heading=data.labels[data.centres.column],
        x_label=f"Hazard relative to the average centre ({ci})", ratio="Frailty", ci=ci,
        counts=("Events/n",),
    )  # fmt: skip
