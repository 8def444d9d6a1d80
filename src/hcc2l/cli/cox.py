"""`hcc2l cox`."""

from __future__ import annotations

from typing import Annotated

import typer

from hcc2l.cli import options as o
from hcc2l.cli._run import run_analysis


def cox(
    context: typer.Context,
    cohort: o.Cohort = None,
    covariates: o.Covariates = None,
    univariable: o.Univariable = False,
    multivariable: o.Multivariable = False,
    ties: Annotated[
        str,
        typer.Option(
            metavar="METHOD", rich_help_panel=o.MODEL, help="Tied event times: efron or breslow."
        ),
    ] = "efron",
    strata: Annotated[
        str | None,
        typer.Option(
            metavar="TERM",
            rich_help_panel=o.MODEL,
            show_default=False,
            help="Stratify the baseline hazard by this term.",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            rich_help_panel=o.MODEL,
            show_default=False,
            help="Robust variance, clustered on this column.",
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            rich_help_panel=o.MODEL,
            show_default=False,
            help="Column of case weights; fractional weights give robust variances.",
        ),
    ] = None,
    robust: Annotated[
        bool,
        typer.Option(
            "--robust", metavar="", rich_help_panel=o.MODEL, help="Robust (sandwich) variance."
        ),
    ] = False,
    landmark: Annotated[
        float | None,
        typer.Option(
            metavar="T",
            rich_help_panel=o.MODEL,
            show_default=False,
            help="Count time from T; patients with an event or censored by T are excluded.",
        ),
    ] = None,
    ph_transform: Annotated[
        str,
        typer.Option(
            metavar="SCALE",
            rich_help_panel=o.MODEL,
            help="Time scale of the test of proportional hazards: km, identity, rank or log.",
        ),
    ] = "km",
    firth: o.Firth = False,
    select: o.Select = None,
    stepwise: o.Stepwise = None,
    stay: o.Stay = None,
    interaction: o.Interaction = None,
    performance: o.Performance = False,
    boot: o.PerformanceBoot = None,
    seed: o.Seed = 1,
    subgroups: Annotated[
        str | None,
        typer.Option(
            metavar="TERM",
            rich_help_panel=o.EFFECTS,
            show_default=False,
            help="Hazard ratio of this term in the subgroups defined by --within.",
        ),
    ] = None,
    within: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TERM[,TERM…]",
            rich_help_panel=o.EFFECTS,
            show_default=False,
            help="Terms whose levels define the subgroups. Repeatable.",
        ),
    ] = None,
    adjusted_curves: Annotated[
        str | None,
        typer.Option(
            metavar="TERM",
            rich_help_panel=o.EFFECTS,
            show_default=False,
            help="Survival by the levels of this covariate, adjusted for the others.",
        ),
    ] = None,
    which: Annotated[
        str | None,
        typer.Option(
            metavar="MODELS",
            rich_help_panel=o.EFFECTS,
            show_default=False,
            help="Models in the figure: univariable, multivariable, both, subgroups or adjusted.",
        ),
    ] = None,
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
    """Cox regression: univariable and multivariable hazard ratios, checks, forest plot."""
    run_analysis(context, texts=("covariates", "within", "interaction"))
