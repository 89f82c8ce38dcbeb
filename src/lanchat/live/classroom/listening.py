"""Listens to what all connections carry, without looking at what it says.

While it does, methods of its own stand in the place of a few, of one object each:

    browsers ──► PacketReader.read ──► handlers ──► EventHandlers._send ──► acknowledgement
             ──► Heartbeat.schedule (a pong)        Heartbeat.ping
                                                    Manager.emit (to all)

Otherwise everything goes the way that it always has. What is said in other rooms than the main one
is not seen, nor who answers it: two dots one after the other would tell who talks to whom.
"""

from __future__ import annotations

import re
import socket
from collections import OrderedDict
from collections.abc import Callable
from time import perf_counter
from typing import Any

import msgspec
import socketio

from lanchat.chat.channels import room_channel
from lanchat.chat.model import LOBBY
from lanchat.live.classroom.dots import Dot, What
from lanchat.live.packets import EventHandlers, PacketReader

_EVENT = re.compile(r'2(\d{0,20})\["([a-z_]{1,40})"')
_SHOWN: dict[str, What] = {
    "new_message": "message",
    "new_host": "other",
    "hand": "other",
    "typing": "other",
    "mark_read": "other",
    "send_now": "other",
}
"""What is about the main room, where it does not name another one."""

_MAIN = room_channel(LOBBY)
_ASKED = 1_000
"""So many acknowledgements are awaited at a time."""


class Listening:
    """``note`` is called with each dot, ``cue`` where all are asked to send something.

    ``lane_of`` gives the lane of a connection, ``author`` that of a user's id.
    """

    def __init__(
        self,
        server: socketio.Server,
        events: EventHandlers,
        reader: PacketReader,
        heartbeat: Any,
    ) -> None:
        self._server = server
        self._events = events
        self._reader = reader
        self._heartbeat = heartbeat
        self._asked: OrderedDict[tuple[str, str], None] = OrderedDict()

    def start(
        self,
        note: Callable[[Dot], None],
        cue: Callable[[float], None],
        lane_of: Callable[[str], int | None],
        author: Callable[[str], int | None],
    ) -> None:
        """Listen from now on."""
        self._note, self._cue = note, cue
        self._lane_of, self._author = lane_of, author
        for patched, name, method in self._places():
            setattr(patched, name, method)

    def stop(self) -> None:
        """Leave everything as it was."""
        for patched, name, _ in self._places():
            vars(patched).pop(name, None)
        self._asked.clear()

    def _places(self) -> list[tuple[Any, str, Callable[..., Any]]]:
        places: list[tuple[Any, str, Callable[..., Any]]] = [
            (self._reader, "read", self._on_read),
            (self._events, "_send", self._on_reply),
            (self._server.manager, "emit", self._on_emit),
        ]
        if self._heartbeat is not None:
            places.append((self._heartbeat, "ping", self._on_ping))
            places.append((self._heartbeat, "schedule", self._on_pong))
        return places

    def _on_read(self, session: Any, packet: Any) -> None:
        if isinstance(packet, str) and (head := _EVENT.match(packet)):
            self._see_event(session.sid, head, packet)
        PacketReader.read(self._reader, session, packet)

    def _see_event(self, sid: str, head: re.Match[str], packet: str) -> None:
        ack, name = head.groups()
        what = _SHOWN.get(name)
        if what is None or not _is_about_main(packet[packet.index("[") :]):
            return
        lane = self._lane(sid)
        if lane is None:
            return
        if ack:
            self._asked[sid, ack] = None
            if len(self._asked) > _ASKED:
                self._asked.popitem(last=False)
        self._note(Dot(perf_counter(), "browser", what, lane))

    def _on_reply(self, session: Any, text: bytes) -> None:
        EventHandlers._send(self._events, session, text)  # noqa: SLF001
        asked = (session.sid, text[1 : text.index(b"[")].decode())
        if asked not in self._asked:
            return
        del self._asked[asked]
        if (lane := self._lane(session.sid)) is not None:
            self._note(Dot(perf_counter(), "server", "ack", lane))

    def _on_ping(self, session: Any) -> None:
        type(self._heartbeat).ping(self._heartbeat, session)
        if (lane := self._lane(session.sid)) is not None:
            self._note(Dot(perf_counter(), "server", "ping", lane))

    def _on_pong(self, session: Any) -> None:
        type(self._heartbeat).schedule(self._heartbeat, session)
        # One that is just being opened is nobody's yet.
        if (lane := self._lane(session.sid)) is not None:
            self._note(Dot(perf_counter(), "browser", "pong", lane))

    def _on_emit(
        self, event: str, data: Any, namespace: str, room: Any = None, **options: Any
    ) -> None:
        manager = self._server.manager
        type(manager).emit(manager, event, data, namespace, room, **options)
        to = options.get("to") or room
        if not isinstance(to, str) or to.partition("/")[0] != _MAIN:
            return
        now, copies = perf_counter(), len(manager.rooms.get("/", {}).get(to, ()))
        if event == "send_now":
            self._cue(now)
        if event == "add_chat_message":
            self._note(Dot(now, "server", "copy", None, self._author(data["user_id"]), copies))
        elif copies:
            self._note(Dot(now, "server", "other", None, None, copies))

    def _lane(self, sid: str) -> int | None:
        connection = self._server.manager.sid_from_eio_sid(sid, "/")
        return None if connection is None else self._lane_of(connection)


def resent(sock: Any) -> int:
    """How often in a row TCP has sent the same bytes again, since nobody acknowledges them.

    It is tcpi_retransmits of Linux's TCP_INFO, the third byte; 0 elsewhere.
    """
    option = getattr(socket, "TCP_INFO", None)
    if option is None:
        return 0
    try:
        info: bytes = sock.getsockopt(socket.IPPROTO_TCP, option, 3)
    except OSError:  # it is over, or no TCP
        return 0
    return info[2] if len(info) > 2 else 0  # noqa: PLR2004


class _Place(msgspec.Struct):
    room: str = LOBBY


_ARGUMENTS = msgspec.json.Decoder(tuple[str, _Place])


def _is_about_main(arguments: str) -> bool:
    """Whether an event is about the room that everybody is in."""
    try:
        return _ARGUMENTS.decode(arguments)[1].room == LOBBY
    except (msgspec.DecodeError, ValueError, RecursionError):
        return False
