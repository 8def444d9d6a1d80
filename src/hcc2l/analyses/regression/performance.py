"""Performance of a regression model, corrected for optimism by the bootstrap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from hcc2l.analyses.regression.models import Fitted, Model, Predictive, complete, fit_models
from hcc2l.design import Floats, Ints, Mask
from hcc2l.design.model import ModelTerm, model_matrix
from hcc2l.errors import AnalysisError
from hcc2l.repetition import repeated
from hcc2l.report import Column, Note, Row, Table, finite
from hcc2l.stats.linear_algebra import linear_predictor

PERFORMANCE_KEYS = ("model", "measure", "apparent", "optimism", "corrected")


MEASURES = {
    "harrell_c": "Harrell's C",
    "uno_c": "Uno's C",
    "auc": "AUC",
    "integrated_brier_score": "Integrated Brier score",
    "brier_score": "Brier score",
    "calibration_slope": "Calibration slope",
}


def performance_table(
    data: Predictive, candidates: Sequence[ModelTerm], fitted: Fitted
) -> tuple[Table, list[Note]]:
    """Apparent and optimism-corrected measures (Harrell), with notes on the bootstrap.

    In every bootstrap sample the model is built anew, selection included, and then evaluated on the
    patients of the cohort. Optimism is the mean difference.

    Raises
    ------
    AnalysisError
        There is no multivariable model, or no bootstrap sample could be fitted.
    """
    model = fitted.final
    if model is None:
        raise AnalysisError(
            "There is no multivariable model whose performance could be measured.",
            where="--performance", hint="Drop --univariable, or choose other covariates.",
        )  # fmt: skip
    apparent = data.measures(model)
    discrimination = next(iter(apparent))
    better, flatter, failed = _bootstrap(data, candidates)
    if data.spec.samples and not better.size:
        raise AnalysisError(
            f"No model could be fitted in any of the {data.spec.samples} bootstrap samples.",
            where="--performance", hint="Use fewer covariates, or --boot 0.",
        )  # fmt: skip
    optimism = dict.fromkeys(apparent, None) | {
        discrimination: finite(float(better.mean())) if better.size else None,
        "calibration_slope": finite(float(flatter.mean())) if flatter.size else None,
    }
    rows: list[Row] = []
    for measure, value in apparent.items():
        less = optimism[measure]
        corrected = None if value is None or less is None else value - less
        rows.append({"model": model.name, "measure": measure, "apparent": value,
                     "optimism": less, "corrected": corrected})  # fmt: skip
    return _table(rows, better.size), sample_notes(failed, data.spec.samples)


def _bootstrap(data: Predictive, candidates: Sequence[ModelTerm]) -> tuple[Floats, Floats, int]:
    """Optimism of discrimination and calibration slope, per sample, and the number that failed."""
    optimism = repeated(
        partial(_optimism, data, candidates),
        _samples(data), data.spec.samples, "Bootstrap", data.spec.workers,
    )  # fmt: skip
    fitted = [found for found in optimism if found is not None]
    better, flatter = np.array([b for b, _ in fitted]), np.array([f for _, f in fitted])
    return better, flatter, len(optimism) - len(fitted)


def _samples(data: Predictive) -> Iterator[Ints]:
    """The rows of each bootstrap sample."""
    random, patients = np.random.default_rng(data.spec.seed), np.flatnonzero(data.rows)
    for _ in range(data.spec.samples):
        yield random.choice(patients, patients.size)


def _optimism(
    data: Predictive, candidates: Sequence[ModelTerm], sample: Ints
) -> tuple[float, float] | None:
    """Optimism of discrimination and calibration slope in one sample; None where none is fitted."""
    drawn = data.resampled(sample)
    try:
        model = fit_models(drawn, [term.take(sample) for term in candidates], alone=False).final
    except AnalysisError:
        return None
    evaluation = None if model is None else _evaluation(data, candidates, model)
    if model is None or evaluation is None:
        return None
    rows, score = evaluation
    in_sample = _score(model, model.matrix.x)
    return (
        drawn.discrimination(model.rows, in_sample) - data.discrimination(rows, score),
        drawn.calibration_slope(model.rows, in_sample) - data.calibration_slope(rows, score),
    )


def _evaluation(
    data: Predictive, candidates: Sequence[ModelTerm], model: Model
) -> tuple[Mask, Floats] | None:
    """The rows of the cohort that a model of it would use, and their linear predictor.

    None when a level of the cohort does not occur in the sample of the model.
    """
    names = {term.text for term in model.terms}
    terms = [term for term in candidates if term.text in names]
    rows = complete(data, candidates if data.spec.stepwise is not None else terms)
    matrix = model_matrix(terms, rows, model.matrix.knots)
    return (rows, _score(model, matrix.x)) if matrix.columns == model.matrix.columns else None


def _score(model: Model, x: Floats) -> Floats:
    return linear_predictor(x, np.nan_to_num(model.coef))


def _table(rows: Sequence[Row], samples: int) -> Table:
    columns = (
        Column("Measure", ("measure",), labels=MEASURES),
        *(
            Column(words, (key,), kind="statistic", decimals=3)
            for words, key in (("Apparent", "apparent"), ("Optimism", "optimism"),
                               ("Corrected", "corrected"))
            if samples or key == "apparent"
        ),
    )  # fmt: skip
    plural = "" if samples == 1 else "s"
    footnotes = (
        [f"Corrected for optimism with {samples} bootstrap sample{plural}."] if samples else []
    )
    return Table("performance", "Performance of the multivariable model", PERFORMANCE_KEYS,
                 tuple(rows), columns, tuple(footnotes))  # fmt: skip


def sample_notes(failed: int, samples: int) -> list[Note]:
    """A warning of the bootstrap samples in which no model could be fitted."""
    if not failed:
        return []
    return [
        Note("warning", "bootstrap-samples-left-out",
             f"{failed} of the {samples} bootstrap samples {'was' if failed == 1 else 'were'} "
             "excluded because no model could be fitted (a level without patients, too few events, "
             "or no covariate selected). If many were excluded, merge rare levels or use fewer "
             "covariates.")
    ]  # fmt: skip
