"""Nomograms: scales below each other, texts that do not touch."""

from __future__ import annotations

from hcc2l.figures.nomogram import draw
from hcc2l.report import NomogramFigure, NomogramScale


def test_texts_that_would_touch_stand_above_or_are_dropped() -> None:
    close = NomogramScale("Stage", (0.0, 0.5, 1.0, 100.0), ("A", "B", "C", "D"), (False,) * 4)
    points = NomogramScale("Points", (0.0, 100.0), ("0", "100"), (False, False))
    picture = draw(NomogramFigure((points, close)))
    (axes,) = picture.axes
    texts = {text.get_text(): text for text in axes.texts}
    assert "C" not in texts
    assert texts["B"].get_va() == "bottom"
    assert texts["A"].get_va() == texts["D"].get_va() == "top"


def test_a_scale_without_ticks_has_its_label_alone() -> None:
    picture = draw(NomogramFigure((NomogramScale("Risk", (), (), ()),)))
    (axes,) = picture.axes
    assert [text.get_text() for text in axes.texts] == ["Risk"]
