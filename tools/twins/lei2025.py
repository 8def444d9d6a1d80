"""The synthetic twin of Lei 2025: 424 patients on sorafenib, 192 of whom had a second line.

    python tools/twins/lei2025.py                # writes sample_data/lei2025/cohort.csv

The order follows what depends on what. The second line comes first, because most of the paper is
about it: overall survival from its start, then progression, then, given both, the characteristics
of Table 2, which are nearly independent of each other. The time on sorafenib is put before it, so
that survival from sorafenib agrees with Figure 2a and 2b. The characteristics of Table 1 have their
counts by construction, with those of the second line as what they later became.

Time 0 is the start of the second line in `os`, `pfs`, and the start of sorafenib in `total`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from search import (
    DAYS_PER_MONTH,
    NORMAL_975,
    SAME,
    Among,
    Array,
    Change,
    Cox,
    Logistic,
    Median,
    Move,
    NotAfter,
    Printed,
    Roc,
    Rule,
    ShiftDay,
    State,
    SurvivalAt,
    Swap,
    Target,
    anneal,
    area_and_cutoff,
    below,
    logistic,
    penalty,
    printed,
    shortfalls,
)

FOLDER = Path(__file__).parents[2] / "sample_data" / "lei2025"
PUBLISHED: dict[str, list[dict[str, Any]]] = json.loads(
    (FOLDER / "published.json").read_text(encoding="utf-8")
)

# codes
PRIMARY, SECONDARY = 1, 0
TKI, COMBINATION = 1, 0
DRUGS = (
    "lenvatinib",
    "regorafenib",
    "apatinib",
    "sorafenib with PD-1",
    "lenvatinib with PD-1",
    "other TKI with PD-1",
)
OF_TKI = {"lenvatinib": 74, "regorafenib": 27, "apatinib": 4}
OF_COMBINATION = {"sorafenib with PD-1": 47, "lenvatinib with PD-1": 27, "other TKI with PD-1": 13}
REGIMENS = {(PRIMARY, TKI): 50, (PRIMARY, COMBINATION): 36, (SECONDARY, TKI): 55,
            (SECONDARY, COMBINATION): 51}  # fmt: skip
SINTILIMAB = 39  # of the 47 with sorafenib and a PD-1 inhibitor; not published

SECOND_LINE = 192
LATE = 14  # of the deaths, so long after the last scan that they do not count as progression
DEATHS, PROGRESSIONS = 124, 137  # of the 192, from the widths of the printed intervals


# --- what is printed -----------------------------------------------------------------------------


def item(kind: str, name: str) -> dict[str, Any]:
    """An item of published.json by its id, without the study."""
    return next(one for one in PUBLISHED[kind] if one["id"] == f"lei2025.{name}")


def p_value(found: Mapping[str, Any]) -> Printed:
    """A p-value, or its bound."""
    return below(found["p"]) if found["p_op"] == "<" else printed(found["p"], 3)


def ratio(found: Mapping[str, Any], what: str = "hr") -> tuple[Printed, Printed, Printed]:
    """A hazard or odds ratio with its limits, which the paper prints with two decimals."""
    return printed(found[what], 2), printed(found["ci_low"], 2), printed(found["ci_high"], 2)


@dataclass(frozen=True)
class Comparison:
    """Code 1 of a column against code 0, in the patients `among`."""

    column: str
    among: Among = field(default_factory=dict)


@dataclass(frozen=True)
class Curves(Target):
    """All medians, log-rank tests and hazard ratios of an endpoint, in one pass over its times.

    A shift of one day moves some thirty numbers of this paper, which together cost little more
    than one of them alone. Two events must not have the same day (`DistinctDays`), so that there
    are no ties. A hazard ratio is one Newton step from the printed one: exact where they agree.

    `wanted` holds the medians of the groups, the p-values of the tests, and (hazard ratio, lower,
    upper, p) for each of the models.
    """

    time: str
    event: str
    groups: tuple[Among, ...] = ()
    tests: tuple[Comparison, ...] = ()
    models: tuple[str, ...] = ()

    @property
    def reads(self) -> frozenset[str]:
        named = {column for among in self.groups for column in among}
        for test in self.tests:
            named |= {test.column, *test.among}
        return frozenset({self.time, self.event, *named, *self.models})

    def found(self, state: State) -> tuple[float, ...]:
        return self._numbers(state)[0]

    def error(self, state: State) -> tuple[float, ...]:
        """As of every target, but with a slope where that is flat.

        Of p-values it is the logarithm, so that 0.001 is far from 0.04. A median that is not as
        printed adds how far survival at the printed one is from a half, which every death changes.
        """
        found, off = self._numbers(state)
        errors = [n.error(x) if n else 0.0 for n, x in zip(self.wanted, found, strict=True)]
        for index, distance in enumerate(off):
            if errors[index] > 0:
                errors[index] += distance
        models = len(self.groups) + len(self.tests)
        for index in (*range(len(self.groups), models), *range(models + 3, len(found), 4)):
            wanted = self.wanted[index]
            if wanted is not None and errors[index] > 0:
                ratio = max(found[index], 1e-9) / (wanted.value or wanted.half)
                errors[index] = 0.5 * abs(math.log(ratio))
        return tuple(errors)

    def _numbers(self, state: State) -> tuple[tuple[float, ...], list[float]]:
        """The numbers, and |S - 1/2| of each group at its printed median."""
        order = np.argsort(2 * state[self.time] - state[self.event], kind="stable")
        days, happened = state[self.time][order], state[self.event][order] == 1
        columns = _Columns(state, order)
        numbers: list[float] = []
        off: list[float] = []
        if self.groups:
            members = columns.members(self.groups)
            wanted = np.array([n.value for n in self.wanted[: len(self.groups)] if n])
            survival = _survival(members, happened)
            numbers += (_medians(survival, days) / DAYS_PER_MONTH).tolist()
            steps = np.searchsorted(days, wanted * DAYS_PER_MONTH, side="right") - 1
            off = np.abs(survival[steps, np.arange(steps.size)] - 0.5).tolist()
        if self.tests:
            members = columns.members([test.among for test in self.tests])
            contrast = columns.members([{test.column: 1} for test in self.tests])
            score, information = _score(members, contrast, happened)
            numbers += map(math.erfc, np.abs(score) / np.sqrt(2 * information))
        if self.models:
            first = len(self.groups) + len(self.tests)
            start = np.log([number.value for number in self.wanted[first::4] if number])
            contrast = columns.members([{column: 1} for column in self.models])
            score, information = _score(np.exp(start * contrast), contrast, happened)
            beta, std_err = start + score / information, 1 / np.sqrt(information)
            for b, se in zip(beta.tolist(), std_err.tolist(), strict=True):
                half = NORMAL_975 * se
                numbers += map(math.exp, (b, b - half, b + half))
                numbers.append(math.erfc(abs(b) / se / math.sqrt(2)))
        return tuple(numbers), off


class _Columns:
    """Who has which codes, as 0 and 1, in an order of the patients."""

    def __init__(self, state: State, order: Array) -> None:
        self._state, self._order = state, order
        self._known: dict[tuple[str, int], Array] = {}

    def _has(self, column: str, code: int) -> Array:
        key = column, code
        if key not in self._known:
            self._known[key] = (self._state[column][self._order] == code).astype(np.float64)
        return self._known[key]

    def members(self, groups: Sequence[Among]) -> Array:
        """A column for each group."""
        made = np.ones((len(groups), self._order.size))
        for row, among in zip(made, groups, strict=True):
            for column, code in among.items():
                row *= self._has(column, code)
        return made.T


def _survival(members: Array, happened: Array) -> Array:
    """Kaplan–Meier curves after each patient in the order of time, a column each."""
    at_risk = np.cumsum(members[::-1], axis=0)[::-1]
    died = members * happened[:, None]
    return np.asarray(np.cumprod(1.0 - died / np.maximum(at_risk, 1.0), axis=0))


def _medians(survival: Array, days: Array) -> Array:
    """Medians in days; infinite where not reached."""
    reached, passed = survival < 0.5 + SAME, survival < 0.5 - SAME
    middle = (days[reached.argmax(axis=0)] + days[passed.argmax(axis=0)]) / 2
    return np.where(passed[-1], middle, np.inf)


def _score(weights: Array, contrast: Array, happened: Array) -> tuple[Array, Array]:
    """Score and information of a hazard ratio at the one that the weights have, a column each."""
    total = np.cumsum(weights[::-1], axis=0)[::-1][happened]
    of_contrast = np.cumsum((weights * contrast)[::-1], axis=0)[::-1][happened]
    share = of_contrast / np.maximum(total, 1e-12)
    counted = weights[happened] > 0
    score = ((contrast[happened] - share) * counted).sum(axis=0)
    return score, np.maximum((share * (1 - share) * counted).sum(axis=0), 1e-9)


@dataclass
class Figures:
    """The Kaplan–Meier figures and hazard ratios of one endpoint, gathered for `Curves`."""

    endpoint: str
    time: str
    event: str
    groups: dict[tuple[tuple[str, int], ...], Printed] = field(default_factory=dict)
    tests: list[tuple[Comparison, Printed]] = field(default_factory=list)
    models: list[tuple[str, tuple[Printed | None, ...]]] = field(default_factory=list)

    def add(self, population: str, by: str, among: Among) -> None:
        """A figure: medians by resistance or regimen, whose limits are not printed, and their p."""
        if by == "resistance":
            column, codes = "primary", {"primary": PRIMARY, "secondary": SECONDARY}
        else:
            column, codes = "tki", {"tki": TKI, "combination": COMBINATION}
        for group, code in codes.items():
            found = item("km", f"km.{self.endpoint}.{population}.{by}.{group}")
            key = tuple(sorted({**among, column: code}.items()))
            self.groups[key] = printed(found["median_months"], 1)
        self.test(f"{population}.{by}", column, among)

    def test(self, name: str, column: str, among: Among) -> None:
        wanted = p_value(item("logrank", f"logrank.{self.endpoint}.{name}"))
        self.tests.append((Comparison(column, among), wanted))

    def model(self, variable: str, column: str, slack: float = 1.0, *, p: bool = False) -> None:
        """A univariable hazard ratio of Table 2; `slack` widens what counts as printed.

        Its p-value is left out where a log-rank test says the same.
        """
        found = item("cox", f"cox.{self.endpoint}.univariable.{variable}")
        wanted = tuple(Printed(n.value, n.half * slack) for n in ratio(found))
        self.models.append((column, (*wanted, p_value(found) if p else None)))

    def target(self) -> Target:
        wanted = [*self.groups.values(), *(p for _, p in self.tests)]
        return Curves(
            f"curves.{self.endpoint}",
            (*wanted, *(number for _, four in self.models for number in four)),
            self.time,
            self.event,
            tuple(dict(key) for key in self.groups),
            tuple(test for test, _ in self.tests),
            tuple(column for column, _ in self.models),
        )


def adjusted(endpoint: str, variables: Mapping[str, str]) -> Target:
    """A multivariable model of Table 2: columns by the names of its variables."""
    time, event = ("os", "death") if endpoint == "os" else ("pfs", "progressed")
    stem = f"cox.{endpoint}.multivariable (stepwise)."
    wanted = [number for name in variables for number in ratio(item("cox", stem + name))]
    return Cox(stem + endpoint, tuple(wanted), time, event, tuple(variables.values()))


# --- moves and rules of this study ---------------------------------------------------------------


@dataclass(frozen=True)
class Flip:
    """A patient's 0 or 1 becomes the other, so that the margin moves."""

    column: str
    rows: Array | None = None  # of whom; None for all

    def propose(self, state: State, rng: np.random.Generator) -> Change | None:
        size = state[self.column].size
        row = int(rng.integers(size) if self.rows is None else rng.choice(self.rows))
        return Change(np.array([row]), (self.column,), (np.array([1 - state[self.column][row]]),))


