"""Numbers on another scale in a model: per doubling, per 10 units, natural logarithm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.design.model import model_matrix, model_term
from hcc2l.errors import InputError, UsageError
from hcc2l.terms import Parser
from tests.conftest import DATA, Run, Write
from tests.reports import rows_of

HCC81 = DATA / "hcc81.csv"

# R: coxph(Surv(os_months, death) ~ log2(afp) + I(age / 10) + log(alt), hcc81)
OF_R = {
    "afp@log2": (0.182795309894, 0.0611000250343),
    "age@per10": (-0.231169194472, 0.1612475579578),
    "alt@log": (0.196554079553, 0.2368545876618),
}


def cox(path: Path = HCC81, **options: Any) -> Any:
    return hcc2l.cox(path, multivariable=True, **options)


def test_a_model_on_other_scales_is_that_of_r() -> None:
    report = cox(covariates=list(OF_R))
    for term, (coef, std_err) in OF_R.items():
        (row,) = rows_of(report, "terms", term=term, model="multivariable")
        assert row["coef"] == pytest.approx(coef, rel=1e-9)
        assert row["std_err"] == pytest.approx(std_err, rel=1e-9)


def test_the_table_says_what_a_ratio_is_per(run: Run) -> None:
    out = run("cox", HCC81, "-x", ",".join(OF_R)).out
    assert "afp (per doubling)" in out.casefold()
    assert "age (per 10" in out.casefold()
    assert "alt (natural logarithm)" in out.casefold()


def test_thirds_of_the_patients_have_the_ratios_of_r() -> None:
    # R: cut(afp, c(-Inf, quantile(afp, 1:2 / 3, na.rm = TRUE), Inf), right = FALSE)
    rows = rows_of(cox(covariates=["afp@tertiles"]), "terms", model="multivariable")
    assert [row["level"] for row in rows] == ["120–<438", "≥438"]
    assert [row["coef"] for row in rows] == pytest.approx(
        [0.0502995291717, 0.7561104295061], rel=1e-9
    )


@pytest.mark.parametrize("value", ["0", "-1"])
@pytest.mark.parametrize("scale", ["log", "log2"])
def test_a_logarithm_of_zero_names_the_patient(scale: str, value: str, write: Write) -> None:
    rows = "".join(f"p{i},{i},1,{v}\n" for i, v in enumerate([3, 5, value, 7, 2], 1))
    path = write("c.csv", "patient_id,time,status,x\n" + rows)
    with pytest.raises(InputError, match="1 patient with a value of 0 or below: p3"):
        cox(path, covariates=[f"x@{scale}"])
    excluded = cox(path, covariates=[f"x@{scale}"], where="x>0")
    assert excluded.provenance.analysed == 4


@pytest.mark.parametrize("text", ["age@per0", "age@per", "age@log3", "age@per-1"])
def test_a_scale_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a cut-point"):
        cox(covariates=[text])


@pytest.mark.parametrize(
    "command", [["tree", "-x", "afp@log2"], ["roc", "--marker", "afp@per10", "--outcome", "death"]]
)
def test_a_scale_is_refused_where_it_would_change_nothing(command: list[str], run: Run) -> None:
    result = run(command[0], HCC81, *command[1:])
    assert result.status == 2
    assert "would be the same as a" in result.err


def test_weights_are_a_column(run: Run) -> None:
    result = run("km", HCC81, "--weights", "age@per10")
    assert result.status == 2
    assert "Case weights are a column of numbers" in result.err


def test_levels_in_braces_stand_in_a_list_of_terms(run: Run) -> None:
    result = run("cox", HCC81, "-x", "age,child_pugh_score in {5,6},sex", "--json")
    terms = [row["term"] for row in result.json["tables"]["terms"]]
    assert "child_pugh_score in {5,6}" in terms
    assert {"age", "sex"} <= set(terms)


def test_levels_without_braces_are_one_term(run: Run) -> None:
    result = run("cox", HCC81, "-x", "child_pugh_score in 5,6", "-x", "age", "--json")
    terms = [row["term"] for row in result.json["tables"]["terms"]]
    assert "child_pugh_score in 5,6" in terms


def test_a_ratio_that_prints_as_one_is_told_the_unit_that_does_not(run: Run) -> None:
    afp = "time,status,x\n" + "".join(
        f"{50 - i if i % 3 else i + 1},{int(i % 4 > 0)},{i * 1000 + i % 7}\n" for i in range(40)
    )
    Path("c.csv").write_text(afp)
    notes = run("cox", "c.csv", "-x", "x").err
    (unit,) = {w for w in notes.replace("(", " ").replace(")", " ").split() if "@per" in w}
    result = run("cox", "c.csv", "-x", unit, "--json").json
    (row,) = (r for r in result["tables"]["terms"] if r["model"] == unit)
    assert abs(row["coef"]) >= 0.05


def test_a_methods_paragraph_says_on_which_scale_a_covariate_is() -> None:
    covariates = ["afp@log2", "child_pugh_score in 5,6", "age", "ecog==2", "sex"]
    text = cox(covariates=covariates).methods
    assert "included AFP (per doubling), Child-Pugh score 5 or 6, age, ECOG = 2 and sex." in text
    text = hcc2l.psmatch(
        HCC81, treat="lenvatinib", covariates=["age@per10", "sex"], endpoint="os"
    ).methods
    assert "with age (per 10) and sex as covariates" in text


def test_a_spline_on_other_rows_keeps_the_knots_that_it_is_given() -> None:
    cohort = hcc2l.read_cohort(HCC81)
    (term,) = Parser(cohort.nameable).terms(["age@rcs3"], "-x")
    keep = np.ones(cohort.rows, dtype=np.bool_)
    column = model_term(cohort, term, keep, ())
    first = keep & ~column.missing
    half = first & (np.arange(cohort.rows) % 2 == 0)
    whole = model_matrix([column], first)
    part = model_matrix([column], half, whole.knots)
    np.testing.assert_array_equal(part.x, whole.x[half[first]])
    assert not np.array_equal(
        model_matrix([column], half).knots["age@rcs3"], whole.knots["age@rcs3"]
    )
