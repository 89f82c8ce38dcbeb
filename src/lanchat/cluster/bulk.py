"""All messages of the database that servers share at once: out while they run, and in while not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg import IsolationLevel

from lanchat.cluster.connection import PostgresConnection
from lanchat.cluster.database import PostgresDatabase, translated_errors
from lanchat.cluster.file_folder import known_folder, shared_folder
from lanchat.cluster.patience import connected, unhurried
from lanchat.cluster.presence_listener import LEASE
from lanchat.cluster.schema import ALIVE, MIGRATIONS
from lanchat.cluster.sessions import servers
from lanchat.cluster.unusable import unusable
from lanchat.errors import DatabaseInUse, DatabaseUnusable, NoTables
from lanchat.files.folder import FileFolder
from lanchat.rows import bulk_loading, messages
from lanchat.rows.connection import Reader
from lanchat.rows.visibility import VISIBLE

_T = TypeVar("_T")

_ENDING_SECONDS = 1.0
"""PostgreSQL takes a moment to see that a server, or an import, which has just ended is gone."""

_HAS_TABLES = "SELECT to_regclass('message') IS NOT NULL AND to_regclass('migration') IS NOT NULL"


class SharedMessages:
    """The database at the address, for whoever reads all of it; a standby will do.

    It is left as it is. Raises NoTables and DatabaseUnusable.
    """

    shown = VISIBLE
    has_reactions = True
    has_rooms = True

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


class Loading:
    """The database at the address, for whoever stores many messages in it at once.

    Until it is closed servers that start wait. Raises DatabaseInUse where one runs, and
    DatabaseUnusable.
    """

    def __init__(self, address: str, files_dir: Path | None = None) -> None:
        self.files: FileFolder | None = None
        with ExitStack() as undo:
            database = PostgresDatabase(address)  # which makes the tables where there are none
            undo.callback(database.close)
            with _explained():
                self._connection = connected(address)
                self._close = self._connection.close
                undo.callback(self._close)
                _claim(PostgresConnection(self._connection))
            if files_dir is not None:
                self.files = shared_folder(database, files_dir, lambda call: call())
            undo.pop_all()
            database.close()

    def load(self, items: Iterable[bulk_loading.Item]) -> int:
        """Store the items as ``bulk_loading.load`` does, all or none; return how many were new.

        Whatever ``items`` raises is raised here. Raises StoreUnavailable.
        """
        rows = PostgresConnection(self._connection)
        with translated_errors():
            # An archive may come slowly, and what is stored is one transaction.
            with unhurried(self._connection), self._connection.transaction():
                rows.lock_positions()
                fresh = bulk_loading.load(rows, items)
                # Whoever waits for this to end is not the first, so nobody else would begin it.
                messages.begin_epoch(rows)
                rows.notify()
            with suppress(psycopg.Error):  # it would be done later by itself
                rows.execute("ANALYZE message, reaction")
        return fresh

    def look(self, call: Callable[[Reader], None]) -> None:
        """Let something be asked. Raises StoreUnavailable."""
        with translated_errors():
            call(PostgresConnection(self._connection))

    def close(self) -> None:
        """Let others have it."""
        self._close()


def folder(address: str, path: Path) -> FileFolder:
    """The folder of files at the path, if it is that of the database, for whoever reads it.

    Raises DataUnusable, DatabaseUnusable or NoTables.
    """
    with closing(SharedMessages(address)) as shared:
        return shared.look(lambda connection: known_folder(connection, path))


def _claim(rows: PostgresConnection) -> None:
    """Let no server live until this connection ends. Raises DatabaseInUse."""
    end = time.monotonic() + _ENDING_SECONDS
    while True:
        (is_ours,) = rows.execute("SELECT pg_try_advisory_lock(?, ?)", ALIVE).fetchone()  # type: ignore[misc]
        known = [each for each in servers(rows) if each.lives(LEASE)]
        if is_ours and not known:
            return
        if time.monotonic() > end:
            raise DatabaseInUse([(each.name, each.since) for each in known])
        time.sleep(0.1)


def _check(connection: Reader) -> None:
    if not connection.execute(_HAS_TABLES).fetchone()[0]:
        raise NoTables
    (steps,) = connection.execute(
        "SELECT coalesce(max(coalesce(needs, number)), 0) FROM migration"
    ).fetchone()
    if steps > len(MIGRATIONS):
        reason = f"it was made by a newer lanchat (schema {steps})"
        raise DatabaseUnusable(reason, "update lanchat, or choose another --database")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise unusable(error) from error
