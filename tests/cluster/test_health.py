"""What is found out about a database, by asking a real one."""

from __future__ import annotations

import os
import time

import psycopg
import pytest

from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.directory import PostgresDirectory
from lanchat.cluster.health import examine
from lanchat.errors import DatabaseUnusable

pytestmark = pytest.mark.empty_database


def test_one_that_is_well(address):
    """Before any server has used it; nothing is left behind."""
    found = examine(address)
    assert (found.is_too_old, found.encoding, found.steps) == (False, "UTF8", 0)
    assert (found.is_standby, found.is_read_only) == (False, False)
    assert (found.missing_right, found.owner) == ("", None)
    assert (found.synchronous_commit, found.has_standbys, found.fsync) == ("on", False, True)
    assert (found.keeps_sessions, found.servers) == (True, ())
    assert 0 < found.seconds < found.free
    assert abs(found.clock) < 5
    with psycopg.connect(address) as connection:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(tables).fetchone() == (0,)


def test_the_servers_that_have_it(address, join):
    """Each with its process, and when it said last that it lives; one that was killed, too."""
    process = join()
    directory = PostgresDirectory(process.database, 1.0)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO lease SELECT 999, since, since FROM"
            " (SELECT clock_timestamp() - interval '9 s' AS since) AS long_ago"
        )
        living, dead = examine(address).servers
    assert living.name.startswith(f"process {os.getpid()} on ")
    assert living.age is not None
    assert living.listens
    assert living.since is not None
    assert abs(living.since.timestamp() - time.time()) < 60
    assert (dead.name, dead.number, dead.listens) == ("server 999", 999, False)
    assert (living.lives(5), dead.lives(5)) == (True, False)
    directory.close()
    assert [server.number for server in examine(address).servers] == [999, None]


def test_one_that_takes_no_changes(address):
    """As a standby is, it cannot be asked for rights."""
    PostgresDatabase(address).close()
    found = examine(f"{address}&options=-c%20default_transaction_read_only%3Don")
    assert (found.is_read_only, found.missing_right) == (True, "")
    assert found.steps == found.known


def test_the_rights_of_others(address):
    """Who may make no tables, and whose tables are there."""
    PostgresDatabase(address).close()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE ROLE looks_on LOGIN CONNECTION LIMIT 7")
        try:
            found = examine(address.replace("lanchat_tests@", "looks_on@"))
        finally:
            connection.execute("DROP ROLE looks_on")
    assert found.missing_right == "permission denied for schema public"
    assert found.owner == "lanchat_tests"
    assert found.free == 6


def test_there_is_none(tmp_path):
    """It is said why it cannot be asked."""
    with pytest.raises(DatabaseUnusable, match="No such file"):
        examine(f"postgresql:///room?host={tmp_path}")
