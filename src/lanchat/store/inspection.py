"""Is this file a message database that can be used? Found out without changing a byte of it.

SQLite would make a database of a file with one byte in it, add its tables to that of another
program, and fill up with zeros what is missing at the end of the last page.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from lanchat.errors import DataUnusable
from lanchat.store.schema import NewerSchemaError, steps_taken

CHECKED_WHOLE = 64 << 20
"""Bytes up to which every page is looked at: 0.2 s on a laptop. Of a larger file, only what is
said first to a newcomer: its start shall not take longer with every message."""

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100


class _DamagedError(Exception):
    """What is wrong with the file, in words that fit into brackets."""


def inspect(path: Path) -> None:
    """Return where there is no file yet, or a good one. Raises DataUnusable."""
    try:
        if path.exists() and path.stat().st_size > 0:
            _inspect(path)
    except OSError as error:
        raise DataUnusable(
            path,
            f"cannot be used as message database ({error.strerror or error})",
            "make it a file that you may read and write, or choose another --data-dir",
        ) from error
    except NewerSchemaError as error:
        raise DataUnusable(
            path,
            f"was written by a newer lanchat (schema {error.version})",
            "update lanchat, or choose another --data-dir; the file was not touched",
        ) from error
    except (sqlite3.Error, _DamagedError) as error:
        raise DataUnusable(
            path,
            f"is not a message database that can be read ({error})",
            "put a copy in its place, move it away to begin a new one, or choose another "
            "--data-dir; the file was not touched",
        ) from error


def _inspect(path: Path) -> None:
    # For writing, too: SQLite would open what it may not write, and then refuse every message.
    with path.open("r+b") as file:
        header = file.read(_HEADER_BYTES)
        size = file.seek(0, os.SEEK_END)
    if header[: len(_MAGIC)] != _MAGIC:
        raise _DamagedError("it is no SQLite file")
    if _has(path, "-journal"):
        # The server was killed in a migration. Only a connection that writes can look at what
        # comes of it, and SQLite makes that the database before the migration.
        return
    # After a kill the newest messages lie in the WAL, and the file may be half a checkpoint.
    unfinished = _has(path, "-wal")
    if not unfinished and size % _page_size(header):
        raise _DamagedError("its end is missing")
    # "immutable" leaves no -wal and -shm behind; the data directory's lock makes it true.
    mode = "mode=ro" if unfinished else "immutable=1"
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)) as connection:
        _look_into(connection, whole=size <= CHECKED_WHOLE)


def _look_into(connection: sqlite3.Connection, *, whole: bool) -> None:
    steps = steps_taken(connection)
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if bool(steps) != bool(names) or (names and "message" not in names):
        raise _DamagedError("it belongs to another program")
    if not steps:
        return
    if whole:
        (finding,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if finding != "ok":
            raise _DamagedError(str(finding).replace("*** in database main ***", "").strip())
    else:
        connection.execute("SELECT * FROM message ORDER BY id DESC LIMIT 1000").fetchall()


def _page_size(header: bytes) -> int:
    """As SQLite's file format has it: two bytes, in which 1 stands for 65,536."""
    size = int.from_bytes(header[16:18], "big")
    return 65_536 if size == 1 else size or 1


def _has(path: Path, suffix: str) -> bool:
    companion = path.with_name(path.name + suffix)
    return companion.exists() and companion.stat().st_size > 0
