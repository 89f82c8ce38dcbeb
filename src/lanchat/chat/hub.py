"""The hub: the one place through which people join, post and leave.

It keeps the order (store, then tell everybody, then say ok), and speaks to the world only
through its ports. Everything that may wait for the disk is said so in its docstring.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future

from lanchat.chat import names, texts
from lanchat.chat.commit import GroupCommit
from lanchat.chat.departures import Departures
from lanchat.chat.model import ROOM, Draft, Guest, Host, Message, Origin, timestamp
from lanchat.chat.moderator import Moderator, load_order
from lanchat.chat.notes import SeatNotes
from lanchat.chat.order import Ban
from lanchat.chat.people import People
from lanchat.chat.ports import Broadcaster, ConnectionLog, Keeper, LeaveReason, MessageStore
from lanchat.chat.presence import Presence
from lanchat.chat.sanctions import Actor, Done
from lanchat.chat.welcome import CATCH_UP_LIMIT, Welcome, bounded
from lanchat.errors import (
    Banned,
    NameTaken,
    NameUnusable,
    NotJoined,
    RoomLocked,
    StoreUnavailable,
)

_MOMENT = 0.25
"""Seconds between two looks for seats whose grace period is over, and what is told together."""


class Hub:
    """Joins, posts and departures of one server.

    ``history`` is how many messages a newcomer gets; ``grace`` is in seconds; ``clock`` returns
    seconds since the epoch. It works from construction on until ``close``.
    """

    def __init__(
        self,
        store: MessageStore,
        broadcaster: Broadcaster,
        log: ConnectionLog,
        keeper: Keeper,
        *,
        history: int,
        grace: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._broadcaster = broadcaster
        self._log = log
        self._history = history
        self._clock = clock
        self._notes = SeatNotes(keeper)
        self._room = self._notes.room(grace, clock())
        self._presence = Presence(broadcaster)
        people = People(self._room)
        self._departures = Departures(self._room, people, self._presence, self._notes, log)
        self.order = load_order(keeper)
        self.moderator = Moderator(
            self._room,
            self.order,
            people,
            store=store,
            keeper=keeper,
            broadcaster=broadcaster,
            log=log,
            log_out=self._log_out,
            clock=clock,
        )
        self.commits = GroupCommit(store.append, broadcaster.message_posted)
        self._closed = threading.Event()
        self._expiry = threading.Thread(target=self._expire, name="expiry", daemon=True)
        self._expiry.start()

    def log_in(
        self, raw_name: str, origin: Origin, *, known: bool = False, host: bool = False
    ) -> Guest:
        """A new guest whose name is held for them. Waits for the disk.

        ``known`` is who only changes their name, and ``host`` who has opened the host link.
        Raises NameUnusable, NameTaken, Banned or RoomLocked.
        """
        now = self._clock()
        try:
            guest = Guest(uuid.uuid4().hex, names.clean(raw_name))
            if not host:
                self.order.check_entry(guest.name, origin, now, new=not known)
            self._room.reserve(guest, origin, now)
        except NameUnusable:
            self._log.login_refused(raw_name, origin, "name_unusable")
            raise
        except NameTaken:
            self._log.login_refused(raw_name, origin, "name_taken")
            raise
        except Banned:
            self._log.login_refused(raw_name, origin, "banned")
            raise
        except RoomLocked:
            self._log.login_refused(raw_name, origin, "locked")
            raise
        self._notes.hold(guest)
        if host:
            self.moderator.welcome_host(guest)
        return guest

    def may_enter(self, guest: Guest, origin: Origin) -> bool:
        """Whether a returning guest still has their name, or can have it again.

        Whoever has logged out or is banned cannot.
        """
        return self._room.may_enter(guest) and self.banned(guest, origin) is None

    def banned(self, guest: Guest, origin: Origin) -> Banned | None:
        """The refusal for who is kept out."""
        try:
            if not self.order.is_host(guest.id):
                self.order.check_entry(guest.name, origin, self._clock(), new=False)
        except Banned as refusal:
            return refusal
        return None

    def taken(self, guest: Guest) -> NameTaken | None:
        """The refusal for who comes back when somebody else has their name."""
        return self._room.taken(guest)

    def join(
        self,
        connection: str,
        guest: Guest,
        origin: Origin,
        last_id: int | None,
        *,
        batches: bool = False,
    ) -> Welcome:
        """Bring a connection into the room. Waits for the disk.

        With ``batches`` it is told together what happens in a crowd within a moment.
        It is subscribed before the history is read, so that nothing falls between the two;
        what comes both ways carries the same id.
        Raises NameTaken, Unauthorized (who has logged out) or StoreUnavailable.
        """
        if self._closed.is_set():
            raise StoreUnavailable("the server is stopping")
        now = self._clock()
        muted = self.order.mute_of(guest.id, origin, now) is not None
        role = self.order.role(guest.id)
        arrival = self._room.enter(guest, connection, origin, now, role=role, muted=muted)
        self._broadcaster.subscribe(connection, batches=batches)
        if arrival is not None:
            self._log.join(guest, origin)
            self._presence.joined(arrival, self._room.present)
            self._notes.hold(guest)
        limit = self._history if last_id is None else max(self._history, CATCH_UP_LIMIT)
        history = bounded(self._store.history(ROOM, last_id, limit))
        bans = self.order.bans(now) if role == "host" else None
        return Welcome(guest, self.hosts(), history, self.order.rules, bans)

    def post(self, connection: str, text: str, client_id: str) -> Future[Message]:
        """Let a message be stored, then everybody be told; the future is done after both.

        The same client_id of the same person again gives the message that it made first.
        Raises NotJoined, PayloadInvalid, MessageTooLong, Muted, ReadOnly, SlowMode or
        StoreUnavailable, which is also what the future fails with.
        """
        seat = self._room.seat_of(connection)
        if seat is None:
            raise NotJoined
        texts.check(text)
        guest, origin, now = seat.guest, seat.connections[connection], self._clock()
        self.order.check_words(guest, origin, now)
        draft = Draft(client_id, ROOM, guest.id, guest.name, origin.ip, text, timestamp(now))
        return self.commits.submit(draft)

    def command(self, connection: str, name: str, text: str, person_id: str | None = None) -> Done:
        """Let somebody in the room keep order. Waits for the disk.

        Raises NotJoined, Forbidden, CommandUnusable, PayloadInvalid or StoreUnavailable.
        """
        seat = self._room.seat_of(connection)
        if seat is None:
            raise NotJoined
        actor = Actor(seat.guest.id, seat.guest.name)
        return self.moderator.carry_out(actor, name, text, person_id)

    def hosts(self) -> list[Host]:
        """Who is here."""
        return list(self._room.hosts())

    def bans(self) -> list[Ban]:
        """Who is kept out."""
        return self.order.bans(self._clock())

    def disconnect(self, connection: str) -> None:
        """A connection is gone; its person may be back within the grace period."""
        self._room.disconnect(connection, self._clock())

    def count(self) -> int:
        """How many people are here."""
        return sum(1 for _ in self._room.hosts())

    def log_out(self, guest: Guest) -> list[str]:
        """Free the guest's name at once and for good. Waits for the disk.

        Returns the connections that they still had open.
        """
        connections = self._room.connections(guest.id)
        self._log_out(guest.id, "logout")
        self.moderator.forget(guest.id)
        return connections

    def close(self) -> None:
        """Commit what is waiting, write everybody's departure down, then take nothing more.

        Their names stay noted: they are likely to come back when the server does.
        """
        self._closed.set()
        self._expiry.join()
        self.commits.close()
        self._departures.stop(self._clock())

    def _log_out(self, user_id: str, reason: LeaveReason) -> None:
        self._departures.log_out(user_id, reason, self._clock())

    def _expire(self) -> None:
        while not self._closed.wait(_MOMENT):
            self._departures.expire(self._clock())
            self.moderator.expire()
