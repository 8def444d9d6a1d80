"""The data of a ROC analysis: outcome, markers and groups of the analysed rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from hcc2l.analyses.accounting import refuse_no_rows
from hcc2l.analyses.outcome import Outcome, survival_outcome
from hcc2l.analyses.roc.markers import Marker, resolve_markers
from hcc2l.cohort import Cohort
from hcc2l.design import Factor, Floats, Mask, RowAccount, apply_conditions, factor
from hcc2l.design.chosen_endpoint import chosen_endpoint
from hcc2l.design.endpoints import endpoint_columns, read_event, resolve_endpoint
from hcc2l.design.model import refuse_own
from hcc2l.dictionary import readable
from hcc2l.errors import AnalysisError, UsageError
from hcc2l.number_format import parse_number
from hcc2l.specs import RocSpec
from hcc2l.stats.risk_sets import time_tolerance
from hcc2l.stats.roc import higher_is_positive
from hcc2l.terms import parse_term, split_assignment
from hcc2l.wording import in_sentence

YES = ("1", "yes", "y", "true", "ja", "j", "oui", "sí", "si", "sì")


@dataclass(frozen=True)
class RocData:
    """The analysed rows; every array has shape (n,) over them.

    Attributes
    ----------
    outcome_code, outcome
        The outcome by its column (`response=PD`), and in words.
    positive
        Which rows have the outcome; None without one.
    time, event
        Those of the endpoint, where there is one.
    markers
        By name; `values` are those of the analysed rows.
    higher
        Whether high values of each marker are positive.
    fixed
        The cut-offs given for each marker.
    """

    cohort: Cohort
    spec: RocSpec
    account: RowAccount
    survival: Outcome | None
    outcome_code: str
    outcome: str
    positive: Mask | None
    time: Floats | None
    event: Mask | None
    markers: dict[str, Marker]
    higher: dict[str, bool]
    fixed: dict[str, tuple[float, ...]]
    group: Factor | None

    @property
    def groups(self) -> list[tuple[str, Mask]]:
        """Each group's name and rows; `all` when there is one."""
        if self.group is None:
            return [("all", np.ones(self.account.analysed, dtype=np.bool_))]
        codes = self.group.codes
        return [(level, codes == code) for code, level in enumerate(self.group.levels)]

    @property
    def label_of(self) -> dict[str, str]:
        """The label of each marker and each combination, by name."""
        labels = {name: marker.label for name, marker in self.markers.items()}
        for text in self.spec.combine:
            labels[text] = " + ".join(labels[part.strip()] for part in text.split("+"))
        return labels


def prepare(cohort: Cohort, spec: RocSpec) -> RocData:
    """Outcome, groups and markers of the rows that have all of them.

    Raises
    ------
    UsageError
        An option names a column that is not in the cohort, or that cannot be a marker.
    InputError
        The cohort's cells are wrong.
    AnalysisError
        No rows remain, all or none of the patients have the outcome, or a marker is constant.
    """
    timed = spec.at is not None or spec.criterion == "maxstat"
    _refuse_unknown_columns(cohort, spec)
    columns = [*spec.marker, (spec.outcome or "").partition("=")[0], spec.by or ""]
    cohort.load([*columns, *(endpoint_columns(cohort, spec) if timed or spec.within else ())])
    survival = None
    if timed:
        survival = survival_outcome(cohort, spec)
        account, of_outcome = survival.account, list(survival.endpoint.columns)
    else:
        account, of_outcome = RowAccount(cohort), []
        apply_conditions(cohort, account, spec.where)
        refuse_no_rows(account)
        cohort.check_ids(account.keep)
    positive, code = None, ""
    if spec.outcome is not None:
        name, value = split_assignment(spec.outcome, cohort.names, "--outcome")
        values, _ = read_event(cohort.column(name), value, "--outcome", account.keep)
        account.drop(values < 0, f"{name} missing")
        positive, code = values == 1, name if value is None else f"{name}={value}"
        of_outcome.append(name)
        if spec.within is not None:
            _drop_not_followed(cohort, spec, account, positive, code)
    group = _group(cohort, spec, account, of_outcome)
    markers = resolve_markers(cohort, spec, account.keep, tuple(of_outcome))
    for marker in markers.values():
        account.drop(np.isnan(marker.values), f"{' or '.join(marker.columns)} missing")
    refuse_no_rows(account)
    return _of_analysed_rows(cohort, spec, account, survival, code, positive, group, markers)


