"""Whose name is whose and who is present, on several servers.

Theory of operation. The database knows who is here, and by which processes
(``presence_schema.py``). Each process has a copy of that (``people.py``), from which it answers
whatever is only asked. What has to be decided is decided there: the writer (``presence_writer.py``)
asks for it, takes the answer into the copy, and everybody else reads the row again
(``presence_listener.py``). Times ``now`` never leave this process: one of them alone waits until
somebody has been away for too long, and where it dies another one begins to wait anew.

The same notifications carry what has no position: arrivals, departures, notices, typing. It is told
in this process at once, and in the others behind the change that it is about; at most once.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from lanchat.chat.confusables import skeletons
from lanchat.chat.events import Event
from lanchat.chat.model import Hand, Member, Origin, Role, User
from lanchat.chat.ports import Departure, Entry, LeaveReason
from lanchat.cluster.bus import Bus
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.people import People, Person, departure
from lanchat.cluster.presence_listener import LEASE, PresenceListener
from lanchat.cluster.presence_own import Lease
from lanchat.cluster.presence_writer import Answer, PresenceWriter
from lanchat.errors import StoreUnavailable, Unauthorized


class PostgresDirectory:
    """The Directory and the Bus of one process; ``deliver`` tells an event to its connections.

    What changes who is here waits for the database, and raises StoreUnavailable where it is away.
    ``grace`` and ``lease`` are in seconds. Raises DatabaseUnusable.
    """

    def __init__(
        self,
        database: PostgresDatabase,
        grace: float,
        deliver: Callable[[str, Event], None] = lambda _channel, _event: None,
        *,
        lease: float = LEASE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock = threading.RLock()
        self._coming: Counter[str] = Counter()  # connections that are being counted in
        self._counting = threading.Lock()
        self._owed: set[str] = set()
        mine = database.prepare(_new_number)
        self._people = People(mine, grace, clock)
        self._writer = PresenceWriter(
            *(database, mine, lease),
            lock=self._lock,
            lives=lambda: self._listener is None or self.lease_age <= lease,
            failed=self._tear,
        )
        self._bus = Bus(self._people, deliver, self._writer.say)
        self._listener: PresenceListener | None = None
        try:
            self._listener = PresenceListener(
                *(database, Lease(mine, lease, grace), self._people),
                bus=self._bus,
                lock=self._lock,
                owed=self._owed,
            )
        except BaseException:
            self._writer.close()
            raise

    @property
    def present(self) -> int:
        return self._people.present

    @property
    def lease_age(self) -> float:
        """How many seconds ago this process has said that it lives."""
        renewed = 0.0 if self._listener is None else self._listener.renewed
        return time.monotonic() - renewed

    # What has to be decided.

    def claim(self, user: User, origin: Origin, now: float, seconds: float) -> None:
        """Reserve the name for so long. Raises NameTaken."""
        if user.id in self._people.entries:
            return

        def take(answer: Answer) -> None:
            entry = self._taken(user, answer)
            if entry.is_kept:
                entry.free_at = now + seconds

        self._ask("claim", user, origin, take).result()

    def rename(self, user: User, origin: Origin, now: float, seconds: float) -> Member | None:
        """Let the person with the user's id have the user's name; returns their line if present.

        Who has no entry has the name reserved for so long. Raises NameTaken.
        """

        def take(answer: Answer) -> Member | None:
            entry = self._taken(user, answer)
            if answer[0] == "anew":
                entry.free_at = now + seconds
            return entry.member

        member: Member | None = self._ask("rename", user, origin, take).result()
        return member

    def connect(  # noqa: PLR0917  as the Protocol has it
        self, user: User, connection: str, origin: Origin, now: float, time: str, role: Role
    ) -> Member | None:
        """Count a connection in; the person's first one, of all processes, is an arrival.

        Raises NameTaken, or Unauthorized for who has logged out somewhere.
        """

        def take(answer: Answer) -> Member | None:
            before = self._people.entries.get(user.id)
            was_here = before is not None and before.member is not None
            entry = self._taken(user, answer)
            self._people.connect(entry, connection)
            if answer[0] != "arrived" or (was_here and self._is_settling()):
                return None
            entry.arrived = now
            return entry.member

        with self._is_coming(user.id):
            came = self._ask("connect", user, origin, take, since=time, role=role).result()
        member: Member | None = came
        return member

    def release(self, user_id: str, now: float, reason: LeaveReason) -> Departure | None:
        """Free the person's name at once; where the database is away, as soon as it is back."""
        asked = self._ask_to_go("release", user_id, now, reason)
        try:
            return asked.result()
        except StoreUnavailable:
            self._owed.add(user_id)
            entry = self._people.remove(user_id)
            return None if entry is None else departure(entry, now, reason)

    def expire(self, now: float) -> list[Departure]:
        """Free the names whose time is over; each departure is told to one process alone."""
        asked = [self._ask_to_go("expire", each, now, "closed") for each in self._people.due(now)]
        # All are waited for: of those that were freed nobody else learns.
        left = [each.result() for each in asked if each.exception() is None]
        if len(left) < len(asked) and not left:
            raise StoreUnavailable("the database is away")
        return [each for each in left if each is not None]

    def raise_hand(self, user_id: str, _time: str) -> None:
        """Let the hand of somebody who is here be up, behind all that are, unless it is up."""
        self._writer.ask({"do": "raise", "id": user_id}, self._noted).result()

    def lower_hands(self, user_ids: Collection[str]) -> None:
        """Let these people's hands be down; they are when somebody leaves, too."""
        asked = [self._writer.ask({"do": "lower", "id": one}, self._noted) for one in user_ids]
        for each in asked:
            each.result()

    # What is noted.

    def describe(self, user_id: str, role: Role, *, muted: bool) -> Member | None:
        """Say in the person's line what they may do; returns it where it has changed.

        Every process learns that from the log by itself; who comes to one later reads the row.
        """
        entry = self._people.entries.get(user_id)
        if entry is None or entry.member is None:
            return None
        if (entry.member.role, entry.member.muted) == (role, muted):
            return None
        entry.member = replace(entry.member, role=role, muted=muted)
        if entry.is_ours:
            asked = {"do": "describe", "id": user_id, "role": role, "muted": muted}
            self._writer.ask(asked, _nothing)
        return entry.member

    def disconnect(self, connection: str, now: float) -> None:
        """Count a connection out; with the last one of all processes the grace period begins."""
        entry = self._people.disconnect(connection, now)
        if entry is not None and not self._coming[entry.user.id]:
            self._writer.ask({"do": "leave", "id": entry.user.id}, self._noted)

    def stop(self, now: float) -> list[Departure]:
        """Whom this process alone has leaves it; at another one they may be back in time."""
        left = []
        with self._lock:
            for user_id, entry in list(self._people.entries.items()):
                if entry.is_ours and not entry.elsewhere:
                    left.append(departure(entry, now, "stop"))
                self._people.remove(user_id)
        return left

    def close(self) -> None:
        """Say what waits, let others take over whom this process has, and let go."""
        self._writer.close()
        if self._listener is not None:
            self._listener.close()

    # What is asked.

    def watch(
        self, left: Callable[[User, Origin], None], logged_out: Callable[[str], None]
    ) -> None:
        """Let these be called with who has left, and who has logged out, in another process."""
        self._bus.watch(left, logged_out)

    def taken(self, user: User) -> str | None:
        """A free name like theirs, for who comes back when somebody else has it; else None."""
        return None if user.id in self._people.entries else self._people.suggestion(user)

    def members(self) -> Iterator[Member]:
        return iter(self._people.members())

    def hands(self) -> list[Hand]:
        return self._people.hands()

    def entry(self, user_id: str) -> Entry | None:
        return self._people.entries.get(user_id)

    def entry_of(self, connection: str) -> Entry | None:
        return self._people.entries.get(self._people.users.get(connection, ""))

    def named(self, name: str) -> Entry | None:
        return self._people.named(name)

    def publish(self, _channel: str, event: Event) -> None:
        """Tell an event without a position: here at once, in the other processes if it can be."""
        self._bus.publish(event)

    # The writer's answers; its lock is held.

    def _ask(
        self,
        what: str,
        user: User,
        origin: Origin,
        take: Callable[[Answer], Any],
        **more: str,
    ) -> Future[Any]:
        person = {"id": user.id, "user": user.name, "keys": sorted(skeletons(user.name))}
        where = {"ip": origin.ip, "agent": origin.agent, "device": origin.device}
        return self._writer.ask({"do": what, **person, **where, **more}, take)

    def _ask_to_go(
        self, what: str, user_id: str, now: float, reason: LeaveReason
    ) -> Future[Departure | None]:
        def take(answer: Answer) -> Departure | None:
            entry = self._gone(user_id, answer)
            return None if entry is None else departure(entry, now, reason)

        return self._writer.ask({"do": what, "id": user_id}, take)

    def _taken(self, user: User, answer: Answer) -> Person:
        """The entry of whoever has got what was asked for. Raises NameTaken or Unauthorized."""
        came, line, owner = answer
        if owner is not None:
            self._people.take(owner)
        if came == "taken":
            raise self._people.refusal(user)
        if came == "logged out":
            raise Unauthorized
        return self._people.take(line)

    def _gone(self, user_id: str, answer: Answer) -> Person | None:
        came, line, _ = answer
        if came == "nothing" and line is not None:
            self._people.take(line)
            return None
        if came == "gone":
            self._people.take(line)
        entry = self._people.remove(user_id)
        return entry if came == "gone" else None

    def _noted(self, answer: Answer) -> None:
        _, line, _ = answer
        if line is not None:
            self._people.take(line)

    @contextmanager
    def _is_coming(self, user_id: str) -> Iterator[None]:
        """Meanwhile nobody else says that the person has no connection here any more."""
        with self._counting:
            self._coming[user_id] += 1
        try:
            yield
        except StoreUnavailable:
            self._tear()
            raise
        finally:
            with self._counting:
                self._coming[user_id] -= 1
                self._coming += Counter()  # which forgets those that are 0

    def _is_settling(self) -> bool:
        return self._listener is not None and self._listener.is_settling

    def _tear(self) -> None:
        if self._listener is not None:
            self._listener.tear()


def _new_number(connection: Any) -> int:
    return int(connection.execute("SELECT nextval('presence_number')").fetchone()[0])


def _nothing(_answer: Answer) -> None:
    return None
