"""All messages of a folder at once: out of a file that a server may be writing, and into ours.

In WAL mode a reader holds up nobody.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TypeVar

from lanchat.errors import DataUnusable, NoMessages, StoreUnavailable
from lanchat.rows import bulk_loading
from lanchat.rows.connection import NewerSchemaError, Reader
from lanchat.rows.visibility import VISIBLE
from lanchat.store.database import open_database
from lanchat.store.open_file import transaction
from lanchat.store.schema import (
    WITH_CLEARING,
    WITH_FILES,
    WITH_POLLS,
    WITH_REACTIONS,
    WITH_ROOMS,
    steps_taken,
)

_T = TypeVar("_T")

_CACHE = -64 * 1024
"""Pages in memory, as SQLite counts kibibytes: the index of retries is written all over."""

_WITH_CLEARED = 4
"""The step of the schema from which on a history can be cleared."""

_WITH_POSITIONS = 5
"""The one from which on there are rooms, each with a history of its own."""

_NO_CLEARING = "CREATE TEMP TABLE clearing (user_id TEXT PRIMARY KEY, up_to, reaction)"
"""What an older lanchat does not have; nothing is written into the file."""
_WITHOUT = "CREATE TEMP VIEW message AS SELECT *, {missing} FROM main.message"


class MessageFile:
    """The file at ``path``, for whoever reads all of it. Raises NoMessages and DataUnusable."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise NoMessages(path)
        self._path = path
        with self._explained(), ExitStack() as undo:
            self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            undo.callback(self._connection.close)
            steps = steps_taken(self._connection)
            if not steps:
                raise NoMessages(path)  # made a moment ago, or by another program
            self.shown = _shown(steps)
            self.has_reactions = steps >= WITH_REACTIONS
            self.has_rooms = steps >= WITH_ROOMS
            columns = {"files": WITH_FILES, "poll": WITH_POLLS}
            missing = [f"NULL AS {name}" for name, since in columns.items() if steps < since]
            if missing:
                self._connection.execute(_WITHOUT.format(missing=", ".join(missing)))
            if steps < WITH_CLEARING:
                self._connection.execute(_NO_CLEARING)
            undo.pop_all()

    def look(self, call: Callable[[Reader], _T]) -> _T:
        with self._explained():
            return call(self._connection)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

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


def load(path: Path, items: Iterable[bulk_loading.Item]) -> int:
    """Store the items as ``bulk_loading.load`` does, all or none; return how many were new.

    Whatever ``items`` raises is raised here. Nobody else may have the database open for writing.
    Raises DataUnusable and StoreUnavailable.
    """
    with closing(open_database(path)) as connection:
        connection.execute(f"PRAGMA cache_size = {_CACHE}")
        try:
            with transaction(connection):
                return bulk_loading.load(connection, items)
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the message database refuses: {error}") from error


def look_at(path: Path, call: Callable[[Reader], None]) -> None:
    """Let something be asked of the file at the path, beside nobody."""
    with closing(sqlite3.connect(path)) as connection:
        call(connection)


def _shown(steps: int) -> str:
    """The condition for what may be shown, in a database that may be of an older lanchat.

    A history that was cleared is perhaps still being deleted.
    """
    if steps >= _WITH_POSITIONS:
        return VISIBLE
    if steps == _WITH_CLEARED:
        return "message != '' AND id > (SELECT cleared FROM deleted)"
    return "message != ''"
