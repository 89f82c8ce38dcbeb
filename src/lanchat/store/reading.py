"""Reading messages from a file that a server may be writing: by itself, and page by page.

In WAL mode a reader holds up nobody; each page is a look of its own, so that the log of what was
written meanwhile can be tidied up between two.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from lanchat.chat.model import Message
from lanchat.errors import DataUnusable, NoMessages
from lanchat.store import redaction
from lanchat.store.schema import NewerSchemaError, steps_taken

PAGE = 2_000
"""Messages that are in memory at the same time."""

_PLACE = "id > ? AND id <= ? AND time >= ? AND time < ? AND message != ''"


class MessageReader:
    """The messages at ``path`` said from ``since`` on and before ``until``, both in RFC 3339.

    What is said after construction is not among them. Raises NoMessages and DataUnusable, also
    while reading.
    """

    def __init__(self, path: Path, since: str = "", until: str = "~") -> None:
        if not path.exists():
            raise NoMessages(path)
        self._path = path
        self._times = (since, until)
        with self._explained(), ExitStack() as undo:
            self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            undo.callback(self._connection.close)
            self._end = self._newest()
            self._begin = self._cleared()
            undo.pop_all()

    def count(self) -> int:
        """How many there are."""
        with self._explained():
            query = f"SELECT count(*) FROM message WHERE {_PLACE}"  # noqa: S608 (a constant)
            found = self._connection.execute(query, (self._begin, self._end, *self._times))
            return int(found.fetchone()[0])

    def pages(self) -> Iterator[list[Message]]:
        """All of them in the order of their ids, at most PAGE at once."""
        query = (
            "SELECT id, client_id, room, user_id, user, ip, message, time FROM message"  # noqa: S608
            f" WHERE {_PLACE} ORDER BY id LIMIT {PAGE}"
        )
        last = self._begin
        while True:
            with self._explained():
                rows = self._connection.execute(query, (last, self._end, *self._times)).fetchall()
            if not rows:
                return
            yield [Message(*row) for row in rows]
            last = rows[-1][0]

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _newest(self) -> int:
        if not steps_taken(self._connection):
            raise NoMessages(self._path)  # made a moment ago, or by another program
        newest = self._connection.execute("SELECT ifnull(max(id), 0) FROM message").fetchone()
        return int(newest[0])

    def _cleared(self) -> int:
        """The newest id of a history that was cleared, and perhaps is still being deleted."""
        column = "SELECT 1 FROM pragma_table_info('deleted') WHERE name = 'cleared'"
        known = self._connection.execute(column).fetchone()  # not before schema 4
        return redaction.cleared(self._connection) if known else 0

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except NewerSchemaError as error:
            raise DataUnusable(
                self._path,
                f"was written by a newer lanchat (schema {error.version})",
                "update lanchat, or choose another --data-dir",
            ) from error
        except sqlite3.Error as error:
            raise DataUnusable(
                self._path,
                f"is not a message database that can be read ({error})",
                "choose another --data-dir, or look into a copy of it",
            ) from error
