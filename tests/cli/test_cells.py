"""What a user relies on where cells, columns or files are not as they should be, in any command."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import hcc2l
from hcc2l.figures import draw
from tests.conftest import DATA, Run, Write

HCC = DATA / "hcc81.csv"


def changed(write: Write, column: str, cells: dict[int, str], new: str | None = None) -> Path:
    """hcc81.csv with other cells in some rows of a column, which may get a new name."""
    with HCC.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for i, cell in cells.items():
        rows[i][column] = cell
    names = [new if new and name == column else name for name in rows[0]]
    lines = [names, *(list(row.values()) for row in rows)]
    text = "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
    return write("cohort.csv", text + "\n")


@pytest.mark.parametrize(
    ("command", "column"),
    [
        (["tree", "-x", "age"], "node"),
        (["psmatch", "--treat", "lenvatinib", "-x", "age"], "weight"),
    ],
)
def test_saving_never_overwrites_a_column_of_the_cohort(
    command: list[str], column: str, run: Run, write: Write, workplace: Path
) -> None:
    path = changed(write, "sex", {}, new=column)
    result = run(command[0], path, *command[1:], "--save", "saved.csv")
    assert result.status == 2
    assert f"already has the column {column}" in result.err
    assert not (workplace / "saved.csv").exists()


def test_the_saved_cohort_never_takes_the_place_of_the_report(run: Run, workplace: Path) -> None:
    result = run("tree", HCC, "-x", "age", "--out", "o.csv", "--save", "o.csv")
    assert result.status == 2
    assert not (workplace / "o.csv").exists()


# ---------------------------------------------------------------- detection limits at a cut-point


def groups(write: Write, cells: dict[int, str], by: str) -> dict[str, int]:
    report = hcc2l.km(changed(write, "afp", cells), by=by)
    return {str(row["group"]): int(str(row["n"])) for row in report.table("groups").rows}


@pytest.mark.parametrize(
    ("cell", "by", "level"),
    [
        ("<400", "afp@400", "<400"),
        ("<=400", "afp@400", "≥400"),
        (">400", "afp>400", ">400"),
        (">=400", "afp>400", "≤400"),
        (">400", "afp@400", "≥400"),
    ],
)
def test_a_limit_is_on_its_own_side_of_a_cut(cell: str, by: str, level: str, write: Write) -> None:
    numbers = {0: "1", 1: "2", 2: "1000", 3: "2000"}
    without = groups(write, numbers, by)
    limited = dict.fromkeys(range(4, 14), "")
    before, after = (
        groups(write, numbers | limited, by),
        groups(write, numbers | dict.fromkeys(limited, cell), by),
    )
    assert set(without) == set(after)
    assert after[level] == before[level] + 10


def test_a_limit_is_on_its_own_side_of_a_condition(write: Write) -> None:
    path = changed(write, "afp", dict.fromkeys(range(10), "<20"))
    below = hcc2l.km(path, where="afp<20").provenance.analysed
    reached = hcc2l.km(path, where="afp>=20").provenance.analysed
    known = hcc2l.km(path, where="afp present").provenance.analysed
    assert below >= 10
    assert below + reached == known


def test_a_given_cut_off_that_equals_a_limit_is_warned_of(run: Run, write: Write) -> None:
    path = changed(write, "afp", dict.fromkeys(range(10), "<20"))
    arguments = ["roc", path, "--outcome", "death", "--marker", "afp", "--direction", "higher"]
    assert any(
        "10 cells are <20" in w for w in run(*arguments, "--at-cut", "afp=20").messages("warning")
    )
    for other in (["--at-cut", "afp=21"], ["--at-cut", "afp=20", "--direction", "lower"]):
        warnings = run(*arguments, *other).messages("warning")
        assert not any("cells are <20" in w for w in warnings)


# ---------------------------------------------------------------- texts among numbers


@pytest.mark.parametrize("command", ["cox", "tree"])
@pytest.mark.parametrize("cell", ["n.b.", "63 J", "1.2.3"])
def test_one_wrong_cell_of_a_covariate_is_named(
    command: str, cell: str, run: Run, write: Write
) -> None:
    result = run(command, changed(write, "age", {7: cell}), "-x", "age,bclc")
    assert result.status == 2
    assert f"{cell!r} is not a number" in result.err
    assert "column age, line 9" in result.err


def test_a_declared_number_is_never_read_as_groups(run: Run, write: Write) -> None:
    path = changed(write, "ecog", {7: "n.b."})
    write("hcc2l.toml", '[columns.ecog]\ntype = "numeric"\n')
    result = run("cox", path, "-x", "ecog")
    assert result.status == 2
    assert "'n.b.' is not a number" in result.err


def test_a_stray_text_that_makes_groups_of_a_number_is_reported(run: Run, write: Write) -> None:
    path = changed(write, "ecog", {7: "n.b."})

    def warned() -> list[str]:
        return [
            w
            for w in run("cox", path, "-x", "ecog").messages("warning")
            if "as a grouping variable" in w
        ]

    (warning,) = warned()
    assert "ecog" in warning
    assert "'n.b.'" in warning
    write("hcc2l.toml", '[columns.ecog]\ntype = "factor"\n')
    assert warned() == []


@pytest.mark.parametrize(
    ("texts", "odd"),
    [
        (["1", "2", "1", "n.b."], ["n.b."]),
        (["1", "2", "≥3", "1", "b", "a"], ["a", "b"]),
        (["1", "2", "1", "≥3"], None),
        (["1", "2", "a", "b"], None),
        (["A", "B", "A", "1"], None),
        ([*map(str, range(19)), "a"], ["a"]),
        ([*map(str, range(20)), "a"], None),
    ],
)
def test_a_column_of_few_numbers_and_fewer_texts_is_mixed(
    texts: list[str], odd: list[str] | None, write: Write
) -> None:
    path = write("c.csv", "id,x\n" + "".join(f"p{i},{text}\n" for i, text in enumerate(texts)))
    cohort = hcc2l.read_cohort(path)
    assert cohort.mixed() == {}
    cohort.load(["x"])
    cohort.column("x")
    assert cohort.mixed() == ({} if odd is None else {"x": odd})


def test_limits_are_not_counted_among_the_wrong_cells(run: Run, write: Write) -> None:
    cells = {3: "n.b.", 4: "n.b.", **dict.fromkeys(range(5, 9), ">1000")}
    result = run("km", changed(write, "afp", cells), "--by", "afp@400")
    assert "'n.b.' is not a number; nor is 1 other cell" in result.err


# ---------------------------------------------------------------- names and numbers as printed


def test_a_dollar_in_a_name_is_a_dollar(write: Write) -> None:
    path = changed(write, "sex", {}, new="cost $\\foo$")
    report = hcc2l.km(path, by="cost $\\foo$")
    assert report.draw is not None
    assert draw(report.draw(), "svg").count(b"$\\foo$") == 1


def test_a_ratio_has_two_decimals_unless_they_would_say_nothing(run: Run) -> None:
    out = run("cox", HCC, "-x", "age,afp", "--univariable").out
    age, afp = (
        next(line for line in out.splitlines() if line.strip().startswith(name))
        for name in ("Age", "AFP")
    )
    assert "(0.96–1.01)" in age
    assert "1.000" in afp


def test_a_unit_too_small_for_its_ratio_to_be_printed_is_reported(run: Run) -> None:
    notes = run("cox", DATA / "hcc424.csv", "-x", "afp", "--univariable").messages("note")
    assert any("(afp@per1000) or per doubling (afp@log2)" in note for note in notes)


def test_a_covariate_known_only_after_baseline_is_noted_in_logistic_regression(
    run: Run, write: Write
) -> None:
    write("hcc2l.toml", '[columns.age]\nrole = "post-baseline"\n')
    write("cohort.csv", (DATA / "hcc424.csv").read_text())
    result = run("logistic", "cohort.csv", "--outcome", "primary_resistance", "-x", "age,sex")
    assert any("Age is determined only after baseline" in w for w in result.messages("warning"))


# ---------------------------------------------------------------- options and the dictionary


@pytest.mark.parametrize(
    ("table", "command"),
    [
        ("[cox]\nselect = 0.1\n", ["cox", "-x", "age,sex", "--stepwise", "aic"]),
        ("[cox]\nstepwise = 'aic'\n", ["cox", "-x", "age,sex", "--select", "0.1"]),
        (
            "[psmatch]\nendpoint = ['os']\n",
            ["psmatch", "--treat", "lenvatinib", "-x", "age", "--time", "os_months", "--event",
             "death"],
        ),
        ("[roc]\nat = 12\n", ["roc", "--outcome", "death", "--marker", "age"]),
    ],
)  # fmt: skip
def test_options_that_are_given_override_those_of_the_dictionary_that_exclude_them(
    table: str, command: list[str], run: Run, write: Write
) -> None:
    write("hcc2l.toml", table)
    write("cohort.csv", HCC.read_text())
    result = run(command[0], "cohort.csv", *command[1:])
    assert result.status == 0, result.err
