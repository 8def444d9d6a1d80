"""The conditions of `--where`, each with the label of its box and the reason of the others."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.cohort import Cohort, printable
from hcc2l.errors import UsageError
from hcc2l.terms import OPPOSITE, SIGNS, Condition, Parser
from hcc2l.wording import listed


@dataclass(frozen=True)
class Step:
    """A condition, the label of the box of those who meet it, and the reason of those who do not.

    Attributes
    ----------
    unknown
        The reason of those in whom it cannot be known; the same where missing values are those
        that do not meet it.
    """

    condition: Condition
    label: str
    reason: str
    unknown: str


def parse_step(cohort: Cohort, parser: Parser, text: str) -> Step:
    """Read `ecog<=2`, `ecog<=2::ECOG 0–2` or `ecog<=2::ECOG 0–2::poor performance status`.

    Raises
    ------
    UsageError
        The condition cannot be read, or a label is empty.
    """
    expression, *named = (part.strip() for part in text.split("::"))
    names = [printable(name) for name in named]
    if len(names) > 2 or not all(names):
        raise UsageError(
            f"{text!r} has an empty label."
            if len(names) <= 2
            else f"{text!r} has more than a condition, a label and a reason.",
            where="--where",
            hint="Write 'CONDITION::LABEL' or 'CONDITION::LABEL::REASON', such as "
            "'ecog<=2::ECOG 0–2'.",
        )
    (condition,) = parser.conditions([expression])
    kept, others = _in_words(cohort, condition)
    label, reason = [*names, *(kept, others)[len(names) :]]
    unknown = f"{cohort.label(condition.column)} missing"
    return Step(condition, label, reason, reason if condition.operator == "present" else unknown)


def _in_words(cohort: Cohort, condition: Condition) -> tuple[str, str]:
    """Who meets a condition, and who does not: `ECOG ≤2`, `ECOG >2`."""
    label = cohort.label(condition.column)
    if condition.operator in ("missing", "present"):
        words = f"{label} missing", f"{label} known"
        return words if condition.operator == "missing" else words[::-1]
    if condition.operator in SIGNS:
        amount = " ".join(filter(None, (condition.values[0], cohort.unit(condition.column))))
        signs = SIGNS[condition.operator], OPPOSITE[condition.operator]
        return f"{label} {signs[0]}{amount}", f"{label} {signs[1]}{amount}"
    values = listed(condition.values, "or")
    words = f"{label}: {values}", f"{label}: not {values}"
    return words if condition.operator in ("==", "in") else words[::-1]
