"""A room as a line of an archive: before the messages, what it is called and who was in it.

{"room": {"id": "…", "kind": "open", "name": "Robots", …, "members": [{"id", "user"}…]}}
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Literal

import msgspec

from lanchat.archive.checks import Person, check_name
from lanchat.chat.model import User, is_unicode
from lanchat.chat.rooms import Room, clean_room_name, direct_room_id
from lanchat.errors import RoomNameUnusable
from lanchat.rows.room_bulk import ArchivedRoom

_BEGINNING = re.compile(rb'\s*\{\s*"room"\s*:\s*\{')
_encode = json.JSONEncoder().encode

_TWO = 2
_YEAR = 366 * 86_400
_Topic = Annotated[str, msgspec.Meta(max_length=200)]
_Slow = Annotated[int, msgspec.Meta(ge=0, le=_YEAR)]


class _Room(msgspec.Struct):
    id: Annotated[str, msgspec.Meta(pattern=r"^(?!lobby\Z)[!-~]{1,64}\Z")]
    kind: Literal["open", "group", "direct"]
    name: str = ""
    topic: _Topic = ""
    locked: bool = False
    readonly: bool = False
    slow: _Slow = 0
    closed: bool = False
    opener: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{0,64}\Z")] = ""
    members: list[Person] = []


class _Line(msgspec.Struct):
    room: _Room


_decoder = msgspec.json.Decoder(_Line)


def room_line(archived: ArchivedRoom) -> str:
    """The line of a room; positions are the server's alone."""
    room = archived.room
    fields: dict[str, object] = {"id": room.id, "kind": room.kind, "name": room.name}
    fields |= {"topic": room.topic, "locked": room.locked, "readonly": room.readonly}
    fields |= {"slow": room.slow, "closed": not room.is_open, "opener": room.opener}
    fields["members"] = [{"id": user.id, "user": user.name} for user in archived.members]
    return _encode({"room": fields})


def is_room(line: bytes) -> bool:
    """Whether the line is that of a room: a message's has its room's id there."""
    return _BEGINNING.match(line) is not None


def room_of(line: bytes) -> ArchivedRoom:
    """The room in the line. Raises ValueError, saying what is wrong with it."""
    try:
        read = _decoder.decode(line).room
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None
    except UnicodeError:
        raise ValueError("it is not UTF-8") from None
    for each in read.members:
        check_name(each.user)
    users = tuple(User(each.id, each.user) for each in read.members)
    ids = [user.id for user in users]
    if len(set(ids)) < len(ids):
        raise ValueError("members has somebody twice")
    if not is_unicode(read.topic):
        raise ValueError("topic has characters that none has")
    name = "" if read.kind == "direct" else _name(read.name)
    if read.kind == "direct" and (len(ids) > _TWO or not _is_of(read.id, ids)):
        raise ValueError("a room for two has other members")
    room = Room(
        *(read.id, read.kind, name, read.opener, read.topic),
        *(read.locked, read.readonly, read.slow),
        closed=int(read.closed),
    )
    return ArchivedRoom(room, users)


def _name(name: str) -> str:
    try:
        return clean_room_name(name)
    except RoomNameUnusable:
        raise ValueError("name is none that a room can have") from None


def _is_of(room_id: str, ids: list[str]) -> bool:
    """Whether a room for two is that of these, as far as they are known."""
    return len(ids) < _TWO or room_id == direct_room_id(*ids)
