"""Levels that may be one, several or none."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from hcc2l.analyses.check.data import Found, FoundColumn
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
from hcc2l.cohort import printable
from hcc2l.errors import quoted_list
from hcc2l.wording import counted, listed

_SEPARATORS = (";", "|", "/", "+", ",", " and ")  # of several values in one cell
_MAX_COMBINATIONS = 60  # different cells of a column with several values in one
_MAX_PARTS = 12
_RARE, _LONG = 4, 6  # a slip is so much rarer than the right word, which has that many letters
_SHORT_WORDS = ("yes", "no", "ja", "nein", "true", "false")


def _free(found: Found) -> Iterator[FoundColumn]:
    """Groups whose levels neither the dictionary nor the file declares."""
    return (c for c in found.columns if c.reading == "group" and not c.declared_levels)


def similar_levels(found: Found) -> Findings:
    """Spellings of one level: capitals, blanks, accents, short forms, a slip of one letter."""
    for column in _free(found):
        spellings = _spellings(column.levels)
        if column.numbers is not None or not spellings or _classes(column):
            continue
        likely = [
            " = ".join(f"{_quoted(level)} ({column.levels[level]})" for level in group)
            for group in spellings
        ]
        variants = [level for group in spellings for level in group[1:]]
        several = {level for group in spellings for level in group}
        others = [[level] for level in column.levels if level not in several]
        merged = "\n".join(f"{key(group[0])} = {array(group)}" for group in [*spellings, *others])
        yield Finding(
            "warning", "similar-levels", column.name, rows_with(column, variants),
            f"spellings of one level? {'; '.join(likely)}.", "To merge them:",
            in_column(column, merged, "groups"),
        )  # fmt: skip


def _spellings(levels: Mapping[str, int]) -> list[list[str]]:
    """Groups of levels that are likely one; the most frequent full spelling comes first."""
    groups: list[list[str]] = []
    for level in sorted(levels, key=lambda level: -levels[level]):
        home = next((g for g in groups if any(_same(o, level, levels) for o in g)), None)
        if home is None:
            groups.append([level])
        else:
            home.append(level)
    several = [group for group in groups if len(group) > 1]
    return [sorted(group, key=lambda level: _is_short(level, group)) for group in several]


def _is_short(level: str, group: Sequence[str]) -> bool:
    """Whether another spelling goes on where this one ends: `LEN`, `Y`."""
    short = _folded(level)
    return any(_folded(o) != short and _folded(o).startswith(short) for o in group)


def _same(level: str, other: str, counts: Mapping[str, int]) -> bool:
    """Whether two levels are spellings of one: folded alike, shortened, or a rare slip."""
    short, long = sorted((_folded(level), _folded(other)), key=len)
    if short == long:
        return True
    if not (short.isalpha() and long.isalpha()):
        return False
    if len(short) == 1:
        return long in _SHORT_WORDS and long[0] == short
    if len(short) >= 3 and len(long) >= len(short) + 3 and long.startswith(short):
        return True
    if len((level + other).split()) > 1 or len(short) < _LONG:
        return False  # `stage II` and `stage III` are no slips
    return _RARE * counts[other] <= counts[level] and _one_letter_apart(short, long)


def _one_letter_apart(short: str, long: str) -> bool:
    """Whether one letter was omitted, added or mistaken, other than the first and the last."""
    if short[0] != long[0] or short[-1] != long[-1]:
        return False
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) == 1
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def _folded(level: str) -> str:
    letters = unicodedata.normalize("NFKD", level.casefold())
    kept = "".join(c for c in letters if not (unicodedata.combining(c) or c.isspace()))
    return unicodedata.normalize("NFC", kept)  # a Korean syllable is one letter again


def words_read_as_missing(found: Found) -> Findings:
    """Words such as `unbekannt`, which are missing values unless they are declared as levels."""
    for column in found.columns:
        if column.words:
            words = [f"{_quoted(word)} ({n})" for word, n in column.words.items()]
            yield Finding(
                "note", "words-missing", column.name, (),
                f"Cells with {quoted_list(words)} were read as missing.",
                "If one of them is a level, list the levels of the column:",
                in_column(column, f"levels = {array([*column.levels, *column.words])}"),
            )  # fmt: skip


def missing_words(found: Found) -> Findings:
    """Levels that may mean "not known"."""
    for column in _free(found):
        words = [level for level in column.levels if level.casefold() in MISSING_WORDS]
        if words:
            is_level = "is a level" if len(words) == 1 else "are levels"
            yield Finding(
                "warning", "missing-word", column.name, rows_with(column, words),
                f"{quoted_list(map(_quoted, words))} {is_level}.",
                "If the value is not known, make it missing:",
                in_column(column, f"missing = {array(words)}"),
            )  # fmt: skip


def unexpected_levels(found: Found) -> Findings:
    """Values outside the field's list, such as ECOG 0-1."""
    for column in _free(found):
        odd = _odd_levels(column)
        if odd and len(odd) < len(column.levels) and not _classes(column):
            assert column.known is not None
            yield Finding(
                "warning", "unexpected-level", column.name, rows_with(column, odd),
                f"{quoted_list(map(_quoted, odd))} is no value of the {column.known.label}.",
                "Correct the cells, or make them missing:",
                in_column(column, f"missing = {array(odd)}"),
            )  # fmt: skip


