"""What the notes of a regression remark on, as numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hcc2l.analyses.regression.models import Model, Regression
from hcc2l.analyses.regression.tables import term_rows
from hcc2l.report import Value
from hcc2l.stats.sample_size import (
    SHRINKAGE,
    USUAL_SHARE,
    expected_shrinkage,
    heuristic_shrinkage,
    largest_r2_binary,
    largest_r2_survival,
    parameters_carried,
    rounded_down,
)


@dataclass(frozen=True)
class Information:
    """What a model learns from, and what that suffices for by the criteria of Riley et al.

    Attributes
    ----------
    carried
        Parameters for a shrinkage of at least `SHRINKAGE`, if a model reaches the usual R².
    shrinkage
        That is to be expected of this model: from its likelihood ratio, or where that does not
        tell (robust variances, estimates that do not exist) from the usual R².
    """

    n: int
    events: int
    parameters: int
    carried: int
    shrinkage: float
    has_likelihood: bool

    @property
    def too_little(self) -> bool:
        """Whether there are more parameters than the patients carry, and it shows in the model."""
        return self.parameters > self.carried and self.shrinkage < SHRINKAGE


def information(data: Regression, model: Model) -> Information:
    """What the patients of a model suffice for."""
    f = model.events / model.n
    largest = largest_r2_survival(f) if data.ratio == "hr" else largest_r2_binary(f)
    usual = USUAL_SHARE * largest
    has_likelihood = model.robust_std_err is None and model.pooled is None
    has_likelihood = has_likelihood and not (model.unreached | model.infinite).any()
    if has_likelihood:
        shrinkage = heuristic_shrinkage(2 * (model.loglik - model.loglik_null), model.df)
    else:
        shrinkage = expected_shrinkage(model.n, model.df, usual) if model.df else 1.0
    carried = rounded_down(parameters_carried(model.n, usual, largest))
    return Information(model.n, model.events, model.df, carried, shrinkage, has_likelihood)


def ratios_printed_as_one(data: Regression, models: Sequence[Model]) -> dict[str, int]:
    """Numbers with p < 0.05 whose ratio per unit rounds to 1.00, limits included.

    Each with the power of ten as a unit in which its ratio is at least 1.05, or at most 0.95.
    """

    def below(value: Value, limit: float) -> bool:
        return isinstance(value, float) and abs(value) < limit

    found = (
        (str(row["term"]), abs(float(str(row["coef"]))))
        for model in models
        for row in term_rows(data, model)
        if row["level"] is None and below(row["p"], 0.05)
        if all(isinstance(v, float) and below(v - 1.0, 5e-4) for v in (row["lower"], row["upper"]))
    )
    return {term: int(10 ** math.ceil(math.log10(0.05 / coef))) for term, coef in found}
