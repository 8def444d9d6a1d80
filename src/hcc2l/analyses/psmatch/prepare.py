"""Scores, matches and weights of a cohort under a spec."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from hcc2l import design
from hcc2l.analyses.accounting import refuse_no_rows, rows_in_order_of_ids
from hcc2l.analyses.psmatch.data import Covariate, MatchData, TimeToEvent
from hcc2l.analyses.psmatch.treatment import Treatment, resolve_treatment
from hcc2l.cohort import Cohort
from hcc2l.design import Endpoint, Factor, Floats, Ints, Mask, RowAccount, apply_conditions
from hcc2l.design.model import ModelMatrix, ModelTerm, model_matrix, model_term
from hcc2l.errors import AnalysisError, UsageError, quoted_list
from hcc2l.specs import PsmatchSpec
from hcc2l.stats.linear_algebra import linear_predictor
from hcc2l.stats.logistic import LogisticFit, logistic
from hcc2l.stats.matching import (
    Matches,
    Order,
    levelled,
    nearest,
    nearest_gaps,
    optimal,
    processing_order,
)
from hcc2l.stats.weighting import score_weights, truncated
from hcc2l.terms import parse_term

MOST_CELLS = 100_000_000  # of the distances that optimal matching holds


BYTES = 18  # per cell, as measured


LARGEST_LOGIT = 30.0


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
    account = RowAccount(cohort)
    apply_conditions(cohort, account, spec.where)
    refuse_no_rows(account)
    cohort.check_ids(account.keep)
    treatment = resolve_treatment(cohort, spec, account)
    endpoints, skipped = _endpoints(cohort, spec, account)
    used = [name for endpoint in endpoints for name in endpoint.columns]
    terms = [_covariate(cohort, spec, t, treatment, used, account) for t in _distinct(spec)]
    eligible = _counts(account.keep, treatment)
    for term in terms:
        account.drop(term.missing, f"{term.column} missing")
    strata, exact = _exact(cohort, spec, treatment, account)
    if endpoints:
        first = endpoints[0]
        account.drop(~_known(first), f"{' or '.join(first.columns)} missing")
    _refuse_unmatchable(treatment, account)
    rows = rows_in_order_of_ids(cohort, account.keep)
    treated = treatment.codes[rows] == 1
    codes = None if strata is None else strata[rows]
    matrix = _matrix(terms, account.keep, rows)
    _refuse_separated(terms, rows, treated)
    scored = _scored(spec, matrix, treated)
    data = MatchData(
        spec=spec, account=account, treatment=treatment, terms=tuple(terms), rows=rows,
        treated=treated, matrix=matrix, fit=scored.fit, importance=scored.importance,
        trees=scored.trees, propensity=scored.propensity, logit=scored.logit,
        distance=levelled(scored.logit if spec.distance == "logit" else scored.propensity),
        sd=0.0, caliper=None, strata=codes,
        matches=Matches(np.zeros(0, np.int64), np.zeros(0, np.int64)),
        match_weights=np.zeros(rows.size), sets=np.full(rows.size, -1), score_weights=None,
        covariates=tuple(_balance_columns(terms, rows)),
        outcomes=tuple(_outcome(e, rows) for e in endpoints), eligible=eligible,
        skipped=tuple(skipped), exact=tuple(exact),
    )  # fmt: skip
    return _matched(data)


def _distinct(spec: PsmatchSpec) -> list[str]:
    return list(dict.fromkeys(spec.covariates))


def _counts(keep: Mask, treatment: Treatment) -> tuple[int, int, int]:
    codes = treatment.codes[keep]
    return int(codes.size), int((codes == 1).sum()), int((codes == 0).sum())


def _covariate(
    cohort: Cohort, spec: PsmatchSpec, text: str, treatment: Treatment, used: Sequence[str],
    account: RowAccount,
) -> ModelTerm:  # fmt: skip
    if parse_term(text, cohort.names, "-x").column == treatment.column:
        raise UsageError(
            f"{treatment.column} is the treatment itself.",
            where=f"-x {text}",
            hint="Remove it from -x. Covariates are the characteristics on which the choice of "
            "treatment may have depended.",
        )
    return model_term(cohort, text, spec, "-x", account.keep, used)


def _exact(
    cohort: Cohort, spec: PsmatchSpec, treatment: Treatment, account: RowAccount
) -> tuple[Ints | None, list[Factor]]:
    """Strata within which patients are matched, shape (n,), None without any; and their terms."""
    if not spec.exact:
        return None, []
    factors = []
    codes = np.zeros(cohort.rows, dtype=np.int64)
    for text in spec.exact:
        if parse_term(text, cohort.names, "--exact").column == treatment.column:
            raise UsageError(
                f"{treatment.column} is the treatment itself, in which matched patients differ.",
                where=f"--exact {text}",
                hint="Remove it from --exact.",
            )
        groups = design.factor(cohort, text, spec, "--exact", account.keep)
        account.drop(groups.codes < 0, f"{groups.column} missing")
        codes = codes * len(groups.levels) + groups.codes
        factors.append(groups)
    return codes, factors


def _endpoints(
    cohort: Cohort, spec: PsmatchSpec, account: RowAccount
) -> tuple[list[Endpoint], list[str]]:
    """The endpoints of the analysis, and those that could not be read, with the reason."""
    names: Sequence[str] = spec.endpoint
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


def _known(endpoint: Endpoint) -> Mask:
    return np.asarray(~np.isnan(endpoint.time) & (endpoint.event >= 0))


def _outcome(endpoint: Endpoint, rows: Ints) -> TimeToEvent:
    known = _known(endpoint)[rows]
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


def _refuse_separated(terms: Sequence[ModelTerm], rows: Ints, treated: Mask) -> None:
    """AnalysisError when one covariate alone separates the treatments completely."""
    for term in terms:
        values = term.values if term.factor is None else term.factor.codes.astype(np.float64)
        assert values is not None
        first, second = values[rows][treated], values[rows][~treated]
        if term.factor is None:
            apart = first.min() > second.max() or first.max() < second.min()
        else:
            apart = not set(first.tolist()) & set(second.tolist())
        if apart:
            raise AnalysisError(
                f"{term.text} separates the two treatments completely; there is no overlap.",
                where=f"-x {term.text}",
                hint="Remove it if it encodes the treatment; otherwise the two treatments were "
                "given to different kinds of patients and cannot be compared in this cohort.",
            )


@dataclass(frozen=True)
class _Score:
    propensity: Floats
    logit: Floats
    fit: LogisticFit | None = None
    importance: Floats | None = None
    trees: int | None = None


def _scored(spec: PsmatchSpec, matrix: ModelMatrix, treated: Mask) -> _Score:
    varying = matrix.x.shape[1] > 0 and bool((np.ptp(matrix.x, axis=0) > 0).any())
    if not varying:
        raise AnalysisError(
            "No covariate varies between patients.", where="-x", hint="Add one that does."
        )
    if spec.propensity == "boosted":
        from hcc2l.stats.boosting import boosted_propensity

        boosted = boosted_propensity(treated, matrix.x, spec.seed)
        logit = _logit(boosted.propensity)
        return _Score(boosted.propensity, logit, None, boosted.importance, boosted.trees)
    fit = logistic(treated, matrix.x)
    used = ~fit.dropped
    full = np.column_stack([np.ones(treated.size), matrix.x])[:, used]
    predictor = linear_predictor(full, fit.coef[used])
    # The log odds of the score itself; further out the score is 0 or 1 to machine precision.
    logit = np.where(np.abs(predictor) < LARGEST_LOGIT, _logit(fit.fitted), predictor)
    if logit[treated].min() > logit[~treated].max():
        raise AnalysisError(
            "Together, the covariates separate the two treatments completely; there is no overlap.",
            where="-x",
            hint="Use fewer covariates or broader categories.",
        )
    return _Score(fit.fitted, logit, fit)


def _logit(p: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(p / (1.0 - p)), dtype=np.float64)


def _matched(data: MatchData) -> MatchData:
    spec = data.spec
    distance = data.distance
    sd = float(distance.std(ddof=1))
    scale = sd if spec.caliper_scale == "sd" else 1.0
    caliper = None if spec.caliper is None else spec.caliper * scale
    matches = match(data, spec.order, caliper)
    if not matches.treated.size:
        _refuse_nobody(data, caliper)
    weights = None
    if spec.weighting != "none":
        weights = score_weights(
            data.treated, data.propensity, data.estimand, stabilised=spec.stabilised
        )
        weights = weights if spec.truncate is None else truncated(weights, spec.truncate)
    return replace(
        data, sd=sd, caliper=caliper, matches=matches,
        match_weights=matches.weights(data.treated), sets=matches.sets(data.rows.size),
        score_weights=weights,
    )  # fmt: skip


def match(data: MatchData, order: str, caliper: float | None) -> Matches:
    """Matches in one order of the treated; the order has no effect on optimal matching."""
    spec, distance = data.spec, data.distance
    if spec.method == "optimal":
        return _optimal(data, caliper)
    if order == "data":  # the order of the file, not of the ids
        choosing = np.argsort(data.rows, kind="stable")
        choosing = choosing[data.treated[choosing]].astype(np.int64)
    else:
        choosing = processing_order(distance, data.treated, cast(Order, order), spec.seed)
    return nearest(
        distance, data.treated, choosing, caliper=caliper, ratio=spec.controls_each,
        replace=spec.reuses, strata=data.strata,
    )  # fmt: skip


def _optimal(data: MatchData, caliper: float | None) -> Matches:
    cells = int(data.treated.sum()) * int((~data.treated).sum())
    if cells > MOST_CELLS and data.strata is None:
        raise AnalysisError(
            f"Optimal matching of {data.treated.sum()} treated patients with "
            f"{(~data.treated).sum()} controls would need {cells * BYTES / 1e9:.1f} GB of memory.",
            where="--method optimal",
            hint="Use --method nearest, or match within strata: --exact TERM.",
        )
    return optimal(data.distance, data.treated, caliper=caliper, strata=data.strata)


def _refuse_nobody(data: MatchData, caliper: float | None) -> None:
    within, strata = "", data.strata
    if strata is not None:
        within = " in the same stratum"
        shared = np.intersect1d(strata[data.treated], strata[~data.treated])
    if caliper is None or (strata is not None and not shared.size):
        raise AnalysisError(
            f"No treated patient has a control{within}.",
            where=f"--exact {','.join(data.spec.exact)}",
            hint="Match exactly on fewer variables or on broader categories.",
        )
    gaps = nearest_gaps(data.distance[data.treated], data.distance[~data.treated])
    closest = (
        (f"The closest treated patient and control are {gaps.min():.3g} apart. ")
        if data.strata is None
        else ""
    )
    raise AnalysisError(
        f"No treated patient has a control{within} within the caliper of {caliper:.3g}.",
        where=f"--caliper {data.spec.caliper:g}",
        hint=f"{closest}If the scores do not overlap, the treatments cannot be compared; a wider "
        "caliper would only hide this.",
    )
