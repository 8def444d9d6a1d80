"""What all regressions share: complete cases, tests of terms, selection of the model.

Each kind of regression brings its own fit; the models around it are here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from hcc2l.design import Floats, Ints, Mask, RowAccount
from hcc2l.design.model import ModelColumn, ModelMatrix, ModelTerm, model_matrix, varying
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.report import Row, Value, finite
from hcc2l.stats.firth import FirthFit
from hcc2l.stats.frailty import FrailtyFit
from hcc2l.stats.tails import chi_square_tail

if TYPE_CHECKING:
    from hcc2l.stats.pooling import FTest, Pooled

TEST_KEYS = ("model", "term", "statistic", "df", "p")


INTERACTION_KEYS = ("term_a", "term_b", "n", "events", "statistic", "df", "p")


STEP_KEYS = ("step", "action", "term", "statistic", "df", "p", "aic")


@dataclass(frozen=True)
class Profile:
    """Profile limits of the coefficients, and likelihood-ratio p where it replaces Wald's."""

    lower: Floats
    upper: Floats
    p: Floats | None = None


@dataclass(frozen=True)
class Model:
    """One fitted model; arrays have one entry per column of the matrix.

    Attributes
    ----------
    variance
        The variance used by tests and intervals: the robust one, where there is one.
    dropped
        Columns that are linear combinations of earlier ones.
    infinite
        Coefficients without a finite estimate (separation, monotone likelihood).
    unreached
        Coefficients that did not converge although a finite estimate exists.
    describe
        Returns the keys of the table `models` that only this kind of regression has. A call,
        because most models are fitted for their likelihood alone.
    profile
        Returns the profile limits, where they replace Wald's.
    loglik_without
        Returns the log-likelihood without some columns, shape (p,), all of which are estimable;
        None where another fit must tell.
    firth
        The penalised fit, where there is one.
    frailty, centres
        The fit with a frailty, where there is one, and the codes of its centres, shape (q,).
    pooled, sets
        The coefficients pooled over imputed data sets, and the model of each, where there are any.
    """

    name: str
    kind: str
    subgroup: str | None
    terms: tuple[ModelTerm, ...]
    rows: Mask
    matrix: ModelMatrix
    coef: Floats
    std_err: Floats
    robust_std_err: Floats | None
    variance: Floats
    dropped: Mask
    infinite: Mask
    unreached: Mask
    df: int
    n: int
    events: int
    loglik_null: float
    loglik: float
    aic: float
    describe: Callable[[], Mapping[str, Value]]
    profile: Callable[[], Profile] | None = None
    loglik_without: Callable[[Mask], float] | None = None
    firth: FirthFit | None = None
    frailty: FrailtyFit | None = None
    centres: Ints | None = None
    pooled: Pooled | None = None
    sets: tuple[Model, ...] = ()

    @property
    def estimable(self) -> Mask:
        """Columns whose ratio exists and may be reported."""
        return ~(self.dropped | self.infinite | self.unreached)


class Regression(Protocol):
    """A kind of regression with its data."""

    @property
    def spec(self) -> Any:
        """Options: covariates, select, stepwise, stay, conf_level."""

    @property
    def rows(self) -> Mask:
        """Rows complete but for the covariates."""

    @property
    def event(self) -> Mask:
        """Whether the outcome occurred, shape (n,)."""

    @property
    def labels(self) -> Mapping[str, str]:
        """The label of each term."""

    @property
    def constant(self) -> Sequence[ModelTerm]:
        """The covariates that `--drop-constant` dropped."""

    @property
    def ratio(self) -> str:
        """``hr`` or ``or``: the key of the exponentiated coefficient."""

    def fit(
        self,
        terms: Sequence[ModelTerm],
        rows: Mask,
        name: str,
        kind: str,
        subgroup: str | None = None,
        matrix: ModelMatrix | None = None,
    ) -> Model:
        """Fit the model of some terms on some rows."""

    def patients_among(self, rows: Mask) -> int:
        """How many patients some rows belong to."""

    def why_infinite(self, model: Model, column: ModelColumn) -> str:
        """Why a coefficient has no finite estimate, as a clause."""


