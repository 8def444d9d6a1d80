"""The figures of a validation: calibration, decision curves, areas over time, nomogram."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hcc2l.analyses.survival_figure import (
    Patients,
    kaplan_meier_curve,
    numbers,
    survival_figure,
    time_label,
)
from hcc2l.analyses.validate.data import Predictor, Time, ValidationData
from hcc2l.analyses.validate.nomogram import nomogram
from hcc2l.analyses.validate.results import (
    Benefit,
    Calibration,
    Validation,
    benefit_at,
    levels_of,
    mean_benefit,
    thresholds,
)
from hcc2l.design import Floats, Ints
from hcc2l.errors import AnalysisError
from hcc2l.numerals import confidence
from hcc2l.report import (
    AreaOverTime,
    AreasFigure,
    BenefitCurve,
    CalibrationFigure,
    CalibrationLine,
    DecisionFigure,
    Figure,
    Known,
    RiskGroups,
    RiskHistogram,
    SurvivalFigure,
    SurvivalPanels,
)
from hcc2l.specs.figure import SurvivalFigureOptions
from hcc2l.stats.calibration import risk_groups
from hcc2l.stats.kaplan_meier import kaplan_meier
from hcc2l.stats.time_dependent import timed_auc

BINS = 25  # of the histogram
FINE_STEP = 0.01  # between the thresholds of a decision curve
_GROUPS = ("Low risk", "Intermediate risk", "High risk")
_MOST_TIMES = 30  # of the areas over time
_LEAST = 10  # cases, and patients followed beyond, at each of them


def validation_figure(data: ValidationData, found: Validation) -> Figure:
    """The figure of `--which`; by default calibration, and without a predicted risk survival.

    Raises
    ------
    AnalysisError
        The figure asked for needs a predicted risk, or a survival endpoint.
    """
    default = "calibration" if found.calibration or data.imputed else "survival"
    which = data.spec.which or default
    if which in ("calibration", "decision") and not found.calibration:
        raise AnalysisError(
            f"There is no {which} curve without a predicted risk.", where=f"--which {which}",
            hint="Name a model with its baseline (--model), or a column of risks (--risk), and "
            "--at T.",
        )  # fmt: skip
    if which in ("auc", "survival") and data.outcome is None:
        raise AnalysisError(
            "There is no figure of scores that predict no risk of an outcome without times.",
            where="--plot", hint="hcc2l roc draws their ROC curves.",
        )  # fmt: skip
    if which == "calibration":
        return _calibration(data, found)
    if which == "nomogram":
        return nomogram(data)
    return {"decision": _benefits, "auc": _areas, "survival": _survival}[which](data)


def _title(data: ValidationData, c: Calibration) -> str:
    at = f" at {data.at(c.time)}" if c.time is not None else ""
    return f"{data.labels[c.score]}{at}"


def _calibration(data: ValidationData, found: Validation) -> CalibrationFigure:
    risks = {(p.name, t): risk for p in data.predictors for t, risk in p.risks.items()}
    groups, lines, bars = [], [], []
    for panel, c in enumerate(found.calibration):
        groups.append(
            RiskGroups(
                panel,
                n=tuple(float(g.n) for g in c.groups),
                predicted=tuple(g.predicted for g in c.groups),
                observed=tuple(g.observed for g in c.groups),
                lower=_known(np.array([g.lower for g in c.groups])),
                upper=_known(np.array([g.upper for g in c.groups])),
            )
        )
        if c.grid.size:
            arrays = map(numbers, (c.grid, c.observed, c.lower, c.upper))
            lines.append(CalibrationLine(panel, *arrays))
        counts, edges = np.histogram(risks[c.score, c.time], bins=BINS, range=(0.0, 1.0))
        bars.append(
            RiskHistogram(panel, numbers(edges[:-1]), numbers(edges[1:]),
                          numbers(counts.astype(np.float64)))
        )  # fmt: skip
    ci = confidence(data.spec.conf_level)
    return CalibrationFigure(
        tuple(_title(data, c) for c in found.calibration), tuple(groups), tuple(lines),
        tuple(bars), "Predicted risk", f"Observed risk ({ci})",
    )  # fmt: skip


def _known(values: Floats) -> Known:
    return tuple(v if math.isfinite(v) else None for v in values.tolist())


def _benefits(data: ValidationData) -> DecisionFigure:
    at = thresholds(data, FINE_STEP)
    curves: list[BenefitCurve] = []
    times = [t for t in data.times if any(t in p.risks for p in data.predictors)]
    for panel, time in enumerate(times):
        fine = [_fine(data, i, time, at) for i, p in enumerate(data.predictors) if time in p.risks]
        for b in fine:
            label = data.labels[b.score]
            curves.append(BenefitCurve(panel, label, numbers(at), _known(b.net_benefit)))
        everyone = _known(fine[0].treat_all)
        curves.append(BenefitCurve(panel, "Treat all", numbers(at), everyone))
        curves.append(BenefitCurve(panel, "Treat none", numbers(at), (0.0,) * at.size))
    titles = tuple(data.at(time) for time in times) if len(times) > 1 else ("",)
    return DecisionFigure(titles, tuple(curves))


def _fine(data: ValidationData, i: int, time: Time, at: Floats) -> Benefit:
    """The net benefit of a predictor; in imputed data sets, its mean."""
    sets = data.sets or (data,)
    return mean_benefit([benefit_at(one, one.predictors[i], time, at) for one in sets])


def _areas(data: ValidationData) -> AreasFigure:
    times = _times_of_areas(data)
    if times.size < 2:
        raise AnalysisError(
            f"At fewer than two times do {_LEAST} patients have the event and {_LEAST} remain.",
            where="--which auc", hint="There are too few patients for areas over time.",
        )  # fmt: skip
    unit = None if data.outcome is None else data.outcome.endpoint.unit
    return AreasFigure(tuple(_areas_of(data, times)), time_label(unit))


def _times_of_areas(data: ValidationData) -> Floats:
    """Times of events between which about as many events happen."""
    shares = np.linspace(0, 1, _MOST_TIMES)
    times = np.unique(np.quantile(data.time[data.event], shares, method="inverted_cdf"))
    enough = [
        int(data.by_then(t).sum()) >= _LEAST and int((data.time > t).sum()) >= _LEAST
        for t in times.tolist()
    ]
    return np.asarray(times[enough])


def _areas_of(data: ValidationData, times: Floats) -> Iterator[AreaOverTime]:
    for predictor in data.predictors:
        found = [timed_auc(data.time, data.event, predictor.values, t) for t in times.tolist()]
        limits = [area.limits(data.spec.conf_level, 0.0, 1.0) for area in found]
        yield AreaOverTime(
            predictor.label, numbers(times), tuple(area.estimate for area in found),
            tuple(low for low, _ in limits), tuple(high for _, high in limits),
        )  # fmt: skip


def _survival(data: ValidationData) -> Figure:
    if len(data.predictors) == 1:
        return _curves(data, data.predictors[0], data.predictors[0].label)
    panels = tuple(_curves(data, predictor, None) for predictor in data.predictors)
    return SurvivalPanels(panels, tuple(data.labels.values()), columns=min(2, len(panels)))


def _curves(data: ValidationData, predictor: Predictor, legend: str | None) -> SurvivalFigure:
    """Survival by the values of a score, or in thirds of the patients by predicted risk."""
    assert data.outcome is not None
    names, codes = levels_of(predictor) or _thirds(predictor)
    patients = Patients(names, codes, data.time, data.event)
    level = data.spec.conf_level
    curves = [
        kaplan_meier_curve(
            name, kaplan_meier(data.time[codes == i], data.event[codes == i]), "log", level
        )
        for i, name in enumerate(names)
    ]
    return survival_figure(
        patients, curves, data.outcome.endpoint, SurvivalFigureOptions(), legend=legend,
        conf_level=level,
    )  # fmt: skip


def _thirds(predictor: Predictor) -> tuple[tuple[str, ...], Ints]:
    codes = risk_groups(predictor.values, len(_GROUPS))
    used = int(codes.max()) + 1
    return (_GROUPS if used == len(_GROUPS) else ("Low risk", "High risk")[:used]), codes
