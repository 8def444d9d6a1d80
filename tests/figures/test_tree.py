"""The drawing of a tree: where things stand, what they say."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.figures import draw
from hcc2l.figures.tree import draw as draw_tree
from hcc2l.numerals import p_equation
from hcc2l.report import Report, TreeFigure, TreeNode
from tests.conftest import DATA

ENDPOINT = {"time": "os_months", "event": "death"}
MANY = ["treatment", "age", "child_pugh", "afp", "albumin", "response", "tumor_size_cm"]


def figure_of(report: Report) -> TreeFigure:
    assert report.draw is not None
    drawn = report.draw()
    assert isinstance(drawn, TreeFigure)
    return drawn


def figure(covariates: list[str], **options: Any) -> TreeFigure:
    report = hcc2l.tree(DATA / "hcc424.csv", covariates=covariates, **ENDPOINT, **options)
    return figure_of(report)


def leaves(drawn: TreeFigure) -> list[TreeNode]:
    return [node for node in drawn.nodes if not node.children]


@pytest.fixture(scope="module", params=[0.0001, 0.05, 0.3, 0.5, 0.9])
def drawn(request: Any) -> TreeFigure:
    return figure(MANY, alpha=request.param)


def places_end(picture: Any) -> float:
    return max(float(axes.get_position().x1) for axes in picture.axes[1:])


def test_every_leaf_has_a_panel_from_left_to_right_on_common_axes(drawn: TreeFigure) -> None:
    picture = draw_tree(drawn)
    panels = picture.axes[1:]
    assert len(panels) == len(leaves(drawn)) > 1
    places = [axes.get_position() for axes in panels]
    top = max(centre(text)[1] for text in picture.axes[0].texts)
    assert picture.get_figheight() - top < 0.2  # the root is at the top
    heights = {round(place.height * picture.get_figheight(), 6) for place in places}
    assert heights == {1.3}  # inches
    assert places[0].y1 * picture.get_figheight() < top  # below the splits
    margin = (1 - places_end(picture)) * picture.get_figwidth()
    assert margin == pytest.approx(0.15)  # inches right of the last leaf
    assert all(a.x1 < b.x0 for a, b in pairwise(places))
    assert len({axes.get_xlim() for axes in panels}) == 1
    assert len({axes.get_ylim() for axes in panels}) == 1
    assert len({(place.y0, place.y1) for place in places}) == 1


def test_leaves_carry_their_number_n_and_median(drawn: TreeFigure) -> None:
    texts = [text.get_text() for text in draw_tree(drawn).axes[0].texts]
    for row in leaves(drawn):
        assert f"Node {row.node}" in texts
        events = f"{row.events} event{'' if row.events == 1 else 's'}"
        median = f"median {row.median:.2f}" if row.median is not None else "median NE"
        assert any(t.startswith(f"n = {row.n}, {events}\n{median}\n(") for t in texts)


def test_the_caption_says_once_what_the_numbers_are(drawn: TreeFigure) -> None:
    texts = [text.get_text() for text in draw_tree(drawn).axes[0].texts]
    (caption,) = [" ".join(t.split()) for t in texts if t.startswith("Median (95% CI)")]
    assert caption.endswith("p is adjusted for the number of variables (Bonferroni).")
    unknown = any(row.upper is None for row in leaves(drawn))
    assert ("NE: not estimable." in caption) == unknown
    alone = draw_tree(figure(["child_pugh"], adjust="none", conf_level=0.9)).axes[0].texts
    assert any("(90% CI)" in t.get_text() and "p is not adjusted" in t.get_text() for t in alone)


def test_inner_nodes_carry_number_variable_and_p(drawn: TreeFigure) -> None:
    texts = [" ".join(text.get_text().split()) for text in draw_tree(drawn).axes[0].texts]
    inner = [node for node in drawn.nodes if node.children]
    for row in inner:
        assert f"{row.node} {row.label} {p_equation(row.p or 0)}" in texts
    conditions = [node.condition for node in drawn.nodes[1:]]
    assert {" ".join(str(c).split()) for c in conditions} <= set(texts)


def centre(text: Any) -> tuple[float, float]:
    x, y = text.get_position()
    return float(x), float(y)


def test_left_children_stand_left_with_their_condition_on_their_branch(drawn: TreeFigure) -> None:
    nodes = {node.node: node for node in drawn.nodes}
    canvas = draw_tree(drawn).axes[0]
    words = [(" ".join(t.get_text().split()), centre(t)) for t in canvas.texts]
    ends = {(line.get_xdata()[-1], line.get_ydata()[-1]) for line in canvas.lines}

    def place(number: Any) -> tuple[float, float]:
        row = nodes[number]
        label = f"Node {number}" if not row.children else (
            f"{number} {row.label} {p_equation(row.p or 0)}"
        )  # fmt: skip
        (at,) = [at for text, at in words if text == label]
        return at

    for number, row in nodes.items():
        if not row.children:
            continue
        here, left, right = map(place, (number, *row.children))
        assert left[0] < here[0] < right[0]
        assert max(left[1], right[1]) < here[1]
        for child, at in zip(row.children, (left, right), strict=True):
            condition = " ".join(str(nodes[child].condition).split())
            same = [p for text, p in words if text == condition and p[0] == at[0]]
            (label,) = [p for p in same if at[1] < p[1] < here[1]]
            assert any(x == at[0] and y < label[1] for x, y in ends)  # its branch ends at the child


def test_conditions_are_those_of_the_rules(drawn: TreeFigure) -> None:
    condition = {node.node: node.condition for node in drawn.nodes}
    for node in drawn.nodes:
        if not node.children:
            continue
        left, right = (condition[child] for child in node.children)
        if str(left).startswith("≤"):
            assert str(right) == f">{str(left)[1:]}"
        else:
            assert not set(str(left).split(" or ")) & set(str(right).split(" or "))


def test_every_leaf_shows_its_own_kaplan_meier_curve(drawn: TreeFigure) -> None:
    picture = draw_tree(drawn)
    for row, axes in zip(leaves(drawn), picture.axes[1:], strict=True):
        curve = [r for r in drawn.tables["curves"].rows if r["node"] == row.node]
        steps, *marks = axes.lines
        assert steps.get_drawstyle() == "steps-post"
        assert list(steps.get_xdata()) == [0.0, *(r["time"] for r in curve)]
        assert list(steps.get_ydata()) == [1.0, *(r["estimate"] for r in curve)]
        censored = [(r["time"], r["estimate"]) for r in curve if r["n_censor"]]
        ticks = [line for line in marks if line.get_marker() == "|"]
        drawn_ticks = [p for t in ticks for p in zip(t.get_xdata(), t.get_ydata(), strict=True)]
        assert drawn_ticks == censored
        dashed = [line for line in marks if line.get_marker() != "|"]
        if row.median is None:
            assert not dashed
        else:
            (median,) = dashed
            assert list(median.get_xdata()) == [0, row.median, row.median]
            assert list(median.get_ydata()) == [0.5, 0.5, 0]
        assert axes.get_ylim()[0] == 0
        assert axes.get_xlim()[0] == 0


def test_the_curves_of_the_leaves_are_those_of_km() -> None:
    drawn = figure(["child_pugh"], max_depth=1, missing="drop")
    for row in leaves(drawn):
        condition = f"child_pugh=={row.condition}"
        report = hcc2l.km(DATA / "hcc424.csv", where=condition, curve=True, **ENDPOINT)
        expected = [(r["time"], r["estimate"], r["n_censor"]) for r in report.table("curve").rows]
        curve = [(r["time"], r["estimate"], r["n_censor"])
                 for r in drawn.tables["curves"].rows if r["node"] == row.node]  # fmt: skip
        assert curve == [point for point in expected if point[0] or point[2]]
        (group,) = report.table("groups").rows
        for key in ("n", "events", "median", "lower", "upper"):
            assert getattr(row, key) == group[key]


def test_no_two_texts_overlap(drawn: TreeFigure) -> None:
    picture = draw_tree(drawn)
    picture.canvas.draw()
    boxes = [text.get_window_extent() for text in picture.axes[0].texts if text.get_text()]
    inside = picture.bbox
    for i, box in enumerate(boxes):
        assert inside.x0 <= box.x0
        assert box.x1 <= inside.x1
        assert box.y1 <= inside.y1
        assert not any(box.shrunk(0.98, 0.9).overlaps(other) for other in boxes[:i])


def test_long_names_are_broken(tmp_path: Path) -> None:
    long = "Best response to the second line by RECIST 1.1 as read locally"
    levels = ["complete or partial response", "stable disease for six months", "progression"]
    config = tmp_path / "hcc2l.toml"
    config.write_text(f'[columns.g]\nlabel = "{long}"\nlevels = {levels!r}\n')
    rows = [f"{1 + i % 9 + 20 * (i % 3)},1,{levels[i % 3]}" for i in range(90)]
    (tmp_path / "c.csv").write_text("time,status,g\n" + "\n".join(rows) + "\n")
    cohort = hcc2l.read_cohort(tmp_path / "c.csv", config=config)
    report = hcc2l.tree(cohort, covariates=["g"])
    picture = draw_tree(figure_of(report))
    test_no_two_texts_overlap(figure_of(report))
    texts = [x.get_text() for x in picture.axes[0].texts if not x.get_text().startswith("Median")]
    assert max(len(line) for text in texts for line in text.splitlines()) < 30


def test_a_tree_of_one_node_is_one_panel() -> None:
    picture = draw_tree(figure(["age"], alpha=0.001))
    assert len(picture.axes) == 2
    assert "Node 1" in [text.get_text() for text in picture.axes[0].texts]


@pytest.mark.parametrize("format_", ["png", "svg", "pdf"])
def test_the_same_tree_gives_the_same_bytes(format_: str) -> None:
    asked = figure(["child_pugh", "afp"])
    assert draw(asked, format_) == draw(figure(["child_pugh", "afp"]), format_)


def test_numbers_at_risk_stand_under_the_ticks_of_every_leaf_on_request() -> None:
    drawn = figure(["child_pugh", "afp"], at_risk=True, xlim=24, xticks=[6], censor_ticks=False)
    picture = draw_tree(drawn)
    assert not figure(["child_pugh", "afp"]).at_risk
    for axes, at_risk in zip(picture.axes[1:], drawn.at_risk, strict=True):
        ticks = axes.get_xticks().tolist()
        written = {t.get_position()[0]: t.get_text() for t in axes.texts if t.get_text().isdigit()}
        expected = dict(zip(at_risk.time, at_risk.n_risk, strict=True))
        assert written == {t: f"{expected[t]:.0f}" for t in ticks}
        assert not [line for line in axes.lines if line.get_marker() == "|"]
        assert axes.get_xlim()[1] == pytest.approx(24 * 1.02)
    by_node = {a.node: a.n_risk[0] for a in drawn.at_risk}
    assert by_node == {leaf.node: leaf.n for leaf in leaves(drawn)}
