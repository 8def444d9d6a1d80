"""What a user relies on in `hcc2l.km`, beside the numbers of the frozen cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hcc2l
from hcc2l.render import render_report
from hcc2l.report import Report
from hcc2l.stats.competing import gray_test
from hcc2l.stats.kaplan_meier import curves_cross, kaplan_meier, quantiles
from hcc2l.stats.logrank import logrank, trend
from hcc2l.stats.parametric import fit_parametric

DATA = Path(__file__).parent / "reference" / "data"
SECOND_LINE = DATA / "second_line" / "cohort.csv"


def km(folder: Path, text: str, **options: Any) -> Report:
    path = folder / "cohort.csv"
    path.write_text(text)
    return hcc2l.km(path, **options)


def rows(report: Report, table: str, **where: Any) -> list[Any]:
    return [r for r in report.table(table).rows if all(r[k] == v for k, v in where.items())]


def codes(report: Report) -> list[str]:
    return [note.code for note in report.notes]


def test_an_unknown_competing_event_is_excluded_and_counted(tmp_path: Path) -> None:
    text = "t,ev,comp\n1,1,0\n2,0,1\n3,0,\n4,1,0\n5,0,1\n6,1,0\n7,0,\n8,0,0\n9,1,\n"
    report = km(tmp_path, text, time="t", event="ev", competing="comp", at=[3, 8])
    assert report.provenance.analysed == 7
    assert [(e.reason, e.rows) for e in report.provenance.excluded] == [("comp missing", 2)]
    # R: cmprsk::timepoints(cuminc(t, c), c(3, 8)) on the other seven rows
    found = [r["estimate"] for r in rows(report, "cumulative_incidence", cause="ev")]
    assert found == pytest.approx([0.142857142857143, 0.428571428571429])


def test_a_limit_of_the_median_is_where_its_curve_is_first_below_one_half() -> None:
    # R: print(survfit(...)); the lower curve rises again, and quantile(survfit(...)) says 19.19
    report = hcc2l.km(SECOND_LINE, by="child_pugh_score")
    (row,) = rows(report, "groups", group="7")
    assert (row["median"], row["lower"], row["upper"]) == (5.26, 3.29, 7.0)
    (quantile,) = rows(report, "quantiles", group="7", quantile=0.5)
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
        assert rows(moved, "survival")[0][key] == rows(plain, "survival")[0][key]


def test_numbers_at_risk_of_the_figure_are_those_of_the_table(tmp_path: Path) -> None:
    text = "time,status\n" + "".join(f"{t},1\n" for t in (4.1, 5.1, 6.1, 7.1, 8.1))
    report = km(tmp_path, text, landmark=3.1, at=[1, 2, 3, 4])
    assert report.draw is not None
    drawn = {r["time"]: r["n_risk"] for r in report.draw().tables["at_risk"].rows}
    for row in rows(report, "survival"):
        assert drawn.get(row["time"], row["n_risk"]) == row["n_risk"]


def test_incidence_is_not_carried_beyond_follow_up(tmp_path: Path) -> None:
    text = "t,ev,g\n1,1,short\n2,2,short\n3,0,short\n5,1,long\n9,2,long\n20,0,long\n"
    report = km(tmp_path, text, time="t", event="ev=1", competing="ev=2", by="g", at=[2, 12])
    for row in rows(report, "cumulative_incidence", group="short", time=12.0):
        assert row["estimate"] is None
        assert row["lower"] is None
    for row in rows(report, "cumulative_incidence", group="long", time=12.0):
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
    assert rows(plain, "tests", test="logrank-trend") == rows(
        declared, "tests", test="logrank-trend"
    )


def test_a_trend_does_not_depend_on_the_reference() -> None:
    options: dict[str, Any] = {"time": "time", "event": "status=2", "by": "ph.ecog", "trend": True}
    plain = hcc2l.km(DATA / "lung.csv", **options)
    other = hcc2l.km(DATA / "lung.csv", ref=["ph.ecog=2"], **options)
    (a,) = rows(plain, "tests", test="logrank-trend")
    (b,) = rows(other, "tests", test="logrank-trend")
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
    a, b = rows(both, "survival", group="A")[0], rows(alone, "survival")[0]
    assert a["estimate"] == b["estimate"]
    assert a["std_err"] > b["std_err"]  # robust with the other group, repeated rows without it


# ---------------------------------------------------------------- the landmark


@pytest.mark.parametrize("landmark", [3, 0.3])
@pytest.mark.parametrize("event", [1, 0])
def test_patients_who_leave_exactly_at_the_landmark_are_excluded(
    landmark: float, event: int, tmp_path: Path
) -> None:
    unit = landmark / 3
    at, rest = f"{landmark},{event}", "".join(f"{unit * t:g},1\n" for t in (4, 5, 6))
    report = km(tmp_path, f"time,status\n{at}\n{rest}", landmark=landmark)
    (excluded,) = report.provenance.excluded
    reason = "event" if event else "censored"
    assert (excluded.reason, excluded.rows) == (f"{reason} by the landmark, {landmark:g}", 1)
    (row,) = rows(report, "groups")
    assert (row["n"], row["events"]) == (3, 3)
    assert row["observed_min"] == pytest.approx(unit)  # counted from the landmark


def test_patients_who_leave_just_after_the_landmark_stay(tmp_path: Path) -> None:
    report = km(tmp_path, "time,status\n3.01,1\n4,1\n5,0\n", landmark=3)
    assert not report.provenance.excluded
    assert rows(report, "groups")[0]["observed_min"] == 0.01


# ---------------------------------------------------------------- notes, titles, footnotes


def note(report: Report, code: str) -> str:
    (text,) = [n.text for n in report.notes if n.code == code]
    return text


def test_several_tests_of_one_question_are_counted() -> None:
    both = hcc2l.km(SECOND_LINE, by="bclc", strata="sex", trend=True)
    assert note(both, "multiple-tests").startswith("3 tests address the same question")
    assert "multiple-tests" not in codes(hcc2l.km(SECOND_LINE, by="bclc"))
    competing: dict[str, Any] = {"endpoint": "ttp", "competing": "death", "by": "bclc"}
    assert "multiple-tests" not in codes(hcc2l.km(SECOND_LINE, **competing))
    apart = hcc2l.km(DATA / "disjw.csv", by="arm", where=["arm in A,B"], strata="centre")
    assert "multiple-tests" not in codes(apart)  # the stratified test is not possible


def test_pairs_without_adjustment_are_counted() -> None:
    options: dict[str, Any] = {"by": "arm", "strata": "centre", "pairwise": True}
    report = hcc2l.km(DATA / "disjw.csv", adjust="none", **options)
    assert note(report, "multiple-tests").startswith("2 pairs were tested without adjustment")
    adjusted = hcc2l.km(SECOND_LINE, by="etiology", pairwise=True)
    assert "multiple-tests" not in codes(adjusted)
    one = hcc2l.km(SECOND_LINE, by="bclc", pairwise=True, adjust="none")
    assert "multiple-tests" not in codes(one)


def test_tests_and_pairs_that_are_not_possible_are_named() -> None:
    report = hcc2l.km(
        DATA / "disjw.csv", by="arm", where=["arm in A,B"], strata="centre", pairwise=True
    )
    assert note(report, "test-not-estimable") == (
        "No test is possible for: Log-rank, stratified; A versus B. At no event time were "
        "these groups at risk together in the same stratum with any patient remaining event-free. "
        "Combine groups or strata."
    )


def crossing(folder: Path, **options: Any) -> Report:
    """Arm B dies first at 1 to 3 months, arm A after 6."""
    early = [1, 2, 3] * 5 + [12 + i for i in range(15)]
    late = [6 + i / 10 for i in range(28)] + [13, 14]
    text = "time,status,arm\n" + "".join(f"{t},1,B\n" for t in early)
    return km(folder, text + "".join(f"{t},1,A\n" for t in late), by="arm", **options)


def test_curves_that_cross_give_a_note_with_the_time_and_advice(tmp_path: Path) -> None:
    text = note(crossing(tmp_path), "curves-cross")
    assert text.startswith("The curves of A and B cross near 7.4: ")
    assert "Compare restricted means as well (--tau T), or plan a weighted test" in text
    fh = note(crossing(tmp_path, test=["fh"], gamma=1), "curves-cross")
    assert fh.endswith("Compare restricted means as well (--tau T).")
    tau = note(crossing(tmp_path, tau=10), "curves-cross")
    assert tau.endswith("Plan a weighted test (--test fh --rho 0 --gamma 1 for late differences).")
    both = note(crossing(tmp_path, tau=10, test=["fh"], gamma=1), "curves-cross")
    assert both.endswith("may miss such a difference.")


def test_curves_of_few_events_do_not_give_a_note_of_crossing(tmp_path: Path) -> None:
    report = crossing(tmp_path, where=["time>=2.5"])  # 20 events in arm B
    assert "curves-cross" in codes(report)
    text = (tmp_path / "cohort.csv").read_text().splitlines()
    few = [text[0], *text[1:20:3], text[20], text[21], *text[31:]]  # 9 events in arm B
    assert sum(line.endswith("B") for line in few) == 9
    assert "curves-cross" not in codes(km(tmp_path, "\n".join(few) + "\n", by="arm"))


def test_a_competing_event_has_no_median_and_a_note() -> None:
    report = hcc2l.km(SECOND_LINE, endpoint="ttp", competing="death")
    assert rows(report, "groups")[0]["median"] is None
    assert "competing-risks" in codes(report)
    assert "competing-risks" not in codes(hcc2l.km(SECOND_LINE, endpoint="ttp"))


def test_events_and_competing_events_are_counted_by_group() -> None:
    report = hcc2l.km(SECOND_LINE, endpoint="ttp", competing="death", by="second_line")
    counts = [(row["n"], row["events"], row["competing_events"])
              for row in report.table("groups").rows]  # fmt: skip
    assert counts == [(40, 35, 1), (86, 72, 7)]  # of the file: pfs_months, progression, death


def test_restricted_means_are_displayed_with_two_decimals() -> None:
    text = str(render_report(hcc2l.km(SECOND_LINE, tau=12.0, by="bclc"), "md"))
    assert "| 8.66 (6.49–10.82) |" in " ".join(text.split())
    assert "| −1.07 (−3.37 to 1.23) | 0.360 |" in " ".join(text.split())


def test_times_out_of_order_give_a_note() -> None:
    assert "the times 12, 5, which are not in ascending order" in note(
        hcc2l.km(SECOND_LINE, at=[12, 5]), "times-unordered"
    )
    assert "times-unordered" not in codes(hcc2l.km(SECOND_LINE, at=[5, 12]))


def test_the_title_says_the_endpoint_the_groups_and_the_landmark() -> None:
    name = "Second-line HCC after atezolizumab/bevacizumab (synthetic)"
    plain = hcc2l.km(SECOND_LINE, by="child_pugh", landmark=3.0)
    assert plain.title == (
        f"Overall survival by Child-Pugh class, from a landmark at 3 months — {name}"
    )
    incidence = hcc2l.km(SECOND_LINE, endpoint="ttp", competing="death")
    assert incidence.title == f"Cumulative incidence of progression — {name}"


def footnotes(report: Report, table: str) -> str:
    return " ".join(report.table(table).footnotes)


def test_footnotes_say_where_follow_up_ends(tmp_path: Path) -> None:
    text = "time,status,g\n1,1,short\n2,0,short\n3,0,short\n2,1,long\n5,1,long\n9,0,long\n"
    text += "2,1,gone\n4,1,gone\n6,1,gone\n"
    to_nine = km(tmp_path, text, by="g", at=[3], tau=9)
    assert footnotes(to_nine, "survival") == ""
    # Nobody of "gone" is left: the curve is 0, whatever happens later.
    assert footnotes(to_nine, "rmst") == (
        "Follow-up ends before 9 in short; the curve is carried forward."
    )
    assert footnotes(km(tmp_path, text, by="g", tau=3), "rmst") == ""
    assert "carried forward" in footnotes(km(tmp_path, text, by="g", at=[3, 3.5]), "survival")
    options: dict[str, Any] = {"time": "time", "event": "status=1", "competing": "status=2"}
    competing = text.replace("9,0,long", "9,2,long")
    ended = km(tmp_path, competing, by="g", at=[6.5], **options)
    assert footnotes(ended, "cumulative_incidence") == (
        "Not estimable after the end of follow-up: gone, short."
    )
    assert footnotes(km(tmp_path, competing, by="g", at=[3], **options),
                     "cumulative_incidence") == ""  # fmt: skip


def test_parametric_models_refuse_times_of_zero(tmp_path: Path) -> None:
    text = "time,status\n0,1\n0,0\n1,1\n2,1\n"
    with pytest.raises(hcc2l.errors.AnalysisError, match="2 patients have a time of 0") as refused:
        km(tmp_path, text, parametric=["weibull"])
    assert "--where 'time>0'" in str(refused.value.hint)
    with pytest.raises(hcc2l.errors.AnalysisError, match="1 patient has a time of 0"):
        km(tmp_path, text, parametric=["weibull"], where=["status==1"])
    fitted = km(tmp_path, text, parametric=["weibull"], where=["time>0"])
    assert len(fitted.table("parametric").rows) == 1


def test_the_best_model_is_the_one_with_the_smallest_aic() -> None:
    options: dict[str, Any] = {"by": "child_pugh"}
    families = ["exponential", "weibull", "lognormal", "loglogistic"]
    every = hcc2l.km(SECOND_LINE, parametric=families, **options)
    best = hcc2l.km(SECOND_LINE, parametric=["best"], **options)
    for level in ("A", "B"):
        fits = sorted(rows(every, "parametric", group=level), key=lambda row: row["aic"])
        assert rows(best, "parametric", group=level) == fits[:1]


# ---------------------------------------------------------------- methods


def methods(**options: Any) -> str:
    return hcc2l.km(SECOND_LINE, methods=True, **options).methods


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "Overall survival (in months) was estimated by the Kaplan–Meier method; 95% "
             "confidence intervals were computed on the log scale with Greenwood's variance."),
        ({"conf_type": "plain", "conf_level": 0.9}, "90% confidence intervals were computed on the "
                                                    "untransformed scale with"),
        ({}, "Confidence intervals for medians were obtained by the method of Brookmeyer and "
             "Crowley."),
        ({}, "Median follow-up was estimated by the reverse Kaplan–Meier method."),
        ({"by": "bclc"}, "Groups were compared by the log-rank test."),
        ({"by": "bclc", "test": ["peto", "gehan", "tarone-ware"]}, "Groups were compared by the "
         "Peto–Peto test, the Gehan–Breslow test and the Tarone–Ware test."),
        ({"by": "bclc", "test": ["fh"], "gamma": 1.0}, "the Fleming–Harrington test (ρ = 0, "
                                                       "γ = 1)."),
        ({"by": "bclc", "strata": "child_pugh"}, "A log-rank test stratified by Child-Pugh class "
                                                 "was also performed."),
        ({"by": "bclc", "strata": "sex"}, "A log-rank test stratified by sex was also performed."),
        ({"by": "albi_grade", "trend": True}, "A trend across the ordered groups (1, 2, 3) was "
                                              "assessed by the log-rank test for trend with "
                                              "equally spaced scores."),
        ({"by": "etiology", "pairwise": True}, "Pairs of groups were compared by log-rank tests "
                                               "with p-values adjusted by Holm's method."),
        ({"by": "etiology", "pairwise": True, "adjust": "bh", "strata": "sex"}, "Pairs of groups "
         "were compared by stratified log-rank tests with p-values adjusted by the method of "
         "Benjamini and Hochberg."),
        ({"by": "etiology", "pairwise": True, "adjust": "bonferroni"}, "with p-values adjusted by "
                                                                       "Bonferroni's method."),
        ({"by": "etiology", "pairwise": True, "adjust": "none"}, "with unadjusted p-values."),
        ({"by": "bclc", "pairwise": True}, "B and C were compared by a log-rank test."),
        ({"landmark": 3.0}, "Survival time was measured from a landmark at 3 months; patients with "
                            "an event or censored by then were excluded."),
        ({"landmark": 0.0}, "Survival time was measured from a landmark at 0 months. "),
        ({"tau": 12.0}, "Restricted mean survival time to 12 months was computed as the area under "
                        "the survival curve. "),
        ({"tau": 12.0, "by": "bclc"}, "the survival curve; differences between groups were tested "
                                      "by z-tests."),
        ({"parametric": ["weibull"]}, "The Weibull model was fitted by maximum likelihood."),
        ({"parametric": ["lognormal", "weibull"]}, "The Weibull and log-normal models were fitted"),
        ({"parametric": ["best"]}, "Of the exponential, Weibull, log-normal and log-logistic "
         "models, fitted by maximum likelihood, the one with the smallest Akaike information "
         "criterion was chosen. "),
        ({"parametric": ["best"], "by": "bclc"}, "criterion was chosen in each group."),
        ({"weights": "age"}, "by the Kaplan–Meier method with patients weighted by age; 95% "
         "confidence intervals were computed on the log scale with Greenwood's variance."),
        ({"weights": "tumor_size_cm"}, "on the log scale with robust (infinitesimal jackknife) "
                                       "variance."),
        ({"weights": "tumor_size_cm", "by": "bclc"}, "Robust variances were used for the tests."),
        ({}, "All 126 patients were analysed."),
        ({"where": ["sex==male"]}, "Of 126 patients, 15 were excluded (not meeting sex==male: 15) "
                                   "and 111 were analysed."),
        ({"weights": "afp"}, "Of 126 patients, 8 were excluded (missing AFP: 8) and"),
        ({"landmark": 3.0}, "Of 126 patients, 27 were excluded (event by the landmark, 3 months: "
                            "18; censored by the landmark, 3 months: 9) and 99 were analysed."),
        ({"by": "bclc"}, "p-values are two-sided."),
        ({"endpoint": "ttp", "competing": "death"}, "The cumulative incidence of progression (in "
         "months) was estimated by the Aalen–Johansen method with death as the competing event; "
         "95% confidence intervals were computed on the log scale."),
        ({"endpoint": "ttp", "competing": "death", "by": "bclc"}, "Cause-specific hazards were "
         "compared by the log-rank test. The cumulative incidences of progression and death were "
         "compared by Gray's test."),
    ],
    ids=str,
)  # fmt: skip
def test_the_methods_say_what_was_done(options: Any, sentence: str) -> None:
    assert sentence in methods(**options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ["compared", "test", "two-sided", "landmark", "Restricted", "weighted", "robust",
              "maximum likelihood", "trend", "excluded", "Pairs", "cumulative incidence"]),
        ({"by": "bclc"}, ["stratified", "trend", "Pairs", "Peto", "Gray", "robust", "landmark"]),
        ({"by": "bclc", "strata": "sex"}, ["Sex"]),
        ({"by": "bclc", "pairwise": True}, ["Holm"]),  # one pair: nothing to adjust for
        ({"weights": "age", "by": "bclc"}, ["robust"]),
        ({"tau": 12.0}, ["z-test", "two-sided"]),
        ({"landmark": 0.0}, ["excluded"]),
        ({"parametric": ["weibull"]}, ["Akaike", "log-normal"]),
        ({"endpoint": "ttp", "competing": "death"}, ["Kaplan–Meier method;", "medians", "Gray",
                                                     "compared"]),
    ],
    ids=str,
)  # fmt: skip
def test_the_methods_do_not_say_what_was_not_done(options: Any, words: list[str]) -> None:
    text = methods(**options)
    assert [word for word in words if word in text] == []


def test_the_methods_claim_no_test_that_was_not_possible() -> None:
    options: dict[str, Any] = {"by": "arm", "strata": "centre", "pairwise": True, "methods": True}
    linked = hcc2l.km(DATA / "disjw.csv", **options)
    assert "stratified by centre" in linked.methods
    assert "Pairs of groups" in linked.methods
    apart = hcc2l.km(DATA / "disjw.csv", where=["arm in A,B"], **options)
    assert "Groups were compared by the log-rank test." in apart.methods
    assert "stratified" not in apart.methods
    assert not any("Holm" in reference for reference in apart.references)


def test_the_methods_claim_no_median_and_no_model_that_could_not_be_estimated(
    tmp_path: Path,
) -> None:
    text = "time,status\n" + "1,1\n" + "".join(f"{t},0\n" for t in range(2, 30))
    rare = km(tmp_path, text, parametric=["exponential", "weibull"])
    assert "medians" not in rare.methods
    assert "Median follow-up" in rare.methods
    always = km(tmp_path, "time,status\n3,1\n3,1\n3,1\n", parametric=["exponential", "weibull"])
    assert "The exponential model was fitted" in always.methods
    assert "Median follow-up" not in always.methods


@pytest.mark.parametrize(
    ("options", "cited"),
    [
        ({}, ["Kaplan", "Brookmeyer", "Schemper"]),
        ({"by": "bclc"}, ["Kaplan", "Brookmeyer", "Schemper", "Mantel"]),
        ({"by": "bclc", "test": ["peto", "gehan", "tarone-ware", "fh"], "rho": 1.0},
         ["Kaplan", "Brookmeyer", "Schemper", "Peto", "Gehan", "Tarone", "Fleming"]),
        ({"by": "etiology", "pairwise": True, "adjust": "bh", "trend": True},
         ["Kaplan", "Brookmeyer", "Schemper", "Mantel", "Tarone", "Benjamini"]),
        ({"landmark": 1.0, "tau": 6.0},
         ["Anderson", "Kaplan", "Brookmeyer", "Schemper", "Royston"]),
        ({"by": "bclc", "weights": "tumor_size_cm"},
         ["Kaplan", "Brookmeyer", "Schemper", "Mantel", "Lin"]),
        ({"endpoint": "ttp", "competing": "death", "by": "bclc"},
         ["Aalen", "Schemper", "Mantel", "Gray"]),
    ],
    ids=str,
)  # fmt: skip
def test_each_method_is_cited_once(options: Any, cited: list[str]) -> None:
    report = hcc2l.km(SECOND_LINE, methods=True, **options)
    assert [reference.split()[0] for reference in report.references] == cited


def test_the_footer_names_every_test() -> None:
    report = hcc2l.km(
        DATA / "hcc81.csv", by="child_pugh", test=["fh"], gamma=1, strata="sex", trend=True,
        pairwise=True,
    )  # fmt: skip
    footer = " ".join(report.provenance.footer)
    for words in (
        "Fleming–Harrington (0, 1)",
        "Log-rank stratified by sex",
        "for trend",
        "pairwise",
    ):
        assert words in footer
