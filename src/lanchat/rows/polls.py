"""Polls: how often each option was chosen, and while a poll is open, by whom.

What is asked stands in the message's text (``chat/polls.py``). Its column ``poll`` has what is told
besides, as JSON: the counts, and whether it is closed. A row of the table ``vote`` is needed to
change a vote, and to let nobody have two: so there are some of open polls alone, and nothing that
anybody is told is made of them but the counts. When a poll is closed they go, and the counts stay.

Votes are told as reactions are (``reactions.py``): their message is marked, and takes a position
when it is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from lanchat.chat.changes import ClosePoll, Vote
from lanchat.chat.events import Voted
from lanchat.chat.model import Message, Poll
from lanchat.errors import PayloadInvalid, PollClosed, UnknownMessage
from lanchat.rows import message_rows, rooms
from lanchat.rows.connection import Connection, Reader
from lanchat.rows.visibility import VISIBLE

_TAKE_BACK = "DELETE FROM vote WHERE message_id = ? AND user_id = ?"
_OF_DEVICE = (
    "SELECT user_id FROM vote WHERE message_id = ? AND device = ? AND device <> '' AND user_id <> ?"
)


def begin(connection: Connection, message_id: int, options: int) -> str:
    """Let a message that is new be a poll; returns its column."""
    column = encoded([0] * options, closed=False)
    connection.execute("UPDATE message SET poll = ? WHERE id = ?", (column, message_id))
    return column


def vote(connection: Connection, change: Vote) -> Voted:
    """Let somebody choose an option, or none any more.

    Raises UnknownMessage, PayloadInvalid, PollClosed, NotAMember or RoomClosed.
    """
    message_id, user_id, option = change.message_id, change.user_id, change.option
    message = message_rows.there(connection, message_id)
    rooms.check_reach(connection, message, user_id)
    if message.poll is None:
        raise UnknownMessage
    if message.poll.closed:
        raise PollClosed
    if option is not None:
        if option >= len(message.poll.options):
            raise PayloadInvalid
        rooms.check_writing(connection, message.room, user_id)
        change.check(message)
    if _chosen(connection, message_id, user_id) == option:
        return Voted(message_id, user_id, option, changed=False)
    replaced = list[str]()
    if option is None:
        connection.execute(_TAKE_BACK, (message_id, user_id))
    else:
        others = connection.execute(_OF_DEVICE, (message_id, change.device, user_id))
        replaced = [other for (other,) in others]
        connection.executemany(_TAKE_BACK, [(message_id, other) for other in replaced])
        connection.execute(
            "INSERT INTO vote (message_id, user_id, device, choice) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (message_id, user_id) DO UPDATE SET choice = excluded.choice,"
            " device = excluded.device",
            (message_id, user_id, change.device, option),
        )
    message_rows.mark(connection, [message_id], erases=option is None or bool(replaced))
    return Voted(message_id, user_id, option, changed=True, replaced=tuple(replaced))


def close(connection: Connection, change: ClosePoll) -> tuple[Message, bool]:
    """Count a last time, and forget who has voted; False where that was done.

    Raises UnknownMessage, or what the change's ``check`` does.
    """
    message = message_rows.there(connection, change.message_id or _newest(connection, change.room))
    if change.by is not None:
        rooms.check_reach(connection, message, change.by)
    if message.poll is None:
        raise UnknownMessage
    change.check(message)
    if message.poll.closed:
        return message, False
    poll = counted(connection, message.id, message.poll)._replace(closed=True)
    seq = connection.take_position()
    connection.execute("DELETE FROM vote WHERE message_id = ?", (message.id,))
    connection.execute(
        "UPDATE message SET poll = ?, pinned = NULL, changed = ? WHERE id = ?",
        (encoded(poll.counts, closed=True), seq, message.id),
    )
    return message._replace(poll=poll, pinned=False, seq=seq), True


def counted(connection: Reader, message_id: int, poll: Poll) -> Poll:
    """The poll with how often each option was chosen by now."""
    if poll.closed:
        return poll
    rows = connection.execute(
        "SELECT choice, count(*) FROM vote WHERE message_id = ? GROUP BY choice", (message_id,)
    )
    found = dict(rows.fetchall())
    return poll._replace(counts=tuple(found.get(each, 0) for each in range(len(poll.options))))


def encoded(counts: Sequence[int], *, closed: bool) -> str:
    """What the column has."""
    return json.dumps([list(counts), closed])


def has_voted(connection: Reader, user_id: str) -> bool:
    """Whether there is a vote of the person, in a poll that is open."""
    query = "SELECT 1 FROM vote WHERE user_id = ? LIMIT 1"
    return connection.execute(query, (user_id,)).fetchone() is not None


def remove(connection: Connection, user_id: str) -> list[int]:
    """Within a transaction, take all votes of a person back; returns the polls, to be told of."""
    rows = connection.execute("SELECT message_id FROM vote WHERE user_id = ?", (user_id,))
    ids = [message_id for (message_id,) in rows.fetchall()]
    connection.execute("DELETE FROM vote WHERE user_id = ?", (user_id,))
    message_rows.mark(connection, ids, erases=True)
    return ids


def mine(connection: Reader, user_id: str, ids: Iterable[int]) -> dict[int, int]:
    """What the person has chosen in which of these messages."""
    rows = connection.execute("SELECT message_id, choice FROM vote WHERE user_id = ?", (user_id,))
    found = dict(rows.fetchall())
    return {each: found[each] for each in ids if each in found} if found else {}


def load(connection: Connection, archived: Iterable[tuple[int, Sequence[int]]]) -> None:
    """Within a transaction, let messages that are new, by their ids, be polls with these counts.

    Who has voted is in no archive: nobody could be kept from doing it twice, so all are closed.
    """
    connection.executemany(
        "UPDATE message SET poll = ? WHERE id = ?",
        [(encoded(counts, closed=True), message_id) for message_id, counts in archived],
    )


def _newest(connection: Reader, room: str) -> int:
    """The newest poll of the room that is open, 0 for none."""
    rows = connection.execute(
        "SELECT id, poll FROM message INDEXED BY message_poll"  # noqa: S608 (constants)
        f" WHERE room = ? AND poll IS NOT NULL AND {VISIBLE} ORDER BY id DESC",
        (room,),
    )
    return next((message_id for message_id, poll in rows if not json.loads(poll)[1]), 0)


def _chosen(connection: Reader, message_id: int, user_id: str) -> int | None:
    row = connection.execute(
        "SELECT choice FROM vote WHERE message_id = ? AND user_id = ?", (message_id, user_id)
    ).fetchone()
    return None if row is None else int(row[0])
