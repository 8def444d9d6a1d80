"""Endpoints, terms, levels, conditions, and the account of every row."""

from __future__ import annotations

from pathlib import Path

import pytest

from hcc2l.errors import InputError, UsageError
from tests.conftest import Write
from tests.design.cohorts import FROM_DATES, endpoint, km

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
