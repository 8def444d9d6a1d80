"""Notes of a comparison of before and after: what is wrong, in which patients, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hcc2l.analyses.accounting import account_notes
from hcc2l.analyses.change.data import ChangeData
from hcc2l.analyses.change.findings import (
    FEW_CHANGED,
    FEW_DISCORDANT,
    Lost,
    few_changed,
    few_discordant,
    lost_later,
    mostly_unchanged,
    selected_by_before,
    swapped,
)
from hcc2l.analyses.change.results import Change
from hcc2l.analyses.change.tables import Between, name
from hcc2l.cohort import Cohort
from hcc2l.number_format import number_text
from hcc2l.numerals import p_equation, percent
from hcc2l.report import Note
from hcc2l.wording import counted


def change_notes(
    cohort: Cohort, data: ChangeData, found: Sequence[Change], between: Between
) -> list[Note]:
    """The notes of the analysis, in the order in which they are shown."""
    return [
        *account_notes(data.account),
        *_excluded_in_pairs(data),
        *_order(cohort, data),
        *_lost(list(lost_later(data))),
        *_regression(data),
        *_unchanged(data, found),
        *_few(data, found),
        *_within_groups(data, between),
    ]


def _excluded_in_pairs(data: ChangeData) -> Iterator[Note]:
    """The patients excluded from each of several pairs."""
    if len(data.pairs) == 1:
        return
    for pair in data.pairs:
        for excluded in pair.excluded:
            more = ", …" if excluded.rows > len(excluded.which) else ""
            yield Note(
                "info", "pair-incomplete",
                f"{pair.label}: {counted(excluded.rows, 'row')} excluded from this comparison: "
                f"{excluded.reason}.",
                which=f"{', '.join(excluded.which)}{more}",
            )  # fmt: skip


def _order(cohort: Cohort, data: ChangeData) -> Iterator[Note]:
    for pair in swapped(data, cohort):
        before, after = pair.columns
        yield Note(
            "warning", "order",
            f"{before} is determined only after time 0 and {after} at baseline: the columns may be "
            f"the wrong way round. If so, use --before {after} --after {before}.",
        )  # fmt: skip


def _lost(found: Sequence[Lost]) -> Iterator[Note]:
    if found:
        yield Note(
            "warning", "not-measured-later",
            f"Patients with a value before and none after: {'; '.join(map(_lost_in, found))}. Only "
            "patients who are alive and under observation are measured again, so the changes are "
            "those of these patients. Report how many died or were lost to follow-up before the "
            "second measurement.",
        )  # fmt: skip


def _lost_in(lost: Lost) -> str:
    """`28 of 120 of AFP (23.3%), median 900 before, compared with 153 in those analysed`."""
    text = f"{lost.pair.label}, {lost.n} of {lost.known} ({percent(lost.n / lost.known, 1)})"
    if lost.median is None or lost.median_analysed is None:
        return text
    medians = _short(lost.median), _short(lost.median_analysed)
    return f"{text}, whose median before was {medians[0]}, and {medians[1]} in those analysed"


def _short(value: float) -> str:
    return number_text(float(f"{value:.4g}"))


def _regression(data: ChangeData) -> Iterator[Note]:
    for pair in selected_by_before(data):
        yield Note(
            "warning", "regression-to-the-mean",
            f"The patients were selected or grouped by {pair.columns[0]}, the value before. Values "
            "chosen because they were high tend to be lower when measured again, and low ones "
            "higher, without any effect of treatment (regression to the mean). Compare with "
            "patients who were selected in the same way and not treated.",
        )  # fmt: skip


def _unchanged(data: ChangeData, found: Sequence[Change]) -> Iterator[Note]:
    for change in mostly_unchanged(found):
        assert change.numbers is not None
        n = change.numbers.unchanged
        if n == change.n:
            text = (
                f"{name(data, change)}: no patient has another value after than before. Check "
                f"that {change.pair.columns[1]} is not a copy of {change.pair.columns[0]}."
            )
        else:
            text = (
                f"{name(data, change)}: {n} of {change.n} patients have the same value before and "
                "after. They are excluded from the Hodges–Lehmann estimate and from Wilcoxon's "
                "test, which describe the other patients only; report the mean difference or the "
                "numbers who improved and worsened as well."
            )
        yield Note("warning", "unchanged", text)


def _few(data: ChangeData, found: Sequence[Change]) -> Iterator[Note]:
    few = [f"{name(data, change)} ({changed})" for change, changed in few_changed(found)]
    if few:
        yield Note(
            "warning", "few-changed",
            f"Fewer than {FEW_CHANGED} patients with a change: {', '.join(few)}. The normal "
            "approximation of the signed-rank test is unreliable; report the values of each "
            "patient instead of p.",
        )  # fmt: skip
    discordant = [f"{name(data, c)} ({n}; {p_equation(p)})" for c, n, p in few_discordant(found)]
    if discordant:
        yield Note(
            "info", "few-discordant",
            f"Fewer than {FEW_DISCORDANT} patients changed class, so that the χ² approximation of "
            f"McNemar's test is rough. Exact McNemar test: {', '.join(discordant)}.",
        )  # fmt: skip


def _within_groups(data: ChangeData, between: Between) -> Iterator[Note]:
    if data.group and len(data.groups) > 1 and between:
        yield Note(
            "info", "within-groups",
            "The p-values in the table are of changes within the groups. A change that is "
            "significant in one group and not in another does not show that the groups differ; for "
            "that see the comparison of their changes below the table.",
        )  # fmt: skip
