"""The hub: the one place through which people log in, join, post and leave.

    log_in join post command ──► may they? ──► log.append ──commit──► event ──► deliver ──► sockets
                                                                      └► settings hold

It speaks to the world through its ports alone, has no thread and no clock of its own, and nobody
reaches through it. What has a position is told only when it comes back from the log, to who has
caused it, too. Everything that may wait for the disk is said so in its docstring.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future

from lanchat.chat import commands, names
from lanchat.chat.catchup import Snapshot, missed
from lanchat.chat.enforcement import Enforcement
from lanchat.chat.events import (
    ConnectionsClosed,
    Event,
    LogEvent,
    MemberChanged,
    MessageChanged,
    MessagePosted,
    Reacted,
    SettingsChanged,
    Typing,
    UserCleared,
    room_channel,
    user_channel,
)
from lanchat.chat.model import (
    LOBBY,
    SYSTEM_CLOCK,
    Clock,
    Cursor,
    Member,
    Message,
    Origin,
    User,
)
from lanchat.chat.moderation import HOST_LINK, TERMINAL, Actor, Done, Moderation
from lanchat.chat.permissions import Ban, Rules
from lanchat.chat.ports import (
    Audit,
    CommitStatistics,
    Delivery,
    Directory,
    EventLog,
    LoginRefusal,
    Reservations,
    Settings,
)
from lanchat.chat.posting import Posting
from lanchat.chat.presence import CROWD, Presence
from lanchat.chat.reactions import Reactions
from lanchat.chat.sessions import Sessions
from lanchat.errors import (
    Banned,
    NameTaken,
    NameUnusable,
    NotJoined,
    Refusal,
    RoomLocked,
    StoreUnavailable,
    Unauthorized,
    UnknownRoom,
)

_log = logging.getLogger(__name__)

_REFUSALS: dict[type[Refusal], LoginRefusal] = {
    NameUnusable: "name_unusable",
    NameTaken: "name_taken",
    Banned: "banned",
    RoomLocked: "locked",
}


class Hub:
    """One chat; ``history`` is how many messages a newcomer gets.

    ``edit_seconds`` is how long people may edit what they have said, 0 for never.

    ``delivery`` are the connections of this process; ``publish`` tells an event without a position
    to those of all processes, which is the same where there is one alone.
    """

    def __init__(
        self,
        *,
        log: EventLog,
        settings: Settings,
        reservations: Reservations,
        directory: Directory,
        delivery: Delivery,
        audit: Audit,
        history: int,
        edit_seconds: float,
        publish: Callable[[str, Event], None] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._log = log
        self._delivery = delivery
        self._audit = audit
        self._history = history
        self._clock = clock
        self._send = publish or delivery.deliver
        self._sessions = Sessions(reservations)
        self._presence = Presence(directory, self._sessions, audit, self.publish, clock)
        self._enforcement = Enforcement(log, settings, self._presence, self._deliver, clock)
        self._permissions = self._enforcement.permissions
        self._moderation = Moderation(
            log, self._presence, self._enforcement, audit, publish=self.publish, clock=clock
        )
        self._posting = Posting(
            *(log, self._presence, self._permissions, self._moderation),
            clock=clock,
            edit_seconds=edit_seconds,
        )
        self._reactions = Reactions(
            log, self._presence, self._permissions, publish=self.publish, clock=clock
        )
        self._closed = False
        log.listen(self._on_event)

    # Coming in.

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
            self.publish(MemberChanged(renamed, member.role, member.muted))
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

    def connect(self, connection: str, user: User) -> None:
        """A connection of this user is open: what concerns them alone reaches it."""
        self._delivery.subscribe(connection, user_channel(user.id))

    def join(  # noqa: PLR0917
        self,
        connection: str,
        user: User,
        origin: Origin,
        cursor: Cursor | None = None,
        last_id: int | None = None,
        traits: Collection[str] = (),
    ) -> Snapshot:
        """Bring a connection into the room. Waits for the disk.

        ``cursor`` or ``last_id`` say what it shows already, ``traits`` what it understands.
        It is subscribed before the log is read, so that nothing falls between the two;
        what comes both ways carries the same position.
        Raises NameTaken, Unauthorized (who has logged out or is banned) or StoreUnavailable.
        """
        if self._closed:
            raise StoreUnavailable("the server is stopping")
        if self.banned(user, origin) is not None:
            raise Unauthorized
        now = self._clock.monotonic()
        muted = self._permissions.mute_of(user.id, origin, now) is not None
        role = self._permissions.role(user.id)
        arrived = self._presence.enter(user, connection, origin, role, muted=muted)
        self._delivery.subscribe(connection, room_channel(LOBBY), traits)
        if arrived is not None:
            self._presence.announce(arrived, origin)
        page = missed(self._log, LOBBY, cursor, last_id, self._history)
        mine = self.mine(user, (*page.messages, *page.changed, *page.pins))
        bans = self.bans() if self.is_moderator(user.id) else None
        you, members = self.current(user), self.members()
        return Snapshot(you, members, page, self._log.epoch, self.rules, bans, mine)

    # In the room.

    def post(
        self,
        connection: str,
        text: str,
        client_id: str,
        reply_to: int | None = None,
        mentions: Sequence[str] = (),
    ) -> Future[MessagePosted]:
        """Let a message be stored, then everybody be told; the future is done after both.

        ``reply_to`` is the id of the message that it answers, ``mentions`` are ids of users.
        The same client_id of the same person again gives the message that it made first, also
        where the person may not write any more.
        Raises NotJoined, PayloadInvalid, MessageTooLong or StoreUnavailable; the future fails with
        the latter, or with Muted, ReadOnly, SlowMode or UnknownMessage (to be answered).
        """
        return self._posting.post(connection, text, client_id, reply_to, mentions)

    def edit(
        self,
        connection: str,
        message_id: int,
        text: str,
        client_id: str,
        mentions: Sequence[str] | None = None,
    ) -> Future[MessageChanged]:
        """Let one's own message have another text, as ``post``; it is an edit by the client_id.

        ``mentions`` None leaves those of before. The future fails with UnknownMessage, Forbidden
        or TooLate, too.
        """
        return self._posting.edit(connection, message_id, text, client_id, mentions)

    def delete(self, connection: str, message_id: int) -> Future[MessageChanged]:
        """Let nothing of one's own message be left, or of anybody's where one is a moderator.

        Also for who may not write. Raises NotJoined or StoreUnavailable; the future fails with
        the latter, UnknownMessage or Forbidden.
        """
        return self._posting.delete(connection, message_id)

    def react(self, connection: str, message_id: int, emoji: str, *, on: bool) -> Future[Reacted]:
        """Let a reaction be stored, or taken back; all are told of it in a moment.

        Raises NotJoined, PayloadInvalid, Muted, ReadOnly or StoreUnavailable; the future fails with
        the latter, or with UnknownMessage or TooManyReactions.
        """
        return self._reactions.react(connection, message_id, emoji, on=on)

    def mine(self, user: User, messages: Iterable[Message]) -> dict[int, tuple[str, ...]]:
        """What the user reacted to which of these messages. Waits for the disk.

        Raises StoreUnavailable.
        """
        return self._log.mine(user.id, [message.id for message in messages])

    def command(self, connection: str, name: str, text: str, person_id: str | None = None) -> Done:
        """Let somebody in the room use a command. Waits for the disk.

        Raises NotJoined, Forbidden, CommandUnusable, PayloadInvalid or StoreUnavailable.
        """
        entry = self._presence.entry_of(connection)
        if entry is None:
            raise NotJoined
        actor = Actor(entry.user.id, entry.user.name)
        return commands.run(self._moderation, actor, name, text, person_id)

    def command_from_terminal(self, name: str, text: str) -> Done:
        """The same for whoever may use the server's own computer."""
        return commands.run(self._moderation, TERMINAL, name, text)

    def promote(self, user: User) -> None:
        """Make a moderator of who has opened the host link. Waits for the disk.

        Raises StoreUnavailable.
        """
        self._moderation.promote(HOST_LINK, user)

    def rooms_of(self, connection: str) -> Collection[str]:
        """Which rooms the person behind a connection may read. Raises NotJoined."""
        if self._presence.entry_of(connection) is None:
            raise NotJoined
        return (LOBBY,)

    def typing(self, connection: str, room: str) -> None:
        """Tell the others in a room that somebody is writing there, if they are few.

        Raises NotJoined, UnknownRoom, or Muted or ReadOnly for who may not write.
        """
        entry = self._presence.entry_of(connection)
        if entry is None:
            raise NotJoined
        if room not in self.rooms_of(connection):
            raise UnknownRoom
        now = self._clock.monotonic()
        self._permissions.check_writing(entry.user, entry.connections[connection], now)
        if self._presence.count <= CROWD:
            self.publish(Typing(room, entry.user))

    # Going.

    def disconnect(self, connection: str) -> None:
        """A connection is gone; its person may be back within the grace period."""
        self._delivery.unsubscribe(connection)
        self._presence.disconnect(connection)

    def log_out(self, user: User) -> None:
        """Free the user's name at once and for good, and close what they have open.

        Waits for the disk.
        """
        self._presence.log_out(user.id, "logout")
        self.close_connections(user.id)
        if self.is_moderator(user.id):
            try:
                self._enforcement.amend(lambda state: state.demote(user.id))
            except StoreUnavailable as error:  # nobody comes back by this id anyway
                _log.warning("a moderator has logged out, and cannot be taken off: %s", error)

    def close_connections(self, user_id: str) -> None:
        """Close all that a person has open; they may come back."""
        self.publish(ConnectionsClosed(user_id))

    def tick(self, now: float) -> None:
        """Do what is due, several times a second; ``now`` is the monotonic clock's.

        Waits for the disk. Raises StoreUnavailable, and then the next tick does it.
        """
        try:
            self._presence.expire(now)
        finally:
            self._reactions.tell(now)
            self._enforcement.expire(now)

    def close(self) -> None:
        """Commit what is waiting, write everybody's departure down, then take nothing more.

        Their names stay reserved: they are likely to come back when the server does.
        """
        self._closed = True
        self._log.close()
        self._presence.stop()

    # What others ask.

    @property
    def rules(self) -> Rules:
        return self._permissions.rules

    @property
    def statistics(self) -> CommitStatistics:
        return self._log.statistics

    def members(self) -> list[Member]:
        """Who is here, in the order of arrival."""
        return self._presence.members()

    def count(self) -> int:
        """How many people are here."""
        return self._presence.count

    def bans(self) -> list[Ban]:
        """Who is kept out."""
        return self._permissions.bans(self._clock.monotonic())

    def is_moderator(self, user_id: str) -> bool:
        return self._permissions.is_moderator(user_id)

    def remains_moderator(self, user: User, *, same: bool) -> bool:
        """Whether a moderator who comes back is one: by the ``same`` name, or by another one.

        By another one where somebody else has theirs. Any other login is one of somebody new: it
        may be a guest at a moderator's browser.
        """
        if not self.is_moderator(user.id):
            return False
        return same or self._presence.displaced(user)

    def publish(self, event: Event) -> None:
        """Tell an event without a position to all whom it concerns, in every process."""
        self._send(event.channel, event)

    def _deliver(self, event: Event) -> None:
        self._delivery.deliver(event.channel, event)

    def _on_event(self, event: LogEvent) -> None:
        """The log says what has happened: in this process, or in another one."""
        if isinstance(event, SettingsChanged):
            self._enforcement.changed(event)
            return
        if isinstance(event, MessagePosted):
            self._posting.posted(event.message.id)
        elif isinstance(event, UserCleared):
            self._reactions.wait(event.reacted)
        self._deliver(event)
