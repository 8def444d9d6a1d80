"""`hcc2l logistic`."""

from __future__ import annotations

from typing import Annotated

import typer

from hcc2l.cli import options as o
from hcc2l.cli._run import run_analysis

_MODEL = "Model"
_CHOICE = "Choice of the model"
_EFFECTS = "Interactions and figure"


def logistic(
    context: typer.Context,
    cohort: o.Cohort = None,
    outcome: Annotated[
        str | None,
        typer.Option(
            metavar="COL[=VALUE]",
            rich_help_panel=_MODEL,
            show_default=False,
            help="The outcome, such as primary_resistance or response=PD.",
        ),
    ] = None,
    covariates: Annotated[
        list[str] | None,
        typer.Option(
            "-x",
            "--covariates",
            metavar="TERM[,TERM…]",
            rich_help_panel=_MODEL,
            show_default=False,
            help="Covariates: columns, cuts (afp@400), comparisons ('ecog==2'). Repeatable.",
        ),
    ] = None,
    univariable: Annotated[
        bool,
        typer.Option(
            "--univariable", metavar="", rich_help_panel=_MODEL, help="Univariable models only."
        ),
    ] = False,
    multivariable: Annotated[
        bool,
        typer.Option(
            "--multivariable",
            metavar="",
            rich_help_panel=_MODEL,
            help="The multivariable model only.",
        ),
    ] = False,
    ci: Annotated[
        str,
        typer.Option(
            metavar="TYPE", rich_help_panel=_MODEL, help="Confidence limits: wald or profile."
        ),
    ] = "wald",
    select: Annotated[
        float | None,
        typer.Option(
            metavar="P",
            rich_help_panel=_CHOICE,
            show_default=False,
            help="Covariates with univariable p below P enter the multivariable model.",
        ),
    ] = None,
    stepwise: Annotated[
        str | None,
        typer.Option(
            metavar="BY",
            rich_help_panel=_CHOICE,
            show_default=False,
            help="Backward elimination by aic, or by p of the lr or wald test.",
        ),
    ] = None,
    stay: Annotated[
        float,
        typer.Option(
            metavar="P",
            rich_help_panel=_CHOICE,
            help="A covariate stays while its p is below P (lr, wald).",
        ),
    ] = 0.05,
    interaction: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A:B",
            rich_help_panel=_EFFECTS,
            show_default=False,
            help="Test an interaction. Repeatable.",
        ),
    ] = None,
    which: Annotated[
        str | None,
        typer.Option(
            metavar="MODELS",
            rich_help_panel=_EFFECTS,
            show_default=False,
            help="The forest plot shows: univariable, multivariable or both.",
        ),
    ] = None,
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
    """Logistic regression: univariable and multivariable odds ratios, checks, forest plot."""
    run_analysis(context, texts=("covariates", "interaction"))
