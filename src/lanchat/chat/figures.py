"""What is counted of a log while it works."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


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
        self.last: tuple[float, int] | None = None
        """When the last commit ended, by `perf_counter`, and how many changes were in it; only
        where what it has stored is told before the next one."""