@dataclass(frozen=True)
class DistinctDays:
    """No two events on one day, so that no method for ties matters."""

    time: str
    event: str

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.time, self.event})

    def holds(self, state: State) -> bool:
        days = state[self.time][state[self.event] == 1]
        return bool(np.bincount(days).max() == 1)


@dataclass(frozen=True)
class ScansStop:
    """Patients who died are progression-free only up to a scan at least `days` before."""

    days: int = 90

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({"pfs", "progressed", "os", "death"})

    def holds(self, state: State) -> bool:
        open_end = (state["death"] == 1) & (state["progressed"] == 0)
        return bool((state["os"] - state["pfs"] >= self.days)[open_end].all())


@dataclass(frozen=True)
class Within:
    """Whoever has one of `parts` has `whole`, as vascular invasion makes BCLC stage C."""

    parts: tuple[str, ...]
    whole: str

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({*self.parts, self.whole})

    def holds(self, state: State) -> bool:
        return all(bool((state[part] <= state[self.whole]).all()) for part in self.parts)


@dataclass(frozen=True)
class AtMost:
    """No more patients with `code`, by resistance, than Table 1 has among all 424."""

    column: str
    code: int
    primary: int
    secondary: int

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.column, "primary"})

    def holds(self, state: State) -> bool:
        has = state[self.column] == self.code
        primary = state["primary"] == PRIMARY
        return bool(
            (has & primary).sum() <= self.primary and (has & ~primary).sum() <= self.secondary
        )


