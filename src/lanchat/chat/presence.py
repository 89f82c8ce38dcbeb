"""People come and go: names are noted, the connection log is written, everybody is told."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from lanchat.chat import names
from lanchat.chat.confusables import skeletons
from lanchat.chat.crowd import Crowd
from lanchat.chat.events import Event, MemberJoined, MemberLeft
from lanchat.chat.model import Clock, Member, Origin, Role, User, is_bot, timestamp
from lanchat.chat.ports import Audit, Departure, Directory, Entry, LeaveReason
from lanchat.chat.room_settings import Bot
from lanchat.chat.sessions import Sessions
from lanchat.errors import NameTaken, NotJoined, StoreUnavailable, Unauthorized

LOGIN_HOLD = 30.0
"""Seconds that a name stays reserved between the login and the first connection."""

HOLD_AFTER_RESTART = 60.0
"""Seconds that a name stays with who had it when the server ended."""

REMEMBERED = 200
"""So many of those who left last, and of the names that were given up last, are known.

Some leave, or change their name, in order not to be banned.
"""


_Kept = TypeVar("_Kept")


class Presence:
    """Who is here; ``publish`` tells an event to all processes."""

    def __init__(
        self,
        directory: Directory,
        sessions: Sessions,
        audit: Audit,
        publish: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._forgotten: Callable[[str], None] = lambda _user_id: None
        self._sessions = sessions
        self._audit = audit
        self._clock = clock
        self._crowd = Crowd(publish)
        self._gone: OrderedDict[str, tuple[User, Origin]] = OrderedDict()
        self._former: OrderedDict[str, str] = OrderedDict()  # a name that was given up → user id
        self._bots: tuple[Bot, ...] = ()
        self._bot_names: dict[str, User] = {}  # skeleton of a name → whose it is
        now = clock.monotonic()
        for user, device in sessions.restored:
            # Two names that an earlier lanchat told apart may count as the same now.
            with contextlib.suppress(NameTaken, Unauthorized, StoreUnavailable):
                directory.claim(user, Origin("", device=device), now, HOLD_AFTER_RESTART)
        directory.watch(self._left_elsewhere, sessions.logged_out_elsewhere)

    def watch_logouts(self, forgotten: Callable[[str], None]) -> None:
        """Let this be called with the id of who is logged out here: nobody has it any more."""
        self._forgotten = forgotten

    def take_bots(self, bots: tuple[Bot, ...]) -> None:
        """From now on these programs have their names, which nobody else can have."""
        if bots is not self._bots:
            self._bots = bots
            users = [User(bot.id, bot.name) for bot in bots]
            self._bot_names = {key: user for user in users for key in skeletons(user.name)}

    def claim(self, user: User, origin: Origin) -> None:
        """Hold the name for who is logging in; ``reserve`` has to follow. Raises NameTaken."""
        self._check_bots(user)
        self._directory.claim(user, origin, self._clock.monotonic(), LOGIN_HOLD)

    def let_go(self, user: User) -> None:
        """Hold a name no more that nobody has come by."""
        self._directory.release(user.id, self._clock.monotonic(), "closed")

    def reserve(self, user: User, origin: Origin) -> None:
        """Note whose name it is. Waits for the disk."""
        self._sessions.reserve(user, origin.device)

    def rename(self, user: User, origin: Origin) -> Member | None:
        """Let the person with the user's id have the user's name; returns their line if present.

        Once all are told, ``reserve`` has to follow. Raises NameTaken.
        """
        self._check_bots(user)
        before = self.current(user).name
        member = self._directory.rename(user, origin, self._clock.monotonic(), LOGIN_HOLD)
        _remember(self._former, before, user.id)
        self._crowd.tell()  # who has come within this moment has come by the name of then
        self._audit.rename(user, before, origin)
        return member

    def current(self, user: User) -> User:
        """The user by the name that they have now: a cookie may be older than a change of it."""
        entry = self._directory.entry(user.id)
        return user if entry is None else entry.user

    def may_enter(self, user: User) -> bool:
        """Whether the user's name is theirs or nobody's, and they have not logged out."""
        return user.id not in self._sessions.logouts and self.taken(user) is None

    def displaced(self, user: User) -> bool:
        """Whether somebody else has the name of a user who has not logged out."""
        return user.id not in self._sessions.logouts and self.taken(user) is not None

    def taken(self, user: User) -> NameTaken | None:
        """The refusal for who comes back when somebody else has their name."""
        if self._bot_names and self._directory.entry(user.id) is None:
            try:
                self._check_bots(user)
            except NameTaken as refusal:
                return refusal
        suggestion = self._directory.taken(user)
        return NameTaken(user.name, suggestion) if suggestion else None

    def enter(
        self, user: User, connection: str, origin: Origin, role: Role, *, muted: bool
    ) -> Member | None:
        """Count a connection in; returns the person's line where they have come by it.

        Then ``announce`` has to follow, once this connection can be told, too.
        Raises NameTaken, or Unauthorized for who has logged out.
        """
        if user.id in self._sessions.logouts:
            raise Unauthorized
        if self._bot_names and self._directory.entry(user.id) is None:
            self._check_bots(user)
        now, time = self._clock.monotonic(), timestamp(self._clock.wall())
        member = self._directory.connect(user, connection, origin, now, time, role)
        if member is not None and muted:
            return self._directory.describe(user.id, role, muted=True)
        return member

    def announce(self, member: Member, origin: Origin) -> None:
        """Say that somebody has come. Waits for the disk."""
        user = User(member.id, member.name)
        self._audit.join(user, origin)
        joined = MemberJoined(user, member.ip, member.since, member.role, member.muted)
        self._crowd.joined(joined, self.count)
        self._sessions.reserve(user, origin.device)

    def describe(self, user_id: str, role: Role, *, muted: bool) -> Member | None:
        """Say in the person's line what they may do; returns it where it has changed.

        Then those who have come within this moment are told of: what they may do comes after.
        """
        member = self._directory.describe(user_id, role, muted=muted)
        if member is not None:
            self._crowd.tell()
        return member

    def disconnect(self, connection: str) -> None:
        """A connection is gone; its person may be back within the grace period."""
        self._directory.disconnect(connection, self._clock.monotonic())

    def log_out(self, user_id: str, reason: LeaveReason) -> None:
        """Free the person's name at once and for good. Waits for the disk."""
        departure = self._directory.release(user_id, self._clock.monotonic(), reason)
        if departure is not None:
            self._tell(departure)
        self._sessions.log_out(user_id, self._clock.wall())
        self._forgotten(user_id)

    def expire(self, now: float) -> None:
        """Free the names whose time is over, and end the moment. Waits for the disk."""
        departures = self._directory.expire(now)
        for departure in departures:
            self._tell(departure)
        self._crowd.tell()
        self._sessions.release([departure.user.id for departure in departures])

    def stop(self) -> None:
        """Everybody leaves, because the server stops: there is nobody to tell, and names stay."""
        for departure in self._directory.stop(self._clock.monotonic()):
            self._write(departure)

    @property
    def count(self) -> int:
        """How many people are here."""
        return self._directory.present

    def count_from(self, address: str) -> int:
        """How many people are here from an address."""
        return sum(member.ip == address for member in self._directory.members())

    def members(self) -> list[Member]:
        """Who is here, in the order of arrival."""
        return list(self._directory.members())

    def away(self) -> dict[str, float]:
        """Who has no connection and may be back, by id: for how many seconds that is awaited."""
        now = self._clock.monotonic()
        entries = ((each.id, self._directory.entry(each.id)) for each in self._directory.members())
        return {
            user_id: max(0.0, entry.free_at - now)
            for user_id, entry in entries
            if entry is not None and entry.free_at is not None
        }

    def entry(self, user_id: str) -> Entry | None:
        """The entry of the user with this id."""
        return self._directory.entry(user_id)

    def entry_of(self, connection: str) -> Entry | None:
        """The entry that a connection belongs to, once it has joined."""
        return self._directory.entry_of(connection)

    def here(self, connection: str) -> Entry:
        """The same of one that has to have joined. Raises NotJoined."""
        entry = self.entry_of(connection)
        if entry is None:
            raise NotJoined
        return entry

    def identified(self, user_id: str) -> tuple[User, Origin] | None:
        """Who has the id, among those here and those who have just left."""
        if is_bot(user_id):
            bots = (User(bot.id, bot.name) for bot in self._bots if bot.id == user_id)
            return next(((bot, Origin("")) for bot in bots), None)
        entry = self._directory.entry(user_id)
        return (entry.user, entry.origin) if entry else self._gone.get(user_id)

    def named(self, name: str) -> tuple[User, Origin] | None:
        """Who has the name, or had it last; or one that looks like it."""
        if not name:
            return None
        keys = skeletons(name)
        if bot := next((self._bot_names[key] for key in keys if key in self._bot_names), None):
            return bot, Origin("")
        if entry := self._directory.named(name):
            return entry.user, entry.origin
        for one in reversed(self._gone.values()):
            if not keys.isdisjoint(skeletons(one[0].name)):
                return one
        for former, user_id in reversed(self._former.items()):
            if not keys.isdisjoint(skeletons(former)):
                return self.identified(user_id)
        return None

    def _check_bots(self, user: User) -> None:
        """Look whether a name is a program's. Raises NameTaken."""
        if self._bot_names and self._is_bots(user.name):
            free = names.suggest(
                user.name, lambda name: not (self._is_bots(name) or self._directory.named(name))
            )
            raise NameTaken(user.name, free)

    def _is_bots(self, name: str) -> bool:
        return not self._bot_names.keys().isdisjoint(skeletons(name))

    def _left_elsewhere(self, user: User, origin: Origin) -> None:
        """Another process has told it, and has noted that the name is free."""
        _remember(self._gone, user.id, (user, origin))
        self._sessions.forget([user.id])

    def _tell(self, departure: Departure) -> None:
        self._write(departure)
        _remember(self._gone, departure.user.id, (departure.user, departure.origin))
        if member := departure.member:
            time = timestamp(self._clock.wall())
            left = MemberLeft(
                departure.user,
                member.ip,
                time,
                member.role,
                member.muted,
                logout=departure.reason != "closed",
            )
            self._crowd.left(left, self.count)

    def _write(self, departure: Departure) -> None:
        if departure.member is not None:
            user, origin = departure.user, departure.origin
            self._audit.leave(user, origin, departure.seconds, departure.reason)


def _remember(kept: OrderedDict[str, _Kept], key: str, value: _Kept) -> None:
    """Keep the newest values."""
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)
