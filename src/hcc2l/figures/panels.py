"""Several figures as the panels of one, each with its letter."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from string import ascii_uppercase

from hcc2l.errors import UsageError
from hcc2l.figures import draw
from hcc2l.figures.style import FigureStyle
from hcc2l.report import Figure, SurvivalFigure, SurvivalPanels

PAGE = 170.0  # mm, the width of all panels of a figure
_GAP = 60  # pixels, of figures with 300 dots per inch
_LETTER = 46  # pixels: 11 points
_PIXELS = 2008  # pixels: 17 cm, to which wider figures are reduced


def panels(figures: Sequence[Figure], styles: Sequence[FigureStyle], columns: int) -> bytes:
    """The figures row by row as one PNG image, A, B, C …; a single one without a letter.

    Panels are as narrow as their number beside each other asks for, so that their letters can be
    read in the width of a page, unless a width was given or is too small for them. Survival
    curves stand on axes of equal height, under one legend where their groups are the same.

    Parameters
    ----------
    styles
        Of each figure; the width is that of a panel.
    columns
        How many stand side by side.

    Raises
    ------
    UsageError
        A figure does not fit the size of its style.
    """
    beside = min(columns, len(figures))
    if len(figures) == 1:
        return draw(figures[0], "png", styles[0])
    curves = [figure for figure in figures if isinstance(figure, SurvivalFigure)]
    if len(curves) == len(figures) and len({replace(style, title=None) for style in styles}) == 1:
        titles = tuple(style.title or "" for style in styles)
        whole = SurvivalPanels(tuple(curves), titles, beside, letters=True)
        return _narrow(whole, _of_all(styles[0], beside, -(-len(figures) // beside)), PAGE)
    pictures = [_narrow(f, s, PAGE / beside) for f, s in zip(figures, styles, strict=True)]
    return _pasted(pictures, beside)


def _of_all(style: FigureStyle, beside: int, rows: int) -> FigureStyle:
    """The style of all panels from that of each."""
    return replace(
        style,
        title=None,
        width=style.width and style.width * beside,
        height=style.height and style.height * rows,
    )


def _narrow(figure: Figure, style: FigureStyle, width: float) -> bytes:
    """The figure as PNG, of a width in mm where none was given and it is not too small."""
    if style.width is None:
        try:
            return draw(figure, "png", replace(style, width=width))
        except UsageError:
            pass
    return draw(figure, "png", style)


def _pasted(pictures: Sequence[bytes], columns: int) -> bytes:
    """PNG images row by row, each under its letter; those of a column are equally wide."""
    import matplotlib as mpl
    from PIL import Image, ImageDraw, ImageFont

    font = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"
    images = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    width = max(image.width for image in images)
    size = round(_LETTER * max(1.0, columns * width / _PIXELS))
    letter = ImageFont.truetype(str(font), size)
    rows = [images[i : i + columns] for i in range(0, len(images), columns)]
    heights = [max(image.height for image in row) + size + _GAP // 2 for row in rows]
    whole = Image.new(
        "RGB",
        (columns * width + (columns - 1) * _GAP, sum(heights) + (len(rows) - 1) * _GAP),
        "white",
    )
    pen, top, names = ImageDraw.Draw(whole), 0, iter(ascii_uppercase)
    for row, height in zip(rows, heights, strict=True):
        for place, image in enumerate(row):
            left = place * (width + _GAP)
            pen.text((left, top), next(names), fill="black", font=letter)
            whole.paste(image, (left, top + size + _GAP // 2))
        top += height + _GAP
    file = io.BytesIO()
    whole.save(file, format="png", dpi=(300, 300))
    return file.getvalue()
