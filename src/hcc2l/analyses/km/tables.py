"""The tables of a Kaplan–Meier analysis."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from hcc2l.analyses.entry import AT_RISK_FOOTNOTE
from hcc2l.analyses.km.counted import Counted, observed
from hcc2l.analyses.km.data import (
    KmData,
    causes,
    conf_type,
    count,
    curve_of,
    decimals_of,
    incidence_curve,
    incidence_limits,
    survival_curve,
)
from hcc2l.analyses.km.labels import FAMILY_LABELS, TEST_LABELS
from hcc2l.analyses.km.nph import nph_tables
from hcc2l.analyses.survival_figure import axis_ticks
from hcc2l.design import Mask
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.numerals import number, plain
from hcc2l.report import Column, Row, Table, Value, finite
from hcc2l.stats import competing as competing_risks
from hcc2l.stats import kaplan_meier as estimator
from hcc2l.stats import logrank as tests
from hcc2l.stats.changing_hazards import Periods
from hcc2l.stats.cox import cox
from hcc2l.stats.multiplicity import adjust
from hcc2l.stats.tails import normal_quantile

_MOVING = "At risk: in the group just before that time; patients move between the groups."


def km_tables(data: KmData) -> list[Table]:
    """Every table that the options ask for."""
    spec = data.spec
    tables = [_groups_over_time(data) if data.exposure else _groups(data), *_quantiles(data)]
    if spec.competing:
        tables.append(_incidence(data))
    elif spec.at:
        tables.append(_survival(data))
    if spec.given:
        tables.append(_conditional(data))
    if data.tau is not None:
        tables += restricted_means(data, data.tau)
    if data.group:
        panel, periods = nph_tables(data) if spec.nph else ([], None)
        tables += [_tests(data, periods), *panel]
        if spec.pairwise:
            tables.append(_pairwise(data))
        if spec.hr:
            tables.append(_hazard_ratios(data))
    if spec.parametric:
        tables.append(_parametric(data))
    if spec.curve:
        tables.append(incidence_curve(data) if spec.competing else survival_curve(data))
    return tables


def _interval(header: str, *keys: str, **presentation: Any) -> Column:
    return Column(header, keys, form="interval", **presentation)


def _groups_over_time(data: KmData) -> Table:
    from hcc2l.analyses.km.exposed import groups_over_time

    return groups_over_time(data)


def _groups(data: KmData) -> Table:
    """Patients, events, median survival and follow-up, one row a group."""
    spec = data.spec
    rows: list[Row] = []
    for code, level in enumerate(data.levels):
        patients = data.counted
        inside, curve = np.asarray(patients.codes == code), data.curves[code]
        median = estimator.quantiles(curve, (0.5,), conf_type(spec), spec.conf_level)[0]
        reverse = curve_of(data, code, np.asarray(patients.cause == 0))
        follow = estimator.quantiles(reverse, (0.5,), conf_type(spec), spec.conf_level)[0]
        row: dict[str, Value] = {
            "group": level,
            "n": patients.number(inside) if data.patient is None else data.last_times(code).size,
            "events": count(curve.n_event.sum()),
            "competing_events": _competing_events(patients, inside),
            "median": None if spec.competing else finite(median.estimate),
            "lower": None if spec.competing else finite(median.lower),
            "upper": None if spec.competing else finite(median.upper),
            "follow_up": finite(follow.estimate),
            "follow_up_lower": finite(follow.lower),
            "follow_up_upper": finite(follow.upper),
            **(
                patients.observed(inside)
                if data.patient is None
                else observed(data.last_times(code))
            ),
        }
        if not spec.competing:
            del row["competing_events"]
        rows.append(row)
    return Table("groups", "Patients, events and follow-up", tuple(rows[0]), tuple(rows),
                 _groups_columns(data, rows), _groups_footnotes(data, rows))  # fmt: skip


def _competing_events(patients: Counted, inside: Mask) -> int | float:
    """Patients of a group with the competing event; a sum of weights where there are any."""
    competing = inside & (patients.cause == 2)
    return (
        int(competing.sum())
        if patients.weights is None
        else count(patients.weights[competing].sum())
    )


def _groups_columns(data: KmData, rows: list[Row]) -> tuple[Column, ...]:
    ci, unit = data.ci, data.unit

    def decimals(*keys: str) -> int:
        return data.decimals([row[key] for row in rows for key in keys])

    median = ("median", "lower", "upper")
    follow = ("follow_up", "follow_up_lower", "follow_up_upper")
    observed = ("observed_median", "observed_min", "observed_max")
    first = [data.group_column, Column("n", ("n",)), Column("Events", ("events",))]
    if data.spec.competing:
        first.append(Column("Competing events", ("competing_events",)))
    else:
        first.append(_interval(f"Median{unit} {ci}", *median, decimals=decimals(*median)))
    return (
        *first,
        _interval(f"Follow-up{unit} {ci}", *follow, kind="time", decimals=decimals(*follow)),
        _interval("Observed, median (range)", *observed, decimals=decimals(*observed)),
    )


def _groups_footnotes(data: KmData, rows: list[Row]) -> tuple[str, ...]:
    follow = (
        "Follow-up: reverse Kaplan–Meier. Observed: time to event or censoring, quartiles "
        f"{_observed_quartiles(data, rows)}."
    )
    weighted = ("Numbers of events are sums of weights.",) if data.weights is not None else ()
    return (follow, *weighted)


def _observed_quartiles(data: KmData, rows: list[Row]) -> str:
    """`2.14–13.11 (A), 1.51–7.49 (B)`."""
    keys = ("observed_q1", "observed_q3")
    decimals = data.decimals([row[key] for row in rows for key in keys])
    quartiles = ["–".join(number(float(str(row[key])), decimals) for key in keys) for row in rows]
    if len(rows) == 1:
        return quartiles[0]
    return ", ".join(f"{text} ({row['group']})" for text, row in zip(quartiles, rows, strict=True))


def _hazard_ratios(data: KmData) -> Table:
    """The hazard ratio of each group to the first, from an unadjusted Cox model."""
    reference, *others = data.levels
    x = np.column_stack([data.codes == code for code in range(1, len(data.levels))])
    fit = cox(data.distinct, data.event, x.astype(np.float64), weights=data.weights)
    std_err = fit.std_err if fit.robust_std_err is None else fit.robust_std_err
    half = normal_quantile(data.spec.conf_level) * std_err
    rows: list[Row] = []
    for i, group in enumerate(others):
        ratio = (fit.coef[i], fit.coef[i] - half[i], fit.coef[i] + half[i])
        hr, lower, upper = (finite(float(np.exp(v))) if fit.estimable[i] else None for v in ratio)
        rows.append({"group": group, "reference": reference, "hr": hr, "lower": lower,
                     "upper": upper})  # fmt: skip
    columns = (data.group_column, Column("Reference", ("reference",)),
               _interval(f"HR {data.ci}", "hr", "lower", "upper"))  # fmt: skip
    return Table("hazard_ratios", "Hazard ratios, unadjusted", tuple(rows[0]), tuple(rows), columns)


def _quantiles(data: KmData) -> list[Table]:
    """Quartiles of the time to the event; none with a competing event."""
    if data.spec.competing:
        return []
    probabilities = (0.25, 0.5, 0.75)
    rows: list[Row] = []
    for level, curve in zip(data.levels, data.curves, strict=True):
        results = estimator.quantiles(
            curve, probabilities, conf_type(data.spec), data.spec.conf_level
        )
        for p, q in zip(probabilities, results, strict=True):
            rows.append(
                {"group": level, "quantile": p, "estimate": finite(q.estimate),
                 "lower": finite(q.lower), "upper": finite(q.upper)}
            )  # fmt: skip
    return [Table("quantiles", "Quantiles of the time to the event", tuple(rows[0]), tuple(rows))]


def _survival(data: KmData) -> Table:
    """S(t) at the times of `--at`, one row a group and time."""
    spec = data.spec
    rows: list[Row] = []
    for level, curve in zip(data.levels, data.curves, strict=True):
        results = estimator.survival_at(curve, spec.at, conf_type(spec), spec.conf_level)
        rows += [
            {"group": level, "time": s.time, "n_risk": count(s.n_risk), **_estimate(s.survival)}
            for s in results
        ]
    columns = (
        data.group_column,
        Column(f"Time{data.unit}", ("time",), decimals=decimals_of(spec.at)),
        Column("At risk", ("n_risk",)),
        _interval(f"Survival {data.ci}", "estimate", "lower", "upper",
                  kind="probability"),
    )  # fmt: skip
    beyond = any(t > float(c.time[-1]) for c in data.curves for t in spec.at)
    notes = ("Estimates beyond the last observed time are carried forward.",) if beyond else ()
    if data.entry is not None:
        notes = (*notes, _MOVING if data.exposure else AT_RISK_FOOTNOTE)
    return Table("survival", "Survival at given times", tuple(rows[0]), tuple(rows), columns, notes)


def _conditional(data: KmData) -> Table:
    """Survival to the times of `--at` of those event-free at the times of `--given`.

    Raises
    ------
    UsageError
        A time of `--at` is not after every time of `--given`.
    AnalysisError
        No patient of a group is at risk after a time of `--given`.
    """
    spec = data.spec
    if min(spec.at) <= max(spec.given):
        raise UsageError(
            f"{plain(min(spec.at))} is not after {plain(max(spec.given))}, the time of --given.",
            where="--at",
            hint="Give later times.",
        )
    rows: list[Row] = []
    for code, level in enumerate(data.levels):
        for given in sorted(spec.given):
            later = data.rows_of(code) & (data.time > given)
            if not later.any():
                raise AnalysisError(
                    f"No patient of group {level} is at risk after {plain(given)}.",
                    where="--given",
                    hint="Choose an earlier time.",
                )
            curve = estimator.kaplan_meier(
                data.distinct.take(later), data.event[later], data.weights_of(later),
                robust=data.robust,
            )  # fmt: skip
            results = estimator.survival_at(curve, spec.at, conf_type(spec), spec.conf_level)
            at_risk = float(curve.n_risk[0])
            if data.entry is not None:
                at_risk = float((later & (data.entry <= given)).sum())
            rows += [{"group": level, "given": given, "n_risk": count(at_risk),
                      "time": s.time, **_estimate(s.survival)} for s in results]  # fmt: skip
    columns = (
        data.group_column,
        Column(f"Event-free at{data.unit}", ("given",), decimals=decimals_of(spec.given)),
        Column("At risk", ("n_risk",)),
        Column(f"Survival to{data.unit}", ("time",), decimals=decimals_of(spec.at)),
        _interval(f"Conditional survival {data.ci}", "estimate", "lower", "upper",
                  kind="probability"),
    )  # fmt: skip
    return Table("conditional", "Conditional survival", tuple(rows[0]), tuple(rows), columns)


def restricted_means(data: KmData, tau: float) -> list[Table]:
    """Restricted means, and their differences when there are groups."""
    level = data.spec.conf_level
    means = []
    for code in range(len(data.levels)):
        rows = data.rows_of(code)
        times, weights = data.distinct.take(rows), data.weights_of(rows)
        means.append(
            estimator.restricted_mean(
                times, data.event[rows], tau, level, weights, robust=data.robust
            )
        )
    ci = data.ci
    presentation: dict[str, Any] = {"kind": "time", "decimals": 2}
    single = Table(
        "rmst",
        f"Restricted mean survival time to {plain(tau)}{data.unit.replace(',', '')}",
        ("group", "tau", "estimate", "std_err", "lower", "upper"),
        tuple({"group": g, "tau": tau, **_estimate(m)} for g, m in
              zip(data.levels, means, strict=True)),
        (data.group_column, _interval(f"Mean{data.unit} {ci}", "estimate", "lower", "upper",
                                      **presentation)),
        _tau_footnote(data, tau),
    )  # fmt: skip
    if not data.group:
        return [single]
    rows_: list[Row] = []
    for a, b in combinations(range(len(means)), 2):
        gap, p = estimator.difference(means[a], means[b], level)
        rows_.append(
            {"group_a": data.levels[a], "group_b": data.levels[b], "tau": tau, **_estimate(gap),
             "p": finite(p)}
        )  # fmt: skip
    columns = (
        Column("Group", ("group_b",)), Column("minus", ("group_a",)),
        _interval(f"Difference{data.unit} {ci}", "estimate", "lower", "upper", **presentation),
        Column("p", ("p",)),
    )  # fmt: skip
    title = "Differences in restricted mean survival time"
    differences = Table("rmst_differences", title, tuple(rows_[0]), tuple(rows_), columns)
    return [single, differences]


def _tau_footnote(data: KmData, tau: float) -> tuple[str, ...]:
    short = [g for g, c in zip(data.levels, data.curves, strict=True)
             if c.time[-1] < tau and c.survival[-1] > 0]  # fmt: skip
    if not short:
        return ()
    return (
        f"Follow-up ends before {plain(tau)} in {', '.join(short)}; the curve is carried forward.",
    )


def _estimate(e: estimator.Estimate) -> dict[str, Value]:
    return {"estimate": finite(e.estimate), "std_err": finite(e.std_err),
            "lower": finite(e.lower), "upper": finite(e.upper)}  # fmt: skip


def _tests(data: KmData, periods: Periods | None) -> Table:
    """Tests that compare all the groups, one row a test (and cause)."""
    assert data.group is not None
    spec, k = data.spec, len(data.levels)
    rows: list[Row] = []

    def add(test: str, statistic: float, df: int, p: float, cause: str | None) -> None:
        row: dict[str, Value] = {
            "test": test, "statistic": finite(statistic), "df": df, "p": finite(p)
        }  # fmt: skip
        rows.append(row | ({"cause": cause} if spec.competing else {}))

    event_name = data.endpoint.event_name if spec.competing else None
    for name in spec.test:
        result = _test(data, name)
        add(
            "mantel-byar" if data.exposure else name,
            result.statistic,
            result.df,
            result.p,
            event_name,
        )
    if data.strata:
        result = _test(data, "logrank", stratified=True)
        add("logrank-stratified", result.statistic, result.df, result.p, event_name)
    if spec.trend:
        statistic, p = tests.trend(
            _test(data, "logrank"), np.array(data.group.ranks, dtype=np.float64)
        )
        add("logrank-trend", statistic, 1, p, event_name)
    if periods:
        add("time-interaction", periods.statistic, periods.df, periods.p, None)
    if spec.competing and data.weights is None:
        stratified = {"gray": None} | (
            {"gray-stratified": data.strata.codes} if data.strata else {}
        )
        for test, strata in stratified.items():
            for of, cause in causes(data):
                gray = competing_risks.gray_test(
                    data.distinct, data.cause, data.codes, k, of, strata
                )
                add(test, gray.statistic, gray.df, gray.p, cause)
    labels = TEST_LABELS | {"fh": f"Fleming–Harrington ({plain(spec.rho)}, {plain(spec.gamma)})"}
    plain_test = TEST_LABELS["mantel-byar" if data.exposure else "logrank"]
    stratum = data.strata.label if data.strata else ""
    labels["logrank-stratified"] = f"{plain_test}, stratified by {stratum}"
    labels["gray-stratified"] = f"Gray, stratified by {stratum}"
    columns = [Column("Test", ("test",), labels=labels)]
    columns += [Column("Cause", ("cause",))] if spec.competing else []
    columns += [Column("χ²", ("statistic",)), Column("df", ("df",)), Column("p", ("p",))]
    footnotes = []
    if spec.trend:
        order = sorted(zip(data.group.ranks, data.group.levels, strict=True))
        footnotes.append(f"Trend over: {', '.join(level for _, level in order)}.")
    if spec.competing:
        footnotes.append(
            "Gray's test compares the cumulative incidence of the cause between groups; the other "
            "tests compare its cause-specific hazard."
            if data.weights is None
            else "The tests compare cause-specific hazards; Gray's test has no case weights."
        )
    if data.robust:
        footnotes.append("Weights are fractional, so the tests use robust variances.")
    title = f"Comparison of the {k} groups"
    return Table("tests", title, tuple(rows[0]), tuple(rows), tuple(columns), tuple(footnotes))


def _test(data: KmData, weight: tests.Weight, *, stratified: bool = False) -> tests.LogRank:
    spec, patients = data.spec, data.counted
    how: dict[str, Any] = {"weight": weight, "rho": spec.rho, "gamma": spec.gamma}
    if stratified and data.strata:
        return tests.logrank(
            data.distinct, data.event, data.codes, len(data.levels), **how,
            strata=data.strata.codes, case_weights=data.weights, robust=data.robust,
        )  # fmt: skip
    return tests.logrank(
        patients.distinct, patients.event, patients.codes, len(data.levels), **how,
        case_weights=patients.weights, robust=data.robust,
    )  # fmt: skip


def _pairwise(data: KmData) -> Table:
    """A log-rank test of each pair of groups, with adjusted p-values."""
    results = tests.pairwise(
        data.distinct, data.event, data.codes, len(data.levels),
        strata=data.strata.codes if data.strata else None, case_weights=data.weights,
        robust=data.robust,
    )  # fmt: skip
    adjusted = adjust(np.array([t.p for _, _, t in results]), data.spec.adjust)
    rows = tuple(
        {"group_a": data.levels[a], "group_b": data.levels[b], "statistic": finite(t.statistic),
         "p": finite(t.p), "p_adjusted": finite(p)}
        for (a, b, t), p in zip(results, adjusted.tolist(), strict=True)
    )  # fmt: skip
    method = {"holm": "Holm", "bh": "Benjamini–Hochberg", "bonferroni": "Bonferroni",
              "none": "unadjusted"}[data.spec.adjust]  # fmt: skip
    kind = "Pairwise stratified log-rank tests" if data.strata else "Pairwise log-rank tests"
    if data.spec.competing:
        kind += " (cause-specific hazards)"
    return Table(
        "pairwise",
        kind,
        tuple(rows[0]),
        rows,
        (
            Column("Group", ("group_a",)), Column("versus", ("group_b",)),
            Column("χ²", ("statistic",)), Column("p", ("p",)),
            Column(f"p, {method}", ("p_adjusted",)),
        ),
    )  # fmt: skip


def _incidence(data: KmData) -> Table:
    """Cumulative incidence at the times of `--at`, or else at the ticks of the figure."""
    spec = data.spec
    times = spec.at or axis_ticks(float(data.time.max()), data.endpoint.unit)[1:]
    rows: list[Row] = []
    for code, level in enumerate(data.levels):
        for of, cause in causes(data):
            curve = data.incidence(code, of)
            results = competing_risks.incidence_at(curve, tuple(times))
            estimate = np.array([e for e, _ in results])
            std_err = np.array([s for _, s in results])
            lower, upper = incidence_limits(data, estimate, std_err)
            for i, t in enumerate(times):
                rows.append(
                    {"group": level, "cause": cause, "time": float(t),
                     "estimate": finite(estimate[i]), "std_err": finite(std_err[i]),
                     "lower": finite(lower[i]), "upper": finite(upper[i])}
                )  # fmt: skip
    columns = (
        data.group_column,
        Column("Cause", ("cause",)),
        Column(f"Time{data.unit}", ("time",), decimals=decimals_of(times)),
        _interval(f"Cumulative incidence {data.ci}", "estimate", "lower",
                  "upper", kind="probability"),
    )  # fmt: skip
    title = "Cumulative incidence (Aalen–Johansen)"
    ended = [g for g, c in zip(data.levels, data.curves, strict=True) if c.time[-1] < max(times)]
    notes = (f"Not estimable after the end of follow-up: {', '.join(ended)}.",) if ended else ()
    return Table("cumulative_incidence", title, tuple(rows[0]), tuple(rows), columns, notes)


def _parametric(data: KmData) -> Table:
    """Parametric models of each group; the one with the smallest AIC with `best`.

    Raises
    ------
    AnalysisError
        A time of 0, or no model could be fitted.
    """
    from hcc2l.stats.parametric import FAMILIES, fit_parametric

    zeros = int((data.time <= 0).sum())
    if zeros:
        raise AnalysisError(
            f"Parametric models require times above 0; {zeros} patient"
            f"{'s have' if zeros > 1 else ' has'} a time of 0.",
            where="--parametric",
            hint="Exclude them with --where"
            + ("." if data.endpoint.from_dates else f" '{data.endpoint.columns[0]}>0'."),
        )
    best = "best" in data.spec.parametric
    families = FAMILIES if best else tuple(f for f in FAMILIES if f in data.spec.parametric)
    rows: list[Row] = []
    for code, level in enumerate(data.levels):
        inside = data.rows_of(code)
        if not data.event[inside].any():
            continue
        fits = [fit_parametric(data.time[inside], data.event[inside], f) for f in families]
        converged = sorted((f for f in fits if f), key=lambda f: f.aic)
        rows += [
            {"group": level, "model": fit.family, "median": finite(fit.median),
             "mean": finite(fit.mean), "aic": fit.aic, "log_likelihood": fit.log_likelihood,
             "location": fit.location, "scale": fit.scale}
            for fit in (converged[:1] if best else [f for f in fits if f])
        ]  # fmt: skip
    if not rows:
        raise AnalysisError(
            "No parametric model could be fitted: there were too few events, or the "
            "likelihood has no maximum.",
            where="--parametric",
            hint="Omit --parametric.",
        )
    columns = (
        data.group_column,
        Column("Model", ("model",), labels=FAMILY_LABELS),
        Column(f"Median{data.unit}", ("median",), decimals=2),
        Column(f"Mean{data.unit}", ("mean",), decimals=2),
        Column("AIC", ("aic",)),
    )
    note = "A smaller AIC indicates a better fit."
    if best:
        each = " in each group" if data.group else ""
        note = f"The model with the smallest AIC{each} is shown."
    notes = (f"{note} Medians and means are those of the model, extrapolated beyond follow-up.",)
    return Table("parametric", "Parametric models", tuple(rows[0]), tuple(rows), columns, notes)
