"""Drawers draw in the style of all figures, as they do when a figure is written."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib as mpl
import pytest

from hcc2l.figures.style import FigureStyle


@pytest.fixture(autouse=True)
def style_of_figures() -> Iterator[None]:
    with mpl.rc_context(FigureStyle().settings(1.0)):
        yield
