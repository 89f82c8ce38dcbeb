"""Everything that deletes in a database that several servers share: one of them at a time.

What goes is said in ``rows/retention.py``. Of what is deleted PostgreSQL keeps older versions until
it vacuums the tables, and as long as its own log, its standbys and its backups have them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from lanchat.chat.events import ReactionsLost
from lanchat.cluster import journal
from lanchat.cluster.connection import PostgresConnection
from lanchat.cluster.database import PostgresDatabase
from lanchat.cluster.schema import DELETING
from lanchat.rows import reactions, retention
from lanchat.rows.retention import Keep, Place, Sweeper

_T = TypeVar("_T")


class PostgresRetention(Sweeper[PostgresDatabase]):
    """The Sweeper of one process. What it does not do, because another one is at it, is done."""

    _untold: frozenset[int] = frozenset()

    def work(self) -> None:
        """Also let reactions be told that the server which stored them did not live to tell."""
        if self._has_cleared():  # by whichever server
            self.erase()
        super().work()
        untold = frozenset(self._database.call(reactions.untold))
        if late := untold & self._untold:  # one that lives tells them within a moment
            self._announce(ReactionsLost(tuple(sorted(late))))
        self._untold = untold

    def _step(self, keep: Keep, place: Place) -> Place:
        return self._alone(
            lambda connection: retention.step(connection, keep, place), replace(place, done=True)
        )

    def _has_cleared(self) -> bool:
        return self._database.call(retention.has_cleared)

    def _clear_marked(self) -> tuple[bool, list[int]]:
        nothing: tuple[bool, list[int]] = (False, [])
        return self._alone(retention.clear_marked, nothing)

    def _delete_cleared(self) -> bool:
        return self._alone(retention.delete_cleared, otherwise=False)

    def _leave_nothing(self) -> bool:
        self._alone(journal.shorten, None)
        return True

    def _alone(self, work: Callable[[PostgresConnection], _T], otherwise: _T) -> _T:
        """What comes of a step that only one process takes at a time, and while nothing changes."""

        def step(connection: PostgresConnection) -> _T:
            locked = connection.execute("SELECT pg_try_advisory_xact_lock(?, ?)", DELETING)
            if locked.fetchone() != (True,):
                return otherwise
            connection.lock_positions()
            return work(connection)

        return self._database.change(step)
