"""`hcc2l psmatch` as a user relies on it: the treatment, invariance, notes, files, bad input."""

from __future__ import annotations

import csv
import io
import random
import re
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
from hcc2l.analyses.psmatch_balance import weighted_quantile
from hcc2l.analyses.wording import in_sentence
from hcc2l.cli.app import app
from hcc2l.errors import Hcc2lError
from hcc2l.figures import draw
from hcc2l.report import Report
from hcc2l.specs import PsmatchSpec
from hcc2l.stats.sensitivity import e_value
from hcc2l.stats.tails import chi_square_tail
from tests.conftest import DATA, Outcome, Run, Write
from tests.test_bad_input import UNANSWERED, WRONG, snapshot

SECOND_LINE = DATA / "second_line" / "cohort.csv"
SMALL = DATA / "psmatch"
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


def test_the_bundled_cohort_reproduces_chon_2024(run: Run) -> None:
    """About 35 pairs, after which progression-free survival still differs and survival does not."""
    result = run("psmatch", SECOND_LINE, "--treat", "lenvatinib", "--json").json
    (matching,) = result["tables"]["matching"]
    assert (matching["n_treated"], matching["n_control"]) == (40, 86)
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
    text = run("psmatch", SECOND_LINE, "--treat", "lenvatinib", "--replace", "--format", "md").out
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


def test_patients_with_a_third_treatment_are_excluded_and_counted() -> None:
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
        (matching,) = alone.table("matching").rows
        assert row["total_distance"] == pytest.approx(matching["total_distance"])
        smds = [abs(r["smd_after"]) for r in alone.table("balance").rows]
        assert row["smd_max"] == pytest.approx(max(smds))
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
    words = (SECOND_LINE, "--treat", "lenvatinib", "--save", "matched.csv")
    assert run("psmatch", *words).status == 0
    words = ("cox", "matched.csv", "-x", "second_line", "--ref", "second_line=sorafenib",
             "--cluster", "pair", "--weights", "weight", "--json")  # fmt: skip
    row = run(*words).json["tables"]["terms"][0]
    (effect,) = table(psmatch(), "effects", endpoint="os", model="cox-cluster")
    keys = ("hr", "lower", "upper", "p", "robust_std_err")
    assert [row[k] for k in keys] == pytest.approx([effect[k] for k in keys], rel=1e-9)
    groups = run("km", "matched.csv", "--by", "second_line", "--json").json["tables"]["groups"]
    assert [g["n"] for g in groups] == [35, 35]


