"""The schema is made once, however many servers start at the same time."""

import threading
from contextlib import closing

import psycopg
import pytest

from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.schema import MIGRATIONS
from lanchat.errors import DatabaseUnusable
from tests.world.deadline import DEADLINE


def test_servers_that_start_together_find_one_schema(address):
    """One takes the steps while the others wait; then these find nothing left to do."""
    begin, failed = threading.Barrier(6), []

    def start():
        begin.wait(DEADLINE)
        try:
            PostgresDatabase(address).close()
        except DatabaseUnusable as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert failed == []
    with psycopg.connect(address) as connection:
        steps = connection.execute("SELECT number FROM migration ORDER BY number").fetchall()
    assert steps == [(number + 1,) for number in range(len(MIGRATIONS))]


def test_a_newer_schema_is_left_alone(address):
    """An older lanchat says so, and does not begin."""
    PostgresDatabase(address).close()
    with psycopg.connect(address) as connection:
        connection.execute("INSERT INTO migration VALUES (%s)", (len(MIGRATIONS) + 1,))
    with pytest.raises(DatabaseUnusable, match="made by a newer lanchat"):
        PostgresDatabase(address)


def test_a_step_that_fails_leaves_nothing(address):
    """A table of somebody else's is in the way: it stays, and the next start tries again."""
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        connection.execute("CREATE TABLE untold (nothing integer)")
        with pytest.raises(DatabaseUnusable, match="untold"):
            PostgresDatabase(address)
        assert connection.execute("SELECT to_regclass('message')").fetchone() == (None,)
        connection.execute("DROP TABLE untold")
    PostgresDatabase(address).close()


def test_a_database_that_cannot_be_reached_is_said(tmp_path):
    """In one line, without a traceback."""
    with pytest.raises(DatabaseUnusable, match=r"the database cannot be used: .*No such file"):
        PostgresDatabase(f"postgresql:///chat?host={tmp_path}")
