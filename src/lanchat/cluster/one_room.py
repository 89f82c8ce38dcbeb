"""A database has one room: what servers tell each other there goes to all who listen."""

from __future__ import annotations

from typing import Any

import psycopg

from lanchat.cluster.unusable import MAKE
from lanchat.errors import DatabaseUnusable

_OTHERS = """
    SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relname = 'presence_life' AND relkind = 'r' AND nspname <> current_schema() LIMIT 1
"""


def refuse_second_room(connection: psycopg.Connection[Any]) -> None:
    """Look whether another schema has a room. Raises DatabaseUnusable."""
    other = connection.execute(_OTHERS).fetchone()
    if other is not None:
        raise DatabaseUnusable(
            f"its schema {other[0]} has a room already, and the two would hear each other",
            f"make another database: {MAKE}",
        )
