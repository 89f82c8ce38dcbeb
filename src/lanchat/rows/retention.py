"""Everything that deletes, as far as it is the same in every store: what goes, and when.

It works in small steps, each one commit, and pauses between two, so that a message waits for one
step at most. What a moderator has cleared goes first, then what is older than it may be. Times do
not grow with ids for certain (a clock is set right, an archive of last year is imported), so a
sweep looks at every message, from the newest to the oldest, and counts on its way what it keeps.
It needs no index for that, which every message would have to pay for.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from lanchat.chat.events import LogEvent, MessagesRetired, ReactionsLost
from lanchat.chat.model import SYSTEM_CLOCK, Clock, timestamp
from lanchat.rows import clearing, messages, room_ends
from lanchat.rows.connection import Connection, Database, Reader
from lanchat.rows.steps import DELETED, cost
from lanchat.times import SteadyWall

_DatabaseT = TypeVar("_DatabaseT", bound=Database)

LOOKED_AT = 1_000
"""Messages that one step looks at, at most."""

PAUSE = 0.02
"""Seconds between two steps, in which messages are stored."""

REST = 10.0
"""Seconds between two sweeps, where they are short."""

_REST_SHARE = 20
"""A long sweep is followed by a rest of so many times its length: a million messages are looked at
every seven minutes."""

_TOLD = 100
"""Ranges of ids that pages are told of at once, at most: one where ids and times grow alike."""

_TOLD_REST = 20.0
"""Seconds between two times that they are told."""

_NEWEST = 2**63 - 1

_RETIRED = "SELECT id, seq FROM retired"


@dataclass(frozen=True, slots=True)
class Keep:
    """What stays: messages not before ``since`` (RFC 3339), and at most ``count`` of them.

    None is no limit.
    """

    since: str | None
    count: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """How far a sweep has come: ids from ``below`` on are done; so many stayed, so many went.

    ``retired`` are the ranges of ids in the last step of which none is left, newest first; the
    last of them is ``open`` where it may go on with the next step.
    """

    below: int = _NEWEST
    kept: int = 0
    deleted: int = 0
    retired: tuple[tuple[int, int], ...] = ()
    open: bool = False
    done: bool = False


class Sweeper(ABC, Generic[_DatabaseT]):
    """Deletes what is older than ``age`` seconds or more than the newest ``count`` messages.

    None is no limit; what was cleared goes in any case. ``announce`` tells those who listen to the
    log what they have to know of it. ``work`` is to be called again and again, and may raise
    StoreUnavailable.
    """

    def __init__(
        self,
        database: _DatabaseT,
        age: float | None = None,
        count: int | None = None,
        *,
        announce: Callable[[LogEvent], None] = lambda _event: None,
        clock: Clock = SYSTEM_CLOCK,
        rest: float = REST,
    ) -> None:
        self._database = database
        self._age = age
        self._count = count
        self._announce = announce
        self._clock = clock
        self._rest = rest
        self._next_sweep = clock.monotonic()
        # A start is no better look at the clock than any other: what is known is when the newest
        # message was said.
        newest = database.call(newest_time)
        self._wall = SteadyWall(clock.wall, clock.monotonic, newest)
        self._retired: list[tuple[int, int]] = []  # what is to be told, newest first
        self._next_told = self._next_sweep
        self._unerased = True  # perhaps by an earlier life of the server
        self._stopped = threading.Event()
        self._begin()

    def _begin(self) -> None:
        """Do what is to be done once, before anybody comes."""

    @abstractmethod
    def _step(self, keep: Keep, place: Place) -> Place:
        """Look at the next messages, and delete those that do not stay."""

    @abstractmethod
    def _has_cleared(self) -> bool:
        """Whether something is left of what was cleared: most often there is none."""

    @abstractmethod
    def _clear_marked(self) -> tuple[bool, list[int]]:
        """Delete some of what people said who are being cleared (see ``clear_marked``)."""

    @abstractmethod
    def _delete_cleared(self) -> bool:
        """Delete some of the messages that were cleared; tells whether there were any."""

    @abstractmethod
    def _leave_nothing(self) -> bool:
        """See to it that nothing is left of what was deleted; tells whether that is so."""

    def erase(self) -> None:
        """Something was deleted: let ``work`` see to it that nothing is left of it."""
        self._unerased = True

    def work(self) -> None:
        """Do what is due now, and return when it is done or ``stop`` was called."""
        self._erase()
        if (self._age, self._count) != (None, None) and self._clock.monotonic() >= self._next_sweep:
            self._sweep()
        self._tell()

    def stop(self) -> None:
        """Finish the step that is being taken, and take no more."""
        self._stopped.set()

    def _erase(self) -> None:
        if not self._unerased:
            return
        # Said before anything is looked at: what is deleted meanwhile is looked at again.
        self._unerased = False
        erased = False
        try:
            if self._has_cleared():
                self._delete()
            erased = self._leave_nothing()
        finally:
            if not erased:
                self._unerased = True

    def _delete(self) -> None:
        while not self._stopped.is_set() and self._clear_user():
            self._stopped.wait(PAUSE)
        while not self._stopped.is_set() and self._delete_cleared():
            self._stopped.wait(PAUSE)

    def _clear_user(self) -> bool:
        """Go on with what is marked; tells whether something was."""
        marked, reacted = self._clear_marked()
        if reacted:
            self._announce(ReactionsLost(tuple(reacted)))
        return marked

    def _tell(self) -> None:
        """Let pages know what is gone, unless they were told of something a moment ago."""
        now = self._clock.monotonic()
        if self._retired and now >= self._next_told:
            ranges = joined(self._retired)
            self._announce(MessagesRetired(tuple(ranges[:_TOLD])))
            self._retired = ranges[_TOLD:]
            self._next_told = now + _TOLD_REST

    def _sweep(self) -> None:
        begin = self._clock.monotonic()
        since = None if self._age is None else timestamp(max(0.0, self._wall() - self._age))
        keep, place = Keep(since, self._count), Place()
        while not place.done and not self._stopped.wait(PAUSE):
            self._erase()  # which does not wait for the end of a sweep
            place = self._step(keep, place)
            self._retired += place.retired
            if self._clock.monotonic() - begin > _TOLD_REST:
                self._tell()  # which does not wait for the end of a long sweep
        if place.deleted:
            self.erase()
            # Whoever comes in gets nothing of it from now on; what it was is told in its turn.
            self._announce(MessagesRetired(()))
        end = self._clock.monotonic()
        self._next_sweep = end + max(self._rest, _REST_SHARE * (end - begin))


def joined(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges, oldest first, with those as one that overlap or meet."""
    one: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if one and first <= one[-1][1] + 1:
            one[-1] = one[-1][0], max(one[-1][1], last)
        else:
            one.append((first, last))
    return one


