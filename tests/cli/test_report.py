"""`hcc2l report`: a paper from a study file."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import docx
import openpyxl
import pytest
from PIL import Image

from tests.conftest import DATA, Run, Write

pytestmark = pytest.mark.usefixtures("frozen_cohort")
EXPORT = Path(__file__).parents[2] / "sample_data" / "chon2024" / "export.xlsx"
STUDY = """
title = "Second-line therapy"

[[section]]
title = "Results"

[[text]]
text = "506 patients were screened."
stated = true

[[table]]
run = "km --by second_line --at 6,12"
caption = "Survival by treatment"
tables = ["groups", "survival"]
id = "survival"

[[table]]
run = ["cox -x age,child_pugh", "cox --endpoint pfs -x age,child_pugh"]
beside = ["Overall", "Progression-free"]
caption = "Hazard ratios"

[[figure]]
run = ["km --by second_line --at 6,12", "km --endpoint pfs --by second_line"]
caption = "Overall (A) and progression-free survival (B)"

[[table]]
run = "psmatch --treat lenvatinib"
tables = "baseline"
save = "matched"

[[table]]
run = "km --by second_line"
cohort = "matched"
caption = "Matched patients"
"""


@pytest.fixture
def paper(run: Run, write: Write) -> Path:
    write("study.toml", STUDY)
    endings = ("docx", "xlsx", "html", "pdf", "tex", "md", "json")
    done = run("report", "study.toml", *(f"--out=paper.{ending}" for ending in endings))
    assert done.status == 0, done.err
    assert done.out.splitlines()[2:] == [
        "Table 1. Survival by treatment", "Table 2. Survival at given times",
        "Table 3. Hazard ratios", "Figure 1. Overall (A) and progression-free survival (B)",
        "Table 4. Before and after matching", "Table 5. Matched patients",
    ]  # fmt: skip
    return Path()


def test_a_word_document_holds_the_paper(paper: Path) -> None:
    document = docx.Document(str(paper / "paper.docx"))
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert captions == [
        "Table 1. Survival by treatment", "Table 2. Survival at given times",
        "Table 3. Hazard ratios", "Figure 1. Overall (A) and progression-free survival (B)",
        "Table 4. Before and after matching", "Table 5. Matched patients",
    ]  # fmt: skip
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 2"]
    assert headings == ["Results", "Methods", "References", "Notes", "Reproducibility"]
    spanned = dict.fromkeys(cell.text for cell in document.tables[2].rows[0].cells)
    assert list(spanned) == ["", "Overall", "Progression-free"]
    assert "506 patients were screened (as stated, not computed)." in [
        p.text for p in document.paragraphs
    ]


def test_methods_are_said_once_and_every_command_is_listed(paper: Path) -> None:
    text = (paper / "paper.md").read_text(encoding="utf-8")
    methods = text.split("## Methods")[1].split("##")[0]
    assert methods.count("Kaplan–Meier method; 95% confidence intervals") == 2  # of two endpoints
    assert methods.count("All p-values are two-sided.") == 1
    assert text.count("Kaplan EL, Meier P.") == 1
    commands = [line for line in text.splitlines() if line.startswith("- hcc2l ")]
    assert commands[0] == ("- hcc2l km --by second\\_line --at 6,12 – 126 rows read, 126 analysed")
    assert commands[-1] == "- hcc2l km --by second\\_line – 70 rows read, 70 analysed"
    assert len(commands) == 6


def test_json_holds_every_report_as_its_command_writes_it(paper: Path, run: Run) -> None:
    whole = json.loads((paper / "paper.json").read_text())
    assert (whole["schema"], whole["study"]) == ("hcc2l/1", "Second-line therapy")
    assert (whole["command"]["name"], whole["command"]["argv"]) == ("report", ["study.toml"])
    names = [entry["id"] for entry in whole["entries"]]
    assert names == [
        "survival", "table-2.1", "table-2.2", "figure-1.1", "figure-1.2", "table-3", "table-4",
    ]  # fmt: skip
    alone = run("km", "--by", "second_line", "--at", "6,12", "--json").json
    assert whole["entries"][0]["report"]["tables"] == alone["tables"]
    assert whole["entries"][0]["caption"] == "Survival by treatment"


def test_notes_are_of_the_run_that_needs_them(run: Run, write: Write) -> None:
    """Also where an earlier run computed a score that this one does not name."""
    write("s.toml", '[[table]]\nrun = "km --by crafity"\n[[table]]\nrun = "km --by child_pugh"\n')
    entries = json.loads(run("report", "s.toml", "--json").out)["entries"]
    first, second = ({note["code"] for note in e["report"]["notes"]} for e in entries)
    assert "score-computed" in first
    assert "score-computed" not in second


def test_panels_stand_side_by_side(paper: Path) -> None:
    document = docx.Document(str(paper / "paper.docx"))
    (shape,) = document.inline_shapes
    image = Image.open(io.BytesIO(document.part.related_parts[
        shape._inline.graphic.graphicData.pic.blipFill.blip.embed].blob))  # fmt: skip
    assert image.width > image.height
    assert shape.width.cm == pytest.approx(17, abs=0.01)


def test_the_same_study_gives_the_same_bytes(paper: Path, run: Run) -> None:
    for ending in ("docx", "xlsx", "html", "pdf", "tex", "md", "json"):
        assert run("report", "study.toml", "-q", "--out", f"again.{ending}").status == 0
        again = (paper / f"again.{ending}").read_bytes()
        if ending == "tex":  # which names its figures for itself
            again = again.replace(b"again-figure", b"paper-figure")
        assert again == (paper / f"paper.{ending}").read_bytes()


def test_an_entry_that_fails_is_said_in_its_place_and_the_others_are_made(
    run: Run, write: Write
) -> None:
    write("study.toml", '[[table]]\nrun = "km --by nothing"\ncaption = "No"\nsave = "m"\n'
                        '[[figure]]\nrun = "cox -x age"\ncaption = "Forest"\n'
                        '[[table]]\nrun = "km"\ncohort = "m"\n[[table]]\nrun = "km"\n')  # fmt: skip
    done = run("report", "study.toml", "--out", "p.md", "--out", "p.json")
    assert done.status == 1
    assert "error: study.toml, line 1: There is no column 'nothing' in the cohort." in done.err
    text = Path("p.md").read_text(encoding="utf-8")
    assert "Table 1 (No) could not be made: There is no column 'nothing' in the cohort." in text
    assert "Table 2 could not be made: The cohort 'm' was not saved" in text
    assert "**Table 3. " in text
    entries = json.loads(Path("p.json").read_text())["entries"]
    assert [entry["report"] is None for entry in entries] == [True, False, True, False]


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('run = "coxx"', "There is no command 'coxx'. Did you mean 'cox'?"),
        ('run = "km --bye x"', "No such option"),
        ('run = "km --digits x"', "km --digits x: Invalid value"),
        ('run = "km c.csv"', "The name of a file has no place in a study."),
        ('run = "km --out x.md"', "--out has no place in a study."),
        ('run = "km --help"', "No such option: --help"),
        ('run = "check --write-dictionary d.toml"', "--write-dictionary has no place in a study."),
    ],
)
def test_commands_are_checked_before_any_runs(
    entry: str, says: str, run: Run, write: Write
) -> None:
    write("study.toml", f'[[table]]\nrun = "km"\n[[table]]\n{entry}\n')
    done = run("report", "study.toml", "--out", "p.md")
    assert done.status == 2
    assert "  line 3, " in done.err
    assert says in done.err
    assert not Path("p.md").exists()


def test_a_study_names_its_cohort_and_is_never_overwritten(
    run: Run, write: Write, cohort_csv: Path
) -> None:
    write("study.toml", f'cohort = "{cohort_csv.name}"\n[[table]]\nrun = "km"\n')
    assert run("report", "study.toml", "--json").json["entries"][0]["report"]["cohort"][
        "source"] == cohort_csv.name  # fmt: skip
    for path in (cohort_csv.name, "study.toml"):
        done = run("report", "study.toml", "--out", path)
        assert done.status == 2
    assert "does not have a file extension" in done.err
    write("a.md", '[[table]]\nrun = "km"\n')
    done = run("report", "a.md", "--out", "a.md")
    assert (done.status, "would overwrite the study file" in done.err) == (2, True)


def test_the_files_of_a_study_are_never_overwritten(run: Run, write: Write) -> None:
    book = openpyxl.Workbook()
    for row in ("id", "os_months", "death"), ("a", 1.0, 1), ("b", 2.0, 0), ("c", 3.0, 1):
        book.active.append(row)
    book.save("cohort.xlsx")
    write("hcc2l.toml", 'cohort = "cohort.xlsx"\n')
    write("study.toml", '[[table]]\nrun = "km"\n')  # the cohort is the dictionary's
    done = run("report", "study.toml", "--out", "cohort.xlsx")
    assert (done.status, "would overwrite the cohort" in done.err) == (2, True)


def test_the_figures_of_latex_stand_beside_it(paper: Path) -> None:
    text = (paper / "paper.tex").read_text(encoding="utf-8")
    (name,) = re.findall(r"\\includegraphics\[width=16.99cm\]\{(.*)\}", text)
    assert name == "paper-figure-1.png"
    assert (paper / name).read_bytes().startswith(b"\x89PNG")
    assert r"\caption{Overall (A) and progression-free survival (B)}" in text


def test_figures_are_written_together_with_their_document_or_not_at_all(
    run: Run, write: Write
) -> None:
    write("study.toml", '[[figure]]\nrun = "km"\ncaption = "x"\n')
    Path("my-paper-figure-1.png").mkdir()
    done = run("report", "study.toml", "--out", "my paper%.tex", "--out", "p.md")
    assert done.status == 2
    assert "the figures of --out my paper%.tex: my-paper-figure-1.png: This is a folder" in done.err
    assert not Path("p.md").exists()


def test_a_workbook_has_a_sheet_for_each_table(paper: Path) -> None:
    book = openpyxl.load_workbook(paper / "paper.xlsx")
    assert book.sheetnames == ["Table 1", "Table 2", "Table 3", "Table 4", "Table 5", "about"]
    assert book["Table 1"]["A1"].value == "Table 1. Survival by treatment"
    about = [row[0].value for row in book["about"].iter_rows()]
    assert about[0] == "Second-line therapy"
    assert "Figure 1. Overall (A) and progression-free survival (B)" in about


def test_a_cohort_that_cannot_be_read_stops_all(run: Run, write: Write) -> None:
    write("c.csv", "")
    write("study.toml", 'cohort = "c.csv"\n[[table]]\nrun = "km"\n')
    done = run("report", "study.toml", "--out", "p.md")
    assert (done.status, "c.csv: " in done.err) == (2, True)
    assert not Path("p.md").exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--out", "p.md", "--out", "./p.md"), ("--out", "p.md", "--out", "P.docs"),
        ("--out", "p.csv"), ("--out", "none/p.md"), ("--json", "--compare", "study.toml"),
        ("--init", "c.csv", "--out", "p.md"), ("--init", "-"),
    ],
)  # fmt: skip
def test_a_wrong_command_line_writes_nothing(
    options: tuple[str, ...], run: Run, write: Write
) -> None:
    write("study.toml", '[[table]]\nrun = "km"\n')
    before = sorted(Path().iterdir())
    done = run("report", "study.toml", *options)
    assert (done.status, done.out) == (2, "")
    assert sorted(Path().iterdir()) == before


def test_an_interruption_leaves_no_file(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    write("study.toml", '[[table]]\nrun = "km"\n[[table]]\nrun = "cox -x age"\n')
    monkeypatch.setattr("hcc2l.analyses.cox.run.run", interrupted)
    done = run("report", "study.toml", "--out", "p.md", "--out", "p.json")
    assert (done.status, done.out) == (130, "")
    assert [path.name for path in Path().iterdir()] == ["study.toml"]


def test_a_closed_standard_output_is_no_error(write: Write) -> None:
    write("study.toml", '[[text]]\ntext = "x"\n')
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m hcc2l report study.toml --out p.md >&-"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("p.md").read_text(encoding="utf-8") == "# study\n\nx\n"


def test_quiet_prints_no_progress_and_how_the_cohort_was_read_is_told_once(
    run: Run, write: Write
) -> None:
    write("study.toml", '[[table]]\nrun = "km"\n[[table]]\nrun = "km --by child_pugh"\n')
    assert run("report", "study.toml", "-q").err == ""
    told = run("report", "study.toml").messages("note")
    assert sum("bundled synthetic cohort" in line for line in told) == 1
    assert told[1:] == ["note: table-1: km", "note: table-2: km --by child_pugh"]


def test_a_very_long_run_is_told_by_its_beginning(run: Run, write: Write) -> None:
    write("study.toml", f'[[table]]\nrun = "km {"x " * 10_000}"\n')
    done = run("report", "study.toml")
    assert done.status == 2
    assert len(done.err) < 700


def test_conditions_keep_their_quotation_marks(run: Run, write: Write) -> None:
    write("study.toml", """[[table]]\nrun = '''km --where 'child_pugh in {"A"}'
                           --where "age<60"'''\n""")  # fmt: skip
    (entry,) = run("report", "study.toml", "--json").json["entries"]
    assert entry["report"]["settings"]["where"] == ['child_pugh in {"A"}', "age<60"]


def test_check_and_derive_are_commands_too(run: Run, write: Write) -> None:
    write("study.toml", '[[table]]\nrun = "check"\n'
                        '[[table]]\nrun = "derive --add nlr"\nsave = "d"\n'
                        '[[table]]\nrun = "km --by nlr@3"\ncohort = "d"\n'
                        '[[figure]]\nrun = "check"\ncaption = "no"\n')  # fmt: skip
    done = run("report", "study.toml", "--out", "p.md")
    assert (done.status, "line 9: check draws no figure." in done.err) == (1, True)
    text = Path("p.md").read_text(encoding="utf-8")
    assert "In the cohort “d”, overall survival" in text
    assert "Figure 1 (no) could not be made: check draws no figure." in text


def test_texts_keep_their_paragraphs(run: Run, write: Write) -> None:
    write("study.toml", '[[text]]\ntext = """\nOne\nline.\n\nTwo"""\nstated = true\n')
    run("report", "study.toml", "--out", "p.md")
    text = Path("p.md").read_text(encoding="utf-8")
    assert text == "# study\n\nOne line.\n\nTwo (as stated, not computed).\n"


def test_control_characters_in_a_cohort_break_no_document(run: Run, write: Write) -> None:
    levels = "A\x01x", "B\x0by", "C\ufffe"
    rows = "".join(f"{i},{i},{i % 2},{levels[i % 3]}\n" for i in range(1, 31))
    write("c.csv", f"id,os_months,death,tre\x01at\n{rows}")
    write("study.toml", 'cohort = "c.csv"\n[[table]]\nrun = "check"\n')
    outs = [f"--out=p.{ending}" for ending in ("docx", "xlsx", "html", "tex", "md")]
    assert run("report", "study.toml", *outs).status == 0
    assert run("km", "c.csv", "--by", "tre\x01at", "--out", "k.docx", "--out", "k.xlsx").status == 0


def test_a_checklist_is_the_last_table(run: Run, write: Write) -> None:
    write("study.toml", 'checklist = "strobe"\n[[table]]\nrun = "km --by child_pugh --at 12"\n')
    done = run("report", "study.toml", "--out", "p.docx")
    assert done.out.endswith("Table 2. STROBE checklist\n")
    rows = [[cell.text for cell in row.cells] for row in docx.Document("p.docx").tables[1].rows]
    answers = {row[0]: row[2] for row in rows}
    assert answers["14c"].startswith("Median follow-up. Overall survival: A 19.25, B 19.22 months")
    assert answers["15"] == "Events. Overall survival: A 55/91, B 26/35 (Table 1)"
    assert answers["22"] == "to be written"


def test_several_checklists_stand_in_their_order(run: Run, write: Write) -> None:
    write("study.toml", 'checklist = ["tripod-ai", "remark"]\n[[table]]\nrun = "cox -x age"\n')
    done = run("report", "study.toml", "--out", "paper.md")
    assert done.out.endswith("Table 2. TRIPOD+AI checklist\nTable 3. REMARK checklist\n")
    assert "\n## Checklists\n" in Path("paper.md").read_text(encoding="utf-8")


def test_without_a_study_it_says_what_to_write(run: Run) -> None:
    done = run("report")
    assert (done.status, "hcc2l report study.toml" in done.err) == (2, True)


def test_a_first_study_is_written_for_a_cohort_and_makes_its_paper(
    run: Run, cohort_csv: Path
) -> None:
    written = run("report", "--init", cohort_csv)
    assert written.status == 0, written.err
    text = Path("study.toml").read_text(encoding="utf-8")
    assert f'cohort = "{cohort_csv.name}"' in text
    assert "km --endpoint os --by treatment" in text
    assert "psmatch --treat treatment=" in text
    made = run("report", "study.toml", "--out", "paper.docx")
    assert made.status == 0, made.err
    again = run("report", "--init", cohort_csv)
    assert (again.status, "never overwritten" in again.err) == (2, True)


def test_a_first_study_names_no_column_that_a_list_would_divide(run: Run, write: Write) -> None:
    rows = "".join(f"{i},{i},{i % 2},{'AB'[i % 3 > 0]},{50 + i}\n" for i in range(1, 41))
    write("c.csv", f'id,os_months,death,"Child, Pugh",age\n{rows}')
    assert run("report", "--init", "c.csv").status == 0
    text = Path("study.toml").read_text(encoding="utf-8")
    assert ("-x age@per10 " in text, "Child" in text) == (True, False)


def test_an_export_as_the_hospital_made_it_gives_a_paper_in_two_commands(
    run: Run, workplace: Path
) -> None:
    """Names with blanks, and an endpoint that only `check` proposes, from dates and a status."""
    shutil.copy(EXPORT, workplace)
    assert run("report", "--init", "export.xlsx").status == 0
    runs = [line for line in Path("study.toml").read_text().splitlines() if "--label" in line]
    assert any("psmatch" in line and "--start 'Start 2L'" in line for line in runs)
    assert any("km" in line and "--label 'Overall survival'" in line for line in runs)
    made = run("report", "study.toml", "--out", "paper.docx")
    assert (made.status, made.messages("error")) == (0, [])
    assert "Before and after matching" in made.out


SAMPLE = DATA / "second_line"


def runs_of(path: str) -> list[str]:
    """The commands of a study file."""
    entries = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    runs = [entry["run"] for kind in ("table", "figure") for entry in entries.get(kind, ())]
    return [run for several in runs for run in ([several] if isinstance(several, str) else several)]


@pytest.mark.slow
def test_a_first_study_has_markers_pairs_and_the_file_of_adverse_events(
    run: Run, workplace: Path
) -> None:
    """Which need not be in the working folder."""
    folder = workplace / "data"
    folder.mkdir()
    for name in ("cohort.csv", "hcc2l.toml", "adverse_events.csv"):
        shutil.copy(SAMPLE / name, folder)
    assert run("report", "data/study.toml", "--init", "data/cohort.csv").status == 0
    assert {
        "roc --marker afp,pivka_ii,albi,crp --at 12 --endpoint os",
        "change --before afp --after afp_week8 --by second_line",
        "adverse --events adverse_events.csv --by second_line",
    } <= set(runs_of("data/study.toml"))
    made = run("report", "data/study.toml", "--out", "paper.md")
    assert (made.status, made.messages("error")) == (0, [])


def test_a_file_that_is_not_of_this_cohort_is_no_file_of_adverse_events(
    run: Run, workplace: Path
) -> None:
    shutil.copy(SAMPLE / "cohort.csv", workplace)
    (workplace / "adverse_events.csv").write_text("patient_id,event,grade\nX9,Rash,2\n")
    (workplace / "notes.csv").write_text("patient_id,event,grade\nP001,Rash,2\n")
    assert run("report", "--init", "cohort.csv").status == 0
    assert not any(text.startswith("adverse") for text in runs_of("study.toml"))


def test_a_first_study_knows_columns_of_grades_and_treatments_of_three_levels(
    run: Run, write: Write
) -> None:
    """No matching of three treatments is proposed; a tumour's grade is no adverse event."""
    rows = "".join(
        f"{i},{5 + i},{i % 2},{'ABC'[i % 3]},{50 + i},{i % 4},{['no', 'yes'][i % 2]},{1 + i % 3}\n"
        for i in range(1, 61)
    )
    head = "id,os_months,death,treatment,age,ae_diarrhoea,ae_rash,tumour_grade"
    write("c.csv", f"{head}\n{rows}")
    assert run("report", "--init", "c.csv").status == 0
    runs = runs_of("study.toml")
    assert "adverse -x ae_diarrhoea,ae_rash --by treatment" in runs
    assert not any(text.startswith("psmatch") for text in runs)
    made = run("report", "study.toml", "--out", "paper.md")
    assert (made.status, made.messages("error")) == (0, [])


