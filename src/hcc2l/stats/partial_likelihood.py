"""Cox's partial likelihood: rows in the order of time, sums over risk sets, derivatives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.linear_algebra import linear_predictor
from hcc2l.stats.risk_sets import DistinctTimes, Floats, Ints, Times, distinct_times

Ties = Literal["efron", "breslow"]
_BLOCK = 8192  # rows whose covariates fit the processor's cache


@dataclass(frozen=True)
class Ordered:
    """Rows by stratum and time, deaths first, with the terms of the partial likelihood.

    A *slot* is a distinct time of a stratum. A *term* is one death: with Efron's ties the k-th of
    d tied deaths sees a risk set in which the tied deaths count by 1 - k/d.

    Attributes
    ----------
    x
        Shape (p, n): one contiguous row per covariate, centred at its mean and scaled to a mean
        absolute value of 1, as R does, so that no unit is too small for the tolerances.
    order
        Shape (n,): the sorting.
    slot, begins
        Shape (n,) and (m,): the row's slot, and each slot's first row.
    first, last
        Shape (m,): the first slot of each slot's stratum, and one past its last.
    scale
        Shape (p,): what the covariates were divided by.
    dead_sum
        Shape (p,): weighted sums of the covariates of the deaths.
    term_slot, term_share, term_weight
        Shape (deaths,): the slot of each term, its k/d (0 for Breslow), and its weight.
    deaths
        Shape (m,): number of deaths in each slot.
    death_slots, death_begins
        The slots with deaths, and each one's first death.
    tied
        Whether some share is not 0.
    distinct
        The times of the rows in their original order.
    entered
        Shape (n,), or None where every row is at risk from the beginning: the first slot in whose
        risk set the row is.
    """

    x: Floats
    scale: Floats
    event: NDArray[np.bool_]
    weights: Floats
    order: NDArray[np.intp]
    slot: Ints
    begins: Ints
    first: Ints
    last: Ints
    dead_sum: Floats
    term_slot: Ints
    term_share: Floats
    term_weight: Floats
    deaths: Ints
    death_slots: Ints
    death_begins: Ints
    tied: bool
    distinct: DistinctTimes
    entered: Ints | None = None

    def per_slot(self, values: Floats) -> Floats:
        """Sums of `values`, shape (deaths,), over the terms of each slot, shape (m,)."""
        sums = np.zeros(self.last.size)
        if values.size:
            sums[self.death_slots] = np.add.reduceat(values, self.death_begins)
        return sums

    def at_risk(self, values: Floats) -> Floats:
        """Sums of `values`, shape (n,), over the rows at risk in each slot, shape (m,)."""
        return self._from_here_on(np.add.reduceat(values, self.begins), values)

    def _from_here_on(self, leaving: Floats, values: Floats) -> Floats:
        """Sums over the rows at risk, given those over the rows that leave in each slot."""
        if self.entered is not None:
            entering = np.bincount(self.entered, weights=values, minlength=leaving.size)
            entering[self.first] = 0.0  # nobody is at risk before the first slot of a stratum
            leaving = leaving - np.append(entering[1:], 0.0)
        return running_sums(leaving[::-1], self.last.size - self.last[::-1])[::-1]

    def with_covariates(self, x: Floats) -> Ordered:
        """The same rows with the covariates `x`, shape (n, p), in their original order."""
        sorted_x, scale = np.empty((x.shape[1], x.shape[0])), np.ones(x.shape[1])
        for j in range(x.shape[1]):
            sorted_x[j] = x[:, j][self.order]
            centre = float(sorted_x[j].mean())
            sorted_x[j] -= centre
            spread = float(np.abs(sorted_x[j]).mean())
            if spread > 4 * np.finfo(np.float64).eps * abs(centre):
                scale[j] = spread
                sorted_x[j] /= spread
            else:  # constant but for the rounding of its mean
                sorted_x[j] = 0.0
        return replace(
            self, x=sorted_x, scale=scale, dead_sum=sorted_x @ (self.weights * self.event)
        )

    @cached_property
    def _parts(self) -> tuple[Ints, Ints]:
        """Where the deaths of each slot and its other rows begin, and each slot's first part."""
        others = self.begins + self.deaths
        both = (self.deaths > 0) & (others < np.append(self.begins[1:], self.event.size))
        first = np.arange(self.begins.size) + np.cumsum(both) - both
        begins = np.empty(self.begins.size + int(both.sum()), dtype=np.int64)
        begins[first], begins[first[both] + 1] = self.begins, others[both]
        return begins, first

    def at_risk_and_dead(self, values: Floats) -> tuple[Floats, Floats]:
        """`at_risk`, and the sums over the deaths of each slot, shape (m,), in one pass."""
        begins, first = self._parts
        sums = np.add.reduceat(values, begins)
        dead = np.where(self.deaths > 0, sums[first], 0.0)
        of_slot = np.add.reduceat(sums, first)
        return self._from_here_on(of_slot, values), dead

    def columns(self, keep: NDArray[np.bool_]) -> Ordered:
        """The same rows with some covariates only."""
        if keep.all():
            return self
        return replace(self, x=self.x[keep], scale=self.scale[keep], dead_sum=self.dead_sum[keep])


