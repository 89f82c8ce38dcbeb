"""Messages in one SQLite file, or in memory.

The file is in WAL mode with ``synchronous=FULL``: a committed message survives the server being
killed and the power failing. SQLite blocks, so every call goes through ``offload``, which under
gevent is a thread of its own; there is one connection, and only one call at a time.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from lanchat.chat.model import Draft, History, Message, Stored
from lanchat.errors import DataUnusable, StoreUnavailable
from lanchat.store.inspection import inspect
from lanchat.store.schema import migrate

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

_BUSY_TIMEOUT = 5.0
_SELECT = "SELECT id, client_id, room, user_id, user, ip, message, time FROM message "

Offload = Callable[[Callable[[], Any]], Any]


class SqliteStore:
    """Keeps messages at ``path``, or in memory where it is None.

    ``offload`` calls a function where it may block, one call at a time, and returns its result.
    Raises DataUnusable where there is something at the path that is no database of lanchat's.
    """

    def __init__(self, path: Path | None, offload: Offload = lambda call: call()) -> None:
        self._offload = offload
        self._connection: sqlite3.Connection = offload(lambda: _open(path))

    def append(self, drafts: Sequence[Draft]) -> list[Stored]:
        """Store all drafts in one commit. Raises StoreUnavailable, and then stores none."""
        return self._call(lambda: self._append(drafts))

    def history(self, room: str, after: int | None, limit: int) -> History:
        """What was said after the id, or at all: at most the ``limit`` newest messages."""
        return self._call(lambda: self._history(room, after, limit))

    def close(self) -> None:
        """Bring everything into the one file and let go of it."""
        self._offload(self._connection.close)

    def _call(self, call: Callable[[], _T]) -> _T:
        def translated() -> _T:
            try:
                return call()
            except sqlite3.Error as error:
                # Disk full, read-only, locked by another program: it may pass.
                raise StoreUnavailable(f"the message database refuses: {error}") from error

        result: _T = self._offload(translated)
        return result

    def _append(self, drafts: Sequence[Draft]) -> list[Stored]:
        with _transaction(self._connection):
            return [self._insert(draft) for draft in drafts]

    def _insert(self, draft: Draft) -> Stored:
        fields = (
            draft.client_id,
            draft.room,
            draft.user_id,
            draft.user,
            draft.ip,
            draft.message,
            draft.time,
        )
        cursor = self._connection.execute(
            "INSERT INTO message (client_id, room, user_id, user, ip, message, time)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, client_id) DO NOTHING",
            fields,
        )
        if cursor.rowcount == 1 and cursor.lastrowid is not None:
            return Stored(Message(cursor.lastrowid, *fields), fresh=True)
        row = self._connection.execute(
            _SELECT + "WHERE user_id = ? AND client_id = ?",
            (draft.user_id, draft.client_id),
        ).fetchone()
        return Stored(Message(*row), fresh=False)

    def _history(self, room: str, after: int | None, limit: int) -> History:
        newest = self._connection.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = 'message'"
        ).fetchone()
        foreign = after is not None and after > (newest[0] if newest else 0)
        floor = 0 if after is None or foreign else after
        rows = self._connection.execute(
            _SELECT + "WHERE id > ? AND room = ? ORDER BY id DESC LIMIT ?",
            (floor, room, limit + 1),
        ).fetchall()
        complete = len(rows) <= limit and not foreign
        return History([Message(*row) for row in reversed(rows[:limit])], complete)


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A failed COMMIT (disk full) may have rolled back on its own.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _open(path: Path | None) -> sqlite3.Connection:
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
            )
            undo.callback(connection.close)
            migrate(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        except (sqlite3.Error, OSError) as error:
            raise DataUnusable(
                path or Path(":memory:"),
                f"cannot be used as message database ({error})",
                "see to it that there is space, or choose another --data-dir",
            ) from error
        undo.pop_all()
    if path is None:
        _begin_after_earlier_lives(connection)
    return connection


def _begin_after_earlier_lives(connection: sqlite3.Connection) -> None:
    """Let ids in memory start at the clock's milliseconds, so that they grow over restarts."""
    connection.execute(
        "INSERT INTO sqlite_sequence (name, seq) VALUES ('message', ?)",
        (int(time.time() * 1000),),
    )
