"""Characteristics in imputed data sets: described in each, averaged, compared by Rubin's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hcc2l.analyses.imputed import completed
from hcc2l.analyses.table1.comparisons import Comparison, compare
from hcc2l.analyses.table1.data import Table1Data, prepare
from hcc2l.analyses.table1.results import Characteristic, Described, Numbers, describe
from hcc2l.analyses.table1.variables import Variable
from hcc2l.cohort import Cohort
from hcc2l.design.imputation import Imputations
from hcc2l.errors import UsageError
from hcc2l.report import Row, Table, finite
from hcc2l.specs import Table1Spec
from hcc2l.stats.counts import chi_square
from hcc2l.stats.pooling import rubin, statistics_test
from hcc2l.stats.test import Test
from hcc2l.terms import Parser

CONF_LEVEL = 0.95  # of the pooled means and proportions


@dataclass(frozen=True)
class PooledCharacteristics:
    """The characteristics of every completed cohort.

    Attributes
    ----------
    sets
        Of each completed cohort.
    """

    imputed: Imputations
    sets: tuple[Table1Data, ...]

    @property
    def described(self) -> list[Characteristic]:
        """Every variable in every group, averaged over the sets."""
        each = [describe(data) for data in self.sets]
        return [_characteristic(of_sets) for of_sets in zip(*each, strict=True)]

    @property
    def compared(self) -> list[Comparison]:
        """Differences of means by Rubin's rules, χ² by D2, standardised differences averaged."""
        each = [compare(data) for data in self.sets]
        return [
            _comparison(self.sets, of_sets) for of_sets in zip(*each, strict=True)
        ]  # fmt: skip

    @property
    def estimates(self) -> Table:
        """Pooled means and proportions of every group with their limits."""
        rows = [row for data in self._by_variable() for row in data]
        return Table("pooled", "Pooled means and proportions", tuple(rows[0]), tuple(rows))

    def _by_variable(self) -> list[list[Row]]:
        each = [describe(data) for data in self.sets]
        return [_estimates(of_sets) for of_sets in zip(*each, strict=True)]


def pooled_characteristics(cohort: Cohort, spec: Table1Spec) -> PooledCharacteristics | None:
    """The characteristics in imputed data sets; None where nothing is missing."""
    alone = replace(spec, impute=None, imputations=None)
    known = prepare(cohort, replace(alone, by=None, test=(), total=False, smd="none"))
    texts = [variable.text for variable in known.variables]
    for variable in known.variables:
        if variable.nested or variable.among is not None or variable.members:
            raise UsageError(
                f"{variable.text} is described below, or among the patients with, something else, "
                "which cannot be pooled.",
                where="-x",
                hint="Describe it alone, or omit --impute.",
            )
    parser = Parser(cohort.nameable, spec.cut, spec.ref)
    terms = parser.terms([*texts, *([spec.by] if spec.by else [])], "-x")
    imputed = completed(cohort, spec, terms, known.account.keep, {})
    if imputed is None:
        return None
    # The test that fits a variable is chosen here, so that those of one set are not computed.
    fixed = replace(alone, covariates=texts, test=("none",))
    return PooledCharacteristics(imputed, tuple(prepare(one, fixed) for one in imputed.cohorts))


def _characteristic(of_sets: Sequence[Characteristic]) -> Characteristic:
    first = of_sets[0]
    groups = tuple(_described([one.groups[g] for one in of_sets]) for g in range(len(first.groups)))
    return replace(first, groups=groups)


def _described(of_sets: Sequence[Described]) -> Described:
    """A variable in a group: counts and shares averaged, SDs as roots of mean variances."""
    first = of_sets[0]

    def mean(values: Sequence[float]) -> float:
        return float(np.mean(values))

    numbers = None
    if first.numbers is not None:
        each = [one.numbers for one in of_sets if one.numbers is not None]
        numbers = Numbers(
            mean([n.mean for n in each]), mean([n.sd**2 for n in each]) ** 0.5,
            mean([n.median for n in each]), mean([n.q1 for n in each]), mean([n.q3 for n in each]),
            min(n.min for n in each), max(n.max for n in each),
        )  # fmt: skip
    size = round(mean([one.group.n for one in of_sets]))
    return replace(
        first,
        group=replace(first.group, rows=np.arange(size)),
        missing=round(mean([one.missing for one in of_sets])),
        denominator=round(mean([one.denominator for one in of_sets])),
        counts=tuple(round(mean(c)) for c in zip(*(one.counts for one in of_sets), strict=True)),
        shares=tuple(mean(s) for s in zip(*(one.shares for one in of_sets), strict=True)),
        numbers=numbers,
    )


