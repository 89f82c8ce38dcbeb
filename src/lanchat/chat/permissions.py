"""Who may come in, who may write, and who moderates: pure rules over what is set.

The first part is one table, of what people may do in which room (``may``): the rest holds for the
whole chat, and a room can only be stricter.

A moderator is never kept from anything. How long a ban or mute still lasts is measured by the
monotonic clock from the moment on that this server learned of it, so that a clock that is set lets
nobody go, and keeps nobody waiting longer than they were told.

A server may be started while the clock is ahead, and find over what is not. So what was over when
it was learned of holds for nobody, and again where the clock is set back; it is forgotten only
once this server has run for as long as it was to last.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from ipaddress import ip_address
from math import ceil
from typing import NamedTuple

from lanchat.chat.confusables import skeletons
from lanchat.chat.model import LOBBY, Origin, Role, User
from lanchat.chat.room_settings import (
    Ban,
    Mute,
    Openers,
    Policies,
    Privacy,
    Rules,
    State,
    is_same,
)
from lanchat.chat.rooms import MAIN, Kind, Room
from lanchat.chat.slow_mode import Turn, Turns
from lanchat.errors import Banned, FilesOff, Muted, ReadOnly, RoomLocked
from lanchat.times import DOUBT

ENDED_KEPT = 1_000
"""So many bans and mutes that seem to be over are kept at most, the newest ones."""


class Act(Enum):
    """What people do in rooms."""

    READ = "read"
    WRITE = "write"
    ENTER = "enter"
    LEAVE = "leave"
    CHANGE = "change"
    """its name, its topic, its rules"""
    CLOSE = "close"
    """or delete"""
    PIN = "pin"
    CLEAR = "clear"
    DELETE = "delete"
    """what others have said"""


class Standing(NamedTuple):
    """What somebody is in a room; ``opener`` has opened it, a ``member`` is in it."""

    host: bool = False
    member: bool = False
    opener: bool = False


_Rule = Callable[[Standing], bool]


def _nobody(_who: Standing) -> bool:
    return False


def _members(who: Standing) -> bool:
    return who.member


def _hosts(who: Standing) -> bool:
    return who.host


def _hosts_within(who: Standing) -> bool:
    return who.host and who.member


def _whoever_opened(who: Standing) -> bool:
    return who.host or who.opener


def _others(who: Standing) -> bool:
    return not who.member


def _hosts_outside(who: Standing) -> bool:
    return who.host and not who.member


_MAY: dict[Kind, dict[Act, _Rule]] = {
    "main": {
        **dict.fromkeys((Act.READ, Act.WRITE), _members),
        **dict.fromkeys((Act.CHANGE, Act.PIN, Act.CLEAR, Act.DELETE), _hosts_within),
    },
    "open": {
        **dict.fromkeys((Act.READ, Act.WRITE, Act.LEAVE), _members),
        **dict.fromkeys((Act.CHANGE, Act.CLOSE), _whoever_opened),
        **dict.fromkeys((Act.PIN, Act.CLEAR, Act.DELETE), _hosts_within),
        Act.ENTER: _others,
    },
    "group": {
        **dict.fromkeys((Act.READ, Act.WRITE), _members),
        **dict.fromkeys((Act.CHANGE, Act.CLOSE), _hosts),
        **dict.fromkeys((Act.LEAVE, Act.PIN, Act.CLEAR, Act.DELETE), _hosts_within),
        Act.ENTER: _hosts_outside,
    },
    "direct": dict.fromkeys((Act.READ, Act.WRITE), _members),
}
"""What is not named is nobody's."""

_WHILE_OPEN = {Act.WRITE, Act.ENTER, Act.CHANGE, Act.PIN}


def may(who: Standing, act: Act, room: Room) -> bool:
    """Whether somebody may do this in the room, as far as the room is concerned."""
    if room.closed and act in _WHILE_OPEN:
        return False
    if not who.host and (
        (act is Act.ENTER and room.locked) or (act is Act.WRITE and room.readonly)
    ):
        return False
    return _MAY[room.kind].get(act, _nobody)(who)


def sees(who: Standing, room: Room) -> bool:
    """Whether somebody knows of the room: who is in it, and who might enter."""
    is_for_all = room.kind == "open" or (room.kind == "group" and who.host)
    return who.member or (room.is_open and is_for_all)


def may_open(policy: Openers, *, host: bool) -> bool:
    """Whether somebody may open a room that others can enter."""
    return host or policy == "all"


def may_talk_privately(policy: Privacy, *, one_is_host: bool) -> bool:
    """Whether two people may have a room of their own, of whom perhaps one is host."""
    return policy == "all" or (policy == "hosts" and one_is_host)


class _Span(NamedTuple):
    """When this server learned of a ban or mute, and when it ends; None is never."""

    learned: float
    end: float | None


