"""The analysed rows of a psmatch analysis as arrays: treatment, scores, matches, outcomes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.psmatch.treatment import Treatment
from hcc2l.design import Endpoint, Factor, Floats, Ints, Mask, RowAccount
from hcc2l.design.model import ModelMatrix, ModelTerm
from hcc2l.specs import PsmatchSpec
from hcc2l.stats.logistic import LogisticFit
from hcc2l.stats.matching import Matches
from hcc2l.stats.weighting import Scheme


@dataclass(frozen=True)
class Covariate:
    """One row of the balance table: a number or one level of a factor; values of shape (n,)."""

    term: str
    label: str
    level: str | None
    values: Floats


@dataclass(frozen=True)
class TimeToEvent:
    """Times and events of one endpoint, shape (n,); `known` where neither is missing."""

    endpoint: Endpoint
    time: Floats
    event: Mask
    known: Mask

    @property
    def name(self) -> str:
        """The endpoint's name."""
        return self.endpoint.name


@dataclass(frozen=True)
class Sample:
    """An analysed sample: all patients, the matched, or all patients weighted.

    Attributes
    ----------
    weights
        Shape (n,), 0 for rows outside the sample.
    """

    name: str
    weights: Floats

    @property
    def inside(self) -> Mask:
        """Rows in the sample, shape (n,)."""
        return np.asarray(self.weights > 0)


@dataclass(frozen=True)
class MatchData:
    """Everything the tables are made from; n analysed rows, in the order of their ids.

    Attributes
    ----------
    rows
        Shape (n,): each row's number in the cohort.
    treated
        Shape (n,).
    matrix
        Columns of the propensity model; `fit` is that model, None when boosted.
    importance, trees
        Importance of each column in the boosted model, and its number of trees; else None.
    distance
        Shape (n,): the score on which patients are matched, equal where it differs by rounding.
    sd, caliper
        SD of the distance over all rows; the largest permitted distance, None without a limit.
    sets
        Shape (n,): matched set from 0, -1 for none.
    score_weights
        Shape (n,), with `--weighting`.
    eligible
        Numbers of rows, treated and controls before any row was excluded for missing values.
    skipped
        Endpoints that could not be read, and why.
    exact
        The terms of `--exact`.
    """

    spec: PsmatchSpec
    account: RowAccount
    treatment: Treatment
    terms: tuple[ModelTerm, ...]
    rows: Ints
    treated: Mask
    matrix: ModelMatrix
    fit: LogisticFit | None
    importance: Floats | None
    trees: int | None
    propensity: Floats
    logit: Floats
    distance: Floats
    sd: float
    caliper: float | None
    strata: Ints | None
    matches: Matches
    match_weights: Floats
    sets: Ints
    score_weights: Floats | None
    covariates: tuple[Covariate, ...]
    outcomes: tuple[TimeToEvent, ...]
    eligible: tuple[int, int, int]
    skipped: tuple[str, ...]
    exact: tuple[Factor, ...]

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Samples before and after matching and, with `--weighting`, weighted."""
        samples = [Sample("before", np.ones(self.rows.size)), Sample("after", self.match_weights)]
        if self.score_weights is not None:
            samples.append(Sample("weighted", self.score_weights))
        return tuple(samples)

    @property
    def gaps(self) -> Floats:
        """Distance within each match, shape (m,)."""
        return np.abs(self.distance[self.matches.treated] - self.distance[self.matches.control])

    @property
    def tied(self) -> int:
        """Number of rows whose score is that of another row, rounding aside."""
        _, counts = np.unique(self.distance, return_counts=True)
        return int(counts[counts > 1].sum())

    @property
    def paired(self) -> bool:
        """Whether every matched row belongs to exactly one set."""
        return bool((self.sets[self.matches.control] >= 0).all())

    @property
    def estimand(self) -> Scheme:
        """Population in which the score weights estimate the effect."""
        if self.spec.weighting == "overlap":
            return "overlap"
        return self.spec.estimand or "att"


def number(value: float) -> float | None:
    """The value as a float, or None when it is not finite."""
    return float(value) if math.isfinite(value) else None
