"""The file of a model: what is written can be read, and what is wrong is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hcc2l.analyses.regression.saved_model import (
    Origin,
    SavedBaseline,
    SavedModel,
    SavedTerm,
    read_model,
)
from hcc2l.errors import InputError

COX: dict[str, Any] = {
    "type": "cox",
    "terms": [{"term": "age", "coef": 0.02}, {"term": "child_pugh", "levels": {"A": 0, "B": 1}}],
    "baseline": {"time": [6, 12], "survival": [0.8, 0.6]},
}


def written(folder: Path, content: object) -> str:
    path = folder / "model.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    model = SavedModel(
        "mine", "cox",
        (SavedTerm("age", "years", 0.3), SavedTerm("x", None, None, {"A": 0.0, "B": 1}),
         SavedTerm("afp@rcs3", None, None, knots=(1.0, 2.0, 4.0), coefs=(0.5, -1.0))),
        source="Paper", endpoint="Overall survival", unit="months",
        baseline=SavedBaseline((1.5, 2.0), (0.9, 0.8), 1.25, 30.0),
        made_from=Origin("cohort.csv", "ab", ("age>60",), 80, 40, "stepwise aic"),
    )  # fmt: skip
    assert read_model(written(tmp_path, model.to_json())) == model


def test_a_baseline_may_begin_with_an_event_at_time_0(tmp_path: Path) -> None:
    model = read_model(written(tmp_path, with_baseline(time=[0, 12])))
    assert model.baseline is not None
    assert model.baseline.time == (0, 12)


def test_the_name_is_that_of_the_file_unless_it_is_given(tmp_path: Path) -> None:
    assert read_model(written(tmp_path, COX)).name == "model"
    assert read_model(written(tmp_path, COX | {"name": "ours"})).name == "ours"


def test_survival_is_known_at_the_times_alone_unless_follow_up_is_told() -> None:
    points = SavedBaseline((6.0, 12.0), (0.8, 0.6))
    assert [points.at(t) for t in (3, 6, 9, 12, 15)] == [None, 0.8, None, 0.6, None]
    steps = SavedBaseline((6.0, 12.0), (0.8, 0.6), until=14.0)
    assert [steps.at(t) for t in (3, 6, 9, 12, 14, 15)] == [1.0, 0.8, 0.8, 0.6, 0.6, None]


def changed(**keys: object) -> dict[str, Any]:
    return {k: v for k, v in (COX | keys).items() if v is not ...}


def with_term(**keys: object) -> dict[str, Any]:
    return changed(terms=[{"term": "age", "coef": 0.02} | keys])


def with_baseline(**keys: object) -> dict[str, Any]:
    return changed(baseline={"time": [6, 12], "survival": [0.8, 0.6]} | keys)


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        ("{", "", "not JSON"),
        ("[]", "", "not an object"),
        ('{"type": "cox", "type": "cox"}', "", "'type' stands twice"),
        ('{"type": "cox", "terms": [{"term": "age", "coef": NaN}]}', "", "NaN"),
        ('{"type": "cox", "terms": [{"term": "age", "coef": 1e999}]}', "term age", "not a number"),
        (changed(kind="cox"), "", "no key 'kind'"),
        (changed(type="weibull"), "type", "'weibull' is no type"),
        (changed(terms=[]), "terms", "list of terms"),
        (changed(terms=...), "terms", "list of terms"),
        (changed(intercept=1), "intercept", "cox model has no intercept"),
        (changed(type="logistic", intercept=1), "baseline", "logistic model has no baseline"),
        (changed(type="logistic", baseline=...), "intercept", "needs its intercept"),
        (changed(terms=[{"coef": 1}]), "terms[1]", "no name"),
        (changed(terms=COX["terms"] * 2), "terms", "'age' stands in the model twice"),
        (with_term(coef="0.02"), "term age", "'0.02' is not a number"),
        (with_term(coef=10**400), "term age", "is not a number"),
        ("[" * 100_000, "", "nested too deeply"),
        (with_term(coef=True), "term age", "True is not a number"),
        (with_term(levels={"A": 0, "B": 1}), "term age", 'either "coef", or "levels"'),
        (with_term(beta=1), "terms[1]", "no key 'beta'"),
        (changed(terms=[{"term": "x", "levels": {"A": 0}}]), "term x", "two or more levels"),
        (changed(terms=[{"term": "x", "levels": {"A": 0, "B": None}}]), "level B", "not a number"),
        (with_term(knots=[1, 2, 3]), "term age", 'Only a spline has "knots"'),
        (with_term(coef=None, knots=[1, 2, 3], coefs=[1]), "term age", "one coefficient fewer"),
        (with_term(coef=None, knots=[1, 3, 2], coefs=[1, 2]), "term age", "ascending knots"),
        (with_baseline(time=[6]), "baseline", "1 times and 2 survivals"),
        (with_baseline(time=[12, 6]), "baseline, time", "do not ascend"),
        (with_baseline(time=[-1, 6]), "baseline, time", "do not ascend"),
        (with_baseline(time=6), "baseline, time", "not a list"),
        (with_baseline(survival=[0.6, 0.8]), "baseline, survival", "fall with time"),
        (with_baseline(survival=[80, 60]), "baseline, survival", "no survival probabilities"),
        (with_baseline(until=9), "baseline, until", "before the last time"),
        (changed(made_from={"file": "a"}), "made_from", "as they were saved"),
        (changed(name=3), "name", "3 is not text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(
    content: object, place: str, message: str, tmp_path: Path
) -> None:
    path = written(tmp_path, content)
    with pytest.raises(InputError) as caught:
        read_model(path)
    assert message in caught.value.message
    assert str(caught.value.where).startswith(path)
    assert place in str(caught.value.where)
    assert caught.value.hint


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_model(str(tmp_path / "none.json"))
    (tmp_path / "x.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_model(str(tmp_path / "x.json"))


def test_control_characters_of_a_name_are_not_printed(tmp_path: Path) -> None:
    assert "\x1b" not in read_model(written(tmp_path, COX | {"name": "\x1b[31mred"})).name


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a file"):
        read_model(str(tmp_path))