@dataclass(frozen=True)
class State:
    """Sums over the risk sets at given coefficients, those of the scaled covariates.

    All sums of a stratum are divided by exp(shift), the largest of its rows, since strata may be so
    far apart that one would vanish beside another. The mean of the covariates in the risk set of a
    term is (s1 - k/d d1) / total, a fraction in k/d; so sums over tied deaths need only scalars per
    term and vectors per slot.

    Attributes
    ----------
    shift
        Shape (m,): the largest linear predictor of the slot's stratum.
    relative
        Shape (n,): weight x exp(linear predictor - shift).
    s1, d1
        Shape (p, m): sums of relative x covariate over those at risk, and over the deaths.
    total
        Shape (deaths,): sum of `relative` over the risk set of each term.
    """

    loglik: float
    score: Floats
    shift: Floats
    relative: Floats
    s1: Floats
    d1: Floats
    total: Floats

    def columns(self, keep: NDArray[np.bool_]) -> State:
        """The sums of some covariates; right where the coefficients of the others are 0."""
        return replace(self, score=self.score[keep], s1=self.s1[keep], d1=self.d1[keep])


def ordered(
    time: Times,
    event: NDArray[np.bool_],
    x: Floats,
    ties: Ties,
    strata: Ints | None,
    weights: Floats | None,
) -> Ordered:
    """Sort rows, centre and scale the covariates, and prepare the terms; arguments as of `cox`."""
    return ordered_rows(time, event, ties, strata, weights).with_covariates(x)


def ordered_rows(
    time: Times, event: NDArray[np.bool_], ties: Ties, strata: Ints | None, weights: Floats | None
) -> Ordered:
    """Sort rows and prepare the terms, which all models of these rows share."""
    distinct = distinct_times(time)
    n, times = event.size, distinct.times.size
    key = distinct.index if strata is None else strata * times + distinct.index
    order = _sorting(2 * key + ~event)
    sorted_key = key[order]
    new = np.concatenate(([True], sorted_key[1:] != sorted_key[:-1]))
    begins = np.flatnonzero(new)
    slot = np.cumsum(new) - 1
    group = sorted_key[begins] // times
    event, w = event[order], np.ones(n) if weights is None else weights[order].astype(np.float64)
    term_slot = slot[event]
    deaths = np.bincount(term_slot, minlength=begins.size)
    weight = np.bincount(term_slot, weights=w[event], minlength=begins.size)
    death_slots, before = np.flatnonzero(deaths), np.cumsum(deaths) - deaths
    number = np.arange(term_slot.size) - before[term_slot]
    share = number / deaths[term_slot] if ties == "efron" else np.zeros(term_slot.size)
    return Ordered(
        x=np.empty((0, n)),
        scale=np.ones(0),
        event=event,
        weights=w,
        order=order,
        slot=slot,
        begins=begins,
        first=np.searchsorted(group, group, side="left"),
        last=np.searchsorted(group, group, side="right"),
        dead_sum=np.zeros(0),
        term_slot=term_slot,
        term_share=share,
        term_weight=weight[term_slot] / deaths[term_slot],
        deaths=deaths,
        death_slots=death_slots,
        death_begins=before[death_slots],
        tied=bool(share.any()),
        distinct=distinct,
        entered=_first_slots(distinct, strata, order, sorted_key[begins]),
    )


def _first_slots(
    distinct: DistinctTimes, strata: Ints | None, order: NDArray[np.intp], keys: Ints
) -> Ints | None:
    """Of each sorted row, the first slot after its entry; `keys` are those of the slots."""
    if distinct.entered is None:
        return None
    if strata is None:  # every time is a slot
        return distinct.entered[order]
    key = strata * distinct.times.size + distinct.entered
    return np.searchsorted(keys, key[order]).astype(np.int64)


def _sorting(key: Ints) -> NDArray[np.intp]:
    """A stable sorting; of small numbers as 16-bit ones, which NumPy sorts in one pass."""
    small = key.size > 0 and int(key.max()) < 2**16
    return np.argsort(key.astype(np.uint16) if small else key, kind="stable")


