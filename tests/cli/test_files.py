"""No output replaces what is being read; the files of a run are written together or not at all."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.analyses.km.run import run as run_km
from hcc2l.errors import UsageError
from hcc2l.report import Report
from tests.conftest import Outcome, Run, Write

COHORT = (
    "patient_id,time,status,arm,age\n"
    "A1,1.5,1,x,61\nA2,2.5,0,y,58\nA3,3.5,1,x,70\nA4,4,1,y,66\nA5,5,1,x,52\nA6,6,0,y,63\n"
)
MATCH = ("psmatch", "c.csv", "--treat", "x", "--control", "y", "-x", "age", "--caliper", "none")


@pytest.fixture
def cohort(write: Write) -> Path:
    return write("c.csv", COHORT)


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}


def shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A line of bash in which `hcc2l` is this one."""
    line = f'hcc2l() {{ "{sys.executable}" -m hcc2l "$@"; }}; {script}'
    return subprocess.run(
        ["bash", "-c", line], capture_output=True, encoding="utf-8", cwd=folder, check=False
    )


def refused(outcome: Outcome, *parts: str) -> None:
    assert outcome.status == 2, outcome.out + outcome.err
    assert outcome.out == ""
    (error,) = outcome.messages("error")
    for part in parts:
        assert part in error
    assert outcome.messages("hint")


# ---------------------------------------------------------------- one file by two names


@pytest.mark.parametrize("redirected", ["< c.csv", "< link.csv", "< hard.csv"])
def test_a_cohort_on_standard_input_is_not_overwritten(redirected: str, cohort: Path) -> None:
    folder = cohort.parent
    (folder / "link.csv").symlink_to("c.csv")
    (folder / "hard.csv").hardlink_to(cohort)
    for target in ("c.csv", "./c.csv", "link.csv", "hard.csv"):
        done = shell(f"hcc2l km - --out {target} {redirected}", folder)
        assert done.returncode == 2, done.stdout
        assert f"--out {target}: This would overwrite the cohort." in done.stderr
        assert cohort.read_text() == COHORT


def test_a_cohort_through_a_pipe_may_lie_beside_its_output(cohort: Path) -> None:
    done = shell("cat c.csv | hcc2l km - --out r.csv", cohort.parent)
    assert done.returncode == 0, done.stderr
    assert (cohort.parent / "r.csv").read_text().startswith("group,")


@pytest.mark.parametrize("sign", [">", ">>"])
def test_a_file_that_standard_output_goes_to_is_not_written_too(sign: str, cohort: Path) -> None:
    done = shell(f"hcc2l km c.csv --out r.md {sign} r.md", cohort.parent)
    assert done.returncode == 2
    assert "--out r.md: This would overwrite the file that standard output" in done.stderr


@pytest.mark.parametrize("target", ["c.csv", "./c.csv", "f/../c.csv", "link.csv", "hard.csv"])
@pytest.mark.parametrize("named", ["c.csv", "link.csv"])
@pytest.mark.parametrize("option", ["--out", "--save"])
def test_the_cohort_is_not_overwritten(
    option: str, named: str, target: str, cohort: Path, run: Run
) -> None:
    folder = cohort.parent
    (folder / "f").mkdir()
    (folder / "link.csv").symlink_to("c.csv")
    (folder / "hard.csv").hardlink_to(cohort)
    arguments = [named if word == "c.csv" else word for word in MATCH]
    outcome = run(*arguments, option, target)
    refused(outcome, f"{option} {target}: This would overwrite the cohort.")
    assert cohort.read_text() == COHORT


