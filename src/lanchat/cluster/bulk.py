"""All messages of the database that servers share at once: out while they run, and in while not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, TypeVar

import psycopg
from psycopg import IsolationLevel

from lanchat.chat.changes import Draft
from lanchat.cluster.connection import PostgresConnection
from lanchat.cluster.database import PostgresDatabase, translated_errors
from lanchat.cluster.patience import connected, unhurried
from lanchat.cluster.presence_listener import LEASE
from lanchat.cluster.schema import ALIVE, MIGRATIONS
from lanchat.cluster.sessions import servers
from lanchat.cluster.unusable import unusable
from lanchat.errors import DatabaseInUse, DatabaseUnusable, NoTables
from lanchat.rows import bulk, messages
from lanchat.rows.connection import Reader
from lanchat.rows.visibility import VISIBLE

_T = TypeVar("_T")

_HAS_TABLES = "SELECT to_regclass('message') IS NOT NULL AND to_regclass('migration') IS NOT NULL"


class SharedMessages:
    """The database at the address, for whoever reads all of it; a standby will do.

    It is left as it is. Raises NoTables and DatabaseUnusable.
    """

    shown = VISIBLE
    has_reactions = True

    def __init__(self, address: str) -> None:
        with _explained():
            self._connection: psycopg.Connection[Any] = connected(address)
            try:
                self._connection.isolation_level = IsolationLevel.REPEATABLE_READ
                self._connection.read_only = True
                self.look(_check)
            except BaseException:
                self._connection.close()
                raise

    def look(self, call: Callable[[Reader], _T]) -> _T:
        with _explained(), unhurried(self._connection), self._connection.transaction():
            return call(PostgresConnection(self._connection))

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()


def load(address: str, drafts: Iterable[Draft]) -> int:
    """Store the drafts as ``rows.bulk.load`` does, all or none; return how many were new.

    Whatever ``drafts`` raises is raised here. Servers that start meanwhile wait.
    Raises DatabaseInUse where one runs, DatabaseUnusable and StoreUnavailable.
    """
    PostgresDatabase(address).close()  # which makes the tables where there are none
    with _explained():
        opened = connected(address)
    with translated_errors(), closing(opened) as connection:
        rows = PostgresConnection(connection)
        # An archive may come slowly, and what is stored is one transaction.
        with unhurried(connection), connection.transaction():
            _claim(rows)
            rows.lock_positions()
            fresh = bulk.load(rows, drafts)
            # Whoever waits for this one to end is not the first, so nobody else would begin it.
            messages.begin_epoch(rows)
            rows.notify()
        with suppress(psycopg.Error):  # it would be done later by itself
            connection.execute("ANALYZE message, reaction")
        return fresh


def _claim(rows: PostgresConnection) -> None:
    """Let no server live until this transaction ends. Raises DatabaseInUse."""
    (is_ours,) = rows.execute("SELECT pg_try_advisory_xact_lock(?, ?)", ALIVE).fetchone()  # type: ignore[misc]
    known = [each for each in servers(rows) if each.lives(LEASE)]
    if not is_ours or known:
        raise DatabaseInUse([(each.name, each.since) for each in known])


def _check(connection: Reader) -> None:
    if not connection.execute(_HAS_TABLES).fetchone()[0]:
        raise NoTables
    (steps,) = connection.execute("SELECT count(*) FROM migration").fetchone()
    if steps > len(MIGRATIONS):
        reason = f"it was made by a newer lanchat (schema {steps})"
        raise DatabaseUnusable(reason, "update lanchat, or choose another --database")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise unusable(error) from error
