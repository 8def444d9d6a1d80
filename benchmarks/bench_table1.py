"""Whole-process times of `hcc2l table1` beside an R script of the same statistics.

    make bench

As `bench_km.py`: runs in turns, medians of CPU seconds.
"""

from __future__ import annotations

import multiprocessing
import shutil
import sys
import tempfile
from pathlib import Path

from bench_km import compare

R_SCRIPT = """
d <- read.csv(commandArgs(TRUE)[1], na.strings = "")
g <- factor(d$arm)
for (v in setdiff(names(d), c("id", "arm"))) {
  x <- d[[v]]
  if (is.numeric(x)) {
    print(tapply(x, g, quantile, c(.25, .5, .75), na.rm = TRUE))
    print(wilcox.test(x ~ g, exact = FALSE)$p.value)
  } else {
    counts <- table(x, g)
    print(counts); print(prop.table(counts, 2))
    print(chisq.test(counts, correct = FALSE)$p.value)
  }
}
"""


def write_patients(path: Path, rows: int) -> None:
    """A cohort of 20 columns: an id, an arm, ten numbers and eight factors."""
    import numpy as np

    rng = np.random.default_rng(1)
    columns = {
        "id": np.char.add("P", np.char.zfill(np.arange(rows).astype(str), 7)),
        "arm": rng.choice(["lenvatinib", "sorafenib"], rows),
        "age": rng.integers(30, 88, rows).astype(str),
    }
    for i in range(9):
        values = np.char.mod("%.2f", np.exp(rng.normal(i, 1, rows)))
        columns[f"lab{i}"] = np.where(rng.random(rows) < 0.05, "", values)
    for i in range(8):
        columns[f"level{i}"] = rng.choice(list("ABCDE")[: 2 + i % 4], rows)
    table = np.column_stack(list(columns.values()))
    with path.open("w") as file:
        file.write(",".join(columns) + "\n")
        file.writelines(",".join(row) + "\n" for row in table)


def main() -> None:
    """Run both comparisons, if R is installed."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        print("Rscript is not installed: its comparisons are passed over.")
        return
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "table1.R")
        script.write_text(R_SCRIPT)
        for title, rows, runs, most in (("424 x 20", 424, 5, 0.6),
                                        ("1,000,000 x 20", 1_000_000, 1, 0.5)):  # fmt: skip
            path = Path(folder, f"{rows}.csv")
            writer = multiprocessing.Process(target=write_patients, args=(path, rows))
            writer.start()
            writer.join()
            ours = [sys.executable, "-m", "hcc2l", "table1", str(path), "--by", "arm", "--quiet"]
            compare(title, ours, [rscript, str(script), str(path)], runs, most)


if __name__ == "__main__":
    main()
