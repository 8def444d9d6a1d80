"""Endpoints given by their columns or dates, or in parts; their unit and their name."""

from __future__ import annotations

from typing import Any

import pytest

from hcc2l.design import Endpoint
from hcc2l.errors import UsageError
from tests.conftest import Run, Write
from tests.design.cohorts import DATES, FROM_DATES, SEEN, chosen, excluded, km

OF_SEEN = '[endpoints.os]\nstart = "start"\nend = "seen"\nevent = "status=dead"\n'


def days(endpoint: Endpoint) -> list[float | None]:
    """Times in whole days, None where unknown."""
    per = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}[endpoint.unit or ""]
    return [None if t != t else round(t * per, 9) for t in endpoint.time.tolist()]


# ---------------------------------------------------------------- a status at the last contact


@pytest.mark.parametrize("given", [True, False], ids=["options", "dictionary"])
def test_a_start_a_last_contact_and_a_status_make_an_endpoint(given: bool) -> None:
    options = {"start": "start", "end": "seen", "event": "status=dead"} if given else {}
    endpoint = chosen(SEEN, "" if given else OF_SEEN, **options)
    assert days(endpoint) == [60, 91, 0, None, None, 121]
    assert endpoint.event.tolist() == [1, 0, 1, 1, 0, -1]
    assert endpoint.described == "start to seen, status=dead"
    assert endpoint.unit == "months"


def test_the_status_needs_no_value_where_its_words_are_clear() -> None:
    endpoint = chosen(SEEN, start="start", end="seen", event="status")
    assert endpoint.event.tolist() == [1, 0, 1, 1, 0, -1]


def test_rows_without_a_date_or_the_status_are_excluded_by_reason(write: Write) -> None:
    report = km(write("c.csv", SEEN), start="start", end="seen", event="status=dead")
    assert excluded(report) == {
        "date missing (start, seen)": (2, ("d", "e")),
        "status missing": (1, ("f",)),
    }


def test_other_values_of_the_status_are_named(write: Write) -> None:
    path = write("c.csv", SEEN.replace("f,2020-01-01,2020-05-01,", "f,2020-01-01,2020-05-01,lost"))
    report = km(path, start="start", end="seen", event="status=dead")
    (note,) = [n for n in report.notes if n.code == "event-values"]
    assert note.text.startswith("status also has the values alive, lost;")


# ---------------------------------------------------------------- dates of events


@pytest.mark.parametrize(
    "end", [("progressed", "died"), ("progressed,died",), ("progressed, died",)]
)
def test_the_first_of_several_dates_is_the_event(end: tuple[str, ...]) -> None:
    endpoint = chosen(DATES, start="start", end=end, censor="seen")
    assert days(endpoint) == [31, 60, 31, 91]
    assert endpoint.event.tolist() == [1, 1, 1, 0]


def test_a_column_whose_name_has_a_comma_is_one_column(run: Run, write: Write) -> None:
    text = DATES.replace("seen", '"seen, last"')
    endpoint = chosen(text, start="start", end="seen, last", event="status=2")
    assert endpoint.time_columns == ("start", "seen, last")
    options = ("--start", "start", "--end", "seen, last", "--event", "status=2", "--json")
    settings = run("km", write("c.csv", text), *options).json["settings"]
    assert settings["end"] == ["seen, last"]


def test_an_event_on_the_date_of_censoring_is_an_event() -> None:
    endpoint = chosen(DATES, start="start", end="died", censor="seen")
    assert (days(endpoint)[0], endpoint.event.tolist()[0]) == (60, 1)


def test_columns_of_dates_are_found_whatever_their_capitals() -> None:
    endpoint = chosen(DATES, start="START", end="Died", censor="SEEN")
    assert endpoint.time_columns == ("start", "died", "seen")


# ---------------------------------------------------------------- parts


def test_an_event_alone_replaces_that_of_an_endpoint_from_dates() -> None:
    dictionary = (
        '[endpoints.os]\nstart = "start"\nend = "seen"\nevent = "status=1"\nunit = "days"\n'
    )
    endpoint = chosen(DATES, dictionary, event="status=2")
    assert endpoint.event.tolist() == [1, 1, 0, 0]
    assert (endpoint.name, endpoint.unit, endpoint.label) == ("os", "days", "Time to status=2")


def test_one_date_alone_replaces_that_of_the_endpoint() -> None:
    endpoint = chosen(DATES, FROM_DATES, end="progressed")
    assert endpoint.time_columns == ("start", "progressed", "seen")
    assert (endpoint.name, endpoint.label) == ("custom", "Time to progressed")
    endpoint = chosen(DATES, FROM_DATES, endpoint="pfs", end="progressed", censor="died")
    assert endpoint.event.tolist() == [1, 0, 1, -1]


