"""What scores are computed from: laboratory values with their units, and grades with their words.

A column is recognised by its whole name. Its unit is the one stated, else the one that its values
fit.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.scores.score import Floats
from hcc2l.vocabulary import named


@dataclass(frozen=True)
class Unit:
    """A unit of a laboratory value, and the values that are possible in it.

    Attributes
    ----------
    factor
        To the first unit of the analyte.
    low, high
        The range of possible values, `high` excluded.
    usual
        The range of a cohort's median; it decides between units that fit all values equally.
    stated
        Whether only a statement tells it from another unit, never the values.
    """

    name: str
    low: float
    high: float
    factor: float = 1.0
    usual: tuple[float, float] = (-np.inf, np.inf)
    stated: bool = False


@dataclass(frozen=True)
class Measured:
    """A laboratory value or another number.

    Attributes
    ----------
    names
        Names of its column.
    units
        The main one first.
    zero
        Whether 0 is a possible value.
    tiny
        Whether a value below the range is unusual at most, and not of another unit.
    """

    names: tuple[str, ...]
    units: tuple[Unit, ...]
    zero: bool = False
    tiny: bool = False

    @property
    def signed(self) -> bool:
        """Whether a value may be negative."""
        return self.units[0].low < 0

    def unit(self, name: str) -> Unit | None:
        """The unit of that name, in any spelling."""
        plain = plain_unit(name)
        return next((unit for unit in self.units if plain_unit(unit.name) == plain), None)


@dataclass(frozen=True)
class Graded:
    """A finding in grades: the words for each, and how to write them.

    Attributes
    ----------
    words
        What a cell may say, in lower case, and the number that it means.
    write
        What to write in a cell, for a message.
    points
        Whether numbers without a 0 may be points instead, 1 for none.
    yes
        Whether the numbers 0 and 1 alone may be no and yes instead.
    score
        A score that gives the grade where there is no column.
    """

    names: tuple[str, ...]
    words: Mapping[str, float]
    write: str
    points: bool = False
    yes: bool = False
    score: str | None = None


Analyte = Measured | Graded


def _grades(*words: str) -> dict[str, float]:
    """Each grade from 0, its words separated by blanks."""
    return {word: float(grade) for grade, of in enumerate(words) for word in of.split()}


_NO_YES = _grades("0 no n false absent", "1 yes y true present")
_COUNT = 2000.0  # above it, platelets are per microlitre
_ENZYME = (Unit("U/L", 3.0, 2e4), Unit("µkat/L", 0.05, 3.0, 60.0))

ANALYTES: Mapping[str, Analyte] = {
    "afp": Measured(
        ("afp", "alpha_fetoprotein", "alphafetoprotein"),
        (Unit("ng/mL", 0.5, 1e8), Unit("IU/mL", 0.4, 1e8, 1.21, stated=True)), tiny=True,
    ),
    "afp_later": Measured(
        ("afp_later", "afp_followup", "afp_week8", "afp_week_8"),
        (Unit("ng/mL", 0.5, 1e8), Unit("IU/mL", 0.4, 1e8, 1.21, stated=True)), tiny=True,
    ),
    "alt": Measured(("alt", "alat", "gpt", "sgpt"), _ENZYME),
    "ast": Measured(("ast", "asat", "got", "sgot"), _ENZYME),
    "ast_uln": Measured(("ast_uln", "uln_ast"), (Unit("U/L", 10.0, 200.0),)),
    "albumin": Measured(
        ("albumin", "alb"), (Unit("g/L", 10.0, 80.0), Unit("g/dL", 1.0, 10.0, 10.0))
    ),
    "bilirubin": Measured(
        ("bilirubin", "bili", "total_bilirubin", "bilirubin_total", "tbil", "t_bil"),
        (Unit("µmol/L", 1.0, 1000.0, usual=(5.0, 600.0)),
         Unit("mg/dL", 0.05, 60.0, 17.1, usual=(0.1, 6.0))),
    ),
    "creatinine": Measured(
        ("creatinine", "crea", "creat"),
        (Unit("mg/dL", 0.1, 20.0), Unit("µmol/L", 20.0, 2000.0, 1 / 88.4)),
    ),
    "crp": Measured(
        ("crp", "c_reactive_protein"),
        (Unit("mg/L", 0.05, 600.0, usual=(2.0, 300.0)),
         Unit("mg/dL", 0.005, 60.0, 10.0, usual=(0.02, 3.0))),
        tiny=True,
    ),
    "inr": Measured(("inr", "pt_inr"), (Unit("", 0.5, 20.0, usual=(0.8, 4.0)),)),
    "pt_prolonged_s": Measured(("pt_prolonged_s",), (Unit("s", -10.0, 100.0),), zero=True),
    "sodium": Measured(("sodium", "na", "serum_sodium"), (Unit("mmol/L", 90.0, 190.0),)),
    "lymphocytes": Measured(
        ("lymphocytes", "lymphocyte", "lymphocyte_count", "lymphs", "alc"),
        (Unit("10^9/L", 0.01, 15.0), Unit("/µL", 50.0, 50000.0, 0.001)),
    ),
    "neutrophils": Measured(
        ("neutrophils", "neutrophil", "neutrophil_count", "anc"),
        (Unit("10^9/L", 0.01, 100.0, usual=(0.5, 20.0)), Unit("/µL", 100.0, 100000.0, 0.001)),
    ),
    "monocytes": Measured(
        ("monocytes", "monocyte", "monocyte_count", "amc"),
        (Unit("10^9/L", 0.005, 10.0, usual=(0.05, 2.0)), Unit("/µL", 10.0, 10000.0, 0.001)),
    ),
    "platelets": Measured(
        ("platelets", "platelet", "platelet_count", "plt"),
        (Unit("10^9/L", 1.0, _COUNT, usual=(30.0, 800.0)),
         Unit("/µL", _COUNT, 3e6, 0.001), Unit("10^4/µL", 0.1, 200.0, 10.0, usual=(3.0, 30.0))),
    ),
    "age": Measured(("age", "age_years"), (Unit("years", 0.0, 120.0),), zero=True),
    "nodules": Measured(
        ("nodules", "n_nodules", "tumor_number", "tumour_number"), (Unit("", 0.0, 1000.0),),
        zero=True,
    ),
    "largest_cm": Measured(
        ("largest_cm", "tumor_size_cm", "tumour_size_cm", "largest_nodule_cm"),
        (Unit("cm", 0.1, 40.0), Unit("mm", 1.0, 400.0, 0.1, stated=True)),
    ),
    "ecog": Measured(("ecog", "ecog_ps"), (Unit("", 0.0, 6.0),), zero=True),
    "ascites": Graded(
        ("ascites",),
        _grades("0 none no absent", "1 mild slight", "2 moderate", "3 severe large massive tense"),
        "none, mild, moderate or severe", points=True, yes=True,
    ),
    "encephalopathy": Graded(
        ("encephalopathy", "hepatic_encephalopathy"),
        _grades("0 none no absent", "1 i 1-2 1–2 i-ii i–ii", "2 ii", "3 iii 3-4 3–4 iii-iv iii–iv",
                "4 iv"),
        "none, 1-2 or 3-4", points=True,
    ),
    "child_pugh": Graded(
        ("child_pugh", "child_pugh_class"),
        _grades("a a5 a6", "b b7 b8 b9", "c c10 c11 c12 c13 c14 c15"),
        "A, B or C", score="child_pugh_class",
    ),
    "sex": Graded(("sex", "gender"), _grades("male m man", "female f woman"), "female or male"),
    "dialysis": Graded(("dialysis", "haemodialysis", "hemodialysis"), _NO_YES, "yes or no"),
    "vascular_invasion": Graded(
        ("vascular_invasion", "macrovascular_invasion"), _NO_YES, "yes or no"
    ),
    "extrahepatic": Graded(("extrahepatic", "extrahepatic_spread"), _NO_YES, "yes or no"),
    "pni": Measured(("pni",), (Unit("points", 5.0, 120.0),)),
}  # fmt: skip

# Spellings of the same unit, as `plain_unit` leaves them.
_SAME = {
    "μg/l": "ng/ml", "/mm3": "/μl", "1/μl": "/μl", "/mcl": "/μl",
    "ku/l": "iu/ml", "meq/l": "mmol/l",
    **dict.fromkeys(("10e9/l", "gpt/l", "giga/l", "/nl", "1/nl", "103/μl", "10e3/μl",
                     "k/μl"), "109/l"),
}  # fmt: skip


def plain_unit(unit: str) -> str:
    """A unit in one spelling: `µg/L`, `ug/l` and `ng/mL` are the same, so are `/µL` and `/mm³`."""
    text = unicodedata.normalize("NFKC", unit).casefold()  # the micro sign becomes the Greek letter
    for sign in (" ", "^", "*", "×", "x", "cells", "cell"):
        text = text.replace(sign, "")
    for spelling, standard in (
        ("mcg", "μg"), ("ug/", "μg/"), ("ukat", "μkat"), ("umol", "μmol"), ("/ul", "/μl"),
    ):  # fmt: skip
        text = text.replace(spelling, standard)
    return _SAME.get(text, text)


def measured(name: str) -> Measured:
    """A laboratory value, a key of `ANALYTES` that is measured."""
    analyte = ANALYTES[name]
    assert isinstance(analyte, Measured)
    return analyte


def is_measured(name: str) -> bool:
    """Whether a key of `ANALYTES` is a number, not a finding in grades."""
    return isinstance(ANALYTES[name], Measured)


def graded_by_scores() -> dict[str, str]:
    """The findings that a score gives where there is no column, each with the score's name."""
    return {
        key: analyte.score
        for key, analyte in ANALYTES.items()
        if isinstance(analyte, Graded) and analyte.score
    }


