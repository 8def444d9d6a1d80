"""What a score is: its parts, its formula, its classes with their edges, and its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DECIMALS = 9  # equal scores of decimal values stay equal in binary arithmetic
_TOLERANCE = 1e-9  # a value this near an edge equals it: 34.2 µmol/L of bilirubin is 2 mg/dL


@dataclass(frozen=True)
class Edge:
    """Where one class ends and the next begins; a value equal to it is `below` or `above`."""

    value: float
    equal: Literal["below", "above"]


@dataclass(frozen=True)
class Score:
    """A number computed from other columns, or a class that such a number falls into.

    Attributes
    ----------
    name
        By which a term names it.
    label
        In tables and figures.
    title
        In a sentence.
    parts
        The unit in which the formula takes each analyte of `laboratory.ANALYTES`; empty for
        grades, and for numbers without one.
    formula
        From arrays of shape (n,), one keyword argument for each part, NaN where unknown, to the
        score, shape (n,); for a class the place among its levels.
    expression
        The formula as it is printed.
    source, doi
        Where it was published; no DOI where there is none.
    either
        Parts of which one suffices, the first at hand; the formula gets NaN for the others.
    optional
        Parts that need not be at hand; the formula then gets NaN.
    levels
        Of a class, in order; empty for a number.
    edges
        Between the levels, where a class is a range of a number.
    of
        The score that a class is a range of.
    """

    name: str
    label: str
    title: str
    parts: Mapping[str, str]
    formula: Callable[..., Floats]
    expression: str
    source: str
    doi: str | None
    either: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()
    of: Score | None = None

    @property
    def references(self) -> tuple[str, ...]:
        """The publications: of a class, that of its score first."""
        return (*(self.of.references if self.of else ()), self.source)

    def compute(self, parts: Mapping[str, Floats]) -> Floats:
        """The score of every patient, shape (n,); NaN where it cannot be computed.

        Parameters
        ----------
        parts
            The analytes at hand, each of shape (n,), in the units of `parts`.
        """
        n = next(iter(parts.values())).size
        unknown = {name: np.full(n, np.nan) for name in self.parts if name not in parts}
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.asarray(self.formula(**parts, **unknown), dtype=np.float64)
        known: Floats = np.where(np.isfinite(found), found, np.nan)
        return np.round(known, DECIMALS)


def place(values: Floats, edges: tuple[Edge, ...]) -> Floats:
    """The class of each value, counted from 0, shape (n,); NaN for NaN.

    A value equals an edge within 1e-9 of it (relative above 1).
    """
    found = np.where(np.isnan(values), np.nan, 0.0)
    for edge in edges:
        tolerance = _TOLERANCE * max(1.0, abs(edge.value))
        found += values >= edge.value - tolerance if edge.equal == "above" else (
            values > edge.value + tolerance)  # fmt: skip
    return found


def classes_of(
    score: Score, name: str, label: str, levels: tuple[str, ...], edges: tuple[Edge, ...],
    source: str | None = None, doi: str | None = None,
) -> Score:  # fmt: skip
    """The class that a score falls into, as a score of its own; of the same source if not given."""
    return Score(
        name=name, label=label, title=label, parts=score.parts,
        formula=lambda **parts: place(score.formula(**parts), edges),
        expression=f"{in_words(score.label, levels, edges)}; {score.label} = {score.expression}",
        source=source or score.source,
        doi=doi if source else score.doi, either=score.either, optional=score.optional,
        levels=levels, edges=edges, of=score,
    )  # fmt: skip


def in_words(label: str, levels: tuple[str, ...], edges: tuple[Edge, ...]) -> str:
    """The classes and their edges: `1 (ALBI ≤−2.60), 2 (≤−1.39), 3 (above)`."""
    signs = {"below": "≤", "above": "<"}
    limits = [f"{signs[e.equal]}{e.value:g}".replace("-", "−") for e in edges]
    limits[0] = f"{label} {limits[0]}"
    return ", ".join(
        f"{level} ({limit})" for level, limit in zip(levels, [*limits, "above"], strict=True)
    )
