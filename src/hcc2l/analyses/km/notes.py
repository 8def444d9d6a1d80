"""What a statistician would remark about a Kaplan–Meier analysis."""

from __future__ import annotations

from hcc2l.analyses.cautions import group_size_notes, post_baseline_note
from hcc2l.analyses.entry import entry_notes
from hcc2l.analyses.km.data import KmData, first_crossing
from hcc2l.analyses.km.findings import SmallRiskSets, small_risk_sets
from hcc2l.analyses.km.labels import FAMILY_LABELS, TEST_LABELS
from hcc2l.analyses.periods import period_notes
from hcc2l.cohort import Cohort
from hcc2l.numerals import p_below, plain
from hcc2l.report import Note, Table
from hcc2l.specs import KmSpec


def km_notes(cohort: Cohort, data: KmData, tables: list[Table]) -> list[Note]:
    """The notes on its groups, tests, times and models."""
    spec = data.spec
    notes = entry_notes(data.delayed) if data.delayed else []
    begin = "--landmark T" if data.exposure else "--from T"
    notes += _small_risk_sets_note(small_risk_sets(data), begin)
    if data.group:
        if data.exposure:
            notes += _exposure_notes(cohort, data)
        else:
            notes += post_baseline_note(cohort, data.group, spec.landmark)
        notes += group_size_notes(data.group, data.event)
        if not spec.competing:
            notes += _crossing_note(data)
        notes += _multiplicity_note(data, tables)
        notes += [*panel_note(spec), *period_notes(tables)]
    notes += [
        Note("info", "option-without-effect", f"{option} has no effect without {to}.")
        for option, to in spec.without_effect.items()
    ]
    if spec.parametric:
        notes += _parametric_notes(data, tables)
    if spec.at and list(spec.at) != sorted(spec.at):
        times = ", ".join(plain(t) for t in spec.at)
        notes.append(
            Note("info", "times-unordered",
                 f"--at was read as the times {times}, which are not in ascending order. If a "
                 "decimal was meant, write it with a point: 12.5.")
        )  # fmt: skip
    if spec.competing:
        notes.append(
            Note("info", "competing-risks",
                 "No median survival is given with a competing event: the Kaplan–Meier curve would "
                 "treat the competing event as censoring and overestimate the risk.")
        )  # fmt: skip
    return notes + _not_estimable_note(data, tables)


def _exposure_notes(cohort: Cohort, data: KmData) -> list[Note]:
    from hcc2l.analyses.exposures import exposure_notes

    assert data.exposure is not None
    assert data.timing is not None
    start = "time 0" if data.spec.landmark is None else "the landmark"
    return exposure_notes(cohort, data.exposure, data.timing, start)


def _small_risk_sets_note(found: list[SmallRiskSets], begin: str) -> list[Note]:
    """A warning of curves that a few early entrants decide; `begin` is the option that helps."""
    if not found:
        return []
    groups = []
    for one in found:
        name = "" if one.group == "all" else f"{one.group}: "
        text = f"{name}{one.n_risk} at risk at the first event, at {plain(one.time)}"
        if one.fallen:
            text += f"; S is 0 from {plain(one.until)} on, though {one.later} are observed later"
        groups.append(text)
    text = (
        "The curve begins with few patients at risk, because most enter later "
        f"({'. '.join(groups)}). It cannot recover from what happened to these few, and its median "
        "and limits are unreliable. Begin the curves when enough patients have entered: "
        f"{begin}, with T of {plain(max(one.until for one in found))} or later."
    )
    return [Note("warning", "small-risk-sets", text)]


