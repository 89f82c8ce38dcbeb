"""Files on their way, up and down: which requests bring them, and how many at a time.

    the first three of a person, and twenty-four in all     go on side by side
    the next ones                                           wait for a place, up to 20 s
    what would wait longer, or too many that wait           refused (TooManyTransfers)

What is small is not counted: it is over before it is anybody's turn, and a page has thirty small
pictures. A browser does not ask again for a picture that was refused, so waiting comes first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from gevent.lock import Semaphore

from lanchat.errors import TooManyTransfers

ADDRESSES = "/files"
"""Where files are; each has an address below it."""

OF_A_PERSON = 3
IN_ALL = 24

SMALL = 256 << 10
"""Bytes of what is no transfer yet."""

WAIT_SECONDS = 20.0
WAITING_OF_A_PERSON = 10
WAITING_IN_ALL = 100

_RETRY_SECONDS = 5


def streams(method: str, path: str) -> bool:
    """Whether the body of a request is read as it comes: a piece of a file.

    Clients that know no PATCH send such a piece by POST, with a header that says so.
    """
    return method in {"PATCH", "POST"} and path.startswith(f"{ADDRESSES}/")


class Transfers:
    """The places of files on their way; a place is kept until it is given back."""

    def __init__(self, seconds: float = WAIT_SECONDS) -> None:
        self._seconds = seconds
        self._places = Semaphore(IN_ALL)
        self._people: dict[str, Semaphore] = {}
        self._counts: dict[str, int] = {}
        self._count = 0

    def __len__(self) -> int:
        """How many have a place, or wait for one."""
        return self._count

    @contextmanager
    def place(self, person: str, size: int | None) -> Iterator[None]:
        """Have a place for so many bytes, None where that is not known. Raises TooManyTransfers."""
        give_back = self.take(person, size)
        try:
            yield
        finally:
            give_back()

    def take(self, person: str, size: int | None) -> Callable[[], None]:
        """The same; returns what gives the place back."""
        if size is not None and size < SMALL:
            return _nothing
        waiting = self._counts.get(person, 0) - OF_A_PERSON
        if waiting >= WAITING_OF_A_PERSON or self._count - IN_ALL >= WAITING_IN_ALL:
            raise TooManyTransfers(_RETRY_SECONDS)
        with ExitStack() as undo:
            own = self._enter(person)
            undo.callback(self._leave, person)
            end = time.monotonic() + self._seconds
            for places in (own, self._places):
                if not places.acquire(timeout=max(0.001, end - time.monotonic())):
                    raise TooManyTransfers(_RETRY_SECONDS)
                undo.callback(places.release)
            return undo.pop_all().close

    def _enter(self, person: str) -> Semaphore:
        self._count += 1
        self._counts[person] = self._counts.get(person, 0) + 1
        return self._people.setdefault(person, Semaphore(OF_A_PERSON))

    def _leave(self, person: str) -> None:
        self._count -= 1
        self._counts[person] -= 1
        if not self._counts[person]:
            del self._counts[person], self._people[person]


def _nothing() -> None:
    """The place of what needs none."""
