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

    python tools/twins/sora2.py FOLDER     (default: sample_data/sora2)
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from search import (
    Count,
    FactorCox,
    HandDay,
    LogRank,
    Median,
    Move,
    Printed,
    Quantiles,
    ShiftDay,
    State,
    Swap,
    Target,
    anneal,
    below,
    printed,
    shortfalls,
)

from hcc2l.stats.tails import chi_square_tail
from hcc2l.stats.tree import logrank_scores

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
    "macrovascular": {1: 36, 0: 45},
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
            targets.append(Median(item["id"], wanted, "os_days", "death", among=among))
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
        targets.append(Median(item["id"], wanted, "os_days", "death", among=among, weight=2))
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
    """The splits of the tree on complete rows (alpha 0.1, Bonferroni), with a margin.

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
            1 - (1 - inner[0]) ** 2,
            inner[0] / inner[1],
            1 / min(leaves),
        )


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
        Tree("tree", (below(0.06), below(0.7), below(0.09), below(0.8), below(5.0)), weight=2),
        count(0, bclc=1, ecog=1),
        count(0, bclc=1, ecog=2),
        count(0, bclc=0, ecog=1),
        count(0, bclc=0, ecog=2),
        *(count(0, bclc=stage, extrahepatic=1) for stage in (0, 1)),
        *(count(0, bclc=stage, macrovascular=1) for stage in (0, 1)),
        count(0, albi_grade=1, child_pugh=1),
        count(1, 1, albi_grade=3, child_pugh=0),
        count(0, afp=-1, afp_response=0),
        count(0, afp=-1, afp_response=1),
        never_before(100, "disease_control", 1),
        never_before(42, "disease_control", 0),
        never_before(42, "afp_response", 1),
        never_before(42, "afp_response", 0),
        never_before(75, "later_therapy", 1),
        never_before(40, "stop_reason", 2),
        never_before(12, "stop_reason", 3),
        count(0, stop_reason=0, death=0),
        count(0, stop_reason=0, later_therapy=1),
        count(0, stop_reason=0, disease_control=1),
        count(24, 2, stop_reason=2, disease_control=0),
    ]


# --- search --------------------------------------------------------------------------------------


def survival_days(rng: np.random.Generator) -> tuple[State, Any]:
    """The days and deaths of the overall curve, and the rows whose days are free."""
    free_deaths = np.sort(rng.integers(12, 640, DEATHS - len(PINNED)))
    censored = np.concatenate(([1, LONGEST], rng.integers(20, 900, N - DEATHS - 2)))
    state = {
        "os_days": np.concatenate((PINNED, free_deaths, censored)),
        "death": np.repeat([1, 0], [DEATHS, N - DEATHS]),
    }
    free = np.flatnonzero((np.arange(N) >= len(PINNED)) & ~np.isin(state["os_days"], (1, LONGEST)))
    return state, free


def overall(published: Mapping[str, Any]) -> list[Target]:
    """The overall curve and the observed follow-up."""
    item = published["km"][0]
    wanted = tuple(printed(item[key], 2) for key in ("median_months", "ci_low"))
    return [
        Median("os", (*wanted, printed(item["ci_high"])), "os_days", "death", weight=5),
        Quantiles("follow-up", (printed(203, 0),), "os_days", weight=5),
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
    """Exchanges of the labels of one factor."""
    columns = TOGETHER.get(factor, (factor,))
    hand = wanted_days(published, factor)
    found: list[tuple[Move, float]] = [(Swap(columns), 1.0), (Swap(columns, near="os_days"), 1.5)]
    if hand:
        found.append((HandDay(columns, "os_days", "death", hand), 0.5))
    return found


def search(published: Mapping[str, Any], rng: np.random.Generator, effort: float = 1.0) -> State:
    """The days and the factors of the cohort."""
    state, free = survival_days(rng)
    curve = overall(published)
    shift = ShiftDay("os_days", free, 900)
    state = anneal(state, curve, [(shift, 1.0)], iterations=20_000, rng=rng)
    for factor, margin in MARGINS.items():
        codes = np.repeat(list(margin), list(margin.values()))
        state[factor] = rng.permutation(np.concatenate((codes, np.full(N - codes.size, -1))))
    state["afp_known"] = (state["afp"] >= 0).astype(np.int64)
    state["viral"] = np.array([VIRAL[code] for code in state["aetiology"].tolist()])
    targets = [*plausible(), *survival_targets(published)]
    for factor in MARGINS:
        state = anneal(
            state, targets, moves(published, factor), iterations=int(effort * 8_000), rng=rng
        )
    everything = [(move, share) for f in MARGINS for move, share in moves(published, f)]
    for _ in range(2):
        state = anneal(
            state,
            [*curve, *targets],
            [*everything, (ShiftDay("os_days", free, 900, 6), 2.0)],
            iterations=int(effort * 20_000),
            rng=rng,
            hot=1.0,
        )
        for factor in MARGINS:
            state = anneal(
                state,
                targets,
                moves(published, factor),
                iterations=int(effort * 5_000),
                rng=rng,
                hot=1.5,
            )
        np.savez("/tmp/wt/sora2_work/step.npz", **state)
        print(shortfalls(state, targets), flush=True)
    return state


def main(folder: Path = FOLDER) -> None:
    """Search, and write the files of the twin."""
    published = json.loads((folder / "published.json").read_text(encoding="utf-8"))
    rng = np.random.default_rng(SEED)
    state = search(published, rng, float(sys.argv[2]) if len(sys.argv) > 2 else 1.0)
    targets = [*overall(published), *survival_targets(published), *plausible()]
    print(shortfalls(state, targets))
    np.savez("/tmp/wt/sora2_work/sora2.npz", **state)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
