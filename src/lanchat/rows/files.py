"""The tables of files: uploads on their way, files that are whole, and how much room they take.

What is in files is counted by the schema's triggers (``content.uses``, ``file_space``). What
changes something is to be within a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from lanchat.chat.model import Attachment, User
from lanchat.errors import QuotaReached, TooFast, UnknownFile
from lanchat.rows.attachments import attachment
from lanchat.rows.connection import Connection, Reader
from lanchat.rows.visibility import VISIBLE

LEAST = 4_096
"""Bytes that even an empty file counts for: it has a row, a name and a place on the disk."""

DAY = 86_400.0
"""Seconds in which a person may send so much."""

MOST_OF_DAY = 5_000
"""Files of one person within a day, however small: they are counted with each further one."""

ON_THEIR_WAY = 100
"""Uploads that one person may have begun and not finished."""

_AHEAD = 60.0
"""Seconds that a file may seem to be of the future: further ahead, the clock was wrong then."""

_UPLOAD = 'id, user_id, device, length, "offset", name, width, height, created, sha256'

_OF_PERSON = "(user_id = ? OR device = ?) AND created BETWEEN ? AND ?"

_SENT = (
    f"SELECT count(*), coalesce(sum(CASE WHEN size < {LEAST} THEN {LEAST} ELSE size END), 0) FROM"  # noqa: S608 (constants)
    f" (SELECT size FROM file WHERE {_OF_PERSON}"
    f" UNION ALL SELECT length FROM upload WHERE {_OF_PERSON}) AS sent"
)

_BEGUN = "SELECT count(*) FROM upload WHERE user_id = ? OR device = ?"

_MINUTE = 60
"""Seconds, in which one of many may be finished."""

_FOUND = (
    "SELECT file.id, file.name, file.type, file.size, width, height,"  # noqa: S608 (constants)
    " thumb_sha256 IS NOT NULL,"
    " file.sha256, thumb_sha256, content.size, file.user_id, message.room"
    " FROM file LEFT JOIN message ON message.id = file.message_id"
    " LEFT JOIN content ON content.sha256 = file.thumb_sha256"
    f" WHERE file.id = ? AND (file.message_id IS NULL OR {VISIBLE})"
)


class Quotas(NamedTuple):
    """How many bytes of files there may be in all, and of one person within a day."""

    total: int
    person: int


class UploadRow(NamedTuple):
    """A file on its way; its ``sha256`` is known once all of it is there."""

    id: str
    user_id: str
    device: str
    length: int
    offset: int
    name: str
    width: int | None
    height: int | None
    created: float
    sha256: str | None = None


class FoundFile(NamedTuple):
    """A file that is whole, with the hashes of what is in it and in its small picture."""

    attachment: Attachment
    sha256: str
    thumb_sha256: str | None
    thumb_size: int
    user_id: str
    room: str | None


def begin(connection: Connection, upload: UploadRow, quotas: Quotas) -> None:
    """Note an upload before there is anything of it. Raises QuotaReached or TooFast."""
    # Of several that begin at the same time each counts those before.
    connection.execute("UPDATE file_space SET size = size")
    cost = max(upload.length, LEAST)
    check_total(connection, cost, quotas)
    who = (upload.user_id, upload.device or None)
    when = (upload.created - DAY, upload.created + _AHEAD)
    sent, size = connection.execute(_SENT, (*who, *when) * 2).fetchone()
    if int(size) + cost > quotas.person:
        raise QuotaReached(quotas.person, "person")
    if sent >= MOST_OF_DAY:
        raise QuotaReached(MOST_OF_DAY, "files")
    (count,) = connection.execute(_BEGUN, who).fetchone()
    if count >= ON_THEIR_WAY:
        raise TooFast(_MINUTE)
    marks = ", ".join("?" * len(upload))
    connection.execute(f"INSERT INTO upload ({_UPLOAD}) VALUES ({marks})", upload)  # noqa: S608


def check_total(connection: Reader, cost: int, quotas: Quotas) -> None:
    """Look whether there may be so many bytes more in all. Raises QuotaReached."""
    (taken,) = connection.execute("SELECT size FROM file_space").fetchone()
    if taken + cost > quotas.total:
        raise QuotaReached(quotas.total)


def outstanding(connection: Reader) -> int:
    """The bytes of all uploads that are still to come."""
    query = 'SELECT coalesce(sum(length - "offset"), 0) FROM upload'
    return int(connection.execute(query).fetchone()[0])


def upload(connection: Reader, upload_id: str) -> UploadRow | None:
    """The upload with this id, whosever it is."""
    query = f"SELECT {_UPLOAD} FROM upload WHERE id = ?"  # noqa: S608 (constants)
    row = connection.execute(query, (upload_id,)).fetchone()
    return row and UploadRow._make(row)


def note(connection: Connection, upload: UploadRow) -> None:
    """Note how far an upload has come, and its hash once all of it is there.

    Raises UnknownFile where it was given up meanwhile.
    """
    noted = connection.execute(
        'UPDATE upload SET "offset" = ?, sha256 = ? WHERE id = ?',
        (upload.offset, upload.sha256, upload.id),
    )
    if not noted.rowcount:
        raise UnknownFile


def finish(connection: Connection, upload: UploadRow, kind: str) -> None:
    """Make a file of an upload whose content has its place, unless somebody else just has.

    Raises UnknownFile as ``note``.
    """
    gone = connection.execute("DELETE FROM upload WHERE id = ?", (upload.id,))
    if not gone.rowcount:
        if connection.execute("SELECT 1 FROM file WHERE id = ?", (upload.id,)).fetchone() is None:
            raise UnknownFile
        return
    _note_content(connection, str(upload.sha256), upload.length)
    connection.execute(
        "INSERT INTO file (id, sha256, name, type, size, width, height, user_id, device,"
        " created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(upload.id, upload.sha256, upload.name, kind, upload.length),
            *(upload.width, upload.height, upload.user_id, upload.device, upload.created),
        ),
    )


def put_thumb(connection: Connection, file_id: str, sha256: str, size: int) -> None:
    """Give a file that waits a small picture whose content has its place. Raises UnknownFile."""
    _note_content(connection, sha256, size)
    changed = connection.execute(
        "UPDATE file SET thumb_sha256 = ? WHERE id = ? AND message_id IS NULL",
        (sha256, file_id),
    )
    if not changed.rowcount:
        raise UnknownFile


def _note_content(connection: Connection, sha256: str, size: int) -> None:
    connection.execute(
        "INSERT INTO content VALUES (?, ?, 0) ON CONFLICT (sha256) DO NOTHING", (sha256, size)
    )


def is_known(connection: Reader, sha256: str) -> bool:
    """Whether this content has its place."""
    query = "SELECT 1 FROM content WHERE sha256 = ?"
    return connection.execute(query, (sha256,)).fetchone() is not None


def own(connection: Reader, user: User, file_id: str) -> tuple[int, bool]:
    """The size of the person's file, and whether it waits for a message. Raises UnknownFile."""
    query = "SELECT size, message_id IS NULL FROM file WHERE id = ? AND user_id = ?"
    row = connection.execute(query, (file_id, user.id)).fetchone()
    if row is None:
        raise UnknownFile
    return row[0], bool(row[1])


