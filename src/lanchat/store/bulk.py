"""All messages at once: out of a file that a server may be writing, and into one of ours.

In WAL mode a reader holds up nobody; each page is a look of its own, so that the log of what was
written meanwhile can be tidied up between two.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from lanchat.chat.changes import Draft, Pin
from lanchat.chat.model import LOBBY, FileDraft, Message, Reaction
from lanchat.errors import DataUnusable, NoMessages, StoreUnavailable
from lanchat.rows import attachments, message_rows, messages, pins, reactions, references
from lanchat.rows.connection import NewerSchemaError
from lanchat.rows.visibility import VISIBLE
from lanchat.store.connection import SqliteConnection
from lanchat.store.database import open_database
from lanchat.store.open_file import transaction
from lanchat.store.schema import WITH_CLEARING, WITH_FILES, WITH_REACTIONS, steps_taken

PAGE = 2_000
"""Messages that are in memory at the same time."""

_CACHE = -64 * 1024
"""Pages in memory, as SQLite counts kibibytes: the index of retries is written all over."""

_WITH_CLEARED = 4
"""The step of the schema from which on a history can be cleared."""

_WITH_POSITIONS = 5
"""The one from which on there are rooms, each with a history of its own."""

_COLUMNS = "id, client_id, room, user_id, user, ip, message, time"
_MORE = "files, pinned IS NOT NULL, edited, reply_to, mentions"
_INSERT = (
    'INSERT INTO message (client_id, room, user_id, "user", ip, message, time)'
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, client_id) DO NOTHING"
)
_NEW_IDS = "CREATE TEMP TABLE new_id (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)"
_NO_CLEARING = "CREATE TEMP TABLE clearing (user_id TEXT PRIMARY KEY, up_to, reaction)"
"""What an older lanchat does not have; nothing is written into the file."""
_NO_FILES = "CREATE TEMP VIEW message AS SELECT *, NULL AS files FROM main.message"
_PLACE = "id > ? AND id <= ? AND time >= ? AND time < ?"


@dataclass(frozen=True, slots=True)
class Archived(Draft):
    """A message of an archive; ``old_id`` is the one that it has there, as its ``reply_to`` is one.

    Its ``reactions`` name everybody. ``described`` is what the archive says of its files, by their
    ids there; ``attached`` are those that it has.
    """

    old_id: int | None = None
    edited: str | None = None
    reactions: tuple[Reaction, ...] = ()
    pinned: bool = False
    described: dict[str, FileDraft] = field(default_factory=dict)
    attached: tuple[attachments.Loaded, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether nothing belongs to it but what was said."""
        more = self.edited or self.reply_to or self.mentions or self.reactions or self.pinned
        return not (more or self.attached)


