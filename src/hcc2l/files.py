"""Files that are written together or not at all, and never over what is being read."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from hcc2l.errors import InputError, UsageError

_TEMPORARY = ".hcc2l."  # not the target's name, which may be as long as the file system permits
Identity = tuple[int, int] | str  # device and inode of a file that exists, else its real path


def check_targets(targets: Sequence[tuple[str, str]]) -> None:
    """Refuse targets that cannot be written, or that are the same file as another target.

    Parameters
    ----------
    targets
        Option and path of each file to be written, such as ``("--out", "km.md")``.

    Raises
    ------
    UsageError
        A target is a folder, a device or a read-only file, or the same file as another target
        by whatever name (``./``, a symbolic or hard link).
    InputError
        Its folder does not exist.
    """
    taken: dict[Identity, str] = {}
    for option, path in targets:
        where = f"{option} {path}".strip()
        _check_target(Path(path), where)
        other = taken.setdefault(identity(path), where)
        if other is not where:
            raise UsageError(
                f"This is the same file as {other}.",
                where=where,
                hint="Give each output its own file.",
            )


def refuse_overwriting(targets: Iterable[tuple[str, str]], kept: Mapping[Identity, str]) -> None:
    """Refuse targets that are a file in use, such as the cohort.

    Parameters
    ----------
    targets
        Option and path of each file to be written.
    kept
        What each file in use is called in the message, by its identity.

    Raises
    ------
    UsageError
        A target is one of these files.
    """
    for option, path in targets:
        in_use = kept.get(identity(path))
        if in_use is not None:
            raise UsageError(
                f"This would overwrite {in_use}.",
                where=f"{option} {path}".strip(),
                hint="Choose another name.",
            )


def identity(path: str | Path) -> Identity:
    """Device and inode of a file, else its real path: the same for all names of one file."""
    try:
        status = os.stat(path)
    except OSError:
        return os.path.realpath(path)
    return status.st_dev, status.st_ino


def identity_of_stream(descriptor: int) -> Identity | None:
    """The file that a standard stream is redirected from or to; None for a terminal or a pipe."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def write_files(files: Mapping[str, bytes]) -> None:
    """Write every file, or none: what was there before stays if one of them fails.

    A file keeps its mode. Where a name is a symbolic link, the file it leads to is written.

    Raises
    ------
    UsageError
        A target is a folder, a device or a read-only file.
    InputError
        A file cannot be written (no folder, no permission, no space).
    """
    for name in files:
        _check_target(Path(name), name)
    prepared: dict[str, Path] = {}
    replaced: list[tuple[Path, Path | None, Path]] = []
    try:
        for name, content in files.items():
            with _told_as(name):
                prepared[name] = _write_beside(_real(name), content)
        for name, temporary in prepared.items():
            with _told_as(name):
                target = _real(name)
                replaced.append((target, _second_name(target), temporary))
                temporary.replace(target)
    except BaseException:
        _restore(replaced)
        raise
    finally:
        for leftover in (*prepared.values(), *(backup for _, backup, _ in replaced)):
            if leftover is not None:
                with suppress(OSError):
                    leftover.unlink(missing_ok=True)


def _check_target(path: Path, where: str) -> None:
    if path.is_dir():
        raise UsageError("This is a folder.", where=where, hint="Name a file in it.")
    if path.exists():
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise UsageError(
                "This is not an ordinary file.", where=where, hint="Choose another name."
            )
        # The mode is checked as well, because root may write to any file.
        if not mode & stat.S_IWUSR or not os.access(path, os.W_OK):
            raise UsageError(
                "This file is read-only.",
                where=where,
                hint="Choose another name, or make the file writable.",
            )
    folder = _real(path).parent
    if not folder.exists():
        raise InputError(
            f"There is no folder {_folder_of(path)}.", where=where, hint="Create the folder first."
        )
    if not folder.is_dir():
        raise InputError(
            f"{_folder_of(path)} is a file, not a folder.", where=where, hint="Choose another name."
        )


def _folder_of(path: Path) -> Path:
    """The folder as the user wrote it; where a link leads, the folder it leads to."""
    return _real(path).parent if path.is_symlink() else path.parent


def _real(name: str | Path) -> Path:
    return Path(os.path.realpath(name))


def _write_beside(path: Path, content: bytes) -> Path:
    """A temporary file in the same folder, to be renamed when all are written."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_TEMPORARY)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _second_name(path: Path) -> Path | None:
    """The old file under a second name, from which it can be restored; None if there is none."""
    if not path.exists():
        return None
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_TEMPORARY)
    os.close(handle)
    backup = Path(name)
    try:
        backup.unlink()
        try:
            os.link(path, backup)
        except OSError:  # not every file system has hard links
            shutil.copy2(path, backup)
    except BaseException:
        backup.unlink(missing_ok=True)
        raise
    return backup


def _restore(replaced: Sequence[tuple[Path, Path | None, Path]]) -> None:
    """Put the old files back, the last first, and remove new files."""
    for target, backup, temporary in reversed(replaced):
        with suppress(OSError):
            if temporary.exists():  # the last one, which was not renamed
                continue
            if backup is None:
                target.unlink(missing_ok=True)
            else:
                backup.replace(target)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def _told_as(name: str) -> Iterator[None]:
    """An OSError as an InputError about the file of that name."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            f"The file could not be written: {reason}.", where=name, hint="Choose another place."
        ) from None
