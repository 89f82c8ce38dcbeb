"""Groups: hosts share people out, who comes late has a place, and a guest can ask for a host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from lanchat.chat.channels import room_channel, user_channel
from lanchat.chat.events import Event
from lanchat.chat.futures import Future
from lanchat.chat.memberships import Memberships
from lanchat.chat.model import User
from lanchat.chat.permissions import Permissions
from lanchat.chat.ports import EventLog
from lanchat.chat.presence import Presence
from lanchat.chat.room_changes import DeleteRoom, PutIntoGroup, ShareOut, check_closed
from lanchat.chat.room_events import GroupEntered, GroupsShared, HostCalled
from lanchat.chat.rooms import Room, new_room_id
from lanchat.errors import (
    PayloadInvalid,
    RoomClosed,
    StoreUnavailable,
    UnknownPerson,
    UnknownRoom,
)

GROUPS_LIMIT = 100
"""Groups at the same time."""

ROUNDS_KEPT = 30
"""So many times back that people were shared out, with what was said in the groups of then.

Everybody has all of theirs in memory and in the answer to a page that is opened.
"""


class Groups:
    """Puts people into groups; ``publish`` tells an event without a position to all processes."""

    def __init__(
        self,
        log: EventLog,
        presence: Presence,
        permissions: Permissions,
        memberships: Memberships,
        *,
        publish: Callable[[Event], None],
    ) -> None:
        self._log = log
        self._presence = presence
        self._permissions = permissions
        self._memberships = memberships
        self._publish = publish

    # What hosts do; it waits for the disk and may raise StoreUnavailable.

    def guests(self) -> list[User]:
        """Who is here and no host, in the order of arrival."""
        members = self._presence.members()
        return [User(each.id, each.name) for each in members if not self._is_host(each.id)]

    def there(self) -> list[Room]:
        """The groups of now, in the order of their numbers; perhaps some were closed since."""
        return self._memberships.groups()

    def share_out(self, opener: str, groups: Sequence[Sequence[User]]) -> GroupsShared:
        """Let these people be in groups of their own, which are called by their numbers."""
        ids = sorted(new_room_id() for _ in groups)  # whatever sorts by id has them in order
        wanted = tuple(
            (Room(room_id, "group", str(number), opener=opener), tuple(users))
            for number, (room_id, users) in enumerate(zip(ids, groups, strict=True), start=1)
        )
        shared = self._log.append(ShareOut(wanted)).result()
        self._let_go()
        return shared

    def end(self) -> GroupsShared:
        """Let there be no groups any more; what was said there is read on."""
        return self._log.append(ShareOut(())).result()

    def move(self, user: User, room_id: str) -> GroupEntered:
        """Let somebody be in this group instead of another one.

        Raises UnknownRoom, RoomClosed or UnknownPerson.
        """
        return self._log.append(PutIntoGroup(user, room_id)).result()

    def _let_go(self) -> None:
        """Delete the groups of long ago, as one deletes rooms. Does not wait."""
        for room in self._memberships.former_groups(ROUNDS_KEPT):
            with suppress(StoreUnavailable):  # the next time, then
                self._log.append(DeleteRoom(room.id, check_closed))

    # Who comes late.

    def place(self, user: User) -> None:
        """Give somebody who has come their place, if they lack one. Waits for the disk."""
        if (placed := self._placed(user)) is not None:
            with suppress(UnknownRoom, UnknownPerson):  # the groups have just ended, or they go
                placed.result()

    def place_all(self, user_ids: Iterable[str]) -> None:
        """The same for many, who have come meanwhile or are host no more. Does not wait."""
        for user_id in user_ids:
            if entry := self._presence.entry(user_id):
                with suppress(StoreUnavailable):  # it will be when they come again
                    self._placed(entry.user)

    def _placed(self, user: User) -> Future[GroupEntered] | None:
        if self._is_host(user.id) or self._memberships.has_place(user.id):
            return None
        return self._log.append(PutIntoGroup(self._presence.current(user)))

    # Who asks for a host.

    def check_calling(self, connection: str, room_id: str) -> None:
        """Look whether somebody may ask a host to come to a group.

        Raises NotJoined, UnknownRoom, RoomClosed, or PayloadInvalid of a room that is none.
        """
        user, room = self._user(connection), self._memberships.room(room_id)
        if room is None or not self._memberships.is_member(user.id, room_id):
            raise UnknownRoom
        if room.kind != "group":
            raise PayloadInvalid
        if room.closed:
            raise RoomClosed

    def call_host(self, connection: str, room_id: str) -> int:
        """Tell hosts, and those in the group; returns how many hosts are here. As above."""
        self.check_calling(connection, room_id)
        user, room = self._user(connection), self._memberships.room(room_id)
        hosts = [each.id for each in self._presence.members() if self._is_host(each.id)]
        outside = [each for each in hosts if not self._memberships.is_member(each, room_id)]
        for channel in (room_channel(room_id), *map(user_channel, outside)):
            self._publish(HostCalled(channel, room_id, room.name if room else "", user))
        return len(hosts)

    def _user(self, connection: str) -> User:
        return self._presence.here(connection).user

    def _is_host(self, user_id: str) -> bool:
        return self._permissions.is_moderator(user_id)
