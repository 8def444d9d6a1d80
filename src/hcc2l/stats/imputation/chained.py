"""Chained equations: every incomplete variable is redrawn in turn, given all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.imputation.categories import draw_categories
from hcc2l.stats.imputation.mean_matching import matched_donors
from hcc2l.stats.imputation.predictors import Floats, standardised

Ints = NDArray[np.int64]
Method = Literal["pmm", "logistic", "ordinal", "multinomial"]
ITERATIONS = 10


@dataclass(frozen=True)
class Variable:
    """A variable with gaps.

    Attributes
    ----------
    method
        Predictive mean matching of a number; or the model of its categories.
    values
        Shape (n,): numbers on the scale of the model, or categories from 0; NaN in the gaps.
    levels
        The number of categories; 0 for a number.
    """

    name: str
    method: Method
    values: Floats
    levels: int = 0

    @property
    def known(self) -> NDArray[np.bool_]:
        """Shape (n,): the rows with a value."""
        return ~np.isnan(self.values)

    @property
    def width(self) -> int:
        """The number of its columns as a predictor."""
        return max(self.levels - 1, 1)

    def predictors(self, values: Floats) -> Floats:
        """Completed values as predictors, shape (n, width): the number, or dummies."""
        if not self.levels:
            return values[:, None]
        return np.asarray(values[:, None] == np.arange(1, max(self.levels, 2)), dtype=np.float64)


@dataclass(frozen=True)
class Derived:
    """Predictors computed from the variables ("passive"), never imputed themselves.

    Attributes
    ----------
    compute
        From the rows that each variable's values are taken from, of shape (n,) each in the order of
        the variables, to the columns, shape (n, k).
    parts
        Of each of the k columns the variables it is computed from, by place: it predicts none of
        them.
    """

    compute: Callable[[Sequence[Ints]], Floats]
    parts: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Chain:
    """One completed set of data.

    Attributes
    ----------
    donors
        For each variable, shape (n,): the row whose value each row has; its own where it is known.
    means, sds
        Shape (iterations, variables): mean and standard deviation of the imputed values after each
        iteration, categories as their places; NaN where a variable has no gap.
    dropped
        Of each variable, in how many iterations a predictor was constant or collinear.
    not_converged
        Of each variable, in how many iterations its model did not converge.
    """

    donors: tuple[Ints, ...]
    means: Floats
    sds: Floats
    dropped: Ints
    not_converged: Ints


@dataclass
class _State:
    """Where a chain stands: the row that each value is taken from, and the predictors."""

    design: Floats
    donors: list[Ints] = field(default_factory=list)


def complete(
    variables: Sequence[Variable],
    predictors: Floats,
    random: np.random.Generator,
    *,
    iterations: int = ITERATIONS,
    derived: Derived | None = None,
) -> Chain:
    """One set of data without gaps, by fully conditional specification.

    Gaps start at random observed values. In every iteration each variable, from the fewest gaps to
    the most, is redrawn from its model given all other variables, fitted where it is observed.

    Parameters
    ----------
    variables
        Each with at least one known value.
    predictors
        Shape (n, q): what predicts and has no gaps, such as treatment, event and cumulative hazard.
    random
        The stream of this set.

    Notes
    -----
    van Buuren, Groothuis-Oudshoorn, J Stat Softw 2011;45(3):1–67.
    """
    owned = _owners(variables, predictors.shape[1], derived)
    state = _start(variables, predictors, random, derived)
    order = sorted(range(len(variables)), key=lambda i: int(variables[i].known.size
                   - variables[i].known.sum()))  # fmt: skip
    shape = (iterations, len(variables))
    means, sds = np.full(shape, np.nan), np.full(shape, np.nan)
    dropped, failed = np.zeros((2, len(variables)), dtype=np.int64)
    for step in range(iterations):
        for i in order:
            variable, gaps = variables[i], ~variables[i].known
            if not gaps.any():
                continue
            constant, converged = _redraw(
                variable, ~owned[i], state.design, state.donors[i], random
            )
            dropped[i] += constant
            failed[i] += not converged
            values = variable.values[state.donors[i]]
            means[step, i], sds[step, i] = values[gaps].mean(), values[gaps].std()
            _place(variables, i, state, predictors.shape[1], values)
        if derived is not None:
            state.design[:, -len(derived.parts) :] = derived.compute(state.donors)
    return Chain(tuple(state.donors), means, sds, dropped, failed)


def _owners(
    variables: Sequence[Variable], complete: int, derived: Derived | None
) -> NDArray[np.bool_]:
    """For each variable the columns of the design that hold it or are computed from it."""
    of_column = [frozenset[int]()] * complete
    for i, variable in enumerate(variables):
        of_column += [frozenset({i})] * variable.width
    of_column += derived.parts if derived else ()
    return np.array([[i in parts for parts in of_column] for i in range(len(variables))])


def _start(
    variables: Sequence[Variable],
    predictors: Floats,
    random: np.random.Generator,
    derived: Derived | None,
) -> _State:
    """Every gap with the value of a random row in which the variable is known."""
    n, first = predictors.shape
    width = first + sum(v.width for v in variables) + (len(derived.parts) if derived else 0)
    state = _State(np.empty((n, width)))
    state.design[:, :first] = predictors
    for i, variable in enumerate(variables):
        donors, known = np.arange(n), variable.known
        donors[~known] = random.choice(np.flatnonzero(known), size=int(n - known.sum()))
        state.donors.append(donors)
        _place(variables, i, state, first, variable.values[donors])
    if derived is not None:
        state.design[:, -len(derived.parts) :] = derived.compute(state.donors)
    return state


def _place(
    variables: Sequence[Variable], i: int, state: _State, first: int, values: Floats
) -> None:
    """Write a variable's values into the design."""
    at = first + sum(variable.width for variable in variables[:i])
    state.design[:, at : at + variables[i].width] = variables[i].predictors(values)


def _redraw(
    variable: Variable,
    others: NDArray[np.bool_],
    design: Floats,
    donors: Ints,
    random: np.random.Generator,
) -> tuple[bool, bool]:
    """Redraw the donors of a variable's gaps, in place.

    Returns whether a predictor had to be dropped, and whether the model converged.
    """
    known = variable.known
    x = standardised(design[:, others], known)
    rows, values = np.flatnonzero(known), variable.values[known]
    dropped = bool(x.dropped.any())
    if variable.method == "pmm":
        donors[~known] = rows[matched_donors(values, x.known, x.gaps, random)]
        return dropped, True
    codes = values.astype(np.int64)
    drawn = draw_categories(codes, x.known, x.gaps, random, ordered=variable.method == "ordinal")
    donors[~known] = rows[_any_with(codes, drawn.categories, random)]
    return dropped, drawn.converged


def _any_with(codes: Ints, wanted: Ints, random: np.random.Generator) -> Ints:
    """For each wanted category the place of a random known row that has it."""
    order = np.argsort(codes, kind="stable")
    first = np.searchsorted(codes[order], wanted, side="left")
    count = np.searchsorted(codes[order], wanted, side="right") - first
    return np.asarray(order[first + random.integers(count)], dtype=np.int64)
