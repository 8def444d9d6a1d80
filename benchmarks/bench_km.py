"""Whole-process times of `hcc2l km` beside those of R and lifelines, as ratios in one run.

    make bench

Each pair is run in turns, so that a busy machine slows both; the figures are medians of CPU
seconds (user + system). A peer that is not installed is passed over with a word.
"""

from __future__ import annotations

import csv
import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

MILLION = 1_000_000
R_SCRIPT = """
suppressPackageStartupMessages(library(survival))
d <- read.csv(commandArgs(TRUE)[1], na.strings = "")
f <- survfit(Surv(os_months, death) ~ treatment, data = d)
print(f)
print(survdiff(Surv(os_months, death) ~ treatment, data = d))
"""
LIFELINES_SCRIPT = """
import sys
import pandas as pd
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
d = pd.read_csv(sys.argv[1])
for group, rows in d.groupby("treatment"):
    fit = KaplanMeierFitter().fit(rows["os_months"], rows["death"])
    print(group, fit.median_survival_time_)
print(multivariate_logrank_test(d["os_months"], d["treatment"], d["death"]).p_value)
"""


def write_cohort(path: Path, rows: int, seed: int = 1) -> None:
    """A synthetic cohort of 14 columns with tied times in months, written by the million rows."""
    with path.open("w") as file:
        for first in range(0, rows, MILLION):
            columns = _patients(first, min(MILLION, rows - first), seed + first // MILLION)
            if not first:
                file.write(",".join(columns) + "\n")
            file.writelines(",".join(row) + "\n" for row in zip(*columns.values(), strict=True))


def _patients(first: int, rows: int, seed: int) -> dict[str, list[str]]:
    """The cells of the patients that follow the first ones, by column."""
    import numpy as np

    rng = np.random.default_rng(seed)
    drug = rng.choice(["lenvatinib", "sorafenib"], rows)
    survival = np.where(drug == "lenvatinib", 12.0, 9.0) * rng.weibull(1.1, rows)
    censoring = rng.uniform(2, 40, rows)
    columns = {
        "patient_id": np.char.add(
            "P", np.char.zfill(np.arange(first + 1, first + rows + 1).astype(str), 7)
        ),
        "treatment": drug,
        "os_months": np.char.mod("%.2f", np.minimum(survival, censoring)),
        "death": (survival <= censoring).astype(int),
        "age": rng.integers(30, 88, rows),
        "sex": rng.choice(["female", "male"], rows),
        "ecog": rng.integers(0, 3, rows),
        "child_pugh": rng.choice(["A", "B"], rows),
        "bclc": rng.choice(["B", "C"], rows),
        "afp": np.char.mod("%.1f", np.exp(rng.normal(5, 2, rows))),
        "alt": rng.integers(8, 300, rows),
        "albumin": np.char.mod("%.1f", rng.normal(37, 5, rows)),
        "lymphocytes": np.char.mod("%.2f", np.exp(rng.normal(0.2, 0.4, rows))),
        "tumor_size_cm": np.char.mod("%.1f", np.exp(rng.normal(1.5, 0.7, rows))),
    }
    return {name: np.asarray(cells).astype(str).tolist() for name, cells in columns.items()}


def write_as_r(plain: Path, quoted: Path) -> None:
    """The same cohort as R's `write.csv` writes it: quoted header and texts, and row names."""
    with plain.open(newline="") as source, quoted.open("w", newline="") as target:
        rows = csv.reader(source)
        target.write('"",' + ",".join(f'"{name}"' for name in next(rows)) + "\n")
        for number, row in enumerate(rows, start=1):
            cells = (c if c.replace(".", "", 1).isdigit() else f'"{c}"' for c in row)
            target.write(f'"{number}",' + ",".join(cells) + "\n")


def write_parquet(plain: Path, parquet: Path) -> None:
    """The same cohort in Parquet."""
    from pyarrow import csv as arrow_csv
    from pyarrow import parquet as arrow_parquet

    arrow_parquet.write_table(arrow_csv.read_csv(plain), parquet)


def cpu_and_memory(command: list[str]) -> tuple[float, float]:
    """CPU seconds and peak memory (MB) of one run; an error stops the benchmark."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            sys.exit(f"{command[0]} failed: {errors.read().decode()}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def compare(title: str, ours: list[str], peer: list[str], runs: int, at_most: float) -> None:
    """Print the ratio of our CPU time to the peer's, pair by pair."""
    mine, theirs = [], []
    for _ in range(runs):
        mine.append(cpu_and_memory(ours))
        theirs.append(cpu_and_memory(peer))
    ratio = statistics.median(a[0] / b[0] for a, b in zip(mine, theirs, strict=True))
    print(
        f"{title:44s} {statistics.median(a[0] for a in mine):7.2f} s"
        f" {statistics.median(b[0] for b in theirs):7.2f} s   ratio {ratio:.2f}"
        f" (at most {at_most:.2f})   {max(a[1] for a in mine):5.0f} MB"
    )


def main() -> None:
    """Run every comparison that this machine has the peers for."""
    hcc2l = [sys.executable, "-m", "hcc2l"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.csv"), Path(folder, "large.csv")
        quoted, parquet = Path(folder, "quoted.csv"), Path(folder, "large.parquet")
        for write, *arguments in (
            (write_cohort, small, 424), (write_cohort, large, 1_000_000),
            (write_as_r, large, quoted), (write_parquet, large, parquet),
        ):  # fmt: skip
            # In a process of its own: a child's peak memory counts what its parent had.
            writer = multiprocessing.Process(target=write, args=arguments)
            writer.start()
            writer.join()
        r_script, python_script = Path(folder, "km.R"), Path(folder, "km_lifelines.py")
        r_script.write_text(R_SCRIPT)
        python_script.write_text(LIFELINES_SCRIPT)
        km = [*hcc2l, "km", "--by", "treatment", "--quiet"]
        print(f"{'':44s} {'hcc2l':>9s} {'peer':>9s}   (CPU, whole process)")
        help_cpu = statistics.median(cpu_and_memory([*hcc2l, "--help"])[0] for _ in range(7))
        print(f"{'hcc2l --help':44s} {help_cpu:7.2f} s {'':9s}   at most 0.20 s")
        lifelines = [sys.executable, str(python_script), str(small)]
        compare("424 rows, against lifelines", [*km, str(small)], lifelines, 7, 0.5)
        plain = [*km, str(large)]
        compare("1,000,000 rows, quoted, against plain", [*km, str(quoted)], plain, 3, 1.2)
        compare("1,000,000 rows, Parquet, against plain", [*km, str(parquet)], plain, 3, 0.5)
        rscript = shutil.which("Rscript")
        if rscript is None:
            print("Rscript is not installed: its comparisons are passed over.")
            return
        compare(
            "424 rows, against R", [*km, str(small)], [rscript, str(r_script), str(small)], 7, 0.6
        )
        compare(
            "1,000,000 rows x 14 columns, against R",
            [*km, str(large)], [rscript, str(r_script), str(large)], 3, 0.15,
        )  # fmt: skip
        compare(
            "1,000,000 rows x 14 columns, quoted, against R",
            [*km, str(quoted)], [rscript, str(r_script), str(quoted)], 3, 0.2,
        )  # fmt: skip


if __name__ == "__main__":
    main()
