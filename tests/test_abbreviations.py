"""Abbreviations below the tables of documents."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hcc2l.abbreviations import spelled_out
from hcc2l.render import render_report
from tests.conftest import Run, Write
from tests.render.handmade import REPORT


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            ["HR (95% CI)", "n"],
            "CI, confidence interval; HR, hazard ratio",
        ),
        (["HBV-related"], "HBV, hepatitis B virus"),
        (["HBV/HCV"], "HBV, hepatitis B virus; HCV, hepatitis C virus"),
        (["CIRRHOSIS", "for the other"], ""),
        (["SMD: standardised mean difference"], ""),
        ([], ""),
    ],
)
def test_what_a_table_prints_is_spelled_out(texts: list[str], expected: str) -> None:
    assert spelled_out(texts, {}) == expected


def test_the_dictionary_goes_before_the_field() -> None:
    own = {"CI": "", "MVI": "macrovascular invasion", "AFP": "α-fetoprotein"}
    assert spelled_out(["CI MVI AFP"], own) == "AFP, α-fetoprotein; MVI, macrovascular invasion"


def test_documents_explain_and_a_terminal_does_not() -> None:
    explained = "CI, confidence interval."
    assert explained in render_report(REPORT, "md")
    assert explained not in render_report(REPORT, "table")
    own = replace(REPORT, provenance=replace(REPORT.provenance, abbreviations={"CI": "c"}))
    assert "CI, c." in render_report(own, "html")


def test_abbreviations_stand_in_the_dictionary(run: Run, write: Write) -> None:
    write("c.csv", "id,time,status,MVI\n1,2,1,yes\n2,3,1,no\n3,4,0,yes\n4,6,1,no\n")
    write("hcc2l.toml", '[abbreviations]\nMVI = "macrovascular invasion"\n')
    arguments = ("km", "c.csv", "--time", "time", "--event", "status", "--by", "MVI")
    assert "MVI, macrovascular invasion." in run(*arguments, "--format", "md").out
    write("hcc2l.toml", '[abbreviations]\nCI = ""\n')
    assert "confidence interval" not in run(*arguments, "--format", "md").out
    write("hcc2l.toml", "[abbreviations]\nMVI = 3\n")
    refused = run(*arguments)
    assert refused.status == 2
    assert "abbreviations" in refused.err
