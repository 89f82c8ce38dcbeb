"""Files of a test: those whose bytes are on disk, and those of which there are rows alone."""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from lanchat.chat.model import Attachment
from lanchat.files.disk import Disk
from lanchat.files.folder import FileFolder
from lanchat.files.stored import StoredFiles
from lanchat.rows.connection import Connection, Database
from lanchat.rows.files import Quotas
from lanchat.web.file_types import type_of

PICTURE = Attachment("picture", "photo.jpg", "image/jpeg", 1_000, 800, 600, thumb=True)

_MB = 1_000_000


def open_files(
    database: Database, folder: FileFolder | Path, threads: Executor, **options: Any
) -> StoredFiles:
    """The files of a server, which leave no room for messages on the disk."""
    folder = FileFolder(folder) if isinstance(folder, Path) else folder
    usual: dict[str, Any] = {"max_size": 100 * _MB, "quotas": Quotas(2_000 * _MB, 500 * _MB)}
    usual |= {"kind_of": type_of, "spare": lambda _total: 0}
    disk = Disk(threads, 4)
    return StoredFiles(database, folder, disk, disk, **usual | options)


def put_file(
    database: Database, file_id: str = "picture", user_id: str = "1", name: str = PICTURE.name
) -> Attachment:
    """A picture that somebody has sent, and no message names yet."""
    file = PICTURE._replace(id=file_id, name=name)

    def put(connection: Connection) -> None:
        connection.executemany(
            "INSERT INTO content VALUES (?, ?, 0) ON CONFLICT DO NOTHING",
            [("large", 1_000), ("small", 9)],
        )
        connection.execute(
            "INSERT INTO file (id, sha256, name, type, size, width, height, user_id, device,"
            " created) VALUES (?, 'large', ?, ?, ?, ?, ?, ?, '', 0)",
            (file_id, *file[1:6], user_id),
        )
        connection.execute("UPDATE file SET thumb_sha256 = 'small' WHERE id = ?", (file_id,))

    database.change(put)
    return file


def uses(database: Database) -> dict[str, int]:
    """How many files there are of each content."""
    query = "SELECT sha256, uses FROM content"
    return dict(database.call(lambda connection: connection.execute(query).fetchall()))
