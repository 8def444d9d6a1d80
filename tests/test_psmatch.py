"""`hcc2l psmatch` as a user relies on it: the treatment, invariance, notes, files, bad input."""

from __future__ import annotations

import csv
import io
import random
import tempfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer.main
from hypothesis import given, settings
from hypothesis import strategies as st

import hcc2l
from hcc2l.cli.app import app
from hcc2l.errors import Hcc2lError
from hcc2l.figures import draw
from hcc2l.figures.matching import draw_scores
from hcc2l.report import Report
from hcc2l.specs import PsmatchSpec
from tests.conftest import DATA, Outcome, Run, Write
from tests.test_bad_input import UNANSWERED, WRONG, snapshot

SECOND_LINE = Path(__file__).parents[1] / "sample_data" / "second_line" / "cohort.csv"
LALONDE = DATA / "lalonde.csv"
WORKERS: dict[str, Any] = {
    "treat": "treat", "covariates": ["age", "educ", "race", "married", "re74"],
}  # fmt: skip
LINES = SECOND_LINE.read_text().splitlines()


def psmatch(**options: Any) -> Report:
    return hcc2l.psmatch(SECOND_LINE, **({"treat": "lenvatinib"} | options))


def table(report: Report, name: str, **where: Any) -> list[Any]:
    rows = report.table(name).rows
    return [row for row in rows if all(row[k] == v for k, v in where.items())]


def codes(report: Report) -> list[str]:
    return [note.code for note in report.notes]


def note(report: Report, code: str) -> str:
    (found,) = (n.text for n in report.notes if n.code == code)
    return found


def matched(report: Report) -> tuple[int, int]:
    (row,) = report.table("matching").rows
    return row["n_matched_treated"], row["n_matched_control"]


# ---------------------------------------------------------------- the bundled cohort


def test_it_works_as_typed_on_a_fresh_machine(run: Run) -> None:
    outcome = run("psmatch", "--treat", "lenvatinib")
    assert outcome.status == 0, outcome.err
    assert "bundled synthetic cohort" in outcome.out
    assert "Before and after matching" in outcome.out


def test_the_bundled_cohort_says_what_chon_said(run: Run) -> None:
    """About 35 pairs, after which progression-free survival still differs and survival does not."""
    result = run("psmatch", "--treat", "lenvatinib", "--json").json
    (matching,) = result["tables"]["matching"]
    assert matching["n_treated"], matching["n_control"] == (40, 86)
    assert 33 <= matching["n_matched_treated"] <= 37
    p = {(r["endpoint"], r["sample"]): r["p"] for r in result["tables"]["tests"]
         if r["test"] == "logrank"}  # fmt: skip
    assert round(p["os", "before"], 3) == 0.019
    assert p["os", "after"] > 0.05
    assert p["pfs", "after"] < 0.05


def test_before_matching_is_the_published_table() -> None:
    """Counts and p-values of the unmatched columns of Chon 2024, Table 1 (and Table 2)."""
    report = psmatch(covariates=["child_pugh", "tumor_number", "lymph_node", "ecog==0"])
    printed = {
        ("child_pugh", "B"): (3, 32, 0.0005),
        ("tumor_number", "multiple"): (24, 59, 0.343),
        ("lymph_node", "yes"): (20, 28, 0.061),
        ("ecog==0", "yes"): (26, 43, 0.115),
    }
    for (variable, level), (treated, control, p) in printed.items():
        (row,) = table(report, "baseline", variable=variable, level=level)
        assert row["treated_count_before"] == treated
        assert row["control_count_before"] == control
        assert row["p_before"] == pytest.approx(p, abs=0.0005)
    counts = {r["rate"]: (r["treated_count_before"], r["control_count_before"])
              for r in report.table("response").rows}  # fmt: skip
    assert counts == {"CR": (0, 0), "PR": (3, 5), "SD": (24, 16), "PD": (11, 47), "NE": (2, 18),
                      "ORR": (3, 5), "DCR": (27, 21)}  # fmt: skip


def test_the_table_of_a_paper_has_counts_medians_and_no_minus_zero(run: Run) -> None:
    text = run("psmatch", "--treat", "lenvatinib", "--replace", "--format", "md").out
    table_one = text.partition("**Before and after matching**")[2].partition("**Overlap")[0]
    assert "36 (90.0%)" in table_one
    assert "60 (50–68)" in table_one
    assert "4.9 (2.4–9.5)" in table_one
    assert "−0.000" not in table_one


# ---------------------------------------------------------------- who is treated


@pytest.mark.parametrize(
    ("treat", "control", "expected"),
    [
        ("sorafenib", None, ("sorafenib", "lenvatinib")),
        ("second_line=lenvatinib", None, ("lenvatinib", "sorafenib")),
        ("second_line", None, ("sorafenib", "lenvatinib")),
        ("second_line", "sorafenib", ("lenvatinib", "sorafenib")),
        ("regorafenib", "sorafenib", ("regorafenib", "sorafenib")),
        ("centre=Centre 2", "Centre 3", ("Centre 2", "Centre 3")),
        ("sex", None, ("male", "female")),
        ("primary_resistance", None, ("1", "0")),
    ],
)
def test_who_is_treated(treat: str, control: str | None, expected: tuple[str, str]) -> None:
    report = psmatch(treat=treat, control=control, covariates=["age"], caliper="none")
    assert (
        report.provenance.settings["treated"],
        report.provenance.settings["control"],
    ) == expected


