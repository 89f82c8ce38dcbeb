"""The settings take effect: what was stored holds from now on, and whom it concerns is told.

Rules, moderators, bans and mutes are changed by the log alone: ``amend`` hands it a change, and
what comes back (``changed``), here as in every other process, is what holds. So nothing holds that
a restart would not know, and two moderators at once undo nothing of each other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from lanchat.chat.changes import Amend
from lanchat.chat.events import (
    ConnectionsClosed,
    Event,
    MemberChanged,
    Notice,
    NoticeCode,
    RulesChanged,
    SettingsChanged,
)
from lanchat.chat.model import LOBBY, Clock, Member, User, timestamp
from lanchat.chat.permissions import Permissions
from lanchat.chat.ports import EventLog, Settings
from lanchat.chat.presence import Presence
from lanchat.chat.room_settings import Ban, Mute, Policies, State
from lanchat.errors import StoreUnavailable

_log = logging.getLogger(__name__)


class Enforcement:
    """Keeps ``permissions`` as the log has them; ``deliver`` tells an event to this process.

    ``told`` is what the server was told at its start.
    """

    def __init__(
        self,
        log: EventLog,
        settings: Settings,
        presence: Presence,
        deliver: Callable[[Event], None],
        clock: Clock,
        *,
        told: Policies,
    ) -> None:
        self.permissions = Permissions(told)
        self._log = log
        self._presence = presence
        self._deliver = deliver
        self._clock = clock
        self._holding: frozenset[Ban | Mute] = frozenset()
        try:
            self._take(settings.load())
        except StoreUnavailable as error:
            _log.warning("it is not known any more who is host, banned or muted: %s", error)

    def amend(self, amended: Callable[[State], State]) -> SettingsChanged:
        """Let another state be stored; returns when it holds. Raises StoreUnavailable."""
        return self._log.append(Amend(amended)).result()

    def expire(self, now: float) -> None:
        """Tell who is let go by now, or kept again, and forget what is over for certain.

        Raises StoreUnavailable.
        """
        self.permissions.look(now, self._clock.wall())
        if self.permissions.holding(now) != self._holding:
            self._pass(now)
        if over := self.permissions.over(now):
            self.amend(lambda state: state.without(over))

    def changed(self, event: SettingsChanged) -> None:
        """Let the stored state hold in this process, and tell whom it concerns here."""
        members = self._presence.members()
        before = {member.id: self._mute_of(member) for member in members}
        self._take(event.after)
        if event.after.rules != event.before.rules:
            self._deliver(RulesChanged(LOBBY, event.after.rules, self.permissions.policies))
        for member in members:
            self._tell(member, before[member.id])
        if event.after.bans != event.before.bans:
            # Whoever bans people at another server knows of those who were here by then. Who came
            # in while that was on its way is found by the next look (``expire``).
            self._holding = frozenset()

    def _take(self, state: State) -> None:
        now = self._clock.monotonic()
        self.permissions.take(state, now, self._clock.wall())
        self._presence.take_bots(state.bots)
        self._holding = self.permissions.holding(now)

    def _pass(self, now: float) -> None:
        """Time or the clock has changed what holds: tell whom it concerns here."""
        self._holding = self.permissions.holding(now)
        for member in self._presence.members():
            self._tell(member, self._mute_of(member) if member.muted else None)
            entry, user = self._presence.entry(member.id), User(member.id, member.name)
            if entry and (banned := self.permissions.banned(user, entry.origin, now)):
                # What another server tells them of it may come too late.
                self._notify(user.id, "banned", banned.until)
                self._deliver(ConnectionsClosed(user.id))

    def _tell(self, was: Member, before: Mute | None) -> None:
        """Say what a member may do now, where that has changed."""
        role, mute = self.permissions.role(was.id), self._mute_of(was)
        if self._presence.describe(was.id, role, muted=mute is not None):
            user = User(was.id, was.name)
            self._deliver(MemberChanged(user, role, muted=mute is not None))
        # Where another server has changed both, this one may have read both at once.
        if role != was.role:
            self._notify(was.id, "host" if role == "host" else "unhost")
        if mute is not None and mute != before:
            self._notify(was.id, "muted", mute.until)
        elif mute is None and was.muted and role == was.role:
            self._notify(was.id, "unmuted")

    def _notify(self, user_id: str, code: NoticeCode, until: float | None = None) -> None:
        self._deliver(Notice(user_id, code, until_text(until)))

    def _mute_of(self, member: Member) -> Mute | None:
        entry = self._presence.entry(member.id)
        if entry is None:
            return None
        return self.permissions.mute_of(member.id, entry.origin, self._clock.monotonic())


def until_text(until: float | None) -> str | None:
    """When something ends, as docs/protocol.md writes times; None for ever."""
    return None if until is None else timestamp(until)
