"""Bad input of `hcc2l change`: one clear message, the right exit status, nothing printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_bad_input import UNANSWERED, WRONG, snapshot
from tests.conftest import Run, Write

HEAD = "patient_id,afp,later,once,none,late,sex,response,word,day,grade,grade_later,mg,umol\n"
ROWS = "".join(
    f"P{i},{10.5 + i},{20 + i},{'' if i else 5},,{i or ''},{'mf'[i % 2]},{'CPS'[i % 3]},w{i},"
    f"2021-01-{i + 1:02},{'AB'[i % 2]},{'AB'[i // 2 % 2]},{i},{17 * i}\n"
    for i in range(15)
)
DICTIONARY = '[columns.mg]\nunit = "mg/dL"\n[columns.umol]\nunit = "µmol/L"\n'
PAIR = ("--before", "afp", "--after", "later")
CASES: dict[str, tuple[tuple[str, ...], int, str]] = {
    "no columns": ((), WRONG, "--before | no columns to compare | --after"),
    "nothing after": (("--before", "afp"), WRONG, "names 1 column and --after names 0"),
    "one after too few": (("--before", "afp,mg", "--after", "later"), WRONG, "2 columns | 1"),
    "one before too few": (("--before", "afp", "--after", "later,mg"), WRONG, "--before:"),
    "one column": (("--before", "afp", "--after", "afp"), WRONG, "afp is given as | later value"),
    "an unknown column": (("--before", "afp", "--after", "latter"), WRONG, "Did you mean 'later'"),
    "a number and a text": (("--before", "afp", "--after", "sex"), WRONG,
                            "afp is a number, and sex is not"),
    "a text and a number": (("--before", "sex", "--after", "afp"), WRONG,
                            "afp is a number, and sex is not"),
    "other classes": (("--before", "sex", "--after", "response"), WRONG,
                      "no class in common: f, m; C, P, S"),
    "texts": (("--before", "word", "--after", "sex"), WRONG, "15 different values"),
    "dates": (("--before", "day", "--after", "later"), WRONG, "day is a date"),
    "the id": (("--before", "patient_id", "--after", "later"), WRONG, "identifies"),
    "two units": (("--before", "mg", "--after", "umol"), WRONG, "mg/dL | µmol/L | Convert"),
    "a term": (("--before", "afp@12", "--after", "later"), WRONG, "more than a column | --cut"),
    "a scale": (("--before", "afp", "--after", "later@log2"), WRONG, "--after later"),
    "one pair": (("--before", "afp", "--after", "once"), UNANSWERED,
                 "Only 1 patient has a value of both afp and once | once missing: 14"),
    "no pair": (("--before", "late", "--after", "once"), UNANSWERED, "No patient has"),
    "no value": (("--before", "grade", "--after", "none"), UNANSWERED,
                 "All values of none are missing"),
    "no value in the rows": (("--before", "afp", "--after", "once", "--where", "later>20"),
                             UNANSWERED, "--after once: All values of once are missing"),
    "no row": ((*PAIR, "--where", "afp>99"), UNANSWERED, "No rows remain"),
    "a cut of classes": (("--before", "grade", "--after", "grade_later", "--cut", "4"), WRONG,
                         "classes, which cannot be cut"),
    "a named cut of classes": (("--before", "grade", "--after", "grade_later", *PAIR, "--cut",
                                "grade=4"), WRONG, "grade holds classes"),
    "a cut that is a word": ((*PAIR, "--cut", "high"), WRONG, "'high' | --cut afp=400"),
    "a cut at the median": ((*PAIR, "--cut", "median"), WRONG, "another cut-point before and"),
    "two cuts": ((*PAIR, "--cut", "afp=4", "--cut", "later=5"), WRONG, "different cut-points"),
    "a cut of no column": ((*PAIR, "--cut", "x=4"), WRONG, "no column 'x'"),
    "groups of numbers": ((*PAIR, "--by", "afp"), WRONG, "not a grouping variable"),
    "a figure of classes": (("--before", "grade", "--after", "grade_later", "--plot", "x.png"),
                            UNANSWERED, "--plot | all columns hold classes"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_refused(name: str, run: Run, workplace: Path, write: Write) -> None:
    arguments, status, says = CASES[name]
    write("c.csv", HEAD + ROWS)
    write("hcc2l.toml", DICTIONARY)
    before = snapshot(workplace)
    outcome = run("change", "c.csv", *arguments, "--out", "x.json")
    assert outcome.status == status, outcome.err
    assert outcome.out == ""
    assert len(outcome.messages("error")) == 1, outcome.err
    assert outcome.messages("hint"), "no remedy: " + outcome.err
    assert "Traceback" not in outcome.err
    for part in says.split(" | "):
        assert part in outcome.err
    assert snapshot(workplace) == before
