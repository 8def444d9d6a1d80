"""The model of a logistic regression as a file."""

from __future__ import annotations

from collections.abc import Callable

from hcc2l.analyses.logistic.data import LogisticData
from hcc2l.analyses.regression.models import Model
from hcc2l.analyses.regression.saving import model_to_save, saved_model
from hcc2l.cohort import Cohort
from hcc2l.stats.calibration import binary_slope
from hcc2l.stats.linear_algebra import linear_predictor


def model_file(cohort: Cohort, data: LogisticData, model: Model | None) -> Callable[[], str]:
    """What writes the file, as text.

    The intercept is the one with which as many outcomes are expected as were observed: that of the
    maximum likelihood, and with Firth's penalty the one that Puhr et al. recommend (Stat Med
    2017;36:2302–2317).

    Raises
    ------
    AnalysisError
        There is no model, or it cannot predict.
    """
    model = model_to_save(model)
    score = linear_predictor(model.matrix.x, model.coef)
    intercept = binary_slope(data.event[model.rows], score)[0].estimate
    return saved_model(
        cohort, data, model, "logistic", data.outcome, intercept=intercept
    ).to_json  # fmt: skip