class Predictive(Regression, Protocol):
    """A kind of regression whose predictions can be judged."""

    def resampled(self, rows: Ints) -> Predictive:
        """The data of some rows of the cohort, which may repeat."""

    def discrimination(self, rows: Mask, score: Floats) -> float:
        """Concordance or AUC of a linear predictor, shape (kept rows,)."""

    def calibration_slope(self, rows: Mask, score: Floats) -> float:
        """Coefficient of a linear predictor, shape (kept rows,), as the only covariate."""

    def measures(self, model: Model) -> dict[str, float | None]:
        """Apparent performance by measure, the discrimination first."""


def penalised(fit: FirthFit, conf_level: float, event: Mask, **described: Any) -> Model:
    """A penalised fit as a model; `described` are the fields that it does not determine."""

    @cache
    def profile() -> Profile:
        return Profile(*fit.limits(conf_level, with_ratio), fit.p())

    matrix: ModelMatrix = described["matrix"]
    with_ratio = np.array([column.term not in matrix.knots for column in matrix.columns], bool)
    none: Mask = np.zeros(fit.coef.size, dtype=np.bool_)
    return Model(
        coef=fit.coef, std_err=fit.std_err, robust_std_err=None, variance=fit.variance,
        dropped=fit.dropped, infinite=none, unreached=none, df=fit.df, n=event.size,
        events=int(event.sum()), loglik_null=fit.loglik_null, loglik=fit.loglik,
        aic=math.nan, profile=profile, firth=fit, **described,
    )  # fmt: skip


def varying_covariates(
    spec: Any, terms: Mapping[str, ModelTerm], rows: Mask
) -> tuple[Any, tuple[ModelTerm, ...]]:
    """The options without the covariates that `--drop-constant` drops, and those covariates.

    Raises
    ------
    AnalysisError
        All are dropped.
    """
    if not spec.drop_constant or not spec.covariates:
        return spec, ()
    candidates = [terms[text] for text in dict.fromkeys(spec.covariates)]
    kept = [t.text for t in varying(candidates, rows, together=spec.models[1])]
    constant = tuple(term for term in candidates if term.text not in kept)
    return replace(spec, covariates=kept), constant


def complete(data: Regression, terms: Sequence[ModelTerm]) -> Mask:
    """Rows with a value of every term."""
    rows = data.rows.copy()
    for term in terms:
        rows &= ~term.missing
    return rows


def refuse_unfit(
    data: Regression, terms: Sequence[ModelTerm], rows: Mask, matrix: ModelMatrix, name: str
) -> None:
    """AnalysisError for a model that cannot be fitted on these rows."""
    where = f"model {name!r}"
    if not rows.any():
        texts = ", ".join(term.text for term in terms)
        raise AnalysisError(
            f"No patient has complete data on the covariates ({texts}).",
            where=where,
            hint="Drop the covariate with the most missing values; --univariable shows n for each.",
        )
    events = int(data.event[rows].sum())
    if events == 0:
        hint = "Drop the covariate whose missing values exclude the patients with events."
        if not data.event[data.rows].any():
            hint = "Check which value is the outcome (--outcome COL=VALUE), and --where."
        raise AnalysisError(
            f"None of the {data.patients_among(rows)} patients had the event.",
            where=where,
            hint=hint,
        )
    for term in terms:
        # A constant number beside other covariates is dropped, as in R.
        alone = term.factor is not None or len(terms) == 1
        if alone and not term.varies(rows):
            other = "" if data.spec.drop_constant else ", or drop such covariates: --drop-constant"
            raise AnalysisError(
                f"{term.text} has only one {'level' if term.factor else 'value'} among the "
                "patients of this model.",
                where=where,
                hint=f"Drop it{other}.",
            )
    # A Cox model learns from events only; a logistic one from every patient.
    known, what = (events, "events") if data.ratio == "hr" else (int(rows.sum()) - 1, "patients")
    if matrix.x.shape[1] > known and not data.spec.firth:
        raise AnalysisError(
            f"{matrix.x.shape[1]} parameters cannot be estimated from {known} {what}.",
            where=where,
            hint="Use fewer covariates (hcc2l size says how many), or --firth.",
        )


