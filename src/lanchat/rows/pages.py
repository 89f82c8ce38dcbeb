"""The table of messages as it is read: what a client has missed of a room, as one look at it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from lanchat.chat.model import Cursor, Message, Page
from lanchat.chat.rooms import Room
from lanchat.rows.clearing import hidden, is_unknown
from lanchat.rows.connection import Connection
from lanchat.rows.message_rows import SELECT, cleared, read
from lanchat.rows.visibility import OF_CLEARED_USER, SAID

TOLD = 1_000
"""So many deleted messages, the newest ones, are named to a client that knows ids alone."""

CHANGES = 1_001
"""So many changes are looked for: one more than fit into an answer."""


NEWS = SELECT + "WHERE room = ? AND id > ? ORDER BY id DESC LIMIT ?"
"""The newest rows of a room above a floor, newest first; also what is left of some."""

SAID_SINCE = SELECT + f"WHERE room = ? AND id > ? AND {SAID} ORDER BY id DESC LIMIT ?"
"""The same of those that have a text."""

# Left to choose, SQLite would look at the whole room in the order of ids.
_CHANGED = (
    SELECT + "INDEXED BY message_changed"
    " WHERE room = ? AND changed > ? AND id <= ? AND id > ? ORDER BY id LIMIT ?"
)

_UNTOLD = (
    SELECT + "WHERE id IN (SELECT message_id FROM untold)"  # noqa: S608 (constants)
    f" AND NOT {OF_CLEARED_USER}"
    " AND room || '' = ? AND coalesce(changed, id) <= ? AND +id > ? LIMIT ?"
)


def newest(connection: Connection, room: str, limit: int) -> Page:
    """The newest messages of the room."""
    floor = cleared(connection, room)
    rows = said(connection, room, floor, limit + 1)
    complete = len(rows) <= limit and retired_up_to(connection)[0] <= floor
    return Page(_page(connection, rows, limit), complete, connection.position(), cleared=floor)


def since(connection: Connection, room: str, cursor: Cursor, limit: int) -> Page | None:
    """What has happened in the room after the cursor; None where that cannot be told."""
    gone = cleared(connection, room)
    floor = max(cursor.seq, gone)
    retired, retired_seq = retired_up_to(connection)
    if not goes_on(connection, cursor) or retired_seq > floor:
        return None
    rows = news(connection, room, floor, limit + 1)
    return Page(
        _page(connection, rows, limit),
        len(rows) <= limit,
        connection.position(),
        changed=changes(connection, [Room(room, "main", cleared=gone)], cursor),
        cleared=gone,
        retired=min(retired, _oldest(connection, room) - 1) if retired else 0,
    )


def goes_on(connection: Connection, cursor: Cursor) -> bool:
    """Whether a client with this cursor can be told what it has missed, as far as that is there."""
    return _is_known(connection, cursor) and not is_unknown(connection, cursor.seq)


def news(connection: Connection, room: str, floor: int, limit: int) -> list[tuple[object, ...]]:
    """The newest rows of the room above the floor, newest first; also what is left of some."""
    return connection.execute(NEWS, (room, floor, limit)).fetchall()


def changes(connection: Connection, rooms: Sequence[Room], cursor: Cursor) -> list[Message]:
    """What was posted in these rooms up to the cursor, is not cleared, and has changed since."""
    seq = cursor.seq
    changed = connection.each(
        _CHANGED, [(room.id, seq, seq, room.cleared, CHANGES) for room in rooms]
    )
    # Who has reacted may have missed that they did, which has no position.
    untold = connection.each(
        _UNTOLD,
        [
            (room.id, seq, room.cleared, CHANGES - len(found))
            for room, found in zip(rooms, changed, strict=True)
        ],
    )
    return read(connection, chain.from_iterable(chain(changed, untold)))


def after(connection: Connection, room: str, last_id: int | None, limit: int) -> Page:
    """What was said after the id, for a client that knows no positions.

    An id that was never given (a client of another life of the server) counts as none, and
    the answer as incomplete.
    """
    seq, gone = connection.position(), cleared(connection, room)
    foreign = last_id is not None and last_id > seq
    shown = 0 if last_id is None or foreign else last_id
    floor = max(shown, gone)
    rows = said(connection, room, floor, limit + 1)
    complete = len(rows) <= limit and not foreign and retired_up_to(connection)[0] <= floor
    deleted = connection.execute(
        "SELECT id FROM message INDEXED BY message_deleted"  # the same
        " WHERE deleted_at IS NOT NULL AND room = ? AND id <= ? ORDER BY id DESC LIMIT ?",
        (room, shown, TOLD),
    )
    ids = [message_id for (message_id,) in deleted]
    if is_unknown(connection, 0):
        ids = sorted({*ids, *hidden(connection, shown, TOLD)}, reverse=True)[:TOLD]
    return Page(_page(connection, rows, limit), complete, seq, deleted=ids, cleared=gone)


def said(connection: Connection, room: str, floor: int, limit: int) -> list[tuple[object, ...]]:
    """The newest rows above the floor that have a text, newest first."""
    return connection.execute(SAID_SINCE, (room, floor, limit)).fetchall()


def _page(connection: Connection, rows: Sequence[Sequence[object]], limit: int) -> list[Message]:
    """The messages in the order of their ids."""
    return read(connection, reversed(rows[:limit]))


def retired_up_to(connection: Connection) -> tuple[int, int]:
    """The greatest id and position of messages that retention has deleted, 0 for none."""
    message_id, seq = connection.execute("SELECT id, seq FROM retired").fetchone()
    return message_id, seq


def _oldest(connection: Connection, room: str) -> int:
    """The id below which no row of the room is left."""
    query = "SELECT min(id) FROM message INDEXED BY message_room WHERE room = ?"
    (message_id,) = connection.execute(query, (room,)).fetchone()
    return connection.position() + 1 if message_id is None else int(message_id)


def _is_known(connection: Connection, cursor: Cursor) -> bool:
    """Whether the cursor was given in this history: its epoch is one of ours and reached so far."""
    row = connection.execute(
        "SELECT coalesce((SELECT min(later.begins) FROM epoch AS later"
        " WHERE later.rowid > mine.rowid), ?) FROM epoch AS mine WHERE mine.epoch = ?",
        (connection.position(), cursor.epoch),
    ).fetchone()
    return row is not None and cursor.seq <= row[0]
