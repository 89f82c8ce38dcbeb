"""The table of messages, and the positions that they have in the order of everything.

The counter of positions is the one that gives messages their ids (``sqlite_sequence``): a message
is posted at its id, and everything else that happens takes the next number of the same counter.
A row's column ``changed`` is the position at which it was last changed, NULL while it is as it was
posted; so a message's ``seq`` is ``ifnull(changed, id)``, and finding what has changed takes an
index over the few rows that have.

Of a deleted message the row stays without its text: whoever sends it again, because the
acknowledgement got lost, is answered and nothing is stored anew, and a page that comes back
learns that it is gone. A history that was cleared is a number at first (``room.cleared``), and
nobody is shown what lies below it; its rows go later (``retention.py``). Of a row that goes, what
answers a retry stays in the table ``gone``: neither words nor a name.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from lanchat.chat.changes import Draft
from lanchat.chat.model import Cursor, Message, Page
from lanchat.errors import UnknownMessage

ANSWERED = 100_000
"""So many positions back, a message whose row is gone is known by its client_id: about 15 MB."""

TOLD = 1_000
"""So many deleted messages, the newest ones, are named to a client that knows ids alone."""

CHANGES = 1_001
"""So many changes are looked for: one more than fit into an answer."""

SELECT = (
    "SELECT id, client_id, room, user_id, user, ip, message, time, ifnull(changed, id), "
    "deleted_at IS NOT NULL FROM message "
)

INSERT = (
    "INSERT INTO message (client_id, room, user_id, user, ip, message, time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, client_id) DO NOTHING"
)

_INSERT_NEW = (
    "INSERT INTO message (client_id, room, user_id, user, ip, message, time)"
    " SELECT ?, ?, ?, ?, ?, ?, ?"
    " WHERE NOT EXISTS (SELECT 1 FROM gone WHERE user_id = ? AND client_id = ?)"
    " ON CONFLICT (user_id, client_id) DO NOTHING"
)

fields = attrgetter(*Draft.__slots__)
"""What INSERT takes of a draft."""


def message(row: Sequence[Any]) -> Message:
    """The message in a row of SELECT; SQLite's 0 and 1 stand for False and True."""
    return Message._make(row)


def position(connection: sqlite3.Connection) -> int:
    """The newest position that was taken."""
    query = "SELECT seq FROM sqlite_sequence WHERE name = 'message'"
    return int(connection.execute(query).fetchone()[0])


def take_position(connection: sqlite3.Connection) -> int:
    """The next position, for what is no message."""
    connection.execute("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'message'")
    return position(connection)


def begin_epoch(connection: sqlite3.Connection) -> str:
    """Note that positions go on from here in a new life of the server; returns its name."""
    epoch = secrets.token_hex(8)
    connection.execute("INSERT INTO epoch VALUES (?, ?)", (epoch, position(connection)))
    return epoch


def insert(connection: sqlite3.Connection, draft: Draft) -> tuple[Message, bool]:
    """Store a message; False with the one that was stored by this client_id already."""
    values = fields(draft)
    cursor = connection.execute(_INSERT_NEW, (*values, draft.user_id, draft.client_id))
    if cursor.rowcount == 1 and cursor.lastrowid is not None:
        return Message(*(cursor.lastrowid, *values, cursor.lastrowid)), True
    return stored(connection, draft.user_id, draft.client_id), False


def stored(connection: sqlite3.Connection, user_id: str, client_id: str) -> Message:
    """The message that the author sent by this client_id. Raises UnknownMessage."""
    author = (user_id, client_id)
    row = connection.execute(SELECT + "WHERE user_id = ? AND client_id = ?", author).fetchone()
    if row is None:
        row = connection.execute(
            "SELECT id, client_id, room, user_id, '', '', '', time, id, 1 FROM gone"
            " WHERE user_id = ? AND client_id = ?",
            author,
        ).fetchone()
    if row is None:
        raise UnknownMessage
    return message(row)


