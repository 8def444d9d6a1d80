"""Errors for the user: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable


class Hcc2lError(Exception):
    """Root of every error that `hcc2l` raises on purpose.

    Parameters
    ----------
    message
        What is wrong, in one sentence.
    where
        The file, column and row, or the option, concerned.
    hint
        What to do about it.
    """

    exit_code = 1

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n{self.hint}" if self.hint else text


class UsageError(Hcc2lError):
    """The command line or the dictionary is wrong (exit status 2)."""

    exit_code = 2


class InputError(Hcc2lError):
    """The cohort file is wrong (exit status 2)."""

    exit_code = 2


class AnalysisError(Hcc2lError):
    """The data cannot answer the question (exit status 1)."""

    exit_code = 1


def did_you_mean(name: str, known: Iterable[str], listed: int = 30) -> str:
    """A hint with the names nearest to `name`; else with all, when at most `listed`; else empty."""
    import difflib

    names = list(known)
    folded = {other.casefold(): other for other in reversed(names)}
    near = difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.6)
    if near:
        return "Did you mean " + " or ".join(repr(folded[other]) for other in near) + "?"
    if 0 < len(names) <= listed:
        return "Choose from: " + ", ".join(names) + "."
    return ""


def quoted_list(items: Iterable[object], limit: int = 5) -> str:
    """The first items and the number of the others: `a, b, c and 4 more`."""
    texts = [str(item) for item in items]
    if len(texts) <= limit:
        return ", ".join(texts)
    return ", ".join(texts[:limit]) + f" and {len(texts) - limit} more"


def no_column(name: str, names: Iterable[str], where: str) -> UsageError:
    """The error for a column that is not in the cohort, with near names, else all columns."""
    columns = list(names)
    hint = did_you_mean(name, columns) or f"Columns: {quoted_list(columns, 60)}."
    return UsageError(f"There is no column {name!r} in the cohort.", where=where, hint=hint)