def account_of_final(
    data: Regression, account: RowAccount, candidates: Sequence[ModelTerm], final: Model | None
) -> RowAccount:
    """The account with the rows that the multivariable model excludes, so that it ends at its n."""
    account = account.copy()
    if final is not None:
        needed = candidates if data.spec.stepwise is not None else final.terms
        for term in needed:
            account.drop_missing(term.missing, term.column)
    return account


def wald_test(model: Model, text: str) -> tuple[float, int, float]:
    """Overall Wald test of a term: chi-square, df, p; of a pooled model D1: F, df, p."""
    return wald_test_of(model, _columns_of(model, text))


def wald_test_of(model: Model, of_term: Mask) -> tuple[float, int, float]:
    """The same of some columns of a model, shape (p,)."""
    if model.pooled is not None:
        test = d1(model, of_term)
        return (test.f, test.k, test.p) if test else (float("nan"), 0, float("nan"))
    use = of_term & ~model.dropped
    df = int(use.sum())
    if df == 0:
        return float("nan"), 0, float("nan")
    coef = model.coef[use]
    statistic = float(coef @ np.linalg.solve(model.variance[np.ix_(use, use)], coef))
    return statistic, df, chi_square_tail(df, statistic)


def d1(model: Model, of_term: Mask) -> FTest | None:
    """The pooled Wald test of some columns, shape (p,); None where they have no coefficient."""
    use = of_term & ~model.dropped
    if model.pooled is None or not use.any():
        return None
    coef = np.array([one.coef[use] for one in model.sets])
    variance = np.array([one.variance[np.ix_(use, use)] for one in model.sets])
    from hcc2l.stats import pooling

    return pooling.wald_test(coef, variance, model.pooled.df_complete)


def likelihood_ratio(data: Regression, model: Model, text: str) -> tuple[float, int, float]:
    """Likelihood-ratio test of a term: chi-square, df, p; both models on the same rows."""
    return likelihood_ratio_of(data, model, _columns_of(model, text))


def likelihood_ratio_of(data: Regression, model: Model, of_term: Mask) -> tuple[float, int, float]:
    """The same of some columns of a model, shape (p,)."""
    if model.firth is not None:
        df = int((of_term & ~model.dropped).sum())
        loglik = model.firth.loglik_without(of_term) if df else model.loglik
    elif of_term.all():
        df, loglik = model.df, model.loglik_null
    elif model.loglik_without is not None and model.estimable.all():
        df, loglik = int(of_term.sum()), model.loglik_without(of_term)
    else:
        columns = tuple(c for c, out in zip(model.matrix.columns, of_term, strict=True) if not out)
        left = {column.term for column in columns}
        rest = [term for term in model.terms if term.text in left]
        matrix = ModelMatrix(model.matrix.x[:, ~of_term], columns)
        smaller = data.fit(rest, model.rows, model.name, model.kind, matrix=matrix)
        df, loglik = model.df - smaller.df, smaller.loglik
    statistic = 2.0 * (model.loglik - loglik)
    return statistic, df, chi_square_tail(df, statistic) if df else float("nan")


def test_of_columns(data: Regression, model: Model, columns: Mask) -> tuple[float, int, float]:
    """The test of some columns: by likelihood ratio, or Wald's where the variance is robust."""
    if model.unreached.any():
        return math.nan, int(columns.sum()), math.nan
    if model.robust_std_err is not None:
        return wald_test_of(model, columns)
    return likelihood_ratio_of(data, model, columns)


def overall_test(data: Regression, model: Model, text: str) -> tuple[float, int, float]:
    """The test for univariable selection: Wald's, or the penalised likelihood ratio."""
    if model.firth is not None:
        return likelihood_ratio(data, model, text)
    return wald_test(model, text)


@dataclass(frozen=True)
class TermTests:
    """Tests of every term of a model as a whole, computed when they are read.

    Attributes
    ----------
    several
        Whether a test has several degrees of freedom; no other is shown beside its ratio.
    """

    rows: Callable[[], tuple[Row, ...]]
    several: bool


