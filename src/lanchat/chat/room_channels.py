"""Who hears what happens in rooms, and what happens to them.

Whoever is in a room is subscribed to its channel with each of their connections that takes rooms:
before they are told that they have entered, and until it was told that they have left. Both come
from the log, in its order. So what was said behind that position reaches exactly those who were in
the room then.
"""

from __future__ import annotations

from collections.abc import Collection

from lanchat.chat.channels import room_channel, user_channel
from lanchat.chat.memberships import Memberships
from lanchat.chat.model import LOBBY, User
from lanchat.chat.permissions import Permissions
from lanchat.chat.ports import Delivery
from lanchat.chat.room_events import (
    GroupEntered,
    GroupsShared,
    RoomChanged,
    RoomDeleted,
    RoomEntered,
    RoomEvent,
    RoomLeft,
    RoomOpened,
    RoomsLeft,
    RoomTold,
)
from lanchat.chat.rooms import Room

TAKES_ROOMS = "rooms"
"""The trait of a client that shows other rooms than the one that everybody is in."""


class RoomChannels:
    """The connections of this process that take rooms."""

    def __init__(
        self, memberships: Memberships, permissions: Permissions, delivery: Delivery
    ) -> None:
        self._memberships = memberships
        self._permissions = permissions
        self._delivery = delivery
        self._connections: dict[str, dict[str, Collection[str]]] = {}  # user → connection → traits
        self._users: dict[str, str] = {}  # connection → user

    def connect(self, connection: str, user_id: str, traits: Collection[str]) -> None:
        """Let a connection hear what it understands of the rooms that its user is in."""
        with self._memberships.lock:
            takes_rooms = TAKES_ROOMS in traits
            if takes_rooms:
                self._users[connection] = user_id
                self._connections.setdefault(user_id, {})[connection] = traits
            elif connection in self._users:  # it has said otherwise before
                self.disconnect(connection)
            else:
                return
            for room_id in self._memberships.rooms_of(user_id):
                if takes_rooms:
                    self._delivery.subscribe(connection, room_channel(room_id), traits)
                else:
                    self._delivery.leave(connection, room_channel(room_id))

    def disconnect(self, connection: str) -> None:
        """The connection is gone."""
        with self._memberships.lock:
            user_id = self._users.pop(connection, None)
            if user_id is not None:
                del self._connections[user_id][connection]
                if not self._connections[user_id]:
                    del self._connections[user_id]

    def hears(self, connection: str) -> bool:
        """Whether the connection takes rooms."""
        return connection in self._users

    def users(self) -> list[str]:
        """Whose the connections are, by id."""
        return list(self._connections)

    def tell(self, event: RoomEvent) -> None:
        """The log says what has happened: whom it concerns here is told."""
        with self._memberships.lock:
            if isinstance(event, RoomDeleted):
                before = self._memberships.room(event.room)
                members = self._memberships.members(event.room)
            if not self._memberships.take(event):
                return
            if isinstance(event, RoomOpened):
                self._opened(event)
            elif isinstance(event, RoomChanged):
                self._tell_all(event.room, event)
            elif isinstance(event, RoomDeleted):
                self._deleted(event, before, members)
            elif isinstance(event, RoomEntered):
                self._subscribe(event.room, event.user.id)
                self._delivery.deliver(event.channel, event)
            elif isinstance(event, RoomLeft):
                self._left(event)
            elif isinstance(event, GroupsShared):
                self._shared(event)
            elif isinstance(event, GroupEntered):
                self._put(event)
            elif isinstance(event, RoomsLeft):
                self._left_all(event)

    def _shared(self, event: GroupsShared) -> None:
        for room in event.closed:
            self._tell_all(room, RoomChanged(room))
        for opened in event.opened:
            self._opened(opened)

    def _left_all(self, event: RoomsLeft) -> None:
        for room_id in event.left:
            self._left(RoomLeft(event.seq, room_id, event.user))
        for room_id in event.closed:
            if room := self._memberships.room(room_id):
                self._tell_all(room, RoomChanged(room))

    def promoted(self, user_ids: Collection[str]) -> None:
        """Tell who moderates from now on of the groups that they may enter."""
        with self._memberships.lock:
            groups = [room for room in self._memberships.rooms() if room.kind == "group"]
            for user_id in self._connections.keys() & user_ids:
                for room in groups:
                    if room.is_open and not self._memberships.is_member(user_id, room.id):
                        count = self._memberships.count(room.id)
                        self._say(RoomTold(user_channel(user_id), room, count, member=False))

    def _opened(self, event: RoomOpened) -> None:
        room, count = event.room, len(event.members)
        for user in event.members:
            self._subscribe(room.id, user.id)
        if room.kind == "direct":
            for user in event.members:
                other = self._memberships.other(user.id, room.id)
                self._say(RoomTold(user_channel(user.id), room, count, member=True, person=other))
            return
        for channel in self._channels_outside(room):
            self._say(RoomTold(channel, room, count, member=False))
        people = event.members if room.kind == "group" else ()
        self._say(RoomTold(room_channel(room.id), room, count, member=True, people=people))

    def _put(self, event: GroupEntered) -> None:
        """Somebody is in a group, of which they have not known."""
        user, room = event.user, self._memberships.room(event.room)
        for room_id in event.left:
            self._left(RoomLeft(event.seq, room_id, user))
        if room is not None:
            self._subscribe(room.id, user.id)
            count = self._memberships.count(room.id)
            self._say(RoomTold(user_channel(user.id), room, count, member=True))
        self._delivery.deliver(event.channel, RoomEntered(event.seq, event.room, user))

    def _tell_all(self, room: Room, event: RoomChanged | RoomDeleted) -> None:
        """Tell who is in the room, or was until now, and who may know of it."""
        channels = self._channels_outside(room)
        if room.kind != "open":  # else those who are in it are among those who are told
            channels.append(room_channel(room.id))
        for channel in channels:
            self._delivery.deliver(channel, event)

    def _deleted(self, event: RoomDeleted, before: Room | None, members: list[User]) -> None:
        if before is not None:  # else it was opened and deleted before this process could read it
            self._tell_all(before, event)
        for user in members:
            for connection in self._connections.get(user.id, ()):
                self._delivery.leave(connection, event.channel)

    def _left(self, event: RoomLeft) -> None:
        self._delivery.deliver(event.channel, event)
        for connection in self._connections.get(event.user.id, ()):
            self._delivery.leave(connection, event.channel)

    def _channels_outside(self, room: Room) -> list[str]:
        """Where those are told who are not in the room, and may know of it."""
        if room.kind == "open":
            return [room_channel(LOBBY)]
        if room.kind == "group":
            hosts = self._permissions.state.moderators
            return [
                user_channel(each)
                for each in sorted(hosts)
                if not self._memberships.is_member(each, room.id)
            ]
        return []

    def _subscribe(self, room_id: str, user_id: str) -> None:
        for connection, traits in self._connections.get(user_id, {}).items():
            self._delivery.subscribe(connection, room_channel(room_id), traits)

    def _say(self, event: RoomTold) -> None:
        self._delivery.deliver(event.channel, event)
