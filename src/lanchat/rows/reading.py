"""Going back: a stretch of what was said in a room, before, after or around a message."""

from __future__ import annotations

from functools import partial

from lanchat.chat.model import Cursor
from lanchat.chat.reading import Feed, Place, Stretch
from lanchat.errors import UnknownMessage
from lanchat.rows import feed, message_rows
from lanchat.rows.connection import Connection, Database
from lanchat.rows.visibility import SAID

_NEWEST = 2**63 - 1

# Left to choose, SQLite would look for a quiet room's messages among all others.
_SAID = message_rows.SELECT + f"INDEXED BY message_room WHERE room = ? AND {SAID} "
_WITH_FILES = (
    f"{message_rows.SELECT}INDEXED BY message_files"
    f" WHERE room = ? AND files IS NOT NULL AND {SAID} "
)


class StoredHistory:
    """The History of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stretch(self, room: str, place: Place, limit: int) -> Stretch:
        return self._database.call(partial(stretch, room=room, place=place, limit=limit))

    def feed(self, room: str, cursor: Cursor | None, limit: int) -> Feed:
        return self._database.call(partial(feed.feed, room=room, cursor=cursor, limit=limit))


def stretch(connection: Connection, room: str, place: Place, limit: int) -> Stretch:
    """At most so many messages of the room. Raises UnknownMessage."""
    floor = message_rows.cleared(connection, room)
    said = _WITH_FILES if place.files else _SAID
    if place.side == "after":
        return _after(connection, said, (room, max(place.id, floor)), limit)
    if place.side == "before":
        return _before(connection, said, (room, floor, place.id or _NEWEST), limit)
    query = "SELECT 1 FROM message WHERE id = ? AND room = ? AND id > ?"
    if connection.execute(query, (place.id, room, floor)).fetchone() is None:
        raise UnknownMessage
    earlier = _before(connection, said, (room, floor, place.id), limit // 2)
    later = _after(connection, said, (room, max(place.id - 1, floor)), limit - limit // 2)
    return Stretch(earlier.messages + later.messages, earlier.earlier, later.later)


def _before(
    connection: Connection, said: str, between: tuple[str, int, int], limit: int
) -> Stretch:
    rows = connection.execute(
        said + "AND id > ? AND id < ? ORDER BY id DESC LIMIT ?", (*between, limit + 1)
    ).fetchall()
    return Stretch(message_rows.read(connection, rows[:limit][::-1]), earlier=len(rows) > limit)


def _after(connection: Connection, said: str, above: tuple[str, int], limit: int) -> Stretch:
    rows = connection.execute(
        said + "AND id > ? ORDER BY id LIMIT ?", (*above, limit + 1)
    ).fetchall()
    return Stretch(message_rows.read(connection, rows[:limit]), later=len(rows) > limit)
