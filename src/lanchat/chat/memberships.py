"""Rooms and who is in them, as the log has told of them: every process has all of it in memory.

What is asked at each event is asked here: who hears it, and what somebody may read. Whether
something still holds when it is stored is decided there (``rows/rooms.py``).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace

from lanchat.chat.model import LOBBY, User
from lanchat.chat.permissions import Standing
from lanchat.chat.room_events import (
    GroupEntered,
    GroupsShared,
    MemberRenamed,
    RoomChanged,
    RoomDeleted,
    RoomEntered,
    RoomEvent,
    RoomLeft,
    RoomOpened,
    RoomsLeft,
)
from lanchat.chat.rooms import MAIN, Membership, Room


class Memberships:
    """All rooms; those that two or more threads ask for are copies."""

    def __init__(self) -> None:
        self._seq = 0
        self._early: list[RoomEvent] | None = []  # what was told before all was loaded
        self._rooms: dict[str, Room] = {}
        self._members: dict[str, dict[str, User]] = {}  # room → user → by the name of then
        self._rooms_of: dict[str, dict[str, None]] = {}  # user → rooms
        self._groups: set[str] = set()  # those that are open
        self.lock = threading.RLock()
        """Held while what is told changes; also by who has to see nothing half done."""

    def begin(self) -> None:
        """Let what is told from now on wait until all is loaded, perhaps anew."""
        with self.lock:
            self._early = []

    def load(self, seq: int, rooms: Iterable[Room], members: Iterable[Membership]) -> None:
        """Take what was stored at the position; what was told since comes on top of it."""
        with self.lock:
            early, self._early, self._seq = self._early or (), None, seq
            self._rooms, self._groups = {}, set()
            for room in rooms:
                self._note(room)
            self._members, self._rooms_of = {}, {}
            for membership in members:
                self._put(membership.room, membership.user)
            for event in early:
                self.take(event)

    def take(self, event: RoomEvent) -> bool:
        """Let it be as the log tells; False where that was so already, or is not known yet."""
        with self.lock:
            if self._early is not None:
                self._early.append(event)
                return False
            if event.seq <= self._seq:
                return False
            self._seq = event.seq
            self._apply(event)
            return True

    def room(self, room_id: str) -> Room | None:
        """The room with this id."""
        return MAIN if room_id == LOBBY else self._rooms.get(room_id)

    def rooms(self) -> list[Room]:
        """All rooms but the one that everybody is in."""
        return list(self._rooms.values())

    def rooms_of(self, user_id: str) -> list[str]:
        """The ids of the rooms that somebody is in, but for the one that everybody is in."""
        return list(self._rooms_of.get(user_id, ()))

    def members(self, room_id: str) -> list[User]:
        """Who is in the room, in the order in which they came."""
        return list(self._members.get(room_id, {}).values())

    def count(self, room_id: str) -> int:
        """How many are in the room."""
        return len(self._members.get(room_id, ()))

    def is_member(self, user_id: str, room_id: str) -> bool:
        return room_id == LOBBY or user_id in self._members.get(room_id, ())

    def groups(self) -> list[Room]:
        """All groups into which people were shared out last, in the order of their numbers."""
        opened = self._groups_since()
        if opened is None:
            return []
        found = [room for room in list(self._rooms.values()) if _is_group(room, opened)]
        return sorted(found, key=lambda room: (room.opened, room.id))

    def former_groups(self, kept: int) -> list[Room]:
        """Those that have ended, but for the last so many times that people were shared out."""
        groups = [room for room in list(self._rooms.values()) if room.kind == "group"]
        kept_since = sorted({room.opened for room in groups}, reverse=True)[:kept]
        return [room for room in groups if room.closed and room.opened not in kept_since]

    def has_place(self, user_id: str) -> bool:
        """Whether somebody has been in one of these; so it is where there are none."""
        opened = self._groups_since()
        if opened is None:
            return True
        rooms = (self._rooms.get(each) for each in self.rooms_of(user_id))
        return any(room is not None and _is_group(room, opened) for room in rooms)

    def other(self, user_id: str, room_id: str) -> User | None:
        """Who else is in a room for two."""
        others = (user for user in self.members(room_id) if user.id != user_id)
        return next(others, None)

    def standing(self, user_id: str, room: Room, *, host: bool) -> Standing:
        """What somebody is in the room."""
        is_opener = user_id != "" and room.opener == user_id
        return Standing(host, self.is_member(user_id, room.id), is_opener)

    def _apply(self, event: RoomEvent) -> None:
        if isinstance(event, RoomOpened):
            self._open(event)
        elif isinstance(event, RoomChanged):
            self._note(event.room)
        elif isinstance(event, RoomDeleted):
            self._drop(event.room)
        elif isinstance(event, GroupsShared):
            self._share_out(event)
        elif isinstance(event, GroupEntered):
            for room_id in event.left:
                self._take_out(room_id, event.user.id)
            self._put(event.room, event.user)
        elif isinstance(event, RoomEntered):
            self._put(event.room, event.user)
        elif isinstance(event, MemberRenamed):
            for room_id in self.rooms_of(event.user.id):
                self._put(room_id, event.user)
        elif isinstance(event, RoomLeft):
            self._take_out(event.room, event.user.id)
        elif isinstance(event, RoomsLeft):
            self._leave_all(event)

    def _share_out(self, event: GroupsShared) -> None:
        for room in event.closed:
            self._note(room)
        for opened in event.opened:
            self._open(opened)

    def _leave_all(self, event: RoomsLeft) -> None:
        for room_id in event.left:
            self._take_out(room_id, event.user.id)
        for room_id in event.closed:
            room = self._rooms.get(room_id)
            if room is not None:
                self._note(replace(room, closed=event.seq, seq=event.seq))

    def _open(self, event: RoomOpened) -> None:
        self._note(event.room)
        for user in event.members:
            self._put(event.room.id, user)

    def _note(self, room: Room) -> None:
        self._rooms[room.id] = room
        if room.kind == "group" and room.is_open:
            self._groups.add(room.id)
        else:
            self._groups.discard(room.id)

    def _drop(self, room_id: str) -> None:
        self._rooms.pop(room_id, None)
        self._groups.discard(room_id)
        for user in self.members(room_id):
            self._take_out(room_id, user.id)
        self._members.pop(room_id, None)

    def _groups_since(self) -> int | None:
        """The position at which the groups that are open were; None where there are none."""
        return min((self._rooms[each].opened for each in list(self._groups)), default=None)

    def _put(self, room_id: str, user: User) -> None:
        self._members.setdefault(room_id, {})[user.id] = user
        self._rooms_of.setdefault(user.id, {})[room_id] = None

    def _take_out(self, room_id: str, user_id: str) -> None:
        self._members.get(room_id, {}).pop(user_id, None)
        rooms = self._rooms_of.get(user_id, {})
        rooms.pop(room_id, None)
        if not rooms:
            self._rooms_of.pop(user_id, None)


def _is_group(room: Room, opened: int) -> bool:
    return room.kind == "group" and room.opened >= opened
