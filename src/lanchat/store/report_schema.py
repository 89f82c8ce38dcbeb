"""The tables of reports, as a step of ``schema.py``."""

from __future__ import annotations

import sqlite3


def add_reports(connection: sqlite3.Connection) -> None:
    """Let there be reports: what hosts see of a room for two, until they have dealt with it."""
    connection.execute(
        """
        CREATE TABLE report (
            message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
            room       TEXT NOT NULL,
            user_id    TEXT NOT NULL,
            user       TEXT NOT NULL,
            time       TEXT NOT NULL
        )
        """
    )
    # What was said, as it was then; ``files`` are names, as JSON.
    connection.execute(
        """
        CREATE TABLE reported (
            report  INTEGER NOT NULL REFERENCES report (message_id) ON DELETE CASCADE,
            id      INTEGER NOT NULL,
            user_id TEXT NOT NULL,
            user    TEXT NOT NULL,
            message TEXT NOT NULL,
            time    TEXT NOT NULL,
            files   TEXT NOT NULL,
            PRIMARY KEY (report, id)
        ) WITHOUT ROWID
        """
    )
    connection.execute("CREATE INDEX reported_user ON reported (user_id)")
    connection.execute(
        """
        CREATE TRIGGER message_report_deletion AFTER UPDATE OF deleted_at ON message
        WHEN new.deleted_at IS NOT NULL
        BEGIN
            DELETE FROM report WHERE message_id = new.id;
        END
        """
    )
