"""Who is here, as one process has read it: a copy of the database's rows, and nothing that waits.

What an entry has besides its row is this process's own: its connections, until when a name is
kept, and what the person may do, which each process learns from the log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lanchat.chat import names
from lanchat.chat.confusables import skeletons
from lanchat.chat.model import Hand, Member, Origin, User
from lanchat.chat.ports import Departure, Entry, LeaveReason
from lanchat.errors import NameTaken

Line = Sequence[Any]
"""A person as ``person_line`` of the schema makes it."""


@dataclass(slots=True)
class Person(Entry):
    """An entry; ``is_kept`` says that this process waits until the person's time is over.

    ``elsewhere`` is whether another process has connections of theirs, ``is_untold`` whether this
    process has read, and not heard, that they have come. ``came`` is when they arrived,
    by this process's clock, whatever somebody else has for ``now``; ``order`` the same by the
    database's, so that all processes have them in one order.
    """

    came: float = 0.0
    order: float = 0.0
    is_kept: bool = False
    elsewhere: bool = False
    is_untold: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether this process has to say that they are here, or that they had a name."""
        return bool(self.connections) or self.free_at is not None


class People:
    """The copy of process number ``mine``; ``clock`` measures how long people are here."""

    def __init__(self, mine: int, grace: float, clock: Callable[[], float]) -> None:
        self._mine = mine
        self._grace = grace
        self._clock = clock
        self.entries: dict[str, Person] = {}
        self._owners: dict[str, str] = {}  # skeleton of a name → user id
        self.users: dict[str, str] = {}
        """Whose the connections of this process are."""
        self.present = 0
        self._hands: dict[str, str] = {}  # user id → since when theirs is up

    def members(self) -> list[Member]:
        """Who is here, in the order of arrival."""
        here = [(entry.order, entry.member) for entry in list(self.entries.values())]
        return [member for _, member in sorted(here, key=lambda each: each[0]) if member]

    def hands(self) -> list[Hand]:
        """Whose hands are up, first come first."""
        up = sorted(self._hands.items(), key=lambda each: each[1])
        return [Hand(self.entries[one].user, since) for one, since in up if one in self.entries]

    def hand(self, user_id: str) -> str | None:
        """Since when somebody's hand is up, None where it is not."""
        return self._hands.get(user_id)

    def named(self, name: str) -> Person | None:
        """Whoever has the name or one that looks like it."""
        owners = (self._owners.get(key) for key in sorted(skeletons(name)))
        return next((self.entries[owner] for owner in owners if owner in self.entries), None)

    def suggestion(self, user: User) -> str | None:
        """A free name like the user's, where it is somebody else's."""
        if all(self._owners.get(key, user.id) == user.id for key in skeletons(user.name)):
            return None
        return names.suggest(user.name, self._is_free)

    def refusal(self, user: User) -> NameTaken:
        """What is said to who wants a name that the database knows as somebody else's."""
        return NameTaken(user.name, names.suggest(user.name, self._is_free))

    def take(self, line: Line) -> Person:
        """A person is as the line says."""
        user_id, name, ip, agent, device, since, role, muted, *rest = line
        seconds, processes, keeper, arrived, hand = rest
        origin, entry = Origin(ip, agent, device), self.entries.get(user_id)
        if entry is None:
            entry = Person(User(user_id, name), origin, None)
            self.entries[user_id] = entry
            self._own(entry.user)
        elif entry.user.name != name:
            self._disown(entry.user)
            entry.user = User(user_id, name)
            self._own(entry.user)
        entry.origin = origin
        if since is not None:
            self._take_member(entry, since, (role, muted), seconds)
            entry.order = arrived
        if hand is None:
            self._hands.pop(user_id, None)
        else:
            self._hands[user_id] = hand
        entry.elsewhere = any(process != self._mine for process in processes)
        was_kept, entry.is_kept = entry.is_kept, keeper == self._mine and not processes
        if not entry.is_kept:
            if not self._is_leaving(entry, processes):
                entry.free_at = None
        elif not was_kept and entry.free_at is None:
            entry.free_at = self._clock() + self._grace
        return entry

    def remove(self, user_id: str) -> Person | None:
        """A person is not here any more, nor is their name theirs."""
        entry = self.entries.pop(user_id, None)
        if entry is None:
            return None
        self._disown(entry.user)
        self._hands.pop(user_id, None)
        for connection in entry.connections:
            self.users.pop(connection, None)
        self.present -= entry.member is not None
        return entry

    def connect(self, entry: Person, connection: str) -> None:
        """Count a connection of this process in."""
        entry.connections[connection] = entry.origin
        self.users[connection] = entry.user.id
        entry.free_at = None

    def disconnect(self, connection: str, now: float) -> Person | None:
        """Count one out; returns whose last one it was, here."""
        entry = self.entries.get(self.users.pop(connection, ""))
        if entry is None:
            return None
        entry.connections.pop(connection, None)
        if entry.connections:
            return None
        entry.free_at = now + self._grace
        return entry

    def due(self, now: float) -> list[str]:
        """Whose time is over, of those who have nobody but this process."""
        return [
            user_id
            for user_id, entry in list(self.entries.items())
            if entry.free_at is not None and entry.free_at <= now and not entry.connections
        ]

    def seconds(self, entry: Person) -> float:
        """How long somebody has been here."""
        return self._clock() - entry.came

    def are_told(self) -> None:
        """Everybody who is concerned knows who is here."""
        for entry in self.entries.values():
            entry.is_untold = False

    def wait_anew(self) -> None:
        """Nobody could come for a while: who is waited for has the whole time again."""
        until = self._clock() + self._grace
        for entry in list(self.entries.values()):
            if entry.free_at is not None:
                entry.free_at = max(entry.free_at, until)

    def _take_member(
        self, entry: Person, since: str, standing: tuple[Any, bool], seconds: float
    ) -> None:
        user, ip = entry.user, entry.origin.ip
        if entry.member is None:
            self.present += 1
            entry.is_untold = True
            entry.member = Member(user.id, user.name, ip, since, *standing)
            entry.came = entry.arrived = self._clock() - seconds
        elif (entry.member.name, entry.member.ip) != (user.name, ip):
            entry.member = replace(entry.member, name=user.name, ip=ip)

    def _is_leaving(self, entry: Person, processes: Sequence[int]) -> bool:
        """Whether the database is still to learn that the last connection of this process ended."""
        return processes == [self._mine] and not entry.connections

    def _own(self, user: User) -> None:
        self._owners.update(dict.fromkeys(skeletons(user.name), user.id))

    def _disown(self, user: User) -> None:
        for key in skeletons(user.name):
            if self._owners.get(key) == user.id:
                del self._owners[key]

    def _is_free(self, name: str) -> bool:
        return self._owners.keys().isdisjoint(skeletons(name))


def departure(entry: Entry, now: float, reason: LeaveReason) -> Departure:
    """What is told of somebody who has left their name to others."""
    seconds = 0.0 if entry.member is None else now - entry.arrived
    return Departure(entry.user, entry.origin, reason, seconds, entry.member)
