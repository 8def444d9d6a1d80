"""Endpoints, terms, levels, conditions, and the account of every row."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hcc2l
from hcc2l import read_cohort
from hcc2l.design import resolve_endpoint
from hcc2l.errors import AnalysisError, Hcc2lError, InputError, UsageError
from hcc2l.report import Report
from hcc2l.specs import KmSpec
from tests.conftest import DATA, Run, Write

pytestmark = pytest.mark.usefixtures("workplace")

HCC81 = DATA / "hcc81.csv"


def km(path: Path | str, **options: Any) -> Report:
    return hcc2l.km(path, **options)


def groups(report: Report) -> tuple[object, ...]:
    return report.table("groups").column("group")


def counts(report: Report) -> dict[object, object]:
    """Patients of each group."""
    return {row["group"]: row["n"] for row in report.table("groups").rows}


def only(report: Report, key: str) -> object:
    """The one value of a report on a single group."""
    (value,) = report.table("groups").column(key)
    return value


def excluded(report: Report) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Number and names of the excluded rows, by reason."""
    return {e.reason: (e.rows, e.which) for e in report.provenance.excluded}


def cells(records: list[dict[str, str]], name: str) -> list[float]:
    return [float(r[name]) for r in records if r[name]]


# ---------------------------------------------------------------- endpoints from columns


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


# ---------------------------------------------------------------- endpoints from dates

FROM_DATES = """
[endpoints.os]
start = "start"
end = ["died"]
censor = "seen"
[endpoints.pfs]
start = "start"
end = ["progressed", "died"]
censor = "seen"
"""
DAYS_A_MONTH = 30.4375  # 365.25 / 12, as the manual says


def endpoint(path: Path, name: str = "os") -> tuple[list[float | None], list[int]]:
    """Times (None where unknown) and events (-1 where unknown), row by row."""
    resolved = resolve_endpoint(read_cohort(path), KmSpec(endpoint=name))
    times = [None if t != t else t for t in resolved.time.tolist()]
    return times, resolved.event.tolist()


@pytest.fixture
def dated(write: Write) -> Path:
    write("hcc2l.toml", FROM_DATES)
    return write(
        "c.csv",
        "id,start,progressed,died,seen\n"
        "a,2020-01-01,2020-02-01,2020-03-01,2020-03-01\n"
        "b,2020-01-01,,2020-03-01,2020-03-01\n"
        "c,2020-01-01,2020-02-01,,2020-04-01\n"
        "d,2020-01-01,,,2020-04-01\n"
        "e,,2020-02-01,2020-03-01,2020-03-01\n"
        "f,2020-01-01,,,\n"
        "g,2020-01-01,,2020-01-01,2020-01-01\n",
    )


def test_survival_is_computed_from_dates_in_months(dated: Path) -> None:
    times, events = endpoint(dated)
    days = [60, 60, 91, 91, None, None, 0]  # 2020 has a 29 February
    assert times == [None if d is None else d / DAYS_A_MONTH for d in days]
    assert events == [1, 1, 0, 0, -1, -1, 1]


def test_the_first_of_progression_and_death_ends_progression_free_survival(dated: Path) -> None:
    times, events = endpoint(dated, "pfs")
    days = [31, 60, 31, 91, None, None, 0]
    assert times == [None if d is None else d / DAYS_A_MONTH for d in days]
    assert events == [1, 1, 1, 0, -1, -1, 1]


def test_rows_without_the_dates_are_excluded_and_named(dated: Path) -> None:
    (excluded_,) = km(dated).provenance.excluded
    assert excluded_.which == ("e", "f")
    assert "date missing" in excluded_.reason


@pytest.mark.parametrize(("unit", "days"), [("days", 1.0), ("weeks", 7.0), ("years", 365.25)])
def test_survival_from_dates_may_have_another_unit(
    unit: str, days: float, dated: Path, write: Write
) -> None:
    write("hcc2l.toml", FROM_DATES.replace("[endpoints.pfs]", f'unit = "{unit}"\n[endpoints.pfs]'))
    assert endpoint(dated)[0][0] == 60 / days


