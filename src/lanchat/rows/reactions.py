"""Reactions to messages: rows that say who reacted, and what a message's readers are shown of them.

Who reacts is answered when the row is stored, and a thousand may do so at once. So a reaction takes
no position: its message is marked (``untold``), and takes the next position when it is told, for
all that have come by then. In that same commit the row of the message is given what is told of
them. So whatever a client has seen, what it has not been told yet lies behind its cursor, also when
it drops out or the server is killed in between; what is marked then is told at the next start.

Rows go with their message: by the foreign key where it is deleted, by a trigger where its text is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from lanchat.chat.changes import React
from lanchat.chat.events import Reacted, ReactionsChanged
from lanchat.chat.model import KINDS, NAMED, Message, Own, Poll, Reaction
from lanchat.errors import TooManyReactions, UnknownMessage
from lanchat.rows import message_rows, polls, rooms
from lanchat.rows.connection import Connection, Reader

_TOLD_BYTES = 1_700
"""What is told of one message's reactions has no more, so that a frame has less than 2 kB."""

_COUNTS = (
    "NOT EXISTS (SELECT 1 FROM clearing WHERE clearing.user_id = reaction.user_id"
    " AND reaction.id <= clearing.reaction)"
)
"""Whether a reaction is not one of those that are being taken back (see ``clearing.py``)."""

_LAST = (
    "(SELECT coalesce(max(newest), 0) FROM (SELECT max(id) AS newest FROM reaction"
    " UNION ALL SELECT max(reaction) FROM clearing) AS either)"
)
"""The newest id, also where those that are being taken back were the newest and are gone."""

_AT_ONCE = 500
"""So many ids are looked up by one statement: older SQLite takes 999."""


def react(connection: Connection, change: React) -> Reacted:
    """Let somebody react, or take it back.

    Raises UnknownMessage, TooManyReactions or RoomClosed.
    """
    message_id, user_id, emoji = change.message_id, change.user_id, change.emoji
    message = message_rows.there(connection, message_id)
    rooms.check_reach(connection, message, user_id)
    if message.deleted:
        raise UnknownMessage
    if change.on:
        rooms.check_writing(connection, message.room, user_id)
        change.check(message)
    _forget_cleared(connection, user_id, message_id)
    mine = _by(connection, user_id, message_id)
    if (emoji in mine) == change.on:
        return Reacted(message_id, user_id, tuple(mine), changed=False)
    if change.on:
        _check_kinds(connection, message_id, emoji)
        _insert(connection, message_id, emoji, user_id, change.user)
        mine.append(emoji)
    else:
        connection.execute(
            "DELETE FROM reaction WHERE user_id = ? AND message_id = ? AND emoji = ?",
            (user_id, message_id, emoji),
        )
        mine.remove(emoji)
    message_rows.mark(connection, [message_id], erases=not change.on)
    return Reacted(message_id, user_id, tuple(mine), changed=True)


def tell(connection: Connection, message_id: int) -> tuple[ReactionsChanged, bool]:
    """Let a message that is marked take a position; also whether a name is not told any more.

    Raises UnknownMessage where it is not marked, or goes itself.
    """
    marked = connection.execute(
        "SELECT erases FROM untold WHERE message_id = ?", (message_id,)
    ).fetchone()
    if marked is None:
        raise UnknownMessage
    message = message_rows.shown(connection, message_id)
    connection.execute("DELETE FROM untold WHERE message_id = ?", (message_id,))
    seq, told = connection.take_position(), summary(connection, message_id)
    connection.execute(
        "UPDATE message SET reactions = ?, changed = ? WHERE id = ?",
        (_encoded(told), seq, message_id),
    )
    event = ReactionsChanged(seq, message.room, message_id, told)
    if message.poll is not None:
        event = _with_votes(connection, message, message.poll, event)
    return event, bool(marked[0])


def _with_votes(
    connection: Connection, message: Message, poll: Poll, event: ReactionsChanged
) -> ReactionsChanged:
    """The same of a poll, with its votes: its reactions where these are others than before."""
    poll = polls.counted(connection, message.id, poll)
    connection.execute(
        "UPDATE message SET poll = ? WHERE id = ?",
        (polls.encoded(poll.counts, closed=poll.closed), message.id),
    )
    told = None if event.reactions == (message.reactions or ()) else event.reactions
    return replace(event, reactions=told, counts=poll.counts)


