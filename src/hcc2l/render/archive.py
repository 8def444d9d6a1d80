"""Office files: texts that XML can hold, and no time stamps, so that the bytes are the same."""

from __future__ import annotations

import io
import re
import zipfile

_STAMP = (1980, 1, 1, 0, 0, 0)
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def xml_text(text: str) -> str:
    """A text without the control characters that no office file can hold."""
    return _NOT_IN_XML.sub(" ", text)


def without_clock(content: bytes) -> bytes:
    """The archive with fixed dates, of its entries and in its properties."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in sorted(source.infolist(), key=lambda e: e.filename != "[Content_Types].xml"):
            data = source.read(entry)
            if entry.filename == "docProps/core.xml":
                data = _DATES.sub(rb"\g<1>2000-01-01T00:00:00Z", data)
            target.writestr(zipfile.ZipInfo(entry.filename, _STAMP), data, zipfile.ZIP_DEFLATED)
    return result.getvalue()
