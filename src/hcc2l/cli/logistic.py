"""`hcc2l logistic`."""

from __future__ import annotations

from typing import Annotated

import typer

from hcc2l.cli import options as o
from hcc2l.cli._run import run_analysis


def logistic(
    context: typer.Context,
    cohort: o.Cohort = None,
    outcome: Annotated[
        str | None,
        typer.Option(
            metavar="COL[=VALUE]",
            rich_help_panel=o.MODEL,
            show_default=False,
            help="The outcome, such as primary_resistance or response=PD.",
        ),
    ] = None,
    covariates: o.Covariates = None,
    univariable: o.Univariable = False,
    multivariable: o.Multivariable = False,
    ci: Annotated[
        str,
        typer.Option(
            metavar="TYPE", rich_help_panel=o.MODEL, help="Confidence limits: wald or profile."
        ),
    ] = "wald",
    firth: o.Firth = False,
    select: o.Select = None,
    stepwise: o.Stepwise = None,
    stay: o.Stay = None,
    interaction: o.Interaction = None,
    performance: o.Performance = False,
    boot: o.PerformanceBoot = None,
    seed: o.Seed = 1,
    which: Annotated[
        str | None,
        typer.Option(
            metavar="MODELS",
            rich_help_panel=o.EFFECTS,
            show_default=False,
            help="Models in the forest plot: univariable, multivariable or both.",
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
    header: o.Header = None,
) -> None:
    """Logistic regression: univariable and multivariable odds ratios, checks, forest plot."""
    run_analysis(context, texts=("covariates", "interaction"))