def test_a_complete_endpoint_takes_nothing_from_the_named_one() -> None:
    dictionary = FROM_DATES.replace('censor = "seen"', 'censor = "seen"\nunit = "days"', 1)
    endpoint = chosen(DATES, dictionary, start="start", end="seen", event="status=2")
    assert (endpoint.described, endpoint.unit) == ("start to seen, status=2", "months")


def test_dates_take_no_event_from_an_endpoint_of_times() -> None:
    dictionary = '[endpoints.os]\ntime = "t"\nevent = "status=2"\n'
    with pytest.raises(UsageError, match="needs --event"):
        chosen(DATES, dictionary, start="start", end="seen")


def test_a_time_alone_keeps_the_event_of_an_endpoint_from_dates() -> None:
    endpoint = chosen("t,start,seen,status\n3,,,dead\n4,,,alive\n", OF_SEEN, time="t")
    assert (endpoint.described, endpoint.time.tolist()) == ("t, status=dead", [3, 4])


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("os", "Overall survival"),
        ("OS", "Overall survival"),
        ("pfs", "Progression-free survival"),
        ("ttp", "Time to progression"),
        ("dfs", "Disease-free survival"),
        ("rfs", "Recurrence-free survival"),
        ("efs", "Event-free survival"),
        ("dss", "Disease-specific survival"),
        ("css", "Cancer-specific survival"),
        ("rps", "Time to died"),
    ],
)
def test_an_endpoint_without_a_label_has_the_name_of_the_field(name: str, label: str) -> None:
    dates = f'[endpoints.{name}]\nstart = "start"\nend = "died"\ncensor = "seen"\n'
    assert chosen(DATES, dates, endpoint=name).label == label
    times = f'[endpoints.{name}]\ntime = "t"\nevent = "died"\n'
    assert chosen("t,died\n1,1\n2,0\n", times, endpoint=name).label == label


def test_an_endpoint_from_dates_without_a_label_is_the_time_to_its_event() -> None:
    endpoint = chosen(DATES, start="start", end="progressed,died", censor="seen")
    assert endpoint.label == "Time to progressed or died"


def test_a_label_on_the_command_line_replaces_the_others(write: Write) -> None:
    dictionary = '[endpoints.os]\ntime = "t"\nevent = "e"\nlabel = "Survival"\n'
    assert chosen("t,e\n1,1\n2,0\n", dictionary, label="Time to death").label == "Time to death"
    report = km(write("c.csv", SEEN), start="start", end="seen", event="status", label="OS")
    assert report.title == "OS — c.csv"
    assert report.provenance.settings["label"] == "OS"


# ---------------------------------------------------------------- units


def test_the_unit_of_a_column_is_stated_on_the_command_line() -> None:
    text = "os_months,death\n10,1\n20,0\n"
    assert chosen(text, unit="weeks").unit == "weeks"
    column = '[columns.os_months]\nunit = "days"\n'
    assert chosen(text, column).unit == "days"
    endpoint = '[endpoints.os]\ntime = "os_months"\nevent = "death"\nunit = "years"\n'
    assert chosen(text, column + endpoint).unit == "years"
    assert chosen(text, column + endpoint, unit="weeks").unit == "weeks"


def test_the_unit_of_times_from_dates_is_stated_on_the_command_line() -> None:
    endpoint = chosen(SEEN, start="start", end="seen", event="status", unit="days")
    assert (endpoint.time.tolist()[0], endpoint.unit) == (60, "days")


def test_times_are_converted_and_the_unit_of_the_file_is_told() -> None:
    endpoint = chosen("os_weeks,death\n10,1\n,0\n", time_unit="months")
    assert endpoint.time.tolist()[0] == 70 / 30.4375
    assert endpoint.unit == "months"
    assert endpoint.described == "os_weeks in weeks, death"


def test_times_from_dates_are_shown_in_the_unit_wanted() -> None:
    endpoint = chosen(SEEN, OF_SEEN, time_unit="weeks")
    assert (endpoint.time.tolist()[0], endpoint.unit) == (60 / 7, "weeks")


@pytest.mark.parametrize("unit", ["months", "Months", "month"])
def test_times_in_the_unit_wanted_stay_as_they_are(unit: str) -> None:
    dictionary = f'[endpoints.os]\ntime = "t"\nevent = "e"\nunit = "{unit}"\n'
    endpoint = chosen("t,e\n0.1,1\n0.7,0\n", dictionary, time_unit="months")
    assert endpoint.time.tolist() == [0.1, 0.7]
    assert (endpoint.unit, endpoint.described) == ("months", "t, e")


