"""Reading a database beside the server that writes it, and many messages at once into one."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from lanchat.chat.changes import Clear, Delete
from lanchat.chat.model import Quoted, User
from lanchat.chat.room_changes import OpenRoom
from lanchat.chat.rooms import Room
from lanchat.errors import DataUnusable, NoMessages, StoreUnavailable
from lanchat.rows import bulk_loading, bulk_reading
from lanchat.rows.bulk_reading import MessageReader, Wanted
from lanchat.store.bulk import MessageFile, load
from lanchat.store.schema import MIGRATIONS, WITH_REACTIONS
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, say


@pytest.fixture
def said(log):
    """Seven messages in the database of a server that stays open, a second between two."""
    return say(log, [draft(n, time=f"2026-11-23T08:00:0{n}.000Z") for n in range(7)])


def texts(reader):
    """What is read, page by page."""
    return [[message.message for message in page] for page in reader.pages()]


def test_page_by_page(log, said, path, monkeypatch):
    """In the order of ids; what is said meanwhile is left out."""
    monkeypatch.setattr(bulk_reading, "PAGE", 3)
    monkeypatch.setattr(bulk_loading, "PAGE", 3)
    reader = MessageReader(MessageFile(path))
    say(log, [8])
    assert reader.count() == 7
    assert texts(reader) == [["0", "1", "2"], ["3", "4", "5"], ["6"]]
    reader.close()


def test_what_is_read_is_what_was_said(said, path):
    """With every field; a message that was not changed has its id as position."""
    reader = MessageReader(MessageFile(path))
    assert list(reader.pages()) == [said]
    reader.close()


def test_from_and_until(said, path):
    """The first moment belongs to it, the last one does not."""
    wanted = Wanted("2026-11-23T08:00:02.000Z", "2026-11-23T08:00:05.000Z")
    reader = MessageReader(MessageFile(path), wanted)
    assert (reader.count(), texts(reader)) == (3, [["2", "3", "4"]])
    reader.close()


def test_the_server_writes_on_meanwhile(log, said, path):
    """A reader in the middle of its work holds up nobody."""
    reader = MessageReader(MessageFile(path))
    pages = reader.pages()
    next(pages)
    say(log, [8])
    assert log.newest("lobby", 1).messages[0].message == "8"
    reader.close()


def test_after_a_kill(said, path, tmp_path):
    """What was not moved into the file yet counts, too."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in (path.name, f"{path.name}-wal"):
        (copy / name).write_bytes(path.with_name(name).read_bytes())
    reader = MessageReader(MessageFile(copy / path.name))
    assert reader.count() == 7
    reader.close()


def test_there_is_none(path):
    """It is said where it was looked for, and nothing is made there."""
    with pytest.raises(NoMessages, match=f"looked for {path};"):
        MessageReader(MessageFile(path))
    assert not path.exists()


def test_there_is_none_yet(path):
    """A server has made the file a moment ago."""
    path.touch()
    with pytest.raises(NoMessages, match=f"looked for {path};"):
        MessageReader(MessageFile(path))
    assert path.stat().st_size == 0


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0junk"])
def test_what_is_no_database(path, content):
    """It is refused, and stays as it is."""
    path.write_bytes(content)
    with pytest.raises(DataUnusable, match=f"{path}: is not a message database"):
        MessageReader(MessageFile(path))
    assert path.read_bytes() == content


def test_a_newer_database(database, path):
    """It is said what helps."""
    database.call(lambda connection: connection.execute("PRAGMA user_version = 99"))
    with pytest.raises(DataUnusable, match=rf"{path}: .* \(schema 99\); update lanchat"):
        MessageReader(MessageFile(path))


