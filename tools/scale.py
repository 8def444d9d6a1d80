"""Time and memory of the commands by the number of rows, written into docs/scale.md.

make scale                     up to a million rows
make scale MAX_ROWS=10000000   or further
"""

from __future__ import annotations

import math
import multiprocessing
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from bench_km import cpu_and_memory, write_cohort  # noqa: E402

PAGE = ROOT / "docs" / "scale.md"
BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
COVARIATES = "treatment,age,sex,ecog,child_pugh,afp,alt,albumin,tumor_size_cm,lymphocytes"
# name -> arguments, and the most rows for which it is run
COMMANDS = {
    "km": (["--by", "treatment"], 10_000_000),
    "cox": (["-x", COVARIATES], 1_000_000),
    "logistic": (["--outcome", "death=1", "-x", COVARIATES], 1_000_000),
    "table1": (["--by", "treatment"], 1_000_000),
    "psmatch": (["--treat", "treatment=lenvatinib", "-x", "age,sex,ecog,afp,albumin"], 100_000),
}


def measured(folder: Path, most: int) -> list[tuple[str, int, float, float]]:
    """Command, rows, CPU seconds and megabytes of every run up to `most` rows."""
    results = []
    for rows in (size for size in SIZES if size <= most):
        cohort = folder / f"cohort{rows}.csv"
        # In a process of its own, whose memory does not count as the command's.
        writer = multiprocessing.Process(target=write_cohort, args=(cohort, rows))
        writer.start()
        writer.join()
        for name, (arguments, limit) in COMMANDS.items():
            if rows > limit:
                continue
            run = [sys.executable, "-m", "hcc2l", name, str(cohort), *arguments, "--quiet"]
            seconds, memory = cpu_and_memory(run)
            print(f"{name:10s} {rows:>12,} rows {seconds:8.2f} s {memory:8.0f} MB", flush=True)
            results.append((name, rows, seconds, memory))
        cohort.unlink()
    return results


def table(results: list[tuple[str, int, float, float]]) -> str:
    """The results as a table in Markdown, with the exponent of growth since the line before."""
    lines = [
        "| command | rows | CPU seconds | memory, MB | exponent |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for command in COMMANDS:
        before: tuple[int, float] | None = None
        for name, rows, seconds, memory in results:
            if name != command:
                continue
            growth = "–"
            if before is not None:
                growth = f"{math.log(seconds / before[1]) / math.log(rows / before[0]):.2f}"
            options = " ".join(COMMANDS[command][0])
            first = f"`{command} {options}`" if before is None else ""
            lines.append(f"| {first} | {rows:,} | {seconds:.2f} | {memory:.0f} | {growth} |")
            before = rows, seconds
    return "\n".join(lines)


def main() -> None:
    """Measure, and write the table between its marks in the page."""
    most = int(os.environ.get("MAX_ROWS") or 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        results = measured(Path(folder), most)
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(results)}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
