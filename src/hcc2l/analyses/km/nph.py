"""The panel of tests and measures where the hazard ratio of two groups may change with time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hcc2l.analyses.km.data import KmData, conf_type, decimals_of
from hcc2l.analyses.periods import FOOTNOTE, cuts_between_events, period_row
from hcc2l.errors import AnalysisError
from hcc2l.report import Column, Row, Table, Value, finite
from hcc2l.stats import kaplan_meier as estimator
from hcc2l.stats.changing_hazards import WEIGHTS, Periods, by_period, max_combo, ratio

_WORDS = ("all times alike", "early", "late", "in the middle")
TESTS = {
    f"fh-{rho}-{gamma}": f"Fleming–Harrington ({rho}, {gamma}), {words}"
    for (rho, gamma), words in zip(WEIGHTS, _WORDS, strict=True)
}

TESTS["maxcombo"] = "MaxCombo, the largest of the four"


def nph_tables(data: KmData) -> tuple[list[Table], Periods | None]:
    """The tables of the panel, and the hazard ratios by period where a split is given.

    Raises
    ------
    AnalysisError
        There are not exactly two groups.
    UsageError
        A split is not a time between two events.
    """
    if len(data.levels) != 2:
        raise AnalysisError(
            f"The panel compares two groups; {data.group_column.header} has {len(data.levels)} "
            "groups.",
            where="--nph",
            hint="Select two with --where, or group them: --by 'child_pugh in {B,C}'.",
        )
    tables = [_tests(data), _ratios(data)]
    if data.spec.at:
        tables.append(_milestones(data))
    if not data.spec.split:
        return tables, None
    periods = _periods(data)
    return [*tables, _piecewise(data, periods)], periods


def _pair(data: KmData) -> dict[str, Value]:
    return {"group_a": data.levels[0], "group_b": data.levels[1]}


def _tests(data: KmData) -> Table:
    found = max_combo(data.distinct, data.event, data.codes == 1)
    rows: list[Row] = [
        {**_pair(data), "test": name, "statistic": finite(z), "p": finite(p)}
        for name, z, p in zip(
            TESTS, [*found.z, found.statistic], [*found.p, found.joint_p], strict=True
        )
    ]
    columns = (
        Column("Test", ("test",), labels=TESTS), Column("z", ("statistic",)), Column("p", ("p",)),
    )  # fmt: skip
    first, second = data.levels
    note = (
        f"z is above 0 where {second} has more events than expected; that of MaxCombo is the "
        "largest absolute value. The p of MaxCombo allows for the four tests."
    )
    return Table(
        "nph_tests", f"Weighted log-rank tests, {second} versus {first}", tuple(rows[0]),
        tuple(rows), columns, (note,),
    )  # fmt: skip


def _arms(data: KmData, estimate: Callable[[Any], estimator.Estimate]) -> list[estimator.Estimate]:
    return [estimate(data.rows_of(code)) for code in (0, 1)]


def _ratios(data: KmData) -> Table:
    assert data.tau is not None
    tau, level = data.tau, data.spec.conf_level
    first, second = _arms(
        data,
        lambda rows: estimator.restricted_mean(data.distinct.take(rows), data.event[rows], tau,
                                               level),
    )  # fmt: skip
    found, p = ratio(first, second, level)
    row: Row = {
        **_pair(data), "tau": tau, "estimate": finite(found.estimate),
        "lower": finite(found.lower), "upper": finite(found.upper), "p": finite(p),
    }  # fmt: skip
    columns = (
        Column("Group", ("group_b",)), Column("divided by", ("group_a",)),
        Column(f"Ratio {data.ci}", ("estimate", "lower", "upper"), form="interval", kind="ratio"),
        Column("p", ("p",)),
    )  # fmt: skip
    title = "Ratio of the restricted mean survival times"
    return Table("rmst_ratios", title, tuple(row), (row,), columns)


def _milestones(data: KmData) -> Table:
    spec = data.spec
    rows: list[Row] = []
    for time in spec.at:
        first, second = (
            estimator.survival_at(curve, (time,), conf_type(spec), spec.conf_level)[0].survival
            for curve in data.curves
        )
        gap, p = estimator.difference(first, second, spec.conf_level)
        rows.append(
            {"time": time, **_pair(data), "difference": finite(gap.estimate),
             "std_err": finite(gap.std_err), "lower": finite(gap.lower),
             "upper": finite(gap.upper), "p": finite(p)}
        )  # fmt: skip
    columns = (
        Column(f"Time{data.unit}", ("time",), decimals=decimals_of(spec.at)),
        Column(f"Difference {data.ci}", ("difference", "lower", "upper"), form="interval",
               kind="probability"),
        Column("p", ("p",)),
    )  # fmt: skip
    first_name, second_name = data.levels
    title = f"Differences in survival, {second_name} minus {first_name}"
    return Table("milestones", title, tuple(rows[0]), tuple(rows), columns)


def _periods(data: KmData) -> Periods:
    cuts = cuts_between_events(data.spec.split, data.time[data.event])
    return by_period(data.time, data.event, data.codes == 1, cuts, data.spec.conf_level)


def _piecewise(data: KmData, found: Periods) -> Table:
    rows: list[Row] = [{**_pair(data), **period_row(period)} for period in found.periods]
    columns = (
        Column(f"Period{data.unit}", ("period",)),
        Column("Events", ("events",)),
        Column(f"HR {data.ci}", ("hr", "lower", "upper"), form="interval"), Column("p", ("p",)),
    )  # fmt: skip
    first, second = data.levels
    title = f"Hazard ratio by period, {second} versus {first}"
    return Table("piecewise", title, tuple(rows[0]), tuple(rows), columns, (FOOTNOTE,))