def test_a_first_study_names_what_must_be_corrected_first(run: Run, write: Write) -> None:
    write("c.csv", "id,os_months,death,age\n" + "1,5,1,60\n1,6,0,61\n" * 10)
    done = run("report", "--init", "c.csv")
    assert done.status == 0
    assert any("names them in its first lines" in text for text in done.messages("warning"))
    first = Path("study.toml").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# Correct first: id, ")


def test_a_hint_that_several_failures_have_in_common_is_printed_once(
    run: Run, write: Write
) -> None:
    write("study.toml", '[[table]]\nrun = "km --by nothing"\n[[figure]]\nrun = "km --by nothing"\n'
                        'caption = "x"\n')  # fmt: skip
    done = run("report", "study.toml")
    assert (len(done.messages("error")), len(done.messages("hint"))) == (2, 1)


def test_a_data_update_is_compared_with_the_earlier_results(
    run: Run, write: Write, cohort_csv: Path
) -> None:
    write("study.toml", f'cohort = "{cohort_csv.name}"\n[[table]]\nrun = "km --by child_pugh"\n')
    run("report", "study.toml", "-q", "--out", "old.json")
    same = run("report", "study.toml", "--compare", "old.json")
    assert same.out.endswith("\nSince the earlier results: no number moved.\n")
    lines = cohort_csv.read_text(encoding="utf-8").splitlines()
    cohort_csv.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    moved = run("report", "study.toml", "--compare", "old.json").out
    assert re.search(r"Since the earlier results: \d+ numbers moved", moved)
    assert re.search(r"table-1, groups\n   A\n +n +24 +23 +−1 +−4.2\n", moved)
    assert "quantiles" not in moved  # a table that is not printed


