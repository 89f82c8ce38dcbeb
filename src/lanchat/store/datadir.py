"""The data directory: one server at a time, its secrets, the message database."""

from __future__ import annotations

import errno
import json
import logging
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from lanchat.chat.model import timestamp
from lanchat.errors import DataInUse, DataUnusable
from lanchat.private import write_private
from lanchat.store.exchange import settle

_log = logging.getLogger(__name__)

DATABASE = "messages.db"
"""The name of the message database in the directory."""

FILES = "files"
"""The name of the folder of files in the directory."""

HOLDER = "lanchat.pid"
"""The name of the file that says who holds the directory."""

SECRETS = ("secret", "host-secret", "tls")
"""The names of what makes a room the same one after a move: its keys and certificates."""

_SECRET_BYTES = 32

_HOST_SECRET_BYTES = 16
"""Nobody guesses it, and the link can still be typed off a screen."""

_PATIENCE = 0.2
"""Seconds for whoever was a moment quicker to write down who they are."""


class SessionKey:
    """The key that signs the cookies; in this process it holds in any case."""

    def __init__(self, path: Path) -> None:
        self.value = _secret(path, _SECRET_BYTES)
        self._path = path
        self._is_withdrawn = False

    def withdraw(self) -> None:
        """Let the next start make another one: then no cookie of today leads in any more."""
        if self._is_withdrawn:
            return
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:  # a folder that nobody may write: no disk is full here
            _log.warning("a logout cannot be stored, and a restart may undo it: %s", error)
            return
        self._is_withdrawn = True
        _log.warning("a logout cannot be stored: until it is, a restart logs everybody out")

    def restore(self) -> None:
        """Let cookies outlive a restart again. Raises OSError."""
        if self._is_withdrawn:
            write_private(self._path, self.value)
            self._is_withdrawn = False


class Keys:
    """The secrets in the directory, made where they are missing. Raises OSError or DataUnusable.

    ``session_key`` signs the cookies, ``host_link`` makes whoever has it a host.
    """

    def __init__(self, path: Path) -> None:
        self.session_key = SessionKey(path / SECRETS[0])
        self.host_link = _secret(path / SECRETS[1], _HOST_SECRET_BYTES).decode("ascii", "replace")

    @property
    def sessions(self) -> bytes:
        """What signs the cookies."""
        return self.session_key.value


class DataDir:
    """The directory, held by this process until ``close``.

    It is created where it is missing. Raises DataInUse where another server holds it, and
    DataUnusable where it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / DATABASE
        self.files = path / FILES
        self._lock = FileLock(path / "lanchat.lock", mode=0o600)
        self._folder: int | None = None
        self._holder = path / HOLDER
        self._control: dict[str, str] = {}
        with self._explained():
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._acquire()
            self._settle()

    def keys(self) -> Keys:
        """The secrets in it. Raises DataUnusable, where one is damaged, too."""
        with self._explained():
            return Keys(self.path)

    def announce(self, control: Path) -> None:
        """Write down where this server listens to terminals."""
        self._control = {"control": str(control)}
        self._write_holder()

    def keep(self) -> bool:
        """Write down again who holds the directory, where somebody has deleted that.

        Tells whether it is still there, and not another one in its place.
        """
        if not self._is_there():
            return False
        if not self._holder.exists():
            self._write_holder()
        return True

    def close(self) -> None:
        """Let another server have it."""
        if _read_holder(self._holder).get("pid") == os.getpid():
            self._holder.unlink(missing_ok=True)
        if self._folder is not None:
            os.close(self._folder)
        self._lock.release()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise DataUnusable(
                self.path,
                f"cannot be used as data directory ({error.strerror or error})",
                "make it writable or choose another --data-dir",
            ) from error

    def _is_there(self) -> bool:
        if self._folder is None:
            return self.path.exists()
        with suppress(OSError):
            return os.path.samestat(os.fstat(self._folder), self.path.stat())
        return False

    def _acquire(self) -> None:
        try:
            self._lock.acquire(timeout=_PATIENCE)
        except Timeout:
            raise DataInUse(self.path, **self._who()) from None
        try:
            self._folder = _lock_folder(self.path)
        except BlockingIOError:
            self._lock.release()
            raise DataInUse(self.path, **self._who()) from None
        self._since = timestamp(time.time())
        self._write_holder()

    def _settle(self) -> None:
        """End what a restore has begun that was killed."""
        try:
            done = settle(self.path)
        except BaseException:
            self.close()
            raise
        if done:
            _log.warning("%s: a restore that was cut short %s", self.path, done)

    def _write_holder(self) -> None:
        who = {"pid": os.getpid(), "parent": os.getppid(), "since": self._since}
        holder = {**who, **self._control}
        write_private(self._holder, json.dumps(holder).encode())

    def _who(self) -> dict[str, Any]:
        """Who holds the directory, as far as they have written it down."""
        holder = _read_holder(self._holder)
        return {key: holder.get(key) for key in ("pid", "parent", "since")}


def control_path(data_dir: Path) -> Path | None:
    """Where the server that has the directory listens to terminals, as it has written down."""
    control = _read_holder(data_dir / HOLDER).get("control")
    return Path(control) if isinstance(control, str) else None


def _read_holder(path: Path) -> dict[str, Any]:
    """What the file says, empty where it is not there or damaged."""
    with suppress(OSError, ValueError, RecursionError):
        # A pipe in its place would be waited for, without end.
        holder = json.loads(path.read_text()) if path.is_file() else None
        if isinstance(holder, dict):
            return holder
    return {}


def _lock_folder(path: Path) -> int | None:
    """Hold the folder itself, too: the lock file can be deleted below a server that runs.

    None where there are no such locks. Raises BlockingIOError where somebody has it.
    """
    if sys.platform == "win32":
        return None  # there nobody can delete a file that is open
    import fcntl  # not on Windows

    folder = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(folder)
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            raise BlockingIOError(*error.args) from error
        return None  # on some network drives; the lock file remains
    return folder


def _secret(path: Path, size: int) -> bytes:
    """A key, made on first use and readable by its owner alone."""
    if path.is_fifo():
        raise DataUnusable(path, "is a pipe", "delete it: a new secret is made")
    try:
        secret = path.read_bytes()
    except FileNotFoundError:
        return _make_secret(path, size)
    if len(secret) < size:
        raise DataUnusable(
            path, "is damaged", "delete it: a new one is made, and what the old one opened is shut"
        )
    return secret


def _make_secret(path: Path, size: int) -> bytes:
    secret = secrets.token_hex(size).encode()
    write_private(path, secret)
    return secret
