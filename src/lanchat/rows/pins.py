"""Pins: a few messages of a room that stay in sight."""

from __future__ import annotations

from dataclasses import replace

from lanchat.chat.changes import Draft, Pin, Unpin
from lanchat.chat.events import PinsChanged
from lanchat.chat.model import LOBBY, PINS, Message, Page
from lanchat.errors import UnknownMessage
from lanchat.rows import message_rows, messages
from lanchat.rows.connection import Connection, Reader
from lanchat.rows.visibility import CLEARED, OF_CLEARED_USER, VISIBLE

# Left to choose, SQLite would look at the whole room.
_PINNED = (
    message_rows.SELECT + "INDEXED BY message_pinned WHERE room = ? AND pinned IS NOT NULL"
    f" AND id > {CLEARED} AND NOT {OF_CLEARED_USER} ORDER BY pinned"
)

_PINNED_OF = (
    message_rows.SELECT + "INDEXED BY message_pinned WHERE pinned IS NOT NULL"  # noqa: S608
    f" AND id > {CLEARED} AND NOT {OF_CLEARED_USER} AND room IN"
    " (SELECT member.room FROM member WHERE member.user_id = ? AND member.room <> ?)"
    " ORDER BY pinned"
)

_ANNOUNCED = "SELECT message_id FROM announcement WHERE message_id BETWEEN ? AND ?"

_NEWEST = (
    "SELECT max(id) FROM message INDEXED BY message_room"  # noqa: S608 (constants)
    f" WHERE room = ? AND {VISIBLE}"
)


def pin(connection: Connection, change: Pin) -> tuple[PinsChanged, bool]:
    """Pin a message; False where it is already. Raises UnknownMessage."""
    message_id = change.message_id or _newest(connection, change.room)
    message = message_rows.shown(connection, message_id)
    if message.room != change.room:
        raise UnknownMessage
    before = pinned(connection, change.room)
    if there := [each for each in before if each.id == message_id]:
        return PinsChanged(change.room, tuple(there)), False
    # More than one too many is nothing that could have come about.
    making_room = before[: max(0, len(before) + 1 - PINS)]
    changed = [_set(connection, each.id, pinned=False) for each in making_room]
    changed.append(_set(connection, message_id, pinned=True))
    return PinsChanged(change.room, tuple(changed)), True


def unpin(connection: Connection, change: Unpin) -> PinsChanged:
    """Pin a message no more. Raises UnknownMessage where it is not pinned."""
    meant = [each.id for each in pinned(connection, change.room)]
    if change.message_id is not None:
        meant = [each for each in meant if each == change.message_id]
    if not meant:
        raise UnknownMessage
    return PinsChanged(change.room, (_set(connection, meant[-1], pinned=False),))


def pinned(connection: Reader, room: str) -> list[Message]:
    """The pinned messages of the room, the one that was pinned last at the end."""
    return message_rows.read(connection, connection.execute(_PINNED, (room,)))


def pinned_of(connection: Reader, user_id: str) -> dict[str, list[Message]]:
    """The same by the rooms that somebody is in, but for the one that everybody is in."""
    found: dict[str, list[Message]] = {}
    for message in message_rows.read(connection, connection.execute(_PINNED_OF, (user_id, LOBBY))):
        found.setdefault(message.room, []).append(message)
    return found


def with_pins(connection: Reader, room: str, page: Page) -> Page:
    """The page of the room, with what is pinned there."""
    found = pinned(connection, room)
    ids = [each.id for each in found if room == LOBBY]
    rows = connection.execute(_ANNOUNCED, (min(ids), max(ids))) if ids else ()
    announced = frozenset(message_id for (message_id,) in rows)
    return replace(page, pins=found, announced=announced)


def announce(connection: Connection, draft: Draft) -> tuple[Message, PinsChanged]:
    """Let something be said and pinned, as an announcement."""
    message, _ = messages.insert(connection, draft)
    connection.execute("INSERT INTO announcement (message_id) VALUES (?)", (message.id,))
    return message, pin(connection, Pin(message.room, message.id))[0]


def _newest(connection: Connection, room: str) -> int:
    (message_id,) = connection.execute(_NEWEST, (room,)).fetchone()
    if message_id is None:
        raise UnknownMessage
    return int(message_id)


def _set(connection: Connection, message_id: int, *, pinned: bool) -> Message:
    seq = connection.take_position()
    connection.execute(
        "UPDATE message SET pinned = ?, changed = ? WHERE id = ?",
        (seq if pinned else None, seq, message_id),
    )
    return _read(connection, message_id)


def _read(connection: Connection, message_id: int) -> Message:
    rows = connection.execute(message_rows.SELECT + "WHERE id = ?", (message_id,))
    return message_rows.read(connection, rows)[0]
