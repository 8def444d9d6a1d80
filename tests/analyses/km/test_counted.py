"""Many patients are counted, and large files are not held: nothing that is printed may differ."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import hcc2l
from hcc2l.analyses.km import counted
from hcc2l.errors import InputError
from hcc2l.readers import blocks, delimited
from tests.conftest import Run

NEVER = 1 << 60
FILES = ("plain.csv", "quoted.csv", "numbered.csv", "cohort.parquet")
HEADER = ["patient_id", "treatment", "os_months", "death", "relapse", "centre", "dose", "w"]


def rows() -> list[list[str]]:
    """Patients with tied times, missing cells, limits, two spellings and words for missing."""
    draw = random.Random(7)
    made = []
    for i in range(2400):
        time = f"{min(draw.weibullvariate(9, 1.1), 24):.1f}"
        made.append([
            f"P{i:05d}", draw.choice(["lenvatinib", "sorafenib", "Sorafenib", ""]),
            draw.choice([time] * 40 + ["", "n.d."]), draw.choice(["0", "1", "1", ""]),
            draw.choice(["0", "1"]), draw.choice("ABCD"),
            draw.choice([*map(str, range(4, 40)), "<4"]), draw.choice(["1", "2", "0.5"]),
        ])  # fmt: skip
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cohort in four files."""
    folder, cells = tmp_path_factory.mktemp("cohorts"), rows()
    for name, quoting in (("plain.csv", csv.QUOTE_MINIMAL), ("quoted.csv", csv.QUOTE_ALL)):
        with (folder / name).open("w", newline="") as file:
            csv.writer(file, quoting=quoting, lineterminator="\n").writerows([HEADER, *cells])
    with (folder / "numbered.csv").open("w", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([["", *HEADER], *([str(i), *row] for i, row in enumerate(cells, 1))])
    columns = dict(zip(HEADER, zip(*cells, strict=True), strict=True))
    typed = {name: pa.array([text or None for text in column]) for name, column in columns.items()}
    typed["death"] = pa.array([int(text) if text else None for text in columns["death"]])
    pq.write_table(pa.table(typed), folder / "cohort.parquet")
    return folder


def answers(monkeypatch: pytest.MonkeyPatch, run: Run, *arguments: object) -> list[tuple[str, str]]:
    """What is printed when files are held and patients are not counted, and the other way round."""
    found = []
    for large, many in ((NEVER, NEVER), (0, 1)):
        monkeypatch.setattr(delimited, "LARGE", large)
        monkeypatch.setattr(blocks, "HUGE", large)
        monkeypatch.setattr(counted, "MANY", many)
        outcome = run("km", *arguments)
        assert outcome.status == 0, outcome.err
        found.append((outcome.out, outcome.err))
    return found


@pytest.mark.parametrize(
    "options",
    [
        [], ["--by", "treatment"],
        ["--by", "treatment", "--at", "6,12", "--trend", "--pairwise", "--curve"],
        ["--by", "treatment", "--test", "logrank,peto,gehan,tarone-ware,fh", "--rho", "1"],
        ["--by", "treatment", "--strata", "centre", "--pairwise", "--where", "dose>9"],
        ["--by", "centre", "--competing", "relapse", "--curve"],
        ["--by", "dose@20", "--landmark", "3", "--tau", "12", "--hr"],
        ["--by", "relapse", "--nph", "--split", "6"],
        ["--by", "treatment", "--weights", "w"],
        ["--event", "death=0", "--conf-type", "log-log"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_counted_patients_of_a_file_that_is_not_held_give_the_same_json(
    options: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    ordinary, other = answers(monkeypatch, run, folder / "plain.csv", *options, "--json")
    assert other == ordinary


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_gives_the_same_text_and_notes(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    ordinary, other = answers(monkeypatch, run, folder / name, "--by", "treatment", "--at", "6")
    assert other == ordinary


def test_times_that_differ_by_rounding_are_counted_together_but_shown_as_they_are() -> None:
    time = np.array([0.1 + 0.2, 0.3, 1.0, 2.0] * 50)
    cause, codes = np.tile([1, 0, 1, 1], 50), np.tile([0, 1], 100)
    one_by_one = counted.counted(time, cause, codes, 2, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counted, "MANY", 1)
        alike = counted.counted(time, cause, codes, 2, None)
    assert (one_by_one.time.size, alike.time.size) == (200, 4)
    assert alike.distinct.times.tolist() == one_by_one.distinct.times.tolist() == [0.3, 1.0, 2.0]
    for group in (0, 1):
        of_cells, of_rows = alike.codes == group, one_by_one.codes == group
        assert alike.observed(of_cells) == one_by_one.observed(of_rows)
        assert alike.number(of_cells) == one_by_one.number(of_rows) == 100


def test_a_file_that_changes_after_it_was_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "HUGE", 0)
    path = tmp_path / "c.csv"
    path.write_text("id,os_months,death\n" + "".join(f"p{i},{i},1\n" for i in range(9)))
    cohort = hcc2l.read_cohort(path)
    path.write_text(path.read_text().replace("8,1", "8,0") + "p9,9,1\n")
    with pytest.raises(InputError, match=r"changed while it was read") as refused:
        hcc2l.km(cohort)
    assert str(path) in str(refused.value)
    path.unlink()
    with pytest.raises(InputError, match=r"cannot be read: No such file"):
        hcc2l.km(cohort)
