"""Everything that is deleted, for the file and for memory alike, and what is left of it."""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from lanchat.chat.changes import Amend, Change, Clear, ClearUser, Delete, Resent
from lanchat.chat.events import MessagesRetired
from lanchat.chat.model import Clock, Cursor, Message, User, timestamp
from lanchat.chat.report_changes import Dismiss, FileReport
from lanchat.chat.room_changes import DeleteRoom, OpenRoom
from lanchat.chat.room_settings import Rules
from lanchat.chat.rooms import Room, direct_room_id
from lanchat.errors import StoreUnavailable, UnknownMessage
from lanchat.periodic import Periodic
from lanchat.rows import messages
from lanchat.rows import retention as every_store
from lanchat.rows.retention import LOOKED_AT, Keep, Place
from lanchat.rows.steps import DELETED
from lanchat.store import retention as module
from lanchat.store.database import Database, one_at_a_time
from lanchat.store.eventlog import SqliteEventLog
from lanchat.store.retention import Retention, step
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, draft, edit, say, texts
from tests.world.files import put_file, uses


@pytest.fixture(params=["file", "memory"])
def database(request, path):
    """A database of each kind."""
    database = Database(path if request.param == "file" else None)
    yield database
    database.close()


@pytest.fixture
def on_disk(path):
    """A database in a file alone."""
    database = Database(path)
    yield database
    database.close()


@pytest.fixture
def log_on_disk(on_disk):
    """Its log."""
    log = SqliteEventLog(on_disk)
    yield log
    log.close()


def on_day(number, day):
    """The message with this number, said on that day of November."""
    return draft(number, time=f"2026-11-{day:02}T08:00:00.000Z")


def sweep(database, since=None, count=None):
    """A whole sweep; returns how many steps it took."""
    place, steps = Place(), 0
    while not place.done:
        taken = Keep(since, count), place
        place, steps = database.call(lambda connection, t=taken: step(connection, *t)), steps + 1
    return steps


def left(log):
    """What is there, oldest first."""
    return texts(log.newest("lobby", 10_000).messages)


def rows(database):
    """How many rows there are."""
    query = "SELECT count(*) FROM message"
    return database.call(lambda connection: connection.execute(query).fetchone()[0])


# What is too old, and what is too much.


def test_the_old_go_by_their_time(database, log):
    """Also where ids and times disagree, as after an import or with a clock set right."""
    say(log, [on_day(n, day) for n, day in enumerate([1, 9, 2, 8, 3])])
    sweep(database, since="2026-11-08T08:00:00.000Z")
    assert left(log) == ["1", "3"]


def test_files_go_with_what_is_too_old(database, log):
    """What a newer message has as well stays."""
    put_file(database, "old")
    put_file(database, "new")
    say(log, [draft("", "a", files=("old",)), draft("", "b", files=("new",)), "c"])
    sweep(database, count=2)
    assert uses(database) == {"large": 1, "small": 1}
    sweep(database, count=1)
    assert uses(database) == {"large": 0, "small": 0}


def test_the_newest_stay_by_their_number(database, log):
    """Exactly so many, over all steps."""
    say(log, range(LOOKED_AT + 300))
    sweep(database, count=LOOKED_AT + 20)
    assert left(log) == [str(n) for n in range(280, LOOKED_AT + 300)]


def test_both_limits_hold(database, log):
    """What is too old goes, even if there is room for it."""
    say(log, [on_day(n, n) for n in range(1, 10)])
    sweep(database, since="2026-11-04T00:00:00.000Z", count=20)
    sweep(database, since="2026-11-01T00:00:00.000Z", count=5)
    assert left(log) == ["5", "6", "7", "8", "9"]


@pytest.mark.parametrize(("count", "steps"), [(1, 31), (3 * DELETED, 28), (9_999, 4)])
def test_a_step_has_a_bound(count, steps, database, log):
    """However many there are to look at or to delete; the last step finds nothing more."""
    assert (DELETED, LOOKED_AT) == (100, 1_000)
    say(log, range(3_000))
    assert sweep(database, count=count) == steps


def test_ids_are_never_given_again(database, log):
    """Not even when everything is gone."""
    (before,) = say(log, [1])
    sweep(database, since="2027")
    (after,) = say(log, [2])
    assert after.id > before.id


