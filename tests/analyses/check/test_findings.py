"""What `check` finds doubtful, where, and what it says to do."""

from __future__ import annotations

from pathlib import Path

import pytest

import hcc2l
from tests.analyses.check.cohorts import checked, column, found, found_codes, patients
from tests.reports import rows_of

# What is wrong: the cells of a column, by patient. Patient 1 stands in line 2.
Cells = dict[str, dict[int, str]]


def test_years_that_seem_to_come_first_are_asked_about(tmp_path: Path) -> None:
    dates = {i: f"{18 + i // 7}.03.{2 * i:02}" for i in range(1, 13)}
    report = checked(tmp_path, patients(start_date=dates))
    row = found(report, "date-order")
    assert row["remedy"].endswith('date_order = "ymd"')
    assert "date-unreadable" not in found_codes(report)
    again = checked(tmp_path, patients(start_date=dates), 'date_order = "ymd"\n')
    assert column(again, "start_date")["minimum"] == "2018-03-02"


def test_dates_that_stand_for_none_make_no_event(tmp_path: Path) -> None:
    cells = dict.fromkeys((2, 5, 7), "31.12.9999")
    report = checked(tmp_path, patients(death_date=cells))
    row = found(report, "date-unreadable")
    assert (row["count"], "--na" in row["remedy"]) == (3, True)
    again = checked(tmp_path, patients(death_date=cells), 'missing = ["", "31.12.9999"]\n')
    assert found_codes(again, "error") == []


def test_numbers_with_points_and_commas_are_no_free_text(tmp_path: Path) -> None:
    cells = {i: f'"{i}{".,"[i % 2]}5"' for i in range(1, 13)}
    row = found(checked(tmp_path, patients(bilirubin=cells)), "number-unreadable")
    assert (row["column"], row["count"]) == ("bilirubin", 6)


def test_a_cohort_without_faults_has_no_error_and_no_warning(tmp_path: Path) -> None:
    report = checked(tmp_path, patients())
    assert found_codes(report) == ["endpoint-proposed", "unit-by-values"]


@pytest.mark.parametrize(
    ("cells", "code", "severity", "column", "lines"),
    [
        ({"death_date": {4: "2019-08-20"}}, "date-before-start", "error", "death_date", ("5",)),
        ({"progression_date": {4: "2019-06-20"}}, "date-before-start", "error",
         "progression_date", ("5",)),
        ({"last_contact": {2: "2019-06-20"}}, "date-before-start", "error", "last_contact",
         ("3",)),
        ({"progression_date": {4: "2021-06-20"}}, "date-after-death", "warning",
         "progression_date", ("5",)),
        ({"last_contact": {4: "2021-06-20"}}, "date-after-death", "warning",
         "last_contact", ("5",)),
        ({"death_date": {1: ""}}, "event-without-date", "error", "death", ("2",)),
        ({"death_date": {2: "2021-02-11"}}, "date-without-event", "error", "death", ("3",)),
        ({"os_months": {9: "99.9"}}, "duration-and-dates", "error", "os_months", ("10",)),
        ({"os_months": {9: "8.4"}}, "duration-and-dates", "error", "os_months", ("10",)),
        ({"last_contact": {2: "2042-02-11"}}, "date-in-future", "error", "last_contact", ("3",)),
        ({"start_date": {2: "0202-02-11"}}, "date-impossible", "error", "start_date", ("3",)),
        ({"start_date": {2: "spring"}}, "date-unreadable", "error", "start_date", ("3",)),
        ({"start_date": {2: "2020-02-31"}}, "date-unreadable", "error", "start_date", ("3",)),
        ({"ecog": {2: "5"}}, "ecog-5", "error", "ecog", ("3",)),
        ({"age": {2: "7"}}, "unlikely-age", "warning", "age", ("3",)),
        ({"age": {2: "150"}}, "impossible-value", "error", "age", ("3",)),
        ({"afp": {2: "-12"}}, "negative-value", "error", "afp", ("3",)),
        ({"bilirubin": {2: "68"}}, "mixed-units", "warning", "bilirubin", ("3",)),
        ({"albumin": {2: "3.8"}}, "mixed-units", "warning", "albumin", ("3",)),
        ({"afp": {2: "12.5*"}}, "number-with-mark", "warning", "afp", ("3",)),
        ({"afp": {2: "high"}}, "number-unreadable", "warning", "afp", ("3",)),
        ({"albumin": {2: "999", 3: "999"}}, "missing-code", "warning", "albumin", ("3", "4")),
        ({"albumin": {2: "-9"}}, "missing-code", "warning", "albumin", ("3",)),
        ({"treatment": {2: "Sorafenib"}}, "similar-levels", "warning", "treatment", ("3",)),
        ({"treatment": {2: "sorafnib"}}, "similar-levels", "warning", "treatment", ("3",)),
        ({"treatment": {2: "SOR"}}, "similar-levels", "warning", "treatment", ("3",)),
        ({"sex": {2: "n.d."}}, "missing-word", "warning", "sex", ("3",)),
        ({"ecog": {2: "0-1"}}, "unexpected-level", "warning", "ecog", ("3",)),
        ({"treatment": {2: "sorafenib; lenvatinib"}}, "several-values", "warning", "treatment",
         ("3",)),
        ({"patient_id": {2: ""}}, "id-missing", "warning", "patient_id", ("3",)),
        ({"patient_id": {2: "P01"}}, "repeated-id", "error", "patient_id", ("3",)),
        ({"patient_id": {2: "p 01"}}, "repeated-id", "error", "patient_id", ("3",)),
        ({"patient_id": {2: "Ｐ０１"}}, "repeated-id", "error", "patient_id", ("3",)),
        ({"afp": {2: "<4"}}, "detection-limits", "note", "afp", ("3",)),
    ],
)  # fmt: skip
def test_a_fault_is_found_with_its_cells(
    tmp_path: Path, cells: Cells, code: str, severity: str, column: str, lines: tuple[str, ...]
) -> None:
    row = found(checked(tmp_path, patients(**cells)), code)
    assert (row["severity"], row["column"], row["rows"]) == (severity, column, lines)
    assert row["count"] == len(lines)


