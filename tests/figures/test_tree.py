"""The drawing of a tree: where things stand, what they say."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.figures import draw
from hcc2l.figures.tree import draw as draw_tree
from hcc2l.report import Figure

DATA = Path(__file__).parents[1] / "reference" / "data"
ENDPOINT = {"time": "os_months", "event": "death"}
MANY = ["treatment", "age", "child_pugh", "afp", "albumin", "response", "tumor_size_cm"]


def figure(covariates: list[str], **options: Any) -> Figure:
    report = hcc2l.tree(DATA / "hcc424.csv", covariates=covariates, **ENDPOINT, **options)
    assert report.draw is not None
    return report.draw()


def leaves(drawn: Figure) -> list[Any]:
    return [row for row in drawn.tables["nodes"].rows if row["left"] is None]


@pytest.fixture(scope="module", params=[0.0001, 0.05, 0.3, 0.5, 0.9])
def drawn(request: Any) -> Figure:
    return figure(MANY, alpha=request.param)


def test_every_leaf_has_a_panel_from_left_to_right_on_common_axes(drawn: Figure) -> None:
    picture = draw_tree(drawn)
    panels = picture.axes[1:]
    assert len(panels) == len(leaves(drawn)) > 1
    places = [axes.get_position() for axes in panels]
    assert all(a.x1 < b.x0 for a, b in pairwise(places))
    assert len({axes.get_xlim() for axes in panels}) == 1
    assert len({axes.get_ylim() for axes in panels}) == 1
    assert len({(place.y0, place.y1) for place in places}) == 1


def test_leaves_carry_their_number_n_and_median(drawn: Figure) -> None:
    texts = [text.get_text() for text in draw_tree(drawn).axes[0].texts]
    for row in leaves(drawn):
        assert f"Node {row['node']}" in texts
        events = f"{row['events']} event{'' if row['events'] == 1 else 's'}"
        median = f"median {row['median']:.2f}" if row["median"] is not None else "median NE"
        assert any(t.startswith(f"n = {row['n']}, {events}\n{median}\n(") for t in texts)


def test_the_caption_says_once_what_the_numbers_are(drawn: Figure) -> None:
    texts = [text.get_text() for text in draw_tree(drawn).axes[0].texts]
    (caption,) = [" ".join(t.split()) for t in texts if t.startswith("Median (95% CI)")]
    assert caption.endswith("p is adjusted for the number of variables (Bonferroni).")
    unknown = any(row["upper"] is None for row in leaves(drawn))
    assert ("NE: not estimable." in caption) == unknown
    alone = draw_tree(figure(["child_pugh"], adjust="none", conf_level=0.9)).axes[0].texts
    assert any("(90% CI)" in t.get_text() and "p is not adjusted" in t.get_text() for t in alone)


def test_inner_nodes_carry_number_variable_and_p(drawn: Figure) -> None:
    texts = [" ".join(text.get_text().split()) for text in draw_tree(drawn).axes[0].texts]
    inner = [row for row in drawn.tables["nodes"].rows if row["left"] is not None]
    for row in inner:
        assert f"{row['node']} {row['label']} {row['p_text']}" in texts
    conditions = [row["condition"] for row in drawn.tables["nodes"].rows[1:]]
    assert {" ".join(str(c).split()) for c in conditions} <= set(texts)


def test_no_two_texts_overlap(drawn: Figure) -> None:
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
    assert report.draw is not None
    picture = draw_tree(report.draw())
    test_no_two_texts_overlap(report.draw())
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
