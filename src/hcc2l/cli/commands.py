"""The command of every analysis, built from its spec."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from inspect import Parameter, Signature
from typing import Annotated, Any

import typer
import typer.main
from typer.core import TyperCommand

from hcc2l.cli._run import run_analysis, run_plan
from hcc2l.cli.completion import completion
from hcc2l.specs import PLANNING, SPECS, CohortSpec, CommandSpec
from hcc2l.specs.figure import FIGURE, FigureOptions
from hcc2l.specs.impute import IMPUTATION
from hcc2l.specs.loops import PROCESSES
from hcc2l.specs.options import (
    COHORT_FILE,
    OUTPUT,
    RANDOM,
    SELECTION,
    Option,
    Options,
    options_of,
)
from hcc2l.specs.output import OutputOptions
from hcc2l.specs.reading import ReadingOptions

_LAST_PANELS = (IMPUTATION, RANDOM, PROCESSES, FIGURE, SELECTION, OUTPUT, COHORT_FILE)
_COHORT = Annotated[
    str | None,
    typer.Argument(
        metavar="COHORT",
        help="The cohort: .csv .tsv .txt (also .gz), .xlsx, .sav, .dta, .sas7bdat, .parquet, or - "
        "for standard input. Default: $HCC2L_COHORT, then the cohort named in hcc2l.toml, then the "
        "bundled synthetic cohort.",
        show_default=False,
    ),
]


class AnalysisCommand(TyperCommand):
    """A command whose options are made when they are asked for: only one of the commands is run."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The argument and the options."""
        if not self.params:
            alone = typer.Typer(add_completion=False)
            alone.command()(command({**SPECS, **PLANNING}[str(self.name)]))
            made = typer.main.get_command(alone)
            self.params, self.callback = made.params, made.callback
        return super().get_params(ctx)


def unmade() -> None:
    """What typer knows of a command before its options are made."""


def command(spec: type[CommandSpec]) -> Callable[..., None]:
    """The function that typer makes the command of `spec` from, by its signature."""

    def run(context: typer.Context, **_: object) -> None:
        if issubclass(spec, CohortSpec):
            run_analysis(context, spec)
        else:
            run_plan(context, spec)

    keyword = Parameter.KEYWORD_ONLY
    cohort = Parameter("cohort", keyword, annotation=_COHORT, default=None)
    parameters = [
        Parameter("context", keyword, annotation=typer.Context),
        *([cohort] if issubclass(spec, CohortSpec) else []),
        *(
            Parameter(o.name, keyword, annotation=_annotation(o), default=_default(o))
            for o in _in_order(_options(spec))
        ),
    ]
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # read by inspect
    return run


def _options(spec: type[CommandSpec]) -> Iterable[Option]:
    """The options of a command: how its result is shown, its own, how the cohort is read."""
    reads = issubclass(spec, CohortSpec)
    given = {"plot": spec.plots, "save": spec.saves, "reference_rows": spec.references}
    unused = {name for name, used in given.items() if not used}
    unused |= set() if spec.plots else set(options_of(FigureOptions))
    unused |= set() if reads else {"min_cell", "bold_p"}  # of patients, and of tests
    groups: list[type[Options]] = [OutputOptions, spec]
    for group in (*groups, ReadingOptions) if reads else groups:
        yield from (o for name, o in options_of(group).items() if name not in unused)


def _in_order(options: Iterable[Option]) -> list[Option]:
    """The options in the order of ``--help``: the panels of the analysis first."""
    placed = sorted(options, key=lambda o: o.declared.place)
    own = dict.fromkeys(o.declared.panel for o in placed)
    panels = [*(panel for panel in own if panel not in _LAST_PANELS), *_LAST_PANELS]
    return sorted(placed, key=lambda o: panels.index(o.declared.panel))


def _annotation(option: Option) -> Any:
    """Type and help of an option, as typer reads them."""
    declared = option.declared
    names = [option.flag, declared.short] if declared.short else [option.flag]
    if option.default is True or (option.kind is bool and option.optional):
        names = [f"{option.flag}/--no-{option.flag.removeprefix('--')}"]
    whole = option.kind is int
    info = typer.Option(
        *names,
        metavar=declared.metavar,
        help=declared.help + (" Repeatable." if option.several else ""),
        rich_help_panel=declared.panel,
        show_default=_default(option) is not None,
        autocompletion=completion(option),
        min=declared.low if whole else None,
        max=declared.high if whole and declared.high < math.inf else None,
    )
    kind: Any = str if declared.words else option.kind
    if option.several:
        kind = list[str] | None  # separated by commas, perhaps; `_run` reads the numbers
    elif _default(option) is None:
        kind = kind | None
    return Annotated[kind, info]


def _default(option: Option) -> Any:
    """The default that typer shows; several values have none, so that given ones replace them."""
    if option.several:
        return None
    return str(option.default) if option.declared.words else option.default