SAME_DAYS = ["2020-01-05", "2020-01-31", "2020-03-01"]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(SAME_DAYS, id="ISO"),
        pytest.param(["2020-1-5", "2020-1-31", "2020-3-1"], id="ISO, short"),
        pytest.param(["2020/01/05", "2020/01/31", "2020/03/01"], id="year first, slashes"),
        pytest.param([f"{d} 00:00:00" for d in SAME_DAYS], id="ISO with time"),
        pytest.param([f"{d}T13:45:00Z" for d in SAME_DAYS], id="ISO with T and time"),
        pytest.param(["05.01.2020", "31.01.2020", "01.03.2020"], id="points"),
        pytest.param(["5.1.2020", "31.1.2020", "1.3.2020"], id="points, short"),
        pytest.param(["05/01/2020", "31/01/2020", "01/03/2020"], id="slashes, day first"),
        pytest.param(["01/05/2020", "01/31/2020", "03/01/2020"], id="slashes, month first"),
        pytest.param(["2020-01-05", "31.01.2020", "2020/3/1"], id="mixed"),
    ],
)
def test_dates_are_read_in_every_usual_way(written: list[str], write: Write) -> None:
    write("hcc2l.toml", FROM_DATES)
    first, second, third = written
    path = write("c.csv", f"id,start,died,seen\na,{first},{third},{third}\nb,{second},,{third}\n")
    times, events = endpoint(path)
    assert times == [56 / DAYS_A_MONTH, 30 / DAYS_A_MONTH]
    assert events == [1, 0]


def test_slashes_that_can_be_read_two_ways_are_refused_with_a_remedy(write: Write) -> None:
    write("hcc2l.toml", FROM_DATES)
    path = write("c.csv", "id,start,died,seen\na,01/05/2020,03/01/2020,03/01/2020\n")
    with pytest.raises(InputError, match="column start, line 2") as caught:
        endpoint(path)
    assert "date_order" in str(caught.value.hint)


def test_slashes_with_evidence_for_both_orders_are_refused(write: Write) -> None:
    write("hcc2l.toml", FROM_DATES)
    path = write(
        "c.csv", "id,start,died,seen\na,31/01/2020,,03/31/2020\nb,01/02/2020,,03/03/2020\n"
    )
    with pytest.raises(InputError, match="column start"):
        endpoint(path)


@pytest.mark.parametrize(("order", "days"), [("dmy", 29), ("mdy", 1)])
def test_the_dictionary_decides_the_order_of_day_and_month(
    order: str, days: int, write: Write
) -> None:
    # From 3 January to 1 February; from 2 to 3 January.
    write("hcc2l.toml", f'date_order = "{order}"\n' + FROM_DATES)
    start, end = ("03/01/2020", "01/02/2020") if order == "dmy" else ("01/02/2020", "01/03/2020")
    path = write("c.csv", f"id,start,died,seen\na,{start},{end},{end}\nb,{start},,{end}\n")
    assert endpoint(path)[0][0] == days / DAYS_A_MONTH


@pytest.mark.parametrize(
    "cell", ["31.02.2020", "2020-13-01", "5.1.20", "January 2020", "43831", "2020", "00.01.2020"]
)
def test_a_cell_that_is_not_a_date_is_refused_with_column_and_row(cell: str, write: Write) -> None:
    write("hcc2l.toml", FROM_DATES)
    path = write("c.csv", f"id,start,died,seen\na,2020-01-01,,2020-02-01\nb,{cell},,2020-02-01\n")
    with pytest.raises(InputError, match="column start, line 3") as caught:
        endpoint(path)
    assert cell in str(caught.value)
    assert caught.value.hint


def test_an_end_before_the_start_is_refused_and_the_patient_named(write: Write) -> None:
    write("hcc2l.toml", FROM_DATES)
    path = write("c.csv", "id,start,died,seen\na,2020-02-01,2020-01-01,2020-01-01\n")
    with pytest.raises(InputError, match="before the start: a"):
        endpoint(path)


