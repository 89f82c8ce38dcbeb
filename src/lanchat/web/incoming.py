"""What comes in: the events of docs/protocol.md, untrusted, and typed here or refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, TypeVar

import msgspec

from lanchat.chat.model import FILES_LIMIT, LOBBY, MENTIONS_LIMIT, Cursor
from lanchat.chat.reading import Place
from lanchat.chat.room_channels import TAKES_ROOMS
from lanchat.chat.search import Query
from lanchat.chat.words import phrases, words
from lanchat.errors import PayloadInvalid

_Payload = TypeVar("_Payload", bound=msgspec.Struct)

Traits = frozenset[str]
"""What a client has said in ``new_host`` that it understands."""

BATCHES = "batches"
"""It takes ``hosts_changed``: what a moment in a crowd has brought, in one piece."""

POSITIONS = "positions"
"""It knows positions, and takes ``message_changed``, ``reactions_changed`` and ``user_cleared``."""

ClientId = Annotated[
    str, msgspec.Meta(pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\Z")
]
_Mentions = Annotated[
    list[Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,64}\Z")]],
    msgspec.Meta(max_length=MENTIONS_LIMIT),
]
_Files = Annotated[
    list[Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,64}\Z")]],
    msgspec.Meta(max_length=FILES_LIMIT),
]
_Position = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Time = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")]
_RoomId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class NewHost(msgspec.Struct):
    """``new_host``: what the client already shows, and what it understands."""

    last_id: _Position | None = None
    last_seq: _Position | None = None
    epoch: Annotated[str, msgspec.Meta(pattern=r"^[ -~]{0,64}\Z")] = ""
    batches: bool = False
    rooms: bool = False

    @property
    def cursor(self) -> Cursor | None:
        """What it shows, where it knows positions."""
        return None if self.last_seq is None else Cursor(self.last_seq, self.epoch)

    @property
    def traits(self) -> Traits:
        positions = self.last_seq is not None
        said = {BATCHES: self.batches, POSITIONS: positions, TAKES_ROOMS: positions and self.rooms}
        return frozenset(trait for trait, holds in said.items() if holds)


class NewPoll(msgspec.Struct):
    """What a host asks; the hub checks the texts themselves."""

    question: Annotated[str, msgspec.Meta(max_length=1_000)]
    options: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=1_000)]], msgspec.Meta(max_length=100)
    ]


class NewMessage(msgspec.Struct):
    """``new_message``: what somebody says, or asks; the hub checks the text itself."""

    client_id: ClientId
    message: str = ""
    reply_to: _Position | None = None
    mentions: _Mentions = []
    files: _Files = []
    room: _RoomId = LOBBY
    poll: NewPoll | None = None


class EditMessage(msgspec.Struct):
    """``edit_message``: one's own message, and what it says from now on."""

    id: _Position
    message: str
    client_id: ClientId
    mentions: _Mentions | None = None


class DeleteMessage(msgspec.Struct):
    """``delete_message``: one's own, or a host anybody's."""

    id: _Position


class React(msgspec.Struct):
    """``react``: with what, and whether somebody does so or not any more."""

    id: _Position
    emoji: Annotated[str, msgspec.Meta(max_length=64)]
    on: bool = True


class Vote(msgspec.Struct):
    """``vote``: for which option of which poll, None for none any more."""

    id: _Position
    option: Annotated[int, msgspec.Meta(ge=0, lt=100)] | None


class ClosePoll(msgspec.Struct):
    """``close_poll``: which one."""

    id: _Position


class HostCommand(msgspec.Struct):
    """``host_command``: its name, what was typed after it, whom it is about by id, and where."""

    name: Annotated[str, msgspec.Meta(max_length=32)]
    text: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    person: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None
    room: _RoomId = LOBBY


class AskHistory(msgspec.Struct):
    """``history``: on which side of which message; on none for the newest ones.

    With ``files`` it is about those messages alone that have some.
    """

    room: _RoomId = LOBBY
    before: _Position | None = None
    after: _Position | None = None
    around: _Position | None = None
    files: bool = False
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 100

    def __post_init__(self) -> None:
        """Look whether there is one side at most."""
        if sum(side is not None for side in (self.before, self.after, self.around)) > 1:
            raise ValueError

    @property
    def place(self) -> Place:
        """The one side that is asked for."""
        if self.after is not None:
            return Place("after", self.after, self.files)
        if self.around is not None:
            return Place("around", self.around, self.files)
        return Place("before", self.before or 0, self.files)


class IsTyping(msgspec.Struct):
    """``typing``: in which room."""

    room: _RoomId = LOBBY


class OpenRoom(msgspec.Struct):
    """``open_room``: what it is called; the hub checks the name itself."""

    name: Annotated[str, msgspec.Meta(max_length=200)]


class EnterRoom(msgspec.Struct):
    """``enter_room``: which one."""

    room: _RoomId


class LeaveRoom(msgspec.Struct):
    """``leave_room``: which one."""

    room: _RoomId


class CallHost(msgspec.Struct):
    """``call_host``: to which group."""

    room: _RoomId


class OpenDirect(msgspec.Struct):
    """``open_direct``: with whom."""

    person: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class MarkRead(msgspec.Struct):
    """``mark_read``: up to which message somebody has read which room."""

    id: _Position
    room: _RoomId = LOBBY


class Report(msgspec.Struct):
    """``report``: a message that hosts shall see, or that one of them has dealt with."""

    id: _Position
    dismiss: bool = False


class SendNow(msgspec.Struct):
    """``send_now``: what everybody shall send; the hub checks the text itself."""

    text: Annotated[str, msgspec.Meta(max_length=1_000)]


class AskSearch(msgspec.Struct):
    """``search``: words, and perhaps where, by whom and when they were said."""

    text: Annotated[str, msgspec.Meta(max_length=200)] = ""
    room: _RoomId | None = None
    user: Annotated[str, msgspec.Meta(max_length=64)] = ""
    before: _Position | None = None
    since: _Time = "0000-01-01T00:00:00.000Z"
    until: _Time = "9999-12-31T23:59:59.999Z"

    def query(self, rooms: Collection[str]) -> Query:
        """What is looked for, in all of the person's rooms where none is named."""
        return Query(
            phrases(self.text),
            rooms if self.room is None else (self.room,),
            words(self.user),
            self.before,
            self.since,
            self.until,
        )


KEY_LIMIT = 200
"""Characters of a program's own key."""


class ApiMessage(msgspec.Struct):
    """``POST /api/messages``: what a program says; ``client_id`` is any key of its own."""

    message: str = ""
    room: _RoomId | None = None
    client_id: Annotated[str, msgspec.Meta(max_length=KEY_LIMIT)] = ""
    reply_to: _Position | None = None
    mentions: _Mentions = []
    files: _Files = []


class AskMessages(msgspec.Struct):
    """``GET /api/messages``: since which position, and how long to wait for something."""

    after: _Position | None = None
    epoch: Annotated[str, msgspec.Meta(pattern=r"^[ -~]{0,64}\Z")] = ""
    wait: Annotated[float, msgspec.Meta(ge=0, le=60)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 100


def parse(arguments: Sequence[object], kind: type[_Payload]) -> _Payload:
    """The event's one argument as ``kind``; none at all is an empty one.

    Raises PayloadInvalid.
    """
    if len(arguments) > 1:
        raise PayloadInvalid
    try:
        return msgspec.convert(arguments[0] if arguments else {}, kind)
    except (msgspec.ValidationError, UnicodeError):
        raise PayloadInvalid from None
