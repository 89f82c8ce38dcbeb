"""The way of an event: from its packet to its handler, and the handler's reply to its packet.

python-socketio answers an event with what its handler returns, so that a client's next event
waits for the disk that this one waits for. Here a handler gets ``reply`` to call when it can
answer, and the next event is read meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import socketio
from gevent.event import AsyncResult
from gevent.lock import BoundedSemaphore

from lanchat.live import codec

Reply = Callable[[object], None]
Handler = Callable[[str, Sequence[object], Reply], None]
"""Called with the connection, the event's arguments and ``reply``, to be called once."""

MAX_UNANSWERED = 100
"""So many events of a client are handled at a time; the next ones wait in its socket."""

_ANY = "*"
_PACKET = re.compile(r"2([0-9]{0,20})(?=\[)")
"""An event in the main namespace, with the id that its acknowledgement shall have."""


class Events:
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
        head = _PACKET.match(packet)
        if head is None:
            return False
        name, *arguments = codec.loads(packet[head.end() :])
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
                answer = f"3{head[1]}{codec.dumps([value])}"
                self._server.eio.send(session.sid, answer)

        self._handler(name)(connection, arguments, reply)
        return True

    def _handler(self, name: object) -> Handler:
        known = self._handlers.get(name) if isinstance(name, str) else None
        return known or self._handlers[_ANY]

    def _wait_for(self, name: str, connection: str, *arguments: object) -> object:
        """For packets of unusual shape, which python-socketio reads and answers."""
        answer: AsyncResult[object] = AsyncResult()
        self._handler(name)(connection, arguments, answer.set)
        return answer.get()
