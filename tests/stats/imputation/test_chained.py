"""Chained equations fill every gap with an observed value, and keep what is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats.imputation.chained import Chain, Derived, Ints, Variable, complete

METHODS = ("pmm", "logistic", "ordinal", "multinomial")


def cohort(seed: int, n: int = 60, share: float = 0.25) -> tuple[list[Variable], np.ndarray]:
    """A number and a column of each kind of categories, correlated, with gaps."""
    random = np.random.default_rng(seed)
    base = random.standard_normal((n, 2))
    variables = []
    for i, method in enumerate(METHODS):
        score = base[:, 0] * (i + 1) / 2 + random.standard_normal(n)
        levels = {"pmm": 0, "logistic": 2}.get(method, 3)
        values = score if not levels else np.digitize(score, [0.0, 1.0][: levels - 1]).astype(float)
        values[random.random(n) < share] = np.nan
        values[:levels] = np.arange(levels)  # every level occurs
        variables.append(Variable(method, method, values, levels))
    return variables, base


def values(variables: Sequence[Variable], chain: Chain) -> list[np.ndarray]:
    return [v.values[rows] for v, rows in zip(variables, chain.donors, strict=True)]


@given(seed=st.integers(0, 1000), share=st.sampled_from([0.02, 0.3, 0.8]))
@settings(max_examples=15)
def test_no_gap_is_left_and_known_values_stay(seed: int, share: float) -> None:
    variables, x = cohort(seed, n=30, share=share)
    chain = complete(variables, x, np.random.default_rng(seed), iterations=2)
    for variable, found in zip(variables, values(variables, chain), strict=True):
        known = variable.known
        assert not np.isnan(found).any()
        np.testing.assert_array_equal(found[known], variable.values[known])
        assert set(found) <= set(variable.values[known])


def test_the_same_stream_gives_the_same_set_and_another_another() -> None:
    variables, x = cohort(3)
    one, again, other = (complete(variables, x, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert all((a == b).all() for a, b in zip(one.donors, again.donors, strict=True))
    np.testing.assert_array_equal(one.means, again.means)
    assert any((a != b).any() for a, b in zip(one.donors, other.donors, strict=True))


def test_the_trace_has_the_mean_and_sd_of_the_imputed_values() -> None:
    variables, x = cohort(4)
    chain = complete(variables, x, np.random.default_rng(0), iterations=3)
    assert chain.means.shape == chain.sds.shape == (3, len(METHODS))
    for i, (variable, found) in enumerate(zip(variables, values(variables, chain), strict=True)):
        imputed = found[~variable.known]
        assert chain.means[-1, i] == pytest.approx(imputed.mean())
        assert chain.sds[-1, i] == pytest.approx(imputed.std())


def test_a_variable_without_gaps_is_never_changed() -> None:
    variables, x = cohort(5)
    full = Variable("full", "pmm", x[:, 0])
    chain = complete([*variables, full], x[:, 1:], np.random.default_rng(0), iterations=2)
    assert chain.donors[-1].tolist() == list(range(x.shape[0]))
    assert np.isnan(chain.means[:, -1]).all()


def test_imputed_values_follow_their_predictors() -> None:
    random = np.random.default_rng(1)
    x = random.standard_normal((300, 1))
    number = 3 * x[:, 0] + random.standard_normal(300)
    group = (x[:, 0] + random.logistic(0, 0.3, 300) > 0).astype(float)
    number[:80], group[100:180] = np.nan, np.nan
    variables = [Variable("number", "pmm", number), Variable("group", "logistic", group, 2)]
    chain = complete(variables, x, np.random.default_rng(2))
    first, second = values(variables, chain)
    assert np.corrcoef(first[:80], x[:80, 0])[0, 1] > 0.8
    assert np.corrcoef(second[100:180], x[100:180, 0])[0, 1] > 0.5


def test_gaps_at_random_of_an_unrelated_column_have_its_own_distribution() -> None:
    random = np.random.default_rng(7)
    known = random.gamma(2.0, 3.0, 4000)
    gappy = known.copy()
    gappy[:2000] = np.nan
    x = random.standard_normal((4000, 3))
    found = np.concatenate([
        values([v], complete([v], x, np.random.default_rng(k)))[0][:2000]
        for k, v in enumerate([Variable("x", "pmm", gappy)] * 3)
    ])  # fmt: skip
    assert found.mean() == pytest.approx(known[2000:].mean(), rel=0.05)
    assert found.std() == pytest.approx(known[2000:].std(), rel=0.05)


def test_a_derived_predictor_follows_its_parts_and_never_predicts_them() -> None:
    variables, x = cohort(9, n=80)
    seen: list[tuple[int, ...]] = []

    def double(rows: Sequence[Ints]) -> np.ndarray:
        seen.append(tuple(rows[0].tolist()))
        return 2 * variables[0].values[rows[0]][:, None]

    alone = complete(variables[:1], x, np.random.default_rng(0), iterations=3)
    with_own = complete(
        variables[:1], x, np.random.default_rng(0), iterations=3,
        derived=Derived(double, (frozenset({0}),)),
    )  # fmt: skip
    assert (alone.donors[0] == with_own.donors[0]).all()
    assert len(set(seen)) == 4  # at the start and after each iteration
    assert seen[-1] == tuple(with_own.donors[0].tolist())


def test_constant_and_collinear_predictors_are_counted() -> None:
    variables, x = cohort(11)
    same = np.column_stack([x, x[:, 0], np.ones(x.shape[0])])
    chain = complete(variables, same, np.random.default_rng(0), iterations=2)
    assert chain.dropped.tolist() == [2] * len(METHODS)
    assert not complete(variables, x, np.random.default_rng(0), iterations=2).dropped.any()
