"""The tables of a validation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from hcc2l.analyses.validate.data import ValidationData
from hcc2l.analyses.validate.measures import Measure, PooledMeasure
from hcc2l.analyses.validate.nomogram import equation
from hcc2l.analyses.validate.results import Validation
from hcc2l.numerals import confidence, confidence_level
from hcc2l.report import Column, Row, Table, Value, finite

MEASURES = {
    "c-harrell": "Harrell's C", "c-uno": "Uno's C", "auc": "AUC", "intercept": "Intercept",
    "slope": "Calibration slope", "observed": "Observed risk", "expected": "Mean predicted risk",
    "o/e": "Observed/expected", "brier": "Brier score", "scaled-brier": "Scaled Brier score",
    "ici": "ICI", "e50": "E50", "e90": "E90", "emax": "Emax",
}  # fmt: skip
METHODS = {"none": "As saved", "baseline": "New baseline", "slope": "New baseline and slope"}
_ABBREVIATED = {
    "ici": "ICI, E50, E90, Emax: mean, median, 90th percentile and largest absolute difference of "
    "the calibration curve from the predicted risk.",
    "scaled-brier": "Scaled Brier score: 1 less the Brier score divided by that of one risk for "
    "all patients; 1 is perfect, 0 useless.",
}


def validation_tables(
    data: ValidationData,
    found: Validation,
    complete_cases: tuple[ValidationData, Validation] | None = None,
) -> list[Table]:
    """Every table, those of the contract first; of imputed data sets beside the complete cases."""
    return [
        _performance(data, found),
        *_complete_cases(complete_cases),
        *_comparisons(data, found),
        *_calibration(data, found),
        *_curves(found),
        *_benefits(data, found),
        *_recalibration(data, found),
        *_equations(data),
        *_groups(data, found),
        *_likelihoods(data, found),
        *_gains(data, found),
        *_imputation(data),
    ]


def _score(data: ValidationData) -> Column:
    return Column("Score", ("score",), labels=data.labels)


def _time(data: ValidationData, rows: Sequence[Row]) -> tuple[Column, ...]:
    """The column of the time; none where no row has one."""
    if all(row["time"] is None for row in rows):
        return ()
    heading = f"Time ({data.unit})" if data.unit else "Time"
    places = 0 if all(float(t).is_integer() for t in data.spec.at) else 1
    return (Column(heading, ("time",), kind="statistic", decimals=places),)


def _performance(data: ValidationData, found: Validation) -> Table:
    rows: list[Row] = []
    for predictor, measured in found.measures:
        corrected = found.corrected.get(predictor.name)
        for m in measured:
            optimism = corrected.optimism.get((m.measure, m.time)) if corrected else None
            values = {"estimate": m.estimate, "std_err": m.std_err, "lower": m.lower,
                      "upper": m.upper, "p": m.p}  # fmt: skip
            rows.append({"score": predictor.name, "time": m.time, "measure": m.measure,
                         **{key: finite(value) for key, value in values.items()},
                         "optimism": optimism, **_pooled_keys(m)})  # fmt: skip
    shown = {str(row["measure"]) for row in rows}
    notes = [text for name, text in _ABBREVIATED.items() if name in shown]
    notes.append("p: of C and AUC against 0.5" + (
        ", of the slope against 1" if "slope" in shown else ""
    ) + (", of the intercept against 0" if "intercept" in shown else "") + ".")  # fmt: skip
    more: tuple[Column, ...] = ()
    if found.corrected:
        more = (Column("Optimism", ("optimism",), decimals=3),)
        notes.append(f"Optimism: mean of {data.spec.boot} bootstrap samples; what is expected in "
                     "new patients is the estimate less its optimism.")  # fmt: skip
    if data.imputed:
        more = (Column("FMI", ("fmi",), kind="statistic", decimals=2),)
        notes.append(
            f"Pooled over {data.imputed.sets} imputed data sets by Rubin's rules: C and AUC as "
            "logits, observed/expected as logarithms, the others as they are. FMI: fraction of "
            "missing information."
        )
    heading = f"Estimate ({confidence(data.spec.conf_level)})"
    columns = (
        _score(data), Column("Measure", ("measure",), labels=MEASURES), *_time(data, rows),
        Column(heading, ("estimate", "lower", "upper"), form="interval", kind="statistic",
               decimals=3),
        Column("p", ("p",)), *more,
    )  # fmt: skip
    return Table("performance", f"Performance in {data.n} patients, {int(data.event.sum())} events",
                 tuple(rows[0]), tuple(rows), columns, tuple(notes), stacked="score")  # fmt: skip


def _pooled_keys(measure: Measure) -> dict[str, Value]:
    """What a pooled measure has beside the others."""
    if not isinstance(measure, PooledMeasure):
        return {}
    return {"df": finite(measure.df), "fmi": finite(measure.fmi)}


def _complete_cases(found: tuple[ValidationData, Validation] | None) -> Iterator[Table]:
    """The performance in the patients without a missing value."""
    if found is not None:
        table = _performance(*found)
        title = f"Complete cases: performance in {table.title.removeprefix('Performance in ')}"
        yield replace(table, name="complete_cases", title=title)


def _imputation(data: ValidationData) -> Iterator[Table]:
    if data.imputed:
        from hcc2l.analyses.imputation import imputation_table

        yield imputation_table(data.imputed)


def _comparisons(data: ValidationData, found: Validation) -> Iterator[Table]:
    level = data.spec.conf_level
    rows: list[Row] = []
    for c in found.comparisons:
        d = c.difference
        rows.append({"score_a": c.score_a, "score_b": c.score_b, "time": d.time,
                     "measure": d.measure, "difference": finite(d.estimate),
                     "std_err": finite(d.std_err), "lower": finite(d.lower),
                     "upper": finite(d.upper), "p": finite(d.p)})  # fmt: skip
    if not rows:
        return
    columns = (
        Column("Score", ("score_a",), labels=data.labels),
        Column("versus", ("score_b",), labels=data.labels),
        Column("Measure", ("measure",), labels=MEASURES), *_time(data, rows),
        Column(f"Difference ({confidence_level(level)} CI)", ("difference", "lower", "upper"),
               form="interval", decimals=3),
        Column("p", ("p",)),
    )  # fmt: skip
    title = "Differences between scores in the same patients"
    yield Table(
        "comparisons", title, tuple(rows[0]), tuple(rows), columns, stacked="score_a"
    )  # fmt: skip


def _calibration(data: ValidationData, found: Validation) -> Iterator[Table]:
    rows: list[Row] = [
        {"score": c.score, "time": c.time, "group": str(i), "n": g.n,
         "predicted": finite(g.predicted), "observed": finite(g.observed),
         "lower": finite(g.lower), "upper": finite(g.upper)}
        for c in found.calibration for i, g in enumerate(c.groups, start=1)
    ]  # fmt: skip
    if not rows:
        return
    columns = (
        _score(data), *_time(data, rows), Column("Group of risk", ("group",)), Column("n", ("n",)),
        Column("Predicted", ("predicted",), kind="probability", decimals=1),
        Column(f"Observed ({confidence(data.spec.conf_level)})", ("observed", "lower", "upper"),
               form="interval", kind="probability", decimals=1),
    )  # fmt: skip
    yield Table("calibration", "Predicted and observed risk in groups of predicted risk",
                tuple(rows[0]), tuple(rows), columns, apart="score")  # fmt: skip


def _curves(found: Validation) -> Iterator[Table]:
    rows: list[Row] = []
    for c in found.calibration:
        points = np.column_stack([c.grid, c.observed, c.lower, c.upper])
        for predicted, observed, lower, upper in points.tolist():
            rows.append({"score": c.score, "time": c.time, "predicted": predicted,
                         "observed": finite(observed), "lower": finite(lower),
                         "upper": finite(upper)})  # fmt: skip
    if rows:
        yield Table("calibration_curve", "Calibration curve", tuple(rows[0]), tuple(rows))


def _benefits(data: ValidationData, found: Validation) -> Iterator[Table]:
    rows: list[Row] = [
        {"score": b.score, "time": b.time, "threshold": t, "net_benefit": finite(net),
         "treat_all": finite(everyone), "treat_none": 0.0}
        for b in found.benefits
        for t, net, everyone in zip(
            b.threshold.tolist(), b.net_benefit.tolist(), b.treat_all.tolist(), strict=True
        )
    ]  # fmt: skip
    if not rows:
        return
    columns = (
        _score(data), *_time(data, rows),
        Column("Treated from a risk of", ("threshold",), kind="probability", decimals=0),
        Column("Net benefit", ("net_benefit",), decimals=3),
        Column("Treat all", ("treat_all",), decimals=3),
        Column("Treat none", ("treat_none",), decimals=3),
    )  # fmt: skip
    note = ("Net benefit: true positives less false positives at the odds of the threshold, per "
            "patient.")  # fmt: skip
    yield Table("net_benefit", "Net benefit", tuple(rows[0]), tuple(rows), columns, (note,),
                apart="score")  # fmt: skip


def _recalibration(data: ValidationData, found: Validation) -> Iterator[Table]:
    rows: list[Row] = [
        {"score": r.score, "time": r.time, "method": r.method,
         "baseline_survival": finite(r.survival), "intercept": finite(r.intercept),
         "slope": finite(r.slope)}
        for r in found.recalibrations
    ]  # fmt: skip
    if not rows:
        return
    level = Column("Baseline survival", ("baseline_survival",), kind="estimate", decimals=4)
    if data.outcome is None:
        level = Column("Intercept", ("intercept",), decimals=3)
    columns = (
        _score(data), *_time(data, rows), Column("Model", ("method",), labels=METHODS), level,
        Column("Slope", ("slope",), decimals=3),
    )  # fmt: skip
    note = (
        "The slope multiplies every coefficient. The values are of these patients; validate a "
        "recalibrated model in others."
    )
    yield Table("recalibration", "The models recalibrated to these patients", tuple(rows[0]),
                tuple(rows), columns, (note,), apart="score")  # fmt: skip


def _equations(data: ValidationData) -> Iterator[Table]:
    rows: list[Row] = [
        {"score": p.name, "equation": equation(data, p.model)}
        for p in data.predictors if p.model is not None
    ]  # fmt: skip
    if rows:
        columns = (_score(data), Column("Equation", ("equation",), form="sentences"))
        notes = ("LP: linear predictor.", "[…] is 1 where it is true, else 0.")
        yield Table("equations", "The models", tuple(rows[0]), tuple(rows), columns, notes)


def _groups(data: ValidationData, found: Validation) -> Iterator[Table]:
    if not found.groups:
        return
    timed = data.outcome is not None
    ratio = "hr" if timed else "or"
    rows: list[Row] = [
        {"score": g.score, "level": g.level, "n": g.n, "events": g.events,
         "median": finite(g.median), ratio: finite(g.ratio), "lower": finite(g.lower),
         "upper": finite(g.upper), "p": finite(g.p)}
        for g in found.groups
    ]  # fmt: skip
    medians: tuple[Column, ...] = ()
    if data.outcome is not None:
        unit = f" ({data.unit})" if data.unit else ""
        places = data.outcome.endpoint.decimals([row["median"] for row in rows])
        medians = (Column(f"Median{unit}", ("median",), decimals=places),)
    heading = f"{ratio.upper()} to the value before ({confidence(data.spec.conf_level)})"
    columns = (
        _score(data), Column("Value", ("level",)), Column("n", ("n",)),
        Column("Events", ("events",)), *medians,
        Column(heading, (ratio, "lower", "upper"), form="effect"), Column("p", ("p",)),
    )  # fmt: skip
    yield Table("score_groups", "Separation of the values of each score", tuple(rows[0]),
                tuple(rows), columns, stacked="score")  # fmt: skip


def _likelihoods(data: ValidationData, found: Validation) -> Iterator[Table]:
    if not found.likelihoods:
        return
    rows: list[Row] = [
        {"score": x.score, "loglik": x.loglik, "aic": finite(x.aic), "lr_statistic": x.statistic,
         "lr_df": 1, "lr_p": finite(x.p)}
        for x in found.likelihoods
    ]  # fmt: skip
    columns = (
        _score(data), Column("χ²", ("lr_statistic",)), Column("p", ("lr_p",)),
        Column("AIC", ("aic",)),
    )  # fmt: skip
    kind = "Cox" if data.outcome is not None else "logistic"
    title = f"Each score as a number in a {kind} model"
    yield Table("score_likelihood", title, tuple(rows[0]), tuple(rows), columns)


def _gains(data: ValidationData, found: Validation) -> Iterator[Table]:
    rows: list[Row] = [
        {"score_a": g.score_a, "score_b": g.score_b, "statistic": g.statistic, "df": 1,
         "p": finite(g.p)}
        for g in found.gains
    ]  # fmt: skip
    if not rows:
        return
    columns = (
        Column("Score", ("score_a",), labels=data.labels),
        Column("added to", ("score_b",), labels=data.labels),
        Column("χ²", ("statistic",)), Column("p", ("p",)),
    )  # fmt: skip
    title = "Likelihood gained by adding one score to another"
    yield Table("score_gain", title, tuple(rows[0]), tuple(rows), columns)