def test_an_unknown_date_column_is_refused(write: Write) -> None:
    write("hcc2l.toml", FROM_DATES)
    path = write("c.csv", "id,start,died_on,seen\na,2020-01-01,,2020-02-01\n")
    with pytest.raises(UsageError, match="no column 'died'") as caught:
        endpoint(path)
    assert "'died_on'" in str(caught.value.hint)


# ---------------------------------------------------------------- terms

TERMS = """\
patient_id,time,status,afp,ecog,child_pugh,grade,stage,tnm,etiology,ever
p1,1,1,100,0,B,2,II,T10,viral,1
p2,2,1,200,1,A,10,IV,T2,Alcohol,1
p3,3,0,400,2,C,1,I,T1,nash,1
p4,4,1,400.5,1,A,2,IX,T2,viral,1
p5,5,0,399.5,2,B,10,III,T1,nash,1
p6,6,1,1000,0,A,1,V,T10,Alcohol,1
p7,7,1,,1,B,2,I,T1,viral,1
"""


@pytest.fixture
def terms(write: Write) -> Path:
    return write("terms.csv", TERMS)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("afp@400", {"<400": 3, "≥400": 3}),
        ("afp@200/400", {"<200": 1, "200–<400": 2, "≥400": 3}),
        ("afp@399.5", {"<399.5": 2, "≥399.5": 4}),
        ("afp>=400", {"<400": 3, "≥400": 3}),
        ("afp>400", {"≤400": 4, ">400": 2}),
        ("afp<400", {"≥400": 3, "<400": 3}),
        ("afp<=400", {">400": 2, "≤400": 4}),
        ("afp ≥ 400", {"<400": 3, "≥400": 3}),
        ("ecog==2", {"no": 5, "yes": 2}),
        ("ecog=2", {"no": 5, "yes": 2}),
        ("ecog!=2", {"no": 2, "yes": 5}),
        ("child_pugh==A", {"no": 4, "yes": 3}),
        ("etiology=='viral'", {"no": 4, "yes": 3}),
        ("ecog", {"0": 2, "1": 3, "2": 2}),
    ],
)
def test_a_term_makes_its_groups_in_order(term: str, expected: dict[str, int], terms: Path) -> None:
    patients = counts(km(terms, by=term))
    assert patients == expected
    assert list(patients) == list(expected)


def test_a_cut_at_the_median_takes_the_rows_that_are_analysed(terms: Path) -> None:
    # 100, 200, 400, 400.5, 399.5, 1000: half-way between 399.5 and 400; without p1, 400.
    assert groups(km(terms, by="afp@median")) == ("<399.75", "≥399.75")
    assert groups(km(terms, by="afp@median", where="afp>100")) == ("<400", "≥400")


def test_a_column_named_like_a_term_is_that_column(write: Write) -> None:
    path = write("c.csv", "time,status,afp,afp@400,ecog==2\n1,1,9,x,u\n2,0,9,y,v\n3,1,9,y,u\n")
    assert groups(km(path, by="afp@400")) == ("x", "y")
    assert groups(km(path, by="ecog==2")) == ("u", "v")


def test_a_column_is_found_whatever_its_capitals(terms: Path) -> None:
    assert counts(km(terms, by="Child_Pugh")) == {"A": 3, "B": 3, "C": 1}


@pytest.mark.parametrize("option", ["afp=400", "afp=200,400", "afp=200/400"])
def test_the_cut_option_cuts_a_numeric_term(option: str, terms: Path) -> None:
    cuts = option.partition("=")[2].replace(",", "/")
    report, at_once = km(terms, by="afp", cut=[option]), km(terms, by=f"afp@{cuts}")
    assert counts(report) == counts(at_once)


def test_the_cut_of_a_term_overrides_the_cut_option(terms: Path) -> None:
    assert groups(km(terms, by="afp@300", cut=["afp=400"])) == ("<300", "≥300")


def test_a_number_without_a_cut_is_refused_and_a_cut_is_offered(terms: Path) -> None:
    with pytest.raises(UsageError) as caught:
        km(terms, by="afp")
    assert "afp@median" in str(caught.value.hint)


