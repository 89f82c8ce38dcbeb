"""A database of SQLite: looked at before it is touched, opened with care, asked one call at a time.

With ``synchronous=FULL`` in WAL mode a committed transaction survives the server being killed and
the power failing.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from lanchat.errors import DataUnusable, StoreUnavailable
from lanchat.rows.connection import NewerSchemaError
from lanchat.store.connection import SqliteConnection
from lanchat.store.open_file import look, look_back, transaction, unhurried
from lanchat.store.schema import is_of_index, migrate, steps_taken

_T = TypeVar("_T")

Offload = Callable[[Callable[[], Any]], Any]

_BUSY_TIMEOUT = 5.0

CHECKED_WHOLE = 64 << 20
"""Bytes up to which every page is looked at: 0.2 s on a laptop. Of a larger file, only what is
said first to a newcomer: its start shall not take longer with every message."""

_FINE = "ok"
"""What SQLite finds where it finds nothing."""

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100


def one_at_a_time() -> Offload:
    """Calls in the threads that ask for them, which wait for each other."""
    lock = threading.Lock()

    def offload(call: Callable[[], Any]) -> Any:
        with lock:
            return call()

    return offload


class Database:
    """The database at ``path``, or one in memory where it is None.

    SQLite blocks, so every call goes through ``offload``, which under gevent is a thread of its
    own. There is one connection, so it has to do one call at a time: another one would see what
    is not committed yet.
    Raises DataUnusable where there is something at the path that is no database of lanchat's.
    """

    def __init__(self, path: Path | None, offload: Offload | None = None) -> None:
        self.durable = path is not None
        self._path = path
        self._offload = offload or one_at_a_time()
        self._connection: SqliteConnection = self._offload(lambda: open_database(path))

    def call(self, call: Callable[[SqliteConnection], _T]) -> _T:
        """The result of what is done with the connection.

        Raises StoreUnavailable for what SQLite refuses, and whatever else the call raises.
        """

        def translated() -> _T:
            try:
                return call(self._connection)
            except (sqlite3.Error, UnicodeError, OverflowError) as error:
                # Disk full, read-only, locked by another program: it may pass.
                raise StoreUnavailable(f"the message database refuses: {error}") from error

        result: _T = self._offload(translated)
        return result

    def change(self, call: Callable[[SqliteConnection], _T]) -> _T:
        """The same within a transaction, which is on disk when this returns."""

        def change(connection: SqliteConnection) -> _T:
            with transaction(connection):
                return call(connection)

        return self.call(change)

    def unhurried(self, call: Callable[[SqliteConnection], _T]) -> _T:
        """The same, which is on disk with the next other commit."""

        def change(connection: SqliteConnection) -> _T:
            with unhurried(connection):
                return call(connection)

        return self.call(change)

    def prepare(self, call: Callable[[SqliteConnection], _T]) -> _T:
        """The same for what has to be done before anybody comes. Raises DataUnusable."""
        try:
            return self.call(call)
        except StoreUnavailable as error:
            raise _cannot_be_used(self._path, error.__cause__) from error

    def look(self) -> None:
        """Return where the file is still the one that is open. Raises StoreUnavailable."""
        self.call(look)
        self.call(look_back)

    def close(self) -> None:
        """Bring everything into the one file and let go of it."""
        self._offload(self._connection.close)


def open_database(path: Path | None) -> SqliteConnection:
    """The database at the path, or a new one in memory, with the schema of today.

    Raises DataUnusable where there is something at the path that is no database of lanchat's.
    """
    if path is not None:
        inspect(path)  # first: what is not ours or newer is not touched
    with contextlib.ExitStack() as undo:
        try:
            if path is not None:
                # For its owner alone; SQLite gives the files beside it the same mode.
                path.touch(mode=0o600)
            connection = sqlite3.connect(
                path or ":memory:",
                timeout=_BUSY_TIMEOUT,
                isolation_level=None,  # transactions are begun and ended here, by name
                check_same_thread=False,
                factory=SqliteConnection,
            )
            undo.callback(connection.close)
            migrate(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # What is deleted is overwritten, and cannot be found in the file any more.
            connection.execute("PRAGMA secure_delete = ON")
            # What belongs to a message goes with it.
            connection.execute("PRAGMA foreign_keys = ON")
            if path is not None:
                connection.watch(path)
        except (sqlite3.Error, OSError) as error:
            raise _cannot_be_used(path, error) from error
        undo.pop_all()
    return connection


def _cannot_be_used(path: Path | None, error: BaseException | None) -> DataUnusable:
    return DataUnusable(
        path or Path(":memory:"),
        f"cannot be used as message database ({error})",
        "see to it that there is space, or choose another --data-dir",
    )


class _DamagedError(Exception):
    """What is wrong with the file, in words that fit into brackets."""


def inspect(path: Path) -> None:
    """Return where there is no file yet, or a good one. Raises DataUnusable."""
    try:
        if path.exists() and path.stat().st_size > 0:
            _inspect(path)
    except OSError as error:
        raise DataUnusable(
            path,
            f"cannot be used as message database ({error.strerror or error})",
            "make it a file that you may read and write, or choose another --data-dir",
        ) from error
    except NewerSchemaError as error:
        raise DataUnusable(
            path,
            f"was written by a newer lanchat (schema {error.version})",
            "update lanchat, or choose another --data-dir; the file was not touched",
        ) from error
    except (sqlite3.Error, _DamagedError) as error:
        raise DataUnusable(
            path,
            f"is not a message database that can be read ({error})",
            "put a copy in its place, move it away to begin a new one, or choose another "
            "--data-dir; the file was not touched",
        ) from error


def _inspect(path: Path) -> None:
    # For writing, too: SQLite would open what it may not write, and then refuse every message.
    with path.open("r+b") as file:
        header = file.read(_HEADER_BYTES)
        size = file.seek(0, os.SEEK_END)
    if header[: len(_MAGIC)] != _MAGIC:
        raise _DamagedError("it is no SQLite file")
    if _has(path, "-journal"):
        # The server was killed in a migration. Only a connection that writes can look at what
        # comes of it, and SQLite makes that the database before the migration.
        return
    # After a kill the newest messages lie in the WAL, and the file may be half a checkpoint.
    unfinished = _has(path, "-wal")
    if not unfinished and size % _page_size(header):
        raise _DamagedError("its end is missing")
    # "immutable" leaves no -wal and -shm behind; the data directory's lock makes it true.
    mode = "mode=ro" if unfinished else "immutable=1"
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)) as connection:
        _look_into(connection, whole=size <= CHECKED_WHOLE)


def _look_into(connection: sqlite3.Connection, *, whole: bool) -> None:
    steps = steps_taken(connection)
    tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
    names = {name for (name,) in connection.execute(tables)}
    if bool(steps) != bool(names) or (names and "message" not in names):
        raise _DamagedError("it belongs to another program")
    if not steps:
        return
    if whole:
        finding = _damage(connection, names)
        if finding != _FINE:
            raise _DamagedError(finding.replace("*** in database main ***", "").strip())
    else:
        connection.execute("SELECT * FROM message ORDER BY id DESC LIMIT 1000").fetchall()


def _damage(connection: sqlite3.Connection, names: set[str]) -> str:
    """What is wrong with the file, but for the index of words: that is mended when it is opened.

    From 3.44 on SQLite looks into FTS5's tables, too.
    """
    finding = _checked(connection, "1")
    if finding == _FINE:
        return finding
    index = {name for name in names if is_of_index(name)}
    for name in names - index:
        if _checked(connection, f"'{name}'") != _FINE:
            return finding
    # What is found in no table is not the index's either.
    spared = any(_checked(connection, f"'{name}'") != _FINE for name in index)
    return _FINE if spared else finding


def _checked(connection: sqlite3.Connection, what: str) -> str:
    try:
        return str(connection.execute(f"PRAGMA quick_check({what})").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)


def _page_size(header: bytes) -> int:
    """As SQLite's file format has it: two bytes, in which 1 stands for 65,536."""
    size = int.from_bytes(header[16:18], "big")
    return 65_536 if size == 1 else size or 1


def _has(path: Path, suffix: str) -> bool:
    companion = path.with_name(path.name + suffix)
    return companion.exists() and companion.stat().st_size > 0
