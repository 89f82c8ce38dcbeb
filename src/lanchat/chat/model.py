"""The things a chat is made of, with the field names of docs/protocol.md, and their limits."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import lru_cache
from typing import Literal, NamedTuple

from lanchat.errors import MessageTooLong, PayloadInvalid

MESSAGE_LIMIT = 4_000
"""Characters (code points) in one message."""

SESSION_LIFETIME = 90 * 24 * 3_600
"""Seconds that a login lasts without a visit."""

QUOTE_LIMIT = 200
"""Characters of a message that an answer to it quotes."""

MENTIONS_LIMIT = 20
"""People whom one message can mention."""

KINDS = 20
"""Different reactions to one message."""

NAMED = 10
"""So many of those who reacted alike are named, at most."""

PINS = 3
"""Pinned messages of a room."""

FILES_LIMIT = 10
"""Files of one message."""

SLICE_LIMIT = 8 << 20
"""Bytes of a file that one request can bring."""

THUMB_LIMIT = 24 << 10
"""Bytes of the small picture that stands for a large one."""

FILE_NAME_LIMIT = 200
"""Bytes of a file's name, so that every file system takes it beside what browsers add to it."""

LOBBY = "lobby"
"""The id of the room that everybody is in."""

_IGNORABLE = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2065, 0x2065),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0xE0000, 0xE0FFF),
)
"""Unicode's Default_Ignorable_Code_Point, but for those whose category is Cf."""

_BLANK = frozenset("\u2800\U0001d159").union(
    *(map(chr, range(first, last + 1)) for first, last in _IGNORABLE)
)
"""What is drawn as nothing; a Braille cell without dots and a note without a head are, too."""

BOT = "bot-"
"""How the ids of programs begin; no person's does."""

Role = Literal["host", "guest"]
"""As everybody sees it: a host is a moderator, everybody else is a guest."""


def timestamp(seconds: float) -> str:
    """RFC 3339 in UTC with milliseconds, such as ``2026-11-23T02:08:00.123Z``."""
    whole, milliseconds = divmod(int(seconds * 1000), 1000)
    return f"{_second(whole)}.{milliseconds:03}Z"