def test_who_was_away_too_long_is_told(database, log):
    """The history is complete where nothing after the id was deleted, and only there."""
    ids = [message.id for message in say(log, range(6))]
    sweep(database, count=3)
    complete = [after for after in [None, *ids] if log.after("lobby", after, 100).complete]
    assert complete == ids[2:]


def test_who_was_away_until_all_was_gone(database, log):
    """An empty answer says whether there was something."""
    ids = [message.id for message in say(log, [1, 2])]
    sweep(database, since="2027")
    answers = [log.after("lobby", after, 100) for after in ids]
    assert [(answer.messages, answer.complete) for answer in answers] == [([], False), ([], True)]


def test_who_was_away_too_long_begins_anew(database, log):
    """Where they know positions: what they show may have been changed before it went."""
    seqs = [message.seq for message in say(log, range(6))]
    sweep(database, count=3)
    pages = {seq: log.since("lobby", Cursor(seq, log.epoch), 100) for seq in seqs}
    assert [seq for seq in seqs if pages[seq] is None] == seqs[:2]
    assert texts(pages[seqs[3]].messages) == ["4", "5"]
    assert not log.newest("lobby", 100).complete


def test_a_change_that_went_with_its_message_is_missed(database, log):
    """Whoever has not learned that it was deleted would show it for ever.

    A client that knows ids alone has got everything that was said.
    """
    first, second = say(log, [1, 2])
    deleted = log.append(Delete(first.id, NOON)).result(DEADLINE)
    sweep(database, count=1)
    assert rows(database) == 1
    assert log.since("lobby", Cursor(second.seq, log.epoch), 100) is None
    assert log.since("lobby", Cursor(deleted.seq, log.epoch), 100).messages == []
    assert log.after("lobby", first.id, 100).complete


def test_what_went_elsewhere_leaves_a_cleared_room_complete(database, log):
    """What its newcomers miss was cleared before the messages that have gone."""
    (first,) = say(log, [draft("a", room="another")])
    log.append(Clear("lobby")).result(DEADLINE)
    log.append(Delete(first.id, NOON)).result(DEADLINE)
    sweep(database, count=0)
    assert log.newest("lobby", 10).complete
    assert not log.newest("another", 10).complete


def test_what_was_deleted_is_remembered(path):
    """A restart makes no history complete."""
    first = Database(path)
    log = SqliteEventLog(first)
    say(log, range(6))
    sweep(first, count=3)
    log.close()
    first.close()
    second = Database(path)
    log = SqliteEventLog(second)
    assert log.after("lobby", 1, 100).complete is False
    assert log.after("lobby", 3, 100).complete is True
    log.close()
    second.close()


# What was cleared.


def test_what_is_cleared_is_deleted_and_nothing_else(database, log):
    """What is said meanwhile and elsewhere stays."""
    say(log, [*range(3 * DELETED - 1), draft("x", room="another")])
    log.append(Clear("lobby")).result(DEADLINE)
    say(log, ["later"])
    retention = Retention(database)
    retention.work()
    assert rows(database) == 2
    assert left(log) == ["later"]
    assert texts(log.newest("another", 10).messages) == ["x"]


def test_a_clear_goes_in_small_steps(database, log):
    """Each deletes a hundred, so that a message waits for one of them at most."""
    say(log, range(DELETED + 50))
    log.append(Clear("lobby")).result(DEADLINE)
    steps = []
    while database.call(module.delete_cleared):
        steps.append(rows(database))
    assert steps == [50, 0]


def test_a_cleared_message_does_not_come_back_when_it_is_sent_again(database, log):
    """Its author gets the answer of then, and nothing of its words or of their name is kept."""
    (old,) = say(log, ["old"])
    log.append(Clear("lobby")).result(DEADLINE)
    Retention(database).work()
    assert rows(database) == 0
    for change in (draft("old"), Resent("1", "old", UnknownMessage())):
        again = log.append(change).result(DEADLINE).message
        assert (again.id, again.time, again.deleted) == (old.id, old.time, True)
        assert (again.user, again.ip, again.message) == ("", "", "")
    assert rows(database) == 0
    assert log.newest("lobby", 10).messages == []
    assert [message.deleted for message in say(log, [draft("old", user_id="2")])] == [False]


