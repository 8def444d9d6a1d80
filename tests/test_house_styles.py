"""Numbers as journals write them."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from hcc2l import numerals
from hcc2l.house_styles import DEFAULT, STYLES, house_style, written_in
from tests.conftest import Run

PAGE = (Path(__file__).parents[1] / "docs" / "documents.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("style", "written"),
    [
        ("default", ["<0.001", "<0.001", "0.006", "0.050", "0.100", "0.234", ">0.999"]),
        ("nejm", ["<0.001", "<0.001", "0.006", "0.050", "0.10", "0.23", ">0.99"]),
        ("jama", ["<.001", "<.001", ".006", ".050", ".10", ".23", ">.99"]),
        ("lancet", ["<0·0001", "0·0008", "0·0064", "0·050", "0·10", "0·23", ">0·99"]),
        ("bmj", ["<0.001", "<0.001", "0.006", "0.050", "0.100", "0.234", ">0.999"]),
        ("jco", ["<.001", "<.001", ".006", ".050", ".10", ".23", ">.99"]),
    ],
)
def test_p_has_the_decimal_places_of_the_journal(style: str, written: list[str]) -> None:
    with written_in(style):
        values = [0.00004, 0.0008, 0.0064, 0.0496, 0.09996, 0.2341, 0.9997]
        assert [numerals.p_value(p) for p in values] == written


@pytest.mark.parametrize(("p", "written"), [(0.0464, ".046"), (0.0444, ".04"), (0.0511, ".05")])
def test_a_p_below_5_percent_is_not_rounded_to_it(p: float, written: str) -> None:
    with written_in("jama"):
        assert numerals.p_value(p) == written


@pytest.mark.parametrize(("p", "written"), [(0.01, "0.01"), (0.0096, "0.01"), (0.0094, "0.009")])
def test_a_p_that_is_rounded_up_has_the_decimal_places_of_what_is_written(
    p: float, written: str
) -> None:
    with written_in("nejm"):
        assert numerals.p_value(p) == written


@pytest.mark.parametrize(
    ("style", "equation", "criterion", "sentence"),
    [
        ("default", "p = 0.012", "p < 0.05", "The p-values are two-sided; no p was small."),
        ("nejm", "P=0.01", "P<0.05", "The P values are two-sided; no P was small."),
        ("jama", "P = .01", "P < .05", "The P values are two-sided; no P was small."),
        ("lancet", "p=0·012", "p<0·05", "The p values are two-sided; no p was small."),
    ],
)
def test_sentences_write_p_as_the_journal_does(
    style: str, equation: str, criterion: str, sentence: str
) -> None:
    with written_in(style):
        assert numerals.p_equation(0.0123) == equation
        assert numerals.p_below(0.05) == criterion
        text = numerals.with_p("The p-values are two-sided; no p was small.")
        assert text == sentence


@pytest.mark.parametrize(
    ("style", "positive", "negative"),
    [("default", "1.50 (1.20–2.00)", "−0.50 (−1.00 to 0.25)"),
     ("nejm", "1.50 (1.20–2.00)", "−0.50 (−1.00 to 0.25)"),
     ("bmj", "1.50 (1.20 to 2.00)", "−0.50 (−1.00 to 0.25)"),
     ("jama", "1.50 (1.20-2.00)", "−0.50 (−1.00 to 0.25)"),
     ("lancet", "1·50 (1·20–2·00)", "−0·50 (−1·00 to 0·25)")],
)  # fmt: skip
def test_limits_are_joined_as_the_journal_does(style: str, positive: str, negative: str) -> None:
    with written_in(style):
        assert numerals.ratio_interval(1.5, 1.2, 2.0, 2) == positive
        assert numerals.ratio_interval(-0.5, -1.0, 0.25, 2) == negative


def test_every_number_has_the_decimal_mark_of_the_journal() -> None:
    with written_in("lancet"):
        assert numerals.number(-1.5, 2) == "−1·50"
        assert numerals.number(-0.001, 2) == "0·00"
        assert numerals.percent(0.446, 1) == "44·6%"
        assert numerals.count(12.54) == "12·5"
        assert numerals.cutpoint(67.6) == "67·6"
        assert [numerals.tick(0.5), numerals.log_tick(0.1)] == ["0·5", "0·1"]
        assert numerals.confidence(0.975) == "97·5% CI"


@pytest.mark.parametrize(
    ("style", "n", "written"),
    [("default", 20, "45.0%"), ("jama", 20, "45.0%"),
     ("lancet", 9_999, "45%"), ("lancet", 10_000, "45·0%")],
)  # fmt: skip
def test_percentages_of_few_patients_are_whole(style: str, n: int, written: str) -> None:
    with written_in(style):
        assert numerals.percent_of(0.45, n) == written


def test_a_style_ends_with_its_block() -> None:
    with pytest.raises(ValueError, match="broken"), written_in("jama"):
        raise ValueError("broken")
    assert house_style() is DEFAULT


@pytest.mark.parametrize("name", STYLES)
def test_the_page_shows_every_style(name: str) -> None:
    style = STYLES[name]
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    with written_in(name):
        ps = ", ".join(f"`{numerals.p_value(p)}`" for p in (0.00004, 0.0063, 0.234))
        limits = numerals.limits(1.2, 3.45, lambda value: numerals.number(value, 2))
        cells = (f"`{name}`", style.journal, f"{style.p}: {ps}", f"`{limits}`",
                 f"`{numerals.reference()}`")  # fmt: skip
    assert row == f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("name", STYLES)
def test_every_rule_of_a_journal_has_a_source_with_its_date(name: str) -> None:
    style = STYLES[name]
    rules = {f.name for f in fields(style) if f.name not in ("journal", "sources")}
    differ = {rule for rule in rules if getattr(style, rule) != getattr(DEFAULT, rule)}
    about_p = {"p_value", "p_spaced", "p_zero"}
    assert ({"p"} if differ & about_p else set()) | differ - about_p <= set(style.sources) <= rules
    assert all(re.search(r"\b(19|20)\d\d\b|undated", text) for text in style.sources.values())


def test_the_page_gives_every_source() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\w ]+) \| ([^|]+) \|$", PAGE, re.M)
    given = [(name, source) for name, _, source in rows]
    assert given == [(name, s) for name, style in STYLES.items() for s in style.sources.values()]


@pytest.mark.usefixtures("frozen_cohort")
def test_a_table_follows_the_style(run: Run) -> None:
    printed = run("cox", "-x", "child_pugh", "--style", "jama").out
    assert "1 [Reference]" in printed
    assert re.search(r"2\.44 \(1\.51-3\.95\) +<\.001", printed)
    assert re.search(r"HR \(95% CI\) +P", printed)


def test_numbers_for_scripts_are_the_same_in_every_style(run: Run) -> None:
    for command in (["cox", "-x", "child_pugh,afp@400.5"], ["tree", "-x", "afp,child_pugh"]):
        plain, styled = (
            json.loads(run(*command, "--json", *more).out) for more in ([], ["--style", "lancet"])
        )
        assert plain["tables"] == styled["tables"]
        assert plain["settings"] == styled["settings"]


def test_sentences_of_the_methods_follow_the_style(run: Run) -> None:
    words = ["cox", "-x", "child_pugh,age", "--select", "0.1", "--methods", "--style", "lancet"]
    assert "Variables with p<0·1 in univariable analysis" in run(*words).out.replace("\n", " ")


def test_the_style_of_a_study_is_set_by_its_dictionary(run: Run, tmp_path: Path) -> None:
    dictionary = tmp_path / "d.toml"
    dictionary.write_text('[defaults]\nstyle = "jama"\n')
    assert "1 [Reference]" in run("cox", "-x", "child_pugh", "--config", str(dictionary)).out


def test_an_unknown_style_is_refused_with_the_nearest(run: Run) -> None:
    outcome = run("km", "--style", "lancett")
    assert outcome.status == 2
    assert "lancet" in outcome.err
