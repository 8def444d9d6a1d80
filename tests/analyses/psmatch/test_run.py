"""`hcc2l psmatch` as a user relies on it: the treatment, invariance, notes, files, bad input."""

from __future__ import annotations

import csv
import io
import random
import tempfile
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
from hcc2l.report import Report
from hcc2l.specs import PsmatchSpec
from tests.analyses.psmatch.cohorts import SECOND_LINE, matched, psmatch
from tests.conftest import Run, Write
from tests.reports import rows_of

LINES = SECOND_LINE.read_text().splitlines()


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
        rows = rows_of(report, "baseline", variable=variable, level=level, sample="before")
        assert [row["count"] for row in rows] == [treated, control]
        assert rows[0]["p"] == rows[1]["p"] == pytest.approx(p, abs=0.0005)
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


def test_the_saved_cohort_gives_the_same_hazard_ratio(run: Run) -> None:
    words = (SECOND_LINE, "--treat", "lenvatinib", "--save", "matched.csv")
    assert run("psmatch", *words).status == 0
    words = ("cox", "matched.csv", "-x", "second_line", "--ref", "second_line=sorafenib",
             "--cluster", "pair", "--weights", "weight", "--json")  # fmt: skip
    row = run(*words).json["tables"]["terms"][0]
    (effect,) = rows_of(psmatch(), "effects", endpoint="os", model="cox-cluster")
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
    group: Any = typer.main.get_command(app)
    parameters = group.commands["psmatch"].get_params(typer.Context(group))
    names = {parameter.name for parameter in parameters}
    assert {field.name for field in fields(PsmatchSpec)} <= names