def test_nor_does_one_that_was_too_old(database, log):
    """It may have been deleted while its acknowledgement was on its way."""
    first, _ = say(log, ["first", "second"])
    sweep(database, count=1)
    assert left(log) == ["second"]
    (again,) = say(log, ["first"])
    assert (again.id, again.deleted) == (first.id, True)
    assert left(log) == ["second"]


def test_what_answers_a_retry_is_forgotten_in_the_end(database, log, monkeypatch):
    """A chat that clears often does not grow by it."""
    monkeypatch.setattr(messages, "ANSWERED", 5)
    said = say(log, range(10))
    log.append(Clear("lobby")).result(DEADLINE)
    Retention(database).work()
    found = database.call(lambda connection: connection.execute("SELECT id FROM gone").fetchall())
    assert [number for (number,) in found] == [message.id for message in said[-4:]]


def test_without_a_clear_nothing_is_deleted(database, log):
    """A start is none."""
    say(log, range(3))
    Retention(database).work()
    assert rows(database) == 3


def test_a_cleared_history_is_complete(database, log):
    """Also when its rows are gone: what came before it is not missed."""
    (before,) = say(log, ["a"])
    log.append(Clear("lobby")).result(DEADLINE)
    say(log, ["b"])
    Retention(database).work()
    assert log.newest("lobby", 10).complete
    assert log.after("lobby", before.id, 10).complete
    assert texts(log.since("lobby", Cursor(before.seq, log.epoch), 10).messages) == ["b"]


def test_the_next_server_goes_on_with_a_clear(path):
    """Where the last one was killed before the end."""
    first = Database(path)
    log = SqliteEventLog(first)
    say(log, range(3))
    log.append(Clear("lobby")).result(DEADLINE)
    log.close()
    first.close()
    second = Database(path)
    Retention(second).work()
    assert rows(second) == 0
    second.close()


# The worker.


@pytest.fixture
def worker():
    """Let a Retention work as a server does, only more often."""
    with ExitStack() as undo:

        def work(retention):
            undo.callback(Periodic(retention.work, 0.01, name="retention").close)
            undo.callback(retention.stop)

        yield work


def say_at(log, *seconds):
    """A message for each of these times."""
    say(log, [draft(second, time=timestamp(second)) for second in seconds])


class Hands:
    """Two clocks in the test's hand, which ``pass_`` moves on; the one on the wall can be set."""

    def __init__(self, wall):
        self.now = 50_000.0
        self.wall = wall
        self.clock = Clock(lambda: self.now, lambda: self.wall)

    def pass_(self, seconds):
        self.now += seconds
        self.wall += seconds


def test_it_begins_at_the_start_and_goes_on(database, log):
    """What grows too old meanwhile goes with a later sweep."""
    hands = Hands(1_000.0)
    say_at(log, 100, 950, 990)
    retention = Retention(database, 100, None, clock=hands.clock, rest=10.0)
    retention.work()
    assert left(log) == ["950", "990"]
    hands.pass_(60)
    retention.work()
    assert left(log) == ["990"]


def test_a_clock_before_1970_deletes_nothing(database, log):
    """A battery is empty, and the clock begins anew."""
    say_at(log, 100)
    Retention(database, 1_000, None, clock=Hands(500.0).clock).work()
    assert left(log) == ["100"]


def ranges_told(log):
    """The ranges of ids that pages are told of, as they are told."""
    told: list[tuple[tuple[int, int], ...]] = []

    def hear(event):
        if isinstance(event, MessagesRetired) and event.ranges:
            told.append(event.ranges)

    log.listen(hear)
    return told


def test_pages_are_told_what_has_gone(on_disk, log_on_disk, monkeypatch):
    """As ranges of ids, whatever lies between two of them, and over all steps of a sweep."""
    log = log_on_disk
    monkeypatch.setattr(every_store, "LOOKED_AT", 3)
    told = ranges_told(log)
    say(log, [on_day(n, day) for n, day in enumerate([1, 2, 1, 2, 9, 1, 9, 2, 2])])
    log.append(Amend(lambda state: replace(state, rules=Rules("x")))).result(DEADLINE)
    say(log, [on_day("a", 2), on_day("b", 9)])
    wall = datetime(2026, 11, 9, 8, 30, tzinfo=timezone.utc).timestamp()
    hands = Hands(wall)
    Retention(on_disk, 3 * 86_400.0, None, clock=hands.clock, announce=log.announce).work()
    say(log, ["what was told before is told by then"])
    assert left(log)[:3] == ["4", "6", "b"]
    assert told == [((0, 4), (6, 6), (8, 11))]


