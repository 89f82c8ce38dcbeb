"""The database as it is at one moment, copied while a server may be writing it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from lanchat.errors import DataUnusable, NoMessages
from lanchat.store.connection import SqliteConnection
from lanchat.store.database import inspect
from lanchat.store.schema import WITH_FILES, steps_taken

_USED = (
    "SELECT sha256 FROM file WHERE message_id IS NOT NULL UNION"
    " SELECT thumb_sha256 FROM file WHERE message_id IS NOT NULL AND thumb_sha256 IS NOT NULL"
)


def snapshot(source: Path, target: Path) -> set[str]:
    """Copy the database; returns the hashes of the contents that its messages have.

    What is on its way, and files that no message names, stay behind. Raises NoMessages and
    DataUnusable.
    """
    if not source.exists():
        raise NoMessages(source)
    try:
        uri = f"{source.absolute().as_uri()}?mode=ro"
        with (
            closing(sqlite3.connect(uri, uri=True)) as original,
            closing(_connect(target)) as copy,
        ):
            original.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            return _tidied(copy)
    except sqlite3.Error as error:
        hint = "see to it that there is space, and that it is a folder of lanchat"
        raise DataUnusable(source, f"cannot be copied ({error})", hint) from error


def contents_of(path: Path) -> set[str]:
    """The hashes of the contents that messages of a copy have. Raises DataUnusable."""
    inspect(path)
    try:
        with closing(_connect(path)) as copy:
            return _contents(copy)
    except sqlite3.Error as error:
        hint = "choose another backup"
        raise DataUnusable(path, f"is no message database ({error})", hint) from error


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, factory=SqliteConnection)


def _tidied(copy: sqlite3.Connection) -> set[str]:
    if steps_taken(copy) >= WITH_FILES:
        copy.execute("PRAGMA foreign_keys = ON")
        copy.execute("BEGIN")
        copy.execute("DELETE FROM upload")
        copy.execute("DELETE FROM file WHERE message_id IS NULL")
        copy.execute(f"DELETE FROM content WHERE sha256 NOT IN ({_USED})")  # noqa: S608 (constants)
        copy.execute("COMMIT")
    return _contents(copy)


def _contents(copy: sqlite3.Connection) -> set[str]:
    if steps_taken(copy) < WITH_FILES:
        return set()
    return {str(sha256) for (sha256,) in copy.execute(_USED)}
