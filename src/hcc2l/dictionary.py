"""The data dictionary (`hcc2l.toml`): endpoints, roles, labels, levels, cut-points, defaults.

Every key is optional. The file is checked as a whole: all faults are reported together, each with
its line and, for a misspelt key, the nearest known key.
"""

from __future__ import annotations

import re
import reprlib
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hcc2l.errors import UsageError, did_you_mean
from hcc2l.recoding import MISSING, Levels
from hcc2l.scores import all_scores, score_named
from hcc2l.scores.laboratory import ANALYTES
from hcc2l.specs import SPECS
from hcc2l.specs.options import UNITS, Option, Options, options_of
from hcc2l.specs.output import OutputOptions
from hcc2l.specs.reading import ReadingOptions
from hcc2l.specs.rules import field_name, rival_fields
from hcc2l.wording import listed

FILE_NAME = "hcc2l.toml"
ROLES = ("baseline", "outcome", "post-baseline", "id")
TYPES = ("numeric", "factor", "ordered", "date", "text")
DATE_ORDERS = ("dmy", "mdy", "ymd")


def _settable(options: type[Options]) -> dict[str, Option]:
    return {name: o for name, o in options_of(options).items() if o.declared.in_dictionary}


# Options in addition to those of a command's spec: how results are shown, how the file is read.
SHOWING_OPTIONS = _settable(OutputOptions)
READING_OPTIONS = _settable(ReadingOptions)

_TEXT, _TEXTS = "text in quotation marks", "a list of texts in quotation marks"
_NUMBERS, _FLAG, _TABLE = "a list of numbers", "true or false", "a table"
_LABELS = 'a table of texts, such as {0 = "no", 1 = "yes"}'
_MEANINGS = 'a table of texts, such as {MVI = "macrovascular invasion"}'
_GROUPS = 'a table of lists of texts, such as {A = ["A5", "A6"]}'
_PARTS = 'a table of columns, such as {bilirubin = "bili_week8"}'
_ID = "a column, or false if no column identifies patients"
_TOP = {
    "cohort": _TEXT, "title": _TEXT, "synthetic": _FLAG, "id": _ID, "treatment": _TEXT,
    "missing": _TEXTS, "date_order": _TEXT, "endpoints": _TABLE, "columns": _TABLE,
    "derived": _TABLE, "exposures": _TABLE, "defaults": _TABLE, "rows": _TABLE,
    "abbreviations": _MEANINGS,
}  # fmt: skip
_ENDPOINT = {
    "time": _TEXT, "event": _TEXT, "start": _TEXT, "end": _TEXTS, "censor": _TEXT, "unit": _TEXT,
    "label": _TEXT,
}  # fmt: skip
_COLUMN = {
    "label": _TEXT, "unit": _TEXT, "levels": _TEXTS, "reference": _TEXT, "type": _TEXT,
    "cut": _NUMBERS, "role": _TEXT, "missing": _TEXTS, "part": _TEXT, "marks": _TEXTS,
    "thousands": _TEXT, "decimal": _TEXT, "labels": _LABELS, "groups": _GROUPS, "other": _TEXT,
    "split": _TEXT, "scale": _TEXT,
}  # fmt: skip
_DERIVED = {
    "label": _TEXT, "of": _TEXT, "groups": _GROUPS, "other": _TEXT, "ratio": _TEXTS,
    "difference": _TEXTS, "change": _TEXTS, "percent": _FLAG, "score": _TEXT, "parts": _PARTS,
}  # fmt: skip
_EXPOSURE = {"start": _TEXT}
_ROWS = {"merge": _TEXT, "sections": _TEXT}
_CHOICES = {
    "role": ROLES, "type": TYPES, "date_order": DATE_ORDERS, "part": tuple(ANALYTES),
    "thousands": (".", ","), "decimal": (".", ","), "other": (MISSING,),
    "scale": ("log",),
}  # fmt: skip


