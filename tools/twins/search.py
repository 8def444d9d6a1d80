"""Simulated annealing of a synthetic cohort, until its own analysis gives the published numbers.

A cohort is a `State`: arrays by name, one value for each patient. A *target* holds printed numbers,
computes the same from the state and says how far off each is; a *move* changes a few values and
keeps what is exact already (the counts of a variable, the days of a curve). A move is accepted or
taken back by the change in penalty of those targets that read what it changed.

Conventions: times are whole days, months are days / 30.4375; factors are integer codes; -1 (or NaN)
is missing; events are 0 and 1. Searches are scheduled by iterations, never by the clock, so that a
seed gives the same cohort on any machine.

    found = anneal(state, targets, moves, iterations=200_000, rng=np.random.default_rng(1))
    print(shortfalls(found, targets))
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.tails import chi_square_tail

Array = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
State = dict[str, Array]
Among = Mapping[str, int]  # the patients with these codes, such as {"matched": 1}
Term = tuple[str, int] | str  # an indicator of one code of a factor, or a number

DAYS_PER_MONTH = 30.4375
NORMAL_975 = 1.959963984540054
SAME = 1e-9  # two survival probabilities closer than this differ by rounding
UNREACHED = 1.25  # a limit that is never reached counts as this multiple of the longest time


# --- printed numbers -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Printed:
    """A number as printed; infinite where "not estimable" is printed.

    Attributes
    ----------
    value
        What is printed.
    half
        Half a unit of the last digit printed: anything nearer is as printed.
    scale
        What an error is divided by; None for the value itself (relative errors).
    """

    value: float
    half: float
    scale: float | None = None

    def error(self, found: float, furthest: float = math.inf) -> float:
        """How far `found` is beyond rounding; 0 if it would be printed alike.

        `furthest` stands for infinity, so that a limit that should not be reached draws away.
        """
        if math.isnan(found):
            return 1.0
        wanted, found = min(self.value, furthest), min(found, furthest)
        if found == wanted:
            return 0.0
        beyond = max(abs(found - wanted) - self.half * (1 + 1e-9), 0.0)
        return beyond / (self.scale or abs(wanted) or 1.0)


def printed(
    value: float | None, decimals: int | None = None, scale: float | None = None
) -> Printed:
    """A printed number; None if "not estimable". The decimals are those of its shortest form."""
    if value is None:
        return Printed(math.inf, 0.0, scale)
    if decimals is None:
        decimals = len(f"{value!r}".partition(".")[2])
    return Printed(float(value), 0.5 * 10.0**-decimals, scale)


def below(limit: float) -> Printed:
    """A p-value that is printed as less than a limit."""
    return Printed(0.0, limit, limit)


# --- targets -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """Printed numbers, the same numbers of a state, and how far off these are.

    Attributes
    ----------
    name
        What is compared, for the list of shortfalls.
    wanted
        The printed numbers; None for one that is not compared.
    weight
        What the penalty is multiplied by.
    among
        The patients concerned: codes by column.
    """

    name: str
    wanted: tuple[Printed | None, ...]
    weight: float = field(default=1.0, kw_only=True)
    among: Among = field(default_factory=dict, kw_only=True)

    @property
    def reads(self) -> frozenset[str]:
        """The columns that the numbers depend on."""
        raise NotImplementedError

    def found(self, state: State) -> tuple[float, ...]:
        """The numbers of a state, in the order of `wanted`; infinite or NaN if not estimable."""
        raise NotImplementedError

    def error(self, state: State) -> tuple[float, ...]:
        """How far off each is: 0 as printed, 0.01 one per cent."""
        return _errors(self.wanted, self.found(state))


def _errors(
    wanted: Sequence[Printed | None], found: Sequence[float], furthest: float = math.inf
) -> tuple[float, ...]:
    return tuple(
        0.0 if number is None else number.error(value, furthest)
        for number, value in zip(wanted, found, strict=True)
    )


def chosen(state: State, among: Among) -> NDArray[np.bool_] | slice:
    """The patients with the codes of `among`."""
    mask: NDArray[np.bool_] | slice = slice(None)
    for column, code in among.items():
        here = state[column] == code
        mask = here if isinstance(mask, slice) else mask & here
    return mask


@dataclass(frozen=True)
class Median(Target):
    """Kaplan–Meier median and its limits: `wanted` is (median, lower, upper).

    As `print(survfit(...))` of R: the middle of a step at exactly 0.5, limits in the order of time.
    `reverse` exchanges events and censorings: median follow-up. Where a paper prints SPSS's
    symmetric limits, want None for them.
    """

    time: str
    event: str
    conf_type: Literal["log", "log-log"] = "log"
    reverse: bool = field(default=False, kw_only=True)
    per_month: float = field(default=DAYS_PER_MONTH, kw_only=True)

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.time, self.event, *self.among})

    def found(self, state: State) -> tuple[float, ...]:
        rows = chosen(state, self.among)
        days, event = state[self.time][rows], state[self.event][rows]
        event = 1 - event if self.reverse else event
        return tuple(value / self.per_month for value in median(days, event, self.conf_type))

    def error(self, state: State) -> tuple[float, ...]:
        found = self.found(state)
        furthest = UNREACHED * float(state[self.time].max()) / self.per_month
        errors = list(_errors(self.wanted, found, furthest))
        for place, wanted in enumerate(self.wanted):
            if wanted is not None and math.isinf(found[place]) and not math.isinf(wanted.value):
                errors[place] = self._above(state, place)
        return tuple(errors)

    def _above(self, state: State, place: int) -> float:
        """How far the survival, or its limit, stays above 0.5, which it should reach."""
        rows = chosen(state, self.among)
        event = state[self.event][rows]
        curves = limits(
            state[self.time][rows], 1 - event if self.reverse else event, self.conf_type
        )
        curve = curves[place + 1]
        return float(curve.min()) - 0.5 if curve.size else 0.5


def survival_steps(days: Array, event: Array) -> tuple[Array, Floats, Floats]:
    """Days of events, S after each and the standard error of log S (Greenwood), in time order."""
    order = np.argsort(2 * days - event, kind="stable")  # events before censorings of a day
    days, happened = days[order], event[order] == 1
    at_risk = np.arange(days.size, 0, -1.0)[happened]
    days = days[happened]
    survival = np.cumprod(1.0 - 1.0 / at_risk)
    variance = np.cumsum(1.0 / np.maximum(at_risk * (at_risk - 1.0), 1e-300))
    last = np.ones(days.size, dtype=np.bool_)  # products telescope over the events of a day
    last[:-1] = days[1:] != days[:-1]
    return days[last], survival[last], np.sqrt(variance[last])


def median(
    days: Array, event: Array, conf_type: Literal["log", "log-log"] = "log"
) -> tuple[float, float, float]:
    """Median survival and its 95 % limits, in days; infinite where not reached."""
    at, survival, lower, upper = limits(days, event, conf_type)
    if at.size == 0:
        return math.inf, math.inf, math.inf
    last, ends = float(days.max()), lower.size == at.size
    alive = at[: lower.size]
    return (
        _crossing(at, survival, last, True),
        _crossing(alive, lower, last, ends),
        _crossing(alive, upper, last, ends),
    )


def limits(
    days: Array, event: Array, conf_type: Literal["log", "log-log"] = "log"
) -> tuple[Array, Floats, Floats, Floats]:
    """Days of events, survival after each, and its limits as long as someone is alive."""
    at, survival, std_err = survival_steps(days, event)
    alive = survival > SAME
    inside, spread = survival[alive], NORMAL_975 * std_err[alive]
    if conf_type == "log":
        return at, survival, inside * np.exp(-spread), inside * np.exp(spread)
    log_survival = np.log(inside)
    widen = np.exp(spread / -log_survival)
    return at, survival, np.exp(log_survival * widen), np.exp(log_survival / widen)


def _crossing(at: Array, curve: Floats, last: float, defined_to_the_end: bool) -> float:
    """The first day at which a curve is at most 0.5; the middle of a step at exactly 0.5."""
    reached = curve < 0.5 + SAME
    if not reached.any():
        return math.inf
    first = int(reached.argmax())
    if curve[first] < 0.5 - SAME:
        return float(at[first])
    below = np.flatnonzero(curve < 0.5 - SAME)
    if below.size:
        return float(at[first] + at[below[0]]) / 2
    to_the_end = defined_to_the_end and bool((curve[first:] < 0.5 + SAME).all())
    return float(at[first] + last) / 2 if to_the_end else float(at[first])


@dataclass(frozen=True)
class SurvivalAt(Target):
    """Survival, in per cent, at times in months; `wanted` has one number for each time."""

    time: str
    event: str
    months: tuple[float, ...]
    per_month: float = field(default=DAYS_PER_MONTH, kw_only=True)

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.time, self.event, *self.among})

    def found(self, state: State) -> tuple[float, ...]:
        rows = chosen(state, self.among)
        at, survival, _ = survival_steps(state[self.time][rows], state[self.event][rows])
        steps = np.searchsorted(at, np.multiply(self.months, self.per_month), side="right")
        return tuple((100 * np.concatenate(([1.0], survival))[steps]).tolist())


@dataclass(frozen=True)
class LogRank(Target):
    """The p-value of the log-rank test between the codes `levels` of a factor."""

    time: str
    event: str
    factor: str
    levels: tuple[int, ...]

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.time, self.event, self.factor, *self.among})

    def found(self, state: State) -> tuple[float, ...]:
        rows = chosen(state, self.among)
        days, event = state[self.time][rows], state[self.event][rows]
        at_risk, events = risk_table(days, event, state[self.factor][rows], self.levels)
        return (logrank_p(at_risk, events),)

    def error(self, state: State) -> tuple[float, ...]:
        return tuple(map(softened, super().error(state)))


def softened(error: float) -> float:
    """The relative error of a p-value, made small.

    A p-value does not say which group lives longer: from the wrong side, the way to the printed
    one leads over p = 1, which must not cost more than the medians can pay.
    """
    return 0.1 * math.log1p(error)


def risk_table(
    days: Array, event: Array, factor: Array, levels: tuple[int, ...]
) -> tuple[Floats, Floats]:
    """Numbers at risk and of events, by group, on each day with an event; shape (days, groups)."""
    order = np.argsort(days, kind="stable")
    member = (factor[order, None] == levels).astype(np.float64)
    kept = member.any(axis=1)
    member, days, happened = member[kept], days[order][kept], event[order][kept] == 1
    at_risk = np.cumsum(member[::-1], axis=0)[::-1]
    event_days = days[happened]
    if event_days.size == 0:
        return member[:0], member[:0]
    first = np.flatnonzero(np.concatenate(([True], event_days[1:] != event_days[:-1])))
    events = np.add.reduceat(member[happened], first, axis=0)
    return at_risk[np.searchsorted(days, event_days[first])], events


def logrank_p(at_risk: Floats, events: Floats) -> float:
    """The p-value of the log-rank test of a table of risk; NaN where groups cannot be compared."""
    n, d = at_risk.sum(axis=1), events.sum(axis=1)
    spread = d * (n - d) / np.maximum(n - 1.0, 1.0)
    if at_risk.shape[1] == 2:
        share = at_risk[:, 0] / n
        excess = (events[:, 0] - d * share).sum()
        variance = (spread * share * (1 - share)).sum()
        return chi_square_tail(1, float(excess**2 / variance)) if variance > 0 else math.nan
    share = at_risk[:, :-1] / n[:, None]
    excess = (events[:, :-1] - d[:, None] * share).sum(axis=0)
    variance = np.diag(spread @ share) - (spread[:, None] * share).T @ share
    try:
        return chi_square_tail(excess.size, float(excess @ np.linalg.solve(variance, excess)))
    except np.linalg.LinAlgError:
        return math.nan


@dataclass(frozen=True)
class FactorCox(Target):
    """Hazard ratios of a factor in a univariable Cox model (Efron's ties).

    `levels` begins with the reference; `wanted` is (hazard ratio, lower, upper) for each other.
    """

    time: str
    event: str
    factor: str
    levels: tuple[int, ...]

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.time, self.event, self.factor, *self.among})

    def found(self, state: State) -> tuple[float, ...]:
        rows = chosen(state, self.among)
        days, event = state[self.time][rows], state[self.event][rows]
        at_risk, events = risk_table(days, event, state[self.factor][rows], self.levels)
        return _ratios(*factor_cox(at_risk, events))


def factor_cox(at_risk: Floats, events: Floats) -> tuple[Floats, Floats]:
    """Log hazard ratios to the first group and their variance, from a table of risk."""
    tied = events.sum(axis=1).astype(np.int64)
    if tied.size and tied.max() > 1:
        slot = np.repeat(np.arange(tied.size), tied)
        rank = np.arange(slot.size) - np.repeat(np.cumsum(tied) - tied, tied)
        at_risk = at_risk[slot] - (rank / tied[slot])[:, None] * events[slot]
    happened = events.sum(axis=0)[1:]
    if happened.size == 1:
        return _binary_cox(at_risk, float(happened[0]))
    beta = np.zeros(happened.size)
    for _ in range(25):
        weight = at_risk * np.concatenate(([1.0], np.exp(beta)))
        share = (weight / weight.sum(axis=1)[:, None])[:, 1:]
        expected = share.sum(axis=0)
        information = np.diag(expected) - share.T @ share
        step = _newton(information, happened - expected)
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            break
    return beta, _inverse(information)


def _binary_cox(at_risk: Floats, happened: float) -> tuple[Floats, Floats]:
    """`factor_cox` of two groups, without matrices."""
    reference, contrast = at_risk.T
    beta, information = 0.0, 0.0
    for _ in range(25):
        weight = math.exp(beta) * contrast
        share = weight / (reference + weight)
        expected = float(share.sum())
        information = expected - float(share @ share)
        if information <= 0:
            break
        step = min(max((happened - expected) / information, -2.0), 2.0)
        beta += step
        if abs(step) < 1e-8:
            break
    variance = 1 / information if information > 0 else math.nan
    return np.array([beta]), np.array([[variance]])


@dataclass(frozen=True)
class Cox(Target):
    """Hazard ratios of a multivariable Cox model (Efron's ties) on complete rows.

    `wanted` is (hazard ratio, lower, upper) for each of the first terms; those that are only
    adjusted for come last.
    """

    time: str
    event: str
    terms: tuple[Term, ...]

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.time, self.event, *self.among, *_columns(self.terms)})

    def found(self, state: State) -> tuple[float, ...]:
        design, rows = _design(state, self.terms, self.among)
        found = _ratios(*cox(state[self.time][rows], state[self.event][rows], design))
        return found[: len(self.wanted)]


def cox(days: Array, event: Array, design: Floats) -> tuple[Floats, Floats]:
    """Coefficients and their variance; NaN where the iteration does not end."""
    order = np.argsort(days, kind="stable")
    days, happened, x = days[order], event[order] == 1, design[order] - design.mean(axis=0)
    event_days, slot, tied = np.unique(days[happened], return_inverse=True, return_counts=True)
    first = np.searchsorted(days, event_days)
    starts = np.cumsum(tied) - tied
    less = (np.arange(slot.size) - starts[slot]) / tied[slot]  # share of the tied events gone

    def at_events(values: Floats) -> Floats:
        risk = np.cumsum(values[::-1], axis=0)[::-1][first]
        if not less.any():
            return risk
        gone = np.add.reduceat(values[happened], starts, axis=0)[slot]
        return risk[slot] - less.reshape(-1, *[1] * (values.ndim - 1)) * gone

    observed = x[happened].sum(axis=0)
    squares = x[:, :, None] * x[:, None, :]
    beta = np.zeros(x.shape[1])
    for _ in range(25):
        weight = np.exp(np.clip(x @ beta, -30, 30))
        total = at_events(weight)
        mean = at_events(weight[:, None] * x) / total[:, None]
        second = (at_events(weight[:, None, None] * squares) / total[:, None, None]).sum(axis=0)
        information = second - mean.T @ mean
        step = _newton(information, observed - mean.sum(axis=0))
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            return beta, _inverse(information)
    return np.full_like(beta, np.nan), information


@dataclass(frozen=True)
class Logistic(Target):
    """Odds ratios of a logistic model on complete rows.

    `wanted` is (odds ratio, lower, upper) for each of the first terms, with Wald's limits.
    """

    outcome: str
    terms: tuple[Term, ...]

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.outcome, *self.among, *_columns(self.terms)})

    def found(self, state: State) -> tuple[float, ...]:
        design, rows = _design(state, self.terms, self.among)
        return _ratios(*logistic(state[self.outcome][rows], design))[: len(self.wanted)]


def logistic(outcome: Array, design: Floats) -> tuple[Floats, Floats]:
    """Coefficients without the intercept and their variance; NaN where the iteration fails."""
    x = np.column_stack([np.ones(outcome.size), design])
    beta = np.zeros(x.shape[1])
    for _ in range(25):
        probability = 1.0 / (1.0 + np.exp(-np.clip(x @ beta, -30, 30)))
        information = (x * (probability * (1 - probability))[:, None]).T @ x
        step = _newton(information, x.T @ (outcome - probability))
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            return beta[1:], _inverse(information)[1:, 1:]
    return np.full(design.shape[1], np.nan), information[1:, 1:]


def _columns(terms: Sequence[Term]) -> set[str]:
    return {term if isinstance(term, str) else term[0] for term in terms}


def _design(state: State, terms: Sequence[Term], among: Among) -> tuple[Floats, Ints]:
    """The columns of a model and the complete rows that they stand for."""
    kept = np.ones(next(iter(state.values())).size, dtype=np.bool_)
    kept[:] = False
    kept[chosen(state, among)] = True
    for column in _columns(terms):
        kept &= state[column] >= 0  # -1 and NaN are missing
    rows = np.flatnonzero(kept)
    columns = [
        state[term][rows] if isinstance(term, str) else state[term[0]][rows] == term[1]
        for term in terms
    ]
    return np.column_stack(columns).astype(np.float64), rows


def _newton(information: Floats, score: Floats) -> Floats:
    """A Newton step, at most 2 in any direction; none where the information is singular."""
    if score.size == 1:
        step = score / information[0] if information[0, 0] > 0 else np.zeros(1)
    else:
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            return np.zeros(score.size)
    return np.clip(step, -2.0, 2.0)


def _inverse(information: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.inv(information), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.full(information.shape, np.nan)


def _ratios(beta: Floats, variance: Floats) -> tuple[float, ...]:
    """Ratio, lower and upper limit of each coefficient, one after another."""
    with np.errstate(invalid="ignore", over="ignore"):
        half = NORMAL_975 * np.sqrt(variance.diagonal())
        return tuple(np.exp(np.column_stack([beta, beta - half, beta + half])).ravel().tolist())


@dataclass(frozen=True)
class OddsRatio(Target):
    """The odds ratio of a binary factor from its four counts, with Woolf's limits.

    The limits are those of Wald of the univariable logistic model. `contrast` and `reference` are
    codes of the factor.
    """

    outcome: str
    factor: str
    contrast: int = 1
    reference: int = 0

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.outcome, self.factor, *self.among})

    def found(self, state: State) -> tuple[float, ...]:
        rows = chosen(state, self.among)
        outcome, factor = state[self.outcome][rows], state[self.factor][rows]
        cells = np.array(
            [
                ((outcome == y) & (factor == code)).sum()
                for code in (self.contrast, self.reference)
                for y in (1, 0)
            ],
            dtype=np.float64,
        )
        if not cells.all():
            return math.nan, math.nan, math.nan
        log_odds = np.log(cells[0] * cells[3] / (cells[1] * cells[2]))
        return _ratios(np.array([log_odds]), np.array([[(1 / cells).sum()]]))


@dataclass(frozen=True)
class Roc(Target):
    """Area under the ROC curve and Youden's cut-off: `wanted` is (area, cut-off).

    High values of the marker predict the outcome, unless not `higher`. The cut-off is the middle of
    two neighbouring values, as in pROC; of equals the first.
    """

    marker: str
    outcome: str
    higher: bool = field(default=True, kw_only=True)

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.marker, self.outcome, *self.among})

    def found(self, state: State) -> tuple[float, ...]:
        rows = chosen(state, self.among)
        marker, outcome = state[self.marker][rows], state[self.outcome][rows]
        present = (marker >= 0) & (outcome >= 0)  # -1 and NaN are missing
        return area_and_cutoff(marker[present], outcome[present] == 1, self.higher)


def area_and_cutoff(
    marker: Array, positive: NDArray[np.bool_], higher: bool = True
) -> tuple[float, float]:
    """The area (ties count half) and the first cut-off with the largest Youden index."""
    values = marker if higher else -marker
    levels, index = np.unique(values, return_inverse=True)
    cases = np.bincount(index[positive], minlength=levels.size)
    controls = np.bincount(index[~positive], minlength=levels.size)
    sensitive = np.append(np.cumsum(cases[::-1])[::-1], 0) / max(cases.sum(), 1)
    wrong = np.append(np.cumsum(controls[::-1])[::-1], 0) / max(controls.sum(), 1)
    area = float((-np.diff(wrong) * (sensitive[:-1] + sensitive[1:])).sum() / 2)
    youden = (sensitive - wrong)[1:-1]
    if youden.size == 0:
        return area, math.nan
    place = int(np.flatnonzero(youden >= youden.max() - 1e-12)[0])
    cutoff = float(levels[place] + levels[place + 1]) / 2
    return area, cutoff if higher else -cutoff


@dataclass(frozen=True)
class Quantiles(Target):
    """Quantiles (R's type 7) of a number, such as of the observed follow-up; missing left out."""

    column: str
    shares: tuple[float, ...] = (0.5,)
    unit: float = field(default=1.0, kw_only=True)  # DAYS_PER_MONTH for days printed as months

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.column, *self.among})

    def found(self, state: State) -> tuple[float, ...]:
        values = state[self.column][chosen(state, self.among)]
        values = np.sort(values[values >= 0])
        places = np.multiply(self.shares, values.size - 1)
        return tuple((np.interp(places, np.arange(values.size), values) / self.unit).tolist())


@dataclass(frozen=True)
class Count(Target):
    """The number of patients `among`: a cell of a cross-table."""

    @property
    def reads(self) -> frozenset[str]:
        return frozenset(self.among)

    def found(self, state: State) -> tuple[float, ...]:
        mask = chosen(state, self.among)
        if isinstance(mask, slice):
            return (float(next(iter(state.values())).size),)
        return (float(np.count_nonzero(mask)),)


# --- moves ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """New values of some columns in some rows."""

    rows: Ints
    columns: tuple[str, ...]
    values: tuple[Array, ...]


class Move(Protocol):
    """A proposal of a change."""

    def propose(self, state: State, rng: np.random.Generator) -> Change | None:
        """A change of the state; None if this draw has none."""


def _exchange(state: State, columns: tuple[str, ...], i: int, j: int) -> Change:
    rows = np.array([i, j])
    return Change(rows, columns, tuple(state[column][rows[::-1]] for column in columns))


def _differ(state: State, columns: tuple[str, ...], i: int, j: int) -> bool:
    return any(state[column][i] != state[column][j] for column in columns)


@dataclass(frozen=True)
class Swap:
    """Two patients exchange their values of `columns`, so that margins stay.

    Attributes
    ----------
    columns
        Exchanged together, such as a score and its class.
    within
        Only between patients with the same values of these columns, so that joint counts stay.
    near
        A column by which the two are neighbours, such as time; None for any two.
    reach
        How many ranks apart neighbours may be.
    """

    columns: tuple[str, ...]
    within: tuple[str, ...] = ()
    near: str | None = None
    reach: int = 4

    def propose(self, state: State, rng: np.random.Generator) -> Change | None:
        size = state[self.columns[0]].size
        for _ in range(20):
            if self.near is None:
                i, j = int(rng.integers(size)), int(rng.integers(size))
            else:
                order = np.argsort(state[self.near], kind="stable")
                place = int(rng.integers(size))
                other = place + int(rng.integers(1, self.reach + 1))
                if other >= size:
                    continue
                i, j = int(order[place]), int(order[other])
            if _differ(state, self.columns, i, j) and not _differ(state, self.within, i, j):
                return _exchange(state, self.columns, i, j)
        return None


@dataclass(frozen=True)
class ShiftDay:
    """A patient whose row is `free` gets a day up to `reach` earlier or later, from 1 to `last`.

    Days that published limits pin are kept by leaving their rows out of `free`.
    """

    column: str
    free: Ints
    last: int
    reach: int = 20

    def propose(self, state: State, rng: np.random.Generator) -> Change | None:
        row = int(rng.choice(self.free))
        day = int(state[self.column][row]) + int(rng.integers(-self.reach, self.reach + 1))
        if not 1 <= day <= self.last or day == state[self.column][row]:
            return None
        return Change(np.array([row]), (self.column,), (np.array([day]),))


@dataclass(frozen=True)
class HandDay:
    """A group gets a patient whose event is on a day that its printed median or limit names.

    Attributes
    ----------
    columns
        What is exchanged; the first is the factor.
    wanted
        Days by code of the factor.
    within
        As of `Swap`.
    """

    columns: tuple[str, ...]
    time: str
    event: str
    wanted: Mapping[int, Sequence[int]]
    within: tuple[str, ...] = ()

    def propose(self, state: State, rng: np.random.Generator) -> Change | None:
        factor, days = state[self.columns[0]], state[self.time]
        code = int(rng.choice(list(self.wanted)))
        day = int(rng.choice(self.wanted[code]))
        there = (days == day) & (state[self.event] == 1)
        if not there.any() or (factor[there] == code).any():
            return None
        giver = int(rng.choice(np.flatnonzero(there)))
        takers = np.flatnonzero(factor == code)
        taker = int(
            takers[np.argsort(np.abs(days[takers] - day))[int(rng.integers(3)) % takers.size]]
        )
        if _differ(state, self.within, giver, taker):
            return None
        return _exchange(state, self.columns, giver, taker)


class Rule(Protocol):
    """What must hold after every move."""

    @property
    def reads(self) -> frozenset[str]:
        """The columns that the rule reads."""

    def holds(self, state: State) -> bool:
        """Whether the state keeps the rule."""


@dataclass(frozen=True)
class NotAfter:
    """No patient has `earlier` after `later`, such as progression after death."""

    earlier: str
    later: str

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.earlier, self.later})

    def holds(self, state: State) -> bool:
        return bool((state[self.earlier] <= state[self.later]).all())


