"""Discrimination, calibration and net benefit of scores and risks, case by case as R has them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from hcc2l.stats import calibration
from hcc2l.stats.concordance import concordance_until, uno_concordance
from hcc2l.stats.influence import Influenced
from hcc2l.stats.kaplan_meier import kaplan_meier, survival_at
from hcc2l.stats.net_benefit import benefit, binary_net_benefit, net_benefit
from hcc2l.stats.roc import compare_paired, delong, placements
from hcc2l.stats.time_dependent import timed_auc, timed_brier
from tests.reference import cases

SURVIVAL, BINARY = (cases.of_kind("validation", kind) for kind in ("survival", "binary"))
PREDICTED = [case for case in SURVIVAL if "risks" in case["arguments"]]


def close(value: Any) -> Any:
    return pytest.approx(math.nan if value is None else value, rel=1e-6, abs=1e-12, nan_ok=True)


class Data:
    """The rows of a case that are complete in all of its columns."""

    def __init__(self, case: dict[str, Any]) -> None:
        given = case["arguments"]
        columns = [*given.get("scores", []), *given.get("risks", [])]
        rows = cases.csv_rows(case)
        rows = [r for r in rows if all(r[c] not in ("", "NA") for c in columns)]
        self.event = np.array([r[given["event"]] == str(given["event_value"]) for r in rows])
        self.values = {c: np.array([float(r[c]) for r in rows]) for c in columns}
        self.scores = [self.values[c] for c in given.get("scores", [])]
        self.risks = [self.values[c] for c in given.get("risks", [])]
        self.thresholds = np.array(given.get("thresholds", []))
        if "time" in given:
            self.time = np.array([float(r[given["time"]]) for r in rows])
            self.at = float(given["horizon"])


def with_limits(found: Influenced, low: float = -math.inf, high: float = math.inf) -> list[float]:
    return [found.estimate, found.std_err, *found.limits(0.95, low, high)]


@pytest.mark.parametrize("case", SURVIVAL, ids=cases.name)
def test_concordances_are_those_of_r(case: dict[str, Any]) -> None:
    data = Data(case)
    for score, expected in zip(data.scores, case["expected"]["scores"], strict=True):
        for name, horizon, uno in (
            ("harrell", math.inf, False), ("harrell_to_horizon", data.at, False),
            ("uno", math.inf, True), ("uno_to_horizon", data.at, True),
        ):  # fmt: skip
            found = concordance_until(data.time, data.event, score, horizon, uno=uno)
            wanted = expected[name]
            keys = ("c", "se", "lower", "upper", "concordant", "discordant", "tied.x")
            counts = [found.concordant, found.discordant, found.tied]
            assert [*with_limits(found), *counts] == close([wanted[k] for k in keys])


@pytest.mark.parametrize("case", SURVIVAL, ids=cases.name)
def test_the_difference_of_two_concordances_is_that_of_r(case: dict[str, Any]) -> None:
    data, wanted = Data(case), case["expected"].get("harrell_difference")
    if wanted is None:
        return
    first, second = (concordance_until(data.time, data.event, s) for s in data.scores)
    found = second.minus(first)
    assert [found.estimate, found.std_err, found.p()] == close(
        [wanted[k] for k in ("delta", "se", "p")]
    )


@pytest.mark.parametrize("case", SURVIVAL, ids=cases.name)
def test_time_dependent_areas_and_their_differences_are_those_of_r(case: dict[str, Any]) -> None:
    data, expected = Data(case), case["expected"]
    found = {
        e["model"]: timed_auc(data.time, data.event, data.values[e["model"]], data.at)
        for e in expected["auc"]
    }
    for wanted in expected["auc"]:
        assert with_limits(found[wanted["model"]], 0, 1) == close(
            [wanted[k] for k in ("auc", "se", "lower", "upper")]
        )
    for wanted in expected.get("auc_contrasts", []):
        difference = found[wanted["model"]].minus(found[wanted["reference"]])
        assert [*with_limits(difference), difference.p()] == close(
            [wanted[k] for k in ("delta", "se", "lower", "upper", "p")]
        )


@pytest.mark.parametrize("case", PREDICTED, ids=cases.name)
def test_brier_scores_and_their_differences_are_those_of_r(case: dict[str, Any]) -> None:
    data, expected = Data(case), case["expected"]
    curve = kaplan_meier(data.time, data.event)
    null = 1 - survival_at(curve, (data.at,), "log", 0.95)[0].survival.estimate
    risks = {"Null model": np.full(data.time.size, null)} | data.values
    found = {
        e["model"]: timed_brier(data.time, data.event, risks[e["model"]], data.at)
        for e in expected["brier"]
    }
    for wanted in expected["brier"]:
        brier = found[wanted["model"]]
        assert with_limits(brier) == close([wanted[k] for k in ("brier", "se", "lower", "upper")])
        scaled = 1 - brier.estimate / found["Null model"].estimate
        assert scaled == pytest.approx(wanted["scaled"], rel=1e-6, abs=1e-9)
    for wanted in expected["brier_contrasts"]:
        difference = found[wanted["model"]].minus(found[wanted["reference"]])
        assert [*with_limits(difference), difference.p()] == close(
            [wanted[k] for k in ("delta", "se", "lower", "upper", "p")]
        )


@pytest.mark.parametrize("case", SURVIVAL, ids=cases.name)
def test_calibration_slopes_are_those_of_r(case: dict[str, Any]) -> None:
    data = Data(case)
    for score, expected in zip(data.scores, case["expected"]["scores"], strict=True):
        found, wanted = calibration.slope(data.time, data.event, score), expected["slope"]
        lr = wanted["lr_versus_1"]
        assert [found.estimate, found.std_err, *found.limits(0.95), found.p] == close(
            [wanted[k] for k in ("estimate", "se", "lower", "upper", "p_versus_1")]
        )
        assert [found.lr_statistic, found.lr_p] == close([lr["stat"], lr["p"]])


@pytest.mark.parametrize("case", PREDICTED, ids=cases.name)
def test_observed_and_expected_events_are_those_of_r(case: dict[str, Any]) -> None:
    data = Data(case)
    for risk, expected in zip(data.risks, case["expected"]["scores"], strict=True):
        wanted = expected["overall"]
        found = calibration.overall(data.time, data.event, risk, data.at, 0.95)
        by_events = calibration.by_events(found.ratio, wanted["events_to_horizon"], 0.95)
        assert [
            found.observed, found.std_err, found.lower, found.upper, found.expected, found.ratio,
            found.ratio_lower, found.ratio_upper, *by_events,
        ] == close([
            wanted[k] for k in (
                "observed", "observed_se", "observed_lower", "observed_upper", "expected", "oe",
                "oe_lower_delta", "oe_upper_delta", "oe_lower_events", "oe_upper_events",
            )
        ])  # fmt: skip


def points(found: list[calibration.GroupRisk]) -> list[list[float]]:
    return [[g.n, g.events, g.predicted, g.observed, g.lower, g.upper] for g in found]


def expected_points(groups: list[dict[str, Any]]) -> list[Any]:
    keys = ("n", "events", "predicted", "observed", "lower", "upper")
    return [close([math.nan if g[k] is None else g[k] for k in keys]) for g in groups]


@pytest.mark.parametrize("case", PREDICTED, ids=cases.name)
def test_risks_in_groups_are_those_of_r(case: dict[str, Any]) -> None:
    data = Data(case)
    for risk, expected in zip(data.risks, case["expected"]["scores"], strict=True):
        for wanted in expected["calibration_groups"]:
            group = calibration.risk_groups(risk, wanted["groups"])
            found = calibration.group_risks(data.time, data.event, risk, data.at, group, 0.95)
            assert points(found) == expected_points(wanted["points"])
            beyond = [p["beyond_last"] for p in wanted["points"]]
            assert [not g.followed for g in found] == beyond


@pytest.mark.parametrize("case", PREDICTED, ids=cases.name)
def test_net_benefits_are_those_of_r(case: dict[str, Any]) -> None:
    data = Data(case)
    for risk, expected in zip(data.risks, case["expected"]["scores"], strict=True):
        found = net_benefit(data.time, data.event, risk, data.at, data.thresholds)
        wanted = expected["net_benefit"]
        overall = calibration.overall(data.time, data.event, risk, data.at, 0.95)
        treat_all = [benefit(overall.observed, t) for t in data.thresholds.tolist()]
        assert found.tolist() == close(
            [math.nan if w["net_benefit"] is None else w["net_benefit"] for w in wanted]
        )
        assert treat_all == close([w["treat_all"] for w in wanted])


@pytest.mark.parametrize("case", BINARY, ids=cases.name)
def test_measures_of_a_known_outcome_are_those_of_r(case: dict[str, Any]) -> None:
    data = Data(case)
    y = data.event
    for risk, wanted in zip(data.risks, case["expected"]["risks"], strict=True):
        area = delong(risk, y)
        assert [area.auc, area.std_err, *area.limits(0.95)] == close(
            [wanted["auc"][k] for k in ("auc", "se", "lower", "upper")]
        )
        brier, null = float(np.mean((y - risk) ** 2)), float(y.mean() * (1 - y.mean()))
        assert [brier, null, 1 - brier / null] == close(
            [wanted[k] for k in ("brier", "brier_null", "scaled_brier")]
        )
        intercept, slope = calibration.binary_slope(y, np.log(risk / (1 - risk)))
        assert [intercept.estimate, intercept.std_err] == close(
            [wanted["intercept"][k] for k in ("estimate", "se")]
        )
        assert [slope.estimate, slope.std_err] == close(
            [wanted["slope"][k] for k in ("estimate", "se")]
        )
        both = wanted["miscalibration_lr"]
        assert [slope.lr_statistic, slope.lr_p] == close([both["stat"], both["p"]])
        overall = calibration.binary_overall(y, risk, 0.95)
        assert [
            overall.observed, overall.expected, overall.ratio, overall.ratio_lower,
            overall.ratio_upper,
        ] == close(
            [wanted[k] for k in ("observed", "expected", "oe", "oe_lower", "oe_upper")]
        )  # fmt: skip
        group = calibration.risk_groups(risk, case["arguments"]["groups"])
        found = calibration.binary_group_risks(y, risk, group, 0.95)
        assert points(found) == expected_points(wanted["calibration_groups"])
        benefits = binary_net_benefit(y, risk, data.thresholds)
        assert benefits.tolist() == close([w["net_benefit"] for w in wanted["net_benefit"]])


def test_delongs_test_is_that_of_r() -> None:
    case = BINARY[1]
    data, wanted = Data(case), case["expected"]["delong"]
    test = compare_paired(*(placements(risk, data.event) for risk in data.risks))
    assert [test.statistic, test.p] == close([wanted["statistic"], wanted["p"]])


def test_unos_concordance_is_the_same_in_both_functions() -> None:
    data = Data(SURVIVAL[0])
    score = data.scores[0]
    found = concordance_until(data.time, data.event, score, uno=True)
    assert found.estimate == pytest.approx(uno_concordance(data.time, data.event, score))
