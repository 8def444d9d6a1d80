"""A nomogram gives the risks of the model that it draws, and so does the equation."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import hcc2l
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.figures import draw
from hcc2l.report import NomogramFigure, NomogramScale
from tests.analyses.validate.cohorts import HCC, model_file, saved, validated
from tests.conftest import DATA

HCC81 = DATA / "hcc81.csv"
TERMS = [
    {"term": "age@per10", "coef": 0.2},
    {"term": "afp@log2", "coef": -0.1},
    {"term": "child_pugh", "levels": {"A": 0, "B": 0.9}},
]


def scales(**options: object) -> dict[str, NomogramScale]:
    report = validated(which="nomogram", **options)
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, NomogramFigure)
    return {scale.label: scale for scale in figure.scales}


def at(scale: NomogramScale, text: str) -> float:
    return dict(zip(scale.text, scale.position, strict=True))[text]


def test_the_points_of_a_patient_give_the_risk_of_the_formula(tmp_path: Path) -> None:
    baseline = {"time": [6, 12], "survival": [0.9, 0.7], "linear_predictor": 0.4}
    path = model_file(tmp_path, terms=TERMS, baseline=baseline)
    found = scales(path=HCC81, model=[path], at=[12])
    points = at(found["Age"], "60") + at(found["AFP"], "100") + at(found["Child-Pugh"], "B")
    lp = 0.2 * 6 - 0.1 * math.log2(100) + 0.9
    expected = 1 - 0.7 ** math.exp(lp - 0.4)
    total, risk = found["Total points"], found["Risk by 12 months"]
    end = float(total.text[-1])
    place = points * total.position[-1] / end
    shown = [float(text.strip("%")) / 100 for text in risk.text]
    transformed = np.log(-np.log1p(-np.array(shown)))  # on which the scale is even
    read = np.interp(place, risk.position, transformed)
    assert read == pytest.approx(math.log(-math.log1p(-expected)), rel=1e-9)
    widest = max(max(found[name].position) for name in ("Age", "AFP", "Child-Pugh"))
    assert widest == pytest.approx(100)
    assert min(found["AFP"].position) == pytest.approx(0)


def test_a_term_that_does_not_vary_here_has_one_tick(tmp_path: Path) -> None:
    path = model_file(tmp_path, terms=TERMS)
    found = scales(path=HCC81, model=[path], where=["age==60"])
    assert (found["Age"].text, found["Age"].position) == (("60",), (0.0,))


def test_a_logistic_model_has_a_nomogram_too(tmp_path: Path) -> None:
    path = model_file(tmp_path, type="logistic", intercept=-0.5, baseline=None, unit=None)
    report = hcc2l.validate(HCC, model=[path], outcome="response", which="nomogram")
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, NomogramFigure)
    assert figure.scales[-1].label == "Risk"
    (row,) = report.table("equations").rows
    assert row["equation"] == "LP = −0.5 + 1 × lp1; risk = 1/(1 + exp(−LP))"


def test_the_equation_is_that_of_the_file(tmp_path: Path) -> None:
    path = model_file(tmp_path, terms=TERMS)
    (row,) = validated(HCC81, model=[path], at=[12]).table("equations").rows
    assert row["equation"] == (
        "LP = 0.2 × age/10 − 0.1 × log₂(afp) + 0.9 × [child_pugh is B]; "
        "risk by 12 months = 1 − 0.45^exp(LP)"
    )


@pytest.mark.slow
def test_a_spline_that_turns_back_has_values_above_the_line(tmp_path: Path) -> None:
    knots, coefs = [20.0, 200.0, 2000.0, 9000.0], [0.01, -0.9, 0.9]
    path = model_file(tmp_path, terms=[{"term": "afp@rcs4", "knots": knots, "coefs": coefs}])
    found = scales(path=HCC81, model=[path], at=[12])
    report = validated(HCC81, model=[path], at=[12], which="nomogram")
    assert len(set(found["AFP"].above)) == 2
    assert report.draw is not None
    assert draw(report.draw(), "png")


def test_a_nomogram_is_of_one_model(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="drawn of a model"):
        validated(score=["points"], which="nomogram")
    two = validated(
        model=[model_file(tmp_path), model_file(tmp_path, "other")], which="nomogram", at=[12]
    )
    assert two.draw is not None
    with pytest.raises(AnalysisError, match="of one model"):
        two.draw()


def test_a_saved_model_has_the_equation_of_its_fit(tmp_path: Path) -> None:
    fit = hcc2l.cox(HCC81, covariates=["age"], multivariable=True, save_model="m.json",
                    time="os_months", event="death", unit="months")  # fmt: skip
    coef = fit.table("terms").rows[0]["coef"]
    assert isinstance(coef, float)
    (row,) = validated(HCC81, model=[saved(tmp_path, "m", fit)]).table("equations").rows
    assert row["equation"] == f"LP = {coef:.4g} × age".replace("-", "−")
