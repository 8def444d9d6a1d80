"""The data of the diagram of a flow."""

from __future__ import annotations

from hcc2l.analyses.flow.data import FlowData
from hcc2l.report import FlowBox, FlowExclusion, FlowFigure


def flow_figure(data: FlowData) -> FlowFigure:
    """The boxes, numbered from the first down and from left to right, and who leaves them."""
    boxes: list[FlowBox] = []
    exclusions: list[FlowExclusion] = []
    parents: list[int | None] = [None]
    for level in data.levels:
        following: list[int | None] = []
        for number, (box, parent) in enumerate(zip(level, parents, strict=True), len(boxes) + 1):
            boxes.append(FlowBox(number, parent, box.label, box.n, box.share))
            exclusions += [FlowExclusion(number, left.reason, left.n) for left in box.excluded]
            following += [number] * len(box.below)
        parents = following
    return FlowFigure(tuple(boxes), tuple(exclusions))