def newest_time(connection: Reader) -> float | None:
    """When the newest message was said, if there is one, in seconds since the epoch."""
    found = connection.execute("SELECT time FROM message ORDER BY id DESC LIMIT 1").fetchone()
    return found and datetime.fromisoformat(found[0].replace("Z", "+00:00")).timestamp()


def step(connection: Connection, keep: Keep, place: Place) -> Place:
    """Within a transaction, look at the next messages, and delete those that do not stay."""
    rows = connection.execute(
        "SELECT id, coalesce(changed, id), coalesce((SELECT seq FROM clearing"
        " WHERE clearing.user_id = message.user_id AND message.id <= clearing.up_to), 0), time"
        " FROM message WHERE id < ? ORDER BY id DESC LIMIT ?",
        (place.below, LOOKED_AT),
    ).fetchall()
    below, kept, old, seqs, spent = place.below, place.kept, list[int](), list[int](), 0
    retired, is_open = list[tuple[int, int]](), place.open
    for below, changed, marked, time_ in rows:
        # Both are written as docs/protocol.md has it, so that they sort as what they mean.
        young = keep.since is None or time_ >= keep.since
        if young and (keep.count is None or kept < keep.count):
            kept += 1
            is_open = False
        else:
            end = retired.pop()[1] if is_open and retired else below
            retired.append((below, place.below - 1 if is_open and not old else end))
            is_open = True
            old.append(below)
            seqs.append(max(changed, marked))
            spent += cost(connection, below)
            if spent >= DELETED:
                break
    if old:
        (newest,) = connection.execute(_RETIRED).fetchall()
        connection.execute(
            "UPDATE retired SET id = ?, seq = ?",
            (max(newest[0], *old), max(newest[1], *seqs)),
        )
        messages.drop(connection, old)
    if is_open and not rows:
        retired.append((0, below))
    return Place(
        *(below, kept, place.deleted + len(old), tuple(retired)), open=is_open, done=not rows
    )


def has_cleared(connection: Reader) -> bool:
    """Whether something is left of what was cleared."""
    if clearing.is_unknown(connection, 0) or room_ends.is_left(connection):
        return True
    return bool(_cleared(connection, 1))


def clear_marked(connection: Connection) -> tuple[bool, list[int]]:
    """Within a transaction, delete some of what people said who are being cleared.

    Tells whether there were any, and which messages have reactions less.
    """
    if not clearing.is_unknown(connection, 0):
        return False, []
    return True, clearing.step(connection)


def delete_cleared(connection: Connection) -> bool:
    """Within a transaction, delete some messages that were cleared; tells if there were any.

    With the last one of a room that was deleted goes the room.
    """
    ids, spent = list[int](), 0
    for message_id in _cleared(connection, DELETED):
        ids.append(message_id)
        spent += cost(connection, message_id)
        if spent >= DELETED:
            break
    if ids:
        messages.drop(connection, ids)
        return True
    return room_ends.drop(connection)


def _cleared(connection: Reader, limit: int) -> list[int]:
    rows = connection.execute(
        "SELECT message.id FROM room CROSS JOIN message WHERE room.cleared > 0"
        " AND message.room = room.id AND message.id <= room.cleared LIMIT ?",
        (limit,),
    ).fetchall()
    return [message_id for (message_id,) in rows]