# --- the second line: survival from its start ----------------------------------------------------

RESISTANT = {"primary": {"primary": PRIMARY}, "secondary": {"primary": SECONDARY}}


def second_line(rng: np.random.Generator) -> State:
    """Resistance, regimen and drugs of the 192, and first times of death or censoring."""
    cells = list(REGIMENS.items())
    primary = np.concatenate([np.full(n, cell[0]) for cell, n in cells])
    tki = np.concatenate([np.full(n, cell[1]) for cell, n in cells])
    drug = np.empty(SECOND_LINE, dtype=np.int64)
    for regimen, counts in ((TKI, OF_TKI), (COMBINATION, OF_COMBINATION)):
        names = [DRUGS.index(name) for name, n in counts.items() for _ in range(n)]
        drug[tki == regimen] = rng.permutation(names)
    sorafenib = drug == DRUGS.index("sorafenib with PD-1")
    sintilimab = np.zeros(SECOND_LINE, dtype=np.int64)
    sintilimab[rng.permutation(np.flatnonzero(sorafenib))[:SINTILIMAB]] = 1
    typical = np.where(tki == TKI, np.where(primary == PRIMARY, 8.5, 21), np.where(primary, 16, 30))
    days = typical * DAYS_PER_MONTH * (rng.weibull(1.25, SECOND_LINE) / np.log(2) ** 0.8)
    death = np.zeros(SECOND_LINE, dtype=np.int64)
    death[rng.permutation(SECOND_LINE)[:DEATHS]] = 1
    days = np.where(death == 1, days, np.minimum(days, rng.uniform(150, 1300, SECOND_LINE)))
    return {
        "primary": primary,
        "tki": tki,
        "drug": drug,
        "lenvatinib": (drug == 0).astype(np.int64),
        "sorafenib": sorafenib.astype(np.int64),
        "sintilimab": sintilimab,
        "os": apart(days.round().clip(16, 1450).astype(np.int64), death),
        "death": death,
    }


def apart(days: Array, event: Array, step: int = 1) -> Array:
    """Days with each event on a day of its own: the next free one, later or earlier."""
    taken: set[int] = set()
    days = days.copy()
    for row in np.flatnonzero(event == 1):
        while int(days[row]) in taken:
            days[row] += step
        taken.add(int(days[row]))
    return days


def survival_figures() -> Figures:
    """Overall survival from the second line: Figures 2d, 3, 4d–f, Supplementary Figure 2."""
    figures = Figures("os", "os", "death")
    figures.add("second_line_192", "resistance", {})
    figures.add("second_line_tki", "resistance", {"tki": TKI})
    figures.add("second_line_lenvatinib", "resistance", {"lenvatinib": 1})
    figures.add("second_line_tki_pd_1", "resistance", {"tki": COMBINATION})
    figures.add("second_line_sorafenib_sintilimab", "resistance", {"sintilimab": 1})
    figures.add("second_line_192", "second_line_regimen", {})
    figures.add("primary_86", "second_line_regimen", {"primary": PRIMARY})
    figures.add("secondary_106", "second_line_regimen", {"primary": SECONDARY})
    groups: dict[str, dict[str, int]] = {"all": {}, **RESISTANT}
    for who, among in groups.items():
        tki, both = {**among, "tki": TKI}, {**among, "tki": COMBINATION}
        figures.test(f"tki_{who}.lenvatinib_vs_other_tki", "lenvatinib", tki)
        figures.test(f"combination_{who}.sorafenib_pd_1_vs_other_tki_pd_1", "sorafenib", both)
    figures.model("resistance.primary", "primary")
    figures.model("second_line_regimen.tki", "tki", 3.0)  # a log-rank p < 0.001 asks for more
    return figures


def survival_moves() -> list[tuple[Move, float]]:
    """Days, deaths and drugs move; resistance and regimen stay."""
    everyone = np.arange(SECOND_LINE)
    drugs = ("drug", "lenvatinib", "sorafenib", "sintilimab")
    return [
        *((ShiftDay("os", everyone, 1450, reach), 0.2) for reach in (5, 40, 250)),
        (Swap(("os", "death")), 0.25),
        (Swap(("death",)), 0.12),
        (Flip("death"), 0.05),
        (Swap(drugs, within=("tki",)), 0.1),
        (Swap(("sintilimab",), within=("sorafenib",)), 0.03),
    ]


# --- the second line: progression ----------------------------------------------------------------


def with_progression(state: State, rng: np.random.Generator) -> State:
    """First times of progression; a few patients died long after their last scan."""
    days = state["os"]
    progressed = np.zeros(SECOND_LINE, dtype=np.int64)
    dead = rng.permutation(np.flatnonzero(state["death"] == 1))
    late = [row for row in dead if days[row] > 250][:LATE]
    progressed[dead] = 1
    progressed[late] = 0
    alive = rng.permutation(np.flatnonzero(state["death"] == 0))
    progressed[alive[: PROGRESSIONS - int(progressed.sum())]] = 1
    share = np.where(progressed == 1, rng.beta(2, 2, SECOND_LINE), 1.0)
    pfs = np.maximum((days * share).round(), np.minimum(days, 25)).astype(np.int64)
    pfs[late] = days[late] - 100
    return {**state, "pfs": apart(pfs, progressed, -1), "progressed": progressed}


def progression_figures() -> Figures:
    """Progression-free survival: Figures 2c and 4a–c."""
    figures = Figures("pfs", "pfs", "progressed")
    figures.add("second_line_192", "resistance", {})
    figures.add("second_line_192", "second_line_regimen", {})
    figures.add("primary_86", "second_line_regimen", {"primary": PRIMARY})
    figures.add("secondary_106", "second_line_regimen", {"primary": SECONDARY})
    figures.model("resistance.primary", "primary")
    figures.model("second_line_regimen.tki", "tki")
    return figures


