"""What happens in the chat, as those who are concerned learn it.

An event knows its channel (``channels.py``). Those with a ``seq`` come from the log, in its order
and after a break, too; the others are said once. What happens to rooms stands in
``room_events.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from lanchat.chat.channels import InLobby, InRoom, ToUser, room_channel
from lanchat.chat.model import Hand, Message, Reaction, Role, User
from lanchat.chat.room_events import RoomEvent
from lanchat.chat.room_settings import Policies, Rules, State

COUNTED = 1_000
"""So many messages of somebody who is cleared are counted; of more it is known that there are."""

NoticeCode = Literal["kicked", "banned", "muted", "unmuted", "host", "unhost", "deleted"]


class Event(Protocol):
    """Anything that is delivered on a channel."""

    @property
    def channel(self) -> str: ...


# From the log.


@dataclass(frozen=True, slots=True)
class _OfMessage:
    message: Message

    @property
    def seq(self) -> int:
        return self.message.seq

    @property
    def channel(self) -> str:
        return room_channel(self.message.room)


class MessagePosted(_OfMessage):
    """Somebody has said something."""

    __slots__ = ()


class MessageChanged(_OfMessage):
    """A message is from now on as it stands here: deleted, for one."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class PinsChanged(InRoom):
    """These messages are pinned from now on, or not any more, as each says; one at least."""

    room: str
    messages: tuple[Message, ...]

    @property
    def message(self) -> Message:
        """The last of them, which was pinned; of others it took the place."""
        return self.messages[-1]

    @property
    def seq(self) -> int:
        return self.message.seq


class Announced(PinsChanged):
    """A host has announced something: the last one of the messages, which was said just before."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ReactionsChanged(InRoom):
    """What is told of a message's reactions is from now on what stands here.

    Of a poll, how often each of its options was chosen, too: ``reactions`` are None then where
    they are as they were.
    """

    seq: int
    room: str
    message_id: int
    reactions: tuple[Reaction, ...] | None
    counts: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class HistoryCleared(InRoom):
    """All messages of the room up to the id ``up_to`` are gone."""

    seq: int
    room: str
    up_to: int


@dataclass(frozen=True, slots=True)
class UserCleared(InLobby):
    """All that a user has said is gone, up to the id ``up_to``: so many messages, or more.

    ``ids`` are the newest ones of the room that all are in, newest first. Of the messages
    ``reacted``, to which they had reacted, it is to be told; so it will be of more of them.
    """

    seq: int
    user: User
    up_to: int
    ids: tuple[int, ...]
    count: int
    reacted: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MessagesRetired(InLobby):
    """Messages are gone for their age or number: all with ids in these ranges, ends included.

    Without ranges some are, and it follows which.
    """

    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class ReactionsLost(InLobby):
    """Somebody's reactions to these messages were taken back, of which it is to be told."""

    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SettingsChanged(InLobby):
    """Other rules, moderators, bans or mutes hold; whom it concerns is told by what follows."""

    seq: int
    before: State
    after: State


# Said once.


@dataclass(frozen=True, slots=True)
class RulesChanged(InRoom):
    """Other rules hold in the room."""

    room: str
    rules: Rules
    policies: Policies


@dataclass(frozen=True, slots=True)
class _Move(InLobby):
    """In a ``crowd`` it is for those alone who do not take MembersChanged instead."""

    user: User
    ip: str
    time: str
    role: Role = "guest"
    muted: bool = False
    crowd: bool = False


class MemberJoined(_Move):
    """Somebody has come."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class MemberLeft(_Move):
    """Somebody has gone; after a ``logout`` for good: who comes back is another user."""

    logout: bool = False


@dataclass(frozen=True, slots=True)
class MembersChanged(InLobby):
    """What a moment in a crowd has brought: these have left, then these have come."""

    joined: list[MemberJoined]
    left: list[MemberLeft]


@dataclass(frozen=True, slots=True)
class MemberChanged(InLobby):
    """Somebody may do more or less than before, or has another name."""

    user: User
    role: Role
    muted: bool


@dataclass(frozen=True, slots=True)
class HandsChanged(InLobby):
    """Hands are up as ``hands`` has them, first come first: these were ``raised``, those lowered.

    Each process tells its own people, by what it knows.
    """

    hands: tuple[Hand, ...]
    raised: tuple[Hand, ...]
    lowered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reacted(ToUser):
    """A person's own reactions to a message are these; ``changed`` tells whether they were others.

    Others learn of them by ReactionsChanged.
    """

    message_id: int
    user_id: str
    reactions: tuple[str, ...]
    changed: bool


@dataclass(frozen=True, slots=True)
class ReportStored(InRoom):
    """A report is stored, or dealt with; ``changed`` tells whether it was otherwise before.

    It has no position, and hosts learn of it by ReportsChanged.
    """

    room: str
    message_id: int
    author_id: str
    changed: bool = True


@dataclass(frozen=True, slots=True)
class ReportsChanged(ToUser):
    """There are other reports than before, for this host."""

    user_id: str


@dataclass(frozen=True, slots=True)
class Voted(ToUser):
    """A person has chosen this option of a poll; ``changed`` tells whether it was another one.

    Others learn of it by ReactionsChanged, which says how many have and not who. ``replaced`` are
    users who had done so on the same device, and have not any more.
    """

    message_id: int
    user_id: str
    option: int | None
    changed: bool
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice(ToUser):
    """What a moderator did that concerns this person; ``until`` is None for ever, or never."""

    user_id: str
    code: NoticeCode
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Typing(InRoom):
    """Somebody is writing: for the others in the room, and worth nothing a moment later."""

    room: str
    user: User


@dataclass(frozen=True, slots=True)
class CueGiven(InLobby):
    """A host asks everybody to send this text now."""

    user: User
    text: str


@dataclass(frozen=True, slots=True)
class ConnectionsClosed(ToUser):
    """All connections of this person end, after what they are told before."""

    user_id: str


@dataclass(frozen=True, slots=True)
class InvitationChanged(InLobby):
    """The server is to be found at another address from now on."""

    lan_url: str
    invite_url: str


@dataclass(frozen=True, slots=True)
class ServerStopping(InLobby):
    """The server is about to stop."""

    time: str


@dataclass(frozen=True, slots=True)
class HistoryLeft(InLobby):
    """What this process has told is not all that happened, or was lost.

    All its connections end at once: their clients come again, and are told what there is.
    """


LogEvent = (
    MessagePosted
    | MessageChanged
    | ReactionsChanged
    | PinsChanged
    | HistoryCleared
    | UserCleared
    | MessagesRetired
    | ReactionsLost
    | SettingsChanged
    | HistoryLeft
    | RoomEvent
)
"""What the log tells: it has a position, or is told in its turn."""
