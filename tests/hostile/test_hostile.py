"""Every hostile input ends in its answer, and none breaks a rule of `watched`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hostile.answers import FILE, run
from tests.hostile.cases import CASES, MENDED, Case

ANSWERS = json.loads(FILE.read_text(encoding="utf-8"))
# Every eighth case and what once broke run with make test, all of them with make test-all.
SAMPLED = {case.title for case in CASES[::8] if not case.slow} | MENDED


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.title, marks=() if case.title in SAMPLED else pytest.mark.slow)
        for case in CASES
    ],
)
def test_a_hostile_input_gets_its_answer(case: Case, workplace: Path) -> None:
    answer = run(case, workplace)
    assert answer.broken == ()
    status, says = ANSWERS[case.title]
    assert answer.status == status, answer.err
    assert says in answer.err + " ".join(answer.out.split()) + answer.out
    if case.never is not None:
        for text in answer.written.values() or (answer.out,):
            # A comment of LaTeX is one line, in which nothing runs.
            lines = [line for line in text.splitlines() if not line.startswith("% ")]
            assert case.never not in "\n".join(["", *lines])


def test_every_case_has_an_answer_and_every_answer_a_case() -> None:
    assert {case.title for case in CASES} == ANSWERS.keys()
    assert ANSWERS.keys() >= MENDED
    assert len(CASES) == len(ANSWERS)  # no two of one title
