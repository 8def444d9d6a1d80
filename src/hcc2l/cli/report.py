"""`hcc2l report`: a study file run entry by entry, and written as one document."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hcc2l.cli._run import (
    check_template,
    files_read,
    given_options,
    in_house_style,
    options_of_kind,
    print_message,
    print_reading_notes,
    print_result,
    progress_shown,
    terminal,
    told_once,
    without_small_counts,
)
from hcc2l.errors import Hcc2lError, UsageError, did_you_mean
from hcc2l.files import Identity, check_targets, identity, refuse_overwriting, write_files
from hcc2l.house_styles import STYLES, written_in
from hcc2l.samples import study_file, study_names
from hcc2l.specs import SPECS, CohortSpec
from hcc2l.specs.figure import FigureOptions
from hcc2l.specs.output import OutputOptions
from hcc2l.specs.reading import ReadingOptions
from hcc2l.wording import in_sentence, listed

if TYPE_CHECKING:
    from hcc2l.cohort import Cohort
    from hcc2l.compose.bundled import Compared
    from hcc2l.compose.document import Done, Draw
    from hcc2l.compose.study import Entry, Study
    from hcc2l.render.document import Document
    from hcc2l.render.options import RenderOptions
    from hcc2l.report import Report

_RENDERERS = {
    "docx": "to_docx", "xlsx": "to_xlsx", "html": "to_html", "pdf": "to_pdf",
    "tex": "to_latex", "md": "to_markdown",
}  # fmt: skip
_FORMATS = (*_RENDERERS, "json")
_WITHOUT_FIGURES = ("json", "md")
_SHOWN = 200  # characters of a command line in a message
_TAKEN = (  # the study has keys for most of these
    "out", "plot", "format", "json", "table", "save", "write_dictionary", "save_model",
)  # fmt: skip
_OF_TABLES = ("digits", "columns", "reference_rows", "bold_p")
_OF_THE_WHOLE = ("style", "template")  # options of the report itself


@dataclass(frozen=True)
class Call:
    """A command of a study, read from its words."""

    command: str
    words: tuple[str, ...]
    options: dict[str, Any]
    spec: type[CohortSpec]


Calls = dict[int, tuple[Call, ...]]  # of each entry, by its line


def report(
    study: Annotated[
        str | None, typer.Argument(metavar="STUDY", help="The study file, such as study.toml.")
    ] = None,
    out: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Write the document: .docx .xlsx .html .pdf .tex .md, or .json for scripts. "
            "Repeatable.",
        ),
    ] = None,
    bundled: Annotated[
        str | None,
        typer.Option(
            "--study",
            metavar="NAME",
            help="A bundled study, beside whose results the published numbers are printed; "
            "hcc2l sample lists them.",
            autocompletion=lambda: study_names(),
        ),
    ] = None,
    init: Annotated[
        str | None,
        typer.Option(
            metavar="COHORT", help="Write a first study.toml for a cohort, never over a file."
        ),
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="OLD.json",
            help="List the numbers that moved since that --out file was written.",
        ),
    ] = None,
    style: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"How a journal writes numbers: {listed(tuple(STYLES), 'or')}.",
        ),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="A Word document (.docx) whose styles and page set-up the .docx of --out takes.",
        ),
    ] = None,
    min_cell: Annotated[
        int | None,
        typer.Option(
            metavar="K",
            min=1,
            help="Suppress numbers of 1 to K−1 patients, and what would tell them.",
        ),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print no progress on standard error.")
    ] = False,
) -> None:
    """Make a whole paper's tables and figures from a study file, as one document."""
    from hcc2l.compose.bundled import compared_study
    from hcc2l.compose.study import read_study

    if bundled is not None:
        study = _bundled_study(bundled, alone=study is None and init is None)
    if init is not None:
        _write_first_study(init, study, others=bool(out or compare or json_))
        return
    if study is None:
        raise UsageError("There is no study file.", hint="Write hcc2l report study.toml.")
    if json_ and compare is not None:
        raise UsageError(
            "--json cannot be combined with --compare.", hint="Write --out results.json."
        )
    old = None if compare is None else _old_results(compare)
    paths = list(out or ())
    formats = [_format(path) for path in paths]
    _check_style(style)
    if template is not None:
        check_template(template, formats)
    read = read_study(Path(study))
    targets = _targets(paths, formats, read)
    check_targets(targets)
    calls = _calls(read)
    runner = Runner(read, quiet=quiet, min_cell=min_cell)
    in_use = {identity(study): "the study file"} | runner.files(calls)
    in_use |= {identity(path): f"a file of {bundled}" for path in _files_beside(study, bundled)}
    if template is not None:
        in_use[identity(template)] = "the template"
    refuse_overwriting(targets, in_use)
    with written_in(style or runner.style):
        done = runner.run(calls)
        compared = compared_study(read, done) if bundled else None
        draw = partial(_draw, runner, calls)
        failed = _deliver(
            read, done, paths, draw, as_json=json_, old=old, template=template, compared=compared
        )
    if failed:
        raise typer.Exit(1)


