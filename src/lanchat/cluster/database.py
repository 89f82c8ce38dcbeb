"""A database of PostgreSQL: connections for whoever asks, a few at the same time.

psycopg waits as gevent does where that has patched the standard library, so nothing here needs a
thread of its own.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import psycopg
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus

from lanchat.cluster.connection import PostgresConnection
from lanchat.cluster.one_room import refuse_second_room
from lanchat.cluster.patience import Silent, connected, unhurried
from lanchat.cluster.pooler import refuse_pooler
from lanchat.cluster.reach import Reach
from lanchat.cluster.schema import MIGRATIONS, migrate
from lanchat.cluster.unusable import MAKE, reason_of, unusable
from lanchat.errors import DatabaseUnusable, StoreUnavailable
from lanchat.rows.connection import NewerSchemaError

_T = TypeVar("_T")

AT_ONCE = 4
"""Connections that read and write state at the same time; others wait for them."""

_MAJOR, OLDEST = 10_000, 14


class PostgresDatabase:
    """The database at the address, ``postgresql://…``, with the schema of today.

    Raises DatabaseUnusable.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._idle: list[psycopg.Connection[Any]] = []
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._closed = False
        self._reach = Reach(lambda: contextlib.closing(connected(address)))
        with self._explained(), contextlib.closing(self.connect()) as connection:
            if connection.info.server_version < OLDEST * _MAJOR:
                raise DatabaseUnusable(f"the server is older than PostgreSQL {OLDEST}", "update it")
            encoding = connection.info.parameter_status("server_encoding")
            if encoding != "UTF8":
                raise DatabaseUnusable(
                    f"its texts are {encoding}, which cannot hold all that people write",
                    f"make another one: {MAKE}",
                )
            refuse_pooler(self.connect)
            refuse_second_room(connection)
            with unhurried(connection):
                migrate(connection)

    def connect(self) -> psycopg.Connection[Any]:
        """A new connection, which commits each statement. Raises psycopg.Error."""
        if self._reach.is_away:
            raise Silent("the database does not answer")
        connection = connected(self._address)
        connection.reach = self._reach
        return connection

    def call(self, call: Callable[[PostgresConnection], _T]) -> _T:
        """The result of what is asked: one look at what was committed. Raises StoreUnavailable."""
        return self._within(call, IsolationLevel.REPEATABLE_READ)

    def change(self, call: Callable[[PostgresConnection], _T]) -> _T:
        """The result of what is done: it is stored whole or not at all."""
        return self._within(call, IsolationLevel.READ_COMMITTED)

    def unhurried(self, call: Callable[[PostgresConnection], _T]) -> _T:
        """The same, of which the database's fall may take along what was done last."""

        def change(connection: PostgresConnection) -> _T:
            connection.execute("SET LOCAL synchronous_commit = off")
            return call(connection)

        return self.change(change)

    def prepare(self, call: Callable[[PostgresConnection], _T]) -> _T:
        """The same for what has to be done before anybody comes. Raises DatabaseUnusable."""
        with self._explained():
            return self.change(call)

    def close(self) -> None:
        """Let go of all connections; who still has one lets go of it themselves."""
        self._closed = True
        self._reach.close()
        self._drop_idle()

    def _within(self, call: Callable[[PostgresConnection], _T], level: IsolationLevel) -> _T:
        with translated_errors(), self._begun(level) as connection:
            return call(PostgresConnection(connection))

    @contextlib.contextmanager
    def _begun(self, level: IsolationLevel) -> Iterator[psycopg.Connection[Any]]:
        """A connection within a transaction, which ends with the context."""
        with self._turns, contextlib.ExitStack() as ends:
            if self._closed:
                raise StoreUnavailable("the server is stopping")
            yield self._first_usable(level, ends)

    def _first_usable(
        self, level: IsolationLevel, ends: contextlib.ExitStack
    ) -> psycopg.Connection[Any]:
        """An idle connection or a new one, on which a transaction could begin.

        The database may have been started again meanwhile, which shows when one begins. Where one
        says nothing at all, nobody waits for the others, too.
        """
        while self._idle:
            connection = self._idle.pop()
            try:
                self._begin(connection, level, ends)
            except Silent:
                self._drop_idle()
                raise
            except psycopg.Error:
                continue
            return connection
        connection = self.connect()
        self._begin(connection, level, ends)
        return connection

    def _begin(
        self,
        connection: psycopg.Connection[Any],
        level: IsolationLevel,
        ends: contextlib.ExitStack,
    ) -> None:
        ends.callback(self._give_back, connection)
        connection.isolation_level = level
        ends.enter_context(connection.transaction())

    def _give_back(self, connection: psycopg.Connection[Any]) -> None:
        usable = connection.info.transaction_status == TransactionStatus.IDLE
        if usable and not self._closed:
            self._idle.append(connection)
        else:
            connection.close()

    def _drop_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except NewerSchemaError as error:
            raise DatabaseUnusable(
                f"it was made by a newer lanchat (schema {error.version}, "
                f"this one knows {len(MIGRATIONS)})",
                "update lanchat, or choose another --database",
            ) from error
        except psycopg.Error as error:
            raise unusable(error) from error
        except StoreUnavailable as error:
            cause = error.__cause__
            raise unusable(cause if isinstance(cause, psycopg.Error) else error) from error


@contextlib.contextmanager
def translated_errors() -> Iterator[None]:
    """Whatever the database refuses may pass: raises StoreUnavailable for it."""
    try:
        yield
    except (psycopg.Error, UnicodeError, OverflowError) as error:
        raise StoreUnavailable(f"the message database refuses: {reason_of(error)}") from error
