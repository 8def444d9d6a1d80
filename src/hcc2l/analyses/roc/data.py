"""The data of a ROC analysis: three kinds of analysis, each complete when it is made."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hcc2l.analyses.accounting import refuse_no_rows, rows_where
from hcc2l.analyses.outcome import Outcome, survival_outcome
from hcc2l.analyses.roc.cutoffs import given_cutoffs
from hcc2l.cohort import Cohort
from hcc2l.design import Endpoint, Factor, Floats, Mask, RowAccount, groups
from hcc2l.design.chosen_endpoint import chosen_endpoint
from hcc2l.design.endpoints import endpoint_columns, read_event, resolve_endpoint
from hcc2l.design.markers import Marker, resolve_markers
from hcc2l.design.model import refuse_own
from hcc2l.dictionary import readable
from hcc2l.errors import AnalysisError
from hcc2l.specs import RocSpec
from hcc2l.stats.risk_sets import time_tolerance
from hcc2l.stats.roc import higher_is_positive
from hcc2l.terms import Assignment, Parser, Term, parse_assignment, parse_term
from hcc2l.wording import in_sentence, listed

YES = ("1", "yes", "y", "true", "ja", "j", "oui", "sí", "si", "sì")


@dataclass(frozen=True)
class AnalysisSet:
    """Markers that are evaluated in the same patients of a group.

    Attributes
    ----------
    group
        `all` without groups.
    rows
        Shape (n,) over the analysed patients: those of the set.
    """

    group: str
    markers: tuple[str, ...]
    rows: Mask


@dataclass(frozen=True)
class Patients:
    """The analysed patients: their groups and markers.

    Attributes
    ----------
    account
        The rows kept and excluded.
    markers
        By name; `values` have shape (n,) over the analysed patients, with NaN only where each
        marker is evaluated in its own patients.
    group
        Codes of shape (n,) over the analysed patients; None where they are one group.
    """

    cohort: Cohort
    spec: RocSpec
    account: RowAccount
    markers: dict[str, Marker]
    group: Factor | None

    def known(self, marker: str) -> Mask:
        """The patients in whom a marker is known, shape (n,)."""
        return ~np.isnan(self.markers[marker].values)

    @property
    def differ_by_marker(self) -> bool:
        """Whether the markers are known, and so evaluated, in different patients."""
        return not all(self.known(name).all() for name in self.markers)

    @property
    def unstratified(self) -> list[AnalysisSet]:
        """The patients of all markers together, or of each of them."""
        if self.differ_by_marker:
            return [AnalysisSet("all", (name,), self.known(name)) for name in self.markers]
        everyone = np.ones(self.account.analysed, dtype=np.bool_)
        return [AnalysisSet("all", tuple(self.markers), everyone)]

    @property
    def sets(self) -> list[AnalysisSet]:
        """The same in each group."""
        if self.group is None:
            return self.unstratified
        codes = self.group.codes
        return [
            AnalysisSet(level, of_all.markers, of_all.rows & (codes == code))
            for code, level in enumerate(self.group.levels) for of_all in self.unstratified
        ]  # fmt: skip

    @property
    def label_of(self) -> dict[str, str]:
        """The label of each marker and each combination, by name."""
        labels = {name: marker.label for name, marker in self.markers.items()}
        for text in self.spec.combine:
            labels[text] = " + ".join(labels[part] for part in parts_of(text))
        return labels

    def curve_name(self, group: str, marker: str) -> str:
        """The name of a curve: `AFP`, or with groups `AFP in A`."""
        label = self.label_of[marker]
        return label if self.group is None else f"{label} in {group}"

    def whose(self, markers: tuple[str, ...]) -> str:
        """` with ALT`: whose patients are those of some markers; empty if they do not differ."""
        if not self.differ_by_marker:
            return ""
        return f" with {listed([in_sentence(self.label_of[name]) for name in markers])}"


@dataclass(frozen=True)
class Classes:
    """Patients with and without the outcome, and how the markers are judged against it.

    Attributes
    ----------
    code, words
        The outcome by its column (`response=PD`), and in words.
    positive
        Shape (n,): which of the analysed patients have the outcome.
    higher
        Whether high values of each marker are positive.
    fixed
        The cut-offs given for each marker, or combination, with `--at-cut`.
    """

    code: str
    words: str
    positive: Mask
    higher: dict[str, bool]
    fixed: dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Window:
    """The follow-up that `--within` asks for: the outcome is known only after this time."""

    endpoint: Endpoint
    within: float


@dataclass(frozen=True)
class Survival:
    """Times and events, shape (n,) over the analysed patients; `outcome` as they were read."""

    outcome: Outcome
    time: Floats
    event: Mask

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint, over all rows of the cohort."""
        return self.outcome.endpoint


