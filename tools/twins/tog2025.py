"""The synthetic twin of TOG 2025 (Majidova et al.): 58 patients after atezolizumab/bevacizumab.

    python tools/twins/tog2025.py            # writes sample_data/tog2025/cohort.csv and SHA256SUMS

The joint counts of Tables 1 to 3 are built; a search then finds days of death, of progression and
groups of baseline variables that give the hazard ratios, medians and tests; at last the measured
values (age, AFP, albumin …) are drawn within their groups. `sample_data/tog2025/README.md` says
what cannot be reached, and why.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from search import (
    DAYS_PER_MONTH,
    NORMAL_975,
    Change,
    Count,
    Cox,
    FactorCox,
    HandDay,
    LogRank,
    Median,
    Move,
    NotAfter,
    Printed,
    Quantiles,
    Rule,
    ShiftDay,
    State,
    Swap,
    Target,
    anneal,
    area_and_cutoff,
    printed,
    shortfalls,
)

from hcc2l.stats.roc import delong

FOLDER = Path(__file__).parents[2] / "sample_data" / "tog2025"
SEED = 4
DATA_CUT = datetime.date(2024, 6, 30)
FIRST_START = datetime.date(2021, 1, 4)
LONGEST = 1100  # days of follow-up
FIRST_SCAN, LAST_FIRST_SCAN = 80, 126  # days; who progresses at the latter has PD as best response

# Patients in the order of these treatments and of their best response; Tables 1 and 2.
TREATMENTS = (
    ("sorafenib", {"PR": 7, "SD": 17, "PD": 17}),
    ("regorafenib", {"PR": 1, "SD": 1, "PD": 5}),
    ("cabozantinib", {"PR": 2, "SD": 1, "PD": 3}),
    ("lenvatinib", {"SD": 1}),
    ("ramucirumab", {"PD": 1}),
    ("capecitabine", {"PD": 1}),
    ("gemcitabine-oxaliplatin", {"PD": 1}),
)
# Days of progression and death of the last four; both chemotherapies have one median in the text.
OTHERS_PROGRESSED = (134, 29, 75, 89)
OTHERS_DIED = (721, 31, 141, 254)

# Days that printed medians of overall survival and of follow-up stand for.
AFP_LOW, AFP_HIGH, PNI_HIGH = (315, 316, 317, 318), (160, 161, 162), (611, 612, 613)
MEDIAN_DAYS = (70, 112, 113, 197, 198, 199, 236, 237, 238, 620, 621, 622) + (
    AFP_LOW + AFP_HIGH + PNI_HIGH
)

# Survivors among patients in this order, at the beginning of the search: 18 of 58.
ALIVE_AT_FIRST = (((0, 24), 11), ((24, 41), 3), ((41, 43), 1), ((48, 54), 3))

# How many patients have the second level: of sorafenib with disease control, of sorafenib without
# (both Table 3), and of the other drugs (Table 1 less these; chosen where no total is printed).
COUNTS = {
    "age_65": (10, 7, 5),
    "female": (3, 3, 4),
    "ecog_1": (15, 9, 10),
    "cirrhosis": (8, 8, 11),
    "nonviral": (11, 9, 9),
    "afp_200": (8, 13, 6),
    "points_6": (5, 9, 9),  # Child-Pugh points of 6 or more, "B" in Tables 3 and 4
    "spread": (10, 8, 8),
    "pni_high": (8, 2, 4),
}
# Totals that no table prints and that may differ from those above, and their limits.
FREE_TOTALS = {"age_65": (17, 28), "afp_200": (24, 28), "pni_high": (12, 18)}

# Rows of Table 4: what `published.json` calls the variable, our column, contrast and reference.
ROWS = {
    "age": ("age_65", 1, 0),
    "sex": ("female", 1, 0),
    "ecog": ("ecog_1", 1, 0),
    "etiology_group": ("nonviral", 1, 0),
    "afp_cat200": ("afp_200", 1, 0),
    "child_pugh_class": ("points_6", 1, 0),
    "extrahepatic_spread": ("spread", 0, 1),  # no versus yes: the text says that spread is worse
    "pni_cat47.6": ("pni_high", 1, 0),
}
MULTIVARIABLE = ("afp_cat200", "child_pugh_class", "extrahepatic_spread", "pni_cat47.6")


# By how much ours may differ, relative to what is printed: hazard ratios, their limits, and p.
BOUNDS = {"univariable": (0.01, 0.02), "multivariable": (0.03, 0.05)}
P_BOUND = 0.1


@dataclass(frozen=True)
class WithP(Target):
    """A Cox model and the Wald p-values of its rows: `wanted` is that of the model, then each p."""

    model: FactorCox | Cox

    @property
    def reads(self) -> frozenset[str]:
        return self.model.reads

    def found(self, state: State) -> tuple[float, ...]:
        ratios = self.model.found(state)
        log_ratio, lower, upper = np.log(ratios).reshape(-1, 3).T
        z = 2 * NORMAL_975 * np.abs(log_ratio) / (upper - lower)
        return (*ratios, *(math.erfc(value / math.sqrt(2)) for value in z))

    def error(self, state: State) -> tuple[float, ...]:
        """Relative errors on the log scale, where both wrong directions are equally far."""
        numbers = zip(self.wanted, self.found(state), strict=True)
        return tuple(
            abs(math.log(max(found, 1e-12) / wanted.value)) if wanted.error(found) else 0.0
            for wanted, found in numbers
            if wanted is not None
        )


@dataclass(frozen=True)
class Nutrition(Target):
    """The prognostic nutritional index and death: area, its limits (DeLong) and Youden's cut-off.

    The last number is by how much Youden's index is larger there than at the published cut-off.
    """

    published: float

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({"albumin", "lymphocytes", "death"})

    def found(self, state: State) -> tuple[float, ...]:
        index, died = nutritional_index(state), state["death"] == 1
        area = delong(index, died, higher=False)
        _, cutoff = area_and_cutoff(index, died, higher=False)
        best, there = (
            (index[died] < cut).mean() - (index[~died] < cut).mean()
            for cut in (cutoff, self.published)
        )
        return area.auc, *area.limits(0.95), cutoff, float(best - there)


@dataclass(frozen=True)
class OnItsSide:
    """Every patient has an index on the side of the cut-off that the group of Table 4 says."""

    cutoff: float

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({"albumin", "lymphocytes", "pni_high"})

    def holds(self, state: State) -> bool:
        return bool(((nutritional_index(state) >= self.cutoff) == (state["pni_high"] == 1)).all())


def nutritional_index(state: State) -> NDArray[np.float64]:
    """Albumin (g/L) + 5 × lymphocytes, which are in hundredths of 10^9/L; shape (n,)."""
    return np.round(state["albumin"] + 0.05 * state["lymphocytes"], 9)


@dataclass(frozen=True)
class Flip:
    """A patient whose row is `free` changes between 0 and 1; the total stays within `limits`."""

    column: str
    free: NDArray[np.int64]
    limits: tuple[int, int]

    def propose(self, state: State, rng: np.random.Generator) -> Change | None:
        row = int(rng.choice(self.free))
        value = 1 - int(state[self.column][row])
        total = int(state[self.column].sum()) + 2 * value - 1
        if not self.limits[0] <= total <= self.limits[1]:
            return None
        return Change(np.array([row]), (self.column,), (np.array([value]),))


@dataclass(frozen=True)
class ToDay:
    """A patient whose row is `free` gets one of the `days`, such as those of a printed median."""

    column: str
    free: NDArray[np.int64]
    days: Sequence[int]

    def propose(self, state: State, rng: np.random.Generator) -> Change | None:
        row, day = int(rng.choice(self.free)), int(rng.choice(self.days))
        if state[self.column][row] == day:
            return None
        return Change(np.array([row]), (self.column,), (np.array([day]),))


# --- patients, by construction -------------------------------------------------------------------


def skeleton(rng: np.random.Generator) -> State:
    """Treatments, responses and groups with the joint counts of the tables; days to begin with."""
    drug = [name for name, responses in TREATMENTS for _ in range(sum(responses.values()))]
    response = [
        name for _, responses in TREATMENTS for name, n in responses.items() for _ in range(n)
    ]
    names = [name for name, _ in TREATMENTS]
    state: State = {
        "drug": np.array([min(names.index(name), 3) for name in drug]),
        "controlled": np.array([int(name != "PD") for name in response]),
    }
    size = len(drug)
    sorafenib = state["drug"] == 0
    state["stratum"] = np.where(sorafenib, 1 - state["controlled"], 2)
    for column, counts in COUNTS.items():
        state[column] = np.zeros(size, dtype=np.int64)
        for stratum, count in enumerate(counts):
            rows = np.flatnonzero(state["stratum"] == stratum)
            state[column][rng.choice(rows, count, replace=False)] = 1
    state["earliest"] = np.where(state["controlled"] == 1, FIRST_SCAN + 6, 24)
    state["death"] = np.ones(size, dtype=np.int64)
    for (first, last), alive in ALIVE_AT_FIRST:
        state["death"][rng.choice(np.arange(first, last), alive, replace=False)] = 0
    usual = np.where(state["death"] == 0, 600, np.where(state["controlled"] == 1, 300, 130))
    days = np.exp(rng.normal(np.log(usual), 0.5)).astype(np.int64)
    state["os_days"] = np.clip(days, state["earliest"], LONGEST)
    state["os_days"][-4:] = OTHERS_DIED
    return state


def published() -> Mapping[str, Any]:
    """The items of the paper by their ids."""
    sections = json.loads((FOLDER / "published.json").read_text(encoding="utf-8"))
    return {
        item["id"]: item
        for section in sections.values()
        if isinstance(section, list)
        for item in section
    }


# --- survival ------------------------------------------------------------------------------------


def median_targets(items: Mapping[str, Any]) -> list[Target]:
    """The medians of overall survival and of follow-up that no baseline variable changes."""
    follow_up = printed(items["tog2025.fu.median"]["value"])
    unproven = Printed(0.3, 0.2, 0.3)  # the paper announces a test of the drugs and prints no p
    return [
        LogRank("log-rank drugs", (unproven,), "os_days", "death", "drug", (0, 1, 2)),
        median_of("none.all", {}, items, "os"),
        median_of("second_line.sorafenib", {"drug": 0}, items, "os"),
        median_of("second_line.regorafenib", {"drug": 1}, items, "os"),
        median_of("second_line.cabozantinib", {"drug": 2}, items, "os"),
        Median("follow-up", (follow_up, None, None), "os_days", "death", reverse=True, weight=2.0),
    ]


def group_targets(items: Mapping[str, Any], within: bool) -> list[Target]:
    """Table 4, and the medians and log-rank tests of Figures 1 and 2.

    With `within`, Table 4 is as wanted within the bounds of the ledger.
    """
    rows: dict[str, dict[str, Any]] = {"univariable": {}, "multivariable": {}}
    for item in items.values():
        if ".cox." in item["id"]:
            rows[item["model"]][item["variable"]] = item
    targets: list[Target] = [
        median_of("afp_cat200.low_200", {"afp_200": 0}, items, "os"),
        median_of("afp_cat200.high_200", {"afp_200": 1}, items, "os"),
        median_of("pni_cat47_6.47_6", {"pni_high": 1}, items, "os"),
    ]
    # Few deaths and half of the survivors have a high index: else no curve with the published area
    # has its best cut-off at 47.6.
    for died, count in ((0, 9), (1, 5)):
        among = {"pni_high": 1, "death": died}
        targets.append(Count(f"high PNI, death {died}", (Printed(count, 0.5, 2.0),), among=among))
    for name, column in (("afp_cat200", "afp_200"), ("pni_cat47_6", "pni_high")):
        p = printed(items[f"tog2025.logrank.os.all.{name}"]["p"])
        targets.append(LogRank(f"log-rank {name}", (p,), "os_days", "death", column, (0, 1)))
    for name, (column, contrast, reference) in ROWS.items():
        item = rows["univariable"][name]
        factor = FactorCox(
            "", ratio(item, within), "os_days", "death", column, (reference, contrast)
        )
        targets.append(WithP(name, (*ratio(item, within), p_value(item, within)), factor))
    printed_rows = [rows["multivariable"][name] for name in MULTIVARIABLE]
    wanted = tuple(number for item in printed_rows for number in ratio(item, within))
    terms = tuple((ROWS[name][0], ROWS[name][1]) for name in MULTIVARIABLE)
    model = Cox("", wanted, "os_days", "death", terms)
    p_values = tuple(p_value(item, within) for item in printed_rows)
    return [*targets, WithP("multivariable", (*wanted, *p_values), model)]


def ratio(item: Mapping[str, Any], within: bool) -> tuple[Printed, ...]:
    """Hazard ratio and limits, to two decimals."""
    of_ratio, of_limits = BOUNDS[item["model"]]
    shares = (("hr", of_ratio), ("ci_low", of_limits), ("ci_high", of_limits))
    return tuple(allowing(printed(item[key], 2), within * share) for key, share in shares)


def p_value(item: Mapping[str, Any], within: bool) -> Printed:
    """The p-value to believe."""
    return allowing(printed(item.get("trust", {}).get("p", item["p"])), within * P_BOUND)


def allowing(number: Printed, share: float) -> Printed:
    """A printed number that any other equals that differs by less than most of `share`."""
    return replace(number, half=max(number.half, 0.9 * share * number.value))


def median_of(
    name: str, among: Mapping[str, int], items: Mapping[str, Any], endpoint: str
) -> Median:
    """The median of a group; the limits of SPSS are not compared."""
    item = items[f"tog2025.km.{endpoint}.all.{name}"]
    wanted = (printed(item["median_months"], 1), None, None)
    event = "death" if endpoint == "os" else "progressed"
    return Median(f"{endpoint} {name}", wanted, f"{endpoint}_days", event, among=among, weight=2.0)


def clearly(target: Median) -> Median:
    """The target with a median that two decimals of months round as printed too."""
    median, *limits = target.wanted
    assert median is not None, "a median is printed"
    return replace(target, wanted=(replace(median, half=0.8 * median.half), *limits))


@dataclass(frozen=True)
class Stage:
    """A part of the search for survival: what moves, for how long, from which temperature.

    With `within`, what the ledger allows is not improved further.
    """

    moves: Literal["days", "groups", "both"]
    iterations: int
    hot: float
    within: bool = False


# First the days alone, then the groups alone, then both.
STAGES = (
    Stage("days", 20_000, 3.0),
    Stage("groups", 40_000, 25.0),
    Stage("both", 60_000, 5.0),
    Stage("both", 40_000, 1.5),
    Stage("both", 60_000, 2.0, within=True),
)


def survival(state: State, items: Mapping[str, Any], seed: int, stages: Sequence[Stage]) -> State:
    """Days of death and groups that give the analyses of overall survival.

    Each stage has random numbers of its own, so that another can be added without a change of
    those before it.
    """
    moves = survival_moves(state)
    rules: list[Rule] = [NotAfter("earliest", "os_days"), FixedRows()]
    medians = median_targets(items)
    for number, stage in enumerate(stages):
        targets = [*medians, *group_targets(items, stage.within)]
        if stage.moves == "groups":
            state = with_high_index(state)
        state = anneal(
            state,
            medians if stage.moves == "days" else targets,
            moves[stage.moves],
            iterations=stage.iterations,
            rng=np.random.default_rng([seed, number]),
            hot=stage.hot,
            cold=0.06,
            rules=rules,
            slope=10.0,
        )
    print(shortfalls(state, targets))
    return state


def survival_moves(state: State) -> dict[str, list[tuple[Move, float]]]:
    """The moves of each kind of stage; those of groups keep the counts of Table 3."""
    free = np.arange(state["drug"].size - len(OTHERS_DIED))
    other = np.flatnonzero(state["stratum"] == 2)
    days: list[tuple[Move, float]] = [
        (ShiftDay("os_days", free, LONGEST, 8), 1.5),
        (ShiftDay("os_days", free, LONGEST, 150), 0.7),
        (ToDay("os_days", free, MEDIAN_DAYS), 0.5),
        (Swap(("death",), within=("drug",)), 0.3),
        (Swap(("death",), near="os_days"), 0.3),
        (Swap(("os_days", "death"), within=("stratum",)), 0.4),
    ]
    groups: list[tuple[Move, float]] = [(Swap(("spread",)), 0.4)]
    for column, *_ in ROWS.values():
        groups.append((Swap((column,), within=("stratum",)), 0.6))
        groups.append((Swap((column,), within=("stratum",), near="os_days", reach=6), 0.4))
    groups += [(Flip(column, other, limits), 0.15) for column, limits in FREE_TOTALS.items()]
    for column, wanted in (("pni_high", {1: PNI_HIGH}), ("afp_200", {0: AFP_LOW, 1: AFP_HIGH})):
        groups.append((HandDay((column,), "os_days", "death", wanted, within=("stratum",)), 0.3))
    return {"days": days, "groups": groups, "both": [*days, *groups]}


def with_high_index(state: State) -> State:
    """The state with a high nutritional index in nine survivors, and in the five who died last.

    A search that begins with the wrong sign of so large a difference rarely turns it.
    """
    high = np.zeros_like(state["pni_high"])
    for stratum, (alive, died) in enumerate(((6, 2), (1, 1), (2, 2))):
        rows = np.flatnonzero(state["stratum"][:-4] == stratum)
        rows = rows[np.argsort(state["os_days"][rows])]
        dead = state["death"][rows] == 1
        high[rows[~dead][-alive:]], high[rows[dead][-died:]] = 1, 1
    return state | {"pni_high": high}


@dataclass(frozen=True)
class FixedRows:
    """The last four patients keep the days that the text gives them, and have a low index.

    With the longest of these days, the group of a high index would have too long a median.
    """

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({"os_days", "death", "pni_high"})

    def holds(self, state: State) -> bool:
        days, death, high = (
            state[column][-len(OTHERS_DIED) :] for column in ("os_days", "death", "pni_high")
        )
        return bool((days == OTHERS_DIED).all() and death.all() and not high.any())


# --- progression ---------------------------------------------------------------------------------


def progression(state: State, items: Mapping[str, Any], iterations: int, seed: int) -> State:
    """Days of progression: 49 progressed, among them all who died, in time with their response."""
    rng = np.random.default_rng(seed)
    died, controlled = state["death"] == 1, state["controlled"] == 1
    progressed = died | ~controlled
    more = items["tog2025.fu.progressed"]["n"] - int(progressed.sum())
    progressed[rng.choice(np.flatnonzero(~progressed), more, replace=False)] = True
    latest = np.minimum(np.where(controlled, 500, LAST_FIRST_SCAN), state["os_days"] - 2)
    latest = np.where(progressed, latest, state["os_days"])
    earliest = np.where(controlled, FIRST_SCAN, 20)
    drawn = np.where(
        controlled, 60 + rng.gamma(2.0, 60.0, died.size), rng.normal(85, 25, died.size)
    )
    days = np.where(progressed, np.clip(drawn, earliest, latest), state["os_days"]).astype(np.int64)
    days[-4:] = latest[-4:] = OTHERS_PROGRESSED
    state = state | {
        "progressed": progressed.astype(np.int64),
        "pfs_days": days,
        "earliest_progression": earliest,
        "latest_progression": latest,
    }
    medians = [
        median_of("none.all", {}, items, "pfs"),
        *(
            median_of(f"second_line.{name}", {"drug": code}, items, "pfs")
            for code, (name, _) in enumerate(TREATMENTS[:3])
        ),
    ]
    targets = [clearly(median) for median in medians]
    moves = [(ShiftDay("pfs_days", np.flatnonzero(progressed[:-4]), LONGEST, 15), 1.0)]
    rules = [
        NotAfter("earliest_progression", "pfs_days"),
        NotAfter("pfs_days", "latest_progression"),
    ]
    found = anneal(state, targets, moves, iterations=iterations, rng=rng, rules=rules)
    print(shortfalls(found, targets))
    return found


# --- measured values -----------------------------------------------------------------------------


def around(values: NDArray[np.float64], median: float, width: float) -> NDArray[np.float64]:
    """Sorted values of which the middle two are `median` less and plus `width`."""
    values = np.sort(values)
    half = values.size // 2
    values[:half] = np.minimum(values[:half], median - width)
    values[half:] = np.maximum(values[half:], median + width)
    values[half - 1], values[half] = median - width, median + width
    return values


def dealt(
    values: NDArray[np.float64], high: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Sorted values among patients: the largest, in random order, among those with `high`."""
    low = int((high == 0).sum())
    found = np.empty(values.size)
    found[high == 0], found[high == 1] = (
        rng.permutation(values[:low]),
        rng.permutation(values[low:]),
    )
    return found


