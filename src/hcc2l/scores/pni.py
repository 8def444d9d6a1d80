"""The prognostic nutritional index."""

from __future__ import annotations

from hcc2l.scores.score import Floats, Score


def pni(albumin: Floats, lymphocytes: Floats) -> Floats:
    """Albumin (g/L) + 5 x lymphocytes (10^9/L), shape (n,).

    In the paper 10 x albumin in g/dL + 0.005 x lymphocytes per microlitre, which is equivalent.
    """
    return albumin + 5.0 * lymphocytes


SCORES = (
    Score(
        name="pni",
        label="PNI",
        title="prognostic nutritional index (PNI)",
        parts={"albumin": "g/L", "lymphocytes": "10^9/L"},
        formula=pni,
        expression="albumin (g/L) + 5 × lymphocytes (10^9/L)",
        source="Onodera T, Goseki N, Kosaki G. Prognostic nutritional index in gastrointestinal "
        "surgery of malnourished cancer patients. Nihon Geka Gakkai Zasshi 1984;85:1001–1005.",
        doi=None,
    ),
)
