"""`hcc2l psmatch` as a user relies on it: the treatment, invariance, notes, files, bad input."""

from __future__ import annotations

import pytest

from hcc2l.figures import draw
from tests.analyses.psmatch.cohorts import psmatch


@pytest.mark.parametrize("which", ["love", "scores", "survival"])
@pytest.mark.parametrize("weighting", ["none", "overlap"])
def test_every_figure_is_drawn_alike_each_time(which: str, weighting: str) -> None:
    report = psmatch(which=which, weighting=weighting, endpoint="os")
    assert report.draw is not None
    first, second = (draw(report.draw(), "svg") for _ in range(2))
    assert first == second
    assert b"lenvatinib" in first or which == "love"