def measurements(state: State, rng: np.random.Generator) -> State:
    """Age, AFP, tumour size and the five items of the Child-Pugh score."""
    size = state["drug"].size
    older, high = int(state["age_65"].sum()), int(state["afp_200"].sum())
    young, old = rng.normal(57, 8, size - older), rng.normal(69, 3.5, older)
    ages = np.concatenate((np.clip(young, 31, 64), np.clip(old, 65, 77)))
    ages = around(np.rint(ages), 62, 0)
    ages[0], ages[-1] = 18, 78

    low = np.sort(np.clip(np.exp(rng.normal(np.log(15), 1.4, size - high)), 1.1, 139))
    middle = size // 2 - 1  # of the sorted values; the median is between it and the next
    low[middle:] = [146, *(174 + 5 * step for step in range(low.size - middle - 1))]
    above = np.sort(np.clip(np.exp(np.log(210) + rng.exponential(1.9, high)), 203, 88000))
    afp = np.concatenate((np.where(low < 100, np.round(low, 2), np.rint(low)), np.rint(above)))
    afp[0], afp[-1] = 0.95, 147314

    sizes = np.concatenate((rng.uniform(1.2, 4.9, 13), 5.1 + rng.gamma(2.0, 2.0, 37)))
    lesions = np.full(size, np.nan)
    lesions[rng.permutation(size)[: sizes.size]] = np.minimum(np.round(sizes, 1), 18.0)
    drawn = {
        "age": dealt(ages, state["age_65"], rng),
        "afp": dealt(afp, state["afp_200"], rng),
        "tumor_size": lesions,
    }
    return child_pugh(state | drawn, rng)