def test_the_saved_cohort_holds_the_matched_patients_only(run: Run, workplace: Path) -> None:
    words = (SECOND_LINE, "--treat", "lenvatinib", "--save", "matched.csv", "--ratio", "2")
    assert run("psmatch", *words).status == 0
    with (workplace / "matched.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(matched(psmatch(ratio=2)))
    assert all(row["pair"] and float(row["weight"]) > 0 for row in rows)
    sizes = [sum(r["pair"] == number for r in rows) for number in {r["pair"] for r in rows}]
    assert set(sizes) <= {2, 3}


def test_none_is_a_caliper_on_the_command_line_and_in_the_dictionary(
    run: Run, write: Write
) -> None:
    words = (SECOND_LINE, "--treat", "lenvatinib", "--caliper", "none", "--json")
    row = run("psmatch", *words).json
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
    assert "5.7 per parameter, fewer than 10" in note(psmatch(), "few-treated-per-covariate")
    assert "few-treated-per-covariate" not in codes(psmatch(covariates=["age"]))


def test_tied_scores_and_the_order_of_rows_are_noted() -> None:
    report = psmatch(covariates=["sex"], order="data")
    text = "126 patients have the same score as another patient. Ties were broken by"
    assert f"{text} the order of the ids." in note(report, "tied-scores")
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


def test_few_patients_who_dominate_the_weighted_result_are_noted(write: Write) -> None:
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
    assert "Time to d, matched, Cox, stratified by pair" in note(report, "effect-not-estimable")
    assert "effect-not-estimable" not in codes(psmatch())


def test_a_cohort_without_endpoints_is_matched_all_the_same() -> None:
    report = hcc2l.psmatch(LALONDE, **WORKERS)
    assert "no-endpoint" in codes(report)
    assert "survival" not in [t.name for t in report.tables]


def test_an_endpoint_that_cannot_be_read_is_skipped_and_named(write: Write) -> None:
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
    assert f"{idle} has no effect without " in note(report, "option-without-effect")
    name = idle.removeprefix("--no-").removeprefix("--")
    plain = psmatch(**{key: v for key, v in options.items() if key != name})
    assert "option-without-effect" not in codes(plain)
    assert [t.rows for t in plain.tables] == [t.rows for t in report.tables]
    assert plain.provenance.footer == report.provenance.footer


def test_the_command_line_overrides_the_dictionary(run: Run, write: Write) -> None:
    write("cohort.csv", SECOND_LINE.read_text())
    defaults = 'weighting = "iptw"\nestimand = "ate"\ntruncate = 0.05\nratio = 2\n'
    write("hcc2l.toml", f'treatment = "second_line"\n[psmatch]\n{defaults}')
    words = ("cohort.csv", "--treat", "lenvatinib", "-x", "age,sex", "--json")
    result = run("psmatch", *words, "--weighting", "none", "--method", "optimal").json
    assert {row["sample"] for row in result["tables"]["overlap"]} == {"before", "after"}
    assert result["settings"]["estimand"] is None
    assert result["settings"]["ratio"] == result["tables"]["matching"][0]["ratio"] == 1


def test_the_truncated_weights_are_counted() -> None:
    """Those that were changed, by their values before."""
    raw, cut = (psmatch(weighting="iptw", truncate=q).table("scores").rows for q in (None, 0.3))
    pairs = [(a["weight"], b["weight"]) for a, b in zip(raw, cut, strict=True)]
    raised, lowered = sum(b > a for a, b in pairs), sum(b < a for a, b in pairs)
    text = note(psmatch(weighting="iptw", truncate=0.3), "weights-truncated")
    assert 0 < lowered < sum(b == max(w for _, w in pairs) for _, b in pairs)  # the treated have 1
    assert f"{raised} raised and {lowered} lowered" in text


def test_imbalance_is_answered_with_ways_not_yet_used() -> None:
    text = note(psmatch(method="optimal", doubly_robust=True, weighting="overlap"), "imbalance")
    assert "Try a narrower caliper or --exact." in text
    text = note(psmatch(exact=["sex"], ratio=2, caliper=1), "imbalance")
    assert (
        "Try a narrower caliper or --weighting overlap, or adjust for the covariates "
        "(--doubly-robust)." in text
    )
    report = psmatch(weighting="iptw", truncate=0.2, smd="att")
    texts = [n.text for n in report.notes if n.code == "imbalance"]
    assert "--weighting" not in texts[0]
    assert texts[1].endswith(
        "Try --weighting overlap, or adjust for the covariates (--doubly-robust)."
    )


def test_a_difference_without_a_standard_deviation_is_neither_balanced_nor_drawn(
    write: Write,
) -> None:
    rows = [("ab"[i % 2], 1.0 if i % 2 == 0 else float(i % 5), "uv"[i % 3 > 0]) for i in range(40)]
    report = small(write, rows, smd="att", caliper="none")
    assert "because the standard deviation is 0: X." in note(report, "imbalance")
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
    text = "9 patients for 1 parameter of the propensity model (9.0 per parameter"
    assert text in note(report, "few-treated-per-covariate")


def test_why_an_adjusted_hazard_ratio_does_not_exist(write: Write) -> None:
    """A dropped column is no parameter; fewer events than parameters are the reason given."""
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
    few = (
        "Survival, all patients, Cox, adjusted for the covariates; "
        "Survival, matched, Cox, adjusted for the covariates (there are fewer events than"
    )
    assert few in note(report, "effect-not-estimable")


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
def test_extreme_scores_raise_no_warning(write: Write) -> None:
    rows = [("ab"[i < 40], i * 1000.0 + (i == 39) * 3000, "u") for i in range(80)]
    assert small(write, rows, covariates=["x"], caliper="none").table("pairs").rows


def test_ids_stand_in_the_order_of_their_numbers(write: Write) -> None:
    """9-12 before 10-1, though both have four characters: the first takes the first control."""
    rows = ["10-1,a", "9-12,a", "11-1,b", "9-13,b"]
    lines = ["id,drug,x", *(f"{row},1" for row in rows), "12-1,a,2", "12-2,b,2"]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="drug=a", covariates=["x"], caliper="none")
    assert [row["treated"] for row in report.table("pairs").rows] == ["9-12", "10-1", "12-1"]


