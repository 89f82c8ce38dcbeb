"""Reading a database beside the server that writes it."""

import pytest

from lanchat.chat.model import Draft
from lanchat.errors import DataUnusable, NoMessages
from lanchat.store import reading
from lanchat.store.reading import MessageReader
from lanchat.store.sqlite import SqliteStore


def draft(number):
    """The message with this number, a second after the one before."""
    time = f"2026-11-23T08:00:{number:02}.000Z"
    return Draft(f"id {number}", "lobby", "1", "Ana", "192.0.2.1", str(number), time)


@pytest.fixture
def path(tmp_path):
    """Where the messages are."""
    return tmp_path / "messages.db"


@pytest.fixture
def store(path):
    """A server's store with seven messages, which stays open."""
    store = SqliteStore(path)
    store.append([draft(number) for number in range(7)])
    yield store
    store.close()


def texts(reader):
    """What is read, page by page."""
    return [[message.message for message in page] for page in reader.pages()]


def test_page_by_page(store, path, monkeypatch):
    """In the order of ids; what is said meanwhile is left out."""
    monkeypatch.setattr(reading, "PAGE", 3)
    reader = MessageReader(path)
    store.append([draft(8)])
    assert reader.count() == 7
    assert texts(reader) == [["0", "1", "2"], ["3", "4", "5"], ["6"]]
    reader.close()


def test_from_and_until(store, path):
    """The first moment belongs to it, the last one does not."""
    reader = MessageReader(path, "2026-11-23T08:00:02.000Z", "2026-11-23T08:00:05.000Z")
    assert (reader.count(), texts(reader)) == (3, [["2", "3", "4"]])
    reader.close()


def test_the_server_writes_on_meanwhile(store, path):
    """A reader in the middle of its work holds up nobody."""
    reader = MessageReader(path)
    pages = reader.pages()
    next(pages)
    store.append([draft(8)])
    assert store.history("lobby", None, 1).messages[0].message == "8"
    reader.close()


def test_after_a_kill(store, path, tmp_path):
    """What was not moved into the file yet counts, too."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in (path.name, f"{path.name}-wal"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    reader = MessageReader(copy / path.name)
    assert reader.count() == 7
    reader.close()


def test_there_is_none(path):
    """It is said where it was looked for, and nothing is made there."""
    with pytest.raises(NoMessages, match=r"messages\.db"):
        MessageReader(path)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0junk"])
def test_what_is_no_database(path, content):
    """It is refused, and stays as it is."""
    path.write_bytes(content)
    with pytest.raises(DataUnusable, match="not a message database"):
        MessageReader(path)
    assert path.read_bytes() == content


def test_a_newer_database(store, path):
    """It is said what helps."""
    store._connection.execute("PRAGMA user_version = 99")
    with pytest.raises(DataUnusable, match="update lanchat"):
        MessageReader(path)
