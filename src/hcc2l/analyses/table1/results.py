"""Every variable described in every group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.table1.data import Group, Table1Data
from hcc2l.analyses.table1.variables import Variable
from hcc2l.design import Floats, Ints, Mask
from hcc2l.stats.balance import weighted_variance
from hcc2l.stats.quantiles import quantiles, weighted_quantile
from hcc2l.stats.weighting import effective_size


@dataclass(frozen=True)
class Numbers:
    """Moments and quantiles of a number; NaN where there are none."""

    mean: float
    sd: float
    median: float
    q1: float
    q3: float
    min: float
    max: float


@dataclass(frozen=True)
class Described:
    """A variable in a group; with `parent`, among the patients with a level of another.

    Attributes
    ----------
    missing
        Patients without a value.
    denominator
        Patients that percentages refer to; of a number, those with a value.
    effective_n
        Effective number of these by their weights; None without weights.
    counts, shares
        Of each level; empty for a number. Shares are weighted.
    """

    variable: Variable
    parent: str | None
    group: Group
    missing: int
    denominator: int
    effective_n: float | None
    counts: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()
    numbers: Numbers | None = None


@dataclass(frozen=True)
class Characteristic:
    """A variable in every group, the total first.

    Attributes
    ----------
    below
        Of each level, in every group, the levels that stand below it; empty without any.
    """

    variable: Variable
    groups: tuple[Described, ...]
    below: tuple[tuple[Described, ...], ...] = ()


def describe(data: Table1Data) -> list[Characteristic]:
    """Every variable in every group."""
    groups = list(data.groups)
    if data.spec.total and data.by:
        groups.insert(0, data.everyone)
    return [_described(data, variable, groups) for variable in data.variables]


def _described(data: Table1Data, variable: Variable, groups: Sequence[Group]) -> Characteristic:
    of_group = _number_in if variable.values is not None else _levels_in
    if variable.members:
        of_group = _members_in
    codes = range(len(variable.levels)) if variable.nested else ()
    return Characteristic(
        variable,
        tuple(of_group(data, variable, group) for group in groups),
        tuple(tuple(_levels_below(data, variable, code, g) for g in groups) for code in codes),
    )


def _inside(variable: Variable, group: Group) -> Mask:
    """Which rows of a group are described at all."""
    if variable.among is None:
        return np.ones(group.n, dtype=np.bool_)
    return variable.among[group.rows]


def _number_in(data: Table1Data, variable: Variable, group: Group) -> Described:
    assert variable.values is not None
    inside = _inside(variable, group)
    known = inside & ~variable.missing[group.rows]
    weights = _taken(group, known)
    x = variable.values[group.rows[known]]
    return Described(
        variable, None, group, int(inside.sum()) - x.size, x.size, _effective(weights),
        numbers=_numbers(data, x, weights),
    )  # fmt: skip


def _levels_in(data: Table1Data, variable: Variable, group: Group) -> Described:
    assert variable.codes is not None
    inside = _inside(variable, group)
    known = inside & ~variable.missing[group.rows]
    base = inside if data.spec.denominator == "all" else known
    codes = variable.codes[group.rows]
    return Described(
        variable, None, group, int(inside.sum() - known.sum()), int(base.sum()),
        _effective(_taken(group, base)),
        *_counted(codes, len(variable.levels), group, known, base),
    )  # fmt: skip


def _members_in(data: Table1Data, variable: Variable, group: Group) -> Described:
    """Of each value, the patients who have it; one may have several."""
    inside = [_levels_in(data, member, group) for member in variable.members]
    first = inside[0]
    return Described(
        variable, None, group, first.missing, first.denominator, first.effective_n,
        tuple(one.counts[1] for one in inside), tuple(one.shares[1] for one in inside),
    )  # fmt: skip


def _levels_below(data: Table1Data, variable: Variable, code: int, group: Group) -> Described:
    """The levels of the nested variable among the patients with a level; shares of all of them."""
    shown = variable.nested
    assert shown is not None
    assert shown.codes is not None
    assert variable.codes is not None
    base = ~variable.missing[group.rows]
    if data.spec.denominator == "all":
        base = np.ones(group.n, dtype=np.bool_)
    below = variable.codes[group.rows] == code
    codes = shown.codes[group.rows]
    return Described(
        shown, variable.levels[code], group, int((below & (codes < 0)).sum()), int(base.sum()),
        _effective(_taken(group, base)),
        *_counted(codes, len(shown.levels), group, below & (codes >= 0), base),
    )  # fmt: skip


def _counted(
    codes: Ints, number: int, group: Group, rows: Mask, base: Mask
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """How many of `rows` have each level, and their weighted share of `base`."""
    counts = np.bincount(codes[rows], minlength=number)
    parts, total = counts.astype(np.float64), float(base.sum())
    if group.weights is not None:
        parts = np.bincount(codes[rows], group.weights[rows], minlength=number).astype(np.float64)
        total = float(group.weights[base].sum())
    shares = parts / total if total else np.full(number, np.nan)
    return tuple(counts.tolist()), tuple(shares.tolist())


def _taken(group: Group, rows: Mask) -> Floats | None:
    return None if group.weights is None else group.weights[rows]


def _effective(weights: Floats | None) -> float | None:
    return None if weights is None else effective_size(weights)


def _numbers(data: Table1Data, x: Floats, weights: Floats | None) -> Numbers:
    if not x.size:
        return Numbers(*[float("nan")] * 7)
    low, high = float(x.min()), float(x.max())
    if weights is not None:
        mean = float(weights @ x / weights.sum())
        sd = float(np.sqrt(weighted_variance(x, weights, binary=False)))
        q1, median, q3 = (weighted_quantile(x, weights, q) for q in (0.25, 0.5, 0.75))
    else:
        mean = float(x.mean())
        sd = float(x.std(ddof=1)) if x.size > 1 else float("nan")
        q1, median, q3 = quantiles(x, (0.25, 0.5, 0.75), data.spec.quantile_type)
    return Numbers(mean, sd, median, q1, q3, low, high)
