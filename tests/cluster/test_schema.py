"""The schema is made once, however many servers start at the same time."""

import threading
from contextlib import closing

import psycopg
import pytest
from psycopg import sql

from lanchat.chat.changes import Amend
from lanchat.chat.model import Origin, User
from lanchat.chat.room_settings import Rules, State
from lanchat.cluster import schema
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.directory import PostgresDirectory
from lanchat.cluster.schema import MIGRATIONS
from lanchat.errors import DatabaseUnusable
from tests.world.deadline import DEADLINE
from tests.world.drafts import NOON, say

pytestmark = pytest.mark.empty_database


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
        newer = len(MIGRATIONS) + 1
        connection.execute("INSERT INTO migration VALUES (%s, %s)", (newer, newer))
    with pytest.raises(DatabaseUnusable, match="made by a newer lanchat"):
        PostgresDatabase(address)


def test_a_step_that_older_servers_stand_is_taken_beside_them(join, address, until):
    """They go on, others of them start, and what is new to them they leave alone."""
    old, newest = join(), len(MIGRATIONS)
    tables = ("message", "happened", "epoch", "lease", "person", "rules", "counter", "turn")
    with psycopg.connect(address, autocommit=True) as connection:
        for table in tables:
            name = sql.Identifier(table)
            step = "ALTER TABLE {} ADD COLUMN next text NOT NULL DEFAULT 'new'"
            connection.execute(sql.SQL(step).format(name))
        connection.execute("CREATE TABLE of_the_next (id bigint)")
        connection.execute("INSERT INTO migration VALUES (%s, %s)", (newest + 1, newest))
        connection.execute("UPDATE counter SET seq = seq + 1")
        connection.execute("INSERT INTO happened SELECT seq, 'polls', '{}' FROM counter")
    other = join()
    say(old.log, "ab")
    old.log.append(Amend(lambda state: State(Rules("topic"), seq=state.seq))).result(DEADLINE)
    say(other.log, "c")
    until(lambda: len(old.told) == len(other.told) == 4)
    assert old.told == other.told
    newcomer = User("1", "Ana")
    with closing(PostgresDatabase(address)) as database:
        directory = PostgresDirectory(database, 60.0)
        here = Origin("192.0.2.1", "Firefox", "phone")
        came = directory.connect(newcomer, "a", here, 0.0, NOON, "guest")
        assert came is not None
        directory.close()


def test_a_step_that_older_servers_do_not_stand_waits_for_them(join, address, monkeypatch):
    """It is said that they have to be stopped; nothing is changed below them."""
    old = join()
    newer = (*MIGRATIONS, "CREATE TABLE of_the_next (id bigint)")
    monkeypatch.setattr(schema, "MIGRATIONS", newer)
    with pytest.raises(DatabaseUnusable, match="servers of an older lanchat have it"):
        PostgresDatabase(address)
    say(old.log, "a")
    monkeypatch.setattr(schema, "SIDE_BY_SIDE", frozenset({len(newer)}))
    PostgresDatabase(address).close()
    with psycopg.connect(address) as connection:
        steps = connection.execute("SELECT number, needs FROM migration ORDER BY number").fetchall()
    assert steps[-2:] == [(len(newer) - 1, len(newer) - 1), (len(newer), len(newer) - 1)]


def test_who_is_stopped_makes_way_for_a_step(join, address, monkeypatch):
    """Then those of before do not start any more."""
    join().close()
    monkeypatch.setattr(schema, "MIGRATIONS", (*MIGRATIONS, "CREATE TABLE of_the_next (id bigint)"))
    PostgresDatabase(address).close()
    monkeypatch.setattr(schema, "MIGRATIONS", MIGRATIONS)
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