def running_sums(values: Floats, first: Ints) -> Floats:
    """Sums of `values`, shape (m,), from the first of each one's stratum to itself.

    Never a difference of larger sums: what one stratum adds does not round another's away. With
    several strata by doubling the reach until it spans the longest (Hillis and Steele, Commun ACM
    1986;29:1170–1183).
    """
    if not first.any():
        return np.cumsum(values, dtype=np.float64)
    result, place, reach = values.copy(), np.arange(values.size), 1
    longest = int((place - first).max()) + 1
    while reach < longest:
        inside = np.flatnonzero(place - reach >= first)
        result[inside] += result[inside - reach]
        reach *= 2
    return result


def state_at(data: Ordered, beta: Floats) -> State:
    """The sums over all risk sets at coefficients `beta`, shape (p,)."""
    p, slots = data.x.shape[0], data.last.size
    eta = linear_predictor(data.x.T, beta)
    strata = np.flatnonzero(data.first == np.arange(slots))  # each one's first slot
    highest = np.maximum.reduceat(eta, data.begins[strata])
    shift = np.repeat(highest, np.diff(strata, append=slots))
    relative = np.exp(eta - (highest[0] if strata.size == 1 else shift[data.slot]))
    relative *= data.weights
    s1, product = np.empty((p, slots)), np.empty(data.event.size)
    d1 = np.zeros((p, slots))
    if data.tied:
        at_risk, dead = data.at_risk_and_dead(relative)
        total = at_risk[data.term_slot] - data.term_share * dead[data.term_slot]
        for j in range(p):
            s1[j], d1[j] = data.at_risk_and_dead(np.multiply(relative, data.x[j], out=product))
    else:
        total = data.at_risk(relative)[data.term_slot]
        for j in range(p):
            s1[j] = data.at_risk(np.multiply(relative, data.x[j], out=product))
    log_total = np.log(total) + shift[data.term_slot]
    loglik = float(data.dead_sum @ beta - data.term_weight @ log_total)
    inverse = data.term_weight / total
    expected = s1 @ data.per_slot(inverse) - d1 @ data.per_slot(inverse * data.term_share)
    return State(loglik, data.dead_sum - expected, shift, relative, s1, d1, total)


def exposure(data: Ordered, values: Floats) -> Floats:
    """Per row, the sum of `values`, shape (deaths,), over the terms in whose risk set it is.

    Rows are in the risk sets from their entry up to their own time; a tied death counts in its
    own set by 1 - share only (Efron).
    """
    return _exposure_by_slot(
        data, data.per_slot(values), data.per_slot(values * data.term_share)
    )  # fmt: skip


def _exposure_by_slot(data: Ordered, sums: Floats, lessened: Floats) -> Floats:
    running = running_sums(sums, data.first)
    result = running[data.slot]
    if data.entered is not None:
        before = np.concatenate(([0.0], running[:-1]))
        before[data.first] = 0.0
        result -= before[data.entered]
    if data.tied:
        result[data.event] -= lessened[data.term_slot]
    return np.asarray(result, dtype=np.float64)


def information(data: Ordered, state: State, multiplier: Floats | None = None) -> Floats:
    """Sum over terms of multiplier x weight x covariance in the risk set, shape (p, p)."""
    weight = data.term_weight if multiplier is None else data.term_weight * multiplier
    row = state.relative * exposure(data, weight / state.total)
    second = np.zeros((data.x.shape[0],) * 2)
    for start in range(0, row.size, _BLOCK):
        block = data.x[:, start : start + _BLOCK]
        second += (block * row[start : start + _BLOCK]) @ block.T
    square = weight / state.total**2
    means = (state.s1 * data.per_slot(square)) @ state.s1.T
    if data.tied:
        share = data.term_share
        mixed = (state.s1 * data.per_slot(square * share)) @ state.d1.T
        means += (state.d1 * data.per_slot(square * share**2)) @ state.d1.T - mixed - mixed.T
    return np.asarray(second - means, dtype=np.float64)


def score_residuals(data: Ordered, state: State) -> Floats:
    """Weighted score residuals in the original order of the rows, shape (n, p)."""
    share, slot = data.term_share, data.slot[data.event]
    hazard = exposure(data, data.term_weight / state.total)
    square = [data.per_slot(data.term_weight / state.total**2 * share**k) for k in range(3)]
    inverse = [data.per_slot(share**k / state.total) for k in range(2)]
    weights = data.weights[data.event]
    result = np.empty((data.event.size, data.x.shape[0]))
    for j, (x, s1, d1) in enumerate(zip(data.x, state.s1, state.d1, strict=True)):
        drift = _exposure_by_slot(
            data, s1 * square[0] - d1 * square[1], s1 * square[1] - d1 * square[2]
        )
        residual = -state.relative * (x * hazard - drift)
        mean = (s1 * inverse[0] - d1 * inverse[1]) / np.maximum(data.deaths, 1)
        residual[data.event] += weights * (x[data.event] - mean[slot])
        result[data.order, j] = residual
    return result
