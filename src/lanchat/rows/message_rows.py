"""Rows of messages: what SELECT finds, as the messages that they stand for.

A message that was deleted is a row without its text; one that a cleared history hides is a row
that is still to go. So whoever looks a message up by its id is told here whether it is there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from lanchat.chat.model import Message, Poll, Reaction
from lanchat.chat.polls import read_poll
from lanchat.errors import UnknownMessage
from lanchat.rows import attachments, references
from lanchat.rows.connection import Connection, Reader

SELECT = (
    'SELECT id, client_id, room, user_id, "user", ip, message, time, coalesce(changed, id), '
    "deleted_at IS NOT NULL, edited, reply_to, mentions, NULL, reactions, pinned IS NOT NULL,"
    " files, poll FROM message "
)

_belongings = attrgetter("reply_to", "mentions", "reactions", "files", "poll")
_NOTHING = frozenset({(None,) * 5})


def message(connection: Reader, row: Sequence[Any]) -> Message:
    """The message in a row of SELECT; SQLite's 0 and 1 stand for False and True.

    What it answers is not looked up.
    """
    found = _decoded(Message._make(row))
    return found if found.files is None else attachments.with_files(connection, [found])[0]


def read(connection: Reader, rows: Iterable[Sequence[Any]]) -> list[Message]:
    """The messages in rows of SELECT, with what they answer as it is now.

    Those to which nothing belongs, as to most, cost one look at all of them together.
    """
    found = list(map(Message._make, rows))
    if set(map(_belongings, found)) <= _NOTHING:
        return found
    found = attachments.with_files(connection, list(map(_decoded, found)))
    if ids := {message.reply_to for message in found} - {None}:
        found = references.with_quotes(connection, found, ids)
    return found


def _decoded(found: Message) -> Message:
    """The message, of which some columns are texts that stand for several things."""
    if found.mentions is not None:
        found = references.with_mentions(found)
    if found.reactions is not None:
        kinds: Any = json.loads(found.reactions)  # type: ignore[arg-type]  # as the row has them
        told = tuple(Reaction(e, n, tuple((i, name) for i, name in us)) for e, n, us in kinds)
        found = found._replace(reactions=told)
    if found.poll is not None:
        found = found._replace(poll=poll(found.message, found.poll))
    return found


def poll(text: str, column: Any) -> Poll:
    """The poll of a message that says so, with what its column has besides."""
    counts, closed = json.loads(column)
    return read_poll(text, counts, closed=closed)


def stored(connection: Reader, user_id: str, client_id: str) -> Message:
    """The message that the author sent by this client_id. Raises UnknownMessage."""
    author = (user_id, client_id)
    row = connection.execute(SELECT + "WHERE user_id = ? AND client_id = ?", author).fetchone()
    if row is None:
        row = connection.execute(
            "SELECT id, client_id, room, user_id, '', '', '', time, id, 1 = 1, NULL, NULL, NULL,"
            " NULL, NULL, 1 = 0, NULL, NULL FROM gone WHERE user_id = ? AND client_id = ?",
            author,
        ).fetchone()
    if row is None:
        raise UnknownMessage
    return _as_shown(connection, message(connection, row))


def shown(connection: Reader, message_id: int) -> Message:
    """The message, as long as it is neither deleted nor cleared. Raises UnknownMessage."""
    found = there(connection, message_id)
    if found.deleted:
        raise UnknownMessage
    return found


def there(connection: Reader, message_id: int) -> Message:
    """The message, or what is left of it. Raises UnknownMessage where it was cleared, too."""
    row = connection.execute(SELECT + "WHERE id = ?", (message_id,)).fetchone()
    if row is None:
        raise UnknownMessage
    found = message(connection, row)
    if found.id <= cleared(connection, found.room):
        raise UnknownMessage
    return _as_shown(connection, found)


def emptied(found: Message) -> Message:
    """What is left of a message that was deleted."""
    left = found._replace(message="", reply_to=None, mentions=None, reactions=None)
    return left._replace(files=None, pinned=False, deleted=True, poll=None)


def mark(connection: Connection, ids: Iterable[int], *, erases: bool) -> None:
    """Note that what is told of these messages has changed besides, and is to be told.

    It ``erases`` where something of what was told, or of somebody, is gone.
    """
    connection.executemany(
        "INSERT INTO untold (message_id, erases) VALUES (?, ?) ON CONFLICT (message_id)"
        " DO UPDATE SET erases = untold.erases OR excluded.erases",
        [(each, erases) for each in ids],
    )


def _as_shown(connection: Reader, found: Message) -> Message:
    """The message without its words where all that its author has said is being deleted."""
    if found.deleted:
        return found
    query = "SELECT 1 FROM clearing WHERE user_id = ? AND up_to >= ?"
    hidden = connection.execute(query, (found.user_id, found.id)).fetchone()
    return emptied(found) if hidden else found


def cleared(connection: Reader, room: str) -> int:
    """Up to which position the room's history was cleared, 0 for never."""
    row = connection.execute("SELECT cleared FROM room WHERE id = ?", (room,)).fetchone()
    return int(row[0]) if row else 0
