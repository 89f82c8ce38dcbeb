"""A database in a file, and the log that a server writes into it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lanchat.store.bulk import load
from lanchat.store.database import Database
from lanchat.store.eventlog import SqliteEventLog


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database can be, alone in its folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder / "messages.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    """The database of a server, which stays open."""
    database = Database(path)
    yield database
    database.close()


@pytest.fixture
def log(database: Database) -> Iterator[SqliteEventLog]:
    """What the server writes into it."""
    log = SqliteEventLog(database)
    yield log
    log.close()


@pytest.fixture
def open_rooms(path: Path) -> Callable[..., None]:
    """Let a database have these rooms besides the one that everybody is in."""

    def opened(*names: str) -> None:
        load(path, [])
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executemany(
                "INSERT INTO room (id, cleared) VALUES (?, 0)", [(name,) for name in names]
            )

    return opened
