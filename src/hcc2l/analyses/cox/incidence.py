"""Cumulative incidence by the levels of a covariate, adjusted for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from hcc2l.analyses.cox.adjusted import as_if, levels_of
from hcc2l.analyses.cox.competing import cause_specific
from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.regression.models import Model
from hcc2l.analyses.regression.performance import sample_notes
from hcc2l.analyses.survival_figure import Patients, step_curve, survival_figure
from hcc2l.design import Floats, Ints, Mask
from hcc2l.errors import AnalysisError
from hcc2l.numerals import confidence, plain
from hcc2l.repetition import repeated
from hcc2l.report import Column, Curve, Note, Row, SurvivalFigure, Table, Value, finite
from hcc2l.stats.baseline import Prediction, prediction
from hcc2l.stats.cause_specific import ROUNDING, Incidences, standardised_incidence
from hcc2l.stats.cox import cox
from hcc2l.stats.partial_likelihood import Ties
from hcc2l.stats.tails import normal_quantile

KEYS = ("cause", "level", "time", "estimate", "lower", "upper")
FEWEST_SAMPLES = 2  # that have a standard deviation
MOST_EXCESS = 0.1  # of the incidences and survival over 1, with exponential survival


@dataclass(frozen=True)
class AdjustedIncidence:
    """The curves of each level, up to the last time of `--at`.

    Attributes
    ----------
    curves
        One for each level; all have the same times.
    lower, upper
        Shape (levels, causes, times): limits, NaN where there are none.
    failed
        Bootstrap samples in which the models could not be fitted.
    """

    levels: tuple[str, ...]
    curves: tuple[Incidences, ...]
    lower: Floats
    upper: Floats
    failed: int

    @property
    def time(self) -> Floats:
        """Times at which a curve rises."""
        return self.curves[0].time

    def row(self, level: int, cause: int, time: float) -> dict[str, Value]:
        """Estimate and limits at a time: step functions, 0 without limits before any event."""
        at = int(np.searchsorted(self.time, time, side="right")) - 1
        if at < 0:
            return {"estimate": 0.0, "lower": None, "upper": None}
        lower, upper = (finite(float(v[level, cause, at])) for v in (self.lower, self.upper))
        estimate = float(self.curves[level].incidence[cause, at])
        return {"estimate": estimate, "lower": lower, "upper": upper}


def adjusted_incidence(data: CoxData, model: Model) -> AdjustedIncidence:
    """Incidences predicted for every patient of the model at each level, and averaged.

    Raises
    ------
    UsageError
        The term is not a covariate, or is a number.
    AnalysisError
        The multivariable model does not contain it, or a cause has too few events.
    """
    text = data.spec.adjusted_incidence or ""
    levels = levels_of(data, model, text, "--adjusted-incidence")
    assert data.causes is not None
    for code, _ in data.causes.numbered:
        cause_specific(data, model, code)  # refuses too few events
    patients = _patients(data, model, [as_if(model, text, level) for level in levels])
    until = max(data.spec.at)
    curves = patients.curves(np.arange(model.n), until, [None] * len(levels))
    if curves is None:
        raise AnalysisError(
            "The incidences cannot be predicted: a coefficient of a model does not exist, or for "
            "patients with extreme covariates the hazards of one time add up to more than 1.",
            where=f"--adjusted-incidence {text}",
            hint="Choose earlier times for --at, merge levels, or cut or log-transform numbers.",
        )
    std_err, failed = _bootstrap(data, model, patients, curves, until)
    estimate = np.stack([curve.incidence for curve in curves])
    lower, upper = _limits(estimate, std_err, data.spec.conf_level)
    return AdjustedIncidence(levels, curves, lower, upper, failed)


@dataclass(frozen=True)
class _Patients:
    """The n patients of the multivariable model.

    Attributes
    ----------
    cause
        Shape (n,): one of `codes`, or none of them where an observation was censored.
    x
        Shape (n, p): the columns whose coefficients are estimated.
    at_level
        Of shape (n, p) each: these columns as if every patient had a level.
    """

    time: Floats
    cause: Ints
    codes: tuple[int, ...]
    x: Floats
    at_level: tuple[Floats, ...]
    weights: Floats | None
    ties: Ties

    def _models(self, sample: Ints) -> list[Prediction] | None:
        """The cause-specific models of a sample; None where a column drops out, or a cause."""
        time, cause, x = self.time[sample], self.cause[sample], self.x[sample]
        weights = None if self.weights is None else self.weights[sample]
        found = []
        for code in self.codes:
            event: Mask = cause == code
            if not event.any():
                return None
            fit = cox(time, event, x, ties=self.ties, weights=weights, robust=False)
            if not np.isfinite(fit.coef).all():
                return None
            found.append(
                prediction(time, event, x, fit.coef, fit.variance, ties=self.ties, weights=weights)
            )
        return found

    def curves(
        self, sample: Ints, until: float, forms: Sequence[bool | None]
    ) -> tuple[Incidences, ...] | None:
        """The mean incidences of a sample at each level; None where they are no probabilities.

        `forms` says of each level whether survival is exponential; None leaves it to the data.
        """
        models = self._models(sample)
        if models is None:
            return None
        weights = None if self.weights is None else self.weights[sample]
        curves = tuple(
            standardised_incidence(models, x[sample], until, weights, exponential=form)
            for x, form in zip(self.at_level, forms, strict=True)
        )
        sound = all(
            c.excess <= MOST_EXCESS and c.survival.min(initial=1.0) >= -ROUNDING for c in curves
        )
        return curves if sound else None


def _patients(data: CoxData, model: Model, at_level: Sequence[Floats]) -> _Patients:
    """The patients of a model, whose columns at each level `at_level` holds."""
    assert data.causes is not None
    rows, used = model.rows, ~model.dropped
    return _Patients(
        data.time[rows], data.causes.cause[rows], tuple(code for code, _ in data.causes.numbered),
        model.matrix.x[:, used], tuple(x[:, used] for x in at_level),
        None if data.weights is None else data.weights[rows], data.ties,
    )  # fmt: skip


def _bootstrap(
    data: CoxData,
    model: Model,
    patients: _Patients,
    found: tuple[Incidences, ...],
    until: float,
) -> tuple[Floats, int]:
    """Standard errors, shape (levels, causes, times), and the number of samples that failed.

    Patients are drawn with replacement, or clusters where there are any. Survival is computed in
    the form of the curves found.
    """
    time, forms = found[0].time, [curve.exponential for curve in found]
    random = np.random.default_rng(data.spec.seed)
    units = _units(data, model)
    samples = data.spec.samples
    drawn = (random.integers(len(units), size=len(units)) for _ in range(samples))
    resampled = repeated(
        partial(_incidence, patients, time, until, forms),
        (np.concatenate([units[i] for i in of]) for of in drawn),
        samples, "Bootstrap", data.spec.workers,
    )  # fmt: skip
    values = [one for one in resampled if one is not None]
    failed = samples - len(values)
    if len(values) < FEWEST_SAMPLES:
        return np.full((len(patients.at_level), 2, time.size), np.nan), failed
    return np.std(values, axis=0, ddof=1), failed


def _incidence(
    patients: _Patients, time: Floats, until: float, forms: Sequence[bool], sample: Ints
) -> Floats | None:
    """The incidences of a sample, shape (levels, causes, times); None where there are none."""
    curves = patients.curves(sample, until, forms)
    return None if curves is None else np.stack([curve.at(time) for curve in curves])


def _units(data: CoxData, model: Model) -> list[Ints]:
    """The rows of each unit that is drawn: a patient, or a cluster."""
    rows = np.arange(model.n)
    if data.cluster is None:
        return [rows[i : i + 1] for i in range(model.n)]
    codes = np.unique(data.cluster[model.rows], return_inverse=True)[1]
    return [rows[codes == code] for code in range(int(codes.max()) + 1)]


def _limits(estimate: Floats, std_err: Floats, conf_level: float) -> tuple[Floats, Floats]:
    """Limits on the scale log(-log(1 - F)); NaN where F is 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        hazard = -np.log1p(-estimate)
        spread = normal_quantile(conf_level) * std_err / ((1.0 - estimate) * hazard)
        lower, upper = (-np.expm1(-hazard * np.exp(sign * spread)) for sign in (-1.0, 1.0))
    return lower, upper


