"""What a psmatch analysis analyses: rows, scores, matches, weights, outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hcc2l import design
from hcc2l.analyses.accounting import refuse_no_rows, rows_in_order_of_ids, rows_where
from hcc2l.analyses.contradictions import refuse_contradictions
from hcc2l.analyses.psmatch.matching import Pool, gaps, match, nobody_matched
from hcc2l.analyses.psmatch.propensity import (
    Score,
    ScoreWeights,
    propensity_score,
    refuse_separated,
    weighted_by_score,
)
from hcc2l.cohort import Cohort
from hcc2l.design import Endpoint, Factor, Floats, Ints, Mask, RowAccount
from hcc2l.design.model import ModelMatrix, ModelTerm, model_matrix, model_term, varying
from hcc2l.design.treatment import Treatment, resolve_treatment
from hcc2l.errors import AnalysisError, UsageError, quoted_list
from hcc2l.specs import PsmatchSpec
from hcc2l.stats.matching import Matches, levelled
from hcc2l.terms import Parser, Term


@dataclass(frozen=True)
class Covariate:
    """One row of the balance table: a number or one level of a factor; values of shape (n,)."""

    term: str
    label: str
    level: str | None
    values: Floats


@dataclass(frozen=True)
class TimeToEvent:
    """Times and events of one endpoint, shape (n,); `known` where neither is missing."""

    endpoint: Endpoint
    time: Floats
    event: Mask
    known: Mask

    @property
    def name(self) -> str:
        """The endpoint's name."""
        return self.endpoint.name


@dataclass(frozen=True)
class Sample:
    """An analysed sample: all patients, the matched, or all patients weighted.

    Attributes
    ----------
    weights
        Shape (n,), 0 for rows outside the sample.
    """

    name: str
    weights: Floats

    @property
    def inside(self) -> Mask:
        """Rows in the sample, shape (n,)."""
        return np.asarray(self.weights > 0)


