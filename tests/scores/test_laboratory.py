"""Laboratory values: how a column is recognised, and how its unit is found."""

from __future__ import annotations

import numpy as np
import pytest

from hcc2l.scores.laboratory import (
    ANALYTES,
    Measured,
    find_unit,
    knows_unit,
    laboratory,
    plain_unit,
)


def unit_of(analyte: str, values: list[float], stated: str | None = None) -> str | None:
    found = find_unit(analyte, np.array(values), stated)
    assert not found.strays
    return found.unit.name if found.unit else None


@pytest.mark.parametrize(
    ("analyte", "values", "unit"),
    [
        ("albumin", [3.5, 4.1, 2.8], "g/dL"),
        ("albumin", [35.0, 41.0, np.nan], "g/L"),
        ("lymphocytes", [0.4, 1.1, 2.9], "10^9/L"),
        ("lymphocytes", [400.0, 1100.0, 2900.0], "/µL"),
        ("alt", [41.0, 20.0, 300.0], "U/L"),
        ("alt", [0.6, 0.4, 1.9], "µkat/L"),
        ("bilirubin", [0.7, 1.2, 3.4], "mg/dL"),
        ("bilirubin", [12.0, 21.0, 58.0], "µmol/L"),
        ("bilirubin", [1.2, 1.5, 2.0], "mg/dL"),
        ("creatinine", [0.7, 1.1, 2.4], "mg/dL"),
        ("creatinine", [62.0, 97.0, 212.0], "µmol/L"),
        ("crp", [4.0, 12.0, 60.0], "mg/L"),
        ("crp", [0.1, 0.6, 3.2], "mg/dL"),
        ("platelets", [61.0, 130.0, 240.0], "10^9/L"),
        ("platelets", [61000.0, 130000.0, 240000.0], "/µL"),
        ("platelets", [6.1, 13.0, 24.0], "10^4/µL"),
        ("ecog", [0.0, 0.0, 1.0], ""),
    ],
)
def test_the_values_tell_the_unit(analyte: str, values: list[float], unit: str) -> None:
    assert unit_of(analyte, values) == unit


@pytest.mark.parametrize(
    ("analyte", "values"),
    [
        ("lymphocytes", [22.0, 31.0, 18.0]),  # percentages of the leucocytes
        ("neutrophils", [55.0, 62.0, 71.0]),
        ("monocytes", [6.0, 7.0, 8.0]),
        ("crp", [2.1, 2.4, 2.9]),  # mg/L or mg/dL
    ],
)
def test_values_that_fit_no_unit_or_two_tell_none(analyte: str, values: list[float]) -> None:
    assert unit_of(analyte, values) is None


def test_a_stated_unit_is_believed_where_the_values_allow_it() -> None:
    assert unit_of("crp", [2.1, 2.4, 2.9], "mg/dl") == "mg/dL"
    assert unit_of("afp", [12.0, 400.0, 9000.0], "kU/L") == "IU/mL"
    assert unit_of("albumin", [3.1, 4.0, 3.6], "g/L") == "g/dL"


def test_values_of_another_unit_are_counted() -> None:
    found = find_unit("albumin", np.array([35.0, 41.0, 3.9, 4.2, 38.0]))
    assert found.unit is not None
    assert found.stray_unit is not None
    assert (found.unit.name, found.strays, found.stray_unit.name) == ("g/L", 2, "g/dL")
    found = find_unit("bilirubin", np.array([1.1, 1.4, 1.6, 68.0, 1.2]))
    assert found.unit is not None
    assert (found.unit.name, found.strays) == ("mg/dL", 1)


def test_as_many_values_of_each_of_two_units_are_still_told_apart() -> None:
    found = find_unit("albumin", np.array([35.0, 41.0, 3.9, 4.2]))
    assert found.unit is not None
    assert (found.unit.name, found.strays) == ("g/L", 2)


def test_zeros_are_of_no_other_unit() -> None:
    found = find_unit("albumin", np.array([35.0, 0.0, 41.0]))
    assert found.unit is not None
    assert (found.unit.name, found.strays, found.zeros) == ("g/L", 0, 1)
    assert find_unit("afp", np.zeros(3)).unit is None
    assert find_unit("ecog", np.zeros(3)).zeros == 0


@pytest.mark.parametrize(
    ("column", "analyte"),
    [("AFP", "afp"), ("Albumin", "albumin"), ("lymphocytes", "lymphocytes"), ("PLT", "platelets"),
     ("lymph_node", None), ("afp_week12", None), ("albi", None)],
)  # fmt: skip
def test_an_analyte_is_known_by_its_whole_name(column: str, analyte: str | None) -> None:
    assert laboratory(column) == analyte


def test_no_name_denotes_two_analytes() -> None:
    names = [name for analyte in ANALYTES.values() for name in analyte.names]
    assert len(names) == len(set(names))
    assert names == [name.casefold() for name in names]


def test_the_first_unit_is_the_one_that_the_others_are_converted_to() -> None:
    for analyte in ANALYTES.values():
        if isinstance(analyte, Measured):
            assert analyte.units[0].factor == 1.0
            assert all(unit.factor != 1.0 for unit in analyte.units[1:])


@pytest.mark.parametrize(
    ("one", "other"),
    [("\u00b5g/L", "ng/mL"), ("\u03bcg/l", "ug/L"), ("\u00b5kat/L", "\u03bckat/l"),
     ("cells/\u00b5L", "/\u03bcL"), ("/mm³", "/ul"), ("×10⁹/L", "10^9/l"), ("G pt/L", "/nL"),
     ("umol/L", "\u00b5mol/l"), ("mEq/L", "mmol/L"), ("kU/L", "IU/mL")],
)  # fmt: skip
def test_one_unit_is_written_in_many_ways(one: str, other: str) -> None:
    assert plain_unit(one) == plain_unit(other)


def test_a_unit_is_known_or_not() -> None:
    assert knows_unit("lymphocytes", "cells/\u03bcL")
    assert knows_unit("afp", "µg/L")
    assert knows_unit("afp", "kU/L")
    assert not knows_unit("lymphocytes", "%")


@pytest.mark.parametrize(
    ("column", "analyte"),
    [
        ("AFP (ng/ml)", "afp"),
        ("Bilirubin [mg/dl]", "bilirubin"),
        ("Alter [Jahre]", "age"),
        ("Lymphozyten", "lymphocytes"),
        ("afp_week8", "afp_later"),
        ("Neutrophils/lymphocytes", None),
        ("AFP at progression", None),
        ("albumin_bilirubin", None),
    ],
)
def test_a_part_is_known_by_its_whole_name_in_any_language(
    column: str, analyte: str | None
) -> None:
    assert laboratory(column) == analyte