def test_a_missing_cut_point_of_the_dictionary_is_refused(terms: Path) -> None:
    with pytest.raises(UsageError, match="no cut-point for afp"):
        km(terms, by="afp@")


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("afq@400", "no column 'afq'"),
        ("afp@four", "'four' is not a cut-point"),
        ("afp@400/200", "must be in ascending order"),
        ("afp@400/400", "must be in ascending order"),
        ("afp>=", "no value to compare with"),
        ("afp>=high", "'high' .*is not a number"),
        ("ecog==7", "no value '7'"),
        ("child_pugh@2", "'B' is not a number"),
    ],
)
def test_a_term_that_means_nothing_is_refused(term: str, message: str, terms: Path) -> None:
    with pytest.raises(Hcc2lError, match=message) as caught:
        km(terms, by=term)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"by": "afp>=high"}, "--by"),
        ({"by": "ecog==9"}, "--by ecog==9"),
        ({"by": "afp@four"}, "--by"),
        ({"by": "afp@400/200"}, "--by"),
        ({"by": "afp@"}, "--by afp@"),
        ({"by": "afp>="}, "--by"),
        ({"by": "afp"}, "--by afp"),
        ({"by": "afq@400"}, "--by"),
        ({"by": "afp@median", "where": ["afp missing"]}, "--by afp@median"),
        ({"by": "child_pugh", "strata": "ecog==9"}, "--strata ecog==9"),
        ({"by": "child_pugh", "strata": "afp>=high"}, "--strata"),
        ({"by": "child_pugh", "where": ["afp>=high"]}, "--where"),
        ({"by": "child_pugh", "where": ["ecog==9"]}, "--where 'ecog==9'"),
        ({"by": "afp", "cut": ["afp=four"]}, "--cut afp=four"),
        ({"by": "afp", "cut": ["afp"]}, "--cut afp"),
        ({"by": "afp", "cut": ["afq=4"]}, "--cut"),
        ({"by": "child_pugh", "ref": ["child_pugh=D"]}, "--ref child_pugh=D"),
        ({"by": "child_pugh", "ref": ["child_pug=A"]}, "--ref"),
        ({"weights": "afq"}, "--weights"),
        ({"competing": "ecog=9"}, "--competing"),
    ],
)
def test_an_error_about_a_term_names_its_option(
    options: dict[str, Any], where: str, terms: Path
) -> None:
    with pytest.raises(Hcc2lError) as caught:
        km(terms, **options)
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("term", "where"), [("afp>=high", "-x"), ("ecog==9", "-x ecog==9"), ("afp@four", "-x")]
)
def test_an_error_about_a_covariate_names_its_option(term: str, where: str, terms: Path) -> None:
    with pytest.raises(UsageError) as caught:
        hcc2l.cox(terms, covariates=[term])
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("cells", "message", "hint"),
    [
        ("x y z", "'x' is not a number; nor are 2 other cells.",
         "This column contains no numbers. Choose another column."),
        ("1 y z", "'y' is not a number; nor is 1 other cell.",
         "Correct the cell, or give its text with --na if it means missing."),
        ("1 2 z", "'z' is not a number.",
         "Correct the cell, or give its text with --na if it means missing."),
    ],
)  # fmt: skip
def test_a_time_that_is_text_is_refused_with_what_to_do(
    cells: str, message: str, hint: str, write: Write
) -> None:
    rows = "".join(f"{cell},1\n" for cell in cells.split(" "))
    with pytest.raises(InputError) as caught:
        km(write("c.csv", "time,status\n" + rows))
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize("term", ["afp@nan", "afp@inf", "afp@400/nan", "afp>=nan"])
def test_a_cut_must_be_a_finite_number(term: str, terms: Path) -> None:
    with pytest.raises(UsageError):
        km(terms, by=term)