def progression_moves() -> list[tuple[Move, float]]:
    """Days and events of progression move; overall survival stays."""
    everyone = np.arange(SECOND_LINE)
    return [
        *((ShiftDay("pfs", everyone, 1450, reach), 0.25) for reach in (5, 30, 150)),
        (Swap(("pfs", "progressed"), within=("death",)), 0.25),
        (Swap(("progressed",), within=("death",)), 0.1),
    ]


# --- the second line: characteristics at its start -----------------------------------------------

# Table 1, primary and secondary: how many of 165 and 259 have code 1
FIRST_LINE = {
    "age": "age",
    "male": "sex",
    "diabetes": "diabetes",
    "hypertension": "hypertension",
    "smoking": "smoking",
    "drinking": "drinking",
    "hbv": "hbv",
    "vascular": "vascular_invasion",
    "metastasis": "extrahepatic_metastasis",
    "portal": "portal_hypertension",
    "spleen": "splenomegaly",
    "cirrhosis": "cirrhosis",
    "afp": "afp_cat400",
    "alt": "alt_cat40",
    "ast": "ast_cat40",
    "multiple": "tumor_number",
    "large": "tumor_size_max",
    "child_b": "child_pugh_class",
    "bclc_c": "bclc",
}
# the rows of Table 2 beside resistance and regimen, by column
AT_SECOND_LINE = {
    "multiple": "tumor_number.multiple",
    "large": "tumor_size_max.5_cm",
    "age": "age.50",
    "male": "sex.male",
    "diabetes": "diabetes.yes",
    "hypertension": "hypertension.yes",
    "smoking": "smoking.yes",
    "drinking": "drinking.yes",
    "hbv": "hbv.yes",
    "cirrhosis": "cirrhosis.yes",
    "portal": "portal_hypertension.yes",
    "afp": "afp_cat400.400",
    "alt": "alt_cat40.40",
    "child_b": "child_pugh_class.b",
    "vascular": "vascular_invasion.yes",
    "metastasis": "extrahepatic_metastasis.yes",
    "bclc_c": "bclc.c",
}
LASTING = ("age", "male", "diabetes", "hypertension", "smoking", "drinking", "hbv", "cirrhosis")
GROWING = ("multiple", "vascular", "metastasis", "portal", "bclc_c")  # once there, always there


def margins(column: str) -> tuple[int, int]:
    """How many have code 1 in Table 1: of the 165 primary and of the 259 secondary."""
    values = item("baseline", f"baseline.{FIRST_LINE[column]}")["values"]
    return values["primary"]["n"], values["secondary"]["n"]


def table_2(column: str) -> list[Target]:
    """The two univariable hazard ratios of a row of Table 2."""
    made: list[Target] = []
    for endpoint, time, event in (("pfs", "pfs", "progressed"), ("os", "os", "death")):
        found = item("cox", f"cox.{endpoint}.univariable.{AT_SECOND_LINE[column]}")
        name = f"{endpoint} {column}"
        wanted = (*ratio(found), p_value(found))
        made.append(Curves(name, wanted, time, event, models=(column,)))
    return made


def models() -> list[Target]:
    """The two multivariable models of Table 2."""
    regimen = {"resistance.primary": "primary", "second_line_regimen.tki": "tki"}
    size = {"tumor_size_max.5_cm": "large"}
    return [
        adjusted("pfs", {"tumor_number.multiple": "multiple", **regimen, **size}),
        adjusted("os", {**regimen, **size}),
    ]


def not_more(column: str) -> list[Rule]:
    """Who lacks a lasting or growing characteristic at the second line lacked it before."""
    if column not in LASTING + GROWING:
        return []
    primary, secondary = margins(column)
    rules: list[Rule] = [AtMost(column, 0, 165 - primary, 259 - secondary)]
    if column in LASTING:
        rules.append(AtMost(column, 1, primary, secondary))
    return rules


TOGETHER = (("multiple",), ("large",), ("bclc_c", "vascular", "metastasis"))
ALONE = tuple((c,) for c in AT_SECOND_LINE if not any(c in columns for columns in TOGETHER))


def with_characteristics(state: State, rng: np.random.Generator, effort: float = 1.0) -> State:
    """Labels of Table 2, from proportions of Table 1 to the printed hazard ratios."""
    state = drawn_characteristics(state, rng)
    for columns in (*TOGETHER, *ALONE):
        state = _labelled(state, columns, rng, effort)
    return state


def mended(state: State, rng: np.random.Generator, effort: float = 1.0) -> State:
    """Labels that are off by more than one per cent: the best of them and of three new searches."""
    for columns in (("large",), TOGETHER[-1], *ALONE):
        targets = _of(columns)
        for _ in range(3):
            if max(error for target in targets for error in target.error(state)) <= 0.01:
                break
            drawn = drawn_characteristics(state, rng)
            start = {**state, **{column: drawn[column] for column in columns}}
            found = _labelled(start, columns, rng, 0.7 * effort)
            state = min(state, found, key=lambda one: _sum_of_penalties(targets, one))
    return state


def _sum_of_penalties(targets: Sequence[Target], state: State) -> float:
    return sum(penalty(target, state, 20.0) for target in targets)


def _of(columns: tuple[str, ...]) -> list[Target]:
    """What is printed on some columns; with tumour size, the multivariable models."""
    univariable = [target for column in columns for target in table_2(column)]
    return univariable + (models() if "large" in columns else [])


def _labelled(
    state: State,
    columns: tuple[str, ...],
    rng: np.random.Generator,
    effort: float,
) -> State:
    """The labels of some columns; from warm only, where they were drawn with care."""
    targets = _of(columns)
    rules = [rule for column in columns for rule in not_more(column)]
    moves: list[tuple[Move, float]] = []
    for column in columns:
        within = ("tki",) if column == "multiple" else ()
        moves += [(Swap((column,), within), 0.7), (Flip(column), 0.3)]
    if "bclc_c" in columns:
        rules.append(Within(("vascular", "metastasis"), "bclc_c"))
        moves.append((Swap(columns), 1.0))
    state = feasible(state, columns, rng)
    for hot in (0.5, 0.5) if columns == ("multiple",) else (2.0, 1.0, 0.5):
        state = anneal(
            state, targets, moves, iterations=int(effort * 6_000), rng=rng, rules=rules,
            hot=hot, cold=0.02, slope=20.0,
        )  # fmt: skip
    print(f"{', '.join(columns)}\n{shortfalls(state, targets)}\n", flush=True)
    return state


