"""Servers that are one chat without their sockets, and tabs that follow "Rooms" of the contract."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from lanchat.chat.directory import LocalDirectory
from lanchat.chat.hub import Hub
from lanchat.chat.model import LOBBY, Message, Origin, User
from lanchat.chat.ports import EventLog
from lanchat.chat.search import Search, Searching
from lanchat.rows.state import StoredReservations, StoredSettings
from lanchat.store.database import Database
from lanchat.store.eventlog import SqliteEventLog
from lanchat.store.indexer import Indexer
from lanchat.store.search import SqliteSearch
from lanchat.web import answers
from lanchat.web.incoming import NewHost
from lanchat.web.outgoing import message as as_wire
from tests.world.deadline import DEADLINE, wait_for
from tests.world.life import NoLog, Wires, as_sent

ALL = 1_000
"""Messages that a newcomer gets: all."""

HERE = Origin("192.0.2.1", "Browser/1", "laptop")

Wire = dict[str, Any]

Act = Callable[[], None]


class Server:
    """One life of a server: a hub, and what each of its connections hears."""

    def __init__(self, place: Path | str) -> None:
        self.wires = Wires()
        with ExitStack() as undo:
            self.log, search, self.index, options = (_file if isinstance(place, Path) else _shared)(
                place, self.wires, undo
            )
            self.searching = Searching(search)
            self.hub = Hub(
                log=self.log,
                delivery=self.wires,
                audit=NoLog(),
                history=ALL,
                edit_seconds=1e9,
                openers="all",
                privacy="all",
                **options,
            )
            undo.callback(self.hub.close)
            self.close = undo.pop_all().close


def _file(
    place: Any, _wires: Wires, undo: ExitStack
) -> tuple[EventLog, Search, Act, dict[str, Any]]:
    database = Database(place)
    undo.callback(database.close)
    # The disk is not what is tried here, and waiting for it would be most of the time.
    database.call(lambda connection: connection.execute("PRAGMA synchronous = OFF"))
    log = SqliteEventLog(database)
    undo.callback(log.close)
    index = Indexer(database, lambda: log.statistics.messages).work
    search = SqliteSearch(database, place, lambda call: call(), lambda: False)
    return (
        log,
        search,
        index,
        {
            "settings": StoredSettings(database),
            "reservations": StoredReservations(database),
            "directory": LocalDirectory(3600.0),
        },
    )


def _shared(
    place: Any, wires: Wires, undo: ExitStack
) -> tuple[EventLog, Search, Act, dict[str, Any]]:
    from lanchat.cluster import search
    from lanchat.cluster.database import PostgresDatabase
    from lanchat.cluster.directory import PostgresDirectory
    from lanchat.cluster.eventlog import PostgresEventLog

    database = PostgresDatabase(place)
    undo.callback(database.close)
    log = PostgresEventLog(database)
    undo.callback(log.close)
    directory = PostgresDirectory(database, 3600.0, wires.deliver)
    undo.callback(directory.close)
    return (
        log,
        search.PostgresSearch(database),
        search.Indexer(database).work,
        {
            "settings": StoredSettings(database),
            "reservations": StoredReservations(database),
            "directory": directory,
            "publish": directory.publish,
        },
    )


class House:
    """One server with a file, or two that share a database; somebody there waits for all of it."""

    def __init__(self, place: Path | str) -> None:
        self._place = place
        self._marks = 0
        self.servers = [Server(place) for _ in range(1 if isinstance(place, Path) else 2)]
        self._porter = self.log_in(0, "Porter", host=True)
        self._stand()

    def close(self) -> None:
        for server in self.servers:
            server.close()

    def restart(self, number: int) -> None:
        """End a server and start another one: whoever was connected there is not any more."""
        self.servers[number].close()
        self.servers[number] = Server(self._place)
        self._stand()

    def log_in(self, number: int, name: str, *, host: bool = False) -> User:
        return self.servers[number].hub.identities.log_in(name, HERE, host=host)

    def command(self, number: int, name: str, text: str, person_id: str | None = None) -> None:
        """Let a host give a command, at one of the servers."""
        number %= len(self.servers)
        self.servers[number].hub.command(f"porter {number}", name, text, person_id)

    def wait_for_people(self, number: int, ids: set[str]) -> None:
        """Wait until a server knows that these are here, and nobody else."""
        hub = self.servers[number % len(self.servers)].hub
        wait_for(lambda: {each.id for each in hub.members()} == ids | {self._porter.id})

    def groups(self) -> list[str]:
        """The ids of the groups that are open, in the order of their numbers."""
        rooms = self.servers[0].log.rooms()[1]
        return [room.id for room in rooms if room.kind == "group" and room.is_open]

    def members(self, room: str) -> set[str]:
        """The ids of who is in a room."""
        return {each.user.id for each in self.servers[0].log.rooms()[2] if each.room == room}

    def settle(self) -> None:
        """Wait until everything that was done has been told at all servers."""
        self._marks += 1
        mark = f"mark {self._marks}"
        posted = self.servers[0].hub.posting.post("porter 0", mark, mark)
        posted.result(DEADLINE)
        for number, server in enumerate(self.servers):
            heard = server.wires.heard[f"porter {number}"]
            wait_for(
                lambda heard=heard: any(  # type: ignore[misc]
                    name == "add_chat_message" and payload["message"] == mark
                    for name, payload in heard
                )
            )
            heard.clear()

    def there(self, room: str) -> dict[int, Wire]:
        """All that was said in a room and is there, by its ids."""
        messages: list[Message] = self.servers[0].log.newest(room, ALL).messages
        return {one.id: as_sent(as_wire(one)) for one in messages}

    def _stand(self) -> None:
        """The porter is at each server."""
        for number, server in enumerate(self.servers):
            if f"porter {number}" not in server.wires.connections:
                server.hub.connect(f"porter {number}", self._porter)
                server.hub.join(f"porter {number}", self._porter, HERE)


class Tab:
    """A client of one person: ``shown`` are the messages of each of its rooms, by their ids."""

    def __init__(self, user: User, connection: str, *, takes_rooms: bool) -> None:
        self.user = user
        self.connection = connection
        self.takes_rooms = takes_rooms
        self.server: Server | None = None
        self.shown: dict[str, dict[int, Wire]] = {}
        self.unread: dict[str, int] = {}
        self._seq, self._epoch = 0, ""

    @property
    def at(self) -> Server:
        """Where it is connected."""
        assert self.server is not None
        return self.server

    def connect(self, server: Server) -> None:
        """Come in with all that is shown, and take what was missed."""
        self.server = server
        request = msgspec.convert(self._request(), NewHost)
        server.hub.connect(self.connection, self.user)
        snapshot = server.hub.join(
            *(self.connection, self.user, HERE, request.cursor), traits=request.traits
        )
        self._take(as_sent(answers.snapshot(snapshot)))

    def disconnect(self) -> None:
        if self.server is not None:
            self.server.hub.disconnect(self.connection)
            self.server.wires.heard.pop(self.connection, None)
            self.server = None

    def hear(self) -> list[tuple[str, Wire]]:
        """Take what came since; returns it, too."""
        if self.server is None:
            return []
        heard = self.server.wires.heard.pop(self.connection, [])
        for name, payload in heard:
            if handle := _HANDLERS.get(name):
                handle(self, payload)
        return heard

    def enter(self, room: str) -> None:
        """See what is in a room, as who has just entered it does."""
        entered = as_sent(answers.entered(self.at.hub.rooms.enter(self.connection, room)))
        self.shown[room] = {}
        for message in entered["messages"]:
            self._put(message)

    def _request(self) -> Wire:
        return {"last_seq": self._seq, "epoch": self._epoch, "rooms": self.takes_rooms}

    def _take(self, answer: Wire) -> None:
        rooms = answer.get("rooms", [{**answer, "id": LOBBY}])
        self.shown = {
            room["id"]: {} if room.get("anew") else self.shown.get(room["id"], {}) for room in rooms
        }
        assert all(room["complete"] for room in rooms)
        self.unread = {room["id"]: room.get("unread", 0) for room in rooms}
        for message in [*answer["messages"], *answer["changed"]]:
            assert message["room"] in self.shown
            self._put(message)
        self._seq, self._epoch = answer["seq"], answer["epoch"]

    def _put(self, message: Wire) -> None:
        room = self.shown[message["room"]]
        known = room.get(message["id"])
        if known is None or known["seq"] <= message["seq"]:
            room[message["id"]] = message

    def _message(self, message: Wire) -> None:
        if message["room"] in self.shown:  # else it is in the answer that is to come
            self._put(message)
        self._move(message["seq"])

    def _reacted(self, payload: Wire) -> None:
        for room in self.shown.values():
            if known := room.get(payload["id"]):
                new = {**known, "seq": payload["seq"], "reactions": payload["reactions"]}
                if not new["reactions"]:  # of a message without any, nothing is said of them
                    del new["reactions"]
                room[payload["id"]] = new
        self._move(payload["seq"])

    def _opened(self, room: Wire) -> None:
        if room["member"]:
            self.shown.setdefault(room["id"], {})

    def _joined(self, payload: Wire) -> None:
        if payload["id"] == self.user.id:
            self.enter(payload["room"])

    def _left(self, payload: Wire) -> None:
        if payload["id"] == self.user.id:
            del self.shown[payload["room"]]

    def _deleted(self, payload: Wire) -> None:
        self.shown.pop(payload["id"], None)

    def _move(self, seq: int) -> None:
        self._seq = max(self._seq, seq)


_HANDLERS: dict[str, Callable[[Tab, Any], None]] = {
    "add_chat_message": Tab._message,
    "message_changed": Tab._message,
    "reactions_changed": Tab._reacted,
    "room_opened": Tab._opened,
    "room_deleted": Tab._deleted,
    "member_joined": Tab._joined,
    "member_left": Tab._left,
}