@dataclass(frozen=True)
class EndpointEntry:
    """An endpoint as the dictionary or the command line defines it.

    Either a column of times and an event; or two dates, `start` and one `end`, and an event; or
    the dates `start`, `end` (the first of them is the event) and `censor`.
    """

    name: str
    time: str | None = None
    event: str | None = None
    start: str | None = None
    end: tuple[str, ...] = ()
    censor: str | None = None
    unit: str | None = None
    label: str | None = None
    recognised: bool = False


@dataclass(frozen=True)
class ColumnEntry:
    """The entry of one column in the dictionary."""

    label: str | None = None
    unit: str | None = None
    levels: tuple[str, ...] = ()
    reference: str | None = None
    type: str | None = None
    cut: tuple[float, ...] = ()
    role: str | None = None
    missing: tuple[str, ...] = ()
    part: str | None = None
    marks: tuple[str, ...] = ()
    thousands: str | None = None
    decimal: str | None = None

    labels: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    other: str | None = None
    split: str | None = None
    scale: str | None = None

    @property
    def recoding(self) -> Levels:
        """The new names of its levels; empty when they stay as they are."""
        return Levels(self.labels, self.groups, self.other)

    @property
    def describes_levels(self) -> bool:
        """Whether it says what the levels of the column are."""
        return bool(self.levels or self.type or self.recoding)


@dataclass(frozen=True)
class DerivedEntry:
    """A column that is computed from others, in one of five ways.

    Attributes
    ----------
    of, groups, other
        A column whose levels are merged, as in `ColumnEntry`.
    ratio, difference, change
        Two columns each; a change leads from the first to the second.
    percent
        Whether the change is a percentage of the first.
    score, parts
        A score by its name, and the columns of those of its parts that are stated.
    """

    name: str
    label: str | None = None
    of: str | None = None
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    other: str | None = None
    ratio: tuple[str, ...] = ()
    difference: tuple[str, ...] = ()
    change: tuple[str, ...] = ()
    percent: bool = False
    score: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        of = (self.of,) if self.of else ()
        return (*of, *self.ratio, *self.difference, *self.change, *self.parts.values())

    @property
    def recoding(self) -> Levels:
        """Its groups."""
        return Levels(groups=self.groups, other=self.other)

    @property
    def formula(self) -> str:
        """Its key in `hcc2l.derived.FORMULAS`, if it is computed from two numbers."""
        if self.change:
            return "percent" if self.percent else "change"
        return "ratio" if self.ratio else "difference"


@dataclass(frozen=True)
class RowsEntry:
    """What the dictionary says about rows.

    Attributes
    ----------
    merge
        The column whose rows become one.
    sections
        The column to be made of headings between the rows.
    """

    merge: str | None = None
    sections: str | None = None