def test_a_data_update_changes_conclusions_and_groups(run: Run, workplace: Path) -> None:
    """Half of the patients: an interval includes 1, and a group has no patients any more."""
    shutil.copy(SAMPLE / "cohort.csv", workplace)
    Path("study.toml").write_text(
        'cohort = "cohort.csv"\n[[table]]\nid = "models"\nrun = "cox -x age,afp@400"\n'
        '[[table]]\nrun = "km --by albi_grade"\n'
    )
    run("report", "study.toml", "-q", "--out", "old.json")
    rows = Path("cohort.csv").read_text(encoding="utf-8").splitlines()
    grade = rows[0].split(",").index("albi_grade")
    kept = [row for row in rows[1:90] if row.split(",")[grade] != "3"]
    Path("cohort.csv").write_text("\n".join([rows[0], *kept]) + "\n", encoding="utf-8")
    out = run("report", "study.toml", "--compare", "old.json").out
    assert re.search(
        r"Conclusions that changed\n.*\n Number .*\n.*\n models, regression\n"
        r"   afp@400, ≥400, univariable\n     lower .* now includes 1\n"
        r"     p .* no longer below 0.05\n", out,
    )  # fmt: skip
    assert re.search(r"table-2, groups, 3 +gone\n", out)


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"entries": [3]}', '{"entries": [{"report": []}]}']
)
def test_results_that_are_none_cannot_be_compared(content: str, run: Run, write: Write) -> None:
    write("study.toml", '[[table]]\nrun = "km"\n')
    write("old.json", content)
    done = run("report", "study.toml", "--compare", "old.json")
    assert (done.status, "--compare old.json" in done.err) == (2, True)


