"""From a cohort and a spec to NumPy arrays: endpoints, terms, levels, complete cases.

Frames and text end here; `stats` gets arrays. Every excluded row is counted by reason.
"""

from hcc2l.design.conditions import apply_conditions
from hcc2l.design.endpoints import Endpoint, add_competing, endpoint_columns, resolve_endpoint
from hcc2l.design.factors import Factor, factor, groups, strata, weights
from hcc2l.design.rows import Floats, Ints, Mask, RowAccount

__all__ = [
    "Endpoint",
    "Factor",
    "Floats",
    "Ints",
    "Mask",
    "RowAccount",
    "add_competing",
    "apply_conditions",
    "endpoint_columns",
    "factor",
    "groups",
    "resolve_endpoint",
    "strata",
    "weights",
]
