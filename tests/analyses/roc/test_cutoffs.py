"""Cut-offs of a ROC analysis: those given, those of maxstat, and what they achieve."""

from __future__ import annotations

import math

import numpy as np
import pytest

import hcc2l
from hcc2l.analyses.roc.cutoffs import Cutoff, above_cutpoint, counts_at, cutoff_interval, middle
from hcc2l.stats.roc import roc_curve
from tests.analyses.roc.cohorts import HCC, RESISTANCE
from tests.reports import rows_of

VALUES = np.array([1.0, 2, 2, 3, 5, 8])
POSITIVE = np.array([False, False, True, False, True, True])


def test_given_cutoffs_stand_below_the_found_one() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, marker="afp", at_cut=["afp=20/200", "afp=400"])
    found = [(r["criterion"], r["threshold"]) for r in report.table("cutoffs").rows]
    assert found[1:] == [("fixed", 20), ("fixed", 200), ("fixed", 400)]
    headers = [c.header for c in report.table("summary").columns]
    assert "Cut-off by" in headers


def test_cutoffs_of_a_combination_and_of_its_markers_are_told_apart() -> None:
    report = hcc2l.roc(HCC, **RESISTANCE, combine="afp+alt", at_cut=["afp=400", "afp+alt=0.5"])
    found = rows_of(report, "cutoffs", criterion="fixed")
    assert [(r["marker"], r["threshold"]) for r in found] == [("afp", 400), ("afp+alt", 0.5)]


@pytest.mark.parametrize("higher", [True, False])
@pytest.mark.parametrize("cutpoint", [1.0, 2.0, 3.0, 5.0])
def test_a_cutpoint_of_maxstat_divides_alike_on_a_curve_of_either_direction(
    higher: bool, cutpoint: float
) -> None:
    curve = roc_curve(VALUES, POSITIVE, higher=higher)
    cut = above_cutpoint(curve, cutpoint)
    above = cutpoint < VALUES
    called = above if higher else ~above
    counts = counts_at(curve, cut)
    assert (counts.tp, counts.fp) == (called[POSITIVE].sum(), called[~POSITIVE].sum())
    assert (counts.fn, counts.tn) == ((~called)[POSITIVE].sum(), (~called)[~POSITIVE].sum())
    assert cut.criterion == "maxstat"


def test_likelihood_ratios_are_infinite_where_a_class_is_not_divided() -> None:
    curve = roc_curve(VALUES, POSITIVE)
    everyone, nobody = (counts_at(curve, Cutoff("fixed", 0, place)) for place in (0, -1))
    assert (everyone.lr_positive, everyone.lr_negative) == (1, math.inf)
    assert (nobody.lr_positive, nobody.lr_negative) == (math.inf, 1)


def test_the_middle_of_cutoffs_that_tie_is_the_chosen_one() -> None:
    cuts = [Cutoff("youden", float(i), i) for i in range(4)]
    given = Cutoff("fixed", 9.0, 9)
    assert middle([*cuts, given]).place == 1
    assert middle([*cuts[:3], given]).place == 1
    assert middle([cuts[0], given, given]).place == 0


def test_an_interval_counts_samples_with_a_cutoff_and_what_it_spans() -> None:
    samples = np.array([1.9, math.nan, 3.1, math.nan])
    interval = cutoff_interval(2.5, samples, VALUES, 0.9999999)
    assert interval.samples == 2
    assert interval.share == pytest.approx(3 / 6)
    assert interval.of_range == pytest.approx(1.2 / 7, abs=1e-6)
    none = cutoff_interval(2.5, np.full(3, math.nan), VALUES, 0.95)
    assert none.samples == 0
    assert all(math.isnan(x) for x in (none.lower, none.upper, none.share, none.of_range))
    constant = cutoff_interval(2.5, samples, np.full(6, 2.5), 0.95)
    assert math.isnan(constant.of_range)