def test_pages_are_told_a_few_times_a_minute(on_disk, log_on_disk):
    """What goes right after it waits for the next time."""
    hands, log = Hands(1_000.0), log_on_disk
    told = ranges_told(log)
    retention = Retention(on_disk, None, 1, clock=hands.clock, rest=5.0, announce=log.announce)
    for _ in range(8):
        say(log, [draft(hands.now)])
        hands.pass_(5)
        retention.work()
    say(log, ["what was told before is told by then"])
    assert told == [((0, 1),), ((0, 5),)]


def test_who_comes_back_is_told_up_to_where_all_is_gone(database, log):
    """What they have seen may have gone meanwhile; without retention there is nothing to tell."""
    seqs = [message.seq for message in say(log, range(6))]
    cursor = Cursor(seqs[-1], log.epoch)
    assert log.since("lobby", cursor, 10).retired == 0
    sweep(database, count=2)
    assert log.since("lobby", cursor, 10).retired == seqs[3]
    sweep(database, count=0)
    assert log.since("lobby", cursor, 10).retired == seqs[5]


def test_a_sweep_is_followed_by_a_rest(database, log):
    """As long as was asked for, where the sweep was short."""
    hands = Hands(1_000.0)
    resting = Retention(database, None, 1, clock=hands.clock, rest=10.0)
    say_at(log, 100)
    resting.work()
    say_at(log, 200)
    hands.pass_(9.9)
    resting.work()
    assert left(log) == ["100", "200"]
    hands.pass_(0.1)
    resting.work()
    assert left(log) == ["200"]


def test_a_long_sweep_is_followed_by_a_long_rest(database, log, monkeypatch):
    """Twenty times as long: the disk is for who talks."""
    hands = Hands(1_000.0)
    retention = Retention(database, None, 1, clock=hands.clock, rest=10.0)

    def slowly(connection, *, keep, place):
        hands.pass_(15)
        return step(connection, keep=keep, place=place)

    say_at(log, 100)
    with monkeypatch.context() as slow:
        slow.setattr(module, "step", slowly)
        retention.work()
    say_at(log, 200)
    hands.pass_(599)
    retention.work()
    assert left(log) == ["100", "200"]
    hands.pass_(1)
    retention.work()
    assert left(log) == ["200"]


def test_a_clock_that_leaps_deletes_nothing(database, log):
    """Whoever has set it wrong has an hour to set it right; meanwhile time passes as it does."""
    hands = Hands(1_000_000.0)
    retention = Retention(database, 1_000, None, clock=hands.clock, rest=10.0)
    say_at(log, 999_100, 999_500)
    hands.wall += 10_000
    for _minute in range(8):
        hands.pass_(60)
        retention.work()
    assert left(log) == ["999500"]
    hands.wall -= 10_000
    hands.pass_(60)
    retention.work()
    assert left(log) == []


def test_a_start_in_the_wrong_year_deletes_nothing(database, log):
    """The newest message tells when the clock was looked at last; an hour later it is believed."""
    say(log, [on_day(n, n) for n in range(20, 24)])
    day = 86_400.0
    hands = Hands(datetime(2036, 11, 25, tzinfo=timezone.utc).timestamp())
    retention = Retention(database, 2 * day, None, clock=hands.clock, rest=10.0)
    retention.work()
    assert left(log) == ["21", "22", "23"]  # too old beside the newest one
    hands.pass_(3_500)
    retention.work()
    assert left(log) == ["22", "23"]
    hands.pass_(200)
    retention.work()
    assert left(log) == []


def test_a_clock_that_has_leapt_is_believed_in_the_end(database, log):
    """A laptop has slept for days; another leap has an hour of its own."""
    hands = Hands(1_000_000.0)
    retention = Retention(database, 10_000, None, clock=hands.clock, rest=10.0)
    said = [1_000_000, 1_050_000]
    say_at(log, *said)
    while said:
        hands.wall += 50_000
        hands.pass_(10)
        retention.work()
        hands.pass_(3_590)
        retention.work()
        assert left(log) == [str(second) for second in said]
        hands.pass_(10)
        retention.work()
        said.pop(0)
        assert left(log) == [str(second) for second in said]


