"""Another PostgreSQL takes over, and may lack what was committed last: no page mixes the two."""

import signal
import threading
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from lanchat.chat.changes import Amend
from lanchat.chat.events import HistoryLeft, MessagePosted, SettingsChanged
from lanchat.chat.model import Cursor
from lanchat.chat.room_settings import Rules, State
from lanchat.cluster import listener
from lanchat.errors import StoreUnavailable
from tests.cluster.conftest import Process
from tests.world.deadline import DEADLINE
from tests.world.drafts import draft, say, texts

LOST = HistoryLeft()


@pytest.fixture
def pair(postgres, address):
    """A database that has a standby: its address, and the standby."""
    with ExitStack() as undo:
        standby = postgres.standby()
        undo.callback(postgres.start)
        undo.callback(standby.close)
        undo.callback(postgres.stop)
        name = psycopg.conninfo.conninfo_to_dict(address)["dbname"]
        both = standby.address(name).replace("host=", f"host={postgres.folder},")
        yield both, standby.address(name), standby


@contextmanager
def running(address, number):
    """Servers that are stopped before their database is."""
    with ExitStack() as undo:
        processes = [Process(address) for _ in range(number)]
        for process in processes:
            undo.callback(process.close)
        yield processes


def shown(process):
    """What a page finds that is opened now."""
    return texts(process.log.newest("lobby", 10).messages)


def say_for_certain(process, until, text):
    """Post as a page does: again, with the same client_id, until it is acknowledged."""

    def posted():
        try:
            return process.log.append(draft(text)).result(DEADLINE)
        except StoreUnavailable:
            return None

    until(posted)


@pytest.mark.slow
def test_what_the_one_that_takes_over_lacks_was_never_said(postgres, pair, until):
    """Servers go on with it by themselves, and their pages begin anew."""
    both, there, standby = pair
    with running(both, 2) as (one, other):
        say(one.log, "ab")

        def follows():
            with psycopg.connect(there) as connection:
                return connection.execute("SELECT count(*) FROM message").fetchone() == (2,)

        until(follows)
        standby.stop(signal.SIGINT)
        (lost,) = say(one.log, "c")
        known = Cursor(lost.seq, one.log.epoch)
        until(lambda: len(other.told) == 3)
        postgres.stop(signal.SIGQUIT)
        standby.start()
        standby.promote()
        say_for_certain(other, until, "d")
        until(lambda: LOST in one.told)
        until(lambda: LOST in other.told)
        assert one.log.epoch == other.log.epoch != known.epoch
        assert one.log.since("lobby", known, 10) is None
        assert shown(one) == shown(other) == list("abd")
        say(other.log, "c")
        until(lambda: isinstance(one.told[-1], MessagePosted))
        assert (one.told.count(LOST), other.told.count(LOST)) == (1, 1)
        assert shown(one) == list("abdc")


def rewritten(address, *statements):
    """Change the database while nobody else can go on with it; all connections break."""
    with psycopg.connect(address) as connection:
        connection.execute("SELECT lock_positions()")
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        for statement in statements:
            connection.execute(statement)


def test_positions_that_others_have_given_again_are_noticed(join, address, until):
    """Whoever comes back later finds more than it has told, and yet it is something else."""
    process = join()
    (_, b) = say(process.log, "ab")
    known = Cursor(b.seq, process.log.epoch)
    again = 'INSERT INTO message SELECT {}, {}, room, user_id, "user", ip, {}, time FROM message'
    rewritten(
        address,
        "DELETE FROM message WHERE message = 'b'",
        "INSERT INTO epoch (epoch, begins) SELECT 'of another', seq - 1 FROM counter",
        *(
            again.format(f"id + {n}", f"'{text}'", f"'{text}'") + " WHERE message = 'a'"
            for n, text in enumerate("cd", start=1)
        ),
        "UPDATE counter SET seq = seq + 1",
    )
    until(lambda: LOST in process.told)
    assert process.log.epoch == "of another"
    assert process.log.since("lobby", known, 10) is None
    assert shown(process) == list("acd")


def test_a_failover_that_costs_nothing_begins_an_epoch(join, address, until):
    """Others may have told less than this one: who comes back first says where it began."""
    process = join()
    (a,) = say(process.log, "a")
    known = Cursor(a.seq, process.log.epoch)
    rewritten(address, "UPDATE epoch SET history = 'of the one before'")
    until(lambda: process.log.epoch != known.epoch)
    say(process.log, "b")
    assert LOST not in process.told
    assert texts(process.log.since("lobby", known, 10).messages) == ["b"]


def test_a_database_of_another_life_is_noticed(join, address, until):
    """As one that was restored from a backup, and does not know the epoch."""
    before = join()
    before.close()
    process = join()
    (a,) = say(process.log, "a")
    known = Cursor(a.seq, process.log.epoch)
    rewritten(
        address,
        "DELETE FROM epoch WHERE rowid = (SELECT max(rowid) FROM epoch)",
        "UPDATE counter SET seq = 50",
    )
    until(lambda: LOST in process.told)
    assert process.log.epoch not in {known.epoch, before.log.epoch}
    assert process.log.since("lobby", known, 10) is None


def test_what_took_too_long_is_not_read_on(join, address, until, monkeypatch):
    """The clients come again, which costs less; the rules that hold are told before."""
    one, other = join(), join()
    say(one.log, "a")
    until(lambda: len(other.told) == 1)
    monkeypatch.setattr(listener, "READ_ON", 3)
    rewritten(
        address,
        "UPDATE rules SET topic = 'later', seq = 4",
        "UPDATE counter SET seq = seq + 4",
    )
    for process in (one, other):
        until(lambda process=process: LOST in process.told)
        changed = [each for each in process.told if isinstance(each, SettingsChanged)]
        assert [each.after.rules.topic for each in changed] == ["later"]
    say(one.log, "b")
    until(lambda: isinstance(other.told[-1], MessagePosted))
    rules = one.log.append(Amend(lambda state: State(Rules("now"), seq=state.seq)))
    assert rules.result(DEADLINE).before.rules.topic == "later"


def test_what_took_too_long_holds_before_its_answer(join, address, until, monkeypatch):
    """Whoever is answered can go by it at once, also where it was not read on one by one."""
    process = join()
    monkeypatch.setattr(listener, "READ_ON", 3)
    hold, answered = threading.Event(), []
    process.log.listen(lambda _event: hold.wait(DEADLINE))
    first = process.log.append(draft("a"))
    until(lambda: process.told)
    topic = process.log.append(Amend(lambda state: State(Rules("later"), seq=state.seq)))
    process.log.listen(lambda event: answered.append((type(event), topic.done())))
    until(lambda: stored_topic(address) == ["later"])
    rewritten(address, "UPDATE counter SET seq = seq + 4")
    hold.set()
    assert topic.result(DEADLINE).after.rules.topic == "later"
    assert first.done()
    assert answered[-2:] == [(SettingsChanged, False), (HistoryLeft, False)]


def stored_topic(address):
    """What is talked about, as the database has it."""
    with psycopg.connect(address) as connection:
        return [topic for (topic,) in connection.execute("SELECT topic FROM rules")]
