"""A saved model applied to the patients of a cohort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.regression.saved_model import SavedModel, SavedTerm
from hcc2l.cohort import Cohort
from hcc2l.design import Endpoint, Floats, Mask, RowAccount, apply_conditions
from hcc2l.design.model import ModelTerm, group_term, model_term
from hcc2l.errors import AnalysisError, UsageError, quoted_list
from hcc2l.stats.linear_algebra import linear_predictor
from hcc2l.stats.splines import basis
from hcc2l.terms import Parser, Term
from hcc2l.wording import counted

_LARGEST = 700.0  # whose exponential is a number
_SPELLINGS = str.maketrans({"μ": "u", "µ": "u", "·": "", " ": "", "⁹": "9", "^": ""})


@dataclass(frozen=True)
class Applied:
    """A model in a cohort.

    Attributes
    ----------
    path
        Its file.
    terms
        As read from the cohort.
    linear_predictor
        Shape (n,) over all rows, NaN where a term is missing; with the intercept.
    unstated
        Columns whose unit the model states and the cohort does not.
    """

    path: str
    saved: SavedModel
    terms: tuple[ModelTerm, ...]
    linear_predictor: Floats
    unstated: tuple[str, ...]

    def risk(self, linear: Floats, time: float | None) -> Floats | None:
        """The predicted risk at linear predictors, shape (n,); None where it is not known."""
        if time is None:
            return np.asarray(1.0 / (1.0 + np.exp(-np.clip(linear, -_LARGEST, _LARGEST))))
        baseline = self.saved.baseline
        survival = None if baseline is None else baseline.at(time)
        if baseline is None or survival is None:
            return None
        relative = np.exp(np.clip(linear - baseline.linear_predictor, -_LARGEST, _LARGEST))
        return np.asarray(-np.expm1(np.log(survival) * relative), dtype=np.float64)


def applied(
    cohort: Cohort,
    path: str,
    saved: SavedModel,
    terms: Sequence[Term],
    keep: Mask,
    outcome: Sequence[str],
    endpoint: Endpoint | None,
) -> Applied:
    """The model in all rows of a cohort.

    Raises
    ------
    UsageError
        Another unit, a level without a coefficient, a number where the model has levels.
    AnalysisError
        The linear predictor is not a number.
    """
    _refuse_unit_of_time(path, saved, endpoint)
    total = np.full(keep.size, saved.intercept or 0.0)
    read, unstated = [], []
    for term, known in zip(terms, saved.terms, strict=True):
        _refuse_unit(cohort, path, term, known)
        if known.unit and cohort.unit(term.column) is None:
            unstated.append(term.column)
        values = (_number if known.levels is None else _groups)(
            cohort, path, term, known, keep, outcome
        )
        read.append(values[0])
        with np.errstate(invalid="ignore"):  # two infinite parts; refused below
            total = total + values[1]
    missing = np.any([term.missing for term in read], axis=0)
    if not np.isfinite(total[keep & ~missing]).all():
        raise AnalysisError(
            "The linear predictor is beyond the range of numbers.", where=f"--model {path}",
            hint="Check the coefficients, and the units of the columns.",
        )  # fmt: skip
    return Applied(path, saved, tuple(read), total, tuple(unstated))


def _number(
    cohort: Cohort, path: str, term: Term, known: SavedTerm, keep: Mask, outcome: Sequence[str]
) -> tuple[ModelTerm, Floats]:
    read = model_term(cohort, term, keep, outcome)
    if read.values is None:
        assert read.factor is not None
        raise UsageError(
            f"The model has one coefficient of {term.text}, which has levels in the cohort: "
            f"{quoted_list(read.factor.levels)}.",
            where=f"--model {path}, term {term.text}",
            hint='Give the model the coefficient of each level: "levels": {"A": 0, "B": 0.7}.',
        )
    if (read.spline is None) != (known.coefs is None):
        what = "no spline" if read.spline is None else "a spline"
        raise UsageError(
            f"{term.text} is {what}, which its coefficients do not fit.",
            where=f"--model {path}, term {term.text}",
            hint="Write a spline as afp@rcs4, with its knots and coefs; a number with its coef.",
        )
    return read, contribution(known, read.values)


def contribution(known: SavedTerm, values: Floats) -> Floats:
    """What numbers on the scale of a term add to the linear predictor, shape (n,)."""
    with np.errstate(over="ignore", invalid="ignore"):
        if known.coefs is not None:
            return linear_predictor(basis(values, np.array(known.knots)), np.array(known.coefs))
        return values * (known.coef or 0.0)


def _groups(
    cohort: Cohort, path: str, term: Term, known: SavedTerm, keep: Mask, outcome: Sequence[str]
) -> tuple[ModelTerm, Floats]:
    assert known.levels is not None
    read = group_term(cohort, term, keep, outcome)
    assert read.factor is not None
    codes = read.factor.codes
    strange = [i for i, level in enumerate(read.factor.levels) if level not in known.levels]
    rows = int(np.isin(codes[keep], strange).sum())
    if rows:
        levels = quoted_list(read.factor.levels[i] for i in strange)
        raise UsageError(
            f"The model has no coefficient for {levels} of {term.text}, which "
            f"{counted(rows, 'patient')} {'has' if rows == 1 else 'have'}; its levels are "
            f"{quoted_list(known.levels)}.",
            where=f"--model {path}, term {term.text}",
            hint="Name the levels alike (labels or groups in hcc2l.toml, or in the model), or "
            "exclude these patients with --where.",
        )
    table = np.array([*(known.levels.get(level, np.nan) for level in read.factor.levels), np.nan])
    return read, table[codes]


def _refuse_unit(cohort: Cohort, path: str, term: Term, known: SavedTerm) -> None:
    unit = cohort.unit(term.column)
    if known.unit and unit and _spelt(known.unit) != _spelt(unit):
        raise UsageError(
            f"The model takes {term.column} in {known.unit}; the cohort has it in {unit}.",
            where=f"--model {path}, term {term.text}",
            hint="Convert the column, or correct the unit in hcc2l.toml or in the model.",
        )


def _spelt(unit: str) -> str:
    return unit.translate(_SPELLINGS).casefold()


def _refuse_unit_of_time(path: str, saved: SavedModel, endpoint: Endpoint | None) -> None:
    if endpoint is None or saved.baseline is None or saved.unit is None:
        return
    if endpoint.unit is None:
        raise UsageError(
            f"The baseline survival of the model is by time in {saved.unit}, and the unit of "
            f"{endpoint.time_columns[0]} is not known.",
            where=f"--model {path}", hint="Give it, for example: --unit months.",
        )  # fmt: skip
    if saved.unit != endpoint.unit:
        raise UsageError(
            f"The baseline survival of the model is by time in {saved.unit}; the endpoint is in "
            f"{endpoint.unit}.",
            where=f"--model {path}", hint=f"Add --time-unit {saved.unit}; --at is then in "
            f"{saved.unit} too.",
        )  # fmt: skip


def rows_of_origin(cohort: Cohort, saved: SavedModel) -> Mask:
    """The rows of this cohort in which the model was made, shape (n,)."""
    origin = saved.made_from
    if origin is None or origin.sha256 != cohort.source.sha256:
        return np.zeros(cohort.rows, dtype=np.bool_)
    account = RowAccount(cohort)
    try:
        conditions = Parser(cohort.nameable, (), ()).conditions(origin.where)
        apply_conditions(cohort, account, conditions)
    except UsageError:  # a column of another dictionary: any row may have been one of them
        return np.ones(cohort.rows, dtype=np.bool_)
    return account.keep