@dataclass(frozen=True)
class KnownOutcome:
    """A ROC analysis against an outcome that is known for every patient (`--outcome`).

    Attributes
    ----------
    column
        The column of the outcome.
    window
        With `--within`.
    """

    patients: Patients
    classes: Classes
    column: str
    window: Window | None

    @property
    def events(self) -> tuple[str, ...]:
        """The outcome, and the event of the window, by their columns."""
        code = self.classes.code
        return (code,) if self.window is None else (code, self.window.endpoint.event_name)


@dataclass(frozen=True)
class TimeDependent:
    """A time-dependent ROC analysis: the outcome is the event by the time `at`.

    A patient censored by that time is in neither class; `classes.positive` is False.
    """

    patients: Patients
    classes: Classes
    survival: Survival
    at: float

    @property
    def beyond(self) -> Mask:
        """Which patients are followed beyond the time, shape (n,)."""
        time = self.survival.time
        return np.asarray(time > self.at + time_tolerance(time))


@dataclass(frozen=True)
class MaximallySelected:
    """The cut-points of the largest log-rank statistic (`--criterion maxstat`).

    Attributes
    ----------
    curve
        The ROC analysis of these cut-points; None without an outcome.
    """

    patients: Patients
    survival: Survival
    curve: KnownOutcome | TimeDependent | None


RocData = KnownOutcome | TimeDependent | MaximallySelected


def parts_of(combination: str) -> list[str]:
    """The markers of a combination, `afp+alt`."""
    return [part.strip() for part in combination.split("+")]


def prepare(cohort: Cohort, spec: RocSpec) -> RocData:
    """The analysis that the spec asks for, of the rows that have all it needs.

    Raises
    ------
    UsageError
        An option names a column that is not in the cohort, or that cannot be a marker.
    InputError
        The cohort's cells are wrong.
    AnalysisError
        No rows remain, all or none of the patients have the outcome, or a marker is constant.
    """
    parser = Parser(cohort.nameable, spec.cut, spec.ref)
    by, conditions = parser.term(spec.by, "--by"), parser.conditions(spec.where)
    outcome = parser.assignment(spec.outcome, "--outcome")
    _refuse_unknown_columns(cohort, spec)
    _load(cohort, spec, outcome, by)
    asked = _Asked(cohort, spec, parser, by, rows_where(cohort, conditions))
    if spec.criterion == "maxstat":
        return _maximally_selected(asked, outcome)
    if spec.at is not None:
        read = survival_outcome(cohort, spec, asked.account)
        patients = _patients(asked, read.endpoint.columns)
        return _time_dependent(patients, _survival(read), spec.at)
    assert outcome is not None  # the spec refuses to have none
    known = _read_outcome(asked, outcome)
    return _known_outcome(_patients(asked, (outcome.column,)), known)


@dataclass(frozen=True)
class _Asked:
    """What the options name, parsed, and the rows that they leave."""

    cohort: Cohort
    spec: RocSpec
    parser: Parser
    by: Term | None
    account: RowAccount


def _maximally_selected(asked: _Asked, outcome: Assignment | None) -> MaximallySelected:
    read = survival_outcome(asked.cohort, asked.spec, asked.account)
    of_survival = read.endpoint.columns
    if outcome is not None:
        known = _read_outcome(asked, outcome)
        patients = _patients(asked, (*of_survival, outcome.column))
        return MaximallySelected(patients, _survival(read), _known_outcome(patients, known))
    patients, survival, at = _patients(asked, of_survival), _survival(read), asked.spec.at
    curve = None if at is None else _time_dependent(patients, survival, at)
    return MaximallySelected(patients, survival, curve)


