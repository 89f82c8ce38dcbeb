"""The event log on PostgreSQL: one order over all processes.

Theory of operation. Each process has one committer and one listener, each with a connection of its
own. The committer takes all changes that wait (``rows/batches.py``), locks the positions against
the committers of other processes, stores the changes, and notifies all listeners in the same
transaction. Plain messages, which most changes are, are one call of a function there. A listener
reads on from the position that it has told last (``journal.py``), and tells what it finds: also
what its own committer has stored. So everybody is told the same in the same order, after a break
of the connection, too. An answer waits until its own position was told here: whoever is
acknowledged has heard it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from functools import partial
from itertools import groupby
from typing import Any

import psycopg

from lanchat.chat.changes import Change, Draft, EventT
from lanchat.chat.events import LogEvent, MessagePosted
from lanchat.chat.figures import CommitStatistics, Histogram
from lanchat.chat.futures import Future
from lanchat.chat.model import LOBBY, Cursor, Message, Own, Page
from lanchat.chat.report_changes import Report
from lanchat.chat.rooms import Membership, Overview, Room
from lanchat.cluster import epochs, journal, turns
from lanchat.cluster.answers import Answer, Answers
from lanchat.cluster.connection import PostgresConnection
from lanchat.cluster.database import PostgresDatabase, translated_errors
from lanchat.cluster.listener import Listener
from lanchat.cluster.patience import Silent, is_broken
from lanchat.errors import LanchatError, StoreUnavailable, UnknownMessage
from lanchat.rows import (
    message_rows,
    messages,
    overview,
    pages,
    pins,
    reactions,
    reports,
    room_ends,
    rooms,
)
from lanchat.rows.batches import Asked, Batches, Listeners, Trouble
from lanchat.rows.outcomes import Announcement, Outcome

_log = logging.getLogger(__name__)

_WHO = b"SELECT pg_backend_pid()"
"""Who notifies: what a connection takes for its process may be that of a pooler's."""


