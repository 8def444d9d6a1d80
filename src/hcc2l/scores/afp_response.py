"""Response of alpha-fetoprotein to treatment."""

from __future__ import annotations

import numpy as np

from hcc2l.scores.score import Edge, Floats, Score, place

FALL = Edge(-0.2, "below")  # a fall of exactly a fifth is a response


def afp_change(afp: Floats, afp_later: Floats) -> Floats:
    """Change from baseline as a fraction of it, shape (n,); NaN where the baseline is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(afp == 0, np.nan, (afp_later - afp) / afp)


def afp_response(afp: Floats, afp_later: Floats) -> Floats:
    """1 where AFP fell by at least 20 % of the baseline, else 0, shape (n,)."""
    return 1.0 - place(afp_change(afp, afp_later), (FALL,))


SCORES = (
    Score(
        name="afp_response",
        label="AFP response",
        title="AFP response",
        parts={"afp": "ng/mL", "afp_later": "ng/mL"},
        formula=afp_response,
        expression="a fall of AFP by at least 20% of the baseline",
        levels=("no", "yes"),
        source="Chan SL, Mo FKF, Johnson PJ, et al. New utility of an old marker: serial "
        "alpha-fetoprotein measurement in predicting radiologic response and survival of patients "
        "with hepatocellular carcinoma undergoing systemic chemotherapy. J Clin Oncol "
        "2009;27:446–452.",
        doi="10.1200/JCO.2008.18.8151",
    ),
)
