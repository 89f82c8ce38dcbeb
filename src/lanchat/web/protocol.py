"""The wire: names and shapes of docs/protocol.md on one side, the chat's own types on the other.

What comes in is untrusted, and is typed here or refused. What goes out is written here alone:
no other module knows that a member is a "host" there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec

from lanchat.chat.catchup import Snapshot
from lanchat.chat.events import (
    Event,
    HistoryCleared,
    InvitationChanged,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MembersChanged,
    MessageChanged,
    MessagePosted,
    Notice,
    PinsChanged,
    Reacted,
    ReactionsChanged,
    RulesChanged,
    ServerStopping,
    Typing,
    UserCleared,
)
from lanchat.chat.model import (
    LOBBY,
    MENTIONS_LIMIT,
    Cursor,
    Message,
    Quoted,
    Reaction,
    timestamp,
)
from lanchat.chat.permissions import Ban
from lanchat.chat.reading import Place, Stretch
from lanchat.chat.search import Found, Query
from lanchat.chat.words import phrases, words
from lanchat.errors import PayloadInvalid

_Payload = TypeVar("_Payload", bound=msgspec.Struct)

Traits = frozenset[str]
"""What a client has said in ``new_host`` that it understands."""

BATCHES = "batches"
"""It takes ``hosts_changed``: what a moment in a crowd has brought, in one piece."""

POSITIONS = "positions"
"""It knows positions, and takes ``message_changed``, ``reactions_changed`` and ``user_cleared``."""

_DELETED_AT_ONCE = 200
"""So many deletions are told one by one at a time: well under what may wait for one client."""

ClientId = Annotated[
    str, msgspec.Meta(pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\Z")
]
_Mentions = Annotated[
    list[Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,64}\Z")]],
    msgspec.Meta(max_length=MENTIONS_LIMIT),
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

    @property
    def cursor(self) -> Cursor | None:
        """What it shows, where it knows positions."""
        return None if self.last_seq is None else Cursor(self.last_seq, self.epoch)

    @property
    def traits(self) -> Traits:
        said = {BATCHES: self.batches, POSITIONS: self.last_seq is not None}
        return frozenset(trait for trait, holds in said.items() if holds)


class NewMessage(msgspec.Struct):
    """``new_message``: what somebody says; the hub checks the text itself."""

    message: str
    client_id: ClientId
    reply_to: _Position | None = None
    mentions: _Mentions = []


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


class HostCommand(msgspec.Struct):
    """``host_command``: its name, what was typed after it, and the id of whom it is about."""

    name: Annotated[str, msgspec.Meta(max_length=32)]
    text: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    person: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None


class AskHistory(msgspec.Struct):
    """``history``: on which side of which message; on none for the newest ones."""

    room: _RoomId = LOBBY
    before: _Position | None = None
    after: _Position | None = None
    around: _Position | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 100

    def __post_init__(self) -> None:
        """Look whether there is one side at most."""
        if sum(side is not None for side in (self.before, self.after, self.around)) > 1:
            raise ValueError

    @property
    def place(self) -> Place:
        """The one side that is asked for."""
        if self.after is not None:
            return Place("after", self.after)
        if self.around is not None:
            return Place("around", self.around)
        return Place("before", self.before or 0)


class IsTyping(msgspec.Struct):
    """``typing``: in which room."""

    room: _RoomId = LOBBY


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


class Packet(NamedTuple):
    """An event for clients; ``only`` tells by its traits whether a client gets it, None all."""

    name: str
    payload: Any
    only: Callable[[Traits], bool] | None = None


def packets(event: Event) -> Iterable[Packet]:
    """What an event is on the wire; nothing for what clients are not told."""
    told = _TOLD.get(type(event))
    return told(event) if told else ()


def snapshot(snapshot: Snapshot) -> dict[str, Any]:
    """The answer to ``new_host``."""
    page = snapshot.page
    answer = {
        "ok": True,
        "you": snapshot.you,
        "hosts": snapshot.members,
        "messages": [_message(message) for message in page.messages],
        "complete": page.complete,
        "deleted": page.deleted,
        "cleared": page.cleared,
        "room": snapshot.rules,
        "seq": page.seq,
        "epoch": snapshot.epoch,
        "changed": [_message(message) for message in page.changed],
        "pins": [_message(message) for message in page.pins],
        "mine": mine(snapshot.mine),
    }
    if page.anew:
        answer["anew"] = True
    if snapshot.bans is not None:
        answer["bans"] = [{"name": ban.name, "until": _until(ban)} for ban in snapshot.bans]
    return answer


def stretch(stretch: Stretch, place: Place) -> dict[str, Any]:
    """The answer to ``history``."""
    answer = {
        "ok": True,
        "messages": [_message(message) for message in stretch.messages],
        "complete": not (stretch.earlier or stretch.later),
    }
    if place.side == "around":
        answer["complete_before"] = not stretch.earlier
        answer["complete_after"] = not stretch.later
    return answer


def posted(event: MessagePosted) -> dict[str, Any]:
    """The answer to ``new_message``."""
    return {"ok": True, "id": event.message.id, "time": event.message.time}


def edited(event: MessageChanged) -> dict[str, Any]:
    """The answer to ``edit_message``."""
    return {"ok": True, "seq": event.seq, "time": event.message.edited}


def deleted(event: MessageChanged) -> dict[str, Any]:
    """The answer to ``delete_message``."""
    return {"ok": True, "seq": event.seq}


def reacted(_event: Reacted) -> dict[str, Any]:
    """The answer to ``react``."""
    return {"ok": True}


def mine(reactions: Mapping[int, Sequence[str]]) -> dict[str, Any]:
    """What somebody has done to messages, as it stands beside these in answers to them alone."""
    return {str(message_id): {"reactions": emoji} for message_id, emoji in reactions.items()}


def found(found: Found) -> dict[str, Any]:
    """The answer to ``search``."""
    answer = {
        "ok": True,
        "messages": [_message(message) for message in found.messages],
        "complete": found.before is None,
    }
    if found.before is not None:
        answer["before"] = found.before
    if found.indexing:
        answer["indexing"] = True
    return answer


def invitation(lan_url: str, invite_url: str) -> dict[str, str]:
    """Where others can join: the plain address, and the one that brings the access code."""
    return {"lanUrl": lan_url, "inviteUrl": invite_url}


def _message(message: Message) -> dict[str, Any]:
    wire = {
        "id": message.id,
        "client_id": message.client_id,
        "room": message.room,
        "user_id": message.user_id,
        "user": message.user,
        "ip": message.ip,
        "message": message.message,
        "time": message.time,
        "seq": message.seq,
    }
    if message.deleted:
        wire["deleted"] = True
    elif message.edited is not None:
        wire["edited"] = message.edited
    if message.quoted is not None:
        wire["reply_to"] = message.reply_to
        wire["quoted"] = _quoted(message.quoted)
    if message.mentions is not None:
        wire["mentions"] = message.mentions
    if message.reactions:
        wire["reactions"] = _reactions(message.reactions)
    if message.pinned:
        wire["pinned"] = True
    return wire


def _quoted(quoted: Quoted) -> dict[str, Any]:
    wire = quoted._asdict()
    if not quoted.deleted:
        del wire["deleted"]
    return wire


def _reactions(reactions: Sequence[Reaction]) -> dict[str, Any]:
    return {
        emoji: {"count": count, "users": [{"id": user_id, "user": name} for user_id, name in users]}
        for emoji, count, users in reactions
    }


def _posted(event: MessagePosted) -> Iterable[Packet]:
    yield Packet("add_chat_message", _message(event.message))


def _changed(event: MessageChanged) -> Iterable[Packet]:
    message = event.message
    yield Packet("message_changed", _message(message), _by_positions)
    if message.deleted:
        payload = {"id": message.id}
        yield Packet("message_deleted", payload, lambda traits: POSITIONS not in traits)


def _pins(event: PinsChanged) -> Iterable[Packet]:
    for message in event.messages:
        yield Packet("message_changed", _message(message), _by_positions)


def _told(event: ReactionsChanged) -> Iterable[Packet]:
    payload = {"id": event.message_id, "seq": event.seq, "reactions": _reactions(event.reactions)}
    yield Packet("reactions_changed", payload, _by_positions)


def _reacted(event: Reacted) -> Iterable[Packet]:
    yield Packet("mine", mine({event.message_id: event.reactions}))


def _cleared(event: HistoryCleared) -> Iterable[Packet]:
    yield Packet("history_cleared", {"up_to": event.up_to, "room": event.room})


def _user_cleared(event: UserCleared) -> Iterable[Packet]:
    payload = {"user_id": event.user.id, "up_to": event.up_to, "seq": event.seq}
    yield Packet("user_cleared", payload, lambda traits: POSITIONS in traits)
    for message_id in event.ids[:_DELETED_AT_ONCE]:
        yield Packet("message_deleted", {"id": message_id}, lambda traits: POSITIONS not in traits)


def _rules(event: RulesChanged) -> Iterable[Packet]:
    yield Packet("room_changed", event.rules)


def _member(event: MemberJoined | MemberLeft) -> dict[str, Any]:
    return {
        "id": event.user.id,
        "user": event.user.name,
        "ip": event.ip,
        "time": event.time,
        "role": event.role,
        "muted": event.muted,
    }


def _joined(event: MemberJoined) -> Iterable[Packet]:
    yield Packet("host_join_room", _member(event), _one_by_one if event.crowd else None)


def _left(event: MemberLeft) -> Iterable[Packet]:
    yield Packet("host_leave_room", _leaver(event), _one_by_one if event.crowd else None)


def _leaver(event: MemberLeft) -> dict[str, Any]:
    return {**_member(event), "logout": True} if event.logout else _member(event)


def _moment(event: MembersChanged) -> Iterable[Packet]:
    payload = {"joined": list(map(_member, event.joined)), "left": list(map(_leaver, event.left))}
    yield Packet("hosts_changed", payload, lambda traits: BATCHES in traits)


def _person(event: MemberChanged) -> Iterable[Packet]:
    payload = {"id": event.user.id, "user": event.user.name, "role": event.role}
    yield Packet("person_changed", {**payload, "muted": event.muted})


def _notice(event: Notice) -> Iterable[Packet]:
    yield Packet("notice", {"code": event.code, "until": event.until})


def _invitation(event: InvitationChanged) -> Iterable[Packet]:
    yield Packet("invite_changed", invitation(event.lan_url, event.invite_url))


def _typing(event: Typing) -> Iterable[Packet]:
    payload = {"room": event.room, "user_id": event.user.id, "user": event.user.name}
    yield Packet("typing", payload, lambda traits: POSITIONS in traits)


def _stopping(event: ServerStopping) -> Iterable[Packet]:
    yield Packet("server_stop", {"time": event.time})


def _by_positions(traits: Traits) -> bool:
    return POSITIONS in traits


def _one_by_one(traits: Traits) -> bool:
    return BATCHES not in traits


def _until(ban: Ban) -> str | None:
    return None if ban.until is None else timestamp(ban.until)


_TOLD: dict[type, Callable[[Any], Iterable[Packet]]] = {
    MessagePosted: _posted,
    MessageChanged: _changed,
    PinsChanged: _pins,
    ReactionsChanged: _told,
    Reacted: _reacted,
    HistoryCleared: _cleared,
    UserCleared: _user_cleared,
    RulesChanged: _rules,
    MemberJoined: _joined,
    MemberLeft: _left,
    MembersChanged: _moment,
    MemberChanged: _person,
    Notice: _notice,
    InvitationChanged: _invitation,
    ServerStopping: _stopping,
    Typing: _typing,
}
