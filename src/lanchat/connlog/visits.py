"""What a log says about people: who came how often and how long, at which hours, and sent what.

A visit begins with a ``join`` and ends with the ``leave`` of the same person. A server that is
killed writes no leave, so a ``start`` ends all that were begun before it; nobody knows when they
really ended, and they count up to the last line before that start. Visits that the log's end
leaves open count up to its last line in the same way. How long a visit was, its leave tells in
``seconds``, which a clock that was set meanwhile has not changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from lanchat.connlog.log_record import Record

HOURS = 24
_DAY = 86_400.0

_LONGEST = 1_000 * _DAY
"""Seconds; where a leave tells of more, a clock was wrong."""

_LOOKED_INTO = 400
"""Days of a visit that are looked into hour by hour; where there are more, a clock was wrong."""


@dataclass(slots=True)
class Person:
    """Everybody by one name; ``seconds`` are those of all visits together.

    They have sent so many ``files``, of ``size`` bytes in all.
    """

    visits: int
    seconds: float
    first: datetime
    last: datetime
    files: int = 0
    size: int = 0


@dataclass(slots=True)
class Statistics:
    """The sums of a log.

    ``hours`` has the seconds that people were there in each hour of the day; ``open_visits``
    counts those whose end is not in the log, ``summed`` those that it only counts, too: of these
    nothing else is known. So many ``files`` were sent, of ``size`` bytes in all, as far as they
    have lines of their own.
    """

    people: dict[str, Person] = field(default_factory=dict)
    hours: list[float] = field(default_factory=lambda: [0.0] * HOURS)
    visits: int = 0
    seconds: float = 0.0
    open_visits: int = 0
    summed: int = 0
    files: int = 0
    size: int = 0


def count(records: Iterable[Record], since: datetime | None, zone: tzinfo | None) -> Statistics:
    """Add up the records, oldest first; ``zone`` None is this machine's.

    Of what happened before ``since`` nothing counts, also within a visit.
    """
    counting = _Counting(since, zone)
    for record in records:
        counting.take(record)
    counting.end_all()
    return counting.sums


class _Counting:
    def __init__(self, since: datetime | None, zone: tzinfo | None) -> None:
        self.sums = Statistics()
        self._since = since
        self._zone = zone
        self._present: dict[str, tuple[str, datetime, str]] = {}
        self._doubtful: dict[str, tuple[str, datetime, datetime]] = {}
        self._last: dict[str, datetime] = {}  # of each server

    def take(self, record: Record) -> None:
        if record.event == "start":
            self._doubt(record.server)
        elif record.event == "join":
            self._end(record.user_id)
            self._present.setdefault(record.user_id, (record.user, record.time, record.server))
        elif record.event == "leave":
            user, begin = self._begun(record)
            if record.seconds is not None:
                begin = record.time - timedelta(seconds=min(record.seconds, _LONGEST))
            self._add(user, begin, record.time)
        elif record.event == "visits" and self._is_wanted(record):
            self.sums.summed += record.count or 0
        elif record.event == "file" and record.size is not None and self._is_wanted(record):
            self._add_file(record, record.size)
        self._last[record.server] = record.time

    def end_all(self) -> None:
        """Whoever is there now has no end of their own in the log."""
        for user_id in list(self._doubtful):
            self._end(user_id)
        for user, begin, _ in self._present.values():
            self._add_open(user, begin, max(self._last.values()))

    def _begun(self, record: Record) -> tuple[str, datetime]:
        """The visit that the record ends: by whom, and since when."""
        was = self._present.pop(record.user_id, None) or self._doubtful.pop(record.user_id, None)
        return (was[0], was[1]) if was else (record.user, record.time)

    def _doubt(self, server: str) -> None:
        """A server starts: who was on it has left with what it said last, or is on another one."""
        for user_id, (user, begin, where) in list(self._present.items()):
            if where == server:
                del self._present[user_id]
                self._doubtful[user_id] = user, begin, self._last[server]

    def _end(self, user_id: str) -> None:
        """Nobody tells of the end any more, if it is in doubt."""
        if user_id in self._doubtful:
            self._add_open(*self._doubtful.pop(user_id))

    def _add_open(self, user: str, begin: datetime, end: datetime) -> None:
        self.sums.open_visits += self._add(user, begin, end)

    def _is_wanted(self, record: Record) -> bool:
        return self._since is None or record.time >= self._since

    def _add_file(self, record: Record, size: int) -> None:
        new = Person(0, 0.0, record.time, record.time)
        person = self.sums.people.setdefault(record.user, new)
        for sums in (self.sums, person):
            sums.files += 1
            sums.size += size

    def _add(self, user: str, begin: datetime, end: datetime) -> bool:
        """Count a visit, as far as it is wanted at all."""
        if self._since is not None:
            if end < self._since:
                return False
            begin = max(begin, self._since)
        end = max(begin, end)  # the clock was set back meanwhile
        seconds = (end - begin).total_seconds()
        person = self.sums.people.setdefault(user, Person(0, 0.0, begin, end))
        person.visits += 1
        person.seconds += seconds
        person.first, person.last = min(person.first, begin), max(person.last, end)
        self.sums.visits += 1
        self.sums.seconds += seconds
        self._spread(begin, end)
        return True

    def _spread(self, begin: datetime, end: datetime) -> None:
        """Add the time to the hours of the day that it lies in, as the clocks there show them.

        They may be set in between: from one full hour to the next, each is asked for anew.
        """
        hours = self.sums.hours
        days = max(0, (end - begin).days - _LOOKED_INTO)
        hours[:] = [hour + 3_600 * days for hour in hours]
        begin += timedelta(days=days)
        while begin < end:
            local = begin.astimezone(self._zone)
            left = timedelta(hours=1) - timedelta(
                minutes=local.minute, seconds=local.second, microseconds=local.microsecond
            )
            after = min(end, begin + left)
            hours[local.hour] += (after - begin).total_seconds()
            begin = after
