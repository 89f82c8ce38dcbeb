"""What happens to rooms, and to who is in them; it comes from the log.

Whoever hears it besides those in the room, and who is in the room from then on, is up to
``entering.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from lanchat.chat.channels import InLobby, InRoom, ToUser, room_channel
from lanchat.chat.model import User
from lanchat.chat.rooms import Room


@dataclass(frozen=True, slots=True)
class _OfRoom:
    room: Room

    @property
    def seq(self) -> int:
        return self.room.seq

    @property
    def channel(self) -> str:
        return room_channel(self.room.id)


@dataclass(frozen=True, slots=True)
class RoomOpened(_OfRoom):
    """There is one more room, with these people in it."""

    members: tuple[User, ...]


class RoomChanged(_OfRoom):
    """A room is from now on as it stands here: called otherwise, or closed."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class RoomDeleted(InRoom):
    """The room is no more, and nobody is in it."""

    seq: int
    room: str


@dataclass(frozen=True, slots=True)
class RoomEntered(InRoom):
    """Somebody is in the room from now on."""

    seq: int
    room: str
    user: User


@dataclass(frozen=True, slots=True)
class RoomLeft(InRoom):
    """Somebody is in the room no more."""

    seq: int
    room: str
    user: User


@dataclass(frozen=True, slots=True)
class GroupsShared(InLobby):
    """People were shared out into the groups ``opened``; those of before are ``closed``."""

    seq: int
    closed: tuple[Room, ...]
    opened: tuple[RoomOpened, ...]


@dataclass(frozen=True, slots=True)
class GroupEntered(InRoom):
    """Somebody was put into the group, and is in none of those that they have ``left``."""

    seq: int
    room: str
    user: User
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomsLeft(InLobby):
    """A user who will not come back has left these rooms; those for two are ``closed``."""

    seq: int
    user: User
    left: tuple[str, ...]
    closed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberRenamed(InLobby):
    """A user is in their rooms by another name from now on; people learn of it by MemberChanged."""

    seq: int
    user: User


@dataclass(frozen=True, slots=True)
class MarkedRead(ToUser):
    """Somebody has read a room up to a message; so much is left, of which so much mentions them.

    It has no position. ``changed`` tells whether they had not read so far before.
    """

    user_id: str
    room: str
    up_to: int
    unread: int
    mentions: int
    changed: bool = True


@dataclass(frozen=True, slots=True)
class RoomTold:
    """There is a room, with so many in it: for those on the channel ``to``.

    They are in it where they are told as ``member``, and else might enter. ``person`` is the other
    one of a room for two; ``people`` are those who were put into a group together.
    """

    to: str
    room: Room
    members: int
    member: bool
    person: User | None = None
    people: tuple[User, ...] = ()

    @property
    def channel(self) -> str:
        return self.to


@dataclass(frozen=True, slots=True)
class HostCalled:
    """Somebody in a group asks for a host: for those on the channel ``to``."""

    to: str
    room: str
    name: str
    user: User

    @property
    def channel(self) -> str:
        return self.to


RoomEvent = (
    RoomOpened
    | RoomChanged
    | RoomDeleted
    | RoomEntered
    | RoomLeft
    | RoomsLeft
    | GroupsShared
    | GroupEntered
    | MemberRenamed
)
"""What has a position."""