def _refuse_unknown_columns(cohort: Cohort, spec: RocSpec) -> None:
    """UsageError for a column that is not in the cohort, in an option that is not used here."""
    for option, texts in {"--cut": spec.cut, "--ref": spec.ref}.items():
        for text in texts:
            split_assignment(text, cohort.names, option)
    if spec.time is not None:
        parse_term(spec.time, cohort.names, "--time")
    if spec.event is not None:
        split_assignment(spec.event, cohort.names, "--event")
    if spec.gives_dates or "--endpoint" in spec.without_effect:
        chosen_endpoint(cohort, spec)  # raises the error that names dates or endpoints


def _group(
    cohort: Cohort, spec: RocSpec, account: RowAccount, of_outcome: list[str]
) -> Factor | None:
    if spec.by is None:
        return None
    refuse_own(parse_term(spec.by, cohort.names, "--by").column, f"--by {spec.by}", of_outcome)
    group = factor(cohort, spec.by, spec, "--by", account.keep)
    account.drop(group.codes < 0, f"{group.column} missing")
    refuse_no_rows(account)
    return group


def _drop_not_followed(
    cohort: Cohort, spec: RocSpec, account: RowAccount, positive: Mask, code: str
) -> None:
    """Exclude rows without the outcome whose follow-up ended before the outcome is known."""
    assert spec.within is not None
    endpoint = resolve_endpoint(cohort, spec, account.keep)
    tolerance = time_tolerance(endpoint.time[account.keep & ~np.isnan(endpoint.time)])
    unit = f" {endpoint.unit}" if endpoint.unit else ""
    early = (endpoint.event == 0) & (endpoint.time < spec.within - tolerance)
    account.drop(~positive & early, f"censored before {spec.within:g}{unit} without {code}")
    beyond = endpoint.time >= spec.within - tolerance  # then an unknown event is none before
    unknown = np.isnan(endpoint.time) | ((endpoint.event < 0) & ~beyond)
    account.drop(~positive & unknown, f"follow-up unknown, without {code}")
    refuse_no_rows(account)


def _of_analysed_rows(
    cohort: Cohort, spec: RocSpec, account: RowAccount, survival: Outcome | None, code: str,
    positive: Mask | None, group: Factor | None, markers: dict[str, Marker],
) -> RocData:  # fmt: skip
    keep = account.keep
    time = event = None
    outcome = _words(cohort, code) if code else ""
    if survival is not None:
        endpoint = survival.endpoint
        time, event = endpoint.time[keep], endpoint.event[keep] == 1
        if spec.at is not None:
            unit = f" {endpoint.unit}" if endpoint.unit else ""
            code = f"{endpoint.event_name} by {spec.at:g}{unit}"
            outcome = f"{_words(cohort, endpoint.event_name)} by {spec.at:g}{unit}"
            positive = np.zeros(keep.size, dtype=np.bool_)
            positive[keep] = event & (time <= spec.at + time_tolerance(time))
            _refuse_time(time, event, spec.at, unit)
    kept = {
        name: replace(marker, values=marker.values[keep]) for name, marker in markers.items()
    }  # fmt: skip
    for name, marker in kept.items():
        if np.ptp(marker.values) == 0:
            raise AnalysisError(
                f"{marker.label} has the same value in all {marker.values.size} patients.",
                where=f"--marker {name}", hint="Analyse other markers: --marker COL.",
            )  # fmt: skip
    of_rows = None if positive is None else positive[keep]
    if of_rows is not None:
        _refuse_one_class(of_rows, code, account)
    higher = {}
    for name, marker in kept.items():
        if spec.direction != "auto" or of_rows is None:
            higher[name] = spec.direction != "lower"
        else:
            classified = np.ones(of_rows.size, dtype=np.bool_)
            if spec.at is not None and time is not None:  # censored before: in neither class
                classified = of_rows | (time > spec.at + time_tolerance(time))
            higher[name] = higher_is_positive(marker.values[classified], of_rows[classified])
    return RocData(
        cohort=cohort, spec=spec, account=account, survival=survival, outcome_code=code,
        outcome=outcome, positive=of_rows, time=time, event=event, markers=kept, higher=higher,
        fixed=_fixed(spec, kept), group=None if group is None else group.take(keep),
    )  # fmt: skip


