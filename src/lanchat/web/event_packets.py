"""What happens, as clients are told of it: the chat's events as docs/protocol.md names them.

No other module knows that a member who comes or goes is a "host" there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from lanchat.chat.events import (
    Announced,
    CueGiven,
    Event,
    HandsChanged,
    HistoryCleared,
    InvitationChanged,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MembersChanged,
    MessageChanged,
    MessagePosted,
    MessagesRetired,
    Notice,
    PinsChanged,
    Reacted,
    ReactionsChanged,
    ReportsChanged,
    RulesChanged,
    ServerStopping,
    Typing,
    UserCleared,
    Voted,
)
from lanchat.chat.room_channels import TAKES_ROOMS
from lanchat.chat.room_events import (
    HostCalled,
    MarkedRead,
    RoomChanged,
    RoomDeleted,
    RoomEntered,
    RoomLeft,
    RoomTold,
)
from lanchat.web.incoming import BATCHES, POSITIONS, Traits
from lanchat.web.outgoing import hand, invitation, message, named, reactions, read, room, rules

_DELETED_AT_ONCE = 200
"""So many deletions are told one by one at a time: well under what may wait for one client."""

LISTED = 20
"""So many hands are told of one by one each time; of more, what has become of them."""


class Packet(NamedTuple):
    """An event for clients; ``only`` tells by its traits whether a client gets it, None all."""

    name: str
    payload: Any
    only: Callable[[Traits], bool] | None = None


def packets(event: Event) -> Iterable[Packet]:
    """What an event is on the wire; nothing for what clients are not told."""
    told = _TOLD.get(type(event))
    return told(event) if told else ()


def _posted(event: MessagePosted) -> Iterable[Packet]:
    yield Packet("add_chat_message", message(event.message))


def _changed(event: MessageChanged) -> Iterable[Packet]:
    yield Packet("message_changed", message(event.message), _by_positions)
    if event.message.deleted:
        payload = {"id": event.message.id}
        yield Packet("message_deleted", payload, lambda traits: POSITIONS not in traits)


def _pins(event: PinsChanged) -> Iterable[Packet]:
    for each in event.messages:
        yield Packet("message_changed", message(each), _by_positions)


def _announced(event: Announced) -> Iterable[Packet]:
    yield from _pins(event)
    yield Packet("announced", {"id": event.messages[-1].id, "seq": event.seq}, _by_positions)


def _told(event: ReactionsChanged) -> Iterable[Packet]:
    payload: dict[str, Any] = {"id": event.message_id, "seq": event.seq}
    if event.reactions is not None:
        payload["reactions"] = reactions(event.reactions)
    if event.counts is not None:
        payload["counts"] = event.counts
    yield Packet("reactions_changed", payload, _by_positions)


def _hands(event: HandsChanged) -> Iterable[Packet]:
    if len(event.hands) <= LISTED:
        yield Packet("hands_changed", {"hands": list(map(hand, event.hands))})
        return
    raised = list(map(hand, event.raised))
    changes = {"raised": raised, "lowered": list(event.lowered), "count": len(event.hands)}
    yield Packet("hands_changed", changes)


def _reacted(event: Reacted) -> Iterable[Packet]:
    yield Packet("mine", {str(event.message_id): {"reactions": event.reactions}})


def _voted(event: Voted) -> Iterable[Packet]:
    yield Packet("mine", {str(event.message_id): {"vote": event.option}})


def _cleared(event: HistoryCleared) -> Iterable[Packet]:
    yield Packet("history_cleared", {"up_to": event.up_to, "room": event.room})


def _user_cleared(event: UserCleared) -> Iterable[Packet]:
    payload = {"user_id": event.user.id, "up_to": event.up_to, "seq": event.seq}
    yield Packet("user_cleared", payload, _by_positions)
    for message_id in event.ids[:_DELETED_AT_ONCE]:
        yield Packet("message_deleted", {"id": message_id}, lambda traits: POSITIONS not in traits)


def _retired(event: MessagesRetired) -> Iterable[Packet]:
    if event.ranges:
        yield Packet("messages_retired", {"ranges": event.ranges}, _by_positions)


def _rules(event: RulesChanged) -> Iterable[Packet]:
    yield Packet("room_changed", rules(event.rules, event.policies))


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
    yield Packet("typing", payload, _by_positions)


def _room_told(event: RoomTold) -> Iterable[Packet]:
    wire = {**room(event.room, event.members, event.person), "member": event.member}
    if event.people:
        wire["people"] = list(map(named, event.people))
    yield Packet("room_opened", wire, _with_rooms)


def _room_changed(event: RoomChanged) -> Iterable[Packet]:
    name = "room_closed" if event.room.closed else "room_changed"
    wire = room(event.room, 0)
    del wire["members"]
    yield Packet(name, wire, _with_rooms)


def _room_deleted(event: RoomDeleted) -> Iterable[Packet]:
    yield Packet("room_deleted", {"id": event.room}, _with_rooms)


def _room_entered(event: RoomEntered) -> Iterable[Packet]:
    yield Packet("member_joined", {"room": event.room, **named(event.user)}, _with_rooms)


def _room_left(event: RoomLeft) -> Iterable[Packet]:
    yield Packet("member_left", {"room": event.room, **named(event.user)}, _with_rooms)


def _host_called(event: HostCalled) -> Iterable[Packet]:
    payload = {"room": event.room, "name": event.name, **named(event.user)}
    yield Packet("host_called", payload, _with_rooms)


def _cue(event: CueGiven) -> Iterable[Packet]:
    yield Packet("send_now", {"text": event.text, **named(event.user)})


def _reports(_event: ReportsChanged) -> Iterable[Packet]:
    yield Packet("reports", {}, _with_rooms)


def _read(event: MarkedRead) -> Iterable[Packet]:
    yield Packet("read", read(event), _with_rooms)


def _stopping(event: ServerStopping) -> Iterable[Packet]:
    yield Packet("server_stop", {"time": event.time})


def _by_positions(traits: Traits) -> bool:
    return POSITIONS in traits


def _with_rooms(traits: Traits) -> bool:
    return TAKES_ROOMS in traits


def _one_by_one(traits: Traits) -> bool:
    return BATCHES not in traits


_TOLD: dict[type, Callable[[Any], Iterable[Packet]]] = {
    MessagePosted: _posted,
    MessageChanged: _changed,
    PinsChanged: _pins,
    Announced: _announced,
    ReactionsChanged: _told,
    Reacted: _reacted,
    HandsChanged: _hands,
    Voted: _voted,
    HistoryCleared: _cleared,
    UserCleared: _user_cleared,
    MessagesRetired: _retired,
    RulesChanged: _rules,
    MemberJoined: _joined,
    MemberLeft: _left,
    MembersChanged: _moment,
    MemberChanged: _person,
    Notice: _notice,
    InvitationChanged: _invitation,
    ServerStopping: _stopping,
    Typing: _typing,
    RoomTold: _room_told,
    RoomChanged: _room_changed,
    RoomDeleted: _room_deleted,
    RoomEntered: _room_entered,
    RoomLeft: _room_left,
    MarkedRead: _read,
    HostCalled: _host_called,
    ReportsChanged: _reports,
    CueGiven: _cue,
}
