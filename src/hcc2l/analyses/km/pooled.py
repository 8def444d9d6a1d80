"""Kaplan–Meier curves of groups with imputed values, pooled over the imputed data sets."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np

from hcc2l import references
from hcc2l.analyses.accounting import provenance
from hcc2l.analyses.cautions import row_notes
from hcc2l.analyses.computed import opening_sentences, score_references
from hcc2l.analyses.imputation import imputation_notes, imputation_table
from hcc2l.analyses.imputed import completed, pooling_sentences
from hcc2l.analyses.km.data import KmData, decimals_of, prepare
from hcc2l.analyses.outcome import Outcome, computed_sentences
from hcc2l.analyses.survival_figure import Patients, step_curve, survival_figure
from hcc2l.cohort import Cohort
from hcc2l.design import Floats
from hcc2l.design.imputation import Imputations, survival_predictors
from hcc2l.numerals import confidence_level, p_equation
from hcc2l.report import Column, Curve, Report, Row, SurvivalFigure, Table, finite
from hcc2l.specs import KmSpec
from hcc2l.stats.kaplan_meier import KaplanMeier
from hcc2l.stats.logrank import logrank
from hcc2l.stats.pooling import PooledProportion, pooled_median, pooled_survival, statistics_test
from hcc2l.terms import Parser


@dataclass(frozen=True)
class PooledGroups:
    """The groups of every completed cohort, in the order of the first.

    Attributes
    ----------
    sets
        The data of each completed cohort.
    """

    spec: KmSpec
    imputed: Imputations
    sets: tuple[KmData, ...]

    @property
    def first(self) -> KmData:
        """The data of the first set; endpoint and groups are those of all."""
        return self.sets[0]

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the groups."""
        return self.first.levels

    def curves(self, level: str) -> list[KaplanMeier]:
        """The curve of a group in each set."""
        return [data.curves[data.levels.index(level)] for data in self.sets]

    def times(self, level: str) -> Floats:
        """The times of events of a group in any set, ascending."""
        return np.unique(np.concatenate([c.time[c.n_event > 0] for c in self.curves(level)]))

    def survival(self, level: str, times: Floats) -> PooledProportion:
        """The pooled survival of a group at some times; the last value is carried forward."""
        curves = self.curves(level)
        last = [np.searchsorted(curve.time, times, side="right") for curve in curves]
        survival = [np.append(1.0, c.survival)[i] for c, i in zip(curves, last, strict=True)]
        std_err = [np.append(0.0, c.std_err)[i] for c, i in zip(curves, last, strict=True)]
        return pooled_survival(np.array(survival), np.array(std_err), self.spec.conf_level)


def pooled_groups(cohort: Cohort, spec: KmSpec) -> tuple[Outcome, PooledGroups] | None:
    """The groups of `--by` in every completed cohort; None where no group is missing.

    Raises
    ------
    AnalysisError, UsageError
        As `prepare`, and where a column cannot be imputed.
    """
    outcome, _ = prepare(cohort, replace(spec, by=None, impute=None, imputations=None))
    terms = Parser(cohort.nameable, spec.cut, spec.ref).terms([spec.by or ""], "--by")
    rows = outcome.account.keep
    imputed = completed(cohort, spec, terms, rows, survival_predictors(outcome.endpoint, rows))
    if imputed is None:
        return None
    sets = tuple(prepare(one, spec)[1] for one in imputed.cohorts)
    return outcome, PooledGroups(spec, imputed, sets)


def pooled_report(cohort: Cohort, outcome: Outcome, groups: PooledGroups) -> Report:
    """The report of the pooled curves."""
    spec, first = groups.spec, groups.first
    assert first.group is not None
    tables = [_groups(groups), *([_survival(groups)] if spec.at else []), _test(groups),
              imputation_table(groups.imputed)]  # fmt: skip
    sentences, cited = pooling_sentences(groups.imputed, cohort)
    level = confidence_level(spec.conf_level)
    text = [
        *opening_sentences(cohort), *computed_sentences(first.endpoint, cohort),
        f"{first.endpoint.label} was estimated by the Kaplan–Meier method in each imputed data "
        f"set. Survival was pooled on the complementary log-log scale, with {level} confidence "
        "intervals; the median is the time at which the pooled curve falls to 50%. Log-rank "
        "statistics were pooled by the D2 method.",
        *sentences, f"Analyses were performed with hcc2l {version('hcc2l')}.",
    ]  # fmt: skip
    conventions = [
        f"{first.endpoint.label} ({first.endpoint.described})", "Kaplan–Meier",
        f"{groups.imputed.sets} imputed data sets, pooled as log(−log S)",
    ]  # fmt: skip
    settings = spec.settings() | outcome.endpoint.settings | {"levels": list(groups.levels)}
    return Report(
        title=f"{first.endpoint.label} by {first.group.label} — {cohort.title}",
        provenance=provenance("km", cohort, outcome.account, settings, conventions),
        tables=tuple(tables),
        notes=(*row_notes(cohort, outcome), *imputation_notes(groups.imputed, [first.endpoint])),
        draw=lambda: _figure(groups, tables[0], tables[-2]),
        methods=" ".join(text),
        references=(*score_references(cohort), references.KAPLAN_MEIER_1958, *cited,
                    references.LI_1991),
        show_methods=spec.methods,
    )  # fmt: skip


