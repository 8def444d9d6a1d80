"""The tables of `hcc2l change` as readers see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.render.grid import Grid, grid, presented_tables
from hcc2l.render.options import RenderOptions
from tests.analyses.change.cohorts import cohort

COLUMNS: dict[str, Any] = {
    "afp": [100, 200, 300, 400, 500, 1000],
    "afp_later": [90, 150, 350, 300, 450, 1600],
    "ascites": ["no", "no", "no", "yes", "yes", "no"],
    "ascites_later": ["no", "yes", "yes", "yes", "no", "no"],
    "arm": ["A", "B", "A", "B", "A", "B"],
}
DICTIONARY = '[columns.afp]\nlabel = "AFP"\nunit = "ng/mL"\n'
BOTH: dict[str, Any] = {"before": ["afp", "ascites"], "after": ["afp_later", "ascites_later"]}


def shown(folder: Path, **options: Any) -> list[Grid]:
    report = hcc2l.change(cohort(folder, DICTIONARY, **COLUMNS), **options)
    return [grid(table) for table in presented_tables(report, RenderOptions())]


def test_numbers_have_medians_and_two_classes_their_share(tmp_path: Path) -> None:
    summary = shown(tmp_path, **BOTH)[0]
    assert summary.headers == (
        "Variable", "Class", "n", "Before", "After", "Difference (95% CI)",
        "Mean difference (95% CI)", "p",
    )  # fmt: skip
    assert summary.rows == (
        ("AFP, ng/mL", "", "6", "350 (225–475)", "325 (188–425)", "−10 (−100 to 600)",
         "73 (−202 to 349)", "0.832ᵃ"),
        ("Ascites", "yes", "6", "2 (33.3%)", "3 (50.0%)", "–", "–", ">0.999ᵇ"),
    )  # fmt: skip
    assert summary.footnotes[0] == "ᵃ Wilcoxon signed-rank; ᵇ McNemar."


@pytest.mark.parametrize(
    ("scale", "difference", "mean"),
    [
        (0.3, "−3 (", "22 ("),  # medians of 105 and 97.5
        (0.28, "−2.8 (", "20.5 ("),
        (0.03, "−0.3 (", "2.2 ("),  # 10.5 and 9.75
        (0.028, "−0.28 (", "2.05 ("),
    ],
)
def test_decimals_follow_the_size_of_the_values(
    tmp_path: Path, scale: float, difference: str, mean: str
) -> None:
    columns = {k: [v * scale + 1e-6 for v in COLUMNS[k]] for k in ("afp", "afp_later")}
    row = grid(hcc2l.change(cohort(tmp_path, **columns), before="afp", after="afp_later").tables[0])
    assert row.rows[0][4].startswith(difference)
    assert row.rows[0][5].startswith(mean)


def test_estimates_of_scores_have_one_decimal_and_means_two(tmp_path: Path) -> None:
    path = cohort(tmp_path, b=[5, 5, 6, 7, 6, 5, 8], a=[6, 6, 8, 7, 5, 7, 9])
    row = grid(hcc2l.change(path, before="b", after="a").tables[0]).rows[0]
    assert row[4] == "1.0 (−1.0 to 2.0)"
    assert row[5] == "0.86 (−0.13 to 1.85)"


def test_each_variable_has_its_table_of_classes(tmp_path: Path) -> None:
    _, afp, ascites = shown(tmp_path, **BOTH, cut="400")
    assert afp.title == "Classes before and after: AFP, ng/mL"
    assert afp.headers == ("Before", "After: <400", "After: ≥400")
    assert afp.rows == (("<400", "3", "0"), ("≥400", "1", "2"))
    assert ascites.title == "Classes before and after: Ascites"
    assert ascites.rows == (("no", "2", "2"), ("yes", "1", "1"))


def test_a_unit_in_the_name_is_not_printed_twice(tmp_path: Path) -> None:
    dictionary = '[columns."AFP (ng/ml)"]\nunit = "ng/mL"\n'
    columns = {"AFP (ng/ml)": COLUMNS["afp"], "AFP later": COLUMNS["afp_later"]}
    path = cohort(tmp_path, dictionary, **columns)
    report = hcc2l.change(path, before="AFP (ng/ml)", after="AFP later")
    assert grid(report.tables[0]).rows[0][0] == "AFP (ng/ml)"


def test_groups_stand_below_each_other_and_their_comparison_below_the_table(
    tmp_path: Path,
) -> None:
    summary, classes = shown(tmp_path, before="afp", after="afp_later", by="arm", cut="400")
    assert summary.title == "Before and after, by arm"
    assert [row[:4] for row in summary.rows] == [
        ("AFP, ng/mL", "", "A", "3"), ("", "", "B", "3"),
        ("", "≥400", "A", "3"), ("", "≥400", "B", "3"),
    ]  # fmt: skip
    assert summary.footnotes[2].startswith(
        "AFP, change compared between the groups: Mann–Whitney, p = "
    )
    assert classes.headers == ("Arm", "Before", "After: <400", "After: ≥400")


def test_three_classes_have_no_share(tmp_path: Path) -> None:
    columns = {"bclc": ["A", "B", "C"] * 3, "bclc_later": ["B", "C", "C"] * 3}
    report = hcc2l.change(cohort(tmp_path, **columns), before="bclc", after="bclc_later")
    assert grid(report.tables[0]).footnotes == ("p: Stuart–Maxwell.",)


def test_classes_alone_have_no_differences(tmp_path: Path) -> None:
    summary, _ = shown(tmp_path, before="ascites", after="ascites_later")
    assert summary.headers == ("Variable", "Class", "n", "Before", "After", "p")
    assert summary.footnotes == ("p: McNemar.", "n (%).")
