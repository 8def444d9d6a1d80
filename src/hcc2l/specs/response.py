"""Options of `hcc2l response`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from hcc2l.errors import UsageError
from hcc2l.specs.options import SurvivalSpec, option
from hcc2l.specs.rules import Needs, NoEffect

Category = Literal["CR", "PR", "SD", "PD", "NE"]
Interval = Literal["clopper-pearson", "wilson"]

_RESPONSE = "Response"
_FURTHER = "Duration and depth of response"
_OF_ENDPOINT = ("endpoint", "time", "event", "start", "end", "censor", "unit", "time-unit", "label")
_COUNTED = ("CR", "PR", "SD")  # by ORR or DCR


@dataclass(frozen=True, kw_only=True)
class ResponseSpec(SurvivalSpec):
    """Tumour response: CR, PR, SD, PD and NE, response rates, and their comparison."""

    example = "--by second_line --plot response.pdf"
    optional_tables: ClassVar[Mapping[str, str]] = {
        "duration": "--duration-start RESPONSE_DATE",
        "best_change": "--best-change CHANGE",
    }
    rules = (
        *SurvivalSpec.rules,
        Needs(
            "--pair", ("--by",),
            message="Pairs consist of patients of two groups, but no groups were given.",
            hint="Add --by with the treatment of the pairs.",
        ),
        *(NoEffect(f"--{name}", ("--duration-start",)) for name in _OF_ENDPOINT),
    )  # fmt: skip

    response: Sequence[str] = option(
        (), "Columns of best response: CR, PR, SD, PD, NE; several criteria side by side (default: "
        "the column recognised by its name).",
        metavar="COL[,COL]", panel=_RESPONSE,
    )  # fmt: skip
    by: str | None = option(
        None, "Groups: a column, a cut (afp@400, afp@median) or a comparison ('ecog==2').",
        metavar="TERM", panel=_RESPONSE,
    )  # fmt: skip
    evaluable: Sequence[Category] = option(
        ("CR", "PR", "SD", "PD"), "The responses of evaluable patients: CR, PR, SD, PD (default), "
        "or NE too.",
        metavar="CR,PR,SD,PD", panel=_RESPONSE,
    )  # fmt: skip
    ci: Interval = option(
        "clopper-pearson", "Confidence interval of a rate: clopper-pearson (exact) or wilson.",
        metavar="METHOD", panel=_RESPONSE,
    )  # fmt: skip
    pair: str | None = option(
        None, "Column that numbers matched pairs or sets, for McNemar's test.",
        metavar="COL", panel=_RESPONSE,
    )  # fmt: skip
    duration_start: str | None = option(
        None, "Date of response, or time from time 0 to response: adds the duration of response.",
        metavar="COL", panel=_FURTHER,
    )  # fmt: skip
    best_change: str | None = option(
        None, "Best change of tumour size in percent of baseline: the figure is a waterfall plot.",
        metavar="COL", panel=_FURTHER,
    )  # fmt: skip
    endpoint: str = option(
        "pfs", "The endpoint that ends a response.",
        metavar="NAME", panel="Endpoint and rows", place=-2,
    )  # fmt: skip

    def require(self) -> None:
        """Refuse to call a response that the rates count not evaluable."""
        absent = [category for category in _COUNTED if category not in self.evaluable]
        if absent:
            raise UsageError(
                f"{', '.join(absent)} cannot be excluded from the evaluable responses: the rates "
                "count them.",
                where="--evaluable",
                hint="Name CR, PR and SD at least: --evaluable CR,PR,SD,PD.",
            )
