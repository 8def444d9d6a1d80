"""What the figure of `hcc2l change` shows is what the tables say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.report import Report
from tests.analyses.change.cohorts import cohort

COLUMNS: dict[str, Any] = {
    "afp": [10.0, 200, 300, 400, 5000, 9000], "afp_later": [90, 150, 350, 300, 450, 1600],
    "score": [5, 5, 5, 6, 6, 7], "score_later": [6, 6, 5, 6, 5, 9],
    "grade": list("ABABAB"), "grade_later": list("AABBAB"), "arm": list("xyxyxy"),
}  # fmt: skip


def drawn(folder: Path, dictionary: str = "", **options: Any) -> tuple[Report, Any]:
    columns = COLUMNS | options.pop("columns", {})
    report = hcc2l.change(cohort(folder, dictionary, **columns), **options)
    assert report.draw is not None
    return report, report.draw()


def test_patients_with_the_same_values_make_one_line(tmp_path: Path) -> None:
    _, figure = drawn(tmp_path, before="score", after="score_later")
    (lines,) = figure.lines
    assert list(zip(lines.before, lines.after, lines.n, strict=True)) == [
        (5, 5, 1), (5, 6, 2), (6, 5, 1), (6, 6, 1), (7, 9, 1)
    ]  # fmt: skip


def test_boxes_have_the_quartiles_of_the_table(tmp_path: Path) -> None:
    report, figure = drawn(tmp_path, before="afp", after="afp_later")
    row = report.table("summary").rows[0]
    assert [box.time for box in figure.boxes] == ["before", "after"]
    for box in figure.boxes:
        expected = [row[f"{box.time}_{key}"] for key in ("q1", "median", "q3")]
        assert [box.q1, box.median, box.q3] == expected


@pytest.mark.parametrize(("last", "high"), [(8.5, 8.5), (8.6, 5)])
def test_whiskers_end_within_one_and_a_half_interquartile_ranges(
    tmp_path: Path, last: float, high: float
) -> None:
    values = [1.0, 2, 3, 4, 5, last]  # quartiles 2.25 and 4.75
    _, figure = drawn(tmp_path, before="b", after="a", columns={"b": values, "a": values})
    assert (figure.boxes[0].low, figure.boxes[0].high) == (1, high)


def test_whiskers_of_a_logarithmic_axis_are_those_of_the_logarithms(tmp_path: Path) -> None:
    values = [1.5, 10, 20, 40, 80, 160, 320, 100000]
    _, figure = drawn(
        tmp_path, before="b", after="a",
        columns={"b": values, "a": values} | {k: [*v, None, None] for k, v in COLUMNS.items()},
    )  # fmt: skip
    box = figure.boxes[0]
    reach = (box.q3 / box.q1) ** 1.5
    assert figure.panels[0].log
    assert (box.low, box.high) == (
        min(v for v in values if v >= box.q1 / reach), max(v for v in values if v <= box.q3 * reach)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "log"),
    [([1, 50], False), ([1, 51.5], True), ([0, 1, 51.5], True), ([-1, 1, 51.5], False),
     ([0, 0], False)],
)  # fmt: skip
def test_an_axis_is_logarithmic_where_positive_values_span_a_factor_of_fifty(
    tmp_path: Path, values: list[float], *, log: bool
) -> None:
    path = cohort(tmp_path, b=[*values, 20.5], a=[20.5] * (len(values) + 1))
    report = hcc2l.change(path, before="b", after="a")
    assert report.draw is not None
    figure: Any = report.draw()
    assert figure.panels[0].log == log


def test_one_panel_has_no_title_and_its_test(tmp_path: Path) -> None:
    dictionary = '[columns.afp]\nlabel = "AFP"\nunit = "ng/mL"\n'
    _, figure = drawn(tmp_path, dictionary, before="afp", after="afp_later")
    (panel,) = figure.panels
    assert (panel.title, panel.y_label) == (None, "AFP, ng/mL")
    assert (panel.before_label, panel.after_label) == ("AFP", "AFP later")
    assert panel.annotation == "Wilcoxon signed-rank p = 0.248"


def test_at_most_three_panels_stand_in_a_row(tmp_path: Path) -> None:
    names = ["afp", "score", "b", "c"]
    columns = dict.fromkeys(("b", "c"), COLUMNS["afp"]) | {
        f"{k}_later": COLUMNS["afp_later"] for k in ("b", "c")
    }
    after = [f"{name}_later" for name in names]
    assert drawn(tmp_path, before=names, after=after, columns=columns)[1].columns == 3
    assert drawn(tmp_path, before=names[:2], after=after[:2])[1].columns == 2


def test_panels_are_told_apart_by_what_differs(tmp_path: Path) -> None:
    pairs = {"before": ["afp", "score", "grade"],
             "after": ["afp_later", "score_later", "grade_later"]}  # fmt: skip
    _, of_pairs = drawn(tmp_path, **pairs)
    assert [p.title for p in of_pairs.panels] == ["AFP", "Score"]  # classes have none
    assert [p.scale for p in of_pairs.panels] == [0, 1]
    _, both = drawn(tmp_path, **pairs, by="arm")
    assert [p.title for p in both.panels] == ["AFP, x", "AFP, y", "Score, x", "Score, y"]
    assert ([p.scale for p in both.panels], both.columns) == ([0, 0, 1, 1], 2)
    _, of_groups = drawn(tmp_path, before="afp", after="afp_later", by="arm")
    assert [p.title for p in of_groups.panels] == ["x", "y"]
    found = np.array([of_groups.lines[0].before, of_groups.lines[0].after])
    assert found.tolist() == [[10, 300, 5000], [90, 350, 450]]
