"""Endpoints, terms, levels, conditions, and the account of every row."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest

from hcc2l import read_cohort
from hcc2l.design import resolve_endpoint
from hcc2l.errors import UsageError
from hcc2l.specs import KmSpec
from tests.conftest import DATA, Run, Write
from tests.design.cohorts import cells, excluded, km, only

HCC81 = DATA / "hcc81.csv"


def test_the_endpoint_is_overall_survival_unless_another_is_named() -> None:
    assert km(HCC81).provenance.settings["time"] == "os_months"


def test_an_endpoint_is_found_by_its_name() -> None:
    options = km(HCC81, endpoint="pfs").provenance.settings
    assert (options["endpoint"], options["time"], options["event"]) == (
        "pfs",
        "pfs_months",
        "progression",
    )


def test_an_unknown_endpoint_is_refused_with_a_near_name() -> None:
    with pytest.raises(UsageError) as caught:
        km(HCC81, endpoint="psf")
    assert caught.value.where == "--endpoint"
    assert "'pfs'" in str(caught.value.hint)


def test_an_endpoint_is_given_on_the_command_line() -> None:
    options = km(DATA / "lung.csv", time="time", event="status=2").provenance.settings
    assert (options["time"], options["event"]) == ("time", "status=2")


def test_an_event_alone_replaces_the_event_of_the_endpoint(
    cohort_csv: Path, cohort_records: list[dict[str, str]]
) -> None:
    report = km(cohort_csv, event="first_event=2")
    assert report.provenance.settings["time"] == "os_months"
    assert only(report, "events") == sum(r["first_event"] == "2" for r in cohort_records)


def test_a_time_alone_replaces_the_time_of_the_endpoint(
    cohort_csv: Path, cohort_records: list[dict[str, str]]
) -> None:
    report = km(cohort_csv, time="pfs_months")
    assert report.provenance.settings["event"] == "death"
    assert only(report, "observed_median") == median(cells(cohort_records, "pfs_months"))


@pytest.mark.parametrize(("half", "absent"), [("time", "--event"), ("event", "--time")])
def test_half_an_endpoint_without_one_to_complete_is_refused(
    half: str, absent: str, write: Write
) -> None:
    path = write("c.csv", "t,e\n1,1\n2,0\n")
    with pytest.raises(UsageError) as caught:
        km(path, **{half: half[0]})
    assert caught.value.where == f"--{half}"
    assert caught.value.message == f"This option needs {absent} as well."


@pytest.mark.parametrize(
    ("names", "time", "event"),
    [
        ("os_months,death", "os_months", "death"),
        ("OS_Months,Death", "OS_Months", "Death"),
        ("os_days,os_event", "os_days", "os_event"),
        ("time,status", "time", "status"),
    ],
)
def test_common_column_names_are_recognised_with_a_note(
    names: str, time: str, event: str, write: Write, run: Run
) -> None:
    write("c.csv", f"{names}\n1,1\n2,0\n")
    outcome = run("km", "c.csv", "--json")
    assert outcome.json["settings"]["time"] == time
    assert f"was recognised by the column names {time}, {event}" in outcome.err


@pytest.mark.parametrize(
    ("name", "unit"), [("os_months", "months"), ("os_days", "days"), ("os_years", "years")]
)
def test_the_unit_of_time_is_taken_from_the_name(name: str, unit: str, write: Write) -> None:
    path = write("c.csv", f"{name},death\n1,1\n2,0\n")
    assert km(path).provenance.settings["unit"] == unit


@pytest.mark.parametrize(
    ("times", "values", "decimals"),
    [("1 2", [1.0, None], 0), ("1 2", [1.5], 1), ("1 2.5", [1.0], 2), (" 2", [2], 0)],
)
def test_times_have_the_decimals_of_the_data(
    times: str, values: list[float | None], decimals: int, write: Write
) -> None:
    first, second = times.split(" ")
    path = write("c.csv", f"time,status\n{first},1\n{second},0\n")
    assert resolve_endpoint(read_cohort(path), KmSpec()).decimals(values) == decimals


def test_an_endpoint_of_two_columns_is_described_by_them(write: Write) -> None:
    path = write("c.csv", "time,status\n1,1\n2,2\n")
    assert resolve_endpoint(read_cohort(path), KmSpec(event="status=2")).described == (
        "time, status=2"
    )


def test_an_endpoint_from_dates_is_described_by_them(dated: Path) -> None:
    resolved = resolve_endpoint(read_cohort(dated), KmSpec(endpoint="pfs"))
    assert resolved.described == "start to progressed or died, else seen"


def test_an_event_alone_keeps_name_and_unit_of_the_endpoint_but_not_its_label(write: Write) -> None:
    write("hcc2l.toml", '[endpoints.os]\ntime = "t"\nevent = "e"\nunit = "weeks"\nlabel = "OS"\n')
    cohort = read_cohort(write("c.csv", "t,e,f,u\n1,1,0,3\n2,0,1,4\n"))
    event = resolve_endpoint(cohort, KmSpec(event="f"))
    assert (event.name, event.unit, event.label) == ("os", "weeks", "Time to f")
    time = resolve_endpoint(cohort, KmSpec(time="u"))
    assert (time.name, time.unit, time.label) == ("custom", None, "Time to e")


@pytest.mark.parametrize(
    ("none", "event"),
    [("0", "1"), ("no", "yes"), ("No", "Yes"), ("NO", "YES"), ("alive", "dead"), ("Alive", "Dead"),
     ("false", "true"), ("False", "True"), ("FALSE", "TRUE")],
)  # fmt: skip
def test_an_event_is_read_from_the_usual_words(none: str, event: str, write: Write) -> None:
    path = write("c.csv", f"time,status\n1,{event}\n2,{none}\n3,{event}\n")
    assert only(km(path), "events") == 2


@pytest.mark.parametrize(("event", "others"), [("status=2", ("0", "1")), ("status=1", ("0", "2"))])
def test_an_unknown_event_is_minus_one(event: str, others: tuple[str, ...], write: Write) -> None:
    path = write("c.csv", "time,status\n1,0\n2,1\n3,2\n4,\n")
    resolved = resolve_endpoint(read_cohort(path), KmSpec(event=event))
    assert resolved.event.tolist() == [0, int(event == "status=1"), int(event == "status=2"), -1]
    assert resolved.other_values == others
    path = write("d.csv", "time,status\n1,yes\n2,no\n3,\n")
    resolved = resolve_endpoint(read_cohort(path), KmSpec())
    assert resolved.event.tolist() == [1, 0, -1]
    assert resolved.other_values == ()


@pytest.mark.parametrize("column", ["1", "dead"])
def test_a_column_of_events_alone_is_read(column: str, write: Write) -> None:
    path = write("c.csv", f"time,status\n1,{column}\n2,{column}\n")
    assert only(km(path), "events") == 2


@pytest.mark.parametrize(
    ("value", "events"), [("2", 2), ("1", 1), ("2.0", 2), ("0", 3)], ids=["2", "1", "2.0", "0"]
)
def test_an_event_is_given_by_its_value(value: str, events: int, write: Write) -> None:
    path = write("c.csv", "time,status\n1,0\n2,1\n3,2\n4,2\n5,0\n6,0\n")
    assert only(km(path, event=f"status={value}"), "events") == events


def test_an_event_is_given_by_its_text(write: Write) -> None:
    path = write("c.csv", "time,status\n1,died of HCC\n2,alive\n3,died of HCC\n")
    assert only(km(path, event="status=died of HCC"), "events") == 2


@pytest.mark.parametrize(
    ("cell", "few", "many"),
    [("{}", "it is not clear which", "a duration"), ("s{}", "it is not clear which", "too many")],
)
def test_more_than_ten_different_values_are_not_an_event(
    cell: str, few: str, many: str, write: Write
) -> None:
    for values, message in ((10, few), (11, many)):
        rows = "".join(f"{i},{cell.format(i)}\n" for i in range(1, values + 1))
        path = write("c.csv", "time,status\n" + rows)
        with pytest.raises(UsageError, match=message) as caught:
            km(path, time="time", event="status")
        assert caught.value.where == "--event"


def test_an_event_value_that_does_not_occur_is_refused_with_a_near_one(write: Write) -> None:
    path = write("c.csv", "time,status\n1,deceased by HCC\n2,alive\n")
    with pytest.raises(UsageError, match="no value 'deceased by HC'") as caught:
        km(path, event="status=deceased by HC")
    assert "'deceased by HCC'" in str(caught.value.hint)


def test_other_values_of_the_event_column_are_censored_with_a_note(write: Write) -> None:
    report = km(write("c.csv", "time,status\n1,0\n2,1\n3,2\n"), event="status=1")
    (note,) = [n for n in report.notes if n.code == "event-values"]
    assert "0, 2" in note.text
    assert "--competing" in note.text


def test_time_zero_is_allowed(write: Write) -> None:
    report = km(write("c.csv", "time,status\n0,1\n0,0\n2,1\n"), curve=True)
    assert report.provenance.analysed == 3
    first = report.table("curve").rows[0]
    assert (first["time"], first["n_risk"], first["n_event"]) == (0, 3, 1)


def test_rows_without_time_or_event_are_excluded_counted_and_named(write: Write) -> None:
    path = write("c.csv", "patient_id,time,status\nA1,1,1\nA2,,1\nA3,3,\nA4,NA,\nA5,5,0\nA6,6,1\n")
    report = km(path)
    assert excluded(report) == {"time missing": (2, ("A2", "A4")), "status missing": (1, ("A3",))}
    assert report.provenance.analysed == 3


def test_rows_of_a_cohort_without_identifiers_are_named_by_line(write: Write) -> None:
    report = km(write("c.csv", "time,status\n1,1\n,1\n\n3,\n4,0\n"))
    assert excluded(report) == {
        "time missing": (1, ("line 3",)),
        "status missing": (1, ("line 5",)),
    }


def test_excluded_rows_are_reported_on_standard_error(write: Write, run: Run) -> None:
    write("c.csv", "patient_id,time,status\nA1,1,1\nA2,,1\nA3,3,0\n")
    assert "1 row excluded: time missing (A2)." in run("km", "c.csv").err


def test_no_cell_of_an_excluded_row_is_printed(write: Write, run: Run) -> None:
    write("c.csv", "patient_id,time,status,name\nA1,1,1,Abel\nA2,,1,Secretname\nA3,3,0,Cato\n")
    for format_ in ("table", "json", "md", "html"):
        outcome = run("km", "c.csv", "--format", format_)
        assert "Secretname" not in outcome.out + outcome.err


def test_a_row_of_units_below_the_header_states_the_unit_of_time(write: Write) -> None:
    rows = "".join(f"P{i},{i},1,{60 + i}\n" for i in range(1, 9))
    report = km(write("c.csv", f"patient_id,time,status,age\n,weeks,,years\n{rows}"))
    assert report.provenance.settings["unit"] == "weeks"
    assert report.provenance.analysed == 8
