"""From an event on a channel to the packets of everybody who has subscribed to it.

A room's channel is a room of Socket.IO, so that a broadcast is encoded once. Where clients of
different traits are told differently, those of the same traits have a room of their own beside it.
A person's channel is a short list of their connections.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Any

from engineio.packet import MESSAGE, Packet
from flask_socketio import SocketIO
from socketio.packet import EVENT

from lanchat.chat.channels import room_channel, user_channel
from lanchat.chat.events import ConnectionsClosed, Event, HistoryLeft, MessagePosted, Typing
from lanchat.chat.model import LOBBY
from lanchat.live.packets import EventHandlers

Only = Callable[[frozenset[str]], bool]
Told = tuple[str, Any, Only | None]
"""An event's name and payload, and by which traits a client gets it; None is for all."""

_ROOM = "room:"
_EVERYBODY = room_channel(LOBBY)
_NONE = frozenset[str]()


class SocketDelivery:
    """The connections of this process; ``packets`` says what an event is on the wire.

    ``on`` takes the handlers of what clients send.
    """

    def __init__(
        self,
        socketio: SocketIO,
        handlers: EventHandlers,
        packets: Callable[[Event], Iterable[Told]],
    ) -> None:
        self.socketio = socketio
        self.on = handlers.on
        self._packets = packets
        self._users: dict[str, list[str]] = {}  # channel of a user → connections
        self._of_users: dict[str, str] = {}  # connection → channel of its user
        self._joined: dict[str, dict[str, frozenset[str]]] = {}  # connection → rooms' channels → as
        self._groups: dict[str, Counter[frozenset[str]]] = {}  # channel → traits of its subscribers
        self.closing: set[str] = set()
        """Connections that end as soon as their clients have taken what they are told."""
        self.deliveries = 0
        """How many connections were told of a message, added up over all messages."""

    def subscribe(self, connection: str, channel: str, traits: Collection[str] = ()) -> None:
        """From now on the connection is told what is delivered on the channel."""
        if not channel.startswith(_ROOM):
            self._of_users[connection] = channel
            self._users.setdefault(channel, []).append(connection)
            return
        server, new = self.socketio.server, frozenset(traits)
        if not server.manager.is_connected(connection, "/"):
            return  # it has gone meanwhile
        joined = self._joined.setdefault(connection, {})
        if joined.get(channel) == new:
            return
        if channel in joined:  # it has said otherwise before
            server.leave_room(connection, _group(channel, joined[channel]))
            self._uncount(channel, joined[channel])
        else:
            server.enter_room(connection, channel)
        joined[channel] = new
        self._groups.setdefault(channel, Counter())[new] += 1
        server.enter_room(connection, _group(channel, new))

    def leave(self, connection: str, channel: str) -> None:
        """From now on the connection is not told any more what is delivered on the channel."""
        traits = self._joined.get(connection, {}).pop(channel, None)
        if traits is not None:
            for room in (channel, _group(channel, traits)):
                self.socketio.server.leave_room(connection, room)
            self._uncount(channel, traits)

    def deliver(self, channel: str, event: Event) -> None:
        """Tell everybody in this process who has subscribed to the channel."""
        if isinstance(event, ConnectionsClosed):
            self._close(channel)
            return
        if isinstance(event, HistoryLeft):
            self._close_all()
            return
        if isinstance(event, Typing):
            self._hint(channel, user_channel(event.user.id), event)
            return
        if isinstance(event, MessagePosted):
            members = self.socketio.server.manager.rooms.get("/", {}).get(channel, ())
            self.deliveries += len(members)
        for name, payload, only in self._packets(event):
            for room in self._rooms(channel, only):
                self.socketio.server.emit(name, payload, to=room)

    def _hint(self, channel: str, own: str, event: Event) -> None:
        """Tell those in a room for whom nothing waits; not the person whom it is about."""
        server = self.socketio.server
        skipped = self._users.get(own, ())
        for name, payload, only in self._packets(event):
            text = server.packet_class(EVENT, data=[name, payload], namespace="/").encode()
            packet = Packet(MESSAGE, text)
            for connection, sid in list(server.manager.get_participants("/", channel)):
                traits = self._joined.get(connection, {}).get(channel)
                if traits is None:
                    continue  # it is on its way out
                if connection in skipped or (only and not only(traits)):
                    continue
                session = server.eio.sockets.get(sid)
                if session is not None and not _is_behind(session):
                    server.eio.send_packet(sid, packet)

    def unsubscribe(self, connection: str) -> None:
        """The connection is gone; Socket.IO itself takes it out of its rooms."""
        for joined, traits in self._joined.pop(connection, {}).items():
            self._uncount(joined, traits)
        channel = self._of_users.pop(connection, None)
        if channel is not None:
            self._users[channel].remove(connection)
            if not self._users[channel]:
                del self._users[channel]

    def _rooms(self, channel: str, only: Only | None) -> Iterable[str]:
        """The rooms of Socket.IO in which those who get a packet are."""
        if not channel.startswith(_ROOM):
            # Each connection is a room of its own, and understands what it has said of the one that
            # everybody is in.
            return [
                connection
                for connection in self._users.get(channel, ())
                if only is None or only(self._joined.get(connection, {}).get(_EVERYBODY, _NONE))
            ]
        if only is None:
            return (channel,)
        groups = self._groups.get(channel, ())
        return [_group(channel, traits) for traits in groups if only(traits)]

    def _uncount(self, channel: str, traits: frozenset[str]) -> None:
        groups = self._groups[channel]
        groups[traits] -= 1
        if not groups[traits]:
            del groups[traits]
            if not groups:
                del self._groups[channel]

    def _close(self, channel: str) -> None:
        for connection in self._users.get(channel, ()):
            if connection not in self.closing:
                self.closing.add(connection)
                # In the background: Engine.IO waits until the client has taken what is queued.
                self.socketio.start_background_task(self._disconnect, connection)

    def _close_all(self) -> None:
        """End all sessions, as a network that fails does: clients come again by themselves."""
        for session in list(self.socketio.server.eio.sockets.values()):
            session.close(wait=False)

    def _disconnect(self, connection: str) -> None:
        try:
            self.socketio.server.disconnect(connection)
        finally:
            self.closing.discard(connection)


def _is_behind(session: Any) -> bool:
    """Whether something waits for a client: for its WebSocket, or for its next poll."""
    waiting, _ = (getattr(session, "writer", None) or session.queue).backlog
    return bool(waiting)


def _group(channel: str, traits: frozenset[str]) -> str:
    return f"{channel}/{','.join(sorted(traits))}"
