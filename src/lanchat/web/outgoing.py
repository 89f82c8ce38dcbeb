"""What goes out: messages, rooms and people as docs/protocol.md names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from lanchat.chat.model import Attachment, Hand, Message, Own, Quoted, Reaction, User, is_bot
from lanchat.chat.room_events import MarkedRead
from lanchat.chat.room_settings import Policies, Rules
from lanchat.chat.rooms import Room


def mine(own: Mapping[int, Own]) -> dict[str, Any]:
    """What somebody has done to messages, as it stands beside these in answers to them alone."""
    return {str(message_id): _own(each) for message_id, each in own.items()}


def _own(own: Own) -> dict[str, Any]:
    wire: dict[str, Any] = {"reactions": own.reactions} if own.reactions else {}
    return wire if own.vote is None else wire | {"vote": own.vote}


def invitation(lan_url: str, invite_url: str) -> dict[str, str]:
    """Where others can join: the plain address, and the one that brings the access code."""
    return {"lanUrl": lan_url, "inviteUrl": invite_url}


def message(said: Message) -> dict[str, Any]:
    """A message, as it stands in all events and answers."""
    wire = {
        "id": said.id,
        "client_id": said.client_id,
        "room": said.room,
        "user_id": said.user_id,
        "user": said.user,
        "ip": said.ip,
        "message": said.message,
        "time": said.time,
        "seq": said.seq,
    }
    if is_bot(said.user_id):
        wire["bot"] = True
    if said.deleted:
        wire["deleted"] = True
    elif said.edited is not None:
        wire["edited"] = said.edited
    if said.quoted is not None:
        wire["reply_to"] = said.reply_to
        wire["quoted"] = _quoted(said.quoted)
    if said.mentions is not None:
        wire["mentions"] = said.mentions
    if said.reactions:
        wire["reactions"] = reactions(said.reactions)
    if said.pinned:
        wire["pinned"] = True
    if said.files is not None:
        wire["files"] = list(map(_file, said.files))
    if said.poll is not None:
        wire["poll"] = said.poll._asdict()
    return wire


def _quoted(quoted: Quoted) -> dict[str, Any]:
    wire = quoted._asdict()
    if not quoted.deleted:
        del wire["deleted"]
    if quoted.files is None:
        del wire["files"]
    else:
        wire["files"] = list(map(_file, quoted.files))
    return wire


def _file(file: Attachment) -> dict[str, Any]:
    wire = {"id": file.id, "name": file.name, "type": file.type, "size": file.size}
    if file.width is not None and file.height is not None:
        wire["width"], wire["height"] = file.width, file.height
    if file.thumb:
        wire["thumb"] = f"/files/{file.id}/thumb"
    return wire


def reactions(reactions: Sequence[Reaction]) -> dict[str, Any]:
    """Those of a message, by their emoji."""
    return {
        emoji: {"count": count, "users": [{"id": user_id, "user": name} for user_id, name in users]}
        for emoji, count, users in reactions
    }


@lru_cache(maxsize=1)
def rules(rules: Rules, policies: Policies) -> Mapping[str, Any]:
    """What holds for all; all who come are told the same."""
    return {**asdict(rules), **policies._asdict()}


def room(room: Room, members: int, person: User | None = None) -> dict[str, Any]:
    """A room, as all who know of it are told; ``person`` is the other one of a room for two."""
    wire = {
        "id": room.id,
        "name": room.name,
        "kind": room.kind,
        "topic": room.topic,
        "locked": room.locked,
        "readonly": room.readonly,
        "slow": room.slow,
        "closed": bool(room.closed),
        "members": members,
    }
    if room.kind == "open":
        wire["opener"] = room.opener
    if person is not None:
        wire["person"] = named(person)
    return wire


def named(user: User) -> dict[str, str]:
    """A person, by id and name."""
    return {"id": user.id, "user": user.name}


def hand(hand: Hand) -> dict[str, str]:
    """A hand that is up."""
    return {**named(hand.user), "since": hand.since}


def read(event: MarkedRead) -> dict[str, Any]:
    """How far somebody has read, and how much is left."""
    counts = {"unread": event.unread, "mentions": event.mentions}
    return {"room": event.room, "id": event.up_to, **counts}
