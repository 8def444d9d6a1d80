"""Every command that has an endpoint takes it from times or from dates, in any unit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l import read_cohort
from hcc2l.cohort import Cohort
from hcc2l.report import Report, SurvivalFigure
from tests.conftest import DATA, Write

COMMANDS = {
    "km": {"by": "child_pugh", "at": [6, 12]},
    "cox": {"covariates": ["child_pugh", "afp@400"]},
    "tree": {"covariates": ["child_pugh", "afp"]},
    "psmatch": {"treat": "lenvatinib", "covariates": ["age", "child_pugh"]},
    "roc": {"at": 6, "marker": ["afp"], "boot": 0},
}
STATUS = {"start": "start_2l", "end": "last_contact", "event": "death"}


@pytest.fixture(scope="module")
def patients() -> Cohort:
    return read_cohort(DATA / "second_line" / "cohort.csv")


def analyse(command: str, cohort: Cohort | Path, **options: Any) -> Report:
    report: Report = getattr(hcc2l, command)(cohort, **COMMANDS[command], **options)
    return report


def values(report: Report) -> dict[str, list[dict[str, object]]]:
    """The rows of every table, without the name of the endpoint."""
    named = ("endpoint", "marker", "outcome", "rule")
    return {
        table.name: [{k: v for k, v in row.items() if k not in named} for row in table.rows]
        for table in report.tables
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_a_status_at_the_last_contact_gives_what_the_dates_of_death_give(
    command: str, patients: Cohort
) -> None:
    by_status = analyse(command, patients, **STATUS)
    named = ["os_dates"] if command == "psmatch" else "os_dates"
    assert values(by_status) == values(analyse(command, patients, endpoint=named))


@pytest.mark.parametrize("command", COMMANDS)
def test_footer_and_methods_say_how_the_times_were_computed(command: str, patients: Cohort) -> None:
    report = analyse(command, patients, **STATUS, time_unit="weeks", label="Survival")
    assert "Survival (start_2l to last_contact, death), weeks" in report.provenance.footer[1]
    assert (
        "Survival was measured in weeks from start of second line to last contact, with death as "
        "the event."
    ) in report.methods
    assert report.methods.count("was measured in weeks") == 1


@pytest.mark.parametrize(
    ("command", "table", "key"),
    [("cox", "terms", "hr"), ("tree", "tests", "p"), ("psmatch", "effects", "hr")],
)
def test_effects_do_not_depend_on_the_unit(
    command: str, table: str, key: str, patients: Cohort
) -> None:
    months, years = (
        [value for value in report.table(table).column(key) if value is not None]
        for report in (
            analyse(command, patients, **STATUS, time_unit=unit) for unit in ("months", "years")
        )
    )
    assert months
    assert months == pytest.approx(years, rel=1e-9)


def test_times_of_the_curve_and_its_axis_are_in_the_unit_shown(patients: Cohort) -> None:
    months = hcc2l.km(patients, **STATUS, at=[12.0])
    years = hcc2l.km(patients, **STATUS, at=[1.0], time_unit="years")
    (a,), (b,) = months.table("survival").rows, years.table("survival").rows
    assert (a["estimate"], a["n_risk"]) == (b["estimate"], b["n_risk"])
    (a,), (b,) = months.table("groups").rows, years.table("groups").rows
    assert a["median"] == pytest.approx(12 * float(str(b["median"])))
    assert "Median, years (95% CI)" in [c.header for c in years.table("groups").columns]
    drawn = curves(years)
    assert drawn.x_label == "Time (years)"
    assert drawn.x_max == pytest.approx(curves(months).x_max / 12)


def curves(report: Report) -> SurvivalFigure:
    """The figure of an analysis by Kaplan–Meier."""
    assert report.draw is not None
    figure = report.draw()
    assert isinstance(figure, SurvivalFigure)
    return figure


def test_psmatch_shows_all_endpoints_in_one_unit(patients: Cohort) -> None:
    months, weeks = (analyse("psmatch", patients, time_unit=u) for u in (None, "weeks"))
    for a, b in zip(months.table("survival").rows, weeks.table("survival").rows, strict=True):
        assert a["endpoint"] == b["endpoint"]
        assert b["median"] == pytest.approx(float(str(a["median"])) * 30.4375 / 7)
    footer = weeks.provenance.footer[1]
    assert "Progression-free survival (pfs_months in months, pfs_event), weeks" in footer


def test_an_endpoint_given_in_one_form_replaces_that_of_the_dictionary(write: Write) -> None:
    write(
        "hcc2l.toml",
        '[km]\ntime = "t"\nevent = "e"\n'
        '[cox]\nstart = "from"\nend = ["died"]\ncensor = "seen"\n'
        'covariates = ["x"]\nselect = 0.5\n',
    )
    rows = "".join(f"{i},{i % 2},{i % 3},2020-01-01,,2020-02-{i:02}\n" for i in range(1, 21))
    cohort = read_cohort(write("c.csv", "t,e,x,from,died,seen\n" + rows))
    dates = hcc2l.km(cohort, start="from", end="seen", event="e").provenance.settings
    assert (dates["time"], dates["start"], dates["event"]) == (None, "from", "e")
    status = hcc2l.cox(cohort, event="e", end="seen").provenance.settings
    assert (status["censor"], status["event"], status["end"]) == (None, "e", ["seen"])
    times = hcc2l.cox(cohort, time="t", event="e", stepwise="aic").provenance.settings
    assert (times["time"], times["start"], times["select"]) == ("t", None, None)