def untold(connection: Reader) -> list[int]:
    """The messages that are marked."""
    return [message_id for (message_id,) in connection.execute("SELECT message_id FROM untold")]


def tell_all(connection: Connection) -> list[ReactionsChanged]:
    """Within a transaction, let all that are marked take their positions."""
    events = list[ReactionsChanged]()
    for message_id in untold(connection):
        with suppress(UnknownMessage):
            events.append(tell(connection, message_id)[0])
    return events


def newest(connection: Connection) -> int:
    """The id of the newest reaction, 0 for none."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM reaction").fetchone()[0])


def has_reacted(connection: Connection, user_id: str) -> bool:
    """Whether there is a reaction of the person."""
    query = f"SELECT 1 FROM reaction WHERE user_id = ? AND {_COUNTS} LIMIT 1"  # noqa: S608
    return connection.execute(query, (user_id,)).fetchone() is not None


def remove(connection: Connection, user_id: str, up_to: int, limit: int) -> list[int]:
    """Within a transaction, take back so many reactions of a person, with ids up to this one.

    Returns the message of each, which is to be told of.
    """
    rows = connection.execute(
        "SELECT id, message_id FROM reaction WHERE user_id = ? AND id <= ? LIMIT ?",
        (user_id, up_to, limit),
    ).fetchall()
    connection.executemany("DELETE FROM reaction WHERE id = ?", [(each,) for each, _ in rows])
    ids = [message_id for _, message_id in rows]
    message_rows.mark(connection, dict.fromkeys(ids), erases=True)
    return ids


def mine(connection: Reader, user_id: str, ids: Sequence[int]) -> dict[int, Own]:
    """What the person has done to which of these messages."""
    found = {each: Own(vote=vote) for each, vote in polls.mine(connection, user_id, ids).items()}
    if connection.execute("SELECT 1 FROM reaction WHERE user_id = ?", (user_id,)).fetchone():
        for some in _some(ids):
            rows = connection.execute(
                f"SELECT message_id, emoji FROM reaction WHERE user_id = ? AND {_COUNTS}"  # noqa: S608
                f" AND message_id IN ({','.join('?' * len(some))}) ORDER BY message_id, id",
                (user_id, *some),
            )
            for message_id, of_message in groupby(rows, itemgetter(0)):
                reacted = tuple(emoji for _, emoji in of_message)
                found[message_id] = found.get(message_id, Own())._replace(reactions=reacted)
    return found


def touched(connection: Reader, since: int) -> list[int]:
    """The messages behind the id to which somebody has reacted, or in which they have voted."""
    rows = connection.execute(
        "SELECT message_id FROM reaction WHERE message_id > ?"
        " UNION SELECT message_id FROM vote WHERE message_id > ?",
        (since, since),
    )
    return [message_id for (message_id,) in rows.fetchall()]


def summary(connection: Connection, message_id: int) -> tuple[Reaction, ...]:
    """What is told of a message's reactions, in the order in which the kinds came first.

    Each kind with those who were first, ten at most; fewer where they would be too long together.
    """
    kinds = connection.execute(
        "SELECT emoji, count(*) FROM reaction WHERE message_id = ? GROUP BY emoji ORDER BY min(id)",
        (message_id,),
    ).fetchall()
    first = [
        connection.execute(
            'SELECT user_id, "user" FROM reaction WHERE message_id = ? AND emoji = ?'  # noqa: S608
            f" AND {_COUNTS} ORDER BY id LIMIT ?",
            (message_id, emoji, NAMED),
        ).fetchall()
        for emoji, _ in kinds
    ]
    return _within(_TOLD_BYTES, [Reaction(emoji, total) for emoji, total in kinds], first)


def all_of(connection: Reader, first: int, last: int) -> Iterator[tuple[int, tuple[Reaction, ...]]]:
    """The reactions to the messages from the first id to the last one, with everybody's names."""
    rows = connection.execute(
        'SELECT message_id, emoji, user_id, "user" FROM reaction'  # noqa: S608 (constants)
        f" WHERE message_id BETWEEN ? AND ? AND {_COUNTS} ORDER BY message_id, id",
        (first, last),
    )
    for message_id, of_message in groupby(rows, itemgetter(0)):
        kinds: dict[str, list[tuple[str, str]]] = {}
        for _, emoji, user_id, user in of_message:
            kinds.setdefault(emoji, []).append((user_id, user))
        yield message_id, tuple(Reaction(e, len(u), tuple(u)) for e, u in kinds.items())