class MessageReader:
    """The messages at ``path`` said from ``since`` on and before ``until``, both in RFC 3339.

    What is said after construction is not among them. Their reactions name everybody.
    Raises NoMessages and DataUnusable, also while reading.
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
            steps = steps_taken(self._connection)
            self._where = f"{_PLACE} AND {_shown(steps)}"
            self._with_reactions = steps >= WITH_REACTIONS
            if steps < WITH_FILES:
                self._connection.execute(_NO_FILES)
            if steps < WITH_CLEARING:
                self._connection.execute(_NO_CLEARING)
            undo.pop_all()

    def count(self) -> int:
        """How many there are."""
        with self._explained():
            query = f"SELECT count(*) FROM message WHERE {self._where}"  # noqa: S608 (constants)
            found = self._connection.execute(query, (0, self._end, *self._times))
            return int(found.fetchone()[0])

    def pages(self) -> Iterator[list[Message]]:
        """All of them in the order of their ids, at most PAGE at once."""
        more = _MORE if self._with_reactions else "NULL, 0, NULL, NULL, NULL"
        query = (
            f"SELECT {more}, {_COLUMNS} FROM message"  # noqa: S608 (constants)
            f" WHERE {self._where} ORDER BY id LIMIT {PAGE}"
        )
        last = 0
        while True:
            with self._explained():
                rows = self._connection.execute(query, (last, self._end, *self._times)).fetchall()
                said = attachments.with_files(self._connection, list(map(_read, rows)))
                if ids := {message.reply_to for message in said} - {None}:
                    said = references.with_quotes(self._connection, said, ids)
                reacted = self._reactions(said)
            if not said:
                return
            yield [m._replace(reactions=reacted[m.id]) if m.id in reacted else m for m in said]
            last = said[-1].id

    def hashes(self, ids: Sequence[int]) -> dict[str, tuple[str, str | None]]:
        """By the ids of these messages' files, what is in them: its hash, and the picture's."""
        if not ids:
            return {}
        with self._explained():
            rows = self._connection.execute(
                "SELECT id, sha256, thumb_sha256 FROM file"
                " WHERE message_id IN (SELECT value FROM json_each(?))",
                (json.dumps(ids),),
            )
            return {file_id: (sha256, thumb) for file_id, sha256, thumb in rows}

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _reactions(self, said: list[Message]) -> dict[int, tuple[Reaction, ...]]:
        if not said or not self._with_reactions:
            return {}
        return dict(reactions.all_of(self._connection, said[0].id, said[-1].id))

    def _newest(self) -> int:
        if not steps_taken(self._connection):
            raise NoMessages(self._path)  # made a moment ago, or by another program
        newest = self._connection.execute("SELECT ifnull(max(id), 0) FROM message").fetchone()
        return int(newest[0])

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


def _read(row: tuple[Any, ...]) -> Message:
    files, pinned, edited, reply_to, mentions, *said = row
    message = Message(*(*said, said[0]))
    if not (files or pinned or edited or reply_to or mentions):
        return message
    message = message._replace(edited=edited, reply_to=reply_to, pinned=bool(pinned), files=files)
    return references.with_mentions(message._replace(mentions=mentions)) if mentions else message


def load(path: Path, drafts: Iterable[Draft]) -> int:
    """Store the drafts in their order, behind what is there; return how many were new.

    One with a user_id and client_id that is there already is left out. One of a room that is not
    there goes into the one that everybody is in; one that answers another of an archive, answers
    it by its new id. Whatever ``drafts`` raises
    is raised here, and nothing is stored. Nobody else may have the database open for writing.
    Raises DataUnusable and StoreUnavailable.
    """
    with closing(open_database(path)) as connection:
        connection.execute(f"PRAGMA cache_size = {_CACHE}")
        try:
            with transaction(connection):
                before, fresh = connection.position(), 0
                connection.execute(_NEW_IDS)
                rooms = _rooms(connection)
                rest = (one if one.room in rooms else replace(one, room=LOBBY) for one in drafts)
                while some := list(islice(rest, PAGE)):
                    first = connection.position() + 1
                    values = map(messages.fields, some)
                    stored = connection.executemany(_INSERT, values).rowcount
                    fresh += stored
                    archived = [one for one in some if isinstance(one, Archived)]
                    ids = range(first, first + stored) if stored == len(archived) else None
                    _note_ids(connection, archived, ids)
                    for one in archived:
                        if not one.is_plain:
                            _put_to(connection, one, before)
                return fresh
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the message database refuses: {error}") from error


def _rooms(connection: SqliteConnection) -> set[str]:
    return {LOBBY, *(room for (room,) in connection.execute("SELECT id FROM room"))}


def _note_ids(
    connection: SqliteConnection, archived: Sequence[Archived], ids: Sequence[int] | None
) -> None:
    """Note which ids the messages of an archive have here, for their answers.

    ``ids`` None is where some were there before, and have others than the next ones.
    """
    if ids is None:
        ids = [message_rows.stored(connection, one.user_id, one.client_id).id for one in archived]
    pairs = zip(archived, ids, strict=True)
    connection.executemany(
        "INSERT OR REPLACE INTO new_id VALUES (?, ?)",
        ((one.old_id, new) for one, new in pairs if one.old_id is not None),
    )


def _put_to(connection: SqliteConnection, archived: Archived, before: int) -> None:
    """Give a message what was put to it, if it is new: posted behind the position ``before``."""
    message = message_rows.stored(connection, archived.user_id, archived.client_id)
    if message.id <= before or message.edited or message.reactions or message.pinned:
        return
    reply_to = None
    if archived.reply_to is not None:
        query = "SELECT new FROM new_id WHERE old = ?"
        (reply_to,) = connection.execute(query, (archived.reply_to,)).fetchone() or (None,)
    mentions = " ".join(archived.mentions) or None
    connection.execute(
        "UPDATE message SET edited = ?, mentions = ?, reply_to = (SELECT id FROM message other"
        " WHERE other.id = ? AND other.room = message.room) WHERE id = ?",
        (archived.edited, mentions, reply_to, message.id),
    )
    if archived.attached:
        said = datetime.fromisoformat(archived.time.replace("Z", "+00:00")).timestamp()
        attachments.load(connection, message.id, said, archived.attached)
    if archived.reactions:
        reactions.load(connection, message.id, archived.reactions)
    if archived.pinned:
        pins.pin(connection, Pin(message.room, message.id))


def _shown(steps: int) -> str:
    """The condition for what may be shown, in a database that may be of an older lanchat.

    A history that was cleared is perhaps still being deleted.
    """
    if steps >= _WITH_POSITIONS:
        return VISIBLE
    if steps == _WITH_CLEARED:
        return "message != '' AND id > (SELECT cleared FROM deleted)"
    return "message != ''"
