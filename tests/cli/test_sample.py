"""`hcc2l sample`: the bundled cohorts, listed and written."""

from __future__ import annotations

from pathlib import Path

import pytest

from hcc2l.samples import cohort_names, sample_files
from tests.conftest import Run, Write

SAMPLES = Path(__file__).parents[1] / "reference" / "samples"
FILES = ["cohort.csv", "hcc2l.toml", "study.toml"]


@pytest.fixture
def mini(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundled cohort of forty rows with a study file."""
    monkeypatch.setattr("hcc2l.samples.sample_folder", lambda: SAMPLES)
    return SAMPLES / "mini"


def test_every_cohort_is_listed_with_its_patients(run: Run) -> None:
    done = run("sample")
    assert done.status == 0
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines] == cohort_names()
    assert "126 patients  Second-line HCC after atezolizumab/bevacizumab (synthetic)" in done.out


def test_a_cohort_is_written_with_all_that_its_study_needs(
    run: Run, mini: Path, workplace: Path
) -> None:
    done = run("sample", "mini", "--into", "my study/mini")
    assert done.status == 0, done.err
    folder = workplace / "my study" / "mini"
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert all((folder / name).read_bytes() == (mini / name).read_bytes() for name in FILES)
    assert "synthetic; no row describes a person" in done.out
    assert done.out.endswith("Next: hcc2l report 'my study/mini/study.toml'\n")
    assert run("report", folder / "study.toml", "--quiet").status == 0


@pytest.mark.parametrize("name", FILES)
@pytest.mark.usefixtures("mini")
def test_no_file_is_overwritten_and_none_is_written_beside_it(
    run: Run, write: Write, workplace: Path, name: str
) -> None:
    write(f"here/{name}", "mine")
    done = run("sample", "mini", "--into", "here")
    assert done.status == 2
    assert f"error: {Path('here') / name}: This file exists" in done.err
    assert [path.read_text() for path in (workplace / "here").iterdir()] == ["mine"]


@pytest.mark.usefixtures("mini")
def test_a_link_that_leads_nowhere_is_not_written_through(run: Run, workplace: Path) -> None:
    (workplace / "cohort.csv").symlink_to(workplace / "elsewhere.csv")
    assert run("sample", "mini", "--into", ".").status == 2
    assert not (workplace / "elsewhere.csv").exists()


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (("mimi", "--into", "x"), "no bundled cohort 'mimi'", "Did you mean 'mini'?"),
        (("mini",), "mini: The folder is missing.", "hcc2l sample mini --into mini"),
        (("mini", "--into", ""), "mini: The folder is missing.", "hcc2l sample mini --into mini"),
        (("--into", "x"), "The name of a cohort is missing.", "hcc2l sample NAME --into x"),
        (("mini", "--into", "file"), "--into file: This is a file.", "Name a folder."),
        (("mini", "--into", "file/x"), "--into file/x: The folder cannot be made", "another"),
    ],
)
@pytest.mark.usefixtures("mini")
def test_what_cannot_be_written_is_told(
    run: Run, write: Write, words: tuple[str, ...], error: str, hint: str
) -> None:
    write("file", "")
    done = run("sample", *words)
    assert done.status == 2
    assert error in done.err
    assert hint in done.err


def test_the_generators_of_a_cohort_stay_behind() -> None:
    for name in cohort_names():
        assert {path.suffix for path in sample_files(name)} <= {".csv", ".toml", ".md"}


@pytest.mark.usefixtures("mini")
@pytest.mark.parametrize("words", ["sample ", "sample m", "report --study "])
def test_the_names_are_completed(run: Run, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    typed = f"hcc2l {words}"
    monkeypatch.setenv("_HCC2L_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(typed.count(" ")))
    assert run().out.split() == ["mini"]
