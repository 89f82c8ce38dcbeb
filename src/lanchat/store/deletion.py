"""Deleting old messages: a sweep goes from the newest to the oldest, in steps.

Times do not grow with ids for certain: a clock is set right, an archive of last year is imported.
So a sweep looks at every message, and counts on its way what it keeps. It needs no index for that,
which every message would have to pay for.

The place of what was deleted is taken by later messages. The file is made smaller when it is
opened, where most of it is empty: that rewrites it, for which a chat that runs has no time.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass

from lanchat.store.connection import transaction

LOOKED_AT = 1_000
"""Messages that one step looks at, at most."""

DELETED = 100
"""Messages that one step deletes, at most: each lies on another page of the index of retries."""

_WORTH_IT = 1 << 20
"""Bytes; for less, no file is rewritten."""

_NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Keep:
    """What stays: messages not before ``since`` (RFC 3339), and at most ``count`` of them.

    None is no limit.
    """

    since: str | None
    count: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """How far a sweep has come: ids from ``below`` on are done, and so many of them stayed."""

    below: int = _NEWEST
    kept: int = 0
    done: bool = False


def step(connection: sqlite3.Connection, keep: Keep, place: Place) -> Place:
    """Look at the next messages, and delete in one commit those that do not stay."""
    rows = connection.execute(
        "SELECT id, time FROM message WHERE id < ? ORDER BY id DESC LIMIT ?",
        (place.below, LOOKED_AT),
    ).fetchall()
    below, kept, old = place.below, place.kept, list[int]()
    for below, time in rows:
        # Both are written as docs/protocol.md has it, so that they sort as what they mean.
        if (keep.since is None or time >= keep.since) and (keep.count is None or kept < keep.count):
            kept += 1
        else:
            old.append(below)
            if len(old) == DELETED:
                break
    if old:
        _delete(connection, old)
    return Place(below, kept, done=not rows)


def give_space_back(connection: sqlite3.Connection) -> None:
    """Make the file smaller where more than half of it is the place of deleted messages."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    if free > pages / 2 and free * page_size > _WORTH_IT:
        # Where the disk is too full for it, the chat opens all the same.
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("VACUUM")


def _delete(connection: sqlite3.Connection, ids: list[int]) -> None:
    """Delete the messages, newest first, and note up to where some are missing."""
    with transaction(connection):
        connection.executemany("DELETE FROM message WHERE id = ?", [(each,) for each in ids])
        connection.execute("UPDATE deleted SET up_to = max(up_to, ?)", ids[:1])
    # Now, and not when ten times as much has come together and a message waits for it.
    connection.execute("PRAGMA wal_checkpoint")
