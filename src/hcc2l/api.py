"""The public Python functions: each analysis as a function that returns the command's report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar, cast, get_type_hints

from hcc2l import figures, specs
from hcc2l.cohort import Cohort
from hcc2l.errors import AnalysisError, Hcc2lError, InputError, UsageError, did_you_mean
from hcc2l.figures.style import FigureStyle
from hcc2l.readers import read_cohort
from hcc2l.render import render_report, write_report
from hcc2l.report import Note, Provenance, Report, Table
from hcc2l.specs.figure import FigureOptions
from hcc2l.specs.options import options_of

if TYPE_CHECKING:
    from hcc2l.analyses.tree.run import FittedTree

__all__ = [
    "AnalysisError",
    "Cohort",
    "Hcc2lError",
    "InputError",
    "Note",
    "Provenance",
    "Report",
    "Table",
    "UsageError",
    "adverse",
    "change",
    "check",
    "cox",
    "derive",
    "fit_tree",
    "flow",
    "impute",
    "km",
    "logistic",
    "plot_report",
    "psmatch",
    "read_cohort",
    "render_report",
    "response",
    "roc",
    "size",
    "table1",
    "tree",
    "validate",
    "write_report",
]

Given = ParamSpec("Given")
Result = TypeVar("Result", covariant=True)


class Analysis(Protocol[Given, Result]):
    """A function of a cohort and of the options of a spec, which are those of a command."""

    def __call__(
        self,
        cohort: Cohort | str | Path | None = None,
        *args: Given.args,
        **options: Given.kwargs,
    ) -> Result:
        """Analyse a cohort."""


def analysis(spec: Callable[Given, specs.CohortSpec]) -> Analysis[Given, Report]:
    """The function of a command, from its spec."""
    command = next(name for name, known in specs.SPECS.items() if known is spec)

    def run(cohort: Cohort, chosen: Any) -> Report:
        report: Report = import_module(f"hcc2l.analyses.{command}.run").run(cohort, chosen)
        return report

    opening = f"{spec.__doc__}\n\nReturns the report of ``hcc2l {command}``."
    return _function(command, command, spec, run, opening)


def _function(
    name: str,
    command: str,
    spec: Callable[Given, specs.CohortSpec],
    run: Callable[[Cohort, Any], Result],
    opening: str,
) -> Analysis[Given, Result]:
    """A function that checks its options as a command does, with signature and docstring."""

    def function(cohort: Cohort | str | Path | None = None, **given: Any) -> Result:
        subject = cohort.unused() if isinstance(cohort, Cohort) else read_cohort(cohort)
        return run(subject, specs.SPECS[command](**_options(command, subject, given)))

    hints = get_type_hints(spec)
    options = [
        option.replace(annotation=hints[option.name])
        for option in signature(spec).parameters.values()
    ]
    cohort = Parameter(
        "cohort",
        Parameter.POSITIONAL_OR_KEYWORD,
        annotation=Cohort | str | Path | None,
        default=None,
    )
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{opening}\n\n{_parameters(specs.SPECS[command])}"
    function.__signature__ = signature(function).replace(  # type: ignore[attr-defined]  # read by inspect
        parameters=[cohort, *options], return_annotation=run.__annotations__["return"]
    )
    return cast("Analysis[Given, Result]", function)


def _parameters(spec: type[specs.CommandSpec]) -> str:
    """The options of a command as a section of a docstring."""

    def entries() -> Iterator[tuple[str, str]]:
        if issubclass(spec, specs.CohortSpec):
            yield "cohort", "A cohort from `read_cohort`, a path, or None for the default cohort."
        for name, option in options_of(spec).items():
            yield name, option.declared.help

    lines = ["Parameters", "----------"]
    for name, text in entries():
        lines += [name, *(f"    {line}" for line in wrap(text, 92))]
    return "\n".join(lines)


def _refuse_list_in_text(cohort: Cohort, name: str, value: object) -> None:
    """UsageError for ``covariates="afp,child_pugh"``: commas separate values in a shell only."""
    if not isinstance(value, str) or "," not in value or value in cohort.nameable:
        return
    parts = [part.strip() for part in value.split(",")]
    if all(re.split("[@=!<>≤≥]", part)[0].strip() in cohort.nameable for part in parts):
        raise UsageError(
            f"{value!r} is a single string, not a list of columns.",
            where=name,
            hint=f"Give a list: {name}={parts}.",
        )


def _options(command: str, cohort: Cohort, options: dict[str, Any]) -> dict[str, Any]:
    """A command's options: those given, else the dictionary's."""
    known = options_of(specs.SPECS[command])
    _refuse_unknown(command, specs.SPECS[command], options)
    for name, value in options.items():
        _refuse_list_in_text(cohort, name, value)
    return {k: v for k, v in cohort.dictionary.options(command, options).items() if k in known}


def plot_report(report: Report, path: str | Path, **options: Any) -> None:
    """Write a report's figure to a file: .png, .svg, .pdf, .tiff or .eps.

    `options` are those of the command line that every figure takes: ``width=85, font_size=7``.

    Raises
    ------
    UsageError
        The ending is not one of these, an option is not valid, the figure does not fit its size, or
        the file is read-only.
    AnalysisError
        The report has no figure.
    InputError
        The file cannot be written.
    """
    known = options_of(FigureOptions)
    for name in options:
        if name not in known:
            raise UsageError(
                f"There is no option {name!r} of figures.", hint=did_you_mean(name, sorted(known))
            )
    checked = FigureOptions(**options)
    style = FigureStyle(**{name: getattr(checked, name) for name in known})
    figures.plot_report(report, path, style)


def planning(spec: Callable[Given, specs.CommandSpec]) -> Callable[Given, Report]:
    """The function of a command that reads no cohort, from its spec."""
    command = next(name for name, known in specs.PLANNING.items() if known is spec)
    known = specs.PLANNING[command]

    def function(**given: Any) -> Report:
        _refuse_unknown(command, known, given)
        report: Report = import_module(f"hcc2l.analyses.{command}.run").run(known(**given))
        return report

    hints = get_type_hints(spec)
    options = [o.replace(annotation=hints[o.name]) for o in signature(spec).parameters.values()]
    function.__name__ = function.__qualname__ = command
    function.__doc__ = (
        f"{spec.__doc__}\n\nReturns the report of ``hcc2l {command}``.\n\n{_parameters(known)}"
    )
    function.__signature__ = signature(function).replace(  # type: ignore[attr-defined]  # read by inspect
        parameters=options
    )
    return cast("Callable[Given, Report]", function)


def _refuse_unknown(command: str, spec: type[specs.CommandSpec], given: dict[str, Any]) -> None:
    """UsageError for an option that a command does not have."""
    known = options_of(spec)
    for name in given:
        if name not in known:
            raise UsageError(
                f"There is no option {name!r} in {command}.", hint=did_you_mean(name, sorted(known))
            )


def _fit(cohort: Cohort, spec: Any) -> FittedTree:
    from hcc2l.analyses.tree.run import fit

    return fit(cohort, spec)


change = analysis(specs.ChangeSpec)
check = analysis(specs.CheckSpec)
table1 = analysis(specs.Table1Spec)
km = analysis(specs.KmSpec)
cox = analysis(specs.CoxSpec)
logistic = analysis(specs.LogisticSpec)
tree = analysis(specs.TreeSpec)
psmatch = analysis(specs.PsmatchSpec)
roc = analysis(specs.RocSpec)
validate = analysis(specs.ValidateSpec)
flow = analysis(specs.FlowSpec)
response = analysis(specs.ResponseSpec)
adverse = analysis(specs.AdverseSpec)
derive = analysis(specs.DeriveSpec)
impute = analysis(specs.ImputeSpec)
size = planning(specs.SizeSpec)
fit_tree = _function(
    "fit_tree",
    "tree",
    specs.TreeSpec,
    _fit,
    "The tree of `tree` as an object that assigns patients of other cohorts to its leaves.",
)
