"""HTML, as stored, with outline, figure and headings over groups."""

from __future__ import annotations

import struct
from base64 import b64encode
from dataclasses import replace

from hcc2l.render import render_report
from tests.render.handmade import ACROSS, BASELINE, GOLDEN, REPORT, WITH_OUTLINE


def test_the_hand_made_report_is_written_as_stored() -> None:
    made = render_report(REPORT, "html", width=80)
    assert made == (GOLDEN / "report.html").read_text(encoding="utf-8")


def test_the_outline_is_a_list_of_lists_above_the_tables() -> None:
    made = render_report(WITH_OUTLINE, "html")
    line = "<ul><li>All: split by A_1 &amp; &lt;b&gt;<ul><li>x ≤5%<ul><li>deep one</li>"
    assert made.index(line) < made.index("Follow-up is short.")


def test_the_figure_stands_in_the_page() -> None:
    assert "<img alt=" not in render_report(REPORT, "html")
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 600, 300)
    page = render_report(REPORT, "html", figure=png)
    assert f'style="width: 5.1cm" src="data:image/png;base64,{b64encode(png).decode()}"' in page
    title = "Overall survival — 100% hand-made &amp; &lt;small&gt;"
    assert f"<figcaption>{title}</figcaption>\n</figure>" in page


def test_a_heading_spans_the_columns_of_its_group() -> None:
    made = render_report(ACROSS, "html")
    first = (
        '<tr><td colspan="3"></td><th colspan="2" scope="colgroup">Alone</th>'
        '<th colspan="2" scope="colgroup">A_1 &amp; others</th></tr><tr><th>Variable</th>'
    )
    assert f"<thead>{first}" in made


def test_levels_are_indented() -> None:
    page = render_report(replace(REPORT, tables=(BASELINE,)), "html")
    assert '<td style="padding-left: 2.4em">A5</td>' in page


def test_a_small_p_is_bold() -> None:
    page = render_report(REPORT, "html", bold_p=True)
    assert "<td class=right><b>0.006</b></td>" in page
    assert "<b>&lt;0.001</b>" in page
    assert "<b>–</b>" not in page