def term_tests(data: Regression, model: Model) -> TermTests:
    """Every term of a model as a whole, by likelihood ratio.

    They wait until they are read where no smaller model can be refused.
    """

    @cache
    def rows() -> tuple[Row, ...]:
        tests = [(t.text, *likelihood_ratio(data, model, t.text)) for t in model.terms]
        return tuple(
            {"model": model.name, "term": text, "statistic": finite(statistic), "df": df,
             "p": finite(p)}
            for text, statistic, df, p in tests
        )  # fmt: skip

    if model.loglik_without is not None and model.estimable.all():
        several = any(_columns_of(model, term.text).sum() > 1 for term in model.terms)
    else:
        several = any(int(str(row["df"])) > 1 for row in rows())
    return TermTests(rows, several)


def interaction_test(
    data: Regression, a: ModelTerm, b: ModelTerm, final: Model | None = None
) -> Row:
    """Likelihood-ratio test of the products of two terms, added to a model of both."""
    full = interaction_model(data, a, b, final)
    statistic, df, p = likelihood_ratio(data, full, full.name)
    return {"term_a": a.text, "term_b": b.text, "n": full.n, "events": full.events,
            "statistic": finite(statistic), "df": df, "p": finite(p)}  # fmt: skip


def interaction_model(
    data: Regression, a: ModelTerm, b: ModelTerm, final: Model | None = None
) -> Model:
    """The model of two terms and their products, which are columns of the term ``A:B``.

    With a multivariable model the products are added to it, on its rows.
    """
    others = final.terms if final else ()
    terms = [*others, *(term for term in (a, b) if term not in others)]
    rows = complete(data, terms)
    if final is not None:
        rows &= final.rows
    parts = model_matrix(terms, rows)
    first = [i for i, c in enumerate(parts.columns) if c.term == a.text]
    second = [i for i, c in enumerate(parts.columns) if c.term == b.text]
    products = [parts.x[:, i] * parts.x[:, j] for i in first for j in second]
    name = f"{a.text}:{b.text}"
    columns = tuple(ModelColumn(name, None, None) for _ in products)
    x = np.column_stack([parts.x, *products])
    matrix = ModelMatrix(x, parts.columns + columns, parts.knots)
    return data.fit(terms, rows, name, "multivariable", matrix=matrix)


def interaction(
    data: Regression, terms: Mapping[str, ModelTerm], text: str, final: Model | None
) -> Row:
    """The interaction test of ``A:B``, in the multivariable model where there is one.

    Raises
    ------
    UsageError
        `text` does not name two of the covariates.
    """
    names = [part.strip() for part in text.split(":")]
    if len(names) != 2:
        raise UsageError(
            f"{text!r} is not an interaction.", where="--interaction", hint="Write it as A:B."
        )
    for name in names:
        if name not in terms:
            raise UsageError(
                f"{name!r} is not among the covariates.",
                where=f"--interaction {text}",
                hint=f"Add it: -x …,{name}.",
            )
    if names[0] == names[1]:
        raise UsageError(
            f"{names[0]!r} cannot interact with itself.",
            where=f"--interaction {text}",
            hint="Name two covariates: A:B.",
        )
    return interaction_test(data, terms[names[0]], terms[names[1]], final)


@dataclass(frozen=True)
class Fitted:
    """Univariable models, the multivariable one, and the steps that led to it.

    Attributes
    ----------
    misjudged
        Terms excluded by a Wald p although their estimate is infinite, so that the p is near 1.
    """

    alone: tuple[Model, ...]
    final: Model | None
    steps: tuple[Row, ...]
    misjudged: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[Model, ...]:
        """Every model, in the order of the tables."""
        return (*self.alone, *((self.final,) if self.final else ()))


def tested_model(fitted: Fitted) -> Model | None:
    """The model whose terms and assumptions are tested, if it reached its maximum."""
    model = fitted.final or (fitted.alone[0] if len(fitted.alone) == 1 else None)
    return None if model is None or model.unreached.any() else model


