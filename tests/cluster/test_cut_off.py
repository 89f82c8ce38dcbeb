"""A server is cut off from its database: nobody waits behind somebody else who waits."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest

from lanchat.chat.model import Origin, User
from lanchat.cluster import listener, patience, reach
from lanchat.cluster.directory import PostgresDirectory
from lanchat.cluster.patience import Impatient
from lanchat.cluster.schema import ALIVE
from lanchat.errors import StoreUnavailable
from tests.world.deadline import DEADLINE
from tests.world.drafts import draft, say, texts
from tests.world.forwarder import Forwarder

HERE = Origin("192.0.2.1", "Firefox", "phone")
HOLD = 60.0


@pytest.fixture
def network(address):
    """What lies between one server and the database."""
    with closing(Forwarder(address)) as network:
        yield network


@pytest.fixture
def soon(monkeypatch):
    """It is found out sooner than for people, and by nothing but that nobody can connect."""
    monkeypatch.setattr(Impatient, "silence", 10 * DEADLINE)
    monkeypatch.setattr(patience, "DOUBT", 0.2)
    monkeypatch.setattr(patience, "_CONNECT_SECONDS", 2)
    monkeypatch.setattr(reach, "_GIVEN", 0.2)


def refusal(call):
    """What is said to whoever asks for it."""
    with pytest.raises(StoreUnavailable) as error:
        call()
    return str(error.value)


@pytest.mark.usefixtures("soon")
def test_whatever_is_asked_while_a_network_is_cut_is_answered(join, network, until):
    """Messages, reading, and coming in, of many at a time; when it is whole again all goes on."""
    process = join(network.address)
    say(process.log, "a")
    with closing(PostgresDirectory(process.database, 60.0)) as directory:
        asked = [
            lambda: process.log.append(draft("b")).result(DEADLINE),
            lambda: directory.claim(User("1", "Ana"), HERE, 0.0, HOLD),
            lambda: process.log.newest("lobby", 10),
        ]
        with ThreadPoolExecutor(30) as threads:
            list(threads.map(lambda call: call(), asked[2:] * 10))  # so there are idle connections
            network.cut()
            said = list(threads.map(refusal, asked * 10))
        assert len(said) == 30
        assert process.database._reach.is_away
        for call in asked:
            assert refusal(call)
        network.mend()
        until(lambda: not process.database._reach.is_away)
        until(lambda: _went(asked))
    assert texts(process.log.newest("lobby", 10).messages) == ["a", "b"]


def _went(calls):
    try:
        return [call() for call in calls]
    except StoreUnavailable:
        return None


@pytest.mark.usefixtures("soon")
def test_where_one_waits_for_long_others_go_on(join, address, monkeypatch):
    """The database is there: it is asked by one more connection, and nobody is refused."""
    monkeypatch.setattr(patience, "_LIMITS", b"SET lock_timeout = '2s'")
    process = join()
    say(process.log, "a")
    with psycopg.connect(address) as halted:
        halted.execute("SELECT lock_positions()")
        waiting = process.log.append(draft("b"))
        while not waiting.done():
            assert texts(process.log.newest("lobby", 10).messages) == ["a"]
            assert not process.database._reach.is_away
            time.sleep(0.05)
    assert "lock timeout" in str(waiting.exception())
    say(process.log, "b")


def test_who_hears_nothing_of_what_is_stored_is_answered(join, address, monkeypatch, until):
    """It may be stored: who sends it again learns that it is, and everybody has it once."""
    monkeypatch.setattr(Impatient, "silence", 0.5)
    process = join()
    with psycopg.connect(address, autocommit=True) as other:
        ((halted,),) = other.execute(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND (classid, objid) = (%s, %s)",
            ALIVE,
        ).fetchall()
    monkeypatch.setattr(listener, "_ANSWER_SECONDS", 0.0)
    os.kill(halted, signal.SIGSTOP)
    try:
        assert "could not be told" in refusal(
            lambda: process.log.append(draft("a")).result(DEADLINE)
        )
    finally:
        os.kill(halted, signal.SIGCONT)
    until(lambda: _went([lambda: say(process.log, "a")]))
    assert [each.message.message for each in process.told] == ["a"]


def test_a_connection_that_fails_has_its_limits_again(address):
    """Or it is none any more."""
    with patience.connected(address) as connection:
        with pytest.raises(psycopg.errors.DivisionByZero), patience.unhurried(connection):
            connection.execute("SELECT 1 / 0")
        assert connection.execute("SHOW statement_timeout").fetchone() == ("10s",)
        assert connection.silence == patience.SILENCE
        with pytest.raises(psycopg.errors.DivisionByZero), patience.unhurried(connection):
            connection.execute("BEGIN; SELECT 1 / 0")
        assert connection.closed


def test_it_is_tried_by_one_alone():
    """However many doubt; what is refused at once is refused to everybody at once."""
    tried, refuse = [], threading.Event()

    def connect():
        tried.append(refuse.wait(DEADLINE))
        raise psycopg.OperationalError("refused")

    one = reach.Reach(connect)
    for _ in range(3):
        one.doubt()
    refuse.set()
    assert not one.is_away
    one.close()
    assert len(tried) <= 1
