"""What the notes of a regression remark on, as numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hcc2l.analyses.regression.models import Model, Regression
from hcc2l.analyses.regression.tables import term_rows
from hcc2l.report import Value


@dataclass(frozen=True)
class Information:
    """What a model learns from, and how much of it there is for each parameter.

    Attributes
    ----------
    count
        Events; in a logistic regression the fewer of events and non-events.
    """

    count: int
    kind: Literal["event", "non-event"]
    parameters: int

    @property
    def each(self) -> float:
        """Events, or non-events, for each parameter."""
        return self.count / max(self.parameters, 1)


def information(data: Regression, model: Model) -> Information:
    """The events for each parameter of a model."""
    others = model.n - model.events
    if data.ratio == "or" and others < model.events:
        return Information(others, "non-event", model.df)
    return Information(model.events, "event", model.df)


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
