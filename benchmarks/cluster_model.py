"""Say by a model what many servers with one PostgreSQL could do, and where it ends.

    python benchmarks/cluster_model.py validate [--seconds 3]
    python benchmarks/cluster_model.py grow

The model has for each process one core, a committer and a listener as ``cluster/`` has them; a
database with its cores, one lock of positions and a flush of the disk; and clients who say or enter
now and then. ``validate`` measures with one process what a commit and a message take, lets the
model say what comes of it with other numbers of senders and processes, and measures that, too.
``grow`` lets a room grow, with a machine for each process, until something is busy all the time.
"""

from __future__ import annotations

import os
import random
import statistics
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import click
import simpy
from rich.console import Console
from rich.table import Table
from several.measuring import Measured, measure

Steps = Generator[simpy.Event, Any, None]

US, MS = 1e-6, 1e-3

FEW, MANY = 16, 64
STEPS = 10
PATIENCE = 1.0
"""Seconds within which 99 of 100 have a message, or it is too much."""

NEVER = 1e9
MEMBER_BYTES, MESSAGE_BYTES = 144, 290
"""On the wire: a line of the list of who is here, and a message with its frame."""


class Cost(NamedTuple):
    """Seconds of a processor: for the whole of something, and for each of what is in it."""

    whole: float
    each: float

    def of(self, count: float) -> float:
        """For so many."""
        return self.whole + self.each * count


# As they were measured on a quiet machine (docs/performance.md); a server has sockets besides.
_STORE = Cost(97 * US, 12 * US)
_HEAR = Cost(173 * US, 2.9 * US)
_FLUSH = Cost(7 * US, 0.2 * US)
_ENTER = Cost(1 * MS, 0.7 * US)
_DB_STORE = Cost(148 * US, 12 * US)
_DB_READ = Cost(111 * US, 1.7 * US)


@dataclass(frozen=True)
class Costs:
    """What everything takes, in seconds; those of a server, then those of the database.

    ``flush`` is what a client costs in a flush, and each further message in the same one. ``enter``
    is one who enters, and each of the people whose list they get.
    """

    inbound: float = 60 * US
    store: Cost = _STORE
    hear: Cost = _HEAR
    flush: Cost = _FLUSH
    enter: Cost = _ENTER
    db_store: Cost = _DB_STORE
    db_read: Cost = _DB_READ
    db_enter: float = 400 * US
    disk: float = 0.3 * MS
    network: float = 0.2 * MS


@dataclass
class Said:
    """A message on its way, and who waits for its acknowledgement."""

    at: float
    answered: simpy.Event


@dataclass
class World:
    """What all processes share, and what was measured; ``seats`` are the cores of the machine.

    Without ``seats`` each process has one of its own.
    """

    env: simpy.Environment
    costs: Costs
    database: simpy.Resource
    lock: simpy.Resource
    seats: simpy.Resource | None = None
    processes: list[Process] = field(default_factory=list)
    commits: int = 0
    acknowledged: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    entered: list[float] = field(default_factory=list)
    database_busy: float = 0.0

    def query(self, seconds: float) -> Steps:
        """A query, there and back."""
        yield self.env.timeout(self.costs.network / 2)
        yield from self._on(self.database, seconds)
        self.database_busy += seconds
        yield self.env.timeout(self.costs.network / 2)

    def _on(self, cores: simpy.Resource, seconds: float) -> Steps:
        with cores.request() as turn:
            yield turn
            yield self.env.timeout(seconds)


