"""The options of each analysis with their defaults, checked on creation.

A spec holds what determines the numbers. The options on reading and on output, which every command
takes, are in `reading` and `output`.
"""

from __future__ import annotations

from hcc2l.specs.adverse import AdverseSpec as AdverseSpec
from hcc2l.specs.change import ChangeSpec as ChangeSpec
from hcc2l.specs.check import CheckSpec as CheckSpec
from hcc2l.specs.derive import DeriveSpec as DeriveSpec
from hcc2l.specs.flow import FlowSpec as FlowSpec
from hcc2l.specs.impute import ImputeSpec as ImputeSpec
from hcc2l.specs.km import KmSpec as KmSpec
from hcc2l.specs.options import AnalysisSpec as AnalysisSpec
from hcc2l.specs.options import CohortSpec as CohortSpec
from hcc2l.specs.options import CommandSpec as CommandSpec
from hcc2l.specs.options import SurvivalSpec as SurvivalSpec
from hcc2l.specs.psmatch import PsmatchSpec as PsmatchSpec
from hcc2l.specs.regression import CoxSpec as CoxSpec
from hcc2l.specs.regression import LogisticSpec as LogisticSpec
from hcc2l.specs.regression import RegressionSpec as RegressionSpec
from hcc2l.specs.response import ResponseSpec as ResponseSpec
from hcc2l.specs.roc import RocSpec as RocSpec
from hcc2l.specs.size import SizeSpec as SizeSpec
from hcc2l.specs.table1 import Table1Spec as Table1Spec
from hcc2l.specs.tree import TreeSpec as TreeSpec
from hcc2l.specs.validate import ValidateSpec as ValidateSpec

# The commands that read a cohort, in the order of `hcc2l --help`.
SPECS: dict[str, type[CohortSpec]] = {
    "check": CheckSpec,
    "flow": FlowSpec,
    "table1": Table1Spec,
    "response": ResponseSpec,
    "adverse": AdverseSpec,
    "km": KmSpec,
    "cox": CoxSpec,
    "logistic": LogisticSpec,
    "tree": TreeSpec,
    "psmatch": PsmatchSpec,
    "roc": RocSpec,
    "validate": ValidateSpec,
    "change": ChangeSpec,
    "derive": DeriveSpec,
    "impute": ImputeSpec,
}

# Those that read none.
PLANNING: dict[str, type[CommandSpec]] = {"size": SizeSpec}
