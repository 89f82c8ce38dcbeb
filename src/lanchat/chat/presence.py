"""Who came and went, as the others are told: one by one, or in a crowd together.

In a small room everybody is told at once. Among 500 people an arrival is 500 packets, and a class
that comes in within seconds a quarter of a million. So in a crowd a moment's arrivals and
departures go out in one piece to the connections that take them so (``batches``), and one by one
to the rest.

Such a piece reads: these have left, then these have come. Hence nobody is in it as first come and
then gone: where somebody leaves who has come within this moment, the moment ends before.
"""

from __future__ import annotations

from lanchat.chat.model import Arrival, Changes
from lanchat.chat.ports import Broadcaster

CROWD = 50
"""People present, above which arrivals and departures are told together."""


class Presence:
    """Tells the broadcaster; whoever has it calls ``tell`` when a moment is over.

    ``present`` is how many people are here afterwards. No method waits for anything, so under
    gevent each is atomic.
    """

    def __init__(self, broadcaster: Broadcaster) -> None:
        self._broadcaster = broadcaster
        self._joined: dict[str, Arrival] = {}
        self._left: dict[str, Arrival] = {}

    def joined(self, arrival: Arrival, present: int) -> None:
        """Somebody came."""
        crowd = self._is_crowd(present)
        self._broadcaster.host_joined(arrival, crowd=crowd)
        if crowd:
            self._joined[arrival.id] = arrival

    def left(self, departure: Arrival, present: int) -> None:
        """Somebody went."""
        if departure.id in self._joined:
            self.tell()
        crowd = self._is_crowd(present)
        self._broadcaster.host_left(departure, crowd=crowd)
        if crowd:
            self._left[departure.id] = departure

    def tell(self) -> None:
        """End the moment: tell together what it has brought, if anything."""
        if self._joined or self._left:
            changes = Changes(list(self._joined.values()), list(self._left.values()))
            self._joined, self._left = {}, {}
            self._broadcaster.hosts_changed(changes)

    def _is_crowd(self, present: int) -> bool:
        if present > CROWD:
            return True
        self.tell()  # what comes next is told at once, and must not overtake
        return False
