"""Changes that wait for the same commit share it, on a disk as SQLite's is."""

import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import replace
from operator import methodcaller
from typing import Any

import pytest

from lanchat.chat.changes import Clear, Delete
from lanchat.chat.model import Cursor, Page
from lanchat.errors import DataUnusable, StoreUnavailable
from lanchat.store.database import Database
from lanchat.store.eventlog import SqliteEventLog
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, say, texts


class SlowDisk:
    """The thread of a database: from ``slow`` on, each call waits until the test lets it go on."""

    def __init__(self):
        self._one = threading.Lock()
        self._go_on = threading.Semaphore(0)
        self.slow = False
        self.asked = threading.Event()

    def __call__(self, call):
        with self._one:
            if self.slow:
                self.asked.set()
                assert self._go_on.acquire(timeout=DEADLINE)
            return call()

    def go_on(self, calls):
        self._go_on.release(calls)


@pytest.fixture
def disk():
    """A disk under the test's control."""
    return SlowDisk()


@pytest.fixture
def log(path, disk):
    """A log on that disk."""
    database = Database(path, offload=disk)
    log = SqliteEventLog(database)
    yield log
    disk.slow = False
    disk.go_on(10)
    log.close()
    database.close()


def test_what_waits_is_committed_together(log, disk):
    """While one commit is under way, nine more messages become one batch."""
    disk.slow, start = True, time.perf_counter()
    first = log.append(draft(0))
    assert disk.asked.wait(DEADLINE)
    others = [log.append(draft(text)) for text in "123456789"]
    disk.go_on(2)
    messages = [one.result(DEADLINE).message for one in (first, *others)]
    assert [message.id for message in messages] == list(range(1, 11))
    assert log.statistics.sizes.counts[:4] == [1, 0, 0, 1]
    assert 0 < log.statistics.seconds.total < time.perf_counter() - start


def test_nothing_is_told_before_it_is_stored(log, disk, until):
    """Everybody hears what survives a power cut, and the sender is answered then."""
    told: list[Any] = []
    log.listen(told.append)
    disk.slow = True
    message = log.append(draft("a"))
    assert disk.asked.wait(DEADLINE)
    assert (told, message.done()) == ([], False)
    disk.go_on(1)
    assert [message.result(DEADLINE)] == told


def test_a_commit_that_fails_fails_its_batch_alone(path, caplog):
    """Its reason is said, and after it the next message is stored as ever."""
    database = Database(path)
    log = SqliteEventLog(database)
    told: list[Any] = []
    log.listen(told.append)
    database.call(lambda connection: connection.execute("PRAGMA query_only = ON"))
    with pytest.raises(StoreUnavailable, match="refuses: attempt to write"):
        say(log, ["lost"])
    database.call(lambda connection: connection.execute("PRAGMA query_only = OFF"))
    assert texts(say(log, ["kept"])) == ["kept"]
    assert [event.message.message for event in told] == ["kept"]
    assert (log.statistics.messages, sum(log.statistics.seconds.counts)) == (1, 1)
    log.close()
    database.close()


def test_a_disk_that_goes_on_refusing_is_said_once(path, caplog):
    """Until it takes changes again, which is said, too; a second failure is another one."""
    database = Database(path)
    log = SqliteEventLog(database)
    for state in ("ON", "OFF", "ON"):
        database.call(methodcaller("execute", f"PRAGMA query_only = {state}"))
        for text in (f"{state} 1", f"{state} 2"):
            log.append(draft(text)).exception(DEADLINE)
    log.close()
    database.close()
    refused = "the message database refuses: attempt to write a readonly database"
    again = "the message database takes changes again"
    assert [record.message for record in caplog.records] == [refused, again, refused]


