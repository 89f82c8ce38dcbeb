"""The hub's way to every socket in the room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_socketio import SocketIO

from lanchat.chat.model import ROOM, Arrival, Changes, Message, Notice, Standing
from lanchat.chat.order import Rules

_ONE_BY_ONE = f"{ROOM}/one-by-one"
_TOGETHER = f"{ROOM}/together"
"""The connections of ROOM by how they are told who comes and goes in a crowd."""


class SocketBroadcaster:
    """Tells the connections that have joined, in the events of docs/protocol.md."""

    def __init__(self, socketio: SocketIO) -> None:
        self._socketio = socketio
        self.deliveries = 0
        """How many connections were told of a message, added up over all messages."""

    def subscribe(self, connection: str, *, batches: bool) -> None:
        """From now on the connection is told, too; ``batches`` is how it takes a crowd."""
        server = self._socketio.server
        server.enter_room(connection, ROOM)
        # It may have joined before, and said otherwise.
        server.leave_room(connection, _ONE_BY_ONE if batches else _TOGETHER)
        server.enter_room(connection, _TOGETHER if batches else _ONE_BY_ONE)

    def message_posted(self, message: Message) -> None:
        """Somebody said something."""
        connections = self._socketio.server.manager.rooms.get("/", {}).get(ROOM, ())
        self.deliveries += len(connections)
        self._socketio.server.emit("add_chat_message", message, to=ROOM)

    def host_joined(self, arrival: Arrival, *, crowd: bool) -> None:
        """Somebody came: tell all, or in a crowd those alone who take no batches."""
        to = _ONE_BY_ONE if crowd else ROOM
        self._socketio.server.emit("host_join_room", arrival, to=to)

    def host_left(self, departure: Arrival, *, crowd: bool) -> None:
        """Somebody went: the same."""
        to = _ONE_BY_ONE if crowd else ROOM
        self._socketio.server.emit("host_leave_room", departure, to=to)

    def hosts_changed(self, changes: Changes) -> None:
        """Tell those who take batches what a moment has brought."""
        self._socketio.server.emit("hosts_changed", changes, to=_TOGETHER)

    def person_changed(self, standing: Standing) -> None:
        """Somebody may do more or less than before."""
        self._socketio.server.emit("person_changed", standing, to=ROOM)

    def room_changed(self, rules: Rules) -> None:
        """Other rules hold for all."""
        self._socketio.server.emit("room_changed", rules, to=ROOM)

    def message_deleted(self, message_id: int) -> None:
        """A host has deleted a message."""
        self._socketio.server.emit("message_deleted", {"id": message_id}, to=ROOM)

    def history_cleared(self, up_to: int) -> None:
        """A host has deleted what was said up to this id."""
        self._socketio.server.emit("history_cleared", {"up_to": up_to}, to=ROOM)

    def notice(self, connections: Sequence[str], notice: Notice) -> None:
        """Tell these connections alone what concerns them."""
        for connection in connections:
            self._socketio.server.emit("notice", notice, to=connection)

    def show_out(self, connections: Sequence[str], notice: Notice) -> None:
        """Tell these connections why, and close them."""
        self.notice(connections, notice)
        for connection in connections:
            # In the background: engine.io waits until the client has taken what is queued.
            self._socketio.start_background_task(self._socketio.server.disconnect, connection)

    def server_stops(self, time: str) -> None:
        """The server is about to stop."""
        self._socketio.server.emit("server_stop", {"time": time}, to=ROOM)

    def invite_changed(self, invitation: Mapping[str, str]) -> None:
        """The room is to be found at another address from now on."""
        self._socketio.server.emit("invite_changed", dict(invitation), to=ROOM)
