"""Options of `hcc2l check`."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.specs.options import AnalysisSpec, option

_CHECK = "Check"


@dataclass(frozen=True, kw_only=True)
class CheckSpec(AnalysisSpec):
    """What is in a cohort: how its columns are understood, and what in them is doubtful."""

    example = "--write-dictionary found.toml"
    plots = False

    strict: bool = option(
        False, "Exit with status 1 if there is an error or a warning among the findings.",
        panel=_CHECK,
    )  # fmt: skip
    write_dictionary: str | None = option(
        None, "Write what was found as a dictionary to correct by hand (.toml); never over a file.",
        metavar="FILE", panel=_CHECK, in_dictionary=False,
    )  # fmt: skip
