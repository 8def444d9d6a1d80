"""Tests and standardised differences: which are made, between groups, within pairs, weighted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.report import Report
from hcc2l.stats import counts
from hcc2l.stats.multiplicity import adjust
from tests.conftest import DATA, Write
from tests.reports import codes, note, rows_of

SECOND_LINE = DATA / "second_line" / "cohort.csv"
SCORE = ["age", "sex", "tumor_size_cm", "tumor_number", "child_pugh"]


def table1(**options: Any) -> Report:
    return hcc2l.table1(SECOND_LINE, **({"by": "second_line"} | options))


def names_of(report: Report) -> dict[Any, Any]:
    return {row["variable"]: row["test"] for row in report.table("tests").rows}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Report, Path]]:
    """Reports of psmatch with the cohorts that they save."""
    folder = tmp_path_factory.mktemp("matched")
    (folder / "hcc2l.toml").write_bytes((SECOND_LINE.parent / "hcc2l.toml").read_bytes())
    found = {}
    ways: dict[str, dict[str, Any]] = {
        "pairs": {}, "sets": {"ratio": 2}, "reused": {"replace": True},
        "weighted": {"weighting": "iptw"},
    }  # fmt: skip
    for name, options in ways.items():
        report = hcc2l.psmatch(SECOND_LINE, treat="lenvatinib", covariates=SCORE, **options)
        assert report.save
        path = folder / f"{name}.csv"
        path.write_text(report.save())
        found[name] = (report, path)
    return found


def test_the_usual_tests_are_those_of_psmatch(saved: dict[str, tuple[Report, Path]]) -> None:
    balance = saved["pairs"][0].table("balance").rows
    found = {row["variable"]: row for row in table1(covariates=SCORE).table("tests").rows}
    for row in balance:
        one = found[row["variable"]]
        assert (one["test"], one["p"]) == (row["test_before"], row["p_before"])


@pytest.mark.parametrize("way", ["pairs", "sets"])
def test_within_pairs_p_is_that_of_psmatch(way: str, saved: dict[str, tuple[Report, Path]]) -> None:
    report, path = saved[way]
    table = hcc2l.table1(path, by="second_line", pair="pair", covariates=SCORE)
    found = {row["variable"]: row for row in table.table("tests").rows}
    for row in report.table("balance").rows:
        one = found[row["variable"]]
        assert one["test"] == row["test_after"]
        assert one["p"] == pytest.approx(row["p_after"], rel=1e-12)


def test_weighted_differences_are_those_of_psmatch(saved: dict[str, tuple[Report, Path]]) -> None:
    report, path = saved["weighted"]
    table = hcc2l.table1(path, by="second_line", weights="weight", smd="pooled", covariates=SCORE)
    found = {row["variable"]: row["smd"] for row in table.table("tests").rows}
    for row in report.table("balance").rows:
        assert found[row["variable"]] == pytest.approx(abs(row["smd_weighted"]), abs=1e-12)
    sizes = rows_of(table, "characteristics", variable="effective_n")
    overlap = {row["group"]: row["effective_size"] for row in
               rows_of(report, "overlap", sample="weighted")}  # fmt: skip
    assert {row["group"]: row["count"] for row in sizes} == pytest.approx(overlap)
    assert set(names_of(table).values()) == {None}
    assert "no-tests" in codes(table)


def test_controls_matched_repeatedly_have_no_pair(saved: dict[str, tuple[Report, Path]]) -> None:
    with pytest.raises(AnalysisError, match="the same second_line") as error:
        hcc2l.table1(saved["reused"][1], by="second_line", pair="pair")
    assert "--weights weight" in str(error.value)


def test_tests_that_ignore_the_pairs_are_noted(saved: dict[str, tuple[Report, Path]]) -> None:
    path = saved["pairs"][1]
    alone = hcc2l.table1(path, by="second_line", covariates=["age"])
    assert "--pair pair" in note(alone, "pairs-ignored")
    mixed = hcc2l.table1(
        path, by="second_line", pair="pair", covariates=["age", "sex"], test=["sex=fisher"]
    )
    assert "tests of sex take" in note(mixed, "pairs-ignored")
    within = hcc2l.table1(path, by="second_line", pair="pair", covariates=["age"])
    assert "pairs-ignored" not in codes(within)


PAIRS = "arm,pair,x,level\n" + "".join(
    f"{arm},{pair},{x},{level}\n"
    for pair, rows in enumerate([(1, 3, "u", "v"), (2, 5, "v", "v"), (4, 4.5, "u", "u"),
                                 (7, "", "u", "v")])
    for arm, x, level in (("a", rows[0], rows[2]), ("b", rows[1], rows[3]))
)  # fmt: skip


def test_an_incomplete_pair_is_described_but_not_tested(write: Write) -> None:
    path = write("pairs.csv", PAIRS)
    report = hcc2l.table1(path, by="arm", pair="pair", covariates=["x", "level"])
    first = rows_of(report, "rows", variable="x", group="a")[0]
    assert first["denominator"] == 4
    x, level = report.table("tests").rows
    assert (x["test"], x["statistic"]) == ("wilcoxon", 0.0)  # of three negative differences
    assert (level["test"], level["statistic"]) == ("mcnemar", 2.0)
    assert "x (1)" in note(report, "incomplete-pairs")


def test_paired_t_is_that_of_the_differences(write: Write) -> None:
    path = write("pairs.csv", PAIRS)
    report = hcc2l.table1(path, by="arm", pair="pair", covariates=["x"], test=["paired-t"])
    differences = np.array([-2.0, -3.0, -0.5])
    (row,) = report.table("tests").rows
    t = differences.mean() / (differences.std(ddof=1) / np.sqrt(3))
    assert (row["statistic"], row["df"]) == (pytest.approx(t), 2)


def test_both_groups_several_times_in_a_set_are_refused(write: Write) -> None:
    path = write("sets.csv", "arm,pair,x\na,1,1.5\na,1,2.5\nb,1,3.5\nb,1,4.5\n")
    with pytest.raises(UsageError, match="several rows"):
        hcc2l.table1(path, by="arm", pair="pair", covariates=["x"])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"test": ["none"]}, {"age": None, "ecog": None}),
        ({"test": ["student"]}, {"age": "student", "ecog": "chi-square"}),
        ({"test": ["welch", "fisher"]}, {"age": "welch", "ecog": "fisher"}),
        ({"test": ["fisher", "ecog=trend"]}, {"age": "mann-whitney", "ecog": "trend"}),
        ({"test": ["none", "age=anova"]}, {"age": "anova", "ecog": None}),
        ({"by": "centre"}, {"age": "kruskal-wallis", "ecog": "chi-square"}),
    ],
)
def test_a_test_of_all_is_made_where_it_fits(
    options: dict[str, Any], expected: dict[str, str | None]
) -> None:
    assert names_of(table1(covariates=["age", "ecog"], **options)) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"test": ["age=fisher"]}, "'fisher' does not fit age"),
        ({"test": ["ecog=welch"]}, "'welch' does not fit ecog"),
        ({"test": ["ecog=chi-square-yates"]}, "which has 3 levels"),
        ({"test": ["etiology=trend"], "covariates": ["etiology"]}, "ordered"),
        ({"test": ["student"], "by": "centre"}, "fits no variable"),
        ({"test": ["wilcoxon"]}, "--pair"),
        ({"test": ["kruskal"]}, "There is no test 'kruskal'"),
        ({"test": ["sex=fisher"]}, "'sex' is not in the table"),
        ({"pair": "centre", "by": "centre"}, "Pairs are of two groups"),
    ],
)
def test_a_test_that_does_not_fit_is_refused_with_those_that_do(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError) as error:
        table1(**({"covariates": ["age", "ecog"]} | options))
    assert message in str(error.value)


def test_trend_is_that_of_r() -> None:
    """prop.trend.test(c(26, 13, 1), c(69, 54, 3))."""
    (row,) = table1(covariates=["ecog"], test=["trend"]).table("tests").rows
    assert row["statistic"] == pytest.approx(2.02012693058761, rel=1e-8)
    assert row["p"] == pytest.approx(0.155226165480844, rel=1e-8)


def test_an_exact_test_of_a_large_table_names_the_alternative(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "MOST_PARTS", 300_000)  # for the test to be quick
    rng = np.random.default_rng(1)
    rows = [f"g{rng.integers(6)},l{rng.integers(6)}" for _ in range(3000)]
    path = write("large.csv", "arm,level\n" + "\n".join(rows))
    with pytest.raises(AnalysisError, match="too long") as error:
        hcc2l.table1(path, by="arm", covariates=["level"], test=["fisher"])
    assert "--test level=chi-square" in str(error.value)


def test_p_is_adjusted_for_the_tests_of_the_table() -> None:
    report = table1(covariates=["age", "albumin", "child_pugh"], adjust="holm")
    rows = report.table("tests").rows
    p = np.array([row["p"] for row in rows], dtype=float)
    assert [row["p_adjusted"] for row in rows] == adjust(p, "holm").tolist()
    assert "many-tests" not in codes(report)
    assert {row["p_adjusted"] for row in table1(covariates=["age"]).table("tests").rows} == {None}


def test_more_groups_have_differences_of_all_pairs() -> None:
    report = table1(by="centre", covariates=["age"], smd="pooled")
    pairs = [(row["group_a"], row["group_b"]) for row in report.table("smd").rows]
    assert pairs == [("Centre 1", "Centre 2"), ("Centre 1", "Centre 3"), ("Centre 2", "Centre 3")]
    assert report.table("smd").columns
    assert not table1(covariates=["age"], smd="pooled").table("smd").columns


def test_a_difference_can_be_in_the_sd_of_the_second_group() -> None:
    (age,) = table1(covariates=["age"], smd="att").table("tests").rows
    first, second = rows_of(table1(covariates=["age"]), "rows")
    assert age["smd"] == pytest.approx(abs(first["mean"] - second["mean"]) / second["sd"])


def test_remarks_on_tests() -> None:
    report = table1()
    assert "ecog" in note(report, "small-expected")
    assert "29 tests" in note(report, "many-tests")
    assert "tiny-group" not in codes(report)
    few = table1(by="ecog", covariates=["age"])
    assert "2 (3)" in note(few, "tiny-group")


def test_options_of_a_comparison_have_no_effect_without_groups() -> None:
    report = table1(by=None, covariates=["age"], smd="pooled", test=["welch"])
    assert [t.name for t in report.tables] == ["rows", "characteristics"]
    assert codes(report).count("option-without-effect") == 2


@pytest.mark.parametrize(
    "options",
    [{"by": None, "pair": "centre"}, {"weights": "age", "pair": "centre"},
     {"weights": "age", "test": ["welch"]}],
)  # fmt: skip
def test_options_that_exclude_each_other_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        table1(**options)


def test_methods_say_what_was_done() -> None:
    report = table1(covariates=["age", "sex"], smd="pooled", adjust="holm", statistic=["mean-sd"])
    assert (
        "Continuous variables were summarised as means with standard deviations, and categorical "
        "variables as numbers and percentages." in report.methods
    )
    assert "by the Mann–Whitney and Fisher's exact tests" in report.methods
    assert "adjusted by Holm's method" in report.methods
    assert any("Yang" in reference for reference in report.references)


def test_a_group_of_five_is_not_tiny_and_nine_tests_are_not_many(write: Write) -> None:
    def remarks(n: int, variables: int) -> list[str]:
        names = [f"v{i}" for i in range(variables)]
        rows = [",".join([arm, *(f"{i}.{j}5" for j in range(variables))])
                for arm, size in (("a", n), ("b", 20)) for i in range(size)]  # fmt: skip
        path = write("few.csv", "\n".join([",".join(["arm", *names]), *rows]))
        return codes(hcc2l.table1(path, by="arm", covariates=names))

    assert ("tiny-group" in remarks(5, 2), "tiny-group" in remarks(4, 2)) == (False, True)
    assert ("many-tests" in remarks(9, 9), "many-tests" in remarks(9, 10)) == (False, True)