def incidence_table(data: CoxData, model: Model, found: AdjustedIncidence) -> Table:
    """The incidences at the times of `--at`; null beyond the last observed time."""
    assert data.causes is not None
    spec = data.spec
    longest = float(data.time[model.rows].max())
    rows: list[Row] = [
        {"cause": cause, "level": level, "time": time,
         **(found.row(i, k, time) if time <= longest else dict.fromkeys(KEYS[3:]))}
        for k, cause in enumerate(data.causes.names)
        for i, level in enumerate(found.levels)
        for time in spec.at
    ]  # fmt: skip
    unit = f", {data.outcome.endpoint.unit}" if data.outcome.endpoint.unit else ""
    decimals = max(len(f"{t:g}".partition(".")[2]) for t in spec.at)
    columns = (
        Column("Event", ("cause",)),
        Column(data.labels[spec.adjusted_incidence or ""], ("level",)),
        Column(f"Time{unit}", ("time",), decimals=decimals),
        Column(f"Cumulative incidence ({confidence(spec.conf_level)})",
               ("estimate", "lower", "upper"), form="interval", kind="probability"),
    )  # fmt: skip
    foot = (
        f"Mean incidence predicted by the cause-specific models for all {model.n} patients of the "
        "multivariable model, as if each had the level shown."
    )
    return Table(
        "adjusted_incidence", "Adjusted cumulative incidence", KEYS, tuple(rows), columns,
        (foot, *_of_limits(data)),
    )  # fmt: skip