def drop(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Within a transaction, let these rows go; what answers a retry stays for a while."""
    since = position(connection) - ANSWERED
    connection.executemany(
        "INSERT OR IGNORE INTO gone SELECT id, user_id, client_id, room, time FROM message"
        " WHERE id = ? AND id > ?",
        [(each, since) for each in ids],
    )
    connection.execute("DELETE FROM gone WHERE id <= ?", (since,))
    connection.executemany("DELETE FROM message WHERE id = ?", [(each,) for each in ids])


def delete(connection: sqlite3.Connection, message_id: int, time: str) -> Message:
    """Take the message's text away; returns what is left. Raises UnknownMessage."""
    there = connection.execute(
        "SELECT 1 FROM message WHERE id = ? AND deleted_at IS NULL"
        " AND id > ifnull((SELECT cleared FROM room WHERE room.id = message.room), 0)",
        (message_id,),
    ).fetchone()
    if there is None:
        raise UnknownMessage
    connection.execute(
        "UPDATE message SET message = '', deleted_at = ?, changed = ? WHERE id = ?",
        (time, take_position(connection), message_id),
    )
    return message(connection.execute(SELECT + "WHERE id = ?", (message_id,)).fetchone())


def clear(connection: sqlite3.Connection, room: str) -> int:
    """Show nobody any more what was said in the room; returns up to which position."""
    up_to = position(connection)
    connection.execute(
        "INSERT INTO room (id, cleared) VALUES (?, ?)"
        " ON CONFLICT (id) DO UPDATE SET cleared = excluded.cleared",
        (room, up_to),
    )
    return up_to


def cleared(connection: sqlite3.Connection, room: str) -> int:
    """Up to which position the room's history was cleared, 0 for never."""
    row = connection.execute("SELECT cleared FROM room WHERE id = ?", (room,)).fetchone()
    return int(row[0]) if row else 0


def newest(connection: sqlite3.Connection, room: str, limit: int) -> Page:
    """The newest messages of the room."""
    floor = cleared(connection, room)
    rows = _said(connection, room, floor, limit)
    complete = len(rows) <= limit and _retired(connection)[0] <= floor
    return Page(_page(rows, limit), complete, position(connection), cleared=floor)


def since(connection: sqlite3.Connection, room: str, cursor: Cursor, limit: int) -> Page | None:
    """What has happened in the room after the cursor; None where that cannot be told."""
    gone = cleared(connection, room)
    floor = max(cursor.seq, gone)
    if not _is_known(connection, cursor) or _retired(connection)[1] > floor:
        return None
    rows = connection.execute(
        SELECT + "WHERE room = ? AND id > ? ORDER BY id DESC LIMIT ?", (room, floor, limit + 1)
    ).fetchall()
    # Left to choose, SQLite would look at the whole room in the order of ids.
    changed = connection.execute(
        SELECT + "INDEXED BY message_changed"
        " WHERE room = ? AND changed > ? AND id <= ? AND id > ? ORDER BY id LIMIT ?",
        (room, cursor.seq, cursor.seq, gone, CHANGES),
    )
    return Page(
        _page(rows, limit),
        len(rows) <= limit,
        position(connection),
        changed=list(map(message, changed)),
        cleared=gone,
    )


def after(connection: sqlite3.Connection, room: str, last_id: int | None, limit: int) -> Page:
    """What was said after the id, for a client that knows no positions.

    An id that was never given (a client of another life of the server) counts as none, and
    the answer as incomplete.
    """
    seq, gone = position(connection), cleared(connection, room)
    foreign = last_id is not None and last_id > seq
    shown = 0 if last_id is None or foreign else last_id
    floor = max(shown, gone)
    rows = _said(connection, room, floor, limit)
    complete = len(rows) <= limit and not foreign and _retired(connection)[0] <= floor
    deleted = connection.execute(
        "SELECT id FROM message INDEXED BY message_deleted"  # the same
        " WHERE deleted_at IS NOT NULL AND room = ? AND id <= ? ORDER BY id DESC LIMIT ?",
        (room, shown, TOLD),
    )
    ids = [message_id for (message_id,) in deleted]
    return Page(_page(rows, limit), complete, seq, deleted=ids, cleared=gone)


def _said(
    connection: sqlite3.Connection, room: str, floor: int, limit: int
) -> list[tuple[object, ...]]:
    """The newest rows above the floor that have a text, and one more than are wanted."""
    return connection.execute(
        SELECT + "WHERE room = ? AND id > ? AND deleted_at IS NULL ORDER BY id DESC LIMIT ?",
        (room, floor, limit + 1),
    ).fetchall()


def _page(rows: Sequence[Sequence[object]], limit: int) -> list[Message]:
    """The messages in the order of their ids."""
    return [message(row) for row in reversed(rows[:limit])]


def _retired(connection: sqlite3.Connection) -> tuple[int, int]:
    """The greatest id and position of messages that retention has deleted, 0 for none."""
    message_id, seq = connection.execute("SELECT id, seq FROM retired").fetchone()
    return message_id, seq


def _is_known(connection: sqlite3.Connection, cursor: Cursor) -> bool:
    """Whether the cursor was given in this history: its epoch is one of ours and reached so far."""
    row = connection.execute(
        "SELECT ifnull((SELECT min(later.begins) FROM epoch later WHERE later.rowid > mine.rowid),"
        " (SELECT seq FROM sqlite_sequence WHERE name = 'message'))"
        " FROM epoch mine WHERE mine.epoch = ?",
        (cursor.epoch,),
    ).fetchone()
    return row is not None and cursor.seq <= row[0]
