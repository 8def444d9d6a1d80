"""Palettes of figures: colours in the order of the groups."""

from __future__ import annotations

DEFAULT_PALETTE = "okabe-ito"
# Those of journals are the palettes of the R package ggsci 3.2 (Xiao, 2024), "inspired by plots in"
# each; no journal prescribes them.
PALETTES: dict[str, tuple[str, ...]] = {
    # Okabe and Ito, https://jfly.uni-koeln.de/color, dark colours first: safe for colour blindness.
    "okabe-ito": ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9",
                  "#7F7F7F"),
    "nejm": ("#BC3C29", "#0072B5", "#E18727", "#20854E", "#7876B1", "#6F99AD", "#FFDC91",
             "#EE4C97"),
    "jama": ("#374E55", "#DF8F44", "#00A1D5", "#B24745", "#79AF97", "#6A6599", "#80796B"),
    "lancet": ("#00468B", "#ED0000", "#42B540", "#0099B4", "#925E9F", "#FDAF91", "#AD002A",
               "#ADB6B6", "#1B1919"),
    "jco": ("#0073C2", "#EFC000", "#868686", "#CD534C", "#7AA6DC", "#003C67", "#8F7700", "#3B3B3B",
            "#A73030", "#4A6990"),
    "npg": ("#E64B35", "#4DBBD5", "#00A087", "#3C5488", "#F39B7F", "#8491B4", "#91D1C2", "#DC0000",
            "#7E6148", "#B09C85"),
    "grey": ("#000000", "#6E6E6E", "#A0A0A0", "#3C3C3C", "#8A8A8A", "#B4B4B4"),
}  # fmt: skip
