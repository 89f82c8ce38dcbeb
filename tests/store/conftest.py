"""A database in a file, and the log that a server writes into it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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
