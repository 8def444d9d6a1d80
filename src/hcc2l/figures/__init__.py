"""Figures as images; the drawers calculate positions only."""

from __future__ import annotations

import io
from importlib import import_module
from pathlib import Path

from hcc2l.errors import AnalysisError, UsageError
from hcc2l.files import write_files
from hcc2l.report import (
    AdverseFigure,
    ChangeFigure,
    Figure,
    FlowFigure,
    ForestFigure,
    LoveFigure,
    MaxstatFigure,
    Report,
    ResponseFigure,
    RocFigure,
    ScoresFigure,
    SurvivalFigure,
    SurvivalPanels,
    ThresholdsFigure,
    TreeFigure,
    WaterfallFigure,
)

# figure -> "module:function"; a drawer takes the figure and returns a matplotlib figure.
DRAWERS: dict[type[Figure], str] = {
    FlowFigure: "hcc2l.figures.flow:draw",
    ChangeFigure: "hcc2l.figures.change:draw",
    AdverseFigure: "hcc2l.figures.adverse:draw",
    ForestFigure: "hcc2l.figures.forest:draw",
    LoveFigure: "hcc2l.figures.matching:draw_love",
    MaxstatFigure: "hcc2l.figures.roc:draw_statistics",
    ResponseFigure: "hcc2l.figures.response:draw",
    RocFigure: "hcc2l.figures.roc:draw",
    ScoresFigure: "hcc2l.figures.matching:draw_scores",
    SurvivalFigure: "hcc2l.figures.survival:draw",
    SurvivalPanels: "hcc2l.figures.survival:draw_panels",
    ThresholdsFigure: "hcc2l.figures.roc:draw_thresholds",
    TreeFigure: "hcc2l.figures.tree:draw",
    WaterfallFigure: "hcc2l.figures.response:draw_waterfall",
}
FORMATS = ("png", "svg", "pdf")
_NO_CLOCK = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def plot_format(path: str | Path) -> str:
    """The image format of a file, by its ending.

    Raises
    ------
    UsageError
        The ending is not .png, .svg or .pdf.
    """
    suffix = Path(path).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise UsageError(
            f"{str(path)!r} does not end in .png, .svg or .pdf.",
            where="--plot",
            hint="Use one of these endings, such as --plot km.pdf.",
        )
    return suffix


def draw(figure: Figure, format: str) -> bytes:  # noqa: A002 - the option's name
    """The image of a figure as png (300 dpi), svg or pdf; the same input gives the same bytes.

    Warns
    -----
    MissingLetters
        No font of the system has some letters of its labels.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from hcc2l.figures.fonts import boxes_untold, give_fonts
    from hcc2l.figures.style import STYLE

    module, _, function = DRAWERS[type(figure)].partition(":")
    drawer = getattr(import_module(module), function)
    with mpl.rc_context(STYLE):
        picture = drawer(figure)
        FigureCanvasAgg(picture)
        if give_fonts(picture):  # the system's may be OpenType, lost when embedded as TrueType
            mpl.rcParams["pdf.fonttype"] = 3
        file = io.BytesIO()
        with boxes_untold():
            picture.savefig(file, format=format, dpi=300, metadata=_NO_CLOCK[format])
    return file.getvalue()


def plot_report(report: Report, path: str | Path) -> None:
    """Write a report's figure to a file (.png, .svg or .pdf).

    Raises
    ------
    UsageError
        The ending is not one of these, or the file is read-only.
    AnalysisError
        The report has no figure.
    InputError
        The file cannot be written.
    """
    format = plot_format(path)  # noqa: A001 - the option's name
    if report.draw is None:
        raise AnalysisError("There is no figure for this analysis.")
    write_files({str(path): draw(report.draw(), format)})