@pytest.mark.parametrize(
    ("cells", "code", "remedy"),
    [
        ({"afp": {2: "12.5*"}}, "number-with-mark", '[columns.afp]\nmarks = ["*"]'),
        ({"albumin": {2: "999", 3: "999"}}, "missing-code",
         '[columns.albumin]\nmissing = ["999"]'),
        ({"treatment": {2: "Sorafenib"}}, "similar-levels",
         "To merge them:\n[columns.treatment.groups]\n"
         'sorafenib = ["sorafenib", "Sorafenib"]\nlenvatinib = ["lenvatinib"]'),
        ({"ecog": {2: "0-1"}}, "unexpected-level",
         'Correct the cells, or make them missing:\n[columns.ecog]\nmissing = ["0-1"]'),
    ],
)  # fmt: skip
def test_a_remedy_can_be_pasted(tmp_path: Path, cells: Cells, code: str, remedy: str) -> None:
    assert found(checked(tmp_path, patients(**cells)), code)["remedy"] == remedy


@pytest.mark.parametrize(
    "cells",
    [
        {"treatment": {2: "Sorafenib"}}, {"treatment": {2: "SOR", 3: "lenvatinb"}},
        {"treatment": dict(zip(range(1, 13), ["A5", "A6", "B7", "C10"] * 3, strict=True))},
        {"child_pugh": dict(zip(range(1, 13), ["A5", "A6", "A 5", "B7"] * 3, strict=True))},
        {"albumin": {2: "999", 3: "999"}}, {"afp": {2: "12.5*"}}, {"ecog": {2: "0-1"}},
    ],
)  # fmt: skip
def test_a_cohort_with_the_lines_of_its_findings_is_analysed_without_a_warning(
    cells: Cells, tmp_path: Path
) -> None:
    (name,) = cells
    report = checked(tmp_path, patients(**cells))
    pasted = [row for row in report.table("findings").rows if row["column"] == name]
    lines = "\n".join(row["remedy"][row["remedy"].index("[") :] for row in pasted if row["remedy"])
    again = checked(tmp_path, patients(**cells), lines)
    assert name not in [row["column"] for row in again.table("findings").rows]
    groups = {"by": name} if column(again, name)["meaning"] == "group" else {}
    (tmp_path / "hcc2l.toml").write_text(lines)
    assert hcc2l.km(tmp_path / "cohort.csv", **groups).tables[0].rows


def test_classes_that_hold_points_can_be_merged(tmp_path: Path) -> None:
    cells = dict(zip(range(1, 13), ["A5", "A6", "A 5", "B7"] * 3, strict=True))
    row = found(checked(tmp_path, patients(child_pugh=cells)), "class-with-points")
    assert row["remedy"].endswith('A = ["A5", "A6", "A 5"]\nB = ["B7"]')


