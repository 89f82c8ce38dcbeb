"""All that one person has said and reacted goes, in small steps.

A host's command is a mark at first (the table ``clearing``): from its commit on nobody is shown
what it hides, wherever one looks (``visibility.py``). Then the rows are rid of their words, the
first ones with the mark itself, so that of most people nothing is left for later. The others follow
step by step (``retention.py``), after a kill too, and the mark goes with the last of them.

What is left of a message carries the mark's position. So whoever knows that position knows that all
of it is gone; whoever does not begins anew while there is a mark, and is told message by message
afterwards.
"""

from __future__ import annotations

from typing import NamedTuple

from lanchat.chat.changes import ClearUser
from lanchat.chat.events import COUNTED, UserCleared
from lanchat.chat.model import LOBBY, User
from lanchat.errors import UnknownMessage
from lanchat.rows import polls, reactions, reports
from lanchat.rows.connection import Connection, Reader
from lanchat.rows.steps import DELETED, REACTIONS, cost
from lanchat.rows.visibility import SAID

_NEWEST = 1_000
"""Among so many messages, whosever they are, those are looked for that are named."""


_FIELDS = "user_id, up_to, reaction, seq, time, client_id"

_MARK = (
    f"INSERT INTO clearing ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 (constants)
    " ON CONFLICT (user_id) DO UPDATE SET up_to = excluded.up_to, reaction = excluded.reaction,"
    " seq = excluded.seq, time = excluded.time, client_id = excluded.client_id"
)


class Mark(NamedTuple):
    """What goes of a person: messages and reactions up to these ids, at the position ``seq``.

    Messages have their turn in the order of the index of retries, up to ``client_id`` by now.
    """

    user_id: str
    up_to: int
    reaction: int
    seq: int
    time: str
    client_id: str = ""


def clear_user(connection: Connection, change: ClearUser) -> UserCleared:
    """Within a transaction, show nobody what a person has said.

    Raises UnknownMessage or Forbidden.
    """
    user_id = change.user_id
    if not _has_said(connection, user_id):
        user_id = _author(connection, change.name) or user_id
    if change.by == user_id:
        reports.check_clearing(connection, user_id)
    reacted_too = reactions.has_reacted(connection, change.user_id)
    has_voted = polls.has_voted(connection, change.user_id)
    if not (reacted_too or has_voted or _has_said(connection, user_id)):
        raise UnknownMessage
    user = User(user_id, _name(connection, user_id) or change.name)
    ids, count = _newest(connection, user_id), _count(connection, user_id)
    up_to, seq = connection.position(), connection.take_position()
    reacted = polls.remove(connection, change.user_id) if has_voted else []
    for each in {user_id, change.user_id} if reacted_too else {user_id}:
        mark = Mark(each, up_to, reactions.newest(connection), seq, change.time)
        connection.execute(_MARK, mark)
        reports.forget(connection, each, up_to)
        reacted += _go_on(connection, mark)
    return UserCleared(seq, user, up_to, tuple(ids), count, tuple(dict.fromkeys(reacted)))


def step(connection: Connection) -> list[int]:
    """Within a transaction, go on with one of the marks that there are.

    Returns the messages whose reactions are to be told: some are gone.
    """
    query = f"SELECT {_FIELDS} FROM clearing ORDER BY seq LIMIT 1"  # noqa: S608 (constants)
    row = connection.execute(query).fetchone()
    return _go_on(connection, Mark._make(row))


def is_unknown(connection: Reader, seq: int) -> bool:
    """Whether there is a mark that was not known yet at this position."""
    query = "SELECT EXISTS (SELECT 1 FROM clearing WHERE seq > ?)"
    return bool(connection.execute(query, (seq,)).fetchone()[0])


def hidden(connection: Reader, up_to: int, limit: int) -> list[int]:
    """The newest messages, up to this id, of those whose author is marked."""
    rows = connection.execute(
        "SELECT message.id FROM clearing CROSS JOIN message WHERE message.user_id ="
        " clearing.user_id AND message.id <= clearing.up_to AND message.id <= ?"
        " ORDER BY message.id DESC LIMIT ?",
        (up_to, limit),
    )
    return [message_id for (message_id,) in rows]


def _go_on(connection: Connection, mark: Mark) -> list[int]:
    reacted = reactions.remove(connection, mark.user_id, mark.reaction, DELETED * REACTIONS)
    if len(reacted) < DELETED * REACTIONS:
        _take_words(connection, mark)
    return list(dict.fromkeys(reacted))


def _take_words(connection: Connection, mark: Mark) -> None:
    """Let the next messages lose their words; behind the last one of them the mark goes."""
    rows = connection.execute(
        "SELECT client_id, id, deleted_at IS NULL AND id <= ? FROM message INDEXED BY message_retry"
        " WHERE user_id = ? AND client_id >= ? ORDER BY client_id LIMIT ?",
        (mark.up_to, mark.user_id, mark.client_id, DELETED + 1),
    ).fetchall()
    ids, spent = list[int](), 0
    for client_id, message_id, is_due in rows:
        if spent >= DELETED:
            break
        mark = mark._replace(client_id=client_id)
        if is_due:
            ids.append(message_id)
            spent += cost(connection, message_id)
    with connection.changing(ids):
        connection.executemany(
            "UPDATE message SET message = '', reply_to = NULL, mentions = NULL, deleted_at = ?,"
            " changed = ? WHERE id = ?",
            [(mark.time, mark.seq, each) for each in ids],
        )
    if (rows and mark.client_id != rows[-1][0]) or len(rows) > DELETED:
        connection.execute(
            "UPDATE clearing SET client_id = ? WHERE user_id = ?", (mark.client_id, mark.user_id)
        )
    else:
        connection.execute("DELETE FROM clearing WHERE user_id = ?", (mark.user_id,))


def _has_said(connection: Connection, user_id: str) -> bool:
    query = f"SELECT 1 FROM message WHERE user_id = ? AND {SAID} LIMIT 1"  # noqa: S608 (constants)
    return connection.execute(query, (user_id,)).fetchone() is not None


def _count(connection: Connection, user_id: str) -> int:
    """How much there is of the person, one more than COUNTED at most."""
    (count,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM message"  # noqa: S608 (constants)
        f" WHERE user_id = ? AND {SAID} LIMIT {COUNTED + 1}) AS found",
        (user_id,),
    ).fetchone()
    return int(count)


def _newest(connection: Connection, user_id: str) -> list[int]:
    """The person's among the newest messages where everybody is, newest first."""
    rows = connection.execute(
        "SELECT id FROM (SELECT id, user_id, deleted_at FROM message"  # noqa: S608 (constants)
        f" WHERE room = ? ORDER BY id DESC LIMIT {_NEWEST}) AS message"
        f" WHERE user_id = ? AND {SAID} ORDER BY id DESC",
        (LOBBY, user_id),
    )
    return [message_id for (message_id,) in rows]


def _name(connection: Connection, user_id: str) -> str:
    """By which name the person spoke last."""
    row = connection.execute(
        'SELECT "user" FROM message WHERE id = (SELECT max(id) FROM message WHERE user_id = ?)',
        (user_id,),
    ).fetchone()
    return str(row[0]) if row else ""


def _author(connection: Connection, name: str) -> str:
    """The id of whoever said something by this name last, of what is there; empty for nobody."""
    row = connection.execute(
        f'SELECT user_id FROM message WHERE "user" = ? AND {SAID}'  # noqa: S608 (constants)
        " ORDER BY id DESC LIMIT 1",
        (name,),
    ).fetchone()
    return str(row[0]) if row else ""