def test_a_clock_may_be_set_by_a_little(database, log):
    """As those are that ask others for the time."""
    hands = Hands(1_000_000.0)
    retention = Retention(database, 1_000, None, clock=hands.clock, rest=10.0)
    say_at(log, 999_010)
    for _ in range(2):
        hands.wall += 60
        hands.pass_(10)
        retention.work()
        assert left(log) == []
        say_at(log, 999_010 + 60)


def test_a_database_that_refuses_is_one_warning(database, log, worker, until, caplog):
    """The next sweeps try again, and succeed without a restart."""
    say_at(log, 100, 200)
    database.call(lambda connection: connection.execute("PRAGMA query_only = ON"))
    worker(Retention(database, None, 1, rest=0.01))
    until(lambda: caplog.messages)
    database.call(lambda connection: connection.execute("PRAGMA query_only = OFF"))
    until(lambda: left(log) == ["200"])
    assert len(caplog.messages) == 1
    assert "retention failed, and is tried again" in caplog.messages[0]


def test_what_could_not_be_erased_is_tried_again(database, log):
    """By the next round, without anything new to erase."""
    retention = Retention(database)
    retention.work()
    say(log, range(3))
    log.append(Clear("lobby")).result(DEADLINE)
    retention.erase()
    database.call(lambda connection: connection.execute("PRAGMA query_only = ON"))
    with pytest.raises(StoreUnavailable):
        retention.work()
    database.call(lambda connection: connection.execute("PRAGMA query_only = OFF"))
    retention.work()
    assert rows(database) == 0


def test_who_has_nothing_to_do_leaves_the_disk_alone(path):
    """A round without anything deleted asks it for nothing."""
    calls = Interrupted()
    database = Database(path, offload=calls)
    retention = Retention(database)
    retention.work()
    before = calls.left
    for _round in range(3):
        retention.work()
    assert calls.left == before
    retention.erase()
    retention.work()
    assert calls.left < before
    database.close()


def test_who_stops_it_waits_for_one_step(database, log):
    """Nothing more is deleted, neither of what is old nor of what was cleared."""
    say(log, range(3))
    retention = Retention(database, None, 1)
    retention.stop()
    retention.work()
    assert rows(database) == 3
    log.append(Clear("lobby")).result(DEADLINE)
    retention.work()
    assert rows(database) == 3


# What is left in the files.


def test_what_is_too_old_cannot_be_found_in_the_file(on_disk, log_on_disk, path):
    """Its bytes are overwritten, not only forgotten."""
    say(log_on_disk, [draft(f"a secret {'x' * n}", str(n)) for n in range(2_000)])
    sweep(on_disk, count=1)
    say(log_on_disk, [draft("the end", "the last")])
    on_disk.call(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)"))
    content = path.read_bytes()
    assert (content.count(b"a secret"), content.count(b"the end")) == (1, 1)


SECRET = "what nobody should have said"


def found(path):
    """In which files the secret still is."""
    return [file.name for file in path.parent.iterdir() if SECRET.encode() in file.read_bytes()]


class Interrupted:
    """A database's thread, after whose n-th call something happens before its result is there."""

    def __init__(self):
        self._offload = one_at_a_time()
        self.left = -1
        self.happen: Callable[[], object] = lambda: None

    def __call__(self, call):
        result = self._offload(call)
        self.left -= 1
        if self.left == 0:
            self.happen()
        return result


GOING: dict[str, Callable[[Message], Change[Any]]] = {
    "deleted": lambda message: Delete(message.id, NOON),
    "edited": lambda message: edit(message.id, "something else"),
    "cleared": lambda message: Clear(message.room),
    "cleared with its author": lambda message: ClearUser(message.user_id, "", NOON),
}


@pytest.mark.parametrize("going", GOING)
def test_what_is_gone_is_in_no_file(path, worker, until, going):
    """A moment later neither the database nor what SQLite keeps beside it holds a word of it."""
    database = Database(path)
    retention = Retention(database)
    log = SqliteEventLog(database, on_erase=retention.erase)
    worker(retention)
    message, *_ = say(log, [draft(SECRET, "a"), *range(50)])
    assert found(path) != []
    log.append(GOING[going](message)).result(DEADLINE)
    until(lambda: found(path) == [])
    log.close()
    database.close()


