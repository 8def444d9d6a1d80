"""The values that a cut-off calls positive, in words."""

from __future__ import annotations

import math

from hcc2l.analyses.roc.curves import MarkerCurve
from hcc2l.analyses.roc.data import Classes, Patients
from hcc2l.report import Value
from hcc2l.stats import roc


def rule(patients: Patients, marker: MarkerCurve, threshold: Value) -> str:
    """The values that are positive, `≥400` or `yes`, in enough digits to split alike."""
    if not isinstance(threshold, (int, float)):
        return "–"
    levels = patients.markers[marker.name].levels if marker.name in patients.markers else ()
    if levels:
        above = math.ceil(threshold) if marker.higher else math.floor(threshold) + 1
        return " or ".join(levels[above:] if marker.higher else levels[:above])
    place, text = roc.place_of(marker.curve, threshold), ""
    for digits in range(7 if marker.model is None else 4, 18):
        text = _written(threshold, digits)
        if roc.place_of(marker.curve, float(text)) == place:
            break
    return f"{'≥' if marker.higher else '≤'}{text}".replace("-", "−")


def _written(value: float, digits: int) -> str:
    """A number in some significant digits, without an exponent up to 10^15."""
    text = f"{value:.{digits}g}"
    if "e+" in text and abs(value) < 1e15:
        return f"{float(text):.0f}"
    return text


def direction_words(patients: Patients, classes: Classes, name: str, higher: bool) -> str:
    """`Higher AFP → primary resistance`."""
    label = patients.label_of[name]
    levels = patients.markers[name].levels if name in patients.markers else ()
    if len(levels) == 2:
        return f"{label}: {levels[int(higher)]} → {classes.words}"
    if name in patients.spec.combine:
        return f"Higher predicted probability ({label}) → {classes.words}"
    return f"{'Higher' if higher else 'Lower'} {label} → {classes.words}"
