"""ROC statistics against slow oracles that are written another way, and their symmetries."""

from __future__ import annotations

import math
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hcc2l.stats import maxstat as selected
from hcc2l.stats import roc
from hcc2l.stats.proportions import proportion_limits
from hcc2l.stats.roc_bootstrap import draw_counts, resample
from hcc2l.stats.time_dependent import outcome_weights
from tests.reference.cases import load as cases_of_r

TIED = cases_of_r("roc_tied")
some = settings(max_examples=40, deadline=None)
rows = st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=6, max_size=40)


def arrays(pairs: list[tuple[int, bool]]) -> tuple[Any, Any]:
    """Values and classes, with at least two rows of each class."""
    values = np.array([float(v) for v, _ in pairs])
    positive = np.array([c for _, c in pairs])
    assume(2 <= positive.sum() <= positive.size - 2)
    return values, positive


def kernel(x: float, y: float) -> float:
    return 1.0 if x > y else (0.5 if x == y else 0.0)


def slow_delong(values: Any, positive: Any) -> tuple[float, float]:
    """Area and variance by every pair of patients, as DeLong's paper writes them."""
    cases, controls = values[positive], values[~positive]
    matrix = np.array([[kernel(x, y) for y in controls] for x in cases])
    area = matrix.mean()
    v10 = matrix.mean(axis=1)
    v01 = matrix.mean(axis=0)
    variance = ((v10 - area) ** 2).sum() / (cases.size - 1) / cases.size
    variance += ((v01 - area) ** 2).sum() / (controls.size - 1) / controls.size
    return float(area), float(variance)


@some
@given(rows)
def test_area_and_variance_are_those_of_all_pairs(pairs: list[tuple[int, bool]]) -> None:
    values, positive = arrays(pairs)
    area, variance = slow_delong(values, positive)
    found = roc.delong(values, positive)
    assert found.auc == pytest.approx(area, abs=1e-12)
    assert found.std_err**2 == pytest.approx(variance, abs=1e-12)
    assert roc.auc(positive, values) == pytest.approx(area, abs=1e-12)
    v10, v01 = roc.placements(values, positive)
    assert v10.mean() == pytest.approx(area, abs=1e-12)
    assert v01.mean() == pytest.approx(area, abs=1e-12)


@some
@given(rows)
def test_a_monotone_transform_changes_the_thresholds_alone(pairs: list[tuple[int, bool]]) -> None:
    values, positive = arrays(pairs)
    plain = roc.roc_curve(values, positive)
    bent = roc.roc_curve(np.exp(values / 3) - 7, positive)
    assert plain.tp.tolist() == bent.tp.tolist()
    assert plain.fp.tolist() == bent.fp.tolist()
    assert roc.delong(values, positive) == roc.delong(np.exp(values / 3) - 7, positive)
    for criterion in ("youden", "topleft"):
        assert roc.best(plain, criterion).tolist() == roc.best(bent, criterion).tolist()  # type: ignore[arg-type]  # one of the choices


@some
@given(rows)
def test_the_other_direction_mirrors_the_curve(pairs: list[tuple[int, bool]]) -> None:
    values, positive = arrays(pairs)
    up, down = roc.roc_curve(values, positive), roc.roc_curve(values, positive, higher=False)
    assert roc.area_of(down) == pytest.approx(1 - roc.area_of(up), abs=1e-12)
    assert down.threshold.tolist() == up.threshold.tolist()[::-1]
    negated = roc.roc_curve(-values, positive)
    assert negated.tp.tolist() == down.tp.tolist()
    higher, lower = roc.delong(values, positive), roc.delong(values, positive, higher=False)
    assert lower.std_err == pytest.approx(higher.std_err, abs=1e-12)


@some
@given(rows)
def test_every_operating_point_is_what_its_threshold_calls(pairs: list[tuple[int, bool]]) -> None:
    values, positive = arrays(pairs)
    for higher in (True, False):
        curve = roc.roc_curve(values, positive, higher=higher)
        for place, threshold in enumerate(curve.threshold.tolist()):
            called = values >= threshold if higher else values <= threshold
            assert curve.tp[place] == (called & positive).sum()
            assert curve.fp[place] == (called & ~positive).sum()
        for threshold in (0.0, 3.0, 4.5, 9.0, 11.0):  # an observed value is positive itself
            called = values >= threshold if higher else values <= threshold
            assert curve.tp[roc.place_of(curve, threshold)] == (called & positive).sum()


