"""The worker that takes messages into the index of words, in small steps between commits."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from lanchat.errors import StoreUnavailable
from lanchat.store.database import Database
from lanchat.store.search_index import mend, part_of, part_range, take_in

_log = logging.getLogger(__name__)

_PAUSE = 0.02
"""Seconds between two steps, in which messages are stored."""


class Indexer:
    """Takes messages into the index: what is said soon, and older ones from the newest on.

    ``said`` counts the messages of this life. ``work`` is to be called several times a second.
    """

    def __init__(self, database: Database, said: Callable[[], int]) -> None:
        self._database = database
        self._said = said
        self._seen = -1
        self._newest = database.call(_newest_part)
        self._older: int | None = self._newest
        self._unchecked = database.call(_parts)
        self._stopped = threading.Event()

    @property
    def is_behind(self) -> bool:
        """Whether older messages are still to be taken in."""
        return self._older is not None

    def work(self) -> None:
        """Take in what is there, and return when it is done or ``stop`` was called.

        Where the database cannot be had, whoever stores says so; the next call goes on.
        """
        with suppress(StoreUnavailable):
            self._take_in()

    def _take_in(self) -> None:
        while self._unchecked and not self._stopped.is_set():
            if self._database.call(partial(mend, part=self._unchecked[-1])):
                _log.warning("the index of words was damaged; a part of it is made anew")
            self._unchecked.pop()
            self._stopped.wait(_PAUSE)
        self._follow()
        while self._older is not None and not self._stopped.wait(_PAUSE):
            if self._database.call(partial(take_in, part=self._older)):
                self._older = self._database.call(partial(_part_below, part=self._older))
            self._follow()

    def stop(self) -> None:
        """Finish the step that is being taken, and take no more."""
        self._stopped.set()

    def _follow(self) -> None:
        said = self._said()
        if said == self._seen:
            return
        if self._newest is None:
            self._newest = self._database.call(_newest_part)
        while self._newest is not None:
            while not self._database.call(partial(take_in, part=self._newest)):
                if self._stopped.wait(_PAUSE):
                    return
            above = self._database.call(partial(_part_above, part=self._newest))
            if above is None:
                break
            self._newest = above
        self._seen = said


def _newest_part(connection: sqlite3.Connection) -> int | None:
    return _part(connection, "SELECT max(id) FROM message WHERE id > ?", 0)


def _parts(connection: sqlite3.Connection) -> list[int]:
    return [part for (part,) in connection.execute("SELECT part FROM search_part ORDER BY part")]


def _part_below(connection: sqlite3.Connection, part: int) -> int | None:
    return _part(connection, "SELECT max(id) FROM message WHERE id < ?", part_range(part)[0])


def _part_above(connection: sqlite3.Connection, part: int) -> int | None:
    return _part(connection, "SELECT min(id) FROM message WHERE id >= ?", part_range(part)[1])


def _part(connection: sqlite3.Connection, query: str, edge: int) -> int | None:
    (message_id,) = connection.execute(query, (edge,)).fetchone()
    return None if message_id is None else part_of(message_id)
