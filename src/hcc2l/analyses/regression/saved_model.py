"""A prediction model as a JSON file, which `--save-model` writes or a person from a paper."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, NoReturn

from hcc2l.cohort import printable
from hcc2l.errors import InputError, did_you_mean
from hcc2l.stats.splines import FEWEST_KNOTS
from hcc2l.wording import listed

Kind = Literal["cox", "logistic"]
_KEYS = (
    "name",
    "type",
    "source",
    "endpoint",
    "unit",
    "terms",
    "intercept",
    "baseline",
    "made_from",
)
_TERM_KEYS = ("term", "unit", "coef", "levels", "knots", "coefs")
_BASELINE_KEYS = ("time", "survival", "linear_predictor", "until")
_ORIGIN_KEYS = ("file", "sha256", "where", "n", "events", "selection")
_MOST_BYTES = 20_000_000
_EXAMPLE = '{"type": "cox", "terms": [{"term": "age", "coef": 0.02}]}'


@dataclass(frozen=True)
class SavedTerm:
    """A term with its coefficient, or those of its levels or its spline; the others are None.

    Attributes
    ----------
    unit
        In which the number is; None where it is not stated.
    knots, coefs
        Of a restricted cubic spline on the scale of the term: k knots, k - 1 coefficients.
    """

    term: str
    unit: str | None
    coef: float | None
    levels: Mapping[str, float] | None = None
    knots: tuple[float, ...] | None = None
    coefs: tuple[float, ...] | None = None


@dataclass(frozen=True)
class SavedBaseline:
    """The survival of a patient with a given linear predictor.

    Attributes
    ----------
    time, survival
        At these times; ascending.
    linear_predictor
        Of that patient.
    until
        Where the times are those of all events, the end of follow-up: between them survival is
        constant. None where survival is known at these times alone.
    """

    time: tuple[float, ...]
    survival: tuple[float, ...]
    linear_predictor: float = 0.0
    until: float | None = None

    def at(self, time: float) -> float | None:
        """Survival at a time; None where it is not known."""
        if self.until is None:
            known = dict(zip(self.time, self.survival, strict=True))
            return next((s for t, s in known.items() if math.isclose(t, time)), None)
        if time > self.until * (1 + 1e-9):
            return None
        passed = [s for t, s in zip(self.time, self.survival, strict=True) if t <= time]
        return passed[-1] if passed else 1.0


@dataclass(frozen=True)
class Origin:
    """The patients in whom a model was made.

    Attributes
    ----------
    where
        The conditions of `--where`.
    selection
        How its terms were selected; None where they were given.
    """

    file: str
    sha256: str
    where: tuple[str, ...]
    n: int
    events: int
    selection: str | None


@dataclass(frozen=True)
class SavedModel:
    """A model that predicts in other patients.

    Attributes
    ----------
    source
        The publication, for the methods paragraph.
    endpoint, unit
        What it predicts, and the unit of the times.
    intercept
        Of a logistic model.
    baseline
        Of a Cox model; None where it ranks patients only.
    """

    name: str
    kind: Kind
    terms: tuple[SavedTerm, ...]
    source: str | None = None
    endpoint: str | None = None
    unit: str | None = None
    intercept: float | None = None
    baseline: SavedBaseline | None = None
    made_from: Origin | None = None

    def to_json(self) -> str:
        """The file."""
        content: dict[str, object] = {
            "name": self.name, "type": self.kind, "source": self.source, "endpoint": self.endpoint,
            "unit": self.unit, "intercept": self.intercept,
            "terms": [_without_none(vars(term)) for term in self.terms],
            "baseline": None if self.baseline is None else _without_none(vars(self.baseline)),
            "made_from": None if self.made_from is None else _without_none(vars(self.made_from)),
        }  # fmt: skip
        return json.dumps(_without_none(content), ensure_ascii=False, indent=2) + "\n"


def _without_none(content: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in content.items() if value is not None}


def read_model(path: str) -> SavedModel:
    """The model of a file.

    Raises
    ------
    InputError
        The file cannot be read or describes no model; the message names the key.
    """
    file = Path(path)
    try:
        content = json.loads(
            _text_of(file), parse_constant=_no_constant, object_pairs_hook=_of_distinct_keys
        )
    except json.JSONDecodeError as error:
        raise InputError(
            f"This is not JSON: {error.msg}, line {error.lineno}.", where=path,
            hint=f"The least that a model says: {_EXAMPLE}.",
        ) from None  # fmt: skip
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InputError(
            f"This is not a model: {why}.", where=path,
            hint=f"The least that a model says: {_EXAMPLE}.",
        ) from None  # fmt: skip
    return _Reader(path).model(content, file.stem)


def _text_of(file: Path) -> str:
    """The text of a file, which must not be endless."""
    hint = "cox --save-model writes such a file."
    if file.exists() and not file.is_file():
        raise InputError("The model is not a file.", where=str(file), hint=hint)
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"The model cannot be read: {error.strerror}.", where=str(file),
            hint=f"Check the path; {hint}",
        ) from None  # fmt: skip
    if len(content) > _MOST_BYTES:
        raise InputError("The file is too large for a model.", where=str(file), hint=hint)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The file is not UTF-8 text.", where=str(file), hint=hint) from None


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _of_distinct_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    repeated = [key for i, (key, _) in enumerate(pairs) if key in {k for k, _ in pairs[:i]}]
    if repeated:
        raise ValueError(f"the key {repeated[0]!r} stands twice in one object")
    return dict(pairs)


@dataclass(frozen=True)
class _Reader:
    """Checks what a file says; `path` is named in its errors."""

    path: str

    def refuse(self, place: str, message: str, hint: str = "") -> NoReturn:
        where = f"{self.path}, {place}" if place else self.path
        raise InputError(message, where=where, hint=hint or "See docs/validate.md for the format.")

    def keys(self, value: object, place: str, known: Sequence[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse(place, "This is not an object in braces.", f"For example: {_EXAMPLE}.")
        for key in value:
            if key not in known:
                near = did_you_mean(key, known)
                self.refuse(place, f"There is no key {key!r} in a model.", near)
        return value

    def number(self, value: object, place: str) -> float:
        usable = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not usable or not abs(value) <= sys.float_info.max:  # type: ignore[arg-type]
            shown = repr(value) if len(repr(value)) < 40 else f"{repr(value)[:40]}…"
            self.refuse(place, f"{shown} is not a number.", "Write a number such as 0.25.")
        return float(value)  # type: ignore[arg-type]

    def numbers(self, value: object, place: str) -> tuple[float, ...]:
        if not isinstance(value, list) or not value:
            self.refuse(place, "This is not a list of numbers.", "Write a list such as [6, 12].")
        return tuple(self.number(part, place) for part in value)

    def text(self, value: object, place: str) -> str | None:
        if value is not None and (not isinstance(value, str) or not value.strip()):
            self.refuse(place, f"{value!r} is not text.", "Put it in quotation marks.")
        return None if value is None else printable(value)

    def model(self, content: object, stem: str) -> SavedModel:
        given = self.keys(content, "", _KEYS)
        kind = given.get("type")
        if kind not in ("cox", "logistic"):
            self.refuse("type", f"{kind!r} is no type of model.", 'Write "cox" or "logistic".')
        terms = given.get("terms")
        if not isinstance(terms, list) or not terms:
            self.refuse("terms", "A model needs a list of terms.", f"For example: {_EXAMPLE}.")
        of_other = "baseline" if kind == "logistic" else "intercept"
        if given.get(of_other) is not None:
            self.refuse(of_other, f"A {kind} model has no {of_other}.", "Remove it.")
        if kind == "logistic" and given.get("intercept") is None:
            self.refuse("intercept", "A logistic model needs its intercept.",
                        "Without it no probability can be predicted.")  # fmt: skip
        read = tuple(self.term(term, f"terms[{i}]") for i, term in enumerate(terms, start=1))
        repeated = [t.term for i, t in enumerate(read) if t.term in {r.term for r in read[:i]}]
        if repeated:
            self.refuse("terms", f"{repeated[0]!r} stands in the model twice.", "Remove one.")
        return SavedModel(
            name=self.text(given.get("name"), "name") or stem,
            kind=kind,
            terms=read,
            source=self.text(given.get("source"), "source"),
            endpoint=self.text(given.get("endpoint"), "endpoint"),
            unit=self.text(given.get("unit"), "unit"),
            intercept=None if kind == "cox" else self.number(given["intercept"], "intercept"),
            baseline=self.baseline(given.get("baseline")),
            made_from=self.origin(given.get("made_from")),
        )

    def term(self, value: object, place: str) -> SavedTerm:
        given = self.keys(value, place, _TERM_KEYS)
        name = self.text(given.get("term"), place)
        if name is None:
            self.refuse(place, "This term has no name.", f"For example: {_EXAMPLE}.")
        place, unit = f"term {name}", self.text(given.get("unit"), f"term {name}, unit")
        kinds = [key for key in ("coef", "levels", "coefs") if given.get(key) is not None]
        if len(kinds) != 1:
            self.refuse(place, 'A term has either "coef", or "levels", or "knots" and "coefs".',
                        'Of a number: "coef": 0.02. Of groups: "levels": {"A": 0, "B": 0.7}.',
                        )  # fmt: skip
        if given.get("knots") is not None and kinds != ["coefs"]:
            self.refuse(place, 'Only a spline has "knots".', 'Give its "coefs" too.')
        if kinds == ["coef"]:
            return SavedTerm(name, unit, self.number(given["coef"], place))
        if kinds == ["levels"]:
            return SavedTerm(name, unit, None, levels=self.levels(given["levels"], place))
        knots = self.numbers(given.get("knots"), f"{place}, knots")
        coefs = self.numbers(given["coefs"], f"{place}, coefs")
        ascend = all(earlier < later for earlier, later in pairwise(knots))
        if len(knots) < FEWEST_KNOTS or not ascend or len(coefs) != len(knots) - 1:
            self.refuse(place, f"A spline has {FEWEST_KNOTS} or more ascending knots, and one "
                        "coefficient fewer.", "See docs/validate.md for the format.")  # fmt: skip
        return SavedTerm(name, unit, None, knots=knots, coefs=coefs)

    def levels(self, value: object, place: str) -> dict[str, float]:
        if not isinstance(value, dict) or len(value) < 2:
            self.refuse(place, '"levels" is not an object of two or more levels.',
                        'Name all, the reference with 0: {"A": 0, "B": 0.7}.')  # fmt: skip
        return {
            level: self.number(number, f"{place}, level {level}")
            for level, number in value.items()
        }  # fmt: skip

    def baseline(self, value: object) -> SavedBaseline | None:
        if value is None:
            return None
        given = self.keys(value, "baseline", _BASELINE_KEYS)
        time = self.numbers(given.get("time"), "baseline, time")
        survival = self.numbers(given.get("survival"), "baseline, survival")
        if len(time) != len(survival):
            self.refuse("baseline", f"There are {len(time)} times and {len(survival)} survivals.",
                        "Give one survival for each time.")  # fmt: skip
        if time[0] < 0 or any(later <= earlier for earlier, later in pairwise(time)):
            self.refuse("baseline, time", "The times do not ascend from 0 on.")
        falls = all(later <= earlier for earlier, later in pairwise(survival))
        if not falls or not all(0 < s <= 1 for s in survival):
            self.refuse("baseline, survival",
                        "These are no survival probabilities above 0 that fall with time.",
                        "Write 0.85 for 85%.")  # fmt: skip
        until = given.get("until")
        until = None if until is None else self.number(until, "baseline, until")
        if until is not None and until < time[-1]:
            self.refuse("baseline, until", "The follow-up ends before the last time.")
        centre = self.number(given.get("linear_predictor", 0), "baseline, linear_predictor")
        return SavedBaseline(time, survival, centre, until)

    def origin(self, value: object) -> Origin | None:
        if value is None:
            return None
        given = self.keys(value, "made_from", _ORIGIN_KEYS)
        where = given.get("where", [])
        conditions = where if isinstance(where, list) else [where]
        texts: list[Any] = [given.get("file"), given.get("sha256"), *conditions]
        counts: list[Any] = [given.get("n"), given.get("events")]
        if not all(isinstance(t, str) for t in texts) or not all(type(c) is int for c in counts):
            self.refuse("made_from", f"It does not have {listed(_ORIGIN_KEYS[:5])} as they were "
                        "saved.", "Remove made_from from a file written by hand.")  # fmt: skip
        selection = self.text(given.get("selection"), "made_from, selection")
        file, sha256, *conditions = texts
        n, events = counts
        return Origin(file, sha256, tuple(conditions), n, events, selection)
