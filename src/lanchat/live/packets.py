"""Packets of clients: checked before the Socket.IO stack reads them, and events to their handlers.

The stack is lenient where the protocol is not, and keeps attachments without a bound. Here a
packet that cannot be read ends its own connection: no traceback, and nobody else notices.

    WebSocket, poll ──► PacketReader ──event──► EventHandlers ──► handler ──reply──► acknowledgement
                             └──all else──► python-socketio

python-socketio answers an event with what its handler returns, so that a client's next event
waits for the disk that this one waits for. Here a handler gets ``reply`` to call when it can
answer, and the next event is read meanwhile.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import socketio
from gevent.event import AsyncResult
from gevent.lock import BoundedSemaphore

from lanchat.live.websocket import MAX_MESSAGE_BYTES

_log = logging.getLogger(__name__)

Reply = Callable[[object], None]
Handler = Callable[[str, Sequence[object], Reply], None]
"""Called with the connection, the event's arguments and ``reply``, to be called once."""

MAX_UNANSWERED = 100
"""So many events of a client are handled at a time; the next ones wait in its socket."""

MAX_ATTACHMENTS = 10

_ANY = "*"
_EVENT = re.compile(r"2([0-9]{0,20})(?=\[)")
"""An event in the main namespace, with the id that its acknowledgement shall have."""

_NAMESPACE = re.compile(r"0(/[!-~]{0,100}?)(?:[,?]|$)")
"""A CONNECT that names its namespace."""

_ATTACHMENTS = re.compile(r"[56]([0-9]{1,2})-")
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


class PacketJson:
    """JSON as the Socket.IO stack asks for it: ``dumps`` and ``loads``, without its options.

    Outgoing values may hold the chat's dataclasses: msgspec writes them as the objects of
    docs/protocol.md. Incoming text is untrusted: whatever is wrong with it is a ValueError.
    """

    @staticmethod
    def dumps(value: object, **_options: object) -> str:
        """Compact JSON."""
        return msgspec.json.encode(value).decode()

    @staticmethod
    def loads(text: str, **_options: object) -> Any:
        """Parse JSON. Raises ValueError, also for what is nested too deeply to be parsed."""
        try:
            return msgspec.json.decode(text)
        except (msgspec.MsgspecError, RecursionError):
            # Python's own takes six times as long, and a little more: half a pair of surrogates,
            # which is an error in one event rather than the end of its connection.
            return _loads_leniently(text)


def _loads_leniently(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


class EventHandlers:
    """Which handler an event has; ``*`` is for those that have none."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def on(self, name: str, handler: Handler) -> None:
        """Let the handler have all events of this name."""
        self._handlers[name] = handler

    def attach(self, server: socketio.Server) -> None:
        """Take the server's events, whatever their packets look like."""
        self._server = server
        server.on(_ANY, self._wait_for)

    def read(self, session: Any, packet: str) -> bool:
        """Handle a session's packet, if it is an ordinary event.

        Raises ValueError, LookupError or TypeError for one that cannot be read.
        """
        head = _EVENT.match(packet)
        if head is None:
            return False
        name, *arguments = PacketJson.loads(packet[head.end() :])
        connection = self._server.manager.sid_from_eio_sid(session.sid, "/")
        if not self._server.manager.is_connected(connection, "/"):
            return True  # the client did not wait for its CONNECT to be answered
        unanswered = session.session.get("lanchat.unanswered")
        if unanswered is None:
            unanswered = session.session["lanchat.unanswered"] = BoundedSemaphore(MAX_UNANSWERED)
        unanswered.acquire()

        def reply(value: object) -> None:
            unanswered.release()
            if head[1]:
                acknowledgement = b"3%b%b" % (head[1].encode(), msgspec.json.encode([value]))
                self._send(session, acknowledgement)

        self._handler(name)(connection, arguments, reply)
        return True

    def _send(self, session: Any, text: bytes) -> None:
        """Send a packet that is encoded; an answer with a whole history is copied seldom enough."""
        if hasattr(session, "write"):
            session.write(text)
        else:
            self._server.eio.send(session.sid, text.decode())

    def _handler(self, name: object) -> Handler:
        known = self._handlers.get(name) if isinstance(name, str) else None
        return known or self._handlers[_ANY]

    def _wait_for(self, name: str, connection: str, *arguments: object) -> object:
        """For packets of unusual shape, which python-socketio reads and answers."""
        answer: AsyncResult[object] = AsyncResult()
        self._handler(name)(connection, arguments, answer.set)
        return answer.get()


class PacketReader:
    """The engine's handler for messages, in front of python-socketio's own (``handle``)."""

    def __init__(
        self, engine: Any, handle: Callable[[str, Any], None], events: EventHandlers
    ) -> None:
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