def _comparison(sets: Sequence[Table1Data], of_sets: Sequence[Comparison]) -> Comparison:
    first = of_sets[0]
    smd = {pair: float(np.mean([abs(one.smd[pair]) for one in of_sets])) for pair in first.smd}
    if first.counts is not None:
        return replace(first, smd=smd, test=_test_of_counts([one.counts for one in of_sets]))
    return replace(first, smd=smd, test=_test_of_means(sets, first.variable.text))


def _test_of_counts(tables: Sequence[object]) -> Test | None:
    """χ² without correction in every set, pooled by D2."""
    tests = []
    for table in tables:
        counts = np.asarray(table)
        tests.append(chi_square(counts[counts.sum(axis=1) > 0]))
    df = {test.df for test in tests}
    if len(df) > 1 or not all(np.isfinite([test.statistic for test in tests])):
        return None
    pooled = statistics_test(np.array([test.statistic for test in tests]), int(tests[0].df))
    return Test("chi-square-pooled", pooled.f, pooled.k, pooled.p, pooled.df)


def _test_of_means(sets: Sequence[Table1Data], text: str) -> Test | None:
    """The difference between the means of two groups, pooled; None for more groups."""
    if sets[0].compared != 2:
        return None
    differences, variances, n = [], [], 0
    for data in sets:
        variable = _variable(data, text)
        assert variable.values is not None
        values = [variable.values[group.rows] for group in data.groups]
        a, b = (x[~np.isnan(x)] for x in values)
        if min(a.size, b.size) < 2:
            return None
        differences.append(a.mean() - b.mean())
        variances.append(a.var(ddof=1) / a.size + b.var(ddof=1) / b.size)
        n = n or a.size + b.size
    pooled = rubin(np.array(differences), np.array(variances), float(n - 2))
    return Test("t-pooled", float(pooled.statistic), float(pooled.df), float(pooled.p))


def _variable(data: Table1Data, text: str) -> Variable:
    return next(variable for variable in data.variables if variable.text == text)


def _estimates(of_sets: Sequence[Characteristic]) -> list[Row]:
    """Means, and proportions of every level, in every group."""
    first = of_sets[0]
    rows: list[Row] = []
    for g, group in enumerate(first.groups):
        described = [one.groups[g] for one in of_sets]
        sizes = np.array([one.denominator for one in described], dtype=np.float64)
        if group.numbers is not None:
            mean = np.array([one.numbers.mean for one in described if one.numbers])
            sd = np.array([one.numbers.sd for one in described if one.numbers])
            rows.append(_estimate(first, None, group, mean, sd**2 / sizes, sizes))
            continue
        for i, level in enumerate(first.variable.levels):
            share = np.array([one.shares[i] for one in described])
            variance = share * (1 - share) / sizes
            rows.append(_estimate(first, level, group, share, variance, sizes))
    return rows


def _estimate(
    of: Characteristic, level: str | None, group: Described,
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
    variances: np.ndarray[tuple[int], np.dtype[np.float64]],
    sizes: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> Row:  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = rubin(values, variances, float(sizes.mean() - 1))
        lower, upper = pooled.limits(CONF_LEVEL)
        found = {
            "estimate": pooled.estimate, "std_err": pooled.std_err, "df": pooled.df,
            "lower": lower, "upper": upper, "fmi": pooled.missing_information,
        }  # fmt: skip
    return {
        "variable": of.variable.text, "level": level, "group": group.group.name,
        "n": group.group.n, **{key: finite(float(value)) for key, value in found.items()},
    }  # fmt: skip
