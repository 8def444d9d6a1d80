"""The study file: what a document holds, checked as a whole before anything runs."""

from __future__ import annotations

import re
import reprlib
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hcc2l.compose.checklist import Checklist
from hcc2l.compose.remark import REMARK
from hcc2l.compose.strobe import STROBE
from hcc2l.compose.tripod_ai import TRIPOD_AI
from hcc2l.errors import UsageError, did_you_mean
from hcc2l.wording import listed

Kind = Literal["section", "text", "table", "figure"]

TOP_KEYS = ("title", "cohort", "dictionary", "checklist")
CHECKLISTS = {"strobe": STROBE, "remark": REMARK, "tripod-ai": TRIPOD_AI}
ENTRY_KEYS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "section": {"title": str},
    "text": {"text": str, "stated": bool},
    "table": {
        "run": (str, list), "caption": str, "id": str, "tables": (str, list), "beside": list,
        "stacked": list, "cohort": str, "save": str,
    },
    "figure": {
        "run": (str, list), "caption": str, "id": str, "columns": int, "cohort": str, "save": str,
    },
}  # fmt: skip
_NEEDED = {
    "section": ("title",),
    "text": ("text",),
    "table": ("run",),
    "figure": ("run", "caption"),
}
_HEADING = re.compile(r"""\s*\[\[\s*["']?(\w+)["']?\s*\]\]""")
_STRING_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|' r"'''.*?'{3,5}|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'|#[^\n]*",
    re.DOTALL,
)
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[\w-]{1,60}")  # of an id and of a saved cohort, which becomes a file
_LARGEST = 1_000_000  # bytes
_LETTERS = 26  # panels of a figure are A to Z


@dataclass(frozen=True)
class Entry:
    """One section heading, text, table or figure of a study.

    Attributes
    ----------
    line
        Where it stands in the study file.
    id
        What JSON calls it; ``table-1`` for the first table that has none.
    text
        Of a heading or a text.
    stated
        Whether the numbers in a text were not computed.
    runs
        The words of each command, without ``hcc2l``.
    tables
        The tables of the report, by name; the first when empty.
    labels, stacked
        What the merged tables of several runs are called, side by side or one below the other.
    columns
        Panels of a figure that stand side by side.
    cohort, save
        The cohort that an earlier entry saved, and the name under which this one saves its own.
    """

    kind: Kind
    line: int
    id: str = ""
    text: str = ""
    stated: bool = False
    caption: str = ""
    runs: tuple[tuple[str, ...], ...] = ()
    tables: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    stacked: bool = False
    columns: int = 2
    cohort: str = ""
    save: str = ""


@dataclass(frozen=True)
class Study:
    """A study file.

    Attributes
    ----------
    cohort, dictionary
        Paths beside the study file; None for the usual ones.
    checklists
        The reporting guidelines whose items stand at the end.
    """

    path: Path
    title: str
    cohort: Path | None
    dictionary: Path | None
    entries: tuple[Entry, ...]
    checklists: tuple[Checklist, ...] = ()


def read_study(path: Path) -> Study:
    """The study of a TOML file.

    Raises
    ------
    UsageError
        The file cannot be read, is not TOML, or has faults; all of them are listed with their line.
    """
    text, raw = _parsed(path)
    faults = [fault for key in raw for fault in _faults_of_key(path, text, key, raw[key])]
    entries = _entries(text, raw, faults)
    if not entries and not faults:
        faults.append((1, "the study has no [[table]], [[figure]] or [[text]]."))
    if faults:
        lines = "\n".join(f"  line {line}, {fault.rstrip()}" for line, fault in sorted(faults))
        count = f"{len(faults)} error" + ("s" if len(faults) > 1 else "")
        raise UsageError(f"The study file has {count}:\n{lines}", where=str(path))
    return Study(
        path=path,
        title=on_one_line(raw.get("title", path.stem)),
        cohort=path.parent / raw["cohort"] if "cohort" in raw else None,
        dictionary=path.parent / raw["dictionary"] if "dictionary" in raw else None,
        entries=entries,
        checklists=tuple(CHECKLISTS[name] for name in _listed(raw.get("checklist", ()))),
    )