def test_a_study_is_written_in_the_style_of_a_journal(run: Run, write: Write) -> None:
    write("study.toml", STUDY)
    done = run("report", "study.toml", "--style", "jama", "--out", "a.md", "--out", "a.json")
    assert done.status == 0, done.err
    text = Path("a.md").read_text(encoding="utf-8")
    assert "1 \\[Reference\\]" in text
    assert "All P values are two-sided." in text
    assert text.count("two-sided") == 1
    assert run("report", "study.toml", "--out", "b.json").status == 0
    plain, styled = (json.loads(Path(name).read_text()) for name in ("b.json", "a.json"))
    for one, other in zip(plain["entries"], styled["entries"], strict=True):
        assert one["report"]["tables"] == other["report"]["tables"]


def test_a_study_takes_the_template_of_a_journal(run: Run, write: Write) -> None:
    write("study.toml", STUDY)
    template = docx.Document()
    template.styles["Normal"].font.name = "Georgia"
    template.save("journal.docx")
    words = ("report", "study.toml", "--template", "journal.docx")
    assert run(*words, "--out", "a.docx").status == 0
    assert docx.Document("a.docx").styles["Normal"].font.name == "Georgia"
    for out, message in (("a.html", "Only Word documents"), ("journal.docx", "the template")):
        outcome = run(*words, "--out", out)
        assert outcome.status == 2
        assert message in outcome.err


