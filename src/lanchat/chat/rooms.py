"""Rooms: what one is, what it may be called, and which id it has.

There is one that everybody is in, of kind ``main``. The others are ``open`` to whoever enters
them, a ``group`` into which people are put, or ``direct``: two people and nobody else, for ever.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal, NamedTuple

from lanchat.chat.model import LOBBY, Page, User, can_be_seen, is_unicode
from lanchat.errors import RoomNameUnusable

Kind = Literal["main", "open", "group", "direct"]

ROOM_NAME_LIMIT = 40
"""Characters (code points) in a room's name."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room as its row has it: positions are 0 where there is none, ``closed`` while it is open.

    ``seq`` is that of its last change, ``cleared`` up to where its history was. What holds in it
    holds beside the rules for all: it can only be stricter. ``opener`` is the id of who opened it.
    """

    id: str
    kind: Kind
    name: str = ""
    opener: str = ""
    topic: str = ""
    locked: bool = False
    readonly: bool = False
    slow: int = 0
    opened: int = 0
    closed: int = 0
    seq: int = 0
    cleared: int = 0

    @property
    def is_open(self) -> bool:
        """Whether people still write here; of one that was closed they read the history."""
        return not self.closed

    @property
    def logged(self) -> str:
        """What the connection log and terminals call it; groups have numbers for names."""
        return f"group {self.name}" if self.kind == "group" else self.name


class Membership(NamedTuple):
    """Somebody in a room, by the name of then; they entered it at the position ``since``."""

    room: str
    user: User
    since: int


@dataclass(frozen=True, slots=True)
class RoomPage:
    """A room as somebody who is in it finds it.

    ``last_id`` is the newest message, 0 for none. Others have said ``unread`` messages since, of
    which so many mention them, a thousand at most. ``person`` is the other one in a room for two.
    """

    room: Room
    page: Page
    members: int = 0
    last_id: int = 0
    unread: int = 0
    mentions: int = 0
    person: User | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """All that somebody has missed, at the position ``seq``; ``main`` is where everybody is.

    ``others`` are rooms that they are not in, each with how many are; ``marked`` is whether it is
    known how far they have read.
    """

    main: RoomPage
    rooms: list[RoomPage] = field(default_factory=list)
    others: list[tuple[Room, int]] = field(default_factory=list)
    marked: bool = True

    @property
    def seq(self) -> int:
        return self.main.page.seq

    @property
    def pages(self) -> list[RoomPage]:
        return [self.main, *self.rooms]


_DIRECT = re.compile("[0-9a-f]{32}")

MAIN = Room(LOBBY, "main")
"""The room that everybody is in; what holds there are the rules for all."""


def new_room_id() -> str:
    """One that cannot be guessed; letters and digits alone, a word for the index of words."""
    return secrets.token_hex(10)


def direct_room_id(one: str, other: str) -> str:
    """The room of two users, whoever of them asks: opened twice it is the same one."""
    pair = "\n".join(sorted((one, other)))
    return sha256(pair.encode()).hexdigest()[:32]


def is_direct(room_id: str) -> bool:
    """Whether the id is one of a room of two users."""
    return _DIRECT.fullmatch(room_id) is not None


def clean_room_name(text: str) -> str:
    """The name with single spaces. Raises RoomNameUnusable."""
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    seen = is_unicode(name) and any(map(can_be_seen, name)) and all(map(_is_harmless, name))
    if not seen or len(name) > ROOM_NAME_LIMIT:
        raise RoomNameUnusable(ROOM_NAME_LIMIT)
    return name


def same_name(name: str, rooms: Iterable[Room]) -> Room | None:
    """Which of the rooms is called so, whatever the case of the letters."""
    key = name.casefold()
    return next((room for room in rooms if room.name.casefold() == key), None)


def _is_harmless(char: str) -> bool:
    """Joiners belong to emoji and to some scripts; what turns what stands behind it does not."""
    return unicodedata.category(char) != "Cc" and char not in _TURNING


_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
