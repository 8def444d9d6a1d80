"""The notes of a report as its documents print them."""

from __future__ import annotations

import re

from hcc2l.report import Report

_TYPED = re.compile(r"(?<!\w)--?[a-z]|hcc2l[ .][a-z]")  # an option, a command, the dictionary
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z0-9])")


def remarks(report: Report) -> list[str]:
    """What a reader of the document should know; what to type next is for the terminal alone."""
    texts = (
        " ".join(s for s in _BETWEEN_SENTENCES.split(note.text) if not _TYPED.search(s))
        for note in report.notes
    )
    return [text for text in texts if text]