@some
@given(rows)
def test_weights_count_as_repeated_rows(pairs: list[tuple[int, bool]]) -> None:
    values, positive = arrays(pairs)
    weights = 1.0 + np.arange(values.size) % 3
    weighted = roc.roc_curve(values, positive, weights=weights)
    often = weights.astype(int)
    repeated = roc.roc_curve(np.repeat(values, often), np.repeat(positive, often))
    assert weighted.tp.tolist() == repeated.tp.tolist()
    assert weighted.fp.tolist() == repeated.fp.tolist()


@some
@given(rows, st.sampled_from(["specificity", "sensitivity"]))
def test_the_whole_is_the_sum_of_its_parts(pairs: list[tuple[int, bool]], focus: Any) -> None:
    values, positive = arrays(pairs)
    curve = roc.roc_curve(values, positive)
    whole, corrected = roc.partial_area(curve, 0.0, focus)
    assert whole == pytest.approx(roc.area_of(curve), abs=1e-12)
    if whole < 0.5 - 1e-12:
        assert math.isnan(corrected)  # as pROC: not defined below the diagonal
    else:
        assert corrected == pytest.approx(whole, abs=1e-12)
    parts = [roc.partial_area(curve, low, focus)[0] for low in (0.3, 0.6, 0.9)]
    assert parts == sorted(parts, reverse=True)
    assert parts[0] <= whole + 1e-12


def test_a_paired_test_of_a_marker_with_itself_has_no_statistic() -> None:
    values, positive = np.array([1.0, 2, 3, 4, 5]), np.array([False, True, False, True, True])
    own = roc.placements(values, positive)
    test = roc.compare_paired(own, own)
    assert test.difference == 0
    assert math.isnan(test.statistic)
    assert math.isnan(test.p)


def test_with_equal_medians_high_values_are_positive() -> None:
    values, positive = np.array([1.0, 5, 9, 2, 5, 8]), np.arange(6) < 3
    assert roc.higher_is_positive(values, positive)  # as pROC
    assert roc.higher_is_positive(values, ~positive)
    assert not roc.higher_is_positive(-np.arange(6.0), np.arange(6) >= 3)


def test_all_cutoffs_that_tie_are_given() -> None:
    values = np.array([1.0, 2, 3, 4])
    curve = roc.roc_curve(values, np.array([False, True, False, True]))
    assert curve.threshold[roc.best(curve, "youden")].tolist() == [1.5, 3.5]


# ---------------------------------------------------------------- bootstrap


