"""`hcc2l change`: what is compared, in whom, and how it changes with the data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hcc2l
from hcc2l.report import Report
from tests.analyses.change.cohorts import cohort
from tests.reports import rows_of

AFP = [10.0, 20, 30, 400, 800, 90, 55, 300, 1200, 700]
LATER = [12.0, 15, 35, 300, 900, 100, 40, 500, 1100, 350]


def compared(folder: Path, before: Sequence[Any], after: Sequence[Any], **options: Any) -> Report:
    path = cohort(folder, b=before, a=after)
    return hcc2l.change(path, before="b", after="a", **options)


def results_of(report: Report) -> dict[str, Any]:
    """Statistic and p of each test."""
    return {str(r["test"]): (r["statistic"], r["p"]) for r in report.table("tests").rows}


# ---------------------------------------------------------------- properties

paired = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=3, max_size=12
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("change")


@given(paired)
def test_exchanging_before_and_after_changes_signs_and_no_p(
    folder: Path, values: list[tuple[int, int]]
) -> None:
    before, after = ([v / 8 for v in side] for side in zip(*values, strict=True))
    one = compared(folder, before, after, cut="2")
    other = compared(folder, after, before, cut="2")
    row, opposite = (r.table("summary").rows[0] for r in (one, other))
    for key, mirrored in (
        ("difference", "difference"), ("lower", "upper"), ("mean_difference", "mean_difference"),
        ("mean_lower", "mean_upper"),
    ):  # fmt: skip
        if row[key] is None:
            assert opposite[mirrored] is None
        else:
            assert row[key] == pytest.approx(-float(str(opposite[mirrored])), abs=1e-12)
    for name, (_, p) in results_of(one).items():
        assert p == pytest.approx(results_of(other)[name][1])


@given(paired, st.integers(-5, 5))
def test_a_shift_of_all_values_after_is_added_to_the_difference(
    folder: Path, values: list[tuple[int, int]], shift: int
) -> None:
    change = np.array([after - before for before, after in values])
    if (change == 0).any() or (change + shift == 0).any():
        return  # unchanged patients are excluded, so the patients would differ
    before, after = (list(side) for side in zip(*values, strict=True))
    row = compared(folder, before, after).table("summary").rows[0]
    moved = compared(folder, before, [v + shift for v in after]).table("summary").rows[0]
    for key in ("difference", "mean_difference", "after_median", "after_q1"):
        if row[key] is not None:  # values of 0 and 1 are classes
            assert moved[key] is None or moved[key] == pytest.approx(float(str(row[key])) + shift)


# ---------------------------------------------------------------- numbers, scores, classes


def test_a_number_has_no_classes_without_a_cut(tmp_path: Path) -> None:
    report = compared(tmp_path, AFP, LATER)
    assert report.table("shift").rows == ()
    assert set(results_of(report)) == {"wilcoxon", "wilcoxon-uncorrected", "paired-t"}
    assert not [t for t in report.tables if t.name == "shift" and t.columns]


def test_the_statistics_are_those_of_before_less_after(tmp_path: Path) -> None:
    report = compared(tmp_path, AFP, [v - 5 for v in AFP])
    row = report.table("summary").rows[0]
    assert (row["difference"], row["mean_difference"]) == (-5, -5)
    assert results_of(report)["wilcoxon"][0] == 10 * 11 / 2  # the sum of all ranks


def test_a_score_is_compared_as_a_number_and_by_its_values(tmp_path: Path) -> None:
    report = compared(tmp_path, [5, 5, 6, 7, 6, 5], [6, 5, 8, 7, 6, 7])
    assert set(results_of(report)) == {
        "wilcoxon", "wilcoxon-uncorrected", "paired-t", "stuart-maxwell"
    }  # fmt: skip
    shift = {(r["before"], r["after"]): r["count"] for r in report.table("shift").rows}
    assert len(shift) == 16
    assert (shift["5", "6"], shift["5", "5"], shift["6", "8"], shift["8", "5"]) == (1, 1, 1, 0)
    assert len(report.table("summary").rows) == 1


def test_an_ordered_column_of_numbers_is_a_score(tmp_path: Path) -> None:
    levels = 'type = "ordered"\nlevels = ["5", "6", "7", "8"]\n'
    dictionary = f"[columns.b]\n{levels}[columns.a]\n{levels}"
    path = cohort(tmp_path, dictionary, b=[5, 5, 6, 7], a=[6, 5, 8, 7])
    row = hcc2l.change(path, before="b", after="a").table("summary").rows[0]
    assert (row["before_median"], row["after_median"]) == (5.5, 6.5)


def test_numbers_that_the_dictionary_calls_a_factor_are_classes(tmp_path: Path) -> None:
    dictionary = '[columns.b]\ntype = "factor"\n[columns.a]\ntype = "factor"\n'
    path = cohort(tmp_path, dictionary, b=[1, 1, 2, 3], a=[2, 1, 3, 3])
    report = hcc2l.change(path, before="b", after="a")
    assert set(results_of(report)) == {"stuart-maxwell"}
    assert report.table("summary").rows[0]["before_median"] is None


@pytest.mark.parametrize(
    ("before", "after", "classes"),
    [([0, 12], [1, 12], True), ([0, 13], [1, 12], False), ([0.5, 3], [1, 2], False)],
)
def test_whole_numbers_within_twelve_of_each_other_are_a_score(
    tmp_path: Path, before: list[float], after: list[float], *, classes: bool
) -> None:
    report = compared(tmp_path, before, after)
    assert bool(report.table("shift").rows) == classes


def test_no_and_yes_are_compared_by_mcnemar_alone(tmp_path: Path) -> None:
    report = compared(tmp_path, [0, 0, 0, 0, 1, 1], [1, 1, 1, 0, 1, 0])
    assert set(results_of(report)) == {"mcnemar", "mcnemar-uncorrected", "mcnemar-exact"}
    (row,) = report.table("summary").rows
    assert (row["level"], row["n"], row["test"]) == ("1", 6, "mcnemar")
    assert (row["before_count"], row["before_percent"]) == (2, pytest.approx(1 / 3))
    assert (row["after_count"], row["after_percent"]) == (4, pytest.approx(2 / 3))
    assert results_of(report)["mcnemar-uncorrected"][0] == (3 - 1) ** 2 / 4


def test_stuart_and_maxwell_is_their_quadratic_form(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    before, after = rng.choice(["A", "B", "C"], 90), rng.choice(["A", "B", "C", "C"], 90)
    report = compared(tmp_path, before, after)
    counts = np.array([r["count"] for r in report.table("shift").rows], dtype=float).reshape(3, 3)
    d = (counts.sum(axis=1) - counts.sum(axis=0))[:2]
    s = -(counts + counts.T)
    np.fill_diagonal(s, counts.sum(axis=1) + counts.sum(axis=0) - 2 * np.diag(counts))
    (row,) = report.table("tests").rows
    assert (row["test"], row["df"]) == ("stuart-maxwell", 2)
    assert row["statistic"] == pytest.approx(d @ np.linalg.solve(s[:2, :2], d), rel=1e-10)


def test_classes_keep_the_order_of_the_dictionary(tmp_path: Path) -> None:
    dictionary = '[columns.b]\nlevels = ["none", "mild", "severe"]\n'
    path = cohort(
        tmp_path, dictionary, b=["none", "mild", "none"], a=["mild", "mild", "none"]
    )  # fmt: skip
    shift = hcc2l.change(path, before="b", after="a").table("shift").rows
    assert [r["before"] for r in shift] == ["none", "none", "mild", "mild"]


def test_classes_keep_the_order_of_the_column_that_has_all_of_them(tmp_path: Path) -> None:
    dictionary = '[columns.a]\nlevels = ["none", "mild", "severe"]\n'
    path = cohort(tmp_path, dictionary, b=["none", "mild", "none"], a=["mild", "severe", "none"])
    shift = hcc2l.change(path, before="b", after="a").table("shift").rows
    assert [r["after"] for r in shift[:3]] == ["none", "mild", "severe"]


def test_a_class_that_occurs_only_after_is_compared_too(tmp_path: Path) -> None:
    report = compared(tmp_path, ["A", "A", "B", "B"], ["A", "B", "B", "C"])
    shift = {(r["before"], r["after"]): r["count"] for r in report.table("shift").rows}
    assert (shift["B", "C"], shift["C", "C"]) == (1, 0)


# ---------------------------------------------------------------- --cut


@pytest.mark.parametrize("cut", ["400", "b=400", "a=400"])
def test_a_cut_of_either_column_or_of_all_is_that_of_both(tmp_path: Path, cut: str) -> None:
    report = compared(tmp_path, AFP, LATER, cut=cut)
    shift = {(r["before"], r["after"]): r["count"] for r in report.table("shift").rows}
    assert shift == {("<400", "<400"): 5, ("<400", "≥400"): 1, ("≥400", "<400"): 2,
                     ("≥400", "≥400"): 2}  # fmt: skip
    number, classes = report.table("summary").rows
    assert (number["level"], number["test"]) == (None, "wilcoxon")
    assert (classes["level"], classes["before_count"], classes["after_count"]) == ("≥400", 4, 3)


def test_the_cut_of_a_column_comes_before_that_of_all(tmp_path: Path) -> None:
    path = cohort(tmp_path, b=AFP, a=LATER, c=AFP, d=LATER)
    report = hcc2l.change(path, before=["b", "c"], after=["a", "d"], cut=["100", "c=20,500"])
    levels = {v: [r["after"] for r in rows_of(report, "shift", variable=v)] for v in ("b", "c")}
    assert levels["b"][:2] == ["<100", "≥100"]
    assert levels["c"][:3] == ["<20", "20–<500", "≥500"]
    (row,) = rows_of(report, "summary", variable="c", test="stuart-maxwell")
    assert row["level"] is None


def test_detection_limits_lie_on_their_side_of_a_cut(tmp_path: Path) -> None:
    report = compared(tmp_path, ["<20", "20", "30"], ["20", "<20", "30"], cut="20")
    shift = {(r["before"], r["after"]): r["count"] for r in report.table("shift").rows}
    assert shift == {("<20", "<20"): 0, ("<20", "≥20"): 1, ("≥20", "<20"): 1, ("≥20", "≥20"): 1}


def test_a_cut_is_for_the_groups_too(tmp_path: Path) -> None:
    path = cohort(tmp_path, b=AFP, a=LATER, age=[40, 50, 60, 70, 80] * 2)
    report = hcc2l.change(path, before="b", after="a", by="age", cut="age=65")
    assert [r["group"] for r in report.table("summary").rows] == ["<65", "≥65"]


# ---------------------------------------------------------------- patients


def test_patients_without_a_value_are_excluded_and_named(tmp_path: Path) -> None:
    report = compared(tmp_path, [1.5, None, 3.5, 4, 5], [2, 3, None, 5, 7])
    assert [(e.reason, e.rows, e.which) for e in report.provenance.excluded] == [
        ("b missing", 1, ("P001",)), ("a missing", 1, ("P002",))
    ]  # fmt: skip
    assert (report.provenance.analysed, report.table("summary").rows[0]["n"]) == (3, 3)


def test_each_of_several_pairs_has_its_own_patients(tmp_path: Path) -> None:
    path = cohort(
        tmp_path, b=[1.5, 2, 3, None, 9], a=[2, 3, 4, 5, None], c=[1.5, None, 3, 4, None],
        d=[1, 2, 3, 4, 5],
    )  # fmt: skip
    report = hcc2l.change(path, before=["b", "c"], after=["a", "d"])
    assert [r["n"] for r in report.table("summary").rows] == [3, 3]
    assert report.provenance.analysed == 4
    assert [(e.reason, e.rows) for e in report.provenance.excluded] == [
        ("a value missing in every pair", 1)
    ]
    notes = [n.text for n in report.notes if n.code == "pair-incomplete"]
    assert notes == [
        "B: 1 row excluded from this comparison: b missing.",
        "C: 1 row excluded from this comparison: c missing.",
    ]
    named = [n.which for n in report.notes if n.code == "pair-incomplete"]
    assert named == ["P003", "P001"]


def test_pairs_with_one_column_before_have_both_names(tmp_path: Path) -> None:
    path = cohort(tmp_path, b=AFP, a=LATER, c=AFP[::-1])
    report = hcc2l.change(path, before=["b", "b"], after=["a", "c"])
    assert [r["variable"] for r in report.table("summary").rows] == ["b → a", "b → c"]
    assert len(hcc2l.change(path, before=["b", "b"], after=["a", "a"]).table("summary").rows) == 1


def test_groups_are_compared_separately_and_with_each_other(tmp_path: Path) -> None:
    arm = ["A", "B"] * 5
    path = cohort(tmp_path, b=AFP, a=LATER, arm=arm)
    report = hcc2l.change(path, before="b", after="a", by="arm")
    for group, start in (("A", 0), ("B", 1)):
        alone = compared(tmp_path, AFP[start::2], LATER[start::2]).table("summary").rows[0]
        (row,) = rows_of(report, "summary", group=group)
        assert {k: v for k, v in row.items() if k != "group" and k != "variable"} == {
            k: v for k, v in alone.items() if k != "group" and k != "variable"
        }
    (between,) = rows_of(report, "tests", group=None)
    a, b = ([x - y for x, y in zip(LATER[s::2], AFP[s::2], strict=True)] for s in (0, 1))
    assert (between["test"], between["statistic"]) == (
        "mann-whitney", sum((x > y) + (x == y) / 2 for x in a for y in b)
    )  # fmt: skip


def test_three_groups_are_compared_by_kruskal_and_wallis(tmp_path: Path) -> None:
    path = cohort(tmp_path, b=AFP, a=LATER, arm=["A", "B", "C", "A", "B"] * 2)
    (between,) = rows_of(hcc2l.change(path, before="b", after="a", by="arm"), "tests", group=None)
    assert (between["test"], between["df"]) == ("kruskal-wallis", 2)


def test_a_group_without_a_pair_has_a_row_and_no_estimate(tmp_path: Path) -> None:
    path = cohort(
        tmp_path, b=[1.5, 2, 3, 4], a=[2, 3, None, None], c=[1.5, 2, 3, 4], d=[2, 2, 3, 5],
        arm=["A", "A", "B", "B"],
    )  # fmt: skip
    report = hcc2l.change(path, before=["b", "c"], after=["a", "d"], by="arm")
    (row,) = rows_of(report, "summary", variable="b", group="B")
    assert (row["n"], row["difference"], row["before_median"], row["p"]) == (0, None, None, None)
    assert rows_of(report, "tests", variable="b", group="B") == []
    (between,) = rows_of(report, "tests", variable="b", group=None)
    assert between["p"] is None


def test_a_derived_column_can_be_compared(tmp_path: Path) -> None:
    dictionary = '[derived.twice]\nratio = ["a", "b"]\n'
    path = cohort(tmp_path, dictionary, b=[1.5, 2, 4], a=[3, 4, 8], c=[2.5, 1, 3])
    row = hcc2l.change(path, before="twice", after="c").table("summary").rows[0]
    assert (row["variable"], row["before_median"]) == ("twice", 2)


@pytest.mark.parametrize("first", [10.1, 1000.1])
def test_constant_differences_have_no_t_test(tmp_path: Path, first: float) -> None:
    before = [first, 10.3, 9.6, 8.0, 7.7, 1.1]
    report = compared(tmp_path, before, [round(v + 0.1, 1) for v in before])
    row = report.table("summary").rows[0]
    assert row["difference"] == pytest.approx(0.1)
    assert (row["mean_lower"], results_of(report)["paired-t"]) == (None, (None, None))


def test_a_group_of_one_patient_has_no_t_test_and_json_is_written(tmp_path: Path) -> None:
    path = cohort(tmp_path, arm=["x", "y", "y", "y"], b=[1.5, 2.5, 3.5, 9.25], a=[2, 3, 3.75, 8])
    report = hcc2l.change(path, before="b", after="a", by="arm")
    (row,) = (
        row for row in report.table("tests").rows
        if row["group"] == "x" and row["test"] == "paired-t"
    )  # fmt: skip
    assert (row["statistic"], row["df"], row["p"]) == (None, None, None)
    assert '"df"' in hcc2l.render_report(report, "json")


def test_values_whose_differences_overflow_are_written_as_json(tmp_path: Path) -> None:
    with np.errstate(all="ignore"):
        report = compared(tmp_path, [1e308, -1e308, 1.5, 2.5], [-1e308, 1e308, 3.0, 1.0])
    assert report.table("summary").rows[0]["difference"] is None
    assert hcc2l.render_report(report, "json")
