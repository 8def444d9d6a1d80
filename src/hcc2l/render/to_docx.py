"""Word documents with native tables, which can be edited and pasted into a manuscript."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from hcc2l.render import document as parts_of
from hcc2l.render.archive import without_clock, xml_text
from hcc2l.render.document import Document, Part, document_of, pages_of
from hcc2l.render.grid import Bold, Grid, Heading, outline_lines
from hcc2l.render.options import RenderOptions
from hcc2l.render.page import A4, INDENT, MARGIN, Page, Paper, bound, figure_size
from hcc2l.render.template import PARAGRAPH_STYLES, emptied
from hcc2l.report import Report

_ON_A_PAGE = (40, 25)  # rows of a table that is not divided, upright and landscape
_USUAL = ("Arial", "Helvetica", "Times New Roman", "Calibri", "Cambria", "Garamond", "Aptos")
_BREADTH = 1.2  # of other typefaces: Verdana's letters are that much wider
_EMU_PER_CM = 360_000
_CELL, _FOOTNOTE = "Table Text", "Table Footnote"  # styles, which a template may have too


def render(report: Report, options: RenderOptions) -> bytes:
    """The document of one report."""
    return render_document(document_of(report, options), options.template)


def render_document(content: Document, template: bytes | None = None) -> bytes:
    """The parts one after the other, on pages turned as their tables need."""
    document = _document(content.title) if template is None else _styled(content.title, template)
    paper = A4 if template is None else _paper(document)
    pages = pages_of(content, paper)
    if pages and pages[0] is not None and pages[0].landscape:  # no page for the title alone
        _flip(document.sections[0])
    document.add_heading(xml_text(content.title), level=1)
    for part, page in zip(content.parts, pages, strict=True):
        _turn(document, landscape=page is not None and page.landscape)
        _add_part(document, part, page, paper)
    file = io.BytesIO()
    document.save(file)
    return without_clock(file.getvalue())


def _add_part(document: Any, part: Part, page: Page | None, paper: Paper) -> None:
    match part:
        case parts_of.Section(text):
            document.add_heading(xml_text(text), level=2)
        case parts_of.Paragraph(text):
            document.add_paragraph(xml_text(text))
        case parts_of.Points(texts, numbered):
            _add_points(document, texts, "List Number" if numbered else "List Bullet")
        case parts_of.Branches(outline):
            document.add_paragraph().add_run(xml_text(outline.title)).bold = True
            for depth, line in outline_lines(outline):
                _add_branch(document, depth, line)
        case parts_of.NumberedTable(content, number):
            assert page is not None
            _add_table(document, content, page, number)
        case parts_of.Picture():
            _add_figure(document, part, paper)
        case parts_of.SmallPrint(texts):
            for line in texts:
                document.add_paragraph(xml_text(line), style=_FOOTNOTE)


def _document(title: str) -> Any:
    """An empty A4 document with the styles of cells and footnotes."""
    import docx
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    document = docx.Document()
    document.core_properties.author = ""
    document.core_properties.title = xml_text(title)[:255]
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    for name, size in (("Normal", 10), ("Caption", 10), ("Heading 1", 13), ("Heading 2", 11)):
        font = document.styles[name].font
        font.name, font.size, font.color.rgb = "Arial", Pt(size), RGBColor(0, 0, 0)
        for themed in ("asciiTheme", "hAnsiTheme"):  # would win over the name
            font.element.rPr.rFonts.attrib.pop(qn(f"w:{themed}"), None)
    caption = document.styles["Caption"].paragraph_format
    caption.space_before, caption.space_after = Pt(8), Pt(4)
    for name in (_CELL, _FOOTNOTE):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(9 if name == _CELL else 8)
        style.paragraph_format.space_before = Pt(0)
        style.paragraph_format.space_after = Pt(0 if name == _CELL else 8)
        style.paragraph_format.line_spacing = 1.0
    return document


def _styled(title: str, template: bytes) -> Any:
    """A document with the styles and the page set-up of a template; styles it lacks are ours."""
    from docx.enum.section import WD_ORIENT

    document, ours = emptied(template), _document(title)
    document.core_properties.author = ""
    document.core_properties.title = xml_text(title)[:255]
    for name in PARAGRAPH_STYLES:
        if name not in document.styles:
            _copy_style(ours, document, name)
    section = document.sections[0]
    _complete(section)
    if section.page_width > section.page_height:  # tables turn the page, the template does not
        section.page_width, section.page_height = section.page_height, section.page_width
    section.orientation = WD_ORIENT.PORTRAIT
    return document


def _complete(section: Any) -> None:
    """Give a page set-up what it lacks, and one column of text."""
    from docx.oxml.ns import qn
    from docx.shared import Cm

    defaults = {
        "page_width": Cm(21), "page_height": Cm(29.7), "left_margin": Cm(2),
        "right_margin": Cm(2),
    }  # fmt: skip
    for name, value in defaults.items():
        if getattr(section, name) is None:
            setattr(section, name, value)
    for columns in section._sectPr.findall(qn("w:cols")):
        section._sectPr.remove(columns)


def _copy_style(source: Any, target: Any, name: str) -> None:
    """Add a paragraph style of one document to another, without what it refers to there."""
    from docx.oxml.ns import qn
    from docx.shared import Cm

    element = deepcopy(source.styles[name].element)
    for tag in ("w:link", "w:next"):
        for reference in element.findall(qn(tag)):
            element.remove(reference)
    target.styles.element.append(element)
    style = target.styles[name]
    if name != "Normal":
        style.base_style = target.styles["Normal"]
    if name.startswith("List"):
        element.pPr.remove(element.pPr.numPr)
        style.paragraph_format.left_indent = Cm(0.63)
        style.paragraph_format.first_line_indent = Cm(-0.63)


def _paper(document: Any) -> Paper:
    """The widths between the margins of a document, and the size of the type of its tables."""
    section = document.sections[0]
    margins = section.left_margin + section.right_margin + (section.gutter or 0)
    styles = list(_bases(document.styles[_CELL]))
    size = next((style.font.size for style in styles if style.font.size is not None), None)
    name = next((style.font.name for style in styles if style.font.name is not None), None)
    return Paper(
        portrait=(section.page_width - margins) / _EMU_PER_CM,
        landscape=(section.page_height - margins) / _EMU_PER_CM,
        size=A4.size if size is None else size.pt,
        breadth=1.0 if name in _USUAL else _BREADTH,
    )


def _bases(style: Any) -> Iterator[Any]:
    """A style and those that it is based on."""
    while style is not None:
        yield style
        style = style.base_style


def _add_points(document: Any, texts: Sequence[str], style: str) -> None:
    """A list; a style that sets no bullet or number has them as text."""
    paragraphs = [based.element.pPr for based in _bases(document.styles[style])]
    sets_mark = any(each is not None and each.numPr is not None for each in paragraphs)
    for number, text in enumerate(texts, start=1):
        mark = "" if sets_mark else f"{number}.\t" if style == "List Number" else "•\t"
        document.add_paragraph(mark + xml_text(text), style=style)


def _add_branch(document: Any, depth: int, line: str) -> None:
    from docx.shared import Cm, Pt

    paragraph = document.add_paragraph(xml_text(line))
    paragraph.paragraph_format.left_indent = Cm(0.75 * depth)
    paragraph.paragraph_format.space_after = Pt(2)


def _turn(document: Any, *, landscape: bool) -> None:
    """Begin a new page if the last one has the other orientation."""
    from docx.enum.section import WD_ORIENT

    if (document.sections[-1].orientation == WD_ORIENT.LANDSCAPE) != landscape:
        _flip(document.add_section())


def _flip(section: Any) -> None:
    """Turn an upright page, or turn it back."""
    from docx.enum.section import WD_ORIENT

    upright = section.orientation == WD_ORIENT.PORTRAIT
    section.orientation = WD_ORIENT.LANDSCAPE if upright else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width


def _add_figure(document: Any, picture: parts_of.Picture, paper: Paper) -> None:
    from docx.shared import Cm

    shape = document.add_picture(io.BytesIO(picture.png))
    shape.width, shape.height = map(Cm, figure_size(picture.png, paper))
    shape._inline.docPr.set("descr", xml_text(picture.description))
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    _add_caption(document, "Figure", picture.caption, picture.number)


def _add_table(document: Any, content: Grid, page: Page, number: int | None) -> None:
    if number is None:
        caption = document.add_paragraph(xml_text(content.title), style="Caption").paragraph_format
    else:
        caption = _add_caption(document, "Table", content.title, number)
    caption.keep_with_next = True
    table = _empty_table(document, page)
    for headings in content.headings:
        _add_headings(table, headings, page)
    _add_row(table, [bound(header) for header in content.headers], content, page, bold=True)
    heads = len(content.headings) + 1
    for row, depth in zip(content.rows, content.indents, strict=True):
        _add_row(table, row, content, page, depth=depth)
    last = len(table.rows) - 1
    together = last < _ON_A_PAGE[page.landscape]
    for i, row in enumerate(table.rows):
        _keep_whole(row, head=i < heads, kept=together or i in (*range(heads), last))
    _rule(table.rows[0].cells, "top", 12)
    _rule(table.rows[heads - 1].cells, "bottom", 6)
    _rule(table.rows[-1].cells, "bottom", 12)
    document.add_paragraph(xml_text(" ".join(content.footnotes)), style=_FOOTNOTE)


def _add_caption(document: Any, kind: str, title: str, number: int) -> Any:
    """A caption whose number is counted by Word, so that one put before it moves it on."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    caption = document.add_paragraph(f"{kind} ", style="Caption")
    for part in ("begin", rf" SEQ {kind} \* ARABIC ", "separate", str(number), "end"):
        run = caption.add_run()
        if part == str(number):
            run.text = part
        elif part.startswith(" "):
            instruction = OxmlElement("w:instrText")
            instruction.text = part
            run._r.append(instruction)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), part)
            run._r.append(mark)
    caption.add_run(xml_text(f". {title}"))
    return caption.paragraph_format