@dataclass(frozen=True)
class Dictionary:
    """A checked `hcc2l.toml`; empty when there is none.

    Attributes
    ----------
    id
        Empty for ``id = false``: no column identifies patients.
    exposures
        The column that says when each exposure begins, by the name of the exposure.
    abbreviations
        What abbreviations mean, for the footnotes of documents.
    """

    path: Path | None = None
    cohort: str | None = None
    title: str | None = None
    synthetic: bool = False
    id: str | None = None
    treatment: str | None = None
    missing: tuple[str, ...] = ()
    date_order: str | None = None
    rows: RowsEntry = field(default_factory=RowsEntry)
    endpoints: Mapping[str, EndpointEntry] = field(default_factory=dict)
    columns: Mapping[str, ColumnEntry] = field(default_factory=dict)
    derived: Mapping[str, DerivedEntry] = field(default_factory=dict)
    exposures: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    commands: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    abbreviations: Mapping[str, str] = field(default_factory=dict)

    def column(self, name: str) -> ColumnEntry:
        """The entry of a column; empty when the dictionary does not describe it."""
        return self.columns.get(name, ColumnEntry())

    def label(self, name: str) -> str:
        """The column's label, else a readable form of its name."""
        return self.column(name).label or readable(name)

    def options(self, command: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """A command's options: those given, else those of its table, else those of [defaults].

        An option that is given also overrides its rivals: other ways of saying the same
        (`hcc2l.specs.rules.Excludes`).
        Conditions of `where` are joined: those of the dictionary define the cohort and hold in
        addition to those given.
        """
        table = {field_name(name): v for name, v in self.commands.get(command, {}).items()}
        shared = {field_name(name): v for name, v in self.defaults.items()}
        spec = SPECS[command]
        known = options_of(spec)
        inapplicable = [  # values that only another command's option of that name can take
            name for name, value in shared.items() if name in known and known[name].problem(value)
        ]
        options = {**{k: v for k, v in shared.items() if k not in inapplicable}, **table}
        for names in rival_fields(spec.rules):
            if any(given.get(name) is not None for name in names):
                options = {k: v for k, v in options.items() if k not in names}
        where = [*_listed(options.get("where")), *_listed(given.get("where"))]
        return {**options, **given, "where": where}

    def named_columns(self) -> list[str]:
        """Every column that the dictionary names."""
        names = [self.id, self.treatment, *self.columns]
        for entry in self.endpoints.values():
            event = entry.event.partition("=")[0] if entry.event else None
            names += [entry.time, event, entry.start, *entry.end, entry.censor]
        for derived in self.derived.values():
            names += derived.columns
        names += self.exposures.values()
        return list(dict.fromkeys(name for name in names if name))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


_ABBREVIATIONS = {"afp", "alt", "ast", "inr", "crp", "pni", "nlr", "ecog", "bclc", "albi", "os"}
_ABBREVIATIONS |= {"pfs", "ttp", "id", "hbv", "hcv", "bmi", "pivka"}


def readable(name: str) -> str:
    """A column name as words: `tumour_size` is `Tumour size`, `afp` `AFP`, `mrecist` `mRECIST`."""
    words = [w.upper() if w.lower() in _ABBREVIATIONS else w for w in re.split(r"[_\s]+", name)]
    text = re.sub("child pugh", "Child-Pugh", " ".join(filter(None, words)), flags=re.IGNORECASE)
    text = re.sub(r"\b(m?)recist\b", lambda m: f"{m[1].lower()}RECIST", text, flags=re.IGNORECASE)
    return text if text.startswith("mRECIST") else text[:1].upper() + text[1:]


def load_dictionary(path: Path) -> Dictionary:
    """The dictionary in a file, checked.

    Raises
    ------
    UsageError
        The file cannot be read, is not TOML, or has faults; all of them are listed.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        hint = "" if isinstance(error, OSError) else "Save the file as UTF-8."
        raise UsageError(
            f"The dictionary cannot be read: {reason}.", where=str(path), hint=hint
        ) from None
    try:
        raw = tomllib.loads(text)
    except ValueError as error:  # also a whole number of more than 4,300 digits
        raise UsageError(
            f"The dictionary is not valid TOML: {error}.",
            where=str(path),
            hint=_toml_hint(error, text),
        ) from None
    except RecursionError:
        raise UsageError(
            "The dictionary is nested too deeply.",
            where=str(path),
            hint="No key of the dictionary needs more than a list of texts in a table.",
        ) from None
    faults = _Faults(text)
    dictionary = _build(path, raw, faults)
    if faults.count:
        listed = "\n".join(f"  {fault}" for fault in faults.messages)
        more = faults.count - len(faults.messages)
        raise UsageError(
            f"The dictionary has {faults.count} error{'s' if faults.count > 1 else ''}:\n{listed}"
            + (f"\n  and {more:,} more" if more else ""),
            where=str(path),
        )
    return dictionary


def _toml_hint(error: ValueError, text: str) -> str:
    """What to write instead, inferred from the line of the error."""
    at = re.search(r"line (\d+)", str(error))
    lines = text.splitlines()
    line = lines[int(at[1]) - 1].strip() if at and int(at[1]) <= len(lines) else ""
    if line.startswith("["):
        return (
            "Put names with spaces, brackets or accented letters in quotation marks: "
            '[columns."AFP (ng/mL)"].'
        )
    return (
        'Put texts in quotation marks, such as id = "patient_id", and lists in square brackets, '
        "such as at = [6, 12]."
    )


_MOST_FAULTS = 50


class _Faults:
    """The faults of a dictionary: their number, and the first with the lines of their keys."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self.messages: list[str] = []
        self.count = 0

    def add(self, keys: tuple[str, ...], message: str) -> None:
        self.count += 1
        if self.count > _MOST_FAULTS:
            return
        line = self._line(keys)
        place = f"line {line}, " if line else ""
        self.messages.append(f"{place}{'.'.join(keys)}: {message}")

    def _line(self, keys: tuple[str, ...]) -> int | None:
        """The line of a key, else of the innermost table that contains it."""
        table: tuple[str, ...] = ()
        best, line_number = 0, None
        for number, line in enumerate(self._lines, start=1):
            if line.lstrip().startswith("["):
                path = table = _toml_path(line)
            elif "=" in line:
                path = (*table, *_toml_path(line.partition("=")[0] + "= 0"))
            else:
                continue
            common = min(len(path), len(keys))
            if path[:common] == keys[:common] and common > best:
                best, line_number = common, number
        return line_number


def _toml_path(line: str) -> tuple[str, ...]:
    """The nested keys of one line of TOML; empty when it is part of a longer value."""
    try:
        inner: object = tomllib.loads(line)
    except ValueError:
        return ()
    path = []
    while isinstance(inner, dict) and inner:
        key, inner = next(iter(inner.items()))
        path.append(key)
    return tuple(path)


def _build(path: Path, raw: dict[str, Any], faults: _Faults) -> Dictionary:
    top: dict[str, Any] = {}
    for key, value in raw.items():
        if key in SPECS:
            if not isinstance(value, dict):
                faults.add((key,), f"this is a command; write its options in a table, [{key}].")
        elif key not in _TOP:
            faults.add((key,), _unknown(key, value))
        else:
            top[key] = _checked((key,), value, _TOP[key], faults)
    endpoints = {
        name: EndpointEntry(name, **_entry(("endpoints", name), value, _ENDPOINT, faults))
        for name, value in (top.get("endpoints") or {}).items()
    }
    for name, endpoint in endpoints.items():
        _check_endpoint(name, endpoint, faults)
    columns = {
        name: ColumnEntry(**_entry(("columns", name), value, _COLUMN, faults))
        for name, value in (top.get("columns") or {}).items()
    }
    for name, column in columns.items():
        _check_column(name, column, faults)
        if column.thousands and column.decimal is None:
            columns[name] = replace(column, decimal="," if column.thousands == "." else ".")
    derived = {
        name: DerivedEntry(name, **_entry(("derived", name), value, _DERIVED, faults))
        for name, value in (top.get("derived") or {}).items()
    }
    for entry in derived.values():
        _check_derived(entry, derived, faults)
    exposures = {
        name: _exposure(name, value, faults) for name, value in (top.get("exposures") or {}).items()
    }
    _check_options(("defaults",), top.get("defaults") or {}, None, faults)
    commands = {name: raw[name] for name in SPECS if isinstance(raw.get(name), dict)}
    for name, options in commands.items():
        _check_options((name,), options, name, faults)
    return Dictionary(
        path=path,
        cohort=top.get("cohort"),
        title=top.get("title"),
        synthetic=bool(top.get("synthetic")),
        id="" if top.get("id") is False else top.get("id"),
        treatment=top.get("treatment"),
        missing=top.get("missing") or (),
        date_order=top.get("date_order"),
        rows=RowsEntry(**_entry(("rows",), top.get("rows") or {}, _ROWS, faults)),
        endpoints=endpoints,
        columns=columns,
        derived=derived,
        exposures=exposures,
        defaults=top.get("defaults") or {},
        commands=commands,
        abbreviations=top.get("abbreviations") or {},
    )


def _unknown(key: str, value: object) -> str:
    """The fault of a key, or of a table, that the dictionary does not know."""
    if not isinstance(value, dict):
        return f"unknown key. {did_you_mean(key, (*_TOP, *SPECS))}"
    tables = [name for name, form in _TOP.items() if form == _TABLE]
    hint = did_you_mean(key, (*tables, *SPECS))
    return f"this is neither a command nor a table of the dictionary. {hint}"


def _entry(
    keys: tuple[str, ...], value: object, schema: Mapping[str, str], faults: _Faults
) -> dict[str, Any]:
    if not isinstance(value, dict):
        faults.add(keys, f"this must be a table: [{'.'.join(keys)}].")
        return {}
    result = {}
    for key, inner in value.items():
        if key not in schema:
            faults.add((*keys, key), f"unknown key. {did_you_mean(key, schema)}")
            continue
        checked = _checked((*keys, key), inner, schema[key], faults)
        if checked is not None:
            result[key] = checked
    return result


def _checked(keys: tuple[str, ...], value: Any, form: str, faults: _Faults) -> Any:
    """`value` in the required form (lists as tuples), or None after recording the fault."""
    key = keys[-1]
    if form == _TEXT and isinstance(value, str):
        if key in _CHOICES and value not in _CHOICES[key]:
            what = f"a {key}" if key != "other" else "a way to treat other values"
            faults.add(keys, f"{value!r} is not {what}. {did_you_mean(value, _CHOICES[key])}")
            return None
        return value
    if form == _FLAG and isinstance(value, bool):
        return value
    if form == _ID and (value is False or (isinstance(value, str) and value)):
        return value
    if form == _TABLE and isinstance(value, dict):
        return value
    if form in (_LABELS, _PARTS, _MEANINGS) and _is_table_of_texts(value, form == _MEANINGS):
        return value
    if form == _GROUPS and isinstance(value, dict) and value:
        groups = {name: _checked((*keys, name), of, _TEXTS, faults) for name, of in value.items()}
        return None if None in groups.values() else groups
    if form in (_TEXTS, _NUMBERS):
        items = value if isinstance(value, list) else [value]
        if form == _TEXTS and all(isinstance(i, str) or _is_number(i) for i in items):
            return tuple(i if isinstance(i, str) else f"{i:.15g}" for i in items)
        if form == _NUMBERS and all(_is_number(i) for i in items):
            return tuple(float(i) for i in items)
    faults.add(keys, f"expected {form}, not {reprlib.repr(value)}.")
    return None


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) <= sys.float_info.max  # TOML has whole numbers of any length


