"""Whose name is whose and who is present, on one server: a pure state machine.

A user has one entry, however many tabs they have open. It is there from the login on; the
first connection makes it an arrival; and when the last connection is gone it is kept for a grace
period, so that neither a reload nor a sleeping phone is a leave and a join.

            claim              connect              disconnect (the last one)
    (none) ─────────► reserved ──────► present ─────────────────────────────► away
       ▲                │                 ▲                                    │ │
       │  expire: name  │                 └───────────── connect ──────────────┘ │
       │  is free again ▼                                                        │
       └──────────────◄─┴──────────────────◄─ expire: a departure ───────────────┘

Whoever had a name when the server ended has it reserved anew, so that nobody takes it before
their page has come back. No method waits for anything. Times ``now`` are a monotonic clock's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from lanchat.chat import names
from lanchat.chat.confusables import skeletons
from lanchat.chat.model import Hand, Member, Origin, Role, User
from lanchat.chat.ports import Departure, Entry, LeaveReason
from lanchat.errors import NameTaken


class LocalDirectory:
    """A Directory of one process; ``grace`` is in seconds."""

    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._entries: dict[str, Entry] = {}
        self._owners: dict[str, str] = {}  # skeleton of a name → user id
        self._users: dict[str, str] = {}  # connection → user id
        self._hands: dict[str, str] = {}  # user id → since when; first come first
        self._present = 0

    @property
    def present(self) -> int:
        """How many people are here: those of ``members``."""
        return self._present

    def claim(self, user: User, origin: Origin, now: float, seconds: float) -> None:
        """Reserve the name for so long. Raises NameTaken."""
        self._entry(user, origin, now + seconds)

    def taken(self, user: User) -> str | None:
        """A free name like theirs, for who comes back when somebody else has it; else None."""
        return None if user.id in self._entries else self._suggestion(user)

    def rename(self, user: User, origin: Origin, now: float, seconds: float) -> Member | None:
        """Let the person with the user's id have the user's name; returns their line if present.

        Who has no entry has the name reserved for so long. Raises NameTaken.
        """
        if suggestion := self._suggestion(user):
            raise NameTaken(user.name, suggestion)
        entry = self._entries.get(user.id)
        if entry is None:
            self.claim(user, origin, now, seconds)
            return None
        for key in skeletons(entry.user.name):
            del self._owners[key]
        entry.user = user
        self._owners.update(dict.fromkeys(skeletons(user.name), user.id))
        if entry.member is not None:
            entry.member = replace(entry.member, name=user.name)
        return entry.member

    def connect(  # noqa: PLR0917  as the Protocol has it
        self, user: User, connection: str, origin: Origin, now: float, time: str, role: Role
    ) -> Member | None:
        """Count a connection in; the person's first one is an arrival. Raises NameTaken."""
        entry = self._entry(user, origin, None)
        entry.connections[connection] = entry.origin = origin
        self._users[connection] = user.id
        entry.free_at = None
        if entry.member is not None:
            entry.member = replace(entry.member, ip=origin.ip)
            return None
        entry.arrived = now
        entry.member = Member(user.id, entry.user.name, origin.ip, time, role)
        self._present += 1
        return entry.member

    def describe(self, user_id: str, role: Role, *, muted: bool) -> Member | None:
        """Say in the person's line what they may do; returns it where it has changed."""
        entry = self._entries.get(user_id)
        if entry is None or entry.member is None:
            return None
        if (entry.member.role, entry.member.muted) == (role, muted):
            return None
        entry.member = replace(entry.member, role=role, muted=muted)
        return entry.member

    def raise_hand(self, user_id: str, time: str) -> None:
        """Let the hand of somebody who is here be up, behind all that are, unless it is up."""
        entry = self._entries.get(user_id)
        if entry is not None and entry.member is not None:
            last = next(reversed(self._hands.values()), "")
            self._hands.setdefault(user_id, max(time, last))  # however the clock is set meanwhile

    def lower_hands(self, user_ids: Collection[str]) -> None:
        """Let these people's hands be down; they are when somebody leaves, too."""
        for user_id in user_ids:
            self._hands.pop(user_id, None)

    def hands(self) -> list[Hand]:
        """Whose hands are up, first come first."""
        return [Hand(self._entries[one].user, since) for one, since in self._hands.items()]

    def disconnect(self, connection: str, now: float) -> None:
        """Count a connection out; with the last one the grace period begins."""
        owner = self._users.pop(connection, None)
        if owner is None:
            return
        entry = self._entries[owner]
        del entry.connections[connection]
        if not entry.connections:
            entry.free_at = now + self._grace

    def release(self, user_id: str, now: float, reason: LeaveReason) -> Departure | None:
        """Free the person's entry and name at once."""
        entry = self._entries.pop(user_id, None)
        if entry is None:
            return None
        self._hands.pop(user_id, None)
        for key in skeletons(entry.user.name):
            del self._owners[key]
        for connection in entry.connections:
            del self._users[connection]
        if entry.member is None:
            return Departure(entry.user, entry.origin, reason, 0.0, None)
        self._present -= 1
        return Departure(entry.user, entry.origin, reason, now - entry.arrived, entry.member)

    def expire(self, now: float) -> list[Departure]:
        """Free the entries whose time is over."""
        over = [
            user_id
            for user_id, entry in self._entries.items()
            if entry.free_at is not None and entry.free_at <= now
        ]
        left = (self.release(user_id, now, "closed") for user_id in over)
        return [departure for departure in left if departure is not None]

    def stop(self, now: float) -> list[Departure]:
        """Everybody here leaves, because the server stops."""
        left = [self.release(user_id, now, "stop") for user_id in list(self._entries)]
        return [departure for departure in left if departure is not None]

    def watch(
        self, left: Callable[[User, Origin], None], logged_out: Callable[[str], None]
    ) -> None:
        """There is no other process."""

    def members(self) -> Iterator[Member]:
        """Who is here, in the order of arrival."""
        return (entry.member for entry in self._entries.values() if entry.member is not None)

    def entry(self, user_id: str) -> Entry | None:
        """The entry of the user with this id."""
        return self._entries.get(user_id)

    def named(self, name: str) -> Entry | None:
        """The entry of whoever has the name or one that looks like it."""
        owners = (self._owners.get(key) for key in sorted(skeletons(name)))
        return next((self._entries[owner] for owner in owners if owner is not None), None)

    def entry_of(self, connection: str) -> Entry | None:
        """The entry that a connection belongs to, once it has joined."""
        owner = self._users.get(connection)
        return None if owner is None else self._entries[owner]

    def _entry(self, user: User, origin: Origin, free_at: float | None) -> Entry:
        entry = self._entries.get(user.id)
        if entry is None:
            if suggestion := self._suggestion(user):
                raise NameTaken(user.name, suggestion)
            entry = self._entries[user.id] = Entry(user, origin, free_at)
            self._owners.update(dict.fromkeys(skeletons(user.name), user.id))
        return entry

    def _suggestion(self, user: User) -> str | None:
        """A free name like the user's, where it is somebody else's."""
        owners = (self._owners.get(key, user.id) for key in skeletons(user.name))
        if all(owner == user.id for owner in owners):
            return None
        return names.suggest(user.name, self._is_free)

    def _is_free(self, name: str) -> bool:
        return self._owners.keys().isdisjoint(skeletons(name))
