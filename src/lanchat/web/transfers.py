"""Files on their way, up and down: which requests bring them, and how many at a time.

    the first three of a person, twelve from an address, and twenty-four in all
                                                            go on side by side
    the next ones                                           wait for a place, up to 20 s
    what would wait longer, or too many that wait           refused (TooManyTransfers)

What is small needs no place: it is over before it is anybody's turn, and a page has thirty small
pictures. But it may be slow, and holds a connection and a file meanwhile: so only so much of it
goes on beside the others, and what is more is treated as they are. A browser does not ask again for
a picture that was refused, so waiting comes first.

A person is known by a cookie, of which one computer can have any number: hence the addresses.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from gevent.lock import Semaphore

from lanchat.errors import TooManyTransfers

ADDRESSES = "/files"
"""Where files are; each has an address below it."""

SMALL = 256 << 10
"""Bytes of what is no transfer yet."""

WAIT_SECONDS = 20.0

_RETRY_SECONDS = 5


class Bounds(NamedTuple):
    """How many may have a place, how many wait for one, and how many go on that are small."""

    places: int
    waiting: int
    small: int


OF_A_PERSON = Bounds(3, 10, 20)
OF_AN_ADDRESS = Bounds(12, 50, 60)
IN_ALL = Bounds(24, 100, 120)


def streams(method: str, path: str) -> bool:
    """Whether the body of a request is read as it comes: a piece of a file.

    Clients that know no PATCH send such a piece by POST, with a header that says so.
    """
    return method in {"PATCH", "POST"} and path.startswith(f"{ADDRESSES}/")


class Transfers:
    """The places of files on their way; a place is kept until it is given back.

    Where many people have one address, it has no bounds of its own: not ``by_address``.
    """

    def __init__(self, seconds: float = WAIT_SECONDS, *, by_address: bool = True) -> None:
        self._seconds = seconds
        self._of_an_address = OF_AN_ADDRESS if by_address else IN_ALL
        self._shares: dict[tuple[str, str], _Share] = {}

    def __len__(self) -> int:
        """How many are on their way, or wait for a place."""
        share = self._shares.get(("all", ""))
        return share.count if share else 0

    @contextmanager
    def place(self, person: str, address: str, size: int | None) -> Iterator[None]:
        """Have a place for so many bytes, None where that is not known. Raises TooManyTransfers."""
        give_back = self.take(person, address, size)
        try:
            yield
        finally:
            give_back()

    def take(self, person: str, address: str, size: int | None) -> Callable[[], None]:
        """The same; returns what gives the place back."""
        with ExitStack() as undo:
            shares = list[_Share]()
            for key, bounds in (
                (("person", person), OF_A_PERSON),
                (("address", address), self._of_an_address),
                (("all", ""), IN_ALL),
            ):
                shares.append(self._enter(key, bounds))
                undo.callback(self._leave, key)
            if size is not None and size < SMALL and all(share.takes_small for share in shares):
                for share in shares:
                    share.small += 1
                    undo.callback(share.end_small)
                return undo.pop_all().close
            if any(share.is_full for share in shares):
                raise TooManyTransfers(_RETRY_SECONDS)
            end = time.monotonic() + self._seconds
            for share in shares:
                if not share.places.acquire(timeout=max(0.001, end - time.monotonic())):
                    raise TooManyTransfers(_RETRY_SECONDS)
                undo.callback(share.places.release)
            return undo.pop_all().close

    def _enter(self, key: tuple[str, str], bounds: Bounds) -> _Share:
        share = self._shares.setdefault(key, _Share(bounds))
        share.count += 1
        return share

    def _leave(self, key: tuple[str, str]) -> None:
        share = self._shares[key]
        share.count -= 1
        if not share.count:
            del self._shares[key]


class _Share:
    """What a person, an address or everybody has of the places."""

    def __init__(self, bounds: Bounds) -> None:
        self.places = Semaphore(bounds.places)
        self.count = 0
        self.small = 0
        self._bounds = bounds

    @property
    def takes_small(self) -> bool:
        """Whether something small may go on beside the others."""
        return self.small < self._bounds.small

    @property
    def is_full(self) -> bool:
        """Whether too many wait already; who asks is counted."""
        return self.count - self.small > self._bounds.places + self._bounds.waiting

    def end_small(self) -> None:
        """Something small is over."""
        self.small -= 1
