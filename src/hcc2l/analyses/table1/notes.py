"""What a statistician would remark about a table of characteristics."""

from __future__ import annotations

from collections.abc import Sequence

from hcc2l.analyses.cautions import FEW_PATIENTS
from hcc2l.analyses.table1.comparisons import PAIRED_TESTS, Comparison
from hcc2l.analyses.table1.data import Table1Data
from hcc2l.analyses.table1.findings import (
    MANY_TESTS,
    numbers_as_levels,
    overlapping_levels,
    small_expected,
)
from hcc2l.errors import quoted_list
from hcc2l.report import Note
from hcc2l.stats.counts import SMALL_EXPECTED
from hcc2l.wording import listed


def table1_notes(data: Table1Data, comparisons: Sequence[Comparison]) -> list[Note]:
    """The notes on its variables, its groups and its tests."""
    return [
        *_idle_notes(data), *_variable_notes(data), *_group_notes(data),
        *_test_notes(data, comparisons), *_matching_notes(data, comparisons),
    ]  # fmt: skip


def _idle_notes(data: Table1Data) -> list[Note]:
    return [
        Note("info", "option-without-effect", f"{option} has no effect without {needed}.")
        for option, needed in data.spec.without_effect.items()
    ]


def _variable_notes(data: Table1Data) -> list[Note]:
    notes = []
    if data.not_described:
        reasons = [f"{reason}: {quoted_list(names, 8)}" for reason, names in
                   data.not_described.items()]  # fmt: skip
        notes.append(
            Note("info", "columns-not-shown",
                 f"Not in the table, because they {'; '.join(reasons)}. To choose the variables, "
                 "name them with -x.")
        )  # fmt: skip
    levels = numbers_as_levels(data)
    if levels:
        notes.append(
            Note("info", "numbers-as-levels",
                 f"{quoted_list(levels)}: whole numbers with few different values, shown as "
                 'levels. For medians, set type = "numeric" in hcc2l.toml, or use --statistic '
                 f"{levels[0]}=median-iqr.")
        )  # fmt: skip
    for variable, overlap in overlapping_levels(data):
        notes.append(
            Note("warning", "levels-overlap",
                 f"{variable.text}: {quoted_list(overlap)}. These levels occur below more than one "
                 f"level of {variable.column}; check the cells of these patients.")
        )  # fmt: skip
    if data.after_baseline and data.by is not None:
        names = listed([variable.text for variable in data.after_baseline])
        notes.append(
            Note("warning", "after-baseline",
                 f"{names}: known only after time 0. Differences between the groups may be effects "
                 "of the treatment, and patients must live long enough to be assessed. Show these "
                 "variables in a table of outcomes rather than among the baseline characteristics.")
        )  # fmt: skip
    return notes


def _group_notes(data: Table1Data) -> list[Note]:
    if data.by is None:
        return []
    tiny = [f"{group.name} ({group.n})" for group in data.groups if group.n < FEW_PATIENTS]
    if not tiny:
        return []
    return [
        Note("warning", "tiny-group",
             f"Fewer than {FEW_PATIENTS} patients in: {', '.join(tiny)}. Percentages and quartiles "
             "say little about so few; describe these patients individually, or merge groups.")
    ]  # fmt: skip


def _test_notes(data: Table1Data, comparisons: Sequence[Comparison]) -> list[Note]:
    notes = []
    small = small_expected(comparisons)
    if small:
        notes.append(
            Note("warning", "small-expected",
                 f"Expected counts below {SMALL_EXPECTED:g} make the χ² test unreliable for: "
                 f"{quoted_list(small, 8)}. Use Fisher's exact test: --test "
                 f"'{small[0]}=fisher'.")
        )  # fmt: skip
    tests = sum(one.test is not None for one in comparisons)
    if tests >= MANY_TESTS and data.spec.adjust == "none":
        notes.append(
            Note("info", "many-tests",
                 f"{tests} tests were made: even among groups that do not differ, about one in "
                 "twenty p-values is below 0.05. Adjust them with --adjust holm, or judge the "
                 "balance by --smd pooled instead.")
        )  # fmt: skip
    if data.weights is not None and data.by is not None:
        notes.append(
            Note("info", "no-tests",
                 "With weights there are no tests: the usual ones take every patient once, and "
                 "their p would be wrong. Judge the balance by standardised differences "
                 "(--smd pooled).")
        )  # fmt: skip
    return notes


def _matching_notes(data: Table1Data, comparisons: Sequence[Comparison]) -> list[Note]:
    tested = [one for one in comparisons if one.test is not None]
    if data.sets is None:
        if not data.matched or not tested or data.weights is not None:
            return []
        return [
            Note("warning", "pairs-ignored",
                 "The file has the column pair of psmatch --save, but the tests take the groups as "
                 "independent. Matched patients resemble each other: use --pair pair.")
        ]  # fmt: skip
    notes = []
    ignoring = [
        one.variable.text for one in tested
        if one.test and one.test.name not in (*PAIRED_TESTS, "mantel-haenszel")
    ]  # fmt: skip
    if ignoring:
        notes.append(
            Note("warning", "pairs-ignored",
                 f"The tests of {quoted_list(ignoring)} take the groups as independent, although "
                 "--pair was given. Omit their --test for tests within pairs.")
        )  # fmt: skip
    incomplete = [f"{one.variable.text} ({one.incomplete})" for one in tested if one.incomplete]
    if incomplete:
        notes.append(
            Note("info", "incomplete-pairs",
                 "Pairs without a value in one of the groups are described, but excluded from the "
                 f"test: {', '.join(incomplete)}.")
        )  # fmt: skip
    return notes