def _groups(groups: PooledGroups) -> Table:
    """Patients, events and the pooled median of each group; n and events are means of the sets."""
    rows: list[Row] = []
    for level in groups.levels:
        times = groups.times(level)
        median, lower, upper = pooled_median(times, groups.survival(level, times))
        curves = groups.curves(level)
        rows.append(
            {"group": level, "n": _mean([curve.rows for curve in curves]),
             "events": _mean([float(curve.n_event.sum()) for curve in curves]),
             "median": finite(median), "lower": finite(lower), "upper": finite(upper)}
        )  # fmt: skip
    data = groups.first
    values = [row[key] for row in rows for key in ("median", "lower", "upper")]
    columns = (
        data.group_column, Column("n", ("n",)), Column("Events", ("events",)),
        Column(f"Median{data.unit} {data.ci}", ("median", "lower", "upper"), form="interval",
               decimals=data.decimals(values)),
    )  # fmt: skip
    note = "n and events are means over the imputed data sets."
    title = "Patients, events and median"
    return Table("groups", title, tuple(rows[0]), tuple(rows), columns, (note,))


def _mean(values: Sequence[float]) -> int:
    """A mean of counts, as a count."""
    return round(sum(values) / len(values))


def _survival(groups: PooledGroups) -> Table:
    """Pooled survival at the times of `--at`."""
    data, at = groups.first, np.array(groups.spec.at, dtype=np.float64)
    rows: list[Row] = []
    for level in groups.levels:
        curve = groups.survival(level, at)
        for i, time in enumerate(at.tolist()):
            risk = [
                float((c.time >= time) @ (c.n_event + c.n_censor)) for c in groups.curves(level)
            ]
            rows.append(
                {"group": level, "time": time, "n_risk": _mean(risk),
                 "estimate": float(curve.estimate[i]), "std_err": None,
                 "lower": finite(float(curve.lower[i])), "upper": finite(float(curve.upper[i]))}
            )  # fmt: skip
    columns = (
        data.group_column,
        Column(f"Time{data.unit}", ("time",), decimals=decimals_of(groups.spec.at)),
        Column("At risk", ("n_risk",)),
        Column(f"Survival {data.ci}", ("estimate", "lower", "upper"), form="interval",
               kind="probability"),
    )  # fmt: skip
    title = "Survival at given times"
    return Table("survival", title, tuple(rows[0]), tuple(rows), columns)


def _test(groups: PooledGroups) -> Table:
    """The log-rank test, pooled by D2."""
    k = len(groups.levels)
    statistics = [logrank(d.distinct, d.event, d.codes, k).statistic for d in groups.sets]
    test = statistics_test(np.array(statistics), k - 1)
    row: Row = {
        "test": "logrank", "statistic": finite(test.f), "df": test.k, "df_within": finite(test.df),
        "p": finite(test.p),
    }  # fmt: skip
    columns = (
        Column("Test", ("test",), labels={"logrank": "Log-rank, pooled (D2)"}),
        Column("F", ("statistic",)), Column("df", ("df",)), Column("p", ("p",)),
    )  # fmt: skip
    return Table("tests", f"Comparison of the {k} groups", tuple(row), (row,), columns)


def _figure(groups: PooledGroups, table: Table, tests: Table) -> SurvivalFigure:
    """Pooled curves; the numbers at risk are those of the first set."""
    data = groups.first
    figure = survival_figure(
        Patients(data.levels, data.codes, data.time, data.event), list(_curves(groups)),
        data.endpoint, groups.spec, legend=data.group.label if data.group else None,
        conf_level=groups.spec.conf_level,
    )  # fmt: skip
    (p,) = tests.numbers("p")
    return replace(
        figure, medians=table.numbers("median"),
        annotation="" if p is None else f"Log-rank (pooled) {p_equation(p)}",
        at_risk_heading="Number at risk (first imputed data set)",
    )  # fmt: skip


def _curves(groups: PooledGroups) -> Iterator[Curve]:
    for level in groups.levels:
        times = groups.times(level)
        last = max(float(curve.time[-1]) for curve in groups.curves(level))
        times = times if math.isclose(times[-1], last) else np.append(times, last)
        curve = groups.survival(level, times)
        limits = (curve.lower, curve.upper)
        yield step_curve(level, times, curve.estimate, limits, np.zeros(times.size))
