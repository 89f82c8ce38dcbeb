"""The folder of files.

uploads/<id>              on its way, by its id
uploads/<sha256>.<number> a content that is about to be deleted
<2 digits>/<sha256>       whole, by what is in it, once however often it was sent
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from glob import escape
from io import FileIO
from pathlib import Path
from typing import BinaryIO

_FOLDER, _SHA256 = re.compile(r"[0-9a-f]{2}"), re.compile(r"[0-9a-f]{64}")

_COPIED = 1 << 20
"""Bytes that are copied at once."""

_GONE = (FileNotFoundError, *([PermissionError] if sys.platform == "win32" else []))
"""What is deleted already, or open: there the next start deletes it."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def content_of(name: str) -> str:
    """The hash of a content that was set aside; empty where the name is that of an upload."""
    sha256, _, number = name.partition(".")
    return sha256 if number and _SHA256.fullmatch(sha256) else ""


class FileFolder:
    """The folder itself; each method waits for the disk, and may raise OSError.

    One that several servers share has a ``marker``: a file that is there as long as the folder is.
    Where a network's folder is not mounted, another one has its name, and nothing is there.
    """

    def __init__(self, path: Path, marker: str | None = None) -> None:
        self._path = path
        self._uploads = path / "uploads"
        self._marker = None if marker is None else path / marker

    def prepare(self) -> None:
        """Make it, where it is not there, for its owner alone."""
        self.look()
        if self._marker is None:
            self._path.mkdir(mode=0o700, exist_ok=True)
        self._uploads.mkdir(mode=0o700, exist_ok=True)

    def look(self) -> None:
        """Return where it is the folder that it should be."""
        if self._marker is not None and not self._marker.exists():
            raise OSError(errno.ENODEV, "the folder that all servers share is away", self._path)

    def upload(self, name: str) -> Path:
        """Where an upload is."""
        return self._uploads / name

    def content(self, sha256: str) -> Path:
        """Where it is, once it is whole."""
        return self._path / sha256[:2] / sha256

    def create(self, upload_id: str) -> None:
        """Begin an upload."""
        self.prepare()
        self._new(upload_id).close()
        sync_folder(self._uploads)

    def copy(self, upload_id: str, name: str, size: int) -> str:
        """Let an upload go on in another file, which has so much of it; returns that one's name.

        Whoever may still have the old one open does no harm any more.
        """
        self.look()
        copied = f"{upload_id}.{secrets.token_hex(4)}"
        with self.upload(name).open("rb") as source, self._new(copied) as target:
            while size and (some := source.read(min(size, _COPIED))):
                target.write(some)
                size -= len(some)
            target.flush()
            sync(target)
        sync_folder(self._uploads)
        return copied

    def keep(self, name: str, sha256: str, *, known: bool) -> None:
        """Let an upload that is on disk be the content of this hash, which may be ``known``.

        It may have been done already, by a life of the server that did not come to say so.
        """
        self.look()
        source, target = self.upload(name), self.content(sha256)
        if known and target.exists():
            source.unlink(missing_ok=True)
            return
        if not target.parent.exists():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            sync_folder(self._path)
        try:
            source.replace(target)
        except FileNotFoundError:
            if not target.exists():
                raise
        sync_folder(target.parent)

    def put(self, file_id: str, content: bytes) -> str:
        """Write something small at once, where ``keep`` finds it by what is returned."""
        self.prepare()
        name = f"{file_id}.{secrets.token_hex(4)}"
        with self._new(name) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return name

    def open(self, sha256: str) -> BinaryIO:
        """A content, for reading; what it begins with is there without waiting."""
        try:
            file = self.content(sha256).open("rb")
        except FileNotFoundError:
            self.look()
            raise
        file.peek()
        return file

    def head(self, name: str, sha256: str, size: int) -> bytes:
        """The first bytes of an upload that is whole, wherever it is by now."""
        self.look()
        path = self.upload(name)
        with (path if path.exists() else self.content(sha256)).open("rb") as file:
            return file.read(size)

    def drop_upload(self, upload_id: str) -> None:
        """Let go of all of an upload."""
        self.look()
        others = self._uploads.glob(f"{escape(upload_id)}.*")
        for path in (self.upload(upload_id), *others):
            self.drop(path.name)

    def drop(self, name: str) -> None:
        """Let go of one file of an upload."""
        with suppress(*_GONE):
            self.upload(name).unlink()

    def set_aside(self, hashes: Iterable[str]) -> list[str]:
        """Take contents from their place, who knows for how long; returns how they are called."""
        self.look()
        names = list[str]()
        for sha256 in hashes:
            with suppress(*_GONE):
                name = f"{sha256}.{secrets.token_hex(4)}"
                self.content(sha256).replace(self.upload(name))
                names.append(name)
        return names

    def put_back(self, name: str) -> None:
        """Let a content be at its place again, if it is not."""
        self.look()
        target = self.content(content_of(name))
        with suppress(*_GONE):
            if target.exists():
                self.upload(name).unlink()
            else:
                self.upload(name).replace(target)

    def drop_aside(self, names: Iterable[str]) -> None:
        """Let go of contents that were set aside. Whom one is being sent to gets no more of it."""
        self.look()
        for name in names:
            path = self.upload(name)
            with suppress(*_GONE):
                os.truncate(path, 0)
                path.unlink()

    def _new(self, name: str) -> BinaryIO:
        """A new file of an upload, for its owner alone."""
        return os.fdopen(os.open(self.upload(name), _NEW, 0o600), "wb")

    def uploads(self) -> list[str]:
        """What is there of uploads."""
        return [file.name for file in self._uploads.iterdir()]

    def contents(self) -> Iterator[list[str]]:
        """The hashes of all that is there, a folder at a time."""
        for folder in self._path.iterdir():
            if _FOLDER.fullmatch(folder.name):
                yield [file.name for file in folder.iterdir() if _SHA256.fullmatch(file.name)]

    def space(self) -> tuple[int, int]:
        """The bytes of its disk: how many there are, and how many are free."""
        self.prepare()
        usage = shutil.disk_usage(self._path)
        return usage.total, usage.free


def sync(file: BinaryIO) -> None:
    """Wait until what was written is on disk."""
    if hasattr(os, "fdatasync"):
        os.fdatasync(file.fileno())
    else:
        os.fsync(file.fileno())


def write_out(file: BinaryIO | FileIO, start: int, size: int) -> None:
    """Let the system begin to write this to the disk, where it can be asked for it.

    Else megabytes wait for ``sync``, and with them whatever else is written at that moment.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.posix_fadvise(file.fileno(), start, size, os.POSIX_FADV_DONTNEED)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on disk, where a system can be asked for it."""
    if sys.platform == "win32":
        return
    folder = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network drives know no such thing
            os.fsync(folder)
    finally:
        os.close(folder)
