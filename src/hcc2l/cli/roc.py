"""`hcc2l roc`."""

from __future__ import annotations

from typing import Annotated

import typer

from hcc2l.cli import options as o
from hcc2l.cli._run import run_analysis

_OUTCOME = "Outcome"
_CUTOFF = "Markers and cut-offs"


def roc(
    context: typer.Context,
    cohort: o.Cohort = None,
    outcome: Annotated[
        str | None,
        typer.Option(metavar="COL[=VALUE]", rich_help_panel=_OUTCOME, show_default=False,
                     help="The outcome, such as primary_resistance or response=PD."),
    ] = None,
    at: Annotated[
        float | None,
        typer.Option(metavar="T", rich_help_panel=_OUTCOME, show_default=False,
                     help="Instead of --outcome: the event of the endpoint by time T "
                     "(time-dependent ROC)."),
    ] = None,
    within: Annotated[
        float | None,
        typer.Option(metavar="T", rich_help_panel=_OUTCOME, show_default=False,
                     help="The outcome is known only after time T: exclude patients without it who "
                     "were censored before T."),
    ] = None,
    marker: Annotated[
        list[str] | None,
        typer.Option(metavar="COL[,COL…]", rich_help_panel=_CUTOFF, show_default=False,
                     help="Markers (default: AFP, ALT and PNI, where available). PNI is computed "
                     "from albumin and lymphocytes."),
    ] = None,
    combine: Annotated[
        list[str] | None,
        typer.Option(metavar="A+B", rich_help_panel=_CUTOFF, show_default=False,
                     help="Combine markers by logistic regression. Repeatable."),
    ] = None,
    compare: Annotated[
        bool,
        typer.Option("--compare", metavar="", rich_help_panel=_CUTOFF,
                     help="Test differences in AUC between markers, and between groups."),
    ] = False,
    by: Annotated[
        str | None,
        typer.Option(metavar="TERM", rich_help_panel=_CUTOFF, show_default=False,
                     help="Analyse each group separately: child_pugh, age@65."),
    ] = None,
    criterion: Annotated[
        str,
        typer.Option(metavar="RULE", rich_help_panel=_CUTOFF,
                     help="How the cut-off is chosen: youden, topleft, or maxstat (survival)."),
    ] = "youden",
    direction: Annotated[
        str,
        typer.Option(metavar="WHICH", rich_help_panel=_CUTOFF,
                     help="Values that indicate the outcome: auto (by medians), higher or lower."),
    ] = "auto",
    at_cut: Annotated[
        list[str] | None,
        typer.Option(metavar="MARKER=V[,V…]", rich_help_panel=_CUTOFF, show_default=False,
                     help="Evaluate these cut-offs as well: afp=20,400. Repeatable."),
    ] = None,
    observed: Annotated[
        bool,
        typer.Option("--observed", metavar="", rich_help_panel=_CUTOFF,
                     help="Also show the cut-off as an observed value."),
    ] = False,
    partial: Annotated[
        str | None,
        typer.Option(metavar="WHERE", rich_help_panel=_CUTOFF, show_default=False,
                     help="Partial AUC at or above specificity=0.8 or sensitivity=0.9."),
    ] = None,
    ci: Annotated[
        str,
        typer.Option(metavar="TYPE", rich_help_panel=_CUTOFF,
                     help="Confidence intervals of proportions: wilson or clopper-pearson."),
    ] = "wilson",
    min_prop: Annotated[
        float,
        typer.Option(metavar="P", rich_help_panel=_CUTOFF,
                     help="maxstat: smallest share of patients on either side."),
    ] = 0.1,
    curve: Annotated[
        bool,
        typer.Option("--curve", metavar="", rich_help_panel=_CUTOFF,
                     help="Add every operating point, for JSON and CSV."),
    ] = False,
    which: Annotated[
        str | None,
        typer.Option(metavar="FIGURE", rich_help_panel=_CUTOFF, show_default=False,
                     help="The figure of --plot: roc, thresholds (sensitivity and specificity "
                     "against the cut-off), or maxstat."),
    ] = None,
    boot: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, rich_help_panel=o.RANDOM, show_default=False,
                     help="Number of bootstrap samples (default: 1000 with --at, otherwise 0)."),
    ] = None,
    seed: o.Seed = 1,
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
) -> None:  # fmt: skip
    """ROC curves and cut-offs of AFP, ALT, PNI and other markers, with internal validation."""
    run_analysis(context, texts=("marker", "combine"))