def test_patients_with_a_third_treatment_are_left_out_and_counted() -> None:
    report = psmatch(treat="Centre 1", control="Centre 2", covariates=["age"])
    reasons = {e.reason: e.rows for e in report.provenance.excluded}
    assert reasons == {"centre neither Centre 1 nor Centre 2": 126 - report.provenance.analysed}


def test_missing_covariates_are_counted_by_variable() -> None:
    report = psmatch(covariates=["age", "afp", "bilirubin"])
    reasons = {e.reason: e.rows for e in report.provenance.excluded}
    assert set(reasons) == {"afp missing", "bilirubin missing"}
    assert reasons["afp missing"] == 8


# ---------------------------------------------------------------- what must not matter


def essentials(report: Report) -> list[Any]:
    names = ("matching", "balance", "pairs", "survival", "tests", "effects", "response")
    scores = sorted(report.table("scores").rows, key=lambda row: str(row["id"]))
    return [report.table(name).rows for name in names] + [scores]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"order": "smallest", "ratio": 2},
        {"order": "random", "caliper": "none"},
        {"method": "optimal"},
        {"replace": True, "weighting": "overlap"},
        {"covariates": ["sex", "child_pugh"]},
    ],
    ids=str,
)
def test_the_order_of_the_rows_does_not_matter(options: Any, tmp_path: Path) -> None:
    shuffled = LINES[1:]
    random.Random(4).shuffle(shuffled)
    path = tmp_path / "cohort.csv"
    path.write_text("\n".join([LINES[0], *shuffled]) + "\n")
    dictionary = SECOND_LINE.with_name("hcc2l.toml").read_text()
    (tmp_path / "hcc2l.toml").write_text(dictionary)
    again = hcc2l.psmatch(path, treat="lenvatinib", endpoint="os", **options)
    assert essentials(again) == essentials(psmatch(endpoint="os", **options))


@settings(max_examples=8, deadline=None)
@given(scale=st.sampled_from([0.001, 0.1, 12.0, 1000.0]))
def test_the_unit_of_a_covariate_does_not_matter(scale: float) -> None:
    cohort = hcc2l.read_cohort(SECOND_LINE)
    plain = hcc2l.psmatch(cohort, treat="lenvatinib", endpoint="os")
    text = io.StringIO(cohort.to_csv({}, np.ones(cohort.rows, dtype=bool)))
    rows = list(csv.DictReader(text))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cohort.csv")
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            for row in rows:
                writer.writerow(row | {"tumor_size_cm": float(row["tumor_size_cm"]) * scale})
        (Path(folder) / "hcc2l.toml").write_text(SECOND_LINE.with_name("hcc2l.toml").read_text())
        scaled = hcc2l.psmatch(path, treat="lenvatinib", endpoint="os")
    for name in ("pairs", "scores"):
        for a, b in zip(plain.table(name).rows, scaled.table(name).rows, strict=True):
            assert {k: v for k, v in a.items() if isinstance(v, str)} == {
                k: v for k, v in b.items() if isinstance(v, str)
            }
    smds = [[r["smd_after"] for r in x.table("balance").rows] for x in (plain, scaled)]
    assert smds[0] == pytest.approx(smds[1], abs=1e-9)


def test_without_ids_rows_are_numbered_from_one(write: Write) -> None:
    lines = ["drug,age,t,d", *(f"{'ab'[i % 3 == 0]},{50 + i * 7 % 20},{i % 9 + 1},1"
                               for i in range(30))]  # fmt: skip
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="drug=b", covariates=["age"], time="t", event="d")
    assert [row["id"] for row in report.table("scores").rows] == list(range(1, 31))


# ---------------------------------------------------------------- matching


def test_exact_terms_are_the_same_in_every_pair() -> None:
    report = psmatch(exact=["child_pugh", "sex"], caliper="none")
    cohort = hcc2l.read_cohort(SECOND_LINE)
    for name in ("child_pugh", "sex"):
        of = dict(zip(cohort.column("patient_id").values, cohort.column(name).values, strict=True))
        for pair in report.table("pairs").rows:
            assert of[pair["treated"]] == of[pair["control"]]


def test_the_raw_caliper_is_on_the_scale_of_the_distance() -> None:
    report = psmatch(caliper=0.03, caliper_scale="raw", distance="propensity")
    (row,) = report.table("matching").rows
    assert row["caliper_width"] == 0.03
    assert max(pair["distance"] for pair in report.table("pairs").rows) <= 0.03


