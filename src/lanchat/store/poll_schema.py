"""The step of the database's schema that brings polls (see ``schema.py``)."""

from __future__ import annotations

import sqlite3


def add_polls(connection: sqlite3.Connection) -> None:
    """Let messages be polls, and people vote in those that are open (see ``rows/polls.py``)."""
    # How often each option was chosen, as it was told, and whether it is closed, as JSON.
    connection.execute("ALTER TABLE message ADD COLUMN poll TEXT")
    connection.execute("CREATE INDEX message_poll ON message (room, id) WHERE poll IS NOT NULL")
    # ``choice`` is the number of an option, from 0; ``device`` the browser's, empty without one.
    connection.execute(
        """
        CREATE TABLE vote (
            message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
            user_id    TEXT NOT NULL,
            device     TEXT NOT NULL,
            choice     INTEGER NOT NULL,
            PRIMARY KEY (message_id, user_id)
        ) WITHOUT ROWID
        """
    )
    connection.execute("CREATE INDEX vote_device ON vote (message_id, device) WHERE device != ''")
    connection.execute("CREATE INDEX vote_user ON vote (user_id)")
    # However a message is deleted, nothing of this stays.
    connection.execute(
        """
        CREATE TRIGGER message_poll_deletion AFTER UPDATE OF deleted_at ON message
        WHEN new.deleted_at IS NOT NULL AND old.poll IS NOT NULL
        BEGIN
            DELETE FROM vote WHERE message_id = new.id;
            UPDATE message SET poll = NULL WHERE id = new.id;
        END
        """
    )
