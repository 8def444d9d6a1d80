"""Reading a cohort: the file, its dictionary and its format."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from hcc2l.cohort import Cohort, Source
from hcc2l.dictionary import FILE_NAME, Dictionary, RowsEntry, load_dictionary
from hcc2l.errors import UsageError
from hcc2l.readers.blocks import large_file
from hcc2l.readers.content import content_of, content_of_stdin
from hcc2l.readers.raw import RawTable, Reader, ReadOptions
from hcc2l.samples import COHORT, DEFAULT, folder_of
from hcc2l.specs.reading import MAX_SIZE

# suffix -> "module:function"; a reader takes (content, options, name) and returns a RawTable.
READERS = {
    ".csv": "hcc2l.readers.delimited:read",
    ".tsv": "hcc2l.readers.delimited:read",
    ".txt": "hcc2l.readers.delimited:read",
    ".xlsx": "hcc2l.readers.excel:read",
    ".xlsm": "hcc2l.readers.excel:read",
    ".xls": "hcc2l.readers.excel:read",
    ".ods": "hcc2l.readers.excel:read",
    ".sav": "hcc2l.readers.statistical:read_sav",
    ".dta": "hcc2l.readers.statistical:read_dta",
    ".sas7bdat": "hcc2l.readers.statistical:read_sas",
    ".xpt": "hcc2l.readers.statistical:read_xpt",
    ".parquet": "hcc2l.readers.parquet:read",
}
# Of large files, which are not held; such a reader returns None where the other one must read it.
READERS_OF_FILES = {
    ".csv": "hcc2l.readers.delimited:read_file",
    ".tsv": "hcc2l.readers.delimited:read_file",
    ".txt": "hcc2l.readers.delimited:read_file",
    ".parquet": "hcc2l.readers.parquet:read_file",
}
MISSING = ("", "NA", "N/A", "na", "n/a", ".", "-", "?", "null", "None", "NaN")


def read_cohort(
    path: str | Path | None = None,
    *,
    config: str | Path | None = None,
    sep: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    header: int | str | None = None,
    na: Sequence[str] = (),
    max_size: int | None = None,
) -> Cohort:
    """A cohort with its dictionary.

    Parameters
    ----------
    path
        A file (delimited text, also gzipped; Excel; OpenDocument; SPSS; Stata; SAS; Parquet), or
        ``-`` for standard input. Default: ``HCC2L_COHORT``, else ``cohort`` in `hcc2l.toml` of the
        working folder, else the bundled synthetic cohort.
    config
        The dictionary (default: `hcc2l.toml` beside the cohort, else in the working folder).
    sep, encoding
        Of delimited text (default: detected).
    decimal
        The decimal sign of delimited text and of numbers stored as text (default: detected in
        every column).
    sheet
        Of a workbook (default: the first one that holds a cohort).
    header
        The number of the header row, or of its two rows: 2, "2,3" (default: detected).
    na
        Texts that mean missing, in addition to the usual ones.
    max_size
        The largest number of bytes that is read, also out of a gzip file (default: 2,000,000,000).

    Raises
    ------
    InputError
        The file does not exist, is empty or damaged, or is not a table.
    UsageError
        The dictionary or an option is wrong.
    """
    located, bundled, named_by = _locate(path, config)
    dictionary = _dictionary_for(located, config or named_by)
    given = {
        "sep": sep, "decimal": decimal, "encoding": encoding, "sheet": sheet, "header": header,
        "na": [*_texts(na)], "max_size": max_size,
    }  # fmt: skip
    return _read(located, dictionary, given, bundled=bundled)


def read_beside(
    cohort: Cohort,
    path: str | Path,
    *,
    id_column: Callable[[Sequence[str]], str | None],
    counting: Sequence[str] = (),
) -> Cohort:
    """Another table on the patients of a cohort, such as their adverse events.

    It is read as the cohort was, with its options and its dictionary, but for what these say of the
    place of the table in the file: sheet, header and rows to be merged.

    Parameters
    ----------
    path
        A file in the working folder, else beside the cohort.
    id_column
        Which column of a table has the ids of the patients; None if the table is not the one
        sought, where a workbook has several.
    counting
        Columns that number its rows, in which no code of the dictionary means missing.

    Raises
    ------
    InputError, UsageError
        As `read_cohort`.
    """
    of_place = ("sheet", "header", "sections")
    dictionary = replace(
        cohort.dictionary,
        rows=RowsEntry(),
        defaults={k: v for k, v in cohort.dictionary.defaults.items() if k not in of_place},
    )
    given = {k: v for k, v in cohort.source.reading.items() if k not in of_place}
    located = beside(cohort, path)
    return _read(located, dictionary, given, id_column=id_column, counting=counting)


def beside(cohort: Cohort, path: str | Path) -> Path:
    """A file that is named without its folder: in the working folder, else beside the cohort."""
    folder = bundled_cohort().parent if cohort.source.bundled else Path(cohort.source.name).parent
    there = folder / path
    return there if there.is_file() and not Path(path).exists() else Path(path)


def _read(
    located: Path | str,
    dictionary: Dictionary,
    given: Mapping[str, Any],
    *,
    bundled: bool = False,
    id_column: Callable[[Sequence[str]], str | None] | None = None,
    counting: Sequence[str] = (),
) -> Cohort:
    """The table in a file, read by the options given, else by those of the dictionary."""
    defaults = dictionary.defaults
    header = given.get("header")
    options = ReadOptions(
        id=None if id_column else dictionary.id,
        sep=given.get("sep") or defaults.get("sep"),
        decimal=given.get("decimal") or defaults.get("decimal"),
        encoding=given.get("encoding") or defaults.get("encoding"),
        sheet=given.get("sheet") or defaults.get("sheet"),
        missing=frozenset((*MISSING, *_texts(given.get("na", ())), *_texts(defaults.get("na", ())),
                           *dictionary.missing)),
        missing_in={n: frozenset(c.missing) for n, c in dictionary.columns.items() if c.missing},
        as_text=frozenset(
            n for n, c in dictionary.columns.items() if c.type == "text" or c.role == "id"
        ),
        as_list=frozenset(n for n, c in dictionary.columns.items() if c.split),
        as_number=frozenset(n for n, c in dictionary.columns.items() if c.type == "numeric"),
        as_group=frozenset(
            n for n, c in dictionary.columns.items() if c.type in ("factor", "ordered") or c.levels
        ),
        as_date=frozenset(n for n, c in dictionary.columns.items() if c.type == "date"),
        levels_in={n: frozenset(c.levels) for n, c in dictionary.columns.items() if c.levels},
        decimal_in={n: c.decimal for n, c in dictionary.columns.items() if c.decimal},
        marks_in={n: c.marks for n, c in dictionary.columns.items() if c.marks},
        header=_header_rows(defaults.get("header") if header is None else header),
        merge=dictionary.rows.merge,
        sections=dictionary.rows.sections,
        id_column=id_column,
        counting=frozenset(counting),
        max_size=given.get("max_size") or defaults.get("max-size") or defaults.get("max_size")
        or MAX_SIZE,
    )  # fmt: skip
    if options.decimal not in (".", ",", None):
        raise UsageError(
            f"{options.decimal!r} is not a decimal sign.", where="--decimal", hint="Use . or ,"
        )
    name = "standard input" if located == "-" else str(located)
    raw, sha256 = _table(located, options, name)
    source = Source(
        name=f"{Path(located).parent.name}/{Path(located).name}" if bundled else name,
        sha256=sha256,
        synthetic=bundled or dictionary.synthetic,
        bundled=bundled,
        remarks=raw.remarks,
        sheet=raw.sheet,
        modified=_modified(located),
        reading={k: value for k, value in given.items() if value and k != "header"},
    )
    return Cohort(
        source=source,
        dictionary=dictionary,
        names=raw.names,
        rows=raw.rows,
        read=raw.read,
        place=raw.place,
        surely_distinct=raw.surely_distinct,
        units=raw.units,
        hidden=raw.hidden,
    )


def _table(located: Path | str, options: ReadOptions, name: str) -> tuple[RawTable, str]:
    """The table in a file or in standard input, and the SHA-256 of its bytes."""
    if located == "-":
        content = content_of_stdin(options.max_size)
    else:
        path, place = Path(located), READERS_OF_FILES.get(_suffix(name))
        file = large_file(path, options.max_size)
        table = _function(place)(file, options, name) if file and place else None
        if file and table:
            return table, file.sha256()
        content = content_of(path, options.max_size, (*READERS, ".gz"))
    return _reader(name)(content, options, name), hashlib.sha256(content).hexdigest()


def bundled_cohort() -> Path:
    """The path of the bundled cohort, used when no cohort is given."""
    return folder_of(DEFAULT) / COHORT


def _locate(
    path: str | Path | None, config: str | Path | None
) -> tuple[Path | str, bool, Path | None]:
    """The cohort, whether it is the bundled one, and the dictionary that names it, if any."""
    if path is not None:
        return "-" if str(path) == "-" else Path(path), False, None
    named = os.environ.get("HCC2L_COHORT")
    if named:
        return Path(named), False, None
    here = Path(config) if config else Path(FILE_NAME)
    if here.is_file() or config:
        cohort = load_dictionary(here).cohort
        if cohort:
            return here.parent / cohort, False, here
    return bundled_cohort(), True, None


def _dictionary_for(located: Path | str, config: str | Path | None) -> Dictionary:
    if config is not None:
        return load_dictionary(Path(config))
    folders = [Path()] if located == "-" else [Path(located).parent, Path()]
    for folder in folders:
        if (folder / FILE_NAME).is_file():
            return load_dictionary(folder / FILE_NAME)
    return Dictionary()


def _modified(located: Path | str) -> date | None:
    """The day on which a file was last changed, the same everywhere."""
    if located == "-":
        return None
    return datetime.fromtimestamp(Path(located).stat().st_mtime, tz=UTC).date()


def _reader(name: str) -> Reader:
    suffix = _suffix(name)
    if suffix not in READERS:
        raise UsageError(
            f"hcc2l cannot read {suffix} files.",
            where=name,
            hint="Export the cohort as one of "
            + ", ".join(READERS)
            + " or gzipped text (.csv.gz).",
        )
    return _function(READERS[suffix])


def _suffix(name: str) -> str:
    """The ending of a file's name that says its format."""
    suffixes = [s.lower() for s in Path(name).suffixes]
    suffix = suffixes[-1] if suffixes else ""
    if suffix == ".gz":
        suffix = suffixes[-2] if len(suffixes) > 1 and suffixes[-2] in READERS else ".csv"
    return ".csv" if name == "standard input" or not suffix else suffix


def _function(place: str) -> Reader:
    module, _, function = place.partition(":")
    reader: Reader = getattr(import_module(module), function)
    return reader


def _header_rows(given: object) -> tuple[int, ...]:
    """The rows of `--header`: 2, or 2,3."""
    texts = [] if given is None else str(given).split(",")
    numbers = [text.strip() for text in texts]
    if len(texts) > 2 or not all(n.isdecimal() and len(n) < 10 and int(n) for n in numbers):
        raise UsageError(
            f"{given!r} is not the number of a row.",
            where="--header",
            hint="Give the header row, such as 2, or its two rows, such as 2,3.",
        )
    return tuple(sorted({int(text) for text in texts}))


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, (list, tuple, set, frozenset)):
        return tuple(str(v) for v in value)
    return (str(value),)
