"""The synthetic twin of SORA-2: 81 patients with second-line sorafenib (Cancers 2025;17:972).

No row describes a patient. Counts, medians, limits, p-values and hazard ratios are those of
`published.json`; everything else is drawn at random. In this order:

1. days       - 57 deaths and 24 censorings that give the printed overall curve. The printed medians
                and limits of all groups are days of deaths, which pins 32 of them.
2. factors    - labels with the printed counts are exchanged between patients until medians, limits,
                log-rank tests and hazard ratios of their groups agree; then all factors and the
                free days together.
3. the course - progression, treatment, response, later therapies, scores before and after, adverse
                events and dates, so that they agree with each other and with survival.

    python tools/twins/sora2.py [FOLDER] [--anew]     (default: sample_data/sora2)
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from search import (
    DAYS_PER_MONTH,
    Count,
    FactorCox,
    HandDay,
    Ints,
    LogRank,
    Median,
    Move,
    NotAfter,
    Printed,
    Quantiles,
    ShiftDay,
    State,
    Swap,
    Target,
    anneal,
    below,
    penalty,
    printed,
    shortfalls,
    softened,
)

from hcc2l.stats.tails import chi_square_tail
from hcc2l.stats.tree import logrank_scores

START = Path(__file__).with_name("sora2_start.json")
FOLDER = Path(__file__).parents[2] / "sample_data" / "sora2"
SEED = 2025
N, DEATHS, LONGEST = 81, 57, 959  # 31.5 months

# Days of death that printed medians and limits name.
PINNED = (
    65, 132, 147, 157, 162, 165, 176, 197, 201, 202, 203, 214, 217, 226, 234, 251, 276, 291, 296,
    298, 338, 380, 414, 423, 442, 454, 457, 472, 493, 498, 503, 634,
)  # fmt: skip

# The columns of the search: counts of their codes; the rest of the 81 is missing (-1).
MARGINS: Mapping[str, Mapping[int, int]] = {
    "ecog": {0: 27, 1: 36, 2: 16},
    "child_pugh": {0: 55, 1: 15},
    "albi_grade": {1: 22, 2: 39, 3: 11},
    "bclc": {0: 1, 1: 18, 2: 57, 3: 1},
    "afp": {0: 45, 1: 29},
    "afp_response": {1: 15, 0: 45},
    "disease_control": {1: 23, 0: 32},
    "first_line": {0: 35, 1: 36, 2: 10},
    "aetiology": {0: 28, 1: 13, 2: 7, 3: 18, 4: 1},
    "later_therapy": {1: 41, 0: 40},
    "stop_reason": {0: 9, 1: 2, 2: 32, 3: 23},
    "full_dose": {1: 39, 0: 42},
    "extrahepatic": {1: 47, 0: 34},
}
VIRAL = {0: 0, 1: 0, 2: 1, 3: 1, 4: 2, -1: -1}  # aetiology: non-viral, viral, other

# The names of published.json: our column, and our codes of its groups.
FACTORS: Mapping[str, tuple[str, Mapping[str, int]]] = {
    "ecog": ("ecog", {"0": 0, "1": 1, "2": 2}),
    "child_pugh_class": ("child_pugh", {"A": 0, "B": 1}),
    "albi_grade": ("albi_grade", {"1": 1, "2": 2, "3": 3}),
    "bclc": ("bclc", {"B": 1, "C": 2}),
    "afp_cat400": ("afp", {"<400": 0, ">=400": 1}),
    "afp_response": ("afp_response", {"responder": 1, "non-responder": 0}),
    "disease_control": ("disease_control", {"yes": 1, "no": 0, "no (PD)": 0}),
    "first_line": ("first_line", {"atezolizumab/bevacizumab": 0, "lenvatinib": 1}),
    "etiology_group": ("viral", {"viral": 1, "non-viral": 0}),
    "etiology_detail": (
        "aetiology",
        {"ASH": 0, "MASLD/MASH": 1, "hepatitis B": 2, "hepatitis C": 3},
    ),
    "any_subsequent_therapy": (
        "later_therapy",
        {"yes": 1, "no": 0, "no (best supportive care)": 0},
    ),
    "stop_reason": ("stop_reason", {"progression": 2, "toxicity": 3}),
    "full_dose_reached": ("full_dose", {"yes": 1, "no": 0}),
    "extrahepatic_spread": ("extrahepatic", {"yes": 1, "no": 0}),
}
# The tree, and what performance status, stage and liver function have to do with each other.
LINKED = ("ecog", "child_pugh", "albi_grade", "bclc", "afp", "extrahepatic")
# The death on day 634 is an upper limit of two groups and a leaf at once. A limit falls to 0.5
# there only if all who died since day 472 and all who were seen longer are in these groups.
LONG = {"ecog": 0, "child_pugh": 0, "afp": 0}
# Its median is printed below the medians of both of its parts, so it is wanted less.
BELOW_ITS_PARTS = "sora2.km.os.all.etiology_group.non_viral"
# Exchanged together.
TOGETHER = {"afp": ("afp", "afp_known"), "aetiology": ("aetiology", "viral")}


# --- targets -------------------------------------------------------------------------------------


def survival_targets(published: Mapping[str, Any]) -> list[Target]:
    """Medians with limits, log-rank tests and hazard ratios of overall survival by group."""
    targets: list[Target] = []
    for item in published["km"]:
        if item["factor"] is not None:
            column, codes = FACTORS[item["factor"]]
            limits = item["ci_high_status"] != "not_reported"
            wanted = (
                printed(item["median_months"]),
                printed(item["ci_low"]) if limits else None,
                printed(item["ci_high"]) if limits else None,
            )
            among = {column: codes[item["group"]]}
            weight = 0.3 if item["id"] == BELOW_ITS_PARTS else 1.0
            targets.append(
                Median(item["id"], wanted, "os_days", "death", among=among, weight=weight)
            )
    for item in published["logrank"]:
        if item["p"] is not None:
            column, codes = FACTORS[item["factor"]]
            levels = tuple(codes[group] for group in item["groups"])
            targets.append(
                LogRank(item["id"], (printed(item["p"]),), "os_days", "death", column, levels)
            )
    targets += hazard_ratios(published["cox"])
    for node, among in (
        (3, {"child_pugh": 0, "afp": 0}),
        (4, {"child_pugh": 0, "afp": 1}),
        (5, {"child_pugh": 1, "afp_known": 1}),
    ):
        item = published["tree"][node - 1]
        high = item.get("trust", item)["ci_high"]
        wanted = (printed(item["median_months"]), printed(item["ci_low"]), printed(high))
        targets.append(Median(item["id"], wanted, "os_days", "death", among=among, weight=3))
    return targets


def hazard_ratios(items: Sequence[Mapping[str, Any]]) -> list[Target]:
    """The univariable hazard ratios that are printed, a target for each variable."""
    by_factor: dict[str, list[Mapping[str, Any]]] = {}
    for item in items:
        if item["hr"] is not None:
            by_factor.setdefault(item["variable"], []).append(item)
    targets: list[Target] = []
    for factor, rows in by_factor.items():
        column, codes = FACTORS[factor]
        levels = (codes[rows[0]["reference"]], *(codes[row["contrast"]] for row in rows))
        numbers = [row[key] for row in rows for key in ("hr", "ci_low", "ci_high")]
        wanted = tuple(printed(number, 3) for number in numbers)
        targets.append(FactorCox(f"cox {factor}", wanted, "os_days", "death", column, levels))
    return targets


@dataclass(frozen=True)
class Tree(Target):
    """The splits of the tree on complete rows (alpha 0.1, Bonferroni of three), with a margin.

    `wanted`, all limits from above: p of Child-Pugh class at the root and its ratio to the
    smaller p of the others; the same of AFP among class A; the largest 1 / p of ECOG in its leaves.
    """

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({"os_days", "death", "child_pugh", "afp", "ecog"})

    def found(self, state: State) -> tuple[float, ...]:
        names = ("child_pugh", "afp", "ecog")
        rows = np.flatnonzero((np.array([state[name] for name in names]) >= 0).all(axis=0))
        liver, marker, ecog = (state[name][rows] for name in names)
        score = logrank_scores(state["os_days"][rows].astype(float), state["death"][rows] == 1)
        root = [_p(score, values) for values in (liver, marker, ecog)]
        a = liver == 0
        inner = [_p(score[a], values[a]) for values in (marker, ecog)]
        leaves = [_p(score[a & (marker == code)], ecog[a & (marker == code)]) for code in (0, 1)]
        return (
            1 - (1 - root[0]) ** 3,
            root[0] / min(root[1:]),
            1 - (1 - inner[0]) ** 3,
            inner[0] / inner[1],
            1 / min(leaves),
        )

    def error(self, state: State) -> tuple[float, ...]:
        return tuple(map(softened, super().error(state)))


def _p(score: Any, values: Any) -> float:
    """The permutation test of one number (Strasser and Weber): (n - 1) r^2 is chi-square."""
    a, b = score - score.mean(), values - values.mean()
    scale = float((a @ a) * (b @ b))
    statistic = (score.size - 1) * float(a @ b) ** 2 / scale if scale > 0 else 0.0
    return max(chi_square_tail(1, statistic), 1e-12)


@dataclass(frozen=True)
class Before(Target):
    """The number of patients with a code who died or were last seen before a day."""

    column: str
    code: int
    day: int

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({"os_days", self.column})

    def found(self, state: State) -> tuple[float, ...]:
        early = (state[self.column] == self.code) & (state["os_days"] < self.day)
        return (float(np.count_nonzero(early)),)


def plausible() -> list[Target]:
    """What must not, or hardly, go together."""

    def count(wanted: float, slack: float = 0.0, **among: int) -> Count:
        name = " and ".join(f"{column} {code}" for column, code in among.items())
        return Count(name, (Printed(wanted, slack, 10.0),), among=among)

    def never_before(day: int, column: str, code: int) -> Before:
        return Before(
            f"{column} {code} before day {day}", (Printed(0, 0, 10.0),), column, code, day
        )

    return [
        count(2, ecog=-1, child_pugh=-1),  # 64 complete rows of the tree
        count(1, afp=-1, child_pugh=-1),
        Tree("tree", (below(0.06), below(0.7), below(0.09), below(0.8), below(12.0)), weight=2),
        count(3, 3, bclc=1, ecog=1),
        count(0, bclc=1, ecog=2),
        count(0, bclc=0, ecog=1),
        count(0, bclc=0, ecog=2),
        *(count(0, bclc=stage, extrahepatic=1) for stage in (0, 1)),
        count(0, albi_grade=1, child_pugh=1),
        count(1, 1, albi_grade=3, child_pugh=0),
        count(0, afp=-1, afp_response=0),
        count(0, afp=-1, afp_response=1),
        never_before(100, "disease_control", 1),
        never_before(42, "disease_control", 0),
        never_before(42, "afp_response", 1),
        never_before(42, "afp_response", 0),
        never_before(55, "later_therapy", 1),
        never_before(40, "stop_reason", 2),
        never_before(12, "stop_reason", 0),
        never_before(12, "stop_reason", 1),
        never_before(12, "stop_reason", 3),
        count(0, stop_reason=0, death=0),
        count(0, stop_reason=0, later_therapy=1),
        count(0, stop_reason=0, disease_control=1),
        count(24, 2, stop_reason=2, disease_control=0),
    ]


# --- search --------------------------------------------------------------------------------------


def survival_days(rng: np.random.Generator) -> tuple[State, Any]:
    """The days and deaths of the overall curve, and the rows whose days are free."""
    # Half of the patients are seen for less than 203 days, and most later deaths are pinned. The
    # upper limits of 634 days need some patients at risk then (`LONG`).
    free_deaths = rng.integers(12, 200, DEATHS - len(PINNED))
    late = np.concatenate((rng.integers(300, 470, N - DEATHS - 8), rng.integers(640, 900, 3)))
    censored = np.concatenate(([1, LONGEST], rng.integers(20, 200, 3), late))
    state = {
        "os_days": np.concatenate((PINNED, free_deaths, censored)),
        "death": np.repeat([1, 0], [DEATHS, N - DEATHS]),
    }
    fixed = np.isin(state["os_days"], (1, LONGEST)) | (np.arange(N) < len(PINNED))
    free = np.flatnonzero(~fixed)
    return state, free


def overall(published: Mapping[str, Any]) -> list[Target]:
    """The overall curve and the observed follow-up."""
    item = published["km"][0]
    wanted = tuple(printed(item[key], 2) for key in ("median_months", "ci_low"))
    return [
        Median("os", (*wanted, printed(item["ci_high"])), "os_days", "death", weight=5),
        Quantiles("follow-up", (printed(203, 0),), "os_days", weight=5),  # 6.67 months
    ]


def wanted_days(published: Mapping[str, Any], column: str) -> dict[int, list[int]]:
    """The pinned days that the printed numbers of each group of a column name."""
    wanted: dict[int, list[int]] = {}
    for item in published["km"]:
        factor = item["factor"]
        if factor is not None and FACTORS[factor][0] == column:
            numbers = [item[key] for key in ("median_months", "ci_low", "ci_high")]
            days = [
                day
                for day in PINNED
                if any(n is not None and printed(n).error(day / 30.4375) == 0 for n in numbers)
            ]
            if days:
                wanted[FACTORS[factor][1][item["group"]]] = days
    return wanted


def moves(published: Mapping[str, Any], factor: str) -> list[tuple[Move, float]]:
    """Exchanges of the labels of a factor."""
    columns = TOGETHER.get(factor, (factor,))
    hand = wanted_days(published, factor)
    among = ("long",) if factor in LONG else ()
    found: list[tuple[Move, float]] = [
        (Swap(columns, among), 1.0),
        (Swap(columns, among, near="os_days"), 1.5),
    ]
    if hand:
        found.append((HandDay(columns, "os_days", "death", hand, among), 0.5))
    return found


def labels(
    margin: Mapping[int, int], long: Ints, code: int | None, rng: np.random.Generator
) -> Ints:
    """Labels with the printed counts at random; those seen for long have `code`."""
    codes = np.repeat(list(margin), list(margin.values()))
    codes = np.concatenate((codes, np.full(N - codes.size, -1)))
    if code is None:
        return rng.permutation(codes)
    held = np.flatnonzero(codes == code)[: int(long.sum())]
    found = np.full(N, code)
    found[long == 0] = rng.permutation(np.delete(codes, held))
    return found


def search(published: Mapping[str, Any], rng: np.random.Generator, effort: float = 1.0) -> State:
    """The days and the factors of the cohort."""
    state, free = survival_days(rng)
    curve = overall(published)
    days: list[tuple[Move, float]] = [
        (ShiftDay("os_days", free, 900, 60), 1.0),
        (ShiftDay("os_days", free, 900, 6), 1.0),
        (ShiftDay("os_days", free, 900, 300), 0.5),
    ]
    state = anneal(state, curve, days, iterations=int(effort * 20_000), rng=rng)
    late = (state["os_days"] >= 472) & (state["death"] == 1)
    state["long"] = (late | (state["os_days"] > PINNED[-1])).astype(np.int64)
    for factor, margin in MARGINS.items():
        state[factor] = labels(margin, state["long"], LONG.get(factor), rng)
    state["afp_known"] = (state["afp"] >= 0).astype(np.int64)
    state["viral"] = np.array([VIRAL[code] for code in state["aetiology"].tolist()])
    targets = [*plausible(), *survival_targets(published)]

    def exchange(factors: Sequence[str], among: Sequence[Target], steps: int, hot: float) -> State:
        """The labels of some factors, until the targets that read them are reached."""
        changed = {column for factor in factors for column in TOGETHER.get(factor, (factor,))}
        own = [target for target in among if target.reads & changed]
        if sum(penalty(target, state) for target in own) < 0.5:
            return state
        each = [step for factor in factors for step in moves(published, factor)]
        found = anneal(state, own, each, iterations=int(effort * steps), rng=rng, hot=hot)
        print(factors, round(sum(penalty(target, found) for target in own), 2), flush=True)
        return found

    placed = {"os_days", "death", "afp_known"}
    for factor in MARGINS:
        placed |= set(TOGETHER.get(factor, (factor,)))
        now = [target for target in targets if target.reads <= placed]
        state = exchange([factor], now, 8_000, 10.0)
    everything = [step for factor in MARGINS for step in moves(published, factor)]
    everything += [(move, 3 * share) for move, share in days]
    for hot in (1.0, 0.4):
        state = exchange(LINKED, targets, 12_000, 1.5)
        for factor in MARGINS:
            state = exchange([factor], targets, 3_000, 4.0)
        steps = int(effort * 10_000)
        state = anneal(
            state, [*curve, *targets], everything, iterations=steps, rng=rng, hot=hot, cold=0.02
        )
        print(shortfalls(state, [*curve, *targets]), flush=True)
    return state


# --- the course ----------------------------------------------------------------------------------


def baseline(state: State, rng: np.random.Generator) -> State:
    """Characteristics that no printed survival depends on."""
    ecog, stage = state["ecog"], state["bclc"]
    # BCLC C needs a performance status, spread or invasion; A and B have neither.
    needs = (stage == 2) & (ecog <= 0) & (state["extrahepatic"] == 0)
    may = np.isin(stage, (2, 3, -1)) & ~needs
    invaded = np.concatenate((np.flatnonzero(needs), rng.permutation(np.flatnonzero(may))))[:36]
    macrovascular = _marked(invaded)
    age = np.round(np.sort(np.clip(rng.normal(67.4, 8.6, N), 43, 83)), 1)
    age[[0, N // 2, N - 1]] = 42.1, 67.8, 83.7
    age[1 : N // 2] = np.minimum(age[1 : N // 2], 67.8)
    age[N // 2 + 1 : N - 1] = np.maximum(age[N // 2 + 1 : N - 1], 67.8)
    procedures = np.repeat([0, 1, 2, 3, -1], [35, 6, 11, 6, 23])  # nobody has two: 58 patients
    afp = afp_values(state["afp"], rng)
    lymphocytes = np.round(rng.lognormal(0.2, 0.4, N), 2)
    return {
        "sex": _marked(rng.permutation(N)[:17]),  # women
        "age": rng.permutation(age),
        "several_causes": _marked(rng.permutation(np.flatnonzero(state["aetiology"] >= 0))[:17]),
        "macrovascular": macrovascular,
        "main_portal_vein": _marked(rng.permutation(invaded)[:25]),
        "procedure": rng.permutation(procedures),
        "resection": _marked(rng.permutation(N)[:27]),
        "afp": afp,
        "afp_later": afp_later(afp, state["afp_response"], rng),
        "lymphocytes": lymphocytes,
        "neutrophils": np.round(lymphocytes * rng.lognormal(1.3, 0.45, N), 2),
        "dose_reduction": _marked(rng.permutation(N)[:31]),
        "centre": rng.permutation(np.concatenate((np.arange(12), rng.integers(0, 12, N - 12)))),
    }


def _marked(rows: Any) -> Any:
    """1 for these rows, 0 for all others."""
    return np.isin(np.arange(N), rows).astype(np.int64)


def afp_values(group: Any, rng: np.random.Generator) -> Any:
    """AFP of the printed median, range and numbers above 200 and 400; NaN if missing."""
    low = np.sort(np.round(np.clip(rng.lognormal(3.0, 1.3, 39), 1.9, 150), 1))
    low[[0, 36, 37]], low[38] = (1.7, 153.0, 153.0), 188.0  # the middle of 74
    low = np.concatenate((low, np.round(rng.uniform(205, 395, 6))))
    high = np.round(np.clip(rng.lognormal(7.8, 1.5, 29), 410, 60000))
    high[0] = 66600
    afp = np.full(N, np.nan)
    afp[group == 0], afp[group == 1] = rng.permutation(low), rng.permutation(high)
    return afp


def afp_later(afp: Any, response: Any, rng: np.random.Generator) -> Any:
    """AFP under treatment: a fall by more than 20 % in responders, NaN where not measured."""
    factor = np.where(response == 1, rng.uniform(0.15, 0.75, N), rng.lognormal(0.5, 0.5, N))
    factor = np.where(response == 1, factor, np.maximum(factor, 0.85))
    later = np.where(afp < 100, np.round(afp * factor, 1), np.round(afp * factor))
    return np.where(response >= 0, later, np.nan)


def course(state: State, published: Mapping[str, Any], rng: np.random.Generator) -> State:
    """Progression and treatment: days from the start of sorafenib."""
    last, control, stop = state["os_days"], state["disease_control"], state["stop_reason"]
    later, toxic = state["later_therapy"] == 1, np.isin(stop, (1, 3))
    end = np.where(later, last - 20, last)  # later therapy begins before death
    progressed = (control == 0) | (stop == 2) | ((control == 1) & (rng.random(N) < 0.8))
    high = np.where(control == 1, end, np.minimum(end, 170))
    low = np.minimum(np.where(control == 1, 85, np.where(control == 0, 35, 20)), high)
    days = np.where(progressed, rng.integers(low, high + 1), last)
    pfs: State = {
        "pfs_days": days,
        "low": np.where(progressed, low, 0),
        "high": np.where(progressed, high, LONGEST),
        "event": np.where(progressed, 1, state["death"]),
    }
    item = published["km"][1]
    wanted = tuple(printed(item[key]) for key in ("median_months", "ci_low", "ci_high"))
    curve = Median("pfs", wanted, "pfs_days", "event")
    free = np.flatnonzero(progressed)
    pfs = within(pfs, "pfs_days", free, [curve], rng)
    # Treatment ends at death, soon after progression, or before it for toxicity or by wish.
    before = np.minimum(np.where(progressed, pfs["pfs_days"], end), end)
    low = np.select([stop == 0, stop == 2, toxic], [last, before, np.minimum(10, before)], -1)
    high = np.select(
        [stop == 0, stop == 2, toxic], [last, np.minimum(before + 60, end), before], -1
    )
    drawn = np.where(toxic, rng.exponential(60, N).astype(np.int64), before)
    given: State = {"duration": np.clip(drawn, low, high), "low": low, "high": high}
    item = published["therapy"][2]["values"]["Overall"]
    numbers = (printed(item["min"]), printed(item["median"]))
    target = Quantiles("duration", numbers, "duration", (0.0, 0.5), unit=DAYS_PER_MONTH)
    given = within(given, "duration", np.flatnonzero(toxic | (stop == 2)), [target], rng)
    duration = given["duration"]
    from_day = np.maximum(np.where(duration > 0, duration, 0), np.where(progressed, before, 30))
    begins = np.minimum(from_day + rng.integers(5, 30, N), last - 5)
    print(shortfalls(pfs, [curve]), shortfalls(given, [target]), sep="\n")
    return {
        "pfs_days": pfs["pfs_days"],
        "progressed": progressed.astype(np.int64),
        "duration": duration,
        "later_day": np.where(later, begins, -1),
    }


def within(
    state: State, column: str, free: Any, targets: Sequence[Target], rng: np.random.Generator
) -> State:
    """Shift the free days of a column between those in `low` and `high`."""
    return anneal(
        state,
        targets,
        [(ShiftDay(column, free, LONGEST, 40), 1.0)],
        iterations=30_000,
        rng=rng,
        rules=[NotAfter("low", column), NotAfter(column, "high")],
    )


def later_therapies(state: State, rng: np.random.Generator) -> dict[str, list[str]]:
    """What followed: 38 systemic third lines and 4 local therapies; of 2 nothing is known."""
    rows = rng.permutation(np.flatnonzero(state["later_therapy"] == 1))
    systemic, local, unknown = rows[:38], rows[35:39], rows[39:]
    drugs = np.repeat(THIRD_LINE, (2, 26, 2, 2, 2, 4))
    while True:  # nobody has the first-line regimen again
        drawn = rng.permutation(drugs)
        again = [
            FIRST_LINE[state["first_line"][row]] == d
            for row, d in zip(systemic, drawn, strict=True)
        ]
        if not any(again):
            break
    kinds: list[list[str]] = [[] for _ in range(N)]
    drug, lines = [""] * N, ["0" if code == 0 else "" for code in state["later_therapy"].tolist()]
    for place, row in enumerate(systemic.tolist()):
        drug[row], lines[row] = str(drawn[place]), "3" if place < 4 else "2" if place < 11 else "1"
        kinds[row].append("systemic")
    for kind, row in zip(("MWA", "RFA", "SBRT", "TARE"), local.tolist(), strict=True):
        kinds[row].append(kind)
        lines[row] = lines[row] or "0"
    for row in unknown.tolist():
        kinds[row], drug[row] = ["not known"], "not known"
    return {
        "later_therapy_type": ["; ".join(kind) for kind in kinds],
        "third_line": drug,
        "later_lines": lines,
    }


def liver(state: State, rng: np.random.Generator) -> dict[str, Any]:
    """Child-Pugh score, ascites and encephalopathy before and after, that agree with each other."""
    group, albi = state["child_pugh"], state["albi_grade"]
    class_a, class_b = np.flatnonzero(group == 0), rng.permutation(np.flatnonzero(group == 1))
    worse = class_a[np.argsort(-albi[class_a] - 0.5 * rng.random(class_a.size), kind="stable")]
    score = np.full(N, -1)
    score[class_a], score[worse[:24]] = 5, 6
    score[class_b] = np.repeat([7, 8, 9], [8, 3, 4])
    unknown = np.flatnonzero(group < 0)
    ascites = _marked(np.concatenate((class_b[5:], worse[:2], unknown[:2])))
    encephalopathy = _marked(class_b[-2:])
    known = np.flatnonzero(score >= 0)
    seen = known[np.argsort(state["os_days"][known], kind="stable")][-63:]
    kept = seen[ascites[seen] == 1]
    others = rng.permutation(seen[ascites[seen] == 0])[: 24 - kept.size]
    ascites_after = np.concatenate((kept, others))
    confused = seen[encephalopathy[seen] == 1]
    among = rng.permutation(np.setdiff1d(ascites_after, confused))[: 11 - confused.size]
    encephalopathy_after = np.concatenate((confused, among))
    after = np.maximum(score + rng.choice([-1, 0, 0, 0, 1, 1], N), 5)
    after += _marked(np.setdiff1d(ascites_after, kept)) + _marked(among)
    after = np.where(_marked(ascites_after) == 1, np.maximum(after, 6), after)
    after = np.where(_marked(encephalopathy_after) == 1, np.maximum(after, 7), after)
    measured = _marked(seen) == 1
    return {
        "score": score,
        "ascites": ascites,
        "encephalopathy": encephalopathy,
        "score_after": np.where(measured, after, -1),
        "ascites_after": np.where(measured, _marked(ascites_after), -1),
        "encephalopathy_after": np.where(measured, _marked(encephalopathy_after), -1),
    }


def adverse_events(
    days: Any, published: Mapping[str, Any], rng: np.random.Generator
) -> tuple[Any, list[tuple[int, str, int, int]]]:
    """Who has adverse events documented (0), of grade 3 or more (1); and the events."""
    counts = {
        item["event"]: item["values"]["Overall"]["n"] for item in published["adverse_events"][4:]
    }
    documented = rng.permutation(np.flatnonzero(days >= 10))[:69]
    affected = documented[:41]
    events: list[tuple[int, str, int, int]] = []
    waiting = list(rng.permutation(affected))
    for event, count in counts.items():
        rows = [waiting.pop() for _ in range(min(count, len(waiting)))]
        rest = np.setdiff1d(affected, rows)
        rows += list(rng.permutation(rest)[: count - len(rows)])
        for row in rows:
            grade = 4 if event in SEVERE else 3
            events.append((int(row), event, grade, int(rng.integers(3, min(days[row], 120)))))
    for row in documented.tolist():  # mild events, which the paper does not count
        for event in rng.permutation(list(counts)[:6])[: int(rng.integers(0, 3))]:
            if (row, str(event)) not in {(r, e) for r, e, _, _ in events}:
                day = int(rng.integers(3, min(days[row], 120)))
                events.append((row, str(event), int(rng.integers(1, 3)), day))
    status = np.full(N, -1)
    status[documented], status[affected] = 0, 1
    return status, events


# --- files ---------------------------------------------------------------------------------------

FIRST_LINE = ("atezolizumab/bevacizumab", "lenvatinib", "trial with ICI")
AETIOLOGY = ("ASH", "MASLD/MASH", "hepatitis B", "hepatitis C", "other")
STOP = ("death", "patient wish", "progression", "toxicity")
PROCEDURES = ("TACE", "RFA", "MWA", "TARE")
THIRD_LINE = (
    "atezolizumab/bevacizumab",
    "cabozantinib",
    "lenvatinib",
    "nivolumab/ipilimumab",
    "ramucirumab",
    "regorafenib",
)
SEVERE = ("liver dysfunction", "myocardial infarction")
NO_YES = ("no", "yes")
# When each first-line regimen was available, and the end of the study.
FROM = (date(2020, 11, 1), date(2018, 9, 1), date(2015, 1, 1))
UNTIL = date(2023, 5, 15)


def _words(codes: Any, words: Sequence[str]) -> list[str]:
    """Codes as words; a missing code is an empty cell."""
    return [words[code] if code >= 0 else "" for code in np.asarray(codes).tolist()]


def _numbers(values: Any, decimals: int) -> list[str]:
    """Numbers as text; NaN and -1 are empty cells."""
    return [f"{value:.{decimals}f}" if value >= 0 else "" for value in np.asarray(values).tolist()]


def _markers(values: Any) -> list[str]:
    """Values of AFP as text, as laboratories write them."""
    return [text.removesuffix(".0") for text in _numbers(values, 1)]


def _columns(state: State, published: Mapping[str, Any], rng: np.random.Generator) -> Any:
    """The columns of the cohort as text, and its adverse events."""
    known, days = baseline(state, rng), state["os_days"]
    treated, child_pugh = course(state, published, rng), liver(state, rng)
    status, events = adverse_events(days, published, rng)
    response = np.where(state["disease_control"] == 0, 2, state["disease_control"])  # SD, PD
    response[rng.permutation(np.flatnonzero(response == 1))[:3]] = 0  # PR
    alive = rng.permutation(np.flatnonzero(state["death"] == 0))
    lost = alive[np.argsort(days[alive] > 1, kind="stable")][:6]  # with the one seen for a day
    vital = np.where(state["death"] == 1, 1, np.where(_marked(lost) == 1, 2, 0))
    prior = [
        "; ".join([*PROCEDURES[code : code + 1] * (code >= 0), *["resection"] * cut]) or "none"
        for code, cut in zip(known["procedure"].tolist(), known["resection"].tolist(), strict=True)
    ]
    first = np.array([FROM[code].toordinal() for code in state["first_line"].tolist()])
    start = rng.integers(first, UNTIL.toordinal())

    def dates(day: Any, present: Any) -> list[str]:
        return [
            date.fromordinal(int(start[i] + day[i])).isoformat() if present[i] else ""
            for i in range(N)
        ]

    everybody = np.ones(N, dtype=np.bool_)
    columns = {
        "centre": [f"Centre {code + 1}" for code in known["centre"].tolist()],
        "start_2l": dates(0 * days, everybody),
        "progression_date": dates(treated["pfs_days"], treated["progressed"] == 1),
        "end_2l": dates(treated["duration"], treated["duration"] >= 0),
        "third_line_date": dates(treated["later_day"], treated["later_day"] >= 0),
        "death_date": dates(days, state["death"] == 1),
        "last_contact": dates(days, everybody),
        "vital_status": _words(vital, ("alive", "dead", "lost to follow-up")),
        "sex": _words(known["sex"], ("male", "female")),
        "age": _numbers(known["age"], 1),
        "ecog": _numbers(state["ecog"], 0),
        "etiology": _words(state["aetiology"], AETIOLOGY),
        "several_causes": _words(known["several_causes"], NO_YES),
        "child_pugh_score": _numbers(child_pugh["score"], 0),
        "child_pugh": _words(state["child_pugh"], ("A", "B")),
        "ascites": _words(child_pugh["ascites"], NO_YES),
        "encephalopathy": _words(child_pugh["encephalopathy"], NO_YES),
        "albi_grade": _numbers(state["albi_grade"], 0),
        "bclc": _words(state["bclc"], "ABCD"),
        "macrovascular_invasion": _words(known["macrovascular"], NO_YES),
        "main_portal_vein": _words(known["main_portal_vein"], NO_YES),
        "extrahepatic_spread": _words(state["extrahepatic"], NO_YES),
        "neutrophils": _numbers(known["neutrophils"], 2),
        "lymphocytes": _numbers(known["lymphocytes"], 2),
        "afp": _markers(known["afp"]),
        "prior_local": prior,
        "prior_locoregional": _words((known["procedure"] >= 0).astype(np.int64), NO_YES),
        "first_line": _words(state["first_line"], FIRST_LINE),
        "full_dose": _words(state["full_dose"], NO_YES),
        "dose_reduction": _words(known["dose_reduction"], NO_YES),
        "therapy_months": _numbers(treated["duration"] / DAYS_PER_MONTH, 4),
        "stop_reason": _words(state["stop_reason"], STOP),
        "response": _words(np.where(response < 0, 3, response), ("PR", "SD", "PD", "NE")),
        "afp_later": _markers(known["afp_later"]),
        "child_pugh_score_after": _numbers(child_pugh["score_after"], 0),
        "ascites_after": _words(child_pugh["ascites_after"], NO_YES),
        "encephalopathy_after": _words(child_pugh["encephalopathy_after"], NO_YES),
        "later_therapy": _words(state["later_therapy"], NO_YES),
        **later_therapies(state, rng),
        "ae_documented": _words((status >= 0).astype(np.int64), NO_YES),
        "severe_event": _words(status, NO_YES),
    }
    return start, columns, events


def write(folder: Path, state: State, published: Mapping[str, Any], rng: Any) -> None:
    """The cohort and its adverse events, in the order of the start of treatment."""
    start, columns, events = _columns(state, published, rng)
    order = np.argsort(start, kind="stable").tolist()
    ids = {row: f"S2-{place:03d}" for place, row in enumerate(order, start=1)}
    with (folder / "cohort.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["patient_id", *columns])
        table.writerows([ids[row], *(column[row] for column in columns.values())] for row in order)
    with (folder / "adverse_events.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["patient_id", "adverse_event", "grade", "day"])
        table.writerows(sorted([ids[row], *rest] for row, *rest in events))
    names = ("adverse_events.csv", "cohort.csv")
    sums = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names]
    lines = [f"{digest}  {name}\n" for digest, name in zip(sums, names, strict=True)]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def polish(state: State, published: Mapping[str, Any], rng: np.random.Generator) -> State:
    """All factors and the free days together, and each factor alone, from a state near the end."""
    free = np.flatnonzero((np.arange(N) >= len(PINNED)) & ~np.isin(state["os_days"], (1, LONGEST)))
    targets = [*overall(published), *plausible(), *survival_targets(published)]
    together = [step for factor in MARGINS for step in moves(published, factor)]
    together += [(ShiftDay("os_days", free, 900, reach), 3.0) for reach in (6, 60)]
    state = anneal(state, targets, together, iterations=6_000, rng=rng, hot=0.1, cold=0.01)
    for factor in MARGINS:
        changed = set(TOGETHER.get(factor, (factor,)))
        own = [target for target in targets if target.reads & changed]
        if sum(penalty(target, state) for target in own) > 1:
            steps = moves(published, factor)
            state = anneal(state, own, steps, iterations=1_500, rng=rng, hot=0.5)
    return anneal(state, targets, together, iterations=2_000, rng=rng, hot=0.05, cold=0.01)


def main(folder: Path = FOLDER) -> None:
    """Search on from the committed start, and write the files of the twin.

    The start is what `search` found in an earlier form; `--anew` begins with the days instead.
    """
    published = json.loads((folder / "published.json").read_text(encoding="utf-8"))
    rng = np.random.default_rng(SEED)
    if "--anew" in sys.argv:
        state = search(published, rng)
    else:
        start = json.loads(START.read_text(encoding="utf-8"))
        state = polish({name: np.array(codes) for name, codes in start.items()}, published, rng)
    print(shortfalls(state, [*overall(published), *survival_targets(published), *plausible()]))
    write(folder, state, published, rng)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:] if argument != "--anew"))
