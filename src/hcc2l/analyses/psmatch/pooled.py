"""Matching within each imputed data set, and the hazard ratios pooled."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np

from hcc2l import references
from hcc2l.analyses.accounting import account_notes, provenance, rows_where
from hcc2l.analyses.cautions import endpoint_notes, reading_notes
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.analyses.imputation import imputation_notes, imputation_table
from hcc2l.analyses.imputed import completed, pooling_sentences
from hcc2l.analyses.psmatch.balance import balance_table, matching_table, summarise
from hcc2l.analyses.psmatch.data import MatchData, known_endpoints, known_in, prepare
from hcc2l.analyses.psmatch.figure import love_plot
from hcc2l.analyses.psmatch.labels import MODEL_LABELS, SAMPLES
from hcc2l.analyses.psmatch.methods import conventions
from hcc2l.analyses.psmatch.outcomes import effects_table, worded
from hcc2l.cohort import Cohort
from hcc2l.design import RowAccount
from hcc2l.design.imputation import Imputations, survival_predictors
from hcc2l.design.treatment import resolve_treatment
from hcc2l.errors import UsageError
from hcc2l.numerals import confidence, plain
from hcc2l.report import Column, Report, Row, Table, Value, finite
from hcc2l.specs import PsmatchSpec
from hcc2l.stats.pooling import rubin
from hcc2l.terms import Parser


@dataclass(frozen=True)
class PooledMatching:
    """The matched cohort of every completed data set.

    Attributes
    ----------
    account
        The rows with a treatment and an outcome, of which all are analysed.
    """

    spec: PsmatchSpec
    account: RowAccount
    imputed: Imputations
    sets: tuple[MatchData, ...]


def pooled_matching(cohort: Cohort, spec: PsmatchSpec) -> PooledMatching | None:
    """The patients matched within every completed data set; None where nothing is missing."""
    parser = Parser(cohort.nameable, spec.cut, spec.ref)
    account = rows_where(cohort, parser.conditions(spec.where))
    treatment = resolve_treatment(cohort, parser, spec.treat or "", spec.control, account)
    endpoints, _ = known_endpoints(cohort, spec, account)
    if endpoints:
        first = endpoints[0]
        account.drop(~known_in(first), f"{' or '.join(first.columns)} missing")
    outcomes = {"treatment": np.where(account.keep, treatment.codes == 1, 0.0)}
    for endpoint in endpoints:
        if known_in(endpoint)[account.keep].all():
            outcomes |= survival_predictors(endpoint, account.keep)
    terms = parser.terms([*spec.covariates, *spec.exact], "-x")
    imputed = completed(cohort, spec, terms, account.keep, outcomes)
    if imputed is None:
        return None
    alone = replace(spec, impute=None, imputations=None)
    return PooledMatching(
        spec, account, imputed, tuple(prepare(one, alone) for one in imputed.cohorts)
    )


def pooled_report(cohort: Cohort, matched: PooledMatching) -> Report:
    """The report of the matching in every set and of the pooled hazard ratios."""
    spec, first = matched.spec, matched.sets[0]
    t, sets = first.treatment, matched.imputed.sets
    balance = _balance(matched)
    tables = [_matching(matched), balance]
    if first.outcomes:
        tables.append(_effects(matched))
    tables.append(imputation_table(matched.imputed))
    sentences, cited = pooling_sentences(matched.imputed, cohort)
    text = [
        *opening_sentences(cohort), *sentences,
        f"In each data set the propensity score for {t.treated} was estimated and patients were "
        f"matched anew ({conventions(first)[1]}). Standardised mean differences are averages over "
        "the data sets; hazard ratios were estimated in each matched cohort and pooled.",
        f"Analyses were performed with hcc2l {version('hcc2l')}.",
    ]  # fmt: skip
    settings = spec.settings() | {
        "treatment": t.column, "treated": t.treated, "control": t.control,
        "endpoints": [outcome.name for outcome in first.outcomes],
    }  # fmt: skip
    footer = [*conventions(first), f"{sets} imputed data sets, Rubin's rules"]
    return Report(
        title=f"{t.treated} versus {t.control}: propensity-score matching — {cohort.title}",
        provenance=provenance("psmatch", cohort, matched.account, settings, footer),
        tables=tuple(tables),
        notes=(
            *reading_notes(cohort, *(o.endpoint.event_name for o in first.outcomes)),
            *(note for o in first.outcomes for note in endpoint_notes(o.endpoint)),
            *account_notes(matched.account),
            *imputation_notes(matched.imputed, [o.endpoint for o in first.outcomes]),
        ),
        draw=lambda: love_plot(first, balance),
        save=_refuse_saving,
        methods=" ".join(text),
        references=(*score_references(cohort), *cited, references.AUSTIN_2009),
        show_methods=spec.methods,
    )  # fmt: skip


def _refuse_saving() -> str:
    raise UsageError(
        "The patients matched differ between the imputed data sets.",
        where="--save",
        hint="Omit --save, or match in one data set of hcc2l impute --save.",
    )


def _matching(matched: PooledMatching) -> Table:
    """The matching of every set: how many were matched, and the largest difference left."""
    each = [matching_table(data) for data in matched.sets]
    rows: tuple[Row, ...] = tuple(
        {"set": i, **table.rows[0]} for i, table in enumerate(each, start=1)
    )
    treated = [int(str(row["n_matched_treated"])) for row in rows]
    t = matched.sets[0].treatment
    columns = (
        Column("Data set", ("set",)), Column(t.treated, ("n_matched_treated",)),
        Column(t.control, ("n_matched_control",)),
        Column("Largest distance", ("largest_distance",), decimals=3),
    )  # fmt: skip
    note = f"Matched {t.treated}: {min(treated)}–{max(treated)} patients."
    return Table("matching", "Matching in each data set", tuple(rows[0]), rows, columns, (note,))


def _balance(matched: PooledMatching) -> Table:
    """The balance averaged over the sets, with the largest difference of any set."""
    each = [balance_table(data, summarise(data)) for data in matched.sets]
    rows: list[Row] = []
    for i, first in enumerate(each[0].rows):
        of_sets = [table.rows[i] for table in each]
        row: dict[str, Value] = {
            key: value if key in ("variable", "level") else _mean(of_sets, key)
            for key, value in first.items()
        }
        differences = [r["smd_after"] for r in of_sets]
        known = [abs(d) for d in differences if isinstance(d, float)]
        row["smd_max_after"] = max(known) if len(known) == len(differences) else None
        rows.append(row)
    words = {"before": "SMD", "after": "Matched SMD", "weighted": "Weighted SMD"}
    labels = {c.term: c.label for c in matched.sets[0].covariates}
    columns = (
        Column("Variable", ("variable",), labels=labels), Column("Level", ("level",)),
        *(Column(words[sample.name], (f"smd_{sample.name}",), decimals=3)
          for sample in matched.sets[0].samples),
        Column("Largest matched SMD", ("smd_max_after",), decimals=3),
    )  # fmt: skip
    note = "Means over the imputed data sets; largest: of any data set."
    return Table("balance", "Balance", tuple(rows[0]), tuple(rows), columns, (note,))


def _mean(rows: Sequence[Row], key: str) -> float | None:
    """The mean of a number over the sets; None where it is not one in all of them."""
    values = [row[key] for row in rows]
    known = [float(v) for v in values if isinstance(v, (int, float))]
    return sum(known) / len(known) if len(known) == len(values) else None


def _effects(matched: PooledMatching) -> Table:
    """The hazard ratios of every endpoint, sample and model, pooled."""
    each = [effects_table(data) for data in matched.sets]
    rows = tuple(
        _pooled_effect(matched, [table.rows[i] for table in each]) for i in range(len(each[0].rows))
    )
    first = matched.sets[0]
    ci = f"({confidence(matched.spec.conf_level)})"
    labels = {outcome.name: outcome.endpoint.label for outcome in first.outcomes}
    columns = (
        Column("Endpoint", ("endpoint",), labels=labels),
        Column("Sample", ("sample",), labels=SAMPLES),
        Column("Model", ("model",), labels=worded(first, MODEL_LABELS)),
        Column(f"HR {ci}", ("hr", "lower", "upper"), form="effect"), Column("p", ("p",)),
        Column("df", ("df",), decimals=1),
    )  # fmt: skip
    title = f"Hazard ratios, {first.treatment.treated} versus {first.treatment.control}, pooled"
    note = f"Pooled over {plain(matched.imputed.sets)} matched data sets."
    return Table("effects", title, tuple(rows[0]), rows, columns, (note,))


def _pooled_effect(matched: PooledMatching, rows: Sequence[Row]) -> Row:
    """One hazard ratio by Rubin's rules; null where a set has none."""
    first = rows[0]
    keys = ("hr", "coef", "std_err", "robust_std_err", "lower", "upper", "p", "df", "fmi")
    row: dict[str, Value] = {key: first[key] for key in ("endpoint", "sample", "model")}
    row |= dict.fromkeys(keys)
    robust = first["robust_std_err"] is not None
    pairs = [(r["coef"], r["robust_std_err" if robust else "std_err"]) for r in rows]
    known = [(c, s) for c, s in pairs if isinstance(c, float) and isinstance(s, float)]
    if len(known) < len(rows):
        return row
    coef, std_err = (np.array(v) for v in zip(*known, strict=True))
    events = _events(matched, str(first["endpoint"]), str(first["sample"]))
    pooled = rubin(coef, std_err**2, max(events - 1.0, 1.0))
    lower, upper = pooled.limits(matched.spec.conf_level)
    found = {
        "hr": math.exp(float(pooled.estimate)), "coef": pooled.estimate,
        ("robust_std_err" if robust else "std_err"): pooled.std_err,
        "lower": np.exp(lower), "upper": np.exp(upper), "p": pooled.p, "df": pooled.df,
        "fmi": pooled.missing_information,
    }  # fmt: skip
    return row | {key: finite(float(np.asarray(value))) for key, value in found.items()}


def _events(matched: PooledMatching, endpoint: str, sample: str) -> int:
    """Events among the rows of a sample in the first set."""
    data = matched.sets[0]
    (outcome,) = (o for o in data.outcomes if o.name == endpoint)
    (inside,) = (s.inside for s in data.samples if s.name == sample)
    return int((outcome.event & outcome.known & inside).sum())