def after_two_weeks(state: State) -> State:
    """Nobody progresses or dies within two weeks.

    The earliest days move up in their order, over both endpoints together, so that no rank, and
    no result, changes.
    """
    early = np.unique(np.concatenate([state["os"], state["pfs"]]))
    later = np.maximum(early, 14 + np.arange(early.size))
    assert (later == early)[early > 100].all()
    moved = {name: later[np.searchsorted(early, state[name])] for name in ("os", "pfs")}
    return {**state, **moved}


def drawn_characteristics(state: State, rng: np.random.Generator) -> State:
    """Labels by the proportions of Table 1; invasion and metastases in stage C alone.

    The patients with a single tumour are those whom the printed limits ask for: 3 progressions and
    7 deaths, 4 of them without a progression, the others not followed for long; and most had the
    combination, because the effect of the TKI falls when it is adjusted for the number.
    """
    state = dict(state)
    for column in AT_SECOND_LINE:
        primary, secondary = margins(column)
        share = np.where(state["primary"] == PRIMARY, primary / 165, secondary / 259)
        state[column] = (rng.random(SECOND_LINE) < share).astype(np.int64)
    state["bclc_c"] = (rng.random(SECOND_LINE) < 0.75).astype(np.int64)
    for column in ("vascular", "metastasis"):
        state[column] &= state["bclc_c"]
    state["multiple"][:] = 1
    for died, progressed, of_tki, n in (
        (1, 0, 1, 1), (1, 0, 0, 3), (1, 1, 1, 1), (1, 1, 0, 2), (0, 0, 1, 4), (0, 0, 0, 14),
    ):  # fmt: skip
        like = (state["death"] == died) & (state["progressed"] == progressed)
        like &= (state["primary"] == SECONDARY) & (state["tki"] == of_tki)
        members = np.flatnonzero(like)
        earlier = _first(members, -state["os"][members], max(n, int(0.75 * members.size)))
        state["multiple"][rng.permutation(earlier)[:n]] = 0
    return state


def feasible(state: State, columns: tuple[str, ...], rng: np.random.Generator) -> State:
    """The state with as many codes taken back as the rules of `not_more` ask for."""
    state = dict(state)
    for column in columns:
        for rule in not_more(column):
            assert isinstance(rule, AtMost)
            values = state[column].copy()
            for group, most in ((PRIMARY, rule.primary), (SECONDARY, rule.secondary)):
                rows = np.flatnonzero((values == rule.code) & (state["primary"] == group))
                values[rng.permutation(rows)[most:]] = 1 - rule.code
            state[column] = values
    return state


# --- from sorafenib to the second line, and those without one ------------------------------------

LAST_DAY = 1700  # sorafenib begins in 2019 at the earliest, the data end in November 2023


@dataclass(frozen=True)
class Between:
    """Every patient's value lies between two of the patient's own."""

    column: str
    low: Array
    high: Array

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.column})

    def holds(self, state: State) -> bool:
        values = state[self.column]
        return bool(((self.low <= values) & (values <= self.high)).all())


def all_patients(second: State, rng: np.random.Generator) -> tuple[State, Between]:
    """The 424 on the time axis from sorafenib; the first 192 are those with a second line."""
    rest = {PRIMARY: 165 - 86, SECONDARY: 259 - 106}
    primary = np.concatenate([second["primary"], *(np.full(n, group) for group, n in rest.items())])
    size, had = primary.size, np.arange(primary.size) < SECOND_LINE
    after = np.where(had, 0, -1)
    after[:SECOND_LINE] = second["os"]
    shortest = np.where(primary == PRIMARY, 45, 110)
    longest = np.where(primary == PRIMARY, 160, 1000)
    low = np.where(had, after + shortest, np.where(primary == PRIMARY, 20, 100))
    high = np.where(had, np.minimum(after + longest, LAST_DAY), LAST_DAY)
    dies = np.where(primary == PRIMARY, 210.0, 600.0) * (0.1 + rng.exponential(1.0, size))
    lost = DAYS_PER_MONTH * rng.normal(
        21.3, 2.5, size
    )  # the printed limits of follow-up are narrow
    gap = np.where(primary == PRIMARY, rng.integers(60, 150, size), rng.integers(120, 700, size))
    total = np.clip(np.where(had, after + gap, np.minimum(dies, lost)), low, high)
    death = (dies <= lost).astype(np.int64)
    death[:SECOND_LINE] = second["death"]
    state = {
        "primary": primary,
        "second": had.astype(np.int64),
        "own": np.where(had, np.arange(size), -1 - primary),
        "total": total.astype(np.int64),
        "death": death,
    }
    return state, Between("total", low, high)


def first_line_targets() -> list[Target]:
    """Figures 2a and 2b, and the median follow-up."""
    figures = Figures("os", "total", "death")
    figures.add("all_424", "resistance", {})
    figures.add("second_line_192_from_sorafenib", "resistance", {"second": 1})
    rates: list[Target] = []
    for group, among in RESISTANT.items():
        percent = item("km", f"km.os.all_424.resistance.{group}")["survival_pct"]
        wanted = tuple(printed(percent[f"{month}m"], 1) for month in (12, 24, 36))
        rates.append(
            SurvivalAt(f"rates {group}", wanted, "total", "death", (12, 24, 36), among=among)
        )
    found = item("follow_up", "fu.median")
    wanted = tuple(printed(found[key], 1) for key in ("value", "ci_low", "ci_high"))
    follow_up = Median("follow-up", wanted, "total", "death", reverse=True, weight=5.0)
    return [figures.target(), *rates, follow_up]


def first_line_moves() -> list[tuple[Move, float]]:
    """Times from sorafenib move, and the deaths of those without a second line."""
    everyone = np.arange(424)
    others = np.arange(SECOND_LINE, 424)
    return [
        *((ShiftDay("total", everyone, LAST_DAY, reach), 0.25) for reach in (4, 30, 200)),
        (Swap(("total", "death"), within=("own",)), 0.1),
        (Flip("death", others), 0.15),
    ]


# --- characteristics at the start of sorafenib ---------------------------------------------------


def with_table_1(state: State, second: State, rng: np.random.Generator) -> State:
    """Labels of Table 1 with its counts, in the order of `FIRST_LINE`."""
    state = dict(state)
    for column in FIRST_LINE:
        values = np.zeros(424, dtype=np.int64)
        for group, n in zip((PRIMARY, SECONDARY), margins(column), strict=True):
            members = np.flatnonzero(state["primary"] == group)
            values[_placed(column, n, members, second, state, rng)] = 1
        state[column] = values
    assert Within(("vascular", "metastasis"), "bclc_c").holds(state)
    return state