# ---------------------------------------------------------------- order of levels


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("grade", ("1", "2", "10")),
        ("child_pugh", ("A", "B", "C")),
        ("stage", ("I", "II", "III", "IV", "V", "IX")),
        ("tnm", ("T1", "T2", "T10")),
        ("etiology", ("Alcohol", "nash", "viral")),
    ],
)
def test_levels_are_in_their_natural_order(
    column: str, expected: tuple[str, ...], terms: Path
) -> None:
    assert groups(km(terms, by=column)) == expected


# How exports of several countries write what 0 and 1 mean.
NO_AND_YES = [
    ("no", "yes"), ("No", "Yes"), ("NO", "YES"), ("n", "y"), ("false", "true"), ("FALSE", "TRUE"),
    ("alive", "dead"), ("Alive", "Deceased"), ("alive", "died"), ("living", "dead"),
    ("censored", "dead"), ("Unchecked", "Checked"), ("nein", "ja"), ("NEIN", "JA"), ("N", "J"),
    ("non", "oui"), ("Non", "Oui"), ("hayır", "evet"), ("Hayır", "Evet"), ("HAYIR", "EVET"),
    ("no", "sí"), ("NO", "SÍ"), ("no", "sì"), ("No", "Si"), ("não", "sim"), ("nee", "ja"),
    ("아니오", "예"), ("아니요", "네"), ("否", "是"), ("無", "有"), ("无", "有"),
    ("いいえ", "はい"), ("lebt", "verstorben"), ("lebend", "tot"), ("vivant", "décédé"),
    ("Vivant", "Décédé"), ("Sağ", "Ex"), ("vivo", "muerto"), ("vivo", "deceduto"),
    ("생존", "사망"), ("存活", "死亡"), ("生存", "死亡"),
]  # fmt: skip


@pytest.mark.parametrize(("no", "yes"), NO_AND_YES)
@pytest.mark.parametrize("order", [1, -1], ids=["no first in the file", "yes first"])
def test_no_is_the_reference_of_yes_in_every_language(
    no: str, yes: str, order: int, write: Write
) -> None:
    lines = [f"1,1,{no}", f"2,1,{yes}", f"3,0,{no}", f"4,1,{yes}", f"5,1,{no}"][::order]
    path = write("c.csv", "time,status,tace\n" + "\n".join(lines) + "\n")
    assert counts(km(path, by="tace")) == {no: 3, yes: 2}
    assert groups(km(path, by="tace")) == (no, yes)


@pytest.mark.parametrize(("no", "yes"), NO_AND_YES)
def test_no_is_the_reference_of_a_hazard_ratio(no: str, yes: str, write: Write) -> None:
    lines = "".join(f"{i},1,{(no, yes, yes, no)[i % 4]}\n" for i in range(1, 13))
    path = write("c.csv", "time,status,tace\n" + lines)
    (term,) = hcc2l.cox(path, covariates=["tace"], univariable=True).table("terms").rows
    assert (term["level"], term["reference"]) == (yes, no)


def test_words_are_compared_whatever_form_unicode_gives_them(write: Write) -> None:
    alive = unicodedata.normalize("NFD", "sağ")
    assert alive != "sağ"
    path = write("c.csv", f"time,status,vital\n1,1,ex\n2,1,{alive}\n")
    assert groups(km(path, by="vital")) == (alive, "ex")
    path = write("c.csv", "time,status,tace\n1,1,ＪＡ\n2,1,ＮＥＩＮ\n")
    assert groups(km(path, by="tace")) == ("ＮＥＩＮ", "ＪＡ")


def test_other_levels_follow_no_and_yes(write: Write) -> None:
    path = write("c.csv", "time,status,tace\n1,1,ja\n2,1,nein\n3,1,fraglich\n4,1,nein\n")
    assert groups(km(path, by="tace")) == ("nein", "ja", "fraglich")


def test_single_letters_among_other_levels_are_not_no_and_yes(write: Write) -> None:
    path = write("c.csv", "time,status,site\n1,1,N\n2,1,J\n3,1,A\n4,1,N\n")
    assert groups(km(path, by="site")) == ("A", "J", "N")