def classes_with_points(found: Found) -> Findings:
    """Levels that hold a class and more, such as Child-Pugh A5 or `BCLC C`."""
    for column in _free(found):
        classes = _classes(column)
        if classes:
            assert column.known is not None
            lines = "\n".join(f"{key(name)} = {array(levels)}" for name, levels in classes.items())
            yield Finding(
                "note", "class-with-points", column.name, (),
                f"{quoted_list(_odd_levels(column))}: more than the {column.known.label} alone.",
                "To analyse the class:", in_column(column, lines, "groups"),
            )  # fmt: skip


def _odd_levels(column: FoundColumn) -> list[str]:
    """Levels outside the list of the field; empty if it has none."""
    if column.known is None or not column.known.levels:
        return []
    known = {level.casefold() for level in column.known.levels} | MISSING_WORDS
    return [level for level in column.levels if level.casefold() not in known]


_CLASS = re.compile(r"(?:bclc|child.?pugh|cp|stage)?[\s-]*([0A-D])[\s(]*(\d.*)?", re.IGNORECASE)


def _classes(column: FoundColumn) -> dict[str, list[str]]:
    """Levels by the class that each begins with; empty if one has none or none has more."""
    if column.known is None or not _odd_levels(column):
        return {}
    classes: dict[str, list[str]] = {}
    for level in column.levels:
        match = _CLASS.fullmatch(level.strip())
        if match is None or match[1].upper() not in column.known.levels:
            return {}
        classes.setdefault(match[1].upper(), []).append(level)
    return classes


def several_values(found: Found) -> Findings:
    """Several values in one cell, such as `HBV; alcohol`."""
    for column in found.columns:
        named = column.reading in ("group", "text") and column.code != "comment"
        if not named or column.numbers is not None or column.different > _MAX_COMBINATIONS:
            continue
        for mark in _SEPARATORS:
            cells = {cell: _parts(cell, mark) for cell in column.texts}
            split = [cell for cell, parts in cells.items() if len(parts) > 1]
            parts = {part for cell in split for part in cells[cell]}
            counts = Counter(part for parts in cells.values() for part in parts)
            recurring = [part for part in parts if counts[part] > 1]
            if recurring and len(parts) <= min(_MAX_PARTS, 2 * len(recurring)):
                rows = rows_with(column, split)
                yield Finding(
                    "warning", "several-values", column.name, rows,
                    f"{counted(len(rows), 'cell')} with several values, separated by "
                    f"'{mark.strip()}'.",
                    "To make each value a variable of its own:",
                    in_column(column, f"split = {text(mark)}"),
                )  # fmt: skip
                break


def _parts(cell: str, mark: str) -> set[str]:
    """What stands between the marks of a cell, without capitals."""
    return {part.strip() for part in cell.casefold().split(mark)} - {""}


def unnamed_values(found: Found) -> Findings:
    """Values of a column with several for one patient that the dictionary does not name."""
    for name, several in found.cohort.multi_selects.items():
        for value, rows in several.unnamed.items():
            yield Finding(
                "warning", "unexpected-level", name, rows_where(rows[found.rows]),
                f"{_quoted(value)} is in no level, label or group of the dictionary.",
                'Correct the cells, name the value there, or set other = "missing".',
            )  # fmt: skip


def checkboxes(found: Found) -> Findings:
    """Questions with a column for each choice."""
    for name, several in found.cohort.multi_selects.items():
        if several.columns == (name,):
            continue
        column = found.column(name)
        codes = [m.label for m in several.members if re.fullmatch(r"-?\d+", m.label)]
        labels = in_column(column, "\n".join(f'{key(code)} = "…"' for code in codes), "labels")
        yield Finding(
            "note", "checkboxes", name, (),
            f"Read from the checkboxes in {counted(len(several.columns), 'column')}.",
            "To name the choices:" if codes else "", labels if codes else "",
        )  # fmt: skip


def codes_without_labels(found: Found) -> Findings:
    """Numbers that stand for words."""
    wordless = [
        column
        for column in _free(found)
        if column.numbers is not None
        and not set(column.levels) <= {"0", "1"}
        and column.code in ("treatment", "sex", "etiology", "child_pugh", "centre")
    ]
    if wordless:
        labels = "\n".join(f'{key(level)} = "…"' for level in wordless[0].levels)
        yield Finding(
            "note", "codes-without-labels", None, (),
            f"Codes without a meaning in the file: {listed([c.name for c in wordless])}.",
            "To label them:", in_column(wordless[0], labels, "labels"),
        )  # fmt: skip


def ecog_five(found: Found) -> Findings:
    """ECOG 5, which means dead."""
    ecog, death = found.of("ecog"), found.of("death")
    if ecog is None or "5" not in ecog.levels:
        return
    five = rows_with(ecog, ["5"])
    mask = np.isin(np.arange(found.n), five)
    alive: tuple[int, ...] = ()
    if death is not None and death.events is not None:
        alive = rows_where(mask & (death.events == 0))
    said = (
        "ECOG 5 means dead, but the patient is alive."
        if alive
        else ("ECOG 5 means dead; patients who are treated have 0 to 4.")
    )
    yield Finding("error", "ecog-5", ecog.name, alive or five, said, CORRECT)


def _quoted(level: str) -> str:
    return f"'{printable(level)}'"