def _refuse_unknown_columns(cohort: Cohort, spec: RocSpec) -> None:
    """UsageError for a column that is not in the cohort, in an option that is not used here."""
    if spec.time is not None:
        parse_term(spec.time, cohort.nameable, "--time")
    if spec.event is not None:
        parse_assignment(spec.event, cohort.nameable, "--event")
    if spec.gives_dates or "--endpoint" in spec.without_effect:
        chosen_endpoint(cohort, spec)  # raises the error that names dates or endpoints


def _load(cohort: Cohort, spec: RocSpec, outcome: Assignment | None, by: Term | None) -> None:
    """Read the columns of the analysis in one pass."""
    columns = [*spec.marker, *(part.column for part in (outcome, by) if part)]
    if spec.at is not None or spec.within is not None or spec.criterion == "maxstat":
        columns += endpoint_columns(cohort, spec)
    cohort.load(columns)


@dataclass(frozen=True)
class _ReadOutcome:
    """The column of `--outcome`, over all rows of the cohort."""

    column: str
    code: str
    positive: Mask
    window: Window | None


def _read_outcome(asked: _Asked, outcome: Assignment) -> _ReadOutcome:
    """The outcome; rows in which it is unknown are excluded."""
    cohort, spec, account = asked.cohort, asked.spec, asked.account
    values, _ = read_event(cohort, outcome, account.keep)
    account.drop_missing(values < 0, outcome.column)
    positive = values == 1
    if spec.within is None:
        return _ReadOutcome(outcome.column, outcome.name, positive, None)
    window = Window(resolve_endpoint(cohort, spec, account.keep), spec.within)
    _drop_not_followed(account, window, positive, outcome.name)
    return _ReadOutcome(outcome.column, outcome.name, positive, window)


def _drop_not_followed(account: RowAccount, window: Window, positive: Mask, code: str) -> None:
    """Exclude rows without the outcome whose follow-up ended before the outcome is known."""
    endpoint, within = window.endpoint, window.within
    tolerance = time_tolerance(endpoint.time[account.keep & ~np.isnan(endpoint.time)])
    early = (endpoint.event == 0) & (endpoint.time < within - tolerance)
    reason = f"censored before {in_unit(within, endpoint)} without {code}"
    account.drop(~positive & early, reason)
    beyond = endpoint.time >= within - tolerance  # then an unknown event is none before
    unknown = np.isnan(endpoint.time) | ((endpoint.event < 0) & ~beyond)
    account.drop(~positive & unknown, f"follow-up unknown, without {code}")
    refuse_no_rows(account)


def in_unit(time: float, endpoint: Endpoint) -> str:
    """A time with the unit of an endpoint: `12 months`."""
    return f"{time:g} {endpoint.unit}" if endpoint.unit else f"{time:g}"


def _patients(asked: _Asked, of_outcome: tuple[str, ...]) -> Patients:
    """The rows with a group and every marker, or with `--available-cases` any marker.

    `of_outcome` are the columns of the outcome.
    """
    cohort, spec, account = asked.cohort, asked.spec, asked.account
    group = None if asked.by is None else _group(cohort, asked.by, account, of_outcome)
    markers = resolve_markers(cohort, spec, asked.parser, account.keep, of_outcome)
    if spec.available_cases and len(markers) > 1:
        unknown = [np.isnan(marker.values) for marker in markers.values()]
        account.drop(np.all(unknown, axis=0), f"{listed(list(markers))} missing")
    else:
        for marker in markers.values():
            account.drop(np.isnan(marker.values), f"{' or '.join(marker.columns)} missing")
    refuse_no_rows(account)
    keep = account.keep
    markers = {name: replace(m, values=m.values[keep]) for name, m in markers.items()}
    _refuse_constant(markers)
    return Patients(cohort, spec, account, markers, None if group is None else group.take(keep))


def _group(cohort: Cohort, by: Term, account: RowAccount, of_outcome: tuple[str, ...]) -> Factor:
    refuse_own(by.column, by.where, of_outcome)
    group = groups(cohort, by, account)
    refuse_no_rows(account)
    return group


