"""Deleting what a host wants to be gone: one message, or all up to now.

Of a message that was deleted the row stays without its text: so whoever sends it again, because
the acknowledgement got lost, is answered and not stored anew, and a page that comes back learns
which of its messages are gone. A history that was cleared is a number at first, and nobody is
shown what lies below it; its rows go in the small steps of ``deletion.py``.
"""

from __future__ import annotations

import sqlite3

from lanchat.chat.model import Message
from lanchat.store.connection import transaction

TOLD = 1_000
"""So many deleted messages, the newest ones, are named to a page that comes back."""


def delete(connection: sqlite3.Connection, message_id: int) -> Message | None:
    """Take the message's text away; returns what it was, None where there is no such message."""
    row = connection.execute(
        "SELECT id, client_id, room, user_id, user, ip, message, time FROM message"
        " WHERE id = ? AND id > (SELECT cleared FROM deleted) AND message != ''",
        (message_id,),
    ).fetchone()
    if row is None:
        return None
    with transaction(connection):
        connection.execute("UPDATE message SET message = '' WHERE id = ?", (message_id,))
    # What was said shall not wait in the WAL until something else takes its place there.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Message(*row)


def deleted(connection: sqlite3.Connection, up_to: int) -> list[int]:
    """The ids up to this one whose messages have no text any more."""
    rows = connection.execute(
        "SELECT id FROM message WHERE message = '' AND id <= ? ORDER BY id DESC LIMIT ?",
        (up_to, TOLD),
    )
    return [message_id for (message_id,) in rows]


def clear(connection: sqlite3.Connection) -> int:
    """Show nobody any more what has been said up to now; returns the newest id of that."""
    with transaction(connection):
        connection.execute(
            "UPDATE deleted SET cleared ="
            " ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'message'), 0)"
        )
    return cleared(connection)


def cleared(connection: sqlite3.Connection) -> int:
    """The newest id that was cleared, 0 for none."""
    (up_to,) = connection.execute("SELECT cleared FROM deleted").fetchone()
    return int(up_to)
