"""Whose turn it is among several servers that share the files.

Whoever writes an upload has a row that says so (``file_turn``) and until when; it is renewed while
they live. Who finds it over goes on in a copy of the file: the one before may only be asleep, and
writes into what nobody reads any more. A content is locked as long as a transaction lasts, within
which it is moved or deleted, so that a server that dies lets go of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import TypeVar

from lanchat.cluster.connection import PostgresConnection
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.schema import KEEPING_FILES
from lanchat.errors import BeingWritten, StoreUnavailable
from lanchat.files.turns import LocalTurns, Turn
from lanchat.rows.connection import Connection, Database

_T = TypeVar("_T")

TURN_SECONDS = 6.0
"""After which the upload of a server that is gone goes on at another one."""

RENEW_SECONDS = 2.0

_PATIENCE = "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = '20s'"
"""The disk takes as long as it takes; whoever wants the same content waits for so long at most."""

_TAKE = """
    INSERT INTO file_turn (upload_id, writer, until, name)
        SELECT id, ?, clock_timestamp() + ?, id FROM upload WHERE id = ?
    ON CONFLICT (upload_id) DO UPDATE SET writer = excluded.writer, until = excluded.until,
        is_torn = file_turn.is_torn OR file_turn.writer IS NOT NULL
        WHERE file_turn.writer IS NULL OR file_turn.until
            NOT BETWEEN clock_timestamp() AND clock_timestamp() + interval '1 minute'
    RETURNING name, is_torn
"""

_RENEW = (
    "UPDATE file_turn SET until = clock_timestamp() + ? WHERE writer = ? AND upload_id = ANY(?)"
)

_MINE = "SELECT 1 FROM file_turn WHERE upload_id = ? AND writer = ? FOR UPDATE"

_GO_ON = "UPDATE file_turn SET name = ?, is_torn = false WHERE upload_id = ? AND writer = ?"

_GIVE_BACK = "UPDATE file_turn SET writer = NULL WHERE upload_id = ? AND writer = ?"


class SharedTurns:
    """The Turns of one of several servers; ``renew`` is to be called every RENEW_SECONDS."""

    def __init__(self, database: PostgresDatabase, seconds: float = TURN_SECONDS) -> None:
        self._database = database
        self._here = LocalTurns(database)
        self._lasts = timedelta(seconds=seconds)
        self._me = secrets.token_hex(8)
        self._written = set[str]()

    @contextmanager
    def write(self, upload_id: str) -> Iterator[Turn]:
        with self._here.write(upload_id):
            found = self._database.change(partial(self._take, upload_id=upload_id))
            if found is None:  # it is a file by now, of which nobody writes any more
                yield Turn(upload_id)
                return
            self._written.add(upload_id)
            try:
                yield _SharedTurn(self._database, upload_id, self._me, *found)
            finally:
                self._written.discard(upload_id)
                give_back = partial(_execute, sql=_GIVE_BACK, values=(upload_id, self._me))
                with suppress(StoreUnavailable):  # then it ends by itself
                    self._database.unhurried(give_back)

    def renew(self) -> None:
        """Say that what is written here still is."""
        if written := list(self._written):
            values = (self._lasts, self._me, written)
            self._database.unhurried(partial(_execute, sql=_RENEW, values=values))

    def move(self, hashes: Sequence[str], work: Callable[[Database], _T]) -> _T:
        def locked(connection: PostgresConnection) -> _T:
            connection.execute(_PATIENCE)
            for number in sorted({int(each[:15], 16) for each in hashes}):
                connection.execute("SELECT pg_advisory_xact_lock(?)", (number,))
            return work(_Within(connection))

        return self._database.change(locked)

    def keep(self, work: Callable[[], None]) -> None:
        def alone(connection: PostgresConnection) -> None:
            connection.execute(_PATIENCE)
            locked = connection.execute("SELECT pg_try_advisory_xact_lock(?, ?)", KEEPING_FILES)
            if locked.fetchone() == (True,):
                work()

        self._database.change(alone)

    def _take(self, connection: PostgresConnection, upload_id: str) -> tuple[str, bool] | None:
        """The name of the upload's file, and whether it is torn; None where there is no upload."""
        row = connection.execute(_TAKE, (self._me, self._lasts, upload_id)).fetchone()
        if row is None:
            there = connection.execute("SELECT 1 FROM upload WHERE id = ?", (upload_id,))
            if there.fetchone() is not None:
                raise BeingWritten
            return None
        name, is_torn = row
        return name, is_torn


class _SharedTurn(Turn):
    """A turn that ends when another server has taken it."""

    def __init__(
        self, database: PostgresDatabase, upload_id: str, me: str, name: str, is_torn: bool
    ) -> None:
        super().__init__(name)
        self.is_torn = is_torn
        self._database = database
        self._whose = (upload_id, me)

    def check(self, connection: Connection) -> None:
        if connection.execute(_MINE, self._whose).fetchone() is None:
            raise BeingWritten

    def go_on(self, name: str) -> None:
        if not self._database.change(partial(_execute, sql=_GO_ON, values=(name, *self._whose))):
            raise BeingWritten
        self.name, self.is_torn = name, False


class _Within:
    """The database as it is seen within a transaction, which nothing here ends."""

    def __init__(self, connection: PostgresConnection) -> None:
        self._connection = connection

    def call(self, call: Callable[[Connection], _T]) -> _T:
        return call(self._connection)

    def change(self, call: Callable[[Connection], _T]) -> _T:
        """What is refused leaves what was done before."""
        with self._connection.connection.transaction():
            return call(self._connection)

    unhurried = change


def _execute(connection: PostgresConnection, sql: str, values: Sequence[object]) -> int:
    """How many rows a statement has changed."""
    return connection.execute(sql, values).rowcount
