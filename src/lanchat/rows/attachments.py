"""Files of messages: named in the transaction that stores the message, and read with it.

Nothing here deletes: a file's row goes with its message's row or text, by the schema alone, and
what is in it is taken off the disk afterwards (``files.py``).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from lanchat.chat.model import Attachment, Message, Quoted
from lanchat.errors import UnknownFile
from lanchat.rows.connection import Connection, Reader

HasFiles = TypeVar("HasFiles", Message, Quoted)

_COLUMNS = "id, name, type, size, width, height, thumb_sha256 IS NOT NULL"

_IS_WAITING = "id = ? AND user_id = ? AND message_id IS NULL"

_WAITING = f"SELECT {_COLUMNS} FROM file WHERE {_IS_WAITING}"  # noqa: S608 (constants)

_HOLD = f"UPDATE file SET place = place WHERE {_IS_WAITING}"  # noqa: S608 (constants)

_OF_MESSAGES = (
    f"SELECT message_id, {_COLUMNS} FROM file"  # noqa: S608 (constants)
    " WHERE message_id IN (SELECT value FROM json_each(?)) ORDER BY message_id, place"
)


def waiting(connection: Connection, user_id: str, ids: Sequence[str]) -> tuple[Attachment, ...]:
    """The person's files with these ids, which no message has named yet. Raises UnknownFile."""
    # Whoever gives one up at this moment, at another server too, has done it, or does not any more.
    connection.executemany(_HOLD, [(each, user_id) for each in ids])
    rows = [connection.execute(_WAITING, (each, user_id)).fetchone() for each in ids]
    if None in rows or len(set(ids)) < len(ids):
        raise UnknownFile
    return tuple(map(attachment, rows))


def name(connection: Connection, message_id: int, ids: Sequence[str]) -> None:
    """Let the files, which are ``waiting``, be the message's, in this order."""
    connection.executemany(
        "UPDATE file SET message_id = ?, place = ? WHERE id = ?",
        [(message_id, place, each) for place, each in enumerate(ids)],
    )
    connection.execute("UPDATE message SET files = ? WHERE id = ?", (len(ids) or None, message_id))


class Loaded(NamedTuple):
    """A file that comes in with its message; what is in it has its place already.

    ``thumb`` is the hash and the size of a small picture, which has, too.
    """

    id: str
    name: str
    type: str
    size: int
    width: int | None
    height: int | None
    sha256: str
    thumb: tuple[str, int] | None


def load(connection: Connection, message_id: int, created: float, files: Sequence[Loaded]) -> None:
    """Within a transaction, let a message of an archive have these files.

    ``created`` is in seconds since the epoch. A file whose id is another one's gets another one.
    """
    for place, file in enumerate(files):
        contents = [(file.sha256, file.size), *([file.thumb] if file.thumb else [])]
        connection.executemany(
            "INSERT INTO content VALUES (?, ?, 0) ON CONFLICT (sha256) DO NOTHING", contents
        )
        known = "SELECT 1 FROM file WHERE id = ? UNION ALL SELECT 1 FROM upload WHERE id = ?"
        is_taken = connection.execute(known, (file.id, file.id)).fetchone() is not None
        file_id = secrets.token_hex(16) if is_taken else file.id
        connection.execute(
            "INSERT INTO file (id, name, type, size, width, height, sha256, user_id, device,"
            " created, message_id, place) SELECT ?, ?, ?, ?, ?, ?, ?, user_id, '', ?, id, ?"
            " FROM message WHERE id = ?",
            (file_id, *file[1:7], created, place, message_id),
        )
        if file.thumb is not None:
            connection.execute(
                "UPDATE file SET thumb_sha256 = ? WHERE id = ?", (file.thumb[0], file_id)
            )
    connection.execute("UPDATE message SET files = ? WHERE id = ?", (len(files), message_id))


def with_files(connection: Reader, messages: Sequence[HasFiles]) -> list[HasFiles]:
    """The messages, or what is quoted of them, with their files instead of how many these are."""
    ids = [each.id for each in messages if each.files]
    if not ids:
        return list(messages)
    found = _of_messages(connection, ids)
    return [each._replace(files=found.get(each.id)) if each.files else each for each in messages]


def _of_messages(connection: Reader, ids: Sequence[int]) -> dict[int, tuple[Attachment, ...]]:
    """The files of those of these messages that have some."""
    found: dict[int, tuple[Attachment, ...]] = {}
    for message_id, *row in connection.execute(_OF_MESSAGES, (json.dumps(ids),)):
        found[message_id] = (*found.get(message_id, ()), attachment(row))
    return found


def attachment(row: Sequence[object]) -> Attachment:
    """The file in a row of these columns; SQLite's 0 and 1 stand for False and True."""
    file = Attachment._make(row)
    return file._replace(thumb=bool(file.thumb))