# --- annealing -----------------------------------------------------------------------------------


def penalty(target: Target, state: State, slope: float = 10.0) -> float:
    """What a target adds to the sum that is minimised: the sum of log(1 + e / 0.004) + slope e.

    The logarithm rewards the last step to a number as printed as much as a first rough approach;
    the linear term keeps a direction where the logarithm is flat.
    """
    return target.weight * sum(
        math.log1p(error / 0.004) + slope * error for error in target.error(state) if error
    )


def anneal(
    state: State,
    targets: Sequence[Target],
    moves: Sequence[tuple[Move, float]],
    *,
    iterations: int,
    rng: np.random.Generator,
    hot: float = 3.0,
    cold: float = 0.05,
    rules: Sequence[Rule] = (),
    slope: float = 10.0,
) -> State:
    """The best state seen while the temperature falls geometrically from `hot` to `cold`.

    Parameters
    ----------
    state
        Arrays of one length; left unchanged. A copy is returned.
    moves
        Moves with how often each is drawn.
    iterations
        Proposals; the search ends before, when nothing is left to improve.
    """
    state = {name: values.copy() for name, values in state.items()}
    penalties = [penalty(target, state, slope) for target in targets]
    total = sum(penalties)
    best, best_total = {name: values.copy() for name, values in state.items()}, total
    touched = _Touched(targets, rules)
    shares = np.cumsum([share for _, share in moves])
    for iteration in range(iterations):
        if best_total <= 0:
            break
        temperature = hot * (cold / hot) ** (iteration / iterations)
        allowed = -temperature * math.log(1.0 - rng.random())
        move = moves[int(np.searchsorted(shares, rng.random() * shares[-1], side="right"))][0]
        change = move.propose(state, rng)
        if change is None:
            continue
        before = _apply(state, change)
        affected, kept = touched(change.columns)
        changed: dict[int, float] = {}
        possible = all(rule.holds(state) for rule in kept)
        if possible:
            changed = dict(_while_allowed(targets, affected, penalties, state, slope, allowed))
        if not possible or len(changed) < len(affected):
            _apply(state, before)
            continue
        for index, value in changed.items():
            total += value - penalties[index]
            penalties[index] = value
        if total < best_total - 1e-9:
            best_total = total = sum(penalties)
            best = {name: values.copy() for name, values in state.items()}
    return best