def _faults_of_key(path: Path, text: str, key: str, value: Any) -> Iterator[tuple[int, str]]:
    """What is wrong with a key above the entries, with its line."""
    line = _line_of(text, key)
    if key in ENTRY_KEYS:
        if not isinstance(value, list):
            yield line, f"write [[{key}]], with two brackets on both sides."
    elif key not in TOP_KEYS:
        yield (
            line,
            f"there is no key {key!r} in a study. {did_you_mean(key, (*TOP_KEYS, *ENTRY_KEYS))}",
        )
    elif key == "checklist":
        yield from ((line, fault) for fault in _faults_of_checklist(value))
    elif not isinstance(value, str):
        yield line, f"{key}: expected text in quotation marks."
    elif _NOT_IN_XML.search(value):
        yield line, f"{key}: it has a control character."
    elif key in ("cohort", "dictionary"):
        file = path.parent / value
        if value in ("", "-") or not file.exists():
            yield line, f"{key}: there is no file {value!r} beside the study file."
        elif file.is_dir():
            yield line, f"{key}: {value!r} is a folder; name a file in it."


def _faults_of_checklist(value: Any) -> Iterator[str]:
    """What is wrong with the names of checklists."""
    names = value if isinstance(value, list) else [value]
    if not all(isinstance(name, str) for name in names):
        yield "checklist: expected a name in quotation marks, or a list of such names."
        return
    known = listed([f'"{name}"' for name in CHECKLISTS], "or")
    for name in names:
        if name not in CHECKLISTS:
            yield f"checklist: {name!r} is not known; write {known}."
    if len(set(names)) < len(names):
        yield "checklist: a name is given twice."