def knows_unit(name: str, unit: str) -> bool:
    """Whether a unit is one of those of a laboratory value, a key of `ANALYTES`."""
    return measured(name).unit(unit) is not None


def laboratory(column: str) -> str | None:
    """The key of `ANALYTES` that a column's name denotes, in any language; else None."""
    name = column.casefold()
    key = next((key for key, analyte in ANALYTES.items() if name in analyte.names), None)
    field = named(column)
    return key or (field.code if field is not None and field.code in ANALYTES else None)


@dataclass(frozen=True)
class FoundUnit:
    """The unit of a column, found from its values.

    Attributes
    ----------
    unit
        The unit that most values fit; None when none fits, or several fit as well.
    strays
        The number of values that do not fit `unit`.
    stray_unit
        The unit that most of the strays fit; None when none fits.
    zeros
        The number of zeros where 0 is not possible; they identify no unit and are not strays.
    """

    unit: Unit | None
    strays: int = 0
    stray_unit: Unit | None = None
    zeros: int = 0


def find_unit(name: str, values: Floats, stated: str | None = None) -> FoundUnit:
    """The unit of a laboratory value, found from the range of its values.

    Parameters
    ----------
    name
        A key of `ANALYTES`, of a measured value.
    values
        Shape (n,), NaN where missing; at least one is not.
    stated
        The unit that the dictionary states, if it is one of the analyte's; believed as long as it
        fits the values as well as any other.
    """
    known = values[~np.isnan(values)]
    implausible = (known == 0) & (not measured(name).zero)
    zeros, known = int(implausible.sum()), known[~implausible]
    units = measured(name).units
    believed = None if stated is None else measured(name).unit(stated)
    if not known.size:
        return FoundUnit(believed, zeros=zeros)
    fits = {
        u: int(((known >= u.low) & (known < u.high)).sum())
        for u in units
        if u is believed or not u.stated
    }
    if believed is None or fits[believed] < max(fits.values()):
        believed = _most_likely(fits, known)
    if believed is None:
        return FoundUnit(None, zeros=zeros)
    outside = known[(known < believed.low) | (known >= believed.high)]
    others = {u: int(((outside >= u.low) & (outside < u.high)).sum()) for u in fits}
    likely = max(others, key=lambda u: others[u])
    return FoundUnit(believed, outside.size, likely if others[likely] else None, zeros)


def outside(analyte: Measured, unit: Unit, values: Floats) -> NDArray[np.int64]:
    """The places of values that cannot be in a unit."""
    with np.errstate(invalid="ignore"):
        wrong = (values < unit.low) | (values >= unit.high)
        if analyte.tiny:
            wrong = values >= unit.high
    return np.flatnonzero(wrong & ((values != 0) | analyte.zero))


def _most_likely(fits: Mapping[Unit, int], known: Floats) -> Unit | None:
    """Of the units in which the median is usual, the one that most values fit."""
    middle = float(np.median(known))
    usual = [unit for unit in fits if unit.usual[0] <= middle < unit.usual[1]]
    most = max((fits[unit] for unit in usual), default=0)
    best = [unit for unit in usual if fits[unit] == most]
    undecided = len(best) > 1 and most == known.size
    return best[0] if most and not undecided else None