@pytest.mark.parametrize(
    ("more", "message"),
    [("--style jama", "--style is of the whole study"),
     ("--template a.docx --out a.docx", "--out has no place"),
     ("--table terms", "--table has no place"),
     ("--reference-rows fild", "--reference-rows")],
)  # fmt: skip
def test_options_of_the_whole_study_are_refused_in_a_run(
    more: str, message: str, run: Run, write: Write
) -> None:
    write("study.toml", STUDY.replace('cox -x age,child_pugh"', f'cox -x age {more}"'))
    outcome = run("report", "study.toml")
    assert outcome.status == 2
    assert message in outcome.err


def test_an_unknown_style_of_a_study_is_refused(run: Run, write: Write) -> None:
    write("study.toml", STUDY)
    outcome = run("report", "study.toml", "--style", "jma")
    assert outcome.status == 2
    assert "jama" in outcome.err


def test_a_figure_of_a_study_takes_the_options_of_figures(run: Run, write: Write) -> None:
    write("study.toml", '[[figure]]\nrun = "km --by child_pugh --width 100 --dpi 200"\n'
                        'caption = "Survival"\n')  # fmt: skip
    assert run("report", "study.toml", "--out", "paper.tex").status == 0
    assert pixels("paper-figure-1.png") == pytest.approx(100 / 25.4 * 200, abs=3)
    write("study.toml", '[[figure]]\nrun = "km --width 3"\ncaption = "Survival"\n')
    refused = run("report", "study.toml", "--out", "paper.tex")
    assert (refused.status, "line 1" in refused.err) == (2, True)


