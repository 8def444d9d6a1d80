"""The tree of `hcc2l.stats.tree`: an oracle, invariances, pure noise, and the degenerate."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcc2l.stats.association import Covariate, associate, largest_of_levels, moments
from hcc2l.stats.tree import Growth, Tree, best_cut, grow, logrank_scores
from tests.reference import cases
from tests.stats import tree_oracle

LOOSE = Growth(alpha=0.5, min_split=10, min_bucket=3)


def numeric(values: Any) -> Covariate:
    return Covariate("numeric", np.asarray(values, dtype=float))


def factor(codes: Any, levels: int, kind: Any = "factor") -> Covariate:
    return Covariate(kind, np.asarray(codes, dtype=float), levels)


@st.composite
def samples(draw: Any) -> tuple[Any, Any, list[Covariate]]:
    """Times with ties, events, and one covariate of each kind."""
    n = draw(st.integers(20, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    group = random.integers(0, 4, n)
    time = np.round(random.exponential(5 + 4 * (group == 2), n), draw(st.integers(0, 2)))
    return (
        time,
        random.random(n) < 0.7,
        [numeric(np.round(random.normal(0, 2, n), 1)), factor(random.integers(0, 3, n), 3,
                                                              "ordered"), factor(group, 4)],
    )  # fmt: skip


def partition(tree: Tree) -> list[frozenset[int]]:
    """The rows of each leaf, left to right."""
    return [frozenset(np.flatnonzero(tree.rows(leaf.number)).tolist()) for leaf in tree.leaves]


@given(samples())
def test_scores_are_those_of_their_definition(sample: Any) -> None:
    time, event, _ = sample
    found = logrank_scores(time, event)
    assert found == pytest.approx(tree_oracle.scores(time.tolist(), event.tolist()), abs=1e-12)
    assert found.sum() == pytest.approx(0, abs=1e-9)


@settings(max_examples=50)
@given(samples())
def test_leaves_are_those_of_the_slow_tree(sample: Any) -> None:
    time, event, covariates = sample
    score = logrank_scores(time, event)
    found = grow(score, covariates, LOOSE)
    slow = [(c.kind, c.values, c.levels) for c in covariates]
    for node in found.nodes:
        rows = found.rows(node.number)
        if rows.sum() < LOOSE.min_split:
            continue
        for test, (kind, values, levels) in zip(node.associations, slow, strict=True):
            statistic, df = tree_oracle.quadratic_form(kind, values[rows], levels, score[rows])
            assert test.statistic == pytest.approx(statistic, rel=1e-8, abs=1e-9)
            assert test.df == df
    if all(test.criterion >= 0 for node in found.nodes for test in node.associations):
        wanted = tree_oracle.leaves(slow, score, LOOSE.alpha, LOOSE.min_split, LOOSE.min_bucket)
        assert partition(found) == wanted


def test_expectation_and_variance_are_those_of_all_permutations() -> None:
    score, x = np.array([0.3, -1.1, 0.7, 0.2, -0.4, 0.9]), np.array([1.0, 2.0, 2.0, 5.0, 0.5, 3.0])
    sums = np.array([x @ np.array(order) for order in permutations(score)])
    z = (x @ score - sums.mean()) / sums.std()
    found = associate(numeric(x), x, moments(score), "max")
    assert found.statistic == pytest.approx(abs(z), rel=1e-12)
    assert associate(numeric(x), x, moments(score), "quad").statistic == pytest.approx(z**2)


@pytest.mark.parametrize("case", cases.load("tree_more"), ids=lambda case: case["id"])
def test_the_maximum_over_many_levels_has_the_p_of_mvtnorm(case: dict[str, Any]) -> None:
    p = largest_of_levels(case["statistic"], np.array(case["counts"], dtype=float))
    assert p == pytest.approx(case["p_exact"], abs=2 * case["error"] + 1e-9)


def by_convolution(z: float, levels: int) -> float:
    """The same p for levels of equal size, from the density of a sum of truncated normals."""
    variance = 1 / levels
    edge = z * np.sqrt(variance * (1 - variance))
    grid, width = np.linspace(-edge, edge, 801, retstep=True)
    density = np.exp(-(grid**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    density[[0, -1]] /= 2
    total = density
    for _ in range(levels - 1):
        total = width * np.convolve(total, density)
    return float(1 - total[total.size // 2] * np.sqrt(2 * np.pi))


@pytest.mark.parametrize(("z", "levels"), [(2.9, 12), (3.3, 12), (2.4, 4), (4.0, 8)])
def test_the_maximum_over_many_levels_has_the_p_of_a_convolution(z: float, levels: int) -> None:
    p = largest_of_levels(z, np.full(levels, 20.0))
    assert p == pytest.approx(by_convolution(z, levels), rel=1e-3)


def test_party_gives_the_maximum_statistic_and_its_p_to_its_own_precision() -> None:
    case = cases.case("tree_more", "celltype")
    rows = cases._file("data/veteran.csv")
    names = ["squamous", "smallcell", "adeno", "large"]
    codes = np.array([names.index(r["celltype"]) for r in rows], dtype=float)
    time = np.array([float(r["time"]) for r in rows])
    score = logrank_scores(time, np.array([r["status"] == "1" for r in rows]))
    found = associate(factor(codes, 4), codes, moments(score), "max")
    assert found.statistic == pytest.approx(case["statistic"], rel=1e-12)
    assert found.p == pytest.approx(case["p_party"], abs=1e-4)


@given(st.floats(0.05, 6), st.lists(st.integers(1, 500), min_size=3, max_size=15))
def test_the_p_of_the_maximum_lies_between_its_bounds(z: float, counts: list[int]) -> None:
    p = largest_of_levels(z, np.array(counts, dtype=float))
    alone = 2 * (1 - tree_oracle.stats.norm.cdf(z))
    assert alone - 1e-9 <= p <= min(1.0, len(counts) * alone) + 1e-9


def column(values: list[float | None]) -> Any:
    return np.array([np.nan if value is None else float(value) for value in values])


@pytest.mark.parametrize("case", cases.load("tree_random"), ids=lambda case: case["seed"])
def test_random_data_end_up_where_party_puts_them(case: dict[str, Any]) -> None:
    made = {name: column(values) for name, values in case["columns"].items()}
    covariates = [numeric(made["x"]), numeric(made["z"]), factor(made["g"], case["levels"]),
                  factor(made["b"], 2), factor(made["o"], 5, "ordered"),
                  numeric(made["w"])]  # fmt: skip
    said = case["control"]
    tree = grow(
        logrank_scores(column(case["time"]), column(case["event"]) == 1),
        covariates,
        Growth(
            alpha=1 - said["mincriterion"], min_split=said["minsplit"],
            min_bucket=said["minbucket"], max_depth=said["maxdepth"] or None,
            bonferroni=said["testtype"] == "Bonferroni",
        ),
    )  # fmt: skip
    assert tree.leaf.tolist() == case["leaf"]
    for node, statistics in zip(tree.nodes, case["statistics"], strict=True):
        found = [test.statistic for test in node.associations]
        assert found == pytest.approx(statistics, rel=1e-6, abs=1e-9)


# ---------------------------------------------------------------- invariances


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    random = np.random.default_rng(seed)
    x, group = random.normal(size=120), random.integers(0, 3, 120)
    time = random.exponential(np.exp(0.7 * x + group))
    event = random.random(120) < 0.8
    before = grow(logrank_scores(time, event), [numeric(x), factor(group, 3)], Growth())
    order = random.permutation(120)
    shuffled = [numeric(x[order]), factor(group[order], 3)]
    after = grow(logrank_scores(time[order], event[order]), shuffled, Growth())
    assert partition(before) == [frozenset(order[sorted(rows)]) for rows in partition(after)]


@settings(max_examples=30)
@given(samples(), st.sampled_from([0.001, 1 / 30.4375, 12.0]))
def test_the_unit_of_time_does_not_matter(sample: Any, unit: float) -> None:
    time, event, covariates = sample
    event = event | (time == time.min())
    before = grow(logrank_scores(time + 1, event), covariates, LOOSE)
    after = grow(logrank_scores((time + 1) * unit, event), covariates, LOOSE)
    assert partition(before) == partition(after)


@settings(max_examples=30)
@given(samples())
def test_a_linear_scale_of_a_number_does_not_matter(sample: Any) -> None:
    time, event, covariates = sample
    score = logrank_scores(time, event)
    scaled = [replace(covariates[0], values=covariates[0].values * 8 + 64), *covariates[1:]]
    before, after = grow(score, covariates, LOOSE), grow(score, scaled, LOOSE)
    assert partition(before) == partition(after)


@settings(max_examples=30)
@given(samples())
def test_ordered_levels_may_be_declared_that_do_not_occur(sample: Any) -> None:
    time, event, covariates = sample
    score = logrank_scores(time, event)
    more = [covariates[0], replace(covariates[1], levels=9), replace(covariates[2], levels=9)]
    assert partition(grow(score, covariates, LOOSE)) == partition(grow(score, more, LOOSE))


@settings(max_examples=30)
@given(samples(), st.permutations(range(4)))
def test_names_of_levels_do_not_matter(sample: Any, names: list[int]) -> None:
    time, event, covariates = sample
    score = logrank_scores(time, event)
    renamed = replace(covariates[2], values=np.array(names, dtype=float)[
        covariates[2].values.astype(int)])  # fmt: skip
    before = grow(score, covariates, LOOSE)
    after = grow(score, [*covariates[:2], renamed], LOOSE)
    assert partition(before) == partition(after)


@settings(max_examples=30)
@given(samples())
def test_training_rows_are_assigned_to_their_own_leaves(sample: Any) -> None:
    time, event, covariates = sample
    gaps = [replace(c, values=np.where(np.arange(time.size) % 7 == i, np.nan, c.values))
            for i, c in enumerate(covariates)]  # fmt: skip
    tree = grow(logrank_scores(time, event), gaps, LOOSE)
    assert tree.assign([c.values for c in gaps]).tolist() == tree.leaf.tolist()


@settings(max_examples=30)
@given(samples())
def test_rows_of_a_node_are_those_of_its_children(sample: Any) -> None:
    time, event, covariates = sample
    tree = grow(logrank_scores(time, event), covariates, LOOSE)
    for node in tree.nodes:
        assert tree.rows(node.number).sum() == node.n
        if node.left is not None and node.right is not None:
            both = tree.rows(node.left) | tree.rows(node.right)
            assert (both == tree.rows(node.number)).all()
            assert tree.nodes[node.left - 1].n + tree.nodes[node.right - 1].n == node.n


# ---------------------------------------------------------------- errors of the first kind


def test_pure_noise_splits_at_most_alpha_of_the_time() -> None:
    random = np.random.default_rng(20)
    split = 0
    for _ in range(400):
        n = 100
        time, event = random.exponential(10, n), random.random(n) < 0.7
        covariates = [numeric(random.normal(size=n)) for _ in range(4)]
        covariates += [factor(random.integers(0, 3, n), 3)]
        split += len(grow(logrank_scores(time, event), covariates, Growth()).nodes) > 1
    assert split <= 400 * 0.05 + 3 * np.sqrt(400 * 0.05 * 0.95)
    assert split > 0


# ---------------------------------------------------------------- the degenerate


@pytest.mark.parametrize("kind", ["numeric", "ordered", "factor"])
def test_a_constant_covariate_is_never_chosen_but_counts(kind: Any) -> None:
    random = np.random.default_rng(3)
    x = random.normal(size=80)
    score = logrank_scores(np.exp(x), np.ones(80, dtype=bool))
    constant = factor(np.zeros(80), 3, kind)
    root = grow(score, [numeric(x), constant], Growth()).nodes[0]
    assert (root.associations[1].statistic, root.associations[1].p_adjusted) == (0.0, 1.0)
    assert root.split is not None
    assert root.split.covariate == 0
    alone = grow(score, [numeric(random.permutation(x))], Growth()).nodes[0].associations[0]
    both = grow(score, [numeric(random.permutation(x)), constant], Growth())
    assert both.nodes[0].associations[1].tested
    assert alone.p_adjusted == alone.p


@pytest.mark.parametrize("n", [1, 2, 19])
def test_too_few_rows_are_one_node(n: int) -> None:
    tree = grow(logrank_scores(np.arange(n) + 1.0, np.ones(n, dtype=bool)),
                [numeric(np.arange(n))], Growth())  # fmt: skip
    assert [node.split for node in tree.nodes] == [None]
    assert tree.leaf.tolist() == [1] * n


def test_all_times_tied_are_one_node() -> None:
    tree = grow(logrank_scores(np.full(50, 6.0), np.ones(50, dtype=bool)),
                [numeric(np.arange(50)), factor(np.arange(50) % 5, 5)], Growth())  # fmt: skip
    assert len(tree.nodes) == 1


def test_the_smallest_min_split_and_min_bucket_are_allowed() -> None:
    x = np.arange(40.0)
    tree = grow(logrank_scores(x + 1, np.ones(40, dtype=bool)), [numeric(x)],
                Growth(min_split=1, min_bucket=1, alpha=0.99))  # fmt: skip
    assert sorted(np.unique(tree.leaf).tolist()) == [leaf.number for leaf in tree.leaves]


def test_missing_values_go_to_the_larger_side_and_a_tie_goes_right() -> None:
    x = np.array([0.0] * 20 + [1.0] * 30 + [np.nan] * 5)
    event = np.ones(55, dtype=bool)
    score = logrank_scores(np.where(np.isnan(x), 3, 1 + 9 * np.nan_to_num(x)), event)
    larger = grow(score, [numeric(x)], Growth(max_depth=1))
    assert larger.nodes[0].n_missing == 5
    assert [node.n for node in larger.nodes] == [55, 20, 35]
    even = grow(score[10:], [numeric(x[:20].tolist() + [1.0] * 20 + [np.nan] * 5)],
                Growth(max_depth=1))  # fmt: skip
    assert len(even.nodes) == 3
    assert even.assign([np.array([np.nan])]).tolist() == [3]


def test_max_depth_counts_levels_of_splits() -> None:
    x = np.arange(200.0)
    score = logrank_scores(x + 1, np.ones(200, dtype=bool))
    for depth in (1, 2, 3):
        tree = grow(score, [numeric(x)], Growth(max_depth=depth))
        assert max(node.depth for node in tree.nodes) == depth + 1
        assert depth < len(tree.leaves) <= 2**depth


def test_a_cut_that_makes_no_difference_is_none() -> None:
    score = moments(np.array([1.0, -1.0, 1.0, -1.0]))
    assert best_cut(np.array([1.0, 1.0, 2.0, 2.0]), score, 1) is None


def test_of_equal_cuts_the_one_whose_last_row_comes_first_wins() -> None:
    score = moments(np.array([1.0, 1.0, 0.0, 0.0, -1.0, -1.0]))
    rising, falling = np.arange(6.0), np.arange(6.0)[::-1]
    first, last = best_cut(rising, score, 2), best_cut(falling, score, 2)
    assert first is not None
    assert last is not None
    assert first[1] == last[1]  # after two rows and after four the difference is the same
    assert (first[0], last[0]) == (1.0, 3.0)


def test_of_covariates_that_divide_alike_the_first_is_taken() -> None:
    random = np.random.default_rng(8)
    code = random.integers(0, 2, 90).astype(float)
    score = logrank_scores(random.exponential(1 + 4 * code), np.ones(90, dtype=bool))
    alike = [numeric(0.1 + 0.3 * code), numeric(code), factor(1 - code, 2, "ordered")]
    for order in permutations(range(3)):
        root = grow(score, [alike[i] for i in order], Growth()).nodes[0]
        assert root.split is not None
        assert root.split.covariate == 0
        assert root.ranked() == [0, 1, 2]