def fit_models(data: Regression, candidates: Sequence[ModelTerm], *, alone: bool = True) -> Fitted:
    """Each univariable model on its own complete cases, and the multivariable one.

    Without `alone` the univariable models are fitted only where they select the covariates.
    """
    spec = data.spec
    univariable, multivariable = spec.models
    univariable = univariable and alone
    singly: list[Model] = []
    if univariable or spec.select is not None:
        singly = [data.fit([t], complete(data, [t]), t.text, "univariable") for t in candidates]
    reported = tuple(singly) if univariable else ()
    if not multivariable or not candidates:
        return Fitted(reported, None, ())
    if spec.stepwise is not None:
        return _stepwise(data, candidates, reported)
    return _selected(data, candidates, singly, reported)


def _selected(
    data: Regression,
    candidates: Sequence[ModelTerm],
    singly: Sequence[Model],
    reported: tuple[Model, ...],
) -> Fitted:
    """The model of the terms with univariable p below `--select`; of all terms without it."""
    steps: list[Row] = []
    selected, misjudged = list(candidates), []
    if data.spec.select is not None:
        selected = []
        for step, (term, model) in enumerate(zip(candidates, singly, strict=True), start=1):
            statistic, df, p = overall_test(data, model, term.text)
            enters = p < data.spec.select
            selected += [term] if enters else []
            misjudged += [] if enters or not model.infinite.any() else [term.text]
            action = "entered" if enters else "kept out"
            steps.append(_step(step, action, term, statistic, df, p))
    if not selected:
        return Fitted(reported, None, tuple(steps), tuple(misjudged))
    final = data.fit(selected, complete(data, selected), "multivariable", "multivariable")
    return Fitted(reported, final, tuple(steps), tuple(misjudged))


def _step(
    step: int, action: str, term: ModelTerm, statistic: float, df: int, p: float,
    aic: float = math.nan,
) -> Row:  # fmt: skip
    return {"step": step, "action": action, "term": term.text, "statistic": finite(statistic),
            "df": df, "p": finite(p), "aic": finite(aic)}  # fmt: skip


def _stepwise(
    data: Regression, candidates: Sequence[ModelTerm], reported: tuple[Model, ...]
) -> Fitted:
    """The model left by backward elimination on the complete cases of all candidates."""
    spec, rows = data.spec, complete(data, candidates)
    current = list(candidates)
    steps: list[Row] = []
    misjudged: list[str] = []
    while current:
        model = data.fit(current, rows, "stepwise", "stepwise")
        removals = [(term, *_removal(data, model, term)) for term in current]
        redundant = [removal for removal in removals if removal[2] == 0]
        if redundant:  # the last term that adds nothing to the others goes first, as in R's step
            term, statistic, df, p, aic = redundant[-1]
        elif spec.stepwise == "aic":
            term, statistic, df, p, aic = min(removals, key=lambda r: r[4])
            if aic >= model.aic:
                return Fitted(reported, model, tuple(steps), tuple(misjudged))
        else:
            term, statistic, df, p, aic = max(removals, key=lambda r: r[3])
            if p < spec.stays_below:
                return Fitted(reported, model, tuple(steps), tuple(misjudged))
        if spec.stepwise == "wald" and model.infinite[_columns_of(model, term.text)].any():
            misjudged.append(term.text)
        steps.append(_step(len(steps) + 1, "removed", term, statistic, df, p, aic))
        current = [t for t in current if t is not term]
    return Fitted(reported, None, tuple(steps), tuple(misjudged))


def _columns_of(model: Model, text: str) -> Mask:
    return np.array([column.term == text for column in model.matrix.columns])


def _removal(data: Regression, model: Model, term: ModelTerm) -> tuple[float, int, float, float]:
    """The price of removing a term: chi-square, df, p, and the AIC without it."""
    if data.spec.stepwise == "wald":
        return (*wald_test(model, term.text), math.nan)
    statistic, df, p = likelihood_ratio(data, model, term.text)
    return statistic, df, p, model.aic + statistic - 2 * df
