"""What has changed in a room since a position, in the order of positions: for programs."""

from __future__ import annotations

from operator import itemgetter

from lanchat.chat.model import Cursor
from lanchat.chat.reading import Feed
from lanchat.rows import pages
from lanchat.rows.connection import Connection
from lanchat.rows.message_rows import SELECT, cleared, read
from lanchat.rows.visibility import OF_CLEARED_USER

_SEQ = itemgetter(8)
"""The column of SELECT that has the position of the last change."""

# Two ways, each along its index: what is as it was posted, and what has changed.
_POSTED = (
    f"{SELECT}INDEXED BY message_room WHERE room = ? AND id > ? AND changed IS NULL"
    f" AND NOT {OF_CLEARED_USER} ORDER BY id LIMIT ?"
)
_CHANGED = (
    f"{SELECT}INDEXED BY message_changed WHERE room = ? AND changed > ? AND id > ?"
    f" AND NOT {OF_CLEARED_USER} ORDER BY changed LIMIT ?"
)


def feed(connection: Connection, room: str, cursor: Cursor | None, limit: int) -> Feed:
    """At most so many messages, each as it is now; without a cursor, or anew, the newest ones."""
    gone = cleared(connection, room)
    if cursor is None or _is_lost(connection, cursor, gone):
        page = pages.newest(connection, room, limit)
        return Feed(page.messages, page.seq, anew=cursor is not None)
    floor = max(cursor.seq, gone)
    rows = connection.execute(_POSTED, (room, floor, limit + 1)).fetchall()
    rows += connection.execute(_CHANGED, (room, cursor.seq, gone, limit + 1)).fetchall()
    rows.sort(key=_SEQ)
    messages = read(connection, rows[:limit])
    more = len(rows) > limit
    seq = messages[-1].seq if more else connection.position()
    # What was said last may have the position up to which it was cleared, just behind.
    was_cleared = gone >= cursor.seq > 0
    return Feed(messages, seq, more=more, cleared=gone if was_cleared else 0)


def _is_lost(connection: Connection, cursor: Cursor, gone: int) -> bool:
    """Whether what has changed since cannot be told: the history is another one, or rows went."""
    _, retired_seq = pages.retired_up_to(connection)
    return not pages.goes_on(connection, cursor) or retired_seq > max(cursor.seq, gone)
