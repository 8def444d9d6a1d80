"""The counts of ``docs/verification.md``: reference cases, hostile inputs, published items.

``python tools/counts.py`` counts what the tests compare with and writes the table between
``<!-- counts -->`` and ``<!-- /counts -->``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "tests" / "reference"
PAGE = ROOT / "docs" / "verification.md"
BETWEEN = re.compile(r"(<!-- counts -->\n).*?(<!-- /counts -->)", re.S)

OTHER = {"imputer", "real_rows"}  # simulated cohorts, and cells of real files
# The command of every file of frozen values; of mixed files by the first word of a case's id.
FILES: dict[str, str | dict[str, str]] = {
    "calibration_band": "validate",
    "competing": "km",
    "competing_regression": {"gray": "km", "": "cox"},
    "cox": "cox",
    "cox_split": "cox",
    "entry": {"entry": "km", "cox": "cox"},
    "exposures": "cox",
    "fine_gray_tied": "cox",
    "frailty": "cox",
    "hazard": "impute",
    "imputation_models": "impute",
    "km": "km",
    "km_more": "km",
    "logistic": "logistic",
    "median_precision": "size",
    "nph": "km",
    "pooling": {"cox": "cox", "logistic": "logistic", "km": "km", "table": "table1",
                "match": "psmatch"},
    "profile": "logistic",
    "pseudo_median": "change",
    "psmatch": "psmatch",
    "psmatch_more": "psmatch",
    "response": "response",
    "roc": "roc",
    "roc_more": "roc",
    "roc_tied": "roc",
    "scores": "derive",
    "size": "size",
    "spline": {"cox": "cox", "logistic": "logistic"},
    "spline_groups": {"loss": "roc", "": "cox"},
    "tables": "table1",
    "tree": "tree",
    "tree_more": "tree",
    "tree_random": "tree",
    "validation": "validate",
    "visits": "cox",
    "zph_weights": "cox",
}  # fmt: skip


def cases(content: Any) -> list[str]:
    """The name of every case of a file: its id, or an empty string where it has none.

    Each entry of a list is a case. In a file of named results, each result is one, and each entry
    of a list of results; columns of numbers are data.
    """
    if isinstance(content, list):
        return [entry.get("id", "") for entry in content if isinstance(entry, dict)]
    found = []
    for name, value in content.items():
        if isinstance(value, dict):
            found.append(name)
        elif isinstance(value, list):
            found += cases(value)
    return found


def command_of(file: str, case: str) -> str:
    """The command whose numbers a case has."""
    commands = FILES[file]
    if isinstance(commands, str):
        return commands
    start = case.partition("_")[0]
    return commands[start] if start in commands else commands[""]


def reference_cases() -> Counter[str]:
    """How many cases of frozen values each command is compared with."""
    return Counter(
        command_of(path.stem, case)
        for path in REFERENCE.glob("*.json")
        if path.stem not in OTHER
        for case in cases(json.loads(path.read_text(encoding="utf-8")))
    )


def hostile_inputs() -> int:
    """How many hostile inputs have a stored answer."""
    answers = ROOT / "tests" / "hostile" / "answers.json"
    return len(json.loads(answers.read_text(encoding="utf-8")))


def published_items() -> tuple[int, int]:
    """How many published items the ledger compares, and how many of them are not reached."""
    page = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
    header, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("| Study and kind ") or re.match(r"\| \w+: all ", line)
    )

    def total(column: str) -> int:
        return sum(int(row[header.index(column)]) for row in rows)

    return total("Items") - total("Outside"), total("Missed") + total("Cannot")


def table() -> str:
    """The lines between the marks of the page."""
    counted = sorted(reference_cases().items(), key=lambda item: (-item[1], item[0]))
    compared, not_reached = published_items()
    lines = ["| compared | number |", "| --- | ---: |"]
    lines += [f"| stored reference cases of `{command}` | {n} |" for command, n in counted]
    lines += [
        f"| stored reference cases in all | {sum(n for _, n in counted)} |",
        f"| hostile inputs | {hostile_inputs():,} |",
        f"| published items of the bundled studies | {compared:,} |",
        f"| of these, not reached | {not_reached:,} |",
    ]
    return "\n" + "\n".join(lines) + "\n\n"


def main() -> None:
    """Write the counts into the page."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(BETWEEN.sub(lambda m: m[1] + table() + m[2], page), encoding="utf-8")


if __name__ == "__main__":
    main()
