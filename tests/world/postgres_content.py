"""What is in the tables of a database, to be there again after a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from typing_extensions import LiteralString

_MADE = """
    SELECT md5(string_agg(made, ',' ORDER BY made)) FROM (
        SELECT format('%s %s %s', attrelid::regclass, attname, atttypid) AS made
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT format('%s %s', oid::regprocedure, prosrc) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT format('%s %s', nspname, nspacl) FROM pg_namespace
        WHERE nspname NOT LIKE 'pg_%' AND nspname <> 'information_schema'
    ) AS all_of_it
"""
"""What was made there, in short: tables, indexes, functions, and who may make more."""

# What has grown is made anew: the rest of its rows would be read again and again.
_DELETE = """
    DO $$ DECLARE each record; BEGIN
        FOR each IN SELECT oid::regclass AS name, pg_relation_size(oid) AS size FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        LOOP
            IF each.size > 262144 THEN
                EXECUTE format('TRUNCATE %s CASCADE', each.name);
            ELSIF each.size > 0 THEN
                EXECUTE format('DELETE FROM %s', each.name);
            END IF;
        END LOOP;
    END $$
"""

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
_STANDS: LiteralString = "SELECT last_value, is_called FROM {}"
_READ: LiteralString = "SELECT json_agg(row)::text FROM {} AS row"
_WRITE: LiteralString = (
    "INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::{0}, %s)"
)


class Content:
    """The rows of all tables, and where their sequences stand, as they are now."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._made = connection.execute(_MADE).fetchone()
        self._rows: dict[str, str] = {}  # which some values have no types of Python for
        for (name,) in connection.execute(_TABLES).fetchall():
            rows = connection.execute(_of(_READ, name)).fetchall()[0][0]
            if rows is not None:
                self._rows[name] = rows
        self._sequences = [
            (name, *connection.execute(_of(_STANDS, name)).fetchall()[0])
            for (name,) in connection.execute(_SEQUENCES).fetchall()
        ]

    def restore(self, connection: psycopg.Connection[Any]) -> bool:
        """Let all be as it was then; nothing is done where tables were made or deleted."""
        if connection.execute(_MADE).fetchone() != self._made:
            return False
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")  # without triggers
            connection.execute(_DELETE)
            for name, rows in self._rows.items():
                connection.execute(_of(_WRITE, name), [rows])
            for name, last, is_called in self._sequences:
                connection.execute("SELECT setval(%s, %s, %s)", (f'"{name}"', last, is_called))
        return True


def _of(query: LiteralString, name: str) -> sql.Composed:
    return sql.SQL(query).format(sql.Identifier(name))
