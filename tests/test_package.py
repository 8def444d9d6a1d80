"""What an installation brings: the program and its cohort, nothing that made them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]


def test_the_wheel_brings_the_cohorts_without_their_generators(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        names = {n for n in archive.namelist() if ".dist-info/" not in n}
        bundled = {n for n in names if n.startswith("hcc2l/sample_data/")}
        assert (
            archive.read("hcc2l/sample_data/chon2024/cohort.csv")
            == (ROOT / "sample_data" / "chon2024" / "cohort.csv").read_bytes()
        )
    committed = (ROOT / "sample_data").rglob("*")
    kept = {".csv", ".toml", ".json", ".md", ""}  # not generators, nor the export of the tutorial
    assert bundled == {
        f"hcc2l/{path.relative_to(ROOT)}"
        for path in committed
        if path.is_file() and path.suffix in kept
    }
    assert {f"hcc2l/sample_data/chon2024/{name}" for name in
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


@pytest.mark.slow
def test_the_wheel_of_the_source_archive_is_installed_and_runs(tmp_path: Path) -> None:
    """Beside the dependencies of this Python, without a network."""
    (archive,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with tarfile.open(archive) as source:
        source.extractall(tmp_path / "source", filter="data")
    (unpacked,) = (tmp_path / "source").iterdir()
    assert (unpacked / "tests" / "test_package.py").is_file()
    assert (unpacked / "CITATION.cff").is_file()
    (wheel,) = WheelBuilder(str(unpacked)).build(directory=str(tmp_path), versions=["standard"])
    venv.create(tmp_path / "venv", with_pip=False)
    folder = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = folder / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index",
         "--quiet", "--disable-pip-version-check", wheel],
        check=True,
    )  # fmt: skip
    dependencies = next(path for path in sys.path if path.endswith("site-packages"))
    done = subprocess.run(
        [folder / "hcc2l", "km", "--by", "child_pugh", "--json", "--quiet"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
        env={"PATH": os.defpath, "PYTHONPATH": dependencies},
    )  # fmt: skip
    assert '"schema": "hcc2l/1"' in done.stdout
    where = subprocess.run(
        [python, "-c", "import hcc2l; print(hcc2l.__file__)"],
        cwd=tmp_path, capture_output=True, text=True, check=True, env={"PATH": os.defpath},
    )  # fmt: skip
    assert where.stdout.startswith(str(tmp_path))


def test_the_citation_names_the_version_and_the_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {project['version']}\n" in citation
    assert f"\nlicense: {project['license']}\n" in citation