def load(connection: Connection, archived: Iterable[tuple[int, Sequence[Reaction]]]) -> None:
    """Within a transaction, give messages that are new, by their ids, reactions of an archive."""
    (last,) = connection.execute(f"SELECT {_LAST}").fetchone()
    rows: list[tuple[int, int, str, str, str]] = []
    told: list[tuple[str | None, int]] = []
    for message_id, reactions in archived:
        kinds: dict[str, dict[str, str]] = {}
        for emoji, _, users in reactions:
            for user_id, user in users:
                kinds.setdefault(emoji, {}).setdefault(user_id, user)
        for emoji, names in kinds.items():
            for user_id, user in names.items():
                rows.append((last + len(rows) + 1, message_id, emoji, user_id, user))
        totals = [Reaction(emoji, len(names)) for emoji, names in kinds.items()]
        first = [list(names.items())[:NAMED] for names in kinds.values()]
        told.append((_encoded(_within(_TOLD_BYTES, totals, first)), message_id))
    connection.executemany(
        'INSERT INTO reaction (id, message_id, emoji, user_id, "user") VALUES (?, ?, ?, ?, ?)', rows
    )
    connection.executemany("UPDATE message SET reactions = ? WHERE id = ?", told)


def _within(
    size: int, kinds: list[Reaction], first: list[list[tuple[str, str]]]
) -> tuple[Reaction, ...]:
    """The kinds with the first of each, then the second of each, and so on while there is room."""
    size -= sum(kind.size for kind in kinds)
    for rank in range(NAMED):
        for index, users in enumerate(first):
            if rank < len(users):
                kind = kinds[index]
                longer = kind._replace(users=(*kind.users, users[rank]))
                size -= longer.size - kind.size
                if size < 0:
                    return tuple(kinds)
                kinds[index] = longer
    return tuple(kinds)


def _encoded(told: tuple[Reaction, ...]) -> str | None:
    return json.dumps(told, ensure_ascii=False) if told else None


def _forget_cleared(connection: Connection, user_id: str, message_id: int) -> None:
    """Take back what the person reacted to a message before all of theirs were to go."""
    lost = connection.execute(
        "DELETE FROM reaction WHERE user_id = ? AND message_id = ?"
        " AND id <= (SELECT reaction FROM clearing WHERE clearing.user_id = reaction.user_id)",
        (user_id, message_id),
    )
    if lost.rowcount:
        message_rows.mark(connection, [message_id], erases=True)


def _by(connection: Connection, user_id: str, message_id: int) -> list[str]:
    rows = connection.execute(
        "SELECT emoji FROM reaction WHERE user_id = ? AND message_id = ? ORDER BY id",
        (user_id, message_id),
    )
    return [emoji for (emoji,) in rows]


def _check_kinds(connection: Connection, message_id: int, emoji: str) -> None:
    if connection.execute(
        "SELECT 1 FROM reaction WHERE message_id = ? AND emoji = ?", (message_id, emoji)
    ).fetchone():
        return
    (kinds,) = connection.execute(
        "SELECT count(DISTINCT emoji) FROM reaction WHERE message_id = ?", (message_id,)
    ).fetchone()
    if kinds >= KINDS:
        raise TooManyReactions(limit=KINDS)


def _insert(connection: Connection, message_id: int, emoji: str, user_id: str, user: str) -> None:
    connection.execute(
        'INSERT INTO reaction (id, message_id, emoji, user_id, "user")'  # noqa: S608 (constants)
        f" VALUES (1 + {_LAST}, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (message_id, emoji, user_id, user),
    )


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
