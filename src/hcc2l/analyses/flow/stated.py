"""Counts that are stated, of patients before they are rows, and how they add up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from hcc2l.cohort import Cohort, printable
from hcc2l.errors import UsageError

COHORT = "Patients in the cohort"  # the box of the file's rows, unless it is stated


@dataclass(frozen=True)
class Count:
    """A box or a reason, with its number of patients, as the user states it."""

    label: str
    n: int


@dataclass(frozen=True)
class StatedBox:
    """A box with the exclusions that lead from it to the next one."""

    count: Count
    excluded: tuple[Count, ...] = ()


def stated_boxes(cohort: Cohort, stated: Sequence[str], excluded: Sequence[str]) -> list[StatedBox]:
    """The boxes before the rows are selected; the last is that of all rows of the cohort.

    Exclusions hang on the box after which they make up the difference to the next box, which their
    order determines: they are positive, so that no two sums are equal.

    Raises
    ------
    UsageError
        A text is no label with a number, or the numbers do not add up.
    """
    counts = [_count(text, "--stated", "Screened=506") for text in stated]
    reasons = [_count(text, "--stated-excluded", "no second line=85") for text in excluded]
    rows = Count(COHORT, cohort.rows)
    boxes: list[StatedBox] = []
    for count, following in pairwise([*counts, rows]):
        last = following is rows
        taken = len(reasons) if last else _leading(reasons, count.n - following.n)
        box = StatedBox(count, tuple(reasons[:taken]))
        refuse_repeated([reason.label for reason in box.excluded], "--stated-excluded")
        place = cohort.source.file if last else f"the next box, {following.label!r},"
        _refuse_mismatch(box, following, place)
        boxes.append(box)
        reasons = reasons[taken:]
    joined = boxes and not boxes[-1].excluded
    return boxes if joined else [*boxes, StatedBox(rows)]


def _count(text: str, option: str, example: str) -> Count:
    """`Screened=506`; the label may hold further equals signs."""
    label, equals, number = (part.strip() for part in text.rpartition("="))
    label = printable(label)
    if not equals or not label:
        raise UsageError(
            f"{text!r} is not a label with a number of patients.",
            where=option,
            hint=f"Write {option} '{example}'.",
        )
    if not re.fullmatch(r"0*[1-9][0-9]{0,8}", number):
        raise UsageError(
            f"{number!r} is not a number of patients.",
            where=f"{option} {text!r}",
            hint=f"Write a whole number above 0, in digits alone: {option} '{example}'.",
        )
    return Count(label, int(number))


def _leading(reasons: Sequence[Count], difference: int) -> int:
    """How many of the first exclusions come nearest to a difference."""
    sums = [0, *accumulate(reason.n for reason in reasons)]
    return min(range(len(sums)), key=lambda i: abs(sums[i] - difference))


def _refuse_mismatch(box: StatedBox, following: Count, place: str) -> None:
    """UsageError if the patients of a box less those excluded are not those of the next."""
    n, counts = box.count.n, [reason.n for reason in box.excluded]
    left = n - sum(counts)
    if left == following.n:
        return
    equation = f"{n} patients, none excluded"
    if counts:
        equation = f"{' − '.join(map(str, [n, *counts]))} = {left}"
    more = following.n - left
    what = "rows" if following.label == COHORT else "patients"
    raise UsageError(
        f"The numbers do not add up after {box.count.label!r}: {equation}, but {place} has "
        f"{following.n} {what}, {abs(more)} {'more' if more > 0 else 'fewer'}.",
        where=f"--stated '{box.count.label}={n}'",
        hint="Correct a number."
        if more > 0
        else f"Add the missing reason: --stated-excluded 'REASON={-more}'; or correct a number.",
    )


def refuse_repeated(labels: Sequence[str], option: str) -> None:
    """UsageError when a label is given twice, in capitals or not."""
    folded = [label.casefold() for label in labels]
    for i, label in enumerate(labels):
        if folded[i] in folded[:i]:
            raise UsageError(
                f"The label {label!r} is given twice.",
                where=option,
                hint="Give each box, and each reason below a box, its own label.",
            )
