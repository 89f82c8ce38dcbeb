"""How much is too much: of messages, of events, and of tries at the access code.

    a message or event within the limit      it is handled
    one too many                             refused (TooFast); that is a strike
    the third strike within a minute         the person's connections are closed

    ten wrong codes within ten minutes       further ones are not looked at (TooManyTries)

Moving windows rather than fixed ones: at a fixed window's edge twice the limit gets through.
"""

from __future__ import annotations

import time
from math import ceil

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.limits import Granularity
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from lanchat.errors import TooFast, TooManyTries

BURST_SECONDS = 4
"""What may be said in this time may be said at once: with 5 messages a second, 20."""

STRIKES = 3
"""So many refusals within a minute end a person's connections."""

TRIES = 10
"""So many wrong codes may come from one address within ten minutes.

It counts addresses, not networks: all guests of a LAN share the prefix of their IPv6 addresses,
and one who guesses would lock out all others.
"""

_EVENTS_PER_MESSAGE = 10
"""All events of one connection are limited, too, at so many times the rate of messages."""

_FEW = 100
"""So many people and connections may be remembered without a look at who has been quiet."""


class _Burst(RateLimitItem):
    """So many within almost BURST_SECONDS.

    Half a second is left out: otherwise whoever keeps to the rate exactly is refused as soon as
    a busy network delivers one message a little late and the next ones in time.
    """

    GRANULARITY = Granularity(1, "burst")

    def get_expiry(self) -> float:  # type: ignore[override]
        """The length of the window in seconds; the storage takes fractions."""
        return BURST_SECONDS - 0.5


class Limits:
    """What is counted of everybody, in memory; login and sockets share one.

    ``BURST_SECONDS * rate`` messages may come at once, then ``rate`` a second; 0 is no limit.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._storage = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._messages = _Burst(BURST_SECONDS * rate)
        self._events = _Burst(BURST_SECONDS * rate * _EVENTS_PER_MESSAGE)
        self._strikes = RateLimitItemPerMinute(STRIKES - 1)
        self._tries = RateLimitItemPerMinute(TRIES, 10)
        self._enough = _FEW

    def message(self, person: str) -> None:
        """Count a message of the person with this id. Raises TooFast."""
        self._count(self._messages, person)

    def event(self, connection: str) -> None:
        """Count an event, of whatever kind, of one connection. Raises TooFast."""
        self._count(self._events, connection)

    def strike(self, person: str) -> bool:
        """Count a refusal; returns whether it was one too many."""
        return not self._limiter.hit(self._strikes, "strike", person)

    def check_tries(self, address: str) -> None:
        """Look whether this address may try a code. Raises TooManyTries."""
        if not self._limiter.test(self._tries, "try", address):
            over = self._limiter.get_window_stats(self._tries, "try", address).reset_time
            raise TooManyTries(max(1, ceil(over - time.time())))

    def wrong_try(self, address: str) -> None:
        """Count a wrong code."""
        self._limiter.hit(self._tries, "try", address)

    def forget(self) -> None:
        """Let go of everybody who has been quiet: the storage itself keeps each key for ever.

        It looks when there are twice as many as it has left, not at everybody for each newcomer.
        """
        known = self._storage.events
        if len(known) < self._enough:
            return
        for key, entries in list(known.items()):
            if not entries:
                self._storage.clear(key)
        self._enough = max(_FEW, 2 * len(known))

    def _count(self, limit: RateLimitItem, who: str) -> None:
        if self._rate and not self._limiter.hit(limit, who):
            # By then the window is empty again, so that a client which waits and then keeps to
            # the rate is not refused a second time.
            raise TooFast(ceil(limit.get_expiry()))
