"""What a statistician would remark about a planned study."""

from __future__ import annotations

from hcc2l.analyses.size.model import ModelPlan
from hcc2l.numerals import number
from hcc2l.report import Note
from hcc2l.stats.sample_size import USUAL_SHARE
from hcc2l.wording import counted


def model_notes(plan: ModelPlan) -> list[Note]:
    """Notes on what was assumed, and on more parameters than the patients carry."""
    spec, notes = plan.spec, []
    if spec.c is None and spec.r2 is None:
        notes.append(
            Note("info", "assumed-r2",
                 f"Neither --c nor --r2 was given: the model is taken to explain {USUAL_SHARE:.0%} "
                 f"of the largest possible Cox–Snell R² ({number(plan.r2, 3)} of "
                 f"{number(plan.largest, 3)}), as Riley et al. propose where nothing is known.")
        )  # fmt: skip
    if spec.n is None:
        return notes
    carried = counted(plan.parameters, "parameter") if plan.parameters else "no parameter"
    if spec.parameters is not None and spec.parameters > plan.parameters:
        shrinkage = plan.expected_shrinkage(spec.parameters)
        notes.append(
            Note("warning", "too-many-parameters",
                 f"{counted(plan.n, 'patient')} carry {carried}; "
                 f"{counted(spec.parameters, 'parameter')} would be shrunk by a factor of "
                 f"{number(shrinkage, 2)}. Choose fewer candidates, by what is known beforehand.")
        )  # fmt: skip
    elif not plan.parameters:
        notes.append(
            Note("warning", "too-few-patients",
                 f"{counted(plan.n, 'patient')} carry {carried}. Validate or update a published "
                 "model instead of developing one.")
        )  # fmt: skip
    return notes


def median_note() -> Note:
    """That the usual interval is wider."""
    return Note(
        "info", "kaplan-meier-is-wider",
        "The interval of a Kaplan–Meier median, which assumes no distribution, is usually wider, "
        "by up to 1.4 times on the log scale: events after the median do not inform it. Plan with "
        "a margin.",
    )  # fmt: skip
