"""The Child–Pugh points and class."""

from __future__ import annotations

import numpy as np

from hcc2l.scores.score import Edge, Floats, Score, classes_of, place

# The values at which an item gives 2 points rather than 1, and 3 rather than 2; an edge gives 2.
BILIRUBIN = (Edge(2.0, "above"), Edge(3.0, "below"))  # mg/dL
ALBUMIN = (Edge(2.8, "above"), Edge(3.5, "below"))  # g/dL, fewer points above
INR = (Edge(1.7, "above"), Edge(2.3, "below"))
PT_PROLONGED = (Edge(4.0, "above"), Edge(6.0, "below"))  # seconds
ASCITES = (Edge(1.0, "above"), Edge(2.0, "above"))  # none, mild, moderate or more
ENCEPHALOPATHY = (Edge(1.0, "above"), Edge(3.0, "above"))  # grades 0, 1–2, 3–4


def child_pugh_points(
    bilirubin: Floats, albumin: Floats, inr: Floats, pt_prolonged_s: Floats, ascites: Floats,
    encephalopathy: Floats,
) -> Floats:  # fmt: skip
    """The sum of five items of 1 to 3 points, shape (n,).

    Parameters
    ----------
    bilirubin, albumin
        Shape (n,), mg/dL and g/dL.
    inr, pt_prolonged_s
        Shape (n,); the prolongation of the prothrombin time in seconds counts where INR is NaN.
    ascites
        Shape (n,): 0 none, 1 mild, 2 moderate, 3 severe.
    encephalopathy
        Shape (n,): West Haven grade, 0 to 4.
    """
    coagulation = np.where(np.isnan(inr), place(pt_prolonged_s, PT_PROLONGED), place(inr, INR))
    return np.asarray(
        5.0 + place(bilirubin, BILIRUBIN) + 2.0 - place(albumin, ALBUMIN) + coagulation
        + place(ascites, ASCITES) + place(encephalopathy, ENCEPHALOPATHY)
    )  # fmt: skip


POINTS = Score(
    name="child_pugh_points",
    label="Child–Pugh points",
    title="Child–Pugh points",
    parts={
        "bilirubin": "mg/dL", "albumin": "g/dL", "inr": "", "pt_prolonged_s": "s", "ascites": "",
        "encephalopathy": "",
    },
    either=("inr", "pt_prolonged_s"),
    formula=child_pugh_points,
    expression="1, 2 or 3 points each for bilirubin (<2, 2–3, >3 mg/dL), albumin (>3.5, 2.8–3.5, "
    "<2.8 g/dL), INR (<1.7, 1.7–2.3, >2.3) or prolongation of the prothrombin time (<4, 4–6, "
    ">6 s), ascites (none, mild, moderate or severe) and encephalopathy (none, grade 1–2, "
    "grade 3–4)",
    source="Pugh RNH, Murray-Lyon IM, Dawson JL, Pietroni MC, Williams R. Transection of the "
    "oesophagus for bleeding oesophageal varices. Br J Surg 1973;60:646–649.",
    doi="10.1002/bjs.1800600817",
)  # fmt: skip

SCORES = (
    POINTS,
    classes_of(
        POINTS, "child_pugh_class", "Child–Pugh class", ("A", "B", "C"),
        (Edge(6.0, "below"), Edge(9.0, "below")),
    ),
)  # fmt: skip
