"""What is found by its words, by whom it was said, where and when."""

from contextlib import closing
from functools import partial

import pytest

from lanchat.chat.changes import Delete
from lanchat.chat.model import LOBBY
from lanchat.chat.search import Query
from lanchat.chat.words import phrases, words
from lanchat.rows import messages
from lanchat.store import search
from lanchat.store.bulk import load
from lanchat.store.database import Database, open_database
from lanchat.store.indexer import Indexer
from lanchat.store.search_index import PART_BITS
from tests.world.drafts import NOON, draft

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


@pytest.mark.parametrize(
    ("text", "looked_for"),
    [
        ("A lição de amanhã", "LICAO amanha"),
        ("A lição de amanhã", "liç"),
        ("用户名在这里", "户名"),
        ("用户名在这里", "这里 用户"),
        ("明日の授業", "授業"),
        ("it is ok", "ok"),
        ("see example.org/page", "example.org/pa"),
        ("well done 👍🏽", "👍"),
        ('say "now" AND run', '"now" AND'),
    ],
)
def test_a_message_is_found_by_its_words(find, text, looked_for):
    """From their beginning, with accents or without; of scripts without spaces in any place."""
    assert find(draft("another one"), draft(text))(looked_for) == ([text], None)


@pytest.mark.parametrize(
    ("text", "looked_for"),
    [("mankind", "kind"), ("用户", "户用"), ("one two", "one three"), ("two.one", "one.two")],
)
def test_what_does_not_match_is_not_found(find, text, looked_for):
    """All words have to be there, and those that are written together in a row."""
    assert find(draft(text))(looked_for) == ([], None)


def test_a_long_row_of_words_is_found_as_a_whole(find):
    """Also where it is longer than what the index is asked for, beside other words."""
    row, other = ".".join("abcdefghijklmn"), ".".join("abcdefghijklnm")
    found = find(draft(other), draft(f"{row}op"), draft("一二三四五六七八九十"))
    assert found(row) == ([f"{row}op"], None)
    assert found(f"n.m {row} b") == ([], None)
    assert found(f"l.m {row} b") == ([f"{row}op"], None)
    assert found("一二三四五六七八九十") == (["一二三四五六七八九十"], None)
    assert found("一二三四五六七八九九") == ([], None)


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


def test_many_words_of_one_letter_are_all_looked_for(find):
    """Also those that the index is not asked for."""
    text = " ".join(f"{letter}x" for letter in "abcdefghijklmno")
    found = find(draft("ax bx cx dx ex fx gx"), draft(text))
    assert found("a b c d e f g h") == ([text], None)
    assert found("a b c d e f g o") == ([text], None)
    assert found("a b c d e f g z") == ([], None)


def test_who_said_it_counts(find):
    """By an id, or by a name from its beginning."""
    found = find(draft("hello a", user_id="f1"), draft("hello b", user_id="f2"))
    assert found("hello", user=words("f2")) == (["hello b"], None)
    assert found("", user=words("f1")) == (["hello a"], None)
    assert found("hello", user=words("án")) == (["hello b", "hello a"], None)
    assert found("hello", user=words("f")) == ([], None)


def test_only_ones_own_rooms_are_looked_into(find, open_rooms):
    """However many there are."""
    open_rooms("r-1", "r-2")
    found = find(draft("hello", room="r-1"), draft("hello you", room="r-2"), draft("hello all"))
    assert found("hello", rooms=["r-1"]) == (["hello"], None)
    assert found("hello", rooms=[LOBBY, "r-2"]) == (["hello all", "hello you"], None)


def test_when_it_was_said_counts(find):
    """Also where ids do not tell, as after an import."""
    found = find(draft("hello a", time=LATER), draft("hello b", time=NOON))
    assert found("hello", since=LATER) == (["hello a"], None)
    assert found("hello", until=LATER) == (["hello b"], None)
    assert found("hello", since="2026-11-25T00:00:00.000Z") == ([], None)


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


def test_what_is_deleted_or_cleared_is_not_found(find):
    """From the moment on in which it is."""
    found = find(draft("hello a"), draft("hello b"), draft("hello c"))
    found.keywords["database"].call(lambda connection: messages.delete(connection, Delete(3, NOON)))
    assert found("hello") == (["hello b", "hello a"], None)
    found.keywords["database"].call(lambda connection: messages.clear(connection, LOBBY))
    assert found("hello") == ([], None)


def test_a_search_that_takes_too_long_says_where_to_go_on(find):
    """It gives what it has found."""
    found = find(draft("hello a"), draft("hello b"))

    def late(connection):
        return search.find(connection, Query(phrases("hello"), [LOBBY]), 50, seconds=-1)

    assert found.keywords["database"].call(late) == ([], 3)
