"""How `check` understands a column: what it holds, its unit, its range or levels, its role."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analyses.check.cohorts import checked, column, patients
from tests.reports import rows_of


@pytest.mark.parametrize(
    ("name", "meaning", "field", "role"),
    [
        ("patient_id", "id", "patient_id", "id"),
        ("treatment", "group", "treatment", "baseline"),
        ("start_date", "date", "start_date", "outcome"),
        ("os_months", "number", "os_time", "outcome"),
        ("death", "group", "death", "outcome"),
        ("ecog", "group", "ecog", "baseline"),
        ("albumin", "number", "albumin", "baseline"),
    ],
)
def test_a_column_is_understood_by_its_name_and_cells(
    tmp_path: Path, name: str, meaning: str, field: str, role: str
) -> None:
    row = column(checked(tmp_path, patients()), name)
    assert (row["meaning"], row["field"], row["role"]) == (meaning, field, role)


def test_a_number_has_its_range_and_a_group_its_levels(tmp_path: Path) -> None:
    report = checked(tmp_path, patients(age={3: "", 4: ""}))
    age = column(report, "age")
    assert (age["n"], age["missing"], age["distinct"]) == (10, 2, 10)
    assert (age["minimum"], age["maximum"], age["levels"]) == (49.0, 77.0, None)
    assert column(report, "sex")["levels"] == ("female", "male")
    assert rows_of(report, "levels", name="sex") == [
        {"name": "sex", "level": "female", "n": 3},
        {"name": "sex", "level": "male", "n": 9},
    ]
    start = column(report, "start_date")
    assert (start["minimum"], start["maximum"]) == ("2020-01-10", "2020-10-01")


def test_only_rows_of_where_are_checked(tmp_path: Path) -> None:
    report = checked(tmp_path, patients(age={1: "7"}), where=["treatment==sorafenib"])
    assert column(report, "age")["n"] == 6
    assert rows_of(report, "findings", code="unlikely-age") == []
    assert rows_of(report, "levels", name="treatment") == [
        {"name": "treatment", "level": "sorafenib", "n": 6}
    ]


def test_a_unit_below_or_above_the_names_is_that_of_the_column(tmp_path: Path) -> None:
    header, *rows = patients().splitlines()
    units = ",,,,,,months,,,,,,g/dl,,,"
    report = checked(tmp_path, "\n".join([header, units, *rows]) + "\n")
    assert (column(report, "os_months")["unit"], column(report, "albumin")["unit"]) == (
        "months", "g/dL",
    )  # fmt: skip


def test_units_are_those_of_the_name_the_label_or_the_dictionary(tmp_path: Path) -> None:
    text = patients().replace("afp\n", '"AFP (ng/ml)"\n', 1).replace("os_months", "OS_Monate")
    report = checked(tmp_path, text, '[columns.bilirubin]\nunit = "mg/dL"\n')
    assert column(report, "AFP (ng/ml)")["unit"] == "ng/mL"
    assert column(report, "OS_Monate")["unit"] == "months"
    assert column(report, "bilirubin")["unit"] == "mg/dL"
    assert column(report, "albumin")["unit"] is None


@pytest.mark.parametrize(
    ("cells", "meaning", "text"),
    [
        (["7/2/2019"] * 11 + ["7/24/2019"], "date", "(7/2/2019 → 2019-07-02)"),
        ([f"{i},5" for i in range(12)], "number", "(0,5 → 0.5)"),
        ([f"1,{i}50.5" for i in range(1, 10)] + ["900", "2,000", "30"], "number",
         "(1,150.5 → 1150.5)"),
        (["<0.5", *[f"{i}.7" for i in range(1, 12)]], "number", "(<0.5 → 0.5)"),
    ],
)  # fmt: skip
def test_an_example_of_what_was_converted_is_shown(
    tmp_path: Path, cells: list[str], meaning: str, text: str
) -> None:
    lines = [f"P{i};{cell}" for i, cell in enumerate(cells)]
    row = column(checked(tmp_path, "\n".join(["id;value", *lines]) + "\n"), "value")
    assert (row["meaning"], row["converted"]) == (meaning, text)


def test_days_of_a_spreadsheet_are_dates_where_the_name_is_one(tmp_path: Path) -> None:
    numbers = range(43800, 43812)
    text = "id,start_date,afp\n" + "".join(f"P{n},{n},{n}\n" for n in numbers)
    report = checked(tmp_path, text)
    start = column(report, "start_date")
    assert (start["meaning"], start["minimum"]) == ("date", "2019-12-01")
    assert column(report, "afp")["meaning"] == "number"


def test_dates_of_eight_digits_are_dates_where_the_name_is_one(tmp_path: Path) -> None:
    days = [f"202003{i:02}" for i in range(1, 13)]
    text = patients(start_date=dict(enumerate(days, 1)), afp=dict(enumerate(days, 1)))
    report = checked(tmp_path, text)
    start = column(report, "start_date")
    assert (start["meaning"], start["minimum"], start["maximum"]) == (
        "date", "2020-03-01", "2020-03-12",
    )  # fmt: skip
    assert column(report, "afp")["meaning"] == "number"


def test_a_number_with_a_few_other_cells_is_a_number(tmp_path: Path) -> None:
    report = checked(tmp_path, patients(afp={2: "n.d.", 5: "12.5*"}))
    row = column(report, "afp")
    assert (row["meaning"], row["minimum"], row["n"]) == ("number", 8.1, 12)


def test_many_or_long_texts_are_free_text_and_their_cells_are_never_shown(tmp_path: Path) -> None:
    secret = "Mr Smith called from 12 High Street"
    text = "id,remark,death\n" + "".join(f"P{i},{secret} {i},1\n" for i in range(14))
    report = checked(tmp_path, text)
    row = column(report, "remark")
    assert (row["meaning"], row["type"], row["distinct"]) == ("text", "text", 14)
    shown = repr([table.rows for table in report.tables])
    assert "Smith" not in shown
    assert "P3" not in shown


def test_of_dates_of_birth_the_year_alone_is_shown(tmp_path: Path) -> None:
    text = "id,date of birth\n" + "".join(f"P{i},19{50 + i}-03-04\n" for i in range(12))
    row = column(checked(tmp_path, text), "date of birth")
    assert (row["minimum"], row["maximum"], row["converted"]) == ("1950", "1961", None)


def test_a_patient_id_of_another_name_is_found(tmp_path: Path) -> None:
    text = patients().replace("patient_id", "Pat.-Nr.", 1)
    report = checked(tmp_path, text)
    assert column(report, "Pat.-Nr.")["meaning"] == "id"
    unnamed = "code,age\n" + "".join(f"{700 + i},{60 + i % 5}\n" for i in range(14))
    assert column(checked(tmp_path, unnamed), "code")["meaning"] == "id"


def test_what_is_known_only_later_is_post_baseline(tmp_path: Path) -> None:
    text = "id,Week 8 AFP,afp,response\n" + "".join(f"P{i},{i}.5,{i}.1,SD\n" for i in range(14))
    report = checked(tmp_path, text)
    assert column(report, "Week 8 AFP")["role"] == "post-baseline"
    assert column(report, "response")["role"] == "post-baseline"
    assert column(report, "afp")["role"] == "baseline"


def test_columns_of_an_endpoint_are_its_outcome_whatever_their_names(tmp_path: Path) -> None:
    text = "id,x,y,dose_reduction\n" + "".join(f"P{i},{i}.5,{i % 2},no\n" for i in range(14))
    report = checked(tmp_path, text, '[endpoints.os]\ntime = "x"\nevent = "y"\n')
    assert (column(report, "x")["role"], column(report, "y")["role"]) == ("outcome", "outcome")
    assert column(report, "dose_reduction")["role"] == "post-baseline"


def test_scores_list_the_columns_of_their_parts(tmp_path: Path) -> None:
    report = checked(tmp_path, patients())
    (pni,) = rows_of(report, "scores", name="pni")
    assert (pni["available"], pni["parts"]) == (True, ("albumin", "lymphocytes"))
    report = checked(tmp_path, patients().replace("lymphocytes", "x"))
    (pni,) = rows_of(report, "scores", name="pni")
    assert (pni["available"], pni["missing_parts"]) == (False, ("lymphocytes",))
