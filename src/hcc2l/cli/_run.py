"""Runs a command from its options to its output; only here are errors caught and files written."""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from hcc2l.cli.allocation import MANY, keep_freed_memory
from hcc2l.errors import Hcc2lError, UsageError
from hcc2l.files import (
    Identity,
    check_targets,
    identity,
    identity_of_stream,
    refuse_overwriting,
    write_files,
)
from hcc2l.formats import FORMATS
from hcc2l.house_styles import written_in
from hcc2l.numerals import with_p
from hcc2l.progress import shown_by
from hcc2l.specs import CohortSpec, CommandSpec
from hcc2l.specs.figure import FigureOptions
from hcc2l.specs.options import Option, Options, options_of
from hcc2l.specs.output import OutputOptions
from hcc2l.specs.reading import ReadingOptions
from hcc2l.specs.rules import given

if TYPE_CHECKING:
    from hcc2l.cohort import Cohort
    from hcc2l.report import Note, Report

TERMINAL = "-"  # as a value of --plot
_INTERRUPTED = 130
_LONGEST = 20_000  # letters of a message
_ALWAYS_TOLD = ("number-format",)  # even under --quiet: a wrong reading changes every number
# The root of typer's own errors, which older versions take from click and newer ones bring along.
_COMMAND_LINE_ERROR: Any = next(
    c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException"
)


def run_analysis(context: typer.Context, spec_type: type[CohortSpec]) -> None:
    """Run the command of `spec_type`, from the options in `context` to its output."""
    command = str(context.info_name)
    _tell_lost_comparison()
    options = given_options(context, spec_type)
    _check_endings(options)
    targets = _targets(options)
    check_targets(targets)
    refuse_overwriting(targets, _streams(options))
    cohort = _read(options)
    refuse_overwriting(targets, files_read(command, options, cohort))
    if not options.get("quiet"):
        print_reading_notes(cohort)
    _refuse_style_without_figure(options)
    options = cohort.dictionary.options(command, options)
    output = OutputOptions(**options_of_kind(OutputOptions, options))
    _refuse_table_without_effect(output)
    _refuse_text_elsewhere(output)
    spec = spec_type(**options_of_kind(spec_type, options))
    with written_in(output.style):
        with progress_shown(output.quiet):
            report = without_small_counts(_analyse(command, cohort, spec), output.min_cell)
        _notify([n for n in report.notes if not output.quiet or n.code in _ALWAYS_TOLD])
        _refuse_unrequested_table(report, spec, output)
        _deliver(report, output, options.get("write_dictionary") or options.get("save_model"))
    if report.status:
        raise typer.Exit(report.status)


def run_plan(context: typer.Context, spec_type: type[CommandSpec]) -> None:
    """Run a command that reads no cohort, from the options in `context` to its output."""
    options = given_options(context, spec_type)
    _check_endings(options)
    targets = _targets(options)
    check_targets(targets)
    refuse_overwriting(targets, _streams(options))
    output = OutputOptions(**options_of_kind(OutputOptions, options))
    _refuse_table_without_effect(output)
    spec = spec_type(**options_of_kind(spec_type, options))
    with written_in(output.style):
        plan = import_module(f"hcc2l.analyses.{context.info_name}.run").run(spec)
        report = _as_typed(plan)
        _notify([] if output.quiet else report.notes)
        _refuse_unrequested_table(report, spec, output)
        _deliver(report, output, None)


def given_options(context: typer.Context, spec_type: type[CommandSpec]) -> dict[str, Any]:
    """Options given on the command line; the others keep the defaults of dictionary and spec."""
    known = {**options_of(OutputOptions), **options_of(ReadingOptions), **options_of(spec_type)}
    options: dict[str, Any] = {}
    for name, value in context.params.items():
        source = context.get_parameter_source(name)
        if source is not None and source.name != "DEFAULT":
            options[name] = _value(known[name], value) if name in known else value
    return options


def _value(option: Option, typed: Any) -> Any:
    """What was typed as the value of an option: lists of commas split, numbers as numbers."""
    if option.several and option.declared.commas:
        from hcc2l.terms import split_list

        typed = [part for text in typed for part in split_list(text)]
    if option.several and option.kind is float:
        return [_number(option, text) for text in typed]
    if option.declared.words and typed not in option.declared.words:
        return _number(option, typed)
    return typed