def test_optimal_pairs_are_no_further_apart_than_greedy_ones() -> None:
    greedy, best = psmatch(caliper="none"), psmatch(caliper="none", method="optimal")
    totals = [report.table("matching").rows[0]["total_distance"] for report in (best, greedy)]
    assert totals[0] <= totals[1]
    assert matched(best) == matched(greedy) == (40, 40)


def test_the_flow_adds_up() -> None:
    rows = {row["stage"]: row for row in psmatch(ratio=2).table("flow").rows}
    for key in ("n", "n_treated", "n_control"):
        parts = [row[key] for stage, row in rows.items() if stage not in ("eligible", "complete")]
        assert sum(parts) == rows["complete"][key]
    assert all(row["n"] == row["n_treated"] + row["n_control"] for row in rows.values())


def test_the_orders_are_those_that_could_have_been_asked_for() -> None:
    for row in psmatch(endpoint="os").table("orders").rows:
        alone = psmatch(endpoint="os", order=row["order"])
        assert matched(alone)[0] == row["n_matched_treated"]
        (effect,) = table(alone, "effects", sample="after", model="cox-cluster")
        assert (row["hr"], row["p"]) == pytest.approx((effect["hr"], effect["p"]))


def test_the_seed_decides_the_random_order() -> None:
    pairs = [psmatch(order="random", seed=s).table("pairs").rows for s in (1, 1, 2)]
    assert pairs[0] == pairs[1] != pairs[2]


def test_boosted_scores_are_seeded_and_have_no_coefficients() -> None:
    one, other = (psmatch(propensity="boosted", endpoint="os") for _ in range(2))
    assert one.table("scores").rows == other.table("scores").rows
    terms = one.table("propensity_terms").rows
    assert all(row["coef"] is None for row in terms)
    assert sum(row["importance"] for row in terms) == pytest.approx(1)


# ---------------------------------------------------------------- weights


def test_overlap_weights_balance_every_covariate() -> None:
    report = psmatch(weighting="overlap")
    for row in report.table("balance").rows:
        assert row["smd_weighted"] == pytest.approx(0, abs=1e-6)


def test_weighted_survival_is_that_of_km_with_these_weights(tmp_path: Path) -> None:
    report = psmatch(weighting="iptw", estimand="ate", endpoint="os")
    assert report.save is not None
    (tmp_path / "w.csv").write_text(report.save())
    km = hcc2l.km(tmp_path / "w.csv", by="second_line", weights="weight")
    ours = table(report, "survival", sample="weighted")
    for row, other in zip(ours, km.table("groups").rows, strict=True):
        assert [row[k] for k in ("group", "median", "lower", "upper")] == [
            other[k] for k in ("group", "median", "lower", "upper")
        ]
    (test,) = table(report, "tests", sample="weighted")
    assert test["p"] == pytest.approx(km.table("tests").rows[0]["p"])


# ---------------------------------------------------------------- files


def test_the_saved_cohort_gives_the_same_hazard_ratio(run: Run) -> None:
    assert run("psmatch", "--treat", "lenvatinib", "--save", "matched.csv").status == 0
    words = ("cox", "matched.csv", "-x", "second_line", "--ref", "second_line=sorafenib",
             "--cluster", "pair", "--weights", "weight", "--json")  # fmt: skip
    row = run(*words).json["tables"]["terms"][0]
    (effect,) = table(psmatch(), "effects", endpoint="os", model="cox-cluster")
    keys = ("hr", "lower", "upper", "p", "robust_std_err")
    assert [row[k] for k in keys] == pytest.approx([effect[k] for k in keys], rel=1e-9)
    groups = run("km", "matched.csv", "--by", "second_line", "--json").json["tables"]["groups"]
    assert [g["n"] for g in groups] == [35, 35]


