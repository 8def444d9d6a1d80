"""Scores from laboratory values, and how their units are told."""

from __future__ import annotations

import numpy as np
import pytest

from hcc2l.scores import knows_unit, laboratory, plain_unit, pni, units_of


def test_pni_is_onoderas() -> None:
    albumin, lymphocytes = np.array([35.0, 42.0, np.nan]), np.array([1.1, 2.0, 1.0])
    found = pni(albumin, lymphocytes)
    assert found[:2].tolist() == [40.5, 52.0]
    assert np.isnan(found[2])
    in_his_units = 10 * 3.5 + 0.005 * 1100
    assert found[0] == pytest.approx(in_his_units)


@pytest.mark.parametrize(
    ("kind", "values", "unit", "factor"),
    [
        ("albumin", [3.5, 4.1, 2.8], "g/dL", 10.0),
        ("albumin", [35.0, 41.0, np.nan], "g/L", 1.0),
        ("lymphocytes", [0.4, 1.1, 2.9], "10^9/L", 1.0),
        ("lymphocytes", [400.0, 1100.0, 2900.0], "/µL", 0.001),
        ("alt", [41.0, 20.0, 300.0], "U/L", 1.0),
        ("alt", [0.6, 0.4, 1.9], "µkat/L", 60.0),
    ],
)
def test_the_range_tells_the_unit(kind: str, values: list[float], unit: str, factor: float) -> None:
    found = units_of(kind, np.array(values))
    assert (found.unit, found.factor, found.strays) == (unit, factor, 0)


def test_values_of_another_unit_are_counted() -> None:
    found = units_of("albumin", np.array([35.0, 41.0, 3.9, 4.2, 38.0]))
    assert (found.unit, found.strays, found.stray_unit) == ("g/L", 2, "g/dL")
    none = units_of("lymphocytes", np.array([22.0, 31.0, 18.0]))  # a percentage, perhaps
    assert none.unit is None


@pytest.mark.parametrize(
    ("column", "kind"),
    [("AFP", "afp"), ("Albumin", "albumin"), ("lymphocytes", "lymphocytes"),
     ("lymph_node", None), ("afp_week8", None), ("albi", None)],
)  # fmt: skip
def test_a_laboratory_value_is_known_by_its_whole_name(column: str, kind: str | None) -> None:
    assert laboratory(column) == kind


def test_equal_indices_tie() -> None:
    found = pni(np.array([33.6, 34.1]), np.array([2.0, 1.9]))
    assert found[0] == found[1] == 43.6


def test_zeros_are_of_no_other_unit() -> None:
    found = units_of("albumin", np.array([35.0, 0.0, 41.0]))
    assert (found.unit, found.strays, found.zeros) == ("g/L", 0, 1)
    assert units_of("afp", np.zeros(3)).unit is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("\u00b5g/L", "ng/mL"), ("\u03bcg/l", "ug/L"), ("\u00b5kat/L", "\u03bckat/l"),
     ("cells/\u00b5L", "/\u03bcL"), ("/mm³", "/ul"), ("×10⁹/L", "10^9/l"), ("G pt/L", "/nL")],
)  # fmt: skip
def test_one_unit_is_written_in_many_ways(one: str, other: str) -> None:
    assert plain_unit(one) == plain_unit(other)


def test_a_unit_is_known_or_not() -> None:
    assert knows_unit("lymphocytes", "cells/\u03bcL")
    assert knows_unit("afp", "µg/L")
    assert not knows_unit("lymphocytes", "%")
    assert not knows_unit("afp", "kU/L")
