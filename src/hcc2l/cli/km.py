"""`hcc2l km`."""

from __future__ import annotations

from typing import Annotated

import typer

from hcc2l.cli import options as o
from hcc2l.cli._run import run_analysis

_KM = "Kaplan–Meier"
_COMPARE = "Comparison of groups"


def km(
    context: typer.Context,
    cohort: o.Cohort = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="TERM",
            rich_help_panel=_COMPARE,
            show_default=False,
            help="Groups: a column, a cut (afp@400, afp@median) or a comparison ('ecog==2').",
        ),
    ] = None,
    test: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEST",
            rich_help_panel=_COMPARE,
            show_default=False,
            help="logrank (default), peto, gehan, tarone-ware or fh. Repeatable.",
        ),
    ] = None,
    rho: Annotated[
        float, typer.Option(metavar="X", rich_help_panel=_COMPARE, help="Exponent ρ of --test fh.")
    ] = 0.0,
    gamma: Annotated[
        float, typer.Option(metavar="X", rich_help_panel=_COMPARE, help="Exponent γ of --test fh.")
    ] = 0.0,
    strata: Annotated[
        str | None,
        typer.Option(
            metavar="TERM",
            rich_help_panel=_COMPARE,
            show_default=False,
            help="Add a log-rank test stratified by this term.",
        ),
    ] = None,
    trend: Annotated[
        bool,
        typer.Option(
            "--trend",
            metavar="",
            rich_help_panel=_COMPARE,
            help="Add a test for trend across the groups in level order.",
        ),
    ] = False,
    pairwise: Annotated[
        bool,
        typer.Option(
            "--pairwise",
            metavar="",
            rich_help_panel=_COMPARE,
            help="Add a log-rank test of each pair of groups.",
        ),
    ] = False,
    adjust: Annotated[
        str,
        typer.Option(
            metavar="METHOD",
            rich_help_panel=_COMPARE,
            help="Adjustment of pairwise p-values: holm, bh, bonferroni or none.",
        ),
    ] = "holm",
    conf_type: Annotated[
        str,
        typer.Option(
            metavar="TYPE",
            rich_help_panel=_KM,
            help="Scale of confidence intervals: log, log-log, plain, logit or arcsin.",
        ),
    ] = "log",
    at: Annotated[
        list[str] | None,
        typer.Option(
            metavar="T[,T…]",
            rich_help_panel=_KM,
            show_default=False,
            help="Survival, or cumulative incidence, at these times.",
        ),
    ] = None,
    tau: Annotated[
        float | None,
        typer.Option(
            metavar="T",
            rich_help_panel=_KM,
            show_default=False,
            help="Restricted mean survival time to T, with differences between groups.",
        ),
    ] = None,
    landmark: Annotated[
        float | None,
        typer.Option(
            metavar="T",
            rich_help_panel=_KM,
            show_default=False,
            help="Count time from T; patients with an event or censored by T are excluded.",
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            rich_help_panel=_KM,
            show_default=False,
            help="Column of case weights; fractional weights give robust variances.",
        ),
    ] = None,
    competing: Annotated[
        str | None,
        typer.Option(
            metavar="COL[=VALUE]",
            rich_help_panel=_KM,
            show_default=False,
            help="Competing event, for cumulative incidence and Gray's test.",
        ),
    ] = None,
    parametric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL",
            rich_help_panel=_KM,
            show_default=False,
            help="exponential, weibull, lognormal, loglogistic or best (by AIC). Repeatable.",
        ),
    ] = None,
    curve: Annotated[
        bool,
        typer.Option(
            "--curve",
            metavar="",
            rich_help_panel=_KM,
            help="Add the whole curve as a table, for JSON and CSV.",
        ),
    ] = False,
    cumulative_events: Annotated[
        bool,
        typer.Option(
            "--cumulative-events",
            metavar="",
            rich_help_panel=_KM,
            help="Show cumulative events below the numbers at risk in the figure.",
        ),
    ] = False,
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
    """Kaplan–Meier analysis: medians, survival at given times, log-rank tests, numbers at risk."""
    run_analysis(context, texts=("test", "parametric"), numbers=("at",))
