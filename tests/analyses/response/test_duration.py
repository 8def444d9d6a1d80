"""Duration of response: by dates and by times, against R and by hand."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import Hcc2lError, InputError, UsageError
from tests.analyses.response.test_data import PATIENTS
from tests.conftest import DATA, Write
from tests.reference import cases
from tests.reports import codes, note

DATES = {"end": ["progression", "died"], "censor": "last"}


def test_medians_are_rs(write: Write) -> None:
    with (DATA / "hcc424.csv").open(newline="") as file:
        records = list(csv.DictReader(file))
    for record in records:
        pfs = round(100 * float(record["pfs_months"])) if record["pfs_months"] else None
        record["answered"] = "" if pfs is None else str(pfs // 4 / 100)
    text = io.StringIO()
    writer = csv.DictWriter(text, records[0].keys())
    writer.writeheader()
    writer.writerows(records)
    report = hcc2l.response(
        write("c.csv", text.getvalue()), by="treatment", duration_start="answered",
        time="pfs_months", event="progression",
    )  # fmt: skip
    rows = {row["group"]: row for row in report.table("duration").rows}
    for expected in cases.load("response")["duration"]:
        found = rows[expected["group"]]
        assert (found["n"], found["events"]) == (expected["n"], expected["events"])
        for key in ("median", "lower", "upper"):
            assert found[key] == pytest.approx(expected[key], rel=1e-8)


def test_dates_are_counted_from_the_response_to_the_first_event(write: Write) -> None:
    report = hcc2l.response(
        write("c.csv", PATIENTS), duration_start="answered", unit="days", **DATES
    )  # fmt: skip
    (row,) = report.table("duration").rows
    # 2020-03-01 to 2020-09-01 and 2020-05-01 to 2020-08-01: 184 and 92 days.
    assert (row["n"], row["events"], row["median"]) == (2, 2, (92 + 184) / 2)
    assert report.provenance.settings["start"] == "answered"
    assert (
        "Duration of response was measured in days from answered to the earlier of progression "
        "and died, or to last in patients without an event. It was estimated in patients with CR "
        "or PR by the Kaplan–Meier method"
    ) in report.methods
    assert report.table("duration").footnotes == (
        "Kaplan–Meier estimate in patients with CR or PR, from answered to progression or died.",
    )


def test_the_dates_of_a_named_endpoint_keep_all_but_their_start(write: Write) -> None:
    write("hcc2l.toml", '[endpoints.pfs]\nstart = "start"\nend = ["progression", "died"]\n'
          'censor = "last"\nunit = "days"\n')  # fmt: skip
    report = hcc2l.response(write("c.csv", PATIENTS), duration_start="answered")
    assert report.table("duration").rows[0]["median"] == (92 + 184) / 2


TIMES = (
    "id,response,arm,answered_{unit},pfs_months,pfs\n1,PR,a,{a},6,1\n2,CR,a,{b},9,0\n3,PD,b,,2,1\n"
)


def test_times_are_counted_from_the_response(write: Write) -> None:
    file = write("c.csv", TIMES.format(unit="months", a=2, b=3))
    options = {"duration_start": "answered_months", "time": "pfs_months", "event": "pfs"}
    report = hcc2l.response(file, by="arm", **options)
    assert (
        "Duration of response (in months) was measured from answered months to the event pfs. It "
        "was estimated"
    ) in report.methods
    assert [tuple(row.values()) for row in report.table("duration").rows] == [
        ("response", "a", 2, 1, 5.0, 4.0, None), ("response", "b", 0, 0, None, None, None),
    ]  # fmt: skip


def test_a_response_on_the_last_day_has_a_duration_of_0(write: Write) -> None:
    file = write("c.csv", TIMES.format(unit="months", a=6, b=0))
    report = hcc2l.response(
        file, duration_start="answered_months", time="pfs_months", event="pfs"
    )  # fmt: skip
    (row,) = report.table("duration").rows
    assert (row["n"], row["events"], row["median"]) == (2, 1, 4.5)


def test_a_responder_without_a_known_event_has_no_duration(write: Write) -> None:
    file = write("c.csv", TIMES.format(unit="months", a=2, b=3).replace(",6,1", ",6,"))
    report = hcc2l.response(
        file, duration_start="answered_months", time="pfs_months", event="pfs"
    )  # fmt: skip
    assert report.table("duration").rows[0]["n"] == 1
    assert "duration-missing" in codes(report)


def test_times_in_another_unit_are_converted(write: Write) -> None:
    file = write("c.csv", TIMES.format(unit="days", a=30.4375, b=60.875))
    report = hcc2l.response(
        file, duration_start="answered_days", time="pfs_months", event="pfs"
    )  # fmt: skip
    assert report.table("duration").rows[0]["median"] == pytest.approx((5 + 7) / 2)


def test_a_responder_without_a_date_is_named(write: Write) -> None:
    file = write("c.csv", PATIENTS.replace("2020-05-01", ""))
    report = hcc2l.response(file, duration_start="answered", by="arm", **DATES)
    assert report.table("duration").rows[0]["n"] == 1
    assert note(report, "duration-missing").startswith("1 responder has no duration of response")
    assert "duration-of-responders" in codes(report)


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        ({}, {}, UsageError, "answered is a date, but the endpoint has no dates."),
        ({}, {"time": "change", "event": "arm=a"}, UsageError,
         "answered is a date, but the endpoint is a column of times, change."),
        ({"2020-03-01,2020-09-01": "2020-10-01,2020-09-01"}, DATES, InputError,
         "1 row has a date before the start: 1."),
    ],
)  # fmt: skip
def test_what_gives_no_duration_is_refused(
    change: dict[str, str], options: dict[str, Any], error: type[Hcc2lError], message: str,
    write: Write,
) -> None:  # fmt: skip
    text = PATIENTS
    for old, new in change.items():
        text = text.replace(old, new)
    with pytest.raises(error) as refused:
        hcc2l.response(write("c.csv", text), duration_start="answered", **options)
    assert refused.value.message == message


@pytest.mark.parametrize("start", ["7", "-1"])
def test_a_response_outside_of_the_follow_up_is_refused(start: str, write: Write) -> None:
    file = write("c.csv", TIMES.format(unit="months", a=start, b=3))
    with pytest.raises(InputError, match="1 row has a response before time 0 or after the end"):
        hcc2l.response(file, duration_start="answered_months", time="pfs_months", event="pfs")


def test_the_endpoint_has_no_effect_without_a_duration(write: Write) -> None:
    report = hcc2l.response(write("c.csv", PATIENTS), endpoint="os")
    assert note(report, "option-without-effect") == (
        "--endpoint has no effect here: it applies only with --duration-start."
    )
