"""The study file: entries in their order, and faults with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from hcc2l.compose.study import Study, read_study
from hcc2l.errors import UsageError
from tests.conftest import Write


def study(write: Write, text: str) -> Study:
    return read_study(write("study.toml", text))


def refused(write: Write, text: str) -> str:
    with pytest.raises(UsageError) as error:
        study(write, text)
    return error.value.message


def test_entries_stand_in_the_order_of_the_file(write: Write) -> None:
    """TOML alone would put all tables before all figures."""
    read = study(write, """
title = "A paper"
[[table]]
run = "km"
[[figure]]
run = "km"
caption = "Survival"
[[section]]
title = "More"
[[table]]
run = "hcc2l km --by 'child pugh'"
id = "second"
[[text]]
text = '''
[[figure]] is a heading only outside of texts.
'''
""")  # fmt: skip
    assert [entry.kind for entry in read.entries] == ["table", "figure", "section", "table", "text"]
    assert [entry.line for entry in read.entries] == [3, 5, 8, 10, 13]
    assert [entry.id for entry in read.entries][:4] == [
        "table-1",
        "figure-1",
        "section-1",
        "second",
    ]
    assert read.entries[3].runs == (("km", "--by", "child pugh"),)
    assert read.title == "A paper"


def test_files_stand_beside_the_study(write: Write, workplace: Path) -> None:
    write("paper/c.csv", "")
    write("paper/d.toml", "")
    path = write(
        "paper/study.toml", 'cohort = "c.csv"\ndictionary = "d.toml"\n[[text]]\ntext = "x"'
    )
    read = read_study(path)
    assert (read.cohort, read.dictionary) == (
        workplace / "paper" / "c.csv", workplace / "paper" / "d.toml",
    )  # fmt: skip
    assert read.title == "study"
    alone = study(write, '[[text]]\ntext = "x"')
    assert (alone.cohort, alone.dictionary) == (None, None)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[tabel]]\nrun = 'km'", "there is no key 'tabel' in a study. Did you mean 'table'?"),
        ("title = 3\n[[text]]\ntext = 'x'", "line 1, title: expected text in quotation marks."),
        ("[[table]]\ncaption = 'x'", "line 1, [[table]]: run is missing."),
        ("\n[[figure]]\nrun = 'km'", "line 2, [[figure]]: caption is missing."),
        ("[[table]]\nrun = 'km'\ncaptoin = 'x'", "line 1, [[table]]: there is no key 'captoin'."),
        ("[[table]]\nrun = 3", "line 1, [[table]]: run: 3 cannot be read here."),
        ("[[table]]\nrun = []", "line 1, [[table]]: run: expected a list of texts."),
        ("[[table]]\nrun = ['km', 3]", "line 1, [[table]]: run: expected a list of texts."),
        ("[[table]]\nrun = ['km', 'cox']", 'several runs need names: beside = ["…", "…"]'),
        ("[[table]]\nrun = ['km', 'cox']\nbeside = ['A']", "1 names are given for 2 runs."),
        (
            "[[table]]\nrun = ['a', 'b']\nbeside = ['A', 'B']\nstacked = ['A', 'B']",
            "tables are merged either beside each other or stacked.",
        ),
        ("[[table]]\nrun = 'km'\ncohort = 'm'", "no entry before it saves a cohort as 'm'."),
        ("[[table]]\nrun = ['a', 'b']\nbeside = ['A', 'B']\nsave = 'm'", "needs a single run."),
        ("[[figure]]\nrun = 'km'\ncaption = 'x'\ncolumns = 0", "columns must be at least 1."),
        ("title = 'x'", "the study has no [[table]], [[figure]] or [[text]]."),
        ("", "line 1, the study has no [[table]], [[figure]] or [[text]]."),
        ("[table]\nrun = 'km'", "line 1, write [[table]], with two brackets on both sides."),
        ("\ntable = [{run = 'km'}]", "line 2, table: each stands below its own heading [[table]]."),
        ("checklist = 'x'\n[[text]]\ntext = 'x'",
         "line 1, checklist: 'x' is not known; write \"strobe\", \"remark\" or \"tripod-ai\"."),
        ("title = 'y'\nchecklist = ['strobe', 'x']\n[[text]]\ntext = 'x'",
         "line 2, checklist: 'x' is not known;"),
        ("checklist = ['remark', 'remark']\n[[text]]\ntext = 'x'",
         "checklist: a name is given twice."),
        ("checklist = 3\n[[text]]\ntext = 'x'", "checklist: expected a name in quotation marks"),
        ("checklist = ['strobe', 3]\n[[text]]\ntext = 'x'", "checklist: expected a name in"),
        ("title = 'a\x7f'\n[[text]]\ntext = 'x'", "not valid TOML"),
        ('title = "a\\u0000"\n[[text]]\ntext = "x"', "line 1, title: it has a control character."),
        ('[[table]]\nrun = "km"\ncaption = "a\\u0007"', "caption: it has a control character."),
        ('[[table]]\nrun = ["km", "km \\uffff"]', "run: it has a control character."),
        ("[[text]]\ntext = ' '", "line 1, [[text]]: text is empty."),
        ("[[table]]\nrun = ''", "line 1, [[table]]: run is empty."),
        ("[[figure]]\nrun = 'km'\ncaption = ''", "line 1, [[figure]]: caption is empty."),
        ("[[table]]\nrun = 'km --by \"x'", "a quotation mark is not closed in"),
        ("[[table]]\nrun = 'km'\nid = 'a/b'", "id: write up to 60 letters, digits, - or _."),
        ("[[table]]\nrun = 'km'\nid = ''", "id: write up to 60 letters, digits, - or _."),
        ("[[table]]\nrun = 'km'\nsave = '../x'", "save: write up to 60 letters, digits, - or _."),
        ("[[table]]\nrun = 'km'\nsave = '/x'", "save: write up to 60 letters, digits, - or _."),
        (f"[[table]]\nrun = 'km'\nsave = '{'x' * 61}'", "save: write up to 60 letters"),
        (
            "[[table]]\nrun = 'km'\nid = 'a'\n[[figure]]\nrun = 'km'\ncaption = 'x'\nid = 'a'",
            "line 4, [[figure]]: the id 'a' is that of line 1.",
        ),
        (
            "[[table]]\nrun = 'km'\nid = 'table-2'\n[[table]]\nrun = 'km'",
            "line 4, [[table]]: the id 'table-2' is that of line 1.",
        ),
        (
            "[[table]]\nrun = 'km'\nsave = 'm'\n[[table]]\nrun = 'km'\nsave = 'm'",
            "line 4, [[table]]: line 1 saves a cohort as 'm' too.",
        ),
        (
            "[[table]]\nrun = ['a', 'b']\nbeside = ['A', 'B']\ntables = ['x', 'y']",
            "several runs are merged in one table; name one in tables.",
        ),
        ("[[figure]]\nrun = 'km'\ncaption = 'x'\ncolumns = true", "columns: True cannot be read"),
        ("[[text]]\ntext = 'x'\nstated = 1", "stated: 1 cannot be read here."),
        (
            f"[[figure]]\nrun = {['km'] * 27}\ncaption = 'x'", "a figure has at most 26 panels.",
        ),
        ("[[table]]\nrun = {a = {b = 3}}", "run: {'a': {'b': 3}} cannot be read here."),
        ("cohort = '-'\n[[text]]\ntext = 'x'", "line 1, cohort: there is no file '-'"),
        ("cohort = ''\n[[text]]\ntext = 'x'", "line 1, cohort: there is no file ''"),
        ("cohort = '.'\n[[text]]\ntext = 'x'", "line 1, cohort: '.' is a folder;"),
        ("\ndictionary = 'd'\n[[text]]\ntext = 'x'", "line 2, dictionary: there is no file 'd'"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(text: str, fault: str, write: Write) -> None:
    assert fault in refused(write, text)


@pytest.mark.parametrize(
    "text",
    [
        '"""\n[[table]]\nrun = "cox"\n"""', "'''\n[[table]]\n'''", '"""\n\\"""\n[[table]]\n"""',
        '"""\n[[table]]\n""""', "\"'''\" # \"\"\"",
    ],
)  # fmt: skip
def test_a_heading_inside_a_text_is_none(text: str, write: Write) -> None:
    read = study(write, f'[[text]]\ntext = {text}\n[[table]]\nrun = "km"\nid = "a"\n# [[table]]\n')
    assert [entry.kind for entry in read.entries] == ["text", "table"]
    assert read.entries[1].line == text.count("\n") + 3


