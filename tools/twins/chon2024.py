"""Make the synthetic twin of Chon et al., Clin Mol Hepatol 2024;30:345-359.

No row describes a patient. What is printed in the paper is read from `published.json`; everything
else is drawn at random. The cohort is made in four steps:

1. numbers      - age, tumour size, AFP, PIVKA-II and cycles, moved until the quartiles of both
                  treatments before and after matching, and their tests, are those printed.
2. arrangement  - the printed counts are dealt exactly to four strata (matched or not, lenvatinib or
                  sorafenib), then exchanged within them towards the pairs that `hcc2l psmatch`
                  finds anew; the pairs differ as often as the printed McNemar tests imply.
3. outcomes     - bundles of response, progression, death and third line, moved day by day until
                  Kaplan-Meier medians, their limits, the log-rank tests and the follow-up agree.
4. assignment   - bundles, markers and single variables are exchanged between the patients of a
                  stratum, which leaves margins and curves as they are, until the Cox models agree.

Usage: python tools/twins/chon2024.py [FOLDER]      (default: sample_data/chon2024)

One seed gives the same bytes: every search is scheduled by iterations.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from search import (
    DAYS_PER_MONTH,
    Change,
    Cox,
    LogRank,
    Median,
    Move,
    Printed,
    Quantiles,
    State,
    Swap,
    Target,
    anneal,
    chosen,
    printed,
    shortfalls,
)

from hcc2l.stats.matching import nearest, processing_order
from hcc2l.stats.means import student
from hcc2l.stats.ranks import mann_whitney

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Rng = np.random.Generator

FOLDER = Path(__file__).resolve().parents[2] / "sample_data" / "chon2024"
SEED = 2024
# Each stage has its own random numbers, so that it can be repeated alone.
STAGES = {
    "patients": 0, "age": 1, "size": 2, "afp": 3, "pivka": 4, "cycles": 5, "arrangement": 6,
    "pairs": 7, "outcomes": 8, "third lines": 9, "assignment": 10, "rest": 11, "follow-up": 12,
    "last digits": 14, "labels": 16, "labels again": 17, "matching": 18,
}  # fmt: skip
LENVATINIB, SORAFENIB = 0, 1
ARMS = ("lenvatinib", "sorafenib")
# Matched lenvatinib, other lenvatinib, matched sorafenib, other sorafenib.
SIZES = (36, 4, 36, 50)
N = sum(SIZES)
SAMPLES: dict[str, dict[str, int]] = {
    "total": {},
    "lenvatinib": {"arm": LENVATINIB},
    "sorafenib": {"arm": SORAFENIB},
    "matched_lenvatinib": {"arm": LENVATINIB, "matched": 1},
    "matched_sorafenib": {"arm": SORAFENIB, "matched": 1},
}
LAST_DAY = 860  # longest follow-up that the calendar below allows
FIRST_START, LAST_START = date(2020, 8, 3), date(2022, 12, 30)
DATA_CUT = date(2023, 3, 31)
NUMBER_STEPS = 20_000
TRIES = 5
ARRANGEMENT_STEPS = 80_000
PAIR_STEPS = 20_000
OUTCOME_STEPS = 40_000
THIRD_LINE_STEPS = 8_000
ASSIGNMENT_STEPS = 30_000
RELABEL_STEPS = 22_000
MATCHING_STEPS = 40_000
THREE_MONTHS = 91  # the last day within 3 x 30.4375 days
WEEK_8 = 56


# --------------------------------------------------------------------------------------------
# What was printed
# --------------------------------------------------------------------------------------------


class Published:
    """The printed numbers of the paper, by their ids."""

    def __init__(self, path: Path) -> None:
        study = json.loads(path.read_text(encoding="utf-8"))
        self.items = {
            item["id"].removeprefix("chon2024."): item
            for section in study.values()
            if isinstance(section, list)
            for item in section
        }

    def strata(self, key: str) -> list[int]:
        """The count of an item in each stratum, in the order of `SIZES`."""
        values = self.items[key]["values"]
        matched = [values[f"matched_{arm}"]["n"] for arm in ARMS]
        whole = [values[arm]["n"] for arm in ARMS]
        return [matched[0], whole[0] - matched[0], matched[1], whole[1] - matched[1]]

    def responses(self, criteria: str, response: str) -> list[int]:
        """The patients of each stratum with a best response."""
        whole, matched = (
            [
                self.items[f"response.{criteria}.{cohort}.{response}"]["values"][arm]["n"]
                for arm in ARMS
            ]
            for cohort in ("unmatched", "matched")
        )
        return [matched[0], whole[0] - matched[0], matched[1], whole[1] - matched[1]]


# --------------------------------------------------------------------------------------------
# Step 1: numbers
# --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """How a baseline number is drawn, and which tests its printed p-values are.

    Attributes
    ----------
    item
        Its id in `published.json`.
    decimals
        Of its values; None for a marker, which has one decimal below 100.
    lowest, highest
        The ends of its range, which were not printed.
    tests
        The tests before and after matching: `rank` (Mann-Whitney) or `t` (Student).
    missing
        Patients without a value in each stratum.
    compared
        Samples whose quartiles are wanted; the others contradict them.
    """

    item: str
    decimals: int | None
    lowest: float
    highest: float
    tests: tuple[str, str]
    missing: tuple[int, int, int, int] = (0, 0, 0, 0)
    compared: tuple[str, ...] = tuple(SAMPLES)


NUMBERS = {
    "age": Number("baseline.age", 0, 33, 85, ("rank", "rank")),
    "size": Number("baseline.tumor_size_max", 1, 0.7, 18, ("rank", "rank")),
    "afp": Number("baseline.afp", None, 1.5, 98000, ("rank", "rank"), (2, 0, 2, 4)),
    "pivka": Number(
        "baseline.pivka_ii", 0, 14, 74000, ("rank", "rank"), (3, 0, 3, 6),
        ("lenvatinib", "sorafenib", "matched_lenvatinib", "matched_sorafenib"),
    ),
    "cycles": Number("baseline.atezo_bev_cycles", 0, 1, 26, ("t", "t"), (0, 0, 0, 1)),
}  # fmt: skip


@dataclass(frozen=True)
class Quartiles(Target):
    """Quartiles of a number in several samples: `wanted` has three numbers for each sample.

    The same as the engine's `Quantiles`, several times faster, since every step needs all samples.
    """

    column: str
    samples: tuple[str, ...]

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.column})

    def found(self, state: State) -> tuple[float, ...]:
        return tuple(
            quartile
            for name in self.samples
            for quartile in quartiles(state[self.column][chosen(state, SAMPLES[name])])
        )


def quartiles(values: Floats) -> tuple[float, ...]:
    """Quartiles (R's type 7) of the values that are not missing."""
    values = np.sort(values[values >= 0])
    place = (values.size - 1) * np.array((0.25, 0.5, 0.75))
    below = place.astype(np.int64)
    share = place - below
    return tuple((values[below] * (1 - share) + values[below + 1] * share).tolist())


@dataclass(frozen=True)
class TwoSampleTest(Target):
    """The p-value of a test of a number between the two treatments."""

    column: str
    test: str

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.column, "arm", *self.among})

    def found(self, state: State) -> tuple[float, ...]:
        rows = chosen(state, self.among)
        values, arm = state[self.column][rows], state["arm"][rows]
        groups = [values[(arm == code) & (values >= 0)] for code in (LENVATINIB, SORAFENIB)]
        result = mann_whitney(groups) if self.test == "rank" else student(groups)
        return (float(result.p),)


