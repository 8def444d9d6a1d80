"""MELD, MELD-Na and MELD 3.0."""

from __future__ import annotations

import numpy as np

from hcc2l.scores.score import Floats, Score


def meld_sum(bilirubin: Floats, creatinine: Floats, inr: Floats, dialysis: Floats) -> Floats:
    """MELD before it is rounded and limited, shape (n,).

    Parameters
    ----------
    bilirubin, creatinine
        Shape (n,), mg/dL.
    dialysis
        Shape (n,): 1 yes, 0 no; NaN counts as no.
    """
    limited = np.where(dialysis == 1, 4.0, np.minimum(_at_least_1(creatinine), 4.0))
    return np.asarray(
        9.57 * np.log(limited) + 3.78 * np.log(_at_least_1(bilirubin))
        + 11.2 * np.log(_at_least_1(inr)) + 6.43
    )  # fmt: skip


def meld(bilirubin: Floats, creatinine: Floats, inr: Floats, dialysis: Floats) -> Floats:
    """MELD, 6 to 40 points, shape (n,); parts as in `meld_sum`."""
    return _allocated(meld_sum(bilirubin, creatinine, inr, dialysis))


def meld_na_sum(
    bilirubin: Floats, creatinine: Floats, inr: Floats, sodium: Floats, dialysis: Floats
) -> Floats:
    """MELD-Na before it is rounded and limited; sodium (mmol/L) counts where MELD is above 11."""
    points = _rounded(meld_sum(bilirubin, creatinine, inr, dialysis))
    deficit = 137.0 - np.clip(sodium, 125.0, 137.0)
    found = np.where(points > 11, points + 1.32 * deficit - 0.033 * points * deficit, points)
    return np.where(np.isnan(sodium), np.nan, found)


def meld_na(
    bilirubin: Floats, creatinine: Floats, inr: Floats, sodium: Floats, dialysis: Floats
) -> Floats:
    """MELD-Na, 6 to 40 points, shape (n,); parts as in `meld_na_sum`."""
    return _allocated(meld_na_sum(bilirubin, creatinine, inr, sodium, dialysis))


def meld3_sum(
    bilirubin: Floats, creatinine: Floats, inr: Floats, sodium: Floats, albumin: Floats,
    sex: Floats, dialysis: Floats,
) -> Floats:  # fmt: skip
    """MELD 3.0 before it is rounded and limited, shape (n,).

    Parameters
    ----------
    bilirubin, creatinine
        Shape (n,), mg/dL.
    sodium, albumin
        Shape (n,), mmol/L and g/dL.
    sex
        Shape (n,): 1 female, 0 male.
    dialysis
        Shape (n,): 1 yes, 0 no; NaN counts as no.
    """
    log_bilirubin = np.log(_at_least_1(bilirubin))
    limited = np.where(dialysis == 1, 3.0, np.minimum(_at_least_1(creatinine), 3.0))
    log_creatinine = np.log(limited)
    no_sodium = 137.0 - np.clip(sodium, 125.0, 137.0)
    no_albumin = 3.5 - np.clip(albumin, 1.5, 3.5)
    return np.asarray(
        1.33 * sex + 4.56 * log_bilirubin + 0.82 * no_sodium - 0.24 * no_sodium * log_bilirubin
        + 9.09 * np.log(_at_least_1(inr)) + 11.14 * log_creatinine + 1.85 * no_albumin
        - 1.83 * no_albumin * log_creatinine + 6.0
    )  # fmt: skip


def meld3(
    bilirubin: Floats, creatinine: Floats, inr: Floats, sodium: Floats, albumin: Floats,
    sex: Floats, dialysis: Floats,
) -> Floats:  # fmt: skip
    """MELD 3.0, at most 40 points as in organ allocation (the paper has no limit), shape (n,)."""
    points = meld3_sum(bilirubin, creatinine, inr, sodium, albumin, sex, dialysis)
    return np.minimum(_rounded(points), 40.0)


def _at_least_1(values: Floats) -> Floats:
    return np.maximum(values, 1.0)


def _rounded(values: Floats) -> Floats:
    """Whole points, halves up; the last bits of a sum make no half."""
    return np.floor(np.round(values, 9) + 0.5)


def _allocated(points: Floats) -> Floats:
    """Whole points, 6 to 40 as in organ allocation."""
    return np.clip(_rounded(points), 6.0, 40.0)


_MELD = {"bilirubin": "mg/dL", "creatinine": "mg/dL", "inr": "", "dialysis": ""}
_BOUNDS = "values below 1 count as 1, creatinine above {0} mg/dL or on dialysis as {0}"

SCORES = (
    Score(
        name="meld",
        label="MELD",
        title="Model for End-stage Liver Disease (MELD)",
        parts=_MELD,
        optional=("dialysis",),
        formula=meld,
        expression="9.57 × ln creatinine (mg/dL) + 3.78 × ln bilirubin (mg/dL) + 11.2 × ln INR + "
        f"6.43, rounded, 6 to 40 ({_BOUNDS.format(4)})",
        source="Kamath PS, Wiesner RH, Malinchoc M, et al. A model to predict survival in patients "
        "with end-stage liver disease. Hepatology 2001;33:464–470.",
        doi="10.1053/jhep.2001.22172",
    ),
    Score(
        name="meld_na",
        label="MELD-Na",
        title="MELD with sodium (MELD-Na)",
        parts={**_MELD, "sodium": "mmol/L"},
        optional=("dialysis",),
        formula=meld_na,
        expression="MELD, above 11 points + 1.32 × (137 − sodium) − 0.033 × MELD × (137 − sodium), "
        "rounded, 6 to 40 (sodium limited to 125–137 mmol/L; the rule of organ allocation of 2016)",
        source="Kim WR, Biggins SW, Kremers WK, et al. Hyponatremia and mortality among patients "
        "on the liver-transplant waiting list. N Engl J Med 2008;359:1018–1026.",
        doi="10.1056/NEJMoa0801209",
    ),
    Score(
        name="meld3",
        label="MELD 3.0",
        title="MELD 3.0",
        parts={**_MELD, "sodium": "mmol/L", "albumin": "g/dL", "sex": ""},
        optional=("dialysis",),
        formula=meld3,
        expression="1.33 (if female) + 4.56 × ln bilirubin + 0.82 × (137 − sodium) − 0.24 × (137 − "
        "sodium) × ln bilirubin + 9.09 × ln INR + 11.14 × ln creatinine + 1.85 × (3.5 − albumin) − "
        f"1.83 × (3.5 − albumin) × ln creatinine + 6, rounded, at most 40 ({_BOUNDS.format(3)}; "
        "sodium limited to 125–137 mmol/L, albumin to 1.5–3.5 g/dL)",
        source="Kim WR, Mannalithara A, Heimbach JK, et al. MELD 3.0: the Model for End-Stage "
        "Liver Disease updated for the modern era. Gastroenterology 2021;161:1887–1895.",
        doi="10.1053/j.gastro.2021.08.050",
    ),
)
