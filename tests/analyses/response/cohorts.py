"""Cohorts of responses, from counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

RESPONSES = ("CR", "PR", "SD", "PD", "NE", "")


def cohort(**groups: Sequence[int]) -> str:
    """A file with so many patients of each response (CR PR SD PD NE, none recorded) in a group."""
    lines = ["id,arm,response"]
    for arm, counts in groups.items():
        for response, count in zip(RESPONSES, counts, strict=False):
            lines += [f"{arm}{len(lines) + i},{arm},{response}" for i in range(count)]
    return "\n".join(lines) + "\n"


# The counts that the papers print.
CHON_RECIST = cohort(sorafenib=(0, 5, 16, 47, 18), lenvatinib=(0, 3, 24, 11, 2))
CHON_MRECIST = cohort(sorafenib=(0, 6, 15, 47, 18), lenvatinib=(0, 6, 22, 10, 2))
XU_RECIST = cohort(R=(0, 2, 10, 15), LP=(1, 7, 22, 11))
XU_MRECIST = cohort(R=(1, 3, 8, 15), LP=(3, 9, 18, 11))
TOG = cohort(sorafenib=(0, 7, 17, 17), regorafenib=(0, 1, 1, 5), cabozantinib=(0, 2, 1, 3))
SORA2 = cohort(all=(0, 3, 20, 32, 0, 26))

# File -> group -> rate -> the patients of those analysed, and the percentage as printed.
PUBLISHED: Mapping[str, Mapping[str, Mapping[str, tuple[int, int, float]]]] = {
    CHON_RECIST: {
        "lenvatinib": {"ORR": (3, 40, 7.5), "DCR": (27, 40, 67.5)},
        "sorafenib": {"ORR": (5, 86, 5.8), "DCR": (21, 86, 24.4)},
    },
    CHON_MRECIST: {
        "lenvatinib": {"ORR": (6, 40, 15.0), "DCR": (28, 40, 70.0)},
        "sorafenib": {"ORR": (6, 86, 7.0)},
    },
    XU_RECIST: {
        "LP": {"ORR": (8, 41, 19.5), "DCR": (30, 41, 73.2)},
        "R": {"ORR": (2, 27, 7.4), "DCR": (12, 27, 44.4)},
    },
    XU_MRECIST: {
        "LP": {"ORR": (12, 41, 29.3), "DCR": (30, 41, 73.2)},
        "R": {"ORR": (4, 27, 14.8), "DCR": (12, 27, 44.4)},
    },
}
