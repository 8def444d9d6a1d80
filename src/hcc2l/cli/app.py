"""The `hcc2l` command."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from typing import Annotated

import typer

from hcc2l.cli._run import guarded
from hcc2l.cli.commands import AnalysisCommand, unmade
from hcc2l.cli.report import report
from hcc2l.cli.sample import sample
from hcc2l.cli.topics import show_help
from hcc2l.specs import PLANNING, SPECS

app = typer.Typer(
    name="hcc2l",
    help="Cohort analysis for second-line therapy of hepatocellular carcinoma: tables, figures and "
    "JSON ready for publication, from one data file. Every number is checked against R.",
    epilog="Try: hcc2l km --by child_pugh",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, _spec in (*SPECS.items(), *PLANNING.items()):
    _example = f"Example: hcc2l {_name} {_spec.example}"
    app.command(_name, cls=AnalysisCommand, help=_spec.__doc__, epilog=_example)(unmade)
app.command("report")(report)
app.command("sample")(sample)
app.command("help")(show_help)


def _version(requested: bool) -> None:
    if requested:
        from importlib.metadata import version

        typer.echo(f"hcc2l {version('hcc2l')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", metavar="", callback=_version, is_eager=True, help="Show the version."
        ),
    ] = False,
) -> None:
    """Options given before the command."""
    del version


def main() -> None:
    """Entry point of the console script."""
    for name in ("stdout", "stderr"):  # closed by the shell: hcc2l km >&-
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - stays open
    if not sys.warnoptions:  # what a user should know is a note of the report
        warnings.simplefilter("ignore")
    # One thread is faster for arrays of a cohort's size; must be set before NumPy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A command runs for a second; collecting garbage among its imports would cost 5% of that.
    gc.set_threshold(200_000)
    sys.exit(guarded(app))