def _is_table_of_texts(value: object, may_be_empty: bool) -> bool:
    return isinstance(value, dict) and bool(value) and all(
        isinstance(text, str) and (text or may_be_empty) for text in value.values())  # fmt: skip


def _check_endpoint(name: str, entry: EndpointEntry, faults: _Faults) -> None:
    problem = endpoint_problem(entry)
    if problem:
        part, sentence = problem
        faults.add(("endpoints", name, *([part] if part else [])), sentence)
    if entry.start and entry.unit and entry.unit not in UNITS:
        hint = did_you_mean(entry.unit, UNITS)
        faults.add(("endpoints", name, "unit"), f"{entry.unit!r} is not a unit of time. {hint}")


def endpoint_problem(entry: EndpointEntry, mark: str = "") -> tuple[str, str] | None:
    """The part of an endpoint that is wrong, if it is one, and why; None when the parts fit.

    Parameters
    ----------
    mark
        Stands before the name of a part in the sentence: ``--`` for options.
    """
    time, event, start, end, censor = (
        mark + part for part in ("time", "event", "start", "end", "censor")
    )
    by_dates = bool(entry.start or entry.end or entry.censor)
    if by_dates and entry.time:
        return "", f"give either {time} and {event}, or {start} and {end}."
    if not by_dates and not (entry.time and entry.event):
        return "", (
            f"an endpoint needs {time} and {event}, or {start} and {end} with either {event} or "
            f"{censor}."
        )
    if by_dates and not (entry.start and entry.end):
        return "", f"an endpoint from dates needs {start} and {end}."
    if by_dates and entry.event and entry.censor:
        return "", (
            f"{event} and {censor} exclude each other: with {event}, {end} is the date of last "
            f"contact; with {censor}, {end} is the date of the event."
        )
    if by_dates and not (entry.event or entry.censor):
        return "", (
            f"an endpoint from dates needs {event}, the status at {end}, or {censor}, the date of "
            "last contact."
        )
    if entry.event and len(entry.end) > 1:
        return "end", f"with {event}, {end} is one column: the date of last contact."
    return _repeated_date(entry, start, end, censor)


