"""What a command line says of columns, read once: terms, `--cut`, `--ref`, `--where`."""

from __future__ import annotations

from typing import Any

import pytest

import hcc2l
from hcc2l.errors import UsageError
from hcc2l.terms import Parser
from tests.conftest import DATA, Write
from tests.reports import rows_of

HCC = DATA / "hcc81.csv"
NAMES = ("id", "time", "AFP", "sex", "arm")
COMMANDS: dict[str, dict[str, Any]] = {
    "km": {},
    "cox": {"covariates": ["age"]},
    "logistic": {"covariates": ["age"], "outcome": "sex=male"},
    "tree": {"covariates": ["age"]},
    "psmatch": {"treat": "lenvatinib", "covariates": ["age"]},
    "roc": {"marker": ["age"], "outcome": "sex=male"},
}


@pytest.mark.parametrize("option", ["cut", "ref"])
@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_column_of_cut_or_ref_is_refused_even_if_nothing_is_cut(
    command: str, option: str
) -> None:
    with pytest.raises(UsageError, match=f"--{option}: There is no column 'nosuch'"):
        getattr(hcc2l, command)(HCC, **COMMANDS[command], **{option: ["nosuch=3"]})


def test_a_cut_point_that_is_no_number_is_refused_even_if_nothing_is_cut() -> None:
    with pytest.raises(UsageError, match="--cut afp=high: 'high' is not a cut-point"):
        hcc2l.km(HCC, cut=["afp=high"])


@pytest.mark.parametrize("column", ["afp", "AFP"])
def test_a_covariate_is_cut_whatever_the_capitals_of_the_option(column: str) -> None:
    report = hcc2l.cox(HCC, covariates=["afp"], cut=[f"{column}=400"])
    rows = rows_of(report, "regression", model="univariable")
    assert [row["level"] for row in rows] == ["<400", "≥400"]


@pytest.mark.parametrize("column", ["patient_id", "Patient_ID"])
def test_rows_of_one_patient_are_a_cluster_whatever_the_capitals_of_the_option(
    column: str, write: Write
) -> None:
    header, *rows = HCC.read_text().splitlines()
    path = write("twice.csv", "\n".join([header, *rows, *rows]) + "\n")
    report = hcc2l.cox(path, covariates=["age"], cluster=column)
    assert report.provenance.analysed == 2 * len(rows)


@pytest.mark.parametrize("option", ["weights", "cluster"])
def test_a_column_of_the_model_is_found_whatever_its_capitals(option: str) -> None:
    text = hcc2l.cox(HCC, covariates=["age"], **{option: "AFP"}).methods
    assert text == hcc2l.cox(HCC, covariates=["age"], **{option: "afp"}).methods


def test_a_term_says_where_it_was_written() -> None:
    (term,) = Parser(NAMES).terms(["afp@400"], "--by")
    assert (term.column, term.where) == ("AFP", "--by afp@400")


def test_the_terms_of_an_option_are_read_once_each() -> None:
    terms = Parser(NAMES).terms(["sex", "afp@400", "sex"], "-x")
    assert [term.text for term in terms] == ["sex", "afp@400"]


def test_a_term_knows_the_last_cut_and_every_reference_of_its_column() -> None:
    parser = Parser(NAMES, cut=["afp=400", "AFP=20,400"], ref=["sex=male", "Sex=female"])
    afp, sex, arm = parser.terms(["afp", "sex", "arm"], "-x")
    assert (afp.cuts_of_option, afp.references) == ((20.0, 400.0), ())
    assert [given.value for given in sex.references] == ["male", "female"]
    assert (arm.cuts_of_option, arm.references) == ((), ())


@pytest.mark.parametrize(
    ("text", "name", "where"),
    [
        ("sex=male", "sex=male", "--outcome sex=male"),
        ("SEX == 'male'", "sex=male", "--outcome SEX == 'male'"),
        ("sex", "sex", "--outcome sex"),
    ],
)
def test_an_assignment_has_a_plain_name_and_its_place(text: str, name: str, where: str) -> None:
    given = Parser(NAMES).assignment(text, "--outcome")
    assert given is not None
    assert (given.name, given.where) == (name, where)


@pytest.mark.parametrize(
    ("text", "knots", "scale"),
    [("AFP@rcs", 4, None), ("AFP@rcs3", 3, None), ("afp@RCS5", 5, None),
     ("AFP@log2@rcs4", 4, "log2"), ("AFP@per10@rcs", 4, "per")],
)  # fmt: skip
def test_a_spline_is_read_from_left_to_right(text: str, knots: int, scale: str | None) -> None:
    (term,) = Parser(NAMES, ref=["AFP=20", "AFP=400"]).terms([text], "-x")
    assert (term.column, term.text, term.knots) == ("AFP", text, knots)
    assert (term.scale.kind if term.scale else None) == scale
    assert [reference.value for reference in term.references] == ["20", "400"]
    assert not term.makes_groups
