"""Covariates that change with time: exposures that begin later, and values at visits.

A patient then has several rows (entry, time], in each of which no covariate changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from hcc2l.analyses.cox.visits import Visits, open_visits, read_visits
from hcc2l.analyses.outcome import Outcome
from hcc2l.cohort import Cohort
from hcc2l.design import Floats, Ints, RowAccount
from hcc2l.design.exposures import (
    Exposure,
    parser_of,
    read_exposures,
    refuse_other_forms,
)
from hcc2l.design.model import ModelTerm
from hcc2l.specs import CoxSpec
from hcc2l.stats.episodes import Episodes, Timing, episodes, timing
from hcc2l.stats.risk_sets import fractional, time_tolerance
from hcc2l.terms import Parser, Term

if TYPE_CHECKING:
    from hcc2l.analyses.cox.data import CoxData
    from hcc2l.analyses.regression.models import Model

NO_FOLLOW_UP = "no follow-up after time 0"


@dataclass(frozen=True)
class Changes:
    """What changes with time.

    Attributes
    ----------
    exposures
        By term.
    visits
        The values at visits; None without ``--visits``.
    fixed, terms
        The rows of the cohort, one a patient, with the covariates that do not change; shape (n,).
    """

    exposures: Mapping[str, Exposure]
    visits: Visits | None
    fixed: CoxData | None = None
    terms: Mapping[str, ModelTerm] = field(default_factory=dict)

    @property
    def texts(self) -> tuple[str, ...]:
        """The terms that change."""
        return (*self.exposures, *(self.visits.terms if self.visits else ()))

    @property
    def described(self) -> list[str]:
        """What changes and by which columns, for the footer."""
        parts = [f"{e.name} from {e.column}" for e in self.exposures.values()]
        if self.visits is not None:
            names = ", ".join(self.visits.terms)
            parts.append(
                f"{names} at visits: {self.visits.file}, SHA-256 {self.visits.sha256[:12]}"
            )
        return parts

    def over_time(
        self, data: CoxData, terms: dict[str, ModelTerm]
    ) -> tuple[CoxData, dict[str, ModelTerm]]:
        """The data and all terms in rows (entry, time] in which no covariate changes.

        Patients are followed from time 0: `--entry` is excluded.
        """
        kept = np.flatnonzero(data.rows)
        place = np.full(data.rows.size, -1, dtype=np.int64)
        place[kept] = np.arange(kept.size)
        who, when = self._moments(place)
        rows = episodes(np.zeros(kept.size), data.time[kept], who, when)
        patient = kept[rows.patient].astype(np.int64)
        changing = self._at(replace(rows, patient=patient))
        every = {**{text: term.take(patient) for text, term in terms.items()}, **changing}
        cluster = None if data.cluster is None else data.cluster[patient]
        robust = data.spec.robust or (data.weights is not None and fractional(data.weights[kept]))
        if cluster is None and robust:  # the rows of a patient are not independent
            cluster = rows.patient
        long = replace(
            data.resampled(patient), time=rows.stop, entry=rows.start, cluster=cluster,
            event=rows.last & data.event[patient], patient=patient,
            labels=data.labels | {text: term.label for text, term in changing.items()},
            changes=replace(self, fixed=data, terms=terms),
        )  # fmt: skip
        return long, {text: every[text] for text in dict.fromkeys([*data.spec.covariates, *every])}

    def _moments(self, place: Ints) -> tuple[Ints, Floats]:
        """Who changes, by `place`, and when; shape (changes,)."""
        who = [place[place >= 0] for _ in self.exposures]
        when = [exposure.begins[place >= 0] for exposure in self.exposures.values()]
        if self.visits is not None:
            of_visit = place[self.visits.patient]
            who.append(of_visit[of_visit >= 0])
            when.append(self.visits.time[of_visit >= 0])
        return np.concatenate(who), np.concatenate(when)

    def _at(self, rows: Episodes) -> dict[str, ModelTerm]:
        """The terms that change, in rows of the cohort's patients."""
        found = {
            text: ModelTerm(text, exposure.name, exposure.label, None,
                            exposure.factor(rows.begun(exposure.begins)))
            for text, exposure in self.exposures.items()
        }  # fmt: skip
        return found | (self.visits.at(rows) if self.visits else {})

    def as_of(self, exposed: Floats, measured: Floats) -> dict[str, ModelTerm]:
        """All terms with one value a patient, shape (n,).

        Parameters
        ----------
        exposed, measured
            Shape (n,): who is exposed by then counts as exposed; the value of the last visit by
            then counts.
        """
        assert self.fixed is not None
        everybody = np.arange(exposed.size, dtype=np.int64)
        tolerance = self.tolerance
        at = Episodes(everybody, exposed, exposed, everybody >= 0, tolerance)
        changing = self._at(at)
        if self.visits is not None:
            changing |= self.visits.at(replace(at, start=measured))
        return {**self.terms, **changing}

    @property
    def tolerance(self) -> float:
        """The largest difference of two times that count as one."""
        assert self.fixed is not None
        return time_tolerance(self.fixed.time[self.fixed.rows])

    def timing(self, text: str) -> Timing:
        """When an exposure begins in the patients analysed, shape (n,)."""
        assert self.fixed is not None
        time = self.fixed.time
        return timing(self.exposures[text].begins, np.zeros(time.size), time).among(self.fixed.rows)

    def known_late(self, data: CoxData, text: str) -> int:
        """Patients of whom a value at visits is known later than from their start."""
        assert self.visits is not None
        assert data.patient is not None
        assert data.entry is not None
        first = np.concatenate(([True], data.patient[1:] != data.patient[:-1]))
        term = self.visits.at(Episodes(
            data.patient, data.entry, data.time, first, self.tolerance
        ))[text]  # fmt: skip
        ever = np.unique(data.patient[~term.missing])
        return int(np.isin(data.patient[first & term.missing], ever).sum())

    def account_of_final(
        self, data: CoxData, account: RowAccount, final: Model | None,
        candidates: Sequence[ModelTerm],
    ) -> RowAccount:  # fmt: skip
        """The account with the patients of whom the multivariable model has no row."""
        account = account.copy()
        if final is None or data.patient is None:
            return account
        rows = data.rows.copy()
        for term in candidates if data.spec.stepwise is not None else final.terms:
            rows &= ~term.missing
            left = np.zeros(account.keep.size, dtype=np.bool_)
            left[data.patient[rows]] = True
            changes = self.visits is not None and term.text in self.visits.terms
            where = " at every visit" if changes else ""
            account.drop(~left, f"{term.column} missing{where}")
        return account


def visits_and_parser(cohort: Cohort, spec: CoxSpec) -> tuple[Cohort | None, Parser]:
    """The file of visits, if there is one, and a parser of terms that knows what changes."""
    file = open_visits(cohort, spec.visits) if spec.visits else None
    names = file.names if file else ()
    return file, parser_of(cohort, spec.when, spec.cut, spec.ref, names)


def read_changes(
    cohort: Cohort, spec: CoxSpec, outcome: Outcome, covariates: Sequence[Term],
    file: Cohort | None,
) -> Changes:  # fmt: skip
    """The exposures and visits that the options name; rows without follow-up are excluded.

    Raises
    ------
    UsageError, InputError
        As of `read_exposures` and `read_visits`.
    """
    account, endpoint = outcome.account, outcome.endpoint
    account.drop(endpoint.time <= 0, NO_FOLLOW_UP)
    exposures = read_exposures(cohort, spec.when, endpoint, account.keep)
    refuse_other_forms(covariates, tuple(exposures))
    if file is None:
        return Changes(exposures, None)
    rest = [term for term in covariates if term.column not in exposures]
    return Changes(exposures, read_visits(cohort, file, rest, endpoint, account.keep))
