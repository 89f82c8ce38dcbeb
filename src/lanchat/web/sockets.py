"""The socket events: thin bridges from Socket.IO to the hub.

They come straight from their connection, without any of Flask's contexts: who is behind it is
read from the request that has opened it, once, when it connects.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Sequence
from typing import Any, Protocol

import msgspec
from flask_socketio import ConnectionRefusedError as Refuse
from flask_socketio import SocketIO

from lanchat import i18n, phrases
from lanchat.chat.events import MessageChanged, MessagePosted, PinsChanged, Reacted, Voted
from lanchat.chat.futures import Future
from lanchat.errors import (
    NameTaken,
    NotJoined,
    PayloadInvalid,
    Refusal,
    StoreUnavailable,
    TooFast,
    TooManyConnections,
    TooMuchAtOnce,
    Unauthorized,
)
from lanchat.phrases import Answer, Wanted
from lanchat.web import answers, outgoing
from lanchat.web.connections import Visitor
from lanchat.web.cookies import Cookies, caller
from lanchat.web.hands import HandHandlers
from lanchat.web.incoming import (
    ClosePoll,
    DeleteMessage,
    EditMessage,
    HostCommand,
    IsTyping,
    NewHost,
    NewMessage,
    React,
    SendNow,
    Vote,
    parse,
)
from lanchat.web.newcomers import Newcomers
from lanchat.web.reading import ReadingHandlers
from lanchat.web.reports import ReportHandlers
from lanchat.web.rooms import RoomHandlers
from lanchat.web.site import Site

_log = logging.getLogger(__name__)


Reply = Callable[[object], None]
EventHandler = Callable[[str, Sequence[object], Reply], None]
"""Called with the connection, the event's arguments and what to call, once, with the answer."""


class Wire(Protocol):
    """What carries events between clients and handlers."""

    @property
    def socketio(self) -> SocketIO: ...

    @property
    def closing(self) -> Container[str]:
        """Connections that are being closed from this side: nothing more is heard of them."""

    def on(self, name: str, handler: EventHandler) -> None:
        """Let the handler have all events of this name; ``*`` is all the rest."""


