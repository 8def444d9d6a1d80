"""Golden outputs: JSON of a stored cohort, which later versions must still give.

python tools/golden.py          writes those in tests/golden that do not exist
python tools/golden.py km cox   replaces these; see CONTRIBUTING.md for when this is allowed
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
COHORT = ROOT / "tests" / "reference" / "data" / "second_line" / "cohort.csv"
RUNS = {
    "adverse": "--events adverse_events.csv --by second_line",
    "cox": "-x age,child_pugh,afp@log2",
    "flow": "--where age>=40 --by second_line",
    "km": "--by child_pugh --at 6,12 --tau 12",
    "logistic": "--outcome death -x age,child_pugh",
    "response": "--by second_line",
    "table1": "--by second_line -x age,ecog,child_pugh,afp --smd pooled",
}


def output(command: str) -> str:
    """The JSON that a command prints now."""
    words = [command, COHORT.name, *RUNS[command].split(), "--json", "--quiet"]
    done = subprocess.run(
        [sys.executable, "-m", "hcc2l", *words],
        cwd=COHORT.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def main() -> int:
    """Write missing outputs, or replace those that are named."""
    for command in sys.argv[1:] or RUNS:
        target = GOLDEN / f"{command}.json"
        if sys.argv[1:] or not target.exists():
            content = json.loads(output(command))
            target.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
            print(f"wrote {target.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
