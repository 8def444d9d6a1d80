"""`hcc2l help`: topics, commands, and what is neither."""

from __future__ import annotations

import pytest

from hcc2l.cli.topics import TOPICS
from hcc2l.specs import SPECS
from hcc2l.terms import QUANTILES
from tests.conftest import Run


def test_without_a_topic_the_topics_are_listed(run: Run) -> None:
    outcome = run("help")
    assert outcome.status == 0
    for name, topic in TOPICS.items():
        assert f"hcc2l help {name} " in outcome.out
        assert topic.title in outcome.out


def test_the_grammar_of_terms(run: Run) -> None:
    text = run("help", "terms").out
    for form in ["afp@400", *(f"afp@{name}" for name in QUANTILES), "'afp>=400'", "afp@log2"]:
        assert form in text
    assert "`" not in text


def test_a_topic_fits_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    for name in TOPICS:
        assert max(map(len, run("help", name).out.splitlines())) <= 90


@pytest.mark.parametrize("command", SPECS)
def test_help_on_a_command_is_that_of_the_command(command: str, run: Run) -> None:
    assert run("help", command).out == run(command, "--help").out


@pytest.mark.parametrize(("typed", "meant"), [("term", "terms"), ("logstic", "logistic")])
def test_an_unknown_topic_suggests_one(typed: str, meant: str, run: Run) -> None:
    outcome = run("help", typed)
    assert outcome.status == 2
    assert outcome.messages("error") == [f"error: help: There is no help on {typed!r}."]
    assert outcome.messages("hint") == [f"hint: Did you mean {meant!r}?"]
