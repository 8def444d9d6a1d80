"""The tables of `hcc2l response`, against R and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.report import Report
from hcc2l.stats.counts import chi_square, mcnemar
from tests.analyses.response.cohorts import cohort
from tests.conftest import DATA, Run, Write
from tests.reference import cases
from tests.reports import rows_of

SECOND_LINE = DATA / "second_line" / "cohort.csv"


@pytest.fixture
def small(write: Write) -> Report:
    """Two groups of 20 and 10 patients, some without a recorded response."""
    file = cohort(a=(1, 4, 6, 5, 2, 2), b=(0, 5, 2, 1, 0, 2))
    return hcc2l.response(write("c.csv", file), by="arm")


@pytest.mark.parametrize("case", cases.of_kind("tables", "response"), ids=cases.name)
@pytest.mark.parametrize(("ci", "key"), [("clopper-pearson", "clopper_pearson"),
                                         ("wilson", "wilson")])  # fmt: skip
def test_counts_rates_and_intervals_are_rs(case: Any, ci: Any, key: str, run: Run) -> None:
    arguments, expected = case["arguments"], case["expected"]
    file = cases.FOLDER / case["dataset"]
    group = ["--by", arguments["group"]] if arguments["group"] else []
    tables = run("response", file, *group, "--response", arguments["variable"], "--ci", ci,
                 "--json").json["tables"]  # fmt: skip
    for of in expected["groups"]:
        (counts,) = [row for row in tables["counts"] if row["group"] == of["group"]]
        assert {name: counts[name.lower()] for name in of["counts"]} == of["counts"]
        assert counts["known"] == of["n"]
        for rate in ("ORR", "DCR"):
            for ours, theirs in (("known", "all"), ("evaluable", "evaluable")):
                r = of[f"{rate.lower()}_{theirs}"]
                (row,) = [
                    row for row in tables["rates"]
                    if (row["group"], row["rate"], row["denominator"]) == (of["group"], rate, ours)
                ]  # fmt: skip
                assert (row["count"], row["n"]) == (r["x"], r["n"])
                assert [row["estimate"], row["lower"], row["upper"]] == pytest.approx(
                    [r["rate"], r[key]["lower"], r[key]["upper"]], rel=1e-8
                )
    for rate in ("ORR", "DCR") if group else ():
        (row,) = [
            row for row in tables["tests"] if (row["rate"], row["denominator"]) == (rate, "known")
        ]  # fmt: skip
        key_of = {"chi-square": "chisq_p", "fisher": "fisher_p"}[row["test"]]
        assert row["p"] == pytest.approx(expected[f"{rate.lower()}_test"][key_of], rel=1e-8)


@pytest.mark.parametrize("case", cases.load("response")["compared"], ids=cases.name)
def test_differences_and_odds_ratios_are_rs(case: Any, write: Write) -> None:
    (x, y), (n, m) = case["count"], case["n"]
    file = cohort(a=(0, x, 0, n - x), b=(0, y, 0, m - y))
    report = hcc2l.response(write("c.csv", file), by="arm", conf_level=case["level"])
    effects = {
        row["measure"]: [row["estimate"], row["lower"], row["upper"], row["p"]]
        for row in rows_of(report, "differences", rate="ORR", denominator="all")
    }
    expected = case["difference"]
    assert effects["difference"][:3] == pytest.approx(
        [expected["estimate"], expected["lower"], expected["upper"]], rel=1e-8, abs=1e-12
    )
    p = effects["difference"][3]
    assert p is None or p == pytest.approx(case["chi_square_p"], rel=1e-8) or p == pytest.approx(
        case["fisher_p"], rel=1e-8
    )  # fmt: skip
    ratio = case.get("odds_ratio")
    values = [ratio[key] for key in ("estimate", "lower", "upper", "p")] if ratio else [None] * 4
    assert effects["odds-ratio"] == (pytest.approx(values, rel=1e-8) if ratio else values)


def test_three_denominators_of_a_group(small: Report) -> None:
    assert rows_of(small, "counts", group="a") == [
        {"variable": "response", "group": "a", "n": 20, "known": 18, "evaluable": 16, "cr": 1,
         "pr": 4, "sd": 6, "pd": 5, "ne": 2}
    ]  # fmt: skip
    rates = rows_of(small, "rates", group="a", rate="DCR")
    assert [(row["denominator"], row["count"], row["n"]) for row in rates] == [
        ("all", 11, 20), ("known", 11, 18), ("evaluable", 11, 16),
    ]  # fmt: skip


def test_readers_see_all_patients_with_those_not_recorded(small: Report) -> None:
    rows = rows_of(small, "response", group="b")
    assert [(row["rate"], row["count"], row["percent"]) for row in rows] == [
        ("CR", 0, 0.0), ("PR", 5, 0.5), ("SD", 2, 0.2), ("PD", 1, 0.1), ("NE", 0, 0.0),
        ("not recorded", 2, 0.2), ("ORR", 5, 0.5), ("DCR", 7, 0.7),
    ]  # fmt: skip
    (note, *_) = small.table("response").footnotes
    assert note == (
        "Percentages are of all patients of the group; patients not evaluable or without a "
        "recorded response count as no response."
    )


def test_nothing_is_said_of_missing_responses_where_all_are_recorded(write: Write) -> None:
    report = hcc2l.response(write("c.csv", cohort(a=(1, 1, 1, 1))))
    assert "not recorded" not in report.table("response").column("rate")
    assert report.table("response").footnotes == ("Percentages are of all patients (n=4).",)


def test_a_missing_response_is_a_category_of_all_patients_only(small: Report) -> None:
    def p(rate: str, denominator: str) -> float:
        (row,) = rows_of(small, "tests", rate=rate, denominator=denominator)
        return row["p"]

    expected = {
        ("all", "all"): [[1, 0], [4, 5], [6, 2], [5, 1], [2, 0], [2, 2]],
        ("all", "known"): [[1, 0], [4, 5], [6, 2], [5, 1], [2, 0]],
        ("all", "evaluable"): [[1, 0], [4, 5], [6, 2], [5, 1]],
    }  # fmt: skip
    for (rate, denominator), counts in expected.items():
        found = chi_square(np.array(counts, dtype=float)).p
        assert p(rate, denominator) == pytest.approx(found)


def test_ne_is_not_tested_among_evaluable_patients(small: Report) -> None:
    assert not rows_of(small, "tests", rate="NE", denominator="evaluable")
    assert rows_of(small, "tests", rate="NE", denominator="known")


def test_ne_can_be_evaluable(write: Write) -> None:
    file = write("c.csv", cohort(a=(1, 4, 6, 5, 2, 2)))
    report = hcc2l.response(file, evaluable=["CR", "PR", "SD", "PD", "NE"])
    (counts,) = report.table("counts").rows
    assert counts["evaluable"] == counts["known"] == 18


def test_no_responders_have_an_upper_limit(write: Write) -> None:
    report = hcc2l.response(write("c.csv", cohort(a=(0, 0, 0, 10))))
    (row,) = rows_of(report, "rates", rate="ORR", denominator="all")
    assert (row["estimate"], row["lower"]) == (0.0, 0.0)
    assert row["upper"] == pytest.approx(1 - 0.025 ** (1 / 10))


def test_nobody_evaluable_has_no_rate_but_all_patients_have(write: Write) -> None:
    report = hcc2l.response(write("c.csv", cohort(a=(0, 0, 0, 0, 3), b=(0, 0, 0, 0, 1))), by="arm")
    for row in rows_of(report, "rates", denominator="evaluable"):
        assert (row["n"], row["estimate"], row["lower"]) == (0, None, None)
    for row in rows_of(report, "rates", denominator="all"):
        assert row["estimate"] == 0.0
    assert set(report.table("tests").column("p")) == {None}
    assert set(report.table("response").column("test")) == {None}


def test_three_groups_give_all_pairs_for_scripts_only(write: Write) -> None:
    file = cohort(a=(1, 4, 6, 5), b=(2, 5, 2, 1), c=(1, 2, 3, 4))
    report = hcc2l.response(write("c.csv", file), by="arm")
    rows = rows_of(report, "differences", rate="ORR", denominator="all", measure="difference")
    assert [(row["group_a"], row["group_b"]) for row in rows] == [
        ("a", "b"), ("a", "c"), ("b", "c"),
    ]  # fmt: skip
    assert rows[1]["estimate"] == pytest.approx(3 / 10 - 5 / 16)
    assert report.table("differences").columns == ()


def test_several_criteria_stand_side_by_side(write: Write) -> None:
    file = write("c.csv", "id,recist,mrecist\n1,PR,CR\n2,SD,PR\n3,PD,PD\n4,NE,\n")
    report = hcc2l.response(file, response=["recist", "mrecist"])
    orr = rows_of(report, "rates", rate="ORR", denominator="all")
    assert [(row["variable"], row["count"]) for row in orr] == [("recist", 1), ("mrecist", 2)]
    assert report.table("response").columns[0].labels == {"recist": "RECIST", "mrecist": "mRECIST"}
    assert report.title.startswith("RECIST and mRECIST — ")


def test_the_tests_agree_with_those_of_psmatch() -> None:
    """Before matching, of patients with a known response."""
    matched = hcc2l.psmatch(SECOND_LINE, treat="lenvatinib")
    report = hcc2l.response(SECOND_LINE, by="second_line")
    for row in matched.table("response").rows:
        (test,) = rows_of(report, "tests", rate=row["rate"], denominator="known")
        assert test["p"] == row["p_before"]
        assert test["p"] is None or test["test"] == row["test_before"]
    for row in rows_of(matched, "rates", sample="before", rate="DCR"):
        (rate,) = rows_of(report, "rates", rate="DCR", denominator="known", group=row["group"])
        assert {key: rate[key] for key in ("count", "n", "estimate", "lower", "upper")} == {
            key: row[key] for key in ("count", "n", "estimate", "lower", "upper")
        }


@pytest.mark.parametrize("ratio", [1, 2])
def test_paired_tests_agree_with_those_of_psmatch(ratio: int, write: Write) -> None:
    matched = hcc2l.psmatch(SECOND_LINE, treat="lenvatinib", ratio=ratio)
    assert matched.save is not None
    file = write("matched.csv", matched.save())
    dictionary = (SECOND_LINE.parent / "hcc2l.toml").read_text(encoding="utf-8")
    write("hcc2l.toml", dictionary.replace('cohort = "cohort.csv"\n', ""))
    report = hcc2l.response(file, by="second_line", pair="pair")
    for row in matched.table("response").rows:
        (test,) = rows_of(report, "tests", rate=row["rate"], denominator="known")
        if row["p_after"] is None:
            assert test["p"] is None
        else:
            assert test["p"] == pytest.approx(row["p_after"], rel=1e-12)
            assert test["test"] == row["test_after"]


def paired(*pairs: tuple[str, str]) -> str:
    lines = ["id,arm,response,pair"]
    for number, responses in enumerate(pairs):
        lines += [f"{arm}{number},{arm},{r},{number}" for arm, r in zip("ab", responses,
                                                                       strict=True)]  # fmt: skip
    return "\n".join(lines) + "\n"


def test_mcnemar_by_hand(write: Write) -> None:
    file = paired(*[("PR", "PD")] * 6, *[("SD", "CR")] * 2, *[("PR", "CR")] * 3, ("SD", ""))
    report = hcc2l.response(write("c.csv", file), by="arm", pair="pair")
    (known,) = rows_of(report, "tests", rate="ORR", denominator="known")
    expected = mcnemar(6, 2, corrected=False)
    assert (known["test"], known["df"]) == ("mcnemar", 1)
    assert [known["statistic"], known["p"]] == pytest.approx([expected.statistic, expected.p])
    assert "differences" not in [table.name for table in report.tables]


def test_a_missing_response_counts_in_a_pair_as_no_response(write: Write) -> None:
    file = paired(*[("PR", "PD")] * 2, ("PR", ""), ("PD", "PR"))
    report = hcc2l.response(write("c.csv", file), by="arm", pair="pair")
    (everyone,) = rows_of(report, "tests", rate="ORR", denominator="all")
    assert everyone["statistic"] == pytest.approx((3 - 1) ** 2 / 4)
    (known,) = rows_of(report, "tests", rate="ORR", denominator="known")
    assert known["statistic"] == pytest.approx((2 - 1) ** 2 / 3)


def test_best_changes_fall_from_growth_to_shrinkage(write: Write) -> None:
    file = write(
        "c.csv",
        "id,response,change\n07,PD,35.5\n8,PR,-40\n9,SD,\n10,,5\n11,CR,-100\n",
    )
    report = hcc2l.response(file, best_change="change")
    assert [tuple(row.values()) for row in report.table("best_change").rows] == [
        ("07", "all", 35.5, "PD"), ("10", "all", 5.0, None), ("8", "all", -40.0, "PR"),
        ("11", "all", -100.0, "CR"),
    ]  # fmt: skip
    assert report.table("best_change").columns == ()  # patients are not listed in documents
