"""How much of the log strangers may fill: what goes beyond it is counted, and summed up.

Whoever knocks without end, or comes and goes without end, would otherwise turn all files over
within seconds, and nobody could read any more who was here or was banned. So each address has an
allowance of lines, and so have all together. An allowance is a bucket: full at first, one line
takes one out, and it fills up again with time.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

WINDOW = 60.0
"""Seconds that a sum stands for, at least."""

MOST_ADDRESSES = 1_000
"""So many are looked at one by one; those beyond share what there is for all."""

TIDY_SECONDS = 1.0
"""Between two looks which of them have been quiet: not with each new one."""

MOST_SUMS = 5
"""Lines of one address each, for those that were busiest; the others have one together."""

VISITS = "visits"
"""The event that sums up visits without lines of their own."""


class Fill(NamedTuple):
    """How many lines there may be at once, and how many a minute when those are used up."""

    lines: float
    a_minute: float


REFUSALS_OF_ONE = Fill(10, 1)
REFUSALS_OF_ALL = Fill(300, 5)
VISITS_OF_ONE = Fill(1_000, 10)
"""Behind one router there may be a whole school, which comes back after a moment without Wi-Fi."""
VISITS_OF_ALL = Fill(5_000, 30)

Fields = dict[str, Any]


class _Bucket:
    def __init__(self, fill: Fill, now: float) -> None:
        self._fill = fill
        self._left = fill.lines
        self._at = now

    def has(self, now: float) -> bool:
        """Whether there is a line in it."""
        return self._fill_up(now) >= 1

    def is_full(self, now: float) -> bool:
        """Whether it is like a new one."""
        return self._fill_up(now) >= self._fill.lines

    def take(self, now: float) -> None:
        """Take a line out, as far as there is one."""
        self._left = max(0.0, self._fill_up(now) - 1)

    def _fill_up(self, now: float) -> float:
        more = (now - self._at) * self._fill.a_minute / 60
        self._left, self._at = min(self._fill.lines, self._left + more), now
        return self._left


class _Buckets:
    """One for each address, as far as there is place, and one for all together."""

    def __init__(self, one: Fill, everybody: Fill, now: float) -> None:
        self._one = one
        self._all = _Bucket(everybody, now)
        self._known: dict[str, _Bucket] = {}
        self._tidied = now

    def has(self, address: str, now: float) -> bool:
        """Whether there is a line in both."""
        return self._all.has(now) and self._bucket(address, now).has(now)

    def take(self, address: str, now: float) -> None:
        """Take one line out of both."""
        self._bucket(address, now).take(now)
        self._all.take(now)

    def _bucket(self, address: str, now: float) -> _Bucket:
        bucket = self._known.get(address)
        if bucket is None:
            if len(self._known) >= MOST_ADDRESSES and now - self._tidied >= TIDY_SECONDS:
                self._tidied, known = now, self._known.items()
                self._known = {one: each for one, each in known if not each.is_full(now)}
            if len(self._known) >= MOST_ADDRESSES:
                address = ""
            bucket = self._known.setdefault(address, _Bucket(self._one, now))
        return bucket


class Allowance:
    """Says which events have a line of their own, and sums the others up.

    ``clock`` is monotonic. Any thread may call.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        now = clock()
        self._refusals = _Buckets(REFUSALS_OF_ONE, REFUSALS_OF_ALL, now)
        self._visits = _Buckets(VISITS_OF_ONE, VISITS_OF_ALL, now)
        self._files = _Buckets(VISITS_OF_ONE, VISITS_OF_ALL, now)  # as many
        self._unwritten: set[str] = set()  # who has come without a line
        self._left_out: Counter[tuple[str, str, str]] = Counter()  # by event, address and reason
        self._since = now
        self._lock = threading.Lock()

    def refusal(self, event: str, address: str, reason: str) -> bool:
        """Whether a refusal has a line of its own; otherwise it is counted."""
        with self._lock:
            now = self._clock()
            if self._refusals.has(address, now):
                self._refusals.take(address, now)
                return True
            self._leave_out(event, address, reason)
            return False

    def join(self, user_id: str, address: str) -> bool:
        """Whether an arrival has a line of its own; otherwise the visit is counted.

        It is paid for at its end: who is here, however many they are, has used nothing up yet.
        """
        with self._lock:
            if self._visits.has(address, self._clock()):
                return True
            self._unwritten.add(user_id)
            self._leave_out(VISITS, address, "")
            return False

    def rename(self, address: str) -> bool:
        """Whether a change of a name has a line of its own, as visits have; else it is counted."""
        with self._lock:
            now = self._clock()
            if self._visits.has(address, now):
                self._visits.take(address, now)
                return True
            self._leave_out("rename", address, "")
            return False

    def file(self, address: str) -> bool:
        """Whether a file that was sent has a line of its own; otherwise it is counted."""
        with self._lock:
            now = self._clock()
            if self._files.has(address, now):
                self._files.take(address, now)
                return True
            self._leave_out("file", address, "")
            return False

    def leave(self, user_id: str, address: str) -> bool:
        """Whether a departure has a line of its own: where the arrival had one."""
        with self._lock:
            if user_id in self._unwritten:
                self._unwritten.discard(user_id)
                return False
            self._visits.take(address, self._clock())
            return True

    def sums(self, *, over: bool = False) -> Iterator[tuple[str, Fields]]:
        """What is to be said of what was left out, as events and their fields.

        That is nothing while the window lasts, unless everything is ``over``.
        """
        with self._lock:
            passed = self._clock() - self._since
            if not self._left_out or (passed < WINDOW and not over):
                return
            left_out, self._left_out = self._left_out, Counter()
        seconds = max(1, round(passed))
        busiest = dict(left_out.most_common(MOST_SUMS))
        rest: Counter[str] = Counter()
        for (event, address, reason), count in left_out.items():
            if (event, address, reason) not in busiest:
                rest[event] += count
            else:
                about = {"ip": address, "reason": reason}
                known = {name: value for name, value in about.items() if value}
                yield event, {**known, "count": count, "seconds": seconds}
        for event, count in rest.items():
            yield event, {"count": count, "seconds": seconds}

    def _leave_out(self, event: str, address: str, reason: str) -> None:
        if not self._left_out:
            self._since = self._clock()
        key = event, address, reason
        if key not in self._left_out and len(self._left_out) >= MOST_ADDRESSES:
            key = event, "", ""
        self._left_out[key] += 1
