"""The command line: options, streams, files, formats and imports."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import stat
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from rich.cells import cell_len

import hcc2l
from hcc2l.formats import TEXT_FORMATS
from hcc2l.report import Report
from hcc2l.specs import SPECS, KmSpec
from tests.conftest import DATA, Run, Write

HEAVY = (
    "numpy", "pandas", "scipy", "matplotlib", "lifelines", "sklearn", "sksurv", "openpyxl", "docx",
    "pyarrow", "pyreadstat", "typst",
)  # fmt: skip
ANSI = "\x1b["


def environment(**extra: str) -> dict[str, str]:
    """The environment without variables for cohorts, terminals and colours."""
    unwanted = ("HCC2L", "COLUMNS", "NO_COLOR", "FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}
    return kept | {"TERM": "xterm", "PYTHONIOENCODING": "utf-8"} | extra


def process(*arguments: str, folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """`python -m hcc2l` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "hcc2l", *arguments],
        capture_output=True, encoding="utf-8", cwd=folder, env=environment(**extra), check=False,
    )  # fmt: skip


def without_argv(text: str) -> dict[str, Any]:
    """A JSON result without its command line."""
    result: dict[str, Any] = json.loads(text)
    del result["command"]["argv"]
    return result


# ---------------------------------------------------------------- starting


def modules_after(arguments: list[str], folder: Path) -> set[str]:
    """Top-level modules imported by the command."""
    code = (
        "import json, sys\n"
        f"sys.argv = ['hcc2l', *{arguments!r}]\n"
        "from hcc2l.cli.app import main\n"
        "try:\n    main()\n"
        "except SystemExit as stop:\n    assert not stop.code, stop.code\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, encoding="utf-8", cwd=folder, env=environment(), check=True,
    )  # fmt: skip
    return {name.partition(".")[0] for name in json.loads(done.stderr.splitlines()[-1])}


