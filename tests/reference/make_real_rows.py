"""Write real_rows.json: what identifies the patients of four real data sets, as hashes.

No synthetic cohort may hold a row of theirs. Usage:

    python tests/reference/make_real_rows.py hcc_coimbra.csv lung.csv veteran.csv gbsg2.csv

The files are the HCC data of Coimbra (UCI Machine Learning Repository) and `lung` and `veteran` of
R's survival and `GBSG2` of TH.data.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from pathlib import Path

Row = dict[str, str]


def lung(row: Row) -> Row:
    """Of `lung`: status 2 is dead, sex 1 is male."""
    return {
        "days": row["time"],
        "death": str(int(row["status"] == "2")),
        "age": row["age"],
        "sex": "male" if row["sex"] == "1" else "female",
        "ecog": row["ph.ecog"],
    }


def veteran(row: Row) -> Row:
    """Of `veteran`, all of whom are men: Karnofsky 90 and 100 are ECOG 0, 70 and 80 ECOG 1 …"""
    return {
        "days": row["time"],
        "death": row["status"],
        "age": row["age"],
        "sex": "male",
        "ecog": str((100 - int(row["karno"])) // 20),
    }


def gbsg2(row: Row) -> Row:
    """Of `GBSG2`, all of whom are women; tumour sizes in mm."""
    return {
        "days": row["time"],
        "death": row["cens"],
        "age": row["age"],
        "sex": "female",
        "size": row["tsize"],
    }


def coimbra(row: Row) -> Row:
    """Of Coimbra, those with an AFP of at least three digits, which few others share."""
    afp = row["AFP"] if len(row["AFP"].replace(".", "")) >= 3 else ""
    sex = "male" if row["Gender"] == "1" else "female"
    return {"age": row["Age"], "sex": sex, "ecog": row["PS"], "afp": afp}


def fingerprint(values: Row) -> str:
    """A hash of what identifies a patient."""
    return hashlib.sha256("|".join(values.values()).encode()).hexdigest()[:12]


def main() -> None:
    """Read the four files in their order, and write the hashes of their complete rows."""
    found = {}
    for kind, path in zip((coimbra, lung, veteran, gbsg2), sys.argv[1:], strict=True):
        with Path(path).open(encoding="utf-8", newline="") as file:
            rows = [kind(row) for row in csv.DictReader(file)]
        complete = [row for row in rows if not {"", "NA"} & set(row.values())]
        hashes = sorted({fingerprint(row) for row in complete})
        found[kind.__name__] = {"values": list(complete[0]), "hashes": hashes}
    text = json.dumps(found, indent=1) + "\n"
    Path(__file__).with_name("real_rows.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
