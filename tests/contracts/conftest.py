"""Every implementation of the ports, for the same tests: another one is a line in KINDS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lanchat.chat.directory import LocalDirectory
from lanchat.chat.events import LogEvent
from lanchat.chat.model import Attachment
from lanchat.chat.ports import Directory, EventLog, Reservations, Settings
from lanchat.chat.search import Search
from lanchat.files.turns import LocalTurns, Turns
from lanchat.rows import connection as rows
from lanchat.rows.state import StoredReservations, StoredSettings
from lanchat.store.database import Database, one_at_a_time
from lanchat.store.eventlog import SqliteEventLog
from lanchat.store.indexer import Indexer
from lanchat.store.search import SqliteSearch
from tests.world.files import put_file, uses

GRACE = 10.0


@dataclass(frozen=True, slots=True)
class Ports:
    """What one life of a server has of the world; ``close`` ends it, also twice.

    ``put_file`` lets somebody have sent a file, ``uses`` counts what is in files, and
    ``index`` lets what was said be found. ``turns`` is what files need besides ``database``.
    """

    database: rows.Database
    log: EventLog
    settings: Settings
    reservations: Reservations
    directory: Directory
    search: Search
    put_file: Callable[..., Attachment]
    uses: Callable[[], dict[str, int]]
    index: Callable[[], None]
    turns: Turns
    close: Callable[[], None]


def sqlite(path: Path | None) -> Ports:
    """One server with a file, or with memory alone."""
    with ExitStack() as undo:
        database = Database(path)
        undo.callback(database.close)
        log = SqliteEventLog(database)
        undo.callback(log.close)
        return Ports(
            database,
            log,
            StoredSettings(database),
            StoredReservations(database),
            LocalDirectory(GRACE),
            SqliteSearch(database, path, one_at_a_time(), lambda: False),
            partial(put_file, database),
            partial(uses, database),
            Indexer(database, lambda: log.statistics.messages).work,
            LocalTurns(database),
            undo.pop_all().close,
        )


def postgres(address: str) -> Ports:
    """One of several servers that share a database."""
    from lanchat.cluster import search
    from lanchat.cluster.database import PostgresDatabase
    from lanchat.cluster.directory import PostgresDirectory
    from lanchat.cluster.eventlog import PostgresEventLog
    from lanchat.cluster.file_turns import SharedTurns

    with ExitStack() as undo:
        database = PostgresDatabase(address)
        undo.callback(database.close)
        log = PostgresEventLog(database)
        undo.callback(log.close)
        directory = PostgresDirectory(database, GRACE)
        undo.callback(directory.close)
        return Ports(
            database,
            log,
            StoredSettings(database),
            StoredReservations(database),
            directory,
            search.PostgresSearch(database),
            partial(put_file, database),
            partial(uses, database),
            search.Indexer(database).work,
            SharedTurns(database),
            undo.pop_all().close,
        )


class Kind(NamedTuple):
    """How a server of this kind starts at its place, and whether anything stays there.

    The place is a folder, or with a ``fixture`` what that returns.
    """

    start: Callable[[Any], Ports]
    durable: bool
    fixture: str = ""


KINDS = {
    "file": Kind(lambda folder: sqlite(folder / "messages.db"), durable=True),
    "memory": Kind(lambda _folder: sqlite(None), durable=False),
    "postgres": Kind(postgres, durable=True, fixture="new_room"),
}

DURABLE = [name for name, kind in KINDS.items() if kind.durable]

Start = Callable[..., Ports]


def _starting(request: pytest.FixtureRequest, parent: Path) -> Iterator[Start]:
    kind = KINDS[request.param]
    places: dict[str, Any] = {}
    lives: list[Ports] = []

    def place(name: str) -> Any:
        if kind.fixture:
            return request.getfixturevalue(kind.fixture)()
        (parent / name).mkdir()
        return parent / name

    def start(name: str = "data") -> Ports:
        if name not in places:
            places[name] = place(name)
        lives.append(kind.start(places[name]))
        return lives[-1]

    yield start
    for life in lives:
        life.close()


@pytest.fixture(params=KINDS)
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """Start a server; after a close it is its next life, at another place another server."""
    yield from _starting(request, tmp_path)


@pytest.fixture(params=DURABLE)
def start_durable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """The same for those that remember."""
    yield from _starting(request, tmp_path)


@pytest.fixture
def ports(start: Start) -> Ports:
    """A new server."""
    return start()


@pytest.fixture
def durable(start_durable: Start) -> Ports:
    """A new server that remembers."""
    return start_durable()


@pytest.fixture
def log(ports: Ports) -> EventLog:
    return ports.log


@pytest.fixture
def told(log: EventLog) -> list[LogEvent]:
    """What somebody who listens from the beginning has heard."""
    events: list[LogEvent] = []
    log.listen(events.append)
    return events
