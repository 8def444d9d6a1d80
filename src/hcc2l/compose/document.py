"""A study with its reports as one document: numbered, with methods, notes and origin."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version

from hcc2l.compose.answers import Answered
from hcc2l.compose.merge import beside, stacked
from hcc2l.compose.study import Entry, Study, on_one_line
from hcc2l.errors import Hcc2lError, UsageError
from hcc2l.render.document import (
    Document,
    NumberedTable,
    Paragraph,
    Part,
    Picture,
    Points,
    Section,
)
from hcc2l.render.grid import Grid, plain_grids, presented_tables, with_abbreviations
from hcc2l.render.options import RenderOptions
from hcc2l.render.remarks import remarks
from hcc2l.report import Report
from hcc2l.wording import in_sentence

_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_CLOSING = re.compile(r"All [pP][- ]values are|Analyses were performed with")  # of every command
Draw = Callable[[Sequence[Report], Entry], bytes]


@dataclass(frozen=True)
class Done:
    """An entry with its reports and how their tables are shown, or why there are none."""

    entry: Entry
    reports: tuple[Report, ...] = ()
    shown: tuple[RenderOptions, ...] = ()
    failure: Hcc2lError | None = None


@dataclass(frozen=True)
class Added:
    """What a document says beside the entries of its study.

    Attributes
    ----------
    before, end
        Parts before the first entry and after the last.
    after
        An uncounted table behind an entry, by its id.
    """

    before: tuple[Part, ...] = ()
    after: Mapping[str, Grid] = field(default_factory=dict)
    end: tuple[Part, ...] = ()


_NOTHING = Added()


def study_document(
    study: Study, done: Sequence[Done], draw: Draw, added: Added = _NOTHING
) -> tuple[Document, list[Done]]:
    """The document, and what was done, with the entries that could not be shown as failures.

    Parameters
    ----------
    draw
        The figure of an entry as PNG, its panels with letters.
    """
    parts: list[Part] = []
    shown: list[Done] = []
    answered: list[Answered] = []
    numbers = {"table": 0, "figure": 0}
    parts += added.before
    for one in done:
        made, result = _parts(one, numbers, draw)
        parts += made
        parts += _beside(one.entry, list(_places(made)), added)
        shown.append(result)
        places = tuple(_places(made))
        answered += [Answered(places, r, _printed(one.entry, r)) for r in result.reports]
    reports = [report for one in shown for report in one.reports]
    parts += [*added.end, *_methods(shown), *_notes(shown), *_origin(study, reports)]
    if study.checklists:
        parts.append(Section("Checklist" if len(study.checklists) == 1 else "Checklists"))
    for number, checklist in enumerate(study.checklists, start=numbers["table"] + 1):
        parts.append(NumberedTable(checklist.filled(answered), number))
    return Document(study.title, tuple(parts), whole=True), shown


def _beside(entry: Entry, places: Sequence[str], added: Added) -> Iterator[Part]:
    """The table behind an entry, whose title names the table or figure of that entry."""
    content = added.after.get(entry.id)
    if content is not None:
        title = f"{content.title} ({places[0]})" if places else content.title
        yield NumberedTable(replace(content, title=title), None)


def _places(parts: Sequence[Part]) -> Iterator[str]:
    """`Table 3` for each table and figure."""
    for part in parts:
        if isinstance(part, (NumberedTable, Picture)):
            yield f"{'Figure' if isinstance(part, Picture) else 'Table'} {part.number}"


def _printed(entry: Entry, report: Report) -> tuple[str, ...]:
    """The names of the tables of a report that an entry prints; none of a figure."""
    if entry.kind == "figure":
        return ()
    return entry.tables or tuple(table.name for table in report.tables if table.columns)[:1]


def _parts(one: Done, numbers: dict[str, int], draw: Draw) -> tuple[list[Part], Done]:
    """What an entry says; a failure is reported in its place."""
    entry = one.entry
    if entry.kind == "section":
        return [Section(entry.text)], one
    if entry.kind == "text":
        stated = f"{entry.text.strip().removesuffix('.')} (as stated, not computed)."
        texts = re.split(r"\n\s*\n", stated if entry.stated else entry.text)
        return [Paragraph(on_one_line(text)) for text in texts], one
    numbers[entry.kind] += 1
    number = numbers[entry.kind]
    failure = one.failure
    if failure is None:
        try:
            if entry.kind == "table":
                return _tables(one, number, numbers), one
            return [Picture(draw(one.reports, entry), entry.caption, entry.caption, number)], one
        except Hcc2lError as error:
            failure = error
    name = f"{entry.kind.capitalize()} {number}"
    caption = f" ({entry.caption})" if entry.caption else ""
    said = Paragraph(f"{name}{caption} could not be made: {failure.message}")
    return [said], replace(one, reports=(), failure=failure)


def _tables(one: Done, number: int, numbers: dict[str, int]) -> list[Part]:
    """The tables of an entry, the first with its number, further ones with the next."""
    entry = one.entry
    grids = [
        _grids(report, entry.tables, shown)
        for report, shown in zip(one.reports, one.shown, strict=True)
    ]
    if len(grids) == 1:
        first, *others = (with_abbreviations(content, one.reports[0]) for content in grids[0])
        named = [replace(first, title=entry.caption or first.title), *others]
        numbers["table"] += len(named) - 1
        return [NumberedTable(content, number + i) for i, content in enumerate(named)]
    firsts = [contents[0] for contents in grids]
    merge = stacked if entry.stacked else beside
    try:
        merged = merge(firsts, entry.labels, firsts[0].title)
    except ValueError:
        raise UsageError(
            "The tables have different columns and cannot be stacked.",
            hint="Put them side by side: beside = […].",
        ) from None
    content = with_abbreviations(merged, one.reports[0])
    return [NumberedTable(replace(content, title=entry.caption), number)]


def _grids(report: Report, names: Sequence[str], shown: RenderOptions) -> list[Grid]:
    """The tables asked for, or the first that is printed, without their abbreviations."""
    first = next((table.name for table in report.tables if table.columns), None)
    options = replace(shown, table=",".join(names) or first)
    grids = plain_grids(presented_tables(report, options), options)
    return grids if names else grids[:1]


def _methods(done: Sequence[Done]) -> Iterator[Part]:
    """Every sentence of the methods once, a paragraph for each command, with the references."""
    paragraphs: dict[str, list[str]] = {}
    closing: dict[str, None] = {}
    said: set[str] = set()
    for one in done:
        for report in one.reports:
            new = [s for s in _BETWEEN_SENTENCES.split(report.methods) if s and s not in said]
            said.update(new)
            closing |= dict.fromkeys(s for s in new if _CLOSING.match(s))
            sentences = [s for s in new if not _CLOSING.match(s)]
            if sentences and one.entry.cohort:
                where = f"In the cohort “{one.entry.cohort}”"
                sentences[0] = f"{where}, {in_sentence(sentences[0])}"
            paragraphs.setdefault(report.provenance.command, []).extend(sentences)
    if said:
        yield Section("Methods")
        for paragraph in (*paragraphs.values(), list(closing)):
            if paragraph:
                yield Paragraph(" ".join(paragraph))
    reports = [report for one in done for report in one.reports]
    references = _once(reference for report in reports for reference in report.references)
    if references:
        yield Section("References")
        yield Points(tuple(references), numbered=True)


def _notes(done: Sequence[Done]) -> Iterator[Part]:
    """What readers should know, with the captions of the entries it belongs to."""
    belongs: dict[str, list[str]] = {}
    for one in done:
        for report in one.reports:
            for text in remarks(report):
                belongs.setdefault(text, []).append(one.entry.caption or report.title)
    if belongs:
        yield Section("Notes")
        yield Points(tuple(f"{'; '.join(_once(of))}: {text}" for text, of in belongs.items()))


def _origin(study: Study, reports: Sequence[Report]) -> Iterator[Part]:
    """What is needed to make every number again: files with their hash, versions, commands."""
    if not reports:
        return
    yield Section("Reproducibility")
    versions = _once(f"hcc2l {r.provenance.version}" for r in reports)
    yield Paragraph(f"Study file {study.path.name}, run with {', '.join(versions)}.")
    files = _once(f"{r.provenance.source}: SHA-256 {r.provenance.sha256}" for r in reports)
    yield Points((*files, *_once(_run_line(report) for report in reports)))


def _run_line(report: Report) -> str:
    p = report.provenance
    excluded = "; ".join(f"{e.reason}: {e.rows if e.told else '–'}" for e in p.excluded)
    rows = "" if p.rows is None else f"{p.rows} rows read, "
    rows += f"{p.analysed} analysed" + (f" ({excluded})" if excluded else "")
    return f"hcc2l {shlex.join(p.argv)} – {rows}"


def _once(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]


def entry_id(entry: Entry, number: int, reports: int) -> str:
    """What JSON calls a report of an entry, which has one report or several."""
    return f"{entry.id}.{number}" if reports > 1 else entry.id


def study_json(
    study: Study, done: Sequence[Done], contents: Callable[[Report], Mapping[str, object]]
) -> dict[str, object]:
    """The whole study as one object, each report as its command writes it."""
    entries: list[dict[str, object]] = []
    for one in done:
        caption = one.entry.caption
        if one.failure:
            entries.append({"id": one.entry.id, "caption": caption, "report": None,
                            "error": one.failure.message})  # fmt: skip
        for i, report in enumerate(one.reports, start=1):
            name = entry_id(one.entry, i, len(one.reports))
            entries.append({"id": name, "caption": caption, "report": contents(report)})
    command = {"name": "report", "argv": [study.path.name], "version": version("hcc2l")}
    return {"schema": "hcc2l/1", "command": command, "study": study.title, "entries": entries}
