"""Whole-process times of `hcc2l psmatch` beside those of R's MatchIt, as ratios in one run.

    make bench

As `bench_km.py`: runs in turns, medians of CPU seconds.
"""

from __future__ import annotations

import multiprocessing
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from bench_km import compare, cpu_and_memory, write_cohort

COHORT = Path(__file__).parents[1] / "sample_data" / "chon2024" / "cohort.csv"
BUNDLED = ["age", "sex", "tumor_size_cm", "tumor_number", "extrahepatic_spread", "lymph_node",
           "child_pugh"]  # fmt: skip
SYNTHETIC = ["age", "sex", "ecog", "child_pugh", "bclc", "afp", "albumin", "tumor_size_cm"]
MATCH = """
suppressPackageStartupMessages({library(MatchIt); library(survival)})
a <- commandArgs(TRUE); v <- strsplit(a[3], ",")[[1]]
d <- read.csv(a[1], na.strings = ""); d$t <- as.integer(d[[a[2]]] == "lenvatinib")
m <- matchit(reformulate(v, "t"), data = d, method = "nearest", distance = "glm",
             link = "linear.logit", caliper = 0.2)
print(summary(m))
"""
OUTCOMES = """
k <- match.data(m)
for (e in list(c("os_months", "death"), c("pfs_months", "pfs_event"))) for (x in list(d, k)) {
  f <- as.formula(sprintf("Surv(%s, %s) ~ t", e[1], e[2]))
  print(survfit(f, data = x)); print(survdiff(f, data = x)); print(summary(coxph(f, data = x)))
  if (!is.null(x$subclass)) {
    print(summary(coxph(f, data = x, weights = weights, cluster = subclass)))
    print(summary(coxph(update(f, . ~ . + strata(subclass)), data = x)))
    print(survdiff(update(f, . ~ . + strata(subclass)), data = x))
  }
}
"""


def write_groups(path: Path, treated: int, controls: int) -> None:
    """A cohort of so many treated patients and controls, with no endpoint."""
    import numpy as np

    rng = np.random.default_rng(1)
    arm = np.repeat(["lenvatinib", "sorafenib"], [treated, controls])
    age = rng.normal(63, 9, arm.size) + 3 * (arm == "lenvatinib")
    afp, size = rng.normal(5, 2, arm.size), rng.gamma(2, 2, arm.size)
    with path.open("w") as file:
        file.write("treatment,age,afp,size\n")
        file.writelines(
            f"{a},{b:.2f},{c:.3f},{d:.2f}\n" for a, b, c, d in zip(arm, age, afp, size, strict=True)
        )


def main() -> None:
    """Run every comparison that this machine has the peers for."""
    hcc2l = [sys.executable, "-m", "hcc2l", "psmatch", "--quiet", "--treat"]
    with tempfile.TemporaryDirectory() as folder:
        large, groups = Path(folder, "large.csv"), Path(folder, "groups.csv")
        for write, arguments in (
            (write_cohort, (large, 50_000)),
            (write_groups, (groups, 2000, 8000)),
        ):
            writer = multiprocessing.Process(target=write, args=arguments)
            writer.start()
            writer.join()
        ours = [*hcc2l, "treatment=lenvatinib", str(groups), "-x", "age,afp,size"]
        near = statistics.median(cpu_and_memory(ours)[0] for _ in range(3))
        for caliper in ("0.2", "none"):
            best, memory = cpu_and_memory([*ours, "--method", "optimal", "--caliper", caliper])
            title = f"2,000 x 8,000, optimal, caliper {caliper}"
            print(f"{title:44s} {best:7.2f} s {near:7.2f} s   ratio {best / near:.2f} to nearest"
                  f" (at most 20)   {memory:5.0f} MB")  # fmt: skip
        rscript = shutil.which("Rscript")
        if rscript is None:
            print("Rscript is not installed: its comparisons are passed over.")
            return
        match, all_of_it = Path(folder, "match.R"), Path(folder, "all.R")
        match.write_text(MATCH)
        all_of_it.write_text(MATCH + OUTCOMES)
        compare(
            "126 rows with outcomes, against R",
            [*hcc2l, "lenvatinib", str(COHORT), "--endpoint", "os,pfs"],
            [rscript, str(all_of_it), str(COHORT), "second_line", ",".join(BUNDLED)], 5, 0.8,
        )  # fmt: skip
        compare(
            "50,000 rows with outcomes, against MatchIt",
            [*hcc2l, "treatment=lenvatinib", str(large), "-x", ",".join(SYNTHETIC)],
            [rscript, str(match), str(large), "treatment", ",".join(SYNTHETIC)], 3, 0.3,
        )  # fmt: skip


if __name__ == "__main__":
    main()
