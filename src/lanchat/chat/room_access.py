"""Who may do what in which room, as this process has it: rooms, who is in them, and who moderates.

Whoever has no id is at the server's own computer, and reaches all rooms but those for two.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from lanchat.chat.memberships import Memberships
from lanchat.chat.model import LOBBY, Message, User
from lanchat.chat.permissions import (
    Act,
    Permissions,
    Standing,
    may,
    may_open,
    may_talk_privately,
    sees,
)
from lanchat.chat.presence import Presence
from lanchat.chat.rooms import Room, same_name
from lanchat.errors import (
    CommandUnusable,
    Forbidden,
    NotAMember,
    ReadOnly,
    RoomClosed,
    RoomLocked,
    UnknownMessage,
    UnknownRoom,
)


class RoomAccess:
    """Answers at once: none of it waits for the disk."""

    def __init__(
        self, presence: Presence, permissions: Permissions, memberships: Memberships
    ) -> None:
        self._presence = presence
        self._permissions = permissions
        self._memberships = memberships

    def is_private(self, room_id: str) -> bool:
        """Whether it is a room for two, of which nobody else is to learn."""
        room = self._memberships.room(room_id)
        return room is not None and room.kind == "direct"

    def has_private(self) -> bool:
        """Whether people can talk in private here."""
        return self._permissions.policies.private != "off"

    def check_judging(self, user_id: str, message: Message) -> None:
        """Look whether somebody may deal with a message that was reported.

        That is a host, in the room or not, unless they have written it. Raises as if they did not
        know of it, or Forbidden.
        """
        if self._is_host(user_id) and user_id != message.user_id:
            return
        if not self.may_read(user_id, message.room):
            raise UnknownMessage
        raise Forbidden("reported")

    def may(self, user_id: str, act: Act, room_id: str) -> bool:
        """Whether somebody may do this in a room."""
        room = self._memberships.room(room_id)
        return room is not None and may(self._standing(user_id, room), act, room)

    def may_open(self, user_id: str) -> bool:
        """Whether somebody may open rooms that others can enter."""
        return may_open(self._permissions.policies.rooms, host=self._is_host(user_id))

    def may_read(self, user_id: str, room_id: str) -> bool:
        """Whether somebody may read the room."""
        return self._memberships.is_member(user_id, room_id)

    def readable(self, user_id: str) -> list[str]:
        """The ids of all rooms that somebody may read."""
        return [LOBBY, *self._memberships.rooms_of(user_id)]

    def knows_of(self, user_id: str, room: Room) -> bool:
        """Whether somebody learns that there is the room."""
        return sees(self._standing(user_id, room), room)

    def check_act(self, user_id: str, act: Act, room_id: str) -> None:
        """Look whether somebody may do this in a room.

        Raises UnknownRoom, NotAMember, RoomClosed or Forbidden.
        """
        room = self._memberships.room(room_id)
        if room is None:
            raise UnknownRoom
        self._check(user_id, act, room)

    def to_write_in(self, user: User, room_id: str) -> Room:
        """The room, for somebody who wants to write there, as far as they are in it.

        Raises UnknownRoom, NotAMember, RoomClosed or Forbidden.
        """
        room = self._memberships.room(room_id)
        if room is None or not sees(self._standing(user.id, room), room):
            raise UnknownRoom
        if not self._memberships.is_member(user.id, room_id):
            raise NotAMember
        if room.closed:
            raise RoomClosed
        if room.kind == "direct" and (other := self._memberships.other(user.id, room_id)):
            self._check_private(user, other)
        return room

    def check_writing(self, user: User, room_id: str) -> None:
        """Look whether somebody may write in a room, beside what holds for all.

        Raises what ``to_write_in`` does, or ReadOnly.
        """
        if room_id != LOBBY:
            room = self.to_write_in(user, room_id)
            if room.readonly and not self._is_host(user.id):
                raise ReadOnly

    def present(self, room_id: str) -> int:
        """How many of those who are in a room are here."""
        if room_id == LOBBY:
            return self._presence.count
        entries = (self._presence.entry(user.id) for user in self._memberships.members(room_id))
        return sum(entry is not None and entry.member is not None for entry in entries)

    def known(self, user_id: str) -> list[tuple[Room, int]]:
        """The rooms that somebody knows of, each with how many are in it; none that are for two."""
        return [
            (room, self._memberships.count(room.id))
            for room in self._memberships.rooms()
            if room.kind != "direct" and self.knows_of(user_id, room)
        ]

    def named(self, name: str) -> str:
        """The id of the room that whoever is at the server's computer calls so, or by its id.

        One that is open, or the newest one. Raises CommandUnusable.
        """
        rooms = [room for room, _ in self.known("")]
        rooms.sort(key=lambda room: (room.is_open, room.opened), reverse=True)
        room = self._memberships.room(name) or same_name(name, rooms)
        room = room or next((one for one in rooms if one.logged == name.lower()), None)
        if room is None or room.kind == "direct":
            raise CommandUnusable("no_room", name=name)
        return room.id

    def counts(self) -> Counter[str]:
        """How many open rooms there are, by their kind."""
        return Counter(room.kind for room in self._memberships.rooms() if room.is_open)

    def where(self, room_id: str) -> dict[str, str]:
        """What the connection log says of where something was done, which others may know of."""
        room = self._memberships.room(room_id)
        return {"room": room.logged} if room is not None and room.name else {}

    def _check(self, user_id: str, act: Act, room: Room) -> None:
        who = self._standing(user_id, room)
        if may(who, act, room):
            return
        if not sees(who, room):
            raise UnknownRoom
        if room.closed and may(who, act, replace(room, closed=0)):
            raise RoomClosed
        if may(who._replace(member=True), act, room):
            raise NotAMember
        raise Forbidden("room" if who.host else "")

    def _check_entering(self, user: User, room: Room) -> None:
        who = self._standing(user.id, room)
        if not sees(who, room):
            raise RoomClosed if room.closed and room.kind == "open" else UnknownRoom
        if not may(who, Act.ENTER, room):
            raise RoomLocked

    def _check_private(self, user: User, other: User) -> None:
        one_is_host = self._is_host(user.id) or self._is_host(other.id)
        policy = self._permissions.policies.private
        if not may_talk_privately(policy, one_is_host=one_is_host):
            raise Forbidden("private_off" if policy == "off" else "private")

    def _is_host(self, user_id: str) -> bool:
        return user_id == "" or self._permissions.is_moderator(user_id)

    def _standing(self, user_id: str, room: Room) -> Standing:
        if user_id == "":
            return Standing(host=True, member=room.kind != "direct")
        return self._memberships.standing(user_id, room, host=self._is_host(user_id))
