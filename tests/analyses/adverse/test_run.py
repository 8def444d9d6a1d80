"""`hcc2l adverse`: each patient once an event, at the highest grade, among those documented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hcc2l
from hcc2l.errors import AnalysisError, InputError, UsageError
from hcc2l.render.grid import grid
from hcc2l.report import Report
from tests.conftest import Run, Write
from tests.reports import codes, note, rows_of

PATIENTS = """\
id,arm,documented,stopped,age
007,A,yes,toxicity,50
p2,A,yes,progression,60
p3,A,no,,70
p4,B,yes,progression,80
p5,B,yes,,55
p6,B,yes,toxicity,65
"""
EVENTS = """\
usubjid;aeterm;ctcae grade
007;Fatigue;1
007;fatigue ;Grade 3
P2;FATIGUE;II
p2;Rash;
p4;Rash;5
p4;Diarrhoea;0
p6;Rash;G4
p6;none;
"""


@pytest.fixture(autouse=True)
def _patients(write: Write, workplace: Path) -> None:  # noqa: ARG001 - is set up
    write("c.csv", PATIENTS)
    write("ae.csv", EVENTS)


def adverse(**options: Any) -> Report:
    return hcc2l.adverse("c.csv", **({"events": "ae.csv"} | options))


def counts(report: Report, event: str, band: str = "any") -> dict[str, tuple[int, int]]:
    """Patients with an event and patients at risk, by group."""
    return {
        row["group"]: (row["count"], row["n"])
        for row in rows_of(report, "events", adverse_event=event, band=band)
    }


def test_a_patient_counts_once_an_event_at_the_highest_grade() -> None:
    report = adverse(bands=["any", "1-2", "3-4", "5"])
    assert counts(report, "FATIGUE") == {"all": (2, 6)}
    by_band = {band: counts(report, "FATIGUE", band)["all"][0] for band in ("1-2", "3-4", "5")}
    assert by_band == {"1-2": 1, "3-4": 1, "5": 0}


def test_any_event_is_the_first_row_and_counts_patients() -> None:
    report = adverse()
    assert report.table("events").rows[0]["adverse_event"] == "any event"
    assert counts(report, "any event") == {"all": (4, 6)}


def test_any_event_has_the_highest_grade_of_all_events() -> None:
    report = adverse(bands=["any", "3-4", "5"])
    assert counts(report, "any event", "3-4") == {"all": (2, 6)}
    assert counts(report, "any event", "5") == {"all": (1, 6)}


def test_an_unknown_grade_counts_in_any_alone() -> None:
    report = adverse(bands=["any", "1-5"])
    assert counts(report, "Rash") == {"all": (3, 6)}
    assert counts(report, "Rash", "1-5") == {"all": (2, 6)}
    assert "Rash (1)" in note(report, "grade-unknown")


def test_without_grades_asked_for_unknown_grades_do_not_matter() -> None:
    assert "grade-unknown" not in codes(adverse(bands=["any"]))


def test_percent_is_a_share_of_the_patients_at_risk() -> None:
    (row,) = rows_of(adverse(), "events", adverse_event="Rash", band="any")
    assert row["percent"] == 0.5


def test_groups_are_compared_by_event_and_band() -> None:
    report = adverse(by="arm", bands=["any"])
    assert counts(report, "FATIGUE") == {"A": (2, 3), "B": (0, 3)}
    (test,) = rows_of(report, "tests", adverse_event="FATIGUE")
    assert test["test"] == "fisher"
    assert test["p"] == pytest.approx(0.4, abs=1e-12)
    assert (test["statistic"], test["df"]) == (None, None)


def test_an_event_of_nobody_or_of_all_has_no_p(write: Write) -> None:
    write("ae.csv", "id,term,grade\n" + "".join(f"{i},Rash,1\n" for i in ("007", *PATIENT_IDS)))
    report = adverse(by="arm")
    assert [row["p"] for row in rows_of(report, "tests", adverse_event="Rash")] == [None, None]
    assert "many-tests" not in codes(report)


PATIENT_IDS = ("p2", "p3", "p4", "p5", "p6")


def test_all_patients_are_a_further_group_on_request() -> None:
    report = adverse(by="arm", total=True)
    assert counts(report, "Rash") == {"A": (1, 3), "B": (2, 3), "all": (3, 6)}


def test_a_group_named_as_the_total_is_refused(write: Write) -> None:
    write("c.csv", PATIENTS.replace(",B,", ",all,"))
    with pytest.raises(UsageError, match="group named 'all'"):
        adverse(by="arm", total=True)


def test_undocumented_patients_are_not_at_risk() -> None:
    report = adverse(documented="documented", by="arm")
    assert counts(report, "Rash") == {"A": (1, 2), "B": (2, 3)}
    assert report.provenance.analysed == 5
    assert report.provenance.excluded[0].reason == "adverse events not documented (documented)"
    assert "Adverse events were documented in 5 of 6 patients." in report.table("events").footnotes


def test_documented_by_a_value() -> None:
    report = adverse(documented="documented=yes")
    assert counts(report, "Rash") == {"all": (3, 5)}


def test_documented_must_say_yes_or_no() -> None:
    with pytest.raises(UsageError, match="arm does not say yes or no") as caught:
        adverse(documented="arm")
    assert "--documented arm=VALUE" in str(caught.value.hint)
    with pytest.raises(UsageError, match="no value 'ja' in documented"):
        adverse(documented="documented=ja")


def test_the_documentation_of_patients_excluded_does_not_matter(write: Write) -> None:
    write("ae.csv", EVENTS + "p3;Rash;1\n")
    report = adverse(documented="documented", where=["age!=70"])
    assert counts(report, "Rash") == {"all": (3, 5)}


def test_an_event_of_an_undocumented_patient_is_a_contradiction(write: Write) -> None:
    write("ae.csv", EVENTS + "p3;Rash;1\n")
    with pytest.raises(InputError, match="1 patient with adverse events is not documented") as e:
        adverse(documented="documented")
    assert "p3" in e.value.message


def test_patients_without_a_row_in_the_file_have_no_event() -> None:
    footnotes = adverse().table("events").footnotes
    assert "2 patients without an entry in ae.csv were counted as having no adverse event." in (
        footnotes
    )


def test_spellings_of_an_event_are_one_and_told() -> None:
    report = adverse()
    assert "'Fatigue' (1), 'fatigue' (1) was counted as 'FATIGUE'" in note(
        report, "spellings-merged"
    )
    events = dict.fromkeys(row["adverse_event"] for row in report.table("events").rows)
    assert list(events) == ["any event", "Rash", "FATIGUE"]


def test_the_commonest_spelling_is_shown_with_a_capital(write: Write) -> None:
    write("ae.csv", "id,term\n007,skin rash\np2,skin  rash\np4,skin rash\np5,Skin Rash\n")
    (row,) = rows_of(adverse(), "events", adverse_event="skin rash")
    assert (row["count"], row["label"]) == (4, "Skin rash")


def test_rows_without_an_event_do_not_count_and_are_told() -> None:
    report = adverse()
    assert "2 rows without an event" in note(report, "no-event")


def test_events_are_sorted_by_frequency_then_by_name(write: Write) -> None:
    write("ae.csv", "id,term\n007,Zoster\np2,Anaemia\np4,Rash\np5,Rash\n")
    events = [row["adverse_event"] for row in adverse().table("events").rows]
    assert events == ["any event", "Rash", "Anaemia", "Zoster"]
    listed = [row["adverse_event"] for row in adverse(sort="listed").table("events").rows]
    assert listed == ["any event", "Zoster", "Anaemia", "Rash"]


def test_events_in_no_band_are_not_listed_but_named() -> None:
    report = adverse(bands=["5"])
    assert [row["adverse_event"] for row in report.table("events").rows] == ["any event", "Rash"]
    assert "in grade 5: FATIGUE." in note(report, "events-not-listed")


def test_a_death_beyond_the_bands_is_told() -> None:
    assert "1 patient had an adverse event of grade 5" in note(adverse(), "grade-5")
    for bands in (["any", "3-5"], ["any", "3-4", "5"], ["any"], ["any", "1-2"]):
        assert "grade-5" not in codes(adverse(bands=bands))


def test_patients_excluded_by_a_condition_may_have_events() -> None:
    report = adverse(where=["arm==A"])
    assert counts(report, "any event") == {"all": (2, 3)}


def test_a_file_without_grades_has_the_band_any() -> None:
    Path("ae.csv").write_text("id,event\n007,Rash\n")
    report = adverse()
    assert [row["band"] for row in report.table("events").rows] == ["any", "any"]
    with pytest.raises(UsageError, match=r"no grade 3-4 to count: ae.csv has no grades") as caught:
        adverse(bands=["any", "3-4"])
    assert "--grade" in str(caught.value.hint)


def test_columns_are_recognised_by_name_or_named() -> None:
    report = adverse()
    assert "patients by usubjid, events by aeterm and grades by ctcae grade" in note(
        report, "columns-recognised"
    )
    Path("ae.csv").write_text("who,what,how,grade\n007,Rash,3,1\n")
    with pytest.raises(UsageError, match="no column of patients") as caught:
        adverse()
    assert caught.value.hint == "Name it with --id. Choose from: who, what, how, grade."
    report = adverse(id="who", term="what", grade="how")
    assert counts(report, "Rash", "3-4") == {"all": (1, 6)}
    assert "columns-recognised" not in codes(report)


def test_a_named_column_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UsageError, match="no column 'aterm' in the file of adverse") as caught:
        adverse(term="aterm")
    assert caught.value.hint == "Did you mean 'aeterm'?"
    assert caught.value.where == "ae.csv, --term"


@pytest.mark.parametrize("cell", ["6", "severe", "3-4"])
def test_a_cell_that_is_no_grade_is_named(cell: str, write: Write) -> None:
    write("ae.csv", EVENTS.replace("Grade 3", cell))
    with pytest.raises(InputError, match=f"'{cell}' is not a grade of the CTCAE") as caught:
        adverse()
    assert caught.value.where == "ae.csv, column ctcae grade, line 3"
    assert caught.value.exit_code == 2


def test_an_event_of_an_unknown_patient_is_an_error_with_its_rows(write: Write) -> None:
    write("ae.csv", EVENTS + "p9;Rash;1\n;Rash;2\n")
    with pytest.raises(InputError, match="2 adverse events belong to patients not in") as caught:
        adverse()
    assert "'p9' (line 10), no id (line 11)" in caught.value.message
    assert "--where" in str(caught.value.hint)


def test_a_row_without_an_event_may_be_of_anybody(write: Write) -> None:
    write("ae.csv", EVENTS + "p9;none;\np8;Rash;0\n")
    assert counts(adverse(), "Rash") == {"all": (3, 6)}


def test_a_grade_without_an_event_is_an_error(write: Write) -> None:
    write("ae.csv", EVENTS + "p5;;2\n")
    with pytest.raises(InputError, match=r"1 row has a grade but no event: line 10\."):
        adverse()


def test_patients_of_the_cohort_need_ids(write: Write) -> None:
    write("c.csv", PATIENTS + ",B,yes,,40\n")
    with pytest.raises(InputError, match=r"1 patient cannot be found .* without an id: line 8"):
        adverse()
    assert counts(adverse(where=["age>40"]), "Rash") == {"all": (3, 6)}
    write("hcc2l.toml", "id = false\n")
    with pytest.raises(UsageError, match="not known which column of the cohort"):
        adverse()


def test_a_likely_column_of_ids_is_named_as_it_is_declared(write: Write) -> None:
    write("c.csv", PATIENTS.replace("id", "Study ID", 1))
    with pytest.raises(UsageError, match="not known which column") as error:
        adverse()
    assert error.value.hint is not None
    assert "If it is Study ID, write at the top of hcc2l.toml, beside" in error.value.hint
    write("hcc2l.toml", 'id = "Study ID"\n')
    assert counts(adverse(), "Rash") == {"all": (3, 6)}


def test_a_label_in_the_title_has_no_capital(write: Write) -> None:
    write("hcc2l.toml", '[columns.arm]\nlabel = "Treatment"\n')
    assert adverse(by="arm").title == "Adverse events by treatment — c.csv"


def test_a_file_without_grades_is_told(write: Write) -> None:
    assert "no-grades" not in codes(adverse())
    write("ae.csv", "id,ae_term,how_bad\n007,Rash,3\n")
    assert "no column was recognised as the grades" in note(adverse(), "no-grades")
    assert "no-grades" not in codes(adverse(grade="how_bad"))


def test_the_columns_of_a_redcap_instrument_are_recognised(write: Write) -> None:
    write("ae.csv", "record_id,ae_term,ae_grade\n007,Rash,3\n")
    assert counts(adverse(), "Rash", "3-4") == {"all": (1, 6)}


def test_the_cohort_itself_is_not_the_file_of_events() -> None:
    with pytest.raises(UsageError, match="same table"):
        hcc2l.adverse("ae.csv", events="ae.csv")


def test_a_file_of_events_without_its_cohort(run: Run) -> None:
    outcome = run("adverse", "--events", "ae.csv")
    assert outcome.status == 2
    assert outcome.messages("hint") == [
        "hint: Give your cohort before --events: hcc2l adverse COHORT --events FILE."
    ]
    outcome = run("adverse", "ae.csv")
    assert outcome.status == 2
    assert "No adverse events were given" in outcome.err


def test_a_file_without_events_is_refused(write: Write) -> None:
    write("ae.csv", "id,term,grade\n007,none,\n")
    with pytest.raises(AnalysisError, match="no adverse event in the file"):
        adverse()


def test_one_group_cannot_be_compared() -> None:
    with pytest.raises(AnalysisError, match="All 3 patients analysed are in one group, 'A'"):
        adverse(by="arm", where=["arm==A"])


def test_the_output_does_not_replace_the_file_of_events(run: Run) -> None:
    outcome = run("adverse", "c.csv", "--events", "ae.csv", "--out", "ae.csv")
    assert outcome.status == 2
    assert "the file of adverse events" in outcome.err
    assert Path("ae.csv").read_text() == EVENTS


def test_a_file_is_looked_for_beside_the_cohort(write: Write) -> None:
    write("data/c.csv", PATIENTS)
    Path("ae.csv").rename("data/events.csv")
    assert counts(hcc2l.adverse("data/c.csv", events="events.csv"), "Rash") == {"all": (3, 6)}


# ---------------------------------------------------------------- columns of the cohort

WIDE = """\
id,arm,fatigue,hfsr,rash
1,A,0,1,no
2,A,1,0,yes
3,B,3,0,no
4,B,,1,no
"""


@pytest.fixture
def wide(write: Write) -> Path:
    return write("c.csv", WIDE)


@pytest.mark.usefixtures("wide")
def test_columns_of_grades() -> None:
    report = hcc2l.adverse("c.csv", variables=["fatigue"])
    assert counts(report, "fatigue") == {"all": (2, 3)}
    assert counts(report, "fatigue", "3-4") == {"all": (1, 3)}
    assert "fatigue (1)" in note(report, "event-missing")


@pytest.mark.usefixtures("wide")
def test_columns_of_no_and_yes_have_the_band_any() -> None:
    report = hcc2l.adverse("c.csv", variables=["fatigue", "hfsr", "rash"])
    assert {row["band"] for row in report.table("events").rows} == {"any"}
    assert counts(report, "rash") == {"all": (1, 4)}
    assert note(report, "no-grades") == "Read as no and yes, without grades: hfsr, rash."


@pytest.mark.usefixtures("wide")
def test_grades_of_a_column_without_grades_are_an_error_that_names_it(write: Write) -> None:
    with pytest.raises(UsageError, match=r"no grade 3-4 to count: hfsr holds no and yes\.") as e:
        hcc2l.adverse("c.csv", variables=["fatigue", "hfsr"], bands=["any", "3-4"])
    assert 'levels = ["0", "1", "2", "3", "4", "5"] for hfsr' in str(e.value.hint)
    write("hcc2l.toml", '[columns.hfsr]\nlevels = ["0", "1", "2", "3", "4", "5"]\n')
    report = hcc2l.adverse("c.csv", variables=["fatigue", "hfsr"], bands=["any", "3-4"])
    assert counts(report, "hfsr", "3-4") == {"all": (0, 4)}


def test_patients_without_a_value_are_not_compared(write: Write) -> None:
    cells = {"A": ["1"] * 5 + [""] * 5, "B": ["1"] + ["0"] * 4}
    rows = [f"{arm}{i},{arm},{cell}" for arm, of in cells.items() for i, cell in enumerate(of)]
    write("c.csv", "id,arm,rash\n" + "\n".join(rows) + "\n")
    report = hcc2l.adverse("c.csv", variables=["rash"], by="arm")
    assert counts(report, "rash") == {"A": (5, 5), "B": (1, 5)}
    (test,) = rows_of(report, "tests", adverse_event="rash")
    assert test["p"] == pytest.approx(1 / 21, rel=1e-8)  # fisher.test(matrix(c(5, 0, 1, 4), 2))


@pytest.mark.usefixtures("wide")
def test_an_event_that_nobody_had_stays_when_it_is_asked_for() -> None:
    report = hcc2l.adverse("c.csv", variables=["rash"], where=["arm==B"])
    assert counts(report, "rash") == {"all": (0, 2)}


@pytest.mark.usefixtures("wide")
def test_any_event_of_columns_counts_a_patient_with_any_value() -> None:
    report = hcc2l.adverse("c.csv", variables=["fatigue", "hfsr"])
    assert counts(report, "any event") == {"all": (4, 4)}


def test_a_cell_that_is_no_grade_in_a_column(write: Write) -> None:
    write("c.csv", WIDE.replace("3,B,3", "3,B,7"))
    with pytest.raises(InputError, match="'7' is neither a grade") as caught:
        hcc2l.adverse("c.csv", variables=["fatigue"])
    assert caught.value.where == "c.csv, column fatigue, line 4 (3)"
    assert hcc2l.adverse("c.csv", variables=["fatigue"], where=["arm==A"]).provenance.analysed == 2


@pytest.mark.usefixtures("wide")
def test_a_column_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="There is no column 'fatige'"):
        hcc2l.adverse("c.csv", variables=["fatige"])


def test_a_file_and_columns_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="cannot be combined with columns of the cohort"):
        adverse(variables=["age"])


def test_something_has_to_be_counted() -> None:
    with pytest.raises(UsageError, match="No adverse events were given"):
        hcc2l.adverse("c.csv")


# ---------------------------------------------------------------- reasons, notes, methods


def test_reasons_for_stopping_are_shares_of_all_patients() -> None:
    report = adverse(reasons="stopped", by="arm", documented="documented")
    shares = {
        (row["reason"], row["group"]): (row["count"], row["n"])
        for row in report.table("reasons").rows
    }
    assert shares == {
        ("progression", "A"): (1, 3), ("progression", "B"): (1, 3), ("toxicity", "A"): (1, 3),
        ("toxicity", "B"): (1, 3), (None, "A"): (1, 3), (None, "B"): (1, 3),
    }  # fmt: skip


def test_the_reasons_that_are_stated_are_compared_once() -> None:
    rows = adverse(reasons="stopped", by="arm").table("reasons").rows
    assert [row["p"] for row in rows] == [1.0, 1.0, None, None, None, None]
    assert rows[0]["test"] == "fisher"


def test_without_groups_nothing_is_compared() -> None:
    report = adverse(reasons="stopped")
    assert [table.name for table in report.tables] == ["events", "reasons"]
    assert report.table("reasons").rows[0]["p"] is None


def test_rare_events_and_many_tests_are_told() -> None:
    report = adverse(by="arm", bands=["any"])
    assert "had: Any adverse event, Rash, FATIGUE. A test" in note(report, "rare-events")
    assert "many-tests" not in codes(report)
    report = adverse(by="arm")
    assert "Rash (any grade), Rash (grade 3–4)" in note(report, "rare-events")
    assert "6 comparisons were made, of which about 0.3" in note(report, "many-tests")


def test_five_patients_are_not_few_and_five_comparisons_not_many(write: Write) -> None:
    terms = ("Rash", "Pain", "Fever", "Oedema")
    events = [f"{i},{term},1" for term in terms for i in ("007", *PATIENT_IDS[:4])]
    write("ae.csv", "id,term,grade\n" + "\n".join(events) + "\n")
    report = adverse(by="arm", bands=["any"])
    assert not {"rare-events", "many-tests"} & set(codes(report))


def test_chi_square_tests_of_small_counts_are_told(write: Write) -> None:
    write("c.csv", PATIENTS.replace("p4,B", "p4,C"))
    assert "Rash" in note(adverse(by="arm", bands=["any"]), "small-expected-counts")


def test_the_methods_say_what_was_done() -> None:
    report = adverse(by="arm", documented="documented")
    assert report.methods.startswith(
        "Adverse events were graded according to the Common Terminology Criteria for Adverse "
        "Events (CTCAE); each patient was counted once per event, at the highest grade. "
        "Percentages refer to the 5 of 6 patients whose adverse events were documented. The "
        "proportions of patients with an event of any grade and of grade 3–4 were compared between "
        "the groups by Fisher's exact test. "
    )
    assert "Common Terminology Criteria" in report.references[0]


def test_without_grades_the_methods_do_not_name_them(write: Write) -> None:
    write("ae.csv", "id,event\n007,Rash\n")
    report = adverse()
    assert report.methods.startswith("Each patient was counted once per adverse event. Analyses")
    assert report.references == ()


def test_the_settings_say_what_was_read() -> None:
    settings = adverse().provenance.settings
    assert settings["bands"] == ["any", "3-4"]
    assert settings["term"] == "aeterm"
    assert len(str(settings["events_sha256"])) == 64


# ---------------------------------------------------------------- what readers see


def test_every_event_has_one_line_with_the_bands_side_by_side(run: Run) -> None:
    lines = run("adverse", "c.csv", "--events", "ae.csv", "--quiet").out.splitlines()
    assert sum(line.startswith(" Any adverse event") for line in lines) == 1
    (rash,) = (line.split("  ") for line in lines if line.startswith(" Rash"))
    assert [cell.strip() for cell in rash if cell.strip()] == ["Rash", "3 (50.0%)", "1 (16.7%)"]


def test_the_p_of_each_band_has_the_mark_of_its_test(write: Write) -> None:
    rows = [f"{g}{i},{g}" for g in "AB" for i in range(30)]
    write("c.csv", "id,arm\n" + "\n".join(rows) + "\n")
    events = [
        f"{g}{i},Rash,{3 if i == 0 else 1}" for g, n in (("A", 20), ("B", 5)) for i in range(n)
    ]
    write("ae.csv", "id,term,grade\n" + "\n".join(events) + "\n")
    content = grid(adverse(by="arm").table("events"))
    assert content.headers[-2:] == ("p", "p")
    assert content.rows[1] == (
        "Rash", "20 (66.7%)", "1 (3.3%)", "5 (16.7%)", "1 (3.3%)", "<0.001ᵃ", ">0.999ᵇ"
    )  # fmt: skip
    assert content.footnotes[0] == "ᵃ χ²; ᵇ Fisher."


def test_without_grades_no_grade_is_named(wide: Path) -> None:
    report = hcc2l.adverse(wide, variables=["rash"], by="arm")
    assert grid(report.table("events")).headers == ("Adverse event", "n (%)", "n (%)", "p")


@pytest.mark.usefixtures("wide")
def test_a_column_without_any_value_takes_no_grades_from_the_others(write: Write) -> None:
    write("c.csv", "id,fatigue,pain\n1,0,\n2,3,\n")
    report = hcc2l.adverse("c.csv", variables=["fatigue", "pain"])
    assert counts(report, "fatigue", "3-4") == {"all": (1, 2)}
    assert rows_of(report, "events", adverse_event="pain", band="any")[0]["percent"] is None


def test_the_dictionary_may_name_the_file_of_events(write: Write, run: Run) -> None:
    write("hcc2l.toml", '[adverse]\nevents = "ae.csv"\nbands = ["any", "3-5"]\n')
    tables = run("adverse", "c.csv", "--json").json["tables"]
    assert [row["count"] for row in tables["events"] if row["adverse_event"] == "Rash"] == [3, 2]
    assert "the file of adverse events" in run("adverse", "c.csv", "--out", "ae.csv").err
    write("c.csv", WIDE)
    tables = run("adverse", "c.csv", "-x", "rash", "--bands", "any", "--json").json["tables"]
    assert [row["adverse_event"] for row in tables["events"]] == ["any event", "rash"]


def test_a_patient_with_several_rows_is_found_in_the_row_selected(write: Write) -> None:
    write("c.csv", "id,visit\n007,1\n007,2\np2,1\np4,1\np6,1\n")
    assert counts(adverse(where=["visit==1"]), "FATIGUE") == {"all": (2, 4)}
    assert counts(adverse(where=["visit==2"]), "FATIGUE") == {"all": (1, 1)}
