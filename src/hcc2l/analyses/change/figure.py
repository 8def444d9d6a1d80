"""What the figure of a comparison of before and after shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hcc2l.analyses.change.data import ChangeData, Numbers
from hcc2l.analyses.change.results import Change, NumberChange
from hcc2l.analyses.survival_figure import numbers
from hcc2l.analyses.test_names import TEST_LABELS
from hcc2l.design import Floats
from hcc2l.errors import AnalysisError
from hcc2l.numerals import p_equation
from hcc2l.report import ChangeFigure, PairedBox, PairedLines, PairedPanel

LOG_SPAN = 50.0  # ratio of the largest to the smallest positive value above which the axis is log
WHISKER = 1.5  # interquartile ranges
IN_A_ROW = 3  # panels


def change_figure(data: ChangeData, found: Sequence[Change]) -> ChangeFigure:
    """A panel for each number in each group that has patients.

    Raises
    ------
    AnalysisError
        There are classes only.
    """
    drawn = [(change, change.numbers) for change in found if change.numbers]
    if not drawn:
        raise AnalysisError(
            "The figure shows numbers before and after, but all columns hold classes.",
            where="--plot",
            hint="Omit --plot; the table of classes before and after shows the changes.",
        )
    variables = list(dict.fromkeys(change.pair.variable for change, _ in drawn))
    panels, lines, boxes = [], [], []
    for place, (change, of_numbers) in enumerate(drawn):
        title = None if len(drawn) == 1 else _title(data, change, several=len(variables) > 1)
        panel = _panel(change, of_numbers, title, variables.index(change.pair.variable))
        panels.append(panel)
        values = of_numbers.values
        lines.append(_lines(place, values))
        for time, side in (("before", values.before), ("after", values.after)):
            boxes.append(_box(place, time, side, log=panel.log))
    columns = len(data.groups) if data.group else len(drawn)
    return ChangeFigure(tuple(panels), tuple(lines), tuple(boxes), min(columns, IN_A_ROW))


def _panel(change: Change, of_numbers: NumberChange, title: str | None, scale: int) -> PairedPanel:
    pair, test = change.pair, of_numbers.tests[0]
    assert pair.numbers is not None
    return PairedPanel(
        title=title,
        y_label=f"{pair.before_label}, {pair.unit}" if pair.unit else pair.before_label,
        before_label=pair.before_label,
        after_label=pair.after_label,
        scale=scale,
        log=_is_log(pair.numbers),
        annotation=f"{TEST_LABELS[test.name]} {p_equation(test.p)}",
    )


def _title(data: ChangeData, change: Change, *, several: bool) -> str:
    """What tells a panel apart: its variable, its group, or both."""
    if not data.group:
        return change.pair.label
    return f"{change.pair.label}, {change.group}" if several else change.group


def _is_log(values: Numbers) -> bool:
    """Whether an axis is logarithmic: nothing is negative, and the values span magnitudes."""
    both = np.concatenate([values.before, values.after])
    positive = both[both > 0]
    if both.min() < 0 or not positive.size:
        return False
    return float(positive.max()) / float(positive.min()) > LOG_SPAN


def _lines(panel: int, values: Numbers) -> PairedLines:
    """The patients; those with the same two values make one line."""
    both = np.column_stack([values.before, values.after])
    pairs, n = np.unique(both, axis=0, return_counts=True)
    before, after = pairs.T
    return PairedLines(panel, numbers(before), numbers(after), numbers(n.astype(np.float64)))


def _box(panel: int, time: str, values: Floats, *, log: bool) -> PairedBox:
    """Quartiles, and whiskers to the last value within 1.5 interquartile ranges of the box.

    On a logarithmic axis these are ranges of logarithms.
    """
    q1, median, q3 = (float(q) for q in np.quantile(values, (0.25, 0.5, 0.75)))
    low, high = q1 - WHISKER * (q3 - q1), q3 + WHISKER * (q3 - q1)
    if log and q1 > 0:
        low, high = q1 * (q1 / q3) ** WHISKER, q3 * (q3 / q1) ** WHISKER
    inside = np.append(values[(values >= low) & (values <= high)], (q1, q3))
    return PairedBox(panel, time, float(inside.min()), q1, median, q3, float(inside.max()))
