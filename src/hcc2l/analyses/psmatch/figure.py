"""The figures of a psmatch analysis: love plot, scores, survival."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from hcc2l.analyses.psmatch.balance import LARGE_DIFFERENCE
from hcc2l.analyses.psmatch.data import MatchData, Sample
from hcc2l.analyses.psmatch.labels import LOGRANK_LABELS, SAMPLES
from hcc2l.analyses.psmatch.outcomes import worded
from hcc2l.analyses.survival_figure import Patients, kaplan_meier_curve, numbers, survival_figure
from hcc2l.errors import AnalysisError
from hcc2l.numerals import p_equation
from hcc2l.report import (
    Figure,
    LoveFigure,
    LoveSeries,
    ScoreHistogram,
    ScoresFigure,
    SurvivalFigure,
    SurvivalPanels,
    Table,
)
from hcc2l.stats.kaplan_meier import KaplanMeier, kaplan_meier
from hcc2l.stats.risk_sets import fractional

BINS = 20


def psmatch_figure(data: MatchData, tables: Sequence[Table]) -> Figure:
    """The figure requested by `--which`.

    Raises
    ------
    AnalysisError
        Survival is requested and the cohort has no endpoint.
    """
    named = {table.name: table for table in tables}
    if data.spec.which == "scores":
        return _scores(data)
    if data.spec.which == "survival":
        return _survival(data, named)
    return love_plot(data, named["balance"])


def love_plot(data: MatchData, balance: Table) -> LoveFigure:
    """The covariates; of two levels one is enough, as the other is its mirror image."""
    labels = {c.term: c.label for c in data.covariates}
    levels = Counter(balance.column("variable"))
    shown, names = [], []
    for i, row in enumerate(balance.rows):
        variable, level = row["variable"], row["level"]
        if levels[variable] == 2 and level is not None:
            levels[variable] = 0
            continue
        shown.append(i)
        label = labels[str(variable)]
        names.append(label if level is None else f"{label}: {level}")
    series = []
    for sample in data.samples:
        differences = balance.numbers(f"smd_{sample.name}")
        smd = tuple(differences[i] for i in shown)
        series.append(LoveSeries(SAMPLES[sample.name], tuple(names), smd))
    estimable = all(None not in one.smd for one in series)
    x_label = "Absolute standardised mean difference"
    return LoveFigure(
        tuple(series), LARGE_DIFFERENCE, x_label + ("" if estimable else "\nNE: not estimable")
    )


def _scores(data: MatchData) -> ScoresFigure:
    return ScoresFigure(
        histograms=tuple(_histograms(data)),
        x_label=f"Propensity score for {data.treatment.treated}",
        weighted=any(fractional(s.weights) for s in data.samples),
    )


def _histograms(data: MatchData) -> Iterator[ScoreHistogram]:
    edges = np.linspace(0.0, 1.0, BINS + 1)
    for sample in data.samples:
        for name, group in zip(data.treatment.levels, (data.treated, ~data.treated), strict=True):
            inside = group & sample.inside
            counts, _ = np.histogram(
                data.propensity[inside], edges, weights=sample.weights[inside]
            )  # fmt: skip
            yield ScoreHistogram(
                SAMPLES[sample.name], name, numbers(edges[:-1]), numbers(edges[1:]), numbers(counts)
            )


def _survival(data: MatchData, tables: dict[str, Table]) -> SurvivalPanels:
    if not data.outcomes:
        raise AnalysisError(
            "Survival curves need an endpoint; there is none in the cohort.",
            where="--which survival",
            hint="Give one with --time COL --event COL.",
        )  # fmt: skip
    return SurvivalPanels(
        panels=tuple(_panel(data, sample, tables) for sample in data.samples),
        titles=tuple(SAMPLES[sample.name] for sample in data.samples),
    )


def _panel(data: MatchData, sample: Sample, tables: dict[str, Table]) -> SurvivalFigure:
    """The curves of one sample, with the axis of all patients."""
    outcome, treatment = data.outcomes[0], data.treatment
    inside = outcome.known & sample.inside
    weights = None if (sample.weights[inside] == 1).all() else sample.weights[inside]
    patients = Patients(
        treatment.levels, (~data.treated[inside]).astype(np.int64), outcome.time[inside],
        outcome.event[inside], weights,
    )  # fmt: skip
    figure = survival_figure(
        patients,
        [kaplan_meier_curve(level, _curve(patients, code), "log", data.spec.conf_level)
         for code, level in enumerate(treatment.levels)],
        outcome.endpoint,
        data.spec,
        legend=treatment.label,
        conf_level=data.spec.conf_level,
        longest=max(float(outcome.time[outcome.known].max()), 0.0),
    )  # fmt: skip
    medians = _of(data, sample, tables["survival"]).numbers("median")
    annotation = _annotation(data, _of(data, sample, tables["tests"]))
    return replace(figure, medians=medians, annotation=annotation)


def _curve(patients: Patients, code: int) -> KaplanMeier:
    rows, weights = patients.codes == code, patients.weights
    return kaplan_meier(
        patients.time[rows], patients.event[rows], None if weights is None else weights[rows],
        robust=weights is not None and fractional(weights),
    )  # fmt: skip


def _annotation(data: MatchData, tests: Table) -> str | None:
    """The last test, which respects the pairs, with its p; None without a p."""
    p = tests.numbers("p")[-1]
    test = str(tests.column("test")[-1])
    return None if p is None else f"{worded(data, LOGRANK_LABELS)[test]} {p_equation(p)}"


def _of(data: MatchData, sample: Sample, table: Table) -> Table:
    """The rows of one sample and of the endpoint drawn."""
    key = (data.outcomes[0].name, sample.name)
    rows = tuple(row for row in table.rows if (row["endpoint"], row["sample"]) == key)
    return replace(table, rows=rows)
