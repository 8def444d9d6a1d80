"""The documentation: its commands run, and it describes every option, table, note and key."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import fields
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hcc2l.cli._run import guarded
from hcc2l.cli.app import app
from hcc2l.cli.topics import TOPICS
from hcc2l.compose.study import ENTRY_KEYS, TOP_KEYS
from hcc2l.dictionary import (
    READING_OPTIONS,
    SHOWING_OPTIONS,
    ColumnEntry,
    DerivedEntry,
    Dictionary,
    EndpointEntry,
    RowsEntry,
    load_dictionary,
)
from hcc2l.formats import FILE_FORMATS, TEXT_FORMATS
from hcc2l.scores import all_scores
from hcc2l.scores.laboratory import ANALYTES, Measured
from hcc2l.scores.score import in_words
from hcc2l.specs import PLANNING, SPECS, KmSpec
from hcc2l.specs.options import options_of
from hcc2l.specs.rules import Excludes, Needs, NoEffect, Rule
from tests.schema import validate

ROOT = Path(__file__).parents[1]
COHORT = ROOT / "sample_data" / "chon2024"
BUNDLED = ("cohort.csv", "adverse_events.csv", "hcc2l.toml")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WIDTH = "98"  # of the terminal whose output the pages show


def page_of(command: str) -> str:
    return (ROOT / "docs" / f"{command}.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[Any]:
    """The fenced blocks of a language in all pages, named by page and line."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(rf"^( *)```{language}\n(.*?)^\1```$", text, re.M | re.S):
            line = text.count("\n", 0, match.start()) + 1
            indent, content = match[1], match[2]
            content = re.sub(rf"^{indent}", "", content, flags=re.M)
            found.append(pytest.param(content, id=f"{page.name}:{line}"))
    return found


def study_example() -> str:
    """The complete study file of the page on reports."""
    (example,) = re.findall(r"^```toml paper.toml\n(.*?)^```$", page_of("report"), re.M | re.S)
    return str(example)


