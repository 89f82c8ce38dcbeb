"""The index of words is one for all servers, and none holds it up."""

import psycopg

from lanchat.chat.model import LOBBY
from lanchat.chat.search import Query
from lanchat.chat.words import phrases
from lanchat.cluster.search import Indexer, PostgresSearch
from lanchat.cluster.search_index import TAKEN, entry, expression
from tests.world.deadline import DEADLINE
from tests.world.drafts import draft, edit, say, texts


def find(process, text, **options):
    """What is found, from any server."""
    return PostgresSearch(process.database, **options).find(Query(phrases(text), [LOBBY]), 500)


def test_what_one_server_has_taken_in_is_found_from_all(join):
    """However many steps that took."""
    one, other = join(), join()
    say(one.log, [draft(f"hello {number}") for number in range(TAKEN + 10)])
    Indexer(other.database).work()
    assert len(find(one, "hello").messages) == TAKEN + 10
    assert texts(find(one, "hello 107").messages) == ["hello 107"]


def test_one_server_at_a_time_takes_messages_in(join, address):
    """The others leave it alone, and wait for nothing."""
    process = join()
    say(process.log, "a")
    with psycopg.connect(address) as busy:
        busy.execute("SELECT pg_advisory_xact_lock(1818324579, 4)")
        Indexer(process.database).work()
        assert find(process, "a").messages == []
    Indexer(process.database).work()
    assert texts(find(process, "a").messages) == ["a"]


def test_an_edit_before_the_index_has_the_message_is_indexed_once(join):
    """As the message is by then."""
    process = join()
    (message,) = say(process.log, ["hello"])
    process.log.append(edit(message.id, "goodbye")).result(DEADLINE)
    Indexer(process.database).work()
    assert find(process, "hello").messages == []
    assert texts(find(process, "goodbye").messages) == ["goodbye"]


def test_a_search_that_takes_too_long_says_where_to_go_on(join):
    """It gives what it has found."""
    process = join()
    (message,) = say(process.log, ["hello"])
    found = find(process, "hello", seconds=-1)
    assert (found.messages, found.before) == ([], message.id + 1)


def test_words_are_as_postgresql_reads_them(join, address):
    """Whatever stands in a message, or is looked for."""
    process = join()
    (message,) = say(process.log, ["it's a \\ 'quoted' \"word\": 5 & 6 | !7 <-> 8:*"])
    looked_for = Query(phrases("it's \\ 'quo !7 <-> 8:*"), [LOBBY], ["ana"])
    with psycopg.connect(address) as connection:
        row = connection.execute(
            "SELECT %s::tsvector @@ %s::tsquery", (entry(message), expression(looked_for))
        ).fetchone()
    assert row == (True,)
