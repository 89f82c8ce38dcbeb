"""The tables of seats and logouts: who takes their name back after a restart, and who does not.

The functions do what :class:`lanchat.chat.ports.SeatKeeper` says of the methods of their names.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from lanchat.chat.model import Guest
from lanchat.store.connection import transaction


def hold(connection: sqlite3.Connection, guest: Guest) -> None:
    """Note whose name it is."""
    # Where the row is there already nothing is written, hence nothing flushed.
    connection.execute(
        "INSERT OR IGNORE INTO seat (user_id, user) VALUES (?, ?)", (guest.id, guest.name)
    )


def free(connection: sqlite3.Connection, user_ids: Iterable[str]) -> None:
    """Strike out who has left."""
    with transaction(connection):
        _free(connection, user_ids)


def log_out(connection: sqlite3.Connection, user_id: str, now: float) -> None:
    """Strike out who has left for good, and note that."""
    with transaction(connection):
        _free(connection, [user_id])
        connection.execute(
            "INSERT OR REPLACE INTO logout (user_id, time) VALUES (?, ?)", (user_id, now)
        )


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


def _free(connection: sqlite3.Connection, user_ids: Iterable[str]) -> None:
    connection.executemany(
        "DELETE FROM seat WHERE user_id = ?", [(user_id,) for user_id in user_ids]
    )