def _of_limits(data: CoxData) -> tuple[str, ...]:
    spec = data.spec
    if spec.samples < FEWEST_SAMPLES:
        return ()
    drawn = "patients" if data.cluster is None else "clusters"
    return (f"Confidence limits: {spec.samples} bootstrap samples of {drawn}, log-log scale.",)


def incidence_notes(data: CoxData, found: AdjustedIncidence) -> list[Note]:
    """Notes on the bootstrap, and on incidences that do not add up."""
    notes = sample_notes(found.failed, data.spec.samples)
    if any(curve.exponential for curve in found.curves):
        excess = max(curve.excess for curve in found.curves)
        notes.append(
            Note("warning", "incidence-exponential",
                 "For patients with extreme covariates the predicted hazards of one time add up to "
                 "more than 1, so survival was computed as the exponential of the negative "
                 "cumulative hazard; incidences and survival then add up to as much as "
                 f"{plain(round(1 + excess, 3))}. Choose earlier times for --at, or cut or "
                 "log-transform the covariate with extreme values.")
        )  # fmt: skip
    return notes


def incidence_figure(data: CoxData, model: Model, found: AdjustedIncidence) -> SurvivalFigure:
    """The curves of both causes at each level, with the observed numbers at risk."""
    assert data.causes is not None
    text = data.spec.adjusted_incidence or ""
    term = next(t for t in model.terms if t.text == text)
    assert term.factor is not None
    factor = term.factor.take(model.rows)
    last = min(max(data.spec.at), float(data.time[model.rows].max()))
    curves = [
        _curve(found, i, k, cause, last)
        for i in range(len(found.levels))
        for k, cause in enumerate(data.causes.names)
    ]
    figure = survival_figure(
        Patients(found.levels, factor.codes, data.time[model.rows], data.event[model.rows]),
        curves,
        data.outcome.endpoint,
        data.spec,
        legend=f"{data.labels[text]}, adjusted",
        conf_level=data.spec.conf_level,
        longest=last,
    )
    return replace(
        figure, y_label="Cumulative incidence, adjusted", rising=True,
        at_risk_heading="Number at risk (not adjusted)",
    )  # fmt: skip


def _curve(found: AdjustedIncidence, level: int, k: int, cause: str, last: float) -> Curve:
    """The curve of a cause at a level, to the last time."""

    def extended(values: Floats) -> Floats:
        return np.append(values, values[-1:])

    limits = extended(found.lower[level, k]), extended(found.upper[level, k])
    estimate = extended(found.curves[level].incidence[k])
    time = np.append(found.time, [last] if found.time.size else [])
    return step_curve(found.levels[level], time, estimate, limits, np.zeros(time.size), cause)
