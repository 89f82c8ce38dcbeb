"""How many of what size: a histogram of plain counts, for whoever measures."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


class Tally:
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
