"""Each kind of event as the journal keeps it: ids alone, of which the event is made again.

A kind is written as its name and what JSON can say; a name that is here once stays, since
processes of other versions read it, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from lanchat.chat.events import (
    Announced,
    HistoryCleared,
    LogEvent,
    MessageChanged,
    MessagesRetired,
    PinsChanged,
    ReactionsChanged,
    ReactionsLost,
    SettingsChanged,
    UserCleared,
)
from lanchat.chat.model import Message, User
from lanchat.chat.room_events import (
    GroupEntered,
    GroupsShared,
    MemberRenamed,
    RoomChanged,
    RoomDeleted,
    RoomEntered,
    RoomLeft,
    RoomOpened,
    RoomsLeft,
)
from lanchat.errors import UnknownMessage, UnknownRoom
from lanchat.rows import groups, message_rows, references, rooms, state
from lanchat.rows.connection import Reader


def _message(event: MessageChanged) -> tuple[str, Any]:
    return "message", event.message.id


def _reactions(event: ReactionsChanged) -> tuple[str, Any]:
    return "votes" if event.reactions is None else "reactions", event.message_id


def _pins(event: PinsChanged) -> tuple[str, Any]:
    return "pins", [event.room, [message.id for message in event.messages]]


def _announced(event: Announced) -> tuple[str, Any]:
    kind, content = _pins(event)
    return kind, [*content, True]


def _cleared(event: HistoryCleared) -> tuple[str, Any]:
    return "cleared", [event.room, event.up_to]


def _user_cleared(event: UserCleared) -> tuple[str, Any]:
    ids = [event.up_to, event.ids, event.count, event.reacted]
    return "user cleared", [event.user.id, event.user.name, *ids]


def _retired(event: MessagesRetired) -> tuple[str, Any]:
    return "retired", event.ranges


def _lost(event: ReactionsLost) -> tuple[str, Any]:
    return "reactions lost", event.message_ids


def _settings(_event: SettingsChanged) -> tuple[str, Any]:
    return "settings", None


def _room_opened(event: RoomOpened) -> tuple[str, Any]:
    return "room opened", event.room.id


def _room_changed(event: RoomChanged) -> tuple[str, Any]:
    return "room changed", event.room.id


def _room_deleted(event: RoomDeleted) -> tuple[str, Any]:
    return "room deleted", event.room


def _room_entered(event: RoomEntered) -> tuple[str, Any]:
    return "room entered", [event.room, event.user.id, event.user.name]


def _room_left(event: RoomLeft) -> tuple[str, Any]:
    return "room left", [event.room, event.user.id, event.user.name]


def _member_renamed(event: MemberRenamed) -> tuple[str, Any]:
    return "member renamed", event.user.id


def _rooms_left(event: RoomsLeft) -> tuple[str, Any]:
    return "rooms left", [event.user.id, event.user.name, event.left, event.closed]


def _groups_shared(_event: GroupsShared) -> tuple[str, Any]:
    return "groups shared", None  # all of it has this position


def _group_entered(event: GroupEntered) -> tuple[str, Any]:
    return "group entered", [event.room, event.user.id, event.user.name, event.left]


WRITTEN: dict[type, Callable[[Any], tuple[str, Any]]] = {
    MessageChanged: _message,
    ReactionsChanged: _reactions,
    PinsChanged: _pins,
    Announced: _announced,
    HistoryCleared: _cleared,
    UserCleared: _user_cleared,
    MessagesRetired: _retired,
    ReactionsLost: _lost,
    SettingsChanged: _settings,
    RoomOpened: _room_opened,
    RoomChanged: _room_changed,
    RoomDeleted: _room_deleted,
    RoomEntered: _room_entered,
    RoomLeft: _room_left,
    RoomsLeft: _rooms_left,
    GroupsShared: _groups_shared,
    GroupEntered: _group_entered,
    MemberRenamed: _member_renamed,
}


# As they are read; None is for what is gone by now.


def _read_message(connection: Reader, seq: int, message_id: int) -> LogEvent | None:
    found = _there(connection, [message_id])
    return MessageChanged(told_at(seq, found[0])) if found else None


def _read_reactions(connection: Reader, seq: int, message_id: int) -> LogEvent | None:
    found = _there(connection, [message_id])
    if not found or found[0].deleted:
        return None
    counts = found[0].poll and found[0].poll.counts
    return ReactionsChanged(seq, found[0].room, message_id, found[0].reactions or (), counts)


def _read_votes(connection: Reader, seq: int, message_id: int) -> LogEvent | None:
    event = _read_reactions(connection, seq, message_id)
    return replace(event, reactions=None) if isinstance(event, ReactionsChanged) else None


def _read_pins(connection: Reader, seq: int, content: list[Any]) -> LogEvent | None:
    room, ids, *announced = content
    found = [told_at(seq, message) for message in _there(connection, ids)]
    if not found:
        return None
    # An announcement that is gone by now has only let another pin go.
    kind = Announced if any(announced) and found[-1].id == ids[-1] else PinsChanged
    return kind(room, tuple(found))


def _read_cleared(_connection: Reader, seq: int, content: tuple[str, int]) -> LogEvent | None:
    return HistoryCleared(seq, *content)


def _read_user_cleared(_connection: Reader, seq: int, content: list[Any]) -> LogEvent | None:
    user_id, name, up_to, ids, count, reacted = content
    return UserCleared(seq, User(user_id, name), up_to, tuple(ids), count, tuple(reacted))


def _read_retired(_connection: Reader, _seq: int, ranges: list[list[int]]) -> LogEvent | None:
    return MessagesRetired(tuple((first, last) for first, last in ranges))


def _read_lost(_connection: Reader, _seq: int, ids: list[int]) -> LogEvent | None:
    return ReactionsLost(tuple(ids))


def _read_settings(connection: Reader, seq: int, _content: None) -> LogEvent | None:
    now = state.load(connection)
    return SettingsChanged(seq, now, now)


def _read_room_opened(connection: Reader, seq: int, room_id: str) -> LogEvent | None:
    with suppress(UnknownRoom):
        found = replace(rooms.room(connection, room_id), seq=seq)
        return RoomOpened(found, tuple(rooms.members(connection, room_id, up_to=seq)))
    return None


def _read_room_changed(connection: Reader, seq: int, room_id: str) -> LogEvent | None:
    with suppress(UnknownRoom):
        return RoomChanged(replace(rooms.room(connection, room_id), seq=seq))
    return None


def _read_room_deleted(_connection: Reader, seq: int, room_id: str) -> LogEvent | None:
    return RoomDeleted(seq, room_id)


def _read_room_entered(_connection: Reader, seq: int, content: list[str]) -> LogEvent | None:
    room_id, *user = content
    return RoomEntered(seq, room_id, User(*user))


def _read_room_left(_connection: Reader, seq: int, content: list[str]) -> LogEvent | None:
    room_id, *user = content
    return RoomLeft(seq, room_id, User(*user))


def _read_member_renamed(connection: Reader, seq: int, user_id: str) -> LogEvent | None:
    name = rooms.name_of(connection, user_id)
    return None if name is None else MemberRenamed(seq, User(user_id, name))


def _read_rooms_left(_connection: Reader, seq: int, content: list[Any]) -> LogEvent | None:
    user_id, name, left, closed = content
    return RoomsLeft(seq, User(user_id, name), tuple(left), tuple(closed))


def _read_groups_shared(connection: Reader, seq: int, _content: None) -> LogEvent | None:
    return groups.shared_out(connection, seq)


def _read_group_entered(_connection: Reader, seq: int, content: list[Any]) -> LogEvent | None:
    room_id, user_id, name, left = content
    return GroupEntered(seq, room_id, User(user_id, name), tuple(left))


READ: dict[str, Callable[[Reader, int, Any], LogEvent | None]] = {
    "message": _read_message,
    "reactions": _read_reactions,
    "votes": _read_votes,
    "pins": _read_pins,
    "cleared": _read_cleared,
    "user cleared": _read_user_cleared,
    "retired": _read_retired,
    "reactions lost": _read_lost,
    "settings": _read_settings,
    "room opened": _read_room_opened,
    "room changed": _read_room_changed,
    "room deleted": _read_room_deleted,
    "room entered": _read_room_entered,
    "room left": _read_room_left,
    "rooms left": _read_rooms_left,
    "groups shared": _read_groups_shared,
    "group entered": _read_group_entered,
    "member renamed": _read_member_renamed,
}


def told_at(seq: int, message: Message) -> Message:
    """The message, also where it has changed again, with a position up to which all was told.

    Clients take it for that: with a later one, a break would cost them what lies between.
    """
    return message if message.seq <= seq else message._replace(seq=seq)


def _there(connection: Reader, ids: Sequence[int]) -> list[Message]:
    """Those of the messages that are there, or what is left of them, with what they answer."""
    found = list[Message]()
    for message_id in ids:
        with suppress(UnknownMessage):
            found.append(message_rows.there(connection, message_id))
    answered = {message.reply_to for message in found} - {None}
    return references.with_quotes(connection, found, answered) if answered else found
