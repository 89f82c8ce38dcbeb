"""SQLite's connection, as the statements in ``lanchat.rows`` want it.

The counter of positions is the one that gives messages their ids (``sqlite_sequence``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from lanchat.store.open_file import OpenFile
from lanchat.store.search_index import changing

_INSERT = (
    'INSERT INTO message (client_id, room, user_id, "user", ip, message, time)'
    " SELECT ?, ?, ?, ?, ?, ?, ?"
    " WHERE NOT EXISTS (SELECT 1 FROM gone WHERE user_id = ? AND client_id = ?)"
    " ON CONFLICT (user_id, client_id) DO NOTHING"
)

_LOAD = (
    'INSERT INTO message (id, client_id, room, user_id, "user", ip, message, time, edited,'
    " mentions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class SqliteConnection(OpenFile):
    """A connection to a file, or to memory."""

    def each(self, sql: str, parameters: Iterable[Sequence[Any]]) -> list[list[Any]]:
        return [self.execute(sql, values).fetchall() for values in parameters]

    def position(self) -> int:
        query = "SELECT seq FROM sqlite_sequence WHERE name = 'message'"
        return int(self.execute(query).fetchone()[0])

    def take_position(self) -> int:
        self.execute("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'message'")
        return self.position()

    def insert(self, values: Sequence[str]) -> int | None:
        cursor = self.execute(_INSERT, (*values, values[2], values[0]))
        return cursor.lastrowid if cursor.rowcount == 1 else None

    def load(self, rows: Sequence[Sequence[Any]]) -> None:
        self.executemany(_LOAD, rows)  # the counter follows by itself

    def changing(self, ids: Sequence[int]) -> AbstractContextManager[None]:
        return changing(self, ids)
