"""Levels that may be one, or none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np

from hcc2l.analyses.check.data import Found
from hcc2l.analyses.check.finding import (
    CORRECT,
    MISSING_WORDS,
    Finding,
    Findings,
    in_column,
    rows_where,
    rows_with,
)
from hcc2l.analyses.check.toml import array, key, text
from hcc2l.errors import quoted_list
from hcc2l.wording import counted, listed


def similar_levels(found: Found) -> Findings:
    """Spellings of one level: capitals, blanks, accents, short forms, a slip of one letter."""
    for column in found.columns:
        if column.reading != "group" or column.numbers is not None or column.declared_levels:
            continue
        groups = _spellings(column.levels)
        if groups:
            pairs = [
                " = ".join(f"{level!r} ({column.levels[level]})" for level in g) for g in groups
            ]
            merged = ", ".join(f"{key(g[0])} = {array(g)}" for g in groups)
            variants = {v for g in groups for v in g[1:]}
            yield Finding(
                "warning", "similar-levels", column.name,
                rows_where(np.isin(column.codes, [i for i, t in enumerate(column.texts) if t in variants])),
                f"Spellings of one level? {'; '.join(pairs)}.",
                "Dictionary: " + in_column(column, f"groups = {{{merged}}}"),
            )  # fmt: skip


def _spellings(levels: dict[str, int] | Iterable[str]) -> list[list[str]]:
    """Groups of levels that are likely one, the most frequent spelling first."""
    counts = dict(levels) if isinstance(levels, dict) else dict.fromkeys(levels, 1)
    order = sorted(counts, key=lambda level: -counts[level])
    groups: list[list[str]] = []
    for level in order:
        home = next((g for g in groups if any(_same(level, other) for other in g)), None)
        if home is None:
            groups.append([level])
        else:
            home.append(level)
    return [group for group in groups if len(group) > 1]


def _same(a: str, b: str) -> bool:
    """Whether two levels are spellings of one: folded alike, shortened, or one letter apart."""
    a, b = _folded(a), _folded(b)
    if a == b:
        return True
    short, long = sorted((a, b), key=len)
    if not (short.isalpha() and long.isalpha()):
        return False
    if len(short) >= 3 and len(long) >= len(short) + 3 and long.startswith(short):
        return True
    if {short, long} <= {"y", "n", "yes", "no", "j", "ja", "nein", "t", "f", "true", "false"}:
        return short == long[:1]
    return len(short) >= 5 and _one_letter_apart(short, long)


def _one_letter_apart(short: str, long: str) -> bool:
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) == 1
    if len(long) != len(short) + 1:
        return False
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def _folded(level: str) -> str:
    letters = unicodedata.normalize("NFKD", level.casefold())
    return "".join(c for c in letters if not (unicodedata.combining(c) or c.isspace()))


def missing_words(found: Found) -> Findings:
    """Levels that mean "not known"."""
    for column in found.columns:
        if column.reading != "group" or column.declared_levels:
            continue
        words = [level for level in column.levels if level.strip().casefold() in MISSING_WORDS]
        if words:
            yield Finding(
                "warning", "missing-word", column.name, rows_with(column, words),
                f"{quoted_list(map(repr, words))} is a level; if it means that the value is not "
                "known, it should be missing.",
                "Dictionary: " + in_column(column, f"missing = {array(words)}"),
            )  # fmt: skip


def unexpected_levels(found: Found) -> Findings:
    """Values outside a closed list, such as ECOG 0-1 or Child-Pugh A5."""
    for column in found.columns:
        if column.reading != "group" or column.field is None or not column.field.levels:
            continue
        if column.declared_levels:
            continue
        odd = [
            level
            for level in column.levels
            if level.upper() not in map(str.upper, column.field.levels)
            and level.strip().casefold() not in MISSING_WORDS
        ]
        if not odd:
            continue
        grouped = _by_class(odd, column.field.levels)
        if grouped:
            lines = ", ".join(f"{key(to)} = {array(levels)}" for to, levels in grouped.items())
            yield Finding(
                "note", "class-with-points", column.name, (),
                f"The levels {quoted_list(odd)} hold more than the {column.field.label}.",
                "To merge them, dictionary: " + in_column(column, f"groups = {{{lines}}}"),
            )  # fmt: skip
            continue
        if len(odd) == len(column.levels):
            continue  # coded in some other way
        yield Finding(
            "warning", "unexpected-level", column.name, rows_with(column, odd),
            f"{quoted_list(map(repr, odd))} is not one of the values of the {column.field.label}.",
            "Correct the cells, or dictionary: " + in_column(column, f"missing = {array(odd)}"),
        )  # fmt: skip


def _by_class(levels: Sequence[str], classes: Sequence[str]) -> dict[str, list[str]]:
    """Levels by the class letter in them: A5 and A6 are A, `BCLC C` is C; empty if one has none."""
    grouped: dict[str, list[str]] = {}
    for level in levels:
        found = re.fullmatch(
            r"(?:bclc|child.?pugh|cp|stage)?[\s-]*([0A-D])[\s(]*(\d.*)?",
            level.strip(),
            re.IGNORECASE,
        )
        if found is None or found[1].upper() not in classes:
            return {}
        grouped.setdefault(found[1].upper(), []).append(level)
    return grouped


def several_values(found: Found) -> Findings:
    """Several values in one cell, such as `HBV; alcohol`."""
    for column in found.columns:
        if column.reading not in ("group", "text") or column.code == "comment":
            continue
        if column.numbers is not None or column.different > 60:
            continue
        for mark in (";", "|", "+", ","):
            split = [t for t in column.texts if mark in t.strip(mark)]
            parts = {part.strip() for t in split for part in t.split(mark)}
            whole = {t for t in column.texts if mark not in t}
            if split and parts & whole and len(parts) <= 12:
                rows = rows_with(column, split)
                yield Finding(
                    "warning", "several-values", column.name, rows,
                    f"{counted(len(rows), 'cell')} with several values, such as {split[0]!r}.",
                    "Dictionary: " + in_column(column, f"split = {text(mark)}"),
                )  # fmt: skip
                break


def codes_without_labels(found: Found) -> Findings:
    """Numbers that stand for words."""
    wordless = [
        column
        for column in found.columns
        if column.numbers is not None
        and column.reading == "group"
        and column.code in ("treatment", "sex", "etiology", "child_pugh", "centre")
        and not column.value_labels
    ]
    if wordless:
        example = wordless[0]
        codes = ", ".join(f'{key(level)} = "…"' for level in list(example.levels)[:4])
        yield Finding(
            "note", "codes-without-labels", None, (),
            f"Codes whose meaning the file does not say: {listed([c.name for c in wordless])}.",
            "Dictionary: " + in_column(example, f"labels = {{{codes}}}"),
        )  # fmt: skip


def ecog_five(found: Found) -> Findings:
    """ECOG 5, which means dead."""
    ecog = found.of("ecog")
    if ecog is None or "5" not in ecog.levels:
        return
    five = np.isin(ecog.codes, [i for i, t in enumerate(ecog.texts) if t == "5"])
    death = found.of("death")
    alive = five
    if death is not None and death.events is not None:
        alive = five & (death.events == 0)
    rows = rows_where(alive) or rows_where(five)
    said = (
        "ECOG 5 means dead, but the patient is alive."
        if rows_where(alive)
        else "ECOG 5 means dead; a patient who starts treatment has 0 to 4."
    )
    yield Finding("error", "ecog-5", ecog.name, rows, said, CORRECT)
