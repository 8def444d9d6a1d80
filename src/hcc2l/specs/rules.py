"""Which options exclude, need, or have no effect without each other: one table a spec.

An option stands in a rule as on the command line, alone (``--by``: any value but its default) or
with a value (``--method nearest``).
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, fields
from typing import Any

from hcc2l.errors import UsageError
from hcc2l.wording import listed

_OPTION = re.compile(r"--([a-z-]+)(?: (\w[\w-]*))?")


@dataclass(frozen=True)
class Excludes:
    """`option` cannot be combined with `other`.

    Attributes
    ----------
    rivals
        Whether they are two ways of saying one thing: that of the command line then replaces that
        of the data dictionary.
    """

    option: str
    other: str
    message: str = ""
    hint: str = "Omit one of the two."
    rivals: bool = False

    def check(self, spec: Any) -> None:
        """UsageError if `spec` breaks the rule."""
        if given(spec, self.option) and given(spec, self.other):
            message = self.message or f"{self.option} cannot be combined with {self.other}."
            raise UsageError(message, where=_name(self.option), hint=self.hint)


@dataclass(frozen=True)
class Needs:
    """`option` is refused without any of `others`; each may hold several options."""

    option: str
    others: tuple[str, ...]
    message: str = ""
    hint: str = ""

    def check(self, spec: Any) -> None:
        """UsageError if `spec` breaks the rule."""
        if given(spec, self.option) and not any(given(spec, other) for other in self.others):
            others = listed(self.others, "or")
            raise UsageError(
                self.message or f"{self.option} needs {others}.",
                where=_name(self.option),
                hint=self.hint or f"Add {others}, or omit {self.option}.",
            )


@dataclass(frozen=True)
class NoEffect:
    """`option` has no effect without any of the others; a note says so."""

    option: str
    others: tuple[str, ...]

    def applies(self, spec: Any) -> bool:
        """Whether `option` was given in vain."""
        return given(spec, self.option) and not any(given(spec, other) for other in self.others)


Rule = Excludes | Needs | NoEffect


def given(spec: Any, words: str) -> bool:
    """Whether every option in a part of a command line was given, with its value if it has one."""
    defaults = {f.name: f.default for f in fields(spec)}
    for name, value in _OPTION.findall(words):
        option = field_name(name)
        if option not in defaults:  # --no-stabilised
            option = option.removeprefix("no_")
        current = getattr(spec, option)
        values = current if isinstance(current, tuple) else (current,)
        if value and value not in map(str, values):
            return False
        if not value and current == defaults[option]:
            return False
    return True


def rival_fields(rules: tuple[Rule, ...]) -> list[tuple[str, str]]:
    """Pairs of options that are two ways of saying one thing, by the names of their fields."""
    return [
        (field_name(rule.option), field_name(rule.other))
        for rule in rules
        if isinstance(rule, Excludes) and rule.rivals
    ]


def field_name(option: str) -> str:
    """The field of an option: ``time_unit`` of ``--time-unit``, ``from_`` of ``--from``."""
    name = option.removeprefix("--").replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name


def _name(option: str) -> str:
    """``--stepwise`` of ``--stepwise aic``."""
    return option.partition(" ")[0]
