"""Columns with several values for one patient: lists in a cell, and the checkboxes of REDCap.

Their values are no groups, because a patient may have several: each is a variable of its own with
the levels no and yes, a member of the column.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from shlex import quote

import numpy as np
from numpy.typing import NDArray

from hcc2l.column import Column
from hcc2l.errors import UsageError, quoted_list
from hcc2l.levels import distinct, natural_order
from hcc2l.number_format import parse_number
from hcc2l.recoding import MISSING, Levels

JOINT = "___"  # between the column and the value in the name of a member, as REDCap writes it
_FULL_WIDTH = 0xFEE0  # from ; to its full-width form
_MANY_NUMBERS = 12  # so many numbers, each alone in its cell, are a measurement
_CODED_BOX = re.compile(r"(?P<question>.+?)___(?P<choice>\w+)")
_LABELLED_BOX = re.compile(r"(?P<question>.+?)\s*\(choice=(?P<choice>.+)\)")
_CODES = ("0", "1")
_TICKS = (_CODES, ("Unchecked", "Checked"))

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Member:
    """One value of a multi-select column.

    Attributes
    ----------
    label
        What it is called in outputs: `HBV`.
    values
        What the file and the dictionary call it, the label first.
    names
        What terms call it, as a column with the levels no and yes: `etiology___HBV`, and the
        column of the file that is its checkbox.
    """

    label: str
    values: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """The first of its names."""
        return self.names[0]


@dataclass(frozen=True, eq=False)
class MultiSelect:
    """A column with several values for one patient.

    Attributes
    ----------
    columns
        Its columns of the file: itself, or its checkboxes.
    members
        Its values, in the order of the dictionary, else of the checkboxes, else natural order.
    selected
        Shape (n, members): True where the patient has the value.
    missing
        Shape (n,): True where nothing is known: the cell, or every checkbox, is empty. A patient
        without any tick has none of the values.
    label
        As the file states it; None if it does not.
    unnamed
        Values that the dictionary should name but does not, with their rows.
    spellings
        The spellings of each value that has several, with their rows.
    measured
        Whether its cells are measurements rather than values to choose from.
    ticks
        How its checkboxes say no and yes.
    """

    name: str
    columns: tuple[str, ...]
    members: tuple[Member, ...]
    selected: Mask
    missing: Mask
    label: str | None = None
    unnamed: Mapping[str, Mask] = field(default_factory=dict)
    spellings: tuple[Mapping[str, int], ...] = ()
    measured: bool = False
    ticks: tuple[str, str] = _CODES

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of its members."""
        return tuple(member.label for member in self.members)

    @property
    def several(self) -> int:
        """How many patients have more than one value."""
        return int((self.selected.sum(axis=1) > 1).sum())

    def place(self, value: str) -> int | None:
        """The place of the member that a value denotes; None if there is none."""
        exact = [at for at, m in enumerate(self.members) if value in m.values]
        alike = [at for at, m in enumerate(self.members) if _alike(value, m.values)]
        return next(iter((*exact, *alike)), None)

    def variable(self, at: int, name: str) -> Column:
        """A member as a column with the levels no and yes; `==1`, or `==Checked`, is yes too."""
        levels = ("no", "yes")
        ticks = dict(zip(levels, self.ticks if name in self.columns else _CODES, strict=True))
        codes = np.where(self.missing, -1, self.selected[:, at]).astype(np.int64)
        texts = np.array([*levels, None], dtype=object)[codes]
        return Column(name, "text", texts, levels, ticks, coded=(levels, codes))

    def overlap(self, where: str) -> UsageError:
        """The error for a use of the column that needs one value per patient."""
        return UsageError(
            f"A patient can have several values of {self.name}, so groups would overlap.",
            where=where,
            hint="Use its values, each of which is a variable (yes or no): "
            f"{quoted_list((quote(member.name) for member in self.members), 12)}.",
        )

    @cached_property
    def cells(self) -> Column:
        """The values of each patient in one text: `HBV; alcohol`, or `none`."""
        labels = np.array(self.labels, dtype=object)
        texts = np.array(["; ".join(labels[row]) or "none" for row in self.selected], dtype=object)
        texts[self.missing] = None
        return Column(self.name, "text", texts, label=self.label)


def from_cells(
    column: Column,
    separator: str,
    levels: Levels,
    order: Sequence[str] = (),
    absent: Container[str] = (),
) -> MultiSelect:
    """The values in the cells of a column, each counted once in a cell.

    Spellings that differ only in capitals, width or blanks are one value, called as in most rows.

    Parameters
    ----------
    separator
        What stands between values; a full-width form of it is understood too.
    levels
        New names of the values; empty when they stay as they are.
    order
        The names of all values, in order; empty for natural order.
    absent
        Values that mean missing.
    """
    texts, codes = distinct(column)
    rows = np.bincount(codes[codes >= 0], minlength=len(texts)).tolist()
    cells = [_pieces(text, separator, absent) for text in texts]
    if _are_measurements(column, cells):
        none = np.zeros((codes.size, 0), dtype=np.bool_)
        return MultiSelect(column.name, (column.name,), (), none, codes < 0, measured=True)
    spellings: dict[str, Counter[str]] = {}
    for pieces, n in zip(cells, rows, strict=True):
        for piece in dict.fromkeys(pieces):
            spellings.setdefault(_folded(piece), Counter())[piece] += n
    keys = [{*map(_folded, pieces)} for pieces in cells]
    usual = {key: counts.most_common(1)[0][0] for key, counts in spellings.items()}
    has = {usual[key]: np.array([*(key in of for of in keys), False])[codes] for key in usual}
    empty = np.array([*(not pieces for pieces in cells), True])[codes]
    if not levels:
        order = order or natural_order(has)
        levels = Levels({value: value for value in order}, other=levels.other)
    return replace(
        _assembled(column.name, has, empty, levels, order or levels.names),
        columns=(column.name,),
        label=column.label,
        spellings=tuple(counts for counts in spellings.values() if len(counts) > 1),
    )


