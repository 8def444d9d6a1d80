"""The endpoints that `check` finds: by name, from dates, and those that must be asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.report import Report
from tests.analyses.check.cohorts import checked, found, found_codes, patients
from tests.reports import rows_of


def endpoint(report: Report, name: str = "os") -> Any:
    (row,) = rows_of(report, "endpoints", name=name)
    return row


def test_an_endpoint_has_the_numbers_of_kaplan_meier(tmp_path: Path) -> None:
    row = endpoint(checked(tmp_path, patients()))
    (group,) = hcc2l.km(tmp_path / "cohort.csv").table("groups").rows
    assert row["source"] == "recognised"
    for key in ("n", "events", "median", "lower", "upper", "follow_up"):
        assert row[key] == group[key], key


def test_the_confidence_level_is_that_of_the_option(tmp_path: Path) -> None:
    narrow = endpoint(checked(tmp_path, patients(), conf_level=0.5))
    wide = endpoint(checked(tmp_path, patients()))
    assert wide["lower"] < narrow["lower"]


def test_start_last_contact_and_status_make_an_endpoint(tmp_path: Path) -> None:
    lines = [line.split(",") for line in patients().splitlines()]
    keep = [0, 1, 2, 5, 7]  # without dates of events and durations
    text = "\n".join(",".join(line[i] for i in keep) for line in lines) + "\n"
    text = text.replace("start_date", "Beginn 2L").replace("last_contact", "Letzter Kontakt")
    text = text.replace("death", "Verstorben (ja/nein)").replace(",1\n", ",ja\n")
    report = checked(tmp_path, text.replace(",0\n", ",nein\n"))
    row = endpoint(report)
    assert (row["source"], row["n"], row["events"], row["unit"]) == ("proposed", 12, 9, "months")
    assert row["median"] == pytest.approx(183.5 / 30.4375)  # S is 0.5 from day 183 to day 184
    assert row["options"] == (
        "--start 'Beginn 2L' --end 'Letzter Kontakt' --event 'Verstorben (ja/nein)=ja'"
    )
    assert found(report, "endpoint-proposed")["remedy"].replace(" \\\n ", "") == row["options"]


def test_dates_of_events_and_of_last_contact_make_endpoints(tmp_path: Path) -> None:
    text = patients().replace("os_months", "x").replace("death,", "y,")
    report = checked(tmp_path, text)
    row = endpoint(report)
    assert row["options"] == "--start start_date --end death_date --censor last_contact"
    assert (row["n"], row["events"]) == (12, 9)
    row = endpoint(report, "pfs")
    assert row["options"].endswith("--end progression_date,death_date --censor last_contact")
    assert (row["n"], row["events"]) == (12, 11)


def test_a_duration_in_another_language_is_proposed_with_its_event(tmp_path: Path) -> None:
    text = "Patient,OS_Monate,Tod\n" + "".join(f"P{i},{i + 1}.5,{'ja' if i % 3 else 'nein'}\n"
                                               for i in range(12))  # fmt: skip
    row = endpoint(checked(tmp_path, text))
    assert (row["options"], row["unit"]) == ("--time OS_Monate --event Tod=ja", "months")
    assert (row["n"], row["events"]) == (12, 8)


def test_an_event_of_1_and_2_is_asked_for_never_guessed(tmp_path: Path) -> None:
    text = "id,time,status\n" + "".join(f"P{i},{100 + 30 * i},{1 + i % 2}\n" for i in range(12))
    report = checked(tmp_path, text)
    assert report.table("endpoints").rows == ()
    row = found(report, "endpoint-unclear")
    assert row["severity"] == "warning"
    assert row["remedy"] == "If it is 2:\n--time time --event status=2"
    assert found(report, "unit-unknown")["remedy"] == "--unit days"


def test_an_endpoint_of_the_dictionary_that_cannot_be_computed_is_a_finding(
    tmp_path: Path,
) -> None:
    dictionary = '[endpoints.os]\ntime = "os_months"\nevent = "death=yes"\n'
    row = found(checked(tmp_path, patients(), dictionary), "endpoint-unclear")
    assert "There is no value 'yes' in death." in row["text"]


def test_a_cell_that_other_commands_refuse_is_a_finding_without_the_patient(
    tmp_path: Path,
) -> None:
    report = checked(tmp_path, patients(os_months={4: "-5.03"}))
    assert found(report, "negative-value")["rows"] == ("5",)
    assert "P04" not in repr(report.table("findings").rows)


def test_without_any_endpoint_the_dates_are_named(tmp_path: Path) -> None:
    text = "id,start_date,visit_date\n" + "".join(
        f"P{i},2020-01-0{1 + i % 9},2020-02-0{1 + i % 9}\n" for i in range(12)
    )
    report = checked(tmp_path, text)
    assert "Dates: start_date and visit_date." in found(report, "no-endpoint")["text"]
    assert "endpoint-proposed" not in found_codes(report)