def find(connection: Reader, file_id: str) -> FoundFile:
    """A file that is whole, and not of a message that goes. Raises UnknownFile."""
    row = connection.execute(_FOUND, (file_id,)).fetchone()
    if row is None:
        raise UnknownFile
    sha256, thumb_sha256, thumb_size, user_id, room = row[7:]
    return FoundFile(attachment(row[:7]), sha256, thumb_sha256, thumb_size or 0, user_id, room)


def unfinished(connection: Reader) -> list[UploadRow]:
    """All uploads."""
    query = f"SELECT {_UPLOAD} FROM upload"  # noqa: S608 (constants)
    return list(map(UploadRow._make, connection.execute(query)))


def waiting(connection: Reader) -> list[str]:
    """The files that no message names yet."""
    rows = connection.execute("SELECT id FROM file WHERE message_id IS NULL")
    return [file_id for (file_id,) in rows]


def give_up(connection: Connection, ids: Collection[str]) -> None:
    """Let uploads go, and files that no message names."""
    meant = [(each,) for each in ids]
    lose(connection, ids)
    connection.executemany("DELETE FROM file WHERE id = ? AND message_id IS NULL", meant)


def lose(connection: Connection, ids: Collection[str]) -> None:
    """Let uploads go; what somebody else has made a file of meanwhile stays.

    The content of an upload that is whole may have come to its place already: it is unused now.
    """
    meant = [(each,) for each in ids]
    connection.executemany(
        "INSERT INTO content SELECT sha256, length, 0 FROM upload"
        " WHERE id = ? AND sha256 IS NOT NULL ON CONFLICT (sha256) DO NOTHING",
        meant,
    )
    connection.executemany("DELETE FROM upload WHERE id = ?", meant)


_UNUSED = "uses = 0 AND sha256 NOT IN (SELECT sha256 FROM upload WHERE sha256 IS NOT NULL)"
"""An upload that is whole may be about to become a file of what is there."""


def unused(connection: Reader, most: int) -> list[str]:
    """Contents that no file has any more."""
    query = f"SELECT sha256 FROM content WHERE {_UNUSED} LIMIT ?"  # noqa: S608 (constants)
    rows = connection.execute(query, (most,))
    return [sha256 for (sha256,) in rows]


def forget(connection: Connection, hashes: Iterable[str]) -> list[str]:
    """Let go of those of these contents that no file has; returns which they were."""
    query = f"DELETE FROM content WHERE sha256 = ? AND {_UNUSED}"  # noqa: S608 (constants)
    return [each for each in hashes if connection.execute(query, (each,)).rowcount]


def unknown(connection: Reader, hashes: Sequence[str]) -> list[str]:
    """Those of these contents that are of no file, nor of an upload that will be one."""
    if not hashes:
        return []
    known = connection.execute(
        "SELECT sha256 FROM content WHERE sha256 BETWEEN ? AND ?"
        " UNION ALL SELECT sha256 FROM upload WHERE sha256 IS NOT NULL",
        (min(hashes), max(hashes)),
    )
    there = {sha256 for (sha256,) in known}
    return [each for each in hashes if each not in there]
