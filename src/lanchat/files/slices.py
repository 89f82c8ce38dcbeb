"""One piece of an upload on its way to the disk, hashed while it is written.

What was hashed before is remembered from piece to piece. Where that is not known, as after a
restart, or where another server has written the piece before, all is counted from the disk once it
is whole. A thread writes 512 KiB and another one hashes them while the next are read from the
network.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import FileIO
from pathlib import Path
from typing import Protocol

from lanchat.chat.model import SLICE_LIMIT, Checksum
from lanchat.errors import TooLarge, WrongChecksum
from lanchat.files.disk import Disk, Pending
from lanchat.files.folder import sync, write_out

PIECE = 512 << 10
"""Bytes that are written at once."""


class Hash(Protocol):
    """What :mod:`hashlib` makes."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...
    def copy(self) -> Hash: ...


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


class _Sha1:
    def __init__(self) -> None:
        self._hash = hashlib.sha1(usedforsecurity=False)
        self.update = self._hash.update
        self.digest = self._hash.digest


_CHECKS: dict[str, Callable[[], _Crc32 | _Sha1]] = {"crc32": _Crc32, "sha1": _Sha1}


class ShortFileError(Exception):
    """There is less of an upload on disk than was noted."""


class Slice:
    """A piece that is put behind the first ``offset`` bytes of the file at ``path``.

    ``sha256`` is of these, and afterwards of all; None where it is not known. Each method waits for
    the disk. Raises ShortFileError, FileNotFoundError and other OSErrors.
    """

    def __init__(
        self, path: Path, offset: int, sha256: Hash | None, checksum: Checksum | None
    ) -> None:
        self.size = 0
        self._offset = offset
        self._checksum = checksum
        self._check = None if checksum is None else _CHECKS[checksum.algorithm]()
        self._file = path.open("r+b", buffering=0)
        try:
            self.sha256 = sha256 and sha256.copy()
            _cut(self._file, offset)
        except BaseException:
            self._file.close()
            raise

    @property
    def is_right(self) -> bool:
        """Whether what was put there comes to its checksum."""
        if self._check is None or self._checksum is None:
            return True
        return hmac.compare_digest(self._check.digest(), self._checksum.digest)

    def write(self, piece: bytes) -> None:
        """Write some of it."""
        rest = memoryview(piece)
        while rest:
            rest = rest[self._file.write(rest) or 0 :]
        write_out(self._file, self._offset + self.size, len(piece))
        if self._check is not None:
            self._check.update(piece)
        self.size += len(piece)

    def hash(self, piece: bytes) -> None:
        """Hash the same, which takes longer than to write it."""
        if self.sha256 is not None:
            self.sha256.update(piece)

    def keep(self) -> None:
        """See to it that all of it is on disk."""
        try:
            sync(self._file)
        finally:
            self._file.close()

    def discard(self) -> None:
        """Keep nothing of it."""
        with self._file as file:
            file.truncate(self._offset)


def pour(disk: Disk, piece: Slice, read: Callable[[int], bytes], most: int) -> Exception | None:
    """Put all that can be read into a piece; returns what ended that too early, if anything did.

    Raises TooLarge where there are more than ``most`` bytes, or what the disk refuses.
    """
    pending: list[Pending[None]] = []
    reading = _Reading(read, most + 1)
    try:
        for some in reading:
            _await(pending)
            pending = [disk.start(partial(do, some)) for do in (piece.write, piece.hash)]
        _await(pending)
    finally:
        for each in pending:
            each.settle()
    if piece.size > most:
        raise TooLarge(min(most, SLICE_LIMIT), "slice")
    return reading.failure


def _await(pending: Iterable[Pending[None]]) -> None:
    for each in pending:
        each.result()


def verify(piece: Slice) -> None:
    """Look whether a piece is what was sent. Raises WrongChecksum."""
    if not piece.is_right:
        raise WrongChecksum


class _Reading:
    """What can be read, at most so many bytes, in pieces that are worth a thread's while."""

    def __init__(self, read: Callable[[int], bytes], most: int) -> None:
        self._read = read
        self._most = most
        self.failure: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        while self.failure is None and (piece := self._piece(min(PIECE, self._most))):
            self._most -= len(piece)
            yield piece

    def _piece(self, size: int) -> bytes:
        parts: list[bytes] = []
        try:
            while size and (part := self._read(size)):
                parts.append(part)
                size -= len(part)
        except Exception as error:  # noqa: BLE001  what came before it is handed over first
            self.failure = error
        return parts[0] if len(parts) == 1 else b"".join(parts)


def _cut(file: FileIO, size: int) -> None:
    """Let the file end there, and be written from there on. Raises ShortFileError."""
    if file.seek(0, os.SEEK_END) < size:
        raise ShortFileError
    file.truncate(size)
    file.seek(size)


def hash_of(path: Path, size: int) -> Hash:
    """The hash of the first bytes of a file. Raises ShortFileError where there are fewer."""
    sha256 = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while size:
            some = file.read(min(PIECE, size))
            if not some:
                raise ShortFileError
            sha256.update(some)
            size -= len(some)
    return sha256