def _placed(
    column: str, n: int, members: Array, second: State, state: State, rng: np.random.Generator
) -> Array:
    """The `n` of `members` who have a characteristic at the start of sorafenib.

    Whoever had a second line agrees with it: what lasts is the same, what grows was there later
    too, and of the others four in five were.
    """
    members = rng.permutation(members)
    if column == "spleen":  # portal hypertension enlarges the spleen
        return _first(members, state["portal"][members], n)
    if column == "ast":  # goes with ALT
        return _first(members, state["alt"][members] + rng.normal(0, 0.7, members.size), n)
    there, elsewhere = members[members < SECOND_LINE], members[members >= SECOND_LINE]
    later, never = (there[second[column][there] == code] for code in (1, 0))
    before = np.zeros(state["primary"].size)  # who comes before others
    if column == "metastasis":  # goes with invasion, so that both fit into stage C
        before = state["vascular"] + rng.normal(0, 0.3, before.size)
    if column == "bclc_c":  # invasion or metastases make stage C
        before = np.maximum(state["vascular"], state["metastasis"])
    later, elsewhere = (_first(who, before[who], who.size) for who in (later, elsewhere))
    had = min(round(0.9 * n * there.size / members.size), later.size)
    had = later.size if column in LASTING else max(had, n - elsewhere.size)
    if column == "bclc_c":
        had = max(had, int(before[there].sum()))
    new = 0 if column in LASTING + GROWING else round(0.2 * had)
    return np.concatenate([later[: had - new], never[:new], elsewhere[: n - had]])


def _first(members: Array, by: Array, n: int) -> Array:
    """The `n` of `members` with the largest values."""
    return members[np.argsort(-by, kind="stable")][:n]


def resistance_model() -> list[Target]:
    """Supplementary Table 2: AFP and ALT, adjusted for what else is associated with resistance.

    The printed limits are a tenth wider than a model of AFP and ALT alone can give, so that the
    model behind them must have held more. The other four lose their association in it.
    """
    stem = "logit.resistance.multivariable."
    wanted: list[Printed | None] = []
    for column in ("afp", "alt"):
        wanted += ratio(item("logistic", stem + FIRST_LINE[column]), "or")
    others = {"vascular": True, "large": True, "bclc_c": True, "diabetes": False}
    free = {  # (odds ratio, lower, upper) with limits on both sides of 1
        True: (None, Printed(0.55, 0.44), None),
        False: (None, None, Printed(1.50, 0.49)),
    }
    terms = [(column, 1) for column in ("afp", "alt", *others)]
    for raises in others.values():
        wanted += free[raises]
    made: list[Target] = [Logistic("Supplementary Table 2", tuple(wanted), "primary", tuple(terms))]
    for column, raises in others.items():  # nor does any of them remain with AFP and ALT alone
        three = ((column, 1), ("afp", 1), ("alt", 1))
        made.append(Logistic(f"with {column}", free[raises], "primary", three))
    return made


AFP_HIGH, ALT_HIGH = 400.0, 40.0
AFP_NEXT, ALT_NEXT = (368.7, 373.7), (41.0, 41.4)  # the neighbours of the cut-offs 371.2 and 41.2


def with_markers(state: State, rng: np.random.Generator) -> State:
    """AFP and ALT at the start of sorafenib: two neighbours of each cut-off, the others drawn.

    Between Youden's cut-off and the level of the models, AFP has patients with primary resistance
    alone, and ALT patients with secondary resistance alone.
    """
    afp = np.where(
        state["afp"] == 1,
        _drawn(rng, 424, 7.6, 1.2, AFP_HIGH + 4, 121_000),
        _drawn(rng, 424, 3.2, 1.7, 1.5, AFP_NEXT[0] - 6),
    ).round(1)
    alt = np.where(
        state["alt"] == 1,
        _drawn(rng, 424, 4.05, 0.35, ALT_NEXT[1] + 0.8, 260),
        _drawn(rng, 424, 3.15, 0.35, 7, ALT_HIGH - 1),
    ).round(1)
    rows = {
        (group, name, high): rng.permutation(
            np.flatnonzero((state["primary"] == group) & (state[name] == high))
        )
        for group in (PRIMARY, SECONDARY)
        for name in ("afp", "alt")
        for high in (0, 1)
    }
    afp[rows[PRIMARY, "afp", 0][:3]] = AFP_NEXT[1], 384.2, 391.0
    afp[rows[SECONDARY, "afp", 0][0]] = AFP_NEXT[0]
    alt[rows[PRIMARY, "alt", 1][0]] = ALT_NEXT[1]
    alt[rows[SECONDARY, "alt", 1][:2]] = ALT_NEXT[0], 40.4
    return {**state, "afp_value": afp, "alt_value": alt}


def _drawn(
    rng: np.random.Generator, size: int, mean: float, sd: float, low: float, high: float
) -> Array:
    """Log-normal values between two limits."""
    values = np.exp(rng.normal(mean, sd, size))
    while (outside := (values < low) | (values > high)).any():
        values[outside] = np.exp(rng.normal(mean, sd, int(outside.sum())))
    return values


@dataclass(frozen=True)
class CombinedArea(Target):
    """The area under the ROC curve of two markers combined by a logistic model."""

    outcome: str
    markers: tuple[str, ...]

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({self.outcome, *self.markers})

    def found(self, state: State) -> tuple[float, ...]:
        design = np.column_stack([state[marker] for marker in self.markers])
        design = (design - design.mean(axis=0)) / design.std(axis=0)
        combined = design @ logistic(state[self.outcome], design)[0]
        return (area_and_cutoff(combined, state[self.outcome] == 1)[0],)


def roc_targets() -> list[Target]:
    """Supplementary Figure 1."""
    made: list[Target] = []
    for name in ("afp", "alt"):
        found = item("roc", f"roc.{name}")
        wanted = (printed(found["auc"], 3), printed(found["cutoff"], 1))
        made.append(Roc(f"ROC {name}", wanted, f"{name}_value", "primary"))
    area = printed(item("roc", "roc.afp_alt_combined")["auc"], 3)
    return [*made, CombinedArea("ROC combined", (area,), "primary", ("afp_value", "alt_value"))]


