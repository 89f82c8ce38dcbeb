"""Who is behind which connection, and how many there may be.

What is asked of them for each new connection is kept, so that a class which comes in at once is
not counted anew for each of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lanchat.chat.model import Origin, User
from lanchat.chat.ports import Audit
from lanchat.errors import TooManyConnections


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person behind a connection, as its ``connect`` established."""

    user: User
    origin: Origin
    lang: str

    @property
    def person(self) -> str:
        """By what limits know them: their device, which neither a name nor a login changes."""
        return self.origin.device or self.user.id


class Connections:
    """The visitors by their connections: ``most`` in all, ``most_per_ip`` from one address.

    0 is no limit.
    """

    def __init__(self, most: int, most_per_ip: int, audit: Audit) -> None:
        self._most = most
        self._most_per_ip = most_per_ip
        self._audit = audit
        self._visitors: dict[str, Visitor] = {}
        self._addresses: Counter[str] = Counter()
        self._users: Counter[str] = Counter()

    def __contains__(self, connection: str) -> bool:
        return connection in self._visitors

    def get(self, connection: str) -> Visitor | None:
        """Who is behind a connection, if it is one of those here."""
        return self._visitors.get(connection)

    def has(self, user: User) -> bool:
        """Whether the user has a connection."""
        return user.id in self._users

    def of(self, user_id: str, device: str) -> list[str]:
        """The connections of a person in one browser."""
        return [
            connection
            for connection, visitor in self._visitors.items()
            if visitor.user.id == user_id and visitor.origin.device == device
        ]

    def by_user(self) -> Iterator[tuple[str, str]]:
        """Each with the id of whose it is in front."""
        return ((visitor.user.id, connection) for connection, visitor in self._visitors.items())

    def check_room(self, origin: Origin) -> None:
        """Look whether one more connection may come from there. Raises TooManyConnections."""
        counts = (
            (self._most, len(self._visitors)),
            (self._most_per_ip, self._addresses[origin.ip]),
        )
        if any(0 < limit <= count for limit, count in counts):
            self._audit.refused(origin, TooManyConnections.code)
            raise TooManyConnections

    def add(self, connection: str, visitor: Visitor) -> None:
        """A connection that is not here yet is, from now on."""
        self._visitors[connection] = visitor
        self._addresses[visitor.origin.ip] += 1
        self._users[visitor.user.id] += 1

    def remove(self, connection: str) -> None:
        """It is gone, if it was here."""
        visitor = self._visitors.pop(connection, None)
        if visitor is None:
            return
        for counter, key in ((self._addresses, visitor.origin.ip), (self._users, visitor.user.id)):
            counter[key] -= 1
            if not counter[key]:
                del counter[key]