@lru_cache(maxsize=1)
def _second(whole: int) -> str:
    """Without its fraction: what many messages of a busy moment share."""
    return datetime.fromtimestamp(whole, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


@dataclass(frozen=True, slots=True)
class Clock:
    """Two clocks, both in seconds: one for durations, one for what people read.

    ``monotonic`` measures every duration, ``wall`` counts from the epoch: it may be set back or
    forth at any time, so what it says is shown and stored, and nobody waits by it.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


SYSTEM_CLOCK = Clock()


@dataclass(frozen=True, slots=True)
class User:
    """A person as their session knows them: an id made at login and the chosen name."""

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


@dataclass(frozen=True, slots=True)
class Member:
    """A user in the room, as a line of the list; ``since`` is when they arrived."""

    id: str
    name: str
    ip: str
    since: str
    role: Role = "guest"
    muted: bool = False


class Hand(NamedTuple):
    """A person's hand that is up, and since when: so they stand in the order of this."""

    user: User
    since: str


class Attachment(NamedTuple):
    """A file of a message: its ``type`` is told by what is in it, ``size`` is in bytes.

    ``width`` and ``height`` are what its sender says of a picture; ``thumb`` is whether there is a
    small one of it.
    """

    id: str
    name: str
    type: str
    size: int
    width: int | None = None
    height: int | None = None
    thumb: bool = False

    @property
    def bytes(self) -> int:
        """Bytes on the wire, or rather more."""
        return 180 + 2 * len(self.name.encode()) + len(self.type)


class Quoted(NamedTuple):
    """A message as an answer to it quotes it: cut, and as it is when the answer is read.

    Where it is ``deleted``, or its row is gone, there is no text, and perhaps no author.
    """

    id: int
    user_id: str
    user: str
    message: str
    deleted: bool = False
    files: tuple[Attachment, ...] | None = None


class Reaction(NamedTuple):
    """All who reacted with one emoji; ``users`` are the ids and names, then, of the first ones."""

    emoji: str
    total: int
    users: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """Bytes on the wire, or rather more."""
        users = sum(20 + len(user_id) + len(name.encode()) for user_id, name in self.users)
        return 30 + len(self.emoji.encode()) + users


class Poll(NamedTuple):
    """What a message asks; ``counts`` are how many people have chosen each of the options."""

    question: str
    options: tuple[str, ...]
    counts: tuple[int, ...]
    closed: bool = False

    @property
    def size(self) -> int:
        """Bytes on the wire, or rather more."""
        texts = (self.question, *self.options)
        return 100 + sum(20 + 2 * len(text.encode()) for text in texts)


class Own(NamedTuple):
    """What somebody has done to a message: their reactions, and the option that they chose."""

    reactions: tuple[str, ...] = ()
    vote: int | None = None


class FileDraft(NamedTuple):
    """What is known of a file before it is sent."""

    length: int
    name: str
    width: int | None = None
    height: int | None = None


class Upload(NamedTuple):
    """A file on its way: ``offset`` of ``length`` bytes are on disk, and it is whole with all.

    It is given up in ``seconds``, unless it goes on before; when it is whole, unless a message
    names it. None is a file that a message has named.
    """

    id: str
    length: int
    offset: int
    seconds: float | None


class Checksum(NamedTuple):
    """What a piece of a file has to come to, by ``crc32`` or ``sha1``."""

    algorithm: str
    digest: bytes


class Message(NamedTuple):
    """A stored message.

    ``id`` is the position at which it was posted, ``seq`` the one at which it last changed.
    ``deleted`` leaves its text empty; ``edited`` is when it last got another one.
    ``reply_to`` is the id of the message that it answers, ``mentions`` are ids of users, None for
    nobody, as ``files`` are for none. (A tuple: a frozen dataclass takes five times as long to
    make, and who joins gets two hundred.)
    """

    id: int
    client_id: str
    room: str
    user_id: str
    user: str
    ip: str
    message: str
    time: str
    seq: int
    deleted: bool = False
    edited: str | None = None
    reply_to: int | None = None
    mentions: tuple[str, ...] | None = None
    quoted: Quoted | None = None
    reactions: tuple[Reaction, ...] | None = None
    pinned: bool = False
    files: tuple[Attachment, ...] | None = None
    poll: Poll | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to which position a client knows everything, and in which epoch it learned that."""

    seq: int
    epoch: str


@dataclass(frozen=True, slots=True)
class Page:
    """What a client has missed of a room: one look at the log, at the position ``seq``.

    ``messages`` are in the order of their ids; ``complete`` is False where older ones were left
    out. ``changed`` were posted up to the client's position and have changed since. ``anew`` says
    that the client has to drop what it shows. ``deleted`` are, for a client without a position,
    ids that it may still show; ``cleared`` is the newest id of a history that was cleared, 0 for
    none; up to ``retired`` all are gone for their age or number. ``pins`` are the room's pinned
    messages, the one that was pinned last at the end; ``announced`` are the ids of those of them
    that are announcements. A ``shared`` one is the same object for all who come, until something
    happens.
    """

    messages: list[Message]
    complete: bool
    seq: int = 0
    changed: list[Message] = field(default_factory=list)
    anew: bool = False
    deleted: list[int] = field(default_factory=list)
    cleared: int = 0
    retired: int = 0
    pins: list[Message] = field(default_factory=list)
    announced: frozenset[int] = frozenset()
    shared: bool = False


def is_bot(user_id: str) -> bool:
    """Whether it is a program's id."""
    return user_id.startswith(BOT)


def check_text(text: str) -> None:
    """Look whether a text may be said.

    Raises MessageTooLong, or PayloadInvalid where there is nothing to see or to store.
    """
    if len(text) > MESSAGE_LIMIT:
        raise MessageTooLong(limit=MESSAGE_LIMIT)
    if "\0" in text or not any(map(can_be_seen, text)) or not is_unicode(text):
        raise PayloadInvalid


def is_unicode(text: str) -> bool:
    """Whether the text can be stored and sent: half of a pair of surrogates cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def can_be_seen(char: str) -> bool:
    """Whether the character is drawn as something."""
    return (
        not char.isspace() and unicodedata.category(char) not in {"Cc", "Cf"} and char not in _BLANK
    )