@pytest.mark.parametrize("arguments", [["--help"], ["km", "--help"], ["--version"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    assert modules_after(arguments, tmp_path).isdisjoint(HEAVY)


@pytest.mark.parametrize(
    "options",
    [["--at", "6,12"], ["--json", "--curve", "--min-cell", "5"], ["--out", "km.md", "--methods"]],
)
def test_an_analysis_of_a_small_csv_imports_only_what_it_needs(
    options: list[str], tmp_path: Path
) -> None:
    arguments = ["km", str(DATA / "hcc81.csv"), "--by", "child_pugh", *options]
    loaded = modules_after(arguments, tmp_path)
    assert loaded.isdisjoint({"pandas", "matplotlib", "lifelines", "sklearn", "sksurv", "pyarrow"})


def test_the_module_runs_as_the_command_does(cohort_csv: Path, run: Run) -> None:
    done = process("km", "cohort.csv", "--by", "child_pugh", "--json", folder=cohort_csv.parent)
    assert done.returncode == 0
    in_process = run("km", "cohort.csv", "--by", "child_pugh", "--json")
    assert json.loads(done.stdout) == in_process.json
    assert done.stderr == in_process.err


def test_the_version_is_that_of_the_package(run: Run) -> None:
    outcome = run("--version")
    assert (outcome.status, outcome.out) == (0, f"hcc2l {version('hcc2l')}\n")


def test_the_command_alone_lists_the_commands(run: Run) -> None:
    outcome = run()
    assert outcome.status in (0, 2)  # 0 with the oldest typer
    for command in SPECS:
        assert re.search(rf"^\W*{command}\b", outcome.out + outcome.err, re.MULTILINE)


# ---------------------------------------------------------------- options


def test_without_options_the_settings_are_the_defaults_of_the_api(
    cohort_csv: Path, run: Run
) -> None:
    settings = run("km", cohort_csv, "--json").json["settings"]
    resolved = ("time", "event", "endpoint", "unit", "time_unit", "label")
    expected = {k: v for k, v in KmSpec().settings().items() if k not in resolved}
    assert {k: v for k, v in settings.items() if k in expected} == expected


@pytest.mark.parametrize(
    "option",
    ["--endpoint", "--time", "--event", "--start", "--end", "--censor", "--unit", "--time-unit",
     "--label", "--where", "--cut", "--ref", "--conf-level", "--format",
     "--json", "--out", "--plot", "--digits", "--quiet", "--config", "--na", "--sep", "--decimal",
     "--encoding", "--sheet", "--table", "--by", "--conf-type", "--at", "--tau", "--test", "--rho",
     "--gamma", "--strata", "--trend", "--pairwise", "--adjust", "--landmark", "--weights",
     "--competing", "--parametric", "--curve"],
)  # fmt: skip
def test_every_promised_option_is_in_the_help(option: str, run: Run) -> None:
    assert re.search(rf"{option}\b", run("km", "--help").out)


@pytest.mark.parametrize(
    "times", [["--at", "6,12,24"], ["--at", "6", "--at", "12", "--at", "24"], ["--at", "6, 12,24"]]
)
def test_a_list_takes_commas_or_repeated_options(
    times: list[str], cohort_csv: Path, run: Run
) -> None:
    result = run("km", cohort_csv, *times, "--json").json
    assert [row["time"] for row in result["tables"]["survival"]] == [6, 12, 24]


@pytest.mark.parametrize("tests", [["--test", "peto,gehan"], ["--test", "peto", "--test", "gehan"]])
def test_tests_take_commas_or_repeated_options(
    tests: list[str], cohort_csv: Path, run: Run
) -> None:
    result = run("km", cohort_csv, "--by", "child_pugh", *tests, "--json").json
    assert [row["test"] for row in result["tables"]["tests"]] == ["peto", "gehan"]


# ---------------------------------------------------------------- the API


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ([], {}),
        (["--by", "child_pugh", "--at", "6,12"], {"by": "child_pugh", "at": [6, 12]}),
        (
            ["--by", "afp@400", "--ref", "afp=≥400", "--tau", "12", "--conf-level", "0.9"],
            {"by": "afp@400", "ref": "afp=≥400", "tau": 12.0, "conf_level": 0.9},
        ),
        (
            ["--where", "age>=60", "--where", "sex==male", "--curve", "--methods"],
            {"where": ["age>=60", "sex==male"], "curve": True, "methods": True},
        ),
        (
            ["--endpoint", "pfs", "--by", "treatment", "--test", "peto,fh", "--rho", "1",
             "--strata", "child_pugh"],
            {"endpoint": "pfs", "by": "treatment", "test": ["peto", "fh"], "rho": 1.0,
             "strata": "child_pugh"},
        ),
    ],
)  # fmt: skip
def test_the_api_gives_what_the_command_gives(
    arguments: list[str], options: dict[str, Any], cohort_csv: Path, run: Run
) -> None:
    report = hcc2l.km(str(cohort_csv), **options)
    from_api = hcc2l.render_report(report, "json")
    from_command = run("km", cohort_csv, *arguments, "--json").out
    assert isinstance(from_api, str)
    assert without_argv(from_api) == without_argv(from_command)


def test_the_api_takes_a_cohort_that_was_read_before(cohort_csv: Path) -> None:
    cohort = hcc2l.read_cohort(cohort_csv)
    assert hcc2l.km(cohort, by="child_pugh") == hcc2l.km(cohort_csv, by="child_pugh")


@pytest.mark.usefixtures("cohort_csv")
def test_json_contains_the_command_line(run: Run) -> None:
    result = run("km", "cohort.csv", "--by", "child_pugh", "--json").json
    assert result["command"] == {
        "name": "km",
        "argv": ["km", "cohort.csv", "--by", "child_pugh", "--json"],
        "version": version("hcc2l"),
    }


# ---------------------------------------------------------------- streams


@pytest.mark.parametrize("format_", TEXT_FORMATS)
def test_standard_output_contains_only_the_result(format_: str, cohort_csv: Path, run: Run) -> None:
    outcome = run("km", cohort_csv, "--by", "child_pugh", "--format", format_)
    assert outcome.messages("note")
    assert not re.search(r"^(note|warning|error|hint):", outcome.out, re.MULTILINE)


@pytest.mark.parametrize("flag", ["--quiet", "-q"])
def test_quiet_keeps_notes_off_standard_error(flag: str, cohort_csv: Path, run: Run) -> None:
    loud = run("km", cohort_csv, "--by", "child_pugh", "--json")
    quiet = run("km", cohort_csv, "--by", "child_pugh", "--json", flag)
    assert loud.err != ""
    assert quiet.err == ""
    assert without_argv(quiet.out) == without_argv(loud.out)


def test_json_is_short_for_format_json(cohort_csv: Path, run: Run) -> None:
    short = run("km", cohort_csv, "--json").out
    assert without_argv(short) == without_argv(run("km", cohort_csv, "--format", "json").out)


def test_json_contains_no_nan_or_infinity(run: Run) -> None:
    arguments = ("--by", "dose", "--at", "1,50", "--tau", "5", "--curve", "--pairwise")
    outcome = run("km", DATA / "tiny.csv", "--event", "status=1", *arguments, "--json")

    def refuse(word: str) -> None:
        raise AssertionError(word)

    json.loads(outcome.out, parse_constant=refuse)


@pytest.mark.parametrize("table", ["groups", "quantiles", "tests", "curve"])
def test_csv_prints_the_rows_of_json(table: str, cohort_csv: Path, run: Run) -> None:
    arguments = ("km", cohort_csv, "--by", "child_pugh", "--curve")
    rows = run(*arguments, "--json").json["tables"][table]
    printed = run(*arguments, "--format", "csv", "--table", table).out
    for row, line in zip(rows, csv.DictReader(io.StringIO(printed)), strict=True):
        assert list(row) == list(line)
        for key, value in row.items():
            cell = line[key]
            number = isinstance(value, (int, float))
            assert (None if cell == "" else float(cell) if number else cell) == value


def test_csv_prints_the_first_table_unless_another_is_named(cohort_csv: Path, run: Run) -> None:
    first = next(iter(run("km", cohort_csv, "--json").json["tables"]))
    alone = run("km", cohort_csv, "--format", "csv").out
    assert alone == run("km", cohort_csv, "--format", "csv", "--table", first).out


@pytest.mark.parametrize("format_", TEXT_FORMATS)
def test_the_same_command_prints_the_same_text(format_: str, cohort_csv: Path, run: Run) -> None:
    first, second = (
        run("km", cohort_csv, "--by", "child_pugh", "--format", format_) for _ in range(2)
    )
    assert first == second


# ---------------------------------------------------------------- colours and widths


def test_a_terminal_gets_colours(cohort_csv: Path, run: Run) -> None:
    assert ANSI in run("km", cohort_csv, "--by", "child_pugh", terminal=True).out


@pytest.mark.parametrize(
    ("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")], ids=["NO_COLOR", "TERM=dumb"]
)
def test_a_terminal_gets_no_colours_if_the_environment_forbids_them(
    name: str, value: str, cohort_csv: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    outcome = run("km", cohort_csv, "--by", "child_pugh", terminal=True)
    assert outcome.out
    assert outcome.err
    assert ANSI not in outcome.out + outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["km", "cohort.csv", "--by", "child_pugh"],
        ["--help"],
        ["km", "--help"],
        ["km", "nowhere.csv"],
        ["km", "--bye"],
    ],
)
def test_a_pipe_gets_no_colours(arguments: list[str], cohort_csv: Path) -> None:
    done = process(*arguments, folder=cohort_csv.parent)
    assert done.stdout + done.stderr
    assert ANSI not in done.stdout + done.stderr


