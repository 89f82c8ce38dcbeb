"""Messages on their way to the store."""

from __future__ import annotations

from collections.abc import Iterable

from lanchat.chat.changes import Draft, Edit
from lanchat.chat.model import LOBBY, Message, User
from lanchat.chat.ports import EventLog
from lanchat.chat.room_changes import EnterRoom, OpenRoom
from lanchat.chat.rooms import Room
from tests.world.deadline import DEADLINE

NOON = "2026-11-23T12:00:00.000Z"


def draft(
    text: object,
    client_id: str | None = None,
    *,
    user_id: str = "1",
    room: str = LOBBY,
    time: str = NOON,
    reply_to: int | None = None,
    mentions: tuple[str, ...] = (),
    files: tuple[str, ...] = (),
) -> Draft:
    """Ana says it; twice the same text is the same message, sent again."""
    return Draft(
        *(client_id or str(text), room, user_id, "Ana", "192.0.2.1", str(text), time),
        *(reply_to, mentions, files),
    )


def edit(message_id: int, text: str, client_id: str = "edit", user_id: str = "1") -> Edit:
    """Ana has another text for what she has said."""
    return Edit(message_id, user_id, client_id, text, NOON, lambda _message: None)


def say(log: EventLog, drafts: Iterable[object]) -> list[Message]:
    """Store drafts, or what Ana says, in their order; returns the messages that came of them.

    There are the rooms that they are for, with their authors in them.
    """
    drafts = list(drafts)
    for one in drafts:
        if isinstance(one, Draft) and one.room != LOBBY:
            enter(log, one.room, User(one.user_id, one.user))
    asked = [log.append(one if isinstance(one, Draft) else draft(one)) for one in drafts]
    return [future.result(DEADLINE).message for future in asked]


def enter(log: EventLog, room: str, *users: User) -> None:
    """Let these be in a room of this id, which is opened where there is none."""
    log.append(OpenRoom(Room(room, "open", name=room), users, 1_000)).result(DEADLINE)
    for user in users:
        log.append(EnterRoom(room, user, lambda _room: None)).result(DEADLINE)


def texts(messages: Iterable[Message]) -> list[str]:
    return [message.message for message in messages]
