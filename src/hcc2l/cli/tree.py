"""`hcc2l tree`."""

from __future__ import annotations

from typing import Annotated

import typer

from hcc2l.cli import options as o
from hcc2l.cli._run import run_analysis
from hcc2l.errors import UsageError

_TREE = "Tree"
_OPTIONAL_TABLES = {
    "assignments": "--assignments", "stability": "--boot 200", "importance": "--forest"
}  # fmt: skip


def tree(
    context: typer.Context,
    cohort: o.Cohort = None,
    covariates: Annotated[
        list[str] | None,
        typer.Option(
            "-x",
            "--covariates",
            metavar="TERM[,TERM…]",
            rich_help_panel=_TREE,
            show_default=False,
            help="Candidates for the splits: columns or cuts (afp@400). Repeatable.",
        ),
    ] = None,
    alpha: Annotated[
        float,
        typer.Option(
            metavar="P", rich_help_panel=_TREE, help="Split if the adjusted p is below P."
        ),
    ] = 0.05,
    min_split: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=1,
            rich_help_panel=_TREE,
            help="Fewest patients in a node that is split.",
        ),
    ] = 20,
    min_bucket: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=1,
            rich_help_panel=_TREE,
            help="Fewest patients on either side of a split.",
        ),
    ] = 7,
    max_depth: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            rich_help_panel=_TREE,
            show_default=False,
            help="At most N levels of splits.",
        ),
    ] = None,
    statistic: Annotated[
        str,
        typer.Option(
            metavar="TYPE",
            rich_help_panel=_TREE,
            help="Test statistic: quad (quadratic form) or max.",
        ),
    ] = "quad",
    adjust: Annotated[
        str,
        typer.Option(
            metavar="METHOD",
            rich_help_panel=_TREE,
            help="Adjust p for the number of candidates: bonferroni or none.",
        ),
    ] = "bonferroni",
    missing: Annotated[
        str,
        typer.Option(
            metavar="RULE",
            rich_help_panel=_TREE,
            help="Patients with a missing value go with the larger side (majority) or are "
            "excluded (drop).",
        ),
    ] = "majority",
    assignments: Annotated[
        bool,
        typer.Option(
            "--assignments",
            metavar="",
            rich_help_panel=_TREE,
            help="Add the leaf of every patient as a table, for JSON and CSV.",
        ),
    ] = False,
    forest: Annotated[
        bool,
        typer.Option(
            "--forest",
            metavar="",
            rich_help_panel=_TREE,
            help="Add the variable importance of a random survival forest.",
        ),
    ] = False,
    boot: o.Boot = 0,
    seed: o.Seed = 1,
    save: o.Save = None,
    endpoint: o.Endpoint = "os",
    time: o.Time = None,
    event: o.Event = None,
    start: o.Start = None,
    end: o.End = None,
    censor: o.Censor = None,
    unit: o.Unit = None,
    time_unit: o.TimeUnit = None,
    label: o.Label = None,
    where: o.Where = None,
    cut: o.Cut = None,
    ref: o.Ref = None,
    conf_level: o.ConfLevel = 0.95,
    format: o.Format = "table",  # noqa: A002 - the option's name
    json: o.Json = False,
    table: o.Table = None,
    out: o.Out = None,
    plot: o.Plot = None,
    digits: o.Digits = None,
    methods: o.Methods = False,
    quiet: o.Quiet = False,
    config: o.Config = None,
    na: o.Na = None,
    sep: o.Sep = None,
    decimal: o.Decimal = None,
    encoding: o.Encoding = None,
    sheet: o.Sheet = None,
) -> None:
    """Conditional inference survival tree: splits, rules, a curve in each leaf."""
    try:
        run_analysis(context, texts=("covariates",))
    except UsageError as error:
        option = _OPTIONAL_TABLES.get(str(context.params["table"]))
        if error.where != "--table" or option is None:
            raise
        raise UsageError(error.message, where="--table", hint=f"Add {option}.") from None
