"""How rooms end, and memberships: those that are deleted, and those that nobody needs any more.

From its commit on nobody is in a room that is deleted, and nothing of it is shown. Its row stays,
without its name, until the last message of it is gone, which goes like those that are cleared
(``retention.py``).
"""

from __future__ import annotations

from lanchat.chat.model import LOBBY, SESSION_LIFETIME
from lanchat.chat.room_changes import DeleteRoom
from lanchat.chat.room_events import RoomDeleted
from lanchat.rows import rooms
from lanchat.rows.connection import Connection, Reader

_DAY = 86_400
_DAYS = SESSION_LIFETIME // _DAY
"""A login is over by then."""

_MARKS = 20_000
"""Of so many people it is known how far they have read where everybody is."""

_AT_ONCE = 1_000

_HAS_NAME = (
    "(EXISTS (SELECT 1 FROM reservation WHERE reservation.user_id = member.user_id)"
    " OR EXISTS (SELECT 1 FROM bot WHERE bot.user_id = member.user_id))"
)


def delete(connection: Connection, change: DeleteRoom) -> RoomDeleted:
    """Let a room be no more. Raises UnknownRoom, or what the change's check does."""
    there = rooms.room(connection, change.room)
    change.check(there)
    seq = connection.take_position()
    connection.execute("DELETE FROM member WHERE room = ?", (there.id,))
    connection.execute(
        "UPDATE room SET kind = ?, name = '', topic = '', opener = '', closed = ?, cleared = ?,"
        " seq = ? WHERE id = ?",
        (rooms.DELETED, seq, seq, seq, there.id),
    )
    return RoomDeleted(seq, there.id)


def is_left(connection: Reader) -> bool:
    """Whether there is still a row of a room that was deleted."""
    query = "SELECT EXISTS (SELECT 1 FROM room WHERE kind = ?)"
    return bool(connection.execute(query, (rooms.DELETED,)).fetchone()[0])


def drop(connection: Connection) -> bool:
    """Within a transaction, let the row of one deleted room go; tells whether there was any.

    That is one without messages. What would answer a retry goes, too: nobody is in it who could.
    """
    row = connection.execute(
        "SELECT id FROM room WHERE kind = ?"
        " AND NOT EXISTS (SELECT 1 FROM message WHERE message.room = room.id) LIMIT 1",
        (rooms.DELETED,),
    ).fetchone()
    if row is None:
        return False
    connection.execute("DELETE FROM gone WHERE room = ?", row)
    connection.execute("DELETE FROM room WHERE id = ?", row)
    return True


def tidy(connection: Connection, today: int) -> tuple[list[str], list[str]]:
    """Within a transaction, do what ``EventLog.tidy`` says."""
    connection.execute("UPDATE member SET seen = ? WHERE seen IS NULL", (today,))
    long_ago = today - _DAYS
    connection.execute(
        f"DELETE FROM member WHERE room = ? AND ((seen < ? AND NOT {_HAS_NAME}) OR since <"  # noqa: S608 (constants)
        " (SELECT since FROM member WHERE room = ? ORDER BY since DESC LIMIT 1 OFFSET ?))",
        (LOBBY, long_ago, LOBBY, _MARKS - 1),
    )
    users = connection.execute(
        f"SELECT user_id FROM member WHERE NOT {_HAS_NAME}"  # noqa: S608 (constants)
        " GROUP BY user_id HAVING max(seen) < ? LIMIT ?",
        (long_ago, _AT_ONCE),
    ).fetchall()
    empty = connection.execute(
        "SELECT id FROM room WHERE kind NOT IN ('main', ?) AND closed > 0"
        " AND NOT EXISTS (SELECT 1 FROM message WHERE message.room = room.id) LIMIT ?",
        (rooms.DELETED, _AT_ONCE),
    ).fetchall()
    return [user_id for (user_id,) in users], [room_id for (room_id,) in empty]
