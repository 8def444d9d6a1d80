"""What an installation brings: the program and its cohort, nothing that made them."""

from __future__ import annotations

import re
import tomllib
import zipfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]


def test_the_wheel_brings_the_cohorts_without_their_generators(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        names = {n for n in archive.namelist() if ".dist-info/" not in n}
        bundled = {n for n in names if n.startswith("hcc2l/sample_data/")}
        assert (
            archive.read("hcc2l/sample_data/second_line/cohort.csv")
            == (ROOT / "sample_data" / "second_line" / "cohort.csv").read_bytes()
        )
    committed = (ROOT / "sample_data").rglob("*")
    kept = {".csv", ".toml", ".json", ".md", ""}  # not generators, nor the export of the tutorial
    assert bundled == {
        f"hcc2l/{path.relative_to(ROOT)}"
        for path in committed
        if path.is_file() and path.suffix in kept
    }
    assert {f"hcc2l/sample_data/second_line/{name}" for name in
            ("adverse_events.csv", "cohort.csv", "hcc2l.toml")} <= bundled  # fmt: skip
    assert "hcc2l/py.typed" in names
    assert {n.partition("/")[0] for n in names} == {"hcc2l"}


def test_the_links_of_the_readme_hold_outside_the_repository() -> None:
    """It is also the description that an index of packages shows, where relative links break."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = dict(re.findall(r"^\[([^\]]+)\]: (.+)$", readme, re.M))
    files = project["urls"]["Homepage"] + "/blob/main/"
    assert {name: files + name for name in targets} == targets
    assert all((ROOT / name).is_file() for name in targets)
    assert set(re.findall(r"\[([\w/.-]+\.md|LICENSE)\](?!:)", readme)) == set(targets)
    assert "](" not in readme