class Process:
    """One server with so many clients; ``people`` are those of all servers."""

    def __init__(self, world: World, clients: int, people: int) -> None:
        self.world = world
        self.busy = 0.0
        self._clients = clients
        self._people = people
        self._core = simpy.Resource(world.env, 1)
        self._waiting: list[Said] = []
        self._came = world.env.event()
        self._heard: list[Sequence[Said]] = []
        self._mine: list[Said] = []
        self._notified = world.env.event()
        world.processes.append(self)
        world.env.process(self._commit())
        world.env.process(self._listen())

    def work(self, seconds: float) -> Steps:
        """Use this process's core, which does one thing at a time."""
        world = self.world
        self.busy += seconds
        with self._core.request() as turn:
            yield turn
            if world.seats is None:
                yield world.env.timeout(seconds)
            else:
                with world.seats.request() as seat:
                    yield seat
                    yield world.env.timeout(seconds)

    def say(self) -> Steps:
        """Somebody says something, and waits until it is acknowledged."""
        env = self.world.env
        said = Said(env.now, env.event())
        yield from self.work(self.world.costs.inbound)
        self._waiting.append(said)
        if not self._came.triggered:
            self._came.succeed()
        yield said.answered
        self.world.acknowledged.append(env.now - said.at)

    def enter(self) -> Steps:
        """Somebody enters, and gets the list of all who are here."""
        env, costs = self.world.env, self.world.costs
        begun = env.now
        yield from self.world.query(costs.db_enter)
        yield env.timeout(costs.disk)
        yield from self.work(costs.enter.of(self._people))
        self.world.entered.append(env.now - begun)

    def _commit(self) -> Steps:
        world, costs = self.world, self.world.costs
        while True:
            if not self._waiting:
                self._came = world.env.event()
                yield self._came
            yield from self.work(costs.store.whole)  # after those who speak at the same moment
            batch, self._waiting = self._waiting, []
            yield from self.work(costs.store.each * len(batch))
            with world.lock.request() as turn:
                yield turn
                yield from world.query(costs.db_store.of(len(batch)))
                yield world.env.timeout(costs.disk)
            world.commits += 1
            self._mine.extend(batch)
            for process in world.processes:
                process.notify(batch)

    def notify(self, batch: Sequence[Said]) -> None:
        """Something was stored."""
        self._heard.append(batch)
        if not self._notified.triggered:
            self._notified.succeed()

    def _listen(self) -> Steps:
        world, costs = self.world, self.world.costs
        while True:
            if not self._heard:
                self._notified = world.env.event()
                yield self._notified
            heard, self._heard = self._heard, []
            mine, self._mine = self._mine, []
            count = sum(map(len, heard))
            yield from world.query(costs.db_read.of(count))
            yield from self.work(costs.hear.of(count) + self._clients * costs.flush.of(count - 1))
            for batch in heard:
                world.told.extend(world.env.now - each.at for each in batch)
            for said in mine:
                said.answered.succeed()


class Found(NamedTuple):
    """What came of it, a second or in seconds; ``busy`` are shares of a core."""

    messages: float
    commits: float
    acknowledged: float
    told: float
    told_p99: float
    entered: float
    busy: float
    database_busy: float


def found(world: World, seconds: float) -> Found:
    """What a world has become of after so many seconds."""
    return Found(
        messages=len(world.acknowledged) / seconds,
        commits=world.commits / seconds,
        acknowledged=statistics.median(world.acknowledged or [0.0]),
        told=statistics.median(world.told or [0.0]),
        told_p99=statistics.quantiles(world.told, n=100)[-1] if len(world.told) > 1 else 0.0,
        entered=statistics.median(world.entered or [0.0]),
        busy=max(process.busy for process in world.processes) / seconds,
        database_busy=world.database_busy / seconds,
    )


def talk(costs: Costs, processes: int, senders: int, cores: int, seconds: float) -> Found:
    """As ``cluster.py log``: everything on one machine, and nobody but the senders."""
    env = simpy.Environment()
    seats = simpy.Resource(env, cores)
    world = World(env, costs, database=seats, lock=simpy.Resource(env, 1), seats=seats)

    def send(process: Process) -> Steps:
        while True:
            yield from process.say()

    for _ in range(processes):
        process = Process(world, clients=0, people=0)
        for _ in range(senders):
            env.process(send(process))
    env.run(until=seconds)
    return found(world, seconds)


@dataclass(frozen=True)
class Room:
    """Everybody is in one room: ``people``, of whom each says something now and then.

    ``says`` and ``stays`` are seconds: between two messages of one, and until one has gone.
    """

    people: int
    servers: int
    says: float
    stays: float
    database_cores: int = 4