def test_the_saved_cohort_holds_the_matched_patients_only(run: Run, workplace: Path) -> None:
    run("psmatch", "--treat", "lenvatinib", "--save", "matched.csv", "--ratio", "2")
    with (workplace / "matched.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(matched(psmatch(ratio=2)))
    assert all(row["pair"] and float(row["weight"]) > 0 for row in rows)
    sizes = [sum(r["pair"] == number for r in rows) for number in {r["pair"] for r in rows}]
    assert set(sizes) <= {2, 3}


def test_none_is_a_caliper_on_the_command_line_and_in_the_dictionary(
    run: Run, write: Write
) -> None:
    row = run("psmatch", "--treat", "lenvatinib", "--caliper", "none", "--json").json
    assert row["settings"]["caliper"] is None
    write("cohort.csv", SECOND_LINE.read_text())
    write("hcc2l.toml", 'treatment = "second_line"\n[psmatch]\ncaliper = "none"\n')
    row = run("psmatch", "cohort.csv", "--treat", "lenvatinib", "-x", "age", "--json").json
    assert row["tables"]["matching"][0]["caliper_width"] is None


def test_every_option_of_the_spec_is_one_of_the_command() -> None:
    command = typer.main.get_command(app).commands["psmatch"]  # type: ignore[attr-defined]  # a group
    names = {parameter.name for parameter in command.params}
    assert {field.name for field in fields(PsmatchSpec)} <= names


# ---------------------------------------------------------------- notes


def test_imbalance_is_named() -> None:
    text = note(psmatch(), "imbalance")
    assert "Lymph node metastasis (0.177)" in text
    assert "imbalance" not in codes(psmatch(covariates=["age"]))


def test_many_lost_are_described() -> None:
    text = note(psmatch(treat="sorafenib"), "treated-lost")
    assert "51 of 86" in text
    assert "Child-Pugh class A" in text
    assert "treated-lost" not in codes(psmatch())


def test_more_treated_than_controls_are_matched_as_far_as_they_can_be() -> None:
    report = psmatch(treat="sorafenib", caliper="none")
    assert matched(report) == (40, 40)
    assert "more-treated-than-controls" in codes(report)
    assert "more-treated-than-controls" not in codes(psmatch(treat="sorafenib", replace=True))


def test_a_covariate_known_only_later_is_noted() -> None:
    report = psmatch(covariates=["age", "dose_reduction"])
    assert "dose_reduction" in note(report, "covariate-after-start")
    assert "covariate-after-start" not in codes(psmatch())


def test_too_many_covariates_are_noted() -> None:
    assert "5.7 each" in note(psmatch(), "few-treated-per-covariate")
    assert "few-treated-per-covariate" not in codes(psmatch(covariates=["age"]))


def test_tied_scores_and_the_order_of_rows_are_noted() -> None:
    report = psmatch(covariates=["sex"], order="data")
    text = "126 patients share their score with another. Where this left a choice, the order of the"
    assert f"{text} ids decided" in note(report, "tied-scores")
    assert report.provenance.settings["tied_scores"] == 126
    assert "order-of-rows" in codes(report)
    assert "tied-scores" not in codes(psmatch())


def small(write: Write, rows: list[tuple[str, float, str]], **options: Any) -> Report:
    lines = ["drug,x,level,time,status"]
    lines += [f"{d},{x},{g},{i % 11 + 1},{i % 3 > 0:d}" for i, (d, x, g) in enumerate(rows)]
    path = write("small.csv", "\n".join(lines))
    return hcc2l.psmatch(path, treat="drug=a", **({"covariates": ["x", "level"]} | options))


MIXED = [("ab"[i % 2], float(i * 7 % 10), "uv"[i * 3 % 7 > 3]) for i in range(40)]


def test_a_level_that_one_treatment_alone_has_is_noted(write: Write) -> None:
    rows = [*MIXED, *(("a", float(i), "w") for i in range(6))]
    report = small(write, rows)
    assert "level w" in note(report, "coefficient-infinite")
    assert "coefficient-infinite" not in codes(small(write, MIXED))


def test_a_column_that_follows_from_another_is_noted(write: Write) -> None:
    report = small(write, MIXED, covariates=["x", "x>=5", "x<5"])
    assert "x<5" in note(report, "column-dropped")


def test_scores_that_do_not_overlap_are_noted(write: Write) -> None:
    rows = [("ab"[i < 20], float(i), "u") for i in range(40)]
    rows[18:22] = [("a", 18.0, "u"), ("b", 19.0, "u"), ("a", 20.0, "u"), ("b", 21.0, "u")]
    report = small(write, rows, covariates=["x"], caliper=1.0)
    assert "no-overlap" in codes(report)
    assert "no-overlap" not in codes(small(write, MIXED))


def test_few_patients_who_carry_the_weighted_result_are_noted(write: Write) -> None:
    rows = [("ab"[i < 40], float(i), "u") for i in range(80)]
    rows[2], rows[70] = ("a", 2.0, "u"), ("b", 70.0, "u")
    options = {"covariates": ["x"], "caliper": "none", "weighting": "iptw", "estimand": "ate"}
    assert "extreme-weights" in codes(small(write, rows, **options))
    assert "extreme-weights" not in codes(psmatch(weighting="overlap"))


def test_a_hazard_ratio_that_does_not_exist_is_not_shown(write: Write) -> None:
    lines = ["drug,age,t,d"]
    lines += [f"{'ab'[i % 3 == 0]},{50 + i * 7 % 20},{i % 9 + 1},1" for i in range(30)]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="drug=b", covariates=["age"], time="t", event="d")
    (row,) = table(report, "effects", model="cox-strata")
    assert row["hr"] is row["std_err"] is row["e_value"] is None
    assert "cox-strata" in note(report, "effect-not-estimable")
    assert "effect-not-estimable" not in codes(psmatch())


def test_a_cohort_without_endpoints_is_matched_all_the_same() -> None:
    report = hcc2l.psmatch(LALONDE, **WORKERS)
    assert "no-endpoint" in codes(report)
    assert "survival" not in [t.name for t in report.tables]


def test_an_endpoint_that_cannot_be_read_is_passed_over(write: Write) -> None:
    lines = ["arm,age,os_months,death,pfs_months,progression"]
    lines += [f"{'ab'[i % 2]},{40 + i * 7 % 30},{i + 1},{i % 2},{i},maybe" for i in range(30)]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="arm=a", covariates=["age"])
    assert "pfs" in note(report, "endpoint-skipped")
    assert {row["endpoint"] for row in report.table("survival").rows} == {"os"}


