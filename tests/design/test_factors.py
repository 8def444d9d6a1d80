"""Endpoints, terms, levels, conditions, and the account of every row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, Hcc2lError, InputError, UsageError
from tests.conftest import Write
from tests.design.cohorts import counts, groups, km


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("afp@400", {"<400": 3, "≥400": 3}),
        ("afp@200/400", {"<200": 1, "200–<400": 2, "≥400": 3}),
        ("afp@399.5", {"<399.5": 2, "≥399.5": 4}),
        ("afp>=400", {"<400": 3, "≥400": 3}),
        ("afp>400", {"≤400": 4, ">400": 2}),
        ("afp<400", {"≥400": 3, "<400": 3}),
        ("afp<=400", {">400": 2, "≤400": 4}),
        ("afp ≥ 400", {"<400": 3, "≥400": 3}),
        ("ecog==2", {"no": 5, "yes": 2}),
        ("ecog=2", {"no": 5, "yes": 2}),
        ("ecog!=2", {"no": 2, "yes": 5}),
        ("child_pugh==A", {"no": 4, "yes": 3}),
        ("etiology=='viral'", {"no": 4, "yes": 3}),
        ("ecog", {"0": 2, "1": 3, "2": 2}),
        ("child_pugh in A,C", {"no": 3, "yes": 4}),
        ("child_pugh in {A,C}", {"no": 3, "yes": 4}),
        ("child_pugh not in A,C", {"no": 4, "yes": 3}),
        ("afp@tertiles", {"<333": 2, "333–<400.2": 2, "≥400.2": 2}),
    ],
)
def test_a_term_makes_its_groups_in_order(term: str, expected: dict[str, int], terms: Path) -> None:
    patients = counts(km(terms, by=term))
    assert patients == expected
    assert list(patients) == list(expected)


def test_a_cut_at_the_median_takes_the_rows_that_are_analysed(terms: Path) -> None:
    # 100, 200, 400, 400.5, 399.5, 1000: half-way between 399.5 and 400; without p1, 400.
    assert groups(km(terms, by="afp@median")) == ("<399.75", "≥399.75")
    assert groups(km(terms, by="afp@median", where="afp>100")) == ("<400", "≥400")


def test_a_column_named_like_a_term_is_that_column(write: Write) -> None:
    path = write("c.csv", "time,status,afp,afp@400,ecog==2\n1,1,9,x,u\n2,0,9,y,v\n3,1,9,y,u\n")
    assert groups(km(path, by="afp@400")) == ("x", "y")
    assert groups(km(path, by="ecog==2")) == ("u", "v")


def test_a_column_is_found_whatever_its_capitals(terms: Path) -> None:
    assert counts(km(terms, by="Child_Pugh")) == {"A": 3, "B": 3, "C": 1}


@pytest.mark.parametrize("option", ["afp=400", "afp=200,400", "afp=200/400"])
def test_the_cut_option_cuts_a_numeric_term(option: str, terms: Path) -> None:
    cuts = option.partition("=")[2].replace(",", "/")
    report, at_once = km(terms, by="afp", cut=[option]), km(terms, by=f"afp@{cuts}")
    assert counts(report) == counts(at_once)


def test_the_cut_of_a_term_overrides_the_cut_option(terms: Path) -> None:
    assert groups(km(terms, by="afp@300", cut=["afp=400"])) == ("<300", "≥300")


def test_a_number_without_a_cut_is_refused_and_a_cut_is_offered(terms: Path) -> None:
    with pytest.raises(UsageError) as caught:
        km(terms, by="afp")
    assert "afp@median" in str(caught.value.hint)


def test_a_missing_cut_point_of_the_dictionary_is_refused(terms: Path) -> None:
    with pytest.raises(UsageError, match="no cut-point for afp"):
        km(terms, by="afp@")


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("afq@400", "no column 'afq'"),
        ("afp@four", "'four' is not a cut-point"),
        ("afp@400/200", "must be in ascending order"),
        ("afp@400/400", "must be in ascending order"),
        ("afp>=", "no value to compare with"),
        ("afp>=high", "'high' .*is not a number"),
        ("ecog==7", "no value '7'"),
        ("child_pugh@2", "'B' is not a number"),
    ],
)
def test_a_term_that_means_nothing_is_refused(term: str, message: str, terms: Path) -> None:
    with pytest.raises(Hcc2lError, match=message) as caught:
        km(terms, by=term)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"by": "afp>=high"}, "--by"),
        ({"by": "ecog==9"}, "--by ecog==9"),
        ({"by": "afp@four"}, "--by"),
        ({"by": "afp@400/200"}, "--by"),
        ({"by": "afp@"}, "--by afp@"),
        ({"by": "afp>="}, "--by"),
        ({"by": "afp"}, "--by afp"),
        ({"by": "afq@400"}, "--by"),
        ({"by": "afp@median", "where": ["afp missing"]}, "--by afp@median"),
        ({"by": "child_pugh", "strata": "ecog==9"}, "--strata ecog==9"),
        ({"by": "child_pugh", "strata": "afp>=high"}, "--strata"),
        ({"by": "child_pugh", "where": ["afp>=high"]}, "--where"),
        ({"by": "child_pugh", "where": ["ecog==9"]}, "--where 'ecog==9'"),
        ({"by": "afp", "cut": ["afp=four"]}, "--cut afp=four"),
        ({"by": "afp", "cut": ["afp"]}, "--cut afp"),
        ({"by": "afp", "cut": ["afq=4"]}, "--cut"),
        ({"by": "child_pugh", "ref": ["child_pugh=D"]}, "--ref child_pugh=D"),
        ({"by": "child_pugh", "ref": ["child_pug=A"]}, "--ref"),
        ({"weights": "afq"}, "--weights"),
        ({"competing": "ecog=9"}, "--competing"),
    ],
)
def test_an_error_about_a_term_names_its_option(
    options: dict[str, Any], where: str, terms: Path
) -> None:
    with pytest.raises(Hcc2lError) as caught:
        km(terms, **options)
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("term", "where"), [("afp>=high", "-x"), ("ecog==9", "-x ecog==9"), ("afp@four", "-x")]
)
def test_an_error_about_a_covariate_names_its_option(term: str, where: str, terms: Path) -> None:
    with pytest.raises(UsageError) as caught:
        hcc2l.cox(terms, covariates=[term])
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("cells", "message", "hint"),
    [
        ("x y z", "'x' is not a number; nor are 2 other cells.",
         "This column contains no numbers. Choose another column."),
        ("1 y z", "'y' is not a number; nor is 1 other cell.",
         "Correct the cell, or give its text with --na if it means missing."),
        ("1 2 z", "'z' is not a number.",
         "Correct the cell, or give its text with --na if it means missing."),
    ],
)  # fmt: skip
def test_a_time_that_is_text_is_refused_with_what_to_do(
    cells: str, message: str, hint: str, write: Write
) -> None:
    rows = "".join(f"{cell},1\n" for cell in cells.split(" "))
    with pytest.raises(InputError) as caught:
        km(write("c.csv", "time,status\n" + rows))
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize("term", ["afp@nan", "afp@inf", "afp@400/nan", "afp>=nan"])
def test_a_cut_must_be_a_finite_number(term: str, terms: Path) -> None:
    with pytest.raises(UsageError):
        km(terms, by=term)


@pytest.mark.parametrize("values", ["1,1,1,2", "5,5,5,5", "1,1,1,2,3,4"])
def test_too_many_equal_values_for_groups_of_equal_size_are_refused(
    values: str, write: Write
) -> None:
    lines = "\n".join(f"{i},1,{v}" for i, v in enumerate(values.split(","), 1))
    path = write("c.csv", f"time,status,x\n{lines}\n")
    with pytest.raises(AnalysisError, match="cannot be cut into 3 groups"):
        km(path, by="x@tertiles")


@pytest.mark.parametrize("by", ["afp@log2", "afp@per10"])
def test_a_number_on_another_scale_makes_no_groups(by: str, terms: Path) -> None:
    with pytest.raises(UsageError, match="on another scale, not groups"):
        km(terms, by=by)


def test_levels_that_a_term_names_must_be_in_the_column(terms: Path) -> None:
    with pytest.raises(UsageError, match="no value 'D' in child_pugh"):
        km(terms, by="child_pugh in A,D")


def test_the_label_of_a_group_of_levels_names_them(terms: Path) -> None:
    assert km(terms, by="child_pugh in {A,C}").title.startswith("Survival by Child-Pugh A or C")


CENTRES = "patient_id,time,status,arm,age,centre,code,dose\n" + "".join(
    f"p{i},{1 + i % 17},{int(i % 3 > 0)},{'AB'[i % 7 % 2]},{50 + i % 11},c{i % 20},{1 + i % 20},"
    f"{i % 20 + 0.5}\n"
    for i in range(120)
)


@pytest.mark.parametrize("column", ["centre", "code"])
def test_strata_may_have_any_number_of_levels(column: str, write: Write) -> None:
    path = write("c.csv", CENTRES)
    tests = km(path, by="arm", strata=column).table("tests").column("test")
    assert "logrank-stratified" in tests
    assert hcc2l.cox(path, covariates=["arm"], strata=column).provenance.analysed == 120
    assert hcc2l.cox(path, covariates=["arm"], cluster=column).provenance.analysed == 120
    matched = hcc2l.psmatch(path, treat="B", covariates=["age"], exact=[column], caliper=9)
    assert matched.provenance.analysed == 120


def test_a_number_with_decimals_and_an_id_are_no_strata(write: Write) -> None:
    path = write("c.csv", CENTRES)
    for column in ("dose", "patient_id"):
        with pytest.raises(UsageError, match=r"not a grouping variable|too many for groups"):
            hcc2l.cox(path, covariates=["arm"], strata=column)


@pytest.mark.parametrize("column", ["centre", "code"])
def test_groups_above_12_are_refused_unless_the_dictionary_says_factor(
    column: str, write: Write
) -> None:
    path = write("c.csv", CENTRES)
    with pytest.raises(UsageError, match=r"has 20 different values|number with 20 values"):
        km(path, by=column)
    write("hcc2l.toml", f'[columns.{column}]\ntype = "factor"\n')
    assert len(groups(km(path, by=column))) == 20
    terms = hcc2l.cox(path, covariates=[column]).table("terms").column("level")
    assert len(set(terms)) >= 19


def test_a_value_at_a_quantile_is_in_the_upper_group_after_rounding_too(write: Write) -> None:
    # R: quantile(x, 1:2 / 3) is 2.54 and 5
    values = (1, 1.5, 2.54, 4, 5, 6, 7)
    lines = "".join(f"{i},1,{v}\n" for i, v in enumerate(values, 1))
    patients = counts(km(write("c.csv", f"time,status,x\n{lines}"), by="x@tertiles"))
    assert patients == {"<2.5": 2, "2.5–<5": 2, "≥5": 3}