@dataclass(frozen=True)
class Redraw:
    """One value is drawn anew as at first, or moves by a small factor.

    Attributes
    ----------
    knots
        Lowest, quartiles and highest of each stratum.
    """

    column: str
    decimals: int | None
    knots: Floats

    def propose(self, state: State, rng: Rng) -> Change | None:
        row = int(rng.integers(N))
        old = float(state[self.column][row])
        if math.isnan(old):
            return None
        knots = self.knots[state["stratum"][row]]
        if rng.random() < 0.4:
            new = drawn(rng, knots)
        else:
            new = old * math.exp(rng.normal(0, float(rng.choice((0.002, 0.02, 0.1)))))
        new = rounded(new, self.decimals)
        if new == old or not knots[0] <= new <= knots[-1]:
            return None
        return Change(np.array([row]), (self.column,), (np.array([new]),))


@dataclass(frozen=True)
class Step:
    """One value moves by a few units, at most one per cent."""

    column: str

    def propose(self, state: State, rng: Rng) -> Change | None:
        row, units = int(rng.integers(N)), int(rng.integers(-4, 5))
        old = float(state[self.column][row])
        if units == 0 or not abs(units) <= 0.01 * old:
            return None
        return Change(np.array([row]), (self.column,), (np.array([old + units]),))


def drawn(rng: Rng, knots: Floats) -> float:
    """A value between quartiles, on the scale of logarithms."""
    return math.exp(float(np.interp(rng.random(), (0, 0.25, 0.5, 0.75, 1), np.log(knots))))


def rounded(value: float, decimals: int | None) -> float:
    """Round as a laboratory reports: a marker to one decimal below 100, then to whole numbers."""
    return round(value, (1 if value < 99.95 else 0) if decimals is None else decimals)


def number_targets(published: Published, column: str, number: Number) -> list[Target]:
    """Quartiles of each sample, and the tests before and after matching."""
    item = published.items[number.item]
    wanted = tuple(
        printed(item["values"][name][key])
        for name in number.compared
        for key in ("q1", "median", "q3")
    )
    targets: list[Target] = [Quartiles(f"{column}", wanted, column, number.compared)]
    for key, test, among in zip(
        ("p_unmatched", "p_matched"), number.tests, ({}, {"matched": 1}), strict=True
    ):
        if item[key] is not None:
            p = printed(item[key]["value"], 3)
            targets.append(TwoSampleTest(f"{column} {key}", (p,), column, test, among=among))
    return targets


def knots_of(published: Published, number: Number) -> Floats:
    """Lowest, quartiles and highest of each stratum.

    Those of the patients not matched are what is left of their treatment, roughly.
    """
    rows = []
    values = published.items[number.item]["values"]
    for arm, name in enumerate(ARMS):
        matched, whole = (
            np.array([values[sample][key] for key in ("q1", "median", "q3")], dtype=np.float64)
            for sample in (f"matched_{name}", name)
        )
        inside, others = SIZES[2 * arm], SIZES[2 * arm + 1]
        left = whole + (whole - matched) * inside / others
        left = np.sort(np.clip(left, number.lowest, number.highest))
        rows += [[number.lowest, *of, number.highest] for of in (matched, left)]
    return np.array(rows)


def first_numbers(rng: Rng, number: Number, knots: Floats, stratum: Floats) -> Floats:
    """Values of all patients before any fitting; the missing as NaN."""
    values = np.array([rounded(drawn(rng, knots[code]), number.decimals) for code in stratum])
    for code, missing in enumerate(number.missing):
        values[np.flatnonzero(stratum == code)[:missing]] = np.nan
    return values


def generator(stage: str) -> Rng:
    """The random numbers of a stage."""
    return np.random.default_rng((SEED, STAGES[stage]))


def fit_numbers(published: Published, state: State) -> None:
    """Add the numbers, each alone, from the start that leads nearest to what is printed."""
    for column, number in NUMBERS.items():
        rng, knots = generator(column), knots_of(published, number)
        targets = number_targets(published, column, number)
        moves: list[tuple[Move, float]] = [
            (Redraw(column, number.decimals, knots), 2.0), (Swap((column,), ("arm",)), 1.0),
        ]  # fmt: skip
        tries = []
        for _ in range(TRIES):
            found = state | {column: first_numbers(rng, number, knots, state["stratum"])}
            for hot in (5.0, 0.5):
                found = anneal(
                    found, targets, moves, iterations=NUMBER_STEPS, rng=rng, hot=hot, slope=40.0
                )
            tries.append((sum(sum(target.error(found)) for target in targets), found[column]))
            if tries[-1][0] == 0:
                break
        state[column] = min(tries, key=lambda one: one[0])[1]
        found = anneal(
            state, targets[:1], [(Step(column), 1.0)], iterations=NUMBER_STEPS,
            rng=generator("last digits"), hot=0.05, cold=0.002, slope=40.0,
        )  # fmt: skip
        state[column] = found[column]
        report(f"numbers: {column}", state, targets)


def report(title: str, state: State, targets: Sequence[Target]) -> None:
    """Print what is not as printed."""
    print(f"--- {title}\n{shortfalls(state, targets) or 'all as printed'}", flush=True)


# --------------------------------------------------------------------------------------------
# Step 2: arrangement
# --------------------------------------------------------------------------------------------

# Flags and the items that count them; `wanted discordant pairs` follow from McNemar's tests.
FLAGS = {
    "male": "baseline.sex.male",
    "ecog": "baseline.ecog.1_2",
    "viral": "baseline.etiology_group.viral",
    "bclc_b": "baseline.bclc.b",
    "child_pugh_b": "baseline.child_pugh_class.b",
    "multiple": "baseline.tumor_number.multiple",
    "spread": "baseline.extrahepatic_metastasis.yes",
    "nodes": "baseline.lymph_node_metastasis.yes",
    "vessel": "baseline.macrovascular_invasion.yes",
}
DISCORDANT = {"ecog": 16, "viral": 9, "child_pugh_b": 3, "multiple": 16, "nodes": 18, "vessel": 18}
SCORE = ("age", "male", "size", "multiple", "spread", "nodes", "child_pugh_b")
CALIPER = 0.2  # of the standard deviation of the logit


def deal_flags(published: Published, state: State) -> None:
    """Deal the printed counts to the strata so that stage and spread agree.

    BCLC B has several tumours and neither vascular invasion, spread nor symptoms; C has one of
    these. Nodal metastases count as extrahepatic spread.
    """
    for name in FLAGS:
        state[name] = np.zeros(N, dtype=np.int64)
    start = 0
    for stratum, size in enumerate(SIZES):
        count = {name: published.strata(item)[stratum] for name, item in FLAGS.items()}
        end, c = start + size, start + count["bclc_b"]
        state["bclc_b"][start:c] = 1
        state["multiple"][start : start + count["multiple"]] = 1
        state["spread"][end - count["spread"] : end] = 1
        state["nodes"][end - count["nodes"] : end] = 1
        state["vessel"][c : c + count["vessel"]] = 1
        state["ecog"][end - count["ecog"] : end] = 1
        for name in ("male", "viral", "child_pugh_b"):
            state[name][start : start + count[name]] = 1
        start = end


@dataclass(frozen=True)
class StageAgrees:
    """Stage and spread agree in every patient."""

    reads = frozenset({"bclc_b", "multiple", "spread", "nodes", "vessel", "ecog"})

    def holds(self, state: State) -> bool:
        advanced = (state["spread"] + state["vessel"] + state["ecog"]) > 0
        early = state["bclc_b"] == 1
        return bool(
            (early != advanced).all()
            and (state["multiple"][early] == 1).all()
            and (state["nodes"] <= state["spread"]).all()
        )


