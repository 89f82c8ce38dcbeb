"""How fast one address may ask: what comes faster waits, so that others have their turn.

Waiting rather than a refusal: a page whose scripts were refused would stay broken, and whoever asks
again and again because of refusals would cost as much as with answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable

LONGEST_DELAY = 5.0
"""Seconds that a request waits for its turn at the most; what would wait longer is not taken."""

REQUESTS_AT_ONCE = 60
"""For each connection of the chat that an address may have: a page and all its files."""

REQUESTS_A_SECOND = 2
"""For each of them, too, from then on."""

HANDSHAKE = 2
"""A TLS handshake costs the processor about as much as so many requests."""

_FEW = 100
"""So many addresses may be remembered without a look at those that may ask at once again."""


class Pace:
    """The pace of all addresses that may have so many ``people`` each; 0 is no limit."""

    def __init__(self, people: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._each = 1 / (people * REQUESTS_A_SECOND) if people else 0.0
        self._ahead = REQUESTS_AT_ONCE / REQUESTS_A_SECOND
        self._clock = clock
        self._due: dict[str, float] = {}
        self._enough = _FEW

    def __len__(self) -> int:
        return len(self._due)

    def delay(self, address: str, cost: int = 1) -> float | None:
        """In how many seconds a request has its turn; None where that is too far away."""
        if not self._each:
            return 0.0
        now = self._clock()
        start = now - self._ahead
        due = max(self._due.get(address, start), start) + cost * self._each
        if due - now > LONGEST_DELAY:
            return None
        if address not in self._due and len(self._due) >= self._enough:
            self._due = {each: when for each, when in self._due.items() if when > start}
            self._enough = max(_FEW, 2 * len(self._due))
        self._due[address] = due
        return max(0.0, due - now)
