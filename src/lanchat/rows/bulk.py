"""All messages at once: out of a database that servers may be writing, and into one of ours.

Each page is a look of its own, so that nobody who writes waits for a reader, nor what tidies up.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, Protocol, TypeVar

from lanchat.chat.changes import Draft, Pin
from lanchat.chat.model import LOBBY, PINS, FileDraft, Message, Reaction
from lanchat.rows import (
    attachments,
    message_rows,
    messages,
    pins,
    polls,
    reactions,
    references,
    room_bulk,
)
from lanchat.rows.connection import Connection, Reader
from lanchat.rows.room_bulk import ArchivedRoom
from lanchat.rows.rooms import DELETED

_T = TypeVar("_T")

PAGE = 2_000
"""Messages that are in memory at the same time."""

KEPT_IDS = 2**40
"""Below it a message of an archive may have its old id: enough are left for what is said later."""

_ASKED_AT_ONCE = 400
"""So many pairs are looked up by one statement: older SQLite takes 999 values."""

_COLUMNS = 'id, client_id, room, user_id, "user", ip, message, time'
_PLACE = "id > ? AND id <= ? AND time >= ? AND time < ?"

_NEW_IDS = "CREATE TEMPORARY TABLE new_id (old bigint PRIMARY KEY, new bigint NOT NULL)"
_NOTE_ID = (
    "INSERT INTO new_id (old, new) VALUES (?, ?) ON CONFLICT (old) DO UPDATE SET new = excluded.new"
)
_REPLY = (
    "UPDATE message SET reply_to = ? WHERE id = ? AND NOT EXISTS"
    " (SELECT 1 FROM message other WHERE other.id = ? AND other.room <> message.room)"
)


@dataclass(slots=True)
class Archived(Draft):
    """A message of an archive; ``old_id`` is the one that it has there, as its ``reply_to`` is one.

    Its ``reactions`` name everybody; ``counts`` are those of a poll, whose text says what is asked.
    ``described`` is what the archive says of its files, by their
    ids there; ``attached`` are those that it has.
    """

    old_id: int | None = None
    edited: str | None = None
    reactions: tuple[Reaction, ...] = ()
    counts: tuple[int, ...] = ()
    pinned: bool = False
    described: dict[str, FileDraft] = field(default_factory=dict)
    attached: tuple[attachments.Loaded, ...] = ()


Item = Draft | ArchivedRoom
"""What an archive has."""


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


def load(connection: Connection, items: Iterable[Item]) -> int:
    """Within a transaction, store messages in their order, behind what is there.

    Returns how many were new: one with a user_id and client_id that is there already is left out.
    A room that is there already stays as it is. A message of one that is not there, and has not
    come before it, goes into the one that everybody is in. Where there is no message yet, those of
    an archive keep their ids; else one that answers another one answers it by its new id. Nobody
    else may take positions meanwhile.
    """
    loading = _Loading(connection)
    rest = iter(items)
    while some := list(islice(rest, PAGE)):
        loading.open([one for one in some if isinstance(one, ArchivedRoom)])
        loading.take([one for one in some if isinstance(one, Draft)])
    loading.finish()
    return loading.fresh


class _Loading:
    def __init__(self, connection: Connection) -> None:
        self.fresh = 0
        self._connection = connection
        self._position = connection.position()
        there = connection.execute("SELECT id FROM room WHERE kind <> ?", (DELETED,))
        self._rooms = {LOBBY, *(room for (room,) in there)}
        is_empty = connection.execute("SELECT 1 FROM message LIMIT 1").fetchone() is None
        self._keeps_ids = is_empty
        self._kept_up_to = 0
        self._noted: dict[int, int] = {}  # new ids that the table does not have yet
        self._has_noted = False
        self._pinned: dict[str, deque[int]] = {}
        self._opened: list[ArchivedRoom] = []
        connection.execute("DROP TABLE IF EXISTS new_id")
        connection.execute(_NEW_IDS)

    def open(self, some: Sequence[ArchivedRoom]) -> None:
        """Let there be these rooms, as far as they are new."""
        for one in some:
            if one.room.id not in self._rooms:
                self._rooms.add(one.room.id)
                self._opened.append(one)

    def take(self, some: Sequence[Draft]) -> None:
        """Store these, as far as they are new."""
        known = self._known(some)
        fresh: list[tuple[int, Draft]] = []
        replies: list[tuple[int, int]] = []
        for one in some:
            author = (one.user_id, one.client_id)
            message_id = known.get(author)
            if message_id is None:
                message_id = known[author] = self._next_id(one)
                fresh.append((message_id, self._in_a_room(one)))
                if isinstance(one, Archived) and (answered := self._answered(one)) is not None:
                    replies.append((message_id, answered))
            old = one.old_id if isinstance(one, Archived) else None
            if old is not None and (old != message_id or old > self._kept_up_to):
                self._noted[old] = message_id
        rows = [(number, *messages.fields(one), *_more(one)) for number, one in fresh]
        if rows:
            self._connection.load(rows)
        if replies:
            self._connection.executemany(_REPLY, [(a, number, a) for number, a in replies])
        if self._noted:
            self._connection.executemany(_NOTE_ID, list(self._noted.items()))
            self._noted, self._has_noted = {}, True
        self._put_to([(n, one) for n, one in fresh if isinstance(one, Archived)])
        self.fresh += len(fresh)

    def finish(self) -> None:
        """Do what takes positions, behind all messages: pins, and rooms."""
        room_bulk.load(self._connection, self._opened)
        for room, ids in self._pinned.items():
            for message_id in ids:
                pins.pin(self._connection, Pin(room, message_id))

    def _known(self, some: Sequence[Draft]) -> dict[tuple[str, str], int]:
        """By author and client_id, the ids of those that are there."""
        found: dict[tuple[str, str], int] = {}
        for first in range(0, len(some), _ASKED_AT_ONCE):
            asked = some[first : first + _ASKED_AT_ONCE]
            pairs = ", ".join(["(?, ?)"] * len(asked))
            rows = self._connection.execute(
                "SELECT user_id, client_id, id FROM message"  # noqa: S608 (constants)
                f" WHERE (user_id, client_id) IN (VALUES {pairs})",
                [each for one in asked for each in (one.user_id, one.client_id)],
            )
            found |= {(user_id, client_id): number for user_id, client_id, number in rows}
        return found

    def _next_id(self, one: Draft) -> int:
        old = one.old_id if isinstance(one, Archived) else None
        if self._keeps_ids and old is not None and self._position < old < KEPT_IDS:
            self._position = self._kept_up_to = old
        else:
            self._keeps_ids = False  # the ids behind it would be mixed up with those of before
            self._position += 1
        return self._position

    def _in_a_room(self, one: Draft) -> Draft:
        return one if one.room in self._rooms else replace(one, room=LOBBY)

    def _answered(self, one: Archived) -> int | None:
        """The id here of what the message answers, be that gone: those that were kept tell."""
        old = one.reply_to
        if old is None:
            return None
        if old in self._noted:
            return self._noted[old]
        if self._has_noted:
            query = "SELECT new FROM new_id WHERE old = ?"
            if (row := self._connection.execute(query, (old,)).fetchone()) is not None:
                return int(row[0])
        return old if old <= self._kept_up_to else None

    def _put_to(self, fresh: Sequence[tuple[int, Archived]]) -> None:
        """Give messages what was put to them."""
        for number, one in fresh:
            if one.attached:
                said = datetime.fromisoformat(one.time.replace("Z", "+00:00")).timestamp()
                attachments.load(self._connection, number, said, one.attached)
            if one.pinned:
                self._pinned.setdefault(one.room, deque(maxlen=PINS)).append(number)
        reacted = [(number, one.reactions) for number, one in fresh if one.reactions]
        if reacted:
            reactions.load(self._connection, reacted)
        if asked := [(number, one.counts) for number, one in fresh if one.counts]:
            polls.load(self._connection, asked)


def _more(one: Draft) -> tuple[str | None, str | None]:
    """When it was edited, and whom it mentions."""
    if not isinstance(one, Archived):
        return None, None
    return one.edited, " ".join(one.mentions) or None


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
