"""The tables of seats and logouts: who takes their name back after a restart, and who does not.

The functions do what :class:`lanchat.chat.ports.SeatKeeper` says of the methods of their names.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from lanchat.chat.model import Guest, Held, LoggedOut, Note
from lanchat.store.connection import transaction


def note(connection: sqlite3.Connection, notes: Iterable[Note]) -> None:
    """Write the notes down, all of them or none."""
    with transaction(connection):
        for one in notes:
            _write(connection, one)


def held(connection: sqlite3.Connection) -> list[Guest]:
    """Who has a name, in the order of arrival."""
    rows = connection.execute("SELECT user_id, user FROM seat ORDER BY rowid").fetchall()
    return [Guest(*row) for row in rows]


def logged_out(connection: sqlite3.Connection, since: float, limit: int) -> dict[str, float]:
    """Who has logged out when, oldest first; what is too old or too much is deleted."""
    connection.execute(
        "DELETE FROM logout WHERE time < ? OR rowid <= (SELECT max(rowid) FROM logout) - ?",
        (since, limit),
    )
    rows = connection.execute("SELECT user_id, time FROM logout ORDER BY rowid").fetchall()
    return dict(rows)


def _write(connection: sqlite3.Connection, note: Note) -> None:
    if isinstance(note, Held):
        guest = note.guest
        connection.execute(
            "INSERT OR IGNORE INTO seat (user_id, user) VALUES (?, ?)", (guest.id, guest.name)
        )
        return
    connection.execute("DELETE FROM seat WHERE user_id = ?", (note.user_id,))
    if isinstance(note, LoggedOut):
        connection.execute(
            "INSERT OR REPLACE INTO logout (user_id, time) VALUES (?, ?)", (note.user_id, note.time)
        )
