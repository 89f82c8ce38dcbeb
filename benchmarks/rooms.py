"""Share 1,000 people out into 40 groups, let them talk there, and let them come back.

    python benchmarks/rooms.py sharing [--people 1000] [--groups 40] [--rounds 5]
    python benchmarks/rooms.py talking [--people 1000] [--groups 40] [--seconds 5] [--rounds 3]
    python benchmarks/rooms.py returning [--groups 40] [--rounds 50]

Each with ``--store sqlite`` or ``postgresql``. ``sharing``: how long it takes from the host's
command until everybody knows their place; exits with 1 beyond a second. ``talking``: what the
processor of the server takes for each delivery where people are in groups, beside a chat of one
room with as many people in it as a group has, to which as many more are connected who have not come
in; one message after the other in both. Exits with 1 where it is more than a twentieth more.
``returning``: what it costs the server to find and encode all that a host has missed in all groups,
or a guest in their own. Exits with 1 beyond 50 ms.
"""

from __future__ import annotations

# isort: off
from guests import UNLIMITED, Guest, percentile, wait_for  # it patches first

# isort: on
import contextlib
import json
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import gevent
import msgspec
from fanout.process import Process, cores, free_port, pinned, raise_descriptor_limit
from gevent.pool import Pool
from several.database import Usage, throwaway

from lanchat.chat.catchup import Snapshot
from lanchat.chat.changes import Draft
from lanchat.chat.model import LOBBY, Cursor, User
from lanchat.chat.overview import missed_everywhere
from lanchat.chat.ports import EventLog
from lanchat.chat.room_changes import EnterRoom, ShareOut
from lanchat.chat.room_settings import Policies, Rules
from lanchat.chat.rooms import Room
from lanchat.control.client import Room as Place
from lanchat.control.client import ask
from lanchat.web import answers

MOST_SECONDS = 1.0
MOST_SHARE = 1.05
MOST_MILLISECONDS = 50.0

CALM = 5.0
"""Seconds."""

HISTORY = 200
NOON = "2026-11-23T12:00:00.000Z"
JOIN = '420["new_host",{"last_seq":0,"batches":true,"rooms":true}]'
OPENED = '42["room_opened",'
SAID = '42["add_chat_message",'

CORES = cores()

store_option = click.option(
    "--store", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True
)
groups_option = click.option("--groups", type=click.IntRange(1, 100), default=40)
people_option = click.option("--people", type=click.IntRange(2), default=1_000)


@click.group()
def main() -> None:
    """What rooms cost."""


class Chat(NamedTuple):
    """A server, where it keeps what it knows, and the process of its database, if any."""

    server: Process
    place: Place
    database: int | None

    def command(self, name: str, text: str) -> None:
        """What a host does from a terminal."""
        ask(self.place, {"do": "command", "name": name, "text": text})

    def used(self, what: Callable[[], object]) -> float:
        """The seconds of the processor, the database's too, that it takes."""
        usage, before = Usage(self.database), self._cpu()
        with usage.counted():
            what()
        return self._cpu() - before + usage.seconds

    def _cpu(self) -> float:
        """What Linux has counted of the server, in less than the hundredths that /proc knows."""
        return time.clock_gettime((~self.server.pid << 3) | 2)


class Person:
    """Somebody with a client that takes rooms."""

    def __init__(self, chat: Chat, name: str) -> None:
        self.guest = Guest(chat.server, name)
        self.groups: list[str] = []
        """Those that they were put into, in their order."""
        self.heard = 0
        """How many messages they have heard."""
        self.told = 0.0

    def connect(self, *, comes_in: bool) -> None:
        """Connect and listen, and perhaps come in before."""
        self.guest.connect()
        if comes_in:
            self.guest.send(JOIN)
            while not self.guest.receive().startswith("430"):
                pass
        self.guest.listen(self._hear)

    def say(self, room: str) -> None:
        """Say something of an ordinary length."""
        said = {"message": "x" * 40, "client_id": str(uuid.uuid4()), "room": room}
        self.guest.send("421" + json.dumps(["new_message", said]))

    def _hear(self, packet: str) -> None:
        if packet.startswith(SAID):
            self.heard += 1
        elif packet.startswith(OPENED):
            self.told = time.monotonic()
            self.groups.append(json.loads(packet[2:])[1]["id"])


