"""Write `export.xlsx`: the bundled cohort as a clinic would export it, for docs/tutorial.md.

A title, a line with the date, a blank line; headers with units; dates as days of a spreadsheet; AFP
with a detection limit and decimal commas as text; a total and a footnote below.
"""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook  # noqa: TID253 - a script

FOLDER = Path(__file__).parents[2] / "sample_data" / "chon2024"
COLUMNS = {
    "Patient no.": "patient_id",
    "Second line": "second_line",
    "Start 2L": "start_2l",
    "Last contact": "last_contact",
    "Status": "death",
    "Age [years]": "age",
    "Sex (m/f)": "sex",
    "ECOG": "ecog",
    "Child-Pugh": "child_pugh_score",
    "BCLC": "bclc",
    "AFP (ng/mL)": "afp",
    "Bilirubin (mg/dL)": "bilirubin",
    "Albumin (g/dL)": "albumin",
    "Extrahepatic spread": "extrahepatic_spread",
}
WORDS = {
    "second_line": {"lenvatinib": "Lenvatinib", "sorafenib": "Sorafenib"},
    "death": {"1": "dead", "0": "alive"},
    "sex": {"male": "m", "female": "f"},
    "child_pugh_score": {"5": "A5", "6": "A6", "7": "B7", "8": "B8", "9": "B9"},
}
LIMIT = 3.0  # ng/mL, of the assay


def cell(column: str, text: str) -> object:
    """A cell as the clinic's table holds it."""
    if not text:
        return None
    if column in WORDS:
        return WORDS[column][text]
    if column in ("start_2l", "last_contact"):
        return datetime.combine(date.fromisoformat(text), datetime.min.time())
    if column in ("age", "ecog"):
        return int(text)
    if column == "afp":
        return f"<{LIMIT:g}" if float(text) < LIMIT else text.replace(".", ",")
    if column in ("bilirubin", "albumin"):
        return text.replace(".", ",")
    return text


def main() -> None:
    """Write the workbook beside the cohort."""
    with (FOLDER / "cohort.csv").open(newline="", encoding="utf-8") as file:
        patients = list(csv.DictReader(file))
    book = Workbook()
    sheet = book.active
    sheet.title = "Patients"
    sheet.append(["Second-line therapy of hepatocellular carcinoma: export of the registry"])
    sheet.append(["As of 31 December 2023; synthetic, no row describes a patient"])
    sheet.append([])
    sheet.append(list(COLUMNS))
    for patient in patients:
        sheet.append([cell(column, patient[column]) for column in COLUMNS.values()])
    for row in sheet.iter_rows(min_row=5, min_col=3, max_col=4):
        for dated in row:
            dated.number_format = "dd.mm.yyyy"
    sheet.append(["Total", len(patients)])
    sheet.append(["* AFP before second-line therapy"])
    book.save(FOLDER / "export.xlsx")


if __name__ == "__main__":
    main()
