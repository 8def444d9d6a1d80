"""Multiple imputation of a cohort: the imputation model, and the completed cohorts.

Gaps of the columns that the terms of an analysis come from are filled; scores and derived columns
are computed again from their completed parts. A filled gap has the cell of another patient, so that
completed cohorts are read as the cohort itself is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np

from hcc2l.cohort import Cohort, Column
from hcc2l.design.endpoints import Endpoint
from hcc2l.design.factors import MAX_LEVELS, factor
from hcc2l.design.model import number_with_errors
from hcc2l.design.recorded_scores import RecordedScore, filled_score, recorded_scores
from hcc2l.design.rows import Floats, Ints, Mask
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.levels import distinct
from hcc2l.repetition import HERE, Workers, repeated
from hcc2l.scores import score_named
from hcc2l.scores.laboratory import laboratory
from hcc2l.stats.cumulative_hazard import cumulative_hazard
from hcc2l.stats.imputation import chained
from hcc2l.stats.imputation.chained import ITERATIONS, Chain, Method, Variable
from hcc2l.terms import Term
from hcc2l.wording import in_sentence

LEAST_SETS = 20  # of --impute auto
_AFP = ("afp", "afp_later")
Computed = str | tuple[str, str]  # a score or derived column by its name; an interaction of two


@dataclass(frozen=True)
class ModelledColumn:
    """A column of the file in the imputation model.

    Attributes
    ----------
    variable
        Shape (n,) over all rows; NaN in the gaps and in rows that are not analysed.
    gaps
        Shape (n,): the analysed rows without a value.
    log
        Whether a number is modelled on the log scale.
    levels
        The categories, in their order; empty for a number.
    """

    name: str
    label: str
    variable: Variable
    gaps: Mask
    log: bool = False
    levels: tuple[str, ...] = ()

    @property
    def method(self) -> Method | None:
        """How its gaps are filled; None where it has none."""
        return self.variable.method if self.gaps.any() else None


@dataclass(frozen=True)
class ImputationModel:
    """What is imputed, and from what; arrays of shape (n,) over all rows of the cohort.

    Attributes
    ----------
    rows
        The rows that are analysed, with a known outcome.
    columns
        The columns of the file that the terms come from, by name: those with gaps are imputed, and
        all of them predict.
    outcomes
        What else predicts, by name: events, cumulative hazards, outcomes, treatment.
    derived
        The scores and derived columns among the terms, computed from the columns.
    recorded
        Scores that the file holds beside their parts, and that agree with them: computed too.
    interactions
        Pairs of columns of the terms whose products predict other columns.
    """

    rows: Mask
    columns: tuple[ModelledColumn, ...]
    outcomes: Mapping[str, Floats]
    derived: tuple[str, ...] = ()
    recorded: tuple[RecordedScore, ...] = ()
    interactions: tuple[tuple[str, str], ...] = ()

    @property
    def imputed(self) -> tuple[ModelledColumn, ...]:
        """The columns with gaps."""
        return tuple(column for column in self.columns if column.gaps.any())

    @property
    def every(self) -> tuple[ModelledColumn | RecordedScore, ...]:
        """The columns of the file that are completed or predict, and the scores among them."""
        return (*self.columns, *self.recorded)

    @property
    def completed(self) -> tuple[ModelledColumn | RecordedScore, ...]:
        """Those with gaps: imputed, or computed from imputed parts."""
        return tuple(one for one in self.every if one.gaps.any())

    @property
    def incomplete(self) -> int:
        """The number of analysed rows with a gap."""
        return int(np.any([one.gaps for one in self.every], axis=0).sum()) if self.every else 0

    def sets(self, asked: int | Literal["auto"]) -> int:
        """The number of imputations: as asked; else the percentage of incomplete rows, from 20."""
        if asked != "auto":
            return asked
        return max(LEAST_SETS, math.ceil(100 * self.incomplete / max(int(self.rows.sum()), 1)))


@dataclass(frozen=True)
class Imputations:
    """The completed cohorts.

    Attributes
    ----------
    cohorts
        One for each set; the cohort with gaps is unchanged.
    seed, iterations
        As used; None where the sets come from a file.
    chains
        How each set was made; empty where the sets come from a file.
    """

    model: ImputationModel
    cohorts: tuple[Cohort, ...]
    seed: int | None = None
    iterations: int | None = None
    chains: tuple[Chain, ...] = field(default=(), repr=False)

    @property
    def sets(self) -> int:
        """The number of imputations."""
        return len(self.cohorts)


def survival_predictors(endpoint: Endpoint, rows: Mask) -> dict[str, Floats]:
    """What of an endpoint predicts missing covariates, by name: its events and their hazards.

    The indicator of the event and the Nelson–Aalen cumulative hazard at the patient's own time,
    each of shape (n,) and 0 outside `rows`; of a competing event too. The time itself does not.

    Notes
    -----
    White, Royston, Stat Med 2009;28:1982–1998.
    """
    found: dict[str, Floats] = {}
    time = endpoint.time[rows]
    for code in range(1, max(int(endpoint.event[rows].max(initial=1)), 1) + 1):
        event = endpoint.event == code
        of_cause = " (competing event)" if code > 1 else ""
        hazard = np.zeros(rows.size)
        if time.size:
            hazard[rows] = cumulative_hazard(time, event[rows]).at(time)
        label = f"{in_sentence(endpoint.label)}{of_cause}"
        found[f"event indicator of {label}"] = np.where(rows, event, 0.0)
        found[f"Nelson–Aalen cumulative hazard of {label}"] = hazard
    return found


def imputation_model(
    cohort: Cohort,
    terms: Sequence[Term],
    rows: Mask,
    outcomes: Mapping[str, Floats],
    interactions: Iterable[tuple[Term, Term]] = (),
) -> ImputationModel:
    """The imputation model of an analysis.

    Parameters
    ----------
    terms
        Every covariate of the analysis, with treatment, strata and auxiliary columns; cuts, scales
        and scores stand for the columns of the file that they come from.
    rows
        Shape (n,): the rows analysed, in which the outcome is known.
    outcomes
        By name and of shape (n,), known in `rows`: of each endpoint `survival_predictors`, or the
        binary outcome.
    interactions
        Pairs of terms whose interaction the analysis estimates, which would else be biased towards
        zero.

    Raises
    ------
    AnalysisError
        A column has no value in these rows.
    UsageError
        A column with gaps holds several values for one patient, or cannot be modelled.
    InputError
        A cell of a column of numbers is not a number.
    """
    logged = {t.column for t in terms if t.scale is not None and t.scale.kind != "per"}
    derived = tuple(sorted({t.column for t in terms} - set(cohort.names)))
    names = {name for term in terms for name in _in_file(cohort, term)}
    recorded = recorded_scores(cohort, sorted(names), rows)
    names |= {part for score in recorded for part in score.parts}
    names -= {score.name for score in recorded}
    columns = tuple(_modelled(cohort, n, rows, log=n in logged) for n in sorted(names))
    pairs = tuple((a.column, b.column) for a, b in interactions)
    return ImputationModel(rows, columns, dict(outcomes), derived, recorded, pairs)


def impute(
    cohort: Cohort,
    model: ImputationModel,
    *,
    sets: int | Literal["auto"] = "auto",
    seed: int = 1,
    iterations: int = ITERATIONS,
    workers: Workers = HERE,
) -> Imputations:
    """The cohort completed several times by chained equations.

    Each set draws from a stream of its own, and rows are taken in the order of their ids, else of
    their cells: the order of the file, the workers and the number of sets do not change a set.
    """
    number = model.sets(sets)
    order = _order(cohort, model.rows)
    streams = np.random.SeedSequence(seed).spawn(number)
    chains = repeated(
        partial(_chain, cohort, model, order, iterations), streams, number, "Imputation", workers
    )
    completed = tuple(_completed(cohort, model, chain.donors) for chain in chains)
    return Imputations(model, completed, seed, iterations, tuple(chains))


def _chain(
    cohort: Cohort,
    model: ImputationModel,
    order: Ints,
    iterations: int,
    stream: np.random.SeedSequence,
) -> Chain:
    """One set; its donors are rows of the cohort, shape (n,)."""
    imputed = model.imputed
    variables = [
        Variable(v.name, v.method, v.values[order], v.levels) for v in (c.variable for c in imputed)
    ]
    chain = chained.complete(
        variables, _complete_predictors(cohort, model, order), np.random.default_rng(stream),
        iterations=iterations, derived=_derived(cohort, model, order),
    )  # fmt: skip
    donors = tuple(_in_cohort(of, order, cohort.rows) for of in chain.donors)
    return Chain(donors, chain.means, chain.sds, chain.dropped, chain.not_converged)


def _in_cohort(donors: Ints, order: Ints, n: int) -> Ints:
    """Donors among the rows in order, as donors among all rows of the cohort, shape (n,)."""
    rows = np.arange(n)
    rows[order] = order[donors]
    return rows


def _complete_predictors(cohort: Cohort, model: ImputationModel, order: Ints) -> Floats:
    """What predicts and has no gaps, shape (rows analysed, q)."""
    gaps = {column.name for column in model.imputed}
    known = [column.variable for column in model.columns if column.name not in gaps]
    computed = [of for of, parts in _parts(cohort, model).items() if not gaps & set(parts)]
    found = [
        *(values[order][:, None] for values in model.outcomes.values()),
        *(variable.predictors(variable.values[order]) for variable in known),
        *(_computed_predictors(cohort, model, {}, of, order) for of in computed),
    ]
    return np.column_stack(found) if found else np.empty((order.size, 0))


def _derived(cohort: Cohort, model: ImputationModel, order: Ints) -> chained.Derived | None:
    """What is computed from an incomplete part, and predicts other columns."""
    places = {column.name: i for i, column in enumerate(model.imputed)}
    parts = {
        of: frozenset(places[source] for source in sources if source in places)
        for of, sources in _parts(cohort, model).items()
    }
    found = [of for of, incomplete in parts.items() if incomplete and len(incomplete) < len(places)]
    if not found:
        return None

    def compute(donors: Sequence[Ints]) -> Floats:
        rows = {
            column.name: _in_cohort(of, order, cohort.rows)
            for column, of in zip(model.imputed, donors, strict=True)
        }
        completed = _completed(cohort, model, rows.values())
        return np.column_stack([
            _computed_predictors(completed, model, rows, of, order) for of in found
        ])  # fmt: skip

    rows = dict.fromkeys(places, np.arange(cohort.rows))
    width = [_computed_predictors(cohort, model, rows, of, order).shape[1] for of in found]
    of_columns = [parts[of] for of, n in zip(found, width, strict=True) for _ in range(n)]
    return chained.Derived(compute, tuple(of_columns))


def _computed_predictors(
    cohort: Cohort, model: ImputationModel, rows: Mapping[str, Ints], of: Computed, order: Ints
) -> Floats:
    """A score or derived column, or the product of two, shape (rows analysed, k).

    `cohort` is completed; `rows` has the row from which each value of an imputed column comes.
    """
    if isinstance(of, str):
        return _score_predictors(cohort, of)[order]
    sides = []
    for name in of:
        column = next((c for c in model.columns if c.name == name), None)
        if column is None:
            values = _score_predictors(cohort, name)[order]
        else:
            taken = column.variable.values[rows.get(name, slice(None))]
            values = column.variable.predictors(taken[order])
        sides.append(values - values.mean(axis=0))
    first, second = sides
    return np.column_stack([first[:, [i]] * second for i in range(first.shape[1])])


def _score_predictors(cohort: Cohort, name: str) -> Floats:
    """A score or derived column, shape (n, k): a number, or dummies; its mean where missing."""
    column = cohort.column(name)
    if column.kind == "number":
        values = column.values.astype(np.float64)
        known = np.isfinite(values)
        mean = values[known].mean() if known.any() else 0.0
        return np.where(known, values, mean)[:, None]
    texts, codes = distinct(column)
    score = score_named(name)
    levels = column.levels or (score.levels if score else ()) or tuple(sorted(texts))
    places = np.array([*(levels.index(text) for text in texts), -1])[codes]
    return np.asarray(places[:, None] == np.arange(1, max(len(levels), 2)), dtype=np.float64)


def _completed(cohort: Cohort, model: ImputationModel, donors: Iterable[Ints]) -> Cohort:
    """The cohort in which gaps have the cells of their donors, and scores follow."""
    completed = cohort.with_columns({
        column.name: cohort.as_it_stands(column.name).with_cells_of(rows)
        for column, rows in zip(model.imputed, donors, strict=True)
    })  # fmt: skip
    filled = {score.name: filled_score(completed, score) for score in model.recorded}
    return completed.with_columns(filled) if filled else completed


def _parts(cohort: Cohort, model: ImputationModel) -> dict[Computed, tuple[str, ...]]:
    """The columns of the file behind each score, derived column and interaction."""
    recorded = {score.name: score.parts for score in model.recorded}

    def parts(name: str) -> tuple[str, ...]:
        sources = [recorded.get(source, (source,)) for source in _sources(cohort, name)]
        return tuple(part for of in sources for part in of)

    found: dict[Computed, tuple[str, ...]] = {
        name: parts(name) for name in (*recorded, *model.derived)
    }
    return found | {(a, b): (*parts(a), *parts(b)) for a, b in model.interactions}


def _sources(cohort: Cohort, name: str) -> tuple[str, ...]:
    """The columns of the file that a column comes from."""
    found: list[str] = []
    for source in cohort.sources(name):
        found += [source] if source in cohort.names else _sources(cohort, source)
    return tuple(dict.fromkeys(found))


def _in_file(cohort: Cohort, term: Term) -> tuple[str, ...]:
    """The columns of the file behind a term."""
    cohort.multi_select(term.column)
    return _sources(cohort, term.column)


def _modelled(cohort: Cohort, name: str, rows: Mask, *, log: bool) -> ModelledColumn:
    """A column of the file in the imputation model."""
    several = any(name in of.columns for of in cohort.multi_selects.values())
    column = cohort.as_it_stands(name) if several else cohort.column(name)
    if (column.missing & rows).any() and _of_outcome(cohort, name):
        raise UsageError(
            f"{name} is part of an outcome, and outcomes are never imputed.",
            where=cohort.source.name,
            hint=f"Omit it, or exclude the patients without it: --where '{name} present'.",
        )
    if several and (column.missing & rows).any():
        raise UsageError(
            f"{name} holds several values for one patient; its gaps cannot be imputed.",
            where=cohort.source.name,
            hint="Omit it, or exclude the patients without a value with --where.",
        )
    if not (rows & ~column.missing).any():
        raise AnalysisError(
            f"{name} has no value in the patients analysed, so it cannot be imputed.",
            where=f"{cohort.source.name}, column {name}",
            hint="Omit it from the analysis.",
        )
    label = cohort.label(name)
    if _as_number(cohort, column):
        return _number(cohort, column, label, rows, log=log)
    return _categories(cohort, name, label, rows)


def _of_outcome(cohort: Cohort, name: str) -> bool:
    """Whether a column belongs to an endpoint of the cohort, or is an outcome by its role."""
    role = cohort.dictionary.column(name).role
    parts = [
        part.partition("=")[0].strip()
        for entry in cohort.endpoints().values()
        for part in (entry.time, entry.event, entry.start, entry.censor, *entry.end)
        if part
    ]
    return role == "outcome" or (role is None and name in parts)


def _as_number(cohort: Cohort, column: Column) -> bool:
    """Whether a column is imputed as a number: not with a type, levels or two values."""
    entry = cohort.dictionary.column(column.name)
    if entry.type in ("factor", "ordered") or entry.levels:
        return False
    if column.kind == "number":
        texts, _ = distinct(column)
        return len(texts) > 2 or any("." in text for text in texts)
    return number_with_errors(cohort, column)


def _number(cohort: Cohort, column: Column, label: str, rows: Mask, *, log: bool) -> ModelledColumn:
    """A number; AFP is on the log scale, as are columns with `scale` and terms with `@log`."""
    name, entry = column.name, cohort.dictionary.column(column.name)
    values = np.where(rows, cohort.numbers(name, rows), np.nan)
    known = values[~np.isnan(values)]
    log = log or entry.scale == "log" or (entry.part or laboratory(name)) in _AFP
    log = log and bool(known.min() >= 0 and known.max() > 0)
    if log:  # a value of 0 counts as half of the smallest above it
        values = np.log(np.maximum(values, known[known > 0].min() / 2))
    return ModelledColumn(name, label, Variable(name, "pmm", values), rows & np.isnan(values), log)


def _categories(cohort: Cohort, name: str, label: str, rows: Mask) -> ModelledColumn:
    """Groups: two, ordered as the dictionary says, or unordered."""
    complete = not (cohort.column(name).missing & rows).any()
    groups = factor(cohort, Term(name, "-x", name), rows, None if complete else MAX_LEVELS)
    levels = tuple(groups.levels[i] for i in np.argsort(groups.ranks))
    places = np.array([*groups.ranks, -1])[groups.codes]
    known = rows & (places >= 0)
    ordered = cohort.ordered(name)
    method: Method = "ordinal" if ordered else "multinomial"
    if len(levels) <= 2:
        method = "logistic"
    variable = Variable(name, method, np.where(known, places, np.nan), len(levels))
    return ModelledColumn(name, label, variable, rows & ~known, levels=levels)


def _order(cohort: Cohort, rows: Mask) -> Ints:
    """The analysed rows in an order that does not depend on the file's: by id, else by cells."""
    indices = np.flatnonzero(rows)
    names = sorted(name for name in cohort.names if name != cohort.id_column)
    if cohort.id_column in cohort.names:
        id_column = cohort.as_it_stands(str(cohort.id_column))
        ids = [id_column.text(row) for row in indices.tolist()]
        if len(set(ids)) == len(ids):
            return np.asarray(indices[sorted(range(len(ids)), key=ids.__getitem__)])
    cohort.load(names)
    columns = [cohort.as_it_stands(name) for name in names]
    cells = [tuple(column.text(row) for column in columns) for row in indices.tolist()]
    return np.asarray(indices[sorted(range(len(cells)), key=cells.__getitem__)])
