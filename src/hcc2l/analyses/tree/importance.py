"""The importance of the candidates in a random survival forest."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from hcc2l.analyses.tree.data import TreeData
from hcc2l.analyses.tree.tables import labels
from hcc2l.design import Floats, Ints, Mask
from hcc2l.errors import AnalysisError
from hcc2l.numerals import limits, number
from hcc2l.repetition import repeated
from hcc2l.report import Column, Row, Table
from hcc2l.stats.concordance import concordance

FOLDS = 5


TREES = 200


SHUFFLES = 5


FEWEST = 10  # events, for a forest


def importance(data: TreeData) -> Table:
    """Loss of concordance in held-out patients when the values of a candidate are permuted.

    Raises
    ------
    AnalysisError
        There are too few events.
    """
    if data.event.sum() < FEWEST:
        raise AnalysisError(
            f"A forest needs at least {FEWEST} events; there are {int(data.event.sum())}.",
            where="--forest",
            hint="Remove --forest.",
        )
    random = np.random.default_rng(int(data.spec.seed))
    x, candidate_of = _columns(data)
    fold = _folds(data, random)
    forests = repeated(
        partial(_held_out, data, x, candidate_of),
        _shuffled(fold, len(data.candidates), random), FOLDS, "Forest", data.spec.workers,
    )  # fmt: skip
    kept = np.array([whole for whole, _ in forests])
    losses = np.stack([lost for _, lost in forests])
    mean, low, high = losses.mean(axis=0), losses.min(axis=0), losses.max(axis=0)
    rows: list[Row] = [
        {"variable": data.candidates[j].term, "importance": float(mean[j]),
         "importance_low": float(low[j]), "importance_high": float(high[j])}
        for j in np.argsort(-mean, kind="stable").tolist()
    ]  # fmt: skip
    keys = ("importance", "importance_low", "importance_high")
    columns = (
        Column("Variable", ("variable",), labels=labels(data)),
        Column("Loss of concordance, mean (range)", keys, form="interval", decimals=2),
    )
    range_kept = limits(kept.min(), kept.max(), lambda value: number(value, 2))
    notes = (
        f"Separate from the tree: {FOLDS} forests of {TREES} trees, each evaluated in the fifth of "
        f"the patients that was held out; mean (range) of the concordance {number(kept.mean(), 2)} "
        f"({range_kept}). The ranges are over the {FOLDS} forests: variables whose "
        "ranges overlap should not be ranked.",
    )
    title = "Importance in a random survival forest"
    return Table("importance", title, tuple(rows[0]), tuple(rows), columns, notes)


def _columns(data: TreeData) -> tuple[Floats, Ints]:
    """Columns, shape (n, q), one for each level of a factor, and the candidate of each."""
    columns, candidate_of = [], []
    for j, covariate in enumerate(data.covariates):
        if covariate.kind == "factor" and covariate.levels > 2:
            parts = [
                np.where(np.isnan(covariate.values), np.nan, covariate.values == level)
                for level in range(covariate.levels)
            ]
        else:
            parts = [_single_precision(covariate.values)]
        columns += parts
        candidate_of += [j] * len(parts)
    return np.column_stack(columns), np.array(candidate_of, dtype=np.int64)


def _single_precision(values: Floats) -> Floats:
    """Values, or where they are too large for a forest their ranks, which give the same cuts."""
    if not np.nanmax(np.abs(values)) > np.finfo(np.float32).max:
        return values
    ranks = np.full(values.size, np.nan)
    known = ~np.isnan(values)
    ranks[known] = np.unique(values[known], return_inverse=True)[1]
    return ranks


def _folds(data: TreeData, random: np.random.Generator) -> Ints:
    """The fold in which each patient is held out, shape (n,); events are spread evenly."""
    fold = np.zeros(data.event.size, dtype=np.int64)
    order = random.permutation(data.event.size)
    order = order[np.argsort(data.event[order], kind="stable")]
    fold[order] = np.arange(order.size) % FOLDS
    return fold


def _shuffled(
    fold: Ints, candidates: int, random: np.random.Generator
) -> Iterator[tuple[Mask, Ints]]:
    """The patients held out, shape (n,), and their orders, shape (candidates, SHUFFLES, held)."""
    for i in range(FOLDS):
        held = int((fold == i).sum())
        orders = [random.permutation(held) for _ in range(candidates * SHUFFLES)]
        yield fold == i, np.array(orders).reshape(candidates, SHUFFLES, held)


def _held_out(
    data: TreeData, x: Floats, candidate_of: Ints, shuffled: tuple[Mask, Ints]
) -> tuple[float, Floats]:
    """Concordance in the held-out patients, and the loss of it for each candidate."""
    from sksurv.ensemble import RandomSurvivalForest
    from sksurv.util import Surv

    out, orders = shuffled
    forest = RandomSurvivalForest(
        n_estimators=TREES, min_samples_leaf=max(3, int(data.spec.min_bucket)),
        low_memory=True, random_state=int(data.spec.seed),
    )  # fmt: skip
    forest.fit(x[~out], Surv.from_arrays(data.event[~out], data.time[~out]))
    time, event, held = data.distinct.take(out), data.event[out], x[out]

    def rank(columns: Floats) -> float:
        return concordance(time, event, forest.predict(columns)).concordance

    whole = rank(held)
    losses = np.zeros(len(data.candidates))
    for j in range(losses.size):
        permuted = np.flatnonzero(candidate_of == j)
        for order in orders[j]:
            mixed = held.copy()
            mixed[:, permuted] = held[order][:, permuted]
            losses[j] += (whole - rank(mixed)) / SHUFFLES
    return whole, losses
