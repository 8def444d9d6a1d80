"""The notes of `hcc2l change`: when they appear, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.report import Report
from tests.analyses.change.cohorts import cohort
from tests.reports import codes, note

N = 40
BEFORE = [100.5 + 7 * i for i in range(N)]
AFTER = [v + (-1) ** i * (i + 1) for i, v in enumerate(BEFORE)]


def compared(
    folder: Path, before: Sequence[Any] = BEFORE, after: Sequence[Any] = AFTER, **options: Any
) -> Report:
    columns = options.pop("columns", {})
    path = cohort(folder, options.pop("dictionary", ""), b=before, a=after, **columns)
    return hcc2l.change(path, before="b", after="a", **options)


def test_nothing_is_remarked_of_complete_pairs_that_change(tmp_path: Path) -> None:
    assert codes(compared(tmp_path)) == ["id-recognised"]


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        (range(0, 32, 8), False),  # four patients
        (range(0, 40, 8), False),  # an eighth, with all values before
        (range(0, 40, 5), True),  # a fifth
        (range(5), True),  # an eighth, the lowest
        (range(35, 40), True),  # the highest
    ],
)
def test_patients_who_are_not_measured_later_are_reported(
    tmp_path: Path, missing: Sequence[int], *, told: bool
) -> None:
    after = [None if i in missing else v for i, v in enumerate(AFTER)]
    assert ("not-measured-later" in codes(compared(tmp_path, after=after))) == told


def test_the_note_has_the_medians_of_those_lost_and_of_those_analysed(tmp_path: Path) -> None:
    after = [None if i < 10 else v for i, v in enumerate(AFTER)]
    text = note(compared(tmp_path, after=after), "not-measured-later")
    assert "B, 10 of 40 (25.0%), whose median before was 132, and 272 in those analysed" in text


def test_patients_who_are_not_selected_are_not_lost(tmp_path: Path) -> None:
    after = [None if i < 10 else v for i, v in enumerate(AFTER)]
    report = compared(tmp_path, after=after, where="x==1", columns={"x": [0] * 10 + [1] * 30})
    assert "not-measured-later" not in codes(report)


def test_classes_are_lost_too(tmp_path: Path) -> None:
    before = ["A", "B"] * 20
    after = [None if i % 4 == 0 else v for i, v in enumerate(before)]
    text = note(compared(tmp_path, before, after), "not-measured-later")
    assert "B, 10 of 40 (25.0%). Only" in text


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"where": "b>=200"}, True), ({"where": "b present"}, False),
        ({"where": "a>=200"}, False), ({"by": "b@200"}, True), ({}, False),
    ],
)  # fmt: skip
def test_patients_chosen_by_their_value_before_regress_to_the_mean(
    tmp_path: Path, options: dict[str, Any], *, told: bool
) -> None:
    assert ("regression-to-the-mean" in codes(compared(tmp_path, **options))) == told


@pytest.mark.parametrize(("unchanged", "told"), [(19, False), (20, True)])
def test_half_of_the_patients_unchanged(tmp_path: Path, unchanged: int, *, told: bool) -> None:
    report = compared(tmp_path, after=BEFORE[:unchanged] + AFTER[unchanged:])
    assert ("unchanged" in codes(report)) == told
    if told:
        assert "20 of 40 patients have the same value" in note(report, "unchanged")


def test_a_copy_of_the_column_before(tmp_path: Path) -> None:
    report = compared(tmp_path, after=BEFORE)
    assert "a is not a copy of b" in note(report, "unchanged")
    assert "few-changed" not in codes(report)
    row = report.table("summary").rows[0]
    assert (row["difference"], row["lower"], row["p"]) == (0, None, 1)


@pytest.mark.parametrize(("n", "told"), [(5, True), (6, False)])
def test_few_changed(tmp_path: Path, n: int, *, told: bool) -> None:
    report = compared(tmp_path, BEFORE[: n + 1], [BEFORE[0], *AFTER[1 : n + 1]])
    assert ("few-changed" in codes(report)) == told
    if told:
        assert f"B ({n})" in note(report, "few-changed")


def test_a_group_without_a_pair_is_named(tmp_path: Path) -> None:
    columns = {"c": BEFORE, "d": AFTER, "b": BEFORE, "a": [None] * 20 + AFTER[20:],
               "arm": ["A"] * 20 + ["B"] * 20}  # fmt: skip
    path = cohort(tmp_path, **columns)
    report = hcc2l.change(path, before=["b", "c"], after=["a", "d"], by="arm")
    assert note(report, "few-changed").startswith("Fewer than 6 patients with a change: B in A (0)")


@pytest.mark.parametrize(("discordant", "told"), [(0, False), (1, True), (24, True), (25, False)])
def test_few_discordant_pairs_have_the_exact_test(
    tmp_path: Path, discordant: int, *, told: bool
) -> None:
    report = compared(tmp_path, [0] * N, [1] * discordant + [0] * (N - discordant))
    assert ("few-discordant" in codes(report)) == told
    if discordant == 1:
        assert note(report, "few-discordant").endswith("Exact McNemar test: B (1; p > 0.999).")


def test_columns_the_wrong_way_round(tmp_path: Path) -> None:
    dictionary = '[columns.b]\nrole = "post-baseline"\n[columns.a]\nrole = "baseline"\n'
    text = note(compared(tmp_path, dictionary=dictionary), "order")
    assert text.endswith("use --before a --after b.")
    both = dictionary.replace('"baseline"', '"post-baseline"')
    assert "order" not in codes(compared(tmp_path, dictionary=both))
    other = dictionary.replace("columns.a", "columns.x").replace("columns.b", "columns.a")
    report = compared(tmp_path, dictionary=other.replace("columns.x", "columns.b"))
    assert "order" not in codes(report)


def test_p_within_groups_does_not_compare_them(tmp_path: Path) -> None:
    arm = {"columns": {"arm": ["A", "B"] * 20}}
    assert "within-groups" in codes(compared(tmp_path, by="arm", **arm))
    assert "within-groups" not in codes(compared(tmp_path, **arm))
    report = compared(tmp_path, by="arm", where="arm==A", **arm)
    assert "within-groups" not in codes(report)
