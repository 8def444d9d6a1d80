"""`hcc2l psmatch`."""

from __future__ import annotations

from typing import Annotated

import typer

from hcc2l.cli import options as o
from hcc2l.cli._run import run_analysis
from hcc2l.errors import UsageError


def _caliper(text: str) -> float | str:
    """A number, or `none`."""
    if text == "none":
        return text
    try:
        return float(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is neither a number nor none.", where="--caliper", hint="Write 0.2, or none."
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
            help="Who is treated: a level of the treatment, a column of two values, or both.",
        ),
    ] = None,
    control: Annotated[
        str | None,
        typer.Option(
            metavar="LEVEL",
            rich_help_panel=_TREATMENT,
            show_default=False,
            help="The level that is compared with, where there are more than two.",
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
            help="What the score is made of: columns, cuts (afp@400), comparisons. Repeatable.",
        ),
    ] = None,
    propensity: Annotated[
        str,
        typer.Option(
            metavar="MODEL",
            rich_help_panel=_TREATMENT,
            help="The propensity score: logistic regression, or boosted trees.",
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
            help="Match on the logit of the propensity, or on the propensity.",
        ),
    ] = "logit",
    caliper: Annotated[
        str,
        typer.Option(
            metavar="C",
            rich_help_panel=_MATCHING,
            parser=_caliper,
            help="The largest distance of a match, or none.",
        ),
    ] = "0.2",
    caliper_scale: Annotated[
        str,
        typer.Option(
            metavar="UNIT",
            rich_help_panel=_MATCHING,
            help="The caliper is in sd of the distance, or raw.",
        ),
    ] = "sd",
    ratio: Annotated[
        int,
        typer.Option(
            metavar="K",
            min=1,
            rich_help_panel=_MATCHING,
            help="Controls for each treated patient, at most.",
        ),
    ] = 1,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            metavar="",
            rich_help_panel=_MATCHING,
            help="A control may serve several treated patients.",
        ),
    ] = False,
    order: Annotated[
        str,
        typer.Option(
            metavar="ORDER",
            rich_help_panel=_MATCHING,
            help="Who chooses first: largest or smallest score, data or random.",
        ),
    ] = "largest",
    exact: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TERM[,TERM…]",
            rich_help_panel=_MATCHING,
            show_default=False,
            help="Match only patients who have these in common. Repeatable.",
        ),
    ] = None,
    smd: Annotated[
        str,
        typer.Option(
            metavar="SD",
            rich_help_panel=_MATCHING,
            help="Divide differences by the pooled SD, or by that of the treated (att).",
        ),
    ] = "pooled",
    seed: Annotated[
        int,
        typer.Option(
            metavar="N",
            rich_help_panel=_MATCHING,
            min=0,
            help="Seed of the random order, and of boosting.",
        ),
    ] = 1,
    weighting: Annotated[
        str,
        typer.Option(
            metavar="WEIGHTS",
            rich_help_panel=_WEIGHTING,
            help="Also weight all patients by the score: iptw or overlap.",
        ),
    ] = "none",
    estimand: Annotated[
        str | None,
        typer.Option(
            metavar="WHOM",
            rich_help_panel=_WEIGHTING,
            show_default=False,
            help="With iptw, the effect in the treated (att, default) or in all (ate).",
        ),
    ] = None,
    stabilised: Annotated[
        bool,
        typer.Option(
            "--stabilised/--no-stabilised",
            metavar="",
            rich_help_panel=_WEIGHTING,
            help="With ate, multiply by the share of the own group.",
        ),
    ] = True,
    truncate: Annotated[
        float | None,
        typer.Option(
            metavar="Q",
            rich_help_panel=_WEIGHTING,
            show_default=False,
            help="Cut the weights at the quantiles Q and 1 - Q.",
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
            help="The figure: love (plot), scores or survival.",
        ),
    ] = "love",
    endpoint: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[,NAME…]",
            rich_help_panel=_OUTCOMES,
            show_default=False,
            help="Endpoints; every one of the cohort when left out. Repeatable.",
        ),
    ] = None,
    time: o.Time = None,
    event: o.Event = None,
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
    """Two treatments compared in matched patients: propensity score, balance, outcomes."""
    run_analysis(context, texts=("covariates", "exact", "endpoint"))
