"""Figures as images; the drawers calculate positions only."""

from __future__ import annotations

import io
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hcc2l.errors import AnalysisError, UsageError
from hcc2l.files import write_files
from hcc2l.report import (
    AdverseFigure,
    AreasFigure,
    CalibrationFigure,
    ChangeFigure,
    DecisionFigure,
    Figure,
    FlowFigure,
    ForestFigure,
    ImputationFigure,
    LoveFigure,
    MaxstatFigure,
    NomogramFigure,
    Report,
    ResponseFigure,
    RocFigure,
    ScoresFigure,
    SplineFigure,
    SurvivalFigure,
    SurvivalPanels,
    ThresholdsFigure,
    TreeFigure,
    WaterfallFigure,
)
from hcc2l.wording import listed

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

    from hcc2l.figures.style import FigureStyle

# figure -> "module:function"; a drawer takes the figure and its `Paper`, and returns a matplotlib
# figure.
DRAWERS: dict[type[Figure], str] = {
    FlowFigure: "hcc2l.figures.flow:draw",
    ChangeFigure: "hcc2l.figures.change:draw",
    AdverseFigure: "hcc2l.figures.adverse:draw",
    AreasFigure: "hcc2l.figures.validation:draw_areas",
    CalibrationFigure: "hcc2l.figures.validation:draw_calibration",
    DecisionFigure: "hcc2l.figures.validation:draw_benefits",
    ForestFigure: "hcc2l.figures.forest:draw",
    ImputationFigure: "hcc2l.figures.imputation:draw",
    LoveFigure: "hcc2l.figures.matching:draw_love",
    MaxstatFigure: "hcc2l.figures.roc:draw_statistics",
    NomogramFigure: "hcc2l.figures.nomogram:draw",
    ResponseFigure: "hcc2l.figures.response:draw",
    RocFigure: "hcc2l.figures.roc:draw",
    ScoresFigure: "hcc2l.figures.matching:draw_scores",
    SplineFigure: "hcc2l.figures.spline:draw",
    SurvivalFigure: "hcc2l.figures.survival:draw",
    SurvivalPanels: "hcc2l.figures.survival:draw_panels",
    ThresholdsFigure: "hcc2l.figures.roc:draw_thresholds",
    TreeFigure: "hcc2l.figures.tree:draw",
    WaterfallFigure: "hcc2l.figures.response:draw_waterfall",
}
# ending -> how it is saved, without the day and the program: the same input gives the same bytes.
FORMATS: dict[str, dict[str, Any]] = {
    "png": {"metadata": {"Software": None}},
    "svg": {"metadata": {"Date": None, "Creator": None}},
    "pdf": {"metadata": {"CreationDate": None, "Creator": None, "Producer": None}},
    "tiff": {"pil_kwargs": {"compression": "tiff_lzw"}},
    "eps": {},
}
_ENDINGS = [f".{name}" for name in FORMATS]


def plot_format(path: str | Path) -> str:
    """The image format of a file, by its ending.

    Raises
    ------
    UsageError
        The ending is none of those of `FORMATS`.
    """
    suffix = Path(path).suffix.lower().removeprefix(".")
    suffix = {"tif": "tiff"}.get(suffix, suffix)
    if suffix not in FORMATS:
        raise UsageError(
            f"{str(path)!r} does not end in {listed(_ENDINGS, 'or')}.",
            where="--plot",
            hint="Use one of these endings, such as --plot km.pdf.",
        )
    return suffix


def draw(figure: Figure, format: str, style: FigureStyle | None = None) -> bytes:  # noqa: A002 - the option's name
    """The image of a figure in one of `FORMATS`; the same input gives the same bytes.

    Raises
    ------
    UsageError
        The figure does not fit the size of the style.

    Warns
    -----
    MissingLetters
        No font of the system has some letters of its labels.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from hcc2l.figures.fonts import boxes_untold, give_fonts
    from hcc2l.figures.size import fitted
    from hcc2l.figures.style import FigureStyle

    style = style or FigureStyle()
    module, _, function = DRAWERS[type(figure)].partition(":")
    drawer = getattr(import_module(module), function)
    with mpl.rc_context():
        mpl.rcdefaults()  # a matplotlibrc beside the cohort, or the user's own, changes no figure
        picture = fitted(lambda paper: drawer(figure, paper), style)
        FigureCanvasAgg(picture)
        if give_fonts(picture):  # the system's may be OpenType, lost when embedded as TrueType
            mpl.rcParams["pdf.fonttype"] = mpl.rcParams["ps.fonttype"] = 3
        if format == "eps":
            _make_opaque(picture)
        file = io.BytesIO()
        with boxes_untold():
            picture.savefig(file, format=format, dpi=style.dpi, **FORMATS[format])
    if format == "eps":
        return re.sub(rb"%%(CreationDate|Creator): .*\n", b"", file.getvalue())
    return file.getvalue()


def _make_opaque(picture: Picture) -> None:
    """Replace transparent colours by what they are on white: PostScript has none."""
    from matplotlib.collections import Collection
    from matplotlib.colors import to_rgb
    from matplotlib.lines import Line2D
    from matplotlib.text import Text

    def on_white(colour: Any, alpha: float) -> list[float]:
        return [1 - alpha * (1 - part) for part in to_rgb(colour)]

    for band in picture.findobj(Collection):
        if alpha := band.get_alpha():
            band.set(facecolor=on_white(band.get_facecolor()[0], float(alpha)), alpha=None)
    for line in picture.findobj(Line2D):
        if alpha := line.get_alpha():
            line.set(color=on_white(line.get_color(), float(alpha)), alpha=None)
    for text in picture.findobj(Text):
        if box := text.get_bbox_patch():
            box.set_alpha(None)


def plot_report(report: Report, path: str | Path, style: FigureStyle | None = None) -> None:
    """Write a report's figure to a file, in the format of its ending.

    Raises
    ------
    UsageError
        The ending is none of those of `FORMATS`, the figure does not fit the size of the style,
        or the file is read-only.
    AnalysisError
        The report has no figure.
    InputError
        The file cannot be written.
    """
    format = plot_format(path)  # noqa: A001 - the option's name
    if report.draw is None:
        raise AnalysisError("There is no figure for this analysis.")
    write_files({str(path): draw(report.draw(), format, style)})
