"""Sample sizes, case by case as R has them, and what holds between them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcc2l.stats import sample_size as size
from tests.reference import cases

EXACT = 1e-8  # relative: closed forms
R2 = st.floats(0.01, 0.6)


def of_kind(kind: str) -> list[Any]:
    found = [case for case in cases.load("size") if case["arguments"]["kind"] == kind]
    return [pytest.param(case["arguments"], case["expected"], id=case["id"]) for case in found]


def events_per_patient(a: dict[str, Any]) -> float:
    if "events" in a:
        return float(a["events"] / a["n"])
    return float(a["prevalence"] if a["outcome"] == "binary" else a["rate"] * a["mean_followup"])


def anticipated(a: dict[str, Any]) -> tuple[float, float]:
    """R² as R takes it, and the largest possible one."""
    f, binary = events_per_patient(a), a["outcome"] == "binary"
    largest = size.largest_r2_binary(f) if binary else size.largest_r2_survival(f)
    if "r2" in a:
        return a["r2"], largest
    if "r2_fraction" in a:
        return a["r2_fraction"] * largest, largest
    from_c = size.r2_from_c_binary if binary else size.r2_from_c_survival
    return from_c(a["c"], f), largest


@pytest.mark.parametrize(("a", "expected"), of_kind("riley"))
def test_the_patients_of_every_criterion_are_those_of_r(a: Any, expected: Any) -> None:
    r2, largest = anticipated(a)
    second = size.shrinkage_of_optimism(r2, largest)
    first = size.patients_for_shrinkage(a["parameters"], a.get("shrinkage", 0.9), r2)
    by_optimism = size.patients_for_shrinkage(a["parameters"], second, r2)
    if a["outcome"] == "binary":
        by_risk = size.patients_for_risk_binary(a["prevalence"])
    else:
        by_risk = size.patients_for_risk_survival(a["rate"], a["mean_followup"], a["timepoint"])
        person_time = expected["n"] * a["mean_followup"]
        risk = size.risk_with_limits(a["rate"], person_time, a["timepoint"])
        assert risk == pytest.approx(list(expected["risk"].values()), rel=EXACT)
    found = {"r2": r2, "max_r2": largest, "shrinkage_criterion2": second,
             "n1_exact": first, "n2_exact": by_optimism, "n3_exact": by_risk}  # fmt: skip
    assert found == {key: pytest.approx(expected[key], rel=EXACT) for key in found}
    rounded = [size.rounded_up(n) for n in (first, by_optimism, by_risk)]
    assert rounded == [expected["n1"], expected["n2"], expected["n3"]]


@pytest.mark.parametrize(("a", "expected"), of_kind("inverse"))
def test_the_parameters_that_patients_carry_are_those_of_r(a: Any, expected: Any) -> None:
    r2, largest = anticipated(a)
    second = size.shrinkage_of_optimism(r2, largest)
    carried = [size.parameters_for_shrinkage(a["n"], s, r2) for s in (0.9, second)]
    exact = [expected["parameters1_exact"], expected["parameters2_exact"]]
    assert carried == pytest.approx(exact, rel=EXACT)
    assert size.rounded_down(min(carried)) == expected["parameters"]
    if expected["expected_shrinkage"] is not None:
        found = size.expected_shrinkage(a["n"], a["parameters"], r2)
        assert found == pytest.approx(expected["expected_shrinkage"], rel=EXACT)
    if expected["margin_of_risk"] is not None:
        margin = size.margin_of_prevalence(events_per_patient(a), a["n"])
        assert margin == pytest.approx(expected["margin_of_risk"], rel=EXACT)


@pytest.mark.parametrize(("a", "expected"), of_kind("r2_from_c"))
def test_r2_from_a_c_index_is_that_of_r(a: Any, expected: Any) -> None:
    if a["outcome"] == "binary":
        r2 = size.r2_from_c_binary(a["c"], a["prevalence"])
    else:
        r2 = size.r2_from_c_survival(a["c"], a["event_fraction"])
    assert r2 == pytest.approx(expected["r2"], rel=EXACT)


@pytest.mark.parametrize(("a", "expected"), of_kind("schoenfeld"))
def test_two_groups_are_compared_as_in_r(a: Any, expected: Any) -> None:
    design = {"share": a.get("allocation", 0.5), "alpha": a.get("alpha", 0.05),
              "one_sided": a.get("one_sided", False)}  # fmt: skip
    if "events" not in a:
        events = size.events_to_detect(a["hr"], a["power"], **design)
        assert events == pytest.approx(expected["events_exact"], rel=EXACT)
        assert size.rounded_up(events) == expected["events"]
    elif "hr" in a:
        power = size.power_to_detect(a["hr"], a["events"], **design)
        assert power == pytest.approx(expected["power"], rel=EXACT)
    else:
        limits = size.detectable_hr(a["events"], a["power"], **design)
        assert limits == pytest.approx([expected["hr_below_1"], expected["hr_above_1"]], rel=EXACT)


@pytest.mark.parametrize("case", cases.load("median_precision"), ids=lambda case: case["id"])
def test_limits_of_a_median_are_those_of_an_exponential_model_in_r(case: dict[str, Any]) -> None:
    found = size.median_limits(case["median"], case["events"], case["conf_level"])
    assert found == pytest.approx([case["lower"], case["upper"]], rel=EXACT)


@given(st.integers(1, 60), st.floats(0.6, 0.99), R2)
def test_the_parameters_carried_by_the_patients_needed_are_those_asked_for(
    parameters: int, shrinkage: float, r2: float
) -> None:
    if r2 >= shrinkage:
        return
    n = size.patients_for_shrinkage(parameters, shrinkage, r2)
    assert size.parameters_for_shrinkage(n, shrinkage, r2) == pytest.approx(parameters)
    assert size.expected_shrinkage(n, parameters, r2) == pytest.approx(shrinkage, abs=1e-9)


@given(st.integers(20, 5000), st.integers(1, 30), st.floats(0.05, 0.9))
def test_the_shrinkage_from_the_likelihood_ratio_is_that_of_the_r2_corrected_by_it(
    n: int, parameters: int, r2: float
) -> None:
    """The two formulas are one, for a model whose R² is known as it was fitted."""
    statistic = -n * math.log(1 - r2)
    shrinkage = size.heuristic_shrinkage(statistic, parameters)
    if shrinkage > 0.05:
        corrected = size.expected_shrinkage(n, parameters, shrinkage * r2)
        assert corrected == pytest.approx(shrinkage, abs=1e-9)


def test_a_model_with_far_more_parameters_than_patients_is_shrunk_as_far_as_can_be() -> None:
    assert size.expected_shrinkage(10, 10_000, 0.2) == 0.2


def test_a_model_that_fits_no_better_than_chance_is_shrunk_to_nothing() -> None:
    assert size.heuristic_shrinkage(5.0, 5) == 0
    assert size.heuristic_shrinkage(0.0, 3) == 0


@given(st.floats(1.05, 5), st.floats(0.1, 0.99), st.floats(0.05, 0.95), st.floats(0.001, 0.2))
def test_the_events_for_a_power_have_that_power(
    hr: float, power: float, share: float, alpha: float
) -> None:
    events = size.events_to_detect(hr, power, share, alpha)
    assert events == pytest.approx(size.events_to_detect(1 / hr, power, share, alpha))
    assert size.power_to_detect(hr, events, share, alpha) == pytest.approx(power)
    if power > alpha:
        below, above = size.detectable_hr(events, power, share, alpha)
        assert (below, above) == pytest.approx((1 / hr, hr))


@given(st.floats(1.01, 5), st.floats(0.5, 0.99))
def test_the_events_for_a_precision_give_it(factor: float, conf_level: float) -> None:
    events = size.events_for_median(factor, conf_level)
    assert size.median_limits(10.0, events, conf_level) == pytest.approx((10 / factor, 10 * factor))