@pytest.mark.parametrize("levels", [("no", "maybe"), ("ja", "yes"), ("nein", "yes"), ("ex", "no")])
def test_words_of_different_pairs_are_in_their_natural_order(
    levels: tuple[str, str], write: Write
) -> None:
    path = write("c.csv", f"time,status,tace\n1,1,{levels[0]}\n2,1,{levels[1]}\n")
    assert groups(km(path, by="tace")) == tuple(sorted(levels))


@pytest.mark.parametrize(
    ("entry", "ref", "expected"),
    [
        ('levels = ["ja", "nein"]', [], ("ja", "nein")),
        ('reference = "ja"', [], ("ja", "nein")),
        ("", ["tace=ja"], ("ja", "nein")),
        ('reference = "ja"', ["tace=nein"], ("nein", "ja")),
    ],
)
def test_the_dictionary_and_the_command_line_decide_on_the_reference(
    entry: str, ref: list[str], expected: tuple[str, ...], write: Write
) -> None:
    write("hcc2l.toml", f"[columns.tace]\n{entry}\n")
    path = write("c.csv", "time,status,tace\n1,1,ja\n2,1,nein\n3,1,ja\n")
    assert groups(km(path, by="tace", ref=ref)) == expected


@pytest.mark.parametrize(
    ("no", "yes"), [("nein", "ja"), ("unchecked", "checked"), ("living", "dead"), ("否", "是")]
)
def test_an_event_in_words_of_the_table_still_needs_its_value(
    no: str, yes: str, write: Write
) -> None:
    path = write("c.csv", f"time,status\n1,{yes}\n2,{no}\n3,{yes}\n")
    with pytest.raises(UsageError, match="status"):
        km(path)
    assert only(km(path, event=f"status={yes}"), "events") == 2


@pytest.mark.parametrize(
    "expected", [("<65", "65–75", ">75"), ("≤5", "6–10", "≥11"), ("<3", "low", "≥3")]
)
def test_open_intervals_are_the_first_and_the_last_level(
    expected: tuple[str, ...], write: Write
) -> None:
    rows = "".join(f'{i},1,"{level}"\n' for i, level in enumerate(sorted(expected), start=1))
    path = write("c.csv", "time,status,band\n" + rows)
    write("hcc2l.toml", '[columns.band]\ntype = "factor"\n')
    assert groups(km(path, by="band")) == expected


def test_roman_numerals_are_in_the_order_of_their_numbers(write: Write) -> None:
    numerals = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
    rows = "".join(f"{i},1,{n}\n" for i, n in enumerate(sorted(numerals), start=1))
    path = write("c.csv", "time,status,stage\n" + rows)
    assert groups(km(path, by="stage")) == tuple(numerals)


def test_padded_levels_are_in_the_order_of_their_numbers(write: Write) -> None:
    path = write("c.csv", "time,status,site\n1,1,10\n2,0,02\n3,1,01\n")
    assert groups(km(path, by="site")) == ("01", "02", "10")


def test_the_order_does_not_depend_on_the_order_of_rows(write: Write) -> None:
    header, *rows = TERMS.splitlines()
    path = write("reversed.csv", "\n".join([header, *reversed(rows)]) + "\n")
    assert groups(km(path, by="stage")) == ("I", "II", "III", "IV", "V", "IX")


def test_levels_without_patients_are_not_groups(terms: Path) -> None:
    assert groups(km(terms, by="child_pugh", where="child_pugh!=C")) == ("A", "B")


@pytest.mark.parametrize(
    ("by", "ref", "expected"),
    [
        ("child_pugh", "child_pugh=B", ("B", "A", "C")),
        ("grade", "grade=10", ("10", "1", "2")),
        ("afp@400", "afp=≥400", ("≥400", "<400")),
        ("ecog==2", "ecog=yes", ("yes", "no")),
    ],
)
def test_the_reference_given_by_an_option_comes_first(
    by: str, ref: str, expected: tuple[str, ...], terms: Path
) -> None:
    assert groups(km(terms, by=by, ref=[ref])) == expected


def test_a_reference_moves_patients_with_their_level(terms: Path) -> None:
    assert counts(km(terms, by="child_pugh", ref=["child_pugh=C"])) == {"C": 1, "A": 3, "B": 3}