def test_panels_are_as_narrow_as_a_page_asks_for(run: Run, write: Write) -> None:
    """So that their letters are not made smaller with the page."""
    write("study.toml", '[[figure]]\nrun = ["km --by child_pugh", "km --by second_line"]\n'
                        'caption = "Survival"\n')  # fmt: skip
    assert run("report", "study.toml", "--out", "paper.tex").status == 0
    assert pixels("paper-figure-1.png") == pytest.approx(170 / 25.4 * 300, abs=2)


def pixels(path: str) -> int:
    """The width of an image."""
    with Image.open(path) as image:
        return image.width


def test_a_run_chooses_the_layout_of_its_table(run: Run, write: Write) -> None:
    words = "-x age,child_pugh --layout stacked --reference-rows fold --columns p --bold-p"
    write("study.toml",
          f'[[table]]\nrun = ["cox {words}", "cox --endpoint pfs {words}"]\n'
          'beside = ["OS", "PFS"]\ncaption = "Both"\n'
          '[[table]]\nrun = "km --digits 0"\n')  # fmt: skip
    done = run("report", "study.toml", "-q", "--out", "paper.md")
    assert done.status == 0, done.err
    lines = [" ".join(line.split()) for line in Path("paper.md").read_text("utf-8").splitlines()]
    start = next(i for i, line in enumerate(lines) if line.startswith("| Variable"))
    assert lines[start] == "| Variable | Level | OS: p | PFS: p |"
    assert lines[start + 2 : start + 8] == [
        "| Univariable | | | |",
        "| Age, years | | 0.810 | 0.204 |",
        "| Child-Pugh class | B (vs. A) | **\\<0.001** | **0.018** |",
        "| Multivariable | | | |",
        "| Age, years | | 0.921 | 0.166 |",
        "| Child-Pugh class | B (vs. A) | **\\<0.001** | **0.015** |",
    ]
    assert any("| 7 (6–10) |" in line for line in lines)
    (notes,) = (line for line in lines if line.startswith("Multivariable model (OS)"))
    assert notes.endswith(
        "Multivariable model (PFS): 126 patients, 115 events. OS, overall survival; PFS, "
        "progression-free survival."
    )


def test_the_style_of_the_dictionary_is_that_of_the_study(run: Run, write: Write) -> None:
    write("d.toml", '[defaults]\nstyle = "jama"\n')
    write("study.toml", 'dictionary = "d.toml"\n[[table]]\nrun = "cox -x child_pugh"\n')
    for more, reference in (((), "1 \\[Reference\\]"), (("--style", "default"), "reference")):
        assert run("report", "study.toml", "-q", "--out", "paper.md", *more).status == 0
        assert f" {reference} |" in Path("paper.md").read_text("utf-8")


def test_the_options_of_figures_in_the_dictionary_are_those_of_the_study(
    run: Run, write: Write
) -> None:
    write("d.toml", "[defaults]\nwidth = 100\n[km]\ndpi = 200\n")
    write("study.toml",
          'dictionary = "d.toml"\n[[figure]]\nrun = "km"\ncaption = "Survival"\n')  # fmt: skip
    assert run("report", "study.toml", "-q", "--out", "paper.tex").status == 0
    assert pixels("paper-figure-1.png") == pytest.approx(100 / 25.4 * 200, abs=3)
