"""What a cut-off loses against the curve of its marker, a spline (`--marker afp@rcs4`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hcc2l.analyses.roc.data import (
    AnalysisSet,
    KnownOutcome,
    MaximallySelected,
    Patients,
    RocData,
    Survival,
    TimeDependent,
)
from hcc2l.analyses.roc.maxstat import Maxima
from hcc2l.analyses.roc.methods import Sentence
from hcc2l.analyses.roc.results import AnalysisSets, Curves
from hcc2l.analyses.roc.tables import CRITERIA, naming
from hcc2l.design import Floats, Mask
from hcc2l.design.markers import Marker
from hcc2l.design.model import off_scale, on_scale
from hcc2l.errors import AnalysisError
from hcc2l.numerals import in_text
from hcc2l.report import Column, Row, Table, finite
from hcc2l.stats.cox import CoxFit, cox
from hcc2l.stats.logistic import LogisticFit, logistic
from hcc2l.stats.splines import FEWEST_KNOTS, basis, default_knots
from hcc2l.wording import in_sentence, listed

Fit = CoxFit | LogisticFit


@dataclass(frozen=True)
class Loss:
    """A marker at a cut-off and as a curve, alone in models of the same patients.

    Attributes
    ----------
    name
        Of the marker.
    threshold
        The cut-off, or the cut-point of maxstat.
    knots
        Of the curve, in the unit of the marker.
    """

    group: str
    name: str
    criterion: str
    threshold: float
    events: int
    cut: Fit
    curve: Fit
    knots: tuple[float, ...]


def losses(data: RocData, sets: AnalysisSets, chosen: Curves | Maxima) -> list[Loss]:
    """The loss at every cut-off, in logistic models of a known outcome, else in Cox models.

    Raises
    ------
    AnalysisError
        A marker has too few values for a spline.
    """
    if isinstance(chosen, Maxima):
        assert isinstance(data, MaximallySelected)
        return [loss for s in sets.analysed for loss in _of_maxima(data, s, chosen)]
    assert not isinstance(data, MaximallySelected)
    return list(_of_curves(data, sets, chosen))


def _of_curves(
    data: KnownOutcome | TimeDependent, sets: AnalysisSets, curves: Curves
) -> Iterator[Loss]:
    for subset, result in zip(sets.analysed, curves.sets, strict=True):
        rows = subset.rows
        if isinstance(data, TimeDependent):
            fit, events = _cox(data.survival, rows), int(data.survival.event[rows].sum())
        else:
            positive = data.classes.positive[rows]
            fit, events = _logistic(positive), int(positive.sum())
        for of_marker in result.markers:
            marker = data.patients.markers.get(of_marker.name)
            if marker is None or marker.knots is None:
                continue
            values = of_marker.values
            knots, curve = _curve(marker, values, fit)
            for cut in of_marker.cutoffs:
                above = values >= cut.threshold if of_marker.higher else values <= cut.threshold
                yield Loss(subset.group, marker.name, cut.criterion, cut.threshold, events,
                           fit(_column(above)), curve, knots)  # fmt: skip


def _of_maxima(data: MaximallySelected, subset: AnalysisSet, maxima: Maxima) -> Iterator[Loss]:
    fit = _cox(data.survival, subset.rows)
    for found in maxima.maxima:
        marker = data.patients.markers[found.name]
        if found.group != subset.group or found.name not in subset.markers or not marker.knots:
            continue
        values, at = marker.values[subset.rows], found.maximum.cutpoint
        knots, curve = _curve(marker, values, fit)
        yield Loss(found.group, found.name, "maxstat", at, found.events, fit(_column(values > at)),
                   curve, knots)  # fmt: skip


def _cox(survival: Survival, rows: Mask) -> Callable[[Floats], Fit]:
    return lambda x: cox(survival.time[rows], survival.event[rows], x)


def _logistic(positive: Mask) -> Callable[[Floats], Fit]:
    return lambda x: logistic(positive, x)


def _column(above: Mask) -> Floats:
    return above.astype(np.float64)[:, None]


def _curve(
    marker: Marker, values: Floats, fit: Callable[[Floats], Fit]
) -> tuple[tuple[float, ...], Fit]:
    """The knots of a marker in its unit, and the model of its spline."""
    assert marker.knots is not None
    scaled = on_scale(values, marker.scale)
    knots = default_knots(scaled, marker.knots)
    if knots.size < FEWEST_KNOTS:
        raise AnalysisError(
            f"A spline of {marker.label} needs at least {FEWEST_KNOTS + 2} different values, none "
            f"of them shared by most patients; there are {np.unique(values).size} in "
            f"{values.size} patients.",
            where=f"--marker {marker.name}",
            hint=f"Name the column itself: --marker {marker.columns[0]}.",
        )
    return tuple(off_scale(knots, marker.scale).tolist()), fit(basis(scaled, knots))


def loss_table(patients: Patients, found: Sequence[Loss]) -> Table:
    """One row for each cut-off: the fit of the marker in two groups and as a curve."""
    rows: list[Row] = []
    for loss in found:
        gained = loss.curve.loglik - loss.curve.loglik_null
        share = (loss.cut.loglik - loss.cut.loglik_null) / gained if gained > 0 else np.nan
        rows.append(
            {"group": loss.group, "marker": loss.name, "criterion": loss.criterion,
             "threshold": finite(loss.threshold), "n": loss.cut.n, "events": loss.events,
             "loglik_null": loss.cut.loglik_null, "loglik_cut": loss.cut.loglik,
             "loglik_curve": loss.curve.loglik, "df_curve": loss.curve.df,
             "aic_cut": loss.cut.aic, "aic_curve": loss.curve.aic, "retained": finite(share)}
        )  # fmt: skip
    columns = (
        *naming(patients), Column("Criterion", ("criterion",), labels=CRITERIA),
        Column("Cut-off", ("threshold",)), Column("n", ("n",)), Column("Events", ("events",)),
        Column("Log L, cut-off", ("loglik_cut",)), Column("Log L, curve", ("loglik_curve",)),
        Column("AIC, cut-off", ("aic_cut",)), Column("AIC, curve", ("aic_curve",)),
        Column("χ² retained", ("retained",), decimals=0),
    )  # fmt: skip
    title = "The cut-off against the curve of the marker"
    notes = _footnotes(patients, found)
    return Table("cutoff_loss", title, tuple(rows[0]), tuple(rows), columns, notes)


def _footnotes(patients: Patients, found: Sequence[Loss]) -> tuple[str, ...]:
    knots = {
        patients.curve_name(loss.group, loss.name): listed([in_text(k) for k in loss.knots])
        for loss in found
    }
    where = "; ".join(f"{at} ({name})" for name, at in knots.items())
    return (
        f"Curve: restricted cubic spline with knots at {where}. χ² retained: likelihood-ratio χ² "
        "of the cut-off as a share of that of the curve.",
        "A cut-off that was chosen in these patients fits them too well, so that it may retain "
        "more than 100%; its AIC does not count the search.",
    )


def loss_sentence(data: RocData) -> Sentence:
    """How the cut-offs were compared with curves."""
    patients = data.patients
    names = listed([
        in_sentence(marker.label) for marker in patients.markers.values() if marker.knots
    ])  # fmt: skip
    model = "logistic" if isinstance(data, KnownOutcome) else "Cox"
    return Sentence(
        f"What is lost by cutting {names} was assessed in {model} regression by the log-likelihood "
        "and Akaike's information criterion of the cut-off and of a restricted cubic spline.",
        ("spline",),
    )
