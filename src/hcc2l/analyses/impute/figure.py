"""What the figure of an imputation shows: observed and imputed values, and the chains."""

from __future__ import annotations

import numpy as np

from hcc2l.analyses.impute.tables import imputed_values, known_values
from hcc2l.analyses.survival_figure import numbers
from hcc2l.cohort import Cohort
from hcc2l.design import Floats
from hcc2l.design.imputation import Imputations, ModelledColumn
from hcc2l.errors import AnalysisError
from hcc2l.report import ImputationFigure, ImputationTrace, ImputedPanel, ObservedImputed, finite


def imputation_figure(cohort: Cohort, imputed: Imputations) -> ImputationFigure:
    """A row of panels for each imputed column.

    Raises
    ------
    AnalysisError
        Nothing was imputed.
    """
    if not imputed.model.imputed:
        raise AnalysisError(
            "There is nothing to draw: no value is missing.", where="--plot", hint="Omit --plot."
        )
    panels, distributions, traces = [], [], []
    for at, column in enumerate(imputed.model.imputed):
        unit = None if column.levels else cohort.unit(column.name)
        title = f"{column.label}, {unit}" if unit else column.label
        observed = known_values(cohort, column)
        log = column.log and bool(observed.min() > 0)
        panels.append(ImputedPanel(title, log=log, log_model=column.log))
        of_sets = (observed, *imputed_values(cohort, imputed, column))
        distributions += [_distribution(at, k, column, v) for k, v in enumerate(of_sets)]
        traces += [
            ImputationTrace(
                at, number, numbers(np.arange(1.0, chain.means.shape[0] + 1)),
                tuple(finite(v) for v in chain.means[:, at]),
                tuple(finite(v) for v in chain.sds[:, at]),
            )
            for number, chain in enumerate(imputed.chains, start=1)
        ]  # fmt: skip
    return ImputationFigure(tuple(panels), tuple(distributions), tuple(traces))


def _distribution(
    panel: int, number: int, column: ModelledColumn, values: Floats
) -> ObservedImputed:
    """The distribution function of numbers, or the shares of categories."""
    if column.levels:
        share = [float((values == level).mean()) for level in range(len(column.levels))]
        places = numbers(np.arange(float(len(column.levels))))
        return ObservedImputed(panel, number, column.levels, places, tuple(share))
    at, n = np.unique(values, return_counts=True)
    return ObservedImputed(
        panel, number, ("",) * at.size, numbers(at), numbers(np.cumsum(n) / values.size)
    )
