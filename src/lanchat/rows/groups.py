"""Groups, into which people are shared out: rooms that were opened at one position.

Those that are open are the present ones. Who has been in one of these, also in one that was closed
by itself, has had their place.
"""

from __future__ import annotations

from dataclasses import replace

from lanchat.chat.model import User
from lanchat.chat.room_changes import PutIntoGroup, ShareOut
from lanchat.chat.room_events import GroupEntered, GroupsShared, RoomOpened
from lanchat.chat.rooms import Room
from lanchat.errors import RoomClosed, UnknownPerson, UnknownRoom
from lanchat.rows.connection import Connection, Reader
from lanchat.rows.rooms import ROOMS, as_room, insert, put, put_all, room
from lanchat.rows.state import logged_out

_OPEN = "kind = 'group' AND closed = 0"

_PLACE = (
    "SELECT member.room FROM member JOIN room ON room.id = member.room"  # noqa: S608 (constants)
    " WHERE member.user_id = ? AND kind = 'group'"
    f" AND opened >= (SELECT min(opened) FROM room WHERE {_OPEN}) ORDER BY closed LIMIT 1"
)

_PRESENT_OF = (
    "SELECT room.id FROM member JOIN room ON room.id = member.room"  # noqa: S608 (constants)
    f" WHERE member.user_id = ? AND {_OPEN} ORDER BY room.id"
)

_SMALLEST = (
    f"SELECT id FROM room WHERE {_OPEN} ORDER BY"  # noqa: S608 (constants)
    " (SELECT count(*) FROM member WHERE member.room = room.id AND NOT EXISTS"
    " (SELECT 1 FROM moderator WHERE moderator.user_id = member.user_id)), opened, id LIMIT 1"
)


def share_out(connection: Connection, change: ShareOut) -> tuple[GroupsShared, bool]:
    """Let these groups take the place of those that there are; False where nothing changes.

    Who has logged out meanwhile is in none: nobody will ever have their id again.
    """
    rows = connection.execute(f"{ROOMS} AND {_OPEN} ORDER BY opened, id").fetchall()
    if not rows and not change.groups:
        return GroupsShared(connection.position(), (), ()), False
    seq = connection.take_position()
    connection.execute(f"UPDATE room SET closed = ?, seq = ? WHERE {_OPEN}", (seq, seq))  # noqa: S608
    insert(connection, [wanted for wanted, _ in change.groups], seq)
    gone = logged_out(connection, [user.id for _, users in change.groups for user in users])
    opened = [
        RoomOpened(
            replace(wanted, opened=seq, seq=seq),
            tuple(user for user in users if user.id not in gone),
        )
        for wanted, users in change.groups
    ]
    put_all(connection, [(one.room.id, user) for one in opened for user in one.members], seq)
    closed = [replace(as_room(row), closed=seq, seq=seq) for row in rows]
    return GroupsShared(seq, tuple(closed), tuple(opened)), True


def shared_out(connection: Reader, seq: int) -> GroupsShared:
    """What was shared out at the position, as far as it is there."""
    opened = connection.execute(
        f"{ROOMS} AND kind = 'group' AND opened = ? ORDER BY id", (seq,)
    ).fetchall()
    closed = connection.execute(
        f"{ROOMS} AND kind = 'group' AND closed = ? ORDER BY opened, id", (seq,)
    ).fetchall()
    members: dict[str, list[User]] = {}
    for room_id, *user in connection.execute(
        'SELECT member.room, user_id, "user" FROM member JOIN room ON room.id = member.room'
        " WHERE kind = 'group' AND opened = ? AND member.since = ? ORDER BY user_id",
        (seq, seq),
    ):
        members.setdefault(room_id, []).append(User(*user))
    return GroupsShared(
        seq,
        tuple(_at(as_room(row), seq) for row in closed),
        tuple(
            RoomOpened(_at(found, seq), tuple(members.get(found.id, ())))
            for found in map(as_room, opened)
        ),
    )


def put_into_group(connection: Connection, change: PutIntoGroup) -> tuple[GroupEntered, bool]:
    """Give somebody a place; False where they have had one, or have it already.

    Raises UnknownPerson of somebody who has logged out meanwhile, UnknownRoom or RoomClosed.
    """
    user = change.user
    if logged_out(connection, [user.id]):
        raise UnknownPerson
    if change.room is None:
        row = connection.execute(_PLACE, (user.id,)).fetchone()
        if row is not None:
            return GroupEntered(connection.position(), row[0], user), False
        row = connection.execute(_SMALLEST).fetchone()
        if row is None:
            raise UnknownRoom
        return _put(connection, row[0], user, []), True
    there = room(connection, change.room)
    if there.kind != "group":
        raise UnknownRoom
    if there.closed:
        raise RoomClosed
    present = [room_id for (room_id,) in connection.execute(_PRESENT_OF, (user.id,))]
    if present == [there.id]:
        return GroupEntered(connection.position(), there.id, user), False
    return _put(connection, there.id, user, present), True


def _put(connection: Connection, room_id: str, user: User, present: list[str]) -> GroupEntered:
    """Somebody enters a group, and leaves those that they are in."""
    seq = connection.take_position()
    left = [each for each in present if each != room_id]
    connection.executemany(
        "DELETE FROM member WHERE room = ? AND user_id = ?", [(each, user.id) for each in left]
    )
    if room_id not in present:
        put(connection, room_id, user, seq)
    return GroupEntered(seq, room_id, user, tuple(left))


def _at(found: Room, seq: int) -> Room:
    """The room as it is now, told at a position of then."""
    return replace(found, seq=seq)