def _while_allowed(
    targets: Sequence[Target],
    affected: Sequence[int],
    penalties: Sequence[float],
    state: State,
    slope: float,
    allowed: float,
) -> Iterator[tuple[int, float]]:
    """New penalties of the affected targets, until their sum rules the move out."""
    left = allowed + sum(penalties[index] for index in affected)
    for index in affected:
        value = penalty(targets[index], state, slope)
        left -= value
        if left < 0:
            return
        yield index, value


class _Touched:
    """Which targets and rules read what a move changes."""

    def __init__(self, targets: Sequence[Target], rules: Sequence[Rule]) -> None:
        self._targets, self._rules = targets, rules
        self._known: dict[tuple[str, ...], tuple[list[int], list[Rule]]] = {}

    def __call__(self, columns: tuple[str, ...]) -> tuple[list[int], list[Rule]]:
        if columns not in self._known:
            changed = frozenset(columns)
            self._known[columns] = (
                [i for i, target in enumerate(self._targets) if target.reads & changed],
                [rule for rule in self._rules if rule.reads & changed],
            )
        return self._known[columns]


def _apply(state: State, change: Change) -> Change:
    """Make a change, and return the one that takes it back."""
    old = tuple(state[column][change.rows] for column in change.columns)
    for column, values in zip(change.columns, change.values, strict=True):
        state[column][change.rows] = values
    return Change(change.rows, change.columns, old)


def shortfalls(state: State, targets: Sequence[Target]) -> str:
    """A line for each number that is not as printed, the largest first."""
    lines = []
    for target in targets:
        numbers = zip(target.wanted, target.found(state), target.error(state), strict=True)
        for wanted, found, error in numbers:
            if wanted is not None and error > 0:
                lines.append((error, f"{target.name}: {found:.4f}, printed {wanted.value:g}"))
    return "\n".join(f"{100 * error:7.2f} %  {text}" for error, text in sorted(lines, reverse=True))
