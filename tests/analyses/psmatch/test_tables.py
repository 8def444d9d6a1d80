"""`hcc2l psmatch` as a user relies on it: the treatment, invariance, notes, files, bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.render.grid import grid
from hcc2l.stats.quantiles import weighted_quantile
from hcc2l.stats.sensitivity import e_value
from hcc2l.stats.tails import chi_square_tail
from tests.analyses.psmatch.cohorts import MIXED, matched, psmatch, small
from tests.conftest import Write
from tests.reports import rows_of


def test_the_matching_sums_up_its_pairs() -> None:
    report = psmatch(caliper=0.2)
    (row,) = report.table("matching").rows
    gaps = [pair["distance"] for pair in report.table("pairs").rows]
    assert row["total_distance"] == pytest.approx(sum(gaps))
    assert row["largest_distance"] == max(gaps) <= row["caliper_width"]
    logits = {r["id"]: r["logit"] for r in report.table("scores").rows}
    assert row["caliper_width"] == pytest.approx(0.2 * np.std(list(logits.values()), ddof=1))
    for pair in report.table("pairs").rows:
        gap = abs(logits[pair["treated"]] - logits[pair["control"]])
        assert pair["distance"] == pytest.approx(gap, abs=1e-9)
    assert [pair["pair"] for pair in report.table("pairs").rows] == list(range(1, len(gaps) + 1))
    assert (row["order"], row["ratio"], row["replace"]) == ("largest", 1, False)
    assert psmatch(replace=True).table("matching").rows[0]["order"] is None


def test_the_flow_gives_the_reason_of_every_unmatched_patient() -> None:
    flow = {r["stage"]: (r["n_treated"], r["n_control"]) for r in psmatch().table("flow").rows}
    assert flow == {
        "eligible": (40, 86), "complete": (40, 86), "matched": (35, 35),
        "outside-caliper": (3, 21), "controls-used-up": (2, 0), "not-needed": (0, 30),
    }  # fmt: skip


def test_patients_without_a_counterpart_in_their_stratum_are_unmatched(write: Write) -> None:
    rows = [*MIXED, ("a", 3.0, "lone"), ("a", 5.0, "lone"), ("b", 4.0, "other")]
    report = small(write, rows, covariates=["x"], exact=["level"], caliper="none")
    flow = {r["stage"]: (r["n_treated"], r["n_control"]) for r in report.table("flow").rows}
    assert flow["no-control-in-stratum"] == (2, 1)
    assert "outside-caliper" not in flow


def test_a_gap_equal_to_the_caliper_is_within_it() -> None:
    report = psmatch(caliper="none", order="smallest")
    widest = max(pair["distance"] for pair in report.table("pairs").rows)
    again = psmatch(caliper=widest, caliper_scale="raw", order="smallest")
    less = psmatch(caliper=widest - 1e-6, caliper_scale="raw", order="smallest")
    assert matched(again) == matched(report)
    assert matched(less) < matched(report)


def test_the_overlap_is_that_of_the_scores() -> None:
    report = psmatch(weighting="overlap")
    scores = report.table("scores").rows
    for sample in ("before", "after", "weighted"):
        for level, treated in (("lenvatinib", 1), ("sorafenib", 0)):
            (row,) = rows_of(report, "overlap", sample=sample, group=level)
            kept = [r for r in scores if sample != "after" or r["pair"] is not None]
            p = np.array([r["propensity"] for r in kept if r["treated"] == treated], dtype=float)
            other = [r["propensity"] for r in scores if r["treated"] != treated]
            assert row["n"] == p.size
            assert (row["propensity_min"], row["propensity_max"]) == (p.min(), p.max())
            assert row["propensity_median"] == np.median(p)
            beyond = (p < min(other)) | (p > max(other))  # type: ignore[type-var]  # numbers
            assert row["outside"] == beyond.sum()
            w = np.array([r["weight"] for r in kept if r["treated"] == treated], dtype=float)
            w = w if sample == "weighted" else np.ones(p.size)
            assert row["effective_size"] == pytest.approx(w.sum() ** 2 / (w @ w))
            assert row["weight_max"] == w.max()


def test_the_baseline_table_describes_each_sample(write: Write) -> None:
    rows = [("a", 1.0, "u"), ("a", 2.0, "v"), ("a", 4.0, "u"), ("b", 1.0, "v"), ("b", 2.0, "v"),
            ("b", 4.0, "u"), ("b", 30.0, "v")]  # fmt: skip
    report = small(write, rows, covariates=["x", "level"], caliper="none", distance="propensity")
    a, b = rows_of(report, "baseline", variable="x", sample="before")
    keys = ("group", "n", "count", "percent", "median", "q1", "q3")
    assert [a[key] for key in keys] == ["a", 3, None, None, 2.0, 1.5, 3.0]
    assert [b[key] for key in keys] == ["b", 4, None, None, 3.0, 1.75, 10.5]
    a, b = rows_of(report, "baseline", variable="level", sample="before")
    assert (a["level"], a["label"]) == ("v", "Level: v")
    assert [a[key] for key in keys] == ["a", 3, 1, 1 / 3, None, None, None]
    assert [b[key] for key in keys] == ["b", 4, 3, 0.75, None, None, None]


def test_readers_see_both_groups_of_both_samples_side_by_side(write: Write) -> None:
    rows = [("a", 1.0, "u"), ("a", 2.0, "v"), ("a", 4.0, "u"), ("b", 1.0, "v"), ("b", 2.0, "v"),
            ("b", 4.0, "u"), ("b", 30.0, "v")]  # fmt: skip
    report = small(write, rows, covariates=["x", "level"], caliper="none", distance="propensity",
                   weighting="overlap")  # fmt: skip
    shown = grid(report.table("baseline"))
    assert [(h.text, h.columns) for h in shown.headings[0]] == [
        ("", 1), ("All patients", 4), ("Matched", 4), ("Weighted", 1)
    ]  # fmt: skip
    assert shown.headers == (
        "Variable", "a (n=3)", "b (n=4)", "SMD", "p", "a (n=3)", "b (n=3)", "SMD", "p", "SMD",
    )  # fmt: skip
    assert [line[0] for line in shown.rows] == ["X", "Level: v"]


def test_without_pairs_there_is_no_p_after_matching() -> None:
    report = psmatch(covariates=["age", "sex"], replace=True, caliper="none")
    assert {row["p"] for row in rows_of(report, "baseline", sample="after")} == {None}
    assert grid(report.table("baseline")).headers.count("p") == 1


def test_a_factor_has_its_p_in_its_first_row_only() -> None:
    report = psmatch(covariates=["centre", "age"])
    for sample in ("before", "after"):
        rows = rows_of(report, "baseline", sample=sample, group="lenvatinib")
        assert [r["p"] is None for r in rows] == [False, True, True, False]
    assert [r["label"] for r in rows[:2]] == ["Centre: Centre 1", "Centre: Centre 2"]


def test_weighted_quartiles_are_those_of_repeated_patients() -> None:
    x, w = np.array([5.0, 1.0, 3.0, 9.0]), np.array([2.0, 1.0, 3.0, 4.0])
    repeated = np.sort(np.repeat(x, w.astype(int)))
    for q in (0.25, 0.5, 0.75):
        at = int(np.ceil(q * repeated.size)) - 1  # the inverse of the distribution function
        assert weighted_quantile(x, w, q) == repeated[at]
    assert weighted_quantile(x, np.full(4, 0.7), 0.25) == np.quantile(x, 0.25)


def test_effects_follow_from_coefficient_and_standard_error() -> None:
    report = psmatch(endpoint="os", weighting="iptw", doubly_robust=True, conf_level=0.9)
    z = 1.6448536269514722
    for row in report.table("effects").rows:
        error = row["std_err"] if row["robust_std_err"] is None else row["robust_std_err"]
        limits = [row["coef"] - z * error, row["coef"] + z * error]
        assert [row["lower"], row["upper"]] == pytest.approx(np.exp(limits))
        assert row["hr"] == pytest.approx(np.exp(row["coef"]))
        values = e_value(row["hr"], row["lower"], row["upper"])
        assert (row["e_value"], row["e_value_limit"]) == values
        robust = row["sample"] == "weighted" or row["model"] in ("cox-cluster", "cox-robust")
        robust |= (row["sample"], row["model"]) == ("after", "cox-adjusted")
        assert (row["robust_std_err"] is not None) == robust, row
    (before,) = rows_of(report, "effects", sample="before", model="cox")
    assert before["e_value_limit"] == e_value(before["upper"], 0.5, 2.0)[0] > 1


def test_responses_are_counted_among_patients_with_a_known_response(write: Write) -> None:
    """R: fisher.test(matrix(c(6, 4, 1, 9), 2)) of CR before; McNemar within known pairs after."""
    treated = ["CR"] * 6 + ["PD"] * 4 + [""] * 2
    controls = ["CR"] + ["PD"] * 9 + ["", ""]
    lines = ["id,drug,x,best_response"]
    lines += [f"{i},a,{i},{r}" for i, r in enumerate(treated)]
    lines += [f"{i + 20},b,{i},{r}" for i, r in enumerate(controls)]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="drug=a", covariates=["x"], caliper="none")
    (row,) = rows_of(report, "response", rate="CR")
    assert (row["treated_count_before"], row["control_count_before"]) == (6, 1)
    assert (row["treated_percent_before"], row["control_percent_before"]) == (0.6, 0.1)
    assert row["p_before"] == pytest.approx(0.0572755417956656, rel=1e-9)
    assert (row["test_before"], row["test_after"]) == ("fisher", "mcnemar")
    assert row["p_after"] == pytest.approx(chi_square_tail(1, 5.0))  # 5 pairs differ, all one way
    (orr,) = rows_of(report, "response", rate="ORR")
    assert orr["p_before"] == row["p_before"]


@pytest.mark.parametrize(
    "options",
    [{}, {"method": "optimal"}, {"replace": True, "caliper": 1}, {"ratio": 2},
     {"order": "smallest", "caliper": "none"}, {"distance": "propensity"}],
    ids=str,
)  # fmt: skip
def test_the_order_and_the_unit_of_covariates_decide_no_pair(options: Any, write: Write) -> None:
    """Scores of whole numbers have many ties and equidistant controls."""
    lines = ["id,drug,x,y,x1,y1"]
    for i in range(90):
        x, y = i * 7 % 5, i * 11 % 4
        lines.append(f"{i},{'ab'[(i * 13 % 9 + x) % 3 > 0]},{x},{y},{x / 1000},{y * 7.3}")
    path = write("c.csv", "\n".join(lines))

    def pairs(*covariates: str) -> Any:
        report = hcc2l.psmatch(path, treat="drug=a", covariates=list(covariates), **options)
        kept = [(r["pair"], r["treated"], r["control"]) for r in report.table("pairs").rows]
        return kept, report.provenance.settings["tied_scores"]

    assert pairs("x", "y") == pairs("y", "x") == pairs("x1", "y1") == pairs("y1", "x")
    assert pairs("x", "y")[1] == 90
