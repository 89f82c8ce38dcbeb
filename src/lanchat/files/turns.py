"""What only one does at a time: writing an upload, moving a content, letting files go.

Where several servers share the files, the turns are theirs together (``cluster/file_turns.py``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

from lanchat.errors import BeingWritten
from lanchat.rows.connection import Connection, Database

_T = TypeVar("_T")


class Turn:
    """The turn of whoever writes an upload.

    ``name`` is that of its file, which others may still have open where it ``is_torn``.
    """

    is_torn = False

    def __init__(self, name: str) -> None:
        self.name = name

    def check(self, connection: Connection) -> None:
        """Within a transaction, look whether the turn is not over. Raises BeingWritten."""

    def go_on(self, name: str) -> None:
        """The upload goes on in another file. Raises BeingWritten where the turn is over."""
        self.name = name


class Turns(Protocol):
    """Whose turn it is. Everything here may raise StoreUnavailable."""

    def write(self, upload_id: str) -> AbstractContextManager[Turn]:
        """While nobody else writes to the same upload. Raises BeingWritten."""

    def move(self, hashes: Sequence[str], work: Callable[[Database], _T]) -> _T:
        """What comes of work during which nobody else moves or deletes these contents.

        What it does in the database that it is given may be stored with its end only.
        """

    def keep(self, work: Callable[[], None]) -> None:
        """Let files go, unless somebody else is at it."""


class LocalTurns:
    """The Turns of one server."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written = set[str]()
        self._moving = threading.Lock()

    @contextmanager
    def write(self, upload_id: str) -> Iterator[Turn]:
        if upload_id in self._written:
            raise BeingWritten
        self._written.add(upload_id)
        try:
            yield Turn(upload_id)
        finally:
            self._written.discard(upload_id)

    def move(self, _hashes: Sequence[str], work: Callable[[Database], _T]) -> _T:
        with self._moving:
            return work(self._database)

    def keep(self, work: Callable[[], None]) -> None:
        work()
