"""What one process hears of who is here, and how it says that it lives.

The listener renews the lease of its process, and reads again whom others have changed. What they
say behind that it tells, so nobody hears of somebody's arrival who cannot read yet that they are
here. After a break, or when the lease was lost, it says whom this process has, reads all, and
tells what its own clients have missed.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg

from lanchat.chat.events import Event, MemberJoined, MemberLeft
from lanchat.chat.model import Member, User, timestamp
from lanchat.cluster.bus import Bus, decoded
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.people import Line, People, Person
from lanchat.cluster.presence_own import Lease, OwnPeople
from lanchat.cluster.presence_schema import PRESENCE
from lanchat.cluster.sessions import named
from lanchat.cluster.unusable import reason_of, unusable
from lanchat.rows.batches import Trouble

_log = logging.getLogger(__name__)

LEASE = 5.0
"""Seconds that a process counts as living after it has said so."""

_RENEWALS = 5
"""So often it says so within them."""

_RETRY_SECONDS = 0.5

_COMPARE_SECONDS = 30.0
"""Between two looks whether somebody is said to be with this process who is not."""

_CALLED = b"SELECT set_config('application_name', %s, false)"
_RENEW = b"SELECT life, unbroken, taken FROM renew_lease(%s, %s, %s, %s)"
_SOME = b"SELECT person_line(person) FROM person WHERE user_id = ANY(%s)"
_ALL = b"SELECT person_line(person) FROM person"
_LOGOUTS = b"SELECT user_id FROM logout ORDER BY rowid DESC LIMIT 1000"


class PresenceListener:
    """Keeps ``people`` as the database has them, whose ``lock`` it holds while it does.

    ``owed`` are those whose name was to be freed while it could not be.
    Raises DatabaseUnusable.
    """

    def __init__(
        self,
        database: PostgresDatabase,
        lease: Lease,
        people: People,
        *,
        bus: Bus,
        lock: threading.RLock,
        owed: set[str],
    ) -> None:
        self._database = database
        self._lease = lease
        self._people = people
        self._lock = lock
        self._bus = bus
        self._own = OwnPeople(lease, people, bus, owed)
        self._closed = threading.Event()
        self._torn = True
        self._renewed = 0.0
        self.renewed = 0.0
        """When it was renewed last, by the monotonic clock; the one before may be about to be."""
        self._life: int | None = None
        self._settles: float | None = None  # when all who live have said who is with them
        self._compares = 0.0
        self._trouble = Trouble(_log, "it is known again who is here")
        try:
            connection = self._connect()
            self._renew(connection)
        except psycopg.Error as error:
            raise unusable(error) from error
        self._thread = threading.Thread(
            target=self._run, args=(connection,), name="presence-listener", daemon=True
        )
        self._thread.start()

    @property
    def is_settling(self) -> bool:
        """Whether the database has forgotten who is here, and others may still have to say so."""
        return self._settles is not None

    def tear(self) -> None:
        """What this process knows and what the database has may differ: look soon."""
        self._torn = True

    def close(self) -> None:
        """Let others take over whom this process has, and end."""
        self._closed.set()
        with suppress(psycopg.Error), self._database.connect() as connection:
            connection.execute("SELECT end_lease(%s)", (self._lease.mine,))
            connection.execute("SELECT pg_notify(%s, '{}')", (PRESENCE,))  # it need not wait
        self._thread.join()

    def _connect(self) -> psycopg.Connection[Any]:
        connection = self._database.connect()
        connection.execute(_CALLED, (named(self._lease.mine),))
        connection.execute(f"LISTEN {PRESENCE}".encode())
        return connection

    def _run(self, connection: psycopg.Connection[Any] | None) -> None:
        while not self._closed.is_set():
            connection = self._tried(connection)
            if connection is None:
                self._closed.wait(_RETRY_SECONDS)
        if connection is not None:
            connection.close()

    def _tried(self, connection: psycopg.Connection[Any] | None) -> psycopg.Connection[Any] | None:
        """Follow what happens; returns at the end, or with nothing at a break."""
        try:
            if connection is None:
                connection = self._connect()
            self._follow(connection)
        except psycopg.Error as error:
            self._trouble.note(f"the database cannot be asked who is here: {reason_of(error)}")
        except Exception:  # noqa: BLE001
            # A defect here must not end the lease: others would take over who is here.
            _log.exception("what others say of who is here cannot be heard")
        else:
            return connection
        self._torn = True
        if connection is not None:
            connection.close()
        return None

    def _follow(self, connection: psycopg.Connection[Any]) -> None:
        """Hear what is said, and renew the lease in between."""
        while not self._closed.is_set():
            self._renew(connection)
            self._trouble.note("")
            due = self._renewed + self._lease.lasts / _RENEWALS
            left = due - time.monotonic()
            while not self._closed.is_set():
                came = connection.notifies(timeout=max(0.0, left), stop_after=1)
                self._hear(connection, [json.loads(each.payload) for each in came])
                left = due - time.monotonic()
                if left <= 0:
                    break

    def _renew(self, connection: psycopg.Connection[Any]) -> None:
        mine, *seconds = self._lease
        lasts, grace = (timedelta(seconds=each) for each in seconds)
        with self._lock:
            self._renewed = time.monotonic()  # at the earliest
            row = connection.execute(_RENEW, (mine, lasts, grace, self._life is None)).fetchone()
            life, unbroken, taken = row  # type: ignore[misc]
            self.renewed = self._renewed
            self._bus.close_gone()
            if taken:
                _log.warning("%d people of a server that is gone are waited for here", len(taken))
                self._refresh(connection, taken)
            if self._settles is not None and self._settles <= time.monotonic():
                self._settles, self._torn = None, True
            if self._torn or not unbroken:
                self._restore(connection, life, unbroken=unbroken)
            elif self._compares <= self._renewed:
                self._compare(connection)

    def _compare(self, connection: psycopg.Connection[Any]) -> None:
        self._compares = self._renewed + _COMPARE_SECONDS
        if not self._own.compare(connection):
            self._torn = True

    # What others have changed, and say.

    def _hear(
        self, connection: psycopg.Connection[Any], payloads: Iterable[Mapping[str, Any]]
    ) -> None:
        changed: dict[str, None] = {}
        for payload in payloads:
            if payload.get("from") == self._lease.mine:
                continue
            self._bus.hear_logouts(payload.get("logged_out", ()))
            changed |= dict.fromkeys(payload.get("people", ()))
            for said in payload.get("events", ()):
                self._refresh(connection, list(changed))
                changed = {}
                if event := decoded(said):
                    self._bus.tell(event)
        self._refresh(connection, list(changed))

    def _refresh(self, connection: psycopg.Connection[Any], ids: Sequence[str]) -> None:
        """Read these people again."""
        if not ids:
            return
        with self._lock:
            lines = [line for (line,) in connection.execute(_SOME, (ids,))]
            there = {self._take(line).user.id for line in lines}
            for user_id in ids:
                if user_id not in there and not self._may_be_ours(user_id):
                    self._remove(user_id)

    def _may_be_ours(self, user_id: str) -> bool:
        """Whether somebody is gone for the others because this process may have slept."""
        entry = self._people.entries.get(user_id)
        if entry is None or not entry.connections:
            return False
        if time.monotonic() - self._renewed < self._lease.lasts:
            return False
        self._torn = True
        return True

    def _take(self, line: Line) -> Person:
        entry = self._people.take(line)
        if entry.connections and self._lease.mine not in line[9]:
            self._torn = True
        return entry

    def _remove(self, user_id: str) -> None:
        if entry := self._people.remove(user_id):
            self._bus.let_go(entry)

    # After a break.

    def _restore(self, connection: psycopg.Connection[Any], life: int, *, unbroken: bool) -> None:
        """Say whom this process has, and learn whom the others have."""
        self._torn = False
        if not unbroken:
            self._people.wait_anew()
        is_first, is_lost = self._life is None, life not in {self._life, None}
        before = {member.id: member for member in self._people.members()}
        if not self._own.remain(connection):
            self._torn = True
            return
        self._life = life
        if is_lost and not is_first:  # the others are about to say whom they have
            self._settles = time.monotonic() + self._lease.lasts
        self._bus.hear_logouts(user_id for (user_id,) in connection.execute(_LOGOUTS))
        lines = [line for (line,) in connection.execute(_ALL)]
        there = {self._take(line).user.id for line in lines}
        if self._settles is None:
            for user_id in list(self._people.entries):
                if user_id not in there:
                    self._remove(user_id)
        self._compare(connection)
        if is_first:
            self._people.are_told()  # who comes to this process now finds them in the list
        else:
            for event in _missed(before, {each.id: each for each in self._people.members()}):
                self._bus.tell(event)


def _missed(before: Mapping[str, Member], after: Mapping[str, Member]) -> Iterator[Event]:
    """What has happened meanwhile, as far as this process's clients have not been told."""
    now = timestamp(time.time())
    for user_id in before.keys() - after.keys():
        was = before[user_id]
        yield MemberLeft(User(was.id, was.name), was.ip, now, was.role, was.muted)
    for user_id, member in after.items():
        if user_id not in before:
            yield _joined(member)


def _joined(member: Member) -> MemberJoined:
    user = User(member.id, member.name)
    return MemberJoined(user, member.ip, member.since, member.role, member.muted)
