"""Rooms and who is in them: few rows, which change by the log alone.

Whether somebody is in a room is asked here where something is stored or shown, in the transaction
that does so. Nothing is asked about the room that everybody is in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lanchat.chat.model import LOBBY, Message, User
from lanchat.chat.room_changes import (
    ChangeRoom,
    EnterRoom,
    LeaveAll,
    LeaveRoom,
    OpenRoom,
    RenameMember,
)
from lanchat.chat.room_events import (
    MemberRenamed,
    RoomChanged,
    RoomEntered,
    RoomLeft,
    RoomOpened,
    RoomsLeft,
)
from lanchat.chat.rooms import ROOM_NAME_LIMIT, Membership, Room, same_name
from lanchat.errors import (
    NotAMember,
    Refusal,
    RoomClosed,
    RoomNameUnusable,
    TooManyRooms,
    UnknownMessage,
    UnknownRoom,
)
from lanchat.rows.connection import Connection, Reader

FIELDS = (
    "room.id, kind, name, opener, topic, locked, readonly, slow, opened, closed, room.seq, cleared"
)
"""What ``as_room`` takes."""

DELETED = "deleted"
"""The kind of a room that is no more: what is left of it is for ``room_ends.py`` alone."""

ROOMS = f"SELECT {FIELDS} FROM room WHERE kind NOT IN ('main', '{DELETED}')"  # noqa: S608 (constants)
"""All but the one that everybody is in."""

_IS_MEMBER = "SELECT 1 FROM member WHERE room = ? AND user_id = ?"

_IS_OPEN = (
    "SELECT room.closed = 0 FROM member JOIN room ON room.id = member.room"
    " WHERE member.room = ? AND member.user_id = ?"
)


# What is there.


def load(connection: Connection) -> tuple[int, list[Room], list[Membership]]:
    """All rooms but the one that everybody is in, and who is in them, at the position."""
    return connection.position(), *all_of(connection)


def all_of(connection: Reader) -> tuple[list[Room], list[Membership]]:
    """The same without the position."""
    rows = connection.execute(f"{ROOMS} ORDER BY opened, id")
    members = connection.execute(
        'SELECT room, user_id, "user", since FROM member WHERE room <> ? ORDER BY since, user_id',
        (LOBBY,),
    )
    found = [Membership(room_id, User(*user), since) for room_id, *user, since in members]
    return [as_room(row) for row in rows], found


def room(connection: Reader, room_id: str) -> Room:
    """The room with this id, which is not the one that everybody is in. Raises UnknownRoom."""
    row = connection.execute(f"{ROOMS} AND id = ?", (room_id,)).fetchone()
    if row is None:
        raise UnknownRoom
    return as_room(row)


def members(connection: Reader, room_id: str, up_to: int = 2**62) -> list[User]:
    """Who is in the room, in the order in which they came; of those who have by a position."""
    rows = connection.execute(
        'SELECT user_id, "user" FROM member WHERE room = ? AND since <= ? ORDER BY since, user_id',
        (room_id, up_to),
    )
    return [User(*row) for row in rows]


def name_of(connection: Reader, user_id: str) -> str | None:
    """By which name somebody is in rooms, None where they are in none."""
    query = 'SELECT "user" FROM member WHERE user_id = ? AND room <> ? LIMIT 1'
    row = connection.execute(query, (user_id, LOBBY)).fetchone()
    return None if row is None else str(row[0])


def as_room(row: tuple[Any, ...]) -> Room:
    """The room in a row of its fields."""
    room_id, kind, name, opener, topic, locked, readonly, *numbers = row
    return Room(
        *(room_id, kind, name, opener, topic, bool(locked), bool(readonly)), *map(int, numbers)
    )


# Whether somebody may.


def is_member(connection: Reader, room_id: str, user_id: str) -> bool:
    """Whether somebody is in the room."""
    if room_id == LOBBY:
        return True
    return connection.execute(_IS_MEMBER, (room_id, user_id)).fetchone() is not None


def check_writing(connection: Reader, room_id: str, user_id: str) -> None:
    """Look whether somebody is in a room that is open. Raises NotAMember or RoomClosed."""
    if room_id == LOBBY:
        return
    row = connection.execute(_IS_OPEN, (room_id, user_id)).fetchone()
    if row is None:
        raise NotAMember
    if not row[0]:
        raise RoomClosed


def why_not(connection: Reader, room_id: str, user_id: str) -> Refusal:
    """Why somebody has just been kept from writing in a room."""
    try:
        check_writing(connection, room_id, user_id)
    except Refusal as refusal:
        return refusal
    return NotAMember()  # they have entered it a moment later


def check_reach(connection: Reader, message: Message, user_id: str) -> None:
    """Look whether somebody may know of the message at all. Raises UnknownMessage."""
    if not is_member(connection, message.room, user_id):
        raise UnknownMessage


# What happens to them.


def open_room(connection: Connection, change: OpenRoom) -> tuple[RoomOpened, bool]:
    """Open a room; False with the one that there is. Raises TooManyRooms."""
    wanted = change.room
    if there := _like(connection, wanted):
        return RoomOpened(there, tuple(members(connection, there.id))), False
    (count,) = connection.execute(
        "SELECT count(*) FROM room WHERE opener = ? AND opener <> '' AND kind = ? AND closed = 0",
        (wanted.opener, wanted.kind),
    ).fetchone()
    if count >= change.limit:
        raise TooManyRooms(change.limit)
    seq = connection.take_position()
    insert(connection, [wanted], seq)
    for user in change.members:
        put(connection, wanted.id, user, seq)
    return RoomOpened(room(connection, wanted.id), change.members), True


def enter(connection: Connection, change: EnterRoom) -> tuple[RoomEntered, bool]:
    """Let somebody in; False where they are. Raises UnknownRoom, or what ``check`` does."""
    there = room(connection, change.room)
    if is_member(connection, there.id, change.user.id):
        return RoomEntered(connection.position(), there.id, change.user), False
    change.check(there)
    seq = connection.take_position()
    put(connection, there.id, change.user, seq)
    return RoomEntered(seq, there.id, change.user), True


def leave(connection: Connection, change: LeaveRoom) -> RoomLeft:
    """Let somebody out. Raises UnknownRoom, or what the change's check does."""
    there = room(connection, change.room)
    row = connection.execute(
        'SELECT "user" FROM member WHERE room = ? AND user_id = ?', (there.id, change.user_id)
    ).fetchone()
    if row is None:
        raise UnknownRoom
    change.check(there)
    connection.execute(
        "DELETE FROM member WHERE room = ? AND user_id = ?", (there.id, change.user_id)
    )
    return RoomLeft(connection.take_position(), there.id, User(change.user_id, row[0]))


