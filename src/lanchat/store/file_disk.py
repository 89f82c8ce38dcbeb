"""The folder of files, and the threads that wait for its disk.

    files/uploads/<id>            on its way, by its id
    files/<2 digits>/<sha256>     whole, by what is in it, once however often it was sent

Writing and hashing 256 KiB takes a millisecond, and a second where the disk is busy. So all of it
happens in threads of its own: not in the event loop, and not in the one that commits messages.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar, cast

from lanchat.errors import DiskFull, LanchatError, StoreUnavailable, UnknownFile

_T = TypeVar("_T")

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

_FOLDER, _SHA256 = re.compile(r"[0-9a-f]{2}"), re.compile(r"[0-9a-f]{64}")

_NICENESS = 10
"""So much the threads step back behind the event loop and the thread that commits messages."""

_PARTIAL = ".thumb"
"""What is written at once, until it has its own name."""


class Pending(Generic[_T]):
    """What a thread is doing; an error is handed over, as gevent's threads would print it."""

    def __init__(self, future: Future[tuple[_T | None, Exception | None]]) -> None:
        self._future = future

    def result(self) -> _T:
        """What came of it.

        Raises DiskFull, UnknownFile or StoreUnavailable for what the system refuses.
        """
        value, error = self._future.result()
        if isinstance(error, OSError):
            raise refusal(error) from error
        if error is not None:
            raise error
        return cast(_T, value)

    def settle(self) -> None:
        """Wait until the thread has let go, although whoever waits is told to stop meanwhile."""
        for _ in range(3):
            if self._future.done():
                return
            with suppress(BaseException):
                self._future.result()


class Disk:
    """Threads for what waits for the disk."""

    def __init__(self, threads: Executor) -> None:
        self._threads = threads

    def start(self, call: Callable[[], _T]) -> Pending[_T]:
        """Let a thread do it."""
        return Pending(self._threads.submit(partial(_caught, call)))

    def call(self, call: Callable[[], _T]) -> _T:
        """Wait for what a thread does. Raises as ``Pending.result``."""
        return self.start(call).result()


class FileFolder:
    """The folder itself; each method waits for the disk, and may raise OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._uploads = path / "uploads"

    def prepare(self) -> None:
        """Make it, where it is not there, for its owner alone."""
        self._path.mkdir(mode=0o700, exist_ok=True)
        self._uploads.mkdir(mode=0o700, exist_ok=True)

    def upload(self, upload_id: str) -> Path:
        """Where an upload is."""
        return self._uploads / upload_id

    def content(self, sha256: str) -> Path:
        """Where it is, once it is whole."""
        return self._path / sha256[:2] / sha256

    def create(self, upload_id: str) -> None:
        """Begin an upload."""
        self.prepare()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        os.close(os.open(self.upload(upload_id), flags, 0o600))
        sync_folder(self._uploads)

    def keep(self, upload_id: str, sha256: str, *, known: bool) -> None:
        """Let an upload that is on disk be the content of this hash, which may be ``known``.

        It may have been done already, by a life of the server that did not come to say so.
        """
        source, target = self.upload(upload_id), self.content(sha256)
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

    def put(self, name: str, content: bytes) -> str:
        """Write something small at once, where ``keep`` finds it by what is returned."""
        self.prepare()
        path = self.upload(name + _PARTIAL)
        path.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return path.name

    def open(self, sha256: str) -> BinaryIO:
        """A content, for reading; what it begins with is there without waiting."""
        file = self.content(sha256).open("rb")
        file.peek()
        return file

    def head(self, upload_id: str, sha256: str, size: int) -> bytes:
        """The first bytes of an upload that is whole, wherever it is by now."""
        path = self.upload(upload_id)
        with (path if path.exists() else self.content(sha256)).open("rb") as file:
            return file.read(size)

    def drop_upload(self, name: str) -> None:
        """Let go of an upload; where Windows has it open, the next start does."""
        with suppress(FileNotFoundError, PermissionError):
            self.upload(name).unlink()

    def drop_content(self, sha256: str) -> None:
        """The same with a content. Whom it is being sent to gets no more of it."""
        path = self.content(sha256)
        with suppress(FileNotFoundError, PermissionError):
            os.truncate(path, 0)
            path.unlink()

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


def refusal(error: OSError) -> LanchatError:
    """What is said of an error of the disk."""
    if error.errno in _NO_SPACE:
        return DiskFull()
    if isinstance(error, FileNotFoundError):
        return UnknownFile()
    return StoreUnavailable(f"the disk refuses files: {error}")


def _caught(call: Callable[[], _T]) -> tuple[_T | None, Exception | None]:
    if sys.platform == "linux":  # elsewhere it would be the whole process
        os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
    try:
        return call(), None
    except Exception as error:  # noqa: BLE001  handed over
        return None, error