@pytest.mark.parametrize(
    ("refuse", "allow"),
    [
        ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
        ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000"),
    ],
    ids=["read-only", "full"],
)
def test_a_disk_that_refuses_for_a_while(path, refuse, allow):
    """What is stored can be read meanwhile, and it works again without opening anew."""
    database = Database(path)
    log = SqliteEventLog(database)
    say(log, ["hello"])
    database.call(lambda connection: connection.execute(refuse))
    more = [draft("x" * 4_000, str(number)) for number in range(99)]
    with pytest.raises(StoreUnavailable):
        say(log, more)
    database.call(lambda connection: connection.execute(allow))
    stored = texts(say(log, more))
    assert len(stored) == 99
    assert texts(log.newest("lobby", 1_000).messages) == ["hello", *stored]
    log.close()
    database.close()


def test_a_batch_is_stored_whole_or_not_at_all(log, disk):
    """What cannot be stored leaves nothing of the others behind, and the next batch works."""
    disk.slow = True
    hold = log.append(draft("hold"))
    assert disk.asked.wait(DEADLINE)
    batch = [log.append(draft("a")), log.append(replace(draft("b"), user=None))]  # type: ignore[arg-type]
    disk.go_on(2)
    hold.result(DEADLINE)
    for future in batch:
        with pytest.raises(StoreUnavailable):
            future.result(DEADLINE)
    disk.slow = False
    assert [message.id for message in say(log, "ac")] == [2, 3]


def test_a_defect_does_not_end_the_committer(log, caplog):
    """A change that nobody knows fails by itself, and is written down with its traceback."""
    with pytest.raises(StoreUnavailable):
        log.append("what is no change").result(DEADLINE)
    assert "a batch of 1 changes failed" in caplog.text
    assert texts(say(log, ["kept"])) == ["kept"]


def test_a_start_that_cannot_be_noted_is_refused(path):
    """Later nobody could tell what a page has seen of it; the line says which file it is."""
    database = Database(path)
    database.call(lambda connection: connection.execute("PRAGMA query_only = ON"))
    with pytest.raises(DataUnusable, match=r"messages\.db: cannot be used .*\(attempt to write"):
        SqliteEventLog(database)
    database.close()


def test_what_is_to_be_erased_is_said(path):
    """When something is deleted or cleared, and not when something is said."""
    erased = []
    database = Database(path)
    log = SqliteEventLog(database, on_erase=lambda: erased.append(len(erased)))
    (message,) = say(log, "a")
    assert erased == []
    log.append(Delete(message.id, NOON)).result(DEADLINE)
    assert erased == [0]
    log.append(Clear("lobby")).result(DEADLINE)
    assert erased == [0, 1]
    log.close()
    database.close()


def test_a_copy_that_was_brought_back_is_another_history(path):
    """What was said after it was made is gone, and its positions are given to something else."""
    database = Database(path)
    log = SqliteEventLog(database)
    say(log, "ab")
    with closing(sqlite3.connect(path.with_name("copy.db"))) as copy:
        database.call(lambda connection: connection.backup(copy))
    say(log, "cd")
    log.close()
    database.close()
    database = Database(path.with_name("copy.db"))
    later = SqliteEventLog(database)
    say(later, "wxyz")
    pages = [later.since("lobby", Cursor(seq, log.epoch), 10) for seq in (1, 2, 3, 4, 5)]
    assert [page and texts(page.messages) for page in pages] == [
        ["b", *"wxyz"],
        [*"wxyz"],
        None,
        None,
        None,
    ]
    later.close()
    database.close()


def test_ids_in_memory_grow_over_restarts():
    """A client that shows id N is never given N or less by a later life of the server."""
    ids = []
    for _life in range(3):
        database = Database(None)
        log = SqliteEventLog(database)
        ids += [message.id for message in say(log, "a")]
        log.close()
        database.close()
    assert ids == sorted(set(ids))


def test_without_history_a_page_keeps_what_it_shows():
    """What was said before the start is known to the pages alone, and they are not told to drop it.

    The newest messages come all the same, with the word that there may be more.
    """
    database = Database(None)
    log = SqliteEventLog(database)
    say(log, ["cleared"])
    up_to = log.append(Clear("lobby")).result(DEADLINE).up_to
    said = say(log, "abc")
    page = log.since("lobby", Cursor(5, "an earlier life's"), 2)
    assert page == Page(said[1:], complete=False, seq=said[-1].seq, cleared=up_to)
    log.close()
    database.close()
