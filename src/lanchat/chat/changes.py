"""What shall be stored: changes, which the log takes, and notes of whose name is whose.

A change takes the next position, and once it is stored an event says what has happened; the type
of a change tells of which type its event is. A note has no order to keep.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from lanchat.chat.events import (
    Announced,
    HistoryCleared,
    LogEvent,
    MessageChanged,
    MessagePosted,
    PinsChanged,
    Reacted,
    ReactionsChanged,
    ReportStored,
    SettingsChanged,
    UserCleared,
    Voted,
)
from lanchat.chat.model import LOBBY, Message, User
from lanchat.chat.room_events import MarkedRead
from lanchat.chat.room_settings import State
from lanchat.chat.slow_mode import Turn
from lanchat.errors import Forbidden, Refusal

EventT = TypeVar("EventT", bound=LogEvent | Reacted | Voted | MarkedRead | ReportStored)


def _of_others(_message: Message) -> None:
    """Nobody changes what others have said."""
    raise Forbidden


def _reported(_message: Message) -> None:
    """Nobody but hosts changes what was reported."""
    raise Forbidden("reported")


class Change(Generic[EventT]):
    """What shall happen; once it is stored, the event of type ``EventT`` says what did."""

    __slots__ = ()


@dataclass(slots=True)  # frozen, it would take ten times as long to make
class Draft(Change[MessagePosted]):
    """A message on its way to the log, which gives it its id.

    Of the ``mentions`` those stay that are or were users. Refused with NotAMember or RoomClosed,
    with UnknownMessage where its room does not have the one that it answers, and with UnknownFile
    where one of the ``files`` is not the author's own, not whole, or named by another message;
    these are ids. With ``options`` it is a poll that has so many (``polls.py``). Of several
    processes each has granted the ``turn`` by what it knows: refused with SlowMode where all
    together know better.
    """

    client_id: str
    room: str
    user_id: str
    user: str
    ip: str
    message: str
    time: str
    reply_to: int | None = None
    mentions: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    turn: Turn | None = None
    options: int = 0


@dataclass(frozen=True, slots=True)
class Resent(Change[MessagePosted]):
    """A message that its author may not post now: where it is stored already, it is answered.

    Refused with ``refusal`` where it is not.
    """

    user_id: str
    client_id: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Edit(Change[MessageChanged]):
    """Let a message have another text; the last edit of it, sent again, is answered alone.

    ``mentions`` None leaves those of before. ``check`` is called with the message where it is
    stored, and what it raises is the answer. It takes a ``turn`` as a Draft does.
    Refused with UnknownMessage, or Forbidden where somebody else has written it.
    """

    message_id: int
    user_id: str
    client_id: str
    message: str
    time: str
    check: Callable[[Message], None]
    mentions: tuple[str, ...] | None = None
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class Delete(Change[MessageChanged]):
    """Let nothing of a message's text be left.

    ``by`` is who does so, in rooms that they are in, None for whoever may reach all. Where they
    have not written it, ``check`` is asked as in an Edit, and ``check_reported`` alone of what was
    reported, whoever has written it. Refused with UnknownMessage or Forbidden.
    """

    message_id: int
    time: str
    by: str | None = None
    check: Callable[[Message], None] = _of_others
    check_reported: Callable[[Message], None] = _reported


@dataclass(frozen=True, slots=True)
class React(Change[Reacted]):
    """Let a person react to a message with an emoji, or not any more.

    It takes no position and nobody is told: that is what Tell is for, once for many of these. What
    has not been told when a server ends is told when it starts. ``check`` is asked as in an Edit,
    unless something is taken back. Refused with UnknownMessage, TooManyReactions or RoomClosed.
    """

    message_id: int
    user_id: str
    user: str
    emoji: str
    on: bool = True
    check: Callable[[Message], None] = lambda _message: None


@dataclass(frozen=True, slots=True)
class Ask(Change[PinsChanged]):
    """Let a poll be posted and pinned, the two or neither; refused as its draft is.

    Where it is stored already, that is the answer, and nobody is told again.
    """

    draft: Draft


@dataclass(frozen=True, slots=True)
class Vote(Change[Voted]):
    """Let a person choose an option of a poll, another one than before, or with None no one.

    What somebody has chosen on the same ``device``, unless that is empty, counts no more. It is
    told as a React is. ``check`` is asked as there. Refused with UnknownMessage where there is no
    poll, PayloadInvalid where there is no such option, PollClosed, NotAMember or RoomClosed.
    """

    message_id: int
    user_id: str
    device: str
    option: int | None
    check: Callable[[Message], None] = lambda _message: None


@dataclass(frozen=True, slots=True)
class ClosePoll(Change[MessageChanged]):
    """Let nobody vote in a poll any more, and forget who has chosen what; it is pinned no more.

    ``message_id`` None is the newest one in the ``room`` that is open; else one of any room. ``by``
    and ``check`` are as in a Delete; ``check`` is asked in any case. Where it is closed already,
    that is the answer, and nobody is told. Refused with UnknownMessage.
    """

    message_id: int | None
    room: str = LOBBY
    by: str | None = None
    check: Callable[[Message], None] = lambda _message: None


@dataclass(frozen=True, slots=True)
class Tell(Change[ReactionsChanged]):
    """Let all learn what reactions and votes a message has by now.

    Refused with UnknownMessage where there is nothing to tell.
    """

    message_id: int


@dataclass(frozen=True, slots=True)
class Pin(Change[PinsChanged]):
    """Let a message of the room be pinned; None is the newest one. The oldest pin makes room.

    Refused with UnknownMessage.
    """

    room: str
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Announce(Change[Announced]):
    """Let a message be said and pinned, the two or neither."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class Unpin(Change[PinsChanged]):
    """Let a message be pinned no more; None is the one that was pinned last.

    Refused with UnknownMessage where it is not.
    """

    room: str
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Clear(Change[HistoryCleared]):
    """Show nobody any more what has been said in a room up to now, and delete it soon."""

    room: str


@dataclass(frozen=True, slots=True)
class ClearUser(Change[UserCleared]):
    """Let nothing be left of what one person has said, and of what they reacted.

    Where nothing of the user's is there, ``name`` is whoever said something by it last; one of
    the two may be empty. Refused with UnknownMessage where there is nothing of theirs either, and
    with Forbidden where they are who does so (``by``) and something of theirs was reported.
    """

    user_id: str
    name: str
    time: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Amend(Change[SettingsChanged]):
    """Let another state hold: what ``amended`` makes of the one that is stored.

    It is pure, and called where the change is stored; what it raises is the answer.
    """

    amended: Callable[[State], State]


@dataclass(frozen=True, slots=True)
class Reserved:
    """A note: the user has this name, on this device; said twice, the later one counts."""

    user: User
    device: str = ""


@dataclass(frozen=True, slots=True)
class Released:
    """A note: the person has left their name to others."""

    user_id: str


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """A note: the name is free, and the id is from now on one that is logged out.

    ``time`` is in seconds since the epoch.
    """

    user_id: str
    time: float


Note = Reserved | Released | LoggedOut
