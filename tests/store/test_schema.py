"""What is true of SQLite's file alone."""

import dataclasses
import sqlite3
from contextlib import closing

import pytest

from lanchat.chat.model import Draft
from lanchat.errors import StoreUnavailable
from lanchat.store.schema import MIGRATIONS
from lanchat.store.sqlite import SqliteStore

DRAFT = Draft("id", "lobby", "1", "Ana", "192.168.1.33", "hello", "2026-11-23T02:08:00.000Z")


def test_messages_and_retries_survive_a_restart(tmp_path):
    """The same client_id is the same message in the server's next life, too."""
    path = tmp_path / "messages.db"
    first = SqliteStore(path)
    (before,) = first.append([DRAFT])
    first.close()
    second = SqliteStore(path)
    (after,) = second.append([DRAFT])
    second.close()
    assert (after.message, after.fresh) == (before.message, False)


def test_ids_in_memory_grow_over_restarts():
    """A client that shows id N is never given N or less by a later life of the server."""
    first = SqliteStore(None)
    (before,) = first.append([DRAFT])
    first.close()
    second = SqliteStore(None)
    (after,) = second.append([DRAFT])
    assert after.message.id >= before.message.id
    second.close()


def test_a_file_of_an_earlier_lanchat_is_taken_further(tmp_path):
    """Its messages stay, and it learns what it did not know."""
    path = tmp_path / "messages.db"
    with closing(sqlite3.connect(path)) as connection:
        MIGRATIONS[0](connection)
        connection.execute("PRAGMA user_version = 1")
        connection.execute(
            "INSERT INTO message (client_id, room, user_id, user, ip, message, time)"
            " VALUES ('id', 'lobby', '1', 'Ana', '', 'from before', '')"
        )
        connection.commit()
    store = SqliteStore(path)
    (message,) = store.history("lobby", None, 10).messages
    assert message.message == "from before"
    assert store.held() == []
    store.close()


def test_a_batch_is_stored_whole_or_not_at_all(tmp_path):
    """A failing insert leaves nothing behind, and the next batch works."""
    store = SqliteStore(tmp_path / "messages.db")
    broken = dataclasses.replace(DRAFT, client_id="id 2", user=None)  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable):
        store.append([DRAFT, broken])
    assert store.history("lobby", None, 10).messages == []
    store.append([DRAFT])
    store.close()


def test_what_was_said_is_its_owners(tmp_path):
    """Other users of the machine cannot read the files, whatever the folder's mode."""
    store = SqliteStore(tmp_path / "messages.db")
    store.append([DRAFT])
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    store.close()
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


def test_a_new_file_is_migrated(tmp_path):
    """The number of steps taken stands in the file."""
    path = tmp_path / "messages.db"
    SqliteStore(path).close()
    with sqlite3.connect(path) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    assert version == len(MIGRATIONS)


@pytest.mark.parametrize(
    ("refuse", "allow"),
    [
        ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
        ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000"),
    ],
    ids=["read-only", "full"],
)
def test_a_disk_that_refuses_for_a_while(tmp_path, refuse, allow):
    """What is stored can be read meanwhile, and it works again without opening anew."""
    store = SqliteStore(tmp_path / "messages.db")
    store.append([DRAFT])
    store._connection.execute(refuse)
    more = [dataclasses.replace(DRAFT, client_id=str(n), message="x" * 4000) for n in range(9)]
    with pytest.raises(StoreUnavailable):
        store.append(more)
    assert [message.message for message in store.history("lobby", None, 10).messages] == ["hello"]
    store._connection.execute(allow)
    assert [stored.message.id for stored in store.append(more)] == list(range(2, 11))
    store.close()