def _words(cohort: Cohort, code: str) -> str:
    """An outcome in words: its column's label, and its value unless that means yes."""
    name, equals, value = code.partition("=")
    label = cohort.label(name).partition(" (")[0] if name in cohort.names else name
    declared = label.casefold() != readable(name).casefold()  # perhaps in a language with capitals
    short = label if declared else in_sentence(label)
    return short if not equals or value.casefold() in YES else f"{short} = {value}"


def _refuse_time(time: Floats, event: Mask, at: float, unit: str) -> None:
    limit = at + time_tolerance(time)
    if not (time > limit).any():
        raise AnalysisError(
            f"No patient was followed beyond {at:g}{unit}; the longest follow-up is "
            f"{time.max():g}.",
            where=f"--at {at:g}", hint="Choose an earlier time.",
        )  # fmt: skip
    if not (event & (time <= limit)).any():
        raise AnalysisError(
            f"No patient had the event by {at:g}{unit}.", where=f"--at {at:g}",
            hint="Choose a later time.",
        )  # fmt: skip


def _refuse_one_class(positive: Mask, code: str, account: RowAccount) -> None:
    if positive.any() and not positive.all():
        return
    who = "All" if positive.all() else "None"
    excluded = "; ".join(f"{e.reason}: {e.rows}" for e in account.excluded)
    raise AnalysisError(
        f"{who} of the {positive.size} patients have the outcome {code}.",
        where="--outcome",
        hint="A ROC curve needs patients with and without the outcome. "
        + (f"Excluded: {excluded}." if excluded else "Check the value: --outcome COL=VALUE."),
    )


def _fixed(spec: RocSpec, markers: dict[str, Marker]) -> dict[str, tuple[float, ...]]:
    """The cut-offs of `--at-cut`, by marker."""
    fixed: dict[str, tuple[float, ...]] = {}
    for text in spec.at_cut:
        names = (*markers, *spec.combine)
        whole = max((k for k in names if text.startswith(f"{k}=")), key=len, default=None)
        name, equals, values = text.partition("=")
        name = name.strip()
        if whole is not None:  # a marker's own name may hold a sign: afp>=400
            name, values = whole, text[len(whole) + 1 :]
        if name not in names or not equals:
            hint = f"Markers: {', '.join(names)}." if equals else "Write afp=400 or afp=20,400."
            message = (
                f"{name!r} is not among the markers." if equals else f"{text!r} gives no cut-off."
            )
            raise UsageError(message, where="--at-cut", hint=hint)
        if name in markers and markers[name].levels:
            raise UsageError(
                f"{markers[name].label} is already divided into groups.",
                where=f"--at-cut {text}",
                hint="Remove this cut-off, or give the column itself as --marker.",
            )  # fmt: skip
        cuts = [parse_number(v.strip()) for v in values.replace("/", ",").split(",")]
        if None in cuts:
            raise UsageError(
                f"{values!r} is not a list of numbers.", where="--at-cut",
                hint="Write afp=400 or afp=20,400.",
            )  # fmt: skip
        fixed[name] = (*fixed.get(name, ()), *(c for c in cuts if c is not None))
    return fixed
