"""Bad input of `hcc2l roc`: one clear message, the right exit status, nothing printed, no file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import UsageError
from tests.cli.test_bad_input import UNANSWERED, WRONG, snapshot
from tests.conftest import DATA, Outcome, Run, Write

HCC = DATA / "hcc424.csv"
HEAD = "patient_id,pd,three,one,afp,alt,word,same,none,os_months,death,visit\n"
ROWS = "".join(
    f"P{i},{i % 2},{i % 3},0,{10 + i * 7 % 50},{20 + i},{'abc'[i % 3]},5,,{i + 1},{i % 2},"
    f"2021-01-{i + 1:02}\n"
    for i in range(20)
)
Refuse = Callable[..., Outcome]


@pytest.fixture
def refuse(run: Run, workplace: Path, write: Write) -> Refuse:
    write("c.csv", HEAD + ROWS)

    def call(*arguments: object, status: int, says: str, cohort: object = "c.csv") -> Outcome:
        before = snapshot(workplace)
        outcome = run("roc", cohort, *arguments, "--out", "x.json", "--plot", "x.png")
        assert outcome.status == status, outcome.err
        assert outcome.out == ""
        assert len(outcome.messages("error")) == 1, outcome.err
        assert outcome.messages("hint"), "no remedy: " + outcome.err
        assert "Traceback" not in outcome.err
        for part in says.split(" | "):
            assert part in outcome.err
        assert snapshot(workplace) == before
        return outcome

    return call


MARKER = ("--marker", "afp")
CASES: dict[str, tuple[tuple[str, ...], int, str]] = {
    "no outcome": (MARKER, WRONG, "--outcome | --at 12"),
    "two outcomes": (("--outcome", "pd", "--at", "3", *MARKER), WRONG, "--within"),
    "three values": (("--outcome", "three", *MARKER), WRONG,
                     "0, 1, 2 | --outcome 'three=VALUE'"),
    "one value": (("--outcome", "one", *MARKER), UNANSWERED, "None of the 20 patients have"),
    "many values": (("--outcome", "alt", *MARKER), WRONG, "alt"),
    "an unknown outcome": (("--outcome", "pdd", *MARKER), WRONG, "pd"),
    "a value that is not there": (("--outcome", "three=7", *MARKER), WRONG, "no value '7'"),
    "an unknown marker": (("--outcome", "pd", "--marker", "apf"), WRONG, "Did you mean 'afp'"),
    "a text": (("--outcome", "pd", "--marker", "word"), WRONG, "word | contains no numbers"),
    "a constant": (("--outcome", "pd", "--marker", "same"), UNANSWERED, "the same value in all 20"),
    "all missing": (("--outcome", "pd", "--marker", "none"), UNANSWERED, "none missing (20)"),
    "the outcome itself": (("--outcome", "pd", "--marker", "pd"), WRONG, "part of the outcome"),
    "the id": (("--outcome", "pd", "--marker", "patient_id"), WRONG, "identifies the patients"),
    "a date": (("--outcome", "pd", "--marker", "visit"), WRONG, "is a date"),
    "no PNI": (("--outcome", "pd", "--marker", "pni"), WRONG, "computed from albumin"),
    "no positives left": (("--outcome", "three=2", "--where", "three==1", *MARKER), UNANSWERED,
                          "Excluded: not where"),
    "nobody left": (("--outcome", "pd", "--where", "afp>9999", *MARKER), UNANSWERED, "No row"),
    "a group of the outcome": (("--outcome", "pd", "--by", "pd", *MARKER), WRONG, "outcome"),
    "no group of two classes": (("--outcome", "pd", "--by", "death", *MARKER), UNANSWERED,
                                "No group"),
    "a bad combination": (("--outcome", "pd", "--combine", "afp"), WRONG, "--combine afp+alt"),
    "a combination in time": (("--at", "5", "--combine", "afp+alt"), WRONG, "logistic"),
    "a combination of maxstat": (("--outcome", "pd", "--criterion", "maxstat", "--combine",
                                  "afp+alt"), WRONG, "not of combinations"),
    "nothing to compare": (("--outcome", "pd", "--compare", *MARKER), WRONG, "nothing to compare"),
    "a cut-off of no marker": (("--outcome", "pd", *MARKER, "--at-cut", "alt=40"), WRONG,
                               "'alt' is not among the markers | afp"),
    "a cut-off that is no number": (("--outcome", "pd", *MARKER, "--at-cut", "afp=x"), WRONG,
                                    "'x' is not a list of numbers"),
    "a cut-off without a marker": (("--outcome", "pd", *MARKER, "--at-cut", "400"), WRONG,
                                   "afp=400"),
    "a cut-off of a comparison": (("--outcome", "pd", "--marker", "afp>=30", "--at-cut",
                                   "afp>=30=1"), WRONG, "AFP ≥30 is already divided into"),
    "a comparison without samples": (("--at", "5", "--marker", "afp,alt", "--compare", "--boot",
                                      "0"), WRONG, "--boot 0"),
    "patients of each to compare": (("--outcome", "pd", "--marker", "afp,alt", "--compare",
                                     "--available-cases"), WRONG, "Remove --available-cases"),
    "patients of each to combine": (("--outcome", "pd", "--combine", "afp+alt",
                                     "--available-cases"), WRONG, "with all of its markers"),
    "a bad part": (("--outcome", "pd", *MARKER, "--partial", "0.8"), WRONG, "specificity=0.8"),
    "a bad criterion": (("--outcome", "pd", *MARKER, "--criterion", "best"), WRONG, "youden"),
    "a bad direction": (("--outcome", "pd", *MARKER, "--direction", "up"), WRONG, "auto"),
    "a share of a half": (("--criterion", "maxstat", *MARKER, "--min-prop", "0.5"), WRONG,
                          "between 0.001 and 0.5"),
    "no event": (("--criterion", "maxstat", "--event", "one", *MARKER), UNANSWERED,
                 "No patient has the event"),
    "a time beyond follow-up": (("--at", "99", *MARKER), UNANSWERED, "was followed beyond 99"),
    "a time before any event": (("--at", "0.5", *MARKER), UNANSWERED, "No patient had the event"),
    "a figure of another analysis": (("--outcome", "pd", *MARKER, "--which", "maxstat"), WRONG,
                                     "--criterion maxstat"),
    "a curve without an outcome": (("--criterion", "maxstat", *MARKER, "--which", "roc"), WRONG,
                                   "--outcome"),
    "an unused time": (("--outcome", "pd", *MARKER, "--time", "nosuch"), WRONG,
                       "--time | no column 'nosuch'"),
    "an unused event": (("--outcome", "pd", *MARKER, "--event", "nosuch=1"), WRONG,
                        "--event | no column 'nosuch'"),
    "an unused endpoint": (("--outcome", "pd", *MARKER, "--endpoint", "nosuch"), WRONG,
                           "--endpoint | 'nosuch'"),
    "an unused cut": (("--outcome", "pd", *MARKER, "--cut", "nosuch=3"), WRONG,
                      "--cut | no column 'nosuch'"),
    "an unused reference": (("--outcome", "pd", *MARKER, "--ref", "nosuch=3"), WRONG,
                            "--ref | no column 'nosuch'"),
    "within without outcome": (("--at", "5", "--within", "3", *MARKER), WRONG, "--within"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_bad_request_is_refused(name: str, refuse: Refuse) -> None:
    arguments, status, says = CASES[name]
    refuse(*arguments, status=status, says=says)


def test_a_negative_afp_is_refused_with_the_patient(refuse: Refuse, write: Write) -> None:
    write("n.csv", HEAD + ROWS.replace("P4,0,1,0,38", "P4,0,1,0,-38"))
    refuse("--outcome", "pd", *MARKER, status=WRONG, cohort="n.csv",
           says="negative value | P4 | n.csv, column afp")  # fmt: skip


def test_a_word_among_the_numbers_is_refused_with_its_line(refuse: Refuse, write: Write) -> None:
    write("n.csv", HEAD + ROWS.replace("P4,0,1,0,38", "P4,0,1,0,high"))
    refuse("--outcome", "pd", *MARKER, status=WRONG, cohort="n.csv", says="'high' | line 6")


def test_a_pni_of_two_units_is_refused(refuse: Refuse, write: Write) -> None:
    head = "pd,albumin,lymphocytes\n"
    body = "".join(f"{i % 2},{3.5 if i == 4 else 30 + i},{1 + i / 10}\n" for i in range(20))
    write("n.csv", head + body)
    refuse("--outcome", "pd", status=WRONG, cohort="n.csv", says="1 value is in g/dL | g/L")


def test_lymphocytes_that_are_a_percentage_are_refused(refuse: Refuse, write: Write) -> None:
    head = "pd,albumin,lymphocytes\n"
    write("n.csv", head + "".join(f"{i % 2},{30 + i},{20 + i}\n" for i in range(20)))
    refuse(
        "--outcome", "pd", status=WRONG, cohort="n.csv", says="lymphocytes are not in 10^9/L or /µL"
    )


@pytest.mark.parametrize("unit", ["%", "mmol/L"])
def test_a_pni_of_a_foreign_unit_is_refused(unit: str, refuse: Refuse, write: Write) -> None:
    write("n.csv", "pd,albumin,lymphocytes\n"
          + "".join(f"{i % 2},{30 + i},{5 + i / 10}\n" for i in range(20)))  # fmt: skip
    write("hcc2l.toml", f'[columns.lymphocytes]\nunit = "{unit}"\n')
    refuse("--outcome", "pd", "--marker", "pni", status=WRONG, cohort="n.csv",
           says=f"is in {unit} | 10^9/L or /µL: convert")  # fmt: skip


def test_a_cohort_without_any_of_the_default_markers_is_refused(
    refuse: Refuse, write: Write
) -> None:
    write("n.csv", "pd,x\n1,2\n0,3\n1,4\n")
    refuse("--outcome", "pd", status=WRONG, cohort="n.csv", says="no AFP, ALT or PNI | --marker")


def test_an_unknown_option_of_the_function_is_refused() -> None:
    with pytest.raises(UsageError, match="markers"):
        hcc2l.roc(HCC, outcome="primary_resistance", markers="afp")
    options: dict[str, Any] = {"outcome": "primary_resistance", "conf_level": 2.0}
    with pytest.raises(UsageError, match="out of range"):
        hcc2l.roc(HCC, **options)
