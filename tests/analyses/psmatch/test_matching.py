"""Who is matched with whom: exact terms, calipers, orders, ratios, seeds."""

from __future__ import annotations

import pytest

import hcc2l
from tests.analyses.psmatch.cohorts import SECOND_LINE, matched, psmatch
from tests.reports import rows_of


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
        (effect,) = rows_of(alone, "effects", sample="after", model="cox-cluster")
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
