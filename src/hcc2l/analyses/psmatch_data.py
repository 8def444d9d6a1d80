"""The analysed rows of a psmatch analysis as arrays: who is treated, scores, matches, outcomes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np

from hcc2l.analyses.psmatch_treatment import Treatment
from hcc2l.design import Endpoint, Floats, Ints, Mask, RowAccount
from hcc2l.design.model import ModelMatrix, ModelTerm
from hcc2l.specs import PsmatchSpec
from hcc2l.stats.logistic import LogisticFit
from hcc2l.stats.matching import Matches
from hcc2l.stats.weighting import Scheme


@dataclass(frozen=True)
class Covariate:
    """One row of the balance: a number, or one level of a factor; values of shape (n,)."""

    term: str
    label: str
    level: str | None
    values: Floats


@dataclass(frozen=True)
class TimeToEvent:
    """One endpoint; arrays of shape (n,), `known` where both are there."""

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
    """A sample that is analysed: everybody, the matched, or everybody with weights.

    Attributes
    ----------
    weights
        Shape (n,), 0 for rows that are not in it.
    """

    name: str
    weights: Floats

    @property
    def inside(self) -> Mask:
        """The rows in it, shape (n,)."""
        return np.asarray(self.weights > 0)


@dataclass(frozen=True)
class MatchData:
    """Everything that the tables are made from; n analysed rows, in the order of their ids.

    Attributes
    ----------
    rows
        Shape (n,): each row's number in the cohort.
    treated
        Shape (n,).
    matrix
        The columns of the propensity model, and `fit` that model (None when boosted).
    importance
        Of each column in the boosted model.
    sd, caliper
        Of the distance, over all rows; the largest distance allowed, None without a limit.
    sets
        Shape (n,): matched set from 0, -1 for none.
    score_weights
        Shape (n,), with `--weighting`.
    eligible
        Rows, treated and controls before any was left out for missing values.
    skipped
        Endpoints that could not be read, and why.
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
    propensity: Floats
    logit: Floats
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

    @property
    def distance(self) -> Floats:
        """What is matched on, shape (n,)."""
        return self.logit if self.spec.distance == "logit" else self.propensity

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Before and after matching, and weighted where asked for."""
        found = [Sample("before", np.ones(self.rows.size)), Sample("after", self.match_weights)]
        if self.score_weights is not None:
            found.append(Sample("weighted", self.score_weights))
        return tuple(found)

    @property
    def gaps(self) -> Floats:
        """The distance of each match."""
        return np.abs(self.distance[self.matches.treated] - self.distance[self.matches.control])

    @property
    def tied(self) -> int:
        """How many rows share their score with another."""
        _, counts = np.unique(self.distance, return_counts=True)
        return int(counts[counts > 1].sum())

    @property
    def paired(self) -> bool:
        """Whether every matched row belongs to one set."""
        return bool((self.sets[self.matches.control] >= 0).all())

    @property
    def estimand(self) -> Scheme:
        """What the score weights estimate the effect in."""
        if self.spec.weighting == "overlap":
            return "overlap"
        return cast(Scheme, self.spec.estimand or "att")


def number(value: float) -> float | None:
    """A float for a report: None when it is not finite."""
    return float(value) if math.isfinite(value) else None