@pytest.mark.parametrize(
    ("entry", "by", "expected"),
    [
        ('reference = "B"', "child_pugh", ("B", "A", "C")),
        ('reference = "yes"', "child_pugh==A", ("no", "yes")),
        ('reference = "≥400"', "afp@400", ("<400", "≥400")),
    ],
)
def test_the_reference_of_the_dictionary_is_that_of_the_column_itself(
    entry: str, by: str, expected: tuple[str, ...], terms: Path, write: Write
) -> None:
    column = by.partition("@")[0].partition("=")[0]
    write("hcc2l.toml", f"[columns.{column}]\n{entry}\n")
    assert groups(km(terms, by=by)) == expected


def test_a_reference_of_another_column_changes_nothing(terms: Path) -> None:
    assert groups(km(terms, by="child_pugh", ref=["grade=10"])) == ("A", "B", "C")


@pytest.mark.parametrize(
    ("ref", "message"),
    [("child_pugh=D", "no level 'D'"), ("child_pug=A", "no column"), ("child_pugh", "no level")],
)
def test_an_unknown_reference_is_refused(ref: str, message: str, terms: Path) -> None:
    with pytest.raises(UsageError, match=message):
        km(terms, by="child_pugh", ref=[ref])


# ---------------------------------------------------------------- conditions


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("afp>=400", "p3 p4 p6"),
        ("afp>400", "p4 p6"),
        ("afp<400", "p1 p2 p5"),
        ("afp<=400", "p1 p2 p3 p5"),
        ("afp ≥ 400", "p3 p4 p6"),
        ("afp≤400", "p1 p2 p3 p5"),
        ("afp==400", "p3"),
        ("afp=400.0", "p3"),
        ("afp!=400", "p1 p2 p4 p5 p6"),
        ("child_pugh==A", "p2 p4 p6"),
        ("child_pugh = 'A'", "p2 p4 p6"),
        ('child_pugh=="A"', "p2 p4 p6"),
        ("child_pugh!=A", "p1 p3 p5 p7"),
        ("stage in I,II", "p1 p3 p7"),
        ("stage in I, 'II'", "p1 p3 p7"),
        ("stage in (I, II)", "p1 p3 p7"),
        ("stage not in I,II", "p2 p4 p5 p6"),
        ("ecog in 0,1", "p1 p2 p4 p6 p7"),
        ("afp missing", "p7"),
        ("afp is missing", "p7"),
        ("afp present", "p1 p2 p3 p4 p5 p6"),
        ("afp not missing", "p1 p2 p3 p4 p5 p6"),
        ("afp is not missing", "p1 p2 p3 p4 p5 p6"),
    ],
)
def test_a_condition_keeps_its_rows(condition: str, kept: str, terms: Path) -> None:
    # In this cohort every patient has the event `ever`, patient p1 at time 1, p2 at 2, ...
    curve = km(terms, where=[condition], event="ever", curve=True).table("curve")
    assert [f"p{time:.0f}" for time in curve.column("time")] == kept.split()


def test_rows_must_meet_every_condition(terms: Path) -> None:
    report = km(terms, where=["afp>=200", "child_pugh==A"])
    assert report.provenance.analysed == 3
    assert {r: n for r, (n, _) in excluded(report).items()} == {
        "afp missing": 1,
        "not where afp>=200": 1,
        "not where child_pugh==A": 2,
    }


