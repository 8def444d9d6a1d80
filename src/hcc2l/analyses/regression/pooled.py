"""A regression repeated in imputed data sets: models pooled, beside those of the complete cases."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from hcc2l.analyses.imputation import imputation_notes, imputation_table
from hcc2l.analyses.imputed import (
    completed,
    nothing_imputed,
    shifted,
    shifts_of,
)
from hcc2l.analyses.regression.models import (
    Fitted,
    Model,
    Profile,
    Regression,
    complete,
    d1,
    fit_models,
    likelihood_ratio,
)
from hcc2l.analyses.regression.tables import term_rows
from hcc2l.cohort import Cohort
from hcc2l.design import Endpoint, Floats, Mask
from hcc2l.design.imputation import Imputations
from hcc2l.design.model import ModelColumn, ModelMatrix, ModelTerm
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.numerals import confidence, plain
from hcc2l.report import Column, Note, Row, Table, Value, finite
from hcc2l.stats.pooling import pooled_concordance, pooled_variance, rubin, statistics_test
from hcc2l.terms import Term
from hcc2l.wording import listed

COMPLETE_CASES = "complete-cases"
MUCH_MISSING = 0.5
"""Fraction of missing information above which a coefficient is remarked on."""


@dataclass(frozen=True)
class PooledRegression:
    """A kind of regression in imputed data sets; its models are pooled.

    Attributes
    ----------
    data
        Of the cohort with gaps.
    sets
        Of each completed cohort, with its terms by their text.
    shifted
        The same with numbers added to imputed values (`--shift`).
    """

    data: Regression
    sets: tuple[tuple[Regression, Mapping[str, ModelTerm]], ...]
    imputed: Imputations
    shifted: PooledRegression | None = None

    @property
    def spec(self) -> Any:
        """As of the cohort with gaps, like all that follows."""
        return self.data.spec

    @property
    def rows(self) -> Mask:
        """Rows complete but for the covariates."""
        return self.data.rows

    @property
    def event(self) -> Mask:
        """Whether the outcome occurred, shape (n,)."""
        return self.data.event

    @property
    def labels(self) -> Mapping[str, str]:
        """The label of each term."""
        return self.data.labels

    @property
    def constant(self) -> Sequence[ModelTerm]:
        """The covariates that `--drop-constant` dropped."""
        return self.data.constant

    @property
    def ratio(self) -> str:
        """``hr`` or ``or``."""
        return self.data.ratio

    def fit(
        self,
        terms: Sequence[ModelTerm],
        rows: Mask,  # noqa: ARG002 - in every set those complete in it
        name: str,
        kind: str,
        subgroup: str | None = None,
        matrix: ModelMatrix | None = None,  # noqa: ARG002 - made of each set's terms
    ) -> Model:
        """Fit the model in every set, and pool."""
        models = []
        for data, known in self.sets:
            own = [known[term.text] for term in terms]
            models.append(data.fit(own, complete(data, own), name, kind, subgroup))
        return pooled_model(models, self.ratio, self.spec.conf_level)

    def why_infinite(self, model: Model, column: ModelColumn) -> str:
        """Of the first set in which a coefficient has no finite estimate."""
        at = model.matrix.columns.index(column)
        number = next(i for i, one in enumerate(model.sets) if one.infinite[at])
        return self.sets[number][0].why_infinite(model.sets[number], column)

    def patients_among(self, rows: Mask) -> int:
        """How many patients some rows belong to."""
        return self.data.patients_among(rows)


def in_imputed_sets(
    cohort: Cohort, data: Regression, terms: Sequence[Term], outcomes: Mapping[str, Floats],
    prepare: Callable[[Cohort], tuple[Regression, Mapping[str, ModelTerm]]],
) -> PooledRegression | None:  # fmt: skip
    """The regression in imputed data sets; None where none are asked for, or nothing is missing.

    `terms` and `outcomes` are what the imputation model consists of; `prepare` makes the data and
    terms of a completed cohort.
    """
    splines = [term.text for term in terms if term.knots is not None]
    if splines:
        raise UsageError(
            f"The knots of {splines[0]} would differ between the imputed data sets.",
            where="-x",
            hint="Give the covariate as it is, its logarithm (@log2) or a cut.",
        )
    shifts = shifts_of(data.spec, cohort)
    imputed = completed(cohort, data.spec, terms, data.rows, outcomes)
    if imputed is None:
        return None
    beside = None
    if shifts:
        moved = shifted(imputed, shifts)
        beside = PooledRegression(data, tuple(prepare(one) for one in moved), imputed)
    return PooledRegression(data, tuple(prepare(one) for one in imputed.cohorts), imputed, beside)


def fitted_in_sets(
    regression: PooledRegression, candidates: Sequence[ModelTerm]
) -> tuple[Fitted, Model | None]:
    """The pooled models, and the multivariable model of the complete cases.

    `candidates` are the terms of the cohort with gaps. The other model is None where the complete
    cases cannot be fitted.
    """
    known = regression.sets[0][1]
    fitted = fit_models(regression, [known[term.text] for term in candidates])
    if fitted.final is None:
        return fitted, None
    kept = {term.text for term in fitted.final.terms}
    own = [term for term in candidates if term.text in kept]
    try:
        alone = regression.data.fit(
            own, complete(regression.data, own), COMPLETE_CASES, COMPLETE_CASES
        )
    except AnalysisError:
        return fitted, None
    return fitted, alone


def pooled_model(models: Sequence[Model], ratio: str, conf_level: float) -> Model:
    """The models of all sets as one, by Rubin's rules.

    A coefficient that one set cannot estimate is not estimated.
    """
    first = models[0]
    coef = np.array([model.coef for model in models])
    variance = np.array([model.variance for model in models])
    robust = first.robust_std_err is not None
    df_complete = complete_degrees(first, ratio)
    used = np.diagonal(variance, axis1=1, axis2=2)
    pooled = rubin(coef, used, df_complete)
    own = np.array([model.std_err for model in models])

    def any_of(flags: Sequence[Mask]) -> Mask:
        return np.asarray(np.any(flags, axis=0))

    @cache
    def profile() -> Profile:
        lower, upper = pooled.limits(conf_level)
        return Profile(lower, upper, pooled.p)

    return replace(
        first,
        coef=pooled.estimate,
        std_err=rubin(coef, own**2, df_complete).std_err,
        robust_std_err=pooled.std_err if robust else None,
        variance=pooled_variance(coef, variance),
        dropped=any_of([model.dropped for model in models]),
        infinite=any_of([model.infinite for model in models]),
        unreached=any_of([model.unreached for model in models]),
        loglik_null=math.nan, loglik=math.nan, aic=math.nan, loglik_without=None,
        describe=cache(lambda: _described(models, conf_level)),
        profile=profile, pooled=pooled, sets=tuple(models),
    )  # fmt: skip


def complete_degrees(model: Model, ratio: str) -> float:
    """Degrees of freedom without missing values, as `mice` has them.

    Events less coefficients in a Cox model of the first set, residual ones in a logistic model.
    """
    if ratio == "hr":
        return float(max(model.events - model.coef.size, 1))
    return float(max(model.n - model.coef.size - 1, 1))


def _described(models: Sequence[Model], conf_level: float) -> Mapping[str, Value]:
    """The keys of the table `models`: concordance or AUC pooled, and nothing else."""
    each = [dict(model.describe()) for model in models]
    found: dict[str, Value] = dict.fromkeys(each[0])
    found |= {"ties": each[0]["ties"]} if "ties" in each[0] else {}
    values = [(row.get("concordance"), row.get("concordance_std_err")) for row in each]
    pairs = [(c, se) for c, se in values if isinstance(c, float) and isinstance(se, float)]
    inside = len(pairs) == len(models) and all(0 < c < 1 and se > 0 for c, se in pairs)
    lower = upper = None
    if inside:
        c, se = (np.array(v) for v in zip(*pairs, strict=True))
        found["concordance"], lower, upper = pooled_concordance(c, se, conf_level)
    if "concordance" in found:
        found |= {"concordance_lower": lower, "concordance_upper": upper}
    return found


def pooled_tests(regression: PooledRegression, model: Model) -> list[Row]:
    """Every term as a whole: D1, and D2 of the likelihood ratios of the sets."""
    rows: list[Row] = []
    for term in model.terms:
        wald = d1(model, np.array([c.term == term.text for c in model.matrix.columns]))
        if wald is None:
            continue
        ratios = [
            likelihood_ratio(data, one, term.text)[0]
            for (data, _), one in zip(regression.sets, model.sets, strict=True)
        ]
        tests = {"d1": wald, "d2": statistics_test(np.maximum(ratios, 0.0), wald.k)}
        rows += [
            {"model": model.name, "term": term.text, "test": name, "statistic": finite(test.f),
             "df": test.k, "df_within": finite(test.df), "p": finite(test.p), "riv": test.increase}
            for name, test in tests.items()
        ]  # fmt: skip
    return rows


def pooling_rows(models: Sequence[Model]) -> list[Row]:
    """What missing values cost each coefficient of the pooled models."""
    rows: list[Row] = []
    for model in models:
        pooled = model.pooled
        if pooled is None:
            continue
        for i, (column, exists) in enumerate(
            zip(model.matrix.columns, model.estimable.tolist(), strict=True)
        ):
            values = {
                "riv": pooled.relative_increase[i], "lambda": pooled.share[i],
                "fmi": pooled.missing_information[i], "df": pooled.df[i],
            }  # fmt: skip
            rows.append(
                {"model": model.name, "term": column.term, "level": column.level,
                 "m": pooled.sets,
                 **{key: finite(float(v)) if exists else None for key, v in values.items()}}
            )  # fmt: skip
    return rows


def pooling_tables(regression: PooledRegression, fitted: Fitted) -> list[Table]:
    """What the missing values cost, the tests of whole terms, and what was imputed."""
    labels, final = regression.labels, fitted.final
    shown_models = fitted.alone if final is None else (final,)
    rows = pooling_rows(shown_models)
    columns = (
        Column("Variable", ("term",), labels=labels), Column("Level", ("level",)),
        Column("Relative increase in variance", ("riv",), decimals=3),
        Column("Fraction of missing information", ("fmi",)), Column("df", ("df",), decimals=1),
    )  # fmt: skip
    tables = [Table("pooling", "Missing information", tuple(rows[0]), tuple(rows), columns)]
    tests = pooled_tests(regression, final) if final is not None else []
    if tests:
        several = any(int(str(row["df"])) > 1 for row in tests)
        shown = (
            Column("Variable", ("term",), labels=labels),
            Column("Test", ("test",), labels={"d1": "D1 (Wald)", "d2": "D2 (likelihood ratio)"}),
            Column("F", ("statistic",)), Column("df", ("df",)), Column("df within", ("df_within",)),
            Column("p", ("p",)),
        )  # fmt: skip
        title = "Overall tests of variables (pooled)"
        tables.append(
            Table("pooled_tests", title, tuple(tests[0]), tuple(tests), shown if several else ())
        )
    if regression.shifted is not None and final is not None:
        tables.append(_sensitivity(regression.shifted, final))
    return [*tables, imputation_table(regression.imputed)]


def _sensitivity(shifted: PooledRegression, final: Model) -> Table:
    """The multivariable model as it would be with the imputed values shifted."""
    known = shifted.sets[0][1]
    terms = [known[term.text] for term in final.terms]
    moved = shifted.fit(terms, shifted.rows, final.name, final.kind)
    rows = tuple(
        {"term": own["term"], "level": own["level"], "reference": own["reference"],
         "shift": name,
         **{key: row[key] for key in (shifted.ratio, "lower", "upper", "p")}}
        for own, other in zip(term_rows(shifted, final), term_rows(shifted, moved), strict=True)
        for name, row in (("none", own), (", ".join(shifted.spec.shift), other))
    )  # fmt: skip
    interval = f"{shifted.ratio.upper()} ({confidence(shifted.spec.conf_level)})"
    columns = (
        Column("Variable", ("term",), labels=shifted.labels), Column("Level", ("level",)),
        Column("Imputed values shifted by", ("shift",)),
        Column(interval, (shifted.ratio, "lower", "upper"), form="effect"), Column("p", ("p",)),
    )  # fmt: skip
    title = "Sensitivity to the imputed values"
    return Table("sensitivity", title, tuple(rows[0]), rows, columns)


def pooling_notes(
    data: Regression, regression: PooledRegression | None, fitted: Fitted,
    endpoints: Sequence[Endpoint] = (),
) -> list[Note]:  # fmt: skip
    """What was not imputed, imputed mostly, and estimated from little information."""
    if regression is None:
        return nothing_imputed()
    return [
        *imputation_notes(regression.imputed, endpoints),
        *_information_notes(fitted.models, data.labels)
    ]  # fmt: skip


def _information_notes(models: Sequence[Model], labels: Mapping[str, str]) -> list[Note]:
    """Coefficients about which the missing values would have told most."""
    much = dict.fromkeys(
        labels.get(str(row["term"]), str(row["term"]))
        for row in pooling_rows(models)
        if isinstance(row["fmi"], float) and row["fmi"] > MUCH_MISSING
    )
    if not much:
        return []
    return [
        Note("warning", "missing-information",
             "More than half of the information on "
             f"{listed(list(much))} is missing (fraction of missing information above "
             f"{plain(MUCH_MISSING)}). Use more imputations, and treat "
             f"{'its estimate' if len(much) == 1 else 'their estimates'} with caution.")
    ]  # fmt: skip
