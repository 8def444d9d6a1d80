"""Options that all analyses share, and the checks of every option's value."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import Field, dataclass, field, fields
from typing import Any

from hcc2l.errors import UsageError, did_you_mean


def one_of(choices: tuple[str, ...], default: Any) -> Any:
    """A field whose text, or each of its texts, is one of `choices`."""
    return field(default=default, metadata={"choices": choices})


def between(
    low: float, high: float, default: Any, *, ends: bool = True, words: tuple[str, ...] = ()
) -> Any:
    """A field whose number lies between `low` and `high`, which are allowed themselves if `ends`.

    `words` are accepted instead of a number.
    """
    return field(default=default, metadata={"range": (low, high, ends), "words": words})


@dataclass(frozen=True, kw_only=True)
class AnalysisSpec:
    """Options of every analysis.

    Attributes
    ----------
    where
        Conditions that a row must meet.
    cut
        ``COL=V[,V...]``: cut-points of a numeric column.
    ref
        ``COL=LEVEL``: reference levels.
    conf_level
        Confidence level, between 0 and 1.
    methods
        Add a methods paragraph for the manuscript.
    """

    where: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    ref: tuple[str, ...] = ()
    conf_level: float = between(0.0, 1.0, 0.95, ends=False)
    methods: bool = False

    def __post_init__(self) -> None:
        for f in fields(self):
            value = getattr(self, f.name)
            if str(f.type).startswith("tuple"):
                value = _as_tuple(value)
                object.__setattr__(self, f.name, value)
            problem = option_problem(type(self), f.name, value)
            if problem:
                message, hint = problem
                raise UsageError(message, where="--" + f.name.replace("_", "-"), hint=hint)
            if str(f.type).startswith("int") and isinstance(value, float):
                object.__setattr__(self, f.name, int(value))  # a dictionary may have 200.0

    @staticmethod
    def exclusive() -> tuple[tuple[str, ...], ...]:
        """Options that exclude each other; one on the command line overrides the dictionary's."""
        return ()

    def settings(self) -> dict[str, object]:
        """Every option with its value, for the provenance."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}


UNITS = ("days", "weeks", "months", "years")  # of time


@dataclass(frozen=True, kw_only=True)
class EndpointSpec(AnalysisSpec):
    """Options that define a survival endpoint, or change how one is shown.

    Attributes
    ----------
    time, event
        A column of times, and ``COL`` or ``COL=VALUE``. One of them alone replaces that part of a
        named endpoint.
    start, end, censor
        Columns of dates instead of `time`: from `start` to one `end`, the date of last contact,
        with `event`; or to the first of the dates `end`, else to `censor`.
    unit
        The unit of `time`; with dates, that of the times computed from them.
    time_unit
        The unit in which every time is shown and given.
    label
        The endpoint's name in headings and sentences.
    """

    time: str | None = None
    event: str | None = None
    start: str | None = None
    end: tuple[str, ...] = ()
    censor: str | None = None
    unit: str | None = one_of(UNITS, None)
    time_unit: str | None = one_of(UNITS, None)
    label: str | None = None

    @staticmethod
    def exclusive() -> tuple[tuple[str, ...], ...]:
        """Options that exclude each other: times or dates; a status or a date of censoring."""
        return ("time", "start"), ("time", "end"), ("time", "censor"), ("censor", "event")

    @property
    def gives_dates(self) -> bool:
        """Whether an endpoint from dates, or part of one, was given."""
        return bool(self.start or self.end or self.censor)

    @property
    def gives_endpoint(self) -> bool:
        """Whether an endpoint, or part of one, was given."""
        return self.time is not None or self.event is not None or self.gives_dates

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.time is not None and self.gives_dates:
            raise UsageError(
                "--time is a column of times; it cannot be combined with the dates of --start, "
                "--end and --censor.",
                where="--time",
                hint="Give the times, --time COL --event COL, or the dates, --start COL --end COL "
                "--event COL.",
            )
        if self.censor is not None and self.event is not None:
            raise UsageError(
                "--censor cannot be combined with --event.",
                where="--censor",
                hint="Give --end LAST_CONTACT --event STATUS, the date and the status at last "
                "contact, or --end EVENT_DATE --censor LAST_CONTACT, two dates.",
            )


ENDPOINT_OPTIONS = tuple(
    name
    for name in EndpointSpec.__dataclass_fields__
    if name not in AnalysisSpec.__dataclass_fields__
)


@dataclass(frozen=True, kw_only=True)
class SurvivalSpec(EndpointSpec):
    """Options of every analysis of a survival endpoint.

    Attributes
    ----------
    endpoint
        Name of an endpoint of the dictionary, unless one is given by its columns.
    """

    endpoint: str = "os"


def option_problem(spec: type[AnalysisSpec], name: str, value: object) -> tuple[str, str] | None:
    """Error and hint for an option's value; None when it is valid."""
    kind = str(spec.__dataclass_fields__[name].type)
    if value is None and kind.endswith("None"):
        return None
    if kind.startswith("tuple"):
        items = _as_tuple(value)
        kind = "float" if "float" in kind else "str"
    else:
        items = (value,)
    for item in items:
        problem = _item_problem(spec.__dataclass_fields__[name], kind.partition(" ")[0], item)
        if problem:
            return problem
    return None


def _item_problem(option: Field[Any], kind: str, value: object) -> tuple[str, str] | None:
    if kind == "bool":
        return (
            None
            if isinstance(value, bool)
            else (f"{value!r} is not true or false.", "Write true or false.")
        )
    if kind == "str":
        if not isinstance(value, str):
            return f"{value!r} is not text.", "Put it in quotation marks."
        choices = option.metadata.get("choices")
        if choices and value not in choices:
            return f"{value!r} is not a valid choice.", did_you_mean(value, choices)
        return None
    if isinstance(value, str) and value in option.metadata.get("words", ()):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        number = "a whole number such as 3" if kind == "int" else "a number such as 12 or 6.5"
        more = ", or omit the option" if option.default is None else ""
        return f"{value!r} is not a number.", f"Give {number}{more}."
    if kind == "int" and value != int(value):
        return f"{value:g} is not a whole number.", "Give a number such as 100."
    low, high, ends = option.metadata.get("range", (0.0, math.inf, True))
    if not ends and not low < value < high:
        where = f"above {low:g}" if high == math.inf else f"between {low:g} and {high:g}"
        return f"{value:g} is out of range.", f"Give a number {where}."
    if not low <= value <= high:
        upto = "" if high == math.inf else f" and at most {high:g}"
        return f"{value:g} is out of range.", f"Give a number of at least {low:g}{upto}."
    return None


def _as_tuple(value: object) -> tuple[object, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        return (value,)
    return tuple(value)
