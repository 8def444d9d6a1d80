"""Cox's model with a gamma frailty that the patients of a centre share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hcc2l.stats.cox import CoxFit
from hcc2l.stats.linear_algebra import inverse, spread
from hcc2l.stats.partial_likelihood import Ordered, State, information, state_at
from hcc2l.stats.risk_sets import Floats, Ints
from hcc2l.stats.tails import chi_square_tail

_VARIANCES = 10.0 ** np.arange(-6.0, 4.0)  # where the search for the maximum begins
_STEPS = 100


@dataclass(frozen=True)
class FrailtyFit:
    """A fitted model of p covariates and q centres.

    The standard errors are those of the full Hessian, with the variance of the frailty taken as
    known. (R's `coxph` cuts the block of the centres to its diagonal above five of them.)

    Attributes
    ----------
    coef, variance
        Shape (p,) and (p, p).
    theta
        Variance of the frailty, whose mean is 1; 0 where no variance is more likely than none.
    log_frailty, log_frailty_std_err
        Shape (q,): of each centre.
    events
        Shape (q,): events of each centre.
    loglik
        Log-likelihood with the frailty integrated out.
    loglik_plain
        Partial log-likelihood of the same covariates without frailty.
    """

    coef: Floats
    variance: Floats
    theta: float
    log_frailty: Floats
    log_frailty_std_err: Floats
    events: Ints
    loglik: float
    loglik_plain: float

    @property
    def statistic(self) -> float:
        """Likelihood ratio of the frailty's variance."""
        return 2.0 * (self.loglik - self.loglik_plain)

    @property
    def p(self) -> float:
        """P of no variance: at its boundary half a point mass at 0, half chi-square with 1 df."""
        return 0.5 * chi_square_tail(1, self.statistic) if self.theta > 0 else 1.0


def gamma_frailty(rows: Ordered, x: Floats, centre: Ints, plain: CoxFit) -> FrailtyFit:
    """Fit the model by the penalised partial likelihood, and its variance by the integrated one.

    Parameters
    ----------
    rows
        The rows in the order of time, without covariates.
    x
        Shape (n, p), in the original order.
    centre
        Shape (n,): codes 0 … q - 1, each of some row.
    plain
        The fit of the same rows and covariates without frailty; no coefficient may be infinite.

    Notes
    -----
    Therneau, Grambsch and Pankratz, J Comput Graph Stat 2003;12:156–175. R's `frailty()` stops its
    search when the likelihood changes by 1e-5 of itself, and has theta right in one to four digits;
    this search goes to the end.
    """
    keep = ~plain.dropped
    search = _Search(rows, x[:, keep], centre)
    fit = search.best()
    if fit is None or fit.loglik <= plain.loglik:
        none = np.full(search.events.size, np.nan)
        return FrailtyFit(
            plain.coef, plain.variance, 0.0, np.zeros(none.size), none, search.events,
            plain.loglik, plain.loglik,
        )  # fmt: skip
    units, p = search.data.scale, search.p
    covariance = inverse(fit.curvature) / np.outer(units, units)
    coef = np.full(keep.size, np.nan)
    coef[keep] = fit.beta[:p] / units[:p]
    return FrailtyFit(
        coef=coef,
        variance=spread(covariance[:p, :p], keep),
        theta=fit.theta,
        log_frailty=search.log_frailty(fit.beta),
        log_frailty_std_err=np.sqrt(np.diag(covariance)[p:]),
        events=search.events,
        loglik=fit.loglik,
        loglik_plain=plain.loglik,
    )


@dataclass(frozen=True)
class _Fixed:
    """The maximum for one variance: scaled coefficients, those of the centres last."""

    theta: float
    beta: Floats
    curvature: Floats
    loglik: float


class _Search:
    """The likelihood of the variance; each maximum begins at the one before."""

    def __init__(self, rows: Ordered, x: Floats, centre: Ints) -> None:
        self.p, q = x.shape[1], int(centre.max()) + 1
        self.data = rows.with_covariates(np.column_stack([x, np.eye(q)[centre]]))
        self.events = np.bincount(centre[rows.order][rows.event], minlength=q)
        self._latest = np.zeros(self.p + q)

    def best(self) -> _Fixed | None:
        """The maximum over all variances; None where it falls from the smallest on."""
        fits = [self.at(theta) for theta in _VARIANCES]
        highest = int(np.argmax([fit.loglik for fit in fits]))
        rising = self.slope(fits[highest]) > 0
        if highest == 0 and not rising:
            return None
        if highest == len(fits) - 1 and rising:
            return fits[-1]
        return self._between(_VARIANCES[highest], _VARIANCES[highest + (1 if rising else -1)])

    def log_frailty(self, beta: Floats) -> Floats:
        """The logarithms of the frailties of scaled coefficients, shape (q,)."""
        return np.asarray(beta[self.p :] / self.data.scale[self.p :])

    def at(self, theta: float) -> _Fixed:
        """The maximum of the penalised likelihood with variance `theta`, by Newton's method."""
        nu, data, beta = 1.0 / theta, self.data, self._latest
        unit = data.scale[self.p :]
        state = state_at(data, beta)
        for _ in range(_STEPS):
            frailty, score = np.exp(self.log_frailty(beta)), state.score.copy()
            curvature = information(data, state)
            score[self.p :] += nu * (1.0 - frailty) / unit
            curvature[np.diag_indices(beta.size)] += np.append(
                np.zeros(self.p), nu * frailty / unit**2
            )
            step: Floats = np.asarray(np.linalg.solve(curvature, score), dtype=np.float64)
            if float(step @ score) < 1e-18:
                break
            state, beta = self._uphill(state, beta, step, nu)
        self._latest = beta
        return _Fixed(theta, beta, curvature, self._integrated(state, beta, nu))

    def _uphill(self, state: State, beta: Floats, step: Floats, nu: float) -> tuple[State, Floats]:
        """A Newton step, halved until the penalised likelihood does not fall."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            height = state.loglik + self._penalty(beta, nu)
            for _ in range(30):
                new = state_at(self.data, beta + step)
                if new.loglik + self._penalty(beta + step, nu) >= height - 1e-12 * abs(height):
                    return new, beta + step
                step = step / 2
        return state, beta

    def _penalty(self, beta: Floats, nu: float) -> float:
        """The log density of the frailties but for a constant, 0 where all are 1."""
        w = self.log_frailty(beta)
        return nu * float((w - np.expm1(w)).sum())

    def _integrated(self, state: State, beta: Floats, nu: float) -> float:
        """The log-likelihood with the frailties integrated out, at its maximum for 1 / nu."""
        constant = 0.0
        for d in self.events.tolist():
            constant += d - nu * np.log1p(d / nu) + float(self._ratios(d, nu).sum())
        return state.loglik + self._penalty(beta, nu) + constant

    @staticmethod
    def _ratios(d: int, nu: float) -> Floats:
        """log((nu + j) / (nu + d)) of j < d: log gamma(nu + d) - log gamma(nu) - d log(nu + d)."""
        return np.log1p((np.arange(d) - d) / (nu + d))

    def slope(self, fit: _Fixed) -> float:
        """Derivative of the integrated likelihood by the logarithm of the variance."""
        nu, w = 1.0 / fit.theta, self.log_frailty(fit.beta)
        by_nu = float((w - np.expm1(w)).sum())
        for d in self.events.tolist():
            by_nu += float((1.0 / (nu + np.arange(d))).sum()) - np.log1p(d / nu)
        return -nu * by_nu

    def _between(self, a: float, b: float) -> _Fixed:
        """The maximum between two variances, at which the slope has different signs."""
        from scipy.optimize import brentq

        root = brentq(lambda t: self.slope(self.at(np.exp(t))), *np.log(sorted((a, b))), xtol=1e-9)
        return self.at(float(np.exp(root)))
