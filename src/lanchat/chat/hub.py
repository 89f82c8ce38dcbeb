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
from dataclasses import dataclass

from lanchat.chat import names, texts
from lanchat.chat.commit import GroupCommit
from lanchat.chat.model import (
    ROOM,
    Draft,
    Guest,
    History,
    Host,
    Message,
    Origin,
    timestamp,
)
from lanchat.chat.notes import SeatNotes
from lanchat.chat.ports import Broadcaster, ConnectionLog, MessageStore, SeatKeeper
from lanchat.chat.presence import Presence
from lanchat.chat.room import Departure
from lanchat.errors import (
    NameTaken,
    NameUnusable,
    NotJoined,
    StoreUnavailable,
)

CATCH_UP_LIMIT = 1_000
"""Messages that somebody who was away gets at once."""

CATCH_UP_BYTES = 600_000
"""UTF-8 bytes of messages in one answer: well under what may wait for one client."""

_MOMENT = 0.25
"""Seconds between two looks for seats whose grace period is over, and what is told together."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a connection gets when it joins: itself, who is here and what it has missed."""

    you: Guest
    hosts: list[Host]
    messages: list[Message]
    complete: bool


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
        seats: SeatKeeper,
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
        self._notes = SeatNotes(seats)
        self._room = self._notes.room(grace, clock())
        self._presence = Presence(broadcaster)
        self.commits = GroupCommit(store.append, broadcaster.message_posted)
        self._closed = threading.Event()
        self._expiry = threading.Thread(target=self._expire, name="expiry", daemon=True)
        self._expiry.start()

    def log_in(self, raw_name: str, origin: Origin) -> Guest:
        """A new guest whose name is held for them. Waits for the disk.

        Raises NameUnusable or NameTaken.
        """
        try:
            guest = Guest(uuid.uuid4().hex, names.clean(raw_name))
            self._room.reserve(guest, origin, self._clock())
        except NameUnusable:
            self._log.login_refused(raw_name, origin, "name_unusable")
            raise
        except NameTaken:
            self._log.login_refused(raw_name, origin, "name_taken")
            raise
        self._notes.hold(guest)
        return guest

    def may_enter(self, guest: Guest) -> bool:
        """Whether a returning guest still has their name, or can have it again.

        Whoever has logged out cannot.
        """
        return self._room.may_enter(guest)

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
        arrival = self._room.enter(guest, connection, origin, self._clock())
        self._broadcaster.subscribe(connection, batches=batches)
        if arrival is not None:
            self._log.join(guest, origin)
            self._presence.joined(arrival, self._room.present)
            self._notes.hold(guest)
        limit = self._history if last_id is None else max(self._history, CATCH_UP_LIMIT)
        history = _bounded(self._store.history(ROOM, last_id, limit))
        return Welcome(guest, list(self._room.hosts()), history.messages, history.complete)

    def post(self, connection: str, text: str, client_id: str) -> Future[Message]:
        """Let a message be stored, then everybody be told; the future is done after both.

        The same client_id of the same person again gives the message that it made first.
        Raises NotJoined, PayloadInvalid, MessageTooLong or StoreUnavailable, which is also what
        the future fails with.
        """
        seat = self._room.seat_of(connection)
        if seat is None:
            raise NotJoined
        texts.check(text)
        guest, ip = seat.guest, seat.connections[connection].ip
        time = timestamp(self._clock())
        draft = Draft(client_id, ROOM, guest.id, guest.name, ip, text, time)
        return self.commits.submit(draft)

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
        now = self._clock()
        connections = self._room.connections(guest.id)
        departure = self._room.log_out(guest.id, now)
        if departure is not None:
            self._announce(departure)
        self._notes.log_out(guest.id, now)
        return connections

    def close(self) -> None:
        """Commit what is waiting, write everybody's departure down, then take nothing more.

        Their names stay noted: they are likely to come back when the server does.
        """
        self._closed.set()
        self._expiry.join()
        self.commits.close()
        for departure in self._room.clear(self._clock()):
            self._write(departure)

    def _expire(self) -> None:
        while not self._closed.wait(_MOMENT):
            departures = self._room.expire(self._clock())
            for departure in departures:
                self._announce(departure)
            self._presence.tell()
            if departures:
                self._notes.free([departure.guest.id for departure in departures])

    def _announce(self, departure: Departure) -> None:
        self._write(departure)
        if departure.seconds is not None:
            self._presence.left(departure.announcement, self._room.present)

    def _write(self, departure: Departure) -> None:
        if departure.seconds is not None:
            origin, reason = departure.origin, departure.reason
            self._log.leave(departure.guest, origin, departure.seconds, reason)


def _bounded(history: History) -> History:
    """The newest messages that fit into one answer."""
    budget = CATCH_UP_BYTES
    for index in range(len(history.messages) - 1, -1, -1):
        budget -= len(history.messages[index].message.encode())
        if budget < 0:
            return History(history.messages[index + 1 :], complete=False)
    return history
