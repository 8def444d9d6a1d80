"""The Brier score of a survival model's predictions, by scikit-survival."""

from __future__ import annotations

from hcc2l.design import Floats, Mask
from hcc2l.report import finite


def integrated_brier_score(time: Floats, event: Mask, survival: Floats, at: Floats) -> float | None:
    """Brier score integrated over `at`; None where it is not defined.

    Parameters
    ----------
    survival, at
        Predicted S(t), shape (n, times), at times within the follow-up.
    """
    from sksurv import metrics
    from sksurv.util import Surv

    outcome = Surv.from_arrays(event, time)
    try:
        return finite(float(metrics.integrated_brier_score(outcome, outcome, survival, at)))
    except ValueError:  # fewer than two times, or nobody uncensored is left
        return None
