"""`hcc2l check`."""

from __future__ import annotations

from typing import Annotated

import typer

from hcc2l.cli import options as o
from hcc2l.cli._run import run_analysis

_CHECK = "Check"


def check(
    context: typer.Context,
    cohort: o.Cohort = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            metavar="",
            rich_help_panel=_CHECK,
            help="Exit with status 1 if there is an error or a warning among the findings.",
        ),
    ] = False,
    write_dictionary: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=_CHECK,
            show_default=False,
            help="Write what was found as a dictionary to correct by hand (.toml); never over a "
            "file.",
        ),
    ] = None,
    where: o.Where = None,
    conf_level: o.ConfLevel = 0.95,
    format: o.Format = "table",  # noqa: A002 - the option's name
    json: o.Json = False,
    table: o.Table = None,
    out: o.Out = None,
    digits: o.Digits = None,
    quiet: o.Quiet = False,
    config: o.Config = None,
    na: o.Na = None,
    sep: o.Sep = None,
    decimal: o.Decimal = None,
    encoding: o.Encoding = None,
    sheet: o.Sheet = None,
) -> None:
    """What is in a cohort: how its columns are understood, and what in them is doubtful."""
    run_analysis(context)
