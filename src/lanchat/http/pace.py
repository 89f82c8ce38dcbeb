"""How fast one address may ask: what comes faster waits, so that others have their turn.

Waiting rather than a refusal: a page whose scripts were refused would stay broken, and whoever asks
again and again because of refusals would cost as much as with answers.

A request costs by its size, too: thousands of cookies or fields take ten times as long to read as
what a browser sends.
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

BYTES_OF_ONE = 2 << 10
"""So many bytes, head and body, cost as much as another request."""

HANDSHAKE = 2
"""A TLS handshake costs the processor about as much as so many requests."""

MAX_ADDRESS = 64
"""Characters that are looked at of what a proxy tells."""

_FEW = 100
"""So many addresses may be remembered without a look at those that may ask at once again."""


class Pace:
    """The pace of all addresses that may have so many ``people`` each.

    Where that is 0, and of whom no address is known, all together have the pace of ``everybody``;
    0 of these is no limit. Behind a proxy the address is the ``forwarded`` one.
    """

    def __init__(
        self,
        people: int,
        everybody: int = 0,
        *,
        forwarded: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._people = people
        self._everybody = everybody
        self._forwarded = forwarded
        self._ahead = REQUESTS_AT_ONCE / REQUESTS_A_SECOND
        self._clock = clock
        self._due: dict[str, float] = {}
        self._enough = _FEW

    def asker(self, address: str, forwarded: str = "") -> str:
        """Whose pace it is: the address that has connected, or the last one that a proxy tells.

        Empty where the proxy tells none.
        """
        return forwarded.rpartition(",")[2].strip()[:MAX_ADDRESS] if self._forwarded else address

    def __len__(self) -> int:
        return len(self._due)

    def delay(self, address: str, cost: int = 1) -> float | None:
        """In how many seconds a request has its turn; None where that is too far away."""
        address = address if self._people else ""
        people = self._people if address else self._everybody
        if not people:
            return 0.0
        now = self._clock()
        start = now - self._ahead
        due = max(self._due.get(address, start), start) + cost / (people * REQUESTS_A_SECOND)
        if due - now > LONGEST_DELAY:
            return None
        if address not in self._due and len(self._due) >= self._enough:
            self._due = {each: when for each, when in self._due.items() if when > start}
            self._enough = max(_FEW, 2 * len(self._due))
        self._due[address] = due
        return max(0.0, due - now)