def test_nothing_of_a_deleted_room_is_in_any_file(path, worker, until):
    """Neither what it was called, nor who was in it, nor that there was one."""
    database = Database(path)
    retention = Retention(database)
    log = SqliteEventLog(database, on_erase=retention.erase)
    worker(retention)
    room = Room("r" * 20, "open", SECRET, opener="1", topic=SECRET)
    log.append(OpenRoom(room, (User("1", SECRET),), 10)).result(DEADLINE)
    say(log, [draft(SECRET, str(number), room=room.id) for number in range(DELETED + 1)])
    assert found(path) != []
    log.append(DeleteRoom(room.id, lambda _room: None)).result(DEADLINE)
    until(lambda: found(path) == [])
    assert not any(room.id.encode() in file.read_bytes() for file in path.parent.iterdir())
    log.close()
    database.close()


def test_what_is_too_old_is_in_no_file(path):
    """Nor beside it, a round after the sweep that has deleted it."""
    hands = Hands(1_000.0)
    database = Database(path)
    log = SqliteEventLog(database)
    retention = Retention(database, None, 50, clock=hands.clock, rest=10.0)
    retention.work()
    say(log, [draft(SECRET, "a"), *range(50)])
    hands.pass_(10)
    retention.work()
    retention.work()
    assert left(log) == [str(number) for number in range(50)]
    assert found(path) == []
    log.close()
    database.close()


@pytest.mark.parametrize("going", GOING)
def test_what_is_gone_leaves_as_soon_as_no_reader_needs_it(path, worker, until, going):
    """Whoever reads on sees what was there when they began; nobody waits for them."""
    database = Database(path)
    retention = Retention(database)
    log = SqliteEventLog(database, on_erase=retention.erase)
    message, *_ = say(log, [draft(SECRET, "a"), *range(50)])
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM message").fetchone() == (51,)
        worker(retention)
        log.append(GOING[going](message)).result(DEADLINE)
        say(log, ["later"])
        query = "SELECT count(*) FROM message WHERE message = ?"
        assert reader.execute(query, [SECRET]).fetchone() == (1,)
        assert found(path) != []
    until(lambda: found(path) == [])
    log.close()
    database.close()


@pytest.mark.parametrize("going", GOING)
@pytest.mark.parametrize("calls", [1, 2])
def test_what_goes_while_it_works_is_looked_at_again(path, calls, going):
    """Whenever it is that somebody deletes it: nothing is forgotten."""
    interrupted = Interrupted()
    database = Database(path, offload=interrupted)
    retention = Retention(database)
    log = SqliteEventLog(database, on_erase=retention.erase)
    message, *_ = say(log, [draft(SECRET, "a"), *range(50)])
    log.append(Clear("another")).result(DEADLINE)
    interrupted.happen = lambda: log.append(GOING[going](message)).result(DEADLINE)
    interrupted.left = calls
    retention.work()
    assert interrupted.left < 0
    retention.work()
    assert found(path) == []
    log.close()
    database.close()


def test_what_goes_while_a_sweep_goes_on_does_not_wait_for_its_end(path, monkeypatch):
    """Looking at a million messages takes long."""
    monkeypatch.setattr(every_store, "LOOKED_AT", 10)
    database = Database(path)
    retention = Retention(database, None, 1_000)
    log = SqliteEventLog(database, on_erase=retention.erase)
    message, *_ = say(log, [draft(SECRET, "a"), *range(100)])
    seen = []

    def delete_then_look(connection, *, keep, place):
        seen.append(found(path))
        if len(seen) == 1:
            messages.delete(connection, Delete(message.id, NOON))
            retention.erase()
        return step(connection, keep=keep, place=place)

    monkeypatch.setattr(module, "step", delete_then_look)
    retention.work()
    assert len(seen) > 3
    assert seen[2:] == [[]] * (len(seen) - 2)
    log.close()
    database.close()


def test_the_next_server_erases_what_the_last_one_left(path):
    """It was killed a moment after somebody had deleted it."""
    database = Database(path)
    log = SqliteEventLog(database)
    message, *_ = say(log, [draft(SECRET, "a"), *range(50)])
    log.append(Delete(message.id, NOON)).result(DEADLINE)
    copy = path.parent.with_name("copy") / path.name
    copy.parent.mkdir()
    for file in path.parent.iterdir():
        copy.with_name(file.name).write_bytes(file.read_bytes())
    assert found(copy) != []
    second = Database(copy)
    Retention(second).work()
    assert found(copy) == []
    second.close()
    log.close()
    database.close()


