"""The folder of files that all servers share: the same one for each, as the database knows it.

A network's folder that is not mounted leaves an empty one of the same name. So what it is known by
stands in a file in it (``MARKER``) and in the database, and is compared when a server starts; while
it runs, nothing is done where that file is missing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lanchat.cluster.connection import PostgresConnection
from lanchat.cluster.database import PostgresDatabase
from lanchat.errors import DataUnusable
from lanchat.files.folder import FileFolder
from lanchat.private import write_private
from lanchat.rows.connection import Reader

MARKER = "lanchat-folder"

Ask = Callable[[Callable[[], Any]], Any]
"""Waits for what the disk is asked, or raises TimeoutError."""


def shared_folder(database: PostgresDatabase, path: Path, ask: Ask) -> FileFolder:
    """The folder at the path, which the first server makes. Raises DataUnusable."""
    try:
        database.prepare(lambda connection: _know(connection, path, ask))
        folder = FileFolder(path, MARKER)
        ask(folder.prepare)
        ask(lambda: folder.drop(folder.put("try", b"")))
    except TimeoutError:
        hint = "see to it that the server which it is on can be reached"
        raise DataUnusable(path, "does not answer, as the folder of files", hint) from None
    except OSError as error:
        raise DataUnusable(
            path,
            f"cannot be used as the folder of files ({error.strerror or error})",
            "let the user who runs lanchat, the same on all servers, write there",
        ) from error
    return folder


def _know(connection: PostgresConnection, path: Path, ask: Ask) -> None:
    """Within a transaction, see to it that the folder is the database's."""
    connection.execute("LOCK TABLE file_folder IN EXCLUSIVE MODE")
    row = connection.execute("SELECT id FROM file_folder").fetchone()
    found = ask(lambda: _read(path / MARKER))
    if row is None and found is None:
        made = secrets.token_hex(8)
        connection.execute("INSERT INTO file_folder VALUES (?)", (made,))
        ask(lambda: _make(path, made))
    elif row is None:
        raise DataUnusable(
            path,
            "is the folder of files of another chat",
            f"choose another --files-dir, or delete {MARKER} in it where that chat is no more",
        )
    elif found != row[0]:
        raise _another(path, row[0])


def known_folder(connection: Reader, path: Path) -> FileFolder:
    """The folder at the path, as it is, for whoever reads it.

    Raises DataUnusable where it is not the one that the servers of the database share.
    """
    row = connection.execute("SELECT id FROM file_folder").fetchone()
    if row is None:
        hint = "leave it out, or look whether that is the right database"
        raise DataUnusable(path, "is no folder of this database, whose servers have no files", hint)
    if _read(path / MARKER) != row[0]:
        raise _another(path, row[0])
    return FileFolder(path, MARKER)


def _another(path: Path, known: str) -> DataUnusable:
    return DataUnusable(
        path,
        "is not the folder of files that the servers of this database share",
        "mount that one, or name it with --files-dir; if this one is to take its place, write "
        f"{known} into the file {MARKER} in it",
    )


def _read(marker: Path) -> str | None:
    try:
        return marker.read_text("utf-8", "replace").strip()
    except FileNotFoundError:
        return None


def _make(path: Path, made: str) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    write_private(path / MARKER, f"{made}\n".encode())
