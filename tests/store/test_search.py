"""What is found by its words, by whom it was said, where and when."""

from contextlib import closing
from functools import partial

import pytest

from lanchat.chat.model import LOBBY
from lanchat.chat.search import Query
from lanchat.chat.words import phrases, words
from lanchat.store import search
from lanchat.store.bulk import load
from lanchat.store.database import Database, open_database
from lanchat.store.indexer import Indexer
from lanchat.store.search_index import PART_BITS
from tests.world.drafts import draft

LATER = "2026-11-24T12:00:00.000Z"
PART = 1 << PART_BITS


@pytest.fixture
def find(path):
    """Store these drafts, take them into the index, and look for something in it."""
    opened = []

    def stored(*drafts):
        load(path, drafts)
        database = Database(path)
        opened.append(database)
        Indexer(database, lambda: 0).work()

        return partial(found_in, database=database)

    yield stored
    for database in opened:
        database.close()


def found_in(text, limit=50, *, database, rooms=(LOBBY,), **asked):
    """What the messages say that are found, and where to go on."""
    look = partial(search.find, query=Query(phrases(text), rooms, **asked), limit=limit)
    found, before = database.call(look)
    return [message.message for message in found], before


def test_a_row_of_many_words_costs_the_index_little(path):
    """Whatever somebody looks for: FTS5 cannot be stopped within a row."""
    asked: list[str] = []
    load(path, [draft("a " * 100)])
    database = Database(path)
    Indexer(database, lambda: 0).work()
    with closing(open_database(path)) as connection:
        connection.set_trace_callback(asked.append)
        query = Query(phrases("a." * 99 + "b a a a"), [LOBBY])
        assert search.find(connection, query, 50) == ([], None)
    database.close()
    (match,) = [line.split("MATCH")[1] for line in asked if "MATCH" in line]
    assert len(words(match)) < 20


def test_the_newest_come_first_and_one_can_go_on(find):
    """Over the parts of the index, as far as there is anything."""
    drafts = [draft(f"hello {number}") for number in range(PART + 10)]
    found = find(*drafts)
    newest, before = found("hello", limit=20)
    assert newest == [f"hello {number}" for number in range(PART + 9, PART - 11, -1)]
    assert before == PART - 9
    assert found("hello", limit=1, before=before)[0] == [f"hello {PART - 11}"]
    assert found("hello", limit=5, before=4) == (["hello 2", "hello 1", "hello 0"], None)
    assert found("hello 7", limit=5, before=9) == (["hello 7"], None)


def test_a_search_that_takes_too_long_says_where_to_go_on(find):
    """It gives what it has found."""
    found = find(draft("hello a"), draft("hello b"))

    def late(connection):
        return search.find(connection, Query(phrases("hello"), [LOBBY]), 50, seconds=-1)

    assert found.keywords["database"].call(late) == ([], 3)