def test_a_cohort_named_by_the_environment_is_not_overwritten(
    cohort: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HCC2L_COHORT", str(cohort))
    refused(run("km", "--out", "c.csv"), "This would overwrite the cohort.")
    assert cohort.read_text() == COHORT


@pytest.mark.parametrize("folder", [".", "project"])
def test_a_cohort_named_by_the_dictionary_is_not_overwritten(
    folder: str, run: Run, write: Write
) -> None:
    cohort = write(f"{folder}/d.csv", COHORT)
    config = write(f"{folder}/hcc2l.toml", 'cohort = "d.csv"\n')
    refused(
        run("km", "--config", config, "--out", f"{folder}/d.csv"),
        "This would overwrite the cohort.",
    )
    assert cohort.read_text() == COHORT


def test_the_bundled_cohort_is_not_overwritten(run: Run, workplace: Path) -> None:
    from hcc2l.readers import bundled_cohort

    (workplace / "link.csv").symlink_to(bundled_cohort())
    before = bundled_cohort().read_bytes()
    refused(run("km", "--out", "link.csv"), "This would overwrite the cohort.")
    assert bundled_cohort().read_bytes() == before


@pytest.mark.parametrize("option", ["--out", "--plot"])
@pytest.mark.parametrize("given", [True, False], ids=["--config", "beside the cohort"])
def test_the_dictionary_is_not_overwritten(
    given: bool, option: str, cohort: Path, run: Run, write: Write
) -> None:
    text = 'title = "Mine"\n'
    path = write("mine.toml" if given else "hcc2l.toml", text)
    name = "r.svg" if option == "--plot" else "r.md"
    (cohort.parent / name).hardlink_to(path)
    config = ["--config", "mine.toml"] if given else []
    refused(
        run("km", "c.csv", *config, option, name),
        f"{option} {name}: This would overwrite the data dictionary.",
    )
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("--out", "s.csv"), ("--save", "./s.csv")),
        (("--out", "s.csv"), ("--save", "link.csv")),
        (("--out", "s.csv"), ("--save", "s.csv")),
        (("--out", "s.csv"), ("--out", "f/../s.csv")),
        (("--out", "a.md"), ("--plot", "a.svg")),
        (("--plot", "a.svg"), ("--plot", "./a.svg")),
    ],
)
def test_two_outputs_cannot_be_one_file(
    first: tuple[str, str], second: tuple[str, str], cohort: Path, run: Run
) -> None:
    folder = cohort.parent
    (folder / "f").mkdir()
    (folder / "link.csv").symlink_to("s.csv")  # leads to a file that is not there yet
    (folder / "a.md").write_text("old")
    (folder / "a.svg").hardlink_to(folder / "a.md")
    before = contents(folder)
    outcome = run(*MATCH, *first, *second)
    named = {" ".join(first), " ".join(second)}
    refused(outcome, "This is the same file as ", *named)
    assert contents(folder) == before


def test_one_file_by_two_names_is_refused_before_the_cohort_is_read(run: Run) -> None:
    outcome = run("km", "nowhere.csv", "--out", "a.md", "--out", "./a.md")
    refused(outcome, "--out ./a.md: This is the same file as --out a.md.")


# ---------------------------------------------------------------- all or none

