"""The options of each analysis with their defaults, checked on creation.

A spec holds what determines the numbers, not their presentation (format, digits, files).
"""

from __future__ import annotations

from collections.abc import Iterable

from hcc2l.errors import UsageError, did_you_mean
from hcc2l.specs.km import KmSpec
from hcc2l.specs.options import UNITS, AnalysisSpec, SurvivalSpec, option_problem
from hcc2l.specs.psmatch import PsmatchSpec
from hcc2l.specs.regression import CoxSpec, LogisticSpec, RegressionSpec
from hcc2l.specs.roc import RocSpec
from hcc2l.specs.tree import TreeSpec

__all__ = [
    "SPECS",
    "UNITS",
    "AnalysisSpec",
    "CoxSpec",
    "KmSpec",
    "LogisticSpec",
    "PsmatchSpec",
    "RegressionSpec",
    "RocSpec",
    "SurvivalSpec",
    "TreeSpec",
    "check_names",
    "option_problem",
]

SPECS: dict[str, type[AnalysisSpec]] = {
    "cox": CoxSpec,
    "km": KmSpec,
    "logistic": LogisticSpec,
    "roc": RocSpec,
    "psmatch": PsmatchSpec,
    "tree": TreeSpec,
}


def check_names(command: str, options: Iterable[str]) -> None:
    """Refuse options that a command does not have, suggesting the nearest."""
    known = SPECS[command].__dataclass_fields__
    for name in options:
        if name not in known:
            raise UsageError(
                f"There is no option {name!r} in {command}.", hint=did_you_mean(name, sorted(known))
            )
