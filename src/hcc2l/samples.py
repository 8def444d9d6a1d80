"""The bundled synthetic cohorts: a folder each, with the study that it was made for."""

from __future__ import annotations

from pathlib import Path

from hcc2l.errors import InputError, UsageError, did_you_mean

COHORT = "cohort.csv"
DEFAULT = "chon2024"  # the cohort that is analysed where none is given
STUDY = "study.toml"
LEDGER = "ledger.toml"
PUBLISHED = "published.json"
_WRITTEN = ("hcc2l.toml", STUDY, "README.md")  # beside the cohort and its long files


def sample_folder() -> Path:
    """The folder of the bundled cohorts: in the installed package, else in the source tree."""
    package = Path(__file__).resolve().parent
    for folder in (package / "sample_data", package.parents[1] / "sample_data"):
        if folder.is_dir():
            return folder
    raise InputError("The bundled cohort is missing.", hint="Reinstall hcc2l.")


def folder_of(name: str) -> Path:
    """The folder of a bundled cohort."""
    return sample_folder() / name


def cohort_names() -> list[str]:
    """The names of the bundled cohorts."""
    return _names(COHORT)


def study_names() -> list[str]:
    """The names of the bundled cohorts that have a study file."""
    return _names(STUDY)


def ledger_names() -> list[str]:
    """The names of the bundled studies whose published numbers are compared."""
    return [name for name in _names(LEDGER) if name in study_names()]


def _names(file: str) -> list[str]:
    return sorted(path.parent.name for path in sample_folder().glob(f"*/{file}"))


def study_file(name: str) -> Path:
    """The study file of a bundled cohort.

    Raises
    ------
    UsageError
        There is no such study.
    """
    known = study_names()
    if name not in known:
        raise UsageError(
            f"There is no bundled study {name!r}.",
            where="--study",
            hint=did_you_mean(name, known) or "hcc2l sample lists the bundled cohorts.",
        )
    return folder_of(name) / STUDY


def sample_files(name: str) -> list[Path]:
    """The cohort, its long files, its dictionary, its study file and what is to be known of it.

    Raises
    ------
    UsageError
        There is no such cohort.
    """
    known = cohort_names()
    if name not in known:
        raise UsageError(f"There is no bundled cohort {name!r}.", hint=did_you_mean(name, known))
    folder = folder_of(name)
    written = [folder / file for file in _WRITTEN if (folder / file).is_file()]
    return [*sorted(folder.glob("*.csv")), *written]
