"""`hcc2l table1`: weights that overflow, and what the footer says of weighted quartiles."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import hcc2l
from hcc2l.report import Report


def _weighted(folder: Path, weights: list[str]) -> Report:
    path = folder / "cohort.csv"
    rows = [f"P{i},{'AB'[i % 2]},{i * 1.3},{w}" for i, w in enumerate(weights)]
    path.write_text("id,g,x,w\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with np.errstate(all="ignore"):
        return hcc2l.table1(path, by="g", covariates=["x"], weights="w", quantile_type=2)


def test_weights_whose_squares_overflow_are_written_as_json(tmp_path: Path) -> None:
    report = _weighted(tmp_path, ["1e308", "2", "1e308", "1", "3", "1"])
    assert hcc2l.render_report(report, "json")


def test_the_footer_names_no_quantile_type_with_weights(tmp_path: Path) -> None:
    text = " ".join(hcc2l.render_report(_weighted(tmp_path, list("123123"))).split())
    assert "quartiles of the weighted distribution function" in text
    assert "SAS" not in text
