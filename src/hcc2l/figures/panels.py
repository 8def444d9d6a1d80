"""Several figures as the panels of one, each with its letter."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from string import ascii_uppercase

_GAP = 60  # pixels, of figures with 300 dots per inch
_LETTER = 46  # pixels: 11 points
_PAGE = 2008  # pixels: 17 cm, to which wider figures are reduced


def panels(pictures: Sequence[bytes], columns: int) -> bytes:
    """PNG images row by row, A, B, C …; those of a column are equally wide. A single one as it is.

    Parameters
    ----------
    columns
        How many stand side by side.
    """
    from PIL import Image, ImageDraw, ImageFont

    if len(pictures) == 1:
        return pictures[0]
    import matplotlib as mpl

    font = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"
    images = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    width = max(image.width for image in images)
    across = min(columns, len(images))
    size = round(_LETTER * max(1.0, across * width / _PAGE))
    letter = ImageFont.truetype(str(font), size)
    rows = [images[i : i + columns] for i in range(0, len(images), columns)]
    heights = [max(image.height for image in row) + size + _GAP // 2 for row in rows]
    whole = Image.new(
        "RGB",
        (across * width + (across - 1) * _GAP, sum(heights) + (len(rows) - 1) * _GAP),
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
