"""What catching up and going back may cost: history is the dearest thing that somebody can ask for.

One short question can be worth 600 kB of answer. So who has asked pays with what was sent: from an
account of 3 MB, into which 100 kB flow each second. An answer is given while there is anything in
it, so whoever comes back after a break is served at once, however much they have missed. All behind
one address together have as much as the number of connections that it may have.

Two answers are made at a time: whoever else says something waits for one of them at the most, and
not for all that have been asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import ceil

from gevent.lock import BoundedSemaphore

from lanchat.chat.catchup import attached_bytes, reaction_bytes
from lanchat.chat.model import Message
from lanchat.errors import TooMuchAtOnce

ACCOUNT_BYTES = 3_000_000
"""What one person may be sent at once: five of the largest answers."""

BYTES_A_SECOND = 100_000

Answered = int | Sequence[Message]
"""What is paid for: bytes, or messages."""

_AT_A_TIME = 2
_FRAME_BYTES = 300
"""Roughly what a message has besides its text."""

_FEW = 100
"""So many accounts may be kept without a look at those that are full again."""


class Accounts:
    """How much of ``most`` bytes each key has left; ``most`` 0 is no limit."""

    def __init__(self, most: int, per_second: int) -> None:
        self._most = most
        self._per_second = per_second
        self._owed: dict[str, tuple[float, float]] = {}
        self._enough = _FEW

    def __len__(self) -> int:
        return len(self._owed)

    def wait(self, key: str, now: float) -> float:
        """In how many seconds there is something left, 0 for now."""
        if not self._most:
            return 0.0
        return max(0.0, (self._owes(key, now) - self._most) / self._per_second)

    def pay(self, key: str, size: int, now: float) -> None:
        """Take so many bytes from the account, also where it has fewer."""
        if not self._most:
            return
        if len(self._owed) >= self._enough:
            self._owed = {k: owed for k, owed in self._owed.items() if self._owes(k, now)}
            self._enough = max(_FEW, 2 * len(self._owed))
        self._owed[key] = (self._owes(key, now) + size, now)

    def _owes(self, key: str, now: float) -> float:
        owed, since = self._owed.get(key, (0.0, now))
        return max(0.0, owed - (now - since) * self._per_second)


class HistoryBudget:
    """What people may still be sent of the history; ``people`` are those that an address may hold.

    With 0 people everybody may be behind one address, and only persons are looked at; where people
    are not ``limited``, neither is.
    """

    def __init__(
        self, people: int, *, limited: bool = True, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        people = people if limited else 0
        self._persons = Accounts(ACCOUNT_BYTES if limited else 0, BYTES_A_SECOND)
        self._addresses = Accounts(people * ACCOUNT_BYTES, people * BYTES_A_SECOND)
        # gevent's own: the one of ``threading`` is made of locks, and costs more than the answer.
        self._turns = BoundedSemaphore(_AT_A_TIME)

    @contextmanager
    def turn(self, person: str, address: str) -> Iterator[Callable[[Answered], None]]:
        """Wait for one's turn; gives what to call with the answer. Raises TooMuchAtOnce."""
        with self._turns, self.account(person, address) as pay:
            yield pay

    @contextmanager
    def account(self, person: str, address: str) -> Iterator[Callable[[Answered], None]]:
        """The same without waiting, for what is bounded in other ways. Raises TooMuchAtOnce."""
        accounts = ((self._persons, person), (self._addresses, address))

        def pay(answer: Answered) -> None:
            size, now = _size(answer), self._clock()
            for account, key in accounts:
                account.pay(key, size, now)

        now = self._clock()
        if wait := max(account.wait(key, now) for account, key in accounts):
            raise TooMuchAtOnce(ceil(wait))
        yield pay


def _size(answer: Answered) -> int:
    """Roughly how many bytes it has on the wire."""
    if isinstance(answer, int):
        return answer
    texts = sum(len(message.message.encode()) for message in answer)
    quotes = (message.quoted for message in answer if message.quoted is not None)
    texts += sum(len(quoted.message.encode()) for quoted in quotes)
    texts += sum(map(reaction_bytes, answer)) + sum(map(attached_bytes, answer))
    return _FRAME_BYTES * len(answer) + texts
