"""Reports, each with what was said, as it was then.

They go with their message, however that goes, and what is in them of somebody who is cleared goes
with all that they have said.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain

from lanchat.chat.changes import Delete
from lanchat.chat.events import ReportStored
from lanchat.chat.model import LOBBY, Message, User
from lanchat.chat.report_changes import Dismiss, FileReport, Report, Said
from lanchat.errors import Forbidden, UnknownMessage
from lanchat.rows import message_rows, rooms
from lanchat.rows.connection import Connection, Reader
from lanchat.rows.visibility import VISIBLE

_AROUND = 2
"""So many messages before, and so many behind it."""

_OTHERS = (
    f"FROM report JOIN message ON message.id = message_id WHERE {VISIBLE} AND message.user_id <> ?"
)


def file(connection: Connection, change: FileReport) -> ReportStored:
    """Note what somebody reports. Raises UnknownMessage, or what the change's ``check`` does."""
    message = message_rows.shown(connection, change.message_id)
    rooms.check_reach(connection, message, change.user.id)
    change.check(message)
    if is_reported(connection, message):
        return ReportStored(message.room, message.id, message.user_id, changed=False)
    connection.execute(
        'INSERT INTO report (message_id, room, user_id, "user", time) VALUES (?, ?, ?, ?, ?)',
        (message.id, message.room, change.user.id, change.user.name, change.time),
    )
    connection.executemany(
        'INSERT INTO reported (report, id, user_id, "user", message, time, files)'
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(message.id, one.id, one.user_id, one.user, one.message, one.time),
                json.dumps([file.name for file in one.files or ()]),
            )
            for one in _around(connection, message)
        ],
    )
    return ReportStored(message.room, message.id, message.user_id)


def dismiss(connection: Connection, change: Dismiss) -> ReportStored:
    """Let a report go. Raises UnknownMessage, or what the change's ``check`` does."""
    message = message_rows.shown(connection, change.message_id)
    if not is_reported(connection, message):
        raise UnknownMessage
    change.check(message)
    connection.execute("DELETE FROM report WHERE message_id = ?", (message.id,))
    return ReportStored(message.room, message.id, message.user_id)


def forget(connection: Connection, user_id: str, up_to: int) -> None:
    """Let nothing be left in reports of what somebody has said, up to this id."""
    connection.execute("DELETE FROM reported WHERE user_id = ? AND id <= ?", (user_id, up_to))


def waiting(connection: Reader, user_id: str, limit: int) -> tuple[list[Report], int]:
    """The oldest reports of what this user has not written, and how many there are in all."""
    (count,) = connection.execute(f"SELECT count(*) {_OTHERS}", (user_id,)).fetchone()
    rows = connection.execute(
        'SELECT message_id, report.room, report.user_id, report."user", report.time'
        f" {_OTHERS} ORDER BY report.time, message_id LIMIT ?",
        (user_id, limit),
    ).fetchall()
    found = [
        Report(
            *(message_id, room, User(by, name), time),
            people=tuple(rooms.members(connection, room)),
            said=tuple(_said(connection, message_id)),
        )
        for message_id, room, by, name, time in rows
    ]
    return found, int(count)


def is_reported(connection: Reader, message: Message) -> bool:
    """Whether a host is to deal with the message. Nothing is asked of where everybody is."""
    if message.room == LOBBY:
        return False
    row = connection.execute("SELECT 1 FROM report WHERE message_id = ?", (message.id,)).fetchone()
    return row is not None


def check_editing(connection: Reader, message: Message) -> None:
    """Look whether its author may still change the message. Raises Forbidden."""
    if is_reported(connection, message):
        raise Forbidden("reported")


def check_deletion(connection: Reader, message: Message, change: Delete) -> None:
    """Look whether the message may be deleted by whoever wants that.

    Raises UnknownMessage, Forbidden, or what the change's checks do.
    """
    if is_reported(connection, message):
        change.check_reported(message)
        return
    if change.by is None:
        return
    rooms.check_reach(connection, message, change.by)
    if change.by != message.user_id:
        change.check(message)


def check_clearing(connection: Reader, user_id: str) -> None:
    """Look whether somebody may delete all that they have said themselves. Raises Forbidden."""
    row = connection.execute(
        "SELECT 1 FROM report JOIN message ON message.id = message_id WHERE message.user_id = ?",
        (user_id,),
    ).fetchone()
    if row is not None:
        raise Forbidden("reported")


def _around(connection: Reader, message: Message) -> list[Message]:
    """The message with those before and behind it."""
    place = (message.room, message.id, _AROUND)
    before = connection.execute(_next("<", "DESC"), place).fetchall()
    behind = connection.execute(_next(">", ""), place).fetchall()
    first, last = (message_rows.read(connection, rows) for rows in (before[::-1], behind))
    return list(chain(first, [message], last))


def _next(side: str, order: str) -> str:
    return (
        f"{message_rows.SELECT} WHERE room = ? AND id {side} ? AND {VISIBLE}"
        f" ORDER BY id {order} LIMIT ?"
    )


def _said(connection: Reader, message_id: int) -> Sequence[Said]:
    rows = connection.execute(
        'SELECT id, user_id, "user", message, time, files FROM reported WHERE report = ?'
        " ORDER BY id",
        (message_id,),
    )
    return [
        Said(number, User(user_id, name), text, time, tuple(json.loads(files)))
        for number, user_id, name, text, time, files in rows
    ]
