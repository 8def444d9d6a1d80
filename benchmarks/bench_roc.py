"""Whole-process times of `hcc2l roc` beside those of R's pROC, as ratios in one run.

    make bench

Where cutpointr is not installed, the same bootstrap (cut-off, apparent and out-of-bag rates of
every sample) is written with pROC alone.
"""

from __future__ import annotations

import multiprocessing
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench_km import compare, write_cohort

LARGE_SCRIPT = """
suppressPackageStartupMessages(library(pROC))
d <- read.csv(commandArgs(TRUE)[1], na.strings = "")
r <- roc(d$death, d$afp, quiet = TRUE)
print(ci.auc(r, method = "delong"))
print(coords(r, "best", best.method = "youden", transpose = FALSE))
"""
BOOT_SCRIPT = """
suppressPackageStartupMessages({library(pROC); cut <- require(cutpointr, quietly = TRUE)})
d <- read.csv(commandArgs(TRUE)[1], na.strings = "")
d <- d[!is.na(d$afp), ]
one <- function(x, y) pROC::roc(y, x, levels = c(0, 1), quiet = TRUE)
r <- one(d$afp, d$death)
print(ci.auc(r, method = "delong"))
set.seed(1)
if (cut) {
  b <- cutpointr(d, afp, death, method = maximize_metric, metric = youden, pos_class = 1,
    use_midpoints = TRUE, boot_runs = 2000)
  print(summary(b))
} else {
  b <- replicate(2000, {
    i <- sample(nrow(d), replace = TRUE); o <- d[-i, ]
    s <- one(d$afp[i], d$death[i])
    t <- pROC::coords(s, "best", best.method = "youden", transpose = FALSE)[1, ]
    called <- function(x) if (s$direction == "<") x >= t$threshold else x <= t$threshold
    c(t$threshold, t$sensitivity, t$specificity, pROC::auc(s), mean(called(o$afp)[o$death == 1]),
      mean(!called(o$afp)[o$death == 0]))
  })
  print(quantile(b[1, ], c(.025, .975)))
  print(rowMeans(b))
}
"""


def main() -> None:
    """Run both comparisons, if R and pROC are there."""
    rscript = shutil.which("Rscript")
    asked = [rscript or "", "-e", "quit(status = !requireNamespace('pROC', quietly = TRUE))"]
    if rscript is None or subprocess.run(asked, check=False, capture_output=True).returncode:
        print("R's pROC is not installed: its comparisons are passed over.")
        return
    hcc2l = [sys.executable, "-m", "hcc2l", "roc", "--outcome", "death", "--marker", "afp"]
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.csv"), Path(folder, "large.csv")
        for path, rows in ((small, 424), (large, 1_000_000)):
            writer = multiprocessing.Process(target=write_cohort, args=(path, rows))
            writer.start()
            writer.join()
        whole, boot = Path(folder, "large.R"), Path(folder, "boot.R")
        whole.write_text(LARGE_SCRIPT)
        boot.write_text(BOOT_SCRIPT)
        print(f"{'':44s} {'hcc2l':>9s} {'pROC':>9s}   (CPU, whole process)")
        compare(
            "1,000,000 rows, AUC, DeLong, Youden", [*hcc2l, "--quiet", str(large)],
            [rscript, str(whole), str(large)], 3, 0.5,
        )  # fmt: skip
        compare(
            "424 rows, 2,000 bootstrap samples", [*hcc2l, "--boot", "2000", "--quiet", str(small)],
            [rscript, str(boot), str(small)], 5, 0.3,
        )  # fmt: skip


if __name__ == "__main__":
    main()