def logits(state: State) -> Floats:
    """Logit of the propensity score of lenvatinib: logistic regression on `SCORE`."""
    x = np.column_stack([state[name] for name in SCORE]).astype(np.float64)
    x = np.column_stack([np.ones(N), (x - x.mean(axis=0)) / x.std(axis=0)])
    treated = (state["arm"] == LENVATINIB).astype(np.float64)
    beta = np.zeros(x.shape[1])
    for _ in range(8):
        p = 1.0 / (1.0 + np.exp(-x @ beta))
        step = np.linalg.solve((x.T * (p * (1 - p))) @ x, x.T @ (treated - p))
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(x @ beta)


def psmatch_pairs(state: State, score: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs of `hcc2l psmatch`: 1:1, nearest, caliper 0.2 SD, in the order of the ids."""
    order = np.argsort(state["number"], kind="stable")
    distance = score[order]
    treated = (state["arm"] == LENVATINIB)[order]
    turns = processing_order(distance, treated, "largest", 1)
    found = nearest(distance, treated, turns, caliper=CALIPER * float(distance.std(ddof=1)))
    return order[found.treated], order[found.control]


@dataclass(frozen=True)
class Matching(Target):
    """Matched patients by stratum, then how far other controls reach into the matched.

    The last number is a slope towards the first four: within a Child-Pugh class, the controls that
    should stay unmatched have the lower scores.
    """

    @property
    def reads(self) -> frozenset[str]:
        return frozenset(SCORE)

    def found(self, state: State) -> tuple[float, ...]:
        score, overlap = logits(state), 0.0
        rows = np.concatenate(psmatch_pairs(state, score))
        matched = np.bincount(state["stratum"][rows], minlength=4).astype(float)
        for class_ in (0, 1):
            here = state["child_pugh_b"] == class_
            lowest = score[here & (state["stratum"] == 2)].min()
            overlap += float(np.maximum(score[here & (state["stratum"] == 3)] - lowest, 0).sum())
        return (*matched.tolist(), overlap)


@dataclass(frozen=True)
class Discordant(Target):
    """Pairs whose two patients differ in each variable of `DISCORDANT`."""

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({"pair", *DISCORDANT})

    def found(self, state: State) -> tuple[float, ...]:
        treated, control = rows_of_pairs(state)
        return tuple(
            float(np.count_nonzero(state[name][treated] != state[name][control]))
            for name in DISCORDANT
        )


def rows_of_pairs(state: State) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of the pairs of the column `pair`, lenvatinib and sorafenib."""
    treated, control = np.arange(SIZES[0]), np.flatnonzero(state["stratum"] == 2)
    return (
        treated[np.argsort(state["pair"][treated])],
        control[np.argsort(state["pair"][control])],
    )


def matching_targets() -> list[Target]:
    """The matched patients of each stratum, and no control that reaches into them."""
    wanted = tuple(Printed(n, 0.0, 20.0) for n in (SIZES[0], 0, SIZES[2], 0, 0))
    return [Matching("matched", wanted)]


def arrange(published: Published, state: State) -> State:
    """Exchange within the strata until psmatch finds the matched patients, then pair them."""
    deal_flags(published, state)
    rng = generator("arrangement")
    targets = matching_targets()
    alone: list[tuple[Move, float]] = [
        (Swap((name,), ("stratum",)), 1.0) for name in ("age", "size", *FLAGS)
    ]
    whole: list[tuple[Move, float]] = [
        (Swap(("spread", "nodes"), ("stratum",)), 1.0),
        (Swap(("bclc_b", "multiple", "spread", "nodes", "vessel", "ecog"), ("stratum",)), 1.0),
    ]
    found = anneal(
        state, targets, [*alone, *whole], iterations=ARRANGEMENT_STEPS, rng=rng, hot=1.5,
        cold=0.03, slope=40.0, rules=[StageAgrees()],
    )  # fmt: skip
    report("arrangement", found, targets)
    return pair(found)


def pair(state: State) -> State:
    """Number the pairs so that they differ as often as the printed McNemar tests imply."""
    state["pair"] = np.zeros(N, dtype=np.int64)
    for stratum in (0, 2):
        rows = np.flatnonzero(state["stratum"] == stratum)
        ranked = rows[np.argsort(logits(state)[rows], kind="stable")]
        state["pair"][ranked] = np.arange(1, rows.size + 1)
    wanted = tuple(Printed(n, 0.0, 20.0) for n in DISCORDANT.values())
    targets: list[Target] = [Discordant("discordant pairs", wanted)]
    moves: list[tuple[Move, float]] = [
        (Swap(("pair",), ("stratum",)), 1.0),
        *((Swap((name,), ("stratum",)), 0.5) for name in ("viral", "vessel", "ecog")),
    ]
    found = anneal(
        state, targets, moves, iterations=PAIR_STEPS, rng=generator("pairs"), hot=1.0, slope=40.0,
        rules=[StageAgrees()],
    )  # fmt: skip
    report("pairs", found, targets)
    return found


# --------------------------------------------------------------------------------------------
# Step 3: outcomes
# --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A kind of outcome: its response, whether it progresses, and when (days, lowest-highest)."""

    response: str
    progresses: bool
    first: int
    last: int
    typical: int
    dies: bool | None = None  # None: open, the printed number of deaths decides


# Scans were due every 8 to 12 weeks. PD is seen there at the latest; a response or a stable disease
# must have outlived the first. NE had no evaluable scan: an early death, a patient who left, or a
# progression that was declared on clinical grounds.
KINDS = {
    "PR": Kind("PR", True, 100, 420, 200),
    "SD": Kind("SD", True, 58, 400, 110),
    "SD-": Kind("SD", False, 90, 480, 230, dies=False),
    "PD": Kind("PD", True, 20, 110, 55),
    "NE+": Kind("NE", True, 14, 70, 34),
    "NE-died": Kind("NE", False, 12, 80, 32, dies=True),
    "NE-left": Kind("NE", False, 8, 80, 40, dies=False),
}
KIND_ORDER = tuple(KINDS)
# Patients of each stratum who did not progress, which is chosen here so that 61 of the matched and
# 107 of all did, as printed.
NOT_PROGRESSED = {"SD-": (3, 0, 1, 2), "NE-died": (1, 0, 3, 4), "NE-left": (1, 0, 2, 2)}
RESPONSES = ("CR", "PR", "SD", "PD", "NE")
LEAST_GAP, THIRD_LINE_GAP = 7, 28  # days from progression to death or last contact
# Third line after each drug; only the 15 and the totals were printed.
DRUGS = ("", "sorafenib", "cabozantinib", "nivolumab", "regorafenib", "lenvatinib")
THIRD_LINE = (
    {"sorafenib": 15, "cabozantinib": 2, "nivolumab": 1},
    {"regorafenib": 22, "lenvatinib": 10, "cabozantinib": 8, "nivolumab": 4},
)
BUNDLE = (
    "kind", "recist", "mrecist", "progression", "pfs_event", "pfs_day", "os_day", "death", "drug",
    "third",
)  # fmt: skip


def kinds_of(published: Published, stratum: int) -> list[str]:
    """The kinds of outcome of a stratum, by its printed responses."""
    count = {r: published.responses("recist_1_1", r.lower())[stratum] for r in RESPONSES}
    without = {kind: numbers[stratum] for kind, numbers in NOT_PROGRESSED.items()}
    with_ = {
        "PR": count["PR"],
        "SD": count["SD"] - without["SD-"],
        "PD": count["PD"],
        "NE+": count["NE"] - without["NE-died"] - without["NE-left"],
    }
    return [kind for kind, number in (with_ | without).items() for _ in range(number)]


def modified(published: Published, stratum: int, recist: list[str]) -> list[str]:
    """Best response by mRECIST: some SD are PR, then some PD are SD, as the printed counts ask."""
    result = list(recist)
    for better, worse in (("PR", "SD"), ("SD", "PD")):
        lacking = published.responses("mrecist", better.lower())[stratum] - result.count(better)
        for _ in range(max(lacking, 0)):
            result[result.index(worse)] = better
    return result


def first_outcomes(rng: Rng, published: Published, state: State) -> None:
    """Add the bundles of outcomes before any fitting."""
    kinds = [kinds_of(published, stratum) for stratum in range(4)]
    specs = [KINDS[kind] for part in kinds for kind in part]
    recist = [[KINDS[kind].response for kind in part] for part in kinds]
    mrecist = [r for s, part in enumerate(recist) for r in modified(published, s, part)]
    state["kind"] = np.array([KIND_ORDER.index(kind) for part in kinds for kind in part])
    state["recist"] = np.array([RESPONSES.index(spec.response) for spec in specs])
    state["mrecist"] = np.array([RESPONSES.index(response) for response in mrecist])
    state["progression"] = np.array([int(spec.progresses) for spec in specs])
    drawn = [spec.typical * math.exp(rng.normal(0, 0.3)) for spec in specs]
    bounds = zip(drawn, specs, strict=True)
    state["pfs_day"] = np.array([round(np.clip(day, s.first, s.last)) for day, s in bounds])
    deaths = [published.items[f"fu.deaths.{c}"]["n"] for c in ("unmatched", "matched")]
    state["death"] = np.array([int(spec.dies is True) for spec in specs])
    progressed = state["progression"] == 1
    for matched, wanted in ((1, deaths[1]), (0, deaths[0] - deaths[1])):
        here = state["matched"] == matched
        open_rows = rng.permutation(np.flatnonzero(here & progressed))
        state["death"][open_rows[: wanted - state["death"][here].sum()]] = 1
    state["pfs_event"] = np.maximum(state["progression"], state["death"])
    after = np.where(state["death"] == 1, rng.weibull(1.1, N) * 150, rng.gamma(2.5, 90, N))
    last = state["pfs_day"] + THIRD_LINE_GAP + np.rint(after).astype(np.int64)
    state["os_day"] = np.where(progressed, np.minimum(last, LAST_DAY), state["pfs_day"])
    state["drug"], state["third"] = np.zeros((2, N), dtype=np.int64)


def first_third_lines(rng: Rng, state: State) -> None:
    """Give the printed numbers of third lines to patients who lived long enough for one."""
    for arm, drugs in enumerate(THIRD_LINE):
        given = [DRUGS.index(drug) for drug, number in drugs.items() for _ in range(number)]
        rows = np.flatnonzero(third_line_possible(state) & (state["arm"] == arm))
        state["drug"][rng.permutation(rows)[: len(given)]] = given
    state["third"] = (state["drug"] > 0).astype(np.int64)


def third_line_possible(state: State) -> Bools:
    """Patients who progressed and were seen for long enough after it."""
    waited = state["os_day"] - state["pfs_day"] >= THIRD_LINE_GAP
    return np.asarray((state["progression"] == 1) & waited)


@dataclass(frozen=True)
class MoveDay:
    """A progression, death or last contact moves within what its kind of outcome allows."""

    def propose(self, state: State, rng: Rng) -> Change | None:
        row = int(rng.integers(N))
        kind = KINDS[KIND_ORDER[int(state["kind"][row])]]
        pfs, last = int(state["pfs_day"][row]), int(state["os_day"][row])
        reach = float(rng.choice((2, 10, 40)))
        step = round(rng.normal(0, reach))
        if step == 0:
            return None
        columns: tuple[str, ...] = ("pfs_day", "os_day")  # of one who did not progress
        if kind.progresses:
            columns = ("pfs_day",) if rng.random() < 0.5 else ("os_day",)
        pfs += step * ("pfs_day" in columns)
        last += step * ("os_day" in columns)
        gap = THIRD_LINE_GAP if state["third"][row] else LEAST_GAP if kind.progresses else 0
        if not (kind.first <= pfs <= kind.last and pfs + gap <= last <= LAST_DAY):
            return None
        new = {"pfs_day": np.array([pfs]), "os_day": np.array([last])}
        return Change(np.array([row]), columns, tuple(new[column] for column in columns))


@dataclass(frozen=True)
class SwapDeath:
    """Of two patients who progressed, another one is dead at the end."""

    def propose(self, state: State, rng: Rng) -> Change | None:
        dead = (state["death"] == 1) & (state["progression"] == 1)
        alive = (state["death"] == 0) & (state["progression"] == 1)
        i = int(rng.choice(np.flatnonzero(dead)))
        others = np.flatnonzero(alive & (state["matched"] == state["matched"][i]))
        rows = np.array([i, int(rng.choice(others))])
        return Change(rows, ("death",), (np.array([0, 1]),))


@dataclass(frozen=True)
class SwapDrug:
    """Two patients of a treatment exchange their third line, if both lived long enough for it."""

    def propose(self, state: State, rng: Rng) -> Change | None:
        here = third_line_possible(state) & (state["arm"] == int(rng.integers(2)))
        rows = rng.choice(np.flatnonzero(here), 2, replace=False)
        drugs = state["drug"][rows]
        if drugs[0] == drugs[1]:
            return None
        return Change(rows, ("drug", "third"), (drugs[::-1], (drugs[::-1] > 0).astype(np.int64)))


def p_printed(p: float, op: str = "=") -> Printed:
    """A printed p-value; of those below a bound, anything below it is as printed."""
    return Printed(p / 2, p / 2, p) if op == "<" else printed(p, 3)


def outcome_targets(published: Published) -> list[Target]:
    """Medians and limits, log-rank tests and observed follow-up."""
    targets: list[Target] = []
    for endpoint, time, event in (("os", "os_day", "death"), ("pfs", "pfs_day", "pfs_event")):
        for population, among in (("unmatched", {}), ("matched", {"matched": 1})):
            for code, arm in enumerate(ARMS):
                item = published.items[f"km.{endpoint}.{population}.treatment.{arm}"]
                wanted = tuple(
                    printed(item[key], 1, 5.0) for key in ("median_months", "ci_low", "ci_high")
                )
                name = f"{endpoint} {population} {arm}"
                targets.append(Median(name, wanted, time, event, among={**among, "arm": code}))
            p = published.items[f"logrank.{endpoint}.{population}.treatment"]["p"]
            test = LogRank(
                f"{endpoint} {population} p", (p_printed(p),), time, event, "arm", (0, 1),
                among=among,
            )  # fmt: skip
            observed = published.items[f"fu.{endpoint}.{population}"]
            wanted = tuple(printed(observed[key], 1, 3.0) for key in ("q1", "median", "q3"))
            quartiles_ = Quantiles(
                f"{endpoint} {population} follow-up", wanted, time, (0.25, 0.5, 0.75),
                unit=DAYS_PER_MONTH, among=among,
            )  # fmt: skip
            targets += [test, quartiles_]
    return targets


def third_line_targets(published: Published) -> list[Target]:
    """Log-rank tests of the third line within each treatment."""
    targets: list[Target] = []
    for code, arm in enumerate(ARMS):
        drugs = tuple(DRUGS.index(drug) for drug in THIRD_LINE[code])
        for population, among in (("unmatched", {}), ("matched", {"matched": 1})):
            for kind, factor, levels, more in (
                ("received", "third", (0, 1), {}),
                ("type", "drug", drugs, {"third": 1}),
            ):
                item = published.items[f"logrank.os.{population}_{arm}.third_line_{kind}"]
                test = LogRank(
                    f"third line {kind}, {population} {arm}",
                    (p_printed(item["p"], item["p_op"]),), "os_day", "death", factor, levels,
                    among={**among, **more, "arm": code},
                )  # fmt: skip
                targets.append(test)
    return targets


def fit_outcomes(published: Published, state: State) -> State:
    """Move days and deaths until the curves are those printed; then deal the third lines."""
    rng = generator("outcomes")
    first_outcomes(rng, published, state)
    curves = outcome_targets(published)
    moves: list[tuple[Move, float]] = [(MoveDay(), 6.0), (SwapDeath(), 1.0)]
    found = searched("outcomes", state, curves, moves, OUTCOME_STEPS, rng)
    heavier = [replace(t, weight=5.0) if isinstance(t, Quantiles) else t for t in curves]
    found = searched(
        "follow-up", found, heavier, moves, OUTCOME_STEPS, generator("follow-up"), (1.0, 0.6, 0.6)
    )
    rng = generator("third lines")
    first_third_lines(rng, found)
    tests = third_line_targets(published)
    return searched("third lines", found, tests, [(SwapDrug(), 1.0)], THIRD_LINE_STEPS, rng)


def searched(
    title: str,
    state: State,
    targets: list[Target],
    moves: list[tuple[Move, float]],
    steps: int,
    rng: Rng,
    hots: Sequence[float] = (5.0, 2.0, 1.0, 1.0, 1.0),
) -> State:
    """Anneal again, from each temperature in turn, until all is as printed."""
    for hot in hots:
        state = anneal(state, targets, moves, iterations=steps, rng=rng, hot=hot, slope=40.0)
        if not any(any(target.error(state)) for target in targets):
            break
    report(title, state, targets)
    return state


# --------------------------------------------------------------------------------------------
# Step 4: assignment
# --------------------------------------------------------------------------------------------

# Contrasts of Table 4: column, item, direction in overall survival and in progression. Univariable
# hazard ratios were not printed, so the direction is chosen.
CONTRASTS = (
    ("age63", "age.63", 1, 1),
    ("male", "sex.male", -1, 1),
    ("ecog2", "ecog.2", 1, 1),
    ("viral", "etiology_group.viral", 1, 1),
    ("bclc_c", "bclc.c", 1, 1),
    ("child_pugh_b", "child_pugh_class.b", 1, 1),
    ("multiple", "tumor_number.2", 1, 1),
    ("size10", "tumor_size_max.10_cm", 1, 1),
    ("spread", "extrahepatic_metastasis.yes", 1, 1),
    ("nodes", "lymph_node_metastasis.yes", 1, 1),
    ("vessel", "macrovascular_invasion.yes", 1, 1),
    ("afp200", "afp.200_ng_ml", 1, 1),
    ("pivka1000", "pivka_ii.1000_mau_ml", 1, 1),
    ("arm", "treatment.sorafenib", 1, 1),
    ("cycles3", "atezo_bev_cycles.3", 1, 1),
)
# The multivariable models. That of cycles holds the univariable ratio, so it is not compared.
MULTIVARIABLE = {
    "os": ("ecog2", "child_pugh_b", "size10", "pivka1000", "arm", "cycles3"),
    "pfs": ("ecog2", "child_pugh_b", "spread", "arm", "cycles3"),
}


@dataclass(frozen=True)
class Univariable(Target):
    """Wald's p of many 0/1 contrasts, each alone; then the hazard ratio and limits of the last.

    A p on the wrong side of 1 is found as 2 - p. With `logs` its error is that of its logarithm,
    which leads the way from a p that is far too small.
    """

    time: str
    event: str
    columns: tuple[str, ...]
    signs: tuple[int, ...]
    logs: bool = False

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.time, self.event, *self.columns})

    def found(self, state: State) -> tuple[float, ...]:
        x = np.column_stack([state[column] for column in self.columns]).astype(np.float64)
        beta, std_err = contrasts(state[self.time], state[self.event], x)
        z = np.array(self.signs) * beta / std_err
        ps = [math.erfc(abs(v) / math.sqrt(2)) for v in z.tolist()]
        signed = [p if v >= 0 else 2 - p for p, v in zip(ps, z.tolist(), strict=True)]
        limits = beta[-1] + 1.959963984540054 * std_err[-1] * np.array((0, -1, 1))
        return (*signed, *np.exp(limits).tolist())

    def error(self, state: State) -> tuple[float, ...]:
        errors = super().error(state)
        if not self.logs:
            return errors
        pairs = zip(self.wanted, self.found(state), errors, strict=True)
        return tuple(
            abs(math.log(max(found, 1e-9) / wanted.value)) if wanted and error else 0.0
            for wanted, found, error in pairs
        )