def change_room(connection: Connection, change: ChangeRoom) -> tuple[RoomChanged, bool]:
    """Let a room be otherwise; False where it is.

    Raises UnknownRoom, RoomNameUnusable where another one is called so, or what ``amended`` does.
    """
    before = room(connection, change.room)
    after = change.amended(before)
    if after.name != before.name:
        _check_name(connection, after)
    closes = change.close and before.is_open
    if after == before and not closes:
        return RoomChanged(before), False
    seq = connection.take_position()
    connection.execute(
        "UPDATE room SET name = ?, topic = ?, locked = ?, readonly = ?, slow = ?, closed = ?,"
        " seq = ? WHERE id = ?",
        (
            *(after.name, after.topic, after.locked, after.readonly, after.slow),
            *(seq if closes else before.closed, seq, before.id),
        ),
    )
    return RoomChanged(room(connection, before.id)), True


def leave_all(connection: Connection, change: LeaveAll) -> tuple[RoomsLeft, bool]:
    """Let a user be in no room any more; False where they were in none.

    A row that says how far they had read the room that everybody is in goes, too. In a room for two
    the row stays: it says whom the other one has spoken with.
    """
    user_id = change.user_id
    rows = connection.execute(
        'SELECT member.room, kind, closed, "user" FROM member JOIN room ON room.id = member.room'
        " WHERE user_id = ? AND kind <> 'main' ORDER BY member.room",
        (user_id,),
    ).fetchall()
    left = [room_id for room_id, kind, _, _ in rows if kind != "direct"]
    closing = [room_id for room_id, kind, closed, _ in rows if kind == "direct" and not closed]
    if not left and not closing:
        connection.execute("DELETE FROM member WHERE user_id = ? AND room = ?", (user_id, LOBBY))
        return RoomsLeft(connection.position(), User(user_id, ""), (), ()), False
    seq = connection.take_position()
    connection.executemany(
        "DELETE FROM member WHERE user_id = ? AND room = ?",
        [(user_id, each) for each in [*left, LOBBY]],
    )
    connection.executemany(
        "UPDATE room SET closed = ?, seq = ? WHERE id = ?", [(seq, seq, each) for each in closing]
    )
    return RoomsLeft(seq, User(user_id, rows[0][3]), tuple(left), tuple(closing)), True


