"""The log-rank family against R, a slow oracle, lifelines, and by its properties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hcc2l.stats.competing import cumulative_incidence, gray_test, incidence_at
from hcc2l.stats.kaplan_meier import kaplan_meier
from hcc2l.stats.logrank import logrank, pairwise, trend
from hcc2l.stats.multiplicity import adjust
from tests.reference import cases
from tests.stats.oracle import slow_logrank
from tests.stats.test_kaplan_meier import MORE, lung, mercaptopurine

WEIGHTS = ["logrank", "peto", "gehan", "tarone-ware", "fh"]
patients = st.lists(
    st.tuples(st.integers(1, 10), st.booleans(), st.integers(0, 2), st.integers(1, 3)),
    min_size=6,
    max_size=40,
)


def arrays(rows: Any) -> tuple[Any, Any, Any, Any]:
    return (
        np.array([float(r[0]) for r in rows]),
        np.array([r[1] for r in rows]),
        np.array([r[2] for r in rows], dtype=np.int64),
        np.array([float(r[3]) for r in rows]),
    )


def covariate(column: str) -> Any:
    return np.array([r[column] for r in cases._file("data/lung.csv")])


# The other arm of Freireich's trial; log-rank chi-square 16.79 as R's survdiff prints it.
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def freireich() -> tuple[Any, Any, Any]:
    time, event = mercaptopurine()
    group = np.repeat([0, 1], 21)
    return np.append(time, PLACEBO), np.append(event, np.ones(21, dtype=bool)), group


def test_the_oracle_gives_the_published_chi_square() -> None:
    assert round(slow_logrank(*freireich(), 2), 2) == 16.79


def test_the_published_chi_square_comes_out() -> None:
    assert round(logrank(*freireich(), 2).statistic, 2) == 16.79


@pytest.mark.parametrize("rho", MORE["fh"])
def test_fleming_harrington_agrees_with_survdiff_rho(rho: str) -> None:
    data, sex = lung(), covariate("sex").astype(int) - 1
    test = logrank(data["time"], data["event"], sex, 2, weight="fh", rho=float(rho))
    assert cases.agrees(test.statistic, MORE["fh"][rho])


def test_fractional_weights_give_the_robust_score_test_of_coxph() -> None:
    data, ecog = lung(), covariate("ph.ecog")
    known = ecog != ""
    test = logrank(
        data["time"][known], data["event"][known], ecog[known].astype(int), 4,
        case_weights=data["fraction"][known],
    )  # fmt: skip
    assert test.df == MORE["robust_logrank"]["df"]
    assert cases.agrees(test.statistic, MORE["robust_logrank"]["statistic"])


def test_whole_weights_agree_with_survdiff_on_repeated_rows() -> None:
    data, sex = lung(), covariate("sex").astype(int) - 1
    test = logrank(data["time"], data["event"], sex, 2, case_weights=data["whole"])
    assert cases.agrees(test.statistic, MORE["whole_logrank"]["statistic"])


@given(patients)
def test_the_chi_square_is_the_slow_oracles(rows: Any) -> None:
    time, event, group, _ = arrays(rows)
    test = logrank(time, event, group, 3)
    assume(np.isfinite(test.statistic))
    assert test.statistic == pytest.approx(slow_logrank(time, event, group, 3), abs=1e-8)


@given(patients, st.sampled_from(WEIGHTS))
def test_relabelling_the_groups_changes_nothing(rows: Any, weight: Any) -> None:
    time, event, group, _ = arrays(rows)
    a = logrank(time, event, group, 3, weight=weight, rho=1, gamma=1)
    b = logrank(time, event, 2 - group, 3, weight=weight, rho=1, gamma=1)
    assert a.statistic == pytest.approx(b.statistic, abs=1e-8, nan_ok=True)
    assert a.df == b.df


@given(patients, st.sampled_from(WEIGHTS))
def test_any_monotone_change_of_time_changes_nothing(rows: Any, weight: Any) -> None:
    time, event, group, _ = arrays(rows)
    a = logrank(time, event, group, 3, weight=weight, rho=0.5, gamma=0.5)
    b = logrank(time**2, event, group, 3, weight=weight, rho=0.5, gamma=0.5)
    assert a.statistic == pytest.approx(b.statistic, abs=1e-9, nan_ok=True)


@given(patients)
def test_one_stratum_is_no_stratum(rows: Any) -> None:
    time, event, group, _ = arrays(rows)
    plain = logrank(time, event, group, 3)
    one = logrank(time, event, group, 3, strata=np.zeros(time.size, dtype=np.int64))
    assert plain.statistic == pytest.approx(one.statistic, nan_ok=True)


@given(patients)
def test_strata_sum_observed_minus_expected(rows: Any) -> None:
    time, event, group, weights = arrays(rows)
    strata = weights.astype(np.int64)
    whole = logrank(time, event, group, 3, strata=strata)
    parts = [logrank(time[strata == s], event[strata == s], group[strata == s], 3)
             for s in np.unique(strata)]  # fmt: skip
    assert whole.expected == pytest.approx(sum(p.expected for p in parts))
    assert whole.variance == pytest.approx(sum(p.variance for p in parts))


@given(patients)
def test_whole_weights_are_repeated_rows(rows: Any) -> None:
    time, event, group, weights = arrays(rows)
    repeat = weights.astype(int)
    a = logrank(time, event, group, 3, case_weights=weights)
    b = logrank(np.repeat(time, repeat), np.repeat(event, repeat), np.repeat(group, repeat), 3)
    assert a.statistic == pytest.approx(b.statistic, abs=1e-9, nan_ok=True)


@given(patients, st.sampled_from(WEIGHTS))
def test_whole_weights_are_repeated_rows_in_every_stratum(rows: Any, weight: Any) -> None:
    time, event, group, weights = arrays(rows)
    strata, repeat = np.arange(time.size) % 4, weights.astype(int)
    a = logrank(time, event, group, 3, weight=weight, strata=strata, case_weights=weights)
    b = logrank(
        np.repeat(time, repeat), np.repeat(event, repeat), np.repeat(group, repeat), 3,
        weight=weight, strata=np.repeat(strata, repeat),
    )  # fmt: skip
    assert a.observed == pytest.approx(b.observed)
    assert a.expected == pytest.approx(b.expected)
    assert a.variance == pytest.approx(b.variance, abs=1e-9)
    assert a.statistic == pytest.approx(b.statistic, abs=1e-8, nan_ok=True)


@given(patients)
def test_observed_and_expected_events_balance(rows: Any) -> None:
    time, event, group, _ = arrays(rows)
    test = logrank(time, event, group, 3)
    assert test.observed.sum() == pytest.approx(event.sum())
    assert test.expected.sum() == pytest.approx(event.sum())


@given(patients)
def test_pooled_survival_lies_between_the_groups(rows: Any) -> None:
    time, event, group, _ = arrays(rows)
    assume(np.unique(group).size > 1)
    first = float(time[event].min()) if event.any() else 1.0
    pooled, parts = kaplan_meier(time, event), []
    for g in np.unique(group):
        if (time[group == g] >= first).any():
            curve = kaplan_meier(time[group == g], event[group == g])
            at = np.searchsorted(curve.time, first, side="right") - 1
            parts.append(1.0 if at < 0 else curve.survival[at])
    at = np.searchsorted(pooled.time, first, side="right") - 1
    assert min(parts) - 1e-12 <= pooled.survival[at] <= max(parts) + 1e-12


def test_a_two_group_trend_is_the_logrank_test() -> None:
    data, sex = lung(), covariate("sex").astype(int) - 1
    test = logrank(data["time"], data["event"], sex, 2)
    assert trend(test, np.array([1.0, 2.0]))[0] == pytest.approx(test.statistic)


def test_lifelines_agrees_on_the_plain_test() -> None:
    from lifelines.statistics import multivariate_logrank_test

    data, ecog = lung(), covariate("ph.ecog")
    known = ecog != ""
    group = ecog[known].astype(int)
    ours = logrank(data["time"][known], data["event"][known], group, 4)
    theirs = multivariate_logrank_test(data["time"][known], group, data["event"][known])
    assert ours.statistic == pytest.approx(theirs.test_statistic, rel=1e-9)


def test_a_pair_is_tested_on_its_own_rows_only() -> None:
    data, ecog = lung(), covariate("ph.ecog")
    known = ecog != ""
    time, event, group = data["time"][known], data["event"][known], ecog[known].astype(int)
    a, b, test = pairwise(time, event, group, 4)[1]
    assert (a, b) == (0, 2)
    rows = (group == 0) | (group == 2)
    alone = logrank(time[rows], event[rows], (group[rows] == 2).astype(np.int64), 2)
    assert test.statistic == alone.statistic


def disjoint() -> tuple[Any, Any, Any, Any, Any]:
    """Arms A and B each in a centre of its own, arm C in both."""
    rows = cases._file("data/disjw.csv")
    return (
        np.array([float(r["os_months"]) for r in rows]),
        np.array([r["death"] == "1" for r in rows]),
        np.array(["ABC".index(r["arm"]) for r in rows]),
        np.array([["c1", "c2"].index(r["centre"]) for r in rows]),
        np.array([float(r["w"]) for r in rows]),
    )


@pytest.mark.parametrize("factor", [None, 1.0, 0.37])
@pytest.mark.parametrize("weight", WEIGHTS)
def test_groups_never_at_risk_together_cannot_be_compared(weight: Any, factor: Any) -> None:
    # R: survdiff(Surv(os_months, death) ~ arm + strata(centre)) on arms A and B: exactly singular
    time, event, group, centre, whole = disjoint()
    weights = None if factor is None else factor * whole
    keep = group < 2
    test = logrank(
        time[keep], event[keep], group[keep], 2, weight=weight, rho=1, gamma=1,
        strata=centre[keep], case_weights=None if weights is None else weights[keep],
    )  # fmt: skip
    assert np.isnan(test.statistic)
    assert np.isnan(test.p)
    linked = logrank(time, event, group, 3, weight=weight, strata=centre, case_weights=weights)
    assert np.isfinite(linked.p)
    assert linked.df == 2


@pytest.mark.parametrize("factor", [None, 1.0, 0.37])
def test_a_pair_that_cannot_be_compared_is_no_comparison_of_holm(factor: Any) -> None:
    time, event, group, centre, whole = disjoint()
    weights = None if factor is None else factor * whole
    tests = pairwise(time, event, group, 3, strata=centre, case_weights=weights)
    p = np.array([test.p for _, _, test in tests])
    assert np.isnan(p).tolist() == [True, False, False]
    assert adjust(p, "holm")[1:] == pytest.approx([p[1], 2 * p[2]])


def test_pairs_within_whole_weights_and_strata_agree_with_r() -> None:
    # R: survdiff(Surv(os_months, death) ~ arm + strata(centre), rows repeated w times)$chisq
    time, event, group, centre, whole = disjoint()
    tests = pairwise(time, event, group, 3, strata=centre, case_weights=whole)
    assert [test.statistic for _, _, test in tests[1:]] == pytest.approx(
        [0.360009741833191, 13.2638346924048], rel=1e-12
    )


def test_two_pairs_of_groups_in_strata_of_their_own_have_no_common_test() -> None:
    time, event = np.tile(np.arange(1.0, 9.0), 2), np.ones(16, dtype=bool)
    group = np.repeat([0, 2], 8) + np.tile([0, 1], 8)
    strata = np.repeat([0, 1], 8)
    for weights in (None, np.ones(16), np.tile([0.5, 1.3], 8)):
        test = logrank(time, event, group, 4, strata=strata, case_weights=weights)
        assert np.isnan(test.p)
        assert test.df == 3


def test_an_event_of_everybody_at_risk_compares_nobody() -> None:
    # The groups are at risk together at time 5 alone, where all that are left have the event.
    time, group = np.array([1.0, 2.0, 5.0, 5.0, 5.0]), np.array([0, 0, 0, 1, 1])
    event = np.array([False, False, True, True, True])
    for weights in (None, np.array([2.0, 1, 3, 1, 2]), np.array([0.3, 0.7, 0.9, 1.1, 0.2])):
        assert np.isnan(logrank(time, event, group, 2, case_weights=weights).p)


@pytest.mark.parametrize("scale", [0.001, 3.1])
def test_the_scale_of_fractional_weights_does_not_matter(scale: float) -> None:
    # Weights that sum to less than 1 are as good as others.
    data, sex = lung(), covariate("sex").astype(int) - 1
    a = logrank(data["time"], data["event"], sex, 2, case_weights=data["fraction"])
    b = logrank(data["time"], data["event"], sex, 2, case_weights=data["fraction"] * scale)
    assert a.statistic == pytest.approx(b.statistic)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjusted_p_never_falls_and_keeps_its_order(values: list[float]) -> None:
    p = np.array(values)
    for method in ("holm", "bh", "bonferroni"):
        adjusted = adjust(p, method)  # type: ignore[arg-type]  # drawn from the choices
        assert np.all(adjusted >= p - 1e-15)
        assert np.all(adjusted <= 1)
        assert np.all(np.diff(adjusted[np.argsort(p, kind="stable")]) >= -1e-15)


@given(patients)
def test_incidences_of_both_causes_and_survival_sum_to_one(rows: Any) -> None:
    time, event, group, _ = arrays(rows)
    cause = np.where(event, 1 + group % 2, 0).astype(np.int64)
    total = sum(cumulative_incidence(time, cause, of).incidence for of in (1, 2))
    assert total + kaplan_meier(time, cause > 0).survival == pytest.approx(1.0)


def test_the_standard_error_of_an_incidence_changes_at_events_of_its_cause_only() -> None:
    # R: sqrt(cmprsk::timepoints(cuminc(t, cause), c(2, 5, 6, 7))$var)
    time, cause = np.arange(1.0, 9.0), np.array([1, 2, 1, 2, 2, 0, 1, 0])
    expected = {
        1: [0.125, 0.165947641183936, 0.165947641183936, 0.241010289498757],
        2: [0.126269068069026, 0.191646562462331, 0.191646562462331, 0.191646562462331],
    }
    for of, std_err in expected.items():
        found = incidence_at(cumulative_incidence(time, cause, of), (2, 5, 6, 7))
        assert [se for _, se in found] == pytest.approx(std_err, rel=1e-12)


def test_an_incidence_is_known_up_to_the_last_time_and_not_beyond() -> None:
    # R: cmprsk::timepoints(cuminc(t, cause), c(8, 8.1))$est is 0.4375, NA
    time, cause = np.arange(1.0, 9.0), np.array([1, 2, 1, 2, 2, 0, 1, 0])
    (last, _), (beyond, _) = incidence_at(cumulative_incidence(time, cause, 1), (8, 8.1))
    assert last == 0.4375
    assert np.isnan(beyond)


@given(patients)
def test_without_competing_events_incidence_is_one_minus_survival(rows: Any) -> None:
    time, event, _, _ = arrays(rows)
    curve = cumulative_incidence(time, event.astype(np.int64), 1)
    assert curve.incidence == pytest.approx(1 - kaplan_meier(time, event).survival)


@given(patients)
def test_grays_test_does_not_depend_on_the_labels(rows: Any) -> None:
    time, event, group, weights = arrays(rows)
    cause = np.where(event, 1 + weights.astype(int) % 2, 0).astype(np.int64)
    a, b = gray_test(time, cause, group, 3, 1), gray_test(time, cause, 2 - group, 3, 1)
    assert a.statistic == pytest.approx(b.statistic, rel=1e-6, abs=1e-8, nan_ok=True)