def model_example() -> str:
    """The model file of the page on validation."""
    (example,) = re.findall(r"^```json paper.json\n(.*?)^```$", page_of("validate"), re.M | re.S)
    return str(example)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """A working folder with the bundled cohort and its dictionary, as a reader would have it.

    The tutorial starts from an export alone. The study file of the page on reports is there too,
    and the model file of the page on validation.
    """
    tutorial = "tutorial.md" in request.node.name
    for name in ("export.xlsx",) if tutorial else BUNDLED:
        shutil.copy(COHORT / name, tmp_path)
    (tmp_path / "paper.toml").write_text(study_example(), encoding="utf-8")
    (tmp_path / "paper.json").write_text(model_example(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HCC2L_COHORT", raising=False)
    monkeypatch.setenv("COLUMNS", WIDTH)
    return tmp_path


def run(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit status of a command, run in this process."""
    monkeypatch.setattr(sys, "argv", words)
    try:
        return guarded(app)
    except SystemExit as stop:
        return int(stop.code or 0)


def run_shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A script in bash, with `hcc2l` and `python3` those of this environment."""
    programs = folder / ".programs"
    programs.mkdir()
    for name, command in {"hcc2l": "-m hcc2l", "python3": ""}.items():
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {command} "$@"\n')
        program.chmod(0o755)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def commands(block: str) -> list[list[str]] | None:
    """The words of each `hcc2l` command; None when the block needs a shell."""
    found = []
    for line in block.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
        if not words:
            continue
        if words[0] != "hcc2l" or any(re.fullmatch(r"[();<>|&]+", word) for word in words):
            return None
        found.append(words)
    return found


COMMANDS = {**SPECS, **PLANNING}
ANALYSIS = re.compile(rf"hcc2l ({'|'.join(COMMANDS)}|report|sample)\b")


# Long are bootstraps, imputations, figures, documents, loops over endpoints or studies, and pages
# that collect the commands of others. The README is always run.
COLLECTIONS = ("cookbook.md", "time.md", "figures.md")
LONG = re.compile(
    r"--boot\b|--stability|--performance|--importance|--impute|--jobs|--plot|hcc2l (impute|report)|"
    r"\bfor \w+ in\b"
)


def shell_blocks() -> list[object]:
    """The blocks with an analysis; the long ones are run by make test-all."""
    found = []
    for block in blocks("sh"):
        text = str(block.values[0])
        name = str(block.id)
        long = name.startswith(COLLECTIONS) or (LONG.search(text) and not name.startswith("README"))
        if ANALYSIS.search(text):
            marks = [pytest.mark.slow] if long else []
            found.append(pytest.param(text, id=block.id, marks=marks))
    return found


@pytest.mark.parametrize("block", shell_blocks())
def test_commands_run(block: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = commands(block)
    if typed is None:
        done = run_shell(block, folder)
        assert done.returncode == 0, done.stderr
        return
    for words in typed:
        assert run(words, monkeypatch) == 0, shlex.join(words)
        for option, value in pairwise(words):
            if option in ("--out", "--plot", "--save", "--save-model", "--write-dictionary"):
                assert (folder / value).stat().st_size > 0, shlex.join(words)


def essence(output: str) -> list[str]:
    """Output without rules, spacing, line breaks and version."""
    text = re.sub(r"hcc2l\s+\d+\.\d+\.\d+", "hcc2l VERSION", output.replace("─", " "))
    return text.split()


@pytest.mark.parametrize("block", blocks("console"))
def test_printed_output_is_real(
    block: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _, expected = block.partition("\n")
    assert first.startswith("$ hcc2l ")
    if (
        "cohort.csv" not in first and "export.xlsx" not in first
    ):  # the bundled cohort: no dictionary in the working folder
        (folder / "empty").mkdir()
        monkeypatch.chdir(folder / "empty")
    typed = commands(first.removeprefix("$ "))
    if typed is None:
        done = run_shell(first.removeprefix("$ "), folder)
        status, printed = done.returncode, done.stdout
    else:
        status, printed = run(typed[0], monkeypatch), capsys.readouterr().out
    assert status == 0
    assert essence(printed) == essence(expected), f"now it prints:\n{printed}"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("block", blocks("python"))
def test_python_runs(block: str) -> None:
    exec(compile(block, "README", "exec"), {})


@pytest.mark.parametrize("block", blocks("toml"))
def test_dictionaries_are_valid(block: str, tmp_path: Path) -> None:
    path = tmp_path / "hcc2l.toml"
    path.write_text(block, encoding="utf-8")
    load_dictionary(path)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_described(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run(["hcc2l", command, "--help"], monkeypatch) == 0
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", capsys.readouterr().out))
    assert ({"--where", "--sheet"} if command in SPECS else {"--methods", "--json"}) <= options
    page = page_of(command)
    assert [o for o in sorted(options) if not re.search(rf"`{o}[ `,]", page)] == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", COMMANDS)
def test_every_table_and_key_is_described(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = page_of(command)
    sections = dict(re.findall(r"^### `(\w+)`[ *]*\n(.*?)(?=^##|\Z)", page, re.M | re.S))
    general = page.partition("\n## Tables\n")[2].partition("\n### ")[0]
    examples = commands("".join(re.findall(r"```sh\n(.*?)```", general, re.S)))
    assert examples, f"docs/{command}.md has no example of all tables under Tables"
    tables = set()
    for words in examples:
        assert run(words, monkeypatch) == 0
        report = json.loads(capsys.readouterr().out)
        validate(report)
        assert [key for key in report if f"`{key}`" not in general] == []
        for name, rows in report["tables"].items():
            tables.add(name)
            assert name in sections, f"docs/{command}.md has no section on the table {name}"
            missing = [key for key in rows[0] if f"`{key}`" not in sections[name]]
            assert missing == [], f"docs/{command}.md, table {name}"
    assert set(sections) == tables


VERBS = {"cannot be combined with": Excludes, "need": Needs, "no effect without": NoEffect}


def pairs(rule: Rule) -> set[tuple[type, str, str, bool]]:
    """The option of a rule with each of the others, and whether one overrides the other."""
    if isinstance(rule, Excludes):
        return {(Excludes, rule.option, rule.other, rule.rivals)}
    return {(type(rule), rule.option, other, False) for other in rule.others}


@pytest.mark.parametrize("command", [name for name, spec in COMMANDS.items() if spec.rules])
def test_options_that_exclude_or_need_each_other_are_listed(command: str) -> None:
    heading = "\n### Options that exclude or need each other\n"
    section = page_of(command).partition(heading)[2].partition("\n#")[0]
    listed = set()
    for line in re.findall(r"^- (.*?)(?=^- |\Z)", section, re.M | re.S):
        verb = next(verb for verb in VERBS if verb in line)
        options, others = (re.findall("`(--[^`]+)`", part) for part in line.split(verb))
        kind, overrides = VERBS[verb], "overrid" in line
        listed |= {(kind, option, other, overrides) for option in options for other in others}
    assert listed == set().union(*map(pairs, COMMANDS[command].rules))


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_of_the_help_is_a_table(topic: str) -> None:
    page = (ROOT / "docs" / "cohort.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {topic.capitalize()}\n")[2].partition("\n## ")[0]
    rows = [tuple(cell.strip() for cell in row) for row in
            re.findall(r"^\| ([^|]*`[^|]*) \| ([^|]*) \|$", section, re.M)]  # fmt: skip
    assert list(TOPICS[topic].rows) == rows
    assert f"`hcc2l help {topic}`" in section


def test_every_output_format_is_described() -> None:
    output = page_of("km").partition("\n### Output\n")[2].partition("\n### ")[0]
    for name in TEXT_FORMATS:
        assert f"`{name}`" in output
    for name in FILE_FORMATS:
        assert f"`.{name}`" in output


Imported = dict[str, tuple[str, str]]  # the name in a module -> the module it is from, its name


@cache
def definitions(module: str) -> dict[str, tuple[ast.AST, Imported]]:
    """The functions and classes of a module, each with the names that the module imports."""
    path = ROOT / "src" / module.replace(".", "/")
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name: (str(node.module), alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("hcc2l")
        for alias in node.names
    }
    kinds = (ast.FunctionDef, ast.ClassDef)
    found = {n.name: (n, imported) for n in tree.body if isinstance(n, kinds)}
    if path.name == "__init__.py":  # a package passes names on
        for name, (source, original) in imported.items():
            if original in definitions(source):
                found[name] = definitions(source)[original]
    return found


def note_codes(command: str) -> set[str]:
    """The codes of the notes in every function that can be reached from the analysis."""
    codes: set[str] = set()
    seen: set[tuple[str, str]] = set()
    todo = [(f"hcc2l.analyses.{command}.run", "run")]
    while todo:
        module, name = todo.pop()
        if (module, name) in seen or name not in definitions(module):
            continue
        seen.add((module, name))
        node, imported = definitions(module)[name]
        codes |= set(re.findall(r"Note\('(?:info|warning)', '([a-z-]+)'", ast.unparse(node)))
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        todo += [imported.get(other, (module, other)) for other in names]
    return codes


@pytest.mark.parametrize("command", COMMANDS)
def test_every_note_is_described(command: str) -> None:
    codes = note_codes(command)
    assert ("rows-left-out" in codes) is (command in SPECS)
    section = page_of(command).partition("\n## Notes\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^- `([a-z-]+)` \(", section, re.M)) == codes


def test_every_finding_is_described() -> None:
    modules = (ROOT / "src" / "hcc2l" / "analyses" / "check").glob("*.py")
    source = "".join(path.read_text(encoding="utf-8") for path in modules)
    raised = re.findall(r'Finding\(\s*"(error|warning|note)",\s*"([a-z0-9-]+)"', source)
    section = page_of("check").partition("\n## Findings\n")[2].partition("\n## ")[0]
    described = set()
    for line in re.findall(r"^- (`.*?\)):", section.replace("\n  ", " "), re.M):
        severities = re.findall(r"\(([a-z ]+)\)", line)[-1].split(" or ")
        codes = re.findall(r"`([a-z0-9-]+)`", line)
        described |= {(severity, code) for severity in severities for code in codes}
    assert described == set(raised)


def test_every_key_of_the_dictionary_is_described() -> None:
    full = max((b.values[0] for b in blocks("toml")), key=len)
    described = tomllib.loads(full)

    def names(entry: type, *inner: str) -> set[str]:
        return {f.name for f in fields(entry)} - set(inner)

    def keys(tables: dict[str, dict[str, object]]) -> set[str]:
        return set().union(*tables.values())

    assert set(described) - {"km"} == names(Dictionary, "path", "commands")
    assert keys(described["endpoints"]) == names(EndpointEntry, "name", "recognised")
    assert keys(described["columns"]) == names(ColumnEntry)
    assert set(described["rows"]) == names(RowsEntry)
    assert keys(described["derived"]) == names(DerivedEntry, "name")


def test_every_key_of_a_study_is_shown_and_described() -> None:
    page, example = page_of("report"), tomllib.loads(study_example())
    assert set(example) == {*TOP_KEYS, *ENTRY_KEYS}
    assert [key for key in TOP_KEYS if f"\n- `{key}`: " not in page] == []
    for kind, keys in ENTRY_KEYS.items():
        section = page.partition(f"\n`[[{kind}]]` is ")[2].partition("\n`[[")[0]
        lines = re.findall(r"^- (.*?)(?=^- |^$|\Z)", section, re.M | re.S)
        described = {name for line in lines for name in re.findall(r"`(\w+)`(?=[:, ])", line)}
        assert set(keys) <= described, kind
    shown = {key for entry in (*example["table"], *example["figure"]) for key in entry}
    assert shown == {*ENTRY_KEYS["table"], *ENTRY_KEYS["figure"]}


def test_every_score_is_described() -> None:
    page = " ".join((ROOT / "docs" / "scores.md").read_text(encoding="utf-8").split())
    for name, score in all_scores().items():
        classes = in_words(score.of.label, score.levels, score.edges) if score.of else ""
        assert f"- `{name}`: {classes or score.expression}." in page
        assert score.source in page, name
        assert score.doi is None or f"(https://doi.org/{score.doi})" in page, name
    described = set(re.findall(r"- `([a-z0-9_]+)`: ", page.partition(" ## Parts and units ")[0]))
    assert described == set(all_scores())


def test_every_part_of_a_score_is_described() -> None:
    page = (ROOT / "docs" / "scores.md").read_text(encoding="utf-8")
    rows = {
        cells[1].strip(): cells for cells in (r.split("|") for r in page.splitlines()) if cells[1:]
    }
    for part in {part for score in all_scores().values() for part in score.parts}:
        analyte, (_, _, names, values, _) = ANALYTES[part], rows[part]
        assert re.findall(r"`(\w+)`", names) == list(analyte.names)
        if isinstance(analyte, Measured):
            for unit in analyte.units:
                limits = "if stated" if unit.stated else f"{unit.low:.9g} to {unit.high:.9g}"
                assert f"{unit.name or 'no unit'} ({limits})" in values
        else:
            assert analyte.write == values.strip()


def test_every_default_option_is_described() -> None:
    page = (ROOT / "docs" / "cohort.md").read_text(encoding="utf-8")
    section = page.partition("\n## Default options\n")[2].partition("\n## ")[0]
    own = {n.rstrip("_") for n, o in options_of(KmSpec).items() if o.declared.in_dictionary}
    options = own | {*READING_OPTIONS, *SHOWING_OPTIONS}
    assert [o for o in sorted(options) if f"`{o}`" not in section] == []


LINKING = [*PAGES, *sorted((ROOT / "docs" / "studies").glob("*.md")), ROOT / "CONTRIBUTING.md"]


@pytest.mark.parametrize("page", LINKING, ids=lambda p: p.name)
def test_links_have_a_target(page: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!http)([^)#]*)#?([^)]*)\)", page.read_text("utf-8")):
        other = page.parent / target if target else page
        assert other.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", other.read_text(encoding="utf-8"), re.M)
            slugs = [re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings]
            assert anchor in slugs, f"{target}#{anchor}"
