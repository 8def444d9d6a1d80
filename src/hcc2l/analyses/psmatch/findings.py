"""What the notes of a psmatch analysis remark on, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.psmatch.balance import LARGE_DIFFERENCE, VARIANCE_RATIOS, Summary
from hcc2l.analyses.psmatch.data import Covariate, MatchData
from hcc2l.analyses.psmatch.matching import unmatched
from hcc2l.design.model import ModelColumn
from hcc2l.stats.weighting import effective_size

SEPARATED = 10.0  # standard error of a coefficient times the SD of its covariate


def parameters(data: MatchData) -> int:
    """Number of parameters of the propensity model, without the intercept."""
    fit = data.score.fit
    return data.matrix.x.shape[1] if fit is None else int((~fit.dropped[1:]).sum())


def columns_without_estimate(data: MatchData) -> list[tuple[ModelColumn, bool]]:
    """Columns of the propensity model whose coefficient was dropped (True) or diverges (False)."""
    fit = data.score.fit
    if fit is None:
        return []
    errors = fit.std_err[1:] * data.matrix.x.std(axis=0)
    columns = zip(data.matrix.columns, fit.dropped[1:], errors, strict=True)
    return [
        (column, bool(dropped))
        for column, dropped, error in columns
        if dropped or error > SEPARATED
    ]


@dataclass(frozen=True)
class Difference:
    """Means of a covariate in the unmatched and in the matched treated."""

    covariate: Covariate
    unmatched: float
    matched: float


@dataclass(frozen=True)
class Treated:
    """Numbers of treated patients.

    Attributes
    ----------
    unmatched
        By the reason for which they have no match.
    beyond
        Those whose score lies outside the range of the controls.
    difference
        The covariate in which unmatched and matched differ most, in SD; None if all are matched.
    """

    n: int
    matched: int
    unmatched: dict[str, int]
    beyond: int
    difference: Difference | None


def treated_patients(data: MatchData) -> Treated:
    """How many treated patients were matched, and how the others differ."""
    scores, others = data.propensity[data.treated], data.propensity[~data.treated]
    reasons = unmatched(data.pool, data.matches, data.caliper)
    return Treated(
        n=int(data.treated.sum()),
        matched=int(np.unique(data.matches.treated).size),
        unmatched={reason: int((rows & data.treated).sum()) for reason, rows in reasons},
        beyond=int(((scores < others.min()) | (scores > others.max())).sum()),
        difference=_largest_difference(data),
    )


def _largest_difference(data: MatchData) -> Difference | None:
    kept = data.treated & (data.match_weights > 0)
    lost = data.treated & ~kept
    if not lost.any():
        return None
    differences, sizes = [], []
    for covariate in data.covariates:
        x = covariate.values
        sd = float(x[data.treated].std()) if np.ptp(x[data.treated]) else 0.0
        difference = Difference(covariate, float(x[lost].mean()), float(x[kept].mean()))
        differences.append(difference)
        sizes.append(abs(difference.unmatched - difference.matched) / sd if sd else 0.0)
    return differences[int(np.argmax(sizes))]


def reused_controls(data: MatchData) -> tuple[int, int]:
    """Number of controls matched more than once, and the most matches of one control."""
    times = np.bincount(data.matches.control)
    return int((times > 1).sum()), int(times.max())


@dataclass(frozen=True)
class Imbalance:
    """Covariates that are not balanced in a sample, by label.

    Attributes
    ----------
    large
        Absolute standardised differences above the limit; of a factor, its largest.
    unknown
        Covariates whose standardised difference cannot be estimated.
    """

    large: dict[str, float]
    unknown: list[str]


def imbalance(summaries: Sequence[Summary], sample: str) -> Imbalance:
    """Covariates that are not balanced in a sample."""
    large: dict[str, float] = {}
    unknown: dict[str, None] = {}
    for summary in summaries:
        smd, label = abs(summary.of[sample].smd), summary.covariate.label
        if np.isnan(smd):
            unknown[label] = None
        elif smd > LARGE_DIFFERENCE:
            large[label] = max(smd, large.get(label, 0.0))
    return Imbalance(large, list(unknown))


def uneven_variances(summaries: Sequence[Summary], sample: str) -> list[tuple[str, float]]:
    """Continuous covariates whose spread differs between the groups of a sample, with the ratio."""
    low, high = VARIANCE_RATIOS
    ratios = [(s.covariate.label, s.of[sample].variance_ratio) for s in summaries]
    return [(label, ratio) for label, ratio in ratios if ratio < low or ratio > high]


@dataclass(frozen=True)
class Weighted:
    """The weights of one treatment group: patients, largest weight over mean, effective size."""

    level: str
    n: int
    largest: float
    effective: float


def weighted_groups(data: MatchData) -> list[Weighted]:
    """The weights of `--weighting` in both groups; none without it."""
    if data.score_weights is None:
        return []
    found = []
    groups = zip(data.treatment.levels, (data.treated, ~data.treated), strict=True)
    for level, group in groups:
        w = data.score_weights[group]
        found.append(Weighted(level, w.size, float(w.max() / w.mean()), effective_size(w)))
    return found