def _repeated_date(
    entry: EndpointEntry, start: str, end: str, censor: str
) -> tuple[str, str] | None:
    """One column in two roles of an endpoint, and what would follow from it."""
    if entry.censor in entry.end:
        return "censor", (
            f"{end} and {censor} are the same column, {entry.censor}, so every patient would have "
            f"the event. If it is the date of last contact, give the status instead of {censor}."
        )
    if entry.start and entry.start in (*entry.end, entry.censor):
        other = end if entry.start in entry.end else censor
        return "start", (
            f"{start} and {other} are the same column, {entry.start}, so times would be 0."
        )
    if len(set(entry.end)) < len(entry.end):
        return "end", f"{end} names a column twice."
    return None


def _check_column(name: str, entry: ColumnEntry, faults: _Faults) -> None:
    keys = ("columns", name)
    if len(set(entry.levels)) < len(entry.levels):
        faults.add((*keys, "levels"), "a level occurs twice.")
    if entry.split is not None:
        _check_split(keys, entry, faults)
    _check_levels(keys, entry.recoding, faults, listed=bool(entry.split and entry.levels))
    new = entry.recoding.names
    for level in entry.levels if new else ():
        if level not in new:
            hint = did_you_mean(level, new)
            faults.add((*keys, "levels"), f"no label or group is called {level!r}. {hint}")
    levels = entry.levels or new
    if entry.reference and levels and entry.reference not in levels:
        hint = did_you_mean(entry.reference, levels)
        faults.add((*keys, "reference"), f"{entry.reference!r} is not one of the levels. {hint}")
    if entry.thousands and entry.thousands == entry.decimal:
        faults.add((*keys, "thousands"), "this is the decimal sign of the column.")
    if entry.cut and list(entry.cut) != sorted(set(entry.cut)):
        faults.add((*keys, "cut"), "cut-points must be in ascending order, each given once.")


