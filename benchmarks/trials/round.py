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

from tests.world.postgres import Postgres
from trials.talker import Talker

_PATIENCE = 900.0
"""Seconds; a large round on a busy machine takes some minutes."""


class Place(NamedTuple):
    """Two servers, and the database that they share."""

    postgres: Postgres
    address: str
    servers: list[Server]


class Judged(NamedTuple):
    """What came of a round; all but the first three ought to be 0."""

    acknowledged: int
    refused: int
    seconds: float
    missing: int
    double: int
    inversions: int
    different: int
    left_out: int

    @property
    def holds(self) -> bool:
        """Whether everybody has heard everything once and in one order."""
        return not any(self[3:])


@contextmanager
def place(postgres: Postgres, folder: Path, *options: str) -> Iterator[Place]:
    """Two servers with an empty database."""
    with postgres.databases() as new_database, ExitStack() as undo:
        address = new_database()
        servers = []
        for number in range(2):
            own = folder / f"{time.monotonic_ns()}-{number}"
            own.mkdir()
            server = Server(own, "--database", address, *UNLIMITED, *options)
            servers.append(undo.enter_context(server))
        yield Place(postgres, address, servers)


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


def nothing(_where: Place) -> None:
    """Nothing fails."""


FAULTS: dict[str, Callable[[Place], None]] = {
    "nothing fails": nothing,
    "a server is killed": kill_server,
    "PostgreSQL is killed": kill_database,
    "all connections break": cut_connections,
}


def run(where: Place, people: int, messages: int, fault: Callable[[Place], None]) -> Judged:
    """Let all talk, let it fail when a third was said, and judge when all was."""
    talkers = [Talker(where.servers, n % 2, f"Guest {n}") for n in range(people)]
    begin = time.monotonic()
    talking = [gevent.spawn(each.talk, messages // people) for each in talkers]

    def is_begun() -> bool:
        return sum(len(each.acknowledged) for each in talkers) > messages // 3

    _until(lambda: is_begun() or any(each.exception for each in talking))
    fault(where)
    gevent.joinall(talking, raise_error=True)
    seconds = time.monotonic() - begin
    with psycopg.connect(where.address, autocommit=True) as connection:

        def have_all() -> bool:
            # Reactions are told a moment later.
            untold, seq = connection.execute(
                "SELECT (SELECT count(*) FROM untold), (SELECT seq FROM counter)"
            ).fetchone() or (1, 0)
            return not untold and all(each.is_in and each.seq >= seq for each in talkers)

        _until(have_all)
        rows = connection.execute("SELECT id, message FROM message ORDER BY id").fetchall()
        stored: dict[int, str] = dict(rows)
    for each in talkers:
        each.leave()
    return _judge(talkers, stored, seconds)


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("waited in vain")
        gevent.sleep(0.05)


def _judge(talkers: list[Talker], stored: dict[int, str], seconds: float) -> Judged:
    acknowledged = {number: text for each in talkers for number, text in each.acknowledged.items()}
    missing = sum(stored.get(number) != text for number, text in acknowledged.items())
    everything, first = list(stored), talkers[0]
    for each in talkers:
        missing += len(stored.keys() - set(each.heard))
    return Judged(
        acknowledged=len(acknowledged),
        refused=sum(each.refused for each in talkers),
        seconds=seconds,
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
    )
