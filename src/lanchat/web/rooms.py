"""Rooms, as clients ask for them; who opens or enters one pays for what they find there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lanchat.chat.entering import Entered
from lanchat.chat.futures import Future
from lanchat.chat.room_events import MarkedRead
from lanchat.phrases import Answer
from lanchat.web import answers, outgoing
from lanchat.web.connections import Visitor
from lanchat.web.incoming import (
    CallHost,
    EnterRoom,
    LeaveRoom,
    MarkRead,
    OpenDirect,
    OpenRoom,
    parse,
)
from lanchat.web.site import Site


class RoomHandlers:
    """The handlers of what is about rooms. All but ``mark_read`` wait for the disk."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def open_room(self, connection: str, visitor: Visitor, arguments: Sequence[object]) -> Answer:
        asked = parse(arguments, OpenRoom)
        return self._found(visitor, lambda: self._site.hub.rooms.open_room(connection, asked.name))

    def enter_room(self, connection: str, visitor: Visitor, arguments: Sequence[object]) -> Answer:
        asked = parse(arguments, EnterRoom)
        return self._found(visitor, lambda: self._site.hub.rooms.enter(connection, asked.room))

    def open_direct(self, connection: str, visitor: Visitor, arguments: Sequence[object]) -> Answer:
        asked = parse(arguments, OpenDirect)
        return self._found(
            visitor, lambda: self._site.hub.rooms.open_direct(connection, asked.person)
        )

    def leave_room(self, connection: str, visitor: Visitor, arguments: Sequence[object]) -> Answer:
        asked = parse(arguments, LeaveRoom)
        self._site.limits.room(visitor.person, visitor.origin.ip)
        self._site.hub.rooms.leave(connection, asked.room)
        return {"ok": True}

    def mark_read(
        self, connection: str, visitor: Visitor, arguments: Sequence[object]
    ) -> Future[MarkedRead]:
        asked = parse(arguments, MarkRead)
        self._site.limits.marking(visitor.person)
        return self._site.hub.rooms.mark_read(connection, asked.room, asked.id)

    def call_host(self, connection: str, _: Visitor, arguments: Sequence[object]) -> Answer:
        asked, groups = parse(arguments, CallHost), self._site.hub.groups
        groups.check_calling(connection, asked.room)
        self._site.limits.calling(asked.room)
        return {"ok": True, "hosts": groups.call_host(connection, asked.room)}

    def _found(self, visitor: Visitor, find: Callable[[], Entered]) -> Answer:
        self._site.limits.room(visitor.person, visitor.origin.ip)
        with self._site.history.turn(visitor.person, visitor.origin.ip) as pay:
            entered = find()
            page = entered.page
            pay([*page.messages, *page.pins])
            answer = answers.entered(entered)
        own = self._site.hub.reactions.mine(visitor.user, [*page.messages, *page.pins])
        return {**answer, "mine": outgoing.mine(own)}
