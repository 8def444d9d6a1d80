"""A run of `hcc2l` in this process, and what none may do: the corpus and the fuzzer share it."""

from __future__ import annotations

import io
import json
import re
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from unittest import mock

import hcc2l
from hcc2l.cli._run import guarded
from hcc2l.cli.app import app

_INSTALLED = (str(Path(hcc2l.__file__).parent), sys.prefix, sys.base_prefix + "/lib")
# A raw warning of Python: "file.py:12: RuntimeWarning: …".
_RAW_WARNING = re.compile(r"\.py:\d+|\b(Runtime|User|Deprecation|Future)Warning\b")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_WRITTEN_BY = ("--out", "--plot", "--save", "--save-model", "--write-dictionary")
_TEXTS = (".json", ".csv", ".md", ".html", ".tex", ".toml", ".svg")


@dataclass(frozen=True)
class Watched:
    """What a run printed and wrote, and which rules it broke.

    Attributes
    ----------
    written
        Texts of the files that it wrote, by name.
    broken
        One sentence for each rule that it broke.
    """

    status: int
    out: str
    err: str
    written: dict[str, str]
    broken: tuple[str, ...]


def watched(words: Sequence[str], folder: Path, stdin: bytes = b"") -> Watched:
    """Run ``hcc2l WORDS`` in a folder of its own, and look at what it does."""
    before = _contents(folder)
    raised = ""
    status = 1
    with _streams(stdin) as (out, err), _temporary_files() as temporary, chdir(folder):
        with mock.patch.object(sys, "argv", ["hcc2l", *words]), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as hcc2l.cli.app.main does
            try:
                status = guarded(app)
            except SystemExit as stop:
                status = int(stop.code or 0)
            except Exception as error:
                raised = f"raised {type(error).__name__}: {error}"
        left = [p.name for p in temporary.iterdir()]
    texts = _text(out), _text(err)
    after = _contents(folder)
    new = after.keys() - before.keys()
    broken = [raised] if raised else []
    broken += [f"left {name} in the temporary folder" for name in left]
    broken += [f"changed {n!r}" for n in before if after.get(n) != before[n] and n not in words]
    failed = status == 2 or "error: " in texts[1]  # check --strict writes, and ends with 1
    broken += [f"left {n!r} behind" for n in sorted(new) if failed or not _asked(n, words)]
    broken += _broken(status, *texts)
    written = {
        name: (folder / name).read_text(encoding="utf-8", errors="replace")
        for name in new
        if name.endswith(_TEXTS)
    }
    broken += [f"{n}: no JSON" for n in written if n.endswith(".json") and not _json(written[n])]
    return Watched(status, *texts, written, tuple(broken))


def _broken(status: int, out: str, err: str) -> Iterator[str]:
    """Rules that what was printed breaks."""
    if status not in (0, 1, 2):
        yield f"exit status {status}"
    if status == 2 and out and "Usage: " not in out:  # hcc2l alone prints its help
        yield "printed a result and failed"
    if status and "error: " not in err and not out:
        yield "failed without a message"
    if "Traceback" in err + out:
        yield "printed a traceback"
    for name, text in (("output", out), ("standard error", err)):
        if _CONTROL.search(text):
            yield f"{name} has a control character"
    for path in _INSTALLED:
        if path in err:
            yield "printed a path of the installation"
    if _RAW_WARNING.search(err):
        yield "printed a warning of Python"
    if len(err) > 60_000:
        yield "printed more than 60,000 characters of messages"
    if out.startswith("{") and not _json(out):
        yield "output is no JSON"


def _json(text: str) -> bool:
    """Whether a text is JSON as every program reads it, without NaN and Infinity."""

    def refused(name: str) -> None:
        raise ValueError(name)

    try:
        json.loads(text, parse_constant=refused)
    except ValueError:
        return False
    return True


def _asked(name: str, words: Sequence[str]) -> bool:
    """Whether the command line asks for this file."""
    asked = [w for option, w in pairwise(words) if option in _WRITTEN_BY]
    asked += [w.partition("=")[2] for w in words if w.startswith(_WRITTEN_BY)]
    return any(Path(word).name == Path(name).name for word in asked)


def _contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file below a folder."""
    found = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        if not path.is_dir():
            found[str(path.relative_to(folder))] = (status.st_size, status.st_mtime_ns)
    return found


@contextmanager
def _streams(stdin: bytes) -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    """Standard streams that are no terminal."""
    given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    err.reconfigure(errors="backslashreplace")
    with mock.patch.multiple(sys, stdin=given, stdout=out, stderr=err):
        yield out, err


@contextmanager
def _temporary_files() -> Iterator[Path]:
    """A folder that is empty, in which the run makes its temporary files."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(tempfile, "tempdir", folder):
        yield Path(folder)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(errors="replace")
