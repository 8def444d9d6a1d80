"""The result of a statistical test."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Test:
    """A test with its p.

    Attributes
    ----------
    statistic
        NaN if it has none, or if the test does not exist: too few values, or none that vary.
    df
        Degrees of freedom, 0 if it has none; of an F statistic those between the groups.
    df_within
        Those within the groups, of an F statistic; else 0.
    """

    name: str
    statistic: float
    df: float
    p: float
    df_within: float = 0.0
