"""Options of `hcc2l check`."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.specs.options import AnalysisSpec


@dataclass(frozen=True, kw_only=True)
class CheckSpec(AnalysisSpec):
    """Options of `hcc2l check`; names and values as on the command line.

    Attributes
    ----------
    strict
        Whether an error or a warning among the findings gives exit status 1.
    """

    strict: bool = False