# ---------------------------------------------------------------- effects that R would question


def crossing(**options: Any) -> Report:
    """500 patients whose hazards cross: sorafenib is better at first, lenvatinib later."""
    options = {"treat": "arm=lenvatinib", "covariates": ["age"]} | options
    return hcc2l.psmatch(SMALL / "crossing.csv", **options)


def test_the_test_of_proportional_hazards_agrees_with_r() -> None:
    """R's cox.zph(coxph(Surv(os_months, death) ~ lenvatinib)), of all and of the saved patients."""
    rows = {row["sample"]: row for row in crossing().table("ph_tests").rows}
    for sample, statistic in (("before", 239.283024478460), ("after", 178.391995260218)):
        assert rows[sample]["statistic"] == pytest.approx(statistic, rel=1e-8)
    rows = {r["sample"]: r for r in psmatch(endpoint="os").table("ph_tests").rows}
    for sample, model, statistic, p in (
        ("before", "cox", 3.740631394680376, 0.053104374720761),
        ("after", "cox-cluster", 1.056879887038090, 0.303927890608244),
    ):
        row = rows[sample]
        assert (row["endpoint"], row["model"], row["df"]) == ("os", model, 1)
        assert row["statistic"] == pytest.approx(statistic, rel=1e-8)
        assert row["p"] == pytest.approx(p, rel=1e-7)


def test_the_weighted_test_of_proportional_hazards_agrees_with_r() -> None:
    """R: cox.zph of coxph(…, weights = weight, cluster = pair) and (…, robust = TRUE)."""
    (sets,) = table(crossing(ratio=2), "ph_tests", sample="after")
    assert sets["statistic"] == pytest.approx(206.539499418132, rel=1e-8)
    (overlap,) = table(crossing(weighting="overlap"), "ph_tests", sample="weighted")
    assert overlap["model"] == "cox"
    assert overlap["statistic"] == pytest.approx(110.885234768935, rel=1e-8)


def test_crossing_hazards_are_noted_with_both_samples() -> None:
    text = note(crossing(), "hazards-not-proportional")
    assert "hazard ratio of lenvatinib versus sorafenib changes with time" in text
    assert "(all patients p < 0.001; matched patients p < 0.001)" in text
    assert "weighted patients p < 0.001" in note(
        crossing(weighting="iptw"), "hazards-not-proportional"
    )
    assert "hazards-not-proportional" not in codes(psmatch())
    hrs = {row["model"]: row["hr"] for row in table(crossing(), "effects", sample="after")}
    assert hrs["cox-strata"] < 1 < hrs["cox-cluster"]  # what the note is there for


def test_a_treatment_known_only_later_is_noted_as_immortal_time(tmp_path: Path) -> None:
    (tmp_path / "hcc2l.toml").write_text('[columns.arm]\nrole = "post-baseline"\n')
    (tmp_path / "c.csv").write_text((SMALL / "crossing.csv").read_text())
    report = hcc2l.psmatch(tmp_path / "c.csv", treat="arm=lenvatinib", covariates=["age"])
    assert "immortal-time bias" in note(report, "immortal-time")
    assert "covariate-after-start" not in codes(report)
    assert "immortal-time" not in codes(crossing())


