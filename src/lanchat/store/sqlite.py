"""Messages, seats and how order is kept, in one SQLite file, or in memory.

What was committed survives the server being killed and the power failing. SQLite blocks, so
every call goes through ``offload``, which under gevent is a thread of its own; there is one
connection, and only one call at a time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any, TypeVar

from lanchat.chat.model import Draft, Guest, History, Message, Note, Stored
from lanchat.chat.order import State
from lanchat.errors import StoreUnavailable
from lanchat.store import deletion, order, redaction, seats
from lanchat.store.connection import open_database, transaction
from lanchat.store.deletion import Keep, Place

_T = TypeVar("_T")

_SELECT = "SELECT id, client_id, room, user_id, user, ip, message, time FROM message "

Offload = Callable[[Callable[[], Any]], Any]


class SqliteStore:
    """Keeps messages and seats at ``path``, or in memory where it is None.

    ``offload`` calls a function where it may block, one call at a time, and returns its result.
    Raises DataUnusable where there is something at the path that is no database of lanchat's.
    """

    def __init__(self, path: Path | None, offload: Offload = lambda call: call()) -> None:
        self._offload = offload
        self.on_clear: Callable[[], None] = lambda: None
        """Called when there is a cleared history to delete."""
        self._connection: sqlite3.Connection = offload(lambda: _open(path))

    def append(self, drafts: Sequence[Draft]) -> list[Stored]:
        """Store all drafts in one commit. Raises StoreUnavailable, and then stores none."""
        return self._call(lambda: self._append(drafts))

    def history(self, room: str, after: int | None, limit: int) -> History:
        """What was said after the id, or at all: at most the ``limit`` newest messages."""
        return self._call(lambda: self._history(room, after, limit))

    def delete_old(self, keep: Keep, place: Place) -> Place:
        """Take one step of a sweep, and say where the next one begins."""
        return self._call(lambda: deletion.step(self._connection, keep, place))

    def delete(self, message_id: int) -> Message | None:
        return self._call(lambda: redaction.delete(self._connection, message_id))

    def clear(self) -> int:
        up_to = self._call(lambda: redaction.clear(self._connection))
        self.on_clear()
        return up_to

    def cleared(self) -> int:
        """The newest id that was cleared, 0 for none."""
        return self._call(lambda: redaction.cleared(self._connection))

    def save_order(self, state: State) -> None:
        self._call(lambda: order.save(self._connection, state))

    def order(self) -> State:
        return self._call(lambda: order.load(self._connection))

    def note(self, notes: Sequence[Note]) -> None:
        self._call(lambda: seats.note(self._connection, notes))

    def held(self) -> list[Guest]:
        return self._call(lambda: seats.held(self._connection))

    def logged_out(self, since: float, limit: int) -> dict[str, float]:
        return self._call(lambda: seats.logged_out(self._connection, since, limit))

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
        with transaction(self._connection):
            return [self._insert(draft) for draft in drafts]

    def _insert(self, draft: Draft) -> Stored:
        fields = astuple(draft)
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
        newest, deleted, cleared = self._connection.execute(
            "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'message'), up_to, cleared"
            " FROM deleted"
        ).fetchone()
        foreign = after is not None and after > (newest or 0)
        shown = 0 if after is None or foreign else after
        floor = max(shown, cleared)
        rows = self._connection.execute(
            _SELECT + "WHERE id > ? AND room = ? AND message != '' ORDER BY id DESC LIMIT ?",
            (floor, room, limit + 1),
        ).fetchall()
        complete = len(rows) <= limit and not foreign and floor >= deleted
        gone = redaction.deleted(self._connection, shown) if shown else []
        return History([Message(*row) for row in reversed(rows[:limit])], complete, gone, cleared)


def _open(path: Path | None) -> sqlite3.Connection:
    connection = open_database(path)
    if path is None:
        _begin_after_earlier_lives(connection)
    else:
        deletion.give_space_back(connection)
    return connection


def _begin_after_earlier_lives(connection: sqlite3.Connection) -> None:
    """Let ids in memory start at the clock's milliseconds, so that they grow over restarts."""
    connection.execute(
        "INSERT INTO sqlite_sequence (name, seq) VALUES ('message', ?)",
        (int(time.time() * 1000),),
    )
