"""Options that commands share, each said once."""

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
        "for standard input. Left out: $HCC2L_COHORT, then hcc2l.toml, then the bundled synthetic "
        "cohort.",
        show_default=False,
    ),
]
Endpoint = Annotated[
    str,
    typer.Option(metavar="NAME", help="Endpoint, from hcc2l.toml or recognised by column names.",
                 rich_help_panel=_SELECTION),
]  # fmt: skip
Time = Annotated[
    str | None,
    typer.Option(metavar="COL", help="Column of times: an endpoint said on the spot.",
                 rich_help_panel=_SELECTION, show_default=False),
]  # fmt: skip
Event = Annotated[
    str | None,
    typer.Option(metavar="COL[=VALUE]", help="Its event, such as death or status=2.",
                 rich_help_panel=_SELECTION, show_default=False),
]  # fmt: skip
Where = Annotated[
    list[str] | None,
    typer.Option(metavar="EXPR", rich_help_panel=_SELECTION, show_default=False,
                 help="Keep rows: 'age>=18', 'child_pugh==A', 'bclc in B,C', 'afp missing'. "
                 "Repeatable."),
]  # fmt: skip
Cut = Annotated[
    list[str] | None,
    typer.Option(metavar="COL=V[,V…]", rich_help_panel=_SELECTION, show_default=False,
                 help="Cut a number into groups, closed on the left: afp=400. Repeatable."),
]  # fmt: skip
Ref = Annotated[
    list[str] | None,
    typer.Option(metavar="COL=LEVEL", rich_help_panel=_SELECTION, show_default=False,
                 help="Reference level. Repeatable."),
]  # fmt: skip
ConfLevel = Annotated[
    float, typer.Option(metavar="P", help="Confidence level.", rich_help_panel=_SELECTION)
]
Format = Annotated[
    str,
    typer.Option(metavar="FORMAT", rich_help_panel=_OUTPUT,
                 help="What goes to standard output: table, json, csv, md, html or tex."),
]  # fmt: skip
Json = Annotated[
    bool,
    typer.Option("--json", metavar="", rich_help_panel=_OUTPUT, help="Short for --format json."),
]
Table = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The table that csv prints; the first when left out.",
                 rich_help_panel=_OUTPUT, show_default=False),
]  # fmt: skip
Out = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE", rich_help_panel=_OUTPUT, show_default=False,
                 help="Also write there; the ending says the format: .json .csv .md .html .tex "
                 ".docx .xlsx. Repeatable."),
]  # fmt: skip
Plot = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE", rich_help_panel=_OUTPUT, show_default=False,
                 help="Draw the figure there: .png .svg .pdf. Repeatable."),
]  # fmt: skip
Save = Annotated[
    str | None,
    typer.Option(metavar="FILE", rich_help_panel=_OUTPUT, show_default=False,
                 help="Save the cohort with the columns that this adds, as .csv."),
]  # fmt: skip
Digits = Annotated[
    int | None,
    typer.Option(metavar="N", min=0, max=15, rich_help_panel=_OUTPUT, show_default=False,
                 help="Decimals of times, estimates and statistics in tables."),
]  # fmt: skip
Methods = Annotated[
    bool,
    typer.Option("--methods", metavar="", rich_help_panel=_OUTPUT,
                 help="Add the paragraph for a manuscript, with references."),
]  # fmt: skip
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", metavar="", rich_help_panel=_OUTPUT,
                 help="No notes on standard error."),
]  # fmt: skip
Config = Annotated[
    str | None,
    typer.Option(metavar="FILE", rich_help_panel=_COHORT, show_default=False,
                 help="The data dictionary; else hcc2l.toml beside the cohort or here."),
]  # fmt: skip
Na = Annotated[
    list[str] | None,
    typer.Option(metavar="VALUE", rich_help_panel=_COHORT, show_default=False,
                 help="A text that means missing, beside the usual ones. Repeatable."),
]  # fmt: skip
Sep = Annotated[
    str | None,
    typer.Option(metavar="CHAR", rich_help_panel=_COHORT, show_default=False,
                 help="Separator of a text file: , ; tab |"),
]  # fmt: skip
Decimal = Annotated[
    str | None,
    typer.Option(metavar="CHAR", rich_help_panel=_COHORT, show_default=False,
                 help="Decimal sign of a text file: . or ,"),
]  # fmt: skip
Encoding = Annotated[
    str | None,
    typer.Option(metavar="NAME", rich_help_panel=_COHORT, show_default=False,
                 help="Encoding of a text file."),
]  # fmt: skip
Sheet = Annotated[
    str | None,
    typer.Option(metavar="NAME", rich_help_panel=_COHORT, show_default=False,
                 help="Sheet of an Excel file."),
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
        "--univariable", metavar="", rich_help_panel=MODEL, help="Univariable models only."
    ),
]
Multivariable = Annotated[
    bool,
    typer.Option(
        "--multivariable",
        metavar="",
        rich_help_panel=MODEL,
        help="The multivariable model only.",
    ),
]
Firth = Annotated[
    bool,
    typer.Option(
        "--firth",
        metavar="",
        rich_help_panel=MODEL,
        help="Firth's penalised likelihood, for separated groups and few events.",
    ),
]
Select = Annotated[
    float | None,
    typer.Option(
        metavar="P",
        rich_help_panel=CHOICE,
        show_default=False,
        help="Covariates with univariable p below P enter the multivariable model.",
    ),
]
Stepwise = Annotated[
    str | None,
    typer.Option(
        metavar="BY",
        rich_help_panel=CHOICE,
        show_default=False,
        help="Backward elimination by aic, or by p of the lr or wald test.",
    ),
]
Stay = Annotated[
    float | None,
    typer.Option(
        metavar="P",
        rich_help_panel=CHOICE,
        show_default=False,
        help="A covariate stays while its p is below P (lr, wald; default: 0.05).",
    ),
]
Performance = Annotated[
    bool,
    typer.Option(
        "--performance",
        metavar="",
        rich_help_panel=RANDOM,
        help="How well the multivariable model predicts, corrected for optimism.",
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
        help="Bootstrap samples of --performance (default: 200); 0 for none.",
    ),
]
Interaction = Annotated[
    list[str] | None,
    typer.Option(
        metavar="A:B",
        rich_help_panel=EFFECTS,
        show_default=False,
        help="Test an interaction. Repeatable.",
    ),
]

# What every analysis that draws at random can be told.
Boot = Annotated[
    int,
    typer.Option(metavar="N", min=0, help="Bootstrap samples; 0 for none.", rich_help_panel=RANDOM),
]
Seed = Annotated[
    int,
    typer.Option(metavar="N", min=0, help="Seed of the random numbers.", rich_help_panel=RANDOM),
]