def _check_split(keys: tuple[str, ...], entry: ColumnEntry, faults: _Faults) -> None:
    """Check a column of several values, which are texts and each a variable of its own."""
    if not entry.split:
        faults.add((*keys, "split"), 'give what stands between the values, such as ";".')
    if entry.type not in (None, "factor", "text"):
        faults.add((*keys, "type"), f"a column with split is not {entry.type}.")
    for key in ("reference", "cut", "marks", "thousands", "decimal", "part"):
        if getattr(entry, key):
            faults.add((*keys, key), "this does not go with split, which makes a variable with "
                       "the levels no and yes of each value.")  # fmt: skip


def _check_derived(
    entry: DerivedEntry, derived: Mapping[str, DerivedEntry], faults: _Faults
) -> None:
    keys = ("derived", entry.name)
    ways = ("groups", "ratio", "difference", "change", "score")
    chosen = [way for way in ways if getattr(entry, way)]
    if len(chosen) != 1:
        faults.add(keys, f"give one of {listed(ways, 'or')}.")
    _check_levels(keys, entry.recoding, faults)
    for key, needed in (("of", "groups"), ("groups", "of"), ("percent", "change"),
                        ("parts", "score")):  # fmt: skip
        if getattr(entry, key) and not getattr(entry, needed):
            faults.add((*keys, key), f"this needs {needed}.")
    for key in ("ratio", "difference", "change"):
        if len(getattr(entry, key)) not in (0, 2):
            faults.add((*keys, key), "give two columns.")
    if entry.score is not None:
        score = score_named(entry.score)
        if score is None:
            hint = did_you_mean(entry.score, all_scores())
            faults.add((*keys, "score"), f"{entry.score!r} is not a score. {hint}")
        for part in entry.parts if score else ():
            if score and part not in score.parts:
                hint = did_you_mean(part, score.parts)
                faults.add((*keys, "parts", part), f"this is no part of {score.name}. {hint}")
    if entry.name in _all_columns(entry, derived):
        faults.add(keys, "this column is computed from itself.")