def test_a_repeated_patient_is_counted_once_and_identical_rows_are_told(tmp_path: Path) -> None:
    text = patients() + patients().splitlines()[3].replace("P03", "p03 ") + "\n"
    row = found(checked(tmp_path, text), "repeated-id")
    assert row["text"] == (
        "1 row repeats a patient (13 rows, 12 patients); 1 is identical to the patient's first "
        "row; 1 id differs only in blanks or capitals."
    )


def test_rows_of_visits_are_told_from_slips(tmp_path: Path) -> None:
    row = found(checked(tmp_path, patients() + "\n".join(patients().splitlines()[1:] * 2)),
                "repeated-id")  # fmt: skip
    assert row["count"] == 24
    assert row["remedy"].startswith("This looks like one row per visit.")


def test_a_slip_in_days_is_no_contradiction_of_the_dates(tmp_path: Path) -> None:
    report = checked(tmp_path, patients(os_months={9: "8.1"}))
    assert rows_of(report, "findings", code="duration-and-dates") == []


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        (["03/04/2020", "05/06/2020", "07/08/2020"], "warning"),
        (["13/04/2020", "05/16/2020", "07/08/2020"], "error"),
        (["13/04/2020", "05/06/2020", "07/08/2020"], None),
    ],
)
def test_the_order_of_day_and_month_is_asked_for_where_no_date_shows_it(
    tmp_path: Path, dates: list[str], code: str | None
) -> None:
    text = "id,start_date\n" + "".join(f"P{i},{d}\n" for i, d in enumerate(dates * 4))
    rows = rows_of(checked(tmp_path, text), "findings", code="date-order")
    assert [row["severity"] for row in rows] == ([] if code is None else [code])
    declared = checked(tmp_path, text, 'date_order = "dmy"\n')
    assert rows_of(declared, "findings", code="date-order") == []


def test_dates_are_compared_with_the_day_of_the_file_never_with_the_clock(tmp_path: Path) -> None:
    report = checked(tmp_path, patients(last_contact={2: "2022-07-01"}))  # the file's day
    assert rows_of(report, "findings", code="date-in-future") == []
    report = checked(tmp_path, patients(last_contact={2: "2022-07-02"}))
    assert found(report, "date-in-future")["rows"] == ("3",)


def test_columns_without_information_are_named_together(tmp_path: Path) -> None:
    text = "id,cohort,empty,remark\n" + "".join(f"P{i},x,,text {i}\n" for i in range(14))
    report = checked(tmp_path, text)
    assert found(report, "constant")["text"] == "The same value in every row: cohort."
    assert found(report, "empty-column")["text"] == "Empty: empty."
    assert "remark" in found(report, "free-text")["text"]


def test_rival_columns_are_named(tmp_path: Path) -> None:
    lines = [f"{line},{i}" for i, line in enumerate(patients().splitlines())]
    lines[0] = lines[0].removesuffix("0") + '"OS 2024 (months)"'
    row = found(checked(tmp_path, "\n".join(lines) + "\n"), "rival-columns")
    assert row["text"] == "os_months and OS 2024 (months) could each be the overall survival."


def test_columns_that_each_have_an_endpoint_are_no_rivals(tmp_path: Path) -> None:
    lines = [f"{line},{i}" for i, line in enumerate(patients().splitlines())]
    lines[0] = lines[0].removesuffix("0") + '"OS 2024 (months)"'
    text = "\n".join(lines) + "\n"
    one = '[endpoints.os]\ntime = "os_months"\nevent = "death"\n'
    other = '[endpoints.os_2024]\ntime = "OS 2024 (months)"\nevent = "death"\n'
    assert "rival-columns" in found_codes(checked(tmp_path, text, one))
    assert "rival-columns" not in found_codes(checked(tmp_path, text, one + other))


def test_codes_without_a_meaning_ask_for_labels(tmp_path: Path) -> None:
    cells = {i: str(1 + i % 2) for i in range(1, 13)}
    row = found(checked(tmp_path, patients(treatment=cells)), "codes-without-labels")
    assert row["remedy"] == 'To label them:\n[columns.treatment.labels]\n1 = "…"\n2 = "…"'


def test_a_nine_among_codes_is_a_code_for_missing(tmp_path: Path) -> None:
    cells = {i: str(1 + i % 2) for i in range(1, 13)} | {4: "9"}
    row = found(checked(tmp_path, patients(sex=cells)), "missing-code")
    assert row["remedy"] == '[columns.sex]\nmissing = ["9"]'


