"""The model of a Cox regression as a file, with the baseline survival."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hcc2l.analyses.cox.data import CoxData
from hcc2l.analyses.regression.models import Model
from hcc2l.analyses.regression.saved_model import SavedBaseline
from hcc2l.analyses.regression.saving import model_to_save, saved_model
from hcc2l.cohort import Cohort


def model_file(cohort: Cohort, data: CoxData, model: Model | None) -> Callable[[], str]:
    """What writes the file, as text.

    Raises
    ------
    AnalysisError
        There is no model, or it cannot predict.
    """
    model, endpoint = model_to_save(model), data.outcome.endpoint
    saved = saved_model(
        cohort, data, model, "cox", endpoint.label, unit=endpoint.unit,
        baseline=_baseline(data, model),
    )  # fmt: skip
    return saved.to_json


def _baseline(data: CoxData, model: Model) -> SavedBaseline:
    """Survival with mean covariates at every time of an event, where it is above 0."""
    predicted = data.prediction(model)
    (baseline,) = predicted.strata
    survival = np.exp(-baseline.hazard)
    known = survival > 0
    return SavedBaseline(
        time=tuple(baseline.time[known].tolist()),
        survival=tuple(survival[known].tolist()),
        linear_predictor=float(predicted.centre @ predicted.coef),
        until=float(data.time[model.rows].max()),
    )
