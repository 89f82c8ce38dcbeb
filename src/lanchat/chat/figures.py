"""What is counted of a log while it works."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from time import perf_counter

_KNOWN = 50
"""So many of the last commits are known one by one."""


class Histogram:
    """Counts values by their size; ``bounds`` are the upper ends of the ranges, ascending."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        """How many values each range has; the last one is for those above all bounds."""
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class CommitStatistics:
    """What a log has stored since the start."""

    def __init__(self) -> None:
        self.messages = 0
        """How many messages, each once however often it was sent."""
        self.seconds = Histogram((0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5))
        """How long commits took that succeeded."""
        self.sizes = Histogram((1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000))
        """How many changes were in each batch, stored or not."""
        self._commits: deque[tuple[int, int, float, int]] = deque(maxlen=_KNOWN)

    def committed(self, first: int, last: int, size: int) -> None:
        """The messages from one id to another were stored just now, in one of so many changes."""
        self._commits.append((first, last, perf_counter(), size))

    def commit_of(self, message_id: int) -> tuple[float, int] | None:
        """When it was stored here, by `perf_counter`, and how many changes were in that commit.

        None where another process has stored it, or that is long ago.
        """
        for first, last, at, size in reversed(self._commits):
            if first <= message_id <= last:
                return at, size
        return None
