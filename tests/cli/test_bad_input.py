"""Bad input: one clear message, the right exit status, nothing on stdout, no file."""

from __future__ import annotations

import errno
import gzip
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Outcome, Run, Write

WRONG, UNANSWERED, INTERRUPTED = 2, 1, 130
GOOD = (
    "patient_id,time,status,arm,afp\nA1,1.5,1,x,100\nA2,2.5,0,y,900\nA3,3.5,1,x,300\nA4,4,1,y,5\n"
)

Refuse = Callable[..., Outcome]


@pytest.fixture
def refuse(run: Run, workplace: Path) -> Refuse:
    """Run `km` asking for files, and check that it refuses as every bad input is refused."""

    def call(
        *arguments: object, status: int = WRONG, stdin: bytes = b"", says: str = ""
    ) -> Outcome:
        before = snapshot(workplace)
        files = ("--out", "x.json", "--plot", "x.png")
        outcome = run("km", *arguments, *files, stdin=stdin)
        assert outcome.status == status, outcome.err
        assert outcome.out == ""
        assert len(outcome.messages("error")) == 1, outcome.err
        remedy = outcome.messages("hint") or "Did you mean" in outcome.err
        assert remedy, "no remedy: " + outcome.err
        assert "Traceback" not in outcome.err
        for part in filter(None, says.split(" | ")):
            assert part in outcome.err
        assert snapshot(workplace) == before
        return outcome

    return call


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder with its content."""
    return {str(path): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


# ---------------------------------------------------------------- files


def test_a_missing_file_is_refused(refuse: Refuse) -> None:
    refuse("nowhere.csv", says="nowhere.csv | no such file")


def test_a_missing_file_is_refused_with_a_near_name(refuse: Refuse, write: Write) -> None:
    write("cohort.csv", GOOD)
    refuse("cohrot.csv", says="cohrot.csv | Did you mean 'cohort.csv'?")


def test_a_file_in_a_missing_folder_is_refused(refuse: Refuse) -> None:
    refuse("nowhere/cohort.csv", says="nowhere/cohort.csv")


def test_a_folder_is_refused(refuse: Refuse, workplace: Path) -> None:
    (workplace / "folder.csv").mkdir()
    refuse("folder.csv", says="folder.csv | folder")


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", gzip.compress(b"")], ids=["nothing", "blank lines", "gzipped"]
)
def test_an_empty_file_is_refused(content: bytes, refuse: Refuse, write: Write) -> None:
    write("c.csv", content)
    refuse("c.csv", says="c.csv | empty")


def test_empty_standard_input_is_refused(refuse: Refuse) -> None:
    refuse("-", says="standard input | empty")


def test_a_header_without_rows_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", "time,status\n")
    refuse("c.csv", says="c.csv | no rows")


def test_binary_junk_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", bytes(range(256)) * 40)
    refuse("c.csv", says="c.csv | not a text file")


def test_a_broken_workbook_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.xlsx", b"PK\x03\x04" + bytes(500))
    refuse("c.xlsx", says="c.xlsx | Excel")


def test_a_broken_gzip_file_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv.gz", gzip.compress(GOOD.encode())[:-9])
    refuse("c.csv.gz", says="c.csv.gz | damaged")


def test_an_ending_that_is_not_read_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.docx", b"PK\x03\x04")
    refuse("c.docx", says="c.docx | .csv")


def test_a_file_that_is_not_in_the_given_encoding_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD.replace("A3", "Ä3").encode("cp1252"))
    refuse("c.csv", "--encoding", "utf-8", says="c.csv, line 4 | utf-8 | --encoding")


def test_a_file_in_an_unusual_encoding_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD.encode().replace(b"A3", b"\x81\x8d"))
    refuse("c.csv", says="c.csv, line 4 | --encoding")


def test_an_encoding_that_does_not_exist_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--encoding", "utf-9", says="--encoding | utf-9")


def test_a_separator_of_two_characters_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--sep", "::", says="--sep | ::")


@pytest.mark.parametrize("decimal", ["x", ".."])
def test_an_invalid_decimal_mark_is_refused(decimal: str, refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--decimal", decimal, says="--decimal")


def test_a_long_row_is_refused_with_its_line(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD.replace("2.5,0", "2,5,0"))
    refuse("c.csv", says="c.csv, line 3 | longer than the header")


def test_a_repeated_column_name_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", "time,status,time\n1,1,2\n")
    refuse("c.csv", says="c.csv, line 1 | 'time'")


# ---------------------------------------------------------------- columns


@pytest.mark.parametrize(
    ("option", "value", "near"),
    [
        ("--by", "amr", "'arm'"),
        ("--by", "apf@400", "'afp'"),
        ("--by", "apf>=400", "'afp'"),
        ("--strata", "amr", "'arm'"),
        ("--where", "amr==x", "'arm'"),
        ("--where", "apf>=400", "'afp'"),
        ("--time", "tmie", "'time'"),
        ("--event", "statsu", "'status'"),
        ("--event", "statsu=1", "'status'"),
        ("--competing", "statsu=2", "'status'"),
        ("--weights", "apf", "'afp'"),
        ("--cut", "apf=400", "'afp'"),
        ("--ref", "amr=x", "'arm'"),
    ],
)
def test_an_unknown_column_is_refused_with_a_near_name(
    option: str, value: str, near: str, refuse: Refuse, write: Write
) -> None:
    write("c.csv", GOOD)
    by = [] if option == "--by" else ["--by", "arm"]
    refuse("c.csv", *by, option, value, says=f"{option} | Did you mean {near}?")


def test_an_unknown_column_without_a_near_name_lists_the_columns_of_a_wide_file(
    refuse: Refuse, write: Write
) -> None:
    names = ["time", "event", *(f"lab{i}" for i in range(40))]
    write("c.csv", ",".join(names) + "\n" + "1,1" + ",0" * 40 + "\n")
    refuse("c.csv", "--by", "treatment", says="--by | 'treatment' | lab0 | lab39")


def test_an_unknown_endpoint_is_refused_with_a_near_name(refuse: Refuse, write: Write) -> None:
    write("c.csv", "os_months,death,pfs_months,progression\n1,1,1,1\n")
    refuse("c.csv", "--endpoint", "psf", says="--endpoint | 'pfs'")


def test_a_cohort_in_which_no_endpoint_is_recognised_is_refused(
    refuse: Refuse, write: Write
) -> None:
    write("c.csv", "a,b\n1,1\n2,0\n")
    refuse("c.csv", says="--endpoint | --time COLUMN --event COLUMN")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--start from --end seen --censor seen", "--censor: | same column, seen | every patient"),
        ("--start from --end died,seen --censor SEEN", "--censor: | same column, seen"),
        ("--start from --end seen --event status --censor died", "--censor: | --event"),
        ("--start from --end seen", "--start: | needs --event | or --censor"),
        ("--start from --end died,seen --event status", "--end: | one column"),
        ("--time os --start from --end seen --event status", "--time: | --start"),
        ("--time os --event status --end seen", "--time: | --end"),
        ("--time os --censor seen", "--time: | --censor"),
        ("--start from --end from --event status", "--start: | same column, from"),
        ("--start from --end died --censor from", "--start: | same column, from"),
        ("--start from --end died,died --censor seen", "--end: | twice"),
        ("--start from --event status", "--start: | needs --start and --end"),
        ("--end seen --event status", "--end: | needs --start and --end"),
        ("--censor seen", "--censor: | needs --start and --end"),
        ("--end ,", "--end: | needs"),
        ("--start form --end seen --event status", "--start: | 'form' | 'from'"),
        ("--start from --end deid --censor seen", "--end: | 'deid' | 'died'"),
        ("--start from --end died --censor sen", "--censor: | 'sen' | 'seen'"),
        ("--start from --end seen --event stat", "--event: | 'stat' | 'status'"),
        ("--start from --end seen --event died", "--event: | dates | --end died --censor"),
        ("--start from --end seen --event seen", "--event: | dates"),
        ("--start status --end seen --event status", "column status, line 2 (a) | 'dead'"),
        ("--start seen --end from --event status", "column seen … from | before the start: a, b"),
        ("--start from --end seen --event status --unit month", "--unit: | 'months'"),
        ("--start from --end seen --event status --time-unit h", "--time-unit: | days, weeks"),
        ("--time os --event status --time-unit days", "--time-unit: | not known | --unit"),
    ],
)
def test_an_endpoint_that_contradicts_itself_is_refused(
    options: str, says: str, refuse: Refuse, write: Write
) -> None:
    write(
        "c.csv",
        "id,from,died,seen,status,os\n"
        "a,2020-01-01,2020-02-01,2020-02-01,dead,1\nb,2020-01-01,,2020-03-01,alive,2\n",
    )
    refuse("c.csv", *options.split(), says=says)


@pytest.mark.parametrize("options", ["--end died --censor died", "--censor seen --event status"])
def test_an_endpoint_without_effect_is_checked_all_the_same(
    options: str, run: Run, write: Write
) -> None:
    write("c.csv", "id,from,died,seen,status,afp\na,2020-01-01,,2020-03-01,1,5\n")
    outcome = run("roc", "c.csv", "--outcome", "status", "--start", "from", *options.split())
    assert outcome.status == WRONG
    assert len(outcome.messages("error")) == 1
    assert "--censor" in outcome.err


def test_the_unit_of_one_endpoint_is_not_that_of_several(run: Run, write: Write) -> None:
    write("c.csv", "os_time,death,pfs_time,progression,arm,age\n1,1,1,1,a,50\n2,0,2,0,b,60\n")
    words = ("psmatch", "c.csv", "--treat", "arm=a", "-x", "age")
    for option in ("--unit", "--label"):
        outcome = run(*words, option, "days")
        assert outcome.status == WRONG
        assert (
            f"{option}: {option} describes one endpoint, but there are 2: os, pfs." in outcome.err
        )
        assert "--endpoint" in outcome.messages("hint")[0]


def test_a_decimal_comma_half_way_down_is_refused_with_its_row(
    refuse: Refuse, write: Write
) -> None:
    rows = [f"A{i},{i}.5,{i % 2},x,1" for i in range(1, 41)]
    rows[20] = 'A21,"21,5",1,x,1'
    write("c.csv", "patient_id,time,status,arm,afp\n" + "\n".join(rows) + "\n")
    refuse("c.csv", says="c.csv, column time, line 22 (A21) | '21,5' | decimal comma")


def test_a_time_that_is_not_a_number_is_refused_with_its_row(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD.replace("3.5", "soon"))
    refuse("c.csv", says="c.csv, column time, line 4 (A3) | 'soon'")


def test_a_column_of_words_as_time_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--time", "arm", "--event", "status", says="column arm | line 2 (A1)")


def test_a_negative_time_is_refused_and_the_patients_are_named(
    refuse: Refuse, write: Write
) -> None:
    write("c.csv", GOOD.replace("2.5", "-2.5").replace("4,1,y", "-0.1,1,y"))
    refuse("c.csv", says="c.csv, column time | negative | A2, A4")


@pytest.mark.parametrize("cell", ["1e999", "inf"])
def test_an_infinite_time_is_refused(cell: str, refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD.replace("2.5", cell))
    outcome = refuse("c.csv", says="c.csv, column time | A2")
    assert "negative" not in outcome.err


def test_an_event_of_three_values_is_refused_and_they_are_listed(
    refuse: Refuse, write: Write
) -> None:
    write("c.csv", GOOD.replace("3.5,1", "3.5,2"))
    refuse("c.csv", says="status | 0, 1, 2 | --event 'status=VALUE'")


@pytest.mark.parametrize("pair", [("ja", "nein"), ("oui", "non"), ("M", "W")])
def test_the_remedy_never_chooses_the_event_for_the_user(
    pair: tuple[str, str], refuse: Refuse, write: Write
) -> None:
    rows = "".join(f"{i},{pair[i % 2]}\n" for i in range(1, 9))
    write("c.csv", "time,status\n" + rows)
    refuse("c.csv", says="status | --event 'status=VALUE'")


def test_a_decimal_point_among_commas_is_refused_with_its_row(refuse: Refuse, write: Write) -> None:
    rows = "".join(f"P{i};{i},5;{i % 2}\n" for i in range(1, 9))
    write("c.csv", "id;time;status\n" + rows.replace("P4;4,5", "P4;4.5"))
    refuse("c.csv", says="line 5 (P4) | '4.5' | decimal comma")


def test_an_event_coded_one_and_two_is_refused_with_a_remedy(refuse: Refuse, write: Write) -> None:
    write("c.csv", "time,status\n1,1\n2,2\n3,2\n")
    refuse("c.csv", "--time", "time", "--event", "status", says="--event | 'status=2'")


def test_an_event_value_that_does_not_occur_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--event", "status=dead", says="--event | 'dead' | 0, 1")


def test_a_duration_as_event_is_refused(refuse: Refuse, write: Write) -> None:
    rows = "".join(f"{i},{i % 2},{i}.25\n" for i in range(30))
    write("c.csv", "time,status,months\n" + rows)
    refuse("c.csv", "--time", "time", "--event", "months", says="--event | months | duration")


def test_a_short_duration_as_event_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", "time,status,months\n1,1,1.5\n2,0,2.5\n3,1,3.5\n4,0,4.25\n")
    refuse("c.csv", "--time", "time", "--event", "months", says="--event | months")


def test_repeated_ids_are_refused_with_id_and_lines(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD.replace("A3", "A1"))
    refuse("c.csv", says="c.csv, column patient_id | 'A1' | line 2 and line 4")


@pytest.mark.parametrize("weight", ["0", "-1"])
def test_a_weight_that_is_not_above_zero_is_refused(
    weight: str, refuse: Refuse, write: Write
) -> None:
    write("c.csv", GOOD.replace(",300", f",{weight}"))
    refuse("c.csv", "--weights", "afp", says="column afp | A3")


def test_a_number_without_a_cut_as_groups_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD.replace(",300", ",0.5"))
    refuse("c.csv", "--by", "afp", says="--by afp | --by afp@median")


def test_fifty_levels_as_groups_are_refused(refuse: Refuse, write: Write) -> None:
    rows = "".join(f"{i},{i % 2},drug {i}\n" for i in range(50))
    write("c.csv", "time,status,drug\n" + rows)
    refuse("c.csv", "--by", "drug", says="--by drug | 50 different values")


# ---------------------------------------------------------------- the remedies that are offered


def test_rows_with_a_negative_time_can_be_excluded_as_the_hint_says(run: Run, write: Write) -> None:
    write("c.csv", GOOD.replace("2.5", "-2.5"))
    assert "--where" in run("km", "c.csv").err
    assert run("km", "c.csv", "--where", "time>=0", "--json").json["analysed"]["rows"] == 3


def test_rows_with_a_bad_weight_can_be_excluded_as_the_hint_says(run: Run, write: Write) -> None:
    write("c.csv", GOOD.replace(",300", ",0"))
    assert "--where" in run("km", "c.csv", "--weights", "afp").err
    outcome = run("km", "c.csv", "--weights", "afp", "--where", "afp>0", "--json")
    assert outcome.json["analysed"]["rows"] == 3


def test_rows_with_a_date_before_the_start_can_be_excluded_as_the_hint_says(
    run: Run, write: Write
) -> None:
    write("hcc2l.toml", '[endpoints.os]\nstart = "from"\nend = "died"\ncensor = "seen"\n')
    write("c.csv", "id,from,died,seen\na,2020-02-01,2020-01-01,\nb,2020-02-01,2020-03-01,\n")
    assert "--where" in run("km", "c.csv").err
    assert run("km", "c.csv", "--where", "id!=a", "--json").json["analysed"]["rows"] == 1


def test_some_of_fifty_levels_can_be_selected_as_the_hint_says(run: Run, write: Write) -> None:
    rows = "".join(f"{i},{i % 2},drug {i % 50}\n" for i in range(100))
    write("c.csv", "time,status,drug\n" + rows)
    assert "--where" in run("km", "c.csv", "--by", "drug").err
    outcome = run("km", "c.csv", "--by", "drug", "--where", "drug in drug 1,drug 3", "--json")
    assert [row["group"] for row in outcome.json["tables"]["groups"]] == ["drug 1", "drug 3"]


def test_a_text_among_times_can_be_declared_missing_as_the_hint_says(
    run: Run, write: Write
) -> None:
    write("c.csv", GOOD.replace("3.5", "soon"))
    assert "--na" in run("km", "c.csv").err
    assert run("km", "c.csv", "--na", "soon", "--json").json["analysed"]["rows"] == 3


def test_an_unusual_encoding_can_be_given_as_the_hint_says(run: Run, write: Write) -> None:
    write("c.csv", GOOD.encode().replace(b"A3", b"\x81\x8d"))
    assert "--encoding latin-1" in run("km", "c.csv").err
    assert run("km", "c.csv", "--encoding", "latin-1").status == 0


def test_the_likely_event_is_named_ready_to_be_pasted(run: Run, write: Write) -> None:
    write("c.csv", "time,tot\n1,ja\n2,nein\n3,ja\n")
    assert "perhaps 'tot=ja'" in run("km", "c.csv", "--time", "time", "--event", "tot").err
    assert run("km", "c.csv", "--time", "time", "--event", "tot=ja").status == 0


def test_an_event_of_three_values_can_be_given_as_the_hint_says(run: Run, write: Write) -> None:
    write("c.csv", GOOD.replace("3.5,1", "3.5,2"))
    assert "--event 'status=VALUE'" in run("km", "c.csv").err
    outcome = run("km", "c.csv", "--event", "status=2", "--json")
    assert outcome.json["tables"]["groups"][0]["events"] == 1


# ---------------------------------------------------------------- what the data cannot answer


def test_a_cohort_without_events_cannot_answer(refuse: Refuse, write: Write) -> None:
    write("c.csv", "time,status\n1,0\n2,0\n3,0\n")
    refuse("c.csv", status=UNANSWERED, says="time, status | all are censored | --event")


def test_a_single_group_cannot_be_compared(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD.replace(",y,", ",x,"))
    refuse("c.csv", "--by", "arm", status=UNANSWERED, says="--by arm | one group, 'x'")


def test_a_single_group_that_a_condition_left_cannot_be_compared(
    refuse: Refuse, write: Write
) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--by", "arm", "--where", "arm==x", status=UNANSWERED, says="--by arm")


def test_conditions_that_no_row_meets_leave_no_answer(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--where", "afp>9999", status=UNANSWERED, says="c.csv | afp>9999")


def test_a_cohort_without_any_time_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", "time,status\n,1\nNA,0\n")
    refuse("c.csv", status=UNANSWERED, says="c.csv | time missing")


def test_a_competing_event_that_never_occurs_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--competing", "status=1", status=UNANSWERED, says="--competing")


def test_a_landmark_beyond_all_follow_up_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--landmark", "99", status=UNANSWERED, says="--landmark")


def test_a_group_of_one_patient_is_described_and_warned_of(run: Run, write: Write) -> None:
    write("c.csv", GOOD + "A5,5,1,z,7\n")
    outcome = run("km", "c.csv", "--by", "arm", "--json")
    assert [row["n"] for row in outcome.json["tables"]["groups"]] == [2, 2, 1]
    assert any("z (1)" in line for line in outcome.messages("warning"))


def test_a_cohort_of_one_patient_is_described(run: Run, write: Write) -> None:
    write("c.csv", "time,status\n5,1\n")
    (row,) = run("km", "c.csv", "--json").json["tables"]["groups"]
    assert (row["n"], row["events"], row["median"]) == (1, 1, 5)


# ---------------------------------------------------------------- the command line


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--at", "6,x"),
        ("--at", "-1"),
        ("--at", "nan"),
        ("--at", "inf"),
        ("--tau", "0"),
        ("--tau", "-3"),
        ("--tau", "nan"),
        ("--tau", "six"),
        ("--landmark", "-1"),
        ("--landmark", "nan"),
        ("--conf-level", "95"),
        ("--conf-level", "0"),
        ("--conf-level", "1"),
        ("--conf-level", "nan"),
        ("--conf-level", "high"),
        ("--rho", "-1"),
        ("--gamma", "1"),
        ("--digits", "-1"),
        ("--digits", "two"),
    ],
)
def test_a_bad_number_is_refused_with_its_option(
    option: str, value: str, refuse: Refuse, write: Write
) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", option, value, says=option)


@pytest.mark.parametrize(
    ("option", "value", "near"),
    [
        ("--conf-type", "loglog", "'log-log'"),
        ("--test", "log-rank", "'logrank'"),
        ("--adjust", "bonferoni", "'bonferroni'"),
        ("--parametric", "weibul", "'weibull'"),
        ("--format", "jsn", "'json'"),
    ],
)
def test_an_invalid_choice_is_refused_with_a_near_one(
    option: str, value: str, near: str, refuse: Refuse, write: Write
) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", option, value, says=f"{option} | Did you mean {near}")


@pytest.mark.parametrize("option", [["--trend"], ["--pairwise"], ["--strata", "arm"]])
def test_a_comparison_without_groups_is_refused(
    option: list[str], refuse: Refuse, write: Write
) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", *option, says=f"{option[0]} | --by")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["c.csv", "--bye", "arm"], "--bye | --by"),
        (["c.csv", "--by"], "--by"),
        (["c.csv", "second.csv"], "second.csv"),
        (["c.csv", "--endpont", "pfs"], "--endpont | --endpoint"),
    ],
)
def test_a_command_line_that_is_not_understood_is_refused_in_the_same_form(
    arguments: list[str], says: str, run: Run, write: Write
) -> None:
    write("c.csv", GOOD)
    outcome = run("km", *arguments)
    assert outcome.status == WRONG
    assert outcome.out == ""
    (error,) = outcome.messages("error")
    for part in says.split(" | "):
        assert part in outcome.err
    assert says.split(" | ")[0] in error


def test_an_unknown_command_is_refused_with_a_near_one(run: Run) -> None:
    outcome = run("kmm", "c.csv")
    assert outcome.status == WRONG
    assert outcome.out == ""
    (error,) = outcome.messages("error")
    assert "kmm" in error


def test_an_unknown_table_is_refused_with_a_near_name(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--format", "csv", "--table", "group", says="--table | 'groups'")


def test_a_table_without_csv_output_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--table", "groups", says="--table | --format csv")


def test_a_dictionary_with_a_typo_is_refused_with_line_and_near_key(
    refuse: Refuse, write: Write
) -> None:
    write("c.csv", GOOD)
    write("hcc2l.toml", '\n[columns.arm]\nlabl = "Arm"\n')
    refuse("c.csv", says="hcc2l.toml | line 3, columns.arm.labl | Did you mean 'label' or")


# ---------------------------------------------------------------- output


@pytest.mark.parametrize("name", ["km.jpeg", "km", "km.json", "km.png.txt"])
def test_an_unknown_ending_of_a_plot_is_refused(name: str, refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--plot", name, says=f"--plot | {name} | .png")


@pytest.mark.parametrize("name", ["km.doc", "km", "km.png"])
def test_an_unknown_ending_of_an_output_is_refused(name: str, refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--out", name, says=f"--out | {name} | .json")


@pytest.mark.parametrize("option", ["--out", "--plot"])
def test_output_into_a_folder_that_is_not_there_is_refused(
    option: str, refuse: Refuse, write: Write
) -> None:
    write("c.csv", GOOD)
    name = "nowhere/km.json" if option == "--out" else "nowhere/km.pdf"
    refuse("c.csv", option, name, says=f"{name} | folder nowhere")


def test_output_into_a_file_as_if_it_were_a_folder_is_refused(refuse: Refuse, write: Write) -> None:
    write("c.csv", GOOD)
    refuse("c.csv", "--out", "c.csv/km.json", says="c.csv/km.json")


def test_output_onto_a_folder_is_refused(refuse: Refuse, write: Write, workplace: Path) -> None:
    write("c.csv", GOOD)
    (workplace / "km.json").mkdir()
    refuse("c.csv", "--out", "km.json", says="km.json")


def test_output_onto_a_folder_leaves_the_other_files_alone(
    refuse: Refuse, write: Write, workplace: Path
) -> None:
    write("c.csv", GOOD)
    (workplace / "km.json").mkdir()
    refuse("c.csv", "--out", "first.md", "--out", "km.json", "--out", "last.html", says="km.json")


def test_a_folder_without_permission_is_refused(
    refuse: Refuse, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    write("c.csv", GOOD)
    monkeypatch.setattr(tempfile, "mkstemp", forbidden)
    refuse("c.csv", says="x.json | Permission denied")


def test_a_full_disk_leaves_no_file_and_keeps_the_old_one(
    refuse: Refuse, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write("c.csv", GOOD)
    write("x.json", "yesterday's result")
    monkeypatch.setattr(os, "fsync", full)
    refuse("c.csv", says="x.json | No space left")


def test_a_disk_that_is_full_at_the_second_file_leaves_no_file(
    refuse: Refuse, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def full_later(_: int) -> None:
        calls.append(1)
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write("c.csv", GOOD)
    monkeypatch.setattr(os, "fsync", full_later)
    refuse("c.csv", says="x.png | No space left")


@pytest.mark.parametrize("spelling", ["c.csv", "./c.csv", "folder/../c.csv", "link.csv"])
def test_output_that_would_overwrite_the_cohort_is_refused(
    spelling: str, refuse: Refuse, write: Write, workplace: Path
) -> None:
    write("c.csv", GOOD)
    (workplace / "folder").mkdir()
    (workplace / "link.csv").symlink_to("c.csv")
    refuse("c.csv", "--out", spelling, says=f"{spelling} | overwrite the cohort")


def test_an_interrupt_leaves_no_file_and_exits_130(
    run: Run, write: Write, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    write("c.csv", GOOD)
    before = snapshot(workplace)
    monkeypatch.setattr("hcc2l.analyses.km.run.run", interrupted)
    outcome = run("km", "c.csv", "--out", "x.json", "--plot", "x.png")
    assert outcome.status == INTERRUPTED
    assert outcome.out == ""
    (error,) = outcome.messages("error")
    assert error == "error: Interrupted; no file was written."
    assert "Traceback" not in outcome.err
    assert snapshot(workplace) == before


def test_an_interrupt_while_files_are_written_leaves_no_file(
    run: Run, write: Write, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    write("c.csv", GOOD)
    before = snapshot(workplace)
    monkeypatch.setattr(os, "fsync", interrupted)
    outcome = run("km", "c.csv", "--out", "x.json", "--plot", "x.png")
    assert outcome.status == INTERRUPTED
    assert outcome.out == ""
    assert snapshot(workplace) == before


def test_too_little_memory_gives_a_message_without_a_traceback(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise MemoryError

    write("c.csv", GOOD)
    monkeypatch.setattr("hcc2l.analyses.km.run.run", exhausted)
    outcome = run("km", "c.csv")
    assert outcome.status == 1
    assert "memory" in outcome.messages("error")[0]
