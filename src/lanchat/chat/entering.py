"""Rooms besides the one that everybody is in: people open, enter, leave, change and close them.

Who may do so is asked in ``room_access.py``, where it is stored.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from lanchat.chat.catchup import missed
from lanchat.chat.changes import Change, EventT
from lanchat.chat.events import Event
from lanchat.chat.futures import Future
from lanchat.chat.memberships import Memberships
from lanchat.chat.model import LOBBY, Clock, Page, User
from lanchat.chat.permissions import Act, Permissions
from lanchat.chat.ports import Audit, EventLog
from lanchat.chat.presence import Presence
from lanchat.chat.room_access import RoomAccess
from lanchat.chat.room_changes import (
    ChangeRoom,
    DeleteRoom,
    EnterRoom,
    LeaveAll,
    LeaveRoom,
    MarkRead,
    OpenRoom,
    RenameMember,
    check_closed,
)
from lanchat.chat.room_events import MarkedRead
from lanchat.chat.rooms import (
    MAIN,
    Room,
    clean_room_name,
    direct_room_id,
    new_room_id,
    same_name,
)
from lanchat.errors import Forbidden, StoreUnavailable, UnknownPerson, UnknownRoom

_log = logging.getLogger(__name__)

OPENED_LIMIT = 50
"""Rooms that one person may have opened and not closed."""

DIRECT_LIMIT = 200
"""Rooms for two that one person may have begun."""


_DAY = 86_400
"""Seconds."""

_BEGINNING = 60
"""Seconds after the start, in which there is other work."""


class Entered(NamedTuple):
    """A room as somebody finds it who is in it; ``person`` is the other one in a room for two."""

    room: Room
    members: list[User]
    page: Page
    person: User | None = None


class Entering(RoomAccess):
    """Lets people have rooms; ``history`` is how many messages of one they find.

    ``publish`` tells an event without a position to all processes.
    """

    def __init__(
        self,
        log: EventLog,
        presence: Presence,
        permissions: Permissions,
        memberships: Memberships,
        audit: Audit,
        *,
        publish: Callable[[Event], None],
        clock: Clock,
        history: int,
    ) -> None:
        super().__init__(presence, permissions, memberships)
        self._log = log
        self._audit = audit
        self._publish = publish
        self._clock = clock
        self._next_tidying = clock.monotonic() + _BEGINNING
        self._history = history
        self._came: tuple[int, set[str]] = 0, set()  # on which day, and who

    # What people do; all of it waits for the disk and may raise NotJoined and StoreUnavailable.

    def open_room(self, connection: str, name: str) -> Entered:
        """Open a room that others can enter, or enter the open one of this name.

        Raises Forbidden, RoomLocked, RoomNameUnusable or TooManyRooms.
        """
        user = self._user(connection)
        room, _is_new = self.open(user, name)
        return self.entered(user, room.id)

    def enter(self, connection: str, room_id: str) -> Entered:
        """Let somebody into a room, or see again what it is like.

        Raises UnknownRoom, RoomLocked or RoomClosed.
        """
        return self.entered(self._user(connection), room_id)

    def leave(self, connection: str, room_id: str) -> None:
        """Let somebody out of a room. Raises UnknownRoom, or Forbidden where they have to stay."""
        user = self._user(connection)

        def check(room: Room) -> None:
            self._check(user.id, Act.LEAVE, room)

        self._append(LeaveRoom(room_id, user.id, check))

    def open_direct(self, connection: str, person_id: str) -> Entered:
        """Let two people have a room of their own.

        Raises UnknownPerson, Forbidden or TooManyRooms.
        """
        user = self._user(connection)
        room_id = direct_room_id(user.id, person_id)
        if self._memberships.room(room_id) is None:
            entry = self._presence.entry(person_id)
            if entry is None or entry.member is None or person_id == user.id:
                raise UnknownPerson
            self._check_private(user, entry.user)
            wanted = Room(room_id, "direct", opener=user.id)
            self._append(OpenRoom(wanted, (user, entry.user), DIRECT_LIMIT))
        return self.entered(user, room_id)

    def mark_read(self, connection: str, room_id: str, message_id: int) -> Future[MarkedRead]:
        """Note up to which message somebody has read a room; their other connections learn of it.

        Does not wait for the disk; the future fails with UnknownRoom.
        """
        user, day = self._user(connection), self._today()
        marked = self._log.append(MarkRead(room_id, user, message_id, day))
        marked.add_done_callback(self._marked)
        return marked

    # What commands do: they wait for the disk, and may raise StoreUnavailable.

    def open(self, user: User, name: str) -> tuple[Room, bool]:
        """The open room of this name, and whether it is new; somebody new to it is not in it yet.

        Raises Forbidden, RoomNameUnusable or TooManyRooms.
        """
        name = clean_room_name(name)
        if not self.may_open(user.id):
            known = (room for room, _ in self.known(user.id) if room.is_open)
            there = same_name(name, (room for room in known if room.kind == "open"))
            if there is None:
                raise Forbidden
            return there, False
        wanted = Room(new_room_id(), "open", name, opener=user.id)
        room = self._append(OpenRoom(wanted, (user,) if user.id else (), OPENED_LIMIT)).room
        if is_new := room.id == wanted.id:
            self._audit.command("room_opened", user.name, None, room=name)
        return room, is_new

    def entered(self, user: User, room_id: str) -> Entered:
        """The room as somebody finds it who is in it, from now on at the latest.

        Raises UnknownRoom, RoomLocked or RoomClosed.
        """

        def check(room: Room) -> None:
            self._check_entering(user, room)

        if not self._memberships.is_member(user.id, room_id):
            self._append(EnterRoom(room_id, user, check))
        room = self._memberships.room(room_id)
        if room is None:
            raise UnknownRoom
        page = missed(self._log, room_id, None, None, self._history)
        others = self._memberships.members(room_id) if room is not MAIN else []
        members = [self._presence.current(each) for each in others]
        person = next((each for each in members if each.id != user.id), None)
        return Entered(room, members, page, person if room.kind == "direct" else None)

    def change(
        self, user_id: str, room_id: str, act: Act, amended: Callable[[Room], Room]
    ) -> tuple[Room, Room]:
        """Let a room be as ``amended`` makes it; returns what it was, and what it is.

        The ``act`` is to change it, or to close it besides.
        Raises UnknownRoom, Forbidden, NotAMember, RoomClosed, or what ``amended`` does.
        """
        before = list[Room]()

        def checked(room: Room) -> Room:
            before.append(room)
            self._check(user_id, act, room)
            return amended(room)

        after = self._append(ChangeRoom(room_id, checked, close=act is Act.CLOSE)).room
        return before[-1], after

    def delete(self, user_id: str, room_id: str) -> Room:
        """Let nothing be left of a room, which is returned. Raises UnknownRoom or Forbidden."""
        before = list[Room]()

        def check(room: Room) -> None:
            before.append(room)
            self._check(user_id, Act.CLOSE, room)

        self._append(DeleteRoom(room_id, check))
        return before[-1]

    # What comes about by other things that happen, and by time.

    def begin_reading(self, user: User, position: int) -> None:
        """Note that what was said before somebody came counts as read. Does not wait."""
        with suppress(StoreUnavailable):
            self._log.append(MarkRead(LOBBY, user, position, self._today()))

    def come(self, user: User) -> None:
        """Note once a day that somebody has come who is in rooms. Does not wait."""
        today = self._today()
        if self._came[0] != today:
            self._came = today, set()
        if user.id not in self._came[1] and self._memberships.rooms_of(user.id):
            self._came[1].add(user.id)
            with suppress(StoreUnavailable):
                self._log.append(MarkRead(LOBBY, user, 0, today))

    def forget(self, user_id: str) -> None:
        """Let somebody who has logged out be in no room any more. Does not wait."""
        with suppress(StoreUnavailable):  # nobody comes back by this id anyway
            self._log.append(LeaveAll(user_id))

    def rename(self, user: User) -> None:
        """Note by which name somebody is in their rooms from now on. Does not wait."""
        with suppress(StoreUnavailable):  # they are seen by it as long as they are here
            self._log.append(RenameMember(user))

    def tidy(self, now: float) -> None:
        """Once a day, let go who has not come for long, and closed rooms with nothing in them.

        Waits for the disk; ``now`` is the monotonic clock's.
        """
        if now < self._next_tidying:
            return
        self._next_tidying = now + _DAY
        with suppress(StoreUnavailable):  # tomorrow, then
            users, rooms = self._log.tidy(self._today())
            for user_id in users:
                self._log.append(LeaveAll(user_id))
            for room_id in rooms:
                self._log.append(DeleteRoom(room_id, check_closed))

    def load(self) -> None:
        """Take what is stored, at first, and where what was told was of another history."""
        self._memberships.begin()
        try:
            self._memberships.load(*self._log.rooms())
        except StoreUnavailable as error:
            _log.warning("it is not known any more which rooms there are: %s", error)

    # How.

    def _today(self) -> int:
        return int(self._clock.wall() // _DAY)

    def _user(self, connection: str) -> User:
        return self._presence.here(connection).user

    def _append(self, change: Change[EventT]) -> EventT:
        return self._log.append(change).result()

    def _marked(self, marked: Future[MarkedRead]) -> None:
        if not marked.exception() and marked.result().changed:
            self._publish(marked.result())
