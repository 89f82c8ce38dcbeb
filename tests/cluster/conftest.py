"""Several servers that share a database, each with connections of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from lanchat.chat.events import LogEvent
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.eventlog import PostgresEventLog


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """A database with all tables, as new; ``empty_database`` marks tests that want it without."""
    is_empty = request.node.get_closest_marker("empty_database")
    take: Callable[[], str] = request.getfixturevalue("new_database" if is_empty else "new_room")
    return take()


class Process:
    """What one server has of the log; ``told`` is what it has heard."""

    def __init__(self, address: str) -> None:
        with ExitStack() as undo:
            self.database = PostgresDatabase(address)
            undo.callback(self.database.close)
            self.log = PostgresEventLog(self.database)
            undo.callback(self.log.close)
            self.close = undo.pop_all().close
        self.told: list[LogEvent] = []
        self.log.listen(self.told.append)


@pytest.fixture
def join(address: str) -> Iterator[Callable[..., Process]]:
    """Start one more server, or one that finds the database at another place."""
    with ExitStack() as undo:

        def start(place: str = address) -> Process:
            process = Process(place)
            undo.callback(process.close)
            return process

        yield start
