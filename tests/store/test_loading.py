"""Many messages at once: all of them, or none."""

import sqlite3
from contextlib import closing

import pytest

from lanchat.chat.model import Draft
from lanchat.errors import StoreUnavailable
from lanchat.store.loading import load
from lanchat.store.sqlite import SqliteStore


def draft(number, user_id="1"):
    """The message with this number."""
    time = "2026-11-23T08:00:00.000Z"
    return Draft(f"id {number}", "lobby", user_id, "Ana", "192.0.2.1", str(number), time)


def texts(path):
    """What is stored, in the order of ids."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT message FROM message ORDER BY id").fetchall()
    return [text for (text,) in rows]


def test_they_come_behind_what_is_there(tmp_path):
    """In their own order."""
    path = tmp_path / "messages.db"
    store = SqliteStore(path)
    store.append([draft(5)])
    store.close()
    assert load(path, map(draft, [9, 1, 4])) == 3
    assert texts(path) == ["5", "9", "1", "4"]


def test_twice_changes_nothing(tmp_path):
    """Also where one is in the file twice."""
    path = tmp_path / "messages.db"
    assert load(path, map(draft, [1, 2, 1])) == 2
    assert load(path, map(draft, [1, 2, 3])) == 1
    assert texts(path) == ["1", "2", "3"]


def test_a_failure_leaves_nothing(tmp_path):
    """Whatever it was."""

    def broken():
        yield draft(1)
        raise ValueError("a broken line")

    path = tmp_path / "messages.db"
    with pytest.raises(ValueError, match="broken"):
        load(path, broken())
    with pytest.raises(StoreUnavailable):
        load(path, [draft(1), draft(2, user_id=None)])
    assert texts(path) == []
