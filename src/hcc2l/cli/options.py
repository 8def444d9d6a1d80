"""Options that several commands share, each defined once."""

from __future__ import annotations

from typing import Annotated

import typer

_COHORT = "Cohort file"
_SELECTION = "Endpoint and rows"
_OUTPUT = "Output"

Cohort = Annotated[
    str | None,
    typer.Argument(
        metavar="COHORT",
        help="The cohort: .csv .tsv .txt (also .gz), .xlsx, .sav, .dta, .sas7bdat, .parquet, or - "
        "for standard input. Default: $HCC2L_COHORT, then the cohort named in hcc2l.toml, then the "
        "bundled synthetic cohort.",
        show_default=False,
    ),
]
Endpoint = Annotated[
    str,
    typer.Option(metavar="NAME", rich_help_panel=_SELECTION,
                 help="An endpoint defined in hcc2l.toml or recognised by its column names."),
]  # fmt: skip
Time = Annotated[
    str | None,
    typer.Option(metavar="COL", rich_help_panel=_SELECTION, show_default=False,
                 help="The column of times, for an endpoint given on the command line."),
]  # fmt: skip
Event = Annotated[
    str | None,
    typer.Option(metavar="COL[=VALUE]", rich_help_panel=_SELECTION, show_default=False,
                 help="The event of that endpoint: a column such as death, or a value, status=2."),
]  # fmt: skip
Start = Annotated[
    str | None,
    typer.Option(metavar="COL", rich_help_panel=_SELECTION, show_default=False,
                 help="Instead of --time: the date at time 0."),
]  # fmt: skip
End = Annotated[
    list[str] | None,
    typer.Option(metavar="COL[,COL]", rich_help_panel=_SELECTION, show_default=False,
                 help="With --start: the date of last contact, if --event gives the status then; "
                 "or dates of events, the first of which counts. Repeatable."),
]  # fmt: skip
Censor = Annotated[
    str | None,
    typer.Option(metavar="COL", rich_help_panel=_SELECTION, show_default=False,
                 help="With dates of events: the date of last contact, for patients without them."),
]  # fmt: skip
Unit = Annotated[
    str | None,
    typer.Option(metavar="UNIT", rich_help_panel=_SELECTION, show_default=False,
                 help="The unit of the times: days, weeks, months or years (from dates: months)."),
]  # fmt: skip
TimeUnit = Annotated[
    str | None,
    typer.Option(metavar="UNIT", rich_help_panel=_SELECTION, show_default=False,
                 help="Show all times in this unit, in which those of options are then given."),
]  # fmt: skip
Label = Annotated[
    str | None,
    typer.Option(metavar="TEXT", rich_help_panel=_SELECTION, show_default=False,
                 help="What the endpoint is called: 'Overall survival'."),
]  # fmt: skip
Where = Annotated[
    list[str] | None,
    typer.Option(metavar="EXPR", rich_help_panel=_SELECTION, show_default=False,
                 help="Analyse only these rows: 'age>=18', 'child_pugh==A', 'bclc in B,C', "
                 "'afp missing'. Repeatable."),
]  # fmt: skip
Cut = Annotated[
    list[str] | None,
    typer.Option(metavar="COL=V[,V…]", rich_help_panel=_SELECTION, show_default=False,
                 help="Cut a numeric column into groups: afp=400 gives <400 and ≥400. Repeatable."),
]  # fmt: skip
Ref = Annotated[
    list[str] | None,
    typer.Option(metavar="COL=LEVEL", rich_help_panel=_SELECTION, show_default=False,
                 help="The reference level of a column. Repeatable."),
]  # fmt: skip
ConfLevel = Annotated[
    float, typer.Option(metavar="P", help="Confidence level.", rich_help_panel=_SELECTION)
]
Format = Annotated[
    str,
    typer.Option(metavar="FORMAT", rich_help_panel=_OUTPUT,
                 help="Format of standard output: table, json, csv, md, html or tex."),
]  # fmt: skip
Json = Annotated[
    bool,
    typer.Option("--json", metavar="", rich_help_panel=_OUTPUT, help="Short for --format json."),
]
Table = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The table printed as CSV (default: the first).",
                 rich_help_panel=_OUTPUT, show_default=False),
]  # fmt: skip
Out = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE", rich_help_panel=_OUTPUT, show_default=False,
                 help="Also write the result to a file, in the format of its extension: .json .csv "
                 ".md .html .tex .docx .xlsx. Repeatable."),
]  # fmt: skip
Plot = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE", rich_help_panel=_OUTPUT, show_default=False,
                 help="Write the figure to a file: .png .svg .pdf. Repeatable."),
]  # fmt: skip
Save = Annotated[
    str | None,
    typer.Option(metavar="FILE", rich_help_panel=_OUTPUT, show_default=False,
                 help="Save the cohort with the new columns, as .csv."),
]  # fmt: skip
Digits = Annotated[
    int | None,
    typer.Option(metavar="N", min=0, max=15, rich_help_panel=_OUTPUT, show_default=False,
                 help="Decimal places of times, estimates and statistics in tables."),
]  # fmt: skip
Methods = Annotated[
    bool,
    typer.Option("--methods", metavar="", rich_help_panel=_OUTPUT,
                 help="Add a methods paragraph for the manuscript, with references."),
]  # fmt: skip
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", metavar="", rich_help_panel=_OUTPUT,
                 help="Print no notes on standard error."),
]  # fmt: skip
Config = Annotated[
    str | None,
    typer.Option(metavar="FILE", rich_help_panel=_COHORT, show_default=False,
                 help="The data dictionary (default: hcc2l.toml beside the cohort, else in the "
                 "working folder)."),
]  # fmt: skip
Na = Annotated[
    list[str] | None,
    typer.Option(metavar="VALUE", rich_help_panel=_COHORT, show_default=False,
                 help="A further code for missing values. Repeatable."),
]  # fmt: skip
Sep = Annotated[
    str | None,
    typer.Option(metavar="CHAR", rich_help_panel=_COHORT, show_default=False,
                 help="Column separator of a text file: , ; tab |"),
]  # fmt: skip
Decimal = Annotated[
    str | None,
    typer.Option(metavar="CHAR", rich_help_panel=_COHORT, show_default=False,
                 help="Decimal mark of a text file: . or ,"),
]  # fmt: skip
Encoding = Annotated[
    str | None,
    typer.Option(metavar="NAME", rich_help_panel=_COHORT, show_default=False,
                 help="Character encoding of a text file, such as utf-8 or cp1252."),
]  # fmt: skip
Sheet = Annotated[
    str | None,
    typer.Option(metavar="NAME", rich_help_panel=_COHORT, show_default=False,
                 help="Worksheet of an Excel file (default: the first)."),
]  # fmt: skip