@pytest.mark.parametrize(
    ("options", "idle"),
    [
        ({"estimand": "ate"}, "--estimand"),
        ({"weighting": "overlap", "estimand": "ate"}, "--estimand"),
        ({"stabilised": False}, "--no-stabilised"),
        ({"weighting": "iptw", "stabilised": False}, "--no-stabilised"),
        ({"truncate": 0.1}, "--truncate"),
        ({"method": "optimal", "ratio": 2}, "--ratio"),
        ({"method": "optimal", "replace": True}, "--replace"),
    ],
    ids=str,
)
def test_an_option_without_effect_changes_nothing_and_is_noted(options: Any, idle: str) -> None:
    report = psmatch(**options)
    assert f"{idle} is without effect" in note(report, "option-without-effect")
    name = idle.removeprefix("--no-").removeprefix("--")
    plain = psmatch(**{key: v for key, v in options.items() if key != name})
    assert "option-without-effect" not in codes(plain)
    assert [t.rows for t in plain.tables] == [t.rows for t in report.tables]
    assert plain.provenance.footer == report.provenance.footer


def test_the_command_line_switches_off_what_the_dictionary_says(run: Run, write: Write) -> None:
    write("cohort.csv", SECOND_LINE.read_text())
    said = 'weighting = "iptw"\nestimand = "ate"\ntruncate = 0.05\nratio = 2\n'
    write("hcc2l.toml", f'treatment = "second_line"\n[psmatch]\n{said}')
    words = ("cohort.csv", "--treat", "lenvatinib", "-x", "age,sex", "--json")
    found = run("psmatch", *words, "--weighting", "none", "--method", "optimal").json
    assert {row["sample"] for row in found["tables"]["overlap"]} == {"before", "after"}
    assert found["settings"]["estimand"] is None
    assert found["settings"]["ratio"] == found["tables"]["matching"][0]["ratio"] == 1


def test_the_truncated_weights_are_counted() -> None:
    """Those that were changed, by their values before."""
    raw, cut = (psmatch(weighting="iptw", truncate=q).table("scores").rows for q in (None, 0.3))
    pairs = [(a["weight"], b["weight"]) for a, b in zip(raw, cut, strict=True)]
    raised, lowered = sum(b > a for a, b in pairs), sum(b < a for a, b in pairs)
    text = note(psmatch(weighting="iptw", truncate=0.3), "weights-truncated")
    assert 0 < lowered < sum(b == max(w for _, w in pairs) for _, b in pairs)  # the treated have 1
    assert f"{raised} raised and {lowered} lowered" in text


def test_what_is_left_is_answered_with_what_was_not_tried() -> None:
    text = note(psmatch(method="optimal", doubly_robust=True, weighting="overlap"), "imbalance")
    assert "Try a narrower caliper or --exact." in text
    text = note(psmatch(exact=["sex"], ratio=2, caliper=1), "imbalance")
    assert "Try a narrower caliper or --weighting overlap, or adjust (--doubly-robust)." in text
    report = psmatch(weighting="iptw", truncate=0.2, smd="att")
    texts = [n.text for n in report.notes if n.code == "imbalance"]
    assert "--weighting" not in texts[0]
    assert texts[1].endswith("Try --weighting overlap, or adjust (--doubly-robust).")


def test_a_difference_without_a_standard_deviation_is_neither_balanced_nor_drawn(
    write: Write,
) -> None:
    rows = [("ab"[i % 2], 1.0 if i % 2 == 0 else float(i % 5), "uv"[i % 3 > 0]) for i in range(40)]
    report = small(write, rows, smd="att", caliper="none")
    assert "for want of a standard deviation: X." in note(report, "imbalance")
    (row,) = table(report, "balance", variable="x")
    assert row["smd_before"] is row["smd_after"] is None
    assert report.draw is not None
    figure = report.draw()
    assert b"NE" in draw(figure, "svg")
    assert str(figure.options["x_label"]).endswith("NE: not estimable")


def test_a_constant_covariate_has_no_difference_and_is_no_parameter(write: Write) -> None:
    lines = ["drug,x,same,time,status"]
    lines += [f"{'ab'[i % 2]},{i * 7 % 10},0.1,{i % 11 + 1},{i % 3 > 0:d}" for i in range(18)]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="drug=a", covariates=["x", "same"], caliper="none")
    (row,) = table(report, "balance", variable="same")
    assert row["smd_before"] == row["smd_after"] == 0
    assert row["variance_ratio_before"] is row["variance_ratio_after"] is None
    text = "9 patients in the smaller group for 1 parameter of the score: 9.0 each"
    assert text in note(report, "few-treated-per-covariate")


