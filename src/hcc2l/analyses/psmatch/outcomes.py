"""Tables of the outcomes before and after matching: survival, hazard ratios, response."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from hcc2l.analyses.best_response import RATES, RESPONSES, has_response, response_codes
from hcc2l.analyses.psmatch.balance import counts_tests, sample_column
from hcc2l.analyses.psmatch.data import MatchData, Sample, TimeToEvent
from hcc2l.analyses.psmatch.labels import LOGRANK_LABELS, MODEL_LABELS, SAMPLES
from hcc2l.analyses.psmatch.matching import gaps, match
from hcc2l.analyses.test_names import TEST_LABELS
from hcc2l.cohort import Cohort
from hcc2l.design import Floats, Ints, Mask
from hcc2l.levels import distinct
from hcc2l.numerals import confidence
from hcc2l.report import Column, Row, Table, Value, finite
from hcc2l.stats import kaplan_meier as curves
from hcc2l.stats.balance import balance, spread
from hcc2l.stats.cox import CoxFit, cox
from hcc2l.stats.logrank import logrank
from hcc2l.stats.proportional_hazards import proportional_hazards
from hcc2l.stats.proportions import proportion_limits
from hcc2l.stats.risk_sets import fractional
from hcc2l.stats.sensitivity import e_value
from hcc2l.stats.tails import normal_quantile, normal_tail

NO_ERROR = 1e-9  # a robust standard error below this share of the model's is 0, up to rounding


ORDERS = ("largest", "smallest", "data", "random")


def outcome_tables(data: MatchData) -> list[Table]:
    """Tables of medians, tests and hazard ratios of every endpoint; none without endpoints."""
    if not data.outcomes:
        return []
    return [_survival(data), _tests(data), effects_table(data), _ph_tests(data)]


def _rows(outcome: TimeToEvent, sample: Sample) -> Mask:
    return outcome.known & sample.inside


def worded(data: MatchData, labels: dict[str, str]) -> dict[str, str]:
    """The labels, with "matched set" for "pair" if a treated patient may have several controls."""
    if data.spec.controls_each == 1:
        return labels
    return {key: text.replace("pair", "matched set") for key, text in labels.items()}


def _endpoint_column(data: MatchData, *, with_unit: bool = False) -> Column:
    labels = {}
    for outcome in data.outcomes:
        unit = f", {outcome.endpoint.unit}" if outcome.endpoint.unit and with_unit else ""
        labels[outcome.name] = f"{outcome.endpoint.label}{unit}"
    return Column("Endpoint", ("endpoint",), labels=labels)


def _survival(data: MatchData) -> Table:
    rows: list[Row] = []
    level = data.spec.conf_level
    for outcome in data.outcomes:
        for sample in data.samples:
            robust = fractional(sample.weights)
            groups = zip(data.treatment.levels, (data.treated, ~data.treated), strict=True)
            for name, group in groups:
                inside = _rows(outcome, sample) & group
                row: dict[str, Value] = {
                    "endpoint": outcome.name, "sample": sample.name, "group": name,
                    "n": int(inside.sum()), "events": int(outcome.event[inside].sum()),
                    "median": None, "lower": None, "upper": None,
                }  # fmt: skip
                if inside.any():
                    curve = curves.kaplan_meier(
                        outcome.time[inside], outcome.event[inside], sample.weights[inside],
                        robust=robust,
                    )  # fmt: skip
                    (median,) = curves.quantiles(curve, (0.5,), "log", level)
                    row |= {"median": finite(median.estimate), "lower": finite(median.lower),
                            "upper": finite(median.upper)}  # fmt: skip
                rows.append(row)
    ci = f"({confidence(level)})"
    columns = (
        _endpoint_column(data, with_unit=True), sample_column(), Column("Treatment", ("group",)),
        Column("n", ("n",)), Column("Events", ("events",)),
        Column(f"Median {ci}", ("median", "lower", "upper"), form="interval"),
    )  # fmt: skip
    weighted = any(fractional(sample.weights) for sample in data.samples)
    notes = ("n and events are numbers of patients; in weighted samples, medians are weighted.",)
    return Table("survival", "Survival", tuple(rows[0]), tuple(rows), columns,
                 notes if weighted else ())  # fmt: skip


def _tests(data: MatchData) -> Table:
    rows: list[Row] = []
    for outcome in data.outcomes:
        for sample in data.samples:
            for test, strata in _tests_of(data, sample):
                rows.append(_test(data, outcome, sample, test, strata))
    columns = (
        _endpoint_column(data), sample_column(),
        Column("Test", ("test",), labels=worded(data, LOGRANK_LABELS)),
        Column("χ²", ("statistic",)), Column("df", ("df",)), Column("p", ("p",)),
    )  # fmt: skip
    return Table("tests", "Comparison of survival", tuple(rows[0]), tuple(rows), columns)


def _tests_of(data: MatchData, sample: Sample) -> Iterator[tuple[str, Ints | None]]:
    yield "logrank", None
    if sample.name == "after" and data.paired:
        yield "logrank-stratified", data.sets


def _test(
    data: MatchData, outcome: TimeToEvent, sample: Sample, test: str, strata: Ints | None
) -> Row:
    inside = _rows(outcome, sample)
    result = logrank(
        outcome.time[inside], outcome.event[inside], (~data.treated[inside]).astype(np.int64), 2,
        strata=None if strata is None else strata[inside],
        case_weights=sample.weights[inside] if sample.name == "weighted" else None,
        robust=True if sample.name == "weighted" else None,
    )  # fmt: skip
    return {"endpoint": outcome.name, "sample": sample.name, "test": test,
            "statistic": finite(result.statistic), "df": result.df or None,
            "p": finite(result.p)}  # fmt: skip


def effects_table(data: MatchData) -> Table:
    """The hazard ratio of the treated by every model in every sample."""
    rows: list[Row] = []
    for outcome in data.outcomes:
        for sample in data.samples:
            rows += [effect(data, outcome, sample, model) for model in _models(data, sample)]
    ci = f"({confidence(data.spec.conf_level)})"
    columns = (
        _endpoint_column(data), sample_column(),
        Column("Model", ("model",), labels=worded(data, MODEL_LABELS)),
        Column(f"HR {ci}", ("hr", "lower", "upper"), form="effect"), Column("p", ("p",)),
        Column("E-value", ("e_value",)), Column("E-value, limit", ("e_value_limit",)),
    )  # fmt: skip
    title = f"Hazard ratios, {data.treatment.treated} versus {data.treatment.control}"
    note = ("E-value: the minimum strength of association, as a risk ratio, that an unmeasured "
            "confounder would need with both treatment and outcome to explain away the hazard "
            "ratio, or its confidence limit nearer to 1.")  # fmt: skip
    return Table("effects", title, tuple(rows[0]), tuple(rows), columns, (note,))


def _models(data: MatchData, sample: Sample) -> list[str]:
    models = ["cox"]
    if sample.name == "after":
        models += ["cox-cluster", "cox-strata"] if data.paired else ["cox-robust"]
    return models + (["cox-adjusted"] if data.spec.doubly_robust else [])


def _reported(data: MatchData, sample: Sample) -> str:
    """The model whose hazard ratio is reported for a sample."""
    if sample.name != "after":
        return "cox"
    return "cox-cluster" if data.paired else "cox-robust"


def effect(data: MatchData, outcome: TimeToEvent, sample: Sample, model: str) -> Row:
    """The hazard ratio of the treated by one model in one sample."""
    inside = _rows(outcome, sample)
    fit = _fit(data, outcome, sample, inside, model)
    row: dict[str, Value] = {"endpoint": outcome.name, "sample": sample.name, "model": model}
    keys = ("hr", "coef", "std_err", "robust_std_err", "lower", "upper", "p", "e_value",
            "e_value_limit")  # fmt: skip
    row |= dict.fromkeys(keys)
    if isinstance(fit, str):
        return row
    coef, std_err = float(fit.coef[0]), float(np.sqrt(fit.variance[0, 0]))
    robust = fit.robust_std_err
    used = std_err if robust is None else float(robust[0])
    half = normal_quantile(data.spec.conf_level) * used
    with np.errstate(over="ignore"):
        hr, lower, upper = (float(np.exp(v)) for v in (coef, coef - half, coef + half))
    value, limit = e_value(hr, lower, upper)
    values = (hr, coef, std_err, np.nan if robust is None else float(robust[0]), lower, upper,
              2 * normal_tail(abs(coef / used)) if used > 0 else np.nan, value, limit)  # fmt: skip
    return row | {key: finite(v) for key, v in zip(keys, values, strict=True)}


def _fit(
    data: MatchData, outcome: TimeToEvent, sample: Sample, inside: Mask, model: str
) -> CoxFit | str:
    """The Cox model, or the reason why it gives no hazard ratio of the treatment."""
    treated = data.treated[inside]
    if treated.all() or not treated.any():
        return "there are no patients in one of the two groups"
    if not outcome.event[inside].any():
        return "there are no events"
    x = treated.astype(np.float64)[:, None]
    weights: Floats | None = sample.weights[inside]
    sets = data.sets[inside]
    cluster = strata = None
    robust: bool | None = None
    if model == "cox-adjusted":
        x = np.column_stack([x, data.matrix.x[inside]])
    if model == "cox-strata":
        strata, weights = np.unique(sets, return_inverse=True)[1].astype(np.int64), None
    elif model == "cox-cluster" or (
        model == "cox-adjusted" and sample.name == "after" and data.paired
    ):
        cluster = np.unique(sets, return_inverse=True)[1].astype(np.int64)
    elif sample.name == "weighted" or (model != "cox" and sample.name == "after"):
        robust = True
    else:
        weights = None
    fit = cox(
        outcome.time[inside], outcome.event[inside], x, strata=strata, weights=weights,
        cluster=cluster, robust=robust,
    )  # fmt: skip
    return _no_estimate(fit) or fit


def _no_estimate(fit: CoxFit) -> str | None:
    """Why a model gives no estimate for its first column; None where it does."""
    if fit.df > fit.events:
        return "there are fewer events than parameters"
    if fit.dropped[0]:
        return "at no event time were both treatments at risk"
    if fit.infinite[0]:
        return "the likelihood is monotone, so there is no finite estimate"
    if not fit.estimable[0]:
        return "the estimate does not converge"
    robust = fit.robust_std_err
    if robust is not None and not robust[0] > NO_ERROR * fit.std_err[0]:
        return "the robust standard error is 0"
    return None


def absent_effects(data: MatchData, tables: Sequence[Table]) -> dict[str, list[str]]:
    """Hazard ratios that cannot be estimated, in words, by the reason."""
    outcomes = {outcome.name: outcome for outcome in data.outcomes}
    samples = {sample.name: sample for sample in data.samples}
    absent: dict[str, list[str]] = {}
    labels = worded(data, MODEL_LABELS)
    rows = [row for table in tables if table.name == "effects" for row in table.rows]
    for row in (row for row in rows if row["hr"] is None):
        endpoint, name, model = (str(row[key]) for key in ("endpoint", "sample", "model"))
        outcome, sample = outcomes[endpoint], samples[name]
        fit = _fit(data, outcome, sample, _rows(outcome, sample), model)
        reason = fit if isinstance(fit, str) else "the estimate does not converge"
        words = f"{outcome.endpoint.label}, {SAMPLES[name].lower()}, {labels[model]}"
        absent.setdefault(reason, []).append(words)
    return absent


def _ph_tests(data: MatchData) -> Table:
    """Test that the hazard ratio of the treatment is constant, per endpoint and sample."""
    rows: list[Row] = [
        _ph_test(data, outcome, sample, _reported(data, sample))
        for outcome in data.outcomes
        for sample in data.samples
    ]
    columns = (
        _endpoint_column(data), sample_column(), Column("χ²", ("statistic",)),
        Column("df", ("df",)), Column("p", ("p",)),
    )  # fmt: skip
    title = f"Proportional hazards, {data.treatment.treated} versus {data.treatment.control}"
    note = "Score test for a hazard ratio that changes with time (Grambsch–Therneau)."
    return Table("ph_tests", title, tuple(rows[0]), tuple(rows), columns, (note,))


def _ph_test(data: MatchData, outcome: TimeToEvent, sample: Sample, model: str) -> Row:
    inside = _rows(outcome, sample)
    row: dict[str, Value] = {"endpoint": outcome.name, "sample": sample.name, "model": model}
    fit = _fit(data, outcome, sample, inside, model)
    if isinstance(fit, str):
        return row | {"statistic": None, "df": None, "p": None}
    test = proportional_hazards(
        outcome.time[inside], outcome.event[inside],
        data.treated[inside].astype(np.float64)[:, None], fit.coef, fit.dropped, ("treatment",),
        weights=None if model == "cox" and sample.name != "weighted" else sample.weights[inside],
    )[0]  # fmt: skip
    return row | {"statistic": finite(test.statistic), "df": test.df, "p": finite(test.p)}


def orders_table(data: MatchData) -> Table | None:
    """The matching repeated in every order of the treated; None where the order has no effect."""
    spec = data.spec
    if spec.method != "nearest" or spec.reuses:
        return None
    sds = [spread(c.values, data.treated, pooled=spec.smd == "pooled") for c in data.covariates]
    rows: list[Row] = []
    for order in ORDERS:
        same = order == spec.order
        matches = data.matches if same else match(data.pool, spec, order, data.caliper)
        weights = matches.weights(data.treated)
        differences = [
            abs(balance(c.values, data.treated, weights, sd).smd)
            for c, sd in zip(data.covariates, sds, strict=True)
        ]
        row: dict[str, Value] = {
            "order": order, "n_matched_treated": int(np.unique(matches.treated).size),
            "total_distance": float(gaps(data.pool, matches).sum()),
            "smd_max": max(differences) if np.isfinite(differences).all() else None,
            "hr": None, "lower": None, "upper": None, "p": None,
        }  # fmt: skip
        if data.outcomes:
            rematched = replace(data, matches=matches)
            hazard = effect(rematched, data.outcomes[0], Sample("after", weights), "cox-cluster")
            row |= {key: hazard[key] for key in ("hr", "lower", "upper", "p")}
        rows.append(row)
    columns = [
        Column("Order", ("order",)),
        Column("Pairs" if spec.controls_each == 1 else "Sets", ("n_matched_treated",)),
        Column("Total distance", ("total_distance",), decimals=3),
        Column("Largest |SMD|", ("smd_max",), decimals=3),
    ]  # fmt: skip
    if data.outcomes:
        name = data.outcomes[0].endpoint.label
        ci = f"({confidence(spec.conf_level)})"
        effects = ("hr", "lower", "upper")
        columns += [Column(f"{name}, HR {ci}", effects, form="effect"), Column("p", ("p",))]
    title = "Sensitivity to the order of matching"
    return Table("orders", title, tuple(rows[0]), tuple(rows), tuple(columns))


def response_tables(cohort: Cohort, data: MatchData) -> list[Table]:
    """Tables of best response; none if the cohort has no column of CR, PR, SD, PD and NE."""
    rates: list[Row] = []
    rows: list[Row] = []
    labels: dict[str, str] = {}
    for name in _response_columns(cohort):
        response = response_codes(cohort.column(name))[data.rows]
        labels[name] = cohort.label(name)
        for what in (*RESPONSES, *RATES):
            counted = has_response(response, what)
            rates += _rates(data, name, what, response, counted)
            rows.append(_response_row(data, name, what, response, counted))
    if not rows:
        return []
    columns = _response_columns_of(data, labels)
    all_known = "Percentages are of all patients with a known response, including NE."
    notes = (all_known, _response_note(data, rows))
    return [
        Table("response", "Response", tuple(rows[0]), tuple(rows), columns, notes),
        Table("rates", "Response rates", tuple(rates[0]), tuple(rates)),
    ]


def _response_columns(cohort: Cohort) -> list[str]:
    """Columns of responses, recognised by their name and their values."""
    named = [n for n in cohort.names if "response" in n.casefold() or "recist" in n.casefold()]
    columns = []
    for name in named:
        column = cohort.column(name)
        if column.kind == "text":
            texts, _ = distinct(column)
            if len(texts) > 1 and {t.upper() for t in texts} <= set(RESPONSES):
                columns.append(name)
    return columns


def _rates(data: MatchData, name: str, what: str, response: Ints, counted: Mask) -> Iterator[Row]:
    for sample in data.samples[:2]:
        for level, group in zip(
            data.treatment.levels, (data.treated, ~data.treated), strict=True
        ):  # fmt: skip
            inside = group & sample.inside & (response >= 0)
            count, n = int(counted[inside].sum()), int(inside.sum())
            lower, upper = proportion_limits(
                np.array(float(count)), np.array(float(n)), data.spec.conf_level, "clopper-pearson"
            )
            yield {"variable": name, "sample": sample.name, "group": level, "rate": what,
                   "count": count, "n": n, "estimate": count / n if n else None,
                   "lower": finite(float(lower)), "upper": finite(float(upper))}  # fmt: skip


def _response_row(data: MatchData, name: str, what: str, response: Ints, counted: Mask) -> Row:
    row: dict[str, Value] = {"variable": name, "rate": what}
    codes = np.where(response >= 0, counted.astype(np.int64), -1)
    tests = counts_tests(data, codes)
    for sample, test in zip(data.samples[:2], tests, strict=True):
        end = sample.name
        for group_name, group in (("treated", data.treated), ("control", ~data.treated)):
            rows = group & sample.inside & (response >= 0)
            count, n = int(counted[rows].sum()), int(rows.sum())
            row[f"{group_name}_count_{end}"] = count
            row[f"{group_name}_percent_{end}"] = count / n if n else None
        row[f"p_{end}"] = finite(test.p) if test else None
        row[f"test_{end}"] = test.name if test else None
    return row


def _response_columns_of(data: MatchData, labels: dict[str, str]) -> tuple[Column, ...]:
    columns = [Column("Response", ("variable",), labels=labels)] if len(labels) > 1 else []
    columns.append(Column("Best response", ("rate",)))
    for sample in data.samples[:2]:
        end = sample.name
        when = "" if end == "before" else "Matched "
        for name, level in zip(("treated", "control"), data.treatment.levels, strict=True):
            keys = (f"{name}_count_{end}", f"{name}_percent_{end}")
            columns.append(Column(f"{when}{level}", keys, form="summary"))
        if end == "before" or data.paired:
            columns.append(Column("p", (f"p_{end}",)))
    return tuple(columns)


def _response_note(data: MatchData, rows: Sequence[Row]) -> str:
    def listed(key: str) -> str:
        names = [TEST_LABELS[str(row[key])] for row in rows if row[key] is not None]
        return ", ".join(dict.fromkeys(names))

    after = listed("test_after")
    text = f"Tests before matching: {listed('test_before')}."
    if not after:
        return text
    if data.spec.controls_each == 1:
        return (
            f"{text} Tests after matching, within pairs in which both responses are known: {after}."
        )
    return (
        f"{text} Tests after matching, within matched sets, in patients with a known response: "
        f"{after}."
    )