def _bundled_study(name: str, *, alone: bool) -> str:
    """The study file of a bundled study; UsageError where another study is named beside it."""
    if not alone:
        raise UsageError(
            "--study runs a bundled study, and no other is named beside it.",
            hint=f"Write hcc2l report --study {name}.",
        )
    return str(study_file(name))


def _files_beside(study: str, bundled: str | None) -> Iterable[Path]:
    """The files of a bundled study."""
    return () if bundled is None else Path(study).parent.iterdir()


def run_study(path: Path, only: Container[str] | None = None) -> tuple[Study, list[Done]]:
    """A study and what its runs gave, without figures.

    Parameters
    ----------
    only
        The ids of the entries that are run; None for all.

    Raises
    ------
    UsageError
        The study file, its cohort or its dictionary is wrong.
    """
    from hcc2l.compose.study import read_study

    study = read_study(path)
    chosen = tuple(entry for entry in study.entries if only is None or entry.id in only)
    part = replace(study, entries=chosen)
    return study, Runner(part, quiet=True).run(_calls(part))


def _write_first_study(cohort: str, study: str | None, *, others: bool) -> None:
    """Write a study file; UsageError beside the options that ask for a document."""
    from hcc2l.cli.first_study import write_first_study

    if others:
        raise UsageError(
            "--init writes a study file and runs nothing.",
            hint="Run it alone, then hcc2l report study.toml --out paper.docx.",
        )
    write_first_study(cohort, Path(study or "study.toml"))


def _targets(paths: Sequence[str], formats: Sequence[str], study: Study) -> list[tuple[str, str]]:
    """Option and path of every file that will be written, with the figures beside LaTeX files."""
    targets = [("--out", path) for path in paths]
    for path, ending in zip(paths, formats, strict=True):
        if ending == "tex":
            beside = _figure_files(path, study)
            targets += [(f"the figures of --out {path}:", file) for file in beside]
    return targets


def _check_style(style: str | None) -> None:
    if style is not None and style not in STYLES:
        raise UsageError(
            f"{style!r} is not a style.", where="--style", hint=did_you_mean(style, STYLES)
        )


def _old_results(path: str) -> dict[str, Any]:
    """The results of an earlier run.

    Raises
    ------
    UsageError
        The file cannot be read, or is not what ``--out FILE.json`` writes.
    """
    try:
        results: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
        for entry in results["entries"]:
            entry["id"].strip(), dict(entry["report"] or {"tables": {}})["tables"].items()
        return results
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "it holds no results of a study"
        raise UsageError(
            f"The earlier results cannot be read: {reason}.",
            where=f"--compare {path}",
            hint="Give a file that hcc2l report study.toml --out results.json wrote.",
        ) from None


def _format(path: str) -> str:
    from hcc2l.render import check_installed

    ending = Path(path).suffix.lower().removeprefix(".")
    if ending not in _FORMATS:
        raise UsageError(
            f"{path!r} does not have a file extension that a study is written to.",
            where="--out",
            hint=f"Use one of {' '.join(f'.{name}' for name in _FORMATS)}.",
        )
    check_installed(ending)
    return ending


