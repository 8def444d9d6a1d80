"""Which scores the columns of a cohort allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hcc2l.analyses.check.data import Found
from hcc2l.scores import Score, all_scores
from hcc2l.scores.compute import choose_parts


@dataclass(frozen=True)
class FoundScore:
    """A score, the columns of the parts that are at hand, and the parts that are not."""

    name: str
    parts: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def available(self) -> bool:
        """Whether it can be computed."""
        return not self.missing


def find_scores(found: Found) -> tuple[FoundScore, ...]:
    """Every score with the parts that the cohort has."""
    columns = found.cohort.analytes()
    return tuple(
        FoundScore(name, tuple(choose_parts(score, columns).values()), _missing(score, columns))
        for name, score in all_scores().items()
    )


def _missing(score: Score, columns: Mapping[str, str]) -> tuple[str, ...]:
    """The parts that are needed and have no column; of parts that replace each other, the first."""
    needed = [part for part in score.parts if part not in (*score.optional, *score.either)]
    if not any(part in columns for part in score.either):
        needed += score.either[:1]
    return tuple(part for part in needed if part not in columns)
