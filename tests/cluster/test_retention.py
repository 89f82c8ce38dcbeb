"""What is too old, too much or cleared goes, by whichever server finds nobody at it."""

import psycopg
import pytest
from psycopg import sql

from lanchat.chat.changes import Clear, ClearUser, React, Tell
from lanchat.chat.events import MessagePosted, MessagesRetired, ReactionsChanged, ReactionsLost
from lanchat.chat.model import Clock, Cursor
from lanchat.chat.room_changes import DeleteRoom
from lanchat.cluster.retention import PostgresRetention
from lanchat.rows.steps import DELETED
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, say, texts


def rows(address, table="message"):
    """How many rows there are."""
    with psycopg.connect(address) as connection:
        return len(connection.execute(sql.SQL("TABLE {}").format(sql.Identifier(table))).fetchall())


def left(process):
    """What is still to be read."""
    return texts(process.log.newest("lobby", 1_000).messages)


@pytest.fixture
def one(join):
    return join()


def test_what_is_too_much_goes(one, join, address, until):
    """Everybody is told, whoever did it, and what was sent again is answered."""
    other = join()
    said = say(one.log, range(DELETED + 5))
    PostgresRetention(one.database, count=3, announce=one.log.announce).work()
    assert (rows(address), left(other)) == (3, ["102", "103", "104"])
    retired = MessagesRetired(((0, said[-4].id),))
    until(lambda: one.told[-1:] == other.told[-1:] == [retired])
    assert say(other.log, ["0"])[0].id == said[0].id
    assert rows(address) == 3


def test_what_is_too_old_goes(one, address):
    """By when it was said."""
    say(one.log, [draft("old", time="2026-11-01T12:00:00.000Z"), draft("new", time=NOON)])
    clock = Clock(lambda: 0.0, lambda: 1_795_435_200.0)  # noon
    PostgresRetention(one.database, age=7 * 86_400.0, clock=clock).work()
    assert left(one) == ["new"]


def test_a_page_that_missed_what_went_begins_anew(one):
    """What it would have to be told is not there any more."""
    said = say(one.log, range(5))
    one.log.append(React(said[0].id, "2", "Bia", "👍")).result(DEADLINE)
    known = Cursor(said[-1].seq, one.log.epoch)
    one.log.append(Tell(said[0].id)).result(DEADLINE)
    assert one.log.since("lobby", known, 10) is not None
    PostgresRetention(one.database, count=3).work()
    assert one.log.since("lobby", known, 10) is None


def test_a_cleared_room_goes(one, address):
    """Other rooms stay."""
    say(one.log, [*range(DELETED + 5), draft("x", room="another")])
    one.log.append(Clear("lobby")).result(DEADLINE)
    PostgresRetention(one.database).work()
    assert rows(address) == 1


def test_a_deleted_room_goes(one, join, address):
    """Whichever server was told to, at the next look of one that has nothing else to do."""
    other = join()
    retention = PostgresRetention(other.database)
    retention.work()
    say(one.log, ["x", *(draft(number, room="another") for number in range(DELETED + 5))])
    one.log.append(DeleteRoom("another", lambda _room: None)).result(DEADLINE)
    assert rows(address, "member") == 0
    retention.work()
    assert (rows(address), rows(address, "room"), rows(address, "gone")) == (1, 0, 0)


def test_all_of_a_person_goes_step_by_step(one, address):
    """With all reactions, of which the others are told."""
    (mine,) = say(one.log, [draft("mine", user_id="2")])
    say(one.log, range(2 * DELETED))
    one.log.append(React(mine.id, "1", "Ana", "👍")).result(DEADLINE)
    event = one.log.append(ClearUser("1", "Ana", NOON)).result(DEADLINE)
    assert (left(one), event.count, event.reacted) == (["mine"], 2 * DELETED, (mine.id,))
    assert rows(address, "clearing") == 1
    PostgresRetention(one.database, announce=one.log.announce).work()
    assert rows(address, "clearing") == rows(address, "reaction") == 0
    assert not any(isinstance(each, ReactionsLost) for each in one.told)


def test_one_server_at_a_time_deletes(one, address):
    """The others do not wait for it."""
    say(one.log, range(5))
    with psycopg.connect(address) as busy:
        busy.execute("SELECT pg_advisory_xact_lock(1818324579, 5)")
        PostgresRetention(one.database, count=3).work()
        assert rows(address) == 5
    PostgresRetention(one.database, count=3).work()
    assert rows(address) == 3


def test_reactions_of_a_server_that_died_are_told(one, join, until):
    """Those of one that lives are its own affair: it takes a moment for them."""
    other = join()
    (message,) = say(one.log, ["hello"])
    one.log.append(React(message.id, "2", "Bia", "👍")).result(DEADLINE)
    survivor = PostgresRetention(other.database, announce=other.log.announce)
    survivor.work()
    until(lambda: other.told)
    assert other.told == one.told[:1]
    survivor.work()
    until(lambda: other.told[-1] == ReactionsLost((message.id,)))
    other.log.append(Tell(message.id)).result(DEADLINE)
    survivor.work()
    survivor.work()
    assert [type(each) for each in other.told] == [MessagePosted, ReactionsLost, ReactionsChanged]
