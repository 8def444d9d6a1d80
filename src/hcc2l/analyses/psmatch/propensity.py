"""The propensity score of every analysed row, and the weights made from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from hcc2l.design import Floats, Ints, Mask
from hcc2l.design.model import ModelMatrix, ModelTerm
from hcc2l.errors import AnalysisError
from hcc2l.specs import PsmatchSpec
from hcc2l.stats.linear_algebra import linear_predictor
from hcc2l.stats.logistic import LogisticFit, logistic
from hcc2l.stats.weighting import Scheme, score_weights, truncated

LARGEST_LOGIT = 30.0


@dataclass(frozen=True)
class Score:
    """The propensity score of n rows.

    Attributes
    ----------
    propensity, logit
        Shape (n,).
    fit
        The logistic model; None when boosted.
    importance, trees
        Importance of each column in the boosted model, and its number of trees; else None.
    """

    propensity: Floats
    logit: Floats
    fit: LogisticFit | None = None
    importance: Floats | None = None
    trees: int | None = None


def refuse_separated(terms: Sequence[ModelTerm], rows: Ints, treated: Mask) -> None:
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


def propensity_score(spec: PsmatchSpec, matrix: ModelMatrix, treated: Mask) -> Score:
    """The score of every row, by the model that the spec asks for.

    Raises
    ------
    AnalysisError
        No covariate varies, or together they separate the treatments completely.
    """
    varying = matrix.x.shape[1] > 0 and bool((np.ptp(matrix.x, axis=0) > 0).any())
    if not varying:
        raise AnalysisError(
            "No covariate varies between patients.", where="-x", hint="Add one that does."
        )
    if spec.propensity == "boosted":
        from hcc2l.stats.boosting import boosted_propensity

        boosted = boosted_propensity(treated, matrix.x, spec.seed)
        logit = _logit(boosted.propensity)
        return Score(boosted.propensity, logit, None, boosted.importance, boosted.trees)
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
    return Score(fit.fitted, logit, fit)


def _logit(p: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(p / (1.0 - p)), dtype=np.float64)


@dataclass(frozen=True)
class ScoreWeights:
    """Weights of all rows, shape (n,), and the numbers that truncation raised and lowered."""

    values: Floats
    raised: int
    lowered: int


def estimand(spec: PsmatchSpec) -> Scheme:
    """The population in which the weights estimate the effect."""
    return "overlap" if spec.weighting == "overlap" else cast(Scheme, spec.estimand or "att")


def weighted_by_score(spec: PsmatchSpec, treated: Mask, propensity: Floats) -> ScoreWeights | None:
    """The weights of `--weighting`; None without it."""
    if spec.weighting == "none":
        return None
    raw = score_weights(treated, propensity, estimand(spec), stabilised=spec.stabilised)
    values = raw if spec.truncate is None else truncated(raw, spec.truncate)
    return ScoreWeights(values, int((values > raw).sum()), int((values < raw).sum()))