def test_hazard_ratios_without_a_finite_estimate_are_not_shown() -> None:
    """Once 22,102 with p 2e-104, and 0.55 with a model-based standard error of 22,997."""
    few = hcc2l.psmatch(
        SMALL / "few_scores.csv", treat="arm=new", time="time", event="ev=1",
        covariates=["x0", "x1"], distance="propensity", caliper=0.1, weighting="overlap",
    )  # fmt: skip
    for row in table(few, "effects"):
        assert (row["hr"] is None) == (row["sample"] != "before")
        assert (row["p"] is None) == (row["e_value"] is None) == (row["hr"] is None)
    (overlap,) = (row for row in few.table("effects").rows if row["sample"] == "weighted")
    assert overlap["robust_std_err"] is overlap["lower"] is overlap["e_value_limit"] is None
    assert "Cox (the likelihood is monotone" in note(few, "effect-not-estimable")
    two = hcc2l.psmatch(
        SMALL / "two_pairs.csv", treat="arm=new", time="time", event="ev=1", order="smallest",
        covariates=["x0", "x1", "x2", "x3"], replace=True, caliper=0.05, caliper_scale="raw",
        weighting="iptw", doubly_robust=True,
    )  # fmt: skip
    absent = [(r["sample"], r["model"]) for r in table(two, "effects", hr=None)]
    assert absent == [("after", "cox-adjusted")]
    assert "matched, Cox, adjusted for the covariates (" in note(two, "effect-not-estimable")


def test_differences_from_means_of_controls_that_are_rounding_are_ties() -> None:
    """R's wilcox.test(round(x - mean of controls, 9), exact = FALSE) in these matched sets."""
    report = hcc2l.psmatch(
        SMALL / "sets_of_four.csv", treat="arm=new", time="time", event="ev=1", ratio=3,
        covariates=["x0", "x1", "x2"], caliper=0.5,
    )  # fmt: skip
    for variable, p in (("x1", 0.659016075941622), ("x2", 0.322634771233746)):
        (row,) = table(report, "balance", variable=variable)
        assert row["p_after"] == pytest.approx(p, rel=1e-8)


# ---------------------------------------------------------------- spread and reuse


def test_variance_ratios_are_shown_for_numbers_and_noted_beyond_cobalts_limits() -> None:
    """R: var(age[arm == "new"]) / var(age[arm == "old"]); cobalt flags what is outside 0.5-2."""
    report = hcc2l.psmatch(SMALL / "variance_ratio.csv", treat="arm=new", covariates=["age"])
    (row,) = report.table("balance").rows
    assert row["variance_ratio_before"] == pytest.approx(0.0752227744657869, rel=1e-10)
    headers = [column.header for column in report.table("balance").columns]
    assert headers == ["Variable", "Level", "SMD", "Variance ratio", "Matched SMD",
                       "Matched variance ratio"]  # fmt: skip
    text = note(report, "variance-ratio")
    assert re.search(r"\| 0\.063 +\| +0\.075 +\|", str(hcc2l.render_report(report, "md")))
    assert "Variance ratios outside 0.5–2: before matching, Age (0.0752). The" in text


def test_levels_have_no_variance_ratio_and_no_column_of_it() -> None:
    text = str(hcc2l.render_report(psmatch(covariates=["age", "sex"]), "md"))
    balance = text.partition("**Balance**")[2].partition("**Overlap")[0]
    (sex,) = (line for line in balance.splitlines() if "male" in line and "female" not in line)
    assert sex.replace(" ", "").count("|–|") == 2
    assert "NE" not in balance
    report = psmatch(covariates=["sex", "child_pugh"], weighting="overlap")
    headers = [column.header for column in report.table("balance").columns]
    assert headers == ["Variable", "Level", "SMD", "Matched SMD", "Weighted SMD"]
    assert report.table("balance").footnotes == ()
    assert "variance-ratio" not in codes(report)


@pytest.mark.parametrize(
    ("spread", "noted"),
    [(1.0, False), (1.4, False), (1.42, True), (0.71, False), (0.7, True)],
)
def test_a_variance_ratio_is_noted_below_a_half_and_above_two(
    spread: float, noted: bool, write: Write
) -> None:
    """The standard deviation of the treated is `spread` times that of the controls."""
    x = [(i * 7 % 20) - 9.5 for i in range(20)]
    lines = ["drug,x", *(f"a,{v * spread}" for v in x), *(f"b,{v}" for v in x)]
    path = write("c.csv", "\n".join(lines))
    report = hcc2l.psmatch(path, treat="drug=a", covariates=["x"], caliper="none")
    (row,) = report.table("balance").rows
    assert row["variance_ratio_before"] == pytest.approx(spread**2)
    assert ("variance-ratio" in codes(report)) == noted


