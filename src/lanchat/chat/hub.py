"""The hub: the one place through which people join, post and leave.

It keeps the order (store, then tell everybody, then say ok), and speaks to the world only
through its ports. Everything that may wait for the disk is said so in its docstring.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from lanchat.chat import names
from lanchat.chat.commit import GroupCommit
from lanchat.chat.model import (
    MESSAGE_LIMIT,
    ROOM,
    Draft,
    Guest,
    History,
    Host,
    Message,
    Origin,
    timestamp,
)
from lanchat.chat.ports import Broadcaster, ConnectionLog, MessageStore
from lanchat.chat.room import Departure, Room
from lanchat.errors import MessageTooLong, NameTaken, NameUnusable, NotJoined, PayloadInvalid

CATCH_UP_LIMIT = 1_000
"""Messages that somebody who was away gets at once."""

CATCH_UP_BYTES = 600_000
"""UTF-8 bytes of messages in one answer: well under what may wait for one client."""

_EXPIRY_INTERVAL = 0.25
"""Seconds between two looks for seats whose grace period is over."""


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
        self._room = Room(grace)
        self._commits = GroupCommit(store.append, broadcaster.message_posted)
        self._closed = threading.Event()
        self._expiry = threading.Thread(target=self._expire, name="expiry", daemon=True)
        self._expiry.start()

    def log_in(self, raw_name: str, origin: Origin) -> Guest:
        """A new guest whose name is held for them. Raises NameUnusable or NameTaken."""
        try:
            guest = Guest(uuid.uuid4().hex, names.clean(raw_name))
            self._room.reserve(guest, origin, self._clock())
        except NameUnusable:
            self._log.login_refused(raw_name, origin, "name_unusable")
            raise
        except NameTaken:
            self._log.login_refused(raw_name, origin, "name_taken")
            raise
        return guest

    def may_enter(self, guest: Guest) -> bool:
        """Whether a returning guest still has their name, or can have it again."""
        return self._room.may_enter(guest)

    def join(self, connection: str, guest: Guest, origin: Origin, last_id: int | None) -> Welcome:
        """Bring a connection into the room. Waits for the disk.

        It is subscribed before the history is read, so that nothing falls between the two;
        what comes both ways carries the same id. Raises NameTaken or StoreUnavailable.
        """
        arrival = self._room.enter(guest, connection, origin, self._clock())
        self._broadcaster.subscribe(connection)
        if arrival is not None:
            self._log.join(guest, origin)
            self._broadcaster.host_joined(arrival)
        limit = self._history if last_id is None else max(self._history, CATCH_UP_LIMIT)
        history = _bounded(self._store.history(ROOM, last_id, limit))
        return Welcome(guest, list(self._room.hosts()), history.messages, history.complete)

    def post(self, connection: str, text: str, client_id: str) -> Message:
        """Store a message and tell everybody. Waits for the disk.

        The same client_id of the same person again returns the message that it made first.
        Raises NotJoined, PayloadInvalid, MessageTooLong or StoreUnavailable.
        """
        seat = self._room.seat_of(connection)
        if seat is None:
            raise NotJoined
        _check_text(text)
        guest = seat.guest
        time = timestamp(self._clock())
        draft = Draft(client_id, ROOM, guest.id, guest.name, seat.origin.ip, text, time)
        return self._commits.submit(draft)

    def disconnect(self, connection: str) -> None:
        """A connection is gone; its person may be back within the grace period."""
        self._room.disconnect(connection, self._clock())

    def log_out(self, guest: Guest) -> list[str]:
        """Free the guest's name at once; returns the connections that they still had open."""
        connections = self._room.connections(guest.id)
        departure = self._room.leave(guest.id, self._clock(), "logout")
        if departure is not None:
            self._announce(departure)
        return connections

    def close(self) -> None:
        """Commit what is waiting, write everybody's departure down, then take nothing more."""
        self._closed.set()
        self._expiry.join()
        self._commits.close()
        for departure in self._room.clear(self._clock()):
            self._write(departure)

    def _expire(self) -> None:
        while not self._closed.wait(_EXPIRY_INTERVAL):
            for departure in self._room.expire(self._clock()):
                self._announce(departure)

    def _announce(self, departure: Departure) -> None:
        self._write(departure)
        self._broadcaster.host_left(departure.announcement)

    def _write(self, departure: Departure) -> None:
        self._log.leave(departure.guest, departure.origin, departure.seconds, departure.reason)


def _bounded(history: History) -> History:
    """The newest messages that fit into one answer."""
    budget = CATCH_UP_BYTES
    for index in range(len(history.messages) - 1, -1, -1):
        budget -= len(history.messages[index].message.encode())
        if budget < 0:
            return History(history.messages[index + 1 :], complete=False)
    return history


def _check_text(text: str) -> None:
    if len(text) > MESSAGE_LIMIT:
        raise MessageTooLong(limit=MESSAGE_LIMIT)
    if not text.strip():
        raise PayloadInvalid
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise PayloadInvalid
