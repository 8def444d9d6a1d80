"""Best response: its categories, the rates that count them, and a column of it."""

from __future__ import annotations

import json
import re

import numpy as np

from hcc2l.cohort import Cohort, Column
from hcc2l.design import Ints, Mask
from hcc2l.design.factors import MAX_LEVELS
from hcc2l.errors import InputError, quoted_list
from hcc2l.levels import distinct
from hcc2l.vocabulary import response_category
from hcc2l.wording import counted

RESPONSES = ("CR", "PR", "SD", "PD", "NE")
RATES = {"ORR": ("CR", "PR"), "DCR": ("CR", "PR", "SD")}


def has_response(codes: Ints, what: str) -> Mask:
    """Rows with a response, or with one that a rate counts, shape (n,)."""
    return np.isin(codes, [RESPONSES.index(member) for member in RATES.get(what, (what,))])


def is_response(text: str) -> bool:
    """Whether a text is CR, PR, SD, PD or NE, in capitals or not."""
    return text.strip().upper() in RESPONSES


def response_codes(column: Column) -> Ints:
    """Index of each row's response in `RESPONSES`, shape (n,); -1 for any other cell."""
    texts, codes = distinct(column)
    table = [RESPONSES.index(t.strip().upper()) if is_response(t) else -1 for t in texts]
    return np.array([*table, -1], dtype=np.int64)[codes]


def read_response(cohort: Cohort, name: str, keep: Mask) -> Ints:
    """The responses of a column, as `response_codes`; every cell of `keep` rows is checked.

    Raises
    ------
    InputError
        A cell is something else; the hint suggests what to write in the dictionary.
    """
    column = cohort.column(name)
    codes = response_codes(column)
    unknown = np.flatnonzero(keep & (codes < 0) & ~column.missing)
    if unknown.size:
        raise _no_response(cohort, column, unknown)
    return codes


def _no_response(cohort: Cohort, column: Column, rows: Ints) -> InputError:
    """The error for cells that are none of the categories."""
    texts, codes = distinct(column)
    counts = np.bincount(codes[rows], minlength=len(texts))
    values = [f"{t!r} ({n})" for t, n in zip(texts, counts.tolist(), strict=True) if n]
    named = quoted_list(cohort.row_where(row) for row in rows.tolist())
    many = rows.size > 1
    return InputError(
        f"{counted(rows.size, 'cell')} {'are none' if many else 'is not one'} of CR, PR, SD, PD "
        f"and NE: {quoted_list(values)}; {named}.",
        where=f"{cohort.source.name}, column {column.name}",
        hint=_mapping(cohort, column.name, texts),
    )


def _mapping(cohort: Cohort, name: str, texts: list[str]) -> str:
    """What to write in the dictionary so that every value of a column has its category."""
    derived = name in cohort.dictionary.derived
    key = name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)
    table = f"[{'derived' if derived else 'columns'}.{key}]"
    if derived or cohort.dictionary.column(name).recoding:
        return f"Name the levels of {table} in hcc2l.toml CR, PR, SD, PD and NE."
    meant = {t: t.strip().upper() if is_response(t) else response_category(t) for t in texts}
    groups = {c: [t for t in texts if meant[t] == c] for c in RESPONSES}
    written = ", ".join(
        f"{category} = {json.dumps(of, ensure_ascii=False)}"
        for category, of in groups.items()
        if of
    )
    unclear = [repr(t) for t in texts if meant[t] is None]
    if not written and len(texts) > MAX_LEVELS:
        return "This column contains no responses. Choose another column."
    if not written:
        codes = ", ".join(f'{json.dumps(t, ensure_ascii=False)} = "…"' for t in texts)
        return (
            f"State what they mean, with CR, PR, SD, PD or NE in place of the dots, under "
            f"{table} in hcc2l.toml: labels = {{{codes}}}."
        )
    hint = f"Add to hcc2l.toml, under {table}: groups = {{{written}}}"
    if unclear:
        return (
            f"{hint}, with {quoted_list(unclear)} in the group where "
            f'{"it belongs" if len(unclear) == 1 else "they belong"}, or other = "missing".'
        )
    return f"{hint}."