def _exposure(name: str, value: object, faults: _Faults) -> str:
    """The column of an exposure, checked."""
    keys = ("exposures", name)
    before = faults.count
    column = str(_entry(keys, value, _EXPOSURE, faults).get("start") or "")
    if not column and faults.count == before:
        faults.add(keys, "give start, the column of the date or time at which it begins.")
    if not name or "," in name:
        faults.add(keys, "the name of an exposure has no comma, so that a list can name it.")
    return column


def _all_columns(entry: DerivedEntry, derived: Mapping[str, DerivedEntry]) -> set[str]:
    """The columns that a column is computed from, those of derived columns included."""
    found: set[str] = set()
    todo = list(entry.columns)
    while todo:
        name = todo.pop()
        if name not in found and name in derived:
            todo += derived[name].columns
        found.add(name)
    return found


def _check_levels(
    keys: tuple[str, ...], levels: Levels, faults: _Faults, *, listed: bool = False
) -> None:
    """Check new names of levels; no value may be in two groups.

    With `listed`, the values are listed without new names.
    """
    if levels.other and not (levels or listed):
        faults.add((*keys, "other"), "this needs labels or groups: other values than those.")
    members = [member for group in levels.groups.values() for member in group]
    for member in dict.fromkeys(m for m in members if members.count(m) > 1):
        faults.add((*keys, "groups"), f"{member!r} occurs twice.")
    for group, of in levels.groups.items():
        if not of:
            faults.add((*keys, "groups", group), "the group is empty.")


def _check_options(
    keys: tuple[str, ...], options: Mapping[str, Any], command: str | None, faults: _Faults
) -> None:
    """Check names and values of a command's options; [defaults] takes those of any command."""
    specs = [SPECS[command]] if command else list(SPECS.values())
    groups: list[Mapping[str, Option]] = [SHOWING_OPTIONS, *map(options_of, specs)]
    if command is None:
        groups.append(READING_OPTIONS)
    known = sorted(set().union(*groups))
    for key, value in options.items():
        name = field_name(key)
        if name in READING_OPTIONS and command is not None:
            problem = "this option applies to every command and belongs in [defaults].", ""
        elif name not in known:
            problem = "unknown option.", did_you_mean(name, known)
        else:
            problems = [group[name].problem(value) for group in groups if name in group]
            if not all(problems):
                continue
            problem = problems[0] or ("", "")
        faults.add((*keys, key), " ".join(problem).strip())


_TIME_NAMES = {
    "os": ("os_months", "os_days", "os_weeks", "os_years", "os_time", "os"),
    "pfs": ("pfs_months", "pfs_days", "pfs_weeks", "pfs_years", "pfs_time", "pfs"),
    "ttp": ("ttp_months", "ttp_days", "ttp_weeks", "ttp_years", "ttp_time", "ttp"),
}
_EVENT_NAMES = {
    "os": ("death", "os_event", "os_status", "dead", "died", "deceased"),
    "pfs": ("pfs_event", "pfs_status", "progression"),
    "ttp": ("ttp_event", "ttp_status", "progression"),
}
_ENDPOINT_LABELS = {
    "os": "Overall survival",
    "pfs": "Progression-free survival",
    "ttp": "Time to progression",
    "dfs": "Disease-free survival",
    "rfs": "Recurrence-free survival",
    "efs": "Event-free survival",
    "mfs": "Metastasis-free survival",
    "dss": "Disease-specific survival",
    "css": "Cancer-specific survival",
    "ttf": "Time to treatment failure",
    "dor": "Duration of response",
}


def endpoint_name(name: str) -> str | None:
    """The field's name of an endpoint: `os` is overall survival; None when it is not known."""
    return _ENDPOINT_LABELS.get(name.strip().casefold())


