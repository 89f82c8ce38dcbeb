"""What happened, as every process reads it: events, made of rows as they are when they are read.

A message that was posted is found by its id, which is its position. At every other position stands
what kind of thing happened, and to which ids: that is all, so no words live on here. A message that
has changed again since is told as it is by now, at the position of then. One that is gone is told
to nobody.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lanchat.chat.events import (
    HistoryLeft,
    LogEvent,
    MessagePosted,
    MessagesRetired,
    ReactionsLost,
    SettingsChanged,
)
from lanchat.chat.room_settings import State
from lanchat.cluster import journal_kinds as kinds
from lanchat.rows import message_rows
from lanchat.rows.connection import Connection, Reader
from lanchat.rows.visibility import VISIBLE

_log = logging.getLogger(__name__)

AT_ONCE = 500
"""Positions that are read at once, at most."""

_KEPT = 100_000
"""So many positions back what happened is kept, for processes that were cut off."""

_POSTED = (
    message_rows.SELECT + f"WHERE id > ? AND id <= ? AND {VISIBLE} ORDER BY id LIMIT {AT_ONCE}"
)

_HAPPENED = (
    "SELECT seq, kind, content FROM happened WHERE seq > ? AND seq <= ?"  # noqa: S608 (constants)
    f" ORDER BY seq LIMIT {AT_ONCE}"
)

Happened = tuple[int, LogEvent | None]
"""A position, and what there is to be told of it."""


def write(connection: Connection, event: LogEvent) -> int:
    """Within a transaction, note what has happened; returns its position."""
    if isinstance(event, MessagePosted):
        return event.seq
    kind, content = kinds.WRITTEN[type(event)](event)
    if isinstance(event, MessagesRetired | ReactionsLost | HistoryLeft):
        seq = connection.take_position()
    else:
        seq = event.seq
    connection.execute("INSERT INTO happened VALUES (?, ?, ?)", (seq, kind, json.dumps(content)))
    return seq


def shorten(connection: Connection) -> None:
    """Within a transaction, forget what everybody has been told long ago."""
    connection.execute("DELETE FROM happened WHERE seq <= ?", (connection.position() - _KEPT,))


def read(connection: Reader, after: int, up_to: int, known: State) -> tuple[list[Happened], int]:
    """What happened behind a position, and up to which one that is all.

    ``known`` is the state that was told last.
    """
    found, up_to = posted(connection, after, up_to)
    happened = connection.execute(_HAPPENED, (after, up_to)).fetchall()
    up_to = _whole(happened, up_to)
    for seq, kind, content in happened:
        event = _read(connection, seq, kind, content)
        if isinstance(event, SettingsChanged):
            event, known = replace(event, before=known), event.after
        found.append((seq, event))
    return sorted((each for each in found if each[0] <= up_to), key=lambda each: each[0]), up_to


def posted(connection: Reader, after: int, up_to: int) -> tuple[list[Happened], int]:
    """The same of messages alone."""
    rows = connection.execute(_POSTED, (after, up_to)).fetchall()
    found = message_rows.read(connection, rows)
    told: list[Happened] = [
        (each.id, MessagePosted(kinds.told_at(each.id, each))) for each in found
    ]
    return told, _whole(rows, up_to)


def _whole(rows: Sequence[Sequence[Any]], up_to: int) -> int:
    """Up to which position these are all rows."""
    return min(up_to, int(rows[-1][0])) if len(rows) == AT_ONCE else up_to


def _read(connection: Reader, seq: int, kind: str, content: str) -> LogEvent | None:
    if kind not in kinds.READ:
        return None  # a process of another version knows more kinds than this one
    try:
        return kinds.READ[kind](connection, seq, json.loads(content))
    except (TypeError, ValueError):
        # Another version says it otherwise: nobody must be kept from what comes behind it.
        _log.exception("what happened at %d could not be read: %s", seq, kind)
        return None
