"""Times of `hcc2l cox` beside those of R, as ratios in one run.

    make bench

The fits alone are timed inside the processes, on the same numbers, in turns; the analysis of 424
patients as whole processes.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench_km import compare, cpu_and_memory, write_cohort

COVARIATES = "treatment,age,sex,ecog,child_pugh,afp,alt,albumin"
R_ANALYSIS = f"""
suppressPackageStartupMessages(library(survival))
d <- read.csv(commandArgs(TRUE)[1], na.strings = "")
names <- strsplit("{COVARIATES}", ",")[[1]]
for (name in names)
  print(summary(coxph(reformulate(name, "Surv(os_months, death)"), data = d)))
f <- coxph(reformulate(names, "Surv(os_months, death)"), data = d)
print(summary(f))
print(drop1(f, test = "Chisq"))
print(cox.zph(f))
"""
R_FIT = """
suppressPackageStartupMessages(library(survival))
a <- commandArgs(TRUE); n <- as.integer(a[2])
m <- matrix(readBin(a[1], "double", n * 12), n, 12)
t0 <- proc.time()
f <- coxph(Surv(m[, 1], m[, 2]) ~ m[, 3:12])
used <- proc.time() - t0
cat(used[[1]] + used[[2]], format(f$loglik[2], digits = 15), "\\n")
"""
PYTHON_FIT = """
import os, resource, sys, time
os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
from hcc2l.stats.cox import cox
m = np.fromfile(sys.argv[1]).reshape(12, int(sys.argv[2])).T
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
t0 = time.process_time()
f = cox(m[:, 0], m[:, 1] > 0, m[:, 2:])
used = time.process_time() - t0
print(used, f.loglik, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def write_numbers(path: Path, rows: int, *, days: bool) -> None:
    """Times, events and ten covariates, column by column, as doubles."""
    import numpy as np

    random = np.random.default_rng(1)
    age = random.integers(30, 88, rows).astype(float)
    yes_no = random.integers(0, 2, (5, rows)).astype(float)
    x = np.vstack([age, yes_no, random.normal(size=(4, rows))])
    time = random.exponential(400 * np.exp(-0.01 * (age - 60) - 0.2 * yes_no[0]))
    censoring = random.uniform(10, 1500, rows)
    observed = np.minimum(time, censoring)
    observed = np.ceil(observed) if days else observed
    np.vstack([observed, (time <= censoring).astype(float), x]).tofile(path)


def fit_times(command: list[str]) -> list[float]:
    """The numbers that a fitting script prints: CPU seconds, log-likelihood, more."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def compare_fits(title: str, ours: list[str], peer: list[str], runs: int, at_most: float) -> None:
    """Print the ratio of CPU seconds of two fits of the same model."""
    pairs = [(fit_times(ours), fit_times(peer)) for _ in range(runs)]
    assert all(abs(a[1] / b[1] - 1) < 1e-9 for a, b in pairs), "not the same model"
    ratio = statistics.median(a[0] / b[0] for a, b in pairs)
    print(
        f"{title:44s} {statistics.median(a[0] for a, _ in pairs):7.2f} s"
        f" {statistics.median(b[0] for _, b in pairs):7.2f} s   ratio {ratio:.2f}"
        f" (at most {at_most:.2f})   {max(a[2] for a, _ in pairs):5.0f} MB more than the data"
    )


def main() -> None:
    """Run every comparison; without R there is nothing to compare with."""
    rscript = shutil.which("Rscript")
    hcc2l = [sys.executable, "-m", "hcc2l", "cox", "-x", COVARIATES, "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        small, script = Path(folder, "small.csv"), Path(folder, "cox.R")
        write_cohort(small, 424)
        if rscript is None:
            print(f"hcc2l cox, 424 rows: {cpu_and_memory([*hcc2l, str(small)])[0]:.2f} s; "
                  "Rscript is not installed: its comparisons are passed over.")  # fmt: skip
            return
        script.write_text(R_ANALYSIS)
        compare("cox, 424 rows x 8, against R", [*hcc2l, str(small)],
                [rscript, str(script), str(small)], 7, 0.6)  # fmt: skip
        script.write_text(R_FIT)
        python_script, numbers = Path(folder, "cox_fit.py"), Path(folder, "numbers")
        python_script.write_text(PYTHON_FIT)
        for rows, days, at_most in ((1_000_000, True, 0.3), (100_000, False, 0.5)):
            write_numbers(numbers, rows, days=days)
            what = "days, tied" if days else "unique times"
            compare_fits(
                f"cox fit, {rows:,} rows x 10, {what}",
                [sys.executable, str(python_script), str(numbers), str(rows)],
                [rscript, str(script), str(numbers), str(rows)], 3, at_most,
            )  # fmt: skip


if __name__ == "__main__":
    main()