def test_controls_that_are_matched_twice_are_noted() -> None:
    report = psmatch(replace=True)
    uses: dict[str, int] = {}
    for pair in report.table("pairs").rows:
        uses[str(pair["control"])] = uses.get(str(pair["control"]), 0) + 1
    reused = sum(n > 1 for n in uses.values())
    text = f"{reused} controls were matched to more than one treated patient, up to "
    assert f"{text}{max(uses.values())} times." in note(report, "controls-reused")
    assert "controls-reused" not in codes(psmatch())
    lalonde = hcc2l.psmatch(LALONDE, **WORKERS, replace=True)  # no outcome, no standard error
    assert "controls-reused" not in codes(lalonde)


# ---------------------------------------------------------------- every table, from the others


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
            (row,) = table(report, "overlap", sample=sample, group=level)
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
    (x,) = table(report, "baseline", variable="x")
    keys = ("median", "q1", "q3")
    assert [x[f"treated_{k}_before"] for k in keys] == [2.0, 1.5, 3.0]
    assert [x[f"control_{k}_before"] for k in keys] == [3.0, 1.75, 10.5]
    assert x["treated_count_before"] is x["control_percent_before"] is None
    (level,) = table(report, "baseline", variable="level")
    assert (level["level"], level["label"]) == ("v", "Level: v")
    assert (level["treated_count_before"], level["control_count_before"]) == (1, 3)
    assert (level["treated_percent_before"], level["control_percent_before"]) == (1 / 3, 0.75)
    headers = [column.header for column in report.table("baseline").columns]
    assert headers[1:3] == ["a (n=3)", "b (n=4)"]
    assert headers[5:7] == ["Matched a (n=3)", "Matched b (n=3)"]


def test_a_factor_has_its_p_in_its_first_row_only() -> None:
    rows = table(psmatch(covariates=["centre", "age"]), "baseline")
    assert [r["p_before"] is None for r in rows] == [False, True, True, False]
    assert [r["p_after"] is None for r in rows] == [False, True, True, False]
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
    (before,) = table(report, "effects", sample="before", model="cox")
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
    (row,) = table(report, "response", rate="CR")
    assert (row["treated_count_before"], row["control_count_before"]) == (6, 1)
    assert (row["treated_percent_before"], row["control_percent_before"]) == (0.6, 0.1)
    assert row["p_before"] == pytest.approx(0.0572755417956656, rel=1e-9)
    assert (row["test_before"], row["test_after"]) == ("fisher", "mcnemar")
    assert row["p_after"] == pytest.approx(chi_square_tail(1, 5.0))  # 5 pairs differ, all one way
    (orr,) = table(report, "response", rate="ORR")
    assert orr["p_before"] == row["p_before"]


# ---------------------------------------------------------------- where a note begins


def test_a_difference_equal_to_the_limit_is_balanced(monkeypatch: pytest.MonkeyPatch) -> None:
    largest = max(abs(r["smd_after"]) for r in table(psmatch(), "balance"))
    limit = "hcc2l.analyses.psmatch_text.LARGE_DIFFERENCE"
    monkeypatch.setattr(limit, largest)
    assert "imbalance" not in codes(psmatch())
    monkeypatch.setattr(limit, np.nextafter(largest, 0))
    assert "imbalance" in codes(psmatch())


@pytest.mark.parametrize(("lost", "noted"), [(4, False), (5, True)])
def test_more_than_a_fifth_of_the_treated_must_be_lost(
    lost: int, noted: bool, write: Write
) -> None:
    """20 treated, of whom 4 or 5 have a level that no control has."""
    rows = [("a", float(i), "w" if i < lost else "u") for i in range(20)]
    rows += [("b", float(i) + 0.5, "u") for i in range(25)]
    report = small(write, rows, covariates=["x"], exact=["level"], caliper="none")
    assert matched(report)[0] == 20 - lost
    assert ("treated-lost" in codes(report)) == noted
    if noted:
        assert "5 of 20 treated patients (25%) have no match (no control in the stratum: 5)." in (
            note(report, "treated-lost")
        )


