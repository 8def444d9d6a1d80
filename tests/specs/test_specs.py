"""Options are checked on creation: which values are accepted, and what the refusal says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

import pytest

from hcc2l.errors import UsageError, did_you_mean, quoted_list
from hcc2l.specs import CoxSpec, KmSpec
from hcc2l.specs.options import AnalysisSpec, option


@dataclass(frozen=True, kw_only=True)
class Spec(AnalysisSpec):
    """One option of every form."""

    share: float = option(0.5, "Help.", panel="Panel", high=1.0, ends=False)
    level: float | None = option(None, "Help.", panel="Panel", high=1.0)
    positive: float | None = option(None, "Help.", panel="Panel", ends=False)
    width: float | None = option(0.2, "Help.", panel="Panel", high=10.0, words=("none",))
    trees: int = option(100, "Help.", panel="Panel")
    mode: Literal["quad", "max"] = option("quad", "Help.", panel="Panel")
    modes: Sequence[Literal["quad", "max"]] = option((), "Help.", panel="Panel")
    times: Sequence[float] = option((), "Help.", panel="Panel")
    flag: bool = option(False, "Help.", panel="Panel")
    label: str | None = option(None, "Help.", panel="Panel")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("share", 0.001), ("share", 0.999), ("level", 0.0), ("level", 1.0), ("level", None),
        ("positive", 1e-9), ("positive", 1e9), ("width", 0), ("width", 10), ("width", "none"),
        ("trees", 0), ("trees", 200.0), ("mode", "max"), ("modes", ("quad", "max")),
        ("times", (0, 6.5)), ("flag", True), ("label", "A"), ("label", None),
    ],
)  # fmt: skip
def test_a_value_within_its_bounds_is_accepted(name: str, value: object) -> None:
    assert getattr(Spec(**{name: value}), name) == value


@pytest.mark.parametrize(
    ("name", "value", "message", "hint"),
    [
        ("share", 0.0, "0 is out of range.", "Give a number between 0 and 1."),
        ("share", 1.0, "1 is out of range.", "Give a number between 0 and 1."),
        ("level", -0.01, "-0.01 is out of range.", "Give a number of at least 0 and at most 1."),
        ("level", 1.01, "1.01 is out of range.", "Give a number of at least 0 and at most 1."),
        ("positive", 0, "0 is out of range.", "Give a number above 0."),
        ("width", "all", "'all' is not a number.", "Give a number such as 12 or 6.5."),
        ("width", 10.5, "10.5 is out of range.", "Give a number of at least 0 and at most 10."),
        ("trees", 1.5, "1.5 is not a whole number.", "Give a number such as 100."),
        ("trees", -1, "-1 is out of range.", "Give a number of at least 0."),
        ("trees", True, "True is not a number.", "Give a whole number such as 3."),
        ("trees", None, "None is not a number.", "Give a whole number such as 3."),
        ("level", "x", "'x' is not a number.",
         "Give a number such as 12 or 6.5, or omit the option."),
        ("level", float("nan"), "nan is not a number.", None),
        ("level", float("inf"), "inf is not a number.", None),
        ("mode", "maxx", "'maxx' is not a valid choice.", "Did you mean 'max'?"),
        ("mode", "zzz", "'zzz' is not a valid choice.", "Choose from: quad, max."),
        ("mode", 3, "3 is not text.", "Put it in quotation marks."),
        ("modes", ("quad", "zzz"), "'zzz' is not a valid choice.", "Choose from: quad, max."),
        ("times", (6, "x"), "'x' is not a number.", None),
        ("times", (6, -1), "-1 is out of range.", "Give a number of at least 0."),
        ("flag", "yes", "'yes' is not true or false.", "Write true or false."),
        ("label", 3, "3 is not text.", "Put it in quotation marks."),
    ],
)  # fmt: skip
def test_a_value_out_of_its_bounds_is_refused_with_the_bounds(
    name: str, value: object, message: str, hint: str | None
) -> None:
    with pytest.raises(UsageError) as caught:
        Spec(**{name: value})
    assert caught.value.message == message
    assert caught.value.where == f"--{name}"
    assert hint in (None, caught.value.hint)


@pytest.mark.parametrize(
    ("value", "expected"), [(None, ()), ("peto", ("peto",)), (["peto", "fh"], ("peto", "fh"))]
)
def test_an_option_of_several_values_takes_one_or_a_list(
    value: Any, expected: tuple[str, ...]
) -> None:
    assert Spec(where=value).where == expected


def test_a_whole_number_from_the_dictionary_is_an_integer() -> None:
    trees = Spec(trees=200.0).trees  # type: ignore[arg-type]  # as TOML gives it
    assert (trees, type(trees)) == (200, int)


def test_an_option_of_two_words_is_named_as_on_the_command_line() -> None:
    with pytest.raises(UsageError) as caught:
        KmSpec(conf_level=1.0)
    assert caught.value.where == "--conf-level"


def test_settings_are_every_option_that_changes_a_result_with_lists_for_tuples() -> None:
    settings = CoxSpec(covariates=("age", "sex")).settings()
    assert settings["covariates"] == ["age", "sex"]
    assert settings["conf_level"] == 0.95
    assert set(settings) == {f.name for f in fields(CoxSpec)} - {"jobs", "scheduler"}


@pytest.mark.parametrize(
    ("name", "known", "listed", "hint"),
    [
        ("ag", ["age", "sex"], 30, "Did you mean 'age'?"),
        ("AGE", ["age", "sex"], 30, "Did you mean 'age'?"),
        ("ab", ["abc", "abd"], 30, "Did you mean 'abd' or 'abc'?"),
        ("zzz", ["age", "sex"], 2, "Choose from: age, sex."),
        ("zzz", ["age", "sex"], 1, ""),
        ("zzz", [], 30, ""),
    ],
)
def test_a_hint_names_the_nearest_or_the_few_there_are(
    name: str, known: list[str], listed: int, hint: str
) -> None:
    assert did_you_mean(name, known, listed) == hint


@pytest.mark.parametrize(
    ("n", "text"), [(1, "0"), (3, "0, 1, 2"), (5, "0, 1, 2, 3, 4"), (6, "0, 1, 2, 3, 4 and 1 more")]
)
def test_a_list_in_a_message_is_short(n: int, text: str) -> None:
    assert quoted_list(range(n)) == text
