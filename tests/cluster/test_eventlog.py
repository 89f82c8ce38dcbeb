"""Several servers have one order, and go on after a break."""

import signal
import threading
import time
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from lanchat.chat.changes import Amend, Clear, ClearUser, Delete, Pin, React, Tell
from lanchat.chat.events import MessageChanged, MessagePosted, MessagesRetired
from lanchat.chat.model import Cursor
from lanchat.chat.room_settings import Rules, State
from lanchat.cluster import journal
from lanchat.cluster.connection import PostgresConnection
from lanchat.cluster.eventlog import _apply as store
from lanchat.cluster.search import Indexer
from lanchat.errors import StoreUnavailable
from lanchat.rows import messages
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, edit, say, texts

LIKE = "👍"


def result(process, change):
    """What comes of a change that a server is asked for."""
    return process.log.append(change).result(DEADLINE)


def heard(process):
    """What a server has been told of messages."""
    return [each.message.message for each in process.told if isinstance(each, MessagePosted)]


def cut(address):
    """Let all connections to the database break, as they do when it is started again."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def say_for_certain(process, until, text):
    """Post as a page does: again, with the same client_id, until it is acknowledged."""

    def posted():
        try:
            return result(process, draft(text))
        except StoreUnavailable:
            return None

    until(posted)


def test_everybody_hears_everything_in_one_order(join, until):
    """Whoever of the servers has stored it, and whatever it is."""
    one, other = join(), join()
    (a,) = say(one.log, "a")
    (b,) = say(other.log, "b")
    result(other, edit(a.id, "A"))
    result(one, React(b.id, "2", "Bia", LIKE))
    result(other, Tell(b.id))
    result(one, Pin("lobby", b.id))
    result(other, Amend(lambda state: replace(state, rules=Rules("x"))))
    result(one, Delete(a.id, NOON))
    result(other, ClearUser("1", "Ana", NOON))
    last = result(one, Clear("lobby"))
    until(lambda: other.told and other.told[-1] == last)
    assert one.told == other.told
    assert [each.seq for each in one.told] == list(range(a.id, a.id + 9))


def test_threads_of_several_servers_have_one_order(join, until):
    """No position is missing, or there twice, or told before a smaller one."""
    processes = [join() for _ in range(3)]
    threads = [
        threading.Thread(target=lambda p=p, n=n: say(p.log, [f"{n} {turn}" for turn in range(40)]))
        for n, p in enumerate(processes * 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    until(lambda: {len(process.told) for process in processes} == {240})
    first, *others = [process.told for process in processes]
    assert [each.seq for each in first] == list(range(first[0].seq, first[0].seq + 240))
    assert others == [first, first]


def test_a_message_that_is_sent_to_two_servers_is_one(join, until):
    """The second one answers with what the first one has stored."""
    one, other = join(), join()
    (message,) = say(one.log, "a")
    assert say(other.log, "a") == [message]
    assert heard(other) == ["a"]  # whoever is acknowledged has heard it


def test_nothing_between_messages_of_one_commit_is_passed_over(join, until):
    """Where two processes hear of it, the one that has not stored it, too."""
    one, other = join(), join()
    (a,) = say(one.log, "a")
    until(lambda: heard(other) == ["a"])  # else it would be told as it is by then
    with one.database.connect() as connection, connection.transaction():
        store(PostgresConnection(connection), [draft("b"), edit(a.id, "A"), draft("c")])
    for process in (one, other):
        until(lambda process=process: len(process.told) == 4)
        assert heard(process) == list("abc")
        assert [each.seq for each in process.told] == list(range(a.id, a.id + 4))


def test_one_that_was_sent_before_leaves_its_place_in_a_commit_empty(join, until):
    """Everybody else's message is told, and an answer given to all."""
    one, other = join(), join()
    rows = [messages.fields(draft(text)) for text in "abac"]
    with one.database.connect() as connection:
        ids = PostgresConnection(connection).post(rows)
        assert PostgresConnection(connection).post(rows) == [None] * 4
    first = ids[0] or 0
    assert ids == [first, first + 1, None, first + 3]
    for process in (one, other):
        until(lambda process=process: heard(process) == list("abc"))
    assert [each.id for each in say(one.log, "cab")] == [first + 3, first, first + 1]


def test_what_is_gone_is_never_read_whole_to_store_a_message(join):
    """Neither with a plan that was made while it was small, which is kept when it has grown."""
    process = join()
    rows = [messages.fields(draft("a"))]
    scans = "SELECT seq_scan, idx_scan FROM pg_stat_xact_user_tables WHERE relname = 'gone'"
    with process.database.connect() as connection:
        connection.execute("INSERT INTO gone VALUES (1, '1', 'b', 'lobby', '')")
        connection.execute("VACUUM ANALYZE gone")
        with connection.transaction():
            PostgresConnection(connection).post(rows)
            assert connection.execute(scans).fetchone() == (0, 1)


def test_any_text_is_heard_as_it_was_said(join):
    """Whatever it means to an array of PostgreSQL's."""
    said = ['"', "\\", '\\"', "{a,b}", "NULL", "", " ", "'", "$1", "%s", "\n\t", "é🐘", '"},{"']
    process = join()
    say(process.log, [draft(text, str(number)) for number, text in enumerate(said)])
    assert heard(process) == said


