"""All messages of an archive at once, into one of our databases."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from lanchat.chat.changes import Draft, Pin
from lanchat.chat.model import LOBBY, PINS, FileDraft, Reaction
from lanchat.rows import (
    attachments,
    messages,
    pins,
    polls,
    reactions,
    room_bulk,
)
from lanchat.rows.bulk_reading import PAGE
from lanchat.rows.connection import Connection
from lanchat.rows.room_bulk import ArchivedRoom
from lanchat.rows.rooms import DELETED

KEPT_IDS = 2**40
"""Below it a message of an archive may have its old id: enough are left for what is said later."""

_ASKED_AT_ONCE = 400
"""So many pairs are looked up by one statement: older SQLite takes 999 values."""

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
