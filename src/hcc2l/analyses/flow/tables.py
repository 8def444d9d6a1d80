"""The table of a flow: boxes and exclusions in order."""

from __future__ import annotations

from collections.abc import Iterator

from hcc2l.analyses.flow.data import ALL, Box, FlowData
from hcc2l.report import Column, Row, Table


def steps_table(data: FlowData) -> Table:
    """One row for each box, followed by one for each reason of those who leave it."""
    rows = tuple(
        row
        for step, level in enumerate(data.levels, 1)
        for box in level
        for row in _rows(step, box)
    )
    shown = [Column("Patients", ("label", "reason"), form="sentences")]
    if any(row["group"] not in (ALL, row["label"]) for row in rows):
        shown.append(Column("Arm", ("group",), labels={ALL: ""}))
    shown += [Column("n", ("n",)), Column("Excluded", ("excluded",))]
    footnotes = ("Numbers before the rows of the cohort are as stated.",)
    stated = any(row["source"] == "stated" for row in rows)
    return Table(
        "steps", "Flow of patients", tuple(rows[0]), rows, tuple(shown),
        footnotes if stated else (),
    )  # fmt: skip


def _rows(step: int, box: Box) -> Iterator[Row]:
    """A box, and who leaves it."""
    yield {
        "step": step, "label": box.label, "n": box.n, "percent": box.share, "excluded": None,
        "reason": None, "source": box.source, "group": box.group,
    }  # fmt: skip
    for exclusion in box.excluded:
        yield {
            "step": step, "label": None, "n": None, "percent": None, "excluded": exclusion.n,
            "reason": exclusion.reason, "source": exclusion.source, "group": box.group,
        }  # fmt: skip
