"""The methods paragraph of a flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from hcc2l.analyses.computed import opening_sentences
from hcc2l.analyses.flow.data import ALL, Box, Exclusion, FlowData
from hcc2l.analyses.flow.stated import COHORT
from hcc2l.cohort import Cohort
from hcc2l.wording import counted, in_sentence, listed


def flow_methods(cohort: Cohort, data: FlowData) -> str:
    """Who was excluded at each step and why, the arms, and the matched patients."""
    return " ".join([*opening_sentences(cohort), *_spine(data), *_arms(data), *_matched(data)])


def _spine(data: FlowData) -> Iterator[str]:
    """The steps before the arms."""
    first = data.spine[0]
    if len(data.spine) == 1:
        yield f"The cohort comprised {counted(first.n, 'patient')}."
        return
    who = f"Of {_named(first)}"
    for box, following in pairwise(data.spine):
        if box.excluded:
            yield f"{who}, {_excluded(box.excluded)}, which left {_named(following)}."
        else:
            yield f"{who}, none was excluded at the next step ({in_sentence(following.label)})."
        who = "Of these"


def _named(box: Box) -> str:
    """`171 patients (screened)`, `126 patients in the cohort`."""
    name = "in the cohort" if box.label == COHORT else f"({in_sentence(box.label)})"
    return f"{counted(box.n, 'patient')} {name}"


def _arms(data: FlowData) -> Iterator[str]:
    """The arms, after those who belong to none were excluded."""
    if not data.arms:
        return
    deepest = len(data.spine) - 1 + len(data.arms)
    divided = chain.from_iterable(data.levels[len(data.spine) - 1 : deepest])
    unknown: dict[str, int] = {}
    for exclusion in chain.from_iterable(box.excluded for box in divided):
        unknown[exclusion.reason] = unknown.get(exclusion.reason, 0) + exclusion.n
    if unknown:
        yield f"Of these, {_excluded([Exclusion(*counts) for counts in unknown.items()])}."
    names = listed([in_sentence(arm.label) for arm in data.arms])
    yield f"Patients were grouped by {names}: {_listed(data.levels[deepest])}."


def _matched(data: FlowData) -> Iterator[str]:
    if data.spec.matched is not None:
        matched = data.levels[-1]
        each = f": {_listed(matched)}" if matched[0].group != ALL else ""
        yield f"Of these, {sum(box.n for box in matched)} were matched{each}."


def _excluded(exclusions: Sequence[Exclusion]) -> str:
    """`42 were excluded (died, n = 34; deterioration, n = 8)`, `1 was excluded (died)`."""
    total = sum(exclusion.n for exclusion in exclusions)
    reasons = [in_sentence(exclusion.reason) for exclusion in exclusions]
    if len(reasons) > 1:
        reasons = [f"{r}, n = {e.n}" for r, e in zip(reasons, exclusions, strict=True)]
    return f"{total} {'was' if total == 1 else 'were'} excluded ({'; '.join(reasons)})"


def _listed(boxes: Sequence[Box]) -> str:
    """`lenvatinib (n = 40) and sorafenib (n = 86)`; semicolons where arms of arms have commas."""
    names = [f"{box.group} (n = {box.n})" for box in boxes]
    return "; ".join(names) if any("," in box.group for box in boxes) else listed(names)
