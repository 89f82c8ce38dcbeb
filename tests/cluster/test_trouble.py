"""PostgreSQL hangs, refuses or is short of something: nothing is kept half, and all go on."""

import os
import signal
from contextlib import contextmanager, suppress

import psycopg
import pytest

from lanchat.cluster import patience
from lanchat.cluster.patience import Impatient, connected, is_broken
from lanchat.errors import StoreUnavailable
from tests.cluster.conftest import Process
from tests.world.deadline import DEADLINE
from tests.world.drafts import draft, say, texts


def refused(process, change):
    """What is said to whoever wants something stored."""
    with pytest.raises(StoreUnavailable) as error:
        process.log.append(change).result(DEADLINE)
    return str(error.value)


def shown(process):
    """What a page finds that is opened now."""
    return texts(process.log.newest("lobby", 10).messages)


def setting(address, statement):
    """Let a setting of the database hold for connections that are made from now on."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        name = psycopg.sql.Identifier(connection.info.dbname)
        connection.execute(psycopg.sql.SQL(statement).format(name))
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.slow
def test_the_first_message_after_a_restart_is_stored(join, postgres):
    """It is known that nothing of it had happened on the connection that broke before."""
    process = join()
    say(process.log, "a")
    postgres.stop(signal.SIGQUIT)
    postgres.start()
    say(process.log, "b")
    assert shown(process) == list("ab")


def test_a_database_that_hangs_is_away(join, monkeypatch, until):
    """Who waits is answered, also behind others; who sends it again finds it, or stores it."""
    monkeypatch.setattr(Impatient, "silence", 0.5)
    process = join()
    say(process.log, "a")
    halted = process.log._answers.pid
    os.kill(halted, signal.SIGSTOP)
    try:
        waiting = process.log.append(draft("b"))
        until(lambda: not process.log._batches._waiting)
        assert "does not answer" in refused(process, draft("c"))
        assert "does not answer" in str(waiting.exception())
    finally:
        os.kill(halted, signal.SIGCONT)
    say(process.log, "b")
    assert shown(process) == list("ab")


def test_nobody_waits_for_who_does_not_go_on(join, address, monkeypatch):
    """As a process that halts while it has locked the positions."""
    monkeypatch.setattr(patience, "_LIMITS", b"SET lock_timeout = '300ms'")
    process = join()
    with psycopg.connect(address) as halted:
        halted.execute("SELECT lock_positions()")
        # In one short line: what it was asked is nobody's business.
        assert refused(process, draft("a")).endswith(": canceling statement due to lock timeout")
        assert shown(process) == []
    say(process.log, "a")


def test_connections_have_limits(address):
    """The database's own, which end what a process does not end."""
    with connected(address) as connection:
        found = {
            connection.execute(f"SHOW {name}").fetchone()
            for name in ("statement_timeout", "idle_in_transaction_session_timeout")
        }
        with patience.unhurried(connection):
            assert connection.execute("SHOW statement_timeout").fetchone() == ("0",)
            assert connection.silence is None
    assert found == {("10s",)}


def test_a_broken_connection_is_known(address):
    """Before anything is sent by it."""
    with psycopg.connect(address, autocommit=True) as other:
        connection = connected(address)
        assert not is_broken(connection)
        pid = connection.info.backend_pid
        assert other.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,)).fetchone() == (True,)
        assert is_broken(connection)
        connection.close()
    assert is_broken(connection)


def test_a_database_that_takes_no_changes_is_read(join, address, until):
    """As a disk that fills up makes one; when it takes changes again all goes on by itself."""
    process = join()
    say(process.log, "a")
    setting(address, "ALTER DATABASE {} SET default_transaction_read_only = on")
    assert "read-only" in refused(process, draft("b"))
    assert shown(process) == ["a"]
    setting(address, "ALTER DATABASE {} RESET default_transaction_read_only")
    say(process.log, "b")
    assert shown(process) == list("ab")


@pytest.fixture
def crowded(address):
    """The address for a user who may have six connections, and how to take all that are left."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE ROLE crowded LOGIN CONNECTION LIMIT 6")
        connection.execute("GRANT CREATE ON SCHEMA public TO crowded")
        mine = address.replace("lanchat_tests@", "crowded@")

        @contextmanager
        def full():
            taken = []
            try:
                with suppress(psycopg.OperationalError):
                    while True:
                        taken.append(psycopg.connect(mine))
                yield
            finally:
                for each in taken:
                    each.close()

        yield mine, full
        connection.execute("DROP OWNED BY crowded")
        connection.execute("DROP ROLE crowded")


@pytest.mark.empty_database
def test_a_database_without_a_free_connection(crowded, until):
    """Who has one goes on; what needs another one waits for its turn, and says so."""
    address, full = crowded
    process = Process(address)
    try:
        say(process.log, "a")
        with full():
            say(process.log, "b")
            with psycopg.connect(address.replace("crowded@", "lanchat_tests@")) as other:
                other.execute("SELECT pg_terminate_backend(%s, 10000)", (process.log._answers.pid,))
            with full():
                assert "too many connections" in refused(process, draft("c"))
        say(process.log, "c")
        assert shown(process) == list("abc")
    finally:
        process.close()


def test_a_database_that_is_dropped_is_away(postgres):
    """A new one of its name has nothing that servers could go on with: they say so."""
    with psycopg.connect(postgres.address("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE dropped_soon")
        process = Process(postgres.address("dropped_soon"))
        say(process.log, "a")
        connection.execute("DROP DATABASE dropped_soon WITH (FORCE)")
        assert "does not exist" in refused(process, draft("b"))
        connection.execute("CREATE DATABASE dropped_soon")
        assert "does not exist" in refused(process, draft("b"))
        process.close()
        connection.execute("DROP DATABASE dropped_soon WITH (FORCE)")
