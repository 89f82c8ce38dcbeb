"""What a client sends, looked at before the Socket.IO stack reads it.

The stack is lenient where the protocol is not, and keeps attachments without a bound. A packet
that cannot be read ends its own connection: no traceback, and nobody else notices.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from lanchat.live.events import Events
from lanchat.live.websocket import MAX_MESSAGE_BYTES

_log = logging.getLogger(__name__)

MAX_ATTACHMENTS = 10

_NAMESPACE = re.compile(r"0(/[!-~]{0,100}?)(?:[,?]|$)")
"""A CONNECT that names its namespace."""

_ATTACHMENTS = re.compile(r"[56]([0-9]{1,2})-")
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


class PacketReader:
    """The engine's handler for messages, in front of python-socketio's own (``handle``)."""

    def __init__(self, engine: Any, handle: Callable[[str, Any], None], events: Events) -> None:
        self._engine = engine
        self._handle = handle
        self._events = events

    def __call__(self, sid: str, packet: Any) -> None:
        """Read one packet of the session with this id."""
        session = self._engine.sockets.get(sid)
        if session is not None:
            self.read(session, packet)

    def read(self, session: Any, packet: Any) -> None:
        """Read one packet of a session."""
        if session.closed:
            return  # what was behind the packet that ended the session
        try:
            self._read(session, packet)
        except _UNREADABLE as error:
            _log.info("closed a connection whose packet cannot be read: %r", error)
            session.close(wait=False)

    def _read(self, session: Any, packet: Any) -> None:
        waiting = session.session.get("lanchat.attachments")
        if waiting is not None:
            self._attach(session, packet, waiting)
            return
        if not isinstance(packet, str) or not packet:
            raise ValueError("not a packet of Socket.IO")
        if packet[0] == "2" and self._events.read(session, packet):
            return
        if packet[0] in "56":
            announced = _ATTACHMENTS.match(packet)
            count = int(announced[1]) if announced else 0
            if not 1 <= count <= MAX_ATTACHMENTS:
                raise ValueError("too many attachments or none")
            session.session["lanchat.attachments"] = (count, MAX_MESSAGE_BYTES - len(packet))
        if packet.startswith("0/") and not packet.startswith(("0/,", "0/?")) and packet != "0/":
            self._refuse_namespace(session, packet)
            return
        self._handle(session.sid, packet)

    def _attach(self, session: Any, packet: Any, waiting: tuple[int, int]) -> None:
        """Binary packets complete the one before them, and together they keep to the limit."""
        count, room = waiting
        if not isinstance(packet, bytes) or len(packet) > room:
            raise ValueError("not an attachment, or too large")
        if count > 1:
            session.session["lanchat.attachments"] = (count - 1, room - len(packet))
        else:
            del session.session["lanchat.attachments"]
        self._handle(session.sid, packet)

    def _refuse_namespace(self, session: Any, packet: str) -> None:
        """The answer of the protocol's own server; python-socketio words it differently."""
        named = _NAMESPACE.match(packet)
        if named is None:
            raise ValueError("no name of a namespace")
        self._engine.send(session.sid, f'4{named[1]},{{"message":"Invalid namespace"}}')
