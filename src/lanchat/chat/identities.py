"""Who is who: people log in by a name, take another one, come back, and log out.

Whose name is whose is known to the directory and noted by ``sessions.py``; here it is asked who
may have one at all, and the connection log learns who was refused.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

from lanchat.chat import names
from lanchat.chat.enforcement import Enforcement
from lanchat.chat.events import ConnectionsClosed, Event, MemberChanged
from lanchat.chat.model import Clock, Origin, User
from lanchat.chat.moderation import HOST_LINK, Moderation
from lanchat.chat.people_commands import promote
from lanchat.chat.ports import Audit, LoginRefusal
from lanchat.chat.presence import Presence
from lanchat.errors import (
    Banned,
    NameTaken,
    NameUnusable,
    Refusal,
    RoomLocked,
    StoreUnavailable,
    Unauthorized,
)

_log = logging.getLogger(__name__)

_REFUSALS: dict[type[Refusal], LoginRefusal] = {
    NameUnusable: "name_unusable",
    NameTaken: "name_taken",
    Banned: "banned",
    RoomLocked: "locked",
}


class Identities:
    """Lets people in by their names, and out; ``publish`` tells an event to all processes."""

    def __init__(
        self,
        presence: Presence,
        enforcement: Enforcement,
        moderation: Moderation,
        audit: Audit,
        *,
        publish: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        self._presence = presence
        self._permissions = enforcement.permissions
        self._amend = enforcement.amend
        self._moderation = moderation
        self._audit = audit
        self._publish = publish
        self._clock = clock

    def log_in(
        self, raw_name: str, origin: Origin, *, replaces: User | None = None, host: bool = False
    ) -> User:
        """A new user whose name is reserved for them. Waits for the disk.

        ``replaces``: whom this session named before; they are logged out, and one of them makes
        room for one in a locked room. ``host``: the host link was opened.
        Raises NameUnusable, NameTaken, Banned, RoomLocked or StoreUnavailable.
        """
        try:
            user = User(uuid.uuid4().hex, names.clean(raw_name))
            if not host:
                known = replaces is not None and self.may_enter(replaces, origin)
                now = self._clock.monotonic()
                self._permissions.check_entry(user.name, origin, now, new=not known)
            self._presence.claim(user, origin)
        except (NameUnusable, NameTaken, Banned, RoomLocked) as refusal:
            self._audit.login_refused(raw_name, origin, _REFUSALS[type(refusal)])
            raise
        if host:
            try:
                self.promote(user)
            except StoreUnavailable:
                self._presence.log_out(user.id, "logout")  # nobody has been given this id
                raise
        if replaces is not None:
            # Nothing has waited since the look at them, unless nothing was looked at: of several
            # logins by one session at the same time one alone finds them still there.
            self.log_out(replaces)
        self._presence.reserve(user, origin)
        return user

    def rename(self, user: User, raw_name: str, origin: Origin) -> User:
        """Give somebody who is in another name; they stay who they are. Waits for the disk.

        Raises Unauthorized (who may not come in any more), NameUnusable, NameTaken or Banned.
        """
        if not self.may_enter(user, origin):
            raise Unauthorized
        try:
            renamed = User(user.id, names.clean(raw_name))
            if renamed == self.current(user):
                return renamed
            if refusal := self._permissions.banned(renamed, origin, self._clock.monotonic()):
                raise refusal
            member = self._presence.rename(renamed, origin)
        except (NameUnusable, NameTaken, Banned) as refusal:
            self._audit.login_refused(raw_name, origin, _REFUSALS[type(refusal)])
            raise
        if member is not None:
            # Before anything waits: of two changes at once the later one is told later.
            self._publish(MemberChanged(renamed, member.role, member.muted))
        self._moderation.rooms.rename(renamed)
        self._presence.reserve(renamed, origin)
        return renamed

    def current(self, user: User) -> User:
        """The user by the name that they have now."""
        return self._presence.current(user)

    def may_enter(self, user: User, origin: Origin) -> bool:
        """Whether a returning user still has their name, or can have it again.

        Whoever has logged out or is banned cannot.
        """
        return self._presence.may_enter(user) and self.banned(user, origin) is None

    def banned(self, user: User, origin: Origin) -> Banned | None:
        """The refusal for who is kept out."""
        return self._permissions.banned(self.current(user), origin, self._clock.monotonic())

    def taken(self, user: User) -> NameTaken | None:
        """The refusal for who comes back when somebody else has their name."""
        return self._presence.taken(user)

    def promote(self, user: User) -> None:
        """Make a moderator of who has opened the host link. Waits for the disk.

        Raises StoreUnavailable.
        """
        promote(self._moderation, HOST_LINK, user)

    def remains_moderator(self, user: User, *, same: bool) -> bool:
        """Whether a moderator who comes back is one: by the ``same`` name, or by another one.

        By another one where somebody else has theirs. Any other login is one of somebody new: it
        may be a guest at a moderator's browser.
        """
        if not self._permissions.is_moderator(user.id):
            return False
        return same or self._presence.displaced(user)

    def log_out(self, user: User) -> None:
        """Free the user's name at once and for good, and close what they have open.

        Waits for the disk.
        """
        self._presence.log_out(user.id, "logout")
        self.close_connections(user.id)
        if self._permissions.is_moderator(user.id):
            try:
                self._amend(lambda state: state.demote(user.id))
            except StoreUnavailable as error:  # nobody comes back by this id anyway
                _log.warning("a moderator has logged out, and cannot be taken off: %s", error)

    def close_connections(self, user_id: str) -> None:
        """Close all that a person has open; they may come back."""
        self._publish(ConnectionsClosed(user_id))
