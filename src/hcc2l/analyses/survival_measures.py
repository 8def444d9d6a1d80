"""Measures of a survival model's predictions that scikit-survival computes."""

from __future__ import annotations

from hcc2l.analyses.regression import number
from hcc2l.design import Floats, Mask


def survival_measures(
    time: Floats, event: Mask, score: Floats, survival: Floats, at: Floats
) -> dict[str, float | None]:
    """Uno's C and the integrated Brier score, by scikit-survival; None where not defined.

    Parameters
    ----------
    survival, at
        Predicted S(t), shape (n, times), at times within the follow-up.
    """
    from sksurv.metrics import concordance_index_ipcw, integrated_brier_score
    from sksurv.util import Surv

    outcome = Surv.from_arrays(event, time)
    uno = brier = None
    try:
        uno = number(float(concordance_index_ipcw(outcome, outcome, score, tau=time.max())[0]))
        brier = number(float(integrated_brier_score(outcome, outcome, survival, at)))
    except ValueError:  # nobody is left to compare, or fewer than two times
        pass
    return {"uno_c": uno, "integrated_brier_score": brier}
