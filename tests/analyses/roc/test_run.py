"""`hcc2l roc` as a whole: how lists are typed, and what is imported."""

from __future__ import annotations

from pathlib import Path

from tests.analyses.roc.cohorts import HCC
from tests.conftest import Run, Write


def test_markers_and_combinations_take_commas(run: Run) -> None:
    outcome = run(
        "roc", HCC, "--outcome", "primary_resistance", "--marker", "afp,alt", "--combine",
        "afp+alt", "--at-cut", "afp=20,400", "--json", "--quiet",
    )  # fmt: skip
    assert [r["marker"] for r in outcome.json["tables"]["markers"]] == ["afp", "alt", "afp+alt"]


def test_a_plain_analysis_imports_nothing_heavy(write: Write, tmp_path: Path) -> None:
    from tests.cli.test_cli import modules_after

    write("unused.csv", "")
    loaded = modules_after(
        ["roc", str(HCC), "--outcome", "primary_resistance", "--boot", "20"], tmp_path
    )
    heavy = {"scipy", "pandas", "matplotlib", "sklearn", "sksurv", "pyarrow", "lifelines"}
    assert loaded.isdisjoint(heavy)
