"""What a released version gave, later versions still give: key by key, number by number."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

ROOT = Path(__file__).parents[1]
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*.json"))
SAMPLE = ROOT / "tests" / "reference" / "data" / "second_line"


def lost(golden: Any, now: Any, place: str = "") -> Iterator[str]:
    """Where an output lacks a key or has another value; what it has gained is no loss."""
    if isinstance(golden, dict):
        for key in golden:
            if not isinstance(now, dict) or key not in now:
                yield f"{place}/{key} is missing"
            else:
                yield from lost(golden[key], now[key], f"{place}/{key}")
    elif isinstance(golden, list):
        if not isinstance(now, list) or len(golden) != len(now):
            yield f"{place} has another length"
        else:
            for i, (a, b) in enumerate(zip(golden, now, strict=True)):
                yield from lost(a, b, f"{place}/{i}")
    elif isinstance(golden, float) and isinstance(now, (int, float)):
        if not math.isclose(golden, now, rel_tol=1e-9, abs_tol=1e-12):
            yield f"{place}: {golden!r} became {now!r}"
    elif golden != now:
        yield f"{place}: {golden!r} became {now!r}"


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_released_output_has_not_changed(
    path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    golden = json.loads(path.read_text(encoding="utf-8"))
    monkeypatch.chdir(SAMPLE)
    now = run(*golden["command"].pop("argv")).json
    golden["command"].pop("version")
    golden.pop("title")  # texts for readers may change
    codes = [note["code"] for note in golden.pop("notes")]
    assert set(codes) <= {note["code"] for note in now["notes"]}
    assert list(lost(golden, now)) == []


def test_a_lost_key_another_number_and_another_row_are_found() -> None:
    golden = {"a": 1.0, "b": [1, None], "c": "x"}
    assert list(lost(golden, {**golden, "d": 2})) == []
    assert list(lost(golden, {"a": 1.0 + 1e-6, "b": [1, 0], "c": "x"})) == [
        "/a: 1.0 became 1.000001", "/b/1: None became 0",
    ]  # fmt: skip
    assert list(lost(golden, {"a": 1.0, "b": [1]})) == ["/b has another length", "/c is missing"]
