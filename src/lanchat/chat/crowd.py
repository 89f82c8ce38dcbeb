"""A crowd is told of together: who has come and who has left, a moment's in one piece.

In a small room everybody is told at once. Among 500 people an arrival is 500 packets, and a class
that comes in within seconds a quarter of a million. So in a crowd a moment's arrivals and
departures go out in one piece to the connections that take them so, and one by one to the rest.

Such a piece reads: these have left, then these have come. Hence nobody is in it as first come and
then gone: where somebody leaves who has come within this moment, the moment ends before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lanchat.chat.events import Event, MemberJoined, MemberLeft, MembersChanged

CROWD = 50
"""People present, above which arrivals and departures are told together."""


class Crowd:
    """Tells arrivals and departures: one by one, or in a crowd together when a moment is over.

    ``present`` is how many people are here afterwards.
    """

    def __init__(self, publish: Callable[[Event], None]) -> None:
        self._publish = publish
        self._joined: dict[str, MemberJoined] = {}
        self._left: dict[str, MemberLeft] = {}

    def joined(self, event: MemberJoined, present: int) -> None:
        if self._is_crowd(present):
            event = replace(event, crowd=True)
            self._joined[event.user.id] = event
        self._publish(event)

    def left(self, event: MemberLeft, present: int) -> None:
        if event.user.id in self._joined:
            self.tell()
        if self._is_crowd(present):
            event = replace(event, crowd=True)
            self._left[event.user.id] = event
        self._publish(event)

    def tell(self) -> None:
        """End the moment: tell together what it has brought, if anything."""
        if self._joined or self._left:
            changed = MembersChanged(list(self._joined.values()), list(self._left.values()))
            self._joined, self._left = {}, {}
            self._publish(changed)

    def _is_crowd(self, present: int) -> bool:
        if present > CROWD:
            return True
        self.tell()  # what comes next is told at once, and must not overtake
        return False
