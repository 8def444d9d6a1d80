"""The grammar of terms (`afp@400`, `ecog==2`) and of conditions (`age>=18`).

Expressions are parsed here and never evaluated.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hcc2l.errors import UsageError, no_column
from hcc2l.scores import score_named

Operator = Literal["==", "!=", ">=", "<=", ">", "<"]
_OPERATORS = re.compile(r"\s*(==|!=|>=|<=|>|<|=|≥|≤)\s*")
_SPELLINGS = {"=": "==", "≥": ">=", "≤": "<="}
SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}
OPPOSITE = {">=": "<", "<=": ">", ">": "≤", "<": "≥"}


@dataclass(frozen=True)
class Term:
    """A column, possibly cut into groups or compared with a value.

    Attributes
    ----------
    text
        As the user wrote it.
    column
        The column's name.
    cuts
        Cut-points after `@`; empty with `dictionary_cut` for `afp@`; `("median",)`.
    comparison
        Operator and value of a comparison.
    """

    text: str
    column: str
    cuts: tuple[float | str, ...] = ()
    dictionary_cut: bool = False
    comparison: tuple[Operator, str] | None = None


@dataclass(frozen=True)
class Condition:
    """One `--where` expression: a comparison, a membership, or a test for missing."""

    text: str
    column: str
    operator: Operator | Literal["in", "not in", "missing", "present"]
    values: tuple[str, ...] = ()


def parse_term(text: str, names: Sequence[str], option: str) -> Term:
    """Read a term; a column whose whole name is `text` wins over any grammar.

    Raises
    ------
    UsageError
        The column is unknown (near names are suggested), or a cut-point is not a number.
    """
    text = text.strip()
    if text in names:
        return Term(text, text)
    if "@" in text:
        column, _, after = text.rpartition("@")
        name = known_column(column, names, option)
        if after == "":
            return Term(text, name, dictionary_cut=True)
        return Term(text, name, cuts=parse_cuts(after, option))
    match = _OPERATORS.search(text)
    if match:
        name = known_column(text[: match.start()], names, option)
        value = _unquoted(text[match.end() :])
        if value == "":
            raise UsageError(f"{text!r} has no value to compare with.", where=option)
        return Term(text, name, comparison=(_operator(match[1]), value))
    return Term(text, known_column(text, names, option))


def parse_cuts(text: str, option: str) -> tuple[float | str, ...]:
    """The cut-points of `400`, `200/400`, `200,400` or `median`, in ascending order."""
    if text.strip().casefold() == "median":
        return ("median",)
    try:
        cuts = [float(part) for part in re.split(r"[/,]", text)]
        if not all(map(math.isfinite, cuts)):
            raise ValueError
    except ValueError:
        raise UsageError(
            f"{text!r} is not a cut-point.",
            where=option,
            hint="Write afp@400, afp@200/400 or afp@median.",
        ) from None
    if cuts != sorted(set(cuts)):
        raise UsageError(f"The cut-points {text!r} must be in ascending order.", where=option)
    return tuple(cuts)


def parse_condition(text: str, names: Sequence[str]) -> Condition:
    """Read a `--where` expression.

    Forms: ``age>=18``, ``child_pugh==A``, ``bclc in B,C``, ``bclc not in D``, ``afp missing``,
    ``afp present``.
    """
    option = "--where"
    membership = re.fullmatch(
        r"\s*(?P<column>.+?)\s+(?:(?P<test>(?:is\s+)?(?:not\s+missing|missing|present))"
        r"|(?P<member>not\s+in|in)\s+(?P<values>.+))\s*",
        text,
    )
    if membership and not (membership["member"] and _OPERATORS.search(membership["column"])):
        column = known_column(membership["column"], names, option)
        if membership["test"]:
            missing = re.fullmatch(r"(is\s+)?missing", membership["test"])
            return Condition(text, column, "missing" if missing else "present")
        values = tuple(_unquoted(v) for v in membership["values"].strip("()[]").split(","))
        member: Literal["in", "not in"] = "in" if membership["member"] == "in" else "not in"
        return Condition(text, column, member, values)
    match = _OPERATORS.search(text)
    if not match:
        raise UsageError(
            f"{text!r} is not a condition.",
            where=option,
            hint="Write 'age>=18', 'child_pugh==A', 'bclc in B,C', 'afp missing' or "
            "'afp present', with one --where for each condition.",
        )
    column = known_column(text[: match.start()], names, option)
    value = _unquoted(text[match.end() :])
    if value == "":
        raise UsageError(
            f"{text!r} has no value to compare with.",
            where=option,
            hint=f"For missing values, write '{column} missing' or '{column} present'.",
        )
    return Condition(text, column, _operator(match[1]), (value,))


def split_assignment(text: str, names: Sequence[str], option: str) -> tuple[str, str | None]:
    """Column and value of `COL=VALUE` or `COL`; a column whose whole name is `text` wins."""
    if text in names:
        return text, None
    column, equals, value = text.partition("=")
    name = known_column(column, names, option)
    return name, _unquoted(value.lstrip("=")) if equals else None


def known_column(name: str, names: Sequence[str], option: str) -> str:
    """The column or else the score of that name, whatever its capitals.

    Raises
    ------
    UsageError
        There is neither; near names are suggested.
    """
    name = name.strip()
    if name in names:
        return name
    folded = [other for other in names if other.casefold() == name.casefold()]
    if len(folded) == 1:
        return folded[0]
    score = score_named(name)
    if score is not None and not folded:
        return score.name
    raise no_column(name, names, option)


def _operator(text: str) -> Operator:
    return _SPELLINGS.get(text, text)  # type: ignore[return-value]  # only operators match


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text
