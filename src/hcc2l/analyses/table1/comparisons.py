"""Tests and standardised differences of every variable between the groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from hcc2l.analyses.table1.data import Group, Table1Data
from hcc2l.analyses.table1.variables import Variable
from hcc2l.design import Floats, Ints, Mask
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.stats.balance import ROUNDING, balance, levels_difference, spread
from hcc2l.stats.counts import (
    chi_square,
    fisher_exact,
    independent_counts,
    trend,
)
from hcc2l.stats.matched_counts import matched_counts
from hcc2l.stats.matched_sets import complete_sets, differences
from hcc2l.stats.means import anova, paired_t, student, welch, welch_anova
from hcc2l.stats.multiplicity import adjust
from hcc2l.stats.ranks import kruskal_wallis, mann_whitney, signed_rank
from hcc2l.stats.test import Test
from hcc2l.wording import listed

OfNumbers = Callable[[Sequence[Floats]], Test]
OfCounts = Callable[[Floats], Test]

_OF_NUMBERS: dict[str, OfNumbers] = {
    "student": student,
    "welch": welch,
    "mann-whitney": mann_whitney,
    "mann-whitney-uncorrected": lambda groups: mann_whitney(groups, corrected=False),
    "anova": anova,
    "welch-anova": welch_anova,
    "kruskal-wallis": kruskal_wallis,
}
_TWO_GROUPS = ("student", "welch", "mann-whitney", "mann-whitney-uncorrected")
_OF_COUNTS: dict[str, OfCounts] = {
    "chi-square": chi_square,
    "chi-square-yates": lambda table: chi_square(table, yates=True),
    "fisher": fisher_exact,
}
PAIRED_TESTS = ("wilcoxon", "paired-t", "mcnemar", "stuart-maxwell")


@dataclass(frozen=True)
class Comparison:
    """One variable, or one value of a column with several, between the groups.

    Attributes
    ----------
    level
        The value; None for a whole variable.
    test
        None where none was made.
    p_adjusted
        NaN without a test.
    smd
        Of each pair of groups, by their names; empty if it was not asked for.
    counts
        Shape (levels, groups); None for a number.
    incomplete
        Pairs or sets of which the test had to exclude all rows: one of the groups has no value.
    """

    variable: Variable
    level: str | None
    test: Test | None
    p_adjusted: float
    smd: dict[tuple[str, str], float]
    counts: Floats | None
    incomplete: int = 0


def compare(data: Table1Data) -> list[Comparison]:
    """The comparisons of all variables; none without groups.

    Raises
    ------
    UsageError
        A test does not fit its variable, or fits none.
    AnalysisError
        An exact test would take too long.
    """
    if data.by is None:
        return []
    _refuse_unused(data)
    found = [one for variable in data.variables for one in _comparisons(data, variable)]
    p = np.array([c.test.p if c.test else np.nan for c in found])
    adjusted = adjust(p, data.spec.adjust).tolist()
    return [replace(c, p_adjusted=p) for c, p in zip(found, adjusted, strict=True)]


def _comparisons(data: Table1Data, variable: Variable) -> list[Comparison]:
    """The comparison of a variable, or of each value of a column with several."""
    if variable.members:
        return [_compared(data, member, member.label) for member in variable.members]
    return [_compared(data, variable)]


def _compared(data: Table1Data, variable: Variable, level: str | None = None) -> Comparison:
    groups = [_described(variable, group) for group in data.groups]
    counts = None
    if variable.codes is not None:
        counts = np.column_stack([_counts(variable, group) for group in groups])
    test, incomplete = None, 0
    name = _requested(data, variable)
    if name != "none" and data.weights is None:
        if data.sets is not None and (name == "auto" or name in PAIRED_TESTS):
            test, incomplete = _within_sets(data, variable, name)
        else:
            test = _between(variable, name, groups, counts)
    smd = {}
    if data.spec.smd != "none":
        smd = {
            (a.name, b.name): _difference(data, variable, a, b) for a, b in combinations(groups, 2)
        }
    return Comparison(variable, level, test, np.nan, smd, counts, incomplete)


def _described(variable: Variable, group: Group) -> Group:
    """The rows of a group in which a variable is known, and described at all."""
    known = ~variable.missing
    if variable.among is not None:
        known &= variable.among
    kept = known[group.rows]
    weights = None if group.weights is None else group.weights[kept]
    return Group(group.name, group.rows[kept], weights)


def _counts(variable: Variable, group: Group, weights: Floats | None = None) -> Floats:
    """Patients, or their weights, with each level."""
    assert variable.codes is not None
    number = len(variable.levels)
    counts = np.bincount(variable.codes[group.rows], weights, minlength=number)
    return counts.astype(np.float64)


def _requested(data: Table1Data, variable: Variable) -> str:
    """The test that is asked for: of the variable, else the last for all that fits it."""
    requests = data.requests
    possible = possible_tests(data, variable)
    name = requests.test.get(variable.text)
    if name is not None:
        if name not in possible:
            raise _does_not_fit(data, variable, name, possible)
        return name
    return next((name for name in reversed(requests.tests) if name in possible), "auto")


def possible_tests(data: Table1Data, variable: Variable) -> tuple[str, ...]:
    """The tests that fit a variable and the groups, with `auto` and `none`."""
    always = ("auto", "none")
    two = data.compared == 2
    if variable.values is not None:
        between = [name for name in _OF_NUMBERS if two or name not in _TWO_GROUPS]
        paired = ["wilcoxon", "paired-t"] if data.sets is not None else []
        return (*always, *between, *paired)
    number = len(variable.levels)
    names = ["chi-square", "fisher"]
    if two and number == 2:
        names.append("chi-square-yates")
    if (two and number > 2 and variable.ordered) or (
        number == 2 and data.compared > 2 and data.by_ordered
    ):
        names.append("trend")
    if data.sets is not None:
        names.append("mcnemar" if number == 2 else "stuart-maxwell")
    return (*always, *names)


def _does_not_fit(
    data: Table1Data, variable: Variable, name: str, possible: Sequence[str]
) -> UsageError:
    hint = f"Possible: {listed(possible, 'or')}."
    if name in PAIRED_TESTS and data.sets is None:
        hint += " Tests within pairs need --pair."
    if name == "trend":
        hint += ' A trend needs levels in an order: type = "ordered" in hcc2l.toml.'
    kind = "a number" if variable.values is not None else f"{len(variable.levels)} levels"
    what = "is" if variable.values is not None else "has"
    return UsageError(
        f"The test {name!r} does not fit {variable.text}, which {what} {kind}, in "
        f"{data.compared} groups.",
        where=f"--test {variable.text}={name}",
        hint=hint,
    )


def _refuse_unused(data: Table1Data) -> None:
    """UsageError for a test of all variables that fits none of them."""
    compared = [member for v in data.variables for member in v.members or (v,)]
    fitting = {name for variable in compared for name in possible_tests(data, variable)}
    for name in data.requests.tests:
        if name not in fitting:
            hint = f"Possible: {listed(sorted(fitting), 'or')}."
            if name in PAIRED_TESTS and data.sets is None:
                hint = "Name the column of pairs: --pair pair."
            raise UsageError(
                f"The test {name!r} fits no variable of the table, which has "
                f"{data.compared} groups.",
                where=f"--test {name}",
                hint=hint,
            )


def _between(
    variable: Variable,
    name: str,
    groups: Sequence[Group],
    counts: Floats | None,
) -> Test:
    """The test of independent groups; by default the same as before matching in psmatch."""
    if variable.values is not None:
        if name == "auto":
            name = "mann-whitney" if len(groups) == 2 else "kruskal-wallis"
        return _OF_NUMBERS[name]([variable.values[group.rows] for group in groups])
    assert counts is not None
    if name == "auto":
        return independent_counts(counts)
    if name == "trend":
        by_level = counts if len(groups) == 2 else counts.T
        return trend(by_level[:, 1], by_level.sum(axis=1))
    try:
        return _OF_COUNTS[name](counts)
    except AnalysisError as error:  # an exact test of a large table
        error.where = f"--test {variable.text}={name}"
        error.hint = f"Use the chi-square test: --test {variable.text}=chi-square."
        raise


def _within_sets(data: Table1Data, variable: Variable, name: str) -> tuple[Test, int]:
    """The test within pairs or sets, and how many of these had no value in one of the groups."""
    assert data.sets is not None
    assert data.by is not None
    described = ~variable.missing
    if variable.among is not None:
        described &= variable.among
    treated = data.by.codes == _single(data)
    kept = complete_sets(data.sets, treated, described)
    incomplete = int(np.unique(data.sets).size - np.unique(data.sets[kept]).size)
    sets, treated = _renumbered(data.sets[kept]), treated[kept]
    if variable.values is None:
        assert variable.codes is not None
        if not sets.size:
            return Test("mcnemar", np.nan, 0, np.nan), incomplete
        return matched_counts(variable.codes[kept], len(variable.levels), treated, sets), incomplete
    x = variable.values[kept]
    difference = differences(x, treated, sets)
    if name == "paired-t":
        return paired_t(difference), incomplete
    larger = sets.size > 2 * difference.size  # means of controls, which differ by rounding
    zero = ROUNDING * float(np.abs(x).max()) if larger else 0.0
    return signed_rank(difference, zero), incomplete


def _renumbered(sets: Ints) -> Ints:
    return np.unique(sets, return_inverse=True)[1].astype(np.int64)


def _single(data: Table1Data) -> int:
    """The group that has one row in each set, by its code.

    Raises
    ------
    UsageError
        Neither group does.
    """
    assert data.sets is not None
    assert data.by is not None
    size = int(data.sets.max()) + 1
    for code in (0, 1):
        if np.bincount(data.sets[data.by.codes == code], minlength=size).max() <= 1:
            return code
    inside: Mask = np.bincount(data.sets[data.by.codes == 0], minlength=size) > 1
    raise UsageError(
        f"In {int(inside.sum())} sets of {data.spec.pair}, both groups of {data.by.column} have "
        "several rows.",
        where=f"--pair {data.spec.pair}",
        hint="A set holds one patient of a group and one or several of the other, as the column "
        "pair of psmatch --save does.",
    )


def _difference(data: Table1Data, variable: Variable, first: Group, second: Group) -> float:
    """The absolute standardised difference of two groups, in the SD of the unweighted rows."""
    pooled = data.spec.smd == "pooled"
    if not first.n or not second.n:
        return float("nan")
    if variable.values is None:
        table = np.column_stack([_counts(variable, g) for g in (first, second)])
        weighted = np.column_stack([_counts(variable, g, g.weights) for g in (first, second)])
        return levels_difference(table, weighted, pooled=pooled)
    rows = np.concatenate((first.rows, second.rows))
    is_second = np.arange(rows.size) >= first.n
    x = variable.values[rows]
    weights = np.ones(rows.size)
    if first.weights is not None and second.weights is not None:
        weights = np.concatenate((first.weights, second.weights))
    return abs(balance(x, is_second, weights, spread(x, is_second, pooled=pooled)).smd)
