"""What a host wants to be gone is gone: from answers, from exports and from the file."""

import sqlite3
from contextlib import closing
from dataclasses import astuple, replace

import pytest

from lanchat.chat.model import Draft
from lanchat.store.reading import MessageReader
from lanchat.store.schema import MIGRATIONS
from lanchat.store.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path):
    """Where the database is."""
    return tmp_path / "messages.db"


@pytest.fixture
def store(path):
    """A store with five messages, a to e, whose ids are 1 to 5."""
    store = SqliteStore(path)
    store.append([draft(text) for text in "abcde"])
    yield store
    store.close()


def draft(text):
    """A draft that says the text."""
    return Draft(text, "lobby", "1", "Ana", "192.0.2.1", text, "2026-11-23T02:08:00.000Z")


def texts(history):
    """What the history's messages say."""
    return [message.message for message in history.messages]


def test_a_deleted_message_is_not_shown(store):
    """Newcomers do not see it, and nothing else is missing."""
    deleted = store.delete(3)
    assert deleted.message == "c"
    history = store.history("lobby", None, 10)
    assert (texts(history), history.complete, history.deleted) == (["a", "b", "d", "e"], True, [])


def test_who_was_away_learns_what_was_deleted(store):
    """Of what they may still show; the rest they never get."""
    store.delete(2)
    store.delete(5)
    history = store.history("lobby", 4, 10)
    assert (texts(history), history.deleted) == ([], [2])


def test_what_is_not_there_cannot_be_deleted(store):
    """Neither what never was nor what is gone already."""
    assert store.delete(6) is None
    store.delete(3)
    assert store.delete(3) is None
    store.clear()
    assert store.delete(1) is None


def test_a_deleted_message_that_is_sent_again_stays_deleted(store):
    """Whoever missed the acknowledgement gets it, and nobody sees the message again."""
    store.delete(3)
    (stored,) = store.append([draft("c")])
    assert (stored.message.id, stored.fresh) == (3, False)
    assert "c" not in texts(store.history("lobby", None, 10))


def test_the_text_is_in_no_file_any_more(store, path):
    """Neither in the database nor in what SQLite keeps beside it."""
    secret = "what nobody should have said"
    (stored,) = store.append([replace(draft("f"), message=secret)])
    store.delete(stored.message.id)
    files = [file.read_bytes() for file in path.parent.iterdir()]
    assert not any(secret.encode() in content for content in files)


def test_a_database_of_before_can_be_exported(tmp_path):
    """It does not know yet that a history can be cleared."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for step in MIGRATIONS[:3]:
            step(connection)
        connection.execute("PRAGMA user_version = 3")
        fields = astuple(draft("a"))
        connection.execute("INSERT INTO message VALUES (1, ?, ?, ?, ?, ?, ?, ?)", fields)
    reader = MessageReader(path)
    assert reader.count() == 1
    reader.close()


def test_a_cleared_history_is_not_shown(store):
    """At once; what comes later is complete."""
    assert store.clear() == 5
    store.append([draft("f")])
    history = store.history("lobby", 2, 10)
    assert (texts(history), history.complete, history.cleared) == (["f"], True, 5)


def test_exports_leave_out_what_is_gone(store, path):
    """Also while a cleared history is still being deleted."""
    store.delete(2)
    reader = MessageReader(path)
    assert [message.message for page in reader.pages() for message in page] == list("acde")
    reader.close()
    store.clear()
    reader = MessageReader(path)
    assert (reader.count(), list(reader.pages())) == (0, [])
    reader.close()
