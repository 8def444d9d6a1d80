"""Times and memory of `hcc2l tree` beside R's party, as ratios in one run.

    make bench

The first part runs whole processes in turns, see bench_km.py. The second grows trees in this
process on 1,000 to 1,000,000 rows of the same ten candidates: a level of a tree should cost n log n
and growing it little memory beside the candidates themselves.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

from bench_km import compare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

R_SCRIPT = """
suppressPackageStartupMessages(library(party))
d <- read.csv(commandArgs(TRUE)[1], na.strings = "", stringsAsFactors = TRUE)
f <- Surv(os_months, death) ~ treatment + age + sex + ecog + child_pugh + bclc + afp + albumin +
  mvi + size
t <- ctree(f, data = d, controls = ctree_control(mincriterion = 0.9))
print(table(where(t)))
"""
TEXTS = {"treatment": ("lenvatinib", "sorafenib"), "sex": ("female", "male"),
         "child_pugh": ("A", "B"), "bclc": ("B", "C")}  # fmt: skip
CANDIDATES = (
    "treatment", "age", "sex", "ecog", "child_pugh", "bclc", "afp", "albumin", "mvi", "size",
)  # fmt: skip


def columns(rows: int, seed: int = 1) -> dict[str, NDArray[np.float64]]:
    """A synthetic cohort whose survival depends on several of ten candidates, some missing."""
    import numpy as np

    rng = np.random.default_rng(seed)
    made = {name: rng.integers(0, 2, rows).astype(float) for name in (*TEXTS, "mvi")}
    made["age"] = np.round(rng.normal(63, 9, rows))
    made["ecog"] = rng.integers(0, 3, rows).astype(float)
    made["afp"] = np.round(np.exp(rng.normal(5.4, 1.9, rows)), 1)
    made["albumin"] = np.round(rng.normal(38 - 3 * made["child_pugh"], 4, rows), 1)
    made["size"] = np.round(np.exp(rng.normal(1.5, 0.7, rows)), 1)
    risk = (1.1 * made["child_pugh"] + 0.9 * (made["afp"] > 400) * (1 - made["child_pugh"])
            + 0.25 * made["mvi"] - 0.4 * made["treatment"] - 0.02 * made["albumin"])  # fmt: skip
    survival = 8 * np.exp(-risk) * rng.weibull(1.25, rows)
    censoring = rng.uniform(4, 42, rows)
    made["os_months"] = np.maximum(np.round(np.minimum(survival, censoring), 2), 0.01)
    made["death"] = (survival <= censoring).astype(float)
    for name in ("child_pugh", "afp", "ecog"):
        made[name][rng.random(rows) < 0.06] = np.nan
    return made


def write_cohort(path: Path, rows: int) -> None:
    """That cohort as a file."""
    made = columns(rows)

    def cell(name: str, value: float) -> str:
        if math.isnan(value):
            return ""
        return TEXTS[name][int(value)] if name in TEXTS else f"{value:g}"

    with path.open("w") as file:
        file.write(",".join(made) + "\n")
        for row in zip(*(values.tolist() for values in made.values()), strict=True):
            file.write(",".join(map(cell, made, row)) + "\n")


def grow_once(rows: int) -> None:
    """Print time, time per row, level and log n, and peak memory of growing one tree."""
    from hcc2l.stats.association import Covariate
    from hcc2l.stats.tree import Growth, grow, logrank_scores

    made = columns(rows)
    covariates = [
        Covariate("factor", made[name], 2) if name in TEXTS else Covariate("numeric", made[name])
        for name in CANDIDATES
    ]
    data = sum(c.values.nbytes for c in covariates)
    start = time.perf_counter()
    score = logrank_scores(made["os_months"], made["death"] == 1)
    tree = grow(score, covariates, Growth(alpha=0.1))
    took = time.perf_counter() - start
    tracemalloc.start()
    grow(score, covariates, Growth(alpha=0.1))
    peak = tracemalloc.get_traced_memory()[1]
    levels = max(node.depth for node in tree.nodes)
    unit = took / (rows * levels * math.log2(rows)) * 1e9
    print(
        f"{rows:9,d} {levels:7d} {len(tree.leaves):7d} {took:9.3f} s {unit:12.2f} ns"
        f" {data / 1e6:9.1f} MB {(data + peak) / data:9.2f}"
    )


def main() -> None:
    """Run both parts."""
    hcc2l = [sys.executable, "-m", "hcc2l"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the command itself does
    print(f"{'rows':>9s} {'levels':>7s} {'leaves':>7s} {'growth':>11s} {'/ n level lg n':>15s}"
          f" {'candidates':>12s} {'memory':>9s} (times the candidates, at most 4)")  # fmt: skip
    for rows in (1_000, 10_000, 100_000, 1_000_000):
        worker = multiprocessing.Process(target=grow_once, args=(rows,))
        worker.start()
        worker.join()
    rscript = shutil.which("Rscript")
    if rscript is None:
        print("Rscript is not installed: its comparisons are passed over.")
        return
    with tempfile.TemporaryDirectory() as folder:
        r_script = Path(folder, "tree.R")
        r_script.write_text(R_SCRIPT)
        asked = ["tree", "-x", ",".join(CANDIDATES), "--alpha", "0.1", "--quiet"]
        for rows, runs, at_most in ((424, 7, 0.6), (50_000, 3, 0.5)):
            path = Path(folder, f"{rows}.csv")
            worker = multiprocessing.Process(target=write_cohort, args=(path, rows))
            worker.start()
            worker.join()
            compare(
                f"{rows:,d} rows, 10 candidates, against party",
                [*hcc2l, *asked, str(path)], [rscript, str(r_script), str(path)], runs, at_most,
            )  # fmt: skip


if __name__ == "__main__":
    main()