def _not_estimable_note(data: KmData, tables: list[Table]) -> list[Note]:
    """Names the tests, and the pairs of groups, without a p-value."""
    rows = {t.name: [row for row in t.rows if row["p"] is None] for t in tables
            if t.name in ("tests", "pairwise")}  # fmt: skip
    tests = [
        TEST_LABELS[str(row["test"])] + (f" ({row['cause']})" if "cause" in row else "")
        for row in rows.get("tests", ())
        if row["test"] != "time-interaction"  # see period_notes
    ]
    tests += [f"{row['group_a']} versus {row['group_b']}" for row in rows.get("pairwise", ())]
    if not tests:
        return []
    within, strata = (" in the same stratum", " or strata") if data.strata else ("", "")
    text = (
        f"No test is possible for: {'; '.join(tests)}. At no event time were these groups at risk "
        f"together{within} with any patient remaining event-free. Combine groups{strata}."
    )
    return [Note("warning", "test-not-estimable", text)]


def _parametric_notes(data: KmData, tables: list[Table]) -> list[Note]:
    """A warning that names the requested models that could not be fitted."""
    from hcc2l.stats.parametric import FAMILIES

    fitted = {(r["group"], r["model"]) for t in tables if t.name == "parametric" for r in t.rows}
    groups = []
    absent: tuple[str, ...]
    for level in data.levels:
        if "best" in data.spec.parametric:
            absent = () if any(group == level for group, _ in fitted) else ("any model",)
        else:
            requested = [f for f in FAMILIES if f in data.spec.parametric]
            absent = tuple(FAMILY_LABELS[f] for f in requested if (level, f) not in fitted)
        groups += [f"{level}: {', '.join(absent)}"] if absent else []
    if not groups:
        return []
    text = ("Models not fitted because there were too few events or the likelihood has no maximum: "
            f"{'; '.join(groups)}. Report the Kaplan–Meier estimates instead.")  # fmt: skip
    return [Note("warning", "model-not-fitted", text)]


def _crossing_note(data: KmData) -> list[Note]:
    crossing = first_crossing(data)
    if crossing is None:
        return []
    first, second = crossing.levels
    at = f"{plain(round(crossing.time, 2))}{data.unit.replace(',', '')}"
    return [
        Note("warning", "curves-cross",
             f"The curves of {first} and {second} cross near {at}: hazards may not be "
             f"proportional, and the {'Mantel–Byar' if data.exposure else 'log-rank'} test may "
             f"miss such a difference.{_advice(data)}")
    ]  # fmt: skip


def _advice(data: KmData) -> str:
    if data.exposure:
        return ""
    advice = []
    if data.tau is None:
        advice.append("compare restricted means as well (--tau T)")
    if "fh" not in data.spec.test and not data.spec.nph:
        advice.append("plan a weighted test (--test fh --rho 0 --gamma 1 for late differences)")
    text = ", or ".join(advice)
    return f" {text[:1].upper()}{text[1:]}." if text else ""


def panel_note(spec: KmSpec) -> list[Note]:
    """What a panel of tests is worth when it was chosen by its results."""
    if not spec.nph:
        return []
    split = ", the times of --split," if spec.split else ""
    text = (
        f"The panel has several tests of one question. If one of them{split} or the restriction "
        "time was chosen after the curves were seen, its p-value is too small: report what the "
        "protocol specified, or else MaxCombo, whose p-value allows for its four tests."
    )
    return [Note("warning", "chosen-after-looking", text)]


def _multiplicity_note(data: KmData, tables: list[Table]) -> list[Note]:
    """A warning of several p-values for one question; those not estimable do not count."""
    rows = {t.name: [row for row in t.rows if row["p"] is not None] for t in tables
            if t.name in ("tests", "pairwise")}  # fmt: skip
    pairs = len(rows.get("pairwise", ()))
    other = ("gray", "gray-stratified", "time-interaction")  # they ask another question
    tests = sum(row["test"] not in other for row in rows["tests"])
    if data.spec.adjust == "none" and pairs > 1:
        text = (f"{pairs} pairs were tested without adjustment; where groups do not differ, one "
                f"such test in twenty still gives {p_below(0.05)}. Use --adjust holm.")  # fmt: skip
    elif tests > 1:
        text = (f"{tests} tests address the same question, and their p-values are not "
                "independent evidence. Report the prespecified test.")  # fmt: skip
    else:
        return []
    return [Note("warning", "multiple-tests", text)]
