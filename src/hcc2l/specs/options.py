"""How options are declared, and those that all analyses share.

An option is declared once, on its field. The command line, its help, the Python functions and the
check of a data dictionary all read that declaration.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from hcc2l.errors import UsageError, did_you_mean
from hcc2l.specs.rules import Excludes, NoEffect, Rule
from hcc2l.wording import listed

SELECTION = "Endpoint and rows"
RANDOM = "Bootstrap"
OUTPUT = "Output"
COHORT_FILE = "Cohort file"

UnitOfTime = Literal["days", "weeks", "months", "years"]
UNITS: tuple[str, ...] = get_args(UnitOfTime)


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What an option's field says beside its name, type and default.

    Attributes
    ----------
    help
        One or two sentences for ``--help`` and for the docstring of the Python function.
    panel
        The heading that the option stands under in ``--help``.
    metavar
        What stands for its value in ``--help``; none for a flag.
    short
        A second name, such as ``-x``.
    low, high, ends
        The bounds of a number, which are accepted themselves if `ends`.
    words
        Texts that are accepted instead of a number.
    choices
        The texts that are accepted, where the type of the field does not list them.
    commas
        Whether commas separate several values on the command line.
    place
        Below 0 to stand before the other options of its panel, the lowest first; 1 to stand after
        them.
    in_dictionary
        Whether ``hcc2l.toml`` may set it.
    """

    help: str
    panel: str
    metavar: str = ""
    short: str = ""
    low: float = 0
    high: float = math.inf
    ends: bool = True
    words: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    commas: bool = True
    place: int = 0
    in_dictionary: bool = True


def option(default: Any, help: str, **declared: Any) -> Any:  # noqa: A002 - as in typer
    """The field of an option; `declared` are the attributes of `Declaration`."""
    return field(default=default, metadata={"declared": Declaration(help=help, **declared)})


@dataclass(frozen=True)
class Option:
    """An option as its field declares it.

    Attributes
    ----------
    kind
        ``bool``, ``int``, ``float`` or ``str``: the type of the value, or of each value.
    several
        Whether it takes several values, which a spec holds as a tuple.
    optional
        Whether None is a value: not given.
    choices
        The only texts that are accepted, if there are any.
    """

    name: str
    kind: type
    several: bool
    optional: bool
    choices: tuple[str, ...]
    default: Any
    declared: Declaration

    @property
    def flag(self) -> str:
        """Its name on the command line."""
        return "--" + self.name.rstrip("_").replace("_", "-")

    def problem(self, value: object) -> tuple[str, str] | None:
        """Error and hint for a value; None when it is valid."""
        if value is None and self.optional:
            return None
        if self.several and self.default and not _as_tuple(value):
            return (
                "No value was given.",
                f"Omit it for the default, {', '.join(map(str, self.default))}.",
            )
        check = {bool: _flag_problem, str: self._text_problem}.get(self.kind, self._number_problem)
        problems = map(check, _as_tuple(value) if self.several else (value,))
        return next(filter(None, problems), None)

    def _text_problem(self, value: object) -> tuple[str, str] | None:
        if not isinstance(value, str):
            return f"{value!r} is not text.", "Put it in quotation marks."
        if self.choices and value not in self.choices:
            return f"{value!r} is not a valid choice.", did_you_mean(value, self.choices)
        return None

    def _number_problem(self, value: Any) -> tuple[str, str] | None:
        if isinstance(value, str) and value in self.declared.words:
            return None
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not abs(value) <= sys.float_info.max:
            example = "whole number such as 3" if self.kind is int else "number such as 12 or 6.5"
            more = ", or omit the option" if self.default is None else ""
            return f"{value!r} is not a number.", f"Give a {example}{more}."
        if self.kind is int and value != int(value):
            return f"{value:g} is not a whole number.", "Give a number such as 100."
        return self._range_problem(value)

    def _range_problem(self, value: float) -> tuple[str, str] | None:
        low, high = self.declared.low, self.declared.high
        if not self.declared.ends and not low < value < high:
            where = f"above {low:g}" if high == math.inf else f"between {low:g} and {high:g}"
            return f"{value:g} is out of range.", f"Give a number {where}."
        if not low <= value <= high:
            upto = "" if high == math.inf else f" and at most {high:g}"
            return f"{value:g} is out of range.", f"Give a number of at least {low:g}{upto}."
        return None


