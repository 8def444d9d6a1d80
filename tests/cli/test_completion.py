"""Tab completion: what the shell offers for the values of an option."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hcc2l.cli.completion import completion
from hcc2l.specs import SPECS
from hcc2l.specs.options import options_of
from tests.conftest import Run, Write

COHORT = """id,os_months,death,sex,bclc,ecog,albumin,lymphocytes
1,3,1,male,B,0,38,1.1
2,5,0,female,C,1,41,1.4
3,8,1,male,C,1,35,0.9
"""
NAMES = COHORT.splitlines()[0].split(",")


@pytest.fixture
def cohort(write: Write) -> Path:
    return write("cohort.csv", COHORT)


def offered(command: str, option: str, typed: str, **given: Any) -> list[str]:
    """What is offered for an option, after `given` parameters."""
    complete = completion(options_of(SPECS[command])[option])
    assert complete is not None
    context: Any = SimpleNamespace(params=given, args=[])
    return [word for word in complete(context, typed) if word.startswith(typed)]


def test_columns_of_the_cohort_on_the_command_line(cohort: Path) -> None:
    assert offered("km", "by", "", cohort=str(cohort))[: len(NAMES)] == NAMES
    assert offered("km", "event", "de", cohort=str(cohort)) == ["death"]
    assert offered("roc", "marker", "alb", cohort=str(cohort)) == ["albumin"]


def test_scores_that_can_be_computed(cohort: Path) -> None:
    assert offered("km", "by", "pn", cohort=str(cohort)) == ["pni"]
    assert offered("km", "by", "meld", cohort=str(cohort)) == []


def test_the_next_column_of_a_list(cohort: Path) -> None:
    assert offered("cox", "covariates", "sex,bc", cohort=str(cohort)) == ["sex,bclc"]
    assert offered("cox", "interaction", "sex:bc", cohort=str(cohort)) == ["sex:bclc"]
    assert offered("roc", "combine", "ecog+alb", cohort=str(cohort)) == ["ecog+albumin"]


@pytest.mark.parametrize(
    ("option", "typed", "levels"),
    [
        ("by", "bclc==", ["bclc==B", "bclc==C"]),
        ("by", "ecog!=", ["ecog!=0", "ecog!=1"]),
        ("where", "sex == f", ["sex == female"]),
        ("where", "bclc in B,", ["bclc in B,B", "bclc in B,C"]),
        ("where", "bclc not in ", ["bclc not in B", "bclc not in C"]),
        ("ref", "sex=", ["sex=female", "sex=male"]),
        ("event", "death=1", ["death=1"]),
    ],
)
def test_levels(option: str, typed: str, levels: list[str], cohort: Path) -> None:
    assert offered("km", option, typed, cohort=str(cohort)) == levels


@pytest.mark.parametrize(
    ("typed", "levels"),
    [
        ("sex,bclc==", ["sex,bclc==B", "sex,bclc==C"]),
        ("sex,bclc in {B,", ["sex,bclc in {B,B", "sex,bclc in {B,C"]),
        ("bclc in {B,C},se", ["bclc in {B,C},sex"]),
    ],
)
def test_levels_within_a_list(typed: str, levels: list[str], cohort: Path) -> None:
    assert offered("cox", "covariates", typed, cohort=str(cohort)) == levels


def test_ways_to_cut(cohort: Path) -> None:
    assert offered("km", "by", "albumin@m", cohort=str(cohort)) == ["albumin@median"]
    assert offered("km", "where", "albumin@m", cohort=str(cohort)) == []


def test_endpoints(cohort: Path, write: Write) -> None:
    assert offered("km", "endpoint", "", cohort=str(cohort)) == ["os"]
    write("hcc2l.toml", '[endpoints.relapse]\ntime = "os_months"\nevent = "death"\n')
    assert offered("psmatch", "endpoint", "os,re", cohort=str(cohort)) == ["os,relapse"]


def test_choices_need_no_cohort() -> None:
    assert offered("cox", "ties", "", cohort="absent.csv") == ["efron", "breslow"]
    assert offered("km", "test", "peto,ge") == ["peto,gehan"]


@pytest.mark.parametrize("path", ["absent.csv", "-", "damaged.xlsx"])
def test_a_cohort_that_cannot_be_read_offers_nothing(
    path: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("damaged.xlsx", "no workbook")
    assert offered("km", "by", "", cohort=path) == []
    assert capsys.readouterr() == ("", "")


def test_every_option_that_names_a_column_is_completed() -> None:
    for spec in SPECS.values():
        for option in options_of(spec).values():
            named = re.search("COL|TERM|EXPR", option.declared.metavar)
            if named or option.choices or option.name == "endpoint":
                assert completion(option) is not None, option.name
            elif option.kind is not str:
                assert completion(option) is None, option.name


def test_the_shell_is_answered(cohort: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_HCC2L_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"hcc2l km {cohort.name} --json --by alb")
    monkeypatch.setenv("COMP_CWORD", "5")
    outcome = run()
    assert (outcome.status, outcome.out.split(), outcome.err) == (0, ["albumin"], "")