def test_conditions_name_columns_with_points_and_blanks(write: Write) -> None:
    path = write("c.csv", "time,status,ph.ecog,wt loss\n1,1,0,5\n2,1,1,5\n3,0,2,9\n")
    assert km(path, where=["ph.ecog>=1"]).provenance.analysed == 2
    assert km(path, where=["wt loss==5"]).provenance.analysed == 2
    assert km(path, where=["wt loss in 5,9"]).provenance.analysed == 3


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("afq>=400", "no column 'afq'"),
        ("afp>=high", "'high' .*is not a number"),
        ("afp>=nan", "is not a number"),
        ("afp>=", "no value to compare with"),
        ("afp", "is not a condition"),
        ("stage>=II", "is not a number"),
        ("child_pugh>=1", "'B' is not a number"),
        ("child_pugh==D", "no value 'D'"),
        ("stage in I,VII", "no value 'VII'"),
        ("child_pugh==C or", "no value 'C or'"),
        ("afp>1 and afp<9", "is not a number"),
        ("__import__('os')", "is not a condition"),
    ],
)
def test_a_condition_that_means_nothing_is_refused(
    condition: str, message: str, terms: Path
) -> None:
    with pytest.raises(Hcc2lError, match=message) as caught:
        km(terms, where=[condition])
    assert caught.value.exit_code == 2


def test_conditions_that_no_row_meets_leave_nothing_to_analyse(terms: Path) -> None:
    with pytest.raises(AnalysisError, match="No rows remain"):
        km(terms, where=["afp>5000"])


def test_conditions_come_before_the_median_and_the_groups(terms: Path) -> None:
    report = km(terms, by="child_pugh", where=["afp>=300"])
    assert counts(report) == {"A": 2, "B": 1, "C": 1}


# ---------------------------------------------------------------- the account of rows

LINE = st.tuples(
    st.sampled_from(["", "0", "1", "2.5", "7"]),
    st.sampled_from(["", "0", "1"]),
    st.sampled_from(["", "x", "y", "z"]),
    st.sampled_from(["", "17", "18", "65", "NA"]),
    st.sampled_from(["", "0.5", "1", "2"]),
)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(LINE, max_size=12),
    by=st.sampled_from([None, "arm", "age@18", "age==18"]),
    where=st.sets(st.sampled_from(["age>=18", "arm in x,y", "age missing", "arm present"])),
    landmark=st.sampled_from([None, 1.0]),
    weighted=st.booleans(),
)
def test_rows_read_are_rows_analysed_and_rows_excluded(
    lines: list[tuple[str, ...]],
    by: str | None,
    where: set[str],
    landmark: float | None,
    weighted: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    sure = [("3", "1", "x", "18", "1"), ("4", "0", "y", "17", "1"), ("5", "1", "y", "40", "2")]
    rows = [*lines, *sure]
    path = tmp_path_factory.getbasetemp() / "account.csv"
    text = [f"p{i}," + ",".join(cells) for i, cells in enumerate(rows)]
    path.write_text("patient_id,time,status,arm,age,w\n" + "\n".join(text) + "\n")
    options = {"by": by, "where": sorted(where), "landmark": landmark}
    try:
        report = km(path, **options, weights="w" if weighted else None)
    except AnalysisError:
        return  # no rows, no events, or a single group
    provenance = report.provenance
    assert provenance.rows == len(rows)
    assert provenance.rows == provenance.analysed + sum(e.rows for e in provenance.excluded)
    assert provenance.analysed == sum(counts(report).values())  # type: ignore[arg-type]  # counts, in this case
    named = [name for e in provenance.excluded for name in e.which]
    assert len(named) == len(set(named))
    assert all(e.rows > 0 for e in provenance.excluded)


def test_footer_and_json_account_for_all_rows(cohort_csv: Path, run: Run) -> None:
    analysed = run("km", cohort_csv, "--by", "child_pugh", "--json").json["analysed"]
    excluded_rows = sum(e["rows"] for e in analysed["excluded"])
    footer = f"40 rows read, {excluded_rows} excluded"
    for format_ in ("table", "md", "html", "tex"):
        printed = run("km", cohort_csv, "--by", "child_pugh", "--format", format_).out
        printed = " ".join(printed.split())
        assert footer in printed
        assert f"{analysed['rows']} analysed" in printed


def test_a_row_is_excluded_for_its_first_reason_only(write: Write) -> None:
    report = km(write("c.csv", "id,time,status,arm\na,1,1,x\nb,,,\nc,2,0,y\nd,3,1,\n"), by="arm")
    assert {reason: n for reason, (n, _) in excluded(report).items()} == {
        "time missing": 1,
        "arm missing": 1,
    }
