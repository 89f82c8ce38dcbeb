"""Share 1,000 people out into 40 groups, let them talk there, and let them come back.

    python benchmarks/rooms.py sharing [--people 1000] [--groups 40] [--rounds 5]
    python benchmarks/rooms.py talking [--people 1000] [--groups 40] [--rounds 12]
    python benchmarks/rooms.py returning [--groups 40] [--rounds 50]

Each with ``--store sqlite`` or ``postgresql``. ``sharing``: how long it takes from the host's
command until everybody knows their place; exits with 1 beyond a second. ``talking``: what the
processor of the server takes for each delivery where people are in groups, beside a chat of one
room with as many people in it as a group has, to which as many more are connected who have not come
in; one message after the other in both. ``returning``: what it costs the server to find and encode
all that a host has missed in all groups, or a guest in their own. Exits with 1 beyond 50 ms.

``talking`` compares like with like. Whoever hears something every few milliseconds costs the kernel
less than who hears something now and then: their client acknowledges two packets by one, and their
socket is in the processor's caches. So in one group, while the others are silent, people talk as
fast as in the one room; and in all groups in turn they do so as they do in one room where each
message comes a while after the last one. It exits with 1 where one of these takes more than a
twentieth more than the room. What all groups in turn take without a pause is told beside them, to a
room whose people hear forty times as often.
"""

from __future__ import annotations

# isort: off
from guests import percentile, wait_for  # it patches first

# isort: on
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import click
import gevent
import msgspec
from people import Chat, Person, serving
from several.database import throwaway

from lanchat.chat.catchup import Snapshot
from lanchat.chat.changes import Draft
from lanchat.chat.model import LOBBY, Cursor, User
from lanchat.chat.overview import missed_everywhere
from lanchat.chat.ports import EventLog
from lanchat.chat.room_changes import EnterRoom, ShareOut
from lanchat.chat.room_settings import Policies, Rules
from lanchat.chat.rooms import Room
from lanchat.web import answers

MOST_SECONDS = 1.0
MOST_SHARE = 1.05
MOST_MILLISECONDS = 50.0

CALM = 5.0
"""Seconds."""

MESSAGES = 200
"""In a round; where each comes a while after the last one it has fewer."""

SELDOM = 10
AFTERWARDS = 0.01
"""Seconds for what a server still has to do when all have heard it."""

HISTORY = 200
NOON = "2026-11-23T12:00:00.000Z"

store_option = click.option(
    "--store", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True
)
groups_option = click.option("--groups", type=click.IntRange(1, 100), default=40)
people_option = click.option("--people", type=click.IntRange(2), default=1_000)


@click.group()
def main() -> None:
    """What rooms cost."""


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
@click.option("--apart", default=0.25, help="Seconds from message to message, with a pause.")
@click.option("--rounds", type=click.IntRange(2), default=12)
def talking(store: str, people: int, groups: int, apart: float, rounds: int) -> None:
    """Tell what a delivery in one of many rooms takes of the processor."""
    size = people // groups
    outside = size * (groups - 1)
    with (
        serving(store, size * groups) as (many, crowd),
        serving(store, size, outside) as (one, few),
    ):
        _shared(many, crowd, groups)
        ways = _ways(many, crowd, one, few, apart)
        calm = {chat: _calm(chat) for chat in (many, one)}
        found = {name: list[float]() for name in ways}
        for number in range(rounds):
            # In turn, because a machine is not as fast at all times, and there and back.
            for name in list(ways)[:: -1 if number % 2 else 1]:
                found[name].append(_talk(ways[name], calm[ways[name].chat]))
    click.echo(f"calm: {calm[many] * 1e3:.1f} and {calm[one] * 1e3:.1f} ms a second")
    for name, each in found.items():
        middle, spread = _middle([seconds * 1e6 for seconds in each], 1)
        click.echo(f"{name}, {store}: {middle:.1f} µs of the processor a delivery ({spread})")
    click.echo(f"{size} hear each message; half of the {rounds} rounds are within what is in ()")
    _share(found, "all groups", "one room")
    alike = _share(found, "one group", "one room")
    paused = _share(found, "all groups, with pauses", "one room, with pauses")
    sys.exit(int(max(alike, paused) > MOST_SHARE))


class Way(NamedTuple):
    """How it is talked in each round: one message after the other, in each room in turn."""

    chat: Chat
    rooms: Mapping[str, Sequence[Person]]
    messages: int
    apart: float = 0.0
    """Seconds."""


def _ways(
    many: Chat, crowd: Sequence[Person], one: Chat, few: Sequence[Person], apart: float
) -> dict[str, Way]:
    groups: dict[str, list[Person]] = {}
    for person in crowd:
        groups.setdefault(person.groups[-1], []).append(person)
    first = next(iter(groups))
    return {
        "one room": Way(one, {LOBBY: few}, MESSAGES),
        "one group": Way(many, {first: groups[first]}, MESSAGES),
        "all groups": Way(many, groups, MESSAGES),
        "one room, with pauses": Way(one, {LOBBY: few}, SELDOM, apart),
        "all groups, with pauses": Way(many, groups, SELDOM, apart),
    }


def _share(found: Mapping[str, Sequence[float]], name: str, beside: str) -> float:
    shares = [ours / theirs for ours, theirs in zip(found[name], found[beside], strict=True)]
    middle, spread = _middle(shares, 3)
    click.echo(f"{name} to {beside}: {middle:.3f} ({spread})")
    return middle


def _middle(values: Sequence[float], digits: int) -> tuple[float, str]:
    """The median, and between what the middle half lies."""
    quarter, middle, three = statistics.quantiles(values, method="inclusive")
    return middle, f"{quarter:.{digits}f} to {three:.{digits}f}"


def _calm(chat: Chat) -> float:
    """What a second takes of the processor in which nobody says anything."""
    return chat.used(lambda: gevent.sleep(CALM)) / CALM


def _talk(way: Way, calm: float) -> float:
    """The seconds of the processor a delivery, less what they take when it is calm."""
    places = list(way.rooms.items())
    used = seconds = 0.0
    deliveries = 0

    def say(numbers: Sequence[int]) -> None:
        nonlocal deliveries
        for number in numbers:
            room, people = places[number % len(places)]
            wanted = [person.heard + 1 for person in people]
            people[number % len(people)].say(room)
            deliveries += len(people)
            while [person.heard for person in people] != wanted:
                gevent.sleep(0.002)
        gevent.sleep(AFTERWARDS)

    everything = range(way.messages)
    for numbers in [[number] for number in everything] if way.apart else [everything]:
        gevent.sleep(way.apart)
        begun = time.monotonic()
        used += way.chat.used(partial(say, numbers))
        seconds += time.monotonic() - begun
    return (used - calm * seconds) / deliveries


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
