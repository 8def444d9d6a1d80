"""The answers of the page on time are those of the bundled cohorts."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.conftest import Run
from tests.test_docs import ROOT

STUDIES = ROOT / "sample_data"
PAGE = (ROOT / "docs" / "time.md").read_text(encoding="utf-8")
ANSWERS = re.findall(r"^(hcc2l cox [^`]*?)\n```\n\n((?:\|.*\n)+)", PAGE, re.M)


@pytest.mark.parametrize(
    ("command", "table"), ANSWERS, ids=[words.split()[2] for words, _ in ANSWERS]
)
def test_a_printed_answer_is_what_the_command_gives(command: str, table: str, run: Run) -> None:
    words = shlex.split(command.replace("\\\n", " "))[1:]
    study = words[1].partition("/")[0] if "/" in words[1] else "chon2024"
    words[1] = str(STUDIES / study / "cohort.csv")
    name = "piecewise" if "--split" in words else "exposures"
    done = run(*words, "--format", "md", "--table", name, "--quiet")
    assert [line for line in done.out.splitlines() if line.startswith("|")] == table.splitlines()


def test_every_question_has_its_answer() -> None:
    assert len(ANSWERS) == 5
