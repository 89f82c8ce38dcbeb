"""A cleared history is deleted in the background, by the next server if need be."""

import sqlite3
from contextlib import closing

import pytest

from lanchat.chat.model import Draft
from lanchat.store.clearing import Clearing
from lanchat.store.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path):
    """Where the database is."""
    return tmp_path / "messages.db"


@pytest.fixture
def store(path):
    """A store with 300 messages."""
    store = SqliteStore(path)
    store.append([draft(number) for number in range(300)])
    yield store
    store.close()


def draft(number):
    """The message with this number."""
    time = "2026-11-23T02:08:00.000Z"
    return Draft(str(number), "lobby", "1", "Ana", "192.0.2.1", str(number), time)


def left(path):
    """How many rows there still are."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT count(*) FROM message").fetchone()[0]


def test_what_is_cleared_is_deleted_and_nothing_else(store, path, until):
    """What is said meanwhile stays."""
    clearing = Clearing(store)
    store.clear()
    store.append([draft(1_000)])
    until(lambda: left(path) == 1)
    clearing.close()


def test_the_next_server_goes_on(store, path, until):
    """Where the last one was killed before the end."""
    store.clear()
    clearing = Clearing(store)
    until(lambda: left(path) == 0)
    clearing.close()


def test_without_a_clear_nothing_is_deleted(store, path):
    """A start is none."""
    Clearing(store).close()
    assert left(path) == 300
