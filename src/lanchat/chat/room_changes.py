"""What shall happen to rooms, and to who is in them (see ``changes.py``).

Whether somebody may is asked where it is stored, of the room as it is there: a ``check`` or
``amended`` is pure, and what it raises is the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lanchat.chat.changes import Change
from lanchat.chat.model import User
from lanchat.chat.room_events import (
    GroupEntered,
    GroupsShared,
    MarkedRead,
    MemberRenamed,
    RoomChanged,
    RoomDeleted,
    RoomEntered,
    RoomLeft,
    RoomOpened,
    RoomsLeft,
)
from lanchat.chat.rooms import Room
from lanchat.errors import Forbidden


@dataclass(frozen=True, slots=True)
class OpenRoom(Change[RoomOpened]):
    """Let there be a room, with these people in it; its positions are given to it.

    Where there is one with its id, or an open one of the same kind and name, that is the answer,
    and nobody is told. Refused with TooManyRooms where the opener has ``limit`` of the kind.
    """

    room: Room
    members: tuple[User, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class EnterRoom(Change[RoomEntered]):
    """Let somebody be in a room; where they are, nobody is told.

    Refused with UnknownRoom.
    """

    room: str
    user: User
    check: Callable[[Room], None]


@dataclass(frozen=True, slots=True)
class LeaveRoom(Change[RoomLeft]):
    """Let somebody be in a room no more. Refused with UnknownRoom, also where they are not."""

    room: str
    user_id: str
    check: Callable[[Room], None]


@dataclass(frozen=True, slots=True)
class ChangeRoom(Change[RoomChanged]):
    """Let a room be as ``amended`` makes it of the one that is stored.

    ``close`` is to close it besides; it stays so. Refused with UnknownRoom, and with
    RoomNameUnusable where an open room of its kind is called as this one is to be.
    """

    room: str
    amended: Callable[[Room], Room]
    close: bool = False


@dataclass(frozen=True, slots=True)
class ShareOut(Change[GroupsShared]):
    """Let there be these groups with these people in them, and no other group be open.

    Who has logged out meanwhile, perhaps at another server, is in none.
    """

    groups: tuple[tuple[Room, tuple[User, ...]], ...]


@dataclass(frozen=True, slots=True)
class PutIntoGroup(Change[GroupEntered]):
    """Let somebody be in an open group, and in no other one.

    Where ``room`` does not say in which, it is the smallest, hosts not counted: for who has been in
    none since people were shared out. Others stay where they are, and nobody is told.
    Refused with UnknownRoom where there is none, with UnknownPerson where they have logged out.
    """

    user: User
    room: str | None = None


@dataclass(frozen=True, slots=True)
class DeleteRoom(Change[RoomDeleted]):
    """Let nothing of a room be left: at once nobody is in it, and what was said there goes soon.

    Refused with UnknownRoom.
    """

    room: str
    check: Callable[[Room], None]


def check_closed(room: Room) -> None:
    """Look whether a room may be deleted because it has ended. Raises Forbidden."""
    if room.is_open:
        raise Forbidden


@dataclass(frozen=True, slots=True)
class LeaveAll(Change[RoomsLeft]):
    """Let a user be in no room any more: nobody else will ever have their id.

    Their rooms for two are closed, and the other one reads on.
    """

    user_id: str


@dataclass(frozen=True, slots=True)
class RenameMember(Change[MemberRenamed]):
    """Let a user be in their rooms by the name that they have now; in none, nobody is told."""

    user: User


@dataclass(frozen=True, slots=True)
class MarkRead(Change[MarkedRead]):
    """Note up to which message somebody has read a room; never less than before.

    It takes no position. ``day`` is counted since the epoch: who has not come for long is
    in no room any more (see ``EventLog.tidy``). Refused with UnknownRoom where they are not in it.
    """

    room: str
    user: User
    up_to: int
    day: int = 0
