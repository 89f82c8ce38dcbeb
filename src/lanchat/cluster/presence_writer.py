"""What one process changes in who is here, and what it says to the others: in its order.

All that waits is one call, and one commit: a storm of logins waits for few of them. What comes of
it is in this process's copy before anybody else can read that again.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import timedelta
from typing import Any, NamedTuple

import psycopg

from lanchat.cluster.database import PostgresDatabase, translated_errors
from lanchat.cluster.patience import Silent, is_broken
from lanchat.errors import LanchatError, StoreUnavailable

_log = logging.getLogger(__name__)

_AT_ONCE = 500
"""So much is asked for by one call, at most."""

_PAYLOAD = 7_000
"""Bytes of what is said at once; PostgreSQL takes 7,999."""

_UNKNOWN = "the database was away, and it is not known yet who is here"

_CALL = b"SELECT presence(%s, %s, %s, %s)"

Answer = Sequence[Any]
"""What came of something, the person's line, and that of who has the name."""


class Asked(NamedTuple):
    """Something that is to be done, and what is made of the answer in this process."""

    what: Mapping[str, Any]
    take: Callable[[Answer], Any]
    future: Future[Any]


class PresenceWriter:
    """The writer of process number ``mine``; ``lock`` is held from a call until it is taken in.

    ``failed`` is called when it is not known whether something has happened; ``lives`` tells
    whether this process may still have a lease: without one the database refuses everything.
    """

    def __init__(
        self,
        database: PostgresDatabase,
        mine: int,
        lasts: float,
        *,
        lock: threading.RLock,
        lives: Callable[[], bool],
        failed: Callable[[], None],
    ) -> None:
        self._database = database
        self._mine = mine
        self._lasts = timedelta(seconds=lasts)
        self._lock = lock
        self._lives = lives
        self._failed = failed
        self._queue: queue.SimpleQueue[Asked | str | None] = queue.SimpleQueue()
        self._connection: psycopg.Connection[Any] | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)
        self._thread.start()

    def ask(self, what: Mapping[str, Any], take: Callable[[Answer], Any]) -> Future[Any]:
        """Let something be done; the future has what ``take`` makes of it, or StoreUnavailable."""
        asked = Asked(what, take, Future())
        if self._closed:
            asked.future.set_exception(StoreUnavailable("the server is stopping"))
        else:
            self._queue.put(asked)
        return asked.future

    def say(self, event: str) -> None:
        """Let every other process hear this, if it can."""
        if not self._closed:
            self._queue.put(event)

    def close(self) -> None:
        """Do what waits, and take nothing more."""
        self._closed = True
        self._queue.put(None)
        self._thread.join()
        self._disconnect()

    def _run(self) -> None:
        waiting: list[Asked | str | None] = []
        while None not in waiting:
            waiting = [self._queue.get(), *self._rest(_AT_ONCE - 1)]
            said = [each for each in waiting if isinstance(each, str)]
            try:
                self._work(_asked(waiting), said)
            except Silent as error:
                # Nobody behind them waits for as long again.
                waiting += self._rest(self._queue.qsize())
                self._fail(_asked(waiting), str(error))

    def _rest(self, most: int) -> Iterator[Asked | str | None]:
        """What waits besides."""
        for _ in range(most):
            if self._queue.empty():
                return
            yield self._queue.get()

    def _work(self, asked: Sequence[Asked], said: Sequence[str]) -> None:
        """Raises Silent where the database does not answer, and nobody was answered, either."""
        with self._lock:
            if asked and not self._lives():
                self._fail(asked, _UNKNOWN)
                asked = ()
            if not asked and not said:
                return
            try:
                answers = self._call([each.what for each in asked], said)
            except StoreUnavailable as error:
                if isinstance(error.__cause__, Silent):
                    raise error.__cause__ from None
                self._fail(asked, str(error))
                return
            except Exception:  # noqa: BLE001
                # A defect here must not end the writer: nobody could come or go any more.
                _log.exception("%d changes of who is here failed", len(asked))
                self._fail(asked, "it could not be stored")
                return
            done = [_taken(each, answer) for each, answer in zip(asked, answers, strict=True)]
        for each, result in zip(asked, done, strict=True):
            if isinstance(result, Exception):
                each.future.set_exception(result)
            else:
                each.future.set_result(result)

    def _call(self, asked: Sequence[Mapping[str, Any]], said: Sequence[str]) -> Sequence[Answer]:
        with translated_errors():
            try:
                row = self._connected().execute(
                    _CALL, (self._mine, self._lasts, json.dumps(asked), _payloads(self._mine, said))
                )
                answers: Sequence[Answer] | None = row.fetchone()[0]  # type: ignore[index]
            except (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction):
                self._disconnect()
                raise
        if answers is None:
            raise StoreUnavailable(_UNKNOWN)
        return answers

    def _fail(self, asked: Sequence[Asked], reason: str) -> None:
        if asked:
            self._failed()
        for each in asked:
            each.future.set_exception(StoreUnavailable(reason))

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or is_broken(self._connection):
            self._connection = self._database.connect()
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _asked(waiting: Iterable[Asked | str | None]) -> list[Asked]:
    return [each for each in waiting if isinstance(each, Asked)]


def _taken(asked: Asked, answer: Answer) -> Any:
    try:
        return asked.take(answer)
    except LanchatError as refusal:
        return refusal
    except Exception as error:  # noqa: BLE001 (whoever waits for it learns of it)
        _log.exception("what came of %s could not be taken", asked.what["do"])
        return error


def _payloads(mine: int, said: Sequence[str]) -> list[str]:
    """Together as much as goes."""
    payloads: list[list[str]] = []
    size = _PAYLOAD
    for event in said:
        length = len(event.encode()) + 1
        if size + length > _PAYLOAD:
            payloads.append([])
            size = 0
        payloads[-1].append(event)
        size += length
    return [f'{{"from": {mine}, "events": [{",".join(some)}]}}' for some in payloads]