def child_pugh(state: State, rng: np.random.Generator) -> State:
    """Bilirubin, albumin, INR, ascites and encephalopathy that make the points of Table 1.

    With 35 patients of 5 points (albumin above 35 g/L), and an albumin of 35 g/L in the middle,
    many values lie just above 35 and nearly all of 6 points are due to albumin.
    """
    size = state["drug"].size
    more = rng.permutation(np.flatnonzero(state["points_6"] == 1))
    more = more[np.argsort(-state["pni_high"][more], kind="stable")]  # a high index needs albumin
    jaundiced, clotting, ascitic, yellow = more[:4]
    thin, wasted, hepatic = more[4:-2], more[-2], more[-1]
    state["points"] = 5 + state["points_6"]
    state["points"][[jaundiced, clotting, wasted]] = 7, 7, 7
    state["points"][hepatic] = 8
    thin = np.append(thin, hepatic)

    state["albumin"] = np.zeros(size)
    state["albumin"][thin] = rng.uniform(28.5, 34.8, thin.size)
    state["albumin"][wasted] = 16.0
    above = np.flatnonzero(state["albumin"] == 0)
    middle = size // 2 + 1 - thin.size - 1  # of these, so many are at most the median
    values = np.concatenate((np.linspace(35.1, 35.4, middle), rng.uniform(36, 46.5, above.size)))
    values = values[: above.size]
    values[-1] = 49.0
    state["albumin"][above] = rng.permutation(values)
    state["albumin"] = np.round(state["albumin"], 1)
    state["albumin_points"] = np.where(state["albumin"] > 35, 1, 2)
    state["albumin_points"][wasted] = 3

    bilirubin = around(np.clip(np.exp(rng.normal(np.log(1.2), 0.35, size)), 0.4, 1.9), 1.27, 0.02)
    bilirubin[0] = 0.2
    rest = np.setdiff1d(np.arange(size), [jaundiced, yellow])
    state["bilirubin"] = np.empty(size)
    state["bilirubin"][rest] = rng.permutation(bilirubin[:-2])
    state["bilirubin"][[yellow, jaundiced]] = 2.4, 6.8

    inr = around(np.clip(rng.normal(1.12, 0.1, size), 0.92, 1.55), 1.1, 0.01)
    inr[0] = 0.89
    state["inr"] = np.empty(size)
    rest = np.setdiff1d(np.arange(size), [clotting])
    state["inr"][rest] = rng.permutation(inr[:-1])
    state["inr"][clotting] = 5.0
    state["ascites"] = np.zeros(size, dtype=np.int64)
    state["ascites"][[ascitic, hepatic]] = 1
    state["encephalopathy"] = np.zeros(size, dtype=np.int64)
    state["encephalopathy"][hepatic] = 1
    return state


