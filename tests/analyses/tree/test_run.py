"""`hcc2l tree` as a user meets it: tables, words, notes, files, the Python object, refusals."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.dictionary import load_dictionary
from hcc2l.errors import InputError, UsageError
from tests.conftest import Run, Write

pytestmark = pytest.mark.usefixtures("frozen_cohort")
SORA2 = ("tree", "-x", "afp,child_pugh,ecog", "--alpha", "0.1")


def cohort_of(write: Write, rows: int = 90, **columns: Any) -> Path:
    """Survival that rises with `x` and differs between the groups of `g`; other columns as given.

    A column is a function of the row number.
    """
    made = {
        "patient_id": lambda i: f"P{i}",
        "time": lambda i: f"{1 + i % 30 + (20 if i % 3 else 0) + i / 1000:.3f}",
        "status": lambda i: int(i % 5 > 0),
        "x": lambda i: i % 30,
        "g": lambda i: "no" if i % 3 else "yes",
        **columns,
    }
    lines = [",".join(str(cell(i)) for cell in made.values()) for i in range(rows)]
    return write("c.csv", "\n".join([",".join(made), *lines]) + "\n")


def nodes(run: Run, *arguments: object) -> list[Any]:
    found: list[Any] = run("tree", *arguments, "--json", "--quiet").json["tables"]["nodes"]
    return found


def codes(run: Run, *arguments: object) -> list[str]:
    return [n["code"] for n in run("tree", *arguments, "--json", "--quiet").json["notes"]]


# ---------------------------------------------------------------- the bundled cohort


def test_the_bundled_cohort_splits_by_child_pugh_and_then_by_afp(run: Run) -> None:
    report = run(*SORA2, "--json", "--quiet").json
    found = report["tables"]["nodes"]
    assert [(n["node"], n["variable"]) for n in found] == [
        (1, "child_pugh"), (2, "afp"), (3, None), (4, None), (5, None)
    ]  # fmt: skip
    assert found[0]["left_levels"] == ["A"]
    assert found[3]["rule"] == "child_pugh in {A} and afp > 2645"
    assert found[3]["words"] == "Child-Pugh class A and AFP >2645"
    assert sum(n["n"] for n in found if n["terminal"]) == report["analysed"]["rows"]


def test_the_tree_is_drawn_with_splits_p_and_leaves(run: Run) -> None:
    out = run(*SORA2, "--quiet").out
    assert "[1] All patients (n = 126, 81 events), split by Child-Pugh class, p = 0.005" in out
    assert "│   ├── [3] AFP ≤2645: n = 65, 36 events, median 17.08 (10.28–20.34) months" in out


@pytest.mark.parametrize("format_", ["md", "html", "tex"])
def test_the_tree_stands_in_every_document(format_: str, run: Run) -> None:
    out = run(*SORA2, "--quiet", "--format", format_).out
    assert "split by Child-Pugh class, p = 0.005" in out
    assert out.index("split by AFP") < out.index("2645") < out.index("Nodes of the tree")


def test_word_holds_the_tree_indented(run: Run, workplace: Path) -> None:
    import docx

    assert run(*SORA2, "--quiet", "--out", "t.docx").status == 0
    lines = [p for p in docx.Document(str(workplace / "t.docx")).paragraphs if p.text[:1] == "["]
    assert [line.text[:3] for line in lines] == ["[1]", "[2]", "[3]", "[4]", "[5]"]
    indents = [line.paragraph_format.left_indent for line in lines]
    assert indents[0] < indents[1] < indents[2] == indents[3]


def test_csv_and_excel_write_levels_as_one_cell(run: Run, workplace: Path) -> None:
    import openpyxl

    done = run("tree", "-x", "response", "--alpha", "0.5", "--quiet", "--format", "csv",
               "--out", "t.xlsx")  # fmt: skip
    (root, *_) = csv.DictReader(done.out.splitlines())
    assert root["left_levels"] == "CR|PR|SD"
    sheet = openpyxl.load_workbook(workplace / "t.xlsx")["nodes"]
    column = [cell.value for cell in sheet[1]].index("left_levels")
    assert sheet[2][column].value == "CR|PR|SD"


# ---------------------------------------------------------------- terms


def test_a_number_is_used_unchanged_and_a_cut_makes_groups(run: Run) -> None:
    raw = nodes(run, "-x", "afp", "--alpha", "0.5")[0]
    assert (raw["kind"], raw["left_levels"]) == ("numeric", None)
    for options in (("-x", "afp@400"), ("-x", "afp@"), ("-x", "afp", "--cut", "afp=400")):
        cut = nodes(run, *options, "--alpha", "0.5")[0]
        assert (cut["kind"], cut["cutpoint"]) == ("factor", None)
        assert (cut["left_levels"], cut["right_levels"]) == (["<400"], ["≥400"])


def test_three_groups_of_a_number_keep_their_order(run: Run) -> None:
    (root, *_) = nodes(run, "-x", "afp@20/4000", "--alpha", "0.9")
    assert root["kind"] == "ordered"
    assert root["left_levels"] + root["right_levels"] == ["<20", "20–<4000", "≥4000"]


def test_the_reference_does_not_change_the_order_of_levels(run: Run) -> None:
    plain = run("tree", "-x", "ecog,albi_grade", "--alpha", "0.9", "--json", "--quiet").json
    referred = run("tree", "-x", "ecog,albi_grade", "--alpha", "0.9", "--ref", "ecog=1", "--json",
               "--quiet").json  # fmt: skip
    assert plain["tables"] == referred["tables"]
    assert plain["tables"]["nodes"][0]["kind"] == "ordered"


def test_ordered_levels_are_those_of_the_dictionary(run: Run, write: Write) -> None:
    names = ("mild", "severe", "awful")
    path = cohort_of(write, pain=lambda i: names[min(i % 30 // 10, 2)])
    write("hcc2l.toml", f'[columns.pain]\ntype = "ordered"\nlevels = {json.dumps(names)}\n')
    (root, *_) = nodes(run, path, "-x", "pain")
    assert root["kind"] == "ordered"
    assert root["left_levels"][0] == "mild"
    write("hcc2l.toml", '[columns.pain]\ntype = "factor"\n')
    (other, *_) = nodes(run, path, "-x", "pain")
    assert (other["kind"], set(other["left_levels"])) == ("factor", set(root["right_levels"]))


def test_an_ordered_factor_is_cut_like_its_numbers(run: Run, write: Write) -> None:
    path = cohort_of(write, grade=lambda i: i % 30 // 6)
    (root, left, right) = nodes(run, path, "-x", "grade", "--max-depth", "1")
    write("hcc2l.toml", '[columns.grade]\ntype = "ordered"\n')
    ordered = nodes(run, path, "-x", "grade", "--max-depth", "1")
    assert [row["n"] for row in ordered] == [root["n"], left["n"], right["n"]]
    assert ordered[0]["statistic"] == pytest.approx(root["statistic"])
    assert ordered[0]["left_levels"][-1] == str(int(root["cutpoint"]))


def test_a_comparison_is_a_candidate(run: Run) -> None:
    (root, left, _) = nodes(run, "-x", "child_pugh==B")
    assert (root["kind"], root["variable"]) == ("factor", "child_pugh==B")
    assert left["rule"] == "child_pugh==B in {no}"
    assert left["words"] == "Child-Pugh class = B no"


def test_several_cuts_of_one_number_become_one_interval(run: Run, write: Write) -> None:
    found = nodes(run, cohort_of(write), "-x", "x", "--alpha", "0.9", "--min-split", "10")
    deep = next(n for n in found if n["rule"].count("x ") == 2)
    low, high = (float(part.split()[-1]) for part in deep["rule"].split(" and "))
    assert low < high
    assert deep["words"] == f"X >{low:g} and ≤{high:g}"


def test_a_level_that_went_the_other_way_is_not_named_again(run: Run, write: Write) -> None:
    names = ("early", "middle", "late")
    path = cohort_of(write, when=lambda i: names[i % 3], time=lambda i: 1 + i % 9 + 20 * (i % 3))
    found = run("tree", path, "-x", "when", "--json", "--quiet").json["tables"]
    sides = [s["sides"] for s in found["splits"] if s["sides"]]
    assert sides == ["late | early or middle", "middle | early"]
    assert found["nodes"][-1]["rule"] == "when in {early}"


def test_a_cut_point_is_printed_as_the_data_has_it(run: Run, write: Write) -> None:
    path = cohort_of(write, x=lambda i: f"{(i % 30) / 10:.1f}")
    root, left, _ = nodes(run, path, "-x", "x", "--max-depth", "1")
    cut = root["cutpoint"]
    assert left["rule"] == f"x <= {cut}"
    assert len(str(cut)) == 3


def test_two_candidates_of_one_column_have_two_names(run: Run) -> None:
    asked = ("tree", "-x", "afp,afp@400,afp@200/400,age", "--alpha", "0.9", "--max-depth", "1")
    done = run(*asked, "--statistic", "max", "--methods", "--json", "--quiet").json
    text = done["methods"]["text"]
    assert (
        "with AFP (ng/mL), AFP (ng/mL, cut at 400), AFP (ng/mL, cut at 200 and 400) and age" in text
    )
    assert "at most 1 level of splits" in text
    shown = run("tree", "-x", "afp@400,afp", "--alpha", "0.9", "--quiet").out
    assert "AFP, ng/mL (cut at 400)" in shown
    alike = run("tree", "-x", "afp@400,afp>=400", "--alpha", "0.9", "--quiet").out
    assert "AFP, ng/mL (cut at 400)" in alike
    assert "AFP, ng/mL (afp>=400)" in alike
    assert "(cut at 400)" not in run("tree", "-x", "afp@400", "--alpha", "0.9", "--quiet").out


def test_adjacent_groups_of_a_number_are_one_condition(run: Run, write: Write) -> None:
    path = cohort_of(write, time=lambda i: f"{1 + i / 1000 + 20 * (i % 30 >= 10):.3f}")
    found = nodes(run, path, "-x", "x@5/10/20", "--max-depth", "1")
    assert [n["words"] for n in found[1:]] == ["X <10", "X ≥10"]
    assert found[2]["rule"] == "x@5/10/20 in {10–<20, ≥20}"


def test_a_level_with_a_comma_stands_in_quotation_marks(run: Run, write: Write) -> None:
    names = ('"a, b"', "c", "d")
    path = cohort_of(write, when=lambda i: names[i % 3], time=lambda i: 1 + i % 9 + 20 * (i % 3))
    found = nodes(run, path, "-x", "when")
    words = [n["words"] for n in found]
    assert words[:3] == ["All patients", "When d", 'When "a, b" or c']
    assert found[2]["rule"] == 'when in {"a, b", c}'


def test_negative_cut_points_have_a_minus_sign_for_people_only(run: Run, write: Write) -> None:
    found = nodes(run, cohort_of(write, x=lambda i: i % 30 - 90), "-x", "x", "--max-depth", "1")
    assert found[1]["rule"].startswith("x <= -")
    assert found[1]["words"].startswith("X ≤−")
    words = [n["words"] for n in nodes(run, "c.csv", "-x", "x@-80/-70", "--alpha", "0.9")]
    assert {"X <−80", "X ≥−70"} <= set(words)


# ---------------------------------------------------------------- options


def test_missing_rows_go_with_the_majority_or_are_excluded(run: Run) -> None:
    most = run(*SORA2, "--json", "--quiet").json
    drop = run(*SORA2, "--missing", "drop", "--json", "--quiet").json
    assert most["analysed"]["rows"] == 126
    assert "missing-with-majority" in [n["code"] for n in most["notes"]]
    assert drop["analysed"]["rows"] < 126
    assert {e["reason"] for e in drop["analysed"]["excluded"]} <= {
        "afp missing", "child_pugh missing", "ecog missing"
    }  # fmt: skip
    assert drop["analysed"]["excluded"]
    assert all(not n["n_missing"] for n in drop["tables"]["nodes"])


def test_candidates_are_ranked_in_every_node(run: Run) -> None:
    tables = run(*SORA2, "--json", "--quiet").json["tables"]
    for node in tables["nodes"]:
        found = [t for t in tables["tests"] if t["node"] == node["node"]]
        assert [t["rank"] for t in found] == [1, 2, 3]
        assert [t["p_adjusted"] for t in found] == sorted(t["p_adjusted"] for t in found)
    split = {s["node"]: s for s in tables["splits"]}
    assert (split[1]["variable"], split[1]["second"]) == ("child_pugh", "afp")
    assert split[1]["sides"] == "A | B"
    assert split[3]["sides"] is None


def test_without_adjustment_p_is_the_p_of_the_test(run: Run) -> None:
    tests = run(*SORA2, "--adjust", "none", "--json", "--quiet").json["tables"]["tests"]
    assert all(t["p"] == t["p_adjusted"] for t in tests)


def test_the_precision_of_the_maximum_statistic_is_given(run: Run) -> None:
    done = run("tree", "-x", "etiology,child_pugh", "--statistic", "max", "--quiet")
    assert "multivariate normal p to within 1e-09" in " ".join(done.out.split())


def test_max_depth_and_bucket_hold(run: Run) -> None:
    assert len(nodes(run, *SORA2[1:], "--max-depth", "1")) == 3
    found = nodes(run, *SORA2[1:], "--min-bucket", "30", "--missing", "drop")
    assert all(n["n"] >= 30 for n in found)


def test_assignments_name_row_id_and_leaf(run: Run) -> None:
    tables = run(*SORA2, "--where", "age>=60", "--assignments", "--json", "--quiet").json["tables"]
    rows = tables["assignments"]
    leaves = {n["node"]: n["n"] for n in tables["nodes"] if n["terminal"]}
    assert {leaf: sum(r["node"] == leaf for r in rows) for leaf in leaves} == leaves
    assert all(r["id"] == f"P{r['row']:03d}" for r in rows)


def test_save_writes_the_cohort_with_its_leaves(run: Run, workplace: Path, write: Write) -> None:
    path = cohort_of(write, time=lambda i: "" if i == 4 else 1 + i % 30 + (20 if i % 3 else 0))
    done = run(
        "tree", path, "-x", "g", "--save", "leaves.csv", "--quiet", "--json", "--assignments"
    )
    with (workplace / "leaves.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [r["patient_id"] for r in rows] == [f"P{i}" for i in range(90)]
    assert rows[4]["node"] == ""
    assigned = [r["node"] for r in done.json["tables"]["assignments"]]
    assert [r["node"] for i, r in enumerate(rows) if i != 4] == [f"node {n}" for n in assigned]


def test_the_saved_leaves_are_groups_to_every_command(run: Run, write: Write) -> None:
    run("tree", cohort_of(write), "-x", "g", "--save", "leaves.csv", "--quiet")
    tables = run("cox", "leaves.csv", "-x", "node", "--json", "--quiet").json["tables"]
    assert "node 3" in [row["level"] for row in tables["terms"]]


# ---------------------------------------------------------------- stability and forest


def test_stability_counts_the_choices_of_bootstrap_trees(run: Run) -> None:
    tables = run(*SORA2, "--boot", "40", "--json", "--quiet").json["tables"]
    rows = {row["variable"]: row for row in tables["stability"]}
    assert set(rows) == {"afp", "child_pugh", "ecog"}
    assert sum(row["root_count"] for row in rows.values()) <= 40
    for row in rows.values():
        assert row["root_count"] <= row["any_count"]
        assert row["any_share"] == row["any_count"] / 40
    assert rows["afp"]["cutpoint"] == 2645
    limits = [rows["afp"][f"cutpoint_{k}"] for k in ("lower", "median", "upper")]
    assert limits == sorted(limits)
    assert rows["child_pugh"]["cutpoint_median"] is None


def test_the_seed_decides_the_bootstrap(run: Run) -> None:
    def table(seed: int) -> Any:
        done = run(*SORA2, "--boot", "20", "--seed", seed, "--json", "--quiet")
        return done.json["tables"]["stability"]

    assert table(1) == table(1)
    assert table(1) != table(2)


@pytest.mark.parametrize("column", [{}, {"patient_id": lambda i: f"{i}"}])
def test_samples_do_not_depend_on_the_order_of_the_rows(
    column: Any, run: Run, write: Write, workplace: Path
) -> None:
    path = cohort_of(write, noise=lambda i: i * 7919 % 83, **column)
    heading, *lines = path.read_text().splitlines()
    shuffled = [lines[i * 37 % 90] for i in range(len(lines))]
    (workplace / "s.csv").write_text("\n".join([heading, *shuffled]) + "\n")
    asked = ("-x", "noise,g", "--boot", "15", "--json", "--quiet")
    plain, other = (run("tree", name, *asked).json["tables"] for name in ("c.csv", "s.csv"))
    assert plain["stability"] == other["stability"]


@pytest.mark.slow
def test_the_forest_does_not_depend_on_the_order_of_the_rows(
    run: Run, write: Write, workplace: Path
) -> None:
    path = cohort_of(write, noise=lambda i: i * 7919 % 83)
    heading, *lines = path.read_text().splitlines()
    (workplace / "s.csv").write_text("\n".join([heading, *reversed(lines)]) + "\n")
    asked = ("-x", "noise,g", "--forest", "--json", "--quiet")
    plain, other = (run("tree", name, *asked).json["tables"] for name in ("c.csv", "s.csv"))
    assert plain["importance"] == other["importance"]


def test_stability_finds_what_decides(run: Run, write: Write) -> None:
    path = cohort_of(write, noise=lambda i: i * 7919 % 83)
    done = run("tree", path, "-x", "noise,g", "--boot", "30", "--json", "--quiet").json
    rows = {row["variable"]: row for row in done["tables"]["stability"]}
    assert rows["g"]["root_share"] > 0.9
    assert rows["noise"]["root_share"] < 0.1


@pytest.mark.slow
def test_a_forest_ranks_what_decides_first_and_the_same_each_time(run: Run, write: Write) -> None:
    path = cohort_of(write, noise=lambda i: "" if i % 9 == 0 else i * 7919 % 83,
                     kind=lambda i: "abc"[i * 31 % 7 % 3])  # fmt: skip
    asked = ("tree", path, "-x", "noise,kind,g", "--forest", "--json", "--quiet")
    rows = run(*asked).json["tables"]["importance"]
    assert rows[0]["variable"] == "g"
    assert rows[0]["importance"] > 0.1
    assert all(r["importance_low"] <= r["importance"] <= r["importance_high"] for r in rows)
    assert rows == run(*asked).json["tables"]["importance"]


# ---------------------------------------------------------------- notes


def test_notes_of_a_tree_with_splits(run: Run) -> None:
    found = codes(run, *SORA2[1:])
    assert {"exploratory", "root-nearly-tied", "cutpoint-optimistic"} <= set(found)
    assert "cutpoint-optimistic" not in codes(run, *SORA2[1:], "--boot", "5")
    assert "See the stability table" in run(*SORA2, "--boot", "5").err
    assert "cutpoint-optimistic" not in codes(run, "-x", "child_pugh")
    assert "root-nearly-tied" not in codes(run, "-x", "child_pugh,sex")
    assert "root-nearly-tied" not in codes(run, "-x", "child_pugh,sex", "--alpha", "0.9")
    assert "root-nearly-tied" not in codes(run, *SORA2[1:3], "--alpha", "0.01")
    assert "few-events" in codes(run, "-x", "afp,albi_grade,crp", "--alpha", "0.9")
    assert "immortal-time" in codes(run, "-x", "response")


def test_a_single_node_has_a_reason(run: Run, write: Write) -> None:
    noise = run("tree", "-x", "age,sex")
    assert noise.status == 0
    assert (
        "single node: no adjusted p is below 0.05; the smallest is that of sex (p = " in noise.err
    )
    few = run("tree", cohort_of(write, rows=15), "-x", "g,x")
    assert few.status == 0
    assert "a split needs 20 patients (--min-split), and there are 15" in few.err
    tables = run("tree", cohort_of(write, rows=15), "-x", "g", "--json", "--quiet").json["tables"]
    assert (tables["leaf_tests"], tables["nodes"][0]["rule"]) == ([], "all")
    path = cohort_of(write, noise=lambda i: i * 7919 % 83)
    narrow = run("tree", path, "-x", "g,noise", "--min-bucket", "40")
    assert "no cut of the best candidates leaves at least 40 patients" in narrow.err


def test_a_constant_candidate_is_named(run: Run, write: Write) -> None:
    path = cohort_of(write, same=lambda _: 3)
    done = run("tree", path, "-x", "g,same")
    assert done.status == 0
    assert "same has the same value in all patients and cannot be chosen" in done.err


def test_a_candidate_that_is_not_tested_is_named(run: Run, write: Write) -> None:
    path = cohort_of(
        write, rare=lambda i: i if i < 12 else "", tiny=lambda i: f"{i % 30}e-9", same=lambda _: 3
    )
    done = run("tree", path, "-x", "g,rare,tiny,same")
    assert "fewer than 20 patients (--min-split) have a value: rare (12)." in done.err
    assert "Treated as constant, because the values are too close together: tiny." in done.err
    assert codes(run, path, "-x", "g,x").count("candidate-not-tested") == 0
    alone = run("tree", path, "-x", "tiny")
    assert "single node: no candidate could be tested." in alone.err


def test_times_that_are_all_equal_are_the_reason(run: Run, write: Write) -> None:
    path = cohort_of(write, time=lambda _: 5, status=lambda _: 1)
    done = run("tree", path, "-x", "x,g")
    assert "single node: all patients have the same follow-up time." in done.err
    assert "the best is" not in done.err


@pytest.mark.parametrize("power", [150, 155, 300])
@pytest.mark.parametrize("statistic", ["quad", "max"])
def test_very_large_values_give_the_tree_of_smaller_ones(
    power: int, statistic: str, run: Run, write: Write
) -> None:
    path = cohort_of(write, large=lambda i: f"{i % 30 - 9}e{power}")
    tables = [
        run("tree", path, "-x", name, "--statistic", statistic, "--json", "--quiet").json["tables"]
        for name in ("x", "large")
    ]
    for plain, large in zip(*(t["tests"] for t in tables), strict=True):
        assert large["statistic"] == pytest.approx(plain["statistic"], rel=1e-12)
    sizes = [[n["n"] for n in t["nodes"]] for t in tables]
    assert sizes[0] == sizes[1]


@pytest.mark.slow
def test_a_forest_takes_very_large_values(run: Run, write: Write) -> None:
    path = cohort_of(write, large=lambda i: "" if i == 4 else f"{i % 30}e300")
    rows = run("tree", path, "-x", "large,g", "--forest", "--json", "--quiet").json["tables"]
    assert len(rows["importance"]) == 2


SENTENCES: dict[str, tuple[tuple[str, ...], str]] = {
    "synthetic": ((), "The data are synthetic."),
    "endpoint": ((), "grown for overall survival with AFP (ng/mL), Child-Pugh class and ECOG"),
    "quadratic": ((), "(quadratic statistic, asymptotic p"),
    "Bonferroni": ((), "p with Bonferroni adjustment for the 3 candidates)"),
    "alpha": ((), "with the smallest p if this was below 0.1, at the cut"),
    "sizes": ((), "at least 20 patients in a node that was split"),
    "either side": ((), "at least 7 patients on either side"),
    "missing": ((), "patients with a missing value were assigned to the larger side"),
    "medians": ((), "Survival in the leaves was estimated by the Kaplan–Meier method, with 95%"),
    "maximum": (("--statistic", "max"), "(maximum-type statistic, asymptotic p"),
    "unadjusted": (("--adjust", "none"), "p without adjustment for the number of candidates)"),
    "depth": (("--max-depth", "2"), "and at most 2 levels of splits."),
    "dropped": (("--missing", "drop"), "with a missing value of a candidate were excluded"),
    "bootstrap": (("--boot", "3", "--seed", "4"), "tree in each of 3 bootstrap samples (seed 4)."),
    "single": (("--alpha", "0.0001"), "No p was below 0.0001 with an admissible cut, so no split"),
}
INSTEAD = {"maximum": "quadratic", "unadjusted": "Bonferroni", "dropped": "missing",
           "single": "alpha sizes either-side missing medians"}  # fmt: skip


@pytest.mark.parametrize("name", ["synthetic", *list(SENTENCES)[9:]])
def test_the_methods_say_what_was_done_and_nothing_else(name: str, run: Run) -> None:
    options, _ = SENTENCES[name]
    done = run(*SORA2, *options, "--methods", "--json", "--quiet").json["methods"]
    instead = {word.replace("-", " ") for word in INSTEAD.get(name, "").split()}
    expected = ({*list(SENTENCES)[:9]} - instead) | {name}
    assert {other for other, (_, text) in SENTENCES.items() if text in done["text"]} == expected
    assert "forest" not in done["text"]
    assert "  " not in done["text"]
    assert [r.partition(" ")[0] for r in done["references"]] == ["Hothorn", "Strasser", "Kaplan"]


@pytest.mark.slow
def test_the_methods_describe_the_forest(run: Run) -> None:
    done = run(*SORA2, "--forest", "--seed", "8", "--methods", "--json", "--quiet").json["methods"]
    assert (
        "(5 permutations), in 5-fold cross-validation of a random survival forest of 200 "
        in (done["text"])
    )
    assert "trees (seed 8)" in done["text"]
    assert done["references"][-1].startswith("Ishwaran")


def test_the_methods_of_a_cohort_that_was_too_small_claim_no_test(run: Run, write: Write) -> None:
    done = run("tree", cohort_of(write, rows=15), "-x", "g,x", "--methods", "--json", "--quiet")
    text = done.json["methods"]["text"]
    assert "No candidate could be tested, so the tree has a single node." in text
    assert "permutation test" not in text
    one = run("tree", cohort_of(write), "-x", "g", "--methods", "--json", "--quiet").json["methods"]
    assert "with g as the only candidate." in one["text"].replace("G", "g")
    assert "adjustment" not in one["text"]


# ---------------------------------------------------------------- other patients


@pytest.fixture
def fitted(write: Write) -> Any:
    path = cohort_of(write, x=lambda i: "" if i == 8 else i % 30)
    return hcc2l.fit_tree(path, covariates=["g", "x@median"], alpha=0.9)


def test_a_fitted_tree_gives_the_report_of_tree(fitted: Any, workplace: Path) -> None:
    report = hcc2l.tree(workplace / "c.csv", covariates=["g", "x@median"], alpha=0.9)
    assert fitted.report.tables == report.tables
    assert set(fitted.rules) == {
        row["node"] for row in report.table("nodes").rows if row["terminal"]
    }


def test_a_fitted_tree_assigns_its_own_patients(fitted: Any, workplace: Path) -> None:
    cohort = hcc2l.read_cohort(workplace / "c.csv")
    report = hcc2l.tree(cohort, covariates=["g", "x@median"], alpha=0.9, assignments=True)
    assert fitted.assign("c.csv").tolist() == fitted.assign(cohort).tolist()
    found = fitted.assign(cohort).tolist()
    assert found == list(report.table("assignments").column("node"))


def test_new_patients_need_no_endpoint_and_keep_the_cut_of_the_old(
    fitted: Any, write: Write
) -> None:
    rules = fitted.rules
    write("new.csv", "x,g\n100,no\n200,yes\n300,no\n,no\n")
    found = fitted.assign(hcc2l.read_cohort("new.csv"))
    assert found.shape == (4,)
    assert "≥" in rules[found[0]]  # x@median is the median of the patients it was grown on
    assert found[0] == found[2]
    assert found[0] != found[1]


def test_new_patients_with_an_unknown_level_are_refused(fitted: Any, write: Write) -> None:
    write("new.csv", "x,g\n1,maybe\n")
    with pytest.raises(InputError, match="levels that are not in the tree: maybe"):
        fitted.assign(hcc2l.read_cohort("new.csv"))
    write("other.csv", "x\n1\n")
    with pytest.raises(UsageError, match="no column 'g'"):
        fitted.assign(hcc2l.read_cohort("other.csv"))


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        ((), 2, "needs candidates"),
        (("-x", "nothing"), 2, "no column 'nothing'"),
        (("-x", "time"), 2, "part of the outcome"),
        (("-x", "patient_id"), 2, "identifies the patients"),
        (("-x", "many"), 2, "90 different values"),
        (("-x", "empty"), 1, "missing in all 90 patients"),
        (("-x", "g", "--alpha", "0"), 2, "out of range"),
        (("-x", "g", "--alpha", "1"), 2, "out of range"),
        (("-x", "g", "--min-split", "0"), 2, "min-split"),
        (("-x", "g", "--max-depth", "0"), 2, "max-depth"),
        (("-x", "g", "--statistic", "rank"), 2, "not a valid choice"),
        (("-x", "g", "--adjust", "holm"), 2, "not a valid choice"),
        (("-x", "g", "--missing", "guess"), 2, "not a valid choice"),
        (("-x", "g", "--event", "status=7"), 2, "7"),
        (("-x", "g", "--where", "status==0"), 1, "has the event"),
        (("-x", "g", "--where", "x>99"), 1, "No rows remain"),
        (("-x", "x,empty2", "--missing", "drop"), 1, "empty2"),
        (("-x", "g", "--forest", "--where", "x<4"), 1, "at least 10 events"),
        (("-x", "g", "--cut", "nosuch=3"), 2, "--cut: There is no column 'nosuch'"),
        (("-x", "g", "--ref", "nosuch=3"), 2, "--ref: There is no column 'nosuch'"),
    ],
)
def test_bad_input_is_refused_with_one_message(
    arguments: tuple[str, ...], status: int, says: str, run: Run, write: Write, workplace: Path
) -> None:
    path = cohort_of(write, many=lambda i: f"name {i}", empty=lambda _: "", empty2=lambda _: "")
    done = run("tree", path, *arguments, "--plot", "t.png", "--save", "s.csv")
    assert done.status == status, done.err
    assert says in done.err
    assert done.out == ""
    assert len(done.messages("error")) == 1
    assert "Traceback" not in done.err
    assert sorted(p.name for p in workplace.iterdir()) == ["c.csv"]


def test_an_adjustment_in_defaults_reaches_the_commands_that_have_it(write: Write) -> None:
    path = write("hcc2l.toml", '[defaults]\nadjust = "holm"\nalpha = 0.2\n')
    dictionary = load_dictionary(path)
    assert dictionary.options("km", {})["adjust"] == "holm"
    assert "adjust" not in dictionary.options("tree", {})
    assert dictionary.options("tree", {})["alpha"] == 0.2
    both = load_dictionary(write("hcc2l.toml", '[defaults]\nadjust = "none"\n'))
    assert both.options("km", {})["adjust"] == both.options("tree", {})["adjust"] == "none"


def test_the_dictionary_may_name_the_candidates(run: Run, write: Write) -> None:
    path = cohort_of(write)
    write("hcc2l.toml", '[tree]\ncovariates = ["g", "x"]\nalpha = 0.01\n')
    report = run("tree", path, "--json", "--quiet").json
    assert report["settings"]["covariates"] == ["g", "x"]
    assert report["settings"]["alpha"] == 0.01


def test_a_depth_that_is_no_number_has_a_hint_for_one(run: Run, write: Write) -> None:
    path = cohort_of(write)
    write("hcc2l.toml", '[tree]\nmax_depth = "none"\n')
    done = run("tree", path, "-x", "x")
    assert done.status == 2
    assert "Give a whole number such as 3, or omit the option." in done.err


@pytest.mark.parametrize(
    ("table", "option"),
    [("assignments", "--assignments"), ("stability", "--boot 200"), ("importance", "--forest")],
)
def test_a_table_that_has_to_be_asked_for_names_its_option(
    table: str, option: str, run: Run, write: Write
) -> None:
    done = run("tree", cohort_of(write), "-x", "x", "--format", "csv", "--table", table)
    assert done.status == 2
    assert f"Add {option}." in done.err


def test_a_text_of_several_columns_is_refused_in_python(write: Write) -> None:
    path = cohort_of(write)
    with pytest.raises(UsageError, match="a single string, not a list") as error:
        hcc2l.tree(path, covariates="x, g")
    assert error.value.hint == "Give a list: covariates=['x', 'g']."
    assert hcc2l.tree(path, covariates="x@5,10", where="g in no,yes").table("nodes").rows


def test_numbers_are_plain_numbers_in_every_format(run: Run) -> None:
    assert "float64" not in run(*SORA2, "--format", "csv", "--table", "tests", "--quiet").out
    report = hcc2l.tree(covariates=["afp", "etiology"], boot=2, assignments=True)
    for table in report.tables:
        for row in table.rows:
            assert all(not isinstance(value, np.generic) for value in row.values()), table.name


def test_a_text_of_many_values_is_a_candidate_when_its_levels_are_declared(
    run: Run, write: Write
) -> None:
    path = cohort_of(write, site=lambda i: f"site {i % 20}")
    assert run("tree", path, "-x", "site").status == 2
    levels = json.dumps([f"site {i}" for i in range(20)])
    write("hcc2l.toml", f"[columns.site]\nlevels = {levels}\n")
    assert nodes(run, path, "-x", "site")[0]["n"] == 90


def test_jobs_without_a_long_loop_are_noted() -> None:
    assert "--jobs has no effect without --boot or --forest." in [
        note.text for note in hcc2l.tree(covariates=["afp"], jobs=2).notes
    ]
