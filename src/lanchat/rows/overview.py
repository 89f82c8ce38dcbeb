"""What somebody has missed in all rooms that they are in, as one look at them.

Rooms in which nothing has happened cost nothing but their line in one statement: most are quiet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from lanchat.chat.catchup import CATCH_UP_LIMIT
from lanchat.chat.model import LOBBY, Cursor, Message, Page, User
from lanchat.chat.overview import shares
from lanchat.chat.rooms import MAIN, Overview, Room, RoomPage
from lanchat.rows import pages, pins, unread
from lanchat.rows.connection import Connection, Reader
from lanchat.rows.message_rows import read
from lanchat.rows.rooms import FIELDS, as_room

_MOST = 1_001
"""So many new messages of a room are counted: one more than fit into an answer."""

_MEMBERS = "(SELECT count(*) FROM member AS other WHERE other.room = room.id)"

_MINE = (
    f"SELECT {FIELDS}, member.since, member.read, {_MEMBERS},"  # noqa: S608 (constants)
    " (SELECT min(id) FROM message WHERE message.room = room.id),"
    " (SELECT max(id) FROM message WHERE message.room = room.id),"
    " (SELECT count(*) FROM (SELECT 1 FROM message WHERE message.room = room.id"
    " AND message.id > CASE WHEN member.since > ? THEN room.cleared ELSE ? END"
    f" AND message.id > room.cleared LIMIT {_MOST}) AS new),"
    " EXISTS (SELECT 1 FROM message WHERE message.room = room.id AND message.changed > ?)"
    " OR EXISTS (SELECT 1 FROM untold JOIN message ON message.id = untold.message_id"
    " WHERE message.room = room.id)"
    " FROM member JOIN room ON room.id = member.room"
    " WHERE member.user_id = ? AND room.kind <> 'main' ORDER BY member.since, room.id"
)

_OTHERS = (
    f"SELECT {FIELDS}, {_MEMBERS} FROM room"  # noqa: S608 (constants)
    " WHERE kind IN ('open', 'group') AND closed = 0 AND NOT EXISTS (SELECT 1 FROM member"
    " WHERE member.room = room.id AND member.user_id = ?) ORDER BY room.opened, room.id"
)

_PERSONS = (
    'SELECT other.room, other.user_id, other."user" FROM member JOIN room ON room.id = member.room'
    " JOIN member AS other ON other.room = member.room AND other.user_id <> member.user_id"
    " WHERE member.user_id = ? AND room.kind = 'direct'"
)


class _Mine(NamedTuple):
    """A room that somebody is in, and how much has happened there."""

    room: Room
    since: int
    read: int
    members: int
    first_id: int
    last_id: int
    new: int
    has_changed: bool


class _Look(NamedTuple):
    """Who looks, and from where; ``cursor`` is None where they begin anew."""

    user_id: str
    cursor: Cursor | None
    history: int
    position: int
    retired: tuple[int, int]


def overview(  # noqa: PLR0917
    connection: Connection,
    user_id: str,
    cursor: Cursor,
    history: int,
    limit: int,
    main: Page | None,
) -> Overview:
    """What somebody has missed; ``main`` is what that is where everybody is, None for unknown.

    Of messages at most ``limit`` in all rooms, shared out; where they begin anew, ``history``.
    """
    if main is None or len(main.changed) > CATCH_UP_LIMIT:
        newest = pages.newest(connection, LOBBY, history)
        main = replace(pins.with_pins(connection, LOBBY, newest), anew=cursor.seq > 0)
    known = cursor if cursor.seq and pages.goes_on(connection, cursor) else None
    retired = pages.retired_up_to(connection)
    look = _Look(user_id, known, history, connection.position(), retired)
    mine = _mine(connection, look)
    wanted = [one.new if _goes_on(one, look) else min(one.new, history) for one in mine]
    _, *given = shares([len(main.messages), *wanted], limit)
    found = _pages(connection, list(zip(mine, given, strict=True)), look)
    main_room = RoomPage(MAIN, main, last_id=_last(connection))
    mark, is_marked = _mark(connection, look)
    return Overview(
        _counted(connection, [(main_room, mark)], user_id)[0],
        _with_persons(connection, user_id, _with_pins(connection, user_id, found)),
        [(as_room(row[:-1]), row[-1]) for row in connection.execute(_OTHERS, (user_id,))],
        is_marked,
    )


def holds(connection: Connection, main: Page | None) -> Page | None:
    """The page if it says how the room is by now."""
    return main if main is not None and main.seq == connection.position() else None


def _mine(connection: Reader, look: _Look) -> list[_Mine]:
    # Where something is gone that somebody has not been told of, they begin anew, in most rooms.
    seq = look.cursor.seq if look.cursor and look.retired[1] <= look.cursor.seq else 0
    rows = connection.execute(_MINE, (seq, seq, seq, look.user_id)).fetchall()
    return [_read(row) for row in rows]


def _read(row: tuple[Any, ...]) -> _Mine:
    *fields, since, read_up_to, members, first_id, last_id, new, has_changed = row
    numbers = (since, read_up_to, members, first_id or 0, last_id or 0, new)
    return _Mine(as_room(tuple(fields)), *numbers, has_changed=bool(has_changed))


def _goes_on(one: _Mine, look: _Look) -> bool:
    """Whether all that somebody has missed in the room can be told."""
    cursor = look.cursor
    return (
        cursor is not None
        and one.since <= cursor.seq
        and look.retired[1] <= max(cursor.seq, one.room.cleared)
    )


def _pages(connection: Connection, mine: list[tuple[_Mine, int]], look: _Look) -> list[RoomPage]:
    """What somebody finds in each of these rooms, of messages at most so many.

    All rooms are asked for together: one by one each of them would cost as much as all.
    """
    said = _messages(connection, mine, look)
    changed = _changes(connection, [one for one, _ in mine], look)
    found = []
    for one, most in mine:
        rows, changes = said.get(one.room.id, []), changed.get(one.room.id, [])
        if _goes_on(one, look):
            page = Page(rows, complete=one.new <= most, changed=changes)
        else:
            whole = look.retired[0] <= max(one.room.cleared, one.room.opened)
            page = Page(rows[-most:] if most else [], len(rows) <= most and whole, anew=True)
        retired = min(look.retired[0], (one.first_id or look.position + 1) - 1)
        page = replace(page, seq=look.position, cleared=one.room.cleared, retired=retired)
        found.append((RoomPage(one.room, page, one.members, one.last_id), one.read))
    return _counted(connection, found, look.user_id)


def _messages(
    connection: Connection, mine: list[tuple[_Mine, int]], look: _Look
) -> dict[str, list[Message]]:
    """The newest messages of each room, oldest first; of one that is begun anew one too many."""
    seq = look.cursor.seq if look.cursor else 0
    goes_on = [(one.room, most) for one, most in mine if most and _goes_on(one, look)]
    anew = [(one.room, most) for one, most in mine if one.new and not _goes_on(one, look)]
    rows = connection.each(
        pages.NEWS, [(room.id, max(seq, room.cleared), most) for room, most in goes_on]
    ) + connection.each(
        pages.SAID_SINCE, [(room.id, room.cleared, most + 1) for room, most in anew]
    )
    return _by_room(read(connection, sorted(chain.from_iterable(rows))))


def _changes(connection: Connection, mine: list[_Mine], look: _Look) -> dict[str, list[Message]]:
    """What has changed in each room after the cursor."""
    cursor = look.cursor
    rooms = [one.room for one in mine if one.has_changed and _goes_on(one, look)]
    if cursor is None or not rooms:
        return {}
    return _by_room(pages.changes(connection, rooms, cursor))


def _by_room(messages: Iterable[Message]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for message in messages:
        found.setdefault(message.room, []).append(message)
    return found


def _counted(
    connection: Connection, found: list[tuple[RoomPage, int]], user_id: str
) -> list[RoomPage]:
    """The same with how much of it is not read, of what lies above these ids."""
    floors = {
        each.room.id: max(read_up_to, each.page.cleared)
        for each, read_up_to in found
        if each.last_id > read_up_to
    }
    counts = unread.count_each(connection, floors, user_id)
    return [
        replace(each, unread=counts[each.room.id][0], mentions=counts[each.room.id][1])
        if each.room.id in counts
        else each
        for each, _ in found
    ]


def _mark(connection: Connection, look: _Look) -> tuple[int, bool]:
    """How far somebody has read where everybody is, and whether that is known: else all of it."""
    query = "SELECT read FROM member WHERE room = ? AND user_id = ?"
    row = connection.execute(query, (LOBBY, look.user_id)).fetchone()
    return (look.position, False) if row is None else (int(row[0]), True)


def _last(connection: Reader) -> int:
    """The newest message where everybody is."""
    (last_id,) = connection.execute(
        "SELECT max(id) FROM message WHERE room = ?", (LOBBY,)
    ).fetchone()
    return int(last_id or 0)


def _with_pins(connection: Reader, user_id: str, found: list[RoomPage]) -> list[RoomPage]:
    """The pages with what is pinned in their rooms."""
    pinned = pins.pinned_of(connection, user_id) if found else {}
    return [
        replace(each, page=replace(each.page, pins=pinned[each.room.id]))
        if each.room.id in pinned
        else each
        for each in found
    ]


def _with_persons(connection: Reader, user_id: str, found: list[RoomPage]) -> list[RoomPage]:
    """The pages of rooms for two with who the other one is."""
    if not any(each.room.kind == "direct" for each in found):
        return found
    rows = connection.execute(_PERSONS, (user_id,))
    persons = {room_id: User(*user) for room_id, *user in rows}
    return [replace(each, person=persons.get(each.room.id)) for each in found]
