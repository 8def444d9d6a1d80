"""What statistics are called, and the title of the table."""

from __future__ import annotations

from hcc2l.analyses.table1.data import Table1Data
from hcc2l.wording import in_sentence

STATISTIC_LABELS = {
    "median-iqr": "median (quartiles)",
    "median-range": "median (range)",
    "mean-sd": "mean ± SD",
}
ADJUSTMENTS = {
    "holm": "Holm's method",
    "bh": "the Benjamini–Hochberg method",
    "bonferroni": "Bonferroni's method",
}


def title(data: Table1Data) -> str:
    """`Baseline characteristics by second-line treatment`."""
    what = "Patient characteristics" if data.after_baseline else "Baseline characteristics"
    return what if data.by is None else f"{what} by {in_sentence(data.by.label)}"
