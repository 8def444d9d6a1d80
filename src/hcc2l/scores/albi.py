"""ALBI, its grades, and the modified grades."""

from __future__ import annotations

import numpy as np

from hcc2l.scores.score import Edge, Floats, Score, classes_of


def albi(bilirubin: Floats, albumin: Floats) -> Floats:
    """0.66 log10(bilirubin, µmol/L) - 0.085 x albumin (g/L), shape (n,)."""
    return 0.66 * np.log10(bilirubin) - 0.085 * albumin


ALBI = Score(
    name="albi",
    label="ALBI",
    title="albumin–bilirubin (ALBI) score",
    parts={"bilirubin": "µmol/L", "albumin": "g/L"},
    formula=albi,
    expression="0.66 × log10 bilirubin (µmol/L) − 0.085 × albumin (g/L)",
    source="Johnson PJ, Berhane S, Kagebayashi C, et al. Assessment of liver function in patients "
    "with hepatocellular carcinoma: a new evidence-based approach—the ALBI grade. J Clin Oncol "
    "2015;33:550–558.",
    doi="10.1200/JCO.2014.57.9151",
)

SCORES = (
    ALBI,
    classes_of(
        ALBI, "albi_grade", "ALBI grade", ("1", "2", "3"),
        (Edge(-2.60, "below"), Edge(-1.39, "below")),
    ),
    classes_of(
        ALBI, "malbi_grade", "mALBI grade", ("1", "2a", "2b", "3"),
        (Edge(-2.60, "below"), Edge(-2.27, "above"), Edge(-1.39, "below")),
        source="Hiraoka A, Kumada T, Tsuji K, et al. Validation of modified ALBI grade for more "
        "detailed assessment of hepatic function in hepatocellular carcinoma patients: a "
        "multicenter analysis. Liver Cancer 2019;8:121–129.",
        doi="10.1159/000488778",
    ),
)  # fmt: skip
