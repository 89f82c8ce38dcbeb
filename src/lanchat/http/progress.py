"""How a transfer goes on: fast enough to be waited for, and not faster than its address may.

A deadline would end what is large, and a time for each piece who sends small ones. So a transfer
may take as long as it likes, as long as LEAST_BYTES of it come in any LEAST_SECONDS.
"""

from __future__ import annotations

import time
from collections.abc import Callable

LEAST_BYTES = 16 << 10
LEAST_SECONDS = 10.0

BYTES_OF_A_TURN = 4 << 20
"""So many bytes cost as much of an address's pace as a request."""


class Progress:
    """What has been transferred; ``await_turn`` waits where the address has had its turn."""

    def __init__(
        self, await_turn: Callable[[], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._await_turn = await_turn
        self._clock = clock
        self._since = clock()
        self._bytes = 0
        self._owed = 0

    def left(self) -> float:
        """In how many seconds the next LEAST_BYTES have to be there; at 0 it is too slow."""
        return max(0.0, self._since + LEAST_SECONDS - self._clock())

    def count(self, size: int) -> None:
        """So many bytes were transferred; it waits where the address has to."""
        self.go_on(size)
        self._owed += size
        if self._owed >= BYTES_OF_A_TURN:
            self._owed -= BYTES_OF_A_TURN
            begin = self._clock()
            self._await_turn()
            self.spare(self._clock() - begin)

    def go_on(self, size: int) -> None:
        """The other side has shown that it is there, by so many bytes."""
        self._bytes += size
        if self._bytes >= LEAST_BYTES:
            self._bytes = 0
            self._since = self._clock()

    def spare(self, seconds: float) -> None:
        """So long it was not the other side that kept us waiting."""
        self._since += seconds
