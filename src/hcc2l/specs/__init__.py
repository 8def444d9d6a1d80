"""The options of each analysis with their defaults, checked on creation.

A spec holds what determines the numbers. The options on reading and on output, which every command
takes, are in `reading` and `output`.
"""

from __future__ import annotations

from collections.abc import Iterable

from hcc2l.errors import UsageError, did_you_mean
from hcc2l.specs.km import KmSpec
from hcc2l.specs.options import AnalysisSpec, SurvivalSpec, options_of
from hcc2l.specs.psmatch import PsmatchSpec
from hcc2l.specs.regression import CoxSpec, LogisticSpec, RegressionSpec
from hcc2l.specs.roc import RocSpec
from hcc2l.specs.tree import TreeSpec

__all__ = [
    "SPECS",
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
]

# The commands, in the order of `hcc2l --help`.
SPECS: dict[str, type[AnalysisSpec]] = {
    "km": KmSpec,
    "cox": CoxSpec,
    "logistic": LogisticSpec,
    "tree": TreeSpec,
    "psmatch": PsmatchSpec,
    "roc": RocSpec,
}


def check_names(command: str, options: Iterable[str]) -> None:
    """Refuse options that a command does not have, suggesting the nearest."""
    known = options_of(SPECS[command])
    for name in options:
        if name not in known:
            raise UsageError(
                f"There is no option {name!r} in {command}.", hint=did_you_mean(name, sorted(known))
            )