def roc_moves(state: State) -> list[tuple[Move, float]]:
    """Values are exchanged within the levels of the models, but not those beside the cut-offs.

    Adds the columns within which they are exchanged to the state.
    """
    moves: list[tuple[Move, float]] = []
    for name, around, reach in (("afp", 381, 15), ("alt", 41, 1)):
        beside = np.abs(state[f"{name}_value"] - around) < reach
        state[f"{name}_part"] = np.where(beside, -1 - np.arange(424), state[name])
        moves.append((Swap((f"{name}_value",), within=(f"{name}_part",)), 0.5))
    return moves


# --- the table -----------------------------------------------------------------------------------

LAST_ENTRY, DATA_CUT = date(2023, 1, 31), date(2023, 11, 30)
FIRST_ENTRY = date(2019, 1, 2)
PD1 = ("camrelizumab", "tislelizumab", "toripalimab")
MISSING = ""


def rows(state: State, second: State, rng: np.random.Generator) -> list[dict[str, Any]]:
    """The patients as the file has them, in the order of their entry."""
    made = [_patient(state, second, row, rng) for row in range(424)]
    made.sort(key=lambda one: (one["start_1l"], one["last_contact"], one["afp"]))
    columns = dict.fromkeys(name for one in made for name in one)
    whole = [{name: one.get(name, MISSING) for name in columns} for one in made]
    return [{"patient_id": f"LE-{i:03d}", **one} for i, one in enumerate(whole, start=1)]


def _patient(state: State, second: State, row: int, rng: np.random.Generator) -> dict[str, Any]:
    total, dead = int(state["total"][row]), bool(state["death"][row])
    primary = state["primary"][row] == PRIMARY
    start = _entry(total, dead, rng)
    gap = total - int(second["os"][row]) if row < SECOND_LINE else None
    progression = _progression(primary, total if gap is None else gap - 5, rng)
    made = {
        "centre": f"Centre {1 + int(rng.random() < 0.38)}",
        "start_1l": _on(start, 0),
        "progression_1l": _on(start, progression),
        "resistance": "primary" if primary else "secondary",
        "death_date": _on(start, total) if dead else MISSING,
        "last_contact": _on(start, total),
        **_first_characteristics(state, row, rng),
        "second_line": "no",
    }
    if gap is not None:
        made |= _second_line(second, row, gap, start, rng)
        made |= _second_characteristics(state, second, row, rng)
    return made


def _on(start: date, day: int) -> str:
    return (start + timedelta(days=day)).isoformat()


def _entry(total: int, dead: bool, rng: np.random.Generator) -> date:
    """A start of sorafenib that leaves `total` days until the data cut; the rest of the lost."""
    latest = min(LAST_ENTRY, DATA_CUT - timedelta(days=total))
    span = (latest - FIRST_ENTRY).days
    if not dead and latest < LAST_ENTRY and rng.random() < 0.75:  # seen within two months of it
        return latest - timedelta(days=int(rng.integers(0, min(60, span + 1))))
    return FIRST_ENTRY + timedelta(days=int(rng.integers(0, span + 1)))


def _progression(primary: bool, until: int, rng: np.random.Generator) -> int:
    """The day of progression on sorafenib: at most 91 with primary resistance."""
    if primary:
        latest = min(91, until)
        return int(rng.integers(min(28, latest), latest + 1))
    return 92 + int((until - 92) * rng.beta(2, 1.2))


def _yes(value: Any) -> str:
    return "yes" if value == 1 else "no"


def _child_pugh(b: bool, rng: np.random.Generator) -> int:
    return int(rng.choice([7, 8, 9], p=[0.6, 0.3, 0.1]) if b else rng.choice([5, 6], p=[0.6, 0.4]))


def _stage(c: bool, multiple: bool) -> str:
    return "C" if c else "B" if multiple else "A"


def _ecog(c: bool, spread: bool, rng: np.random.Generator) -> int:
    """ECOG 1 or 2 where nothing else makes the stage C; 0 below stage C."""
    if not c:
        return 0
    return int(rng.choice([0, 1, 2], p=[0.6, 0.35, 0.05] if spread else [0.0, 0.85, 0.15]))


def _either(high: int, above: tuple[float, ...], below: tuple[float, ...], rng: Any) -> float:
    """A value above or below a level: each (mean, sd) of its logarithm, lowest, highest."""
    mean, sd, low, high_end = above if high else below
    return float(_drawn(rng, 1, mean, sd, low, high_end)[0])


def _size(large: int, rng: np.random.Generator) -> str:
    return f"{_either(large, (2.1, 0.3, 5.1, 17.9), (1.1, 0.4, 1.0, 4.9), rng):.1f}"


def _first_characteristics(state: State, row: int, rng: np.random.Generator) -> dict[str, Any]:
    has = {column: int(state[column][row]) for column in FIRST_LINE}
    age = rng.normal(60, 6.5) if has["age"] else rng.normal(44, 5)
    spread = bool(has["vascular"] or has["metastasis"])
    return {
        "age": int(np.clip(age, 51, 82) if has["age"] else np.clip(age, 27, 50)),
        "sex": "male" if has["male"] else "female",
        "ecog": _ecog(bool(has["bclc_c"]), spread, rng),
        "diabetes": _yes(has["diabetes"]),
        "hypertension": _yes(has["hypertension"]),
        "smoking": _yes(has["smoking"]),
        "drinking": _yes(has["drinking"]),
        "hbv": _yes(has["hbv"]),
        "hcv": _yes(not has["hbv"] or rng.random() < 0.03),
        "cirrhosis": _yes(has["cirrhosis"]),
        "vascular_invasion": _yes(has["vascular"]),
        "extrahepatic_metastasis": _yes(has["metastasis"]),
        "portal_hypertension": _yes(has["portal"]),
        "splenomegaly": _yes(has["spleen"]),
        "afp": f"{state['afp_value'][row]:.1f}",
        "alt": f"{state['alt_value'][row]:.1f}",
        "ast": f"{_either(has['ast'], (4.1, 0.4, 40.6, 320), (3.3, 0.25, 12, 39.9), rng):.1f}",
        "tumor_number": "multiple" if has["multiple"] else "single",
        "tumor_size_cm": _size(has["large"], rng),
        "child_pugh": "B" if has["child_b"] else "A",
        "child_pugh_score": _child_pugh(bool(has["child_b"]), rng),
        "bclc": _stage(bool(has["bclc_c"]), bool(has["multiple"])),
    }


