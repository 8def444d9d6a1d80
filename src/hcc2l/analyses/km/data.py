"""The rows of a Kaplan–Meier analysis as arrays, and the curve of each group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from hcc2l import design
from hcc2l.analyses.accounting import refuse_no_rows, rows_where
from hcc2l.analyses.cautions import FEW_EVENTS
from hcc2l.analyses.entry import (
    DelayedEntry,
    delayed_entry,
    from_time,
    joined,
    refuse_after_event,
)
from hcc2l.analyses.km.counted import Counted, counted
from hcc2l.analyses.outcome import Outcome, from_landmark, survival_outcome
from hcc2l.cohort import Cohort
from hcc2l.design import Endpoint, Factor, Floats, Ints, Mask
from hcc2l.errors import AnalysisError
from hcc2l.numerals import confidence
from hcc2l.report import Column, Row, Table, Value, finite
from hcc2l.specs import KmSpec
from hcc2l.specs.exposures import exposure_columns
from hcc2l.stats import competing as competing_risks
from hcc2l.stats import kaplan_meier as estimator
from hcc2l.stats.competing import CumulativeIncidence
from hcc2l.stats.kaplan_meier import KaplanMeier
from hcc2l.stats.risk_sets import DistinctTimes, distinct_times, fractional
from hcc2l.terms import Parser

if TYPE_CHECKING:
    from hcc2l.design.exposures import Exposure
    from hcc2l.stats.episodes import Timing

MOVED = 3  # the cause of a row that ends because the patient moves to the other group


@dataclass(frozen=True)
class KmData:
    """The analysed rows as arrays of shape (n,).

    `cause` is 0 censored, 1 event, 2 competing event. `group` is None without `--by`. `entry` is
    None where every row is at risk from time 0, `patient` where each is a patient.

    Where `--by` is an exposure that begins later, a patient has a row (entry, time] in each group,
    and `cause` is `MOVED` where the patient moves to the other group.
    """

    spec: KmSpec
    endpoint: Endpoint
    competing_name: str | None
    time: Floats
    cause: Ints
    group: Factor | None
    strata: Factor | None
    weights: Floats | None
    entry: Floats | None = None
    patient: Ints | None = None
    delayed: DelayedEntry | None = None
    exposure: Exposure | None = None
    timing: Timing | None = None

    @cached_property
    def distinct(self) -> DistinctTimes:
        """The times, with those that differ by rounding only made equal."""
        return distinct_times(self.time, self.entry)

    @cached_property
    def counted(self) -> Counted:
        """The same patients for curves and tests without strata, counted where they are many."""
        return counted(
            self.time, self.cause, self.codes, len(self.levels), self.weights, self.entry
        )

    @cached_property
    def curves(self) -> tuple[KaplanMeier, ...]:
        """The survival curve of each group."""
        return tuple(_curve(self, code) for code in range(len(self.levels)))

    @property
    def event(self) -> Mask:
        """Whether the endpoint's own event happened."""
        return np.asarray(self.cause == 1)

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the groups, `all` when there is one."""
        return self.group.levels if self.group else ("all",)

    @property
    def codes(self) -> Ints:
        """Index of each row's group."""
        return self.group.codes if self.group else np.zeros(self.time.size, dtype=np.int64)

    @property
    def trend_levels(self) -> list[str]:
        """The groups in the order of the trend's scores: level order, whatever the reference."""
        if self.group is None:
            return []
        ranked = sorted(zip(self.group.ranks, self.group.levels, strict=True))
        return [level for _, level in ranked]

    def rows_of(self, code: int) -> Mask:
        """The rows of one group."""
        return np.asarray(self.codes == code)

    def last_times(self, code: int) -> Floats:
        """The end of follow-up of each patient of one group, shape (patients,)."""
        rows = self.rows_of(code)
        if self.patient is None:
            return self.time[rows]
        patients, place = np.unique(self.patient[rows], return_inverse=True)
        last = np.zeros(patients.size)
        np.maximum.at(last, place, self.time[rows])
        return last

    def weights_of(self, rows: Mask) -> Floats | None:
        """Case weights of some rows."""
        return None if self.weights is None else self.weights[rows]

    def incidence(self, code: int, of: int) -> CumulativeIncidence:
        """The cumulative incidence of a cause in one group."""
        rows = self.rows_of(code)
        return competing_risks.cumulative_incidence(
            self.distinct.take(rows), self.cause[rows], of, self.weights_of(rows),
            robust=self.robust,
        )  # fmt: skip

    @property
    def robust(self) -> bool:
        """Whether any weight is fractional, so that every variance is robust."""
        return self.weights is not None and fractional(self.weights)

    @property
    def tau(self) -> float | None:
        """To where means are restricted: with --nph, unless given, to where both groups reach."""
        if self.spec.tau is not None or not self.spec.nph:
            return self.spec.tau
        return min(float(self.time[self.rows_of(code)].max()) for code in range(len(self.levels)))

    @property
    def group_column(self) -> Column:
        """The first column of every table by group."""
        return Column(self.group.label if self.group else "Group", ("group",))

    @property
    def unit(self) -> str:
        """`, months` for headers; empty when the unit is unknown."""
        return f", {self.endpoint.unit}" if self.endpoint.unit else ""

    @property
    def ci(self) -> str:
        """`(95% CI)` for headers."""
        return f"({confidence(self.spec.conf_level)})"

    def decimals(self, values: Sequence[Value]) -> int:
        """Decimals of times: none when the data and the values are whole, else one or two."""
        return self.endpoint.decimals(values)


