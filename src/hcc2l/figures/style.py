"""The style of every figure: sizes of a journal column, colours safe for colour blindness."""

from __future__ import annotations

from typing import Any

# Okabe and Ito's palette, dark colours first; line styles differ too, for printing in grey.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9", "#7F7F7F")
DASHES: tuple[tuple[int, tuple[float, ...]], ...] = (
    (0, ()), (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)), (0, (9, 2)),
    (0, (3, 1.2, 1.2, 1.2, 1.2, 1.2)), (0, (2.5, 2.5)), (0, (1, 3)),
)  # fmt: skip

FONT = "DejaVu Sans"  # comes with matplotlib, so that figures are the same everywhere
STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": [FONT],
    "font.size": 8.0,
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.0,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "xtick.major.width": 0.8,
    "ytick.major.width": 0.8,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "lines.solid_capstyle": "butt",
    "legend.frameon": False,
    "text.parse_math": False,  # a $ in a label is a dollar
    "svg.hashsalt": "hcc2l",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "figure.dpi": 100.0,
}


def colour(i: int) -> str:
    """The i-th group's colour."""
    return COLOURS[i % len(COLOURS)]


def dashes(i: int) -> tuple[int, tuple[float, ...]]:
    """The i-th group's line style."""
    return DASHES[i % len(DASHES)]
