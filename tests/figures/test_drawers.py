"""The list of drawers: every kind of figure has one, and every drawer its tests."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from hcc2l.figures import DRAWERS
from hcc2l.report import Figure


def test_every_kind_of_figure_has_a_drawer() -> None:
    assert set(DRAWERS) == set(Figure.__subclasses__())
    for place in DRAWERS.values():
        module, _, function = place.partition(":")
        assert callable(getattr(import_module(module), function))


def test_every_module_of_drawers_has_its_tests() -> None:
    modules = {place.partition(":")[0].rpartition(".")[2] for place in DRAWERS.values()}
    tested = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert modules <= tested