def rename_member(connection: Connection, change: RenameMember) -> tuple[MemberRenamed, bool]:
    """Let a user have another name in all rooms; False where they are in none."""
    user = change.user
    changed = connection.execute(
        'UPDATE member SET "user" = ? WHERE user_id = ? AND "user" <> ? AND room <> ?',
        (user.name, user.id, user.name, LOBBY),
    ).rowcount
    seq = connection.take_position() if changed else connection.position()
    return MemberRenamed(seq, user), bool(changed)


def _check_name(connection: Connection, wanted: Room) -> None:
    rows = connection.execute(
        f"{ROOMS} AND kind = ? AND closed = 0 AND id <> ?", (wanted.kind, wanted.id)
    )
    if same_name(wanted.name, map(as_room, rows)):
        raise RoomNameUnusable(ROOM_NAME_LIMIT, "taken")


def _like(connection: Connection, wanted: Room) -> Room | None:
    """The room of this id, or an open one of the kind and name."""
    row = connection.execute(f"{ROOMS} AND id = ?", (wanted.id,)).fetchone()
    if row is not None:
        return as_room(row)
    if wanted.kind != "open":
        return None
    rows = connection.execute(f"{ROOMS} AND kind = 'open' AND closed = 0 ORDER BY opened")
    return same_name(wanted.name, map(as_room, rows))


def insert(connection: Connection, wanted: Iterable[Room], seq: int) -> None:
    """Let there be these rooms from the position on."""
    connection.executemany(
        "INSERT INTO room (id, kind, name, opener, topic, locked, readonly, slow, opened, seq,"
        " cleared) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (id) DO UPDATE"
        # One that was deleted, of which something is still there: two people find each other anew.
        " SET kind = excluded.kind, name = excluded.name, topic = excluded.topic, opener ="
        " excluded.opener, opened = excluded.opened, closed = 0, seq = excluded.seq",
        [
            (
                *(each.id, each.kind, each.name, each.opener, each.topic),
                *(each.locked, each.readonly, each.slow, seq, seq),
            )
            for each in wanted
        ],
    )


def put(connection: Connection, room_id: str, user: User, seq: int) -> None:
    """Let somebody be in a room; what was said before they came counts as read."""
    put_all(connection, [(room_id, user)], seq)


def put_all(connection: Connection, placed: Iterable[tuple[str, User]], seq: int) -> None:
    """The same of many people, each with their room."""
    connection.executemany(
        'INSERT INTO member (room, user_id, "user", since, read) VALUES (?, ?, ?, ?, ?)',
        [(room_id, user.id, user.name, seq, seq) for room_id, user in placed],
    )
