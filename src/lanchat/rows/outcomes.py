"""What comes of each change: how it is stored, and the event or the refusal that follows.

All of it happens within the transaction of a commit (``eventlog.py``). Each kind of change is a
function here; what is told is made of the rows as they are then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from lanchat.chat.changes import (
    Amend,
    Announce,
    Ask,
    Change,
    Clear,
    ClearUser,
    ClosePoll,
    Delete,
    Draft,
    Edit,
    Pin,
    React,
    Resent,
    Tell,
    Unpin,
    Vote,
)
from lanchat.chat.events import (
    Announced,
    HistoryCleared,
    LogEvent,
    MessageChanged,
    MessagePosted,
    PinsChanged,
    SettingsChanged,
)
from lanchat.chat.report_changes import Dismiss, FileReport
from lanchat.chat.room_changes import (
    ChangeRoom,
    DeleteRoom,
    EnterRoom,
    LeaveAll,
    LeaveRoom,
    MarkRead,
    OpenRoom,
    PutIntoGroup,
    RenameMember,
    ShareOut,
)
from lanchat.errors import Refusal, UnknownMessage
from lanchat.rows import (
    clearing,
    groups,
    message_rows,
    messages,
    pins,
    polls,
    reactions,
    reports,
    room_ends,
    rooms,
    state,
    unread,
)
from lanchat.rows.connection import Connection


@dataclass(frozen=True, slots=True)
class Announcement(Change[LogEvent]):
    """What is stored already, and is told in its turn."""

    event: LogEvent


class Outcome(NamedTuple):
    """What came of a change; not ``fresh`` where it is told to nobody.

    That is one that had been stored before, or has changed nothing, or has no position.
    ``posted`` is a message that was said with it, and is told before.
    """

    event: Any
    fresh: bool = True
    refusal: Exception | None = None
    erases: bool = False
    posted: MessagePosted | None = None


def store(connection: Connection, changes: Iterable[Change[Any]]) -> list[Outcome]:
    """Within a transaction, store all changes. One that is refused leaves the others alone."""
    return [apply(connection, change) for change in changes]


def apply(connection: Connection, change: Change[Any]) -> Outcome:
    """Within a transaction, store a change, or say why not."""
    try:
        # Each of these looks whether it may before it writes anything.
        if isinstance(change, Draft):
            message, fresh = messages.insert(connection, change)
            return Outcome(MessagePosted(message), fresh)
        return _APPLY[type(change)](connection, change)
    except Refusal as refusal:
        return Outcome(None, refusal=refusal)


def _resend(connection: Connection, change: Resent) -> Outcome:
    try:
        message = message_rows.stored(connection, change.user_id, change.client_id)
    except UnknownMessage:
        raise change.refusal from None
    return Outcome(MessagePosted(message), fresh=False)


def _edit(connection: Connection, change: Edit) -> Outcome:
    message, fresh = messages.edit(connection, change)
    return Outcome(MessageChanged(message), fresh)


def _delete(connection: Connection, change: Delete) -> Outcome:
    return Outcome(MessageChanged(messages.delete(connection, change)))


def _clear(connection: Connection, change: Clear) -> Outcome:
    up_to = messages.clear(connection, change.room)
    return Outcome(HistoryCleared(connection.take_position(), change.room, up_to))


def _react(connection: Connection, change: React) -> Outcome:
    return Outcome(reactions.react(connection, change), fresh=False)


def _tell(connection: Connection, change: Tell) -> Outcome:
    event, erases = reactions.tell(connection, change.message_id)
    return Outcome(event, erases=erases)


def _ask(connection: Connection, change: Ask) -> Outcome:
    message, fresh = messages.insert(connection, change.draft)
    if not fresh:
        return Outcome(PinsChanged(message.room, (message,)), fresh=False)
    event, _ = pins.pin(connection, Pin(message.room, message.id))
    return Outcome(event, posted=MessagePosted(message))


def _vote(connection: Connection, change: Vote) -> Outcome:
    return Outcome(polls.vote(connection, change), fresh=False)


def _close_poll(connection: Connection, change: ClosePoll) -> Outcome:
    message, fresh = polls.close(connection, change)
    return Outcome(MessageChanged(message), fresh)


def _pin(connection: Connection, change: Pin) -> Outcome:
    return Outcome(*pins.pin(connection, change))


def _unpin(connection: Connection, change: Unpin) -> Outcome:
    return Outcome(pins.unpin(connection, change))


def _clear_user(connection: Connection, change: ClearUser) -> Outcome:
    return Outcome(clearing.clear_user(connection, change))


def _announce(connection: Connection, change: Announce) -> Outcome:
    message, pinned = pins.announce(connection, change.draft)
    event = Announced(pinned.room, pinned.messages)
    return Outcome(event, posted=MessagePosted(message))


def _tell_stored(_connection: Connection, change: Announcement) -> Outcome:
    return Outcome(change.event)


def _amend(connection: Connection, change: Amend) -> Outcome:
    before = state.load(connection)
    try:
        after = change.amended(before)
    except Exception as refusal:  # noqa: BLE001  also a defect is its answer, and no other's
        return Outcome(None, refusal=refusal)
    if after == before:
        return Outcome(SettingsChanged(before.seq, before, before), fresh=False)
    after = state.save(connection, after, connection.take_position())
    return Outcome(SettingsChanged(after.seq, before, after))


def _open_room(connection: Connection, change: OpenRoom) -> Outcome:
    return Outcome(*rooms.open_room(connection, change))


def _enter_room(connection: Connection, change: EnterRoom) -> Outcome:
    return Outcome(*rooms.enter(connection, change))


def _leave_room(connection: Connection, change: LeaveRoom) -> Outcome:
    return Outcome(rooms.leave(connection, change))


def _change_room(connection: Connection, change: ChangeRoom) -> Outcome:
    return Outcome(*rooms.change_room(connection, change))


def _delete_room(connection: Connection, change: DeleteRoom) -> Outcome:
    return Outcome(room_ends.delete(connection, change))


def _leave_all(connection: Connection, change: LeaveAll) -> Outcome:
    return Outcome(*rooms.leave_all(connection, change))


def _share_out(connection: Connection, change: ShareOut) -> Outcome:
    return Outcome(*groups.share_out(connection, change))


def _put_into_group(connection: Connection, change: PutIntoGroup) -> Outcome:
    return Outcome(*groups.put_into_group(connection, change))


def _rename_member(connection: Connection, change: RenameMember) -> Outcome:
    return Outcome(*rooms.rename_member(connection, change))


def _file_report(connection: Connection, change: FileReport) -> Outcome:
    return Outcome(reports.file(connection, change), fresh=False)


def _dismiss(connection: Connection, change: Dismiss) -> Outcome:
    return Outcome(reports.dismiss(connection, change), fresh=False, erases=True)


def _mark_read(connection: Connection, change: MarkRead) -> Outcome:
    return Outcome(unread.mark(connection, change), fresh=False)


_APPLY: dict[type, Callable[[Connection, Any], Outcome]] = {
    Resent: _resend,
    Edit: _edit,
    Delete: _delete,
    Clear: _clear,
    ClearUser: _clear_user,
    Announcement: _tell_stored,
    Announce: _announce,
    React: _react,
    Tell: _tell,
    Ask: _ask,
    Vote: _vote,
    ClosePoll: _close_poll,
    Pin: _pin,
    Unpin: _unpin,
    Amend: _amend,
    OpenRoom: _open_room,
    EnterRoom: _enter_room,
    LeaveRoom: _leave_room,
    ChangeRoom: _change_room,
    DeleteRoom: _delete_room,
    LeaveAll: _leave_all,
    RenameMember: _rename_member,
    MarkRead: _mark_read,
    ShareOut: _share_out,
    PutIntoGroup: _put_into_group,
    FileReport: _file_report,
    Dismiss: _dismiss,
}
