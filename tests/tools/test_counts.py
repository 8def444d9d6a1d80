"""The counts of the page on verification are those of the files that the tests use."""

from __future__ import annotations

from tools import counts


def test_the_page_has_the_counts_of_today() -> None:
    page = counts.PAGE.read_text(encoding="utf-8")
    assert counts.table() in page, "python tools/counts.py writes the table"


def test_every_file_of_reference_cases_is_counted() -> None:
    files = {path.stem for path in counts.REFERENCE.glob("*.json")}
    assert files == counts.FILES.keys() | counts.OTHER


def test_a_case_is_an_entry_of_a_list_or_a_named_result() -> None:
    assert counts.cases([{"id": "km_a"}, {"id": "cox_b"}]) == ["km_a", "cox_b"]
    assert counts.cases({"time": [1, 2], "crr": {"hr": 1}, "areas": [{}, {}]}) == ["crr", "", ""]
