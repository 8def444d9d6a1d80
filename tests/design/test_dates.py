"""Endpoints, terms, levels, conditions, and the account of every row."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hcc2l import read_cohort
from hcc2l.design import resolve_endpoint
from hcc2l.design.dates import days_of, read_dates, year_seems_first
from hcc2l.errors import InputError, UsageError
from hcc2l.specs import KmSpec
from tests.conftest import Write
from tests.design.cohorts import FROM_DATES, endpoint, km, read

DAYS_A_MONTH = 30.4375  # 365.25 / 12, as the manual says


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


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(["2020年1月5日", "2020年1月31日", "2020年3月1日"], id="Chinese, Japanese"),
        pytest.param(["2020. 1. 5.", "2020. 1. 31.", "2020. 3. 1."], id="Korean"),
        pytest.param(["5-Jan-2020", "31 Jan 2020", "01-Mar-2020"], id="English months"),
        pytest.param(["5. Januar 2020", "31. Jan. 2020", "1. März 2020"], id="German months"),
        pytest.param(["January 5, 2020", "Jan 31, 2020", "March 1, 2020"], id="months first"),
        pytest.param(["2020-Jan-05", "2020. jan. 31.", "2020. márc. 1."], id="year, month, day"),
        pytest.param(
            ["5 de enero de 2020", "31 enero 2020", "1 de marzo del 2020"], id="Spanish months"
        ),
        pytest.param(
            ["5/jan/2020", "31 de janeiro de 2020", "1º de março de 2020"], id="Portuguese"
        ),
        pytest.param(["5 января 2020 г.", "31.янв.2020", "1 марта 2020"], id="Russian months"),
        pytest.param(["5 stycznia 2020 r.", "31 sty 2020", "1 marca 2020"], id="Polish months"),
        pytest.param(["5. ledna 2020", "31. leden 2020", "1. března 2020"], id="Czech months"),
        pytest.param(["5 Ιανουαρίου 2020", "31-Ιαν-2020", "1 Μαρτίου 2020"], id="Greek months"),
        pytest.param(["5 Ocak 2020", "31-Oca-2020", "1 Mart 2020"], id="Turkish months"),
        pytest.param(["5 janvier 2020", "31 janv. 2020", "1er mars 2020"], id="French months"),
        pytest.param(["1/5/20", "1/31/20", "3/1/20"], id="years of two digits, month first"),
        pytest.param(["05.01.20", "31.01.20", "01.03.20"], id="years of two digits, points"),
        pytest.param(["43835", "43861", "43891"], id="days of a spreadsheet"),
        pytest.param(["20200105", "20200131", "20200301"], id="digits alone"),
    ],
)
def test_dates_of_other_countries_and_programs_are_read(written: list[str], write: Write) -> None:
    write("hcc2l.toml", FROM_DATES)
    first, second, third = written
    rows = f'a\t"{first}"\t"{third}"\t"{third}"\nb\t"{second}"\t\t"{third}"\n'
    times, events = endpoint(write("c.tsv", f"id\tstart\tdied\tseen\n{rows}"))
    assert times == [56 / DAYS_A_MONTH, 30 / DAYS_A_MONTH]
    assert events == [1, 0]


@pytest.mark.parametrize("cell", ["31.12.9999", "9999-12-31", "00.00.0000", "--"])
def test_a_date_that_stands_for_none_is_refused_with_the_remedy(cell: str, write: Write) -> None:
    write("hcc2l.toml", FROM_DATES)
    rows = f"a,2020-01-05,2020-03-01,2020-03-01\nb,2020-01-31,{cell},2020-03-01\n"
    path = write("c.csv", f"id,start,died,seen\n{rows}")
    with pytest.raises(InputError, match="cannot be read as a date") as caught:
        endpoint(path)
    assert f"--na {cell}" in str(caught.value.hint)
    write("hcc2l.toml", f'missing = ["{cell}"]\n{FROM_DATES}')
    assert endpoint(path)[1] == [1, 0]


BACKWARDS = [f"{18 + i // 4}.0{1 + i % 4}.{1 + 3 * i % 29:02}" for i in range(12)]


def test_years_of_two_digits_that_seem_to_come_first_are_asked_about(write: Write) -> None:
    path = write("c.csv", "start\n" + "\n".join(BACKWARDS) + "\n")
    every = np.ones(len(BACKWARDS), dtype=np.bool_)
    with pytest.raises(InputError, match="cannot be read as a date") as caught:
        read_dates(read_cohort(path), ["start"], every)
    assert 'date_order = "ymd"' in str(caught.value.hint)
    write("hcc2l.toml", 'date_order = "ymd"\n')
    days = read_dates(read_cohort(path), ["start"], every)["start"]
    assert [str(day) for day in days[:2]] == ["2018-01-01", "2018-02-04"]
    write("hcc2l.toml", 'date_order = "dmy"\n')
    assert str(read_dates(read_cohort(path), ["start"], every)["start"][1]) == "2004-02-18"


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (BACKWARDS, True), (BACKWARDS[:5], False), ([*BACKWARDS, "2018-01-01"], False),
        ([f"{1 + 2 * i:02}.0{1 + i % 4}.{18 + i // 4}" for i in range(12)], False),
        ([f"{18 + i // 4}.13.{1 + 2 * i:02}" for i in range(12)], False),
        ([f"19.01.{10 + 4 * i}" for i in range(7)], False),
        ([f"1{i}.01.1{i}" for i in range(8)], False),
    ],
)  # fmt: skip
def test_years_lie_closer_together_than_days(texts: list[str], first: bool) -> None:
    assert year_seems_first(texts) is first


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("1 června 2020", 6), ("1 července 2020", 7), ("1 lipca 2020", 7), ("1 srpna 2020", 8),
        ("1 Μαΐου 2020", 5), ("1 Ιουλίου 2020", 7), ("1 мая 2020", 5), ("1 Ağustos 2020", 8),
        ("1 listopada 2020", 11), ("1 août 2020", 8), ("1 srpnja 2020", None),
        ("1 lipnja 2020", None), ("1 lisabon 2020", None),
    ],
)  # fmt: skip
def test_months_that_begin_alike_are_told_apart(written: str, month: int | None) -> None:
    day = days_of([written], None)[0]
    assert np.isnat(day) if month is None else day == np.datetime64(f"2020-{month:02}-01")


def test_births_of_two_digits_lie_before_the_visits_whatever_births_are_the_latest(
    write: Write,
) -> None:
    rows = "a,15/06/52,01/02/19\nb,15/06/49,31/03/20\n"
    cohort = read_cohort(write("c.csv", f"id,date_of_birth,start\n{rows}"))
    for names in (["date_of_birth"], ["date_of_birth", "start"]):
        births = read_dates(cohort, names, np.ones(2, dtype=np.bool_))["date_of_birth"]
        assert [str(day) for day in births] == ["1952-06-15", "1949-06-15"]


def test_another_column_of_dates_may_show_the_order(write: Write) -> None:
    write("hcc2l.toml", FROM_DATES)
    header = "id,start,died,seen,progression\n"
    path = write("c.csv", f"{header}a,02/01/2020,03/01/2020,03/01/2020,31/12/2019\n")
    assert endpoint(path)[0] == [1 / DAYS_A_MONTH]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("1/31/2020", "3/1/2020", "the month was read as coming first, as 1/31/2020 shows"),
        ("5.1.20", "1.3.20", "years of two digits were read as 2020-01-05 to 2020-01-05"),
        ("43835", "43891", "days of a spreadsheet, 2020-01-05 to 2020-01-05"),
    ],
)
def test_what_was_inferred_about_dates_is_reported(
    start: str, end: str, said: str, write: Write
) -> None:
    write("hcc2l.toml", FROM_DATES)
    report = km(write("c.csv", f"id,start,died,seen\na,{start},{end},{end}\n"))
    assert any(said in n.text for n in report.notes if n.code == "dates")


def test_numbers_that_are_no_days_are_refused_with_a_remedy(write: Write) -> None:
    write("hcc2l.toml", FROM_DATES)
    path = write("c.csv", "id,start,died,seen\na,21915,22000,22000\n")  # days since 1960, of Stata
    with pytest.raises(InputError, match="column start, line 2") as caught:
        endpoint(path)
    assert 'type = "date"' in str(caught.value.hint)


def test_a_year_of_birth_is_before_the_latest_visit() -> None:
    from hcc2l.design.dates import _century

    assert _century("45", "date_of_birth", 2024) == "1945"
    assert _century("12", "date_of_birth", 2024) == "2012"
    assert _century("45", "start", 2024) == "2045"


# ---------------------------------------------------------------- against a slow calculation

UNITS = ("days", "weeks", "months", "years")
Day = date | None


def exactly(days: int, unit: str, other: str = "days") -> Fraction:
    """Days, or a number of `unit`, in `other`; a year has 365.25 days and 12 months."""
    length = {"days": Fraction(1), "weeks": Fraction(7), "months": Fraction(1461, 48),
              "years": Fraction(1461, 4)}  # fmt: skip
    return days * length[unit] / length[other]


def by_hand(start: Day, ends: list[Day], censor: Day) -> tuple[int | None, int]:
    """Days and event of one patient, one date after the other; (None, -1) where unknown."""
    until, event = censor, 0
    for end in ends:
        if end is not None and (event == 0 or until is None or end < until):
            until, event = end, 1
    if start is None or until is None:
        return None, -1
    return until.toordinal() - start.toordinal(), event


starts = st.none() | st.dates(date(1999, 1, 1), date(2004, 12, 31))
later = st.none() | st.integers(0, 4000).map(lambda days: date(2005, 1, 1) + timedelta(days))
patients = st.lists(st.tuples(starts, later, later, later), min_size=1, max_size=8)


@given(patients, st.sampled_from(UNITS))
@example([(date(2004, 2, 29), None, date(2005, 1, 1), date(2005, 1, 1))], "months")
def test_times_to_the_first_of_several_dates_are_those_counted_day_by_day(
    rows: list[tuple[Day, Day, Day, Day]], unit: str
) -> None:
    lines = ["p," + ",".join(str(cell or "") for cell in row) for row in rows]
    whole = "p,2000-01-01,2006-01-01,2006-01-01,2006-01-01"  # a column without a date is no date
    cohort = read("\n".join(["name,start,progressed,died,seen", *lines, whole]) + "\n")
    options = KmSpec(start="start", end=("progressed", "died"), censor="seen", time_unit=unit)
    endpoint = resolve_endpoint(cohort, options)
    for i, (start, progressed, died, seen) in enumerate(rows):
        days, event = by_hand(start, [progressed, died], seen)
        assert endpoint.event[i] == event
        if days is None:
            assert endpoint.time[i] != endpoint.time[i]
        else:
            assert endpoint.time[i] == pytest.approx(float(exactly(days, "days", unit)), rel=1e-14)


@given(st.lists(st.tuples(starts, later, st.sampled_from(["", "0", "1"])), max_size=8))
def test_times_to_the_last_contact_are_those_counted_day_by_day(
    rows: list[tuple[Day, Day, str]],
) -> None:
    lines = [f"p,{start or ''},{seen or ''},{status}" for start, seen, status in rows]
    whole = ["p,2000-01-01,2006-01-01,0", "p,2000-01-01,2006-01-01,1"]
    cohort = read("\n".join(["name,start,seen,status", *whole, *lines]) + "\n")
    endpoint = resolve_endpoint(
        cohort, KmSpec(start="start", end="seen", event="status=1", unit="days")
    )
    assert endpoint.event.tolist()[2:] == [-1 if not s else int(s) for _, _, s in rows]
    for time, (start, seen, _) in zip(endpoint.time.tolist()[2:], rows, strict=True):
        known = None if start is None or seen is None else (seen - start).days
        assert (None if time != time else time) == known


@given(
    st.lists(st.integers(0, 5000), min_size=2, max_size=8, unique=True),
    st.sampled_from(UNITS),
    st.sampled_from(UNITS),
)
def test_times_converted_are_those_of_exact_arithmetic(
    times: list[int], unit: str, other: str
) -> None:
    text = "time,status\n" + "".join(f"{t},1\n" for t in times)
    endpoint = resolve_endpoint(read(text), KmSpec(unit=unit, time_unit=other))
    wanted = [float(exactly(t, unit, other)) for t in times]
    assert endpoint.time.tolist() == pytest.approx(wanted, rel=1e-14)
    assert endpoint.unit == other
    back = KmSpec(time="shown", event="status", unit=other, time_unit=unit)
    shown = [f"{t!r},1\n" for t in endpoint.time.tolist()]
    returned = resolve_endpoint(read("shown,status\n" + "".join(shown)), back)
    assert returned.time.tolist() == pytest.approx(times, rel=1e-13)


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=8), st.sampled_from(UNITS))
def test_dates_and_the_same_times_in_days_are_one_endpoint(days: list[int], unit: str) -> None:
    start = date(2010, 3, 31)
    rows = [f"{start},{start + timedelta(d)},{i % 2},{d}" for i, d in enumerate(days)]
    cohort = read("\n".join(["start,seen,death,os_days", *rows]) + "\n")
    dates = KmSpec(start="start", end="seen", event="death", time_unit=unit)
    from_dates = resolve_endpoint(cohort, dates)
    times = resolve_endpoint(cohort, KmSpec(time_unit=unit))
    assert from_dates.time.tolist() == times.time.tolist()  # not one rounding apart
    assert from_dates.event.tolist() == times.event.tolist()
