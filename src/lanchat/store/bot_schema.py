"""The step of the database's schema that brings bots (see ``schema.py``)."""

from __future__ import annotations

import sqlite3


def add_bots(connection: sqlite3.Connection) -> None:
    """Let programs read or write in a room, each by a token of which the digest is kept."""
    # ``made`` is in seconds since the epoch.
    connection.execute(
        """
        CREATE TABLE bot (
            user_id TEXT NOT NULL,
            user    TEXT NOT NULL,
            digest  TEXT NOT NULL,
            room    TEXT NOT NULL,
            reads   INTEGER NOT NULL,
            writes  INTEGER NOT NULL,
            made    REAL NOT NULL
        )
        """
    )
