"""Everything that deletes, in one worker: what is too old or too much, cleared, or to be erased.

What goes is said in ``rows/retention.py``. What is deleted is overwritten in its page
(``secure_delete``), and the page's older versions leave the WAL as soon as no reader needs them any
more. So are its words in the index (``search_index.py``), which FTS5 keeps until they are merged
away. The place of what was deleted is taken by later messages; the file is made smaller when it is
opened, where most of it is empty: that rewrites it, for which a chat that runs has no time.
"""

from __future__ import annotations

import contextlib
import sqlite3
from functools import partial

from lanchat.errors import StoreUnavailable
from lanchat.rows import retention
from lanchat.rows.retention import Keep, Place, Sweeper
from lanchat.store.connection import SqliteConnection
from lanchat.store.database import Database
from lanchat.store.open_file import look, look_back, transaction
from lanchat.store.search_index import Tidying

_SHORT_PAUSE = 0.005
"""Seconds between two steps in the index of words, where a hundred may be due."""

_WORTH_IT = 1 << 20
"""Bytes; for less, no file is rewritten."""


class Retention(Sweeper[Database]):
    """The Sweeper of one database, whose file it erases from. Raises DataUnusable."""

    def _begin(self) -> None:
        self._tidying = Tidying()
        if self._database.durable:
            self._database.prepare(give_space_back)

    def _step(self, keep: Keep, place: Place) -> Place:
        return self._database.call(partial(step, keep=keep, place=place))

    def _has_cleared(self) -> bool:
        return self._database.call(retention.has_cleared)

    def _clear_marked(self) -> tuple[bool, list[int]]:
        return self._database.call(clear_marked)

    def _delete_cleared(self) -> bool:
        return self._database.call(delete_cleared)

    def _leave_nothing(self) -> bool:
        while not self._stopped.is_set() and self._database.call(self._tidying.step):
            self._stopped.wait(_SHORT_PAUSE)
        return self._database.call(_leave_wal)


def step(connection: SqliteConnection, keep: Keep, place: Place) -> Place:
    """Look at the next messages, and delete in one commit those that do not stay."""
    with transaction(connection):
        after = retention.step(connection, keep, place)
    if after.deleted > place.deleted:
        _tidy(connection)
    return after


def clear_marked(connection: SqliteConnection) -> tuple[bool, list[int]]:
    """Delete in one commit some of what people said who are being cleared."""
    with transaction(connection):
        marked, reacted = retention.clear_marked(connection)
    if marked:
        _tidy(connection)
    return marked, reacted


def delete_cleared(connection: SqliteConnection) -> bool:
    """Delete in one commit some of the messages that were cleared."""
    with transaction(connection):
        some = retention.delete_cleared(connection)
    if some:
        _tidy(connection)
    return some


def give_space_back(connection: sqlite3.Connection) -> None:
    """Make the file smaller where more than half of it is the place of deleted messages."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    if free > pages / 2 and free * page_size > _WORTH_IT:
        # Where the disk is too full for it, the chat opens all the same.
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("VACUUM")


def _tidy(connection: sqlite3.Connection) -> None:
    """Move the WAL into the file now, not when ten times as much waits, and a message with it."""
    connection.execute("PRAGMA wal_checkpoint")


def _leave_wal(connection: sqlite3.Connection) -> bool:
    """Empty the WAL, where older versions of pages lie; False while a reader needs them.

    Into a file that is no longer ours nothing is written.
    """
    (timeout,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")  # messages wait for this thread
    try:
        look(connection)
        look_back(connection)
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except (sqlite3.OperationalError, StoreUnavailable):
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {timeout}")
    return not busy
