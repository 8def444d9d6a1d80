"""The rows of a Kaplan–Meier analysis as arrays, and the curve of each group."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l import design
from hcc2l.analyses.accounting import refuse_no_rows
from hcc2l.analyses.outcome import Outcome, from_landmark, survival_outcome
from hcc2l.cohort import Cohort
from hcc2l.design import Endpoint, Factor, Floats, Ints, Mask
from hcc2l.errors import AnalysisError
from hcc2l.report import Column, Row, Table, Value
from hcc2l.specs import KmSpec
from hcc2l.stats import competing as competing_risks
from hcc2l.stats import kaplan_meier as estimator
from hcc2l.stats.kaplan_meier import KaplanMeier
from hcc2l.stats.risk_sets import DistinctTimes, distinct_times, fractional


@dataclass(frozen=True)
class KmData:
    """The analysed rows as arrays of shape (n,), and the curve of each group.

    `cause` is 0 censored, 1 event, 2 competing event. `group` is None without `--by`.
    """

    spec: KmSpec
    endpoint: Endpoint
    competing_name: str | None
    time: Floats
    distinct: DistinctTimes
    cause: Ints
    group: Factor | None
    strata: Factor | None
    weights: Floats | None
    curves: tuple[KaplanMeier, ...]

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

    def rows_of(self, code: int) -> Mask:
        """The rows of one group."""
        return np.asarray(self.codes == code)

    def weights_of(self, rows: Mask) -> Floats | None:
        """Case weights of some rows."""
        return None if self.weights is None else self.weights[rows]

    @property
    def robust(self) -> bool:
        """Whether any weight is fractional, so that every variance is robust."""
        return self.weights is not None and fractional(self.weights)

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
        return f"({self.spec.conf_level * 100:g}% CI)"

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
    cohort.load(_needed(cohort, spec))
    outcome = survival_outcome(cohort, spec, spec.competing)
    account, endpoint = outcome.account, outcome.endpoint
    time = endpoint.time
    if spec.landmark is not None:
        time = from_landmark(account, time, endpoint.event, spec.landmark, endpoint.unit or "")
    strata = _factor(cohort, spec, spec.strata, "--strata", outcome)
    weights = design.weights(cohort, spec.weights, account.keep) if spec.weights else None
    if weights is not None:
        account.drop(np.isnan(weights), f"{spec.weights} missing")
    # Last, so that a cut at the median is that of the rows analysed.
    group = _factor(cohort, spec, spec.by, "--by", outcome)
    refuse_no_rows(account)
    keep = account.keep
    data = KmData(
        spec=spec,
        endpoint=endpoint,
        competing_name=outcome.competing_name,
        time=time[keep],
        distinct=distinct_times(time[keep]),
        cause=endpoint.event[keep],
        group=group.take(keep) if group else None,
        strata=strata.take(keep) if strata else None,
        weights=None if weights is None else weights[keep],
        curves=(),
    )
    _refuse_unanswerable(data)
    return outcome, replace(data, curves=tuple(_curve(data, g) for g in range(len(data.levels))))


def _needed(cohort: Cohort, spec: KmSpec) -> list[str]:
    """Columns that the analysis needs, so that a large file is parsed once; too many do no harm."""
    names = [*design.endpoint_columns(cohort, spec), cohort.id_column or "", spec.weights or ""]
    for text in (spec.by, spec.strata, spec.competing, *spec.where):
        if text:
            names += [n for n in cohort.names if text == n or text.startswith(n)]
    return names


def _factor(
    cohort: Cohort, spec: KmSpec, text: str | None, option: str, outcome: Outcome
) -> Factor | None:
    if text is None:
        return None
    factor = design.factor(cohort, text, spec, option, outcome.account.keep)
    outcome.account.drop(factor.codes < 0, f"{factor.column} missing")
    return factor


def _refuse_unanswerable(data: KmData) -> None:
    if not data.event.any():
        raise AnalysisError(
            f"None of the {data.time.size} patients had the event: all are censored.",
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
    rows = data.rows_of(code)
    return estimator.kaplan_meier(
        data.distinct.take(rows), data.event[rows], data.weights_of(rows), robust=data.robust
    )


def conf_type(spec: KmSpec) -> estimator.ConfType:
    """The interval type, as `stats` names it."""
    return spec.conf_type


def number(value: float) -> float | None:
    """The value for a report, None when it is not finite."""
    return float(value) if math.isfinite(value) else None


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
                 "n_censor": count(c), "estimate": s, "std_err": number(e), "lower": number(low),
                 "upper": number(high)}
            )  # fmt: skip
    return Table("curve", "Kaplan–Meier curve", tuple(rows[0]), tuple(rows))


def incidence_curve(data: KmData) -> Table:
    """The cumulative incidence of each group and cause, one row a distinct time."""
    rows: list[Row] = []
    for code, level in enumerate(data.levels):
        inside = data.rows_of(code)
        for of, cause in causes(data):
            c = competing_risks.cumulative_incidence(
                data.distinct.take(inside), data.cause[inside], of
            )
            lower, upper = incidence_limits(data, c.incidence, c.std_err)
            arrays = (c.time, c.n_risk, c.n_event, c.n_censor, c.incidence, c.std_err, lower, upper)
            for t, n, d, m, f, e, low, high in zip(*(a.tolist() for a in arrays), strict=True):
                rows.append(
                    {"group": level, "cause": cause, "time": t, "n_risk": count(n),
                     "n_event": count(d), "n_censor": count(m), "estimate": f, "std_err": e,
                     "lower": number(low), "upper": number(high)}
                )  # fmt: skip
    return Table("curve", "Cumulative incidence", tuple(rows[0]), tuple(rows))