def _refuse_constant(markers: dict[str, Marker]) -> None:
    for name, marker in markers.items():
        values = marker.values[~np.isnan(marker.values)]
        if not values.size or np.ptp(values) == 0:
            what = f"has the same value in all {values.size}" if values.size else "is known in no"
            raise AnalysisError(
                f"{marker.label} {what} patients.",
                where=f"--marker {name}", hint="Analyse other markers: --marker COL.",
            )  # fmt: skip


def _survival(outcome: Outcome) -> Survival:
    """Times and events of the rows kept; call it when no more rows will be excluded."""
    keep, endpoint = outcome.account.keep, outcome.endpoint
    return Survival(outcome, endpoint.time[keep], endpoint.event[keep] == 1)


def _known_outcome(patients: Patients, read: _ReadOutcome) -> KnownOutcome:
    positive = read.positive[patients.account.keep]
    _refuse_one_class(patients, positive, read.code)
    everyone = np.ones(positive.size, dtype=np.bool_)
    classes = Classes(
        code=read.code,
        words=_words(patients.cohort, read.code),
        positive=positive,
        higher=_directions(patients, positive, everyone),
        fixed=given_cutoffs(patients.spec, patients.markers),
    )
    return KnownOutcome(patients, classes, read.column, read.window)


def _time_dependent(patients: Patients, survival: Survival, at: float) -> TimeDependent:
    time, endpoint = survival.time, survival.endpoint
    limit, by_then = at + time_tolerance(time), f"by {in_unit(at, endpoint)}"
    positive = survival.event & (time <= limit)
    _refuse_time(patients, survival, positive, at)
    classes = Classes(
        code=f"{endpoint.event_name} {by_then}",
        words=f"{_words(patients.cohort, endpoint.event_name)} {by_then}",
        positive=positive,
        higher=_directions(patients, positive, positive | (time > limit)),
        fixed=given_cutoffs(patients.spec, patients.markers),
    )
    return TimeDependent(patients, classes, survival, at)


def _directions(patients: Patients, positive: Mask, classified: Mask) -> dict[str, bool]:
    """Whether high values of each marker are positive, by the medians unless it was given."""
    direction, markers = patients.spec.direction, patients.markers
    if direction != "auto":
        return dict.fromkeys(markers, direction == "higher")
    return {
        name: higher_is_positive(marker.values[rows], positive[rows])
        for name, marker in markers.items() for rows in [classified & patients.known(name)]
    }  # fmt: skip


def _words(cohort: Cohort, code: str) -> str:
    """An outcome in words: its column's label, and its value unless that means yes."""
    name, equals, value = code.partition("=")
    label = cohort.label(name).partition(" (")[0] if name in cohort.names else name
    declared = label.casefold() != readable(name).casefold()  # perhaps in a language with capitals
    short = label if declared else in_sentence(label)
    return short if not equals or value.casefold() in YES else f"{short} = {value}"


def _refuse_time(patients: Patients, survival: Survival, positive: Mask, at: float) -> None:
    written = in_unit(at, survival.endpoint)
    beyond = survival.time > at + time_tolerance(survival.time)
    for of_all in patients.unstratified:
        rows, patient = of_all.rows, f"No patient{patients.whose(of_all.markers)}"
        if not beyond[rows].any():
            longest = survival.time[rows].max()
            raise AnalysisError(
                f"{patient} was followed beyond {written}; the longest follow-up is {longest:g}.",
                where=f"--at {at:g}", hint="Choose an earlier time.",
            )  # fmt: skip
        if not positive[rows].any():
            raise AnalysisError(
                f"{patient} had the event by {written}.", where=f"--at {at:g}",
                hint="Choose a later time.",
            )  # fmt: skip


def _refuse_one_class(patients: Patients, positive: Mask, code: str) -> None:
    excluded = "; ".join(f"{e.reason}: {e.rows}" for e in patients.account.excluded)
    for of_all in patients.unstratified:
        of_set = positive[of_all.rows]
        if of_set.any() and not of_set.all():
            continue
        who, whose = "All" if of_set.all() else "None", patients.whose(of_all.markers)
        raise AnalysisError(
            f"{who} of the {of_set.size} patients{whose} have the outcome {code}.",
            where="--outcome",
            hint="A ROC curve needs patients with and without the outcome. "
            + (f"Excluded: {excluded}." if excluded else "Check the value: --outcome COL=VALUE."),
        )
