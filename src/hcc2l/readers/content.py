"""The bytes of a file, of a pipe or of standard input: whole, and within a limit."""

from __future__ import annotations

import gzip
import io
import os
import select
import stat
import sys
import zlib
from pathlib import Path
from typing import BinaryIO

from hcc2l.errors import InputError, did_you_mean

_CHUNK = 16_000_000  # bytes
_PATIENCE = 10.0  # seconds in which a program must begin to write into a pipe


def content_of(path: Path, most: int, readable: tuple[str, ...]) -> bytes:
    """The bytes of a file.

    Parameters
    ----------
    most
        The largest number of bytes that is read.
    readable
        The suffixes of files that can be read, for the hint where there is no such file.

    Raises
    ------
    InputError
        There is no such file, it is a folder, empty, or larger than `most`, or it cannot be read.
    """
    if path.is_dir():
        raise InputError(
            "This is a folder, not a file.", where=str(path), hint="Give a file in it."
        )
    try:
        with _opened(path) as file:
            # In one piece, so that it need not be put together; zero for a pipe.
            content = limited(file, most, str(path), os.fstat(file.fileno()).st_size + 1)
    except FileNotFoundError:
        names = [p.name for p in path.parent.glob("*") if p.suffix.lower() in readable]
        hint = did_you_mean(path.name, names, listed=0) or "Check the path."
        raise InputError("There is no such file.", where=str(path), hint=hint) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        raise InputError(f"The file cannot be read: {reason}.", where=str(path)) from None
    if not content:
        raise InputError("The file is empty.", where=str(path), hint="Export the cohort again.")
    return content


def content_of_stdin(most: int) -> bytes:
    """The bytes of standard input.

    Raises
    ------
    InputError
        It is closed, or holds more than `most` bytes.
    """
    if sys.stdin is None:
        raise InputError(
            "Standard input is closed.",
            where="standard input",
            hint="Send the cohort into it: hcc2l km - < cohort.csv",
        )
    return limited(sys.stdin.buffer, most, "standard input")


def unzipped(content: bytes, most: int, name: str) -> bytes:
    """The bytes of a gzip file.

    Raises
    ------
    InputError
        The file is damaged, or holds more than `most` bytes.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            return limited(file, most, name)
    except (OSError, EOFError, zlib.error):
        raise InputError(
            "The gzip file is damaged.", where=name, hint="Compress the file again."
        ) from None


def limited(file: BinaryIO | gzip.GzipFile, most: int, name: str, expected: int = _CHUNK) -> bytes:
    """All bytes of an open file, of which so many are expected.

    Raises
    ------
    InputError
        There are more than `most`.
    """
    parts, read = [], 0
    while part := file.read(min(max(expected - read, _CHUNK), most + 1 - read)):
        parts.append(part)
        read += len(part)
        if read > most:
            raise too_large(most, name)
    return b"".join(parts)


def too_large(most: int, name: str) -> InputError:
    """The error where there is more to read than the limit."""
    return InputError(
        f"There are more than {most:,} bytes to read.",
        where=name,
        hint=f"If this is the right file, raise the limit, such as --max-size {4 * most}.",
    )


def _opened(path: Path) -> BinaryIO:
    """The file, open for reading; a named pipe once something writes into it."""
    if not stat.S_ISFIFO(path.stat().st_mode):
        return path.open("rb")
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    ready, _, _ = select.select([descriptor], [], [], _PATIENCE)
    if not ready:
        os.close(descriptor)
        raise InputError(
            f"Nothing was written into this pipe within {_PATIENCE:g} seconds.",
            where=str(path),
            hint="Start the program that writes into it first.",
        )
    os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "rb")