def _calls(study: Study) -> Calls:
    """The commands of each entry, by its line; all that cannot be read are told together."""
    calls: Calls = {}
    faults = []
    for entry in study.entries:
        try:
            calls[entry.line] = tuple(map(_call, entry.runs))
        except Hcc2lError as error:
            hint = f" {error.hint}" if error.hint else ""
            where = f"{error.where}: " if error.where else ""
            faults.append(f"  line {entry.line}, {where}{error.message}{hint}")
    if faults:
        count = f"{len(faults)} error" + ("s" if len(faults) > 1 else "")
        raise UsageError(
            f"The study file has {count}:\n" + "\n".join(faults), where=str(study.path)
        )
    return calls


def _call(words: Sequence[str]) -> Call:
    """A command line as the command itself would read it.

    Raises
    ------
    UsageError
        There is no such command or option, or a value is wrong.
    """
    from hcc2l.cli.app import app

    name, *arguments = words or [""]
    if name not in SPECS:
        raise UsageError(f"There is no command {name!r}.", hint=did_you_mean(name, SPECS))
    command: Any = typer.main.get_command(app)
    try:
        context = command.commands[name].make_context(name, list(arguments), help_option_names=[])
    except Hcc2lError:
        raise
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        raise UsageError(
            _shortened(error.format_message()), where=_shortened(shlex.join(words))
        ) from None
    options = given_options(context, SPECS[name])
    for taken in (*_TAKEN, "cohort"):
        if options.pop(taken, None) is not None:
            flag = "The name of a file" if taken == "cohort" else f"--{taken.replace('_', '-')}"
            raise UsageError(
                f"{flag} has no place in a study.",
                where=_shortened(shlex.join(words)),
                hint="The study names its cohort, tables and saved cohorts itself.",
            )
    for whole in _OF_THE_WHOLE:
        if options.pop(whole, None) is not None:
            raise UsageError(
                f"--{whole} is of the whole study.",
                where=_shortened(shlex.join(words)),
                hint=f"Write it on the command line: hcc2l report study.toml --{whole} …",
            )
    OutputOptions(**options_of_kind(OutputOptions, options))
    return Call(name, tuple(words), options, SPECS[name])


