"""The p of published tables (Chon et al. 2024, Xu et al. 2024), from their counts."""

from __future__ import annotations

import pytest

import hcc2l
from tests.conftest import Write

# Patients with the characteristic in lenvatinib (of 40) and in sorafenib (of 86); printed p.
CHON = {
    "tumor_number": (24, 59, 0.343),
    "lymph_node": (20, 28, 0.061),
    "macrovascular_invasion": (17, 41, 0.588),
    "mrecist_orr": (6, 6, 0.153),
    "mrecist_pd": (10, 47, 0.002),
    "mrecist_ne": (2, 18, 0.022),
    "stopped_for_ae": (12, 16, 0.152),
}
# The same in lenvatinib with PD-1 inhibitor (of 41) and regorafenib (of 27).
XU = {
    "age_50": (28, 19, 0.856),
    "male": (37, 25, 0.738),
    "child_pugh_b": (6, 8, 0.135),
    "bclc_c": (27, 20, 0.473),
    "hbv": (35, 18, 0.069),
    "cirrhosis": (32, 21, 0.979),
    "pvtt": (14, 5, 0.160),
    "extrahepatic": (24, 20, 0.190),
    "tace_or_haic": (24, 21, 0.101),
    "afp_400": (16, 12, 0.657),
}
# Discordant pairs of 36 in Chon's matched cohort: the first alone, the second alone; printed p.
PAIRS = {
    "ecog_0": (9, 7, 0.617),
    "viral": (5, 4, 0.739),
    "child_pugh_a": (2, 1, 0.564),
    "lymph_node": (12, 6, 0.157),
    "macrovascular_invasion": (8, 10, 0.637),
}


def patients(counts: dict[str, list[tuple[int, int]]]) -> str:
    """Rows with 1 for the first patients of each group, else 0: (with it, all) by variable."""
    (sizes,) = {tuple(n for _, n in groups) for groups in counts.values()}
    lines = [",".join(["arm", *counts])]
    lines += [
        ",".join([f"arm{group}", *(str(int(i < c[group][0])) for c in counts.values())])
        for group, n in enumerate(sizes)
        for i in range(n)
    ]
    return "\n".join(lines)


def p_of(report: hcc2l.Report) -> dict[str, float]:
    return {row["variable"]: row["p"] for row in report.table("tests").rows}  # type: ignore[misc]


@pytest.mark.parametrize(("study", "sizes"), [(CHON, (40, 86)), (XU, (41, 27))])
def test_chi_square_of_published_counts(
    study: dict[str, tuple[int, int, float]], sizes: tuple[int, int], write: Write
) -> None:
    counts = {name: [(a, sizes[0]), (b, sizes[1])] for name, (a, b, _) in study.items()}
    path = write("study.csv", patients(counts))
    found = p_of(hcc2l.table1(path, by="arm", covariates=list(study), test=["chi-square"]))
    for name, (_, _, printed) in study.items():
        assert found[name] == pytest.approx(printed, abs=0.0008), name  # a printed p may be cut off


def test_fisher_of_published_counts(write: Write) -> None:
    """Chon et al., matched extrahepatic metastases 27 and 29 of 36; Xu et al., ORR and mRECIST."""
    for first, second, printed in (
        ((27, 36), (29, 36), 0.778),
        ((12, 41), (4, 27), 0.245),
    ):
        path = write("study.csv", patients({"x": [first, second]}))
        found = p_of(hcc2l.table1(path, by="arm", covariates=["x"], test=["fisher"]))
        assert found["x"] == pytest.approx(printed, abs=0.0006)


def test_levels_of_published_counts(write: Write) -> None:
    """Xu et al.: ECOG 0, 1, 2 in 13, 20, 8 and 7, 15, 5 patients, p 0.844."""
    rows = [("LP", level) for level, n in zip("012", (13, 20, 8), strict=True) for _ in range(n)]
    rows += [("R", level) for level, n in zip("012", (7, 15, 5), strict=True) for _ in range(n)]
    path = write("study.csv", "arm,ecog\n" + "\n".join(",".join(row) for row in rows))
    found = p_of(hcc2l.table1(path, by="arm", test=["chi-square"]))
    assert found["ecog"] == pytest.approx(0.844, abs=0.0005)


def test_mcnemar_of_published_counts(write: Write) -> None:
    """Chon et al., matched: McNemar's test without continuity correction."""
    lines = ["arm,pair," + ",".join(PAIRS)]
    for pair in range(36):
        for arm in (0, 1):
            cells = [
                int(pair < first if arm == 0 else first <= pair < first + second)
                for first, second, _ in PAIRS.values()
            ]
            lines.append(f"{'LS'[arm]},{pair + 1}," + ",".join(map(str, cells)))
    path = write("matched.csv", "\n".join(lines))
    report = hcc2l.table1(path, by="arm", pair="pair")
    found = p_of(report)
    assert {row["test"] for row in report.table("tests").rows} == {"mcnemar"}
    for name, (_, _, printed) in PAIRS.items():
        assert found[name] == pytest.approx(printed, abs=0.0006), name
