"""Every command is built from its spec: its options, their help and what they accept."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from typing import Any

import pytest
import typer.main

from hcc2l.cli.app import app
from hcc2l.figures import FORMATS as PLOT_FORMATS
from hcc2l.readers import read_cohort
from hcc2l.render import FILE_FORMATS, TEXT_FORMATS
from hcc2l.specs import SPECS
from hcc2l.specs.figure import FigureOptions
from hcc2l.specs.options import options_of
from hcc2l.specs.output import OutputOptions
from hcc2l.specs.reading import ReadingOptions
from tests.conftest import DATA, Run

HCC = DATA / "hcc424.csv"


def parameters(command: str) -> dict[str, Any]:
    """The parameters of a command, as typer made them, without `--help`."""
    group: Any = typer.main.get_command(app)
    made = group.commands[command].get_params(typer.Context(group))
    return {parameter.name: parameter for parameter in made if parameter.name != "help"}


@pytest.mark.parametrize("command", SPECS)
def test_every_option_is_on_the_command_line_with_its_default(command: str) -> None:
    found = parameters(command)
    for name, option in options_of(SPECS[command]).items():
        assert option.flag in found[name].opts
        if option.several:  # none is given unless the user gives one
            assert not found[name].default
            if option.default:
                assert f"{', '.join(option.default)} (default)" in found[name].help
            assert found[name].help.endswith(" Repeatable.")
        elif option.declared.words:  # typed as text: a number or a word
            assert found[name].default == str(option.default)
        else:
            assert found[name].default == option.default


@pytest.mark.parametrize("command", SPECS)
def test_a_command_takes_the_options_of_its_spec_of_output_and_of_reading_alone(
    command: str,
) -> None:
    known = [f.name for o in (SPECS[command], OutputOptions, ReadingOptions) for f in fields(o)]
    spec = SPECS[command]
    used = {"plot": spec.plots, "save": spec.saves, "reference_rows": spec.references}
    unused = {name for name, is_used in used.items() if not is_used}
    if not spec.plots:
        unused |= {f.name for f in fields(FigureOptions)}
    assert set(parameters(command)) == {"cohort", *known} - unused


@pytest.mark.parametrize("command", SPECS)
def test_the_help_of_a_command_shows_its_own_panels_first(command: str, run: Run) -> None:
    text = run(command, "--help").out
    assert str(SPECS[command].__doc__) in " ".join(text.split())
    panels = re.findall(r"^╭─ (.+?) ─+╮$", text, re.M)
    assert panels[:2] == ["Arguments", "Options"]
    assert panels[-3:] == ["Endpoint and rows", "Output", "Cohort file"]
    assert len(panels) > 5


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("logistic", ["--outcome", "--covariates", "--univariable", "--ci", "--firth"]),
        ("cox", ["--interaction", "--subgroups", "--which", "--performance"]),
        ("km", ["--by", "--conf-type", "--endpoint", "--where", "--format", "--quiet", "--na"]),
        ("psmatch", ["--treat", "--which", "--endpoint", "--time", "--where", "--methods"]),
    ],
)
def test_the_help_shows_options_in_the_order_of_their_places(
    command: str, options: list[str], run: Run
) -> None:
    text = run(command, "--help").out
    lines = [re.search(rf"^│ {option} ", text, re.M) for option in options]
    positions = [line.start() for line in lines if line]
    assert len(positions) == len(options)
    assert positions == sorted(positions)


@pytest.mark.parametrize("command", SPECS)
def test_every_choice_of_an_option_is_named_in_its_help(command: str) -> None:
    for option in options_of(SPECS[command]).values():
        words = set(re.findall(r"[\w-]+", option.declared.help))
        assert set(option.choices) - {"none"} <= words, option.name


@pytest.mark.parametrize("command", SPECS)
def test_the_example_of_the_help_runs_on_the_bundled_cohort(command: str, run: Run) -> None:
    example = SPECS[command].example
    last_line = run(command, "--help").out.strip().splitlines()[-1]
    assert last_line.strip() == f"Example: hcc2l {command} {example}"
    assert run(command, *example.split()).status == 0


def test_the_formats_in_the_help_are_those_that_are_written() -> None:
    output = options_of(OutputOptions)
    assert output["format"].choices == TEXT_FORMATS
    for name, known in {"out": FILE_FORMATS, "plot": PLOT_FORMATS}.items():
        assert re.findall(r"\.(\w+)", output[name].declared.help) == list(known)


def test_a_cohort_is_read_with_the_same_options_in_python() -> None:
    taken = set(inspect.signature(read_cohort).parameters)
    assert set(options_of(ReadingOptions)) <= taken


LONG = {("tree", "importance"), ("cox", "performance"), ("cox", "adjusted_incidence")}
TABLES = [
    pytest.param(
        command, table, option, marks=[pytest.mark.slow] if (command, table) in LONG else [],
        id=f"{command}-{table}",
    )
    for command, spec in SPECS.items()
    for table, option in spec.optional_tables.items()
]  # fmt: skip
GIVEN = {
    "km": ["--by", "child_pugh"],
    "cox": ["-x", "treatment,age"],
    "logistic": ["--outcome", "primary_resistance", "-x", "treatment,age"],
    "tree": ["-x", "afp"],
    "psmatch": ["--treat", "lenvatinib", "-x", "age"],
    "roc": ["--outcome", "primary_resistance", "--marker", "afp,alt"],
    "response": ["--time", "os_months", "--event", "death"],
    "adverse": ["-x", "primary_resistance"],
}
REAL = {
    "200": "2", "TERM": "treatment", "A,B": "child_pugh", "RESPONSE_DATE": "primary_resistance",
    "CHANGE": "age", "COL": "child_pugh", "status": "first_event",
}  # fmt: skip


@pytest.mark.parametrize(("command", "table", "option"), TABLES)
def test_a_table_that_has_to_be_asked_for_names_its_option(
    command: str, table: str, option: str, run: Run
) -> None:
    arguments = (command, HCC, *GIVEN[command], "--format", "csv", "--table", table)
    refused = run(*arguments)
    assert refused.status == 2
    assert refused.messages("hint") == [f"hint: Add {option}."]
    for example, real in REAL.items():
        option = option.replace(example, real)
    done = run(*arguments, *option.split(" "))
    assert (done.status, done.err * done.status) == (0, "")


def test_a_table_that_does_not_come_with_the_options_given_is_simply_unknown(run: Run) -> None:
    arguments = ("--event", "first_event=1", "--competing", "first_event=2", "--at", "6")
    refused = run("km", HCC, *arguments, "--format", "csv", "--table", "survival")
    assert refused.status == 2
    assert "no table 'survival'" in refused.err
    assert "--at" not in refused.err
