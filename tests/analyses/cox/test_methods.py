"""`hcc2l cox` as a user relies on it: properties, oracles, bad input, notes, tables, figure."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analyses.cox.cohorts import HCC81, MODEL, cox
from tests.conftest import DATA, Run


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (
            {},
            [
                "Efron's method for ties",
                "included age, albumin and Child-Pugh score.",
                "95% Wald",
                "proportional-hazards assumption",
                "Kaplan–Meier time scale",
            ],
        ),
        ({"ties": "breslow"}, ["Breslow", "Biometrics 1974"]),
        ({"robust": True}, ["sandwich"]),
        ({"cluster": "bclc"}, ["sandwich estimator, clustered on BCLC", "Lin DY"]),
        ({"strata": "sex"}, ["stratified by sex"]),
        ({"select": 0.2}, ["Variables with p < 0.2 in univariable analysis", "(two of three)"]),
        ({"stepwise": "aic"}, ["Akaike"]),
        (
            {"stepwise": "lr", "stay": 0.3},
            ["likelihood-ratio tests (p < 0.3 to stay); two of three"],
        ),
        ({"landmark": 3}, ["Survival time was measured from a landmark at 3 months", "Anderson"]),
        (
            {"interaction": ["age:albumin"]},
            ["Interactions were assessed by likelihood-ratio tests"],
        ),
        ({"conf_level": 0.9}, ["90% Wald"]),
    ],
)
def test_the_methods_say_what_was_run(options: dict[str, Any], parts: list[str]) -> None:
    report = cox(HCC81, covariates=["age", "albumin", "child_pugh_score"], methods=True, **options)
    assert report.methods is not None
    text = report.methods + " ".join(report.references)
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize(("landmark", "excluded"), [(3, True), (0, False)])
def test_the_methods_say_that_patients_were_excluded_by_the_landmark_only_if_any_were(
    landmark: float, excluded: bool
) -> None:
    report = cox(HCC81, landmark=landmark, **MODEL)
    sentence = f"Survival time was measured from a landmark at {landmark} months"
    clause = "; patients with an event or censored by then were excluded."
    assert report.methods is not None
    assert sentence + (clause if excluded else ". ") in report.methods


def test_the_methods_do_not_say_what_was_not_run() -> None:
    report = cox(HCC81, **MODEL)
    assert report.methods is not None
    text = report.methods + " ".join(report.references)
    for word in (
        "Breslow",
        "robust",
        "landmark",
        "stratified",
        "Interactions",
        "p <",
        "selected",
        "clustered",
        "were weighted",
        "subgroups",
        "bootstrapping",
        "direct adjustment",
        "penalised",
        "Akaike",
    ):
        assert word not in text


def test_the_methods_are_printed_on_request_only(run: Run) -> None:
    arguments = ("cox", DATA / "hcc81.csv", "-x", "age", "--json")
    assert "methods" not in run(*arguments).json
    assert "Cox regression" in run(*arguments, "--methods").json["methods"]["text"]