@dataclass(frozen=True)
class MatchData:
    """Everything the tables are made from; n analysed rows, in the order of their ids.

    Attributes
    ----------
    terms, constant, exact
        The covariates of the score, those that `--drop-constant` dropped, the terms of `--exact`.
    eligible
        Numbers of rows, treated and controls before any row was excluded for missing values.
    skipped
        Endpoints that could not be read, and why.
    matrix
        Columns of the propensity model.
    sd, caliper
        SD of the distance over all rows; the largest permitted distance, None without a limit.
    weighting
        The weights of `--weighting`; None without it.
    """

    spec: PsmatchSpec
    account: RowAccount
    treatment: Treatment
    terms: tuple[ModelTerm, ...]
    constant: tuple[ModelTerm, ...]
    exact: tuple[Factor, ...]
    eligible: tuple[int, int, int]
    covariates: tuple[Covariate, ...]
    outcomes: tuple[TimeToEvent, ...]
    skipped: tuple[str, ...]
    matrix: ModelMatrix
    score: Score
    pool: Pool
    sd: float
    caliper: float | None
    matches: Matches
    weighting: ScoreWeights | None

    @property
    def rows(self) -> Ints:
        """Each row's number in the cohort, shape (n,)."""
        return self.pool.rows

    @property
    def treated(self) -> Mask:
        """Whether each row is treated, shape (n,)."""
        return self.pool.treated

    @property
    def propensity(self) -> Floats:
        """Propensity score, shape (n,)."""
        return self.score.propensity

    @property
    def score_weights(self) -> Floats | None:
        """Weights of `--weighting`, shape (n,); None without it."""
        return None if self.weighting is None else self.weighting.values

    @cached_property
    def match_weights(self) -> Floats:
        """Weights of the matching, shape (n,); 0 for rows without a match."""
        return self.matches.weights(self.treated)

    @cached_property
    def sets(self) -> Ints:
        """Matched set of each row from 0, shape (n,); -1 for none."""
        return self.matches.sets(self.rows.size)

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Samples before and after matching and, with `--weighting`, weighted."""
        samples = [Sample("before", np.ones(self.rows.size)), Sample("after", self.match_weights)]
        if self.score_weights is not None:
            samples.append(Sample("weighted", self.score_weights))
        return tuple(samples)

    @property
    def gaps(self) -> Floats:
        """Distance within each match, shape (m,)."""
        return gaps(self.pool, self.matches)

    @property
    def tied(self) -> int:
        """Number of rows whose score is that of another row, rounding aside."""
        _, counts = np.unique(self.pool.distance, return_counts=True)
        return int(counts[counts > 1].sum())

    @property
    def paired(self) -> bool:
        """Whether every matched row belongs to exactly one set."""
        return bool((self.sets[self.matches.control] >= 0).all())


def prepare(cohort: Cohort, spec: PsmatchSpec) -> MatchData:
    """Treatment, propensity scores, matches and weights of the analysed rows.

    Raises
    ------
    UsageError
        An option names a column that is not in the cohort, or one that cannot be a covariate.
    AnalysisError
        There is only one treatment, no patient has every covariate, the covariates separate the
        treatments completely, or no control lies within the caliper.
    """
    parser = Parser(cohort.nameable, spec.cut, spec.ref)
    covariates, on = parser.terms(spec.covariates, "-x"), parser.terms(spec.exact, "--exact")
    # At once, so that a large file is parsed once.
    cohort.load([cohort.id_column or "", *(term.column for term in (*covariates, *on))])
    account = rows_where(cohort, parser.conditions(spec.where))
    treatment = resolve_treatment(cohort, parser, spec.treat or "", spec.control, account)
    endpoints, skipped = known_endpoints(cohort, spec, account)
    used = [name for endpoint in endpoints for name in endpoint.columns]
    terms = [_covariate(cohort, t, treatment, used, account) for t in covariates]
    candidates = terms
    if spec.drop_constant:
        terms = varying(candidates, account.keep, together=True)
    eligible = _counts(account.keep, treatment)
    for term in terms:
        account.drop_missing(term.missing, term.column)
    strata, exact = _exact(cohort, on, treatment, account)
    if endpoints:
        first = endpoints[0]
        account.drop(~known_in(first), f"{' or '.join(first.columns)} missing")
    _refuse_unmatchable(treatment, account)
    rows = rows_in_order_of_ids(cohort, account.keep)
    treated = treatment.codes[rows] == 1
    matrix = _matrix(terms, account.keep, rows)
    refuse_separated(terms, rows, treated)
    score = propensity_score(spec, matrix, treated)
    distance = levelled(score.logit if spec.distance == "logit" else score.propensity)
    pool = Pool(rows, treated, distance, None if strata is None else strata[rows])
    sd = float(distance.std(ddof=1))
    scale = sd if spec.caliper_scale == "sd" else 1.0
    caliper = None if spec.caliper is None else spec.caliper * scale
    matches = match(pool, spec, spec.order, caliper)
    if not matches.treated.size:
        raise nobody_matched(pool, spec, caliper)
    return MatchData(
        spec=spec, account=account, treatment=treatment, terms=tuple(terms),
        constant=tuple(t for t in candidates if t not in terms), exact=tuple(exact),
        eligible=eligible, covariates=tuple(_balance_columns(terms, rows)),
        outcomes=tuple(_outcome(e, rows) for e in endpoints), skipped=tuple(skipped),
        matrix=matrix, score=score, pool=pool, sd=sd, caliper=caliper, matches=matches,
        weighting=weighted_by_score(spec, treated, score.propensity),
    )  # fmt: skip


def _counts(keep: Mask, treatment: Treatment) -> tuple[int, int, int]:
    codes = treatment.codes[keep]
    return int(codes.size), int((codes == 1).sum()), int((codes == 0).sum())


def _covariate(
    cohort: Cohort, term: Term, treatment: Treatment, used: Sequence[str], account: RowAccount
) -> ModelTerm:
    if term.column == treatment.column:
        raise UsageError(
            f"{treatment.column} is the treatment itself.",
            where=term.where,
            hint="Remove it from -x. Covariates are the characteristics on which the choice of "
            "treatment may have depended.",
        )
    return model_term(cohort, term, account.keep, used)


def _exact(
    cohort: Cohort, terms: Sequence[Term], treatment: Treatment, account: RowAccount
) -> tuple[Ints | None, list[Factor]]:
    """Strata within which patients are matched, shape (n,), None without any; and their terms."""
    if not terms:
        return None, []
    factors = []
    codes = np.zeros(cohort.rows, dtype=np.int64)
    for term in terms:
        if term.column == treatment.column:
            raise UsageError(
                f"{treatment.column} is the treatment itself, in which matched patients differ.",
                where=term.where,
                hint="Remove it from --exact.",
            )
        groups = design.strata(cohort, term, account)
        codes = codes * len(groups.levels) + groups.codes
        factors.append(groups)
    return codes, factors


def known_endpoints(
    cohort: Cohort, spec: PsmatchSpec, account: RowAccount
) -> tuple[list[Endpoint], list[str]]:
    """The endpoints of the analysis, and those that could not be read, with the reason."""
    names = spec.endpoint
    if spec.gives_endpoint:
        names = ["os"]
    elif not names:
        names = sorted(cohort.endpoints(), key=lambda name: name != "os")
    _refuse_shared(spec, names)
    requested = [spec.survival(name) for name in names]
    endpoints: list[Endpoint] = []
    skipped: list[str] = []
    for number, survival in enumerate(requested):
        try:
            endpoints.append(design.resolve_endpoint(cohort, survival, account.keep))
        except UsageError as error:
            if spec.endpoint or number == 0:
                raise
            skipped.append(f"{survival.endpoint} ({error.message.rstrip('.')})")
    if endpoints:
        refuse_contradictions(cohort, account.keep)
    return endpoints, skipped


def _refuse_shared(spec: PsmatchSpec, names: Sequence[str]) -> None:
    """UsageError when the unit or the label of one endpoint would be that of several."""
    for option in ("unit", "label"):
        if getattr(spec, option) is not None and len(names) > 1:
            raise UsageError(
                f"--{option} describes one endpoint, but there are {len(names)}: "
                f"{quoted_list(names)}.",
                where=f"--{option}",
                hint=f"Choose one with --endpoint, or set {option} in hcc2l.toml for each.",
            )


def known_in(endpoint: Endpoint) -> Mask:
    """Where neither time nor event is missing, shape (n,)."""
    return np.asarray(~np.isnan(endpoint.time) & (endpoint.event >= 0))


def _outcome(endpoint: Endpoint, rows: Ints) -> TimeToEvent:
    known = known_in(endpoint)[rows]
    return TimeToEvent(endpoint, endpoint.time[rows], endpoint.event[rows] == 1, known)


def _matrix(terms: Sequence[ModelTerm], keep: Mask, rows: Ints) -> ModelMatrix:
    """The design matrix, its rows in the order of `rows`."""
    matrix = model_matrix(terms, keep)
    return replace(matrix, x=matrix.x[np.argsort(np.argsort(rows, kind="stable"))])


def _balance_columns(terms: Sequence[ModelTerm], rows: Ints) -> Iterator[Covariate]:
    for term in terms:
        if term.factor is None:
            assert term.values is not None
            yield Covariate(term.text, term.label, None, term.values[rows])
            continue
        codes = term.factor.codes[rows]
        for code in np.unique(codes).tolist():
            level = term.factor.levels[code]
            yield Covariate(term.text, term.label, level, (codes == code).astype(np.float64))


def _refuse_unmatchable(treatment: Treatment, account: RowAccount) -> None:
    """AnalysisError when no patient, or none of one group, has complete data."""
    refuse_no_rows(account)
    _, treated, controls = _counts(account.keep, treatment)
    if not treated or not controls:
        group = treatment.treated if not treated else treatment.control
        reasons = ", ".join(f"{e.reason} ({e.rows})" for e in account.excluded)
        raise AnalysisError(
            f"No patient in the {group} group has complete data.",
            where="-x",
            hint=f"Excluded: {reasons}. Omit the variable with the most missing values.",
        )