def endpoint_label(time: str, event: str) -> str | None:
    """The usual name of an endpoint when its columns are a well-known pair."""
    for endpoint, times in _TIME_NAMES.items():
        if time.casefold() in times and event.casefold() in _EVENT_NAMES[endpoint]:
            return _ENDPOINT_LABELS[endpoint]
    survival = time.casefold() == "time" and event.partition("=")[0].casefold() in _GENERIC_EVENTS
    return "Survival" if survival else None


_GENERIC_EVENTS = ("status", "event", "death", "dead")


def recognise_endpoints(names: Iterable[str]) -> dict[str, EndpointEntry]:
    """Endpoints recognised by common column names."""
    by_fold = {name.casefold(): name for name in reversed(list(names))}
    recognised: dict[str, EndpointEntry] = {}
    for endpoint, times in _TIME_NAMES.items():
        time = next((by_fold[t] for t in times if t in by_fold), None)
        event = next((by_fold[e] for e in _EVENT_NAMES[endpoint] if e in by_fold), None)
        if time and event:
            recognised[endpoint] = EndpointEntry(endpoint, time, event, recognised=True)
    if "os" not in recognised and "time" in by_fold:
        event = next((by_fold[e] for e in _GENERIC_EVENTS if e in by_fold), None)
        if event:
            recognised["os"] = EndpointEntry("os", by_fold["time"], event, recognised=True)
    return recognised


def unit_from_name(column: str) -> str | None:
    """The unit in a column's name: `os_months` -> months; None when it contains none."""
    words = re.split(r"[^a-z]+", column.casefold())
    for unit in UNITS:
        if unit in words or unit[:-1] in words:
            return unit
    return None


_ID_NAMES = ("patient_id", "patientid", "patient", "subject_id", "subject", "record_id", "id")


def recognise_id(names: Iterable[str]) -> str | None:
    """The column that identifies patients, by common names."""
    by_fold = {name.casefold(): name for name in reversed(list(names))}
    return next((by_fold[name] for name in _ID_NAMES if name in by_fold), None)


_PATIENT = re.compile(
    r"(pat|patient|subj|subject|usubj|person|participant|record)[ _.-]?(id|no|nr|num|number|key)"
    r"|id|pat|patient|subj|subject|person|participant|mrn|pid",
    re.IGNORECASE,
)


def patient_columns(names: Iterable[str]) -> list[str]:
    """Columns that may identify patients, by their names: `pat`, `Subject No`, `usubjid`."""
    return [name for name in names if _PATIENT.fullmatch(name.strip())]


_INTERVALS = (
    ("start", "stop"), ("tstart", "tstop"), ("start_time", "stop_time"), ("start", "end"),
    ("tstart", "tend"), ("start_time", "end_time"), ("entry", "exit"), ("begin", "end"),
    ("t_start", "t_stop"), ("time1", "time2"), ("t0", "t1"), ("from", "to"),
)  # fmt: skip


def recognise_interval(names: Iterable[str]) -> tuple[str, str] | None:
    """The columns of a start and a stop of each row, by common names."""
    by_fold = {name.casefold(): name for name in reversed(list(names))}
    return next(
        ((by_fold[a], by_fold[b]) for a, b in _INTERVALS if a in by_fold and b in by_fold), None
    )


_AFTER_BASELINE = re.compile(
    r"(^|_)(best_)?(response|recist|mrecist|orr|dcr)($|_)|subsequent|third_?line|post_?progression"
    r"|dose_(reduction|reached|intensity)|full_dose|resistance|discontinu|stop_reason|duration"
    r"|_after$|_week\d|(^|_)(ae|toxicity)($|_)|cycles_received|afp_response",
    re.IGNORECASE,
)


def looks_post_baseline(dictionary: Dictionary, column: str) -> bool:
    """Whether a column is known only after time 0, by its role or else by its name."""
    role = dictionary.column(column).role
    if role is not None:
        return role in ("post-baseline", "outcome")
    return bool(_AFTER_BASELINE.search(column))