def _flag_problem(value: object) -> tuple[str, str] | None:
    if isinstance(value, bool):
        return None
    return f"{value!r} is not true or false.", "Write true or false."


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options with their values, checked on creation.

    Attributes
    ----------
    rules
        Which options exclude or need each other.

    Raises
    ------
    UsageError
        A value is not valid, or options are combined that cannot be.
    """

    rules: ClassVar[tuple[Rule, ...]] = ()

    def __post_init__(self) -> None:
        for option in options_of(type(self)).values():
            value = getattr(self, option.name)
            problem = option.problem(value)
            if problem:
                message, hint = problem
                raise UsageError(message, where=option.flag, hint=hint)
            if option.several:
                object.__setattr__(self, option.name, _as_tuple(value))
            elif option.kind is int and isinstance(value, float):
                object.__setattr__(self, option.name, int(value))  # a dictionary may have 200.0
        self.require()
        for rule in self.rules:
            if not isinstance(rule, NoEffect):
                rule.check(self)

    def require(self) -> None:
        """UsageError if an option is missing that has to be given."""


def options_of(spec: type[Options]) -> Mapping[str, Option]:
    """The options that a class declares, by name, in the order of its fields."""
    return _declared(spec)  # type: ignore[arg-type]  # mypy asks for the hash of an instance


@cache
def _declared(spec: type[Options]) -> Mapping[str, Option]:
    hints = get_type_hints(spec)
    return {f.name: _option(f, hints[f.name]) for f in fields(spec)}


def _option(f: Field[Any], hint: Any) -> Option:
    """The option of a field, whose type is a plain one, `X | None` or `Sequence[X]`."""
    several = get_origin(hint) is Sequence
    parts = get_args(hint) if several or get_origin(hint) in (Union, UnionType) else (hint,)
    text = get_origin(parts[0]) is Literal
    declared: Declaration = f.metadata["declared"]
    return Option(
        name=f.name,
        kind=str if text else parts[0],
        several=several,
        optional=several or NoneType in parts,
        choices=get_args(parts[0]) if text else declared.choices,
        default=f.default,
        declared=declared,
    )


def _as_tuple(value: object) -> tuple[Any, ...]:
    """One value or several as a tuple; None is none."""
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        return (value,)
    return tuple(value)


def cut_option() -> Any:
    """The cut-points of numeric columns."""
    return option(
        (), "Cut a numeric column into groups: afp=400 gives <400 and ≥400.",
        metavar="COL=V[,V…]", panel=SELECTION, commas=False,
    )  # fmt: skip


def ref_option() -> Any:
    """The reference levels of columns."""
    return option(
        (), "The reference level of a column.",
        metavar="COL=LEVEL", panel=SELECTION, commas=False,
    )  # fmt: skip


def entry_option(panel: str) -> Any:
    """When each row comes under observation."""
    return option(
        None, "Delayed entry: the time, or date, from which a row is under observation; a patient "
        "may then have several rows.",
        metavar="COL", panel=panel,
    )  # fmt: skip


def methods_option() -> Any:
    """The methods paragraph of every command."""
    return option(
        False, "Add a methods paragraph for the manuscript, with references.", panel=OUTPUT
    )


@dataclass(frozen=True, kw_only=True)
class CohortSpec(Options):
    """Options of every command.

    The first sentence of a command's spec is its description in ``hcc2l --help``.

    Attributes
    ----------
    plots, saves
        Whether the command draws a figure (``--plot``) and adds columns to the cohort (``--save``).
    references
        Whether its tables have rows of reference levels (``--reference-rows``).
    optional_tables
        Tables that have to be asked for, each with the option that does: ``--forest``.
    example
        What follows the command in the example below its help, which the bundled cohort can answer.
    """

    example: ClassVar[str]
    plots: ClassVar[bool] = True
    saves: ClassVar[bool] = False
    references: ClassVar[bool] = False
    optional_tables: ClassVar[Mapping[str, str]] = {}

    where: Sequence[str] = option(
        (), "Analyse only these rows: 'age>=18', 'child_pugh==A', 'bclc in B,C', 'afp missing'.",
        metavar="EXPR", panel=SELECTION, commas=False,
    )  # fmt: skip

    @property
    def without_effect(self) -> dict[str, str]:
        """Options that were given and have no effect, and the options that each would need."""
        idle = [r for r in self.rules if isinstance(r, NoEffect) and r.applies(self)]
        return {rule.option: listed(rule.others, "or") for rule in idle}

    def settings(self) -> dict[str, object]:
        """Every option with its value, for the provenance."""
        values = {f.name.rstrip("_"): getattr(self, f.name) for f in fields(self)}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}


@dataclass(frozen=True, kw_only=True)
class AnalysisSpec(CohortSpec):
    """Options of every statistical analysis."""

    cut: Sequence[str] = cut_option()
    ref: Sequence[str] = ref_option()
    conf_level: float = option(
        0.95, "Confidence level.", metavar="P", panel=SELECTION, low=0.0, high=0.999999,
        ends=False,
    )  # fmt: skip
    methods: bool = methods_option()


MOST_SAMPLES = 1_000_000  # of a bootstrap


def seed_option() -> Any:
    """The seed of an analysis that draws random numbers."""
    return option(1, "Seed of the random number generator.", metavar="N", panel=RANDOM)


def drop_constant_option(panel: str) -> Any:
    """Whether covariates with one value are dropped, for models repeated over subgroups."""
    return option(
        False, "Drop covariates with one value in the patients analysed, instead of an error.",
        panel=panel,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class EndpointSpec(AnalysisSpec):
    """Options that define a survival endpoint, or change how one is shown.

    Times come from the column `time`; or from dates: from `start` to one `end`, the date of last
    contact, with the status of `event`; or to the first of the dates `end`, else to `censor`. A
    part that is given alone replaces that part of a named endpoint.
    """

    rules = (
        *(
            Excludes(
                "--time", date, rivals=True,
                message="--time is a column of times; it cannot be combined with the dates of "
                "--start, --end and --censor.",
                hint="Give the times, --time COL --event COL, or the dates, --start COL --end COL "
                "--event COL.",
            )
            for date in ("--start", "--end", "--censor")
        ),
        Excludes(
            "--censor", "--event", rivals=True,
            hint="Give --end LAST_CONTACT --event STATUS, the date and the status at last "
            "contact, or --end EVENT_DATE --censor LAST_CONTACT, two dates.",
        ),
    )  # fmt: skip

    time: str | None = option(
        None, "The column of times, for an endpoint given on the command line.",
        metavar="COL", panel=SELECTION, place=-1,
    )  # fmt: skip
    event: str | None = option(
        None, "The event of that endpoint: a column such as death, or a value, status=2.",
        metavar="COL[=VALUE]", panel=SELECTION, place=-1,
    )  # fmt: skip
    start: str | None = option(
        None, "Instead of --time: the date at time 0.", metavar="COL", panel=SELECTION, place=-1
    )
    end: Sequence[str] = option(
        (), "With --start: the date of last contact, if --event gives the status then; or dates of "
        "events, the first of which counts.",
        metavar="COL[,COL]", panel=SELECTION, place=-1, commas=False,
    )  # fmt: skip
    censor: str | None = option(
        None, "With dates of events: the date of last contact, for patients without them.",
        metavar="COL", panel=SELECTION, place=-1,
    )  # fmt: skip
    unit: UnitOfTime | None = option(
        None, "The unit of the times: days, weeks, months or years (from dates: months).",
        metavar="UNIT", panel=SELECTION, place=-1,
    )  # fmt: skip
    time_unit: UnitOfTime | None = option(
        None, "Convert all times to days, weeks, months or years; the times that options give are "
        "then in that unit too.",
        metavar="UNIT", panel=SELECTION, place=-1,
    )  # fmt: skip
    label: str | None = option(
        None, "What the endpoint is called: 'Overall survival'.",
        metavar="TEXT", panel=SELECTION, place=-1,
    )  # fmt: skip

    @property
    def gives_dates(self) -> bool:
        """Whether an endpoint from dates, or part of one, was given."""
        return bool(self.start or self.end or self.censor)

    @property
    def gives_endpoint(self) -> bool:
        """Whether an endpoint, or part of one, was given."""
        return self.time is not None or self.event is not None or self.gives_dates


@dataclass(frozen=True, kw_only=True)
class SurvivalSpec(EndpointSpec):
    """Options of every analysis of a survival endpoint."""

    endpoint: str = option(
        "os", "An endpoint defined in hcc2l.toml or recognised by its column names.",
        metavar="NAME", panel=SELECTION, place=-2,
    )  # fmt: skip
