"""The hub: one chat, where people join and leave, and its parts through which they act.

    log_in join post command ──► may they? ──► log.append ──commit──► event ──► deliver ──► sockets
                                                                      └► settings hold

It speaks to the world through its ports alone, and has no thread and no clock of its own. Whoever
has it may use the parts that stand open, and reaches no further. What has a position is told
only when it comes back from the log, to who has caused it, too. Everything that may wait for the
disk is said so in its docstring.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from itertools import chain

from lanchat.chat import commands
from lanchat.chat.bots import Bots
from lanchat.chat.catchup import Snapshot, missed
from lanchat.chat.channels import room_channel, user_channel
from lanchat.chat.cues import Cues
from lanchat.chat.enforcement import Enforcement
from lanchat.chat.entering import Entering
from lanchat.chat.events import (
    Event,
    HistoryLeft,
    LogEvent,
    MessagePosted,
    ReactionsLost,
    SettingsChanged,
    UserCleared,
)
from lanchat.chat.feeds import Feeds
from lanchat.chat.figures import CommitStatistics
from lanchat.chat.grouping import Groups
from lanchat.chat.hands import Hands
from lanchat.chat.identities import Identities
from lanchat.chat.memberships import Memberships
from lanchat.chat.model import LOBBY, SYSTEM_CLOCK, Clock, Cursor, Member, Origin, User
from lanchat.chat.moderation import TERMINAL, Actor, Done, Moderation
from lanchat.chat.newest import Newest
from lanchat.chat.overview import missed_everywhere
from lanchat.chat.polling import Polling
from lanchat.chat.ports import Audit, Delivery, Directory, EventLog, Reservations, Settings
from lanchat.chat.posting import Posting
from lanchat.chat.presence import Presence
from lanchat.chat.reactions import Reactions
from lanchat.chat.reports import Reports
from lanchat.chat.room_channels import RoomChannels
from lanchat.chat.room_events import GroupsShared, RoomEvent
from lanchat.chat.room_settings import Ban, Openers, Policies, Privacy, Rules
from lanchat.chat.rooms import Overview
from lanchat.chat.sessions import Sessions
from lanchat.chat.telling import Telling
from lanchat.errors import StoreUnavailable, Unauthorized


class Hub:
    """One chat; ``history`` is how many messages a newcomer gets.

    ``identities`` are who people are, ``posting``, ``reactions`` and ``polls`` what they say,
    ``rooms`` and ``groups`` where, ``hands`` whose are up, ``cues`` what all are asked to send;
    ``bots`` what programs do, ``feeds`` what wakes them.
    ``edit_seconds`` is how long they may edit it, 0 for never; ``files`` whether they can send any.
    ``openers`` are who may open rooms, ``privacy`` is between whom there are some for two.

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
        files: bool = True,
        openers: Openers = "hosts",
        privacy: Privacy = "hosts",
        publish: Callable[[str, Event], None] | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._log = log
        self._delivery = delivery
        self._history = history
        self._newest = Newest(lambda: log.newest(LOBBY, history), history)
        self._clock = clock
        self._send = publish or delivery.deliver
        sessions = Sessions(reservations)
        self._presence = Presence(directory, sessions, audit, self.publish, clock)
        self._enforcement = Enforcement(
            *(log, settings, self._presence, self._deliver, clock),
            told=Policies(openers, privacy),
        )
        self._permissions = self._enforcement.permissions
        memberships = Memberships()
        self._room_channels = RoomChannels(memberships, self._permissions, delivery)
        self.rooms = Entering(
            *(log, self._presence, self._permissions, memberships, audit),
            publish=self.publish,
            clock=clock,
            history=history,
        )
        self.groups = Groups(
            *(log, self._presence, self._permissions, memberships), publish=self.publish
        )
        self._presence.watch_logouts(self.rooms.forget)
        self.reports = Reports(
            *(log, self._presence, self._permissions, self.rooms), self.publish, clock
        )
        self._moderation = Moderation(
            *(log, self._presence, self._enforcement, audit),
            *(self.rooms, self.groups, self.reports),
            publish=self.publish,
            clock=clock,
        )
        self.identities = Identities(
            *(self._presence, self._enforcement, self._moderation, audit),
            publish=self.publish,
            clock=clock,
        )
        self.posting = Posting(
            *(log, self._presence, self._permissions, self._moderation, self.rooms),
            publish=self.publish,
            clock=clock,
            edit_seconds=edit_seconds,
            files=files,
        )
        self.bots = Bots(self._moderation, self.posting)
        self.feeds = Feeds(log)
        self._telling = Telling(log, publish=self.publish, clock=clock)
        actors = (log, self._presence, self._permissions, self.rooms, self._telling, clock)
        self.reactions = Reactions(*actors)
        self.polls = Polling(*actors)
        self.hands = Hands(directory, self._permissions, deliver=self._deliver, clock=clock)
        self.cues = Cues(self._presence, self._permissions, self.publish)
        self._closed = False
        log.listen(self._on_event)
        self.rooms.load()

    # Coming in.

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
        if self.identities.banned(user, origin) is not None:
            raise Unauthorized
        now = self._clock.monotonic()
        muted = self._permissions.mute_of(user.id, origin, now) is not None
        role = self._permissions.role(user.id)
        arrived = self._presence.enter(user, connection, origin, role, muted=muted)
        self._delivery.subscribe(connection, room_channel(LOBBY), traits)
        self._room_channels.connect(connection, user.id, traits)
        if arrived is not None:
            self._presence.announce(arrived, origin)
        if self._room_channels.hears(connection):
            self.groups.place(user)
        rooms: Overview | None = None
        if cursor is not None and self._room_channels.hears(connection):
            rooms = self._overview(user, cursor)
            page = rooms.main.page
        elif last_id is None and (cursor is None or not cursor.seq):
            page = self._newest.page()
        else:
            page = missed(self._log, LOBBY, cursor, last_id, self._history)
        pages = [page] if rooms is None else [each.page for each in rooms.pages]
        shown = chain.from_iterable((*each.messages, *each.changed, *each.pins) for each in pages)
        mine = self.reactions.mine(user, shown)
        bans = self.bans() if self.is_moderator(user.id) else None
        people = self._presence.current(user), self.members()
        held = self.rules, self.policies
        hands = self.hands.told()
        return Snapshot(*people, page, self._log.epoch, *held, bans, mine, rooms, hands)

    def _overview(self, user: User, cursor: Cursor) -> Overview:
        """What the user has missed in all rooms; of others, those that they may know of."""
        main = None if cursor.seq else self._newest.page()
        found = missed_everywhere(self._log, user, cursor, self._history, main)
        if found.marked:
            self.rooms.come(user)
        else:
            self.rooms.begin_reading(user, found.seq)
        known = [one for one in found.others if self.rooms.knows_of(user.id, one[0])]
        return replace(found, others=known)

    # In the room.

    def command(
        self,
        connection: str,
        name: str,
        text: str,
        person_id: str | None = None,
        room: str = LOBBY,
    ) -> Done:
        """Let somebody use a command, in the room where they are. Waits for the disk.

        Raises NotJoined, or what ``commands.run`` does.
        """
        entry = self._presence.here(connection)
        actor = Actor(entry.user.id, entry.user.name)
        return commands.run(self._moderation, actor, name, text, person_id, room)

    def command_from_terminal(self, name: str, text: str, room: str = "") -> Done:
        """The same for whoever may use the server's own computer; ``room`` is a name or an id."""
        room = self.rooms.named(room) if room else LOBBY
        return commands.run(self._moderation, TERMINAL, name, text, room=room)

    def rooms_of(self, connection: str) -> Collection[str]:
        """Which rooms the person behind a connection may read there. Raises NotJoined."""
        entry = self._presence.here(connection)
        if not self._room_channels.hears(connection):
            return (LOBBY,)
        return self.rooms.readable(entry.user.id)

    # Going.

    def disconnect(self, connection: str) -> None:
        """A connection is gone; its person may be back within the grace period."""
        self._delivery.unsubscribe(connection)
        self._room_channels.disconnect(connection)
        self._presence.disconnect(connection)

    def tick(self, now: float) -> None:
        """Do what is due, several times a second; ``now`` is the monotonic clock's.

        Waits for the disk. Raises StoreUnavailable, and then the next tick does it.
        """
        try:
            self._presence.expire(now)
        finally:
            self.hands.tell(now)
            self._telling.tell(now)
            self.rooms.tidy(now)
            self._enforcement.expire(now)

    def close(self) -> None:
        """Commit what is waiting, write everybody's departure down, then take nothing more.

        Their names stay reserved: they are likely to come back when the server does.
        """
        self._closed = True
        self.feeds.close()
        self._log.close()
        self._presence.stop()

    # What others ask.

    @property
    def epoch(self) -> str:
        """The name of the stretch of positions that this start has begun."""
        return self._log.epoch

    @property
    def rules(self) -> Rules:
        return self._permissions.rules

    @property
    def policies(self) -> Policies:
        return self._permissions.policies

    @property
    def statistics(self) -> CommitStatistics:
        return self._log.statistics

    def members(self) -> list[Member]:
        """Who is here, in the order of arrival."""
        return self._presence.members()

    def away(self) -> dict[str, float]:
        """Who may be back, by id: for how many seconds that is awaited."""
        return self._presence.away()

    def count(self) -> int:
        """How many people are here."""
        return self._presence.count

    def bans(self) -> list[Ban]:
        """Who is kept out."""
        return self._permissions.bans(self._clock.monotonic())

    def is_moderator(self, user_id: str) -> bool:
        return self._permissions.is_moderator(user_id)

    def publish(self, event: Event) -> None:
        """Tell an event without a position to all whom it concerns, in every process."""
        self._send(event.channel, event)

    def _deliver(self, event: Event) -> None:
        self._delivery.deliver(event.channel, event)

    def _on_event(self, event: LogEvent) -> None:
        """The log says what has happened: in this process, or in another one."""
        self._newest.take(event)
        if isinstance(event, SettingsChanged):
            self._enforcement.changed(event)
            self._room_channels.promoted(event.after.moderators - event.before.moderators)
            demoted = event.before.moderators - event.after.moderators
            self.groups.place_all(demoted.intersection(self._room_channels.users()))
            return
        if isinstance(event, RoomEvent):
            self._room_channels.tell(event)
            if isinstance(event, GroupsShared):
                self.groups.place_all(self._room_channels.users())
            return
        if isinstance(event, HistoryLeft):
            self.rooms.load()
        elif isinstance(event, MessagePosted):
            self.posting.posted(event.message.id)
        elif isinstance(event, UserCleared):
            self._telling.wait(event.reacted)
        elif isinstance(event, ReactionsLost):
            self._telling.wait(event.message_ids)
            return
        self._deliver(event)