def _second_line(
    second: State, row: int, gap: int, start: date, rng: np.random.Generator
) -> dict[str, Any]:
    drug = DRUGS[int(second["drug"][row])]
    pd1 = MISSING
    if drug.endswith("PD-1"):
        may_be = not drug.startswith("sorafenib") and rng.random() < 0.4
        sintilimab = bool(second["sintilimab"][row]) or may_be
        pd1 = "sintilimab" if sintilimab else str(rng.choice(PD1))
    day, event = int(second["pfs"][row]), int(second["progressed"][row])
    died_first = second["death"][row] == 1 and day == second["os"][row]
    return {
        "second_line": "yes",
        "regimen": "TKI" if second["tki"][row] else "combination",
        "drug": drug,
        "pd1_inhibitor": pd1,
        "start_2l": _on(start, gap),
        "progression_2l": _on(start, gap + day) if event and not died_first else MISSING,
        "pfs_2l_date": _on(start, gap + day),
        "pfs_2l_event": event,
    }


def _later(value: float, high: int, edge: float, low: float, rng: np.random.Generator) -> float:
    """A value at the second line, near the earlier one, on the side of the level that it must."""
    for spread in (0.4, 0.8, 1.6, 3.2, 6.4):
        for _ in range(50):
            later = value * float(np.exp(rng.normal(0.1, spread)))
            above, below = later > 1.01 * edge, later < 0.99 * edge
            if low <= later <= 250 * edge and (above if high else below):
                return later
    return edge * (1.3 if high else 0.7)


def _second_characteristics(
    state: State, second: State, row: int, rng: np.random.Generator
) -> dict[str, Any]:
    has = {column: int(second[column][row]) for column in AT_SECOND_LINE}
    spread = bool(has["vascular"] or has["metastasis"])
    afp = _later(float(state["afp_value"][row]), has["afp"], AFP_HIGH, 1.2, rng)
    alt = _later(float(state["alt_value"][row]), has["alt"], ALT_HIGH, 6.0, rng)
    return {
        "ecog_2l": _ecog(bool(has["bclc_c"]), spread, rng),
        "vascular_invasion_2l": _yes(has["vascular"]),
        "extrahepatic_metastasis_2l": _yes(has["metastasis"]),
        "portal_hypertension_2l": _yes(has["portal"]),
        "afp_2l": f"{afp:.1f}",
        "alt_2l": f"{min(alt, 400.0):.1f}",
        "tumor_number_2l": "multiple" if has["multiple"] else "single",
        "tumor_size_2l_cm": _size(has["large"], rng),
        "child_pugh_2l": "B" if has["child_b"] else "A",
        "child_pugh_score_2l": _child_pugh(bool(has["child_b"]), rng),
        "bclc_2l": _stage(bool(has["bclc_c"]), bool(has["multiple"])),
    }


# --- all of it -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """A search: its random numbers, iterations, temperatures and the slope of the penalty.

    With `repeats`, it begins again where it ended.
    """

    seed: int
    iterations: int
    hot: float = 0.7
    cold: float = 0.01
    slope: float = 30.0
    repeats: int = 1

    def run(
        self,
        state: State,
        targets: Sequence[Target],
        moves: Sequence[tuple[Move, float]],
        rules: Sequence[Rule] = (),
        effort: float = 1.0,
        rng: np.random.Generator | None = None,
    ) -> State:
        """The best state found; what is not as printed is told."""
        rng = rng or np.random.default_rng(self.seed)
        for _ in range(self.repeats):
            state = anneal(
                state, targets, moves, iterations=int(effort * self.iterations), rng=rng,
                hot=self.hot, cold=self.cold, rules=rules, slope=self.slope,
            )  # fmt: skip
            told = ", ".join(target.name for target in targets)
            print(f"{told}\n{shortfalls(state, targets)}\n", flush=True)
        return state


# the first search, and others from where it ends: cooler, then hot again with a steeper penalty
SURVIVAL = (
    Stage(4, 200_000),
    Stage(77, 100_000, hot=0.15),
    Stage(78, 40_000, hot=1.2, cold=0.02, slope=60.0, repeats=2),
)
PROGRESSION = Stage(80, 60_000)
FROM_SORAFENIB = (
    Stage(81, 50_000, hot=1.2, cold=0.02, slope=60.0),
    Stage(82, 30_000, hot=1.2, cold=0.02, slope=60.0),
)
RESISTANCE = Stage(83, 12_000)
ROC = Stage(84, 10_000)
DRAWS = 85


def survival_after_sorafenib(effort: float = 1.0) -> State:
    """Resistance, drugs and overall survival of the 192."""
    first = np.random.default_rng(SURVIVAL[0].seed)
    state, targets = second_line(first), [survival_figures().target()]
    rules = [DistinctDays("os", "death")]
    for stage in SURVIVAL:
        rng = first if stage is SURVIVAL[0] else None
        state = stage.run(state, targets, survival_moves(), rules, effort, rng)
    return state


def patients_from(second: State, effort: float = 1.0) -> list[dict[str, Any]]:
    """The 424, given resistance, drugs and overall survival of the 192."""
    rng = np.random.default_rng(DRAWS)
    second = with_progression(second, rng)
    rules = [NotAfter("pfs", "os"), ScansStop(), DistinctDays("pfs", "progressed")]
    moves = progression_moves()
    second = PROGRESSION.run(second, [progression_figures().target()], moves, rules, effort)
    second = with_characteristics(second, rng, effort)
    second = after_two_weeks(mended(second, rng, effort))
    everyone, possible = all_patients(second, rng)
    for stage in FROM_SORAFENIB:
        everyone = stage.run(everyone, first_line_targets(), first_line_moves(), [possible], effort)
    everyone = with_table_1(everyone, second, rng)
    exchanged: list[tuple[Move, float]] = [
        (Swap((column,), within=("primary",)), 1.0) for column in ("afp", "alt", "large")
    ]
    everyone = RESISTANCE.run(everyone, resistance_model(), exchanged, effort=effort)
    everyone = with_markers(everyone, rng)
    everyone = ROC.run(everyone, roc_targets(), roc_moves(everyone), effort=effort)
    return rows(everyone, second, rng)


def write(patients: Sequence[Mapping[str, Any]], folder: Path) -> None:
    """The cohort and its checksum."""
    path = folder / "cohort.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(patients[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(patients)
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{checksum}  cohort.csv\n", encoding="utf-8")


if __name__ == "__main__":
    write(
        patients_from(survival_after_sorafenib()),
        Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER,
    )
