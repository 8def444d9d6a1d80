"""Options of `hcc2l flow`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hcc2l.specs.options import SELECTION, AnalysisSpec, option
from hcc2l.specs.rules import Needs

_FLOW = "Flow"


@dataclass(frozen=True, kw_only=True)
class FlowSpec(AnalysisSpec):
    """The flow of patients, from those screened to those analysed: a table and a diagram."""

    example = "--stated Screened=140 --stated-excluded ineligible=14"
    rules = (
        Needs(
            "--stated-excluded", ("--stated",),
            hint="Give the number of patients before the exclusion: --stated 'Screened=506'.",
        ),
    )  # fmt: skip

    where: Sequence[str] = option(
        (), "Keep these rows, in a box of that label; the reason names those excluded: "
        "'ecog<=2::ECOG 0–2'.",
        metavar="EXPR[::LABEL[::REASON]]", panel=SELECTION, commas=False,
    )  # fmt: skip
    stated: Sequence[str] = option(
        (), "A box of patients who are not all in the file: 'Screened=506'.",
        metavar="LABEL=N", panel=_FLOW, commas=False,
    )  # fmt: skip
    stated_excluded: Sequence[str] = option(
        (), "Patients excluded between the stated boxes, in order: 'no second line=85'.",
        metavar="REASON=N", panel=_FLOW, commas=False,
    )  # fmt: skip
    by: Sequence[str] = option(
        (), "Arms: a column, a cut (afp@400) or a comparison; each further one divides the arms.",
        metavar="TERM[,TERM…]", panel=_FLOW,
    )  # fmt: skip
    matched: str | None = option(
        None, "The matched patients, a file of hcc2l psmatch --save.",
        metavar="FILE", panel=_FLOW, in_dictionary=False,
    )  # fmt: skip
