"""Files that come in with an archive: each in its place by what is in it, or none of them.

They are written where uploads are, and moved when all are there. What a kill leaves behind belongs
to no row, and goes at the server's next start (``files/keeping.py``).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from lanchat.config import spared
from lanchat.errors import DiskFull
from lanchat.files.disk import refusal
from lanchat.files.folder import FileFolder, sync
from lanchat.files.slices import PIECE
from lanchat.files.stored import HEAD
from lanchat.rows import files as rows
from lanchat.rows.connection import Reader


class Staged(NamedTuple):
    """A content that is on disk, and how it begins."""

    sha256: str
    size: int
    head: bytes


class FileImport:
    """Contents on their way into a folder. Every method may raise StoreUnavailable or DiskFull.

    Nobody else may use the folder meanwhile.
    """

    def __init__(self, folder: FileFolder) -> None:
        self._folder = folder
        self._staged: dict[str, str] = {}  # hashes by names
        self._placed: set[str] = set()

    def check_space(self, size: int) -> None:
        """Look whether so many bytes leave enough of the disk for messages."""
        with _explained():
            total, free = self._folder.space()
        if free - size < spared(total):
            raise DiskFull

    def stage(self, read: Callable[[int], bytes], advance: Callable[[int], None]) -> Staged:
        """Write down what can be read; ``advance`` is told of its bytes, piece by piece."""
        name = f"import{len(self._staged)}"
        path, sha256, size, head = self._folder.upload(name), hashlib.sha256(), 0, b""
        self._staged[name] = ""
        with _explained():
            self._folder.prepare()
            path.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
                while piece := read(PIECE):
                    head = head or piece[:HEAD]
                    file.write(piece)
                    sha256.update(piece)
                    size += len(piece)
                    advance(len(piece))
                file.flush()
                sync(file)
        self._staged[name] = sha256.hexdigest()
        return Staged(sha256.hexdigest(), size, head)

    def place(self) -> None:
        """Let all that was staged be contents of their hashes."""
        with _explained():
            while self._staged:
                name, sha256 = next(iter(self._staged.items()))
                if not self._folder.content(sha256).exists():
                    self._placed.add(sha256)
                self._folder.keep(name, sha256, known=True)
                del self._staged[name]

    def undo(self) -> None:
        """Let nothing be left of what was staged and placed."""
        for name in self._staged:
            with suppress(OSError):
                self._folder.drop_upload(name)
        for sha256 in self._placed:
            with suppress(OSError):
                self._folder.drop_aside(self._folder.set_aside([sha256]))

    def tidy(self, connection: Reader) -> None:
        """Let go of what was placed for messages that were there already."""
        for sha256 in rows.unknown(connection, list(self._placed)):
            with suppress(OSError):
                self._folder.drop_aside(self._folder.set_aside([sha256]))


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise refusal(error) from error
