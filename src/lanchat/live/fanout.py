"""Broadcasts: one packet, encoded once, for everybody in a room.

The stock way costs each recipient a look-up, a queue, a switch to the greenlet that writes, and a
frame of its own. Here a room's members are looked up when the first broadcast after a change needs
them, and the packet is handed over once for all of them (``writer.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import socketio
from engineio.packet import MESSAGE, Packet
from socketio.packet import EVENT

from lanchat.live.endpoint import lasting
from lanchat.live.frames import build_frame
from lanchat.live.session import Session
from lanchat.live.writer import Flusher, Group, SocketWriter


class Audience:
    """The members of a room as a broadcast needs them; it does not change."""

    def __init__(self, sessions: Iterable[Session]) -> None:
        writers: list[SocketWriter] = []
        self.polling: list[Session] = []
        for session in sessions:
            if session.writer is None:
                self.polling.append(session)
            else:
                writers.append(session.writer)
        self.group = Group(writers)


class FanOut(socketio.Manager):  # type: ignore[misc]  # it has no types
    """python-socketio's client manager, with a short way for what goes to a whole room."""

    def __init__(self, flusher: Flusher) -> None:
        super().__init__()
        self._flusher = flusher
        self._audiences: dict[tuple[str, str | None], Audience] = {}

    def emit(  # noqa: PLR0917  the signature of what it overrides
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Callable[..., None] | None = None,
        to: Any = None,
        **options: Any,
    ) -> None:
        """Send an event to everybody in a room; what is less simple goes the stock way."""
        room = to or room
        arguments = [] if data is None else list(data) if isinstance(data, tuple) else [data]
        if not isinstance(room, str) or skip_sid or callback or _has_bytes(arguments):
            super().emit(event, data, namespace, room, skip_sid, callback, **options)
            return
        head = b"%d%d" % (MESSAGE, EVENT)
        if namespace != "/":
            head += f"{namespace},".encode()
        packet = head + msgspec.json.encode([event, *arguments])
        audience = self._audience(namespace, room)
        self._flusher.broadcast(audience.group, build_frame(packet))
        if audience.polling:
            waiting = Packet(MESSAGE, packet[1:].decode())
            for session in audience.polling:
                self.server.eio.send_packet(session.sid, waiting)

    def basic_enter_room(self, sid: str, namespace: str, room: Any, eio_sid: Any = None) -> None:
        self._audiences.pop((namespace, room), None)
        super().basic_enter_room(sid, namespace, room, eio_sid)

    def basic_leave_room(self, sid: str, namespace: str, room: Any) -> None:
        self._audiences.pop((namespace, room), None)
        super().basic_leave_room(sid, namespace, room)

    def forget_audiences(self) -> None:
        """Writers have changed: look all members up anew."""
        self._audiences.clear()

    def settle(self, session: Session) -> None:
        """Somebody has a WebSocket now, and will for long; perhaps they have polled before."""
        self._audiences.clear()
        environs = self.server.environ
        if session.sid in environs:
            environs[session.sid] = lasting(environs[session.sid])

    def _audience(self, namespace: str, room: str | None) -> Audience:
        audience = self._audiences.get((namespace, room))
        if audience is None:
            sockets = self.server.eio.sockets
            members = (sockets.get(sid) for _, sid in self.get_participants(namespace, room))
            audience = Audience(session for session in members if session is not None)
            self._audiences[namespace, room] = audience
        return audience


def _has_bytes(values: Iterable[Any]) -> bool:
    """Whether there is something among the values that has to be sent as an attachment."""
    for value in values:
        kind = type(value)
        if kind is str or kind is int:
            continue
        if isinstance(value, bytes | bytearray):
            return True
        if isinstance(value, dict | list) and _has_bytes(
            value.values() if isinstance(value, dict) else value
        ):
            return True
    return False
