"""Finding messages by their words, newest first, and the worker that takes them into the index."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

import psycopg

from lanchat.chat.model import Message
from lanchat.chat.search import Found, Query
from lanchat.chat.words import words
from lanchat.cluster.connection import PostgresConnection
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.schema import INDEXING
from lanchat.cluster.search_index import expression, take_in
from lanchat.errors import StoreUnavailable, TooMuchAtOnce
from lanchat.rows import message_rows
from lanchat.rows.matching import as_text, has
from lanchat.rows.visibility import VISIBLE

SECONDS = 2.0
"""So long a search may take."""

_WAITING = 8
"""So many people may wait for their search; what is asked for beyond is refused."""

_NEWEST = 1 << 14
"""Among so many positions one looks first, then among twice as many before them, and so on."""

_BEHIND = 1_000
"""So many messages may be said in a moment: the index is behind where it lacks more."""

_PAUSE = 0.02
"""Seconds between two steps of the worker, in which messages are stored."""

_MATCHES = (
    "(SELECT message_id FROM search"
    " WHERE words @@ ?::tsquery AND message_id >= ? AND message_id < ?)"
)

_FIND = (
    f"{message_rows.SELECT}WHERE id IN {_MATCHES} AND id >= ? AND id < ?"
    f" AND room = ANY(?) AND time >= ? AND time < ? AND {VISIBLE} ORDER BY id DESC LIMIT ?"
)


class PostgresSearch:
    """The Search of one process."""

    def __init__(self, database: PostgresDatabase, seconds: float = SECONDS) -> None:
        self._database = database
        self._seconds = seconds
        self._waiting = threading.BoundedSemaphore(_WAITING)

    def find(self, query: Query, limit: int) -> Found:
        if not self._waiting.acquire(blocking=False):
            raise TooMuchAtOnce(1)
        try:
            return self._find(query, limit)
        finally:
            self._waiting.release()

    def _find(self, query: Query, limit: int) -> Found:
        end = time.monotonic() + self._seconds
        newest, is_behind = self._database.call(_progress)
        below = newest + 1 if query.before is None else query.before
        found: list[Message] = []
        first, span = below, _NEWEST
        while len(found) <= limit and below > 1:
            if below == first:
                first, span = max(1, below - span), 2 * span
            left = end - time.monotonic()
            if left <= 0:
                return Found(found, below, is_behind)
            try:
                some = self._database.call(_looking(query, (first, below), limit + 1, left))
            except StoreUnavailable as error:
                if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
                    return Found(found, below, is_behind)
                raise
            found += (message for message in some if _is_meant(message, query))
            below = some[-1].id if len(some) > limit else first
        if len(found) > limit:
            return Found(found[:limit], found[limit - 1].id, is_behind)
        return Found(found, None, is_behind)


class Indexer:
    """Takes messages into the index, in one process at a time: whichever finds nobody at it."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._stopped = threading.Event()

    def work(self) -> None:
        """Take in what is there, and return when it is done or ``stop`` was called.

        Where the database cannot be had, whoever stores says so; the next call goes on.
        """
        with suppress(StoreUnavailable):
            while not self._database.change(_step) and not self._stopped.wait(_PAUSE):
                pass

    def stop(self) -> None:
        """Finish the step that is being taken, and take no more."""
        self._stopped.set()


def _step(connection: PostgresConnection) -> bool:
    """Take in some; tells whether there is nothing more to do, here."""
    locked = connection.execute("SELECT pg_try_advisory_xact_lock(?, ?)", INDEXING).fetchone()
    if locked != (True,) or not _is_something_new(connection):
        return True
    # What is changed meanwhile would be indexed as it was.
    connection.lock_positions()
    return take_in(connection)


def _is_something_new(connection: PostgresConnection) -> bool:
    found = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM message WHERE id > (SELECT up_to FROM search_progress))"
    ).fetchone()
    return found == (True,)


def _progress(connection: PostgresConnection) -> tuple[int, bool]:
    """The newest position, and whether older messages are still to be taken in."""
    lacking = connection.execute(
        "SELECT id FROM message WHERE id > (SELECT up_to FROM search_progress)"
        " ORDER BY id LIMIT 1 OFFSET ?",
        (_BEHIND,),
    ).fetchone()
    return connection.position(), lacking is not None


def _looking(
    query: Query, place: tuple[int, int], limit: int, seconds: float
) -> Callable[[PostgresConnection], list[Message]]:
    """What finds the newest messages of a stretch that may be meant."""

    def look(connection: PostgresConnection) -> list[Message]:
        milliseconds = max(1, round(seconds * 1000))
        connection.execute(f"SET LOCAL statement_timeout = {milliseconds}")
        rows = connection.execute(
            _FIND,
            (
                *(expression(query), *place, *place, list(query.rooms)),
                *(query.since, query.until, limit),
            ),
        ).fetchall()
        return message_rows.read(connection, rows)

    return look


def _is_meant(message: Message, query: Query) -> bool:
    """Look at the message itself: the index knows words that are cut, and rows without an end."""
    if query.user:
        name = f" {' '.join(words(message.user))} "
        is_author = words(message.user_id) == list(query.user)
        if not is_author and as_text(query.user) not in name:
            return False
    return has(message, [as_text(phrase) for phrase in query.phrases])
