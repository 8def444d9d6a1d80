"""The study file: what a document holds, checked as a whole before anything runs."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hcc2l.errors import UsageError, did_you_mean

Kind = Literal["section", "text", "table", "figure"]

_TOP = {"title": str, "cohort": str, "dictionary": str}
_ENTRIES: dict[str, dict[str, type | tuple[type, ...]]] = {
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
_HEADING = re.compile(r"\s*\[\[\s*(\w+)\s*\]\]")


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
    """

    path: Path
    title: str
    cohort: Path | None
    dictionary: Path | None
    entries: tuple[Entry, ...]


def read_study(path: Path) -> Study:
    """The study of a TOML file.

    Raises
    ------
    UsageError
        The file cannot be read, is not TOML, or has faults; all of them are listed with their line.
    """
    text, raw = _parsed(path)
    faults: list[tuple[int, str]] = []
    for key, value in raw.items():
        known = key in _ENTRIES if isinstance(value, list) else key in _TOP
        if not known:
            hint = did_you_mean(key, (*_TOP, *_ENTRIES))
            faults.append((_line_of(text, key), f"there is no key {key!r} in a study. {hint}"))
        elif key in _TOP and not isinstance(value, str):
            faults.append((_line_of(text, key), f"{key}: expected text in quotation marks."))
    entries = _entries(text, raw, faults)
    if not entries and not faults:
        faults.append((1, "the study has no [[table]], [[figure]] or [[text]]."))
    if faults:
        lines = "\n".join(f"  line {line}, {fault}" for line, fault in sorted(faults))
        count = f"{len(faults)} error" + ("s" if len(faults) > 1 else "")
        raise UsageError(f"The study file has {count}:\n{lines}", where=str(path))
    return Study(
        path=path,
        title=raw.get("title", path.stem),
        cohort=path.parent / raw["cohort"] if "cohort" in raw else None,
        dictionary=path.parent / raw["dictionary"] if "dictionary" in raw else None,
        entries=entries,
    )


def _parsed(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
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
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(
            f"The study file is not valid TOML: {error}.",
            where=str(path),
            hint="Put texts in quotation marks; a text over several lines stands in '''…'''.",
        ) from None


def _entries(text: str, raw: Mapping[str, Any], faults: list[tuple[int, str]]) -> tuple[Entry, ...]:
    """The entries in the order of the file, which TOML itself does not keep between kinds."""
    waiting = {
        kind: list(raw.get(kind, ())) for kind in _ENTRIES if isinstance(raw.get(kind), list)
    }
    entries: list[Entry] = []
    saved: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        heading = _HEADING.match(line)
        if heading is None or not waiting.get(heading[1]):
            continue
        content = waiting[heading[1]].pop(0)
        before = len(faults)
        faults += [(number, f"[[{heading[1]}]]: {f}") for f in _faults(heading[1], content, saved)]
        if len(faults) == before:
            entries.append(_entry(heading[1], number, content, entries))
            saved.add(content.get("save", ""))
    return tuple(entries)


def _faults(kind: str, content: Mapping[str, Any], saved: set[str]) -> list[str]:
    """What is wrong with an entry."""
    known = _ENTRIES[kind]
    found = [
        f"there is no key {key!r}. {did_you_mean(key, known)}"
        for key in content
        if key not in known
    ]
    found += [f"{key} is missing." for key in _NEEDED[kind] if key not in content]
    for key, value in content.items():
        expected = known.get(key)
        listed = isinstance(value, list)
        if expected and not isinstance(value, expected):
            found.append(f"{key}: {value!r} cannot be read here.")
        elif listed and not (value and all(isinstance(v, str) for v in value)):
            found.append(f"{key}: expected a list of texts.")
    if found:
        return found
    runs = _listed(content.get("run", ()))
    labels = content.get("beside") or content.get("stacked") or ()
    if "beside" in content and "stacked" in content:
        found.append("tables are merged either beside each other or stacked.")
    if labels and len(labels) != len(runs):
        found.append(f"{len(labels)} names are given for {len(runs)} runs.")
    if kind == "table" and len(runs) > 1 and not labels:
        found.append('several runs need names: beside = ["…", "…"] or stacked = ["…", "…"].')
    if content.get("cohort") and content["cohort"] not in saved:
        found.append(f"no entry before it saves a cohort as {content['cohort']!r}.")
    if content.get("save") and len(runs) > 1:
        found.append("save needs a single run.")
    if kind == "figure" and content.get("columns", 1) < 1:
        found.append("columns must be at least 1.")
    return found


def _entry(kind: str, line: int, content: Mapping[str, Any], before: list[Entry]) -> Entry:
    number = 1 + sum(entry.kind == kind for entry in before)
    return Entry(
        kind=kind,  # type: ignore[arg-type]  # a key of _ENTRIES
        line=line,
        id=content.get("id", f"{kind}-{number}"),
        text=content.get("text", content.get("title", "")),
        stated=content.get("stated", False),
        caption=content.get("caption", ""),
        runs=tuple(_words(run) for run in _listed(content.get("run", ()))),
        tables=tuple(_listed(content.get("tables", ()))),
        labels=tuple(content.get("beside") or content.get("stacked") or ()),
        stacked="stacked" in content,
        columns=content.get("columns", 2),
        cohort=content.get("cohort", ""),
        save=content.get("save", ""),
    )


def _words(run: str) -> tuple[str, ...]:
    """A command line as a shell splits it; unbalanced quotation marks stay in one word."""
    try:
        words = shlex.split(run)
    except ValueError:
        words = run.split()
    return tuple(words[1:] if words[:1] == ["hcc2l"] else words)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _line_of(text: str, key: str) -> int:
    pattern = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*(?:[=\].]|$)")
    lines = text.splitlines()
    return next((i for i, line in enumerate(lines, start=1) if pattern.match(line)), 1)