@pytest.mark.parametrize(("unit", "says"), [(None, "not known"), ("cycles", "'cycles'")])
def test_times_of_an_unknown_unit_are_not_converted(unit: str | None, says: str) -> None:
    dictionary = '[endpoints.os]\ntime = "t"\nevent = "e"\n'
    dictionary += f'unit = "{unit}"\n' if unit else ""
    with pytest.raises(UsageError, match=says) as caught:
        chosen("t,e\n1,1\n2,0\n", dictionary, time_unit="months")
    assert caught.value.where == "--time-unit"
    assert "--unit: days, weeks, months, years" in str(caught.value.hint)
    assert chosen("t,e\n1,1\n2,0\n", dictionary, unit="days", time_unit="weeks").unit == "weeks"


def test_the_unit_wanted_may_be_the_default_of_the_dictionary(run: Run, write: Write) -> None:
    write("hcc2l.toml", '[defaults]\ntime_unit = "months"\n')
    write("c.csv", "os_days,death\n30,1\n60,0\n")
    assert run("km", "c.csv", "--json").json["settings"]["time_unit"] == "months"


def test_options_and_results_are_in_the_unit_shown(run: Run, write: Write) -> None:
    rows = "".join(f"{7 * i},{i % 2}\n" for i in range(1, 41))
    write("c.csv", f"os_days,death\n{rows}")
    options = ("--at", "10,20", "--tau", "30", "--landmark", "3", "--json")
    weeks = run("km", "c.csv", "--time-unit", "weeks", *options).json
    write("d.csv", "os_weeks,death\n" + "".join(f"{i},{i % 2}\n" for i in range(1, 41)))
    assert weeks["tables"] == run("km", "d.csv", *options).json["tables"]
    assert weeks["settings"]["unit"] == "days"
    assert weeks["settings"]["time_unit"] == "weeks"


# ---------------------------------------------------------------- the account of the endpoint


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (
            {"start": "start", "end": "seen", "event": "status=2"},
            {"time": None, "start": "start", "end": ["seen"], "censor": None, "event": "status=2"},
        ),
        (
            {"start": "start", "end": ["progressed", "died"], "censor": "seen"},
            {"time": None, "start": "start", "end": ["progressed", "died"], "censor": "seen"},
        ),
    ],
)
def test_the_settings_name_the_columns(
    options: dict[str, Any], settings: dict[str, object], write: Write
) -> None:
    resolved = km(write("c.csv", DATES), **options).provenance.settings
    assert {name: resolved[name] for name in settings} == settings


@pytest.mark.parametrize(
    ("options", "footer", "methods"),
    [
        (
            {"start": "start", "end": "seen", "event": "status=2", "label": "Overall survival"},
            "Overall survival (start to seen, status=2), months;",
            "Overall survival was measured in months of 30.4375 days from start to seen, with "
            "status = 2 as the event.",
        ),
        (
            {"start": "start", "end": "died", "censor": "seen", "unit": "weeks", "label": "OS"},
            "OS (start to died, else seen), weeks;",
            "OS was measured in weeks from start to died, or to seen in patients without an event.",
        ),
        (
            {"start": "start", "end": ["progressed", "died"], "censor": "seen", "label": "PFS"},
            "PFS (start to progressed or died, else seen), months;",
            "to the earlier of progressed and died, or to seen in patients without an event.",
        ),
    ],
)
def test_footer_and_methods_say_from_which_dates_and_in_which_unit(
    options: dict[str, Any], footer: str, methods: str, write: Write
) -> None:
    report = km(write("c.csv", DATES), **options)
    assert report.provenance.footer[1].startswith(footer)
    assert methods in report.methods


def test_footer_and_methods_say_that_times_were_converted(write: Write) -> None:
    report = km(write("c.csv", "os_years,death\n1,1\n2,0\n"), time_unit="months")
    assert report.provenance.footer[1].startswith(
        "Overall survival (os_years in years, death), months;"
    )
    assert "was converted from years of 365.25 days to months of 30.4375 days." in report.methods


def test_the_methods_say_nothing_on_times_as_they_stand_in_the_file(write: Write) -> None:
    report = km(write("c.csv", "os_months,death\n1,1\n2,0\n"))
    assert report.methods.startswith("Overall survival (in months) was estimated")


def test_an_endpoint_that_was_recognised_and_converted_is_named_by_its_columns(
    write: Write,
) -> None:
    report = km(write("c.csv", "os_weeks,death\n1,1\n2,0\n"), time_unit="months")
    (note,) = [n for n in report.notes if n.code == "endpoint-recognised"]
    assert note.text.endswith("recognised by the column names os_weeks, death.")