def contrasts(days: Floats, event: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Log hazard ratio and standard error of each 0/1 column alone (Efron); NaN is missing."""
    beta, std_err = np.empty(x.shape[1]), np.empty(x.shape[1])
    complete = ~np.isnan(x).any(axis=0)
    for columns in (np.flatnonzero(complete), *np.flatnonzero(~complete)[:, None]):
        known = ~np.isnan(x[:, columns[0]])
        beta[columns], std_err[columns] = complete_contrasts(
            days[known], event[known] == 1, x[np.ix_(known, columns)]
        )
    return beta, std_err


def complete_contrasts(days: Floats, happened: Bools, x: Floats) -> tuple[Floats, Floats]:
    """The same without missing values, all columns at once."""
    order = np.argsort(days, kind="stable")
    days, happened, x = days[order], happened[order], x[order]
    event_days, slot, tied = np.unique(days[happened], return_inverse=True, return_counts=True)
    first, starts = np.searchsorted(days, event_days), np.cumsum(tied) - tied
    gone = ((np.arange(slot.size) - starts[slot]) / tied[slot])[:, None]

    def at_events(values: Floats) -> Floats:
        risk = np.cumsum(values[::-1], axis=0)[::-1][first]
        return np.asarray(
            risk[slot] - gone * np.add.reduceat(values[happened], starts, axis=0)[slot]
        )

    yes, no = at_events(x), at_events(1 - x)
    seen = x[happened].sum(axis=0)
    beta = np.zeros(x.shape[1])
    for _ in range(7):
        weighted = yes * np.exp(beta)
        share = weighted / np.maximum(weighted + no, 1e-12)
        information = np.maximum((share * (1 - share)).sum(axis=0), 1e-9)
        beta = beta + np.clip((seen - share.sum(axis=0)) / information, -2, 2)
    return beta, 1 / np.sqrt(information)


def assignment_targets(published: Published, *, logs: bool = False) -> list[Univariable | Cox]:
    """The univariable p-values and the multivariable models of Table 4."""
    targets: list[Univariable | Cox] = []
    for endpoint, time, event, signs in (
        ("os", "os_day", "death", tuple(one[2] for one in CONTRASTS)),
        ("pfs", "pfs_day", "pfs_event", tuple(one[3] for one in CONTRASTS)),
    ):
        names = {column: item for column, item, *_ in CONTRASTS}
        univariable, multivariable = (
            {
                column: published.items[f"cox.{endpoint}.{model}.{names[column]}"]
                for column in columns
            }
            for model, columns in (
                ("univariable", names),
                ("multivariable", MULTIVARIABLE[endpoint]),
            )
        )
        ps = [p_printed(item["p"], item["p_op"]) for item in univariable.values()]
        *ratios, cycles = (ratio(item) for item in multivariable.values())
        targets += [
            Univariable(
                f"{endpoint} univariable", (*ps, *cycles), time, event, tuple(names), signs, logs
            ),
            Cox(
                f"{endpoint} multivariable", tuple(n for one in ratios for n in one), time, event,
                MULTIVARIABLE[endpoint],
            ),
        ]  # fmt: skip
    return targets


# Printed 1.991 (1.265-3.132) with p 0.002; these have p 0.003, and one per cent more has 0.002.
SPREAD = {"hr": 2.01, "ci_low": 1.279, "ci_high": 3.157}


def ratio(item: dict[str, Any]) -> tuple[Printed, ...]:
    """A hazard ratio and its limits; those to be believed where they contradict themselves."""
    values = item | item.get("trust", {})
    if item["variable"] == "extrahepatic_metastasis":
        values |= SPREAD
    return tuple(printed(values[key], 3) for key in ("hr", "ci_low", "ci_high"))


def add_contrasts(state: State) -> None:
    """Add the columns of Table 4, the scores, and what keeps discordant pairs as they are."""
    state["age63"] = (state["age"] >= 63).astype(np.int64)
    state["size10"] = (state["size"] >= 10).astype(np.int64)
    state["bclc_c"] = 1 - state["bclc_b"]
    for flag, column, above in (
        ("afp200", "afp", state["afp"] > 200),
        ("pivka1000", "pivka", state["pivka"] > 1000),
        ("cycles3", "cycles", state["cycles"] < 3),
    ):
        state[flag] = np.where(np.isnan(state[column]), np.nan, above.astype(np.float64))
    state["ecog2"] = np.zeros(N, dtype=np.int64)
    symptoms = np.flatnonzero((state["stratum"] == 3) & (state["ecog"] == 1))
    state["ecog2"][symptoms[:2]] = 1  # not printed; few, since the limits are wide
    for flag in DISCORDANT:
        block = np.where(state["pair"] == 0, 2 + state["stratum"], -1 - np.arange(N))
        for row in np.flatnonzero(state["stratum"] == 2):
            partner = (state["pair"] == state["pair"][row]) & (state["arm"] == LENVATINIB)
            block[row] = state[flag][partner][0]
        state[f"{flag} block"] = block


def assign(published: Published, state: State) -> State:
    """Exchange bundles and markers within the strata until the Cox models are those printed."""
    add_contrasts(state)
    targets = assignment_targets(published)
    moves: list[tuple[Move, float]] = [
        (Swap(BUNDLE, ("stratum",)), 6.0),
        (Swap(("pivka", "pivka1000"), ("stratum",)), 1.0),
        (Swap(("afp", "afp200"), ("stratum",)), 1.0),
        (Swap(("cycles", "cycles3"), ("stratum",)), 1.0),
        (Swap(("viral",), ("viral block",)), 1.0),
        (Swap(("vessel",), ("vessel block",)), 1.0),
        (Swap(("ecog", "ecog2"), ("ecog block",)), 1.0),
    ]
    rng, found = generator("assignment"), state
    for hot in (3.0, 0.5):
        found = anneal(
            found, targets, moves, iterations=ASSIGNMENT_STEPS, rng=rng, hot=hot, slope=20.0,
            rules=[StageAgrees()],
        )  # fmt: skip
    report("assignment", found, targets)
    found = relabel(found, targets, "labels")
    found = relabel(found, assignment_targets(published, logs=True), "labels again")
    return match_again(found)


def relabel(state: State, targets: Sequence[Target], stage: str) -> State:
    """Exchange single variables as well, at the cost of the score that `arrange` has fitted."""
    moves: list[tuple[Move, float]] = [
        (Swap(BUNDLE, ("stratum",)), 3.0),
        *(
            (Swap(columns, ("stratum",)), 1.0)
            for columns in (
                ("age", "age63"), ("male",), ("size", "size10"), ("spread",), ("afp", "afp200"),
                ("pivka", "pivka1000"), ("cycles", "cycles3"),
            )
        ),
        *((Swap((flag,), (f"{flag} block",)), 1.0) for flag in DISCORDANT if flag != "ecog"),
        (Swap(("ecog", "ecog2"), ("ecog block",)), 1.0),
    ]  # fmt: skip
    found = anneal(
        state, targets, moves, iterations=RELABEL_STEPS, rng=generator(stage), hot=1.5,
        cold=0.03, slope=20.0, rules=[StageAgrees()],
    )  # fmt: skip
    report(stage, found, targets)
    return found


def match_again(state: State) -> State:
    """Exchange ages and sizes on one side of their cuts, until psmatch finds about the pairs."""
    targets = matching_targets()
    moves: list[tuple[Move, float]] = [
        (Swap(("age",), ("stratum", "age63")), 1.0), (Swap(("size",), ("stratum", "size10")), 1.0),
    ]  # fmt: skip
    found = anneal(
        state, targets, moves, iterations=MATCHING_STEPS, rng=generator("matching"), hot=1.5,
        cold=0.05, slope=40.0,
    )  # fmt: skip
    report("matching again", found, targets)
    return found


# --------------------------------------------------------------------------------------------
# The rest: liver, blood, dates, course
# --------------------------------------------------------------------------------------------

# Which components give the points above five: (bilirubin, albumin, INR, ascites, encephalopathy).
Points = tuple[int, int, int, int, int]
POINT_PATTERNS: dict[int, tuple[tuple[float, Points], ...]] = {
    5: ((1.0, (0, 0, 0, 0, 0)),),
    6: (
        (0.60, (0, 1, 0, 0, 0)),
        (0.20, (0, 0, 0, 1, 0)),
        (0.16, (1, 0, 0, 0, 0)),
        (0.04, (0, 0, 1, 0, 0)),
    ),
    7: (
        (0.45, (0, 1, 0, 1, 0)),
        (0.22, (1, 1, 0, 0, 0)),
        (0.10, (0, 2, 0, 0, 0)),
        (0.09, (0, 0, 0, 2, 0)),
        (0.05, (2, 0, 0, 0, 0)),
        (0.05, (0, 1, 1, 0, 0)),
        (0.04, (0, 1, 0, 0, 1)),
    ),
    8: (
        (0.36, (1, 1, 0, 1, 0)),
        (0.26, (0, 1, 0, 2, 0)),
        (0.16, (0, 2, 0, 1, 0)),
        (0.08, (2, 1, 0, 0, 0)),
        (0.07, (0, 1, 0, 1, 1)),
        (0.07, (0, 1, 1, 1, 0)),
    ),
}
# Lowest and highest value, as printed in the file, for one, two and three points.
BILIRUBIN_RANGE = ((0.3, 1.9), (2.0, 3.0), (3.1, 4.6))
ALBUMIN_RANGE = ((3.6, 4.7), (2.8, 3.5), (2.2, 2.7))
INR_RANGE = ((0.93, 1.55), (1.70, 2.05))  # nobody here has three points


def top(score: Floats, count: int, among: Bools | None = None) -> Bools:
    """Flag the `count` patients with the highest score, out of those in `among`."""
    usable = score if among is None else np.where(among, score, -np.inf)
    flags = np.zeros(score.size, dtype=np.bool_)
    flags[np.argsort(-usable, kind="stable")[:count]] = True
    return flags


def inside(value: float, bounds: tuple[float, float], digits: int) -> float:
    """Round a value and keep it within its range."""
    return round(min(max(value, bounds[0]), bounds[1]), digits)


def liver_values(rng: Rng, score: int) -> tuple[float, float, float, int, int]:
    """Draw bilirubin, albumin, INR and the grades of ascites and encephalopathy of a score."""
    weights, patterns = zip(*POINT_PATTERNS[score], strict=True)
    bili, alb, inr, ascites, brain = patterns[int(rng.choice(len(patterns), p=weights))]
    typical_bili, typical_alb = (0.8, 2.4, 3.6)[bili], (4.0, 3.2, 2.5)[alb]
    drawn_bili = float(typical_bili * np.exp(rng.normal(0, (0.40, 0.12, 0.12)[bili])))
    return (
        inside(drawn_bili, BILIRUBIN_RANGE[bili], 1),
        inside(float(rng.normal(typical_alb, (0.28, 0.20, 0.15)[alb])), ALBUMIN_RANGE[alb], 1),
        inside(float(rng.normal((1.12, 1.80)[inr], 0.09)), INR_RANGE[inr], 2),
        ascites,
        brain,
    )


def add_liver(rng: Rng, published: Published, state: State) -> None:
    """Add the Child-Pugh score, its components, and ALBI."""
    state["score"] = np.where(state["child_pugh_b"] == 1, 7, 5)
    for stratum in range(4):
        for lower, higher in ((5, 6), (7, 8)):
            here = np.flatnonzero((state["stratum"] == stratum) & (state["score"] == lower))
            number = published.strata(f"baseline.child_pugh_score.{higher}")[stratum]
            state["score"][rng.permutation(here)[:number]] = higher
    rows = np.array([liver_values(rng, int(score)) for score in state["score"]])
    for place, name in enumerate(("bilirubin", "albumin", "inr", "ascites", "encephalopathy")):
        state[name] = rows[:, place]
    albi = 0.66 * np.log10(state["bilirubin"] * 17.1) - 0.085 * state["albumin"] * 10
    state["albi"] = np.round(albi, 3)
    state["albi_grade"] = 1 + (albi > -2.60).astype(np.int64) + (albi > -1.39)


def add_blood(rng: Rng, state: State) -> None:
    """Add the other laboratory values, which follow tumour size and liver function."""
    burden = np.log(state["size"] / 4.5)
    liver = (state["score"] - 5.7).astype(np.float64)

    def log_normal(median: float, spread: float, shift: Floats) -> Floats:
        return median * np.exp(shift + rng.normal(0, spread, N))

    alt = log_normal(33, 0.48, 0.10 * liver)
    state["alt"] = np.rint(np.clip(alt, 9, 240))
    state["ast"] = np.rint(np.clip(alt * log_normal(1.45, 0.28, 0.10 * burden), 14, 420))
    lymphocytes = log_normal(1.22, 0.36, -0.08 * liver)
    state["lymphocytes"] = np.round(np.clip(lymphocytes, 0.35, 3.2), 2)
    neutrophils = log_normal(3.7, 0.34, 0.08 * burden)
    state["neutrophils"] = np.round(np.clip(neutrophils, 1.1, 13), 2)
    crp = log_normal(0.95, 0.95, 0.35 * burden)
    state["crp"] = np.round(np.clip(crp, 0.02, 19.5), 2)


def add_blanks(rng: Rng, state: State) -> dict[str, Bools]:
    """Choose which laboratory values are missing; values of one tube go together."""

    def some(count: int) -> Bools:
        return top(rng.normal(size=N), count)

    chemistry, count = some(4), some(8)
    blank = {"bilirubin": chemistry | some(2), "albumin": chemistry | some(3)}
    blank |= {"alt": chemistry | some(4), "ast": chemistry | some(5)}
    blank |= {"lymphocytes": count, "neutrophils": count, "inr": some(8), "crp": some(11)}
    blank |= {name: np.isnan(state[name]) for name in ("afp", "pivka", "cycles")}
    blank["afp_week8"] = some(9) | (state["os_day"] < WEEK_8) | blank["afp"]
    return blank | {"albi": blank["bilirubin"] | blank["albumin"]}


def add_course(rng: Rng, state: State) -> None:
    """Add cause, centre, dose, AFP at week 8 and dates."""
    of_viral = rng.choice(["HBV", "HCV"], N, p=[0.88, 0.12])
    of_other = rng.choice(["alcohol", "MASLD", "other"], N, p=[0.5, 0.32, 0.18])
    state["etiology"] = np.where(state["viral"] == 1, of_viral, of_other)
    state["centre"] = rng.choice([1, 2, 3], N, p=[0.48, 0.32, 0.20])
    score = rng.normal(size=N) + np.log(state["pfs_day"] / 60) + 0.4 * (state["arm"] == LENVATINIB)
    state["dose_reduction"] = top(score, 49)
    trend = {"PR": -1.3, "SD": -0.25, "PD": 0.45, "NE": 0.3}
    change = np.array([trend[RESPONSES[r]] for r in state["recist"]]) + rng.normal(0, 0.45, N)
    with np.errstate(invalid="ignore"):
        later = np.maximum(state["afp"] * np.exp(change), 1.0)
    state["afp_week8"] = np.where(later < 99.95, np.round(later, 1), np.rint(later))
    state["start"] = np.array(
        [
            start_day(rng, int(d), bool(e))
            for d, e in zip(state["os_day"], state["death"], strict=True)
        ]
    )


def start_day(rng: Rng, days: int, died: bool) -> int:
    """Draw the start, in days since FIRST_START, so that the follow-up ends by the data cut.

    Three quarters of the survivors were seen in the last five weeks before the data cut, the
    others were lost to follow-up; the enrolment grows with the years.
    """
    latest = min((LAST_START - FIRST_START).days, (DATA_CUT - FIRST_START).days - days)
    at_cut = (DATA_CUT - FIRST_START).days - int(rng.integers(0, 36)) - days
    anywhere = round(latest * float(rng.beta(1.6, 1.2)))
    recent = not died and rng.random() < 0.75 and 0 <= at_cut <= latest
    return at_cut if recent else anywhere


# --------------------------------------------------------------------------------------------
# Adverse events
# --------------------------------------------------------------------------------------------

BRITISH = {
    "Diarrhea": "Diarrhoea", "Anemia": "Anaemia", "Hand-Foot Syndrome": "Hand-foot syndrome",
    "Oral Mucositis": "Oral mucositis",
}  # fmt: skip
# Invented: the printed events of grade 3-4 are fewer than the patients who had one.
# Any grade and grade 3-4: lenvatinib, sorafenib.
INVENTED_EVENTS = {
    "Ascites": ((2, 1), (12, 9)),
    "Hepatic encephalopathy": ((0, 0), (6, 5)),
}
STOPPED_FOR_EVENT = (12, 16)


def event_counts(published: Published) -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
    """Patients with each event, of any grade and of grade 3-4, in each treatment."""
    counts = {}
    for key, item in published.items.items():
        if key.startswith("ae.") and "any_grade" in item and item["event"] != "All":
            lenvatinib, sorafenib = (
                (item["any_grade"][arm]["n"], item["grade3_4"][arm]["n"]) for arm in ARMS
            )
            counts[BRITISH.get(item["event"], item["event"])] = (lenvatinib, sorafenib)
    return counts | INVENTED_EVENTS


def highest_grades(
    rng: Rng, published: Published, arm: int, rows: list[int]
) -> dict[tuple[int, str], int]:
    """The highest grade of each patient and event of a treatment."""
    everyone = published.items["ae.all"]
    affected = rng.permutation(rows)[: everyone["any_grade"][ARMS[arm]]["n"]].tolist()
    severe = affected[: everyone["grade3_4"][ARMS[arm]]["n"]]
    while True:
        grades: dict[tuple[int, str], int] = {}
        burden = Counter(dict.fromkeys(severe, 0))  # events of grade 3-4
        for event, of_arms in event_counts(published).items():
            any_grade, high = of_arms[arm]
            worst = sorted(rng.permutation(severe).tolist(), key=lambda row: burden[row])[:high]
            burden.update(worst)
            others = rng.permutation([row for row in affected if row not in worst])
            grades |= {(row, event): 4 if rng.random() < 0.1 else 3 for row in worst}
            grades |= {
                (row, event): 1 if rng.random() < 0.6 else 2
                for row in others[: any_grade - high].tolist()
            }
        if {row for row, _ in grades} == set(affected):
            return grades


def adverse_events(rng: Rng, published: Published, state: State) -> list[tuple[int, str, int, int]]:
    """Patient, event, grade and day: the highest grade of each event, and milder episodes."""
    grades: dict[tuple[int, str], int] = {}
    stopped = np.zeros(N, dtype=np.bool_)
    for arm, number in enumerate(STOPPED_FOR_EVENT):
        rows = np.flatnonzero(state["arm"] == arm).tolist()
        of_arm = highest_grades(rng, published, arm, rows)
        worst = np.zeros(N)
        for (row, _), grade in of_arm.items():
            worst[row] = max(worst[row], grade)
        stopped |= top(worst + rng.random(N), number)
        grades |= of_arm
    state["discontinued_for_ae"] = stopped
    events = []
    for (row, event), grade in grades.items():
        episodes = [grade, *([int(rng.integers(1, grade + 1))] if rng.random() < 0.15 else [])]
        latest = max(2, int(min(state["os_day"][row], 180)))
        events += [
            (int(state["number"][row]), event, g, int(rng.integers(1, latest + 1)))
            for g in episodes
        ]
    return sorted(events, key=lambda event: (event[0], event[3], event[1], event[2]))


# --------------------------------------------------------------------------------------------
# The files
# --------------------------------------------------------------------------------------------

ASCITES = ("none", "mild", "moderate")
ENCEPHALOPATHY = ("none", "grade 1-2", "grade 3-4")


def yes_no(flag: Any) -> str:
    """Write a flag as yes or no."""
    return "yes" if flag else "no"


def row_of(state: State, blank: dict[str, Bools], i: int) -> dict[str, str]:
    """Return one row of the file as text."""
    start = FIRST_START + timedelta(days=int(state["start"][i]))
    progression = start + timedelta(days=int(state["pfs_day"][i]))
    last = start + timedelta(days=int(state["os_day"][i]))
    died, progressed = bool(state["death"][i]), bool(state["progression"][i])

    def value(name: str, digits: int) -> str:
        return "" if name in blank and blank[name][i] else f"{float(state[name][i]):.{digits}f}"

    def marker(name: str) -> str:
        return value(name, 1 if state[name][i] < 99.95 else 0)

    resistant = progressed and state["pfs_day"][i] <= THREE_MONTHS
    known = resistant or state["pfs_day"][i] > THREE_MONTHS
    return {
        "patient_id": f"P{state['number'][i]:03d}",
        "centre": f"Centre {state['centre'][i]}",
        "second_line": ARMS[int(state["arm"][i])],
        "matched": yes_no(state["matched"][i]),
        "matched_pair": str(state["pair"][i]) if state["pair"][i] else "",
        "start_2l": start.isoformat(),
        "progression_date": progression.isoformat() if progressed else "",
        "death_date": last.isoformat() if died else "",
        "last_contact": last.isoformat(),
        "os_months": f"{state['os_day'][i] / DAYS_PER_MONTH:.2f}",
        "death": str(int(died)),
        "pfs_months": f"{state['pfs_day'][i] / DAYS_PER_MONTH:.2f}",
        "pfs_event": str(int(state["pfs_event"][i])),
        "progression": str(int(progressed)),
        "age": value("age", 0),
        "sex": "male" if state["male"][i] else "female",
        "ecog": str(state["ecog"][i] + state["ecog2"][i]),
        "etiology": str(state["etiology"][i]),
        "viral": "viral" if state["viral"][i] else "non-viral",
        "bclc": "B" if state["bclc_b"][i] else "C",
        "child_pugh_score": str(state["score"][i]),
        "child_pugh": "B" if state["child_pugh_b"][i] else "A",
        "ascites": ASCITES[int(state["ascites"][i])],
        "encephalopathy": ENCEPHALOPATHY[int(state["encephalopathy"][i])],
        "bilirubin": value("bilirubin", 1),
        "albumin": value("albumin", 1),
        "inr": value("inr", 2),
        "albi": value("albi", 3),
        "albi_grade": "" if blank["albi"][i] else str(state["albi_grade"][i]),
        "alt": value("alt", 0),
        "ast": value("ast", 0),
        "lymphocytes": value("lymphocytes", 2),
        "neutrophils": value("neutrophils", 2),
        "crp": value("crp", 2),
        "afp": marker("afp"),
        "afp_week8": marker("afp_week8"),
        "pivka_ii": value("pivka", 0),
        "tumor_size_cm": value("size", 1),
        "tumor_number": "multiple" if state["multiple"][i] else "single",
        "extrahepatic_spread": yes_no(state["spread"][i]),
        "lymph_node": yes_no(state["nodes"][i]),
        "macrovascular_invasion": yes_no(state["vessel"][i]),
        "atezo_bev_cycles": value("cycles", 0),
        "response": RESPONSES[int(state["recist"][i])],
        "response_mrecist": RESPONSES[int(state["mrecist"][i])],
        "primary_resistance": str(int(resistant)) if known else "",
        "dose_reduction": yes_no(state["dose_reduction"][i]),
        "discontinued_for_ae": yes_no(state["discontinued_for_ae"][i]),
        "subsequent_therapy": yes_no(state["third"][i]),
        "subsequent_drug": DRUGS[int(state["drug"][i])],
    }


def strata() -> State:
    """The patients of each stratum, with the numbers that order them in the file."""
    stratum = np.repeat(np.arange(4), SIZES)
    return {
        "stratum": stratum,
        "arm": stratum // 2,
        "matched": (stratum % 2 == 0).astype(np.int64),
        "number": generator("patients").permutation(N) + 1,
    }


def build(published: Published) -> State:
    """Make the patients, from the first number to the Cox models."""
    state = strata()
    fit_numbers(published, state)
    state = arrange(published, state)
    state = fit_outcomes(published, state)
    return assign(published, state)


def complete(
    published: Published, state: State
) -> tuple[list[dict[str, str]], list[tuple[str, ...]]]:
    """The rows of both files, in the order of the patients' numbers."""
    rng = generator("rest")
    add_liver(rng, published, state)
    add_blood(rng, state)
    add_course(rng, state)
    blank = add_blanks(rng, state)
    events = adverse_events(rng, published, state)
    rows = [row_of(state, blank, int(i)) for i in np.argsort(state["number"])]
    return rows, [(f"P{number:03d}", *map(str, rest)) for number, *rest in events]


def write(folder: Path) -> None:
    """Write the cohort, its adverse events and their checksums."""
    published = Published(FOLDER / "published.json")
    rows, events = complete(published, build(published))
    write_csv(folder / "cohort.csv", list(rows[0]), [list(row.values()) for row in rows])
    write_csv(
        folder / "adverse_events.csv", ["patient_id", "adverse_event", "grade", "day"], events
    )
    sums = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("cohort.csv", "adverse_events.csv")
    ]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="ascii")


def write_csv(path: Path, header: list[str], rows: list[Any]) -> None:
    """Write a CSV file with Unix line ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description="Make the synthetic twin of Chon et al. 2024.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, metavar="FOLDER")
    write(parser.parse_args().folder)


if __name__ == "__main__":
    main()
