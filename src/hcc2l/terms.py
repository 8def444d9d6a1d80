"""The grammar of terms (`afp@400`, `ecog==2`) and of conditions (`age>=18`).

Expressions are parsed here and never evaluated.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from hcc2l.errors import UsageError, no_column
from hcc2l.scores import score_named

Operator = Literal["==", "!=", ">=", "<=", ">", "<", "in", "not in"]
_OPERATORS = re.compile(r"(==|!=|>=|<=|>|<|=|≥|≤)\s*")
_BLANKS = re.compile(r"\s{50,}")  # one blank says as much, and is read faster
_MOST_CUTS = 200
_SPELLINGS = {"=": "==", "≥": ">=", "≤": "<="}
SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<"}
QUANTILES = {"median": 2, "tertiles": 3, "quartiles": 4}  # groups of equal size
FEWEST_KNOTS, DEFAULT_KNOTS, MOST_KNOTS = 3, 4, 5
_SPLINE = re.compile(r"rcs\d{0,9}", re.IGNORECASE)
OPPOSITE = {">=": "<", "<=": ">", ">": "≤", "<": "≥"}


@dataclass(frozen=True)
class Assignment:
    """`COL=VALUE`, or a column alone, as given to an option.

    Attributes
    ----------
    text
        As the user wrote it.
    option
        The option it was given to: `--event`.
    value
        None for a column alone.
    """

    text: str
    option: str
    column: str
    value: str | None

    @property
    def where(self) -> str:
        """Its place on the command line, for errors: `--ref sex=male`."""
        return f"{self.option} {self.text}"

    @property
    def name(self) -> str:
        """The column and value without blanks and quotation marks: `response=PD`."""
        return self.column if self.value is None else f"{self.column}={self.value}"


@dataclass(frozen=True)
class Scale:
    """The scale on which a number enters a model.

    Attributes
    ----------
    kind
        ``log2`` (an effect per doubling), ``log`` (natural), or ``per`` (per `unit` units).
    """

    kind: Literal["log2", "log", "per"]
    unit: float = 1.0


@dataclass(frozen=True)
class Term:
    """A column, possibly cut into groups, compared with values, or on another scale.

    Attributes
    ----------
    text
        As the user wrote it.
    option
        The option it was given to: `--by`.
    column
        The column's name.
    cuts
        Cut-points after `@`; empty with `dictionary_cut` for `afp@`; a key of `QUANTILES` alone.
    comparison
        Operator and values of a comparison; several with `in`.
    scale
        Of `afp@log2`, `age@per10`; None for the number itself.
    knots
        How many knots of a restricted cubic spline are asked for: `afp@rcs4`; None without one.
    cuts_of_option
        Cut-points that `--cut` gives for the column; those of the term itself come first.
    references
        What `--ref` says of the column; the last counts.
    """

    text: str
    option: str
    column: str
    cuts: tuple[float | str, ...] = ()
    dictionary_cut: bool = False
    comparison: tuple[Operator, tuple[str, ...]] | None = None
    scale: Scale | None = None
    knots: int | None = None
    cuts_of_option: tuple[float | str, ...] = ()
    references: tuple[Assignment, ...] = ()

    @property
    def where(self) -> str:
        """Its place on the command line, for errors: `--by afp@400`."""
        return f"{self.option} {self.text}"

    def refuse_scale(self, why: str) -> None:
        """UsageError for a number on another scale, where that would change nothing."""
        if self.knots is not None:
            raise UsageError(
                f"{self.text} is a spline, a form of a covariate in cox, logistic and psmatch.",
                where=self.where,
                hint=f"Name the column itself: {self.option} {self.column}.",
            )
        if self.scale is not None:
            raise UsageError(
                f"{why}, so {self.text} would be the same as {self.column}.",
                where=self.where,
                hint=f"Name the column itself: {self.option} {self.column}.",
            )

    @property
    def asks_for_values(self) -> bool:
        """Whether it asks which patients have a value, or one of several: `ecog==2`."""
        return self.comparison is not None and self.comparison[0] not in SIGNS

    @property
    def makes_groups(self) -> bool:
        """Whether it is written as groups: a cut or a comparison."""
        return bool(self.comparison or self.cuts or self.dictionary_cut)


_MEMBERSHIP = re.compile(r"\s*(?P<column>.+?)\s+(?P<not>not\s+)?in\s+(?P<values>.+?)\s*")
_PRESENCE = re.compile(
    r"\s*(?P<column>.+?)\s+(?P<test>(?:is\s+)?(?:not\s+missing|missing|present))\s*"
)


@dataclass(frozen=True)
class Condition:
    """One `--where` expression: a comparison, a membership, or a test for missing."""

    text: str
    column: str
    operator: Operator | Literal["missing", "present"]
    values: tuple[str, ...] = ()


class Parser:
    """Reads what a command line says of columns, each text once.

    Parameters
    ----------
    names
        The columns of the cohort.
    cut, ref
        The values of `--cut` and `--ref`, which become part of the terms of their columns.

    Raises
    ------
    UsageError
        `--cut` or `--ref` names an unknown column, or a cut-point is not a number.
    """

    def __init__(
        self, names: Sequence[str], cut: Iterable[str] = (), ref: Iterable[str] = ()
    ) -> None:
        self._names = names
        assigned = [parse_assignment(text, names, "--cut") for text in cut]
        self._cuts = {a.column: parse_cuts(a.value or "", a.where) for a in assigned}
        self._references = [parse_assignment(text, names, "--ref") for text in ref]

    def term(self, text: str | None, option: str) -> Term | None:
        """A term of an option that may be absent; see `parse_term`."""
        return None if text is None else self.terms([text], option)[0]

    def terms(self, texts: Iterable[str], option: str) -> tuple[Term, ...]:
        """The terms of an option, each once; see `parse_term`."""
        parsed = [parse_term(text, self._names, option) for text in dict.fromkeys(texts)]
        return tuple(
            replace(
                term,
                cuts_of_option=self._cuts.get(term.column, ()),
                references=tuple(r for r in self._references if r.column == term.column),
            )
            for term in parsed
        )

    def assignment(self, text: str | None, option: str) -> Assignment | None:
        """`COL=VALUE` or `COL` of an option that may be absent."""
        return None if text is None else parse_assignment(text, self._names, option)

    def conditions(self, texts: Iterable[str]) -> tuple[Condition, ...]:
        """The conditions of `--where`; see `parse_condition`."""
        return tuple(parse_condition(text, self._names) for text in texts)


def parse_term(text: str, names: Sequence[str], option: str) -> Term:
    """Read a term; a column whose whole name is `text` wins over any grammar.

    Raises
    ------
    UsageError
        The column is unknown (near names are suggested), or a cut-point is not a number.
    """
    text = text.strip()
    if text in names:
        return Term(text, option, text)
    if "@" in text:
        column, _, after = text.rpartition("@")
        if _SPLINE.fullmatch(after.strip()):
            return _spline(text, parse_term(column, names, option), after, option)
        if column not in names and _SPLINE.fullmatch(column.rpartition("@")[2].strip()):
            raise UsageError(
                f"{text!r} asks for more of a spline.",
                where=option,
                hint="A spline comes last: afp@log2@rcs4.",
            )
        name = known_column(column, names, option)
        if after == "":
            return Term(text, option, name, dictionary_cut=True)
        scale = _parse_scale(after)
        if scale is not None:
            return Term(text, option, name, scale=scale)
        return Term(text, option, name, cuts=parse_cuts(after, option))
    text = _BLANKS.sub(" ", text)
    member = _MEMBERSHIP.fullmatch(text)
    if member and not _OPERATORS.search(member["column"]):
        name = known_column(member["column"], names, option)
        return Term(text, option, name, comparison=(_negation(member), _listed(member["values"])))
    match = _OPERATORS.search(text)
    if match:
        name = known_column(text[: match.start()], names, option)
        value = _unquoted(text[match.end() :])
        if value == "":
            raise UsageError(f"{text!r} has no value to compare with.", where=option)
        return Term(text, option, name, comparison=(_operator(match[1]), (value,)))
    return Term(text, option, known_column(text, names, option))


def _spline(text: str, of: Term, after: str, option: str) -> Term:
    """The spline of a column, or of its logarithm: `afp@rcs4`, `afp@log2@rcs4`.

    Raises
    ------
    UsageError
        Another number of knots, or a spline of groups or of a spline.
    """
    if of.makes_groups or of.knots is not None:
        raise UsageError(
            f"{of.text} is {'a spline already' if of.knots else 'in groups'}, of which there is no "
            "spline.",
            where=option,
            hint=f"Write {of.column}@rcs4 or {of.column}@log2@rcs4.",
        )
    digits = after.strip()[3:]
    knots = int(digits) if digits else DEFAULT_KNOTS
    if not FEWEST_KNOTS <= knots <= MOST_KNOTS:
        raise UsageError(
            f"A spline has {FEWEST_KNOTS} to {MOST_KNOTS} knots, not {knots}.",
            where=option,
            hint=f"Write {of.text}@rcs for {DEFAULT_KNOTS} knots, or {of.text}@rcs3, @rcs4 or "
            "@rcs5.",
        )
    return replace(of, text=text, knots=knots)


def _parse_scale(text: str) -> Scale | None:
    """The scale of `log2`, `log` or `per10`; None for anything else."""
    word = text.strip().casefold()
    if word in ("log2", "log"):
        return Scale("log2" if word == "log2" else "log")
    unit = re.fullmatch(r"per(\d+(\.\d+)?)", word)
    return Scale("per", float(unit[1])) if unit and float(unit[1]) > 0 else None


def parse_cuts(text: str, option: str) -> tuple[float | str, ...]:
    """The cut-points of `400`, `200/400` or `200,400`, ascending; or a key of `QUANTILES`."""
    word = text.strip().casefold()
    if word in QUANTILES:
        return (word,)
    try:
        cuts = [float(part) for part in re.split(r"[/,]", text)]
        if not all(map(math.isfinite, cuts)):
            raise ValueError
    except ValueError:
        raise UsageError(
            f"{text!r} is not a cut-point.",
            where=option,
            hint="Write afp@400, afp@200/400, afp@median, afp@tertiles or afp@quartiles; in a "
            "model also afp@log2 (per doubling), afp@log or afp@per100.",
        ) from None
    if len(cuts) > _MOST_CUTS:
        raise UsageError(
            f"There are {len(cuts)} cut-points.",
            where=option,
            hint=f"Give at most {_MOST_CUTS}; a number need not be cut for a model.",
        )
    if cuts != sorted(set(cuts)):
        raise UsageError(f"The cut-points {text!r} must be in ascending order.", where=option)
    return tuple(cuts)


def parse_condition(text: str, names: Sequence[str]) -> Condition:
    """Read a `--where` expression.

    Forms: ``age>=18``, ``child_pugh==A``, ``bclc in B,C``, ``bclc not in D``, ``afp missing``,
    ``afp present``.
    """
    option = "--where"
    text = _BLANKS.sub(" ", text)
    presence = _PRESENCE.fullmatch(text)
    if presence:
        column = known_column(presence["column"], names, option)
        missing = re.fullmatch(r"(is\s+)?missing", presence["test"])
        return Condition(text, column, "missing" if missing else "present")
    member = _MEMBERSHIP.fullmatch(text)
    if member and not _OPERATORS.search(member["column"]):
        column = known_column(member["column"], names, option)
        return Condition(text, column, _negation(member), _listed(member["values"]))
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


def parse_assignment(text: str, names: Sequence[str], option: str) -> Assignment:
    """Read `COL=VALUE` or `COL`; a column whose whole name is `text` wins."""
    if text in names:
        return Assignment(text, option, text, None)
    column, equals, value = text.partition("=")
    name = known_column(column, names, option)
    return Assignment(text, option, name, _unquoted(value.lstrip("=")) if equals else None)


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


def _negation(member: re.Match[str]) -> Operator:
    return "not in" if member["not"] else "in"


def _listed(text: str) -> tuple[str, ...]:
    """The values of `A,B`, `{A,B}` or `(A,B)`."""
    return tuple(_unquoted(value) for value in text.strip("()[]{}").split(","))


def split_list(text: str) -> list[str]:
    """The terms of an option's text: `afp, child_pugh`, and `sex, child_pugh in {A5,A6}`.

    A comma inside braces separates levels. `child_pugh in A5,A6` without braces is one term.
    """
    if _MEMBERSHIP.fullmatch(text) and "{" not in text:
        return [text.strip()]
    parts = re.split(r",(?![^{]*\})", text)
    return [part.strip() for part in parts if part.strip()]


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text