def test_why_an_adjusted_hazard_ratio_does_not_exist(write: Write) -> None:
    """A dropped column is no parameter; fewer events than parameters are said to be few."""
    lines = ["drug,x,y,z,z2,time,status"]
    for i in range(40):
        z = i * 11 % 7
        lines.append(f"{'ab'[i % 2]},{i * 7 % 10},{i * 3 % 8},{z},{2 * z},{i * 17 % 29},{i < 4:d}")
    path = write("c.csv", "\n".join(lines))
    options = {"treat": "drug=a", "doubly_robust": True, "caliper": "none"}
    report = hcc2l.psmatch(path, covariates=["x", "z", "z2"], **options)
    (row,) = table(report, "effects", model="cox-adjusted", sample="before")
    assert row["hr"] is not None
    report = hcc2l.psmatch(path, covariates=["x", "y", "z", "x>=5"], **options)
    (row,) = table(report, "effects", model="cox-adjusted", sample="before")
    assert row["hr"] is None
    few = "before, cox-adjusted; os, after, cox-adjusted (there are fewer events than parameters)"
    assert few in note(report, "effect-not-estimable").replace("time, ", "os, ")


def test_an_effect_without_any_error_is_not_estimable(write: Write) -> None:
    """Everybody dies at time 0: no risk differs, and the robust standard error is 0."""
    lines = ["drug,x,time,status", *(f"{'ab'[i % 2]},{i * 7 % 10},0,1" for i in range(40))]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="drug=a", covariates=["x"], caliper="none")
    (row,) = table(report, "effects", sample="after", model="cox-cluster")
    assert row["hr"] is row["p"] is None
    assert "the robust standard error is 0" in note(report, "effect-not-estimable")


def test_a_level_of_one_treatment_alone_makes_the_caliper_wide(write: Write) -> None:
    rows = [*MIXED, *(("a", float(i), "w") for i in range(6))]
    assert "--distance propensity" in note(small(write, rows), "coefficient-infinite")
    other = note(small(write, rows, distance="propensity"), "coefficient-infinite")
    assert "caliper" not in other


@pytest.mark.filterwarnings("error")
def test_scores_that_run_away_raise_no_warning(write: Write) -> None:
    rows = [("ab"[i < 40], i * 1000.0 + (i == 39) * 3000, "u") for i in range(80)]
    assert small(write, rows, covariates=["x"], caliper="none").table("pairs").rows


def test_ids_stand_in_the_order_of_their_numbers(write: Write) -> None:
    """9-12 before 10-1, though both have four characters: the first takes the first control."""
    rows = ["10-1,a", "9-12,a", "11-1,b", "9-13,b"]
    lines = ["id,drug,x", *(f"{row},1" for row in rows), "12-1,a,2", "12-2,b,2"]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="drug=a", covariates=["x"], caliper="none")
    assert [row["treated"] for row in report.table("pairs").rows] == ["9-12", "10-1", "12-1"]


# ---------------------------------------------------------------- bad input

Refuse = Callable[..., Outcome]


@pytest.fixture
def refuse(run: Run, workplace: Path) -> Refuse:
    def call(*arguments: object, status: int = WRONG, says: str = "") -> Outcome:
        before = snapshot(workplace)
        files = ("--out", "x.json", "--plot", "x.png", "--save", "x.csv")
        outcome = run("psmatch", *arguments, *files)
        assert outcome.status == status, outcome.err
        assert outcome.out == ""
        assert len(outcome.messages("error")) == 1, outcome.err
        assert outcome.messages("hint"), outcome.err
        assert "Traceback" not in outcome.err
        for part in filter(None, says.split(" | ")):
            assert part in outcome.err, outcome.err
        assert snapshot(workplace) == before
        return outcome

    return call