class Permissions:
    """Who may do what now; times ``now`` are the monotonic clock's.

    ``told`` is what the server was told at its start.
    """

    def __init__(self, told: Policies = Policies()) -> None:  # noqa: B008 (it does not change)
        self.told = told
        self._state = State()
        self._spans: dict[Ban | Mute, _Span] = {}
        self._turns = Turns()

    @property
    def state(self) -> State:
        return self._state

    @property
    def rules(self) -> Rules:
        return self._state.rules

    @property
    def policies(self) -> Policies:
        """Who opens rooms, and between whom there are some for two."""
        return self.told.under(self.rules)

    def take(self, state: State, now: float, wall: float) -> None:
        """Let another state hold from now on."""
        passing: tuple[Ban | Mute, ...] = (*state.bans, *state.mutes)
        known = self._spans
        self._spans = {one: known.get(one) or _Span(now, _end(one, now, wall)) for one in passing}
        if state.rules.slow != self._state.rules.slow:
            self._turns.clear(LOBBY)
        self._state = state

    def is_moderator(self, user_id: str) -> bool:
        return user_id in self._state.moderators

    def may_edit(self, user_id: str) -> bool:
        """Whether somebody may change what they have said, if they may write at all."""
        return self.rules.edits or self.is_moderator(user_id)

    def role(self, user_id: str) -> Role:
        return "host" if self.is_moderator(user_id) else "guest"

    def check_entry(self, name: str, origin: Origin, now: float, *, new: bool) -> None:
        """Look whether somebody may come in by this name; ``new`` is who logs in.

        Raises Banned, or RoomLocked.
        """
        bans = self.bans(now)
        keys = skeletons(name) if bans else frozenset()  # seldom: it takes its time
        for ban in bans:
            if is_same(ban.device, origin.device) or (new and is_same(ban.address, origin.ip)):
                raise Banned("person", ban.until)
            if not keys.isdisjoint(skeletons(ban.name)):
                raise Banned("name", ban.until)
        if new and self.rules.locked:
            raise RoomLocked

    def banned(self, user: User, origin: Origin, now: float) -> Banned | None:
        """The refusal for who is in and kept out; a moderator never is."""
        try:
            if not self.is_moderator(user.id):
                self.check_entry(user.name, origin, now, new=False)
        except Banned as refusal:
            return refusal
        return None

    def check_writing(self, user: User, origin: Origin, now: float, room: Room = MAIN) -> None:
        """Look whether somebody who is in the room may write now, however slowly.

        Raises Muted or ReadOnly for a guest.
        """
        if self.is_moderator(user.id):
            return
        if mute := self.mute_of(user.id, origin, now):
            end = self._spans[mute].end
            raise Muted(None if end is None else ceil(end - now))
        if self.rules.readonly or room.readonly:
            raise ReadOnly

    def check_files(self, user_id: str) -> None:
        """Look whether somebody may send files, if they may write at all.

        Raises FilesOff for a guest.
        """
        if not self.rules.files and not self.is_moderator(user_id):
            raise FilesOff

    def take_turn(
        self,
        user: User,
        origin: Origin,
        now: float,
        neighbours: Callable[[str], int],
        room: Room = MAIN,
    ) -> Turn | None:
        """Let somebody write now; in slow mode a guest's turn, which may be given back.

        ``neighbours`` is how many people are here from an address: all of them together have a
        turn each. Raises Muted, ReadOnly or SlowMode for a guest.
        """
        self.check_writing(user, origin, now, room)
        if not (self.rules.slow or room.slow) or self.is_moderator(user.id):
            return None
        # What holds for all counts messages in all rooms.
        pauses = {room.id: room.slow, LOBBY: self.rules.slow}
        holding = {name: seconds for name, seconds in pauses.items() if seconds}
        return self._turns.take(user, origin, now, neighbours(origin.ip), holding)

    def give_back(self, turn: Turn) -> None:
        """Nothing new was said in this turn."""
        self._turns.give_back(turn)

    def bans(self, now: float) -> list[Ban]:
        """Those that hold, oldest first."""
        return [ban for ban in self._state.bans if not self._is_over(ban, now)]

    def mute_of(self, user_id: str, origin: Origin, now: float) -> Mute | None:
        """What keeps this person from writing; nothing does so with a moderator."""
        if self.is_moderator(user_id):
            return None
        for mute in self._state.mutes:
            if mute.is_of(user_id, origin.device) and not self._is_over(mute, now):
                return mute
        return None

    def look(self, now: float, wall: float) -> None:
        """Let hold again what seemed to be over when it was learned of, and by the clock is not."""
        for one, (learned, end) in self._spans.items():
            if end is not None and end <= learned and one.until is not None and one.until > wall:
                self._spans[one] = _Span(learned, _end(one, now, wall))

    def holding(self, now: float) -> frozenset[Ban | Mute]:
        """The bans and mutes that hold."""
        return frozenset(one for one in self._spans if not self._is_over(one, now))

    def over(self, now: float) -> frozenset[Ban | Mute]:
        """The bans and mutes that may be forgotten: whose time is over whatever the clock says."""
        ended = [one for one in self._spans if self._is_over(one, now)]
        kept = [one for one in ended if now < self._spans[one].learned + (one.seconds or DOUBT)]
        return frozenset(ended).difference(kept[-ENDED_KEPT:])

    def _is_over(self, one: Ban | Mute, now: float) -> bool:
        end = self._spans[one].end
        return end is not None and end <= now


def can_be_banned(address: str) -> bool:
    """Whether a ban by this address keeps somebody out: the server's own computer stays free."""
    try:
        return not ip_address(address).is_loopback
    except ValueError:
        return False  # behind a Unix socket nobody has an address


def _end(one: Ban | Mute, now: float, wall: float) -> float | None:
    """When it ends by the monotonic clock, and never later than it was to last."""
    if one.until is None:
        return None
    left = one.until - wall
    return now + (left if one.seconds is None else min(left, one.seconds))
