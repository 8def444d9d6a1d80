"""The boxes of a flow, from those stated over the rows selected to arms and matched patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from hcc2l.analyses.accounting import refuse_no_rows
from hcc2l.analyses.flow.matched import matched_rows
from hcc2l.analyses.flow.stated import Count, refuse_repeated, stated_boxes
from hcc2l.analyses.flow.steps import Step, parse_step
from hcc2l.cohort import Cohort
from hcc2l.design import Factor, Mask, RowAccount, apply_conditions, groups
from hcc2l.design.factors import MAX_LEVELS
from hcc2l.errors import UsageError
from hcc2l.specs import FlowSpec
from hcc2l.terms import Parser

Origin = Literal["computed", "stated"]
ALL = "all"


@dataclass(frozen=True)
class Exclusion:
    """Patients who leave a box for one reason."""

    reason: str
    n: int
    source: Origin = "computed"


@dataclass(frozen=True)
class Box:
    """Patients at one step.

    Attributes
    ----------
    group
        The arm, with those that it is part of: ``primary, TKI``; ``all`` before the arms.
    share
        The proportion of an arm among the arms of the box above; None for any other box.
    excluded, below
        Who leaves the box, and the boxes of those who stay: one, or arms, or none.
    """

    label: str
    n: int
    source: Origin = "computed"
    group: str = ALL
    share: float | None = None
    excluded: tuple[Exclusion, ...] = ()
    below: tuple[Box, ...] = ()


@dataclass(frozen=True)
class FlowData:
    """The boxes of a flow, with what they come from.

    Attributes
    ----------
    account
        Rows kept up to the arms; `remaining` of them after matching.
    arms
        The terms of `--by`, over all rows.
    spine
        The boxes before the arms, from the first.
    """

    spec: FlowSpec
    account: RowAccount
    remaining: RowAccount
    arms: tuple[Factor, ...]
    spine: tuple[Box, ...]

    @cached_property
    def levels(self) -> tuple[tuple[Box, ...], ...]:
        """The boxes of each step, from the first to the last, arms from left to right."""
        levels: list[tuple[Box, ...]] = [self.spine[:1]]
        while below := tuple(box for above in levels[-1] for box in above.below):
            levels.append(below)
        return tuple(levels)


def prepare(cohort: Cohort, spec: FlowSpec) -> FlowData:
    """The boxes of a cohort's patients.

    Raises
    ------
    UsageError
        An option cannot be read, the stated numbers do not add up, or a label is repeated.
    InputError
        A patient has several rows, or the matched patients are not those of the cohort.
    AnalysisError
        A step leaves no rows.
    """
    parser = Parser(cohort.nameable, spec.cut, spec.ref)
    steps = [parse_step(cohort, parser, text) for text in spec.where]
    terms = parser.terms(spec.by, "--by")
    account = RowAccount(cohort)
    cohort.check_ids(account.keep)
    boxes = _spine(cohort, spec, account, steps)
    selected = account.keep.copy()
    arms = tuple(groups(cohort, term, account) for term in terms)
    refuse_no_rows(account)
    remaining, matched = account.copy(), None
    if spec.matched is not None:
        matched = matched_rows(cohort, account, spec.matched)
        remaining.drop(~matched, "not matched")
    excluded, below = _below(cohort, selected, arms, matched, ALL)
    boxes[-1] = replace(boxes[-1], excluded=excluded, below=below)
    for i in reversed(range(len(boxes) - 1)):
        boxes[i] = replace(boxes[i], below=(boxes[i + 1],))
    data = FlowData(spec, account, remaining, arms, tuple(boxes))
    _refuse_many(data)
    return data


def _spine(cohort: Cohort, spec: FlowSpec, account: RowAccount, steps: Sequence[Step]) -> list[Box]:
    """The boxes before the arms, not yet joined; rows that do not meet a condition are excluded."""
    boxes = [
        Box(box.count.label, box.count.n, "stated", excluded=_stated(box.excluded))
        for box in stated_boxes(cohort, spec.stated, spec.stated_excluded)
    ]
    boxes[-1] = replace(boxes[-1], source="computed")
    for step in steps:
        boxes[-1] = replace(boxes[-1], excluded=_select(cohort, account, step))
        refuse_no_rows(account)
        boxes.append(Box(step.label, account.analysed))
    refuse_repeated([box.label for box in boxes], "--where" if steps else "--stated")
    return boxes


def _stated(counts: Sequence[Count]) -> tuple[Exclusion, ...]:
    return tuple(Exclusion(count.label, count.n, "stated") for count in counts)


def _select(cohort: Cohort, account: RowAccount, step: Step) -> tuple[Exclusion, ...]:
    """Exclude the rows that do not meet a condition; unknown ones are counted apart."""
    before = account.analysed
    unknown = 0
    if step.condition.operator != "missing":
        missing = cohort.column(step.condition.column).missing
        unknown = int((account.keep & missing).sum())
    apply_conditions(cohort, account, [step.condition])
    return _exclusions((step.reason, before - account.analysed - unknown), (step.unknown, unknown))


def _exclusions(*counts: tuple[str, int]) -> tuple[Exclusion, ...]:
    return tuple(Exclusion(reason, n) for reason, n in counts if n)


def _below(
    cohort: Cohort, rows: Mask, arms: Sequence[Factor], matched: Mask | None, group: str
) -> tuple[tuple[Exclusion, ...], tuple[Box, ...]]:
    """Who leaves a box of these rows, and the boxes below it: arms, else the matched, else none."""
    if arms:
        return _divided(cohort, rows, arms, matched, group)
    if matched is None:
        return (), ()
    kept = int((rows & matched).sum())
    return _exclusions(("not matched", int(rows.sum()) - kept)), (
        Box("Matched", kept, group=group),
    )


def _divided(
    cohort: Cohort, rows: Mask, arms: Sequence[Factor], matched: Mask | None, group: str
) -> tuple[tuple[Exclusion, ...], tuple[Box, ...]]:
    """Who belongs to no arm, and the arms of a box with the boxes below them."""
    arm, *further = arms
    unknown = rows & (arm.codes < 0)
    known = int((rows & ~unknown).sum())
    boxes = []
    for code, level in enumerate(arm.levels):
        inside = np.asarray(rows & (arm.codes == code))
        if not inside.any():
            continue
        name = level if group == ALL else f"{group}, {level}"
        n = int(inside.sum())
        excluded, below = _below(cohort, inside, further, matched, name)
        boxes.append(Box(level, n, group=name, share=n / known, excluded=excluded, below=below))
    reason = f"{cohort.label(arm.column)} missing"
    return _exclusions((reason, int(unknown.sum()))), tuple(boxes)


def _refuse_many(data: FlowData) -> None:
    """UsageError when the arms are too many to be drawn side by side."""
    most = max(len(level) for level in data.levels)
    if most > MAX_LEVELS:
        raise UsageError(
            f"The flow has {most} arms side by side, more than the {MAX_LEVELS} that can be drawn.",
            where=f"--by {','.join(data.spec.by)}",
            hint="Omit a term of --by, or select some arms with --where.",
        )
