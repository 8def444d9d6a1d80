"""Values as a dictionary writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable


def text(value: str) -> str:
    """A text in quotation marks."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def array(values: Iterable[str]) -> str:
    """A list of texts."""
    return f"[{', '.join(map(text, values))}]"


def key(name: str) -> str:
    """A key, in quotation marks where it needs them."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else text(name)