LONG = """\
[columns.treatment]
label = "Second-line systemic therapy after progression under atezolizumab and bevacizumab"
[columns.child_pugh]
label = "Child–Pugh-Klasse 肝機能分類"
"""


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--by", "child_pugh", "--at", "6,12,24", "--pairwise"],
        ["--by", "treatment", "--tau", "12", "--parametric", "best", "--methods"],
        ["--by", "etiology", "--strata", "child_pugh", "--test", "logrank,peto,gehan"],
        ["--by", "bclc", "--event", "first_event=1", "--competing", "first_event=2", "--at", "6"],
        ["--by", "afp@10/100/400", "--trend", "--digits", "6"],
    ],
)
def test_no_line_is_wider_than_the_terminal(
    width: int,
    arguments: list[str],
    run: Run,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("hcc2l.toml", LONG)
    monkeypatch.setenv("COLUMNS", str(width))
    outcome = run("km", DATA / "hcc424.csv", *arguments)
    assert outcome.status == 0, outcome.err
    assert max(cell_len(line) for line in outcome.out.splitlines()) <= width


@pytest.mark.parametrize("width", [80, 120])
def test_no_cell_of_a_table_is_cut_short_by_the_width(
    width: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("km", DATA / "hcc424.csv", "--by", "treatment", "--at", "6,12", "--tau", "12")
    monkeypatch.setenv("COLUMNS", "400")
    wide = run(*arguments).out
    monkeypatch.setenv("COLUMNS", str(width))
    narrow = run(*arguments).out
    assert "…" not in narrow
    assert set(re.findall(r"[\d.]+ \([\d.]+–[\d.NE]+\)", wide)) == set(
        re.findall(r"[\d.]+ \([\d.]+–[\d.NE]+\)", narrow)
    )


def test_a_pipe_that_closes_early_gives_no_traceback(tmp_path: Path) -> None:
    command = shlex.join(
        [
            sys.executable,
            "-m",
            "hcc2l",
            "km",
            str(DATA / "gbsg2.csv"),
            "--time",
            "time",
            "--event",
            "cens",
            "--by",
            "horTh",
            "--curve",
        ]
    )
    done = subprocess.run(
        ["bash", "-c", f"{command} --json | head -1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True, encoding="utf-8", cwd=tmp_path, env=environment(), check=False,
    )  # fmt: skip
    assert done.stdout == "{\n"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
    assert done.returncode == 0


# ---------------------------------------------------------------- files


@pytest.mark.usefixtures("cohort_csv")
def test_several_files_are_written_and_no_others(run: Run, workplace: Path) -> None:
    names = [f"km.{ending}" for ending in ("json", "csv", "md", "html", "tex", "docx", "xlsx")]
    plots = [f"km.{ending}" for ending in ("png", "svg", "pdf")]
    arguments = ["km", "cohort.csv", "--by", "child_pugh"]
    for name in names:
        arguments += ["--out", name]
    for name in plots:
        arguments += ["--plot", name]
    outcome = run(*arguments)
    assert outcome.status == 0
    assert sorted(p.name for p in workplace.iterdir()) == sorted([*names, *plots, "cohort.csv"])
    for name in names[:5]:
        printed = run(*arguments[:4], "--format", name.partition(".")[2]).out
        written = Path(name).read_bytes().decode()
        if name == "km.json":
            assert without_argv(written) == without_argv(printed)
        else:  # a page holds the figure too, when one is drawn
            assert re.sub(r"<figure>.*</figure>\n", "", written, flags=re.DOTALL) == printed
            assert ("<img " in written) == (name == "km.html")
    for name in ("km.docx", "km.xlsx"):
        assert zipfile.ZipFile(name).testzip() is None
    assert Path("km.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert Path("km.pdf").read_bytes().rstrip().endswith(b"%%EOF")
    assert Path("km.svg").read_text().rstrip().endswith("</svg>")


def test_files_are_written_beside_the_result_on_standard_output(cohort_csv: Path, run: Run) -> None:
    alone = run("km", cohort_csv, "--by", "child_pugh")
    beside = run("km", cohort_csv, "--by", "child_pugh", "--out", "km.md")
    assert beside.out == alone.out


def test_an_older_file_is_replaced(cohort_csv: Path, run: Run, write: Write) -> None:
    path = write("km.md", "x" * 100_000)
    run("km", cohort_csv, "--out", "km.md")
    assert path.read_text().startswith("# ")


def test_the_ending_may_be_in_capitals(cohort_csv: Path, run: Run, workplace: Path) -> None:
    assert run("km", cohort_csv, "--out", "KM.JSON").status == 0
    assert json.loads((workplace / "KM.JSON").read_text())["schema"] == "hcc2l/1"


def test_files_get_the_permissions_that_new_files_get(
    cohort_csv: Path, run: Run, workplace: Path
) -> None:
    (workplace / "plain").write_text("")
    run("km", cohort_csv, "--out", "km.md")
    usual, written = (
        stat.S_IMODE((workplace / name).stat().st_mode) for name in ("plain", "km.md")
    )
    assert written == usual


def test_the_table_option_selects_the_table_of_the_csv_file(cohort_csv: Path, run: Run) -> None:
    run("km", cohort_csv, "--by", "child_pugh", "--out", "tests.csv", "--table", "tests")
    assert Path("tests.csv").read_text().startswith("test,statistic,df,p\n")


@pytest.mark.parametrize("name", ["km.docx", "km.xlsx", "km.png", "km.svg", "km.pdf", "km.html"])
def test_the_same_command_writes_the_same_bytes(name: str, cohort_csv: Path, run: Run) -> None:
    option = "--plot" if name.endswith((".png", ".svg", ".pdf")) else "--out"
    contents = []
    for _ in range(2):
        run("km", cohort_csv, "--by", "child_pugh", option, name)
        contents.append(Path(name).read_bytes())
    assert contents[0] == contents[1]


def test_the_cohort_is_never_changed(cohort_csv: Path, run: Run) -> None:
    before = cohort_csv.read_bytes()
    run("km", cohort_csv, "--by", "child_pugh", "--out", "km.xlsx", "--out", "km.csv")
    assert cohort_csv.read_bytes() == before


# ---------------------------------------------------------------- text that could do harm

FORMULAS = ("=cmd", "+1", "@x", "-x", "=HYPERLINK(\"http://x\",\"y\")", "\t=1+1")  # fmt: skip


@pytest.fixture
def formulas(write: Write) -> Path:
    """A cohort whose groups would be formulas in a spreadsheet; each has the same patients."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["time", "status", "arm"])
    for level in FORMULAS:
        writer.writerows([[1, 1, level], [2, 0, level], [3, 1, level]])
    return write("c.csv", file.getvalue())


def test_a_group_like_a_formula_is_text_in_csv(formulas: Path, run: Run) -> None:
    printed = run("km", formulas, "--by", "arm", "--format", "csv").out
    texts = [row["group"] for row in csv.DictReader(io.StringIO(printed))]
    assert len(texts) == len(FORMULAS)
    assert all(text.startswith("'") for text in texts)
    assert {text[1:] for text in texts} == {level.strip() for level in FORMULAS}


def test_a_negative_number_is_no_formula_in_csv(run: Run) -> None:
    arguments = ("km", DATA / "hcc81.csv", "--by", "child_pugh", "--tau", "12")
    printed = run(*arguments, "--format", "csv", "--table", "rmst_differences").out
    (row,) = csv.DictReader(io.StringIO(printed))
    assert float(row["estimate"]) < 0


def test_a_group_like_a_formula_is_text_in_a_workbook(formulas: Path, run: Run) -> None:
    run("km", formulas, "--by", "arm", "--out", "km.xlsx")
    with zipfile.ZipFile("km.xlsx") as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        assert sheets
        assert not any(b"<f>" in archive.read(name) for name in sheets)
    sheet = openpyxl.load_workbook("km.xlsx")["groups"]
    cells = [sheet.cell(row, 1) for row in range(2, 2 + len(FORMULAS))]
    assert {cell.value for cell in cells} == {level.strip() for level in FORMULAS}
    assert {cell.data_type for cell in cells} == {"s"}


NASTY = "<b>&_%$#{}~^\\\"'|*`[x]"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def nasty(write: Write) -> Path:
    """A cohort whose labels and levels hold what HTML, LaTeX and Markdown take for their own."""
    label = json.dumps(NASTY + SCRIPT)
    write(
        "hcc2l.toml",
        f"title = {label}\n[endpoints.os]\ntime = 'time'\nevent = 'status'\nlabel = {label}\n"
        f"[columns.arm]\nlabel = {label}\n",
    )
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["time", "status", "arm"])
    for level in (NASTY, SCRIPT, "plain"):
        writer.writerows([[1, 1, level], [2, 1, level], [3, 1, level]])
    return write("c.csv", file.getvalue())


class Page(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.elements.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_labels_are_escaped_in_html(nasty: Path, run: Run) -> None:
    page = Page(run("km", nasty, "--by", "arm", "--format", "html").out)
    assert page.elements.isdisjoint({"b", "script"})
    assert NASTY in page.text
    assert SCRIPT in page.text


def test_labels_are_escaped_in_latex(nasty: Path, run: Run) -> None:
    printed = run("km", nasty, "--by", "arm", "--format", "tex").out
    assert (
        r"\ensuremath{<}b\ensuremath{>}\&\_\%\$\#\{\}\textasciitilde{}\textasciicircum{}"
        r"\textbackslash{}"
    ) in printed
    body = [line for line in printed.splitlines() if not line.startswith("%")]
    for line in body:
        bare = re.sub(r"\\[#%&_$]|\\ensuremath\{[<>]\}|>\{\\ragged\w+\\arraybackslash\}", "", line)
        assert not re.search(r"[#%_$<>]", bare), line


def test_labels_are_escaped_in_markdown(nasty: Path, run: Run) -> None:
    printed = run("km", nasty, "--by", "arm", "--format", "md").out
    assert not re.search(r"(?<!\\)<", printed)
    header, rule, *rows = [line for line in printed.splitlines() if line.startswith("|")][:5]
    assert len(rows) == 3
    bars = {len(re.findall(r"(?<!\\)\|", line)) for line in (header, rule, *rows)}
    assert len(bars) == 1


BREAKING = "first line\nsecond line"


@pytest.fixture
def breaking(write: Write) -> Path:
    """A cohort with a line end inside a label and inside a level."""
    write("hcc2l.toml", f"title = {json.dumps(BREAKING)}\n[columns.arm]\n"
          f"label = {json.dumps(BREAKING)}\n")  # fmt: skip
    rows = "".join(f'{i},1,"{BREAKING}"\n{i},1,plain\n' for i in range(1, 4))
    return write("c.csv", "time,status,arm\n" + rows)


def test_a_line_break_in_a_label_stays_within_a_latex_comment(breaking: Path, run: Run) -> None:
    printed = run("km", breaking, "--by", "arm", "--format", "tex").out
    for line in printed.splitlines():
        assert not line.startswith("second line")


def test_a_line_break_in_a_level_does_not_break_a_table_row(breaking: Path, run: Run) -> None:
    markdown = run("km", breaking, "--by", "arm", "--format", "md").out
    assert "| first line second line |" in markdown
    printed = run("km", breaking, "--by", "arm", "--format", "csv").out
    assert [r["group"] for r in csv.DictReader(io.StringIO(printed))] == [
        "first line second line",
        "plain",
    ]
    assert run("km", breaking, "--by", "arm", "--json").status == 0


def test_a_message_about_rows_stays_on_one_line(breaking: Path, run: Run) -> None:
    for line in run("km", breaking, "--by", "arm").err.splitlines():
        assert line.startswith(("note: ", "warning: ")), line


def test_control_characters_of_a_file_never_reach_the_terminal(write: Write, run: Run) -> None:
    arm = "x\x1b[31m\x07"
    write("c.csv", f"time,status,arm\n1,1,{arm}\n2,1,{arm}\n3,1,y\n4,0,y\n")
    outcome = run("km", "c.csv", "--by", "arm")
    assert outcome.status == 0
    assert "\x1b" not in outcome.out + outcome.err
    assert "\x07" not in outcome.out + outcome.err


def test_a_report_is_the_same_object_for_every_format(cohort_csv: Path) -> None:
    report = hcc2l.km(cohort_csv, by="child_pugh")
    assert isinstance(report, Report)
    for format_ in TEXT_FORMATS:
        assert isinstance(hcc2l.render_report(report, format_), str)
