"""The endpoint that a message proposes where the cohort defines none."""

from __future__ import annotations

import shlex

import pytest

from hcc2l.errors import UsageError
from tests.conftest import Run, Write
from tests.design.cohorts import DATES, SEEN, chosen


def hint(text: str, name: str = "os") -> str:
    with pytest.raises(UsageError) as caught:
        chosen(text, endpoint=name)
    assert caught.value.where == "--endpoint"
    return str(caught.value.hint)


@pytest.mark.parametrize(
    ("header", "rows", "options"),
    [
        (
            "id,start,seen,status",
            "a,2020-01-01,2020-03-01,dead\nb,2020-01-01,2020-04-01,alive\n",
            "--start start --end seen --event status=dead --label 'Overall survival'",
        ),
        (
            "Beginn 2L,Letzter Kontakt,Verstorben (ja/nein)",
            "01.02.2020,03.04.2020,ja\n01.02.2020,03.04.2020,nein\n",
            "--start 'Beginn 2L' --end 'Letzter Kontakt' --event 'Verstorben (ja/nein)=ja'",
        ),
        (
            "开始日期,末次随访日期,结局",
            "2021/3/4,2021/5/4,死亡\n2021/3/4,2021/5/4,存活\n",
            "--start '开始日期' --end '末次随访日期' --event '结局=死亡'",
        ),
        (
            "Start date,Date of last contact or death,Has the patient died?",
            "2020-01-01,2020-02-01,Yes\n2020-01-01,2020-02-01,No\n",
            "--end 'Date of last contact or death' --event 'Has the patient died?=Yes'",
        ),
        (
            "start,last_seen,status",
            "2020-01-01,2020-02-01,1\n2020-01-01,2020-02-01,2\n",
            "--start start --end last_seen --event status=VALUE",
        ),
        (
            "start,last_seen,death_date,status",
            "2020-01-01,2020-02-01,2020-02-01,1\n2020-01-01,2020-02-01,,2\n",
            "--start start --end death_date --censor last_seen --label",
        ),
        (
            "enrolled,reviewed,status",
            "2020-01-01,2020-02-01,1\n2020-01-01,2020-02-01,2\n",
            "enrolled, reviewed: --start COLUMN --end COLUMN --event COLUMN=VALUE",
        ),
        ("start,last_seen", "2020-01-01,2020-02-01\n", "--start COLUMN --end COLUMN"),
    ],
)
def test_without_an_endpoint_the_message_names_the_dates_and_the_options_to_paste(
    header: str, rows: str, options: str
) -> None:
    assert options in hint(f"{header}\n{rows}")


def test_a_column_named_for_death_is_the_status_rather_than_one_called_status() -> None:
    rows = "".join(f"2020-01-01,2020-02-01,{i % 3},{i % 2}\n" for i in range(9))
    assert "--event death=1" in hint(f"start,last_seen,status,death\n{rows}")


@pytest.mark.parametrize(
    ("values", "event"), [(7, "COLUMN=VALUE"), (6, "status=VALUE"), (0, "COL")]
)
def test_a_column_of_many_values_or_none_is_no_status(values: int, event: str) -> None:
    cells = [f"s{i}" for i in range(values)] or ["", ""]
    rows = "".join(f"2020-01-01,2020-02-01,{cell}\n" for cell in cells)
    assert f"--event {event}" in hint(f"start,last_seen,status\n{rows}")


def test_progression_free_survival_is_proposed_from_both_dates() -> None:
    expected = "--start start --end progressed,died --censor seen --label 'Progression-free"
    assert expected in hint(DATES, "pfs")
    assert "--end progressed --censor seen --label 'Time to progression'" in hint(DATES, "ttp")
    assert "--start COLUMN --end COLUMN" in hint(DATES, "dfs")
    without_death = DATES.replace("died", "operated")
    assert "--start COLUMN --end COLUMN" in hint(without_death, "pfs")


def test_the_options_proposed_make_the_endpoint(run: Run, write: Write) -> None:
    write("c.csv", SEEN)
    proposed = run("km", "c.csv").err.partition("start, seen: ")[2].partition(". Or")[0]
    assert run("km", "c.csv", *shlex.split(proposed), "--json").json["analysed"]["rows"] == 3


def test_a_cohort_without_dates_is_asked_for_times() -> None:
    text = hint("a,b\n1,1\n2,0\n")
    assert text.startswith("Define it with --time COLUMN --event COLUMN, or in hcc2l.toml.")
    assert "--start" not in text