def test_what_is_gone_is_left_out(log, said, path):
    """Also while a cleared history is still being deleted; other rooms keep theirs."""
    log.append(Delete(said[1].id, NOON)).result(DEADLINE)
    reader = MessageReader(MessageFile(path))
    assert (reader.count(), texts(reader)) == (6, [list("023456")])
    reader.close()
    say(log, [draft("x", room="another"), "the last before it"])
    log.append(Clear("lobby")).result(DEADLINE)
    say(log, ["later"])
    reader = MessageReader(MessageFile(path))
    assert (reader.count(), texts(reader)) == (2, [["x", "later"]])
    reader.close()


def test_a_room_that_was_never_cleared_is_read_whole(path):
    """From the very first message on."""
    load(path, [draft("a", room="another")])
    reader = MessageReader(MessageFile(path))
    assert texts(reader) == [["a"]]
    reader.close()


@pytest.mark.parametrize(("steps", "shown"), [(1, "ab"), (2, "ab"), (3, "ab"), (4, "b")])
def test_a_database_of_before_is_read(path, steps, shown):
    """As it is: a deleted message has no text, and since the fourth step a history is cleared."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for step in MIGRATIONS[:steps]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {steps}")
        rows = [(text, str(number), NOON) for number, text in enumerate(["a", "", "b"], 1)]
        connection.executemany(
            "INSERT INTO message (room, user_id, user, ip, message, client_id, time)"
            " VALUES ('lobby', '1', 'Ana', '192.0.2.1', ?, ?, ?)",
            rows,
        )
        if steps == 4:
            connection.execute("UPDATE deleted SET cleared = 1")
    reader = MessageReader(MessageFile(path))
    assert texts(reader) == [list(shown)]
    reader.close()


@pytest.mark.parametrize("steps", range(WITH_REACTIONS, len(MIGRATIONS) + 1))
def test_answers_of_before_are_read(path, steps):
    """Also where messages could have no files yet, or no mark could hide them."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for step in MIGRATIONS[:steps]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {steps}")
        rows = [(NOON, "what?", "1", None), (NOON, "that", "2", 1)]
        connection.executemany(
            "INSERT INTO message (room, user_id, user, ip, time, message, client_id, reply_to)"
            " VALUES ('lobby', '1', 'Ana', '192.0.2.1', ?, ?, ?, ?)",
            rows,
        )
    reader = MessageReader(MessageFile(path))
    (_, answer) = next(reader.pages())
    assert (answer.quoted, answer.files) == (Quoted(1, "1", "Ana", "what?"), None)
    reader.close()


def stored(path):
    """What is stored, in the order of ids."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT message FROM message ORDER BY id").fetchall()
    return [text for (text,) in rows]


def test_what_is_loaded_comes_behind_what_is_there(path):
    """In its own order."""
    load(path, [draft(5)])
    assert load(path, map(draft, [9, 1, 4])) == 3
    assert stored(path) == ["5", "9", "1", "4"]


def test_loaded_twice_changes_nothing(path):
    """Also where one is in the file twice."""
    assert load(path, map(draft, [1, 2, 1])) == 2
    assert load(path, map(draft, [1, 2, 3])) == 1
    assert stored(path) == ["1", "2", "3"]


def test_a_failure_loads_nothing(path):
    """Whatever it was."""

    def broken():
        yield draft(1)
        raise ValueError("a broken line")

    with pytest.raises(ValueError, match="broken"):
        load(path, broken())
    with pytest.raises(StoreUnavailable, match="the message database refuses: NOT NULL"):
        load(path, [draft(1), replace(draft(2), user=None)])  # type: ignore[arg-type]
    assert stored(path) == []


def test_what_was_said_in_private_is_not_read(path, log):
    """What was said in other rooms is."""
    two = (User("1", "Ana"), User("2", "Bia"))
    log.append(OpenRoom(Room("d", "direct"), two, 10)).result(DEADLINE)
    say(log, ["hello", draft("in a room", room="r"), draft("in private", room="d")])
    reader = MessageReader(MessageFile(path))
    assert texts(reader) == [["hello", "in a room"]]
    assert reader.count() == 2
    reader.close()
