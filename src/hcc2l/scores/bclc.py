"""The Barcelona stage, simplified: what a table of findings can say."""

from __future__ import annotations

import numpy as np

from hcc2l.scores.score import Edge, Floats, Score, place

_UP_TO_2_CM, _UP_TO_3_CM = (Edge(2.0, "below"),), (Edge(3.0, "below"),)


def bclc_stage(
    nodules: Floats, largest_cm: Floats, ecog: Floats, child_pugh: Floats,
    vascular_invasion: Floats, extrahepatic: Floats,
) -> Floats:  # fmt: skip
    """The stage as its place in 0, A, B, C, D, shape (n,); NaN without a nodule or a finding.

    Parameters
    ----------
    nodules, largest_cm
        Shape (n,): number of nodules, and the diameter of the largest in cm.
    ecog
        Shape (n,): performance status, 0 to 5.
    child_pugh
        Shape (n,): 0 A, 1 B, 2 C.
    vascular_invasion, extrahepatic
        Shape (n,): 1 yes, 0 no.
    """
    findings = (nodules, largest_cm, ecog, child_pugh, vascular_invasion, extrahepatic)
    single = nodules == 1
    stage = np.select(
        [
            (ecog >= 3) | (child_pugh == 2),
            (vascular_invasion == 1) | (extrahepatic == 1) | (ecog >= 1),
            single & (place(largest_cm, _UP_TO_2_CM) == 0),
            single | ((nodules <= 3) & (place(largest_cm, _UP_TO_3_CM) == 0)),
        ],
        [4.0, 3.0, 0.0, 1.0],
        2.0,
    )
    unknown = np.isnan(findings).any(axis=0) | (nodules < 1)
    return np.where(unknown, np.nan, stage)


SCORES = (
    Score(
        name="bclc_stage",
        label="BCLC stage",
        title="BCLC stage",
        parts=dict.fromkeys(
            ("nodules", "largest_cm", "ecog", "child_pugh", "vascular_invasion", "extrahepatic"), ""
        ) | {"largest_cm": "cm"},
        formula=bclc_stage,
        expression="D (ECOG ≥3 or Child–Pugh C), else C (vascular invasion, extrahepatic spread or "
        "ECOG 1–2), else 0 (one nodule ≤2 cm), A (one nodule, or 2–3 of ≤3 cm) or B; simplified: "
        "it knows neither a transplant option nor whether the performance status is due to the "
        "tumour",
        levels=("0", "A", "B", "C", "D"),
        source="Reig M, Forner A, Rimola J, et al. BCLC strategy for prognosis prediction and "
        "treatment recommendation: the 2022 update. J Hepatol 2022;76:681–693.",
        doi="10.1016/j.jhep.2021.11.018",
    ),
)  # fmt: skip
