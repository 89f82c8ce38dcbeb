"""The things a chat is made of, with the field names of docs/protocol.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import lru_cache
from typing import Literal

MESSAGE_LIMIT = 4_000
"""Characters (code points) in one message."""

SESSION_LIFETIME = 90 * 24 * 3_600
"""Seconds that a login lasts without a visit."""

ROOM = "lobby"
"""The one room there is."""


def timestamp(seconds: float) -> str:
    """RFC 3339 in UTC with milliseconds, such as ``2026-11-23T02:08:00.123Z``."""
    whole, milliseconds = divmod(int(seconds * 1000), 1000)
    return f"{_second(whole)}.{milliseconds:03}Z"


@lru_cache(maxsize=1)
def _second(whole: int) -> str:
    """Without its fraction: what many messages of a busy moment share."""
    return datetime.fromtimestamp(whole, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


@dataclass(frozen=True, slots=True)
class Guest:
    """A person as the session knows them: an id made at login and the chosen name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a connection comes from: its IP address, and the browser's User-Agent.

    ``device`` is the id that the browser's cookie keeps from login to login, empty without one.
    """

    ip: str
    agent: str = ""
    device: str = ""


Role = Literal["host", "guest"]
"""A host may keep order; everybody else is a guest."""


@dataclass(frozen=True, slots=True)
class Host:
    """One line of the people list; ``since`` is when the person arrived."""

    id: str
    name: str
    ip: str
    since: str
    role: Role = "guest"
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """What everybody is told when a person comes or goes."""

    id: str
    user: str
    ip: str
    time: str
    role: Role = "guest"
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """What a moment has brought: these have left, then these have come."""

    joined: list[Arrival]
    left: list[Arrival]


@dataclass(frozen=True, slots=True)
class Standing:
    """What everybody is told when somebody may do more or less than before."""

    id: str
    user: str
    role: Role
    muted: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person is told of what a host did to them; ``until`` is None for ever, or never."""

    code: Literal["kicked", "banned", "muted", "unmuted", "host", "unhost", "deleted"]
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A message on its way to the store, which gives it its id."""

    client_id: str
    room: str
    user_id: str
    user: str
    ip: str
    message: str
    time: str


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message. Ids only grow, and everybody sees messages in their order."""

    id: int
    client_id: str
    room: str
    user_id: str
    user: str
    ip: str
    message: str
    time: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The store's answer to a draft; ``fresh`` is False for a client_id it already had."""

    message: Message
    fresh: bool


@dataclass(frozen=True, slots=True)
class History:
    """Messages, oldest first; ``complete`` is False where older ones were left out.

    ``deleted`` are ids that the reader may still show, ``cleared`` is the newest id of a history
    that was cleared, 0 for none.
    """

    messages: list[Message]
    complete: bool
    deleted: list[int] = field(default_factory=list)
    cleared: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A note about seats: the guest has their name; said twice, it is true once."""

    guest: Guest


@dataclass(frozen=True, slots=True)
class Freed:
    """A note about seats: the person has left their name to others."""

    user_id: str


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """A note about seats: the name is free, and the id is from now on one that is logged out.

    ``time`` is in seconds since the epoch.
    """

    user_id: str
    time: float


Note = Held | Freed | LoggedOut
