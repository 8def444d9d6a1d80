"""Make the synthetic twin of Xu et al., Ther Clin Risk Manag 2024: 68 patients, 41 LP and 27 R.

No row describes a patient. What was printed is read from `published.json`; everything else (who has
what together with what, every date, every laboratory value) is drawn at random.

The cohort is made in three steps:

1. start    - each arm receives the counts of Table 1 exactly; stage, spread, thrombus and liver
              function agree with each other.
2. search   - patients of an arm exchange labels, and days move, until the Kaplan–Meier medians,
              the log-rank tests and the Cox models agree with those printed.
3. the rest - ECOG 0 or 1, ages, laboratory values, dates, responses, later therapy, adverse events:
              drawn to fit the row and the printed counts.

Usage: python tools/twins/xu2024.py      writes sample_data/xu2024/, in some minutes

Searches are scheduled by iterations and seeded, so that the same seed gives the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from search import (
    DAYS_PER_MONTH,
    NORMAL_975,
    SAME,
    Array,
    Change,
    Floats,
    LogRank,
    Move,
    Printed,
    State,
    Swap,
    Target,
    anneal,
    printed,
    shortfalls,
)

STUDY = Path(__file__).parents[2] / "sample_data" / "xu2024"
SEED, SEED_OF_THE_REST = 1, 22
ARMS = {"LP": 1, "R": 0}

# What the paper calls a covariate, in `published.json`, and its level of code 1.
COVARIATES = {
    "sex": "male",
    "age": "<50",
    "ecog": "2",
    "bclc": "C",
    "child_pugh_class": "B",
    "hbv": "yes",
    "cirrhosis": "yes",
    "portal_vein_tumor_thrombus": "yes",
    "extrahepatic_spread": "yes",
    "afp_cat400": ">=400",
    "tace_or_haic": "yes",
}
FACTORS = {"treatment": "treatment", "ecog_2_vs_01": "ecog", "afp_cat400": "afp_cat400"}
PRINTED = {"portal_vein_tumor_thrombus": "microvascular_invasion"}  # as Tables 5 and 6 call it
IN_MODEL = {"PFS": ("ecog", "hbv", "afp_cat400"), "OS": ("ecog", "child_pugh_class", "afp_cat400")}
COLUMNS = {"PFS": ("pfs", "pfs_event"), "OS": ("os", "death")}

# What happened to a patient, and how many. The paper gives no numbers of events; these are those
# that the widths of its intervals ask for: 66 progressions or deaths, 61 deaths.
BOTH, DEATH_ALONE, PROGRESSION_ALONE, NEITHER = range(4)
COURSES = {
    "LP": {BOTH: 35, DEATH_ALONE: 2, PROGRESSION_ALONE: 3, NEITHER: 1},
    "R": {BOTH: 23, DEATH_ALONE: 1, PROGRESSION_ALONE: 2, NEITHER: 1},
}
TWO_CYCLES = 42  # days; who had less was not included
FIRST_DEATH, LAST_DAY = 60, 1600
CLOSED = 490  # days from the last inclusion to the end of follow-up
OUTCOME = ("pfs", "pfs_event", "os", "death", "course")


# --- what was printed ----------------------------------------------------------------------------


def published() -> dict[str, Any]:
    """The printed numbers of the study."""
    found: dict[str, Any] = json.loads((STUDY / "published.json").read_text(encoding="utf-8"))
    return found


def within(value: float, share: float) -> Printed:
    """A printed number that is reached within a share of itself."""
    return Printed(value, share * abs(value))


def targets(paper: dict[str, Any]) -> list[Target]:
    """What the search is after; the log-rank tests follow nearly."""
    rows = cox_rows(paper)
    found = [
        *curves(paper, FACTORS),
        *univariable(rows, ("treatment",), weight=3.0),
        *univariable(rows, tuple(COVARIATES)),
    ]
    for endpoint, columns in COLUMNS.items():
        names = IN_MODEL[endpoint]
        wanted = tuple(n for name in names for n in ratio(rows[endpoint, "multivariable", name]))
        found.append(Multivariable(f"{endpoint} multivariable", wanted, *columns, names))
    return found


def in_the_end(paper: dict[str, Any]) -> list[Target]:
    """The same with the log-rank tests, and more weight on the multivariable models."""
    return [
        *(
            replace(target, weight=2.5) if isinstance(target, Multivariable) else target
            for target in targets(paper)
        ),
        *tests(paper),
    ]


def tests(paper: dict[str, Any]) -> list[Target]:
    """The log-rank tests of which the paper prints more than a bound."""
    return [
        LogRank(
            row["id"], (printed(row["p"], 3),), *COLUMNS[row["endpoint"]],
            FACTORS[row["factor"]], (0, 1),
        )
        for row in paper["logrank"]
        if row["p_op"] == "="
    ]  # fmt: skip


def of_treatment(paper: dict[str, Any]) -> list[Target]:
    """What the search is after first: curves of the arms that cross."""
    first = ("treatment",)
    return [*curves(paper, first), *univariable(cox_rows(paper), first)]


CODES = {"LP": 1, "R": 0, "2": 1, "0-1": 0, ">=400": 1, "<400": 0}


def curves(paper: dict[str, Any], factors: Sequence[str]) -> list[Target]:
    """The medians of Figures 2 and 3 with their limits."""
    found: list[Target] = []
    for endpoint, columns in COLUMNS.items():
        rows = [
            row for row in paper["km"] if row["endpoint"] == endpoint and row["factor"] in factors
        ]
        groups = tuple((FACTORS.get(row["factor"], ""), CODES[row["group"]]) for row in rows)
        wanted = tuple(
            printed(row[key], 1) for row in rows for key in ("median_months", "ci_low", "ci_high")
        )
        found.append(Medians(f"{endpoint} medians", wanted, *columns, groups, weight=2.0))
    return found


CoxRows = dict[tuple[str, str, str], dict[str, Any]]


def cox_rows(paper: dict[str, Any]) -> CoxRows:
    """The rows of Tables 5 and 6 by endpoint, model and covariate."""
    ours = {name: column for column, name in PRINTED.items()}
    return {
        (row["endpoint"], row["model"], ours.get(row["variable"], row["variable"])): row
        for row in paper["cox"]
    }


def univariable(rows: CoxRows, names: tuple[str, ...], weight: float = 1.0) -> list[Target]:
    """The hazard ratios of the univariable models."""
    return [
        Univariable(
            f"{endpoint} univariable",
            tuple(
                number for name in names for number in ratio(rows[endpoint, "univariable", name])
            ),
            *columns,
            names,
            weight=weight,
        )
        for endpoint, columns in COLUMNS.items()
    ]


# How far hazard ratios and their limits may be off: somewhat less than the ledger allows.
BOUNDS = {"univariable": (0.008, 0.017), "multivariable": (0.025, 0.045)}
P_BOUND = 0.08

# Rows whose hazard ratio alone is aimed at: the paper contradicts their intervals, or no 68
# patients with these counts can have them. Child-Pugh class is to be significant at least, so that
# it enters the multivariable model as in the paper.
CONTRADICTED: dict[str, tuple[Printed | None, ...]] = {
    "xu2024.cox.pfs.univariable.cirrhosis.yes": (Printed(0.963, 0.007), None, None, None),
    "xu2024.cox.pfs.univariable.tace_or_haic.yes": (Printed(0.932, 0.007), None, None, None),
    "xu2024.cox.os.univariable.hbv.yes": (Printed(0.87, 0.006), None, None, None),
    "xu2024.cox.os.univariable.child_pugh_class.b": (
        Printed(2.3, 0.25), None, None, Printed(0.01, 0.025),
    ),
}  # fmt: skip


def ratio(row: dict[str, Any]) -> tuple[Printed | None, ...]:
    """A hazard ratio, its limits and its p."""
    if row["id"] in CONTRADICTED:
        return CONTRADICTED[row["id"]]
    of_ratio, of_limits = BOUNDS[row["model"]]
    limits = (within(row[key], of_limits) for key in ("ci_low", "ci_high"))
    p = Printed(row["p"], max(0.0004, P_BOUND * row["p"])) if row["p_op"] == "=" else None
    return within(row["hr"], of_ratio), *limits, p


@dataclass(frozen=True)
class Quick(Target):
    """A target of many numbers, compared in one go."""

    time: str
    event: str

    @cached_property
    def printed(self) -> tuple[Floats, Floats]:
        """The numbers wanted, and how far from them one may be; infinite if not compared."""
        numbers = [number or Printed(1.0, math.inf) for number in self.wanted]
        return np.array([n.value for n in numbers]), np.array([n.half for n in numbers])

    def error(self, state: State) -> tuple[float, ...]:
        wanted, half = self.printed
        beyond = np.abs(np.minimum(self.found(state), LAST_DAY) - wanted) - half
        return tuple(self.soft(np.maximum(beyond, 0.0) / wanted).tolist())

    def soft(self, error: Floats) -> Floats:
        """Relative errors, those of p-values made small."""
        return error


@dataclass(frozen=True)
class Medians(Quick):
    """Kaplan–Meier medians of several groups with log-log limits, in months.

    The paper's limits are not R's default (log): with that, 13 patients have no upper limit even
    if all of them die, and one is printed for them. `wanted` is (median, lower, upper) for each
    group, `groups` are codes by column.
    """

    groups: tuple[tuple[str, int], ...]

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.time, self.event, *(column for column, _ in self.groups)})

    def found(self, state: State) -> tuple[float, ...]:
        order = np.argsort(2 * state[self.time] - state[self.event], kind="stable")
        days = state[self.time][order] / DAYS_PER_MONTH
        member = np.column_stack([state[column] == code for column, code in self.groups])[order]
        at_risk = np.cumsum(member[::-1], axis=0)[::-1].astype(np.float64)
        happened = member & (state[self.event][order] == 1)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            survival = np.cumprod(1.0 - happened / np.maximum(at_risk, 1.0), axis=0)
            variance = np.cumsum(np.where(happened, 1.0 / (at_risk * (at_risk - 1.0)), 0.0), axis=0)
            log_survival = np.log(survival)
            widen = np.exp(NORMAL_975 * np.sqrt(variance) / -log_survival)
            curves = np.stack(
                [survival, np.exp(log_survival * widen), np.exp(log_survival / widen)], axis=2
            )
        curves[(survival < SAME) & (survival < 1.0)] = [
            0.0,
            0.0,
            1.0,
        ]  # no limit after the last death
        curves[survival > 1.0 - SAME] = 1.0
        last = np.append(days[1:] != days[:-1], True)[:, None, None]  # deaths of a day are one step
        at, below = (curves < 0.5 + SAME) & last, (curves < 0.5 - SAME) & last
        months = (days[at.argmax(axis=0)] + days[below.argmax(axis=0)]) / 2
        return tuple(np.where(below.any(axis=0), months, np.inf).ravel().tolist())


@dataclass(frozen=True)
class Univariable(Quick):
    """Hazard ratios of binary factors, each in a Cox model of its own, after one Newton step.

    The step begins at the printed ratio: exact where that is reached, and much faster than the
    iteration for each. Ties by Breslow, as in SPSS. `wanted` is (hazard ratio, lower, upper, p)
    for each factor.
    """

    factors: tuple[str, ...]

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.time, self.event, *self.factors})

    def found(self, state: State) -> tuple[float, ...]:
        ratio = self.printed[0][::4]
        x, happened, at_risk = risk_sets(state, self.time, self.event, self.factors)
        exposed = np.cumsum(x, axis=0)[at_risk] * ratio
        share = exposed / (exposed + (at_risk + 1)[:, None] - exposed / ratio)
        information = (share * (1.0 - share)).sum(axis=0)
        score = x[happened].sum(axis=0) - share.sum(axis=0)
        return ratios(np.log(ratio) + score / information, 1.0 / np.sqrt(information))

    def soft(self, error: Floats) -> Floats:
        """As `search.softened`: a p from the wrong side must not outweigh the ratio itself."""
        error[3::4] = 0.1 * np.log1p(error[3::4])
        return error


@dataclass(frozen=True)
class Multivariable(Univariable):
    """Hazard ratios of binary factors in one Cox model, after one Newton step, as above."""

    def found(self, state: State) -> tuple[float, ...]:
        x, happened, at_risk = risk_sets(state, self.time, self.event, self.factors)
        beta = np.log(self.printed[0][::4])
        weight = np.exp(x @ beta)
        total = np.cumsum(weight)[at_risk]
        mean = np.cumsum(weight[:, None] * x, axis=0)[at_risk] / total[:, None]
        squares = (weight[:, None, None] * x[:, :, None] * x[:, None, :]).cumsum(axis=0)[at_risk]
        information = (squares / total[:, None, None]).sum(axis=0) - mean.T @ mean
        variance = np.linalg.pinv(information)
        step = variance @ (x[happened].sum(axis=0) - mean.sum(axis=0))
        return ratios(beta + step, np.sqrt(np.diag(variance)))


def risk_sets(
    state: State, time: str, event: str, factors: tuple[str, ...]
) -> tuple[Floats, Array, Array]:
    """Factors by falling time, which rows are events, and the last row at risk at each event."""
    days = -state[time]
    order = np.argsort(days, kind="stable")
    happened = state[event][order] == 1
    x = np.column_stack([state[name] for name in factors])[order].astype(np.float64)
    days = days[order]
    return x, happened, np.searchsorted(days, days[happened], side="right") - 1


def ratios(beta: Floats, std_err: Floats) -> tuple[float, ...]:
    """Hazard ratio, lower and upper limit and p of each coefficient, one after another."""
    half = NORMAL_975 * std_err
    p = [math.erfc(z) for z in np.abs(beta / std_err) / math.sqrt(2.0)]
    limits = np.exp([beta, beta - half, beta + half])
    return tuple(np.column_stack([*limits, p]).ravel().tolist())


# --- the start -----------------------------------------------------------------------------------


def start(paper: dict[str, Any], rng: np.random.Generator) -> State:
    """Covariates with the counts of Table 1, and outcomes that only look alike."""
    counts = {
        (row["variable"], row["level"]): {arm: row["values"][arm]["n"] for arm in ARMS}
        for row in paper["baseline"]
        if "LP" in row["values"]
    }
    arms = [arm_at_start(counts, arm, rng) for arm in ARMS]
    return {column: np.concatenate([arm[column] for arm in arms]) for column in arms[0]}


def arm_at_start(
    counts: dict[tuple[str, str], dict[str, int]], arm: str, rng: np.random.Generator
) -> State:
    """The patients of one arm."""
    size = sum(COURSES[arm].values())
    number = {name: counts[name, level][arm] for name, level in COVARIATES.items()}
    state: State = {"treatment": np.full(size, ARMS[arm])}
    for name in COVARIATES:
        state[name] = chosen_rows(np.arange(size), number[name], size, rng)
    # Stage C has all patients with spread, thrombus or ECOG 2; Child-Pugh B is of the cirrhotic.
    advanced = np.flatnonzero(state["bclc"])
    spread = chosen_rows(advanced, number["extrahepatic_spread"], size, rng)
    thrombus = number["portal_vein_tumor_thrombus"]
    state["extrahepatic_spread"] = spread
    state["portal_vein_tumor_thrombus"] = chosen_rows(advanced, thrombus, size, rng)
    state["ecog"] = chosen_rows(advanced, number["ecog"], size, rng)
    cirrhotic = np.flatnonzero(state["cirrhosis"])
    state["child_pugh_class"] = chosen_rows(cirrhotic, number["child_pugh_class"], size, rng)
    return state | outcomes_at_start(arm, rng)


def chosen_rows(rows: Array, number: int, size: int, rng: np.random.Generator) -> Array:
    """1 in so many of these rows, 0 in the others."""
    code = np.zeros(size, dtype=np.int64)
    code[rng.permutation(rows)[:number]] = 1
    return code


def outcomes_at_start(arm: str, rng: np.random.Generator) -> State:
    """Days and events of an arm, with medians of about the right size."""
    course = np.repeat(list(COURSES[arm]), list(COURSES[arm].values()))
    alive = np.isin(course, (PROGRESSION_ALONE, NEITHER))
    death_day = np.exp(rng.normal(math.log(300), 0.8, course.size)).astype(np.int64)
    os = np.where(alive, rng.integers(500, 1400, course.size), np.clip(death_day, 70, LAST_DAY))
    progression = (os * rng.uniform(0.2, 0.7, course.size)).astype(np.int64)
    together = np.isin(course, (DEATH_ALONE, NEITHER))
    return {
        "course": course,
        "pfs": np.where(together, os, np.maximum(progression, TWO_CYCLES)),
        "pfs_event": (course != NEITHER).astype(np.int64),
        "os": os,
        "death": (~alive).astype(np.int64),
    }


# --- the search ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Only:
    """A rule: patients with `part` are among those with `whole`."""

    part: str
    whole: str

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.part, self.whole})

    def holds(self, state: State) -> bool:
        return bool((state[self.part] <= state[self.whole]).all())


@dataclass(frozen=True)
class PossibleCourse:
    """A rule: two cycles at least, progression before death, the living followed to the end."""

    @property
    def reads(self) -> frozenset[str]:
        return frozenset(OUTCOME)

    def holds(self, state: State) -> bool:
        pfs, os, course = state["pfs"], state["os"], state["course"]
        together = (course == DEATH_ALONE) | (course == NEITHER)
        alive = (course == PROGRESSION_ALONE) | (course == NEITHER)
        return bool(
            (pfs >= TWO_CYCLES).all()
            and (os >= FIRST_DEATH).all()
            and (os <= LAST_DAY).all()
            and np.where(together, pfs == os, pfs < os).all()
            and (os[alive] >= CLOSED).all()
        )


RULES = (
    Only("extrahepatic_spread", "bclc"),
    Only("portal_vein_tumor_thrombus", "bclc"),
    Only("ecog", "bclc"),
    Only("child_pugh_class", "cirrhosis"),
    PossibleCourse(),
)


@dataclass(frozen=True)
class ShiftOutcome:
    """A patient progresses, or is last seen, somewhat earlier or later."""

    spread: float

    def propose(self, state: State, rng: np.random.Generator) -> Change | None:
        row = int(rng.integers(state["os"].size))
        together = state["course"][row] in (DEATH_ALONE, NEITHER)
        columns = ("pfs", "os") if together else (("pfs",) if rng.random() < 0.5 else ("os",))
        day = int(state[columns[0]][row])
        moved = round(day * math.exp(rng.normal(0.0, self.spread)) + rng.integers(-2, 3))
        if moved == day:
            return None
        return Change(np.array([row]), columns, (np.array([moved]),) * len(columns))


Moves = list[tuple[Move, float]]
STAGE = ("bclc", "extrahepatic_spread", "portal_vein_tumor_thrombus")

# Days move, and patients exchange their outcomes.
OF_OUTCOMES: Moves = [
    (ShiftOutcome(0.15), 3.0),
    (ShiftOutcome(0.03), 3.0),
    (Swap(OUTCOME, near="os", reach=6), 0.7),
    (Swap(OUTCOME, near="pfs", reach=6), 0.7),
    (Swap(OUTCOME), 0.3),
    (Swap(("pfs",), ("course",), near="pfs", reach=8), 0.7),
    (Swap(("os",), ("course",), near="os", reach=8), 0.7),
]


def of_label(name: str) -> Moves:
    """Two patients of an arm exchange a label, often neighbours in time."""
    return [
        (Swap((name,), ("treatment",), near), share)
        for near, share in ((None, 0.5), ("os", 0.3), ("pfs", 0.3))
    ]


OF_LABELS: Moves = [
    (Swap((*STAGE, "ecog"), ("treatment",)), 0.7),
    (Swap(STAGE, ("treatment",)), 0.7),
    (Swap(("child_pugh_class", "cirrhosis"), ("treatment",)), 0.4),
    *(move for name in COVARIATES for move in of_label(name)),
]
ALL_MOVES = [*OF_OUTCOMES, *OF_LABELS]

ROUNDS = 4
Stage = tuple[Sequence[Target], Moves, int, float]  # what is aimed at, moves, iterations, heat


def search(paper: dict[str, Any]) -> State:
    """Patients whose analysis gives the printed numbers; each part has the seed anew."""
    rng = np.random.default_rng(SEED)
    state = annealed(start(paper, rng), everything(paper), rng)
    state = annealed(state, the_women(paper), np.random.default_rng(SEED))
    return annealed(state, the_medians(paper), np.random.default_rng(SEED))


def annealed(state: State, stages: Sequence[Stage], rng: np.random.Generator) -> State:
    """The state after some stages of the search."""
    for aims, moves, iterations, hot in stages:
        state = anneal(state, aims, moves, iterations=iterations, rng=rng, hot=hot, rules=RULES)
    return state


def everything(paper: dict[str, Any]) -> list[Stage]:
    """The arms first, then all, then in rounds each label alone and all again."""
    wanted = in_the_end(paper)
    stages: list[Stage] = [
        (of_treatment(paper), OF_OUTCOMES, 15_000, 3.0),
        (targets(paper), ALL_MOVES, 150_000, 2.5),
    ]
    for _ in range(ROUNDS):
        stages += [(wanted, of_label(name), 1_500, 2.0) for name in COVARIATES]
        stages += [(wanted, ALL_MOVES, 25_000, 0.5)]
    return stages


def the_women(paper: dict[str, Any]) -> list[Stage]:
    """There are six, so that few exchanges of them fit both endpoints: a long and hot search."""
    return [
        (univariable(cox_rows(paper), ("sex",)), of_label("sex"), 30_000, 10.0),
        (in_the_end(paper), ALL_MOVES, 20_000, 0.2),
    ]


def the_medians(paper: dict[str, Any]) -> list[Stage]:
    """What is left is to print alike, above all the medians."""
    wanted = [
        replace(target, weight=6.0) if isinstance(target, Medians) else target
        for target in in_the_end(paper)
    ]
    return [(wanted, ALL_MOVES, 25_000, 0.9)] * 2


# --- the rest of the file ------------------------------------------------------------------------

FIRST_START, LAST_START = date(2018, 6, 4), date(2021, 9, 30)
END_OF_FOLLOW_UP = date(2023, 1, 1)
PD1_INHIBITORS = ("camrelizumab", "sintilimab", "tislelizumab", "pembrolizumab")
BEST_SUPPORTIVE_CARE = "best supportive care"
REGIMENS = {  # as `published.json` names them, and as the cohort does
    "HAIC+PD-1+apatinib": "HAIC plus PD-1 inhibitor plus apatinib",
    "atezolizumab+bevacizumab": "atezolizumab plus bevacizumab",
    "PD-1+regorafenib": "PD-1 inhibitor plus regorafenib",
    "apatinib": "apatinib",
    "PD-1+apatinib": "PD-1 inhibitor plus apatinib",
    "PD-1+lenvatinib": "PD-1 inhibitor plus lenvatinib",
    "TACE+PD-1+lenvatinib": "TACE plus PD-1 inhibitor plus lenvatinib",
    "radiotherapy": "radiotherapy",
    "lenvatinib": "lenvatinib",
    "regorafenib": "regorafenib",
}
EVENTS = {  # likewise
    "fever": "Fever",
    "diarrhea": "Diarrhoea",
    "fatigue": "Fatigue",
    "hoarseness": "Hoarseness",
    "hypertension": "Hypertension",
    "proteinuria": "Proteinuria",
    "nausea": "Nausea",
    "hand-foot skin reaction": "Hand-foot skin reaction",
    "oral mucositis": "Oral mucositis",
    "thrombocytopenia": "Thrombocytopenia",
    "anemia": "Anaemia",
    "hyperbilirubinemia": "Hyperbilirubinaemia",
    "elevated AST": "AST elevation",
    "hypothyroidism": "Hypothyroidism",
    "ICI-induced hepatitis": "ICI-induced hepatitis",
    "ICI-induced pneumonia": "ICI-induced pneumonitis",
}
Row = dict[str, Any]


def patients(state: State, paper: dict[str, Any], rng: np.random.Generator) -> list[Row]:
    """The rows of the cohort, in the order in which the patients began their second line."""
    state = state | {"zero": ecog_zero(state, rng)}
    state |= responses(state, paper, rng) | later_therapy(state, paper, rng)
    rows = [patient(state, index, rng) for index in range(state["os"].size)]
    return sorted(rows, key=lambda row: (row["start_2l"], row["os_months"]))


def ecog_zero(state: State, rng: np.random.Generator) -> Array:
    """ECOG 0 of the patients without ECOG 2: those of stage B first, which asks for it."""
    zero = np.zeros(state["os"].size, dtype=np.int64)
    for arm, number in (("LP", 13), ("R", 7)):
        others = np.flatnonzero((state["treatment"] == ARMS[arm]) & (state["ecog"] == 0))
        first = others[np.lexsort((rng.random(others.size), state["bclc"][others]))]
        zero[first[:number]] = 1
    return zero


def responses(state: State, paper: dict[str, Any], rng: np.random.Generator) -> State:
    """Best responses: progression as best response comes early, complete response lasts."""
    progressed = np.isin(state["course"], (BOTH, PROGRESSION_ALONE))
    lasting = state["pfs"] * np.exp(rng.normal(0.0, 0.2, state["pfs"].size))
    found = {name: np.full(lasting.size, "SD", dtype="<U2") for name in ("recist", "mrecist")}
    for arm, code in ARMS.items():
        rows = np.flatnonzero(state["treatment"] == code)
        early = rows[progressed[rows]]
        best = rows[np.argsort(-lasting[rows])]
        for name, criteria in (("recist", "RECIST 1.1"), ("mrecist", "mRECIST")):
            number = {
                row["category"]: row["values"][arm]["n"]
                for row in paper["response"]
                if row["criteria"] == criteria
            }
            found[name][early[np.argsort(state["pfs"][early])[: number["PD"]]]] = "PD"
            found[name][best[: number["CR"]]] = "CR"
            found[name][best[number["CR"] : number["CR"] + number["PR"]]] = "PR"
    return found


def later_therapy(state: State, paper: dict[str, Any], rng: np.random.Generator) -> State:
    """Regimens after progression: those who live longest after it are treated."""
    printed_counts = {row["level"]: row["values"] for row in paper["therapy"] if "values" in row}
    left = np.where(
        np.isin(state["course"], (BOTH, PROGRESSION_ALONE)), state["os"] - state["pfs"], 0
    )
    chance = left * np.exp(rng.normal(0.0, 0.6, left.size))
    regimen = np.full(left.size, "", dtype="<U40")
    for arm, code in ARMS.items():
        given = [
            name for level, name in REGIMENS.items() for _ in range(printed_counts[level][arm]["n"])
        ]
        rows = np.flatnonzero((state["treatment"] == code) & (left > 45))
        treated = rows[np.argsort(-chance[rows])][: len(given)]
        regimen[treated] = rng.permutation(given)
        rows = np.flatnonzero((state["treatment"] == code) & (left > 0) & (regimen == ""))
        supported = rows[np.argsort(-left[rows])][: printed_counts[BEST_SUPPORTIVE_CARE][arm]["n"]]
        regimen[supported] = BEST_SUPPORTIVE_CARE
    return {"regimen": regimen}


def patient(state: State, index: int, rng: np.random.Generator) -> Row:
    """One row; a cell is empty where nothing happened."""
    value = {name: column[index] for name, column in state.items()}
    arm = "LP" if value["treatment"] else "R"
    died = value["death"] == 1
    progressed = value["course"] in (BOTH, PROGRESSION_ALONE)
    begin = start_of_treatment(int(value["os"]), died, rng)

    def day(number: float) -> date:
        return begin + timedelta(days=int(number))

    treated = value["regimen"] not in ("", BEST_SUPPORTIVE_CARE)
    pause = rng.integers(10, min(45, value["os"] - value["pfs"] - 14) + 1) if treated else 0
    yes = ("no", "yes")
    return {
        "treatment": arm,
        "pd1_inhibitor": rng.choice(PD1_INHIBITORS, p=(0.4, 0.3, 0.25, 0.05))
        if arm == "LP"
        else "",
        "start_2l": begin,
        "progression_date": day(value["pfs"]) if progressed else "",
        "death_date": day(value["os"]) if died else "",
        "last_contact": day(value["os"]),
        "os_months": f"{value['os'] / DAYS_PER_MONTH:.2f}",
        "death": int(died),
        "pfs_months": f"{value['pfs'] / DAYS_PER_MONTH:.2f}",
        "pfs_event": value["pfs_event"],
        "progression": int(progressed),
        "age": age(value["age"] == 1, rng),
        "sex": ("female", "male")[value["sex"]],
        "ecog": 2 if value["ecog"] else 1 - value["zero"],
        "hbv": yes[value["hbv"]],
        "cirrhosis": yes[value["cirrhosis"]],
        **liver_function(value["child_pugh_class"] == 1, rng),
        "bclc": "BC"[value["bclc"]],
        "portal_vein_tumor_thrombus": yes[value["portal_vein_tumor_thrombus"]],
        "extrahepatic_spread": yes[value["extrahepatic_spread"]],
        "afp": afp(value["afp_cat400"] == 1, rng),
        "tace_or_haic": yes[value["tace_or_haic"]],
        "recist": value["recist"],
        "mrecist": value["mrecist"],
        "subsequent_therapy": yes[int(treated)],
        "subsequent_regimen": value["regimen"],
        "third_line_date": day(value["pfs"] + pause) if treated else "",
    }


def start_of_treatment(os: int, died: bool, rng: np.random.Generator) -> date:
    """A start within the years of inclusion; the living were seen near the end of follow-up."""
    last = min(LAST_START, END_OF_FOLLOW_UP - timedelta(days=os))
    earliest = FIRST_START if died else max(FIRST_START, last - timedelta(days=75))
    return earliest + timedelta(days=int(rng.integers((last - earliest).days + 1)))


def age(young: bool, rng: np.random.Generator) -> int:
    """Years, from 28 to 79, below 50 or not."""
    return (
        max(int(50 - rng.gamma(2.0, 3.5)), 28) if young else min(int(50 + rng.gamma(2.2, 4.0)), 79)
    )


def afp(high: bool, rng: np.random.Generator) -> str:
    """ng/mL, log-normal on either side of 400."""
    value = math.inf if not high else 0.0
    while (value >= 400.0) != high:
        value = math.exp(rng.normal(8.0, 1.7) if high else rng.normal(3.2, 1.7))
    return f"{value:.0f}" if value >= 100.0 else f"{max(value, 1.1):.1f}"


def liver_function(class_b: bool, rng: np.random.Generator) -> Row:
    """A Child-Pugh score of the class, and parts that add up to it."""
    score = int(rng.choice((7, 8), p=(0.7, 0.3)) if class_b else rng.choice((5, 6), p=(0.65, 0.35)))
    parts = ("albumin", "bilirubin", "ascites", "inr", "encephalopathy")
    chances = (0.42, 0.25, 0.25, 0.04, 0.04)
    worse = set(rng.choice(parts, score - 5, replace=False, p=chances).tolist())
    bilirubin = rng.uniform(35.0, 51.0) if "bilirubin" in worse else rng.uniform(8.0, 33.0)
    albumin = rng.uniform(28.5, 34.5) if "albumin" in worse else rng.uniform(35.5, 46.0)
    inr = rng.uniform(1.71, 1.9) if "inr" in worse else rng.uniform(0.95, 1.4)
    return {
        "child_pugh_score": score,
        "child_pugh": "B" if class_b else "A",
        "ascites": "mild" if "ascites" in worse else "none",
        "encephalopathy": "grade 1-2" if "encephalopathy" in worse else "none",
        "bilirubin": f"{bilirubin:.1f}",
        "albumin": f"{albumin:.1f}",
        "inr": f"{inr:.2f}",
    }


def adverse_events(rows: list[Row], paper: dict[str, Any], rng: np.random.Generator) -> list[Row]:
    """The long file: every patient with an event, its worst grade and its first day."""
    found = []
    for event in paper["adverse_events"]:
        if event.get("event") not in EVENTS:
            continue
        for arm in ARMS:
            here = [row for row in rows if row["treatment"] == arm]
            number, severe = (event[band][arm]["n"] or 0 for band in ("any_grade", "grade_ge3"))
            for place, index in enumerate(rng.permutation(len(here))[:number]):
                days = float(here[index]["pfs_months"]) * DAYS_PER_MONTH
                found.append(
                    {
                        "patient_id": here[index]["patient_id"],
                        "adverse_event": EVENTS[event["event"]],
                        "grade": 3 if place < severe else int(rng.choice((1, 2), p=(0.6, 0.4))),
                        "day": int(rng.integers(3, min(days, 240.0))),
                    }
                )
    return sorted(found, key=lambda row: (row["patient_id"], row["day"], row["adverse_event"]))


# --- files ---------------------------------------------------------------------------------------


def write(name: str, rows: list[Row]) -> str:
    """Write a table, and return its line of SHA256SUMS."""
    with (STUDY / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return f"{hashlib.sha256((STUDY / name).read_bytes()).hexdigest()}  {name}\n"


def make(state: State, paper: dict[str, Any], rng: np.random.Generator) -> None:
    """Write the cohort, its adverse events and their checksums."""
    rows = patients(state, paper, rng)
    cohort = [{"patient_id": f"XU-{n:03d}", **row} for n, row in enumerate(rows, start=1)]
    sums = write("cohort.csv", cohort)
    sums += write("adverse_events.csv", adverse_events(cohort, paper, rng))
    (STUDY / "SHA256SUMS").write_text(sums, encoding="utf-8")


def main() -> None:
    """Search, write and list what is not within its bound."""
    paper = published()
    state = search(paper)
    make(state, paper, np.random.default_rng(SEED_OF_THE_REST))
    print(shortfalls(state, in_the_end(paper)))


if __name__ == "__main__":
    main()
