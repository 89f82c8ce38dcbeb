"""The socket events: thin bridges from Socket.IO to the hub.

Flask-SocketIO hands over ``connect`` with the request's session; the events after it come
straight from their connection, without a Flask request context.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future

import flask
from flask_socketio import ConnectionRefusedError as Refuse
from flask_socketio import SocketIO

from lanchat import i18n
from lanchat.chat.hub import Hub
from lanchat.chat.model import Guest, Message, Origin, timestamp
from lanchat.chat.ports import ConnectionLog
from lanchat.config import ServeConfig
from lanchat.errors import (
    NameTaken,
    NotJoined,
    PayloadInvalid,
    Refusal,
    StoreUnavailable,
    TooFast,
    TooManyConnections,
    Unauthorized,
)
from lanchat.web import answers, client, session
from lanchat.web.answers import Answer
from lanchat.web.limits import Limits
from lanchat.web.payloads import HostCommand, NewHost, NewMessage, parse
from lanchat.web.visitors import Visitor, Visitors

_log = logging.getLogger(__name__)


Reply = Callable[[object], None]
EventHandler = Callable[[str, Sequence[object], Reply], None]
"""Called with the connection, the event's arguments and what to call, once, with the answer."""


class Sockets:
    """The handlers of all events, and who is behind which connection."""

    def __init__(
        self,
        socketio: SocketIO,
        hub: Hub,
        log: ConnectionLog,
        *,
        config: ServeConfig,
        limits: Limits,
        network: client.Network,
    ) -> None:
        self._socketio = socketio
        self._hub = hub
        self._log = log
        self._config = config
        self._limits = limits
        self._network = network
        self._visitors = Visitors()
        self._ending: set[str] = set()

    def register(self, on_event: Callable[[str, EventHandler], None]) -> None:
        """Take connections, and through ``on_event`` what they send; ``*`` is all the rest."""
        self._socketio.on("connect")(self._connect)
        self._socketio.on("disconnect")(self._disconnect)
        on_event("new_host", self._answering(self._new_host))
        on_event("new_message", self._answering(self._new_message))
        on_event("host_command", self._answering(self._host_command))
        on_event("*", self._answering(self._unknown))

    def check_room_for(self, guest: Guest | None) -> None:
        """Look whether a request's person can connect. Raises TooManyConnections.

        Who is connected already, perhaps for the last moment before a reload, is let in.
        """
        if guest is None or not self._visitors.connections(guest):
            self._check_room(session.visitor())

    def disconnect(self, connections: Iterable[str]) -> None:
        """Close connections from this side, and hear nothing more of them meanwhile."""
        for connection in connections:
            if connection not in self._visitors or connection in self._ending:
                continue
            self._ending.add(connection)
            # In the background: engine.io waits until the client has taken what is queued.
            self._socketio.start_background_task(self._socketio.server.disconnect, connection)

    def _connect(self, _auth: object = None) -> None:
        connection = flask.request.sid  # type: ignore[attr-defined]
        if connection in self._visitors:
            return  # an event of that name, sent by the client itself
        guest, origin = session.guest(), session.visitor()
        if guest is None or not self._hub.may_enter(guest, origin):
            self._log.refused(origin, Unauthorized.code)
            raise Refuse(Unauthorized.code)
        visitor = Visitor(guest, origin, session.language(self._config.lang))
        try:
            self._check_room(origin)
        except TooManyConnections as refusal:
            raise Refuse(refusal.code, {"message": answers.why(refusal, visitor.lang)}) from None
        self._visitors.add(connection, visitor)
        self._limits.forget()

    def _disconnect(self, _reason: object = None) -> None:
        connection = flask.request.sid  # type: ignore[attr-defined]
        if self._socketio.server.manager.is_connected(connection, "/"):
            return  # an event of that name, sent by the client itself
        self._visitors.remove(connection)
        self._ending.discard(connection)
        self._hub.disconnect(connection)

    def _new_host(self, connection: str, visitor: Visitor, arguments: Sequence[object]) -> Answer:
        asked = parse(arguments, NewHost)
        guest, origin = visitor.guest, visitor.origin
        try:
            welcome = self._hub.join(
                connection, guest, origin, asked.last_id, batches=asked.batches
            )
        except NameTaken:
            # Since this connection was opened somebody else has become Ana.
            raise Unauthorized from None
        answer = {
            "ok": True,
            "you": welcome.you,
            "hosts": welcome.hosts,
            "messages": welcome.history.messages,
            "complete": welcome.history.complete,
            "deleted": welcome.history.deleted,
            "cleared": welcome.history.cleared,
            "room": welcome.rules,
        }
        if welcome.bans is not None:
            answer["bans"] = [
                {"name": ban.name, "until": None if ban.until is None else timestamp(ban.until)}
                for ban in welcome.bans
            ]
        if not self._config.trust_proxy:  # else the page knows the proxy's address itself
            answer["invite"] = client.invitation(self._config, self._network.share_url)
        return answer

    def _new_message(
        self, connection: str, visitor: Visitor, arguments: Sequence[object]
    ) -> Future[Message]:
        payload = parse(arguments, NewMessage)
        self._limits.message(visitor.guest.id)
        return self._hub.post(connection, payload.message, payload.client_id)

    def _host_command(
        self, connection: str, visitor: Visitor, arguments: Sequence[object]
    ) -> Answer:
        asked = parse(arguments, HostCommand)
        result = self._hub.command(connection, asked.name, asked.text, asked.person)
        return answers.done(result, visitor.lang)

    def _unknown(self, *_: object) -> Answer:
        raise PayloadInvalid

    def _answering(
        self, handle: Callable[[str, Visitor, Sequence[object]], Answer | Future[Message]]
    ) -> EventHandler:
        """Whatever goes wrong becomes an error answer in the visitor's language."""

        def answer(connection: str, arguments: Sequence[object], reply: Reply) -> None:
            visitor = self._visitors.get(connection)
            if visitor is None or connection in self._ending:
                reply(answers.refusal(NotJoined(), i18n.LANGUAGES[0]))
                return
            try:
                self._limits.event(connection)
                result = handle(connection, visitor, arguments)
            except Exception as error:  # noqa: BLE001  see _explain
                reply(self._explain(error, visitor))
                return
            if isinstance(result, Future):
                result.add_done_callback(lambda posted: reply(self._outcome(posted, visitor)))
            else:
                reply(result)

        return answer

    def _outcome(self, posted: Future[Message], visitor: Visitor) -> Answer:
        """What a sender is told when the message is stored, or could not be."""
        if error := posted.exception():
            return self._explain(error, visitor)
        message = posted.result()
        return {"ok": True, "id": message.id, "time": message.time}

    def _explain(self, error: BaseException, visitor: Visitor) -> Answer:
        if isinstance(error, TooFast):
            self._strike(visitor)
        if isinstance(error, Refusal):
            return answers.refusal(error, visitor.lang)
        if not isinstance(error, StoreUnavailable):
            # A defect in one event is that event's alone.
            _log.error("an event of %s failed", visitor.origin.ip, exc_info=error)
        unavailable = i18n.translate(visitor.lang, f"error.{StoreUnavailable.code}")
        return answers.failure(StoreUnavailable.code, unavailable)

    def _strike(self, visitor: Visitor) -> None:
        """Somebody was too fast; close all their connections where it was once too often."""
        if self._limits.strike(visitor.guest.id):
            self._log.refused(visitor.origin, "flood")
            self.disconnect(self._visitors.connections(visitor.guest))

    def _check_room(self, origin: Origin) -> None:
        limits = (
            (self._config.max_clients, len(self._visitors)),
            (self._config.max_per_ip, self._visitors.from_address(origin.ip)),
        )
        if any(0 < limit <= count for limit, count in limits):
            self._log.refused(origin, TooManyConnections.code)
            raise TooManyConnections
