"""Documents opened in the programs that readers have: a browser, an office suite, LaTeX."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from hcc2l.render.document import Document, NumberedTable, Paragraph
from hcc2l.render.grid import Grid
from hcc2l.render.to_pdf import render_document
from tests.conftest import Run, Write

pytestmark = pytest.mark.tools

STUDY = """
title = "Second-line therapy & <more> 100%"
checklist = "strobe"
cohort = "cohort.csv"

[[section]]
title = "Survival"

[[table]]
run = "km --by grade --at 6,12"
caption = "Survival by grade_1 & grade {2}"

[[table]]
run = ["cox -x age,grade", "cox -x age,arm,grade"]
beside = ["Grade", "Grade and arm"]
caption = "Hazard ratios"

[[figure]]
run = ["km --by grade", "km --by arm"]
caption = "Overall survival (A, B)"
"""
NASTY = ("[0,400)", "*", r"\end{table} $x_1^2$ #% ~&")
SCRIPTS = ("分级 A", "グレード B", "≥400 µg ΔΩ")


def program(name: str) -> str:
    """The path of a program; the test fails where it is not installed."""
    path = shutil.which(name)
    assert path, f"{name} is not installed"
    return path


def opened(*command: str | Path) -> str:
    """The output of a program, which must succeed within a minute."""
    done = subprocess.run(
        [program(str(command[0])), *map(str, command[1:])],
        capture_output=True, text=True, errors="replace", timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def paper(run: Run, write: Write, ending: str, grades: tuple[str, ...] = NASTY) -> Path:
    """A study of ninety patients whose groups have such names, as `paper` with that ending."""
    rows = (
        f"{i},{1 + i * 37 % 29},{int(i % 4 > 0)},{50 + i * 13 % 31},"
        f'"{grades[i % 3]}",{"new" if i % 7 < 3 else "old"}\n'
        for i in range(90)
    )
    write("cohort.csv", "id,os_months,death,age,grade,arm\n" + "".join(rows))
    write("study.toml", STUDY)
    done = run("report", "study.toml", "-q", "--out", f"paper.{ending}")
    assert done.status == 0, done.err
    return Path(f"paper.{ending}")


def test_a_browser_shows_the_page_and_fetches_nothing(run: Run, write: Write) -> None:
    page = paper(run, write, "html")
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!data:|#)|@import|url\(|<script""", text)
    browser = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=profile")
    shown = opened(*browser, "--dump-dom", page.resolve().as_uri())
    for part in ("Survival by grade_1 &amp; grade {2}", "[0,400)", "STROBE checklist", "Methods"):
        assert part in shown
    opened(*browser, "--window-size=900,2400", "--screenshot=page.png", page.resolve().as_uri())
    image = Image.open("page.png").convert("L")
    assert image.size == (900, 2400)
    assert len(image.getcolors() or ()) > 10  # not an empty page


def test_an_office_suite_opens_the_word_document(run: Run, write: Write) -> None:
    document = paper(run, write, "docx")
    profile = f"-env:UserInstallation={Path('office').resolve().as_uri()}"
    opened("soffice", "--headless", profile, "--convert-to", "pdf", document)
    text = " ".join(opened("pdftotext", "-layout", "paper.pdf", "-").split())
    for part in (
        "Second-line therapy & <more> 100%", "Table 1. Survival by grade_1 & grade {2}",
        "Table 2. Hazard ratios", "Figure 1. Overall survival (A, B)", "Grade and arm", "Methods",
        "References", "Reproducibility", "Table 3. STROBE checklist", r"\end{table} $x_1^2$ #% ~&",
    ):  # fmt: skip
        assert part in text


def test_a_pdf_is_read_with_its_tables_figures_and_letters(run: Run, write: Write) -> None:
    for grades in (NASTY, SCRIPTS):
        document = paper(run, write, "pdf", grades)
        text = " ".join(opened("pdftotext", "-layout", document, "-").split())
        for part in (
            "Second-line therapy & <more> 100%", "Table 1. Survival by grade_1 & grade {2}",
            "Table 2. Hazard ratios", "Figure 1. Overall survival (A, B)", "Grade and arm",
            "Methods", "References", "Reproducibility", "Table 3. STROBE checklist", *grades,
        ):  # fmt: skip
            assert part in text
        assert len(opened("pdfimages", "-list", document).splitlines()) > 2
        fonts = opened("pdffonts", document).splitlines()[2:]
        assert all(font.split()[-5] == "yes" for font in fonts)  # embedded
        opened("pdftoppm", "-r", "50", "-png", document, "page")
        for page in Path().glob("page-*.png"):
            assert len(Image.open(page).convert("L").getcolors() or ()) > 10