def _number(option: Option, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    if option.declared.words:
        word = option.declared.words[0]
        raise UsageError(
            f"{text!r} is neither a number nor {word!r}.",
            where=option.flag,
            hint=f"Use a number such as {option.default}, or {word}.",
        )
    raise UsageError(
        f"{text!r} is not a number.",
        where=option.flag,
        hint="Write numbers such as 6,12,24 or 6.5.",
    )


def options_of_kind(kind: type[Options], options: dict[str, Any]) -> dict[str, Any]:
    """Those of the options that a class of options declares."""
    return {name: value for name, value in options.items() if name in options_of(kind)}


def _check_endings(options: dict[str, Any]) -> None:
    """Refuse a file whose ending is no known format, before any work is done."""
    from hcc2l.figures import plot_format
    from hcc2l.render import file_format

    for path in _plot_files(options.get("plot", ())):
        plot_format(path)
    saved = options.get("save")
    if saved is not None and Path(saved).suffix.lower() != ".csv":
        raise UsageError(
            f"{saved!r} does not end in .csv.",
            where="--save",
            hint="The cohort is saved as CSV: --save matched.csv.",
        )
    model = options.get("save_model")
    if model is not None and Path(model).suffix.lower() != ".json":
        raise UsageError(
            f"{model!r} does not end in .json.",
            where="--save-model",
            hint="A model is saved as JSON: --save-model model.json.",
        )
    formats = [file_format(path) for path in options.get("out", ())]
    if options.get("template") is not None:
        check_template(options["template"], formats)
    if options.get("write_dictionary") is not None:
        _check_dictionary(options["write_dictionary"])


def check_template(path: str, formats: Sequence[str]) -> None:
    """Refuse a template that no document takes, or that is none."""
    from hcc2l.render.template import read_template

    if "docx" not in formats:
        raise UsageError(
            "Only Word documents take a template.",
            where="--template",
            hint="Add --out with a .docx file.",
        )
    read_template(path)


def _check_dictionary(path: str) -> None:
    """Refuse a new dictionary that is no .toml or would replace a file."""
    if Path(path).suffix.lower() != ".toml":
        raise UsageError(
            f"{path!r} does not end in .toml.",
            where="--write-dictionary",
            hint="A dictionary is found as hcc2l.toml beside the cohort.",
        )
    if Path(path).exists():
        raise UsageError(
            "This file exists; a dictionary is never overwritten.",
            where=f"--write-dictionary {path}",
            hint="Choose another name, compare the two, and keep the lines that you want.",
        )


def _targets(options: dict[str, Any]) -> list[tuple[str, str]]:
    """Option and path of every file that will be written."""
    several = {"--out": options.get("out", ()), "--plot": _plot_files(options.get("plot", ()))}
    single = {
        "--save": options.get("save"), "--write-dictionary": options.get("write_dictionary"),
        "--save-model": options.get("save_model"),
    }  # fmt: skip
    targets = [(option, path) for option, given in several.items() for path in given]
    return [*targets, *((option, path) for option, path in single.items() if path is not None)]


def _plot_files(plot: Sequence[str]) -> list[str]:
    """The files among the values of --plot, which may be the terminal."""
    return [path for path in plot if path != TERMINAL]


def _streams(options: dict[str, Any]) -> dict[Identity, str]:
    """The files that the shell opened for this command: `< cohort.csv`, `> result.md`."""
    in_use = {identity_of_stream(1): "the file that standard output is written to"}
    if options.get("cohort") == "-":
        in_use[identity_of_stream(0)] = "the cohort"
    return {file: name for file, name in in_use.items() if file is not None}


def _tell_lost_comparison() -> None:
    """Warn of `-x afp>=400` without quotes, which a shell reads as `-x afp` printed to `=400`."""
    printed_to = identity_of_stream(1)
    for path in Path().glob("=*") if printed_to else ():
        if identity(path) == printed_to:
            print_message(
                "warning",
                f"The shell read >{path} as a redirection: the comparison was lost, and the result "
                f"goes to a file named {path}. Put the term in quotation marks ('COLUMN>{path}') "
                f"or write COLUMN@{path.name[1:]}.",
            )


def files_read(command: str, options: dict[str, Any], cohort: Cohort) -> dict[Identity, str]:
    """The cohort and what is read beside it, which no output may replace."""
    from hcc2l.readers import beside, bundled_cohort

    dictionary = cohort.dictionary
    in_use = {}
    if dictionary.path is not None:
        in_use[identity(dictionary.path)] = "the data dictionary"
    path = options.get("cohort") or os.environ.get("HCC2L_COHORT")
    if path is None and cohort.source.bundled:
        path = bundled_cohort()
    elif path is None and dictionary.path is not None:  # it names the cohort
        path = dictionary.path.parent / (dictionary.cohort or "")
    if path is not None:
        in_use[identity(path)] = "the cohort"
    if options.get("template") is not None:
        in_use[identity(options["template"])] = "the template"
    if options.get("matched") is not None:
        in_use[identity(options["matched"])] = "the matched cohort"
    for path in options.get("model", ()):
        in_use[identity(beside(cohort, path))] = "a model"
    given = cohort.dictionary.options(command, options)
    beside_it = {
        "events": "the file of adverse events",
        "visits": "the file of visits",
        "imputations": "the file of imputed data sets",
    }
    for option, what in beside_it.items():
        name = given.get(option)
        if isinstance(name, str):
            in_use[identity(beside(cohort, name))] = what
    return in_use


def _read(options: dict[str, Any]) -> Cohort:
    from hcc2l.readers import read_cohort

    cohort = read_cohort(options.get("cohort"), **options_of_kind(ReadingOptions, options))
    if cohort.rows >= MANY:
        keep_freed_memory()
    return cohort


def _refuse_table_without_effect(output: OutputOptions) -> None:
    """UsageError for --table and --columns where no output is a choice of them."""
    from hcc2l.render import file_format

    formats = {output.printed, *map(file_format, output.out)}
    if output.table and formats <= {"table", "json"}:
        raise UsageError(
            "A terminal and JSON show every table.",
            where="--table",
            hint="Add --format csv, or --out with a document.",
        )
    if output.bold_p and formats <= {"table", "json", "csv"}:
        raise UsageError(
            "A terminal, JSON and CSV have no bold numbers.",
            where="--bold-p",
            hint="Add --out with a document.",
        )
    if output.columns and formats <= {"table", "json", "csv"}:
        raise UsageError(
            "A terminal, JSON and CSV show every column.",
            where="--columns",
            hint="Add --out with a document.",
        )


def _refuse_style_without_figure(options: dict[str, Any]) -> None:
    """UsageError for the size or colours of a figure that is not written to a file."""
    idle = [option for name, option in options_of(FigureOptions).items() if name in options]
    if idle and not _plot_files(options.get("plot", ())):
        raise UsageError(
            "It describes a figure in a file, and no figure is written.",
            where=idle[0].flag,
            hint="Add --plot FILE, such as --plot figure.pdf.",
        )


def _refuse_text_elsewhere(output: OutputOptions) -> None:
    """UsageError for a figure in the terminal where standard output is another format."""
    if TERMINAL in output.plot and output.printed != "table":
        raise UsageError(
            f"Curves are drawn below the tables of a terminal, not into {output.printed}.",
            where="--plot -",
            hint="Omit --format and --json, or give a file: --plot km.pdf.",
        )


def _refuse_unrequested_table(report: Report, spec: CommandSpec, output: OutputOptions) -> None:
    """UsageError for --table with a table that another option has to ask for."""
    from hcc2l.render.options import RenderOptions

    present = [table.name for table in report.tables]
    for name in RenderOptions(table=output.table).tables:
        option = spec.optional_tables.get(name)
        if option and name not in present and not given(spec, option.partition(" ")[0]):
            raise UsageError(
                f"There is no table {name!r} in this analysis.",
                where="--table",
                hint=f"Add {option}.",
            )


def _analyse(command: str, cohort: Cohort, spec: CohortSpec) -> Report:
    return _as_typed(import_module(f"hcc2l.analyses.{command}.run").run(cohort, spec))


def _as_typed(report: Report) -> Report:
    """A report with the command line that it answers, in the journal's style."""
    provenance = replace(report.provenance, argv=tuple(sys.argv[1:]))
    return in_house_style(replace(report, provenance=provenance))


def without_small_counts(report: Report, least: int | None) -> Report:
    """A report that may be published, where a smallest number of patients is given."""
    if least is None:
        return report
    from hcc2l.disclosure import suppress

    return suppress(report, least)


def in_house_style(report: Report) -> Report:
    """A report whose sentences write p as the journal does."""
    notes = tuple(replace(note, text=with_p(note.text)) for note in report.notes)
    return replace(report, notes=notes, methods=with_p(report.methods))


def progress_shown(quiet: bool) -> AbstractContextManager[None]:
    """A progress bar on standard error for long calculations, on a terminal only."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return nullcontext()

    def bar(steps: Iterable[int], total: int, what: str) -> Iterator[int]:
        from rich.console import Console
        from rich.progress import track

        console = Console(stderr=True, no_color="NO_COLOR" in os.environ)
        yield from track(steps, what, total=total, console=console, transient=True)

    return shown_by(bar)


def print_reading_notes(cohort: Cohort) -> None:
    """Print how the cohort was read at once, before any error that follows from it."""
    if cohort.source.bundled:
        print_message(
            "note",
            "No cohort was given, so the bundled synthetic cohort is analysed; it describes no "
            "real patients. To analyse your own: hcc2l COMMAND cohort.csv",
        )
    for remark in cohort.source.remarks:
        print_message("note", f"{cohort.source.name}: {remark}.")


def _notify(notes: Sequence[Note]) -> None:
    for note in notes:
        if note.code == "reading":
            continue
        text = f"{note.text.removesuffix('.')} ({note.which})." if note.which else note.text
        print_message("warning" if note.level == "warning" else "note", text)


def print_message(kind: str, text: str) -> None:
    """Print one message on standard error, `warning: …`, in colour on a terminal."""
    colours = {"error": typer.colors.RED, "warning": typer.colors.YELLOW}
    coloured = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    coloured = coloured and os.environ.get("TERM") != "dumb"
    prefix = typer.style(f"{kind}:", fg=colours.get(kind), bold=True) if coloured else f"{kind}:"
    print(prefix, _printable(text), file=sys.stderr)  # noqa: T201 - messages are printed here


def _printable(text: str) -> str:
    """A message without the control characters and endless names that a file may hold."""
    text = re.sub(r"(\S{200})\S{300,}", r"\1…", text)
    text = text if len(text) < _LONGEST else f"{text[:_LONGEST]} …"
    return re.sub(r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f-\x9f]", "\ufffd", text)


def _deliver(report: Report, output: OutputOptions, made: str | None) -> None:
    """Render every output, then write the files, then print, so that a failure leaves nothing.

    `made` is the file of the dictionary or the model that the analysis makes.
    """
    from hcc2l.figures import draw, plot_format
    from hcc2l.figures.style import FigureStyle
    from hcc2l.figures.terminal import draw_text
    from hcc2l.render import file_format, render_file, render_report
    from hcc2l.render.template import read_template

    files: dict[str, bytes] = {}
    drawn: dict[str, bytes] = {}
    picture, sketch = None, ""
    width, colour = terminal()
    if output.plot:
        assert report.draw is not None
        figure = report.draw()
        style = FigureStyle(**{name: getattr(output, name) for name in options_of(FigureOptions)})
        with told_once():
            plots = _plot_files(output.plot)
            drawn = {path: draw(figure, plot_format(path), style) for path in plots}
            if any(FORMATS[file_format(path)].figure for path in output.out):
                picture = draw(figure, "png", style)
        if TERMINAL in output.plot:
            sketch = "\n" + draw_text(figure, width, colour=colour)
    shown = {
        name: getattr(output, name)
        for name in ("digits", "table", "columns", "reference_rows", "bold_p")
    }
    template = None if output.template is None else read_template(output.template)
    with told_once():
        for path in output.out:
            files[path] = render_file(report, path, **shown, figure=picture, template=template)
    files |= drawn
    saved = output.save or made
    if saved is not None:
        assert report.save is not None
        files[saved] = report.save().encode()
    text = render_report(report, output.printed, **shown, width=width, colour=colour)
    write_files(files)
    print_result(text + sketch)


@contextmanager
def told_once() -> Iterator[None]:
    """What Python warns of while figures and PDFs are made, printed as messages, each once."""
    from hcc2l.figures.fonts import MissingLetters

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", MissingLetters)
        yield
    for text in dict.fromkeys(str(warning.message) for warning in caught):
        print_message("warning", text)


def terminal() -> tuple[int, bool]:
    """Width and colour of standard output; 120 columns in a pipe unless COLUMNS is set."""
    import shutil

    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size(fallback=(120, 24)).columns
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return max(width, 40), terminal and not plain


def print_result(text: str) -> None:
    """Print a result on standard output, whatever letters its encoding lacks."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="replace")
    sys.stdout.write(text)
    sys.stdout.flush()


def _hint(message: str) -> str:
    """A hint for an error that typer found in the command line."""
    typed = re.search(r"No such command '([^']+)'", message)
    if typed and Path(typed[1]).suffix:
        return f"Put a command before the cohort: hcc2l km {typed[1]}"
    if "valid number" in message:
        return "Write a number such as 12.5, with a decimal point."
    return "See hcc2l COMMAND --help for the options."


def guarded(app: typer.Typer) -> int:
    """Run the application and return its exit status; a failure prints one message."""
    try:
        status = int(app(prog_name="hcc2l", standalone_mode=False) or 0)
        if status == _INTERRUPTED:  # newer versions of typer return it, older ones raise Abort
            raise KeyboardInterrupt
        return status
    except _COMMAND_LINE_ERROR as error:
        if "NoArgs" in type(error).__name__:  # hcc2l alone: list the commands
            error.show()
        else:
            message = error.format_message()
            print_message("error", message)
            print_message("hint", _hint(message))
        return 2
    except Hcc2lError as error:
        print_message("error", f"{error.where}: {error.message}" if error.where else error.message)
        if error.hint:
            print_message("hint", error.hint)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        print_message("error", "Interrupted; no file was written.")
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader has gone, as with `| head`; keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MemoryError:
        print_message("error", "There is not enough memory for this cohort.")
        return 1
    except OSError as error:
        print_message("error", f"{error.filename or 'output'}: {error.strerror}.")
        return 2
