"""What `hcc2l` answers to every hostile input: ``python -m tests.hostile.answers [FRAGMENT …]``.

Runs the cases whose family or name has one of the fragments (default: all), prints the rules that they
break, and writes status and message of those whose answer is new or other than before to
`answers.json`, to be read in the diff.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from pathlib import Path

from tests.hostile.cases import CASES, Case
from tests.hostile.watched import Watched, watched

FILE = Path(__file__).with_name("answers.json")


def run(case: Case, folder: Path) -> Watched:
    """Make the files of a case in an empty folder, and run it there."""
    case.make(folder)
    return watched(case.words, folder, case.stdin)


def told(answer: Watched) -> str:
    """The fragment that is kept: the first error, else the first message, else the row accounting."""
    lines = [line for line in answer.err.splitlines() if "was recognised by" not in line]
    message = next(
        (line for line in lines if line.startswith("error: ")), lines[0] if lines else ""
    )
    if not message:
        rows = re.search(r"\d+ rows? read[^.;]*", " ".join(answer.out.split()))
        message = rows[0] if rows else answer.out[:60]
    return message[:160]


def main(wanted: list[str]) -> None:
    """Run, print and write."""
    answers = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    spent: list[tuple[float, str]] = []
    for case in CASES:
        if wanted and not any(w in case.title for w in wanted):
            continue
        with tempfile.TemporaryDirectory() as folder:
            begun = time.process_time()
            answer = run(case, Path(folder))
            spent.append((time.process_time() - begun, case.title))
        new = [answer.status, told(answer)]
        if answers.get(case.title) != new or answer.broken:
            print(f"{case.title}\n    {case.words!r:.120}\n    {new[0]} {new[1]!r}")
            print(*(f"    BROKEN {rule:.600}" for rule in answer.broken), sep="\n")
        answers[case.title] = new
    titles = [case.title for case in CASES]
    kept = {title: answers[title] for title in titles if title in answers}
    FILE.write_text(json.dumps(kept, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{len(spent)} cases, {sum(seconds for seconds, _ in spent):.1f} s")
    for seconds, title in sorted(spent, reverse=True)[:15]:
        print(f"{seconds:6.2f} s  {title}")


if __name__ == "__main__":
    main(sys.argv[1:])
