"""Figures on the command line: their options, the terminal, what does not apply."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

import hcc2l
from hcc2l.errors import UsageError
from hcc2l.readers import bundled_cohort
from tests.conftest import Run, Write

COHORT = bundled_cohort()
KM = ("km", str(COHORT), "--by", "child_pugh", "-q")


def width(path: Path) -> float:
    """Millimetres, by the dots and the resolution that the file states."""
    picture = Image.open(io.BytesIO(path.read_bytes()))
    return picture.width / float(picture.info["dpi"][0]) * 25.4


def test_the_size_is_that_of_every_file_and_document(run: Run, workplace: Path) -> None:
    done = run(*KM, "--width", "85", "--dpi", "200", "--plot", "a.png", "--plot", "a.tif",
               "--plot", "a.eps", "--out", "a.docx")  # fmt: skip
    assert done.status == 0
    assert width(workplace / "a.png") == pytest.approx(85, abs=0.3)
    assert width(workplace / "a.tif") == pytest.approx(85, abs=0.3)
    assert (workplace / "a.eps").read_bytes().startswith(b"%!PS")


def test_options_of_the_dictionary_are_those_of_figures_without_a_word_where_none_is_drawn(
    run: Run, write: Write, workplace: Path
) -> None:
    write("hcc2l.toml", '[defaults]\nwidth = 85\npalette = "grey"\nbands = false\n')
    done = run(*KM, "--config", "hcc2l.toml", "--plot", "a.png")
    assert done.status == 0
    assert width(workplace / "a.png") == pytest.approx(85, abs=0.3)
    assert run(*KM, "--config", "hcc2l.toml").status == 0


@pytest.mark.parametrize("option", [("--width", "85"), ("--palette", "nejm"), ("--title", "x")])
def test_options_of_a_figure_need_one(run: Run, option: tuple[str, str]) -> None:
    done = run(*KM, *option)
    assert done.status == 2
    assert option[0] in done.err
    assert "Add --plot FILE" in done.err
    assert run(*KM, *option, "--plot", "-").status == 2


@pytest.mark.parametrize(
    ("option", "message"),
    [(("--width", "10"), "at least 30"), (("--palette", "rainbow"), "not a valid choice"),
     (("--dpi", "9"), "50"), (("--font-size", "1"), "at least 4"),
     (("--show", "odds"), "not a valid choice")],
)  # fmt: skip
def test_a_value_out_of_range_is_refused(
    run: Run, workplace: Path, option: tuple[str, str], message: str
) -> None:
    done = run(*KM, *option, "--plot", "a.png")
    assert done.status == 2
    assert message in " ".join(done.err.split())
    assert not (workplace / "a.png").exists()


def test_a_figure_that_does_not_fit_writes_nothing(run: Run, workplace: Path) -> None:
    done = run("cox", str(COHORT), "-x", "age,child_pugh,afp@400", "--width", "40", "--plot",
               "a.png", "--out", "a.md")  # fmt: skip
    assert done.status == 2
    assert "does not fit 40 mm" in done.err
    assert not list(workplace.glob("a.*"))


def test_curves_stand_below_the_tables_of_the_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch, workplace: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = run(*KM, "--plot", "-", "--plot", "a.svg")
    assert done.status == 0
    assert done.out.index("Patients, events and follow-up") < done.out.index("100%┤")
    assert "\033" not in done.out
    assert (workplace / "a.svg").exists()
    assert not (workplace / "-").exists()


@pytest.mark.parametrize("form", [("--json",), ("--format", "md"), ("--format", "csv")])
def test_other_formats_have_no_curves(run: Run, form: tuple[str, ...]) -> None:
    done = run(*KM, "--plot", "-", *form)
    assert done.status == 2
    assert "Curves are drawn below the tables of a terminal" in done.err
    assert not done.out


def test_other_figures_are_not_for_the_terminal(run: Run) -> None:
    done = run("cox", str(COHORT), "-x", "age", "--plot", "-", "-q")
    assert done.status == 2
    assert "Only survival curves" in done.err
    assert not done.out


@pytest.mark.parametrize("option", [("--xlim", "12"), ("--no-bands",), ("--no-censor-ticks",)])
def test_options_of_curves_have_no_effect_on_other_figures_which_is_noted(
    run: Run, option: tuple[str, ...]
) -> None:
    done = run("cox", str(COHORT), "-x", "age", *option)
    assert done.status == 0
    assert "--adjusted-curves" in done.err


@pytest.mark.parametrize("option", [("--hr",), ("--show", "risk"), ("--show", "hazard")])
def test_incidences_have_no_hazard_ratio_and_no_other_curve(
    run: Run, option: tuple[str, ...]
) -> None:
    done = run("km", str(COHORT), "--endpoint", "ttp", "--competing", "death", "--by", "child_pugh",
               *option)  # fmt: skip
    assert done.status == 2


def test_plot_report_takes_the_options_of_figures(workplace: Path) -> None:
    report = hcc2l.km(COHORT, by="child_pugh")
    hcc2l.plot_report(report, "a.png", width=85, dpi=200)
    assert width(workplace / "a.png") == pytest.approx(85, abs=0.3)
    with pytest.raises(UsageError, match="no option 'widht'"):
        hcc2l.plot_report(report, "b.png", widht=85)
    with pytest.raises(UsageError, match="not a valid choice"):
        hcc2l.plot_report(report, "b.png", palette="rainbow")
