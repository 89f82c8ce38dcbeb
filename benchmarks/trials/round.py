"""One round: people of two servers talk while something fails; then what they heard is judged."""

from __future__ import annotations

# isort: off
from guests import UNLIMITED, Server  # first: it patches the standard library

# isort: on
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import gevent
import psycopg

from tests.world.forwarder import Forwarder
from tests.world.postgres import Postgres
from trials.patience import wait_until
from trials.talker import Talker

_CUT_SECONDS = 20.0
"""Longer than a lease, the grace period and any wait for an answer of the database."""

_HALT_SECONDS = 30.0
"""Longer than the database waits for a server, and shorter than clients do."""

_LISTS_SECONDS = 15.0
"""Who was taken for gone, or is gone, stands in no list after that."""


class Place(NamedTuple):
    """Two servers, the database that they share, and the network of each to it, if it has one."""

    postgres: Postgres
    address: str
    servers: list[Server]
    networks: list[Forwarder]


class Fault(NamedTuple):
    """What fails: ``happen`` returns when it is over; ``cuts`` the network of the first server.

    Others may take that one's people for gone where it ``parts`` them for so long.
    """

    happen: Callable[[Place], None]
    cuts: bool = False
    parts: bool = False


class Judged(NamedTuple):
    """What came of a round; all but the first five ought to be 0.

    ``slowest`` is the longest wait for an answer, ``moves`` how often somebody was told that
    another one came or left; ``misled`` counts what was wrong of that, and lists of people.
    """

    acknowledged: int
    refused: int
    seconds: float
    slowest: float
    moves: int
    missing: int
    double: int
    inversions: int
    different: int
    left_out: int
    misled: int

    @property
    def holds(self) -> bool:
        """Whether everybody has heard everything once and in one order."""
        return not any(self[5:])


@contextmanager
def place(
    postgres: Postgres, folder: Path, *options: str, networks: bool = False
) -> Iterator[Place]:
    """Two servers with an empty database, which they find through networks that can be cut."""
    with postgres.databases() as new_database, ExitStack() as undo:
        where = Place(postgres, new_database(), [], [])
        for number in range(2):
            own, address = folder / f"{time.monotonic_ns()}-{number}", where.address
            own.mkdir()
            if networks:
                network = Forwarder(address)
                undo.callback(network.close)
                where.networks.append(network)
                address = network.address
            server = Server(own, "--database", address, *UNLIMITED, *options)
            where.servers.append(undo.enter_context(server))
        yield where


def kill_server(where: Place) -> None:
    """As a power cut does it; it is started again a moment later."""
    where.servers[0].kill()
    gevent.sleep(1.0)
    where.servers[0].start()


def kill_database(where: Place) -> None:
    """The same for PostgreSQL, which calls it an immediate shutdown."""
    where.postgres.stop(signal.SIGQUIT)
    gevent.sleep(1.0)
    where.postgres.start()


