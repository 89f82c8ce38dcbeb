"""The socket events: thin bridges from Socket.IO to the hub.

Flask-SocketIO hands over ``connect`` with the request's session; the events after it go
straight to python-socketio, which spares each one a Flask request context.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import flask
from flask_socketio import ConnectionRefusedError as Refuse
from flask_socketio import SocketIO

from lanchat import i18n
from lanchat.chat.hub import Hub
from lanchat.chat.model import Guest, Origin
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
from lanchat.web import session
from lanchat.web.limits import Limits
from lanchat.web.payloads import NewHost, NewMessage, parse

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person behind a connection, as its ``connect`` established."""

    guest: Guest
    origin: Origin
    lang: str


Handler = Callable[[str, Visitor, tuple[object, ...]], object]


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
    ) -> None:
        self._socketio = socketio
        self._hub = hub
        self._log = log
        self._config = config
        self._limits = limits
        self._visitors: dict[str, Visitor] = {}
        self._ending: set[str] = set()

    def register(self) -> None:
        self._socketio.on("connect")(self._connect)
        self._socketio.on("disconnect")(self._disconnect)
        server = self._socketio.server
        server.on("new_host", self._answering(self._new_host))
        server.on("new_message", self._answering(self._new_message))
        unknown = self._answering(self._unknown)
        server.on("*", lambda _event, *arguments: unknown(*arguments))

    def check_room_for(self, guest: Guest | None) -> None:
        """Look whether a request's person can connect. Raises TooManyConnections.

        Who is connected already, perhaps for the last moment before a reload, is let in.
        """
        if guest is None or not self._connections_of(guest):
            self._check_room(session.origin(flask.request.environ))

    def disconnect(self, connections: Iterable[str]) -> None:
        """Close connections from this side, and hear nothing more of them meanwhile."""
        for connection in self._visitors.keys() & set(connections) - self._ending:
            self._ending.add(connection)
            # In the background: engine.io waits until the client has taken what is queued.
            self._socketio.start_background_task(self._socketio.server.disconnect, connection)

    def _connect(self, _auth: object = None) -> None:
        connection = flask.request.sid  # type: ignore[attr-defined]
        if connection in self._visitors:
            return  # an event of that name, sent by the client itself
        guest, origin = session.guest(), session.origin(flask.request.environ)
        if guest is None or not self._hub.may_enter(guest):
            self._log.refused(origin, Unauthorized.code)
            raise Refuse(Unauthorized.code)
        visitor = Visitor(guest, origin, session.language(self._config.lang))
        try:
            self._check_room(origin)
        except TooManyConnections as refusal:
            message = i18n.translate(visitor.lang, f"error.{refusal.code}")
            raise Refuse(refusal.code, {"message": message}) from None
        self._visitors[connection] = visitor
        self._limits.forget()

    def _disconnect(self, _reason: object = None) -> None:
        connection = flask.request.sid  # type: ignore[attr-defined]
        if self._socketio.server.manager.is_connected(connection, "/"):
            return  # an event of that name, sent by the client itself
        self._visitors.pop(connection, None)
        self._ending.discard(connection)
        self._hub.disconnect(connection)

    def _new_host(
        self, connection: str, visitor: Visitor, arguments: tuple[object, ...]
    ) -> dict[str, Any]:
        last_id = parse(arguments, NewHost).last_id
        try:
            welcome = self._hub.join(connection, visitor.guest, visitor.origin, last_id)
        except NameTaken:
            # Since this connection was opened somebody else has become Ana.
            raise Unauthorized from None
        return {
            "ok": True,
            "you": welcome.you,
            "hosts": welcome.hosts,
            "messages": welcome.messages,
            "complete": welcome.complete,
        }

    def _new_message(
        self, connection: str, visitor: Visitor, arguments: tuple[object, ...]
    ) -> dict[str, Any]:
        payload = parse(arguments, NewMessage)
        self._limits.message(visitor.guest.id)
        message = self._hub.post(connection, payload.message, payload.client_id)
        return {"ok": True, "id": message.id, "time": message.time}

    def _unknown(self, *_: object) -> None:
        raise PayloadInvalid

    def _answering(self, handle: Handler) -> Callable[..., object]:
        """Whatever goes wrong becomes an error answer in the visitor's language."""

        def answer(connection: str, *arguments: object) -> object:
            visitor = self._visitors.get(connection)
            if visitor is None or connection in self._ending:
                return _error(NotJoined.code, i18n.LANGUAGES[0])
            try:
                self._limits.event(connection)
                return handle(connection, visitor, arguments)
            except TooFast as refusal:
                self._strike(visitor)
                too_fast = _error(refusal.code, visitor.lang, **refusal.params)
                too_fast["error"]["retry_after"] = refusal.retry_after
                return too_fast
            except Refusal as refusal:
                return _error(refusal.code, visitor.lang, **refusal.params)
            except StoreUnavailable as error:
                return _error(error.code, visitor.lang)
            except Exception:  # noqa: BLE001  a defect in one event is that event's alone
                _log.exception("an event of %s failed", visitor.origin.ip)
                return _error(StoreUnavailable.code, visitor.lang)

        return answer

    def _strike(self, visitor: Visitor) -> None:
        """Somebody was too fast; close all their connections where it was once too often."""
        if self._limits.strike(visitor.guest.id):
            self._log.refused(visitor.origin, "flood")
            self.disconnect(self._connections_of(visitor.guest))

    def _connections_of(self, guest: Guest) -> list[str]:
        return [
            connection
            for connection, visitor in self._visitors.items()
            if visitor.guest.id == guest.id
        ]

    def _check_room(self, origin: Origin) -> None:
        from_there = sum(visitor.origin.ip == origin.ip for visitor in self._visitors.values())
        limits = (
            (self._config.max_clients, len(self._visitors)),
            (self._config.max_per_ip, from_there),
        )
        if any(0 < limit <= count for limit, count in limits):
            self._log.refused(origin, TooManyConnections.code)
            raise TooManyConnections


def _error(code: str, lang: str, **params: object) -> dict[str, Any]:
    message = i18n.translate(lang, f"error.{code}", **params)
    return {"ok": False, "error": {"code": code, "message": message}}
