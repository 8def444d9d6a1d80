"""Scores from laboratory values, and the units of such values.

Every score takes arrays in the stated units and returns an array, NaN where an input is NaN.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """A laboratory value: the unit of the scores, and the ranges that distinguish other units.

    Attributes
    ----------
    names
        Column names by which it is recognised.
    unit
        The unit in which scores take it.
    low, high
        The range of possible values in this unit.
    others
        Other units in use: name, lowest and highest value, and the factor to `unit`.
    """

    names: tuple[str, ...]
    unit: str
    low: float
    high: float
    others: tuple[tuple[str, float, float, float], ...] = ()


DECIMALS = 9  # equal scores of decimal values stay equal in binary arithmetic

# The ranges of the units of one value do not overlap, so a value identifies its unit.
SCALES = {
    "afp": Scale(("afp", "alpha_fetoprotein", "alphafetoprotein"), "ng/mL", 0.5, 1e8),
    "alt": Scale(("alt", "alat", "gpt", "sgpt"), "U/L", 3.0, 2e4, (("µkat/L", 0.05, 3.0, 60.0),)),
    "ast": Scale(("ast", "asat", "got", "sgot"), "U/L", 3.0, 2e4, (("µkat/L", 0.05, 3.0, 60.0),)),
    "albumin": Scale(("albumin", "alb"), "g/L", 10.0, 80.0, (("g/dL", 1.0, 10.0, 10.0),)),
    "lymphocytes": Scale(
        ("lymphocytes", "lymphocyte", "lymphocyte_count", "lymphs", "alc"), "10^9/L", 0.01, 15.0,
        (("/µL", 50.0, 50000.0, 0.001),),
    ),
    "pni": Scale(("pni",), "points", 5.0, 120.0),
}  # fmt: skip


# Spellings of the same unit, as `plain_unit` leaves them.
_SAME = {
    "μg/l": "ng/ml", "/mm3": "/μl", "1/μl": "/μl", "/mcl": "/μl",
    **dict.fromkeys(("10e9/l", "gpt/l", "giga/l", "/nl", "1/nl", "103/μl", "10e3/μl",
                     "k/μl"), "109/l"),
}  # fmt: skip


def plain_unit(unit: str) -> str:
    """A unit in one spelling: `µg/L`, `ug/l` and `ng/mL` are the same, so are `/µL` and `/mm³`."""
    text = unicodedata.normalize("NFKC", unit).casefold()  # the micro sign becomes the Greek letter
    for sign in (" ", "^", "*", "×", "x", "cells", "cell"):
        text = text.replace(sign, "")
    for spelling, standard in (("mcg", "μg"), ("ug/", "μg/"), ("ukat", "μkat"), ("/ul", "/μl")):
        text = text.replace(spelling, standard)
    return _SAME.get(text, text)


def knows_unit(name: str, unit: str) -> bool:
    """Whether a unit is one of those of a laboratory value, a key of `SCALES`."""
    scale = SCALES[name]
    return plain_unit(unit) in {plain_unit(u) for u in (scale.unit, *(o[0] for o in scale.others))}


def laboratory(column: str) -> str | None:
    """The laboratory value, a key of `SCALES`, that a column's name denotes; else None."""
    name = column.casefold()
    return next((key for key, scale in SCALES.items() if name in scale.names), None)


@dataclass(frozen=True)
class InferredUnit:
    """The unit of a column, inferred from its values.

    Attributes
    ----------
    unit
        The unit that most values fit; None when none fits.
    factor
        From `unit` to the unit of the scale.
    strays
        The number of values that do not fit `unit`.
    stray_unit
        The unit that most of the strays fit; None when none fits.
    zeros
        The number of zeros, which identify no unit and are not strays.
    """

    unit: str | None
    factor: float
    strays: int
    stray_unit: str | None
    zeros: int = 0


def units_of(name: str, values: Floats) -> InferredUnit:
    """The unit of a laboratory value, inferred from the range of its values.

    Parameters
    ----------
    name
        A key of `SCALES`.
    values
        Shape (n,), NaN where missing; at least one is not.
    """
    scale = SCALES[name]
    known = values[~np.isnan(values)]
    zeros = int((known == 0).sum())
    known = known[known != 0]
    ranges = [(scale.unit, scale.low, scale.high, 1.0), *scale.others]
    fits = [int(((known >= low) & (known < high)).sum()) for _, low, high, _ in ranges]
    most = int(np.argmax(fits))
    strays = known.size - fits[most]
    others = [(count, ranges[i][0]) for i, count in enumerate(fits) if i != most and count]
    if not fits[most]:
        return InferredUnit(None, 1.0, 0, None, zeros)
    unit, _, _, factor = ranges[most]
    return InferredUnit(unit, factor, strays, max(others)[1] if others else None, zeros)


def pni(albumin: Floats, lymphocytes: Floats) -> Floats:
    """Prognostic nutritional index, shape (n,): albumin + 5 x lymphocytes.

    Onodera, Goseki and Kosaki, Nihon Geka Gakkai Zasshi 1984;85:1001–1005 (there 10 x albumin in
    g/dL + 0.005 x lymphocytes per microlitre, which is equivalent).

    Parameters
    ----------
    albumin
        Shape (n,), g/L.
    lymphocytes
        Shape (n,), 10^9/L.
    """
    index = np.asarray(albumin + 5.0 * lymphocytes, dtype=np.float64)
    return np.round(index, DECIMALS)
