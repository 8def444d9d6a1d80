"""What a user relies on in `hcc2l logistic`, beside the numbers of the frozen cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.figures import draw
from hcc2l.figures.forest import draw as draw_forest
from tests.conftest import DATA, Run, Write
from tests.reports import note

HCC = DATA / "hcc424.csv"
SECOND_LINE = DATA / "second_line" / "cohort.csv"
MODEL: dict[str, Any] = {
    "outcome": "primary_resistance",
    "covariates": ["treatment", "child_pugh", "albumin"],
}


def terms(**options: Any) -> list[Any]:
    return list(hcc2l.logistic(HCC, **(MODEL | {"multivariable": True} | options))
                .table("terms").rows)  # fmt: skip


def test_the_odds_ratio_inverts_when_the_reference_is_swapped() -> None:
    plain, swapped = terms(), terms(ref=["treatment=sorafenib"])
    assert plain[0]["or"] == pytest.approx(1 / swapped[0]["or"], rel=1e-6)
    assert plain[0]["p"] == pytest.approx(swapped[0]["p"], rel=1e-6)


def test_a_two_by_two_table_gives_its_cross_product() -> None:
    cohort = hcc2l.read_cohort(HCC)
    event = cohort.column("primary_resistance").values
    arm = cohort.column("treatment").values
    known = ~np.isnan(event)
    counts = [
        [int(((arm == a) & (event == e) & known).sum()) for e in (0, 1)]
        for a in ("lenvatinib", "sorafenib")
    ]
    expected = (counts[1][1] * counts[0][0]) / (counts[1][0] * counts[0][1])
    (row,) = terms(covariates=["treatment"])
    assert row["or"] == pytest.approx(expected, rel=1e-6)


def test_the_scale_of_a_covariate_changes_its_coefficient_only(tmp_path: Path) -> None:
    lines = HCC.read_text().splitlines()
    column = lines[0].split(",").index("albumin")
    scaled = [f"{lines[0]},albumin_mg"]
    for line in lines[1:]:
        cell = line.split(",")[column]
        scaled.append(f"{line},{float(cell) * 1000:.0f}" if cell else f"{line},")
    path = tmp_path / "cohort.csv"
    path.write_text("\n".join(scaled) + "\n")
    options = MODEL | {"covariates": ["treatment", "albumin_mg"], "multivariable": True}
    found = hcc2l.logistic(path, **options).table("terms").rows
    plain = terms(covariates=["treatment", "albumin"])
    assert found[1]["coef"] * 1000 == pytest.approx(plain[1]["coef"], rel=1e-5)
    assert found[0]["coef"] == pytest.approx(plain[0]["coef"], rel=1e-6)


def test_profile_limits_hold_the_wald_estimate_between_them() -> None:
    for row in terms(ci="profile"):
        assert row["lower"] < row["or"] < row["upper"]


def test_a_rare_group_without_the_outcome_is_noticed_in_a_large_cohort(write: Write) -> None:
    random = np.random.default_rng(4)
    lines = ["y,g,x"] + [
        f"{int(random.random() < 0.3 and i >= 6)},{int(i < 6)},{random.normal():.3f}"
        for i in range(8000)
    ]
    path = write("cohort.csv", "\n".join(lines) + "\n")
    report = hcc2l.logistic(path, outcome="y", covariates=["g", "x"], multivariable=True)
    (note,) = [n for n in report.notes if n.code == "coefficient-infinite"]
    assert "none of the 6 patients with G 1 had the event" in note.text


def test_the_forest_plot_speaks_of_odds_ratios() -> None:
    report = hcc2l.logistic(HCC, **MODEL)
    assert report.draw is not None
    figure = report.draw()
    picture = draw_forest(figure)
    texts = [t.get_text() for t in picture.axes[0].texts]
    assert "OR (95% CI)" in texts
    assert not any("HR" in t for t in texts)
    assert draw(figure, "png") == draw(report.draw(), "png")


def test_whatever_is_not_the_outcome_value_is_none() -> None:
    report = hcc2l.logistic(HCC, outcome="response=PD", covariates=["age"], multivariable=True)
    (model,) = report.table("models").rows
    responses = hcc2l.read_cohort(HCC).column("response").values.tolist()
    assert model["events"] == responses.count("PD")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["-x", "age"], 2, "--outcome"),
        (["--outcome", "primary_resistance"], 2, "-x"),
        (["--outcome", "response", "-x", "age"], 2, "response=VALUE"),
        (["--outcome", "primary_resistance", "-x", "primary_resistance"], 2, "part of the outcome"),
        (["--outcome", "primary_resistance", "-x", "age", "--which", "subgroups"], 2, "--which"),
        (["--outcome", "primary_resistance", "-x", "age", "--ci", "exact"], 2, "--ci"),
        (["--outcome", "death", "-x", "age", "--where", "death==1"], 1, "outcome"),
        (["--outcome", "death", "-x", "age", "--where", "death==0"], 1, "is the outcome"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_remedy(
    arguments: list[str], status: int, says: str, run: Run, workplace: Path
) -> None:
    outcome = run("logistic", HCC, *arguments, "--out", "x.json")
    assert outcome.status == status
    assert outcome.out == ""
    assert says in outcome.err
    assert len(outcome.messages("error")) == 1
    assert outcome.messages("hint")
    assert not (workplace / "x.json").exists()


def test_the_command_gives_the_functions_report(run: Run, write: Write) -> None:
    write("c.csv", HCC.read_text())
    outcome = run("logistic", "c.csv", "--outcome", "primary_resistance", "-x",
                  "treatment,child_pugh,albumin", "--json")  # fmt: skip
    report = hcc2l.logistic("c.csv", **MODEL)
    assert outcome.json["tables"]["terms"] == [dict(r) for r in report.table("terms").rows]


def test_words_of_the_outcome_may_differ_in_capitals(write: Write) -> None:
    spelled = ["yes", "Yes", "no", "NO"]
    rows = [f"{spelled[i % 4]},{i * 7 % 11},{'abB'[i % 3]}" for i in range(48)]
    cohort = write("spelled.csv", "\n".join(["y,x,arm", *rows]) + "\n")
    report = hcc2l.logistic(cohort, outcome="y", covariates=["x", "arm"])
    (text,) = [n.text for n in report.notes if n.code == "similar-levels"]
    assert text.startswith("arm: ")


@pytest.mark.parametrize("outcome", ["primary_resistance=1", "primary_resistance=0"])
def test_events_and_non_events_carry_the_same_parameters(outcome: str) -> None:
    report = hcc2l.logistic(
        DATA / "hcc81.csv", outcome=outcome, covariates=["age", "sex", "child_pugh", "bclc"]
    )
    (text,) = (n.text for n in report.notes if n.code == "few-events-per-parameter")
    (final,) = (m for m in report.table("models").rows if m["kind"] == "multivariable")
    carried = f"{final['events']} events in {final['n']} patients carry no parameter"
    assert text.startswith(carried)
    assert "is 0.00 (from its likelihood ratio)" in text


def test_a_likelihood_that_perfect_prediction_makes_large_tells_no_shrinkage(write: Write) -> None:
    rows = [f"{int(i < 12)},{'ab'[i < 12]},{i * 7 % 11}" for i in range(24)]
    cohort = write("separated.csv", "\n".join(["y,arm,x", *rows]) + "\n")
    report = hcc2l.logistic(cohort, outcome="y", covariates=["arm", "x"])
    (text,) = [n.text for n in report.notes if n.code == "few-events-per-parameter"]
    assert "(for the same R²)" in text


def test_a_constant_covariate_is_dropped_on_request() -> None:
    men: dict[str, Any] = {
        "outcome": "primary_resistance",
        "where": ["sex==male"],
        "drop_constant": True,
    }
    dropped = hcc2l.logistic(SECOND_LINE, covariates=["sex", "dose_reduction", "age"], **men)
    without = hcc2l.logistic(SECOND_LINE, covariates=["dose_reduction", "age"], **men)
    assert [t.rows for t in dropped.tables] == [t.rows for t in without.tables]
    assert [n for n in dropped.notes if n.code != "constant-dropped"] == list(without.notes)
    assert note(dropped, "constant-dropped").startswith("sex has the same value")