@pytest.mark.parametrize(("column", "word"), [("afp", "n.d."), ("sex", "unbekannt")])
def test_words_that_were_read_as_missing_are_told(tmp_path: Path, column: str, word: str) -> None:
    row = found(checked(tmp_path, patients(**{column: {2: word}})), "words-missing")
    assert (row["severity"], row["column"], row["rows"]) == ("note", column, None)
    assert f"{word!r} (1)" in str(row["text"])
    assert f'"{word}"]' in str(row["remedy"])


def test_a_row_with_nothing_but_an_id_is_told(tmp_path: Path) -> None:
    lines = patients().splitlines()
    lines.insert(5, "P99" + "," * lines[0].count(","))
    row = found(checked(tmp_path, "\n".join(lines) + "\n"), "nearly-empty-row")
    assert row["rows"] == ("6",)


def test_a_column_of_the_dictionary_that_is_not_there_is_told(tmp_path: Path) -> None:
    row = found(checked(tmp_path, patients(), '[columns.albumn]\nunit = "g/L"\n'),
                "dictionary-column")  # fmt: skip
    assert (row["column"], row["remedy"]) == ("albumn", "Did you mean 'albumin'?")


def test_levels_that_the_dictionary_declares_are_not_doubtful(tmp_path: Path) -> None:
    levels = '[columns.treatment]\nlevels = ["lenvatinib", "sorafenib", "Sorafenib"]\n'
    report = checked(tmp_path, patients(treatment={2: "Sorafenib"}), levels)
    assert "similar-levels" not in found_codes(report)


def test_at_most_a_hundred_rows_are_listed_and_all_are_counted(tmp_path: Path) -> None:
    text = "id,age\n" + "".join(f"P{i},{7 if i < 150 else 60 + i % 9}\n" for i in range(400))
    row = found(checked(tmp_path, text), "unlikely-age")
    assert (len(row["rows"]), row["count"]) == (100, 150)
    assert row["finding"].startswith("age, lines 2, 3, 4, 5, 6 and 145 more:")


def test_a_part_of_a_score_under_another_name_can_be_named(tmp_path: Path) -> None:
    text = patients().replace("albumin", '"serum albumin, first visit"', 1)
    row = found(checked(tmp_path, text), "score-parts")
    assert row["remedy"].endswith('[columns."serum albumin, first visit"]\npart = "albumin"')
    named = checked(tmp_path, text, '[columns."serum albumin, first visit"]\npart = "albumin"\n')
    assert "score-parts" not in found_codes(named)
    (albi,) = rows_of(named, "scores", name="albi")
    assert albi["parts"] == ("bilirubin", "serum albumin, first visit")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("lenvatinib", "LENVATINIB", True),
        ("lenvatinib", "Lenvatinb", True),
        ("lenvatinib", "LEN", True),
        ("type A", "type B", False),
        ("male", "female", False),
        ("B형간염", "C형간염", False),
        ("HBV", "HCV", False),
        ("stage II", "stage III", False),
    ],
)
def test_spellings_of_one_level_are_told_from_other_levels(
    tmp_path: Path, one: str, other: str, alike: bool
) -> None:
    cells = dict.fromkeys(range(1, 13), one) | {3: other}
    report = checked(tmp_path, patients(treatment=cells))
    assert ("similar-levels" in found_codes(report)) is alike


def test_two_frequent_levels_one_letter_apart_are_two_levels(tmp_path: Path) -> None:
    cells = {i: "sorafenib" if i % 2 else "sorofenib" for i in range(1, 13)}
    assert "similar-levels" not in found_codes(checked(tmp_path, patients(treatment=cells)))


def test_events_of_redcap_are_merged_by_the_dictionary(tmp_path: Path) -> None:
    text = "record_id,redcap_event_name,age\n1,baseline,61\n1,followup,\n2,baseline,59\n"
    row = found(checked(tmp_path, text), "repeated-id")
    assert row["remedy"].endswith('[rows]\nmerge = "record_id"')


def test_texts_in_columns_of_dates_and_numbers_are_not_shown(tmp_path: Path) -> None:
    cells: Cells = {"start_date": {2: "ask Mr Smith"}, "afp": {2: "see Mr Smith"}}
    report = checked(tmp_path, patients(**cells))
    assert {"date-unreadable", "number-unreadable"} <= set(found_codes(report))
    assert "Smith" not in repr([table.rows for table in report.tables])
    report = checked(tmp_path, patients(start_date={2: "2020-02-31"}))
    assert "such as '2020-02-31'" in found(report, "date-unreadable")["text"]
