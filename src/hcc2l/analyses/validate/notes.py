"""Notes of a validation: what is wrong, in which patients, what to do."""

from __future__ import annotations

from collections.abc import Iterator

from hcc2l.analyses.validate import findings
from hcc2l.analyses.validate.data import Predictor, ValidationData
from hcc2l.analyses.validate.results import Validation
from hcc2l.numerals import interval, number
from hcc2l.report import Note
from hcc2l.wording import counted, listed


def validation_notes(data: ValidationData, found: Validation) -> list[Note]:
    """The notes of the analysis, in the order in which they are shown."""
    return [
        *_options(data),
        *_boot(data),
        *_made_here(data, found),
        *_other_endpoints(data),
        *_units(data),
        *_known_later(data),
        *_events(data),
        *_follow_up(data),
        *_no_risk(data),
        *_reversed(found),
        *_steps(data, found),
        *_calibration(data, found),
        *_information(found),
    ]


def _options(data: ValidationData) -> Iterator[Note]:
    for option, to in data.spec.without_effect.items():
        yield Note(
            "info", "option-without-effect",
            f"{option} has no effect here: it applies only with {to}.",
        )  # fmt: skip


def _boot(data: ValidationData) -> Iterator[Note]:
    if data.spec.boot and data.spec.model and not findings.made_here(data):
        yield Note(
            "info", "option-without-effect",
            "--boot has no effect here: no model was made in these patients, so that there is no "
            "optimism to correct.",
        )  # fmt: skip


def _made_here(data: ValidationData, found: Validation) -> Iterator[Note]:
    for predictor in findings.made_here(data):
        assert predictor.model is not None
        origin = predictor.model.saved.made_from
        assert origin is not None
        part = "" if predictor.shared == data.n else f"{predictor.shared} of "
        who = f"{predictor.label} was made in {part}these {data.n} patients"
        corrected = found.corrected.get(predictor.name)
        if corrected is None:
            corrected_by = "Correct it for optimism with --boot 200, and validate"
            yield Note(
                "warning", "made-in-these-patients",
                f"{who}: its performance here is apparent, and lower in others. "
                f"{'Validate' if data.imputed else corrected_by} the model in other patients.",
            )  # fmt: skip
            continue
        yield Note(
            "info", "made-in-these-patients",
            f"{who}. Its optimism was estimated by fitting it anew in {data.spec.boot} bootstrap "
            "samples: an internal validation, which shows nothing about other centres.",
        )  # fmt: skip
        if origin.selection is not None:
            yield Note(
                "warning", "selection-not-repeated",
                f"The terms of {predictor.label} were selected in these patients "
                f"({origin.selection}), and the selection is not repeated in the bootstrap "
                "samples, so that the optimism is underestimated. cox --performance repeats it.",
            )  # fmt: skip
        if corrected.failed:
            yield Note(
                "warning", "bootstrap-samples-left-out",
                f"{corrected.failed} of the {data.spec.boot} bootstrap samples "
                f"{'was' if corrected.failed == 1 else 'were'} excluded because {predictor.label} "
                "could not be fitted. If many were excluded, merge rare levels.",
            )  # fmt: skip


def _other_endpoints(data: ValidationData) -> Iterator[Note]:
    here = data.code if data.outcome is None else data.outcome.endpoint.label
    for other in findings.other_endpoints(data):
        yield Note(
            "warning", "endpoint-differs",
            f"{other.predictor.label} is a model of {other.endpoint} and is judged here by {here}. "
            "If these are the same, give them the same label.",
        )  # fmt: skip


def _units(data: ValidationData) -> Iterator[Note]:
    for predictor in data.predictors:
        if predictor.model is not None and predictor.model.unstated:
            columns = predictor.model.unstated
            units = {t.term.partition("@")[0]: t.unit for t in predictor.model.saved.terms}
            stated = [f"{column} in {units.get(column)}" for column in columns]
            yield Note(
                "info", "unit-assumed",
                f"{predictor.label} takes {listed(stated)}; the cohort does not state the unit of "
                f"{'this column' if len(columns) == 1 else 'these columns'}. Check it, and add it "
                "to hcc2l.toml.",
            )  # fmt: skip


def _known_later(data: ValidationData) -> Iterator[Note]:
    for column in findings.known_later(data):
        yield Note(
            "warning", "immortal-time",
            f"{data.cohort.label(column)} is determined only after time 0, and patients must "
            "survive long enough for it to be observed (immortal-time bias). Use a value known at "
            f'baseline, or, if it was known then, set role = "baseline" for {column} in '
            "hcc2l.toml.",
        )  # fmt: skip


