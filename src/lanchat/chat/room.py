"""One room's rules, pure: what happened and when go in, what to announce comes out.

A person has one seat, however many tabs they have open. The seat is held from login on; the
first connection to join makes it an arrival; and when the last connection is gone it is kept
for a grace period, so that neither a reload nor a sleeping phone is a leave and a join.

            reserve            enter                disconnect (the last one)
    (none) ─────────► held ──────────► present ─────────────────────────────► away
       ▲                │                 ▲                                    │ │
       │  expire: name  │                 └────────────── enter ───────────────┘ │
       │  is free again ▼                                                        │
       └──────────────◄─┴──────────────────◄─ expire: a departure ───────────────┘

Whoever had a seat when the server ended has it held anew (``restore``), so that nobody takes
their name before their page has come back. Whoever logs out has no seat any more, and an old
copy of their cookie gets none.

No method waits for anything, so under gevent each is atomic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lanchat.chat import names
from lanchat.chat.likeness import skeletons
from lanchat.chat.logouts import Logouts
from lanchat.chat.model import Arrival, Guest, Host, Origin, Role, timestamp
from lanchat.chat.ports import LeaveReason
from lanchat.errors import NameTaken, Unauthorized

LOGIN_HOLD = 30.0
"""Seconds that a name stays reserved between the login and the first connection."""

HOLD_AFTER_RESTART = 60.0
"""Seconds that a name stays with who had it when the server ended."""


@dataclass(slots=True)
class Seat:
    """A person's place; times are in seconds since the epoch.

    ``arrived`` and ``host``, the person's line in the people list, are None until the first
    connection joins; ``free_at`` is None while there is one. ``origin`` is where the person came
    from last.
    """

    guest: Guest
    origin: Origin
    free_at: float | None
    arrived: float | None = None
    host: Host | None = None
    connections: dict[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Departure:
    """A seat has become free.

    ``seconds`` is how long the person was here, and None where they had only held the name:
    nobody has seen them come.
    """

    guest: Guest
    origin: Origin
    time: str
    seconds: float | None
    reason: LeaveReason
    role: Role = "guest"
    muted: bool = False

    @property
    def announcement(self) -> Arrival:
        """The departure as everybody is told of it."""
        guest = self.guest
        return Arrival(guest.id, guest.name, self.origin.ip, self.time, self.role, self.muted)


class Room:
    """Who is here, and which names are taken; ``grace`` is in seconds."""

    def __init__(self, grace: float, logouts: Logouts) -> None:
        self._grace = grace
        self._seats: dict[str, Seat] = {}
        self._owners: dict[str, str] = {}  # skeleton of a name → user id
        self._people: dict[str, str] = {}  # connection → user id
        self._logouts = logouts
        self.present = 0
        """How many people are here: those of ``hosts``."""

    def reserve(self, guest: Guest, origin: Origin, now: float) -> None:
        """Hold the name for somebody who has just logged in. Raises NameTaken."""
        self._seat(guest, origin, now + LOGIN_HOLD)

    def restore(self, guest: Guest, now: float) -> None:
        """Hold the name for who had it in the server's last life. Raises NameTaken."""
        self._seat(guest, Origin(""), now + HOLD_AFTER_RESTART)

    def may_enter(self, guest: Guest) -> bool:
        """Whether the guest's name is theirs or nobody's, and they have not logged out."""
        return guest.id not in self._logouts and self._is_theirs(guest)

    def taken(self, guest: Guest) -> NameTaken | None:
        """The refusal for who comes back when somebody else has their name."""
        if self._is_theirs(guest):
            return None
        return NameTaken(guest.name, names.suggest(guest.name, self._is_free))

    def enter(
        self,
        guest: Guest,
        connection: str,
        origin: Origin,
        now: float,
        *,
        role: Role = "guest",
        muted: bool = False,
    ) -> Arrival | None:
        """Count a connection in. The person's first one is an arrival.

        Raises NameTaken, or Unauthorized for who has logged out.
        """
        if guest.id in self._logouts:
            raise Unauthorized
        seat = self._seat(guest, origin, None)
        seat.connections[connection] = seat.origin = origin
        self._people[connection] = guest.id
        seat.free_at = None
        if seat.host is not None:
            seat.host = replace(seat.host, ip=origin.ip)
            return None
        seat.arrived = now
        self.present += 1
        time = timestamp(now)
        seat.host = Host(guest.id, guest.name, origin.ip, time, role, muted)
        return Arrival(guest.id, guest.name, origin.ip, time, role, muted)

    def describe(self, user_id: str, role: Role, *, muted: bool) -> None:
        """Say in the person's line, if they have one, what they may do from now on."""
        seat = self._seats.get(user_id)
        if seat is not None and seat.host is not None:
            seat.host = replace(seat.host, role=role, muted=muted)

    def seat(self, user_id: str) -> Seat | None:
        """The seat of the person with this id."""
        return self._seats.get(user_id)

    def named(self, name: str) -> Seat | None:
        """The seat of whoever has the name or one that looks like it."""
        owners = (self._owners.get(key) for key in sorted(skeletons(name)))
        return next((self._seats[owner] for owner in owners if owner is not None), None)

    def seat_of(self, connection: str) -> Seat | None:
        """The seat that a connection belongs to, once it has joined."""
        owner = self._people.get(connection)
        return None if owner is None else self._seats[owner]

    def disconnect(self, connection: str, now: float) -> None:
        """Count a connection out; with the last one the grace period begins."""
        owner = self._people.pop(connection, None)
        if owner is None:
            return
        seat = self._seats[owner]
        del seat.connections[connection]
        if not seat.connections:
            seat.free_at = now + self._grace

    def leave(self, user_id: str, now: float, reason: LeaveReason) -> Departure | None:
        """Free the person's seat and name at once."""
        seat = self._seats.pop(user_id, None)
        if seat is None:
            return None
        for key in skeletons(seat.guest.name):
            del self._owners[key]
        for connection in seat.connections:
            del self._people[connection]
        seconds = None if seat.arrived is None else now - seat.arrived
        left = Departure(seat.guest, seat.origin, timestamp(now), seconds, reason)
        if seat.host is None:
            return left
        self.present -= 1
        return replace(left, role=seat.host.role, muted=seat.host.muted)

    def log_out(self, user_id: str, now: float, reason: LeaveReason = "logout") -> Departure | None:
        """Free the person's seat and name at once; they cannot come back as the same."""
        self._logouts.add(user_id, now)
        return self.leave(user_id, now, reason)

    def expire(self, now: float) -> list[Departure]:
        """Free the seats whose time is over."""
        over = [
            user_id
            for user_id, seat in self._seats.items()
            if seat.free_at is not None and seat.free_at <= now
        ]
        left = (self.leave(user_id, now, "closed") for user_id in over)
        return [departure for departure in left if departure is not None]

    def clear(self, now: float) -> list[Departure]:
        """Everybody leaves, because the server stops."""
        left = [self.leave(user_id, now, "stop") for user_id in list(self._seats)]
        return [departure for departure in left if departure is not None]

    def hosts(self) -> Iterator[Host]:
        """Who is here, in the order of arrival."""
        return (seat.host for seat in self._seats.values() if seat.host is not None)

    def connections(self, user_id: str) -> list[str]:
        """The person's open connections."""
        seat = self._seats.get(user_id)
        return sorted(seat.connections) if seat else []

    def _seat(self, guest: Guest, origin: Origin, free_at: float | None) -> Seat:
        seat = self._seats.get(guest.id)
        if seat is None:
            if taken := self.taken(guest):
                raise taken
            seat = self._seats[guest.id] = Seat(guest, origin, free_at)
            self._owners.update(dict.fromkeys(skeletons(guest.name), guest.id))
        return seat

    def _is_theirs(self, guest: Guest) -> bool:
        owners = (self._owners.get(key, guest.id) for key in skeletons(guest.name))
        return all(owner == guest.id for owner in owners)

    def _is_free(self, name: str) -> bool:
        return self._owners.keys().isdisjoint(skeletons(name))
