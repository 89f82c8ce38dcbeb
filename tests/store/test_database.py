"""What is found out about a database before anything is written into it."""

import sqlite3
from contextlib import closing

import pytest

from lanchat.chat.model import Draft
from lanchat.errors import DataUnusable
from lanchat.store import inspection
from lanchat.store.inspection import inspect
from lanchat.store.schema import MIGRATIONS
from lanchat.store.sqlite import SqliteStore


@pytest.fixture
def database(tmp_path):
    """A database of lanchat's with 500 messages."""
    path = tmp_path / "messages.db"
    store = SqliteStore(path)
    text, time = "hello " * 100, "2026-11-23T02:08:00.000Z"
    people = [Draft(f"id {n}", "lobby", "1", "Ana", "192.0.2.1", text, time) for n in range(500)]
    store.append(people)
    store.close()
    return path


def test_a_good_database_and_none_at_all(database, tmp_path):
    """Nothing is said, and nothing is left beside it."""
    inspect(database)
    inspect(tmp_path / "none.db")
    (tmp_path / "empty.db").touch()
    inspect(tmp_path / "empty.db")
    assert {path.name for path in tmp_path.iterdir()} == {"messages.db", "empty.db"}


@pytest.mark.parametrize("size", [1, 50, 4096, 100_000, -4096, -1])
def test_a_database_that_was_cut_short(database, size):
    """Wherever it ends, it is refused and stays as it is."""
    rest = database.read_bytes()[:size]
    database.write_bytes(rest)
    with pytest.raises(DataUnusable, match=r"messages\.db"):
        inspect(database)
    assert database.read_bytes() == rest


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\0" + b"x" * 500]
)
def test_a_file_that_is_no_database(tmp_path, content):
    """Garbage is refused, with a way out."""
    path = tmp_path / "messages.db"
    path.write_bytes(content)
    with pytest.raises(DataUnusable, match="move it away"):
        inspect(path)
    assert path.read_bytes() == content


def test_a_damaged_page(database):
    """What SQLite would only meet when somebody asks for an old message."""
    content = bytearray(database.read_bytes())
    content[100_000:104_096] = b"\xff" * 4096
    database.write_bytes(content)
    with pytest.raises(DataUnusable, match="page"):
        inspect(database)


def test_a_damaged_page_of_a_large_database(database, monkeypatch):
    """Not every page is looked at, but those that a newcomer is shown are."""
    monkeypatch.setattr(inspection, "CHECKED_WHOLE", 0)
    inspect(database)
    content = bytearray(database.read_bytes())
    content[100_000:104_096] = b"\xff" * 4096
    database.write_bytes(content)
    with pytest.raises(DataUnusable, match="malformed"):
        inspect(database)


def test_a_newer_database_after_a_kill(database):
    """What was not moved into the file yet counts, too, and is not moved by looking."""
    version = len(MIGRATIONS) + 1
    with closing(sqlite3.connect(database)) as newer:
        newer.execute(f"PRAGMA user_version = {version}")
        files = [database, database.with_name("messages.db-wal")]
        before = [path.read_bytes() for path in files]
        with pytest.raises(DataUnusable, match=rf"newer lanchat \(schema {version}\)"):
            inspect(database)
        assert [path.read_bytes() for path in files] == before


def test_a_database_of_another_program(tmp_path):
    """Our tables are not added to those of somebody else."""
    path = tmp_path / "messages.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE contact (name TEXT)")
    with pytest.raises(DataUnusable, match="another program"):
        inspect(path)


def test_a_migration_that_was_interrupted(database):
    """The journal that it left is SQLite's to roll back: lanchat starts."""
    journal = database.with_name("messages.db-journal")
    journal.write_bytes(b"left from a killed server")
    inspect(database)
