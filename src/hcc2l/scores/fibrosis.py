"""APRI and FIB-4, and their classes."""

from __future__ import annotations

import numpy as np

from hcc2l.scores.score import Edge, Floats, Score, classes_of


def apri(ast: Floats, ast_uln: Floats, platelets: Floats) -> Floats:
    """100 x (AST / its upper limit of normal) / platelets (10^9/L), shape (n,)."""
    return 100.0 * (ast / ast_uln) / platelets


def fib4(age: Floats, ast: Floats, alt: Floats, platelets: Floats) -> Floats:
    """Age (years) x AST (U/L) / (platelets (10^9/L) x root of ALT (U/L)), shape (n,)."""
    return age * ast / (platelets * np.sqrt(alt))


APRI = Score(
    name="apri",
    label="APRI",
    title="AST-to-platelet ratio index (APRI)",
    parts={"ast": "U/L", "ast_uln": "U/L", "platelets": "10^9/L"},
    formula=apri,
    expression="100 × (AST / upper limit of normal) / platelets (10^9/L)",
    source="Wai CT, Greenson JK, Fontana RJ, et al. A simple noninvasive index can predict both "
    "significant fibrosis and cirrhosis in patients with chronic hepatitis C. Hepatology "
    "2003;38:518–526.",
    doi="10.1053/jhep.2003.50346",
)
FIB4 = Score(
    name="fib4",
    label="FIB-4",
    title="FIB-4 index",
    parts={"age": "", "ast": "U/L", "alt": "U/L", "platelets": "10^9/L"},
    formula=fib4,
    expression="age (years) × AST (U/L) / (platelets (10^9/L) × √ALT (U/L))",
    source="Sterling RK, Lissen E, Clumeck N, et al. Development of a simple noninvasive index to "
    "predict significant fibrosis in patients with HIV/HCV coinfection. Hepatology "
    "2006;43:1317–1325.",
    doi="10.1002/hep.21178",
)

SCORES = (
    APRI,
    classes_of(
        APRI, "apri_class", "APRI class", ("low", "indeterminate", "high"),
        (Edge(0.5, "below"), Edge(1.5, "below")),
    ),
    FIB4,
    classes_of(
        FIB4, "fib4_class", "FIB-4 class", ("low", "indeterminate", "high"),
        (Edge(1.45, "above"), Edge(3.25, "below")),
    ),
)  # fmt: skip
