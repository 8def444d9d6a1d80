"""`hcc2l sample`: the bundled synthetic cohorts, listed or written into a folder."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from hcc2l.cli._run import print_result
from hcc2l.errors import UsageError
from hcc2l.files import write_files
from hcc2l.samples import COHORT, STUDY, cohort_names, folder_of, sample_files


def sample(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="The cohort to write.", autocompletion=lambda: cohort_names()
        ),
    ] = None,
    into: Annotated[
        str | None,
        typer.Option(
            metavar="DIR", help="The folder to write it into; it is made if there is none."
        ),
    ] = None,
) -> None:
    """List the bundled synthetic cohorts, or write one with its dictionary and study file."""
    if name is None:
        if into is not None:
            raise UsageError("The name of a cohort is missing.", hint=_how("NAME", into))
        print_result(_listing())
        return
    files = sample_files(name)
    if not into:
        raise UsageError("The folder is missing.", where=name, hint=_how(name, name))
    _write(name, files, Path(into))


def _how(name: str, folder: str) -> str:
    return f"Write hcc2l sample {name} --into {folder}. hcc2l sample lists the cohorts."


def _listing() -> str:
    """A line for each cohort: its name, its patients, and what it is."""
    from hcc2l.dictionary import load_dictionary

    lines = []
    names = cohort_names()
    width = max(map(len, names), default=0)
    for name in names:
        folder = folder_of(name)
        rows = len((folder / COHORT).read_text(encoding="utf-8").splitlines()) - 1
        title = load_dictionary(folder / "hcc2l.toml").title or "synthetic cohort"
        lines.append(f"{name:<{width}}  {rows:>4} patients  {title}")
    return "\n".join(lines) + "\n"


def _write(name: str, files: list[Path], folder: Path) -> None:
    """All files of a cohort, or none where one of that name is there."""
    targets = {str(folder / file.name): file.read_bytes() for file in files}
    for path in targets:
        if Path(path).exists() or Path(path).is_symlink():
            raise UsageError(
                "This file exists; a sample is never written over a file.",
                where=path,
                hint="Give another folder with --into.",
            )
    if folder.exists() and not folder.is_dir():
        raise UsageError("This is a file.", where=f"--into {folder}", hint="Name a folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The folder cannot be made: {error.strerror}.",
            where=f"--into {folder}",
            hint="Give another folder.",
        ) from None
    write_files(targets)
    written = ", ".join(file.name for file in files)
    study = folder / STUDY
    typed = ("report", str(study)) if STUDY in written else ("check", str(folder / COHORT))
    print_result(
        f"{name} is written into {folder}: {written}.\n"
        "The patients are synthetic; no row describes a person.\n"
        f"Next: hcc2l {shlex.join(typed)}\n"
    )