@pytest.mark.parametrize(("beyond", "noted"), [(4, False), (5, True)])
def test_more_than_a_fifth_of_the_treated_must_be_without_overlap(
    beyond: int, noted: bool, write: Write
) -> None:
    rows = [("a", 50.0 + i if i < beyond else float(i), "u") for i in range(20)]
    rows += [("b", float(i), "u") for i in range(21)]
    report = small(write, rows, covariates=["x"], caliper="none")
    (row,) = table(report, "overlap", sample="before", group="a")
    assert row["outside"] == beyond
    assert ("no-overlap" in codes(report)) == noted


@pytest.mark.parametrize(("size", "noted"), [(20, False), (19, True)])
def test_ten_patients_per_parameter_are_enough(size: int, noted: bool, write: Write) -> None:
    rows = [("a", float(i * 7 % 10), "uv"[i % 2]) for i in range(size)]
    rows += [("b", float(i * 3 % 10), "uv"[i % 3 > 0]) for i in range(40)]
    report = small(write, rows, caliper="none")
    assert ("few-treated-per-covariate" in codes(report)) == noted


@pytest.mark.parametrize(("controls", "noted"), [(12, False), (11, True)])
def test_as_many_controls_as_treated_are_enough(controls: int, noted: bool, write: Write) -> None:
    rows = [("a", float(i * 7 % 10), "u") for i in range(12)]
    rows += [("b", float(i * 3 % 10), "u") for i in range(controls)]
    report = small(write, rows, covariates=["x"], caliper="none")
    assert ("more-treated-than-controls" in codes(report)) == noted


# ---------------------------------------------------------------- the last digit


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


# ---------------------------------------------------------------- bad input

Refuse = Callable[..., Outcome]


