"""What happened to the patients of a Cox analysis with a competing event."""

from __future__ import annotations

from dataclasses import dataclass

from hcc2l.design import Factor, Ints


@dataclass(frozen=True)
class Causes:
    """The causes of failure, shape (n,) over the rows of the cohort.

    Attributes
    ----------
    cause
        0 censored, 1 the endpoint's event, 2 the competing event, -1 unknown.
    names
        Of the endpoint's event and of the competing event.
    censoring
        The groups within which the distribution of censoring is estimated.
    """

    cause: Ints
    names: tuple[str, str]
    censoring: Factor | None

    @property
    def numbered(self) -> tuple[tuple[int, str], ...]:
        """Codes and names of the causes."""
        return tuple(enumerate(self.names, start=1))