LENVATINIB = ("--treat", "lenvatinib")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        ((), WRONG, "--treat | --treat lenvatinib"),
        (("--treat", "lenvatanib"), WRONG, "lenvatanib | 'lenvatinib'"),
        (("--treat", "no"), WRONG, "5 columns | lymph_node | --treat extrahepatic_spread=no"),
        (("--treat", "drug=x"), WRONG, "no column 'drug'"),
        (("--treat", "sex=diverse"), WRONG, "sex | diverse"),
        (("--treat", "albi", "-x", "sex"), WRONG, "albi is a number"),
        (("--treat", "centre"), WRONG, "3 levels | --treat 'centre=Centre 1'"),
        (("--treat", "centre=Centre 1"), WRONG, "3 levels | --control 'Centre 2'"),
        ((*LENVATINIB, "--control", "lenvatinib"), WRONG, "--control | itself"),
        ((*LENVATINIB, "--control", "regorafenib"), WRONG, "--control | no level"),
        ((*LENVATINIB, "--where", "second_line==lenvatinib"), UNANSWERED, "All 40 | compare"),
        ((*LENVATINIB, "-x", "age,second_line"), WRONG, "second_line is the treatment itself"),
        ((*LENVATINIB, "-x", "age,nothing"), WRONG, "no column 'nothing'"),
        ((*LENVATINIB, "-x", "os_months"), WRONG, "part of the outcome"),
        ((*LENVATINIB, "-x", "patient_id"), WRONG, "identifies the patients"),
        ((*LENVATINIB, "-x", "start_2l"), WRONG, "start_2l"),
        ((*LENVATINIB, "--exact", "second_line"), WRONG, "--exact | treatment itself"),
        ((*LENVATINIB, "--exact", "albi"), WRONG, "--exact | @median"),
        ((*LENVATINIB, "--caliper", "wide"), WRONG, "--caliper | none"),
        ((*LENVATINIB, "--caliper", "0"), WRONG, "--caliper | above 0"),
        ((*LENVATINIB, "--caliper", "1e-9"), UNANSWERED, "within the caliper | apart"),
        ((*LENVATINIB, "--ratio", "0"), WRONG, "--ratio"),
        ((*LENVATINIB, "--order", "biggest"), WRONG, "biggest | Known: largest, smallest"),
        (("--treat", "sorafenib", "--where", "patient_id==P001"), UNANSWERED, "only patient has"),
        ((*LENVATINIB, "--weighting", "iptw", "--truncate", "0.6"), WRONG, "0 and 0.5"),
        ((*LENVATINIB, "--endpoint", "oss"), WRONG, "oss | 'os'"),
        ((*LENVATINIB, "--endpoint", "os", "--time", "age"), WRONG, "--endpoint"),
        ((*LENVATINIB, "--time", "os_days"), WRONG, "os_days | os_months"),
        ((*LENVATINIB, "--where", "age>200"), UNANSWERED, "No rows remain"),
        ((*LENVATINIB, "--which", "tree"), WRONG, "tree | love"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_is_refused(
    arguments: tuple[str, ...], status: int, says: str, refuse: Refuse
) -> None:
    refuse(*arguments, status=status, says=says)


def test_without_covariates_anywhere_it_is_said_what_to_do(refuse: Refuse, write: Write) -> None:
    write("c.csv", "id,drug,age,time,status\n1,a,50,1,1\n2,b,60,2,0\n")
    refuse("c.csv", "--treat", "a", says="-x | covariates = | hcc2l.toml")


def refuse_small(
    refuse: Refuse, write: Write, rows: list[str], says: str, *more: str, status: int = UNANSWERED
) -> None:
    lines = [f"{row},{i + 1},1" for i, row in enumerate(rows)]
    write("c.csv", "\n".join(["drug,x,copy,time,status", *lines]))
    refuse("c.csv", "--treat", "drug=a", *more, status=status, says=says)


def test_a_covariate_equal_to_the_treatment_is_refused(refuse: Refuse, write: Write) -> None:
    rows = [f"{'ab'[i % 2]},{i * 7 % 10},{'AB'[i % 2]}" for i in range(20)]
    refuse_small(refuse, write, rows, "copy says without exception", "-x", "x,copy")


def test_treatments_that_the_covariates_tell_apart_are_refused(
    refuse: Refuse, write: Write
) -> None:
    rows = [f"{'ab'[i % 2]},{i},{i + i % 2 * 0.5}" for i in range(20)]
    refuse_small(refuse, write, rows, "together | counterpart", "-x", "x,copy")


def test_a_group_without_complete_patients_is_refused(refuse: Refuse, write: Write) -> None:
    rows = [f"a,{i},y" for i in range(9)] + [f"b,,{'yz'[i % 2]}" for i in range(9)]
    refuse_small(refuse, write, rows, "No patient with b | x missing (9)", "-x", "x")


def test_covariates_that_do_not_vary_are_refused(refuse: Refuse, write: Write) -> None:
    rows = [f"{'ab'[i % 2]},5,y" for i in range(10)]
    refuse_small(refuse, write, rows, "No covariate differs", "-x", "x,copy")


def test_nobody_in_the_same_stratum_is_refused(refuse: Refuse, write: Write) -> None:
    rows = [f"{'ab'[i % 2]},{i * 7 % 10},{'AB'[i % 2]}" for i in range(20)]
    words = ("-x", "x", "--exact", "copy", "--caliper", "none")
    refuse_small(refuse, write, rows, "same stratum | fewer or broader terms", *words)
    # Nor is it the caliper's fault when there is one.
    says = "same stratum. | fewer or broader terms"
    refuse_small(refuse, write, rows, says, "-x", "x", "--exact", "copy")


def test_optimal_matching_of_too_many_patients_is_refused(
    refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hcc2l.analyses.psmatch_prepare.MOST_CELLS", 3000)
    says = "40 with 86 | GB | nearest"
    refuse(*LENVATINIB, "--method", "optimal", status=UNANSWERED, says=says)


def test_survival_is_not_drawn_without_an_endpoint(refuse: Refuse) -> None:
    words = ("--treat", "treat", "-x", "age,educ", "--which", "survival")
    refuse(LALONDE, *words, status=UNANSWERED, says="endpoint")


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_small_cohort_gives_a_report_or_a_message(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 24))
    one = st.tuples(
        st.sampled_from("ab"), st.integers(0, 3), st.sampled_from(["u", "v", ""]),
        st.integers(0, 4), st.integers(0, 1), st.sampled_from(["CR", "PR", "PD", "NE", ""]),
    )  # fmt: skip
    rows = data.draw(st.lists(one, min_size=n, max_size=n))
    lines = ["drug,x,g,os_months,death,response", *(",".join(map(str, row)) for row in rows)]
    options = {
        "covariates": data.draw(st.sampled_from([["x"], ["x", "g"], ["g", "x>=2"]])),
        "method": data.draw(st.sampled_from(["nearest", "optimal"])),
        "caliper": data.draw(st.sampled_from(["none", 0.2])),
        "weighting": data.draw(st.sampled_from(["none", "iptw", "overlap"])),
        "doubly_robust": data.draw(st.booleans()),
        "which": data.draw(st.sampled_from(["love", "scores", "survival"])),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "c.csv")
        path.write_text("\n".join(lines))
        try:
            report = hcc2l.psmatch(path, treat="drug=a", **options)
        except Hcc2lError:
            return
        assert report.draw is not None
        assert report.save is not None
        assert report.save().startswith("drug,")
        assert report.draw().tables
        hcc2l.render_report(report, "json")


# ---------------------------------------------------------------- figures


@pytest.mark.parametrize("which", ["love", "scores", "survival"])
@pytest.mark.parametrize("weighting", ["none", "overlap"])
def test_every_figure_is_drawn_alike_each_time(which: str, weighting: str) -> None:
    report = psmatch(which=which, weighting=weighting, endpoint="os")
    assert report.draw is not None
    first, second = (draw(report.draw(), "svg") for _ in range(2))
    assert first == second
    assert b"lenvatinib" in first or which == "love"


def test_the_love_plot_shows_each_covariate_once_and_the_threshold() -> None:
    report = psmatch()
    assert report.draw is not None
    figure = report.draw()
    names = [row["variable"] for row in figure.tables["balance"].rows]
    assert len(names) == len(set(names)) == 7
    assert "Child-Pugh class: B" in names
    assert figure.options["threshold"] == 0.1


def test_the_bars_of_the_scores_are_all_patients() -> None:
    report = psmatch(which="scores")
    assert report.draw is not None
    rows = report.draw().tables["scores"].rows
    counts = {
        (s, g): sum(r["n"] for r in rows if (r["sample"], r["group"]) == (s, g))  # type: ignore[misc]  # numbers
        for s in ("before", "after")
        for g in ("lenvatinib", "sorafenib")
    }
    assert list(counts.values()) == [40, 86, 35, 35]


def test_the_panels_of_the_scores_have_one_scale() -> None:
    report = psmatch(which="scores")
    assert report.draw is not None
    figure = report.draw()
    highest = max(row["n"] for row in figure.tables["scores"].rows)  # type: ignore[type-var]  # numbers
    axes = draw_scores(figure).axes
    assert axes[0].get_ylim() == axes[1].get_ylim()
    assert max(axes[0].get_yticks()) >= highest


def test_the_panels_of_survival_have_their_own_tests() -> None:
    report = psmatch(which="survival", endpoint="os")
    assert report.draw is not None
    figure = report.draw()
    assert figure.options["before.annotation"] == "Log-rank p = 0.019"
    (after,) = table(report, "tests", sample="after", test="logrank-stratified")
    text = f"Log-rank, stratified by pair p = {after['p']:.3f}"
    assert figure.options["after.annotation"] == text
    assert {row["n_risk"] for row in figure.tables["after.at_risk"].rows if row["time"] == 0} == {
        35.0
    }


# ---------------------------------------------------------------- the manuscript


def test_the_methods_say_what_was_done() -> None:
    text = psmatch(method="optimal", exact=["child_pugh"], weighting="overlap").methods
    for words in ("synthetic", "logistic regression", "optimal matching", "exactly on child_pugh",
                  "0.2 standard deviations", "overlap weights", "E-values"):  # fmt: skip
        assert words in text, words
    assert "doubly robust" in psmatch(doubly_robust=True).methods
    assert "boosted" not in text
    assert "order" not in text


def test_the_methods_say_who_chose_first_which_tests_and_which_cuts() -> None:
    text = psmatch(order="random", seed=7, covariates=["afp@100", "albi@-2.6,-1.4", "age"]).methods
    for words in ("random order, seed 7", "AFP ≥100 ng/mL, ALBI score (<-2.6, -2.6–<-1.4, ≥-1.4)",
                  "before matching (χ², Mann–Whitney)", "after it (McNemar, Wilcoxon"):  # fmt: skip
        assert words in text, words
    assert "in descending order of the score" in psmatch().methods
    assert "with robust standard errors" in psmatch(replace=True).methods


def test_footnotes_say_which_standard_deviation_and_which_pairs() -> None:
    report = psmatch(smd="att")
    assert "by the SD of the treated before matching." in report.table("baseline").footnotes[1]
    assert (
        "within the pairs of whom both responses are known" in report.table("response").footnotes[1]
    )
