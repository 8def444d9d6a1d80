"""Scores from laboratory values and findings: one file a score or a family.

Every module of this package with a tuple `SCORES` adds to the scores that any term can name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from hcc2l.scores.score import Score

__all__ = ["Score", "all_scores", "score_named"]


@cache
def all_scores() -> Mapping[str, Score]:
    """Every score by its name."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return {score.name: score for module in modules for score in getattr(module, "SCORES", ())}


def score_named(name: str) -> Score | None:
    """The score of that name, whatever its capitals; else None."""
    return all_scores().get(name.strip().casefold())
