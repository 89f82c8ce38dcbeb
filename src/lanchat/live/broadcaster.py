"""The hub's way to every socket in the room."""

from __future__ import annotations

from collections.abc import Mapping

from flask_socketio import SocketIO

from lanchat.chat.model import ROOM, Arrival, Message


class SocketBroadcaster:
    """Tells the connections that have joined, in the events of docs/protocol.md."""

    def __init__(self, socketio: SocketIO) -> None:
        self._socketio = socketio

    def subscribe(self, connection: str) -> None:
        """From now on the connection is told, too."""
        self._socketio.server.enter_room(connection, ROOM)

    def message_posted(self, message: Message) -> None:
        """Somebody said something."""
        self._socketio.server.emit("add_chat_message", message, to=ROOM)

    def host_joined(self, arrival: Arrival) -> None:
        """Somebody came."""
        self._socketio.server.emit("host_join_room", arrival, to=ROOM)

    def host_left(self, departure: Arrival) -> None:
        """Somebody went."""
        self._socketio.server.emit("host_leave_room", departure, to=ROOM)

    def server_stops(self, time: str) -> None:
        """The server is about to stop."""
        self._socketio.server.emit("server_stop", {"time": time}, to=ROOM)

    def invite_changed(self, invitation: Mapping[str, str]) -> None:
        """The room is to be found at another address from now on."""
        self._socketio.server.emit("invite_changed", dict(invitation), to=ROOM)