def prepare(cohort: Cohort, spec: KmSpec) -> tuple[Outcome, KmData]:
    """The endpoint with its account of rows, and the complete rows as arrays.

    Raises
    ------
    AnalysisError
        No rows, no events, or a single group to compare.
    """
    parser = _parser(cohort, spec)
    by, stratum = parser.term(spec.by, "--by"), parser.term(spec.strata, "--strata")
    weight = parser.term(spec.weights, "--weights")
    competing = parser.assignment(spec.competing, "--competing")
    conditions = parser.conditions(spec.where)
    named = (by, stratum, weight, competing, *conditions)
    # All at once, so that a large file is parsed once.
    cohort.load([*design.endpoint_columns(cohort, spec), cohort.id_column or "",
                 spec.entry or "", *(part.column for part in named if part),
                 *exposure_columns(spec.when)])  # fmt: skip
    rows = rows_where(cohort, conditions, intervals=spec.entry is not None)
    outcome = survival_outcome(cohort, spec, rows, competing)
    account, endpoint = outcome.account, outcome.endpoint
    if spec.when and by:
        from hcc2l.analyses.km.exposed import exposed_over_time

        return exposed_over_time(cohort, spec, outcome, by, stratum)
    time, entry, delayed = endpoint.time, None, None
    if spec.entry is not None:
        delayed = delayed_entry(cohort, spec.entry, outcome)
        refuse_after_event(cohort, delayed, endpoint)
        entry = delayed.time
    if spec.from_ is not None:
        entry = from_time(account, endpoint, entry, spec.from_)
    if spec.landmark is not None:
        time = from_landmark(account, time, endpoint.event, spec.landmark, endpoint.unit or "")
    strata = design.strata(cohort, stratum, account) if stratum else None
    weights = design.weights(cohort, weight, account) if weight else None
    # Last, so that a cut at the median is that of the rows analysed.
    group = design.groups(cohort, by, account) if by else None
    refuse_no_rows(account)
    keep, kept, patient = account.keep, account.kept, delayed.patient if delayed else None
    if entry is not None and patient is not None:
        codes = [factor.codes for factor in (group, strata) if factor]
        keep, entry = joined(time, entry, patient, keep, codes)
        kept = partial(np.compress, keep)
    data = KmData(
        spec=spec,
        endpoint=endpoint,
        competing_name=competing.name if competing else None,
        time=kept(time),
        cause=kept(endpoint.event),
        group=group.take(keep) if group else None,
        strata=strata.take(keep) if strata else None,
        weights=None if weights is None else kept(weights),
        entry=None if entry is None else kept(entry),
        patient=None if patient is None else kept(patient),
        delayed=delayed,
    )
    refuse_unanswerable(data)
    return outcome, data


def _parser(cohort: Cohort, spec: KmSpec) -> Parser:
    """A parser of the terms, which knows the exposures."""
    if not spec.when:
        return Parser(cohort.nameable, spec.cut, spec.ref)
    from hcc2l.design.exposures import parser_of

    return parser_of(cohort, spec.when, spec.cut, spec.ref)


def refuse_unanswerable(data: KmData) -> None:
    """AnalysisError when there is no event, or all patients are in one group."""
    if not data.event.any():
        raise AnalysisError(
            f"None of the {int((data.cause != MOVED).sum())} patients had the event: all are "
            "censored.",
            where=data.endpoint.described,
            hint="Specify the value that means an event: --event COL=VALUE.",
        )
    if data.group and len(data.levels) < 2:
        raise AnalysisError(
            f"All {data.time.size} patients analysed are in one group, {data.levels[0]!r}.",
            where=f"--by {data.spec.by}",
            hint="Omit --by, or check which rows --where and missing values exclude.",
        )


