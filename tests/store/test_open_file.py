"""A database whose file is deleted, moved, replaced or overwritten while it is open."""

import shutil
import sqlite3
import sys
from contextlib import closing

import pytest

from lanchat.errors import StoreUnavailable
from lanchat.store.bulk import load
from lanchat.store.database import Database
from lanchat.store.eventlog import SqliteEventLog
from lanchat.store.open_file import transaction
from tests.world.deadline import DEADLINE
from tests.world.drafts import draft

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an open file stays there")


def store(log, text="hello"):
    """Let a message be stored; returns when it is."""
    return log.append(draft(text)).result(DEADLINE)


def texts(path):
    """What the file holds."""
    with closing(sqlite3.connect(path)) as connection:
        return [text for (text,) in connection.execute("SELECT message FROM message ORDER BY id")]


@pytest.fixture
def other(tmp_path):
    """Another database, with a message of its own."""
    path = tmp_path / "other.db"
    load(path, [draft("of another room")])
    return path


@pytest.mark.parametrize("pattern", ["messages.db*", "messages.db", "messages.db-wal", "*-shm"])
def test_what_was_deleted_takes_nothing_more(path, log, pattern):
    """Whichever of its files is gone, the change is refused, and so is its retry."""
    store(log)
    for file in path.parent.glob(pattern):
        file.unlink()
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match=r"messages\.db was deleted, moved or replaced"):
            store(log, "lost")
    assert [message.message for message in log.newest("lobby", 9).messages] == ["hello"]


def test_a_file_that_comes_back_is_taken_again(path, log):
    """Where the folder was only moved for a moment, nothing is lost."""
    store(log)
    away = path.parent.rename(path.parent.with_name("away"))
    with pytest.raises(StoreUnavailable):
        store(log, "meanwhile")
    away.rename(path.parent)
    store(log, "again")
    log.close()
    assert texts(path) == ["hello", "again"]


def test_a_file_that_goes_while_it_is_stored(path, database):
    """Whoever asked is not told that it is stored."""
    with pytest.raises(StoreUnavailable, match="was deleted"):
        database.call(lambda connection: _delete_within(connection, path))


def _delete_within(connection, path):
    with transaction(connection):
        connection.execute("UPDATE rules SET slow = 1")
        path.unlink()


def test_another_file_in_its_place_is_not_touched(path, database, log, other):
    """Neither while the server goes on nor when it ends; what has a WAL keeps it."""
    store(log)
    with closing(sqlite3.connect(other, isolation_level=None)) as connection:
        connection.execute("UPDATE message SET message = 'still in the WAL'")
        for suffix in ("", "-wal"):
            shutil.copy(f"{other}{suffix}", f"{path}{suffix}.new")
    for file in path.parent.glob("*.new"):
        file.rename(file.with_suffix(""))
    with pytest.raises(StoreUnavailable, match="was deleted, moved or replaced"):
        store(log, "lost")
    log.close()
    database.close()
    assert not list(path.parent.glob("*.aside"))
    assert texts(path) == ["still in the WAL"]


def test_a_file_that_another_was_copied_over(path, database, log, other):
    """Its inode is the same; it is noticed all the same, and stays as it was copied."""
    store(log)
    shutil.copyfile(other, path)
    copied = path.read_bytes()
    with pytest.raises(StoreUnavailable, match="was overwritten"):
        store(log, "lost")
    log.close()
    database.close()
    assert path.read_bytes() == copied
    assert [file.name for file in path.parent.iterdir()] == ["messages.db"]


def test_a_file_that_was_emptied(path, log):
    """`: > messages.db` is noticed, too."""
    store(log)
    path.write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="was overwritten"):
        store(log, "lost")


def test_a_backup_of_the_day_before(path, log, database):
    """A copy of the same history lacks what this server has begun."""
    log.close()
    database.close()
    backup = path.read_bytes()
    with closing(Database(path)) as restarted:
        log = SqliteEventLog(restarted)
        store(log)
        restarted.call(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)"))
        restarted.call(lambda connection: connection.execute("PRAGMA shrink_memory"))
        path.write_bytes(backup)
        with pytest.raises(StoreUnavailable, match="was overwritten"):
            store(log, "lost")
        log.close()
    assert path.read_bytes() == backup


def test_a_copy_of_this_very_start(path, log, database):
    """It has the epoch, and lacks what was moved into the file since."""
    store(log)
    database.call(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)"))
    copy = path.read_bytes()
    store(log)
    database.call(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)"))
    store(log)
    path.write_bytes(copy)
    with pytest.raises(StoreUnavailable, match="was overwritten"):
        store(log, "lost")
    log.close()
    database.close()
    assert path.read_bytes() == copy


def test_a_copy_of_this_very_start_with_its_wal(path, log, database, caplog):
    """The files are the same, and so is what stands in the first; it is noticed all the same."""
    store(log, "copied")
    copies = {file: file.read_bytes() for file in path.parent.glob("messages.db*")}
    assert len(copies) == 3
    for number in range(20):
        store(log, f"{number} {'x' * 9_000}")
    for file, content in copies.items():
        file.write_bytes(content)
    log.look()
    assert "was overwritten" in caplog.text
    with pytest.raises(StoreUnavailable, match="was overwritten"):
        store(log, "lost")
    log.close()
    database.close()
    assert texts(path) == ["copied"]


def test_checkpoints_and_other_programs_are_no_fault(path, log, database):
    """The file changes when the WAL is moved into it, by whomever."""
    for number in range(50):
        store(log, f"{number} {'x' * 9_000}")
        database.call(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)"))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE message SET message = 'changed by hand'")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store(log, "after")
    assert log.newest("lobby", 9).messages[-1].message == "after"


def test_it_is_said_once_while_nobody_writes(path, log, caplog):
    """Whoever runs the server is told what has happened, and what to do."""
    log.look()
    path.unlink()
    for _ in range(3):
        log.look()
    (record,) = caplog.records
    assert "see to it that the right file is there, and start it again" in record.getMessage()
