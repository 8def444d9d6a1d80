"""What the shell offers for an option when Tab is pressed: columns, levels, endpoints, choices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import typer

from hcc2l.specs.options import Option, options_of
from hcc2l.specs.reading import ReadingOptions

if TYPE_CHECKING:
    from hcc2l.cohort import Cohort

Completion = Callable[[typer.Context, str], list[str]]

_OF_COLUMNS = re.compile(r"\b(COL|TERM|EXPR|MARKER)\b|^A[+:]B$")
_AFTER_AT = ("median", "tertiles", "quartiles", "log2", "log", "per10")
_MOST_LEVELS = 30
# Up to the last separator of a list, and what is being typed behind it: `sex,bclc in {B,`.
_LIST = re.compile(r"((?:.*?[,+:])??)([^,+:{]*(?:\{[^}]*)?)", re.S)
_CUT = re.compile(r"([^@]+@)[^@]*")
_LEVEL = re.compile(
    r"(\s*(?P<column>.+?)(?:\s*[=!]?=\s*|\s+(?:not\s+)?in\s+\{?(?:[^,{}]*,)*))[^,{}=]*", re.S
)


def completion(option: Option) -> Completion | None:
    """What completes the values of an option, as its declaration says; None for a file or number.

    ``COL``, ``TERM`` and ``EXPR`` in its metavar stand for columns of the cohort.
    """
    if option.choices:
        return _completion(option, lambda _: option.choices)
    if option.name == "endpoint":
        return _completion(option, lambda cohort: cohort().endpoints())
    if _OF_COLUMNS.search(option.declared.metavar):
        return _completion(option, None)
    return None


def _completion(
    option: Option, words: Callable[[Callable[[], Cohort]], Iterable[str]] | None
) -> Completion:
    """Completes one word of `words`, else a term; after a comma, where the option takes several."""

    def complete(context: typer.Context, incomplete: str) -> list[str]:
        def cohort() -> Cohort:
            return _cohort(context)

        try:
            if words is None:
                return _terms(option, cohort(), incomplete)
            before, _ = _parted(option, incomplete)
            return [before + word for word in words(cohort)]
        except Exception:
            return []

    return complete


def _cohort(context: typer.Context) -> Cohort:
    """The cohort of the command line so far; its columns are read when asked for."""
    from hcc2l.readers import read_cohort

    given = context.params
    # The option being completed has no value yet, so that the parser stopped before the cohort.
    path = given.get("cohort") or next(iter(context.args), None)
    if path == "-":
        raise OSError("Standard input is the terminal.")
    reading = {name: given[name] for name in options_of(ReadingOptions) if given.get(name)}
    return read_cohort(path, **reading)


def _terms(option: Option, cohort: Cohort, incomplete: str) -> list[str]:
    """Columns; behind `==` or `in` the column's levels, behind `@` the ways to cut it."""
    before, typed = _parted(option, incomplete)
    level = _LEVEL.fullmatch(typed)
    if level:
        return [before + level[1] + text for text in _levels(cohort, level["column"])]
    cut = _CUT.fullmatch(typed)
    if cut and option.declared.metavar.startswith("TERM"):
        return [before + cut[1] + word for word in _AFTER_AT]
    return [before + name for name in (*cohort.nameable, *_scores(cohort))]


def _parted(option: Option, incomplete: str) -> tuple[str, str]:
    """The values of a list that are complete, and the one being typed."""
    several = "[," in option.declared.metavar or (option.several and option.declared.commas)
    parts = _LIST.fullmatch(incomplete)
    return (parts[1], parts[2]) if several and parts else ("", incomplete)


def _levels(cohort: Cohort, name: str) -> Iterable[str]:
    """The levels of a column, unless there are too many to choose from."""
    from hcc2l.terms import known_column

    name = known_column(name, cohort.nameable, "")
    several = cohort.multi_select(name)
    if several is not None:
        return several.labels
    column = cohort.column(name)
    known = cohort.dictionary.column(column.name).levels or column.levels
    found = {column.text(row) for row in range(len(column.values))} - {""}
    levels = list(known) or sorted(found)
    return levels if len(levels) <= _MOST_LEVELS else []


def _scores(cohort: Cohort) -> list[str]:
    """The scores that can be computed from the cohort."""
    from hcc2l.scores import all_scores

    return [name for name in all_scores() if cohort.computable(name)]