@contextlib.contextmanager
def serving(store: str, people: int, outside: int = 0) -> Iterator[tuple[Chat, list[Person]]]:
    """A server, and so many people in it; others are connected alone."""
    raise_descriptor_limit()
    with contextlib.ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="lanchat-rooms-")))
        port, data, log = free_port(), folder / "data", folder / "connections.log"
        command = [sys.executable, "-m", "lanchat", "serve", "--host", "127.0.0.1", "--quiet"]
        command += ["--port", str(port), "--data-dir", str(data), "--log-file", str(log)]
        database: int | None = None
        if store == "postgresql":
            postgres = undo.enter_context(throwaway())
            address = undo.enter_context(postgres.databases())()
            database = postgres.pid
            command += ["--database", address]
        output = folder / "output.txt"
        server = Process([*command, *UNLIMITED], port, output, CORES.server)
        undo.enter_context(server)
        undo.enter_context(pinned(CORES.load))
        chat = Chat(server, Place(data, log), database)
        here = [Person(chat, f"Guest {number}") for number in range(people + outside)]
        pool = Pool(50)
        for number, person in enumerate(here):
            pool.spawn(person.connect, comes_in=number < people)
        pool.join()
        yield chat, here[:people]


@main.command()
@store_option
@people_option
@groups_option
@click.option("--rounds", type=click.IntRange(1), default=5)
def sharing(store: str, people: int, groups: int, rounds: int) -> None:
    """Tell how long it takes until everybody knows their place."""
    with serving(store, people) as (chat, here):
        found = [_shared(chat, here, groups) for _ in range(rounds)]
    waits, cpu = zip(*found, strict=True)
    click.echo(
        f"{people:,} people were shared out into {groups} groups on {store}: everybody knew their"
        f" place after {statistics.median(waits):.2f} s, {max(waits):.2f} s at most; processor time"
        f" {statistics.median(cpu):.2f} s"
    )
    sys.exit(int(statistics.median(waits) > MOST_SECONDS))


def _shared(chat: Chat, here: Sequence[Person], groups: int) -> tuple[float, float]:
    """Share them out anew; returns the seconds until the last one knew, and the processor's."""
    for person in here:
        person.groups.clear()
    begun = time.monotonic()

    def share() -> None:
        chat.command("groups", str(groups))
        wait_for(lambda: all(person.groups for person in here))

    cpu = chat.used(share)
    if len({person.groups[0] for person in here}) != min(groups, len(here)):
        sys.exit("not everybody is in a group")
    return max(person.told for person in here) - begun, cpu


@main.command()
@store_option
@people_option
@groups_option
@click.option("--messages", type=click.IntRange(1), default=200, help="In each round.")
@click.option("--rounds", type=click.IntRange(1), default=20)
def talking(store: str, people: int, groups: int, messages: int, rounds: int) -> None:
    """Tell what a delivery in one of many rooms takes of the processor."""
    size = people // groups
    outside = size * (groups - 1)
    with (
        serving(store, size * groups) as (many, crowd),
        serving(store, size, outside) as (one, few),
    ):
        _shared(many, crowd, groups)
        rooms: dict[str, list[Person]] = {}
        for person in crowd:
            rooms.setdefault(person.groups[-1], []).append(person)
        calm, calm_few = _calm(many), _calm(one)
        # In turn, because a machine is not as fast at all times.
        found = [
            (_talk(many, rooms, messages, calm), _talk(one, {LOBBY: few}, messages, calm_few))
            for _ in range(rounds)
        ]
    click.echo(f"calm: {calm * 1e3:.1f} and {calm_few * 1e3:.1f} ms a second")
    for name, each in zip(("groups", "one room"), zip(*found, strict=True), strict=True):
        click.echo(
            f"{name}, {store}: {statistics.median(each) * 1e6:.1f} µs of the processor a delivery"
            f" ({min(each) * 1e6:.1f} to {max(each) * 1e6:.1f})"
        )
    share = statistics.median(ours / theirs for ours, theirs in found)
    click.echo(f"{size} hear each message; in groups it takes {share:.3f} times as much")
    sys.exit(int(share > MOST_SHARE))


def _calm(chat: Chat) -> float:
    """What a second takes of the processor in which nobody says anything."""
    return chat.used(lambda: gevent.sleep(CALM)) / CALM


