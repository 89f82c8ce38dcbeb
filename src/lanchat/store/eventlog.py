"""The event log on SQLite: one order, and a group commit.

A commit to disk takes about as long for a hundred changes as for one. So one committer takes
every change that is waiting, stores them together, and then, in the order of their positions, tells
what has come of each and answers who asked for it; what arrives meanwhile is the next batch.
Nothing waits for a timer: a single change is committed at once.
(DeWitt et al., "Implementation techniques for main memory database systems", 1984.)
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from lanchat.chat.changes import Change
from lanchat.chat.events import (
    HistoryCleared,
    LogEvent,
    MessageChanged,
    MessagePosted,
    Reacted,
    UserCleared,
)
from lanchat.chat.model import Cursor, Page
from lanchat.chat.ports import CommitStatistics
from lanchat.errors import LanchatError, StoreUnavailable
from lanchat.rows import messages, pages, pins, reactions
from lanchat.rows.outcomes import Announcement, Outcome, store
from lanchat.store.connection import SqliteConnection
from lanchat.store.database import Database
from lanchat.store.open_file import mark, transaction

_log = logging.getLogger(__name__)

_E = TypeVar("_E", bound=LogEvent | Reacted)


class SqliteEventLog:
    """The EventLog of one process, with a committer in a thread (under gevent, a greenlet).

    ``on_erase`` is called when a change has left something to be erased from the file.
    Raises DataUnusable where the start cannot be noted.
    """

    def __init__(self, database: Database, on_erase: Callable[[], None] = lambda: None) -> None:
        self._database = database
        self._on_erase = on_erase
        self._handlers: list[Callable[[LogEvent], None]] = []
        self._waiting: list[tuple[Change[Any], Future[Any]]] = []
        self._changed = threading.Condition()
        self._closed = False
        self._failure = ""  # why the last commit failed
        self.statistics = CommitStatistics()
        self.epoch = database.prepare(self._begin)
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    def append(self, change: Change[_E]) -> Future[_E]:
        """Let a change be stored, then all who listen be told; the future is done after both.

        Futures are done in the order of positions. Raises StoreUnavailable once closed.
        """
        event: Future[_E] = Future()
        event.set_running_or_notify_cancel()  # what was handed in cannot be taken back
        with self._changed:
            if self._closed:
                raise StoreUnavailable("the server is stopping")
            self._waiting.append((change, event))
            self._changed.notify()
        return event

    def announce(self, event: LogEvent) -> None:
        """Let all who listen be told of what somebody else has stored, unless it is too late."""
        with suppress(StoreUnavailable):
            self.append(Announcement(event))

    def listen(self, handler: Callable[[LogEvent], None]) -> None:
        """Let the handler be called with every event in the order of positions."""
        self._handlers.append(handler)

    def newest(self, room: str, limit: int) -> Page:
        return self._database.call(
            lambda connection: _with_pins(connection, room, pages.newest(connection, room, limit))
        )

    def since(self, room: str, cursor: Cursor, limit: int) -> Page | None:
        return self._database.call(lambda connection: self._since(connection, room, cursor, limit))

    def after(self, room: str, last_id: int | None, limit: int) -> Page:
        return self._database.call(
            lambda connection: _with_pins(
                connection, room, pages.after(connection, room, last_id, limit)
            )
        )

    def mine(self, user_id: str, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        if not ids:
            return {}
        return self._database.call(lambda connection: reactions.mine(connection, user_id, ids))

    def look(self) -> None:
        """Say it, once, where the database's file is gone: also while nobody writes."""
        try:
            self._database.look()
        except StoreUnavailable as error:
            self._note(str(error))

    def close(self) -> None:
        """Store and tell what is waiting, then take nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _begin(self, connection: SqliteConnection) -> str:
        if not self._database.durable:
            # Ids in memory begin at the clock's milliseconds, so that they grow over restarts.
            milliseconds = int(time.time() * 1000)
            connection.execute("UPDATE sqlite_sequence SET seq = max(seq, ?)", (milliseconds,))
        epoch = messages.begin_epoch(connection)
        with transaction(connection):
            reactions.tell_all(connection)
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
        return None if page is None else _with_pins(connection, room, page)

    def _run(self) -> None:
        while batch := self._take():
            self._commit(batch)

    def _take(self) -> list[tuple[Change[Any], Future[Any]]]:
        """Everything that waits now; empty only when closed."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            batch, self._waiting = self._waiting, []
        return batch

    def _commit(self, batch: Sequence[tuple[Change[Any], Future[Any]]]) -> None:
        statistics = self.statistics
        changes = [change for change, _ in batch]
        outcomes: Sequence[Outcome] = ()
        failure = ""
        start = time.perf_counter()
        try:
            outcomes = self._database.change(lambda connection: store(connection, changes))
            statistics.seconds.add(time.perf_counter() - start)
            self._note(failure)
        except LanchatError as error:
            failure = str(error)
            self._note(failure)
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
            if outcome.fresh and outcome.event is not None:
                self._tell(outcome.event)
            if outcome.erases:
                self._on_erase()
            if outcome.refusal is not None:
                event.set_exception(outcome.refusal)
            else:
                event.set_result(outcome.event)

    def _note(self, failure: str) -> None:
        """Say it once while it repeats: what is due, and who does not give up, asks often."""
        if failure != self._failure:
            _log.warning("%s", failure or "the message database takes changes again")
            self._failure = failure

    def _tell(self, event: LogEvent) -> None:
        if isinstance(event, MessagePosted):
            self.statistics.messages += 1
        elif isinstance(event, MessageChanged | HistoryCleared | UserCleared):
            self._on_erase()
        for handler in self._handlers:
            _call(handler, event)


def _call(handler: Callable[[LogEvent], None], event: LogEvent) -> None:
    try:
        handler(event)
    except Exception:  # noqa: BLE001
        # The same as in a commit: the others are told, and the next event comes.
        _log.exception("an event could not be told: %s", type(event).__name__)


def _with_pins(connection: SqliteConnection, room: str, page: Page) -> Page:
    return replace(page, pins=pins.pinned(connection, room))
