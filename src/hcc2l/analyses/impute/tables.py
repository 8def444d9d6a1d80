"""The tables of `hcc2l impute` beside that of all analyses: imputed values, and convergence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hcc2l.cohort import Cohort
from hcc2l.design import Floats
from hcc2l.design.imputation import Imputations, ModelledColumn
from hcc2l.report import Column, Row, Table, Value, finite

_NUMBERS = ("mean", "sd", "median", "q1", "q3", "min", "max")
_KEYS = ("variable", "label", "level", "source", "n", "decimals", "count", "percent", *_NUMBERS)
_CELL = ("decimals", "count", "percent", "median", "q1", "q3")
_SOURCES = {"observed": "Observed", "imputed": "Imputed"}


def values_table(cohort: Cohort, imputed: Imputations) -> Table:
    """Observed and imputed values of each imputed column; the imputed of all sets together.

    Of these `n` is the number of gaps, and there is no `count`.
    """
    rows = tuple(row for column in imputed.model.imputed for row in _rows(cohort, imputed, column))
    shown = (
        Column("Column", ("label",)), Column("Level", ("level",)),
        Column("", ("source",), labels=_SOURCES, across=(Column("", _CELL, form="description"),)),
    )  # fmt: skip
    footnotes = (
        "Values are median (quartiles) or n (%); of the imputed, those of all imputations "
        "together.",
    )
    return Table("values", "Observed and imputed values", _KEYS, rows, shown, footnotes)


def _rows(cohort: Cohort, imputed: Imputations, column: ModelledColumn) -> Iterator[Row]:
    """A row for the observed and one for the imputed values; of categories, for each level."""
    observed = known_values(cohort, column)
    filled = imputed_values(cohort, imputed, column).ravel()
    gaps = int(column.gaps.sum())
    for place, level in enumerate(column.levels or (None,)):
        for source, values, n in (("observed", observed, observed.size), ("imputed", filled, gaps)):
            if level is None:
                found = {"decimals": _decimals(observed), **_summary(values)}
            else:
                count = int((values == place).sum()) if source == "observed" else None
                share = finite(float((values == place).mean()))
                found = {"decimals": 0, "count": count, "percent": share}
            named = {
                "variable": column.name, "label": column.label, "level": level, "source": source,
                "n": n, **found,
            }  # fmt: skip
            yield {key: named.get(key) for key in _KEYS}


def _summary(values: Floats) -> dict[str, Value]:
    q1, median, q3 = (float(q) for q in np.quantile(values, (0.25, 0.5, 0.75)))
    sd = float(values.std(ddof=1)) if values.size > 1 else None
    return {
        "mean": float(values.mean()), "sd": sd, "median": median, "q1": q1, "q3": q3,
        "min": float(values.min()), "max": float(values.max()),
    }  # fmt: skip


def _decimals(values: Floats) -> int:
    """Those of the data, at most two, and fewer for large numbers."""
    decimals = next((d for d in (0, 1) if np.allclose(values, values.round(d), atol=1e-9)), 2)
    size = float(np.quantile(np.abs(values), 0.75))
    return min(decimals, 2 if size < 10 else 1 if size < 100 else 0)


def known_values(cohort: Cohort, column: ModelledColumn) -> Floats:
    """The observed numbers, in their own unit, or places of the levels, shape (n_known,)."""
    values = _values(cohort, column)
    return values[column.variable.known]


def imputed_values(cohort: Cohort, imputed: Imputations, column: ModelledColumn) -> Floats:
    """The imputed ones, shape (sets, n_gaps)."""
    values = _values(cohort, column)
    at = [one.name for one in imputed.model.imputed].index(column.name)
    return np.array([values[chain.donors[at][column.gaps]] for chain in imputed.chains])


def _values(cohort: Cohort, column: ModelledColumn) -> Floats:
    """Of every row: the number in its own unit, or the place of the level."""
    return column.variable.values if column.levels else cohort.numbers(column.name, column.gaps)


def convergence_table(imputed: Imputations) -> Table:
    """Mean and SD of the imputed values after each iteration of each set.

    Those of AFP and other columns on the log scale are of logarithms, those of categories of their
    places from 0.
    """
    keys = ("variable", "imputation", "iteration", "mean", "sd")
    rows = tuple(
        {
            "variable": column.name, "imputation": number, "iteration": step + 1,
            "mean": finite(chain.means[step, at]), "sd": finite(chain.sds[step, at]),
        }
        for at, column in enumerate(imputed.model.imputed)
        for number, chain in enumerate(imputed.chains, start=1)
        for step in range(chain.means.shape[0])
    )  # fmt: skip
    return Table("convergence", "Means and SDs of imputed values by iteration", keys, rows)