def _curve(data: KmData, code: int) -> KaplanMeier:
    curve = curve_of(data, code, data.counted.event)
    if data.exposure is None:
        return curve
    # Who moves to the other group is not censored.
    rows = data.rows_of(code)
    index = data.distinct.take(rows).index
    moved = np.bincount(index[data.cause[rows] == MOVED], minlength=curve.time.size)
    return replace(curve, n_censor=curve.n_censor - moved)


def curve_of(data: KmData, code: int, event: Mask) -> KaplanMeier:
    """The curve of one group with an event of its own, shape (m,) as `data.counted` has entries."""
    patients = data.counted
    rows = np.asarray(patients.codes == code)
    weights = None if patients.weights is None else patients.weights[rows]
    curve = estimator.kaplan_meier(
        patients.distinct.take(rows), event[rows], weights, robust=data.robust
    )
    return replace(curve, rows=patients.number(rows))


@dataclass(frozen=True)
class Crossing:
    """Two groups whose curves cross, and when."""

    levels: tuple[str, str]
    time: float


def first_crossing(data: KmData) -> Crossing | None:
    """The first pair of groups, each with at least 10 events, whose curves cross clearly."""
    for a, b in combinations(range(len(data.levels)), 2):
        first, second = data.curves[a], data.curves[b]
        if min(first.n_event.sum(), second.n_event.sum()) < FEW_EVENTS:
            continue
        when = estimator.curves_cross(first, second)
        if when is not None:
            return Crossing((data.levels[a], data.levels[b]), when)
    return None


def conf_type(spec: KmSpec) -> estimator.ConfType:
    """The interval type, as `stats` names it."""
    return spec.conf_type


def count(value: float) -> int | float:
    """A (weighted) count, as an int when it is whole."""
    return int(value) if float(value).is_integer() else float(value)


def causes(data: KmData) -> tuple[tuple[int, str], tuple[int, str]]:
    """Codes and names of the two kinds of event: that of the endpoint and the competing one."""
    return (1, data.endpoint.event_name), (2, data.competing_name or "")


def incidence_limits(data: KmData, estimate: Floats, std_err: Floats) -> tuple[Floats, Floats]:
    """Limits of a cumulative incidence F: the interval type applied to F itself.

    R's multi-state `survfit` does the same.
    """
    relative = np.divide(std_err, estimate, out=np.zeros_like(std_err), where=estimate > 0)
    return estimator.confidence_limits(
        estimate, relative, conf_type(data.spec), data.spec.conf_level
    )


def survival_curve(data: KmData) -> Table:
    """The survival curve of each group, one row a distinct time; time 0 has no row."""
    rows: list[Row] = []
    for level, curve in zip(data.levels, data.curves, strict=True):
        lower, upper = estimator.confidence_limits(
            curve.survival, curve.std_err_log, conf_type(data.spec), data.spec.conf_level
        )
        arrays = (curve.time, curve.n_risk, curve.n_event, curve.n_censor, curve.survival,
                  curve.std_err, lower, upper)  # fmt: skip
        for t, n, d, c, s, e, low, high in zip(*(a.tolist() for a in arrays), strict=True):
            rows.append(
                {"group": level, "time": t, "n_risk": count(n), "n_event": count(d),
                 "n_censor": count(c), "estimate": s, "std_err": finite(e), "lower": finite(low),
                 "upper": finite(high)}
            )  # fmt: skip
    return Table("curve", "Kaplan–Meier curve", tuple(rows[0]), tuple(rows))


def incidence_curve(data: KmData) -> Table:
    """The cumulative incidence of each group and cause, one row a distinct time."""
    rows: list[Row] = []
    for code, level in enumerate(data.levels):
        for of, cause in causes(data):
            c = data.incidence(code, of)
            lower, upper = incidence_limits(data, c.incidence, c.std_err)
            arrays = (c.time, c.n_risk, c.n_event, c.n_censor, c.incidence, c.std_err, lower, upper)
            for t, n, d, m, f, e, low, high in zip(*(a.tolist() for a in arrays), strict=True):
                rows.append(
                    {"group": level, "cause": cause, "time": t, "n_risk": count(n),
                     "n_event": count(d), "n_censor": count(m), "estimate": f, "std_err": e,
                     "lower": finite(low), "upper": finite(high)}
                )  # fmt: skip
    return Table("curve", "Cumulative incidence", tuple(rows[0]), tuple(rows))


def decimals_of(times: Sequence[float]) -> int:
    """Decimals that write every one of some times exactly."""
    return max((len(f"{t:g}".partition(".")[2]) for t in times), default=0)
