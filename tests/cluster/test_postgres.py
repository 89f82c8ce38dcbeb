"""The PostgreSQL that tests have is one as people run it."""

import signal

import psycopg
import pytest

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


def test_a_test_has_a_database_of_its_own(new_database):
    """What is in another one is not in it."""
    one, other = new_database(), new_database()
    with psycopg.connect(one) as connection:
        connection.execute("CREATE TABLE message (id bigint)")
    with (
        psycopg.connect(other) as connection,
        pytest.raises(psycopg.errors.UndefinedTable),
    ):
        connection.execute("SELECT * FROM message")


def test_what_is_committed_is_on_disk(postgres, new_database):
    """As it is by default, and as it outlives a failing power."""
    address = new_database()
    with psycopg.connect(address) as connection:
        for setting in DURABLE:
            assert connection.execute(f"SHOW {setting}").fetchone() == ("on",)
        connection.execute("CREATE TABLE message AS SELECT 1 AS id")
    postgres.stop(signal.SIGQUIT)
    postgres.start()
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT id FROM message").fetchone() == (1,)
