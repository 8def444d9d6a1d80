"""`hcc2l psmatch`."""

from __future__ import annotations

from typing import Annotated

import typer

from hcc2l.cli import options as o
from hcc2l.cli._run import run_analysis
from hcc2l.errors import UsageError


def _caliper(text: str) -> float | str:
    """A caliper: a number, or `none`."""
    if text == "none":
        return text
    try:
        return float(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is neither a number nor 'none'.",
            where="--caliper",
            hint="Use a number such as 0.2, or none.",
        ) from None


_TREATMENT = "Treatment and score"
_MATCHING = "Matching and balance"
_WEIGHTING = "Weighting"
_OUTCOMES = "Outcomes and figure"


def psmatch(
    context: typer.Context,
    cohort: o.Cohort = None,
    treat: Annotated[
        str | None,
        typer.Option(
            metavar="LEVEL|COL|COL=LEVEL",
            rich_help_panel=_TREATMENT,
            show_default=False,
            help="The treated group: a level of the treatment, a column with two values, or both.",
        ),
    ] = None,
    control: Annotated[
        str | None,
        typer.Option(
            metavar="LEVEL",
            rich_help_panel=_TREATMENT,
            show_default=False,
            help="The control group, if the treatment has more than two levels.",
        ),
    ] = None,
    covariates: Annotated[
        list[str] | None,
        typer.Option(
            "-x",
            "--covariates",
            metavar="TERM[,TERM…]",
            rich_help_panel=_TREATMENT,
            show_default=False,
            help="Covariates of the score: columns, cuts (afp@400), comparisons. Repeatable.",
        ),
    ] = None,
    propensity: Annotated[
        str,
        typer.Option(
            metavar="MODEL",
            rich_help_panel=_TREATMENT,
            help="Model of the score: logistic regression, or boosted (regression trees).",
        ),
    ] = "logistic",
    method: Annotated[
        str,
        typer.Option(
            metavar="METHOD",
            rich_help_panel=_MATCHING,
            help="nearest (greedy) or optimal (smallest total distance).",
        ),
    ] = "nearest",
    distance: Annotated[
        str,
        typer.Option(
            metavar="SCALE",
            rich_help_panel=_MATCHING,
            help="Match on the logit of the propensity score, or on the score itself (propensity).",
        ),
    ] = "logit",
    caliper: Annotated[
        str,
        typer.Option(
            metavar="C",
            rich_help_panel=_MATCHING,
            parser=_caliper,
            help="The largest permitted distance within a match, or none.",
        ),
    ] = "0.2",
    caliper_scale: Annotated[
        str,
        typer.Option(
            metavar="UNIT",
            rich_help_panel=_MATCHING,
            help="Unit of the caliper: SD of the distance in all patients (sd), or raw.",
        ),
    ] = "sd",
    ratio: Annotated[
        int,
        typer.Option(
            metavar="K",
            min=1,
            rich_help_panel=_MATCHING,
            help="Maximum number of controls per treated patient.",
        ),
    ] = 1,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            metavar="",
            rich_help_panel=_MATCHING,
            help="Match with replacement: controls can be matched to several treated patients.",
        ),
    ] = False,
    order: Annotated[
        str,
        typer.Option(
            metavar="ORDER",
            rich_help_panel=_MATCHING,
            help="Order of the treated: largest or smallest score first, data (as in the file), or "
            "random.",
        ),
    ] = "largest",
    exact: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TERM[,TERM…]",
            rich_help_panel=_MATCHING,
            show_default=False,
            help="Match exactly on these terms. Repeatable.",
        ),
    ] = None,
    smd: Annotated[
        str,
        typer.Option(
            metavar="SD",
            rich_help_panel=_MATCHING,
            help="SD for standardised differences: pooled, or that of the treated (att).",
        ),
    ] = "pooled",
    seed: Annotated[
        int,
        typer.Option(
            metavar="N",
            rich_help_panel=_MATCHING,
            min=0,
            help="Seed of the random order and of boosting.",
        ),
    ] = 1,
    weighting: Annotated[
        str,
        typer.Option(
            metavar="WEIGHTS",
            rich_help_panel=_WEIGHTING,
            help="Also analyse all patients weighted by the score: iptw or overlap.",
        ),
    ] = "none",
    estimand: Annotated[
        str | None,
        typer.Option(
            metavar="ESTIMAND",
            rich_help_panel=_WEIGHTING,
            show_default=False,
            help="With iptw: effect in the treated (att, default) or in all patients (ate).",
        ),
    ] = None,
    stabilised: Annotated[
        bool,
        typer.Option(
            "--stabilised/--no-stabilised",
            metavar="",
            rich_help_panel=_WEIGHTING,
            help="With ate: multiply weights by the proportion of patients in the same group.",
        ),
    ] = True,
    truncate: Annotated[
        float | None,
        typer.Option(
            metavar="Q",
            rich_help_panel=_WEIGHTING,
            show_default=False,
            help="Truncate the weights at their quantiles Q and 1 - Q.",
        ),
    ] = None,
    doubly_robust: Annotated[
        bool,
        typer.Option(
            "--doubly-robust",
            metavar="",
            rich_help_panel=_OUTCOMES,
            help="Also adjust the hazard ratios for the covariates.",
        ),
    ] = False,
    which: Annotated[
        str,
        typer.Option(
            metavar="PICTURE",
            rich_help_panel=_OUTCOMES,
            help="Figure: love (love plot), scores or survival.",
        ),
    ] = "love",
    endpoint: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[,NAME…]",
            rich_help_panel=_OUTCOMES,
            show_default=False,
            help="Endpoints (default: all endpoints of the cohort). Repeatable.",
        ),
    ] = None,
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
    save: o.Save = None,
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
    """Compare two treatments in matched patients: propensity score, balance, outcomes."""
    run_analysis(context, texts=("covariates", "exact", "endpoint"))
