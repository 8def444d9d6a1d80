"""The bytes of a text: held, or read again from a large file whenever they are needed."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from hcc2l.errors import InputError

_BLOCK = 1 << 18  # bytes
HUGE = 1 << 25  # bytes; a file of this size or more is not held while it is analysed


class Source(Protocol):
    """The bytes of a text."""

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The bytes as an open file."""

    def blocks(self, size: int) -> Iterator[bytes]:
        """All bytes, so many at a time."""

    def start(self, size: int) -> bytes:
        """So many of the first bytes."""

    def end(self, size: int) -> bytes:
        """So many of the last bytes."""


@dataclass(frozen=True)
class Held:
    """Bytes in memory."""

    content: bytes

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The bytes as an open file."""
        yield io.BytesIO(self.content)

    def blocks(self, size: int) -> Iterator[bytes]:
        """All bytes, so many at a time."""
        return (self.content[at : at + size] for at in range(0, len(self.content), size))

    def start(self, size: int) -> bytes:
        """So many of the first bytes."""
        return self.content[:size]

    def end(self, size: int) -> bytes:
        """So many of the last bytes."""
        return self.content[-size:]


@dataclass
class LargeFile:
    """A file on a disk that is opened whenever it is needed, and must not change meanwhile.

    It is not mapped into memory: a mapping of a file that another program cuts aborts the process.

    Attributes
    ----------
    state
        Device, inode, bytes and time of the last change (ns) when it was first seen.
    """

    path: Path
    state: tuple[int, ...]
    _sha256: str = ""

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.state[2]

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The file, open for reading.

        Raises
        ------
        InputError
            It is not the same as it was, before or after it was read.
        """
        try:
            self._refuse_change()
            with self.path.open("rb") as file:
                yield file
            self._refuse_change()
        except OSError as error:
            reason = error.strerror or "it is no longer there"
            raise InputError(f"The file cannot be read: {reason}.", where=str(self.path)) from None

    def start(self, size: int) -> bytes:
        """So many of the first bytes."""
        with self.opened() as file:
            return file.read(size)

    def end(self, size: int) -> bytes:
        """So many of the last bytes."""
        with self.opened() as file:
            file.seek(max(self.size - size, 0))
            return file.read(size)

    def sha256(self) -> str:
        """The SHA-256 of its bytes, found when they were first read in blocks."""
        if not self._sha256:
            for _ in self.blocks(_BLOCK):
                pass
        return self._sha256

    def blocks(self, size: int) -> Iterator[bytes]:
        """All bytes, so many at a time."""
        digest = hashlib.sha256()
        with self.opened() as file:
            while block := file.read(size):
                digest.update(block)
                yield block
        self._sha256 = digest.hexdigest()

    def _refuse_change(self) -> None:
        if _state(self.path.stat()) != self.state:
            raise InputError(
                "The file changed while it was read.",
                where=str(self.path),
                hint="Analyse it again once the program that writes it has ended.",
            )


def large_file(path: Path, most: int) -> LargeFile | None:
    """A large file on a disk; None for any other, and where there are more bytes than `most`."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode) or not HUGE <= found.st_size <= most:
        return None
    return LargeFile(path, _state(found))


def _state(found: os.stat_result) -> tuple[int, ...]:
    """What changes when a file is replaced or written."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
