"""Catching up: what a client has missed of a room, in one answer of bounded size.

A client that knows positions gets what is new and what has changed since, or, where that cannot
be told in one answer, everything ``anew``. One that knows ids alone gets what is new. In both cases
the newest messages count: where the answer would be too large, older ones are left out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lanchat.chat.model import Cursor, Hand, Member, Message, Own, Page, User
from lanchat.chat.ports import EventLog
from lanchat.chat.room_settings import Ban, Policies, Rules
from lanchat.chat.rooms import Overview

CATCH_UP_LIMIT = 1_000
"""Messages in one answer."""

CATCH_UP_BYTES = 600_000
"""Bytes of messages in one answer, as encoded: well under what may wait for one client."""

_FRAME_BYTES = 500
"""What a message has at the most besides its text: names, ids, times and the fields' names."""

_FIELDS_BYTES = 210
"""What every message has besides what people and addresses are called, and its text."""

_QUOTE_BYTES = 90
"""The same of what it quotes."""

_CHARACTER_BYTES = 6
r"""At the most, as ``\u0007``."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a connection gets when it joins: who it is, who is here, what it has missed.

    ``bans`` are for moderators; None for others. ``mine`` is what the person has done. ``rooms``
    are all that they are in, None for a client that takes none. ``hands`` are those that are up.
    """

    you: User
    members: list[Member]
    page: Page
    epoch: str
    rules: Rules
    policies: Policies
    bans: list[Ban] | None
    mine: dict[int, Own] = field(default_factory=dict)
    rooms: Overview | None = None
    hands: tuple[Hand, ...] = ()


def missed(
    log: EventLog, room: str, cursor: Cursor | None, last_id: int | None, history: int
) -> Page:
    """What happened after the cursor, or after ``last_id``, or the ``history`` newest messages.

    Raises StoreUnavailable.
    """
    limit = max(history, CATCH_UP_LIMIT)
    if cursor is None:
        return bounded(log.after(room, last_id, history if last_id is None else limit))
    page = log.since(room, cursor, limit) if cursor.seq else None
    if page is not None and len(page.changed) <= CATCH_UP_LIMIT and fits_from(page.changed) == 0:
        return bounded(page)
    return replace(bounded(log.newest(room, history)), anew=cursor.seq > 0)


def bounded(page: Page) -> Page:
    """The page with the newest messages that fit into one answer, beside all changes."""
    first = fits_from([*page.messages, *page.changed])
    if changed := len(page.changed):
        first = max(first, changed + len(page.messages) - CATCH_UP_LIMIT)
    if first <= 0:
        return page
    return replace(page, messages=page.messages[first:], complete=False)


def fits_from(messages: Sequence[Message]) -> int:
    """The index from which on the newest messages fit into one answer."""
    most = sum(len(message.message) for message in messages) * _CHARACTER_BYTES
    most += sum(_references(m) for m in messages if m.reply_to or m.mentions or m.files or m.poll)
    most += sum(map(reaction_bytes, messages))
    if most + _FRAME_BYTES * len(messages) <= CATCH_UP_BYTES:
        return 0
    budget = CATCH_UP_BYTES
    for index in range(len(messages) - 1, -1, -1):
        message = messages[index]
        budget -= counted(message) + reaction_bytes(message) + attached_bytes(message)
        if budget < 0:
            return index + 1
    return 0


def counted(message: Message) -> int:
    """Its bytes without its reactions and files, as encoded, or a little more."""
    said = [*message[1:7], *(message.mentions or ())]
    fields = _FIELDS_BYTES
    if message.quoted is not None:
        said += message.quoted[1:4]
        fields += _QUOTE_BYTES
    return fields + len(json.dumps(said, ensure_ascii=False).encode())


def _references(message: Message) -> int:
    """The bytes of what it quotes and asks, whom it mentions, what its files are, at the most."""
    size = sum(len(user_id) + len('"",') for user_id in message.mentions or ())
    size += attached_bytes(message)
    if message.quoted is not None:
        size += _FRAME_BYTES + len(message.quoted.message) * _CHARACTER_BYTES
    return size


def reaction_bytes(message: Message) -> int:
    """Bytes of the reactions to a message."""
    if message.reactions is None:
        return 0
    return sum(reaction.size for reaction in message.reactions)


def attached_bytes(message: Message) -> int:
    """Bytes of what is told of a message's poll and files, and of the files that it quotes."""
    files = message.files or ()
    asked = message.poll.size if message.poll else 0
    if message.quoted is not None:
        files += message.quoted.files or ()
    return asked + sum(file.bytes for file in files)
