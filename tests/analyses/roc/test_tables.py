"""The tables of a ROC analysis: the keys that were promised, and cells without an estimate."""

from __future__ import annotations

import json

import hcc2l
from tests.analyses.roc.cohorts import HCC, RESISTANCE, SECOND_LINE, value
from tests.conftest import Run


def test_the_contract_of_the_tables_is_kept() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, marker="afp", boot=20, curve=True,
                       criterion="youden", combine="afp+alt", compare=True)  # fmt: skip
    promised = {
        "markers": "marker outcome n positives direction auc std_err lower upper p",
        "cutoffs": "marker criterion threshold youden tp fp tn fn accuracy lr_positive lr_negative"
        + "".join(
            f" {r} {r}_lower {r}_upper" for r in ("sensitivity", "specificity", "ppv", "npv")
        ),
        "comparisons": "marker_a marker_b difference std_err lower upper statistic p",
        "optimism": "marker threshold_lower threshold_upper youden_apparent youden_corrected "
        "auc_corrected",
        "curve": "marker threshold sensitivity specificity",
    }
    assert report.tables[0].name == "markers"
    for name, keys in promised.items():
        assert set(keys.split()) <= set(report.table(name).keys), name
    maxstat = hcc2l.roc(SECOND_LINE, criterion="maxstat").table("maxstat")
    assert {"marker", "cutpoint", "statistic", "p", "method"} <= set(maxstat.keys)


def test_json_holds_no_infinity(run: Run) -> None:
    outcome = run("roc", HCC, "--outcome", "primary_resistance", "--marker", "afp", "--curve",
                  "--json", "--quiet")  # fmt: skip
    text = json.dumps(outcome.json)
    assert "Infinity" not in text
    assert "NaN" not in text
    curve = outcome.json["tables"]["curve"]
    assert curve[0]["threshold"] is None
    assert curve[0]["sensitivity"] == 1


def test_a_partial_area_below_the_diagonal_is_not_corrected() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker="afp", direction="lower",
                       partial="specificity=0.2")  # fmt: skip
    (row,) = report.table("partial").rows
    assert value(row, "partial_auc") > 0
    assert row["partial_auc_corrected"] is None


def test_latex_needs_no_unusual_characters() -> None:
    report = hcc2l.roc(SECOND_LINE, **RESISTANCE, compare=True, boot=20, methods=True)
    text = hcc2l.render_report(report, "tex")
    assert isinstance(text, str)
    lines = [line for line in text.splitlines() if not line.startswith("%")]
    assert [line for line in lines if not line.isascii()] == []


def test_the_observed_cutoff_is_shown_on_request() -> None:
    plain, asked = (hcc2l.roc(HCC, **RESISTANCE, marker="afp", observed=o) for o in (False, True))
    assert "Observed" not in [c.header for c in plain.table("summary").columns]
    assert "Observed" in [c.header for c in asked.table("summary").columns]
    assert asked.table("cutoffs").rows[0]["observed"] == 411.6


def test_the_patients_of_each_marker_are_shown_where_they_differ() -> None:
    own, common = (
        hcc2l.roc(SECOND_LINE, **RESISTANCE, available_cases=asked).table("summary")
        for asked in (True, False)
    )
    assert [column.header for column in own.columns[:3]] == ["Marker", "n", "With outcome"]
    assert own.title == "Markers of primary resistance"
    assert "must not be compared" in own.footnotes[-1]
    assert "n" not in [column.header for column in common.columns]
    assert common.title == "Markers of primary resistance: 59 of 89 patients"