@pytest.mark.parametrize("end", ["dismissed", "deleted"])
def test_nothing_is_left_of_a_report(path, end):
    """Neither of what it was about, once that is deleted, nor of what was said around it."""
    database = Database(path)
    log = SqliteEventLog(database)
    ana, bia, two = User("1", "Ana"), User("2", "Bia"), direct_room_id("1", "2")
    log.append(OpenRoom(Room(two, "direct"), (ana, bia), 1)).result(DEADLINE)
    around, about = say(log, [draft(SECRET, "a", room=two), draft("b", room=two)])
    log.append(FileReport(about.id, bia, NOON, lambda _message: None)).result(DEADLINE)
    log.append(Delete(around.id, NOON, "1")).result(DEADLINE)
    Retention(database).work()
    assert found(path) != []
    if end == "dismissed":
        log.append(Dismiss(about.id, lambda _message: None)).result(DEADLINE)
    else:
        delete = Delete(about.id, NOON, "9", check_reported=lambda _message: None)
        log.append(delete).result(DEADLINE)
    retention = Retention(database)
    retention.erase()
    retention.work()
    assert found(path) == []
    log.close()
    database.close()


def keep(path, count, *, of):
    """Leave a database that had so many messages of 4 kB, and has deleted all but the newest."""
    database = Database(path)
    log = SqliteEventLog(database)
    say(log, [draft("x" * 4_000, str(n)) for n in range(of)])
    sweep(database, count=count)
    log.close()
    database.close()


def test_the_next_start_gives_the_space_back(path):
    """Where most of the file was the place of deleted messages."""
    keep(path, 10, of=1_000)
    before = path.stat().st_size
    database = Database(path)
    Retention(database)
    database.close()
    assert (before > 4_000_000, path.stat().st_size < 400_000) == (True, True)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM message").fetchone() == (10,)


@pytest.mark.parametrize(
    ("messages", "kept"), [(1_000, 600), (200, 10)], ids=["less than half", "less than 1 MiB"]
)
def test_a_little_space_is_not_given_back(path, messages, kept):
    """To write the file anew is not worth it."""
    keep(path, kept, of=messages)
    before = path.stat().st_size
    database = Database(path)
    Retention(database)
    database.close()
    assert path.stat().st_size == before


def test_space_that_cannot_be_given_back_holds_up_no_start(path):
    """Another program writes, or the disk is full: the chat opens all the same."""
    keep(path, 10, of=1_000)
    database = Database(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        database.call(lambda connection: connection.execute("PRAGMA busy_timeout = 0"))
        Retention(database)
    database.close()
    assert path.stat().st_size > 4_000_000


def test_later_messages_take_the_place(on_disk, log_on_disk, path):
    """The file of a room that deletes as much as is said does not grow."""
    sizes = []
    for term in range(4):
        say(log_on_disk, [draft("x" * 2_000, f"{term} {n}") for n in range(1_000)])
        sweep(on_disk, count=10)
        on_disk.call(lambda connection: connection.execute("PRAGMA wal_checkpoint"))
        sizes.append(path.stat().st_size)
    assert sizes[3] <= sizes[0] * 1.1


# All of it together.


def test_a_server_keeps_what_it_was_asked_to(server_factory, person_factory, until):
    """Newcomers see the newest, and who was away too long is told so."""
    server = server_factory("--rate", "0")
    ana = person_factory("Ana", server)
    ana.join()
    ids = [ana.say(str(number))["id"] for number in range(8)]
    ana.socket.disconnect()
    server.stop()
    server._options = ("--retention-messages", "3")
    server.start()

    def kept():
        with closing(sqlite3.connect(server.data_dir / "messages.db")) as database:
            return [text for (text,) in database.execute("SELECT message FROM message")]

    until(lambda: kept() == ["5", "6", "7"])
    answer = ana.join(last_id=ids[1])
    assert [message["message"] for message in answer["messages"]] == ["5", "6", "7"]
    assert answer["complete"] is False
    assert ana.say("later")["id"] > ids[-1]
