"""The names of statistical tests, as tables, footnotes and sentences print them."""

from __future__ import annotations

TEST_LABELS = {
    "student": "Student's t", "welch": "Welch's t", "anova": "ANOVA",
    "welch-anova": "Welch's ANOVA",
    "mann-whitney": "Mann–Whitney",
    "mann-whitney-uncorrected": "Mann–Whitney without continuity correction",
    "kruskal-wallis": "Kruskal–Wallis", "paired-t": "Paired t",
    "wilcoxon": "Wilcoxon signed-rank",
    "wilcoxon-uncorrected": "Wilcoxon signed-rank without continuity correction",
    "chi-square": "χ²", "chi-square-yates": "χ² with Yates' correction", "fisher": "Fisher",
    "trend": "χ² for trend", "mcnemar": "McNemar",
    "mcnemar-uncorrected": "McNemar without continuity correction",
    "mcnemar-exact": "Exact McNemar",
    "stuart-maxwell": "Stuart–Maxwell", "mantel-haenszel": "Mantel–Haenszel",
    "t-pooled": "t, pooled", "chi-square-pooled": "χ², pooled",
}  # fmt: skip
