"""Wrong tries at a secret: how many are looked at.

    ten within ten minutes, of an address          further ones are not (TooManyTries)
    fifty of a network of IPv6 (/64)               nor those
    a hundred of all together                      each further one has to wait, up to a minute

Whoever guesses with many addresses finds the last of these. It must not keep out those who type
the right one, so there are three such ceilings, and each is reached by its own kind alone: browsers
in which somebody has been in, counted by their cookie and not by their address; addresses that have
not been wrong within the hour; and all others. What is not looked at is answered alike whether it
is right or wrong, and is not counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

from lanchat.errors import TooManyTries
from lanchat.web.limits import Window, network_of

TRIES = 10
"""So many may come from one address, or one known browser, within ten minutes."""

NETWORK_TRIES = 50
"""So many may come from one network of IPv6, where a laptop has as many addresses as it likes."""

FREE_TRIES = 100
"""So many of all together are looked at without a wait."""

LONGEST_WAIT = 60
"""Seconds from one to the next, at the most; in this time one is forgotten, too."""

_GROWTH = 10
"""So many further ones double the wait."""

_MINUTES = 60.0


class Ceiling:
    """What all together may try: FREE_TRIES at once, then fewer and fewer."""

    def __init__(self) -> None:
        self._count = 0.0
        self._last = 0.0

    def wait(self, now: float) -> float:
        """In how many seconds the next one is looked at, 0 for now."""
        beyond = self._left(now) - FREE_TRIES + 1
        if beyond <= 0:
            return 0.0
        wait = min(LONGEST_WAIT, 2 ** (beyond / _GROWTH))
        return max(0.0, self._last + wait - now)

    def add(self, now: float) -> None:
        """Count a wrong one."""
        self._count = self._left(now) + 1
        self._last = now

    def _left(self, now: float) -> float:
        """How many are not forgotten yet."""
        return max(0.0, self._count - (now - self._last) / LONGEST_WAIT)


class Tries:
    """The wrong tries at one secret."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known = Window(TRIES, 10 * _MINUTES)
        self._addresses = Window(TRIES, 10 * _MINUTES)
        self._networks = Window(NETWORK_TRIES, 10 * _MINUTES)
        self._wrong_before = Window(1, 60 * _MINUTES)
        self._of_known, self._of_new, self._of_others = Ceiling(), Ceiling(), Ceiling()

    def check(self, address: str, known: str | None = None) -> None:
        """Look whether a try may be looked at. Raises TooManyTries.

        ``known`` is the id of a browser in which somebody has been in.
        """
        now = self._clock()
        waits = [window.wait(key, now) for window, key in self._windows(address, known)]
        if wait := max(*waits, self._ceiling(address, known, now).wait(now)):
            raise TooManyTries(ceil(wait))

    def wrong(self, address: str, known: str | None = None) -> None:
        """Count one that was looked at and is wrong."""
        now = self._clock()
        self._ceiling(address, known, now).add(now)
        for window, key in self._windows(address, known):
            window.add(key, now)
        if known is None:
            self._wrong_before.add(network_of(address), now)

    def _windows(self, address: str, known: str | None) -> list[tuple[Window, str]]:
        if known is not None:
            return [(self._known, known)]
        network = network_of(address)
        own = [(self._addresses, address)]
        return own if network == address else [*own, (self._networks, network)]

    def _ceiling(self, address: str, known: str | None, now: float) -> Ceiling:
        if known is not None:
            return self._of_known
        before = self._wrong_before.wait(network_of(address), now)
        return self._of_others if before else self._of_new
