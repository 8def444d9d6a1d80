"""Groups that patients join when an exposure begins: Simon–Makuch curves, the Mantel–Byar test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hcc2l import design
from hcc2l.analyses.accounting import refuse_no_rows
from hcc2l.analyses.km.data import MOVED, KmData, conf_type, count, refuse_unanswerable
from hcc2l.analyses.outcome import Outcome, from_landmark
from hcc2l.cohort import Cohort
from hcc2l.design.exposures import EXPOSED, read_exposures, refuse_other_forms
from hcc2l.numerals import number
from hcc2l.report import Column, Row, Table, finite
from hcc2l.specs import KmSpec
from hcc2l.stats import kaplan_meier as estimator
from hcc2l.stats.episodes import episodes, timing
from hcc2l.terms import Term

NO_FOLLOW_UP = "no follow-up after time 0"
_OF_PATIENTS = (
    "follow_up", "follow_up_lower", "follow_up_upper", "observed_median", "observed_min",
    "observed_max", "observed_q1", "observed_q3",
)  # fmt: skip


def exposed_over_time(
    cohort: Cohort, spec: KmSpec, outcome: Outcome, by: Term, stratum: Term | None
) -> tuple[Outcome, KmData]:
    """The rows of patients before and after the exposure begins; the groups of `--by`.

    With a landmark, time and rows begin there; who is exposed by then is exposed throughout.
    """
    account, endpoint = outcome.account, outcome.endpoint
    time = endpoint.time
    account.drop(time <= 0, NO_FOLLOW_UP)
    (exposure,) = read_exposures(cohort, spec.when, endpoint, account.keep).values()
    refuse_other_forms([by], [exposure.name])
    begins = exposure.begins
    if spec.landmark is not None:
        time = from_landmark(account, time, endpoint.event, spec.landmark, endpoint.unit or "")
        begins = np.round(begins - spec.landmark, 12)
    strata = design.strata(cohort, stratum, account) if stratum else None
    refuse_no_rows(account)
    kept = np.flatnonzero(account.keep)
    rows = episodes(np.zeros(kept.size), time[kept], np.arange(kept.size), begins[kept])
    patient = kept[rows.patient]
    everything = np.ones(patient.size, dtype=np.bool_)
    if strata is not None:
        strata = replace(strata, codes=strata.codes[patient]).take(everything)
    when = timing(begins, np.zeros(time.size), time).among(account.keep)
    data = KmData(
        spec=spec, endpoint=endpoint, competing_name=None, time=rows.stop,
        cause=np.where(rows.last, endpoint.event[patient], MOVED),
        group=exposure.factor(rows.begun(begins[kept])).take(everything), strata=strata,
        weights=None, entry=rows.start, exposure=replace(exposure, begins=begins),
        timing=when,
    )  # fmt: skip
    refuse_unanswerable(data)
    return outcome, data


def groups_over_time(data: KmData) -> Table:
    """Patients, events, person-time and median survival of each group that patients join.

    Follow-up is that of patients, not of groups.
    """
    spec = data.spec
    rows: list[Row] = []
    for code, level in enumerate(data.levels):
        inside = data.rows_of(code)
        curve = data.curves[code]
        median = estimator.quantiles(curve, (0.5,), conf_type(spec), spec.conf_level)[0]
        assert data.entry is not None
        rows.append(
            {"group": level, "n": int(inside.sum()), "events": count(curve.n_event.sum()),
             "person_time": float((data.time - data.entry)[inside].sum()),
             "median": finite(median.estimate), "lower": finite(median.lower),
             "upper": finite(median.upper), **dict.fromkeys(_OF_PATIENTS)}
        )  # fmt: skip
    decimals = data.decimals([row[key] for row in rows for key in ("median", "lower", "upper")])
    columns = (
        data.group_column, Column("n", ("n",)), Column("Events", ("events",)),
        Column(f"Person-time{data.unit}", ("person_time",), decimals=1),
        Column(f"Median{data.unit} {data.ci}", ("median", "lower", "upper"), form="interval",
               decimals=decimals),
    )  # fmt: skip
    ended = data.cause != MOVED
    reverse = estimator.kaplan_meier(data.time[ended], data.cause[ended] == 0)
    follow = estimator.quantiles(reverse, (0.5,), conf_type(spec), spec.conf_level)[0]
    unit = f" {data.endpoint.unit}" if data.endpoint.unit else ""
    reached = finite(follow.estimate) is not None
    notes = [
        f"{int(ended.sum())} patients; {EXPOSED} are those in whom the exposure begins under "
        "observation, each counted in both groups unless exposed from the start.",
        *([f"Median follow-up, reverse Kaplan–Meier: {number(follow.estimate, 2)}{unit}."]
          if reached else []),
    ]  # fmt: skip
    return Table("groups", "Patients, events and time under observation", tuple(rows[0]),
                 tuple(rows), columns, (" ".join(notes),))  # fmt: skip
