"""Who is behind which connection, and how many come from where.

What is asked of them for each new connection is kept, so that a class which comes in at once is
not counted anew for each of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from lanchat.chat.model import Guest, Origin


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person behind a connection, as its ``connect`` established."""

    guest: Guest
    origin: Origin
    lang: str


class Visitors:
    """The visitors by their connections."""

    def __init__(self) -> None:
        self._visitors: dict[str, Visitor] = {}
        self._addresses: Counter[str] = Counter()
        self._people: dict[str, list[str]] = {}  # user id → connections

    def __len__(self) -> int:
        return len(self._visitors)

    def __contains__(self, connection: str) -> bool:
        return connection in self._visitors

    def get(self, connection: str) -> Visitor | None:
        """Who is behind a connection, if it is one of those here."""
        return self._visitors.get(connection)

    def add(self, connection: str, visitor: Visitor) -> None:
        """A connection that is not here yet is, from now on."""
        self._visitors[connection] = visitor
        self._addresses[visitor.origin.ip] += 1
        self._people.setdefault(visitor.guest.id, []).append(connection)

    def remove(self, connection: str) -> None:
        """It is gone, if it was here."""
        visitor = self._visitors.pop(connection, None)
        if visitor is None:
            return
        address, person = visitor.origin.ip, visitor.guest.id
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]
        self._people[person].remove(connection)
        if not self._people[person]:
            del self._people[person]

    def connections(self, guest: Guest) -> list[str]:
        """All of one person's, the oldest first."""
        return list(self._people.get(guest.id, ()))

    def from_address(self, ip: str) -> int:
        """How many come from there."""
        return self._addresses[ip]
