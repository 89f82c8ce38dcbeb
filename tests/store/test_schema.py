"""The steps from a database of an earlier lanchat to one of today's."""

import sqlite3
from contextlib import closing

from lanchat.store.database import open_database
from lanchat.store.schema import MIGRATIONS


def test_a_file_of_the_first_lanchat_is_taken_further(path):
    """Its messages stay, and it learns what it did not know."""
    with closing(sqlite3.connect(path)) as connection:
        MIGRATIONS[0](connection)
        connection.execute("PRAGMA user_version = 1")
        connection.execute(
            "INSERT INTO message (client_id, room, user_id, user, ip, message, time)"
            " VALUES ('id', 'lobby', '1', 'Ana', '', 'from before', '')"
        )
        connection.commit()
    with closing(open_database(path)) as connection:
        assert connection.execute("SELECT id, message FROM message").fetchall() == [
            (1, "from before")
        ]
        assert connection.execute("SELECT count(*) FROM reservation").fetchone() == (0,)


def test_a_new_file_is_of_today(path):
    """The number of steps taken stands in the file."""
    open_database(path).close()
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    assert version == len(MIGRATIONS)