def _shortened(text: str) -> str:
    """A command line, or what is wrong with it, or its beginning."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"


@dataclass
class Runner:
    """Runs the commands of a study; each file is read, and each command run, once.

    A command that fails is a failure of its entry; the others go on.
    """

    study: Study
    quiet: bool
    min_cell: int | None = None
    cohorts: dict[tuple[str, str], Cohort] = field(default_factory=dict)
    reports: dict[tuple[str, tuple[str, ...]], Report] = field(default_factory=dict)
    saved: dict[str, Path] = field(default_factory=dict)

    def run(self, calls: Calls) -> list[Done]:
        """Every entry in order, with its reports or its failure."""
        with TemporaryDirectory() as folder, progress_shown(self.quiet):
            return [self._entry(entry, calls[entry.line], folder) for entry in self.study.entries]

    def files(self, calls: Calls) -> dict[Identity, str]:
        """The files that the study reads, which no output may replace.

        Raises
        ------
        InputError, UsageError
            The cohort or its dictionary cannot be read.
        """
        in_use: dict[Identity, str] = {}
        for entry in self.study.entries:
            for call in () if entry.cohort else calls[entry.line]:
                read = self._cohort(call, "")
                options = {**call.options, "cohort": self.study.cohort}
                in_use |= files_read(call.command, options, read)
        for read in () if self.quiet else self.cohorts.values():
            print_reading_notes(read)
        return in_use

    @property
    def style(self) -> str:
        """That of the dictionary of the study's cohort."""
        defaults = (cohort.dictionary.defaults for cohort in self.cohorts.values())
        return next((str(found["style"]) for found in defaults if "style" in found), "default")

    def _entry(self, entry: Entry, calls: tuple[Call, ...], folder: str) -> Done:
        from hcc2l.compose.document import Done

        if calls and not self.quiet:
            print_message(
                "note", f"{entry.id}: {entry.caption or _shortened(shlex.join(calls[0].words))}"
            )
        try:
            reports = tuple(self._report(call, entry.cohort) for call in calls)
            shown = tuple(self._shown(call, entry.cohort) for call in calls)
            if entry.save:
                self._save(entry, reports[0], folder)
        except Hcc2lError as error:
            return Done(entry, failure=error)
        return Done(entry, reports, shown)

    def _report(self, call: Call, cohort_name: str) -> Report:
        key = (cohort_name, call.words)
        if key not in self.reports:
            cohort = self._cohort(call, cohort_name).unused()
            spec = call.spec(**options_of_kind(call.spec, self.options(call, cohort_name)))
            made: Report = import_module(f"hcc2l.analyses.{call.command}.run").run(cohort, spec)
            provenance = replace(made.provenance, argv=call.words)
            made = in_house_style(replace(made, provenance=provenance))
            least = self.min_cell or self.options(call, cohort_name).get("min_cell")
            told = without_small_counts(made, least)
            self.reports[key] = replace(told, save=made.save)  # for other entries, not to be read
        return self.reports[key]

    def options(self, call: Call, cohort_name: str) -> dict[str, Any]:
        """Those of a command, and of its cohort's dictionary."""
        dictionary = self._cohort(call, cohort_name).dictionary
        return dictionary.options(call.command, call.options)

    def _shown(self, call: Call, cohort_name: str) -> RenderOptions:
        """How the tables of a command are shown."""
        from hcc2l.render.options import RenderOptions

        options = self.options(call, cohort_name)
        return RenderOptions(**{name: options[name] for name in _OF_TABLES if name in options})

    def _cohort(self, call: Call, name: str) -> Cohort:
        """The cohort of the study, or one that an entry saved, as the reading options say."""
        from hcc2l.readers import read_cohort

        reading = {} if name else options_of_kind(ReadingOptions, call.options)
        key = (name, repr(sorted(reading.items())))
        if key not in self.cohorts:
            if name and name not in self.saved:
                raise UsageError(f"The cohort {name!r} was not saved, because its entry failed.")
            path = self.saved[name] if name else self.study.cohort
            reading.setdefault("config", self._dictionary(call, name))
            self.cohorts[key] = read_cohort(path, **reading)
        return self.cohorts[key]

    def _dictionary(self, call: Call, name: str) -> Path | None:
        """The dictionary of a saved cohort is that of the cohort it was saved from."""
        if self.study.dictionary is not None or not name:
            return self.study.dictionary
        return self._cohort(call, "").dictionary.path

    def _save(self, entry: Entry, made: Report, folder: str) -> None:
        if made.save is None:
            raise UsageError(f"{made.provenance.command} saves no cohort.", where=entry.id)
        path = Path(folder) / f"{entry.save}.csv"
        path.write_text(made.save(), encoding="utf-8")
        self.saved[entry.save] = path


def _deliver(
    study: Study,
    done: Sequence[Done],
    paths: Sequence[str],
    draw: Draw,
    *,
    as_json: bool,
    old: Any,
    template: str | None,
    compared: Compared | None = None,
) -> int:
    """Write the document in every format, then print, and return the exit status."""
    from hcc2l.compose.document import Added, study_document, study_json
    from hcc2l.render.to_json import report_object, to_text
    from hcc2l.render.to_terminal import render_document

    added = Added() if compared is None else compared.added
    needed = compared is None or any(_format(path) not in _WITHOUT_FIGURES for path in paths)
    with told_once():
        drawn = draw if needed else _undrawn
        document, shown = study_document(study, done, drawn, added)
    content = study_json(study, shown, report_object)
    content |= {} if compared is None else {"ledger": compared.records}
    whole = to_text(content)
    contents: dict[str, bytes] = {}
    for path in paths:
        if _format(path) == "json":
            contents[path] = whole.encode()
            continue
        contents |= _rendered(document, path, _figure_files(path, study), template)
    write_files(contents)
    _tell_failures(study, shown)
    if as_json:
        print_result(whole)
    elif compared is not None and not paths:
        width, colour = terminal()
        last = document.parts.index(added.end[-1])
        until = replace(document, parts=document.parts[: last + 1])
        print_result(render_document(until, width, colour=colour))
    else:
        print_result(_contents(document))
    if old is not None:
        _print_changes(old, json.loads(whole), shown)
    return int(any(one.failure for one in shown))


