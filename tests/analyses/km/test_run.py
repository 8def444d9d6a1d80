"""What a user relies on in `hcc2l.km`, beside the numbers of the frozen cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.stats.competing import gray_test
from hcc2l.stats.kaplan_meier import curves_cross, kaplan_meier, quantiles
from hcc2l.stats.logrank import logrank, trend
from hcc2l.stats.parametric import fit_parametric
from tests.analyses.km.cohorts import DATA, SECOND_LINE, km
from tests.reports import codes, rows_of


def test_observed_follow_up_has_quartiles_of_each_group(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("time,status,arm\n" + "".join(f"{t},1,{'AB'[t > 5]}\n" for t in range(1, 11)))
    groups = hcc2l.km(path, time="time", event="status", by="arm").table("groups")
    assert [(r["observed_q1"], r["observed_q3"]) for r in groups.rows] == [(2, 4), (7, 9)]
    assert groups.footnotes[0].endswith("time to event or censoring, quartiles 2–4 (A), 7–9 (B).")
    alone = hcc2l.km(path, time="time", event="status").table("groups")
    assert (alone.rows[0]["observed_q1"], alone.rows[0]["observed_q3"]) == (3.25, 7.75)
    assert alone.footnotes[0].endswith("quartiles 3.2–7.8.")


def test_an_unknown_competing_event_is_excluded_and_counted(tmp_path: Path) -> None:
    text = "t,ev,comp\n1,1,0\n2,0,1\n3,0,\n4,1,0\n5,0,1\n6,1,0\n7,0,\n8,0,0\n9,1,\n"
    report = km(tmp_path, text, time="t", event="ev", competing="comp", at=[3, 8])
    assert report.provenance.analysed == 7
    assert [(e.reason, e.rows) for e in report.provenance.excluded] == [("comp missing", 2)]
    # R: cmprsk::timepoints(cuminc(t, c), c(3, 8)) on the other seven rows
    found = [r["estimate"] for r in rows_of(report, "cumulative_incidence", cause="ev")]
    assert found == pytest.approx([0.142857142857143, 0.428571428571429])


def test_a_limit_of_the_median_is_where_its_curve_is_first_below_one_half() -> None:
    # R: print(survfit(...)); the lower curve rises again, and quantile(survfit(...)) says 19.19
    report = hcc2l.km(SECOND_LINE, by="child_pugh_score")
    (row,) = rows_of(report, "groups", group="7")
    assert (row["median"], row["lower"], row["upper"]) == (5.26, 3.29, 7.0)
    (quantile,) = rows_of(report, "quantiles", group="7", quantile=0.5)
    assert (quantile["lower"], quantile["upper"]) == (3.29, 7.0)


def test_a_pair_that_no_stratum_compares_has_no_p_and_a_note() -> None:
    report = hcc2l.km(DATA / "disjw.csv", by="arm", strata="centre", pairwise=True, weights="w")
    first, *others = report.table("pairwise").rows
    assert (first["statistic"], first["p"], first["p_adjusted"]) == (None, None, None)
    smallest = min(float(str(row["p"])) for row in others)
    assert min(float(str(row["p_adjusted"])) for row in others) == pytest.approx(2 * smallest)
    assert "test-not-estimable" in codes(report)


def test_limits_under_fractional_weights_do_not_depend_on_rounding() -> None:
    # R: quantile(survfit(Surv(time, status) ~ 1, weights = w), 0.5)$lower is 4
    time = np.arange(1.0, 9.0)
    event = np.array([1, 0, 0, 1, 0, 0, 0, 0], dtype=bool)
    weights = np.array([1.1, 1.6, 0.8, 1.6, 1.1, 1.6, 1.6, 0.5])
    curve = kaplan_meier(time, event, weights)
    (median,) = quantiles(curve, (0.5,), "log", 0.95)
    assert median.lower == 4.0
    assert len(set(curve.std_err_log.tolist())) == 2  # it changes at the two events alone


def test_nobody_is_censored_at_a_death_because_of_rounding() -> None:
    rng = np.random.default_rng(1)
    time, weights = np.arange(1.0, 31.0), rng.uniform(0.2, 3, 30)
    curve = kaplan_meier(time, np.ones(30, dtype=bool), weights)
    assert np.all(curve.n_censor == 0)


def test_times_from_a_landmark_are_found_despite_rounding(tmp_path: Path) -> None:
    text = "time,status\n3.6,1\n5,1\n6,0\n3.6,1\n7,0\n4,1\n"
    plain = km(tmp_path, text, at=[3.6])
    moved = km(tmp_path, text, at=[2.4], landmark=1.2)  # 3.6 - 1.2 is 2.4000000000000004
    for key in ("n_risk", "estimate", "lower", "upper"):
        assert rows_of(moved, "survival")[0][key] == rows_of(plain, "survival")[0][key]


def test_numbers_at_risk_of_the_figure_are_those_of_the_table(tmp_path: Path) -> None:
    text = "time,status\n" + "".join(f"{t},1\n" for t in (4.1, 5.1, 6.1, 7.1, 8.1))
    report = km(tmp_path, text, landmark=3.1, at=[1, 2, 3, 4])
    assert report.draw is not None
    drawn = {r["time"]: r["n_risk"] for r in report.draw().tables["at_risk"].rows}
    for row in rows_of(report, "survival"):
        assert drawn.get(row["time"], row["n_risk"]) == row["n_risk"]


def test_incidence_is_not_carried_beyond_follow_up(tmp_path: Path) -> None:
    text = "t,ev,g\n1,1,short\n2,2,short\n3,0,short\n5,1,long\n9,2,long\n20,0,long\n"
    report = km(tmp_path, text, time="t", event="ev=1", competing="ev=2", by="g", at=[2, 12])
    for row in rows_of(report, "cumulative_incidence", group="short", time=12.0):
        assert row["estimate"] is None
        assert row["lower"] is None
    for row in rows_of(report, "cumulative_incidence", group="long", time=12.0):
        assert row["estimate"] is not None


@pytest.mark.parametrize("family", ["weibull", "lognormal", "loglogistic"])
@pytest.mark.parametrize(
    ("time", "event"),
    [([3, 5, 7, 8, 9, 10], [0, 0, 0, 0, 0, 1]), ([5, 5, 5, 5], [1, 1, 1, 1]), ([15.8], [1])],
)
def test_a_model_without_maximum_is_not_fitted(
    family: Any, time: list[float], event: list[int]
) -> None:
    # R: survreg "Ran out of iterations and did not converge"
    assert fit_parametric(np.array(time, dtype=float), np.array(event, dtype=bool), family) is None


def test_a_model_that_could_not_be_fitted_has_a_note(tmp_path: Path) -> None:
    text = "time,status,g\n" + "".join(f"{t},1,A\n" for t in range(1, 20)) + "15.8,1,B\n9,0,B\n"
    report = km(tmp_path, text, by="g", parametric=["weibull"])
    (note,) = [n for n in report.notes if n.code == "model-not-fitted"]
    assert "B: Weibull" in note.text


def test_a_trend_does_not_depend_on_levels_that_do_not_occur(tmp_path: Path) -> None:
    text = "time,status,g\n" + "".join(f"{i % 17 + 1},{i % 3 > 0:d},{'ABCD'[i % 4]}\n"
                                       for i in range(80))  # fmt: skip
    plain = km(tmp_path, text, by="g", trend=True, where=["g!=B"])
    (tmp_path / "hcc2l.toml").write_text('[columns.g]\nlevels = ["A", "B", "C", "D"]\n')
    declared = km(tmp_path, text, by="g", trend=True, where=["g!=B"])
    assert rows_of(plain, "tests", test="logrank-trend") == rows_of(
        declared, "tests", test="logrank-trend"
    )


def test_a_trend_does_not_depend_on_the_reference() -> None:
    options: dict[str, Any] = {"time": "time", "event": "status=2", "by": "ph.ecog", "trend": True}
    plain = hcc2l.km(DATA / "lung.csv", **options)
    other = hcc2l.km(DATA / "lung.csv", ref=["ph.ecog=2"], **options)
    (a,) = rows_of(plain, "tests", test="logrank-trend")
    (b,) = rows_of(other, "tests", test="logrank-trend")
    assert a["statistic"] == pytest.approx(b["statistic"])
    assert other.provenance.settings["levels"][0] == "2"  # type: ignore[index]  # a list, in this case
    assert other.provenance.settings["trend_levels"] == ["0", "1", "2", "3"]


def test_a_median_cut_is_that_of_the_rows_analysed(tmp_path: Path) -> None:
    text = "time,status,num,s\n" + "".join(
        f"{i},1,{i},{'' if i > 7 else i % 2}\n" for i in range(1, 12)
    )
    report = km(tmp_path, text, by="num@median", strata="s")
    assert list(report.table("groups").column("group")) == ["<4", "≥4"]


def test_a_variance_of_nothing_but_rounding_gives_no_p() -> None:
    rng = np.random.default_rng(10)
    for _ in range(50):
        weights = rng.uniform(0.2, 1.2, 20)
        for weight in ("logrank", "gehan", "tarone-ware", "peto"):
            test = logrank(
                np.full(20, 5.0), np.ones(20, dtype=bool), rng.integers(0, 2, 20), 2,
                weight=weight, case_weights=weights,  # type: ignore[arg-type]  # drawn from the choices
            )  # fmt: skip
            assert np.isnan(test.p)
            assert np.isnan(trend(test, np.array([0.0, 1.0]))[1])


def test_grays_statistic_is_never_negative() -> None:
    rng = np.random.default_rng(4)
    for _ in range(300):
        n = int(rng.integers(3, 12))
        cause = rng.integers(0, 3, n)
        test = gray_test(rng.integers(1, 6, n).astype(float), cause, rng.integers(0, 2, n), 2, 1)
        assert np.isnan(test.statistic) or test.statistic >= 0


@pytest.mark.parametrize("n", [30, 60, 100])
def test_equal_groups_rarely_give_a_note_of_crossing(n: int) -> None:
    rng = np.random.default_rng(n)
    crossed = 0
    for _ in range(200):
        time, censoring = rng.exponential(10, (2, n)), rng.uniform(5, 40, (2, n))
        event = time <= censoring
        a, b = (kaplan_meier(np.minimum(time[g], censoring[g]), event[g]) for g in (0, 1))
        crossed += curves_cross(a, b) is not None
    assert crossed <= 0.05 * 200


def test_a_landmark_at_zero_does_not_silence_the_warning_of_immortal_time() -> None:
    report = hcc2l.km(DATA / "hcc424.csv", by="response", landmark=0)
    assert "immortal-time" in codes(report)
    later = hcc2l.km(DATA / "hcc424.csv", by="response", landmark=2)
    assert "immortal-time" not in codes(later)


def test_weights_are_fractional_for_all_groups_or_for_none(tmp_path: Path) -> None:
    # R decides over all weights at once: with a fraction in one group, the other is robust too.
    lines = ["time,status,g,w"]
    lines += [f"{i % 19 + 1},{i % 3 > 0:d},{'AB'[i % 2]},{(2, 1.5)[i % 2]}" for i in range(60)]
    both = km(tmp_path, "\n".join(lines) + "\n", by="g", weights="w", at=[6])
    alone = km(tmp_path, "\n".join(lines) + "\n", where=["g==A"], weights="w", at=[6])
    a, b = rows_of(both, "survival", group="A")[0], rows_of(alone, "survival")[0]
    assert a["estimate"] == b["estimate"]
    assert a["std_err"] > b["std_err"]  # robust with the other group, repeated rows without it