def from_checkboxes(
    question: str, boxes: Mapping[str, Column], levels: Levels, order: Sequence[str] = ()
) -> MultiSelect | None:
    """The choices of a question, each with a checkbox; None if a column is no checkbox.

    Parameters
    ----------
    boxes
        The column of each choice.
    levels
        New names of the choices; others keep the text that the file states, else their code.
    order
        The names in order; empty for the order of the file.
    """
    ticked = {ticks: _ticked(boxes, ticks) for ticks in _TICKS}
    ticks, known = next(((ticks, of) for ticks, of in ticked.items() if of), (_CODES, None))
    if known is None:
        return None
    stated = [_LABELLED_BOX.fullmatch(column.label or "") for column in boxes.values()]
    labels = {c: text["choice"] if text else c for c, text in zip(boxes, stated, strict=True)}
    if not levels.other:
        given = {c: label for code, label in levels.labels.items() for c in _alike(code, boxes)}
        levels = Levels(labels | given, levels.groups)
    has = {choice: tick == 1 for choice, tick in known.items()}
    empty = np.all([tick == -1 for tick in known.values()], axis=0)
    columns = {choice: column.name for choice, column in boxes.items()}
    return replace(
        _assembled(question, has, empty, levels, order or levels.names, columns),
        columns=tuple(columns.values()),
        label=stated[0]["question"] if stated[0] else None,
        ticks=ticks,
    )


def checkboxes(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Columns that are checkboxes by their names: question -> choice -> column.

    REDCap calls them `comorbid___1` in a raw export (with a fourth underscore where the code is
    negative), and `Comorbidities (choice=Diabetes)` in a labelled one.
    """
    columns = dict.fromkeys(names)
    found: dict[str, dict[str, str]] = {}
    for name in columns:
        box = _LABELLED_BOX.fullmatch(name) or _CODED_BOX.fullmatch(name)
        if box and box["question"] not in columns:
            choice = re.sub(r"^_(?=\d+$)", "-", box["choice"])
            found.setdefault(box["question"], {})[choice] = name
    return found


def _assembled(
    name: str,
    has: Mapping[str, Mask],
    empty: Mask,
    levels: Levels,
    order: Sequence[str],
    boxes: Mapping[str, str] | None = None,
) -> MultiSelect:
    """The values under their new names; `boxes` are the columns of values that have one."""
    new = levels.of(has, lambda value: _alike(value, has))
    level_of = {value: label for value, label in new.items() if label in order}
    left = {v: rows for v, rows in has.items() if v not in level_of and rows.any()}
    missing = empty
    if levels.other == MISSING:
        named = np.any([empty, *(rows for value, rows in has.items() if value in level_of)], axis=0)
        missing, left = empty | ~named & np.any([empty, *has.values()], axis=0), {}
    labels = list(dict.fromkeys([*order, *left]))
    members, selected = [], []
    for label in labels:
        of = [value for value in has if level_of.get(value, value) == label]
        alone = of if len(of) == 1 else []
        values = tuple(dict.fromkeys([label, *alone]))
        names = [f"{name}{JOINT}{value}" for value in values]
        names += [boxes[value] for value in alone] if boxes else []
        members.append(Member(label, values, tuple(dict.fromkeys(names))))
        selected.append(np.any([np.zeros_like(empty), *(has[value] for value in of)], axis=0))
    matrix = np.array(selected, dtype=np.bool_).reshape(len(labels), empty.size).T
    return MultiSelect(name, (), tuple(members), matrix, missing, unnamed=left)


def _pieces(text: str, separator: str, absent: Container[str]) -> list[str]:
    """The values in a cell, without blanks around them; empty ones are no values."""
    signs = {separator, "".join(_wide(sign) for sign in separator)}
    pieces = (" ".join(piece.split()) for piece in re.split("|".join(map(re.escape, signs)), text))
    return [piece for piece in pieces if piece and piece not in absent]


def _wide(sign: str) -> str:
    """The full-width form of a sign, as Chinese and Japanese keyboards write it."""
    return chr(ord(sign) + _FULL_WIDTH) if "!" <= sign <= "~" else sign


def _folded(value: str) -> str:
    return unicodedata.normalize("NFKC", value).casefold()


def _alike(value: str, values: Iterable[str]) -> set[str]:
    """The values that are `value`, however it is spelt."""
    return {other for other in values if _folded(other) == _folded(value)}


def _are_measurements(column: Column, cells: Sequence[Sequence[str]]) -> bool:
    """Whether cells are dates, or many different numbers of which no cell holds two."""
    if column.kind == "date":
        return True
    numbers = {piece for pieces in cells for piece in pieces}
    alone = all(len(pieces) < 2 for pieces in cells)
    plain = all(parse_number(number) is not None for number in numbers)
    return alone and plain and len(numbers) > _MANY_NUMBERS


def _ticked(boxes: Mapping[str, Column], ticks: tuple[str, str]) -> dict[str, Ints] | None:
    """Each box as shape (n,): 1 ticked, 0 not, -1 empty; None if one holds anything else."""
    ticked = {}
    for choice, column in boxes.items():
        texts, codes = distinct(column)
        if column.kind == "date" or not set(texts) <= set(ticks):
            return None
        ticked[choice] = np.array([*map(ticks.index, texts), -1], dtype=np.int64)[codes]
    return ticked