def nutrition(state: State, items: Mapping[str, Any], iterations: int, seed: int) -> State:
    """Lymphocytes and albumin, of which the index gives the published curve and cut-off."""
    rng = np.random.default_rng(seed)
    state = dict(state)
    roc, range_of = items["tog2025.roc.pni.death"], items["tog2025.baseline.lymphocytes"]
    cutoff, extremes = roc["cutoff"], range_of["values"]["Overall"]
    high, albumin = state["pni_high"] == 1, state["albumin"]
    lowest, largest = 0.35, 3.9  # of the others
    drawn = np.clip(np.exp(rng.normal(np.log(1.1), 0.45, albumin.size)), lowest, largest)
    below, above = (cutoff - 0.4 - albumin) / 5, (cutoff + 0.4 - albumin) / 5
    drawn = np.where(high, np.maximum(drawn, above), np.minimum(drawn, below))
    state["lymphocytes"] = np.rint(100 * drawn).astype(np.int64)
    state["fewest"] = np.full(albumin.size, round(100 * lowest))
    most = int(np.argmax(np.where(high & (state["death"] == 0), albumin, 0)))
    fewest = int(np.argmin(np.where(high, 99, state["lymphocytes"])))
    state["lymphocytes"][[most, fewest]] = (
        round(100 * extremes["max"]),
        round(100 * extremes["min"]),
    )
    state["fewest"][fewest] = state["lymphocytes"][fewest]
    free = np.setdiff1d(np.arange(albumin.size), [most, fewest])
    wanted = tuple(printed(roc[key], 3) for key in ("auc", "ci_low", "ci_high"))
    targets: list[Target] = [
        Quantiles("lymphocytes", (printed(extremes["median"]),), "lymphocytes", unit=100.0),
        Nutrition("PNI", (*wanted, printed(cutoff, 3), Printed(0.0, 1e-9, 0.1)), cutoff),
    ]
    moves: list[tuple[Move, float]] = [
        (ShiftDay("lymphocytes", free, round(100 * largest), 25), 2.0),
        (Swap(("albumin",), within=("albumin_points",)), 0.3),
    ]
    rules: list[Rule] = [OnItsSide(cutoff), NotAfter("fewest", "lymphocytes")]
    found = anneal(state, targets, moves, iterations=iterations, rng=rng, rules=rules)
    print(shortfalls(found, targets))
    return found


