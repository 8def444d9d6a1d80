"""Options of `hcc2l change`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hcc2l.errors import UsageError
from hcc2l.specs.options import SELECTION, AnalysisSpec, option
from hcc2l.wording import counted

_PAIRS = "Before and after"


@dataclass(frozen=True, kw_only=True)
class ChangeSpec(AnalysisSpec):
    """Compare markers, scores and classes before and after, within patients."""

    example = "--before afp --after afp_week8 --plot change.pdf"

    before: Sequence[str] = option(
        (), "The column before. Give --before and --after once for each pair of columns.",
        metavar="COL[,COL…]", panel=_PAIRS, place=-2,
    )  # fmt: skip
    after: Sequence[str] = option(
        (), "The column after, of the same patients.",
        metavar="COL[,COL…]", panel=_PAIRS, place=-2,
    )  # fmt: skip
    by: str | None = option(
        None, "Analyse each group separately, and compare their changes: child_pugh, age@65.",
        metavar="TERM", panel=_PAIRS, place=-1,
    )  # fmt: skip
    cut: Sequence[str] = option(
        (), "Also compare classes, cut at the same value before and after: 400 in every pair of "
        "numbers, afp=400 in the pair of that column (and for --by).",
        metavar="[COL=]V[,V…]", panel=SELECTION, commas=False,
    )  # fmt: skip

    def require(self) -> None:
        """Refuse columns without a counterpart."""
        example = "Write --before afp --after afp_week8."
        if not self.before and not self.after:
            raise UsageError("There are no columns to compare.", where="--before", hint=example)
        if len(self.before) != len(self.after):
            raise UsageError(
                f"--before names {counted(len(self.before), 'column')} and --after names "
                f"{len(self.after)}.",
                where="--before" if len(self.before) < len(self.after) else "--after",
                hint="Give as many --after as --before; the first belongs to the first, the second "
                "to the second.",
            )

    @property
    def cut_of_columns(self) -> tuple[str, ...]:
        """The cut-points that name their column, ``afp=400``."""
        return tuple(text for text in self.cut if "=" in text)

    @property
    def cut_of_all(self) -> str | None:
        """The cut-points of every pair of numbers, ``400``; the last counts."""
        return next((text for text in reversed(self.cut) if "=" not in text), None)