@pytest.mark.parametrize("heading", ["[[table]]", "[[ table ]]", '[["table"]]', "  [[table]] # x"])
def test_a_heading_may_be_written_as_toml_has_it(heading: str, write: Write) -> None:
    assert study(write, f'{heading}\nrun = "km"').entries[0].runs == (("km",),)


def test_lines_are_counted_as_editors_do(write: Write) -> None:
    """In a file of Windows, with a byte-order mark and a line separator inside a text."""
    text = '\ufefftitle = "a\u2028b"\r\n\r\n[[table]]\r\nrun = "km"\r\n'
    assert study(write, text).entries[0].line == 3


def test_captions_and_titles_stand_on_one_line(write: Write) -> None:
    read = study(write, 'title = """\na\n b"""\n[[table]]\nrun = "km"\ncaption = """c\nd"""')
    assert (read.title, read.entries[0].caption) == ("a b", "c d")


def test_all_faults_are_told_together(write: Write) -> None:
    message = refused(write, "[[table]]\nrun = 3\n[[figure]]\nrun = 'km'\n[[txt]]\ntext = 'x'")
    assert message.startswith("The study file has 3 errors:\n  line 1")
    assert [line.split(",")[0] for line in message.splitlines()[1:]] == [
        "  line 1", "  line 3", "  line 5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("title = x", "not valid TOML"),
        ("x = " + "[" * 5000, "nested too deeply"),
        (" " * 1_000_001, "larger than 1 MB"),
        (b"\xff\xfe", "it is not UTF-8 text"),
        (None, "no such study"),
    ],
)
def test_a_file_that_is_no_study_is_refused(
    content: str | bytes | None, says: str, write: Write, workplace: Path
) -> None:
    path = workplace / "absent.toml" if content is None else write("study.toml", content)
    with pytest.raises(UsageError, match=says) as error:
        read_study(path)
    assert error.value.where == str(path)
