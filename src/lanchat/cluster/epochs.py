"""Which history a database has: what one process has told may not be part of it any more.

Where another server takes over, as PostgreSQL calls it a failover, it may lack what was committed
last; positions are then given a second time. Others may have gone on meanwhile, so that a position
alone tells nothing. But each server that takes over writes a log with another name (its timeline).
So whoever connects first, and finds that the newest epoch was begun in another log, begins the next
one before anything is stored, and whoever has told more than lies before that one knows that it was
of another history.
"""

from __future__ import annotations

from lanchat.cluster.connection import PostgresConnection
from lanchat.rows import messages

_NEWEST = "SELECT history FROM epoch ORDER BY rowid DESC LIMIT 1"
_ALL = "SELECT epoch, begins FROM epoch ORDER BY rowid"
_HISTORY = "SELECT history()"


def settle(connection: PostgresConnection) -> None:
    """Begin the next epoch where the newest one was begun in another log.

    Within a transaction, before anything is stored by a new connection.
    """
    connection.lock_positions()
    newest = connection.execute(_NEWEST).fetchone()
    if newest is None or newest != connection.execute(_HISTORY).fetchone():
        messages.begin_epoch(connection)


class Epochs:
    """Those that this process has seen; ``newest`` is the one that holds."""

    def __init__(self) -> None:
        self.newest = ""
        self._seen: frozenset[str] = frozenset()

    def begin(self, connection: PostgresConnection) -> None:
        """Within a transaction, begin the next one."""
        connection.lock_positions()
        messages.begin_epoch(connection)
        self._see(connection)

    def follow(self, connection: PostgresConnection) -> None:
        """Within a transaction, take the one that holds, or begin the next one after a failover."""
        settle(connection)
        self._see(connection)

    def resume(self, connection: PostgresConnection, told: int) -> bool:
        """The same after a break; tells whether what was told up to there is still so."""
        ours, seen = self.newest, self._seen
        self.follow(connection)
        known = connection.execute(_ALL).fetchall()
        names = [epoch for epoch, _ in known]
        is_so = False
        if ours in names:
            later = [begins for _, begins in known[names.index(ours) + 1 :]]
            is_so = told <= min(later, default=connection.position())
        if not is_so and self.newest in seen:  # nobody else has noticed
            self.begin(connection)
        return is_so

    def _see(self, connection: PostgresConnection) -> None:
        names = [epoch for epoch, _ in connection.execute(_ALL)]
        self.newest, self._seen = names[-1], frozenset(names)
