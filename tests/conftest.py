"""What tests of the whole command share: a working folder, a cohort, and a way to run `hcc2l`."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from hcc2l.cli._run import guarded
from hcc2l.cli.app import app

# The same examples in every run, so that a change is judged by what it changed; make test-all
# draws new ones. No test asserts a time.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("random", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

DATA = Path(__file__).parent / "reference" / "data"
REFERENCE_FILES = tuple(sorted(path.name for path in DATA.glob("*.csv")))


@dataclass(frozen=True)
class Outcome:
    """What a run of the command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output as one JSON object."""
        assert self.status == 0, self.err
        result: dict[str, Any] = json.loads(self.out)
        return result

    def messages(self, kind: str) -> list[str]:
        """The lines on standard error that begin with `kind:`."""
        return [line for line in self.err.splitlines() if line.startswith(f"{kind}:")]


Run = Callable[..., Outcome]
Write = Callable[[str, str | bytes], Path]


class Terminal(io.TextIOWrapper):
    """A text stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder and an environment that says nothing about cohorts or terminals."""
    monkeypatch.chdir(tmp_path)
    for name in ("HCC2L_COHORT", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return tmp_path


@pytest.fixture
def frozen_cohort(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cohort that stays as it is, in the place of the bundled one, which may be made anew."""
    path = DATA / "second_line" / "cohort.csv"
    monkeypatch.setattr("hcc2l.readers.bundled_cohort", lambda: path)
    return path


@pytest.fixture
def run(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Run:  # noqa: ARG001 - is set up
    """Run `hcc2l` with arguments in the working folder: `run("km", "cohort.csv", "--json")`."""

    def call(*arguments: object, stdin: bytes = b"", terminal: bool = False) -> Outcome:
        kind = Terminal if terminal else io.TextIOWrapper
        streams = {
            "stdin": io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"),
            "stdout": kind(io.BytesIO(), encoding="utf-8", newline=""),
            "stderr": kind(io.BytesIO(), encoding="utf-8", newline=""),
        }
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["hcc2l", *map(str, arguments)])
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            try:
                status = guarded(app)
            except SystemExit as stop:
                status = int(stop.code or 0)
            texts = {}
            for name in ("stdout", "stderr"):
                streams[name].flush()
                texts[name] = streams[name].buffer.getvalue().decode()  # type: ignore[attr-defined]  # a TextIOWrapper
        return Outcome(status, texts["stdout"], texts["stderr"])

    return call


@pytest.fixture
def write(workplace: Path) -> Write:
    """Write a file into the working folder: `write("cohort.csv", text)`."""

    def to_file(name: str, content: str | bytes) -> Path:
        path = workplace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return to_file


@pytest.fixture(scope="session")
def cohort_records() -> list[dict[str, str]]:
    """The first forty patients of hcc81.csv, cells as the file has them."""
    with (DATA / "hcc81.csv").open(newline="") as file:
        return list(islice(csv.DictReader(file), 40))


@pytest.fixture
def cohort_csv(cohort_records: list[dict[str, str]], workplace: Path) -> Path:
    """These forty patients as `cohort.csv` in the working folder."""
    path = workplace / "cohort.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(cohort_records[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(cohort_records)
    return path
