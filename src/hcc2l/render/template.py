"""The Word document whose styles and page set-up another takes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from hcc2l.errors import UsageError

PARAGRAPH_STYLES = (
    "Normal", "Heading 1", "Heading 2", "Caption", "Table Text", "Table Footnote", "List Bullet",
    "List Number",
)  # fmt: skip
_KEPT = {
    "styles", "numbering", "settings", "fontTable", "theme", "webSettings", "header", "footer",
    "footnotes", "endnotes",
}  # fmt: skip


def read_template(path: str | Path) -> bytes:
    """The content of a template.

    Raises
    ------
    UsageError
        The file cannot be read or is no Word document.
    """
    where = f"--template {path}"
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(
            f"The template cannot be read: {error.strerror}.",
            where=where,
            hint="Give the .docx file of the journal.",
        ) from None
    try:
        document = _opened(content)
    except Exception:  # python-docx raises whatever a damaged archive or XML makes it raise
        raise UsageError(
            "This file is no Word document (.docx).",
            where=where,
            hint="Open it in Word or LibreOffice and save it as .docx, then give that file.",
        ) from None
    for name in PARAGRAPH_STYLES:
        if name in document.styles and document.styles[name].type != _paragraph():
            raise UsageError(
                f"Its style {name!r} is not a style of paragraphs.",
                where=where,
                hint="Rename that style in the template.",
            )
    return content


def emptied(content: bytes) -> Any:
    """The template without its text: styles, page set-up, headers and footers remain."""
    document = _opened(content)
    body = document.element.body
    for element in list(body):
        if element is not body.sectPr:
            body.remove(element)
    for name, relation in list(document.part.rels.items()):
        if relation.reltype.rpartition("/")[2] not in _KEPT:
            del document.part.rels[name]
    properties = document.core_properties
    for field in ("last_modified_by", "comments", "keywords", "subject", "category"):
        setattr(properties, field, "")
    return document


def _opened(content: bytes) -> Any:
    import docx

    document = docx.Document(io.BytesIO(content))
    if document.element.body.sectPr is None:
        raise ValueError("no page set-up")
    return document


def _paragraph() -> Any:
    from docx.enum.style import WD_STYLE_TYPE

    return WD_STYLE_TYPE.PARAGRAPH
