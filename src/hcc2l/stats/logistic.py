"""Logistic regression, as R's `glm(family = binomial)` fits it; and Firth's penalised version."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.cox import _independent, _inverse, linear_predictor
from hcc2l.stats.risk_sets import Floats

MAX_ITERATIONS = 25
DEVIANCE_TOLERANCE = 1e-8  # R's glm.control


@dataclass(frozen=True)
class LogisticFit:
    """A fitted model; the intercept is coefficient 0.

    Attributes
    ----------
    coef
        Shape (1 + p,), NaN for dropped columns.
    variance
        Shape (1 + p, 1 + p).
    loglik_null, loglik
        Log-likelihood with the intercept alone, and with all columns.
    score
        Rao's score test of all columns, chi-square with `df`.
    fitted
        Shape (n,): probabilities.
    separated
        Whether some fitted probabilities are 0 or 1 to machine precision (R's warning).
    """

    coef: Floats
    variance: Floats
    loglik_null: float
    loglik: float
    score: float
    df: int
    n: int
    events: int
    dropped: NDArray[np.bool_]
    separated: bool
    iterations: int
    fitted: Floats

    @property
    def std_err(self) -> Floats:
        """Standard errors, shape (1 + p,)."""
        return np.asarray(np.sqrt(np.diag(self.variance)), dtype=np.float64)

    @property
    def aic(self) -> float:
        """-2 log-likelihood + 2 (df + 1)."""
        return -2.0 * self.loglik + 2.0 * (self.df + 1)


@dataclass(frozen=True)
class HosmerLemeshow:
    """Test of calibration in groups of predicted probability."""

    statistic: float
    df: int
    p: float


def logistic(outcome: NDArray[np.bool_], x: Floats) -> LogisticFit:
    """Fit by iteratively reweighted least squares.

    Parameters
    ----------
    outcome
        Shape (n,).
    x
        Shape (n, p), without intercept.
    """
    y = outcome.astype(np.float64)
    centre, scale = x.mean(axis=0), _scale(x)
    full = np.column_stack([np.ones(y.size), (x - centre) / scale])
    keep = _independent(full.T @ full)
    design = full[:, keep]
    beta, loglik, iterations = _newton(design, y)
    probability = _probability(design, beta)
    information = (design * (probability * (1 - probability))[:, None]).T @ design
    share = y.mean()
    null = _loglik_of(np.full(y.size, share), y)
    residual = design.T @ (y - share)
    null_information = design.T @ design * share * (1 - share)
    back = _unscaled(keep, centre, scale)
    coef = np.full(full.shape[1], np.nan)
    coef[keep] = (back @ beta)[keep]
    variance = np.full((full.shape[1], full.shape[1]), np.nan)
    variance[np.ix_(keep, keep)] = (back @ _inverse(information) @ back.T)[np.ix_(keep, keep)]
    tiny = 10 * np.finfo(np.float64).eps
    return LogisticFit(
        coef=coef,
        variance=variance,
        loglik_null=null,
        loglik=loglik,
        score=float(residual @ _inverse(null_information) @ residual),
        df=int(keep.sum()) - 1,
        n=y.size,
        events=int(outcome.sum()),
        dropped=~keep,
        separated=bool(np.any((probability < tiny) | (probability > 1 - tiny))),
        iterations=iterations,
        fitted=probability,
    )


def _scale(x: Floats) -> Floats:
    spread = x.std(axis=0)
    return np.where(spread > 0, spread, 1.0)


def _unscaled(keep: NDArray[np.bool_], centre: Floats, scale: Floats) -> Floats:
    """The matrix that turns coefficients of scaled columns into those of the columns given."""
    size = keep.size
    matrix = np.zeros((size, size))
    matrix[0, 0] = 1.0
    matrix[0, 1:] = -centre / scale
    matrix[np.arange(1, size), np.arange(1, size)] = 1.0 / scale
    return matrix[:, keep]


def _newton(design: Floats, y: Floats) -> tuple[Floats, float, int]:
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(y.mean() / (1 - y.mean()))
    loglik = _loglik(design, beta, y)
    settled = False
    for iteration in range(1, MAX_ITERATIONS + 1):
        probability = _probability(design, beta)
        weight = probability * (1 - probability)
        information = (design * weight[:, None]).T @ design
        step = _inverse(information) @ (design.T @ (y - probability))
        new = _loglik(design, beta + step, y)
        halvings = 0
        while not new >= loglik - 1e-12 * abs(loglik) and halvings < 30:
            step, halvings = step / 2, halvings + 1
            new = _loglik(design, beta + step, y)
        done = 2 * abs(new - loglik) / (abs(2 * new) + 0.1) < DEVIANCE_TOLERANCE
        beta, loglik = beta + step, new
        if settled:  # one step more than R takes: the coefficients are then exact
            return beta, loglik, iteration
        settled = done
    return beta, loglik, MAX_ITERATIONS


def _probability(design: Floats, beta: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-linear_predictor(design, beta))), dtype=np.float64)


def _loglik(design: Floats, beta: Floats, y: Floats) -> float:
    eta = linear_predictor(design, beta)
    return float(y @ eta - np.logaddexp(0.0, eta).sum())


def _loglik_of(probability: Floats, y: Floats) -> float:
    return float(np.sum(np.where(y > 0, np.log(probability), np.log1p(-probability))))


def hosmer_lemeshow(
    outcome: NDArray[np.bool_], fitted: Floats, groups: int = 10
) -> HosmerLemeshow | None:
    """Hosmer-Lemeshow test in groups of predicted probability; None with fewer than 3 groups.

    Quantiles of type 7, groups closed on the right, duplicate breaks merged; df = groups - 2
    (Hosmer and Lemeshow, Commun Stat 1980;9:1043-1069).
    """
    from scipy.special import chdtrc

    breaks = np.unique(np.quantile(fitted, np.linspace(0, 1, groups + 1)))
    count = breaks.size - 1
    if count < 3:
        return None
    index = np.clip(np.searchsorted(breaks, fitted, side="left") - 1, 0, count - 1)
    n = np.bincount(index, minlength=count).astype(np.float64)
    observed = np.bincount(index, weights=outcome.astype(np.float64), minlength=count)
    expected = np.bincount(index, weights=fitted, minlength=count)
    others = n - expected
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = (observed - expected) ** 2 / expected + (expected - observed) ** 2 / others
    statistic = float(np.nansum(terms))
    return HosmerLemeshow(statistic, count - 2, float(chdtrc(count - 2, statistic)))


def auc(outcome: NDArray[np.bool_], score: Floats) -> float:
    """Area under the ROC curve of a score: the Mann-Whitney probability, ties counting half."""
    ranks_of = np.unique(score, return_inverse=True, return_counts=True)
    count = ranks_of[2]
    rank = (np.cumsum(count) - (count - 1) / 2)[ranks_of[1]]
    positives = int(outcome.sum())
    negatives = outcome.size - positives
    if not positives or not negatives:
        return float("nan")
    return float((rank[outcome].sum() - positives * (positives + 1) / 2) / (positives * negatives))
