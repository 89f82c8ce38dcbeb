"""What is asked of the table of messages is found without looking at all of them."""

import sqlite3
from contextlib import closing

import pytest

from lanchat.chat.changes import Delete
from lanchat.chat.model import Cursor, Own, Reaction
from lanchat.rows import messages, pages, pins, reactions
from lanchat.store.bulk import load
from lanchat.store.connection import SqliteConnection
from lanchat.store.retention import delete_cleared
from tests.world.drafts import NOON, draft

SAID = "SEARCH message USING INDEX message_room (room=? AND id>?)"
CHANGED = "SEARCH message USING INDEX message_changed (room=? AND changed>?)"
DELETED = "SEARCH message USING INDEX message_deleted (room=? AND id<?)"
RETRIED = "SEARCH message USING INDEX message_retry (user_id=? AND client_id=?)"
BY_ID = "SEARCH message USING INTEGER PRIMARY KEY (rowid=?)"
PINNED = "SEARCH message USING INDEX message_pinned (room=?"
CLEARED = "SEARCH message USING COVERING INDEX message_room (room=? AND id<?)"


class Explaining(SqliteConnection):
    """Writes down how SQLite finds the messages that it is asked for."""

    ways: list[str]

    def execute(self, sql, parameters=(), /):
        for *_, way in super().execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall():
            plain = way.replace(" TABLE", "")  # as versions before 3.36 say it
            if "message" in plain:
                self.ways.append(plain)
        return super().execute(sql, parameters)


@pytest.fixture
def connection(path):
    """A database with a message, 1, and another one, 2, that was deleted."""
    load(path, [draft("a"), draft("b")])
    with closing(sqlite3.connect(path, isolation_level=None, factory=Explaining)) as connection:
        connection.ways = []
        messages.delete(connection, Delete(2, NOON))
        connection.ways.clear()
        yield connection


def test_the_newest_are_found_by_their_room(connection):
    """A quiet room beside a busy one."""
    assert pages.newest(connection, "lobby", 10).messages
    assert connection.ways == [SAID]


def test_what_was_missed_is_found_by_its_room(connection):
    """What was said by the ids, what has changed by its position, what was not told by its mark."""
    epoch = messages.begin_epoch(connection)
    connection.ways.clear()
    assert pages.since(connection, "lobby", Cursor(1, epoch), 10) is not None
    assert connection.ways == [SAID, CHANGED, BY_ID]


def test_what_was_said_after_an_id_is_found_by_its_room(connection):
    """What was deleted, too."""
    assert pages.after(connection, "lobby", 2, 10).deleted == [2]
    assert connection.ways == [SAID, DELETED]


def test_one_message_is_found_at_once(connection):
    """By its id, or by what its sender has called it."""
    messages.insert(connection, draft("a"))
    assert connection.ways == [RETRIED]
    connection.ways.clear()
    messages.delete(connection, Delete(1, NOON))
    assert connection.ways == [BY_ID] * 2


def test_what_was_cleared_is_found_by_its_room(connection):
    """Also in the last look, which finds nothing more."""
    messages.clear(connection, "lobby")
    connection.ways.clear()
    assert delete_cleared(connection)
    assert connection.ways[0] == CLEARED


def test_pins_are_found_without_a_look_at_the_room(connection):
    """Everybody who comes is told of them."""
    assert pins.pinned(connection, "lobby") == []
    (way,) = connection.ways
    assert way.startswith(PINNED)


def test_reactions_are_found_by_their_message_or_their_person(connection):
    """However many there are to others."""
    reactions.load(connection, [(1, (Reaction("👍", 1, (("1", "Ana"),)),))])
    connection.ways.clear()
    assert reactions.summary(connection, 1) != ()
    assert reactions.mine(connection, "1", [1, 2]) == {1: Own(("👍",))}
    assert len(connection.ways) == 3
    assert all(way.startswith("SEARCH reaction USING ") for way in connection.ways)