@pytest.fixture
def refuse(run: Run, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Refuse:
    monkeypatch.setenv("HCC2L_COHORT", str(SECOND_LINE))

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
        ((*LENVATINIB, "--order", "biggest"), WRONG, "biggest | Choose from: largest, smallest"),
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


def test_without_covariates_the_error_shows_what_to_type(refuse: Refuse, write: Write) -> None:
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
    refuse_small(
        refuse, write, rows, "copy separates the two treatments completely", "-x", "x,copy"
    )


def test_treatments_that_the_covariates_separate_are_refused(refuse: Refuse, write: Write) -> None:
    rows = [f"{'ab'[i % 2]},{i},{i + i % 2 * 0.5}" for i in range(20)]
    refuse_small(refuse, write, rows, "Together, | no overlap", "-x", "x,copy")


def test_a_group_without_complete_patients_is_refused(refuse: Refuse, write: Write) -> None:
    rows = [f"a,{i},y" for i in range(9)] + [f"b,,{'yz'[i % 2]}" for i in range(9)]
    refuse_small(refuse, write, rows, "No patient in the b group | x missing (9)", "-x", "x")


def test_covariates_that_do_not_vary_are_refused(refuse: Refuse, write: Write) -> None:
    rows = [f"{'ab'[i % 2]},5,y" for i in range(10)]
    refuse_small(refuse, write, rows, "No covariate varies", "-x", "x,copy")


def test_nobody_in_the_same_stratum_is_refused(refuse: Refuse, write: Write) -> None:
    rows = [f"{'ab'[i % 2]},{i * 7 % 10},{'AB'[i % 2]}" for i in range(20)]
    words = ("-x", "x", "--exact", "copy", "--caliper", "none")
    refuse_small(refuse, write, rows, "same stratum | fewer variables or on broader", *words)
    # Nor is it the caliper's fault when there is one.
    says = "same stratum. | fewer variables or on broader"
    refuse_small(refuse, write, rows, says, "-x", "x", "--exact", "copy")


def test_optimal_matching_of_too_many_patients_is_refused(
    refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hcc2l.analyses.psmatch_prepare.MOST_CELLS", 3000)
    says = "40 treated patients with 86 controls | GB | nearest"
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


# ---------------------------------------------------------------- the manuscript


def paragraph(**options: Any) -> str:
    return psmatch(**options).methods


@pytest.mark.parametrize(
    ("options", "present", "absent"),
    [
        (
            {},
            [
                "Propensity scores for lenvatinib versus sorafenib were estimated by logistic "
                "regression with age, sex, largest tumour, tumour number, extrahepatic spread, "
                "lymph node metastasis and Child-Pugh class as covariates.",
                "matched 1:1 to patients treated with sorafenib on the logit of the propensity "
                "score by nearest-neighbour matching without replacement, with the treated in "
                "descending order of the score, within a caliper of 0.2 standard deviations of the "
                "logit in all patients.",
                "Of 40 patients treated with lenvatinib and 86 treated with sorafenib, 35 and 35, "
                "respectively, were matched.",
                "calculated with the pooled standard deviation before matching; absolute values "
                "up to 0.1 were taken to indicate balance.",
                "Groups were compared before matching by the Mann–Whitney, Fisher's exact and χ² "
                "tests and after matching, within matched sets, by the Wilcoxon signed-rank and "
                "McNemar tests.",
                "survival, time to progression",
                "after matching, also by the log-rank test stratified by pair.",
                "Hazard ratios with 95% confidence intervals were estimated by Cox regression. "
                "After matching, standard errors were clustered on the pair. A further model of "
                "the matched patients was stratified by pair.",
                "The proportional-hazards assumption for the treatment was assessed by the "
                "Grambsch–Therneau score test.",
                "E-values were calculated",
            ],
            ["seed", "exactly on", "weighted", "boosted", "doubly robust", "scikit-learn"],
        ),
        ({"caliper": 1}, ["a caliper of 1 standard deviation of the logit"], []),
        (
            {"caliper": 0.05, "caliper_scale": "raw", "distance": "propensity"},
            ["on the propensity score by", "within a caliper of 0.05."],
            ["standard deviation of the score", "logit"],
        ),
        (
            {"caliper": 0.5, "distance": "propensity"},
            ["a caliper of 0.5 standard deviations of the score in all patients"],
            ["logit"],
        ),
        ({"caliper": "none"}, [], ["caliper"]),
        (
            {"method": "optimal", "exact": ["child_pugh", "afp@400"]},
            ["by optimal matching without replacement, within a caliper",
             "exactly on Child-Pugh class and AFP ≥400 ng/mL."],
            ["order of", "nearest", "child_pugh"],
        ),
        ({"order": "random", "seed": 7}, ["with the treated in random order (seed 7),"], []),
        ({"order": "data"}, ["with the treated in the order of the file,"], ["seed"]),
        ({"order": "smallest"}, ["with the treated in ascending order of the score,"], []),
        (
            {"order": "random", "replace": True},
            ["with replacement, within", "After matching, robust standard errors were used."],
            ["random", "seed", "clustered", "stratified", "McNemar", "after matching, within"],
        ),
        (
            {"ratio": 2},
            ["matched 1:2", "clustered on the matched set.", "was stratified by matched set.",
             "also by the log-rank test stratified by matched set", "Mantel–Haenszel"],
            ["the pair"],
        ),
        ({"smd": "att"}, ["the standard deviation of the treated before matching"], ["pooled"]),
        (
            {"weighting": "overlap"},
            ["In a second analysis, all patients were weighted by overlap weights.",
             "In the weighted analysis, robust standard errors were used."],
            ["inverse", "truncated"],
        ),
        (
            {"weighting": "iptw", "truncate": 0.01},
            ["weighted by inverse-probability weights for the effect in the treated, truncated at "
             "the 1% and 99% quantiles."],
            ["overlap", "stabilised"],
        ),
        (
            {"weighting": "iptw", "estimand": "ate"},
            ["weighted by stabilised inverse-probability weights."],
            ["in the treated", "truncated"],
        ),
        (
            {"weighting": "iptw", "estimand": "ate", "stabilised": False},
            ["weighted by inverse-probability weights."],
            ["stabilised"],
        ),
        (
            {"doubly_robust": True},
            ["Hazard ratios were additionally adjusted for the covariates (doubly robust)."],
            [],
        ),
        (
            {"covariates": ["afp@100", "albi@-2.6,-1.4", "age"]},
            ["AFP ≥100 ng/mL, ALBI score (<-2.6, -2.6–<-1.4, ≥-1.4) and age as covariates"],
            [],
        ),
        ({"covariates": ["age"]}, ["with age as covariate."], ["Fisher", "χ²", "McNemar"]),
        ({"endpoint": ["os"], "conf_level": 0.9}, ["Overall survival was estimated", "with 90%"],
         ["progression", "95%"]),
    ],
    ids=lambda value: ",".join(map(str, value)) if isinstance(value, dict) else "",
)  # fmt: skip
def test_the_methods_describe_what_was_done_and_nothing_else(
    options: Any, present: list[str], absent: list[str]
) -> None:
    text = paragraph(**options)
    for words in present:
        assert words in text, text
    for words in absent:
        assert words not in text, text


def test_boosting_states_its_seed_and_its_number_of_trees() -> None:
    report = psmatch(propensity="boosted", endpoint="os", seed=3, order="largest")
    footer = " ".join(report.provenance.footer)
    (trees,) = re.findall(r"boosted trees \((\d+)\)", footer)
    assert int(trees) % 10 == 0
    assert 0 < int(trees) <= 1000
    assert f"(scikit-learn; {trees} trees of depth 2" in report.methods
    assert "seed 3)" in report.methods
    assert "seed 3" in footer
    assert any("McCaffrey" in reference for reference in report.references)
    assert "seed" not in " ".join(psmatch(seed=3).provenance.footer)
    assert "seed" not in " ".join(psmatch(seed=3, order="random", replace=True).provenance.footer)
    assert "seed 3" in " ".join(psmatch(seed=3, order="random").provenance.footer)


def test_the_methods_of_a_cohort_without_endpoints_have_no_outcome() -> None:
    text = hcc2l.psmatch(LALONDE, **WORKERS).methods
    for words in ("Kaplan", "Hazard", "E-values", "proportional-hazards", "synthetic"):
        assert words not in text


def test_hazard_ratios_that_do_not_exist_are_not_in_the_methods() -> None:
    """In few_scores.csv no Cox model of the matched patients converges."""
    report = hcc2l.psmatch(
        SMALL / "few_scores.csv", treat="arm=new", time="time", event="ev=1",
        covariates=["x0", "x1"], distance="propensity", caliper=0.1,
    )  # fmt: skip
    assert "Hazard ratios" in report.methods
    assert "clustered" not in report.methods
    assert "A further model" not in report.methods


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Age", "age"), ("AFP", "AFP"), ("ALBI score", "ALBI score"), ("ECOG", "ECOG"),
        ("Child-Pugh class", "Child-Pugh class"), ("Largest tumour", "largest tumour"),
        ("Vp4", "Vp4"), ("BCLC stage", "BCLC stage"), ("Milan criteria", "Milan criteria"),
        ("PIVKA-II", "PIVKA-II"), ("Alpha-fetoprotein", "alpha-fetoprotein"), ("x1", "x1"),
        ("Follow-up", "follow-up"), ("2nd line", "2nd line"), ("", ""),
    ],
)  # fmt: skip
def test_labels_are_lower_case_inside_a_sentence_but_for_names(label: str, inside: str) -> None:
    assert in_sentence(label) == inside


def test_footnotes_name_the_standard_deviation_and_the_pairs() -> None:
    report = psmatch(smd="att")
    footnotes = report.table("baseline").footnotes
    assert "in units of the SD of the treated before matching." in footnotes[1]
    assert "in units of the pooled SD before matching." in psmatch().table("baseline").footnotes[1]
    within = "within pairs in which both responses are known"
    assert within in report.table("response").footnotes[1]