class Sockets:
    """The handlers of all events."""

    def __init__(self, site: Site, wire: Wire, cookies: Cookies) -> None:
        self._site = site
        self._cookies = cookies
        self._hub = site.hub
        self._limits = site.limits
        self._connections = site.connections
        self._socketio = wire.socketio
        self._wire = wire
        self._newcomers = Newcomers()

    def register(self) -> None:
        """Take connections, and what they send."""
        self._socketio.server.on("connect", self._connect)
        self._socketio.server.on("disconnect", self._disconnect)
        self._wire.on("new_host", self._answering(self._new_host))
        self._wire.on("new_message", self._answering(self._new_message, answers.posted))
        self._wire.on("edit_message", self._answering(self._edit_message, answers.edited))
        self._wire.on("delete_message", self._answering(self._delete_message, answers.deleted))
        self._wire.on("react", self._answering(self._react, answers.reacted))
        self._wire.on("vote", self._answering(self._vote, answers.voted))
        self._wire.on("close_poll", self._answering(self._close_poll, answers.closed))
        self._wire.on("host_command", self._answering(self._host_command))
        reading = ReadingHandlers(self._site)
        self._wire.on("history", self._answering(reading.history, wanted="reading"))
        self._wire.on("search", self._answering(reading.search, wanted="reading"))
        rooms = RoomHandlers(self._site)
        self._wire.on("open_room", self._answering(rooms.open_room))
        self._wire.on("enter_room", self._answering(rooms.enter_room))
        self._wire.on("leave_room", self._answering(rooms.leave_room))
        self._wire.on("open_direct", self._answering(rooms.open_direct))
        self._wire.on("mark_read", self._answering(rooms.mark_read, answers.marked))
        self._wire.on("call_host", self._answering(rooms.call_host))
        reports = ReportHandlers(self._site)
        self._wire.on("report", self._answering(reports.report))
        self._wire.on("reports", self._answering(reports.reports))
        self._wire.on("hand", self._answering(HandHandlers(self._site).hand))
        self._wire.on("send_now", self._answering(self._send_now))
        self._wire.on("typing", self._answering(self._typing))
        self._wire.on("*", self._answering(self._unknown))

    def _connect(self, connection: str, environ: Any = None, *_auth: object) -> None:
        if connection in self._connections:
            return  # an event of that name, sent by the client itself
        site = self._site
        asked = caller(environ, self._cookies, site.access.digest, site.config.lang)
        user = site.admitted(asked.user, asked.origin)
        if user is None:
            site.audit.refused(asked.origin, Unauthorized.code)
            raise Refuse(Unauthorized.code)
        visitor = Visitor(user, asked.origin, asked.lang)
        try:
            self._connections.check_room(asked.origin)
        except TooManyConnections as refusal:
            raise Refuse(refusal.code, {"message": phrases.why(refusal, visitor.lang)}) from None
        self._connections.add(connection, visitor)
        self._hub.connect(connection, user)

    def _disconnect(self, connection: str, *_reason: object) -> None:
        if self._socketio.server.manager.is_connected(connection, "/"):
            return  # an event of that name, sent by the client itself
        self._connections.remove(connection)
        self._hub.disconnect(connection)

    def _new_host(
        self, connection: str, visitor: Visitor, arguments: Sequence[object]
    ) -> msgspec.Raw:
        asked = parse(arguments, NewHost)
        with self._site.history.turn(visitor.person, visitor.origin.ip) as pay:
            if self._heard(connection) is None:
                raise NotJoined
            try:
                joined = self._hub.join(
                    *(connection, visitor.user, visitor.origin),
                    *(asked.cursor, asked.last_id, asked.traits),
                )
            except NameTaken:
                # Since this connection was opened somebody else has become Ana.
                raise Unauthorized from None
            answer = self._newcomers.answer(joined, self._invitation())
            pay(len(bytes(answer)))
        return answer

    def _invitation(self) -> dict[str, str] | None:
        config = self._site.config
        if config.trust_proxy:
            return None  # the page knows the proxy's address itself
        lan_url = self._site.network.share_url
        return outgoing.invitation(lan_url, config.invitation(lan_url))

    def _new_message(
        self, connection: str, visitor: Visitor, arguments: Sequence[object]
    ) -> Future[MessagePosted] | Future[PinsChanged]:
        payload = parse(arguments, NewMessage)
        self._limits.message(visitor.person, visitor.origin.ip)
        if asked := payload.poll:
            return self._hub.polls.ask(
                *(connection, asked.question, asked.options, payload.client_id, payload.room)
            )
        return self._hub.posting.post(
            *(connection, payload.message, payload.client_id),
            *(payload.reply_to, payload.mentions, payload.files),
            room=payload.room,
        )

    def _edit_message(
        self, connection: str, visitor: Visitor, arguments: Sequence[object]
    ) -> Future[MessageChanged]:
        payload = parse(arguments, EditMessage)
        self._limits.message(visitor.person, visitor.origin.ip)
        return self._hub.posting.edit(
            *(connection, payload.id, payload.message, payload.client_id), payload.mentions
        )

    def _delete_message(
        self, connection: str, visitor: Visitor, arguments: Sequence[object]
    ) -> Future[MessageChanged]:
        payload = parse(arguments, DeleteMessage)
        # Everybody is told, as of a message.
        self._limits.message(visitor.person, visitor.origin.ip)
        return self._hub.posting.delete(connection, payload.id)

    def _react(
        self, connection: str, visitor: Visitor, arguments: Sequence[object]
    ) -> Future[Reacted]:
        payload = parse(arguments, React)
        self._limits.reaction(visitor.person)
        return self._hub.reactions.react(connection, payload.id, payload.emoji, on=payload.on)

    def _vote(
        self, connection: str, visitor: Visitor, arguments: Sequence[object]
    ) -> Future[Voted]:
        payload = parse(arguments, Vote)
        self._limits.reaction(visitor.person)
        return self._hub.polls.vote(connection, payload.id, payload.option)

    def _close_poll(
        self, connection: str, visitor: Visitor, arguments: Sequence[object]
    ) -> Future[MessageChanged]:
        payload = parse(arguments, ClosePoll)
        self._limits.message(visitor.person, visitor.origin.ip)
        return self._hub.polls.close(connection, payload.id)

    def _host_command(
        self, connection: str, visitor: Visitor, arguments: Sequence[object]
    ) -> Answer:
        asked = parse(arguments, HostCommand)
        if asked.name == "report":
            self._limits.reporting(visitor.person)
        if asked.name == "room":  # as open_room and enter_room
            self._limits.room(visitor.person, visitor.origin.ip)
        result = self._hub.command(connection, asked.name, asked.text, asked.person, asked.room)
        return phrases.done(result, visitor.lang)

    def _send_now(self, connection: str, _: Visitor, arguments: Sequence[object]) -> Answer:
        asked = parse(arguments, SendNow)
        self._hub.cues.check(connection, asked.text)
        self._limits.cue()
        return {"ok": True, "people": self._hub.cues.give(connection, asked.text)}

    def _typing(self, connection: str, visitor: Visitor, arguments: Sequence[object]) -> Answer:
        asked = parse(arguments, IsTyping)
        if self._limits.typing(visitor.person):
            self._hub.posting.typing(connection, asked.room)
        return {"ok": True}

    def _unknown(self, *_: object) -> Answer:
        raise PayloadInvalid

    def _answering(
        self,
        handle: Callable[[str, Visitor, Sequence[object]], Answer | msgspec.Raw | Future[Any]],
        outcome: Callable[[Any], Answer] | None = None,
        wanted: Wanted = "doing",
    ) -> EventHandler:
        """Whatever goes wrong becomes an error answer in the visitor's language.

        ``outcome`` makes the answer of what has become of a future: something of a message.
        """
        if outcome is not None:
            wanted = "messages"

        def answer(connection: str, arguments: Sequence[object], reply: Reply) -> None:
            visitor = self._heard(connection)
            if visitor is None:
                reply(phrases.refusal(NotJoined(), i18n.LANGUAGES[0]))
                return
            try:
                self._limits.event(visitor.person, visitor.origin.ip)
                result = handle(connection, visitor, arguments)
            except Exception as error:  # noqa: BLE001  see _explain
                reply(self._explain(error, visitor, wanted))
                return
            if outcome is not None and isinstance(result, Future):
                result.add_done_callback(lambda done: reply(self._outcome(done, outcome, visitor)))
            else:
                reply(result)

        return answer

    def _heard(self, connection: str) -> Visitor | None:
        """Who is behind a connection, as long as it is neither gone nor being closed."""
        return None if connection in self._wire.closing else self._connections.get(connection)

    def _outcome(
        self, done: Future[Any], outcome: Callable[[Any], Answer], visitor: Visitor
    ) -> Answer:
        """What a sender is told when the change is stored, or could not be."""
        if error := done.exception():
            return self._explain(error, visitor, "messages")
        return outcome(done.result())

    def _explain(self, error: BaseException, visitor: Visitor, wanted: Wanted) -> Answer:
        if isinstance(error, TooFast) and not isinstance(error, TooMuchAtOnce):
            self._strike(visitor)
        if isinstance(error, Refusal):
            return phrases.refusal(error, visitor.lang)
        if not isinstance(error, StoreUnavailable):
            # A defect in one event is that event's alone.
            _log.error("an event of %s failed", visitor.origin.ip, exc_info=error)
        why = phrases.unavailable(wanted, visitor.lang)
        return phrases.failure(StoreUnavailable.code, why)

    def _strike(self, visitor: Visitor) -> None:
        """Somebody was too fast; close all their connections where it was once too often."""
        if self._limits.strike(visitor.person):
            self._site.audit.refused(visitor.origin, "flood")
            self._hub.identities.close_connections(visitor.user.id)