class PostgresEventLog:
    """The EventLog of one of several processes. Raises DatabaseUnusable."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._listeners = Listeners()
        self._batches = Batches()
        self._answers = Answers()
        self._trouble = Trouble(_log, "the message database takes changes again")
        self._connection: psycopg.Connection[Any] | None = None
        self.statistics = CommitStatistics()
        self.told_seconds = Histogram(self.statistics.seconds.bounds)
        """How long what was committed here waited to be told here: as long as its notification."""
        self._listener = Listener(database, self._answers, self._listeners.tell)
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    @property
    def epoch(self) -> str:
        """One for all processes; a new one begins with the first of them, and after a failover."""
        return self._listener.epoch

    @property
    def told(self) -> int:
        """The position up to which everything was told here."""
        return self._listener.told

    @property
    def heard(self) -> int:
        """The newest position that was heard of here."""
        return max(self._listener.newest, self._listener.told)

    @property
    def is_connected(self) -> bool:
        """Whether it is heard what happens."""
        return self._listener.is_connected

    def append(self, change: Change[EventT]) -> Future[EventT]:
        """Let a change be stored, then all who listen be told; the future is done after both."""
        return self._batches.append(change)

    def announce(self, event: LogEvent) -> None:
        """Let all who listen be told of what somebody else has stored, unless it is too late."""
        with suppress(StoreUnavailable):
            self.append(Announcement(event))

    def listen(self, handler: Callable[[LogEvent], None]) -> None:
        """Let the handler be called with every event in the order of positions."""
        self._listeners.add(handler)

    def newest(self, room: str, limit: int) -> Page:
        return self._page(room, lambda connection: pages.newest(connection, room, limit))

    def since(self, room: str, cursor: Cursor, limit: int) -> Page | None:
        return self._database.call(lambda connection: _since(connection, room, cursor, limit))

    def after(self, room: str, last_id: int | None, limit: int) -> Page:
        return self._page(room, lambda connection: pages.after(connection, room, last_id, limit))

    def rooms(self) -> tuple[int, list[Room], list[Membership]]:
        return self._database.call(rooms.load)

    def overview(
        self, user_id: str, cursor: Cursor, history: int, limit: int, main: Page | None = None
    ) -> Overview:
        def look(connection: PostgresConnection) -> Overview:
            if cursor.seq:
                known = _since(connection, LOBBY, cursor, limit)
            else:
                known = overview.holds(connection, main)
            return overview.overview(connection, user_id, cursor, history, limit, known)

        return self._database.call(look)

    def tidy(self, today: int) -> tuple[list[str], list[str]]:
        return self._database.change(lambda connection: room_ends.tidy(connection, today))

    def mine(self, user_id: str, ids: Sequence[int]) -> dict[int, Own]:
        if not ids:
            return {}
        return self._database.call(lambda connection: reactions.mine(connection, user_id, ids))

    def reports(self, user_id: str, limit: int) -> tuple[list[Report], int]:
        return self._database.call(lambda connection: reports.waiting(connection, user_id, limit))

    def close(self) -> None:
        """Store and tell what is waiting, then take nothing more."""
        self._batches.close()
        self._thread.join()
        self._listener.close()
        self._disconnect()

    def _page(self, room: str, look: Callable[[PostgresConnection], Page]) -> Page:
        return self._database.call(
            lambda connection: pins.with_pins(connection, room, look(connection))
        )

    def _run(self) -> None:
        while batch := self._batches.take():
            self._commit(batch)

    def _commit(self, batch: Sequence[Asked]) -> None:
        statistics = self.statistics
        start = time.perf_counter()
        failure = ""
        # What was stored is told by the listener, who waits for its answers to be in their order.
        with self._answers.settling() as settle:
            try:
                found = self._store([change for change, _ in batch])
                stored = time.perf_counter()
                statistics.seconds.add(stored - start)
                batch[-1][1].add_done_callback(partial(self._note_told, stored))
                new = [position for position, outcome in found if _is_new_message(outcome)]
                if new:  # as is known before any is told
                    statistics.committed(new[0], new[-1], len(batch))
                settle([Answer(*found[i], future) for i, (_, future) in enumerate(batch)])
                statistics.messages += len(new)
            except LanchatError as error:
                failure = str(error)
                if isinstance(error.__cause__, Silent):
                    batch = [*batch, *self._batches.rest()]  # who need not wait for as long again
            except Exception:  # noqa: BLE001
                # A defect here must not end the committer: nobody could say anything any more.
                _log.exception("a batch of %d changes failed", len(batch))
                failure = "it could not be stored"
        self._trouble.note(failure)
        statistics.sizes.add(len(batch))
        if failure:
            for _, future in batch:
                future.set_exception(StoreUnavailable(failure))

    def _note_told(self, stored: float, last: Future[Any]) -> None:
        if not isinstance(last.exception(), StoreUnavailable):
            self.told_seconds.add(time.perf_counter() - stored)

    def _store(self, changes: Sequence[Change[Any]]) -> list[tuple[int, Outcome]]:
        """Store all in one commit; returns what came of each, and which position is to be told.

        Where the connection breaks in the commit nobody knows whether it has happened: raises
        StoreUnavailable, and whoever sends a change again finds it. One that has broken before is
        replaced.
        """
        with translated_errors():
            try:
                connection = PostgresConnection(self._connected())
                if all(map(_is_plain, changes)):
                    return list(_post(connection, changes, 0))  # one call, one commit
                with connection.connection.transaction():
                    return _apply(connection, changes)
            except (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction):
                self._disconnect()  # another host may take changes by now
                raise

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or is_broken(self._connection):
            self._disconnect()
            with ExitStack() as undo:
                connection = undo.enter_context(closing(self._database.connect()))
                with connection.transaction():
                    epochs.settle(PostgresConnection(connection))
                (pid,) = connection.execute(_WHO).fetchone()  # type: ignore[misc]
                undo.pop_all()
            self._connection = connection
            self._answers.pid = pid
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _since(connection: PostgresConnection, room: str, cursor: Cursor, limit: int) -> Page | None:
    page = pages.since(connection, room, cursor, limit)
    return page and pins.with_pins(connection, room, page)


def _is_plain(change: Change[Any]) -> bool:
    """Whether a message refers to nothing, and waits for no turn."""
    return isinstance(change, Draft) and not (
        change.reply_to is not None or change.mentions or change.files or change.turn
    )


def _is_new_message(outcome: Outcome) -> bool:
    return outcome.posted is not None or (
        outcome.fresh and isinstance(outcome.event, MessagePosted)
    )


def _apply(
    connection: PostgresConnection, changes: Sequence[Change[Any]]
) -> list[tuple[int, Outcome]]:
    """Within a transaction, store all changes."""
    begun = newest = connection.lock_positions()
    found: list[tuple[int, Outcome]] = []
    for is_plain, some in groupby(changes, _is_plain):
        if is_plain:
            found += _post(connection, list(some), newest)
            newest = found[-1][0]
            continue
        for change in some:
            outcome = turns.apply(connection, change)
            if outcome.fresh and outcome.event is not None:
                newest = journal.write(connection, outcome.event)
            found.append((newest, outcome))
    if newest > begun:
        connection.notify()
    return found


def _post(
    connection: PostgresConnection, drafts: Sequence[Any], newest: int
) -> Iterator[tuple[int, Outcome]]:
    """Store plain messages; ``newest`` is the position that was taken last, as far as is known."""
    rows = [messages.fields(draft) for draft in drafts]
    for values, number in zip(rows, connection.post(rows), strict=True):
        if number is not None:
            newest = number
            yield newest, Outcome(MessagePosted(Message(*(number, *values, number))))
            continue
        _, room, user_id, *_ = values
        try:
            known = message_rows.stored(connection, user_id, values[0])
        except UnknownMessage:
            yield newest, Outcome(None, refusal=rooms.why_not(connection, room, user_id))
        else:
            newest = max(newest, known.id)
            yield newest, Outcome(MessagePosted(known), fresh=False)
