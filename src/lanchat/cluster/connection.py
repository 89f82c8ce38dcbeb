"""PostgreSQL's connection, as the statements in ``lanchat.rows`` want it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

import psycopg

from lanchat.cluster.schema import CHANNEL
from lanchat.cluster.search_index import changing

_NUMBERS = "(SELECT value FROM json_each(?))"

_LOAD = (
    b'COPY message (id, client_id, room, user_id, "user", ip, message, time, edited, mentions)'
    b" FROM STDIN"
)

_POST = b"SELECT post(" + b", ".join([b"%s::text[]"] * 7) + b")"


class PostgresConnection:
    """A connection to the database that several servers share."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> psycopg.Cursor[Any]:
        return self.connection.execute(translated(sql), parameters)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> psycopg.Cursor[Any]:
        cursor = self.connection.cursor()
        cursor.executemany(translated(sql), list(parameters))
        return cursor

    def each(self, sql: str, parameters: Iterable[Sequence[Any]]) -> list[list[Any]]:
        asked = list(parameters)
        if len(asked) <= 1:
            return [self.execute(sql, values).fetchall() for values in asked]
        # In one go: most of the time of a small statement is the way there and back.
        cursor = self.connection.cursor()
        cursor.executemany(translated(sql), asked, returning=True)
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
        return found

    def position(self) -> int:
        return self._number("SELECT seq FROM counter")

    def take_position(self) -> int:
        return self._number("UPDATE counter SET seq = seq + 1 RETURNING seq")

    def insert(self, values: Sequence[str]) -> int | None:
        return self.post([values])[0]

    def post(self, rows: Sequence[Sequence[str]]) -> list[int | None]:
        """The same for several messages; without a transaction it is one of its own."""
        columns = [_array(column) for column in zip(*rows, strict=True)]
        begun, *ids = self.connection.execute(_POST, columns).fetchone()[0]  # type: ignore[index]
        stored = set(ids)
        return [
            each if each in stored else None for each in range(begun + 1, begun + 1 + len(rows))
        ]

    def load(self, rows: Sequence[Sequence[Any]]) -> None:
        with self.connection.cursor().copy(_LOAD) as copy:
            for row in rows:
                copy.write_row(row)
        self.execute("UPDATE counter SET seq = ?", (rows[-1][0],))

    def changing(self, ids: Sequence[int]) -> AbstractContextManager[None]:
        return changing(self, ids)

    def lock_positions(self) -> int:
        """Let no other process take a position before this transaction ends; returns the newest.

        So the order of commits is that of positions: who has seen one has seen all before it.
        """
        return self._number("SELECT lock_positions()")

    def notify(self) -> None:
        """With this transaction, let every process know how far it has come.

        ``post`` does it by itself.
        """
        self.execute("SELECT pg_notify(?, (SELECT seq FROM counter)::text)", (CHANNEL,))

    def _number(self, sql: str) -> int:
        return int(self.execute(sql).fetchone()[0])  # type: ignore[index]


def _array(texts: Sequence[str]) -> str:
    """An array as PostgreSQL reads it: psycopg looks at each text by itself, five times as long."""
    escaped = [each.replace("\\", "\\\\").replace('"', '\\"') for each in texts]
    return '{"' + '","'.join(escaped) + '"}'


@lru_cache(maxsize=1_000)
def translated(sql: str) -> bytes:
    """A statement of ``lanchat.rows`` in PostgreSQL's words."""
    sql = sql.replace("%", "%%")
    sql = sql.replace(_NUMBERS, "(SELECT json_array_elements_text(?::json)::bigint)")
    sql = re.sub(r" INDEXED BY \w+", "", sql)
    return sql.replace("?", "%s").encode()
