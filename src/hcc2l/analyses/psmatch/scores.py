"""Tables of the propensity scores: terms, overlap, patients and pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.psmatch.balance import sample_column
from hcc2l.analyses.psmatch.data import MatchData
from hcc2l.cohort import Cohort
from hcc2l.design import Floats
from hcc2l.report import Column, LaterTable, Row, Table, Value, finite
from hcc2l.stats.tails import normal_tail
from hcc2l.stats.weighting import effective_size


def overlap_table(data: MatchData) -> Table:
    """Range of the propensity of each group in each sample, and the effective sample size."""
    rows: list[Row] = []
    for sample in data.samples:
        for level, group in zip(
            data.treatment.levels, (data.treated, ~data.treated), strict=True
        ):  # fmt: skip
            inside = group & sample.inside
            p, others = data.propensity[inside], data.propensity[~group]
            outside = int(((p < others.min()) | (p > others.max())).sum())
            rows.append(
                {"sample": sample.name, "group": level, "n": int(inside.sum()),
                 "propensity_min": float(p.min()), "propensity_median": float(np.median(p)),
                 "propensity_max": float(p.max()), "outside": outside,
                 "effective_size": effective_size(sample.weights[inside]),
                 "weight_max": float(sample.weights[inside].max())}
            )  # fmt: skip
    columns = (
        sample_column(), Column("Treatment", ("group",)), Column("n", ("n",)),
        Column("Propensity, median (range)",
               ("propensity_median", "propensity_min", "propensity_max"), form="interval",
               kind="estimate"),
        Column("Outside overlap", ("outside",)),
        Column("Effective n", ("effective_size",), decimals=1),
        Column("Largest weight", ("weight_max",), decimals=2),
    )  # fmt: skip
    note = ("Outside overlap: patients whose score is below or above all scores of the other "
            "treatment.")  # fmt: skip
    title = "Overlap of the propensity scores"
    return Table("overlap", title, tuple(rows[0]), tuple(rows), columns, (note,))


def row_ids(cohort: Cohort, data: MatchData) -> list[Value]:
    """Identifier of each row, in the order of the arrays: its id, else its number from 1."""
    name = cohort.id_column
    if name is None or name not in cohort.names:
        return [int(row) + 1 for row in data.rows]
    column = cohort.column(name)
    return [column.text(int(row)) or int(row) + 1 for row in data.rows]


def weights_of(data: MatchData) -> Floats:
    """The saved weights, shape (n,): those of `--weighting`, else of the matching."""
    return data.match_weights if data.score_weights is None else data.score_weights


def pairs_table(data: MatchData, ids: Sequence[Value]) -> Table:
    """The matches, one row each."""
    keys = ("pair", "treated", "control", "distance")
    return LaterTable.of(Table("pairs", "Matched pairs", keys, ()), lambda: _pairs(data, ids))


def _pairs(data: MatchData, ids: Sequence[Value]) -> tuple[Row, ...]:
    heads = {row: i for i, row in enumerate(np.unique(data.matches.treated).tolist(), start=1)}
    matches = zip(
        data.matches.treated.tolist(), data.matches.control.tolist(), data.gaps.tolist(),
        strict=True,
    )  # fmt: skip
    return tuple(
        {"pair": heads[t], "treated": ids[t], "control": ids[c], "distance": gap}
        for t, c, gap in matches
    )


def scores_table(data: MatchData, ids: Sequence[Value]) -> Table:
    """Score, weight and pair of every analysed patient, in the order of the file."""
    keys = ("id", "treated", "propensity", "logit", "weight", "pair")
    return LaterTable.of(Table("scores", "Propensity scores", keys, ()), lambda: _scores(data, ids))


def _scores(data: MatchData, ids: Sequence[Value]) -> tuple[Row, ...]:
    order = np.argsort(data.rows, kind="stable").tolist()
    weights, sets = weights_of(data), data.sets.tolist()
    return tuple(
        {"id": ids[i], "treated": int(data.treated[i]), "propensity": float(data.propensity[i]),
         "logit": float(data.score.logit[i]), "weight": float(weights[i]),
         "pair": sets[i] + 1 if sets[i] >= 0 else None}
        for i in order
    )  # fmt: skip


def propensity_table(data: MatchData) -> Table:
    """Terms of the propensity model, one row each."""
    rows: list[Row] = []
    fit = data.score.fit
    if fit is not None:
        rows.append(_coefficient("(Intercept)", None, None, fit.coef[0], fit.std_err[0]))
    for i, column in enumerate(data.matrix.columns):
        coef, std_err = (fit.coef[i + 1], fit.std_err[i + 1]) if fit else (np.nan, np.nan)
        importance = None if data.score.importance is None else float(data.score.importance[i])
        row = _coefficient(column.term, column.level, column.reference, coef, std_err)
        rows.append(row | {"importance": importance})
    labels = {term.text: term.label for term in data.terms} | {"(Intercept)": "Intercept"}
    estimates = (
        (Column("Coefficient", ("coef",), decimals=3), Column("SE", ("std_err",), decimals=3),
         Column("p", ("p",)))
        if fit is not None
        else (Column("Importance", ("importance",)),)
    )  # fmt: skip
    columns = (Column("Variable", ("term",), labels=labels), Column("Level", ("level",)),
               Column("Reference", ("reference",)), *estimates)  # fmt: skip
    model = "logistic regression" if fit is not None else "boosted regression trees"
    title = f"Propensity for {data.treatment.treated} ({model})"
    return Table("propensity_terms", title, tuple(rows[0]), tuple(rows), columns)


def _coefficient(
    term: str, level: str | None, reference: str | None, coef: float, std_err: float
) -> dict[str, Value]:
    p = 2 * normal_tail(abs(float(coef) / float(std_err))) if std_err > 0 else np.nan
    return {"term": term, "level": level, "reference": reference, "coef": finite(coef),
            "std_err": finite(std_err), "p": finite(p), "importance": None}  # fmt: skip
