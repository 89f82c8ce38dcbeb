"""Whether a connection keeps its session: behind some poolers it does not.

In transaction mode (PgBouncer's ``pool_mode = transaction``) whoever asks next gets the session
that the last one has let go of. Locks that say who lives, and all that is listened to, would be
another one's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg

from lanchat.errors import DatabaseUnusable

_WHO = b"SELECT pg_backend_pid()"

# One after the other would be told apart where each gets the next one of two sessions in turn.
_TURNS = (0, 1, 1, 0, 0, 1)


def keeps_sessions(connect: Callable[[], psycopg.Connection[Any]]) -> bool:
    """Whether each of two connections has one session to itself. Raises psycopg.Error."""
    with closing(connect()) as one, closing(connect()) as other:
        both: tuple[set[int], set[int]] = set(), set()
        for turn in _TURNS:
            row = (one, other)[turn].execute(_WHO).fetchone()
            both[turn].add(int(row[0]))  # type: ignore[index]
    return all(len(each) == 1 for each in both) and both[0] != both[1]


def refuse_pooler(connect: Callable[[], psycopg.Connection[Any]]) -> None:
    """Return where sessions are kept. Raises DatabaseUnusable, or psycopg.Error."""
    if not keeps_sessions(connect):
        raise DatabaseUnusable(
            "a pooler in front of it gives each transaction another session",
            "let it pool whole sessions (PgBouncer: pool_mode = session), or name the database "
            "behind it",
        )
