"""Input and circumstances that are hostile by accident or on purpose: each ends in one message."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hcc2l.__main__ import main, terminated
from hcc2l.files import write_files
from tests.conftest import Run, Write

ROWS = "os_months,death,g\n" + "\n".join(f"{i + 1},{i % 2},{'ab'[i % 2]}" for i in range(30)) + "\n"


def test_a_cell_that_is_too_long_is_named_by_its_line(run: Run, write: Write) -> None:
    path = write("long.csv", ROWS + f"31,1,{'x' * 140_000}\n")
    done = run("km", path, "--by", "g")
    assert done.status == 2
    assert "line 32: A cell has more than 131,072 characters" in done.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"x = {'[' * 900}{']' * 900}\n", "nested too deeply"),
        (f"[columns.afp]\ncut = [{'9' * 400}]\n", "columns.afp.cut: expected a list of numbers"),
        (f"[defaults]\nconf_level = {'9' * 400}\n", "conf_level"),
        ("\n".join(f"k{i} = 1" for i in range(300)), "300 errors"),
    ],
)
def test_a_dictionary_of_any_shape_is_refused(run: Run, write: Write, text: str, says: str) -> None:
    done = run("km", write("c.csv", ROWS), "--config", write("d.toml", text))
    assert done.status == 2
    assert says in done.err
    assert len(done.err) < 20_000


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("km", "--conf-level", "0.9999999999999999"), "between 0 and 0.999999"),
        (("psmatch", "--ratio", "99999999999999999999"), "1000"),
        (("roc", "--outcome", "death", "--min-prop", "1e-320"), "between 0.001 and 0.5"),
        (("roc", "--outcome", "death", "--boot", "10000000000"), "1000000"),
        (("km", "--encoding", "undefined"), "not valid undefined"),
        (("km", "--max-size", "100"), "more than 100 bytes"),
    ],
)
def test_an_absurd_value_is_refused(
    run: Run, write: Write, words: tuple[str, ...], says: str
) -> None:
    command, *more = words
    done = run(command, write("c.csv", ROWS), *more)
    assert done.status == 2
    assert says in done.err.replace("1e+06", "1000000")


def test_a_compressed_file_is_limited_by_what_comes_out_of_it(run: Run, workplace: Path) -> None:
    import gzip

    (workplace / "bomb.csv.gz").write_bytes(gzip.compress(b"os_months,death\n" + b"1,1\n" * 50_000))
    done = run("km", "bomb.csv.gz", "--max-size", "5000")
    assert done.status == 2
    assert "more than 5,000 bytes" in done.err


def test_many_columns_and_many_levels_are_read(run: Run, write: Write) -> None:
    wide = [f"c{i}" for i in range(5000)]
    rows = "".join(f"{i + 1},{i % 2}{',1' * 5000}\n" for i in range(3))
    assert run("km", write("wide.csv", f"os_months,death,{','.join(wide)}\n{rows}")).status == 0
    levels = "".join(f"{i % 90 + 1},{i % 2},L{i}\n" for i in range(5000))
    done = run("km", write("levels.csv", f"os_months,death,g\n{levels}"), "--by", "g")
    assert done.status in (1, 2)


def test_an_interrupt_while_the_program_is_loaded_is_one_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupted:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "hcc2l.cli.app":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "hcc2l.cli.app")
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 130
    assert capsys.readouterr().err == "error: Interrupted; no file was written.\n"


def test_a_program_that_is_ended_leaves_no_temporary_file(
    workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `kill` or a job scheduler does it, while the second of two files is being written."""
    written: list[int] = []

    def end(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == 2:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(os, "fsync", end)
    before = signal.signal(signal.SIGTERM, terminated)
    try:
        with pytest.raises(SystemExit) as stop:
            write_files({"a.md": b"a", "b.md": b"b"})
    finally:
        signal.signal(signal.SIGTERM, before)
    assert stop.value.code == 143
    assert list(workplace.iterdir()) == []


def test_closed_standard_input_is_named() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m hcc2l km - <&-"], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Standard input is closed" in done.stderr


def test_a_pipe_is_read_once_something_is_written(run: Run, workplace: Path) -> None:
    os.mkfifo(workplace / "pipe.csv")
    writer = subprocess.Popen(["sh", "-c", f"sleep 0.3; printf '{ROWS}' > pipe.csv"])
    assert run("km", "pipe.csv").status == 0
    writer.wait()


def test_a_pipe_without_a_writer_is_not_waited_for(
    run: Run, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hcc2l.readers.content._PATIENCE", 0.1)
    os.mkfifo(workplace / "pipe.csv")
    done = run("km", "pipe.csv")
    assert done.status == 2
    assert "Nothing was written into this pipe" in done.err


def test_a_name_as_long_as_the_file_system_permits_is_written(
    run: Run, write: Write, workplace: Path
) -> None:
    name = "a" * 252 + ".md"
    assert run("km", write("c.csv", ROWS), "--out", name).status == 0
    assert (workplace / name).stat().st_size > 0
    assert sorted(p.name for p in workplace.iterdir()) == [name, "c.csv"]


def test_a_settings_file_of_matplotlib_changes_no_figure(
    run: Run, write: Write, workplace: Path
) -> None:
    import matplotlib as mpl

    path = write("c.csv", ROWS)
    assert run("km", path, "--plot", "a.png").status == 0
    with mpl.rc_context({"axes.facecolor": "red", "lines.linewidth": 9, "text.usetex": True}):
        assert run("km", path, "--plot", "b.png").status == 0
    assert (workplace / "a.png").read_bytes() == (workplace / "b.png").read_bytes()


def test_no_control_character_reaches_the_terminal(run: Run, write: Write) -> None:
    rows = ROWS.replace("death,g", "death,g\x1b[31m")
    done = run("km", write("c\x1b]0;x\x07.csv", rows), "--by", "g\x1b[31m", "--at", "oops")
    assert "\x1b" not in done.err + done.out
    assert "\x07" not in done.err + done.out
    done = run("km", write("d\x1b[2J.csv", rows), "--by", "g\x1b[31m")
    assert done.status == 0
    assert "\x1b" not in done.err + done.out


def test_full_width_signs_are_no_formula_in_csv(run: Run, write: Write) -> None:
    rows = ROWS.replace(",a", ",＝1+1")
    assert "\n'＝1+1," in run("km", write("c.csv", rows), "--by", "g", "--format", "csv").out