def _parsed(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise UsageError(
                "The study file is larger than 1 MB.",
                where=str(path),
                hint='A study file names the cohort: cohort = "cohort.csv".',
            )
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        raise UsageError(
            "There is no such study file.",
            where=str(path),
            hint="Write one with hcc2l report --init cohort.csv.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"The study file cannot be read: {reason}.", where=str(path)) from None
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise UsageError(
            f"The study file is not valid TOML: {reason}.",
            where=str(path),
            hint="Put texts in quotation marks; a text over several lines stands in '''…'''.",
        ) from None


def _entries(text: str, raw: Mapping[str, Any], faults: list[tuple[int, str]]) -> tuple[Entry, ...]:
    """The entries in the order of the file, which TOML itself does not keep between kinds."""
    waiting = {
        kind: list(raw.get(kind, ())) for kind in ENTRY_KEYS if isinstance(raw.get(kind), list)
    }
    entries: list[Entry] = []
    for number, line in enumerate(_without_long_strings(text).split("\n"), start=1):
        heading = _HEADING.match(line)
        if heading is None or not waiting.get(heading[1]):
            continue
        kind, content = heading[1], waiting[heading[1]].pop(0)
        found = _faults(kind, content) or _clashes(kind, content, entries)
        faults += [(number, f"[[{kind}]]: {fault}") for fault in found]
        if not found:
            entries.append(_entry(kind, number, content, entries))
    for kind, rest in waiting.items():
        if rest:
            line_of = _line_of(text, kind)
            faults.append((line_of, f"{kind}: each stands below its own heading [[{kind}]]."))
    return tuple(entries)


def _without_long_strings(text: str) -> str:
    """The text with its lines, but without the texts in it that go over several lines."""

    def blank(found: re.Match[str]) -> str:
        return "\n" * found[0].count("\n") or found[0]

    return _STRING_OR_COMMENT.sub(blank, text)


def _faults(kind: str, content: Mapping[str, Any]) -> list[str]:
    """What is wrong with an entry by itself."""
    known = ENTRY_KEYS[kind]
    found = [
        f"there is no key {key!r}. {did_you_mean(key, known)}"
        for key in content
        if key not in known
    ]
    found += [f"{key} is missing." for key in _NEEDED[kind] if key not in content]
    for key, value in content.items():
        found += _faults_of_value(key, value, known[key]) if key in known else ()
    if found:
        return found
    found += [f"{key} is empty." for key in _NEEDED[kind] if not str(content[key]).strip()]
    for key in ("id", "save"):
        if key in content and not _NAME.fullmatch(content[key]):
            found.append(f"{key}: write up to 60 letters, digits, - or _.")
    return found + _faults_of_runs(kind, content)


def _faults_of_value(key: str, value: Any, expected: type | tuple[type, ...]) -> Iterator[str]:
    """A value of the wrong kind, or with characters that no document can hold."""
    right = isinstance(value, expected) and isinstance(value, bool) == (expected is bool)
    texts = value if isinstance(value, list) else [value]
    if not right:
        yield f"{key}: {reprlib.repr(value)} cannot be read here."
    elif isinstance(value, list) and not (value and all(isinstance(v, str) for v in value)):
        yield f"{key}: expected a list of texts."
    elif any(isinstance(text, str) and _NOT_IN_XML.search(text) for text in texts):
        yield f"{key}: it has a control character."


def _faults_of_runs(kind: str, content: Mapping[str, Any]) -> list[str]:
    """What does not go together in the runs of an entry."""
    runs, found = _listed(content.get("run", ())), []
    labels = content.get("beside") or content.get("stacked") or ()
    for run in runs:
        try:
            shlex.split(run)
        except ValueError:
            found.append(f"run: a quotation mark is not closed in {reprlib.repr(run)}.")
    if "beside" in content and "stacked" in content:
        found.append("tables are merged either beside each other or stacked.")
    if labels and len(labels) != len(runs):
        found.append(f"{len(labels)} names are given for {len(runs)} runs.")
    if kind == "table" and len(runs) > 1 and not labels:
        found.append('several runs need names: beside = ["…", "…"] or stacked = ["…", "…"].')
    if len(runs) > 1 and len(_listed(content.get("tables", ()))) > 1:
        found.append("several runs are merged in one table; name one in tables.")
    if content.get("save") and len(runs) > 1:
        found.append("save needs a single run.")
    if kind == "figure" and content.get("columns", 1) < 1:
        found.append("columns must be at least 1.")
    if kind == "figure" and len(runs) > _LETTERS:
        found.append(f"a figure has at most {_LETTERS} panels.")
    return found


def _clashes(kind: str, content: Mapping[str, Any], before: list[Entry]) -> list[str]:
    """What does not go together with the entries before."""
    found = []
    name = content.get("id", _usual_id(kind, before))
    same = next((entry for entry in before if entry.id == name), None)
    if same:
        found.append(f"the id {name!r} is that of line {same.line}.")
    saved = {entry.save: entry.line for entry in before if entry.save}
    if content.get("cohort") and content["cohort"] not in saved:
        found.append(f"no entry before it saves a cohort as {content['cohort']!r}.")
    if content.get("save") in saved:
        line = saved[content["save"]]
        found.append(f"line {line} saves a cohort as {content['save']!r} too.")
    return found


def _entry(kind: str, line: int, content: Mapping[str, Any], before: list[Entry]) -> Entry:
    return Entry(
        kind=kind,  # type: ignore[arg-type]  # a key of ENTRY_KEYS
        line=line,
        id=content.get("id", _usual_id(kind, before)),
        text=content.get("text", on_one_line(content.get("title", ""))),
        stated=content.get("stated", False),
        caption=on_one_line(content.get("caption", "")),
        runs=tuple(_words(run) for run in _listed(content.get("run", ()))),
        tables=tuple(_listed(content.get("tables", ()))),
        labels=tuple(map(on_one_line, content.get("beside") or content.get("stacked") or ())),
        stacked="stacked" in content,
        columns=content.get("columns", 2),
        cohort=content.get("cohort", ""),
        save=content.get("save", ""),
    )


def _usual_id(kind: str, before: list[Entry]) -> str:
    return f"{kind}-{1 + sum(entry.kind == kind for entry in before)}"


def on_one_line(text: str) -> str:
    """A text without the line breaks of the study file."""
    return " ".join(text.split())


def _words(run: str) -> tuple[str, ...]:
    """A command line as a shell splits it, without ``hcc2l``."""
    words = shlex.split(run)
    return tuple(words[1:] if words[:1] == ["hcc2l"] else words)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _line_of(text: str, key: str) -> int:
    pattern = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*(?:[=\].]|$)")
    lines = _without_long_strings(text).split("\n")
    return next((i for i, line in enumerate(lines, start=1) if pattern.match(line)), 1)
