"""Make the bundled synthetic cohort: second-line lenvatinib or sorafenib in advanced HCC.

No row describes a patient. The counts and medians below are those that were printed in
Chon et al., Clin Mol Hepatol 2024;30:345-359 (Tables 1-3 and the Results section); everything
else (who has what together with what, every date, every laboratory value) is drawn at random.

The cohort is made in four steps:

1. baseline   - each arm receives the printed counts exactly; laboratory values are then drawn to
                fit the Child-Pugh score of the row.
2. outcomes   - bundles of response, progression and death are drawn per arm and moved, day by
                day, until the Kaplan-Meier medians, their limits and the log-rank tests agree
                with the printed ones. Patients play no part in this step.
3. assignment - the bundles of an arm are dealt to its patients, the worst outcomes to those with
                the highest risk; exchanges between patients then tune the hazard ratios. They
                cannot change what step 2 has reached, because an arm keeps its bundles.
4. the rest   - dates, third line, AFP at week 8, missing values, shuffling.

Usage: python generate.py [OUT.csv]      (default: cohort.csv beside this file)

All random numbers come from one seeded generator and the searches run for a fixed number of
steps, so that the same seed gives the same bytes. The clock is never read.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Columns = dict[str, NDArray[Any]]
Rng = np.random.Generator

SEED = 20240345
DAYS_PER_MONTH = 30.4375
THREE_MONTHS = 91  # the last day within 3 x 30.4375 days
WEEK_8 = 56
Z95 = 1.959963984540054
LAST_DAY = 860  # longest follow-up that the calendar below allows
FIRST_START, LAST_START = date(2020, 8, 3), date(2022, 12, 30)
DATA_CUT = date(2023, 3, 31)
OUTCOME_STEPS = 30_000
ASSIGNMENT_STEPS = 20_000


# --------------------------------------------------------------------------------------------
# What was printed
# --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Median:
    """A Kaplan-Meier median in months with its 95 % limits (None: never reached)."""

    value: float
    lower: float
    upper: float | None


@dataclass(frozen=True)
class Arm:
    """One treatment arm, Chon et al., Clin Mol Hepatol 2024;30:345-359.

    Counts: Table 1, before matching (non-viral from the arm counts; macrovascular invasion from
    the count, because its printed percentage contradicts it). Five-number tuples: (lowest, q1,
    median, q3, highest), of which the two ends are made up. Response: Table 2, RECIST 1.1.
    Survival: Table 3. Third line: Results. The split of the 81 deaths and of the 107 progressions
    over the arms was not printed and is chosen here.
    """

    name: str
    n: int
    male: int
    ecog_0: int
    ecog_2: int  # "very few": 3 in all, chosen
    viral: int
    bclc_b: int
    child_pugh: tuple[int, int, int, int]  # patients with a score of 5, 6, 7, 8
    single: int
    extrahepatic: int
    lymph_node: int
    macrovascular: int
    age: tuple[float, ...]
    size: tuple[float, ...]
    afp: tuple[float, ...]
    pivka: tuple[float, ...]
    cycles: tuple[float, ...]
    bundles: dict[str, int]  # kind of outcome -> patients, see KINDS
    deaths: int
    os: Median
    pfs: Median
    third_line: dict[str, int]  # drug -> patients


LENVATINIB = Arm(
    name="lenvatinib",
    n=40,
    male=36,
    ecog_0=26,
    ecog_2=1,
    viral=31,
    bclc_b=4,
    child_pugh=(29, 8, 3, 0),
    single=16,
    extrahepatic=29,
    lymph_node=20,
    macrovascular=17,
    age=(33, 50, 60, 68, 81),
    size=(0.9, 2.4, 4.9, 9.6, 17.5),
    afp=(1.8, 12, 181, 8307, 72000),
    pivka=(16, 168, 1626, 7106, 61000),
    cycles=(1, 4, 6, 10, 24),
    bundles={"PR": 3, "SD": 21, "SD-": 3, "PD": 11, "NE-died": 1, "NE-left": 1},
    deaths=21,
    os=Median(10.3, 6.8, None),
    pfs=Median(3.5, 3.0, 4.2),
    third_line={"sorafenib": 15, "cabozantinib": 2, "nivolumab": 1},
)
SORAFENIB = Arm(
    name="sorafenib",
    n=86,
    male=75,
    ecog_0=43,
    ecog_2=2,
    viral=61,
    bclc_b=13,
    child_pugh=(36, 18, 20, 12),
    single=27,
    extrahepatic=58,
    lymph_node=28,
    macrovascular=41,
    age=(36, 59, 63, 71, 85),
    size=(0.7, 1.8, 4.5, 7.8, 18.0),
    afp=(1.5, 25, 546, 4783, 98000),
    pivka=(14, 273, 1328, 4307, 74000),
    cycles=(1, 2, 3, 6, 21),
    bundles={"PR": 5, "SD": 13, "SD-": 3, "PD": 47, "NE+": 7, "NE-died": 7, "NE-left": 4},
    deaths=60,
    os=Median(5.6, 4.7, 9.0),
    pfs=Median(1.8, 1.6, 2.3),
    third_line={"regorafenib": 22, "lenvatinib": 10, "cabozantinib": 8, "nivolumab": 4},
)
ARMS = (LENVATINIB, SORAFENIB)
N = LENVATINIB.n + SORAFENIB.n

# Table 3: log-rank tests. Results: observed follow-up in months (quartiles).
LOGRANK_OS, LOGRANK_PFS = 0.019, 0.001
OBSERVED_OS, OBSERVED_PFS = (3.5, 5.5, 9.3), (1.4, 2.1, 3.5)


@dataclass(frozen=True)
class Kind:
    """A kind of outcome: its response, whether it progresses, and when (days, lowest-highest)."""

    response: str
    progresses: bool
    first: int
    last: int
    typical: int
    dies: bool | None = None  # None: open, the arm's count of deaths decides


# The first scan is due after 6 to 8 weeks. PD is seen at the latest there; a response or a stable
# disease must have outlived it. NE had no evaluable scan: an early death, a patient who left, or
# a progression that was declared on clinical grounds.
KINDS = {
    "PR": Kind("PR", True, 112, 420, 200),
    "SD": Kind("SD", True, 62, 400, 110),
    "SD-": Kind("SD", False, 120, 480, 230, dies=False),
    "PD": Kind("PD", True, 20, 84, 49),
    "NE+": Kind("NE", True, 14, 60, 34),
    "NE-died": Kind("NE", False, 12, 75, 32, dies=True),
    "NE-left": Kind("NE", False, 8, 60, 30, dies=False),
}
KIND_ORDER = tuple(KINDS)
LEAST_GAP = 7  # days from progression to death or last contact

# Univariable hazard ratios that the assignment aims at, see contrasts().
# Child-Pugh class, PIVKA-II, cycles and extrahepatic spread follow Table 4 in size; the others
# are set so that an example analysis has something to show.
OS_RATIOS = (
    ("child_pugh_b", 2.45),
    ("afp_400", 1.70),
    ("ecog_1", 1.55),
    ("ecog_2", 4.50),
    ("size_10", 1.65),
    ("pivka_1000", 1.65),
    ("cycles_3", 2.10),
    ("multiple", 1.45),
    ("lymph_node", 1.35),
    ("extrahepatic", 1.25),
    ("macrovascular", 1.25),
    ("male", 0.75),
)
PFS_RATIOS = (
    ("child_pugh_b", 1.65),
    ("afp_400", 1.45),
    ("ecog_1", 1.30),
    ("ecog_2", 3.20),
    ("extrahepatic", 1.50),
    ("cycles_3", 1.60),
    ("pivka_1000", 1.20),
    ("macrovascular", 1.10),
)
# Areas under the ROC curve for primary resistance.
AREAS = (("afp", 0.69), ("alt", 0.59), ("low_pni", 0.60))
# Standardised log-rank statistic of AFP within Child-Pugh class A, so that a tree can split twice.
TREE_Z = 2.9


# --------------------------------------------------------------------------------------------
# Step 1: baseline
# --------------------------------------------------------------------------------------------


def top(score: Floats, count: int, among: Bools | None = None) -> Bools:
    """Flag the `count` patients with the highest score, out of those in `among`."""
    usable = score if among is None else np.where(among, score, -np.inf)
    flags = np.zeros(score.size, dtype=np.bool_)
    flags[np.argsort(-usable, kind="stable")[:count]] = True
    return flags


def template(rng: Rng, n: int, five: tuple[float, ...], *, log: bool) -> Floats:
    """Return n ascending values whose quartiles are those of `five` and whose median is exact."""
    place = np.arange(n) / (n - 1)
    place[1:-1] += rng.uniform(-0.4, 0.4, n - 2) / (n - 1)
    knots = np.log(five) if log else np.asarray(five, dtype=np.float64)
    values: Floats = np.interp(place, (0, 0.25, 0.5, 0.75, 1), knots)
    values = np.exp(values) if log else values
    # An even number of patients: the median is the mean of the middle pair.
    low, high, median = n // 2 - 1, n // 2, five[2]
    half = min(abs(median - values[low]), abs(values[high] - median))
    values[low], values[high] = median - half, median + half
    return values


def deal(values: Floats, score: Floats) -> Floats:
    """Give the ascending `values` to the patients in the order of their score."""
    dealt = np.empty_like(values)
    dealt[np.argsort(score, kind="stable")] = values
    return dealt


def tumour_flags(rng: Rng, arm: Arm, burden: Floats, liver: Floats) -> Columns:
    """Draw stage, spread and performance status with the printed counts.

    BCLC B has no vascular invasion, no spread and ECOG 0; every BCLC C has at least one of them.
    Nodal metastases count as extrahepatic spread, hence are a part of it.
    """
    noise = rng.normal(size=(6, arm.n))
    stage_b = top(noise[0] - burden, arm.bclc_b)
    stage_c = ~stage_b
    spread = top(noise[1] + 0.3 * burden, arm.extrahepatic, stage_c)
    local = stage_c & ~spread
    # Two thirds of the stage C patients without spread owe the stage to vascular invasion, the
    # others to their performance status.
    by_vessel = top(noise[2] + burden, math.ceil(local.sum() * 2 / 3), local)
    vessel = top(noise[2] + 0.8 * burden + 99 * by_vessel, arm.macrovascular, spread | by_vessel)
    frail = noise[3] + 0.5 * burden + 0.5 * liver
    active = top(frail + 99 * (local & ~by_vessel), arm.n - arm.ecog_0, stage_c)
    return {
        "bclc_b": stage_b,
        "extrahepatic": spread,
        "macrovascular": vessel,
        "ecog": active.astype(np.int64) + top(frail, arm.ecog_2, active),
        "lymph_node": top(noise[4], arm.lymph_node, spread),
        "multiple": top(noise[5] + 0.3 * burden + 99 * stage_b, arm.n - arm.single),
    }


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


def inside(value: float, bounds: tuple[float, float], digits: int) -> float:
    """Round a value and keep it within its range."""
    return round(min(max(value, bounds[0]), bounds[1]), digits)


def liver_values(rng: Rng, score: int) -> tuple[float, float, float, int, int]:
    """Draw bilirubin, albumin, INR and the grades of ascites and encephalopathy of a score."""
    weights, patterns = zip(*POINT_PATTERNS[score], strict=True)
    bili, alb, inr, ascites, brain = patterns[int(rng.choice(len(patterns), p=weights))]
    typical_bili, typical_alb = (0.8, 2.4, 3.6)[bili], (4.0, 3.2, 2.5)[alb]
    return (
        inside(
            float(typical_bili * np.exp(rng.normal(0, (0.40, 0.12, 0.12)[bili]))),
            BILIRUBIN_RANGE[bili],
            1,
        ),
        inside(float(rng.normal(typical_alb, (0.28, 0.20, 0.15)[alb])), ALBUMIN_RANGE[alb], 1),
        inside(float(rng.normal((1.12, 1.80)[inr], 0.09)), INR_RANGE[inr], 2),
        ascites,
        brain,
    )


def albi(bilirubin: Floats, albumin: Floats) -> tuple[Floats, Ints]:
    """Return the ALBI score and grade from mg/dL and g/dL (Johnson et al., J Clin Oncol 2015)."""
    value = 0.66 * np.log10(bilirubin * 17.1) - 0.085 * albumin * 10
    grade = 1 + (value > -2.60).astype(np.int64) + (value > -1.39)
    return np.round(value, 3), grade


def aetiology(rng: Rng, viral: Bools) -> NDArray[np.str_]:
    """Draw the cause of the liver disease; hepatitis B leads among the viral ones."""
    of_viral = rng.choice(["HBV", "HCV"], viral.size, p=[0.88, 0.12])
    of_other = rng.choice(["alcohol", "MASLD", "other"], viral.size, p=[0.5, 0.32, 0.18])
    return np.where(viral, of_viral, of_other)


def baseline(rng: Rng, arm: Arm) -> Columns:
    """Draw the baseline of one arm."""
    n = arm.n
    burden, liver = rng.normal(size=n), rng.normal(size=n)
    cols = tumour_flags(rng, arm, burden, liver)
    cols["arm"] = np.full(n, ARMS.index(arm))
    cols["male"] = top(rng.normal(size=n), arm.male)
    cols["viral"] = top(rng.normal(size=n), arm.viral)
    cols["etiology"] = aetiology(rng, cols["viral"])
    cols["centre"] = rng.choice([1, 2, 3], n, p=[0.48, 0.32, 0.20])
    cols["age"] = np.rint(deal(template(rng, n, arm.age, log=False), rng.normal(size=n)))
    size_score = burden + 0.6 * cols["macrovascular"] + rng.normal(0, 0.7, n)
    cols["size"] = np.round(deal(template(rng, n, arm.size, log=True), size_score), 1)
    afp_score = 0.5 * burden + rng.normal(size=n)
    cols["afp"] = round_marker(deal(template(rng, n, arm.afp, log=True), afp_score))
    pivka_score = 0.5 * size_score + 0.4 * afp_score + rng.normal(size=n)
    cols["pivka"] = np.rint(deal(template(rng, n, arm.pivka, log=True), pivka_score))
    cycle_score = rng.normal(size=n) - 0.2 * liver
    cols["cycles"] = np.rint(deal(template(rng, n, arm.cycles, log=False), cycle_score))
    scores = np.repeat((5.0, 6.0, 7.0, 8.0), arm.child_pugh)
    cols["score"] = deal(scores, liver + rng.normal(0, 0.5, n)).astype(np.int64)
    rows = np.array([liver_values(rng, int(score)) for score in cols["score"]])
    for place, name in enumerate(("bilirubin", "albumin", "inr", "ascites", "encephalopathy")):
        cols[name] = rows[:, place]
    cols["albi"], cols["albi_grade"] = albi(cols["bilirubin"], cols["albumin"])
    return cols | blood_count(rng, burden, liver)


def blood_count(rng: Rng, burden: Floats, liver: Floats) -> Columns:
    """Draw the remaining laboratory values, which follow tumour burden and liver function."""
    n = burden.size

    def log_normal(median: float, spread: float, shift: Floats) -> Floats:
        return median * np.exp(shift + rng.normal(0, spread, n))

    alt = log_normal(33, 0.48, 0.10 * liver)
    crp = np.clip(log_normal(0.95, 0.95, 0.35 * burden), 0.02, 19.5)
    return {
        "alt": np.rint(np.clip(alt, 9, 240)),
        "ast": np.rint(np.clip(alt * log_normal(1.45, 0.28, 0.10 * burden), 14, 420)),
        "lymphocytes": np.round(np.clip(log_normal(1.22, 0.36, -0.08 * liver), 0.35, 3.2), 2),
        "neutrophils": np.round(np.clip(log_normal(3.7, 0.34, 0.08 * burden), 1.1, 13), 2),
        "crp": np.round(crp, 2),
    }


def round_marker(values: Floats) -> Floats:
    """Round as a laboratory reports: one decimal below 100, whole numbers from there on."""
    return np.where(values < 99.95, np.round(values, 1), np.rint(values))


def symmetric_blanks(rng: Rng, values: Floats, pairs: int) -> Bools:
    """Choose blanks in pairs of opposite ranks, which leaves the median where it is."""
    ranked = np.argsort(values, kind="stable")
    chosen = rng.choice(np.arange(values.size // 2 - 1), pairs, replace=False)
    blank = np.zeros(values.size, dtype=np.bool_)
    blank[ranked[chosen]] = True
    blank[ranked[values.size - 1 - chosen]] = True
    return blank


def draw_blanks(rng: Rng, cols: Columns) -> dict[str, Bools]:
    """Choose which measurements are missing (5 to 10 % of each); values of one tube go together."""

    def some(count: int) -> Bools:
        return top(rng.normal(size=N), count)

    blank = {
        name: np.concatenate(
            [symmetric_blanks(rng, cols[name][cols["arm"] == a], k) for a, k in enumerate(pairs)]
        )
        for name, pairs in {"afp": (1, 3), "pivka": (2, 4)}.items()
    }
    chemistry = some(4)
    blank |= {"bilirubin": chemistry | some(2), "albumin": chemistry | some(3)}
    blank |= {"alt": chemistry | some(4), "ast": chemistry | some(5)}
    count = some(8)
    blank |= {"lymphocytes": count, "neutrophils": count}
    blank |= {"inr": some(8), "crp": some(11), "afp_week8": some(9)}
    return blank | {"albi": blank["bilirubin"] | blank["albumin"]}


# --------------------------------------------------------------------------------------------
# Step 2: outcomes of each arm
# --------------------------------------------------------------------------------------------


@dataclass
class Outcomes:
    """Bundles of outcomes; days count from the start of second line."""

    arm: Ints
    kind: Ints  # index into KIND_ORDER
    progressed: Bools
    pfs: Ints
    os: Ints
    died: Bools

    def pfs_event(self) -> Bools:
        """Progression or death."""
        return self.progressed | self.died


def first_outcomes(rng: Rng, arm: Arm) -> Outcomes:
    """Draw the bundles of an arm before any fitting."""
    kinds = np.repeat([KIND_ORDER.index(k) for k in arm.bundles], list(arm.bundles.values()))
    specs = [KINDS[KIND_ORDER[k]] for k in kinds]
    progressed = np.array([spec.progresses for spec in specs])
    fixed_death = np.array([spec.dies is True for spec in specs])
    open_death = np.array([spec.dies is None for spec in specs])
    days = np.array(
        [
            round(min(max(spec.typical * math.exp(rng.normal(0, 0.3)), spec.first), spec.last))
            for spec in specs
        ]
    )
    died = fixed_death | top(rng.normal(size=arm.n), arm.deaths - fixed_death.sum(), open_death)
    after = np.where(died, rng.weibull(1.1, arm.n) * 150, rng.gamma(2.5, 90, arm.n))
    last = np.minimum(days + LEAST_GAP + np.rint(after).astype(np.int64), LAST_DAY)
    return Outcomes(
        arm=np.full(arm.n, ARMS.index(arm)),
        kind=kinds,
        progressed=progressed,
        pfs=days,
        os=np.where(progressed, last, days),
        died=died,
    )


def join_outcomes(parts: list[Outcomes]) -> Outcomes:
    """Put the arms below each other."""
    fields = ("arm", "kind", "progressed", "pfs", "os", "died")
    return Outcomes(**{f: np.concatenate([getattr(p, f) for p in parts]) for f in fields})


def risk_table(days: Ints, event: Bools) -> tuple[Floats, Floats]:
    """Return events and patients at risk on each day, 0 to LAST_DAY."""
    events = np.bincount(days[event], minlength=LAST_DAY + 1).astype(np.float64)
    left = np.bincount(days, minlength=LAST_DAY + 1)
    at_risk = days.size - np.concatenate(([0], np.cumsum(left)[:-1]))
    return events, at_risk.astype(np.float64)


def first_at_half(curve: Floats) -> float:
    """Return the first day at which a curve is at or below one half, in months."""
    reached = curve <= 0.5
    return float(np.argmax(reached)) / DAYS_PER_MONTH if reached.any() else math.inf


def km_misfit(events: Floats, at_risk: Floats, target: Median) -> float:
    """Measure how far median and limits (Greenwood, log scale) are from those printed."""
    happened = events > 0
    e, r = events[happened], at_risk[happened]
    survival = np.cumprod(1 - e / r)
    width = Z95 * np.sqrt(np.cumsum(e / (r * np.maximum(r - e, 0.5))))
    days = np.flatnonzero(happened)
    curves = (survival, survival * np.exp(-width), survival * np.exp(width))
    loss = 0.0
    for curve, wanted in zip(curves, (target.value, target.lower, target.upper), strict=True):
        stretched = np.ones(LAST_DAY + 1)
        stretched[days[0] :] = curve[np.cumsum(happened)[days[0] :] - 1]
        found = first_at_half(stretched)
        if wanted is None or found == math.inf:
            loss += 0.0 if wanted is None and found == math.inf else 20.0
        else:
            loss += square_beyond(found - wanted, 0.03, 0.1)
        # A step at one half exactly would make the median a matter of convention.
        loss += 5.0 * bool(np.any(np.abs(curve - 0.5) < 1e-4))
    return loss


def square_beyond(difference: float, tolerance: float, unit: float) -> float:
    """Penalise a difference, in squared units, as far as it exceeds the tolerance."""
    return (max(0.0, abs(difference) - tolerance) / unit) ** 2


def logrank_p(tables: list[tuple[Floats, Floats]]) -> float:
    """Return the p-value of the log-rank test between two groups."""
    (e0, r0), (e1, r1) = tables
    e, r = e0 + e1, r0 + r1
    used = (e > 0) & (r > 1)
    e0, e, r0, r1, r = e0[used], e[used], r0[used], r1[used], r[used]
    excess = float(np.sum(e0 - e * r0 / r))
    variance = float(np.sum(e * (r0 / r) * (r1 / r) * (r - e) / (r - 1)))
    return math.erfc(abs(excess) / math.sqrt(2 * variance))


def endpoint_misfit(arm: Ints, days: Ints, event: Bools, endpoint: str) -> float:
    """Measure how far one endpoint is from its medians, test and observed follow-up."""
    tables = [risk_table(days[arm == a], event[arm == a]) for a in (0, 1)]
    targets = [a.os if endpoint == "os" else a.pfs for a in ARMS]
    loss = sum(km_misfit(*table, target) for table, target in zip(tables, targets, strict=True))
    p_wanted = LOGRANK_OS if endpoint == "os" else LOGRANK_PFS
    loss += square_beyond(math.log(max(logrank_p(tables), 1e-12) / p_wanted), 0.03, 0.1)
    observed = OBSERVED_OS if endpoint == "os" else OBSERVED_PFS
    quartiles = np.percentile(days, (25, 50, 75)) / DAYS_PER_MONTH
    for found, wanted in zip(quartiles, observed, strict=True):
        loss += square_beyond(float(found) - wanted, 0.04, 0.2)
    return round(loss, 6)


def propose(rng: Rng, out: Outcomes) -> Outcomes | None:
    """Change one bundle a little, or exchange a death and a censoring; None if impossible."""
    new = replace(out, pfs=out.pfs.copy(), os=out.os.copy(), died=out.died.copy())
    i = int(rng.integers(N))
    spec = KINDS[KIND_ORDER[int(out.kind[i])]]
    move = rng.random()
    if move < 0.1:
        j = int(rng.integers(N))
        if out.arm[i] != out.arm[j] or not (out.progressed[i] and out.progressed[j]):
            return None
        new.died[i], new.died[j] = out.died[j], out.died[i]
    elif move < 0.5 or not out.progressed[i]:
        new.pfs[i] += round(rng.normal(0, 0.15 * spec.typical))
        new.os[i] = out.os[i] if out.progressed[i] else new.pfs[i]
    else:
        new.os[i] += round(rng.normal(0, 35))
    in_time = spec.first <= new.pfs[i] <= spec.last and new.os[i] <= LAST_DAY
    in_order = not out.progressed[i] or new.os[i] >= new.pfs[i] + LEAST_GAP
    return new if in_time and in_order else None


def fit_outcomes(rng: Rng) -> Outcomes:
    """Move days and flags, keeping what is no worse, until the arms look like the printed ones."""
    out = join_outcomes([first_outcomes(rng, arm) for arm in ARMS])

    def misfits(o: Outcomes) -> float:
        return endpoint_misfit(o.arm, o.os, o.died, "os") + endpoint_misfit(
            o.arm, o.pfs, o.pfs_event(), "pfs"
        )

    loss = misfits(out)
    for _ in range(OUTCOME_STEPS):
        new = propose(rng, out)
        if new is None:
            continue
        new_loss = misfits(new)
        if new_loss <= loss:
            out, loss = new, new_loss
    return out


# --------------------------------------------------------------------------------------------
# Step 3: which patient receives which bundle
# --------------------------------------------------------------------------------------------


def contrasts(cols: Columns, blank: dict[str, Bools]) -> dict[str, Floats]:
    """Return the 0/1 contrasts of the hazard ratios; a blank measurement is not a number."""
    flags = {
        "child_pugh_b": cols["score"] >= 7,
        "afp_400": cols["afp"] >= 400,
        "ecog_1": cols["ecog"] >= 1,
        "ecog_2": cols["ecog"] == 2,
        "size_10": cols["size"] >= 10,
        "pivka_1000": cols["pivka"] >= 1000,
        "cycles_3": cols["cycles"] < 3,
    }
    names = ("multiple", "lymph_node", "extrahepatic", "macrovascular", "male")
    flags |= {name: cols[name] for name in names}
    numbers = {name: flag.astype(np.float64) for name, flag in flags.items()}
    numbers["afp_400"][blank["afp"]] = np.nan
    numbers["pivka_1000"][blank["pivka"]] = np.nan
    return numbers


class RatioTarget:
    """Univariable hazard ratios of several contrasts for one endpoint, and what they should be."""

    def __init__(
        self,
        days: Ints,
        event: Bools,
        flags: dict[str, Floats],
        wanted: tuple[tuple[str, float], ...],
    ) -> None:
        """Prepare risk sets (rows: event days, columns: bundles) and contrasts."""
        event_days = np.unique(days[event])[:, None]
        self.at_risk = (days >= event_days).astype(np.float64)
        self.events = ((days == event_days) & event).astype(np.float64)
        columns = np.column_stack([flags[name] for name, _ in wanted])
        self.yes = np.nan_to_num(columns, nan=0.0)
        self.no = np.nan_to_num(1 - columns, nan=0.0)
        self.wanted = np.log([ratio for _, ratio in wanted])

    def misfit(self, owner: Ints) -> float:
        """Compare the log hazard ratios (Breslow) with those wanted; owner: patient per bundle."""
        yes, no = self.yes[owner], self.no[owner]
        risk_yes, risk_no = self.at_risk @ yes, self.at_risk @ no
        seen = (self.events @ yes).sum(axis=0)
        events = self.events @ (yes + no)
        beta = self.wanted.copy()
        for _ in range(3):  # Newton steps from the wanted value; it is near when it matters
            weighted = risk_yes * np.exp(beta)
            share = weighted / np.maximum(weighted + risk_no, 1e-9)
            info = (events * share * (1 - share)).sum(axis=0)
            step = (seen - (events * share).sum(axis=0)) / np.maximum(info, 1e-9)
            beta += np.clip(step, -1, 1)
        excess = np.maximum(np.abs(beta - self.wanted) - 0.02, 0) / 0.1
        return float(np.sum(excess**2))


class AreaTarget:
    """Area under the ROC curve of one marker for primary resistance."""

    def __init__(self, marker: Floats, resistance: Floats, wanted: float) -> None:
        """Prepare all comparisons between two patients; blanks compare with nobody."""
        known = (~np.isnan(marker)).astype(np.float64)
        value = np.nan_to_num(marker)
        above = (value[:, None] > value) + 0.5 * (value[:, None] == value)
        self.above = above * known[:, None] * known
        self.known = known
        self.resistant = (resistance == 1).astype(np.float64)
        self.sensitive = (resistance == 0).astype(np.float64)
        self.wanted = wanted

    def misfit(self, owner: Ints) -> float:
        """Compare the area with the one wanted."""
        yes, no = np.empty(N), np.empty(N)
        yes[owner], no[owner] = self.resistant, self.sensitive
        area = yes @ self.above @ no / ((yes @ self.known) * (no @ self.known))
        return square_beyond(float(area) - self.wanted, 0.005, 0.02)


class TreeTarget:
    """Standardised log-rank statistic of AFP among Child-Pugh class A."""

    def __init__(self, out: Outcomes, afp: Floats, class_a: Bools) -> None:
        """Prepare the order of the bundles in time (last of ties, first of ties)."""
        self.order = np.argsort(out.os, kind="stable")
        ordered = out.os[self.order]
        self.first = np.searchsorted(ordered, ordered, "left")
        self.last = np.searchsorted(ordered, ordered, "right") - 1
        self.died = out.died[self.order].astype(np.float64)
        self.used = class_a & ~np.isnan(afp)
        self.afp = np.nan_to_num(afp)

    def misfit(self, owner: Ints) -> float:
        """Penalise a statistic below the one wanted."""
        patient = owner[self.order]
        used = self.used[patient].astype(np.float64)
        died = self.died * used
        at_risk = np.cumsum(used[::-1])[::-1][self.first]
        hazard = np.cumsum(died / np.maximum(at_risk, 1))[self.last]
        keep = used > 0
        scores, afp = (died - hazard)[keep], self.afp[patient][keep]
        r = float(np.corrcoef(scores, afp)[0, 1])
        return (max(0.0, TREE_Z - r * math.sqrt(scores.size - 1)) / 0.3) ** 2


def primary_resistance(out: Outcomes) -> Floats:
    """Progression within three months: 1 or 0; not a number when it was not observed so long."""
    early = out.progressed & (out.pfs <= THREE_MONTHS)
    return np.where(early, 1.0, np.where(out.pfs > THREE_MONTHS, 0.0, np.nan))


def first_owners(rng: Rng, out: Outcomes, flags: dict[str, Floats], arm: Ints) -> Ints:
    """Deal the bundles of each arm by risk, with much chance: the shortest to the frailest."""
    risk = rng.gumbel(0, 1.1, N)
    for name, ratio in OS_RATIOS:
        risk += math.log(ratio) * np.nan_to_num(flags[name], nan=0.5)
    # A death counts as shorter than a censoring at the same time.
    length = np.log(out.os) + 0.7 * ~out.died
    owner = np.empty(N, dtype=np.int64)
    for a in range(len(ARMS)):
        patients, bundles = np.flatnonzero(arm == a), np.flatnonzero(out.arm == a)
        by_risk = patients[np.argsort(-risk[patients], kind="stable")]
        owner[bundles[np.argsort(length[bundles], kind="stable")]] = by_risk
    return owner


def assign(rng: Rng, out: Outcomes, cols: Columns, blank: dict[str, Bools]) -> Ints:
    """Exchange bundles within an arm, keeping what is no worse; return the patient per bundle."""
    flags = contrasts(cols, blank)
    visible = {
        "afp": np.where(blank["afp"], np.nan, cols["afp"]),
        "alt": np.where(blank["alt"], np.nan, cols["alt"]),
        "low_pni": -np.where(
            blank["albumin"] | blank["lymphocytes"],
            np.nan,
            10 * cols["albumin"] + 5 * cols["lymphocytes"],
        ),
    }
    resistance = primary_resistance(out)
    targets: list[Callable[[Ints], float]] = [
        RatioTarget(out.os, out.died, flags, OS_RATIOS).misfit,
        RatioTarget(out.pfs, out.pfs_event(), flags, PFS_RATIOS).misfit,
        *(AreaTarget(visible[name], resistance, wanted).misfit for name, wanted in AREAS),
        TreeTarget(out, visible["afp"], cols["score"] <= 6).misfit,
    ]

    def misfit(owner: Ints) -> float:
        return round(sum(target(owner) for target in targets), 6)

    owner = first_owners(rng, out, flags, cols["arm"])
    loss = misfit(owner)
    for _ in range(ASSIGNMENT_STEPS):
        i, j = (int(k) for k in rng.integers(N, size=2))
        if out.arm[i] != out.arm[j]:
            continue
        new = owner.copy()
        new[[i, j]] = owner[[j, i]]
        new_loss = misfit(new)
        if new_loss <= loss:
            owner, loss = new, new_loss
    return owner


# --------------------------------------------------------------------------------------------
# Step 4: dates, later treatment, missing values
# --------------------------------------------------------------------------------------------


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


def add_third_line(rng: Rng, cols: Columns) -> None:
    """Choose who received a third line: after progression, alive for at least four weeks more."""
    drug = np.full(N, "", dtype=object)
    possible = cols["progressed"] & (cols["os"] - cols["pfs"] >= 28)
    fit = -0.8 * (cols["score"] >= 7) - 0.4 * (cols["ecog"] >= 1) + rng.gumbel(size=N)
    for a, arm in enumerate(ARMS):
        drugs = np.repeat(list(arm.third_line), list(arm.third_line.values()))
        treated = top(fit, drugs.size, possible & (cols["arm"] == a))
        drug[treated] = rng.permutation(drugs)
    cols["subsequent_drug"] = drug


def add_course(rng: Rng, cols: Columns) -> None:
    """Add dose reductions (likelier in a long treatment) and the AFP at week 8."""
    score = rng.normal(size=N) + np.log(cols["pfs"] / 60) + 0.4 * (cols["arm"] == 0)
    cols["dose_reduction"] = top(score, 49)
    trend = {"PR": -1.3, "SD": -0.25, "PD": 0.45, "NE": 0.3}
    change = np.array([trend[r] for r in cols["response"]]) + rng.normal(0, 0.45, N)
    cols["afp_week8"] = round_marker(np.maximum(cols["afp"] * np.exp(change), 1.0))


def attach(out: Outcomes, owner: Ints, cols: Columns) -> None:
    """Write the bundles into the columns of their patients."""
    bundle = np.empty(N, dtype=np.int64)
    bundle[owner] = np.arange(N)
    cols["response"] = np.array([KINDS[KIND_ORDER[k]].response for k in out.kind])[bundle]
    cols["progressed"], cols["died"] = out.progressed[bundle], out.died[bundle]
    cols["pfs"], cols["os"] = out.pfs[bundle], out.os[bundle]
    cols["pfs_event"] = out.pfs_event()[bundle]
    cols["resistance"] = primary_resistance(out)[bundle]


def build(seed: int) -> tuple[Columns, dict[str, Bools]]:
    """Make the whole cohort, lenvatinib first, and say which measurements are blank."""
    rng = np.random.default_rng(seed)
    arms = [baseline(rng, arm) for arm in ARMS]
    cols: Columns = {name: np.concatenate([part[name] for part in arms]) for name in arms[0]}
    blank = draw_blanks(rng, cols)
    out = fit_outcomes(rng)
    attach(out, assign(rng, out, cols, blank), cols)
    blank["afp_week8"] |= cols["os"] < WEEK_8
    add_third_line(rng, cols)
    add_course(rng, cols)
    pairs = zip(cols["os"], cols["died"], strict=True)
    cols["start"] = np.array([start_day(rng, int(d), bool(dead)) for d, dead in pairs])
    cols["order"] = rng.permutation(N)
    return cols, blank


# --------------------------------------------------------------------------------------------
# The file
# --------------------------------------------------------------------------------------------

ASCITES = ("none", "mild", "moderate")
ENCEPHALOPATHY = ("none", "grade 1-2", "grade 3-4")


def yes_no(flag: Any) -> str:
    """Write a flag as yes or no."""
    return "yes" if flag else "no"


def row_of(cols: Columns, blank: dict[str, Bools], i: int, number: int) -> dict[str, str]:
    """Return one row of the file as text."""
    start = FIRST_START + timedelta(days=int(cols["start"][i]))
    progression = start + timedelta(days=int(cols["pfs"][i]))
    last = start + timedelta(days=int(cols["os"][i]))
    died, progressed = bool(cols["died"][i]), bool(cols["progressed"][i])

    def value(name: str, digits: int) -> str:
        return "" if name in blank and blank[name][i] else f"{float(cols[name][i]):.{digits}f}"

    def marker(name: str) -> str:
        return value(name, 1 if cols[name][i] < 99.95 else 0)

    grade = "" if blank["albi"][i] else str(cols["albi_grade"][i])
    resistance = cols["resistance"][i]
    return {
        "patient_id": f"P{number:03d}",
        "centre": f"Centre {cols['centre'][i]}",
        "second_line": ARMS[int(cols["arm"][i])].name,
        "start_2l": start.isoformat(),
        "progression_date": progression.isoformat() if progressed else "",
        "death_date": last.isoformat() if died else "",
        "last_contact": last.isoformat(),
        "os_months": f"{cols['os'][i] / DAYS_PER_MONTH:.2f}",
        "death": str(int(died)),
        "pfs_months": f"{cols['pfs'][i] / DAYS_PER_MONTH:.2f}",
        "pfs_event": str(int(cols["pfs_event"][i])),
        "progression": str(int(progressed)),
        "age": value("age", 0),
        "sex": "male" if cols["male"][i] else "female",
        "ecog": str(cols["ecog"][i]),
        "etiology": str(cols["etiology"][i]),
        "viral": "viral" if cols["viral"][i] else "non-viral",
        "bclc": "B" if cols["bclc_b"][i] else "C",
        "child_pugh_score": str(cols["score"][i]),
        "child_pugh": "A" if cols["score"][i] <= 6 else "B",
        "ascites": ASCITES[int(cols["ascites"][i])],
        "encephalopathy": ENCEPHALOPATHY[int(cols["encephalopathy"][i])],
        "bilirubin": value("bilirubin", 1),
        "albumin": value("albumin", 1),
        "inr": value("inr", 2),
        "albi": value("albi", 3),
        "albi_grade": grade,
        "alt": value("alt", 0),
        "ast": value("ast", 0),
        "lymphocytes": value("lymphocytes", 2),
        "neutrophils": value("neutrophils", 2),
        "crp": value("crp", 2),
        "afp": marker("afp"),
        "afp_week8": marker("afp_week8"),
        "pivka_ii": value("pivka", 0),
        "tumor_size_cm": value("size", 1),
        "tumor_number": "multiple" if cols["multiple"][i] else "single",
        "extrahepatic_spread": yes_no(cols["extrahepatic"][i]),
        "lymph_node": yes_no(cols["lymph_node"][i]),
        "macrovascular_invasion": yes_no(cols["macrovascular"][i]),
        "atezo_bev_cycles": value("cycles", 0),
        "response": str(cols["response"][i]),
        "primary_resistance": "" if np.isnan(resistance) else str(int(resistance)),
        "dose_reduction": yes_no(cols["dose_reduction"][i]),
        "subsequent_therapy": yes_no(cols["subsequent_drug"][i]),
        "subsequent_drug": str(cols["subsequent_drug"][i]),
    }


def write(path: Path, seed: int = SEED) -> None:
    """Write the cohort, in shuffled order so that the arms are interleaved."""
    cols, blank = build(seed)
    rows = [row_of(cols, blank, int(i), k) for k, i in enumerate(cols["order"], start=1)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description="Make the synthetic second-line HCC cohort.")
    default = Path(__file__).resolve().with_name("cohort.csv")
    parser.add_argument("out", nargs="?", type=Path, default=default, metavar="OUT.csv")
    write(parser.parse_args().out)


if __name__ == "__main__":
    main()