def _talk(chat: Chat, rooms: dict[str, list[Person]], messages: int, calm: float) -> float:
    """One message after the other, in each room in turn; returns the seconds a delivery."""
    places = list(rooms.items())
    deliveries = 0

    def talk() -> None:
        nonlocal deliveries
        for number in range(messages):
            room, people = places[number % len(places)]
            wanted = [person.heard + 1 for person in people]
            people[number % len(people)].say(room)
            deliveries += len(people)
            while [person.heard for person in people] != wanted:
                gevent.sleep(0.002)

    begun = time.monotonic()
    used = chat.used(talk)
    return (used - calm * (time.monotonic() - begun)) / deliveries


@main.command()
@store_option
@groups_option
@click.option("--rounds", type=click.IntRange(1), default=50)
def returning(store: str, groups: int, rounds: int) -> None:
    """Tell what it costs to find and encode what somebody has missed in all of their rooms."""
    worst = 0.0
    with _log(store) as log:
        host, guest, cursor = _fill(log, groups)
        for who, user, shown in (
            ("a host who was away", host, cursor),
            ("a host who begins anew", host, Cursor(0, "")),
            ("a guest who was away", guest, cursor),
            ("a guest who begins anew", guest, Cursor(0, "")),
        ):
            for _ in range(10):
                _come_back(log, user, shown)
            times = [_come_back(log, user, shown) for _ in range(rounds)]
            middle, p95 = statistics.median(times), percentile(times, 0.95)
            click.echo(f"{who}, {store}: {middle:.1f} ms, 95 % within {p95:.1f} ms")
            worst = max(worst, p95)
    sys.exit(int(worst > MOST_MILLISECONDS))


@contextlib.contextmanager
def _log(store: str) -> Iterator[EventLog]:
    with contextlib.ExitStack() as undo:
        database: Any
        log: Any
        if store == "postgresql":
            from lanchat.cluster.database import PostgresDatabase
            from lanchat.cluster.eventlog import PostgresEventLog

            postgres = undo.enter_context(throwaway())
            database = PostgresDatabase(undo.enter_context(postgres.databases())())
            undo.callback(database.close)
            log = PostgresEventLog(database)
        else:
            from lanchat.store.database import Database
            from lanchat.store.eventlog import SqliteEventLog

            folder = undo.enter_context(tempfile.TemporaryDirectory(prefix="lanchat-rooms-"))
            database = Database(Path(folder) / "messages.db")
            undo.callback(database.close)
            log = SqliteEventLog(database)
        undo.callback(log.close)
        yield log


def _fill(log: EventLog, groups: int) -> tuple[User, User, Cursor]:
    """Groups of 25 people with a host in each of them, 50 messages in each, then 5 more."""
    host = User("host", "Ana")
    people = [[User(f"{n}-{m}", f"Guest {n} {m}") for m in range(25)] for n in range(groups)]
    rooms = [Room(f"{n:020x}", "group", str(n + 1)) for n in range(groups)]
    shared = tuple((room, tuple(users)) for room, users in zip(rooms, people, strict=True))
    log.append(ShareOut(shared)).result()
    for room in rooms:
        log.append(EnterRoom(room.id, host, lambda _room: None)).result()
    numbers = iter(range(10**6))

    def say(times: int) -> None:
        asked = []
        for time_ in range(times):
            for room, users in [(Room(LOBBY, "main"), people[0]), *zip(rooms, people, strict=True)]:
                user, number = users[time_ % len(users)], next(numbers)
                said = (room.id, user.id, user.name, "192.0.2.1", "x" * 40, NOON)
                asked.append(log.append(Draft(str(number), *said)))
        for each in asked:
            each.result()

    say(50)
    cursor = Cursor(log.rooms()[0], log.epoch)
    say(5)
    return host, people[0][0], cursor


def _come_back(log: EventLog, user: User, cursor: Cursor) -> float:
    """The milliseconds that an answer takes."""
    begun = time.perf_counter()
    rooms = missed_everywhere(log, user, cursor, HISTORY)
    found = [each.page for each in rooms.pages]
    ids = [one.id for page in found for one in (*page.messages, *page.changed, *page.pins)]
    mine = log.mine(user.id, ids)
    page = rooms.main.page
    snapshot = Snapshot(user, [], page, log.epoch, Rules(), Policies(), None, mine, rooms)
    msgspec.json.encode(answers.snapshot(snapshot))
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