# --- the file ------------------------------------------------------------------------------------


def labels(state: State, rng: np.random.Generator) -> dict[str, list[Any]]:
    """The columns of the file that are names, and the dates."""
    size = state["drug"].size

    def some(count: int, among: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """`count` patients at random."""
        rows = np.arange(size) if among is None else np.flatnonzero(among)
        return np.isin(np.arange(size), rng.choice(rows, count, replace=False))

    def split(groups: Sequence[tuple[str, int]], among: NDArray[np.bool_], into: list[str]) -> None:
        """Give the patients `among` these names, each to so many."""
        names = [name for name, count in groups for _ in range(count)]
        for row, name in zip(rng.permutation(np.flatnonzero(among)), names, strict=True):
            into[row] = name

    drug = [name for name, responses in TREATMENTS for _ in range(sum(responses.values()))]
    sites, causes = ["none"] * size, [""] * size
    split((("lung", 12), ("bone", 6), ("others", 8)), state["spread"] == 1, sites)
    split((("hepatitis B", 24), ("hepatitis C", 5)), state["nonviral"] == 0, causes)
    split((("NASH", 5), ("alcohol", 2), ("others", 22)), state["nonviral"] == 1, causes)
    stage_c = (state["spread"] == 1) | some(4, state["spread"] == 0)
    clinical = some(9, state["cirrhosis"] == 1)
    frail = some(6, (state["ecog_1"] == 1) & (state["os_days"] < 300))
    centres = np.concatenate((np.arange(20), rng.choice(20, size - 20, p=_share_of_centres())))
    starts = [_start(state, row, rng) for row in range(size)]

    def date(row: int, days: int) -> str:
        return (starts[row] + datetime.timedelta(days=int(days))).isoformat()

    rows = range(size)
    os_days, pfs_days = state["os_days"], state["pfs_days"]
    return {
        "centre": [f"Centre {number + 1}" for number in rng.permutation(centres)],
        "drug": drug,
        "second_line": [
            name if state["drug"][row] < 3 else "others" for row, name in enumerate(drug)
        ],
        "start_2l": [date(row, 0) for row in rows],
        "progression_date": [
            date(row, pfs_days[row]) if state["progressed"][row] else "" for row in rows
        ],
        "death_date": [date(row, os_days[row]) if state["death"][row] else "" for row in rows],
        "last_contact": [date(row, os_days[row]) for row in rows],
        "sex": _named(state["female"], ("male", "female")),
        "ecog": (state["ecog_1"] + frail).tolist(),
        "etiology": causes,
        "cirrhosis": _named(state["cirrhosis"], NO_YES),
        "bclc": _named(stage_c, ("B", "C")),
        "child_pugh": ["A" if points < 7 else "B" for points in state["points"]],
        "ascites": _named(state["ascites"], ("none", "mild")),
        "encephalopathy": _named(state["encephalopathy"], ("none", "grade 1-2")),
        "extrahepatic_spread": _named(state["spread"], NO_YES),
        "extrahepatic_site": sites,
        "prior_tace": _named(some(10), NO_YES),
        "prior_tare": _named(some(16), NO_YES),
        "histopathology": _named(~clinical, NO_YES),
        "response": [
            name for _, responses in TREATMENTS for name, n in responses.items() for _ in range(n)
        ],
    }


NO_YES = ("no", "yes")


def _named(values: NDArray[Any], names: tuple[str, str]) -> list[str]:
    return [names[int(value)] for value in values]


def _share_of_centres() -> NDArray[np.float64]:
    weight = 1 / np.arange(1.0, 21.0)
    return np.asarray(weight / weight.sum())


def _start(state: State, row: int, rng: np.random.Generator) -> datetime.date:
    """The start of second line: patients alive were seen in the last weeks before the data cut."""
    last = DATA_CUT - datetime.timedelta(days=int(state["os_days"][row]))
    if state["death"][row]:
        return FIRST_START + datetime.timedelta(days=int(rng.integers((last - FIRST_START).days)))
    return last - datetime.timedelta(days=int(rng.integers(45)))


COLUMNS = (
    "centre", "drug", "second_line", "start_2l", "progression_date", "death_date", "last_contact",
    "os_months", "death", "pfs_months", "pfs_event", "progression", "age", "sex", "ecog",
    "etiology", "cirrhosis", "bclc", "child_pugh_score", "child_pugh", "ascites",
    "encephalopathy", "bilirubin", "albumin", "inr", "lymphocytes", "afp", "tumor_size_cm",
    "extrahepatic_spread", "extrahepatic_site", "prior_tace", "prior_tare", "histopathology",
    "response",
)  # fmt: skip


def table(state: State, rng: np.random.Generator) -> list[dict[str, str]]:
    """The rows of the file, in the order of the start of treatment."""
    numbers = {
        "os_months": [f"{days / DAYS_PER_MONTH:.2f}" for days in state["os_days"]],
        "pfs_months": [f"{days / DAYS_PER_MONTH:.2f}" for days in state["pfs_days"]],
        "death": state["death"].tolist(),
        "pfs_event": state["progressed"].tolist(),  # who died had progressed before
        "progression": state["progressed"].tolist(),
        "age": [f"{years:.0f}" for years in state["age"]],
        "child_pugh_score": state["points"].tolist(),
        "bilirubin": [f"{value:.2f}" for value in state["bilirubin"]],
        "albumin": [f"{value:.1f}" for value in state["albumin"]],
        "inr": [f"{value:.2f}" for value in state["inr"]],
        "lymphocytes": [f"{value / 100:.2f}" for value in state["lymphocytes"]],
        "afp": [f"{value:g}" if value < 100 else f"{value:.0f}" for value in state["afp"]],
        "tumor_size_cm": ["" if np.isnan(cm) else f"{cm:.1f}" for cm in state["tumor_size"]],
    }
    columns = labels(state, rng) | numbers
    order = sorted(range(state["drug"].size), key=lambda row: columns["start_2l"][row])
    return [
        {"patient_id": f"TOG-{number:02d}"} | {name: str(columns[name][row]) for name in COLUMNS}
        for number, row in enumerate(order, start=1)
    ]


def write(rows: Sequence[Mapping[str, str]]) -> None:
    """The cohort and its checksum."""
    cohort = FOLDER / "cohort.csv"
    with cohort.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    checksum = hashlib.sha256(cohort.read_bytes()).hexdigest()
    (FOLDER / "SHA256SUMS").write_text(f"{checksum}  cohort.csv\n", encoding="utf-8")


def twin(stages: Sequence[Stage] = STAGES) -> State:
    """The whole search; the same seed gives the same patients."""
    items = published()
    rng = np.random.default_rng(SEED)
    state = survival(skeleton(rng), items, SEED, stages)
    state = progression(state, items, 15_000, SEED)
    return nutrition(measurements(state, rng), items, 40_000, SEED)


if __name__ == "__main__":
    write(table(twin(), np.random.default_rng(SEED)))
