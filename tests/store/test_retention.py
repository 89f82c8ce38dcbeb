"""Old messages go by themselves while a server runs, and nobody waits for that."""

import sqlite3
import threading
from contextlib import closing

import pytest

from lanchat.chat.model import Draft, timestamp
from lanchat.store.retention import Retention
from lanchat.store.sqlite import SqliteStore


@pytest.fixture
def store():
    """A store that threads may share, as one thread of the disk's does it in a server."""
    lock = threading.Lock()

    def one_at_a_time(call):
        with lock:
            return call()

    store = SqliteStore(None, offload=one_at_a_time)
    yield store
    store.close()


def say(store, *seconds):
    """A message for each of these times."""
    store.append(
        [Draft(f"{s}", "lobby", "1", "Ana", "192.0.2.1", f"{s}", timestamp(s)) for s in seconds]
    )


def texts(store):
    """What is there."""
    return [message.message for message in store.history("lobby", None, 100).messages]


def test_it_begins_at_the_start_and_goes_on(store, until):
    """What grows too old meanwhile goes with a later sweep."""
    now = [1_000.0]
    say(store, 100, 950, 990)
    retention = Retention(store, 100, None, clock=lambda: now[0], rest=0.01)
    until(lambda: texts(store) == ["950", "990"])
    now[0] = 1_060.0
    until(lambda: texts(store) == ["990"])
    retention.close()


def test_a_store_that_refuses_is_one_warning(store, until, caplog):
    """The next sweeps try again, and succeed without a restart."""
    say(store, 100, 200)
    store._connection.execute("PRAGMA query_only = ON")
    retention = Retention(store, None, 1, rest=0.01)
    until(lambda: caplog.messages)
    store._connection.execute("PRAGMA query_only = OFF")
    until(lambda: texts(store) == ["200"])
    retention.close()
    assert len(caplog.messages) == 1
    assert "cannot be deleted for now" in caplog.messages[0]


def test_a_server_keeps_what_it_was_asked_to(server_factory, person_factory, until):
    """Newcomers see the newest, and who was away too long is told so."""
    server = server_factory("--rate", "0")
    ana = person_factory("Ana", server)
    ana.join()
    ids = [ana.say(str(number))["id"] for number in range(8)]
    ana.socket.disconnect()
    server.stop()
    server._options = ("--retention-messages", "3")
    server.start()

    def kept():
        with closing(sqlite3.connect(server.data_dir / "messages.db")) as database:
            return [text for (text,) in database.execute("SELECT message FROM message")]

    until(lambda: kept() == ["5", "6", "7"])
    answer = ana.join(last_id=ids[1])
    assert [message["message"] for message in answer["messages"]] == ["5", "6", "7"]
    assert answer["complete"] is False
    assert ana.say("later")["id"] > ids[-1]
