"""Options of `hcc2l validate`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hcc2l.errors import UsageError
from hcc2l.specs.imputation import IMPUTING, ImputationOptions
from hcc2l.specs.loops import loop_rules
from hcc2l.specs.options import MOST_SAMPLES, RANDOM, SurvivalSpec, option
from hcc2l.specs.rules import Excludes, Needs, NoEffect

Picture = Literal["calibration", "decision", "auc", "survival", "nomogram"]

_SCORES = "Scores and models"
_OUTCOME = "Outcome"
_RANGE = re.compile(r"(0?\.\d+)-(0?\.\d+)")


@dataclass(frozen=True, kw_only=True)
class ValidateSpec(SurvivalSpec, ImputationOptions):
    """Whether scores and models predict in these patients: discrimination, calibration, benefit."""

    example = "--score albi_grade,crafity --at 12"
    rules = (
        *SurvivalSpec.rules,
        Excludes(
            "--at", "--outcome", rivals=True,
            message="--outcome and --at both define the outcome.",
            hint="Give --at for the event of a survival endpoint by that time, --outcome for an "
            "outcome that is known in every patient.",
        ),
        Needs(
            "--which nomogram", ("--model",),
            message="A nomogram is drawn of a model.",
            hint="Name its file: --model model.json.",
        ),
        NoEffect("--thresholds", ("--model", "--risk")),
        NoEffect("--boot", ("--model",)),
        *ImputationOptions.rules,
        *(
            Excludes(imputing, other)
            for imputing in IMPUTING
            for other in ("--risk", "--boot", "--which auc", "--which survival",
                          "--which nomogram")
        ),
        *loop_rules("--boot", "--impute"),
    )  # fmt: skip

    score: Sequence[str] = option(
        (), "Scores, higher for a worse prognosis: albi_grade, crafity, afp@log2, a column.",
        metavar="TERM[,TERM…]", panel=_SCORES,
    )  # fmt: skip
    model: Sequence[str] = option(
        (), "A model in a file: one that cox --save-model wrote, or one written from a paper.",
        metavar="FILE", panel=_SCORES, commas=False, in_dictionary=False,
    )  # fmt: skip
    risk: Sequence[str] = option(
        (), "Columns that hold the predicted probability of the event by --at, or of --outcome.",
        metavar="COL[,COL…]", panel=_SCORES,
    )  # fmt: skip
    at: Sequence[float] = option(
        (), "The event of the endpoint by time T.", metavar="T[,T…]", panel=_OUTCOME, ends=False
    )
    outcome: str | None = option(
        None, "Instead of --at: an outcome known in every patient, such as response=PD.",
        metavar="COL[=VALUE]", panel=_OUTCOME,
    )  # fmt: skip
    thresholds: str = option(
        "0.05-0.5", "The range of risks at which patients would be treated, for the net benefit.",
        metavar="LOW-HIGH", panel=_SCORES,
    )  # fmt: skip
    boot: int = option(
        0, "Bootstrap samples that correct a model made in these patients for optimism.",
        metavar="N", panel=RANDOM, high=MOST_SAMPLES,
    )  # fmt: skip
    which: Picture | None = option(
        None, "The figure of --plot: calibration, decision, auc (over time), survival, nomogram.",
        metavar="FIGURE", panel=_SCORES, place=1,
    )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "at", tuple(sorted(dict.fromkeys(map(float, self.at)))))
        bounds = _RANGE.fullmatch(self.thresholds)
        if bounds is None or not 0 < float(bounds[1]) < float(bounds[2]) < 1:
            raise UsageError(
                f"{self.thresholds!r} is not a range of risks.", where="--thresholds",
                hint="Write two probabilities in ascending order: 0.05-0.5.",
            )  # fmt: skip
        if self.risk and self.outcome is None and len(self.at) != 1:
            raise UsageError(
                "A column of predicted risks is of the event by one time.", where="--risk",
                hint="Give that time: --at 12.",
            )  # fmt: skip

    def require(self) -> None:
        """Refuse a validation of nothing."""
        if not (self.score or self.model or self.risk):
            raise UsageError(
                "There is nothing to validate.", where="--score",
                hint="Name scores, --score albi_grade,crafity; a model, --model model.json; or a "
                "column of predicted risks, --risk p_death.",
            )  # fmt: skip

    @property
    def threshold_range(self) -> tuple[float, float]:
        """The smallest and the largest threshold."""
        low, high = self.thresholds.split("-")
        return float(low), float(high)