def test_the_pages_of_a_pdf_are_turned_for_wide_tables(run: Run, write: Write) -> None:
    document = paper(run, write, "pdf")
    sizes = re.findall(r"size: +([\d.]+) x ([\d.]+)", opened("pdfinfo", "-l", "99", document))
    turned = [float(width) > float(height) for width, height in sizes]
    assert True in turned
    assert False in turned


def pages_of_pdf(path: str) -> list[str]:
    """The text of every page."""
    return opened("pdftotext", "-layout", path, "-").split("\f")[:-1]


@pytest.mark.usefixtures("workplace")
def test_a_table_that_fits_on_a_page_of_a_pdf_is_not_divided() -> None:
    names = [f"row {i}" for i in range(30)]
    content = Grid("Names", (), ("Name",), (False,), tuple((name,) for name in names), ("Note.",),
                   indents=(0,) * 30)  # fmt: skip
    parts = (*(Paragraph("Text.") for _ in range(30)), NumberedTable(content, 1))
    Path("paper.pdf").write_bytes(render_document(Document("T", parts, whole=True)))
    first, second = pages_of_pdf("paper.pdf")
    assert "row" not in first
    assert all(name in second for name in ("Table 1. Names", *names, "Note."))


def test_the_head_of_a_long_table_is_on_every_page_of_a_pdf(run: Run) -> None:
    assert run("table1", "--by", "second_line", "--out", "long.pdf").status == 0
    pages = [page for page in pages_of_pdf("long.pdf") if "(n=86)" in page]
    assert len(pages) > 1
    assert all(page.count("Characteristic  ") == 1 for page in pages)


def test_latex_compiles_whatever_the_levels_are_called(run: Run, write: Write) -> None:
    document = paper(run, write, "tex")
    opened("pdflatex", "-interaction=batchmode", "-halt-on-error", document)
    text = " ".join(opened("pdftotext", "-layout", "paper.pdf", "-").split())
    for part in ("[0,400)", "Figure 1: Overall survival (A, B)", "STROBE checklist"):
        assert part in text
    assert len(opened("pdfimages", "-list", "paper.pdf").splitlines()) > 2


def test_the_tables_of_one_command_compile_in_a_document_over_pages(run: Run) -> None:
    """A baseline table of seventy rows, and tables on landscape pages."""
    assert run("table1", "--by", "second_line", "--out", "long.tex").status == 0
    assert run("km", "--by", "second_line", "--at", "6,12", "--out", "wide.tex").status == 0
    packages = r"\usepackage[margin=2cm]{geometry}\usepackage{booktabs,array,longtable,pdflscape}"
    Path("paper.tex").write_text(
        rf"\documentclass[a4paper]{{article}}{packages}\usepackage[T1]{{fontenc}}"
        r"\begin{document}\input{long.tex}\input{wide.tex}\end{document}"
    )
    opened("pdflatex", "-interaction=batchmode", "-halt-on-error", "paper.tex")
    pages = opened("pdftotext", "-layout", "paper.pdf", "-").split("\f")
    heads = [page for page in pages if "Characteristic" in page]
    assert len(heads) > 1
    text = " ".join("".join(heads).split())
    for level in ("Centre 1", "Albumin, g/dL", "Values are median"):  # from the first to the last
        assert level in text


def test_lualatex_sets_letters_of_any_script(run: Run, write: Write) -> None:
    document = paper(run, write, "tex", SCRIPTS)
    fallback = r'\directlua{luaotfload.add_fallback("all", {"DroidSansFallback:mode=node;"})}'
    fonts = r"\setmainfont{DejaVu Serif}[RawFeature={fallback=all}]"
    font = r"\usepackage{fontspec}" + fallback + fonts
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace(r"\begin{document}", rf"{font}\begin{{document}}", 1), "utf-8")
    opened("lualatex", "-interaction=batchmode", "-halt-on-error", document)
    text = opened("pdftotext", "-layout", "paper.pdf", "-")
    assert [level for level in SCRIPTS if level not in " ".join(text.split())] == []
