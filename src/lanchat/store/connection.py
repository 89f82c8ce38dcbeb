"""A connection to a database: opened with care, in WAL mode, with transactions by name.

With ``synchronous=FULL`` a committed transaction survives the server being killed and the power
failing.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from lanchat.errors import DataUnusable
from lanchat.store.inspection import inspect
from lanchat.store.schema import migrate

_BUSY_TIMEOUT = 5.0


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """What happens within is stored whole or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A failed COMMIT (disk full) may have rolled back on its own.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def open_database(path: Path | None) -> sqlite3.Connection:
    """The database at the path, or a new one in memory, with the schema of today.

    Raises DataUnusable where there is something at the path that is no database of lanchat's.
    """
    if path is not None:
        inspect(path)  # first: what is not ours or newer is not touched
    with contextlib.ExitStack() as undo:
        try:
            if path is not None:
                # For its owner alone; SQLite gives the files beside it the same mode.
                path.touch(mode=0o600)
            connection = sqlite3.connect(
                path or ":memory:",
                timeout=_BUSY_TIMEOUT,
                isolation_level=None,  # transactions are begun and ended here, by name
                check_same_thread=False,
            )
            undo.callback(connection.close)
            migrate(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # What is deleted is overwritten, and cannot be found in the file any more.
            connection.execute("PRAGMA secure_delete = ON")
        except (sqlite3.Error, OSError) as error:
            raise DataUnusable(
                path or Path(":memory:"),
                f"cannot be used as message database ({error})",
                "see to it that there is space, or choose another --data-dir",
            ) from error
        undo.pop_all()
    return connection
