"""Who may come in, who may write, and who moderates: pure rules over the room's settings.

A moderator is never kept from anything. How long a ban or mute still lasts is measured by the
monotonic clock from the moment on that this server learned of it, so that a clock that is set lets
nobody go, and keeps nobody waiting longer than they were told.

A server may be started while the clock is ahead, and find over what is not. So what was over when
it was learned of holds for nobody, and again where the clock is set back; it is forgotten only
once this server has run for as long as it was to last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from math import ceil
from typing import NamedTuple

from lanchat.chat.confusables import skeletons
from lanchat.chat.model import Origin, Role, User
from lanchat.chat.room_settings import Ban, Mute, Rules, State, is_same
from lanchat.errors import Banned, FilesOff, Muted, ReadOnly, RoomLocked, SlowMode
from lanchat.times import DOUBT

ENDED_KEPT = 1_000
"""So many bans and mutes that seem to be over are kept at most, the newest ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A message of a guest's in slow mode: stored, or on its way."""

    at: float
    user_id: str
    origin: Origin


class _Span(NamedTuple):
    """When this server learned of a ban or mute, and when it ends; None is never."""

    learned: float
    end: float | None


class Permissions:
    """Who may do what now; times ``now`` are the monotonic clock's."""

    def __init__(self) -> None:
        self._state = State()
        self._spans: dict[Ban | Mute, _Span] = {}
        self._turns: list[Turn] = []  # in slow mode, oldest first

    @property
    def state(self) -> State:
        return self._state

    @property
    def rules(self) -> Rules:
        return self._state.rules

    def take(self, state: State, now: float, wall: float) -> None:
        """Let another state hold from now on."""
        passing: tuple[Ban | Mute, ...] = (*state.bans, *state.mutes)
        known = self._spans
        self._spans = {one: known.get(one) or _Span(now, _end(one, now, wall)) for one in passing}
        if state.rules.slow != self._state.rules.slow:
            self._turns.clear()
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

    def check_writing(self, user: User, origin: Origin, now: float) -> None:
        """Look whether somebody may write now, however slowly.

        Raises Muted or ReadOnly for a guest.
        """
        if self.is_moderator(user.id):
            return
        if mute := self.mute_of(user.id, origin, now):
            end = self._spans[mute].end
            raise Muted(None if end is None else ceil(end - now))
        if self.rules.readonly:
            raise ReadOnly

    def check_files(self, user_id: str) -> None:
        """Look whether somebody may send files, if they may write at all.

        Raises FilesOff for a guest.
        """
        if not self.rules.files and not self.is_moderator(user_id):
            raise FilesOff

    def take_turn(
        self, user: User, origin: Origin, now: float, neighbours: Callable[[str], int]
    ) -> Turn | None:
        """Let somebody write now; in slow mode a guest's turn, which may be given back.

        ``neighbours`` is how many people are here from an address: all of them together have a
        turn each, so that who deletes their cookies and comes in anew waits like everybody.
        Raises Muted, ReadOnly or SlowMode for a guest.
        """
        self.check_writing(user, origin, now)
        if not self.rules.slow or self.is_moderator(user.id):
            return None
        self._check_slow(user, origin, now, neighbours(origin.ip))
        turn = Turn(now, user.id, origin)
        self._turns.append(turn)
        return turn

    def give_back(self, turn: Turn) -> None:
        """Nothing new was said in this turn."""
        if turn in self._turns:
            self._turns.remove(turn)

    def _check_slow(self, user: User, origin: Origin, now: float, neighbours: int) -> None:
        slow = self.rules.slow
        self._turns = [turn for turn in self._turns if turn.at > now - slow]
        counting = [turn.at for turn in self._turns if _is_by(turn, user, origin)]
        there = [turn.at for turn in self._turns if is_same(turn.origin.ip, origin.ip)]
        if len(there) >= neighbours > 0:
            counting.append(there[-neighbours])
        if counting:
            raise SlowMode(ceil(max(counting) + slow - now))

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


def _is_by(turn: Turn, user: User, origin: Origin) -> bool:
    return turn.user_id == user.id or is_same(turn.origin.device, origin.device)
