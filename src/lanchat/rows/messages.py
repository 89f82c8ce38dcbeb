"""The table of messages as it is written, and the positions in the order of everything.

The counter of positions is the one that gives messages their ids: a message is posted at its id,
and everything else that happens takes the next number.
A row's column ``changed`` is the position at which it was last changed, NULL while it is as it was
posted; so a message's ``seq`` is ``coalesce(changed, id)``, and finding what has changed takes an
index over the few rows that have.

Of a deleted message the row stays without its text: whoever sends it again, because the
acknowledgement got lost, is answered and nothing is stored anew, and a page that comes back
learns that it is gone. A history that was cleared is a number at first (``room.cleared``), and
nobody is shown what lies below it; its rows go later (``retention.py``). Of a row that goes, what
answers a retry stays in the table ``gone``: neither words nor a name.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from operator import attrgetter

from lanchat.chat.changes import Delete, Draft, Edit
from lanchat.chat.model import LOBBY, Message
from lanchat.errors import Forbidden, Refusal, UnknownMessage
from lanchat.rows import attachments, message_rows, polls, references, reports, rooms
from lanchat.rows.connection import Connection
from lanchat.rows.message_rows import emptied, stored, there

ANSWERED = 100_000
"""So many positions back, a message whose row is gone is known by its client_id: about 15 MB."""

fields = attrgetter("client_id", "room", "user_id", "user", "ip", "message", "time")
"""What a connection's ``insert`` takes of a draft."""


def begin_epoch(connection: Connection) -> str:
    """Note that positions go on from here in a new life of the server; returns its name."""
    epoch = secrets.token_hex(8)
    connection.execute(
        "INSERT INTO epoch (epoch, begins) VALUES (?, ?)", (epoch, connection.position())
    )
    return epoch


def insert(connection: Connection, draft: Draft) -> tuple[Message, bool]:
    """Store a message; False with the one that was stored by this client_id already.

    Raises UnknownMessage where there is none that it could answer, UnknownFile, NotAMember or
    RoomClosed.
    """
    if draft.room != LOBBY:
        return _insert_in_room(connection, draft)
    return _insert(connection, draft)


def _insert(connection: Connection, draft: Draft) -> tuple[Message, bool]:
    if draft.reply_to is not None or draft.mentions or draft.files or draft.options:
        return _insert_referring(connection, draft)
    values = fields(draft)
    number = connection.insert(values)
    if number is not None:
        return Message(*(number, *values, number)), True
    return stored(connection, draft.user_id, draft.client_id), False


def _insert_in_room(connection: Connection, draft: Draft) -> tuple[Message, bool]:
    """The same in a room that not everybody is in."""
    try:
        rooms.check_writing(connection, draft.room, draft.user_id)
    except Refusal as refusal:
        # Who was still in it when they sent it is answered, whatever has become of the room.
        with suppress(UnknownMessage):
            return stored(connection, draft.user_id, draft.client_id), False
        raise refusal from None
    return _insert(connection, draft)


def _insert_referring(connection: Connection, draft: Draft) -> tuple[Message, bool]:
    """The same for one that answers another one, mentions people, has files or is a poll."""
    with suppress(UnknownMessage):
        return stored(connection, draft.user_id, draft.client_id), False
    # One that was deleted is answered as if it had been deleted a moment later.
    quoted = None
    if draft.reply_to is not None:
        answered = there(connection, draft.reply_to)
        if answered.room != draft.room:
            raise UnknownMessage
        quoted = references.quoted(connection, [answered.id])[answered.id]
    files = attachments.waiting(connection, draft.user_id, draft.files) or None
    mentions = references.users(connection, draft.mentions)
    values = fields(draft)
    number = int(connection.insert(values) or 0)
    if draft.reply_to is not None or mentions:
        connection.execute(
            "UPDATE message SET reply_to = ?, mentions = ? WHERE id = ?",
            (draft.reply_to, mentions and " ".join(mentions), number),
        )
    if files is not None:
        attachments.name(connection, number, draft.files)
    posted = Message(*(number, *values, number))._replace(mentions=mentions, files=files)
    if draft.options:
        column = polls.begin(connection, number, draft.options)
        posted = posted._replace(poll=message_rows.poll(draft.message, column))
    return posted._replace(reply_to=draft.reply_to, quoted=quoted), True


def drop(connection: Connection, ids: Sequence[int]) -> None:
    """Within a transaction, let these rows go; what answers a retry stays for a while."""
    since = connection.position() - ANSWERED
    connection.executemany(
        "INSERT INTO gone SELECT id, user_id, client_id, room, time FROM message"
        " WHERE id = ? AND id > ? ON CONFLICT DO NOTHING",
        [(each, since) for each in ids],
    )
    connection.execute("DELETE FROM gone WHERE id <= ?", (since,))
    with connection.changing(ids):
        connection.executemany("DELETE FROM message WHERE id = ?", [(each,) for each in ids])


def edit(connection: Connection, change: Edit) -> tuple[Message, bool]:
    """Give a message another text; False where that was done already, with what came of it.

    Raises UnknownMessage, Forbidden, RoomClosed, or what the change's ``check`` does.
    """
    now = there(connection, change.message_id)
    rooms.check_reach(connection, now, change.user_id)
    if now.user_id != change.user_id:
        raise Forbidden("own")
    query = "SELECT edit_client_id, edit_seq FROM message WHERE id = ?"
    client_id, seq = connection.execute(query, (change.message_id,)).fetchone()
    if client_id == change.client_id:
        return now._replace(seq=seq), False
    if now.deleted:
        raise UnknownMessage
    if now.poll is not None:
        raise Forbidden("poll")  # who has voted has done so for what was asked
    rooms.check_writing(connection, now.room, change.user_id)
    reports.check_editing(connection, now)
    change.check(now)
    seq, mentions = connection.take_position(), now.mentions
    if change.mentions is not None:
        mentions = references.users(connection, change.mentions)
    with connection.changing([change.message_id]):
        connection.execute(
            "UPDATE message SET message = ?, mentions = ?, edited = ?, changed = ?,"
            " edit_client_id = ?, edit_seq = ? WHERE id = ?",
            (
                *(change.message, mentions and " ".join(mentions), change.time, seq),
                *(change.client_id, seq, change.message_id),
            ),
        )
    edited = now._replace(message=change.message, mentions=mentions, edited=change.time, seq=seq)
    if edited.reply_to is not None:
        (edited,) = references.with_quotes(connection, [edited], [edited.reply_to])
    return edited, True


def delete(connection: Connection, change: Delete) -> Message:
    """Take the message's text away; returns what is left.

    Raises UnknownMessage, or what the change's checks do.
    """
    now = there(connection, change.message_id)
    if now.deleted:
        raise UnknownMessage
    reports.check_deletion(connection, now, change)
    seq = connection.take_position()
    with connection.changing([change.message_id]):
        connection.execute(
            "UPDATE message SET message = '', reply_to = NULL, mentions = NULL, deleted_at = ?,"
            " changed = ? WHERE id = ?",
            (change.time, seq, change.message_id),
        )
    return emptied(now)._replace(seq=seq)


def clear(connection: Connection, room: str) -> int:
    """Show nobody any more what was said in the room; returns up to which position."""
    up_to = connection.position()
    connection.execute(
        "INSERT INTO room (id, cleared) VALUES (?, ?)"
        " ON CONFLICT (id) DO UPDATE SET cleared = excluded.cleared",
        (room, up_to),
    )
    return up_to