def _events(data: ValidationData) -> Iterator[Note]:
    events = int(data.event.sum())
    fewer = min(events, data.n - events) if data.outcome is None else events
    if fewer < findings.FEW_EVENTS:
        what = "events" if fewer == events else "patients without the outcome"
        yield Note(
            "warning", "few-events-to-validate",
            f"There are {fewer} {what}; a validation with fewer than {findings.FEW_EVENTS} is "
            "imprecise. Report the intervals, and do not choose between scores by small "
            "differences.",
        )  # fmt: skip


def _follow_up(data: ValidationData) -> Iterator[Note]:
    for time, n in findings.at_risk_after(data):
        yield Note(
            "warning", "few-at-risk",
            f"Only {counted(n, 'patient')} {'is' if n == 1 else 'are'} followed beyond "
            f"{data.at(time)}, so that all measures at this time rest on them. Choose an earlier "
            "time.",
        )  # fmt: skip


def _no_risk(data: ValidationData) -> Iterator[Note]:
    scores = [p.label for p in findings.without_risk(data)]
    if scores:
        yield Note(
            "info", "no-absolute-risk",
            f"{listed(scores)} {'ranks' if len(scores) == 1 else 'rank'} patients and "
            f"{'predicts' if len(scores) == 1 else 'predict'} no risk, so that calibration, Brier "
            "score and net benefit do not exist. They need a model with its baseline (--model) or "
            "a column of predicted risks (--risk).",
        )  # fmt: skip
    for predictor, times in findings.without_baseline(data):
        assert predictor.model is not None
        baseline = predictor.model.saved.baseline
        known = "has no baseline survival"
        if baseline is not None:
            at = (f"until {baseline.until:g}" if baseline.until is not None
                  else "at " + listed([f"{t:g}" for t in baseline.time]))  # fmt: skip
            known = f"has baseline survival {at} {data.unit}".rstrip()
        at_times = listed([data.at(time) for time in times])
        yield Note(
            "warning", "no-baseline",
            f"{predictor.label} {known}, so that its risk by {at_times} is not known, nor "
            "its calibration, Brier score and net benefit there. Add the baseline survival to the "
            "file, or choose another time.",
        )  # fmt: skip


def _reversed(found: Validation) -> Iterator[Note]:
    for predictor, m in findings.reversed_scores(found):
        yield Note(
            "warning", "score-reversed",
            f"Higher values of {predictor.label} go with a better prognosis: "
            f"{number(m.estimate, 3)} is {number(1 - m.estimate, 3)} if it is read the other way "
            "round. Scores are validated as higher for a worse prognosis.",
        )  # fmt: skip


def _steps(data: ValidationData, found: Validation) -> Iterator[Note]:
    for predictor, steps in findings.not_monotone(data, found):
        yield Note(
            "warning", "not-monotone",
            f"{predictor.label}: the prognosis does not worsen from {listed(steps)}. See the "
            "numbers of patients and the intervals before the levels are merged.",
        )  # fmt: skip


def _calibration(data: ValidationData, found: Validation) -> Iterator[Note]:
    for predictor, m in findings.off_the_diagonal(found):
        at = f" at {data.at(m.time)}" if m.time is not None else ""
        shown = interval(m.estimate, m.lower, m.upper, lambda v: number(v, 2))
        text = f"{_miscalibrated(predictor, m.measure, m.upper < 1)}{at} {shown}."
        if predictor.model is not None:
            text += " The table of recalibration shows what would correct it."
        yield Note("warning", "miscalibrated", text)
    lost = [data.labels[name] for name in findings.without_curve(found)]
    if lost:
        yield Note(
            "info", "no-curve",
            f"{listed(lost)}: there are too few different risks for a calibration curve; see the "
            "groups of risk.",
        )  # fmt: skip
    for name, time, groups in findings.carried_forward(found):
        yield Note(
            "info", "carried-forward",
            f"{data.labels[name]}: in {counted(groups, 'group')} of risk no patient is followed "
            f"until {data.at(time)}; the observed risk is that at the last time.",
        )  # fmt: skip


def _information(found: Validation) -> Iterator[Note]:
    scores = findings.with_missing_information(found)
    if scores:
        yield Note(
            "warning", "missing-information",
            f"More than half of the information on the performance of {listed(scores)} is missing "
            "(fraction of missing information above 0.5). Use more imputations, and treat "
            f"{'its' if len(scores) == 1 else 'their'} performance with caution.",
        )  # fmt: skip


def _miscalibrated(predictor: Predictor, measure: str, low: bool) -> str:
    if measure == "slope":
        what = "too extreme" if low else "too close to each other"
        return f"The predictions of {predictor.label} are {what}: calibration slope"
    what = "too high" if low else "too low"
    return f"The risks predicted by {predictor.label} are {what}: observed/expected"
