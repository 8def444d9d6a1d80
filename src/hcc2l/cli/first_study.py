"""`hcc2l report --init`: a first study file for a cohort."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from hcc2l.cli._run import print_message, print_result
from hcc2l.errors import Hcc2lError, UsageError
from hcc2l.files import write_files
from hcc2l.specs import SPECS, AdverseSpec, CheckSpec
from hcc2l.vocabulary import suggests

if TYPE_CHECKING:
    from hcc2l.cohort import Cohort


def write_first_study(cohort: str, path: Path) -> None:
    """Write a study file for a cohort, never over a file.

    Raises
    ------
    UsageError
        The cohort is no file, or the study file exists.
    InputError
        The cohort cannot be read.
    """
    from hcc2l.analyses.check.run import run
    from hcc2l.compose.draft import draft
    from hcc2l.readers import read_cohort

    if cohort == "-":
        raise UsageError("A study names a file.", where="--init", hint="Save the cohort first.")
    if path.exists():
        raise UsageError(
            "This file exists; a study file is never overwritten.",
            where=str(path),
            hint="Give another name: hcc2l report new.toml --init cohort.csv.",
        )
    read = read_cohort(cohort)
    named = Path(os.path.relpath(cohort, path.parent)).as_posix()
    text = draft(named, run(read, CheckSpec()), SPECS, _events(read, Path(cohort)))
    write_files({str(path): text.encode()})
    if text.startswith("# Correct first"):
        print_message("warning", f"The cohort has errors; {path} names them in its first lines.")
    print_result(f"{path} is written. Make the paper: hcc2l report {path} --out paper.docx\n")


def _events(cohort: Cohort, path: Path) -> str | None:
    """The options that name the file of adverse events; empty where the dictionary does.

    It is a file beside the cohort that is named for adverse events and can be read as such.
    """
    if cohort.dictionary.options("adverse", {}).get("events"):
        return ""
    for file in sorted(path.parent.iterdir()):
        named = file.is_file() and not file.samefile(path) and suggests(file.stem, "adverse")
        if named and _can_be_read(cohort, file):
            return f"--events {shlex.quote(file.name)}"
    return None


def _can_be_read(cohort: Cohort, file: Path) -> bool:
    """Whether a file holds the adverse events of the cohort."""
    from hcc2l.analyses.adverse.run import run

    try:
        run(cohort, AdverseSpec(events=str(file)))
    except Hcc2lError:
        return False
    return True