def _rendered(
    document: Document, path: str, figures: Sequence[str], template: str | None
) -> dict[str, bytes]:
    """The document in the format of a file, with the image files beside a LaTeX file."""
    from hcc2l.render.template import read_template

    name = _format(path)
    files = dict(enumerate(figures, start=1)) if name == "tex" else {}
    names = {number: Path(file).name for number, file in files.items()}
    more: list[Any] = [names] if files else []
    if name == "docx" and template is not None:
        more = [read_template(template)]
    render = import_module(f"hcc2l.render.{_RENDERERS[name]}").render_document
    with told_once():
        made: str | bytes = render(document, *more)
    images = {files[p.number]: p.png for p in document.pictures if p.number in files}
    return {path: made.encode() if isinstance(made, str) else made} | images


def _figure_files(path: str, study: Study) -> list[str]:
    """The image files beside a LaTeX file, with names that LaTeX reads, in the order of figures."""
    stem = re.sub(r"[^A-Za-z0-9-]+", "-", Path(path).stem).strip("-") or "paper"
    figures = sum(entry.kind == "figure" for entry in study.entries)
    return [str(Path(path).with_name(f"{stem}-figure-{i}.png")) for i in range(1, figures + 1)]


def _tell_failures(study: Study, shown: Sequence[Done]) -> None:
    """Every failure with its line; a hint that several have in common is printed once."""
    told = set()
    for one in shown:
        if one.failure:
            print_message("error", f"{study.path}, line {one.entry.line}: {one.failure.message}")
            if one.failure.hint and one.failure.hint not in told:
                told.add(one.failure.hint)
                print_message("hint", one.failure.hint)


def _print_changes(old: Any, new: Any, done: Sequence[Done]) -> None:
    """Which printed numbers moved since the earlier results, changed conclusions first."""
    from hcc2l.compose.compare import changes, summary, tables
    from hcc2l.compose.document import entry_id
    from hcc2l.render.to_terminal import grid_text

    printed = {
        (table.name, entry_id(one.entry, i, len(one.reports)))
        for one in done
        for i, made in enumerate(one.reports, start=1)
        for table in made.tables
        if table.columns
    }
    moved = [c for c in changes(old, new) if not c.table or (c.table, c.entry) in printed]
    width, _ = terminal()
    grids = "".join(grid_text(grid, width) for grid in tables(moved))
    print_result(f"\nSince the earlier results: {in_sentence(summary(moved))}\n{grids}")


def _undrawn(reports: Sequence[Report], entry: Entry) -> bytes:  # noqa: ARG001 - as `_draw`
    """No figure, for a document that shows captions alone; UsageError if there could be none."""
    for made in reports:
        if made.draw is None:
            raise _no_figure(made)
    return b""


def _no_figure(made: Report) -> UsageError:
    return UsageError(f"{made.provenance.command} draws no figure.")


def _draw(runner: Runner, calls: Calls, reports: Sequence[Report], entry: Entry) -> bytes:
    """The figures of an entry as the panels of one."""
    from hcc2l.figures.panels import panels
    from hcc2l.figures.style import FigureStyle

    figures, styles = [], []
    for made, call in zip(reports, calls[entry.line], strict=True):
        if made.draw is None:
            raise _no_figure(made)
        options = runner.options(call, entry.cohort)
        figures.append(made.draw())
        styles.append(FigureStyle(**options_of_kind(FigureOptions, options)))
    return panels(figures, styles, entry.columns)


def _contents(document: Document) -> str:
    """What the document holds, a line each."""
    from hcc2l.render.document import NumberedTable, Picture

    lines = [document.title, ""]
    for part in document.parts:
        if isinstance(part, NumberedTable):
            number = f"Table {part.number}. " if part.number else ""
            lines.append(number + part.content.title)
        elif isinstance(part, Picture):
            lines.append(f"Figure {part.number}. {part.caption}")
    return "\n".join(lines) + "\n"
