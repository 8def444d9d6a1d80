"""Options that exclude, need, or have no effect without each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from hcc2l.dictionary import Dictionary
from hcc2l.errors import UsageError
from hcc2l.specs import SPECS
from hcc2l.specs.options import AnalysisSpec, option, options_of
from hcc2l.specs.rules import Excludes, Needs, NoEffect, field_name, given


@dataclass(frozen=True, kw_only=True)
class Spec(AnalysisSpec):
    """A spec with a rule of every kind."""

    rules = (
        Excludes("--weights", "--tau"),
        Needs("--rho", ("--test fh", "--by"), message="rho needs something.", hint="Add it."),
        Needs("--min-size", ("--test fh",)),
        NoEffect("--no-stable", ("--test fh --by", "--tau")),
    )

    by: str | None = option(None, "Help.", panel="Panel")
    weights: str | None = option(None, "Help.", panel="Panel")
    tau: float | None = option(None, "Help.", panel="Panel")
    rho: float = option(0.0, "Help.", panel="Panel")
    min_size: int = option(0, "Help.", panel="Panel")
    stable: bool = option(True, "Help.", panel="Panel")
    test: Sequence[Literal["logrank", "fh"]] = option(("logrank",), "Help.", panel="Panel")


@pytest.mark.parametrize(
    ("words", "options", "expected"),
    [
        ("--tau", {}, False),
        ("--tau", {"tau": 0.0}, True),
        ("--rho", {"rho": 0.0}, False),
        ("--min-size", {"min_size": 3}, True),
        ("--min-size 3", {"min_size": 3}, True),
        ("--min-size 4", {"min_size": 3}, False),
        ("--test fh", {"test": ["logrank", "fh"]}, True),
        ("--test fh", {"test": ["logrank"]}, False),
        ("--no-stable", {"stable": False}, True),
        ("--no-stable", {}, False),
        ("--by --test fh", {"by": "arm", "test": "fh"}, True),
        ("--by --test fh", {"by": "arm"}, False),
        ("--by --test fh", {"test": "fh"}, False),
    ],
)
def test_an_option_is_given_if_it_has_the_value_named_or_any_but_its_default(
    words: str, options: dict[str, Any], expected: bool
) -> None:
    valid = {name: value for name, value in options.items() if name not in ("rho", "min_size")}
    spec = Spec(**valid)
    for name in ("rho", "min_size"):  # without the rules that they break alone
        object.__setattr__(spec, name, options.get(name, 0))
    assert given(spec, words) is expected


@pytest.mark.parametrize(
    ("options", "message", "where", "hint"),
    [
        ({"weights": "w", "tau": 6.0}, "--weights cannot be combined with --tau.", "--weights",
         "Omit one of the two."),
        ({"rho": 1.0}, "rho needs something.", "--rho", "Add it."),
        ({"min_size": 3}, "--min-size needs --test fh.", "--min-size",
         "Add --test fh, or omit --min-size."),
    ],
)  # fmt: skip
def test_a_rule_that_is_broken_is_an_error_that_says_what_to_do(
    options: dict[str, Any], message: str, where: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        Spec(**options)
    assert (caught.value.message, caught.value.where, caught.value.hint) == (message, where, hint)


@pytest.mark.parametrize(
    "options",
    [{"weights": "w"}, {"tau": 6.0}, {"rho": 1.0, "by": "arm"}, {"rho": 1.0, "test": "fh"}],
)
def test_options_that_break_no_rule_are_accepted(options: dict[str, Any]) -> None:
    assert Spec(**options).without_effect == {}


@pytest.mark.parametrize(
    ("options", "idle"),
    [
        ({}, True),
        ({"by": "arm"}, True),
        ({"test": "fh", "by": "arm"}, False),
        ({"tau": 6.0}, False),
    ],
)
def test_an_option_without_effect_is_reported_with_what_it_needs(
    options: dict[str, Any], idle: bool
) -> None:
    expected = {"--no-stable": "--test fh --by or --tau"} if idle else {}
    assert Spec(stable=False, **options).without_effect == expected


def test_what_has_to_be_given_is_asked_for_before_any_rule_is_checked() -> None:
    with pytest.raises(UsageError, match="A ROC analysis needs an outcome"):
        SPECS["roc"](compare=True)  # type: ignore[call-arg]  # an option of roc


@pytest.mark.parametrize("command", SPECS)
def test_the_rules_of_a_command_name_its_options_and_their_values(command: str) -> None:
    options = options_of(SPECS[command])
    for rule in SPECS[command].rules:
        others = (rule.other,) if isinstance(rule, Excludes) else rule.others
        for words in (rule.option, *others):
            assert re.fullmatch(r"--[a-z-]+( [\w-]+)*", words)
            for name, value in re.findall(r"--([a-z-]+) ?(\w[\w-]*)?", words):
                field = field_name(name)
                known = options.get(field) or options[field.removeprefix("no_")]
                assert not value or value in known.choices or known.kind is int


@pytest.mark.parametrize("command", SPECS)
def test_a_command_keeps_the_rules_of_the_options_that_it_inherits(command: str) -> None:
    spec = SPECS[command]
    inherited = {rule for of in spec.__mro__ for rule in getattr(of, "rules", ())}
    assert inherited == set(spec.rules)


@pytest.mark.parametrize(
    ("command", "options", "typed", "left"),
    [
        ("roc", {"outcome": "death"}, {"at": 12.0}, {"at": 12.0}),
        ("cox", {"select": 0.1}, {"stepwise": "aic"}, {"stepwise": "aic"}),
        ("psmatch", {"endpoint": ["os"]}, {"time": "t", "event": "e"}, {"time": "t", "event": "e"}),
        ("psmatch", {"endpoint": ["os"]}, {"start": "from"}, {"start": "from"}),
        ("tree", {"start": "from", "end": ["seen"]}, {"time": "t"}, {"time": "t"}),
        ("km", {"censor": "seen"}, {"event": "e"}, {"event": "e"}),
        ("cox", {"weights": "w"}, {"firth": True}, {"weights": "w", "firth": True}),
    ],
)
def test_the_command_line_overrides_the_other_way_of_saying_the_same_alone(
    command: str, options: dict[str, Any], typed: dict[str, Any], left: dict[str, Any]
) -> None:
    merged = Dictionary(commands={command: options}).options(command, typed)
    assert {k: v for k, v in merged.items() if k != "where"} == left