# Options of every regression.
MODEL = "Model"
CHOICE = "Variable selection"
EFFECTS = "Interactions and subgroups"
RANDOM = "Bootstrap"
Covariates = Annotated[
    list[str] | None,
    typer.Option(
        "-x",
        "--covariates",
        metavar="TERM[,TERM…]",
        rich_help_panel=MODEL,
        show_default=False,
        help="Covariates: columns, cuts (afp@400), comparisons ('ecog==2'). Repeatable.",
    ),
]
Univariable = Annotated[
    bool,
    typer.Option(
        "--univariable", metavar="", rich_help_panel=MODEL, help="Fit the univariable models only."
    ),
]
Multivariable = Annotated[
    bool,
    typer.Option(
        "--multivariable",
        metavar="",
        rich_help_panel=MODEL,
        help="Fit the multivariable model only.",
    ),
]
Firth = Annotated[
    bool,
    typer.Option(
        "--firth",
        metavar="",
        rich_help_panel=MODEL,
        help="Firth's penalised likelihood, for separation and few events.",
    ),
]
Select = Annotated[
    float | None,
    typer.Option(
        metavar="P",
        rich_help_panel=CHOICE,
        show_default=False,
        help="Enter covariates with univariable p < P into the multivariable model.",
    ),
]
Stepwise = Annotated[
    str | None,
    typer.Option(
        metavar="BY",
        rich_help_panel=CHOICE,
        show_default=False,
        help="Backward elimination by aic, or by the p-value of the lr or wald test.",
    ),
]
Stay = Annotated[
    float | None,
    typer.Option(
        metavar="P",
        rich_help_panel=CHOICE,
        show_default=False,
        help="Keep a covariate while its p < P, with lr or wald (default: 0.05).",
    ),
]
Performance = Annotated[
    bool,
    typer.Option(
        "--performance",
        metavar="",
        rich_help_panel=RANDOM,
        help="Predictive performance of the multivariable model, corrected for optimism.",
    ),
]
PerformanceBoot = Annotated[
    int | None,
    typer.Option(
        "--boot",
        metavar="N",
        min=0,
        rich_help_panel=RANDOM,
        show_default=False,
        help="Bootstrap samples for --performance; 0 for none (default: 200).",
    ),
]
Interaction = Annotated[
    list[str] | None,
    typer.Option(
        metavar="A:B",
        rich_help_panel=EFFECTS,
        show_default=False,
        help="Test the interaction of two covariates. Repeatable.",
    ),
]

# Options of every analysis that draws random numbers.
Boot = Annotated[
    int,
    typer.Option(metavar="N", min=0, help="Bootstrap samples; 0 for none.", rich_help_panel=RANDOM),
]
Seed = Annotated[
    int,
    typer.Option(
        metavar="N", min=0, help="Seed of the random number generator.", rich_help_panel=RANDOM
    ),
]
