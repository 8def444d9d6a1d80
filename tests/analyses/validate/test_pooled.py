"""Validation in imputed data sets: what is pooled, and how."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.analyses.validate.measures import Measure
from hcc2l.analyses.validate.pooled import pooled_measure
from hcc2l.errors import UsageError
from hcc2l.render import render_report
from hcc2l.report import CalibrationFigure, DecisionFigure
from hcc2l.stats.pooling import pooled_concordance, rubin
from hcc2l.stats.tails import normal_quantile
from tests.analyses.validate.cohorts import (
    ENDPOINT,
    HCC,
    codes,
    measured,
    model_file,
    note,
    validated,
)

ROWS = list(csv.DictReader(HCC.read_text(encoding="utf-8").splitlines()))[:150]
GAPS = range(0, 60, 5)
IMPUTED = ("estimate", "lower", "upper", "df", "fmi")


def _written(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _with_gaps(folder: Path) -> Path:
    """The cohort without lp1 in some rows."""
    rows = [{"patient": f"P{i}", **row} for i, row in enumerate(ROWS)]
    return _written(folder / "gaps.csv", [
        {**row, "lp1": "" if i in GAPS else row["lp1"]} for i, row in enumerate(rows)
    ])  # fmt: skip


def _filled(folder: Path, *added: float) -> Path:
    """The cohort with gaps, and sets in which a number is added to the true values of the gaps."""
    rows = [{"patient": f"P{i}", **row} for i, row in enumerate(ROWS)]
    stacked = [{".imp": "0", **row, "lp1": "" if i in GAPS else row["lp1"]}
               for i, row in enumerate(rows)]  # fmt: skip
    for number, by in enumerate(added, start=1):
        for i, row in enumerate(rows):
            value = repr(float(row["lp1"]) + by) if i in GAPS else row["lp1"]
            stacked.append({".imp": str(number), **row, "lp1": value})
    return _written(folder / "imputed.csv", stacked)


def _model(folder: Path, *, binary: bool) -> str:
    """A Cox model, or a logistic one."""
    if not binary:
        return model_file(folder)
    terms = [{"term": "lp1", "coef": 1.0}]
    path = folder / "paper.json"
    path.write_text(json.dumps({"type": "logistic", "intercept": -1.0, "terms": terms}))
    return str(path)


@pytest.mark.parametrize("outcome", [{"at": [12]}, {"outcome": "response"}])
def test_identical_sets_give_the_estimates_of_one(tmp_path: Path, outcome: dict[str, Any]) -> None:
    binary = "outcome" in outcome
    options: dict[str, Any] = {"model": [_model(tmp_path, binary=binary)], **outcome}
    endpoint = {} if binary else ENDPOINT
    whole = _written(tmp_path / "whole.csv", ROWS)
    one = hcc2l.validate(whole, **(endpoint | options))
    pooled = hcc2l.validate(
        _with_gaps(tmp_path), imputations=str(_filled(tmp_path, 0.0, 0.0)), **(endpoint | options)
    )
    expected, found = measured(one, "paper"), measured(pooled, "paper")
    assert expected.keys() == found.keys()
    for key, row in found.items():
        assert row["estimate"] == pytest.approx(expected[key]["estimate"], rel=1e-12)
        assert row["fmi"] is None or row["fmi"] == pytest.approx(0, abs=1e-6)
    slope = "slope", outcome.get("at", [None])[0]
    for key in ("std_err", "lower", "upper", "p"):
        assert found[slope][key] == pytest.approx(expected[slope][key], rel=1e-5)
    for name in ("calibration", "calibration_curve", "net_benefit", "recalibration"):
        for a, b in zip(pooled.table(name).rows, one.table(name).rows, strict=True):
            numeric = {k: v for k, v in a.items() if isinstance(v, float)}
            assert numeric == pytest.approx({k: b[k] for k in numeric}, rel=1e-5)


def test_measures_of_sets_are_pooled_on_their_scales(tmp_path: Path) -> None:
    """C as a logit, observed / expected as a logarithm, the slope and the Brier score as such."""
    path = _with_gaps(tmp_path)
    options: dict[str, Any] = {"model": [model_file(tmp_path)], "at": [12.0]}
    stacked = _filled(tmp_path, 0.0, 0.8, -0.5)
    found = measured(validated(path, imputations=str(stacked), **options), "paper")
    sets = []
    for by in (0.0, 0.8, -0.5):
        filled = [
            {**row, "lp1": repr(float(row["lp1"]) + by) if i in GAPS else row["lp1"]}
            for i, row in enumerate(ROWS)
        ]
        sets.append(measured(validated(_written(tmp_path / "one.csv", filled), **options), "paper"))

    def of(measure: str, key: str, time: float | None = 12.0) -> np.ndarray:
        return np.array([one[measure, time][key] for one in sets], dtype=np.float64)

    row = found["c-harrell", None]
    c = pooled_concordance(
        of("c-harrell", "estimate", None), of("c-harrell", "std_err", None), 0.95
    )
    assert [row[k] for k in IMPUTED[:3]] == pytest.approx(c, rel=1e-10)
    assert row["std_err"] is None
    ratio, width = of("o/e", "estimate"), np.log(of("o/e", "upper") / of("o/e", "lower"))
    logs = rubin(np.log(ratio), (width / 2 / normal_quantile(0.95)) ** 2)
    low, high = np.exp(logs.limits(0.95))
    row = found["o/e", 12.0]
    assert row["estimate"] == pytest.approx(math.exp(np.log(ratio).mean()), rel=1e-10)
    assert (row["lower"], row["upper"]) == pytest.approx((low, high), rel=1e-10)
    for measure, null in (("slope", 1.0), ("brier", None)):
        plain = rubin(of(measure, "estimate"), of(measure, "std_err") ** 2)
        row = found[measure, 12.0]
        assert row["estimate"] == pytest.approx(of(measure, "estimate").mean(), rel=1e-10)
        assert row["std_err"] == pytest.approx(float(plain.std_err), rel=1e-10)
        assert row["df"] == pytest.approx(float(plain.df), rel=1e-8)
        assert row["fmi"] == pytest.approx(float(plain.missing_information), rel=1e-8)
        if null is None:
            assert row["p"] is None
        else:
            against = rubin(of(measure, "estimate") - null, of(measure, "std_err") ** 2)
            assert row["p"] == pytest.approx(float(against.p), rel=1e-8)
    assert found["ici", 12.0]["estimate"] == pytest.approx(of("ici", "estimate").mean(), rel=1e-10)
    assert found["ici", 12.0]["lower"] is None


def test_without_a_standard_error_in_every_set_there_are_no_limits() -> None:
    sets = [Measure("auc", 12.0, 0.8, 0.1), Measure("auc", 12.0, 1.0, math.nan)]
    pooled = pooled_measure(sets, 0.95)
    assert pooled.estimate == pytest.approx(0.9)
    assert math.isnan(pooled.lower)
    assert math.isnan(pooled.fmi)


def test_complete_cases_stand_beside(tmp_path: Path) -> None:
    path, model = _with_gaps(tmp_path), model_file(tmp_path)
    report = validated(path, model=[model], score=["points"], at=[12], impute=2)
    alone = validated(path, model=[model], score=["points"], at=[12])
    beside, own = report.table("complete_cases"), alone.table("performance")
    assert beside.rows == own.rows
    assert beside.title == "Complete cases: performance in " + own.title.partition(" in ")[2]
    assert report.provenance.analysed == len(ROWS)
    (imputed,) = [r for r in report.table("imputation").rows if r["n_missing"]]
    assert (imputed["variable"], imputed["n_missing"]) == ("lp1", len(GAPS))
    assert "validated in 150 patients" in report.methods
    assert "pooled by Rubin's rules" in report.methods


def test_missing_information_is_noted(tmp_path: Path) -> None:
    """A slope of 1 in one set and of nearly 0 in the other."""
    options: dict[str, Any] = {"model": [model_file(tmp_path)], "at": [12]}
    path = _with_gaps(tmp_path)
    apart = validated(path, imputations=str(_filled(tmp_path, 0.0, 9.0)), **options)
    text = note(apart, "missing-information")
    assert text.startswith("More than half of the information on the performance of paper is")
    near = validated(path, imputations=str(_filled(tmp_path, 0.0, 0.01)), **options)
    assert "missing-information" not in codes(near)


def test_without_gaps_nothing_is_imputed_and_no_table_changes(tmp_path: Path) -> None:
    path = _written(tmp_path / "whole.csv", ROWS)
    report = validated(path, score=["points"], impute=2)
    assert "nothing-imputed" in codes(report)
    assert report.tables == validated(path, score=["points"]).tables


def test_figures_are_of_all_sets(tmp_path: Path) -> None:
    path, model = _with_gaps(tmp_path), model_file(tmp_path)
    options: dict[str, Any] = {"model": [model], "at": [12], "impute": 2}
    report = validated(path, **options)
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, CalibrationFigure)
    assert sum(figure.groups[0].n) == len(ROWS)
    decision = validated(path, which="decision", **options)
    assert decision.draw is not None
    drawn = decision.draw()
    assert isinstance(drawn, DecisionFigure)
    table = report.table("net_benefit").rows
    curve = dict(zip(drawn.curves[0].threshold, drawn.curves[0].net_benefit, strict=True))
    assert curve[0.25] == pytest.approx(
        next(r["net_benefit"] for r in table if r["threshold"] == 0.25)
    )


@pytest.mark.parametrize("other", [
    {"risk": ["risk1"], "at": [12]}, {"boot": 5, "model": ["m.json"]},
    {"which": "auc", "score": ["points"]}, {"which": "survival", "score": ["points"]},
    {"which": "nomogram", "model": ["m.json"]},
])  # fmt: skip
@pytest.mark.parametrize("imputing", [{"impute": 5}, {"imputations": "sets.csv"}])
def test_what_is_not_pooled_is_refused(imputing: dict[str, Any], other: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="cannot be combined"):
        validated(**imputing, **other)


@pytest.mark.slow
def test_the_number_of_processes_changes_nothing(tmp_path: Path) -> None:
    one, two = (
        validated(_with_gaps(tmp_path), score=["lp1"], at=[12], impute=3, jobs=jobs)
        for jobs in (1, 2)
    )
    assert render_report(one, "json") == render_report(two, "json")
