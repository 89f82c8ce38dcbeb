"""The listener of one process: what happens, it tells in the order of positions.

It also keeps the lock that says that this process lives, and knows by it who is the first one: who
is begins a new epoch. Where a break has lasted for so long that reading on would take longer than
beginning anew, or what was told is not part of the history any more (``epochs.py``), the clients of
this process come again, and are told what there is.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import psycopg

from lanchat.chat.events import HistoryLeft, LogEvent, SettingsChanged
from lanchat.chat.room_settings import State
from lanchat.cluster import journal
from lanchat.cluster.answers import Answers
from lanchat.cluster.connection import PostgresConnection
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.epochs import Epochs
from lanchat.cluster.patience import unhurried
from lanchat.cluster.schema import ALIVE, CHANNEL
from lanchat.cluster.unusable import reason_of, unusable
from lanchat.rows import reactions, state
from lanchat.rows.batches import Trouble

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
"""Between two looks at the newest position, where nobody notifies: the connection may be dead."""

_RETRY_SECONDS = 0.5

_ANSWER_SECONDS = 10.0
"""So long an answer waits for a break to end; then who asked is told that nobody knows."""

READ_ON = 20_000
"""So many positions are read on at most; the journal keeps more of them (``journal.py``)."""


class Listener:
    """Tells what happens by calling ``tell``, and gives answers. Raises DatabaseUnusable."""

    def __init__(
        self, database: PostgresDatabase, answers: Answers, tell: Callable[[LogEvent], None]
    ) -> None:
        self._database = database
        self._answers = answers
        self._tell = tell
        self._closed = threading.Event()
        self._trouble = Trouble(_log, "the message database can be listened to again")
        self._epochs = Epochs()
        self.told = 0
        """The position up to which everything was told."""
        self.newest = 0
        """The newest one that was heard of."""
        self.is_connected = True
        self._heard = time.monotonic()  # when the database has said something last
        try:
            connection = self._connect()
            self._begin(connection)
        except psycopg.Error as error:
            raise unusable(error) from error
        self._thread = threading.Thread(
            target=self._run, args=(connection,), name="listener", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Tell what is stored by now, and end."""
        self._closed.set()
        with suppress(psycopg.Error), self._database.connect() as connection:
            connection.execute(f"NOTIFY {CHANNEL}")  # it need not wait for its next look
        self._thread.join()
        self._answers.fail("the server is stopping")

    @property
    def epoch(self) -> str:
        """The one that holds."""
        return self._epochs.newest

    def _begin(self, connection: psycopg.Connection[Any]) -> None:
        """Find out where this process begins to tell."""
        rows = PostgresConnection(connection)
        is_first = rows.execute("SELECT pg_try_advisory_lock(?, ?)", ALIVE).fetchone()
        with unhurried(connection):  # while the first one begins
            rows.execute("SELECT pg_advisory_lock_shared(?, ?)", ALIVE)
        with connection.transaction():
            if is_first == (True,):
                self._epochs.begin(rows)
                for event in reactions.tell_all(rows):
                    journal.write(rows, event)
                journal.shorten(rows)
                rows.notify()  # others live where all have lost the lock with the database
            else:
                self._epochs.follow(rows)
            self._state = state.load(rows)
            self.told = rows.position()
        self._answers.give(self.told)
        if is_first == (True,):
            rows.execute("SELECT pg_advisory_unlock(?, ?)", ALIVE)

    def _resume(self, connection: psycopg.Connection[Any]) -> None:
        """Go on after a break, or let the clients begin anew where that cannot be."""
        rows = PostgresConnection(connection)
        with unhurried(connection):
            rows.execute("SELECT pg_advisory_lock_shared(?, ?)", ALIVE)
        with connection.transaction():
            is_so = self._epochs.resume(rows, self.told)
            position, now = rows.position(), state.load(rows)
        if not is_so:
            _log.warning("the message database lacks what was told last: a new history begins")
            self._answers.fail("the database has lost it")
        if not is_so or position - self.told > READ_ON:
            self._leave_out(position, now)

    def _leave_out(self, position: int, now: State) -> None:
        """Tell nothing up to here but what holds by now; clients come again and find the rest."""
        before, self._state, self.told = self._state, now, position
        if now != before:
            self._tell(SettingsChanged(now.seq, before, now))
        self._tell(HistoryLeft())
        self._answers.give(position)

    def _connect(self) -> psycopg.Connection[Any]:
        connection = self._database.connect()
        connection.execute(f"LISTEN {CHANNEL}")
        return connection

    def _run(self, connection: psycopg.Connection[Any] | None) -> None:
        while not self._is_done():
            connection = self._tried(connection)
            if connection is None:
                if self._closed.is_set():
                    return
                self._closed.wait(_RETRY_SECONDS)
        if connection is not None:
            with suppress(psycopg.Error):
                # The database may take a moment to see that nobody is there any more.
                PostgresConnection(connection).execute(
                    "SELECT pg_advisory_unlock_shared(?, ?)", ALIVE
                )
            connection.close()

    def _tried(self, connection: psycopg.Connection[Any] | None) -> psycopg.Connection[Any] | None:
        """Tell what there is and comes; returns at the end, or with nothing at a break."""
        try:
            if connection is None:
                connection = self._connect()
                self._resume(connection)
                self._trouble.note("")
                self.is_connected = True
            self._follow(connection)
        except psycopg.Error as error:
            self.is_connected = False
            if connection is not None:
                connection.close()
            self._trouble.note(f"the message database cannot be listened to: {reason_of(error)}")
            if time.monotonic() - self._heard > _ANSWER_SECONDS:
                self._answers.fail("it is stored, and could not be told")
            return None
        except Exception:  # noqa: BLE001
            self.is_connected = False
            # A defect here must not end the listener: nobody would hear anything any more.
            _log.exception("what happens could not be told")
            if connection is not None:
                connection.close()
            return None
        return connection

    def _is_done(self) -> bool:
        return self._closed.is_set() and not self._answers

    def _follow(self, connection: psycopg.Connection[Any]) -> None:
        self._read_on(connection, PostgresConnection(connection).position())
        while not self._is_done():
            came = list(connection.notifies(timeout=_LOOK_SECONDS, stop_after=1))
            if came:
                self._hear(connection, came)
            else:
                self._read_on(connection, PostgresConnection(connection).position())
            self._heard = time.monotonic()

    def _hear(self, connection: psycopg.Connection[Any], came: Sequence[psycopg.Notify]) -> None:
        """Tell all that these notifications are about."""
        newest, only_messages = self.told, True
        for each in came:
            *begun, position = [int(number) for number in each.payload.split()] or [0]
            only_messages = only_messages and bool(begun) and begun[0] <= newest
            newest = max(newest, position)
        is_ours = any(each.pid == self._answers.pid for each in came)
        self._read_on(connection, newest, is_ours=is_ours, only_messages=only_messages)

    def _read_on(
        self,
        connection: psycopg.Connection[Any],
        newest: int,
        *,
        is_ours: bool = True,
        only_messages: bool = False,
    ) -> None:
        """Tell all up to the newest position.

        Nothing of this process's own is among it unless it ``is_ours``, perhaps.
        """
        rows = PostgresConnection(connection)
        self.newest = newest
        if is_ours:
            self._answers.wait(newest)
        self._answers.give(self.told)
        while self.told < newest:
            if only_messages:
                found, up_to = journal.posted(rows, self.told, newest)
            else:
                found, up_to = journal.read(rows, self.told, newest, self._state)
            for seq, event in found:
                if seq - 1 > self.told:
                    self._answers.give(seq - 1)
                if event is not None:
                    self._tell(event)
                if isinstance(event, SettingsChanged):
                    self._state = event.after
                self.told = seq
                self._answers.give(seq)
            self.told = up_to
            self._answers.give(up_to)
