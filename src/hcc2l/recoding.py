"""What the levels of a column are called, and which of them are one, as the dictionary says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hcc2l.wording import listed

MISSING = "missing"


@dataclass(frozen=True)
class Levels:
    """New names for the values of a column.

    Attributes
    ----------
    labels
        The name of each value.
    groups
        The values, or their labels, that become one level.
    other
        ``missing`` if values in neither become missing; else they are refused.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    other: str | None = None

    def __bool__(self) -> bool:
        """Whether anything is renamed."""
        return bool(self.labels or self.groups)

    @property
    def names(self) -> tuple[str, ...]:
        """The new levels in order: the groups, then the labels that no group contains."""
        grouped = {member for members in self.groups.values() for member in members}
        single = [label for code, label in self.labels.items() if not grouped & {code, label}]
        return tuple(dict.fromkeys([*self.groups, *single]))

    def of(self, texts: Iterable[str], named: Callable[[str], set[str]]) -> dict[str, str]:
        """The new level of each text that has one.

        Parameters
        ----------
        texts
            The distinct values of the column.
        named
            The texts that a value of the dictionary denotes: ``1`` may be `1.0`.
        """
        level = {text: label for code, label in self.labels.items() for text in named(code)}
        by_label = dict(level)
        for group, members in self.groups.items():
            for member in members:
                level |= dict.fromkeys(named(member), group)
                level |= {text: group for text in texts if by_label.get(text) == member}
        return level


@dataclass(frozen=True)
class Recoding:
    """What became of the values of a column.

    Attributes
    ----------
    column
        The column of the file.
    counts
        The rows of each value under its new level; those under None became missing.
    """

    column: str
    counts: Mapping[str | None, Mapping[str, int]]

    @property
    def described(self) -> str:
        """`A = A5 (30) and A6 (20); missing = C10 (1)`."""
        return "; ".join(
            f"{MISSING if level is None else level} = "
            + listed([f"{text} ({rows})" for text, rows in texts.items()])
            for level, texts in self.counts.items()
        )