FILES = ("--out", "r.md", "--out", "r.csv", "--plot", "r.svg")


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_when_a_file_cannot_be_put_in_place_the_others_are_put_back(
    failing: int, cohort: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = cohort.parent
    (folder / "r.md").write_text("old md")
    (folder / "r.md").chmod(0o640)
    (folder / "r.svg").write_text("old svg")
    before = contents(folder)
    really, calls = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return really(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    outcome = run("km", "c.csv", *FILES)
    refused(outcome, ("r.md", "r.csv", "r.svg")[failing - 1], "Input/output error")
    assert contents(folder) == before
    assert stat.S_IMODE((folder / "r.md").stat().st_mode) == 0o640


@pytest.mark.parametrize("without_links", [True, False])
def test_an_interrupt_between_two_files_puts_the_first_back(
    without_links: bool, cohort: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = cohort.parent
    (folder / "r.md").write_text("old md")
    before = contents(folder)
    really, calls = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return really(self, target)

    def no_link(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "replace", replace)
    if without_links:
        monkeypatch.setattr(os, "link", no_link)
    assert run("km", "c.csv", *FILES).status == 130
    assert contents(folder) == before


def test_a_folder_that_disappears_leaves_no_file(
    cohort: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = cohort.parent
    (folder / "gone").mkdir()
    before = contents(folder)

    def analyse(*arguments: Any) -> Report:
        (folder / "gone").rmdir()
        return run_km(*arguments)

    monkeypatch.setattr("hcc2l.analyses.km.run.run", analyse)
    outcome = run("km", "c.csv", "--out", "r.md", "--out", "gone/r.csv")
    refused(outcome, "gone/r.csv")
    assert contents(folder) == before


@pytest.mark.parametrize("target", ["folder.csv", "locked.csv", "pipe.csv", "nowhere/r.csv"])
def test_a_target_that_cannot_be_written_is_refused_before_the_cohort_is_read(
    target: str, run: Run, write: Write, workplace: Path
) -> None:
    (workplace / "folder.csv").mkdir()
    write("locked.csv", "mine").chmod(0o444)
    os.mkfifo(workplace / "pipe.csv")
    outcome = run("km", "nowhere.csv", "--out", "r.md", "--out", target)
    refused(outcome, f"--out {target}: ")
    assert (workplace / "locked.csv").read_text() == "mine"
    assert not (workplace / "r.md").exists()


def test_a_read_only_file_keeps_its_content_and_mode(cohort: Path, run: Run, write: Write) -> None:
    locked = write("r.md", "mine")
    locked.chmod(0o444)
    outcome = run("km", cohort, "--out", "r.md", "--out", "r.csv")
    refused(outcome, "--out r.md: This file is read-only.")
    assert locked.read_text() == "mine"
    assert stat.S_IMODE(locked.stat().st_mode) == 0o444
    assert not Path("r.csv").exists()


# ---------------------------------------------------------------- mode and links


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_a_file_that_is_replaced_keeps_its_mode(
    mode: int, cohort: Path, run: Run, write: Write
) -> None:
    path = write("r.md", "old")
    path.chmod(mode)
    assert run("km", cohort, "--out", "r.md").status == 0
    assert path.read_text().startswith("# ")
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_the_file_it_leads_to_is_written(
    there: bool, cohort: Path, run: Run, write: Write
) -> None:
    real = write("shared/r.md", "old")
    real.chmod(0o640)
    if not there:
        real.unlink()
    link = cohort.parent / "r.md"
    link.symlink_to("shared/r.md")
    assert run("km", cohort, "--out", "r.md").status == 0
    assert link.is_symlink()
    assert real.read_text().startswith("# ")
    assert (stat.S_IMODE(real.stat().st_mode) == 0o640) == there
    assert [p.name for p in real.parent.iterdir()] == ["r.md"]


def test_a_link_into_a_folder_that_is_not_there_names_that_folder(cohort: Path, run: Run) -> None:
    (cohort.parent / "r.md").symlink_to("nowhere/r.md")
    refused(run("km", cohort, "--out", "r.md"), "--out r.md: There is no folder", "nowhere")


# ---------------------------------------------------------------- the API


def test_the_figure_of_a_report_is_written_by_the_same_rules(cohort: Path, write: Write) -> None:
    report = hcc2l.km(cohort, by="arm")
    real = write("shared/r.svg", "old")
    real.chmod(0o600)
    Path("r.svg").symlink_to("shared/r.svg")
    hcc2l.plot_report(report, "r.svg")
    assert Path("r.svg").is_symlink()
    assert "<svg" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    real.chmod(0o400)
    with pytest.raises(UsageError, match="read-only"):
        hcc2l.plot_report(report, "r.svg")


# ---------------------------------------------------------------- a comparison without quotes


@pytest.mark.parametrize(
    ("typed", "name"), [("age>=60", "=60"), ("age>=60,arm", "=60,arm"), ("age >=60", "=60")]
)
def test_a_comparison_that_the_shell_took_for_a_redirection_is_told(
    typed: str, name: str, cohort: Path
) -> None:
    done = shell(f"hcc2l km c.csv --cut age=60 --quiet --by {typed}", cohort.parent)
    (told,) = [line for line in done.stderr.splitlines() if line.startswith("warning: The shell")]
    assert f"a file named {name}." in told
    assert f"'COLUMN>{name}'" in told
    assert f"COLUMN@{name[1:]}" in told


@pytest.mark.parametrize("target", ["> 60", "| cat", "> result.txt"])
def test_any_other_redirection_is_not(target: str, cohort: Path) -> None:
    (cohort.parent / "=60").touch()  # of an earlier run
    done = shell(f"hcc2l km c.csv --by age@60 {target}", cohort.parent)
    assert done.returncode == 0
    assert "The shell" not in done.stderr