def cut_connections(where: Place) -> None:
    """All connections to the database break, and it goes on."""
    with psycopg.connect(where.address, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def cut_network(where: Place) -> None:
    """Nothing goes from one server to the database and back any more, and nobody is told so."""
    where.networks[0].cut()
    gevent.sleep(_CUT_SECONDS)
    where.networks[0].mend()


def halt_server(where: Place) -> None:
    """As on a computer that sleeps for a while: nothing goes on in it, and nobody hangs up."""
    where.servers[0].halt()
    gevent.sleep(_HALT_SECONDS)
    where.servers[0].go_on()


def nothing(_where: Place) -> None:
    """Nothing fails."""


FAULTS = {
    "nothing fails": Fault(nothing),
    "a server is killed": Fault(kill_server),
    "PostgreSQL is killed": Fault(kill_database),
    "all connections break": Fault(cut_connections),
    "the network is cut": Fault(cut_network, cuts=True, parts=True),
    "a server is halted": Fault(halt_server, parts=True),
}


def run(where: Place, people: int, messages: int, fault: Fault) -> Judged:
    """Let all talk, let it fail when a third was said, and judge when all was.

    Raises StandstillError.
    """
    talkers = [Talker(where.servers, n % 2, f"Guest {n}") for n in range(people)]
    _wait(talkers, lambda: all(len(each.here) == people for each in talkers))
    for each in talkers:
        each.moves.clear()
    begin = time.monotonic()
    talking = [gevent.spawn(each.talk, messages // people) for each in talkers]

    def is_begun() -> bool:
        return sum(len(each.acknowledged) for each in talkers) > messages // 3

    _wait(talkers, lambda: is_begun() or any(each.exception for each in talking))
    fault.happen(where)
    _wait(talkers, lambda: all(each.ready() for each in talking))
    gevent.joinall(talking, raise_error=True)
    seconds = time.monotonic() - begin
    stored = _stored(where, talkers)
    judged = _judge(talkers, stored, seconds, _misled(talkers, fault))
    for each in talkers:
        each.leave()
    return judged


def _stored(where: Place, talkers: list[Talker]) -> dict[int, str]:
    """What the database has, once everybody has heard all of it."""
    with psycopg.connect(where.address, autocommit=True) as connection:

        def have_all() -> bool:
            # Reactions are told a moment later.
            untold, seq = connection.execute(
                "SELECT (SELECT count(*) FROM untold), (SELECT seq FROM counter)"
            ).fetchone() or (1, 0)
            return not untold and all(each.is_in and each.seq >= seq for each in talkers)

        _wait(talkers, have_all)
        return dict(connection.execute("SELECT id, message FROM message ORDER BY id").fetchall())


def _wait(talkers: list[Talker], condition: Callable[[], bool]) -> None:
    def progress() -> object:
        return [(each.is_in, each.seq, len(each.acknowledged), len(each.moves)) for each in talkers]

    wait_until(condition, progress, lambda: ", ".join(each.state for each in talkers))


def _misled(talkers: list[Talker], fault: Fault) -> int:
    """How many lists of people are wrong, and how often somebody was told of a move wrongly.

    Nobody leaves. But whom a server has that is cut off or halted, others may take for gone.
    """
    names = {each.name for each in talkers}
    end = time.monotonic() + _LISTS_SECONDS
    while any(each.here != names for each in talkers) and time.monotonic() < end:
        gevent.sleep(0.05)
    wrong = sum(each.here != names for each in talkers)
    for each in talkers:
        for other in talkers:
            told = [came for name, came in each.moves if name == other.name]
            may_be_gone = fault.parts and each.first != 0 and other.first == 0
            wrong += told != [] and not (may_be_gone and told == [False, True])
    return wrong


def _judge(talkers: list[Talker], stored: dict[int, str], seconds: float, misled: int) -> Judged:
    acknowledged = {number: text for each in talkers for number, text in each.acknowledged.items()}
    missing = sum(stored.get(number) != text for number, text in acknowledged.items())
    everything, first = list(stored), talkers[0]
    for each in talkers:
        missing += len(stored.keys() - set(each.heard))
    return Judged(
        acknowledged=len(acknowledged),
        refused=sum(each.refused for each in talkers),
        seconds=seconds,
        slowest=max(each.slowest for each in talkers),
        moves=sum(len(each.moves) for each in talkers),
        missing=missing,
        double=sum(each.double + len(each.heard) - len(set(each.heard)) for each in talkers)
        + len(stored)
        - len(set(stored.values())),
        inversions=sum(
            each.wrong + sum(b <= a for a, b in pairwise(each.heard)) for each in talkers
        ),
        different=sum(
            each.shown != stored or each.heard != everything or each.reactions != first.reactions
            for each in talkers
        ),
        left_out=sum(each.left_out for each in talkers),
        misled=misled,
    )