def one_sample(values: Any, positive: Any, counts: Any) -> dict[str, float]:
    """What one bootstrap sample gives, drawn out row by row."""
    often = counts.astype(int)
    x, y = np.repeat(values, often), np.repeat(positive, often)
    higher = np.median(x[~y]) <= np.median(x[y])
    curve = roc.roc_curve(x, y, higher=bool(higher))
    found = roc.best(curve, "youden")
    threshold = float(curve.threshold[found[(len(found) - 1) // 2]])

    def rates(of: Any) -> tuple[float, float]:
        called = values >= threshold if higher else values <= threshold
        with np.errstate(invalid="ignore"):
            return float(called[of & positive].mean()), float((~called)[of & ~positive].mean())

    out = rates(counts == 0)
    whole = rates(np.ones(values.size, dtype=bool))
    return {
        "threshold": threshold, "higher": float(higher), "auc": roc.area_of(curve),
        "youden": float(curve.sensitivity[found[0]] + curve.specificity[found[0]] - 1),
        "youden_original": sum(whole) - 1, "sensitivity_out": out[0], "specificity_out": out[1],
        "auc_original": roc.area_of(roc.roc_curve(values, positive, higher=bool(higher))),
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_samples_at_once_are_the_same_as_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 15 if seed % 2 else 1000, 60).astype(float)
    positive = rng.random(60) < 0.3 + values / values.max() / 4
    counts = draw_counts(rng, 60, 50)
    assert (counts.sum(axis=1) == 60).all()
    outside = (counts == 0) * 1.0
    found = resample(
        values, counts * positive, counts * ~positive, (positive * 1.0, ~positive * 1.0),
        (outside * positive, outside * ~positive), higher=True, free=True, criterion="youden",
        fixed=np.array([5.0]),
    )  # fmt: skip
    for b in range(50):
        for key, value in one_sample(values, positive, counts[b]).items():
            assert float(getattr(found, key)[b]) == pytest.approx(value, abs=1e-12), key
        x = np.repeat(values, counts[b].astype(int)) >= 5
        y = np.repeat(positive, counts[b].astype(int))
        assert found.sensitivity_at[b, 0] == pytest.approx(x[y].mean())
        assert found.specificity_at[b, 0] == pytest.approx((~x)[~y].mean())


def test_a_sample_without_a_class_has_no_results() -> None:
    values, positive = np.array([1.0, 2, 3, 4]), np.array([True, False, False, False])
    counts = np.array([[0.0, 2, 1, 1], [1, 1, 1, 1]])
    outside = (counts == 0) * 1.0
    found = resample(
        values, counts * positive, counts * ~positive, (positive * 1.0, ~positive * 1.0),
        (outside * positive, outside * ~positive), higher=False, free=False, criterion="youden",
        fixed=np.zeros(0),
    )  # fmt: skip
    assert np.isnan([found.threshold[0], found.youden[0], found.auc[0]]).all()
    assert found.threshold[1] == 1.5


# ---------------------------------------------------------------- time


@pytest.mark.parametrize("at", [3.0, 6.5, 12.0])
def test_without_tied_times_the_area_is_that_of_scikit_survival(at: float) -> None:
    from sksurv.metrics import cumulative_dynamic_auc
    from sksurv.util import Surv

    rng = np.random.default_rng(7)
    marker = rng.integers(0, 40, 150).astype(float)
    time, event = rng.exponential(14 - marker / 5, 150), rng.random(150) < 0.6
    cases, controls = outcome_weights(time, event, at)
    curve = roc.roc_curve(marker, cases > 0, weights=cases + controls)
    survival = Surv.from_arrays(event, time)
    expected = cumulative_dynamic_auc(survival, survival, marker, [at])[0][0]
    assert roc.area_of(curve) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("place", range(len(TIED["areas"])))
def test_with_tied_times_the_area_is_that_of_risk_regression(place: int) -> None:
    """R's `Score` weighs a case by 1 / G(t-), events before censorings of the same month."""
    data = TIED["areas"][place]
    time, event = np.array(data["time"], dtype=float), np.array(data["event"]) == 1
    marker = np.array(data["marker"], dtype=float)
    for at, expected in zip(data["at"], data["auc"], strict=True):
        cases, controls = outcome_weights(time, event, at)
        curve = roc.roc_curve(marker, cases > 0, weights=cases + controls)
        assert roc.area_of(curve) == pytest.approx(expected, rel=1e-8)


def test_weights_at_tied_times_are_those_worked_out_by_hand() -> None:
    """Months 1 to 3: two events and a censoring, one of each, then two who go on."""
    time = np.array([1.0, 1, 1, 2, 2, 3, 3])
    event = np.array([True, True, False, True, False, True, False])
    cases, controls = outcome_weights(time, event, 2.0)
    # G(1-) = 1; 5 are at risk of censoring in month 1, so G(2-) = 4/5; in month 2 3, so G(2) = 8/15
    assert cases == pytest.approx([1, 1, 0, 5 / 4, 0, 0, 0])
    assert controls == pytest.approx([0, 0, 0, 0, 0, 15 / 8, 15 / 8])
    before = outcome_weights(time, event, 0.5)
    assert before[0].tolist() == [0] * 7
    assert before[1].tolist() == [1] * 7


def test_weights_of_samples_are_those_of_the_repeated_rows() -> None:
    rng = np.random.default_rng(3)
    time, event = np.ceil(rng.exponential(8, 40)), rng.random(40) < 0.5
    counts = draw_counts(rng, 40, 20)
    many = outcome_weights(time, event, 6.0, counts)
    for b in range(20):
        often = counts[b].astype(int)
        one = outcome_weights(np.repeat(time, often), np.repeat(event, often), 6.0)
        for found, wanted in zip(many, one, strict=True):
            assert found[b].sum() == pytest.approx(wanted.sum(), rel=1e-12)


def test_without_censoring_weights_are_one() -> None:
    time, event = np.array([1.0, 2, 3, 4]), np.ones(4, dtype=bool)
    cases, controls = outcome_weights(time, event, 2.0)
    assert cases.tolist() == [1, 1, 0, 0]
    assert controls.tolist() == [0, 0, 1, 1]


# ---------------------------------------------------------------- proportions, maxstat


@some
@given(st.integers(1, 200), st.integers(0, 200), st.sampled_from([0.8, 0.95, 0.99]))
def test_intervals_hold_the_proportion_and_mirror(total: int, count: int, level: float) -> None:
    assume(count <= total)
    for method in ("wilson", "clopper-pearson"):
        n, x = np.array(float(total)), np.array(float(count))
        lower, upper = proportion_limits(x, n, level, method)  # type: ignore[arg-type]  # one of the choices
        assert 0 <= lower <= count / total <= upper <= 1
        other = proportion_limits(n - x, n, level, method)  # type: ignore[arg-type]  # one of the choices
        assert float(lower) == pytest.approx(1 - float(other[1]), abs=1e-9)


def test_nothing_out_of_nothing_has_no_interval() -> None:
    for method in ("wilson", "clopper-pearson"):
        limits = proportion_limits(np.array(0.0), np.array(0.0), 0.95, method)  # type: ignore[arg-type]  # one of the choices
        assert np.isnan(limits).all()


def test_the_exact_bound_is_not_below_the_permutation_p() -> None:
    rng = np.random.default_rng(5)
    values, scores = rng.integers(0, 30, 40).astype(float), rng.normal(size=40)
    found = selected.maxstat(values, scores, 0.1, 0.9)
    assert found is not None
    bound = selected.p_hothorn_lausen(values, scores, 0.1, 0.9)
    larger = 0
    for _ in range(2000):
        drawn = selected.maxstat(values, rng.permutation(scores), 0.1, 0.9)
        assert drawn is not None
        larger += drawn.statistic > found.statistic
    assert bound > larger / 2000 - 3 * math.sqrt(0.25 / 2000)
    assert math.isnan(
        selected.p_hothorn_lausen(np.arange(201.0), np.arange(201.0), 0.1, 0.9)
    )  # too many rows to count permutations


@pytest.mark.parametrize("place", range(len(TIED["small"])))
def test_in_small_samples_p_is_never_below_that_of_r(place: int) -> None:
    """R's `maxstat` with `HL`; its own number where it is sound, as it always is with one cut."""
    data = TIED["small"][place]
    values, time = np.array(data["x"], dtype=float), np.array(data["time"], dtype=float)
    scores = selected.logrank_scores(time, np.array(data["event"]) == 1)
    p = selected.p_hothorn_lausen(values, scores, 0.1, 0.9)
    assert p >= data["p"] * (1 - 1e-12)
    if len(data["cuts"]) == 1:
        assert p == pytest.approx(data["p"], rel=1e-8)


def test_a_statistic_of_nought_has_a_p_of_one() -> None:
    values = np.array([0.0, 0, 1, 1])
    assert selected.p_hothorn_lausen(values, np.array([1.0, 3, 1, 3]), 0.1, 0.9) == (
        pytest.approx(1)
    )


def test_scores_of_halves_are_doubled_as_in_r() -> None:
    """`maxstat(c(0, .5, -.5, 0), c(1, 2, 3, 4), pmethod = "HL")` keeps the ties of the halves."""
    assert selected._whole(np.array([0, 0.5, -0.5, 0])).tolist() == [1, 2, 0, 1]
    assert selected._whole(np.array([0.0, 1, -1, 0])).tolist() == [1, 2, 0, 1]
    assert selected._whole(np.array([0, 0.3, -0.3])).tolist() == [2, 3, 0]


@pytest.mark.parametrize("case", range(60))
def test_in_small_samples_p_is_not_below_that_of_the_cut_alone(case: int) -> None:
    """A search over cut-points cannot make p smaller than the exact p of the cut it finds."""
    rng = np.random.default_rng(case)
    n = int(rng.integers(5, 9))
    values = rng.integers(0, 2 + case % 4, n) * 1.0
    scores = selected.logrank_scores(rng.integers(1, 9, n) * 1.0, rng.random(n) < 0.7)
    if np.ptp(scores) == 0:
        return
    whole = np.round((scores - scores.min()) * n / np.ptp(scores))
    found = selected.maxstat(values, whole, 0.1, 0.9)
    if found is None:
        return
    low, mean = int(found.low[found.best]), whole.mean()
    gap = abs(whole[values <= found.cutpoint].sum() - low * mean)
    alone = np.mean([abs(sum(c) - low * mean) >= gap - 1e-9 for c in combinations(whole, low)])
    assert selected.p_hothorn_lausen(values, scores, 0.1, 0.9) >= min(alone, 1) - 1e-12


@pytest.mark.parametrize("case", range(12))
def test_in_small_samples_the_bound_is_not_below_the_exact_p(case: int) -> None:
    """All orders of the scores are tried; R prints 0 for the first of these."""
    rng = np.random.default_rng(case)
    n = 8 if case == 0 else 6
    values, time, event = np.arange(n) * 1.0, np.arange(1.0, n + 1), np.ones(n, dtype=bool)
    if case:
        values = rng.integers(0, 3 + case % 4, n) * 1.0
        time, event = rng.integers(1, 9, n) + 2 * values, np.arange(n) % 5 > 0
    scores = selected.logrank_scores(time, event)
    whole = np.round((scores - scores.min()) * n / np.ptp(scores))
    found = selected.maxstat(values, whole, 0.1, 0.9)
    assert found is not None
    orders = [selected.maxstat(values, np.array(p), 0.1, 0.9) for p in permutations(whole)]
    exact = np.mean([o.statistic >= found.statistic - 1e-9 for o in orders if o is not None])
    bound = selected.p_hothorn_lausen(values, scores, 0.1, 0.9)
    assert bound > exact / 1.1 - 1e-12
    if case == 0:
        assert bound == pytest.approx(1 / 14)


@pytest.mark.slow
@pytest.mark.parametrize(("shift", "positives"), [(0.0, 60), (0.8, 60), (1.2, 40)])
def test_delongs_interval_covers_at_its_nominal_rate(shift: float, positives: int) -> None:
    from scipy.stats import norm

    rng = np.random.default_rng(20)
    positive = np.arange(160) < positives
    truth = float(norm.cdf(shift / math.sqrt(2)))
    inside = 0
    for _ in range(4000):
        values = rng.normal(size=160) + shift * positive
        lower, upper = roc.delong(values, positive).limits(0.95)
        inside += lower <= truth <= upper
    assert 0.935 < inside / 4000 < 0.96


@pytest.mark.slow
def test_the_bootstrap_interval_of_an_area_covers_at_its_nominal_rate() -> None:
    from scipy.stats import norm

    rng = np.random.default_rng(21)
    positive = np.arange(120) < 50
    truth = float(norm.cdf(0.8 / math.sqrt(2)))
    inside = 0
    for _ in range(400):
        values = rng.normal(size=120) + 0.8 * positive
        counts = draw_counts(rng, 120, 300)
        found = resample(
            values, counts * positive, counts * ~positive, (positive * 1.0, ~positive * 1.0),
            (positive * 1.0 * (counts == 0), ~positive * 1.0 * (counts == 0)), higher=True,
            free=False, criterion="youden", fixed=np.zeros(0),
        )  # fmt: skip
        lower, upper = np.quantile(found.auc, [0.025, 0.975])
        inside += lower <= truth <= upper
    assert 0.91 < inside / 400 < 0.975
