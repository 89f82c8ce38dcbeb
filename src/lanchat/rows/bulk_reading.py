"""All messages at once, out of a database that servers may be writing.

Each page is a look of its own, so that nobody who writes waits for a reader, nor what tidies up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from lanchat.chat.model import Message
from lanchat.rows import attachments, message_rows, polls, reactions, references, room_bulk
from lanchat.rows.connection import Reader

_T = TypeVar("_T")

PAGE = 2_000
"""Messages that are in memory at the same time."""

_COLUMNS = 'id, client_id, room, user_id, "user", ip, message, time'
_PLACE = "id > ? AND id <= ? AND time >= ? AND time < ?"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of all messages: said from ``since`` on and before ``until``, both in RFC 3339.

    ``room`` is the id or the name of those that they were said in, None for any. With ``private``
    what two people have said to each other is among them.
    """

    since: str = ""
    until: str = "~"
    room: str | None = None
    private: bool = False


class Source(Protocol):
    """A database that is read; ``has_reactions`` is False where it is of a lanchat before them.

    So is ``has_rooms``. ``shown`` is the condition for what may be shown. Whatever a look raises
    is for people.
    """

    shown: str
    has_reactions: bool
    has_rooms: bool

    def look(self, call: Callable[[Reader], _T]) -> _T:
        """The result of what is asked: one look at what was committed."""

    def close(self) -> None: ...


class MessageReader:
    """The messages of a source that are wanted, and the ``rooms`` in which they were said.

    What is said after construction is not among them. Their reactions name everybody.
    ``leaves_out`` is whether two people have said something to each other that is left out.
    Raises NoSuchRoom.
    """

    def __init__(self, source: Source, wanted: Wanted = Wanted()) -> None:
        self._source = source
        there = source.look(room_bulk.read) if source.has_rooms else []
        self.rooms, ids = room_bulk.chosen(there, wanted.room, private=wanted.private)
        where = [_PLACE, source.shown]
        if source.has_rooms and not wanted.private:
            where.append(f"message.room NOT IN ({room_bulk.PRIVATE})")
        if ids is not None:
            where.append(f"message.room IN ({', '.join('?' * len(ids))})")
        self._where = " AND ".join(where)
        self._times = (wanted.since, wanted.until)
        self._ids = ids or ()
        self._end = source.look(_newest)
        self.leaves_out = wanted.room is None and not wanted.private and self._has_private()

    def count(self) -> int:
        """How many there are."""
        query = f"SELECT count(*) FROM message WHERE {self._where}"  # noqa: S608 (constants)
        return self._source.look(lambda c: int(c.execute(query, self._place(0)).fetchone()[0]))

    def pages(self) -> Iterator[list[Message]]:
        """All of them in the order of their ids, at most PAGE at once."""
        more = "files, pinned IS NOT NULL, edited, reply_to, mentions, poll"
        if not self._source.has_reactions:
            more = "NULL, 0, NULL, NULL, NULL, NULL"
        query = (
            f"SELECT {more}, {_COLUMNS} FROM message"  # noqa: S608 (constants)
            f" WHERE {self._where} ORDER BY id LIMIT {PAGE}"
        )
        last = 0
        while said := self._page(query, last):
            yield said
            last = said[-1].id

    def hashes(self, ids: Sequence[int]) -> dict[str, tuple[str, str | None]]:
        """By the ids of these messages' files, what is in them: its hash, and the picture's."""
        if not ids:
            return {}
        query = (
            "SELECT id, sha256, thumb_sha256 FROM file"
            " WHERE message_id IN (SELECT value FROM json_each(?))"
        )
        rows = self._source.look(lambda c: c.execute(query, (json.dumps(ids),)).fetchall())
        return {file_id: (sha256, thumb) for file_id, sha256, thumb in rows}

    def close(self) -> None:
        """Let go of the database."""
        self._source.close()

    def _place(self, last: int) -> tuple[object, ...]:
        """The values of the condition, for what comes behind an id."""
        return (last, self._end, *self._times, *self._ids)

    def _has_private(self) -> bool:
        if not self._source.has_rooms:
            return False
        query = (
            f"SELECT EXISTS (SELECT 1 FROM message WHERE {_PLACE} AND {self._source.shown}"  # noqa: S608 (constants)
            f" AND message.room IN ({room_bulk.PRIVATE}))"
        )
        place = (0, self._end, *self._times)
        return self._source.look(lambda c: bool(c.execute(query, place).fetchone()[0]))

    def _page(self, query: str, last: int) -> list[Message]:
        def look(connection: Reader) -> list[Message]:
            rows = connection.execute(query, self._place(last)).fetchall()
            said = attachments.with_files(connection, list(map(_read, rows)))
            if ids := {message.reply_to for message in said} - {None}:
                said = references.with_quotes(connection, said, ids)
            if not said or not self._source.has_reactions:
                return said
            reacted = dict(reactions.all_of(connection, said[0].id, said[-1].id))
            said = [m._replace(reactions=reacted[m.id]) if m.id in reacted else m for m in said]
            return [
                m if m.poll is None else m._replace(poll=polls.counted(connection, m.id, m.poll))
                for m in said
            ]

        return self._source.look(look)


def _newest(connection: Reader) -> int:
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM message").fetchone()[0])


def _read(row: tuple[Any, ...]) -> Message:
    files, pinned, edited, reply_to, mentions, poll, *said = row
    message = Message(*(*said, said[0]))
    if not (files or pinned or edited or reply_to or mentions or poll):
        return message
    message = message._replace(edited=edited, reply_to=reply_to, pinned=bool(pinned), files=files)
    if poll:
        message = message._replace(poll=message_rows.poll(message.message, poll))
    return references.with_mentions(message._replace(mentions=mentions)) if mentions else message