def _empty_table(document: Any, page: Page) -> Any:
    """A table of fixed columns, as wide as they are."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn
    from docx.shared import Cm

    table = document.add_table(rows=0, cols=len(page.widths))
    table.autofit = False
    for column, width in zip(table.columns, page.widths, strict=True):
        column.width = Cm(width)
    side = round(MARGIN / 2.54 * 1440)
    margins = "".join(f'<w:{edge} w:w="{side}" w:type="dxa"/>' for edge in ("left", "right"))
    inside = parse_xml(f"<w:tblCellMar {nsdecls('w')}>{margins}</w:tblCellMar>")
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(inside)
    return table


def _add_row(
    table: Any, row: Sequence[str], content: Grid, page: Page, *, depth: int = 0, bold: bool = False
) -> None:
    from docx.enum.table import WD_ALIGN_VERTICAL
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    cells = table.add_row().cells
    for cell, text, right, width in zip(cells, row, content.right, page.widths, strict=True):
        cell.width = Cm(width)
        paragraph = _written(cell, text, page, bold=bold or isinstance(text, Bold))
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if not bold:  # a number is never broken; a header may be
                cell._tc.get_or_add_tcPr().append(OxmlElement("w:noWrap"))
        if bold:
            cell.vertical_alignment = WD_ALIGN_VERTICAL.BOTTOM
    if depth:
        cells[0].paragraphs[0].paragraph_format.left_indent = Cm(INDENT * depth)


def _add_headings(table: Any, headings: tuple[Heading, ...], page: Page) -> None:
    """A row of headings, each in one cell over its columns with a line below it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    cells, start = table.add_row().cells, 0
    for cell, width in zip(cells, page.widths, strict=True):
        cell.width = Cm(width)
    for heading in headings:
        merged = cells[start].merge(cells[start + heading.columns - 1])
        start += heading.columns
        paragraph = _written(merged, heading.text, page, bold=True)
        if heading.text:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _rule([merged], "bottom", 4)


def _written(cell: Any, text: str, page: Page, *, bold: bool) -> Any:
    """The paragraph of a cell, with its text in the size of the table."""
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.style = _CELL
    if text:
        run = paragraph.add_run(xml_text(text))
        run.bold = bold
        if page.reduced:
            run.font.size = Pt(page.size)
    return paragraph


def _keep_whole(row: Any, *, head: bool, kept: bool) -> None:
    """Never break a row over two pages; repeat the head; keep a row with what follows it."""
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    if kept:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _rule(cells: Sequence[Any], edge: str, eighths_of_a_point: int) -> None:
    """Draw a horizontal line above or below cells, as in journal tables."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for element in dict.fromkeys(cell._tc for cell in cells):  # a merged cell comes repeatedly
        properties = element.get_or_add_tcPr()
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            properties.append(borders)
        line = OxmlElement(f"w:{edge}")
        line.set(qn("w:val"), "single")
        line.set(qn("w:sz"), str(eighths_of_a_point))
        line.set(qn("w:color"), "000000")
        borders.append(line)
