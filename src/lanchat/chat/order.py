"""Who may come in, who may speak, and who keeps order: pure rules, and the state they go by.

A host is never kept from anything. Everybody else is known by three things, of which each may
fail to tell them: the id of their session, which a new login changes; their name, which they
choose; and the id of their device, which their browser keeps over logins until its cookies are
deleted. A ban or a mute holds for whoever has the device; a ban also for the name and whatever
looks like it. An address stands for everybody behind one router, so a ban is by address only
where somebody asks for it, and then keeps out who is new there.

Times are in seconds since the epoch; None is for ever. No method waits for anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import ip_address
from math import ceil
from typing import Protocol, TypeVar

from lanchat.chat.likeness import skeletons
from lanchat.chat.model import Guest, Origin, Role
from lanchat.errors import Banned, Muted, ReadOnly, RoomLocked, SlowMode


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for all; ``slow`` is the seconds between two messages of a guest, 0 for none."""

    topic: str = ""
    locked: bool = False
    readonly: bool = False
    slow: int = 0


@dataclass(frozen=True, slots=True)
class Ban:
    """Somebody who is kept out; what is not known of them, or not to count, is empty."""

    name: str
    device: str
    address: str
    until: float | None
    by: str

    def is_over(self, now: float) -> bool:
        return self.until is not None and self.until <= now


@dataclass(frozen=True, slots=True)
class Mute:
    """Somebody who may listen and not speak."""

    user_id: str
    name: str
    device: str
    until: float | None

    def is_over(self, now: float) -> bool:
        return self.until is not None and self.until <= now


@dataclass(frozen=True, slots=True)
class State:
    """All that a restart has to know."""

    rules: Rules = Rules()
    hosts: frozenset[str] = frozenset()
    bans: tuple[Ban, ...] = ()
    mutes: tuple[Mute, ...] = ()


class Order:
    """The rules of one room as they are now; they begin as ``state`` has them."""

    def __init__(self, state: State | None = None) -> None:
        self._state = state or State()
        self._spoken: dict[str, float] = {}  # user id → when they said something last

    @property
    def state(self) -> State:
        """What is to be saved."""
        return self._state

    @property
    def rules(self) -> Rules:
        return self._state.rules

    def change(self, rules: Rules) -> None:
        """Let other rules hold."""
        self._state = replace(self._state, rules=rules)
        self._spoken.clear()

    def is_host(self, user_id: str) -> bool:
        return user_id in self._state.hosts

    def role(self, user_id: str) -> Role:
        return "host" if self.is_host(user_id) else "guest"

    def make_host(self, user_id: str) -> None:
        self._state = replace(self._state, hosts=self._state.hosts | {user_id})

    def unmake_host(self, user_id: str) -> None:
        self._state = replace(self._state, hosts=self._state.hosts - {user_id})

    def check_entry(self, name: str, origin: Origin, now: float, *, new: bool) -> None:
        """Look whether somebody may come in by this name; ``new`` is who logs in.

        Raises Banned, or RoomLocked.
        """
        keys = skeletons(name) if self._state.bans else frozenset()  # seldom: it takes its time
        for ban in self._bans(now):
            if _same(ban.device, origin.device) or (new and _same(ban.address, origin.ip)):
                raise Banned("person", ban.until)
            if not keys.isdisjoint(skeletons(ban.name)):
                raise Banned("name", ban.until)
        if new and self.rules.locked:
            raise RoomLocked

    def check_words(self, guest: Guest, origin: Origin, now: float) -> None:
        """Count a message of somebody's. Raises Muted, ReadOnly or SlowMode for a guest."""
        if self.is_host(guest.id):
            return
        if mute := self.mute_of(guest.id, origin, now):
            raise Muted(None if mute.until is None else ceil(mute.until - now))
        if self.rules.readonly:
            raise ReadOnly
        if self.rules.slow:
            wait = self._spoken.get(guest.id, 0.0) + self.rules.slow - now
            if wait > 0:
                raise SlowMode(ceil(wait))
            self._spoken[guest.id] = now

    def ban(self, ban: Ban) -> None:
        """Keep somebody out; what was said of the name before does not count any more."""
        self._state = replace(self._state, bans=(*self._without(ban.name), ban))

    def bans(self, now: float) -> list[Ban]:
        """Those that hold, oldest first."""
        return list(self._bans(now))

    def unban(self, name: str, now: float) -> bool:
        """Let in whoever has the name; False where nobody by it was kept out."""
        before = len(self.bans(now))
        self._state = replace(self._state, bans=self._without(name))
        return len(self.bans(now)) < before

    def mute(self, mute: Mute) -> None:
        """Let somebody speak no more; what was said of them before does not count any more."""
        rest = (one for one in self._state.mutes if not _is_of(one, mute.user_id, mute.device))
        self._state = replace(self._state, mutes=(*rest, mute))

    def mute_of(self, user_id: str, origin: Origin, now: float) -> Mute | None:
        """What keeps this person from speaking."""
        for mute in self._state.mutes:
            if _is_of(mute, user_id, origin.device) and not mute.is_over(now):
                return mute
        return None

    def unmute(self, mute: Mute) -> None:
        rest = tuple(one for one in self._state.mutes if one != mute)
        self._state = replace(self._state, mutes=rest)

    def expire(self, now: float) -> list[Mute]:
        """Forget what is over; returns the mutes, whose people may speak again."""
        state = self._state
        over = [mute for mute in state.mutes if mute.is_over(now)]
        if over or any(ban.is_over(now) for ban in state.bans):
            bans, mutes = _still(state.bans, now), _still(state.mutes, now)
            self._state = replace(state, bans=bans, mutes=mutes)
        return over

    def _bans(self, now: float) -> Iterable[Ban]:
        return (ban for ban in self._state.bans if not ban.is_over(now))

    def _without(self, name: str) -> tuple[Ban, ...]:
        keys = skeletons(name)
        return tuple(ban for ban in self._state.bans if keys.isdisjoint(skeletons(ban.name)))


def can_be_banned(address: str) -> bool:
    """Whether a ban by this address keeps somebody out: the host's own computer stays free."""
    try:
        return not ip_address(address).is_loopback
    except ValueError:
        return False  # behind a Unix socket nobody has an address


class _Passing(Protocol):
    def is_over(self, now: float) -> bool: ...


_P = TypeVar("_P", bound=_Passing)


def _still(these: tuple[_P, ...], now: float) -> tuple[_P, ...]:
    return tuple(one for one in these if not one.is_over(now))


def _same(known: str, seen: str) -> bool:
    return known != "" and known == seen


def _is_of(mute: Mute, user_id: str, device: str) -> bool:
    return mute.user_id == user_id or _same(mute.device, device)