def live(costs: Costs, room: Room, seconds: float) -> Found:
    """Let them talk, come and go."""
    env = simpy.Environment()
    world = World(env, costs, simpy.Resource(env, room.database_cores), simpy.Resource(env, 1))
    for _ in range(room.servers):
        Process(world, room.people // room.servers, room.people)
    chance = random.Random(1)  # noqa: S311

    def often(rate: float, act: Callable[[Process], Steps]) -> Steps:
        while True:
            yield env.timeout(chance.expovariate(rate))
            env.process(act(chance.choice(world.processes)))

    env.process(often(room.people / room.says, Process.say))
    env.process(often(room.people / room.stays, Process.enter))
    env.run(until=seconds)
    return found(world, seconds)


def best(senders: Sequence[int], seconds: float, rounds: int) -> Measured:
    """The quickest of several rounds: what else the machine does makes none quicker."""
    return max((measure(senders, seconds) for _ in range(rounds)), key=lambda each: each.messages)


def measured(seconds: float, rounds: int, cores: int) -> Costs:
    """What one process takes by itself, and beside another one that only listens.

    How long the disk takes is what is left of the time that 16 senders wait.
    """
    alone = [best([senders], seconds, rounds) for senders in (FEW, MANY)]
    heard = [best([senders, 0], seconds, rounds) for senders in (FEW, MANY)]
    hear = _line([each.listener for each in heard])
    own = _line([each.speaker for each in alone])
    database = _line([each.database for each in alone])
    more = _line([max(b.database - a.database, 0) for a, b in zip(alone, heard, strict=True)])
    # A difference of two measurements: where the machine has other work it may be anything.
    read = Cost(min(more.whole, database.whole / 2), min(more.each, database.each / 2))
    costs = Costs(
        inbound=max(own.each - hear.each, 0) / 2,
        store=Cost(max(own.whole - hear.whole, 0), max(own.each - hear.each, 0) / 2),
        hear=hear,
        db_store=Cost(database.whole - read.whole, database.each - read.each),
        db_read=read,
        network=0.0,
    )
    low, high = 0.0, 0.1
    for _ in range(STEPS):
        middle = (low + high) / 2
        said = talk(replace(costs, disk=middle), 1, FEW, cores, seconds)
        low, high = (middle, high) if said.messages > alone[0].messages else (low, middle)
    return replace(costs, disk=low)


def _line(values: Sequence[float]) -> Cost:
    """From what a message takes in commits of FEW and of MANY: what a commit takes, and each."""
    few, many = values
    whole = max((few - many) / (1 / FEW - 1 / MANY), 0.0)
    return Cost(whole, max(many - whole / MANY, 0.0))


@click.group()
def main() -> None:
    """A model of many servers with one PostgreSQL."""


@main.command()
@click.option("--seconds", type=float, default=3.0)
@click.option("--rounds", type=click.IntRange(1), default=3, help="The quickest one counts.")
@click.option("--cores", type=click.IntRange(1), default=os.cpu_count())
def validate(seconds: float, rounds: int, cores: int) -> None:
    """Hold the model against what is measured with other numbers than it was made of."""
    costs = measured(seconds, rounds, cores)
    console = Console(width=130)
    console.print(costs)
    table = Table(
        *("processes", "senders", "messages/s measured", "by the model", "of it"),
        *("commits/s measured", "by the model", "ack measured, ms", "by the model"),
        title=f"The model and the machine, load {os.getloadavg()[0]:.1f}",
    )
    for processes, senders in ((1, FEW), (1, MANY), (2, FEW), (2, MANY), (4, FEW)):
        model = talk(costs, processes, senders, cores, seconds)
        real = best([senders] * processes, seconds, rounds)
        table.add_row(
            *(str(processes), str(senders)),
            *(f"{real.messages:,.0f}", f"{model.messages:,.0f}"),
            f"{model.messages / real.messages:.0%}",
            *(f"{real.commits:,.0f}", f"{model.commits:,.0f}"),
            *(f"{real.acknowledged * 1e3:.1f}", f"{model.acknowledged * 1e3:.1f}"),
        )
    console.print(table)


@main.command()
@click.option("--a-server", type=click.IntRange(1), default=5_000, help="Clients of each.")
@click.option("--says", type=float, default=600.0, help="Seconds between two messages of one.")
@click.option("--stays", type=float, default=1_800.0, help="Seconds that somebody is there.")
@click.option("--seconds", type=float, default=20.0)
def grow(a_server: int, says: float, stays: float, seconds: float) -> None:
    """Let a room grow, and tell what is busy, and how long everybody waits."""
    table = Table(
        *("people", "servers", "said/s", "told, ms", "p99", "a server's core"),
        *("database's cores", "enter, ms", "list, MB", "lists, Mbit/s", "messages, Mbit/s"),
        title=f"A room with {a_server:,} people a server, who say something every {says:.0f} s",
    )
    for people in (1_000, 5_000, 10_000, 20_000, 50_000, 100_000):
        servers = max(1, people // a_server)
        said = live(Costs(), Room(people, servers, says, stays), seconds)
        size = people * MEMBER_BYTES
        table.add_row(
            *(f"{people:,}", str(servers), f"{people / says:,.0f}"),
            *(f"{said.told * 1e3:,.1f}", f"{said.told_p99 * 1e3:,.1f}"),
            *(f"{said.busy:.0%}", f"{said.database_busy:.2f}", f"{said.entered * 1e3:,.1f}"),
            f"{size / 1e6:.1f}",
            f"{size * 8 * people / stays / 1e6:,.0f}",
            f"{MESSAGE_BYTES * 8 * people * people / says / 1e6:,.0f}",
        )
    Console(width=150).print(table)
    table = Table(
        "clients of each", "most said/s", title="Twenty servers, 99 of 100 told within a second"
    )
    for clients in (1_000, 5_000, 10_000):
        table.add_row(f"{clients:,}", f"{_most(clients, seconds / 2):,.0f}")
    Console(width=150).print(table)


def _most(clients: int, seconds: float) -> float:
    """How much can be said in a second before people wait for too long."""
    low, high = 1.0, 20_000.0
    people = 20 * clients
    for _ in range(STEPS):
        middle = (low * high) ** 0.5
        said = live(Costs(), Room(people, 20, people / middle, NEVER), seconds)
        low, high = (low, middle) if said.told_p99 > PATIENCE else (middle, high)
    return low


if __name__ == "__main__":
    main()
