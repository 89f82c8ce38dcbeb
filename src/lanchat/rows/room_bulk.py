"""Rooms of an archive: all that there are with who is in them, read and stored at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lanchat.chat.model import LOBBY, User
from lanchat.chat.rooms import Room
from lanchat.errors import NoSuchRoom
from lanchat.rows import rooms
from lanchat.rows.connection import Connection, Reader

PRIVATE = "SELECT id FROM room WHERE kind = 'direct'"
"""The rooms of two people, of which nobody else learns."""


class ArchivedRoom(NamedTuple):
    """A room with who is in it, in the order in which they came; its positions say no more."""

    room: Room
    members: tuple[User, ...]


def read(connection: Reader) -> list[ArchivedRoom]:
    """All rooms but the one that everybody is in, in the order in which they were opened."""
    found, memberships = rooms.all_of(connection)
    members: dict[str, list[User]] = {}
    for membership in memberships:
        members.setdefault(membership.room, []).append(membership.user)
    return [ArchivedRoom(room, tuple(members.get(room.id, ()))) for room in found]


def chosen(
    there: Sequence[ArchivedRoom], wanted: str | None, *, private: bool
) -> tuple[list[ArchivedRoom], tuple[str, ...] | None]:
    """Those of the rooms whose id or name is wanted, and their ids; None for these is all.

    Without ``private`` those of two people are as if they were not. Raises NoSuchRoom.
    """
    known = [one for one in there if private or one.room.kind != "direct"]
    if wanted is None:
        return known, None
    if wanted == LOBBY:
        return [], (LOBBY,)
    key = wanted.casefold()
    found = [one for one in known if one.room.id == wanted or one.room.name.casefold() == key]
    if not wanted or not found:
        names = dict.fromkeys(one.room.name or one.room.id for one in known)
        raise NoSuchRoom(wanted, [LOBBY, *names])
    return found, tuple(one.room.id for one in found)


def load(connection: Connection, archived: Iterable[ArchivedRoom]) -> None:
    """Within a transaction, let there be these rooms, of which there is none yet.

    All that was said there until now counts as read. Each membership has a position of its own, so
    that they stay in their order.
    """
    for room, members in archived:
        opened = connection.take_position()
        rooms.insert(connection, [room], opened)
        if room.closed:
            connection.execute("UPDATE room SET closed = ? WHERE id = ?", (opened, room.id))
        for user in members:
            rooms.put(connection, room.id, user, connection.take_position())
