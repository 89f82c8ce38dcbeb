"""How far people have read, and how much they have not: counted anew whenever it is said."""

from __future__ import annotations

from collections.abc import Mapping

from lanchat.chat.model import LOBBY
from lanchat.chat.room_changes import MarkRead
from lanchat.chat.room_events import MarkedRead
from lanchat.errors import UnknownRoom
from lanchat.rows import rooms
from lanchat.rows.connection import Connection, Reader
from lanchat.rows.message_rows import cleared
from lanchat.rows.visibility import SAID

MOST = 1_000
"""So many messages are counted at most, the oldest ones."""

_UNREAD = (
    "SELECT count(*), coalesce(sum(CASE WHEN replace(' ' || mentions || ' ', ?, '')"  # noqa: S608
    " <> ' ' || mentions || ' ' THEN 1 ELSE 0 END), 0)"
    " FROM (SELECT mentions FROM message WHERE room = ? AND id > ? AND user_id <> ?"
    f" AND {SAID} ORDER BY id LIMIT {MOST}) AS unread"
)

_MARK_MAIN = (
    'INSERT INTO member (room, user_id, "user", since, read, seen) VALUES (?, ?, ?, ?, ?, ?)'
    " ON CONFLICT (room, user_id) DO UPDATE SET read = excluded.read, seen = excluded.seen"
    " WHERE member.read < excluded.read"
)

_MARK = "UPDATE member SET read = ?, seen = ? WHERE room = ? AND user_id = ? AND read < ?"

_SEEN = "UPDATE member SET seen = ? WHERE room = ? AND user_id = ? AND coalesce(seen, 0) < ?"


def mark(connection: Connection, change: MarkRead) -> MarkedRead:
    """Note how far somebody has read. Raises UnknownRoom."""
    room, user = change.room, change.user
    newest = connection.position()
    up_to = min(change.up_to, newest)
    if not rooms.is_member(connection, room, user.id):
        raise UnknownRoom
    if room == LOBBY:
        values = (room, user.id, user.name, newest, up_to, change.day)
        marked = connection.execute(_MARK_MAIN, values)
    else:
        marked = connection.execute(_MARK, (up_to, change.day, room, user.id, up_to))
    if not (changed := marked.rowcount == 1):
        connection.execute(_SEEN, (change.day, room, user.id, change.day))
    (read,) = connection.execute(
        "SELECT read FROM member WHERE room = ? AND user_id = ?", (room, user.id)
    ).fetchone()
    floor = max(read, cleared(connection, room))
    unread, mentions = count(connection, room, user.id, floor)
    return MarkedRead(user.id, room, read, unread, mentions, changed=changed)


def count(connection: Reader, room: str, user_id: str, floor: int) -> tuple[int, int]:
    """How much others have said in the room behind this id, and how much of it mentions them."""
    values = (f" {user_id} ", room, floor, user_id)
    unread, mentions = connection.execute(_UNREAD, values).fetchone()
    return int(unread), int(mentions)


def count_each(
    connection: Connection, floors: Mapping[str, int], user_id: str
) -> dict[str, tuple[int, int]]:
    """The same of several rooms."""
    asked = [(f" {user_id} ", room, floor, user_id) for room, floor in floors.items()]
    found = connection.each(_UNREAD, asked)
    return {
        room: (int(unread), int(mentions))
        for room, [(unread, mentions)] in zip(floors, found, strict=True)
    }
