"""How the program asks the system for memory in a large analysis."""

from __future__ import annotations

import sys

MANY = 100_000  # rows
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt(3)


def keep_freed_memory() -> None:
    """Let the C library of Linux keep the large arrays that are freed, for those that follow.

    Else each array is new memory that the system has to fill with zeros, page by page, which takes
    a fifth of the processor's time of a Cox regression of a million rows.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # not in every C library
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, 1 << 25)
        mallopt(_TRIM_THRESHOLD, (1 << 31) - 1)
