"""Which scores the columns of a cohort allow."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.analyses.check.data import Found
from hcc2l.scores import laboratory

# Score -> its parts, each a laboratory value that a column's name denotes.
_PARTS = {"pni": ("albumin", "lymphocytes")}


@dataclass(frozen=True)
class FoundScore:
    """A score, the column of each part that is at hand, and the parts that are not."""

    name: str
    parts: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def available(self) -> bool:
        """Whether it can be computed."""
        return not self.missing


def find_scores(found: Found) -> tuple[FoundScore, ...]:
    """Every score with the parts that the cohort has."""
    at_hand = {laboratory(c.name): c.name for c in reversed(found.columns) if laboratory(c.name)}
    return tuple(
        FoundScore(
            name,
            tuple(at_hand[part] for part in parts if part in at_hand),
            tuple(part for part in parts if part not in at_hand),
        )
        for name, parts in _PARTS.items()
    )
