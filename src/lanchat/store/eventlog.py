"""The event log on SQLite: one order, and a group commit.

One committer stores every change that is waiting together (``rows/batches.py``), and then, in the
order of their positions, tells what has come of each and answers who asked for it.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from lanchat.chat.changes import Change, EventT, React, Vote
from lanchat.chat.events import (
    HistoryCleared,
    LogEvent,
    MessageChanged,
    MessagePosted,
    UserCleared,
)
from lanchat.chat.figures import CommitStatistics
from lanchat.chat.futures import Future
from lanchat.chat.model import LOBBY, Cursor, Own, Page
from lanchat.chat.report_changes import Report
from lanchat.chat.room_events import RoomDeleted
from lanchat.chat.rooms import Membership, Overview, Room
from lanchat.errors import LanchatError, StoreUnavailable
from lanchat.rows import messages, overview, pages, pins, reactions, reports, room_ends, rooms
from lanchat.rows.batches import Asked, Batches, Listeners, Trouble
from lanchat.rows.outcomes import Announcement, Outcome, store
from lanchat.store.connection import SqliteConnection
from lanchat.store.database import Database
from lanchat.store.open_file import mark, transaction

_log = logging.getLogger(__name__)

_LOOKED_UP = 10_000
"""So many positions back it is known to what nobody has reacted."""


class Touched:
    """The messages behind ``since`` that somebody may have reacted to, or voted in.

    Most who come in have done nothing to what they are shown, and nobody need look for it.
    """

    def __init__(self, ids: Iterable[int], since: int) -> None:
        self._ids = set(ids)
        self._since = since
        self._adding = threading.Lock()

    def add(self, message_id: int) -> None:
        """Somebody is about to."""
        with self._adding:
            self._ids.add(message_id)
            if len(self._ids) > 2 * _LOOKED_UP:
                *_, self._since = sorted(self._ids)[:_LOOKED_UP]
                self._ids = {each for each in self._ids if each > self._since}

    def among(self, ids: Sequence[int]) -> list[int]:
        """Those of the messages that it may be, or of which that is not known."""
        with self._adding:
            since, touched = self._since, self._ids
            if touched.isdisjoint(ids) and min(ids, default=since + 1) > since:
                return []  # the rule, in the shortest time
            return [each for each in ids if each in touched or each <= since]


class SqliteEventLog:
    """The EventLog of one process, with a committer in a thread (under gevent, a greenlet).

    ``on_erase`` is called when a change has left something to be erased from the file, ``turn``
    lets the event loop read what has arrived. Raises DataUnusable where the start cannot be noted.
    """

    def __init__(
        self,
        database: Database,
        on_erase: Callable[[], None] = lambda: None,
        turn: Callable[[], object] = lambda: None,
    ) -> None:
        self._database = database
        self._on_erase = on_erase
        self._listeners = Listeners()
        self._batches = Batches(turn)
        self._trouble = Trouble(_log, "the message database takes changes again")
        self.statistics = CommitStatistics()
        self.epoch = database.prepare(self._begin)
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    def append(self, change: Change[EventT]) -> Future[EventT]:
        """Let a change be stored, then all who listen be told; the future is done after both.

        Futures are done in the order of positions. Raises StoreUnavailable once closed.
        """
        if isinstance(change, React | Vote):
            self._touched.add(change.message_id)
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
        return self._database.call(lambda connection: self._since(connection, room, cursor, limit))

    def after(self, room: str, last_id: int | None, limit: int) -> Page:
        return self._page(room, lambda connection: pages.after(connection, room, last_id, limit))

    def _page(self, room: str, look: Callable[[SqliteConnection], Page]) -> Page:
        return self._database.call(
            lambda connection: pins.with_pins(connection, room, look(connection))
        )

    def rooms(self) -> tuple[int, list[Room], list[Membership]]:
        return self._database.call(rooms.load)

    def overview(
        self, user_id: str, cursor: Cursor, history: int, limit: int, main: Page | None = None
    ) -> Overview:
        def look(connection: SqliteConnection) -> Overview:
            if cursor.seq:
                known = self._since(connection, LOBBY, cursor, limit)
            else:
                known = overview.holds(connection, main)
            return overview.overview(connection, user_id, cursor, history, limit, known)

        return self._database.call(look)

    def tidy(self, today: int) -> tuple[list[str], list[str]]:
        return self._database.change(lambda connection: room_ends.tidy(connection, today))

    def mine(self, user_id: str, ids: Sequence[int]) -> dict[int, Own]:
        if not (touched := self._touched.among(ids)):
            return {}
        return self._database.call(lambda connection: reactions.mine(connection, user_id, touched))

    def reports(self, user_id: str, limit: int) -> tuple[list[Report], int]:
        return self._database.call(lambda connection: reports.waiting(connection, user_id, limit))

    def look(self) -> None:
        """Say it, once, where the database's file is gone: also while nobody writes."""
        try:
            self._database.look()
        except StoreUnavailable as error:
            self._trouble.note(str(error))

    def close(self) -> None:
        """Store and tell what is waiting, then take nothing more."""
        self._batches.close()
        self._thread.join()

    def _begin(self, connection: SqliteConnection) -> str:
        if not self._database.durable:
            # Ids in memory begin at the clock's milliseconds, so that they grow over restarts.
            milliseconds = int(time.time() * 1000)
            connection.execute("UPDATE sqlite_sequence SET seq = max(seq, ?)", (milliseconds,))
        epoch = messages.begin_epoch(connection)
        with transaction(connection):
            reactions.tell_all(connection)
        since = connection.position() - _LOOKED_UP
        self._touched = Touched(reactions.touched(connection, since), since)
        # Into the file itself, where it tells this history from any that is copied over it.
        connection.execute("PRAGMA wal_checkpoint")
        mark(connection, epoch)
        return epoch

    def _since(
        self, connection: SqliteConnection, room: str, cursor: Cursor, limit: int
    ) -> Page | None:
        page = pages.since(connection, room, cursor, limit)
        if page is None and not self._database.durable and cursor.epoch != self.epoch:
            # What was said before this start is known to nobody but the pages: they keep it.
            newest = pages.newest(connection, room, limit)
            page = Page(newest.messages, complete=False, seq=newest.seq, cleared=newest.cleared)
        return None if page is None else pins.with_pins(connection, room, page)

    def _run(self) -> None:
        while batch := self._batches.take():
            self._commit(batch)

    def _commit(self, batch: Sequence[Asked]) -> None:
        statistics = self.statistics
        changes = [change for change, _ in batch]
        outcomes: Sequence[Outcome] = ()
        failure = ""
        start = time.perf_counter()
        try:
            outcomes = self._database.change(lambda connection: store(connection, changes))
            statistics.seconds.add(time.perf_counter() - start)
            # Whatever it is: all of it is told before the next commit.
            statistics.committed(0, sys.maxsize, len(batch))
            self._trouble.note(failure)
        except LanchatError as error:
            failure = str(error)
            self._trouble.note(failure)
        except Exception:  # noqa: BLE001
            # A defect here must not end the committer: nobody could say anything any more.
            _log.exception("a batch of %d changes failed", len(batch))
            failure = "it could not be stored"
        statistics.sizes.add(len(batch))
        # Each is told and answered before the next one: who has reacted learns of it before all
        # learn how many have.
        for index, (_, event) in enumerate(batch):
            if index >= len(outcomes):
                event.set_exception(StoreUnavailable(failure))
                continue
            outcome = outcomes[index]
            if outcome.posted is not None:
                self._tell(outcome.posted)
            if outcome.fresh and outcome.event is not None:
                self._tell(outcome.event)
            if outcome.erases:
                self._on_erase()
            if outcome.refusal is not None:
                event.set_exception(outcome.refusal)
            else:
                event.set_result(outcome.event)

    def _tell(self, event: LogEvent) -> None:
        if isinstance(event, MessagePosted):
            self.statistics.messages += 1
        elif isinstance(event, MessageChanged | HistoryCleared | UserCleared | RoomDeleted):
            self._on_erase()
        self._listeners.tell(event)