def test_what_was_said_during_a_break_is_heard_after_it(join, address, until):
    """In its place, and nothing twice."""
    one, other = join(), join()
    say(one.log, "ab")
    cut(address)
    for text in "cde":
        say_for_certain(one, until, text)
    say_for_certain(other, until, "f")
    for process in (one, other):
        until(lambda process=process: len(heard(process)) >= 6)
        assert heard(process) == list("abcdef")


@pytest.mark.slow
def test_a_database_that_fails_and_comes_back_has_what_was_acknowledged(join, postgres, until):
    """Meanwhile what is said is refused, and the servers go on by themselves."""
    one, other = join(), join()
    say(one.log, "ab")
    postgres.stop(signal.SIGQUIT)
    with pytest.raises(StoreUnavailable):
        result(one, draft("c"))
    with pytest.raises(StoreUnavailable):
        one.log.newest("lobby", 10)
    postgres.start()
    say_for_certain(other, until, "c")
    until(lambda: heard(one) == heard(other) == list("abc"))
    assert texts(one.log.newest("lobby", 10).messages) == list("abc")


def test_whoever_comes_later_is_of_the_same_epoch(join):
    """It began with the first one, and ends with the last one."""
    one, other = join(), join()
    assert other.log.epoch == one.log.epoch
    one.close()
    third = join()
    assert third.log.epoch == one.log.epoch
    other.close()
    third.close()
    assert join().log.epoch != one.log.epoch


def test_a_database_that_has_gone_back_begins_an_epoch(join, address, until):
    """As one that takes over and lacks what was committed last: nobody is told a lie about it."""
    process = join()
    (a, b) = say(process.log, "ab")
    known = Cursor(b.seq, process.log.epoch)
    with psycopg.connect(address) as connection:
        connection.execute("DELETE FROM message WHERE id = %s", (b.id,))
        connection.execute("UPDATE counter SET seq = %s", (a.id,))
    cut(address)
    until(lambda: process.log.epoch != known.epoch)
    say_for_certain(process, until, "c")
    assert process.log.since("lobby", known, 10) is None
    assert process.log.since("lobby", Cursor(a.seq, known.epoch), 10) is not None
    assert heard(process) == list("abc")


def test_kinds_of_a_newer_server_are_skipped(join, address, until):
    """An older one beside it goes on with what it knows."""
    process = join()
    with psycopg.connect(address) as connection:
        connection.execute(
            "INSERT INTO happened SELECT lock_positions() + 1, 'from the future', '{}'"
        )
        connection.execute("INSERT INTO happened SELECT lock_positions() + 2, 'pins', '5'")
        connection.execute("UPDATE counter SET seq = seq + 2")
    say(process.log, "a")
    assert [type(each) for each in process.told] == [MessagePosted]


def test_what_has_changed_again_is_told_at_its_own_position(join):
    """As it is by now: who is cut off in between has to be told what lies between."""
    process = join()
    (a, b) = say(process.log, "ab")
    result(process, edit(a.id, "A"))
    result(process, Pin("lobby", a.id))
    result(process, edit(a.id, "AA", "e2"))
    found, up_to = process.database.call(
        lambda rows: journal.read(rows, a.seq - 1, rows.position(), State())
    )
    assert [each.seq for _, each in found] == [seq for seq, _ in found]
    assert up_to == a.seq + 4
    told = [each.message for _, each in found if isinstance(each, MessagePosted | MessageChanged)]
    assert [each.message for each in told] == ["AA", "b", "AA", "AA"]
    assert b.seq == b.id


def test_no_words_are_kept_beside_the_messages(join, address):
    """What was deleted is in no table any more."""
    process = join()
    (message,) = say(process.log, [draft("a secret", "1")])
    Indexer(process.database).work()
    result(process, edit(message.id, "another secret"))
    result(process, Pin("lobby", message.id))
    result(process, Delete(message.id, NOON))
    with psycopg.connect(address) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(sql.SQL("TABLE {}").format(sql.Identifier(table)))
            assert "secret" not in str(rows.fetchall())


def test_all_learn_what_one_has_retired(join, until):
    """The worker that deletes runs in one of them."""
    one, other = join(), join()
    event = MessagesRetired(((1, 5), (8, 9)))
    one.log.announce(event)
    until(lambda: one.told == other.told == [event])


def test_a_commit_is_known_where_it_was_made_when_it_is_told(join, until):
    """When it was, and how much was in it; nowhere else."""
    one, other = join(), join()
    found: dict[object, list[tuple[float, int] | None]] = {one: [], other: []}
    for process in (one, other):
        to, commit_of = found[process], process.log.statistics.commit_of
        process.log.listen(lambda event, at=commit_of, to=to: to.append(at(event.message.id)))
    known = found[one]
    before = time.perf_counter()
    say(one.log, "abc")
    say(other.log, "d")
    say(one.log, "e")
    until(lambda: len(known) == len(found[other]) == 5)
    assert [commit is None for commit in known] == [False, False, False, True, False]
    assert [commit is None for commit in found[other]] == [True, True, True, False, True]
    assert all(size >= 1 and before < at < time.perf_counter() for at, size in filter(None, known))
