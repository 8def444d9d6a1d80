"""Follow-up cut into rows (start, stop] in which no covariate changes, as R's `tmerge` does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hcc2l.stats.risk_sets import Floats, Ints, time_tolerance

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Episodes:
    """Rows (start, stop] in the order of patients and of time; arrays have shape (m,).

    Attributes
    ----------
    patient
        Index of the patient.
    start, stop
        A row is at risk at t when start < t <= stop.
    last
        Whether the patient's follow-up ends with the row; only there can be an event.
    tolerance
        The largest difference of two times that count as one.
    """

    patient: Ints
    start: Floats
    stop: Floats
    last: Mask
    tolerance: float

    def begun(self, begins: Floats) -> Mask:
        """Whether an exposure has begun, shape (m,): after its time, never at it.

        Parameters
        ----------
        begins
            Shape (patients,): when the exposure of each patient begins; NaN for never.
        """
        return np.asarray(begins[self.patient] <= self.start + self.tolerance)

    def latest(self, patient: Ints, time: Floats) -> Ints:
        """Index of the last measurement at or before the start of each row, shape (m,); -1 none.

        Parameters
        ----------
        patient, time
            Shape (k,): of the measurements, in any order; of two at one time the last counts.
        """
        k, m = time.size, self.start.size
        patients = np.concatenate((patient, self.patient))
        times = np.concatenate((time, self.start + self.tolerance))
        is_row = np.arange(k + m) >= k
        order = np.lexsort((is_row, times, patients))
        position = np.maximum.accumulate(np.where(is_row[order], -1, np.arange(k + m)))
        measurement = np.where(position < 0, -1, order[np.maximum(position, 0)])
        known = (measurement >= 0) & (patients[measurement] == patients[order])
        result = np.full(m, -1, dtype=np.int64)
        rows = is_row[order]
        result[order[rows] - k] = np.where(known, measurement, -1)[rows]
        return result


def episodes(start: Floats, stop: Floats, patient: Ints, time: Floats) -> Episodes:
    """The follow-up of patients, cut where something changes.

    Parameters
    ----------
    start, stop
        Shape (patients,), start < stop: each patient is followed in (start, stop].
    patient, time
        Shape (k,): who changes and when, in any order; NaN for never. What changes at or before the
        start, or at or after the end, cuts nothing.

    Notes
    -----
    Therneau, Crowson and Atkinson, "Using time dependent covariates", vignette of R's survival;
    the rows are those of ``tmerge(..., tdc(time))``.
    """
    tolerance = time_tolerance(stop)
    with np.errstate(invalid="ignore"):
        inside = (time > start[patient] + tolerance) & (time < stop[patient] - tolerance)
    patients = np.concatenate((np.arange(start.size), patient[inside]))
    starts = np.concatenate((start, time[inside]))
    order = np.lexsort((starts, patients))
    patients, starts = patients[order], starts[order]
    same = np.concatenate(([False], patients[1:] == patients[:-1]))
    apart = np.concatenate(([True], np.diff(starts) > tolerance))
    patients, starts = patients[~same | apart], starts[~same | apart]
    last = np.concatenate((patients[1:] != patients[:-1], [True]))
    ends = np.where(last, stop[patients], np.concatenate((starts[1:], [np.nan])))
    return Episodes(patients.astype(np.int64), starts, ends, last, tolerance)


@dataclass(frozen=True)
class Timing:
    """When an exposure begins, beside the follow-up; masks of shape (patients,).

    Attributes
    ----------
    before
        At or before the start of follow-up: exposed throughout.
    during
        Within follow-up: first unexposed, then exposed.
    at_end, after_end
        At the end of follow-up, or later: never exposed.
    """

    before: Mask
    during: Mask
    at_end: Mask
    after_end: Mask

    def among(self, patients: Mask) -> Timing:
        """The same of some patients, shape (patients,)."""
        return Timing(
            self.before & patients,
            self.during & patients,
            self.at_end & patients,
            self.after_end & patients,
        )


def timing(begins: Floats, start: Floats, stop: Floats) -> Timing:
    """When exposures begin, NaN for never, beside follow-up in (start, stop]; shape (patients,)."""
    tolerance = time_tolerance(stop)
    with np.errstate(invalid="ignore"):
        before = begins <= start + tolerance
        at_end = ~before & (np.abs(begins - stop) <= tolerance)
        after_end = ~before & ~at_end & (begins > stop)
        during = ~before & ~at_end & (begins < stop)
    return Timing(before, during, at_end, after_end)
