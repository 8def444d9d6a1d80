"""CRAFITY: C-reactive protein and alpha-fetoprotein in immunotherapy."""

from __future__ import annotations

from hcc2l.scores.score import Edge, Floats, Score, classes_of, place

AFP = (Edge(100.0, "above"),)  # ng/mL
CRP = (Edge(1.0, "above"),)  # mg/dL


def crafity(afp: Floats, crp: Floats) -> Floats:
    """One point each for AFP of at least 100 ng/mL and CRP of at least 1 mg/dL, shape (n,)."""
    return place(afp, AFP) + place(crp, CRP)


CRAFITY = Score(
    name="crafity",
    label="CRAFITY",
    title="CRAFITY score",
    parts={"afp": "ng/mL", "crp": "mg/dL"},
    formula=crafity,
    expression="1 point each for AFP ≥100 ng/mL and CRP ≥1 mg/dL",
    source="Scheiner B, Pomej K, Kirstein MM, et al. Prognosis of patients with hepatocellular "
    "carcinoma treated with immunotherapy – development and validation of the CRAFITY score. "
    "J Hepatol 2022;76:353–363.",
    doi="10.1016/j.jhep.2021.09.035",
)

SCORES = (
    CRAFITY,
    classes_of(
        CRAFITY, "crafity_group", "CRAFITY group", ("low", "intermediate", "high"),
        (Edge(1.0, "above"), Edge(2.0, "above")),
    ),
)  # fmt: skip
